package wiremap

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

var update = flag.Bool("update", false, "write the goldens")

// load reads a workspace.
func load(t testing.TB, fsys fs.FS) *workspace.Workspace {
	t.Helper()
	ws, err := workspace.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return ws
}

// observed is the map of an app, and the facts that are in it.
func observed(t testing.TB, fsys fs.FS) (*Map, *wiring.Observation) {
	t.Helper()
	ws := load(t, fsys)
	seen, err := wiring.Observe(context.Background(), ws)
	if err != nil {
		t.Fatal(err)
	}
	return New(ws, seen), seen
}

// hostile is a name with what could end, begin or hide something in any of the formats.
const hostile = "</script><img src=x onerror=alert(1)>\"'`&amp;&lt;\\N\\\"]]>--><!--\u202Egnol\u200B\x1b[31m\u2028${x}{{.}}\xff שלום"

// hostileApp has a fact of every kind with hostile text in every place that text can be in.
func hostileApp(t testing.TB) (*workspace.Workspace, *wiring.Observation) {
	ws := load(t, fixtures.App("new"))
	seen := &wiring.Observation{}
	var kinds []wiring.Kind
	for _, p := range parts() {
		kinds = append(kinds, p.kinds...)
	}
	for i, k := range append(kinds, "kind-of-tomorrow") {
		dir := "packages/app"
		if k == wiring.BackendFeature || k == wiring.LegacyRouter {
			dir = "packages/backend"
		}
		for j := range 2 {
			f := wiring.Fact{Kind: k, Package: dir, File: dir + "/src/" + hostile + ".tsx", Pos: text.Pos{Line: i*10 + j + 1, Column: 3},
				Name: hostile, Title: "title " + hostile, In: hostile, If: "e =>\n  " + hostile,
				Refs: []wiring.Ref{{Module: "@x/plugin-" + hostile, Export: hostile}, {Module: hostile}}, Conditional: true, Degraded: j == 1}
			if strings.HasPrefix(string(k), "entity-") {
				f.Pages = []string{"component:" + hostile, "default"}
			}
			seen.Facts = append(seen.Facts, f)
		}
	}
	warning := diag.Errorf("code", "%s", hostile)
	warning.File, warning.Detail, warning.Manual = hostile, "one\ntwo "+hostile, hostile
	seen.Degraded = append(seen.Degraded, warning)
	return ws, seen
}

// shown are the ids of the pieces below, once each, by kind.
func shown(m *Map) map[wiring.Kind]int {
	n, seen := map[wiring.Kind]int{}, map[string]bool{}
	for _, p := range m.Packages {
		for _, s := range p.Sections {
			for _, g := range s.Groups {
				each(g.Items, 0, func(it *Item, _ int) {
					if it.ID != "" && !seen[it.ID] {
						seen[it.ID] = true
						n[it.Kind]++
					}
				})
			}
		}
	}
	return n
}

func TestEveryFactIsShownAndCountedOnce(t *testing.T) {
	check := func(t *testing.T, m *Map, seen *wiring.Observation) {
		t.Helper()
		want := map[wiring.Kind]int{}
		for _, f := range seen.Facts {
			want[f.Kind]++
		}
		got, counted, inPlugins := shown(m), map[wiring.Kind]int{}, map[wiring.Kind]int{}
		for _, p := range m.Packages {
			total := 0
			for _, s := range p.Sections {
				sum := 0
				for _, c := range s.Kinds {
					counted[c.Kind] += c.Count
					sum += c.Count
				}
				if sum != s.Count {
					t.Errorf("%s has %d pieces, and its kinds %d", s.ID, s.Count, sum)
				}
				total += s.Count
			}
			if total != p.Count {
				t.Errorf("%s has %d pieces, and its sections %d", p.Dir, p.Count, total)
			}
		}
		for _, p := range m.Plugins {
			for _, c := range p.Kinds {
				inPlugins[c.Kind] += c.Count
			}
		}
		for _, kinds := range []map[wiring.Kind]int{got, counted, inPlugins} {
			if fmt.Sprint(kinds) != fmt.Sprint(want) {
				t.Errorf("got  %v\nwant %v", kinds, want)
			}
		}
	}
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) {
			m, seen := observed(t, fixtures.App(name))
			check(t, m, seen)
		})
	}
	t.Run("hostile", func(t *testing.T) {
		ws, seen := hostileApp(t)
		check(t, New(ws, seen), seen)
	})
	t.Run("package that is neither app nor backend", func(t *testing.T) {
		seen := &wiring.Observation{Facts: []wiring.Fact{{Kind: wiring.Route, Package: "elsewhere", Name: "/x"}}}
		check(t, New(load(t, fixtures.App("legacy")), seen), seen)
	})
}

