package jsonedit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// node is a JSON value as encoding/json reads it, with the order of members and any
// duplicates. It is the proof's own view, made without the parser that planned the edits.
type node struct {
	kind   byte   // '{', '[', or 0
	scalar string // JSON text of a scalar; strings in one normal form
	names  []string
	values []*node
}

func decode(src []byte) (*node, error) {
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	n, err := decodeNext(dec)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the value")
	}
	return n, nil
}

func decodeNext(dec *json.Decoder) (*node, error) {
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		n := &node{kind: byte(t)}
		for dec.More() {
			if n.kind == '{' {
				name, err := dec.Token()
				if err != nil {
					return nil, err
				}
				s, _ := name.(string)
				n.names = append(n.names, s)
			}
			v, err := decodeNext(dec)
			if err != nil {
				return nil, err
			}
			n.values = append(n.values, v)
		}
		_, err := dec.Token()
		return n, err
	case string:
		return &node{scalar: quote(t)}, nil
	case json.Number:
		return &node{scalar: t.String()}, nil
	case bool:
		return &node{scalar: strconv.FormatBool(t)}, nil
	default:
		return &node{scalar: "null"}, nil
	}
}

func (n *node) equal(m *node) bool {
	return n.kind == m.kind && n.scalar == m.scalar && slices.Equal(n.names, m.names) &&
		slices.EqualFunc(n.values, m.values, (*node).equal)
}

// index is the place of the child called name, or -1; for arrays, name is a decimal index.
func (n *node) index(name string) int {
	switch n.kind {
	case '{':
		return slices.Index(n.names, name)
	case '[':
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.values) {
			return i
		}
	}
	return -1
}

func (n *node) get(path []string) *node {
	for _, name := range path {
		i := n.index(name)
		if i < 0 {
			return nil
		}
		n = n.values[i]
	}
	return n
}

// set puts v in the place of an existing value.
func (n *node) set(path []string, v *node) bool {
	if len(path) == 0 {
		*n = *v
		return true
	}
	parent := n.get(path[:len(path)-1])
	if parent == nil {
		return false
	}
	i := parent.index(path[len(path)-1])
	if i < 0 {
		return false
	}
	parent.values[i] = v
	return true
}

// remove takes a member away.
func (n *node) remove(path []string) bool {
	parent := n.get(path[:len(path)-1])
	if parent == nil || parent.kind != '{' {
		return false
	}
	i := parent.index(path[len(path)-1])
	if i < 0 {
		return false
	}
	parent.names = slices.Delete(parent.names, i, i+1)
	parent.values = slices.Delete(parent.values, i, i+1)
	return true
}

// prove returns the edits if what encoding/json reads before and after them satisfies asked,
// which may change both values.
func (d *Doc) prove(edits []text.Edit, manual string, asked func(before, after *node) bool) ([]text.Edit, error) {
	fail := func(why string) ([]text.Edit, error) {
		e := diag.Errorf("unproved-edit", "no safe edit was found: %s", why)
		e.Manual = manual
		return nil, e.At(d.file, d.src, edits[0].Span())
	}
	out, err := text.Apply(d.src, edits)
	if err != nil {
		return fail(err.Error())
	}
	if text.HasBOM(out) != (d.base > 0) {
		return fail("the byte order mark would change")
	}
	before, err := decode(d.src[d.base:])
	if err != nil {
		return fail("the file does not decode: " + err.Error())
	}
	after, err := decode(out[d.base:])
	if err != nil {
		return fail("the result would not decode: " + err.Error())
	}
	if !asked(before, after) {
		return fail("the result would differ by more than was asked")
	}
	return edits, nil
}
