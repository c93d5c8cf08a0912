package derive

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

// newPlugin is a feature of the new frontend system: a default export of a package.
type newPlugin struct {
	pack       *pack
	entry      Export
	feature    string // "FrontendPlugin", "FrontendModule", "FrontendFeatureLoader"
	evidence   string
	named      string // the export's name, if it is not the default one
	id         string
	blueprints []*blueprint
	visits     int // arrays and extensions that were looked at
}

// blueprint is an extension of the new frontend system.
type blueprint struct {
	kind, name string // "page", "entity-content"; name "" for none
	id         string // "page:tech-radar"
	maker      string // "PageBlueprint", "createPageExtension"
	mod        *module
	node       tsx.Node
	disabled   bool
	old        bool // made by the functions from before there were blueprints
	path       string
	title      string
	group      string
	filter     tsx.Node
	icon       tsx.Node
	route      symbol
	legacy     symbol // the extension of the old system that it converts
	rendered   []symbol
	hasLoader  bool
}

func (b *blueprint) from() string {
	return b.mod.pack.Name + " " + b.mod.file + ": " + b.maker + " " + b.id
}

// blueprintKinds are the kinds of extensions by what makes them.
var blueprintKinds = map[string]string{
	"PageBlueprint": "page", "SubPageBlueprint": "sub-page", "NavItemBlueprint": "nav-item",
	"EntityContentBlueprint": "entity-content", "EntityCardBlueprint": "entity-card",
	"EntityContentLayoutBlueprint": "entity-content-layout", "EntityHeaderBlueprint": "entity-header",
	"EntityContextMenuItemBlueprint": "entity-context-menu-item", "EntityIconLinkBlueprint": "entity-icon-link",
	"SearchResultListItemBlueprint": "search-result-list-item", "ApiBlueprint": "api", "ThemeBlueprint": "theme",
	"AppRootElementBlueprint": "app-root-element", "AppRootWrapperBlueprint": "app-root-wrapper",
	"SignInPageBlueprint": "sign-in-page", "TranslationBlueprint": "translation", "RouterBlueprint": "app-router-component",
	"IconBundleBlueprint": "icon-bundle", "HomePageWidgetBlueprint": "home-page-widget", "HomePageLayoutBlueprint": "home-page-layout",
	"AddonBlueprint": "addon", "FormFieldBlueprint": "scaffolder-form-field", "CatalogFilterBlueprint": "catalog-filter",
	"createPageExtension": "page", "createNavItemExtension": "nav-item", "createEntityContentExtension": "entity-content",
	"createEntityCardExtension": "entity-card", "createSearchResultListItemExtension": "search-result-list-item",
	"createApiExtension": "api", "convertLegacyPageExtension": "page", "convertLegacyEntityContentExtension": "entity-content",
	"convertLegacyEntityCardExtension": "entity-card",
}

// features are the default exports of a package that are features of the new frontend system.
func (p *pack) newFeatures() []*newPlugin {
	var out []*newPlugin
	for _, e := range p.JSON.Exports {
		kind, evidence := "", ""
		if f, ok := strings.CutPrefix(e.Feature, "@backstage/"); ok {
			kind, evidence = f, "package.json: backstage.features "+e.Path
		} else if f, file := p.defaultType(e); f != "" {
			kind, evidence = f, file+": type of the default export"
		} else if e.Types == "" || p.types(e) == nil {
			if f := p.defaultCall(e); f != "" {
				kind, evidence = f, e.JS+": default export"
			}
		}
		if kind != "FrontendPlugin" && kind != "FrontendModule" && kind != "FrontendFeatureLoader" {
			continue
		}
		n := &newPlugin{pack: p, entry: e, feature: kind, evidence: p.Name + " " + evidence}
		n.read("default")
		out = append(out, n)
	}
	if len(out) > 0 {
		return out
	}
	for _, e := range p.JSON.Exports { // features that nothing discovers
		m := p.load(e.JS)
		for _, name := range m.names() {
			if name == "default" || !identifier(name) {
				continue
			}
			kind := featureCall(m.export(name))
			if kind != "FrontendPlugin" && kind != "FrontendModule" {
				continue
			}
			n := &newPlugin{pack: p, entry: e, feature: kind, named: name, evidence: p.Name + " " + e.JS + ": export " + name}
			n.read(name)
			if slices.ContainsFunc(n.blueprints, func(b *blueprint) bool { return b.kind != "translation" }) {
				out = append(out, n)
			}
		}
	}
	return out
}

