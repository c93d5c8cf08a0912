package rewire

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// AddSecondSignInProvider adds a provider to the element at a wiring.SignInPageMount that has
// a single one: provider={x} becomes providers={[x, s]}.
func AddSecondSignInProvider(f File, m wiring.Mount, s SignInProvider) ([]text.Edit, error) {
	page := f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
	attr := tsx.JSXAttribute(page, "provider")
	single := tsx.AttributeValue(attr)
	if !single.Ok() || single.Is(tsx.KindString) || tsx.JSXAttribute(page, "providers").Ok() {
		return nil, f.refuse(m.Span, "the app makes its sign-in page in a way that batten cannot extend", "give the page this provider too",
			s.object(s.APIRef.local(), "'"), s.APIRef)
	}
	style := tsx.StyleOf(f.Tree)
	edits, locals := f.addImports(s.APIRef)
	providers := "providers={" + list([]string{levelled(single, style), s.object(locals[0], style.Quote)}) + "}"
	if strings.Contains(page.Text(), "\n") {
		return append(edits, tsx.ReplaceNode(attr, providers)...), nil
	}
	el := Element{Name: tsx.JSXName(page)}
	for _, a := range tsx.JSXAttributes(page) {
		if a == attr {
			el.Attrs = append(el.Attrs, Attr{Value: providers})
			continue
		}
		el.Attrs = append(el.Attrs, Attr{Value: a.Text()})
	}
	return append(edits, replaceElement(page, el)...), nil
}

// HasSingleProvider reports whether the sign-in page at a mount of f has the one provider that
// AddSecondSignInProvider needs.
func (f File) HasSingleProvider(m wiring.Mount) bool {
	return tsx.JSXAttribute(f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement), "provider").Ok()
}

// levelled is the text of a node as a snippet: lines after the first relative to the one that
// the node begins on, with two spaces for each level of indentation.
func levelled(n tsx.Node, style tsx.Style) string {
	base := text.Indent(n.Tree().Source(), n.Start())
	lines := strings.Split(strings.ReplaceAll(n.Text(), "\r\n", "\n"), "\n")
	for i, line := range lines[1:] {
		line = strings.TrimPrefix(line, base)
		levels := 0
		for style.Indent != "" && strings.HasPrefix(line, style.Indent) {
			line = strings.TrimPrefix(line, style.Indent)
			levels++
		}
		lines[i+1] = strings.Repeat("  ", levels) + line
	}
	return strings.Join(lines, "\n")
}
