package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npmver"
	"github.com/batten-dev/batten/registry/recipe"
)

// resolver finds the recipe of what a person names: the repository's own, else a curated one,
// else one derived from the published packages; a recipe that is an overlay is completed by
// what is derived.
type resolver struct {
	*factory
	versions *versions
	shelf    *shelf
	local    []recipe.Recipe
	systems  []recipe.System   // of the app and the backend
	deps     map[string]string // of the workspace's packages

	inBackend map[string]bool // what backends depend on
	config    func(path ...string) (file string, ok bool)
	stays     []string // what a plugin to remove leaves, one clause each

	with, without []string          // pieces to hang, and to leave out
	known         map[string]bool   // those of them that there are
	ways          map[string]string // how plugins are to hang, by the recipe's id
}

// newResolver resolves names for a repository; for none if ws is nil.
func (f *factory) newResolver(root string, fsys fs.FS, ws *workspace.Workspace) *resolver {
	v := f.newVersions(root, ws)
	r := &resolver{factory: f, versions: v, shelf: newShelf(f, v), local: f.localRecipes(fsys), inBackend: map[string]bool{}, known: map[string]bool{}}
	if ws != nil {
		r.deps, r.config = dependencies(ws), ws.ConfigHas
		for _, b := range ws.Backends {
			for _, d := range b.Deps {
				r.inBackend[d.Name] = true
			}
		}
	}
	return r
}

// all resolves the plugins that a person names, and those that they require and that are
// missing, these first.
func (r *resolver) all(ctx context.Context, names []string) ([]resolution, error) {
	var out []resolution
	var failed diag.List
	all := make([]wanted, len(names))
	for i, name := range names {
		w, err := wantedFrom(name)
		if err != nil {
			return nil, &usageError{"batten add", err}
		}
		if all[i] = w; w.full() {
			r.pin(w, w.name) // also where another of the names comes to the package
		}
	}
	for _, w := range all {
		var err error
		if out, err = r.withRequired(ctx, w, "", out, 0); err != nil {
			found := diag.Of(err)
			if found == nil {
				return nil, err
			}
			failed = append(failed, found...)
		}
	}
	if err := failed.Err(); err != nil {
		return nil, err
	}
	return out, r.unknownPieces(out)
}

const maxRequired = 8 // how long a chain of requirements may be

// withRequired adds the resolution of a plugin to those before it, and before it what it
// requires.
func (r *resolver) withRequired(ctx context.Context, w wanted, forced string, before []resolution, depth int) ([]resolution, error) {
	if slices.ContainsFunc(before, func(b resolution) bool { return b.asked == w.name }) {
		return before, nil
	}
	got, err := r.one(ctx, w)
	if err != nil {
		return before, err
	}
	if got.derived == nil {
		got.recipe = r.leaveOut(got.recipe)
	}
	got.recipe = preferred(got.recipe, r.ways[got.recipe.ID])
	got.forced = forced
	if slices.ContainsFunc(before, func(b resolution) bool { return b.recipe.ID == got.recipe.ID }) {
		return before, nil
	}
	for _, q := range got.recipe.Requires {
		if !q.Covers(r.versions.target) || !r.concerns(q.Systems) || r.deps[q.Package] != "" || depth == maxRequired || hasPackage(append(before, got), q.Package) {
			continue
		}
		name := q.Plugin
		if name == "" {
			name = q.Package
		}
		more, err := r.withRequired(ctx, wanted{text: name, name: name}, got.recipe.Title+" needs it: "+q.Why, before, depth+1)
		if err != nil {
			for _, d := range diag.Of(err) {
				d.Summary = got.recipe.Title + " needs " + name + ": " + d.Summary
			}
			return before, err
		}
		before = more
	}
	return append(before, got), nil
}

func hasPackage(all []resolution, name string) bool {
	return slices.ContainsFunc(all, func(r resolution) bool {
		return slices.ContainsFunc(r.recipe.Packages, func(p recipe.Package) bool { return p.Name == name })
	})
}

func (r *resolver) concerns(systems []recipe.System) bool {
	return len(systems) == 0 || len(r.systems) == 0 || slices.ContainsFunc(systems, func(s recipe.System) bool { return slices.Contains(r.systems, s) })
}

