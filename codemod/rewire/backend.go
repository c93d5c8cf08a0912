package rewire

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// backendAdd is a statement backend.add(import('module')).
type backendAdd struct {
	stmt   tsx.Node
	module string
}

// AddBackendFeature adds `backend.add(import('module'));` at a wiring.BackendMount: in the
// paragraph of its relatives, if the backend has any, else after the last feature; in a
// paragraph of its own if the features stand in paragraphs, the last one too. A backend that is
// not in a variable is refused.
func AddBackendFeature(f File, m wiring.Mount, module string) ([]text.Edit, error) {
	stmt := f.at(m.Span, tsx.KindExpressionStatement, tsx.KindLexicalDeclaration, tsx.KindVariableDeclaration)
	if !stmt.Ok() {
		return nil, f.refuse(m.Span, "the backend is made where no feature can be added to it",
			"before the backend starts", "backend.add(import("+tsx.Quote(module, "'")+"));")
	}
	if strings.ContainsAny(m.Label, "()") {
		return nil, f.refuse(m.Span, "the backend has no name by which a feature could be added to it",
			"put the backend into a constant, and before it starts", "backend.add(import("+tsx.Quote(module, "'")+"));")
	}
	adds := addsBeside(stmt, m.Label)
	if len(adds) > 0 {
		stmt = adds[len(adds)-1].stmt
	}
	kin := relative(adds, module)
	anchor := stmt
	if kin.Ok() {
		anchor = kin
	}
	style := tsx.StyleOf(f.Tree)
	snippet := callStatement(m.Label+".add", "import("+tsx.Quote(module, style.Quote)+")", column(anchor), style)
	at := afterStatement(anchor)
	gap := style.EOL
	if !kin.Ok() && (len(adds) == 0 || spaced(adds) && blankBelow(f.Tree.Source(), at)) {
		gap += style.EOL
	}
	indent := text.Indent(f.Tree.Source(), anchor.Start())
	snippet = strings.ReplaceAll(strings.ReplaceAll(snippet, "\n  ", "\n"+style.Indent), "\n", style.EOL+indent)
	return []text.Edit{text.Insert(at, gap+indent+snippet)}, nil
}

// callStatement is `fn(arg);`, with the argument on a line of its own if the line were too long.
func callStatement(fn, arg string, column int, style tsx.Style) string {
	semicolon := ""
	if style.Semicolons {
		semicolon = ";"
	}
	line := fn + "(" + arg + ")" + semicolon
	if column+len(line) <= Width {
		return line
	}
	comma := ""
	if style.TrailingComma {
		comma = ","
	}
	return fn + "(\n  " + arg + comma + "\n)" + semicolon
}

// addsBeside are the statements name.add(...) in the block of stmt, in order.
func addsBeside(stmt tsx.Node, name string) []backendAdd {
	var adds []backendAdd
	for s := range stmt.Parent().NamedChildren() {
		if !s.Is(tsx.KindExpressionStatement) {
			continue
		}
		call := tsx.Unwrap(s.NamedChild(0))
		callee := tsx.Callee(call)
		if !call.Is(tsx.KindCallExpression) || callee.Field(tsx.FieldObject).Text() != name || callee.Field(tsx.FieldProperty).Text() != "add" {
			continue
		}
		add := backendAdd{stmt: s}
		for n := range call.Descendants() {
			if n.Is(tsx.KindCallExpression) && tsx.Callee(n).Is(tsx.KindImport) && len(tsx.Arguments(n)) > 0 {
				add.module, _ = tsx.StringValue(tsx.Arguments(n)[0])
				break
			}
		}
		adds = append(adds, add)
	}
	return adds
}

// blankBelow reports whether the line below that of an offset is blank.
func blankBelow(src []byte, at int) bool {
	below := text.LineEnd(src, at)
	return below < len(src) && strings.TrimSpace(string(src[below:text.LineEnd(src, below)])) == ""
}

// spaced reports whether most of the features stand in paragraphs: whether a blank line is
// somewhere between them.
func spaced(adds []backendAdd) bool {
	for i := 1; i < len(adds); i++ {
		src := adds[i].stmt.Tree().Source()
		between := string(src[adds[i-1].stmt.End():adds[i].stmt.Start()])
		if strings.Contains(strings.ReplaceAll(between, "\r", ""), "\n\n") {
			return true
		}
	}
	return false
}
