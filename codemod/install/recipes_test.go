package install_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/recipe"
)

const indexTS = "packages/backend/src/index.ts"

// derived is a recipe as it is read from packages: without versions, aliases and documentation of
// its own, and with a package that many plugins use.
func derived() recipe.Recipe {
	pkg := func(name string, role recipe.Role, in recipe.Workspace) recipe.Package {
		return recipe.Package{Name: name, Role: role, In: in}
	}
	return recipe.Recipe{
		ID: "x", Title: "X", Description: "Shows X.", Docs: "https://example.com/x", Source: "derived",
		Packages: []recipe.Package{pkg("@x/plugin-x", recipe.Frontend, recipe.InApp), pkg("@x/plugin-x-module-y", recipe.FrontendModule, recipe.InApp),
			pkg("@x/plugin-x-more", recipe.Frontend, recipe.InApp), pkg("@x/plugin-x-backend", recipe.Backend, recipe.InBackend), pkg("@backstage/core-components", recipe.Common, recipe.InApp)},
		Legacy: []recipe.Step{
			{Why: "a", Route: &recipe.Route{Path: "/x", Element: recipe.Element{Ref: recipe.Ref{Module: "@x/plugin-x", Export: "XPage"}}}},
			{Why: "a", Route: &recipe.Route{Path: "/x-more", Element: recipe.Element{Ref: recipe.Ref{Module: "@x/plugin-x-more", Export: "XMorePage"}}}},
			{Why: "a", SidebarItem: &recipe.SidebarItem{To: "x", Text: "X", Icon: recipe.Ref{Module: "@material-ui/icons/Map", Export: "default", As: "MapIcon"}}},
		},
		New:     []recipe.Step{{Why: "a", Feature: &recipe.Feature{Ref: recipe.Ref{Module: "@x/plugin-x", Export: "default", As: "xPlugin"}, Discovered: true}}},
		Backend: []recipe.Step{{Why: "a", BackendFeature: &recipe.BackendFeature{Module: "@x/plugin-x-backend"}}},
		Config:  []recipe.ConfigBlock{{Path: []string{"x"}, YAML: "url: ${X_URL}\n", Required: true, Why: "a"}},
		Env:     []recipe.EnvVar{{Name: "X_URL", Description: "a"}},
	}
}

func TestDerivedRecipesAreAddedAndTakenOut(t *testing.T) {
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) {
			app, r := fixtures.App(name), derived()
			plan, err := addRecipe(app, r)
			if name == "legacy-backend" {
				r.Backend, r.Packages = nil, r.Packages[:3]
				plan, err = addRecipe(app, r)
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(plan.Changes) == 0 || plan.Plugins[0].State != install.Added && len(plan.Plugins[0].Present) == 0 {
				t.Errorf("the plan is %+v", plan.Plugins)
			}
			back, err := install.Remove(context.Background(), applied(app, plan.Changes), []recipe.Recipe{r}, options)
			if err != nil {
				t.Fatal(err)
			}
			left := change.NewOverlay(app)
			for file, f := range applied(applied(app, plan.Changes), back.Changes) {
				if err := left.Write(file, f.Data); err != nil {
					t.Fatal(err)
				}
			}
			if changes := left.Changes(); len(changes) > 0 {
				t.Errorf("adding and removing leaves\n%s", change.Diff(changes))
			}
		})
	}
}

func TestRecipesThatCannotBeUsed(t *testing.T) {
	overlay := derived()
	overlay.Derived, overlay.Plugin = true, "@x/plugin-x"
	broken := derived()
	broken.Legacy = append(broken.Legacy, recipe.Step{Why: "a", API: &recipe.API{}})
	for _, c := range []struct {
		r    recipe.Recipe
		want string
	}{{overlay, "only completes what its published packages say"}, {broken, "legacy[3].api"}} {
		_, err := addRecipe(fixtures.App("legacy"), c.r)
		_, rerr := install.Remove(context.Background(), fixtures.App("legacy"), []recipe.Recipe{c.r}, options)
		if !c.r.Derived { // enough to take out what is there of it
			rerr = err
		}
		for _, err := range []error{err, rerr} {
			if ds := diag.Of(err); len(ds) != 1 || ds[0].Code != "bad-recipe" || !strings.Contains(ds[0].Summary+ds[0].Detail, c.want) || !strings.Contains(ds[0].Manual, "https://example.com/x") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		}
	}
}

