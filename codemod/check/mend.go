package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
)

// Mended is what Mend made.
type Mended struct {
	Fixed   []Finding // what is mended, in the order in which it was
	Refused []Refused // safe fixes that were not made
	Left    *Result   // what is found afterwards
}

// Refused is a fix that was not made, because it could not be proved.
type Refused struct {
	Finding Finding
	Why     string
}

// Options are for Mend.
type Options struct {
	Rules    []Rule
	Settings *Settings
	// Load reads a workspace as the caller reads it.
	Load func(over *change.Overlay) (*workspace.Workspace, error)
	// Published is what the findings were found with: see Repo.TakePublished.
	Published PackageFiles
	// Want chooses the findings to mend; nil for all.
	Want func(Finding) bool
}

// maxRounds bounds how often a repository is looked at again.
const maxRounds = 50

// Mend makes the safe fixes of findings on an overlay, whose base is what they were found in:
// each whole, or not at all. After each step the repository is observed again. A fix stays only
// if its finding is gone and there is no new error or warning. The error is of Options.Load, or the
// context's.
func Mend(ctx context.Context, over *change.Overlay, first *Result, opts Options) (*Mended, error) {
	m := &Mended{Left: first}
	tried := map[string]bool{}
	for range maxRounds {
		batch := m.batch(over, tried, opts.Want)
		if len(batch) == 0 {
			return m, nil
		}
		before := over.Clone()
		why, after, err := try(ctx, over, m.Left, batch, opts)
		if err != nil {
			return nil, err
		}
		if why == "" {
			m.Fixed, m.Left = append(m.Fixed, batch...), after
			continue
		}
		over.Restore(before)
		if len(batch) == 1 {
			m.refuse(batch[0], why, tried)
			continue
		}
		// Together they do not prove: one by one, then.
		for _, f := range batch {
			before := over.Clone()
			if !slices.ContainsFunc(m.Left.Findings, func(g Finding) bool { return g.Fingerprint == f.Fingerprint && sameEdits(f, g) }) {
				continue // an earlier one moved it: the next round has it
			}
			why, after, err := try(ctx, over, m.Left, []Finding{f}, opts)
			if err != nil {
				return nil, err
			}
			if why != "" {
				over.Restore(before)
				m.refuse(f, why, tried)
				continue
			}
			m.Fixed, m.Left = append(m.Fixed, f), after
		}
	}
	return m, nil
}

func sameEdits(f, g Finding) bool {
	a, okA := safeFix(f)
	b, okB := safeFix(g)
	if !okA || !okB || len(a.Edits) != len(b.Edits) {
		return false
	}
	for name, edits := range a.Edits {
		if !slices.Equal(edits, b.Edits[name]) {
			return false
		}
	}
	return true
}

func (m *Mended) refuse(f Finding, why string, tried map[string]bool) {
	tried[f.Fingerprint] = true
	m.Refused = append(m.Refused, Refused{f, why})
}

func safeFix(f Finding) (Fix, bool) {
	i := slices.IndexFunc(f.Fixes, func(x Fix) bool { return x.Safe })
	if i < 0 {
		return Fix{}, false
	}
	return f.Fixes[i], true
}

// batch are findings whose fixes can be made together: no two change the same file, or they do
// so apart from each other.
func (m *Mended) batch(over *change.Overlay, tried map[string]bool, want func(Finding) bool) []Finding {
	var batch []Finding
	plan := map[string][]text.Edit{}
	for _, f := range m.Left.Findings {
		fix, ok := safeFix(f)
		if !ok || tried[f.Fingerprint] || want != nil && !want(f) {
			continue
		}
		next := map[string][]text.Edit{}
		for name, edits := range fix.Edits {
			merged, err := text.Merge(plan[name], edits)
			if err == nil {
				var src []byte
				if src, err = over.ReadFile(name); err == nil {
					_, err = text.Apply(src, merged)
				}
			}
			// What two fixes do alike is made once, and one of them may then be half made.
			if err != nil || len(merged) != len(plan[name])+len(edits) {
				next = nil
				break
			}
			next[name] = merged
		}
		if next == nil {
			continue
		}
		for name, edits := range next {
			plan[name] = edits
		}
		batch = append(batch, f)
	}
	return batch
}

// try makes the fixes of findings, and proves them. why says why that failed; over is then to
// be restored.
func try(ctx context.Context, over *change.Overlay, left *Result, batch []Finding, opts Options) (why string, after *Result, err error) {
	if err := edit(over, batch); err != nil {
		return err.Error(), nil, ctx.Err()
	}
	ws, err := opts.Load(over)
	if err != nil {
		var d *diag.Diagnostic
		if errors.As(err, &d) {
			return "the repository could not be read any more: " + d.Error(), nil, nil
		}
		return "", nil, err
	}
	repo, err := Open(ctx, ws)
	if err != nil {
		return "", nil, err
	}
	repo.TakePublished(opts.Published)
	after, err = Run(ctx, repo, opts.Rules, opts.Settings)
	if err != nil {
		return "", nil, err
	}
	return prove(left, after, batch), after, nil
}

// edit plans the fixes of findings on an overlay.
func edit(over *change.Overlay, batch []Finding) error {
	plan := map[string][]text.Edit{}
	reasons := map[string][]change.Reason{}
	for _, f := range batch {
		fix, _ := safeFix(f)
		for name, edits := range fix.Edits {
			merged, err := text.Merge(plan[name], edits)
			if err != nil {
				return err
			}
			plan[name] = merged
			if len(edits) > 0 {
				reasons[name] = append(reasons[name], change.Reason{Offset: edits[0].Start, Text: fmt.Sprintf("%s: %s.", f.Code, strings.TrimSuffix(fix.Title, "."))})
			}
		}
	}
	for name, edits := range plan {
		for i := range reasons[name] {
			reasons[name][i].Offset = text.Carry(reasons[name][i].Offset, edits, false)
		}
		if err := over.Edit(name, edits, reasons[name]...); err != nil {
			return err
		}
	}
	return nil
}

// prove says why findings after some fixes are not those before, less those fixed; "" if they
// are.
func prove(before, after *Result, batch []Finding) string {
	now := counts(after.Findings)
	was := counts(before.Findings)
	fixed := counts(batch)
	for id, n := range fixed {
		if now[id] > was[id]-n {
			return "it would not mend what was found"
		}
	}
	edited := map[string]bool{}
	for _, f := range batch {
		fix, _ := safeFix(f)
		for name := range fix.Edits {
			edited[name] = true
		}
	}
	for i := range after.Findings {
		f := &after.Findings[i]
		if f.Code == codeLockfile && edited[f.File] {
			continue // the install that follows a change of package.json settles it
		}
		if id := f.identity(); now[id] > was[id] && f.Severity > diag.Note {
			return fmt.Sprintf("it would leave something else wrong: %s: %s %s", f.Location(), f.Code, f.Summary)
		}
	}
	return ""
}

// identity is the fingerprint without the number.
func (f *Finding) identity() string {
	return f.Code + "\x00" + f.File + "\x00" + cmp.Or(f.key, f.Summary)
}

func counts(list []Finding) map[string]int {
	n := map[string]int{}
	for i := range list {
		n[list[i].identity()]++
	}
	return n
}
