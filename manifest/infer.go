package manifest

import "strings"

// Infer returns the release of the embedded table that fits an app's packages best, and how
// well: the share of the packages known to the table that have exactly this release's version,
// from 0 to 1. versions maps package names to a version or a caret, tilde or ">=" range, which
// counts as its lower bound; entries of another form and packages of no release count for
// nothing. If several releases fit equally well, a main release wins over a pre-release, then
// the newest wins. It returns "", 0 if nothing fits.
func Infer(versions map[string]string) (release string, score float64) {
	t := embedded()
	bounds := make(map[string]string, len(versions))
	for name, spec := range versions {
		if bound, ok := lowerBound(spec); ok {
			bounds[name] = bound
		}
	}
	fits := make([]int, len(t.Releases))
	known := t.Find(bounds, func(from, until int) {
		for i := from; i < until; i++ {
			fits[i]++
		}
	})
	best := -1
	for i, n := range fits {
		if n == 0 {
			continue
		}
		if best < 0 || n > fits[best] || n == fits[best] && (IsNext(t.Releases[best]) || !IsNext(t.Releases[i])) {
			best = i
		}
	}
	if best < 0 {
		return "", 0
	}
	return t.Releases[best], float64(fits[best]) / float64(known)
}

func lowerBound(spec string) (string, bool) {
	spec = strings.TrimSpace(spec)
	for _, prefix := range []string{"^", "~", ">=", "="} {
		spec = strings.TrimPrefix(spec, prefix)
	}
	spec = strings.TrimLeft(spec, " v")
	return spec, spec != "" && spec[0] >= '0' && spec[0] <= '9' && !strings.ContainsAny(spec, " |*")
}
