package template

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// leads says whether a comment belongs to the statement on the line after it.
func leads(c tsx.Node) bool {
	next := c.NextNamed()
	if !c.Is(tsx.KindComment) || !next.Ok() || next.Is(tsx.KindImportStatement) {
		return false
	}
	src := c.Tree().Source()
	own := strings.TrimSpace(string(src[text.LineStart(src, c.Start()):c.Start()])) == ""
	between := string(src[c.End():next.Start()])
	return own && strings.Count(between, "\n") == 1 && (!next.Is(tsx.KindComment) || leads(next))
}

// head is the first of the comments that lead to an item, or the item itself.
func head(n tsx.Node) tsx.Node {
	for p := n.PrevNamed(); p.Ok() && leads(p); p = n.PrevNamed() {
		n = p
	}
	return n
}

// remarks are the comments that lead to an item, in normal form.
func remarks(n tsx.Node) string {
	var b strings.Builder
	for c := head(n); c.Ok() && c != n; c = c.NextNamed() {
		writeNormal(&b, c)
	}
	return b.String()
}

// remark merges the comments that lead to an item.
func (m *treeMerge) remark(b, o, t tsx.Node) {
	was := ""
	if b.Ok() {
		was = remarks(b)
	}
	switch is, now := remarks(o), remarks(t); {
	case m.done != nil || now == was || now == is:
	case is != was:
		m.clash("both changed this comment", b, o, t)
	default:
		src := m.ours.Source()
		indent := string(src[text.LineStart(src, o.Start()):o.Start()])
		if strings.TrimSpace(indent) != "" {
			m.clash("there is no line for a comment", b, o, t)
			return
		}
		var lines strings.Builder
		if o.PrevNamed().Ok() && apart(head(t)) && !apart(head(o)) {
			lines.WriteString("\n" + indent)
		}
		for c := head(t); c != t; c = c.NextNamed() {
			lines.WriteString(c.Text() + "\n" + indent)
		}
		m.done = []text.Edit{{Start: head(o).Start(), End: o.Start(), New: lines.String()}}
	}
}

// apart says whether there is an empty line above a node.
func apart(n tsx.Node) bool {
	src := n.Tree().Source()
	above := src[:text.LineStart(src, n.Start())]
	return strings.HasSuffix(strings.TrimRight(string(above), " \t\r"), "\n\n") || strings.HasSuffix(string(above), "\r\n\r\n")
}
