package upgradereport

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/manifest/template"
)

var update = flag.Bool("update", false, "write the goldens anew")

// reports are the table that goldens, laws and the browser use.
func reports() map[string]Report {
	return map[string]Report{
		"empty": {From: "1.50.0", To: "1.50.0", Outcome: Needless},
		"plan": {
			From: "1.49.2", To: "1.50.1",
			Packages: []Package{
				{Name: "@backstage/ui", From: "^0.14.0", To: "^0.18.0", Kind: lockstep.Breaking, Where: []string{"packages/app"}},
				{Name: "@backstage/cli", From: "^0.36.1", To: "^0.36.6", Kind: lockstep.Patch, Where: []string{"root", "packages/app"}},
			},
			Commands: []Command{{Line: "yarn install", Why: "this is a plan"}},
		},
		"made": made(),
		"failed": {
			From: "1.54.0", To: "1.55.0", Outcome: Failed, Problem: "`yarn install` failed with status 1",
			Commands: []Command{
				{Line: "yarn install", Result: Broken, Status: 1, Took: 3200 * time.Millisecond, Tail: []string{"\x1b[31m➤\x1b[39m YN0000: ┌ Resolution step", "➤ YN0082: │ @acme/x@npm:^9: No candidates found", "➤ YN0000: Failed with errors in 3s 100ms"}},
				{Line: "yarn run tsc", Why: "the install failed", ToDo: true},
			},
		},
		"stopped":   {From: "1.54.0", To: "1.55.0", Outcome: Stopped, Problem: "package.json has uncommitted changes"},
		"next":      {From: "1.54.0", To: "1.55.0-next.1", Outcome: Made, Template: &Template{From: "1.54.0", To: "1.55.0-next.1", Diff: "--- a/x.ts\n+++ b/x.ts\n@@ -1 +1 @@\n-one\n+two\n"}},
		"lists":     lists(),
		"hostile":   hostile("<script>alert(1)</script>|`</details>\n\n# x\n<!-- @everyone #1"),
		"long":      hostile(strings.Repeat("word", 40)),
		"unknown":   {To: "1.55.0", Outcome: Made},
		"nomarkers": {From: "1.54.0", To: "1.54.3", Outcome: Made, Template: &Template{From: "1.54.0", To: "1.54.3"}},
	}
}

