package check

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
)

var pageName = regexp.MustCompile(`^[A-Z]\w*Page$`)

// pagesWithoutRoute finds pages of plugins that the file with the routes imports and does not
// use.
func pagesWithoutRoute(r *Repo) []Finding {
	var out []Finding
	for _, a := range r.Workspace.Apps {
		files := map[string]bool{}
		if a.System == workspace.Legacy {
			files[a.AppFile] = true
		}
		for _, m := range r.Wiring.Mount(wiring.RoutesMount) {
			if m.Package == a.Dir {
				files[m.File] = true
			}
		}
		for _, s := range r.Sources() {
			if !files[s.File] || s.Err != nil {
				continue
			}
			tree, err := r.Tree(s.File)
			if err != nil {
				continue
			}
			for _, d := range tsx.Imports(tree) {
				if !strings.Contains(PackageName(d.Module), "plugin") || d.TypeOnly {
					continue
				}
				for _, b := range d.Bindings {
					if b.TypeOnly || b.Namespace || !pageName.MatchString(b.Local) || !tsx.Unused(tree, b.Local) {
						continue
					}
					f := r.at(s.File, b.Node.Span(), "%s is imported, and no route shows it", b.Local)
					f.key = b.Local
					f.Manual = fmt.Sprintf("Add `<Route path=\"...\" element={<%s />} />` to the routes, or remove the import.", b.Local)
					if edits := tsx.RemoveImport(tree, b.Local); len(edits) > 0 {
						f.Fixes = []Fix{{Title: "Remove the import of " + b.Local, Edits: map[string][]text.Edit{s.File: edits}}}
					}
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// rootElement is an element that has to be at the root of an app of the old frontend system.
type rootElement struct {
	module, name string
	router       bool // inside of the router
	// needed is where the app shows that it needs the element, and what it has there, "" for the
	// root itself.
	needed  func(*Repo, *workspace.App) (file string, span text.Span, has string, ok bool)
	instead string // a text in a source file that says that something else does its work
	detail  string
}

func rootElements() []rootElement {
	return []rootElement{
		{module: "@backstage/plugin-signals", name: "SignalsDisplay", needed: dependsOn("@backstage/plugin-signals"), instead: "@backstage/plugin-signals",
			detail: "The app does not connect to the backend for signals: notifications come only when a page is loaded."},
		{module: "@backstage/core-components", name: "OAuthRequestDialog", needed: always,
			detail: "What needs a login at another service waits for it, and nobody is asked."},
		{module: "@backstage/core-components", name: "AlertDisplay", needed: always, instead: "alert$",
			detail: "What plugins report, such as errors, is not shown."},
		{module: "@backstage/plugin-home", name: "VisitListener", router: true, needed: showsVisits,
			detail: "Visits are recorded by nothing else, so that the widget stays empty."},
	}
}

// dependsOn is for elements that an app with a dependency needs.
func dependsOn(name string) func(*Repo, *workspace.App) (string, text.Span, string, bool) {
	return func(_ *Repo, a *workspace.App) (string, text.Span, string, bool) {
		d, ok := a.Dep(name)
		return a.Package.File, d.Span, name + " is installed", ok
	}
}

// always is for elements that all apps with elements at their root need.
func always(r *Repo, a *workspace.App) (string, text.Span, string, bool) {
	for _, m := range r.Wiring.Mount(wiring.AppRootMount) {
		tree, err := r.Tree(m.File)
		if m.Package != a.Dir || m.Degraded || m.Conditional || err != nil {
			continue
		}
		el := elementAt(tree, m.Span)
		if !el.Ok() || len(tsx.JSXElements(el, "AppRouter")) == 0 {
			return "", text.Span{}, "", false
		}
		return m.File, tsx.JSXOpening(el).Span(), "", true
	}
	return "", text.Span{}, "", false
}

// showsVisits is for what the widgets of visits need.
func showsVisits(r *Repo, a *workspace.App) (string, text.Span, string, bool) {
	for _, s := range r.Sources() {
		if s.Package.Dir != a.Dir || s.Err != nil || !imports(s, "@backstage/plugin-home") {
			continue
		}
		tree, err := r.Tree(s.File)
		if err != nil {
			continue
		}
		for _, name := range []string{"HomePageTopVisited", "HomePageRecentlyVisited"} {
			for _, ref := range tsx.References(tree, name) {
				if el, member := elementOf(ref); el.Ok() && member == "" {
					return s.File, tsx.JSXOpening(el).Span(), name + " shows visits", true
				}
			}
		}
	}
	return "", text.Span{}, "", false
}

// missingRootElements finds apps of the old frontend system that lack an element at their root.
func missingRootElements(r *Repo) []Finding {
	var out []Finding
	for _, a := range r.Workspace.Apps {
		if a.System != workspace.Legacy || a.AppFile == "" || r.degraded(a.Dir) {
			continue
		}
		for _, x := range rootElements() {
			file, span, has, ok := x.needed(r, a)
			if !ok || r.sourcesUse(x.name) || x.instead != "" && r.sourcesHave(x.instead) {
				continue
			}
			f := r.at(file, span, "%s, and no <%s /> is at the root of the app", has, x.name)
			if has == "" {
				f.Summary = "the root of the app lacks <" + x.name + " />"
			}
			f.key = x.name
			f.Detail = x.detail
			f.Manual = "Put <" + x.name + " /> of " + x.module + " beside <AppRouter> in " + a.AppFile + "."
			if x.router {
				f.Manual = "Put <" + x.name + " /> of " + x.module + " into <AppRouter> in " + a.AppFile + ", and register an API for visitsApiRef."
			} else if fix, ok := r.addToRoot(a, x); ok {
				f.Fixes = []Fix{fix}
			}
			out = append(out, f)
		}
	}
	return out
}

// sourcesUse reports whether a source file of the repository refers to an import of a name.
func (r *Repo) sourcesUse(name string) bool {
	return slices.ContainsFunc(r.Sources(), func(s *Source) bool {
		src, err := r.ReadFile(s.File)
		if err != nil || !strings.Contains(string(src), name) {
			return false
		}
		tree, err := r.Tree(s.File)
		if err != nil || len(tsx.References(tree, name)) > 0 || strings.Contains(string(src), "."+name) {
			return true
		}
		return slices.ContainsFunc(tsx.Imports(tree), func(d tsx.ImportDecl) bool {
			return slices.ContainsFunc(d.Bindings, func(b tsx.ImportSpec) bool { return b.Name == name && b.Local != name })
		})
	})
}

// sourcesHave reports whether a source file of the repository has a text.
func (r *Repo) sourcesHave(what string) bool {
	return slices.ContainsFunc(r.Sources(), func(s *Source) bool {
		src, err := r.ReadFile(s.File)
		return err == nil && strings.Contains(string(src), what)
	})
}

// addToRoot is the fix that adds an element to the root of an app.
func (r *Repo) addToRoot(a *workspace.App, x rootElement) (Fix, bool) {
	for _, m := range r.Wiring.Mount(wiring.AppRootMount) {
		if m.Package != a.Dir || m.Degraded || m.Conditional {
			continue
		}
		tree, err := r.Tree(m.File)
		if err != nil {
			break
		}
		element := rewire.AppRootElement{Element: rewire.Component{Ref: rewire.Ref{Module: x.module, Export: x.name}}}
		if edits, err := rewire.AddAppRootElement(rewire.File{Name: m.File, Tree: tree}, m, element); err == nil && len(edits) > 0 {
			return Fix{Title: "Add <" + x.name + " /> to the root of the app", Safe: true, Edits: editsOf(m.File, edits)}, true
		}
		break
	}
	return Fix{}, false
}

// notDiscovered finds frontend plugins of a new app that app.packages keeps out.
func notDiscovered(r *Repo) []Finding {
	var out []Finding
	for _, a := range r.Workspace.Apps {
		if a.System == workspace.Legacy || !a.Discovery.On {
			continue
		}
		for _, d := range a.Deps {
			if d.Field != "dependencies" || a.Discovery.Finds(d.Name) {
				continue
			}
			_, frontend, certain := r.side(a.Dir, d.Name)
			if !frontend || !certain || r.mentioned(a.Package, d.Name) {
				continue
			}
			f := r.at(a.File, d.Span, "%s is not discovered: %s of %s keeps it out, and nothing else names it", d.Name, a.Discovery.Key, a.Discovery.File)
			f.key = d.Name
			f.Manual = "Take it off the list in " + a.Discovery.File + " (or, with include, put it there), or remove the dependency."
			out = append(out, f)
		}
	}
	return out
}

var extensionID = regexp.MustCompile(`^[a-z][\w-]*:[\w./-]+$`)

// unknownExtensions finds entries of app.extensions about extensions that no package has: their
// plugin is installed and has no extension of that name, or no package is of that plugin.
func unknownExtensions(r *Repo) []Finding {
	var out []Finding
	for _, a := range r.Workspace.Apps {
		var plugins map[string][]*Installed
		whole := false
		for _, f := range r.Wiring.Kind(wiring.ExtensionSetting) {
			_, rest, ok := strings.Cut(f.Name, ":")
			if f.Package != a.Dir || !ok || !extensionID.MatchString(f.Name) || f.Degraded || r.ownExtension(a.Dir, f.Name) {
				continue
			}
			plugin, _, _ := strings.Cut(rest, "/")
			if plugins == nil {
				plugins, whole = r.installedPlugins(a)
			}
			if len(plugins[plugin]) == 0 {
				if n, ok := r.unknownPlugin(f, plugin, plugins); ok && whole && a.System == workspace.New {
					out = append(out, n)
				}
				continue
			}
			var known []string
			for _, in := range plugins[plugin] {
				known = append(known, r.extensionsOf(in)...)
			}
			if len(known) == 0 || slices.Contains(known, f.Name) || r.makesExtension(plugin, rest) {
				continue
			}
			n := r.at(f.File, f.Span, "the plugin %s, as it is installed, has no extension %q", plugin, f.Name)
			n.key = f.Name
			// Modules of other packages may add extensions to the plugin, but none with nearly a known name.
			n.note = true
			n.Manual = "It has " + strings.Join(known, ", ") + "."
			if near := nearest(f.Name, known); near != "" {
				n.Manual, n.note = "Did you mean "+near+"?", false
				n.Fixes = r.renameSetting(f, near)
			}
			out = append(out, n)
		}
	}
	return out
}

// installedPlugins are the packages of frontend plugins that an app depends on, by the id of the
// plugin. whole says that all of its dependencies are installed.
func (r *Repo) installedPlugins(a *workspace.App) (plugins map[string][]*Installed, whole bool) {
	plugins, whole = map[string][]*Installed{}, true
	add := func(name string) bool {
		in, ok := r.Installed(a.Dir, name)
		if !ok {
			return false
		}
		var p featureJSON
		if json.Unmarshal(in.JSON, &p) == nil && p.Backstage.ID != "" && strings.HasPrefix(p.Backstage.Role, "frontend-plugin") {
			plugins[p.Backstage.ID] = append(plugins[p.Backstage.ID], in)
		}
		return true
	}
	for _, d := range a.Deps {
		if _, own := r.Workspace.Package(d.Name); d.Field == "dependencies" && (own || !add(d.Name)) {
			whole = false
		}
	}
	return plugins, add("@backstage/plugin-app") && whole
}

// unknownPlugin is the finding about a setting of an extension of a plugin that is not installed;
// false if the repository makes the plugin itself.
func (r *Repo) unknownPlugin(f wiring.Fact, plugin string, plugins map[string][]*Installed) (Finding, bool) {
	if r.makesExtension(plugin, plugin) {
		return Finding{}, false
	}
	n := r.at(f.File, f.Span, "%q is of the plugin %s, and no package that the app depends on is of that plugin", f.Name, plugin)
	n.key = f.Name
	n.note = true
	n.Manual = "Add the plugin to the dependencies of the app, or remove the setting."
	var known []string
	for _, list := range plugins {
		for _, in := range list {
			known = append(known, r.extensionsOf(in)...)
		}
	}
	slices.Sort(known)
	if near := nearest(f.Name, known); near != "" && len(plugin) > 3 {
		n.Manual, n.note = "Did you mean "+near+"?", false
		n.Fixes = r.renameSetting(f, near)
	}
	return n, true
}

// makesExtension reports whether source files of the repository may make an extension of a plugin
// and a name, as "search/results": they have its name as a text, or make a plugin or a module of
// that id where it has none.
func (r *Repo) makesExtension(plugin, id string) bool {
	_, name, named := strings.Cut(id, "/")
	made := regexp.MustCompile(`['"]` + regexp.QuoteMeta(name) + `['"]`)
	if !named {
		made = regexp.MustCompile(`\b(?:id|pluginId):\s*['"]` + regexp.QuoteMeta(plugin) + `['"]`)
	}
	return slices.ContainsFunc(r.Sources(), func(s *Source) bool {
		src, err := r.ReadFile(s.File)
		return err == nil && made.Match(src)
	})
}

// renameSetting is the fix that gives an entry of app.extensions the id that was meant.
func (r *Repo) renameSetting(f wiring.Fact, id string) []Fix {
	src, err := r.ReadFile(f.File)
	if err != nil || f.Span.End > len(src) || strings.Count(string(src[f.Span.Start:f.Span.End]), f.Name) != 1 {
		return nil
	}
	start := f.Span.Start + strings.Index(string(src[f.Span.Start:f.Span.End]), f.Name)
	set := slices.ContainsFunc(r.Wiring.Kind(wiring.ExtensionSetting), func(o wiring.Fact) bool { return o.Package == f.Package && o.Name == id })
	return []Fix{{Title: "Rename it to " + id, Safe: distance(f.Name, id) == 1 && !set, Edits: editsOf(f.File, []text.Edit{text.Replace(text.Span{Start: start, End: start + len(f.Name)}, id)})}}
}

// ownExtension reports whether the app makes an extension of that id itself.
func (r *Repo) ownExtension(dir, id string) bool {
	return slices.ContainsFunc(r.Wiring.Kind(wiring.Extension), func(f wiring.Fact) bool { return f.Package == dir && f.Name == id })
}

var extensionInTypes = regexp.MustCompile(`["']([a-z][\w-]*:[\w./-]+)["']\s*:\s*(?:_backstage_frontend_plugin_api\.|_\w+\.)?(?:Overridable)?ExtensionDefinition`)

// extensionsOf are the ids of extensions that the types of an installed package name.
func (r *Repo) extensionsOf(in *Installed) []string {
	var ids []string
	for _, file := range []string{"dist/alpha.d.ts", "dist/index.d.ts", "dist/alpha/index.d.ts"} {
		src, err := r.ReadFile(in.Dir + "/" + file)
		if err != nil {
			continue
		}
		for _, m := range extensionInTypes.FindAllSubmatch(src, -1) {
			ids = append(ids, string(m[1]))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
