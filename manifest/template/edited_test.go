package template_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	plugins "github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest/template"
	"github.com/batten-dev/batten/registry/recipe"
)

var allPairs = flag.Bool("all-pairs", false, "merge edited apps between all pairs of releases, not every seventh")

// edit changes an app as people do. It is false where the app has not what it changes.
type edit struct {
	name string
	make func(t *testing.T, app fstest.MapFS) bool
}

func replaced(app fstest.MapFS, name, old, with string) bool {
	f := app[name]
	if f == nil || !strings.Contains(string(f.Data), old) {
		return false
	}
	app[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(f.Data), old, with, 1)), Mode: f.Mode}
	return true
}

func mapped(app fstest.MapFS, change func(name, src string) string, exts ...string) bool {
	for name, f := range app {
		if slices.Contains(exts, path.Ext(name)) && !strings.HasPrefix(name, ".yarn/") && path.Base(name) != "package.json" {
			app[name] = &fstest.MapFile{Data: []byte(change(name, string(f.Data))), Mode: f.Mode}
		}
	}
	return true
}

var (
	quoted     = regexp.MustCompile(`'([^'"\n\\]*)'`)
	comments   = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	semicolons = regexp.MustCompile(`(?m);$`)
)

func edits() []edit {
	return []edit{
		{"title", func(_ *testing.T, app fstest.MapFS) bool {
			return replaced(app, "app-config.yaml", "Scaffolded Backstage App", "Developer Portal") && replaced(app, "app-config.yaml", "My Company", "Acme")
		}},
		{"sidebar", func(_ *testing.T, app fstest.MapFS) bool {
			const root = "packages/app/src/components/Root/Root.tsx"
			return replaced(app, root, `<SidebarItem icon={HomeIcon}`, "<SidebarItem icon={CloudIcon} to=\"cloud\" text=\"Cloud\" />\n        <SidebarItem icon={HomeIcon}") &&
				replaced(app, root, "import HomeIcon", "import CloudIcon from '@material-ui/icons/Cloud';\nimport HomeIcon") &&
				replaced(app, root, "text=\"Create...\"", "text=\"New\"")
		}},
		{"middleware", func(_ *testing.T, app fstest.MapFS) bool {
			const index = "packages/backend/src/index.ts"
			return replaced(app, index, "backend.start();", "backend.add(import('./audit'));\nbackend.add(import('@backstage/plugin-user-settings-backend'));\n\nbackend.start();") ||
				replaced(app, index, "apiRouter.use(notFoundHandler());", "apiRouter.use(audit());\n  apiRouter.use(notFoundHandler());")
		}},
		{"moved files", func(_ *testing.T, app fstest.MapFS) bool {
			done := false
			for from, to := range map[string]string{
				"packages/app/src/components/catalog/EntityPage.tsx": "packages/app/src/catalog/EntityPage.tsx",
				"packages/app/src/apis.ts":                           "packages/app/src/apis/index.ts",
				"packages/app/src/modules/nav/Sidebar.tsx":           "packages/app/src/nav/Sidebar.tsx",
			} {
				if f := app[from]; f != nil {
					app[to] = f
					delete(app, from)
					done = true
				}
			}
			return done
		}},
		{"other prettier settings", func(_ *testing.T, app fstest.MapFS) bool {
			return mapped(app, func(_, src string) string {
				var out strings.Builder
				for l := range strings.Lines(src) {
					body := strings.TrimLeft(l, " ")
					out.WriteString(strings.Repeat(" ", 2*(len(l)-len(body))) + semicolons.ReplaceAllString(strings.TrimRight(body, "\n"), "") + "\n")
				}
				return quoted.ReplaceAllString(out.String(), `"$1"`)
			}, ".ts", ".tsx")
		}},
		{"other quotes in YAML", func(_ *testing.T, app fstest.MapFS) bool {
			return mapped(app, func(_, src string) string {
				var out strings.Builder
				for l := range strings.Lines(src) {
					if strings.Count(l, "'") == 2 && !strings.ContainsAny(l, "\"#") {
						l = strings.ReplaceAll(l, "'", `"`)
					}
					out.WriteString(l)
				}
				return out.String()
			}, ".yaml")
		}},
		{"CRLF", func(_ *testing.T, app fstest.MapFS) bool {
			return mapped(app, func(_, src string) string { return strings.ReplaceAll(src, "\n", "\r\n") }, ".ts", ".tsx", ".yaml", ".json")
		}},
		{"own scripts and dependencies", func(_ *testing.T, app fstest.MapFS) bool {
			return replaced(app, "package.json", `"scripts": {`, "\"scripts\": {\n    \"deploy\": \"helm upgrade\",") &&
				replaced(app, "packages/app/package.json", `"dependencies": {`, "\"dependencies\": {\n    \"@acme/ui\": \"^1.0.0\",") &&
				replaced(app, "packages/backend/package.json", `"dependencies": {`, "\"dependencies\": {\n    \"@acme/api\": \"^1.0.0\",")
		}},
		{"own configuration", func(_ *testing.T, app fstest.MapFS) bool {
			return replaced(app, "app-config.yaml", "backend:\n", "acme:\n  region: eu # only here\n\nbackend:\n") &&
				replaced(app, "app-config.yaml", "client: better-sqlite3", "client: pg")
		}},
		{"deleted files", func(_ *testing.T, app fstest.MapFS) bool {
			delete(app, "packages/app/src/App.test.tsx")
			delete(app, "playwright.config.ts")
			delete(app, "packages/backend/Dockerfile")
			return true
		}},
		{"plugins added", func(t *testing.T, app fstest.MapFS) bool {
			return added(t, app, "tech-radar", "jenkins", "sonarqube")
		}},
	}
}

