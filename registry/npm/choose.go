package npm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/batten-dev/batten/registry/npmver"
)

// Needs is what a version has to fit.
type Needs struct {
	// Release gives the version that a package has in the app's Backstage release; false if it
	// is not part of it.
	Release func(name string) (version string, ok bool)

	MinAge time.Duration // age below which a version is not taken; needs Now and publish times
	Now    time.Time
}

// Choice is the version to take, and why not a newer one.
type Choice struct {
	Version *Version // nil if none fits
	Fit     Fit      // of Version

	AgeUnknown bool   // MinAge is given, but the registry does not say when Version was published
	Held       []Held // what is newer than Version and was not taken, newest first
}

// Held is a version that was not taken.
type Held struct {
	Version string
	Why     string // one clause: "needs @backstage/core-plugin-api ^1.11.0, the release has 1.10.9"
	Young   bool   // it only has not the age yet
}

// Choose picks the newest version of a package that fits: not a pre-release, not deprecated
// (unless all are), old enough, and needing nothing newer than the release has; see FitOf. MinAge
// needs a full packument.
//
// A version built for an earlier release is taken, although it may bring older copies of some
// packages with it (Fit.Older): most plugins are rebuilt only every few releases, and a version
// older still would be worse, for lower bounds only grow.
func Choose(p *Packument, needs Needs) Choice {
	sorted := p.Sorted()
	slices.Reverse(sorted)
	current := func(v *Version) bool { return v.Deprecated == "" && !isPrerelease(v.Version) }
	allDeprecated := !slices.ContainsFunc(sorted, current)
	var c Choice
	for _, v := range sorted {
		hold := func(young bool, format string, args ...any) {
			c.Held = append(c.Held, Held{v.Version, fmt.Sprintf(format, args...), young})
		}
		if isPrerelease(v.Version) {
			continue
		}
		if v.Deprecated != "" && !allDeprecated {
			hold(false, "deprecated: %s", v.Deprecated)
			continue
		}
		fit := FitOf(v, needs.Release)
		if len(fit.Newer) > 0 {
			n := fit.Newer[0]
			hold(false, "needs %s %s, the release has %s", n.Name, n.Range, n.Release)
			continue
		}
		published, known := p.Time[v.Version]
		if age := needs.Now.Sub(published); needs.MinAge > 0 && known && age < needs.MinAge {
			hold(true, "published %s, less than %s ago", published.UTC().Format(time.DateOnly), duration(needs.MinAge))
			continue
		}
		c.Version, c.Fit, c.AgeUnknown = v, fit, needs.MinAge > 0 && !known
		break
	}
	return c
}

func isPrerelease(version string) bool {
	v, err := npmver.ParseVersion(version)
	return err == nil && v.Prerelease() != ""
}

func duration(d time.Duration) string {
	if days := d / (24 * time.Hour); days > 0 && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", days)
	}
	return d.String()
}

// Dependency is an @backstage package that a version asks for, and what the release has.
type Dependency struct {
	Name    string
	Range   string // as the version states it
	Release string // version in the release
}

// Fit is how the @backstage packages that a version asks for, as dependencies and peers, relate
// to a release. Packages that are not part of the release, and specifiers that are no ranges,
// do not count.
type Fit struct {
	Newer []Dependency // the range begins above the release's version: the release is too old
	Older []Dependency // the range ends below it: an older copy would be installed beside it
}

// Exact says whether every range admits the release's version.
func (f Fit) Exact() bool { return len(f.Newer) == 0 && len(f.Older) == 0 }

// FitOf compares a version with a release. Where the release's version is a pre-release, ranges
// admit pre-releases.
func FitOf(v *Version, release func(name string) (version string, ok bool)) Fit {
	asked := maps.Clone(v.Dependencies)
	if asked == nil {
		asked = map[string]string{}
	}
	for name, spec := range v.PeerDependencies {
		if !v.PeerDependenciesMeta[name].Optional {
			asked[name] = spec
		}
	}
	var fit Fit
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		if !strings.HasPrefix(name, "@backstage/") {
			continue
		}
		text, ok := release(name)
		has, err := npmver.ParseVersion(text)
		if !ok || err != nil {
			continue
		}
		d := Dependency{name, asked[name], text}
		r, err := npmver.ParseRangeOptions(d.Range, npmver.Options{IncludePrerelease: has.Prerelease() != ""})
		if err != nil || r.Satisfies(has) {
			continue
		}
		if low, ok := r.MinVersion(); ok && low.Compare(has) > 0 {
			fit.Newer = append(fit.Newer, d)
		} else {
			fit.Older = append(fit.Older, d)
		}
	}
	return fit
}

// Asks returns the @backstage packages that the versions of a package ask for, pre-releases
// aside: those that Needs.Release may be asked about. Sorted.
func (p *Packument) Asks() []string {
	names := map[string]bool{}
	for _, v := range p.Versions {
		if isPrerelease(v.Version) {
			continue
		}
		for _, asked := range []map[string]string{v.Dependencies, v.PeerDependencies} {
			for name := range asked {
				if strings.HasPrefix(name, "@backstage/") {
					names[name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}