// defaultType is what kind of feature the declarations of an entry point say that its default
// export is, and the file that says so.
func (p *pack) defaultType(e Export) (kind, file string) {
	m := p.types(e)
	if m == nil {
		return "", ""
	}
	s := m.export("default")
	if s.mod == nil {
		return "", ""
	}
	typ := s.node
	if s.node.Is(tsx.KindVariableDeclarator) {
		typ = s.node.Field(tsx.FieldType)
	}
	return featureOf(typ), s.mod.file
}

// featureOf is the first name of a feature in a type, before its arguments.
func featureOf(typ tsx.Node) string {
	for n := range typ.Descendants() {
		if n.Is(tsx.KindTypeArguments) {
			break
		}
		if !n.Is(tsx.KindTypeIdentifier, tsx.KindIdentifier) {
			continue
		}
		switch name := n.Text(); name {
		case "OverridableFrontendPlugin", "FrontendPlugin", "BackstagePlugin":
			if name == "BackstagePlugin" && !strings.Contains(typ.Text(), "frontend_plugin_api") {
				continue // of the old system
			}
			return "FrontendPlugin"
		case "ExtensionOverrides", "FrontendModule":
			return "FrontendModule"
		case "FrontendFeatureLoader":
			return name
		case "BackendFeature", "BackendFeatureCompat", "BackendFeatureFactory":
			return "BackendFeature"
		}
	}
	return ""
}

// defaultCall is what kind of feature the code of an entry point makes its default export.
func (p *pack) defaultCall(e Export) string { return featureCall(p.load(e.JS).export("default")) }

// featureCall is what kind of feature a call makes of its result.
func featureCall(s symbol) string {
	if s.mod == nil {
		return ""
	}
	v := s.value()
	if v.Is(tsx.KindCallExpression) {
		switch s.mod.called(v) {
		case "createFrontendPlugin":
			return "FrontendPlugin"
		case "createFrontendModule", "createExtensionOverrides":
			return "FrontendModule"
		case "createFrontendFeatureLoader":
			return "FrontendFeatureLoader"
		case "createBackendPlugin", "createBackendModule", "createBackendFeatureLoader":
			return "BackendFeature"
		}
	}
	return ""
}

// read lists the extensions of a feature.
func (n *newPlugin) read(export string) {
	m := n.pack.load(n.entry.JS)
	s := m.export(export)
	if s.mod == nil {
		return
	}
	call := s.value()
	for range 4 { // plugin.withOverrides({...})
		if call.Is(tsx.KindCallExpression) && tsx.Callee(call).Is(tsx.KindMemberExpression) && s.mod.called(call) == "withOverrides" {
			s = s.mod.symbolOf(tsx.Callee(call).Field(tsx.FieldObject), 0)
			if s.mod == nil {
				return
			}
			call = s.value()
		}
	}
	opts := firstArgument(call)
	if opts.Is(tsx.KindIdentifier) {
		o := s.mod.symbolOf(opts, 0)
		if o.mod == nil {
			return
		}
		s, opts = o, o.value()
	}
	for _, key := range []string{"pluginId", "id"} {
		if id, ok := s.mod.constant(tsx.PropertyValue(tsx.Property(opts, key)), 0); ok {
			n.id = id
			break
		}
	}
	n.list(s.mod, tsx.PropertyValue(tsx.Property(opts, "extensions")), 0)
}

