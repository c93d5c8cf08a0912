package rewire

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// Route is a page of the app: `<Route path="/x" element={<Page />} />`.
type Route struct {
	Path string // with a leading slash
	Page Component
}

// AddRoute adds a route to the table at a wiring.RoutesMount, after the last route, before a
// catch-all. The tag is the one that the table's other routes have.
func AddRoute(f File, m wiring.Mount, r Route) ([]text.Edit, error) {
	table := f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
	if !table.Ok() {
		return nil, f.stale(m)
	}
	tag := ""
	for _, el := range tsx.JSXElements(table) {
		if tsx.JSXAttribute(el, "path").Ok() && tsx.JSXAttribute(el, "element").Ok() && f.importedAs(tsx.JSXName(el), "Route") {
			tag = tsx.JSXName(el)
		}
	}
	refs := []Ref{r.Page.Ref}
	if tag == "" {
		refs = append(refs, Ref{Module: "react-router-dom", Export: "Route"})
	}
	edits, locals := f.addImports(refs...)
	if tag == "" {
		tag = locals[1]
	}
	route := r.element(tag, locals[0])
	after, before := lastRoute(table)
	switch {
	case after.Ok():
		return append(edits, tsx.InsertJSXAfter(after, route.Print(column(after)))...), nil
	case before.Ok():
		return append(edits, tsx.InsertJSXBefore(before, route.Print(column(before)))...), nil
	}
	return append(edits, tsx.InsertJSXChild(table, -1, route.Print(column(table)+2))...), nil
}

// element is the route with a tag and the name of its page.
func (r Route) element(tag, name string) Element {
	page := r.Page.element(name)
	return Element{Name: tag, Attrs: []Attr{{Name: "path", Value: `"` + r.Path + `"`}, {Name: "element", Element: &page}}}
}

// Manual is the step by which a person adds the route to a table of routes.
func (r Route) Manual(where string) string {
	return Manual(where, r.element("Route", r.Page.local()).String(), r.Page.Ref)
}

// importedAs reports whether a name, also one with the namespace that it is imported in before
// it, is an import of an export with the given name.
func (f File) importedAs(local, export string) bool {
	if namespace, member, ok := strings.Cut(local, "."); ok {
		_, spec, ok := tsx.LookupImport(f.Tree, namespace)
		return ok && spec.Namespace && member == export
	}
	_, spec, ok := tsx.LookupImport(f.Tree, local)
	return ok && spec.Name == export
}
