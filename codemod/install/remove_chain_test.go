package install_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/recipe"
)

// Taking out what adding wrote below keys that had comments only, several levels deep, or in
// several blocks of one mapping, gives back the same bytes; mappings that were empty stay.
func TestRemovedConfigurationLeavesNothing(t *testing.T) {
	const (
		proxy = `config:
  - {path: [proxy, endpoints, /x/api], required: true, why: a, yaml: "target: https://x\n# headers:\n#   Authorization: y\n"}
`
		events = `config:
  - {path: [events, http, topics], required: true, why: a, yaml: "- x\n"}
  - {path: [events, modules, x], required: true, why: b, yaml: "secret: y\n"}
`
	)
	for _, c := range []struct{ name, config, recipe string }{
		{"comments only", "app:\n  title: X\n\nproxy:\n  ### An example.\n  # endpoints:\n  #   '/test':\n  #     target: https://y\n\ncatalog: {}\n", proxy},
		{"an empty mapping under comments", "app:\n  title: X\n\nproxy:\n  # each service has an endpoint\n  endpoints: {}\n\ncatalog: {}\n", proxy},
		{"nothing", "app:\n  title: X\n", proxy},
		{"two blocks of one mapping", "app:\n  title: X\n", events},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := fstest.MapFS{}
			for name, f := range fixtures.App("legacy") {
				app[name] = f
			}
			app["app-config.yaml"] = &fstest.MapFile{Data: []byte(c.config)}
			r := recipeOf(t, c.recipe+"legacy: [{why: a, route: {path: /x, element: {module: '@x/plugin-x', export: XPage}}}]\n")
			plan, err := install.Add(context.Background(), app, []recipe.Recipe{r}, options)
			if err != nil {
				t.Fatal(err)
			}
			removal, err := install.Remove(context.Background(), applied(app, plan.Changes), []recipe.Recipe{r}, options)
			if err != nil {
				t.Fatal(err)
			}
			after := applied(applied(app, plan.Changes), removal.Changes)
			if got := string(after["app-config.yaml"].Data); got != c.config {
				t.Errorf("what is left is\n%s\n%s", got, change.Diff(removal.Changes))
			}
		})
	}
}
