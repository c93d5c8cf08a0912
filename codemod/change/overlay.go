package change

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/udiff"
)

// Reason says in one sentence why a file changes at a place.
type Reason struct {
	Offset int    `json:"offset"` // byte offset in the planned content; 0 in a removed file
	Text   string `json:"text"`
}

// Change is the planned difference of one file.
type Change struct {
	Path    string      // slash path from the root
	Before  []byte      // content when planned; nil: the file does not exist
	After   []byte      // content to write; nil: the file goes
	Mode    fs.FileMode // permission bits of the file when planned; of a new file, those to give it
	Reasons []Reason    // by offset
}

// Diff is the changes as one patch for `git apply`, in their order.
func Diff(changes []Change) string {
	var w strings.Builder
	for _, c := range changes {
		w.WriteString(c.file().String())
	}
	return w.String()
}

func (c Change) file() udiff.File {
	f := udiff.File{Before: c.Before, After: c.After, Mode: c.Mode}
	if c.Before != nil {
		f.OldName = c.Path
	}
	if c.After != nil {
		f.NewName = c.Path
	}
	return f
}

// newFileMode is the mode of a file that a plan creates, before the umask.
const newFileMode fs.FileMode = 0o644

// Overlay is a base tree with planned changes on top; as an fs.FS it shows the tree as it
// would be. Paths are slash paths from the root of the base (see fs.ValidPath).
//
// A file is read from the base once, by the first ReadFile, Write, Edit or Remove: that is the
// content that the plan is about, in all clones, even if the base changes. Reading an Overlay
// from several goroutines is safe while none plans.
//
// An Overlay does not follow symbolic links itself: where the base has two names for one
// file, a change under one name does not show under the other, and Commit refuses changes
// under both.
type Overlay struct {
	base fs.FS
	seen *originals
	plan map[string]planned
}

// originals are the contents of the base as first read. Clones share them.
type originals struct {
	mu      sync.Mutex
	content map[string][]byte // nil: there was no file
}

// read returns the content of name when it was first read. It must not be modified.
func (s *originals) read(base fs.FS, name string) ([]byte, error) {
	s.mu.Lock()
	content, ok := s.content[name]
	s.mu.Unlock()
	if !ok {
		read, err := fs.ReadFile(base, name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err == nil {
			read = append([]byte{}, read...) // never nil
		}
		s.mu.Lock()
		if content, ok = s.content[name]; !ok {
			content = read
			s.content[name] = read
		}
		s.mu.Unlock()
	}
	if content == nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return content, nil
}

// planned is the planned state of one path. Values are never modified, so clones share them.
type planned struct {
	before  []byte // nil: absent from the base
	after   []byte // nil: removed
	info    fs.FileInfo
	reasons []Reason
}

// NewOverlay plans on base, without changes so far.
func NewOverlay(base fs.FS) *Overlay {
	return &Overlay{base, &originals{content: map[string][]byte{}}, map[string]planned{}}
}

// Clone is an independent copy: planning on one does not change the other.
func (o *Overlay) Clone() *Overlay { return &Overlay{o.base, o.seen, maps.Clone(o.plan)} }

// Restore makes the plan that of an earlier Clone, to drop what was tried since.
func (o *Overlay) Restore(clone *Overlay) { o.plan = maps.Clone(clone.plan) }

// Write plans name to have content, whether it exists or not. The offsets of reasons are in
// content. Planning the content that the base has drops the change.
//
// It fails with an *fs.PathError if name is not a valid path, is a folder, or has a file for
// a parent.
func (o *Overlay) Write(name string, content []byte, reasons ...Reason) error {
	p, err := o.current("write", name)
	if err != nil {
		return err
	}
	for parent := path.Dir(name); parent != "."; parent = path.Dir(parent) {
		info, err := o.Stat(parent)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return &fs.PathError{Op: "write", Path: name, Err: fmt.Errorf("%s is not a folder", parent)}
		}
		break
	}
	content = append([]byte{}, content...)
	var kept []Reason
	if p.after != nil && len(p.reasons) > 0 {
		kept = carry(p.reasons, udiff.Edits(p.after, content), false)
	}
	o.set(name, p, content, append(kept, reasons...))
	return nil
}

