package tsx

import (
	"strings"
)

// IsJSXElement reports whether n is an element, with or without children, or a fragment.
func IsJSXElement(n Node) bool { return n.Is(KindJsxElement, KindJsxSelfClosingElement) }

// JSXOpening is the node that holds an element's name and attributes: the opening tag, or
// the element itself if it closes itself. An opening tag is its own. No node for other kinds.
func JSXOpening(el Node) Node {
	switch el.Kind() {
	case KindJsxElement:
		return el.Field(FieldOpenTag)
	case KindJsxSelfClosingElement, KindJsxOpeningElement:
		return el
	}
	return Node{}
}

// JSXName is the name of an element as it is written, without white space: "Route",
// "EntityLayout.Route", "svg:rect"; empty for a fragment and for other nodes.
func JSXName(el Node) string {
	name := JSXOpening(el).Field(FieldName)
	return strings.Join(strings.Fields(name.Text()), "")
}

// IsJSXFragment reports whether n is a fragment: <>...</>.
func IsJSXFragment(n Node) bool {
	return n.Is(KindJsxElement) && !JSXOpening(n).Field(FieldName).Ok()
}

// JSXAttributes are the attributes of an element in source order: jsx_attribute nodes, and
// jsx_expression nodes for {...spread}.
func JSXAttributes(el Node) []Node {
	var out []Node
	for c := range JSXOpening(el).Fields(FieldAttribute) {
		out = append(out, c)
	}
	return out
}

// JSXAttribute is the last attribute of an element with the given name, which is the one
// that counts; no node if there is none.
func JSXAttribute(el Node, name string) Node {
	var out Node
	for _, a := range JSXAttributes(el) {
		if AttributeName(a) == name {
			out = a
		}
	}
	return out
}

// AttributeName is the name of a jsx_attribute node, "" for a spread.
func AttributeName(attr Node) string {
	if !attr.Is(KindJsxAttribute) {
		return ""
	}
	return strings.Join(strings.Fields(attr.Child(0).Text()), "")
}

// AttributeValue is the value of an attribute: a string node, an element, or the expression
// inside its braces. No node if the attribute has no value (which means true).
func AttributeValue(attr Node) Node {
	if !attr.Is(KindJsxAttribute) {
		return Node{}
	}
	var value Node
	eq := false
	for c := range attr.Children() {
		switch {
		case c.Is(TokenEq):
			eq = true
		case eq && !c.Is(KindComment):
			value = c
		}
	}
	if value.Is(KindJsxExpression) {
		return JSXInner(value)
	}
	return value
}

// AttributeString is the value of an attribute that is a constant string, in quotes or in
// braces: to="/x", to={'/x'} and to={`/x`} are "/x".
func AttributeString(attr Node) (string, bool) {
	v := AttributeValue(attr)
	if v.Is(KindString) && v.Parent().Is(KindJsxAttribute) {
		text := v.Text()
		return unescapeHTML(text[1 : len(text)-1]), true
	}
	return StringValue(v)
}

// unescapeHTML decodes the character references that are usual in JSX attributes.
func unescapeHTML(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'",
		"&#39;", "'", "&nbsp;", "\u00a0").Replace(s)
}

// JSXInner is the expression inside a jsx_expression node; no node if the braces hold
// nothing but comments.
func JSXInner(expr Node) Node {
	if !expr.Is(KindJsxExpression) {
		return Node{}
	}
	for c := range expr.NamedChildren() {
		if !c.Is(KindComment) {
			return c
		}
	}
	return Node{}
}

// JSXChildren are the children of an element that mean something, in source order: elements,
// fragments, and {expressions} other than comments and {' '}. Text is left out. It is empty
// for an element that closes itself.
func JSXChildren(el Node) []Node {
	if !el.Is(KindJsxElement) {
		return nil
	}
	var out []Node
	for c := range el.NamedChildren() {
		if IsJSXElement(c) || c.Is(KindJsxExpression) && JSXInner(c).Ok() && !isJSXSpace(c) {
			out = append(out, c)
		}
	}
	return out
}

// JSXElements are the child elements of an element with one of the given names, all child
// elements without names.
func JSXElements(el Node, names ...string) []Node {
	var out []Node
	for _, c := range JSXChildren(el) {
		if !IsJSXElement(c) {
			continue
		}
		ok := len(names) == 0
		for _, name := range names {
			ok = ok || JSXName(c) == name
		}
		if ok {
			out = append(out, c)
		}
	}
	return out
}

// isJSXComment reports whether n is {/* a comment */} (or empty braces) among children.
func isJSXComment(n Node) bool { return n.Is(KindJsxExpression) && !JSXInner(n).Ok() }

// isJSXSpace reports whether n is {' '} or the like.
func isJSXSpace(n Node) bool {
	s, ok := StringValue(JSXInner(n))
	return ok && strings.TrimSpace(s) == ""
}

// EnclosingJSX is the nearest element around n, other than n itself, that is one of the
// given names; any element without names.
func EnclosingJSX(n Node, names ...string) Node {
	for p := n.Parent(); p.Ok(); p = p.Parent() {
		if !IsJSXElement(p) {
			continue
		}
		if len(names) == 0 {
			return p
		}
		for _, name := range names {
			if JSXName(p) == name {
				return p
			}
		}
	}
	return Node{}
}
