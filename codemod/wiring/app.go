package wiring

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/internal/jsrun"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/workspace"
)

// observeApp observes a frontend.
func (o *observer) observeApp(a *workspace.App) {
	if a.Entry == "" {
		return
	}
	o.run(a.Entry, func(o *observer) {
		o.walkRoots()
		for _, c := range o.s.Calls { // grows while components are rendered
			if name := exportName(c.Callee); strings.HasPrefix(name, "create") && strings.HasSuffix(name, "App") || name == "prepareSpecializedApp" {
				o.createApp(c)
			}
		}
		o.extensions()
		o.signIn()
		for _, file := range o.s.Bundle.Files() {
			o.styles(file)
		}
	})
	if a.System == workspace.Legacy && !o.has(RoutesMount) {
		o.unseen(a.Entry)
	}
	o.discovered(a)
}

func (o *observer) has(kind MountKind) bool {
	return slices.ContainsFunc(o.mounts, func(m *Mount) bool { return m.Kind == kind })
}

// unseen reads an app from its source text that ran to its end without coming to its routes.
func (o *observer) unseen(entry string) {
	before := len(o.mounts)
	o.plain(entry)
	if len(o.mounts) > before {
		o.problem(jsrun.Problem{File: entry, Offset: -1, Message: "the app does not come to its routes without a backend"})
	}
}

// exportName is the name of the export that a call's callee is, "" for anything else.
func exportName(st *jsrun.Stub) string {
	if !pure(st) {
		return ""
	}
	ref, ok := refOf(st)
	if !ok {
		return ""
	}
	return ref.last()
}

// walkRoots walks everything that the app shows: what is given to React, to createRoot of an app,
// and to the helpers that put legacy elements into a new app.
func (o *observer) walkRoots() {
	o.roots = map[any]bool{}
	for i := 0; i < len(o.s.Calls); i++ { // grows while components are rendered
		c := o.s.Calls[i]
		switch name := exportName(c.Callee); {
		case name == "convertLegacyAppRoot" || name == "convertLegacyApp" || name == "compatWrapper":
			for _, a := range c.Args {
				o.walk(a, where{})
			}
			continue
		case name == "hydrate" || name == "hydrateRoot" || name == "render":
		case c.Callee.Op != jsrun.Prop:
			continue
		}
		switch c.Callee.Name {
		case "render", "hydrate", "hydrateRoot", "createRoot":
			for _, a := range c.Args {
				if k := a.Kind(); k == jsrun.ElementKind || k == jsrun.Array {
					if p := o.rootMount(a); p.ok() && c.Callee.Name == "createRoot" {
						o.mount(AppRootMount, p, "", false)
					}
					o.walk(a, where{})
					o.roots[a.Identity()] = true
				}
			}
		}
	}
	if len(o.facts) == 0 {
		o.walk(o.s.Exports.Get("default"), where{})
	}
	if len(o.mounts) == 0 {
		o.walkLater()
	}
}

// walkLater looks into what components get to show later, for apps whose root is loaded by a
// component that waits for something first.
func (o *observer) walkLater() {
	for i := 0; i < len(o.s.Elements) && i < 200; i++ {
		props := o.s.Elements[i].Props
		for _, name := range props.Keys() {
			v := props.Get(name)
			if v.Kind() != jsrun.Function || v.Class() || strings.HasPrefix(name, "on") || name == "children" {
				continue
			}
			got, ok := v.Call(o.s.Unknown("argument"))
			if !ok {
				continue
			}
			if d := got.Get("default"); got.Kind() == jsrun.Object && d.Kind() == jsrun.Function {
				for _, shown := range d.Render(o.s.Unknown("props")) {
					o.walk(shown, where{})
				}
			}
		}
	}
}

func (o *observer) rootMount(v jsrun.Value) place {
	if e := v.Element(); e != nil {
		return o.element(e)
	}
	return place{}
}

