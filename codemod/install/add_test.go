package install_test

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/recipe"
)

var options = install.Options{Version: func(_ context.Context, d install.Dependency) (install.Choice, error) {
	return install.Choice{Spec: "^1.0.0", Why: "the version of " + d.Package.Name}, nil
}}

func add(app fs.FS, ids ...string) (*install.Plan, error) {
	return addWith(app, options, ids...)
}

func addWith(app fs.FS, opts install.Options, ids ...string) (*install.Plan, error) {
	recipes := make([]recipe.Recipe, len(ids))
	for i, id := range ids {
		recipes[i], _ = recipe.Lookup(id)
	}
	return install.Add(context.Background(), app, recipes, opts)
}

// applied is an app with changes made.
func applied(app fstest.MapFS, changes []change.Change) fstest.MapFS {
	out := maps.Clone(app)
	for _, c := range changes {
		if c.After == nil {
			delete(out, c.Path)
			continue
		}
		out[c.Path] = &fstest.MapFile{Data: c.After, Mode: c.Mode}
	}
	return out
}

func TestAddedTwiceChangesNothing(t *testing.T) {
	for _, name := range fixtures.Names() {
		for _, r := range recipe.Curated() {
			app := fixtures.App(name)
			plan, err := add(app, r.ID)
			if diag.Of(err) != nil {
				continue // refused: the command line's goldens say which, and why
			}
			if err != nil {
				t.Fatalf("%s in %s: %v", r.ID, name, err)
			}
			again, err := add(applied(app, plan.Changes), r.ID)
			if err != nil || len(again.Changes) > 0 || again.Plugins[0].State != install.Present {
				t.Errorf("%s in %s a second time: %v\n%s", r.ID, name, err, change.Diff(again.Changes))
			}
		}
	}
}

// Whatever file of a finished installation is put back as it was, adding again mends exactly
// that file.
func TestHalfInstalledPluginsAreFinished(t *testing.T) {
	for _, name := range fixtures.Names() {
		for _, r := range recipe.Curated() {
			app := fixtures.App(name)
			whole, err := add(app, r.ID)
			if diag.Of(err) != nil {
				continue // refused: the command line's goldens say which, and why
			}
			if err != nil {
				t.Fatalf("%s in %s: %v", r.ID, name, err)
			}
			done := applied(app, whole.Changes)
			for _, c := range whole.Changes {
				half := applied(done, []change.Change{{Path: c.Path, After: c.Before, Mode: c.Mode}})
				rest, err := add(half, r.ID)
				if err != nil {
					t.Errorf("%s in %s without its part of %s: %v", r.ID, name, c.Path, err)
					continue
				}
				if len(rest.Changes) != 1 || rest.Changes[0].Path != c.Path || string(rest.Changes[0].After) != string(c.After) {
					t.Errorf("%s in %s without its part of %s is finished by\n%s", r.ID, name, c.Path, change.Diff(rest.Changes))
				}
				if state := rest.Plugins[0].State; len(whole.Changes) > 1 && state != install.Finished {
					t.Errorf("%s in %s without its part of %s is %s", r.ID, name, c.Path, state)
				}
			}
		}
	}
}

func TestSeveralAtOnceAreTheSameAsOneAfterTheOther(t *testing.T) {
	for _, name := range []string{"legacy", "new"} {
		ids := []string{"sonarqube", "jenkins", "tech-radar", "github-actions"}
		app := fixtures.App(name)
		together, err := add(app, ids...)
		if err != nil {
			t.Fatal(err)
		}
		single := app
		for _, id := range ids {
			plan, err := add(single, id)
			if err != nil {
				t.Fatal(err)
			}
			single = applied(single, plan.Changes)
		}
		for file, f := range applied(app, together.Changes) {
			if string(f.Data) != string(single[file].Data) {
				t.Errorf("%s of %s differs:\n%s\n--- one after the other:\n%s", file, name, f.Data, single[file].Data)
			}
		}
	}
}

func TestEveryEditHasAReason(t *testing.T) {
	plan, err := add(fixtures.App("legacy"), "jenkins", "tech-radar", "github-auth")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range plan.Changes {
		if len(c.Reasons) == 0 {
			t.Errorf("%s changes for no reason", c.Path)
		}
		for _, r := range c.Reasons {
			if r.Text == "" || r.Offset > len(c.After) {
				t.Errorf("%s: reason %+v", c.Path, r)
			}
		}
	}
}