// goldens are the fixture apps in the formats that people read as text.
func TestGoldens(t *testing.T) {
	for _, name := range fixtures.Names() {
		m, _ := observed(t, fixtures.App(name))
		data, err := m.JSON()
		if err != nil {
			t.Fatal(err)
		}
		for file, got := range map[string]string{name + ".txt": m.Text(), name + ".dot": m.DOT(), name + ".svg": m.SVG(), name + ".json": string(data)} {
			if filepath.Ext(file) != ".txt" && name != "new" { // one of each is enough to read
				continue
			}
			golden := filepath.Join("testdata", file)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is out of date; look at what -update makes of it", golden)
			}
		}
	}
}

func TestSameWorkspaceGivesSameBytes(t *testing.T) {
	for _, name := range fixtures.Names() {
		a, _ := observed(t, fixtures.App(name))
		b, _ := observed(t, fixtures.App(name))
		for format, pair := range map[string][2]string{
			"text": {a.Text(), b.Text()}, "dot": {a.DOT(), b.DOT()}, "svg": {a.SVG(), b.SVG()}, "html": {pageOf(t, a), pageOf(t, b)},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %s differs from one time to the next", name, format)
			}
		}
	}
}

func pageOf(t testing.TB, m *Map) string {
	t.Helper()
	data, err := m.HTML()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// hidden are characters that no format but JSON may have.
var hidden = regexp.MustCompile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066\u2067\u2028\u2029\ufeff]")

func TestTextOfTheRepositoryIsText(t *testing.T) {
	ws, seen := hostileApp(t)
	m := New(ws, seen)
	data, err := m.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var back struct{ Packages []Package }
	if err := json.Unmarshal(data, &back); err != nil {
		t.Errorf("JSON: %v", err)
	} else if it := back.Packages[0].Sections[0].Groups[0].Items[0]; it.Name != strings.ToValidUTF8(hostile, "\uFFFD") {
		t.Errorf("JSON changes text: %q", it.Name)
	}
	html, svg := pageOf(t, m), m.SVG()
	for format, got := range map[string]string{"text": m.Text(), "dot": m.DOT(), "svg": svg, "html": html} {
		if !utf8.ValidString(got) {
			t.Errorf("%s is not UTF-8", format)
		}
		if bad := hidden.FindString(got); bad != "" {
			t.Errorf("%s has %q", format, bad)
		}
		if strings.Contains(got, "hunter2") {
			t.Errorf("%s has a value of the configuration", format)
		}
	}
	for format, got := range map[string]string{"svg": svg, "html": html} {
		for _, bad := range []string{"<img", "</script><", "-->", "]]>"} {
			if strings.Contains(got, bad) {
				t.Errorf("%s has %q", format, bad)
			}
		}
	}
	if n := strings.Count(html, "<script"); n != 2 {
		t.Errorf("the page has %d scripts", n)
	}
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("SVG: %v", err)
		}
	}
	wellQuoted(t, m.DOT())
}

// wellQuoted checks that quotes in a DOT file are in pairs, line by line.
func wellQuoted(t *testing.T, dot string) {
	t.Helper()
	escapes := regexp.MustCompile(`\\.`)
	for line := range strings.Lines(dot) {
		if strings.Count(escapes.ReplaceAllString(line, ""), `"`)%2 != 0 {
			t.Errorf("DOT has an open quote: %s", line)
		}
	}
}

func TestGraphvizReadsGraphs(t *testing.T) {
	dot, err := exec.LookPath("dot")
	if err != nil {
		t.Skip("needs dot, of graphviz: " + err.Error())
	}
	ws, seen := hostileApp(t)
	for name, m := range map[string]*Map{"hostile": New(ws, seen), "legacy": mapOf(t, "legacy"), "new": mapOf(t, "new")} {
		cmd := exec.Command(dot, "-Tplain")
		cmd.Stdin = strings.NewReader(m.DOT())
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil || errs.Len() > 0 {
			t.Errorf("%s: %v: %s", name, err, errs.String())
		}
		pieces := 0
		for _, n := range shown(m) {
			pieces += n
		}
		if nodes := len(regexp.MustCompile(`(?m)^node f\d+ `).FindAll(out, -1)); nodes != pieces {
			t.Errorf("%s: dot has %d pieces, want %d", name, nodes, pieces)
		}
	}
}

