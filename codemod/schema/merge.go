package schema

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
)

const (
	maxDepth  = 64      // of nested values, and of references within one
	maxNodes  = 20_000  // that one file may become
	maxChoice = 500     // alternatives of one value
	maxKeys   = 30_000  // that Keys lists, alternatives counted
	maxValues = 100_000 // that Check looks at, once for each alternative
	maxSelf   = 1       // times that a type is followed within itself
	maxWork   = 500_000 // nodes that one merging may look at
)

const selfNote = "what refers to itself, or is very large, is not read in full"

// Merge is the schema of a configuration that several packages read: what all of them say, as
// @backstage/config-loader puts it together. Properties and requirements add up, types and
// enumerations narrow each other, of two visibilities the one that is not backend counts. nil
// schemas are left out; without any, the result is the schema of anything.
//
// The error is a diag.List of the contradictions at which config-loader gives up: a value that
// is visible to the frontend by one package and secret by another (conflicting-visibility), types
// or enumerations with nothing in common (conflicting-type). The schema is usable all the same:
// secrets win, and either type is allowed.
func Merge(schemas ...*Schema) (*Schema, error) {
	var m merger
	out := &Schema{}
	first := true
	for _, s := range schemas {
		switch {
		case s == nil:
		case first:
			out, first = s, false
		default:
			out = m.both(nil, out, s)
		}
	}
	return out, m.conflicts.Err()
}

type merger struct {
	conflicts diag.List
	work      int
}

func (m *merger) conflict(code string, path Path, a, b *Schema, what string) {
	d := diag.Errorf(code, "%s: %s", pathName(path), what)
	var said []string
	for _, s := range [...]*Schema{a, b} {
		if len(s.Sources) > 0 {
			said = append(said, s.Sources[0].String())
		}
	}
	if len(said) > 0 {
		d.Detail = "said by " + strings.Join(said, " and ")
	}
	m.conflicts = append(m.conflicts, d)
}

func pathName(path Path) string {
	if len(path) == 0 {
		return "the configuration"
	}
	return path.String()
}

// both is the schema of a value that a and b allow. Of what only one can say, a has precedence.
func (m *merger) both(path Path, a, b *Schema) *Schema {
	switch {
	case a == b || b == nil:
		return a
	case a == nil:
		return b
	case len(path) > maxDepth || m.work > maxWork:
		return a
	}
	m.work += 1 + len(a.Properties) + len(b.Properties) + len(a.Choices) + len(b.Choices)
	out := *a
	out.Types = m.types(path, a, b)
	out.Enum = m.enum(path, a, b)
	out.Properties = m.properties(path, a.Properties, b.Properties)
	out.Rest = m.both(down(path, "*"), a.Rest, b.Rest)
	out.Closed = a.Closed || b.Closed
	out.Patterns = concat(a.Patterns, b.Patterns)
	out.Items = m.both(down(path, "[]"), a.Items, b.Items)
	if len(a.Tuple) == 0 {
		out.Tuple = b.Tuple
	}
	out.Choices = concat(a.Choices, b.Choices)
	if len(b.Choices) > 0 && heavy(out.Choices) {
		out.Choices = a.Choices
		out.Notes = appendNote(out.Notes, selfNote)
	}
	out.Visibility = m.visibility(path, a, b, a.Visibility, b.Visibility)
	out.DeepVisibility = m.visibility(path, a, b, a.DeepVisibility, b.DeepVisibility)
	if out.Description == "" {
		out.Description = b.Description
	}
	if out.Default == nil {
		out.Default = b.Default
	}
	if len(out.Examples) == 0 {
		out.Examples = b.Examples
	}
	if out.Deprecated == "" {
		out.Deprecated = b.Deprecated
	}
	for _, n := range b.Notes {
		out.Notes = appendNote(out.Notes, n)
	}
	out.Sources = appendSources(a.Sources, b.Sources)
	return &out
}

// heavy reports whether there are more alternatives, and alternatives of alternatives, than anybody
// writes: types with parameters can double them with each use.
func heavy(choices [][]*Schema) bool { return weight(choices) > maxChoice }

// weight counts alternatives, those of alternatives included, up to one more than maxChoice.
func weight(choices [][]*Schema) int {
	n := 0
	var count func(choices [][]*Schema)
	count = func(choices [][]*Schema) {
		for _, c := range choices {
			for _, a := range c {
				if n++; n > maxChoice {
					return
				}
				count(a.Choices)
			}
		}
	}
	count(choices)
	return n
}

func down(path Path, name string) Path {
	return append(path[:len(path):len(path)], name)
}

func concat[T any](a, b []T) []T {
	if len(b) == 0 {
		return a
	}
	return append(a[:len(a):len(a)], b...)
}

func (m *merger) types(path Path, a, b *Schema) []Type {
	if len(a.Types) == 0 {
		return b.Types
	}
	if len(b.Types) == 0 {
		return a.Types
	}
	var out []Type
	for _, t := range a.Types {
		if hasType(b.Types, t) {
			out = append(out, t)
		} else if t == Number && hasType(b.Types, Integer) {
			out = append(out, Integer)
		}
	}
	if len(out) == 0 {
		m.conflict("conflicting-type", path, a, b,
			fmt.Sprintf("one package wants %s, another %s", a.TypeName(), b.TypeName()))
		return concat(a.Types, b.Types)
	}
	return out
}

func (m *merger) enum(path Path, a, b *Schema) []any {
	if len(a.Enum) == 0 {
		return b.Enum
	}
	if len(b.Enum) == 0 {
		return a.Enum
	}
	var out []any
	for _, v := range a.Enum {
		if hasValue(b.Enum, v) {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		m.conflict("conflicting-type", path, a, b,
			fmt.Sprintf("one package wants %s, another %s", a.TypeName(), b.TypeName()))
		return concat(a.Enum, b.Enum)
	}
	return out
}

func hasValue(list []any, v any) bool {
	for _, has := range list {
		if reflect.DeepEqual(has, v) {
			return true
		}
	}
	return false
}

func (m *merger) properties(path Path, a, b []Property) []Property {
	if len(b) == 0 {
		return a
	}
	if len(a) == 0 {
		return b
	}
	out := append([]Property(nil), a...)
	index := make(map[string]int, len(out)+len(b))
	for i, p := range out {
		index[p.Name] = i
	}
	for _, p := range b {
		i, ok := index[p.Name]
		if !ok {
			index[p.Name] = len(out)
			out = append(out, p)
			continue
		}
		out[i].Schema = m.both(down(path, p.Name), out[i].Schema, p.Schema)
		out[i].Required = out[i].Required || p.Required
	}
	return out
}

func (m *merger) visibility(path Path, a, b *Schema, x, y Visibility) Visibility {
	if x == Frontend && y == Secret || x == Secret && y == Frontend {
		m.conflict("conflicting-visibility", path, a, b, "one package shows it to the frontend, another keeps it secret")
	}
	return strongest(x, y)
}

func appendSources(a, b []Source) []Source {
	out := a[:len(a):len(a)]
next:
	for _, s := range b {
		for _, has := range out {
			if has == s {
				continue next
			}
		}
		out = append(out, s)
	}
	return out
}

func appendNote(notes []string, note string) []string {
	for _, has := range notes {
		if has == note {
			return notes
		}
	}
	return append(notes[:len(notes):len(notes)], note)
}
