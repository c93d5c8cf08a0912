package yamledit

import (
	"bytes"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/text"
)

// line is what a line of the source looks like from its indentation.
type line struct {
	start, end int // end is after the newline
	indent     int // bytes of white space before the first other byte
	blank      bool
	comment    bool
	tabbed     bool // a tab in the indentation
}

func (d *Doc) lineAt(at int) line {
	l := line{start: text.LineStart(d.src, at), end: text.LineEnd(d.src, at)}
	l.start = max(l.start, d.base)
	b := d.src[l.start:l.end]
	rest := bytes.TrimLeft(b, " \t")
	l.indent = len(b) - len(rest)
	l.tabbed = bytes.IndexByte(b[:l.indent], '\t') >= 0
	l.blank = len(bytes.TrimRight(rest, "\r\n")) == 0
	l.comment = len(rest) > 0 && rest[0] == '#'
	return l
}

// extent is the offset after the last line that belongs to something that starts in column
// col and whose last byte is before end: its own last line and the deeper comments below.
func (d *Doc) extent(end, col int) int {
	at := text.LineEnd(d.src, end)
	for p := at; p < len(d.src); {
		l := d.lineAt(p)
		p = l.end
		if l.blank {
			continue
		}
		if !l.comment || l.indent <= col {
			break
		}
		at = p
	}
	return at
}

// clean reports whether nothing but a comment follows on the line.
func (d *Doc) clean(end int) bool {
	rest := bytes.TrimRight(d.src[end:text.LineEnd(d.src, end)], "\r\n")
	trimmed := bytes.TrimLeft(rest, " \t")
	return len(trimmed) == 0 || trimmed[0] == '#' && (len(trimmed) < len(rest) || end > 0 && d.src[end-1] == '\n')
}

// lineEnds reports whether nothing but white space follows on the line.
func (d *Doc) lineEnds(end int) bool {
	return len(bytes.TrimSpace(d.src[end:text.LineEnd(d.src, end)])) == 0
}

// above is the offset of the first of the comment lines directly above the line at start
// that are indented by col columns, or start. Comments at the top of the document stay.
func (d *Doc) above(start, col int) int {
	at := start
	for at > d.base {
		l := d.lineAt(at - 1)
		if !l.comment || l.indent != col || l.tabbed {
			return at
		}
		at = l.start
	}
	return start
}

// childColumn is the column for the first child of something that starts in column col and
// whose text ends before end: that of the comments under it, or one step deeper.
func (d *Doc) childColumn(end, col, step int) int {
	for p := text.LineEnd(d.src, end); p < len(d.src); {
		l := d.lineAt(p)
		p = l.end
		if l.blank {
			continue
		}
		if l.comment && !l.tabbed && l.indent > col {
			return l.indent
		}
		break
	}
	return col + step
}

// spaced reports whether the file puts blank lines between the parts of a block collection:
// between most of them, or, with too few to tell, at the top of the file.
func (d *Doc) spaced(n *node) bool {
	gaps, blank := 0, 0
	count := func(from, to int) {
		gaps++
		for p := text.LineEnd(d.src, from); p < to; {
			l := d.lineAt(p)
			if p = l.end; l.blank {
				blank++
				return
			}
		}
	}
	for i := 1; i < len(n.pairs); i++ {
		count(n.pairs[i-1].end(), n.pairs[i].key.start)
	}
	for i := 1; i < len(n.items); i++ {
		count(n.items[i-1].val.end, n.items[i].dash)
	}
	if gaps == 0 {
		return n == d.root && n.y.Kind == yaml.MappingNode
	}
	return blank*2 > gaps
}

// keeps reports whether the text of n ends in a block scalar that keeps trailing lines, so
// that a blank line after it would be content.
func (d *Doc) keeps(n *node) bool {
	for {
		switch {
		case len(n.pairs) > 0 && !n.flow:
			n = n.pairs[len(n.pairs)-1].val
		case len(n.items) > 0 && !n.flow:
			n = n.items[len(n.items)-1].val
		default:
			return n.y.Kind == yaml.ScalarNode && n.y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 &&
				bytes.IndexByte(d.src[n.body:min(n.body+3, len(d.src))], '+') >= 0
		}
	}
}

// insertLines is the insertion of whole lines before offset at, the start of a line or the
// end of the file.
func (d *Doc) insertLines(at int, lines []string) text.Edit {
	eol := text.EOL(d.src)
	s := strings.Join(lines, eol)
	if at == len(d.src) && at > d.base && d.src[at-1] != '\n' {
		return text.Insert(at, eol+s)
	}
	return text.Insert(at, s+eol)
}

// removeLines is the removal of whole lines; if they are the last of a file without a final
// newline, it is still without one.
func (d *Doc) removeLines(start, end int) text.Edit {
	if end == len(d.src) && start > d.base && d.src[end-1] != '\n' {
		start--
		if start > d.base && d.src[start-1] == '\r' {
			start--
		}
	}
	return text.Delete(text.Span{Start: start, End: end})
}
