package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest"
)

// officialCLI is the version of @backstage/cli that TestOracleBump compares with.
const officialCLI = "0.36.6"

// bumpTargets are the releases that TestOracleBump comes to: up, down, sideways to a
// pre-release, and one that never was and lacks a third of the packages.
var bumpTargets = []string{"1.10.1", "1.33.0", "1.47.2", "1.53.0", "1.54.0-next.0", "1.99.0"}

// TestOracleBump upgrades apps with `batten upgrade --like-cli` and with the official
// `backstage-cli versions:bump`, both by the same manifest: all package.json files and
// backstage.json end with equal values. Each app comes to one of the targets; with BATTEN_TABLE
// set, to all of them.
func TestOracleBump(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the official CLI some hundred times")
	}
	fixtures.Require(t, "oracle", "network")
	cli := installCLI(t)
	manifests := map[string]string{}
	for _, release := range bumpTargets {
		manifests[release] = writeManifest(t, release)
	}
	var names []string
	apps := map[string]fstest.MapFS{}
	add := func(name string, app fstest.MapFS) {
		names = append(names, name)
		apps[name] = app
	}
	t.Run("templates", func(t *testing.T) {
		for _, pin := range fixtures.Pins() {
			for _, layout := range pin.Layouts {
				t.Run(pin.Release+" "+layout, func(t *testing.T) { add(pin.Release+" "+layout, fixtures.Template(t, pin.Release, layout)) })
			}
		}
	})
	base := fixtures.Template(t, "1.50.0", fixtures.LayoutLegacy)
	variants := bumpVariants(t, base)
	for _, name := range slices.Sorted(maps.Keys(variants)) {
		add(name, variants[name])
	}
	if len(apps) < 20 {
		t.Errorf("%d apps, want 20", len(apps))
	}
	var table strings.Builder
	var ours, theirs time.Duration
	runs := 0
	for i, name := range names {
		fmt.Fprintf(&table, "%-30s", name)
		targets := bumpTargets
		if os.Getenv("BATTEN_TABLE") == "" {
			targets = bumpTargets[i%len(bumpTargets):][:1]
		}
		for _, release := range targets {
			verdict := "not run"
			t.Run(name+" to "+release, func(t *testing.T) {
				verdict = "differs"
				a, b := compareBump(t, cli, apps[name], manifests[release])
				ours, theirs, runs = ours+a, theirs+b, runs+1
				if !t.Failed() {
					verdict = "="
				}
			})
			fmt.Fprintf(&table, "  %s %s", release, verdict)
		}
		table.WriteString("\n")
	}
	if runs == 0 {
		return
	}
	t.Logf("%d apps, %d runs:\n%s", len(names), runs, table.String())
	t.Logf("one run: batten %v, in process; backstage-cli %v", ours/time.Duration(runs), theirs/time.Duration(runs))
}

// installCLI installs the official CLI, once for all runs on a machine, and returns its path.
func installCLI(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "batten", "oracle", "backstage-cli-"+officialCLI)
	bin := filepath.Join(dir, "node_modules", ".bin", "backstage-cli")
	if _, err := os.Stat(filepath.Join(dir, "done")); err == nil {
		return bin
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	// The package asks for a patch of its own monorepo, which npm cannot read.
	content := fmt.Sprintf(`{"private": true, "dependencies": {"@backstage/cli": %q}, "overrides": {"got": "^11.8.0"}}`, officialCLI)
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("npm", "install", "--omit=optional", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm install: %v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "done"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return bin
}

// writeManifest writes the manifest of a release as it is published. That of a release that never
// was has the versions of the newest one, each raised, and lacks every third package.
func writeManifest(t *testing.T, release string) string {
	t.Helper()
	type entry struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	m, known := manifest.Lookup(release)
	if !known {
		m, _ = manifest.Lookup(manifest.Newest(true))
	}
	var packages []entry
	for i, p := range m.Packages() {
		switch {
		case known:
			packages = append(packages, entry{p.Name, p.Version})
		case i%3 > 0:
			packages = append(packages, entry{p.Name, "9." + p.Version[strings.IndexByte(p.Version, '.')+1:]})
		}
	}
	data, err := json.Marshal(map[string]any{"releaseVersion": release, "packages": packages})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// compareBump runs both on copies of an app, and returns how long each took.
func compareBump(t *testing.T, cli string, app fstest.MapFS, manifestFile string) (ours, theirs time.Duration) {
	t.Helper()
	mine, official := fixtures.Copy(t, app), fixtures.Copy(t, app)

	start := time.Now()
	if status, _, errs := batten(mine, "upgrade", "--like-cli", "--manifest", manifestFile, "--offline", "--no-install", "--yes"); status != 0 {
		t.Fatalf("batten: %d\n%s", status, errs)
	}
	ours = time.Since(start)

	// The yarn of the test stands for one that can import the plugin.
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "yarn"), []byte("#!/bin/sh\necho 4.0.0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(official, "yarn.lock"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(cli, "versions:bump", "--skip-install", "--skip-migrate")
	cmd.Dir = official
	cmd.Env = append(os.Environ(), "BACKSTAGE_MANIFEST_FILE="+manifestFile, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "NO_COLOR=1")
	start = time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("backstage-cli: %v\n%s", err, out)
	}
	theirs = time.Since(start)

	got, want := bumped(t, mine), bumped(t, official)
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !reflect.DeepEqual(got[name], want[name]) {
			t.Errorf("%s differs:\nbatten   %s\nofficial %s", name, compact(got[name]), compact(want[name]))
		}
	}
	if len(got) != len(want) {
		t.Errorf("batten left %d files, the official CLI %d", len(got), len(want))
	}
	return ours, theirs
}