// one resolves one name.
func (r *resolver) one(ctx context.Context, w wanted) (resolution, error) {
	for _, find := range []func(string) (recipe.Recipe, bool){
		func(name string) (recipe.Recipe, bool) { return recipe.Find(r.local, name) },
		recipe.Lookup,
	} {
		found, ok := find(w.name)
		if !ok {
			continue
		}
		got := resolution{asked: w.name, recipe: found}
		if found.Derived {
			return r.overlaid(ctx, w, found)
		}
		r.pin(w, mainPackage(found, w.name, r.versions.target))
		if to := successor(found, w.name, r.versions.target); to != "" {
			said := moved(w.name, to)
			if since := sinceOf(found, w.name); since != "" && npmver.Satisfies(r.versions.target, "<"+since) {
				said.Summary = fmt.Sprintf("%s is for release %s and later; at release %s it is %s, and that is what is taken", w.name, since, r.versions.target, to)
			}
			got.says = append(got.says, said)
		}
		return got, nil
	}
	name, others, err := r.packageOf(ctx, w)
	if err != nil {
		return resolution{}, err
	}
	r.pin(w, name)
	got, err := r.derive(ctx, name)
	if err != nil {
		return resolution{}, r.explain(ctx, w, name, err)
	}
	got.asked, got.others = w.name, others
	if name != w.name {
		for _, find := range []func(string) (recipe.Recipe, bool){func(name string) (recipe.Recipe, bool) { return recipe.Find(r.local, name) }, recipe.Lookup} {
			if over, ok := find(name); ok && !over.Derived {
				return resolution{asked: w.name, recipe: over, others: others}, nil
			}
		}
	}
	return got, nil
}

// overlaid is an overlay, completed by what is derived.
func (r *resolver) overlaid(ctx context.Context, w wanted, over recipe.Recipe) (resolution, error) {
	pinned := over.Plugin
	if w.full() {
		pinned = w.name
	}
	r.pin(w, pinned)
	got, err := r.derive(ctx, over.Plugin)
	if err != nil {
		return resolution{}, r.explain(ctx, w, over.Plugin, err)
	}
	got.asked = w.name
	got.recipe, err = recipe.Merge(got.recipe, over, r.versions.target)
	if err != nil {
		d := diag.Errorf("bad-recipe", "the recipe for %s does not fit what the packages have now", over.ID)
		d.Detail = err.Error()
		d.Manual = "If it is the repository's own recipe, mend it; else write to batten's maintainers."
		return resolution{}, d
	}
	return got, nil
}

// pin keeps the version that a person asked for.
func (r *resolver) pin(w wanted, name string) {
	if w.spec != "" && name != "" {
		r.versions.pins[name] = npmver.ParseSpecifier(w.spec)
	}
}

// mainPackage is the package of a recipe that a version in a plugin's name is about.
func mainPackage(found recipe.Recipe, name, release string) string {
	best := ""
	for _, p := range found.Packages {
		switch {
		case p.Name == name:
			return name
		case !p.Covers(release) || p.Role == recipe.Common:
		case best == "" || p.Role == recipe.Frontend:
			best = p.Name
		}
	}
	return best
}

// successor is the package that stands for one of a recipe's packages at a release; "" if that
// one itself does.
func successor(found recipe.Recipe, name, release string) string {
	i := slices.IndexFunc(found.Packages, func(p recipe.Package) bool { return p.Name == name })
	if i < 0 || found.Packages[i].Covers(release) {
		return ""
	}
	for _, p := range found.Packages {
		if p.Covers(release) && p.Role == found.Packages[i].Role && p.In == found.Packages[i].In && p.Name != name {
			return p.Name
		}
	}
	return ""
}

// sinceOf is the first release that a package of a recipe is for; "" for any.
func sinceOf(found recipe.Recipe, name string) string {
	for _, p := range found.Packages {
		if p.Name == name {
			return p.Since
		}
	}
	return ""
}

func moved(from, to string) *diag.Diagnostic {
	return &diag.Diagnostic{Severity: diag.Note, Code: "moved-package", Summary: fmt.Sprintf("%s is %s now, and that is what is taken", from, to)}
}

