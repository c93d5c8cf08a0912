package template

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// treeMerge puts what the template changed in a source file into the app's version of it, by
// syntax: however that is formatted, and wherever in the file the pieces are.
type treeMerge struct {
	name         string
	base, theirs *tsx.Tree
	ours         *tsx.Tree
	done         []text.Edit // the next change, nil if there is none
	clashes      []treeClash
}

type treeClash struct {
	why                string
	base, ours, theirs tsx.Node
}

// steps is how many single changes a merge by syntax makes at most.
const steps = 200

// mergeTree merges a source file by syntax; false if one of the three does not parse.
//
// Imports are merged by what they bind. Statements, elements, properties and entries of lists
// are matched by what they are about (the module that is added, the path of a route, the name
// that is declared, the key); what the template added goes behind the neighbour that it has in
// the template. What neither side moved, and where only formatting differs, is the same.
func mergeTree(name string, b, o, t []byte) (outcome, bool) {
	m := &treeMerge{name: name}
	for at, src := range map[**tsx.Tree][]byte{&m.base: b, &m.ours: o, &m.theirs: t} {
		tree, err := tsx.Parse(src, tsx.DialectOf(name))
		if err != nil {
			return outcome{}, false
		}
		*at = tree
	}
	original := m.ours
	for range steps {
		m.done, m.clashes = nil, nil
		m.step()
		if m.done == nil {
			break
		}
		if !m.apply(m.done) {
			return outcome{}, false
		}
	}
	if m.done != nil {
		return outcome{}, false
	}
	if !m.dropImports() {
		return outcome{}, false
	}
	out := outcome{text: m.ours.Source(), how: "tree"}
	for _, c := range m.clashes {
		ours := c.ours.Span()
		if m.ours != original { // the place in the file as it is
			ours = text.Span{}
			for n := range original.Root().Descendants() {
				if n.Kind() == c.ours.Kind() && n.Text() == c.ours.Text() {
					ours = n.Span()
					break
				}
			}
		}
		out.clashes = append(out.clashes, Clash{Why: c.why, Base: linesOf(b, c.base.Span()), Ours: linesOf(o, ours), Theirs: linesOf(t, c.theirs.Span())})
	}
	if len(out.clashes) == 0 && !conserved(m.base, original, m.theirs, m.ours) {
		return outcome{}, false
	}
	return out, true
}

func (m *treeMerge) apply(edits []text.Edit) bool {
	src, err := text.Apply(m.ours.Source(), edits)
	if err != nil {
		return false
	}
	tree, err := tsx.Parse(src, tsx.DialectOf(m.name))
	if err != nil {
		return false
	}
	m.ours = tree
	return true
}

// normal is a node's text without what formatters change: white space, quotes, semicolons,
// commas, parentheses around an expression.
func normal(n tsx.Node) string {
	var b strings.Builder
	writeNormal(&b, n)
	return b.String()
}

func writeNormal(b *strings.Builder, n tsx.Node) {
	if n.Is(tsx.KindString) {
		if s, ok := tsx.StringValue(n); ok {
			b.WriteString("'" + s + "' ")
			return
		}
	}
	if n.Is(tsx.KindComment, tsx.KindJsxText, tsx.KindTemplateString) || n.ChildCount() == 0 {
		s := n.Text()
		if n.Is(tsx.KindTemplateString) {
			b.WriteString(s + " ")
			return
		}
		s = strings.Join(strings.Fields(s), " ")
		if s == "" || s == ";" || s == "," || (s == "(" || s == ")") && n.Parent().Is(tsx.KindParenthesizedExpression) {
			return
		}
		b.WriteString(s + " ")
		return
	}
	for c := range n.Children() {
		writeNormal(b, c)
	}
}

// step finds the first change to make, or all clashes.
func (m *treeMerge) step() {
	if edits := m.addImports(); edits != nil {
		m.done = edits
		return
	}
	m.list(m.base.Root(), m.ours.Root(), m.theirs.Root())
}

type binding struct{ module, name string }

func bindings(t *tsx.Tree) map[binding]tsx.ImportSpec {
	out := map[binding]tsx.ImportSpec{}
	for _, d := range tsx.Imports(t) {
		if d.SideEffect {
			out[binding{d.Module, ""}] = tsx.ImportSpec{Node: d.Node}
		}
		for _, s := range d.Bindings {
			out[binding{d.Module, s.Name}] = s
		}
	}
	return out
}

