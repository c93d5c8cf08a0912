package install_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/recipe"
)

// A predicate that gives a text or undefined does not compile as a condition: it is called within
// Boolean, wherever conditions stand. What was added that way is found again, and taken out.
func TestPredicatesThatAreNoBooleans(t *testing.T) {
	const legacy = `
legacy:
  - {why: a, entity-tab: {path: /x, title: X, element: {module: '@x/plugin-x', export: EntityXContent}, if: {module: '@x/plugin-x', export: isXAvailable}, truthy: true}}
  - {why: b, entity-card: {element: {module: '@x/plugin-x', export: EntityXCard}, if: {module: '@x/plugin-x', export: isXAvailable}, truthy: true, grid: {md: 6}}}
  - {why: c, entity-case: {element: {module: '@x/plugin-x', export: EntityXBuilds}, if: {module: '@x/plugin-x', export: isXAvailable}, truthy: true}}`
	const converted = `
new:
  - why: a
    legacy-plugin:
      module: '@x/plugin-x'
      export: xPlugin
      file: src/plugins/x.tsx
      cards: [{module: '@x/plugin-x', export: EntityXCard, if: {module: '@x/plugin-x', export: isXAvailable}, truthy: true}]`
	for _, c := range []struct {
		app, steps, file, has string
		times                 int
	}{
		{"legacy", legacy, "packages/app/src/components/catalog/EntityPage.tsx", "if={entity => Boolean(isXAvailable(entity))}", 3},
		{"new", converted, "packages/app/src/plugins/x.tsx", "filter: entity => Boolean(isXAvailable(entity))", 1},
	} {
		t.Run(c.app, func(t *testing.T) {
			app := fixtures.App(c.app)
			r := recipeOf(t, c.steps)
			plan, err := addRecipe(app, r)
			if err != nil {
				t.Fatal(err)
			}
			after := fstest.MapFS{}
			for name, f := range app {
				after[name] = f
			}
			for _, ch := range plan.Changes {
				after[ch.Path] = &fstest.MapFile{Data: ch.After}
			}
			if n := strings.Count(string(after[c.file].Data), c.has); n < c.times {
				t.Errorf("%s has %d of %q\n%s", c.file, n, c.has, change.Diff(plan.Changes))
			}
			removal, err := install.Remove(context.Background(), after, []recipe.Recipe{r}, options)
			if err != nil {
				t.Fatal(err)
			}
			for _, ch := range removal.Changes {
				if before, ok := app[ch.Path]; ok && string(before.Data) != string(ch.After) {
					t.Errorf("removing does not give back %s\n%s", ch.Path, change.Diff(removal.Changes))
				}
			}
			if len(removal.Changes) != len(plan.Changes) {
				t.Errorf("adding changes %d files, removing %d", len(plan.Changes), len(removal.Changes))
			}
		})
	}
}
