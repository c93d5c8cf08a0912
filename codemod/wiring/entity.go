package wiring

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/internal/jsrun"
	"github.com/batten-dev/batten/codemod/tsx"
)

// layout is an EntityLayout of one page.
type layout struct {
	element *jsrun.Element
	tabs    []place // of the tabs, in the source
}

// tab is one tab of one page, at one point inside it.
type tab struct {
	path      string
	isCICD    bool
	overview  bool
	container *jsrun.Element // the innermost layout element around
	listing   *jsrun.Element // the innermost one that is a list of cards
	within    int            // uses of components of the app around that
	cond      string         // source of the condition of the case around
	condRefs  []Ref          // and its exports
	inCase    bool           // in an EntitySwitch.Case that is itself a fact
	refs      *[]Ref         // exports of content that is not in a container
	found     *found
}

// found is what was found in a tab so far.
type found struct {
	outermost *jsrun.Element // the first layout element
	lists     map[place]int  // what lists cards in the source, with their number
	order     []place        // of lists
}

// walkEntity walks an entity page above its layout: switches between pages, wrappers.
func (o *observer) walkEntity(e *jsrun.Element, c component, w where) {
	switch {
	case c.is("EntitySwitch"):
		for _, child := range e.Children() {
			o.walkCases(child, w, func(kase *jsrun.Element, w where) {
				pages := o.pages(w.page, kase.Props.Get("if"))
				for _, page := range pages {
					inner := w
					inner.page = page
					o.children(kase, inner)
				}
			})
		}
	case isLayout(e, c):
		l := &layout{element: e}
		w.area, w.layout = inLayout, l
		o.children(e, w)
		at := o.element(e)
		if most := mostFrequent(l.tabs); most.ok() {
			at = most
		}
		if use := shownIn(e, w.uses); use != e && showsChildren(at.node) {
			if p := o.element(use); p.ok() { // a wrapper with tabs of its own beside those of its pages
				at = p
			}
		}
		if w.page == "" {
			w.page = "default"
		}
		o.mount(EntityLayoutMount, at, "", w.cond, w.page)
	case c.is("FeatureFlagged"):
		w.cond = true
		o.children(e, w)
	default:
		o.children(e, w)
	}
}

// isLayout reports whether an element's children are tabs.
func isLayout(e *jsrun.Element, c component) bool {
	if c.is("EntityLayout", "EntityPageLayout") {
		return true
	}
	for _, child := range e.Children() {
		if el := child.Element(); el != nil && isTab(el, componentOf(el.Type)) {
			return true
		}
	}
	return false
}

func isTab(e *jsrun.Element, c component) bool {
	if e.Props.Get("path").Kind() != jsrun.String {
		return false
	}
	return strings.HasSuffix(c.name(), "Layout.Route") || strings.HasSuffix(c.name(), "Layout.Content")
}

// walkCases finds the cases among an EntitySwitch's children.
func (o *observer) walkCases(v jsrun.Value, w where, visit func(*jsrun.Element, where)) {
	if w.depth++; w.depth > maxDepth {
		return
	}
	switch v.Kind() {
	case jsrun.Array:
		w.cond = w.cond || v.Choice()
		for _, item := range v.Items() {
			o.walkCases(item, w, visit)
		}
	case jsrun.ElementKind:
		e := v.Element()
		switch c := componentOf(e.Type); {
		case c.is("EntitySwitch.Case"):
			visit(e, w)
		case c.local.Kind() == jsrun.Function:
			for _, got := range c.local.Render(e.Props) {
				o.walkCases(got, w, visit)
			}
		case c.is("Fragment") || c.gate():
			w.cond = w.cond || c.is("FeatureFlagged")
			for _, child := range e.Children() {
				o.walkCases(child, w, visit)
			}
		}
	}
}

// walkLayout walks the children of a layout.
func (o *observer) walkLayout(e *jsrun.Element, c component, w where) {
	if !isTab(e, c) {
		w.cond = w.cond || c.is("FeatureFlagged")
		o.children(e, w)
		return
	}
	if w.page == "" {
		w.page = "default"
	}
	at := o.element(e)
	for p := at.node.Parent(); p.Ok(); p = p.Parent() {
		if p.Is(tsx.KindJsxElement) && !tsx.IsJSXFragment(p) {
			w.layout.tabs = append(w.layout.tabs, place{at.file, p})
			break
		}
		if p.Is(tsx.KindFunctionDeclaration, tsx.KindVariableDeclarator) {
			break
		}
	}
	tabPath, _ := e.Props.Get("path").Text()
	title, _ := o.textProp(e, "title")
	f := Fact{Kind: EntityTab, Name: tabPath, Title: title, Pages: []string{w.page}}
	var content []Ref
	t := &tab{path: tabPath, refs: &content, found: &found{lists: map[place]int{}}}
	t.isCICD = cicd(tabPath) || cicd(title)
	t.overview = tabPath == "/" || tabPath == "" || strings.EqualFold(title, "overview")
	f.If, f.Refs = o.condition(e)
	inner := w
	inner.area, inner.tab, inner.uses = inTab, t, nil
	o.children(e, inner)
	if el := e.Props.Get("element"); el.Kind() == jsrun.ElementKind {
		o.walk(el, inner)
	}
	f.Refs = append(content, f.Refs...)
	o.add(f, at, w.cond)
	if t.overview {
		var best place
		for _, l := range t.found.order {
			if t.found.lists[l] > t.found.lists[best] {
				best = l
			}
		}
		if !best.ok() && t.found.outermost != nil {
			best = o.element(t.found.outermost)
		}
		o.mount(EntityOverviewMount, best, tabPath, w.cond, w.page)
	}
}

