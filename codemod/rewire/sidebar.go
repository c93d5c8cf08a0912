package rewire

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// coreComponents is the package of the sidebar's and the sign-in page's components.
const coreComponents = "@backstage/core-components"

// SidebarItem is a link in the sidebar: `<SidebarItem icon={Icon} to="x" text="X" />`.
type SidebarItem struct {
	To   string // without a leading slash
	Text string
	Icon Ref
}

// isNested reports whether an element is an item or a submenu of one, which no item may be in.
func (f File) isNested(el tsx.Node) bool {
	name := tsx.JSXName(el)
	return f.importedAs(name, "SidebarItem") || f.importedAs(name, "SidebarSubmenu") || f.importedAs(name, "SidebarSubmenuItem")
}

// AddSidebarItem adds an item to the group, bar or array at a mount, or what is around a submenu:
// after its last SidebarItem, else at the end. Where the other items' links begin with a slash, so does the new one's.
func AddSidebarItem(f File, m wiring.Mount, s SidebarItem) ([]text.Edit, error) {
	place := f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement, tsx.KindArray)
	if !place.Ok() {
		return nil, f.stale(m)
	}
	for f.isNested(place) {
		place = tsx.EnclosingJSX(place)
	}
	if !place.Ok() {
		return nil, f.stale(m)
	}
	children := tsx.JSXChildren(place)
	if place.Is(tsx.KindArray) {
		children = tsx.Elements(place)
	}
	var last tsx.Node
	rooted := 0
	for _, c := range children {
		if to, ok := tsx.AttributeString(tsx.JSXAttribute(c, "to")); ok && f.importedAs(tsx.JSXName(c), "SidebarItem") {
			last = c
			if strings.HasPrefix(to, "/") {
				rooted++
			} else {
				rooted--
			}
		}
	}
	to := s.To
	if rooted > 0 {
		to = "/" + to
	}
	edits, locals := f.addImports(Ref{Module: coreComponents, Export: "SidebarItem"}, s.Icon)
	item := Element{Name: locals[0], Attrs: []Attr{
		{Name: "icon", Value: "{" + locals[1] + "}"},
		{Name: "to", Value: `"` + to + `"`},
		{Name: "text", Value: `"` + s.Text + `"`},
	}}
	if place.Is(tsx.KindArray) {
		return append(edits, tsx.InsertArrayElement(place, -1, item.Print(column(place)+2))...), nil
	}
	if last.Ok() {
		return append(edits, tsx.InsertJSXAfter(last, item.Print(column(last)))...), nil
	}
	return append(edits, tsx.InsertJSXChild(place, -1, item.Print(column(place)+2))...), nil
}
