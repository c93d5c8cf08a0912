package workspace_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

// FuzzLoad puts any bytes in the place of each file that Load reads.
func FuzzLoad(f *testing.F) {
	for _, shape := range shapes {
		f.Add(shape.files["package.json"], shape.files["packages/app/package.json"], shape.files[".yarnrc.yml"],
			shape.files["app-config.yaml"], shape.files["packages/app/src/index.tsx"])
	}
	f.Add(`{"workspaces":["**","!packages/{a,b}","[a-"]}`, `{"workspaces":["../.."]}`, "a: &a [*a]\nplugins: *a\n",
		"app: &x\n  packages: *x\n", "import('./App')")
	f.Fuzz(func(t *testing.T, root, app, yarnrc, config, source string) {
		w, err := workspace.Load(repo(map[string]string{
			"package.json": root, "packages/app/package.json": app, ".yarnrc.yml": yarnrc, "pnpm-workspace.yaml": yarnrc,
			"app-config.yaml": config, "packages/app/src/index.tsx": source, "packages/app/src/App.tsx": source, "backstage.json": app,
		}))
		if err != nil {
			return
		}
		for _, p := range append(w.Packages, w.Root) {
			for _, d := range p.Deps {
				if d.Span.Start < 0 || d.Span.End > len(p.Source) || d.Span.Len() < 2 {
					t.Fatalf("%s: span %v of %q", p.File, d.Span, d.Name)
				}
			}
		}
		for _, c := range w.Config {
			_, _ = c.Lookup("app", "packages", "include")
		}
		_, _ = w.App()
		_ = w.AgeGate.Exempts("@backstage/cli", "1.2.3")
		_ = describe(w)
	})
}

// BenchmarkLoad500 reads a monorepo of 500 workspaces with installed packages from the disk.
func BenchmarkLoad500(b *testing.B) {
	dir := fixtures.Copy(b, fixtures.App("legacy"))
	src, err := os.ReadFile(filepath.Join(dir, "packages", "backend", "package.json"))
	if err != nil {
		b.Fatal(err)
	}
	plugin := strings.Replace(string(src), `"role": "backend"`, `"role": "backend-plugin"`, 1)
	for i := range 500 {
		for _, folder := range []string{"plugins/p" + strconv.Itoa(i), "node_modules/m" + strconv.Itoa(i) + "/node_modules/n", "plugins/p" + strconv.Itoa(i) + "/node_modules/x"} {
			folder = filepath.Join(dir, filepath.FromSlash(folder))
			if err := os.MkdirAll(folder, 0o755); err != nil {
				b.Fatal(err)
			}
			content := strings.Replace(plugin, `"name": "backend"`, `"name": "@internal/p`+strconv.Itoa(i)+`"`, 1)
			if err := os.WriteFile(filepath.Join(folder, "package.json"), []byte(content), 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	for name, globs := range map[string]string{"star": `"packages/*", "plugins/*"`, "deep": `"**"`} {
		b.Run(name, func(b *testing.B) {
			root := []byte(`{"workspaces": [` + globs + `], "devDependencies": {"@backstage/cli": "1"}}`)
			if err := os.WriteFile(filepath.Join(dir, "package.json"), root, 0o644); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				w, err := workspace.Load(os.DirFS(dir))
				if err != nil || len(w.Packages) != 503 {
					b.Fatalf("%v: %d packages", err, len(w.Packages))
				}
			}
		})
	}
}

// BenchmarkLoad reads an app of usual size from the disk.
func BenchmarkLoad(b *testing.B) {
	dir := fixtures.Copy(b, fixtures.App("legacy"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := workspace.Load(os.DirFS(dir)); err != nil {
			b.Fatal(err)
		}
	}
}
