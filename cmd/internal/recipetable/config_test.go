package recipetable

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/fixtures/families"
	"github.com/batten-dev/batten/registry/recipe"
)

// misconfigured says how the configuration of a recipe does not fit the schemas of its packages,
// and of those of Backstage that all backends have.
func (s *shelf) misconfigured(ctx context.Context, r recipe.Recipe) []string {
	names := []string{"@backstage/integration", "@backstage/plugin-proxy-backend", "@backstage/plugin-auth-backend", "@backstage/plugin-events-backend"}
	for _, p := range r.Packages {
		names = append(names, p.Name)
	}
	var out []string
	var schemas []*schema.Schema
	for _, name := range names {
		pkg, err := s.open(ctx, name)
		if err != nil {
			continue // what cannot be had says nothing
		}
		sch, err := schema.FromPackage(pkg.Files)
		if err != nil {
			out = append(out, fmt.Sprintf("the schema of %s: %v", name, err))
			continue
		}
		schemas = append(schemas, sch)
	}
	all, _ := schema.Merge(schemas...) // contradictions among packages are not the recipe's
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
			out = append(out, err.Error())
			continue
		}
		files = append(files, node)
	}
	for _, p := range all.CheckFiles(files, schema.CheckOptions{}) {
		if len(p.Path) < 2 {
			continue // what every app has: app, backend
		}
		out = append(out, fmt.Sprintf("%s: %s %s: %s", p.Code, p.File, p.Path, p.Summary))
	}
	return out
}
