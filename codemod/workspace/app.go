package workspace

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// System is the generation of a frontend or backend.
type System uint8

// The systems. A Hybrid frontend is a new app that takes over a legacy one with
// convertLegacyAppRoot or its like.
const (
	Unknown System = iota
	Legacy
	New
	Hybrid
)

func (s System) String() string {
	return [...]string{"unknown", "legacy", "new", "hybrid"}[s]
}

// MarshalText writes the system's name; see String.
func (s System) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// App is a frontend.
type App struct {
	*Package
	System    System
	Entry     string // the file that starts it: "packages/app/src/index.tsx"; "" if not found
	AppFile   string // the file that calls createApp; "" if none does
	CreateApp string // the module that createApp is imported from; "" likewise
	Discovery Discovery
}

// Discovery is what app.packages in app-config says: which dependencies of a new frontend
// are installed without being named in code. The zero Discovery finds none.
type Discovery struct {
	On      bool
	Include []string // if not nil, these packages alone
	Exclude []string
	File    string // the app-config file that says so
	Key     string // path of the key there: "app.packages", "app.experimental.packages"
}

// Finds reports whether a dependency of that name is installed by discovery.
func (d Discovery) Finds(name string) bool {
	return d.On && !slices.Contains(d.Exclude, name) && (d.Include == nil || slices.Contains(d.Include, name))
}

// Backend is a backend.
type Backend struct {
	*Package
	System  System
	Entry   string // the file that starts it: "packages/backend/src/index.ts"; "" if not found
	File    string // the file that calls createBackend, or createServiceBuilder of a legacy backend; "" if none does
	AppName string // the frontend that it serves: a dependency with the role frontend; "" if none
}

var frontendCalls = map[string]map[string]System{
	"createApp": {
		"@backstage/app-defaults":      Legacy,
		"@backstage/core-app-api":      Legacy,
		"@backstage/core":              Legacy,
		"@backstage/frontend-defaults": New,
		"@backstage/frontend-app-api":  New,
	},
	"createSpecializedApp": {
		"@backstage/core-app-api":     Legacy,
		"@backstage/frontend-app-api": New,
	},
	"prepareSpecializedApp": {
		"@backstage/frontend-app-api": New,
	},
}

var backendCalls = map[string]map[string]System{
	"createBackend":            {"@backstage/backend-defaults": New},
	"createSpecializedBackend": {"@backstage/backend-app-api": New},
	"createServiceBuilder":     {"@backstage/backend-common": Legacy},
	"useHotMemoize":            {"@backstage/backend-common": Legacy},
}

func isConversion(imported name) bool {
	return imported.module == "@backstage/core-compat-api" && strings.HasPrefix(imported.export, "convertLegacyApp")
}

// findApps finds the frontends: the packages with that role.
func (w *Workspace) findApps() {
	for _, p := range w.Packages {
		if p.Role == RoleFrontend {
			w.Apps = append(w.Apps, w.readApp(p))
		}
	}
	served := map[string]bool{}
	for _, p := range w.Packages {
		if p.Role == RoleBackend {
			served[w.servedApp(p)] = true
		}
	}
	rank := func(a *App) int {
		switch {
		case served[a.Name]:
			return 0
		case a.Name == "app" || a.Dir == "packages/app":
			return 1
		case a.AppFile != "":
			return 2
		}
		return 3
	}
	slices.SortStableFunc(w.Apps, func(a, b *App) int { return cmp.Compare(rank(a), rank(b)) })
}

// servedApp is the name of the frontend that a backend depends on, which app-backend serves.
func (w *Workspace) servedApp(backend *Package) string {
	for _, d := range backend.Deps {
		if p, ok := w.byName[d.Name]; ok && p.Role == RoleFrontend {
			return p.Name
		}
	}
	return ""
}

func (w *Workspace) readApp(p *Package) *App {
	app := &App{Package: p}
	app.Entry = w.firstFile(p, "src/index.tsx", "src/index.ts", "src/index.jsx", "src/index.js", "src/App.tsx", "src/App.jsx")
	if app.Entry == "" {
		return app
	}
	findCall := func(m *module) bool {
		call, ok := m.calls(frontendCalls)
		if ok {
			app.AppFile, app.CreateApp, app.System = m.file, call.module, frontendCalls[call.export][call.module]
		}
		return !ok
	}
	w.follow(app.Entry, findCall)
	if app.System == Unknown {
		w.followPackages(app.Entry, findCall) // one that a package of the company's makes
	}
	if app.System == New && (w.dependsOn(p, "@backstage/core-compat-api") || w.PackageOf(app.AppFile) != p) {
		from := app.Entry
		if w.PackageOf(app.AppFile) != p {
			from = app.AppFile
		}
		w.follow(from, func(m *module) bool {
			if slices.ContainsFunc(m.names, isConversion) {
				app.System = Hybrid
			}
			return app.System == New
		})
	}
	if app.System == Unknown {
		app.System = systemByDependencies(p, "@backstage/app-defaults", "@backstage/frontend-defaults")
	}
	if app.System != Legacy {
		app.Discovery = w.readDiscovery()
	}
	return app
}

