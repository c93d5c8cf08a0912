package schema

import (
	"errors"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// FromDTS reads a config.d.ts: its type Config, an interface or a type alias. Documentation
// comments give descriptions and the tags @visibility, @deepVisibility, @default, @deprecated,
// @example and @items (as in "@items .visibility secret"). pkg and file are as in FromJSON.
//
// The error is a *diag.Diagnostic: invalid-source, or no-config-type for a file that declares no
// Config.
func FromDTS(pkg, file string, src []byte) (*Schema, error) {
	return fromDTS(Source{Package: pkg, File: file}, "Config", src)
}

func fromDTS(from Source, name string, src []byte) (*Schema, error) {
	tree, err := tsx.Parse(src, tsx.TS)
	if err != nil {
		d := diag.Diagnostic{Severity: diag.Error, Code: "invalid-source", Summary: err.Error()}
		var syntax *tsx.SyntaxError
		if errors.As(err, &syntax) {
			d.Summary = syntax.Msg
			return nil, d.At(from.File, src, text.Span{Start: syntax.Offset, End: syntax.Offset})
		}
		return nil, d.At(from.File, src, text.Span{})
	}
	r := &dtsReader{
		source: from, index: text.NewIndex(src), left: maxNodes,
		types: map[string][]tsx.Node{}, imports: map[string]imported{}, known: map[string]*Schema{}, open: map[string]int{},
	}
	for _, decl := range tsx.Imports(tree) {
		for _, spec := range decl.Bindings {
			r.imports[spec.Local] = imported{decl.Module, spec.Name}
		}
	}
	for n := range tree.Root().NamedChildren() {
		r.declare(n)
	}
	if len(r.types[name]) == 0 {
		return nil, diag.Diagnostic{
			Severity: diag.Error, Code: "no-config-type", Summary: "the file declares no type " + name,
		}.At(from.File, src, text.Span{})
	}
	return r.named(name, nil, nil, 0), nil
}

type imported struct{ module, name string }

type dtsReader struct {
	source  Source
	index   *text.Index
	types   map[string][]tsx.Node // declarations by name: several interfaces are one
	imports map[string]imported
	known   map[string]*Schema // of foreignTypes
	m       merger
	open    map[string]int // types being read
	left    int
}

// scope is what the type parameters of the declaration being read stand for.
type scope map[string]*Schema

// declare notes the types that a statement declares.
func (r *dtsReader) declare(n tsx.Node) {
	switch n.Kind() {
	case tsx.KindExportStatement, tsx.KindAmbientDeclaration:
		for c := range n.NamedChildren() {
			r.declare(c)
		}
	case tsx.KindInterfaceDeclaration, tsx.KindTypeAliasDeclaration, tsx.KindEnumDeclaration:
		name := n.Field(tsx.FieldName).Text()
		r.types[name] = append(r.types[name], n)
	}
}

// named is the type of that name in the file, with its type arguments.
func (r *dtsReader) named(name string, args []*Schema, at *Source, depth int) *Schema {
	if s, stop := r.limit(depth); stop {
		return s
	}
	if r.open[name] > maxSelf {
		return &Schema{Notes: []string{selfNote}}
	}
	r.open[name]++
	defer func() { r.open[name]-- }()
	var out *Schema
	for _, decl := range r.types[name] {
		sc := r.parameters(decl, args, depth)
		s := &Schema{Sources: []Source{r.place(decl)}}
		switch decl.Kind() {
		case tsx.KindInterfaceDeclaration:
			s = r.m.both(nil, s, r.members(decl.Field(tsx.FieldBody), sc, depth+1))
			for c := range decl.NamedChildren() {
				if c.Is(tsx.KindExtendsTypeClause) {
					for base := range c.Fields(tsx.FieldType) {
						s = r.m.both(nil, s, r.typ(base, sc, depth+1))
					}
				}
			}
		case tsx.KindTypeAliasDeclaration:
			s = r.m.both(nil, r.typ(decl.Field(tsx.FieldValue), sc, depth+1), s)
		case tsx.KindEnumDeclaration:
			s = r.m.both(nil, enumOf(decl), s)
		}
		with := *s
		if doc := docOf(outermost(decl)); doc != "" {
			annotate(&with, doc)
		}
		out = r.m.both(nil, out, &with)
	}
	if at != nil && out != nil {
		out = r.m.both(nil, &Schema{Sources: []Source{*at}}, out)
	}
	return out
}

// outermost is the statement that a declaration is in, where its comment stands before.
func outermost(n tsx.Node) tsx.Node {
	for p := n.Parent(); p.Is(tsx.KindExportStatement, tsx.KindAmbientDeclaration); p = n.Parent() {
		n = p
	}
	return n
}

func (r *dtsReader) parameters(decl tsx.Node, args []*Schema, depth int) scope {
	params := decl.Field(tsx.FieldTypeParameters)
	if !params.Ok() {
		return nil
	}
	sc := scope{}
	i := 0
	for p := range params.NamedChildren() {
		if !p.Is(tsx.KindTypeParameter) {
			continue
		}
		name := p.Field(tsx.FieldName).Text()
		sc[name] = &Schema{}
		if i < len(args) {
			sc[name] = args[i]
		} else if d := p.Field(tsx.FieldValue); d.Is(tsx.KindDefaultType) {
			sc[name] = r.typ(firstType(d), sc, depth+1)
		}
		i++
	}
	return sc
}

// limit is false as long as there is room to go on, and else the schema to end with.
func (r *dtsReader) limit(depth int) (*Schema, bool) {
	if r.left--; r.left < 0 || depth > maxDepth {
		return &Schema{Notes: []string{selfNote}}, true
	}
	return nil, false
}

func (r *dtsReader) place(n tsx.Node) Source {
	s := r.source
	s.Pos = r.index.Pos(n.Start())
	return s
}

// members is the object type with the members of an interface's body or an object type.
func (r *dtsReader) members(body tsx.Node, sc scope, depth int) *Schema {
	out := &Schema{Types: []Type{Object}}
	if s, stop := r.limit(depth); stop {
		return s
	}
	for n := range body.NamedChildren() {
		switch n.Kind() {
		case tsx.KindPropertySignature:
			name, ok := tsx.PropertyKey(n)
			if !ok {
				name, ok = memberName(n.Field(tsx.FieldName))
			}
			t := n.Field(tsx.FieldType)
			if !ok || isNever(t) {
				continue
			}
			s, optional := r.annotated(t, sc, depth+1)
			said := &Schema{Sources: []Source{r.place(n)}}
			if isArrayLike(s) {
				said.Items = s.Items
			}
			annotate(said, docOf(n))
			p := Property{Name: name, Required: !optional && !hasToken(n, tsx.TokenQuestion), Schema: r.m.both(nil, said, s)}
			out.Properties = r.m.properties(nil, out.Properties, []Property{p})
		case tsx.KindMethodSignature:
			if name, ok := memberName(n.Field(tsx.FieldName)); ok {
				out.Properties = append(out.Properties, Property{Name: name, Schema: &Schema{Sources: []Source{r.place(n)}}})
			}
		case tsx.KindIndexSignature:
			r.indexSignature(out, n, sc, depth)
		}
	}
	return out
}

func isArrayLike(s *Schema) bool {
	return len(s.Types) == 1 && s.Types[0] == Array && s.Items != nil
}

func (r *dtsReader) indexSignature(out *Schema, n tsx.Node, sc scope, depth int) {
	s, optional := r.annotated(n.Field(tsx.FieldType), sc, depth+1)
	said := &Schema{Sources: []Source{r.place(n)}}
	annotate(said, docOf(n))
	s = r.m.both(nil, said, s)
	for c := range n.NamedChildren() {
		if !c.Is(tsx.KindMappedTypeClause) {
			continue
		}
		optional = optional || hasToken(n, tsx.TokenQuestion)
		keys := r.typ(c.Field(tsx.FieldType), sc, depth+1)
		mapped(out, keys, s, !optional)
		return
	}
	out.Rest = r.m.both(nil, out.Rest, s)
}

// mapped adds the keys that a type of keys stands for.
func mapped(out *Schema, keys, value *Schema, required bool) {
	if len(keys.Enum) == 0 {
		var m merger
		out.Rest = m.both(nil, out.Rest, value)
		return
	}
	for _, k := range keys.Enum {
		if name, ok := k.(string); ok {
			out.Properties = append(out.Properties, Property{Name: name, Required: required, Schema: value})
		}
	}
}

// annotated is the type behind the colon of a member; optional if the annotation itself makes the
// member so, or undefined is among its types.
func (r *dtsReader) annotated(n tsx.Node, sc scope, depth int) (s *Schema, optional bool) {
	if !n.Ok() {
		return &Schema{}, false
	}
	t := n.NamedChild(0)
	for t.Is(tsx.KindComment) {
		t = t.NextNamed()
	}
	for _, part := range unionParts(t) {
		optional = optional || isUndefined(part)
	}
	return r.typ(t, sc, depth), optional || n.Is(tsx.KindOptingTypeAnnotation)
}

func isUndefined(n tsx.Node) bool {
	return n.Is(tsx.KindLiteralType, tsx.KindPredefinedType) && (n.Text() == "undefined" || n.Text() == "void")
}

func isNever(n tsx.Node) bool {
	return n.NamedChild(0).Is(tsx.KindPredefinedType) && n.NamedChild(0).Text() == "never"
}

func memberName(n tsx.Node) (string, bool) {
	switch n.Kind() {
	case tsx.KindString:
		return tsx.StringValue(n)
	case tsx.KindPropertyIdentifier, tsx.KindNumber:
		return n.Text(), true
	case tsx.KindComputedPropertyName:
		return tsx.StringValue(n.NamedChild(0))
	}
	return "", false
}

func hasToken(n tsx.Node, kind tsx.Kind) bool {
	for c := range n.Children() {
		if c.Is(kind) {
			return true
		}
	}
	return false
}

func enumOf(decl tsx.Node) *Schema {
	s := &Schema{}
	next := 0.0
	for c := range decl.Field(tsx.FieldBody).NamedChildren() {
		if c.Is(tsx.KindComment) {
			continue
		}
		var v any = next
		if c.Is(tsx.KindEnumAssignment) {
			v = literal(c.Field(tsx.FieldValue))
		}
		if number, ok := v.(float64); ok {
			next = number + 1
		}
		s.Enum = append(s.Enum, v)
	}
	return s
}
