package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/registry/lockfile"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npmver"
	"github.com/batten-dev/batten/registry/recipe"
)

// others finds out what an upgrade needs to know of the packages that the release does not have.
type others struct {
	versions *versions
	target   *manifest.Manifest
	found    map[string]lockstep.Other
	notes    []lockstep.Note
}

// outsiders asks npm about the packages of an app that the release does not have: those of
// Backstage that are gone or moved, and plugins of others. With --only backstage, the former alone.
func (opts *upgradeOptions) outsiders(ctx context.Context, v *versions, ws *workspace.Workspace, target *manifest.Manifest, lock *lockfile.Lockfile) (*others, error) {
	o := &others{versions: v, target: target, found: map[string]lockstep.Other{}}
	if opts.likeCLI {
		return o, nil
	}
	var ask, theirs []string
	for _, name := range lockstep.Outside(ws, target) {
		switch {
		case lockstep.Ours(name):
			ask = append(ask, name)
		case opts.only == "" && isBackstagePlugin(name, ws, lock):
			theirs = append(theirs, name)
		}
	}
	if opts.offline {
		for _, name := range ask {
			o.recorded(name)
		}
		if len(theirs) > 0 {
			o.notes = append(o.notes, lockstep.Note{Code: "offline", Summary: "npm is not asked (--offline), so plugins that are not part of Backstage stay as they are: " + some(theirs)})
		}
		return o, nil
	}
	ask = append(ask, theirs...)
	if len(ask) == 0 {
		return o, nil
	}
	return o, o.askAll(ctx, opts.factory, ask)
}

// recorded takes, for a package that moved, the version that is recorded with a recipe.
func (o *others) recorded(name string) {
	to, ok := lockstep.KnownMove(name)
	if !ok {
		return
	}
	for _, r := range recipe.Curated() {
		for _, p := range r.Packages {
			if version, known := p.Known(o.target.Release); p.Name == to && known {
				o.found[name] = lockstep.Other{Name: to, Version: version, Why: "The version is the one recorded with the recipe, as npm is not asked"}
				return
			}
		}
	}
}

