package check

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// Finding is one thing that a rule found.
type Finding struct {
	Code     string        `json:"code"`
	Severity diag.Severity `json:"severity"`
	File     string        `json:"file"`          // slash path from the root of the repository
	Span     text.Span     `json:"span"`          // bytes of File; zero if about the whole file
	Pos      text.Pos      `json:"pos,omitzero"`  // of Span.Start; zero if about the whole file
	End      text.Pos      `json:"end,omitzero"`  // of Span.End
	Line     string        `json:"line,omitzero"` // text of the line at Pos; "" if a secret may be there
	Summary  string        `json:"summary"`       // one sentence, no full stop
	Detail   string        `json:"detail,omitempty"`
	Manual   string        `json:"manual,omitempty"` // what to do by hand
	Fixes    []Fix         `json:"fixes,omitempty"`
	Related  []Place       `json:"related,omitempty"`

	// Fingerprint is the finding's identity over time: it depends on the code, the file, and what
	// is found there, not on the line. Findings that are alike in this are numbered.
	Fingerprint string `json:"fingerprint"`

	// key says what is found, within Code and File; Summary if it is "".
	key string
	// name is the name of the rule.
	name string
	// note makes it a Note, whatever the rule's severity.
	note bool
}

// Fix is a way to mend a finding: all of its edits, or none.
type Fix struct {
	Title string `json:"title"` // what it does, as a command: "Remove the second route"
	// Safe says that the app works as before but for what was wrong.
	Safe  bool                   `json:"safe"`
	Edits map[string][]text.Edit `json:"edits"` // by file
}

// Place is another place that a finding is about.
type Place struct {
	File string    `json:"file"`
	Span text.Span `json:"span"`
	Pos  text.Pos  `json:"pos"`
	What string    `json:"what"` // "the first route"
}

// AsNote is the finding as a Note, whatever the severity of its rule: what it says has to be
// guessed, or does little harm.
func (f Finding) AsNote() Finding {
	f.note = true
	return f
}

// Location is "file:line:col", or the file.
func (f *Finding) Location() string {
	if f.Pos.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%s", f.File, f.Pos)
}

func compareFindings(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Summary, b.Summary))
}

// fingerprint gives sorted findings their fingerprints.
func fingerprint(list []Finding) {
	seen := map[string]int{}
	for i := range list {
		f := &list[i]
		id := strings.Join([]string{f.Code, f.File, cmp.Or(f.key, f.Summary)}, "\x00")
		n := seen[id]
		seen[id]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", id, n))
		f.Fingerprint = hex.EncodeToString(sum[:16])
	}
}

// Count is how many of the findings have a severity.
func Count(list []Finding, s diag.Severity) int {
	n := 0
	for _, f := range list {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Worst reports whether a finding is of a severity or above.
func Worst(list []Finding, at diag.Severity) bool {
	return slices.ContainsFunc(list, func(f Finding) bool { return f.Severity >= at })
}
