package rewire

import (
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// Site names a component below which addons or extensions hang.
type Site struct {
	Page Ref // as its package exports it
	// Route says that they are children of the route whose element shows the component, rather
	// than of the component.
	Route bool
}

// FoundSite is a place of a Site in a file.
type FoundSite struct {
	Span text.Span // of the element whose child a holder may be
	Held bool      // the element has a holder, by itself or by a constant of the file
	From []string  // modules that its children are imported from, in which it may have one
}

// Sites are the places in a file of some sites, in source order. holder is what hangs there.
func Sites(f File, holder Ref, sites ...Site) []FoundSite {
	var out []FoundSite
	for n := range f.Tree.Root().Descendants() {
		if !tsx.IsJSXElement(n) {
			continue
		}
		for _, s := range sites {
			if !f.isExport(n, s.Page) {
				continue
			}
			el := n
			if s.Route {
				el = routeOf(n)
			}
			if el.Ok() {
				out = append(out, FoundSite{el.Span(), f.holds(el, holder), f.childModules(el)})
			}
		}
	}
	return out
}

// isExport reports whether an element is a component of a module.
func (f File) isExport(el tsx.Node, r Ref) bool {
	d, spec, ok := tsx.LookupImport(f.Tree, tsx.JSXName(el))
	return ok && d.Module == r.Module && spec.Name == r.Export
}

// routeOf is the element that has another one, or one around it, as its attribute element; no
// node if there is none.
func routeOf(n tsx.Node) tsx.Node {
	for p := n.Parent(); p.Ok(); p = p.Parent() {
		switch {
		case p.Is(tsx.KindJsxAttribute) && tsx.AttributeName(p) == "element":
			el := p.Parent()
			if el.Is(tsx.KindJsxOpeningElement) {
				el = el.Parent()
			}
			return el
		case !tsx.IsJSXElement(p) && !p.Is(tsx.KindJsxExpression, tsx.KindParenthesizedExpression):
			return tsx.Node{}
		}
	}
	return tsx.Node{}
}

// holds reports whether an element has a holder in it, or shows a constant of the file that has.
func (f File) holds(el tsx.Node, holder Ref) bool {
	for n := range el.Descendants() {
		if tsx.IsJSXElement(n) && f.importedAs(tsx.JSXName(n), holder.Export) {
			return true
		}
	}
	for _, name := range childNames(el) {
		for n := range f.Tree.Root().Descendants() {
			if n.Is(tsx.KindVariableDeclarator) && n.Field(tsx.FieldName).Text() == name && !n.Span().Contains(el.Span()) && f.holds(n, holder) {
				return true
			}
		}
	}
	return false
}

// childNames are the names among an element's children: x for {x}.
func childNames(el tsx.Node) []string {
	var names []string
	for _, c := range tsx.JSXChildren(el) {
		if v := tsx.Unwrap(tsx.JSXInner(c)); v.Is(tsx.KindIdentifier) {
			names = append(names, v.Text())
		}
	}
	return names
}

// childModules are the modules that names among an element's children are imported from.
func (f File) childModules(el tsx.Node) []string {
	var modules []string
	for _, name := range childNames(el) {
		if d, _, ok := tsx.LookupImport(f.Tree, name); ok {
			modules = append(modules, d.Module)
		}
	}
	return modules
}
