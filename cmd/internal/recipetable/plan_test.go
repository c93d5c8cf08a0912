package recipetable

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/fixtures/families"
	"github.com/batten-dev/batten/registry/recipe"
)

// planned adds a family to the new apps of both frontend systems, with what it requires. What
// comes back is why it cannot be, and where what is there already is changed.
func (s *shelf) planned(t *testing.T, f families.Family) []string {
	var out []string
	for _, layout := range []string{fixtures.LayoutLegacy, fixtures.LayoutNew} {
		say := func(format string, args ...any) {
			out = append(out, layout+" app: "+fmt.Sprintf(format, args...))
		}
		recipes, err := s.recipes(t.Context(), f.Add, nil)
		if err != nil {
			say("%v", err)
			continue
		}
		plan, err := install.Add(t.Context(), fixtures.Template(t, families.Release, layout), recipes, install.Options{
			Version: func(context.Context, install.Dependency) (install.Choice, error) {
				return install.Choice{Spec: "^1.0.0", Why: "A version."}, nil
			},
		})
		preinstalled := slices.Contains(f.Preinstalled, layout)
		switch {
		case err != nil:
			for _, d := range diag.Of(err) {
				if d.Manual == "" {
					t.Errorf("%s (%s): a refusal without what to do: %s", f.Add, layout, firstLine(err))
				}
			}
			// A plugin of one system alone is rightly refused by apps of the other.
			alone := layout == fixtures.LayoutNew && f.New == "none" || layout == fixtures.LayoutLegacy && len(f.App) > 0 && len(f.Extensions) == 0
			if !alone {
				say("%s", firstLine(err))
			}
		case preinstalled && len(pieces(plan.Changes)) > 0:
			say("has it, and would get changes of %s", strings.Join(pieces(plan.Changes), ", "))
		case !preinstalled && len(plan.Changes) == 0:
			say("nothing is changed")
		}
	}
	return out
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// pieces are the changed files but those of the configuration.
func pieces(changes []change.Change) []string {
	var out []string
	for _, c := range changes {
		if !strings.HasPrefix(c.Path, "app-config") {
			out = append(out, c.Path)
		}
	}
	return out
}

// recipes are those of a plugin and before it of what it requires, where new apps have it not.
func (s *shelf) recipes(ctx context.Context, name string, before []recipe.Recipe) ([]recipe.Recipe, error) {
	over, curated := recipe.Lookup(name)
	r := over
	if !curated || over.Derived {
		from := name
		if curated {
			from = over.Plugin
		}
		fam, err := derive.FamilyOf(ctx, from, s.open)
		if err != nil {
			return nil, err
		}
		d, err := derive.Recipe(fam)
		if err != nil {
			return nil, err
		}
		r = d.Recipe
		if curated {
			if r, err = recipe.Merge(d.Recipe, over, families.Release); err != nil {
				return nil, err
			}
		}
	}
	for _, q := range r.Requires {
		there := slices.ContainsFunc(before, func(b recipe.Recipe) bool {
			return slices.ContainsFunc(b.Packages, func(p recipe.Package) bool { return p.Name == q.Package })
		})
		if there || len(before) > 8 || preinstalled[q.Package] {
			continue
		}
		var err error
		if before, err = s.recipes(ctx, q.Name(), before); err != nil {
			return nil, err
		}
	}
	return append(before, r), nil
}

// preinstalled are packages that new apps have, of those that recipes require.
var preinstalled = map[string]bool{
	"@backstage/plugin-auth-backend": true, "@backstage/plugin-catalog-backend": true, "@backstage/plugin-kubernetes-backend": true,
	"@backstage/plugin-notifications-backend": true, "@backstage/plugin-permission-backend": true, "@backstage/plugin-scaffolder-backend": true,
	"@backstage/plugin-search-backend": true, "@backstage/plugin-search-backend-module-catalog": true, "@backstage/plugin-signals": true,
	"@backstage/plugin-techdocs": true,
}
