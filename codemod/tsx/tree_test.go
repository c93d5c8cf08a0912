package tsx_test

import (
	"slices"
	"testing"

	"github.com/batten-dev/batten/codemod/tsx"
)

func mustParse(t *testing.T, src string) *tsx.Tree {
	t.Helper()
	tree, err := tsx.Parse([]byte(src), tsx.TSX)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return tree
}

func TestNodesLeadToTheirRelatives(t *testing.T) {
	tree := mustParse(t, "f(a, /* c */ b);\n")
	root := tree.Root()
	call := root.Child(0).Child(0)
	if call.Kind() != tsx.KindCallExpression || call.Parent().Parent() != root || root.Parent().Ok() {
		t.Fatalf("not the call: %s", call)
	}
	args := call.Field(tsx.FieldArguments)
	if args != call.Child(1) || args.FieldOf() != tsx.FieldArguments || args.Index() != 1 || root.Index() != -1 {
		t.Errorf("arguments are %s, child %d", args, args.Index())
	}
	var all, named []string
	for c := range args.Children() {
		all = append(all, c.Text())
	}
	for c := range args.NamedChildren() {
		named = append(named, c.Text())
	}
	if want := []string{"(", "a", ",", "/* c */", "b", ")"}; !slices.Equal(all, want) {
		t.Errorf("children are %q, want %q", all, want)
	}
	if want := []string{"a", "/* c */", "b"}; !slices.Equal(named, want) {
		t.Errorf("named children are %q, want %q", named, want)
	}
	a, b := args.NamedChild(0), args.NamedChild(2)
	if a.Next().Kind() != tsx.TokenComma || a.NextNamed().Kind() != tsx.KindComment || b.PrevNamed().Prev() != a.Next() {
		t.Errorf("siblings of %q: %s, %s; of %q: %s", a.Text(), a.Next().Kind(), a.NextNamed().Kind(), b.Text(), b.PrevNamed().Kind())
	}
	if args.NamedChild(3).Ok() || args.Child(-1).Ok() || args.Child(6).Ok() || a.Prev().Prev().Ok() || b.Next().Next().Ok() {
		t.Error("there are children where there are none")
	}
	count := 0
	for range root.Descendants() {
		count++
	}
	if count != 11 {
		t.Errorf("%d descendants, want 11", count)
	}
	for n := range root.Descendants() {
		if n == args {
			break
		}
	}
	if root.Start() != 0 || root.End() != len(tree.Source()) || a.Span().Len() != 1 || a.Tree() != tree {
		t.Errorf("the root is %v, a is %v", root.Span(), a.Span())
	}
}

func TestFieldsCanRepeat(t *testing.T) {
	fn := mustParse(t, "switch (x) { case 1: a; b }").Root().Child(0).Field(tsx.FieldBody).NamedChild(0)
	var bodies []string
	for c := range fn.Fields(tsx.FieldBody) {
		bodies = append(bodies, c.Text())
	}
	if want := []string{"a;", "b"}; !slices.Equal(bodies, want) {
		t.Errorf("bodies are %q, want %q", bodies, want)
	}
	if fn.Field(tsx.FieldNone).Ok() || fn.Field(tsx.FieldName).Ok() {
		t.Error("there are nodes for fields that the node does not have")
	}
}

func TestNoNodeAnswersEverything(t *testing.T) {
	var n tsx.Node
	for range n.Children() {
		t.Error("it has children")
	}
	for range n.NamedChildren() {
		t.Error("it has named children")
	}
	for range n.Descendants() {
		t.Error("it has descendants")
	}
	if n.Ok() || n.Kind() != tsx.KindNone || n.Is(tsx.KindNone) || n.Named() || n.Start() != 0 || n.End() != 0 || n.Text() != "" ||
		n.String() != "" || n.Parent().Ok() || n.Child(0).Ok() || n.NamedChild(0).Ok() || n.ChildCount() != 0 || n.Next().Ok() ||
		n.Prev().Ok() || n.NextNamed().Ok() || n.PrevNamed().Ok() || n.Field(tsx.FieldName).Ok() || n.FieldOf() != tsx.FieldNone ||
		n.Index() != -1 || n.Tree() != nil {
		t.Error("no node is something")
	}
}

func TestAtIsTheSmallestNode(t *testing.T) {
	tree := mustParse(t, "  const ab = <p>x</p>;\n")
	for _, c := range []struct {
		offset int
		want   string
	}{
		{0, ""}, {2, "const"}, {6, "const"}, {7, "const ab = <p>x</p>;"}, {8, "ab"}, {9, "ab"}, {10, "ab = <p>x</p>"}, {13, "<"},
		{14, "p"}, {16, "x"}, {17, "</"}, {21, ";"}, {22, ""}, {23, ""},
	} {
		got := tree.At(c.offset)
		if c.want == "" && got != tree.Root() || c.want != "" && got.Text() != c.want {
			t.Errorf("at %d is %s %q, want %q", c.offset, got.Kind(), got.Text(), c.want)
		}
	}
	if tree.At(-1).Ok() || tree.At(24).Ok() {
		t.Error("there are nodes outside the source")
	}
}

func TestKindsAndFieldsHaveTheNamesOfTheGrammar(t *testing.T) {
	for _, c := range []struct {
		name  string
		named bool
		want  tsx.Kind
	}{
		{"jsx_element", true, tsx.KindJsxElement}, {"import", true, tsx.KindImport}, {"import", false, tsx.TokenImport},
		{"{", false, tsx.TokenLBrace}, {"const", false, tsx.TokenConst}, {"unique symbol", false, tsx.TokenUniqueSymbol},
	} {
		k, ok := tsx.KindOf(c.name, c.named)
		if !ok || k != c.want || k.String() != c.name || k.Named() != c.named {
			t.Errorf("%q (named %v) is %d %s", c.name, c.named, k, k)
		}
	}
	for _, name := range []string{"", "jsx", "ERROR"} {
		if _, ok := tsx.KindOf(name, true); ok {
			t.Errorf("%q is a kind", name)
		}
	}
	if f, ok := tsx.FieldNamed("type_parameters"); !ok || f != tsx.FieldTypeParameters || f.String() != "type_parameters" {
		t.Errorf("type_parameters is %s", f)
	}
	if _, ok := tsx.FieldNamed(""); ok {
		t.Error("the empty name is a field")
	}
	if tsx.Kind(9999).String() != "" || tsx.Field(255).String() != "" {
		t.Error("unknown kinds and fields have names")
	}
}

func TestTheDialectFollowsTheName(t *testing.T) {
	for name, want := range map[string]tsx.Dialect{
		"a.ts": tsx.TS, "a.d.ts": tsx.TS, "b/a.mts": tsx.TS, "a.CTS": tsx.TS, "a.tsx": tsx.TSX, "a.js": tsx.TSX, "a.jsx": tsx.TSX,
		"a.mjs": tsx.TSX, "a": tsx.TSX,
	} {
		if got := tsx.DialectOf(name); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
}

func TestTheRootCoversTheSource(t *testing.T) {
	for src, start := range map[string]int{"": 0, "\n ": 2, "\n a \n": 2, "// a": 0, "\uFEFFa": 3, "\uFEFF": 3, "#!/bin/node": 0} {
		root := mustParse(t, src).Root()
		if root.Start() != start || root.End() != len(src) || root.Kind() != tsx.KindProgram {
			t.Errorf("%q: the root is %s %v", src, root.Kind(), root.Span())
		}
	}
}
