package upgradereport

import (
	"fmt"
	"strings"
)

// listed is how many items of a list a heading names.
const listed = 10

// named is the title as a line. A title that leads to a list, as it ends in ":", is followed by
// what the list's first items name.
func (c Change) named() []inline {
	line := inlines(clip(c.Title, 300))
	title := flatText(line)
	if !strings.HasSuffix(title, ":") {
		return line
	}
	list := listUnder(prose(c.Text), title)
	for i, item := range list {
		between := ", "
		if i == 0 {
			between = " "
		}
		if i == listed {
			return append(line, inline{kind: plain, text: fmt.Sprintf(", and %d more", len(list)-listed)})
		}
		line = append(append(line, inline{kind: plain, text: between}), gist(item)...)
	}
	return line
}

// listUnder are the items of the list that a title leads to: it follows a paragraph, or a heading,
// that is the title or its end.
func listUnder(blocks []block, title string) [][]block {
	for i, b := range blocks {
		if i+1 < len(blocks) && (b.kind == paragraph || b.kind == heading) {
			next := blocks[i+1]
			lead := flatText(b.words)
			if (next.kind == bullets || next.kind == numbers) && strings.HasSuffix(lead, ":") && strings.HasSuffix(title, lead) {
				return filled(next.items)
			}
		}
		for _, item := range b.items {
			if found := listUnder(item, title); found != nil {
				return found
			}
		}
	}
	return nil
}

// filled are the items that say something at their beginning.
func filled(items [][]block) [][]block {
	var out [][]block
	for _, item := range items {
		if len(item) > 0 && flatText(item[0].flat()) != "" {
			out = append(out, item)
		}
	}
	return out
}

// gist is an item of a list in short: its beginning, if that is a few words; else the first code in
// it; else its first words.
func gist(item []block) []inline {
	words := withoutLinks(item[0].flat())
	text := flatText(words)
	if len(text) <= 60 {
		return words
	}
	if code, ok := firstCode(words); ok {
		code.text = clip(code.text, 60)
		return []inline{code}
	}
	fields := strings.Fields(text)
	return []inline{{kind: plain, text: clip(strings.Join(fields[:min(len(fields), 6)], " "), 60) + "…"}}
}

func firstCode(in []inline) (inline, bool) {
	for _, p := range in {
		if p.kind == codeSpan {
			return p, true
		}
		if code, ok := firstCode(p.kids); ok {
			return code, true
		}
	}
	return inline{}, false
}

// flatText is a line's text, its runs of white space one space.
func flatText(in []inline) string { return strings.Join(strings.Fields(textOf(in)), " ") }
