package check

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/npmver"
)

func packageRules() []Rule {
	return []Rule{
		{Code: "BP002", Name: "mixed-versions", Family: Packages, Severity: diag.Warning, Title: "One package in several versions", Doc: doc("BP002"), Check: mixedVersions},
		{Code: "BP004", Name: "undeclared-import", Family: Packages, Severity: diag.Warning, Title: "An import of a package that is not declared", Doc: doc("BP004"), Check: undeclaredImports},
		{Code: "BP005", Name: "wrong-side", Family: Packages, Severity: diag.Warning, Title: "A backend package in the app, or the reverse", Doc: doc("BP005"), Check: wrongSide},
		{Code: "BP006", Name: "unused-plugin", Family: Packages, Severity: diag.Note, Title: "A plugin that is declared, and neither wired nor discovered", Doc: doc("BP006"), Check: unusedPlugins},
		{Code: "BP007", Name: "duplicate-singleton", Family: Packages, Severity: diag.Warning, Title: "Two versions of a package that must be there once", Doc: doc("BP007"), Check: duplicateSingletons},
		{Code: codeLockfile, Name: "lockfile-out-of-step", Family: Packages, Severity: diag.Warning, Title: "The lockfile does not have what package.json asks for", Doc: doc(codeLockfile), Check: lockfileOutOfStep},
		{Code: "BP009", Name: "backstage-protocol", Family: Packages, Severity: diag.Error, Title: "backstage:^ without the yarn plugin", Doc: doc("BP009"), Check: backstageProtocol},
		{Code: "BP010", Name: "plugin-without-backend", Family: Packages, Severity: diag.Note, Title: "A frontend plugin whose backend plugin is not added", Doc: doc("BP010"), Check: pluginsWithoutBackend},
		{Code: "BP013", Name: "frontend-module-without-plugin", Family: Packages, Severity: diag.Warning, Title: "A frontend module without its plugin", Doc: doc("BP013"), Check: modulesWithoutFrontend},
		{Code: codeMissing, Name: "missing-file", Family: Packages, Severity: diag.Error, Title: "An import of a file that is not there", Doc: doc(codeMissing), Check: missingFiles},
	}
}

// mixedVersions finds packages of Backstage whose ranges in two package.json files have no
// version in common.
func mixedVersions(r *Repo) []Finding {
	type use struct {
		p   *workspace.Package
		d   workspace.Dep
		rng npmver.Range
	}
	uses := map[string][]use{}
	for _, p := range r.AllPackages() {
		for _, d := range p.Deps {
			if !strings.HasPrefix(d.Name, "@backstage/") || d.Field == "peerDependencies" {
				continue
			}
			if rng, ok := npmver.ParseSpecifier(d.Spec).Range(); ok && !strings.HasPrefix(d.Spec, "workspace:") {
				uses[d.Name] = append(uses[d.Name], use{p: p, d: d, rng: rng})
			}
		}
	}
	var out []Finding
	for name, list := range uses {
		newest := 0
		for i := range list {
			a, okA := list[i].rng.MinVersion()
			b, okB := list[newest].rng.MinVersion()
			if okA && okB && a.Compare(b) > 0 {
				newest = i
			}
		}
		top := list[newest]
		for _, u := range list {
			if u.rng.Intersects(top.rng) {
				continue
			}
			f := r.at(u.p.File, u.d.Span, "%s is %s here and %s in %s", name, u.d.Spec, top.d.Spec, top.p.File)
			f.key = name + " " + u.d.Field
			f.Manual = "Ask for one version in all package.json files, that of the Backstage release: `batten upgrade --to` the release brings all of them there."
			f.Related = []Place{r.place(top.p.File, top.d.Span, "the newest version asked for")}
			out = append(out, f)
		}
	}
	return out
}

