package change

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/batten-dev/batten/codemod/diag"
)

const (
	// journalOutsideGit is the journal's slash path from a root that is in no git repository.
	journalOutsideGit = ".batten/journal"
	// keep is how many changes can be taken back.
	keep = 20
	// journalVersion is the version of the format of entries.
	journalVersion = 1
)

// State is how far a journalled change has come.
type State string

// The states. An interrupted change must be taken back before another one can be made; Undo
// brings both kinds to where they began.
const (
	Done              State = "done"   // made, can be taken back
	InterruptedCommit State = "commit" // its process ended while making it
	InterruptedUndo   State = "undo"   // a process ended while taking it back
)

// record is one entry of the journal: what is needed to restore every file of a change.
type record struct {
	Version int       `json:"version"`
	Verb    string    `json:"verb"`
	Time    time.Time `json:"time"`
	Token   string    `json:"token"` // in the names of its temporary files
	Files   []saved   `json:"files"`
	Dirs    []string  `json:"dirs,omitempty"` // folders that the change makes, outermost first; slash paths from the root

	id    string
	state State
}

// saved is one file of a record.
type saved struct {
	Path   string    `json:"path"`             // slash path from the root, without links
	Before *original `json:"before,omitempty"` // nil: there was no file
	After  string    `json:"after,omitempty"`  // SHA-256 of what the change writes; "": it removes the file
}

type original struct {
	Mode    fs.FileMode `json:"mode"` // permission bits
	SHA256  string      `json:"sha256"`
	Content []byte      `json:"content"`
}

func (s saved) before() []byte {
	if s.Before == nil {
		return nil
	}
	return append([]byte{}, s.Before.Content...)
}

// isAfter reports whether content (nil: no file) is what the change left.
func (s saved) isAfter(content []byte) bool {
	if content == nil {
		return s.After == ""
	}
	return s.After == digest(content)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// temporaries are the names beside file i for its new content and for the link to its old one.
func (r *record) temporaries(i int) (newName, oldName string) {
	stem := path.Join(path.Dir(r.Files[i].Path), fmt.Sprintf(".batten-%s-%d", r.Token, i))
	return stem + ".new", stem + ".old"
}

func newToken() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// journal is the folder of records of one root.
type journal struct {
	ops  ops
	root string
	dir  string // of the records
	base string // the existing folder that dir is in or is to be made in
	lock *os.File
}

// findJournal says where the journal of root (a result of realRoot) is; the folder may not
// exist yet.
func findJournal(o ops, root string) *journal {
	for dir := root; ; dir = filepath.Dir(dir) {
		if git, ok := gitDir(dir); ok {
			j := &journal{ops: o, root: root, dir: filepath.Join(git, "batten"), base: git}
			if rel, err := filepath.Rel(dir, root); err == nil && rel != "." {
				// Several roots can share one git directory.
				j.dir = filepath.Join(j.dir, "at-"+digest([]byte(filepath.ToSlash(rel)))[:12])
			}
			return j
		}
		if dir == filepath.Dir(dir) {
			return &journal{ops: o, root: root, dir: filepath.Join(root, filepath.FromSlash(journalOutsideGit)), base: root}
		}
	}
}

// gitDir is the git directory of a work tree's top folder: .git itself or, in a linked work
// tree or a submodule, where the file .git points to (gitrepository-layout(5)).
func gitDir(top string) (string, bool) {
	git := filepath.Join(top, ".git")
	if content, err := os.ReadFile(git); err == nil {
		target, ok := strings.CutPrefix(string(content), "gitdir: ")
		if !ok {
			return "", false
		}
		git = filepath.FromSlash(strings.TrimRight(target, "\r\n"))
		if !filepath.IsAbs(git) {
			git = filepath.Join(top, git)
		}
	}
	info, err := os.Stat(filepath.Join(git, "HEAD"))
	return git, err == nil && info.Mode().IsRegular()
}

// open makes the journal's folder, if it is not there, and takes the lock. Without create, a
// journal that does not exist is left so.
func (j *journal) open(create bool) error {
	if j.lock != nil {
		return nil
	}
	name := filepath.Join(j.dir, "lock")
	flags := os.O_RDWR
	if create {
		if err := j.make(); err != nil {
			return fmt.Errorf("no journal can be kept, so nothing is changed: %w", err)
		}
		flags |= os.O_CREATE
	}
	f, err := os.OpenFile(name, flags, 0o600)
	if !create && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("no journal can be kept, so nothing is changed: %w", err)
	}
	ok, err := tryLock(f)
	if err == nil && !ok {
		err = busy()
	}
	if err != nil {
		_ = f.Close()
		return err
	}
	j.lock = f
	return nil
}

func busy() *diag.Diagnostic {
	d := diag.Errorf("busy", "another batten is changing this repository")
	d.Manual = "Wait until it has ended, then run the command again."
	return d
}

func (j *journal) close() {
	if j.lock != nil {
		unlock(j.lock)
		_ = j.lock.Close() // nothing was written
		j.lock = nil
	}
}