func (m *treeMerge) addImports() []text.Edit {
	base, ours := bindings(m.base), bindings(m.ours)
	var add []tsx.Import
	for _, d := range tsx.Imports(m.theirs) {
		if d.SideEffect {
			at := binding{d.Module, ""}
			if _, had := base[at]; !had {
				if _, has := ours[at]; !has {
					add = append(add, tsx.Import{Module: d.Module, SideEffect: true})
				}
			}
		}
		for _, s := range d.Bindings {
			at := binding{d.Module, s.Name}
			if was, had := base[at]; had && was.Local == s.Local {
				continue
			}
			if is, has := ours[at]; has && is.Local == s.Local {
				continue
			}
			imp := tsx.Import{Module: d.Module, Name: s.Name, Default: s.Default, Namespace: s.Namespace, TypeOnly: s.TypeOnly}
			if s.Local != s.Name {
				imp.Alias = s.Local
			}
			if s.Default || s.Namespace {
				imp.Alias = s.Local
			}
			add = append(add, imp)
		}
	}
	if len(add) == 0 {
		return nil
	}
	edits, locals := tsx.AddImport(m.ours, add...)
	for i, local := range locals {
		want := add[i].Alias
		if want == "" {
			want = add[i].Name
		}
		if local != want && !add[i].SideEffect {
			return nil // the name is taken; what uses it will clash or not compile
		}
	}
	return edits
}

// dropImports takes the imports out that the template took out, where nothing uses them.
func (m *treeMerge) dropImports() bool {
	theirs := bindings(m.theirs)
	for at, was := range bindings(m.base) {
		if now, ok := theirs[at]; ok && now.Local == was.Local {
			continue
		}
		if at.name == "" {
			if edits := tsx.RemoveSideEffectImport(m.ours, at.module); edits != nil && !m.apply(edits) {
				return false
			}
			continue
		}
		is, ok := bindings(m.ours)[at]
		if !ok || !tsx.Unused(m.ours, is.Local) {
			continue
		}
		if edits := tsx.RemoveImport(m.ours, is.Local); !m.apply(edits) {
			return false
		}
	}
	return true
}

// items are the pieces of a list that are merged one by one; nil if a node is none.
func items(n tsx.Node) ([]tsx.Node, bool) {
	switch {
	case n.Is(tsx.KindProgram, tsx.KindStatementBlock):
		var out []tsx.Node
		for c := range n.NamedChildren() {
			if !c.Is(tsx.KindImportStatement, tsx.KindEmptyStatement) && !leads(c) {
				out = append(out, c)
			}
		}
		return out, true
	case n.Is(tsx.KindJsxElement):
		return tsx.JSXChildren(n), true
	case n.Is(tsx.KindArray, tsx.KindObject):
		return tsx.Elements(n), true
	}
	return nil, false
}

// about is what an item is about: two versions of it have it in common. "" if nothing tells.
func about(n tsx.Node) string {
	switch {
	case n.Is(tsx.KindExportStatement):
		for c := range n.NamedChildren() {
			if s := about(c); s != "" {
				return s
			}
		}
		return "export"
	case n.Is(tsx.KindLexicalDeclaration, tsx.KindVariableDeclaration):
		for c := range n.NamedChildren() {
			if c.Is(tsx.KindVariableDeclarator) {
				return "declare " + normal(c.Field(tsx.FieldName))
			}
		}
	case n.Field(tsx.FieldName).Ok() && n.Is(tsx.KindFunctionDeclaration, tsx.KindClassDeclaration, tsx.KindInterfaceDeclaration, tsx.KindTypeAliasDeclaration, tsx.KindEnumDeclaration):
		return "declare " + normal(n.Field(tsx.FieldName))
	case n.Is(tsx.KindReturnStatement):
		return "return"
	case tsx.IsJSXElement(n):
		s := "<" + tsx.JSXName(n)
		for _, name := range [...]string{"path", "to", "if", "id", "title", "label"} {
			if a := tsx.JSXAttribute(n, name); a.Ok() {
				return s + " " + normal(a)
			}
		}
		return s
	case n.Is(tsx.KindPair, tsx.KindMethodDefinition, tsx.KindShorthandPropertyIdentifier, tsx.KindSpreadElement):
		if key, ok := tsx.PropertyKey(n); ok {
			return "key " + key
		}
	case n.Is(tsx.KindJsxExpression):
		return about(tsx.JSXInner(n))
	case n.Is(tsx.KindExpressionStatement):
		call := n.NamedChild(0)
		if call.Is(tsx.KindCallExpression) {
			s := "call " + normal(tsx.Callee(call))
			if args := tsx.Arguments(call); len(args) > 0 {
				s += " " + normal(args[0])
			}
			return s
		}
	}
	return ""
}

