package cli

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

// npmWith is a registry with these packages, and the environment that leads to it. A package is
// given as "name@version", then its dependencies on Backstage as "name@range".
func npmWith(t *testing.T, packages ...[]string) *npmtest.Registry {
	t.Helper()
	r := npmtest.New(t)
	for _, p := range packages {
		deps := map[string]any{}
		for _, d := range p[1:] {
			name, rng := cutAt(d)
			deps[name] = rng
		}
		name, version := cutAt(p[0])
		r.Publish(npmtest.Package{Name: name, Version: version, Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), JSON: map[string]any{"dependencies": deps}})
	}
	t.Setenv("npm_config_registry", r.URL)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	return r
}

func cutAt(s string) (name, version string) {
	at := strings.LastIndexByte(s, '@')
	return s[:at], s[at+1:]
}

// depending is the legacy fixture with further dependencies of the app, and other files.
func depending(t *testing.T, dependencies string, files map[string]string) fstest.MapFS {
	t.Helper()
	const name = "packages/app/package.json"
	app := fixtures.App("legacy")
	text := strings.Replace(string(app[name].Data), `"dependencies": {`, `"dependencies": {`+dependencies+`,`, 1)
	all := map[string]string{name: text}
	for name, content := range files {
		all[name] = content
	}
	return fixtures.With(app, all)
}

// upgraded runs an upgrade and returns what it printed, and one file afterwards.
func upgraded(t *testing.T, app fstest.MapFS, file string, args ...string) (out, errs, content string) {
	t.Helper()
	dir := fixtures.Copy(t, app)
	status, out, errs := batten(dir, append([]string{"upgrade", "--to", "1.53.0", "--no-install", "--yes", "--no-changelogs"}, args...)...)
	if status != 0 {
		t.Fatalf("%d %s\n%s", status, out, errs)
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return out, errs, string(data)
}

// want sees that texts are in another.
func want(t *testing.T, in string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(in, text) {
			t.Errorf("no %q in:\n%s", text, in)
		}
	}
}

const appJSON = "packages/app/package.json"

func TestUpgradeTakesPluginsThatFit(t *testing.T) {
	const theme = "@backstage/theme" // 0.7.3 in 1.53.0
	npmWith(t,
		[]string{"@acme/backstage-plugin-a@1.0.0", theme + "@^0.6.0"},
		[]string{"@acme/backstage-plugin-a@1.4.0", theme + "@^0.7.0"},
		[]string{"@acme/backstage-plugin-a@2.0.0", theme + "@^0.9.0"},
		[]string{"@acme/backstage-plugin-b@2.0.0", theme + "@^0.9.0"},
		[]string{"@acme/plugin-of-the-lockfile@3.1.0", theme + "@^0.7.0"},
		[]string{"@acme/lib@9.0.0"},
	)
	app := depending(t, `"@acme/backstage-plugin-a": "~1.0.0", "@acme/backstage-plugin-b": "^1.0.0", "@acme/backstage-plugin-c": "^1.0.0",
    "@acme/plugin-of-the-lockfile": "^3.0.0", "@acme/lib": "^1.0.0"`, map[string]string{"yarn.lock": `__metadata:
  version: 8

"@acme/plugin-of-the-lockfile@npm:^3.0.0":
  version: 3.0.0
  resolution: "@acme/plugin-of-the-lockfile@npm:3.0.0"
  peerDependencies:
    "@backstage/theme": ^0.6.0
  languageName: node
  linkType: hard
`})
	_, errs, text := upgraded(t, app, appJSON)
	want(t, text, `"@acme/backstage-plugin-a": "~1.4.0"`, `"@acme/backstage-plugin-b": "^1.0.0"`, `"@acme/plugin-of-the-lockfile": "^3.1.0"`, `"@acme/lib": "^1.0.0"`)
	want(t, errs,
		"@acme/backstage-plugin-b  ^1.0.0  not 2.0.0  packages/app\n    No version fits Backstage 1.53.0: 2.0.0 needs @backstage/theme ^0.9.0, the release has 0.7.3.",
		"@acme/backstage-plugin-c")

	_, errs, text = upgraded(t, app, appJSON, "--only", "backstage")
	want(t, text, `"@acme/backstage-plugin-a": "~1.0.0"`, `"@acme/plugin-of-the-lockfile": "^3.0.0"`)
	if strings.Contains(errs, "@acme") {
		t.Errorf("--only backstage:\n%s", errs)
	}
	_, errs, _ = upgraded(t, app, appJSON, "--offline")
	want(t, errs, "npm is not asked (--offline), so plugins that are not part of Backstage stay as they are: @acme/backstage-plugin-a, ")
}