func TestPageLoadsNothing(t *testing.T) {
	m, _ := observed(t, fixtures.App("legacy"))
	html := pageOf(t, m)
	for _, address := range regexp.MustCompile(`(?i)(?: src=| href=|url\(| action=|@import )["']*([^"' )>]+)`).FindAllStringSubmatch(html, -1) {
		if to := address[1]; !strings.HasPrefix(to, "#") && to != "data:," {
			t.Errorf("the page refers to %q", to)
		}
	}
	if bad := regexp.MustCompile(`https?://[^"<\s]+`).FindAllString(strings.ReplaceAll(html, "http://www.w3.org/2000/svg", ""), -1); bad != nil {
		t.Errorf("the page has addresses: %q", bad)
	}
	if regexp.MustCompile(` (style|on[a-z]+)=`).MatchString(html) {
		t.Error("the page has styles or scripts in attributes, which its policy forbids")
	}
}

func TestAnchorsLeadSomewhere(t *testing.T) {
	ws, seen := hostileApp(t)
	for _, html := range []string{pageOf(t, New(ws, seen)), pageOf(t, mapOf(t, "legacy")), pageOf(t, mapOf(t, "new"))} {
		ids := map[string]bool{}
		for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(html, -1) {
			if ids[id[1]] {
				t.Errorf("id %q is there twice", id[1])
			}
			ids[id[1]] = true
		}
		for _, ref := range regexp.MustCompile(` (?:href="#|aria-labelledby="|for=")([^"]*)"`).FindAllStringSubmatch(html, -1) {
			if !ids[ref[1]] {
				t.Errorf("nothing has the id %q", ref[1])
			}
		}
	}
}

func mapOf(t testing.TB, name string) *Map {
	m, _ := observed(t, fixtures.App(name))
	return m
}

func TestPicturesOfManyFactsAndOfNone(t *testing.T) {
	ws := load(t, fixtures.App("legacy"))
	empty := New(ws, &wiring.Observation{})
	if !strings.Contains(empty.Text(), "nothing is wired") || !strings.Contains(pageOf(t, empty), "nothing is wired") {
		t.Error("an app without wiring is not said to have none")
	}
	m := New(ws, manyFacts(2000))
	svg := m.SVG()
	if !strings.Contains(svg, "more</text>") {
		t.Error("the picture has no end")
	}
	if n := len(pageOf(t, m)); n > 3<<20 {
		t.Errorf("the page of 2,000 facts has %d bytes", n)
	}
	if lines := slices.Max(heights(svg)); lines > 8000 {
		t.Errorf("the picture is %d high", lines)
	}
}

func heights(svg string) []int {
	var w, h int
	_, err := fmt.Sscanf(svg[strings.Index(svg, "viewBox="):], `viewBox="0 0 %d %d"`, &w, &h)
	if err != nil {
		panic(err)
	}
	return []int{h}
}

// manyFacts are n facts of one app, of several kinds.
func manyFacts(n int) *wiring.Observation {
	seen := &wiring.Observation{}
	kinds := []wiring.Kind{wiring.Route, wiring.SidebarItem, wiring.EntityTab, wiring.EntityCard, wiring.EntityCard, wiring.API, wiring.BackendFeature}
	for i := range n {
		k := kinds[i%len(kinds)]
		f := wiring.Fact{Kind: k, Package: "packages/app", File: "packages/app/src/App.tsx", Pos: text.Pos{Line: i + 1, Column: 1},
			Name: fmt.Sprintf("/thing-%d", i), Title: fmt.Sprintf("Thing %d", i),
			Refs: []wiring.Ref{{Module: fmt.Sprintf("@acme/backstage-plugin-thing-%d", i%180), Export: "Thing"}}}
		switch k {
		case wiring.EntityTab:
			f.Pages = []string{[]string{"component:service", "component:website", "api"}[i%3]}
		case wiring.EntityCard:
			f.In, f.Pages = "/", []string{"component:service", "default"}
		case wiring.BackendFeature:
			f.Package, f.File, f.Name = "packages/backend", "packages/backend/src/index.ts", fmt.Sprintf("@acme/plugin-thing-%d-backend-module-m%d", i%90, i)
			f.Refs = []wiring.Ref{{Module: f.Name, Export: "default"}}
		}
		seen.Facts = append(seen.Facts, f)
	}
	return seen
}

