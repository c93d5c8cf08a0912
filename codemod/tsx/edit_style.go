package tsx

import (
	"bytes"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
)

// Style is how a file is written: what new text in it should look like.
type Style struct {
	EOL           string // "\n" or "\r\n"
	Indent        string // one level: spaces or a tab
	Quote         string // ' or "
	Semicolons    bool   // statements end in semicolons
	BraceSpace    bool   // { x } rather than {x}
	TrailingComma bool   // the last item of a list over several lines has a comma
}

// StyleOf reads the style of a file by majority. Where the file gives no evidence it is
// prettier's, with single quotes, as the Backstage template has it.
func StyleOf(t *Tree) Style {
	s := Style{EOL: text.EOL(t.src), Indent: indentUnit(t.src), Quote: "'", Semicolons: true, BraceSpace: true, TrailingComma: true}
	var quotes, importQuotes, semis, braces, importBraces, commas vote
	for n := range t.Root().Descendants() {
		switch n.Kind() {
		case KindString:
			if n.Parent().Is(KindJsxAttribute) {
				continue
			}
			single := t.src[n.Start()] == '\''
			if n.Parent().Is(KindImportStatement) {
				importQuotes.add(single)
			}
			quotes.add(single)
		case KindImportStatement, KindExpressionStatement, KindLexicalDeclaration, KindVariableDeclaration, KindReturnStatement:
			if !n.Parent().Is(KindForStatement, KindForInStatement) {
				semis.add(endsWithSemicolon(n))
			}
		case KindNamedImports, KindObject, KindObjectPattern:
			list := Elements(n)
			if len(list) == 0 || lineBreakIn(t.src, n.Start(), list[0].Start()) {
				break
			}
			space := t.src[n.Start()+1] == ' '
			if n.Is(KindNamedImports) {
				importBraces.add(space)
			}
			braces.add(space)
		}
		if n.Is(KindNamedImports, KindObject, KindArray, KindArguments) {
			list := Elements(n)
			if len(list) > 0 && lineBreakIn(t.src, list[len(list)-1].End(), n.End()) {
				commas.add(listComma(list[len(list)-1]).Ok())
			}
		}
	}
	if !firstOf(importQuotes, quotes).of(true) {
		s.Quote = `"`
	}
	s.Semicolons = semis.of(true)
	s.BraceSpace = firstOf(importBraces, braces).of(true)
	s.TrailingComma = commas.of(true)
	return s
}

// vote counts observations for and against.
type vote struct{ yes, no int }

func (v *vote) add(yes bool) {
	if yes {
		v.yes++
	} else {
		v.no++
	}
}

// of is the majority; tie if there is none.
func (v vote) of(tie bool) bool {
	if v.yes == v.no {
		return tie
	}
	return v.yes > v.no
}

// firstOf is the first of two votes in which there is a majority.
func firstOf(a, b vote) vote {
	if a.yes != a.no {
		return a
	}
	return b
}

func endsWithSemicolon(stmt Node) bool {
	for i := stmt.ChildCount() - 1; i >= 0; i-- {
		if c := stmt.Child(i); !c.Is(KindComment) {
			return c.Is(TokenSemicolon) && statementEnd(stmt) == stmt.End()
		}
	}
	return false
}

// indentUnit is the step by which most lines of a source are deeper than the line before:
// a tab, or a number of spaces; two spaces if no line is.
func indentUnit(src []byte) string {
	spaces, tabs := indentSteps(src, "")
	best, votes := 2, spaces[2]
	for _, n := range []int{4, 8, 3, 1, 6, 5, 7} {
		if spaces[n] > votes {
			best, votes = n, spaces[n]
		}
	}
	if tabs > votes {
		return "\t"
	}
	return strings.Repeat(" ", best)
}

// indentSteps counts the steps by which lines are indented deeper than those before them, by
// the number of spaces, and those by a tab. prev is the indentation of the line before the first.
func indentSteps(src []byte, prev string) (spaces [9]int, tabs int) {
	for line := range bytes.Lines(src) {
		body := bytes.TrimLeft(line, " \t")
		if len(bytes.TrimSpace(body)) == 0 || body[0] == '*' || bytes.HasPrefix(body, []byte("//")) {
			continue
		}
		indent := string(line[:len(line)-len(body)])
		if step, ok := strings.CutPrefix(indent, prev); ok && step != "" {
			switch {
			case step[0] == '\t':
				tabs++
			case len(step) < len(spaces):
				spaces[len(step)]++
			}
		}
		prev = indent
	}
	return spaces, tabs
}

// near is a style with the level of indentation that is used near a node: in it, or else in the
// nearest node around it with lines of several levels, if those agree.
func (s Style) near(n Node) Style {
	for ; n.Ok() && !n.Is(KindProgram); n = n.Parent() {
		src := n.t.src[text.LineStart(n.t.src, n.Start()):n.End()]
		if len(src) > maxNear {
			break
		}
		spaces, tabs := indentSteps(src, text.Indent(n.t.src, n.Start()))
		total := tabs
		for _, steps := range spaces {
			total += steps
		}
		switch total {
		case 0:
			continue
		case tabs:
			s.Indent = "\t"
		case spaces[2]:
			s.Indent = "  "
		case spaces[4]:
			s.Indent = "    "
		}
		break
	}
	return s
}

// maxNear is the most bytes that are near.
const maxNear = 4096
