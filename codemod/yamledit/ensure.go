package yamledit

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// Ensure plans that everything in block is at path: block is YAML for a mapping, with or
// without comments, or for any value if the path names a key. Keys that are missing are
// added, mappings that are there are gone into, and a value that is there stays, whatever it
// is; only a key without any value counts as missing. A sequence is a value: it is not gone
// into. Without edits, all of block was there.
//
// New text has the file's newlines, indentation and way of setting dashes. In a mapping in
// braces it is written in braces, without its comments. It refuses where a mapping is needed
// and something else is there, or one whose content comes from elsewhere ($include).
func (d *Doc) Ensure(block string, path ...string) ([]text.Edit, error) {
	manual := fmt.Sprintf("In %s, add what is missing of:\n\n%s", d.file, Snippet(block, path...))
	base, at, rest := d.base0(path)
	if len(at) > 0 {
		manual = fmt.Sprintf("In %s, under %s, add what is missing of:\n\n%s", d.file, dotted(at), Snippet(block, rest...))
	}
	want, err := Parse("", []byte(Snippet(block, rest...)))
	if err != nil || want.root == nil || want.root.y.Kind != yaml.MappingNode || !want.simple(want.root) {
		return nil, d.refuse("invalid-block", text.Span{}, manual, "the block to add is not a plain YAML mapping")
	}
	p := &planner{d: d, block: want, manual: manual}
	if base == nil || base == d.root && base.blank() {
		p.fillDocument()
	} else if err := p.merge(base, want.root, 0, at); err != nil {
		return nil, err
	}
	if len(p.edits) > 0 {
		if err := p.editable(at); err != nil {
			return nil, err
		}
	}
	return d.prove(p.edits, manual, asked{
		want: func(root *yaml.Node) *yaml.Node {
			if root == nil {
				return want.root.y
			}
			return replaceAt(root, at, func(y *yaml.Node) *yaml.Node { return merged(y, want.root.y) })
		},
		added: want.comments(),
	})
}

// base0 splits a path after its last step into a sequence: the item (or the root), the path
// to it, and the rest.
func (d *Doc) base0(path []string) (base *node, at, rest []string) {
	base = d.root
	n := d.root
	for i, name := range path {
		if n == nil {
			break
		}
		in := n.y.Kind == yaml.SequenceNode
		if n = n.child(name); n != nil && in {
			base, at = n, path[:i+1]
		}
	}
	return base, at, path[len(at):]
}

// simple reports whether a block can be taken apart line by line and put anywhere: anchors
// might clash, and a block scalar that keeps trailing newlines would keep those of the file.
func (d *Doc) simple(n *node) bool {
	if n.bad || d.keeps(n) || n.y.Anchor != "" || n.y.Kind == yaml.AliasNode || n.y.ShortTag() == "!!merge" || d.odd >= 0 {
		return false
	}
	for _, p := range n.pairs {
		if p.key.y.Kind != yaml.ScalarNode || !d.simple(p.key) || !d.simple(p.val) {
			return false
		}
	}
	for _, it := range n.items {
		if !d.simple(it.val) {
			return false
		}
	}
	return true
}

// planner collects the edits that bring what is missing of a block into a document. Edits
// at one offset are in the order in which their text has to stand.
type planner struct {
	d      *Doc
	block  *Doc
	manual string
	edits  []text.Edit
}

func (p *planner) refuse(code string, span text.Span, format string, args ...any) error {
	return p.d.refuse(code, span, p.manual, format, args...)
}

// editable refuses a path on which an edit would mean more than it seems, or whose places
// are not sure.
func (p *planner) editable(path []string) error {
	d := p.d
	if d.odd >= 0 {
		return p.refuse("odd-line-break", text.Span{Start: d.odd, End: d.odd},
			"the file has a line break that is neither LF nor CRLF")
	}
	n := d.root
	for i := 0; n != nil; i++ {
		if err := p.editableNode(n, path[:i]); err != nil {
			return err
		}
		if i == len(path) {
			break
		}
		n = n.child(path[i])
	}
	return nil
}

