package lockstep

import (
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/manifest"
)

// firsts are the first releases of each minor one of the main line, as in 1.40.0, newest first.
var firsts = sync.OnceValue(func() []*manifest.Manifest {
	var all []*manifest.Manifest
	for _, r := range slices.Backward(manifest.Releases()) {
		if manifest.IsNext(r) || !strings.HasSuffix(r, ".0") {
			continue
		}
		if m, ok := manifest.Lookup(r); ok {
			all = append(all, m)
		}
	}
	return all
})

// lastWith is the newest main release known that is not newer than the target and has a package;
// else the app's own, if that has it.
func lastWith(name, target string, from *manifest.Manifest) (release, version string, ok bool) {
	for _, first := range firsts() {
		v, has := first.Version(name)
		if !has || less(target, first.Release) {
			continue
		}
		release, version = first.Release, v
		all := manifest.Releases()
		for _, r := range all[slices.Index(all, release)+1:] { // its patches
			if !strings.HasPrefix(r, strings.TrimSuffix(first.Release, "0")) || less(target, r) {
				break
			}
			if m, known := manifest.Lookup(r); known {
				if v, has := m.Version(name); has {
					release, version = r, v
				}
			}
		}
		return release, version, true
	}
	if from != nil {
		if v, has := from.Version(name); has {
			return from.Release, v, true
		}
	}
	return "", "", false
}
