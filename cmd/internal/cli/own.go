package cli

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/registry/recipe"
)

// onlyOwn is what a recipe that was read from packages has of the plugin's own: when the plugin
// goes, the permission backend that it also needs, and the integration that it shares with
// others, stay. A module that its overlay states is its own. The second result are the paths of the configuration that stay.
func onlyOwn(r recipe.Recipe, family *derive.Family, parts []string, over recipe.Recipe) (recipe.Recipe, [][]string) {
	own := map[string]bool{}
	for _, p := range over.Packages {
		own[p.Name] = p.Role == recipe.BackendModule || p.Role == recipe.FrontendModule // brought for this plugin alone
	}
	for _, name := range parts {
		own[name] = true
	}
	if family != nil {
		for _, m := range family.Members {
			own[m.Name] = true
		}
	}
	keep := func(steps []recipe.Step) []recipe.Step {
		var out []recipe.Step
		for _, s := range steps {
			if module := hung(s); module == "" || own[recipe.PackageOf(module)] {
				out = append(out, s)
			}
		}
		return out
	}
	r.Legacy, r.New, r.Backend, r.LegacyBackend = keep(r.Legacy), keep(r.New), keep(r.Backend), keep(r.LegacyBackend)
	r.Packages = slices.DeleteFunc(slices.Clone(r.Packages), func(p recipe.Package) bool { return !own[p.Name] })
	names := []string{r.ID, r.Plugin}
	for _, name := range parts {
		names = append(names, baseName(name))
		if _, module, ok := strings.Cut(shortName(name), "-module-"); ok {
			names = append(names, strings.TrimSuffix(module, "-provider"))
		}
	}
	var config []recipe.ConfigBlock
	var stay [][]string
	for _, c := range r.Config {
		if ownConfig(c.Path, names) {
			config = append(config, c)
		} else {
			stay = append(stay, c.Path)
		}
	}
	r.Config = config
	return r, stay
}

// hung is the module of what a step hangs; "" for what is not a plugin's by its import.
func hung(s recipe.Step) string {
	switch s.Kind() {
	case recipe.KindSidebarItem, recipe.KindSignInProvider, recipe.KindAPI, recipe.KindExtension:
		return ""
	}
	if refs := s.Refs(); len(refs) > 0 {
		return refs[0].Module
	}
	return ""
}

// shared are the keys of the configuration that many plugins read.
var shared = []string{"app", "auth", "backend", "catalog", "events", "integrations", "kubernetes", "organization", "permission", "proxy", "scaffolder", "search", "techdocs"}

// ownConfig says whether a block of the configuration is a plugin's own: a key of its own at the
// root, or one below that is named after it.
func ownConfig(path, names []string) bool {
	if len(path) == 1 && !slices.Contains(shared, path[0]) {
		return true
	}
	if len(path) < 2 || path[0] == "integrations" {
		return false
	}
	if !slices.Contains(shared, path[0]) {
		return true
	}
	plain := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "") }
	last := plain(path[len(path)-1])
	return slices.ContainsFunc(names, func(name string) bool {
		return len(name) > 2 && strings.Contains(last, plain(name))
	})
}