func made() Report {
	return Report{
		From: "1.50.0", To: "1.55.0", Outcome: Made, Changed: 14, Added: 1, Deleted: 1,
		Packages: []Package{
			{Name: "@backstage/plugin-catalog-react", From: "^2.1.2", To: "^3.2.3", Kind: lockstep.Breaking, Where: []string{"packages/app", "plugins/badge"}},
			{Name: "@backstage/plugin-jenkins", NewName: "@backstage-community/plugin-jenkins", From: "^0.9.0", To: "^0.31.0", Kind: lockstep.Moved, Where: []string{"packages/app"}, Why: "its change log says so"},
			{Name: "@backstage/catalog-model", From: "1.8.0", To: "1.10.1", Kind: lockstep.Minor, Where: []string{"packages/app"}},
			{Name: "@backstage/cli", From: "^0.36.1", To: "^0.36.6", Kind: lockstep.Patch, Where: []string{"root", "packages/app", "packages/backend"}},
			{Name: "@acme/backstage-plugin-lights", From: "^1.0.0", Kind: lockstep.Held, NotTaken: "2.0.0", Where: []string{"packages/app"}, Why: "no version fits: 2.0.0 needs `@backstage/theme` ^0.9.0, the release has 0.7.3"},
			{Name: "@backstage/plugin-gone", From: "^0.1.0", Kind: lockstep.Removed, Where: []string{"packages/backend"}, Why: "release 1.55.0 does not have it"},
		},
		Breaking: []Breaking{
			{Package: "@backstage/ui", From: "0.14.0", To: "0.18.0", Imports: []Place{{"packages/app/src/index.tsx", 4}, {"plugins/badge/src/Badge.tsx", 1}},
				Changes: []Change{
					{Version: "0.16.0", Sure: true, Title: "BREAKING: The public `SelectProps` interface is now a union type", Link: "https://github.com/backstage/backstage/commit/0123abc",
						Text: "`Select` now has more.\n\n**BREAKING**: The public `SelectProps` interface is now a union type, see [the guide](https://ui.example.com/guide_(old)).\n\n```diff\n- interface A extends SelectProps {\n+ type A = SelectProps & {\n```\n\n- first *thing*\n- second thing, which has\n  a second line\n\n  1. and a list\n  2. in it\n\n> Quoted <b>words</b> of @someone, see #1234.\n\n| a | b |\n| - | - |\n| 1 | 2 |\n"},
					{Version: "0.15.0", Title: "Added re-exports", Text: "Added re-exports of `Key`."},
				}},
			{Package: "@backstage/plugin-notifications", From: "0.5.16", To: "0.6.0", Changes: []Change{{Version: "0.6.0", Title: "Added a card.", Text: "Added a card."}}},
		},
		Template: &Template{
			From: "1.50.0", To: "1.55.0", Why: "the app has the legacy frontend system",
			Files: []File{
				{Path: "packages/backend/Dockerfile", Status: template.Conflict, Conflicts: []Conflict{
					{Place: Place{"packages/backend/Dockerfile", 12}, Why: "both changed these lines", Policy: "markers",
						Base: Side{12, 12, "FROM node:22-bookworm-slim\n"}, Ours: Side{12, 13, "FROM registry.example.com/node:22\nLABEL a=b\n"}, Theirs: Side{12, 12, "FROM node:24-trixie-slim\n"}}}},
				{Path: "package.json", Status: template.Conflict, Conflicts: []Conflict{
					{Place: Place{"package.json", 9}, Key: "scripts.test", Why: "you deleted it, and the template changed it", Base: Side{9, 9, `    "test": "a",` + "\n"}, Ours: Side{9, 8, ""}, Theirs: Side{9, 9, `    "test": "b",` + "\n"}}}},
				{Path: "app-config.yaml", Status: template.Merged, Notes: []string{"the comment above `auth` is the template's"}},
				{Path: "packages/app/src/main/App.tsx", From: "packages/app/src/App.tsx", Status: template.Merged},
				{Path: ".yarn/releases/yarn-4.13.0.cjs", Status: template.Added},
				{Path: ".yarn/releases/yarn-4.4.1.cjs", Status: template.Deleted},
				{Path: "README.md", Status: template.Skipped, Why: "people have written their own"},
				{Path: "playwright.config.ts", Status: template.Skipped, Why: "its lines end in different ways", Look: true},
			},
			Pieces: []Piece{
				{Words: "merged by fact: backend feature `@backstage/plugin-signals-backend` in packages/backend/src/features.ts:12"},
				{Words: "route `/settings` (packages/app/src/routes.tsx:30): the app has it in another form", Open: true, Manual: "In packages/app/src/routes.tsx, write\n  <Route path=\"/settings\" element={<SettingsPage />} />"},
			},
		},
		Node: &Node{Range: "22 || 24", Places: []NodePlace{
			{Place: Place{".nvmrc", 1}, Text: "18", New: "24", Why: "18 is not supported."},
			{Place: Place{"package.json", 6}, Text: "18 || 20", New: "22 || 24", Fixed: true, Why: "18 and 20 are not supported."},
		}},
		Duplicates: []Duplicate{
			{Name: "react", Must: true, Why: "hooks work with one copy alone", After: []string{"17.0.2", "18.3.1"}, Hint: "pin it in `resolutions`"},
			{Name: "@backstage/theme", After: []string{"0.7.1", "0.7.3"}, Dedupe: "yarn dedupe"},
			{Name: "@backstage/core-plugin-api", Must: true, Why: "the app has one registry of APIs", After: []string{"1.12.3", "1.12.10"}, Hint: "run `yarn dedupe @backstage/core-plugin-api`: all who ask for it admit 1.12.10", Dedupe: "yarn dedupe"},
			{Name: "react-router", After: []string{"6.30.0"}},
		},
		Commands: []Command{
			{Line: "yarn install", Result: Passed, Took: 43 * time.Second},
			{Line: "yarn dedupe", Why: "--dedupe runs it", ToDo: false},
			{Line: "yarn run tsc", Result: Broken, Status: 2, Took: 131 * time.Second, Tail: []string{"packages/app/src/App.tsx:3:10 - error TS2305: Module has no exported member 'x'.", "", "Found 1 error."}},
		},
		Notes: []Note{
			{Summary: "85 versions of release 1.55.0 are uncertain: https://versions.example.com/v1/tags/main/a-long-name-without-a-place-to-break-it/manifest.json gives no answer"},
			{Place: Place{"yarn.lock", 0}, Summary: "newer than the release: @backstage/theme 0.8.0", Manual: "Go to the newer release, or pin them.", ToDo: true},
		},
	}
}

