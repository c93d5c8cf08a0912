package check_test

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/fixtures"
)

func TestGoodAppsHaveNoErrorsAndNoWarnings(t *testing.T) {
	for _, name := range fixtures.Names() {
		for _, f := range run(t, fixtures.App(name), check.Rules()).Findings {
			if f.Severity > diag.Note {
				t.Errorf("%s: %s", name, line(f))
			} else {
				t.Logf("%s: %s", name, line(f))
			}
		}
	}
}

// Generated apps have duplicate routes and broken files where their shape says so, links to
// pages that they do not have, and shells without a dialog for logins.
func TestGeneratedAppsHaveTheErrorsThatTheyWereMadeWith(t *testing.T) {
	made := map[string]string{"BF001": "duplicate-route", "BX001": "broken-", "BF002": "sidebar=", "BF006": "shell="}
	for seed := range uint64(120) {
		fsys, shape := fixtures.Generate(seed)
		for _, f := range run(t, fsys, check.Rules()).Findings {
			wiring := strings.HasPrefix(f.Code, "BF") || strings.HasPrefix(f.Code, "BB") || strings.HasPrefix(f.Code, "BX")
			if why := made[f.Code]; f.Severity > diag.Note && wiring && (why == "" || !strings.Contains(shape, why)) {
				t.Errorf("seed %d: %s (%s)", seed, line(f), shape)
			}
		}
	}
}

// templateWarnings are the warnings that untouched templates give, each defended in the
// documentation of its rule.
var templateWarnings = map[string]bool{"1.0.0 BK001": true, "1.3.0 BK001": true, "1.5.0 BK001": true, "1.27.0 BF002": true, "1.31.0 BK002": true}

func TestUntouchedTemplatesHaveNoErrorsAndNoWarnings(t *testing.T) {
	if n := len(fixtures.AllPins()); n < 30 {
		t.Errorf("only %d releases", n)
	}
	for _, pin := range fixtures.AllPins() {
		for _, layout := range pin.Layouts {
			t.Run(pin.Release+" "+layout, func(t *testing.T) {
				for _, f := range run(t, fixtures.Template(t, pin.Release, layout), check.Rules()).Findings {
					if f.Severity > diag.Note && !templateWarnings[pin.Release+" "+f.Code] {
						t.Error(line(f))
					}
				}
			})
		}
	}
}

func TestEveryRuleIsDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range check.Rules() {
		if seen[r.Code] || seen[r.Name] {
			t.Errorf("%s %s is there twice", r.Code, r.Name)
		}
		seen[r.Code], seen[r.Name] = true, true
		for _, part := range []string{"**How to fix:**"} {
			if !strings.Contains(r.Doc, part) {
				t.Errorf("docs/%s.md has no %q", r.Code, part)
			}
		}
		if r.Title == "" || strings.HasSuffix(r.Title, ".") {
			t.Errorf("%s: title %q", r.Code, r.Title)
		}
	}
}
