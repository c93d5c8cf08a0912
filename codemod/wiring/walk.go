package wiring

import (
	"path"
	"strings"

	"github.com/batten-dev/batten/codemod/internal/jsrun"
)

// area says what part of the app the walk is in.
type area uint8

const (
	inRoot    area = iota // around everything
	inSidebar             // inside Sidebar
	inRoutes              // among the children of FlatRoutes
	inPage                // inside a page: what hangs in it is looked for
	inEntity              // in an entity page, above the layout
	inLayout              // among the children of an EntityLayout
	inTab                 // inside a tab
)

// where is the place of the walk in the app.
type where struct {
	area  area
	cond  bool
	depth int
	calls []any            // identities of the components being rendered, against endless recursion
	uses  []*jsrun.Element // of components of the app, around what is walked in an entity page or a tab, outermost first

	route string // path of the innermost route

	sidebar *sidebar
	group   *group

	page   string // entity page
	layout *layout
	tab    *tab
}

const (
	maxDepth = 150
	maxSteps = 200_000
	maxNest  = 3 // a component inside itself
)

// walk looks at a value that is shown at a place of the app.
func (o *observer) walk(v jsrun.Value, w where) {
	if o.steps++; w.depth > maxDepth || o.steps > maxSteps {
		return
	}
	w.depth++
	switch v.Kind() {
	case jsrun.Array:
		w.cond = w.cond || v.Choice()
		for _, item := range v.Items() {
			o.walk(item, w)
		}
	case jsrun.ElementKind:
		o.walkElement(v.Element(), w)
	case jsrun.StubKind:
		o.walkMade(v.Stub(), w)
	case jsrun.Function: // children that are a function
		if got, ok := v.Call(o.s.Unknown("argument")); ok {
			o.walk(got, w)
		}
	}
}

// walkMade looks at what a package was given to make a value of.
func (o *observer) walkMade(st *jsrun.Stub, w where) {
	for ; st != nil; st = st.Base {
		if st.Call == nil {
			continue
		}
		for _, a := range st.Call.Args {
			switch a.Kind() {
			case jsrun.ElementKind, jsrun.Array:
				o.walk(a, w)
			case jsrun.StubKind:
				if w.depth < maxDepth && holdsElement(a.Stub()) {
					w := w
					w.depth++
					o.walkMade(a.Stub(), w)
				}
			}
		}
	}
}

func (o *observer) walkElement(e *jsrun.Element, w where) {
	c := componentOf(e.Type)
	if c.local.Kind() == jsrun.Function {
		o.walkLocal(c.local, e, w)
		return
	}
	for _, alt := range c.alts {
		copied := *e
		copied.Type = alt
		w := w
		w.cond = true
		o.walkElement(&copied, w)
	}
	if c.ref.Module == "" && len(c.args) > 0 {
		if o.walkHOC(c.args, e, w) {
			return
		}
	}
	switch w.area {
	case inRoot:
		o.walkRoot(e, c, w)
	case inSidebar:
		o.walkSidebar(e, c, w)
	case inRoutes:
		o.walkRoutes(e, c, w)
	case inPage:
		o.walkPage(e, c, w)
	case inEntity:
		o.walkEntity(e, c, w)
	case inLayout:
		o.walkLayout(e, c, w)
	case inTab:
		o.walkTab(e, c, w)
	}
}

// walkComponent walks what a component shows that something is given: one of the app, or one that a
// package made of one of the app's.
func (o *observer) walkComponent(v jsrun.Value, w where) {
	if v.Kind() == jsrun.StubKind {
		o.walkElement(&jsrun.Element{Type: v, Props: o.s.Unknown("props"), Offset: -1}, w)
		return
	}
	for _, got := range v.Render(o.s.Unknown("props")) {
		o.walk(got, w)
	}
}

