package manifest

import "github.com/batten-dev/batten/registry/npmver"

// Size is how much changes from one release to another: numbers of packages.
type Size struct {
	Patch    int `json:"patch"`
	Minor    int `json:"minor"`
	Breaking int `json:"breaking"` // another major version; below 1.0.0 another minor one, below 0.1.0 any
	Lower    int `json:"lower"`    // a lower version than before
	Removed  int `json:"removed"`  // no longer part of the release
	Added    int `json:"added"`    // not part of the release before
}

// SizeOf counts how packages change from one release to another: those named, or all if names is
// nil. Packages that are in neither do not count.
func SizeOf(from, to *Manifest, names []string) Size {
	if names == nil {
		for _, p := range from.packages {
			names = append(names, p.Name)
		}
		for _, p := range to.packages {
			if _, ok := from.Version(p.Name); !ok {
				names = append(names, p.Name)
			}
		}
	}
	var s Size
	for _, name := range names {
		before, had := from.Version(name)
		after, has := to.Version(name)
		switch {
		case !had && !has || before == after:
		case !had:
			s.Added++
		case !has:
			s.Removed++
		default:
			s.count(before, after)
		}
	}
	return s
}

func (s *Size) count(before, after string) {
	a, errA := npmver.ParseVersion(before)
	b, errB := npmver.ParseVersion(after)
	switch {
	case errA != nil || errB != nil || a.Compare(b) == 0:
	case a.Compare(b) > 0:
		s.Lower++
	case a.Major() != b.Major(), a.Major() == 0 && (a.Minor() != b.Minor() || a.Minor() == 0):
		s.Breaking++
	case a.Minor() != b.Minor():
		s.Minor++
	default:
		s.Patch++
	}
}
