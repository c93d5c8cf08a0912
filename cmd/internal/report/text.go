package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
)

// Text is the report for people: "file:line:col: severity code: sentence", the line of the
// source, and what to do. Notes are short.
func Text(style iostreams.Style, r *Report) string {
	var b strings.Builder
	last := ""
	for i, f := range r.Findings {
		if i > 0 && (f.Severity > diag.Note || f.File != last) {
			b.WriteString("\n")
		}
		last = f.File
		writeFinding(&b, style, f)
	}
	if len(r.Findings) > 0 {
		b.WriteString("\n")
	}
	b.WriteString(style.Bold(capital(r.Summary())+".") + "\n")
	if n := r.fixable(); n > 0 {
		fmt.Fprintf(&b, "`batten check --fix` mends %s.\n", mends(n, len(r.Findings)))
	}
	if n := len(r.Ignored); n > 0 {
		b.WriteString(style.Dim(fmt.Sprintf("Suppressed with a reason: %d.", n)) + "\n")
	}
	if r.Known > 0 {
		b.WriteString(style.Dim(fmt.Sprintf("In the baseline: %d.", r.Known)) + "\n")
	}
	return b.String()
}

// Brief is why a check failed: the findings at or above a severity, a line each, and the summary.
func Brief(r *Report, failOn diag.Severity) string {
	var b strings.Builder
	for _, f := range r.Findings {
		if f.Severity >= failOn {
			fmt.Fprintf(&b, "%s: %s %s: %s\n", place(f), f.Severity, f.Code, visible(f.Summary))
		}
	}
	return b.String() + capital(r.Summary()) + "."
}

// place is where a finding is, for people.
func place(f check.Finding) string {
	if at := f.Location(); at != "" {
		return at
	}
	return "repository"
}

func mends(n, of int) string {
	switch {
	case n == of && n == 1:
		return "it"
	case n == of:
		return "all of them"
	}
	return fmt.Sprintf("%d of them", n)
}

func writeFinding(b *strings.Builder, style iostreams.Style, f check.Finding) {
	fmt.Fprintf(b, "%s: %s %s: %s\n", style.Bold(place(f)), severity(style, f.Severity), f.Code, visible(f.Summary))
	if f.Severity > diag.Note {
		writeLine(b, style, f)
		if f.Detail != "" {
			fmt.Fprintf(b, "  %s\n", visible(f.Detail))
		}
		for _, p := range f.Related {
			fmt.Fprintf(b, "  %s: %s:%s\n", p.What, p.File, p.Pos)
		}
	}
	if fix, ok := safe(f); ok {
		fmt.Fprintf(b, "  %s %s\n", style.Green("fix:"), visible(fix.Title))
	} else if f.Manual != "" && f.Severity > diag.Note {
		fmt.Fprintf(b, "  %s %s\n", style.Bold("next:"), strings.ReplaceAll(visible(f.Manual), "\n", "\n  "))
	}
}

func severity(style iostreams.Style, s diag.Severity) string {
	switch s {
	case diag.Error:
		return style.Red(s.String())
	case diag.Warning:
		return style.Yellow(s.String())
	}
	return s.String()
}

// maxColumns is how much of a long line is shown.
const maxColumns = 110

// writeLine shows the line of the source with a caret below the place.
func writeLine(b *strings.Builder, style iostreams.Style, f check.Finding) {
	if f.Pos.Line == 0 || strings.TrimSpace(f.Line) == "" {
		return
	}
	line := visible(strings.ReplaceAll(f.Line, "\t", "  "))
	lead := utf16Prefix(f.Line, f.Pos.Column-1)
	at := utf8.RuneCountInString(visible(strings.ReplaceAll(lead, "\t", "  ")))
	width := 1
	if f.End.Line == f.Pos.Line {
		width = max(1, f.End.Column-f.Pos.Column)
	} else if f.End.Line > f.Pos.Line {
		width = max(1, utf8.RuneCountInString(line)-at)
	}
	runes := []rune(line)
	trim := 0
	if len(runes) > maxColumns && at > maxColumns/2 {
		trim = at - maxColumns/2
	}
	runes = runes[min(trim, len(runes)):]
	if len(runes) > maxColumns {
		runes = append(runes[:maxColumns:maxColumns], '…')
	}
	at -= trim
	width = max(1, min(width, len(runes)-at))
	number := fmt.Sprint(f.Pos.Line)
	fmt.Fprintf(b, "  %s %s\n", style.Dim(number+" |"), string(runes))
	fmt.Fprintf(b, "  %s %s%s\n", style.Dim(strings.Repeat(" ", len(number))+" |"), strings.Repeat(" ", max(0, at)), style.Red("^"+strings.Repeat("~", width-1)))
}

// utf16Prefix is the first n UTF-16 code units of a line.
func utf16Prefix(line string, n int) string {
	for i, c := range line {
		if n <= 0 {
			return line[:i]
		}
		n--
		if c > 0xFFFF {
			n--
		}
	}
	return line
}

// visible spells control characters out, so that text of the repository cannot steer a terminal.
func visible(s string) string {
	if !strings.ContainsFunc(s, hidden) {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		if hidden(c) {
			fmt.Fprintf(&b, "\\u{%X}", c)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

func hidden(c rune) bool {
	return c < ' ' && c != '\n' || c == 0x7f || c >= 0x80 && c < 0xa0 || c >= 0x200b && c <= 0x200f || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069
}

func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// List is the table of rules.
func List(style iostreams.Style, rules []check.Rule) string {
	var b strings.Builder
	family := check.Family("")
	for _, r := range rules {
		if r.Family != family {
			if family != "" {
				b.WriteString("\n")
			}
			family = r.Family
			b.WriteString(style.Bold(string(family)) + "\n")
		}
		fmt.Fprintf(&b, "  %s  %-7s  %-26s  %s\n", r.Code, r.Severity, r.Name, r.Title)
	}
	return b.String()
}

// Explain is the documentation of a rule.
func Explain(style iostreams.Style, r check.Rule) string {
	return fmt.Sprintf("%s %s (%s, %s)\n%s\n\n%s", style.Bold(r.Code), r.Name, r.Family, r.Severity, r.Title, strings.TrimRight(r.Doc, "\n")+"\n")
}
