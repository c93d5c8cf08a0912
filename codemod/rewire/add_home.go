package rewire

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// homePlugin is the package of the home page.
const homePlugin = "@backstage/plugin-home"

// isHome reports whether an element is a component of the home plugin.
func (f File) isHome(el tsx.Node) bool {
	name, _, _ := strings.Cut(tsx.JSXName(el), ".")
	d, _, ok := tsx.LookupImport(f.Tree, name)
	return ok && (d.Module == homePlugin || strings.HasPrefix(d.Module, homePlugin+"/"))
}

// AddHomeWidget adds a widget to a home page at a wiring.HomeGridMount, as the last child: as it is
// to a CustomHomepageGrid, in a copy of its siblings' grid item to a grid container.
func AddHomeWidget(f File, m wiring.Mount, c Component) ([]text.Edit, error) {
	in := f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
	if !in.Ok() {
		return nil, f.stale(m)
	}
	edits, locals := f.addImports(c.Ref)
	el := c.element(locals[0])
	if !f.isHome(in) {
		el = f.wrap(in, []Attr{{Name: "xs", Value: "{12}"}, {Name: "md", Value: "{6}"}}, el)
	}
	return append(edits, insertLast(in, lastTab(in), el)...), nil
}
