package merge3

import (
	"bytes"
	"slices"
	"unicode"

	"github.com/batten-dev/batten/codemod/text"
)

// Kind is where a hunk of a merge is taken from.
type Kind uint8

// The kinds.
const (
	Same     Kind = iota // equal in all three texts
	Ours                 // changed by us alone
	Theirs               // changed by them alone
	Both                 // changed in the same way by both
	Conflict             // changed by both, and not in the same way
)

func (k Kind) String() string { return [...]string{"same", "ours", "theirs", "both", "conflict"}[k] }

// Hunk is a part of the three texts that belongs together. The spans are of bytes, and of whole
// lines; one may be empty.
type Hunk struct {
	Kind               Kind
	Base, Ours, Theirs text.Span
}

// Result is a merge.
type Result struct {
	// Hunks cover each of the texts whole, in order.
	Hunks []Hunk

	base, ours, theirs             side
	changes                        []change // in conflicts, as large as the changes to the base that overlap
	refined                        []change // in conflicts, what ours and theirs do not have in common
	unchangedOurs, unchangedTheirs bool
}

// side is one of the three texts.
type side struct {
	src   []byte
	lines [][]byte
	ids   []int
	at    []int // offsets of lines
}

func newSide(src []byte, n numbers) side {
	lines := split(src)
	return side{src, lines, n.of(lines), offsets(lines)}
}

func (s side) span(start, count int) text.Span {
	return text.Span{Start: s.at[start], End: s.at[start+count]}
}

// change is a run of lines that is not the same in the three texts.
type change struct {
	kind               Kind
	base, ours, theirs lineRun
}

type lineRun struct{ start, count int }

func (r lineRun) end() int { return r.start + r.count }

// until makes the run reach another one's end.
func (r lineRun) until(o lineRun) lineRun { return lineRun{r.start, o.end() - r.start} }

// Merge merges ours and theirs, which were both made from base.
func Merge(base, ours, theirs []byte) *Result {
	n := numbers{}
	r := &Result{base: newSide(base, n), ours: newSide(ours, n), theirs: newSide(theirs, n)}
	mine, other := diff(r.base.ids, r.ours.ids), diff(r.base.ids, r.theirs.ids)
	r.unchangedOurs, r.unchangedTheirs = len(mine) == 0, len(other) == 0
	r.combine(mine, other)
	for _, c := range r.changes {
		if c.kind == Conflict {
			r.refined = append(r.refined, r.refine(c)...)
		} else if c.kind != Both {
			r.refined = append(r.refined, c)
		}
	}
	r.refined = r.join(r.refined)
	r.hunks()
	return r
}

// combine walks the changes of both sides. Changes that overlap, or touch, are one conflict,
// unless they are the same.
func (r *Result) combine(mine, other []edit) {
	for len(mine) > 0 && len(other) > 0 {
		a, b := mine[0], other[0]
		switch {
		case a.A1 < b.A0:
			r.add(oursAlone(a, b.B0-b.A0))
			mine = mine[1:]
			continue
		case b.A1 < a.A0:
			r.add(theirsAlone(b, a.B0-a.A0))
			other = other[1:]
			continue
		case a.A0 == b.A0 && a.A1 == b.A1 && slices.Equal(r.ours.ids[a.B0:a.B1], r.theirs.ids[b.B0:b.B1]):
			r.add(change{Both, lineRun{a.A0, a.A1 - a.A0}, lineRun{a.B0, a.B1 - a.B0}, lineRun{b.B0, b.B1 - b.B0}})
		default:
			r.add(overlap(a, b))
		}
		if a.A1 >= b.A1 {
			other = other[1:]
		}
		if b.A1 >= a.A1 {
			mine = mine[1:]
		}
	}
	for _, a := range mine {
		r.add(oursAlone(a, len(r.theirs.ids)-len(r.base.ids)))
	}
	for _, b := range other {
		r.add(theirsAlone(b, len(r.ours.ids)-len(r.base.ids)))
	}
}

// oursAlone is a change of ours; ahead is how many lines theirs are ahead of the base there.
func oursAlone(a edit, ahead int) change {
	base := lineRun{a.A0, a.A1 - a.A0}
	return change{Ours, base, lineRun{a.B0, a.B1 - a.B0}, lineRun{a.A0 + ahead, base.count}}
}

