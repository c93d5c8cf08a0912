package cli

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

// The tests of this file are about what users reported of the official CLI and its yarn plugin;
// their numbers are those of the issues at github.com/backstage/backstage.

// entry is an entry of a yarn.lock.
func entry(name, rng, version string, dependencies ...string) string {
	text := "\"" + name + "@npm:" + rng + "\":\n  version: " + version + "\n  resolution: \"" + name + "@npm:" + version + "\"\n"
	for i, d := range dependencies {
		if i == 0 {
			text += "  dependencies:\n"
		}
		on, want := cutAt(d)
		text += "    \"" + on + "\": \"npm:" + want + "\"\n"
	}
	return text + "  languageName: node\n  linkType: hard\n\n"
}

const lockHead = "__metadata:\n  version: 8\n\n"

// 24261: the bump ended with an error where a package was there twice, and did not say why it is
// or what to do about it.
func TestBackstage24261DuplicatesAreExplainedAndNoError(t *testing.T) {
	lock := lockHead +
		entry("@backstage/core-plugin-api", "^1.12.5", "1.12.5") +
		entry("@backstage/core-plugin-api", "^0.9.0", "0.9.0") +
		entry("@acme/legacy-thing", "^1.0.0", "1.0.0", "@backstage/core-plugin-api@^0.9.0")
	app := depending(t, `"@acme/legacy-thing": "^1.0.0"`, map[string]string{"yarn.lock": lock})
	_, errs, _ := upgraded(t, app, appJSON, "--offline")
	want(t, errs,
		"There more than once after the upgrade, and must not be\n  @backstage/core-plugin-api  0.9.0, 1.12.8\n    Plugins of one copy do not see the app of the other",
		"@acme/legacy-thing@1.0.0 (^0.9.0)", `set "resolutions": {"@backstage/core-plugin-api": "^1.12.8"}`)
}

// 32858: a bump to an older release leaves packages of newer ones, as carets admit them, and
// nothing says which release a package is of.
func TestBackstage32858PackagesOfNewerReleasesAreNamed(t *testing.T) {
	lock := lockHead +
		entry("@backstage/catalog-model", "^1.8.0", "1.8.0") +
		entry("@backstage/errors", "^1.0.0", "1.3.1") +
		entry("@acme/lib", "^1.0.0", "1.0.0", "@backstage/errors@^1.0.0")
	app := depending(t, `"@acme/lib": "^1.0.0"`, map[string]string{"yarn.lock": lock})
	dir := fixtures.Copy(t, app)
	status, _, errs := batten(dir, "upgrade", "--to", "1.48.0", "--allow-downgrade", "--dry-run", "--offline")
	if status != 0 {
		t.Fatal(errs)
	}
	want(t, errs, "newer than Backstage 1.48.0, as carets let them in: @backstage/errors 1.3.1 of 1.53.0 (not 1.2.7)")
}

// 31130: where backstage.json named the release already, the lockfile was not brought along.
func TestBackstage31130BackstageJSONIsAheadOfThePackages(t *testing.T) {
	app := depending(t, `"@backstage/types": "backstage:^"`, map[string]string{"backstage.json": `{"version": "1.53.0"}`, ".yarnrc.yml": "plugins:\n  - path: .yarn/plugins/@yarnpkg/plugin-backstage.cjs\n"})
	dir := fixtures.Copy(t, app)
	if status, out, _ := batten(dir, "upgrade", "--check", "--to", "1.53.0", "--offline"); status != 1 || !strings.Contains(out, "The app says that it is at Backstage 1.53.0, but its packages are not: ") {
		t.Errorf("--check: %d %s", status, out)
	}
	t.Setenv("PATH", programs(t)+string(os.PathListSeparator)+os.Getenv("PATH"))
	status, _, errs := batten(dir, "upgrade", "--to", "1.53.0", "--offline", "--yes")
	if status != 0 {
		t.Fatal(errs)
	}
	want(t, errs, "Running `yarn install`")
	data, err := os.ReadFile(filepath.Join(dir, "packages/backend/package.json"))
	if err != nil {
		t.Fatal(err)
	}
	want(t, string(data), `"@backstage/backend-defaults": "backstage:^"`)
}

