package recipetable

import (
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/batten-dev/batten/codemod/derive"
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
	if os.Getenv("BATTEN_TABLE") == "" {
		t.Skip("make recipes runs it: it reads some hundred packages as they are published now")
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
			for _, found := range append(c.found, s.misconfigured(t.Context(), whole)...) {
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
