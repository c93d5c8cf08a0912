package manifest

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npmver"
)

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

// originBefore is the create-app package of the newest main release that is older than the one
// of o, but is not in the embedded table; false if there is none.
func originBefore(ctx context.Context, client *npm.Client, o origin) (origin, bool, error) {
	p, err := client.Packument(ctx, CreateApp)
	if err != nil {
		return origin{}, false, err
	}
	for _, v := range slices.Backward(p.Sorted()) {
		if IsNext(v.Version) || !less(v.Version, o.version) {
			continue
		}
		b, err := readOrigin(ctx, client, v)
		if err != nil {
			return origin{}, false, err
		}
		if !less(b.release, o.release) || IsNext(b.release) {
			continue
		}
		return b, less(Newest(true), b.release), nil
	}
	return origin{}, false, nil
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

func less(a, b string) bool {
	v, err := npmver.ParseVersion(a)
	if err != nil {
		return true
	}
	w, err := npmver.ParseVersion(b)
	return err == nil && v.Compare(w) < 0
}
