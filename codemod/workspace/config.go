package workspace

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// ConfigKind says when Backstage reads an app-config file.
type ConfigKind int

// The kinds of app-config files, in the order in which Workspace.Config lists them.
const (
	ConfigBase       ConfigKind = iota // app-config.yaml: always
	ConfigNamed                        // app-config.NAME.yaml, and files that a script names with --config
	ConfigProduction                   // app-config.production.yaml
	ConfigLocal                        // *.local.yaml: the user's own, not under version control
)

// ConfigFile is one app-config file. It is read when its content is first asked for.
type ConfigFile struct {
	Name string // slash path from the root
	Kind ConfigKind

	read func() (*yamledit.Doc, error)
}

// Doc is the file as YAML. The error is of fs, or a *diag.Diagnostic with the place of what is
// invalid.
func (c ConfigFile) Doc() (*yamledit.Doc, error) { return c.read() }

// ConfigValue is a value in an app-config file.
type ConfigValue struct {
	yamledit.Value
	File string
	Pos  text.Pos
}

// Lookup finds the value at a path of keys. A key with nothing under it, as when all of it is
// commented out, is found and null; an invalid file has no values.
func (c ConfigFile) Lookup(keys ...string) (ConfigValue, bool) {
	doc, err := c.read()
	if err != nil {
		return ConfigValue{}, false
	}
	v, ok := doc.Lookup(keys...)
	if !ok {
		return ConfigValue{}, false
	}
	return ConfigValue{Value: v, File: c.Name, Pos: doc.Pos(v.Span().Start)}, true
}

// ConfigLookup finds the values at a path of keys in all app-config files, in their order.
func (w *Workspace) ConfigLookup(keys ...string) []ConfigValue {
	var all []ConfigValue
	for _, c := range w.Config {
		if v, ok := c.Lookup(keys...); ok {
			all = append(all, v)
		}
	}
	return all
}

// ConfigHas reports whether an app-config file sets the value at a path of keys to something
// that is not null, and names the first that does.
func (w *Workspace) ConfigHas(keys ...string) (file string, ok bool) {
	for _, v := range w.ConfigLookup(keys...) {
		if v.Kind() != yamledit.Null {
			return v.File, true
		}
	}
	return "", false
}

// ConfigProblems says which app-config files cannot be read.
func (w *Workspace) ConfigProblems() diag.List {
	var l diag.List
	for _, c := range w.Config {
		_, err := c.read()
		l = append(l, diagnostics(err)...)
	}
	return l
}

// readConfigFiles lists the app-config files of the root, and those that scripts name.
func (w *Workspace) readConfigFiles() {
	seen := map[string]bool{}
	add := func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		w.Config = append(w.Config, ConfigFile{name, configKind(name), yamlReader(w.FS, name)})
	}
	entries, _ := fs.ReadDir(w.FS, ".")
	for _, e := range entries {
		if ok, _ := path.Match("app-config*.y*ml", e.Name()); ok &&
			isYAML(e.Name()) {
			add(e.Name())
		}
	}
	for _, p := range append([]*Package{w.Root}, w.Packages...) {
		for _, script := range p.Scripts {
			for _, arg := range configArgs(script) {
				for _, name := range []string{path.Join(p.Dir, arg), path.Join("packages/backend", arg), path.Clean(arg)} {
					if !fs.ValidPath(name) || seen[name] {
						continue
					}
					if info, err := fs.Stat(w.FS, name); err == nil && info.Mode().IsRegular() {
						add(name)
						break
					}
				}
			}
		}
	}
	slices.SortFunc(w.Config, func(a, b ConfigFile) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
}

// yamlReader reads a file once.
func yamlReader(fsys fs.FS, name string) func() (*yamledit.Doc, error) {
	return sync.OnceValues(func() (*yamledit.Doc, error) {
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		return yamledit.Parse(name, src)
	})
}

// configArgs are the files that a script gives to the --config of Backstage's tools: other tools
// have an option of that name, too.
func configArgs(script string) []string {
	var files []string
	ours := strings.Contains(script, "backstage-cli") || strings.Contains(script, "backend")
	words := strings.Fields(script)
	for i, word := range words {
		file, ok := strings.CutPrefix(word, "--config=")
		if word == "--config" && i+1 < len(words) {
			file, ok = words[i+1], true
		}
		if file = strings.Trim(file, `"'\`); ok && !strings.ContainsAny(file, "$:") && (ours || strings.Contains(path.Base(file), "app-config")) && isYAML(file) {
			files = append(files, file)
		}
	}
	return files
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

func configKind(name string) ConfigKind {
	base := path.Base(name)
	switch stem := strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".yml"); {
	case strings.HasSuffix(stem, ".local"):
		return ConfigLocal
	case name == "app-config.yaml":
		return ConfigBase
	case strings.HasSuffix(stem, ".production"), strings.HasSuffix(stem, ".prod"):
		return ConfigProduction
	}
	return ConfigNamed
}
