package tsx

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
)

// InsertJSXChild inserts a child into an element or fragment so that it is the index-th of
// its JSXChildren; at the end if index is negative or too large.
//
// Beside children on lines of their own the new one gets its own lines, indented like its
// neighbour, with a blank line between if the neighbours have them. Beside children that
// share a line it is put on that line. An element without children, <X></X> or <X/>, is
// spread over lines, with the child a level deeper than the line that <X begins on.
//
// Comments: {/* ... */} on lines of their own directly above the child that is at the place
// now stay with it; the new child goes above them. At the end it goes directly after the
// last child and what follows on its line ({' '}, text, comments), before comments below.
// If there are only comments it goes before them.
//
// snippet may have several lines (ending in "\n", two spaces are one level). Nil if parent
// is not an element.
func InsertJSXChild(parent Node, index int, snippet string) []text.Edit {
	if !IsJSXElement(parent) {
		return nil
	}
	children := JSXChildren(parent)
	switch {
	case len(children) == 0:
		return fillJSX(parent, snippet)
	case index < 0 || index >= len(children):
		return InsertJSXAfter(children[len(children)-1], snippet)
	}
	return InsertJSXBefore(children[index], snippet)
}

// InsertJSXBefore inserts a sibling before a child of an element; see InsertJSXChild.
func InsertJSXBefore(child Node, snippet string) []text.Edit {
	if !child.Parent().Is(KindJsxElement) {
		return nil
	}
	src, style := child.t.src, StyleOf(child.t).near(child)
	indent := text.Indent(src, child.Start())
	body := reindent(snippet, indent, style)
	if !firstOnLine(src, child.Start()) {
		return []text.Edit{text.Insert(child.Start(), body)}
	}
	start := jsxLead(child)
	gap := ""
	if jsxSibling(child, -1) && blankAbove(src, start) {
		if end, ends := jsxTail(child); ends && (blankBelow(src, end) || !jsxSibling(child, 1)) {
			gap = style.EOL
		}
	}
	return []text.Edit{text.Insert(text.LineStart(src, start), indent+body+style.EOL+gap)}
}

// InsertJSXAfter inserts a sibling after a child of an element; see InsertJSXChild.
func InsertJSXAfter(child Node, snippet string) []text.Edit {
	if !child.Parent().Is(KindJsxElement) {
		return nil
	}
	src, style := child.t.src, StyleOf(child.t).near(child)
	indent := text.Indent(src, child.Start())
	body := reindent(snippet, indent, style)
	end, ends := jsxTail(child)
	if !ends || !firstOnLine(src, child.Start()) {
		return []text.Edit{text.Insert(child.End(), body)}
	}
	gap := ""
	if _, last := edges(child, child.Start(), end); blankAbove(src, jsxLead(child)) && jsxSibling(child, -1) && (blankBelow(src, end) || last) {
		gap = style.EOL
	}
	return []text.Edit{text.Insert(end, gap+style.EOL+indent+body)}
}

// fillJSX gives an element without children its first.
func fillJSX(parent Node, snippet string) []text.Edit {
	src, style := parent.t.src, StyleOf(parent.t).near(parent)
	base := text.Indent(src, parent.Start())
	inner := base + style.Indent
	body := reindent(snippet, inner, style)
	if parent.Is(KindJsxSelfClosingElement) {
		slash := parent.Child(parent.ChildCount() - 1)
		from := slash.Start()
		if !firstOnLine(src, from) {
			for src[from-1] == ' ' || src[from-1] == '\t' {
				from--
			}
		}
		name := src[parent.Field(FieldName).Start():parent.Field(FieldName).End()]
		return []text.Edit{text.Replace(text.Span{Start: from, End: parent.End()},
			">"+style.EOL+inner+body+style.EOL+base+"</"+string(name)+">")}
	}
	from, to := JSXOpening(parent).End(), parent.Field(FieldCloseTag).Start()
	if onlySpace(src, from, to) {
		return []text.Edit{text.Replace(text.Span{Start: from, End: to}, style.EOL+inner+body+style.EOL+base)}
	}
	// Text and comments only.
	if first := skipBlank(src, from); lineBreakIn(src, from, first) {
		inner = text.Indent(src, first)
		return []text.Edit{text.Insert(text.LineStart(src, first), inner+reindent(snippet, inner, style)+style.EOL)}
	}
	return []text.Edit{text.Insert(from, reindent(snippet, base, style))}
}

func skipBlank(src []byte, at int) int {
	for at < len(src) && (src[at] == ' ' || src[at] == '\t' || src[at] == '\r' || src[at] == '\n') {
		at++
	}
	return at
}

// jsxLead is the start of the comments that belong to a child, or of the child.
func jsxLead(child Node) int {
	src, start := child.t.src, child.Start()
	for n := child.Prev(); ; n = n.Prev() {
		switch {
		case n.Is(KindJsxText) && onlySpace(src, n.Start(), n.End()):
		case isJSXComment(n) && directlyAbove(src, n.End(), start) && firstOnLine(src, n.Start()):
			start = n.Start()
		default:
			return start
		}
	}
}