// A new frontend finds plugins among its dependencies, or is told of them in app-config, or
// names them in code.
func TestFeaturesGoWhereTheAppLooksForThem(t *testing.T) {
	const config, appTSX = "app-config.yaml", "packages/app/src/App.tsx"
	all := fixtures.App("new")
	discovery := "  packages: all\n"
	if !strings.Contains(string(all[config].Data), discovery) {
		t.Fatalf("the fixture does not have %q", discovery)
	}
	with := func(packages string) fstest.MapFS {
		text := strings.Replace(string(all[config].Data), discovery, packages, 1)
		return fixtures.With(fixtures.App("new"), map[string]string{config: text})
	}
	for _, c := range []struct {
		name     string
		app      fstest.MapFS
		file     string // that names the plugin, besides package.json and its config
		contains string
	}{
		{"all", all, "", ""},
		{"included", with("  packages:\n    include:\n      - '@backstage/plugin-catalog'\n"), config,
			"    include:\n      - '@backstage/plugin-catalog'\n      - '@backstage-community/plugin-github-actions'\n"},
		{"none", with(""), appTSX, "import githubActionsPlugin from '@backstage-community/plugin-github-actions/alpha';"},
		{"excluded", with("  packages:\n    exclude:\n      - '@backstage-community/plugin-github-actions'\n"), appTSX, "features: [catalogPlugin, navModule, githubActionsPlugin],"},
	} {
		plan, err := add(c.app, "github-actions")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var changed []string
		for _, ch := range plan.Changes {
			changed = append(changed, ch.Path)
			if ch.Path == c.file && !strings.Contains(string(ch.After), c.contains) {
				t.Errorf("%s: no %q in\n%s", c.name, c.contains, ch.After)
			}
		}
		want := []string{"packages/app/package.json"}
		if c.file != "" {
			want = append(want, c.file)
		}
		slices.Sort(want)
		if !slices.Equal(changed, want) {
			t.Errorf("%s: changes %v, want %v", c.name, changed, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	replace := func(app, file, old, with string) fstest.MapFS {
		m := fixtures.App(app)
		src := string(m[file].Data)
		if !strings.Contains(src, old) {
			t.Fatalf("%s has no %q", file, old)
		}
		m[file] = &fstest.MapFile{Data: []byte(strings.Replace(src, old, with, 1)), Mode: 0o644}
		return m
	}
	const appTSX = "packages/app/src/App.tsx"
	for _, c := range []struct {
		name   string
		app    fstest.MapFS
		opts   install.Options
		plugin string
		code   string
		says   []string // in the error
	}{
		{"a path that shows something else", replace("legacy", appTSX, `path="/settings"`, `path="/tech-radar"`), options, "tech-radar",
			"route-taken", []string{appTSX + ":", "the path /tech-radar shows something else already", `<Route path="/tech-radar" element={<TechRadarPage />} />`}},
		{"a file that cannot be parsed", replace("legacy", appTSX, "const app = createApp({", "const app = = createApp({"), options, "tech-radar",
			"invalid-source", []string{appTSX + ":36:13:", "Mend the file"}},
		{"invalid package.json of the backend", replace("legacy", "packages/backend/package.json", `"version"`, `version"`), options, "tech-radar",
			"", []string{"packages/backend/package.json:"}},
		{"invalid app-config", replace("legacy", "app-config.yaml", "app:\n", "app: [\n"), options, "tech-radar",
			"", []string{"app-config.yaml:"}},
		{"a folder that is no app", fixtures.App("legacy"), install.Options{Version: options.Version, App: "packages/portal"}, "tech-radar",
			"no-such-package", []string{"packages/portal", "packages/app"}},
		{"a config file that is not there", fixtures.App("legacy"), install.Options{Version: options.Version, Config: "app-config.prod.yaml"}, "tech-radar",
			"no-config", []string{"app-config.prod.yaml", "--config"}},
		{"no page for the tab", fixtures.App("legacy"), install.Options{Version: options.Version, Pages: []string{"resource"}}, "github-actions",
			"no-such-page", []string{"--entity-page", "default"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, err := addWith(c.app, c.opts, c.plugin)
			found := diag.Of(err)
			if len(found) == 0 {
				t.Fatalf("got a plan for %d files and the error %v", len(plan.Changes), err)
			}
			if c.code != "" && found[0].Code != c.code {
				t.Errorf("code is %q, want %q", found[0].Code, c.code)
			}
			for _, want := range c.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q:\n%v", want, err)
				}
			}
			if !slices.ContainsFunc(found, func(d *diag.Diagnostic) bool { return d.Manual != "" }) {
				t.Errorf("no manual step in:\n%v", err)
			}
		})
	}
}

func BenchmarkAdd(b *testing.B) {
	app := fixtures.App("legacy")
	for b.Loop() {
		if _, err := add(app, "tech-radar"); err != nil {
			b.Fatal(err)
		}
	}
}
