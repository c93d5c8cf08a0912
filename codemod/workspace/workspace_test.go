package workspace_test

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
	"github.com/batten-dev/batten/fixtures"
)

// repo is an in-memory monorepo, file by file.
func repo(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, content := range files {
		m[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
	}
	return m
}

func load(t testing.TB, fsys fs.FS, opts ...workspace.Option) *workspace.Workspace {
	t.Helper()
	w, err := workspace.Load(fsys, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// describe says in lines what was read, for tables of expectations.
func describe(w *workspace.Workspace) string {
	var b strings.Builder
	for _, a := range w.Apps {
		fmt.Fprintf(&b, "app %s %s %s %s", a.Dir, a.System, base(a.Dir, a.Entry), base(a.Dir, a.AppFile))
		if a.Discovery.On {
			fmt.Fprintf(&b, " discovery %s", a.Discovery.Key)
			if a.Discovery.Include != nil {
				fmt.Fprintf(&b, " include %v", a.Discovery.Include)
			}
			if a.Discovery.Exclude != nil {
				fmt.Fprintf(&b, " exclude %v", a.Discovery.Exclude)
			}
		}
		b.WriteString("\n")
	}
	for _, k := range w.Backends {
		fmt.Fprintf(&b, "backend %s %s %s %s %s\n", k.Dir, k.System, base(k.Dir, k.Entry), base(k.Dir, k.File), k.AppName)
	}
	for _, p := range w.Packages {
		if p.Role != workspace.RoleFrontend && p.Role != workspace.RoleBackend {
			fmt.Fprintf(&b, "package %s %s\n", p.Dir, p.Role)
		}
	}
	fmt.Fprintf(&b, "%s berry=%v path=%s lock=%s", w.Manager, w.Manager.Berry, w.Manager.YarnPath, w.Lockfile)
	fmt.Fprintf(&b, "\nrelease %s %s plugin=%v age=%s %v\n", w.Release.Version, w.Release.Source, w.YarnPlugin, w.AgeGate.Min, w.AgeGate.Exempt)
	for _, c := range w.Config {
		fmt.Fprintf(&b, "config %s\n", c.Name)
	}
	for _, p := range w.Problems {
		fmt.Fprintf(&b, "problem %s %s\n", p.Location(), p.Code)
	}
	return b.String()
}

func base(dir, file string) string {
	if file == "" {
		return "-"
	}
	return strings.TrimPrefix(file, dir+"/")
}

func lines(s string) string {
	var out []string
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n") + "\n"
}

func TestFixtureApps(t *testing.T) {
	for name, want := range map[string]string{
		"legacy": `
			app packages/app legacy src/index.tsx src/App.tsx
			backend packages/backend new src/index.ts src/index.ts app
			package plugins/team-badge frontend-plugin
			yarn 4.4.1 berry=true path=.yarn/releases/yarn-4.4.1.cjs lock=yarn.lock
			release 1.50.4 backstage.json plugin=false age=0s []
			config app-config.yaml
			config app-config.production.yaml`,
		"new": `
			app packages/app new src/index.tsx src/App.tsx discovery app.packages
			backend packages/backend new src/index.ts src/index.ts app
			yarn 4.13.0 berry=true path=.yarn/releases/yarn-4.13.0.cjs lock=yarn.lock
			release 1.53.0 backstage.json plugin=false age=72h0m0s [@backstage/*]
			config app-config.yaml
			config app-config.production.yaml`,
		"legacy-backend": `
			app packages/app legacy src/index.tsx src/App.tsx
			backend packages/backend legacy src/index.ts src/index.ts app
			yarn 1 berry=false path= lock=yarn.lock
			release 1.17.5 backstage.json plugin=false age=0s []
			config app-config.yaml
			config app-config.production.yaml`,
		"hybrid": `
			app packages/app hybrid src/index.tsx src/App.tsx discovery app.packages include [@backstage/plugin-app-visualizer]
			backend packages/backend new src/index.ts src/index.ts app
			yarn 4.4.1 berry=true path=.yarn/releases/yarn-4.4.1.cjs lock=yarn.lock
			release 1.40.2 backstage.json plugin=false age=0s []
			config app-config.yaml`,
	} {
		t.Run(name, func(t *testing.T) {
			app := fixtures.App(name)
			for variant, fsys := range map[string]fs.FS{"LF": app, "CRLF": fixtures.CRLF(app)} {
				if got := describe(load(t, fsys)); got != lines(want) {
					t.Errorf("%s:\n%s\nwant\n%s", variant, got, lines(want))
				}
			}
		})
	}
}

func TestDependencySpansCoverTheSpecifier(t *testing.T) {
	for _, name := range fixtures.Names() {
		w := load(t, fixtures.CRLF(fixtures.App(name)))
		for _, p := range append(w.Packages, w.Root) {
			for _, d := range p.Deps {
				if got := string(p.Source[d.Span.Start:d.Span.End]); got != `"`+d.Spec+`"` {
					t.Errorf("%s: the span of %s covers %s", p.File, d.Name, got)
				}
			}
		}
	}
	w := load(t, fixtures.App("legacy"))
	backend, _ := w.Package("backend")
	if d, ok := backend.Dep("app"); !ok || d.Spec != "link:../app" || d.Field != "dependencies" {
		t.Errorf("app is %+v", d)
	}
	if d, ok := backend.Dep("@backstage/cli"); !ok || d.Field != "devDependencies" {
		t.Errorf("@backstage/cli is %+v", d)
	}
	if w.PackageOf("plugins/team-badge/src/plugin.tsx").Name != "@internal/plugin-team-badge" ||
		w.PackageOf("plugins/team-badge-2/x.ts") != w.Root || w.PackageOf("package.json") != w.Root {
		t.Error("PackageOf is wrong")
	}
}

func TestReleaseIsInferredWithoutBackstageJSON(t *testing.T) {
	infer := func(versions map[string]string) (string, float64) {
		if versions["@backstage/app-defaults"] == "" || versions["@backstage/backend-defaults"] == "" || versions["app"] != "" {
			t.Errorf("the versions are %v", versions)
		}
		return "1.50.1", 0.9
	}
	app := fixtures.App("legacy")
	for content, want := range map[string]workspace.ReleaseSource{
		``: "inferred", `{}`: "inferred", `{"version": 5}`: "inferred", `{`: "inferred", `{"version":"1.50.3"}`: "backstage.json", `{"version":"1.52.0"}`: "backstage.json",
	} {
		w := load(t, fixtures.With(app, map[string]string{"backstage.json": content}), workspace.InferWith(infer))
		if w.Release.Source != want {
			t.Errorf("%q gives %+v", content, w.Release)
		}
	}
	stale := load(t, fixtures.With(app, map[string]string{"backstage.json": `{"version":"1.2.3"}`}), workspace.InferWith(infer))
	if stale.Release != (workspace.Release{Version: "1.50.1", Claimed: "1.2.3", Source: workspace.ReleaseInferred, Score: 0.9}) {
		t.Errorf("packages much newer than backstage.json give %+v", stale.Release)
	}
	unsure := load(t, fixtures.With(app, map[string]string{"backstage.json": `{"version":"1.2.3"}`}),
		workspace.InferWith(func(map[string]string) (string, float64) { return "1.50.1", 0.3 }))
	if unsure.Release != (workspace.Release{Version: "1.2.3", Source: workspace.ReleaseFile}) {
		t.Errorf("packages of no release give %+v", unsure.Release)
	}
	if w := load(t, fixtures.Without(app, "backstage.json")); w.Release != (workspace.Release{}) {
		t.Errorf("without a function the release is %+v", w.Release)
	}
}

func TestErrorsSayWhatAndWhere(t *testing.T) {
	for name, tc := range map[string]struct {
		fsys fs.FS
		want string
	}{
		"empty":         {repo(nil), "not-backstage"},
		"no workspace":  {repo(map[string]string{"package.json": `{"name":"x"}`}), "not-backstage"},
		"invalid root":  {repo(map[string]string{"package.json": "{\n  \"workspaces\": [,]\n}"}), "invalid-json package.json:2:"},
		"not an object": {repo(map[string]string{"package.json": `[]`}), "invalid-json package.json:1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := workspace.Load(tc.fsys)
			var d *diag.Diagnostic
			if !errors.As(err, &d) {
				t.Fatalf("the error is %v", err)
			}
			if got := d.Code + " " + d.Location(); !strings.HasPrefix(got, tc.want) {
				t.Errorf("the error is %s, want %s", got, tc.want)
			}
		})
	}
}

func TestAppAndBackendAreRequired(t *testing.T) {
	w := load(t, repo(map[string]string{
		"package.json":              `{"workspaces":["packages/*"]}`,
		"packages/lib/package.json": `{"name":"lib"}`,
		"packages/bad/package.json": "{\n\"name\": }",
	}))
	_, err := w.App()
	for _, part := range []string{"no app package", "packages/lib", "packages/bad/package.json:2:", `"role": "frontend"`} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("App's error lacks %q: %v", part, err)
		}
	}
	if _, err := w.Backend(); err == nil || diag.Of(err)[0].Code != "no-backend" {
		t.Errorf("Backend's error is %v", err)
	}
	w = load(t, fixtures.App("new"))
	if a, err := w.App(); err != nil || a.Name != "app" {
		t.Errorf("App gives %v, %v", a, err)
	}
	if b, err := w.Backend(); err != nil || b.Name != "backend" {
		t.Errorf("Backend gives %v, %v", b, err)
	}
}

