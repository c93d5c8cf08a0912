package schema

import (
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

// typ is the schema of a TypeScript type.
func (r *dtsReader) typ(n tsx.Node, sc scope, depth int) *Schema {
	if s, stop := r.limit(depth); stop {
		return s
	}
	switch n.Kind() {
	case tsx.KindPredefinedType:
		switch n.Text() {
		case "string", "number", "boolean", "object":
			return &Schema{Types: []Type{Type(n.Text())}}
		}
		return &Schema{}
	case tsx.KindLiteralType:
		return literalType(n)
	case tsx.KindTemplateLiteralType:
		return &Schema{Types: []Type{String}}
	case tsx.KindParenthesizedType, tsx.KindReadonlyType, tsx.KindOptionalType:
		return r.typ(firstType(n), sc, depth+1)
	case tsx.KindArrayType:
		return &Schema{Types: []Type{Array}, Items: r.typ(firstType(n), sc, depth+1)}
	case tsx.KindTupleType:
		return r.tuple(n, sc, depth)
	case tsx.KindObjectType:
		return r.members(n, sc, depth+1)
	case tsx.KindUnionType:
		return r.union(n, sc, depth)
	case tsx.KindIntersectionType:
		return r.intersection(n, sc, depth)
	case tsx.KindTypeIdentifier, tsx.KindGenericType, tsx.KindNestedTypeIdentifier:
		return r.reference(n, sc, depth)
	case tsx.KindLookupType:
		return r.lookup(n, sc, depth)
	case tsx.KindIndexTypeQuery:
		return r.keyof(n, sc, depth)
	}
	return unread(n)
}

func unread(n tsx.Node) *Schema {
	what := strings.Join(strings.Fields(n.Text()), " ")
	if len(what) > 60 {
		what = what[:strings.LastIndexByte(what[:57], ' ')+1] + "..."
	}
	return &Schema{Notes: []string{"the type " + strings.ToValidUTF8(what, "?") + " is not read: anything is allowed"}}
}

// firstType is the first child that is not a comment.
func firstType(n tsx.Node) tsx.Node {
	for c := range n.NamedChildren() {
		if !c.Is(tsx.KindComment) {
			return c
		}
	}
	return tsx.Node{}
}

func literalType(n tsx.Node) *Schema {
	c := firstType(n)
	switch v := literal(c).(type) {
	case string:
		return &Schema{Types: []Type{String}, Enum: []any{v}}
	case float64:
		return &Schema{Types: []Type{Number}, Enum: []any{v}}
	case bool:
		return &Schema{Types: []Type{Boolean}, Enum: []any{v}}
	}
	if n.Text() == "null" {
		return &Schema{Types: []Type{Null}}
	}
	return &Schema{}
}

// literal is the value of a constant expression: string, float64, bool, or nil.
func literal(n tsx.Node) any {
	switch n.Kind() {
	case tsx.KindTrue:
		return true
	case tsx.KindFalse:
		return false
	case tsx.KindNumber, tsx.KindUnaryExpression:
		if f, err := strconv.ParseFloat(strings.ReplaceAll(n.Text(), "_", ""), 64); err == nil {
			return f
		}
		return nil
	}
	if s, ok := tsx.StringValue(n); ok {
		return s
	}
	return nil
}

func (r *dtsReader) tuple(n tsx.Node, sc scope, depth int) *Schema {
	s := &Schema{Types: []Type{Array}}
	for c := range n.NamedChildren() {
		switch {
		case c.Is(tsx.KindComment):
		case c.Is(tsx.KindRestType):
			rest := r.typ(firstType(c), sc, depth+1)
			s.Items, _ = rest.item(-1, 0)
		case c.Is(tsx.KindRequiredParameter, tsx.KindOptionalParameter):
			item, _ := r.annotated(c.Field(tsx.FieldType), sc, depth+1)
			s.Tuple = append(s.Tuple, item)
		default:
			s.Tuple = append(s.Tuple, r.typ(c, sc, depth+1))
		}
	}
	return s
}

// unionParts are the members of a union, those of unions in it included.
func unionParts(n tsx.Node) []tsx.Node {
	return flatten(n, tsx.KindUnionType, nil)
}

func flatten(n tsx.Node, kind tsx.Kind, parts []tsx.Node) []tsx.Node {
	// The grammar nests to the left: a long union must not become a deep recursion.
	var right []tsx.Node
	for n.Is(kind) {
		var children []tsx.Node
		for c := range n.NamedChildren() {
			if !c.Is(tsx.KindComment) {
				children = append(children, c)
			}
		}
		if len(children) == 0 {
			break
		}
		for i := len(children) - 1; i > 0; i-- {
			right = append(right, children[i])
		}
		n = children[0]
	}
	parts = append(parts, n)
	for i := len(right) - 1; i >= 0; i-- {
		parts = append(parts, right[i])
	}
	return parts
}

func (r *dtsReader) union(n tsx.Node, sc scope, depth int) *Schema {
	var parts []*Schema
	for _, p := range unionParts(n) {
		if !isUndefined(p) {
			parts = append(parts, r.typ(p, sc, depth+1))
		}
	}
	size := 0
	for _, p := range parts {
		size += len(p.Enum)
		for _, c := range p.Choices {
			size += len(c)
		}
	}
	if r.left -= size; r.left < 0 {
		s, _ := r.limit(depth)
		return s
	}
	out := unionOf(parts)
	if heavy(out.Choices) {
		return &Schema{Notes: []string{selfNote}}
	}
	return out
}

// unionOf joins types: primitive ones in Types, literals in Enum, what else there is as a choice.
func unionOf(parts []*Schema) *Schema {
	var flat []*Schema
	for _, p := range parts {
		if onlyChoice(p) {
			flat = append(flat, p.Choices[0]...)
		} else {
			flat = append(flat, p)
		}
	}
	primitive, literals := &Schema{}, &Schema{}
	var rest []*Schema
	for _, p := range flat {
		switch {
		case p.Any():
			return &Schema{Notes: p.Notes, Sources: p.Sources}
		case isPlain(p) && len(p.Enum) > 0:
			for _, v := range p.Enum {
				if !hasValue(literals.Enum, v) {
					literals.Enum = append(literals.Enum, v)
				}
			}
			for _, t := range p.Types {
				literals.Types = addType(literals.Types, string(t))
			}
		case isPlain(p):
			for _, t := range p.Types {
				primitive.Types = addType(primitive.Types, string(t))
			}
		default:
			rest = append(rest, p)
		}
	}
	literals = withoutTypes(literals, primitive.Types)
	var out []*Schema
	for _, s := range [...]*Schema{literals, primitive} {
		if len(s.Types)+len(s.Enum) > 0 {
			out = append(out, s)
		}
	}
	out = append(out, rest...)
	switch len(out) {
	case 0:
		return &Schema{}
	case 1:
		return out[0]
	}
	return &Schema{Choices: [][]*Schema{out}}
}

// onlyChoice reports whether s says nothing but one choice.
func onlyChoice(s *Schema) bool {
	return len(s.Choices) == 1 && len(s.Types)+len(s.Enum)+len(s.Properties)+len(s.Patterns)+len(s.Tuple) == 0 &&
		s.Rest == nil && s.Items == nil && s.Visibility == "" && s.DeepVisibility == ""
}

// isPlain reports whether s is of scalar types or values and says nothing else.
func isPlain(s *Schema) bool {
	if len(s.Choices)+len(s.Properties)+len(s.Patterns)+len(s.Tuple) > 0 || s.Rest != nil || s.Items != nil ||
		s.Visibility != "" || s.DeepVisibility != "" {
		return false
	}
	for _, t := range s.Types {
		if t == Object || t == Array {
			return false
		}
	}
	return true
}

// withoutTypes is an enumeration without the values that types beside it allow anyway.
func withoutTypes(s *Schema, types []Type) *Schema {
	out := &Schema{}
	for _, v := range s.Enum {
		if t := typeOf(v); !hasType(types, t) {
			out.Enum = append(out.Enum, v)
			out.Types = addType(out.Types, string(t))
		}
	}
	return out
}

func typeOf(v any) Type {
	switch v.(type) {
	case string:
		return String
	case float64:
		return Number
	case bool:
		return Boolean
	case []any:
		return Array
	case map[string]any:
		return Object
	}
	return Null
}

func (r *dtsReader) intersection(n tsx.Node, sc scope, depth int) *Schema {
	var out *Schema
	for _, p := range flatten(n, tsx.KindIntersectionType, nil) {
		out = r.m.both(nil, out, r.typ(p, sc, depth+1))
	}
	return out
}

// lookup is T['key'].
func (r *dtsReader) lookup(n tsx.Node, sc scope, depth int) *Schema {
	var parts []tsx.Node
	for c := range n.NamedChildren() {
		if !c.Is(tsx.KindComment) {
			parts = append(parts, c)
		}
	}
	if len(parts) != 2 {
		return unread(n)
	}
	of := r.typ(parts[0], sc, depth+1)
	if parts[1].Text() == "number" {
		if items, ok := of.item(-1, 0); ok {
			return items
		}
		return unread(n)
	}
	var some []*Schema
	for _, k := range r.typ(parts[1], sc, depth+1).Enum {
		if name, ok := k.(string); ok {
			if sub, ok := of.key(name, 0); ok {
				some = append(some, sub)
			}
		}
	}
	if len(some) == 0 {
		return unread(n)
	}
	return either(some)
}

func (r *dtsReader) keyof(n tsx.Node, sc scope, depth int) *Schema {
	s := &Schema{Types: []Type{String}}
	of := r.typ(firstType(n), sc, depth+1)
	if of.Rest == nil {
		for _, name := range of.names() {
			s.Enum = append(s.Enum, name)
		}
	}
	return s
}
