package wiremap

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
	"github.com/batten-dev/batten/registry/recipe"
)

// part says what a section holds, and how it is arranged.
type part struct {
	id, title string
	kinds     []wiring.Kind
	groups    func(*builder, []Item) []Group
}

// parts are the sections in their order. What is of no kind named here is in the last.
func parts() []part {
	return []part{
		{"features", "Frontend features", []wiring.Kind{wiring.Feature, wiring.DiscoveredPlugin}, byKind},
		{"extensions", "Extensions", []wiring.Kind{wiring.Extension}, byHolder},
		{"settings", "Extension settings", []wiring.Kind{wiring.ExtensionSetting, wiring.RouteBindingSetting}, byFile},
		{"sidebar", "Sidebar", []wiring.Kind{wiring.SidebarItem}, byHolder},
		{"routes", "Routes", []wiring.Kind{wiring.Route}, flat},
		{"entity-pages", "Entity pages", []wiring.Kind{wiring.EntityTab, wiring.EntityCase, wiring.EntityCard}, byPage},
		{"inside-pages", "Inside pages", []wiring.Kind{wiring.SearchItem, wiring.TechDocsAddon, wiring.FieldExtension, wiring.HomeWidget}, byKind},
		{"app", "App shell", []wiring.Kind{wiring.SignInProvider, wiring.AppRootElement, wiring.Plugin, wiring.API, wiring.RouteBinding, wiring.CSSImport}, byKind},
		{"backend", "Backend features", []wiring.Kind{wiring.BackendFeature}, byPlugin},
		{"routers", "Routers of the old backend system", []wiring.Kind{wiring.LegacyRouter}, flat},
		{"other", "Other", nil, byKind},
	}
}

// kindTitles are the kinds as headings.
func kindTitle(k wiring.Kind) string {
	switch k {
	case wiring.Feature:
		return "Given to createApp"
	case wiring.DiscoveredPlugin:
		return "Discovered through app.packages"
	case wiring.SearchItem:
		return "Search results"
	case wiring.TechDocsAddon:
		return "TechDocs addons"
	case wiring.FieldExtension:
		return "Scaffolder field extensions"
	case wiring.HomeWidget:
		return "Home page widgets"
	case wiring.CSSImport:
		return "Style sheets"
	case wiring.SignInProvider:
		return "Sign-in providers"
	case wiring.AppRootElement:
		return "Elements at the root"
	case wiring.Plugin:
		return "Plugins"
	case wiring.API:
		return "API factories"
	case wiring.RouteBinding:
		return "Route bindings"
	}
	return string(k)
}

// New arranges what was observed in a workspace.
func New(ws *workspace.Workspace, seen *wiring.Observation) *Map {
	b := &builder{ws: ws, names: names{ws}}
	m := &Map{Schema: 1, Title: b.title(), Release: ws.Release.Version, ReleaseBy: string(ws.Release.Source),
		Packages: []Package{}, Warnings: append(slices.Clone(ws.Problems), seen.Degraded...)}
	if m.Warnings == nil {
		m.Warnings = diag.List{}
	}
	for _, p := range b.gather(seen) {
		m.Packages = append(m.Packages, b.arrange(p.Package, p.items))
		b.all = append(b.all, p.items...)
	}
	m.Plugins = b.plugins()
	return m
}

// gathered are the items of a package.
type gathered struct {
	Package
	items []Item
}

// gather makes items of the facts, by package: apps, then backends, then what is neither.
func (b *builder) gather(seen *wiring.Observation) []gathered {
	items := map[string][]Item{}
	for i := range seen.Facts {
		f := &seen.Facts[i]
		items[f.Package] = append(items[f.Package], b.item(f))
	}
	var out []gathered
	for _, a := range b.ws.Apps {
		all := items[a.Dir]
		linkSidebar(all)
		out = append(out, gathered{Package{Dir: a.Dir, Name: a.Name, Kind: "app", System: a.System.String()}, all})
		delete(items, a.Dir)
	}
	for _, e := range b.ws.Backends {
		out = append(out, gathered{Package{Dir: e.Dir, Name: e.Name, Kind: "backend", System: e.System.String()}, items[e.Dir]})
		delete(items, e.Dir)
	}
	for _, dir := range slices.Sorted(maps.Keys(items)) {
		out = append(out, gathered{Package{Dir: dir, System: workspace.Unknown.String()}, items[dir]})
	}
	return out
}

