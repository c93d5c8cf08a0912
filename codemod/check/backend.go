package check

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
)

func backendRules() []Rule {
	return []Rule{
		{Code: "BB001", Name: "not-added", Family: Backend, Severity: diag.Note, Title: "A backend plugin that is installed and not added", Doc: doc("BB001"), Check: notAdded},
		{Code: "BB002", Name: "not-installed", Family: Backend, Severity: diag.Error, Title: "A backend plugin that is added and not installed", Doc: doc("BB002"), Check: notInstalled},
		{Code: "BB003", Name: "added-twice", Family: Backend, Severity: diag.Error, Title: "A backend plugin that is added twice", Doc: doc("BB003"), Check: addedTwice},
		{Code: "BB004", Name: "both-systems", Family: Backend, Severity: diag.Error, Title: "A plugin that is wired by both backend systems", Doc: doc("BB004"), Check: bothSystems},
		{Code: "BB005", Name: "module-without-plugin", Family: Backend, Severity: diag.Warning, Title: "A backend module without its plugin", Doc: doc("BB005"), Check: modulesWithoutPlugin},
		{Code: "BB006", Name: "two-policies", Family: Backend, Severity: diag.Error, Title: "RBAC beside the policy that allows all", Doc: doc("BB006"), Check: twoPolicies},
		{Code: "BB007", Name: "search-engine", Family: Backend, Severity: diag.Note, Title: "A search engine that the database cannot serve", Doc: doc("BB007"), Check: searchEngine},
		{Code: "BB008", Name: "dead-legacy-file", Family: Backend, Severity: diag.Note, Title: "A file of the old backend system that nothing uses", Doc: doc("BB008"), Check: deadLegacyFiles},
	}
}

// newBackends are the backends of the new system that were seen whole.
func (r *Repo) newBackends() []*workspace.Backend {
	var out []*workspace.Backend
	for _, b := range r.Workspace.Backends {
		if b.System == workspace.New && b.Entry != "" && !r.degraded(b.Dir) {
			out = append(out, b)
		}
	}
	return out
}

// notAdded finds plugins and modules among the dependencies of a backend that no source names.
func notAdded(r *Repo) []Finding {
	var out []Finding
	for _, b := range r.newBackends() {
		if len(r.featuresOf(b.Dir)) == 0 {
			continue
		}
		for _, d := range b.Deps {
			if d.Field != "dependencies" {
				continue
			}
			if backend, _, certain := r.side(b.Dir, d.Name); !backend || !certain || r.mentioned(b.Package, d.Name) || r.packagesMention(b.Package, d.Name) {
				continue
			}
			f := r.at(b.Package.File, d.Span, "%s is installed, and the backend does not add it", d.Name)
			f.key = d.Name
			f.Manual = fmt.Sprintf("Add `backend.add(import('%s'));` to %s, or remove the dependency.", d.Name, b.Entry)
			if len(out) < maxOffered {
				f.Fixes = removal(b.Package, d.Name)
			}
			out = append(out, f)
		}
	}
	return out
}

// notInstalled finds features that the backend adds from packages that no package.json declares.
func notInstalled(r *Repo) []Finding {
	var out []Finding
	seen := map[string]bool{}
	for _, b := range r.Workspace.Backends {
		for _, f := range r.featuresOf(b.Dir) {
			name := PackageName(f.Name)
			p := r.owner(f.File)
			if name == "" || isSource(f.Name) || strings.Contains(f.Name, "#") || p == nil || p.Name == name || r.declared(p, name) || seen[p.Dir+name] || !npmName.MatchString(name) || r.aliases(p)(f.Name) {
				continue
			}
			seen[p.Dir+name] = true
			n := r.at(f.File, f.Span, "%s is added, and %s does not declare it", name, p.File)
			n.key = name
			fix, manual, err := r.declare(p, name)
			if err == nil && fix != nil {
				n.Fixes = []Fix{*fix}
			}
			n.Manual = manual
			out = append(out, n)
		}
	}
	return out
}

// addedTwice finds features that a backend adds twice: it then does not start.
func addedTwice(r *Repo) []Finding {
	var out []Finding
	for _, b := range r.Workspace.Backends {
		first := map[string]wiring.Fact{}
		for _, f := range r.featuresOf(b.Dir) {
			if !certain(f) || f.If != "" || len(f.Refs) == 0 || strings.Contains(f.Name, "#") {
				continue
			}
			id := f.Name + "\x00" + f.Refs[0].String()
			was, seen := first[id]
			if !seen {
				first[id] = f
				continue
			}
			if was.Span == f.Span && was.File == f.File {
				continue
			}
			n := r.at(f.File, f.Span, "%s is added twice, so the backend does not start", f.Name)
			n.key = f.Name
			n.Related = []Place{r.place(was.File, was.Span, "added first here")}
			n.Manual = "Remove one of them."
			if fix, ok := r.takeOut(f.File, f.Span, "Remove the second one"); ok {
				fix.Safe = r.sameSource(was, f)
				n.Fixes = []Fix{fix}
			}
			out = append(out, n)
		}
	}
	return out
}

