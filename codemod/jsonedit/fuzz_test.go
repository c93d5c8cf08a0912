package jsonedit

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/batten-dev/batten/codemod/text"
)

func seeds(f *testing.F, add func(src string)) {
	f.Helper()
	for _, c := range table {
		add(c.src)
		add(c.want)
	}
	for _, c := range refusals {
		add(c.src)
	}
}

// FuzzParse: no bytes panic, what is accepted is what encoding/json accepts, and spans hold
// the values that they are said to hold.
func FuzzParse(f *testing.F) {
	seeds(f, func(src string) { f.Add([]byte(src)) })
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := Parse("p.json", src)
		body := bytes.TrimPrefix(src, []byte(text.BOM))
		if valid := json.Valid(body) && utf8.Valid(body); valid != (err == nil) {
			t.Fatalf("valid %v, but error %v", valid, err)
		}
		if err != nil {
			return
		}
		var walk func(v Value)
		walk = func(v Value) {
			s := v.Span()
			if !json.Valid(src[s.Start:s.End]) {
				t.Fatalf("span %v holds %s", s, src[s.Start:s.End])
			}
			for m := range v.Members() {
				if got, err := decode(src[m.NameSpan.Start:m.NameSpan.End]); err != nil || got.scalar != quote(m.Name) {
					t.Fatalf("name %q at %v: %v", m.Name, m.NameSpan, err)
				}
				walk(m.Value)
			}
			for e := range v.Elements() {
				walk(e)
			}
		}
		walk(d.Root())
	})
}

// FuzzLaws: what is added in one or more places is proved; adding twice is adding once;
// removing gives back the bytes; no line changes that need not.
func FuzzLaws(f *testing.F) {
	seeds(f, func(src string) {
		f.Add([]byte(src), "dependencies", "@backstage/plugin-x", "^1.0.0")
		f.Add([]byte(src), "a", "b", "\"\n")
	})
	f.Fuzz(func(t *testing.T, src []byte, field, name, spec string) {
		d, err := Parse("p.json", src)
		if err != nil || !utf8.ValidString(field+name+spec) {
			return
		}
		_, existed := d.Lookup(field, name)
		edits, err := d.SetDependency(field, name, spec)
		if err != nil {
			return
		}
		once, err := text.Apply(src, edits)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("p.json", once)
		if err != nil {
			t.Fatal(err)
		}
		if v, _ := again.Lookup(field, name); v.Kind() != String || v.String() != spec {
			t.Fatalf("got %v", v)
		}
		if edits, err := again.SetDependency(field, name, spec); err != nil || len(edits) > 0 {
			t.Fatalf("a second time: %v, %v", edits, err)
		}
		if existed {
			return
		}
		parent, had := d.Lookup(field)
		keep := 1
		if !had {
			parent, keep = d.Root(), 0
		}
		if s := parent.Span(); parent.Len() == 0 && s.Len() > 2 {
			return // comes back as {}, as documented
		}
		edits, err = again.Prune(keep, field, name)
		if err != nil {
			t.Fatal(err)
		}
		back, err := text.Apply(once, edits)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back, src) {
			t.Fatalf("removed:\n%q\nwant:\n%q", back, src)
		}
	})
}

// FuzzSet: any JSON goes anywhere in any file, or is refused; then it is there.
func FuzzSet(f *testing.F) {
	seeds(f, func(src string) {
		f.Add([]byte(src), "a\x00b\x00c", `{"x": [1, {}, []]}`)
		f.Add([]byte(src), "browserslist\x00production", `["a"]`)
	})
	f.Fuzz(func(t *testing.T, src []byte, path, value string) {
		d, err := Parse("p.json", src)
		if err != nil || !utf8.ValidString(path) {
			return
		}
		p := strings.Split(path, "\x00")
		edits, err := d.Set(value, p...)
		if err != nil {
			return
		}
		once, err := text.Apply(src, edits)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("p.json", once)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := decode([]byte(value))
		v, _ := again.Lookup(p...)
		s := v.Span()
		if got, err := decode(once[s.Start:s.End]); err != nil || !got.equal(want) {
			t.Fatalf("got %v, error %v", v, err)
		}
		if edits, err := again.Set(value, p...); err != nil || len(edits) > 0 {
			t.Fatalf("a second time: %v, %v", edits, err)
		}
		edits, err = again.Remove(p...)
		if err != nil {
			return // an element of an array
		}
		if once, err = text.Apply(once, edits); err != nil {
			t.Fatal(err)
		}
		if again, err = Parse("p.json", once); err != nil {
			t.Fatal(err)
		}
		if _, ok := again.Lookup(p...); ok {
			t.Fatal("still there")
		}
	})
}
