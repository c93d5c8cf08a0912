package install_test

import (
	"context"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/recipe"
)

func remove(app fs.FS, ids ...string) (*install.Removal, error) {
	recipes := make([]recipe.Recipe, len(ids))
	for i, id := range ids {
		recipes[i], _ = recipe.Lookup(id)
	}
	return install.Remove(context.Background(), app, recipes, options)
}

// Taking a plugin out right after adding it gives back the same bytes, if nothing of it was there
// before.
func TestRemoveUndoesAdd(t *testing.T) {
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) { removeUndoesAdd(t, fixtures.App(name)) })
	}
	if testing.Short() {
		return
	}
	for _, pin := range fixtures.Pins() {
		for _, layout := range pin.Layouts {
			t.Run(pin.Release+" "+layout, func(t *testing.T) { removeUndoesAdd(t, fixtures.Template(t, pin.Release, layout)) })
		}
	}
}

func removeUndoesAdd(t *testing.T, app fstest.MapFS) {
	for _, r := range recipe.Curated() {
		variants := []string{""}
		for _, v := range r.Variants[min(1, len(r.Variants)):] {
			variants = append(variants, v.Name)
		}
		for _, as := range variants {
			for _, newline := range []string{"LF", "CRLF"} {
				app := app
				if newline == "CRLF" {
					if as != "" {
						continue
					}
					app = fixtures.CRLF(app)
				}
				opts := options
				opts.As = as
				plan, err := addWith(app, opts, r.ID)
				if diag.Of(err) != nil {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				undoes(t, r.ID+" "+as+" "+newline, app, plan)
			}
		}
	}
}

func undoes(t *testing.T, name string, app fstest.MapFS, plan *install.Plan) {
	t.Helper()
	id := plan.Plugins[0].ID
	after := applied(app, plan.Changes)
	back, err := remove(after, id)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if len(plan.Plugins[0].Present) == 0 && len(plan.Plugins[0].Replaced) == 0 {
		left := change.NewOverlay(app)
		for file, f := range applied(after, back.Changes) {
			if err := left.Write(file, f.Data); err != nil {
				t.Fatal(err)
			}
		}
		if changes := left.Changes(); len(changes) > 0 {
			t.Errorf("%s: adding and removing leaves\n%s", name, change.Diff(changes))
		}
		if len(back.Plugins[0].Left) > 0 {
			t.Errorf("%s: left is %v", name, back.Plugins[0].Left)
		}
	}
	if len(plan.Changes) > 0 && len(back.Changes) == 0 {
		t.Errorf("%s: nothing is removed", name)
	}
}

func BenchmarkRemove(b *testing.B) {
	app := fixtures.App("legacy")
	plan, err := add(app, "tech-radar")
	if err != nil {
		b.Fatal(err)
	}
	added := applied(app, plan.Changes)
	for b.Loop() {
		if _, err := remove(added, "tech-radar"); err != nil {
			b.Fatal(err)
		}
	}
}
