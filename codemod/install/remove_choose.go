package install

import (
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// What is a plugin's, in one place: which of the observed pieces go with it.

// choose marks the pieces that are the plugin's.
func (r *remover) choose() {
	apps, backends := r.dirs()
	for _, p := range r.pieces {
		p.mine = slices.Contains(apps, p.Package) && r.inApp(p.Fact) ||
			slices.Contains(backends, p.Package) && r.inBackend(p.Fact)
	}
	links := r.links()
	for _, p := range r.pieces {
		if p.Kind == wiring.SidebarItem && slices.Contains(apps, p.Package) && links[strings.Trim(p.Name, "/")] && !r.foreign(p.Fact) {
			p.mine = true
		}
	}
}

// inApp reports whether a piece of a frontend is the plugin's: it is made of an export of its
// packages, and of nothing of another plugin's.
func (r *remover) inApp(f wiring.Fact) bool {
	switch f.Kind {
	case wiring.Feature:
		return r.own(f.Name) || r.refersToOwn(f.Refs) || r.wrote(featureFile(f.Name))
	case wiring.DiscoveredPlugin:
		return r.own(f.Name)
	case wiring.SignInProvider:
		return r.refersToOwn(f.Refs) || r.signsInWith(f)
	case wiring.API, wiring.Plugin:
		return len(f.Refs) > 0 && r.own(f.Refs[0].Module) || r.overrides(f)
	case wiring.RouteBinding:
		return r.refersToOwn(f.Refs)
	case wiring.ExtensionSetting:
		return r.ids()[pluginOf(f.Name)]
	case wiring.RouteBindingSetting:
		return r.binds(f.Name, f.Value)
	case wiring.EntityTab:
		if r.holdsForeign(f) {
			return false
		}
	}
	return !r.foreign(f) && (r.refersToOwn(f.Refs) || r.madeBy(f, r.isPluginFile))
}

// holdsForeign reports whether a tab shows a card or case of another plugin.
func (r *remover) holdsForeign(tab wiring.Fact) bool {
	return slices.ContainsFunc(r.pieces, func(p *piece) bool {
		return p.In == tab.Name && slices.Contains(entityContent, p.Kind) && r.foreign(p.Fact) &&
			slices.ContainsFunc(p.Pages, func(page string) bool { return slices.Contains(tab.Pages, page) })
	})
}

// inBackend reports whether a piece of a backend is the plugin's.
func (r *remover) inBackend(f wiring.Fact) bool {
	switch f.Kind {
	case wiring.BackendFeature:
		return r.own(f.Name) || r.refersToOwn(f.Refs)
	case wiring.LegacyRouter:
		return r.refersToOwn(f.Refs) || r.madeBy(f, r.isRouterFile)
	}
	return false
}

func (r *remover) refersToOwn(refs []wiring.Ref) bool {
	return slices.ContainsFunc(refs, func(ref wiring.Ref) bool { return r.own(ref.Module) })
}

// foreign reports whether a piece is made of a component of another plugin too.
func (r *remover) foreign(f wiring.Fact) bool {
	return slices.ContainsFunc(f.Refs, func(ref wiring.Ref) bool { return !r.own(ref.Module) && !common(ref) })
}

// commonModules are packages whose exports say nothing about what a piece is: libraries of
// components, and the frameworks.
var commonModules = []string{
	"react", "@material-ui/", "@mui/", "@backstage/ui", "@backstage/theme", "@backstage/core-", "@backstage/frontend-",
	"@backstage/app-defaults", "@backstage/version-bridge", "@backstage/catalog-", "@backstage/plugin-permission-react",
	"@backstage/plugin-catalog-react", "@backstage/plugin-app-react",
}

// common reports whether an export may be part of anybody's piece: of a library, a switch, a
// predicate or another function.
func common(ref wiring.Ref) bool {
	if isCommon(ref.Module) {
		return true
	}
	name := ref.Export
	if name == "default" || name == "" {
		name = path.Base(ref.Module)
	}
	if strings.HasPrefix(name, "EntitySwitch") || strings.HasPrefix(name, "EntityLayout") {
		return true
	}
	name = name[strings.LastIndexByte(name, '.')+1:]
	return name == "" || name[0] < 'A' || name[0] > 'Z'
}

func isCommon(module string) bool {
	return slices.ContainsFunc(commonModules, func(prefix string) bool { return strings.HasPrefix(module, prefix) })
}

// ids are the ids of the plugin in the new frontend system, as far as its recipe says them.
func (r *remover) ids() map[string]bool {
	ids := map[string]bool{r.recipe.ID: true}
	for _, s := range r.steps() {
		if s.Extension != nil {
			ids[pluginOf(s.Extension.ID)] = true
		}
	}
	delete(ids, "")
	return ids
}

// binds reports whether a binding in app.routes.bindings is from or to a route of the plugin.
func (r *remover) binds(external, target string) bool {
	from, _, _ := strings.Cut(external, ".")
	to, _, _ := strings.Cut(target, ".")
	return r.ids()[from] || r.ids()[to]
}

// steps are the recipe's steps of all systems and releases.
func (r *remover) steps() []recipe.Step {
	return slices.Concat(r.recipe.Legacy, r.recipe.New, r.recipe.Backend, r.recipe.LegacyBackend)
}

// wrote reports whether a file of an app is the one that a step of the recipe writes, word for word.
func (r *remover) wrote(file string) bool {
	src, err := r.over.ReadFile(file)
	if err != nil {
		return false
	}
	have := strings.ReplaceAll(string(src), "\r\n", "\n")
	for _, s := range r.steps() {
		switch {
		case s.Feature != nil && s.Feature.File != "" && strings.HasSuffix(file, "/"+s.Feature.File) && s.Feature.Source == have:
			return true
		case r.generated(s, file, have):
			return true
		case s.LegacyRouter != nil && strings.HasSuffix(file, "/src/plugins/"+s.LegacyRouter.ID+".ts") && s.LegacyRouter.Source == have:
			return true
		}
	}
	return false
}

// signsInWith reports whether a provider is one that the recipe adds.
func (r *remover) signsInWith(f wiring.Fact) bool {
	return slices.ContainsFunc(r.steps(), func(s recipe.Step) bool {
		return s.SignInProvider != nil && (f.Name == s.SignInProvider.ID || refersTo(f, s.SignInProvider.APIRef.Module, s.SignInProvider.APIRef.Export))
	})
}

// links are the places in the sidebar that lead to pages that go: to the paths of their routes,
// and to those of the recipe's own sidebar items, unless a route of another's is there.
func (r *remover) links() map[string]bool {
	links := map[string]bool{}
	for _, s := range r.steps() {
		if s.SidebarItem != nil {
			links[strings.Trim(s.SidebarItem.To, "/")] = true
		}
	}
	for _, p := range r.pieces {
		if p.Kind == wiring.Route && p.mine {
			links[strings.Trim(p.Name, "/*")] = true
		}
	}
	for _, p := range r.pieces {
		if p.Kind == wiring.Route && !p.mine {
			delete(links, strings.Trim(p.Name, "/*"))
		}
	}
	delete(links, "")
	return links
}

// madeBy reports whether a piece is made by a file of the app's own of some sort: whether it
// names what is imported from one.
func (r *remover) madeBy(f wiring.Fact, sort func(file string) bool) bool {
	source, err := r.file(f.File)
	if err != nil {
		return false
	}
	span := rewire.Part(source, f.Span)
	for _, d := range tsx.Imports(source.Tree) {
		file, ok := r.ws.Resolve(f.File, d.Module)
		used := ok && slices.ContainsFunc(d.Bindings, func(b tsx.ImportSpec) bool {
			return slices.ContainsFunc(tsx.References(source.Tree, b.Local), func(n tsx.Node) bool { return span.Contains(n.Span()) })
		})
		if used && sort(file) {
			return true
		}
	}
	return false
}

// isPluginFile reports whether a file of an app is about the plugin alone: it imports from the
// plugin's packages, and from no other plugin.
func (r *remover) isPluginFile(file string) bool {
	src, err := r.over.ReadFile(file)
	if err != nil || !r.mentions(src) {
		return false
	}
	f, err := r.file(file)
	if err != nil {
		return false
	}
	found := false
	for _, d := range tsx.Imports(f.Tree) {
		switch {
		case r.own(d.Module):
			found = true
		case strings.Contains(d.Module, "plugin-") && !isCommon(d.Module), strings.HasPrefix(d.Module, "."):
			return false
		}
	}
	return found
}

// isRouterFile reports whether a file of a backend of the old system does nothing but make the
// router of the plugin: it imports from the plugin's packages, and otherwise from those that
// every such file imports from.
func (r *remover) isRouterFile(file string) bool {
	tree, err := r.ws.ParseTSX(file)
	if err != nil {
		return false
	}
	found := false
	for _, d := range tsx.Imports(tree) {
		switch {
		case r.own(d.Module):
			found = true
		case d.Module == "../types", strings.HasPrefix(d.Module, "express"), strings.HasPrefix(d.Module, "node:"):
		case strings.HasPrefix(d.Module, "@backstage/") && !strings.HasPrefix(d.Module, "@backstage/plugin-"):
		default:
			return false
		}
	}
	return found
}

// bindingOf is the statement bind(plugin.externalRoutes, {...}) around a property of it.
func bindingOf(f rewire.File, span text.Span) tsx.Node {
	for n := f.Tree.At(span.Start); n.Ok(); n = n.Parent() {
		if n.Is(tsx.KindCallExpression) && tsx.Callee(n).Text() == "bind" {
			if stmt := n.Parent(); stmt.Is(tsx.KindExpressionStatement) {
				return stmt
			}
		}
	}
	return tsx.Node{}
}

// missed warns of the plugins of the app that need the one that goes, and do not go with it.
func (r *remover) missed() {
	for _, other := range recipe.Curated() {
		i := slices.IndexFunc(other.Needs, func(n recipe.Need) bool { return n.Recipe == r.recipe.ID })
		if i < 0 || r.going[other.ID] {
			continue
		}
		of := func(module string) bool {
			return slices.ContainsFunc(other.Packages, func(p recipe.Package) bool { return p.Name == recipe.PackageOf(module) })
		}
		for _, p := range r.seen.Facts {
			if of(p.Name) || slices.ContainsFunc(p.Refs, func(ref wiring.Ref) bool { return of(ref.Module) }) {
				r.warnings = append(r.warnings, &diag.Diagnostic{Severity: diag.Warning, Code: "still-needed", File: p.File, Span: p.Span, Pos: p.Pos,
					Summary: other.Title + " is here, and needs " + r.recipe.Title, Detail: other.Needs[i].Why})
				break
			}
		}
	}
}
