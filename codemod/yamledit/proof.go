package yamledit

import (
	"slices"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// asked is what edits are to do: want makes the root after them out of the root before them
// (nil for no value), without changing it. added are the comments that may be new; removal
// says that comments may go.
type asked struct {
	want    func(root *yaml.Node) *yaml.Node
	added   []string
	removal bool
}

// prove returns the edits if what yaml.v3 reads after them is what was asked.
func (d *Doc) prove(edits []text.Edit, manual string, a asked) ([]text.Edit, error) {
	var span text.Span
	if len(edits) > 0 {
		span = edits[0].Span()
	}
	fail := func(why string) ([]text.Edit, error) {
		e := diag.Errorf("unproved-edit", "no safe edit was found: %s", why)
		e.Manual = manual
		return nil, e.At(d.file, d.src, span)
	}
	out, err := text.Apply(d.src, edits)
	if err != nil {
		return fail(err.Error())
	}
	after, err := Parse(d.file, out)
	if err != nil {
		e := diag.Of(err)
		return fail("the result would not be valid: " + e[0].Summary)
	}
	if after.base != d.base {
		return fail("the byte order mark would change")
	}
	var before *yaml.Node
	if d.root != nil {
		before = d.root.y
	}
	var got *yaml.Node
	if after.root != nil {
		got = after.root.y
	}
	if !equal(a.want(before), got) {
		return fail("the result would differ by more than was asked")
	}
	if d.readable() && after.readable() && !d.keepsComments(after, edits, a) {
		return fail("a comment would be lost or changed")
	}
	return edits, nil
}

// keepsComments reports whether the comments after the edits are those before them, in their
// order, with some of the added ones between them.
func (d *Doc) keepsComments(after *Doc, edits []text.Edit, a asked) bool {
	var kept []string
	for _, c := range d.commentSpans() {
		gone := slices.ContainsFunc(edits, func(e text.Edit) bool { return e.Span().Overlaps(c) })
		if gone && !a.removal {
			return false
		}
		if !gone {
			kept = append(kept, d.comment(c))
		}
	}
	fresh := map[string]int{}
	for _, c := range a.added {
		fresh[c]++
	}
	for _, c := range after.comments() {
		if len(kept) > 0 && kept[0] == c {
			kept = kept[1:]
		} else if fresh[c]--; fresh[c] < 0 {
			return false
		}
	}
	return len(kept) == 0
}

func (d *Doc) comment(s text.Span) string {
	return strings.TrimRight(string(d.src[s.Start:s.End]), " \t\r")
}

func (d *Doc) comments() []string {
	var out []string
	for _, s := range d.commentSpans() {
		out = append(out, d.comment(s))
	}
	return out
}

func (d *Doc) commentsIn(span text.Span) []text.Span {
	var out []text.Span
	for _, c := range d.commentSpans() {
		if span.Contains(c) {
			out = append(out, c)
		}
	}
	return out
}

// commentSpans are the comments of the document, from # to before the line break: every #
// outside a scalar.
func (d *Doc) commentSpans() []text.Span {
	var taken []text.Span
	d.leaves(func(n *node) { taken = append(taken, text.Span{Start: n.start, End: n.end}) })
	sort.Slice(taken, func(i, j int) bool { return taken[i].Start < taken[j].Start })
	var out []text.Span
	for i := d.base; i < len(d.src); i++ {
		for len(taken) > 0 && taken[0].End <= i {
			taken = taken[1:]
		}
		if len(taken) > 0 && taken[0].Start <= i {
			i = taken[0].End - 1
			continue
		}
		if d.src[i] == '#' {
			end := d.breakAfter(i)
			out = append(out, text.Span{Start: i, End: end})
			i = end
		}
	}
	return out
}

// readable reports whether the extent of every scalar is known.
func (d *Doc) readable() bool {
	ok := true
	d.leaves(func(n *node) { ok = ok && !n.bad })
	return ok
}

// leaves calls f for every scalar and alias, keys included.
func (d *Doc) leaves(f func(n *node)) {
	var walk func(n *node)
	walk = func(n *node) {
		if n.y.Kind == yaml.ScalarNode || n.y.Kind == yaml.AliasNode {
			f(n)
		}
		for _, p := range n.pairs {
			walk(p.key)
			walk(p.val)
		}
		for _, it := range n.items {
			walk(it.val)
		}
	}
	if d.root != nil {
		walk(d.root)
	}
}

// hollow stands for a collection that lost its content: nothing, null, {} and [] all equal
// it.
const hollow = "!hollow"

// empty reports whether a value is nothing, null, or a collection without content.
func empty(y *yaml.Node) bool {
	return y == nil || y.Kind == yaml.ScalarNode && y.ShortTag() == "!!null" ||
		y.Kind != yaml.ScalarNode && y.Kind != yaml.AliasNode && len(y.Content) == 0
}

// equal compares two values: kinds, tags, scalars, anchors, aliases and order, but not how
// they are written.
func equal(a, b *yaml.Node) bool {
	if a == nil || b == nil {
		return a == b || a != nil && a.Tag == hollow || b != nil && b.Tag == hollow
	}
	if a.Tag == hollow || b.Tag == hollow {
		return empty(a) && empty(b)
	}
	if a.Kind != b.Kind || a.ShortTag() != b.ShortTag() || a.Anchor != b.Anchor || len(a.Content) != len(b.Content) {
		return false
	}
	if a.Value != b.Value && a.ShortTag() != "!!null" {
		return false
	}
	return slices.EqualFunc(a.Content, b.Content, equal)
}

// replaceAt is root with another value at path.
func replaceAt(root *yaml.Node, path []string, f func(*yaml.Node) *yaml.Node) *yaml.Node {
	if len(path) == 0 || root == nil {
		return f(root)
	}
	c := *root
	c.Content = slices.Clone(root.Content)
	if i := contentIndex(&c, path[0]); i >= 0 {
		c.Content[i] = replaceAt(c.Content[i], path[1:], f)
	}
	return &c
}

// contentIndex is the place in y.Content of the value of a key, or of an item, or -1.
func contentIndex(y *yaml.Node, name string) int {
	if y.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(y.Content); i += 2 {
			if y.Content[i].Kind == yaml.ScalarNode && y.Content[i].Value == name {
				return i + 1
			}
		}
		return -1
	}
	if i, ok := decimal(name); ok && y.Kind == yaml.SequenceNode && i < len(y.Content) {
		return i
	}
	return -1
}

