package dts

import (
	"maps"
	"path"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

// module is a file of declarations.
type module struct {
	reader *Reader
	file   string

	imports map[string]ref        // by local name
	decls   map[string][]tsx.Node // top-level declarations by name, several of one that is overloaded or merged
	exports map[string]export     // by exported name
	stars   []string              // export * from
	unsure  bool                  // it exports in a way that is not followed: export =, or it is no module
}

// ref is an export of a module, by the specifier that a file imports it with. Name "*" is the
// namespace.
type ref struct{ spec, name string }

// export is what an exported name is: a name in the file, a declaration, or an export of another
// file.
type export struct {
	name string
	decl tsx.Node
	from ref
}

// symbol is where a name leads to. Without declarations it is the namespace of mod.
type symbol struct {
	mod   *module
	decls []tsx.Node
}

func (s symbol) ok() bool { return s.mod != nil }

func newModule(r *Reader, file string, tree *tsx.Tree) *module {
	m := &module{reader: r, file: file, imports: map[string]ref{}, decls: map[string][]tsx.Node{}, exports: map[string]export{}}
	isModule, explicit := false, false
	for _, d := range tsx.Imports(tree) {
		isModule = true
		for _, b := range d.Bindings {
			name := b.Name
			if b.Namespace {
				name = "*"
			}
			m.imports[b.Local] = ref{d.Module, name}
		}
	}
	for n := range tree.Root().NamedChildren() {
		if !n.Is(tsx.KindExportStatement) {
			m.declare(n)
			continue
		}
		isModule = true
		if m.export(n) {
			explicit = true
		}
	}
	if !isModule {
		m.unsure = true
	}
	if !explicit { // declarations without an export list export all that they declare
		for name := range m.decls {
			if _, ok := m.exports[name]; !ok && m.exports["default"].name != name {
				m.exports[name] = export{name: name}
			}
		}
	}
	return m
}

// declare enters the names of a declaration, and returns them.
func (m *module) declare(n tsx.Node) []string {
	var names []string
	switch n.Kind() {
	case tsx.KindAmbientDeclaration, tsx.KindExpressionStatement:
		for c := range n.NamedChildren() {
			names = append(names, m.declare(c)...)
		}
	case tsx.KindLexicalDeclaration, tsx.KindVariableDeclaration:
		for c := range n.NamedChildren() {
			if name := c.Field(tsx.FieldName); c.Is(tsx.KindVariableDeclarator) && name.Is(tsx.KindIdentifier) {
				m.decls[name.Text()] = append(m.decls[name.Text()], c)
				names = append(names, name.Text())
			}
		}
	case tsx.KindFunctionDeclaration, tsx.KindGeneratorFunctionDeclaration, tsx.KindFunctionSignature, tsx.KindClassDeclaration,
		tsx.KindAbstractClassDeclaration, tsx.KindInterfaceDeclaration, tsx.KindTypeAliasDeclaration, tsx.KindEnumDeclaration,
		tsx.KindInternalModule, tsx.KindModule, tsx.KindImportAlias:
		name := n.Field(tsx.FieldName)
		if n.Is(tsx.KindImportAlias) && !name.Ok() {
			name = n.NamedChild(0)
		}
		if module, ok := tsx.StringValue(name); ok {
			// declare module "x" adds to another module, or to this one.
			if strings.HasPrefix(module, ".") || strings.Contains("/"+m.file, "/node_modules/"+module+"/") {
				m.unsure = true
			}
			return nil
		}
		if name.Ok() {
			m.decls[name.Text()] = append(m.decls[name.Text()], n)
			names = append(names, name.Text())
		}
	}
	return names
}

// export enters what an export statement exports. explicit says that it is more than the word
// before a declaration.
func (m *module) export(n tsx.Node) (explicit bool) {
	if decl := n.Field(tsx.FieldDeclaration); decl.Ok() {
		names := m.declare(decl)
		for _, name := range names {
			m.exports[name] = export{name: name}
		}
		if has(n, tsx.TokenDefault) {
			m.exports["default"] = export{decl: decl}
			for _, name := range names {
				m.exports["default"] = export{name: name}
				delete(m.exports, name)
			}
		}
		return false
	}
	spec, from := tsx.StringValue(n.Field(tsx.FieldSource))
	if has(n, tsx.TokenDefault) {
		value := n.Field(tsx.FieldValue)
		m.exports["default"] = export{decl: value}
		if value.Is(tsx.KindIdentifier) {
			m.exports["default"] = export{name: value.Text()}
		}
		return true
	}
	star := from
	known := from
	for c := range n.NamedChildren() {
		switch c.Kind() {
		case tsx.KindExportClause:
			star, known = false, true
			for _, s := range tsx.Elements(c) {
				m.specifier(s, spec)
			}
		case tsx.KindNamespaceExport:
			star = false
			if name := tsx.Elements(c); len(name) > 0 {
				m.exports[unquoted(name[len(name)-1])] = export{from: ref{spec, "*"}}
			}
		}
	}
	if star {
		m.stars = append(m.stars, spec)
	}
	if !known && !has(n, tsx.TokenNamespace) { // export =
		m.unsure = true
	}
	return known || m.unsure
}

func (m *module) specifier(s tsx.Node, spec string) {
	name := unquoted(s.Field(tsx.FieldName))
	as := name
	if alias := s.Field(tsx.FieldAlias); alias.Ok() {
		as = unquoted(alias)
	}
	if spec != "" {
		m.exports[as] = export{from: ref{spec, name}}
		return
	}
	m.exports[as] = export{name: name}
}

func unquoted(n tsx.Node) string {
	if s, ok := tsx.StringValue(n); ok {
		return s
	}
	return n.Text()
}

func has(n tsx.Node, token tsx.Kind) bool {
	for c := range n.Children() {
		if c.Is(token) {
			return true
		}
	}
	return false
}

// exported are the names that a module exports; ok is false if that is not certain.
func (m *module) exported(seen map[*module]bool) (names map[string]bool, ok bool) {
	if m.unsure || len(seen) > maxFiles {
		return nil, false
	}
	if seen[m] {
		return nil, true
	}
	seen[m] = true
	names = map[string]bool{}
	for name := range m.exports {
		names[name] = true
	}
	for _, spec := range m.stars {
		to := m.reader.module(path.Dir(m.file), spec)
		if to == nil {
			return nil, false
		}
		more, ok := to.exported(seen)
		if !ok {
			return nil, false
		}
		own := names["default"]
		maps.Copy(names, more)
		names["default"] = own // export * leaves out the default
		if !own {
			delete(names, "default")
		}
	}
	return names, true
}

// find is where an exported name leads to.
func (m *module) find(name string, depth int) symbol {
	if m == nil || depth > maxDepth {
		return symbol{}
	}
	if name == "*" {
		return symbol{mod: m}
	}
	if x, ok := m.exports[name]; ok {
		switch {
		case x.from != ref{}:
			return m.follow(x.from, depth+1)
		case x.decl.Ok():
			return symbol{m, []tsx.Node{x.decl}}
		}
		return m.lookup(x.name, depth+1)
	}
	if name != "default" {
		for _, spec := range m.stars {
			if s := m.follow(ref{spec, name}, depth+1); s.ok() {
				return s
			}
		}
	}
	return symbol{}
}

// follow is where an import of the file leads to.
func (m *module) follow(r ref, depth int) symbol {
	if depth > maxDepth {
		return symbol{}
	}
	return m.reader.module(path.Dir(m.file), r.spec).find(r.name, depth+1)
}

// lookup is where a name in the file leads to.
func (m *module) lookup(name string, depth int) symbol {
	if r, ok := m.imports[name]; ok {
		return m.follow(r, depth+1)
	}
	if d := m.decls[name]; len(d) > 0 {
		return symbol{m, d}
	}
	return symbol{}
}