// 31114: a package that moved out of Backstage kept "backstage:^", which no install can resolve.
func TestBackstage31114AMovedPackageLeavesTheProtocol(t *testing.T) {
	const old, to = "@backstage/plugin-search-backend-module-explore", "@backstage-community/plugin-search-backend-module-explore"
	npmWith(t, []string{to + "@0.3.2"})
	app := depending(t, `"`+old+`": "backstage:^"`, map[string]string{
		".yarnrc.yml":             "plugins:\n  - path: .yarn/plugins/@yarnpkg/plugin-backstage.cjs\n",
		"packages/app/src/add.ts": "backend.add(import('" + old + "'));\n",
	})
	_, _, text := upgraded(t, app, appJSON)
	want(t, text, `"`+to+`": "^0.3.2"`)
	_, _, text = upgraded(t, app, "packages/app/src/add.ts")
	want(t, text, "import('"+to+"')")
	// One that is gone without a successor gets its last version, so that the install works.
	_, errs, text := upgraded(t, depending(t, `"@backstage/backend-tasks": "backstage:^"`, nil), appJSON, "--offline")
	want(t, text, `"@backstage/backend-tasks": "^0.6.1"`)
	want(t, errs, `"backstage:^" would find no version of it`)
}

// 30083: a dependency added after the yarn plugin was there keeps a version of its own.
func TestBackstage30083NewDependenciesGetTheProtocol(t *testing.T) {
	app := depending(t, `"@backstage/types": "backstage:^", "@backstage/errors": "^1.3.1"`, map[string]string{".yarnrc.yml": "plugins:\n  - path: .yarn/plugins/@yarnpkg/plugin-backstage.cjs\n"})
	_, _, text := upgraded(t, app, appJSON, "--offline")
	want(t, text, `"@backstage/errors": "backstage:^"`, `"@backstage/types": "backstage:^"`)
	_, errs, text := upgraded(t, fixtures.With(app, map[string]string{appJSON: text}), appJSON, "--offline")
	want(t, text, `"@backstage/errors": "backstage:^"`)
	if strings.Contains(errs, "written otherwise\n\n@backstage/errors") {
		t.Errorf("again:\n%s", errs)
	}
}

// 27880: behind a proxy, manifests could not be downloaded.
func TestBackstage27880ProxiesAreHeeded(t *testing.T) {
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.String() == "http://versions.example.test/v1/releases/1.98.0/manifest.json" {
			_, _ = w.Write([]byte(`{"releaseVersion": "1.98.0", "packages": [{"name": "@backstage/cli", "version": "9.9.9"}]}`))
			return
		}
		http.NotFound(w, r)
	}))
	defer proxy.Close()
	dir := fixtures.Copy(t, fixtures.App("legacy"))
	cmd := exec.Command(os.Args[0], "--repo", dir, "upgrade", "--to", "1.98.0", "--dry-run", "--no-changelogs", "--only", "backstage")
	cmd.Args[0] = "batten" // which the test's program is under that name
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(strings.ToUpper(e), "NO_PROXY=") }),
		"HTTP_PROXY="+proxy.URL, "http_proxy="+proxy.URL, "BACKSTAGE_VERSIONS_BASE_URL=http://versions.example.test", "XDG_CACHE_HOME="+t.TempDir(), "npm_config_registry=http://127.0.0.1:1")
	out, err := cmd.CombinedOutput()
	if err != nil || asked.Load() == 0 {
		t.Fatalf("%v, the proxy was asked %d times\n%s", err, asked.Load(), out)
	}
	want(t, string(out), `+    "@backstage/cli": "^9.9.9"`)
}

