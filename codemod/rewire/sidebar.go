package rewire

import (
	"slices"
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
// after its last SidebarItem, else at the end. Where the other items' links begin with a slash, so
// does the new one's; where those of an array have keys, it has one.
func AddSidebarItem(f File, m wiring.Mount, s SidebarItem) ([]text.Edit, error) {
	place, items := f.sidebarItems(m)
	if !place.Ok() {
		return nil, f.stale(m)
	}
	rooted := 0
	for _, item := range items {
		if to, _ := tsx.AttributeString(tsx.JSXAttribute(item, "to")); strings.HasPrefix(to, "/") {
			rooted++
		} else {
			rooted--
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
	return append(edits, addItem(place, items, item, s.To)...), nil
}

// AddSidebarComponent adds a plugin's own item (`<XSidebarItem />`) where AddSidebarItem would.
func AddSidebarComponent(f File, m wiring.Mount, c Component) ([]text.Edit, error) {
	place, items := f.sidebarItems(m)
	if !place.Ok() {
		return nil, f.stale(m)
	}
	edits, locals := f.addImports(c.Ref)
	return append(edits, addItem(place, items, c.element(locals[0]), c.local())...), nil
}

// sidebarItems is the element or array that a new item goes into, and the SidebarItems with a
// link in it; no node if the mount is stale.
func (f File) sidebarItems(m wiring.Mount) (place tsx.Node, items []tsx.Node) {
	place = f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement, tsx.KindArray)
	for f.isNested(place) {
		place = tsx.EnclosingJSX(place)
	}
	children := tsx.JSXChildren(place)
	if place.Is(tsx.KindArray) {
		children = tsx.Elements(place)
	}
	for _, c := range children {
		if f.importedAs(tsx.JSXName(c), "SidebarItem") && tsx.JSXAttribute(c, "to").Ok() {
			items = append(items, c)
		}
	}
	return place, items
}

// addItem adds an item after the last of some, else at the end; to an array at its end, with a
// key if another element there has one.
func addItem(place tsx.Node, items []tsx.Node, item Element, key string) []text.Edit {
	switch {
	case place.Is(tsx.KindArray):
		if slices.ContainsFunc(tsx.Elements(place), func(el tsx.Node) bool { return tsx.JSXAttribute(el, "key").Ok() }) {
			item.Attrs = append([]Attr{{Name: "key", Value: `"` + key + `"`}}, item.Attrs...)
		}
		return tsx.InsertArrayElement(place, -1, item.Print(column(place)+2))
	case len(items) > 0:
		last := items[len(items)-1]
		return tsx.InsertJSXAfter(last, item.Print(column(last)))
	}
	return tsx.InsertJSXChild(place, -1, item.Print(column(place)+2))
}
