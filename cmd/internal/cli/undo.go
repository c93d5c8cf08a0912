package cli

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/handoff"
	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
)

type undoOptions struct {
	*factory
	dryRun   bool
	exitCode bool
	yes      bool
	force    bool
}

func newCmdUndo(f *factory, runF func(context.Context, *undoOptions) error) *cobra.Command {
	opts := &undoOptions{factory: f}
	cmd := &cobra.Command{
		Use:   "undo",
		Short: "Take the last change back, or clear up an interrupted one",
		Long: `Take the last change that batten made back: every file gets the bytes that it had.
A change that was interrupted is cleared up in the same way. Run it again for the change
before that; the last twenty are kept.`,
		Example: `  batten undo                take the last change back
  batten undo --dry-run      print what that would restore`,
		Args: noArgs,
		RunE: run(func(ctx context.Context, _ []string) error { return runF(ctx, opts) }),
	}
	cmd.Flags().BoolVar(&opts.dryRun, "dry-run", false, "print the diff, as git apply takes it, and write nothing")
	cmd.Flags().BoolVar(&opts.exitCode, "exit-code", false, "with --dry-run: exit with 1 if there is something to restore")
	cmd.Flags().BoolVarP(&opts.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&opts.force, "force", false, "restore files that were changed since, too; what they are now is lost")
	return cmd
}

// undoJSON is what `undo --json` prints.
type undoJSON struct {
	Schema  int          `json:"schema"` // 1
	Verb    string       `json:"verb"`   // what is taken back: "add tech-radar"
	Time    string       `json:"time"`   // when it was made: RFC 3339, UTC
	State   change.State `json:"state"`  // how far it had come
	DryRun  bool         `json:"dryRun"`
	Changes []changeJSON `json:"changes"` // from what is there to what was
}

func runUndo(ctx context.Context, opts *undoOptions) error {
	root, err := opts.root()
	if err != nil {
		return err
	}
	plan, err := change.PlanUndo(root)
	if err != nil {
		return err
	}
	if opts.dryRun {
		return dryUndo(opts, plan)
	}
	if len(plan.Changed) > 0 && !opts.force {
		return change.Undo(ctx, plan, change.Options{}) // says which files, and what to do
	}
	if err := askUndo(ctx, opts, plan); err != nil {
		return err
	}
	if err := change.Undo(ctx, plan, change.Options{Force: opts.force}); err != nil {
		return err
	}
	merged, err := handoff.Merged(ctx, root, plan.Entry.Files)
	if err != nil {
		return err
	}
	if opts.json {
		return opts.outJSON(newUndoJSON(plan, false))
	}
	opts.errln(fmt.Sprintf("%s %s.", opts.io.ErrStyle().Green("Took back "+fmt.Sprintf("%q", plan.Entry.Verb)+":"), restored(plan.Restore)))
	if len(merged) > 0 {
		opts.errln("The conflicts in git's index are gone, too: " + strings.Join(merged, ", ") + ".")
	}
	if staged := handoff.Staged(ctx, root, plan.Entry.Files); len(staged) > 0 {
		opts.errln("Git's index still has changes of " + strings.Join(staged, ", ") + ": `git restore --staged` takes them out.")
	}
	for _, c := range plan.Restore {
		if path.Base(c.Path) == "package.json" {
			manager := "the package manager's"
			if ws, err := opts.load(workspace.Disk(root)); err == nil {
				manager = ws.Manager.Name
			}
			opts.errln("Dependencies changed: run `" + manager + " install`.")
			break
		}
	}
	return nil
}

func dryUndo(opts *undoOptions, plan *change.UndoPlan) error {
	var err error
	if opts.json {
		err = opts.outJSON(newUndoJSON(plan, true))
	} else {
		err = opts.out(colored(opts.io.OutStyle(), change.Diff(plan.Restore)))
	}
	if err == nil && opts.exitCode && len(plan.Restore) > 0 {
		return errPending
	}
	return err
}

// askUndo says what will be restored, and asks where someone can answer.
func askUndo(ctx context.Context, opts *undoOptions, plan *change.UndoPlan) error {
	if opts.yes || !opts.io.CanAsk() {
		return nil
	}
	style := opts.io.ErrStyle()
	opts.errln(describe(plan.Entry))
	opts.errln(strings.TrimRight(planText(style, plan.Restore), "\n"))
	for _, name := range plan.Changed {
		opts.errln(style.Yellow("warning:") + " " + name + " was changed since; what it is now will be lost")
	}
	return opts.confirm(ctx, "Restore "+these(len(plan.Restore))+"?")
}

func these(n int) string {
	if n == 1 {
		return "this file"
	}
	return "these files"
}

// restored says how many files an undo wrote and removed.
func restored(changes []change.Change) string {
	wrote, removed := 0, 0
	for _, c := range changes {
		if c.After == nil {
			removed++
		} else {
			wrote++
		}
	}
	var parts []string
	if wrote > 0 || removed == 0 {
		parts = append(parts, count(wrote, "file")+" restored")
	}
	if removed > 0 {
		parts = append(parts, count(removed, "file")+" removed")
	}
	return strings.Join(parts, ", ")
}

// describe says what an entry of the journal is.
func describe(e change.Entry) string {
	what := fmt.Sprintf("%q of %s", e.Verb, e.Time.Local().Format("2006-01-02 15:04:05"))
	switch e.State {
	case change.InterruptedCommit:
		return what + ", which was interrupted while it was made"
	case change.InterruptedUndo:
		return what + ", whose undo was interrupted"
	default:
		return what
	}
}

// interrupted refuses any other change until an interrupted one is cleared up.
func interrupted(e *change.Entry) *diag.Diagnostic {
	d := diag.Errorf("interrupted", "the change %s", describe(*e))
	d.Detail = "Files that it names may be half changed: " + strings.Join(e.Files, ", ")
	d.Manual = "Run `batten undo`: it restores every one of them."
	return d
}

func newUndoJSON(plan *change.UndoPlan, dry bool) undoJSON {
	return undoJSON{
		Schema: 1, Verb: plan.Entry.Verb, Time: plan.Entry.Time.UTC().Format("2006-01-02T15:04:05Z07:00"),
		State: plan.Entry.State, DryRun: dry, Changes: changesJSON(plan.Restore),
	}
}
