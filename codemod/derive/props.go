package derive

import (
	"slices"
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/registry/recipe"
)

// gridItem is the variant of cards that stand in a grid.
const gridItem = `"gridItem"`

// prop is a property of a component as the declarations have it.
type prop struct {
	name     string
	typ      tsx.Node
	mod      *module
	optional bool
}

// requiredProps are the properties that the declarations say an exported component must get, with
// values; missing are those for which there is none. A card that can be one of a grid is told so,
// behind them.
func (p *pack) requiredProps(spec, export string, c *candidate) (props recipe.Props, missing []string) {
	e, ok := p.JSON.export("." + strings.TrimPrefix(spec, p.Name))
	if !ok {
		return nil, nil
	}
	var variant recipe.Props
	for _, x := range propsOf(p.types(e).export(export), 0) {
		if x.optional && x.name == "variant" && c.mount.kind == recipe.KindEntityCard {
			if value, ok := x.value(c); ok && value == gridItem {
				variant = recipe.Props{{Name: x.name, Value: value}}
			}
		}
		if x.optional || x.name == "children" {
			continue
		}
		value, ok := x.value(c)
		if !ok {
			missing = append(missing, x.name)
			continue
		}
		props = append(props, recipe.Prop{Name: x.name, Value: value})
	}
	c.needsProps = len(props) > 0
	return append(props, variant...), missing
}

// deprecated reports whether the declarations say that an extension is deprecated.
func (x *extension) deprecated() bool {
	e, ok := x.pack.JSON.export("." + strings.TrimPrefix(x.module, x.pack.Name))
	return ok && deprecated(x.pack.types(e), x.export)
}

// propsOf are the properties of a component by its declaration.
func propsOf(s symbol, depth int) []prop {
	if s.mod == nil || depth > 8 {
		return nil
	}
	n := s.node
	if n.Is(tsx.KindVariableDeclarator) {
		n = annotated(n)
	}
	return s.mod.propsOfType(n, depth)
}

func (m *module) propsOfType(n tsx.Node, depth int) []prop {
	n = tsx.BareType(n)
	if depth > 8 || !m.pack.family.step(depth) {
		return nil
	}
	switch n.Kind() {
	case tsx.KindFunctionType, tsx.KindFunctionSignature, tsx.KindFunctionDeclaration:
		params := tsx.Elements(n.Field(tsx.FieldParameters))
		if len(params) == 0 || params[0].Is(tsx.KindOptionalParameter) {
			return nil
		}
		return m.fields(params[0].Field(tsx.FieldType), depth+1)
	case tsx.KindTypeQuery: // typeof other
		if s := m.lookup(n.NamedChild(0).Text(), depth+1); s.mod != nil {
			return propsOf(s, depth+1)
		}
	case tsx.KindGenericType: // React.ComponentType<Props>, FC<Props>
		name := n.Field(tsx.FieldName).Text()
		name = name[strings.LastIndexByte(name, '.')+1:]
		args := tsx.Elements(n.Field(tsx.FieldTypeArguments))
		if slices.Contains([]string{"ComponentType", "FC", "FunctionComponent", "VFC"}, name) && len(args) > 0 {
			return m.fields(args[0], depth+1)
		}
	case tsx.KindIntersectionType:
		for _, c := range tsx.Elements(n) {
			if out := m.propsOfType(c, depth+1); out != nil {
				return out
			}
		}
	case tsx.KindTypeIdentifier:
		if s := m.lookup(n.Text(), depth+1); s.mod != nil && s.node.Is(tsx.KindTypeAliasDeclaration) {
			return s.mod.propsOfType(s.node.Field(tsx.FieldValue), depth+1)
		}
	}
	return nil
}

