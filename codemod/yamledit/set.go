package yamledit

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/text"
)

// Set plans that the value at path is value: YAML for a scalar (or a collection in braces or
// brackets) on one line, written as it is given. A scalar or empty collection that is there
// is replaced in place, its comment kept; a missing key is added as Ensure does. It refuses
// to replace a collection with content.
func (d *Doc) Set(value string, path ...string) ([]text.Edit, error) {
	manual := fmt.Sprintf("In %s, set %s:\n\n%s", d.file, dotted(path), Snippet(value, path...))
	p := &planner{d: d, manual: manual}
	value = strings.TrimSpace(value)
	b, err := Parse("", []byte(value))
	if err != nil || b.root == nil || b.root.block() || !b.simple(b.root) || b.root.end != len(value) || strings.ContainsAny(value, "\r\n") {
		return nil, p.refuse("invalid-value", text.Span{}, "%s is not a YAML value on one line", value)
	}
	v, ok := d.Lookup(path...)
	if !ok || len(path) == 0 {
		return d.Ensure(value, path...)
	}
	if equal(v.n.y, b.root.y) {
		return nil, nil
	}
	if err := p.editable(path); err != nil {
		return nil, err
	}
	n, span := v.n, v.Span()
	inside := d.parentOf(path).flow
	if (n.y.Kind == yaml.MappingNode || n.y.Kind == yaml.SequenceNode) && len(n.y.Content) > 0 {
		return nil, p.refuse("not-a-scalar", span, "%s is %s with content", dotted(path), v.Kind())
	}
	value = b.oneLine(b.root, inside, false)
	if n.blank() {
		value = " " + value
	}
	p.edits = []text.Edit{text.Replace(span, value)}
	return d.prove(p.edits, manual, asked{
		want: func(root *yaml.Node) *yaml.Node {
			return replaceAt(root, path, func(*yaml.Node) *yaml.Node { return b.root.y })
		},
	})
}

// Append plans that the sequence at path has item, YAML for any value, with or without
// comments: as its last item if none of its items is equal to it, so that a second time
// there are no edits. A missing sequence is made.
func (d *Doc) Append(item string, path ...string) ([]text.Edit, error) {
	asItem := dashed(item)
	manual := fmt.Sprintf("In %s, add to %s:\n\n%s", d.file, orFile(path), Snippet(asItem, path...))
	p := &planner{d: d, manual: manual}
	// Under a key, so that the same block does for a sequence that is still to be made.
	b, err := Parse("", []byte(Snippet(asItem, "sequence")))
	if err != nil || !b.simple(b.root) || len(b.root.pairs) != 1 || len(b.root.pairs[0].val.items) != 1 {
		return nil, p.refuse("invalid-block", text.Span{}, "the item to add is not plain YAML")
	}
	p.block = b
	want := b.root.pairs[0]
	added := want.val.items[0].val.y
	v, ok := d.Lookup(path...)
	if !ok || v.n.blank() && len(path) > 0 {
		return d.Ensure(asItem, path...)
	}
	if err := p.editable(path); err != nil {
		return nil, err
	}
	have := v.n
	if have.y.Kind != yaml.SequenceNode {
		return nil, p.refuse("not-a-sequence", v.Span(), "%s is %s, not a sequence", orFile(path), v.Kind())
	}
	for _, it := range have.items {
		if equal(it.val.y, added) {
			return nil, nil
		}
	}
	switch {
	case have.emptyFlow() && len(path) > 0 && d.parentOf(path).block() && d.parentOf(path).y.Kind == yaml.MappingNode:
		parent := d.parentOf(path)
		err = p.underKey(parent.pairs[parent.index(path[len(path)-1])], want, parent, path)
	case have.flow:
		err = p.insertFlow(have, []string{b.oneLine(want.val.items[0].val, true, true)}, path)
	case !d.clean(have.end):
		err = p.refuse("no-safe-place", v.Span(), "there is text after %s on its line", orFile(path))
	default:
		at := d.extent(have.end, have.col)
		p.edits = append(p.edits, d.insertLines(at, p.spread(have, at, p.linesOf(want.val, 1, []int{0}, have.col))))
	}
	if err != nil {
		return nil, err
	}
	return d.prove(p.edits, manual, asked{
		want: func(root *yaml.Node) *yaml.Node {
			return replaceAt(root, path, func(y *yaml.Node) *yaml.Node {
				c := *y
				c.Content = append(append([]*yaml.Node(nil), y.Content...), added)
				return &c
			})
		},
		added: b.comments(),
	})
}

// dashed makes YAML an item of a block sequence.
func dashed(block string) string {
	var out []string
	begun := false
	for _, s := range strings.Split(strings.Trim(strings.ReplaceAll(block, "\r\n", "\n"), "\n"), "\n") {
		switch t := strings.TrimSpace(s); {
		case begun:
			out = append(out, padded("  ", s))
		case t == "" || t[0] == '#':
			out = append(out, s)
		default:
			begun = true
			out = append(out, "- "+s)
		}
	}
	return strings.Join(out, "\n")
}
