package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npmver"
	"github.com/batten-dev/batten/registry/recipe"
)

// versions chooses the version of each package that a plan depends on.
type versions struct {
	target     string // the Backstage release to fit; "" if it is not known
	yarnPlugin bool   // "backstage:^" may be written
	offline    bool
	client     *npm.Client
	releases   *manifest.Resolver
	now        time.Time
	gate       workspace.AgeGate
	pins       map[string]npmver.Specifier // what a person asked for, by package

	release    *manifest.Manifest // of the target, or of the release nearest to it
	releaseErr error              // why there is none
	warning    string             // why release may be wrong

	mu     sync.Mutex
	picked map[string]func() (picked, error)
}

// newVersions chooses versions for a workspace; for the newest release if there is none.
func (f *factory) newVersions(root string, ws *workspace.Workspace) *versions {
	config, problems := npm.ConfigFrom(npm.UserPlaces(root))
	for _, err := range problems {
		f.detail("%v", err)
	}
	config.Offline, config.Freshness = f.offline, max(config.Freshness, f.freshness)
	client := npm.New(config)
	v := &versions{offline: f.offline, client: client, releases: manifest.NewResolver(manifest.ConfigFrom(os.Getenv, config, client)), now: time.Now(), pins: map[string]npmver.Specifier{}, picked: map[string]func() (picked, error){}}
	if ws == nil {
		v.target = manifest.Newest(true)
		return v
	}
	v.target, v.yarnPlugin, v.gate = ws.Release.Version, ws.YarnPlugin, gateOf(ws)
	return v
}

// gateOf is the age that versions must have, with what the environment says of it.
func gateOf(ws *workspace.Workspace) workspace.AgeGate {
	gate := ws.AgeGate
	if age, ok := workspace.ParseAge(os.Getenv(ageGateVariable)); ok && ws.Manager.Berry {
		gate.Min, gate.File = age, ageGateVariable
	}
	if names := os.Getenv(preapprovedVariable); names != "" && ws.Manager.Berry {
		gate.Exempt = nil // as yarn has it: the environment's list is instead of the file's
		for name := range strings.SplitSeq(names, ",") {
			gate.Exempt = append(gate.Exempt, strings.TrimSpace(name))
		}
	}
	return gate
}

// ageGateVariable is how yarn 2 and later lets the environment overrule npmMinimalAgeGate.
const ageGateVariable = "YARN_NPM_MINIMAL_AGE_GATE"

// preapprovedVariable is the same of npmPreapprovedPackages: names, globs or descriptors, with
// commas between them.
const preapprovedVariable = "YARN_NPM_PREAPPROVED_PACKAGES"

// ours are the packages that releases give versions to.
func ours(name string) bool { return strings.HasPrefix(name, "@backstage/") }

// prefetch asks npm for the packages of recipes, all at once, and reads the release. What goes
// wrong is said when the answer is needed.
func (v *versions) prefetch(ctx context.Context, recipes []recipe.Recipe) {
	var names []string // what the release has to say a version of
	var mu sync.Mutex
	var wait sync.WaitGroup
	for _, r := range recipes {
		for _, p := range r.Packages {
			switch {
			case !p.Covers(v.target):
			case ours(p.Name):
				mu.Lock()
				names = append(names, p.Name)
				mu.Unlock()
			case !v.offline:
				wait.Go(func() {
					if found, err := v.packument(ctx, p.Name); err == nil {
						mu.Lock()
						names = append(names, found.Asks()...)
						mu.Unlock()
					}
				})
			}
		}
	}
	wait.Wait()
	v.readRelease(ctx, names)
}

// readReleaseFor reads the release for choosing a version of a package.
func (v *versions) readReleaseFor(ctx context.Context, name string) {
	if _, ok := manifest.Lookup(v.target); ok || v.offline {
		v.readRelease(ctx, nil)
		return
	}
	names := []string{name}
	if p, err := v.packument(ctx, name); err == nil {
		names = append(names, p.Asks()...)
	}
	v.readRelease(ctx, names)
}

