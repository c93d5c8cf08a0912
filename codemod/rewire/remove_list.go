package rewire

import (
	"strings"
	"unicode/utf8"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// takeItem takes an item out of an array. An array that had to be spread over lines because of
// it comes back on one line, with the element and the arrow function around it; the features of
// a createApp that are left empty go.
func (r Removal) takeItem(item tsx.Node) []text.Edit {
	array := item.Parent()
	items := tsx.Elements(array)
	var all, left []string
	for _, i := range items {
		all = append(all, i.Text())
		if i != item {
			left = append(left, i.Text())
		}
	}
	if len(left) == 1 {
		if page := addedPage(array); page.Ok() && strings.Trim(left[0], `'"`) == "guest" {
			return r.takeProperty(page)
		}
	}
	if prop := array.Parent(); len(left) == 0 && prop.Is(tsx.KindPair) && prop.Parent().Parent().Is(tsx.KindArguments) {
		if key, _ := tsx.PropertyKey(prop); key == "features" || key == "apis" {
			return r.takeProperty(prop)
		}
	}
	if edits := joined(array, oneLine(all), oneLine(left)); edits != nil {
		return edits
	}
	return r.comments(item, tsx.RemoveArrayElement(item))
}

func oneLine(items []string) string { return "[" + strings.Join(items, ", ") + "]" }

// joined puts an array on one line that was spread over several because it had to, and no
// longer has to; nil if it stays as it is. before and after are the array on one line.
func joined(array tsx.Node, before, after string) []text.Edit {
	switch {
	case !strings.Contains(array.Text(), "\n") || strings.Contains(after, "\n") || after == "[]":
		return nil
	case !strings.Contains(before, "\n") && fits(array, before): // spread without need
		return nil
	}
	for c := range array.NamedChildren() {
		if c.Is(tsx.KindComment) {
			return nil
		}
	}
	if page := tsx.EnclosingJSX(array); page.Is(tsx.KindJsxSelfClosingElement) && array.Parent().Parent().Parent() == page {
		el := Element{Name: tsx.JSXName(page)}
		for _, a := range tsx.JSXAttributes(page) {
			value := a.Text()
			if a.Span().Contains(array.Span()) {
				value = tsx.AttributeName(a) + "={" + after + "}"
			}
			el.Attrs = append(el.Attrs, Attr{Value: value})
		}
		line := el.Print(-1 << 20)
		whole := page
		if p := page.Parent(); p.Is(tsx.KindParenthesizedExpression) && takesParentheses(p.Parent(), p) {
			whole = p
		}
		if !strings.Contains(line, "\n") && fits(whole, line) {
			return tsx.ReplaceNode(whole, line)
		}
	}
	if fits(array, after) {
		return tsx.ReplaceNode(array, after)
	}
	return nil
}

// fits reports whether the line that n begins on, and that goes on behind n, is within Width
// columns with a line of text in the place of n.
func fits(n tsx.Node, line string) bool {
	src := n.Tree().Source()
	before := string(src[text.LineStart(src, n.Start()):n.Start()])
	after := strings.TrimRight(string(src[n.End():text.LineEnd(src, n.End())]), "\r\n")
	return width(before)+utf8.RuneCountInString(line+after) <= Width
}

// addedPage is the property SignInPage whose sign-in page has an array of providers, if the page
// is as AddSignInPage writes it.
func addedPage(array tsx.Node) tsx.Node {
	page := tsx.EnclosingJSX(array)
	attrs := tsx.JSXAttributes(page)
	if len(attrs) != 3 || attrs[1].Text() != signInTitle || tsx.AttributeName(attrs[2]) != "providers" {
		return tsx.Node{}
	}
	n := page
	if n.Parent().Is(tsx.KindParenthesizedExpression) {
		n = n.Parent()
	}
	arrow := n.Parent()
	if !arrow.Is(tsx.KindArrowFunction) || !arrow.Parent().Is(tsx.KindPair) {
		return tsx.Node{}
	}
	if key, _ := tsx.PropertyKey(arrow.Parent()); key != "SignInPage" {
		return tsx.Node{}
	}
	return arrow.Parent()
}

// takeProperty takes a property out of an object. Components that are left empty go with it,
// and so do options, if they are all that createApp gets; a binding of routes without routes goes
// with its statement.
func (r Removal) takeProperty(prop tsx.Node) []text.Edit {
	object := prop.Parent()
	if len(tsx.Elements(object)) > 1 || !object.Is(tsx.KindObject) {
		return r.comments(prop, tsx.RemoveProperty(prop))
	}
	outer := object.Parent()
	if key, _ := tsx.PropertyKey(outer); outer.Is(tsx.KindPair) && key == "components" {
		return r.takeProperty(outer)
	}
	call := outer.Parent()
	switch {
	case !outer.Is(tsx.KindArguments):
	case len(tsx.Arguments(call)) == 1 && strings.HasPrefix(tsx.Callee(call).Text(), "create"):
		return tsx.ReplaceNode(outer, "()")
	case tsx.Callee(call).Text() == "bind" && call.Parent().Is(tsx.KindExpressionStatement):
		return r.takeStatement(call.Parent())
	}
	return tsx.RemoveProperty(prop)
}