func cicd(s string) bool {
	s = strings.ToLower(strings.Trim(s, "/ "))
	return s == "ci-cd" || s == "ci/cd" || s == "cicd" || s == "ci_cd"
}

// condition is the "if" of a tab or case: its source and the exports that it is made of.
func (o *observer) condition(e *jsrun.Element) (string, []Ref) {
	v := e.Props.Get("if")
	if v.Kind() == jsrun.Undefined {
		return "", nil
	}
	src := ""
	if p := o.element(e).child("if"); p.ok() {
		src = p.node.Text()
	}
	return src, o.predicate(v)
}

// predicate is the exports that a condition is made of. One of the app's own is called to see
// which it calls.
func (o *observer) predicate(v jsrun.Value) []Ref {
	if v.Kind() != jsrun.Function {
		return o.refsOf(v)
	}
	var out []Ref
	for _, st := range o.called(v) {
		if ref, ok := refOf(st); ok && !containsRef(out, ref) {
			out = append(out, ref)
		}
	}
	return out
}

func containsRef(list []Ref, ref Ref) bool {
	for _, r := range list {
		if r == ref {
			return true
		}
	}
	return false
}

// called are the stubs that a predicate of the app calls.
func (o *observer) called(v jsrun.Value) []*jsrun.Stub {
	before := len(o.s.Calls)
	v.Call(o.s.Unknown("entity"), o.s.Unknown("context"))
	var out []*jsrun.Stub
	for _, c := range o.s.Calls[before:] {
		if c.Result != nil {
			out = append(out, c.Result)
		}
	}
	return out
}

// pages are the entity pages that a case shows, given the page of its switch.
func (o *observer) pages(parent string, pred jsrun.Value) []string {
	if pred.Kind() == jsrun.Undefined {
		if parent == "" {
			return []string{"default"}
		}
		return []string{parent}
	}
	var kinds, types []string
	other := ""
	stubs := []*jsrun.Stub{pred.Stub()}
	if pred.Kind() == jsrun.Function {
		stubs = o.called(pred)
	}
	for _, st := range stubs {
		for ; st != nil; st = st.Base {
			ref, ok := refOf(st)
			if !ok {
				break
			}
			name := ref.last()
			if st.Call == nil {
				if st.Op == jsrun.Prop && other == "" {
					other = name
				}
				continue
			}
			args := texts(st.Call.Args)
			switch name {
			case "isKind":
				kinds = append(kinds, args...)
			case "isComponentType":
				kinds, types = append(kinds, "component"), append(types, args...)
			case "isResourceType":
				kinds, types = append(kinds, "resource"), append(types, args...)
			case "isApiType":
				kinds, types = append(kinds, "api"), append(types, args...)
			case "isEntityWith":
				if len(st.Call.Args) > 0 {
					kinds = append(kinds, texts([]jsrun.Value{st.Call.Args[0].Get("kind")})...)
					types = append(types, texts([]jsrun.Value{st.Call.Args[0].Get("type")})...)
				}
			default:
				other = name
			}
		}
	}
	kinds, types = sortedSet(kinds), sortedSet(types)
	switch {
	case len(kinds) > 0 && len(types) > 0:
		var out []string
		for _, k := range kinds {
			for _, t := range types {
				out = append(out, k+":"+t)
			}
		}
		return out
	case len(types) > 0:
		return types
	case len(kinds) > 0:
		return kinds
	}
	if other == "" || other == "isKind" {
		other = "custom"
	}
	if parent != "" {
		return []string{parent + ":" + other}
	}
	return []string{other}
}

// texts are the strings in arguments and lists among them, in lower case.
func texts(values []jsrun.Value) []string {
	var out []string
	for _, v := range values {
		if s, ok := v.Text(); ok {
			out = append(out, strings.ToLower(s))
		}
		out = append(out, texts(v.Items())...)
	}
	return out
}

