package change

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
)

// hooked is ops that call hook before each operation with its number from 1. If hook returns
// an error, the operation fails with it; a write then leaves half of its bytes. Nothing is
// really synced, because the end of a process loses nothing that the system has, and to be
// quick.
func hooked(hook func(n int, op, name string) error) *ops {
	o, n := diskOps(), 0
	disk := diskOps()
	step := func(op, name string) error {
		n++
		return hook(n, op, name)
	}
	o.create = func(name string, perm fs.FileMode) (*os.File, error) {
		if err := step("create", name); err != nil {
			return nil, err
		}
		return disk.create(name, perm)
	}
	o.write = func(f *os.File, b []byte) error {
		if err := disk.write(f, b[:len(b)/2]); err != nil {
			return err
		}
		if err := step("write", f.Name()); err != nil {
			return err
		}
		return disk.write(f, b[len(b)/2:])
	}
	o.chmod = func(f *os.File, mode fs.FileMode) error {
		if err := step("chmod", f.Name()); err != nil {
			return err
		}
		return disk.chmod(f, mode)
	}
	o.sync = func(f *os.File) error {
		if err := step("sync", f.Name()); err != nil {
			return err
		}
		return nil
	}
	o.close = func(f *os.File) error {
		err := step("close", f.Name())
		return errors.Join(err, disk.close(f))
	}
	o.mkdir = func(name string, perm fs.FileMode) error {
		if err := step("mkdir", name); err != nil {
			return err
		}
		return disk.mkdir(name, perm)
	}
	o.link = func(a, b string) error {
		if err := step("link", b); err != nil {
			return err
		}
		return disk.link(a, b)
	}
	o.rename = func(a, b string) error {
		if err := step("rename", b); err != nil {
			return err
		}
		return disk.rename(a, b)
	}
	o.remove = func(name string) error {
		if err := step("remove", name); err != nil {
			return err
		}
		return disk.remove(name)
	}
	o.syncDir = func(name string) error {
		if err := step("syncDir", name); err != nil {
			return err
		}
		_, err := os.Stat(name)
		return err
	}
	return &o
}

// quick are ops that work.
func quick() Options {
	return Options{Verb: "try", ops: hooked(func(int, string, string) error { return nil })}
}

// sample is the tree that the fault tests change.
type sample struct {
	root          string
	before, after string // see snapshot
	changes       []Change
}

// newSample makes the tree, inside git or not; the change of every kind in it touches modes,
// links, new folders and empty files.
func newSample(t *testing.T, git bool) sample {
	t.Helper()
	root := scratch(t)
	write := func(name, content string, mode fs.FileMode) {
		full := filepath.Join(root, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(full), 0o755))
		must(t, os.WriteFile(full, []byte(content), mode))
		must(t, os.Chmod(full, mode))
	}
	if git {
		write(".git/HEAD", "ref: refs/heads/main\n", 0o644)
	}
	write("package.json", "{}\n", 0o644)
	write("run.sh", "#!/bin/sh\n", 0o755)
	write("secret.yaml", "key: \xff\n", 0o600)
	write("packages/app/App.tsx", "const a = 1;\r\n", 0o644)
	write("packages/app/old.ts", "gone\n", 0o640)
	write("packages/app/empty", "", 0o644)
	write("shared/real.json", "[]\n", 0o664)
	write("untouched", "x", 0o644)
	if err := os.Symlink("../../shared/real.json", filepath.Join(root, "packages/app/link.json")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	s := sample{root: root, before: snapshot(t, root)}
	o := NewOverlay(os.DirFS(root))
	must(t, o.Write("package.json", []byte("{\"a\": 1}\n")))
	must(t, o.Write("run.sh", []byte("#!/bin/bash\n")))
	must(t, o.Write("secret.yaml", []byte("key: \xfe\n")))
	must(t, o.Write("packages/app/App.tsx", nil))
	must(t, o.Remove("packages/app/old.ts"))
	must(t, o.Write("packages/app/empty", []byte("full\n")))
	must(t, o.Write("packages/app/link.json", []byte("[1]\n")))
	must(t, o.Write("plugins/new/src/index.ts", []byte("export {};\n")))
	must(t, o.Write("plugins/new/package.json", []byte("{}\n")))
	s.changes = o.Changes()

	must(t, Commit(context.Background(), root, s.changes, quick()))
	s.after = snapshot(t, root)
	must(t, undoAll(root))
	s.wantTree(t, s.before)
	return s
}

// scratch is a folder of the test's own, in memory where the system has such a place: the
// tests here make thousands of trees.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "change")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	return dir
}

