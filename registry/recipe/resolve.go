package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// Covers reports whether a release is in the span. Release "" (not known) is taken to be newer
// than all. A release that is no version is in no limited span.
func (s Span) Covers(release string) bool {
	return !before(release, s.Since) && (s.Before == "" || before(release, s.Before))
}

// before reports whether release is older than limit, leaving prereleases out of account.
func before(release, limit string) bool {
	if release == "" || limit == "" {
		return false
	}
	r, err := semver.NewVersion(release)
	if err != nil {
		return true
	}
	l, err := semver.NewVersion(limit)
	return err != nil || core(r).LessThan(core(l))
}

func core(v *semver.Version) *semver.Version {
	return semver.New(v.Major(), v.Minor(), v.Patch(), "", "")
}

// Target is the app that a recipe is used on.
type Target struct {
	Release string   // the app's release; "" if it is not known
	Systems []System // the systems that the app is made with
	As      string   // the variant chosen; "" for the first
}

// Resolve is the recipe for one app: without the packages, steps and blocks of other releases,
// other systems and other variants. The steps of systems that the app does not have are gone.
//
// The error says that the recipe has no such variant, is not for the release, or is an overlay.
func (r Recipe) Resolve(t Target) (Recipe, error) {
	if r.Derived {
		return Recipe{}, fmt.Errorf("the recipe of %s only completes what its published packages say, and they were not read", r.Name())
	}
	if before(t.Release, r.Since) {
		return Recipe{}, fmt.Errorf("%s needs Backstage %s or newer, and the app has %s", r.Title, r.Since, t.Release)
	}
	as, err := r.variant(t.As)
	if err != nil {
		return Recipe{}, err
	}
	steps := func(system System, all []Step) []Step {
		if !slices.Contains(t.Systems, system) {
			return nil
		}
		return filter(all, func(s Step) bool { return s.Covers(t.Release) && (s.As == "" || s.As == as) })
	}
	r.Legacy = steps(LegacyFrontend, r.Legacy)
	r.New = steps(NewFrontend, r.New)
	r.Backend = steps(NewBackend, r.Backend)
	r.LegacyBackend = steps(LegacyBackend, r.LegacyBackend)
	r.Packages = filter(r.Packages, func(p Package) bool {
		return p.Covers(t.Release) && p.usedIn(t.Systems)
	})
	r.Replaces = filter(r.Replaces, func(x Replaced) bool { return x.Covers(t.Release) && t.concerns(x.Systems) })
	r.Requires = filter(r.Requires, func(x Requirement) bool { return x.Covers(t.Release) && t.concerns(x.Systems) })
	r.Config = filter(r.Config, func(c ConfigBlock) bool { return c.Covers(t.Release) && t.concerns(c.Systems) })
	r.Notes = slices.Clone(r.Notes)
	for _, n := range r.NotesFor {
		if n.Covers(t.Release) && t.concerns(n.Systems) {
			r.Notes = append(r.Notes, n.Text)
		}
	}
	r.NotesFor = nil
	r.Unsupported = filter(r.Unsupported, func(u Unsupported) bool {
		return u.Covers(t.Release) && slices.Contains(t.Systems, u.System)
	})
	return r, nil
}

// Name is the recipe's title, or its id if it has none.
func (r Recipe) Name() string {
	if r.Title != "" {
		return r.Title
	}
	return r.ID
}

// concerns reports whether the app is made with any of the systems; it is, if none is named.
func (t Target) concerns(systems []System) bool {
	return len(systems) == 0 || slices.ContainsFunc(systems, func(s System) bool { return slices.Contains(t.Systems, s) })
}

func filter[T any](all []T, keep func(T) bool) []T {
	var kept []T
	for _, x := range all {
		if keep(x) {
			kept = append(kept, x)
		}
	}
	return kept
}

// usedIn reports whether an app with the given systems needs the package: its workspace is
// there, and one of its own systems, if it names any.
func (p Package) usedIn(systems []System) bool {
	return slices.ContainsFunc(systems, func(s System) bool {
		frontend := s == LegacyFrontend || s == NewFrontend
		return frontend == (p.In == InApp) && (len(p.Systems) == 0 || slices.Contains(p.Systems, s))
	})
}

func (r Recipe) variant(name string) (string, error) {
	var names []string
	for _, v := range r.Variants {
		names = append(names, v.Name)
	}
	switch {
	case name == "" && len(names) > 0:
		return names[0], nil
	case name == "" || slices.Contains(names, name):
		return name, nil
	case len(names) == 0:
		return "", fmt.Errorf("%s can be hung in one way only, so there is no variant %q", r.Title, name)
	}
	return "", fmt.Errorf("%s has no variant %q; it has %s", r.Title, name, strings.Join(names, ", "))
}

// Known is the newest known version of the package for a release, and false if all known ones
// are for newer releases or none is known. Release "" takes the newest of all.
func (p Package) Known(release string) (string, bool) {
	for _, v := range p.Versions {
		if !before(release, v.Release) {
			return v.Version, true
		}
	}
	return "", false
}
