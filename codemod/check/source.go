package check

import (
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/workspace"
)

// Source is a TypeScript or JavaScript file of a workspace.
type Source struct {
	File    string
	Package *workspace.Package
	Imports []Import
	Err     error // it cannot be read or parsed
}

// Import is a place in a source file that names a module.
type Import struct {
	Specifier string
	Span      text.Span // of the specifier, with its quotes
	TypeOnly  bool      // it is gone once the file is compiled
	Dynamic   bool      // import(...) or require(...)
}

// PackageName is the npm package that an import names: "@x/y" for "@x/y/z"; "" for a file.
func PackageName(specifier string) string {
	if specifier == "" || strings.HasPrefix(specifier, ".") || strings.HasPrefix(specifier, "/") || strings.Contains(specifier, ":") {
		return ""
	}
	parts := strings.SplitN(specifier, "/", 3)
	if strings.HasPrefix(specifier, "@") {
		if len(parts) < 2 || parts[0] == "@" {
			return ""
		}
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// Sources are the source files in the src folders of the workspaces, tests aside, by name.
func (r *Repo) Sources() []*Source { return r.sources() }

func (r *Repo) readSources() []*Source {
	var list []*Source
	for _, name := range r.Files() {
		if !isSource(name) || isTest(name) {
			continue
		}
		// Of packages in one another the inner one has the file; what is not below its src is no source.
		p := r.owner(name)
		if p == nil || !strings.HasPrefix(name, p.Dir+"/src/") {
			continue
		}
		list = append(list, &Source{File: name, Package: p})
	}
	each(len(list), func(i int) {
		s := list[i]
		tree, err := r.Tree(s.File)
		if err != nil {
			s.Err = err
			return
		}
		s.Imports = importsOf(tree)
	})
	return list
}

// each calls fn for 0 to n-1, side by side.
func each(n int, fn func(int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				fn(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

func isSource(name string) bool {
	if strings.HasSuffix(name, ".d.ts") {
		return false
	}
	switch path.Ext(name) {
	case ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts":
		return true
	}
	return false
}

// isTest reports whether a file is run by tests alone, as its name says.
func isTest(name string) bool {
	base := path.Base(name)
	for _, part := range []string{".test.", ".spec.", ".stories.", ".story.", ".e2e."} {
		if strings.Contains(base, part) {
			return true
		}
	}
	if strings.HasPrefix(base, "setupTests.") || strings.HasPrefix(base, "setup-tests.") {
		return true
	}
	return slices.ContainsFunc(strings.Split(path.Dir(name), "/"), func(dir string) bool {
		switch dir {
		case "__tests__", "__mocks__", "__fixtures__", "__testUtils__", "e2e-tests", "e2e", "test", "tests", "testUtils", "test-utils", "fixtures", "stories":
			return true
		}
		return false
	})
}

// importsOf are the modules that a file names.
func importsOf(tree *tsx.Tree) []Import {
	var out []Import
	add := func(str tsx.Node, typeOnly, dynamic bool) {
		if spec, ok := tsx.StringValue(str); ok && spec != "" {
			out = append(out, Import{Specifier: spec, Span: str.Span(), TypeOnly: typeOnly, Dynamic: dynamic})
		}
	}
	for _, d := range tsx.Imports(tree) {
		typeOnly := d.TypeOnly || len(d.Bindings) > 0 && !slices.ContainsFunc(d.Bindings, func(b tsx.ImportSpec) bool { return !b.TypeOnly })
		if !typeOnly && len(d.Bindings) > 0 {
			// Without isolatedModules, what is used as a type alone is gone, too.
			typeOnly = !slices.ContainsFunc(d.Bindings, func(b tsx.ImportSpec) bool { return !b.TypeOnly && usedAsValue(tree, b.Local) })
		}
		add(d.Source, typeOnly, false)
	}
	for n := range tree.Root().NamedChildren() {
		if n.Is(tsx.KindExportStatement) {
			if from := n.Field(tsx.FieldSource); from.Ok() {
				add(from, strings.HasPrefix(strings.Join(strings.Fields(n.Text()[:min(len(n.Text()), 40)]), " "), "export type"), false)
			}
		}
	}
	for n := range tree.Root().Descendants() {
		if !n.Is(tsx.KindCallExpression) {
			continue
		}
		callee := tsx.Callee(n)
		if callee.Is(tsx.KindImport) || callee.Is(tsx.KindIdentifier) && callee.Text() == "require" {
			if args := tsx.Arguments(n); len(args) == 1 && args[0].Is(tsx.KindString) {
				add(args[0], false, true)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Import) int { return a.Span.Start - b.Span.Start })
	return out
}

// usedAsValue reports whether a name is referred to other than as a type. An import of names that
// nothing refers to is gone once the file is compiled.
func usedAsValue(tree *tsx.Tree, local string) bool {
	return slices.ContainsFunc(tsx.References(tree, local), func(n tsx.Node) bool { return !n.Is(tsx.KindTypeIdentifier) && !inType(n) })
}

// inType reports whether a reference is within the name of a type, as in ns.T, or typeof x in one.
func inType(n tsx.Node) bool {
	p := n.Parent()
	return p.Is(tsx.KindNestedTypeIdentifier, tsx.KindTypeQuery)
}
