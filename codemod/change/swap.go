package change

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/batten-dev/batten/codemod/diag"
)

// target is one file to be brought from one content to another.
type target struct {
	place
	name     string      // as the caller knows it
	from, to []byte      // nil: no file
	info     fs.FileInfo // of the file that is there; nil: no file
	mode     fs.FileMode // to give the new file
	setMode  bool        // give it exactly mode; else mode less the umask
	newFile  string      // temporary name of the new content
	oldFile  string      // temporary name of the old content

	staged, linked, swapped bool
}

// swap brings all targets from their old to their new content, or none.
//
// stage, check and exchange come in this order; after an error in any of them, rollback
// brings everything back. After exchange, finish removes what only rollback needs.
type swap struct {
	ops     ops
	root    string
	targets []*target
	made    []string // folders made, in order
}

func (s *swap) full(slash string) string { return filepath.Join(s.root, filepath.FromSlash(slash)) }

// newSwap is a swap of the files of r in the order of targets.
func newSwap(o ops, root string, r *record, targets map[int]*target) *swap {
	s := &swap{ops: o, root: root}
	for i := range r.Files {
		t, ok := targets[i]
		if !ok {
			continue
		}
		newName, oldName := r.temporaries(i)
		t.newFile, t.oldFile = s.full(newName), s.full(oldName)
		s.targets = append(s.targets, t)
	}
	return s
}

// stage writes every new file beside its target, and gives every old one a second name.
func (s *swap) stage() error {
	for _, t := range s.targets {
		for _, dir := range t.dirs {
			if slices.Contains(s.made, dir) {
				continue
			}
			if err := s.ops.mkdir(s.full(dir), 0o777); err != nil {
				return err
			}
			s.made = append(s.made, dir)
		}
		if t.to != nil {
			t.staged = true
			like := t.info
			if t.setMode {
				like = fileLike{t.info, t.mode}
			}
			if err := s.ops.writeNew(t.newFile, t.to, t.mode, like); err != nil {
				return err
			}
		}
		if t.from != nil {
			t.linked = true
			if s.ops.link(t.full, t.oldFile) == nil {
				continue
			}
			// Not every file system has links.
			if err := s.ops.writeNew(t.oldFile, t.from, 0, t.info); err != nil {
				return err
			}
		}
	}
	return nil
}

// fileLike is a FileInfo with another mode. Its FileInfo may be nil: then it has an owner like
// any new file.
type fileLike struct {
	fs.FileInfo
	mode fs.FileMode
}

func (f fileLike) Mode() fs.FileMode { return f.mode }

func (f fileLike) Sys() any {
	if f.FileInfo == nil {
		return nil
	}
	return f.FileInfo.Sys()
}

// check refuses if a target is no longer what it was planned on.
func (s *swap) check() error {
	var refused diag.List
	for _, t := range s.targets {
		p, d := resolve(s.root, t.name)
		if d == nil && p.full != t.full {
			d = changed(t.name)
		}
		var now found
		if d == nil {
			now, d = look(t.name, t.full)
		}
		if d == nil && !same(now.content, t.from) {
			d = changed(t.name)
		}
		if d != nil {
			refused = append(refused, d)
		}
	}
	return refused.Err()
}

// exchange puts the new files in place, and makes that survive a loss of power.
func (s *swap) exchange(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, t := range s.targets {
		var err error
		if t.to != nil {
			err = s.ops.rename(t.newFile, t.full)
		} else {
			err = s.ops.remove(t.full)
		}
		if err != nil {
			return err
		}
		t.swapped = true
	}
	return s.syncDirs()
}

// syncDirs syncs every folder in which a name changed.
func (s *swap) syncDirs() error {
	var dirs []string
	for _, t := range s.targets {
		dirs = append(dirs, path.Dir(t.real))
	}
	for _, dir := range s.made {
		dirs = append(dirs, path.Dir(dir))
	}
	slices.Sort(dirs)
	for _, dir := range slices.Compact(dirs) {
		if err := s.ops.syncDir(s.full(dir)); err != nil {
			return err
		}
	}
	return nil
}

// rollback brings everything back, as far as it can: it goes on after an error.
func (s *swap) rollback() error {
	var errs []error
	swapped := false
	for _, t := range slices.Backward(s.targets) {
		if t.swapped {
			swapped = true
			var err error
			if t.from != nil {
				err = s.ops.rename(t.oldFile, t.full)
			} else {
				err = s.ops.remove(t.full)
			}
			if err != nil {
				errs = append(errs, err)
				continue
			}
			t.swapped = false
		}
		if t.staged {
			errs = append(errs, s.ops.removeIfThere(t.newFile))
		}
		if t.linked {
			errs = append(errs, s.ops.removeIfThere(t.oldFile))
		}
	}
	if swapped {
		errs = append(errs, s.syncDirs())
	}
	for _, dir := range slices.Backward(s.made) {
		errs = append(errs, s.ops.removeIfEmpty(s.full(dir)))
	}
	return errors.Join(errs...)
}

// finish removes the second names of the old files.
func (s *swap) finish() error {
	var errs []error
	for _, t := range s.targets {
		if t.linked {
			errs = append(errs, s.ops.removeIfThere(t.oldFile))
		}
	}
	return errors.Join(errs...)
}
