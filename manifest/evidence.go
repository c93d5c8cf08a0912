package manifest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npmver"
)

// window is how long the publishing of one release takes at most.
const window = 6 * time.Hour

// Derive makes the manifest of a release from npm: of the packages that create-app's templates
// use, of those that these depend on, and of those named. The embedded manifest of the release,
// if there is one, is not looked at.
//
// The versions that create-app's templates use are certain. The others follow from a rule of how
// Backstage is published: a version that is new in a release depends on exactly the versions
// that the other packages have in that release. (Of the 2,402 versions new in some main release
// up to 1.53.0 that one npm mirror had, 2,393 keep to it.) So
//
//   - what a certain version that is new in the release depends on is certain too;
//   - a version of another package, newer than in the release before, is certain if it is the
//     only one that depends on exactly the versions known, one of them new in the release, and
//     the next after that of the release before.
//
// Where neither says anything, the version is the newest that asks for nothing newer than the
// release has and was published when create-app was, but not older than in the release before.
// That is certain only of a package without dependencies in Backstage, and if the registry says
// when it was published. Whatever else is in doubt is Uncertain and says why: what rests on the
// release before, on one of several versions, on evidence that disagrees, or on a deprecated version;
// what create-app's templates do not use in a patch release; and everything in a patch release
// that left create-app alone.
//
// A release before that is not in the embedded table is derived first.
func Derive(ctx context.Context, client *npm.Client, release string, names ...string) (*Manifest, error) {
	from, err := findCreateApp(ctx, client, release)
	if err != nil {
		return nil, err
	}
	return derive(ctx, client, release, from, names)
}

// DeriveFrom is Derive for a release whose create-app package npm does not have, from the versions
// that its templates use. The release before must be in the embedded table.
func DeriveFrom(ctx context.Context, client *npm.Client, release string, template map[string]string, names ...string) (*Manifest, error) {
	from := origin{version: template[CreateApp], release: release, versions: template}
	return deriveAfter(ctx, client, before(release), release, from, names)
}

func derive(ctx context.Context, client *npm.Client, release string, from origin, names []string) (*Manifest, error) {
	older := before(release)
	prev, unknown, err := originBefore(ctx, client, from)
	if err != nil {
		return nil, err
	}
	if unknown {
		if older, err = derive(ctx, client, prev.release, prev, names); err != nil {
			return nil, err
		}
	}
	return deriveAfter(ctx, client, older, release, from, names)
}

func deriveAfter(ctx context.Context, client *npm.Client, older *Manifest, release string, from origin, names []string) (*Manifest, error) {
	d := &derivation{release: release, older: older, client: client, packs: map[string]*npm.Packument{}, entries: map[string]*entry{}}
	for name, version := range from.versions {
		if name != RootVersion {
			d.entries[name] = &entry{version: version}
		}
	}
	if from.version != "" {
		d.entries[CreateApp] = &entry{version: from.version}
	}
	open := d.open(names)
	if len(open) > 0 {
		if err := d.close(ctx); err != nil {
			return nil, err
		}
		if err := d.choose(ctx, from.version, d.open(names)); err != nil {
			return nil, err
		}
	}
	return d.manifest(from), nil
}

// derivation is what is known of a release so far.
type derivation struct {
	release string
	older   *Manifest // the main release before
	client  *npm.Client

	mu      sync.Mutex
	packs   map[string]*npm.Packument // nil for packages that npm does not have
	entries map[string]*entry
}

// entry is what is known of one package.
type entry struct {
	version string
	doubt   string // why the version is uncertain; "" if it is certain
	atLeast bool   // the version is a lower bound: something that is not new depends on it
}

const atLeast = "it is at least this, as something depends on it, but nothing that is new in the release"

// open are the names of which nothing certain is known, sorted.
func (d *derivation) open(names []string) []string {
	var open []string
	for _, name := range names {
		if e := d.entries[name]; e == nil || e.atLeast {
			open = append(open, name)
		}
	}
	slices.Sort(open)
	return slices.Compact(open)
}

