package wiremap

import (
	"fmt"
	"slices"
)

// The picture's measures, in its own units.
const (
	pictureColumns = 4
	columnWidth    = 276
	columnGap      = 18
	margin         = 20
	lineHeight     = 15
	blockGap       = 16 // below a block
	packageGap     = 10 // below a package, besides
	headHeight     = 22 // a block's title
	charWidth      = 6.05
	blockMost      = 40  // lines of a block before it goes on in another, if the columns are as high
	blockLeast     = 8   // lines that are not worth going on in another
	linesMost      = 900 // of all blocks of a package; what is more is said in a number
)

// line is one line of a block.
type line struct {
	id    string // of the item; "" for a heading
	text  string
	title string // beside the text, on the left
	note  string // on the right
	full  string // all there is to say
	depth int
	head  bool
	top   bool // nothing but a heading holds it
}

// block is a part of a package that hangs together: a section, or an entity page.
type block struct {
	title string
	count int
	lines []line
}

func (b *block) height() int { return headHeight + len(b.lines)*lineHeight + blockGap }

// blocks are those of a package, cut so that they fill columns.
func (p *Package) blocks() []block {
	var all []block
	for i := range p.Sections {
		s := &p.Sections[i]
		b := block{title: s.Title, count: s.Count}
		for _, g := range s.Groups {
			if s.ID == "entity-pages" {
				all = append(all, block{"Entity page: " + g.Title, -1, linesOf(g.Items, p.Dir, 0, plugin)})
				continue
			}
			depth, note := 0, plugin
			if g.Title != "" {
				b.lines = append(b.lines, line{text: g.Title, head: true})
				depth = 1
			}
			if s.ID == "features" || s.ID == "backend" {
				note = version
			}
			b.lines = append(b.lines, linesOf(g.Items, p.Dir, depth, note)...)
		}
		if len(b.lines) > 0 {
			all = append(all, b)
		}
	}
	return split(all)
}

func plugin(it *Item) string {
	if it.Plugin == it.label() {
		return ""
	}
	return it.Plugin
}

func version(it *Item) string { return it.Version }

func linesOf(items []Item, dir string, from int, note func(*Item) string) []line {
	var out []line
	each(items, from, func(it *Item, depth int) {
		l := line{id: it.ID, text: it.label(), note: note(it), depth: depth, full: itemLine(it, dir), top: depth == from}
		if it.ID == "" {
			l.head, l.note = true, ""
		} else if it.Title != l.text {
			l.title = it.Title
		}
		out = append(out, l)
	})
	return out
}

// split cuts what is too long: a block goes on in another, and a package ends with a number.
func split(all []block) []block {
	var out []block
	left, total := linesMost, 0
	for _, b := range all {
		total += len(b.lines) + 2
	}
	most := min(max(total/pictureColumns, blockLeast), blockMost)
	for _, b := range all {
		if left < len(b.lines) {
			more := 0
			for _, l := range b.lines[left:] {
				if l.id != "" {
					more++
				}
			}
			b.lines = append(slices.Clone(b.lines[:left]), line{text: fmt.Sprintf("and %d more", more), head: true})
		}
		left = max(left-len(b.lines), 0)
		for first := true; first || len(b.lines) > 0; first = false {
			n := cut(b.lines, most)
			part := block{b.title, b.count, b.lines[:n]}
			if !first {
				part.title, part.count = b.title+", continued", -1
			}
			out = append(out, part)
			b.lines = b.lines[n:]
		}
	}
	return out
}

// cut is how many lines to keep together: most of them, or a few more if those are the last,
// or fewer, so that what is held stays with what holds it, and a heading with what it is over.
func cut(lines []line, most int) int {
	if len(lines) <= most*5/4 {
		return len(lines)
	}
	for n := most; n > most/3; n-- {
		if (lines[n].head || lines[n].top) && !lines[n-1].head {
			return n
		}
	}
	return most
}

// columns puts blocks, in their order, into columns of the least height that holds them.
func columns(all []block) [][]block {
	fill := func(most int) [][]block {
		var cols [][]block
		height := most + 1
		for _, b := range all {
			if height+b.height() > most {
				cols, height = append(cols, nil), 0
			}
			cols[len(cols)-1] = append(cols[len(cols)-1], b)
			height += b.height()
		}
		return cols
	}
	low, high := 0, 0
	for _, b := range all {
		low, high = max(low, b.height()), high+b.height()
	}
	for low < high {
		if mid := (low + high) / 2; len(fill(mid)) <= pictureColumns {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return fill(low)
}