// pluginOf reads the id of the plugin, and of the module if it is one, out of the name of a
// backend package; "" if the name is not one of that form.
func pluginOf(name string) (plugin, module string) {
	_, base, scoped := strings.Cut(name, "/")
	if !scoped {
		base = name
	}
	base = strings.TrimPrefix(strings.TrimPrefix(base, "backstage-"), "plugin-")
	if p, m, ok := strings.Cut(base, "-backend-module-"); ok {
		return p, m
	}
	if p, ok := strings.CutSuffix(base, "-backend"); ok {
		return p, ""
	}
	return "", ""
}

// bothSystems finds plugins that a backend adds as a feature and by a router of the old system.
func bothSystems(r *Repo) []Finding {
	var out []Finding
	for _, b := range r.Workspace.Backends {
		added := map[string]wiring.Fact{}
		for _, f := range r.featuresOf(b.Dir) {
			if id, module := pluginOf(PackageName(f.Name)); id != "" && module == "" && certain(f) && f.If == "" {
				added[id] = f
			}
		}
		for _, f := range r.Wiring.Facts {
			id := ""
			switch {
			case f.Package != b.Dir || !certain(f):
			case f.Kind == wiring.LegacyRouter:
				id = strings.Trim(f.Name, "/")
			case f.Kind == wiring.BackendFeature:
				id = r.legacyPlugin(f)
			}
			was, ok := added[id]
			if id == "" || !ok {
				continue
			}
			n := r.at(f.File, f.Span, "the router %q of the old backend system is there beside %s of the new one", id, was.Name)
			n.key = id
			n.Related = []Place{r.place(was.File, was.Span, "the feature")}
			n.Manual = "Keep the feature, and move what is special about the router into a module of it."
			out = append(out, n)
		}
	}
	return out
}

// legacyPlugin is the id that a feature made by legacyPlugin('id', import('...')) has; "" for any
// other.
func (r *Repo) legacyPlugin(f wiring.Fact) string {
	if !slices.ContainsFunc(f.Refs, func(ref wiring.Ref) bool { return ref.Export == "legacyPlugin" }) {
		return ""
	}
	tree, err := r.Tree(f.File)
	if err != nil {
		return ""
	}
	for n := range tree.Root().Descendants() {
		if !n.Is(tsx.KindCallExpression) || !f.Span.Contains(n.Span()) || tsx.Callee(n).Text() != "legacyPlugin" {
			continue
		}
		if args := tsx.Arguments(n); len(args) > 0 {
			id, _ := tsx.StringValue(args[0])
			return id
		}
	}
	return ""
}

// corePlugins are the plugins of Backstage that others make modules for. By rule their names have
// the id of the plugin first.
var corePlugins = []string{"auth", "catalog", "kubernetes", "notifications", "permission", "scaffolder", "search", "techdocs"}

// modulesWithoutPlugin finds modules of Backstage's own plugins whose plugin the backend does
// not add.
func modulesWithoutPlugin(r *Repo) []Finding {
	var out []Finding
	for _, b := range r.newBackends() {
		features := r.featuresOf(b.Dir)
		has := map[string]bool{}
		for _, f := range features {
			if id, module := pluginOf(PackageName(f.Name)); id != "" && module == "" {
				has[id] = true
			}
			if _, id, own := strings.Cut(f.Name, "#"); own {
				id, _, _ = strings.Cut(id, ".")
				has[id] = true
			}
			if local, ok := r.Workspace.Package(PackageName(f.Name)); ok && local.PluginID != "" {
				has[local.PluginID] = true
			}
		}
		for _, f := range features {
			id, module := pluginOf(PackageName(f.Name))
			if id == "" || module == "" || id == "events" || has[id] || !certain(f) || !strings.HasPrefix(f.Name, "@backstage/") && !slices.Contains(corePlugins, id) {
				continue
			}
			// Modules of events need no more than the service that each backend has.
			plugin := "@backstage/plugin-" + id + "-backend"
			if r.mentioned(b.Package, plugin) || r.packagesMention(b.Package, plugin) || slices.ContainsFunc(features, func(g wiring.Fact) bool {
				return strings.Contains(g.Name, id+"-backend") && !strings.Contains(g.Name, "-module-")
			}) {
				continue
			}
			n := r.at(f.File, f.Span, "%s is a module of the plugin %s, which the backend does not add", f.Name, id)
			n.key = f.Name
			n.Manual = fmt.Sprintf("Add `backend.add(import('%s'));` to %s, or remove the module.", plugin, f.File)
			if fix, ok := r.takeOut(f.File, f.Span, "Remove the module"); ok {
				fix.Safe = false
				n.Fixes = []Fix{fix}
			}
			out = append(out, n)
		}
	}
	return out
}

