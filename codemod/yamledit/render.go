package yamledit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/text"
)

// Snippet is block, YAML without a document start, nested under the keys of path, as it
// would be in a file with nothing else: two columns per level, LF. It is the text to show
// when something has to be pasted by hand. A block that is not YAML comes out as it is.
func Snippet(block string, path ...string) string {
	block = strings.Trim(strings.ReplaceAll(block, "\r\n", "\n"), "\n")
	if len(path) == 0 {
		return block + "\n"
	}
	b, err := Parse("", []byte(block))
	if err != nil || b.root == nil {
		b = nil
	}
	var out strings.Builder
	for i, name := range path[:len(path)-1] {
		fmt.Fprintf(&out, "%s%s:\n", strings.Repeat("  ", i), plainOrQuoted(name))
	}
	indent := strings.Repeat("  ", len(path)-1)
	last := indent + plainOrQuoted(path[len(path)-1]) + ":"
	lines := strings.Split(block, "\n")
	if b == nil || b.root.block() {
		out.WriteString(last + "\n")
		indent += "  "
	} else { // the comments above, then the value on the line of the key
		first := slices.IndexFunc(lines, func(s string) bool {
			s = strings.TrimSpace(s)
			return s != "" && s[0] != '#'
		})
		for _, s := range lines[:first] {
			out.WriteString(padded(indent, s) + "\n")
		}
		out.WriteString(last + " " + strings.TrimLeft(lines[first], " ") + "\n")
		lines = lines[first+1:]
	}
	for _, s := range lines {
		out.WriteString(padded(indent, s) + "\n")
	}
	return out.String()
}

func padded(indent, s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return indent + s
}

// plainOrQuoted is s as a key or a scalar that reads as the string s: plain if it can be,
// else in single quotes, else as JSON.
func plainOrQuoted(s string) string {
	if isPlain(s) {
		return s
	}
	for _, r := range s {
		if r < ' ' || r == 0x7F || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xFEFF {
			b, err := json.Marshal(s)
			if err != nil {
				return `""` // a string always encodes
			}
			return string(b)
		}
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// isPlain reports whether s needs no quotes in any context, in YAML 1.1 or 1.2.
func isPlain(s string) bool {
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_', r == '$', r == '/' && i > 0:
		case i > 0 && (r >= '0' && r <= '9' || r == '-' || r == '.'):
		default:
			return false
		}
	}
	switch strings.ToLower(s) {
	case "", "y", "n", "yes", "no", "on", "off":
		return false
	}
	var y yaml.Node
	return yaml.Unmarshal([]byte(s), &y) == nil && len(y.Content) == 1 && y.Content[0].ShortTag() == "!!str"
}

// part is a key with its value, or an item, of a block to be inserted, with the comments that
// go with it.
type part struct {
	from, to int // lines, 0-based, half open
	pair     pair
	item     item
}

// parts cuts a block collection of a block, which was parsed with LF alone, into its keys or
// items; from is the first line of it. Comments belong to what is below them; those after
// the last part that are not indented deeper belong to nothing and are left out.
func (d *Doc) parts(n *node, from int) []part {
	var out []part
	for _, p := range n.pairs {
		to := d.lineNumber(d.extent(p.end(), n.col))
		out = append(out, part{from: from, to: to, pair: p})
		from = to
	}
	for _, it := range n.items {
		to := d.lineNumber(d.extent(max(it.val.end, it.dash+1), n.col))
		out = append(out, part{from: from, to: to, item: it})
		from = to
	}
	return out
}

// lineNumber counts the lines before an offset; of the end of a file, those of the file.
func (d *Doc) lineNumber(at int) int { return bytes.Count(d.src[:at], []byte("\n")) }

// indenter moves the lines of a part of a block to a file's indentation.
type indenter struct {
	d          *Doc
	raw        []string
	step, dash int         // of the file
	to         map[int]int // by line: the new column of its first token
	shift      map[int]int // by line: how far to move a further line of a scalar or flow collection
}

// lines are the lines of a part of the collection n of the block d, moved to column col, in a
// file that indents by step columns and sets dashes dash columns from their key. They have
// no newlines; blank lines at both ends are dropped.
func (d *Doc) lines(n *node, p part, col, step, dash int) []string {
	in := indenter{d, strings.Split(string(d.src), "\n"), step, dash, map[int]int{}, map[int]int{}}
	only := &node{y: n.y, col: n.col}
	if p.pair.key != nil {
		only.pairs = []pair{p.pair}
	} else {
		only.items = []item{p.item}
	}
	in.place(only, col)
	var out []string
	for no := p.from; no < p.to; no++ {
		s := in.raw[no]
		content := strings.TrimLeft(s, " ")
		old := len(s) - len(content)
		if c, ok := in.to[no]; ok {
			s = strings.Repeat(" ", c) + content
		} else if by, ok := in.shift[no]; ok {
			if content != "" {
				s = strings.Repeat(" ", max(old+by, 0)) + content
			}
		} else if strings.TrimSpace(content) == "" {
			s = ""
		} else {
			s = strings.Repeat(" ", in.comment(p, no, old)) + content
		}
		out = append(out, s)
	}
	for len(out) > 0 && out[0] == "" {
		out = out[1:]
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// place puts the parts of a block collection into column col.
func (in *indenter) place(n *node, col int) {
	value := func(v *node, below int) {
		if v.block() {
			in.place(v, below)
			return
		}
		in.first(v.start, col+in.step)
		for no := in.d.lineNumber(v.start) + 1; no <= in.d.lineNumber(v.end); no++ {
			in.shift[no] = col - n.col
		}
	}
	for _, p := range n.pairs {
		in.first(p.key.start, col)
		below := col + in.step
		if p.val.y.Kind == yaml.SequenceNode {
			below = col + in.dash
		}
		value(p.val, below)
	}
	for _, it := range n.items {
		in.first(it.dash, col)
		below := col + in.step
		if it.val.block() && in.d.lineNumber(it.val.start) == in.d.lineNumber(it.dash) {
			below = col + it.val.col - n.col
		}
		value(it.val, below)
	}
}

// first notes the new column of the token at an offset if it is the first of its line.
func (in *indenter) first(at, col int) {
	if text.Indent(in.d.src, at) == string(in.d.src[text.LineStart(in.d.src, at):at]) {
		in.to[in.d.lineNumber(at)] = col
	}
}

// comment is the new column of a comment line that was in column old: that of the next token
// to start a line, or else of the last one, if it was in the same column; else as far from
// the last shallower token as it was.
func (in *indenter) comment(p part, no, old int) int {
	indent := func(no int) int { return len(text.Indent([]byte(in.raw[no]), 0)) }
	next := -1
	for i := no + 1; i < p.to && next < 0; i++ {
		if c, ok := in.to[i]; ok {
			if next = c; indent(i) == old {
				return c
			}
		}
	}
	for i := no - 1; i >= p.from; i-- {
		if c, ok := in.to[i]; ok && indent(i) <= old {
			return c + old - indent(i)
		}
	}
	return max(next, 0)
}