// packument is what the registry says of a package; with publish times, if their age counts.
func (v *versions) packument(ctx context.Context, name string) (*npm.Packument, error) {
	if v.gate.Min > 0 {
		return v.client.FullPackument(ctx, name)
	}
	return v.client.Packument(ctx, name)
}

// readRelease finds the manifest of the release, unless it was found before: in the binary, else
// derived from npm, else that of the nearest release.
func (v *versions) readRelease(ctx context.Context, names []string) {
	release := v.target
	if v.release != nil || v.releaseErr != nil {
		return
	}
	if release == "" {
		d := diag.Errorf("unknown-release", "the Backstage release of this app is not known")
		d.Manual = "Write it into backstage.json at the root: {\"version\": \"" + manifest.Newest(true) + "\"}."
		v.releaseErr = d
		return
	}
	m, derived := v.releases.Release(ctx, release, names...)
	if derived == nil {
		v.release = m
		return
	}
	nearest := manifest.Nearest(release)
	m, ok := manifest.Lookup(nearest)
	if !ok {
		v.releaseErr = manifest.Unknown(release)
		return
	}
	v.release = m
	v.warning = fmt.Sprintf("release %s is newer than this batten knows; versions are those of %s", release, nearest)
	if !v.offline {
		v.warning += fmt.Sprintf(", as neither the releases' server nor npm can say: %v", derived)
	}
}

// has is npm.Needs.Release.
func (v *versions) has(name string) (string, bool) {
	if v.release == nil {
		return "", false
	}
	return v.release.Version(name)
}

// picked is the version of a package to take.
type picked struct {
	name, version string
	why           string // one clause: "the version of release 1.40.0"
	warning       string // what is uncertain about it; "" if nothing is
	spec          string // what a person asked to write; "" for the style of the neighbours
	ofRelease     bool   // the version is that of the release

	packument *npm.Packument // nil if it was not needed
	held      []npm.Held     // what is newer and was not taken, the newest first
	fit       npm.Fit
}

// pick chooses the version of a package, once. The error is an *npm.Error, or a diagnostic.
func (v *versions) pick(ctx context.Context, name string) (picked, error) {
	v.mu.Lock()
	choose, ok := v.picked[name]
	if !ok {
		choose = sync.OnceValues(func() (picked, error) { return v.pickNew(ctx, name) })
		v.picked[name] = choose
	}
	v.mu.Unlock()
	return choose()
}

func (v *versions) pickNew(ctx context.Context, name string) (picked, error) {
	pin, pinned := v.pins[name]
	if pinned {
		return v.pickPinned(ctx, name, pin)
	}
	if ours(name) {
		if v.releaseErr != nil {
			return picked{}, v.releaseErr
		}
		if p, ok := v.release.Package(name); ok {
			got := picked{name: name, version: p.Version, why: "the version of release " + v.release.Release, warning: v.warning, ofRelease: true}
			if p.Uncertain != "" && got.warning == "" {
				got.warning = fmt.Sprintf("%s %s may not be the version of release %s: %s", name, p.Version, v.release.Release, p.Uncertain)
			}
			return got, nil
		}
	}
	p, err := v.packument(ctx, name)
	if err != nil {
		return picked{}, err
	}
	needs := npm.Needs{Release: v.has, Now: v.now, MinAge: v.gate.Min}
	if v.gate.Exempts(name, "") {
		needs.MinAge = 0
	}
	c := npm.Choose(p, needs)
	if c.Version == nil {
		return picked{}, v.noVersion(p, c.Held)
	}
	got := picked{name: name, version: c.Version.Version, why: "the newest version that fits release " + v.target, packument: p, held: c.Held, fit: c.Fit}
	if c.AgeUnknown {
		got.warning = fmt.Sprintf("the registry does not say how old %s %s is, and this repository takes none younger than %s", name, got.version, v.gate.Min)
	}
	return got, nil
}

