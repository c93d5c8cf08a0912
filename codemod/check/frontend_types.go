package check

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// typedImport is a declaration that imports, or exports again, names of a package of Backstage's world that is
// installed with its types.
type typedImport struct {
	source *Source
	tree   *tsx.Tree
	decl   tsx.ImportDecl
	in     *Installed
}

// typedImports are the imports of all sources from packages that the Backstage CLI built: their
// declarations are whole, and made from the code. Packages of the repository itself are not among
// them.
func (r *Repo) typedImports() []typedImport {
	type place struct{ dir, name string }
	built := map[place]*Installed{}
	installed := func(dir, name string) *Installed {
		at := place{dir, name}
		if in, ok := built[at]; ok {
			return in
		}
		built[at] = nil
		if _, own := r.Workspace.Package(name); name == "" || own {
			return nil
		}
		if in, ok := r.Installed(dir, name); ok {
			var p installedJSON
			if json.Unmarshal(in.JSON, &p) == nil && p.Backstage.Role != "" {
				built[at] = in
			}
		}
		return built[at]
	}
	var out []typedImport
	for _, s := range r.Sources() {
		if s.Err != nil || !slices.ContainsFunc(s.Imports, func(i Import) bool {
			return !i.Dynamic && installed(s.Package.Dir, PackageName(i.Specifier)) != nil
		}) {
			continue
		}
		tree, err := r.Tree(s.File)
		if err != nil || strings.Contains(string(tree.Source()), "@ts-nocheck") {
			continue
		}
		for _, d := range tsx.Imports(tree) {
			if in := installed(s.Package.Dir, PackageName(d.Module)); in != nil && len(d.Bindings) > 0 {
				out = append(out, typedImport{s, tree, d, in})
			}
		}
		for _, d := range reexports(tree) {
			if in := installed(s.Package.Dir, PackageName(d.Module)); in != nil {
				out = append(out, typedImport{s, tree, d, in})
			}
		}
	}
	return out
}