// systemByDependencies is for packages whose createApp or createBackend is out of sight, as in
// a package of the company's: it goes by which of two packages they depend on, if not both.
func systemByDependencies(p *Package, old, young string) System {
	_, isLegacy := p.Dep(old)
	_, isNew := p.Dep(young)
	switch {
	case isNew && !isLegacy:
		return New
	case isLegacy && !isNew:
		return Legacy
	}
	return Unknown
}

// dependsOn reports whether a package, or the root for it, has a dependency.
func (w *Workspace) dependsOn(p *Package, name string) bool {
	_, own := p.Dep(name)
	_, atRoot := w.Root.Dep(name)
	return own || atRoot
}

func (w *Workspace) firstFile(p *Package, names ...string) string {
	for _, name := range names {
		if file := p.Path(name); w.isFile(file) {
			return file
		}
	}
	return ""
}

func (w *Workspace) isFile(name string) bool {
	info, err := fs.Stat(w.FS, name)
	return err == nil && info.Mode().IsRegular()
}

// readDiscovery reads app.packages, of the first file that has it, and its name before it
// became stable.
func (w *Workspace) readDiscovery() Discovery {
	for _, keys := range [][]string{{"app", "packages"}, {"app", "experimental", "packages"}} {
		for _, v := range w.ConfigLookup(keys...) {
			d := Discovery{File: v.File, Key: strings.Join(keys, ".")}
			switch {
			case v.Kind() == yamledit.String && v.String() == "all":
				d.On = true
			case v.Kind() == yamledit.Mapping:
				d.On = true
				if include := v.Get("include"); include.Kind() == yamledit.Sequence {
					d.Include = append([]string{}, stringsOf(include)...)
				}
				d.Exclude = stringsOf(v.Get("exclude"))
			default:
				continue
			}
			return d
		}
	}
	return Discovery{}
}

// findBackends finds the backends: the packages with that role.
func (w *Workspace) findBackends() {
	for _, p := range w.Packages {
		if p.Role == RoleBackend {
			w.Backends = append(w.Backends, w.readBackend(p))
		}
	}
	rank := func(b *Backend) int {
		switch {
		case b.Name == "backend" || b.Dir == "packages/backend":
			return 0
		case b.File != "" && b.AppName != "":
			return 1
		case b.File != "":
			return 2
		}
		return 3
	}
	slices.SortStableFunc(w.Backends, func(a, b *Backend) int { return cmp.Compare(rank(a), rank(b)) })
}

func (w *Workspace) readBackend(p *Package) *Backend {
	b := &Backend{Package: p, AppName: w.servedApp(p)}
	b.Entry = w.firstFile(p, "src/index.ts", "src/index.tsx", "src/index.mts", "src/index.js", "src/index.mjs")
	if b.Entry == "" {
		return b
	}
	w.follow(b.Entry, func(m *module) bool {
		call, ok := m.calls(backendCalls)
		if ok {
			b.File, b.System = m.file, backendCalls[call.export][call.module]
		}
		return b.System != New // a new backend that still has files of the old system is new
	})
	if b.System == Unknown {
		b.System = systemByDependencies(p, "@backstage/backend-common", "@backstage/backend-defaults")
	}
	return b
}

// App is the frontend to change: the only one, or of several the one that people most likely
// mean (see Workspace.Apps). The error, a *diag.Diagnostic, says what was looked for.
func (w *Workspace) App() (*App, error) {
	if len(w.Apps) > 0 {
		return w.Apps[0], nil
	}
	return nil, w.noPackage("no-app", "frontend", "app",
		"a workspace with the backstage.role \"frontend\", or one that starts with backstage-cli app:serve, or one with src/App.tsx and a dependency on @backstage/app-defaults or @backstage/frontend-defaults")
}

// Backend is the backend to change; see App.
func (w *Workspace) Backend() (*Backend, error) {
	if len(w.Backends) > 0 {
		return w.Backends[0], nil
	}
	return nil, w.noPackage("no-backend", "backend", "backend",
		"a workspace with the backstage.role \"backend\", or one that builds with backstage-cli backend:bundle, or one with src/index.ts and a dependency on @backstage/backend-defaults")
}

func (w *Workspace) noPackage(code, role, usual, looked string) *diag.Diagnostic {
	d := diag.Errorf(code, "this monorepo has no %s package", usual)
	d.File = w.Root.File
	var names []string
	for _, p := range w.Packages {
		names = append(names, p.Dir)
	}
	d.Detail = "Looked for " + looked + ", among " + list(names) + "."
	for _, p := range w.Problems {
		if p.Severity == diag.Error {
			d.Detail += "\nNot looked into: " + p.Location() + ": " + p.Summary + "."
		}
	}
	d.Manual = `Put "backstage": {"role": "` + role + `"} into the package.json of the ` + usual + "."
	return d
}

func list(names []string) string {
	const most = 12
	switch {
	case len(names) == 0:
		return "no workspaces at all"
	case len(names) > most:
		return strings.Join(names[:most], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}