// packageOf is the npm package that a name stands for, and others that it could have meant.
func (r *resolver) packageOf(ctx context.Context, w wanted) (name string, others []string, err error) {
	if w.full() {
		return w.name, nil, nil
	}
	r.io.Progress("looking for " + w.name)
	defer r.io.Progress("")
	r.versions.readReleaseFor(ctx, w.name)
	shorts := slices.Compact([]string{w.name, strings.ReplaceAll(w.name, "-", "")})
	for _, short := range shorts {
		found, err := r.existing(ctx, append(usualNames(short), w.name))
		if err != nil {
			for _, d := range diag.Of(err) {
				if near := recipe.Closest(w.name); len(near) > 0 {
					d.Manual = "Did you mean " + strings.Join(near, " or ") + "? Else: " + d.Manual
				}
			}
			return "", nil, err
		}
		if len(found) > 0 {
			return found[0], found[1:], nil
		}
	}
	if r.offline {
		d := unknownPlugin(w.name, nil)
		d.Summary = fmt.Sprintf("there is no recipe for a plugin %q, and npm is not asked (--offline)", w.name)
		return "", nil, d
	}
	found, searchErr := r.versions.client.Search(ctx, "backstage "+w.name, 20)
	if searchErr != nil && len(recipe.Closest(w.name)) == 0 && r.exists(ctx, w.name) {
		return w.name, nil, nil // it is what it says of itself
	}
	var near []string
	for _, f := range found {
		if !looksLikePlugin(f.Name, f.Keywords) {
			continue
		}
		if strings.EqualFold(shortName(f.Name), w.name) {
			return f.Name, nil, nil
		}
		near = append(near, f.Name)
	}
	return "", nil, unknownPlugin(w.name, near)
}

func (r *resolver) exists(ctx context.Context, name string) bool {
	_, err := r.versions.packument(ctx, name)
	return err == nil
}

// existing are those of some packages that there are and that look like plugins, one for each plugin, those
// that are not deprecated first.
func (r *resolver) existing(ctx context.Context, names []string) ([]string, error) {
	packuments := make([]*npm.Packument, len(names))
	errs := make([]error, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() { packuments[i], errs[i] = r.versions.packument(ctx, name) })
	}
	wait.Wait()
	var current, deprecated []string
	for i, p := range packuments {
		name := names[i]
		// A package of Backstage's own that is in no release any more was given to others.
		gone := ours(name) && r.versions.release != nil && !inRelease(r.versions.release, name)
		taken := slices.Contains(current, strings.TrimSuffix(name, "-backend")) || slices.Contains(deprecated, strings.TrimSuffix(name, "-backend"))
		switch {
		case p == nil || taken || slices.Contains(current, name) || !looksLikePlugin(name, nil):
		case isDeprecated(p), gone:
			deprecated = append(deprecated, name)
		default:
			current = append(current, name)
		}
	}
	if len(current)+len(deprecated) > 0 {
		return append(current, deprecated...), nil
	}
	for _, err := range errs {
		if err != nil && !r.offline && !npm.Is(err, npm.NotFound) && !npm.Is(err, npm.Unauthorized) && !npm.Is(err, npm.Offline) && !npm.Is(err, npm.BadName) {
			return nil, unreachable(err)
		}
	}
	return nil, nil
}

func inRelease(m *manifest.Manifest, name string) bool {
	_, ok := m.Version(name)
	return ok
}

func isDeprecated(p *npm.Packument) bool {
	v := p.Versions[p.DistTags["latest"]]
	return v != nil && (v.Deprecated != "" || v.Backstage.Moved != "")
}

// unknownPlugin says that a name is that of no plugin, and which are near.
func unknownPlugin(name string, near []string) *diag.Diagnostic {
	d := diag.Errorf("unknown-plugin", "there is no plugin %q: no recipe, and no npm package of a name that plugins usually have", name)
	if near = append(recipe.Closest(name), near[:min(len(near), 5)]...); len(near) > 0 {
		d.Manual = "Did you mean " + strings.Join(near, " or ") + "? "
	}
	d.Manual += "Look for it with `batten search " + name + "`, or give the whole name of its npm package."
	return d
}

const maxMoves = 4 // how often a package may have moved

// derive reads the recipe of the plugin that a package belongs to. Where a package has moved,
// it goes there.
func (r *resolver) derive(ctx context.Context, name string) (resolution, error) {
	var got resolution
	r.versions.readReleaseFor(ctx, name)
	defer r.io.Progress("")
	for range maxMoves {
		family, err := derive.FamilyOf(ctx, name, r.shelf.get)
		var to *derive.Moved
		switch {
		case errors.As(err, &to) && len(got.says) < maxMoves-1:
			if _, err := r.shelf.get(ctx, to.To); err != nil {
				if diag.Of(err) == nil && !npm.Is(err, npm.NotFound) {
					return got, err
				}
				r.shelf.stay[name] = true
				got.says = append(got.says, &diag.Diagnostic{Severity: diag.Warning, Code: "moved-package",
					Summary: fmt.Sprintf("%s is %s now, but no version of that fits release %s, so the old package is taken", name, to.To, r.versions.target)})
				continue
			}
			got.says = append(got.says, moved(name, to.To))
			name = to.To
			continue
		case err != nil:
			return got, err
		}
		return r.read(family, got)
	}
	return got, diag.Errorf("moved-package", "%s has moved too often to follow it", name)
}