// list reads an array of extensions, or an expression that is one.
func (n *newPlugin) list(m *module, array tsx.Node, depth int) {
	array = tsx.Unwrap(array)
	if n.visits++; depth > 6 || m == nil || n.visits > maxSteps {
		return
	}
	if array.Is(tsx.KindIdentifier, tsx.KindMemberExpression, tsx.KindShorthandPropertyIdentifier) {
		if s := m.symbolOf(array, 0); s.mod != nil && s.value() != array {
			n.list(s.mod, s.value(), depth+1)
		}
		return
	}
	if array.Is(tsx.KindCallExpression) && tsx.Callee(array).Text() == "Object.values" { // of a namespace
		s := m.symbolOf(firstArgument(array), 0)
		if s.mod != nil && !s.node.Ok() {
			for _, name := range s.mod.exportNames() {
				n.add(s.mod.export(name), depth)
			}
		}
		return
	}
	if !array.Is(tsx.KindArray) {
		return
	}
	for _, e := range tsx.Elements(array) {
		if e.Is(tsx.KindSpreadElement) {
			n.list(m, e.NamedChild(0), depth+1)
			continue
		}
		n.add(m.symbolOf(e, 0), depth)
	}
}

// add enters an extension, or an array of them.
func (n *newPlugin) add(s symbol, depth int) {
	if n.visits++; s.mod == nil || len(n.blueprints) >= maxExtensions || n.visits > maxSteps {
		return
	}
	if v := s.value(); v.Is(tsx.KindArray) {
		n.list(s.mod, v, depth+1)
	} else if b := n.blueprint(s.mod, v); b != nil {
		n.blueprints = append(n.blueprints, b)
	}
}

// blueprint reads an extension of the new system; nil if it is not made by something known.
func (n *newPlugin) blueprint(m *module, call tsx.Node) *blueprint {
	for range 4 { // Blueprint.make({...}).override({...})
		if call.Is(tsx.KindCallExpression) && m.called(call) == "override" {
			call = tsx.Unwrap(tsx.Callee(call).Field(tsx.FieldObject))
			if call.Is(tsx.KindIdentifier) {
				s := m.symbolOf(call, 0)
				if s.mod == nil {
					return nil
				}
				m, call = s.mod, s.value()
			}
		}
	}
	if !call.Is(tsx.KindCallExpression) {
		return nil
	}
	fn, callee := m.called(call), tsx.Callee(call)
	b := &blueprint{mod: m, node: call}
	opts := firstArgument(call)
	switch {
	case (fn == "make" || fn == "makeWithOverrides") && callee.Is(tsx.KindMemberExpression):
		object := callee.Field(tsx.FieldObject)
		b.maker = object.Field(tsx.FieldProperty).Text()
		if object.Is(tsx.KindIdentifier) {
			b.maker = object.Text()
			if r, ok := m.imports[b.maker]; ok {
				b.maker = r.name
			}
		}
	case strings.HasPrefix(fn, "convertLegacy"):
		b.maker = fn
		b.legacy = m.symbolOf(opts, 0)
		opts = tsx.Node{}
		if args := tsx.Arguments(call); len(args) > 1 {
			opts = tsx.Unwrap(args[1])
		}
	default:
		b.maker, b.old = fn, true
	}
	b.kind = blueprintKinds[b.maker]
	if b.kind == "" && b.maker != "createExtension" {
		return nil
	}
	b.options(opts)
	if b.kind == "" {
		b.kind, _ = m.constant(tsx.PropertyValue(tsx.Property(opts, "kind")), 0)
	}
	b.id = b.kind + ":" + n.id
	if b.name != "" {
		b.id += "/" + b.name
	}
	return b
}

// options reads what an extension is made with.
func (b *blueprint) options(opts tsx.Node) {
	m := b.mod
	b.name, _ = m.constant(tsx.PropertyValue(tsx.Property(opts, "name")), 0)
	switch disabled := tsx.PropertyValue(tsx.Property(opts, "disabled")); {
	case disabled.Is(tsx.KindTrue):
		b.disabled = true
	case disabled.Is(tsx.KindUnaryExpression): // !0, as minifiers write it
		b.disabled = disabled.Text() == "!0"
	case !disabled.Ok() && b.old:
		// Those functions made cards and contents that are off; catalog-react before 1.13.
		b.disabled = b.kind == "entity-card" || b.kind == "entity-content"
	}
	objects := []tsx.Node{opts}
	if params := tsx.PropertyValue(tsx.Property(opts, "params")); params.Ok() {
		objects = append(objects, m.objectOf(params))
	}
	if factory := tsx.PropertyValue(tsx.Property(opts, "factory")); factory.Ok() {
		objects = append(objects, m.passed(factory)...)
	}
	for _, o := range objects {
		b.params(o)
	}
}

