package recipe

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Prop is one JSX attribute. Value is its source text: `"main"`, `{6}`, or "" for an attribute
// without a value.
type Prop struct {
	Name  string
	Value string
}

// Props are JSX attributes in their order.
//
// In YAML they are a mapping: a string becomes `name="..."`, a number or false `name={...}`,
// true the bare name, and a mapping `{expr: ...}` the JavaScript expression in it.
type Props []Prop

// String is the attributes as they stand in an element: each after a space. It is "" for none.
func (p Props) String() string {
	var b strings.Builder
	for _, prop := range p {
		b.WriteString(" " + prop.Name)
		if prop.Value != "" {
			b.WriteString("=" + prop.Value)
		}
	}
	return b.String()
}

// UnmarshalYAML reads the mapping that Props describes.
func (p *Props) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: props are a mapping of names to values", n.Line)
	}
	*p = nil
	for i := 0; i < len(n.Content); i += 2 {
		name, value := n.Content[i].Value, n.Content[i+1]
		text, err := propValue(value)
		if err != nil {
			return fmt.Errorf("line %d: prop %s: %w", value.Line, name, err)
		}
		*p = append(*p, Prop{name, text})
	}
	return nil
}

func propValue(n *yaml.Node) (string, error) {
	switch {
	case n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[0].Value == "expr" && n.Content[1].Value != "":
		return "{" + n.Content[1].Value + "}", nil
	case n.Kind != yaml.ScalarNode:
		return "", fmt.Errorf("want a string, a number, a boolean or {expr: ...}")
	}
	switch n.Tag {
	case "!!str":
		return attribute(n.Value), nil
	case "!!int", "!!float":
		return "{" + n.Value + "}", nil
	case "!!bool":
		if n.Value == "true" {
			return "", nil
		}
		return "{" + n.Value + "}", nil
	}
	return "", fmt.Errorf("want a string, a number, a boolean or {expr: ...}")
}

// attribute is a JSX attribute's value for a string. A JSX string has no escapes: one with a
// quote, a line break, or what could be an entity is written as an expression.
func attribute(s string) string {
	if strings.ContainsAny(s, "\"&\n\r\\") {
		return "{" + strconv.Quote(s) + "}"
	}
	return `"` + s + `"`
}

// MarshalJSON writes the attributes as an array of objects with name and value.
func (p Prop) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"name": p.Name, "value": p.Value})
}
