package wiremap

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page's parts
	"encoding/base64"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/wiring"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

// pageTheme runs before anything is shown, so that the page does not appear in one theme and
// turn to another.
const pageTheme = `try{const t=localStorage.getItem("batten-theme");if(t)document.documentElement.dataset.theme=t}catch{}`

// picturePieces are as many as a person may take in at a glance, with good will.
const picturePieces = 400

// HTML is the map as a page that is complete in itself.
func (m *Map) HTML() ([]byte, error) {
	t, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, newPage(m.printable()))
	return b.Bytes(), err
}

// page is what the template is given.
type page struct {
	*Map
	Pieces    int
	Views     []packageView
	Uses      pluginTable
	Picture   template.HTML
	Open      bool // the picture: it is of a size to be looked at
	Kinds     []option
	Dirs      []option
	PluginIDs []option
	NPM       []option

	Policy string
	CSS    template.CSS
	Theme  template.JS
	JS     template.JS
}

// option is a choice of a filter, with the number of pieces that it leaves.
type option struct {
	Value string
	Text  string
	Count int
}

type packageView struct {
	Package
	ID     string
	System string
	Parts  []sectionView
}

type sectionView struct {
	Section
	ID     string
	Groups []groupView
}

type groupView struct {
	Title string
	Rows  []row
}

// row is one line of a table.
type row struct {
	Item
	Label     string
	Depth     int
	Anchor    bool // the first row of its piece
	About     string
	Condition string
	Shared    int    // entity pages that it is on, if not the group's alone
	Folder    string // of the file, from the package's own, with a slash
	Place     string // name of the file and line
	Full      string // path from the root, and line
	Exports   string // what it is made of
	More      string // what else a search finds it by
}

func newPage(m *Map) page {
	p := page{Map: m, CSS: template.CSS(pageCSS), Theme: template.JS(pageTheme), JS: template.JS(pageJS), //nolint:gosec // the page's own
		Picture: template.HTML(m.svg(false)), Uses: pluginUses(m)} //nolint:gosec // escaped by svg
	p.Policy = fmt.Sprintf("default-src 'none'; style-src %s; script-src %s %s; img-src data:; base-uri 'none'; form-action 'none'",
		hash(pageCSS), hash(pageTheme), hash(pageJS))
	kinds, plugins, npm := map[string]int{}, map[string]int{}, map[string]int{}
	for i, pkg := range m.Packages {
		v := packageView{Package: pkg, ID: fmt.Sprintf("p%d", i+1), System: pkg.system()}
		p.Pieces += pkg.Count
		p.Dirs = append(p.Dirs, option{pkg.Dir, pkg.Dir, pkg.Count})
		seen := map[string]bool{}
		for _, s := range pkg.Sections {
			sv := sectionView{Section: s, ID: v.ID + "-" + s.ID}
			for _, g := range s.Groups {
				gv := groupView{Title: g.Title}
				each(g.Items, 0, func(it *Item, depth int) {
					r := newRow(it, depth, pkg.Dir)
					if len(it.Pages) > len(g.Pages) && len(g.Pages) > 0 {
						r.Shared = len(it.Pages)
					}
					if r.Anchor = it.ID != "" && !seen[it.ID]; r.Anchor {
						seen[it.ID] = true
						kinds[string(it.Kind)]++
						plugins[it.Plugin]++
						npm[it.Package]++
					}
					gv.Rows = append(gv.Rows, r)
				})
				sv.Groups = append(sv.Groups, gv)
			}
			v.Parts = append(v.Parts, sv)
		}
		p.Views = append(p.Views, v)
	}
	p.Open = p.Pieces <= picturePieces
	p.Kinds, p.PluginIDs, p.NPM = options(kinds), options(plugins), options(npm)
	return p
}

func newRow(it *Item, depth int, dir string) row {
	r := row{Item: *it, Label: it.label(), Depth: min(depth, 3), About: it.about(), Condition: it.condition(),
		Full: it.Place()}
	from := strings.TrimPrefix(r.Full, dir+"/")
	base := strings.LastIndexByte(from, '/') + 1
	r.Folder, r.Place = from[:base], from[base:]
	r.Exports = strings.Join(it.Refs, " ")
	more := []string{string(it.Kind), it.Plugin}
	if it.Label != "" {
		more = append(more, it.Name)
	}
	if it.Package == "" {
		more = append(more, it.Refs...)
	}
	r.More = strings.Join(more, " ")
	return r
}

func options(counts map[string]int) []option {
	var out []option
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		if k != "" {
			out = append(out, option{k, k, counts[k]})
		}
	}
	return out
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// pluginTable says how many pieces of each sort hang of each plugin.
type pluginTable struct {
	Columns []string
	Rows    []pluginRow
}

type pluginRow struct {
	ID       string
	Packages []PluginUse
	Cells    []int
}

// pluginUses counts; a column of which no plugin has anything is left out.
func pluginUses(m *Map) pluginTable {
	columns := []struct {
		title string
		kinds []wiring.Kind
	}{
		{"Features", []wiring.Kind{wiring.Feature, wiring.DiscoveredPlugin}},
		{"Extensions", []wiring.Kind{wiring.Extension}},
		{"Settings", []wiring.Kind{wiring.ExtensionSetting, wiring.RouteBindingSetting}},
		{"Sidebar", []wiring.Kind{wiring.SidebarItem}},
		{"Routes", []wiring.Kind{wiring.Route}},
		{"Tabs", []wiring.Kind{wiring.EntityTab, wiring.EntityCase}},
		{"Cards", []wiring.Kind{wiring.EntityCard}},
		{"Other", nil},
		{"Backend", []wiring.Kind{wiring.BackendFeature, wiring.LegacyRouter}},
		{"Modules", nil},
	}
	const other, backend, modules = 7, 8, 9
	var t pluginTable
	totals := make([]int, len(columns))
	for _, p := range m.Plugins {
		r := pluginRow{ID: p.ID, Packages: p.Packages, Cells: make([]int, len(columns))}
		for _, c := range p.Kinds {
			at := other
			for i, col := range columns {
				if slices.Contains(col.kinds, c.Kind) {
					at = i
				}
			}
			r.Cells[at] += c.Count
		}
		r.Cells[backend], r.Cells[modules] = r.Cells[backend]-p.Modules, p.Modules
		for i, n := range r.Cells {
			totals[i] += n
		}
		t.Rows = append(t.Rows, r)
	}
	for i, c := range columns {
		if totals[i] > 0 {
			t.Columns = append(t.Columns, c.title)
		}
	}
	for i := range t.Rows {
		r := &t.Rows[i]
		var cells []int
		for j, n := range r.Cells {
			if totals[j] > 0 {
				cells = append(cells, n)
			}
		}
		r.Cells = cells
	}
	return t
}