// undeclaredImports finds imports of packages that neither the file's package.json nor the
// root's declares.
func undeclaredImports(r *Repo) []Finding {
	first := map[string]bool{}
	var out []Finding
	for _, s := range r.Sources() {
		for _, imp := range s.Imports {
			name := PackageName(imp.Specifier)
			if name == "" || imp.TypeOnly || r.isFeature(s.File, imp.Span) || builtin(name) || s.Package.Name == name || !validName(name) || r.declared(s.Package, name) {
				continue
			}
			key := s.Package.Dir + " " + name
			if first[key] || r.isExempted(s.File, imp.Span) || r.aliases(s.Package)(imp.Specifier) {
				continue
			}
			first[key] = true
			f := r.at(s.File, imp.Span, "%s is imported, and %s does not declare it", name, s.Package.File)
			f.key = name
			fix, manual, err := r.declare(s.Package, name)
			if err == nil && fix != nil {
				f.Fixes = []Fix{*fix}
			}
			f.Manual = manual
			f.Detail = "It is found only as long as another package brings it to the place where this one looks."
			if lock := r.Lockfile(); lock != nil && len(lock.Of(name)) == 0 {
				if _, local := r.Workspace.Package(name); !local {
					f.Detail = "The lockfile does not have it either: it is not installed."
				}
			}
			out = append(out, f)
		}
	}
	return out
}

// isExempted reports whether a comment for ESLint says that an import need not be declared.
func (r *Repo) isExempted(name string, span text.Span) bool {
	src := r.file(name)
	if src.err != nil || !bytes.Contains(src.data, []byte("import/no-extraneous-dependencies")) {
		return false
	}
	line := src.index().Line(span.Start)
	return eslintComment(src.data, src.index().Offset(text.Pos{Line: max(1, line-1), Column: 1}), span.Start)
}

// eslintComment reports whether the text between two places, or the line of the second, has the
// comment.
func eslintComment(src []byte, from, to int) bool {
	for line := range strings.SplitSeq(string(src[from:text.LineEnd(src, to)]), "\n") {
		if strings.Contains(line, "eslint-disable") && strings.Contains(line, "import/no-extraneous-dependencies") {
			return true
		}
	}
	return false
}

var npmName = regexp.MustCompile(`^(@[a-z0-9~-][a-z0-9._~-]*/)?[a-zA-Z0-9~-][a-zA-Z0-9._~-]*$`)

// isFeature reports whether an import is the argument of backend.add: the rule not-installed is
// about those.
func (r *Repo) isFeature(file string, span text.Span) bool {
	return slices.ContainsFunc(r.Wiring.Facts, func(f wiring.Fact) bool {
		return f.Kind == wiring.BackendFeature && f.File == file && f.Span.Contains(span)
	})
}

// validName reports whether a specifier may be a package: "~/x", "#x" and "src/x" are ways to
// name the app's own files.
func validName(name string) bool {
	return npmName.MatchString(name) && name != "src" && name != "~" && !strings.HasPrefix(name, "~")
}

// aliases reports which specifiers the compiler is told to look for in the repository itself:
// paths of tsconfig.json, imports and folders beside the package's sources.
func (r *Repo) aliases(p *workspace.Package) func(string) bool {
	var patterns []string
	for _, name := range []string{"tsconfig.json", p.Path("tsconfig.json")} {
		src, err := r.ReadFile(name)
		if err != nil {
			continue
		}
		if i := strings.Index(string(src), `"paths"`); i >= 0 {
			for _, m := range quotedKey.FindAllStringSubmatch(string(src[i:]), -1) {
				patterns = append(patterns, m[1])
			}
		}
	}
	return func(spec string) bool {
		if slices.ContainsFunc(patterns, func(pat string) bool {
			head, tail, star := strings.Cut(pat, "*")
			return spec == pat || star && pat != "*" && strings.HasPrefix(spec, head) && strings.HasSuffix(spec, tail)
		}) {
			return true
		}
		top, _, _ := strings.Cut(spec, "/")
		return r.Exists(p.Path(top)) || r.Exists(p.Path("src/"+top)) || r.sourceAt(p.Path("src/"+spec)) || r.sourceAt(p.Path(spec))
	}
}

func (r *Repo) sourceAt(base string) bool {
	return slices.ContainsFunc([]string{".ts", ".tsx", ".js", ".jsx"}, func(ext string) bool { return r.Exists(base + ext) })
}

var quotedKey = regexp.MustCompile(`"([^"\s]+)"\s*:\s*\[`)

// declared reports whether an import of a package is covered by a package.json: the package's,
// or the root's.
func (r *Repo) declared(p *workspace.Package, name string) bool {
	for _, at := range []*workspace.Package{p, r.Workspace.Root} {
		if _, ok := at.Dep(name); ok {
			return true
		}
		if _, ok := at.Dep(typesOf(name)); ok {
			return true // a module that has nothing but types
		}
	}
	return false
}