// A version that is too young for the repository is not taken.
func TestUpgradeHeedsTheAgeGate(t *testing.T) {
	r := npmWith(t, []string{"@acme/backstage-plugin-a@1.0.0"}, []string{"@acme/backstage-plugin-a@1.1.0"})
	r.Publish(npmtest.Package{Name: "@acme/backstage-plugin-a", Version: "1.2.0", Time: time.Now().Add(-time.Hour)})
	app := depending(t, `"@acme/backstage-plugin-a": "^1.0.0"`, map[string]string{".yarnrc.yml": "npmMinimalAgeGate: 3d\n"})
	_, _, text := upgraded(t, app, appJSON)
	want(t, text, `"@acme/backstage-plugin-a": "^1.1.0"`)
}

func TestUpgradeFollowsMovedPackages(t *testing.T) {
	r := npmWith(t, []string{"@backstage-community/plugin-todo@0.14.0"}, []string{"@acme/backstage-plugin-new@4.0.0"}, []string{"@acme/backstage-plugin-newer@5.0.0"})
	r.Publish(
		npmtest.Package{Name: "@acme/backstage-plugin-old", Version: "1.0.0", JSON: map[string]any{"backstage": map[string]any{"moved": "@acme/backstage-plugin-new"}}},
		npmtest.Package{Name: "@acme/backstage-plugin-older", Version: "1.0.0", JSON: map[string]any{"deprecated": "This package has been moved to @acme/backstage-plugin-newer."}},
	)
	app := depending(t, `"@backstage/plugin-todo": "^0.2.0", "@acme/backstage-plugin-old": "^1.0.0", "@acme/backstage-plugin-older": "1.0.0"`, map[string]string{
		"packages/app/src/todo.tsx": "import { T } from '@backstage/plugin-todo';\nimport { O } from '@acme/backstage-plugin-old/alpha';\nexport const x = [T, O];\n",
	})
	_, errs, text := upgraded(t, app, appJSON)
	want(t, text, `"@backstage-community/plugin-todo": "^0.14.0"`, `"@acme/backstage-plugin-new": "^4.0.0"`, `"@acme/backstage-plugin-newer": "5.0.0"`)
	want(t, errs, "moved")
	_, _, text = upgraded(t, app, "packages/app/src/todo.tsx")
	want(t, text, "from '@backstage-community/plugin-todo'", "from '@acme/backstage-plugin-new/alpha'")
}

func TestUpgradeWithoutARegistrySaysSo(t *testing.T) {
	t.Setenv("npm_config_registry", "http://127.0.0.1:1")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	_, errs, text := upgraded(t, depending(t, `"@acme/backstage-plugin-a": "^1.0.0"`, nil), appJSON)
	want(t, errs, "npm does not answer, so packages that are not part of the release stay as they are: ", "--offline")
	want(t, text, `"@acme/backstage-plugin-a": "^1.0.0"`)
}

// The plugin of yarn is brought along, its hash noted.
func TestUpgradeBringsTheYarnPlugin(t *testing.T) {
	const plugin = "/* eslint-disable */\nmodule.exports = {\nname: \"@yarnpkg/plugin-backstage\"};\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/releases/1.53.0/yarn-plugin" {
			_, _ = w.Write([]byte(plugin))
			return
		}
		http.NotFound(w, r)
	}))
	defer server.Close()
	npmWith(t)
	t.Setenv("BACKSTAGE_VERSIONS_BASE_URL", server.URL)
	yarnrc := "plugins:\n  - checksum: 0123abc\n    path: .yarn/plugins/@yarnpkg/plugin-backstage.cjs\n    spec: \"" + server.URL + "/v1/releases/1.50.4/yarn-plugin\"\nnodeLinker: node-modules\n"
	app := depending(t, `"@backstage/types": "backstage:^"`, map[string]string{".yarnrc.yml": yarnrc, ".yarn/plugins/@yarnpkg/plugin-backstage.cjs": "old"})
	_, _, text := upgraded(t, app, ".yarn/plugins/@yarnpkg/plugin-backstage.cjs")
	if text != plugin {
		t.Errorf("got %q", text)
	}
	_, _, text = upgraded(t, app, ".yarnrc.yml")
	want(t, text, "/v1/releases/1.53.0/yarn-plugin\"\n", "  - checksum: ")
	if strings.Contains(text, "0123abc") || !strings.Contains(text, "nodeLinker: node-modules\n") {
		t.Errorf("got:\n%s", text)
	}
	_, errs, text := upgraded(t, app, ".yarnrc.yml", "--offline")
	want(t, errs, "the Backstage plugin of yarn stays as it is, which does no harm: no server is asked (--offline)", "`yarn plugin import ")
	if text != yarnrc {
		t.Errorf("offline:\n%s", text)
	}
}

