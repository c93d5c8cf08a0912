package npm

import (
	"slices"
	"testing"
	"time"
)

var now = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

// packument makes one of versions, ages in days, and pairs of name and range.
func packument(versions ...*Version) *Packument {
	p := &Packument{Name: "plugin", Versions: map[string]*Version{}, Time: map[string]time.Time{}}
	for i, v := range versions {
		p.Versions[v.Version] = v
		p.Time[v.Version] = now.AddDate(0, 0, -100*(len(versions)-i))
	}
	return p
}

func version(number string, ranges ...string) *Version {
	v := &Version{Name: "plugin", Version: number, Dependencies: map[string]string{"react": "^18"}}
	for i := 0; i < len(ranges); i += 2 {
		v.Dependencies[ranges[i]] = ranges[i+1]
	}
	return v
}

func release(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

const (
	core     = "@backstage/core-plugin-api"
	frontend = "@backstage/frontend-plugin-api"
)

func TestChoose(t *testing.T) {
	deprecated := func(v *Version) *Version {
		v.Deprecated = "use another"
		return v
	}
	optional := version("1.1.0", core, "^1.10.0")
	optional.PeerDependencies = map[string]string{frontend: "^0.99.0"}
	optional.PeerDependenciesMeta = map[string]PeerMeta{frontend: {Optional: true}}
	peer := version("1.1.0", core, "^1.10.0")
	peer.PeerDependencies = map[string]string{frontend: "^0.99.0"}
	young := packument(version("1.0.0", core, "^1.10.0"), version("1.1.0", core, "^1.10.0"))
	young.Time["1.1.0"] = now.Add(-71 * time.Hour)
	timeless := packument(version("1.0.0", core, "^1.10.0"))
	timeless.Time = nil

	for _, test := range []struct {
		name    string
		p       *Packument
		release func(string) (string, bool)
		want    string
		older   []string
		held    []Held
	}{
		{"the newest that fits", packument(version("1.0.0", core, "^1.10.0"), version("1.1.0", core, "^1.10.2"), version("2.0.0", core, "^1.11.0")),
			release(core, "1.10.9"), "1.1.0", nil, []Held{{"2.0.0", "needs @backstage/core-plugin-api ^1.11.0, the release has 1.10.9", false}}},
		{"a newer patch is newer, too", packument(version("1.0.0", core, "^1.10.0"), version("1.1.0", core, "^1.10.2")),
			release(core, "1.10.1"), "1.0.0", nil, []Held{{"1.1.0", "needs @backstage/core-plugin-api ^1.10.2, the release has 1.10.1", false}}},
		{"an older 0.x range is taken and told", packument(version("1.0.0", core, "^1.9.0", frontend, "^0.9.0"), version("1.1.0", core, "^1.10.0", frontend, "^0.13.0")),
			release(core, "1.12.0", frontend, "0.18.1"), "1.1.0", []string{frontend}, nil},
		{"none", packument(version("1.0.0", core, "^1.11.0")), release(core, "1.10.9"), "", nil,
			[]Held{{"1.0.0", "needs @backstage/core-plugin-api ^1.11.0, the release has 1.10.9", false}}},
		{"packages that are not of the release do not count", packument(version("1.0.0", "@backstage/gone", "^9.0.0")), release(), "1.0.0", nil, nil},
		{"what is no range does not count", packument(version("1.0.0", core, "workspace:^")), release(core, "1.0.0"), "1.0.0", nil, nil},
		{"pre-releases are left out", packument(version("1.0.0"), version("1.1.0-next.0")), release(), "1.0.0", nil, nil},
		{"a pre-release of the release is in a range below it", packument(version("1.0.0", core, "^1.9.0")), release(core, "1.10.0-next.1"), "1.0.0", nil, nil},
		{"a pre-release of the release is below its release", packument(version("1.0.0", core, "^1.10.0")), release(core, "1.10.0-next.1"), "", nil,
			[]Held{{"1.0.0", "needs @backstage/core-plugin-api ^1.10.0, the release has 1.10.0-next.1", false}}},
		{"deprecated versions are held", packument(version("1.0.0"), deprecated(version("1.1.0"))), release(), "1.0.0", nil, []Held{{"1.1.0", "deprecated: use another", false}}},
		{"unless all are deprecated", packument(deprecated(version("1.0.0")), deprecated(version("1.1.0"))), release(), "1.1.0", nil, nil},
		{"optional peers do not count", packument(optional), release(core, "1.10.0", frontend, "0.18.0"), "1.1.0", nil, nil},
		{"peers do", packument(peer), release(core, "1.10.0", frontend, "0.18.0"), "", nil,
			[]Held{{"1.1.0", "needs @backstage/frontend-plugin-api ^0.99.0, the release has 0.18.0", false}}},
		{"young versions are held", young, release(core, "1.10.0"), "1.0.0", nil, []Held{{"1.1.0", "published 2026-08-29, less than 3d ago", true}}},
		{"unknown age is taken", timeless, release(core, "1.10.0"), "1.0.0", nil, nil},
		{"no versions", packument(), release(), "", nil, nil},
	} {
		c := Choose(test.p, Needs{Release: test.release, MinAge: 72 * time.Hour, Now: now})
		got := ""
		if c.Version != nil {
			got = c.Version.Version
		}
		var older []string
		for _, d := range c.Fit.Older {
			older = append(older, d.Name)
		}
		if got != test.want || !slices.Equal(older, test.older) || !slices.Equal(c.Held, test.held) {
			t.Errorf("%s: %q, older %v, held %+v", test.name, got, older, c.Held)
		}
		if c.AgeUnknown != (test.p == timeless) {
			t.Errorf("%s: age unknown %v", test.name, c.AgeUnknown)
		}
	}
}
