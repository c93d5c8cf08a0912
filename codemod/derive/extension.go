package derive

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

// family is the packages under analysis.
type family struct {
	*Family
	packs []*pack
	steps int // of the question that is being answered

	visits int // declarations that were walked through
}

func newFamily(f *Family) *family {
	fam := &family{Family: f}
	for _, m := range f.Members {
		fam.packs = append(fam.packs, &pack{Package: m.Package, family: fam, modules: map[string]*module{}})
	}
	return fam
}

// role is a member's role.
func (f *family) role(p *pack) Role {
	for _, m := range f.Members {
		if m.Package == p.Package {
			return m.Role
		}
	}
	return ""
}

// of are the packages with one of the roles.
func (f *family) of(roles ...Role) []*pack {
	var out []*pack
	for _, p := range f.packs {
		if slices.Contains(roles, f.role(p)) {
			out = append(out, p)
		}
	}
	return out
}

// entry is the module that an npm specifier leads to, if its package is in the family.
func (f *family) entry(spec string, types bool) *module {
	for _, p := range f.packs {
		if sub, ok := strings.CutPrefix(spec, p.Name); ok && (sub == "" || sub[0] == '/') {
			e, ok := p.JSON.export("." + sub)
			if !ok {
				return nil
			}
			if types {
				return p.types(e)
			}
			return p.load(e.JS)
		}
	}
	return nil
}

// types is the module of an entry point's declarations; nil if there are none.
func (p *pack) types(e Export) *module {
	name := e.Types
	if name == "" || !isTypes(name) {
		stem, _, _ := strings.Cut(strings.TrimPrefix(e.Path, "./"), "/")
		if e.Path == "." {
			stem = "index"
		}
		name = "dist/" + stem + ".d.ts"
	}
	if name = p.resolve(name, true); name == "" {
		return nil
	}
	return p.load(name)
}

// extension is what a plugin of the old frontend system provides.
type extension struct {
	pack     *pack
	module   string // specifier of the entry point
	export   string // its name there
	creator  string // createRoutableExtension ...; "" for a plain component
	sym      symbol // the binding
	opts     tsx.Node
	name     string // the name in opts
	route    symbol // that it is mounted at
	plugin   symbol // what createPlugin returned
	rendered []symbol
	reached  []used // lazily, see reaches
	walked   bool
}

// from says where an extension is declared.
func (x *extension) from() string {
	return x.pack.Name + " " + x.sym.mod.file + ": " + strings.TrimPrefix(x.creator+" "+x.export, " ")
}

// extensionCreators are the functions of Backstage's libraries that make extensions.
var extensionCreators = []string{
	"createRoutableExtension", "createComponentExtension", "createReactExtension", "createCardExtension",
	"createTechDocsAddonExtension", "createScaffolderFieldExtension", "createSearchResultListItemExtension",
	"createScaffolderLayout",
}

// maxExtensions is how many extensions of a package are looked at.
const maxExtensions = 200

// legacyPlugin is a plugin of the old frontend system.
type legacyPlugin struct {
	pack   *pack
	module string
	export string
	sym    symbol
	id     string
	opts   tsx.Node
}

// legacy are the plugins and extensions that a package exports for the old frontend system, by
// entry point and in the order of their declarations.
func (p *pack) legacy() (plugins []*legacyPlugin, extensions []*extension) {
	seen := map[tsx.Node]int{} // by declaration, index of the extension
	defer func() {
		slices.SortStableFunc(extensions, func(a, b *extension) int {
			if c := strings.Compare(a.module, b.module); c != 0 {
				return c
			}
			if c := strings.Compare(a.sym.mod.file, b.sym.mod.file); c != 0 {
				return c
			}
			return a.sym.node.Start() - b.sym.node.Start()
		})
	}()
	for _, e := range p.JSON.Exports {
		m := p.load(e.JS)
		if m == nil {
			continue
		}
		for _, name := range m.exportNames() {
			s := m.export(name)
			if s.mod == nil || s.mod.pack != p || !s.node.Ok() || name == "default" && s.name == "" {
				continue
			}
			if i, ok := seen[s.node]; ok {
				if i >= 0 && extensions[i].module == p.specifier(e.Path) && name == s.name {
					extensions[i].export = name
				}
				continue
			}
			call := s.value()
			if !call.Is(tsx.KindCallExpression) {
				if x := s.plain(name); x != nil && len(extensions) < maxExtensions {
					x.pack, x.module, x.export, x.sym = p, p.specifier(e.Path), name, s
					seen[s.node] = len(extensions)
					extensions = append(extensions, x)
				}
				continue
			}
			switch fn := s.mod.called(call); {
			case fn == "createPlugin":
				opts := firstArgument(call)
				id, _ := s.mod.constant(tsx.PropertyValue(tsx.Property(opts, "id")), 0)
				plugins = append(plugins, &legacyPlugin{p, p.specifier(e.Path), name, s, id, opts})
				seen[s.node] = -1
			default:
				if x := s.mod.extension(call); x != nil && len(extensions) < maxExtensions {
					x.pack, x.module, x.export, x.sym = p, p.specifier(e.Path), name, s
					seen[s.node] = len(extensions)
					extensions = append(extensions, x)
				}
			}
		}
	}
	return plugins, extensions
}

// plain is an exported component that is no extension, but an item of the sidebar; nil if it is
// something else.
func (s symbol) plain(export string) *extension {
	if !s.value().Is(tsx.KindArrowFunction, tsx.KindFunctionDeclaration, tsx.KindFunctionExpression) || !hasWord(export, "sidebar") || !identifier(export) {
		return nil
	}
	x := &extension{name: export, rendered: []symbol{s}}
	if _, ok := x.reaches(drawsSidebarItem); !ok {
		return nil
	}
	return x
}

