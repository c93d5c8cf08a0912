package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
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
	ws      *workspace.Workspace
	offline bool
	client  *npm.Client
	now     time.Time
	gate    workspace.AgeGate

	release    *manifest.Manifest // of the app's release, or of the one nearest to it
	releaseErr error              // why there is none
	warning    string             // why release may be wrong
}

func (f *factory) newVersions(root string, ws *workspace.Workspace) *versions {
	config, problems := npm.ConfigFrom(npm.UserPlaces(root))
	for _, err := range problems {
		f.detail("%v", err)
	}
	config.Offline = f.offline
	v := &versions{ws: ws, offline: f.offline, client: npm.New(config), now: time.Now(), gate: ws.AgeGate}
	if min, ok := workspace.ParseAge(os.Getenv(ageGateVariable)); ok && ws.Manager.Berry {
		v.gate.Min, v.gate.File = min, ageGateVariable
	}
	return v
}

// ageGateVariable is how yarn 2 and later lets the environment overrule npmMinimalAgeGate.
const ageGateVariable = "YARN_NPM_MINIMAL_AGE_GATE"

// ours are the packages that releases give versions to.
func ours(name string) bool { return strings.HasPrefix(name, "@backstage/") }

// prefetch asks npm for the packages of recipes, all at once, and reads the app's release. What
// goes wrong is said when the answer is needed.
func (v *versions) prefetch(ctx context.Context, recipes []recipe.Recipe) {
	var names []string // what the release has to say a version of
	var mu sync.Mutex
	var wait sync.WaitGroup
	for _, r := range recipes {
		for _, p := range r.Packages {
			switch {
			case !p.Covers(v.ws.Release.Version):
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

// packument is what the registry says of a package; with publish times, if their age counts.
func (v *versions) packument(ctx context.Context, name string) (*npm.Packument, error) {
	if v.gate.Min > 0 {
		return v.client.FullPackument(ctx, name)
	}
	return v.client.Packument(ctx, name)
}

// readRelease finds the manifest of the app's release: in the binary, else derived from npm,
// else that of the nearest release.
func (v *versions) readRelease(ctx context.Context, names []string) {
	release := v.ws.Release.Version
	if release == "" {
		d := diag.Errorf("unknown-release", "the Backstage release of this app is not known")
		d.Manual = "Write it into backstage.json at the root: {\"version\": \"" + manifest.Newest(true) + "\"}."
		v.releaseErr = d
		return
	}
	if m, ok := manifest.Lookup(release); ok {
		v.release = m
		return
	}
	var derived error
	if !v.offline {
		m, err := manifest.Derive(ctx, v.client, release, names...)
		if err == nil {
			v.release = m
			return
		}
		derived = err
	}
	nearest := manifest.Nearest(release)
	m, ok := manifest.Lookup(nearest)
	if !ok {
		v.releaseErr = manifest.Unknown(release)
		return
	}
	v.release = m
	v.warning = fmt.Sprintf("release %s is newer than this batten knows; versions are those of %s", release, nearest)
	if derived != nil {
		v.warning += fmt.Sprintf(", as npm cannot say: %v", derived)
	}
}

// choose is install.Options.Version.
func (v *versions) choose(ctx context.Context, d install.Dependency) (install.Choice, error) {
	if ours(d.Package.Name) {
		return v.ofRelease(d)
	}
	return v.ofNPM(ctx, d)
}

// ofRelease is the version that a package has in the app's release.
func (v *versions) ofRelease(d install.Dependency) (install.Choice, error) {
	if v.releaseErr != nil {
		return install.Choice{}, v.releaseErr
	}
	p, ok := v.release.Package(d.Package.Name)
	if !ok {
		e := diag.Errorf("not-in-release", "%s is not part of Backstage %s", d.Package.Name, v.release.Release)
		e.Manual = "Move the app to a release that has it."
		return install.Choice{}, e
	}
	if v.ws.YarnPlugin {
		return install.Choice{Spec: "backstage:^", Why: p.Name + ": the version of the app's release, which the Backstage plugin of yarn looks up"}, nil
	}
	choice := install.Choice{
		Spec:    styleOf(d.In, ours).Range(p.Version),
		Why:     fmt.Sprintf("%s %s: the version of release %s", p.Name, p.Version, v.release.Release),
		Warning: v.warning,
	}
	if p.Uncertain != "" && choice.Warning == "" {
		choice.Warning = fmt.Sprintf("%s %s may not be the version of release %s: %s", p.Name, p.Version, v.release.Release, p.Uncertain)
	}
	return choice, nil
}

// ofNPM is the newest version of another package that fits the app's release.
func (v *versions) ofNPM(ctx context.Context, d install.Dependency) (install.Choice, error) {
	name := d.Package.Name
	style := styleOf(d.In, func(name string) bool { return !ours(name) && !strings.HasPrefix(name, "@types/") })
	if v.offline {
		version, ok := d.Package.Known(v.ws.Release.Version)
		if !ok {
			e := diag.Errorf("no-version", "no version of %s that fits release %s is recorded", name, v.ws.Release.Version)
			e.Manual = "Run again without --offline."
			return install.Choice{}, e
		}
		return install.Choice{Spec: style.Range(version), Why: fmt.Sprintf("%s %s: the version recorded with the recipe, as npm is not asked (--offline)", name, version)}, nil
	}
	p, err := v.packument(ctx, name)
	if err != nil {
		return install.Choice{}, unreachable(err)
	}
	release := func(string) (string, bool) { return "", false }
	if v.release != nil {
		release = v.release.Version
	}
	needs := npm.Needs{Release: release, Now: v.now, MinAge: v.gate.Min}
	if v.gate.Exempts(name, "") {
		needs.MinAge = 0
	}
	c := npm.Choose(p, needs)
	if c.Version == nil {
		e := diag.Errorf("no-version", "no version of %s fits release %s", name, v.ws.Release.Version)
		for i, h := range c.Held {
			if i == 3 {
				break
			}
			e.Detail += fmt.Sprintf("%s: %s\n", h.Version, h.Why)
		}
		e.Detail = strings.TrimRight(e.Detail, "\n")
		e.Manual = "Move the app to a newer release first."
		return install.Choice{}, e
	}
	choice := install.Choice{Spec: style.Range(c.Version.Version), Why: fmt.Sprintf("%s %s: the newest version that fits release %s", name, c.Version.Version, v.ws.Release.Version)}
	if len(c.Held) > 0 {
		choice.Why += fmt.Sprintf(" (%s: %s)", c.Held[0].Version, c.Held[0].Why)
	}
	if len(c.Fit.Older) > 0 {
		o := c.Fit.Older[0]
		choice.Why += fmt.Sprintf("; brings %s %s beside the release's %s", o.Name, o.Range, o.Release)
	}
	if c.AgeUnknown {
		choice.Warning = fmt.Sprintf("the registry does not say how old %s %s is, and this repository takes none younger than %s", name, c.Version.Version, v.gate.Min)
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
	if !strings.Contains(next, "--offline") {
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