func TestConfigLookup(t *testing.T) {
	w := load(t, fixtures.With(fixtures.App("legacy"), map[string]string{
		"app-config.local.yaml":         "techRadar:\n  url: https://example.com\n",
		"app-config.staging.yaml":       "é: {ü: \"ß\", y: [a, b]}\napp: *x\n",
		"app-config.broken.yaml":        "a: 1\nb: 2\na: [\n",
		"app-config.example.md":         "",
		"jest.config.js":                "module.exports = {};\n",
		"config/lint.yaml":              "a: 1\n",
		"packages/app/package.json":     `{"name":"app","backstage":{"role":"frontend"},"scripts":{"test":"jest --config jest.config.js","lint":"eslint --config config/lint.yaml"}}`,
		"config/extra.yaml":             "kubernetes:\n  x: &k {y: 1}\nz: *k\n",
		"packages/backend/package.json": `{"name":"backend","backstage":{"role":"backend"},"scripts":{"start":"backstage-cli package start --config ../../app-config.yaml --config=../../config/extra.yaml --config $HOME/x"}}`,
	}))
	var names []string
	for _, c := range w.Config {
		names = append(names, c.Name)
	}
	if want := []string{"app-config.yaml", "app-config.broken.yaml", "app-config.staging.yaml", "config/extra.yaml",
		"app-config.production.yaml", "app-config.local.yaml"}; !slices.Equal(names, want) {
		t.Fatalf("files are %q, want %q", names, want)
	}
	for path, want := range map[string]string{
		"app baseUrl":       `app-config.yaml:3:12 "http://localhost:3000"; app-config.production.yaml:3:12 "https://portal.example.com"`,
		"kubernetes":        `app-config.yaml:69:12 null; config/extra.yaml:2:3 a mapping`,
		"scaffolder":        `app-config.yaml:51:12 null`,
		"techRadar url":     `app-config.local.yaml:2:8 "https://example.com"`,
		"kubernetes x y":    `config/extra.yaml:2:13 "1"`,
		"z y":               `config/extra.yaml:2:13 "1"`,
		"catalog locations": `app-config.yaml:62:5 a sequence; app-config.production.yaml:22:14 a sequence`,
		"app title x":       ``,
		"nothing":           ``,
	} {
		var got []string
		for _, v := range w.ConfigLookup(strings.Fields(path)...) {
			kind := v.Kind().String()
			if v.Kind() == yamledit.String || v.Kind() == yamledit.Number {
				kind = strconv.Quote(v.String())
			}
			got = append(got, fmt.Sprintf("%s:%s %s", v.File, v.Pos, kind))
		}
		if g := strings.Join(got, "; "); g != want {
			t.Errorf("%s is at %s, want %s", path, g, want)
		}
	}
	if file, ok := w.ConfigHas("kubernetes"); !ok || file != "config/extra.yaml" {
		t.Errorf("ConfigHas(kubernetes) is %s, %v", file, ok)
	}
	if _, ok := w.ConfigHas("scaffolder"); ok {
		t.Error("a null counts as a value")
	}
	var bad []string
	for _, d := range w.ConfigProblems() {
		bad = append(bad, d.Code+" "+d.Location())
	}
	if len(bad) != 2 || !strings.HasPrefix(bad[0], "invalid-yaml app-config.broken.yaml:") {
		t.Errorf("problems are %q", bad)
	}
}