// match pairs the items of two lists: equal ones first, then those that are about the same, if
// that is one on each side. The result has for each of a its index in b, or -1.
func match(a, b []tsx.Node) []int {
	out := make([]int, len(a))
	taken := make([]bool, len(b))
	texts := make([]string, len(b))
	subjects := map[string][]int{}
	for j, n := range b {
		texts[j] = normal(n)
	}
	for i, n := range a {
		out[i] = -1
		want := normal(n)
		for j := range b {
			if !taken[j] && texts[j] == want {
				out[i], taken[j] = j, true
				break
			}
		}
	}
	for j, n := range b {
		if s := about(n); s != "" && !taken[j] {
			subjects[s] = append(subjects[s], j)
		}
	}
	mine := map[string][]int{}
	for i, n := range a {
		if s := about(n); s != "" && out[i] < 0 {
			mine[s] = append(mine[s], i)
		}
	}
	for s, is := range mine {
		if js := subjects[s]; len(is) == 1 && len(js) == 1 {
			out[is[0]], taken[js[0]] = js[0], true
		}
	}
	return out
}

func inverse(of []int, n int) []int {
	out := slices.Repeat([]int{-1}, n)
	for i, j := range of {
		if j >= 0 {
			out[j] = i
		}
	}
	return out
}

func (m *treeMerge) clash(why string, b, o, t tsx.Node) {
	m.clashes = append(m.clashes, treeClash{why, b, o, t})
}

// node merges a node that all three have. It stops after the first change.
func (m *treeMerge) node(b, o, t tsx.Node) {
	nb, no, nt := normal(b), normal(o), normal(t)
	switch {
	case m.done != nil || nb == nt || no == nt:
		return
	case no == nb:
		m.done = tsx.ReplaceNode(o, snippet(t))
		return
	case b.Kind() != o.Kind() || b.Kind() != t.Kind():
		m.clash("both changed this", b, o, t)
		return
	}
	if _, ok := items(b); ok {
		m.list(b, o, t)
		return
	}
	kids := func(n tsx.Node) []tsx.Node {
		var out []tsx.Node
		for c := range n.Children() {
			if normal(c) != "" {
				out = append(out, c)
			}
		}
		return out
	}
	kb, ko, kt := kids(b), kids(o), kids(t)
	if len(kb) == 0 || len(kb) != len(ko) || len(kb) != len(kt) {
		m.clash("both changed this", b, o, t)
		return
	}
	for i := range kb {
		m.node(kb[i], ko[i], kt[i])
	}
}

// list merges lists by their items.
func (m *treeMerge) list(b, o, t tsx.Node) {
	if b.Is(tsx.KindJsxElement) {
		m.node(tsx.JSXOpening(b), tsx.JSXOpening(o), tsx.JSXOpening(t))
	}
	ib, _ := items(b)
	io, _ := items(o)
	it, _ := items(t)
	toTheirs, toOurs := match(ib, it), match(ib, io)
	fromBase := inverse(toTheirs, len(it))
	last := -1
	for _, j := range toTheirs {
		if j >= 0 && j < last {
			m.clash("the template changed the order", b, o, t)
			return
		}
		last = max(last, j)
	}
	theirsOurs := match(it, io)
	for i, n := range ib {
		if m.done != nil {
			return
		}
		mine := tsx.Node{}
		if toOurs[i] >= 0 {
			mine = io[toOurs[i]]
		}
		j := toTheirs[i]
		switch {
		case j >= 0 && mine.Ok():
			m.node(n, mine, it[j])
			m.remark(n, mine, it[j])
		case j >= 0 && normal(n) != normal(it[j]):
			if theirsOurs[j] < 0 || normal(io[theirsOurs[j]]) != normal(it[j]) {
				m.clash("you took this out, and the template changed it", n, o, it[j])
			}
		case j >= 0 || !mine.Ok():
		case normal(mine) == normal(n) && remarks(mine) == remarks(n):
			m.done = removeItem(o, mine)
		default:
			m.clash("the template took this out, and you changed it", n, mine, t)
		}
	}
	for j, n := range it {
		if m.done != nil {
			return
		}
		if fromBase[j] >= 0 {
			continue
		}
		if k := theirsOurs[j]; k >= 0 {
			if normal(io[k]) != normal(n) && !slices.Contains(toOurs, k) {
				m.clash("both added this", b, io[k], n)
			} else if !slices.Contains(toOurs, k) {
				m.remark(tsx.Node{}, io[k], n)
			}
			continue
		}
		m.insert(b, o, io, it, j, fromBase, toOurs, theirsOurs)
	}
}

