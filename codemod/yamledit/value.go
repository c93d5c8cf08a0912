package yamledit

import (
	"iter"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/text"
)

// Kind is the kind of a YAML value.
type Kind byte

// The kinds of values. Missing is the kind of the zero Value. A scalar of any other tag
// (a timestamp, say) is a String, as Backstage reads it.
const (
	Missing Kind = iota
	Null
	Bool
	Number
	String
	Mapping
	Sequence
)

func (k Kind) String() string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a string", "a mapping", "a sequence"}[k]
}

// Value is a value of a Doc with its place. The zero Value is of the kind Missing. An alias
// has the kind and content of what it refers to, and a place of its own.
type Value struct {
	d *Doc
	n *node
}

// Root is the value of the whole file; Missing if it has only comments.
func (d *Doc) Root() Value {
	if d.root == nil {
		return Value{}
	}
	return Value{d, d.root}
}

// Lookup finds a value by the names of keys and, in sequences, decimal indices.
func (d *Doc) Lookup(path ...string) (Value, bool) {
	v := d.Root()
	for _, name := range path {
		v = v.Get(name)
	}
	return v, v.n != nil
}

// target is the value behind an alias.
func (v Value) target() *node {
	if v.n != nil && v.n.y.Kind == yaml.AliasNode {
		return v.d.nodes[v.n.y.Alias]
	}
	return v.n
}

// Kind is the value's kind.
func (v Value) Kind() Kind {
	n := v.target()
	if n == nil {
		return Missing
	}
	switch n.y.Kind {
	case yaml.MappingNode:
		return Mapping
	case yaml.SequenceNode:
		return Sequence
	}
	switch n.y.ShortTag() {
	case "!!null":
		return Null
	case "!!bool":
		return Bool
	case "!!int", "!!float":
		return Number
	default:
		return String
	}
}

// Span is the value's bytes in the source, with its quotes, anchor and tag; a point after
// the colon or dash for a null without text. The newline that ends a block scalar is not in
// it.
func (v Value) Span() text.Span {
	if v.n == nil {
		return text.Span{}
	}
	return text.Span{Start: v.n.start, End: v.n.end}
}

// String is the text that a scalar stands for; "" for null; the source text of any other
// value.
func (v Value) String() string {
	n := v.target()
	switch {
	case n == nil || v.Kind() == Null:
		return ""
	case n.y.Kind == yaml.ScalarNode:
		return n.y.Value
	default:
		return string(v.d.src[n.start:n.end])
	}
}

// Decode stores the value in to, as yaml.v3 does.
func (v Value) Decode(to any) error {
	if v.n == nil {
		return nil
	}
	return v.n.y.Decode(to)
}

// Len is the number of keys or items; 0 for scalars.
func (v Value) Len() int {
	if n := v.target(); n != nil {
		return len(n.pairs) + len(n.items)
	}
	return 0
}

// Member is a key of a mapping with its value. NameSpan includes the quotes.
type Member struct {
	Name     string
	NameSpan text.Span
	Value    Value
}

// Members are the keys of a mapping in their order; none for other values.
func (v Value) Members() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		n := v.target()
		if n == nil {
			return
		}
		for _, p := range n.pairs {
			if !yield(Member{p.key.y.Value, Value{v.d, p.key}.Span(), Value{v.d, p.val}}) {
				return
			}
		}
	}
}

// Elements are the items of a sequence; none for other values.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		n := v.target()
		if n == nil {
			return
		}
		for _, it := range n.items {
			if !yield(Value{v.d, it.val}) {
				return
			}
		}
	}
}

// Get is the value of a key, or of the item at a decimal index. A Value of the kind Missing
// says there is none.
func (v Value) Get(name string) Value {
	n := v.target()
	if n == nil {
		return Value{}
	}
	if c := n.child(name); c != nil {
		return Value{v.d, c}
	}
	return Value{}
}

// child is the value of a key or the item at a decimal index, or nil.
func (n *node) child(name string) *node {
	if i := n.index(name); i >= 0 {
		if n.y.Kind == yaml.MappingNode {
			return n.pairs[i].val
		}
		return n.items[i].val
	}
	return nil
}

// index is the place of a key or item, or -1.
func (n *node) index(name string) int {
	for i, p := range n.pairs {
		if p.key.y.Kind == yaml.ScalarNode && p.key.y.Value == name {
			return i
		}
	}
	if i, ok := decimal(name); ok && n.y.Kind == yaml.SequenceNode && i < len(n.items) {
		return i
	}
	return -1
}

// decimal reads an index, written without sign or leading zeros.
func decimal(s string) (int, bool) {
	i, err := strconv.Atoi(s)
	return i, err == nil && i >= 0 && strconv.Itoa(i) == s
}
