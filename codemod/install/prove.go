package install

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/yamledit"
	"github.com/batten-dev/batten/registry/recipe"
)

// prove observes the planned workspace and returns how its wiring differs. The error says what
// the plan does that it should not, or does not do that it should.
func (p *planner) prove(before state, recipes []recipe.Recipe) (wiring.Difference, error) {
	for _, c := range p.over.Changes() {
		if err := parses(c); err != nil {
			return wiring.Difference{}, unproved(err.Error())
		}
	}
	after, err := observe(p.ctx, p.ws, p.over, p.opts)
	if err != nil {
		return wiring.Difference{}, unproved(err.Error())
	}
	diff := wiring.Compare(before.seen, after.seen)
	if problem := differs(append(p.discoveries(recipes), p.expected...), diff); problem != "" {
		return diff, unproved(problem)
	}
	if more := len(after.seen.Degraded) - len(before.seen.Degraded); more > 0 {
		return diff, unproved("the changed app can no longer be run: " + after.seen.Degraded[len(after.seen.Degraded)-1].Error())
	}
	second := &planner{ctx: p.ctx, opts: p.opts, over: p.over.Clone(), state: after}
	if err := second.all(recipes); err != nil {
		return diff, unproved("adding a second time fails: " + err.Error())
	}
	for _, c := range second.over.Changes() {
		first, err := p.over.ReadFile(c.Path)
		if err != nil || !bytes.Equal(first, c.After) {
			return diff, unproved("adding a second time would change " + c.Path + " again")
		}
	}
	return diff, nil
}

// discoveries are the facts that dependencies bring by their names alone, where an app finds its
// features among them.
func (p *planner) discoveries(recipes []recipe.Recipe) []Expected {
	var out []Expected
	for _, r := range recipes {
		for _, pkg := range r.Packages {
			if p.app != nil && p.app.Discovery.On && p.app.Discovery.Finds(pkg.Name) {
				out = append(out, Expected{Kind: wiring.DiscoveredPlugin, Package: p.app.Dir, Name: pkg.Name, Optional: true})
			}
		}
	}
	return out
}

// unproved is the refusal of a plan that is not what was asked for.
func unproved(problem string) *diag.Diagnostic {
	d := diag.Errorf("not-proved", "the planned change could not be proved, so nothing was changed")
	d.Detail = problem
	d.Manual = "Please report this, with the files named above. Until then, add the plugin by hand as its own documentation says."
	return d
}

// parses reads a changed file as what its name says.
func parses(c change.Change) error {
	var err error
	switch path.Ext(c.Path) {
	case ".ts", ".tsx", ".js", ".jsx":
		_, err = parse(c.Path, c.After)
	case ".json":
		_, err = jsonedit.Parse(c.Path, c.After)
	case ".yaml", ".yml":
		_, err = yamledit.Parse(c.Path, c.After)
	}
	return err
}

// differs says how a difference is not the expected one; "" if it is. A tab that was asked for
// brings the facts of what is in it.
func differs(expected []Expected, diff wiring.Difference) string {
	for _, f := range diff.Removed {
		if !slices.ContainsFunc(expected, func(e Expected) bool { return e.Mended && e.matches(f) }) {
			return fmt.Sprintf("the app would lose %s", f)
		}
	}
	const most = 3 // that are worth naming
	missing := slices.Clone(expected)
	var surplus []string
	for _, f := range diff.Added {
		i := slices.IndexFunc(missing, func(e Expected) bool { return !e.Optional && e.matches(f) })
		if i < 0 {
			i = slices.IndexFunc(missing, func(e Expected) bool { return e.matches(f) })
		}
		switch {
		case i >= 0:
			missing = slices.Delete(missing, i, i+1)
		case !slices.ContainsFunc(expected, func(e Expected) bool { return e.brings(f) }):
			surplus = append(surplus, f.String())
		}
	}
	missing = slices.DeleteFunc(missing, func(e Expected) bool { return e.Optional })
	switch {
	case len(surplus) > most:
		return fmt.Sprintf("the app would get more than was asked for: %s; and %d more", strings.Join(surplus[:most], "; "), len(surplus)-most)
	case len(surplus) > 0:
		return "the app would get more than was asked for: " + strings.Join(surplus, "; ")
	case len(missing) > 0:
		e := missing[0]
		return fmt.Sprintf("the app would not get %s %s of %s", e.Kind, e.Name, e.Module)
	}
	return ""
}

// brings reports whether a fact is part of the promised one: what is shown in a new tab, or made
// in the file of a new feature.
func (e Expected) brings(f wiring.Fact) bool {
	if f.Package != e.Package {
		return false
	}
	switch e.Kind {
	case wiring.EntityTab:
		return slices.Contains(entityContent, f.Kind) && f.In == e.Name && refersTo(f, e.Module, e.Export)
	case wiring.Feature:
		return f.File == e.Name
	case wiring.TechDocsAddon, wiring.FieldExtension, wiring.HomeWidget: // one holder may be used on several pages
		return f.Kind == e.Kind && f.Name == e.Name && refersTo(f, e.Module, e.Export)
	}
	return false
}
