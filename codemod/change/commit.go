package change

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/batten-dev/batten/codemod/diag"
)

// Options are for Commit and Undo. The zero value is good.
type Options struct {
	// Verb says in the journal what the change is, such as "add tech-radar".
	Verb string
	// Now is the clock for the journal; nil is time.Now.
	Now func() time.Time
	// Prove is called by Commit with the changes before anything else. Its error ends Commit
	// and is returned as it is.
	Prove func([]Change) error
	// Force lets Undo overwrite files that were changed after the change that it takes back.
	Force bool

	ops *ops // tests break the disk here
}

func (o Options) disk() ops {
	if o.ops != nil {
		return *o.ops
	}
	return diskOps()
}

func (o Options) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

// Failure is the error of a Commit or Undo that began and could not end: a write failed, the
// disk is full, a file was changed meanwhile, the context ended.
type Failure struct {
	Err  error // what failed
	Back error // what failed when everything was put back; nil: all is as before
}

func (f *Failure) Error() string {
	if f.Back == nil {
		return fmt.Sprintf("nothing was changed: %v", f.Err)
	}
	return fmt.Sprintf("%v\nputting everything back failed too: %v\nrun `batten undo` when the cause is mended; it restores every file", f.Err, f.Back)
}

// Unwrap returns both errors.
func (f *Failure) Unwrap() []error {
	if f.Back == nil {
		return []error{f.Err}
	}
	return []error{f.Err, f.Back}
}

// Commit makes the changes to the files below the folder root, all or none; see the package
// documentation. Changes that change nothing are left out; without any other, Commit does
// nothing.
//
// A refusal is a diag.List or *diag.Diagnostic with code file-changed, link-outside,
// broken-link, not-regular, not-a-folder, read-only, same-file, invalid-path, unreadable,
// interrupted (see Pending), busy (another process is changing the repository) or
// journal-damaged; nothing was written. A *Failure says whether everything was put back. With
// any other error, nothing was begun.
//
// When ctx ends before the first file is replaced, everything is put back; after that, Commit
// ends its work.
func Commit(ctx context.Context, root string, changes []Change, opts Options) error {
	if opts.Prove != nil {
		if err := opts.Prove(changes); err != nil {
			return err
		}
	}
	changes = slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return same(c.Before, c.After) })
	if len(changes) == 0 {
		return nil
	}
	root, err := realRoot(root)
	if err != nil {
		return err
	}
	j := findJournal(opts.disk(), root)
	defer j.close()
	if err := j.open(false); err != nil {
		return err
	}
	if err := j.refuseInterrupted(); err != nil {
		return err
	}
	targets, err := targetsOf(root, changes)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return &Failure{Err: err}
	}
	if err := j.open(true); err != nil {
		return err
	}
	if err := j.refuseInterrupted(); err != nil {
		return err
	}
	return commit(ctx, j, targets, opts)
}

// commit makes the changes that were checked, under the lock.
func commit(ctx context.Context, j *journal, targets []*target, opts Options) error {
	if last, err := j.top(); err == nil && last != nil {
		if err := j.sweep(last); err != nil {
			return &Failure{Err: err}
		}
	}
	r := &record{Version: journalVersion, Verb: opts.Verb, Time: opts.now().UTC(), Token: newToken()}
	byFile := map[int]*target{}
	for i, t := range targets {
		f := saved{Path: t.real}
		if t.from != nil {
			f.Before = &original{Mode: t.info.Mode().Perm(), SHA256: digest(t.from), Content: t.from}
		}
		if t.to != nil {
			f.After = digest(t.to)
		}
		r.Files = append(r.Files, f)
		for _, dir := range t.dirs {
			if !slices.Contains(r.Dirs, dir) {
				r.Dirs = append(r.Dirs, dir)
			}
		}
		byFile[i] = t
	}
	if err := j.add(r); err != nil {
		return &Failure{Err: err, Back: j.ops.removeIfThere(j.file(r, r.state))}
	}
	s := newSwap(j.ops, j.root, r, byFile)
	err := s.stage()
	if err == nil {
		err = s.check()
	}
	if err == nil {
		err = s.exchange(ctx)
	}
	if err == nil {
		err = j.mark(r, Done)
	}
	if err != nil {
		back := s.rollback()
		if back == nil {
			back = j.drop(r)
		}
		return &Failure{Err: err, Back: back}
	}
	// The change is made. What fails from here on is no harm: without a synced mark the entry
	// is still there to be undone, and links that stay are swept by the next change.
	_ = j.ops.syncDir(j.dir)
	_ = s.finish()
	j.prune()
	return nil
}

func (j *journal) refuseInterrupted() error {
	r, err := j.interrupted()
	if err != nil || r == nil {
		return err
	}
	d := diag.Errorf("interrupted", "an earlier change, %q of %s, was interrupted and may be half made", r.Verb, r.Time.Format(time.RFC3339))
	d.Manual = "Run `batten undo` first; it restores every file."
	return d
}

// targetsOf finds the files of the changes on the disk and checks each of them.
func targetsOf(root string, changes []Change) ([]*target, error) {
	var refused diag.List
	var out []*target
	for _, c := range changes {
		t, d := targetOf(root, c)
		if d != nil {
			refused = append(refused, d)
			continue
		}
		if at := slices.IndexFunc(out, func(other *target) bool { return sameFile(t, other) }); at >= 0 {
			d := diag.Errorf("same-file", "%s and %s are one file", out[at].name, t.name)
			d.File, d.Manual = t.name, "Make the change under one of the two names."
			refused = append(refused, d)
			continue
		}
		out = append(out, t)
	}
	if err := refused.Err(); err != nil {
		return nil, err
	}
	// A folder that one change needs must not be a file that another makes.
	for _, t := range out {
		for _, other := range out {
			if slices.Contains(t.dirs, other.real) {
				d := diag.Errorf("not-a-folder", "%s cannot be a file and the folder of %s", other.name, t.name)
				d.File = other.name
				return nil, d
			}
		}
	}
	return out, nil
}

func sameFile(a, b *target) bool {
	return a.full == b.full || a.info != nil && b.info != nil && os.SameFile(a.info, b.info)
}

func targetOf(root string, c Change) (*target, *diag.Diagnostic) {
	p, d := resolve(root, c.Path)
	if d != nil {
		return nil, d
	}
	now, d := look(c.Path, p.full)
	if d != nil {
		return nil, d
	}
	if !same(now.content, c.Before) {
		return nil, changed(c.Path)
	}
	if c.After == nil {
		if info, err := os.Lstat(filepath.Join(root, filepath.FromSlash(c.Path))); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			d := diag.Errorf("not-regular", "%s is to be removed, but is a symbolic link", c.Path)
			d.File, d.Manual = c.Path, "Remove the link, or the file that it points to, by hand."
			return nil, d
		}
	}
	if now.info != nil && now.info.Mode()&0o200 == 0 {
		d := diag.Errorf("read-only", "%s is read-only", c.Path)
		d.File, d.Manual = c.Path, "Make it writable (chmod u+w "+c.Path+"), then run the command again."
		return nil, d
	}
	t := &target{place: p, name: c.Path, from: c.Before, to: c.After, info: now.info, mode: c.Mode.Perm()}
	if now.info != nil {
		t.mode, t.setMode = now.info.Mode().Perm(), true
	} else if t.mode == 0 {
		t.mode = newFileMode
	}
	return t, nil
}

func changed(name string) *diag.Diagnostic {
	d := diag.Errorf("file-changed", "%s is not what it was when the change was planned", name)
	d.File, d.Manual = name, "Run the command again: it plans on the file as it is now."
	return d
}
