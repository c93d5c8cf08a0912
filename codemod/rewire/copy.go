package rewire

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// Copy is a piece of one file that is to stand in another too: an element, a statement, an item
// of an array, a property; or several elements or statements that follow each other.
type Copy struct {
	From File
	Span text.Span // from the start of the first construct to the end of the last
	// Module is a specifier of From as the other file has to write it; nil for no difference.
	Module func(specifier string) string
	// Names are what names that From declares are called in the other file. A name that is not
	// here must be known there as it is.
	Names map[string]string
	// Former are the modules that From imported some of its names from before. A file that has a
	// name from there has the right one.
	Former map[string]string
}

// CopyBeside puts a copy beside the construct of f with a span, behind it or before it: among the
// children of the same element, in the same array, object or block. What the copy uses is
// imported; its strings and semicolons are written as f has them. Comments directly above the
// copied statements come along.
//
// A copy that uses names which f does not have, or that is no such construct as its new sibling,
// is refused.
func CopyBeside(f File, span text.Span, behind bool, c Copy) ([]text.Edit, error) {
	nodes := c.nodes()
	at := f.itemOf(f.nodeAt(span))
	list := at.Parent()
	if len(nodes) == 0 || !at.Ok() || slotOf(list) != slotOf(nodes[0].Parent()) {
		return nil, f.refuse(span, "what stands here is not of the form that the template has", "beside this", c.text())
	}
	edits, snippet, err := f.bring(c, nodes, true)
	if err != nil {
		return nil, err
	}
	index := slices.Index(tsx.Elements(list), at)
	if behind {
		index++
	}
	switch slot := slotOf(list); {
	case slot == arraySlot && len(nodes) == 1:
		edits = append(edits, tsx.InsertArrayElement(list, index, snippet)...)
	case slot == objectSlot && len(nodes) == 1:
		edits = append(edits, tsx.InsertProperty(list, index, snippet)...)
	case slot == jsxSlot && behind:
		edits = append(edits, tsx.InsertJSXAfter(at, snippet)...)
	case slot == jsxSlot:
		edits = append(edits, tsx.InsertJSXBefore(at, snippet)...)
	case slot == blockSlot && behind:
		edits = append(edits, tsx.InsertStatementAfter(at, snippet)...)
	case slot == blockSlot:
		edits = append(edits, tsx.InsertStatementBefore(at, snippet)...)
	default:
		return nil, f.refuse(span, "several items cannot be copied here at once", "beside this", c.text())
	}
	return edits, nil
}

// CopyInto puts a copy to where a mount of f takes pieces of its kind: see the operation for
// that. A backend's feature is added by AddBackendFeature, and an element at the root of the app
// by AddAppRootElement.
func CopyInto(f File, m wiring.Mount, c Copy) ([]text.Edit, error) {
	nodes := c.nodes()
	place := f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement, tsx.KindArray)
	for f.isNested(place) && (m.Kind == wiring.SidebarMount || m.Kind == wiring.SidebarGroupMount) {
		place = tsx.EnclosingJSX(place)
	}
	if len(nodes) == 0 || !place.Ok() {
		return nil, f.stale(m)
	}
	slot := slotOf(nodes[0].Parent())
	if place.Is(tsx.KindArray) && (slot != arraySlot || len(nodes) != 1) || !place.Is(tsx.KindArray) && slot != jsxSlot {
		return nil, f.refuse(m.Span, "what stands here is not of the form that the template has", "put this here", c.text())
	}
	edits, snippet, err := f.bring(c, nodes, true)
	if err != nil {
		return nil, err
	}
	if place.Is(tsx.KindArray) {
		return append(edits, tsx.InsertArrayElement(place, -1, snippet)...), nil
	}
	after, before := lastTab(place), tsx.Node{}
	switch m.Kind {
	case wiring.RoutesMount:
		after, before = lastRoute(place)
	case wiring.EntityCICDMount:
		if before = defaultCase(place); before.Ok() {
			after = tsx.Node{}
		}
	case wiring.SidebarMount, wiring.SidebarGroupMount:
		if _, items := f.sidebarItems(m); len(items) > 0 {
			after = items[len(items)-1]
		}
	case wiring.SearchResultMount:
		if tsx.Unwrap(tsx.JSXInner(after)).Is(tsx.KindArrowFunction, tsx.KindFunctionExpression) {
			return nil, f.refuse(after.Span(), "the search page shows its results by a function of its own", "show this for results of its type", c.text())
		}
	}
	switch {
	case after.Ok():
		edits = append(edits, tsx.InsertJSXAfter(after, snippet)...)
	case before.Ok():
		edits = append(edits, tsx.InsertJSXBefore(before, snippet)...)
	default:
		edits = append(edits, tsx.InsertJSXChild(place, -1, snippet)...)
	}
	return edits, nil
}