// walkLocal renders a component of the app.
func (o *observer) walkLocal(fn jsrun.Value, e *jsrun.Element, w where) {
	id, nested := fn.Identity(), 0
	for _, c := range w.calls {
		if c == id {
			nested++
		}
	}
	if nested >= maxNest {
		return
	}
	w.calls = append(w.calls[:len(w.calls):len(w.calls)], id)
	switch w.area {
	case inEntity, inLayout, inTab:
		w.uses = append(w.uses[:len(w.uses):len(w.uses)], e)
	}
	before := len(o.facts)
	var ways []jsrun.Value
	for _, got := range fn.Render(e.Props) {
		if len(jsrun.Flatten(got)) > 0 {
			ways = append(ways, got)
		}
	}
	seen := map[*Fact]int{} // in how many ways
	outer := o.touched
	for _, got := range ways {
		o.touched = map[*Fact]bool{}
		o.walk(got, w)
		for f := range o.touched {
			seen[f]++
			if outer != nil {
				outer[f] = true
			}
		}
	}
	o.touched = outer
	for _, f := range o.facts[min(before, len(o.facts)):] {
		f.Conditional = f.Conditional || seen[f] < len(ways)
	}
	if w.area == inSidebar && before <= len(o.facts) {
		o.moveToUse(o.facts[before:], e)
	}
}

// walkHOC walks a component that a package made of one of the app's. It reports whether it
// found one.
func (o *observer) walkHOC(args []jsrun.Value, e *jsrun.Element, w where) bool {
	found := false
	for _, a := range args {
		if w.area == inRoot && o.roots[a.Identity()] {
			found = true // walked already
			continue
		}
		switch a.Kind() {
		case jsrun.Function:
			o.walkLocal(a, e, w)
			found = true
		case jsrun.ElementKind:
			o.walk(a, w)
			found = true
		}
	}
	return found
}

// children walks an element's children.
func (o *observer) children(e *jsrun.Element, w where) { o.walk(e.Props.Get("children"), w) }

// walkRoot walks what is around the routes: providers, the sidebar page, elements at the root.
func (o *observer) walkRoot(e *jsrun.Element, c component, w where) {
	switch {
	case c.is("FlatRoutes", "Routes"):
		o.mount(RoutesMount, o.element(e), "", w.cond)
		w.area = inRoutes
		o.children(e, w)
	case c.is("Sidebar", "DesktopSidebar", "MobileSidebar"):
		o.enterSidebar(e, w)
	case c.is("Route", "Navigate"):
		w.area = inRoutes
		o.walkRoutes(e, c, w)
	case c.is("EntityLayout", "EntitySwitch"):
		w.area = inEntity
		o.walkEntity(e, c, w)
	default:
		if c.is("FeatureFlagged") {
			w.cond = true
		}
		if st := e.Type.Stub(); st != nil && st.Op == jsrun.Result && st.Base.Name == "getProvider" {
			o.mount(AppRootMount, o.element(e), "provider", w.cond)
		}
		if c.ref.Module != "" && !c.layout() && len(e.Children()) == 0 {
			o.add(Fact{Kind: AppRootElement, Name: c.ref.last(), Refs: []Ref{c.ref}}, o.element(e), w.cond)
		}
		o.children(e, w)
		if el := e.Props.Get("element"); el.Kind() == jsrun.ElementKind {
			o.walk(el, w)
		}
	}
}

// walkRoutes walks the children of a route table.
func (o *observer) walkRoutes(e *jsrun.Element, c component, w where) {
	route, hasPath := o.textProp(e, "path")
	if _, known := e.Props.Get("path").Plain(); hasPath && !known {
		w.cond = true // one for each of a list that is not known
	}
	element := e.Props.Get("element")
	if page := element.Element(); page != nil && page.Props.Get("EntityPage").Kind() == jsrun.Function { // before EntityLayout hung in routes
		for _, got := range page.Props.Get("EntityPage").Render(o.s.Unknown("props")) {
			o.walk(got, where{area: inEntity, cond: w.cond})
		}
	}
	switch {
	case c.is("FeatureFlagged"):
		w.cond = true
		o.children(e, w)
		return
	case c.is("FlatRoutes", "Routes"):
		o.mount(RoutesMount, o.element(e), "", w.cond)
		o.children(e, w)
		return
	case c.is("EntitySwitch", "EntityLayout", "EntityPageLayout"):
		w.area, w.page = inEntity, ""
		o.walkEntity(e, c, w)
		return
	case c.is("Navigate"):
		return
	case !hasPath && element.Kind() == jsrun.Undefined && !e.Props.Get("index").Truthy():
		w.area = inPage
		if c.tag != "" || c.layout() || c.gate() {
			w.area = inRoutes
		}
		o.walkPage(e, c, w)
		return
	}
	name := joinPath(w.route, route)
	values := []jsrun.Value{element, e.Props.Get("component"), e.Props.Get("Component")}
	f := Fact{Kind: Route, Name: name, In: w.route, Refs: o.refsOf(values...)}
	if !c.is("Route", "PermissionedRoute") {
		f.Refs = append([]Ref{c.ref}, f.Refs...)
	}
	o.add(f, o.element(e), w.cond)
	w.route = name
	o.children(e, w)
	w.area = inPage
	for _, v := range values {
		o.walk(v, w)
	}
}

