package cli

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/registry/recipe"
)

// installed finds the recipes of plugins that are to be taken out. What the app depends on
// counts, and is read from node_modules where it is; npm is asked for what is not there.
func (r *resolver) installed(ctx context.Context, names []string) ([]recipe.Recipe, error) {
	var recipes []recipe.Recipe
	var unknown diag.List
	for _, text := range names {
		w, err := wantedFrom(text)
		if err != nil {
			return nil, &usageError{"batten remove", err}
		}
		found, ok, err := r.oneInstalled(ctx, w)
		switch {
		case err != nil:
			return nil, err
		case !ok:
			unknown = append(unknown, r.notInstalled(w.name))
		case !slices.ContainsFunc(recipes, func(other recipe.Recipe) bool { return other.ID == found.ID }):
			recipes = append(recipes, found)
		}
	}
	return recipes, unknown.Err()
}

func (r *resolver) oneInstalled(ctx context.Context, w wanted) (recipe.Recipe, bool, error) {
	var over recipe.Recipe
	for _, find := range []func(string) (recipe.Recipe, bool){
		func(name string) (recipe.Recipe, bool) { return recipe.Find(r.local, name) },
		recipe.Lookup,
	} {
		found, ok := find(w.name)
		if ok && !found.Derived {
			return found, true, nil
		}
		if ok && over.ID == "" {
			over = found
		}
	}
	parts := r.parts(w.name, over)
	switch {
	case len(parts) == 0 && over.ID == "":
		return recipe.Recipe{}, false, nil
	case len(parts) == 0:
		// Nothing of it is there, and what it would share with others is theirs.
		only := recipe.Package{Name: over.Plugin, Role: recipe.Common, In: recipe.InApp}
		return recipe.Recipe{ID: over.ID, Title: over.Title, Source: over.Source, Packages: []recipe.Package{only}}, true, nil
	}
	got, err := r.derive(ctx, parts[0])
	if ctx.Err() != nil {
		return recipe.Recipe{}, false, err
	}
	found := got.recipe
	if err != nil {
		r.detail("%s: %v", parts[0], err)
		r.stays = append(r.stays, "the packages of "+parts[0]+" could not be read, so configuration that they alone tell of stays")
		found = recipe.Recipe{ID: baseName(parts[0]), Title: parts[0], Source: "package.json"}
		if over.ID != "" {
			found.ID, found.Title, found.Config, found.Env = over.ID, over.Title, over.Config, over.Env
		}
	}
	if over.ID != "" && err == nil {
		if merged, err := recipe.Merge(found, over, r.versions.target); err == nil {
			found = merged
		}
	}
	found, stay := onlyOwn(found, got.family, parts, over)
	for _, path := range stay {
		if file, ok := r.config(path...); ok {
			r.stays = append(r.stays, fmt.Sprintf("%s: %s stays, as other plugins may read it", file, strings.Join(path, ".")))
		}
	}
	for _, name := range parts {
		if !slices.ContainsFunc(found.Packages, func(p recipe.Package) bool { return p.Name == name }) {
			found.Packages = append(found.Packages, recipe.Package{Name: name, Role: recipe.Common, In: r.where(name)})
		}
	}
	return found, true, nil
}

// parts are the packages of a plugin that the workspace depends on: the one named, or the
// frontend, first.
func (r *resolver) parts(name string, over recipe.Recipe) []string {
	deps := slices.Sorted(maps.Keys(r.deps))
	isPart := func(dep string) bool {
		switch {
		case dep == name || over.Plugin != "" && dep == over.Plugin:
			return true
		case !looksLikePlugin(dep, nil):
			return false
		case strings.Contains(name, "/"):
			return sameScope(dep, name) && baseName(dep) == baseName(name) && !strings.Contains(name, "-module-") && !strings.Contains(dep, "-module-")
		}
		return shortName(dep) == name || baseName(dep) == name && !strings.Contains(dep, "-module-")
	}
	var parts []string
	for _, dep := range deps {
		if isPart(dep) {
			parts = append(parts, dep)
		}
	}
	slices.SortStableFunc(parts, func(a, b string) int { return len(a) - len(b) })
	if i := slices.Index(parts, name); i > 0 {
		parts = slices.Insert(slices.Delete(parts, i, i+1), 0, name)
	}
	return parts
}

func sameScope(a, b string) bool {
	a, _, _ = strings.Cut(a, "/")
	b, _, _ = strings.Cut(b, "/")
	return a == b
}

// where is the workspace that a dependency is in, as recipes have it.
func (r *resolver) where(name string) recipe.Workspace {
	if r.inBackend[name] {
		return recipe.InBackend
	}
	return recipe.InApp
}

func (r *resolver) notInstalled(name string) *diag.Diagnostic {
	d := diag.Errorf("unknown-plugin", "the repository has no plugin %q", name)
	var near []string
	for _, dep := range slices.Sorted(maps.Keys(r.deps)) {
		if short := shortName(dep); looksLikePlugin(dep, nil) && !strings.HasPrefix(dep, "@backstage/") && (strings.Contains(short, name) || strings.Contains(name, baseName(dep))) {
			near = append(near, dep)
		}
	}
	near = append(near, recipe.Closest(name)...)
	if len(near) > 0 {
		d.Manual = "Did you mean " + strings.Join(near, " or ") + "? "
	}
	d.Manual += "`batten list` shows what is installed."
	return d
}

// nodeModules finds packages where the package manager put them.
func nodeModules(root string, dirs []string) func(name string) (fs.FS, bool) {
	return func(name string) (fs.FS, bool) {
		for _, dir := range dirs {
			at := filepath.Join(root, filepath.FromSlash(dir), "node_modules", filepath.FromSlash(name))
			if info, err := os.Stat(filepath.Join(at, "package.json")); err == nil && info.Mode().IsRegular() {
				return os.DirFS(at), true
			}
		}
		return nil, false
	}
}
