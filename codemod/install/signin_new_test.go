package install_test

import (
	"context"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/recipe"
)

// overlayAlone is a recipe in the binary as it is without what is derived: sign-in providers
// lack no more than the backend's feature.
func overlayAlone(t *testing.T, id string) recipe.Recipe {
	t.Helper()
	r, ok := recipe.Lookup(id)
	if !ok {
		t.Fatalf("there is no recipe %s", id)
	}
	if !r.Derived {
		return r
	}
	whole, err := recipe.Merge(recipe.Recipe{ID: id, Title: id, Description: id, Docs: r.Docs,
		Packages: []recipe.Package{{Name: r.Plugin, Role: recipe.BackendModule, In: recipe.InBackend}},
		Backend:  []recipe.Step{{Why: "The provider.", BackendFeature: &recipe.BackendFeature{Module: r.Plugin}}}}, r, "1.55.0")
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

// Several ways to sign in are on one page of a new frontend, whether they come at once or one
// after the other; none takes the place of another, and what does not fit is refused.
func TestSeveralWaysToSignIn(t *testing.T) {
	for _, c := range []struct {
		ids     string
		refused string
	}{
		{"google-auth github-auth", ""},
		{"github-auth google-auth okta-auth gitlab-auth microsoft-auth", ""},
		{"oidc-auth google-auth", ""},
		{"google-auth oidc-auth", "brings an API of its own"},
	} {
		for _, together := range []bool{true, false} {
			name := c.ids
			if !together {
				name += " one by one"
			}
			t.Run(name, func(t *testing.T) {
				app := fixtures.Template(t, "1.55.0", fixtures.LayoutNew)
				batches := [][]string{strings.Fields(c.ids)}
				if !together {
					batches = nil
					for _, id := range strings.Fields(c.ids) {
						batches = append(batches, []string{id})
					}
				}
				var err error
				for _, batch := range batches {
					var recipes []recipe.Recipe
					for _, id := range batch {
						recipes = append(recipes, overlayAlone(t, id))
					}
					var plan *install.Plan
					if plan, err = install.Add(context.Background(), app, recipes, options); err != nil {
						break
					}
					app = applied(app, plan.Changes)
				}
				if c.refused != "" {
					if len(diag.Of(err)) == 0 || !strings.Contains(err.Error(), c.refused) || diag.Of(err)[0].Manual == "" {
						t.Errorf("got %v, want %s", err, c.refused)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				page := string(app["packages/app/src/modules/signIn/index.tsx"].Data)
				for _, id := range strings.Fields(c.ids) {
					if want := "id: '" + id + "-provider'"; strings.Count(page, want) != 1 {
						t.Errorf("the page has no single %s:\n%s", want, page)
					}
				}
			})
		}
	}
}
