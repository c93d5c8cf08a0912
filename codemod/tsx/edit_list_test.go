package tsx

import (
	"testing"

	"github.com/batten-dev/batten/codemod/text"
)

func TestArrayElements(t *testing.T) {
	insert := func(at int, s string) func(*Tree) []text.Edit {
		return func(t *Tree) []text.Edit { return InsertArrayElement(find(t, KindArray, ""), at, s) }
	}
	remove := func(t *Tree) []text.Edit {
		for _, n := range Elements(find(t, KindArray, "")) {
			if n.Text() == "x" || n.Text() == "{\n  x: 1,\n}" || n.Is(KindObject) {
				return RemoveArrayElement(n)
			}
		}
		return nil
	}
	runEditCases(t, []editCase{
		{"empty", "f([]);\n", "f([x]);\n", insert(0, "x"), remove},
		{"empty, several lines", "f([]);\n", "f([\n  {\n    x: 1,\n  },\n]);\n", insert(0, "{\n  x: 1,\n}"), remove},
		{"empty with a comment", "f([\n  // here\n]);\n", "f([\n  x,\n  // here\n]);\n", insert(0, "x"), remove},
		{"empty with a comment on the line", "f([/* here */]);\n", "f([x /* here */]);\n", insert(0, "x"), remove},
		{"one line, end", "f([a, b]);\n", "f([a, b, x]);\n", insert(-1, "x"), remove},
		{"one line, beginning", "f([a, b]);\n", "f([x, a, b]);\n", insert(0, "x"), remove},
		{"one line, middle", "f([a, b]);\n", "f([a, x, b]);\n", insert(1, "x"), remove},
		{"one line, trailing comma", "f([a, b,]);\n", "f([a, b, x,]);\n", insert(-1, "x"), remove},
		{"lines, end", "f([\n  a,\n  b,\n]);\n", "f([\n  a,\n  b,\n  x,\n]);\n", insert(-1, "x"), remove},
		{"lines, middle", "f([\n  a,\n  // b\n  b,\n]);\n", "f([\n  a,\n  x,\n  // b\n  b,\n]);\n", insert(1, "x"), remove},
		{"lines, beginning", "f([ // all\n  a,\n]);\n", "f([ // all\n  x,\n  a,\n]);\n", insert(0, "x"), remove},
		{"lines, no trailing comma", "f([\n  a, // a\n  b // b\n]);\n", "f([\n  a, // a\n  b, // b\n  x\n]);\n", insert(-1, "x"), remove},
		{"lines, comment at the end", "f([\n\ta, // a\n\t// more\n]);\n", "f([\n\ta, // a\n\tx,\n\t// more\n]);\n", insert(-1, "x"), remove},
		{"packed lines, end", "f([\n  a, b,\n  c, d\n]);\n", "f([\n  a, b,\n  c, d, x\n]);\n", insert(-1, "x"), remove},
		{"packed lines, middle", "f([\n  a, b,\n  c, d\n]);\n", "f([\n  a, x, b,\n  c, d\n]);\n", insert(1, "x"), remove},
		{"packed lines, first on a line", "f([\n  a, b,\n  c, d\n]);\n", "f([\n  a, b,\n  x,\n  c, d\n]);\n", insert(2, "x"), remove},
		{"bracket behind the last", "f([\n  a,\n  b]);\n", "f([\n  a,\n  b,\n  x]);\n", insert(-1, "x"), remove},
		{"objects in a row", "f([{\n  a: 1,\n}]);\n", "f([{\n  a: 1,\n}, x]);\n", insert(-1, "x"), func(t *Tree) []text.Edit {
			e := Elements(find(t, KindArray, ""))
			return RemoveArrayElement(e[len(e)-1])
		}},
		{"holes", "f([, a, , b]);\n", "f([, a, , x, b]);\n", insert(1, "x"), remove},
		{"arguments", "g([a], () => [\n  a,\n]);\n", "g([a, x], () => [\n  a,\n]);\n", insert(-1, "x"), remove},
	})
}

func TestProperties(t *testing.T) {
	insert := func(at int, s string) func(*Tree) []text.Edit {
		return func(t *Tree) []text.Edit { return InsertProperty(find(t, KindObject, ""), at, s) }
	}
	remove := func(t *Tree) []text.Edit { return RemoveProperty(Property(find(t, KindObject, ""), "x")) }
	runEditCases(t, []editCase{
		{"empty", "f({});\n", "f({ x: 1 });\n", insert(0, "x: 1"), remove},
		{"empty, no spaces", "import {a} from 'a';\nf({});\n", "import {a} from 'a';\nf({x: 1});\n", insert(0, "x: 1"), remove},
		{"empty, several lines", "  f({});\n", "  f({\n    x: {\n      y,\n    },\n  });\n", insert(0, "x: {\n  y,\n}"), remove},
		{"one line", "f({ a });\n", "f({ a, x: 1 });\n", insert(-1, "x: 1"), remove},
		{"lines", "f({\n  a,\n  b() {\n    c();\n  },\n});\n", "f({\n  a,\n  b() {\n    c();\n  },\n  x: [\n    1,\n  ],\n});\n", insert(-1, "x: [\n  1,\n]"), remove},
		{"before a method", "f({\n  a,\n\n  /** b */\n  b() {},\n});\n", "f({\n  a,\n\n  x,\n  /** b */\n  b() {},\n});\n", insert(1, "x"), remove},
		{"spread", "f({\n  ...a\n});\n", "f({\n  ...a,\n  x\n});\n", insert(-1, "x"), remove},
	})
}

func TestRemoveProperty(t *testing.T) {
	remove := func(t *Tree) []text.Edit { return RemoveProperty(Property(find(t, KindObject, ""), "x")) }
	runEditCases(t, []editCase{
		{"comments", "f({\n  a, // a\n  // x\n  // and more\n  x, /* x */ // x\n  b,\n});\n", "f({\n  a, // a\n  b,\n});\n", remove, nil},
		{"only one with a comment to keep", "f({\n  x,\n  // more\n});\n", "f({\n  // more\n});\n", remove, nil},
		{"the rest of a line", "f({ a, x, /* b */ b });\n", "f({ a, /* b */ b });\n", remove, nil},
		{"last on a line of several", "f({\n  a, x,\n  b,\n});\n", "f({\n  a,\n  b,\n});\n", remove, nil},
	})
}

func TestStyleOf(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      Style
	}{
		{"nothing", "", Style{"\n", "  ", "'", true, true, true}},
		{"double quotes, tabs, no semicolons", "import {a} from \"a\"\nif (a) {\n\tb()\n}\n", Style{"\n", "\t", `"`, false, false, true}},
		{"four spaces, no trailing commas", "const a = {\r\n    b: 'c',\r\n    d: [\r\n        1\r\n    ]\r\n};\r\n", Style{"\r\n", "    ", "'", true, true, false}},
		{"imports decide on quotes", "import a from 'a';\nf(\"x\", \"y\");\n", Style{"\n", "  ", "'", true, true, true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := StyleOf(mustParse(t, c.src)); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
