package wiremap

import (
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/fixtures"
)

func TestInventoryHasEveryPieceOnce(t *testing.T) {
	for _, name := range []string{"legacy", "new", "legacy-backend", "hybrid"} {
		ws := load(t, fixtures.App(name))
		seen, err := wiring.Observe(t.Context(), ws)
		if err != nil {
			t.Fatal(err)
		}
		items := Items(ws, seen)
		listed := map[string]int{}
		for _, e := range Inventory(ws, items) {
			for _, it := range e.Wiring {
				listed[it.ID]++
			}
		}
		for _, it := range items {
			if listed[it.ID] != 1 {
				t.Errorf("%s: %s %s is listed %d times", name, it.Kind, it.Name, listed[it.ID])
			}
		}
		if len(items) < len(seen.Facts) {
			t.Errorf("%s: %d items of %d facts", name, len(items), len(seen.Facts))
		}
	}
}

func TestInventorySaysWhatIsInstalledAndConfigured(t *testing.T) {
	ws := load(t, fixtures.With(fixtures.App("legacy"), map[string]string{
		"packages/app/package.json": `{"name": "app", "backstage": {"role": "frontend"}, "dependencies": {
  "@backstage/core-components": "^0.1.0",
  "@backstage/plugin-catalog": "^1.0.0",
  "@internal/plugin-own": "workspace:^",
  "@roadiehq/backstage-plugin-argo-cd": "^2.0.0",
  "eslint-plugin-thing": "^1.0.0"
}}
`,
		"plugins/own/package.json":   `{"name": "@internal/plugin-own", "backstage": {"role": "frontend-plugin", "pluginId": "mine"}}`,
		"app-config.production.yaml": "argoCD: {}\nargo_cd: 1\n",
	}))
	seen, err := wiring.Observe(t.Context(), ws)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range Inventory(ws, Items(ws, seen)) {
		for _, p := range e.Packages {
			if p.File == "packages/app/package.json" {
				line := e.ID + ": " + p.Name + " " + p.Spec
				if p.Wired {
					line += " wired"
				}
				got = append(got, line)
			}
		}
		for _, c := range e.Config {
			if c.File == "app-config.production.yaml" {
				got = append(got, e.ID+": "+c.Key)
			}
		}
	}
	want := []string{
		"argo-cd: @roadiehq/backstage-plugin-argo-cd ^2.0.0",
		"argo-cd: argoCD", "argo-cd: argo_cd",
		"catalog: @backstage/plugin-catalog ^1.0.0 wired",
		"mine: @internal/plugin-own workspace:^",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
