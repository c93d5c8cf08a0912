package tsx

import (
	"regexp"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
)

// InsertStatementBefore inserts statements before a statement, on lines of their own with its
// indentation, with a blank line between if the statements around have them; before a
// statement that shares its line with one before, on that line. anchor may be any node: its
// EnclosingStatement counts.
//
// Comments on lines of their own directly above the anchor stay with it, except a header
// (licence, lint or compiler directive) at the top of the file, which stays on top.
//
// snippet may have several lines (ending in "\n", two spaces are one level). A semicolon at
// its very end is dropped where the file has none and can do without.
func InsertStatementBefore(anchor Node, snippet string) []text.Edit {
	anchor = EnclosingStatement(anchor)
	if !inBlock(anchor) {
		return nil
	}
	src, style := anchor.t.src, StyleOf(anchor.t).near(anchor)
	indent := text.Indent(src, anchor.Start())
	body := statementText(snippet, indent, style, src, anchor.Start())
	if !firstOnLine(src, anchor.Start()) {
		return []text.Edit{text.Insert(anchor.Start(), withSemicolon(reindent(snippet, indent, style))+" ")}
	}
	start := lead(anchor.t, anchor.Start(), isHeader)
	gap := ""
	if end, ends := tail(src, statementEnd(anchor)); statementSibling(anchor, -1) && blankAbove(src, start) && ends &&
		(blankBelow(src, end) || !statementSibling(anchor, 1)) {
		gap = style.EOL
	}
	return []text.Edit{text.Insert(text.LineStart(src, start), indent+body+style.EOL+gap)}
}

// InsertStatementAfter inserts statements after a statement and the comment behind it on its
// line; otherwise it is like InsertStatementBefore.
func InsertStatementAfter(anchor Node, snippet string) []text.Edit {
	anchor = EnclosingStatement(anchor)
	if !inBlock(anchor) {
		return nil
	}
	src, style := anchor.t.src, StyleOf(anchor.t).near(anchor)
	indent := text.Indent(src, text.LineStart(src, anchor.Start()))
	end, ends := tail(src, statementEnd(anchor))
	if !ends {
		sep := " "
		if needsSemicolon(anchor) {
			sep = "; "
		}
		return []text.Edit{text.Insert(anchor.End(), sep+withSemicolon(reindent(snippet, indent, style)))}
	}
	body := statementText(snippet, indent, style, src, end)
	if at := codeStart(body); at < len(body) && strings.IndexByte("([`+-/<", body[at]) >= 0 && !endsWithSemicolon(anchor) {
		body = body[:at] + ";" + body[at:]
	}
	gap := ""
	if _, last := edges(anchor, anchor.Start(), end); firstOnLine(src, anchor.Start()) && statementSibling(anchor, -1) &&
		blankAbove(src, lead(anchor.t, anchor.Start(), isHeader)) && (blankBelow(src, end) || last) {
		gap = style.EOL
	}
	return []text.Edit{text.Insert(end, gap+style.EOL+indent+body)}
}

// codeStart is where the first token of a text is, behind white space and comments.
func codeStart(s string) int {
	at := 0
	for {
		at += len(s[at:]) - len(strings.TrimLeft(s[at:], " \t\r\n"))
		var end string
		switch {
		case strings.HasPrefix(s[at:], "//"):
			end = "\n"
		case strings.HasPrefix(s[at:], "/*"):
			end = "*/"
		default:
			return at
		}
		n := strings.Index(s[at+2:], end)
		if n < 0 {
			return len(s)
		}
		at += 2 + n + len(end)
	}
}

// AppendStatement inserts statements at the end of a block, or of a program: after the last
// statement, or into an empty block, which is spread over lines. Comments in a block without
// statements stay below the new ones.
func AppendStatement(block Node, snippet string) []text.Edit {
	var last Node
	for c := range block.NamedChildren() {
		if isStatement(c) {
			last = c
		}
	}
	if last.Ok() {
		return InsertStatementAfter(last, snippet)
	}
	src, style := block.t.src, StyleOf(block.t)
	switch block.Kind() {
	case KindProgram:
		at := headerEnd(block.t)
		body := statementText(snippet, "", style, src, len(src))
		if at > 0 && src[at-1] != '\n' {
			return []text.Edit{text.Insert(at, style.EOL+body+style.EOL)}
		}
		return []text.Edit{text.Insert(at, body+style.EOL)}
	case KindStatementBlock:
		base := text.Indent(src, block.Start())
		body := style.EOL + base + style.Indent + statementText(snippet, base+style.Indent, style, src, block.End()-1)
		from, to := block.Start()+1, block.End()-1
		switch end, ends := tail(src, from); {
		case onlySpace(src, from, to):
			return []text.Edit{text.Replace(text.Span{Start: from, End: to}, body+style.EOL+base)}
		case ends && end < to:
			return []text.Edit{text.Insert(end, body)}
		default:
			return []text.Edit{text.Insert(from, body+style.EOL+base+style.Indent)}
		}
	}
	return nil
}

