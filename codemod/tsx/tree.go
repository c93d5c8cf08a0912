package tsx

import (
	"fmt"
	"iter"
	"path"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
)

// Dialect says which grammar reads a source.
type Dialect uint8

const (
	// TSX is TypeScript with JSX: "<a>" begins an element.
	TSX Dialect = iota
	// TS is TypeScript without JSX: "<a>b" is a type assertion.
	TS
)

// DialectOf is the dialect of a file by its name: TS for .ts, .mts and .cts, else TSX.
func DialectOf(filename string) Dialect {
	switch strings.ToLower(path.Ext(filename)) {
	case ".ts", ".mts", ".cts":
		return TS
	}
	return TSX
}

// SyntaxError is what Parse returns for a source that is not valid.
type SyntaxError struct {
	Offset int      // byte offset of the token that does not fit
	Pos    text.Pos // the same as line and column
	Msg    string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s: %s", e.Pos, e.Msg) }

// node is one node of a tree. The children of a node are neighbours in the arena.
type node struct {
	kind   Kind
	field  Field
	extra  bool
	start  uint32
	end    uint32
	parent int32
	first  int32
	count  int32
}

// Tree is the syntax tree of one source. The zero Tree is not usable; Parse makes trees.
type Tree struct {
	src   []byte
	nodes []node // the root is the last
}

// Root is the node of kind KindProgram. Its range ends at the end of the source and begins
// at its first child, not at white space before it.
func (t *Tree) Root() Node { return Node{t, int32(len(t.nodes) - 1)} }

// Source is the text that the tree was parsed from. It must not be changed.
func (t *Tree) Source() []byte { return t.src }

// At is the smallest node, named or not, that the byte at offset belongs to; at the end of
// the source and in white space it is the smallest node around that point, at least the root.
// It is no node for an offset outside the source.
func (t *Tree) At(offset int) Node {
	if offset < 0 || offset > len(t.src) {
		return Node{}
	}
	at := t.Root()
	for {
		x := t.nodes[at.i]
		lo, hi := x.first, x.first+x.count
		for lo < hi {
			mid := (lo + hi) / 2
			if int(t.nodes[mid].end) <= offset {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		if lo == x.first+x.count || int(t.nodes[lo].start) > offset {
			return at
		}
		at.i = lo
	}
}

// Node is a node of a tree. It is a small value, comparable with ==. The zero Node is "no
// node": Ok reports false, and every other method returns a zero value.
type Node struct {
	t *Tree
	i int32
}

func (n Node) node() *node {
	if n.t == nil {
		return &node{parent: -1}
	}
	return &n.t.nodes[n.i]
}

// Ok reports whether there is a node.
func (n Node) Ok() bool { return n.t != nil }

// Tree is the tree that the node is in, nil for no node.
func (n Node) Tree() *Tree { return n.t }

// Kind is what the node is; KindNone for no node.
func (n Node) Kind() Kind { return n.node().kind }

// Is reports whether the node's kind is one of kinds.
func (n Node) Is(kinds ...Kind) bool {
	k := n.node().kind
	for _, want := range kinds {
		if k == want && n.t != nil {
			return true
		}
	}
	return false
}

// Named reports whether the node is a named one: not a keyword, not punctuation.
func (n Node) Named() bool { return n.node().kind.Named() }

// Start is the offset of the node's first byte.
func (n Node) Start() int { return int(n.node().start) }

// End is the offset after the node's last byte.
func (n Node) End() int { return int(n.node().end) }

// Span is the node's range of bytes.
func (n Node) Span() text.Span { return text.Span{Start: n.Start(), End: n.End()} }

// Text is the source of the node.
func (n Node) Text() string {
	if n.t == nil {
		return ""
	}
	return string(n.t.src[n.Start():n.End()])
}

// Parent is the node that n is a child of; no node for the root.
func (n Node) Parent() Node {
	if n.t == nil || n.node().parent < 0 {
		return Node{}
	}
	return Node{n.t, n.node().parent}
}

// ChildCount is the number of children, anonymous ones and comments included.
func (n Node) ChildCount() int { return int(n.node().count) }

// Child is the i-th child, counted from 0; no node if there is none.
func (n Node) Child(i int) Node {
	x := n.node()
	if i < 0 || i >= int(x.count) {
		return Node{}
	}
	return Node{n.t, x.first + int32(i)}
}

// NamedChild is the i-th of the named children, counted from 0; no node if there is none.
func (n Node) NamedChild(i int) Node {
	for c := range n.NamedChildren() {
		if i == 0 {
			return c
		}
		i--
	}
	return Node{}
}

// Children yields the children in source order.
func (n Node) Children() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		x := n.node()
		for i := range x.count {
			if !yield(Node{n.t, x.first + i}) {
				return
			}
		}
	}
}

// NamedChildren yields the named children, comments included, in source order.
func (n Node) NamedChildren() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		x := n.node()
		for i := x.first; i < x.first+x.count; i++ {
			if n.t.nodes[i].kind.Named() && !yield(Node{n.t, i}) {
				return
			}
		}
	}
}

// Index is the node's place among its parent's children; -1 for the root.
func (n Node) Index() int {
	p := n.Parent()
	if !p.Ok() {
		return -1
	}
	return int(n.i - p.node().first)
}

// Next is the sibling after the node.
func (n Node) Next() Node { return n.sibling(1, false) }

// Prev is the sibling before the node.
func (n Node) Prev() Node { return n.sibling(-1, false) }

// NextNamed is the next named sibling after the node.
func (n Node) NextNamed() Node { return n.sibling(1, true) }

// PrevNamed is the last named sibling before the node.
func (n Node) PrevNamed() Node { return n.sibling(-1, true) }

func (n Node) sibling(step int32, named bool) Node {
	p := n.Parent()
	if !p.Ok() {
		return Node{}
	}
	x := p.node()
	for i := n.i + step; i >= x.first && i < x.first+x.count; i += step {
		if !named || n.t.nodes[i].kind.Named() {
			return Node{n.t, i}
		}
	}
	return Node{}
}

// Field is the first child with the given field.
func (n Node) Field(f Field) Node {
	for c := range n.Fields(f) {
		return c
	}
	return Node{}
}

// Fields yields all children with the given field.
func (n Node) Fields(f Field) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		x := n.node()
		for i := x.first; i < x.first+x.count; i++ {
			if n.t.nodes[i].field == f && f != FieldNone && !yield(Node{n.t, i}) {
				return
			}
		}
	}
}

// FieldOf is the field that the node fills in its parent; FieldNone if it fills none.
func (n Node) FieldOf() Field { return n.node().field }

// Descendants yields the nodes below n, each before its own children, in source order.
func (n Node) Descendants() iter.Seq[Node] {
	return func(yield func(Node) bool) { n.descend(yield) }
}

func (n Node) descend(yield func(Node) bool) bool {
	for c := range n.Children() {
		if !yield(c) || !c.descend(yield) {
			return false
		}
	}
	return true
}

// String is the node as an S-expression of its named nodes, as tree-sitter prints it.
func (n Node) String() string {
	var b strings.Builder
	n.print(&b)
	return b.String()
}

func (n Node) print(b *strings.Builder) {
	if !n.Ok() {
		return
	}
	b.WriteString("(" + n.Kind().String())
	for c := range n.NamedChildren() {
		b.WriteByte(' ')
		if f := c.FieldOf(); f != FieldNone {
			b.WriteString(f.String() + ": ")
		}
		c.print(b)
	}
	b.WriteByte(')')
}