// read derives the recipe of a family.
func (r *resolver) read(family *derive.Family, got resolution) (resolution, error) {
	derived, err := derive.Recipe(family)
	if err != nil {
		return got, err
	}
	names := pieces(derived.Recipe, derived.Extensions)
	if with, without := r.chosen(r.with, names), r.chosen(r.without, names); len(with)+len(without) > 0 {
		if derived, err = derive.Recipe(family, derive.With(with...), derive.Without(without...)); err != nil {
			return got, err
		}
	}
	for _, m := range family.Members {
		if why := r.shelf.instead[m.Name]; why != "" {
			got.says = append(got.says, &diag.Diagnostic{Severity: diag.Warning, Code: "other-version", Summary: why})
		}
		if m.Deprecated != "" {
			got.says = append(got.says, &diag.Diagnostic{Severity: diag.Warning, Code: "deprecated-package",
				Summary: fmt.Sprintf("%s %s is deprecated: %s", m.Name, m.Version, m.Deprecated)})
		}
	}
	for _, m := range family.Missing {
		got.says = append(got.says, &diag.Diagnostic{Severity: diag.Warning, Code: "missing-package",
			Summary: fmt.Sprintf("%s is not to be had, though %s; without it a part of the plugin is missing", m.Name, m.Why)})
	}
	derived.Choices = slices.DeleteFunc(derived.Choices, func(c derive.Choice) bool { return c.System != "" && !r.concerns([]recipe.System{c.System}) })
	got.family, got.derived, got.recipe = family, derived, derived.Recipe
	r.backendAlone(&got)
	return got, nil
}

// backendAlone lets a backend be added by its name where the app's frontend system is one that
// the plugin does not support.
func (r *resolver) backendAlone(got *resolution) {
	backend := slices.ContainsFunc(got.family.Members, func(m derive.Member) bool {
		return m.Name == got.family.Named && m.Role == derive.BackendPlugin
	})
	if !backend || len(got.recipe.Backend) == 0 {
		return
	}
	got.recipe.Unsupported = slices.DeleteFunc(slices.Clone(got.recipe.Unsupported), func(u recipe.Unsupported) bool {
		frontend := u.System == recipe.LegacyFrontend || u.System == recipe.NewFrontend
		if frontend && slices.Contains(r.systems, u.System) {
			got.says = append(got.says, &diag.Diagnostic{Severity: diag.Warning, Code: "backend-alone",
				Summary: got.family.Named + " is added without a frontend: " + strings.TrimSuffix(u.Reason, ".")})
		}
		return frontend
	})
}

// explain says of a package that cannot be had what to do.
func (r *resolver) explain(ctx context.Context, w wanted, name string, err error) error {
	if npm.Is(err, npm.NotFound) && w.full() && name == w.name {
		said := unreachable(err)
		for _, d := range diag.Of(said) {
			d.Code = "unknown-plugin"
			d.Manual += "\nOr look for it: `batten search " + baseName(name) + "`."
		}
		return said
	}
	if npm.Is(err, npm.Offline) {
		d := diag.Errorf("offline", "%s was not read before, so batten cannot know offline what it needs", name)
		d.Manual = "Run again without --offline."
		return d
	}
	if diag.Of(err) != nil || ctx.Err() != nil {
		return err
	}
	return unreachable(err)
}

// systemsOf are the systems that the app and the backend in these folders are made with; of the
// workspace's first ones where none is named.
func systemsOf(ws *workspace.Workspace, app, backend string) []recipe.System {
	var out []recipe.System
	for i, a := range ws.Apps {
		if a.Dir != app && (app != "" || i > 0) {
			continue
		}
		switch a.System {
		case workspace.Legacy:
			out = append(out, recipe.LegacyFrontend)
		case workspace.New, workspace.Hybrid:
			out = append(out, recipe.NewFrontend)
		}
	}
	for i, b := range ws.Backends {
		if b.Dir != backend && (backend != "" || i > 0) {
			continue
		}
		switch b.System {
		case workspace.Legacy:
			out = append(out, recipe.LegacyBackend)
		case workspace.New:
			out = append(out, recipe.NewBackend)
		}
	}
	return out
}
