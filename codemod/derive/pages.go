package derive

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

// pages are the entity pages that a filter of the new frontend system is about, as recipes name
// them; nil for those of services and websites, which get what is for components or for anything.
//
// A filter is a predicate ({kind: "group"}, {kind: {$in: [...]}}, {$all: [...]}, {$any: [...]}), or a
// string ("kind:group,user type:team").
func (m *module) pages(filter tsx.Node) []string {
	kinds := m.filterKinds(filter, 0)
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	if len(kinds) == 0 || slices.Equal(kinds, []string{"component"}) {
		return nil
	}
	var out []string
	for _, k := range kinds {
		switch k {
		case "component":
			out = append(out, "component:service", "component:website")
		case "api", "system", "domain", "resource", "user", "group":
			out = append(out, k)
		}
	}
	return out
}

func (m *module) filterKinds(n tsx.Node, depth int) []string {
	n = tsx.Unwrap(n)
	if depth > 6 {
		return nil
	}
	if s, ok := m.constant(n, 0); ok {
		var out []string
		for term := range strings.FieldsSeq(s) {
			if list, ok := strings.CutPrefix(term, "kind:"); ok {
				out = append(out, strings.Split(strings.ToLower(list), ",")...)
			}
		}
		return out
	}
	var out []string
	switch n.Kind() {
	case tsx.KindArray:
		for _, e := range tsx.Elements(n) {
			out = append(out, m.filterKinds(e, depth+1)...)
		}
	case tsx.KindObject:
		for _, p := range tsx.Elements(n) {
			switch key, _ := tsx.PropertyKey(p); key {
			case "kind":
				out = append(out, m.strings(tsx.PropertyValue(p), 0)...)
			case "$all", "$any":
				out = append(out, m.filterKinds(tsx.PropertyValue(p), depth+1)...)
			}
		}
	}
	return out
}

// strings are the constant strings, in lower case, of a string, a list, or {$in: list}.
func (m *module) strings(n tsx.Node, depth int) []string {
	n = tsx.Unwrap(n)
	if s, ok := m.constant(n, 0); ok {
		return []string{strings.ToLower(s)}
	}
	var out []string
	switch {
	case depth > 4:
	case n.Is(tsx.KindArray):
		for _, e := range tsx.Elements(n) {
			out = append(out, m.strings(e, depth+1)...)
		}
	case n.Is(tsx.KindObject):
		out = m.strings(tsx.PropertyValue(tsx.Property(n, "$in")), depth+1)
	}
	return out
}

// chooses reports whether the component of a blueprint returns what an extension renders in one
// of its branches, and nothing around it.
func (b *blueprint) chooses(x *extension) bool {
	for _, s := range b.rendered {
		if s.mod == nil {
			continue
		}
		for _, t := range s.mod.alternatives(s.value()) {
			for _, r := range x.rendered {
				if r.node.Ok() && r.mod == t.mod && r.node == t.node {
					return true
				}
			}
		}
	}
	return false
}

// alternatives are the components whose elements a component returns.
func (m *module) alternatives(fn tsx.Node) []symbol {
	var out []symbol
	var branch func(n tsx.Node, depth int)
	branch = func(n tsx.Node, depth int) {
		n = tsx.Unwrap(n)
		switch {
		case depth > 8 || len(out) > 20:
		case n.Is(tsx.KindTernaryExpression):
			branch(n.Field(tsx.FieldConsequence), depth+1)
			branch(n.Field(tsx.FieldAlternative), depth+1)
		case n.Is(tsx.KindBinaryExpression):
			branch(n.Field(tsx.FieldRight), depth+1)
		case n.Is(tsx.KindCallExpression) && slices.Contains([]string{"jsx", "createElement"}, m.called(n)):
			if s := m.symbolOf(firstArgument(n), 0); s.mod != nil {
				out = append(out, s)
			}
		}
	}
	body := fn.Field(tsx.FieldBody)
	if !body.Is(tsx.KindStatementBlock) {
		branch(body, 0)
		return out
	}
	for n := range body.Descendants() {
		if n.Is(tsx.KindReturnStatement) {
			for c := range n.NamedChildren() {
				branch(c, 0)
			}
		}
	}
	return out
}
