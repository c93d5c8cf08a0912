package tsx

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
)

// InsertArrayElement inserts an element into an array, or an argument into an argument list,
// so that it is the at-th; at the end if at is negative or too large. Holes do not count.
//
// An array whose elements are on lines of their own gets a new line, indented like its
// neighbour; any other array stays on its line. A trailing comma is kept, and its absence
// too. An empty array is filled on one line, unless the element itself has several.
//
// Comments: those directly above the element that is at the place now stay with it; the new
// element goes above them. At the end, it goes directly after the last element and the
// comment on its line, before comments that follow.
//
// snippet may have several lines (ending in "\n", two spaces are one level).
func InsertArrayElement(list Node, at int, snippet string) []text.Edit {
	return insertItems(list, StyleOf(list.t), []listInsert{{at, snippet}})
}

// InsertProperty inserts a property into an object like InsertArrayElement an element.
func InsertProperty(obj Node, at int, snippet string) []text.Edit {
	return InsertArrayElement(obj, at, snippet)
}

// RemoveArrayElement removes an element of an array, or an argument, with its comma. Comments
// on lines of their own directly above the element, and behind it on its line, belong to it,
// if the element has its line for itself. The last element of all leaves [] behind, if there is
// no comment to keep.
//
// It undoes InsertArrayElement byte for byte, except that a list of nothing but white space
// comes back as [] or {}.
func RemoveArrayElement(item Node) []text.Edit { return removeItem(item) }

// RemoveProperty removes a property of an object like RemoveArrayElement an element.
func RemoveProperty(prop Node) []text.Edit { return removeItem(prop) }

// listInsert is a new item: it becomes the at-th of the items that are there now.
type listInsert struct {
	at   int
	text string
}

// listComma is the comma after an item of a list.
func listComma(item Node) Node {
	for n := item.Next(); n.Ok(); n = n.Next() {
		switch n.Kind() {
		case TokenComma:
			return n
		case KindComment:
		default:
			return Node{}
		}
	}
	return Node{}
}

// commaBefore is the comma directly before an item of a list, comments aside.
func commaBefore(item Node) Node {
	n := item.Prev()
	for n.Is(KindComment) {
		n = n.Prev()
	}
	if n.Is(TokenComma) {
		return n
	}
	return Node{}
}

// hasComment reports whether a comment is directly in n.
func hasComment(n Node) bool {
	for c := range n.NamedChildren() {
		if c.Is(KindComment) {
			return true
		}
	}
	return false
}

// insertItems inserts items into a list in brackets. Items for the same place keep their order.
func insertItems(list Node, style Style, ins []listInsert) []text.Edit {
	if !list.Ok() || list.ChildCount() < 2 {
		return nil
	}
	items := Elements(list)
	groups := make([][]string, len(items)+1)
	for _, x := range ins {
		if x.at < 0 || x.at > len(items) {
			x.at = len(items)
		}
		groups[x.at] = append(groups[x.at], x.text)
	}
	var edits []text.Edit
	for at, group := range groups {
		switch {
		case len(group) == 0:
		case len(items) == 0:
			edits = append(edits, fillList(list, style, group)...)
		case at == len(items):
			edits = append(edits, appendItems(items[at-1], style, group)...)
		default:
			edits = append(edits, insertBefore(items[at], style, group))
		}
	}
	return edits
}

func fillList(list Node, style Style, group []string) []text.Edit {
	src, style := list.t.src, style.near(list)
	from, to := list.Child(0).End(), list.Child(list.ChildCount()-1).Start()
	base := text.Indent(src, list.Start())
	inner := base + style.Indent
	if hasComment(list) {
		for c := range list.NamedChildren() {
			if firstOnLine(src, c.Start()) {
				inner = text.Indent(src, c.Start())
				lines := strings.TrimPrefix(ownLines(group, inner, style, ",", ","), style.EOL)
				return []text.Edit{text.Insert(text.LineStart(src, c.Start()), lines+style.EOL)}
			}
		}
		return []text.Edit{text.Insert(from, oneLine(group, inner, style)+" ")}
	}
	if lineBreakIn(src, from, to) || strings.Contains(strings.Join(group, ""), "\n") && !list.Is(KindArguments) {
		last := ","
		if !style.TrailingComma {
			last = ""
		}
		return []text.Edit{text.Replace(text.Span{Start: from, End: to}, ownLines(group, inner, style, ",", last)+style.EOL+base)}
	}
	pad := ""
	if style.BraceSpace && list.Is(KindObject, KindNamedImports, KindObjectPattern) {
		pad = " "
	}
	return []text.Edit{text.Replace(text.Span{Start: from, End: to}, pad+oneLine(group, base, style)+pad)}
}

