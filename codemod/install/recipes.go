package install

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// usable refuses recipes that cannot be used, wherever they come from: those with mistakes, and
// those that only complete what a plugin's packages say.
func usable(recipes []recipe.Recipe) error {
	if err := whole(recipes); err != nil {
		return err
	}
	for _, r := range recipes {
		if problems := recipe.Validate(r); len(problems) > 0 {
			d := diag.Errorf("bad-recipe", "the recipe of %s cannot be used", r.Name())
			d.Detail = strings.Join(problems, "; ") + "."
			d.Manual = seeDocs(r)
			return d
		}
	}
	return nil
}

// whole refuses recipes that only complete what a plugin's packages say.
func whole(recipes []recipe.Recipe) error {
	for _, r := range recipes {
		if r.Derived {
			d := diag.Errorf("bad-recipe", "the recipe of %s only completes what its published packages say, and they were not read", r.Name())
			d.Manual = seeDocs(r)
			return d
		}
	}
	return nil
}

// seeDocs is what to do by hand about a plugin that batten cannot add.
func seeDocs(r recipe.Recipe) string {
	switch {
	case r.Docs != "":
		return "By hand: see " + r.Docs + "."
	case len(r.Packages) > 0:
		return "By hand: see the README of " + r.Packages[0].Name + "."
	}
	return "By hand: see the plugin's own documentation."
}

// replace takes out the features whose place the plugin takes, and what was there for them alone.
func (p *planner) replace(all []recipe.Replaced) error {
	for _, x := range all {
		if p.backend == nil {
			return nil
		}
		fact := func(f wiring.Fact) bool {
			return f.Kind == wiring.BackendFeature && f.Package == p.backend.Dir && recipe.PackageOf(f.Name) == recipe.PackageOf(x.Module)
		}
		i := slices.IndexFunc(p.seen.Facts, fact)
		if i < 0 {
			continue
		}
		before, err := observe(p.ctx, p.ws, p.over, p.opts)
		if err != nil {
			return err
		}
		if i = slices.IndexFunc(before.seen.Facts, fact); i < 0 {
			continue // taken out for another plugin of the plan
		}
		gone := before.seen.Facts[i]
		r := &remover{ctx: p.ctx, opts: p.opts, over: p.over, state: before, why: x.Why}
		r.opts.Backend = p.backend.Dir
		if err := r.all([]recipe.Recipe{{ID: recipe.PackageOf(x.Module), Title: recipe.PackageOf(x.Module), Source: p.plugin.Source,
			Packages: []recipe.Package{{Name: recipe.PackageOf(x.Module), Role: recipe.BackendModule, In: recipe.InBackend}}}}); err != nil {
			return err
		}
		p.state = r.state
		p.plugin.State = Added
		p.plugin.Replaced = append(p.plugin.Replaced, fmt.Sprintf("backend feature %s at %s:%s", gone.Name, gone.File, gone.Pos))
		for _, f := range r.taken {
			p.expect(Expected{Kind: f.Kind, Package: f.Package, Name: f.Name, Optional: true, Mended: true})
		}
	}
	return nil
}

// unreplaced warns, of a plugin that goes, of the features whose place it took, as far as nothing
// has it now.
func (r *remover) unreplaced() {
	if r.backend == nil {
		return
	}
	for _, x := range r.recipe.Replaces {
		there := func(f wiring.Fact) bool {
			return f.Kind == wiring.BackendFeature && recipe.PackageOf(f.Name) == recipe.PackageOf(x.Module)
		}
		had := slices.ContainsFunc(r.taken, func(f wiring.Fact) bool { return f.Kind == wiring.BackendFeature })
		if !had || slices.ContainsFunc(r.seen.Facts, there) {
			continue
		}
		d := &diag.Diagnostic{Severity: diag.Warning, Code: "was-replaced", File: r.backend.Entry,
			Summary: fmt.Sprintf("%s had the place of %s, which nothing has now", r.recipe.Name(), recipe.PackageOf(x.Module)), Detail: x.Why}
		d.Manual = fmt.Sprintf("If the backend needs it, add the dependency and this line again:\n    backend.add(import('%s'));", x.Module)
		r.warnings = append(r.warnings, d)
	}
}
