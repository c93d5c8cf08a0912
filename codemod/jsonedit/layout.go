package jsonedit

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
)

// quote is s as JSON, with nothing escaped that need not be.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""` // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// layout writes a value as the file would have it: scalars as they are, objects and arrays
// over lines (as JSON.stringify does) or on one.
func (d *Doc) layout(n *node, value, indent string, multi bool) string {
	if n.kind == 0 {
		return strings.TrimSpace(value)
	}
	colon := ": "
	if o, ok := d.Root().object(); ok && len(o.Members) > 0 {
		colon = d.colon(o, 0)
	}
	var b strings.Builder
	eol, step, gap := text.EOL(d.src), d.step(), ", "
	if colon == ":" {
		gap = ","
	}
	var write func(n *node, indent string)
	write = func(n *node, indent string) {
		if n.kind == 0 {
			b.WriteString(n.scalar)
			return
		}
		b.WriteByte(n.kind)
		for i, v := range n.values {
			if multi {
				if i > 0 {
					b.WriteByte(',')
				}
				b.WriteString(eol + indent + step)
			} else if i > 0 {
				b.WriteString(gap)
			}
			if n.kind == '{' {
				b.WriteString(quote(n.names[i]) + colon)
			}
			write(v, indent+step)
		}
		if multi && len(n.values) > 0 {
			b.WriteString(eol + indent)
		}
		b.WriteByte(n.kind + 2) // { } and [ ] are two apart
	}
	write(n, indent)
	return b.String()
}