// ownLines is each item on a new line, followed by sep or, the last one, by last.
func ownLines(group []string, indent string, style Style, sep, last string) string {
	var b strings.Builder
	for i, s := range group {
		b.WriteString(style.EOL + indent + reindent(s, indent, style))
		if i < len(group)-1 {
			b.WriteString(sep)
		}
	}
	return b.String() + last
}

func oneLine(group []string, indent string, style Style) string {
	out := make([]string, len(group))
	for i, s := range group {
		out[i] = reindent(s, indent, style)
	}
	return strings.Join(out, ", ")
}

func appendItems(last Node, style Style, group []string) []text.Edit {
	src, style := last.t.src, style.near(last)
	comma := listComma(last)
	at := last.End()
	if comma.Ok() {
		at = comma.End()
	}
	indent := text.Indent(src, last.Start())
	if !firstOnLine(src, last.Start()) {
		if comma.Ok() {
			return []text.Edit{text.Insert(at, " "+oneLine(group, indent, style)+",")}
		}
		return []text.Edit{text.Insert(at, ", "+oneLine(group, indent, style))}
	}
	end, ends := tail(src, at)
	if !ends {
		end = at
	}
	if comma.Ok() {
		return []text.Edit{text.Insert(end, ownLines(group, indent, style, ",", ","))}
	}
	return []text.Edit{text.Insert(at, ","), text.Insert(end, ownLines(group, indent, style, ",", ""))}
}

func insertBefore(item Node, style Style, group []string) text.Edit {
	src, style := item.t.src, style.near(item)
	if !firstOnLine(src, item.Start()) {
		return text.Insert(item.Start(), oneLine(group, text.Indent(src, item.Start()), style)+", ")
	}
	indent := text.Indent(src, item.Start())
	at := text.LineStart(src, lead(item.t, item.Start(), nil))
	lines := strings.TrimPrefix(ownLines(group, indent, style, ",", ","), style.EOL)
	return text.Insert(at, lines+style.EOL)
}

func removeItem(item Node) []text.Edit {
	list := item.Parent()
	if !list.Ok() {
		return nil
	}
	src := item.t.src
	items := Elements(list)
	first, last := items[0] == item, items[len(items)-1] == item
	comma, before := listComma(item), commaBefore(item)
	closer := list.Child(list.ChildCount() - 1)
	if first && last && !hasComment(list) && !before.Ok() {
		return []text.Edit{text.Delete(text.Span{Start: list.Child(0).End(), End: closer.Start()})}
	}
	end := item.End()
	if comma.Ok() {
		end = comma.End()
	}
	stop, ends := tail(src, end)
	own := firstOnLine(src, item.Start())
	switch {
	case own && ends:
		start := lead(item.t, item.Start(), nil)
		top, bottom := edges(item, start, stop)
		edits := []text.Edit{deleteLines(src, start, stop, top, bottom)}
		if last && !comma.Ok() && before.Ok() {
			edits = append(edits, text.Delete(before.Span()))
		}
		return edits
	case !last && (own || first || !ends):
		return []text.Edit{text.Delete(text.Span{Start: item.Start(), End: skipSpace(src, end)})}
	case last && comma.Ok() && before.Ok() && onlySpace(src, before.End(), item.Start()):
		return []text.Edit{text.Delete(text.Span{Start: before.End(), End: end})}
	case last && before.Ok() && onlySpace(src, before.End(), item.Start()):
		return []text.Edit{text.Delete(text.Span{Start: before.Start(), End: end})}
	case last && before.Ok() && !comma.Ok():
		return []text.Edit{text.Delete(before.Span()), text.Delete(item.Span())}
	case last:
		return []text.Edit{text.Delete(text.Span{Start: item.Start(), End: skipSpace(src, end)})}
	}
	// In the middle of the list and last on a line that others begin.
	from := item.Start()
	if before.Ok() && onlySpace(src, before.End(), from) {
		from = before.End()
	}
	return []text.Edit{text.Delete(text.Span{Start: from, End: end})}
}

func onlySpace(src []byte, from, to int) bool {
	return strings.TrimSpace(string(src[from:to])) == ""
}
