package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/registry/lockfile"
)

// readLockfile reads the app's yarn.lock; nil if it has none, or another package manager.
func readLockfile(ws *workspace.Workspace) (*lockfile.Lockfile, error) {
	const name = "yarn.lock"
	if ws.Lockfile != name {
		return nil, nil
	}
	src, err := fs.ReadFile(ws.FS, name)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(src)) == 0 { // as in a template
		return nil, nil
	}
	lock, err := lockfile.Parse(src)
	var bad *lockfile.Error
	if !errors.As(err, &bad) {
		return lock, err
	}
	d := diag.Errorf(string(bad.Problem), "%s", bad.Detail)
	d.File = name
	d.Pos.Line, d.Pos.Column = bad.Line, 1
	d.Manual = "Mend the file, or make it anew with `yarn install`, and run the command again."
	if bad.Problem == lockfile.Conflict {
		d.Manual = "Run `yarn install`: yarn mends the file itself. Then commit it."
	}
	return nil, d
}

// duplicate is a package that must be there once and is not.
type duplicate struct {
	Name   string          `json:"name"`
	Why    string          `json:"why"`    // it must be there once
	Must   bool            `json:"must"`   // the app may break with two versions
	Before []lockfile.Copy `json:"before"` // the versions that the lockfile has
	After  []lockfile.Copy `json:"after"`  // those that it will have; one if the upgrade mends it
	Dedupe bool            `json:"dedupe"` // all who ask for it would take the newest one
	Hint   string          `json:"hint,omitempty"`
}

// foresee says what the lockfile comes to: the packages that must be there once and are not, before
// the plan or after it; and in a note those that stay at a version newer than the release's.
func foresee(lock *lockfile.Lockfile, before, after *workspace.Workspace, o *others) ([]duplicate, []lockstep.Note) {
	once := func(name string) bool { _, ok := lockfile.Once(name); return ok }
	was := lock.Predict(lockfile.Change{Wants: wants(before), Resolutions: overridesOf(before)})
	will := lock.Predict(lockfile.Change{Wants: wants(after), Resolutions: overridesOf(after), Version: o.version, Dependencies: assumed(lock, o.target)})
	found := map[string]*duplicate{}
	var names []string
	for i, tree := range []*lockfile.Tree{was, will} {
		for _, d := range tree.Duplicates(once) {
			if len(inApp(d.Copies)) < 2 {
				continue
			}
			if found[d.Name] == nil {
				rule, _ := lockfile.Once(d.Name)
				found[d.Name] = &duplicate{Name: d.Name, Why: rule.Why, Must: rule.Must, Before: inApp(was.Copies(d.Name)), After: inApp(will.Copies(d.Name))}
				names = append(names, d.Name)
			}
			if i == 1 {
				found[d.Name].Hint, found[d.Name].Dedupe = d.Hint(lock.Format), len(d.Held) == 0
			}
		}
	}
	list := make([]duplicate, len(names))
	for i, name := range names {
		list[i] = *found[name]
	}
	return list, ahead(will, o.target)
}

// ahead names the packages of Backstage that will be newer than in the release, and the release
// that each is of: a caret lets them in.
func ahead(will *lockfile.Tree, target *manifest.Manifest) []lockstep.Note {
	var newer []string
	for _, p := range target.Packages() {
		copies := will.Copies(p.Name)
		if len(copies) == 0 {
			continue
		}
		top := copies[len(copies)-1].Version
		if !older(p.Version, top) {
			continue
		}
		of := ""
		if release, score := manifest.Infer(map[string]string{p.Name: top}); score == 1 {
			of = " of " + release
		}
		newer = append(newer, fmt.Sprintf("%s %s%s (not %s)", p.Name, top, of, p.Version))
	}
	if len(newer) == 0 {
		return nil
	}
	return []lockstep.Note{{Code: "ahead", File: "yarn.lock", Summary: "newer than Backstage " + target.Release + ", as carets let them in: " + some(newer),
		Manual: "Go to the newer release, or pin them in \"resolutions\" of the root's package.json."}}
}

// inApp are the copies that may come into the app: not those that only parts of yarn itself ask
// for, as the official CLI brings them.
func inApp(copies []lockfile.Copy) []lockfile.Copy {
	var in []lockfile.Copy
	for _, c := range copies {
		if slices.ContainsFunc(c.Requests, func(r lockfile.Request) bool { return !strings.HasPrefix(r.By, "@yarnpkg/") }) {
			in = append(in, c)
		}
	}
	return in
}

// wants are the dependencies of every package.json.
func wants(ws *workspace.Workspace) map[string][]lockfile.Descriptor {
	all := map[string][]lockfile.Descriptor{}
	for _, p := range append(ws.Packages[:len(ws.Packages):len(ws.Packages)], ws.Root) {
		for _, d := range p.Deps {
			if d.Field != "peerDependencies" {
				all[p.Dir] = append(all[p.Dir], lockfile.Descriptor{Name: d.Name, Range: d.Spec})
			}
		}
	}
	return all
}

// overridesOf are the resolutions of the root that are about a name alone.
func overridesOf(ws *workspace.Workspace) map[string]string {
	all := map[string]string{}
	for m := range ws.Root.Doc.Root().Get("resolutions").Members() {
		name := strings.TrimPrefix(m.Name, "**/")
		if npmName(name) {
			all[name] = m.Value.String()
		}
	}
	return all
}

func npmName(name string) bool {
	rest := name
	if strings.HasPrefix(name, "@") {
		_, after, ok := strings.Cut(name, "/")
		if !ok {
			return false
		}
		rest = after
	}
	return !strings.ContainsAny(rest, "/@*")
}

// assumed are the dependencies that a new version of a package likely has: those of the version in
// the lockfile, where packages of Backstage are asked for as the release has them.
func assumed(lock *lockfile.Lockfile, target *manifest.Manifest) func(name, version string) []lockfile.Descriptor {
	return func(name, _ string) []lockfile.Descriptor {
		entries := lock.Of(name)
		if len(entries) == 0 {
			return nil
		}
		var deps []lockfile.Descriptor
		for _, d := range entries[len(entries)-1].Dependencies {
			if v, ok := target.Version(d.Name); ok && lockstep.Ours(d.Name) {
				d.Range = "^" + v
			}
			deps = append(deps, d)
		}
		return deps
	}
}
