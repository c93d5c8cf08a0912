package yamledit

import (
	"bytes"
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/text"
)

// Remove plans that the key or item at path is gone, with its comments. If it is not there,
// there are no edits. A collection left without content stays, as {} or [], or, if there
// are comments under its key, as a key without a value.
func (d *Doc) Remove(path ...string) ([]text.Edit, error) { return d.Prune(len(path), path...) }

// Prune is Remove, and also takes away the collections on the path that are left without
// content and without comments, except the first keep ones of the path: Prune(1, "auth",
// "providers", "x") removes auth.providers too if x was all it had, but never auth.
func (d *Doc) Prune(keep int, path ...string) ([]text.Edit, error) {
	manual := fmt.Sprintf("In %s, delete %s.", d.file, orFile(path))
	p := &planner{d: d, manual: manual}
	v, ok := d.Lookup(path...)
	switch {
	case len(path) == 0:
		return nil, p.refuse("no-safe-place", text.Span{}, "the value of the whole file cannot be removed")
	case !ok:
		return nil, nil
	}
	if err := p.editable(path[:len(path)-1]); err != nil {
		return nil, err
	}
	parent := d.parentOf(path)
	for len(path)-1 > keep && len(parent.flowParts()) == 1 && !d.commented(parent, v.n) {
		path = path[:len(path)-1]
		v.n = parent
		parent = d.parentOf(path)
	}
	if err := p.removePart(parent, parent.index(path[len(path)-1]), path); err != nil {
		return nil, err
	}
	return d.prove(p.edits, manual, asked{
		want: func(root *yaml.Node) *yaml.Node {
			return replaceAt(root, path[:len(path)-1], func(y *yaml.Node) *yaml.Node { return without(y, path[len(path)-1]) })
		},
		removal: true,
	})
}

func (d *Doc) parentOf(path []string) *node {
	v, _ := d.Lookup(path[:len(path)-1]...)
	return v.n
}

// partAt is where the part i of a block collection starts and ends, without comments.
func (n *node) partAt(i int) text.Span {
	if n.y.Kind == yaml.MappingNode {
		return text.Span{Start: n.pairs[i].key.start, End: n.pairs[i].end()}
	}
	return text.Span{Start: n.items[i].dash, End: max(n.items[i].dash+1, n.items[i].val.end)}
}

// owned are the whole lines of the part i of a block collection, with its comments. Comments
// between a key and the first key of the mapping under it are the mapping's.
func (d *Doc) owned(n *node, i int) text.Span {
	at := n.partAt(i)
	start := d.lineAt(at.Start).start
	lines := text.Span{Start: d.above(start, n.col), End: d.extent(at.End, n.col)}
	if holder, _ := d.holder(n); i == 0 && len(n.pairs) > 0 && holder >= 0 && lines.Start == text.LineEnd(d.src, holder) {
		lines.Start = start
	}
	return lines
}

// commented reports whether a collection with one part has comments besides those that the
// part owns.
func (d *Doc) commented(n, part *node) bool {
	holder, col := d.holder(n)
	if n.flow || holder < 0 {
		return false
	}
	lines := d.owned(n, 0)
	all := text.Span{Start: text.LineEnd(d.src, holder), End: d.extent(part.end, col)}
	for _, c := range d.commentsIn(all) {
		if !lines.Contains(c) {
			return true
		}
	}
	return false
}

// holder is the offset of the colon or dash before a collection, and the column of the
// collection that this is in; -1 for the root.
func (d *Doc) holder(n *node) (at, col int) {
	at = -1
	var walk func(m *node)
	walk = func(m *node) {
		for _, p := range m.pairs {
			if p.val == n {
				at, col = p.colon, m.col
			}
			walk(p.val)
		}
		for _, it := range m.items {
			if it.val == n {
				at, col = it.dash, m.col
			}
			walk(it.val)
		}
	}
	walk(d.root)
	return at, col
}

// removePart takes the part i out of a collection.
func (p *planner) removePart(n *node, i int, path []string) error {
	d := p.d
	if n.flow {
		return p.removeFlow(n, i, path)
	}
	at, count := n.partAt(i), len(n.pairs)+len(n.items)
	start := d.lineAt(at.Start).start
	ownLine := len(bytes.TrimLeft(d.src[start:at.Start], " ")) == 0
	switch {
	case !d.clean(at.End):
		return p.refuse("no-safe-place", at, "there is text after %s on its line", dotted(path))
	case count == 1:
		return p.removeOnly(n, ownLine, path)
	case !ownLine:
		next := n.partAt(i + 1).Start
		between := text.Span{Start: at.Start, End: next}
		if len(d.commentsIn(between)) > 0 {
			return p.refuse("no-safe-place", at, "there are comments in %s", dotted(path))
		}
		p.edits = append(p.edits, text.Delete(between))
		return nil
	}
	lines := d.withBlank(n, i, d.owned(n, i))
	p.edits = append(p.edits, d.removeLines(lines.Start, lines.End))
	return nil
}

// withBlank adds to the lines of the part i of a collection the blank line that set it off:
// the one above, if there is another below or nothing; of the first part, the one below.
func (d *Doc) withBlank(n *node, i int, lines text.Span) text.Span {
	below := lines.End < len(d.src) && d.lineAt(lines.End).blank
	if i == 0 {
		if below {
			lines.End = d.lineAt(lines.End).end
		}
		return lines
	}
	if below || lines.End == len(d.src) {
		if l := d.lineAt(lines.Start - 1); l.blank && l.start > n.partAt(i-1).End {
			lines.Start = l.start
		}
	}
	return lines
}

// removeOnly takes the only part out of a block collection.
func (p *planner) removeOnly(n *node, ownLine bool, path []string) error {
	d := p.d
	at, lines := n.partAt(0), d.owned(n, 0)
	if n == d.root {
		p.edits = append(p.edits, d.removeLines(d.lineAt(at.Start).start, lines.End))
		return nil
	}
	holder, _ := d.holder(n)
	empty := "{}"
	if n.y.Kind == yaml.SequenceNode {
		empty = "[]"
	}
	switch {
	case n.y.Anchor != "":
		return p.refuse("no-safe-place", at, "%s is all that an anchor holds", dotted(path))
	case !ownLine && len(d.commentsIn(text.Span{Start: n.start, End: lines.End})) == 0:
		p.edits = append(p.edits, text.Replace(text.Span{Start: n.start, End: n.end}, empty))
		return nil
	case !ownLine:
		return p.refuse("no-safe-place", at, "there are comments in %s", dotted(path))
	}
	if !d.commented(n, &node{end: at.End}) {
		p.edits = append(p.edits, text.Insert(holder+1, " "+empty))
	}
	p.edits = append(p.edits, d.removeLines(lines.Start, lines.End))
	return nil
}
