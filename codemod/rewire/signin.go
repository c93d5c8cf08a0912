package rewire

import (
	"fmt"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// SignInProvider is a way to sign in: an entry of the providers of core-components' SignInPage.
type SignInProvider struct {
	ID, Title, Message string
	APIRef             Ref
}

// object is the provider as an object over several lines.
func (s SignInProvider) object(apiRef, quote string) string {
	return fmt.Sprintf("{\n  id: %s,\n  title: %s,\n  message: %s,\n  apiRef: %s,\n}",
		tsx.Quote(s.ID, quote), tsx.Quote(s.Title, quote), tsx.Quote(s.Message, quote), apiRef)
}

// AddSignInProvider adds a provider to the array at a wiring.SignInMount, as the last one. An
// array on one line is spread over lines, as prettier does with what does not fit, and the
// element and the arrow function around it with it.
func AddSignInProvider(f File, m wiring.Mount, s SignInProvider) ([]text.Edit, error) {
	array := f.at(m.Span, tsx.KindArray)
	if !array.Ok() {
		return nil, f.stale(m)
	}
	style := tsx.StyleOf(f.Tree)
	edits, locals := f.addImports(s.APIRef)
	object := s.object(locals[0], style.Quote)
	page := tsx.EnclosingJSX(array)
	if strings.Contains(array.Text(), "\n") || !page.Ok() || strings.Contains(page.Text(), "\n") {
		if !strings.Contains(array.Text(), "\n") {
			items := make([]string, 0, 2)
			for _, el := range tsx.Elements(array) {
				items = append(items, el.Text())
			}
			return append(edits, tsx.ReplaceNode(array, list(append(items, object)))...), nil
		}
		return append(edits, tsx.InsertArrayElement(array, -1, object)...), nil
	}
	el := Element{Name: tsx.JSXName(page)}
	for _, a := range tsx.JSXAttributes(page) {
		attr := Attr{Value: a.Text()}
		if a.Start() <= array.Start() && array.End() <= a.End() {
			var items []string
			for _, item := range tsx.Elements(array) {
				items = append(items, item.Text())
			}
			attr.Value = tsx.AttributeName(a) + "={" + list(append(items, object)) + "}"
		}
		el.Attrs = append(el.Attrs, attr)
	}
	return append(edits, replaceElement(page, el)...), nil
}

// list is an array with each item on lines of its own.
func list(items []string) string {
	return "[\n  " + indentBy(strings.Join(items, ",\n"), "  ") + ",\n]"
}

// replaceElement puts an element over several lines in place of one on one line. As the body of an
// arrow function, or returned, it gets parentheses, as prettier writes it.
func replaceElement(old tsx.Node, el Element) []text.Edit {
	printed := el.Print(1 << 20)
	if old.FieldOf() == tsx.FieldBody && old.Parent().Is(tsx.KindArrowFunction) || old.Parent().Is(tsx.KindReturnStatement) {
		return tsx.ReplaceNode(old, "(\n  "+indentBy(printed, "  ")+"\n)")
	}
	return tsx.ReplaceNode(old, printed)
}

// signInTitle is the title of a sign-in page that is added. TakeOut knows the page by it.
const signInTitle = `title="Select a sign-in method"`

// AddSignInPage gives createApp a SignInPage with the guest provider and s, at the options
// object of a wiring.CreateAppMount: as components.SignInPage.
func AddSignInPage(f File, m wiring.Mount, s SignInProvider) ([]text.Edit, error) {
	style := tsx.StyleOf(f.Tree)
	options := f.at(m.Span, tsx.KindObject)
	manual := Element{Name: "SignInPage", Attrs: []Attr{{Value: "{...props}"}, {Value: "providers={" + list([]string{"'guest'", s.object(s.APIRef.local(), "'")}) + "}"}}}
	arrow := func(page Element) string {
		return "props => (\n  " + indentBy(page.Print(1<<20), "  ") + "\n)"
	}
	page := Ref{Module: coreComponents, Export: "SignInPage"}
	if !options.Ok() {
		return nil, f.refuse(m.Span, "createApp has no options in which a sign-in page could be", "give createApp these options",
			"components: {\n  SignInPage: "+indentBy(arrow(manual), "  ")+",\n},", page, s.APIRef)
	}
	edits, locals := f.addImports(page, s.APIRef)
	el := Element{Name: locals[0], Attrs: []Attr{{Value: "{...props}"}, {Value: signInTitle},
		{Value: "providers={" + list([]string{tsx.Quote("guest", style.Quote), s.object(locals[1], style.Quote)}) + "}"}}}
	components := tsx.Property(options, "components")
	if !components.Ok() {
		snippet := "components: {\n  SignInPage: " + indentBy(arrow(el), "  ") + ",\n}"
		return append(edits, tsx.InsertProperty(options, -1, snippet)...), nil
	}
	object := tsx.Unwrap(tsx.PropertyValue(components))
	if !object.Is(tsx.KindObject) || tsx.Property(object, "SignInPage").Ok() {
		return nil, f.refuse(components.Span(), "the app makes its sign-in page in a way that batten cannot extend", "add this provider to it",
			s.object(s.APIRef.local(), "'"), s.APIRef)
	}
	return append(edits, tsx.InsertProperty(object, -1, "SignInPage: "+arrow(el))...), nil
}