// twoPolicies finds the policy that allows everything beside RBAC, which sets its own.
func twoPolicies(r *Repo) []Finding {
	var out []Finding
	for _, b := range r.Workspace.Backends {
		var rbac *wiring.Fact
		features := r.featuresOf(b.Dir)
		for i, f := range features {
			if id, module := pluginOf(PackageName(f.Name)); id == "rbac" && module == "" && certain(f) && f.If == "" {
				rbac = &features[i]
			}
		}
		for _, f := range features {
			if rbac == nil || PackageName(f.Name) != "@backstage/plugin-permission-backend-module-allow-all-policy" || !certain(f) || f.If != "" {
				continue
			}
			n := r.at(f.File, f.Span, "the policy that allows everything is added beside %s, which sets a policy itself", rbac.Name)
			n.key = f.Name
			n.Detail = "There is one policy: the backend does not start."
			n.Related = []Place{r.place(rbac.File, rbac.Span, "RBAC")}
			n.Manual = "Remove the policy that allows everything."
			if fix, ok := r.takeOut(f.File, f.Span, "Remove the policy that allows everything"); ok {
				n.Fixes = []Fix{fix}
			}
			out = append(out, n)
		}
	}
	return out
}

// searchEngine finds the PostgreSQL search engine in repositories where no configuration has a
// PostgreSQL database.
func searchEngine(r *Repo) []Finding {
	const module = "@backstage/plugin-search-backend-module-pg"
	clients := r.databaseClients()
	if len(clients) == 0 || slices.ContainsFunc(clients, func(v workspace.ConfigValue) bool {
		return v.String() == "pg" || strings.Contains(v.String(), "$")
	}) {
		return nil
	}
	var out []Finding
	for _, f := range r.Wiring.Kind(wiring.BackendFeature) {
		if PackageName(f.Name) != module || !certain(f) {
			continue
		}
		n := r.at(f.File, f.Span, "search is to use PostgreSQL, and no configuration has a PostgreSQL database")
		n.key = module
		n.Detail = "The database client is " + clients[0].String() + " in all configuration files of the repository: search then uses an index in memory."
		n.Related = []Place{r.place(clients[0].File, clients[0].Span(), "the database client")}
		out = append(out, n)
	}
	return out
}

// databaseClients are the values of backend.database.client.
func (r *Repo) databaseClients() []workspace.ConfigValue {
	return r.Workspace.ConfigLookup("backend", "database", "client")
}

// deadLegacyFiles finds files in src/plugins of a new backend that nothing imports.
func deadLegacyFiles(r *Repo) []Finding {
	var out []Finding
	for _, b := range r.newBackends() {
		used := r.reachable(b.Package)
		for _, s := range r.Sources() {
			if s.Package.Dir != b.Dir || path.Dir(s.File) != b.Path("src/plugins") || used[s.File] || s.Err != nil {
				continue
			}
			src, err := r.ReadFile(s.File)
			if err != nil || !strings.Contains(string(src), "PluginEnvironment") {
				continue
			}
			f := r.whole(s.File, "nothing uses this file, which is for the old backend system")
			f.Manual = "Remove the file, or move what is still needed into a module that the backend adds."
			out = append(out, f)
		}
	}
	return out
}

// reachable are the files that a package's sources import, from any file that is not in
// src/plugins itself, tests included.
func (r *Repo) reachable(p *workspace.Package) map[string]bool {
	byName := map[string]*Source{}
	var queue []string
	for _, s := range r.Sources() {
		byName[s.File] = s
		if s.Package.Dir == p.Dir && path.Dir(s.File) != p.Path("src/plugins") {
			queue = append(queue, s.File)
		}
	}
	used := map[string]bool{}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		s := byName[name]
		if used[name] || s == nil {
			continue
		}
		used[name] = true
		for _, imp := range s.Imports {
			if !strings.HasPrefix(imp.Specifier, ".") {
				continue
			}
			if to, ok := r.Workspace.Resolve(s.File, imp.Specifier); ok {
				queue = append(queue, to)
			}
		}
	}
	return used
}
