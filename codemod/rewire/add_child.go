package rewire

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// SearchItem shows search results of one kind: `<XSearchResultListItem icon={<Icon />} />`.
type SearchItem struct {
	Item Component
	Icon *Ref // nil for none
}

// AddSearchItem adds an item to the element at a wiring.SearchResultMount, as the last child. An
// element whose child is a function shows its results itself, and is refused.
func AddSearchItem(f File, m wiring.Mount, s SearchItem) ([]text.Edit, error) {
	result := f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
	if !result.Ok() {
		return nil, f.stale(m)
	}
	refs := []Ref{s.Item.Ref}
	if s.Icon != nil {
		refs = append(refs, *s.Icon)
	}
	item := func(locals []string) Element {
		el := s.Item.element(locals[0])
		if s.Icon != nil {
			el.Attrs = append([]Attr{{Name: "icon", Element: &Element{Name: locals[1]}}}, el.Attrs...)
		}
		return el
	}
	for _, c := range tsx.JSXChildren(result) {
		if tsx.Unwrap(tsx.JSXInner(c)).Is(tsx.KindArrowFunction, tsx.KindFunctionExpression) {
			return nil, f.refuse(c.Span(), "the search page shows its results by a function of its own",
				"show this for results of its type, or make it a child of a SearchResult without a function", item(locals(refs)).String(), refs...)
		}
	}
	edits, locals := f.addImports(refs...)
	return append(edits, insertLast(result, lastTab(result), item(locals))...), nil
}

// AddChild adds an element to the one at a mount that is there to hold such, as the last child: to
// TechDocsAddons at a wiring.TechDocsAddonsMount, to ScaffolderFieldExtensions at a
// wiring.FieldExtMount.
func AddChild(f File, m wiring.Mount, c Component) ([]text.Edit, error) {
	holder := f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
	if !holder.Ok() {
		return nil, f.stale(m)
	}
	edits, locals := f.addImports(c.Ref)
	return append(edits, insertLast(holder, lastTab(holder), c.element(locals[0]))...), nil
}