// copyOf is the same tree in another folder.
func (s sample) copyOf(t *testing.T) sample {
	t.Helper()
	dst := scratch(t)
	must(t, filepath.WalkDir(s.root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == s.root {
			return err
		}
		rel, err := filepath.Rel(s.root, p)
		if err != nil {
			return err
		}
		to := filepath.Join(dst, rel)
		info, err := d.Info()
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return os.Mkdir(to, info.Mode().Perm())
		case d.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(p)
			if err != nil {
				return err
			}
			return os.Symlink(target, to)
		}
		content, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(to, content, info.Mode().Perm()), os.Chmod(to, info.Mode().Perm()))
	}))
	s.root = dst
	return s
}

func undoAll(root string) error {
	for {
		list, err := History(root)
		if err != nil || len(list) == 0 {
			return err
		}
		plan, err := PlanUndo(root)
		if err != nil {
			return err
		}
		if err := Undo(context.Background(), plan, quick()); err != nil {
			return err
		}
	}
}

// snapshot is every file, folder and link of a tree with modes and contents, apart from git's
// folder and the journal.
func snapshot(t *testing.T, root string) string {
	t.Helper()
	var w strings.Builder
	must(t, filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		if rel == ".git" || rel == ".batten" {
			return filepath.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		content := ""
		switch {
		case d.Type().IsRegular():
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			content = string(b)
		case d.Type()&fs.ModeSymlink != 0:
			if content, err = os.Readlink(p); err != nil {
				return err
			}
		}
		fmt.Fprintf(&w, "%s %v %q\n", filepath.ToSlash(rel), info.Mode(), content)
		return nil
	}))
	return w.String()
}

func (s sample) wantTree(t *testing.T, want string) {
	t.Helper()
	if got := snapshot(t, s.root); got != want {
		t.Fatalf("the tree is\n%s\nwant\n%s", got, want)
	}
}

// withoutLeftovers is a snapshot less the links to originals that a process killed after the
// end of its change leaves for the next one.
func withoutLeftovers(tree string) string {
	var w strings.Builder
	for line := range strings.Lines(tree) {
		if !strings.Contains(line, ".batten-") || !strings.Contains(line, ".old ") {
			w.WriteString(line)
		}
	}
	return w.String()
}

// wantRecoverable fails unless the tree of an interrupted process is as before, or complete
// and journalled, or reported as pending; and Undo restores it. Then the change must succeed.
func (s sample) wantRecoverable(t *testing.T) {
	t.Helper()
	pending, err := Pending(s.root)
	must(t, err)
	list, err := History(s.root)
	must(t, err)
	switch {
	case pending != nil:
		if err := Commit(context.Background(), s.root, s.changes, quick()); !hasCode(err, "interrupted") {
			t.Fatalf("Commit over an interrupted change: %v", err)
		}
		must(t, undoAll(s.root))
	case len(list) > 0:
		if got := withoutLeftovers(snapshot(t, s.root)); got != s.after {
			t.Fatalf("the journal says done, the tree is\n%s\nwant\n%s", got, s.after)
		}
		must(t, undoAll(s.root))
	}
	s.wantTree(t, s.before)
	must(t, Commit(context.Background(), s.root, s.changes, quick()))
	s.wantTree(t, s.after)
}

func hasCode(err error, code string) bool {
	for _, d := range diag.Of(err) {
		if d.Code == code {
			return true
		}
	}
	return false
}

// crash stands for the end of the process: nothing in this package runs after an operation
// panics, but for closing the lock.
type crash struct{}

func crashing(n int, f func(*ops) error) (crashed bool, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case crash:
			crashed = true
		default:
			panic(r)
		}
	}()
	return false, f(hooked(func(at int, _, _ string) error {
		if at == n {
			panic(crash{})
		}
		return nil
	}))
}

func TestCrashInTheRecoveryOfACrashIsRecoverable(t *testing.T) {
	fresh := newSample(t, true)
	pairs := 0
	for first := 1; ; first += 3 {
		s := fresh.copyOf(t)
		crashed, err := crashing(first, func(o *ops) error { return job{Root: s.root, Changes: s.changes}.do(Options{ops: o}) })
		must(t, err)
		if !crashed {
			break
		}
		if list, err := History(s.root); err != nil || len(list) == 0 {
			must(t, err)
			continue
		}
		for second := 1; ; second++ {
			again := s.copyOf(t)
			crashed, err := crashing(second, func(o *ops) error { return job{Root: again.root, Undo: true}.do(Options{ops: o}) })
			must(t, err)
			if !crashed {
				again.wantTree(t, s.before)
				break
			}
			again.wantRecoverable(t)
			pairs++
		}
	}
	t.Logf("%d pairs of crashes", pairs)
}