// A plan saved, edited and made.
func TestASavedPlanIsMade(t *testing.T) {
	dir := fixtures.Copy(t, fixtures.App("legacy"))
	file := filepath.Join(t.TempDir(), "plan.json")
	status, _, errs := batten(dir, "upgrade", "--to", "1.53.0", "--offline", "--plan", file)
	if status != 0 {
		t.Fatal(errs)
	}
	before := tree(t, dir)
	if before["backstage.json"] != string(fixtures.App("legacy")["backstage.json"].Data) {
		t.Error("--plan changed the app")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var plan map[string]any
	if err := json.Unmarshal(data, &plan); err != nil {
		t.Fatal(err)
	}
	plan["hold"] = []string{"@backstage/cli"}
	plan["rows"] = plan["rows"].([]any)[:4]
	if data, err = json.Marshal(plan); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := batten(dir, "apply", file, "--no-install", "--yes"); status != 0 {
		t.Fatal(errs)
	}
	changed := 0
	for name, text := range tree(t, dir) {
		if text != before[name] {
			changed++
			if strings.Contains(text, `"@backstage/cli": "^0.36.4"`) {
				t.Error("what is held is changed")
			}
		}
	}
	if changed < 2 {
		t.Errorf("%d files changed", changed)
	}
	if status, _, errs := batten(dir, "apply", file, "--no-install"); status != 0 || !strings.Contains(errs, "Nothing to change.") {
		t.Errorf("again: %d\n%s", status, errs)
	}
	for content, text := range map[string]string{"{": "plan.json:1:2: invalid JSON", "{}": "this is no plan of batten", `{"schema": 1, "to": "1.53.0", "rows": [{"file": "packages/app/package.json", "field": "dependencies", "package": "x", "from": "^1", "to": "^2"}]}`: "x in dependencies is no longer"} {
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if status, _, errs := batten(dir, "apply", file); status != 2 || !strings.Contains(errs, text) {
			t.Errorf("%s: %d\n%s", content, status, errs)
		}
	}
	if status, _, errs := batten(dir, "apply", filepath.Join(dir, "absent.json")); status != 2 || !strings.Contains(errs, "batten upgrade --plan FILE") {
		t.Errorf("absent: %d\n%s", status, errs)
	}
}

// A peer that is new, and that nobody declares, is named; those that are optional, declared, or
// were asked for before are not.
func TestUpgradeNamesNewPeers(t *testing.T) {
	r := npmWith(t)
	peers := func(version string, asked map[string]any) npmtest.Package {
		return npmtest.Package{Name: "@backstage/cli", Version: version, JSON: map[string]any{"peerDependencies": asked, "peerDependenciesMeta": map[string]any{"jsdom": map[string]any{"optional": true}}}}
	}
	r.Publish(
		peers("0.36.1", map[string]any{"webpack": "^5.0.0"}),
		peers("0.36.4", map[string]any{"webpack": "^5.0.0", "jest": "^29.0.0 || ^30.0.0", "jsdom": "*", "prettier": "*"}),
	)
	dir := fixtures.Copy(t, fixtures.App("legacy"))
	status, _, errs := batten(dir, "upgrade", "--to", "1.53.0", "--dry-run")
	if status != 0 {
		t.Fatal(errs)
	}
	want(t, errs, "note: jest ^29.0.0 || ^30.0.0 is asked for as a peer now, and nothing declares it: by @backstage/cli 0.36.4.\n  Add jest to the dependencies of the root, or ")
	for _, not := range []string{"jsdom", "webpack", "prettier * is"} {
		if strings.Contains(errs, not) {
			t.Errorf("there is %q in:\n%s", not, errs)
		}
	}
}

// A patch moves along if it applies to the new version; else it is named.
func TestUpgradeTriesPatches(t *testing.T) {
	r := npmWith(t)
	const patch = "--- a/dist/index.js\n+++ b/dist/index.js\n@@ -1,2 +1,2 @@\n one\n-two\n+zwei\n"
	const spec = "patch:@backstage/errors@npm%3A1.2.0#~/.yarn/patches/errors.patch"
	app := depending(t, `"@backstage/errors": "`+spec+`"`, map[string]string{".yarn/patches/errors.patch": patch})
	r.Publish(npmtest.Package{Name: "@backstage/errors", Version: "1.3.1", Files: map[string]string{"dist/index.js": "zero\none\ntwo\n"}})
	_, _, text := upgraded(t, app, appJSON)
	want(t, text, `"patch:@backstage/errors@npm%3A1.3.1#~/.yarn/patches/errors.patch"`)
	_, errs, text := upgraded(t, app, appJSON, "--offline")
	want(t, text, spec)
	want(t, errs, "Patched at 1.2.0; make the patch anew for 1.3.1 with `yarn patch @backstage/errors@npm:1.3.1`.")

	r = npmWith(t)
	r.Publish(npmtest.Package{Name: "@backstage/errors", Version: "1.3.1", Files: map[string]string{"dist/index.js": "zero\none\n2\n"}})
	_, errs, text = upgraded(t, app, appJSON)
	want(t, text, spec)
	want(t, errs, "The patch is for 1.2.0, and does not apply to 1.3.1: dist/index.js is other text around line 1")
}
