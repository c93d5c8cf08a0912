package npm

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/batten-dev/batten/registry/npmver"
)

// Packument is what a registry says of a package, nightly builds (0.0.0-*) aside.
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
	License              string    // full; SPDX, as far as the package says so
	Homepage             string    // full
	Keywords             []string  // full
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
	Role           string   `json:"role,omitempty"`
	PluginID       string   `json:"pluginId,omitempty"`
	PluginPackage  string   `json:"pluginPackage,omitempty"`
	PluginPackages []string `json:"pluginPackages,omitempty"`
	Moved          string   `json:"moved,omitempty"` // the package that this one became
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

// stringMap is a JSON object of which only the string values are kept; anything else is as
// good as none.
type stringMap map[string]string

func (m *stringMap) UnmarshalJSON(data []byte) error {
	var raw lenient[map[string]json.RawMessage]
	if err := raw.UnmarshalJSON(data); err != nil {
		return err
	}
	*m = make(stringMap, len(raw.value))
	for k, v := range raw.value {
		var s string
		if json.Unmarshal(v, &s) == nil {
			(*m)[k] = s
		}
	}
	return nil
}

var errHTML = errors.New("it is HTML, perhaps the page of a proxy or a login")

// parsePackument refuses what is no JSON object. Versions 0.0.0-*, the thousands of nightly
// builds that Backstage has, are left out.
func parsePackument(data []byte) (*Packument, error) {
	switch start := bytes.TrimLeft(data, " \t\r\n"); {
	case bytes.HasPrefix(start, []byte("<")):
		return nil, errHTML
	case !bytes.HasPrefix(start, []byte("{")):
		return nil, errors.New("it is no JSON object")
	}
	var doc struct {
		Name     string
		DistTags stringMap `json:"dist-tags"`
		Versions map[string]json.RawMessage
		Time     stringMap
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	p := &Packument{Name: doc.Name, DistTags: doc.DistTags, Versions: make(map[string]*Version, len(doc.Versions))}
	for number, raw := range doc.Versions {
		if strings.HasPrefix(number, "0.0.0-") {
			continue
		}
		v, err := parseVersion(number, raw)
		if err != nil {
			return nil, err
		}
		p.Versions[number] = v
	}
	if len(doc.Time) > 0 {
		p.Time = make(map[string]time.Time, len(p.Versions))
		for number := range p.Versions {
			if at, err := time.Parse(time.RFC3339, doc.Time[number]); err == nil {
				p.Time[number] = at
			}
		}
	}
	return p, nil
}

func parseVersion(number string, raw []byte) (*Version, error) {
	var v struct {
		Name                 string
		Deprecated           lenient[string]
		Dependencies         stringMap
		PeerDependencies     stringMap
		OptionalDependencies stringMap
		PeerDependenciesMeta lenient[map[string]PeerMeta]
		Engines              stringMap
		Dist                 Dist
		Description          lenient[string]
		License              license
		Homepage             lenient[string]
		Keywords             lenient[[]string]
		Backstage            lenient[Backstage]
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	return &Version{
		Name: v.Name, Version: number, Deprecated: v.Deprecated.value,
		Dependencies: v.Dependencies, PeerDependencies: v.PeerDependencies, OptionalDependencies: v.OptionalDependencies,
		PeerDependenciesMeta: v.PeerDependenciesMeta.value, Engines: v.Engines, Dist: v.Dist,
		Description: v.Description.value, License: string(v.License), Homepage: v.Homepage.value,
		Keywords: v.Keywords.value, Backstage: v.Backstage.value,
	}, nil
}

// license is the "license" field: a string, or the object that old packages have.
type license string

func (l *license) UnmarshalJSON(data []byte) error {
	var text lenient[string]
	var object lenient[struct{ Type string }]
	_ = text.UnmarshalJSON(data)
	_ = object.UnmarshalJSON(data)
	*l = license(cmp.Or(text.value, object.value.Type))
	return nil
}

// compact is the packument as parsePackument reads it, without all that it leaves out: of what
// a registry sends, a twentieth.
func (p *Packument) compact() ([]byte, error) {
	type dist struct {
		Tarball      string `json:"tarball,omitempty"`
		Integrity    string `json:"integrity,omitempty"`
		Shasum       string `json:"shasum,omitempty"`
		UnpackedSize int64  `json:"unpackedSize,omitempty"`
		FileCount    int    `json:"fileCount,omitempty"`
	}
	type version struct {
		Name                 string              `json:"name"`
		Deprecated           string              `json:"deprecated,omitempty"`
		Dependencies         map[string]string   `json:"dependencies,omitempty"`
		PeerDependencies     map[string]string   `json:"peerDependencies,omitempty"`
		OptionalDependencies map[string]string   `json:"optionalDependencies,omitempty"`
		PeerDependenciesMeta map[string]PeerMeta `json:"peerDependenciesMeta,omitempty"`
		Engines              map[string]string   `json:"engines,omitempty"`
		Dist                 dist                `json:"dist,omitzero"`
		Description          string              `json:"description,omitempty"`
		License              string              `json:"license,omitempty"`
		Homepage             string              `json:"homepage,omitempty"`
		Keywords             []string            `json:"keywords,omitempty"`
		Backstage            Backstage           `json:"backstage,omitzero"`
	}
	doc := struct {
		Name     string               `json:"name"`
		DistTags map[string]string    `json:"dist-tags,omitempty"`
		Versions map[string]version   `json:"versions"`
		Time     map[string]time.Time `json:"time,omitempty"`
	}{p.Name, p.DistTags, make(map[string]version, len(p.Versions)), p.Time}
	for number, v := range p.Versions {
		doc.Versions[number] = version{v.Name, v.Deprecated, v.Dependencies, v.PeerDependencies, v.OptionalDependencies,
			v.PeerDependenciesMeta, v.Engines, dist(v.Dist), v.Description, v.License, v.Homepage, v.Keywords, v.Backstage}
	}
	return json.Marshal(doc)
}
