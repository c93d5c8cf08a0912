package text

import (
	"errors"
	"slices"
	"testing"
)

var applyCases = []struct {
	name, src string
	edits     []Edit
	want      string // "" with conflict true
	conflict  bool
}{
	{"nothing", "abc", nil, "abc", false},
	{"insertions at one point keep the plan's order", "ad", []Edit{Insert(1, "b"), Insert(1, "c")}, "abcd", false},
	{"order of the list does not matter", "abcdef", []Edit{Replace(Span{4, 5}, "E"), Delete(Span{0, 1})}, "bcdEf", false},
	{"insertion goes before the replacement that starts there", "abc", []Edit{Replace(Span{1, 2}, "B"), Insert(1, "-")}, "a-Bc", false},
	{"insertion goes after the replacement that ends there", "abc", []Edit{Insert(2, "-"), Replace(Span{1, 2}, "B")}, "aB-c", false},
	{"touching replacements", "abcd", []Edit{Replace(Span{0, 2}, "x"), Replace(Span{2, 4}, "y")}, "xy", false},
	{"overlap", "abcd", []Edit{Delete(Span{0, 3}), Delete(Span{2, 4})}, "", true},
	{"insertion inside a deletion", "abcd", []Edit{Delete(Span{0, 3}), Insert(1, "x")}, "", true},
	{"the same deletion twice", "abcd", []Edit{Delete(Span{0, 3}), Delete(Span{0, 3})}, "", true},
}

func TestApply(t *testing.T) {
	for _, c := range applyCases {
		got, err := Apply([]byte(c.src), c.edits)
		var conflict *Conflict
		if errors.As(err, &conflict) != c.conflict || string(got) != c.want {
			t.Errorf("%s: got %q, %v", c.name, got, err)
		}
	}
	for _, e := range []Edit{{-1, 0, ""}, {2, 1, ""}, {0, 4, ""}} {
		if _, err := Apply([]byte("abc"), []Edit{e}); err == nil {
			t.Errorf("Apply accepts %v on a source of 3 bytes", e)
		}
	}
}

