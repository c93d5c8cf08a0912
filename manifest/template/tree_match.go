package template

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

// items are the pieces of a list that are merged one by one; nil if a node is none.
func items(n tsx.Node) ([]tsx.Node, bool) {
	switch {
	case n.Is(tsx.KindProgram, tsx.KindStatementBlock):
		var out []tsx.Node
		for c := range n.NamedChildren() {
			if !c.Is(tsx.KindImportStatement, tsx.KindEmptyStatement) && !leads(c) {
				out = append(out, c)
			}
		}
		return out, true
	case n.Is(tsx.KindJsxElement):
		return tsx.JSXChildren(n), true
	case n.Is(tsx.KindJsxOpeningElement, tsx.KindJsxSelfClosingElement):
		return tsx.JSXAttributes(n), true
	case n.Is(tsx.KindArray, tsx.KindObject):
		return tsx.Elements(n), true
	}
	return nil, false
}

// about is what an item is about: two versions of it have it in common. "" if nothing tells.
func about(n tsx.Node) string {
	switch {
	case n.Is(tsx.KindExportStatement):
		for c := range n.NamedChildren() {
			if s := about(c); s != "" {
				return s
			}
		}
		return "export"
	case n.Is(tsx.KindLexicalDeclaration, tsx.KindVariableDeclaration):
		for c := range n.NamedChildren() {
			if c.Is(tsx.KindVariableDeclarator) {
				return "declare " + normal(c.Field(tsx.FieldName))
			}
		}
	case n.Field(tsx.FieldName).Ok() && n.Is(tsx.KindFunctionDeclaration, tsx.KindClassDeclaration, tsx.KindInterfaceDeclaration, tsx.KindTypeAliasDeclaration, tsx.KindEnumDeclaration):
		return "declare " + normal(n.Field(tsx.FieldName))
	case n.Is(tsx.KindReturnStatement):
		return "return"
	case tsx.IsJSXElement(n):
		s := "<" + tsx.JSXName(n)
		for _, name := range [...]string{"path", "to", "if", "id", "title", "label"} {
			if a := tsx.JSXAttribute(n, name); a.Ok() {
				return s + " " + normal(a)
			}
		}
		return s + held(n)
	case n.Is(tsx.KindJsxAttribute):
		return normal(n.NamedChild(0)) + "="
	case n.Is(tsx.KindObject):
		for _, name := range [...]string{"id", "name", "title", "path", "command", "port"} {
			for _, p := range tsx.Elements(n) {
				if key, ok := tsx.PropertyKey(p); ok && key == name && p.Is(tsx.KindPair) {
					return normal(p)
				}
			}
		}
	case n.Is(tsx.KindPair, tsx.KindMethodDefinition, tsx.KindShorthandPropertyIdentifier, tsx.KindSpreadElement):
		if key, ok := tsx.PropertyKey(n); ok {
			return "key " + key
		}
	case n.Is(tsx.KindJsxExpression):
		return about(tsx.JSXInner(n))
	case n.Is(tsx.KindExpressionStatement):
		call := n.NamedChild(0)
		if call.Is(tsx.KindCallExpression) {
			s := "call " + normal(tsx.Callee(call))
			if args := tsx.Arguments(call); len(args) > 0 {
				s += " " + strings.Replace(normal(args[0]), "/alpha'", "'", 1) // what left it stays the same
			}
			return s
		}
	}
	return ""
}

// roughly is about for elements that have nothing but their name in common, where one of the two
// holds nothing.
func roughly(n tsx.Node) string {
	if name := "<" + tsx.JSXName(n); tsx.IsJSXElement(n) && about(n) == name+held(n) {
		return name
	}
	return ""
}

// held says what an element that only lays out has in it: the first element of each way down.
func held(n tsx.Node) string {
	s := ""
	for range 3 {
		inner := tsx.Node{}
		for _, c := range tsx.JSXChildren(n) {
			if tsx.IsJSXElement(c) {
				inner = c
				break
			}
		}
		if !inner.Ok() {
			break
		}
		s += " <" + tsx.JSXName(inner)
		n = inner
	}
	return s
}

// match pairs the items of two lists: equal ones first, then those that are about the same, if
// that is one on each side. The result has for each of a its index in b, or -1.
func match(a, b []tsx.Node) []int {
	out := make([]int, len(a))
	taken := make([]bool, len(b))
	texts := make([]string, len(b))
	for j, n := range b {
		texts[j] = normal(n)
	}
	for i, n := range a {
		out[i] = -1
		want := normal(n)
		for j := range b {
			if !taken[j] && texts[j] == want {
				out[i], taken[j] = j, true
				break
			}
		}
	}
	for round, subject := range [...]func(tsx.Node) string{about, roughly} {
		theirs, mine := map[string][]int{}, map[string][]int{}
		for j, n := range b {
			if s := subject(n); s != "" && !taken[j] {
				theirs[s] = append(theirs[s], j)
			}
		}
		for i, n := range a {
			if s := subject(n); s != "" && out[i] < 0 {
				mine[s] = append(mine[s], i)
			}
		}
		for s, is := range mine {
			js := theirs[s]
			if len(is) == 1 && len(js) == 1 && (round == 0 || held(a[is[0]]) == "" || held(b[js[0]]) == "") {
				out[is[0]], taken[js[0]] = js[0], true
			}
		}
	}
	return out
}

func inverse(of []int, n int) []int {
	out := slices.Repeat([]int{-1}, n)
	for i, j := range of {
		if j >= 0 {
			out[j] = i
		}
	}
	return out
}
