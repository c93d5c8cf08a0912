package wiring

import (
	"strings"

	"github.com/batten-dev/batten/codemod/internal/jsrun"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/workspace"
)

// feature records an entry of a new frontend's features.
func (o *observer) feature(v jsrun.Value, p place, cond bool) {
	if v.Kind() == jsrun.Array {
		for _, item := range v.Items() {
			o.feature(item, p, cond || v.Choice())
		}
		return
	}
	f := Fact{Kind: Feature, Refs: o.madeOf(v)}
	f.Name = o.featureName(v)
	if f.Name != "" {
		o.add(f, p, cond)
	}
}

// madeOf are the exports that a feature is made of; of one that the app makes itself, the
// functions that make it.
func (o *observer) madeOf(v jsrun.Value) []Ref {
	st := v.Stub()
	if st == nil || madeBy(st) == nil {
		return o.refsOf(v)
	}
	var out []Ref
	if ref, ok := refOf(st); ok {
		out = append(out, ref)
	}
	return append(out, given(madeBy(st))...)
}

// given are the exports that a call was given as they are.
func given(c *jsrun.Call) []Ref {
	var out []Ref
	for _, a := range c.Args {
		if st := a.Stub(); st != nil && pure(st) {
			if ref, ok := refOf(st); ok {
				out = append(out, ref)
			}
		}
	}
	return out
}

// featureName is the identity of a feature of the frontend or backend: the specifier of the
// package, or the file of the app that makes it and the plugin's id.
func (o *observer) featureName(v jsrun.Value) string {
	st := v.Stub()
	if st == nil {
		if d := v.Get("default"); d.Kind() != jsrun.Undefined {
			return o.featureName(d)
		}
		return ""
	}
	ref, ok := refOf(st)
	made := madeBy(st)
	if made == nil {
		if ok {
			return ref.Module
		}
		return st.Root().Name
	}
	if name := exportName(made.Callee); !strings.HasPrefix(name, "create") && !strings.HasPrefix(name, "convert") && ok && len(made.Args) == 0 {
		return ref.Module
	}
	if name := exportName(made.Callee); strings.HasPrefix(name, "convertLegacy") { // of a plugin, say
		if refs := given(made); len(refs) > 0 {
			return refs[0].Module
		}
	}
	id := moduleID(made)
	if id == "" {
		id = exportName(made.Callee)
	}
	file, _, located := made.At()
	switch {
	case !located:
		return id
	case id == "":
		return file
	}
	return file + "#" + id
}

// madeBy is the call that made a stub, nil if it is an export as it is.
func madeBy(st *jsrun.Stub) *jsrun.Call {
	for ; st != nil; st = st.Base {
		if st.Call != nil {
			return st.Call
		}
	}
	return nil
}

// moduleID is "plugin" or "plugin.module", as the argument of create...Plugin or ...Module says.
func moduleID(c *jsrun.Call) string {
	if len(c.Args) == 0 {
		return ""
	}
	opts := c.Args[0]
	plugin, _ := opts.Get("pluginId").Text()
	if plugin == "" {
		plugin, _ = opts.Get("id").Text()
	}
	if module, ok := opts.Get("moduleId").Text(); ok {
		return plugin + "." + module
	}
	return plugin
}

// extensions looks into the extensions that the app makes: the places where they hang, and the
// components that they show.
func (o *observer) extensions() {
	for i := 0; i < len(o.s.Calls); i++ {
		c := o.s.Calls[i]
		name := exportName(c.Callee)
		switch {
		case name == "createFrontendModule" || name == "createFrontendPlugin" || name == "createPlugin" && len(c.Args) > 0 && c.Args[0].Get("extensions").Kind() == jsrun.Array:
			o.frontendModule(c)
		case name == "createExtension" && len(c.Args) > 0:
			if got, ok := c.Args[0].Get("factory").Call(o.s.Unknown("context")); ok {
				o.walk(got, where{})
			}
		case c.Callee.Op == jsrun.Prop && (c.Callee.Name == "make" || c.Callee.Name == "makeWithOverrides" || c.Callee.Name == "override") && len(c.Args) > 0:
			o.blueprint(c)
		}
	}
}

// frontendModule records the extensions of a module that the app makes.
func (o *observer) frontendModule(c *jsrun.Call) {
	at := o.call(c)
	args := tsx.Arguments(at.node)
	if len(args) == 0 || len(c.Args) == 0 {
		return
	}
	plugin := moduleID(c)
	options := o.deref(place{at.file, args[0]})
	array := o.list(c.Args[0], options, "extensions", func(v jsrun.Value, p place, cond bool) {
		f := Fact{Kind: Extension, In: plugin, Refs: o.refsOf(v)}
		f.Name = extensionName(v, plugin)
		if f.Name != "" {
			o.add(f, p, cond)
		}
	})
	if array.ok() {
		o.mount(ExtensionsMount, array, plugin, false)
	}
}

