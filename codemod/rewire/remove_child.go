package rewire

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// closed is the edits that take out the only child of an element which closes itself then, as
// it did before the child was added: what held addons, extensions or results. Nil if the
// element is not such, or has something else in it.
func closed(child tsx.Node) []text.Edit {
	el := child.Parent()
	holders := []string{"TechDocsAddons", "ScaffolderFieldExtensions"}
	if !slices.Contains(holders, tsx.JSXName(child)) && tsx.JSXName(el) != "SearchResult" || tsx.IsJSXFragment(el) {
		return nil
	}
	for c := range el.NamedChildren() {
		switch {
		case c == child || c.Is(tsx.KindJsxOpeningElement, tsx.KindJsxClosingElement):
		case c.Is(tsx.KindJsxText) && strings.TrimSpace(c.Text()) == "":
		default:
			return nil
		}
	}
	src, open := el.Tree().Source(), tsx.JSXOpening(el)
	tag := string(src[open.Start() : open.End()-1])
	if text.LineStart(src, open.Start()) == text.LineStart(src, open.End()) {
		tag += " />"
		if p := el.Parent(); p.Is(tsx.KindParenthesizedExpression) && takesParentheses(p.Parent(), p) && fits(p, tag) {
			return []text.Edit{text.Replace(p.Span(), tag)}
		}
		return []text.Edit{text.Replace(text.Span{Start: open.End() - 1, End: el.End()}, " />")}
	}
	return []text.Edit{text.Replace(text.Span{Start: open.End() - 1, End: el.End()}, "/>")}
}