// 31101: without the network, a manifest in a file has to do, for everything.
func TestBackstage31101AManifestInAFileNeedsNoNetwork(t *testing.T) {
	manifestFile := filepath.Join(t.TempDir(), "manifest.json")
	content := `{"releaseVersion": "1.98.0", "packages": [{"name": "@backstage/cli", "version": "9.9.9"}, {"name": "@backstage/types", "version": "8.8.8"}]}`
	if err := os.WriteFile(manifestFile, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("npm_config_registry", "http://127.0.0.1:1")
	t.Setenv("BACKSTAGE_VERSIONS_BASE_URL", "http://127.0.0.1:1")
	for _, args := range [][]string{{"--manifest", manifestFile}, nil} {
		if args == nil {
			t.Setenv("BACKSTAGE_MANIFEST_FILE", manifestFile)
		}
		dir := fixtures.Copy(t, depending(t, `"@backstage/types": "^1.0.0"`, nil))
		status, _, errs := batten(dir, append([]string{"upgrade", "--offline", "--no-install", "--yes"}, args...)...)
		if status != 0 {
			t.Fatal(errs)
		}
		files := tree(t, dir)
		want(t, files[appJSON], `"@backstage/types": "^8.8.8"`)
		want(t, files["backstage.json"], `"1.98.0"`)
	}
}

// 28077: the bump worked out the root's path wrongly when it was run by yarn: from another
// folder, with yarn's variables set.
func TestBackstage28077AnyFolderAndYarnsVariablesDo(t *testing.T) {
	top := filepath.Join(t.TempDir(), "with space", "C:")
	if err := copyFS(top, fixtures.App("legacy")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", programs(t)+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("npm_config_user_agent", "yarn/4.5.3")
	t.Setenv("INIT_CWD", "/"+top)
	t.Setenv("PROJECT_CWD", "/"+top)
	status, _, errs := batten(filepath.Join(top, "packages", "app", "src"), "upgrade", "--to", "1.53.0", "--offline", "--yes")
	if status != 0 {
		t.Fatal(errs)
	}
	want(t, errs, "Running `yarn install` in "+top+".")
	want(t, tree(t, top)["backstage.json"], "1.53.0")
}

// 10210: of all that broke between two releases, what matters is what this app uses.
func TestBackstage10210OnlyBreakingChangesOfWhatTheAppUsesAreShown(t *testing.T) {
	r := npmWith(t)
	for name, version := range map[string]string{"@backstage/plugin-catalog-react": "3.2.0", "@backstage/plugin-scaffolder-backend": "4.0.2", "@backstage/backend-defaults": "0.17.5"} {
		major := strings.SplitN(version, ".", 2)[0]
		r.Publish(npmtest.Package{Name: name, Version: version, Files: map[string]string{
			"CHANGELOG.md": "# " + name + "\n\n## " + version + "\n\n### Patch Changes\n\n- abc1234: Fine.\n\n## " + major + ".0.0\n\n### Major Changes\n\n- def5678: **BREAKING**: The door is a window in " + name + ".\n\n## 0.0.1\n\n### Patch Changes\n\n- abc1235: **BREAKING**: Long ago.\n"}})
	}
	app := fixtures.With(depending(t, `"react": "18"`, nil), map[string]string{"packages/backend/src/index.ts": "import { createBackend } from '@backstage/backend-defaults';\nconst backend = createBackend();\nbackend.add(import('@backstage/plugin-scaffolder-backend'));\nbackend.start();\n"})
	for name := range app {
		if strings.HasPrefix(name, "packages/app/src/") || strings.HasPrefix(name, "plugins/") {
			delete(app, name)
		}
	}
	dir := fixtures.Copy(t, app)
	status, _, errs := batten(dir, "upgrade", "--to", "1.53.0", "--dry-run", "--only", "backstage")
	if status != 0 {
		t.Fatal(errs)
	}
	want(t, errs, "@backstage/plugin-scaffolder-backend  3.4.0 to 4.0.2\n    4.0.0  BREAKING: The door is a window in @backstage/plugin-scaffolder-backend.\n    packages/backend/src/index.ts:3")
	for _, not := range []string{"window in @backstage/plugin-catalog-react", "window in @backstage/backend-defaults", "Long ago"} {
		if strings.Contains(errs, not) {
			t.Errorf("there is %q in:\n%s", not, errs)
		}
	}
}
