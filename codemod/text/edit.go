package text

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// Span is a half-open range of byte offsets: Start is in it, End is not.
// A span with Start == End is a point between two bytes.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Len is the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// Contains reports whether every byte of t is in s. A point at either end of s is in s.
func (s Span) Contains(t Span) bool { return s.Start <= t.Start && t.End <= s.End }

// Overlaps reports whether s and t share a byte. A point shares a byte with nothing, but a
// point strictly inside a span overlaps it: what is inserted there would be lost or split.
func (s Span) Overlaps(t Span) bool { return s.Start < t.End && t.Start < s.End }

// Edit replaces the bytes Start to End (half open) of a source with New. An insertion has
// Start == End, a deletion has an empty New.
type Edit struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// Insert is the edit that puts s before the byte at offset at.
func Insert(at int, s string) Edit { return Edit{at, at, s} }

// Delete is the edit that removes the bytes of a span.
func Delete(s Span) Edit { return Edit{s.Start, s.End, ""} }

// Replace is the edit that puts s in place of the bytes of a span.
func Replace(sp Span, s string) Edit { return Edit{sp.Start, sp.End, s} }

// Span is the range of the source that the edit replaces.
func (e Edit) Span() Span { return Span{e.Start, e.End} }

// Conflict is the error for two edits that cannot both be made: they replace common bytes,
// or they come from different plans and insert different text at the same offset.
type Conflict struct {
	A, B Edit
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("edits conflict: bytes %d to %d (%.20q) and bytes %d to %d (%.20q)",
		c.A.Start, c.A.End, c.A.New, c.B.Start, c.B.End, c.B.New)
}

// sorted returns the edits in the order in which Apply makes them: by start, then by end, so
// that an insertion comes before a replacement that starts at the same offset. The sort is
// stable: insertions of one plan at one offset keep the order in which the plan listed them.
func sorted(edits []Edit) []Edit {
	out := slices.Clone(edits)
	slices.SortStableFunc(out, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	return out
}

// Apply returns src with one plan's edits made. The edits may be in any order; insertions at
// one offset appear in the order given, and before a replacement that starts there.
//
// The error is a *Conflict if two edits overlap, or says which edit is outside the source.
// src is never changed; without edits, the result is a copy of it.
func Apply(src []byte, edits []Edit) ([]byte, error) {
	es := sorted(edits)
	size := len(src)
	for i, e := range es {
		if e.Start < 0 || e.End < e.Start || e.End > len(src) {
			return nil, fmt.Errorf("edit of bytes %d to %d is outside a source of %d bytes", e.Start, e.End, len(src))
		}
		if i > 0 && es[i-1].End > e.Start {
			return nil, &Conflict{es[i-1], e}
		}
		size += len(e.New) - (e.End - e.Start)
	}
	out := make([]byte, 0, size)
	at := 0
	for _, e := range es {
		out = append(out, src[at:e.Start]...)
		out = append(out, e.New...)
		at = e.End
	}
	return append(out, src[at:]...), nil
}

// Merge joins plans that were made on the same source without knowledge of each other.
//
// Tie-breaks: an edit that two plans make alike (same span, same text) is made once. Two
// plans that insert different text at one offset conflict, because nothing says which comes
// first; within one plan, the plan's order stands. An insertion at the start of another
// plan's replacement goes before it, one at its end goes after it. So the result does not
// depend on the order of the plans.
//
// The result is sorted and Apply accepts it. The error is a *Conflict.
func Merge(plans ...[]Edit) ([]Edit, error) {
	type owned struct {
		Edit
		plan int
	}
	var all []owned
	for p, plan := range plans {
		for _, e := range sorted(plan) {
			all = append(all, owned{e, p})
		}
	}
	slices.SortStableFunc(all, func(a, b owned) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	var out []Edit
	for i := 0; i < len(all); {
		// The group of edits with one span; all points at one offset are one group.
		j := i + 1
		for j < len(all) && all[j].Span() == all[i].Span() {
			j++
		}
		byPlan := map[int][]Edit{}
		first := all[i].plan
		for _, e := range all[i:j] {
			byPlan[e.plan] = append(byPlan[e.plan], e.Edit)
			first = min(first, e.plan)
		}
		group := byPlan[first]
		for p := range plans {
			if other := byPlan[p]; other != nil && !slices.Equal(other, group) {
				return nil, &Conflict{group[0], other[0]}
			}
		}
		out = append(out, group...)
		i = j
	}
	for i := 1; i < len(out); i++ {
		if out[i-1].End > out[i].Start {
			return nil, &Conflict{out[i-1], out[i]}
		}
	}
	return out, nil
}

// BOM is the UTF-8 byte order mark.
const BOM = "\uFEFF"

// HasBOM reports whether src starts with a UTF-8 byte order mark.
func HasBOM(src []byte) bool { return bytes.HasPrefix(src, []byte(BOM)) }

// EOL is the newline that new lines in src should end with: "\r\n" if most of its lines end
// so, else "\n".
func EOL(src []byte) string {
	crlf := bytes.Count(src, []byte("\r\n"))
	if crlf > 0 && crlf*2 >= bytes.Count(src, []byte("\n")) {
		return "\r\n"
	}
	return "\n"
}

// Indent is the run of spaces and tabs that the line of offset at begins with.
func Indent(src []byte, at int) string {
	start := LineStart(src, at)
	end := start
	for end < len(src) && (src[end] == ' ' || src[end] == '\t') {
		end++
	}
	return string(src[start:end])
}

// LineStart is the offset of the first byte of the line that offset at is in.
func LineStart(src []byte, at int) int { return bytes.LastIndexByte(src[:at], '\n') + 1 }

// LineEnd is the offset just after the last byte of the line that offset at is in, its
// newline included; len(src) on a last line without one.
func LineEnd(src []byte, at int) int {
	if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(src)
}

// Carry is where a byte offset of a source is after one plan's edits, which may be in any
// order but not overlap. An offset at an insertion moves behind the new text if after is set,
// else it stays before it. An offset inside a replaced span moves to the start of the new
// text, or behind it if after is set.
func Carry(offset int, edits []Edit, after bool) int {
	moved := offset
	for _, e := range edits {
		switch {
		case e.Start == e.End && e.Start == offset:
			if after {
				moved += len(e.New)
			}
		case e.End <= offset:
			moved += len(e.New) - (e.End - e.Start)
		case e.Start < offset:
			moved -= offset - e.Start
			if after {
				moved += len(e.New)
			}
		}
	}
	return moved
}
