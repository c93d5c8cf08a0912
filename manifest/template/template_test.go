package template

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// createApp is a package with these files, and a table of versions in one of the forms of
// create-app's.
func createApp(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	if m["dist/lib/versions.cjs.js"] == nil {
		m["dist/lib/versions.cjs.js"] = &fstest.MapFile{Data: []byte(`'use strict';

var _package$1 = require('../package.json.cjs.js');
var _package = require('../packages/cli/package.json.cjs.js');

const packageVersions = {
  root: _package$1.version,
  "@backstage/cli": _package.version
};

exports.packageVersions = packageVersions;
`)}
		m["dist/package.json.cjs.js"] = &fstest.MapFile{Data: []byte("'use strict';\n\nvar version = \"1.55.0\";\n\nexports.version = version;\n")}
		m["dist/packages/cli/package.json.cjs.js"] = &fstest.MapFile{Data: []byte("'use strict';\n\nvar name = \"x\";\nvar version = \"0.36.6\";\n")}
	}
	return m
}

// bundled is the older form of the table.
const bundled = `'use strict';
var version$2 = "1.0.0";
var version$1 = "0.16.0";
const packageVersions = {
  root: version$2,
  '@backstage/cli': version$1,
};
class X {}
`

func render(t *testing.T, pkg fs.FS, opts Options) map[string]string {
	t.Helper()
	tree, err := Render(pkg, opts)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, name := range tree.Files() {
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			t.Fatal(err)
		}
		got[name] = string(data)
	}
	return got
}

func TestRender(t *testing.T) {
	pkg := createApp(map[string]string{
		"templates/default-app/package.json.hbs":      `{"name": "root", "devDependencies": {"@backstage/cli": "^{{version '@backstage/cli'}}"}}`,
		"templates/default-app/backstage.json.hbs":    "{\n  \"version\": \"{{ version 'root'}}\"\n}\n",
		"templates/default-app/.gitignore.hbs":        "node_modules\n",
		"templates/default-app/app-config.yaml.hbs":   "title: {{name}}\r\nbranch: {{defaultBranch}}\r\n",
		"templates/default-app/examples/content.yaml": "name: ${{ values.name }}\n",
		"templates/default-app/x.hbs.txt":             "{{nothing}}",
	})
	pkg["templates/default-app/.yarn/releases/yarn.cjs"] = &fstest.MapFile{Data: []byte("#!"), Mode: 0o755}
	got := render(t, pkg, Options{Name: "my-app"})
	want := map[string]string{
		"package.json":            `{"name": "root", "devDependencies": {"@backstage/cli": "^0.36.6"}}`,
		"backstage.json":          "{\n  \"version\": \"1.55.0\"\n}\n",
		".gitignore":              "node_modules\n",
		"app-config.yaml":         "title: my-app\r\nbranch: master\r\n",
		"examples/content.yaml":   "name: ${{ values.name }}\n",
		"x.hbs.txt":               "{{nothing}}",
		".yarn/releases/yarn.cjs": "#!",
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s: %q, want %q", name, got[name], text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v", got)
	}
	tree, err := Render(pkg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := fs.Stat(tree, ".yarn/releases/yarn.cjs"); err != nil || info.Mode() != 0o755 {
		t.Errorf("%v %v", info, err)
	}
	if data, err := fs.ReadFile(tree, "app-config.yaml"); err != nil || !strings.HasPrefix(string(data), "title: backstage\r\n") {
		t.Errorf("%q %v", data, err)
	}
}

func TestRenderAnOldPackage(t *testing.T) {
	pkg := createApp(map[string]string{
		"dist/cjs/createApp-1234.cjs.js":         bundled,
		"dist/lib/versions.cjs.js":               "",
		"templates/default-app/package.json.hbs": "{{version '@backstage/cli'}} {{version 'root'}} {{version \"@backstage/other\"}}",
	})
	opts := Options{Version: func(name string) (string, bool) { return "9.9.9", name == "@backstage/other" }}
	if got := render(t, pkg, opts)["package.json"]; got != "0.16.0 1.0.0 9.9.9" {
		t.Errorf("%q", got)
	}
	if release, err := Release(pkg); err != nil || release != "1.0.0" {
		t.Errorf("%q %v", release, err)
	}
}

func TestLayouts(t *testing.T) {
	app := func(name string) string { return "templates/" + name + "/package.json.hbs" }
	for _, test := range []struct {
		name                   string
		files                  map[string]string
		standard, legacy, next string // the folder, or ""
	}{
		{"up to 0.7.1", map[string]string{app("default-app"): ""}, "default-app", "default-app", ""},
		{"up to 0.7.9", map[string]string{app("default-app"): "", app("next-app"): "", "dist/createApp.cjs.js": "opts.next ? a : b"}, "default-app", "default-app", "next-app"},
		{"0.8.0", map[string]string{app("default-app"): "", app("next-app"): "", "dist/createApp.cjs.js": "opts.legacy ? a : b"}, "next-app", "default-app", "next-app"},
		{"since 0.8.2", map[string]string{app("default-app"): "", app("legacy-app"): "", "templates/next-app/examples/x": ""}, "default-app", "legacy-app", "default-app"},
	} {
		pkg := createApp(test.files)
		var want []Layout
		for layout, folderName := range map[Layout]string{Default: test.standard, Legacy: test.legacy, New: test.next} {
			got, err := folder(pkg, layout)
			if folderName == "" {
				if err == nil {
					t.Errorf("%s: %v is %s", test.name, layout, got)
				}
				continue
			}
			if layout != Default {
				want = append(want, layout)
			}
			if err != nil || got != "templates/"+folderName {
				t.Errorf("%s: %v is %s, %v; want %s", test.name, layout, got, err, folderName)
			}
		}
		slices.Sort(want)
		if got := Layouts(pkg); !slices.Equal(got, want) {
			t.Errorf("%s: layouts %v, want %v", test.name, got, want)
		}
	}
}

func TestRenderRefuses(t *testing.T) {
	good := map[string]string{"templates/default-app/package.json.hbs": "{}"}
	with := func(name, text string) fstest.MapFS {
		pkg := createApp(good)
		pkg[name] = &fstest.MapFile{Data: []byte(text)}
		return pkg
	}
	for _, test := range []struct {
		name string
		pkg  fs.FS
		opts Options
		want string
	}{
		{"another package", fstest.MapFS{"package.json": &fstest.MapFile{}}, Options{}, "this is not the package @backstage/create-app"},
		{"no versions", with("dist/lib/versions.cjs.js", ""), Options{}, "no table of versions"},
		{"no release", with("dist/lib/versions.cjs.js", "const packageVersions = {\n};"), Options{}, "no Backstage release"},
		{"a version that is nowhere", with("dist/lib/versions.cjs.js", "const packageVersions = {\n  root: x.version\n};"), Options{}, "the version of root is not where it should be"},
		{"a bad name", createApp(good), Options{Name: "My App"}, `app name "My App"`},
		{"no such layout", createApp(good), Options{Layout: New}, "no template with the new frontend system"},
		{"an unknown version", with("templates/default-app/a/b.hbs", "\n{{version 'x'}}"), Options{}, "templates/default-app/a/b.hbs: line 2: no version of package x"},
		{"an unknown value", with("templates/default-app/b.hbs", "{{x}}"), Options{}, "{{x}} is not known"},
	} {
		if tree, err := Render(test.pkg, test.opts); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, %v; want %s", test.name, tree, err, test.want)
		}
	}
}
