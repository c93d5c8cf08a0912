package schema

import (
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
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
	Span text.Span // bytes of the value in File, with its quotes
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
	eachSubstitution(n.Text, func(name string, _ bool) { out = append(out, name) })
	return out
}

func substitutes(s string) bool {
	found := false
	eachSubstitution(s, func(string, bool) { found = true })
	return found
}

// eachSubstitution finds ${NAME} and ${NAME:-default}, but not $${NAME}, which stands for itself.
func eachSubstitution(s string, found func(name string, fallback bool)) {
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
			name, _, fallback := strings.Cut(s[i+2:i+2+end], ":-")
			found(strings.TrimSpace(name), fallback)
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
// value from elsewhere, aliases stand for what they refer to, and yes, no, on, off and dates are
// strings. The error is a *diag.Diagnostic of yamledit.Parse.
func ReadYAML(file string, src []byte) (*Node, error) {
	doc, err := yamledit.Parse(file, src)
	if err != nil {
		return nil, err
	}
	return FromDoc(doc), nil
}

// FromDoc is ReadYAML of a file that is parsed already.
func FromDoc(doc *yamledit.Doc) *Node {
	r := yamlReader{file: doc.File(), index: text.NewIndex(doc.Source()), left: maxWork}
	n := r.node(doc.Root(), 0)
	if n.Type == Null && n.From == "" {
		n.Type = Object
	}
	return n
}

type yamlReader struct {
	file  string
	index *text.Index
	left  int
}

func (r *yamlReader) node(v yamledit.Value, depth int) *Node {
	n := &Node{Type: Null, File: r.file, Span: v.Span()}
	n.Pos = r.index.Pos(n.Span.Start)
	if r.left--; r.left < 0 || depth > maxDepth*2 {
		return n
	}
	switch v.Kind() {
	case yamledit.Mapping:
		n.Type = Object
		for m := range v.Members() {
			n.Members = append(n.Members, Member{
				Name: m.Name, Span: m.NameSpan, Pos: r.index.Pos(m.NameSpan.Start), Value: r.node(m.Value, depth+1),
			})
		}
		if len(n.Members) == 1 {
			switch m := n.Members[0]; m.Name {
			case "$env", "$file", "$include":
				n.Type, n.From, n.Text, n.Members = Null, m.Name, m.Value.Text, nil
			}
		}
	case yamledit.Sequence:
		n.Type = Array
		for item := range v.Elements() {
			n.Items = append(n.Items, r.node(item, depth+1))
		}
	case yamledit.Bool:
		n.Type, n.Text = Boolean, v.String()
	case yamledit.Number:
		n.Type, n.Text = Number, v.String()
	case yamledit.String:
		n.Type, n.Text = String, v.String()
	}
	return n
}

// Ref is a place where a configuration takes a value from elsewhere.
type Ref struct {
	From     string // "$env", "$file", "$include", or "${}" for a substitution in a string
	Name     string // of the variable, or the path as written, from the folder of the file
	Fallback bool   // the substitution says what to take where the variable is not set
	Path     Path
	Node     *Node // the value
}

// Refs are the places in a configuration that take values from elsewhere, in its order.
func (n *Node) Refs() []Ref {
	var out []Ref
	var walk func(n *Node, path Path)
	walk = func(n *Node, path Path) {
		switch {
		case n == nil:
		case n.From != "":
			out = append(out, Ref{From: n.From, Name: n.Text, Path: path, Node: n})
		case n.Type == String:
			eachSubstitution(n.Text, func(name string, fallback bool) {
				out = append(out, Ref{From: "${}", Name: name, Fallback: fallback, Path: path, Node: n})
			})
		}
		for _, m := range n.Members {
			walk(m.Value, down(path, m.Name))
		}
		for i, item := range n.Items {
			walk(item, down(path, "["+strconv.Itoa(i)+"]"))
		}
	}
	if n != nil {
		walk(n, nil)
	}
	return out
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

// together is Overlay, except that null takes nothing away.
func together(files []*Node) *Node {
	out := &Node{Type: Object}
	for _, f := range files {
		if f != nil && f.From == "" {
			out = overlay(out, withoutNulls(f))
		}
	}
	return out
}

func withoutNulls(n *Node) *Node {
	if n == nil || n.Type != Object {
		return n
	}
	out := *n
	out.Members = nil
	for _, m := range n.Members {
		if !absent(m.Value) {
			m.Value = withoutNulls(m.Value)
			out.Members = append(out.Members, m)
		}
	}
	return &out
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