// A plugin that does the work of another takes its place.
func TestReplacedFeatures(t *testing.T) {
	const allowAll = "@backstage/plugin-permission-backend-module-allow-all-policy"
	r := derived()
	r.Replaces = []recipe.Replaced{{Module: allowAll, Why: "There is one policy."}}
	for _, c := range []struct {
		name, app string
		replace   []string // in index.ts
		stays     bool     // the dependency
	}{
		{"import()", "new", nil, false},
		{"identifier", "new", []string{"backend.add(\n  import('" + allowAll + "'),\n);", "backend.add(policy);", "import { createBackend }", "import policy from '" + allowAll + "';\nimport { createBackend }"}, false},
		{"used elsewhere", "new", []string{"backend.start();", "console.log(import('" + allowAll + "'));\nbackend.start();"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := fixtures.App(c.app)
			src := string(app[indexTS].Data)
			for i := 0; i < len(c.replace); i += 2 {
				if !strings.Contains(src, c.replace[i]) {
					t.Fatalf("no %q in\n%s", c.replace[i], src)
				}
				src = strings.Replace(src, c.replace[i], c.replace[i+1], 1)
			}
			app = fixtures.With(app, map[string]string{indexTS: src})
			plan, err := addRecipe(app, r)
			if err != nil {
				t.Fatal(err)
			}
			after := applied(app, plan.Changes)
			if got := string(after[indexTS].Data); strings.Contains(got, "add(policy)") || strings.Contains(got, allowAll) != c.stays || !strings.Contains(got, "@x/plugin-x-backend") {
				t.Errorf("%s is\n%s", indexTS, got)
			}
			if got := string(after["packages/backend/package.json"].Data); strings.Contains(got, allowAll) != c.stays {
				t.Errorf("package.json is\n%s", got)
			}
			if len(plan.Difference.Removed) != 1 || plan.Difference.Removed[0].Name != allowAll || len(plan.Plugins[0].Replaced) != 1 {
				t.Errorf("replaced %v\n%s", plan.Plugins[0].Replaced, plan.Difference)
			}
			if !strings.Contains(reasons(plan.Changes), "There is one policy.") {
				t.Errorf("the reasons are %s", reasons(plan.Changes))
			}
			again, err := addRecipe(after, r)
			if err != nil || len(again.Changes) > 0 {
				t.Errorf("again: %v, %v", again, err)
			}
			back, err := install.Remove(context.Background(), after, []recipe.Recipe{r}, options)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(back.Warnings, func(d *diag.Diagnostic) bool {
				return d.Code == "was-replaced" && strings.Contains(d.Manual, "backend.add(import('"+allowAll+"'));")
			}) {
				t.Errorf("the warnings are %v", back.Warnings)
			}
		})
	}
}

func reasons(changes []change.Change) string {
	var out []string
	for _, c := range changes {
		for _, r := range c.Reasons {
			out = append(out, r.Text)
		}
	}
	return strings.Join(out, " ")
}

func TestWhatOtherPluginsNeedTooIsNoPartOfAPlugin(t *testing.T) {
	app := appWith(t, "legacy", nil,
		"packages/app/package.json", "  \"dependencies\": {\n", "  \"dependencies\": {\n    \"@backstage/ui\": \"^0.1.0\",\n",
		"packages/app/src/index.tsx", "import ", "import '@backstage/ui/css/styles.css';\nimport ")
	r := derived()
	r.Packages = append(r.Packages, recipe.Package{Name: "@backstage/ui", Role: recipe.Common, In: recipe.InApp})
	r.Legacy = append(r.Legacy, recipe.Step{Why: "a", CSSImport: &recipe.CSSImport{Module: "@backstage/ui/css/styles.css"}})
	plan, err := addRecipe(app, r)
	if err != nil {
		t.Fatal(err)
	}
	if p := plan.Plugins[0]; p.State != install.Added || len(p.Present) < 2 {
		t.Errorf("the plugin is %s, with %q there already", p.State, p.Present)
	}
	plan, err = addRecipe(applied(app, plan.Changes), r)
	if err != nil || plan.Plugins[0].State != install.Present {
		t.Errorf("the second time the plugin is %+v, %v", plan.Plugins, err)
	}
}
