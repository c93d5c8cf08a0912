package tsx

import (
	"bytes"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
)

// reindent makes a snippet fit a place: its lines end in style's newline and, the first one
// apart, begin with base; two spaces of their own indentation become one level of style's.
// A snippet must not hold a template literal over several lines.
func reindent(snippet, base string, style Style) string {
	lines := strings.Split(strings.ReplaceAll(strings.Trim(snippet, "\r\n"), "\r\n", "\n"), "\n")
	for i, line := range lines {
		body := strings.TrimLeft(line, " ")
		n := len(line) - len(body)
		switch {
		case body == "":
			lines[i] = ""
		case i == 0:
			lines[i] = body
		default:
			lines[i] = base + strings.Repeat(style.Indent, n/2) + strings.Repeat(" ", n%2) + body
		}
	}
	return strings.Join(lines, style.EOL)
}

func lineBreakIn(src []byte, from, to int) bool { return bytes.IndexByte(src[from:to], '\n') >= 0 }

// firstOnLine reports whether only white space is before at on its line.
func firstOnLine(src []byte, at int) bool {
	return len(bytes.TrimLeft(src[text.LineStart(src, at):at], " \t")) == 0
}

// lineTail is the offset of the newline that ends the line of at: of its CR, if it has one.
func lineTail(src []byte, at int) int {
	end := text.LineEnd(src, at)
	if end > at && src[end-1] == '\n' {
		end--
		if end > at && src[end-1] == '\r' {
			end--
		}
	}
	return end
}

func skipSpace(src []byte, at int) int {
	for at < len(src) && (src[at] == ' ' || src[at] == '\t') {
		at++
	}
	return at
}

// tail looks at what follows at on its line in code. ends reports whether that is nothing
// but white space and comments; end is then the end of the line (of the last of these comments),
// without its newline, else at.
func tail(src []byte, at int) (end int, ends bool) {
	end = at
	for {
		p := skipSpace(src, end)
		switch {
		case p == lineTail(src, p):
			return p, true
		case bytes.HasPrefix(src[p:], []byte("//")):
			return lineTail(src, p), true
		case bytes.HasPrefix(src[p:], []byte("/*")):
			n := bytes.Index(src[p+2:], []byte("*/"))
			if n < 0 {
				return at, false
			}
			end = p + 2 + n + 2
		default:
			return at, false
		}
	}
}

// comments are all comment nodes of a tree in source order.
func comments(t *Tree) []Node {
	var out []Node
	for n := range t.Root().Descendants() {
		if n.Is(KindComment) {
			out = append(out, n)
		}
	}
	return out
}

// lead is the start of the comments that belong to what begins at start, first on its line:
// those on lines of their own directly above it, without a blank line between. keep stops
// the search at comments that belong to nothing.
func lead(t *Tree, start int, keep func(Node) bool) int {
	all := comments(t)
	for i := len(all) - 1; i >= 0; i-- {
		c := all[i]
		if c.End() > start {
			continue
		}
		if !directlyAbove(t.src, c.End(), start) || !firstOnLine(t.src, c.Start()) || keep != nil && keep(c) {
			break
		}
		start = c.Start()
	}
	return start
}

// directlyAbove reports whether between end and start is white space with one newline.
func directlyAbove(src []byte, end, start int) bool {
	gap := src[end:start]
	return len(bytes.TrimSpace(gap)) == 0 && bytes.Count(gap, []byte("\n")) == 1
}

// blankAbove reports whether the line before that of at is blank.
func blankAbove(src []byte, at int) bool {
	start := text.LineStart(src, at)
	return start > 0 && len(bytes.TrimSpace(src[text.LineStart(src, start-1):start])) == 0
}

// blankBelow reports whether the line after that of at is blank (and there is one).
func blankBelow(src []byte, at int) bool {
	end := text.LineEnd(src, at)
	return end < len(src) && len(bytes.TrimSpace(src[end:text.LineEnd(src, end)])) == 0
}

// deleteLines deletes the lines from that of start to that of end. Of the blank lines that
// would then meet, or stand at the beginning (first) or end (last) of a block, one goes too.
func deleteLines(src []byte, start, end int, first, last bool) text.Edit {
	from, to := text.LineStart(src, start), text.LineEnd(src, end)
	above, below := blankAbove(src, start), blankBelow(src, end)
	switch {
	case above && below && to == lineTail(src, to): // the one without spaces, if one has some
		to = text.LineEnd(src, to)
	case above && (below || last || to == len(src)):
		from = text.LineStart(src, from-1)
	case first && below && !above:
		to = text.LineEnd(src, to)
	}
	if to == len(src) && from > 0 && (to == 0 || src[to-1] != '\n') {
		from-- // the newline that ended the line before
		if from > 0 && src[from-1] == '\r' {
			from--
		}
	}
	return text.Delete(text.Span{Start: from, End: to})
}

// edges reports whether nothing but tags, brackets and white space is before and after the
// bytes start to end, which hold n, in n's parent.
func edges(n Node, start, end int) (first, last bool) {
	first, last = true, true
	for s := range n.Parent().NamedChildren() {
		if s.Is(KindJsxOpeningElement, KindJsxClosingElement) || s.Is(KindJsxText) && onlySpace(n.t.src, s.Start(), s.End()) {
			continue
		}
		first = first && s.End() > start
		last = last && s.Start() < end
	}
	return first, last
}

// ReplaceNode replaces a node by a snippet (lines end in "\n", two spaces are one level),
// which gets the indentation of the line that the node begins on. Comments inside the node
// go with it.
func ReplaceNode(n Node, snippet string) []text.Edit {
	if !n.Ok() {
		return nil
	}
	src := n.t.src
	return []text.Edit{text.Replace(n.Span(), reindent(snippet, text.Indent(src, n.Start()), StyleOf(n.t)))}
}
