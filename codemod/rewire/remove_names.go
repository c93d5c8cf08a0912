package rewire

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// Unneeded is the edits of after that take out what a removal left without use: names that
// before referred to and after no longer does, be they imported or declared in the file, and
// of the plugin's own modules every name without use and every import for effect. What was
// without use before stays, and so does what is exported, and a value that is made by a call
// which may do more than make it.
//
// A name may be needed by another that goes: ask again until there are no edits.
func Unneeded(before, after *tsx.Tree, r Removal, own func(module string) bool) []text.Edit {
	for _, name := range declared(after) {
		stmt := tsx.EnclosingStatement(name)
		lost := len(tsx.References(before, name.Text())) > len(tsx.References(after, name.Text()))
		if lost && tsx.Unused(after, name.Text(), stmt.Span()) && passive(stmt, name) {
			return r.takeStatement(stmt)
		}
	}
	var locals []string
	var edits []text.Edit
	jsx := hasJSX(after)
	for _, d := range tsx.Imports(after) {
		if d.SideEffect && own(d.Module) {
			edits = append(edits, tsx.RemoveSideEffectImport(after, d.Module)...)
		}
		for _, b := range d.Bindings {
			switch {
			case !tsx.Unused(after, b.Local) || d.Module == "react" && b.Local == "React" && jsx:
			case own(d.Module) || len(tsx.References(before, b.Local)) > 0:
				locals = append(locals, b.Local)
			}
		}
	}
	return append(edits, r.named(after, tsx.RemoveImport(after, locals...))...)
}

// named takes with imports the comments directly above them that only name the plugin.
func (r Removal) named(t *tsx.Tree, edits []text.Edit) []text.Edit {
	src := t.Source()
	for i, e := range edits {
		for e.New == "" && e.Start > 0 && text.LineStart(src, e.Start) == e.Start {
			above := text.LineStart(src, e.Start-1)
			if !r.onlyNames(string(src[above:e.Start])) {
				break
			}
			e.Start = above
		}
		edits[i] = e
	}
	return edits
}

// declared are the names of the variables and functions that a file declares one by one and
// does not export.
func declared(t *tsx.Tree) []tsx.Node {
	var out []tsx.Node
	for n := range t.Root().Descendants() {
		if !n.Is(tsx.KindVariableDeclarator, tsx.KindFunctionDeclaration) || !n.Field(tsx.FieldName).Is(tsx.KindIdentifier) {
			continue
		}
		stmt := tsx.EnclosingStatement(n)
		if stmt.Is(tsx.KindLexicalDeclaration, tsx.KindVariableDeclaration, tsx.KindFunctionDeclaration) && stmt.Parent().Is(tsx.KindProgram, tsx.KindStatementBlock) {
			out = append(out, n.Field(tsx.FieldName))
		}
	}
	return out
}

// passive reports whether a statement does nothing but declare a name.
func passive(stmt, name tsx.Node) bool {
	if stmt.Is(tsx.KindFunctionDeclaration) {
		return true
	}
	declarators := 0
	for c := range stmt.NamedChildren() {
		if c.Is(tsx.KindVariableDeclarator) {
			declarators++
		}
	}
	return declarators == 1 && inert(name.Parent().Field(tsx.FieldValue))
}

// inert reports whether computing a value does nothing else.
func inert(n tsx.Node) bool {
	switch n.Kind() {
	case tsx.KindArrowFunction, tsx.KindFunctionExpression, tsx.KindGeneratorFunction, tsx.KindClass:
		return true
	case tsx.KindCallExpression:
		name := tsx.Callee(n).Text()
		name = name[strings.LastIndexByte(name, '.')+1:]
		if _, spec, ok := tsx.LookupImport(n.Tree(), name); ok && !spec.Default && !spec.Namespace {
			name = spec.Name
		}
		switch name {
		case "useHotMemoize", "createEnv", "lazy", "memo", "makeStyles", "createRouteRef":
		default:
			return false
		}
	case tsx.KindNewExpression, tsx.KindAwaitExpression, tsx.KindAssignmentExpression, tsx.KindUpdateExpression, tsx.KindYieldExpression:
		return false
	}
	for c := range n.NamedChildren() {
		if !inert(c) {
			return false
		}
	}
	return true
}

func hasJSX(t *tsx.Tree) bool {
	for n := range t.Root().Descendants() {
		if tsx.IsJSXElement(n) {
			return true
		}
	}
	return false
}

// Uses are the elements, and the other references, by which a file uses what it imports and is
// asked for by module and export, each in source order. Imports are not among them.
func Uses(t *tsx.Tree, wanted func(module, export string) bool) (elements, others []tsx.Node) {
	for _, d := range tsx.Imports(t) {
		for _, b := range d.Bindings {
			if wanted(d.Module, b.Name) {
				el, o := UsesOf(t, b.Local)
				elements, others = append(elements, el...), append(others, o...)
			}
		}
	}
	return elements, others
}

// UsesOf are the elements with a name for a tag, and the other references to the name. Where
// it is declared as a variable or a function is not among them.
func UsesOf(t *tsx.Tree, name string) (elements, others []tsx.Node) {
	for _, ref := range tsx.References(t, name) {
		switch tag := tagOf(ref); tag.Kind() {
		case tsx.KindJsxSelfClosingElement:
			elements = append(elements, tag)
		case tsx.KindJsxOpeningElement:
			elements = append(elements, tag.Parent())
		case tsx.KindJsxClosingElement, tsx.KindVariableDeclarator, tsx.KindFunctionDeclaration:
		default:
			others = append(others, ref)
		}
	}
	return elements, others
}

// tagOf is what is named by an identifier, or by what begins with it: a tag, a declaration.
func tagOf(ref tsx.Node) tsx.Node {
	n := ref
	for n.Parent().Is(tsx.KindMemberExpression, tsx.KindNestedIdentifier) && n.Parent().Child(0) == n {
		n = n.Parent()
	}
	if n.FieldOf() != tsx.FieldName {
		return tsx.Node{}
	}
	return n.Parent()
}
