package yamledit

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

func blocks() []string {
	return []string{
		"x", "'it''s'", "${X:-y}", "[]", "{}", "- 1\n", "null", "{a: 1}",
		"|\n  a\n\n  b\n", "|+\n  a\n\n", "plain\n over\n lines\n", "\"a\n b\"\n",
		"a: 1\n", "# c\na: 1 # d\n  # e\n", "# c\n\na:\n  b:\n    - c: 1\n      # x\n      d: [1, '${X}']\n    - e\n\n  # f\n  g: |\n    h\n\n     i\nz:\n",
		"a:\n- b\n-\n  c: 1\n", "a:\n    b:\n        # c\n        c: 1\n    d: >-\n        x\n        y\n",
		"a: {b: 1, c: [2]}\nb: x\n  y\nc: 'x\n\n  y'\n", "- # c\n  a: 1\n- - b\n  - c\n",
	}
}

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

// FuzzParse: no bytes panic, and a span holds the scalar that it is said to hold.
func FuzzParse(f *testing.F) {
	seeds(f, func(src string) { f.Add([]byte(src)) })
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := Parse("app-config.yaml", src)
		if err != nil {
			if len(diag.Of(err)) != 1 {
				t.Fatalf("not a diagnostic: %v", err)
			}
			return
		}
		checkSpans(t, d)
	})
}

// checkSpans reads the quoted scalars again; plain ones were found by their text.
func checkSpans(t *testing.T, d *Doc) {
	t.Helper()
	d.leaves(func(n *node) {
		if n.bad || n.y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 {
			return
		}
		var y yaml.Node
		if err := yaml.Unmarshal(d.src[n.body:n.end], &y); err != nil || len(y.Content) != 1 || y.Content[0].Value != n.y.Value {
			t.Fatalf("span of %q holds %q: %v", n.y.Value, d.src[n.start:n.end], err)
		}
	})
}

// laws checks what must hold for any Ensure in any file: it is proved or refused; a second
// time changes nothing; where the value was missing in a mapping with content, only whole
// lines are inserted, and taking the value out gives back the bytes. It reports the code of
// a refusal.
func laws(t *testing.T, src []byte, block string, path []string) string {
	t.Helper()
	d, err := Parse("app-config.yaml", src)
	if err != nil {
		return "invalid"
	}
	edits, err := d.Ensure(block, path...)
	if err != nil {
		var refusal *diag.Diagnostic
		if !errors.As(err, &refusal) {
			t.Fatalf("not a diagnostic: %v", err)
		}
		if refusal.Code == "unproved-edit" {
			t.Logf("%q: %v", block, refusal)
		}
		return refusal.Code
	}
	once, err := text.Apply(src, edits)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("app-config.yaml", once)
	if err != nil {
		t.Fatal(err)
	}
	if edits, err := again.Ensure(block, path...); err != nil || len(edits) > 0 {
		t.Fatalf("a second time: %v, %v, on\n%s", edits, err, once)
	}
	keep, parent := 0, d.Root()
	for keep < len(path) && parent.Get(path[keep]).Kind() != Missing {
		parent = parent.Get(path[keep])
		keep++
	}
	full := keep < len(path) && (parent.Kind() == Missing || parent.Kind() == Mapping && parent.Len() > 0)
	if !full {
		return ""
	}
	if parent.Kind() == Missing && (d.root != nil || strings.Contains(string(src), "#")) {
		return "" // nothing to be said of comments at the top of the file
	}
	if d.root == nil || !parent.n.flow {
		wholeLines(t, src, once, edits)
	}
	undo, err := again.Prune(keep, path...)
	if err != nil {
		t.Fatalf("removing: %v, from\n%s", err, once)
	}
	back, err := text.Apply(once, undo)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back, src) {
		t.Fatalf("added:\n%s\nremoved:\n%q\nwant:\n%q", once, back, src)
	}
	return ""
}

// wholeLines checks that edits insert lines and touch no others.
func wholeLines(t *testing.T, src, out []byte, edits []text.Edit) {
	t.Helper()
	had, has := bytes.Count(src, []byte("\n")), bytes.Count(out, []byte("\n"))
	inserted := 0
	for _, e := range edits {
		inserted += strings.Count(e.New, "\n")
		atLine := e.Start == 0 || src[e.Start-1] == '\n' || text.HasBOM(src) && e.Start == 3
		if e.Start != e.End || !(atLine && strings.HasSuffix(e.New, "\n") || e.Start == len(src)) {
			t.Fatalf("edit %v is not of whole lines, in\n%s", e, src)
		}
	}
	if has-had != inserted {
		t.Fatalf("%d lines inserted, %d more", inserted, has-had)
	}
}

