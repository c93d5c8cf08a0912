package wiring

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/internal/jsrun"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// place is a construct in a file of the app.
type place struct {
	file string
	node tsx.Node
}

func (p place) ok() bool { return p.node.Ok() }

type factKey struct {
	kind           Kind
	file, name, in string
	span           text.Span
	ref            Ref // the first
}

type mountKey struct {
	kind  MountKind
	file  string
	span  text.Span
	label string
}

// tree is the syntax tree of a file, nil if it cannot be read, which is reported.
func (o *observer) tree(file string) *tsx.Tree {
	if tree, known := o.trees[file]; known {
		return tree
	}
	if o.trees == nil {
		o.trees = map[string]*tsx.Tree{}
	}
	tree, err := o.ws.ParseTSX(file)
	o.trees[file] = tree
	if err == nil {
		return tree
	}
	o.trees[file] = nil
	for _, d := range diag.Of(err) {
		w := *d
		w.Severity = diag.Warning
		o.degraded = append(o.degraded, &w)
	}
	return nil
}

// at is the construct of one of some kinds at or around an offset.
func (o *observer) at(file string, offset int, kinds ...tsx.Kind) place {
	tree := o.tree(file)
	if tree == nil {
		return place{}
	}
	for n := tree.At(offset); n.Ok(); n = n.Parent() {
		if n.Is(kinds...) {
			return place{file, n}
		}
	}
	return place{}
}