func typesOf(name string) string {
	return "@types/" + strings.ReplaceAll(strings.TrimPrefix(name, "@"), "/", "__")
}

// asked is the first package.json that asks for a package, other than as a peer.
type asked struct{ spec, file string }

func (r *Repo) readAsked() map[string]asked {
	all := map[string]asked{}
	for _, p := range r.AllPackages() {
		for _, d := range p.Deps {
			if _, seen := all[d.Name]; !seen && d.Field != "peerDependencies" {
				all[d.Name] = asked{d.Spec, p.File}
			}
		}
	}
	return all
}

// declare is the fix that declares a package, with the specifier that another package.json of
// the repository has; nil if none has. manual says how to do it by hand.
func (r *Repo) declare(p *workspace.Package, name string) (*Fix, string, error) {
	spec, why := "", ""
	if _, local := r.Workspace.Package(name); local && r.Workspace.Manager.Berry {
		spec, why = "workspace:^", "as it is in this repository"
	}
	if by, ok := r.asked()[name]; ok && spec == "" {
		spec, why = by.spec, "as in "+by.file
	}
	if spec == "" {
		if lock := r.Lockfile(); lock != nil {
			if v := lock.Versions(name); len(v) == 1 && npmver.Satisfies(v[0], "^"+v[0]) {
				return nil, fmt.Sprintf("Add %q: %q to the dependencies in %s, and run `%s install`.", name, "^"+v[0], p.File, r.Workspace.Manager.Name), nil
			}
		}
		return nil, fmt.Sprintf("Add %q to the dependencies in %s.", name, p.File), nil
	}
	manual := fmt.Sprintf("Add %q: %q to the dependencies in %s (%s), and run `%s install`.", name, spec, p.File, why, r.Workspace.Manager.Name)
	edits, err := p.Doc.SetDependency("dependencies", name, spec)
	if err != nil || len(edits) == 0 {
		return nil, manual, err
	}
	return &Fix{Title: fmt.Sprintf("Declare %s %s in %s", name, spec, p.File), Safe: true, Edits: map[string][]text.Edit{p.File: edits}}, manual, nil
}

// side says whether a package is a plugin of backends or of apps: by its role if it is in the
// repository or installed, else by its name where names are by rule. certain is false if nothing says.
func (r *Repo) side(from, name string) (backend, frontend, certain bool) {
	role := ""
	if p, ok := r.Workspace.Package(name); ok {
		role = p.Role
		if p.RoleFrom != workspace.RoleDeclared {
			return false, false, false
		}
	} else if in, ok := r.Installed(from, name); ok {
		role = roleOf(in.JSON)
	} else if strings.HasPrefix(name, "@backstage/plugin-") || strings.HasPrefix(name, "@backstage-community/plugin-") {
		switch short := name[strings.Index(name, "/")+1:]; {
		case strings.HasSuffix(short, "-common"), strings.HasSuffix(short, "-node"), strings.HasSuffix(short, "-react"):
			return false, false, true
		case strings.HasSuffix(short, "-backend"), strings.Contains(short, "-backend-module-"):
			return true, false, true
		case strings.HasSuffix(short, "-compat"), strings.HasSuffix(short, "-test-utils"), strings.Contains(short, "-backend"):
			return false, false, false
		}
		return false, true, true
	}
	switch role {
	case workspace.RoleBackendPlugin, workspace.RoleBackendPluginModule:
		return true, false, true
	case workspace.RoleFrontendPlugin, workspace.RoleFrontendPluginModule:
		return false, true, true
	}
	return false, false, role != ""
}

var roleField = regexp.MustCompile(`"role"\s*:\s*"([a-z-]+)"`)

func roleOf(packageJSON []byte) string {
	if m := roleField.FindSubmatch(packageJSON); m != nil {
		return string(m[1])
	}
	return ""
}