// make makes the journal's folder and its parents.
func (j *journal) make() error {
	var missing []string
	for dir := j.dir; dir != j.base; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		missing = append(missing, dir)
	}
	for _, dir := range slices.Backward(missing) {
		if err := j.ops.mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := j.ops.syncDir(filepath.Dir(dir)); err != nil {
			return err
		}
	}
	if j.base != j.root {
		return nil
	}
	const all = "*\n"
	ignore := filepath.Join(j.dir, ".gitignore")
	if content, err := os.ReadFile(ignore); err == nil && string(content) == all {
		return nil
	}
	if err := j.ops.removeIfThere(ignore); err != nil {
		return err
	}
	err := j.ops.writeNew(ignore, []byte(all), 0o644, nil)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

var recordName = regexp.MustCompile(`^(\d{6,})\.(commit|undo|done)\.json$`)

func (j *journal) file(r *record, s State) string {
	return filepath.Join(j.dir, r.id+"."+string(s)+".json")
}

// list returns the records, newest first, with nothing but id and state.
func (j *journal) list() ([]*record, error) {
	entries, err := os.ReadDir(j.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []*record
	for _, e := range entries {
		if m := recordName.FindStringSubmatch(e.Name()); m != nil {
			out = append(out, &record{id: m[1], state: State(m[2])})
		}
	}
	slices.SortFunc(out, func(a, b *record) int { return strings.Compare(b.id, a.id) })
	return out, nil
}

// load reads the rest of a record, and refuses one that is damaged.
func (j *journal) load(r *record) error {
	name := j.file(r, r.state)
	content, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	damaged := func(err error) error {
		d := diag.Errorf("journal-damaged", "the journal entry %s cannot be used: %v", name, err)
		d.Manual = "Look at the files that it names, put them right by hand, then remove it."
		return d
	}
	dec := json.NewDecoder(bytes.NewReader(content))
	dec.DisallowUnknownFields()
	if err := dec.Decode(r); err != nil {
		return damaged(err)
	}
	if r.Version != journalVersion {
		return damaged(fmt.Errorf("it has version %d, this batten knows %d", r.Version, journalVersion))
	}
	if len(r.Token) == 0 || strings.Trim(r.Token, "0123456789abcdef") != "" {
		return damaged(fmt.Errorf("token %q", r.Token))
	}
	paths := slices.Clone(r.Dirs)
	for _, f := range r.Files {
		if f.Before != nil && digest(f.Before.Content) != f.Before.SHA256 {
			return damaged(fmt.Errorf("the original of %s has another hash", f.Path))
		}
		paths = append(paths, f.Path)
	}
	for _, p := range paths {
		if !fs.ValidPath(p) || p == "." || !filepath.IsLocal(filepath.FromSlash(p)) {
			return damaged(fmt.Errorf("path %q", p))
		}
	}
	return nil
}

// top is the newest record, loaded; nil if there is none. Only the newest can be interrupted:
// while it is, no other is made.
func (j *journal) top() (*record, error) {
	list, err := j.list()
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if err := j.load(list[0]); err != nil {
		return nil, err
	}
	return list[0], nil
}

// interrupted is the newest record if it is interrupted, else nil. A damaged record of a
// change that is done is in nobody's way.
func (j *journal) interrupted() (*record, error) {
	list, err := j.list()
	if err != nil || len(list) == 0 || list[0].state == Done {
		return nil, err
	}
	return list[0], j.load(list[0])
}

// add writes r as interrupted: it is until it is marked as done. When add fails, the file of
// r may be there.
func (j *journal) add(r *record) error {
	list, err := j.list()
	if err != nil {
		return err
	}
	next := 1
	if len(list) > 0 {
		last, err := strconv.Atoi(list[0].id)
		if err != nil {
			return err
		}
		next = last + 1
	}
	r.id, r.state = fmt.Sprintf("%06d", next), InterruptedCommit
	return j.write(r)
}

// write puts r into the journal, in place of what is there of it. When it fails, the file of r
// may be there.
func (j *journal) write(r *record) error {
	content, err := json.Marshal(r)
	if err != nil {
		return err
	}
	draft := filepath.Join(j.dir, "draft")
	if err := j.ops.removeIfThere(draft); err != nil { // of a process that died here
		return err
	}
	if err := j.ops.writeNew(draft, content, 0o600, nil); err != nil {
		return err
	}
	if err := j.ops.rename(draft, j.file(r, r.state)); err != nil {
		return err // the next write removes the draft
	}
	return j.ops.syncDir(j.dir)
}

// mark changes the state of r.
func (j *journal) mark(r *record, s State) error {
	if r.state == s {
		return nil
	}
	if err := j.ops.rename(j.file(r, r.state), j.file(r, s)); err != nil {
		return err
	}
	r.state = s
	return nil
}

// drop removes r. If the removal does not survive a loss of power, r is back as interrupted,
// with nothing left to restore.
func (j *journal) drop(r *record) error {
	err := j.ops.remove(j.file(r, r.state))
	if err == nil {
		_ = j.ops.syncDir(j.dir)
	}
	return err
}

// prune removes the records that are too old to keep. One that stays is no harm.
func (j *journal) prune() {
	list, err := j.list()
	if err != nil || len(list) <= keep {
		return
	}
	for _, r := range list[keep:] {
		_ = j.ops.remove(j.file(r, r.state))
	}
}

// sweep removes the temporary files of r.
func (j *journal) sweep(r *record) error {
	for i := range r.Files {
		newName, oldName := r.temporaries(i)
		for _, name := range []string{newName, oldName} {
			if err := j.ops.removeIfThere(filepath.Join(j.root, filepath.FromSlash(name))); err != nil {
				return err
			}
		}
	}
	return nil
}
