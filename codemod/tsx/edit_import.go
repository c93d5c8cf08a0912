package tsx

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/batten-dev/batten/codemod/text"
)

// Import is one thing that a file should import.
type Import struct {
	Module     string // the specifier
	Name       string // the export; unused for a default, namespace or side-effect import
	Alias      string // the local name wanted, if not Name; needed for default and namespace imports
	Default    bool   // import Alias from 'module'
	Namespace  bool   // import * as Alias from 'module'
	TypeOnly   bool   // only its type is used
	SideEffect bool   // import 'module'
}

func (i Import) local() string {
	if i.Alias != "" {
		return i.Alias
	}
	return i.Name
}

func (i Import) export() string {
	switch {
	case i.Default:
		return "default"
	case i.Namespace:
		return "*"
	}
	return i.Name
}

// AddImport makes imports available to a file and returns the local name of each, in the
// order given ("" for a side-effect import).
//
// What the file imports already is used under the name that it has there; a value is never
// taken from a type-only import. Otherwise, a name joins the braces of an import of its
// module (in its place if the names there are sorted, else at the end), or a default import of
// it; a default import joins an import of names. Otherwise a new declaration goes after the
// last import of the file's largest group of imports, or without imports to the top, below
// the header comments and directives. If the local name is taken in the file, another is
// chosen from the module's name: `import { Page as TechRadarPage }`.
//
// Style follows the file. A clause on one line stays there, unless that line would pass the
// width that the file's imports keep to (80, 100 or 120 columns): then it takes prettier's form
// over several lines.
//
// Comments are not moved; a new name goes behind the comment on the line of the one before it.
func AddImport(t *Tree, imports ...Import) (edits []text.Edit, locals []string) {
	a := &adder{t: t, style: StyleOf(t), decls: Imports(t), taken: taken(t)}
	for _, imp := range imports {
		locals = append(locals, a.add(imp))
	}
	a.limit = importWidth(t, a.decls, a.style, func(i int) bool { return a.joins[i] != nil })
	for i := range a.decls {
		edits = append(edits, a.join(a.decls[i], a.joins[i])...)
	}
	return append(edits, a.declare()...), locals
}

// adder collects what is to be added where.
type adder struct {
	t     *Tree
	style Style
	decls []ImportDecl
	taken map[string]bool
	joins map[int][]newName // by index in decls
	fresh []*newDecl
	limit int // how wide a line of imports may be, 0 for any width
}

// newName is a binding to add, with its local name decided.
type newName struct {
	Import
	as     string
	inline bool // with its own `type`
}

func (n newName) spec() string {
	s := n.Name
	if n.Default {
		s = "default"
	}
	if n.as != s {
		s += " as " + n.as
	}
	if n.inline {
		s = "type " + s
	}
	return s
}

// newDecl is an import statement to add.
type newDecl struct {
	module    string
	typeOnly  bool
	def       string
	namespace string
	names     []newName
}

func (a *adder) add(imp Import) string {
	if imp.SideEffect {
		known := slices.ContainsFunc(a.decls, func(d ImportDecl) bool { return d.Module == imp.Module && d.SideEffect }) ||
			slices.ContainsFunc(a.fresh, func(d *newDecl) bool { return d.module == imp.Module && d.bare() })
		if !known {
			a.fresh = append(a.fresh, &newDecl{module: imp.Module})
		}
		return ""
	}
	if local, ok := a.existing(imp); ok {
		return local
	}
	name := newName{Import: imp, as: a.free(imp)}
	a.taken[name.as] = true
	if i, ok := a.joinable(&name); ok {
		if a.joins == nil {
			a.joins = map[int][]newName{}
		}
		a.joins[i] = append(a.joins[i], name)
		return name.as
	}
	a.newDecl(name)
	return name.as
}

func (d *newDecl) bare() bool { return d.def == "" && d.namespace == "" && len(d.names) == 0 }

// existing is the local name that imp already has, or gets from an import before it.
func (a *adder) existing(imp Import) (string, bool) {
	for i, d := range a.decls {
		if d.Module != imp.Module {
			continue
		}
		for _, s := range d.Bindings {
			if s.Name == imp.export() && (imp.TypeOnly || !s.TypeOnly) && !d.Node.NamedChild(0).Is(KindImportRequireClause) {
				return s.Local, true
			}
		}
		for _, n := range a.joins[i] {
			if n.export() == imp.export() && (imp.TypeOnly || !n.TypeOnly) {
				return n.as, true
			}
		}
	}
	for _, d := range a.fresh {
		if d.module != imp.Module || d.typeOnly && !imp.TypeOnly {
			continue
		}
		if imp.Default && d.def != "" {
			return d.def, true
		}
		if imp.Namespace && d.namespace != "" {
			return d.namespace, true
		}
		for _, n := range d.names {
			if n.export() == imp.export() {
				return n.as, true
			}
		}
	}
	return "", false
}

