package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

func TestErrorsMapToExitStatuses(t *testing.T) {
	refusal := diag.Errorf("x", "no")
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0}, {errPending, 1}, {fmt.Errorf("while: %w", errPending), 1}, {errDeclined, 2}, {refusal, 2},
		{diag.List{refusal}, 2}, {&usageError{"batten", errors.New("x")}, 2}, {context.Canceled, 2}, {errors.New("x"), 2},
	} {
		if got := exitStatus(c.err); got != c.want {
			t.Errorf("%v: got %d, want %d", c.err, got, c.want)
		}
	}
}

func TestErrorsSayWhatWhereAndWhatNext(t *testing.T) {
	src := []byte("a\nb c\n")
	d := diag.Diagnostic{Severity: diag.Error, Summary: "no place for it", Detail: "Two\nlines.", Manual: "Write it there."}
	for _, c := range []struct{ err, want string }{
		{"diagnostic", "error: x.ts:2:3: no place for it\n  Two\n  lines.\n  next: Write it there.\n"},
		{"named in its summary", "error: x.ts is odd\n"},
		{"usage", "error: what\nRun `batten add --help` to see how it is used.\n"},
		{"declined", "Nothing was changed.\n"}, {"pending", ""}, {"other", "error: what\n"},
	} {
		io, out, errs := iostreams.Test("")
		f := &factory{io: io}
		f.printError(map[string]error{
			"diagnostic":           fmt.Errorf("add: %w", diag.List{d.At("x.ts", src, text.Span{Start: 4, End: 5})}),
			"named in its summary": &diag.Diagnostic{Severity: diag.Error, File: "x.ts", Summary: "x.ts is odd"},
			"usage":                &usageError{"batten add", errors.New("what")},
			"declined":             errDeclined, "pending": errPending, "other": errors.New("what"),
		}[c.err])
		if errs.String() != c.want || out.Len() > 0 {
			t.Errorf("%s: got %q, want %q", c.err, errs, c.want)
		}
	}
}

func plan() []change.Change {
	before, after := "one\ntwo\n", "one\n1.5\ntwo\n2.5\n"
	return []change.Change{
		{Path: "a.ts", Before: []byte(before), After: []byte(after), Mode: 0o644, Reasons: []change.Reason{{Offset: 4, Text: "Half."}, {Offset: 12, Text: "And half."}}},
		{Path: "b.ts", After: []byte("x\n"), Mode: 0o644, Reasons: []change.Reason{{Text: "It is new."}}},
		{Path: "c.ts", Before: []byte("x\n"), Mode: 0o644},
	}
}

func TestPlanIsGroupedByFileWithReasons(t *testing.T) {
	want := `a.ts  +2 -0
  2  Half.
  4  And half.
b.ts  new, 1 line
  1  It is new.
c.ts  removed
`
	if got := planText(iostreams.Style{}, plan()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestColourLeavesTheDiffsText(t *testing.T) {
	diff := change.Diff(plan())
	if got := colored(iostreams.Style{}, diff); got != diff {
		t.Errorf("without colour: got\n%s", got)
	}
	io, _, _ := iostreams.Test("")
	io.Terminal(true)
	got := colored(io.OutStyle(), diff+"\\ No newline at end of file\n")
	if !strings.Contains(got, "\x1b[32m+1.5\x1b[0m\n") || !strings.Contains(got, "\x1b[1m--- a/a.ts\x1b[0m\n") || !strings.Contains(got, "\x1b[36m@@ ") {
		t.Errorf("got %q", got)
	}
	plain := got
	for _, code := range []string{"\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[36m"} {
		plain = strings.ReplaceAll(plain, code, "")
	}
	if plain != diff+"\\ No newline at end of file\n" {
		t.Errorf("the text changed: %q", plain)
	}
}

func TestColumnsAlign(t *testing.T) {
	got := strings.Join(columns([][]string{{"9", "ä", "", "x"}, {"10", "bcd", "", ""}, {"alone"}}), "\n")
	want := "    9  ä    x\n   10  bcd\nalone"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPresentAsksOnceAndMakesThePlan(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		tty          bool
		w            writing
		asked, made  bool
		want         error
	}{
		{"a yes on a terminal", "y\n", true, writing{}, true, true, nil},
		{"a no on a terminal", "n\n", true, writing{}, true, false, errDeclined},
		{"--yes on a terminal", "", true, writing{yes: true}, false, true, nil},
		{"no terminal", "", false, writing{}, false, true, nil},
		{"--dry-run", "y\n", true, writing{dryRun: true}, false, false, nil},
		{"--dry-run --exit-code", "", false, writing{dryRun: true, exitCode: true}, false, false, errPending},
	} {
		t.Run(c.name, func(t *testing.T) {
			io, out, errs := iostreams.Test(c.answer)
			if c.tty {
				io.Terminal(false)
			}
			root := t.TempDir()
			changes := []change.Change{{Path: "b.ts", After: []byte("x\n"), Mode: 0o644, Reasons: []change.Reason{{Text: "It is new."}}}}
			err := (&factory{io: io}).present(context.Background(), proposal{root: root, verb: "add x", changes: changes, notes: "Set X."}, c.w)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if asked := strings.Contains(errs.String(), "[y/N]"); asked != c.asked {
				t.Errorf("asked: %v\n%s", asked, errs)
			}
			history, err := change.History(root)
			if err != nil || len(history) == 1 != c.made {
				t.Errorf("history: %v, %v", history, err)
			}
			if diff := change.Diff(changes); (out.String() == diff) != c.w.dryRun {
				t.Errorf("standard output: %q", out)
			}
			if c.made && (!strings.Contains(errs.String(), "b.ts  new, 1 line\n  1  It is new.") || !strings.HasSuffix(errs.String(), "\nSet X.\n")) {
				t.Errorf("standard error: %s", errs)
			}
		})
	}
}

func TestAPersonIsNotShownGeneratedCode(t *testing.T) {
	long := []byte(strings.Repeat("x", 3000) + "\n")
	got := readable([]change.Change{{Path: "a.ts", Before: []byte("a\n"), After: []byte("b\n")}, {Path: "yarn.cjs", After: long}})
	want := "diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-a\n+b\n" +
		"diff --git a/yarn.cjs b/yarn.cjs\n(0 kB of generated code before, 3 kB after; --dry-run prints them)\n"
	if got != want {
		t.Errorf("got %s", got)
	}
}