// faults are ways to break the disk in, or from, operation n.
var faults = map[string]struct {
	err  error
	hits func(at, n int, op string) bool
}{
	"once":     {syscall.EIO, func(at, n int, _ string) bool { return at == n }},
	"for good": {syscall.EIO, func(at, n int, _ string) bool { return at >= n }},
	"no room": {syscall.ENOSPC, func(at, n int, op string) bool { // what makes nothing new still works
		return at >= n && (op == "create" || op == "write" || op == "mkdir" || op == "link" || op == "sync")
	}},
	"read-only": {syscall.EROFS, func(at, n int, op string) bool {
		return at >= n && op != "close" && op != "sync" && op != "syncDir"
	}},
}

// outcome is what a broken run said, and fails if the tree is anything else.
func (s sample) outcome(t *testing.T, err error, start, end string) (done bool) {
	t.Helper()
	pending, pendingErr := Pending(s.root)
	must(t, pendingErr)
	var failure *Failure
	switch {
	case err == nil:
		if got := withoutLeftovers(snapshot(t, s.root)); got != end {
			t.Fatalf("no error, but the tree is\n%s", got)
		}
		return true
	case errors.As(err, &failure) && failure.Back == nil:
		s.wantTree(t, start)
		if pending != nil {
			t.Fatalf("everything was put back, but %+v is pending", pending)
		}
	case pending == nil && start == s.before:
		s.wantTree(t, start)
	case pending == nil:
		t.Fatalf("nothing pending after %v", err)
	}
	return false
}

func TestFailingDiskLosesNothing(t *testing.T) {
	for kind, fault := range faults {
		for name, git := range places {
			t.Run(kind+" "+name, func(t *testing.T) {
				fresh := newSample(t, git)
				if !git {
					must(t, os.RemoveAll(filepath.Join(fresh.root, ".batten")))
				}
				made := fresh.copyOf(t)
				must(t, Commit(context.Background(), made.root, made.changes, quick()))

				// each runs f with the disk broken from every operation on, until none is.
				each := func(from sample, start, end string, f func(s sample, opts Options) error) (back, stuck int) {
					for n := 1; ; n++ {
						s, reached := from.copyOf(t), false
						err := f(s, Options{ops: hooked(func(at int, op, name string) error {
							reached = reached || at == n
							if fault.hits(at, n, op) {
								return &fs.PathError{Op: op, Path: name, Err: fault.err}
							}
							return nil
						})})
						if !reached {
							return back, stuck
						}
						if s.outcome(t, err, start, end) {
							continue
						}
						if !errors.Is(err, fault.err) {
							t.Errorf("the cause is not in the error: %v", err)
						}
						if pending, _ := Pending(s.root); pending != nil {
							stuck++
						} else {
							back++
						}
						s.wantRecoverable(t)
					}
				}
				back, stuck := each(fresh, fresh.before, fresh.after, func(s sample, opts Options) error {
					return Commit(context.Background(), s.root, s.changes, opts)
				})
				t.Logf("commit: %d failures put back, %d left to undo", back, stuck)
				if (kind == "no room" || kind == "once") && stuck > 0 {
					t.Errorf("putting back needs room on the disk, or what just failed")
				}
				back, stuck = each(made, fresh.after, fresh.before, func(s sample, opts Options) error {
					return job{Root: s.root, Undo: true}.do(opts)
				})
				t.Logf("undo: %d failures put back, %d left to undo", back, stuck)
			})
		}
	}
}

func TestCancelledCommitIsWholeOrNothing(t *testing.T) {
	fresh := newSample(t, true)
	cancelled := 0
	for n := range 120 {
		s := fresh.copyOf(t)
		ctx, cancel := context.WithCancel(context.Background())
		if n == 0 {
			cancel()
		}
		err := Commit(ctx, s.root, s.changes, Options{ops: hooked(func(at int, _, _ string) error {
			if at == n {
				cancel()
			}
			return nil
		})})
		cancel()
		if err == nil {
			s.wantTree(t, s.after)
			continue
		}
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "nothing was changed") {
			t.Fatalf("error: %v", err)
		}
		cancelled++
		s.wantTree(t, s.before)
		if list, err := History(s.root); err != nil || len(list) != 0 {
			t.Fatalf("journal after cancel: %v, %v", list, err)
		}
	}
	if cancelled < 10 {
		t.Errorf("cancelled %d times", cancelled)
	}
}