// exportNames are the sorted names of a module's exports, with those of `export * from` behind.
func (m *module) exportNames() []string {
	names := sortedKeys(m.exports)
	names = slices.DeleteFunc(names, func(n string) bool { return n == "__esModule" })
	for _, spec := range m.stars {
		if to := m.find(spec); to != nil && to != m && strings.HasPrefix(spec, ".") {
			for _, n := range to.exportNamesShallow() {
				if !slices.Contains(names, n) && n != "default" {
					names = append(names, n)
				}
			}
		}
	}
	return names
}

func (m *module) exportNamesShallow() []string {
	names := sortedKeys(m.exports)
	for _, spec := range m.stars { // one level more: index files of folders
		if to := m.find(spec); to != nil && to != m {
			names = append(names, sortedKeys(to.exports)...)
		}
	}
	return names
}

// called is the name of the function that a call calls, as its library exports it:
// `createPlugin`, also of `core.createPlugin(...)` and of an alias.
func (m *module) called(call tsx.Node) string {
	callee := tsx.Unwrap(tsx.Callee(call))
	if callee.Is(tsx.KindInstantiationExpression) {
		callee = callee.NamedChild(0)
	}
	if callee.Is(tsx.KindSequenceExpression) { // (0, core.createPlugin)(...)
		if all := tsx.Elements(callee); len(all) > 0 {
			callee = all[len(all)-1]
		}
	}
	switch callee.Kind() {
	case tsx.KindIdentifier:
		if r, ok := m.imports[callee.Text()]; ok && r.name != "*" && r.name != "default" {
			return r.name
		}
		return callee.Text()
	case tsx.KindMemberExpression:
		return callee.Field(tsx.FieldProperty).Text()
	}
	return ""
}

func firstArgument(call tsx.Node) tsx.Node {
	args := tsx.Arguments(call)
	if len(args) == 0 {
		return tsx.Node{}
	}
	return tsx.Unwrap(args[0])
}

// extension reads `plugin.provide(createXExtension({...}))`; nil if the call is something else.
func (m *module) extension(call tsx.Node) *extension {
	x := &extension{}
	for range 6 {
		if !call.Is(tsx.KindCallExpression) {
			return nil
		}
		fn := m.called(call)
		if slices.Contains(extensionCreators, fn) {
			x.creator = fn
			x.opts = firstArgument(call)
			if !x.opts.Is(tsx.KindObject) {
				return nil
			}
			x.name, _ = m.constant(tsx.PropertyValue(tsx.Property(x.opts, "name")), 0)
			if mount := tsx.PropertyValue(tsx.Property(x.opts, "mountPoint")); mount.Ok() {
				x.route = m.symbolOf(mount, 0)
			}
			for _, key := range []string{"component", "components"} {
				if c := tsx.Property(x.opts, key); c.Ok() {
					x.rendered = append(x.rendered, m.components(tsx.PropertyValue(c))...)
				}
			}
			return x
		}
		if fn == "provide" && !x.plugin.ok() {
			x.plugin = m.symbolOf(tsx.Callee(call).Field(tsx.FieldObject), 0)
		}
		call = firstArgument(call) // a wrapper, or provide's argument
		if call.Is(tsx.KindIdentifier) {
			if s := m.symbolOf(call, 0); s.mod == m {
				call = s.value()
			}
		}
	}
	return nil
}

// reaches is the first use of one of the exports of a module by what the extension renders.
func (x *extension) reaches(match func(ref) bool) (used, bool) {
	if !x.walked {
		x.reached, x.walked = reach(x.rendered...), true
	}
	for _, u := range x.reached {
		if match(u.ref) {
			return u, true
		}
	}
	return used{}, false
}

// routeKey is the key of the plugin's routes that an extension is mounted at.
func (x *extension) routeKey(plugins []*legacyPlugin) string {
	if !x.route.ok() {
		return ""
	}
	for _, p := range plugins {
		routes := tsx.PropertyValue(tsx.Property(p.opts, "routes"))
		for _, r := range tsx.Elements(routes) {
			key, ok := tsx.PropertyKey(r)
			if ok && p.sym.mod.symbolOf(tsx.PropertyValue(r), 0) == x.route {
				return key
			}
		}
	}
	return ""
}

func usesEntity(r ref) bool {
	return strings.HasPrefix(r.spec, "@backstage/plugin-catalog-react") && (r.name == "useEntity" || r.name == "useAsyncEntity" || r.name == "useEntityFromUrl")
}

func drawsPage(r ref) bool {
	return r.spec == "@backstage/core-components" && (r.name == "Page" || r.name == "PageWithHeader" || r.name == "Header")
}

func drawsCard(r ref) bool {
	switch r.spec {
	case "@backstage/core-components":
		return r.name == "InfoCard" || r.name == "TabbedCard" || r.name == "GaugeCard"
	case "@backstage/plugin-catalog-react", "@backstage/plugin-catalog-react/alpha":
		return r.name == "EntityInfoCard"
	case "@material-ui/core", "@mui/material", "@backstage/ui":
		return r.name == "Card"
	case "@material-ui/core/Card", "@mui/material/Card":
		return r.name == "default"
	}
	return false
}

func drawsSidebarItem(r ref) bool {
	return r.spec == "@backstage/core-components" && (r.name == "SidebarItem" || r.name == "SidebarSubmenuItem")
}

func drawsContent(r ref) bool {
	return r.spec == "@backstage/core-components" && (r.name == "Content" || r.name == "ContentHeader" || r.name == "RoutedTabs")
}