func TestAgeGate(t *testing.T) {
	for rc, want := range map[string]time.Duration{
		"npmMinimalAgeGate: 3d": 72 * time.Hour, "npmMinimalAgeGate: 90": 90 * time.Minute, "npmMinimalAgeGate: '1.5h'": 90 * time.Minute,
		"npmMinimalAgeGate: 2w": 14 * 24 * time.Hour, "npmMinimalAgeGate: 0": 0, "npmMinimalAgeGate: 1d2h": 0, "npmMinimalAgeGate: [1]": 0,
		"npmMinimalAgeGate: 99999999999999w": 100 * 365 * 24 * time.Hour, "": 0,
	} {
		w := load(t, repo(map[string]string{"package.json": `{"workspaces":[]}`, ".yarnrc.yml": rc}))
		if w.AgeGate.Min != want {
			t.Errorf("%q gives %s", rc, w.AgeGate.Min)
		}
	}
	if w := load(t, repo(map[string]string{"package.json": `{"workspaces":[]}`, ".yarnrc.yml": "npmPreapprovedPackages: [react]"})); !slices.Equal(w.AgeGate.Exempt, []string{"react"}) || w.AgeGate.Min != 0 {
		t.Errorf("without an age: %v", w.AgeGate)
	}
	g := workspace.AgeGate{Min: time.Hour, Exempt: []string{"@backstage/*", "react", "lodash@^4.17.0", "{a,b}-*"}}
	for pkg, want := range map[string]bool{"@backstage/cli 1.0.0": true, "@backstage-community/x 1.0.0": false, "react 1.0.0": true,
		"react-dom 1.0.0": false, "lodash 4.17.21": true, "lodash 5.0.0": false, "a-x 1.0.0": true, "c-x 1.0.0": false} {
		name, version, _ := strings.Cut(pkg, " ")
		if got := g.Exempts(name, version); got != want {
			t.Errorf("%s is exempt: %v", pkg, got)
		}
	}
	if !(workspace.AgeGate{}).Exempts("x", "1.0.0") {
		t.Error("without a gate a package is not exempt")
	}
}

