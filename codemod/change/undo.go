package change

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/batten-dev/batten/codemod/diag"
)

// Entry is a change in the journal.
type Entry struct {
	ID    string // unique in the journal; later changes have greater ones
	State State
	Verb  string    // of Options
	Time  time.Time // UTC
	Files []string  // slash paths from the root, symbolic links followed
}

func (r *record) entry() Entry {
	e := Entry{ID: r.id, State: r.state, Verb: r.Verb, Time: r.Time}
	for _, f := range r.Files {
		e.Files = append(e.Files, f.Path)
	}
	return e
}

// Pending returns the change of root that was interrupted, if there is one: its process ended
// before its end. Commit refuses until Undo has restored every file.
//
// While a process is making a change, the error is a *diag.Diagnostic with code busy.
func Pending(root string) (*Entry, error) {
	j, err := journalOf(root, diskOps())
	if err != nil {
		return nil, err
	}
	defer j.close()
	if r, err := j.interrupted(); err != nil || r == nil {
		return nil, err
	}
	// It may be under way.
	if err := j.open(false); err != nil {
		return nil, err
	}
	r, err := j.interrupted()
	if err != nil || r == nil {
		return nil, err
	}
	e := r.entry()
	return &e, nil
}

// History returns the changes of root that can be taken back, newest first: Undo takes back
// the first.
func History(root string) ([]Entry, error) {
	j, err := journalOf(root, diskOps())
	if err != nil {
		return nil, err
	}
	list, err := j.list()
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, r := range list {
		if err := j.load(r); err != nil {
			return nil, err
		}
		out = append(out, r.entry())
	}
	return out, nil
}

func journalOf(root string, o ops) (*journal, error) {
	root, err := realRoot(root)
	if err != nil {
		return nil, err
	}
	return findJournal(o, root), nil
}

// UndoPlan says what Undo will do.
type UndoPlan struct {
	Root  string
	Entry Entry // the change that it takes back; if interrupted, that it clears up
	// Restore is what it will write: from the files as they are to the originals. Files that
	// are as they were are not in it; after an interruption that may be all.
	Restore []Change
	// Changed are the files that someone changed after Entry did. Undo refuses unless forced:
	// what they are now would be lost.
	Changed []string
}

// PlanUndo plans to take back the newest change of root, or the one that was interrupted.
//
// It fails with a *diag.Diagnostic or diag.List: nothing-to-undo, busy, journal-damaged, or a
// file's place has become something else than a file (not-regular, link-outside, ...).
func PlanUndo(root string) (*UndoPlan, error) {
	j, err := journalOf(root, diskOps())
	if err != nil {
		return nil, err
	}
	defer j.close()
	if err := j.open(false); err != nil {
		return nil, err
	}
	r, err := j.top()
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, diag.Errorf("nothing-to-undo", "there is no change to undo")
	}
	plan, _, err := j.planUndo(r)
	return plan, err
}

// planUndo returns the plan and its targets, by their number in r.
func (j *journal) planUndo(r *record) (*UndoPlan, map[int]*target, error) {
	plan := &UndoPlan{Root: j.root, Entry: r.entry()}
	targets := map[int]*target{}
	var refused diag.List
	for i, f := range r.Files {
		p, d := resolve(j.root, f.Path)
		if d == nil && p.real != f.Path {
			d = diag.Errorf("link-moved", "a part of %s has become a symbolic link", f.Path)
			d.File, d.Manual = f.Path, "Put the folder back where the link is."
		}
		var now found
		if d == nil {
			now, d = look(f.Path, p.full)
		}
		if d != nil {
			refused = append(refused, d)
			continue
		}
		before := f.before()
		isBefore := same(now.content, before)
		if isBefore && (before == nil || now.info.Mode().Perm() == f.Before.Mode) {
			continue
		}
		if !isBefore && !f.isAfter(now.content) {
			plan.Changed = append(plan.Changed, f.Path)
		}
		t := &target{place: p, name: f.Path, from: now.content, to: before, info: now.info}
		if before != nil {
			t.mode, t.setMode = f.Before.Mode, true
		}
		targets[i] = t
		plan.Restore = append(plan.Restore, Change{Path: f.Path, Before: now.content, After: before, Mode: t.mode})
	}
	return plan, targets, refused.Err()
}