// AddWrapped adds an element in a new holder (TechDocsAddons, ScaffolderFieldExtensions) to the
// element with a span, as the last child.
func AddWrapped(f File, span text.Span, holder Ref, c Component) ([]text.Edit, error) {
	in := f.at(span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
	if !in.Ok() {
		return nil, f.stale(wiring.Mount{Kind: "element", Span: span})
	}
	edits, locals := f.addImports(holder, c.Ref)
	el := Element{Name: locals[0], Children: []Element{c.element(locals[1])}}
	if parent := in.Parent(); in.Is(tsx.KindJsxSelfClosingElement) && takesParentheses(parent, in) {
		outer := Element{Name: tsx.JSXName(in), Children: []Element{el}}
		for _, a := range tsx.JSXAttributes(in) {
			outer.Attrs = append(outer.Attrs, Attr{Value: a.Text()})
		}
		return append(edits, tsx.ReplaceNode(in, "(\n  "+indentBy(outer.Print(column(in)+2), "  ")+"\n)")...), nil
	}
	return append(edits, insertLast(in, lastTab(in), el)...), nil
}

// takesParentheses reports whether an element over several lines is in parentheses where n is, as
// prettier writes it.
func takesParentheses(parent, n tsx.Node) bool {
	switch parent.Kind() {
	case tsx.KindVariableDeclarator, tsx.KindReturnStatement, tsx.KindAssignmentExpression, tsx.KindPair:
		return true
	case tsx.KindArrowFunction:
		return n.FieldOf() == tsx.FieldBody
	}
	return false
}

// AppRootElement is an element that is always there: `<XDisplay />`.
type AppRootElement struct {
	Element Component
	Router  bool // inside of AppRouter, rather than beside it
}

// AddAppRootElement adds an element to the root of the app, at a wiring.AppRootMount: before
// AppRouter or, where the element needs the router, as the first child of AppRouter. What
// createRoot gets and is no fragment is put in one; the provider of an app that shows that itself
// gets a child.
func AddAppRootElement(f File, m wiring.Mount, e AppRootElement) ([]text.Edit, error) {
	root := f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
	if !root.Ok() {
		return nil, f.stale(m)
	}
	router := f.appRouter(root)
	if e.Router && !router.Is(tsx.KindJsxElement) {
		return nil, f.refuse(m.Span, "the AppRouter of the app was not found here", "add this inside of AppRouter",
			e.Element.element(e.Element.local()).String(), e.Element.Ref)
	}
	edits, locals := f.addImports(e.Element.Ref)
	el := e.Element.element(locals[0])
	switch {
	case e.Router:
		return append(edits, tsx.InsertJSXChild(router, 0, el.Print(column(router)+2))...), nil
	case tsx.IsJSXFragment(root), m.Label == "provider":
		if router.Ok() && router.Parent() == root {
			return append(edits, tsx.InsertJSXBefore(router, el.Print(column(router)))...), nil
		}
		return append(edits, tsx.InsertJSXChild(root, 0, el.Print(column(root)+2))...), nil
	}
	return append(edits, f.inFragment(root, el)...), nil
}

// inFragment puts an element before another in a fragment. As an argument on the line of its
// call it gets lines of its own.
func (f File) inFragment(root tsx.Node, el Element) []text.Edit {
	src, style := f.Tree.Source(), tsx.StyleOf(f.Tree)
	args := root.Parent()
	fragment := func(column int) string {
		return "<>\n  " + indentBy(el.Print(column+2), "  ") + "\n  " + indentBy(lines(root, style), "  ") + "\n</>"
	}
	if !args.Is(tsx.KindArguments) || len(tsx.Elements(args)) > 1 || text.LineStart(src, args.Start()) != text.LineStart(src, root.Start()) {
		return tsx.ReplaceNode(root, fragment(column(root)))
	}
	comma := ""
	if style.TrailingComma {
		comma = ","
	}
	return tsx.ReplaceNode(args, "(\n  "+indentBy(fragment(column(root)+2), "  ")+comma+"\n)")
}

// lines is the text of a node as a snippet: without the indent of the line that it begins on, two
// spaces a level.
func lines(n tsx.Node, style tsx.Style) string {
	base := text.Indent(n.Tree().Source(), n.Start())
	all := strings.Split(strings.ReplaceAll(n.Text(), "\r\n", "\n"), "\n")
	for i := range all[1:] {
		line := strings.TrimPrefix(all[i+1], base)
		levels := ""
		for style.Indent != "" && strings.HasPrefix(line, style.Indent) {
			line, levels = line[len(style.Indent):], levels+"  "
		}
		all[i+1] = levels + line
	}
	return strings.Join(all, "\n")
}

// appRouter is the AppRouter in an element, itself included; no node if there is none.
func (f File) appRouter(root tsx.Node) tsx.Node {
	for n := range root.Descendants() {
		if tsx.IsJSXElement(n) && (f.importedAs(tsx.JSXName(n), "AppRouter") || f.madeBy(n, "getRouter")) {
			return n
		}
	}
	return tsx.Node{}
}

// madeBy reports whether an element's component is a constant of the file that a method without
// arguments returned: const AppProvider = app.getProvider().
func (f File) madeBy(el tsx.Node, method string) bool {
	name := tsx.JSXName(el)
	if name == "" {
		return false
	}
	for n := range f.Tree.Root().Descendants() {
		if n.Is(tsx.KindVariableDeclarator) && n.Field(tsx.FieldName).Text() == name {
			call := tsx.Unwrap(n.Field(tsx.FieldValue))
			return call.Is(tsx.KindCallExpression) && tsx.Callee(call).Field(tsx.FieldProperty).Text() == method
		}
	}
	return false
}
