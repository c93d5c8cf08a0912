package merge3_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/merge3"
)

// merges are texts, a letter per line, and what comes of them in both styles; the second is "" if
// it is the same as the first.
var merges = []struct{ base, ours, theirs, want, diff3 string }{
	{"abc", "abc", "abc", "abc", ""},
	{"abcdef", "Xabcdef", "abcdefY", "XabcdefY", ""},
	{"abcdef", "aXcdef", "abcdYf", "aXcdYf", ""},
	{"abcdef", "acdef", "abcde", "acde", ""},
	{"abc", "aXc", "aXc", "aXc", ""},
	{"abc", "aXc", "aYc", "a<X=Y>c", "a<X|b=Y>c"},
	{"abcd", "aXcd", "abYd", "a<Xc=bY>d", "a<Xc|bc=bY>d"}, // changes that touch
	{"abc", "ac", "aXc", "a<=X>c", "a<|b=X>c"},
	{"abc", "", "abcX", "<=abcX>", "<|abc=abcX>"},
	{"", "a", "b", "<a=b>", "<a|=b>"},
	{"", "a", "a", "a", ""},
	{"", "", "a", "a", ""},
	{"abc", "axyzc", "axYzc", "ax<y=Y>zc", "a<xyz|b=xYz>c"}, // what both added is taken out
	{"a1b", "aXpqrsYb", "aZpqrsWb", "a<X=Z>pqrs<Y=W>b", "a<XpqrsY|1=ZpqrsW>b"},
	{"a1b", "aXpqYb", "aZpqWb", "a<XpqY=ZpqW>b", "a<XpqY|1=ZpqW>b"},
	{"a1b", "aX.,.,Yb", "aZ.,.,Wb", "a<X.,.,Y=Z.,.,W>b", "a<X.,.,Y|1=Z.,.,W>b"}, // no letter between
	{"abcde", "abXde", "aYcde", "a<bX=Yc>de", "a<bX|bc=Yc>de"},
	{"aab", "aaab", "aaaab", "aaa<=a>b", "aa<a|=aa>b"},
}

