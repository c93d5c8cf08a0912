package yamledit

import (
	"bytes"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// node is a yaml.v3 node with its extent in the source, which yaml.v3 does not give.
type node struct {
	y     *yaml.Node
	start int // first byte, that of an anchor or tag if there is one
	body  int // first byte after anchor and tag
	end   int // after the last byte; a block scalar's last newline is outside
	col   int // of a block collection: columns (characters) before its keys or dashes
	pairs []pair
	items []item
	flow  bool // in braces or brackets, or inside such
	bare  bool // a flow mapping without braces, as in [a: b]
	bad   bool // the extent, or the place of a key or dash, could not be made out
}

type pair struct {
	key, val *node
	colon    int // -1 in flow mappings without one
}

type item struct {
	dash int // -1 in flow sequences
	val  *node
}

// block reports whether n is a block collection.
func (n *node) block() bool {
	return !n.flow && (n.y.Kind == yaml.MappingNode || n.y.Kind == yaml.SequenceNode)
}

// blank reports whether n is a null without any text, anchor or tag.
func (n *node) blank() bool {
	return n.y.Kind == yaml.ScalarNode && n.y.Value == "" && n.y.ShortTag() == "!!null" && n.y.Anchor == "" &&
		n.y.Style == 0
}

// emptyFlow reports whether n is {} or [].
func (n *node) emptyFlow() bool {
	return n.flow && len(n.y.Content) == 0 && (n.y.Kind == yaml.MappingNode || n.y.Kind == yaml.SequenceNode)
}

// layout finds extents. Line breaks are YAML's.
type layout struct {
	src   []byte
	lines []int // offset of each line
	root  *node // nil for a document without a value
	nodes map[*yaml.Node]*node
	used  map[*yaml.Node]bool // anchored nodes that an alias refers to
}

func newLayout(src []byte, base int) layout {
	l := layout{src: src, lines: []int{base}, nodes: map[*yaml.Node]*node{}, used: map[*yaml.Node]bool{}}
	for i := base; i < len(src); {
		if n := lineBreak(src, i); n > 0 {
			i += n
			l.lines = append(l.lines, i)
		} else {
			i++
		}
	}
	return l
}

// lineBreak is the length of the line break at i, 0 if there is none.
func lineBreak(b []byte, i int) int {
	switch {
	case i >= len(b):
		return 0
	case b[i] == '\n':
		return 1
	case b[i] == '\r':
		if i+1 < len(b) && b[i+1] == '\n' {
			return 2
		}
		return 1
	case b[i] == 0xC2 && i+1 < len(b) && b[i+1] == 0x85:
		return 2
	case b[i] == 0xE2 && i+2 < len(b) && b[i+1] == 0x80 && (b[i+2] == 0xA8 || b[i+2] == 0xA9):
		return 3
	}
	return 0
}

// offset is the byte offset of a node; yaml.v3 counts characters.
func (l *layout) offset(y *yaml.Node) int {
	if y.Line < 1 || y.Line > len(l.lines) {
		return len(l.src)
	}
	at := l.lines[y.Line-1]
	for i := 1; i < y.Column && at < len(l.src); i++ {
		_, size := utf8.DecodeRune(l.src[at:])
		at += size
	}
	return at
}

// column counts the characters before an offset on its line.
func (l *layout) column(at int) int { return utf8.RuneCount(l.src[l.lineStart(at):at]) }

func (l *layout) lineStart(at int) int {
	lo, hi := 0, len(l.lines)
	for lo+1 < hi {
		if mid := (lo + hi) / 2; l.lines[mid] <= at {
			lo = mid
		} else {
			hi = mid
		}
	}
	return l.lines[lo]
}

// node lays out y. indent is the column of the enclosing block collection, -1 at the root.
func (l *layout) node(y *yaml.Node, indent int, flow bool) *node {
	n := &node{y: y, start: l.offset(y), flow: flow || y.Style&yaml.FlowStyle != 0}
	l.nodes[y] = n
	n.body, n.end = n.start, n.start
	if y.Kind != yaml.AliasNode && (y.Anchor != "" || y.Style&yaml.TaggedStyle != 0 || l.at(n.start) == '!') {
		n.end, n.body = l.properties(n.start, flow)
	}
	switch y.Kind {
	case yaml.AliasNode:
		l.used[y.Alias] = true
		n.bad = l.at(n.start) != '*'
		n.end = l.word(n.start, flow)
	case yaml.ScalarNode:
		l.scalar(n, indent)
	case yaml.MappingNode:
		l.mapping(n, indent)
	case yaml.SequenceNode:
		l.sequence(n, indent)
	}
	return n
}

func (l *layout) at(i int) byte {
	if i < 0 || i >= len(l.src) {
		return 0
	}
	return l.src[i]
}

// word is the end of the run of bytes that are neither white space nor, in flow context, an
// indicator.
func (l *layout) word(at int, flow bool) int {
	for at < len(l.src) && l.src[at] != ' ' && l.src[at] != '\t' && lineBreak(l.src, at) == 0 {
		if flow && bytes.IndexByte([]byte(",[]{}"), l.src[at]) >= 0 {
			break
		}
		at++
	}
	return at
}

// properties skips anchors and tags: the end of the last one, and the first byte after them.
func (l *layout) properties(at int, flow bool) (end, body int) {
	end, body = at, at
	for l.at(body) == '&' || l.at(body) == '!' {
		if l.at(body+1) == '<' {
			i := bytes.IndexByte(l.src[body:], '>')
			if i < 0 {
				return end, body
			}
			end = body + i + 1
		} else {
			end = l.word(body, flow)
		}
		body = l.skip(end, "")
	}
	return end, body
}

// skip passes over white space, line breaks, comments, and the bytes of also.
func (l *layout) skip(at int, also string) int {
	for at < len(l.src) {
		switch n := lineBreak(l.src, at); {
		case n > 0:
			at += n
		case l.src[at] == ' ' || l.src[at] == '\t':
			at++
		case l.src[at] == '#':
			at = l.breakAfter(at)
		case bytes.IndexByte([]byte(also), l.src[at]) >= 0:
			at++
		default:
			return at
		}
	}
	return at
}

// breakAfter is the offset of the next line break, or the end.
func (l *layout) breakAfter(at int) int {
	for at < len(l.src) && lineBreak(l.src, at) == 0 {
		at++
	}
	return at
}

func (l *layout) scalar(n *node, indent int) {
	if n.y.Value == "" && n.y.Style&^yaml.TaggedStyle == 0 {
		n.body = n.end
		return
	}
	ok := false
	switch l.at(n.body) {
	case '"':
		n.end, ok = l.quoted(n.body, '"')
	case '\'':
		n.end, ok = l.quoted(n.body, '\'')
	case '|', '>':
		n.end, ok = l.literal(n.body, indent), !n.flow
	default:
		n.end, ok = l.plain(n.body, n.y.Value)
	}
	n.bad = !ok
}

func (l *layout) quoted(at int, quote byte) (int, bool) {
	for i := at + 1; i < len(l.src); i++ {
		switch {
		case quote == '"' && l.src[i] == '\\':
			i++
		case l.src[i] != quote:
		case quote == '\'' && l.at(i+1) == quote:
			i++
		default:
			return i + 1, true
		}
	}
	return at, false
}

// plain reads as much source as makes up the value of a plain scalar, in which a line break
// is a space and further ones are newlines.
func (l *layout) plain(at int, value string) (int, bool) {
	for i := 0; i < len(value); {
		p := at
		for l.at(p) == ' ' || l.at(p) == '\t' {
			p++
		}
		if lineBreak(l.src, p) == 0 {
			if l.at(at) != value[i] {
				return at, false
			}
			at++
			i++
			continue
		}
		breaks := 0
		for at < len(l.src) {
			if n := lineBreak(l.src, at); n > 0 {
				breaks++
				at += n
			} else if l.src[at] == ' ' || l.src[at] == '\t' {
				at++
			} else {
				break
			}
		}
		if breaks == 1 {
			if value[i] != ' ' {
				return at, false
			}
			i++
			continue
		}
		for range breaks - 1 {
			if i >= len(value) || value[i] != '\n' {
				return at, false
			}
			i++
		}
	}
	return at, true
}

// literal is the end of the block scalar whose | or > is at an offset. Trailing empty lines
// are in it only if it keeps them (+).
func (l *layout) literal(at, indent int) int {
	head := l.breakAfter(at)
	keep, digit := false, 0
	for _, c := range l.src[at+1 : head] {
		if c == '+' {
			keep = true
		} else if c >= '1' && c <= '9' {
			digit = int(c - '0')
		} else if c != '-' {
			break
		}
	}
	need := 0 // indentation of the content; 0: that of its first line
	if digit > 0 {
		need = max(indent, 0) + digit
	}
	end := head
	for p := head; p < len(l.src); {
		p += lineBreak(l.src, p)
		start := p
		for l.at(p) == ' ' {
			p++
		}
		spaces := p - start
		if p >= len(l.src) {
			break
		}
		if lineBreak(l.src, p) > 0 {
			if keep || need > 0 && spaces > need {
				end = p
			}
			continue
		}
		if need == 0 {
			need = max(spaces, indent+1, 1)
		}
		if spaces < need {
			break
		}
		p = l.breakAfter(p)
		end = p
	}
	return end
}

func (l *layout) mapping(n *node, indent int) {
	y := n.y
	n.bare = n.flow && len(y.Content) > 0 && l.offset(y.Content[0]) == n.body
	if n.flow {
		for i := 0; i+1 < len(y.Content); i += 2 {
			n.pairs = append(n.pairs, l.pair(y.Content[i], y.Content[i+1], indent, true))
		}
		at := n.body + 1
		if k := len(n.pairs); k > 0 {
			at = n.pairs[k-1].end()
			n.bad = n.pairs[k-1].key.bad || n.pairs[k-1].val.bad
		}
		if n.bare {
			n.end = at
			return
		}
		at = l.skip(at, ",")
		n.bad = n.bad || l.at(n.body) != '{' || l.at(at) != '}'
		n.end = at + 1
		return
	}
	if len(y.Content) == 0 {
		n.bad = true
		return
	}
	n.body = l.offset(y.Content[0])
	n.col = y.Content[0].Column - 1
	for i := 0; i+1 < len(y.Content); i += 2 {
		p := l.pair(y.Content[i], y.Content[i+1], n.col, false)
		before := bytes.TrimLeft(l.src[l.lineStart(p.key.start):p.key.start], " ")
		explicit := bytes.HasSuffix(bytes.TrimRight(before, " \t"), []byte("?"))
		if p.key.bad || p.colon < 0 || explicit || y.Content[i].Column-1 != n.col || i > 0 && len(before) > 0 {
			n.bad = true
		}
		n.pairs = append(n.pairs, p)
	}
	last := n.pairs[len(n.pairs)-1]
	n.end = last.end()
	n.bad = n.bad || last.val.bad
}

// end is the offset after a pair.
func (p pair) end() int { return max(p.key.end, p.colon+1, p.val.end) }

func (l *layout) pair(key, val *yaml.Node, indent int, flow bool) pair {
	p := pair{key: l.node(key, indent, flow), colon: -1}
	at := p.key.end
	if flow {
		at = l.skip(at, "")
	} else {
		for l.at(at) == ' ' || l.at(at) == '\t' {
			at++
		}
	}
	if l.at(at) == ':' {
		p.colon = at
	}
	p.val = l.node(val, indent, flow)
	if p.val.blank() {
		at = max(p.key.end, p.colon+1)
		p.val.start, p.val.body, p.val.end = at, at, at
	}
	return p
}

func (l *layout) sequence(n *node, indent int) {
	y := n.y
	if n.flow {
		at := n.body + 1
		for _, c := range y.Content {
			v := l.node(c, indent, true)
			n.items = append(n.items, item{-1, v})
			at = max(at, v.end)
			n.bad = v.bad
		}
		at = l.skip(at, ",")
		n.bad = n.bad || l.at(n.body) != '[' || l.at(at) != ']'
		n.end = at + 1
		return
	}
	at := n.body
	for i, c := range y.Content {
		if i == 0 {
			n.col = l.column(at)
		}
		dash := l.skip(at, "")
		if l.at(dash) != '-' || l.column(dash) != n.col {
			n.bad = true
		}
		v := l.node(c, n.col, false)
		if v.blank() {
			v.start, v.body, v.end = dash+1, dash+1, dash+1
		}
		n.items = append(n.items, item{dash, v})
		n.bad = n.bad || v.bad
		at = v.end
	}
	n.bad = n.bad || len(n.items) == 0
	n.end = at
}