// joinPath is the path of a nested route.
func joinPath(parent, child string) string {
	if parent == "" || strings.HasPrefix(child, "/") {
		return child
	}
	if child == "" {
		return parent
	}
	return path.Join(strings.TrimSuffix(parent, "/*"), child)
}

// walkPage looks for what hangs inside a page: addons, extensions, search results, tables of
// routes, and entity pages that hang elsewhere than below the catalog's route.
func (o *observer) walkPage(e *jsrun.Element, c component, w where) {
	kind := Kind("")
	switch {
	case c.is("TechDocsAddons"):
		kind = TechDocsAddon
		o.mount(TechDocsAddonsMount, o.element(e), "", w.cond)
	case c.is("ScaffolderFieldExtensions"):
		kind = FieldExtension
		o.mount(FieldExtMount, o.element(e), "", w.cond)
	case c.is("SearchResult", "SearchResultList"):
		kind = SearchItem
		o.mount(SearchResultMount, o.element(e), "", w.cond)
	case isHomeGrid(e, c):
		kind = HomeWidget
		o.mount(HomeGridMount, o.element(e), c.ref.last(), w.cond)
	case c.is("FlatRoutes", "Routes", "Route"):
		w.area = inRoutes
		o.walkRoutes(e, c, w)
		return
	case c.is("EntitySwitch", "EntityLayout", "EntityPageLayout"):
		w.area = inEntity
		o.walkEntity(e, c, w)
		return
	}
	if kind != "" {
		o.hanging(kind, e, w)
		return
	}
	o.children(e, w)
	for _, name := range []string{"element", "content", "noTabs"} {
		if el := e.Props.Get(name); el.Kind() == jsrun.ElementKind {
			o.walk(el, w)
		}
	}
}

// isHomeGrid reports whether the children of an element are the widgets of a home page: whether
// it is a CustomHomepageGrid, or a grid container an item of which holds a component of the home
// plugin alone.
func isHomeGrid(e *jsrun.Element, c component) bool {
	if c.is("CustomHomepageGrid") {
		return true
	}
	if !c.layout() || !e.Props.Get("container").Truthy() {
		return false
	}
	for _, item := range e.Children() {
		el := item.Element()
		if el == nil || !componentOf(el.Type).layout() {
			continue
		}
		if in := el.Children(); len(in) == 1 && in[0].Element() != nil && isHomeModule(componentOf(in[0].Element().Type).ref.Module) {
			return true
		}
	}
	return false
}

func isHomeModule(module string) bool {
	const home = "@backstage/plugin-home"
	return module == home || strings.HasPrefix(module, home+"/")
}

// hanging records the children of an element as facts of one kind.
func (o *observer) hanging(kind Kind, e *jsrun.Element, w where) {
	for _, child := range e.Children() {
		if child.Kind() == jsrun.Array {
			for _, alt := range child.Items() {
				o.hangingOne(kind, alt, w, true)
			}
			continue
		}
		o.hangingOne(kind, child, w, w.cond)
	}
}

func (o *observer) hangingOne(kind Kind, v jsrun.Value, w where, cond bool) {
	e := v.Element()
	if e == nil {
		return
	}
	c := componentOf(e.Type)
	if c.layout() || c.gate() {
		for _, child := range e.Children() {
			o.hangingOne(kind, child, w, cond)
		}
		return
	}
	refs := o.refsOf(v, e.Props.Get("icon"))
	if len(refs) > 0 {
		o.add(Fact{Kind: kind, Name: refs[0].last(), In: w.route, Refs: refs}, o.element(e), cond)
	}
}
