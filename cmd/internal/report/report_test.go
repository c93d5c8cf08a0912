package report

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

func sample() *Report {
	rules := check.Rules()
	at := text.Pos{Line: 3, Column: 5}
	return &Report{
		Version: "1.2.3", Rules: rules, Prefix: "portal/", Known: 2,
		Findings: []check.Finding{
			{Code: "BB001", Severity: diag.Note, File: "packages/backend/package.json", Pos: text.Pos{Line: 9, Column: 2}, End: text.Pos{Line: 9, Column: 8}, Line: " \"x\": 1", Summary: "a note", Fingerprint: "01"},
			{Code: "BF001", Severity: diag.Error, File: "packages/app/src/My App.tsx", Span: text.Span{Start: 40, End: 60}, Pos: at, End: text.Pos{Line: 3, Column: 25}, Line: "    <Route path=\"/x\" />", Summary: "two, routes: 100%\nreally", Detail: "Why.", Fingerprint: "02",
				Fixes:   []check.Fix{{Title: "Remove it", Safe: true, Edits: map[string][]text.Edit{"packages/app/src/My App.tsx": {text.Delete(text.Span{Start: 36, End: 61})}}}},
				Related: []check.Place{{File: "packages/app/src/My App.tsx", Pos: text.Pos{Line: 2, Column: 5}, What: "the first route"}}},
			{Code: "BX001", Severity: diag.Warning, Summary: "no place \x1b[31m", Manual: "Mend it.", Fingerprint: "03"},
		},
		Ignored: []check.Ignored{{Finding: check.Finding{Code: "BP004", Severity: diag.Warning, File: "a.ts", Pos: at, Summary: "hidden", Fingerprint: "04"}, Reason: "on purpose", By: "a.ts:3"}},
	}
}

func TestTextHasPlaceSourceLineAndWhatToDo(t *testing.T) {
	const want = `packages/backend/package.json:9:2: note BB001: a note

packages/app/src/My App.tsx:3:5: error BF001: two, routes: 100%
really
  3 |     <Route path="/x" />
    |     ^~~~~~~~~~~~~~~~~~~
  Why.
  the first route: packages/app/src/My App.tsx:2:5
  fix: Remove it

repository: warning BX001: no place \u{1B}[31m
  next: Mend it.

1 error, 1 warning, 1 note in 3 files.
` + "`batten check --fix` mends 1 of them.\n" + `Suppressed with a reason: 1.
In the baseline: 2.
`
	if got := Text(iostreams.Style{}, sample()); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestGitHubPrintsErrorsFirstAndEscapes(t *testing.T) {
	got := strings.Split(GitHub(sample()), "\n")
	for i, want := range []string{
		"::error file=portal/packages/app/src/My App.tsx,line=3,col=5,endColumn=25,title=BF001 Two routes with one path::two, routes: 100%25%0Areally. Why.",
		"::warning title=BX001 A file that cannot be read::no place \x1b[31m. Mend it.",
		"::notice file=portal/packages/backend/package.json,line=9,col=2,endColumn=8,title=BB001 A backend plugin that is installed and not added::a note.",
	} {
		if got[i] != want {
			t.Errorf("line %d: %s\nwant: %s", i, got[i], want)
		}
	}
}

func TestGitLabHasPathLineAndFingerprint(t *testing.T) {
	out, err := GitLab(sample())
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 3 {
		t.Fatalf("%v: %s", err, out)
	}
	loc := list[1]["location"].(map[string]any)
	if loc["path"] != "portal/packages/app/src/My App.tsx" || loc["lines"].(map[string]any)["begin"] != 3.0 || list[1]["severity"] != "major" || list[1]["fingerprint"] != "02" {
		t.Errorf("got %v", list[1])
	}
}

func TestJUnitCountsFailuresFromTheGivenSeverityOn(t *testing.T) {
	out, err := JUnit(sample(), diag.Warning)
	if err != nil {
		t.Fatal(err)
	}
	var got junitSuites
	if err := xml.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Failures != 2 || got.Tests < len(check.Rules()) {
		t.Errorf("%d failures in %d tests", got.Failures, got.Tests)
	}
	cases := 0
	for _, s := range got.Suites {
		cases += len(s.Cases)
	}
	if cases != got.Tests {
		t.Errorf("%d cases, %d tests", cases, got.Tests)
	}
}

// The structure that SARIF 2.1.0 asks for, and code scanning beyond it.
func TestSARIFHasWhatCodeScanningNeeds(t *testing.T) {
	out, err := SARIF(sample())
	if err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if log.Version != "2.1.0" || run.Tool.Driver.Name != "batten" || len(run.Tool.Driver.Rules) != len(check.Rules()) {
		t.Errorf("version %q, tool %q, %d rules", log.Version, run.Tool.Driver.Name, len(run.Tool.Driver.Rules))
	}
	if len(run.Results) != 4 {
		t.Fatalf("%d results", len(run.Results))
	}
	for _, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("ruleIndex %d is not %s", r.RuleIndex, r.RuleID)
		}
		if len(r.Fingerprints) == 0 || r.Message.Text == "" || len(r.Locations) != 1 {
			t.Errorf("%s: %+v", r.RuleID, r)
		}
		uri := r.Locations[0].Physical.Artifact.URI
		if !strings.HasPrefix(uri, "portal/") || strings.Contains(uri, " ") {
			t.Errorf("uri %q", uri)
		}
		if l := r.Level; l != "note" && l != "warning" && l != "error" {
			t.Errorf("level %q", l)
		}
	}
	fix := run.Results[1].Fixes[0].Changes[0]
	if *fix.Replacements[0].Deleted.ByteOffset != 36 || *fix.Replacements[0].Deleted.ByteLength != 25 || fix.Artifact.URI != "portal/packages/app/src/My%20App.tsx" {
		t.Errorf("fix %+v", fix)
	}
	if s := run.Results[3].Suppressions; len(s) != 1 || s[0].Kind != "inSource" || s[0].Justification != "on purpose" {
		t.Errorf("suppressions %+v", s)
	}
}

func TestAnEmptyReportIsStillOne(t *testing.T) {
	r := &Report{Rules: check.Rules()}
	if got := Text(iostreams.Style{}, r); got != "Nothing is wrong.\n" {
		t.Errorf("text %q", got)
	}
	for _, write := range []func(*Report) (string, error){JSON, SARIF, GitLab} {
		out, err := write(r)
		if err != nil || strings.Contains(out, "null") {
			t.Errorf("%v: %s", err, out)
		}
	}
}
