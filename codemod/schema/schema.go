package schema

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
)

// Type is a type of JSON schema.
type Type string

// The types of values.
const (
	String  Type = "string"
	Number  Type = "number"
	Integer Type = "integer"
	Boolean Type = "boolean"
	Object  Type = "object"
	Array   Type = "array"
	Null    Type = "null"
)

// Visibility says who may see a value: the browser, the backend alone, or nobody who reads logs.
type Visibility string

// The visibilities of Backstage's configuration. The empty one is Backend, unless the value is in
// something with a DeepVisibility.
const (
	Frontend Visibility = "frontend"
	Backend  Visibility = "backend"
	Secret   Visibility = "secret"
)

// Schema is what a value may be. The zero Schema allows anything. It must not be changed.
type Schema struct {
	// Types are the types that the value may have; none for any.
	Types []Type `json:"types,omitempty"`
	// Enum are the only values allowed: string, float64, bool, nil, or what encoding/json makes
	// of lists and objects; none for any. A constant is an Enum of one.
	Enum []any `json:"enum,omitempty"`
	// Properties are the keys of an object, in the order in which they were written.
	Properties []Property `json:"properties,omitempty"`
	// Rest is the schema of further keys; nil if nothing is said of them.
	Rest *Schema `json:"rest,omitempty"`
	// Closed says that there must not be further keys.
	Closed bool `json:"closed,omitempty"`
	// Patterns are the schemas of further keys whose names match.
	Patterns []Pattern `json:"patterns,omitempty"`
	// Items is the schema of each item of a list, Tuple those of its first ones.
	Items *Schema   `json:"items,omitempty"`
	Tuple []*Schema `json:"tuple,omitempty"`
	// Choices are further conditions: of each, one alternative must fit.
	Choices [][]*Schema `json:"choices,omitempty"`

	Visibility     Visibility `json:"visibility,omitempty"`
	DeepVisibility Visibility `json:"deepVisibility,omitempty"` // of all that is under the value, too

	Description string   `json:"description,omitempty"` // several lines, as written
	Default     any      `json:"default,omitempty"`     // nil for none; values as in Enum
	Examples    []string `json:"examples,omitempty"`
	Deprecated  string   `json:"deprecated,omitempty"` // why, "deprecated" if it is not said; "" if it is not
	// Notes say what could not be read and is therefore anything.
	Notes []string `json:"notes,omitempty"`
	// Sources say who says it.
	Sources []Source `json:"sources,omitempty"`
}

// Property is a key of an object.
type Property struct {
	Name     string  `json:"name"`
	Required bool    `json:"required,omitempty"`
	Schema   *Schema `json:"schema"`
}

// Pattern is the schema of the keys whose names match a regular expression.
type Pattern struct {
	Match  string  `json:"match"`
	Schema *Schema `json:"schema"`
}

// Source is a place that says something of a value.
type Source struct {
	Package string   `json:"package,omitempty"` // npm name
	File    string   `json:"file,omitempty"`    // slash path in the package
	Pos     text.Pos `json:"pos"`
}

// String is "package file:line:col".
func (s Source) String() string {
	place := s.File
	if s.Pos.Line > 0 {
		place += ":" + s.Pos.String()
	}
	return strings.TrimSpace(s.Package + " " + place)
}

// Any reports whether s says nothing of the value's type: every value fits.
func (s *Schema) Any() bool {
	return s == nil || len(s.Types) == 0 && len(s.Enum) == 0 && len(s.Properties) == 0 && len(s.Patterns) == 0 &&
		s.Rest == nil && !s.Closed && s.Items == nil && len(s.Tuple) == 0 && len(s.Choices) == 0
}

// Allows reports whether the value may have a type, as far as Types and Choices say.
func (s *Schema) Allows(t Type) bool {
	if s == nil {
		return true
	}
	if len(s.Types) > 0 && !hasType(s.Types, t) {
		return false
	}
	for _, c := range s.Choices {
		fits := false
		for _, a := range c {
			fits = fits || a.Allows(t)
		}
		if !fits {
			return false
		}
	}
	return true
}

