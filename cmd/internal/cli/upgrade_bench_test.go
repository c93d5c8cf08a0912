package cli

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest"
)

// BenchmarkUpgrade plans an upgrade of the newest legacy template, and of a monorepo with 500
// workspaces that depend on 20 packages each.
func BenchmarkUpgrade(b *testing.B) {
	for name, app := range map[string]func() fstest.MapFS{
		"template":      func() fstest.MapFS { return fixtures.Template(b, "1.52.0", fixtures.LayoutLegacy) },
		"500workspaces": func() fstest.MapFS { return manyWorkspaces(b, 500) },
	} {
		b.Run(name, func(b *testing.B) {
			dir := fixtures.Copy(b, app())
			for b.Loop() {
				if status, _, errs := batten(dir, "upgrade", "--to", "1.53.0", "--offline", "--dry-run"); status != 0 {
					b.Fatal(errs)
				}
			}
		})
	}
}

// manyWorkspaces is a monorepo of so many plugins.
func manyWorkspaces(tb testing.TB, n int) fstest.MapFS {
	tb.Helper()
	m, ok := manifest.Lookup("1.50.0")
	if !ok {
		tb.Fatal("no release 1.50.0")
	}
	app := fstest.MapFS{
		"package.json":   {Data: []byte(`{"name": "root", "private": true, "workspaces": ["plugins/*"]}`)},
		"backstage.json": {Data: []byte(`{"version": "1.50.0"}`)},
	}
	packages := m.Packages()
	for i := range n {
		deps := map[string]string{"react": "^18.0.0"}
		for k := range 20 {
			p := packages[(i*7+k*3)%len(packages)]
			deps[p.Name] = "^" + p.Version
		}
		data, err := json.MarshalIndent(map[string]any{"name": fmt.Sprintf("@internal/plugin-%d", i), "version": "0.1.0", "dependencies": deps}, "", "  ")
		if err != nil {
			tb.Fatal(err)
		}
		app[fmt.Sprintf("plugins/p%d/package.json", i)] = &fstest.MapFile{Data: data}
		app[fmt.Sprintf("plugins/p%d/src/index.ts", i)] = &fstest.MapFile{Data: []byte("export * from './plugin';\n")}
	}
	return app
}