// builder holds what New needs at hand.
type builder struct {
	ws    *workspace.Workspace
	names names
	count int    // of items
	all   []Item // of all packages, once each
}

// title is what the app calls itself.
func (b *builder) title() string {
	for _, v := range b.ws.ConfigLookup("app", "title") {
		if s := strings.TrimSpace(v.String()); v.Kind() == yamledit.String && s != "" && !strings.Contains(s, "${") {
			return s
		}
	}
	return cmp.Or(b.ws.Root.Name, "Backstage")
}

// item is a fact with its plugin, package and version.
func (b *builder) item(f *wiring.Fact) Item {
	b.count++
	it := Item{ID: fmt.Sprintf("f%d", b.count), Kind: f.Kind, Name: f.Name, Title: f.Title, In: f.In, Pages: f.Pages, If: f.If,
		Conditional: f.Conditional, Degraded: f.Degraded, File: f.File, Line: f.Pos.Line, Column: f.Pos.Column}
	for _, r := range f.Refs {
		it.Refs = append(it.Refs, r.String())
	}
	npm, ofPlugin := b.names.origin(f)
	switch {
	case f.Kind == wiring.BackendFeature && isPath(f.Name):
		_, plugin, module := localFeature(f.Name)
		it.Plugin, it.Label = plugin, cmp.Or(module, plugin, strings.TrimPrefix(f.Name, f.Package+"/"))
		if !ofPlugin {
			npm = ""
		} else if plugin == "" {
			it.Plugin, _ = b.names.pluginOf(npm)
		}
	case f.Kind == wiring.BackendFeature:
		if npm == "" || !ofPlugin {
			npm = recipe.PackageOf(f.Name)
		}
		plugin, module := b.names.pluginOf(npm)
		it.Plugin, it.Label = plugin, cmp.Or(module, plugin)
	case f.Kind == wiring.Feature && isPath(f.Name):
		_, it.Plugin, _ = localFeature(f.Name)
		it.Label = strings.TrimPrefix(f.Name, f.Package+"/")
	case f.Kind == wiring.Feature || f.Kind == wiring.DiscoveredPlugin:
		npm = recipe.PackageOf(f.Name)
		it.Plugin, it.Label = b.names.pluginOf(npm)
		it.Label = strings.TrimSuffix(it.Plugin+"/"+it.Label, "/")
	case f.Kind == wiring.LegacyRouter && f.Name == "":
		it.Plugin, it.Label = "", "(root)"
		if ofPlugin {
			it.Plugin, _ = b.names.pluginOf(npm)
		}
	case f.Kind == wiring.Extension || f.Kind == wiring.ExtensionSetting:
		it.Plugin = extensionPlugin(f.Name)
	case f.Kind == wiring.RouteBindingSetting:
		it.Plugin, _, _ = strings.Cut(f.Name, ".")
	case ofPlugin:
		it.Plugin, _ = b.names.pluginOf(npm)
	}
	if f.Kind == wiring.BackendFeature && f.In != "" {
		it.Title = "from " + strings.TrimPrefix(f.In, f.Package+"/")
	}
	switch f.Kind {
	case wiring.RouteBinding:
		if len(f.Refs) > 1 {
			it.To = f.Refs[len(f.Refs)-1].Export
		}
	case wiring.ExtensionSetting: // grouped by the file that it is in
		it.In, it.Title = "", f.Value
	case wiring.RouteBindingSetting:
		if it.In, it.To = "", f.Value; f.Value == "false" {
			it.To = "nothing"
		}
	}
	if it.Label == it.Name {
		it.Label = ""
	}
	b.locate(&it, npm, f.Package)
	return it
}

// locate gives an item its npm package and version.
func (b *builder) locate(it *Item, npm, dir string) {
	if npm == "" {
		return
	}
	spec, declared := b.names.version(npm, it.File, dir)
	_, local := b.ws.Package(npm)
	it.Package, it.Version, it.Local, it.Undeclared = npm, spec, local, !declared && !local
}

// extensionPlugin is the namespace of an extension's id: "home" in
// "home-page-widget:home/toolkit".
func extensionPlugin(id string) string {
	if _, rest, ok := strings.Cut(id, ":"); ok {
		id = rest
	}
	plugin, _, _ := strings.Cut(id, "/")
	return plugin
}

