package jsonedit

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/batten-dev/batten/codemod/diag"
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

// FuzzLaws: see laws.
func FuzzLaws(f *testing.F) {
	seeds(f, func(src string) {
		f.Add([]byte(src), "dependencies", "@backstage/plugin-x", "^1.0.0")
		f.Add([]byte(src), "a", "b", "\"\n")
	})
	f.Fuzz(func(t *testing.T, src []byte, field, name, spec string) {
		if utf8.ValidString(field + name + spec) {
			laws(t, src, field, name, spec)
		}
	})
}

// FuzzGenerated checks the laws on files that are made at random in all layouts.
func FuzzGenerated(f *testing.F) {
	for i := range uint64(500) {
		f.Add(i)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
		src := g.file()
		if _, err := Parse("p.json", src); err != nil {
			t.Fatalf("%v in\n%s", err, src)
		}
		if code := laws(t, src, "dependencies", g.name(), "^1.0.0"); code != "" {
			t.Fatalf("%s in\n%s", code, src)
		}
	})
}

// laws checks what must hold of a dependency in any file: it is proved or refused; setting it
// a second time changes nothing; in an object over lines, a new one is one new line, and
// beyond that only the line of the last sibling gets its comma; removing it gives back the
// bytes. It reports the code of a refusal.
func laws(t *testing.T, src []byte, field, name, spec string) string {
	t.Helper()
	d, err := Parse("p.json", src)
	if err != nil {
		return "invalid"
	}
	_, existed := d.Lookup(field, name)
	edits, err := d.SetDependency(field, name, spec)
	if err != nil {
		return diag.Of(err)[0].Code
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
		return ""
	}
	parent, had := d.Lookup(field)
	keep := 1
	if !had {
		parent, keep = d.Root(), 0
	}
	if s := parent.Span(); parent.Len() == 0 && s.Len() > 2 {
		return "" // comes back as {}, as documented
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
	if had && tidy(d, parent) {
		if less, added := lineDiff(string(src), string(once)); less > 1 || added-less != 1 {
			t.Fatalf("-%d +%d lines in\n%s\ngot\n%s", less, added, src, once)
		}
	}
	return ""
}

// tidy reports whether each member of an object begins a line.
func tidy(d *Doc, v Value) bool {
	for m := range v.Members() {
		if len(text.Indent(d.src, m.NameSpan.Start)) != m.NameSpan.Start-text.LineStart(d.src, m.NameSpan.Start) {
			return false
		}
	}
	return v.Len() > 0
}

// generator writes package.json files at random.
type generator struct {
	*rand.Rand
	b strings.Builder
}

func (g *generator) pick(of ...string) string { return of[g.IntN(len(of))] }

func (g *generator) name() string {
	return g.pick("", "@backstage/", "@backstage/plugin-", "@x/", "react-") + g.pick("a", "b", "c", "d", "e", "f") + g.pick("", "-backend", "-b")
}

func (g *generator) file() []byte {
	eol := g.pick("\n", "\n", "\n", "\r\n")
	step := g.pick("  ", "  ", "    ", "\t", "")
	colon := g.pick(": ", ": ", ":", " : ", ": ", ":\t")
	used := map[string]bool{}
	object := func(depth int, members func(member func(name string, value func()))) {
		oneLine := g.IntN(5) == 0
		comma := g.pick(",", ",", ",", " ,")
		pad := g.pick("", " ")
		first := true
		g.b.WriteString("{")
		members(func(name string, value func()) {
			if !first {
				g.b.WriteString(comma)
			}
			switch {
			case oneLine && first:
				g.b.WriteString(pad)
			case oneLine:
				g.b.WriteString(" ")
			default:
				g.b.WriteString(eol)
				if g.IntN(12) == 0 {
					g.b.WriteString(eol)
				}
				g.b.WriteString(strings.Repeat(step, depth))
			}
			first = false
			g.b.WriteString(quote(name) + colon)
			value()
		})
		if oneLine && !first {
			g.b.WriteString(pad)
		} else if !first {
			g.b.WriteString(eol + strings.Repeat(step, depth-1))
		}
		g.b.WriteString("}")
	}
	if g.IntN(8) == 0 {
		g.b.WriteString(text.BOM)
	}
	object(1, func(member func(string, func())) {
		for _, field := range []string{"name", "scripts", "dependencies", "peerDependencies", "files", "devDependencies", "x"} {
			if g.IntN(3) == 0 {
				continue
			}
			member(field, func() {
				if !strings.Contains(field, "ies") && field != "scripts" {
					g.b.WriteString(g.pick(`"x"`, `["dist", "b"]`, "true", "[\n1\n]", "{}", `{"a":[{}]}`))
					return
				}
				clear(used)
				object(2, func(member func(string, func())) {
					for range g.IntN(6) {
						if name := g.name(); !used[name] {
							used[name] = true
							member(name, func() { g.b.WriteString(quote("^1.0.0")) })
						}
					}
				})
			})
		}
	})
	g.b.WriteString(g.pick("", eol, eol, eol+eol))
	return []byte(g.b.String())
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