// RemoveStatement removes the statement that n is in. It takes with it the lines that the
// statement has for itself, the comments on lines of their own directly above it (but not a
// header of the file) and behind it on its line, and one of two blank lines that would meet.
// The body of an if or a loop becomes {}.
//
// It undoes InsertStatementBefore and InsertStatementAfter byte for byte, except for a semicolon
// that separates statements on one line.
func RemoveStatement(n Node) []text.Edit {
	n = EnclosingStatement(n)
	if !n.Ok() {
		return nil
	}
	if !inBlock(n) {
		return []text.Edit{text.Replace(n.Span(), "{}")}
	}
	return removeStatement(n, lead(n.t, n.Start(), isHeader))
}

// removeStatement removes a statement whose own comments begin at start.
func removeStatement(n Node, start int) []text.Edit {
	src := n.t.src
	end, ends := tail(src, statementEnd(n))
	own := firstOnLine(src, n.Start())
	switch {
	case own && ends:
		first, last := edges(n, start, end)
		return []text.Edit{deleteLines(src, start, end, first, last)}
	case !own && (src[n.Start()-1] == ' ' || src[n.Start()-1] == '\t'):
		return []text.Edit{text.Delete(text.Span{Start: n.Start() - 1, End: n.End()})}
	case n.End() < len(src) && src[n.End()] == ' ':
		return []text.Edit{text.Delete(text.Span{Start: n.Start(), End: n.End() + 1})}
	}
	return []text.Edit{text.Delete(n.Span())}
}

// statementEnd is the end of a statement; not of a semicolon that begins a line below it, as
// it is written before a bracket where statements have no semicolons.
func statementEnd(n Node) int {
	if last := n.Child(n.ChildCount() - 1); last.Is(TokenSemicolon) && last.Prev().Ok() && firstOnLine(n.t.src, last.Start()) {
		return last.Prev().End()
	}
	return n.End()
}

// inBlock reports whether statements can stand before and after n.
func inBlock(n Node) bool {
	return n.Ok() && n.Parent().Is(KindProgram, KindStatementBlock, KindSwitchCase, KindSwitchDefault)
}

func statementSibling(n Node, step int32) bool {
	for s := n.sibling(step, true); s.Ok(); s = s.sibling(step, true) {
		if isStatement(s) {
			return true
		}
	}
	return false
}

// needsSemicolon reports whether another statement can follow on the line only behind a
// semicolon that n does not have.
func needsSemicolon(n Node) bool {
	if n.Is(KindExportStatement) {
		if d := n.Field(FieldDeclaration); d.Ok() {
			n = d
		}
	}
	return !endsWithSemicolon(n) && n.Is(KindExpressionStatement, KindLexicalDeclaration, KindVariableDeclaration, KindReturnStatement,
		KindThrowStatement, KindBreakStatement, KindContinueStatement, KindDebuggerStatement, KindImportStatement, KindExportStatement,
		KindTypeAliasDeclaration, KindAmbientDeclaration, KindFunctionSignature)
}

// statementText is the snippet as it is to stand before the offset next.
func statementText(snippet, indent string, style Style, src []byte, next int) string {
	body := reindent(snippet, indent, style)
	if style.Semicolons {
		return body
	}
	p := skipBlank(src, next)
	if p < len(src) && strings.IndexByte("([`+-/*,.;<", src[p]) >= 0 {
		return body
	}
	return strings.TrimSuffix(body, ";")
}

func withSemicolon(s string) string {
	if strings.HasSuffix(s, ";") || strings.HasSuffix(s, "}") {
		return s
	}
	return s + ";"
}

var headerWords = regexp.MustCompile(`(?i)copyright|licen[cs]e|spdx|@preserve|@ts-(no)?check|@jsx|@jest-environment|eslint-(disable|enable|env)\b($|[^-])|prettier-ignore-start|^#!`)

// isHeader reports whether a comment stands at the top of its file and says something about
// the file, not about the code below it.
func isHeader(c Node) bool {
	if len(strings.TrimSpace(string(c.t.src[:c.Start()]))) > 0 {
		for n := range c.t.Root().NamedChildren() {
			if n == c {
				break
			}
			if !n.Is(KindComment, KindHashBangLine) {
				return false
			}
		}
		if !c.Parent().Is(KindProgram) {
			return false
		}
	}
	return headerWords.MatchString(c.Text()) || strings.HasPrefix(c.Text(), "/*!")
}

// headerEnd is where the first statement of a file may go: behind the byte order mark, the
// #! line, the header comments and the directives ('use client').
func headerEnd(t *Tree) int {
	src := t.src
	at := 0
	if text.HasBOM(src) {
		at = len(text.BOM)
	}
	for n := range t.Root().NamedChildren() {
		switch {
		case n.Is(KindHashBangLine), isDirective(n):
		case n.Is(KindComment) && (isHeader(n) || detached(n)):
		case n.Is(KindComment):
			continue // of what follows, unless a header or directive comes below it
		default:
			return at
		}
		if end, ends := tail(src, n.End()); ends {
			at = text.LineEnd(src, end)
		} else {
			return at
		}
	}
	return at
}

// detached reports whether a comment has a blank line, or nothing at all, below it.
func detached(c Node) bool {
	end, ends := tail(c.t.src, c.End())
	return ends && (blankBelow(c.t.src, end) || text.LineEnd(c.t.src, end) == len(c.t.src))
}

func isDirective(n Node) bool {
	return n.Is(KindExpressionStatement) && n.Child(0).Is(KindString)
}