// FuzzLaws: see laws.
func FuzzLaws(f *testing.F) {
	i := 0
	seeds(f, func(src string) {
		i++
		f.Add([]byte(src), blocks()[i%len(blocks())], "a.new.b")
		f.Add([]byte(src), "b: 1", "new")
		f.Add([]byte(src), "c: 1\nd: 2", "a")
	})
	f.Fuzz(func(t *testing.T, src []byte, block, path string) {
		laws(t, src, block, strings.Split(path, "."))
	})
}

// FuzzSetAppendRemove: any value and item goes anywhere in any file, or is refused; a second
// time changes nothing; what is removed is gone.
func FuzzSetAppendRemove(f *testing.F) {
	i := 0
	seeds(f, func(src string) {
		i++
		f.Add([]byte(src), blocks()[i%len(blocks())], "a.b")
		f.Add([]byte(src), "v", "a.b.0")
		f.Add([]byte(src), "{b: x}", "app.extensions")
	})
	f.Fuzz(func(t *testing.T, src []byte, value, path string) {
		p := strings.Split(path, ".")
		for name, op := range map[string]operation{"set": set(value, p...), "append": appendItem(value, p...), "remove": remove(p...), "prune": prune(0, p...)} {
			twice(t, name, src, op)
		}
	})
}

// twice checks that an operation is refused or makes a valid file, and that a second time
// changes nothing; removing may meet the next item of a sequence.
func twice(t *testing.T, name string, src []byte, op operation) (out []byte, code string) {
	t.Helper()
	d, err := Parse("app-config.yaml", src)
	if err != nil {
		return nil, "invalid"
	}
	edits, err := op(d)
	if err != nil {
		return nil, diag.Of(err)[0].Code
	}
	once, err := text.Apply(src, edits)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("app-config.yaml", once)
	if err != nil {
		t.Fatal(err)
	}
	if name == "remove" || name == "prune" {
		return once, ""
	}
	if edits, err := op(again); err != nil || len(edits) > 0 {
		t.Fatalf("%s a second time: %v, %v, on\n%s", name, edits, err, once)
	}
	return once, ""
}

// FuzzGenerated checks the laws on files that are made at random out of all that people
// write, and there no edit may fail its proof.
func FuzzGenerated(f *testing.F) {
	for i := range uint64(600) {
		f.Add(i)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
		src := g.file()
		d, err := Parse("app-config.yaml", src)
		if err != nil {
			t.Skip(err)
		}
		if !d.readable() {
			t.Fatalf("not readable:\n%s", src)
		}
		checkSpans(t, d)
		block := g.pick(blocks()...)
		// To a block scalar at the end, a newline, spaces or (|+) an empty line below are content.
		unprovable := bytes.ContainsAny(src, "+") || strings.HasPrefix(block, "|") ||
			bytes.ContainsAny(src, "|>") && !bytes.HasSuffix(src, []byte("\n"))
		path := g.path(d)
		in := path
		for v, _ := d.Lookup(in...); v.Kind() != Mapping && len(in) > 0; v, _ = d.Lookup(in...) {
			in = in[:len(in)-1]
		}
		if code := laws(t, src, block, append(slices.Clone(in), "new1")); code == "unproved-edit" && !unprovable {
			t.Fatalf("unproved: %v in\n%s", path, src)
		}
		if code := laws(t, src, block, path); code == "unproved-edit" && !unprovable {
			t.Fatalf("unproved: %v in\n%s", path, src)
		}
		for name, op := range map[string]operation{
			"set": set("v", path...), "append": appendItem(block, path...), "remove": remove(path...), "prune": prune(1, path...),
		} {
			if _, code := twice(t, name, src, op); code == "unproved-edit" && !unprovable {
				_, err := op(d)
				if !strings.Contains(err.Error(), "unknown anchor") {
					t.Fatalf("%s %v: %v\nin\n%s", name, path, err, src)
				}
			}
		}
	})
}

// generator writes configuration files at random.
type generator struct {
	*rand.Rand
	b    strings.Builder
	step int
	n    int
}

func (g *generator) pick(of ...string) string { return of[g.IntN(len(of))] }

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g *generator) file() []byte {
	g.step = g.IntN(3) + 1
	if g.chance(60) {
		g.step = 2
	}
	g.b.WriteString(g.pick("", "", "", "", "---\n", "# top\n", "--- # start\n", "\n", "# top\n\n"))
	g.mapping(0, 0)
	s := g.b.String()
	s += g.pick("", "", "", "\n", "# end\n", "\n# end\n", "  # end\n\n\n")
	if g.chance(20) {
		s = strings.TrimRight(s, "\n")
	}
	if g.chance(20) {
		s = crlf(s)
	}
	if g.chance(5) {
		s = text.BOM + s
	}
	return []byte(s)
}

func (g *generator) line(indent int, s string) {
	g.b.WriteString(strings.Repeat(" ", max(indent, 0)) + s + "\n")
}

