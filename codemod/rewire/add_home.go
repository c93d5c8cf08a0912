package rewire

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// homePlugin is the package of the home page.
const homePlugin = "@backstage/plugin-home"

// HomeGrids are the elements of a file that hold the widgets of a home page, in source order: the
// CustomHomepageGrid elements, else the grid containers of which an item holds a component of
// the home plugin.
func HomeGrids(f File) []text.Span {
	var grids, custom []text.Span
	for n := range f.Tree.Root().Descendants() {
		switch {
		case !tsx.IsJSXElement(n):
		case f.isHome(n) && f.importedAs(tsx.JSXName(n), "CustomHomepageGrid"):
			custom = append(custom, n.Span())
		case tsx.JSXAttribute(n, "container").Ok() && f.holdsWidget(n):
			grids = append(grids, n.Span())
		}
	}
	if len(custom) > 0 {
		return custom
	}
	return grids
}

// isHome reports whether an element is a component of the home plugin.
func (f File) isHome(el tsx.Node) bool {
	name, _, _ := strings.Cut(tsx.JSXName(el), ".")
	d, _, ok := tsx.LookupImport(f.Tree, name)
	return ok && (d.Module == homePlugin || strings.HasPrefix(d.Module, homePlugin+"/"))
}

// holdsWidget reports whether a child of a container is a wrapper around a component of the
// home plugin.
func (f File) holdsWidget(container tsx.Node) bool {
	for _, item := range tsx.JSXElements(container) {
		if children := tsx.JSXChildren(item); isCardWrapper(item) && len(children) == 1 && f.isHome(children[0]) {
			return true
		}
	}
	return false
}

// AddHomeWidget adds a widget to one of the HomeGrids of a file, as the last child: as it is to a
// CustomHomepageGrid, in a copy of its siblings' grid item to a grid container.
func AddHomeWidget(f File, grid text.Span, c Component) ([]text.Edit, error) {
	in := f.at(grid, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
	if !in.Ok() {
		return nil, f.stale(wiring.Mount{Kind: "home-grid", Span: grid})
	}
	edits, locals := f.addImports(c.Ref)
	el := c.element(locals[0])
	if !f.isHome(in) {
		el = f.wrap(in, []Attr{{Name: "xs", Value: "{12}"}, {Name: "md", Value: "{6}"}}, el)
	}
	return append(edits, insertLast(in, lastTab(in), el)...), nil
}