func TestMerge(t *testing.T) {
	for _, c := range []struct {
		name     string
		plans    [][]Edit
		want     string
		conflict bool
	}{
		{"disjoint", [][]Edit{{Delete(Span{0, 1})}, {Insert(4, "!")}}, "bcd!", false},
		{"alike edits are made once", [][]Edit{{Insert(1, "x")}, {Insert(1, "x")}}, "axbcd", false},
		{"alike pairs at one point are made once", [][]Edit{{Insert(1, "x"), Insert(1, "y")}, {Insert(1, "x"), Insert(1, "y")}}, "axybcd", false},
		{"different text at one point", [][]Edit{{Insert(1, "x")}, {Insert(1, "y")}}, "", true},
		{"insertion at the start of another's replacement", [][]Edit{{Replace(Span{1, 2}, "B")}, {Insert(1, "x")}}, "axBcd", false},
		{"insertion at the end of another's replacement", [][]Edit{{Insert(2, "x")}, {Replace(Span{1, 2}, "B")}}, "aBxcd", false},
		{"insertion inside another's deletion", [][]Edit{{Delete(Span{0, 3})}, {Insert(1, "x")}}, "", true},
		{"overlapping deletions", [][]Edit{{Delete(Span{0, 3})}, {Delete(Span{2, 4})}}, "", true},
		{"a plan that overlaps itself", [][]Edit{{Delete(Span{0, 3}), Delete(Span{2, 4})}}, "", true},
	} {
		for range 2 {
			merged, err := Merge(c.plans...)
			var conflict *Conflict
			if errors.As(err, &conflict) != c.conflict {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if c.conflict {
				continue
			}
			got, err := Apply([]byte("abcd"), merged)
			if err != nil || string(got) != c.want {
				t.Errorf("%s: got %q, %v", c.name, got, err)
			}
			slices.Reverse(c.plans)
		}
	}
}

func TestEOL(t *testing.T) {
	for src, want := range map[string]string{
		"": "\n", "a": "\n", "a\nb\n": "\n", "a\r\nb\r\n": "\r\n", "a\r\nb\nc\nd\n": "\n", "a\r\nb\n": "\r\n",
	} {
		if got := EOL([]byte(src)); got != want {
			t.Errorf("EOL(%q) = %q", src, got)
		}
	}
}

func TestLines(t *testing.T) {
	src := []byte("a\n\t  b\r\nc")
	if got := Indent(src, 5); got != "\t  " {
		t.Errorf("Indent = %q", got)
	}
	if s, e := LineStart(src, 5), LineEnd(src, 5); s != 2 || e != 8 {
		t.Errorf("line of offset 5 = %d to %d", s, e)
	}
	if s, e := LineStart(src, 9), LineEnd(src, 9); s != 8 || e != 9 {
		t.Errorf("last line = %d to %d", s, e)
	}
}

func TestIndex(t *testing.T) {
	src := "ab\r\né😀x\n\xff!"
	x := NewIndex([]byte(src))
	for _, c := range []struct {
		offset int
		pos    Pos
		utf16  int
	}{
		{0, Pos{1, 1}, 0}, {2, Pos{1, 3}, 2}, {4, Pos{2, 1}, 4}, {6, Pos{2, 2}, 5}, {10, Pos{2, 4}, 7},
		{12, Pos{3, 1}, 9}, {13, Pos{3, 2}, 10}, {14, Pos{3, 3}, 11},
	} {
		if got := x.Pos(c.offset); got != c.pos {
			t.Errorf("Pos(%d) = %v, want %v", c.offset, got, c.pos)
		}
		if got := x.Offset(c.pos); got != c.offset {
			t.Errorf("Offset(%v) = %d, want %d", c.pos, got, c.offset)
		}
		if got := x.UTF16(c.offset); got != c.utf16 {
			t.Errorf("UTF16(%d) = %d, want %d", c.offset, got, c.utf16)
		}
		if got := x.FromUTF16(c.utf16); got != c.offset {
			t.Errorf("FromUTF16(%d) = %d, want %d", c.utf16, got, c.offset)
		}
	}
	if x.Lines() != 3 {
		t.Errorf("Lines = %d", x.Lines())
	}
	for p, want := range map[Pos]int{{0, 1}: 0, {9, 1}: 14, {1, 99}: 3, {3, 99}: 14} {
		if got := x.Offset(p); got != want {
			t.Errorf("Offset(%v) = %d, want %d", p, got, want)
		}
	}
}

// An edit changes the bytes inside its span and no others, and merging with an empty plan
// changes nothing.
func FuzzApply(f *testing.F) {
	for _, c := range applyCases {
		e := append(slices.Clone(c.edits), Edit{}, Edit{})
		f.Add([]byte(c.src), e[0].Start, e[0].End, e[0].New, e[1].Start, e[1].End, e[1].New)
	}
	f.Fuzz(func(t *testing.T, src []byte, s1, e1 int, n1 string, s2, e2 int, n2 string) {
		a, b := Edit{s1, e1, n1}, Edit{s2, e2, n2}
		both, err := Apply(src, []Edit{a, b})
		one, err1 := Apply(src, []Edit{a})
		if err1 == nil && string(one) != string(src[:s1])+n1+string(src[e1:]) {
			t.Fatalf("one edit: %q", one)
		}
		if err != nil {
			return
		}
		if len(both) != len(src)+len(n1)+len(n2)-(e1-s1)-(e2-s2) {
			t.Fatalf("length %d", len(both))
		}
		m1, errAB := Merge([]Edit{a}, []Edit{b})
		m2, errBA := Merge([]Edit{b}, []Edit{a})
		if (errAB == nil) != (errBA == nil) || !slices.Equal(m1, m2) {
			t.Fatalf("merge depends on the order: %v %v, %v %v", m1, errAB, m2, errBA)
		}
		if errAB == nil && a != b {
			if got, err := Apply(src, m1); err != nil || string(got) != string(both) {
				t.Fatalf("merged plan gives %q, %v, want %q", got, err, both)
			}
		}
	})
}

// Positions and offsets are each other's inverse at every character.
func FuzzIndex(f *testing.F) {
	f.Add([]byte("ab\r\né😀x\n\xff!"))
	f.Fuzz(func(t *testing.T, src []byte) {
		x := NewIndex(src)
		for i := 0; i < len(src); i++ {
			p := x.Pos(i)
			if back := x.Offset(p); back > i || x.Pos(back) != p {
				t.Fatalf("Pos(%d) = %v, Offset gives %d", i, p, back)
			}
			if back := x.FromUTF16(x.UTF16(i)); back > i {
				t.Fatalf("UTF16(%d) comes back as %d", i, back)
			}
		}
	})
}

func TestCarry(t *testing.T) {
	edits := []Edit{Insert(2, "++"), Replace(Span{4, 8}, "x"), Insert(10, "-")}
	for _, c := range []struct{ at, before, after int }{
		{0, 0, 0}, {2, 2, 4}, {3, 5, 5}, {4, 6, 6}, {6, 6, 7}, {8, 7, 7}, {9, 8, 8}, {10, 9, 10}, {11, 11, 11},
	} {
		if b, a := Carry(c.at, edits, false), Carry(c.at, edits, true); b != c.before || a != c.after {
			t.Errorf("Carry(%d) = %d and %d, want %d and %d", c.at, b, a, c.before, c.after)
		}
	}
}