// free is an unused local name for imp.
func (a *adder) free(imp Import) string {
	want := imp.local()
	if want == "" {
		want = moduleWords(imp.Module)
	}
	if !a.taken[want] {
		return want
	}
	alias := moduleWords(imp.Module) + upperFirst(want)
	if r, _ := utf8.DecodeRuneInString(want); !unicode.IsUpper(r) {
		alias = lowerFirst(alias)
	}
	for n := 2; a.taken[alias]; n++ {
		alias = strings.TrimRight(alias, "0123456789") + strconv.Itoa(n)
	}
	return alias
}

// moduleWords is the last part of a specifier in PascalCase, without what Backstage puts
// around the plugin's own name: TechRadar for '@backstage-community/plugin-tech-radar'.
func moduleWords(module string) string {
	name := strings.TrimSuffix(module, "/alpha")
	name = name[strings.LastIndexByte(name, '/')+1:]
	for _, prefix := range []string{"backstage-plugin-", "plugin-", "backstage-"} {
		name = strings.TrimPrefix(name, prefix)
	}
	var b strings.Builder
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		b.WriteString(upperFirst(word))
	}
	if s := b.String(); s != "" && (s[0] < '0' || s[0] > '9') {
		return s
	}
	return "Imported" + b.String()
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// joinable is the declaration whose clause can take the name: the one with braces rather
// than the one without. It decides whether the name needs its own `type`.
func (a *adder) joinable(name *newName) (int, bool) {
	best := -1
	typeDecls := slices.ContainsFunc(a.decls, func(d ImportDecl) bool { return d.TypeOnly })
	for i, d := range a.decls {
		if d.Module != name.Module || d.SideEffect || d.TypeOnly && !name.TypeOnly {
			continue
		}
		if !d.Node.NamedChild(0).Is(KindImportClause) {
			continue // import x = require(...), import defer * as x
		}
		hasDefault, hasNamespace := false, false
		for _, s := range d.Bindings {
			hasDefault = hasDefault || s.Default
			hasNamespace = hasNamespace || s.Namespace
		}
		for _, n := range a.joins[i] {
			hasDefault = hasDefault || n.Default && !n.inline
		}
		switch {
		case name.Namespace, hasNamespace:
		case name.Default && (hasDefault || d.TypeOnly || name.TypeOnly):
		case !name.Default && name.TypeOnly && !d.TypeOnly && typeDecls:
		case !name.Default && !d.Named.Ok() && d.TypeOnly: // import type A, { B } is not allowed
		case best < 0, !a.decls[best].Named.Ok() && d.Named.Ok(), name.TypeOnly && d.TypeOnly && !a.decls[best].TypeOnly:
			best = i
		}
	}
	if best >= 0 {
		name.inline = name.TypeOnly && !a.decls[best].TypeOnly
	}
	return best, best >= 0
}

// newDecl puts a name in a statement of its own, or in one that is being added.
func (a *adder) newDecl(name newName) {
	for _, d := range a.fresh {
		if d.module != name.Module || d.bare() || d.namespace != "" || name.Namespace || d.typeOnly != name.TypeOnly {
			continue
		}
		switch {
		case !name.Default && (d.def == "" || !d.typeOnly):
			d.names = append(d.names, name)
			return
		case name.Default && d.def == "" && !d.typeOnly:
			d.def = name.as
			return
		}
	}
	d := &newDecl{module: name.Module, typeOnly: name.TypeOnly}
	switch {
	case name.Default:
		d.def = name.as
	case name.Namespace:
		d.namespace = name.as
	default:
		d.names = []newName{name}
	}
	a.fresh = append(a.fresh, d)
}

// join adds names to a declaration.
func (a *adder) join(d ImportDecl, names []newName) []text.Edit {
	if len(names) == 0 {
		return nil
	}
	var edits []text.Edit
	var specs []string
	def := ""
	for _, n := range names {
		if n.Default {
			def = n.as
			continue
		}
		specs = append(specs, n.spec())
	}
	if !d.Named.Ok() { // import D from 'm'
		at := d.Bindings[0].Node.End()
		if len(specs) == 0 {
			return nil
		}
		return []text.Edit{text.Insert(at, ", "+a.braces(specs, statementWidth(a.t, d)+len(", "), 1+len(specs)))}
	}
	if def != "" {
		edits = append(edits, text.Insert(d.Named.Start(), def+", "))
	}
	if len(specs) == 0 {
		return edits
	}
	items := Elements(d.Named)
	ins := sortedInserts(items, specs)
	if len(items) > 0 && !hasComment(d.Named) && !lineBreakIn(a.t.src, d.Node.Start(), d.Node.End()) {
		before := statementWidth(a.t, d)
		added := len(strings.Join(specs, ", ")) + 2
		if def != "" {
			added += len(def) + 2
		}
		if a.limit > 0 && before+added > a.limit && (before <= a.limit || !breakable(d)) {
			var all []string
			for i, item := range items {
				all = append(all, at(ins, i)...)
				all = append(all, item.Text())
			}
			all = append(all, at(ins, len(items))...)
			return append(edits, text.Replace(d.Named.Span(), a.spread(all)))
		}
	}
	return append(edits, insertItems(d.Named, a.style, ins)...)
}

