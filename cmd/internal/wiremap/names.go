package wiremap

import (
	"cmp"
	"path"
	"strings"

	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/recipe"
)

// pluginName reads the id of the plugin, and of the module if it is one, out of the name of
// an npm package, by the names that Backstage's naming rules and older habits give:
// "@backstage/plugin-catalog-backend-module-logs" is the module "logs" of "catalog".
func pluginName(npm string) (plugin, module string) {
	scope, base, scoped := strings.Cut(npm, "/")
	if !scoped {
		scope, base = "", npm
	}
	if i := strings.Index("-"+base, "-plugin-"); i >= 0 {
		base = base[i+len("plugin-"):]
	}
	base = strings.TrimPrefix(base, "backstage-")
	if p, m, ok := strings.Cut(base, "-module-"); ok && p != "" && m != "" {
		base, module = p, m
	}
	for {
		before := base
		for _, suffix := range []string{"-backend", "-plugin", "-backstage", "-frontend", "-react", "-node", "-common"} {
			base = strings.TrimSuffix(base, suffix)
		}
		if base == before {
			break
		}
	}
	if base == "plugin" || base == "backstage" || base == "" {
		base = strings.TrimPrefix(scope, "@")
	}
	return cmp.Or(base, npm), module
}

// ofPlugin reports whether a package from npm is one of a plugin, by its name: not a library
// that plugins and apps are made with.
func ofPlugin(npm string) bool {
	if rest, ok := strings.CutPrefix(npm, "@backstage/"); ok {
		return strings.HasPrefix(rest, "plugin-") && rest != "plugin-permission-react"
	}
	return strings.Contains(npm, "plugin") || strings.Contains(npm, "backstage") || strings.Contains(npm, "-backend")
}

// names finds out which plugin, package and version a fact is of.
type names struct {
	ws *workspace.Workspace
}

// origin is the package that a fact is made of: that of the first export of a plugin, else of
// the first export; "" if the app makes it by itself.
func (n names) origin(f *wiring.Fact) (npm string, plugin bool) {
	for _, r := range f.Refs {
		name := recipe.PackageOf(r.Module)
		if _, local := n.ws.Package(name); local || ofPlugin(name) {
			return name, true
		}
	}
	if len(f.Refs) > 0 {
		return recipe.PackageOf(f.Refs[0].Module), false
	}
	return "", false
}

// pluginOf is the plugin that a package belongs to: a workspace may declare it, else its name
// says it.
func (n names) pluginOf(npm string) (plugin, module string) {
	plugin, module = pluginName(npm)
	if p, ok := n.ws.Package(npm); ok && p.PluginID != "" {
		plugin, _ = pluginName(p.PluginID) // some write the package's name
	}
	return plugin, module
}

// version is the specifier that the fact's package.json has for an npm package, or that of the
// file's package, the app, or the root.
func (n names) version(npm, file, dir string) (spec string, declared bool) {
	at := []*workspace.Package{n.ws.PackageOf(file)}
	for _, p := range n.ws.Packages {
		if p.Dir == dir {
			at = append(at, p)
		}
	}
	for _, p := range append(at, n.ws.Root) {
		if p == nil {
			continue
		}
		if d, ok := p.Dep(npm); ok {
			return d.Spec, true
		}
	}
	return "", false
}

// localFeature takes the name of a feature that the repository makes apart: the file, and the
// plugin and module ids, as far as it says them ("packages/app/src/nav.ts#app.nav"). A feature
// without an id has the name of the function that made it.
func localFeature(name string) (file, plugin, module string) {
	file, id, _ := strings.Cut(name, "#")
	if strings.HasPrefix(id, "create") || strings.HasPrefix(id, "convert") {
		return file, "", ""
	}
	plugin, module, _ = strings.Cut(id, ".")
	return file, plugin, module
}

// isPath reports whether a feature's name is the path of a file of the repository, which a
// specifier of npm is not.
func isPath(name string) bool {
	file, _, _ := strings.Cut(name, "#")
	switch path.Ext(file) {
	case ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts":
		return true
	}
	return false
}