// added adds plugins as `batten add` does.
func added(t *testing.T, app fstest.MapFS, names ...string) bool {
	t.Helper()
	done := false
	for _, name := range names {
		r, ok := recipe.Lookup(name)
		if !ok {
			continue
		}
		plan, err := plugins.Add(t.Context(), app, []recipe.Recipe{r}, plugins.Options{Version: func(context.Context, plugins.Dependency) (plugins.Choice, error) {
			return plugins.Choice{Spec: "^1.0.0"}, nil
		}})
		if err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		for _, c := range plan.Changes {
			app[c.Path] = &fstest.MapFile{Data: c.After, Mode: 0o644}
		}
		done = true
	}
	return done
}

// more are the lines that one version has more often than another, by what they say.
func more(a, b []byte) map[string]int {
	out := lines(a)
	for l, n := range lines(b) {
		if out[l] -= n; out[l] <= 0 {
			delete(out, l)
		}
	}
	return out
}

// No line of the user's is lost, and no change of the template's without saying so.
func TestNothingIsLostInAnEditedApp(t *testing.T) {
	type count struct{ merged, conflict, skipped, added, deleted int }
	kinds := map[string]*count{}
	byEdit := map[string]*count{}
	conflicts, pieces := map[string]int{}, map[string]int{}
	tally := func(c *count, s template.Status) {
		*map[template.Status]*int{template.Merged: &c.merged, template.Conflict: &c.conflict, template.Skipped: &c.skipped, template.Added: &c.added, template.Deleted: &c.deleted}[s]++
	}
	all := pairs()
	for i, p := range all {
		if !*allPairs && i%7 != 0 {
			continue
		}
		base, theirs := contents(t, fixtures.Template(t, p.from, p.layout)), contents(t, fixtures.Template(t, p.to, p.layout))
		for _, e := range append(edits(), moves()...) {
			app := fixtures.Template(t, p.from, p.layout)
			if !e.make(t, app) {
				continue
			}
			name := fmt.Sprintf("%s %s to %s, %s", p.layout, p.from, p.to, e.name)
			over := change.NewOverlay(app)
			result, err := template.Merge(t.Context(), over, base, theirs, template.MergeOptions{})
			if err != nil {
				t.Fatal(name, err)
			}
			if byEdit[e.name] == nil {
				byEdit[e.name] = &count{}
			}
			for _, f := range result.Files {
				care, _ := template.CareOf(f.Path)
				if care == template.Users {
					continue
				}
				kind := path.Ext(f.Path)
				if path.Base(f.Path) == "package.json" {
					kind = "package.json"
				}
				if kinds[kind] == nil {
					kinds[kind] = &count{}
				}
				tally(kinds[kind], f.Status)
				tally(byEdit[e.name], f.Status)
				if f.Status == template.Conflict {
					if testing.Verbose() {
						t.Logf("%s: %s: %+v", name, f.Path, f.Conflicts)
					}
					conflicts[e.name+": "+f.Path+" "+f.Conflicts[0].Key+" "+f.Conflicts[0].Why]++
				}
			}
			checkLaw(t, name, app, over, base, theirs, result)
			again := change.NewOverlay(over)
			if _, err := template.Merge(t.Context(), again, base, theirs, template.MergeOptions{}); err != nil {
				t.Fatal(name, err)
			}
			for _, c := range again.Changes() {
				if slices.Contains([]string{".ts", ".tsx", ".js"}, path.Ext(c.Path)) {
					t.Errorf("%s: a second merge changes %s again:\n%s", name, c.Path, change.Diff([]change.Change{c}))
				}
			}
			for _, p := range result.Pieces {
				pieces[fmt.Sprintf("%s: %s %s %s %s", e.name, p.Status, p.Kind, p.Name, p.Why)]++
			}
			for _, n := range result.Notes {
				pieces[e.name+": "+n]++
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		t.Logf("%-14s %+v", k, *kinds[k])
	}
	for _, k := range slices.Sorted(maps.Keys(byEdit)) {
		t.Logf("%-30s %+v", k, *byEdit[k])
	}
	for _, k := range slices.SortedFunc(maps.Keys(conflicts), func(a, b string) int { return conflicts[b] - conflicts[a] }) {
		t.Logf("%4d %s", conflicts[k], k)
	}
	for _, k := range slices.SortedFunc(maps.Keys(pieces), func(a, b string) int { return pieces[b] - pieces[a] }) {
		t.Logf("%4d %s", pieces[k], k)
	}
}

func checkLaw(t *testing.T, name string, app fstest.MapFS, over *change.Overlay, base, theirs map[string][]byte, result *template.Result) {
	t.Helper()
	said := map[string]template.File{}
	for _, f := range result.Files {
		said[f.Path] = f
	}
	ofTemplate := "" // what the user has formatted anew or moved is no line of theirs
	for file, src := range base {
		if slices.Contains([]string{".ts", ".tsx"}, path.Ext(file)) {
			ofTemplate += loose(string(src))
		}
	}
	for file, f := range app {
		care, _ := template.CareOf(file)
		if !f.Mode.IsRegular() || care == template.Whole {
			continue
		}
		from := file
		if s := said[file]; s.From != "" {
			from = s.From
		}
		after, err := fs.ReadFile(over, file)
		if err != nil {
			if said[file].Status != template.Deleted || string(f.Data) != string(base[from]) && !strings.Contains(string(f.Data), "\r\n") {
				t.Errorf("%s: %s is gone", name, file)
			}
			continue
		}
		if said[file].Status == "" && string(after) != string(f.Data) {
			t.Errorf("%s: %s changed and nothing says so", name, file)
		}
		whole := loose(string(after))
		has, had := loosely(after), loosely(base[from])
		for l := range more(f.Data, base[from]) {
			if !had[loose(l)] && !has[loose(l)] && !strings.Contains(whole, loose(l)) && !strings.Contains(ofTemplate, strings.Replace(loose(l), "b.add(", "backend.add(", 1)) {
				t.Errorf("%s: %s: the user's line is lost: %s", name, file, l)
			}
		}
	}
	for file := range theirs {
		if care, _ := template.CareOf(file); care == template.Whole {
			continue
		}
		s, ok := said[file]
		if !ok {
			for _, f := range result.Files {
				if f.From == file {
					s, ok = f, true
				}
			}
		}
		added := more(theirs[file], base[file])
		inOther := "" // the files that pieces of this one came to, or were in already
		for _, p := range result.Pieces {
			if p.From == file && p.File != "" {
				if src, err := fs.ReadFile(over, p.File); err == nil {
					inOther += loose(string(src))
				}
			}
		}
		for _, f := range result.Files {
			if f.From == file {
				if src, err := fs.ReadFile(over, f.Path); err == nil {
					inOther += loose(string(src))
				}
			}
		}
		if len(added) == 0 || ok && (s.Status == template.Conflict || s.Status == template.Skipped) {
			continue
		}
		if ok && s.Path != "" {
			file = s.Path
		}
		after, err := fs.ReadFile(over, file)
		if err != nil {
			t.Errorf("%s: %s: the template's change is lost: %v", name, file, err)
			continue
		}
		whole := loose(string(after)) + inOther
		for l := range added {
			if slices.ContainsFunc(s.Notes, func(n string) bool {
				return strings.HasSuffix(n, "which the app does not use") || strings.Contains(n, "locations of examples")
			}) {
				continue // configuration for what is not there
			}
			if slices.ContainsFunc(s.Notes, func(n string) bool { return strings.HasPrefix(n, "a comment that the template has now") }) &&
				slices.ContainsFunc(comments.FindAllString(string(theirs[s.Path]), -1), func(c string) bool { return strings.Contains(c, strings.Trim(l, "{}")) }) {
				continue
			}
			if strings.HasPrefix(l, "//") && slices.ContainsFunc(s.Notes, func(n string) bool { return strings.HasPrefix(n, "comments ") }) {
				continue
			}
			if (s.How == "tree" || s.How == "facts") && strings.HasPrefix(l, "import {") {
				continue // its names may be in another import of the module; the merge compiles
			}
			if !strings.Contains(whole, loose(l)) && !slices.ContainsFunc(s.Notes, func(n string) bool { return strings.Contains(l, strings.SplitN(n, " ", 2)[0]) }) {
				t.Errorf("%s: %s: the template's line is lost: %s", name, file, l)
			}
		}
	}
}

// loose is a text without what formatters decide.
func loose(s string) string {
	return strings.NewReplacer("'", "", `"`, "", ";", "", ",", "", " ", "", "\r", "", "\n", "", "\t", "").Replace(s)
}

func loosely(src []byte) map[string]bool {
	out := map[string]bool{}
	for l := range strings.Lines(string(src)) {
		out[loose(l)] = true
	}
	return out
}
