package manifest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/manifest/internal/table"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npmver"
)

// Package is a package of a release.
type Package struct {
	Name    string
	Version string // exact, as in "1.2.3" or "1.2.3-next.0"

	// Uncertain says why the version may be wrong; "" if it is certain. Only manifests made by
	// Derive have uncertain entries.
	Uncertain string
}

// Source is where a Manifest comes from.
type Source string

// The sources of a Manifest.
const (
	Embedded   Source = "embedded" // the table in the binary
	File       Source = "file"     // Parse
	Downloaded Source = "download" // a server, or what is kept of its answers
	Derived    Source = "npm"      // Derive
)

// Manifest is one Backstage release.
type Manifest struct {
	Release  string // as in "1.40.0" or "1.41.0-next.2"
	Source   Source
	Note     string    // what a user should know of where it comes from; "" if nothing. See Resolver.Release
	packages []Package // sorted by name
}

func newManifest(release string, source Source, packages []Package) *Manifest {
	slices.SortFunc(packages, func(a, b Package) int { return strings.Compare(a.Name, b.Name) })
	return &Manifest{Release: release, Source: source, packages: packages}
}

// Packages returns the packages of the release, sorted by name. The caller must not change them.
func (m *Manifest) Packages() []Package { return m.packages }

// Package returns the entry of a package; false if it is not part of the release.
func (m *Manifest) Package(name string) (Package, bool) {
	i, ok := slices.BinarySearchFunc(m.packages, name, func(p Package, name string) int { return strings.Compare(p.Name, name) })
	if !ok {
		return Package{}, false
	}
	return m.packages[i], true
}

// Version returns the version that a package has in the release; false if it is not part of it.
func (m *Manifest) Version(name string) (string, bool) {
	p, ok := m.Package(name)
	return p.Version, ok
}

// Uncertain returns the packages whose version is uncertain.
func (m *Manifest) Uncertain() []Package {
	var ps []Package
	for _, p := range m.packages {
		if p.Uncertain != "" {
			ps = append(ps, p)
		}
	}
	return ps
}

// Parse reads a manifest in the published form:
//
//	{"releaseVersion": "1.40.0", "packages": [{"name": "@backstage/cli", "version": "0.33.0"}, ...]}
//
// The error says what is wrong with data that is no such manifest.
func Parse(data []byte) (*Manifest, error) {
	var doc struct {
		ReleaseVersion string
		Packages       []struct{ Name, Version string }
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		if start := strings.TrimSpace(string(data[:min(len(data), 64)])); strings.HasPrefix(start, "<") {
			return nil, errors.New("release manifest: this is HTML or XML, not JSON")
		}
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("release manifest: %s is a JSON %s, which it must not be", cmp.Or(wrong.Field, "the whole"), wrong.Value)
		}
		return nil, fmt.Errorf("release manifest: %w", err)
	}
	if doc.ReleaseVersion == "" {
		return nil, errors.New("release manifest: no releaseVersion")
	}
	if !isRelease(doc.ReleaseVersion) {
		return nil, fmt.Errorf("release manifest: releaseVersion %q is no version", doc.ReleaseVersion)
	}
	if len(doc.Packages) == 0 {
		return nil, fmt.Errorf("release manifest of %s: no packages", doc.ReleaseVersion)
	}
	packages := make([]Package, len(doc.Packages))
	for i, p := range doc.Packages {
		if p.Name == "" || p.Version == "" {
			return nil, fmt.Errorf("release manifest of %s: package %d has no name or no version", doc.ReleaseVersion, i)
		}
		if _, err := npmver.ParseVersion(p.Version); err != nil || !npm.ValidName(p.Name) {
			return nil, fmt.Errorf("release manifest of %s: package %d: %q with version %q", doc.ReleaseVersion, i, p.Name, p.Version)
		}
		packages[i] = Package{Name: p.Name, Version: p.Version}
	}
	m := newManifest(doc.ReleaseVersion, File, packages)
	for i := 1; i < len(m.packages); i++ {
		if a, b := m.packages[i-1], m.packages[i]; a.Name == b.Name && a.Version != b.Version {
			return nil, fmt.Errorf("release manifest of %s: %s has versions %s and %s", m.Release, a.Name, a.Version, b.Version)
		}
	}
	m.packages = slices.Compact(m.packages)
	return m, nil
}

func fromTable(r table.Release) *Manifest {
	packages := make([]Package, len(r.Packages))
	for i, p := range r.Packages {
		packages[i] = Package{Name: p.Name, Version: p.Version}
	}
	return &Manifest{Release: r.Version, Source: Embedded, packages: packages}
}
