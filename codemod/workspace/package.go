package workspace

import (
	"io/fs"
	"path"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/text"
)

// Package is a package.json and the folder that it is in.
type Package struct {
	Dir      string // "packages/app"; "." for the root
	File     string // "packages/app/package.json"
	Name     string
	Version  string
	Role     string   // one of the Role constants, or as written; "" if not known
	RoleFrom RoleFrom // how the role is known
	PluginID string   // backstage.pluginId
	Source   []byte   // text of File; must not be modified
	Doc      *jsonedit.Doc
	Deps     []Dep // of all fields, in the order of DependencyFields and then of the file
	Scripts  map[string]string
}

// The roles that the rest of batten asks for; package.json may say others.
const (
	RoleFrontend             = "frontend"
	RoleBackend              = "backend"
	RoleFrontendPlugin       = "frontend-plugin"
	RoleFrontendPluginModule = "frontend-plugin-module"
	RoleBackendPlugin        = "backend-plugin"
	RoleBackendPluginModule  = "backend-plugin-module"
	RoleCommonLibrary        = "common-library"
	RoleNodeLibrary          = "node-library"
	RoleWebLibrary           = "web-library"
	RoleCLI                  = "cli"
)

// RoleFrom says how the role of a package is known.
type RoleFrom string

// How a role is known.
const (
	RoleUnknown  RoleFrom = ""
	RoleDeclared RoleFrom = "backstage.role"
	RoleScripts  RoleFrom = "scripts" // what the scripts call, as before roles existed
	RoleShape    RoleFrom = "shape"   // its name, dependencies and files
)

// Dep is one entry of a dependency field.
type Dep struct {
	Name  string
	Spec  string    // as written: "^1.2.3", "workspace:^", "backstage:^", "npm:x@1"
	Field string    // the field it is in: "dependencies"
	Span  text.Span // the specifier in the package's Source, with its quotes
}

// DependencyFields are the fields of package.json that hold dependencies, in the order in
// which Package.Dep looks.
var DependencyFields = [...]string{"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"}

// Dep is the first entry for a package name, in the order of DependencyFields.
func (p *Package) Dep(name string) (Dep, bool) {
	for _, d := range p.Deps {
		if d.Name == name {
			return d, true
		}
	}
	return Dep{}, false
}

// Path is the slash path from the root of a path in the package.
func (p *Package) Path(rel string) string { return path.Join(p.Dir, rel) }

// readPackage reads the package.json in dir. The error is of fs or a *diag.Diagnostic.
func readPackage(fsys fs.FS, dir string) (*Package, error) {
	file := path.Join(dir, "package.json")
	src, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, err
	}
	doc, err := jsonedit.Parse(file, src)
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	if root.Kind() != jsonedit.Object {
		return nil, diag.Errorf("invalid-json", "package.json is not an object").At(file, src, root.Span())
	}
	p := &Package{Dir: dir, File: file, Source: src, Doc: doc,
		Name: str(root.Get("name")), Version: str(root.Get("version"))}
	backstage := root.Get("backstage")
	p.Role, p.PluginID = str(backstage.Get("role")), str(backstage.Get("pluginId"))
	if p.Role != "" {
		p.RoleFrom = RoleDeclared
	}
	for m := range root.Get("scripts").Members() {
		if m.Value.Kind() == jsonedit.String {
			if p.Scripts == nil {
				p.Scripts = map[string]string{}
			}
			p.Scripts[m.Name] = m.Value.String()
		}
	}
	for _, field := range DependencyFields {
		if v := root.Get(field); v.Kind() == jsonedit.Array || v.Kind() == jsonedit.String || v.Kind() == jsonedit.Number {
			return nil, diag.Errorf("invalid-json", "%s of package.json is not an object", field).At(file, src, v.Span())
		}
		last := map[string]int{}
		for m := range root.Get(field).Members() {
			if m.Value.Kind() != jsonedit.String {
				continue
			}
			d := Dep{Name: m.Name, Spec: m.Value.String(), Field: field, Span: m.Value.Span()}
			if i, twice := last[m.Name]; twice { // JavaScript uses the last of two equal keys
				p.Deps[i] = d
				continue
			}
			last[m.Name] = len(p.Deps)
			p.Deps = append(p.Deps, d)
		}
	}
	if p.Role == "" {
		p.Role, p.RoleFrom = inferRole(fsys, p)
	}
	return p, nil
}

// str is a JSON string's value; "" for every other value.
func str(v jsonedit.Value) string {
	if v.Kind() != jsonedit.String {
		return ""
	}
	return v.String()
}

// inferRole concludes the role of a package that declares none: from what its scripts call,
// as `backstage-cli migrate package-roles` did, else from its dependencies and files. It is
// careful: no role is better than a wrong one.
func inferRole(fsys fs.FS, p *Package) (string, RoleFrom) {
	calls := func(script, command string) bool { return strings.Contains(p.Scripts[script], command) }
	switch {
	case calls("start", "app:serve"), calls("build", "app:build"):
		return RoleFrontend, RoleScripts
	case calls("build", "backend:bundle"), calls("build-image", "backend:build-image"): // the latter until 2021
		return RoleBackend, RoleScripts
	case calls("start", "plugin:serve"), calls("build", "plugin:build"):
		if strings.Contains(p.Name, "-module-") {
			return RoleFrontendPluginModule, RoleScripts
		}
		return RoleFrontendPlugin, RoleScripts
	case calls("build", "backend:build"), calls("start", "backend:dev"):
		if strings.Contains(p.Name, "-backend-module-") {
			return RoleBackendPluginModule, RoleScripts
		}
		return RoleBackendPlugin, RoleScripts
	}
	has := func(names ...string) bool {
		for _, name := range names {
			if d, ok := p.Dep(name); ok && d.Field == "dependencies" {
				return true
			}
		}
		return false
	}
	switch {
	case p.Dir == ".":
		return "", RoleUnknown
	case has("@backstage/app-defaults", "@backstage/frontend-defaults", "@backstage/core-app-api", "@backstage/core") &&
		exists(fsys, p, "src/App.tsx", "src/index.tsx", "src/App.jsx", "src/index.jsx") && has("react-dom"):
		return RoleFrontend, RoleShape
	case has("@backstage/backend-defaults", "@backstage/backend-common") &&
		has("@backstage/plugin-catalog-backend", "@backstage/plugin-app-backend", "app") &&
		exists(fsys, p, "src/index.ts", "src/index.tsx", "src/index.js"):
		return RoleBackend, RoleShape
	}
	return "", RoleUnknown
}

func exists(fsys fs.FS, p *Package, files ...string) bool {
	for _, f := range files {
		if info, err := fs.Stat(fsys, p.Path(f)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}
