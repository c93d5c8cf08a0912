package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/lockfile"
	"github.com/batten-dev/batten/registry/npmver"
)

const codeLockfile = "BP008"

// overrides are the resolutions of the root that are about a name alone.
func (r *Repo) overrides() map[string]string {
	all := map[string]string{}
	for m := range r.Workspace.Root.Doc.Root().Get("resolutions").Members() {
		name := strings.TrimPrefix(m.Name, "**/")
		if npmName.MatchString(name) {
			all[name] = m.Value.String()
		}
	}
	return all
}

// lockTree follows what the package.json files ask for through the lockfile; with what is there for
// development, or without.
func (r *Repo) lockTree(lock *lockfile.Lockfile, development bool) *lockfile.Tree {
	wants := map[string][]lockfile.Descriptor{}
	for _, p := range r.AllPackages() {
		for _, d := range p.Deps {
			if d.Field != "peerDependencies" && (development || d.Field != "devDependencies") {
				wants[p.Dir] = append(wants[p.Dir], lockfile.Descriptor{Name: d.Name, Range: d.Spec})
			}
		}
	}
	return lock.Predict(lockfile.Change{Wants: wants, Resolutions: r.overrides()})
}

// duplicateSingletons finds packages in the lockfile that must be there once.
func duplicateSingletons(r *Repo) []Finding {
	lock := r.Lockfile()
	if lock == nil {
		return nil
	}
	once := func(name string) bool { _, ok := lockfile.Once(name); return ok }
	shipped := map[string]bool{}
	for _, d := range r.lockTree(lock, false).Duplicates(once) {
		shipped[d.Name] = len(copiesInApp(d)) > 1
	}
	newApp := slices.ContainsFunc(r.Workspace.Apps, func(a *workspace.App) bool { return a.System != workspace.Legacy })
	var out []Finding
	var lesser []string
	for _, d := range r.lockTree(lock, true).Duplicates(once) {
		rule, _ := lockfile.Once(d.Name)
		versions := copiesInApp(d)
		line := 0
		if len(versions) < 2 {
			continue
		}
		if !rule.Must || !shipped[d.Name] || !newApp && strings.HasPrefix(d.Name, "@backstage/frontend-") {
			lesser = append(lesser, d.Name)
			continue
		}
		for _, e := range lock.Of(d.Name) {
			if e.Version == versions[0] {
				line = e.Line
			}
		}
		f := Finding{File: "yarn.lock", Pos: text.Pos{Line: line, Column: 1}, key: d.Name}
		f.Summary = fmt.Sprintf("%s is there in %d versions: %s", d.Name, len(versions), strings.Join(versions, ", "))
		f.Detail = "It should be there once: " + rule.Why + "."
		f.Manual = d.Hint(lock.Format)
		if line == 0 {
			f.Pos = text.Pos{}
		}
		r.locateLine(&f)
		out = append(out, f)
	}
	if len(lesser) > 0 {
		f := r.whole("yarn.lock", "packages that should be there once are there in several versions: %s", strings.Join(lesser[:min(4, len(lesser))], ", "))
		if len(lesser) > 4 {
			f.Summary += fmt.Sprintf(", and %d more", len(lesser)-4)
		}
		f.note, f.key = true, "lesser"
		f.Manual = "Run `yarn dedupe`; what stays is asked for in ranges that have nothing in common."
		if lock.Format == lockfile.Classic {
			f.Manual = "Run `npx yarn-deduplicate`; what stays is asked for in ranges that have nothing in common."
		}
		out = append(out, f)
	}
	return out
}

// locateLine fills in the span and text of the line at Pos.
func (r *Repo) locateLine(f *Finding) {
	src := r.file(f.File)
	if src.err != nil || f.Pos.Line == 0 {
		return
	}
	start := src.index().Offset(f.Pos)
	end := start + len(strings.TrimRight(string(src.data[start:text.LineEnd(src.data, start)]), "\r\n"))
	f.Span = text.Span{Start: start, End: end}
	r.locate(f)
}

// copiesInApp are the versions of a package that may come into the app.
func copiesInApp(d lockfile.Duplicate) []string {
	var versions []string
	for _, c := range d.Copies {
		if inApp(c) && c.Locked {
			versions = append(versions, c.Version)
		}
	}
	return versions
}

// inApp reports whether a copy may come into the app: not one that only parts of yarn itself
// ask for.
func inApp(c lockfile.Copy) bool {
	for _, q := range c.Requests {
		if !strings.HasPrefix(q.By, "@yarnpkg/") {
			return true
		}
	}
	return false
}

// lockfileOutOfStep finds dependencies that the lockfile does not have.
func lockfileOutOfStep(r *Repo) []Finding {
	lock := r.Lockfile()
	if lock == nil {
		return nil
	}
	over := map[string]bool{}
	for m := range r.Workspace.Root.Doc.Root().Get("resolutions").Members() {
		over[lastName(m.Name)] = true
	}
	var out []Finding
	asked, absent := 0, 0
	for _, p := range r.AllPackages() {
		var missing []workspace.Dep
		for _, d := range p.Deps {
			if d.Field == "peerDependencies" || over[d.Name] || !lockable(r, d) {
				continue
			}
			if asked++; lock.Resolve(d.Name, d.Spec) == nil {
				missing = append(missing, d)
			}
		}
		absent += len(missing)
		for i, d := range missing {
			if i == 3 && len(missing) > 4 {
				f := r.at(p.File, d.Span, "the lockfile does not have %s %s, and %d more of this file", d.Name, d.Spec, len(missing)-i-1)
				f.key = "more"
				f.Manual = fmt.Sprintf("Run `%s install` and commit the lockfile.", r.Workspace.Manager.Name)
				out = append(out, f)
				break
			}
			f := r.at(p.File, d.Span, "the lockfile does not have %s %s", d.Name, d.Spec)
			f.key = d.Name
			f.Detail = "An install that must not change the lockfile, as in CI, fails."
			f.Manual = fmt.Sprintf("Run `%s install` and commit the lockfile.", r.Workspace.Manager.Name)
			out = append(out, f)
		}
	}
	if absent*2 > asked {
		// As create-app leaves it, with some versions to begin with.
		f := r.whole("yarn.lock", "the lockfile does not have most of what the package.json files ask for: yarn has not installed them yet")
		f.note, f.key = true, "new"
		f.Manual = fmt.Sprintf("Run `%s install` and commit the lockfile.", r.Workspace.Manager.Name)
		return []Finding{f}
	}
	return out
}

// lastName is the package that a key of resolutions is about: "c" of "a/**/c@npm:^1".
func lastName(key string) string {
	at := strings.LastIndex(key, "/")
	if at > 0 {
		if scope := strings.LastIndex(key[:at], "/"); strings.HasPrefix(key[scope+1:], "@") {
			at = scope
		}
	}
	if strings.HasPrefix(key, "@") && strings.Count(key, "/") == 1 {
		at = -1
	}
	name := key[at+1:]
	if i := strings.LastIndex(name, "@"); i > 0 {
		name = name[:i]
	}
	return name
}

// lockable reports whether a dependency is one that has an entry of its own under its range.
func lockable(r *Repo, d workspace.Dep) bool {
	if _, local := r.Workspace.Package(d.Name); local {
		return false
	}
	switch npmver.ParseSpecifier(d.Spec).Kind() {
	case npmver.Exact, npmver.Ranged, npmver.Alias, npmver.Backstage:
		return true
	}
	return false
}
