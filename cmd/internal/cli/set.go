package cli

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/recipe"
)

// setValues puts the values of --set into the configuration that the recipes write. Of a block
// that the repository has already, further keys are added, and none is changed.
func (o *addOptions) setValues(ctx context.Context, r *resolver, ws *workspace.Workspace, found []resolution) error {
	if len(o.set) == 0 {
		return nil
	}
	schemas := make([]*schema.Schema, len(found))
	for i, f := range found {
		s, err := r.schemaOf(ctx, f.recipe)
		if err != nil {
			return err
		}
		schemas[i] = s
	}
	var failed diag.List
	sets := make([][]schema.Set, len(found))
	for _, text := range o.set {
		loose, err := schema.ParseSet(nil, text)
		if err == nil {
			i := whose(loose.Path, found, schemas)
			var set schema.Set
			if set, err = schema.ParseSet(schemas[i], text); err == nil {
				sets[i] = append(sets[i], set)
			}
		}
		failed = append(failed, diag.Of(err)...)
	}
	if err := failed.Err(); err != nil {
		return err
	}
	for i := range found {
		r, err := o.withValues(found[i].recipe, sets[i], ws)
		if err != nil {
			return err
		}
		found[i].recipe = r
	}
	return nil
}

// whose is the plugin that a key of the configuration is for.
func whose(path schema.Path, found []resolution, schemas []*schema.Schema) int {
	for i, f := range found {
		if slices.ContainsFunc(f.recipe.Config, func(c recipe.ConfigBlock) bool { return len(c.Path) > 0 && c.Path[0] == path[0] }) {
			return i
		}
	}
	for i, s := range schemas {
		if _, ok := s.Property(path[0]); ok && !s.Any() {
			return i
		}
	}
	return 0
}

// schemaOf is the schema of the configuration that a plugin's packages read; nil if none says.
func (r *resolver) schemaOf(ctx context.Context, from recipe.Recipe) (*schema.Schema, error) {
	var all []*schema.Schema
	for _, p := range from.Packages {
		if !p.Covers(r.versions.target) {
			continue
		}
		opened, err := r.shelf.get(ctx, p.Name)
		if err != nil {
			r.detail("%s: its schema is not checked: %v", p.Name, err)
			continue
		}
		s, err := schema.FromPackage(opened.Files)
		if err != nil {
			r.detail("%s: %v", p.Name, err)
		}
		if s != nil {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	s, err := schema.Merge(all...)
	if err != nil {
		r.detail("%v", err)
	}
	return s, ctx.Err()
}

// withValues is a recipe whose configuration has values.
func (o *addOptions) withValues(r recipe.Recipe, sets []schema.Set, ws *workspace.Workspace) (recipe.Recipe, error) {
	if len(sets) == 0 {
		return r, nil
	}
	blocks := make([]schema.Block, len(r.Config))
	for i, c := range r.Config {
		blocks[i] = schema.Block{Path: c.Path, YAML: c.YAML, Required: c.Required, Why: c.Why}
	}
	config := slices.Clone(r.Config)
	var added []recipe.ConfigBlock
	for _, set := range sets {
		if set.Secret {
			o.warn(diag.List{{Severity: diag.Warning, Code: "plain-secret",
				Summary: fmt.Sprintf("%s is a secret, and is written in plain text", set.Path),
				Manual:  "Give the name of an environment variable instead: --set '" + set.Path.String() + "=${NAME}'."}})
		}
		top := set.Path[:1]
		for _, b := range blocks {
			if len(b.Path) <= len(set.Path) && slices.Equal(b.Path, set.Path[:len(b.Path)]) {
				top = set.Path[:len(b.Path)]
			}
		}
		file, there := ws.ConfigHas(top...)
		if !there || o.config != "" && file != inRepo(o.config) {
			var err error
			if blocks, err = schema.Apply(blocks, set); err != nil {
				return r, err
			}
			continue
		}
		if at, has := ws.ConfigHas(set.Path...); has {
			o.warn(diag.List{{Severity: diag.Warning, Code: "configured", File: at,
				Summary: fmt.Sprintf("%s is set here already, and stays as it is", set.Path)}})
			continue
		}
		added = append(added, recipe.ConfigBlock{Path: set.Path, YAML: set.YAML + "\n", Why: "What was set with --set."})
	}
	for i, b := range blocks {
		if i < len(config) {
			config[i].YAML = b.YAML
			continue
		}
		config = append(config, recipe.ConfigBlock{Path: b.Path, YAML: b.YAML, Why: b.Why})
	}
	r.Config = append(config, added...)
	r.Env = variables(r)
	return r, nil
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)`)

// variables are the environment variables that a recipe's configuration names: those of the
// recipe, and what values brought.
func variables(r recipe.Recipe) []recipe.EnvVar {
	named, live := map[string]bool{}, map[string]bool{}
	var order []string
	for _, c := range r.Config {
		for line := range strings.Lines(c.YAML) {
			comment := strings.HasPrefix(strings.TrimSpace(line), "#")
			for _, m := range variable.FindAllStringSubmatch(line, -1) {
				if !named[m[1]] {
					order = append(order, m[1])
				}
				named[m[1]] = true
				live[m[1]] = live[m[1]] || !comment
			}
		}
	}
	var out []recipe.EnvVar
	for _, e := range r.Env {
		if named[e.Name] {
			e.Optional = !live[e.Name]
			out = append(out, e)
		}
	}
	for _, name := range order {
		if !slices.ContainsFunc(out, func(e recipe.EnvVar) bool { return e.Name == name }) {
			out = append(out, recipe.EnvVar{Name: name, Description: "Named by --set.", Optional: !live[name]})
		}
	}
	return out
}