func theirsAlone(b edit, ahead int) change {
	base := lineRun{b.A0, b.A1 - b.A0}
	return change{Theirs, base, lineRun{b.A0 + ahead, base.count}, lineRun{b.B0, b.B1 - b.B0}}
}

// overlap is the conflict of two changes: from the first line of the base that one of them
// touches to the last.
func overlap(a, b edit) change {
	start, end := min(a.A0, b.A0), max(a.A1, b.A1)
	within := func(e edit) lineRun {
		from, to := e.B0-(e.A0-start), e.B1+(end-e.A1)
		return lineRun{from, to - from}
	}
	return change{Conflict, lineRun{start, end - start}, within(a), within(b)}
}

// add appends a change. One that touches the last conflict or change of a side becomes part of it.
func (r *Result) add(c change) {
	if n := len(r.changes); n > 0 && c.kind != Both {
		last := &r.changes[n-1]
		if last.kind != Both && (c.ours.start <= last.ours.end() || c.theirs.start <= last.theirs.end()) {
			if c.kind != last.kind {
				last.kind = Conflict
			}
			last.base, last.ours, last.theirs = last.base.until(c.base), last.ours.until(c.ours), last.theirs.until(c.theirs)
			return
		}
	}
	r.changes = append(r.changes, c)
}

// refine leaves of a conflict what ours and theirs do not have in common; nothing if they are the
// same.
func (r *Result) refine(c change) []change {
	if c.ours.count == 0 || c.theirs.count == 0 {
		return []change{c}
	}
	var parts []change
	for _, e := range diff(r.ours.ids[c.ours.start:c.ours.end()], r.theirs.ids[c.theirs.start:c.theirs.end()]) {
		parts = append(parts, change{Conflict, c.base, lineRun{c.ours.start + e.A0, e.A1 - e.A0}, lineRun{c.theirs.start + e.B0, e.B1 - e.B0}})
	}
	return parts
}

// join makes one of conflicts with at most three lines between them, or only lines without letters
// and digits.
func (r *Result) join(list []change) []change {
	var out []change
	for _, c := range list {
		if n := len(out); n > 0 && c.kind == Conflict && out[n-1].kind == Conflict {
			last := &out[n-1]
			if between := r.ours.lines[last.ours.end():c.ours.start]; len(between) <= 3 || !bytes.ContainsFunc(bytes.Join(between, nil), alphanumeric) {
				last.ours, last.theirs = last.ours.until(c.ours), last.theirs.until(c.theirs)
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

func alphanumeric(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// hunks sets Hunks. A conflict in which ours and theirs turn out to be the same is none.
func (r *Result) hunks() {
	var base, ours, theirs int
	put := func(k Kind, b, o, t int) {
		if b > base || o > ours || t > theirs {
			r.Hunks = append(r.Hunks, Hunk{k, r.base.span(base, b-base), r.ours.span(ours, o-ours), r.theirs.span(theirs, t-theirs)})
			base, ours, theirs = b, o, t
		}
	}
	for _, c := range r.changes {
		put(Same, c.base.start, c.ours.start, c.theirs.start)
		k := c.kind
		if k == Conflict && slices.Equal(r.ours.ids[c.ours.start:c.ours.end()], r.theirs.ids[c.theirs.start:c.theirs.end()]) {
			k = Both
		}
		put(k, c.base.end(), c.ours.end(), c.theirs.end())
	}
	put(Same, len(r.base.ids), len(r.ours.ids), len(r.theirs.ids))
}

// Conflicts are the hunks that conflict.
func (r *Result) Conflicts() []Hunk {
	var list []Hunk
	for _, h := range r.Hunks {
		if h.Kind == Conflict {
			list = append(list, h)
		}
	}
	return list
}

// Clean says whether nothing conflicts.
func (r *Result) Clean() bool { return len(r.Conflicts()) == 0 }

// Text is the merged text; of conflicts, it has our side.
func (r *Result) Text() []byte { return r.Favor(Ours) }

// Favor is the merged text with one side of each conflict: Ours or Theirs.
func (r *Result) Favor(kind Kind) []byte {
	out := make([]byte, 0, max(len(r.ours.src), len(r.theirs.src)))
	for _, h := range r.Hunks {
		if h.Kind == Theirs || h.Kind == Conflict && kind == Theirs {
			out = append(out, r.theirs.src[h.Theirs.Start:h.Theirs.End]...)
		} else {
			out = append(out, r.ours.src[h.Ours.Start:h.Ours.End]...)
		}
	}
	return out
}