// fields are the properties of an object type.
func (m *module) fields(n tsx.Node, depth int) []prop {
	n = tsx.BareType(n)
	if depth > 12 || !m.pack.family.step(depth) {
		return nil
	}
	switch n.Kind() {
	case tsx.KindObjectType, tsx.KindInterfaceBody:
		var out []prop
		for _, f := range tsx.Elements(n) {
			if !f.Is(tsx.KindPropertySignature, tsx.KindMethodSignature) {
				continue
			}
			x := prop{name: f.Field(tsx.FieldName).Text(), typ: tsx.BareType(f.Field(tsx.FieldType)), mod: m}
			if s, ok := tsx.StringValue(f.Field(tsx.FieldName)); ok {
				x.name = s
			}
			for c := range f.Children() {
				x.optional = x.optional || c.Is(tsx.TokenQuestion)
			}
			x.optional = x.optional || undefinable(x.typ)
			out = append(out, x)
		}
		return out
	case tsx.KindInterfaceDeclaration:
		out := m.fields(n.Field(tsx.FieldBody), depth+1)
		for c := range n.NamedChildren() {
			if c.Is(tsx.KindExtendsTypeClause, tsx.KindExtendsClause) {
				for _, base := range tsx.Elements(c) {
					out = merge(m.fields(base, depth+1), out)
				}
			}
		}
		return out
	case tsx.KindTypeAliasDeclaration:
		return m.fields(n.Field(tsx.FieldValue), depth+1)
	case tsx.KindTypeIdentifier:
		if s := m.lookup(n.Text(), depth+1); s.mod != nil && s.node.Is(tsx.KindInterfaceDeclaration, tsx.KindTypeAliasDeclaration) {
			return s.mod.fields(s.node, depth+1)
		}
	case tsx.KindIntersectionType:
		var out []prop
		for _, c := range tsx.Elements(n) {
			out = merge(out, m.fields(c, depth+1))
		}
		return out
	case tsx.KindUnionType: // the alternative that needs least
		var best []prop
		for i, c := range tsx.Elements(n) {
			if f := m.fields(c, depth+1); i == 0 || requiredCount(f) < requiredCount(best) {
				best = f
			}
		}
		return best
	case tsx.KindGenericType:
		args := tsx.Elements(n.Field(tsx.FieldTypeArguments))
		if len(args) == 0 {
			return nil
		}
		inner := m.fields(args[0], depth+1)
		switch n.Field(tsx.FieldName).Text() {
		case "PropsWithChildren", "React.PropsWithChildren", "Readonly", "Required":
			return inner
		case "Omit", "Pick":
			if len(args) < 2 {
				return nil
			}
			keys := literals(args[1])
			pick := n.Field(tsx.FieldName).Text() == "Pick"
			return slices.DeleteFunc(inner, func(x prop) bool { return slices.Contains(keys, x.name) != pick })
		}
	}
	return nil
}

// merge puts further properties behind others; of two with one name the later counts.
func merge(a, b []prop) []prop {
	out := slices.DeleteFunc(slices.Clone(a), func(x prop) bool {
		return slices.ContainsFunc(b, func(y prop) bool { return x.name == y.name })
	})
	return append(out, b...)
}

func requiredCount(props []prop) int {
	n := 0
	for _, p := range props {
		if !p.optional {
			n++
		}
	}
	return n
}

func undefinable(typ tsx.Node) bool {
	if typ.Is(tsx.KindUnionType) {
		for _, c := range tsx.Elements(typ) {
			if undefinable(tsx.BareType(c)) {
				return true
			}
		}
	}
	return typ.Text() == "undefined" || typ.Text() == "any" || typ.Text() == "unknown"
}

// literals are the strings of a literal type, or of a union of them.
func literals(typ tsx.Node) []string {
	typ = tsx.BareType(typ)
	switch typ.Kind() {
	case tsx.KindLiteralType:
		if s, ok := tsx.StringValue(typ.NamedChild(0)); ok {
			return []string{s}
		}
	case tsx.KindUnionType:
		var out []string
		for _, c := range tsx.Elements(typ) {
			out = append(out, literals(c)...)
		}
		return out
	}
	return nil
}

// value is the source text of a value for a property: a literal that its type allows, or the one
// that everybody gives a property of that name.
func (x prop) value(c *candidate) (string, bool) {
	typ := x.typ
	if typ.Is(tsx.KindUnionType) { // T | undefined
		if some := slices.DeleteFunc(tsx.Elements(typ), func(n tsx.Node) bool { return undefinable(tsx.BareType(n)) }); len(some) == 1 {
			typ = tsx.BareType(some[0])
		}
	}
	if typ.Is(tsx.KindTypeIdentifier) {
		if s := x.mod.lookup(typ.Text(), 0); s.mod != nil && s.node.Is(tsx.KindTypeAliasDeclaration) {
			typ = tsx.BareType(s.node.Field(tsx.FieldValue))
		}
	}
	if all := literals(typ); len(all) > 0 {
		pick := all[0]
		if slices.Contains(all, "gridItem") {
			pick = "gridItem"
		}
		if strings.ContainsAny(pick, "\"\\&{}<>\n") {
			return "", false
		}
		return `"` + pick + `"`, true
	}
	switch typ.Text() {
	case "boolean":
		return "{false}", true
	case "true":
		return "", true
	case "string":
		switch x.name {
		case "branch":
			return `"main"`, true
		case "variant":
			return `"gridItem"`, true
		case "title":
			return strconv.Quote(cmpOr(c.title, titled(ShortName(c.pack.Name)))), true
		}
	case "number":
		switch x.name {
		case "width":
			return "{1500}", true
		case "height":
			return "{800}", true
		}
	}
	if typ.Text() == "InfoCardVariants" || strings.HasSuffix(typ.Text(), ".InfoCardVariants") {
		return gridItem, true
	}
	return "", false
}