// hostile is a report with every string the same.
func hostile(s string) Report {
	place := Place{s, 3}
	side := Side{1, 2, s}
	return Report{
		From: s, To: s, Outcome: Failed, Problem: s,
		Packages: []Package{
			{Name: s, NewName: s, From: s, To: s, Kind: lockstep.Moved, Where: []string{s, s}, Why: s},
			{Name: s, From: s, Kind: lockstep.Held, Where: []string{s}, Why: s},
		},
		Breaking: []Breaking{{Package: s, From: s, To: s, Imports: []Place{place}, Changes: []Change{{Version: s, Sure: true, Title: s, Text: s + "\n\n" + s, Link: "https://example.com/" + s}, {Version: s, Title: s, Text: s}}}},
		Template: &Template{From: s, To: s, Why: s, Files: []File{
			{Path: s, From: s, Status: template.Conflict, Why: s, Notes: []string{s}, Conflicts: []Conflict{{Place: place, Key: s, Why: s, Base: side, Ours: side, Theirs: side}}},
			{Path: s, Status: template.Skipped, Why: s, Look: true},
		}, Pieces: []Piece{{Words: s, Open: true, Manual: s}}},
		Node:       &Node{Range: s, Places: []NodePlace{{Place: place, Text: s, New: s, Why: s}}},
		Duplicates: []Duplicate{{Name: s, Must: true, Why: s, After: []string{s, s}, Hint: s}, {Name: s, After: []string{s, s}, Dedupe: s}},
		Commands:   []Command{{Line: s, Result: Broken, Tail: []string{s, s}, Why: s}, {Line: s, Why: s, ToDo: true}},
		Notes:      []Note{{Place: place, Summary: s, Manual: s, ToDo: true}},
	}
}

func TestReportsAreAsInTheirGoldens(t *testing.T) {
	for name, r := range reports() {
		page, err := HTML(r)
		if err != nil {
			t.Fatal(name, err)
		}
		for ext, got := range map[string]string{".md": Markdown(r, Limit), ".html": withoutStyle(string(page))} {
			file := filepath.Join("testdata", name+ext)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is not as it was; -update writes it anew", file)
			}
		}
	}
	for _, e := range must(os.ReadDir("testdata"))(t) {
		if _, ok := reports()[strings.TrimSuffix(e.Name(), filepath.Ext(e.Name()))]; !ok && !e.IsDir() {
			t.Errorf("testdata/%s is of no report", e.Name())
		}
	}
}

// withoutStyle is a page without what is the same in every one.
func withoutStyle(page string) string {
	before, rest, _ := strings.Cut(page, "<style>")
	_, after, _ := strings.Cut(rest, "</style>")
	policy, rest, _ := strings.Cut(before, "sha256-")
	_, rest, _ = strings.Cut(rest, "'")
	return policy + "sha256-...'" + rest + "<style></style>" + after
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
