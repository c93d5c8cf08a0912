package dts

import (
	"encoding/json"
	"path"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/registry/recipe"
)

// Limits on what is read.
const (
	maxFileBytes = 1 << 20 // length of one file
	maxFiles     = 200     // files that the names of one module come from
	maxDepth     = 40      // hops from name to name
)

// Reader answers questions about the declarations of packages. It is safe for concurrent use.
type Reader struct {
	find func(from, name string) (dir string, packageJSON []byte, ok bool)
	read func(file string) ([]byte, error)

	modules  sync.Map // *module by file
	packages sync.Map // *packageJSON by folder
}

// New makes a reader. find is the folder, and the package.json, of a package as a file in the
// folder from would import it; read is the content of a file.
func New(find func(from, name string) (dir string, packageJSON []byte, ok bool), read func(file string) ([]byte, error)) *Reader {
	return &Reader{find: find, read: read}
}

// Exports are the names, types too, that a module exports, as a file in the folder from imports
// it. ok is false if they are not known for certain: it has no declarations, or not all of them
// can be read.
func (r *Reader) Exports(from, specifier string) (names map[string]bool, ok bool) {
	m := r.module(from, specifier)
	if m == nil {
		return nil, false
	}
	return m.exported(map[*module]bool{})
}

// Entries are the specifiers of a package that declarations can be found for: "@x/y", "@x/y/alpha".
// Those with patterns are left out.
func (r *Reader) Entries(from, name string) []string {
	dir, src, ok := r.find(from, name)
	if !ok {
		return nil
	}
	p := r.packageAt(dir, src)
	out := []string{name}
	add := func(sub string) {
		if sub != "" && sub != "." && !strings.ContainsAny(sub, "*") && path.Ext(sub) == "" {
			out = append(out, name+"/"+sub)
		}
	}
	if len(p.exports) > 0 {
		for sub := range p.exports {
			add(strings.TrimPrefix(strings.TrimPrefix(sub, "."), "/"))
		}
		return out
	}
	for sub := range p.versions {
		add(sub)
	}
	return out
}

// packageJSON is what is read of a package.json.
type packageJSON struct {
	types    string
	exports  map[string]json.RawMessage // by "." or "./alpha"
	versions map[string][]string        // typesVersions, by "alpha"
}

func (r *Reader) packageAt(dir string, src []byte) *packageJSON {
	if p, ok := r.packages.Load(dir); ok {
		return p.(*packageJSON)
	}
	var raw struct {
		Types    json.RawMessage `json:"types"`
		Typings  json.RawMessage `json:"typings"`
		Exports  json.RawMessage `json:"exports"`
		Versions json.RawMessage `json:"typesVersions"`
	}
	p := &packageJSON{}
	if json.Unmarshal(src, &raw) == nil {
		if json.Unmarshal(raw.Types, &p.types) != nil || p.types == "" {
			_ = json.Unmarshal(raw.Typings, &p.types)
		}
		if len(raw.Exports) > 0 && json.Unmarshal(raw.Exports, &p.exports) != nil {
			p.exports = map[string]json.RawMessage{".": raw.Exports}
		}
		if _, paths := p.exports["."]; !paths {
			for key := range p.exports {
				if !strings.HasPrefix(key, ".") { // conditions of the only entry
					p.exports = map[string]json.RawMessage{".": raw.Exports}
					break
				}
			}
		}
		var versions map[string]map[string][]string
		if json.Unmarshal(raw.Versions, &versions) == nil {
			p.versions = versions["*"]
		}
	}
	v, _ := r.packages.LoadOrStore(dir, p)
	return v.(*packageJSON)
}

// module is the module that a specifier means for a file in the folder from; nil if it has no
// declarations that can be read.
func (r *Reader) module(from, specifier string) *module {
	if strings.HasPrefix(specifier, ".") {
		return r.first(candidates(path.Join(from, specifier)))
	}
	name := recipe.PackageOf(specifier)
	if name == "" {
		return nil
	}
	dir, src, ok := r.find(from, name)
	if !ok {
		return nil
	}
	p := r.packageAt(dir, src)
	sub := strings.TrimPrefix(strings.TrimPrefix(specifier, name), "/")
	var files []string
	if raw := p.exports[strings.TrimSuffix("./"+sub, "/")]; raw != nil {
		files = append(files, types(raw, 0)...)
	} else if sub == "" {
		files = append(files, types(p.exports["."], 0)...)
	}
	if sub == "" {
		if p.types != "" {
			files = append(files, p.types)
		}
		files = append(files, "dist/index.d.ts", "index.d.ts")
	} else {
		files = append(files, p.versions[sub]...)
	}
	var names []string
	for _, f := range files {
		names = append(names, candidates(path.Join(dir, f))...)
	}
	if sub != "" {
		names = append(names, candidates(path.Join(dir, sub))...)
	}
	return r.first(names)
}

// types are the files that an entry of exports names, those for types first.
func types(raw json.RawMessage, depth int) []string {
	var file string
	if json.Unmarshal(raw, &file) == nil {
		return []string{file}
	}
	var conditions map[string]json.RawMessage
	if depth > 4 || json.Unmarshal(raw, &conditions) != nil {
		return nil
	}
	var out []string
	for _, c := range []string{"types", "import", "default", "require"} {
		if inner, ok := conditions[c]; ok {
			out = append(out, types(inner, depth+1)...)
		}
	}
	return out
}

// candidates are the files of declarations that a path may mean.
func candidates(name string) []string {
	if isTypes(name) {
		return []string{name}
	}
	switch ext := path.Ext(name); ext {
	case ".js", ".mjs", ".cjs":
		return []string{strings.TrimSuffix(name, ext) + ".d." + strings.Replace(ext[1:], "js", "ts", 1)}
	case ".ts", ".tsx", ".json", ".css":
		return nil // sources: what they infer is not written down
	}
	return []string{name + ".d.ts", name + "/index.d.ts"}
}

func isTypes(name string) bool {
	return strings.HasSuffix(name, ".d.ts") || strings.HasSuffix(name, ".d.mts") || strings.HasSuffix(name, ".d.cts")
}

func (r *Reader) first(files []string) *module {
	for _, f := range files {
		if m := r.load(f); m != nil {
			return m
		}
	}
	return nil
}

// load reads a file once; nil if that cannot be done.
func (r *Reader) load(file string) *module {
	type entry struct {
		once sync.Once
		m    *module
	}
	v, ok := r.modules.Load(file)
	if !ok {
		v, _ = r.modules.LoadOrStore(file, &entry{})
	}
	e := v.(*entry)
	e.once.Do(func() {
		src, err := r.read(file)
		if err != nil || len(src) > maxFileBytes {
			return
		}
		tree, err := tsx.Parse(src, tsx.DialectOf(file))
		if err != nil {
			return
		}
		e.m = newModule(r, file, tree)
	})
	return e.m
}
