package workspace

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
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

	read func() configContent
}

type configContent struct {
	src  []byte
	node *yaml.Node
	err  error
}

// Source is the text of the file, which must not be modified. The error is of fs.
func (c ConfigFile) Source() ([]byte, error) {
	if content := c.read(); content.src == nil {
		return nil, content.err
	}
	return c.read().src, nil
}

// Err says why the file cannot be read: a *diag.Diagnostic with its place for invalid YAML.
func (c ConfigFile) Err() error { return c.read().err }

// Lookup finds the value at a path of keys. A key with nothing under it, as when all of it is
// commented out, is found and null; an invalid file has no values.
func (c ConfigFile) Lookup(keys ...string) (ConfigValue, bool) {
	node := c.read().node
	for _, key := range keys {
		node = child(node, key)
	}
	if node == nil {
		return ConfigValue{}, false
	}
	src := c.read().src
	index := text.NewIndex(src)
	return ConfigValue{
		File: c.Name,
		Pos:  index.Pos(runeOffset(src, index, node.Line, node.Column)),
		Text: scalar(node),
		node: node,
	}, true
}

// runeOffset is the offset of a position whose column counts runes, as yaml.v3's do.
func runeOffset(src []byte, index *text.Index, line, column int) int {
	at := index.Offset(text.Pos{Line: line, Column: 1})
	for ; column > 1 && at < len(src) && src[at] != '\n'; column-- {
		_, size := utf8.DecodeRune(src[at:])
		at += size
	}
	return at
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
		if !v.IsNull() {
			return v.File, true
		}
	}
	return "", false
}

// ConfigProblems says which app-config files cannot be read.
func (w *Workspace) ConfigProblems() diag.List {
	var l diag.List
	for _, c := range w.Config {
		l = append(l, diagnostics(c.Err())...)
	}
	return l
}

// ConfigValue is a place in an app-config file.
type ConfigValue struct {
	File string
	Pos  text.Pos // of the value
	Text string   // of a scalar, without its quotes; "" for null, mappings and sequences
	node *yaml.Node
}

// IsMap and IsList tell the kind of the value; a null is neither.
func (v ConfigValue) IsMap() bool { return v.node != nil && v.node.Kind == yaml.MappingNode }

// IsList reports whether the value is a sequence.
func (v ConfigValue) IsList() bool { return v.node != nil && v.node.Kind == yaml.SequenceNode }

// IsNull reports whether the key has no value, as when all under it is commented out.
func (v ConfigValue) IsNull() bool {
	return v.node == nil || v.node.Kind == yaml.ScalarNode && v.node.Tag == "!!null"
}

// Strings are the scalars of a sequence.
func (v ConfigValue) Strings() []string {
	var all []string
	if v.IsList() {
		for _, e := range v.node.Content {
			if s := scalar(e); s != "" {
				all = append(all, s)
			}
		}
	}
	return all
}

// readConfigFiles lists the app-config files of the root, and those that scripts name.
func (w *Workspace) readConfigFiles() {
	seen := map[string]bool{}
	add := func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		w.Config = append(w.Config, ConfigFile{name, configKind(name), configReader(w.FS, name)})
	}
	entries, _ := fs.ReadDir(w.FS, ".")
	for _, e := range entries {
		if ok, _ := path.Match("app-config*.y*ml", e.Name()); ok && !e.IsDir() &&
			(strings.HasSuffix(e.Name(), ".yaml") || strings.HasSuffix(e.Name(), ".yml")) {
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

// configReader reads a file once.
func configReader(fsys fs.FS, name string) func() configContent {
	return sync.OnceValue(func() configContent {
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return configContent{err: err}
		}
		node, err := parseYAML(name, src)
		return configContent{src, node, err}
	})
}

// configArgs are the files that a script gives to --config.
func configArgs(script string) []string {
	var files []string
	words := strings.Fields(script)
	for i, word := range words {
		file, ok := strings.CutPrefix(word, "--config=")
		if word == "--config" && i+1 < len(words) {
			file, ok = words[i+1], true
		}
		if file = strings.Trim(file, `"'\`); ok && !strings.ContainsAny(file, "$:") && file != "" {
			files = append(files, file)
		}
	}
	return files
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
