package yamledit

import (
	"bytes"
	"encoding/json"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/text"
)

// oneLine writes a value of d on one line: collections in braces and brackets, without
// comments. inside says that it will stand in braces or brackets itself, pad that braces
// have spaces inside.
func (d *Doc) oneLine(n *node, inside, pad bool) string {
	var parts []string
	switch n.y.Kind {
	case yaml.MappingNode:
		for _, p := range n.pairs {
			parts = append(parts, d.onePair(p, true, pad))
		}
		if len(parts) > 0 && pad {
			return "{ " + strings.Join(parts, ", ") + " }"
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case yaml.SequenceNode:
		for _, it := range n.items {
			parts = append(parts, d.oneLine(it.val, true, pad))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	s := string(d.src[n.start:n.end])
	switch {
	case n.blank():
		return "null"
	case strings.ContainsAny(s, "\n\r"):
		b, err := json.Marshal(n.y.Value)
		if err != nil {
			return `""` // a string always encodes
		}
		return string(b)
	case inside && n.y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 && strings.ContainsAny(s, ",[]{}"):
		return "'" + strings.ReplaceAll(n.y.Value, "'", "''") + "'"
	}
	return s
}

// onePair writes a key and its value on one line.
func (d *Doc) onePair(p pair, inside, pad bool) string {
	return d.oneLine(p.key, inside, pad) + ": " + d.oneLine(p.val, inside, pad)
}

// padded reports whether a flow mapping has a space inside its braces; an empty one is taken
// to want it.
func (d *Doc) padded(n *node) bool {
	return len(n.y.Content) == 0 || n.body+1 < len(d.src) && d.src[n.body+1] == ' '
}

// flowEnds are the extents of the parts of a flow collection.
func (n *node) flowParts() []text.Span {
	var out []text.Span
	for _, p := range n.pairs {
		out = append(out, text.Span{Start: p.key.start, End: p.end()})
	}
	for _, it := range n.items {
		out = append(out, text.Span{Start: it.val.start, End: it.val.end})
	}
	return out
}

// insertFlow adds parts at the end of a flow collection, set off as its own are.
func (p *planner) insertFlow(have *node, parts []string, path []string) error {
	src, own := p.d.src, have.flowParts()
	span := text.Span{Start: have.start, End: have.end}
	if have.bad || have.bare {
		return p.refuse("no-safe-place", span, "%s is written in a way that cannot be edited safely", orFile(path))
	}
	brace := have.end - 1
	if len(own) == 0 {
		s := strings.Join(parts, ", ")
		if have.y.Kind == yaml.MappingNode {
			s = " " + s + " "
		}
		inside := text.Span{Start: have.body + 1, End: brace}
		if len(bytes.Trim(src[inside.Start:inside.End], " \t")) > 0 {
			return p.refuse("no-safe-place", span, "%s holds only comments", orFile(path))
		}
		p.edits = append(p.edits, text.Replace(inside, s))
		return nil
	}
	last := own[len(own)-1]
	if src[last.End-1] == ':' && len(have.pairs) > 0 && have.pairs[len(own)-1].val.blank() {
		return p.refuse("no-safe-place", span, "the last key of %s has no value", orFile(path))
	}
	gap := src[have.body+1 : own[0].Start]
	if len(own) > 1 {
		gap = src[own[len(own)-2].End:last.Start]
		gap = gap[bytes.IndexByte(gap, ',')+1:]
	} else if bytes.IndexByte(gap, '\n') < 0 {
		gap = []byte(" ")
	}
	if bytes.IndexByte(gap, '#') >= 0 || bytes.IndexByte(src[last.End:brace], '#') >= 0 {
		return p.refuse("no-safe-place", span, "there are comments between the parts of %s", orFile(path))
	}
	if i := bytes.LastIndexByte(gap, '\n'); i >= 0 {
		gap = []byte(text.EOL(src) + string(gap[i+1:]))
	}
	var b strings.Builder
	for _, s := range parts {
		b.WriteString("," + string(gap) + s)
	}
	p.edits = append(p.edits, text.Insert(last.End, b.String()))
	return nil
}

// removeFlow takes the part i out of a flow collection, with the comma that set it off.
func (p *planner) removeFlow(n *node, i int, path []string) error {
	own := n.flowParts()
	gone := text.Span{Start: n.body + 1, End: n.end - 1}
	switch {
	case n.bad || n.bare:
		return p.refuse("no-safe-place", text.Span{Start: n.start, End: n.end}, "%s is written in a way that cannot be edited safely", orFile(path[:len(path)-1]))
	case len(own) == 1:
	case i < len(own)-1:
		gone = text.Span{Start: own[i].Start, End: own[i+1].Start}
	default:
		gone = text.Span{Start: own[i-1].End, End: own[i].End}
	}
	for _, c := range p.d.commentsIn(gone) {
		return p.refuse("no-safe-place", c, "a comment is in the way")
	}
	p.edits = append(p.edits, text.Delete(gone))
	return nil
}