func (p *planner) editableNode(n *node, path []string) error {
	span := text.Span{Start: n.start, End: n.end}
	name := "the file"
	if len(path) > 0 {
		name = dotted(path)
	}
	switch {
	case n.y.Kind == yaml.AliasNode:
		return p.refuse("alias-on-path", span, "%s is an alias, so an edit would have to be made where it refers to", name)
	case p.d.used[n.y]:
		return p.refuse("alias-on-path", span, "%s has an anchor that is used elsewhere, so an edit would change both places", name)
	case n.y.Kind == yaml.ScalarNode:
		return nil
	case n.y.Style&yaml.TaggedStyle != 0:
		return p.refuse("no-safe-place", span, "%s has a tag", name)
	case n.bad:
		return p.refuse("no-safe-place", span, "%s is written in a way that cannot be edited safely", name)
	}
	for _, pr := range n.pairs {
		if pr.key.y.ShortTag() == "!!merge" {
			return p.refuse("alias-on-path", text.Span{Start: pr.key.start, End: pr.end()}, "%s takes keys from elsewhere (<<)", name)
		}
	}
	return nil
}

// merge adds to have, a mapping of the document, what it lacks of want, a mapping of the
// block whose text starts at line from.
func (p *planner) merge(have, want *node, from int, path []string) error {
	span := text.Span{Start: have.start, End: have.end}
	if have.y.Kind != yaml.MappingNode {
		return p.refuse("not-a-mapping", span, "%s is %s, not a mapping", orFile(path), Value{p.d, have}.Kind())
	}
	planned := len(p.edits)
	var missing []int
	for i, w := range want.pairs {
		name := w.key.y.Value
		at := have.index(name)
		if at < 0 {
			missing = append(missing, i)
			continue
		}
		if err := p.fill(have.pairs[at], w, have, append(slices.Clone(path), name)); err != nil {
			return err
		}
	}
	if len(missing) == 0 && len(p.edits) == planned {
		return nil
	}
	if err := p.editableNode(have, path); err != nil || len(missing) == 0 {
		return err
	}
	if outside(have.y) {
		return p.refuse("included-value", span, "the value of %s comes from elsewhere (%s)", orFile(path), have.pairs[0].key.y.Value)
	}
	if have.flow {
		var texts []string
		for _, i := range missing {
			texts = append(texts, p.block.onePair(want.pairs[i], true, p.d.padded(have)))
		}
		return p.insertFlow(have, texts, path)
	}
	if !p.d.clean(have.end) {
		return p.refuse("no-safe-place", span, "there is text after %s on its line", orFile(path))
	}
	at := p.d.extent(have.end, have.col)
	p.edits = append(p.edits, p.d.insertLines(at, p.spread(have, at, p.linesOf(want, from, missing, have.col))))
	return nil
}

// fill brings what is missing of the pair w of the block into the pair h of parent.
func (p *planner) fill(h, w pair, parent *node, path []string) error {
	wanted := w.val
	leaf := wanted.y.Kind != yaml.MappingNode || len(wanted.pairs) == 0 || outside(wanted.y)
	hollow := h.val.emptyFlow() && h.val.y.Kind == yaml.MappingNode && !parent.flow
	switch {
	case leaf && !h.val.blank():
		return nil
	case !h.val.blank() && !hollow:
		if h.val.y.Kind == yaml.AliasNode {
			return p.editableNode(h.val, path)
		}
		return p.merge(h.val, wanted, p.block.lineNumber(w.colon)+1, path)
	case wanted.y.ShortTag() == "!!null", wanted.y.Kind == yaml.MappingNode && len(wanted.pairs) == 0:
		return nil
	case !parent.flow && wanted.block():
		return p.underKey(h, w, parent, path)
	}
	value := string(p.block.src[wanted.start:wanted.end])
	if parent.flow || wanted.flow {
		value = p.block.oneLine(wanted, parent.flow, false)
	}
	if lines := strings.Split(value, "\n"); len(lines) > 1 {
		for i, s := range lines[1:] {
			lines[i+1] = shifted(s, parent.col-p.block.column(w.key.start))
		}
		value = strings.Join(lines, text.EOL(p.d.src))
	}
	crowded := p.d.extent(h.end(), parent.col) > text.LineEnd(p.d.src, h.end()) || !p.d.lineEnds(h.end())
	if h.colon < 0 || strings.Contains(value, "\n") && crowded {
		return p.refuse("no-safe-place", text.Span{Start: h.key.start, End: h.end()}, "%s has no place for a value", dotted(path))
	}
	p.edits = append(p.edits, text.Replace(text.Span{Start: h.colon + 1, End: max(h.colon+1, h.val.end)}, " "+value))
	return nil
}