// createApp reads the options of createApp.
func (o *observer) createApp(c *jsrun.Call) {
	at := o.call(c)
	options := place{at.file, tsx.Node{}}
	if args := tsx.Arguments(at.node); len(args) > 0 {
		options = o.deref(place{at.file, args[0]})
		if !options.node.Is(tsx.KindObject) {
			options = place{at.file, tsx.Node{}}
		}
	}
	if options.ok() {
		o.mount(CreateAppMount, options, "", false)
	} else {
		o.mount(CreateAppMount, at, "", false)
	}
	if len(c.Args) == 0 {
		return
	}
	opts := c.Args[0]
	components := opts.Get("components")
	for _, name := range components.Keys() {
		for _, fn := range alternatives(components.Get(name)) {
			o.walkComponent(fn, where{area: inPage})
		}
	}
	o.list(opts, options, "plugins", func(v jsrun.Value, p place, cond bool) {
		if refs := o.refsOf(v); len(refs) > 0 {
			o.add(Fact{Kind: Plugin, Name: refs[0].last(), Refs: refs}, p, cond)
		}
	})
	if array := o.list(opts, options, "apis", o.api); array.ok() {
		o.mount(APIsMount, array, "", false)
	}
	if array := o.list(opts, options, "features", o.feature); array.ok() {
		o.mount(FeaturesMount, array, "", false)
	}
	o.bindings(opts.Get("bindRoutes"))
}

// alternatives are the values that a value can have.
func alternatives(v jsrun.Value) []jsrun.Value {
	if v.Choice() {
		return v.Items()
	}
	return []jsrun.Value{v}
}

// list visits the items of an array among options, each with its place, and returns the array.
func (o *observer) list(opts jsrun.Value, options place, name string, visit func(jsrun.Value, place, bool)) place {
	value := opts.Get(name)
	array := place{}
	if options.ok() {
		array = o.deref(options.child(name))
	}
	items := value.Items()
	if !array.node.Is(tsx.KindArray) {
		fallback := array
		if !fallback.ok() {
			fallback = options
		}
		for _, item := range items {
			visit(item, fallback, isCondition(fallback.node))
		}
		return place{}
	}
	nodes := aligned(array.node, len(items))
	for i, item := range items {
		if alts := item.Items(); item.Choice() {
			for _, alt := range alts {
				visit(alt, place{array.file, nodes[i]}, true)
			}
			continue
		}
		visit(item, place{array.file, nodes[i]}, o.conditionalSpread(place{array.file, nodes[i]}))
	}
	return array
}

// conditionalSpread reports whether an item is one of a list that is spread under a condition.
func (o *observer) conditionalSpread(p place) bool {
	return p.node.Is(tsx.KindSpreadElement) && isCondition(o.deref(place{p.file, p.node.NamedChild(0)}).node)
}

func isCondition(n tsx.Node) bool {
	return n.Is(tsx.KindTernaryExpression, tsx.KindBinaryExpression)
}

// api records an api factory.
func (o *observer) api(v jsrun.Value, p place, cond bool) {
	refs := o.refsOf(v)
	if len(refs) == 0 {
		return
	}
	name := refs[0].last()
	if st := v.Stub(); st != nil && st.Call != nil && len(st.Call.Args) > 0 {
		of := st.Call.Args[0]
		if of.Kind() != jsrun.StubKind {
			of = of.Get("api")
		}
		if factory := st.Call.Args[0].Get("factory"); factory.Kind() == jsrun.Function {
			if made, ok := factory.Try(o.s.Unknown("deps")); ok {
				refs = append(refs, o.refsOf(made)...)
			}
		}
		if ref, ok := refOf(of.Stub()); ok && pure(of.Stub()) {
			name = ref.last()
			refs = append([]Ref{ref}, slices.DeleteFunc(refs, func(r Ref) bool { return r == ref })...)
		} else if own := of.Stub(); own != nil && own.Call != nil && len(own.Call.Args) > 0 {
			if id, ok := own.Call.Args[0].Get("id").Text(); ok {
				name = id
			}
		}
	}
	if at := o.deref(p); at.node.Is(tsx.KindCallExpression) && p.node.Is(tsx.KindIdentifier) {
		p = at
	}
	o.add(Fact{Kind: API, Name: name, Refs: refs}, p, cond)
}

// styles records the style sheets of packages that a file of the app imports.
func (o *observer) styles(file string) {
	src, err := fs.ReadFile(o.ws.FS, file)
	if err != nil || !bytes.Contains(src, []byte(".css")) {
		return
	}
	tree := o.tree(file)
	if tree == nil {
		return
	}
	for _, d := range tsx.Imports(tree) {
		if d.SideEffect && strings.HasSuffix(d.Module, ".css") && !strings.HasPrefix(d.Module, ".") {
			o.add(Fact{Kind: CSSImport, Name: d.Module, Refs: []Ref{{Module: d.Module}}}, place{file, d.Node}, false)
		}
	}
}

