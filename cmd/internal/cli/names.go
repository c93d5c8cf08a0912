package cli

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npmver"
	"github.com/batten-dev/batten/registry/recipe"
)

// wanted is a plugin as a person names it: "argo-cd", "@acme/backstage-plugin-x@1.2.3".
type wanted struct {
	text string // as typed
	name string // without the version
	spec string // version, range or tag; "" for none
}

// wantedFrom reads what a person typed.
func wantedFrom(text string) (wanted, error) {
	text = strings.TrimSpace(text)
	w := wanted{text: text, name: text}
	if at := strings.LastIndexByte(text, '@'); at > 0 {
		w.name, w.spec = text[:at], text[at+1:]
		if w.spec == "" {
			return w, fmt.Errorf("%q ends without a version", text)
		}
		if kind := npmver.ParseSpecifier(w.spec).Kind(); !slices.Contains([]npmver.Kind{npmver.Exact, npmver.Ranged, npmver.Tag}, kind) {
			return w, fmt.Errorf("%q is no version, range or tag", w.spec)
		}
	}
	if !npm.ValidName(w.name) {
		return w, fmt.Errorf("%q is neither the name of a plugin nor that of an npm package", text)
	}
	return w, nil
}

// full says whether the name can only be that of an npm package.
func (w wanted) full() bool {
	return strings.HasPrefix(w.name, "@") || strings.HasPrefix(w.name, "backstage-plugin-")
}

// usualNames are the npm packages that a plugin with a short name usually is, the likeliest
// first.
func usualNames(short string) []string {
	short = strings.ToLower(short)
	plain := strings.TrimPrefix(strings.TrimPrefix(short, "backstage-"), "plugin-")
	var names []string
	for _, pattern := range []string{"@backstage-community/plugin-%s", "@backstage/plugin-%s", "@roadiehq/backstage-plugin-%s", "backstage-plugin-%s"} {
		names = append(names, fmt.Sprintf(pattern, plain))
	}
	if plain != short {
		names = append(names, short)
	}
	for _, pattern := range []string{"@backstage-community/plugin-%s-backend", "@backstage/plugin-%s-backend"} {
		if !strings.Contains(plain, "-backend") {
			names = append(names, fmt.Sprintf(pattern, plain))
		}
	}
	return names
}

// shortName is a package's name without its scope and what the names of plugins begin with:
// "@roadiehq/backstage-plugin-argo-cd" is "argo-cd".
func shortName(name string) string {
	_, base, scoped := strings.Cut(name, "/")
	if !scoped {
		base = name
	}
	return strings.TrimPrefix(strings.TrimPrefix(base, "backstage-"), "plugin-")
}

// baseName is the short name of the plugin that a package is a part of: that without
// "-backend", "-common" and so on, or without the module's own part.
func baseName(name string) string {
	short := shortName(name)
	if plugin, _, module := strings.Cut(short, "-module-"); module {
		short = plugin
	}
	for _, part := range []string{"-backend", "-common", "-react", "-node"} {
		short = strings.TrimSuffix(short, part)
	}
	return short
}

// looksLikePlugin says whether a package looks like one for Backstage by its name or its keywords.
func looksLikePlugin(name string, keywords []string) bool {
	if strings.HasPrefix(name, "@backstage/") || strings.HasPrefix(name, "@backstage-community/") {
		return strings.Contains(name, "/plugin-")
	}
	if !strings.Contains(name, "plugin") && !strings.Contains(name, "module") {
		return false
	}
	return strings.Contains(name, "backstage") || slices.ContainsFunc(keywords, func(k string) bool { return strings.Contains(strings.ToLower(k), "backstage") })
}

// dependencies are the packages that the workspace's packages depend on, and the range of the
// first of them.
func dependencies(ws *workspace.Workspace) map[string]string {
	all := map[string]string{}
	for _, p := range ws.Packages {
		for _, d := range p.Deps {
			if all[d.Name] == "" {
				all[d.Name] = d.Spec
			}
		}
	}
	return all
}

// localRecipes are the repository's own recipes. What is wrong with one is a warning.
func (f *factory) localRecipes(fsys fs.FS) []recipe.Recipe {
	if fsys == nil {
		return nil
	}
	recipes, err := recipe.LoadDir(fsys)
	if err != nil {
		f.warn(diag.List{{Severity: diag.Warning, Code: "bad-recipe", Summary: err.Error()}})
	}
	return recipes
}

// packageDirs are the folders of the workspace's packages, apps and backends first, the root last.
func packageDirs(ws *workspace.Workspace) []string {
	var dirs []string
	for _, a := range ws.Apps {
		dirs = append(dirs, a.Dir)
	}
	for _, b := range ws.Backends {
		dirs = append(dirs, b.Dir)
	}
	return append(dirs, ".")
}