// jsxTail looks at what follows a child on its line. ends reports whether that is nothing
// but white space, {' '}, comments and text; end is then the end of the line.
func jsxTail(child Node) (end int, ends bool) {
	src := child.t.src
	end = child.End()
	for n := child.Next(); ; n = n.Next() {
		limit := len(src)
		if n.Ok() {
			limit = n.Start()
		}
		if lineBreakIn(src, end, limit) {
			return lineTail(src, end), true
		}
		switch {
		case n.Is(KindJsxText, KindHtmlCharacterReference):
			if lineBreakIn(src, n.Start(), n.End()) {
				return lineTail(src, n.Start()), true
			}
		case isJSXComment(n) || isJSXSpace(n):
		default:
			return child.End(), false
		}
		end = n.End()
	}
}

// jsxSibling reports whether a child has an element or expression before (-1) or after (1) it.
func jsxSibling(child Node, step int32) bool {
	for n := child.sibling(step, true); n.Ok(); n = n.sibling(step, true) {
		if IsJSXElement(n) || n.Is(KindJsxExpression) && !isJSXComment(n) && !isJSXSpace(n) {
			return true
		}
	}
	return false
}

// RemoveJSXChild removes a child of an element: an element or an expression in braces.
//
// A child that has its lines for itself goes with them, and with {/* comments */} on lines of
// their own directly above it, and with comments, {' '} and a stray semicolon or comma behind it.
// Otherwise just its bytes go. If nothing but white space remains, the parent becomes <X></X>.
//
// It undoes InsertJSXChild byte for byte, except that an element that closed itself, or held
// nothing but white space, comes back as <X></X>. Nil if n is not a child of an element.
func RemoveJSXChild(n Node) []text.Edit {
	parent := n.Parent()
	if !parent.Is(KindJsxElement) || n.Is(KindJsxOpeningElement, KindJsxClosingElement) {
		return nil
	}
	src := n.t.src
	from, to := n.Start(), n.End()
	end, ends := jsxTail(n)
	own := firstOnLine(src, from) && ends && onlyOwn(src, n, end)
	if own {
		from, to = jsxLead(n), end
	}
	open, closer := JSXOpening(parent).End(), parent.Field(FieldCloseTag).Start()
	if onlySpace(src, open, from) && onlySpace(src, to, closer) {
		return []text.Edit{text.Delete(text.Span{Start: open, End: closer})}
	}
	if !own {
		return []text.Edit{text.Delete(text.Span{Start: from, End: to})}
	}
	first, last := edges(n, from, to)
	return []text.Edit{deleteLines(src, from, to, first, last)}
}

// onlyOwn reports whether what follows a child up to end belongs to it: no text of its own.
func onlyOwn(src []byte, n Node, end int) bool {
	for s := n.Next(); s.Ok() && s.Start() < end; s = s.Next() {
		if s.Is(KindHtmlCharacterReference) {
			return false
		}
		if s.Is(KindJsxText) {
			t := strings.TrimSpace(string(src[s.Start():min(s.End(), end)]))
			if t != "" && t != ";" && t != "," {
				return false
			}
		}
	}
	return true
}

// AddAttribute adds an attribute (name="x", name={x} or {...x}) after the last one of an
// element or its opening tag: on a line of its own if the last one has that, else on the same
// line. Comments are not moved.
func AddAttribute(el Node, attr string) []text.Edit {
	open := JSXOpening(el)
	if !open.Ok() || !open.Field(FieldName).Ok() {
		return nil
	}
	src, style := open.t.src, StyleOf(open.t)
	attrs := JSXAttributes(open)
	if len(attrs) == 0 {
		at := open.Field(FieldName).End()
		if targs := open.Field(FieldTypeArguments); targs.Ok() {
			at = targs.End()
		}
		return []text.Edit{text.Insert(at, " "+reindent(attr, text.Indent(src, open.Start()), style))}
	}
	last := attrs[len(attrs)-1]
	indent := text.Indent(src, last.Start())
	if !firstOnLine(src, last.Start()) {
		return []text.Edit{text.Insert(last.End(), " "+reindent(attr, indent, style))}
	}
	end, ends := tail(src, last.End())
	if !ends {
		end = last.End()
	}
	return []text.Edit{text.Insert(end, style.EOL+indent+reindent(attr, indent, style))}
}

// RemoveAttribute removes an attribute. One that has its lines for itself goes with them, and
// with comments on lines of their own directly above it and behind it on its line. It undoes
// AddAttribute byte for byte.
func RemoveAttribute(attr Node) []text.Edit {
	if !attr.Is(KindJsxAttribute, KindJsxExpression) || attr.FieldOf() != FieldAttribute {
		return nil
	}
	src := attr.t.src
	end, ends := tail(src, attr.End())
	if firstOnLine(src, attr.Start()) && ends {
		return []text.Edit{deleteLines(src, lead(attr.t, attr.Start(), nil), end, false, false)}
	}
	from := attr.Start()
	for p := from; p > 0 && strings.IndexByte(" \t\r\n", src[p-1]) >= 0; p-- {
		from = p - 1
	}
	if attr.Prev().Is(KindComment) && strings.HasPrefix(attr.Prev().Text(), "//") {
		from = attr.Start()
	}
	return []text.Edit{text.Delete(text.Span{Start: from, End: attr.End()})}
}
