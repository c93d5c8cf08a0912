package tsx_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/tsx"
)

var updateSyntax = flag.Bool("update-syntax", false, "rewrite testdata/syntax with the trees of the parser")

// syntaxCase is a source and its tree, one line for each node below the root.
type syntaxCase struct{ src, want string }

// syntaxCases reads testdata/syntax: sources, each followed by its tree. All trees but those of
// own.txt are also tree-sitter's; own.txt has what tree-sitter reads with errors or wrongly.
func syntaxCases(t testing.TB) map[string][]syntaxCase {
	files, err := filepath.Glob("testdata/syntax/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no files in testdata/syntax: ", err)
	}
	out := map[string][]syntaxCase{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for c := range strings.SplitSeq(strings.TrimSuffix(string(data), "====\n"), "====\n") {
			src, want, ok := strings.Cut(c, "\n----\n")
			if !ok {
				t.Fatalf("%s: a case without a tree: %q", name, c)
			}
			out[name] = append(out[name], syntaxCase{src, want})
		}
	}
	return out
}

func TestParseGivesTheTreesOfTheGrammar(t *testing.T) {
	for name, cases := range syntaxCases(t) {
		var updated strings.Builder
		for _, c := range cases {
			tree, err := tsx.Parse([]byte(c.src), tsx.TSX)
			if err != nil {
				t.Errorf("%s: %v\n%s", name, err, c.src)
				continue
			}
			var got strings.Builder
			for n := range tree.Root().NamedChildren() {
				fmt.Fprintln(&got, n)
			}
			if got.String() != c.want && !*updateSyntax {
				t.Errorf("%s:\n%s\ngot:\n%swant:\n%s", name, c.src, got.String(), c.want)
			}
			fmt.Fprintf(&updated, "%s\n----\n%s====\n", c.src, got.String())
			checkLaws(t, []byte(c.src), tree)
		}
		if *updateSyntax {
			if err := os.WriteFile(name, []byte(updated.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// checkLaws checks what doc.go promises of every tree.
func checkLaws(t *testing.T, src []byte, tree *tsx.Tree) {
	t.Helper()
	var rebuilt []byte
	at := 0
	root := tree.Root()
	var check func(n tsx.Node)
	check = func(n tsx.Node) {
		if n.Start() > n.End() || n.End() > len(src) {
			t.Fatalf("%s has the range %d to %d in %d bytes\n%q", n.Kind(), n.Start(), n.End(), len(src), src)
		}
		if n.ChildCount() == 0 && n != root {
			if gap := src[at:n.Start()]; !isGap(gap) {
				t.Fatalf("%q lies between leaves before %d\n%q", gap, n.Start(), src)
			}
			rebuilt = append(append(rebuilt, src[at:n.Start()]...), n.Text()...)
			at = n.End()
			return
		}
		last, i := n.Start(), 0
		for c := range n.Children() {
			if c.Parent() != n || c.Index() != i || n.Child(i) != c {
				t.Fatalf("child %d of %s %d to %d is not linked to it\n%q", i, n.Kind(), n.Start(), n.End(), src)
			}
			if c.Start() < last || c.End() > n.End() {
				t.Fatalf("%s %d to %d does not fit in %s %d to %d\n%q", c.Kind(), c.Start(), c.End(), n.Kind(), n.Start(), n.End(), src)
			}
			if i == 0 && c.Start() != n.Start() {
				t.Fatalf("%s begins at %d, its first child at %d\n%q", n.Kind(), n.Start(), c.Start(), src)
			}
			check(c)
			last = c.End()
			i++
		}
	}
	check(root)
	if !isGap(src[at:]) {
		t.Fatalf("%q lies after the last leaf\n%q", src[at:], src)
	}
	if rebuilt = append(rebuilt, src[at:]...); !bytes.Equal(rebuilt, src) {
		t.Fatalf("the leaves and gaps are %q, the source %q", rebuilt, src)
	}
}

func isGap(b []byte) bool {
	return strings.Trim(string(b), " \t\r\n\v\f\u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u200B\u2028\u2029\u202F\u205F\u2060\u3000\uFEFF") == ""
}

func TestTheTypeScriptDialectReadsAngleBracketsAsTypes(t *testing.T) {
	for src, want := range map[string]string{
		"<a>b":                 "(program (expression_statement (type_assertion (type_arguments (type_identifier)) (identifier))))",
		"<a>b.c as d":          "(program (expression_statement (as_expression (type_assertion (type_arguments (type_identifier)) (member_expression object: (identifier) property: (property_identifier))) (type_identifier))))",
		"<T>(a: T) => a":       "(program (expression_statement (arrow_function type_parameters: (type_parameters (type_parameter name: (type_identifier))) parameters: (formal_parameters (required_parameter pattern: (identifier) type: (type_annotation (type_identifier)))) body: (identifier))))",
		"x = <const>[1]":       "(program (expression_statement (assignment_expression left: (identifier) right: (type_assertion (type_arguments) (array (number))))))",
		"<any>(b).c":           "(program (expression_statement (type_assertion (type_arguments (predefined_type)) (member_expression object: (parenthesized_expression (identifier)) property: (property_identifier)))))",
		"async <T>(a) => <b>a": "(program (expression_statement (arrow_function type_parameters: (type_parameters (type_parameter name: (type_identifier))) parameters: (formal_parameters (required_parameter pattern: (identifier))) body: (type_assertion (type_arguments (type_identifier)) (identifier)))))",
	} {
		tree, err := tsx.Parse([]byte(src), tsx.TS)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := tree.Root().String(); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", src, got, want)
		}
		checkLaws(t, []byte(src), tree)
	}
}

func TestSyntaxErrorsSayWhere(t *testing.T) {
	for src, want := range map[string]string{
		"a b":                `1:3: unexpected "b", expected ;`,
		"f(\n  a,\n  b c)":   `3:5: unexpected "c", expected )`,
		"'é'; 'x":            `1:6: this string does not end`,
		"'x":                 "1:1: this string does not end",
		"`x":                 "1:1: this template does not end",
		"a = /x":             "1:5: this regular expression does not end",
		"a\n/* x":            "2:1: this comment does not end",
		"<a><b></a>":         "1:1: this element does not end",
		"<a>}</a>":           "1:4: unexpected } in the text of an element",
		"const a = ":         "1:11: unexpected end of the source, expected an expression",
		"{":                  "1:2: unexpected end of the source, expected }",
		"let a: = 1":         `1:8: unexpected "=", expected a name`,
		"import a from b":    `1:15: unexpected "b", expected a module name in quotes`,
		"a \x01":             "1:3: unexpected character",
		"class { a( }":       `1:12: unexpected "}", expected a name`,
		"x = { a: 1, b; c }": `1:14: unexpected ";", expected :`,
		"export const":       "1:13: unexpected end of the source, expected a name",
		"(a, b => c":         "1:11: unexpected end of the source, expected )",
	} {
		_, err := tsx.Parse([]byte(src), tsx.TSX)
		if err == nil {
			t.Errorf("%q parses", src)
		} else if err.Error() != want {
			t.Errorf("%q: got %q, want %q", src, err, want)
		}
	}
}

func TestDeepNestingIsASyntaxErrorOrATree(t *testing.T) {
	const n = 100_000
	for _, part := range []string{
		"(", "[", "{", "a(", "a[", "a?b:", "!", "await ", "<a>", "<a b={", "`${", "() => ", "(a = ", "({a: ", "([",
		"a ** ", "new ", "if (a) ", "for (;;) ", "a: ", "function f() {", "class A { b = ", "type A = (", "type A = [",
		"let a: {b: ", "a as ", "x<", "x<(", "async (", "(a, b = (", "type A = a extends b ? c : ", "@(", "- -", "a = ",
		"type A = keyof ", "type A = readonly ", "type A = new () => ", "type A = () => ", "({a: [", "a ? (b) : ", "a ? (b = ",
		"else ", "do ", "namespace A {", "yield ", "<T,>(a = ", "a<b<", "let [", "let {a: ", "(...[", "switch (a) { case b: ",
	} {
		for _, src := range []string{strings.Repeat(part, n), strings.Repeat(part, 300)} {
			for _, d := range []tsx.Dialect{tsx.TSX, tsx.TS} {
				if _, err := tsx.Parse([]byte(src), d); err == nil && part != "await " && part != "yield " {
					t.Errorf("%q repeated parses", part)
				}
			}
		}
	}
	for _, parts := range [][2]string{{"(", ")"}, {"[", "]"}, {"f(", ")"}, {"(a = ", ")"}, {"({a: ", "})"}, {"<a>", "</a>"}, {"() => (", ")"},
		{"a ? (b) : (", ")"}, {"a ? (b = ", ") : c"}, {"f<T>(", ")"}, {"(a, b = ", ")"}, {"async (a = ", ")"}, {"(a?: b) => (", ")"}} {
		src := strings.Repeat(parts[0], 400) + "x" + strings.Repeat(parts[1], 400)
		if parts[0] == "<a>" {
			src = strings.Repeat(parts[0], 400) + strings.Repeat(parts[1], 400)
		}
		if _, err := tsx.Parse([]byte(src), tsx.TSX); err != nil {
			t.Errorf("%q nested 400 times: %.200v", parts, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, cases := range syntaxCases(f) {
		for _, c := range cases {
			f.Add([]byte(c.src), false)
			f.Add([]byte(strings.ReplaceAll(c.src, "\n", "\r\n")), true)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, ts bool) {
		d := tsx.TSX
		if ts {
			d = tsx.TS
		}
		tree, err := tsx.Parse(src, d)
		if err == nil {
			checkLaws(t, src, tree)
		}
	})
}
