package recipetable

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/fixtures/families"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/recipe"
)

// Each overlay in the binary completes what is derived of its plugin as it is published now: the
// result is a recipe, its steps import what is exported, its configuration fits the schemas, and
// nothing is left out that is not there. A plugin that the registry does not have is passed over.
func TestOverlaysFitWhatIsPublished(t *testing.T) {
	fixtures.Require(t, "network")
	if os.Getenv("BATTEN_TABLE") == "" && !strings.Contains(os.Getenv("BATTEN_REQUIRE"), "network") {
		t.Skip("make recipes runs it: it reads some hundred packages")
	}
	config, _ := npm.ConfigFrom(npm.UserPlaces(""))
	config.Freshness = max(config.Freshness, 24*time.Hour)
	s := &shelf{client: npm.New(config)}
	for _, over := range recipe.Overlays() {
		t.Run(over.ID, func(t *testing.T) {
			fam, err := derive.FamilyOf(t.Context(), over.Plugin, s.open)
			if npm.Is(err, npm.NotFound) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			d, err := derive.Recipe(fam)
			if err != nil {
				t.Fatal(err)
			}
			whole, err := recipe.Merge(d.Recipe, over, families.Release)
			if err != nil {
				t.Fatal(err)
			}
			c := &check{shelf: s, ctx: t.Context()}
			for _, system := range []recipe.System{recipe.LegacyFrontend, recipe.NewFrontend} {
				if c.r, err = whole.Resolve(recipe.Target{Release: families.Release, Systems: []recipe.System{system, recipe.NewBackend}}); err != nil {
					t.Fatal(err)
				}
				c.refs()
			}
			for _, found := range append(c.found, s.misconfigured(t, whole)...) {
				t.Error(found)
			}
			for i, w := range over.Without {
				with := over
				with.Without = slices.Delete(slices.Clone(over.Without), i, i+1)
				other, err := recipe.Merge(d.Recipe, with, families.Release)
				if err == nil && w.Covers(families.Release) && reflect.DeepEqual(other, whole) {
					t.Errorf("without[%d] takes nothing out: %+v", i, w)
				}
			}
		})
	}
}

// misconfigured says how the configuration of a recipe does not fit the schemas of its packages,
// and of those of Backstage that all backends have.
func (s *shelf) misconfigured(t *testing.T, r recipe.Recipe) []string {
	names := []string{"@backstage/integration", "@backstage/plugin-proxy-backend", "@backstage/plugin-auth-backend", "@backstage/plugin-events-backend"}
	for _, p := range r.Packages {
		names = append(names, p.Name)
	}
	var schemas []*schema.Schema
	for _, name := range names {
		pkg, err := s.open(t.Context(), name)
		if err != nil {
			continue // what cannot be had says nothing
		}
		sch, err := schema.FromPackage(pkg.Files)
		if err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		schemas = append(schemas, sch)
	}
	all, err := schema.Merge(schemas...)
	if err != nil {
		t.Logf("%v", err)
	}
	var files []*schema.Node
	for _, b := range r.Config {
		if !b.Covers(families.Release) || slices.Contains(b.Systems, recipe.LegacyBackend) {
			continue
		}
		text := b.YAML
		for _, key := range slices.Backward(b.Path) {
			text = fmt.Sprintf("%q:\n  %s\n", key, strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  "))
		}
		node, err := schema.ReadYAML(strings.Join(b.Path, "."), []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, node)
	}
	var out []string
	for _, p := range all.CheckFiles(files, schema.CheckOptions{}) {
		if len(p.Path) < 2 {
			continue // what every app has: app, backend
		}
		out = append(out, fmt.Sprintf("%s: %s %s: %s", p.Code, p.File, p.Path, p.Summary))
	}
	return out
}
