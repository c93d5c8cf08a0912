package derive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
)

// Package is one published version of an npm package.
type Package struct {
	Name, Version string
	JSON          PackageJSON
	Files         fs.FS  // the package's root: "package.json", "dist/index.esm.js"
	Deprecated    string // what the registry says of a deprecated version; "" if nothing
}

// PackageJSON is what derivation wants of a package.json. Fields of a wrong type are as good as
// missing.
type PackageJSON struct {
	Name, Version, Description string
	License                    string // SPDX, as far as the package says so
	Homepage                   string
	Repository                 string // https address of the sources, "" if not known
	Main, Module, Types        string

	Role           string   // backstage.role
	PluginID       string   // backstage.pluginId
	PluginPackage  string   // backstage.pluginPackage: of a module, the plugin it extends
	PluginPackages []string // backstage.pluginPackages: all packages of the plugin
	Moved          string   // backstage.moved: the package that this one became
	Features       map[string]string
	// Exports are the JavaScript entry points by export path, "." first.
	Exports []Export

	Dependencies     map[string]string
	PeerDependencies map[string]string
	// ConfigSchema is configSchema: a JSON object, or a string that is a file's name.
	ConfigSchema json.RawMessage
}

// Export is an entry point of a package.
type Export struct {
	Path    string // "." or "./alpha"
	JS      string // slash path from the package's root, "" if there is none
	Types   string // likewise of the declarations
	Feature string // what the package says that the default export is: "@backstage/FrontendPlugin"
}

// maxJSON is how long a package.json may be, in bytes.
const maxJSON = 1 << 20

// NewPackage reads a package's package.json.
//
// The error is a *diag.Diagnostic.
func NewPackage(files fs.FS) (*Package, error) {
	src, err := readLimited(files, "package.json", maxJSON)
	if err != nil {
		return nil, diag.Errorf("bad-package", "the package has no package.json that can be read: %v", err)
	}
	raw := fields(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")))
	if raw == nil {
		return nil, diag.Errorf("bad-package", "the package's package.json is no JSON object")
	}
	p := &Package{Files: files, JSON: packageJSON(raw)}
	p.entryFile()
	p.legacySubpaths()
	p.Name, p.Version = p.JSON.Name, p.JSON.Version
	if p.Name == "" {
		return nil, diag.Errorf("bad-package", "the package's package.json has no name")
	}
	return p, nil
}

// readLimited reads a regular file that is not longer than limit.
func readLimited(files fs.FS, name string, limit int64) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid
	}
	info, err := fs.Stat(files, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a file")
	case info.Size() > limit:
		return nil, fmt.Errorf("%d bytes are more than the %d that are read", info.Size(), limit)
	}
	return fs.ReadFile(files, name)
}

func fields(src []byte) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(src, &m) != nil {
		return nil
	}
	return m
}

// lenient decodes JSON of a known type; the zero value if it is of another.
func lenient[T any](src json.RawMessage) T {
	var v T
	if len(src) == 0 || json.Unmarshal(src, &v) != nil {
		var zero T
		return zero
	}
	return v
}

func packageJSON(raw map[string]json.RawMessage) PackageJSON {
	text := func(key string) string { return lenient[string](raw[key]) }
	backstage := fields(raw["backstage"])
	j := PackageJSON{
		Name: text("name"), Version: text("version"), Description: text("description"),
		License: text("license"), Homepage: text("homepage"), Repository: repository(raw["repository"]),
		Main: text("main"), Module: text("module"), Types: text("types"),
		Role:             lenient[string](backstage["role"]),
		PluginID:         lenient[string](backstage["pluginId"]),
		PluginPackage:    lenient[string](backstage["pluginPackage"]),
		PluginPackages:   lenient[[]string](backstage["pluginPackages"]),
		Moved:            lenient[string](backstage["moved"]),
		Features:         lenient[map[string]string](backstage["features"]),
		Dependencies:     lenient[map[string]string](raw["dependencies"]),
		PeerDependencies: lenient[map[string]string](raw["peerDependencies"]),
		ConfigSchema:     raw["configSchema"],
	}
	if j.License == "" {
		j.License = lenient[struct{ Type string }](raw["license"]).Type
	}
	if j.Types == "" {
		j.Types = text("typings")
	}
	j.Exports = exports(raw["exports"], j)
	return j
}

func repository(raw json.RawMessage) string {
	r := lenient[struct{ URL, Directory string }](raw)
	if r.URL == "" {
		r.URL = lenient[string](raw)
	}
	if short, ok := strings.CutPrefix(r.URL, "github:"); ok {
		r.URL = "https://github.com/" + short
	}
	u := strings.TrimSuffix(strings.TrimPrefix(r.URL, "git+"), ".git")
	if rest, ok := strings.CutPrefix(u, "git@github.com:"); ok {
		u = "https://github.com/" + rest
	}
	u = strings.Replace(u, "git://github.com/", "https://github.com/", 1)
	u = strings.Replace(u, "ssh://git@github.com/", "https://github.com/", 1)
	if !strings.HasPrefix(u, "https://") {
		return ""
	}
	if r.Directory != "" && strings.HasPrefix(u, "https://github.com/") {
		u += "/tree/HEAD/" + strings.Trim(r.Directory, "/")
	}
	return u
}

