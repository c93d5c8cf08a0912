package check

import (
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

// signalsDisplay finds legacy apps that have the signals plugin, and nothing that starts it.
func signalsDisplay(r *Repo) []Finding {
	const signals = "@backstage/plugin-signals"
	var out []Finding
	for _, a := range r.Workspace.Apps {
		dep, ok := a.Dep(signals)
		if !ok || a.System != workspace.Legacy || a.AppFile == "" || r.degraded(a.Dir) {
			continue
		}
		used := slices.ContainsFunc(r.Sources(), func(s *Source) bool {
			return s.Package.Dir == a.Dir && imports(s, signals)
		})
		if used {
			continue
		}
		f := r.at(a.File, dep.Span, "%s is installed, and no <SignalsDisplay /> at the root of the app receives signals", signals)
		f.key = signals
		f.Detail = "The app does not connect to the backend for signals: notifications come only when a page is loaded."
		f.Manual = "Put <SignalsDisplay /> of " + signals + " beside <AlertDisplay /> in " + a.AppFile + "."
		for _, m := range r.Wiring.Mount(wiring.AppRootMount) {
			if m.Package != a.Dir || m.Degraded || m.Conditional {
				continue
			}
			tree, err := r.Tree(m.File)
			if err != nil {
				break
			}
			element := rewire.AppRootElement{Element: rewire.Component{Ref: rewire.Ref{Module: signals, Export: "SignalsDisplay"}}}
			if edits, err := rewire.AddAppRootElement(rewire.File{Name: m.File, Tree: tree}, m, element); err == nil && len(edits) > 0 {
				f.Fixes = []Fix{{Title: "Add <SignalsDisplay /> to the root of the app", Safe: true, Edits: map[string][]text.Edit{m.File: edits}}}
			}
			break
		}
		out = append(out, f)
	}
	return out
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

// unknownExtensions finds entries of app.extensions that are about extensions of a plugin that
// is installed in node_modules and has no extension of that name.
func unknownExtensions(r *Repo) []Finding {
	var out []Finding
	for _, f := range r.Wiring.Kind(wiring.ExtensionSetting) {
		_, rest, ok := strings.Cut(f.Name, ":")
		if !ok || !extensionID.MatchString(f.Name) || f.Degraded {
			continue
		}
		plugin, _, _ := strings.Cut(rest, "/")
		var in *Installed
		var name string
		for _, a := range r.Workspace.Apps {
			if a.Dir != f.Package {
				continue
			}
			for _, d := range a.Deps {
				if strings.HasSuffix(d.Name, "/plugin-"+plugin) || strings.HasSuffix(d.Name, "backstage-plugin-"+plugin) {
					if found, ok := r.Installed(a.Dir, d.Name); ok {
						in, name = found, d.Name
					}
				}
			}
		}
		if in == nil {
			continue
		}
		known := r.extensionsOf(in)
		if len(known) == 0 || slices.Contains(known, f.Name) || r.ownExtension(f.Package, f.Name) {
			continue
		}
		n := r.at(f.File, f.Span, "%s has no extension %q", name, f.Name)
		n.key = f.Name
		// Modules of other packages may add extensions to the plugin, but none with nearly a known name.
		n.note = true
		n.Manual = "It has " + strings.Join(known, ", ") + "."
		if near := nearest(f.Name, known); near != "" {
			n.Manual, n.note = "Did you mean "+near+"?", false
		}
		out = append(out, n)
	}
	return out
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