// insert puts an item of the template's list into ours: with those that follow it and are new
// too, as one text.
func (m *treeMerge) insert(b, o tsx.Node, io, it []tsx.Node, j int, fromBase, toOurs, theirsOurs []int) {
	place := func(k int) int { // in ours, of an item of the template's
		if i := fromBase[k]; i >= 0 {
			return toOurs[i]
		}
		return theirsOurs[k]
	}
	end := j
	single := o.Is(tsx.KindArray, tsx.KindObject)
	for !single && end+1 < len(it) && fromBase[end+1] < 0 && theirsOurs[end+1] < 0 {
		end++
	}
	src := m.theirs.Source()
	// The comments that lead to the first one follow by themselves: see remark.
	body := part(src, text.Span{Start: it[j].Start(), End: it[end].End()})
	before, after := -1, -1
	for k := j - 1; k >= 0 && before < 0; k-- {
		before = place(k)
	}
	for k := end + 1; k < len(it) && after < 0; k++ {
		after = place(k)
	}
	if before >= 0 && after >= 0 && io[before].Is(tsx.KindComment) && !io[after].Is(tsx.KindComment) {
		before = -1 // it speaks of what follows
	}
	switch {
	case o.Is(tsx.KindArray):
		m.done = tsx.InsertArrayElement(o, before+1, body)
	case o.Is(tsx.KindObject):
		m.done = tsx.InsertProperty(o, before+1, body)
	case o.Is(tsx.KindJsxElement) && before >= 0:
		m.done = tsx.InsertJSXAfter(io[before], body)
	case o.Is(tsx.KindJsxElement) && after >= 0:
		m.done = tsx.InsertJSXBefore(io[after], body)
	case o.Is(tsx.KindJsxElement):
		m.done = tsx.InsertJSXChild(o, -1, body)
	case before >= 0:
		m.done = tsx.InsertStatementAfter(io[before], body)
	case after >= 0:
		m.done = tsx.InsertStatementBefore(io[after], body)
	default:
		m.done = tsx.AppendStatement(o, body)
	}
	if m.done == nil {
		m.clash("there is no place for what the template added", b, o, it[j])
	}
}

func removeItem(list, n tsx.Node) []text.Edit {
	switch {
	case list.Is(tsx.KindArray):
		return tsx.RemoveArrayElement(n)
	case list.Is(tsx.KindObject):
		return tsx.RemoveProperty(n)
	case list.Is(tsx.KindJsxElement):
		return tsx.RemoveJSXChild(n)
	case n.Is(tsx.KindComment):
		src := n.Tree().Source()
		start, end := text.LineStart(src, n.Start()), n.End()
		if strings.TrimSpace(string(src[start:n.Start()])) != "" {
			start = n.Start()
		} else if end < len(src) && src[end] == '\r' {
			end += 2
		} else if end < len(src) {
			end++
		}
		return []text.Edit{text.Delete(text.Span{Start: start, End: end})}
	}
	return tsx.RemoveStatement(n)
}

// snippet is a node's text as the edit builders take it.
func snippet(n tsx.Node) string { return part(n.Tree().Source(), n.Span()) }

// part is a part of a source as the edit builders take it: without the indentation of its line.
func part(src []byte, s text.Span) string {
	line := text.LineStart(src, s.Start)
	indent := 0
	for line+indent < s.Start && src[line+indent] == ' ' {
		indent++
	}
	lines := strings.SplitAfter(strings.ReplaceAll(string(src[s.Start:s.End]), "\r\n", "\n"), "\n")
	for i := 1; i < len(lines); i++ {
		cut := 0
		for cut < indent && cut < len(lines[i]) && lines[i][cut] == ' ' {
			cut++
		}
		lines[i] = lines[i][cut:]
	}
	return strings.Join(lines, "")
}

// conserved proves that a merge lost no token of either side: each is there as often as the
// changes of both sides together say, or, where both made the same change, as one of them says.
func conserved(base, ours, theirs, merged *tsx.Tree) bool {
	var counts [4]map[string]int
	all := map[string]bool{}
	for i, t := range [...]*tsx.Tree{base, ours, theirs, merged} {
		counts[i] = map[string]int{}
		for tok := range strings.FieldsSeq(normal(t.Root())) {
			counts[i][tok]++
			all[tok] = true
		}
	}
	for tok := range all {
		b, o, t, is := counts[0][tok], counts[1][tok], counts[2][tok], counts[3][tok]
		sum := o + t - b
		low, high := sum, sum
		switch {
		case o > b && t > b:
			low = max(o, t)
		case o < b && t < b:
			high = min(o, t)
		case t < b:
			high = max(high, o) // an import that the app still needs
		}
		if slices.Contains([]string{"import", "from", "{", "}", "type", "as"}, tok) {
			low, high = low-3, high+3 // imports join and part
		}
		if is < low || is > high {
			return false
		}
	}
	return true
}
