package manifest

import (
	"encoding/json"
	"slices"
	"time"
)

// How long what was derived counts. A release does not change, but what a registry has of it may
// still be growing; and a server that gave no answer is not asked again for a while.
const (
	derivedFreshness = 12 * time.Hour
	askAgainAfter    = 10 * time.Minute
)

// keptDerived is a derived manifest as the cache has it. The file is as old as the last try to get
// the published one.
type keptDerived struct {
	Release  string    `json:"releaseVersion"`
	Derived  time.Time `json:"derived"`
	Note     string    `json:"note"`
	Asked    []string  `json:"asked"` // the packages asked for, sorted: those that are not in Packages npm does not have
	Packages []Package `json:"packages"`
}

// keptDerived returns what was kept of a release: nil if there is nothing, or if the last try to get
// the published manifest is longer ago than age (0: any time).
func (r *Resolver) keptDerived(release string, age time.Duration) *keptDerived {
	data := r.server.read(derivedName(release), age)
	var kept keptDerived
	if data == nil || json.Unmarshal(data, &kept) != nil || kept.Release != release || len(kept.Packages) == 0 {
		return nil
	}
	return &kept
}

// keepDerived keeps a derived manifest.
func (r *Resolver) keepDerived(kept keptDerived) {
	if data, err := json.Marshal(kept); err == nil {
		r.server.keep(derivedName(kept.Release), data)
	}
}

// derivedPrefix begins the names of derived manifests in the cache.
const derivedPrefix = "npm-"

func derivedName(release string) string { return derivedPrefix + release }

func (k *keptDerived) manifest() *Manifest {
	m := newManifest(k.Release, Derived, k.Packages)
	m.Note = k.Note
	return m
}

// covers reports whether all names are among those asked for.
func (k *keptDerived) covers(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		_, ok := slices.BinarySearch(k.Asked, name)
		return !ok
	})
}

// fresh reports whether npm need not be asked again.
func (k *keptDerived) fresh(offline bool) bool {
	return offline || time.Since(k.Derived) < derivedFreshness
}