// reexports are the names that a file exports from other modules, as imports without a local name.
func reexports(tree *tsx.Tree) []tsx.ImportDecl {
	var out []tsx.ImportDecl
	for n := range tree.Root().NamedChildren() {
		source := n.Field(tsx.FieldSource)
		module, ok := tsx.StringValue(source)
		if !n.Is(tsx.KindExportStatement) || !ok {
			continue
		}
		d := tsx.ImportDecl{Node: n, Module: module, Source: source}
		for c := range n.NamedChildren() {
			if !c.Is(tsx.KindExportClause) {
				continue
			}
			for _, spec := range tsx.Elements(c) {
				d.Bindings = append(d.Bindings, tsx.ImportSpec{Node: spec, Name: spec.Field(tsx.FieldName).Text()})
			}
		}
		if len(d.Bindings) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// unknownExports finds names that a file imports from an installed package whose types do not
// export them.
func unknownExports(r *Repo) []Finding {
	type key struct{ dir, module string }
	known := map[key]map[string]bool{}
	var out []Finding
	for _, i := range r.typedImports() {
		k := key{i.source.Package.Dir, i.decl.Module}
		exports, seen := known[k]
		if !seen {
			exports, _ = r.types.Exports(k.dir, k.module)
			known[k] = exports
		}
		if len(exports) == 0 {
			continue
		}
		for _, b := range i.decl.Bindings {
			if b.Namespace || exports[b.Name] || uncheckedAt(i.tree, b.Node.Start()) || uncheckedAt(i.tree, i.decl.Node.Start()) || r.declaresModule(k.module) {
				continue
			}
			what := b.Name
			if what == "default" {
				what = "a default"
			}
			f := r.at(i.source.File, b.Node.Span(), "%s does not export %s", k.module, what)
			f.key = k.module + " " + b.Name
			f.Detail = "It is what " + i.in.Dir + " says in its types."
			f.Manual = "Look for its successor in the change log of " + PackageName(k.module) + "."
			if near := nearest(b.Name, sortedKeys(exports)); near != "" {
				f.Manual = "Did you mean " + near + "?"
			}
			if to := r.otherEntry(k.dir, k.module, b.Name); to != "" {
				f.Manual = "Import it from " + to + ", which exports it."
				if fix, ok := moveImport(i, b, to); ok {
					fix.Safe = to == PackageName(k.module)
					f.Fixes = []Fix{fix}
				}
			}
			out = append(out, f)
		}
	}
	return out
}

func sortedKeys(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// otherEntry is the only other entry of a module's package that exports a name.
func (r *Repo) otherEntry(dir, module, name string) string {
	found := ""
	if name == "default" {
		return ""
	}
	for _, e := range r.types.Entries(dir, PackageName(module)) {
		if e == module || strings.Contains(strings.ToLower(path.Base(e)), "test") {
			continue
		}
		if names, ok := r.types.Exports(dir, e); ok && names[name] {
			if found != "" {
				return ""
			}
			found = e
		}
	}
	return found
}

// moveImport is the fix that imports a name from another module.
func moveImport(i typedImport, b tsx.ImportSpec, to string) (Fix, bool) {
	file, tree := i.source.File, i.tree
	title := fmt.Sprintf("Import %s from %s", b.Name, to)
	if len(i.decl.Bindings) == 1 && !slices.ContainsFunc(tsx.Imports(tree), func(d tsx.ImportDecl) bool { return d.Module == to }) {
		quote := i.decl.Source.Text()[:1]
		return Fix{Title: title, Edits: editsOf(file, []text.Edit{text.Replace(i.decl.Source.Span(), quote+to+quote)})}, true
	}
	if b.Local == "" {
		return Fix{}, false
	}
	without, err := text.Apply(tree.Source(), tsx.RemoveImport(tree, b.Local))
	if err != nil {
		return Fix{}, false
	}
	next, err := tsx.Parse(without, tsx.DialectOf(file))
	if err != nil {
		return Fix{}, false
	}
	edits, locals := tsx.AddImport(next, tsx.Import{Module: to, Name: b.Name, Alias: b.Local, TypeOnly: b.TypeOnly})
	if len(locals) != 1 || locals[0] != b.Local {
		return Fix{}, false
	}
	after, err := text.Apply(without, edits)
	if err != nil {
		return Fix{}, false
	}
	return Fix{Title: title, Edits: editsOf(file, difference(tree.Source(), after))}, true
}

// uncheckedAt reports whether a comment above the line of an offset takes it out of the compiler's checks.
func uncheckedAt(tree *tsx.Tree, offset int) bool {
	src := tree.Source()
	start := text.LineStart(src, offset)
	if start == 0 {
		return false
	}
	above := string(src[text.LineStart(src, start-1):start])
	return strings.Contains(above, "@ts-ignore") || strings.Contains(above, "@ts-expect-error")
}

// declaresModule reports whether the repository says itself what a module exports.
func (r *Repo) declaresModule(module string) bool {
	declares := regexp.MustCompile(`declare\s+module\s+['"]` + regexp.QuoteMeta(module) + `['"]`)
	for _, name := range r.Files() {
		if ext := path.Ext(name); ext != ".ts" && ext != ".tsx" {
			continue
		}
		if src, err := r.ReadFile(name); err == nil && declares.Match(src) {
			return true
		}
	}
	src, err := r.ReadFile("tsconfig.json")
	return err == nil && strings.Contains(string(src), `"`+PackageName(module))
}

// missingProps finds elements of installed components that lack a property which their types
// ask for.
func missingProps(r *Repo) []Finding {
	type key struct{ dir, module, export string }
	known := map[key][]string{}
	var out []Finding
	for _, i := range r.typedImports() {
		if ext := path.Ext(i.source.File); ext != ".tsx" || i.decl.TypeOnly {
			continue
		}
		for _, b := range i.decl.Bindings {
			if b.TypeOnly || b.Namespace || b.Local == "" {
				continue
			}
			refs := tsx.References(i.tree, b.Local)
			if slices.ContainsFunc(refs, declares) {
				continue // which one is meant is not looked at
			}
			for _, ref := range refs {
				el, member := elementOf(ref)
				if !el.Ok() {
					continue
				}
				k := key{i.source.Package.Dir, i.decl.Module, b.Name}
				if member != "" {
					k.export += "." + member
				}
				required, seen := known[k]
				if !seen {
					required = r.types.Required(k.dir, k.module, k.export)
					known[k] = required
				}
				missing := lacking(el, required)
				opening := tsx.JSXOpening(el)
				if len(missing) == 0 || uncheckedAt(i.tree, opening.Start()) || r.declaresModule(k.module) {
					continue
				}
				name := tsx.JSXName(el)
				f := r.at(i.source.File, opening.Span(), "<%s> lacks %s", name, enumerate(missing))
				f.key = name + " " + strings.Join(missing, " ")
				f.Detail = fmt.Sprintf("The types of %s in %s ask for %s.", k.export, i.in.Dir, enumerate(required))
				f.Manual = "Add " + enumerate(missing) + "; the documentation of " + PackageName(k.module) + " says what they mean."
				if len(missing) == 1 {
					f.Manual = "Add " + missing[0] + "; the documentation of " + PackageName(k.module) + " says what it means."
				}
				out = append(out, f)
			}
		}
	}
	return out
}

// elementOf is the element that a reference is the name of, or the first part of the name of, with
// the rest of it.
func elementOf(ref tsx.Node) (el tsx.Node, member string) {
	name := ref
	if p := ref.Parent(); p.Is(tsx.KindMemberExpression) && ref.FieldOf() == tsx.FieldObject {
		name, member = p, p.Field(tsx.FieldProperty).Text()
	}
	if name.FieldOf() != tsx.FieldName {
		return tsx.Node{}, ""
	}
	switch p := name.Parent(); p.Kind() {
	case tsx.KindJsxSelfClosingElement:
		return p, member
	case tsx.KindJsxOpeningElement:
		return p.Parent(), member
	}
	return tsx.Node{}, ""
}

// declares reports whether an identifier declares a variable, a parameter or a function.
func declares(n tsx.Node) bool {
	if n.Is(tsx.KindShorthandPropertyIdentifierPattern) {
		return true
	}
	switch p := n.Parent(); p.Kind() {
	case tsx.KindRequiredParameter, tsx.KindOptionalParameter, tsx.KindArrayPattern, tsx.KindRestPattern, tsx.KindPairPattern:
		return true
	case tsx.KindVariableDeclarator, tsx.KindFunctionDeclaration, tsx.KindClassDeclaration, tsx.KindFunctionExpression:
		return n.FieldOf() == tsx.FieldName
	case tsx.KindArrowFunction:
		return n.FieldOf() == tsx.FieldParameter
	}
	return false
}

// lacking are the properties of required that an element has not for certain.
func lacking(el tsx.Node, required []string) []string {
	if len(required) == 0 {
		return nil
	}
	given := map[string]bool{"key": true, "ref": true, "children": len(tsx.JSXChildren(el)) > 0}
	for _, a := range tsx.JSXAttributes(el) {
		name := tsx.AttributeName(a)
		if name == "" {
			return nil // {...props}
		}
		given[name] = true
	}
	return slices.DeleteFunc(slices.Clone(required), func(name string) bool { return given[name] })
}

// enumerate is "a", "a and b", "a, b and c".
func enumerate(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