// wrongSide finds plugins for the backend among the dependencies of an app, and the reverse.
func wrongSide(r *Repo) []Finding {
	var out []Finding
	look := func(p *workspace.Package, app bool) {
		for _, d := range p.Deps {
			if d.Field != "dependencies" {
				continue
			}
			backend, frontend, certain := r.side(p.Dir, d.Name)
			if !certain || app && !backend || !app && !frontend {
				continue
			}
			what, where := "a plugin of backends", "an app"
			if !app {
				what, where = "a plugin of apps", "a backend"
			}
			f := r.at(p.File, d.Span, "%s is %s, and %s depends on it", d.Name, what, where)
			f.key = d.Name
			imported := r.importedBy(p, d.Name)
			if imported == nil {
				f.Detail = "Nothing in " + p.Dir + "/src imports it."
				if len(out) < maxOffered {
					f.Fixes = removal(p, d.Name)
				}
				f.Manual = fmt.Sprintf("Remove it from %s, or move it to the package.json of the other side.", p.File)
			} else {
				f.Manual = "Move what imports it to the other side; what both sides need is in the plugin's -common package."
				f.Related = []Place{*imported}
			}
			out = append(out, f)
		}
	}
	for _, a := range r.Workspace.Apps {
		look(a.Package, true)
	}
	for _, b := range r.Workspace.Backends {
		look(b.Package, false)
	}
	return out
}

// maxOffered bounds the findings of a rule that have a fix which is only offered: each costs as
// much as its file is long.
const maxOffered = 50

// removal is the fix, only offered, that removes a dependency.
func removal(p *workspace.Package, name string) []Fix {
	edits, err := p.Doc.Remove("dependencies", name)
	if err != nil || len(edits) == 0 {
		return nil
	}
	return []Fix{{Title: "Remove the dependency", Edits: map[string][]text.Edit{p.File: edits}}}
}

// unusedPlugins finds frontend plugins of a legacy app that nothing names.
func unusedPlugins(r *Repo) []Finding {
	var out []Finding
	for _, a := range r.Workspace.Apps {
		if a.System != workspace.Legacy || r.degraded(a.Dir) {
			continue
		}
		for _, d := range a.Deps {
			if d.Field != "dependencies" {
				continue
			}
			if _, frontend, certain := r.side(a.Dir, d.Name); !frontend || !certain || r.mentioned(a.Package, d.Name) || r.packagesMention(a.Package, d.Name) {
				continue
			}
			f := r.at(a.File, d.Span, "%s is a dependency, and nothing of it is used", d.Name)
			f.key = d.Name
			f.Manual = fmt.Sprintf("Wire it in with `batten add %s`, or remove it from %s.", d.Name, a.File)
			if len(out) < maxOffered {
				f.Fixes = removal(a.Package, d.Name)
			}
			out = append(out, f)
		}
	}
	return out
}

// backstageProtocol finds specifiers of the Backstage yarn plugin in a repository without it.
func backstageProtocol(r *Repo) []Finding {
	if r.hasYarnPlugin() {
		return nil
	}
	var out []Finding
	for _, p := range r.AllPackages() {
		for _, d := range p.Deps {
			if !strings.HasPrefix(d.Spec, "backstage:") {
				continue
			}
			f := r.at(p.File, d.Span, "%q needs the Backstage plugin of yarn, and .yarnrc.yml does not have it", d.Spec)
			f.key = d.Name
			f.Manual = "Run `yarn plugin import https://versions.backstage.io/v1/tags/main/yarn-plugin`."
			if r.Workspace.Manager.Name != "yarn" || !r.Workspace.Manager.Berry {
				f.Manual = "The plugin is for yarn 4; with another package manager write the version's range."
			}
			out = append(out, f)
			break // one for each package.json is enough
		}
	}
	return out
}

// hasYarnPlugin reports whether .yarnrc.yml names the plugin.
func (r *Repo) hasYarnPlugin() bool {
	src, err := r.ReadFile(".yarnrc.yml")
	return err == nil && strings.Contains(string(src), "plugin-backstage") && strings.Contains(string(src), "plugins:")
}

// featuresOf are the backend features of a backend.
func (r *Repo) featuresOf(dir string) []wiring.Fact {
	var out []wiring.Fact
	for _, f := range r.Wiring.Kind(wiring.BackendFeature) {
		if f.Package == dir {
			out = append(out, f)
		}
	}
	return out
}

// builtin reports whether a name is a module of Node itself.
func builtin(name string) bool {
	_, ok := slices.BinarySearch(builtins, name)
	return ok
}

var builtins = []string{
	"assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram", "diagnostics_channel", "dns", "domain",
	"events", "fs", "http", "http2", "https", "inspector", "module", "net", "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline",
	"repl", "stream", "string_decoder", "sys", "timers", "tls", "trace_events", "tty", "url", "util", "v8", "vm", "wasi", "worker_threads", "zlib",
}
