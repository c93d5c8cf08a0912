package wiring

import (
	"github.com/batten-dev/batten/codemod/internal/jsrun"
	"github.com/batten-dev/batten/codemod/tsx"
)

// sidebar is a Sidebar element and the items that were found directly in it.
type sidebar struct {
	element    *jsrun.Element
	containers []place // of each item, its container in the source
}

// group is a SidebarGroup and what was found in it.
type group struct {
	element    *jsrun.Element
	label      string
	containers []place
}

// decoration are components of a sidebar that lead nowhere.
var decoration = []string{
	"SidebarDivider", "SidebarSpace", "SidebarSpacer", "SidebarScrollWrapper", "SidebarIntro", "SidebarExpandButton", "Link",
	"NavLink", "SidebarLogo", "SidebarSubmenu", "Fragment", "Divider",
}

func (o *observer) enterSidebar(e *jsrun.Element, w where) {
	w.area, w.sidebar, w.group = inSidebar, &sidebar{element: e}, nil
	o.children(e, w)
	at := o.element(e)
	if most := mostFrequent(w.sidebar.containers); most.ok() && !at.ok() {
		at = most
	}
	o.mount(SidebarMount, at, "", w.cond)
}

func (o *observer) walkSidebar(e *jsrun.Element, c component, w where) {
	switch {
	case c.is("SidebarGroup"):
		label, _ := o.textProp(e, "label")
		g := &group{element: e, label: label}
		inner := w
		inner.group = g
		o.children(e, inner)
		at := o.element(e)
		if most := mostFrequent(g.containers); most.node.Is(tsx.KindArray) || most.file == at.file && at.node.Span().Contains(most.node.Span()) {
			at = most
		}
		o.mount(SidebarGroupMount, at, label, w.cond)
		return
	case c.is(decoration...) || c.layout() || c.ref.Module == "":
		o.children(e, w)
		return
	case c.is("FeatureFlagged"):
		w.cond = true
		o.children(e, w)
		return
	case c.gate():
		o.children(e, w)
		return
	}
	to, isItem := o.textProp(e, "to")
	if _, known := e.Props.Get("to").Plain(); isItem && !known {
		w.cond = true // one for each of a list that is not known
	}
	kids := e.Children()
	if !isItem && len(kids) > 0 && !c.is("SidebarItem", "SidebarSubmenuItem") {
		o.children(e, w) // a wrapper
		return
	}
	f := Fact{Kind: SidebarItem, Name: to, Refs: append([]Ref{c.ref}, o.refsOf(e.Props.Get("icon"))...)}
	f.Title, _ = o.textProp(e, "text")
	if f.Title == "" {
		f.Title, _ = o.textProp(e, "title")
	}
	if !isItem {
		if f.Name = c.ref.last(); c.is("SidebarItem", "SidebarSubmenuItem") && f.Title != "" {
			f.Name = f.Title
		}
	}
	if w.group != nil {
		f.In = w.group.label
	}
	at := o.element(e)
	o.add(f, at, w.cond)
	o.contained(at, w)
	o.children(e, w)
}

// contained notes the container of an item in the source: the nearest element or array.
func (o *observer) contained(at place, w where) {
	if !at.ok() {
		return
	}
	for p := at.node.Parent(); p.Ok(); p = p.Parent() {
		if p.Is(tsx.KindJsxElement, tsx.KindArray) {
			if tsx.IsJSXElement(p) && len(tsx.JSXChildren(p)) == 1 && !tsx.IsJSXFragment(p) && !isGroup(p) {
				continue // a wrapper around this one item
			}
			if c := (place{at.file, p}); w.group != nil {
				w.group.containers = append(w.group.containers, c)
			} else if w.sidebar != nil {
				w.sidebar.containers = append(w.sidebar.containers, c)
			}
			return
		}
	}
}

func isGroup(el tsx.Node) bool {
	switch tsx.JSXName(el) {
	case "SidebarGroup", "Sidebar", "SidebarScrollWrapper":
		return true
	}
	return false
}

// mostFrequent is the place that occurs most often, the first of several.
func mostFrequent(places []place) place {
	count := map[place]int{}
	var best place
	for _, p := range places {
		count[p]++
	}
	for _, p := range places {
		if count[p] > count[best] {
			best = p
		}
	}
	return best
}

// textProp is a text attribute: its value if that is known, else its source.
func (o *observer) textProp(e *jsrun.Element, name string) (string, bool) {
	v := e.Props.Get(name)
	if s, ok := v.Plain(); ok {
		return s, true
	}
	if v.Kind() == jsrun.Undefined || v.Kind() == jsrun.Null {
		return "", false
	}
	if src := o.element(e).child(name); src.ok() {
		return src.node.Text(), true
	}
	return "", false
}

// moveToUse gives the one item that a component of the app makes the place where the
// component is used.
func (o *observer) moveToUse(made []*Fact, e *jsrun.Element) {
	if len(made) != 1 || made[0].Kind != SidebarItem {
		return
	}
	f := made[0]
	at := o.element(e)
	if !at.ok() || at.file == f.File && at.node.Span().Contains(f.Span) {
		return
	}
	delete(o.byKey, f.key())
	f.File, f.Span = at.file, at.node.Span()
	f.Conditional = f.Conditional || conditional(at.node)
	key := f.key()
	if o.byKey[key] != nil { // moved here before
		o.facts = o.facts[:len(o.facts)-1]
		return
	}
	o.byKey[key] = f
}