// pickPinned is the version that a person asked for: a version, a range or a tag.
func (v *versions) pickPinned(ctx context.Context, name string, pin npmver.Specifier) (picked, error) {
	p, err := v.packument(ctx, name)
	if err != nil {
		return picked{}, err
	}
	got := picked{name: name, why: "the version that was asked for", packument: p}
	switch text := pin.String(); {
	case p.Versions[text] != nil:
		got.version, got.spec = text, text
	case p.DistTags[text] != "":
		got.version, got.why = p.DistTags[text], "the version tagged "+text
	case pin.Kind() == npmver.Ranged:
		narrowed := &npm.Packument{Name: p.Name, DistTags: p.DistTags, Versions: map[string]*npm.Version{}, Time: p.Time}
		for number, version := range p.Versions {
			if npmver.Satisfies(number, text) {
				narrowed.Versions[number] = version
			}
		}
		if c := npm.Choose(narrowed, npm.Needs{Release: v.has}); c.Version != nil {
			got.version, got.why = c.Version.Version, "the newest version in "+text+" that fits release "+v.target
		} else if sorted := narrowed.Sorted(); len(sorted) > 0 {
			got.version, got.why = sorted[len(sorted)-1].Version, "the newest version in "+text
		}
		got.spec = text
	}
	version := p.Versions[got.version]
	if version == nil {
		return picked{}, v.noSuchVersion(p, pin)
	}
	got.fit = npm.FitOf(version, v.has)
	if len(got.fit.Newer) > 0 {
		n := got.fit.Newer[0]
		got.warning = fmt.Sprintf("%s %s needs %s %s, and release %s has %s", name, got.version, n.Name, n.Range, v.target, n.Release)
	}
	return got, nil
}

// noSuchVersion says what versions there are.
func (v *versions) noSuchVersion(p *npm.Packument, pin npmver.Specifier) error {
	d := diag.Errorf("no-version", "there is no version %s of %s", pin, p.Name)
	var newest []string
	for _, version := range slices.Backward(p.Sorted()) {
		if len(newest) < 5 {
			newest = append(newest, version.Version)
		}
	}
	d.Detail = "The newest versions are " + strings.Join(newest, ", ") + "; the tags are " + strings.Join(slices.Sorted(maps.Keys(p.DistTags)), ", ") + "."
	d.Manual = "Name one of them, or none: then batten chooses the newest that fits."
	return d
}

// noVersion says why no version fits, which release the newest one would fit, and which version
// comes nearest.
func (v *versions) noVersion(p *npm.Packument, held []npm.Held) error {
	d := diag.Errorf("no-version", "no version of %s fits release %s", p.Name, v.target)
	for i, h := range held {
		if i == 3 {
			d.Detail += fmt.Sprintf("and %d more\n", len(held)-3)
			break
		}
		d.Detail += fmt.Sprintf("%s: %s\n", h.Version, h.Why)
	}
	d.Detail = strings.TrimRight(d.Detail, "\n")
	if len(held) == 0 {
		d.Detail = "It has pre-releases alone."
		if latest := p.DistTags["latest"]; latest != "" {
			d.Manual = fmt.Sprintf("Take one by its number: `batten add %s@%s`.", p.Name, latest)
		}
		return d
	}
	if i := slices.IndexFunc(held, func(h npm.Held) bool { return h.Young }); i >= 0 {
		d.Manual = fmt.Sprintf("Wait until %s is old enough, or add %s to npmPreapprovedPackages in .yarnrc.yml.", held[i].Version, p.Name)
		return d
	}
	for _, h := range held {
		if release := v.releaseFor(p.Versions[h.Version]); release != "" {
			d.Manual = fmt.Sprintf("Move the app to release %s first, the first that %s %s fits", release, p.Name, h.Version)
			break
		}
	}
	least := held[len(held)-1].Version
	if d.Manual == "" {
		d.Manual = "Move the app to a newer release first"
	}
	d.Manual += fmt.Sprintf("; or name a version to have it all the same: `batten add %s@%s` takes the one that asks for the least.", p.Name, least)
	return d
}