// exports reads the field exports, or main, module and types where there is none.
func exports(raw json.RawMessage, j PackageJSON) []Export {
	var out []Export
	if m := fields(raw); len(m) > 0 {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if key != "." && !strings.HasPrefix(key, "./") || strings.Contains(key, "*") {
				continue
			}
			e := Export{Path: key, JS: conditional(m[key], 0), Types: condition(m[key], "types", 0), Feature: lenient[string](fields(m[key])["backstage"])}
			out = append(out, e)
		}
		if len(out) == 0 { // conditions of "." alone
			out = []Export{{Path: ".", JS: conditional(raw, 0), Types: condition(raw, "types", 0)}}
		}
	} else if s := lenient[string](raw); s != "" {
		out = []Export{{Path: ".", JS: file(s)}}
	} else if main := cmpOr(j.Module, j.Main); main != "" {
		out = []Export{{Path: ".", JS: file(main)}}
	}
	for i, e := range out {
		if e.Path == "." && e.Types == "" {
			out[i].Types = file(j.Types)
		}
		if e.Feature == "" {
			out[i].Feature = j.Features[e.Path]
		}
	}
	return slices.DeleteFunc(out, func(e Export) bool { return e.JS == "" || !scriptName(e.JS) })
}

// conditional is the file that an entry of exports names for an importing bundler.
func conditional(raw json.RawMessage, depth int) string {
	if s := lenient[string](raw); s != "" {
		return file(s)
	}
	m := fields(raw)
	for _, key := range []string{"import", "module", "require", "node", "default"} {
		if m[key] != nil && depth < 8 {
			if f := conditional(m[key], depth+1); f != "" {
				return f
			}
		}
	}
	return ""
}

func condition(raw json.RawMessage, name string, depth int) string {
	m := fields(raw)
	if f := lenient[string](m[name]); f != "" {
		return file(f)
	}
	for _, key := range []string{"import", "require", "default"} {
		if m[key] != nil && depth < 8 {
			if f := condition(m[key], name, depth+1); f != "" {
				return f
			}
		}
	}
	return ""
}

// file is a path of package.json as a path in the package's fs.FS; "" if it leaves the package.
func file(name string) string {
	if name == "" {
		return ""
	}
	name = path.Clean(strings.TrimPrefix(name, "./"))
	if !fs.ValidPath(name) || name == "." {
		return ""
	}
	return name
}

func scriptName(name string) bool {
	switch path.Ext(name) {
	case ".js", ".mjs", ".cjs":
		return true
	}
	return false
}

func cmpOr(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// entryFile takes main for a package without exports whose module is not there.
func (p *Package) entryFile() {
	for i, e := range p.JSON.Exports {
		if e.Path != "." || e.JS != file(p.JSON.Module) {
			continue
		}
		main := file(p.JSON.Main)
		if info, err := fs.Stat(p.Files, e.JS); (err != nil || !info.Mode().IsRegular()) && main != "" && scriptName(main) {
			p.JSON.Exports[i].JS = main
		}
	}
}

// legacySubpaths adds the entry points of packages without exports that have a folder with a
// package.json of its own for each, as backstage-cli made them: alpha/package.json.
func (p *Package) legacySubpaths() {
	if slices.ContainsFunc(p.JSON.Exports, func(e Export) bool { return e.Path != "." }) {
		return
	}
	entries, err := fs.ReadDir(p.Files, ".")
	if err != nil || len(entries) > 1000 {
		return
	}
	for _, entry := range entries {
		if !entry.IsDir() || entry.Name() == "dist" || entry.Name() == "node_modules" {
			continue
		}
		src, err := readLimited(p.Files, entry.Name()+"/package.json", maxJSON)
		if err != nil {
			continue
		}
		sub := packageJSON(fields(src))
		main := cmpOr(sub.Module, sub.Main)
		if js := file(path.Join(entry.Name(), main)); main != "" && scriptName(js) {
			e := Export{Path: "./" + entry.Name(), JS: js, Feature: p.JSON.Features["./"+entry.Name()]}
			if sub.Types != "" {
				e.Types = file(path.Join(entry.Name(), sub.Types))
			}
			p.JSON.Exports = append(p.JSON.Exports, e)
		}
	}
}

// export is the entry point with a path.
func (j PackageJSON) export(p string) (Export, bool) {
	i := slices.IndexFunc(j.Exports, func(e Export) bool { return e.Path == p })
	if i < 0 {
		return Export{}, false
	}
	return j.Exports[i], true
}

// depends reports whether a package is among the dependencies or peers.
func (j PackageJSON) depends(name string) bool {
	return j.Dependencies[name] != "" || j.PeerDependencies[name] != ""
}

// specifier is what imports an entry point: "@x/plugin-y", "@x/plugin-y/alpha".
func (p *Package) specifier(exportPath string) string {
	return p.Name + strings.TrimPrefix(exportPath, ".")
}