func TestReloadKeepsTreesOfUnchangedFiles(t *testing.T) {
	app := fixtures.App("legacy")
	w := load(t, app)
	before, err := w.ParseTSX("packages/app/src/App.tsx")
	if err != nil {
		t.Fatal(err)
	}
	changed := fixtures.With(app, map[string]string{"packages/app/src/apis.ts": "export const apis = [];\n"})
	w2, err := w.Reload(changed)
	if err != nil {
		t.Fatal(err)
	}
	if after, _ := w2.ParseTSX("packages/app/src/App.tsx"); after != before {
		t.Error("an unchanged file was parsed again")
	}
	if tree, _ := w2.ParseTSX("packages/app/src/apis.ts"); tree == nil || len(tree.Source()) != 24 {
		t.Error("a changed file was not parsed again")
	}
}

func TestParseTSXSaysWhere(t *testing.T) {
	w := load(t, fixtures.With(fixtures.App("legacy"), map[string]string{"packages/app/src/App.tsx": "const a = 1;\nconst b = <a>;\n"}))
	_, err := w.ParseTSX("packages/app/src/App.tsx")
	if d := diag.Of(err); len(d) != 1 || d[0].Code != "invalid-source" || !strings.HasPrefix(d[0].Location(), "packages/app/src/App.tsx:") {
		t.Errorf("the error is %v", err)
	}
	if _, err := w.ParseTSX("packages/app/src/none.tsx"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error of a missing file is %v", err)
	}
}
