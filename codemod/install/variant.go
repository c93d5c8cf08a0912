package install

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// knownVariant refuses a way to hang that one of the recipes with several ways does not have, or
// that none of the recipes can have.
func knownVariant(recipes []recipe.Recipe, as string) error {
	if as == "" {
		return nil
	}
	several := false
	for _, r := range recipes {
		if len(r.Variants) == 0 {
			continue
		}
		several = true
		ways := make([]string, len(r.Variants))
		for i, v := range r.Variants {
			ways[i] = fmt.Sprintf("--as %s (%s)", v.Name, v.Description)
		}
		if !slices.ContainsFunc(r.Variants, func(v recipe.Variant) bool { return v.Name == as }) {
			d := diag.Errorf("unknown-variant", "%s cannot be hung as %q", r.Title, as)
			d.Manual = "Choose one of: " + strings.Join(ways, ", ") + "."
			return d
		}
	}
	if !several {
		d := diag.Errorf("unknown-variant", "%s can be hung in one way only, so there is no variant %q", recipes[0].Title, as)
		d.Manual = "Run the command again without --as."
		return d
	}
	return nil
}

// resolve is a recipe for this app, in the way that the user chose; else in the first of its
// ways for which the app has the places, if there is one, and the first of all otherwise.
func (p *planner) resolve(full recipe.Recipe) (recipe.Recipe, error) {
	target := recipe.Target{Release: p.ws.Release.Version, Systems: p.systems()}
	if len(full.Variants) == 0 {
		return full.Resolve(target)
	}
	target.As = p.opts.As
	first, err := full.Resolve(target)
	if err != nil || p.opts.As != "" || p.hasPlaces(first) {
		return first, err
	}
	for _, v := range full.Variants[1:] {
		target.As = v.Name
		if r, err := full.Resolve(target); err == nil && p.hasPlaces(r) {
			r.Notes = append(r.Notes, "It hangs as "+v.Description+", as the app has no place for "+full.Variants[0].Description+".")
			return r, nil
		}
	}
	return first, nil
}

// hasPlaces reports whether the entity pages have a place for each piece of a recipe.
func (p *planner) hasPlaces(r recipe.Recipe) bool {
	if p.app == nil {
		return true
	}
	for _, s := range r.Legacy {
		var kind wiring.MountKind
		var pages []string
		switch {
		case s.EntityTab != nil:
			kind, pages = wiring.EntityLayoutMount, s.EntityTab.Pages
		case s.EntityCard != nil:
			kind, pages = wiring.EntityOverviewMount, s.EntityCard.Pages
		case s.EntityCase != nil:
			kind = wiring.EntityCICDMount
		default:
			continue
		}
		if len(p.mountsFor(kind, pages)) == 0 {
			return false
		}
	}
	return true
}

// mountsFor are the places of a kind on the entity pages that a piece goes to: on those that the
// user chose, and no others; else on those of the recipe or the usual ones, or what the policy says
// instead of them. What a recipe has for other kinds than components stays there.
func (p *planner) mountsFor(kind wiring.MountKind, ofRecipe []string) []wiring.Mount {
	ofComponents := len(ofRecipe) == 0 || slices.ContainsFunc(ofRecipe, func(page string) bool { return strings.HasPrefix(page, "component") })
	switch {
	case p.opts.Pages != nil && ofComponents:
		return rewire.MountsOf(p.mount(kind), p.opts.Pages)
	case len(ofRecipe) == 0:
		ofRecipe = rewire.DefaultPages
	}
	return rewire.MountsFor(p.mount(kind), ofRecipe)
}
