package npmver

import (
	"slices"
	"strings"
)

// partial is a version whose later parts may be missing or wildcards ("x", "X", "*").
type partial struct {
	numbers [3]uint64
	known   int // how many of the numbers are known: 0 to 3
	pre     string
	v       Version // the version, if known is 3
	marked  bool    // something other than one "v" stands before it
}

func isSpace(c byte) bool { return strings.IndexByte(" \t\n\r\f\v", c) >= 0 }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// scanPartial reads spaces, any number of "v" and "=", and a partial version; it must end at a
// space or the end.
func scanPartial(s string) (p partial, rest string, ok bool) {
	s = strings.TrimLeft(s, spaces)
	marks := len(s) - len(strings.TrimLeft(s, "v="))
	p.marked = marks > 1 || marks == 1 && s[0] == '='
	s = s[marks:]
	end := 0
	for end < len(s) && !isSpace(s[end]) {
		end++
	}
	word, rest := s[:end], s[end:]
	word, build, hasBuild := strings.Cut(word, "+")
	if _, err := ParseVersion("0.0.0+" + build); hasBuild && err != nil {
		return partial{}, s, false
	}
	core, _, _ := strings.Cut(word, "-")
	parts := strings.Split(core, ".")
	if word == "" || len(parts) > 3 || len(parts) < 3 && core != word {
		return partial{}, s, false
	}
	wild := false
	for i, part := range parts {
		if part == "x" || part == "X" || part == "*" {
			wild = true
			continue
		}
		n, ok := number(part)
		if !ok || wild {
			return partial{}, s, false
		}
		p.numbers[i] = n
		p.known = i + 1
	}
	tail := word[len(core):]
	v, err := ParseVersion("0.0.0" + tail)
	if tail != "" && err != nil {
		return partial{}, s, false
	}
	if p.known == 3 {
		p.pre = v.Prerelease()
		p.v = newVersion(p.numbers[0], p.numbers[1], p.numbers[2], p.pre)
	}
	return p, rest, true
}

func number(s string) (uint64, bool) {
	if s == "" || len(s) > 16 || s[0] == '0' && len(s) > 1 {
		return 0, false
	}
	var n uint64
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = n*10 + uint64(s[i]-'0')
	}
	return n, n <= maxInteger
}

// least is the lowest version that the partial stands for; with pre-releases if asked for.
func (p partial) least(opts Options) Version {
	pre := p.pre
	if p.known < 3 && opts.IncludePrerelease {
		pre = "0"
	}
	return newVersion(p.numbers[0], p.numbers[1], p.numbers[2], pre)
}

// after is the first pre-release of the version with number i raised and those behind it zero:
// the bound below which everything with the same first i+1 numbers is.
func (p partial) after(i int) Version {
	n := p.numbers
	n[i]++
	for j := i + 1; j < len(n); j++ {
		n[j] = 0
	}
	return newVersion(n[0], n[1], n[2], "0")
}

// parseSet reads one alternative of a range.
func parseSet(s string, opts Options) (set, bool) {
	s = strings.Trim(s, spaces)
	if set, ok := parseHyphen(s, opts); ok {
		return tidy(set, opts)
	}
	var all set
	for s != "" {
		cs, rest, ok := parseComparator(s, opts)
		if !ok {
			return nil, false
		}
		all = append(all, cs...)
		if rest != "" && !isSpace(rest[0]) {
			return nil, false
		}
		s = strings.TrimLeft(rest, spaces)
	}
	return tidy(all, opts)
}

// tidy drops the bound that every version is above, and everything beside nothing. It refuses a
// bound that is no version.
func tidy(s set, opts Options) (set, bool) {
	for _, c := range s {
		if max(c.v.Major(), c.v.Minor(), c.v.Patch()) > maxInteger {
			return nil, false
		}
		if c.isNothing() {
			return set{nothing}, true
		}
	}
	return slices.DeleteFunc(s, func(c comparator) bool {
		return c.op == greaterEqual && c.v.Compare(zero(opts)) == 0
	}), true
}

func parseHyphen(s string, opts Options) (set, bool) {
	from, rest, ok := scanPartial(s)
	if !ok || rest == "" || from.marked && from.known == 3 {
		return nil, false
	}
	trimmed := strings.TrimLeft(rest, spaces)
	if len(trimmed) < 2 || trimmed[0] != '-' || !isSpace(trimmed[1]) {
		return nil, false
	}
	to, rest, ok := scanPartial(trimmed[1:])
	if !ok || rest != "" || to.marked && to.known == 3 {
		return nil, false
	}
	var all set
	if from.known > 0 {
		low := from.least(opts)
		if from.known == 3 && from.pre == "" && opts.IncludePrerelease {
			low = newVersion(low.Major(), low.Minor(), low.Patch(), "0")
		}
		all = append(all, comparator{greaterEqual, low})
	}
	switch {
	case to.known == 0:
	case to.known < 3:
		all = append(all, comparator{less, to.after(to.known - 1)})
	case to.pre == "" && opts.IncludePrerelease:
		all = append(all, comparator{less, to.after(2)})
	default:
		all = append(all, comparator{lessEqual, to.v})
	}
	return all, true
}

// parseComparator reads an operator, spaces, and a partial version.
func parseComparator(s string, opts Options) (set, string, bool) {
	op := ""
	for _, prefix := range []string{"^", "~", ">=", "<=", ">", "<", "="} {
		if strings.HasPrefix(s, prefix) {
			op = prefix
			break
		}
	}
	s = s[len(op):]
	if op == "~" {
		s = strings.TrimPrefix(strings.TrimLeft(s, spaces), ">")
	}
	p, rest, ok := scanPartial(s)
	if !ok || p.marked && p.known == 3 && op != "^" && op != "~" {
		return nil, "", false
	}
	switch op {
	case "^":
		return caret(p, opts), rest, true
	case "~":
		return tilde(p, opts), rest, true
	}
	return primitive(op, p, opts), rest, true
}

func caret(p partial, opts Options) set {
	if p.known == 0 {
		return nil
	}
	raised := 0
	for raised < p.known-1 && p.numbers[raised] == 0 {
		raised++
	}
	return set{{greaterEqual, p.least(opts)}, {less, p.after(raised)}}
}

func tilde(p partial, opts Options) set {
	if p.known == 0 {
		return nil
	}
	return set{{greaterEqual, p.least(opts)}, {less, p.after(min(p.known-1, 1))}}
}

func primitive(op string, p partial, opts Options) set {
	if p.known == 0 {
		if op == "<" || op == ">" {
			return set{nothing}
		}
		return nil
	}
	if p.known == 3 {
		return set{{operatorOf(op), p.v}}
	}
	switch op {
	case "<":
		return set{{less, p.least(Options{IncludePrerelease: true})}}
	case "<=":
		return set{{less, p.after(p.known - 1)}}
	case ">":
		after := p.after(p.known - 1)
		if !opts.IncludePrerelease {
			after = newVersion(after.Major(), after.Minor(), after.Patch(), "")
		}
		return set{{greaterEqual, after}}
	case ">=":
		return set{{greaterEqual, p.least(opts)}}
	}
	return set{{greaterEqual, p.least(opts)}, {less, p.after(p.known - 1)}}
}

func operatorOf(op string) operator {
	switch op {
	case "<":
		return less
	case "<=":
		return lessEqual
	case ">":
		return greater
	case ">=":
		return greaterEqual
	}
	return equal
}
