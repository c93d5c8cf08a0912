package install

import (
	"fmt"
	"slices"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// former is the frontend package of a plugin under a name that it had at other releases, if the
// app is wired with that, and the name that it has now. Such an app has the plugin: a second one
// beside it would show everything twice.
func (p *planner) former(full, r recipe.Recipe) (have wiring.Fact, old, now string, ok bool) {
	if p.app == nil {
		return have, "", "", false
	}
	current := slices.IndexFunc(r.Packages, func(pkg recipe.Package) bool { return pkg.In == recipe.InApp && pkg.Role == recipe.Frontend })
	if current < 0 {
		return have, "", "", false
	}
	now = r.Packages[current].Name
	for _, pkg := range full.Packages {
		if pkg.In != recipe.InApp || pkg.Role != recipe.Frontend || slices.ContainsFunc(r.Packages, func(q recipe.Package) bool { return q.Name == pkg.Name }) {
			continue
		}
		for _, f := range p.seen.Facts {
			if f.Package == p.app.Dir && f.Kind != wiring.RouteBinding && slices.ContainsFunc(f.Refs, func(r wiring.Ref) bool { return recipe.PackageOf(r.Module) == pkg.Name }) {
				return f, pkg.Name, now, true
			}
		}
	}
	return have, "", "", false
}

// keepFormer leaves a plugin that the app has under a former name as it is.
func (p *planner) keepFormer(title string, at wiring.Fact, old, now string) {
	p.present(string(at.Kind)+" "+at.Name+" of "+old, at)
	p.warnings = append(p.warnings, &diag.Diagnostic{Severity: diag.Warning, Code: "former-package", File: at.File, Span: at.Span, Pos: at.Pos,
		Summary: fmt.Sprintf("the app has %s from %s, which is %s now; it stays as it is", title, old, now)})
}
