// Package report writes the findings of a check in the forms that people, code hosts and CI
// systems read. All are functions of values: the same findings give the same bytes.
package report

import (
	"fmt"
	"strings"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
)

// Report is what there is to write.
type Report struct {
	Version  string // of batten
	Rules    []check.Rule
	Findings []check.Finding // sorted
	Ignored  []check.Ignored
	Known    int    // findings that the baseline has
	Prefix   string // folder of the monorepo in its git repository, "" or with a slash at its end
}

// Summary counts the findings: "2 errors, 1 warning, 3 notes in 4 files".
func (r *Report) Summary() string {
	if len(r.Findings) == 0 {
		return "nothing is wrong"
	}
	var parts []string
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Note} {
		if n := check.Count(r.Findings, s); n > 0 {
			parts = append(parts, count(n, s.String()))
		}
	}
	files := map[string]bool{}
	for _, f := range r.Findings {
		files[f.File] = true
	}
	return strings.Join(parts, ", ") + " in " + count(len(files), "file")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// fixable is how many findings --fix mends.
func (r *Report) fixable() int {
	n := 0
	for _, f := range r.Findings {
		if _, ok := safe(f); ok {
			n++
		}
	}
	return n
}

func safe(f check.Finding) (check.Fix, bool) {
	for _, x := range f.Fixes {
		if x.Safe {
			return x, true
		}
	}
	return check.Fix{}, false
}

// message is everything there is to say of a finding, in plain text.
func message(f check.Finding) string {
	parts := []string{f.Summary + "."}
	for _, s := range []string{f.Detail, f.Manual} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}
