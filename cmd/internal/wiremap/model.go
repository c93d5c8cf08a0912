package wiremap

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/wiring"
)

// Map is the wiring of a monorepo, arranged for a reader.
type Map struct {
	Schema    int       `json:"schema"`                // 1
	Title     string    `json:"title"`                 // app.title, else the name of the root package
	Release   string    `json:"release,omitempty"`     // of Backstage
	ReleaseBy string    `json:"releaseFrom,omitempty"` // "backstage.json", "inferred"
	Packages  []Package `json:"packages"`              // apps, then backends
	Plugins   []Plugin  `json:"plugins"`               // by id; "" is what is of no plugin, and last
	Warnings  diag.List `json:"warnings"`
}

// Package is one app or backend.
type Package struct {
	Dir      string    `json:"dir"` // slash path from the root
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`   // "app" or "backend"
	System   string    `json:"system"` // "legacy", "new", "hybrid", "unknown"
	Count    int       `json:"count"`  // pieces of wiring
	Sections []Section `json:"sections"`
}

// Section is one part of the wiring, as a person names it: the sidebar, the routes.
type Section struct {
	ID     string  `json:"id"` // the same in every package: "routes"
	Title  string  `json:"title"`
	Count  int     `json:"count"` // pieces of wiring
	Kinds  []Count `json:"kinds"`
	Groups []Group `json:"groups"`
}

// Count is the number of pieces of a kind, as `list --json` has them.
type Count struct {
	Kind  wiring.Kind `json:"kind"`
	Count int         `json:"count"`
}

// Group is a part of a section: a sidebar group, an entity page.
type Group struct {
	Title string   `json:"title,omitempty"`
	Pages []string `json:"pages,omitempty"` // the entity pages that are alike and shown as one
	Items []Item   `json:"items"`
}

// Item is one piece of wiring, or, without an ID, a heading over others that is no piece
// itself: a backend plugin of which only modules are wired.
type Item struct {
	ID    string      `json:"id,omitempty"` // "f12"; a piece that is shown several times has one
	Kind  wiring.Kind `json:"kind,omitempty"`
	Name  string      `json:"name"`            // as in wiring.Fact
	Label string      `json:"label,omitempty"` // the name as short as it can be said here; "" if it is the name

	Title string   `json:"title,omitempty"`
	To    string   `json:"to,omitempty"` // what a route binding leads to
	In    string   `json:"in,omitempty"`
	Pages []string `json:"pages,omitempty"`
	If    string   `json:"if,omitempty"`

	Conditional bool `json:"conditional,omitempty"`
	Degraded    bool `json:"degraded,omitempty"`

	Dir    string `json:"dir,omitempty"`  // of the app or backend, where the item stands alone
	File   string `json:"file,omitempty"` // slash path from the root
	Line   int    `json:"line,omitempty"` // 1-based
	Column int    `json:"column,omitempty"`

	Plugin     string   `json:"plugin,omitempty"`  // id of the plugin that it belongs to, as far as names tell
	Package    string   `json:"package,omitempty"` // npm package that it is made of
	Version    string   `json:"version,omitempty"` // as package.json declares it
	Local      bool     `json:"local,omitempty"`   // the package is a workspace of this monorepo
	Undeclared bool     `json:"undeclared,omitempty"`
	Refs       []string `json:"refs,omitempty"` // npm exports: "@backstage/plugin-catalog#CatalogIndexPage"

	Items []Item `json:"items,omitempty"` // what hangs in it
}

// Plugin is a plugin of the monorepo: what hangs of it where.
type Plugin struct {
	ID       string      `json:"id"`
	Packages []PluginUse `json:"packages"`
	Kinds    []Count     `json:"kinds"`
	Modules  int         `json:"modules,omitempty"` // backend features that are modules of it
}

// PluginUse is an npm package of a plugin, with a version that a package.json declares.
type PluginUse struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Local   bool   `json:"local,omitempty"`
}

// JSON is the map as indented JSON, schema 1.
func (m *Map) JSON() ([]byte, error) {
	data, err := json.MarshalIndent(m, "", "  ")
	return append(data, '\n'), err
}

// label is the item's name as it is shown.
func (it *Item) label() string { return cmp.Or(it.Label, it.Name) }

// Place is "file:line".
func (it *Item) Place() string {
	if it.Line == 0 {
		return it.File
	}
	return fmt.Sprintf("%s:%d", it.File, it.Line)
}

// about is the item's title and destination, and the condition that it hangs on.
func (it *Item) about() string {
	var parts []string
	if it.Title != "" && it.Title != it.label() {
		parts = append(parts, it.Title)
	}
	if it.To != "" {
		parts = append(parts, "→ "+it.To)
	}
	return strings.Join(parts, " ")
}

// condition is the source text of the item's condition on one line, and no longer than a line.
func (it *Item) condition() string {
	return shorten(strings.Join(strings.Fields(it.If), " "), 120)
}

// shorten cuts text to a number of characters.
func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// each calls f for every item below, and tells how deep it is.
func each(items []Item, depth int, f func(it *Item, depth int)) {
	for i := range items {
		f(&items[i], depth)
		each(items[i].Items, depth+1, f)
	}
}

// plural is a number with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// printable is a copy of the map that has no character that cannot be seen; see clean.
func (m *Map) printable() *Map {
	c := *m
	c.Title, c.Release, c.ReleaseBy = clean(m.Title), clean(m.Release), clean(m.ReleaseBy)
	c.Packages = slices.Clone(m.Packages)
	for i := range c.Packages {
		p := &c.Packages[i]
		p.Dir, p.Name, p.System = clean(p.Dir), clean(p.Name), clean(p.System)
		p.Sections = slices.Clone(p.Sections)
		for j := range p.Sections {
			s := &p.Sections[j]
			s.Groups = slices.Clone(s.Groups)
			for k := range s.Groups {
				g := &s.Groups[k]
				g.Title, g.Pages, g.Items = clean(g.Title), cleanAll(g.Pages), printableItems(g.Items)
			}
		}
	}
	c.Plugins = slices.Clone(m.Plugins)
	for i := range c.Plugins {
		p := &c.Plugins[i]
		p.ID, p.Packages = clean(p.ID), slices.Clone(p.Packages)
		for j := range p.Packages {
			p.Packages[j].Name, p.Packages[j].Version = clean(p.Packages[j].Name), clean(p.Packages[j].Version)
		}
	}
	c.Warnings = make(diag.List, len(m.Warnings))
	for i, w := range m.Warnings {
		d := *w
		d.File, d.Summary, d.Detail, d.Manual = clean(d.File), clean(d.Summary), cleanLines(d.Detail), cleanLines(d.Manual)
		c.Warnings[i] = &d
	}
	return &c
}

func printableItems(items []Item) []Item {
	out := slices.Clone(items)
	for i := range out {
		it := &out[i]
		it.If = strings.Join(strings.Fields(it.If), " ")
		for _, s := range []*string{&it.Name, &it.Label, &it.Title, &it.To, &it.In, &it.If, &it.File, &it.Plugin, &it.Package, &it.Version} {
			*s = clean(*s)
		}
		it.Pages, it.Refs = cleanAll(it.Pages), cleanAll(it.Refs)
		it.Items = printableItems(it.Items)
	}
	return out
}