// shifted moves a line that is not blank by some columns.
func shifted(s string, by int) string {
	content := strings.TrimLeft(s, " ")
	if content == "" {
		return s
	}
	return strings.Repeat(" ", max(len(s)-len(content)+by, 0)) + content
}

// underKey writes the block collection of the pair w under the key of the pair h, whose
// value is empty: nothing, or {}, or [].
func (p *planner) underKey(h, w pair, parent *node, path []string) error {
	d := p.d
	if err := p.editableNode(h.val, path); err != nil {
		return err
	}
	if !d.clean(h.end()) || h.val.y.Anchor != "" || d.lineAt(h.val.end).start != d.lineAt(h.colon).start {
		return p.refuse("no-safe-place", text.Span{Start: h.key.start, End: h.end()}, "there is no safe place under %s", dotted(path))
	}
	if h.val.emptyFlow() {
		p.edits = append(p.edits, text.Delete(text.Span{Start: h.colon + 1, End: h.val.end}))
	}
	deeper, at := d.step, d.extent(h.end(), parent.col)
	if w.val.y.Kind == yaml.SequenceNode {
		deeper, at = d.dash, text.LineEnd(d.src, h.end())
	}
	all := make([]int, len(w.val.pairs)+len(w.val.items))
	for i := range all {
		all[i] = i
	}
	col := d.childColumn(h.end(), parent.col, deeper)
	var lines []string
	for _, part := range p.linesOf(w.val, p.block.lineNumber(w.colon)+1, all, col) {
		lines = append(lines, part...)
	}
	p.edits = append(p.edits, d.insertLines(at, lines))
	return nil
}

// fillDocument writes the whole block into a document without a value.
func (p *planner) fillDocument() {
	all := make([]int, len(p.block.root.pairs))
	for i := range all {
		all[i] = i
	}
	var lines []string
	for _, part := range p.linesOf(p.block.root, 0, all, 0) {
		lines = append(lines, part...)
	}
	p.edits = append(p.edits, p.d.insertLines(len(p.d.src), lines))
}

// linesOf are the lines of some of the parts of a collection of the block, moved to column
// col.
func (p *planner) linesOf(n *node, from int, which []int, col int) [][]string {
	var out [][]string
	if n.flow {
		for _, i := range which {
			out = append(out, []string{strings.Repeat(" ", col) + p.block.onePair(n.pairs[i], false, false)})
		}
		return out
	}
	parts := p.block.parts(n, from)
	for _, i := range which {
		out = append(out, p.block.lines(n, parts[i], col, p.d.step, p.d.dash))
	}
	return out
}

// spread joins the lines of several parts for insertion at offset at, the end of have, with
// blank lines between if have is written so. The first one gets a blank line above only if
// the line below is blank too or the file ends: then it is sure whose blank line it is.
func (p *planner) spread(have *node, at int, parts [][]string) []string {
	d := p.d
	spaced := d.spaced(have) && !d.keeps(have)
	var out []string
	for i, lines := range parts {
		if spaced && (i > 0 || at == len(d.src) || d.lineAt(at).blank) {
			out = append(out, "")
		}
		out = append(out, lines...)
	}
	return out
}

// outside reports whether the content of a mapping comes from elsewhere: $env, $file,
// $include.
func outside(y *yaml.Node) bool {
	return y.Kind == yaml.MappingNode && len(y.Content) == 2 && strings.HasPrefix(y.Content[0].Value, "$")
}

func (d *Doc) refuse(code string, span text.Span, manual, format string, args ...any) error {
	e := diag.Errorf(code, format, args...)
	e.Manual = manual
	return e.At(d.file, d.src, span)
}

func orFile(path []string) string {
	if len(path) == 0 {
		return "the file"
	}
	return dotted(path)
}

// dotted shows a path to people, as Backstage does.
func dotted(path []string) string { return strings.Join(path, ".") }