// bumped are the values of the files that a bump is about.
func bumped(t *testing.T, dir string) map[string]any {
	t.Helper()
	values := map[string]any{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, _ fs.DirEntry, err error) error {
		if base := path.Base(name); err != nil || base != "package.json" && name != "backstage.json" {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		values[name] = v
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func compact(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err.Error()
	}
	return b.String()
}

// bumpVariants are apps with what templates do not have.
func bumpVariants(t *testing.T, base fstest.MapFS) map[string]fstest.MapFS {
	t.Helper()
	const app, backend, root = "packages/app/package.json", "packages/backend/package.json", "package.json"
	replaced := func(files fstest.MapFS, name, old, with string) fstest.MapFS {
		text := string(files[name].Data)
		if !strings.Contains(text, old) {
			t.Fatalf("%s has no %s", name, old)
		}
		return fixtures.With(files, map[string]string{name: strings.ReplaceAll(text, old, with)})
	}
	plugin := func(files fstest.MapFS) fstest.MapFS {
		return fixtures.With(files, map[string]string{".yarnrc.yml": string(files[".yarnrc.yml"].Data) + `
plugins:
  - checksum: 0123
    path: .yarn/plugins/@yarnpkg/plugin-backstage.cjs
    spec: "https://versions.backstage.io/v1/releases/1.50.0/yarn-plugin"
`})
	}
	deps := func(entries string) string { return `"dependencies": {` + entries + `,` }
	v := map[string]fstest.MapFS{
		"yarn plugin, carets":           plugin(base),
		"yarn plugin, backstage:^":      replaced(plugin(base), app, `"@backstage/core-components": "^`, `"@backstage/core-components": "backstage:^", "@backstage/x": "^`),
		"backstage:^ without plugin":    replaced(base, app, `"dependencies": {`, deps(`"@backstage/config": "backstage:^"`)),
		"exact pins":                    replaced(base, backend, `": "^`, `": "`),
		"tildes":                        replaced(base, app, `": "^`, `": "~`),
		"resolutions":                   replaced(base, root, `"devDependencies": {`, `"resolutions": {"@backstage/cli": "0.30.0", "**/@backstage/theme": "^0.6.0"}, "devDependencies": {`),
		"third-party plugins":           replaced(base, app, `"dependencies": {`, deps(`"@backstage-community/plugin-tech-radar": "^1.0.0", "@roadiehq/backstage-plugin-argo-cd": "2.1.0"`)),
		"peers":                         replaced(base, app, `"dependencies": {`, `"peerDependencies": {"@backstage/theme": ">=0.5.0", "@backstage/config": "^1.0.0 || ^2.0.0", "react": "*"}, "dependencies": {`),
		"yarn plugin, peers":            replaced(plugin(base), app, `"dependencies": {`, `"peerDependencies": {"@backstage/theme": "^0.5.0"}, "dependencies": {`),
		"optional dependencies":         replaced(base, backend, `"dependencies": {`, `"optionalDependencies": {"@backstage/plugin-search-backend-module-elasticsearch": "^1.0.0"}, "dependencies": {`),
		"workspace: and link:":          replaced(base, app, `"dependencies": {`, deps(`"@backstage/theme": "workspace:^", "@backstage/types": "link:../types", "@backstage/errors": "file:../errors"`)),
		"aliases, patches and tags":     replaced(base, app, `"dependencies": {`, deps(`"theme": "npm:@backstage/theme@^0.5.0", "@backstage/types": "patch:@backstage/types@npm%3A1.0.0#./x.patch", "@backstage/errors": "next", "@backstage/config": "*"`)),
		"wide and unreadable ranges":    replaced(base, app, `"dependencies": {`, deps(`"@backstage/types": ">=1", "@backstage/errors": "^1 || ^2", "@backstage/config": "nonsense ^"`)),
		"packages that are gone":        replaced(base, backend, `"dependencies": {`, deps(`"@backstage/backend-common": "^0.25.0", "@backstage/plugin-todo-backend": "0.3.0", "@backstage/no-such-package": "^1.0.0"`)),
		"newer than the release":        replaced(base, app, `"dependencies": {`, deps(`"@backstage/theme": "^99.0.0", "@backstage/config": "99.1.0-next.0"`)),
		"one in two fields":             replaced(base, app, `"devDependencies": {`, `"devDependencies": {"@backstage/core-plugin-api": "^1.0.0",`),
		"no backstage.json":             fixtures.Without(base, "backstage.json"),
		"backstage.json already bumped": fixtures.With(base, map[string]string{"backstage.json": `{"version": "1.53.0", "other": {"kept": [1, 2]}}`}),
		"CRLF":                          fixtures.CRLF(base),
		"tabs":                          replaced(replaced(base, app, "  ", "\t"), backend, "  ", "\t"),
		"workspaces in an object": replaced(replaced(base, root, `"workspaces": [`, `"workspaces": {"nohoist": ["**/react"], "packages": [`),
			root, "\"plugins/*\"\n  ]", "\"plugins/*\"\n  ]}"),
		"a workspace of the scope": fixtures.With(base, map[string]string{
			"plugins/theme/package.json": `{"name": "@backstage/theme", "version": "0.1.0", "dependencies": {"@backstage/types": "^1.0.0", "@techdocs/cli": "1.0.0"}}`}),
	}
	return v
}
