package manifest

import (
	"encoding/json"
	"slices"
	"time"
)

// derivedFreshness is how long a derived manifest is not derived again where npm can be asked: a
// release does not change, but what a registry has of it may still be growing.
const derivedFreshness = 12 * time.Hour

// keptDerived is a derived manifest as the cache has it.
type keptDerived struct {
	Release  string    `json:"releaseVersion"`
	Asked    []string  `json:"asked"` // the packages asked for, sorted: those that are not in Packages npm does not have
	Packages []Package `json:"packages"`
}

// keptDerived returns the derived manifest of a release that was kept, and what it was asked for:
// nil if there is none, or none that is recent enough, unless nobody can be asked anyway.
func (r *Resolver) keptDerived(release string, offline bool) (*Manifest, []string) {
	age := derivedFreshness
	if offline {
		age = 0
	}
	data := r.server.read(derivedName(release), age)
	var kept keptDerived
	if data == nil || json.Unmarshal(data, &kept) != nil || kept.Release != release || len(kept.Packages) == 0 {
		return nil, nil
	}
	return newManifest(release, Derived, kept.Packages), kept.Asked
}

// keepDerived keeps a derived manifest.
func (r *Resolver) keepDerived(m *Manifest, asked []string) {
	if data, err := json.Marshal(keptDerived{m.Release, asked, m.packages}); err == nil {
		r.server.keep(derivedName(m.Release), data)
	}
}

// derivedPrefix begins the names of derived manifests in the cache.
const derivedPrefix = "npm-"

func derivedName(release string) string { return derivedPrefix + release }

// covers reports whether all names are among those asked for, which are sorted.
func covers(asked, names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		_, ok := slices.BinarySearch(asked, name)
		return !ok
	})
}