// releaseFor is the first main release after the target that a version fits; "" if the binary
// knows of none.
func (v *versions) releaseFor(version *npm.Version) string {
	target, err := npmver.ParseVersion(v.target)
	if err != nil || version == nil {
		return ""
	}
	for _, release := range manifest.Releases() {
		n, err := npmver.ParseVersion(release)
		if err != nil || manifest.IsNext(release) || n.Compare(target) <= 0 {
			continue
		}
		if m, ok := manifest.Lookup(release); ok && len(npm.FitOf(version, m.Version).Newer) == 0 {
			return release
		}
	}
	return ""
}

// choose is install.Options.Version.
func (v *versions) choose(ctx context.Context, d install.Dependency) (install.Choice, error) {
	name := d.Package.Name
	got, err := v.pick(ctx, name)
	if err != nil && v.offline {
		if version, ok := d.Package.Known(v.target); ok {
			got, err = picked{name: name, version: version, why: "the version recorded with the recipe, as npm is not asked (--offline)"}, nil
		}
	}
	switch gone := npm.Is(err, npm.NotFound) || err != nil && v.offline; {
	case gone && ours(name) && v.release != nil:
		e := diag.Errorf("not-in-release", "%s is not part of Backstage %s", name, v.release.Release)
		e.Manual = "Move the app to a release that has it."
		return install.Choice{}, e
	case gone && v.offline:
		e := diag.Errorf("no-version", "no version of %s that fits release %s is recorded, and npm is not asked", name, v.target)
		e.Manual = "Run again without --offline."
		return install.Choice{}, e
	case err != nil:
		return install.Choice{}, unreachable(err)
	}
	if got.ofRelease && v.yarnPlugin {
		return install.Choice{Spec: "backstage:^", Why: name + ": the version of the app's release, which the Backstage plugin of yarn looks up"}, nil
	}
	alike := func(other string) bool { return ours(name) == ours(other) && !strings.HasPrefix(other, "@types/") }
	choice := install.Choice{Spec: got.spec, Why: fmt.Sprintf("%s %s: %s", name, got.version, got.why), Warning: got.warning}
	if choice.Spec == "" {
		choice.Spec = styleOf(d.In, alike).Range(got.version)
	}
	if len(got.held) > 0 {
		choice.Why += fmt.Sprintf(" (%s: %s)", got.held[0].Version, got.held[0].Why)
	}
	if len(got.fit.Older) > 0 {
		o := got.fit.Older[0]
		choice.Why += fmt.Sprintf("; brings %s %s beside the release's %s", o.Name, o.Range, o.Release)
	}
	return choice, nil
}

// unreachable says what a registry did not give, and what to do about it. Without an answer, it
// is the same for all packages, and said once.
func unreachable(err error) error {
	var e *npm.Error
	if !errors.As(err, &e) {
		return err
	}
	about := *e
	about.Next = ""
	summary := about.Error()
	if e.Problem == npm.Network || e.Problem == npm.NoRegistry {
		summary = strings.TrimPrefix(summary, "npm package "+e.Package+": ")
	}
	d := diag.Errorf("registry", "%s", summary)
	next := "mend the connection or the registry's settings"
	if e.Next != "" {
		next = e.Next
	}
	if !strings.Contains(next, "--offline") && slices.Contains([]npm.Problem{npm.Network, npm.NoRegistry, npm.BadAnswer}, e.Problem) {
		next += ", or run again with --offline for the versions recorded with the recipe"
	}
	d.Manual = strings.ToUpper(next[:1]) + next[1:] + "."
	return d
}

// styleOf is how most of the dependencies whose names ok accepts are written; a caret if there is
// no majority.
func styleOf(p *workspace.Package, ok func(string) bool) npmver.Style {
	count := map[npmver.Style]int{}
	for _, d := range p.Deps {
		if ok(d.Name) {
			count[npmver.ParseSpecifier(d.Spec).Style()]++
		}
	}
	best := npmver.CaretStyle
	for _, s := range []npmver.Style{npmver.TildeStyle, npmver.ExactStyle} {
		if count[s] > count[best] {
			best = s
		}
	}
	return best
}
