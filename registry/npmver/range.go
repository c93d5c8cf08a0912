package npmver

import (
	"fmt"
	"slices"
	"strings"
)

// Options changes how a range is read.
type Options struct {
	// IncludePrerelease lets pre-releases satisfy every range whose bounds they are within.
	IncludePrerelease bool
}

// Range is what npm calls a range: a version is in it if it satisfies one of its comparator
// sets. The zero Range admits nothing.
type Range struct {
	text string
	opts Options
	sets []set
}

// set is comparators that must all hold. An empty set admits every release.
type set []comparator

type operator uint8

const (
	equal operator = iota
	less
	lessEqual
	greater
	greaterEqual
)

type comparator struct {
	op operator
	v  Version
}

// nothing is the comparator that no version satisfies.
var nothing = comparator{less, newVersion(0, 0, 0, "0")}

func (c comparator) isNothing() bool { return c.op == less && c.v.Compare(nothing.v) == 0 }

// ParseRange reads an npm range. "" and "*" are ranges; a tag or another specifier is not, see
// ParseSpecifier.
func ParseRange(s string) (Range, error) { return ParseRangeOptions(s, Options{}) }

// ParseRangeOptions is ParseRange with options.
func ParseRangeOptions(s string, opts Options) (Range, error) {
	r := Range{text: s, opts: opts}
	for alternative := range strings.SplitSeq(s, "||") {
		set, ok := parseSet(alternative, opts)
		if !ok {
			return Range{}, fmt.Errorf("%q is not a version range", s)
		}
		r.sets = append(r.sets, set)
	}
	r.sets = simplify(r.sets)
	return r, nil
}

// simplify drops alternatives that change nothing: beside one that admits every release all
// others, and those that admit nothing beside others.
func simplify(sets []set) []set {
	for _, s := range sets {
		if len(s) == 0 {
			return []set{s}
		}
	}
	some := slices.DeleteFunc(slices.Clone(sets), func(s set) bool { return s[0].isNothing() })
	if len(some) == 0 {
		return sets[:1]
	}
	return some
}

// MustRange is ParseRange for ranges that are constants of the program; it panics on an error.
func MustRange(s string) Range {
	r, err := ParseRange(s)
	if err != nil {
		panic(err)
	}
	return r
}

// String is the range as it was written.
func (r Range) String() string { return r.text }

// Satisfies says whether a version is in the range.
func (r Range) Satisfies(v Version) bool {
	for _, s := range r.sets {
		if s.admits(v, r.opts) {
			return true
		}
	}
	return false
}

// Any says whether the range admits every release version, as "", "*" and "x" do.
func (r Range) Any() bool { return len(r.sets) == 1 && len(r.sets[0]) == 0 }

// Satisfies says whether version is a version, text is a range, and the one is in the other.
func Satisfies(version, text string) bool {
	v, err := ParseVersion(version)
	if err != nil {
		return false
	}
	r, err := ParseRange(text)
	return err == nil && r.Satisfies(v)
}

// MaxSatisfying returns the highest of the versions that is in the range.
func MaxSatisfying(versions []Version, r Range) (Version, bool) {
	var best Version
	found := false
	for _, v := range versions {
		if r.Satisfies(v) && (!found || v.Compare(best) > 0) {
			best, found = v, true
		}
	}
	return best, found
}

func (c comparator) holds(v Version) bool {
	order := v.Compare(c.v)
	switch c.op {
	case less:
		return order < 0
	case lessEqual:
		return order <= 0
	case greater:
		return order > 0
	case greaterEqual:
		return order >= 0
	}
	return order == 0
}

func (s set) admits(v Version, opts Options) bool {
	for _, c := range s {
		if !c.holds(v) {
			return false
		}
	}
	return v.Prerelease() == "" || opts.IncludePrerelease || s.opensGate(v)
}

// opensGate says whether a comparator has a pre-release of v's own major.minor.patch.
func (s set) opensGate(v Version) bool {
	for _, c := range s {
		if c.v.Prerelease() != "" && c.v.sameTuple(v) {
			return true
		}
	}
	return false
}