// load gets packuments, several at a time.
func (d *derivation) load(ctx context.Context, names []string) error {
	errs := make([]error, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		d.mu.Lock()
		_, ok := d.packs[name]
		d.mu.Unlock()
		if ok {
			continue
		}
		wait.Go(func() {
			p, err := d.client.Packument(ctx, name)
			if npm.Is(err, npm.NotFound) || npm.Is(err, npm.BadName) {
				p, err = nil, nil
			}
			errs[i] = err
			d.mu.Lock()
			d.packs[name] = p
			d.mu.Unlock()
		})
	}
	wait.Wait()
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return fmt.Errorf("%w (and so for %d more packages)", errs[0], len(errs)-1)
}

// isNew says whether a version of a package came with this release.
func (d *derivation) isNew(name, version string) bool {
	there, ok := d.older.Package(name)
	return ok && there.Uncertain == "" && there.Version != version
}

// internal are the packages of Backstage that a version depends on, and the exact versions that
// the ranges begin with.
func internal(v *npm.Version) map[string]string {
	found := map[string]string{}
	for _, asked := range []map[string]string{v.Dependencies, v.OptionalDependencies} {
		for name, spec := range asked {
			if low, ok := strings.CutPrefix(spec, "^"); ok && strings.HasPrefix(name, "@backstage/") && isRelease(low) {
				found[name] = low
			}
		}
	}
	return found
}

// close follows the dependencies of all that is certain, until nothing more is found.
func (d *derivation) close(ctx context.Context) error {
	todo := slices.Sorted(maps.Keys(d.entries))
	for len(todo) > 0 {
		if err := d.load(ctx, todo); err != nil {
			return err
		}
		found := map[string]bool{}
		for _, name := range todo {
			e, p := d.entries[name], d.packs[name]
			if p == nil || p.Versions[e.version] == nil || e.doubt != "" {
				continue
			}
			exact := d.isNew(name, e.version)
			for dep, version := range internal(p.Versions[e.version]) {
				if d.learn(dep, version, name, exact) {
					found[dep] = true
				}
			}
		}
		todo = slices.Sorted(maps.Keys(found))
	}
	return nil
}

// learn takes evidence: something depends on a version, exactly or as a lower bound. It says
// whether the package's own dependencies are worth following now.
func (d *derivation) learn(name, version, from string, exact bool) bool {
	e := d.entries[name]
	switch {
	case e == nil:
		d.entries[name] = &entry{version: version, atLeast: !exact}
		return exact
	case e.version == version:
		news := exact && e.atLeast
		if exact {
			e.atLeast = false
		}
		return news
	case !exact:
		if e.atLeast && less(e.version, version) {
			e.version = version
		}
		return false
	case e.atLeast && less(e.version, version):
		e.version, e.atLeast = version, false
		return true
	case less(e.version, version):
		e.doubt = fmt.Sprintf("%s depends on %s", from, version)
		return false
	}
	return false
}

// choose finds versions of what nothing depends on.
func (d *derivation) choose(ctx context.Context, createApp string, names []string) error {
	if err := d.load(ctx, names); err != nil {
		return err
	}
	var published time.Time
	if p, err := d.client.FullPackument(ctx, CreateApp); err == nil {
		published = p.Time[createApp]
	}
	chosen := make([]entry, len(names))
	errs := make([]error, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		p := d.packs[name]
		if p == nil {
			continue
		}
		candidates, made := d.candidates(p)
		if len(made) > 0 {
			chosen[i] = entry{version: made[0].Version}
			older, known := d.older.Version(name)
			switch {
			case len(made) > 1:
				chosen[i].doubt = fmt.Sprintf("%s depends on the same versions", made[1].Version)
			case known && made[0].Version != older && (p.Versions[older] == nil || !follows(older, made[0].Version)):
				chosen[i].doubt = fmt.Sprintf("npm lacks versions between it and %s, that of %s", older, d.older.Release)
			}
			continue
		}
		wait.Go(func() {
			full, err := d.client.FullPackument(ctx, name)
			if err != nil {
				errs[i] = err
				return
			}
			chosen[i] = d.byTime(name, candidates, full.Time, published)
		})
	}
	wait.Wait()
	for i, name := range names {
		if floor, ok := d.floor(name); ok && less(chosen[i].version, floor) {
			chosen[i] = entry{version: floor, doubt: "npm has nothing newer that fits the release; it is that of " + d.older.Release}
			switch older, _ := d.older.Version(name); {
			case floor != older:
				chosen[i].doubt = atLeast
			case d.packs[name] == nil:
				chosen[i].doubt = "npm does not have it; it is that of " + d.older.Release
			}
		}
		if chosen[i].version != "" {
			d.entries[name] = &chosen[i]
		}
	}
	return errors.Join(errs...)
}

