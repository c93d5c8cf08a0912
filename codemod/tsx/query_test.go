package tsx

import (
	"strings"
	"testing"
)

func texts(nodes []Node) string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.Text())
	}
	return strings.Join(out, " | ")
}

func TestStringValue(t *testing.T) {
	for src, want := range map[string]string{
		`'a'`: "a", `"it's"`: "it's", `'\n\t\\\''`: "\n\t\\'", "`a`": "a", `'\x41\u0042\u{1F600}'`: "AB😀",
		`'\uD83D\uDE00'`: "😀", "'a\\\nb'": "ab", "'a\\\r\nb'": "ab", `('a')`: "a", `'a' as const`: "a", `'\é'`: "é", `''`: "", `'\0'`: "\x00",
		`'\uD83D'`: "\uFFFD",
	} {
		tree := mustParse(t, "x = "+src)
		if got, ok := StringValue(find(tree, KindAssignmentExpression, "").Field(FieldRight)); !ok || got != want {
			t.Errorf("%s is %q, %v", src, got, ok)
		}
	}
	for _, src := range []string{"`a${b}`", "a", "1", "'a' + 'b'"} {
		tree := mustParse(t, "x = "+src)
		if got, ok := StringValue(find(tree, KindAssignmentExpression, "").Field(FieldRight)); ok {
			t.Errorf("%s is %q", src, got)
		}
	}
}

func TestQuoteIsReadBack(t *testing.T) {
	for _, s := range []string{"", "a", `it's "so"`, "\\", "a\nb", "é😀"} {
		for _, q := range []string{"'", `"`} {
			tree := mustParse(t, "x = "+Quote(s, q))
			if got, ok := StringValue(find(tree, KindString, "")); !ok || got != s {
				t.Errorf("%s is read as %q", Quote(s, q), got)
			}
		}
	}
}

func TestJSXQueries(t *testing.T) {
	tree := mustParse(t, `x = <A.B c="1" d={e} f {...g} h={'2'} i="&amp;/x" c='3' j=<K /> l={/* none */ m}>
  text {n} {/* no */}{' '}
  <O />
  <><P /></>
</A.B>;`)
	el := element(tree, "A.B")
	for name, want := range map[string]string{"c": "'3'", "d": "e", "f": "", "h": "'2'", "j": "<K />", "l": "m", "none": ""} {
		if got := AttributeValue(JSXAttribute(el, name)).Text(); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{"c": "3", "h": "2", "i": "&/x"} {
		if got, ok := AttributeString(JSXAttribute(el, name)); !ok || got != want {
			t.Errorf("%s is the string %q, want %q", name, got, want)
		}
	}
	if _, ok := AttributeString(JSXAttribute(el, "d")); ok {
		t.Error("an expression is a string")
	}
	if got, want := texts(JSXChildren(el)), "{n} | <O /> | <><P /></>"; got != want {
		t.Errorf("children are %s", got)
	}
	if got, want := texts(JSXElements(el, "O", "P")), "<O />"; got != want {
		t.Errorf("elements are %s", got)
	}
	if p := element(tree, "P"); EnclosingJSX(p, "A.B") != el || !IsJSXFragment(EnclosingJSX(p)) {
		t.Error("the elements around P are not found")
	}
	if got := len(JSXAttributes(el)); got != 9 {
		t.Errorf("%d attributes", got)
	}
	for _, n := range []Node{{}, find(tree, KindIdentifier, "x")} {
		if JSXName(n) != "" || JSXOpening(n).Ok() || JSXAttributes(n) != nil || JSXChildren(n) != nil || IsJSXFragment(n) || AttributeValue(n).Ok() {
			t.Errorf("%q is no element, but has parts", n.Text())
		}
	}
}

func TestObjectAndCallQueries(t *testing.T) {
	tree := mustParse(t, `new A.B(/* a */ c, d);
f({ a: 1, 'b': 2, ['c']: 3, [d]: 4, e, g() {}, ...h, a: 5, 6: 7 } as I);`)
	obj := Unwrap(Arguments(find(tree, KindCallExpression, "f"))[0])
	for key, want := range map[string]string{"a": "5", "b": "2", "c": "3", "d": "", "e": "e", "g": "g() {}", "6": "7"} {
		if got := PropertyValue(Property(obj, key)).Text(); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	call := find(tree, KindNewExpression, "")
	if got := Callee(call).Text() + ": " + texts(Arguments(call)); got != "A.B: c | d" {
		t.Error(got)
	}
}

func TestEnclosingStatement(t *testing.T) {
	tree := mustParse(t, `export const a = () => { if (b) c(d1); switch (e) { case f: g(d2) } };
for (const x of y) d3();
label: d4;`)
	for id, want := range map[string]string{"d1": "c(d1);", "d2": "g(d2)", "d3": "d3();", "d4": "d4;", "f": "switch (e) { case f: g(d2) }", "b": "if (b) c(d1);"} {
		if got := EnclosingStatement(find(tree, KindIdentifier, id)).Text(); got != want {
			t.Errorf("%s is in %q, want %q", id, got, want)
		}
	}
	if got := EnclosingStatement(find(tree, KindArrowFunction, "")); !got.Is(KindExportStatement) {
		t.Errorf("an exported declaration is in %s", got.Kind())
	}
	if EnclosingStatement(tree.Root()).Ok() {
		t.Error("the program is in a statement")
	}
}

func TestImports(t *testing.T) {
	tree := mustParse(t, `import 'a';
import B, { c as d, type E, default as F, 'g-h' as i } from 'b';
import type J from 'j';
import * as K from 'k';
import L = require('l');
import M = N.O;
declare module 'p' { import Q from 'q'; }
`)
	var got []string
	for _, d := range Imports(tree) {
		line := d.Module
		if d.SideEffect {
			line += " (side effect)"
		}
		for _, s := range d.Bindings {
			line += " " + s.Name + ">" + s.Local
			if s.TypeOnly {
				line += "(type)"
			}
		}
		got = append(got, line)
	}
	want := []string{"a (side effect)", "b default>B c>d E>E(type) default>F g-h>i", "j default>J(type)", "k *>K", "l *>L"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d, s, ok := LookupImport(tree, "d"); !ok || d.Module != "b" || s.Name != "c" {
		t.Errorf("d is %v of %v", s, d)
	}
}

func TestOnlyBranch(t *testing.T) {
	for src, want := range map[string]bool{
		"a && X": true, "X && a": false, "a || X": false, "a ?? X": false,
		"a ? X : null": true, "a ? undefined : X": true, "a ? X : false": true, "a ? X : b": false, "(X)": false,
	} {
		tree, err := Parse([]byte(src), TSX)
		if err != nil {
			t.Fatal(err)
		}
		for n := range tree.Root().Descendants() {
			if n.Is(KindIdentifier) && n.Text() == "X" && OnlyBranch(n) != want {
				t.Errorf("%s: X is the only branch: %v", src, !want)
			}
		}
	}
}