func TestWhatAPluginIsCalled(t *testing.T) {
	for npm, want := range map[string]string{
		"@backstage/plugin-catalog":                               "catalog",
		"@backstage/plugin-catalog-backend":                       "catalog",
		"@backstage/plugin-catalog-backend-module-logs":           "catalog logs",
		"@backstage/plugin-catalog-react":                         "catalog",
		"@backstage/plugin-techdocs-module-addons-contrib":        "techdocs addons-contrib",
		"@backstage-community/plugin-tech-radar-backend":          "tech-radar",
		"@backstage-community/plugin-sonarqube":                   "sonarqube",
		"@roadiehq/backstage-plugin-github-insights":              "github-insights",
		"@roadiehq/scaffolder-backend-module-utils":               "scaffolder utils",
		"@roadiehq/catalog-backend-module-okta":                   "catalog okta",
		"@roadiehq/backstage-entity-validator":                    "entity-validator",
		"@circleci/backstage-plugin":                              "circleci",
		"@internal/plugin-my-thing-backend":                       "my-thing",
		"@internal/backstage-plugin-catalog-backend-module-x-y-z": "catalog x-y-z",
		"plugin-thing":                   "thing",
		"backstage-plugin-thing-backend": "thing",
		"@pagerduty/backstage-plugin":    "pagerduty",
		"@x/thing-backstage-backend":     "thing",
		"@backstage/plugin-":             "backstage",
		"":                               "",
	} {
		plugin, module := pluginName(npm)
		if got := strings.TrimSpace(plugin + " " + module); got != want {
			t.Errorf("%s is %q, want %q", npm, got, want)
		}
	}
}

func TestCleanSpellsOutWhatCannotBeSeen(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 漢字 😀":        "plain é 漢字 😀",
		"a\x1b[31mb":          `a\u{001B}[31mb`,
		"a\u202eb":            `a\u{202E}b`,
		"a\xffb":              `a\xFFb`,
		"a\uFFFDb":            "a\uFFFDb",
		"line\nline":          `line\u{000A}line`,
		"\ufeffx\u200b\u00ad": `\u{FEFF}x\u{200B}\u{00AD}`,
		"\U000e0041":          `\u{E0041}`,
		"\ufffe":              `\u{FFFE}`,
		"שלום":                "שלום",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	if got := isolated("שלום"); got != "\u2068שלום\u2069" {
		t.Errorf("%q", got)
	}
	if got := isolated("plain"); got != "plain" {
		t.Errorf("%q", got)
	}
}

func FuzzFormatsHoldAnyText(f *testing.F) {
	f.Add(hostile, hostile, hostile)
	f.Add("/a", "component:service", "@backstage/plugin-catalog")
	f.Add("", "", "#")
	ws := load(f, fixtures.App("new"))
	f.Fuzz(func(t *testing.T, name, page, module string) {
		seen := &wiring.Observation{}
		for _, k := range []wiring.Kind{wiring.EntityTab, wiring.EntityCard, wiring.BackendFeature, wiring.Feature, wiring.Extension, wiring.SidebarItem} {
			seen.Facts = append(seen.Facts, wiring.Fact{Kind: k, Package: "packages/app", Name: name, In: name, Title: page, File: module, If: page,
				Pages: []string{page}, Refs: []wiring.Ref{{Module: module, Export: name}}})
		}
		m := New(ws, seen)
		html, svg := pageOf(t, m), m.SVG()
		if strings.Count(html, "<script") != 2 || hidden.MatchString(html) || hidden.MatchString(m.Text()) || hidden.MatchString(m.DOT()) {
			t.Error("text gets out")
		}
		if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil {
			t.Error(err)
		}
		wellQuoted(t, m.DOT())
		data, err := m.JSON()
		if err != nil || !json.Valid(data) || bytes.Contains(data, []byte("</")) {
			t.Error("JSON:", err)
		}
	})
}