// follows says whether a version is the next patch, minor or major version after another, which
// is how versions of Backstage's packages grow. A pre-release counts as its release.
func follows(before, after string) bool {
	b, err := npmver.ParseVersion(before)
	a, err2 := npmver.ParseVersion(after)
	if err != nil || err2 != nil {
		return false
	}
	switch {
	case a.Major() != b.Major():
		return a.Major() == b.Major()+1 && a.Minor() == 0 && a.Patch() == 0
	case a.Minor() != b.Minor():
		return a.Minor() == b.Minor()+1 && a.Patch() == 0
	}
	return a.Patch() == b.Patch()+1
}

// floor is the version that a package has at least.
func (d *derivation) floor(name string) (string, bool) {
	floor, known := d.older.Version(name)
	if e := d.entries[name]; e != nil && (!known || less(floor, e.version)) {
		return e.version, true
	}
	return floor, known
}

// candidates are the versions of a package, in order, that ask for nothing newer than is known of
// the release; and of them those made for it.
func (d *derivation) candidates(p *npm.Packument) (all, made []*npm.Version) {
	floor, hasFloor := d.floor(p.Name)
	known := func(name string) (string, bool) {
		e := d.entries[name]
		if e == nil || e.atLeast {
			return "", false
		}
		return e.version, true
	}
	for _, v := range p.Sorted() {
		if IsNext(v.Version) && !IsNext(d.release) || hasFloor && less(v.Version, floor) || len(npm.FitOf(v, known).Newer) > 0 {
			continue
		}
		all = append(all, v)
		same, news := true, false
		for name, version := range internal(v) {
			if has, ok := known(name); ok {
				same = same && has == version
				news = news || d.isNew(name, version)
			}
		}
		if same && news {
			made = append(made, v)
		}
	}
	return all, made
}

// byTime is the newest candidate that was published by the time create-app was.
func (d *derivation) byTime(name string, candidates []*npm.Version, times map[string]time.Time, published time.Time) entry {
	var best entry
	for _, v := range candidates {
		at, timed := times[v.Version]
		switch {
		case !timed || published.IsZero():
			best = entry{version: v.Version, doubt: "the registry does not say when it was published"}
		case at.After(published.Add(window)):
			if best.version != "" {
				best.doubt = cmp.Or(best.doubt, fmt.Sprintf("%s fits as well, but is dated after the release", v.Version))
			}
			continue
		case len(internal(v)) > 0:
			best = entry{version: v.Version, doubt: "it was not made for this release, but npm has none that was"}
		default:
			best = entry{version: v.Version}
			if less(d.release, Newest(IsNext(d.release))) {
				best.doubt = "a newer release was out before this one"
			}
		}
	}
	if older, _ := d.older.Version(name); best.version == older && best.version != "" {
		best.doubt = "it is that of " + d.older.Release
	}
	return best
}

// manifest is what is known in the end. What create-app's templates do not use is certain only if
// nothing says that it might be no part of the release.
func (d *derivation) manifest(from origin) *Manifest {
	patched, patch := "", false
	if v, err := npmver.ParseVersion(d.release); err == nil && v.Patch() > 0 {
		patch = true
	}
	if from.release != d.release {
		patched = fmt.Sprintf("it is that of %s; npm does not say what %s changed", from.release, d.release)
	}
	var packages []Package
	for name, e := range d.entries {
		doubt := e.doubt
		if e.atLeast {
			doubt = cmp.Or(doubt, atLeast)
		}
		if _, ok := from.versions[name]; !ok && name != CreateApp {
			if p := d.packs[name]; p != nil && p.Versions[e.version] != nil && p.Versions[e.version].Deprecated != "" {
				doubt = cmp.Or(doubt, "it is deprecated, and may not be part of the release any more")
			}
			if _, ok := d.older.Version(name); !ok {
				doubt = cmp.Or(doubt, d.older.Release+" does not have it")
			}
			if patch {
				doubt = cmp.Or(doubt, "npm does not say which packages a patch release leaves alone")
			}
		}
		packages = append(packages, Package{Name: name, Version: e.version, Uncertain: cmp.Or(patched, doubt)})
	}
	return newManifest(d.release, Derived, packages)
}
