package npm

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"time"

	"github.com/batten-dev/batten/registry/npmver"
)

// Packument is what a registry says of a package.
type Packument struct {
	Name     string
	DistTags map[string]string
	Versions map[string]*Version  // by version as published
	Time     map[string]time.Time // when each version was published; only in full packuments, and there not always of all
}

// Version is one version of a package. Fields marked "full" are only in full packuments.
type Version struct {
	Name                 string
	Version              string
	Deprecated           string // the reason; "" if not deprecated
	Dependencies         map[string]string
	PeerDependencies     map[string]string
	OptionalDependencies map[string]string
	PeerDependenciesMeta map[string]PeerMeta
	Engines              map[string]string
	Dist                 Dist
	Description          string    // full
	License              string    // full
	Backstage            Backstage // full
}

// PeerMeta is what is said of a peer dependency beside its range.
type PeerMeta struct{ Optional bool }

// Dist is where a version's tarball is, and what it must be.
type Dist struct {
	Tarball      string // address
	Integrity    string // "sha512-BASE64", perhaps several with spaces between
	Shasum       string // hexadecimal SHA-1, the only hash of very old versions
	UnpackedSize int64
	FileCount    int
}

// Backstage is the "backstage" field of package.json.
type Backstage struct {
	Role           string
	PluginID       string   `json:"pluginId"`
	PluginPackage  string   `json:"pluginPackage"`
	PluginPackages []string `json:"pluginPackages"`
	Moved          string   // the package that this one became
}

// Sorted returns the versions in semver order; those that are no semver versions are left out.
func (p *Packument) Sorted() []*Version {
	type entry struct {
		v *Version
		n npmver.Version
	}
	entries := make([]entry, 0, len(p.Versions))
	for _, v := range p.Versions {
		if n, err := npmver.ParseVersion(v.Version); err == nil {
			entries = append(entries, entry{v, n})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return a.n.Compare(b.n) })
	sorted := make([]*Version, len(entries))
	for i, e := range entries {
		sorted[i] = e.v
	}
	return sorted
}

var nameForm = regexp.MustCompile(`^(?:@[A-Za-z0-9~-][A-Za-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*$`)

// ValidName says whether a package can have this name.
func ValidName(name string) bool { return len(name) <= 214 && nameForm.MatchString(name) }

// lenient is a JSON value that is left out if it is not of the type it should be: registries
// carry decades of manifests, and one odd field must not hide a package.
type lenient[T any] struct{ value T }

func (l *lenient[T]) UnmarshalJSON(data []byte) error {
	var value T
	if json.Unmarshal(data, &value) == nil {
		l.value = value
	}
	return nil
}

// strings is a JSON object of which only the string values are kept.
type stringMap map[string]string

func (m *stringMap) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if json.Unmarshal(data, &raw) != nil {
		return nil
	}
	*m = make(stringMap, len(raw))
	for k, v := range raw {
		var s string
		if json.Unmarshal(v, &s) == nil {
			(*m)[k] = s
		}
	}
	return nil
}

func parsePackument(data []byte) (*Packument, error) {
	type document struct {
		Name     string
		DistTags stringMap `json:"dist-tags"`
		Versions map[string]*struct {
			Name                 string
			Version              string
			Deprecated           lenient[string]
			Dependencies         stringMap
			PeerDependencies     stringMap
			OptionalDependencies stringMap
			PeerDependenciesMeta lenient[map[string]PeerMeta]
			Engines              stringMap
			Dist                 Dist
			Description          lenient[string]
			License              lenient[string]
			Backstage            lenient[Backstage]
		}
		Time stringMap
	}
	var doc document
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&doc); err != nil {
		return nil, err
	}
	p := &Packument{Name: doc.Name, DistTags: doc.DistTags, Versions: make(map[string]*Version, len(doc.Versions))}
	for key, v := range doc.Versions {
		if v == nil {
			continue
		}
		p.Versions[key] = &Version{
			Name: v.Name, Version: key, Deprecated: v.Deprecated.value,
			Dependencies: v.Dependencies, PeerDependencies: v.PeerDependencies, OptionalDependencies: v.OptionalDependencies,
			PeerDependenciesMeta: v.PeerDependenciesMeta.value, Engines: v.Engines, Dist: v.Dist,
			Description: v.Description.value, License: v.License.value, Backstage: v.Backstage.value,
		}
	}
	if len(doc.Time) > 0 {
		p.Time = make(map[string]time.Time, len(doc.Time))
		for version, text := range doc.Time {
			if at, err := time.Parse(time.RFC3339, text); err == nil && version != "created" && version != "modified" {
				p.Time[version] = at
			}
		}
	}
	return p, nil
}