// CopyOver replaces the construct of f with a span by a copy. Imports that nothing uses since
// stay: see Unneeded.
func CopyOver(f File, span text.Span, c Copy) ([]text.Edit, error) {
	nodes := c.nodes()
	at := f.nodeAt(span)
	if len(nodes) != 1 || !at.Ok() || at.Kind() != nodes[0].Kind() && !(tsx.IsJSXElement(at) && tsx.IsJSXElement(nodes[0])) {
		return nil, f.refuse(span, "what stands here is not of the form that the template has", "put this in its place", c.text())
	}
	edits, snippet, err := f.bring(c, nodes, false)
	if err != nil {
		return nil, err
	}
	return append(edits, tsx.ReplaceNode(at, snippet)...), nil
}

// ImportsOf is the edits that import into f what a copy uses of its file's imports; false if f has
// other things under one of those names.
func ImportsOf(f File, c Copy) ([]text.Edit, bool) {
	var imports []tsx.Import
	var names []string
	for _, u := range c.uses(c.nodes()) {
		if u.imp.Module != "" {
			imports, names = append(imports, u.imp), append(names, u.local)
		}
	}
	edits, locals := tsx.AddImport(f.Tree, imports...)
	return edits, slices.Equal(locals, names)
}

// Manual is the step by which a person makes the copy.
func (c Copy) Manual(where string) string {
	var refs []Ref
	for _, u := range c.uses(c.nodes()) {
		if imp := u.imp; imp.Module != "" {
			refs = append(refs, Ref{Module: imp.Module, Export: u.export, As: u.local})
		}
	}
	return Manual(where, c.text(), refs...)
}

// text is the copied source, its lines without the indent of the first.
func (c Copy) text() string {
	src := c.From.Tree.Source()
	if c.Span.Len() <= 0 || c.Span.End > len(src) {
		return ""
	}
	all := strings.Split(strings.ReplaceAll(string(src[c.Span.Start:c.Span.End]), "\r\n", "\n"), "\n")
	for i := range all[1:] {
		all[i+1] = strings.TrimPrefix(all[i+1], text.Indent(src, c.Span.Start))
	}
	return strings.Join(all, "\n")
}

// slot is what a construct is an item of.
type slot uint8

const (
	noSlot slot = iota
	jsxSlot
	arraySlot
	objectSlot
	blockSlot
)

func slotOf(list tsx.Node) slot {
	switch list.Kind() {
	case tsx.KindJsxElement:
		return jsxSlot
	case tsx.KindArray:
		return arraySlot
	case tsx.KindObject:
		return objectSlot
	case tsx.KindProgram, tsx.KindStatementBlock:
		return blockSlot
	}
	return noSlot
}

// itemOf is the item of a list that a construct is, with the condition around it; no node if
// it is none.
func (f File) itemOf(n tsx.Node) tsx.Node {
	for n.Ok() {
		p := n.Parent()
		if slotOf(p) != noSlot {
			return n
		}
		switch {
		case p.Is(tsx.KindJsxExpression, tsx.KindParenthesizedExpression):
		case p.Is(tsx.KindBinaryExpression, tsx.KindTernaryExpression) && tsx.OnlyBranch(n):
		default:
			return tsx.Node{}
		}
		n = p
	}
	return tsx.Node{}
}

// nodes are the constructs that are copied.
func (c Copy) nodes() []tsx.Node {
	first := c.From.Tree.At(c.Span.Start)
	for p := first.Parent(); p.Ok() && p.Start() == c.Span.Start && p.End() <= c.Span.End && !p.Is(tsx.KindProgram); p = first.Parent() {
		first = p
	}
	var out []tsx.Node
	for n := first; n.Ok() && n.End() <= c.Span.End; n = n.NextNamed() {
		if !n.Is(tsx.KindJsxText, tsx.KindComment) {
			out = append(out, n)
		}
	}
	if len(out) == 0 || out[0].Start() != c.Span.Start || out[len(out)-1].End() != c.Span.End {
		return nil
	}
	return out
}

// use is a name that copied source refers to and that its file imports or declares.
type use struct {
	local  string
	refs   []tsx.Node
	imp    tsx.Import // Module is "" for a name that the file declares
	export string
}

func (c Copy) uses(nodes []tsx.Node) []use {
	within := func(n tsx.Node) bool {
		return slices.ContainsFunc(nodes, func(whole tsx.Node) bool { return whole.Span().Contains(n.Span()) })
	}
	var out []use
	add := func(u use) {
		u.refs = slices.DeleteFunc(tsx.References(c.From.Tree, u.local), func(n tsx.Node) bool { return !within(n) })
		if len(u.refs) > 0 {
			out = append(out, u)
		}
	}
	for _, d := range tsx.Imports(c.From.Tree) {
		module := d.Module
		if c.Module != nil {
			module = c.Module(module)
		}
		for _, b := range d.Bindings {
			imp := tsx.Import{Module: module, Name: b.Name, Default: b.Default, Namespace: b.Namespace, TypeOnly: b.TypeOnly}
			if b.Default || b.Namespace || b.Local != b.Name {
				imp.Alias = b.Local
			}
			add(use{local: b.Local, imp: imp, export: b.Name})
		}
	}
	for _, name := range topNames(c.From.Tree) {
		add(use{local: name})
	}
	return out
}

