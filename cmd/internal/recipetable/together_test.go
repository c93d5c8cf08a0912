package recipetable

import (
	"context"
	"os"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/fixtures/families"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/recipe"
)

// apart are families that do not go with others: each fills the place of another one, or is
// refused by new apps.
var apart = []string{
	"@backstage/plugin-home", "@backstage/plugin-app-visualizer", "@backstage/plugin-auth-backend-module-oidc-provider",
	"@backstage/plugin-permission-backend", "@backstage/plugin-permission-backend-module-allow-all-policy",
	"@backstage/plugin-search-backend-module-pg", "@roadiehq/backstage-plugin-home-markdown",
}

// All families together are planned and proved on new apps in one go; and each alone, added and
// taken out again, leaves a new app as it was.
func TestFamiliesTogether(t *testing.T) {
	fixtures.Require(t, "network")
	if os.Getenv("BATTEN_TABLE") == "" {
		t.Skip("make recipes runs it: it reads some hundred packages")
	}
	config, _ := npm.ConfigFrom(npm.UserPlaces(""))
	config.Freshness = max(config.Freshness, 24*time.Hour)
	s := &shelf{client: npm.New(config)}
	var all []recipe.Recipe
	for _, f := range families.All(t) {
		if slices.Contains(apart, f.Add) {
			continue
		}
		found, err := s.recipes(t.Context(), f.Add, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range found {
			if !slices.ContainsFunc(all, func(o recipe.Recipe) bool { return o.ID == r.ID }) {
				all = append(all, r)
			}
		}
	}
	opts := install.Options{Version: func(context.Context, install.Dependency) (install.Choice, error) {
		return install.Choice{Spec: "^1.0.0", Why: "A version."}, nil
	}}
	for _, layout := range []string{fixtures.LayoutLegacy, fixtures.LayoutNew} {
		t.Run(layout, func(t *testing.T) {
			app := fixtures.Template(t, families.Release, layout)
			if _, err := install.Add(t.Context(), app, all, opts); err != nil {
				t.Errorf("all %d: %v", len(all), err)
			}
			for _, r := range all {
				plan, err := install.Add(t.Context(), app, []recipe.Recipe{r}, opts)
				if err != nil || len(plan.Plugins[0].Present)+len(plan.Plugins[0].Replaced) > 0 {
					continue // TestRecipesOfTheFamilies says what is refused
				}
				with := laid(app, plan.Changes)
				removal, err := install.Remove(t.Context(), with, []recipe.Recipe{r}, opts)
				if err != nil {
					t.Errorf("%s: %v", r.ID, err)
					continue
				}
				for name, f := range laid(with, removal.Changes) {
					if before := app[name]; before == nil || string(before.Data) != string(f.Data) {
						t.Errorf("%s: adding and removing leaves another %s", r.ID, name)
					}
				}
			}
		})
	}
}

// laid is an app with changes.
func laid(app fstest.MapFS, changes []change.Change) fstest.MapFS {
	out := fstest.MapFS{}
	for name, f := range app {
		out[name] = f
	}
	for _, c := range changes {
		if out[c.Path] = (&fstest.MapFile{Data: c.After, Mode: c.Mode}); c.After == nil {
			delete(out, c.Path)
		}
	}
	return out
}