// linkSidebar gives a sidebar item of the app's own the plugin of the page that it leads to.
func linkSidebar(items []Item) {
	routes := map[string]string{}
	for _, it := range items {
		if it.Kind == wiring.Route && it.Plugin != "" {
			routes[strings.Trim(it.Name, "/")] = it.Plugin
		}
	}
	for i := range items {
		if it := &items[i]; it.Kind == wiring.SidebarItem && it.Plugin == "" {
			it.Plugin = routes[strings.Trim(it.Name, "/")]
		}
	}
}

// arrange puts the items of a package into sections.
func (b *builder) arrange(p Package, items []Item) Package {
	p.Sections, p.Count = []Section{}, len(items)
	left := slices.Clone(items)
	for _, part := range parts() {
		var mine, rest []Item
		for _, it := range left {
			if part.kinds == nil || slices.Contains(part.kinds, it.Kind) {
				mine = append(mine, it)
			} else {
				rest = append(rest, it)
			}
		}
		left = rest
		if len(mine) == 0 {
			continue
		}
		kinds := part.kinds
		if kinds == nil {
			for _, it := range mine {
				kinds = append(kinds, it.Kind)
			}
			slices.Sort(kinds)
			kinds = slices.Compact(kinds)
		}
		p.Sections = append(p.Sections, Section{ID: part.id, Title: part.title, Count: len(mine),
			Kinds: counts(mine, kinds), Groups: part.groups(b, mine)})
	}
	return p
}

// counts has the kinds that there are items of, in the order given.
func counts(items []Item, kinds []wiring.Kind) []Count {
	n := map[wiring.Kind]int{}
	for _, it := range items {
		n[it.Kind]++
	}
	out := []Count{}
	for _, k := range kinds {
		if n[k] > 0 {
			out = append(out, Count{k, n[k]})
		}
	}
	return out
}

func flat(_ *builder, items []Item) []Group { return []Group{{Items: items}} }

// grouped keeps the order of items, and of groups by their first item.
func grouped(items []Item, title func(Item) string) []Group {
	var groups []Group
	at := map[string]int{}
	for _, it := range items {
		t := title(it)
		i, ok := at[t]
		if !ok {
			i = len(groups)
			at[t] = i
			groups = append(groups, Group{Title: t})
		}
		groups[i].Items = append(groups[i].Items, it)
	}
	return groups
}

func byHolder(_ *builder, items []Item) []Group {
	return grouped(items, func(it Item) string { return it.In })
}

func byFile(_ *builder, items []Item) []Group {
	return grouped(items, func(it Item) string { return it.File })
}

// byKind has a group per kind, in the order of the parts.
func byKind(_ *builder, items []Item) []Group {
	var order []wiring.Kind
	for _, p := range parts() {
		order = append(order, p.kinds...)
	}
	rank := func(k wiring.Kind) int {
		if i := slices.Index(order, k); i >= 0 {
			return i
		}
		return len(order)
	}
	sorted := slices.Clone(items)
	slices.SortStableFunc(sorted, func(a, b Item) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.Kind, b.Kind))
	})
	return grouped(sorted, func(it Item) string { return kindTitle(it.Kind) })
}

// byPlugin puts modules under their plugin; the plugins are in the order of the source.
func byPlugin(b *builder, items []Item) []Group {
	isModule := func(it Item) bool {
		if isPath(it.Name) {
			_, _, module := localFeature(it.Name)
			return module != ""
		}
		_, module := b.names.pluginOf(it.Package)
		return module != ""
	}
	var out []Item
	at := map[string]int{}
	for _, it := range items {
		if _, there := at[it.Plugin]; it.Plugin == "" || !isModule(it) && !there {
			at[it.Plugin] = len(out)
			out = append(out, it)
		} else if !isModule(it) { // the plugin a second time
			out = append(out, it)
		}
	}
	for _, it := range items {
		if it.Plugin == "" || !isModule(it) {
			continue
		}
		i, ok := at[it.Plugin]
		if !ok {
			i = len(out)
			at[it.Plugin] = i
			out = append(out, Item{Name: it.Plugin, Title: "modules only; the plugin itself is not seen here", Plugin: it.Plugin})
		}
		out[i].Items = append(out[i].Items, it)
	}
	return []Group{{Items: out}}
}

