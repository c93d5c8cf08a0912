package wiremap

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// svgStyle are the colours of the picture by itself. On the page, the page's own apply.
const svgStyle = `.wm{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:11px}
.wm .bg{fill:#fff}.wm text{fill:#1b1f24}.wm .mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:10px}
.wm .h1{font-size:15px;font-weight:600}.wm .h2{font-size:12.5px;font-weight:600}.wm .h3{font-size:11.5px;font-weight:600}
.wm .title{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:#5c6670}.wm .dim{fill:#5c6670}.wm .pipe{fill:#3d4650}.wm .line{stroke:#aab2bb;fill:none}.wm .knot{fill:#3d4650}.wm .rule{stroke:#dde1e6}
@media (prefers-color-scheme:dark){.wm .bg{fill:#14171a}.wm text{fill:#e4e8ec}.wm .dim,.wm .title{fill:#98a2ad}.wm .pipe,.wm .knot{fill:#8d98a4}.wm .line{stroke:#4b545e}.wm .rule{stroke:#2b3138}}
`

// SVG is the map as a picture: each package is a pipe, from which its sections hang in columns.
func (m *Map) SVG() string { return m.printable().svg(true) }

// svg draws a printable map. A picture that stands alone has a title and colours of its own;
// on the page, its items lead to their rows.
func (m *Map) svg(alone bool) string {
	d := &drawing{alone: alone, y: margin}
	width := margin*2 + pictureColumns*columnWidth + (pictureColumns-1)*columnGap
	if alone {
		d.y += 12
		d.text(margin, d.y, "h1", m.heading(), 130)
		d.y += 26
	}
	for i := range m.Packages {
		d.pack(&m.Packages[i], width)
	}
	height := d.y + margin - packageGap - blockGap
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" class="wm" `)
	if alone {
		fmt.Fprintf(&b, `viewBox="0 0 %d %d"`, width, height)
		fmt.Fprintf(&b, ` width="%d" height="%d" role="img"><title>%s</title><style>%s</style>`, width, height, escape("Wiring of "+m.heading()), svgStyle)
		fmt.Fprintf(&b, "\n<rect class=\"bg\" width=\"%d\" height=\"%d\"/>", width, height)
	} else {
		fmt.Fprintf(&b, `viewBox="%d %d %d %d" aria-hidden="true">`, margin, margin, width-2*margin, height-2*margin)
	}
	b.WriteString("\n" + d.b.String() + "</svg>\n")
	return b.String()
}

// drawing is a picture from the top down to y.
type drawing struct {
	b     strings.Builder
	y     int
	alone bool
}

// pack draws a package: its name, the pipe, and what hangs from it.
func (d *drawing) pack(p *Package, width int) {
	d.y += 12
	d.b.WriteString("<g>\n")
	fmt.Fprintf(&d.b, `<text x="%d" y="%d"><tspan class="h2">%s</tspan><tspan class="dim" dx="8">%s</tspan></text>`+"\n",
		margin, d.y, escape(shorten(p.Dir, 80)), escape(p.about()))
	d.y += 9
	fmt.Fprintf(&d.b, `<rect class="pipe" x="%d" y="%d" width="%d" height="5" rx="2.5"/>`+"\n", margin, d.y, width-2*margin)
	top := d.y + 5
	bottom := top
	for i, col := range columns(p.blocks()) {
		x, y := margin+i*(columnWidth+columnGap), top+10
		last := y
		for j := range col {
			last = y + 10
			d.block(&col[j], x, y)
			y += col[j].height()
		}
		fmt.Fprintf(&d.b, `<path class="line" d="M%d.5 %dV%d"/>`+"\n", x+7, top, last)
		bottom = max(bottom, y)
	}
	d.y = bottom + packageGap
	d.b.WriteString("</g>\n")
}

// block draws a block whose top left corner is at x, y, with the knot that it hangs by.
func (d *drawing) block(b *block, x, y int) {
	base := y + 14
	fmt.Fprintf(&d.b, `<circle class="knot" cx="%d.5" cy="%d" r="2.5"/>`, x+7, base-4)
	left, right := x+17, x+columnWidth
	room := 37
	if b.count >= 0 {
		room = 33
		fmt.Fprintf(&d.b, `<text class="dim" x="%d" y="%d" text-anchor="end">%d</text>`, right, base, b.count)
	}
	d.text(left, base, "h3", b.title, room)
	fmt.Fprintf(&d.b, `<path class="rule" d="M%d %d.5H%d"/>`+"\n", left, base+4, right)
	y = base + 4
	for _, l := range b.lines {
		y += lineHeight
		d.line(l, left, right, y)
	}
}

func (d *drawing) line(l line, left, right, y int) {
	x := left + l.depth*11
	room := int(float64(right-x) / charWidth)
	if l.head {
		d.text(x, y, "dim", l.text, room)
		d.b.WriteString("\n")
		return
	}
	name := shorten(l.text, room)
	room -= utf8.RuneCountInString(name) + 1
	note := fit(l.note, room)
	if note != "" {
		room -= utf8.RuneCountInString(note) + 1
	}
	if d.alone {
		fmt.Fprintf(&d.b, `<g><title>%s</title>`, escape(l.full))
	} else {
		fmt.Fprintf(&d.b, `<a href="#%s" data-f="%s" tabindex="-1"><title>%s</title>`, l.id, l.id, escape(l.full))
	}
	fmt.Fprintf(&d.b, `<text class="mono" x="%d" y="%d">%s`, x, y, escape(name))
	if title := fit(l.title, room); title != "" {
		fmt.Fprintf(&d.b, `<tspan class="title" dx="6">%s</tspan>`, escape(title))
	}
	d.b.WriteString("</text>")
	if note != "" {
		fmt.Fprintf(&d.b, `<text class="mono dim" x="%d" y="%d" text-anchor="end">%s</text>`, right, y, escape(note))
	}
	if d.alone {
		d.b.WriteString("</g>\n")
	} else {
		d.b.WriteString("</a>\n")
	}
}

// fit is s cut to a number of characters; "" if hardly any of it would be left.
func fit(s string, room int) string {
	if utf8.RuneCountInString(s) <= room {
		return s
	}
	if room < 6 {
		return ""
	}
	return shorten(s, room)
}

func (d *drawing) text(x, y int, class, s string, most int) {
	fmt.Fprintf(&d.b, `<text class="%s" x="%d" y="%d">%s</text>`, class, x, y, escape(shorten(s, max(most, 2))))
}

// escape makes text that is text in XML, HTML and quoted attributes.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(s)
}
