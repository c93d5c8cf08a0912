package install_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

// An app older than the oldest release that recipes speak of is never taken for a new one.
func TestReleasesThatAreNotKnown(t *testing.T) {
	for _, c := range []struct {
		name, backstage, core string // backstage.json; the app's version of core-plugin-api
		infer                 string // what the versions are taken for
		code, detail          string
	}{
		{"a release", `{"version":"1.30.0"}`, "^1.9.0", "", "", ""},
		{"no file, and versions of no release", "", "^1.9.0", "", "unknown-release", "no backstage.json"},
		{"no file, and versions of a release", "", "^1.9.0", "1.30.0", "", ""},
		{"a file that names no version", `{"version":"latest"}`, "^1.9.0", "", "unknown-release", `"latest"`},
		{"a release before 1.0", `{"version":"0.70.1"}`, "^0.8.0", "", "release-too-old", "0.70.1"},
		{"no file, and a package from before 1.0", "", "^0.8.0", "", "release-too-old", "@backstage/core-plugin-api ^0.8.0"},
		{"no file, and one package alone that 1.0 has too", "", "^0.8.0", "1.0.0", "release-too-old", "@backstage/core-plugin-api ^0.8.0"},
		{"no file, and any version", "", "*", "1.30.0", "", ""},
	} {
		app := fixtures.App("legacy")
		delete(app, "backstage.json")
		if c.backstage != "" {
			app["backstage.json"] = &fstest.MapFile{Data: []byte(c.backstage)}
		}
		const file = "packages/app/package.json"
		w, err := workspace.Load(app)
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.App()
		if err != nil {
			t.Fatal(err)
		}
		dep, ok := p.Dep("@backstage/core-plugin-api")
		if !ok {
			t.Fatal("the fixture does not depend on core-plugin-api")
		}
		src := string(app[file].Data)
		app[file] = &fstest.MapFile{Data: []byte(src[:dep.Span.Start] + `"` + c.core + `"` + src[dep.Span.End:])}
		opts := options
		opts.Load = func(_ *workspace.Workspace, over *change.Overlay) (*workspace.Workspace, error) {
			return workspace.Load(over, workspace.InferWith(func(map[string]string) (string, float64) { return c.infer, 0.1 }))
		}
		_, err = addWith(app, opts, "tech-radar")
		found := diag.Of(err)
		switch {
		case c.code == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.code != "" && (len(found) != 1 || found[0].Code != c.code || !strings.Contains(found[0].Detail, c.detail) || found[0].Manual == ""):
			t.Errorf("%s: %v, want %s with %q", c.name, err, c.code, c.detail)
		}
	}
}
