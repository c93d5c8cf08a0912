package udiff

import (
	"bytes"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/batten-dev/batten/codemod/text"
)

// chunk is a run of lines a[A0:A1] that b[B0:B1] replaces. The lines between two chunks are
// equal.
type chunk struct {
	A0, A1, B0, B1 int
}

// splitLines cuts src after each LF. Joined, the lines are src; a last line without a newline
// is a line too.
func splitLines(src []byte) []string {
	lines := make([]string, 0, bytes.Count(src, []byte("\n"))+1)
	for len(src) > 0 {
		end := bytes.IndexByte(src, '\n') + 1
		if end == 0 {
			end = len(src)
		}
		lines = append(lines, string(src[:end]))
		src = src[end:]
	}
	return lines
}

// diffLines returns the smallest set of chunks that turns a into b, in order. There is at
// least one equal line between two of them.
func diffLines(a, b []string) []chunk {
	removed, added := make([]bool, len(a)), make([]bool, len(b))
	mark(a, b, removed, added)
	slide(a, b, removed, added)
	return chunks(removed, added)
}

// chunks reads the marks: unmarked lines of both sides pair up in order.
func chunks(removed, added []bool) []chunk {
	var out []chunk
	i, j := 0, 0
	for i < len(removed) || j < len(added) {
		c := chunk{A0: i, B0: j}
		for i < len(removed) && removed[i] {
			i++
		}
		for j < len(added) && added[j] {
			j++
		}
		c.A1, c.B1 = i, j
		if c.A0 < c.A1 || c.B0 < c.B1 {
			out = append(out, c)
		} else {
			i++
			j++
		}
	}
	return out
}

// mark sets removed and added for the lines that are in no longest common subsequence.
//
// A line that the other side does not have at all cannot be common, so it is marked without a
// search; this keeps the search small and the result the same.
func mark(a, b []string, removed, added []bool) {
	lo := 0
	for lo < len(a) && lo < len(b) && a[lo] == b[lo] {
		lo++
	}
	hiA, hiB := len(a), len(b)
	for hiA > lo && hiB > lo && a[hiA-1] == b[hiB-1] {
		hiA--
		hiB--
	}
	ids := map[string]int{}
	for _, line := range a[lo:hiA] {
		ids[line] = -1
	}
	next := 0
	var bs []rune
	var bAt []int
	for j := lo; j < hiB; j++ {
		id, ok := ids[b[j]]
		if !ok {
			added[j] = true
			continue
		}
		if id < 0 {
			id = next
			ids[b[j]] = id
			next++
		}
		bs = append(bs, symbol(id))
		bAt = append(bAt, j)
	}
	var as []rune
	var aAt []int
	for i := lo; i < hiA; i++ {
		if id := ids[a[i]]; id >= 0 {
			as = append(as, symbol(id))
			aAt = append(aAt, i)
		} else {
			removed[i] = true
		}
	}
	if next > symbols {
		markAll(removed, aAt)
		markAll(added, bAt)
		return
	}
	// Without a timeout, the search is exact and does not look at the clock.
	search := diffmatchpatch.DiffMatchPatch{}
	i, j := 0, 0
	for _, d := range search.DiffMainRunes(as, bs, false) {
		n := utf8.RuneCountInString(d.Text)
		switch d.Type {
		case diffmatchpatch.DiffDelete:
			markAll(removed, aAt[i:i+n])
			i += n
		case diffmatchpatch.DiffInsert:
			markAll(added, bAt[j:j+n])
			j += n
		case diffmatchpatch.DiffEqual:
			i += n
			j += n
		}
	}
}

func markAll(marks []bool, at []int) {
	for _, i := range at {
		marks[i] = true
	}
}

const (
	surrogates = 0xD800
	afterThem  = 0xE000
	// symbols is how many runes there are that survive a conversion to string and back.
	symbols = utf8.MaxRune + 1 - (afterThem - surrogates)
)

// symbol is the rune that stands for line id in the search. The search passes its symbols
// through strings, so none may be a surrogate. Ids from symbols on have no symbol.
func symbol(id int) rune {
	if id >= surrogates {
		id += afterThem - surrogates
	}
	return rune(id)
}

// Edits returns the difference as edits of whole lines of before, in order:
// text.Apply(before, Edits(before, after)) is after. No two of them touch.
func Edits(before, after []byte) []text.Edit {
	a, b := splitLines(before), splitLines(after)
	var out []text.Edit
	i, at, j, bt := 0, 0, 0, 0
	for _, c := range diffLines(a, b) {
		for ; i < c.A0; i++ {
			at += len(a[i])
		}
		for ; j < c.B0; j++ {
			bt += len(b[j])
		}
		start, newStart := at, bt
		for ; i < c.A1; i++ {
			at += len(a[i])
		}
		for ; j < c.B1; j++ {
			bt += len(b[j])
		}
		out = append(out, text.Edit{Start: start, End: at, New: string(after[newStart:bt])})
	}
	return out
}

// Stat counts the lines that the unified diff adds and removes.
func Stat(before, after []byte) (added, removed int) {
	for _, c := range diffLines(splitLines(before), splitLines(after)) {
		added += c.B1 - c.B0
		removed += c.A1 - c.A0
	}
	return added, removed
}