// Edit plans edits of the current planned content of name. The offsets of edits and reasons
// are in that content; a reason at the start of an edit stays at the start of its new text.
//
// It fails with an *fs.PathError if name is not an existing file, and as text.Apply does.
func (o *Overlay) Edit(name string, edits []text.Edit, reasons ...Reason) error {
	p, err := o.current("edit", name)
	if err != nil {
		return err
	}
	if p.after == nil {
		return &fs.PathError{Op: "edit", Path: name, Err: fs.ErrNotExist}
	}
	content, err := text.Apply(p.after, edits)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	o.set(name, p, content, append(carry(p.reasons, edits, false), carry(reasons, edits, true)...))
	return nil
}

// Remove plans name to go. Folders stay, even when empty. Offsets of reasons are dropped.
//
// It fails with an *fs.PathError if name is not an existing file.
func (o *Overlay) Remove(name string, reasons ...Reason) error {
	p, err := o.current("remove", name)
	if err != nil {
		return err
	}
	if p.after == nil {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	}
	all := slices.Concat(p.reasons, reasons)
	for i := range all {
		all[i].Offset = 0
	}
	o.set(name, p, nil, all)
	return nil
}

// current is the planned state of a path that may be planned on: a file, or nothing.
func (o *Overlay) current(op, name string) (planned, error) {
	if !fs.ValidPath(name) || name == "." {
		return planned{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if p, ok := o.plan[name]; ok {
		return p, nil
	}
	info, err := o.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return planned{}, nil
	}
	if err != nil {
		return planned{}, err
	}
	if !info.Mode().IsRegular() {
		return planned{}, &fs.PathError{Op: op, Path: name, Err: errors.New("is not a regular file")}
	}
	content, err := o.seen.read(o.base, name)
	if errors.Is(err, fs.ErrNotExist) { // when it was first read
		return planned{}, nil
	}
	if err != nil {
		return planned{}, err
	}
	return planned{before: content, after: content, info: info}, nil
}

func (o *Overlay) set(name string, p planned, after []byte, reasons []Reason) {
	if after == nil && p.before == nil || after != nil && p.before != nil && bytes.Equal(p.before, after) {
		delete(o.plan, name)
		return
	}
	slices.SortStableFunc(reasons, func(a, b Reason) int { return a.Offset - b.Offset })
	p.after, p.reasons = after, reasons
	o.plan[name] = p
}

// Changes returns what differs from the base, by path; nothing if the plan is empty. The
// contents are the overlay's own and must not be modified.
func (o *Overlay) Changes() []Change {
	var out []Change
	for _, name := range slices.Sorted(maps.Keys(o.plan)) {
		p := o.plan[name]
		c := Change{Path: name, Before: p.before, After: p.after, Mode: newFileMode, Reasons: slices.Clone(p.reasons)}
		if p.info != nil {
			c.Mode = p.info.Mode().Perm()
		}
		out = append(out, c)
	}
	return out
}

// carry returns reasons with their offsets moved over edits of the text that they are in. An
// offset inside a replaced span moves to the start of the new text. At the start of an edit,
// an offset stays there if the reason is for that edit (own), else it moves with the byte
// that it was at.
func carry(reasons []Reason, edits []text.Edit, own bool) []Reason {
	out := slices.Clone(reasons)
	for i := range out {
		at := out[i].Offset
		for _, e := range edits {
			switch grown := len(e.New) - (e.End - e.Start); {
			case e.End < at, e.End == at && !own, e.End == at && e.Start < at:
				out[i].Offset += grown
			case e.Start < at: // e.End > at
				out[i].Offset -= at - e.Start
			}
		}
	}
	return out
}
