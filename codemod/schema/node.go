package schema

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// Node is a value of a configuration, with its place. It must not be changed.
type Node struct {
	Type Type   // Integer is said as Number
	Text string // of a scalar: what it stands for
	// From is "$env", "$file" or "$include" for a value that comes from elsewhere and is not
	// known; Text is then the name of the variable or file. Type is Null.
	From    string
	Members []Member // of an Object, in their order, each name once
	Items   []*Node  // of an Array

	File string    // slash path
	Span text.Span // bytes of the value in File; of a collection, its beginning
	Pos  text.Pos  // of Span.Start
}

// Member is a key of an object.
type Member struct {
	Name  string
	Pos   text.Pos  // of the name
	Span  text.Span // of the name
	Value *Node
}

// Get is the value of a key, nil if there is none.
func (n *Node) Get(name string) *Node {
	if n == nil {
		return nil
	}
	for _, m := range n.Members {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// At is the value at a path of keys and indices ("[0]"), nil if there is none.
func (n *Node) At(path ...string) *Node {
	for _, name := range path {
		if n == nil {
			return nil
		}
		if i, ok := indexOf(name); ok && n.Type == Array {
			if i < 0 || i >= len(n.Items) {
				return nil
			}
			n = n.Items[i]
			continue
		}
		n = n.Get(name)
	}
	return n
}

// Known reports whether the value is written in the file: it does not come from elsewhere, in
// whole or, by a substitution such as ${NAME}, in part.
func (n *Node) Known() bool {
	return n.From == "" && !(n.Type == String && substitutes(n.Text))
}

// Vars are the names of the environment variables that the value is made of.
func (n *Node) Vars() []string {
	if n.From == "$env" {
		return []string{n.Text}
	}
	if n.Type != String {
		return nil
	}
	var out []string
	eachSubstitution(n.Text, func(name string) { out = append(out, name) })
	return out
}

func substitutes(s string) bool {
	found := false
	eachSubstitution(s, func(string) { found = true })
	return found
}

// eachSubstitution finds ${NAME} and ${NAME:-default}, but not $${NAME}, which stands for itself.
func eachSubstitution(s string, found func(name string)) {
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			return
		}
		end := strings.IndexAny(s[i+2:], "{}")
		if end < 0 {
			return
		}
		if s[i+2+end] == '{' {
			s = s[i+2+end-1:]
			if !strings.HasPrefix(s, "${") {
				s = s[1:]
			}
			continue
		}
		if i == 0 || s[i-1] != '$' {
			name, _, _ := strings.Cut(s[i+2:i+2+end], ":-")
			found(strings.TrimSpace(name))
		}
		s = s[i+2+end+1:]
	}
}

// indexOf reads "[0]" and "0".
func indexOf(name string) (int, bool) {
	if strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]") {
		name = name[1 : len(name)-1]
	}
	i, err := strconv.Atoi(name)
	return i, err == nil && i >= 0
}

// ReadYAML reads a configuration file. file is its slash path. A file without a value is an empty
// object.
//
// As @backstage/config-loader has it, an object with just the key $env, $file or $include is a
// value from elsewhere, aliases stand for what they refer to, "<<" is a key like others, and yes,
// no, on, off and dates are strings. The error is a *diag.Diagnostic (invalid-yaml).
func ReadYAML(file string, src []byte) (*Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		return nil, diag.Diagnostic{
			Severity: diag.Error, Code: "invalid-yaml", Summary: "not valid YAML: " + strings.TrimPrefix(err.Error(), "yaml: "),
		}.At(file, src, text.Span{})
	}
	r := yamlReader{file: file, src: src, index: text.NewIndex(src), left: maxWork}
	if len(doc.Content) == 0 {
		return &Node{Type: Object, File: file, Pos: text.Pos{Line: 1, Column: 1}}, nil
	}
	n := r.node(doc.Content[0], 0)
	if n.Type == Null && n.From == "" {
		n.Type = Object
	}
	return n, nil
}

type yamlReader struct {
	file  string
	src   []byte
	index *text.Index
	left  int
}

func (r *yamlReader) node(y *yaml.Node, depth int) *Node {
	n := &Node{Type: Null, File: r.file}
	n.Span = r.span(y)
	n.Pos = r.index.Pos(n.Span.Start)
	if r.left--; r.left < 0 || depth > maxDepth*2 {
		return n
	}
	for y.Kind == yaml.AliasNode && y.Alias != nil {
		y = y.Alias
	}
	switch y.Kind {
	case yaml.MappingNode:
		r.mapping(n, y, depth)
	case yaml.SequenceNode:
		n.Type = Array
		for _, c := range y.Content {
			n.Items = append(n.Items, r.node(c, depth+1))
		}
	case yaml.ScalarNode:
		n.Text = y.Value
		switch y.ShortTag() {
		case "!!null":
			n.Text = ""
		case "!!bool":
			n.Type = Boolean
		case "!!int", "!!float":
			n.Type = Number
		default:
			n.Type = String
		}
	}
	return n
}

func (r *yamlReader) mapping(n *Node, y *yaml.Node, depth int) {
	n.Type = Object
	seen := map[string]int{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := y.Content[i]
		m := Member{Name: key.Value, Span: r.span(key), Value: r.node(y.Content[i+1], depth+1)}
		m.Pos = r.index.Pos(m.Span.Start)
		if at, dup := seen[m.Name]; dup {
			n.Members[at] = m
			continue
		}
		seen[m.Name] = len(n.Members)
		n.Members = append(n.Members, m)
	}
	if len(n.Members) == 1 {
		switch m := n.Members[0]; m.Name {
		case "$env", "$file", "$include":
			n.Type, n.From, n.Text, n.Members = Null, m.Name, m.Value.Text, nil
		}
	}
}

// span is where a YAML node begins; for a scalar on one line, with its end.
func (r *yamlReader) span(y *yaml.Node) text.Span {
	start := r.index.Offset(text.Pos{Line: y.Line, Column: 1})
	for c := 1; c < y.Column && start < len(r.src) && r.src[start] != '\n'; c++ {
		_, size := utf8.DecodeRune(r.src[start:])
		start += size
	}
	end := start
	if y.Kind == yaml.ScalarNode && y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		if at := start + len(y.Value); at <= len(r.src) && string(r.src[start:at]) == y.Value {
			end = at
		} else if at += 2; at <= len(r.src) && string(r.src[start+1:at-1]) == y.Value {
			end = at
		}
	}
	return text.Span{Start: start, End: end}
}

// Overlay is the configuration that files make together, the later ones over the earlier ones, as
// @backstage/config reads it: objects are merged key by key, everything else is replaced, and null
// takes a value away. Each value keeps its place. nil files are left out.
func Overlay(files ...*Node) *Node {
	out := &Node{Type: Object}
	for _, f := range files {
		if f != nil && f.From == "" {
			out = overlay(out, f)
		}
	}
	return out
}

func overlay(base, over *Node) *Node {
	if over == nil {
		return base
	}
	if base == nil || base.Type != Object || over.Type != Object {
		return over
	}
	out := *over
	out.Members = append([]Member(nil), base.Members...)
	if base.File != "" {
		out.File, out.Span, out.Pos = base.File, base.Span, base.Pos
	}
	at := make(map[string]int, len(out.Members))
	for i, m := range out.Members {
		at[m.Name] = i
	}
	for _, m := range over.Members {
		i, ok := at[m.Name]
		if !ok {
			out.Members = append(out.Members, m)
			continue
		}
		m.Value = overlay(out.Members[i].Value, m.Value)
		out.Members[i] = m
	}
	return &out
}