// without is a collection less a key or item; hollow if that was all.
func without(y *yaml.Node, name string) *yaml.Node {
	c := *y
	c.Content = slices.Clone(y.Content)
	if i := contentIndex(&c, name); i >= 0 {
		from := i
		if c.Kind == yaml.MappingNode {
			from--
		}
		c.Content = slices.Delete(c.Content, from, i+1)
	}
	if len(c.Content) == 0 {
		c.Tag = hollow
	}
	return &c
}

// merged is the mapping have with what it lacks of the mapping want, as Ensure documents.
func merged(have, want *yaml.Node) *yaml.Node {
	if have.Kind == yaml.ScalarNode && have.ShortTag() == "!!null" {
		return want
	}
	c := *have
	c.Content = slices.Clone(have.Content)
	for i := 0; i+1 < len(want.Content); i += 2 {
		k, v := want.Content[i], want.Content[i+1]
		at := contentIndex(have, k.Value)
		if at < 0 {
			c.Content = append(c.Content, k, v)
			continue
		}
		old := have.Content[at]
		unset := (&node{y: old}).blank()
		inner := v.Kind == yaml.MappingNode && len(v.Content) > 0 && !outside(v)
		switch {
		case inner && (unset || old.Kind == yaml.MappingNode):
			c.Content[at] = merged(old, v)
		case unset && !empty(v), unset && v.Kind == yaml.SequenceNode:
			c.Content[at] = v
		}
	}
	return &c
}
