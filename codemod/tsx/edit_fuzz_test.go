package tsx

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/text"
)

// FuzzEdits checks the law of the edit builders on any source: what is inserted at any place
// parses, and removing it again gives the same bytes, except where the documentation says
// otherwise. The seeds are the sources of the tables.
func FuzzEdits(f *testing.F) {
	for _, src := range fuzzSeeds {
		f.Add(src, uint16(0))
		f.Add(src, uint16(7))
		f.Add(strings.ReplaceAll(src, "\n", "\r\n"), uint16(3))
	}
	f.Fuzz(func(t *testing.T, src string, pick uint16) {
		if tree, err := Parse([]byte(src), TSX); err == nil {
			checkEdits(t, tree, pick)
		}
	})
}

var fuzzSeeds = []string{
	"const routes = (\n  <FlatRoutes>\n    <Route path=\"/\" element={<Home />} />\n    {/* b */}\n    <Route path=\"/x\" />{' '}\n\n    {page}\n  </FlatRoutes>\n);\n",
	"import a from 'a'; // a\nimport { b, c } from 'b';\nimport type { D } from 'd';\n\nf([a, b, {\n  c, // c\n  d() {},\n}]);\n",
	"/* Copyright */\n'use client'\n\n// f\nexport const f = ({ a, b }) => <X a b={c} /* d */>text <B /> {d}</X>\n",
	"import A, {\n  b,\n  // c\n  c as d\n} from 'm'\nimport * as E from 'e'\nb.add(x); b.add(y)\n\n\nif (a) { b() } else c()\n",
	"async function main() {\r\n\tapiRouter.use('/x', await x(env))\r\n\t// end\r\n}\r\n",
	"x = [\n  // none\n]; y = {}; z = [a, , b,]; w = [{\n  a\n}, b\n]\n",
}