// byPage has a group per entity page, in it the tabs, and in those the cards and cases. Pages
// with the same content are one group.
func byPage(_ *builder, items []Item) []Group {
	var pages []string
	on := map[string][]Item{}
	for _, it := range items {
		list := it.Pages
		if len(list) == 0 {
			list = []string{""}
		}
		for _, p := range list {
			on[p] = append(on[p], it)
		}
	}
	// Pages come in the order of their tabs, which is that of the page's own switch.
	for _, tabs := range []bool{true, false} {
		for _, it := range items {
			list := slices.Clone(it.Pages)
			if len(list) == 0 {
				list = []string{""}
			}
			slices.SortStableFunc(list, comparePages)
			for _, p := range list {
				if (it.Kind == wiring.EntityTab) == tabs && !slices.Contains(pages, p) {
					pages = append(pages, p)
				}
			}
		}
	}
	var groups []Group
	at := map[string]int{}
	for _, p := range pages {
		var ids strings.Builder
		for _, it := range on[p] {
			ids.WriteString(it.ID + " ")
		}
		if i, ok := at[ids.String()]; ok {
			groups[i].Pages = append(groups[i].Pages, p)
			groups[i].Title = pagesTitle(groups[i].Pages)
			continue
		}
		at[ids.String()] = len(groups)
		groups = append(groups, Group{Title: pagesTitle([]string{p}), Pages: []string{p}, Items: tabsOf(on[p])})
	}
	return groups
}

// comparePages orders the pages that one construct makes: components by type before those of
// any other, and what is for everything else last.
func comparePages(a, b string) int {
	rank := func(p string) int {
		switch {
		case strings.Contains(p, ":"):
			return 0
		case p == "default":
			return 2
		case p == "":
			return 3
		}
		return 1
	}
	return cmp.Compare(rank(a), rank(b))
}

// pagesTitle names entity pages for people.
func pagesTitle(pages []string) string {
	var names []string
	last := ""
	for _, p := range pages {
		kind, kindType, typed := strings.Cut(p, ":")
		switch {
		case p == "":
			p = "page not known"
		case p == "default":
			p = "any other kind"
		case typed && kind == last: // "component · service, website"
			p = kindType
		case typed:
			p = kind + " · " + kindType
		}
		last = ""
		if typed {
			last = kind
		}
		names = append(names, p)
	}
	return strings.Join(names, ", ")
}

// tabsOf hangs cards and cases under the tabs that hold them.
func tabsOf(items []Item) []Item {
	var out []Item
	at := map[string]int{}
	for _, it := range items {
		if it.Kind == wiring.EntityTab {
			if _, twice := at[it.Name]; !twice {
				at[it.Name] = len(out)
			}
			out = append(out, it)
		}
	}
	for _, it := range items {
		if it.Kind == wiring.EntityTab {
			continue
		}
		i, ok := at[it.In]
		if !ok {
			i = len(out)
			at[it.In] = i
			out = append(out, Item{Name: cmp.Or(it.In, "not in a tab")})
		}
		out[i].Items = append(out[i].Items, it)
	}
	return out
}

// plugins gathers what hangs of each plugin.
func (b *builder) plugins() []Plugin {
	byID := map[string]*Plugin{}
	kinds := map[string]map[wiring.Kind]int{}
	for _, it := range b.all {
		p := byID[it.Plugin]
		if p == nil {
			p = &Plugin{ID: it.Plugin, Packages: []PluginUse{}}
			byID[it.Plugin], kinds[it.Plugin] = p, map[wiring.Kind]int{}
		}
		kinds[it.Plugin][it.Kind]++
		if it.Package == "" || it.Plugin == "" {
			continue
		}
		plugin, module := b.names.pluginOf(it.Package)
		if plugin != it.Plugin {
			continue
		}
		if it.Kind == wiring.BackendFeature && module != "" {
			p.Modules++
		}
		if use := (PluginUse{it.Package, it.Version, it.Local}); !slices.Contains(p.Packages, use) {
			p.Packages = append(p.Packages, use)
		}
	}
	out := []Plugin{}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		p := byID[id]
		slices.SortFunc(p.Packages, func(a, b PluginUse) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
		})
		for _, k := range slices.Sorted(maps.Keys(kinds[id])) {
			p.Kinds = append(p.Kinds, Count{k, kinds[id][k]})
		}
		out = append(out, *p)
	}
	if len(out) > 0 && out[0].ID == "" {
		out = append(out[1:], out[0])
	}
	return out
}
