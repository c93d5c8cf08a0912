package install

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

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
		if len(rewire.MountsFor(p.mount(kind), p.pages(pages))) == 0 {
			return false
		}
	}
	return true
}

// pages are the entity pages that a piece goes to: those that the user chose, else those of
// the recipe, else the usual ones. What a recipe has for other kinds than components stays there.
func (p *planner) pages(ofRecipe []string) []string {
	ofComponents := len(ofRecipe) == 0 || slices.ContainsFunc(ofRecipe, func(page string) bool { return strings.HasPrefix(page, "component") })
	switch {
	case p.opts.Pages != nil && ofComponents:
		return p.opts.Pages
	case len(ofRecipe) > 0:
		return ofRecipe
	}
	return rewire.DefaultPages
}