// TestEditsAreUndone checks the law at every node of the seeds and, where BATTEN_CORPUS names a
// directory, of the TSX and JavaScript files below it.
func TestEditsAreUndone(t *testing.T) {
	check := func(name string, src []byte) {
		tree, err := Parse(src, TSX)
		if err != nil {
			return
		}
		t.Run(name, func(t *testing.T) {
			for pick := range uint16(min(len(src), 300)) {
				checkEdits(t, tree, pick*7)
			}
		})
	}
	for i, src := range fuzzSeeds {
		check(strconv.Itoa(i), []byte(src))
		check(strconv.Itoa(i)+" CRLF", []byte(strings.ReplaceAll(src, "\n", "\r\n")))
	}
	dir := os.Getenv("BATTEN_CORPUS")
	if dir == "" {
		return
	}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(name); err != nil || d.IsDir() || ext != ".tsx" && ext != ".jsx" && ext != ".js" {
			return err
		}
		src, err := os.ReadFile(name)
		if len(src) < 20_000 {
			check(name, src)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkEdits checks the edits of imports, and those of the node that pick chooses.
func checkEdits(t *testing.T, tree *Tree, pick uint16) {
	if src := string(tree.src); lonelyCR(src) || strings.Contains(strings.ToLower(src), "new_") {
		return
	}
	var nodes []Node
	for n := range tree.Root().Descendants() {
		if n.Is(KindArray, KindObject, KindArguments, KindJsxElement, KindJsxSelfClosingElement) || isStatement(n) {
			nodes = append(nodes, n)
		}
	}
	checkImports(t, tree)
	if len(nodes) > 0 {
		checkNode(t, nodes[int(pick)%len(nodes)], int(pick)/len(nodes))
	}
}

// lonelyCR reports whether a source has line ends of several sorts, or such that end a line
// for JavaScript alone.
func lonelyCR(src string) bool {
	if n := strings.Count(src, "\r\n"); n > 0 && n < strings.Count(src, "\n") {
		return true // blank lines that differ
	}
	return strings.Contains(strings.ReplaceAll(src, "\r\n", ""), "\r") || strings.ContainsAny(src, "\u2028\u2029\v\f\u00a0\ufeff")
}

func checkNode(t *testing.T, n Node, at int) {
	switch {
	case n.Is(KindArray, KindArguments):
		items := len(Elements(n))
		at %= items + 1
		back := roundTrip(t, n, InsertArrayElement(n, at, "New_"), func(tree *Tree) []text.Edit {
			return RemoveArrayElement(byText(tree, "New_"))
		})
		if items == 0 && !hasComment(n) && n.End()-n.Start() > 2 || holes(n) {
			return // comes back as []
		}
		same(t, n, back)
	case n.Is(KindObject):
		at %= len(Elements(n)) + 1
		back := roundTrip(t, n, InsertProperty(n, at, "New_: {\n  a: 1,\n}"), func(tree *Tree) []text.Edit {
			return RemoveProperty(find(tree, KindPair, "New_"))
		})
		if len(Elements(n)) == 0 && !hasComment(n) && n.End()-n.Start() > 2 {
			return // comes back as {}
		}
		same(t, n, back)
	case IsJSXElement(n):
		children := JSXChildren(n)
		back := roundTrip(t, n, InsertJSXChild(n, at%(len(children)+1), "<New_ a=\"b\">\n  <C />\n</New_>"), func(tree *Tree) []text.Edit {
			return RemoveJSXChild(element(tree, "New_"))
		})
		open, end := JSXOpening(n).End(), n.Field(FieldCloseTag).Start()
		if !n.Is(KindJsxSelfClosingElement) && (open == end || !onlySpace(n.t.src, open, end)) {
			same(t, n, back)
		}
		if edits := AddAttribute(n, "new_={1}"); edits != nil {
			back := roundTrip(t, n, edits, func(tree *Tree) []text.Edit {
				return RemoveAttribute(find(tree, KindJsxAttribute, "new_"))
			})
			same(t, n, back)
		}
	default:
		insert := InsertStatementAfter
		if at%2 == 1 {
			insert = InsertStatementBefore
		}
		if n.Is(KindExpressionStatement) && !strings.ContainsAny(n.Text(), "(;") {
			return // a word that may take what follows for its operand, as await does
		}
		edits := insert(n, "New_(a);")
		if edits == nil {
			return
		}
		back := roundTrip(t, n, edits, func(tree *Tree) []text.Edit {
			return RemoveStatement(find(tree, KindExpressionStatement, "New_"))
		})
		if needsSemicolon(n) && edits[0].New[0] == ';' {
			return // it stays
		}
		same(t, n, back)
	}
}

// holes reports whether an array has elements left out.
func holes(n Node) bool {
	commas, items := 0, len(Elements(n))
	for c := range n.Children() {
		if c.Is(TokenComma) {
			commas++
		}
	}
	return commas > items || items > 0 && commas == items && !listComma(Elements(n)[items-1]).Ok()
}

func byText(tree *Tree, s string) Node {
	return find(tree, KindIdentifier, s)
}

// roundTrip makes edits and removes again what they put in.
func roundTrip(t *testing.T, n Node, edits []text.Edit, undo func(*Tree) []text.Edit) []byte {
	t.Helper()
	src := n.t.src
	out, err := text.Apply(src, edits)
	if err != nil {
		t.Fatalf("%v\n%q", err, src)
	}
	tree, err := Parse(out, TSX)
	if err != nil {
		t.Fatalf("the result does not parse: %v\n%q\n%q", err, src, out)
	}
	undone := undo(tree)
	if undone == nil {
		t.Fatalf("nothing to undo in %q, from %q", out, src)
	}
	back, err := text.Apply(out, undone)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(back, TSX); err != nil {
		t.Fatalf("what is left does not parse: %v\n%q\n%q", err, out, back)
	}
	return back
}

func same(t *testing.T, n Node, back []byte) {
	t.Helper()
	if !bytes.Equal(back, n.t.src) {
		t.Errorf("%s: undone, it is not the same\n%q\n%q", n.Kind(), n.t.src, back)
	}
}

func checkImports(t *testing.T, tree *Tree) {
	imports := []Import{{Module: "new-module", Name: "New_"}}
	for _, d := range Imports(tree) {
		imports = append(imports, Import{Module: d.Module, Name: "New_Too"})
	}
	edits, locals := AddImport(tree, imports...)
	out, err := text.Apply(tree.src, edits)
	if err != nil {
		t.Fatalf("%v\n%q", err, tree.src)
	}
	after, err := Parse(out, TSX)
	if err != nil {
		t.Fatalf("the result does not parse: %v\n%q\n%q", err, tree.src, out)
	}
	for i, local := range locals {
		if _, spec, ok := LookupImport(after, local); !ok || spec.Name != imports[i].export() {
			t.Fatalf("%q is not imported in %q", local, out)
		}
	}
	if again, _ := AddImport(after, imports...); len(again) > 0 {
		t.Errorf("importing the same again edits %q", out)
	}
	back, err := text.Apply(out, RemoveImport(after, locals...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(back, TSX); err != nil {
		t.Fatalf("what is left does not parse: %v\n%q\n%q", err, out, back)
	}
	for _, d := range Imports(tree) {
		if d.Named.Ok() && (len(Elements(d.Named)) == 0 || lineBreakIn(tree.src, d.Node.Start(), d.Node.End())) {
			return // the exceptions
		}
	}
	if !bytes.Equal(back, tree.src) && !onlySpace(tree.src, headerEnd(tree), len(tree.src)) {
		t.Errorf("imports undone, it is not the same\n%q\n%q\n%q", tree.src, out, back)
	}
}
