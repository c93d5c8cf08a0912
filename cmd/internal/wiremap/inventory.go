package wiremap

import (
	"maps"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/recipe"
)

// Entry is what a monorepo has of one plugin.
type Entry struct {
	ID       string     `json:"id"` // as far as names tell; "" for what is of no plugin
	Packages []Declared `json:"packages"`
	Config   []Setting  `json:"config"`
	Wiring   []Item     `json:"wiring"` // by package, then as listed in the observation
}

// Declared is an entry for a plugin's package in the package.json of an app, a backend or the
// root.
type Declared struct {
	Name    string `json:"name"`
	Spec    string `json:"specifier"` // as written: "^1.2.3"
	Field   string `json:"field"`     // "dependencies"
	Local   bool   `json:"local,omitempty"`
	Library bool   `json:"library,omitempty"` // nothing of it could hang: a package for other packages
	Wired   bool   `json:"wired"`             // something that hangs is made of it
	File    string `json:"file"`              // slash path from the root
	Line    int    `json:"line"`              // 1-based
}

// Setting is a key of app configuration that is named after a plugin.
type Setting struct {
	Key  string `json:"key"`
	File string `json:"file"` // slash path from the root
	Line int    `json:"line"` // 1-based
}

// Items are the pieces of wiring that were observed in a workspace, by package: apps, then
// backends.
func Items(ws *workspace.Workspace, seen *wiring.Observation) []Item {
	b := &builder{ws: ws, names: names{ws}}
	out := []Item{}
	for _, p := range b.gather(seen) {
		for _, it := range p.items {
			it.Dir = p.Dir
			out = append(out, it)
		}
	}
	return out
}

// Inventory gathers, per plugin, what is installed, which of the items are of it, and what is
// configured: plugins by id, and last what is of no plugin. A plugin is known by the names of
// its packages, a workspace's by its backstage.pluginId; its configuration by a key at the root
// of an app-config file that is its id in any spelling ("techRadar" for tech-radar).
func Inventory(ws *workspace.Workspace, items []Item) []Entry {
	b := &builder{ws: ws, names: names{ws}}
	byID := map[string]*Entry{}
	entry := func(id string) *Entry {
		if byID[id] == nil {
			byID[id] = &Entry{ID: id, Packages: []Declared{}, Config: []Setting{}, Wiring: []Item{}}
		}
		return byID[id]
	}
	wired := map[string]bool{}
	for _, it := range items {
		e := entry(it.Plugin)
		e.Wiring = append(e.Wiring, it)
		wired[it.Package] = true
		for _, r := range it.Refs {
			module, _, _ := strings.Cut(r, "#")
			wired[recipe.PackageOf(module)] = true
		}
	}
	for _, d := range b.declared() {
		d.Wired = wired[d.Name]
		if !d.Wired && !d.Local && !namedAsPlugin(d.Name) {
			continue
		}
		id, _ := b.names.pluginOf(d.Name)
		e := entry(id)
		e.Packages = append(e.Packages, d)
	}
	spellings := map[string]string{}
	for id := range byID {
		spellings[bare(id)] = id
	}
	for _, file := range ws.Config {
		doc, err := file.Doc()
		if err != nil {
			continue // it is among the workspace's problems
		}
		for m := range doc.Root().Members() {
			if id := spellings[bare(m.Name)]; id != "" {
				byID[id].Config = append(byID[id].Config, Setting{m.Name, file.Name, doc.Pos(m.NameSpan.Start).Line})
			}
		}
	}
	out := []Entry{}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		if id != "" {
			out = append(out, *byID[id])
		}
	}
	if own := byID[""]; own != nil {
		out = append(out, *own)
	}
	return out
}

// declared are the dependencies of the apps, the backends and the root, in this order.
func (b *builder) declared() []Declared {
	var in []*workspace.Package
	for _, a := range b.ws.Apps {
		in = append(in, a.Package)
	}
	for _, e := range b.ws.Backends {
		in = append(in, e.Package)
	}
	var out []Declared
	for _, p := range append(in, b.ws.Root) {
		for _, d := range p.Deps {
			local, isLocal := b.ws.Package(d.Name)
			if !isLocal && !ofPlugin(d.Name) || isLocal && (local.PluginID == "" || p.Dir == local.Dir) {
				continue
			}
			out = append(out, Declared{Name: d.Name, Spec: d.Spec, Field: d.Field, Local: isLocal, Library: isLibrary(d.Name),
				File: p.File, Line: p.Doc.Pos(d.Span.Start).Line})
		}
	}
	return out
}

// namedAsPlugin reports whether the name alone says that a package is one of a Backstage
// plugin, which ofPlugin takes of what hangs in an app on trust.
func namedAsPlugin(npm string) bool {
	scope, base, scoped := strings.Cut(npm, "/")
	if !scoped {
		base = npm
	}
	return strings.Contains(base, "backstage-plugin") || strings.HasPrefix(scope, "@backstage") && strings.HasPrefix(base, "plugin-") ||
		scoped && strings.Contains(base, "-backend")
}

// isLibrary reports whether a package's name says that other packages are made with it.
func isLibrary(npm string) bool {
	return slices.ContainsFunc([]string{"-react", "-common", "-node"}, func(s string) bool { return strings.HasSuffix(npm, s) })
}

// bare is a name without what spellings differ in.
func bare(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "").Replace(name))
}

// About is what there is to say of a piece besides its name: its title, what holds it, the
// entity pages that show it, and whether it is certain.
func (it *Item) About() string {
	var parts []string
	if it.Title != "" && it.Title != it.Name {
		parts = append(parts, it.Title)
	}
	if it.In != "" && it.In != "/" {
		parts = append(parts, "in "+it.In)
	}
	if it.To != "" {
		parts = append(parts, "→ "+it.To)
	}
	if len(it.Pages) > 4 {
		parts = append(parts, "on "+plural(len(it.Pages), "page"))
	} else if len(it.Pages) > 0 {
		parts = append(parts, "on "+strings.ReplaceAll(strings.Join(it.Pages, ", "), "component:", ""))
	}
	if it.Conditional {
		parts = append(parts, "conditional")
	}
	if it.Degraded {
		parts = append(parts, "read, not run")
	}
	return strings.Join(parts, " · ")
}
