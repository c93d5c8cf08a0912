package diag

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
)

// Severity orders diagnostics: a Note is worth knowing, a Warning probably wrong, an Error
// wrong or impossible.
type Severity int

// The severities, from the least to the most serious.
const (
	Note Severity = iota
	Warning
	Error
)

func (s Severity) String() string { return [...]string{"note", "warning", "error"}[s] }

// MarshalText writes the severity's name; see String.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Fix is one way to mend what a Diagnostic found: edits by file (slash path from the root of
// the repository), to be made all together or not at all.
type Fix struct {
	Summary string                 `json:"summary"`
	Edits   map[string][]text.Edit `json:"edits"`
}

// Diagnostic is one finding, refusal or failure.
type Diagnostic struct {
	Severity Severity  `json:"severity"`
	Code     string    `json:"code"`           // stable, kebab-case: "invalid-json", "no-safe-place"
	File     string    `json:"file,omitempty"` // slash path from the root of the repository; "" if about no file
	Span     text.Span `json:"span,omitzero"`  // bytes of File; zero if about the whole file
	Pos      text.Pos  `json:"pos,omitzero"`   // position of Span.Start; zero if not known
	Summary  string    `json:"summary"`        // one sentence, no full stop: what is wrong
	Detail   string    `json:"detail,omitempty"`
	Manual   string    `json:"manual,omitempty"` // the exact step to take by hand, and any snippet to paste
	Fixes    []Fix     `json:"fixes,omitempty"`
}

// At returns a copy of d that points at a span of a file's source.
func (d Diagnostic) At(file string, src []byte, span text.Span) *Diagnostic {
	d.File, d.Span = file, span
	d.Pos = text.NewIndex(src).Pos(span.Start)
	return &d
}

// Location is "file:line:col", "file", or "".
func (d *Diagnostic) Location() string {
	if d.File == "" || d.Pos == (text.Pos{}) {
		return d.File
	}
	return d.File + ":" + d.Pos.String()
}

// Error is the location and the summary on one line, then detail and manual step, if any, on
// lines of their own.
func (d *Diagnostic) Error() string {
	var b strings.Builder
	if at := d.Location(); at != "" {
		b.WriteString(at + ": ")
	}
	b.WriteString(d.Summary)
	for _, more := range []string{d.Detail, d.Manual} {
		if more != "" {
			b.WriteString("\n" + more)
		}
	}
	return b.String()
}

// List is several diagnostics. As an error it prints one after the other.
type List []*Diagnostic

// Errorf is the Diagnostic of severity Error with a code and a formatted summary.
func Errorf(code, format string, args ...any) *Diagnostic {
	return &Diagnostic{Severity: Error, Code: code, Summary: fmt.Sprintf(format, args...)}
}

// Err is the list as an error: nil unless a diagnostic of severity Error is in it.
func (l List) Err() error {
	if l.Worst() < Error {
		return nil
	}
	return l
}

// Worst is the highest severity in the list; -1 for an empty list.
func (l List) Worst() Severity {
	worst := Severity(-1)
	for _, d := range l {
		worst = max(worst, d.Severity)
	}
	return worst
}

func (l List) Error() string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find each Diagnostic of the list.
func (l List) Unwrap() []error {
	errs := make([]error, len(l))
	for i, d := range l {
		errs[i] = d
	}
	return errs
}

// Sort orders the list by file, offset, code and summary.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b *Diagnostic) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Summary, b.Summary))
	})
}

// Of returns the diagnostics in an error: of a List, of a *Diagnostic, of joined or wrapped
// errors; nil if there is none.
func Of(err error) List {
	var l List
	if errors.As(err, &l) {
		return l
	}
	var d *Diagnostic
	if errors.As(err, &d) {
		return List{d}
	}
	return nil
}