// bindings records what bindRoutes binds.
func (o *observer) bindings(fn jsrun.Value) {
	if fn.Kind() != jsrun.Function {
		return
	}
	bind := o.s.Unknown("bind")
	before := len(o.s.Calls)
	fn.Call(o.s.Object(map[string]jsrun.Value{"bind": bind}))
	for _, c := range o.s.Calls[before:] {
		if c.Callee != bind.Stub() || len(c.Args) < 2 {
			continue
		}
		at := o.call(c)
		external, _ := refOf(c.Args[0].Stub())
		from, _, _ := strings.Cut(external.Export, ".")
		object := tsx.Node{}
		if args := tsx.Arguments(at.node); len(args) > 1 {
			object = tsx.Unwrap(args[1])
		}
		for _, key := range c.Args[1].Keys() {
			f := Fact{Kind: RouteBinding, Name: from + "." + key, Refs: []Ref{external}}
			if target, ok := refOf(c.Args[1].Get(key).Stub()); ok {
				f.Refs = append(f.Refs, target)
			}
			p := at
			if prop := tsx.Property(object, key); prop.Ok() {
				p.node = prop
			}
			o.add(f, p, false)
		}
	}
}

// signIn records the sign-in pages that were made, and their providers: those of Backstage, and
// those that are given providers in their source as Backstage's are.
func (o *observer) signIn() {
	seen := map[any]bool{} // lists of providers, which pages pass on
	for _, e := range o.s.Elements {
		c := componentOf(e.Type)
		if c.is("SignInPage", "ProxiedSignInPage") {
			o.signInPage(c.name(), o.element(e), e.Props, seen)
			continue
		}
		name := c.ref.last()
		if c.local.Kind() == jsrun.Function {
			name = c.local.FuncName()
		}
		if at := o.element(e); strings.Contains(strings.ToLower(name), "signin") && signsIn(e.Props) && (at.child("providers").ok() || at.child("provider").ok()) {
			o.signInPage(name, at, e.Props, seen)
		}
	}
	for _, c := range o.s.Calls { // SignInPage(props) in place of <SignInPage {...props} />
		if name := exportName(c.Callee); (name == "SignInPage" || name == "ProxiedSignInPage") && len(c.Args) > 0 && signsIn(c.Args[0]) {
			at := o.call(c)
			if args := tsx.Arguments(at.node); len(args) > 0 {
				at = o.deref(place{at.file, args[0]})
			}
			o.signInPage(name, at, c.Args[0], seen)
		}
	}
}

// signsIn reports whether props have providers as sign-in pages have them.
func signsIn(props jsrun.Value) bool {
	return slices.ContainsFunc(append(props.Get("providers").Items(), props.Get("provider")), func(v jsrun.Value) bool {
		name, ok := v.Plain()
		return ok && name != "" || v.Kind() == jsrun.Object && v.Get("apiRef").Kind() != jsrun.Undefined
	})
}

func (o *observer) signInPage(name string, at place, props jsrun.Value, seen map[any]bool) {
	if !at.node.Is(tsx.KindObject) {
		o.mount(SignInPageMount, at, name, false)
	}
	if single := props.Get("provider"); single.Kind() != jsrun.Undefined {
		o.provider(single, at.orSelf("provider"), false)
	}
	providers := props.Get("providers")
	array := o.deref(at.child("providers"))
	again := providers.Identity() != nil && seen[providers.Identity()]
	seen[providers.Identity()] = true
	if !array.node.Is(tsx.KindArray) {
		if again {
			return
		}
		for _, item := range providers.Items() {
			o.provider(item, at, false)
		}
		return
	}
	o.mount(SignInMount, array, "", false)
	items := providers.Items()
	for i, n := range aligned(array.node, len(items)) {
		o.provider(items[i], place{array.file, n}, false)
	}
}

// orSelf is the value of an attribute of the element at p, or p if it has none.
func (p place) orSelf(name string) place {
	if v := p.child(name); v.ok() {
		return v
	}
	return p
}

func (o *observer) provider(v jsrun.Value, p place, cond bool) {
	f := Fact{Kind: SignInProvider}
	if id, ok := v.Text(); ok {
		f.Name = id
	} else {
		f.Name, _ = v.Get("id").Text()
		f.Title, _ = v.Get("title").Text()
		f.Refs = o.refsOf(v.Get("apiRef"))
		if f.Name == "" && len(f.Refs) > 0 {
			f.Name = f.Refs[0].last()
		}
	}
	if f.Name == "" {
		if f.Refs = o.refsOf(v); len(f.Refs) == 0 {
			return
		}
		f.Name = f.Refs[0].last()
	}
	o.add(f, p, cond)
}
