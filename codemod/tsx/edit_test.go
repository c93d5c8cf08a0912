package tsx

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/text"
)

// editCase is one edit of a source. undo removes again what edit put in; if it is nil, the
// edit cannot be undone byte for byte, and the documentation of the function says so.
type editCase struct {
	name      string
	src, want string
	edit      func(*Tree) []text.Edit
	undo      func(*Tree) []text.Edit
}

func runEditCases(t *testing.T, cases []editCase) {
	t.Helper()
	for _, c := range cases {
		for _, eol := range []string{"\n", "\r\n"} {
			name := c.name
			if eol == "\r\n" {
				name += " (CRLF)"
			}
			t.Run(name, func(t *testing.T) {
				src, want := strings.ReplaceAll(c.src, "\n", eol), strings.ReplaceAll(c.want, "\n", eol)
				got := applied(t, src, c.edit)
				if got != want {
					t.Fatalf("edit gives\n%s\nwant\n%s", visible(got), visible(want))
				}
				if c.undo == nil {
					mustParse(t, got)
					return
				}
				if back := applied(t, got, c.undo); back != src {
					t.Fatalf("undo gives\n%s\nwant\n%s", visible(back), visible(src))
				}
			})
		}
	}
}

func mustParse(t testing.TB, src string) *Tree {
	t.Helper()
	tree, err := Parse([]byte(src), TSX)
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	return tree
}