func letters(s string) []byte {
	var b strings.Builder
	for _, c := range s {
		b.WriteRune(c)
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

func short(marked []byte) string {
	s := string(marked)
	for _, m := range []string{"<", "|", "=", ">"} {
		s = strings.ReplaceAll(s, strings.Repeat(m, 7)+"\n", m)
	}
	return strings.ReplaceAll(s, "\n", "")
}

func TestMerge(t *testing.T) {
	for _, c := range merges {
		r := merge3.Merge(letters(c.base), letters(c.ours), letters(c.theirs))
		if got := short(r.Marked(merge3.MergeStyle, merge3.Labels{})); got != c.want {
			t.Errorf("%s, %s, %s: %s, want %s", c.base, c.ours, c.theirs, got, c.want)
		}
		want := c.diff3
		if want == "" {
			want = c.want
		}
		if got := short(r.Marked(merge3.Diff3Style, merge3.Labels{})); got != want {
			t.Errorf("%s, %s, %s: %s, want %s", c.base, c.ours, c.theirs, got, want)
		}
		if clean := !strings.Contains(c.want, "<"); r.Clean() != clean || clean && short(r.Text()) != c.want {
			t.Errorf("%s, %s, %s: clean %v, %s", c.base, c.ours, c.theirs, r.Clean(), r.Text())
		}
		laws(t, letters(c.base), letters(c.ours), letters(c.theirs))
	}
}

func TestLabelsAndLineEnds(t *testing.T) {
	labels := merge3.Labels{"ours", "base", "theirs"}
	for _, c := range []struct{ base, ours, theirs, want string }{
		{"a\nb\n", "a\nX\n", "a\nY\n", "a\n<<<<<<< ours\nX\n||||||| base\nb\n=======\nY\n>>>>>>> theirs\n"},
		{"a\nb", "a\nX", "a\nY", "a\n<<<<<<< ours\nX\n||||||| base\nb\n=======\nY\n>>>>>>> theirs\n"},
		{"a\r\nb\r\n", "a\r\nX\r\n", "a\r\nY\r\n", "a\r\n<<<<<<< ours\r\nX\r\n||||||| base\r\nb\r\n=======\r\nY\r\n>>>>>>> theirs\r\n"},
		{"a\nb\n", "a\nb", "a\nb\nc\n", "a\n<<<<<<< ours\nb\n||||||| base\nb\n=======\nb\nc\n>>>>>>> theirs\n"},
		{"a\n", "a", "a", "a"},
		{"a\nb\nc\n", "a\nb\nc", "x\nb\nc\n", "x\nb\nc"},
	} {
		r := merge3.Merge([]byte(c.base), []byte(c.ours), []byte(c.theirs))
		if got := string(r.Marked(merge3.Diff3Style, labels)); got != c.want {
			t.Errorf("%q, %q, %q: %q, want %q", c.base, c.ours, c.theirs, got, c.want)
		}
		laws(t, []byte(c.base), []byte(c.ours), []byte(c.theirs))
	}
}

func TestConflictsHaveAllThreeSides(t *testing.T) {
	base, ours, theirs := letters("abcdefgh"), letters("aXcdefPh"), letters("aYcdefQh")
	r := merge3.Merge(base, ours, theirs)
	var got []string
	for _, h := range r.Conflicts() {
		got = append(got, fmt.Sprintf("%s|%s|%s at %d", short(ours[h.Ours.Start:h.Ours.End]), short(base[h.Base.Start:h.Base.End]), short(theirs[h.Theirs.Start:h.Theirs.End]), h.Ours.Start))
	}
	if want := "[X|b|Y at 2 P|g|Q at 12]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	if a, b := short(r.Favor(merge3.Ours)), short(r.Favor(merge3.Theirs)); a != "aXcdefPh" || b != "aYcdefQh" {
		t.Errorf("ours %s, theirs %s", a, b)
	}
}

// Edits that do not touch are both made.
func TestDisjointEditsAreBothMade(t *testing.T) {
	var base []string
	for i := range 60 {
		base = append(base, fmt.Sprintf("line %d\n", i))
	}
	replace := func(lines []string, at, count int, with string) []string {
		return append(append(append([]string{}, lines[:at]...), with), lines[at+count:]...)
	}
	join := func(lines []string) []byte { return []byte(strings.Join(lines, "")) }
	for at := 2; at < 50; at++ {
		for count := range 3 {
			for other := range 58 {
				if other >= at-3 && other <= at+count {
					continue
				}
				first, second := replace(base, at, count, "ours\n"), replace(base, other, 2, "theirs\n")
				both := replace(first, other, 2, "theirs\n")
				if other > at {
					both = replace(first, other+1-count, 2, "theirs\n")
				}
				r := merge3.Merge(join(base), join(first), join(second))
				if !r.Clean() || !bytes.Equal(r.Text(), join(both)) {
					t.Fatalf("ours at %d+%d, theirs at %d: clean %v\n%s", at, count, other, r.Clean(), r.Text())
				}
			}
		}
	}
}

// laws are what holds for any three texts.
func laws(t *testing.T, base, ours, theirs []byte) {
	t.Helper()
	for _, c := range []struct{ base, ours, theirs, want []byte }{{base, base, theirs, theirs}, {base, ours, base, ours}, {base, ours, ours, ours}} {
		r := merge3.Merge(c.base, c.ours, c.theirs)
		if !r.Clean() || !bytes.Equal(r.Text(), c.want) || !bytes.Equal(r.Marked(merge3.MergeStyle, merge3.Labels{}), c.want) {
			t.Fatalf("merging %q, %q, %q gives %q (clean: %v), want %q", c.base, c.ours, c.theirs, r.Text(), r.Clean(), c.want)
		}
		covers(t, r, c.base, c.ours, c.theirs)
	}
	r, mirrored := merge3.Merge(base, ours, theirs), merge3.Merge(base, theirs, ours)
	covers(t, r, base, ours, theirs)
	if r.Clean() != mirrored.Clean() || r.Clean() && !bytes.Equal(r.Text(), mirrored.Text()) {
		t.Fatalf("merging %q, %q, %q gives %q (clean: %v), the other way round %q (clean: %v)", base, ours, theirs, r.Text(), r.Clean(), mirrored.Text(), mirrored.Clean())
	}
	if marked := r.Marked(merge3.MergeStyle, merge3.Labels{}); r.Clean() && !bytes.Equal(marked, r.Text()) {
		t.Fatalf("merging %q, %q, %q is clean, but gives %q and %q", base, ours, theirs, r.Text(), marked)
	} else if !r.Clean() && len(bytes.Split(marked, []byte("<<<<<<<"))) < 2 {
		t.Fatalf("merging %q, %q, %q conflicts without a marker", base, ours, theirs)
	}
}

// covers checks that hunks hold all of the three texts, and that what is taken from one side has not
// changed otherwise on the other.
func covers(t *testing.T, r *merge3.Result, base, ours, theirs []byte) {
	t.Helper()
	var b, o, h int
	for _, k := range r.Hunks {
		if k.Base.Start != b || k.Ours.Start != o || k.Theirs.Start != h {
			t.Fatalf("%q, %q, %q: hunk %+v does not begin at %d, %d, %d", base, ours, theirs, k, b, o, h)
		}
		b, o, h = k.Base.End, k.Ours.End, k.Theirs.End
		was, mine, other := base[k.Base.Start:b], ours[k.Ours.Start:o], theirs[k.Theirs.Start:h]
		ok := true
		switch k.Kind {
		case merge3.Same:
			ok = bytes.Equal(was, mine) && bytes.Equal(was, other)
		case merge3.Ours:
			ok = bytes.Equal(was, other) && !bytes.Equal(was, mine)
		case merge3.Theirs:
			ok = bytes.Equal(was, mine) && !bytes.Equal(was, other)
		case merge3.Both:
			ok = bytes.Equal(mine, other)
		case merge3.Conflict:
			ok = !bytes.Equal(mine, other)
		}
		if !ok {
			t.Fatalf("%q, %q, %q: the hunk %s has %q, %q, %q", base, ours, theirs, k.Kind, was, mine, other)
		}
	}
	if b != len(base) || o != len(ours) || h != len(theirs) {
		t.Fatalf("%q, %q, %q: the hunks end at %d, %d, %d", base, ours, theirs, b, o, h)
	}
}

func TestLawsOnGeneratedTriples(t *testing.T) {
	for _, c := range append(generated(1500), large()...) {
		laws(t, c.base, c.ours, c.theirs)
	}
}

func FuzzLaws(f *testing.F) {
	for _, c := range merges {
		f.Add(letters(c.base), letters(c.ours), letters(c.theirs))
	}
	f.Add([]byte("a\r\nb"), []byte("a\nb\r\n"), []byte("\x00\xff\n\n\n"))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) { laws(t, base, ours, theirs) })
}

func TestBinary(t *testing.T) {
	if merge3.Binary([]byte("text\n")) || !merge3.Binary([]byte("a\x00b")) || merge3.Binary(nil) {
		t.Error("what git takes for text is something else")
	}
}

func BenchmarkMerge(b *testing.B) {
	c := large()[6]
	b.SetBytes(int64(len(c.base)))
	for b.Loop() {
		merge3.Merge(c.base, c.ours, c.theirs)
	}
}

// Two texts that have nothing in common but common lines end in time.
func BenchmarkUnlike(b *testing.B) {
	var x, y, z strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&x, "%d\n", i*7919%20011)
		fmt.Fprintf(&y, "%d\n", i*104729%20011)
		fmt.Fprintf(&z, "%d\n", i*1299709%20011)
	}
	for b.Loop() {
		merge3.Merge([]byte(x.String()), []byte(y.String()), []byte(z.String()))
	}
}
