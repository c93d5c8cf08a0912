package manifest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npmver"
)

// window is how long the publishing of one release takes at most.
const window = 6 * time.Hour

// CreateAppOf returns the version of @backstage/create-app of a release: from the embedded table,
// else found on npm, where the package itself says which release it belongs to. If no version
// belongs to exactly this release, as some patch releases leave it alone, it is the newest one of
// an older patch release of the same minor release.
func CreateAppOf(ctx context.Context, client *npm.Client, release string) (string, error) {
	if m, ok := Lookup(release); ok {
		if v, ok := m.Version(CreateApp); ok {
			return v, nil
		}
	}
	found, err := findCreateApp(ctx, client, release)
	if err != nil {
		return "", err
	}
	return found.version, nil
}

// origin is the create-app package that a release is derived from.
type origin struct {
	version  string
	release  string // that it belongs to
	versions map[string]string
}

func findCreateApp(ctx context.Context, client *npm.Client, release string) (origin, error) {
	want, err := npmver.ParseVersion(release)
	if err != nil {
		return origin{}, Unknown(release)
	}
	p, err := client.Packument(ctx, CreateApp)
	if err != nil {
		return origin{}, err
	}
	versions := p.Sorted()
	slices.Reverse(versions)
	for _, v := range versions {
		if IsNext(v.Version) && !IsNext(release) {
			continue
		}
		o, err := readOrigin(ctx, client, v)
		if err != nil {
			return origin{}, err
		}
		has, err := npmver.ParseVersion(o.release)
		if err != nil || has.Compare(want) > 0 {
			continue
		}
		if has.Compare(want) == 0 || has.Major() == want.Major() && has.Minor() == want.Minor() && has.Prerelease() == "" {
			return o, nil
		}
		break // versions of create-app and releases grow together
	}
	return origin{}, Unknown(release)
}

func readOrigin(ctx context.Context, client *npm.Client, v *npm.Version) (origin, error) {
	var files fs.FS
	files, err := client.Tarball(ctx, v)
	if err != nil {
		return origin{}, err
	}
	versions, err := TemplateVersions(files)
	if err != nil {
		return origin{}, fmt.Errorf("%s@%s: %w", CreateApp, v.Version, err)
	}
	return origin{v.Version, versions[RootVersion], versions}, nil
}

// LikelyNames returns the packages that a release not in the embedded table likely has: those
// of the known main release before it. Derive takes them as names to make a whole manifest, at
// the price of a request for each of about 200 packages.
func LikelyNames(release string) []string {
	var names []string
	for _, p := range before(release).Packages() {
		names = append(names, p.Name)
	}
	return names
}

// Derive makes the manifest of a release that is not in the embedded table, from npm, of the
// packages that create-app's templates use and of those named.
//
// The versions that create-app's templates use are certain. Of any other package it is the
// newest version, of the main line for a main release, that depends on nothing newer than these
// and was either published by the time create-app was or depends on a version that came with
// this release; never older than in the known release before. What rests on dependencies
// alone, on the release before, or on a time that the registry does not say, is Uncertain; so is
// everything in patches of older release lines. Packages that npm does not have are left out.
func Derive(ctx context.Context, client *npm.Client, release string, names ...string) (*Manifest, error) {
	from, err := findCreateApp(ctx, client, release)
	if err != nil {
		return nil, err
	}
	names = append(slices.Clone(names), CreateApp)
	for name := range from.versions {
		if name != RootVersion {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)

	d := derivation{release: release, from: from, older: before(release)}
	if times, err := client.FullPackument(ctx, CreateApp); err == nil {
		d.published = times.Time[from.version]
	}
	packages := make([]Package, len(names))
	errs := make([]error, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() { packages[i], errs[i] = d.version(ctx, client, name) })
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	packages = slices.DeleteFunc(packages, func(p Package) bool { return p.Version == "" })
	return newManifest(release, Derived, packages), nil
}

type derivation struct {
	release   string
	from      origin
	published time.Time // of create-app; zero if not known
	older     *Manifest // the known main release before
}

func (d derivation) version(ctx context.Context, client *npm.Client, name string) (Package, error) {
	patched := ""
	if d.from.release != d.release {
		patched = fmt.Sprintf("it is that of %s; npm does not say what %s changed", d.from.release, d.release)
	}
	if name == CreateApp {
		return Package{name, d.from.version, patched}, nil
	}
	if v, ok := d.from.versions[name]; ok {
		return Package{name, v, patched}, nil
	}
	p, err := client.FullPackument(ctx, name)
	if npm.Is(err, npm.NotFound) {
		return Package{}, nil
	}
	if err != nil {
		return Package{}, err
	}
	return d.choose(p, patched), nil
}

// choose is the pure part of version.
func (d derivation) choose(p *npm.Packument, patched string) Package {
	floor, known := d.older.Version(p.Name)
	best := Package{Name: p.Name, Uncertain: patched}
	for _, v := range p.Sorted() {
		if IsNext(v.Version) && !IsNext(d.release) {
			continue
		}
		if fit := npm.FitOf(v, d.templateVersion); len(fit.Newer) > 0 {
			continue
		}
		at, timed := p.Time[v.Version]
		late := timed && !d.published.IsZero() && at.After(d.published.Add(window))
		why := ""
		switch {
		case late && !d.dependsOnThis(v):
			continue
		case late:
			why = "the registry dates it after the release, but it depends on versions of the release"
		case !timed || d.published.IsZero():
			why = "the registry does not say when it was published"
		}
		best.Version, best.Uncertain = v.Version, cmp.Or(patched, why)
	}
	if known && less(best.Version, floor) {
		best.Version, best.Uncertain = floor, "it is that of "+d.older.Release
	}
	if best.Version != "" && best.Uncertain == "" && d.backPatched() {
		best.Uncertain = "a newer release was out before this one"
	}
	return best
}

func (d derivation) templateVersion(name string) (string, bool) {
	v, ok := d.from.versions[name]
	return v, ok
}

// dependsOnThis says whether a version depends on a version that is in this release, but was not
// in the known one before.
func (d derivation) dependsOnThis(v *npm.Version) bool {
	for name, spec := range v.Dependencies {
		here := d.from.versions[name]
		if there, _ := d.older.Version(name); here == "" || here == there {
			continue
		}
		r, ok := npmver.ParseSpecifier(spec).Range()
		if !ok {
			continue
		}
		if low, ok := r.MinVersion(); ok && low.String() == here {
			return true
		}
	}
	return false
}

// before is the newest known main release that is older than the given one; a manifest without
// packages if there is none.
func before(release string) *Manifest {
	for _, r := range slices.Backward(Releases()) {
		if !IsNext(r) && less(r, release) {
			m, _ := Lookup(r)
			return m
		}
	}
	return &Manifest{}
}

// backPatched says whether the release is of an older line than the newest one known.
func (d derivation) backPatched() bool { return less(d.release, Newest(IsNext(d.release))) }

func less(a, b string) bool {
	v, err := npmver.ParseVersion(a)
	if err != nil {
		return true
	}
	w, err := npmver.ParseVersion(b)
	return err == nil && v.Compare(w) < 0
}