// blueprintKinds are the kinds of the extensions that the usual blueprints make.
var blueprintKinds = map[string]string{
	"PageBlueprint": "page", "SubPageBlueprint": "sub-page", "NavItemBlueprint": "nav-item", "NavContentBlueprint": "nav-content",
	"NavLogoBlueprint": "nav-logo", "SignInPageBlueprint": "sign-in-page", "ThemeBlueprint": "theme",
	"ApiBlueprint": "api", "EntityCardBlueprint": "entity-card", "EntityContentBlueprint": "entity-content",
	"HomePageWidgetBlueprint": "home-page-widget", "HomePageLayoutBlueprint": "home-page-layout",
	"SearchResultListItemBlueprint": "search-result-list-item", "FormFieldBlueprint": "scaffolder-form-field",
	"AppRootElementBlueprint": "app-root-element", "AppRootWrapperBlueprint": "app-root-wrapper",
	"RouterBlueprint": "app-router-component", "IconBundleBlueprint": "icon-bundle", "TranslationBlueprint": "translation",
	"SwappableComponentBlueprint": "component", "AddonBlueprint": "addon", "PluginWrapperBlueprint": "plugin-wrapper",
}

// extensionName is the id of an extension as app.extensions names it, as far as it is known.
func extensionName(v jsrun.Value, plugin string) string {
	st := v.Stub()
	if st == nil {
		return ""
	}
	c := madeBy(st)
	if c == nil {
		ref, _ := refOf(st)
		return ref.last()
	}
	kind := ""
	if legacy := exportName(c.Callee); strings.HasPrefix(legacy, "convertLegacy") {
		names := map[string]string{"convertLegacyEntityContentExtension": "entity-content", "convertLegacyEntityCardExtension": "entity-card", "convertLegacyPageExtension": "page"}
		if refs := given(c); len(refs) > 0 {
			return strings.TrimPrefix(names[legacy]+":", ":") + plugin + "/" + refs[0].last()
		}
	} else if base := c.Callee.Base; base != nil && base.Op != jsrun.Module {
		if ref, ok := refOf(base); ok && pure(base) {
			kind = blueprintKinds[ref.last()]
			if kind == "" {
				kind = ref.last()
			}
		} else if c.Callee.Name == "override" && base.Call != nil && len(base.Call.Args) > 0 { // plugin.getExtension('id').override(...)
			if id, ok := base.Call.Args[0].Text(); ok {
				return id
			}
		}
	}
	if len(c.Args) == 0 {
		return kind
	}
	name, _ := c.Args[0].Get("name").Text()
	if k, ok := c.Args[0].Get("kind").Text(); ok {
		kind = k
	}
	id := plugin
	if name != "" {
		id = strings.TrimPrefix(plugin+"/"+name, "/")
	}
	if kind != "" {
		return kind + ":" + id
	}
	return id
}

// blueprint walks the components that an extension of the app shows.
func (o *observer) blueprint(c *jsrun.Call) {
	params := c.Args[0].Get("params")
	if factory := c.Args[0].Get("factory"); factory.Kind() == jsrun.Function {
		factory.Call(o.s.Unknown("originalFactory"), o.s.Unknown("context"))
	}
	if params.Kind() == jsrun.Function {
		got, ok := params.Call(o.s.Unknown("defineParams"))
		if !ok {
			return
		}
		if st := got.Stub(); st != nil && st.Call != nil && len(st.Call.Args) > 0 {
			got = st.Call.Args[0]
		}
		params = got
	}
	w := where{area: inPage}
	if c.Callee.Base != nil && strings.HasPrefix(exportName(c.Callee.Base), "Nav") || c.Callee.Base != nil && exportName(c.Callee.Base) == "AppRootWrapperBlueprint" {
		w.area = inRoot
	}
	for _, name := range []string{"component", "Component", "element", "loader", "components"} {
		v := params.Get(name)
		if name == "loader" || name == "components" {
			if v.Kind() != jsrun.Function {
				continue
			}
			got, ok := v.Call(o.s.Unknown("context"))
			if !ok {
				continue
			}
			v = got
		}
		switch v.Kind() {
		case jsrun.Function, jsrun.StubKind:
			o.walkComponent(v, w)
		case jsrun.ElementKind, jsrun.Array:
			o.walk(v, w)
		case jsrun.Object:
			for _, key := range v.Keys() {
				o.walkComponent(v.Get(key), w)
			}
		}
	}
}

// discovered records the dependencies that app.packages makes features.
func (o *observer) discovered(a *workspace.App) {
	if !a.Discovery.On {
		return
	}
	for _, d := range a.Deps {
		if d.Field != "dependencies" || !a.Discovery.Finds(d.Name) || !looksLikePlugin(d.Name) {
			continue
		}
		f := &Fact{Kind: DiscoveredPlugin, Package: o.pkg, File: a.File, Span: d.Span, Wrapper: d.Span, Name: d.Name, Refs: []Ref{{Module: d.Name}}}
		f.Pos = text.NewIndex(a.Source).Pos(d.Span.Start)
		o.facts = append(o.facts, f)
	}
}

// looksLikePlugin goes by the names that frontend plugins have. Which packages really carry
// features only their package.json files can say, and those may not be installed.
func looksLikePlugin(name string) bool {
	base := name[strings.LastIndexByte(name, '/')+1:]
	if !strings.Contains("-"+base+"-", "-plugin-") {
		return false
	}
	for _, suffix := range []string{"-plugin-api", "-backend", "-common", "-node", "-react", "-types"} {
		if strings.HasSuffix(base, suffix) {
			return false
		}
	}
	return !strings.Contains(base, "-backend-module-")
}