func applied(t testing.TB, src string, edit func(*Tree) []text.Edit) string {
	t.Helper()
	edits := edit(mustParse(t, src))
	if edits == nil {
		t.Fatalf("no edits for\n%s", src)
	}
	out, err := text.Apply([]byte(src), edits)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func visible(s string) string {
	return strings.NewReplacer("\r\n", "␍\n", "\t", "→", " \n", "·\n").Replace(s) + "¶"
}

// find is the first node of a kind whose text begins with prefix.
func find(t *Tree, k Kind, prefix string) Node {
	for n := range t.Root().Descendants() {
		if n.Is(k) && strings.HasPrefix(n.Text(), prefix) {
			return n
		}
	}
	return Node{}
}

func element(t *Tree, name string) Node {
	for n := range t.Root().Descendants() {
		if IsJSXElement(n) && JSXName(n) == name {
			return n
		}
	}
	return Node{}
}

func child(parent string, index int, snippet string) func(*Tree) []text.Edit {
	return func(t *Tree) []text.Edit { return InsertJSXChild(element(t, parent), index, snippet) }
}

func removeElement(name string) func(*Tree) []text.Edit {
	return func(t *Tree) []text.Edit { return RemoveJSXChild(element(t, name)) }
}

func TestInsertJSXChild(t *testing.T) {
	const routes = "const routes = (\n  <FlatRoutes>\n    <Route path=\"/\" element={<Home />} />\n    <Route path=\"/x\" />\n  </FlatRoutes>\n);\n"
	runEditCases(t, []editCase{
		{
			name: "at the end", src: routes,
			want: strings.Replace(routes, "\"/x\" />\n", "\"/x\" />\n    <New />\n", 1),
			edit: child("FlatRoutes", -1, "<New />"), undo: removeElement("New"),
		},
		{
			name: "at the beginning", src: routes,
			want: strings.Replace(routes, "    <Route", "    <New />\n    <Route", 1),
			edit: child("FlatRoutes", 0, "<New />"), undo: removeElement("New"),
		},
		{
			name: "several lines", src: routes,
			want: strings.Replace(routes, "\"/x\" />\n", "\"/x\" />\n    <New>\n      <A />\n    </New>\n", 1),
			edit: child("FlatRoutes", -1, "<New>\n  <A />\n</New>"), undo: removeElement("New"),
		},
		{
			name: "tabs",
			src:  "const a = (\n\t<X>\n\t\t<A />\n\t</X>\n);\n",
			want: "const a = (\n\t<X>\n\t\t<A />\n\t\t<New>\n\t\t\t<B />\n\t\t</New>\n\t</X>\n);\n",
			edit: child("X", -1, "<New>\n  <B />\n</New>"), undo: removeElement("New"),
		},
		{
			name: "four spaces beside two",
			src:  "const a = (\n  <P>\n    <Q />\n  </P>\n);\nconst b = (\n  <X>\n      <A>\n          <B />\n      </A>\n  </X>\n);\nconst c = [\n  {\n    d: 1,\n  },\n];\n",
			want: "const a = (\n  <P>\n    <Q />\n  </P>\n);\nconst b = (\n  <X>\n      <A>\n          <B />\n      </A>\n      <New>\n          <C />\n      </New>\n  </X>\n);\nconst c = [\n  {\n    d: 1,\n  },\n];\n",
			edit: child("X", -1, "<New>\n  <C />\n</New>"), undo: removeElement("New"),
		},
		{
			name: "four spaces into an empty element",
			src:  "function f() {\n    return <X></X>;\n}\n",
			want: "function f() {\n    return <X>\n        <New />\n    </X>;\n}\n",
			edit: child("X", -1, "<New />"), undo: removeElement("New"),
		},
		{
			name: "element that closes itself", // comes back as <X></X>
			src:  "const f = () => <X.Y a=\"1\" />;\n",
			want: "const f = () => <X.Y a=\"1\">\n  <New />\n</X.Y>;\n",
			edit: child("X.Y", -1, "<New />"),
		},
		{
			name: "element that closes itself on a line of its own",
			src:  "const a = (\n  <X\n    a=\"1\"\n  />\n);\n",
			want: "const a = (\n  <X\n    a=\"1\"\n  >\n    <New />\n  </X>\n);\n",
			edit: child("X", -1, "<New />"),
		},
		{
			name: "children on one line",
			src:  "const a = <X><A /><B /></X>;\n",
			want: "const a = <X><A /><New /><B /></X>;\n",
			edit: child("X", 1, "<New />"), undo: removeElement("New"),
		},
		{
			name: "a single expression on one line",
			src:  "const a = <X path=\"/\">{page}</X>;\n",
			want: "const a = <X path=\"/\">{page}<New /></X>;\n",
			edit: child("X", -1, "<New />"), undo: removeElement("New"),
		},
		{
			name: "fragment",
			src:  "export default app.createRoot(\n  <>\n    <A />\n  </>,\n);\n",
			want: "export default app.createRoot(\n  <>\n    <A />\n    <New />\n  </>,\n);\n",
			edit: func(t *Tree) []text.Edit { return InsertJSXChild(element(t, ""), -1, "<New />") }, undo: removeElement("New"),
		},
		{
			name: "empty fragment",
			src:  "const a = <></>;\n",
			want: "const a = <>\n  <New />\n</>;\n",
			edit: func(t *Tree) []text.Edit { return InsertJSXChild(element(t, ""), 0, "<New />") }, undo: removeElement("New"),
		},
		{
			name: "a comment above the next child stays with it",
			src:  "const a = (\n  <X>\n    <A />\n    {/* about B */}\n    <B />\n  </X>\n);\n",
			want: "const a = (\n  <X>\n    <A />\n    <New />\n    {/* about B */}\n    <B />\n  </X>\n);\n",
			edit: child("X", 1, "<New />"), undo: removeElement("New"),
		},
		{
			name: "before comments at the end, behind a comment and a space on the line",
			src:  "const a = (\n  <X>\n    <A />{' '} {/* about A */}\n    {/* more to come */}\n  </X>\n);\n",
			want: "const a = (\n  <X>\n    <A />{' '} {/* about A */}\n    <New />\n    {/* more to come */}\n  </X>\n);\n",
			edit: child("X", -1, "<New />"), undo: removeElement("New"),
		},
		{
			name: "only a comment",
			src:  "const a = (\n  <X>\n      {/* none yet */}\n  </X>\n);\n",
			want: "const a = (\n  <X>\n      <New />\n      {/* none yet */}\n  </X>\n);\n",
			edit: child("X", -1, "<New />"), undo: removeElement("New"),
		},
		{
			name: "text around",
			src:  "const a = (\n  <X>\n    some <A /> text\n    more\n  </X>\n);\n",
			want: "const a = (\n  <X>\n    some <A /><New /> text\n    more\n  </X>\n);\n",
			edit: child("X", -1, "<New />"), undo: removeElement("New"),
		},
		{
			name: "stray text",
			src:  "const a = (\n  <X>\n    <A />;\n    plg\n    <B />\n  </X>\n);\n",
			want: "const a = (\n  <X>\n    <A />;\n    <New />\n    plg\n    <B />\n  </X>\n);\n",
			edit: func(t *Tree) []text.Edit { return InsertJSXAfter(element(t, "A"), "<New />") }, undo: removeElement("New"),
		},
		{
			name: "blank lines between children",
			src:  "const a = (\n  <X>\n    <A />\n\n    <B />\n\n    <C />\n  </X>\n);\n",
			want: "const a = (\n  <X>\n    <A />\n\n    <B />\n\n    <New />\n\n    <C />\n  </X>\n);\n",
			edit: child("X", 2, "<New />"), undo: removeElement("New"),
		},
		{
			name: "blank line before the last child",
			src:  "const a = (\n  <X>\n    <A />\n\n    <B />\n  </X>\n);\n",
			want: "const a = (\n  <X>\n    <A />\n\n    <B />\n\n    <New />\n  </X>\n);\n",
			edit: child("X", -1, "<New />"), undo: removeElement("New"),
		},
		{
			name: "conditional children",
			src:  "const a = (\n  <X>\n    {on && (\n      <A />\n    )}\n  </X>\n);\n",
			want: "const a = (\n  <X>\n    {on && (\n      <A />\n    )}\n    <New />\n  </X>\n);\n",
			edit: child("X", -1, "<New />"), undo: removeElement("New"),
		},
		{
			name: "last child before the closing tag on its line",
			src:  "const a = (\n  <X>\n    <A /></X>\n);\n",
			want: "const a = (\n  <X>\n    <A /><New /></X>\n);\n",
			edit: child("X", -1, "<New />"), undo: removeElement("New"),
		},
	})
}

func TestRemoveJSXChild(t *testing.T) {
	runEditCases(t, []editCase{
		{
			name: "takes its comments",
			src:  "const a = (\n  <X>\n    <A />\n    {/* about B,\n      at length */}\n    <B /> {/* yes */}\n    <C />\n  </X>\n);\n",
			want: "const a = (\n  <X>\n    <A />\n    <C />\n  </X>\n);\n",
			edit: removeElement("B"),
		},
		{
			name: "leaves a comment with a blank line below",
			src:  "const a = (\n  <X>\n    {/* all */}\n\n    <B />\n    <C />\n  </X>\n);\n",
			want: "const a = (\n  <X>\n    {/* all */}\n\n    <C />\n  </X>\n);\n",
			edit: removeElement("B"),
		},
		{
			name: "one of two blank lines goes",
			src:  "const a = (\n  <X>\n    <A />\n\n    <B />\n\n    <C />\n  </X>\n);\n",
			want: "const a = (\n  <X>\n    <A />\n\n    <C />\n  </X>\n);\n",
			edit: removeElement("B"),
		},
		{
			name: "an expression",
			src:  "const a = (\n  <X>\n    {b}\n    <C />\n  </X>\n);\n",
			want: "const a = (\n  <X>\n    <C />\n  </X>\n);\n",
			edit: func(t *Tree) []text.Edit { return RemoveJSXChild(find(t, KindJsxExpression, "{b}")) },
		},
		{
			name: "the only child",
			src:  "const a = (\n  <X>\n    <B />\n  </X>\n);\n",
			want: "const a = (\n  <X></X>\n);\n",
			edit: removeElement("B"),
		},
		{
			name: "among text",
			src:  "const a = <X>one <B /> two</X>;\n",
			want: "const a = <X>one  two</X>;\n",
			edit: removeElement("B"),
		},
	})
}

func TestAttributes(t *testing.T) {
	add := func(name, attr string) func(*Tree) []text.Edit {
		return func(t *Tree) []text.Edit { return AddAttribute(element(t, name), attr) }
	}
	remove := func(name, attr string) func(*Tree) []text.Edit {
		return func(t *Tree) []text.Edit { return RemoveAttribute(JSXAttribute(element(t, name), attr)) }
	}
	runEditCases(t, []editCase{
		{"first", "a = <X/>;\n", "a = <X b=\"1\"/>;\n", add("X", `b="1"`), remove("X", "b")},
		{"behind another", "a = <X c />;\n", "a = <X c b=\"1\" />;\n", add("X", `b="1"`), remove("X", "b")},
		{"behind a spread", "a = <X c {...d}>x</X>;\n", "a = <X c {...d} b>x</X>;\n", add("X", "b"), remove("X", "b")},
		{"type arguments", "a = <X<T>>x</X>;\n", "a = <X<T> b>x</X>;\n", add("X", "b"), remove("X", "b")},
		{"own lines", "a = (\n  <X\n    c // why\n  />\n);\n", "a = (\n  <X\n    c // why\n    b={\n      1\n    }\n  />\n);\n", add("X", "b={\n  1\n}"), remove("X", "b")},
		{"own lines, tag closes behind", "a = (\n  <X\n    c />\n);\n", "a = (\n  <X\n    c\n    b />\n);\n", add("X", "b"), remove("X", "b")},
	})
}

func TestStatements(t *testing.T) {
	after := func(prefix, s string) func(*Tree) []text.Edit {
		return func(t *Tree) []text.Edit { return InsertStatementAfter(find(t, KindExpressionStatement, prefix), s) }
	}
	before := func(prefix, s string) func(*Tree) []text.Edit {
		return func(t *Tree) []text.Edit { return InsertStatementBefore(find(t, KindExpressionStatement, prefix), s) }
	}
	remove := func(t *Tree) []text.Edit { return RemoveStatement(find(t, KindExpressionStatement, "b.add(new")) }
	runEditCases(t, []editCase{
		{"after", "b.add(x); // x\n\nb.start();\n", "b.add(x); // x\nb.add(new A());\n\nb.start();\n", after("b.add", "b.add(new A());"), remove},
		{"before", "b.add(x);\nb.start();\n", "b.add(x);\nb.add(new A());\nb.start();\n", before("b.start", "b.add(new A());"), remove},
		{"before, blank lines around", "b.add(x);\n\n// go\nb.start();\n", "b.add(x);\n\nb.add(new A());\n\n// go\nb.start();\n", before("b.start", "b.add(new A());"), remove},
		{"groups", "b.add(x);\n\n// y\nb.add(y);\n\nb.start();\n", "b.add(x);\n\n// y\nb.add(y);\n\nb.add(new A());\n\nb.start();\n", after("b.add(y", "b.add(new A());"), remove},
		{"with a comment", "b.add(x);\n", "b.add(x);\n// new\nb.add(new A());\n", after("b.add(x", "// new\nb.add(new A());"), remove},
		{"no semicolons", "b.add(x)\nb.add(y)\n", "b.add(x)\nb.add(new A())\nb.add(y)\n", after("b.add(x", "b.add(new A());"), remove},
		{"no semicolons, behind a comment", "b.add(x)\nb.add(y)\n", "b.add(x)\n// new\nb.add(new A())\nb.add(y)\n", after("b.add(x", "// new\nb.add(new A());"), remove},
		{"no semicolons, a bracket behind comments", "b.add(x)\n", "b.add(x)\n// new\n/* two */ ;(b).add(new A())\n", after("b.add(x", "// new\n/* two */ (b).add(new A());"), nil},
		{"no semicolons before a bracket", "b.add(x)\n;[1].map(f)\n", "b.add(x)\nb.add(new A());\n;[1].map(f)\n", after("b.add(x", "b.add(new A());"), remove},
		{"on a line", "b.add(x); b.add(y);\n", "b.add(x); b.add(new A()); b.add(y);\n", after("b.add(x", "b.add(new A());"), remove},
		{"before on a line", "b.add(x); b.add(y);\n", "b.add(x); b.add(new A()); b.add(y);\n", before("b.add(y", "b.add(new A());"), remove},
		{"no newline at the end", "a;\nb.add(x);", "a;\nb.add(x);\nb.add(new A());", after("b.add(x", "b.add(new A());"), remove},
		{"in a function", "function f() {\n\tif (a) {\n\t\tb.add(x)\n\t}\n}\n", "function f() {\n\tif (a) {\n\t\tb.add(x)\n\t\tb.add(new A({\n\t\t\tc: 1,\n\t\t}))\n\t}\n}\n", after("b.add(x", "b.add(new A({\n  c: 1,\n}));"), remove},
		{"licence on top", "/* Copyright */\nb.add(x);\n", "/* Copyright */\nb.add(new A());\nb.add(x);\n", before("b.add(x", "b.add(new A());"), remove},
		{"body of an if", "if (a) b.add(new A());\n", "if (a) {}\n", remove, nil},
	})
}

func TestAppendStatement(t *testing.T) {
	add := func(t *Tree) []text.Edit { return AppendStatement(find(t, KindStatementBlock, ""), "a();") }
	runEditCases(t, []editCase{
		{"empty", "function f() {}\n", "function f() {\n  a();\n}\n", add, nil},
		{"comment", "function f() {\n  // nothing\n}\n", "function f() {\n  a();\n  // nothing\n}\n", add, nil},
		{"others", "function f() {\n  b();\n}\n", "function f() {\n  b();\n  a();\n}\n", add, func(t *Tree) []text.Edit { return RemoveStatement(find(t, KindExpressionStatement, "a()")) }},
	})
}