func hasType(types []Type, t Type) bool {
	for _, has := range types {
		if has == t || has == Number && t == Integer {
			return true
		}
	}
	return false
}

// TypeName says in words what the value may be: "string", "number or string", "list of
// strings", "object", "mapping of strings", "basic | bearer" for an enumeration, "anything".
func (s *Schema) TypeName() string {
	return s.typeName(0)
}

func (s *Schema) typeName(depth int) string {
	if s.Any() || depth > 4 {
		return "anything"
	}
	if len(s.Enum) > 0 {
		names := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			names[i] = scalarText(v)
		}
		return strings.Join(names, " | ")
	}
	var names []string
	add := func(name string) {
		for _, has := range names {
			if has == name {
				return
			}
		}
		names = append(names, name)
	}
	for _, t := range s.Types {
		switch {
		case t == Array:
			add(s.listName(depth))
		case t == Object && len(s.Properties) == 0 && !s.Rest.Any():
			add("mapping of " + inner(s.Rest.typeName(depth+1)))
		default:
			add(string(t))
		}
	}
	if len(s.Types) == 0 && len(s.Choices) > 0 {
		for _, a := range s.Choices[0] {
			add(a.typeName(depth + 1))
		}
	}
	if len(names) == 0 {
		if s.Items != nil || len(s.Tuple) > 0 {
			return s.listName(depth)
		}
		return "object"
	}
	return strings.Join(names, " or ")
}

func (s *Schema) listName(depth int) string {
	item, ok := s.item(-1, 0)
	if !ok || item.Any() {
		return "list"
	}
	return "list of " + inner(item.typeName(depth+1))
}

// inner is a type's name within another's, of which there are several.
func inner(name string) string {
	first, rest, _ := strings.Cut(name, " of ")
	switch {
	case strings.Contains(name, " or "), strings.Contains(name, " | "):
		return "(" + name + ")"
	case first == "anything", rest == "" && !isTypeName(first):
		return name
	case rest == "":
		return first + "s"
	}
	return first + "s of " + rest
}

func isTypeName(name string) bool {
	switch Type(name) {
	case String, Number, Integer, Boolean, Object, "list":
		return true
	}
	return false
}

// scalarText is a value of an Enum or a default as people write it.
func scalarText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// Property finds a key of the object, also in the alternatives of Choices: there it is what any
// of them says. It is required if it is so wherever s applies.
func (s *Schema) Property(name string) (Property, bool) {
	return s.property(name, 0)
}

func (s *Schema) property(name string, depth int) (Property, bool) {
	if s == nil || depth > maxDepth {
		return Property{}, false
	}
	var found []*Schema
	p := Property{Name: name}
	ok := false
	for _, q := range s.Properties {
		if q.Name == name {
			found, p.Required, ok = append(found, q.Schema), q.Required, true
			break
		}
	}
	for _, c := range s.Choices {
		var some []*Schema
		all := true
		for _, a := range c {
			if q, has := a.property(name, depth+1); has {
				some = append(some, q.Schema)
				all = all && q.Required
			} else {
				all = false
			}
		}
		if len(some) > 0 {
			found, ok = append(found, either(some)), true
			p.Required = p.Required || all
		}
	}
	if !ok {
		return Property{}, false
	}
	var m merger
	p.Schema = found[0]
	for _, f := range found[1:] {
		p.Schema = m.both(nil, p.Schema, f)
	}
	return p, true
}