// some lists names, not all of them if they are many.
func some(names []string) string {
	const most = 5
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// isBackstagePlugin says whether a package belongs to Backstage in some way: what the lockfile says that it
// depends on tells, else its name.
func isBackstagePlugin(name string, ws *workspace.Workspace, lock *lockfile.Lockfile) bool {
	if _, local := ws.Package(name); local || strings.HasPrefix(name, "@types/") {
		return false
	}
	if lock != nil {
		for _, e := range lock.Of(name) {
			for _, deps := range [][]lockfile.Descriptor{e.Dependencies, e.PeerDependencies} {
				if slices.ContainsFunc(deps, func(d lockfile.Descriptor) bool { return ours(d.Name) }) {
					return true
				}
			}
		}
	}
	return strings.Contains(name, "backstage") && !strings.Contains(name, "eslint")
}

// askAll asks about packages, several at a time. Where the registry does not answer at all, that
// is said once, and the packages stay as they are.
func (o *others) askAll(ctx context.Context, f *factory, names []string) error {
	const atOnce = 8
	var mu sync.Mutex
	var wait sync.WaitGroup
	var silent error
	done := 0
	free := make(chan struct{}, atOnce)
	for _, name := range names {
		free <- struct{}{}
		wait.Go(func() {
			defer func() { <-free }()
			mu.Lock()
			quiet := silent != nil
			mu.Unlock()
			if quiet { // who does not answer once does not answer the next time
				return
			}
			found, err := o.ask(ctx, name)
			mu.Lock()
			defer mu.Unlock()
			done++
			f.io.Progress(fmt.Sprintf("asking npm for versions that fit (%d of %d)", done, len(names)))
			switch {
			case npm.Is(err, npm.Network) || npm.Is(err, npm.NoRegistry) || npm.Is(err, npm.Unauthorized):
				silent = err
			case err != nil:
				o.found[name] = lockstep.Other{Why: whyNot(err)}
			default:
				o.found[name] = found
			}
		})
	}
	wait.Wait()
	f.io.Progress("")
	if err := ctx.Err(); err != nil {
		return err
	}
	if silent != nil {
		o.notes = append(o.notes, lockstep.Note{Code: "registry", Summary: "npm does not answer, so packages that are not part of the release stay as they are: " + whyNot(silent),
			Manual: "Mend the connection or the registry's settings and run it again, or use --offline."})
	}
	return nil
}

func whyNot(err error) string {
	var e *npm.Error
	if errors.As(err, &e) {
		about := *e
		about.Next = ""
		return strings.TrimPrefix(about.Error(), "npm package "+e.Package+": ")
	}
	return err.Error()
}

// movedForm finds the new name in a deprecation message that says that a package moved.
var movedForm = regexp.MustCompile(`(?i)\b(?:moved|migrated|renamed)\b.*?(@[a-z0-9._-]+/[a-z0-9._-]*[a-z0-9])`)

// ask decides about one package: whether it moved, and which version to take.
func (o *others) ask(ctx context.Context, name string) (lockstep.Other, error) {
	to, _ := lockstep.KnownMove(name)
	why := ""
	if to == "" {
		p, err := o.versions.client.FullPackument(ctx, name)
		if err != nil {
			return lockstep.Other{}, err
		}
		if to, why = movedTo(p); to == "" {
			return o.choose(p), nil
		}
	}
	if version, ok := o.target.Version(to); ok {
		return lockstep.Other{Name: to, Version: version, Why: why}, nil
	}
	p, err := o.versions.packument(ctx, to)
	if err != nil {
		return lockstep.Other{Name: to, Why: whyNot(err)}, nil
	}
	chosen := o.choose(p)
	chosen.Name = to
	if why != "" && chosen.Version != "" {
		chosen.Why = why
	}
	return chosen, nil
}

// movedTo is the name that a package has now, as its newest version says, and how it says so.
func movedTo(p *npm.Packument) (to, why string) {
	sorted := p.Sorted()
	if len(sorted) == 0 {
		return "", ""
	}
	newest := sorted[len(sorted)-1]
	if latest, ok := p.Versions[p.DistTags["latest"]]; ok {
		newest = latest
	}
	if moved := newest.Backstage.Moved; moved != "" && npm.ValidName(moved) && moved != p.Name {
		return moved, "Its newest version says so"
	}
	if m := movedForm.FindStringSubmatch(newest.Deprecated); m != nil && m[1] != p.Name {
		return m[1], "It is deprecated: " + strings.TrimSuffix(strings.TrimSpace(newest.Deprecated), ".")
	}
	return "", ""
}

// choose is the version of a package that fits the release.
func (o *others) choose(p *npm.Packument) lockstep.Other {
	needs := npm.Needs{Release: o.target.Version, Now: o.versions.now, MinAge: o.versions.gate.Min}
	if o.versions.gate.Exempts(p.Name, "") {
		needs.MinAge = 0
	}
	c := npm.Choose(p, needs)
	var other lockstep.Other
	if len(c.Held) > 0 {
		other.NotTaken = c.Held[0].Version
		other.Why = fmt.Sprintf("%s %s", c.Held[0].Version, c.Held[0].Why)
	}
	if c.Version == nil {
		if other.Why == "" {
			other.Why = "npm has no version that is not a pre-release"
		} else {
			other.Why = "no version fits Backstage " + o.target.Release + ": " + other.Why
		}
		return other
	}
	other.Version = c.Version.Version
	if len(c.Held) == 0 {
		other.Why = ""
	}
	if len(c.Fit.Older) > 0 {
		older := c.Fit.Older[0]
		if other.Why != "" {
			other.Why += "; "
		}
		other.Why += fmt.Sprintf("%s brings %s %s beside the release's %s", other.Version, older.Name, older.Range, older.Release)
	}
	return other
}

// known is lockstep.Policy.Other.
func (o *others) known(name string) (lockstep.Other, bool) {
	found, ok := o.found[name]
	return found, ok
}

// version is the version that a range will get that the lockfile does not have, as far as the plan
// knows.
func (o *others) version(d lockfile.Descriptor) string {
	if v, ok := o.target.Version(d.Name); ok {
		if spec := d.Spec(); strings.HasPrefix(spec, "backstage:") || npmver.Satisfies(v, spec) {
			return v
		}
		return ""
	}
	for name, other := range o.found {
		if cmp.Or(other.Name, name) == d.Name && npmver.Satisfies(other.Version, d.Spec()) {
			return other.Version
		}
	}
	return ""
}
