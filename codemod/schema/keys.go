package schema

import (
	"regexp"
	"strings"
)

// Path is a path of keys, "*" and "[]"; see the package's documentation.
type Path []string

// String is the path as people write it: "a.b[].c".
func (p Path) String() string {
	var b strings.Builder
	for _, name := range p {
		if !strings.HasPrefix(name, "[") && b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(name)
	}
	return b.String()
}

// Key is a key of the configuration as a schema describes it.
type Key struct {
	Path Path `json:"path"`
	// Required says that the key must be there where its parent is; Always that its parent must
	// be there too, and so on up to the root.
	Required bool `json:"required,omitempty"`
	Always   bool `json:"always,omitempty"`
	// Choice says that the key is in one of several alternatives.
	Choice bool `json:"choice,omitempty"`
	// Visibility is the value's, inherited ones included.
	Visibility Visibility `json:"visibility"`
	// Type is Schema.TypeName.
	Type   string  `json:"type"`
	Schema *Schema `json:"-"`
}

// Keys lists the keys at and under a path, parents before what is in them, in the order in which
// they were written. Required, Always and Choice count from the path on.
func (s *Schema) Keys(path ...string) []Key {
	at, ok := s.At(path...)
	if !ok {
		return nil
	}
	w := keyWalk{left: maxKeys}
	deep := Visibility("")
	for i := range path {
		if sub, ok := s.At(path[:i]...); ok && sub.DeepVisibility != "" {
			deep = sub.DeepVisibility
		}
	}
	if at.DeepVisibility != "" {
		deep = at.DeepVisibility
	}
	w.object(at, append(Path(nil), path...), deep, true, false)
	return w.keys
}

type keyWalk struct {
	keys []Key
	left int
}

func (w *keyWalk) object(s *Schema, path Path, deep Visibility, always, choice bool) {
	if s == nil || len(path) > maxDepth {
		return
	}
	for _, name := range s.names() {
		p, ok := s.Property(name)
		if !ok {
			continue
		}
		_, direct := s.own(name)
		w.key(p, path, deep, always, choice || !direct)
	}
	for _, p := range s.Patterns {
		w.key(Property{Name: "*", Schema: p.Schema}, path, deep, always, choice)
	}
	if rest, ok := s.rest(0); ok && !rest.Any() {
		w.key(Property{Name: "*", Schema: rest}, path, deep, always, choice)
	}
	if items, ok := s.item(-1, 0); ok {
		w.object(items, append(path[:len(path):len(path)], "[]"), deep, false, choice)
	}
}

func (w *keyWalk) key(p Property, parent Path, deep Visibility, always, choice bool) {
	if w.left -= 1 + weight(p.Schema.Choices); w.left < 0 {
		return
	}
	path := append(parent[:len(parent):len(parent)], p.Name)
	own := p.Schema.DeepVisibility
	if own != "" {
		deep = own
	}
	vis := p.Schema.Visibility
	if vis == "" {
		vis = orBackend(deep)
	}
	always = always && p.Required && !choice
	w.keys = append(w.keys, Key{
		Path: path, Required: p.Required, Always: always, Choice: choice,
		Visibility: vis, Type: p.Schema.TypeName(), Schema: p.Schema,
	})
	w.object(p.Schema, path, deep, always, choice)
}

// own finds a property that is not in a choice.
func (s *Schema) own(name string) (Property, bool) {
	for _, p := range s.Properties {
		if p.Name == name {
			return p, true
		}
	}
	return Property{}, false
}

// names are the names of all properties, those in choices included, each once.
func (s *Schema) names() []string {
	var out []string
	seen := map[string]bool{}
	s.addNames(&out, seen, 0)
	return out
}

func (s *Schema) addNames(out *[]string, seen map[string]bool, depth int) {
	if s == nil || depth > maxDepth {
		return
	}
	for _, p := range s.Properties {
		if !seen[p.Name] {
			seen[p.Name] = true
			*out = append(*out, p.Name)
		}
	}
	for _, c := range s.Choices {
		for _, a := range c {
			a.addNames(out, seen, depth+1)
		}
	}
}

// rest is the schema of further keys, also in choices.
func (s *Schema) rest(depth int) (*Schema, bool) {
	if s == nil || depth > maxDepth {
		return nil, false
	}
	if s.Rest != nil {
		return s.Rest, true
	}
	var some []*Schema
	for _, c := range s.Choices {
		for _, a := range c {
			if r, ok := a.rest(depth + 1); ok {
				some = append(some, r)
			}
		}
	}
	if len(some) == 0 {
		return nil, false
	}
	return either(some), true
}

// Secrets are the paths of the values that are secret: those of the keys that hold the value, not
// of objects around them.
func (s *Schema) Secrets(path ...string) []Path {
	var out []Path
	for _, k := range s.Keys(path...) {
		if k.Visibility == Secret && len(k.Schema.names()) == 0 {
			out = append(out, k.Path)
		}
	}
	return out
}

// Required are the paths of the keys that must be there if the value at a path is there, parents
// before what is in them.
func (s *Schema) Required(path ...string) []Path {
	var out []Path
	for _, k := range s.Keys(path...) {
		if k.Always {
			out = append(out, k.Path)
		}
	}
	return out
}

// matches reports whether a key's name fits the pattern. A pattern that Go cannot read (it is
// JavaScript's) fits every name.
func (p Pattern) matches(name string) bool {
	if p.Match == "" || p.Match == "^.*$" {
		return true
	}
	re, err := regexp.Compile(p.Match)
	return err != nil || re.MatchString(name)
}