// Undo carries out a plan of PlanUndo: every file of the change gets its original content and
// mode, new files and the folders made for them go (unless something else is in them now).
//
// It refuses with a *diag.Diagnostic or diag.List: undo-conflict (plan.Changed is not empty
// and opts.Force is not set), file-changed (a file is no longer what it was when planned),
// undo-outdated (another change was made or undone since), busy. A *Failure says whether
// everything was put back; an interrupted change is then still interrupted. An Undo that is
// itself interrupted is Pending, and another Undo ends it.
func Undo(ctx context.Context, plan *UndoPlan, opts Options) error {
	j, err := journalOf(plan.Root, opts.disk())
	if err != nil {
		return err
	}
	defer j.close()
	if err := j.open(true); err != nil {
		return err
	}
	r, err := j.top()
	if err != nil {
		return err
	}
	if r == nil || r.id != plan.Entry.ID || r.state != plan.Entry.State {
		d := diag.Errorf("undo-outdated", "another change was made or undone meanwhile")
		d.Manual = "Run `batten undo` again to see what it would restore now."
		return d
	}
	now, targets, err := j.planUndo(r)
	if err != nil {
		return err
	}
	if err := refuseUndo(plan, now, opts.Force); err != nil {
		return err
	}
	return j.undo(ctx, r, targets)
}

func refuseUndo(plan, now *UndoPlan, force bool) error {
	var refused diag.List
	if !force {
		for _, name := range now.Changed {
			d := diag.Errorf("undo-conflict", "%s was changed after %q", name, now.Entry.Verb)
			d.File, d.Manual = name, "Undo would lose that. Put the file back as it was, or run `batten undo --force` to lose it."
			refused = append(refused, d)
		}
	}
	if len(refused) == 0 {
		if !slices.EqualFunc(plan.Restore, now.Restore, func(a, b Change) bool { return a.Path == b.Path && same(a.Before, b.Before) }) {
			return changedSincePlan(plan, now)
		}
	}
	return refused.Err()
}

func changedSincePlan(plan, now *UndoPlan) error {
	planned := map[string][]byte{}
	for _, c := range plan.Restore {
		planned[c.Path] = c.Before
	}
	var refused diag.List
	for _, c := range now.Restore {
		if before, ok := planned[c.Path]; !ok || !same(before, c.Before) {
			refused = append(refused, changed(c.Path))
		}
		delete(planned, c.Path)
	}
	for name := range planned {
		refused = append(refused, changed(name))
	}
	refused.Sort()
	return refused.Err()
}

func (j *journal) undo(ctx context.Context, r *record, targets map[int]*target) error {
	if err := j.sweep(r); err != nil {
		return &Failure{Err: err}
	}
	was := r.state
	if was == Done {
		if err := j.mark(r, InterruptedUndo); err != nil {
			return &Failure{Err: err}
		}
	}
	s := newSwap(j.ops, j.root, r, targets)
	err := j.ops.syncDir(j.dir)
	if err == nil {
		err = s.stage()
	}
	if err == nil {
		err = s.check()
	}
	if err == nil {
		err = s.exchange(ctx)
	}
	if err != nil {
		back := s.rollback()
		if back == nil {
			back = j.mark(r, was)
		}
		return &Failure{Err: err, Back: back}
	}
	// Every file is restored. The entry goes last, so that what fails here is done again by
	// the next Undo.
	err = s.finish()
	if err == nil {
		err = j.removeDirs(r)
	}
	if err == nil {
		err = j.drop(r)
	}
	if err != nil {
		return fmt.Errorf("every file is restored, but clearing up failed; run `batten undo` again: %w", err)
	}
	return nil
}

// removeDirs removes the folders that r made, if they are empty.
func (j *journal) removeDirs(r *record) error {
	for _, dir := range slices.Backward(r.Dirs) {
		full := filepath.Join(j.root, filepath.FromSlash(dir))
		if err := j.ops.removeIfEmpty(full); err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Dir(full)); err != nil {
			continue
		}
		if err := j.ops.syncDir(filepath.Dir(full)); err != nil {
			return err
		}
	}
	return nil
}
