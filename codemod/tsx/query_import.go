package tsx

// ImportDecl is one import statement of a file.
type ImportDecl struct {
	Node       Node         // the import_statement
	Module     string       // the specifier, as imported
	Source     Node         // the string node that holds it
	TypeOnly   bool         // import type ...
	SideEffect bool         // import 'module': no bindings
	Named      Node         // the named_imports { ... }, if there is one
	Bindings   []ImportSpec // in source order
}

// ImportSpec is one name that an import statement binds.
type ImportSpec struct {
	Node      Node   // the import_specifier, namespace_import, or default identifier
	Name      string // the export: "default" for a default import, "*" for a namespace
	Local     string // the name in this file
	TypeOnly  bool   // by the statement's or its own `type`
	Default   bool   // written as a default import (not { default as x })
	Namespace bool   // * as x, or x = require('module')
}

// Imports are the import statements of a file in source order. `import x = require('m')` is
// a namespace import; `import x = A.B` is not an import of a module and is left out, and so
// are imports inside `declare module` blocks.
func Imports(t *Tree) []ImportDecl {
	var out []ImportDecl
	for n := range t.Root().NamedChildren() {
		if n.Is(KindImportStatement) {
			out = append(out, importDecl(n))
		}
	}
	return out
}

func importDecl(n Node) ImportDecl {
	d := ImportDecl{Node: n, SideEffect: true}
	for c := range n.Children() {
		switch c.Kind() {
		case TokenType, TokenTypeof:
			d.TypeOnly = true
		case KindString:
			d.Source = c
		case KindImportRequireClause:
			d.SideEffect = false
			for r := range c.Children() {
				switch r.Kind() {
				case KindIdentifier:
					d.Bindings = append(d.Bindings, ImportSpec{Node: r, Name: "*", Local: r.Text(), Namespace: true})
				case KindString:
					d.Source = r
				}
			}
		case KindImportClause:
			d.SideEffect = false
			d.clause(c)
		}
	}
	d.Module, _ = StringValue(d.Source)
	for i := range d.Bindings {
		d.Bindings[i].TypeOnly = d.Bindings[i].TypeOnly || d.TypeOnly
	}
	return d
}

func (d *ImportDecl) clause(clause Node) {
	for c := range clause.NamedChildren() {
		switch c.Kind() {
		case KindIdentifier:
			d.Bindings = append(d.Bindings, ImportSpec{Node: c, Name: "default", Local: c.Text(), Default: true})
		case KindNamespaceImport:
			for id := range c.NamedChildren() {
				if id.Is(KindIdentifier) {
					d.Bindings = append(d.Bindings, ImportSpec{Node: c, Name: "*", Local: id.Text(), Namespace: true})
				}
			}
		case KindNamedImports:
			d.Named = c
			for s := range c.NamedChildren() {
				if s.Is(KindImportSpecifier) {
					d.Bindings = append(d.Bindings, importSpec(s))
				}
			}
		}
	}
}

func importSpec(s Node) ImportSpec {
	name := s.Field(FieldName)
	spec := ImportSpec{Node: s, Name: name.Text(), Local: name.Text()}
	if v, ok := StringValue(name); ok { // { 'a-b' as c }
		spec.Name = v
	}
	if alias := s.Field(FieldAlias); alias.Ok() {
		spec.Local = alias.Text()
	}
	spec.TypeOnly = s.Child(0).Is(TokenType, TokenTypeof) && s.Child(0).FieldOf() == FieldNone
	return spec
}

// LookupImport is the binding of a local name, and the statement that makes it.
func LookupImport(t *Tree, local string) (ImportDecl, ImportSpec, bool) {
	for _, d := range Imports(t) {
		for _, s := range d.Bindings {
			if s.Local == local {
				return d, s, true
			}
		}
	}
	return ImportDecl{}, ImportSpec{}, false
}
