package install_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/recipe"
)

// What app-config sets of a plugin is wiring: adding it is proved, and taking it out takes out all
// of it, whoever set it, in all files but people's own.
func TestSettingsAreWiring(t *testing.T) {
	r := recipeOf(t, "new: [{why: a, extension: {id: 'entity-card:x/card'}}]")
	plan, err := addRecipe(fixtures.App("new"), r)
	if err != nil {
		t.Fatal(err)
	}
	added := plan.Difference.Added
	if !slices.ContainsFunc(added, func(f wiring.Fact) bool {
		return f.Kind == wiring.ExtensionSetting && f.Name == "entity-card:x/card" && f.Value == "on" && f.In == configFile
	}) {
		t.Errorf("the difference is\n%s", plan.Difference)
	}

	app := fixtures.With(applied(fixtures.App("new"), plan.Changes), map[string]string{
		"app-config.production.yaml": "app:\n  baseUrl: http://x\n  extensions:\n    - page:x: {config: {path: /y}}\n    - page:y\n    - nav-item:x: false\n  routes:\n    bindings:\n      # where X is linked\n      catalog.viewX: x.root\n      x.more: false\n      y.z: catalog.root\n",
		"app-config.staging.yaml":    "app:\n  baseUrl: http://y\n  routes:\n    bindings:\n      catalog.viewX: x.root\n",
		"app-config.local.yaml":      "app:\n  extensions:\n    - page:x\n  routes:\n    bindings:\n      x.mine: y.mine\n",
	})
	back, err := install.Remove(context.Background(), app, []recipe.Recipe{r}, options)
	if err != nil {
		t.Fatal(err)
	}
	after := applied(app, back.Changes)
	for name, want := range map[string]string{
		configFile:                   string(fixtures.App("new")[configFile].Data),
		"app-config.production.yaml": "app:\n  baseUrl: http://x\n  extensions:\n    - page:y\n  routes:\n    bindings:\n      # where X is linked\n      y.z: catalog.root\n",
		"app-config.staging.yaml":    "app:\n  baseUrl: http://y\n",
		"app-config.local.yaml":      string(app["app-config.local.yaml"].Data),
	} {
		if got := string(after[name].Data); got != want {
			t.Errorf("%s is\n%s\nand not\n%s", name, got, want)
		}
	}
	settings := 0
	for _, f := range back.Difference.Removed {
		if f.Kind == wiring.ExtensionSetting || f.Kind == wiring.RouteBindingSetting {
			settings++
		}
	}
	if settings != 6 {
		t.Errorf("%d settings are gone:\n%s", settings, back.Difference)
	}
	var left []string
	for _, l := range back.Plugins[0].Left {
		left = append(left, l.What+" "+l.File)
	}
	if got := strings.Join(left, "; "); got != "an item of app.extensions app-config.local.yaml; the route binding x.mine app-config.local.yaml" {
		t.Errorf("left is %s", got)
	}
}

// A setting in a file of a person's own is not wiring, and there is nothing to prove of it.
func TestSettingInAPersonsOwnFile(t *testing.T) {
	app := fixtures.With(fixtures.App("new"), map[string]string{"app-config.local.yaml": "app:\n  title: mine\n"})
	opts := options
	opts.Config = "app-config.local.yaml"
	plan, err := install.Add(context.Background(), app, []recipe.Recipe{recipeOf(t, "new: [{why: a, extension: {id: 'entity-card:x/card'}}]")}, opts)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(applied(app, plan.Changes)["app-config.local.yaml"].Data); got != "app:\n  title: mine\n  extensions:\n    - entity-card:x/card\n" {
		t.Errorf("the file is\n%s", got)
	}
}
