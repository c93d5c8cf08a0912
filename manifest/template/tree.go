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
	notes        []string
	skipped      []skip          // pieces of the template's that do not come, as notes say
	taken        map[string]bool // names that the template imports and that are another thing in the app
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
	m := &treeMerge{name: name, taken: map[string]bool{}}
	for at, src := range map[**tsx.Tree][]byte{&m.base: b, &m.ours: o, &m.theirs: t} {
		tree, err := tsx.Parse(src, tsx.DialectOf(name))
		if err != nil {
			return outcome{}, false
		}
		*at = tree
	}
	original := m.ours
	for range steps {
		m.done, m.clashes, m.notes, m.skipped = nil, nil, nil, nil
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
	out := outcome{text: m.ours.Source(), how: "tree", notes: m.notes}
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
	lost, ok := lostComments(m.base, original, m.theirs, m.ours)
	if !ok || len(out.clashes) == 0 && !conserved(m.base, original, m.theirs, m.ours, m.skipped) {
		return outcome{}, false
	}
	for _, c := range lost {
		out.notes = append(out.notes, "a comment that the template has now, at its line "+itoa(linesOf(t, c.Span()).From)+", has no place here")
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
		if name := m.foreign(t); name != "" {
			m.clash("the template changed this, and "+name+" is something else here", b, o, t)
			return
		}
		m.done = tsx.ReplaceNode(o, snippet(t))
		return
	case o.Is(tsx.KindExportStatement) && b.Kind() == t.Kind() && o.Field(tsx.FieldDeclaration).Kind() == b.Kind():
		m.node(b, o.Field(tsx.FieldDeclaration), t)
		return
	case b.Kind() == t.Kind() && returned(o).Kind() == b.Kind() && o.Kind() != b.Kind():
		m.node(b, returned(o), t)
		return
	case b.Kind() != o.Kind() || b.Kind() != t.Kind():
		m.clash("both changed this", b, o, t)
		return
	}
	if _, ok := items(b); ok {
		if isTag(b) && normal(b.Field(tsx.FieldName)) != normal(t.Field(tsx.FieldName)) {
			m.clash("both changed this", b, o, t)
			return
		}
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

// returned is what the body of a function returns at its end: an arrow function that had an
// expression got a body for what comes before it.
func returned(body tsx.Node) tsx.Node {
	if !body.Is(tsx.KindStatementBlock) {
		return tsx.Node{}
	}
	var last tsx.Node
	for c := range body.NamedChildren() {
		if !c.Is(tsx.KindComment) {
			last = c
		}
	}
	if !last.Is(tsx.KindReturnStatement) {
		return tsx.Node{}
	}
	return last.NamedChild(0)
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
		if j >= 0 && j < last && !isTag(b) {
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
			switch {
			case theirsOurs[j] >= 0 && normal(io[theirsOurs[j]]) == normal(it[j]):
			case b.Is(tsx.KindProgram) && strings.HasPrefix(about(n), "declare "):
				m.clash("you took this out, and the template changed it", n, o, it[j])
			default:
				m.skip(n, it[j], "changed in the template; you took it out")
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
				m.skip(tsx.Node{}, n, "is new in the template; yours is another one, and stays")
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
	single := o.Is(tsx.KindArray, tsx.KindObject) || isTag(o)
	for !single && end+1 < len(it) && fromBase[end+1] < 0 && theirsOurs[end+1] < 0 {
		end++
	}
	for _, n := range it[j : end+1] {
		if name := m.foreign(n); name != "" {
			m.clash("the template added this, and "+name+" is something else here", b, o, n)
			return
		}
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
	case isTag(o):
		m.done = tsx.AddAttribute(o, body)
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

// skip is a piece of the template's that is left out: as it was, if it was, and as it is.
type skip struct{ base, theirs tsx.Node }

func (m *treeMerge) skip(base, theirs tsx.Node, why string) {
	m.skipped = append(m.skipped, skip{base, theirs})
	m.notes = append(m.notes, label(theirs)+" "+why)
}

// isTag says whether a node's items are attributes.
func isTag(n tsx.Node) bool { return n.Is(tsx.KindJsxOpeningElement, tsx.KindJsxSelfClosingElement) }

// label is a piece of a source in a few words.
func label(n tsx.Node) string {
	line, rest, more := strings.Cut(n.Text(), "\n")
	if n.Is(tsx.KindJsxElement) {
		line, more = tsx.JSXOpening(n).Text(), true
		line, rest, _ = strings.Cut(line, "\n")
	}
	if line = strings.TrimSpace(line); len(line) > 60 || more && rest != "" {
		line = strings.TrimRight(line[:min(len(line), 60)], " \r") + " ..."
	}
	return line
}

func removeItem(list, n tsx.Node) []text.Edit {
	switch {
	case isTag(list):
		return tsx.RemoveAttribute(n)
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
