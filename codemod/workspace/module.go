package workspace

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// name is an export of a module.
type name struct{ module, export string }

// module is what matters of one source file of an app.
type module struct {
	file  string
	tree  *tsx.Tree
	names []name   // what it imports from packages
	local []string // relative specifiers, of imports and exports, also of import()
	other []string // the specifiers of packages among these
}

// maxFollowed bounds the files that one question may read.
const maxFollowed = 500

// follow visits a file and those that it imports by relative specifiers, the near ones first,
// until visit returns false. Files that do not parse are passed over.
func (w *Workspace) follow(entry string, visit func(*module) bool) {
	w.followTo(entry, func(m *module) []string { return m.local }, visit)
}

// followPackages is follow that also goes to the packages of the monorepo that files import.
func (w *Workspace) followPackages(entry string, visit func(*module) bool) {
	w.followTo(entry, func(m *module) []string { return append(slices.Clip(m.local), m.other...) }, visit)
}

func (w *Workspace) followTo(entry string, specifiers func(*module) []string, visit func(*module) bool) {
	seen := map[string]bool{entry: true}
	for queue := []string{entry}; len(queue) > 0 && len(seen) < maxFollowed; queue = queue[1:] {
		m, err := w.readModule(queue[0])
		if err != nil {
			continue
		}
		if !visit(m) {
			return
		}
		for _, spec := range specifiers(m) {
			file, ok := w.Resolve(m.file, spec)
			if !ok {
				file, ok = w.entryOf(spec)
			}
			if ok && !seen[file] && isSource(file) {
				seen[file] = true
				queue = append(queue, file)
			}
		}
	}
}

// entryOf is the source file that an import of a package of the monorepo means.
func (w *Workspace) entryOf(name string) (string, bool) {
	p, ok := w.byName[name]
	if !ok {
		return "", false
	}
	if main := str(p.Doc.Root().Get("main")); main != "" {
		if file := p.Path(main); fs.ValidPath(file) && isSource(file) && w.isFile(file) {
			return file, true
		}
	}
	file := w.firstFile(p, "src/index.ts", "src/index.tsx")
	return file, file != ""
}

func isSource(file string) bool {
	switch path.Ext(file) {
	case ".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs":
		return !strings.HasSuffix(file, ".d.ts")
	}
	return false
}

// Resolve finds the file that a relative import in a file means, as bundlers do: as written,
// with an extension, the index of a folder, the TypeScript behind a .js.
func (w *Workspace) Resolve(from, specifier string) (string, bool) {
	if !strings.HasPrefix(specifier, "./") && !strings.HasPrefix(specifier, "../") && specifier != "." && specifier != ".." {
		return "", false
	}
	base := path.Join(path.Dir(from), specifier)
	if !fs.ValidPath(base) {
		return "", false
	}
	if path.Ext(base) != "" && w.isFile(base) {
		return base, true
	}
	stems := []string{base}
	if ext := path.Ext(base); ext == ".js" || ext == ".jsx" || ext == ".mjs" {
		stems = append(stems, strings.TrimSuffix(base, ext))
	}
	for _, stem := range append(stems, path.Join(base, "index")) {
		for _, ext := range []string{".tsx", ".ts", ".jsx", ".js", ".mts", ".mjs"} {
			if w.isFile(stem + ext) {
				return stem + ext, true
			}
		}
	}
	return "", false
}

func (w *Workspace) readModule(file string) (*module, error) {
	tree, err := w.ParseTSX(file)
	if err != nil {
		return nil, err
	}
	m := &module{file: file, tree: tree}
	add := func(specifier string, exports ...string) {
		if strings.HasPrefix(specifier, ".") {
			m.local = append(m.local, specifier)
			return
		}
		m.other = append(m.other, specifier)
		for _, e := range exports {
			m.names = append(m.names, name{specifier, e})
		}
	}
	for _, decl := range tsx.Imports(tree) {
		if decl.TypeOnly {
			continue
		}
		exports := make([]string, len(decl.Bindings))
		for i, b := range decl.Bindings {
			exports[i] = b.Name
		}
		add(decl.Module, exports...)
	}
	for n := range tree.Root().NamedChildren() {
		if n.Kind() == tsx.KindExportStatement {
			if s, ok := tsx.StringValue(n.Field(tsx.FieldSource)); ok {
				add(s)
			}
		}
	}
	if bytes.Contains(tree.Source(), []byte("import(")) {
		for n := range tree.Root().Descendants() {
			if n.Kind() == tsx.KindCallExpression && n.Field(tsx.FieldFunction).Kind() == tsx.KindImport {
				if s, ok := tsx.StringValue(n.Field(tsx.FieldArguments).NamedChild(0)); ok {
					add(s)
				}
			}
		}
	}
	return m, nil
}

// calls finds, among functions by export and module, the one that the file imports and calls.
// Where it calls several, a New system counts before a Legacy one.
func (m *module) calls(functions map[string]map[string]System) (name, bool) {
	var found name
	best := Unknown
	for _, decl := range tsx.Imports(m.tree) {
		for _, b := range decl.Bindings {
			system := functions[b.Name][decl.Module]
			if system > best && !b.TypeOnly && m.hasCall(b.Local) {
				found, best = name{decl.Module, b.Name}, system
			}
		}
	}
	return found, best != Unknown
}

func (m *module) hasCall(function string) bool {
	for n := range m.tree.Root().Descendants() {
		if n.Kind() == tsx.KindCallExpression && n.Field(tsx.FieldFunction).Text() == function {
			return true
		}
	}
	return false
}

// treeCache holds the syntax trees of files by name, each for the content it was made from.
type treeCache struct {
	mu    sync.Mutex
	trees map[string]cachedTree
}

type cachedTree struct {
	src  []byte
	tree *tsx.Tree
	err  error
}

func newTreeCache() *treeCache { return &treeCache{trees: map[string]cachedTree{}} }

// ParseTSX is the syntax tree of a TypeScript or JavaScript file. It reads the file each time
// and parses only what changed since, so that it may be asked again after FS has changed. The
// error is of fs, or a *diag.Diagnostic with the code invalid-source.
func (w *Workspace) ParseTSX(file string) (*tsx.Tree, error) {
	src, err := fs.ReadFile(w.FS, file)
	if err != nil {
		return nil, err
	}
	w.trees.mu.Lock()
	cached, ok := w.trees.trees[file]
	w.trees.mu.Unlock()
	if ok && bytes.Equal(cached.src, src) {
		return cached.tree, cached.err
	}
	tree, err := parse(file, src)
	w.trees.mu.Lock()
	w.trees.trees[file] = cachedTree{src, tree, err}
	w.trees.mu.Unlock()
	return tree, err
}
func parse(file string, src []byte) (*tsx.Tree, error) {
	tree, err := tsx.Parse(src, tsx.DialectOf(file))
	if err == nil {
		return tree, nil
	}
	var syntax *tsx.SyntaxError
	if !errors.As(err, &syntax) {
		return nil, err
	}
	d := diag.Errorf("invalid-source", "cannot be read: %s", syntax.Msg)
	return nil, d.At(file, src, text.Span{Start: syntax.Offset, End: syntax.Offset})
}
