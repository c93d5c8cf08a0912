package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/diag"
)

// errorJSON is the result under --json of a command that failed.
type errorJSON struct {
	Schema int       `json:"schema"` // 1
	Errors diag.List `json:"errors"`
}

// printError says on standard error what failed, where, and what to do next; under --json
// also as the result.
func (f *factory) printError(err error) {
	style := f.io.ErrStyle()
	if f.json && !errors.Is(err, errPending) && !errors.Is(err, errFindings) {
		if err := f.outJSON(errorJSON{1, diagnostics(err)}); err != nil {
			f.errln(style.Red("error:") + " " + err.Error())
		}
	}
	var usage *usageError
	switch {
	case errors.Is(err, errPending), errors.Is(err, errFindings):
		return
	case errors.Is(err, errDeclined):
		f.errln("Nothing was changed.")
	case errors.As(err, &usage):
		f.errln(style.Red("error:") + " " + err.Error())
		f.errln(fmt.Sprintf("Run `%s --help` to see how it is used.", usage.command))
	case errors.Is(err, context.Canceled):
		f.errln(style.Red("interrupted:") + " " + interruption(err))
	case diag.Of(err) != nil:
		// What wraps the diagnostics says in front of them what was being done.
		for _, d := range diag.Of(err) {
			f.printDiagnostic(d)
		}
	default:
		f.errln(style.Red("error:") + " " + err.Error())
	}
}

// diagnostics are those of any error, made up for one that is none. Their codes are then usage,
// declined, interrupted or failed.
func diagnostics(err error) diag.List {
	var usage *usageError
	d := &diag.Diagnostic{Severity: diag.Error, Code: "failed", Summary: err.Error()}
	switch {
	case errors.As(err, &usage):
		d.Code, d.Manual = "usage", fmt.Sprintf("Run `%s --help` to see how it is used.", usage.command)
	case errors.Is(err, errDeclined):
		d.Code = "declined"
	case errors.Is(err, context.Canceled):
		d.Code, d.Summary = "interrupted", interruption(err)
	case diag.Of(err) != nil:
		return diag.Of(err)
	}
	return diag.List{d}
}

// printDiagnostic prints a diagnostic in parts: place and summary, detail, what to do.
func (f *factory) printDiagnostic(d *diag.Diagnostic) {
	style := f.io.ErrStyle()
	head := severity(style, d.Severity) + " "
	if at := d.Location(); at != "" && !strings.HasPrefix(d.Summary, at) {
		head += style.Cyan(at) + ": "
	}
	f.errln(head + d.Summary)
	if d.Detail != "" {
		f.errln(indent(d.Detail))
	}
	if d.Manual != "" {
		f.errln(indent(style.Bold("next:") + " " + d.Manual))
	}
}

// interruption says what an interrupted command left behind. Whatever ends before all files of a
// change are in place leaves none of them changed.
func interruption(err error) string {
	what, _ := strings.CutSuffix(err.Error(), context.Canceled.Error())
	if what = strings.TrimSuffix(what, ": "); what == "" {
		return "nothing was changed"
	}
	return what
}

func severity(style iostreams.Style, s diag.Severity) string {
	switch label := s.String() + ":"; s {
	case diag.Error:
		return style.Red(label)
	case diag.Warning:
		return style.Yellow(label)
	default:
		return style.Bold(label)
	}
}

// warn prints diagnostics that do not end the command.
func (f *factory) warn(list diag.List) {
	for _, d := range list {
		f.printDiagnostic(d)
	}
}

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n  ")
}