// walkTab walks the content of a tab.
func (o *observer) walkTab(e *jsrun.Element, c component, w where) {
	t := w.tab
	switch {
	case c.is("EntitySwitch"):
		o.walkTabSwitch(e, w)
		return
	case c.is("FeatureFlagged"):
		w.cond = true
		o.children(e, w)
		return
	case c.layout() || c.ref.Module == "":
		inner := *t
		if !c.is("Fragment") || t.overview && t.container == nil { // an overview may be a fragment of cards
			holder := shownIn(e, w.uses)
			if t.found.outermost == nil {
				t.found.outermost = holder
			}
			inner.container = holder
			if e.Props.Get("container").Truthy() || inner.listing == nil || len(e.Children()) > 1 {
				inner.listing, inner.within = holder, len(w.uses)
			}
		}
		w.tab = &inner
		o.children(e, w)
		return
	}
	if t.container == nil || t.inCase {
		*t.refs = append(*t.refs, o.refsOf(e.Value())...)
		o.lookInside(e, c, w)
		return
	}
	refs := o.refsOf(e.Value())
	name := c.ref.last()
	if c.gate() || c.is("InfoCard") {
		for _, r := range refs[1:] {
			if capital(r.Export) {
				name = r.last()
				break
			}
		}
	}
	f := Fact{Kind: EntityCard, Name: name, In: t.path, Pages: []string{w.page}, If: t.cond, Refs: append(refs, t.condRefs...)}
	f.Title, _ = o.textProp(e, "title")
	o.add(f, o.element(e), w.cond)
	if o.lists == nil {
		o.lists = map[place]bool{}
	}
	listing := o.listingOf(t.listing, e, w.uses[:t.within])
	o.lists[listing] = true
	if t.found.lists[listing] == 0 {
		t.found.order = append(t.found.order, listing)
	}
	t.found.lists[listing]++
	o.lookInside(e, c, w)
}

// shownIn is the element in whose source the children of e are to be found: e, or where a
// component of the app shows what it was given between its tags, the use of that component.
func shownIn(e *jsrun.Element, uses []*jsrun.Element) *jsrun.Element {
	for _, use := range slices.Backward(uses) {
		given, shown := use.Props.Get("children").Identity(), e.Props.Get("children")
		if given != nil && (shown.Identity() == given || slices.ContainsFunc(shown.Items(), func(v jsrun.Value) bool { return v.Identity() == given })) {
			e = use
		}
	}
	return e
}

// listingOf is the element that lists a card in the source. It is the listing, if the card is in
// it there; else the innermost of the uses of components of the app around the listing that has the
// card between its tags; else, if the listing shows what it is given, the innermost element or fragment
// around the card that holds others too; else the listing.
func (o *observer) listingOf(listing, card *jsrun.Element, uses []*jsrun.Element) place {
	list, at := o.element(listing), o.element(card)
	holds := func(p place) bool {
		return p.ok() && at.ok() && p.file == at.file && p.node != at.node && p.node.Span().Contains(at.node.Span())
	}
	if holds(list) {
		return list
	}
	for _, use := range slices.Backward(uses) {
		if p := o.element(use); holds(p) {
			return p
		}
	}
	if !showsChildren(list.node) {
		return list
	}
	for n := tsx.EnclosingJSX(at.node); n.Ok(); n = tsx.EnclosingJSX(n) {
		if len(tsx.JSXChildren(n)) > 1 && !strings.HasPrefix(tsx.JSXName(n), "EntitySwitch") {
			return place{at.file, n}
		}
	}
	return list
}

// showsChildren reports whether the children of an element are those that its component, or the
// function that makes it, was given.
func showsChildren(el tsx.Node) bool {
	return slices.ContainsFunc(tsx.JSXChildren(el), func(n tsx.Node) bool {
		shown := tsx.Unwrap(tsx.JSXInner(n))
		return shown.Text() == "children" || shown.Is(tsx.KindMemberExpression) && shown.Field(tsx.FieldProperty).Text() == "children"
	})
}

// lookInside looks for addons below a tab's content, as in the documentation tab.
func (o *observer) lookInside(e *jsrun.Element, c component, w where) {
	w.area, w.route = inPage, w.tab.path
	o.walkPage(e, c, w)
}

// walkTabSwitch walks an EntitySwitch inside a tab: as the tab's content its cases are facts;
// inside a container it puts a condition on cards.
func (o *observer) walkTabSwitch(e *jsrun.Element, w where) {
	t := w.tab
	facts := t.container == nil && !t.inCase
	if facts && t.isCICD {
		o.mount(EntityCICDMount, o.element(e), t.path, w.cond, w.page)
	}
	for _, child := range e.Children() {
		o.walkCases(child, w, func(kase *jsrun.Element, w where) {
			cond, refs := o.condition(kase)
			inner := *t
			if !facts {
				inner.cond, inner.condRefs = joinCond(t.cond, cond), append(refs, t.condRefs...)
				w.tab = &inner
				o.children(kase, w)
				return
			}
			var content []Ref
			inner.refs, inner.inCase = &content, true
			w.tab = &inner
			o.children(kase, w)
			name := "default"
			if cond != "" && len(content) > 0 {
				name = content[0].last()
			} else if cond != "" {
				name = cond
			}
			f := Fact{Kind: EntityCase, Name: name, In: t.path, If: cond, Pages: []string{w.page}, Refs: append(content, refs...)}
			o.add(f, o.element(kase), w.cond)
		})
	}
}

func joinCond(outer, inner string) string {
	if outer == "" || inner == "" {
		return outer + inner
	}
	return outer + " && " + inner
}