// key is the schema of the value under a key, whether it is a property or a further key.
func (s *Schema) key(name string, depth int) (*Schema, bool) {
	if p, ok := s.Property(name); ok {
		return p.Schema, true
	}
	if s == nil || depth > maxDepth {
		return nil, false
	}
	for _, p := range s.Patterns {
		if p.matches(name) {
			return p.Schema, true
		}
	}
	if s.Rest != nil {
		return s.Rest, true
	}
	var some []*Schema
	for _, c := range s.Choices {
		for _, a := range c {
			if sub, ok := a.key(name, depth+1); ok {
				some = append(some, sub)
			}
		}
	}
	if len(some) == 0 {
		return nil, false
	}
	return either(some), true
}

// item is the schema of the i-th item of a list, or of any if i is negative.
func (s *Schema) item(i, depth int) (*Schema, bool) {
	if s == nil || depth > maxDepth {
		return nil, false
	}
	if i >= 0 && i < len(s.Tuple) {
		return s.Tuple[i], true
	}
	if s.Items != nil {
		return s.Items, true
	}
	if i < 0 && len(s.Tuple) > 0 {
		return either(s.Tuple), true
	}
	var some []*Schema
	for _, c := range s.Choices {
		for _, a := range c {
			if sub, ok := a.item(i, depth+1); ok {
				some = append(some, sub)
			}
		}
	}
	if len(some) == 0 {
		return nil, false
	}
	return either(some), true
}

// At is the schema of the value at a path: names of keys, and for items of lists "[]", "[0]" or
// a decimal index. It is false if s says nothing of it. Where alternatives say different things
// the result has them as a choice. "*" is any further key.
func (s *Schema) At(path ...string) (*Schema, bool) {
	for _, name := range path {
		next, ok := s.step(name)
		if !ok {
			return nil, false
		}
		s = next
	}
	return s, s != nil
}

func (s *Schema) step(name string) (*Schema, bool) {
	if name == "[]" {
		return s.item(-1, 0)
	}
	if sub, ok := s.key(name, 0); ok {
		return sub, true
	}
	if i, ok := indexOf(name); ok {
		return s.item(i, 0)
	}
	return nil, false
}

// VisibilityAt is the visibility that the value at a path has, inherited ones included.
func (s *Schema) VisibilityAt(path ...string) Visibility {
	deep := Visibility("")
	if s != nil {
		deep = s.DeepVisibility
	}
	for _, name := range path {
		next, ok := s.step(name)
		if !ok {
			return orBackend(deep)
		}
		s = next
		if s.DeepVisibility != "" {
			deep = s.DeepVisibility
		}
	}
	if s != nil && s.Visibility != "" {
		return s.Visibility
	}
	return orBackend(deep)
}

func orBackend(v Visibility) Visibility {
	if v == "" {
		return Backend
	}
	return v
}

// either is the schema of a value that fits one of several. What a choice cannot carry itself,
// such as the visibility, is what the first says that says it; a secret among them wins.
func either(some []*Schema) *Schema {
	if len(some) == 1 {
		return some[0]
	}
	out := &Schema{}
	var alternatives []*Schema
	seen := map[*Schema]bool{}
	for _, a := range some {
		if !seen[a] {
			seen[a] = true
			alternatives = append(alternatives, a)
		}
	}
	if len(alternatives) == 1 {
		return alternatives[0]
	}
	if heavy([][]*Schema{alternatives}) {
		return &Schema{Notes: []string{selfNote}}
	}
	for _, a := range alternatives {
		out.Visibility = strongest(out.Visibility, a.Visibility)
		out.DeepVisibility = strongest(out.DeepVisibility, a.DeepVisibility)
		if out.Description == "" {
			out.Description = a.Description
		}
		if out.Default == nil {
			out.Default = a.Default
		}
		out.Sources = appendSources(out.Sources, a.Sources)
	}
	out.Choices = [][]*Schema{alternatives}
	return out
}

func strongest(a, b Visibility) Visibility {
	if a == Secret || b == Secret {
		return Secret
	}
	if a == "" || a == Backend && b == Frontend {
		return b
	}
	return a
}
