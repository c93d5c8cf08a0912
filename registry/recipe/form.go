package recipe

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// field is a key of a mapping in the format.
type field struct {
	key string
	typ reflect.Type
}

// fields are the keys of a struct, those of inlined ones among them, in their order.
func fields(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case strings.Contains(options, "inline"):
			out = append(out, fields(f.Type)...)
		case key != "" && key != "-":
			out = append(out, field{key, f.Type})
		}
	}
	return out
}

var propsType = reflect.TypeFor[Props]()

// checkForm compares a document with the format: keys that are none, values of another shape,
// anchors. It says of each where it is, and which key may have been meant.
func checkForm(n *yaml.Node) []Problem {
	var out []Problem
	checkNode(n, reflect.TypeFor[Recipe](), "", &out)
	return out
}

func checkNode(n *yaml.Node, t reflect.Type, at string, out *[]Problem) {
	say := func(n *yaml.Node, format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		if at != "" {
			text = at + ": " + text
		}
		*out = append(*out, Problem{n.Line, n.Column, text})
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		say(n, "anchors and aliases are not in the format")
	case t == propsType:
		if n.Kind != yaml.MappingNode {
			say(n, "props are a mapping of names to values")
			return
		}
		for i := 0; i < len(n.Content); i += 2 {
			if _, err := propValue(n.Content[i+1]); err != nil {
				say(n.Content[i+1], "prop %s: %v", n.Content[i].Value, err)
			}
		}
	case t.Kind() == reflect.Struct:
		if n.Kind != yaml.MappingNode {
			say(n, "want a mapping, not %s", shape(n))
			return
		}
		all := fields(t)
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i]
			j := slices.IndexFunc(all, func(f field) bool { return f.key == key.Value })
			if j < 0 {
				say(key, "there is no field %q%s", key.Value, meant(key.Value, all))
				continue
			}
			checkNode(n.Content[i+1], all[j].typ, join(at, key.Value), out)
		}
	case t.Kind() == reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			say(n, "want a list, not %s", shape(n))
			return
		}
		for i, item := range n.Content {
			checkNode(item, t.Elem(), fmt.Sprintf("%s[%d]", at, i), out)
		}
	case n.Kind != yaml.ScalarNode:
		say(n, "want %s, not %s", map[bool]string{true: "true or false", false: "a text"}[t.Kind() == reflect.Bool], shape(n))
	case t.Kind() == reflect.Bool && n.Tag != "!!bool":
		say(n, "want true or false, not %q", n.Value)
	case t.Kind() == reflect.String && n.Tag == "!!null":
		say(n, "want a text, not nothing")
	}
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

func shape(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "nothing"
	}
	return strconv.Quote(n.Value)
}

// meant is what a key that is none may have been meant to be, or what keys there are.
func meant(key string, all []field) string {
	best, near := "", 0
	for _, f := range all {
		if d := distance(strings.ToLower(key), strings.ToLower(f.key)); d >= 0 && (best == "" || d < near) {
			best, near = f.key, d
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	keys := make([]string, len(all))
	for i, f := range all {
		keys[i] = f.key
	}
	return "; there are " + strings.Join(keys, ", ")
}

// fault is a problem before it has a line: at is its place in the recipe.
type fault struct{ at, text string }

func (f fault) String() string {
	if f.at == "" {
		return f.text
	}
	return f.at + ": " + f.text
}

var (
	placeStep  = regexp.MustCompile(`([A-Za-z-]+)|\[(\d+)\]`)
	aboutField = regexp.MustCompile(`^([A-Za-z]+)(?:\[(\d+)\])?(?: (".*?"))?`)
)

// locate finds what a fault is about: the field that its text begins with, with the value that
// follows, anywhere below its place; else the place itself, or what there is of it.
func locate(root *yaml.Node, f fault) (line, col int) {
	n := root
	for _, m := range placeStep.FindAllStringSubmatch(f.at, -1) {
		next := member(n, m[1])
		if m[2] != "" {
			next = nil
			if i, err := strconv.Atoi(m[2]); err == nil && n.Kind == yaml.SequenceNode && i < len(n.Content) {
				next = n.Content[i]
			}
		}
		if next == nil {
			break
		}
		n = next
	}
	if m := aboutField.FindStringSubmatch(f.text); m != nil {
		value, quoted := "", m[3] != ""
		if quoted {
			value, _ = strconv.Unquote(m[3])
		}
		if found := below(n, m[1], value, quoted); found != nil {
			n = found
			if i, err := strconv.Atoi(m[2]); err == nil && n.Kind == yaml.SequenceNode && i < len(n.Content) {
				n = n.Content[i]
			}
		}
	}
	return n.Line, n.Column
}

// below is the value of the nearest key in or below a node that is the value, if one is given.
func below(n *yaml.Node, key, value string, quoted bool) *yaml.Node {
	if v := member(n, key); v != nil && (!quoted || v.Kind == yaml.ScalarNode && v.Value == value) {
		return v
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		if found := below(c, key, value, quoted); found != nil {
			return found
		}
	}
	return nil
}

// member is the value of a key of a mapping; nil if there is none.
func member(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode || key == "" {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