func at(ins []listInsert, i int) []string {
	var out []string
	for _, x := range ins {
		if x.at == i {
			out = append(out, x.text)
		}
	}
	return out
}

// sortedInserts gives each spec its place: sorted if there are several names and they are
// sorted, by code point or without regard to case; else the end.
func sortedInserts(items []Node, specs []string) []listInsert {
	key := func(s string) string { return strings.TrimPrefix(s, "type ") }
	fold := func(s string) string { return strings.ToLower(key(s)) }
	var names []string
	for _, n := range items {
		names = append(names, n.Text())
	}
	order := func(k func(string) string) func(a, b string) int {
		return func(a, b string) int { return strings.Compare(k(a), k(b)) }
	}
	var by func(a, b string) int
	switch {
	case len(names) < 2:
	case slices.IsSortedFunc(names, order(key)):
		by = order(key)
	case slices.IsSortedFunc(names, order(fold)):
		by = order(fold)
	}
	if by != nil {
		specs = slices.Clone(specs)
		slices.SortStableFunc(specs, by)
	}
	out := make([]listInsert, len(specs))
	for i, s := range specs {
		out[i] = listInsert{len(items), s}
		if by != nil {
			out[i].at, _ = slices.BinarySearchFunc(names, s, by)
		}
	}
	return out
}

// declare is the edit that adds the new statements.
func (a *adder) declare() []text.Edit {
	if len(a.fresh) == 0 {
		return nil
	}
	src, eol := a.t.src, a.style.EOL
	lines := make([]string, len(a.fresh))
	for i, d := range a.fresh {
		lines[i] = a.statement(d)
	}
	if anchor := lastImport(a.decls, a.t); anchor.Ok() {
		end, ends := tail(src, statementEnd(anchor))
		if !ends {
			out := ""
			for _, l := range lines {
				out += " " + withSemicolon(strings.Join(strings.Fields(l), " "))
			}
			return []text.Edit{text.Insert(anchor.End(), out)}
		}
		return []text.Edit{text.Insert(end, eol+strings.Join(lines, eol))}
	}
	at := headerEnd(a.t)
	body := strings.Join(lines, eol) + eol
	if at > 0 && src[at-1] != '\n' && !text.HasBOM(src[:at]) {
		return []text.Edit{text.Insert(at, eol+strings.TrimSuffix(body, eol))}
	}
	for next := text.LineEnd(src, at); next < len(src) && at < next && onlySpace(src, at, next); next = text.LineEnd(src, at) {
		at = next
	}
	if at < len(src) {
		body += eol
	}
	return []text.Edit{text.Insert(at, body)}
}

// lastImport is the last import of the largest run of imports; the first such run, if there
// are several. Comments may stand inside a run.
func lastImport(decls []ImportDecl, t *Tree) Node {
	var best Node
	size, run := 0, 0
	for n := range t.Root().NamedChildren() {
		switch {
		case n.Is(KindImportStatement) || n.Is(KindImportAlias):
			if run++; run > size {
				size, best = run, n
			}
		case !n.Is(KindComment):
			run = 0
		}
	}
	if !best.Ok() && len(decls) > 0 {
		best = decls[len(decls)-1].Node
	}
	return best
}

// statement is the text of a new import.
func (a *adder) statement(d *newDecl) string {
	end := ""
	if a.semicolons() {
		end = ";"
	}
	source := Quote(d.module, a.style.Quote) + end
	if d.bare() {
		return "import " + source
	}
	head := "import "
	if d.typeOnly {
		head += "type "
	}
	var clause []string
	if d.def != "" {
		clause = append(clause, d.def)
	}
	if d.namespace != "" {
		clause = append(clause, "* as "+d.namespace)
	}
	if len(d.names) > 0 {
		var specs []string
		for _, n := range d.names {
			specs = append(specs, n.spec())
		}
		width := utf8.RuneCountInString(head+strings.Join(clause, ", ")+" from "+source) + 2*len(clause)
		clause = append(clause, a.braces(specs, width, len(specs)+len(clause)))
	}
	return head + strings.Join(clause, ", ") + " from " + source
}

// semicolons reports whether imports end in semicolons: by the imports, else by the file.
func (a *adder) semicolons() bool {
	var v vote
	for _, d := range a.decls {
		v.add(endsWithSemicolon(d.Node))
	}
	return v.of(a.style.Semicolons)
}

// braces is a clause of names; width is how long the line is without it, bindings how many
// names the statement binds.
func (a *adder) braces(specs []string, width, bindings int) string {
	pad := ""
	if a.style.BraceSpace {
		pad = " "
	}
	line := "{" + pad + strings.Join(specs, ", ") + pad + "}"
	if a.limit > 0 && bindings > 1 && width+len(line) > a.limit {
		return a.spread(specs)
	}
	return line
}

// spread is a clause with each name on its line.
func (a *adder) spread(specs []string) string {
	last := ""
	if a.style.TrailingComma {
		last = ","
	}
	return "{" + ownLines(specs, a.style.Indent, a.style, ",", last) + a.style.EOL + "}"
}
