package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/batten-dev/batten/cmd/internal/handoff"
	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
)

// proposal is a proved plan, ready to be shown and made.
type proposal struct {
	root    string
	verb    string // for the journal: "add tech-radar"
	changes []change.Change
	manager workspace.Manager           // whose install is run when a package.json changed
	told    bool                        // the plan has been printed, and only its diff is to be shown
	install bool                        // run the install even if no package.json changed
	before  func(context.Context) error // called before anything is written; may be nil
	written func(context.Context) error // called once the files are changed, before the install; may be nil
	after   func(context.Context) error // called once all is installed; may be nil
	choices bool                        // the plan could be another, and a person is asked whether it should
	notes   string                      // printed once the plan is made: what is left to do
	result  any                         // what --json prints, once all is done
	log     *runLog                     // of what is run; may be nil
	end     func(error) error           // called at the end, with the error, and returns the one to end with; may be nil
}

// present shows a plan and, unless this is a dry run, makes it. It does what every verb that
// plans changes must do, in this order:
//
//   - --dry-run: the diff alone goes to standard output.
//   - Files with uncommitted changes are refused.
//   - On a terminal the plan, its diff and one question; elsewhere the plan alone.
//   - The change is committed, and the package manager installs what changed.
//
// Under --json all of this goes to standard error, and the result to standard output, unless
// something fails.
func (f *factory) present(ctx context.Context, p proposal, w writing) error {
	err := f.makeChanges(ctx, p, w)
	if p.end != nil {
		err = p.end(err)
	}
	if f.json && (err == nil || errors.Is(err, errPending)) {
		if err := f.outJSON(p.result); err != nil {
			return err
		}
	}
	return err
}

func (f *factory) makeChanges(ctx context.Context, p proposal, w writing) error {
	if len(p.changes) == 0 {
		return nil
	}
	if w.dryRun {
		return f.dryRun(p, w)
	}
	if err := refuseDirty(ctx, p, w); err != nil {
		return err
	}
	style := f.io.ErrStyle()
	if !p.told {
		f.errln(strings.TrimRight(planText(style, p.changes), "\n"))
	}
	if f.io.CanAsk() && !w.yes {
		f.errln("\n" + strings.TrimRight(colored(style, readable(p.changes)), "\n"))
		ask := f.confirm
		if p.choices {
			ask = f.confirmOrChoose
		}
		if err := ask(ctx, "Make these changes?"); err != nil {
			return err
		}
	}
	if p.before != nil {
		if err := p.before(ctx); err != nil {
			return err
		}
	}
	if err := change.Commit(ctx, p.root, p.changes, change.Options{Verb: p.verb}); err != nil {
		return err
	}
	if p.log != nil {
		p.log.made = true
	}
	f.errln(style.Green("Changed "+count(len(p.changes), "file")+".") + " `batten undo` takes it back.")
	var err error
	if p.written != nil {
		err = p.written(ctx)
	}
	if err == nil {
		err = f.install(ctx, p, w)
	}
	if err == nil && p.after != nil {
		err = p.after(ctx)
	}
	if p.notes != "" {
		f.errln("\n" + p.notes)
	}
	return err
}

// confirm asks a question before anything is changed. The error is that of an answer other than yes.
func (f *factory) confirm(ctx context.Context, question string) error {
	yes, err := f.io.Confirm(ctx, "\n"+question)
	if err == nil && !yes {
		return errDeclined
	}
	return err
}

// errChoose is the end of a question that was answered with the wish for another plan.
var errChoose = errors.New("another plan is wanted")

// confirmOrChoose is confirm with a third answer, whose error is errChoose.
func (f *factory) confirmOrChoose(ctx context.Context, question string) error {
	answer, err := f.io.Ask(ctx, "\n"+question+" [y/N, c to choose otherwise]", func(text string) bool {
		return slices.Contains([]string{"", "y", "yes", "n", "no", "c", "choose"}, strings.ToLower(text))
	})
	switch answer := strings.ToLower(answer); {
	case err != nil || strings.HasPrefix(answer, "y"):
		return err
	case strings.HasPrefix(answer, "c"):
		return errChoose
	}
	return errDeclined
}

func (f *factory) dryRun(p proposal, w writing) error {
	if !f.json {
		if err := f.out(colored(f.io.OutStyle(), change.Diff(p.changes))); err != nil {
			return err
		}
	}
	if w.exitCode {
		return errPending
	}
	return nil
}

// refuseDirty refuses to change files that hold work which is not committed.
func refuseDirty(ctx context.Context, p proposal, w writing) error {
	if w.allowDirty {
		return nil
	}
	var files []string
	for _, c := range p.changes {
		if c.Before != nil {
			files = append(files, c.Path)
		}
	}
	dirty, _, err := handoff.Dirty(ctx, p.root, files)
	if err != nil {
		return err
	}
	if last, err := change.PlanUndo(p.root); err == nil && len(dirty) > 0 {
		// What batten itself wrote last, and nobody touched since, is no work that could be lost.
		dirty = slices.DeleteFunc(dirty, func(name string) bool {
			return slices.Contains(last.Entry.Files, name) && !slices.Contains(last.Changed, name)
		})
	}
	slices.Sort(dirty)
	var refused diag.List
	for _, name := range dirty {
		d := diag.Errorf("uncommitted-changes", "%s has uncommitted changes", name)
		d.File = name
		refused = append(refused, d)
	}
	if len(refused) > 0 {
		refused[len(refused)-1].Manual = "Commit or stash them first, or run the command again with --allow-dirty."
	}
	return refused.Err()
}

// install runs the package manager if a package.json was changed.
func (f *factory) install(ctx context.Context, p proposal, w writing) error {
	if !p.install && !slices.ContainsFunc(p.changes, func(c change.Change) bool { return path.Base(c.Path) == "package.json" }) {
		return nil
	}
	if w.noInstall {
		f.errln(fmt.Sprintf("Dependencies changed: run `%s install`.", p.manager.Name))
		return nil
	}
	f.errln(fmt.Sprintf("Running `%s install` in %s.", p.manager.Name, p.root))
	err := p.log.run(p.manager.Name+" install", f.io.Err, func(streams handoff.Streams) error {
		return handoff.Install(ctx, p.root, p.manager, streams)
	})
	if err == nil {
		return change.Settle(p.root, sorted(p)...)
	}
	var failed *handoff.Failure
	if !errors.As(err, &failed) {
		return err
	}
	d := diag.Errorf("install-failed", "%s", failed)
	d.Detail = "The files are changed; their dependencies are not installed."
	d.Manual = fmt.Sprintf("Mend the cause and run `%s` again, or take the change back with `batten undo`.", failed.Command)
	return d
}

// sorted are the package.json files of a plan that the package manager has written anew since,
// with the same content: yarn sorts dependencies.
func sorted(p proposal) []string {
	var names []string
	for _, c := range p.changes {
		if path.Base(c.Path) != "package.json" || c.After == nil {
			continue
		}
		now, err := os.ReadFile(filepath.Join(p.root, filepath.FromSlash(c.Path)))
		var was, is any
		if err == nil && !bytes.Equal(now, c.After) && json.Unmarshal(c.After, &was) == nil && json.Unmarshal(now, &is) == nil && reflect.DeepEqual(was, is) {
			names = append(names, c.Path)
		}
	}
	return names
}
