package dts

import (
	"maps"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

// Required are the properties that a component must be given, sorted, as a file in the folder from
// imports it. export is its name, or that of a member: "EntityLayout.Route". Properties that may be
// undefined are not among them, and "children" is if the type says so. It is empty for what is
// not known to be a component.
func (r *Reader) Required(from, specifier, export string) []string {
	m := r.module(from, specifier)
	if m == nil {
		return nil
	}
	name, member, _ := strings.Cut(export, ".")
	w := &walk{}
	s := m.find(name, 0)
	var p props
	if member == "" {
		p = w.ofSymbol(s, 0)
	} else {
		p = w.ofMember(s, member, 0)
	}
	if p.state != component {
		return nil
	}
	return slices.Sorted(maps.Keys(p.required))
}

// maxSteps bounds the types that are looked at for one question.
const maxSteps = 4000

type walk struct{ steps int }

func (w *walk) more(depth int) bool {
	w.steps++
	return w.steps <= maxSteps && depth <= maxDepth
}

// props are the properties that a component needs for certain.
type props struct {
	state    state
	required map[string]bool
}

type state int

const (
	unknown   state = iota // it may be a component of whatever properties
	other                  // it is no component
	component              // it is one, and needs at least required
)

// typ is a type in a file, with what its type parameters stand for.
type typ struct {
	node tsx.Node
	mod  *module
	env  map[string]typ
}

func (t typ) at(n tsx.Node) typ { return typ{tsx.BareType(n), t.mod, t.env} }

// ofSymbol are the properties of what a name leads to.
func (w *walk) ofSymbol(s symbol, depth int) props {
	if !s.ok() || !w.more(depth) {
		return props{}
	}
	var all []props
	for _, d := range s.decls {
		t := typ{d, s.mod, nil}
		switch d.Kind() {
		case tsx.KindVariableDeclarator:
			all = append(all, w.ofType(t.at(d.Field(tsx.FieldType)), depth+1))
		case tsx.KindFunctionDeclaration, tsx.KindFunctionSignature:
			all = append(all, w.ofFunction(t, depth+1))
		case tsx.KindClassDeclaration, tsx.KindAbstractClassDeclaration:
			all = append(all, w.ofClass(t, depth+1))
		case tsx.KindInternalModule, tsx.KindModule:
			if strings.Contains(d.Text(), "defaultProps") {
				return props{}
			}
		case tsx.KindInterfaceDeclaration, tsx.KindTypeAliasDeclaration:
		default:
			return props{}
		}
	}
	return either(all)
}

// either are the properties that one of several signatures needs: those that all need.
func either(all []props) props {
	out := props{state: other}
	for _, p := range all {
		switch {
		case p.state == unknown:
			return props{}
		case p.state == other:
		case out.state == other:
			out = props{component, maps.Clone(p.required)}
		default:
			maps.DeleteFunc(out.required, func(name string, _ bool) bool { return !p.required[name] })
		}
	}
	return out
}

// ofFunction are the properties of a function component.
func (w *walk) ofFunction(t typ, depth int) props {
	params := tsx.Elements(t.node.Field(tsx.FieldParameters))
	if len(params) == 0 || !params[0].Is(tsx.KindRequiredParameter) {
		return props{component, nil}
	}
	if pattern := params[0].Field(tsx.FieldPattern); pattern.Is(tsx.KindRestPattern, tsx.KindThis) {
		return props{}
	}
	return props{component, w.fields(t.at(params[0].Field(tsx.FieldType)), depth+1)}
}

// ofClass are the properties of a class component that has no defaults.
func (w *walk) ofClass(t typ, depth int) props {
	for m := range t.node.Field(tsx.FieldBody).NamedChildren() {
		if m.Field(tsx.FieldName).Text() == "defaultProps" {
			return props{}
		}
	}
	for n := range t.node.Descendants() {
		if !n.Is(tsx.KindExtendsClause) {
			continue
		}
		name := n.Field(tsx.FieldValue).Text()
		name = name[strings.LastIndexByte(name, '.')+1:]
		args := tsx.Elements(n.Field(tsx.FieldTypeArguments))
		if (name == "Component" || name == "PureComponent") && len(args) > 0 {
			return props{component, w.fields(t.at(args[0]), depth+1)}
		}
		return props{}
	}
	return props{}
}

// ofType are the properties of a value of a type.
func (w *walk) ofType(t typ, depth int) props {
	if !w.more(depth) {
		return props{}
	}
	n := t.node
	switch n.Kind() {
	case tsx.KindFunctionType:
		return w.ofFunction(t, depth+1)
	case tsx.KindTypeQuery: // typeof other
		return w.ofQuery(t, depth+1)
	case tsx.KindObjectType:
		var all []props
		for _, f := range tsx.Elements(n) {
			switch f.Kind() {
			case tsx.KindCallSignature:
				all = append(all, w.ofFunction(t.at(f), depth+1))
			case tsx.KindPropertySignature:
				if f.Field(tsx.FieldName).Text() == "defaultProps" {
					return props{}
				}
			case tsx.KindMethodSignature:
			default: // constructors, mapped types
				return props{}
			}
		}
		return either(all)
	case tsx.KindIntersectionType:
		var all []props
		for _, c := range tsx.Elements(n) {
			all = append(all, w.ofType(t.at(c), depth+1))
		}
		return either(all)
	case tsx.KindGenericType:
		args := tsx.Elements(n.Field(tsx.FieldTypeArguments))
		name, ofReact := reactType(t.mod, n.Field(tsx.FieldName))
		if ofReact && len(args) > 0 {
			switch name {
			case "FC", "FunctionComponent", "VFC", "VoidFunctionComponent", "ComponentType", "NamedExoticComponent", "ForwardRefExoticComponent", "ExoticComponent":
				return props{component, w.fields(t.at(args[0]), depth+1)}
			case "MemoExoticComponent", "LazyExoticComponent":
				return w.ofType(t.at(args[0]), depth+1)
			}
			return props{}
		}
		if to, ok := w.named(t, depth+1); ok {
			return w.ofType(to, depth+1)
		}
	case tsx.KindTypeIdentifier, tsx.KindNestedTypeIdentifier:
		if to, ok := w.named(t, depth+1); ok {
			return w.ofType(to, depth+1)
		}
	}
	return props{}
}

// ofQuery are the properties of typeof other.
func (w *walk) ofQuery(t typ, depth int) props {
	of := t.node.NamedChild(0)
	switch of.Kind() {
	case tsx.KindIdentifier:
		return w.ofSymbol(t.mod.lookup(of.Text(), depth+1), depth+1)
	case tsx.KindMemberExpression:
		object, property := of.Field(tsx.FieldObject), of.Field(tsx.FieldProperty).Text()
		if object.Is(tsx.KindIdentifier) {
			s := t.mod.lookup(object.Text(), depth+1)
			if s.ok() && len(s.decls) == 0 {
				return w.ofSymbol(s.mod.find(property, depth+1), depth+1)
			}
			return w.ofMember(s, property, depth+1)
		}
	}
	return props{}
}

// ofMember are the properties of a member of what a name leads to, as in EntityLayout.Route.
func (w *walk) ofMember(s symbol, member string, depth int) props {
	if !s.ok() || strings.Contains(member, ".") || !w.more(depth) {
		return props{}
	}
	if len(s.decls) == 0 {
		return w.ofSymbol(s.mod.find(member, depth+1), depth+1)
	}
	if len(s.decls) != 1 || !s.decls[0].Is(tsx.KindVariableDeclarator) {
		return props{}
	}
	return w.memberOf(typ{s.mod.typeOf(s.decls[0]), s.mod, nil}, member, depth+1)
}

func (m *module) typeOf(decl tsx.Node) tsx.Node { return tsx.BareType(decl.Field(tsx.FieldType)) }

func (w *walk) memberOf(t typ, member string, depth int) props {
	if !w.more(depth) {
		return props{}
	}
	switch t.node.Kind() {
	case tsx.KindObjectType:
		for _, f := range tsx.Elements(t.node) {
			if f.Is(tsx.KindPropertySignature) && unquoted(f.Field(tsx.FieldName)) == member {
				return w.ofType(t.at(f.Field(tsx.FieldType)), depth+1)
			}
		}
	case tsx.KindIntersectionType:
		for _, c := range tsx.Elements(t.node) {
			if p := w.memberOf(t.at(c), member, depth+1); p.state == component {
				return p
			}
		}
	case tsx.KindTypeQuery:
		if of := t.node.NamedChild(0); of.Is(tsx.KindIdentifier) {
			return w.ofMember(t.mod.lookup(of.Text(), depth+1), member, depth+1)
		}
	}
	return props{}
}

// named is the type that a name stands for: an argument of a type parameter, or an alias.
func (w *walk) named(t typ, depth int) (typ, bool) {
	d, ok := w.declared(t, depth)
	if !ok || len(d) != 1 {
		return typ{}, false
	}
	if d[0].node.Is(tsx.KindTypeAliasDeclaration) {
		return d[0].at(d[0].node.Field(tsx.FieldValue)), true
	}
	return d[0], !d[0].node.Is(tsx.KindInterfaceDeclaration)
}

// declared are the declarations of the type that a name stands for, with what their parameters
// are given.
func (w *walk) declared(t typ, depth int) ([]typ, bool) {
	name, args := t.node, []tsx.Node(nil)
	if name.Is(tsx.KindGenericType) {
		name, args = t.node.Field(tsx.FieldName), tsx.Elements(t.node.Field(tsx.FieldTypeArguments))
	}
	var s symbol
	switch name.Kind() {
	case tsx.KindTypeIdentifier, tsx.KindIdentifier:
		if to, ok := t.env[name.Text()]; ok {
			return []typ{to}, to.node.Ok()
		}
		s = t.mod.lookup(name.Text(), depth+1)
	case tsx.KindNestedTypeIdentifier, tsx.KindMemberExpression:
		object, property, ok := strings.Cut(name.Text(), ".")
		if ns := t.mod.lookup(object, depth+1); ok && ns.ok() && len(ns.decls) == 0 {
			s = ns.mod.find(property, depth+1)
		}
	}
	var out []typ
	for _, d := range s.decls {
		if !d.Is(tsx.KindTypeAliasDeclaration, tsx.KindInterfaceDeclaration) {
			continue // a value of the same name
		}
		env := map[string]typ{}
		for i, p := range tsx.Elements(d.Field(tsx.FieldTypeParameters)) {
			of := p.Field(tsx.FieldName).Text()
			env[of] = typ{} // not known
			switch {
			case i < len(args):
				env[of] = t.at(args[i])
			default:
				if value := tsx.Elements(p.Field(tsx.FieldValue)); len(value) == 1 {
					env[of] = typ{tsx.BareType(value[0]), s.mod, env}
				}
			}
		}
		out = append(out, typ{d, s.mod, env})
	}
	return out, len(out) > 0
}

// reactType is the name of a type of React's, as FC or React.FC.
func reactType(m *module, name tsx.Node) (string, bool) {
	full := name.Text()
	object, property, nested := strings.Cut(full, ".")
	if nested {
		r, ok := m.imports[object]
		return property, ok && r.spec == "react" || object == "React"
	}
	r, ok := m.imports[full]
	return r.name, ok && r.spec == "react"
}

// fields are the properties that an object type has for certain, and that may not be left out.
func (w *walk) fields(t typ, depth int) map[string]bool {
	if !w.more(depth) {
		return nil
	}
	n := t.node
	out := map[string]bool{}
	switch n.Kind() {
	case tsx.KindObjectType, tsx.KindInterfaceBody:
		for _, f := range tsx.Elements(n) {
			if !f.Is(tsx.KindPropertySignature, tsx.KindMethodSignature) || has(f, tsx.TokenQuestion) || f.Field(tsx.FieldName).Is(tsx.KindComputedPropertyName) {
				continue
			}
			if f.Is(tsx.KindMethodSignature) || !w.undefinable(t.at(f.Field(tsx.FieldType)), depth+1) {
				out[unquoted(f.Field(tsx.FieldName))] = true
			}
		}
	case tsx.KindIntersectionType:
		for _, c := range tsx.Elements(n) {
			maps.Copy(out, w.fields(t.at(c), depth+1))
		}
	case tsx.KindUnionType:
		for i, c := range tsx.Elements(n) {
			f := w.fields(t.at(c), depth+1)
			if i == 0 {
				out = f
				continue
			}
			maps.DeleteFunc(out, func(name string, _ bool) bool { return !f[name] })
		}
	case tsx.KindGenericType:
		args := tsx.Elements(n.Field(tsx.FieldTypeArguments))
		name := n.Field(tsx.FieldName).Text()
		name, _ = strings.CutPrefix(name, "React.")
		if r, ok := t.mod.imports[name]; ok && r.spec == "react" {
			name = r.name
		}
		if _, own := t.mod.decls[name]; own || len(args) == 0 {
			return w.ofNamed(t, depth+1)
		}
		switch name {
		case "PropsWithChildren", "PropsWithRef", "PropsWithoutRef", "Readonly", "Required":
			return w.fields(t.at(args[0]), depth+1)
		case "Omit", "Pick":
			if len(args) != 2 {
				return nil
			}
			keys, ok := literals(tsx.BareType(args[1]))
			if !ok {
				return nil
			}
			out = w.fields(t.at(args[0]), depth+1)
			maps.DeleteFunc(out, func(key string, _ bool) bool { return slices.Contains(keys, key) == (name == "Omit") })
		default:
			return w.ofNamed(t, depth+1)
		}
	case tsx.KindTypeIdentifier, tsx.KindNestedTypeIdentifier:
		return w.ofNamed(t, depth+1)
	}
	return out
}

// ofNamed are the fields of a type that has a name.
func (w *walk) ofNamed(t typ, depth int) map[string]bool {
	list, ok := w.declared(t, depth)
	if !ok {
		return nil
	}
	out := map[string]bool{}
	for _, d := range list {
		switch d.node.Kind() {
		case tsx.KindTypeAliasDeclaration:
			maps.Copy(out, w.fields(d.at(d.node.Field(tsx.FieldValue)), depth+1))
		case tsx.KindInterfaceDeclaration:
			maps.Copy(out, w.fields(d.at(d.node.Field(tsx.FieldBody)), depth+1))
			for c := range d.node.NamedChildren() {
				if !c.Is(tsx.KindExtendsTypeClause, tsx.KindExtendsClause) {
					continue
				}
				for _, base := range tsx.Elements(c) {
					maps.Copy(out, w.fields(d.at(base), depth+1))
				}
			}
		default:
			maps.Copy(out, w.fields(d, depth+1))
		}
	}
	return out
}

// undefinable reports whether a value of a type may be undefined, or whether that cannot be
// told of a type that may well be.
func (w *walk) undefinable(t typ, depth int) bool {
	if !w.more(depth) || !t.node.Ok() {
		return true
	}
	switch t.node.Kind() {
	case tsx.KindUnionType:
		return slices.ContainsFunc(tsx.Elements(t.node), func(c tsx.Node) bool { return w.undefinable(t.at(c), depth+1) })
	case tsx.KindTypeIdentifier:
		if to, ok := t.env[t.node.Text()]; ok {
			return w.undefinable(to, depth+1)
		}
		if s := t.mod.lookup(t.node.Text(), depth+1); len(s.decls) == 1 && s.decls[0].Is(tsx.KindTypeAliasDeclaration) {
			return w.undefinable(typ{tsx.BareType(s.decls[0].Field(tsx.FieldValue)), s.mod, nil}, depth+1)
		}
		return t.node.Text() == "ReactNode"
	case tsx.KindNestedTypeIdentifier:
		return strings.HasSuffix(t.node.Text(), ".ReactNode")
	case tsx.KindConditionalType, tsx.KindLookupType:
		return true
	}
	switch t.node.Text() {
	case "undefined", "any", "unknown", "void", "never":
		return true
	}
	return false
}

// literals are the strings of a literal type, or of a union of them.
func literals(n tsx.Node) ([]string, bool) {
	switch n.Kind() {
	case tsx.KindLiteralType:
		s, ok := tsx.StringValue(n.NamedChild(0))
		return []string{s}, ok
	case tsx.KindUnionType:
		var out []string
		for _, c := range tsx.Elements(n) {
			more, ok := literals(tsx.BareType(c))
			if !ok {
				return nil, false
			}
			out = append(out, more...)
		}
		return out, true
	}
	return nil, false
}
