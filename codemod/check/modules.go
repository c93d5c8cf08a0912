package check

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/recipe"
)

// frontendModule reads the id of the plugin out of the name of a module for it: "techdocs" for
// "@backstage/plugin-techdocs-module-addons-contrib"; "" for any other name.
func frontendModule(name string) string {
	_, base, scoped := strings.Cut(name, "/")
	if !scoped {
		base = name
	}
	base = strings.TrimPrefix(base, "backstage-")
	base, ok := strings.CutPrefix(base, "plugin-")
	id, _, module := strings.Cut(base, "-module-")
	if !ok || !module || strings.HasSuffix(id, "-backend") {
		return ""
	}
	return id
}

// modulesWithoutFrontend finds modules for frontend plugins in apps that do not have the plugin.
func modulesWithoutFrontend(r *Repo) []Finding {
	var out []Finding
	for _, a := range r.Workspace.Apps {
		for _, d := range a.Deps {
			id := frontendModule(d.Name)
			// These two are part of every app.
			if id == "" || id == "app" || id == "analytics" || d.Field != "dependencies" || r.hasFrontend(a, id) {
				continue
			}
			if _, frontend, certain := r.side(a.Dir, d.Name); !frontend || !certain || a.System == workspace.Legacy && !r.mentioned(a.Package, d.Name) {
				continue
			}
			f := r.at(a.File, d.Span, "%s is a module of the plugin %s, which the app does not have", d.Name, id)
			f.key = d.Name
			f.Manual = fmt.Sprintf("Add the plugin with `batten add %s`, or remove the module.", id)
			out = append(out, f)
		}
	}
	return out
}

// hasFrontend reports whether an app may have the plugin with an id: if it, the root, or any
// package that comes with it has a name that fits, or a workspace says that it is the plugin.
func (r *Repo) hasFrontend(a *workspace.App, id string) bool {
	fits := func(name string) bool {
		return strings.HasSuffix(name, "plugin-"+id) || path.Base(name) == id || strings.HasSuffix(name, "plugin-"+id+"-frontend")
	}
	for _, p := range r.AllPackages() {
		if fits(p.Name) || p.PluginID == id && p.Role == workspace.RoleFrontendPlugin {
			return true
		}
		if slices.ContainsFunc(p.Deps, func(d workspace.Dep) bool {
			return fits(d.Name) && (p.Dir == a.Dir || p.Dir == "." || p.Role != workspace.RoleBackend)
		}) {
			return true
		}
	}
	lock := r.Lockfile()
	return lock != nil && len(lock.Of("@backstage/plugin-"+id)) > 0
}

// pluginsWithoutBackend finds frontend plugins that have a backend plugin, where no backend of the
// repository names it.
func pluginsWithoutBackend(r *Repo) []Finding {
	backends := r.newBackends()
	if len(backends) == 0 || len(backends) != len(r.Workspace.Backends) {
		return nil
	}
	var out []Finding
	for _, a := range r.Workspace.Apps {
		for _, d := range a.Deps {
			if d.Field != "dependencies" {
				continue
			}
			name := r.backendOf(a.Dir, d.Name)
			if name == "" || slices.ContainsFunc(backends, func(b *workspace.Backend) bool {
				return r.mentioned(b.Package, name) || r.packagesMention(b.Package, name)
			}) {
				continue
			}
			if a.System == workspace.Legacy && !r.mentioned(a.Package, d.Name) {
				continue // nothing of it is used
			}
			f := r.at(a.Package.File, d.Span, "%s has a backend plugin, %s, which no backend adds", d.Name, name)
			f.key = d.Name
			f.Manual = fmt.Sprintf("Install %s and add `backend.add(import('%s'));` to %s, unless another deployment has it.", name, name, backends[0].Entry)
			out = append(out, f)
		}
	}
	return out
}

// backendOf is the backend plugin that a frontend plugin says is its own, where it is installed,
// or, of Backstage's own, that a curated recipe has for it; "" for none.
func (r *Repo) backendOf(from, name string) string {
	if in, ok := r.Installed(from, name); ok {
		var p installedJSON
		if json.Unmarshal(in.JSON, &p) != nil || p.Backstage.Role != workspace.RoleFrontendPlugin {
			return ""
		}
		i := slices.IndexFunc(p.Backstage.Plugins, func(name string) bool { return strings.HasSuffix(name, "-backend") })
		if i < 0 {
			return ""
		}
		return p.Backstage.Plugins[i]
	}
	rec, ok := curated(name)
	if !ok || !strings.HasPrefix(name, "@backstage/") {
		return "" // of others it depends on the version
	}
	frontend, backend := false, ""
	for _, p := range rec.Packages {
		frontend = frontend || p.Name == name && p.In == recipe.InApp
		if p.In == recipe.InBackend && p.Name == name+"-backend" {
			backend = p.Name
		}
	}
	if !frontend {
		return ""
	}
	return backend
}

// curated is the curated recipe with the id of a plugin's package. It reads that recipe alone.
func curated(name string) (recipe.Recipe, bool) {
	_, id, _ := strings.Cut(name, "plugin-")
	if id == "" || !slices.Contains(recipe.IDs(), id) {
		return recipe.Recipe{}, false
	}
	data, err := recipe.Text(id)
	if err != nil {
		return recipe.Recipe{}, false
	}
	rec, err := recipe.Load(id, data)
	return rec, err == nil
}