// element finds an element in the syntax tree.
func (o *observer) element(e *jsrun.Element) place {
	if e.Offset < 0 {
		return place{}
	}
	if e.Called {
		p := o.at(e.File, e.Offset, tsx.KindCallExpression, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
		return p
	}
	p := o.at(e.File, e.Offset, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
	if p.node.Start() != e.Offset {
		return place{}
	}
	return p
}

// call finds a call in the syntax tree: the innermost one around the place that has it in
// its callee.
func (o *observer) call(c *jsrun.Call) place {
	file, offset, ok := c.At()
	if !ok {
		return place{}
	}
	tree := o.tree(file)
	if tree == nil {
		return place{}
	}
	for n := tree.At(offset); n.Ok(); n = n.Parent() {
		if n.Is(tsx.KindCallExpression, tsx.KindNewExpression) && offset <= tsx.Callee(n).End() {
			if c.Callee.Op == jsrun.Prop && c.Callee.Name != "default" && !strings.Contains(tsx.Callee(n).Text(), c.Callee.Name) && c.Callee.Base.Op != jsrun.Module {
				continue
			}
			return place{file, n}
		}
	}
	return place{}
}

// statement is the statement that a construct is in.
func (p place) statement() place { return place{p.file, tsx.EnclosingStatement(p.node)} }

// child is the value of an attribute of the element at p, or of a property of the object.
func (p place) child(name string) place {
	if p.node.Is(tsx.KindObject) {
		return place{p.file, tsx.PropertyValue(tsx.Property(p.node, name))}
	}
	return place{p.file, tsx.AttributeValue(tsx.JSXAttribute(p.node, name))}
}

// deref follows names to what they were declared as, through imports of the app's own files.
func (o *observer) deref(p place) place {
	for range 16 {
		p.node = tsx.Unwrap(p.node)
		if !p.node.Is(tsx.KindIdentifier, tsx.KindShorthandPropertyIdentifier) {
			return p
		}
		name := p.node.Text()
		if v := declared(p.node, name); v.Ok() {
			p.node = v
			continue
		}
		next := o.imported(p.file, p.node.Tree(), name)
		if !next.ok() {
			return p
		}
		p = next
	}
	return p
}

// declared is the value that a name was declared with in the scopes around a node.
func declared(at tsx.Node, name string) tsx.Node {
	for scope := at.Parent(); scope.Ok(); scope = scope.Parent() {
		if !scope.Is(tsx.KindProgram, tsx.KindStatementBlock) {
			continue
		}
		for stmt := range scope.NamedChildren() {
			if v := declaredBy(stmt, name); v.Ok() {
				return v
			}
		}
	}
	return tsx.Node{}
}

func declaredBy(stmt tsx.Node, name string) tsx.Node {
	if stmt.Is(tsx.KindExportStatement) {
		stmt = stmt.Field(tsx.FieldDeclaration)
	}
	switch stmt.Kind() {
	case tsx.KindLexicalDeclaration, tsx.KindVariableDeclaration:
		for d := range stmt.NamedChildren() {
			if d.Is(tsx.KindVariableDeclarator) && d.Field(tsx.FieldName).Text() == name {
				return d.Field(tsx.FieldValue)
			}
		}
	case tsx.KindFunctionDeclaration, tsx.KindClassDeclaration:
		if stmt.Field(tsx.FieldName).Text() == name {
			return stmt
		}
	}
	return tsx.Node{}
}

// imported is what a local name of a file was imported from, in the app's own files.
func (o *observer) imported(file string, tree *tsx.Tree, local string) place {
	for _, d := range tsx.Imports(tree) {
		for _, b := range d.Bindings {
			if b.Local == local && !b.Namespace {
				return o.exported(o.resolve(file, d.Module), b.Name, 0)
			}
		}
	}
	return place{}
}

func (o *observer) resolve(file, specifier string) string {
	name, _ := o.source("").Find(specifier, file)
	return name
}

// exported is what a file of the app exports under a name.
func (o *observer) exported(file, name string, depth int) place {
	if file == "" || depth > 8 {
		return place{}
	}
	tree := o.tree(file)
	if tree == nil {
		return place{}
	}
	for stmt := range tree.Root().NamedChildren() {
		if !stmt.Is(tsx.KindExportStatement) {
			continue
		}
		if p := o.exportedBy(file, stmt, name, depth); p.ok() {
			return p
		}
	}
	return place{}
}

func (o *observer) exportedBy(file string, stmt tsx.Node, name string, depth int) place {
	if v := declaredBy(stmt, name); v.Ok() {
		return place{file, v}
	}
	source, _ := tsx.StringValue(stmt.Field(tsx.FieldSource))
	isDefault := false
	for c := range stmt.Children() {
		isDefault = isDefault || c.Is(tsx.TokenDefault)
	}
	if isDefault && name == "default" {
		if v := stmt.Field(tsx.FieldValue); v.Ok() {
			return place{file, v}
		}
		return place{file, stmt.Field(tsx.FieldDeclaration)}
	}
	clause := false
	for c := range stmt.NamedChildren() {
		if !c.Is(tsx.KindExportClause) {
			continue
		}
		clause = true
		for spec := range c.NamedChildren() {
			own, alias := spec.Field(tsx.FieldName).Text(), spec.Field(tsx.FieldAlias).Text()
			if alias == "" {
				alias = own
			}
			if alias != name {
				continue
			}
			if source != "" {
				return o.exported(o.resolve(file, source), own, depth+1)
			}
			if v := declared(spec, own); v.Ok() {
				return place{file, v}
			}
			return o.imported(file, stmt.Tree(), own)
		}
	}
	if !clause && source != "" && name != "default" { // export * from
		return o.exported(o.resolve(file, source), name, depth+1)
	}
	return place{}
}

// aligned are the nodes of an array that its n items came from, where that is plain: a spread
// stands for as many items as are left over.
func aligned(array tsx.Node, n int) []tsx.Node {
	els := tsx.Elements(array)
	out := make([]tsx.Node, n)
	spread := slices.IndexFunc(els, func(e tsx.Node) bool { return e.Is(tsx.KindSpreadElement) })
	if spread < 0 && len(els) == n {
		return els
	}
	for i := range out {
		switch after := len(els) - (n - i); {
		case spread < 0:
			out[i] = array
		case i < spread:
			out[i] = els[i]
		case after > spread && !slices.ContainsFunc(els[spread+1:], func(e tsx.Node) bool { return e.Is(tsx.KindSpreadElement) }):
			out[i] = els[after]
		default:
			out[i] = els[spread]
		}
	}
	return out
}

// conditional reports whether a construct stands, within its function, under a condition.
func conditional(n tsx.Node) bool {
	for p := n.Parent(); p.Ok(); n, p = p, p.Parent() {
		switch p.Kind() {
		case tsx.KindTernaryExpression:
			if n.FieldOf() != tsx.FieldCondition {
				return true
			}
		case tsx.KindBinaryExpression:
			if n.FieldOf() == tsx.FieldRight {
				switch p.Field(tsx.FieldOperator).Text() {
				case "&&", "||", "??":
					return true
				}
			}
		case tsx.KindIfStatement, tsx.KindSwitchCase:
			return true
		case tsx.KindElseClause:
			return true
		case tsx.KindFunctionDeclaration, tsx.KindMethodDefinition, tsx.KindClassDeclaration, tsx.KindGeneratorFunctionDeclaration:
			return false
		case tsx.KindArrowFunction, tsx.KindFunctionExpression, tsx.KindGeneratorFunction:
			if !p.Parent().Is(tsx.KindArguments) {
				return false
			}
		}
	}
	return false
}

// add records a fact at a place. A fact seen before at the same place gets the new one's
// pages.
func (o *observer) add(f Fact, p place, cond bool) *Fact {
	if !p.ok() {
		return nil
	}
	f.Package, f.File, f.Span = o.pkg, p.file, p.node.Span()
	f.Conditional = cond || conditional(p.node)
	key := f.key()
	if old := o.byKey[key]; old != nil {
		old.Pages = append(old.Pages, f.Pages...)
		old.Conditional = old.Conditional && f.Conditional
		o.touch(old)
		return old
	}
	if o.byKey == nil {
		o.byKey = map[factKey]*Fact{}
	}
	o.byKey[key] = &f
	o.facts = append(o.facts, &f)
	o.touch(&f)
	return &f
}

// key tells the facts of one place apart.
func (f *Fact) key() factKey {
	key := factKey{kind: f.Kind, file: f.File, name: f.Name, in: f.In, span: f.Span}
	if len(f.Refs) > 0 {
		key.ref = f.Refs[0]
	}
	return key
}

func (o *observer) touch(f *Fact) {
	if o.touched != nil {
		o.touched[f] = true
	}
}

// mount records a place where pieces can hang.
func (o *observer) mount(kind MountKind, p place, label string, cond bool, pages ...string) {
	if !p.ok() {
		return
	}
	key := mountKey{kind, p.file, p.node.Span(), label}
	m := o.byMount[key]
	if m == nil {
		if o.byMount == nil {
			o.byMount = map[mountKey]*Mount{}
		}
		m = &Mount{Kind: kind, Package: o.pkg, File: p.file, Span: p.node.Span(), Label: label, Conditional: true}
		o.byMount[key] = m
		o.mounts = append(o.mounts, m)
	}
	m.Conditional = m.Conditional && (cond || conditional(p.node))
	m.Pages = append(m.Pages, pages...)
}

// finish completes positions, pages and wrappers.
func (o *observer) finish() ([]Fact, []Mount) {
	holders := map[factKey]bool{} // constructs that a wrapper must not swallow
	for _, m := range o.mounts {
		holders[factKey{file: m.File, span: m.Span}] = true
	}
	for _, f := range o.facts {
		holders[factKey{file: f.File, span: f.Span}] = true
	}
	for p := range o.lists {
		holders[factKey{file: p.file, span: p.node.Span()}] = true
	}
	facts := make([]Fact, len(o.facts))
	for i, f := range o.facts {
		f.Pages = sortedSet(f.Pages)
		if f.Pos == (text.Pos{}) {
			f.Pos = o.pos(f.File, f.Span.Start)
		}
		if f.Wrapper == (text.Span{}) {
			f.Wrapper = f.Span
			if tree := o.tree(f.File); tree != nil {
				n := nodeOf(tree, f.Span)
				w := wrapper(n, func(n tsx.Node) bool { return holders[factKey{file: f.File, span: n.Span()}] })
				if w.Ok() {
					f.Wrapper = w.Span()
				}
			}
		}
		facts[i] = *f
	}
	mounts := make([]Mount, len(o.mounts))
	for i, m := range o.mounts {
		m.Pages = sortedSet(m.Pages)
		m.Pos = o.pos(m.File, m.Span.Start)
		mounts[i] = *m
	}
	return facts, mounts
}

// nodeOf is the outermost node with exactly that span.
func nodeOf(tree *tsx.Tree, span text.Span) tsx.Node {
	var found tsx.Node
	for n := tree.At(span.Start); n.Ok() && span.Contains(n.Span()); n = n.Parent() {
		if n.Span() == span {
			found = n
		}
	}
	return found
}

// wrapper is the outermost construct around n that holds nothing but n: elements with one
// child, braces, parentheses, and conditions with one way.
func wrapper(n tsx.Node, stop func(tsx.Node) bool) tsx.Node {
	best := n
	for p := n.Parent(); p.Ok() && !stop(p); n, p = p, p.Parent() {
		switch p.Kind() {
		case tsx.KindParenthesizedExpression:
		case tsx.KindBinaryExpression, tsx.KindTernaryExpression:
			if !tsx.OnlyBranch(n) {
				return best
			}
		case tsx.KindJsxExpression:
			if !p.Parent().Is(tsx.KindJsxElement) {
				return best
			}
			best = p
		case tsx.KindJsxElement:
			if len(tsx.JSXChildren(p)) != 1 || hasText(p) {
				return best
			}
			best = p
		default:
			return best
		}
	}
	return best
}

func hasText(el tsx.Node) bool {
	for c := range el.NamedChildren() {
		if c.Is(tsx.KindJsxText) && strings.TrimSpace(c.Text()) != "" {
			return true
		}
	}
	return false
}

func sortedSet(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

func (o *observer) pos(file string, offset int) text.Pos {
	x := o.indexes[file]
	if x == nil {
		tree := o.tree(file)
		if tree == nil {
			return text.Pos{}
		}
		if o.indexes == nil {
			o.indexes = map[string]*text.Index{}
		}
		x = text.NewIndex(tree.Source())
		o.indexes[file] = x
	}
	return x.Pos(offset)
}