// objectOf is an object literal behind a name, or what `define => define({...})` passes.
func (m *module) objectOf(n tsx.Node) tsx.Node {
	n = tsx.Unwrap(n)
	switch n.Kind() {
	case tsx.KindArrowFunction, tsx.KindFunctionExpression, tsx.KindMethodDefinition:
		return m.objectOf(firstArgument(returned(n)))
	case tsx.KindIdentifier:
		if s := m.symbolOf(n, 0); s.mod == m && s.value() != n && s.value().Is(tsx.KindObject) {
			return s.value()
		}
	}
	return n
}

// passed are the objects that a factory passes to its first parameter, the original factory.
func (m *module) passed(factory tsx.Node) []tsx.Node {
	params := tsx.Elements(factory.Field(tsx.FieldParameters))
	name := factory.Field(tsx.FieldParameter).Text()
	if len(params) > 0 {
		name = params[0].Text()
		if p := params[0].Field(tsx.FieldPattern); p.Ok() {
			name = p.Text()
		}
	}
	var out []tsx.Node
	for n := range factory.Field(tsx.FieldBody).Descendants() {
		if n.Is(tsx.KindCallExpression) && name != "" && tsx.Callee(n).Text() == name {
			out = append(out, m.objectOf(firstArgument(n)))
		}
	}
	if body := factory.Field(tsx.FieldBody); body.Is(tsx.KindCallExpression) && tsx.Callee(body).Text() == name {
		out = append(out, m.objectOf(firstArgument(body)))
	}
	return out
}

// params reads the parameters of a blueprint in an object.
func (b *blueprint) params(o tsx.Node) {
	m := b.mod
	text := func(into *string, keys ...string) {
		for _, key := range keys {
			if s, ok := m.constant(tsx.PropertyValue(tsx.Property(o, key)), 0); ok && *into == "" {
				*into = s
			}
		}
	}
	text(&b.path, "path", "defaultPath")
	text(&b.title, "title", "defaultTitle")
	text(&b.group, "group", "defaultGroup")
	node := func(into *tsx.Node, keys ...string) {
		for _, key := range keys {
			if v := tsx.PropertyValue(tsx.Property(o, key)); v.Ok() && !into.Ok() {
				*into = tsx.Unwrap(v)
			}
		}
	}
	node(&b.filter, "filter", "defaultFilter")
	node(&b.icon, "icon")
	if r := tsx.PropertyValue(tsx.Property(o, "routeRef")); r.Ok() && !b.route.ok() {
		b.route = m.routeOf(r)
	}
	for _, key := range []string{"loader", "component", "components", "element"} {
		if p := tsx.Property(o, key); p.Ok() {
			b.hasLoader = true
			b.rendered = append(b.rendered, m.components(tsx.PropertyValue(p))...)
		}
	}
}

// routeOf is the route reference of an expression, without convertLegacyRouteRef around it.
func (m *module) routeOf(n tsx.Node) symbol {
	n = tsx.Unwrap(n)
	if n.Is(tsx.KindCallExpression) && m.called(n) == "convertLegacyRouteRef" {
		n = firstArgument(n)
	}
	s := m.symbolOf(n, 0)
	if s.mod != nil {
		if v := s.value(); v.Is(tsx.KindCallExpression) && s.mod.called(v) == "convertLegacyRouteRef" {
			return s.mod.symbolOf(firstArgument(v), 0)
		}
	}
	return s
}

// matches reports whether a blueprint renders what an extension of the old system renders.
func (b *blueprint) matches(x *extension) bool {
	if b.legacy.ok() {
		return b.legacy == x.sym
	}
	for _, s := range x.rendered {
		if s.node.Ok() && slices.Contains(b.rendered, s) {
			return true
		}
	}
	return false
}
