package workspace_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest"
)

func TestTemplatesOfManyReleases(t *testing.T) {
	for _, pin := range fixtures.Pins() {
		for _, layout := range pin.Layouts {
			t.Run(pin.Release+" "+layout, func(t *testing.T) {
				t.Parallel()
				template := fixtures.Template(t, pin.Release, layout)
				for _, fsys := range []fs.FS{template, fixtures.CRLF(template), fixtures.Without(template, "backstage.json")} {
					checkTemplate(t, load(t, fsys, workspace.InferWith(manifest.Infer)), pin, layout)
				}
			})
		}
	}
}

func checkTemplate(t *testing.T, w *workspace.Workspace, pin fixtures.Pin, layout string) {
	t.Helper()
	if len(w.Problems)+len(w.ConfigProblems()) > 0 {
		t.Errorf("problems: %v %v", w.Problems, w.ConfigProblems())
	}
	if len(w.Apps) != 1 || len(w.Backends) != 1 || len(w.Packages) != 2 {
		t.Fatalf("got %s", describe(w))
	}
	app, backend := w.Apps[0], w.Backends[0]
	if app.System.String() != layout || app.AppFile != "packages/app/src/App.tsx" || app.Entry != "packages/app/src/index.tsx" {
		t.Errorf("the app is %s, from %s and %s", app.System, app.Entry, app.AppFile)
	}
	if app.Discovery.Finds("@backstage/plugin-x") != (layout == "new") {
		t.Errorf("discovery is %+v", app.Discovery)
	}
	wantBackend := workspace.New
	if slices.Contains([]string{"1.0.0", "1.5.0", "1.9.0", "1.13.0", "1.17.0", "1.21.0"}, pin.Release) {
		wantBackend = workspace.Legacy
	}
	if backend.System != wantBackend || backend.File != "packages/backend/src/index.ts" || backend.AppName != "app" {
		t.Errorf("the backend is %s, in %s", backend.System, backend.File)
	}
	switch w.Release.Source {
	case workspace.ReleaseFile:
		if w.Release.Version != pin.Release {
			t.Errorf("the release is %+v", w.Release)
		}
	case workspace.ReleaseInferred:
		// Patch releases can have the same versions, and the newest may not be in the table yet.
		_, known := manifest.Lookup(pin.Release)
		if minor := pin.Release[:strings.LastIndex(pin.Release, ".")+1]; known && (!strings.HasPrefix(w.Release.Version, minor) || w.Release.Score < 0.99) {
			t.Errorf("the release is %+v", w.Release)
		}
	default:
		t.Error("the release is not known")
	}
	if berry := w.Manager.YarnPath != ""; w.Manager.Name != "yarn" || berry != w.Manager.Berry || berry != (w.Manager.From == ".yarnrc.yml") {
		t.Errorf("the package manager is %+v", w.Manager)
	}
}