// topNames are the names that a file declares at its top, not those that it imports.
func topNames(t *tsx.Tree) []string {
	var out []string
	for s := range t.Root().NamedChildren() {
		if s.Is(tsx.KindExportStatement) {
			s = s.Field(tsx.FieldDeclaration)
		}
		if name := s.Field(tsx.FieldName); name.Is(tsx.KindIdentifier) {
			out = append(out, name.Text())
		}
		for d := range s.NamedChildren() {
			if name := d.Field(tsx.FieldName); d.Is(tsx.KindVariableDeclarator) && name.Is(tsx.KindIdentifier) {
				out = append(out, name.Text())
			}
		}
	}
	return out
}

// bring is the edits that import what a copy uses, and the copy in the names and the style of f,
// with the comments that lead to its first statement if they are asked for.
func (f File) bring(c Copy, nodes []tsx.Node, comments bool) ([]text.Edit, string, error) {
	uses := c.uses(nodes)
	here := topNames(f.Tree)
	var imports []tsx.Import
	var rename []text.Edit
	called := func(u use, name string) {
		for _, ref := range u.refs {
			with := name
			if ref.Is(tsx.KindShorthandPropertyIdentifier) {
				with = u.local + ": " + name
			}
			if name != u.local {
				rename = append(rename, text.Replace(ref.Span(), with))
			}
		}
	}
	var imported []use
	for _, u := range uses {
		name, known := c.Names[u.local]
		decl, _, has := tsx.LookupImport(f.Tree, u.local)
		switch {
		case has && c.Former[u.local] == decl.Module:
		case u.imp.Module != "":
			imports, imported = append(imports, u.imp), append(imported, u)
		case known:
			called(u, name)
		case !has && !slices.Contains(here, u.local):
			d := diag.Errorf("no-safe-place", "%s, which the template's code uses here, is not in %s", u.local, f.Name)
			d.File = f.Name
			d.Manual = c.Manual("in " + f.Name + ", put this where " + u.local + " is known")
			return nil, "", d
		}
	}
	edits, locals := tsx.AddImport(f.Tree, imports...)
	for i, u := range imported {
		called(u, locals[i])
	}
	src, start := c.From.Tree.Source(), c.Span.Start
	if comments && slotOf(nodes[0].Parent()) == blockSlot {
		start = leading(f, nodes[0])
	}
	changes := append(rename, restyle(nodes, tsx.StyleOf(f.Tree))...)
	changed, err := text.Apply(src, changes)
	if err != nil {
		return nil, "", err
	}
	changed = changed[text.Carry(start, changes, false):text.Carry(c.Span.End, changes, true)]
	lines := strings.Split(strings.ReplaceAll(string(changed), "\r\n", "\n"), "\n")
	for i := range lines[1:] {
		lines[i+1] = strings.TrimPrefix(lines[i+1], text.Indent(src, start))
	}
	return edits, strings.Join(lines, "\n"), nil
}

// leading is where the comments begin that lead to a statement and that f does not have: each on
// lines of its own, with no blank line before the statement.
func leading(f File, n tsx.Node) int {
	src, start := n.Tree().Source(), n.Start()
	for p := n.Prev(); p.Is(tsx.KindComment); p = p.Prev() {
		own := strings.TrimSpace(string(src[text.LineStart(src, p.Start()):p.Start()])) == ""
		if !own || strings.Count(string(src[p.End():start]), "\n") != 1 || strings.Contains(string(f.Tree.Source()), p.Text()) {
			break
		}
		start = p.Start()
	}
	return start
}

// restyle is the edits that give constructs the quotes and semicolons of a style.
func restyle(nodes []tsx.Node, style tsx.Style) []text.Edit {
	var edits []text.Edit
	each := func(n tsx.Node) {
		switch {
		case n.Is(tsx.KindString) && !n.Parent().Is(tsx.KindJsxAttribute):
			s, ok := tsx.StringValue(n)
			if ok && !strings.ContainsAny(n.Text()[1:len(n.Text())-1], `'"\`) && n.Text()[:1] != style.Quote {
				edits = append(edits, text.Replace(n.Span(), tsx.Quote(s, style.Quote)))
			}
		case n.Text() == ";" && n.ChildCount() == 0 && !style.Semicolons && n.Parent().Is(tsx.KindExpressionStatement, tsx.KindLexicalDeclaration, tsx.KindReturnStatement):
			edits = append(edits, text.Delete(n.Span()))
		}
	}
	for _, n := range nodes {
		each(n)
		for d := range n.Descendants() {
			each(d)
		}
	}
	return edits
}