func (g *generator) between(indent int) {
	if g.chance(20) {
		g.b.WriteString(g.pick("\n", "\n", "\n\n", "   \n"))
	}
	if g.chance(25) {
		g.line(indent+g.pickInt(0, 0, 0, g.step, -g.step, -indent, 1, 7), "# comment"+g.pick("", ": x", " '", " \"", " {["))
	}
	if g.chance(10) {
		g.b.WriteString("\n")
	}
}

func (g *generator) pickInt(of ...int) int { return of[g.IntN(len(of))] }

func (g *generator) key() string {
	g.n++
	return g.pick("k", "k", "k", "'/k", "\"k ", "k é") + fmt.Sprint(g.n)
}

func (g *generator) mapping(indent, depth int) {
	for range 1 + g.IntN(4) {
		g.between(indent)
		g.b.WriteString(strings.Repeat(" ", indent))
		g.pair(indent, depth)
	}
	g.between(indent)
}

func (g *generator) pair(indent, depth int) {
	key := g.key()
	if key[0] == '\'' || key[0] == '"' {
		key += key[:1]
	}
	g.b.WriteString(key + ":")
	comment := g.pick("", "", "", "", " # c", "  # '", " ")
	switch kind := g.IntN(10); {
	case kind < 3 && depth < 3:
		g.b.WriteString(g.pick("", "", "", " &a"+fmt.Sprint(g.n)) + comment + "\n")
		g.mapping(indent+g.step, depth+1)
	case kind < 5 && depth < 3:
		g.b.WriteString(comment + "\n")
		g.sequence(indent+g.pickInt(0, g.step, g.step), depth+1)
	default:
		g.scalar(indent, comment)
	}
}

func (g *generator) sequence(indent, depth int) {
	for range 1 + g.IntN(3) {
		g.between(indent)
		g.b.WriteString(strings.Repeat(" ", indent) + "-")
		switch kind := g.IntN(6); {
		case kind == 0 && depth < 3:
			g.b.WriteString(" ")
			g.pair(indent+2, depth)
			if g.chance(50) {
				g.mapping(indent+2, depth+1)
			}
		case kind == 1 && depth < 3:
			g.b.WriteString("\n")
			g.mapping(indent+g.step, depth+1)
		case kind == 2:
			g.b.WriteString(" - x\n")
			g.line(indent+2, "- y")
		default:
			g.scalar(indent, g.pick("", " # c"))
		}
	}
}

func (g *generator) scalar(indent int, comment string) {
	pad := strings.Repeat(" ", indent+g.step)
	switch g.IntN(14) {
	case 0:
		g.b.WriteString(comment + "\n")
		if g.chance(50) {
			g.line(indent+g.pickInt(g.step, g.step, 3, 0), "# under")
		}
	case 1:
		g.b.WriteString(g.pick(" {}", " []", " { }") + comment + "\n")
	case 2:
		g.b.WriteString(g.pick(" { a: 1, 'b': [x, \"y\"] }", " [x, { a: b }, 'it''s']", " {a: '}', b: \"]\"}", " {a: }") + comment + "\n")
	case 3:
		g.b.WriteString(" {" + comment + "\n" + pad + "a: 1,\n" + pad + "b: [\n" + pad + "x ]\n" + pad + "}\n")
	case 4:
		g.b.WriteString(g.pick(" |", " >", " |-", " >+", " |+", " |2", " |2-") + g.pick("", " # c") + "\n" + pad + "  text # no comment\n" + g.pick("", "\n", pad+"\n") + pad + "  - a: b\n" + g.pick("", "\n", "\n\n"))
	case 5:
		g.b.WriteString(" one\n" + pad + "two\n" + g.pick("", "\n", "\n\n") + pad + "three #x" + comment + "\n")
	case 6:
		g.b.WriteString("\n" + pad + "plain" + comment + "\n")
	case 7:
		g.b.WriteString(" 'it''s\n" + g.pick("", "\n") + pad + "# no'" + comment + "\n")
	case 8:
		g.b.WriteString(" \"a \\\" \\\n" + pad + "b # \"" + comment + "\n")
	case 9:
		g.b.WriteString(g.pick(" &a ", " !!str ", " &b !t ") + "v" + comment + "\n")
	case 10:
		g.b.WriteString(g.pick(" null", " ~", " ${X:-y}", " !!str", " http://x:1/#a", " a#b: c"[:4]) + comment + "\n")
	case 11:
		g.b.WriteString("\n" + pad + "$env: X\n")
	default:
		g.b.WriteString(g.pick(" 1", " true", " 'x'", " \"é\\n\"", " a b") + comment + "\n")
	}
}

// path walks down to some mapping or value of d.
func (g *generator) path(d *Doc) []string {
	var path []string
	v := d.Root()
	for v.Len() > 0 && (len(path) == 0 || g.chance(70)) {
		i := g.IntN(v.Len())
		name := fmt.Sprint(i)
		if v.Kind() == Mapping {
			for m := range v.Members() {
				if i == 0 {
					name = m.Name
				}
				i--
			}
		}
		path = append(path, name)
		v = v.Get(name)
	}
	return path
}
