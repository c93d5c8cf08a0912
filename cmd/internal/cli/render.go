package cli

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/udiff"
)

// planText is a plan for people: its files, each with the reason for each edit and the line
// that it is at afterwards.
func planText(style iostreams.Style, changes []change.Change) string {
	var b strings.Builder
	for _, c := range changes {
		added, removed := udiff.Stat(c.Before, c.After)
		fmt.Fprintf(&b, "%s  %s\n", style.Bold(c.Path), style.Dim(what(c, added, removed)))
		var rows [][]string
		for _, r := range reasonsOf(c) {
			rows = append(rows, []string{fmt.Sprintf("%d", r.Line), r.Text})
		}
		for _, line := range columns(rows) {
			b.WriteString("  " + line + "\n")
		}
	}
	return b.String()
}

func what(c change.Change, added, removed int) string {
	switch {
	case c.Before == nil:
		return fmt.Sprintf("new, %s", count(added, "line"))
	case c.After == nil:
		return "removed"
	default:
		return fmt.Sprintf("+%d -%d", added, removed)
	}
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// colored is a unified diff of git's form in colour.
func colored(style iostreams.Style, diff string) string {
	if style == (iostreams.Style{}) {
		return diff
	}
	var b strings.Builder
	head := true
	for line := range strings.SplitAfterSeq(diff, "\n") {
		body := strings.TrimRight(line, "\r\n")
		paint := func(s string) string { return s }
		switch {
		case strings.HasPrefix(body, "diff --git "):
			head, paint = true, style.Bold
		case strings.HasPrefix(body, "@@ "):
			head, paint = false, style.Cyan
		case head:
			paint = style.Bold
		case strings.HasPrefix(body, "+"):
			paint = style.Green
		case strings.HasPrefix(body, "-"):
			paint = style.Red
		}
		b.WriteString(paint(body) + line[len(body):])
	}
	return b.String()
}

// columns lays rows out as a table: columns two spaces apart, none for a column that is empty
// in all rows, no space at the end of a line. A number is aligned right.
func columns(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	lines := make([]string, len(rows))
	for r, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			if widths[i] == 0 {
				continue
			}
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if strings.Trim(cell, "0123456789") == "" {
				cell, pad = pad+cell, ""
			}
			b.WriteString(cell + pad)
			if i < len(row)-1 {
				b.WriteString("  ")
			}
		}
		lines[r] = strings.TrimRight(b.String(), " ")
	}
	return lines
}

// changeJSON is one file of a plan.
type changeJSON struct {
	Path    string       `json:"path"`   // slash path from the monorepo's root
	Action  string       `json:"action"` // "create", "modify", "remove"
	Reasons []reasonJSON `json:"reasons,omitempty"`
	Diff    string       `json:"diff"` // as `git apply` takes it
}

// reasonJSON is why one edit is made.
type reasonJSON struct {
	Line int    `json:"line"` // 1-based, in the file afterwards
	Text string `json:"text"`
}

func changesJSON(changes []change.Change) []changeJSON {
	out := []changeJSON{}
	for _, c := range changes {
		j := changeJSON{Path: c.Path, Action: "modify", Diff: change.Diff([]change.Change{c})}
		switch {
		case c.Before == nil:
			j.Action = "create"
		case c.After == nil:
			j.Action = "remove"
		}
		j.Reasons = reasonsOf(c)
		out = append(out, j)
	}
	return out
}

// reasonsOf are the reasons of a change, each at the first line of its new text: an insertion
// may begin with the newline before that. Of equal reasons a few lines apart, as for the names of
// one import, the first is enough.
func reasonsOf(c change.Change) []reasonJSON {
	const near = 3
	var out []reasonJSON
	index := text.NewIndex(c.After)
	for _, r := range c.Reasons {
		at := r.Offset
		for at < len(c.After) && strings.IndexByte(" \t\r\n", c.After[at]) >= 0 {
			at++
		}
		line := index.Line(at)
		if n := len(out); n > 0 && out[n-1].Text == r.Text && line-out[n-1].Line <= near {
			continue
		}
		out = append(out, reasonJSON{line, r.Text})
	}
	return out
}

// longLine is where a line is no longer written for people: a bundle, a minified program.
const longLine = 2000

// readable is the diff of changes for a person: files with longer lines than anybody reads are
// named in its place.
func readable(changes []change.Change) string {
	var b strings.Builder
	for _, c := range changes {
		if long(c.Before) || long(c.After) {
			fmt.Fprintf(&b, "diff --git a/%s b/%s\n(%d kB of generated code before, %d kB after; --dry-run prints them)\n", c.Path, c.Path, len(c.Before)/1000, len(c.After)/1000)
			continue
		}
		b.WriteString(change.Diff([]change.Change{c}))
	}
	return b.String()
}

func long(src []byte) bool {
	for line := range bytes.Lines(src) {
		if len(line) > longLine {
			return true
		}
	}
	return false
}
