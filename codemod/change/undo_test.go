package change

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func undo(t *testing.T, root string, opts Options) (*UndoPlan, error) {
	t.Helper()
	plan, err := PlanUndo(root)
	must(t, err)
	return plan, Undo(context.Background(), plan, opts)
}

func TestUndoGoesBackStepByStep(t *testing.T) {
	root := tree(t, map[string]string{"a": "0", ".git/HEAD": ""})
	mustCommit(t, root, Options{Verb: "first"}, map[string]string{"a": "1", "dir/new": "1"})
	mustCommit(t, root, Options{Verb: "second"}, map[string]string{"a": "2", "dir/new": "2"})
	for _, want := range []struct{ verb, a, new, diff string }{
		{"second", "1", "1", "-2"},
		{"first", "0", "", "deleted file"},
	} {
		plan, err := undo(t, root, Options{})
		must(t, err)
		if plan.Entry.Verb != want.verb || len(plan.Restore) != 2 || len(plan.Changed) != 0 || !strings.Contains(Diff(plan.Restore), want.diff) {
			t.Errorf("plan %+v\n%s", plan, Diff(plan.Restore))
		}
		wantFile(t, root, "a", want.a)
		wantFile(t, root, "dir/new", want.new)
	}
	if _, err := os.Stat(filepath.Join(root, "dir")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder that was made is still there: %v", err)
	}
	if _, err := PlanUndo(root); !hasCode(err, "nothing-to-undo") {
		t.Errorf("third undo: %v", err)
	}
	mustCommit(t, root, Options{Verb: "third"}, map[string]string{"a": "3"})
	if _, err := undo(t, root, Options{}); err != nil {
		t.Error(err)
	}
	wantFile(t, root, "a", "0")
}

func TestUndoRestoresWhatAnotherProgramMayRewrite(t *testing.T) {
	root := tree(t, map[string]string{"a": "0", "b": "0", ".git/HEAD": ""})
	must(t, Settle(root, "a"))
	mustCommit(t, root, Options{}, map[string]string{"a": "1", "b": "1"})
	must(t, os.WriteFile(filepath.Join(root, "a"), []byte("one"), 0o644))
	must(t, Settle(root, "a", "elsewhere"))
	must(t, os.WriteFile(filepath.Join(root, "b"), []byte("mine"), 0o644))
	plan, err := undo(t, root, Options{})
	if !hasCode(err, "undo-conflict") || len(plan.Changed) != 1 || plan.Changed[0] != "b" {
		t.Errorf("undo with b changed: %v, %v", plan.Changed, err)
	}
	must(t, os.WriteFile(filepath.Join(root, "b"), []byte("1"), 0o644))
	if _, err := undo(t, root, Options{}); err != nil {
		t.Error(err)
	}
	wantFile(t, root, "a", "0")
	wantFile(t, root, "b", "0")
}

func TestUndoRestoresTheMode(t *testing.T) {
	s := newSample(t, true)
	must(t, Commit(context.Background(), s.root, s.changes, Options{}))
	must(t, os.Chmod(filepath.Join(s.root, "run.sh"), 0o600))
	if _, err := undo(t, s.root, Options{}); err != nil {
		t.Fatal(err)
	}
	s.wantTree(t, s.before)
}

func TestUndoRefusesFilesChangedSince(t *testing.T) {
	start := func(t *testing.T) string {
		root := tree(t, map[string]string{"a": "a", "b": "b", "gone": "gone"})
		o := NewOverlay(os.DirFS(root))
		must(t, o.Write("a", []byte("a2")))
		must(t, o.Write("b", []byte("b2")))
		must(t, o.Write("dir/new", []byte("new")))
		must(t, o.Remove("gone"))
		must(t, Commit(context.Background(), root, o.Changes(), Options{Verb: "add x"}))
		return root
	}
	cases := []struct {
		name    string
		then    func(root string) error
		changed string
		code    string // of the refusal even when forced; "" = it can be forced
	}{
		{"edited", func(root string) error { return os.WriteFile(filepath.Join(root, "a"), []byte("mine"), 0o644) }, "a", ""},
		{"removed", func(root string) error { return os.Remove(filepath.Join(root, "a")) }, "a", ""},
		{"new file edited", func(root string) error {
			return os.WriteFile(filepath.Join(root, "dir/new"), []byte("mine"), 0o644)
		}, "dir/new", ""},
		{"removed file made again", func(root string) error {
			return os.WriteFile(filepath.Join(root, "gone"), []byte("mine"), 0o644)
		}, "gone", ""},
		{"became a folder", func(root string) error {
			return errors.Join(os.Remove(filepath.Join(root, "a")), os.Mkdir(filepath.Join(root, "a"), 0o755))
		}, "", "not-regular"},
		{"became a link to outside", func(root string) error {
			return errors.Join(os.Remove(filepath.Join(root, "a")), os.Symlink(os.TempDir(), filepath.Join(root, "a")))
		}, "", "link-outside"},
		{"folder became a link", func(root string) error {
			return errors.Join(os.Rename(filepath.Join(root, "dir"), filepath.Join(root, "away")), os.Symlink("away", filepath.Join(root, "dir")))
		}, "", "link-moved"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			root := start(t)
			must(t, c.then(root))
			before := snapshot(t, root)
			plan, err := PlanUndo(root)
			if c.code != "" {
				if !hasCode(err, c.code) {
					t.Fatalf("PlanUndo: %v, want code %s", err, c.code)
				}
				return
			}
			must(t, err)
			if !slices.Equal(plan.Changed, []string{c.changed}) {
				t.Errorf("Changed = %v", plan.Changed)
			}
			err = Undo(context.Background(), plan, Options{})
			if !hasCode(err, "undo-conflict") || !strings.Contains(err.Error(), c.changed) {
				t.Errorf("Undo: %v", err)
			}
			if got := snapshot(t, root); got != before {
				t.Errorf("the tree changed:\n%s", got)
			}
			must(t, Undo(context.Background(), plan, Options{Force: true}))
			for name, want := range map[string]string{"a": "a", "b": "b", "gone": "gone", "dir/new": ""} {
				wantFile(t, root, name, want)
			}
		})
	}
}

func TestUndoLeavesWhatIsAlreadyAsBefore(t *testing.T) {
	root := tree(t, map[string]string{"a": "a", "b": "b"})
	mustCommit(t, root, Options{}, map[string]string{"a": "a2", "b": "b2", "dir/new": "n"})
	must(t, os.WriteFile(filepath.Join(root, "a"), []byte("a"), 0o644))
	must(t, os.RemoveAll(filepath.Join(root, "dir")))
	plan, err := undo(t, root, Options{})
	must(t, err)
	if len(plan.Restore) != 1 || plan.Restore[0].Path != "b" {
		t.Errorf("plan %+v", plan.Restore)
	}
	wantFile(t, root, "a", "a")
	wantFile(t, root, "b", "b")
}

func TestUndoKeepsAFolderThatIsInUse(t *testing.T) {
	root := tree(t, nil)
	mustCommit(t, root, Options{}, map[string]string{"dir/sub/new": "n"})
	must(t, os.WriteFile(filepath.Join(root, "dir/mine"), []byte("m"), 0o644))
	_, err := undo(t, root, Options{})
	must(t, err)
	wantFile(t, root, "dir/mine", "m")
	if _, err := os.Stat(filepath.Join(root, "dir/sub")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("dir/sub: %v", err)
	}
}

func TestUndoMakesFoldersOfRemovedFilesAgain(t *testing.T) {
	root := tree(t, map[string]string{"dir/sub/old": "o"})
	o := NewOverlay(os.DirFS(root))
	must(t, o.Remove("dir/sub/old"))
	must(t, Commit(context.Background(), root, o.Changes(), Options{}))
	must(t, os.RemoveAll(filepath.Join(root, "dir")))
	_, err := undo(t, root, Options{})
	must(t, err)
	wantFile(t, root, "dir/sub/old", "o")
}

func TestUndoOnlyDoesWhatWasPlanned(t *testing.T) {
	root := tree(t, map[string]string{"a": "a"})
	mustCommit(t, root, Options{}, map[string]string{"a": "a2"})
	plan, err := PlanUndo(root)
	must(t, err)

	must(t, os.WriteFile(filepath.Join(root, "a"), []byte("mine"), 0o644))
	if err := Undo(context.Background(), plan, Options{Force: true}); !hasCode(err, "file-changed") {
		t.Errorf("file changed since the plan: %v", err)
	}
	must(t, os.WriteFile(filepath.Join(root, "a"), []byte("a2"), 0o644))

	mustCommit(t, root, Options{}, map[string]string{"a": "a3"})
	if err := Undo(context.Background(), plan, Options{}); !hasCode(err, "undo-outdated") {
		t.Errorf("another change since the plan: %v", err)
	}
	wantFile(t, root, "a", "a3")
}

func TestFilesEditedAfterACrashAreNotOverwritten(t *testing.T) {
	s := newSample(t, true)
	crashed, err := crashing(62, func(o *ops) error { return job{Root: s.root, Changes: s.changes}.do(Options{ops: o}) })
	must(t, err)
	pending, err := Pending(s.root)
	must(t, err)
	if !crashed || pending == nil || pending.State != InterruptedCommit || len(pending.Files) != len(s.changes) {
		t.Fatalf("crashed %v, pending %+v", crashed, pending)
	}
	must(t, os.WriteFile(filepath.Join(s.root, "package.json"), []byte("mine"), 0o644))
	plan, err := undo(t, s.root, Options{})
	if !hasCode(err, "undo-conflict") || !slices.Equal(plan.Changed, []string{"package.json"}) {
		t.Fatalf("changed %v, error %v", plan.Changed, err)
	}
	wantFile(t, s.root, "package.json", "mine")
	must(t, Undo(context.Background(), plan, Options{Force: true}))
	s.wantTree(t, s.before)
}

func TestDamagedJournalIsRefused(t *testing.T) {
	entry := func(root string) string { return filepath.Join(root, ".batten/journal/000001.done.json") }
	damage := map[string]func(b []byte) []byte{
		"cut off": func(b []byte) []byte { return b[:len(b)/2] },
		"empty":   func([]byte) []byte { return nil },
		"other content": func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"content":"YQ=="`), []byte(`"content":"Yg=="`), 1)
		},
		"path outside":     func(b []byte) []byte { return bytes.Replace(b, []byte(`"path":"a"`), []byte(`"path":"../a"`), 1) },
		"folder outside":   func(b []byte) []byte { return bytes.Replace(b, []byte(`"dirs":["dir"]`), []byte(`"dirs":["/"]`), 1) },
		"newer version":    func(b []byte) []byte { return bytes.Replace(b, []byte(`"version":1`), []byte(`"version":2`), 1) },
		"token is a path":  func(b []byte) []byte { return bytes.Replace(b, []byte(`"token":"`), []byte(`"token":"../`), 1) },
		"unknown property": func(b []byte) []byte { return bytes.Replace(b, []byte(`{`), []byte(`{"x":1,`), 1) },
	}
	for name, f := range damage {
		t.Run(name, func(t *testing.T) {
			root := tree(t, map[string]string{"a": "a"})
			mustCommit(t, root, Options{}, map[string]string{"a": "a2", "dir/new": "n"})
			b, err := os.ReadFile(entry(root))
			must(t, err)
			damaged := f(bytes.Clone(b))
			if bytes.Equal(damaged, b) {
				t.Fatalf("not damaged: %s", b)
			}
			must(t, os.WriteFile(entry(root), damaged, 0o600))
			if _, err := PlanUndo(root); !hasCode(err, "journal-damaged") {
				t.Errorf("PlanUndo: %v", err)
			}
			wantFile(t, root, "a", "a2")
			// A change that is done is in nobody's way; an interrupted one is.
			mustCommit(t, root, Options{}, map[string]string{"a": "a3"})
			must(t, os.Remove(filepath.Join(root, ".batten/journal/000002.done.json")))
			must(t, os.Rename(entry(root), strings.Replace(entry(root), "done", "commit", 1)))
			err = Commit(context.Background(), root, []Change{{Path: "x", After: []byte{}}}, Options{})
			if !hasCode(err, "journal-damaged") {
				t.Errorf("Commit: %v", err)
			}
		})
	}
}

func TestLeftoversOfAFinishedChangeAreSwept(t *testing.T) {
	fresh := newSample(t, true)
	swept := 0
	for n := 1; ; n++ {
		s := fresh.copyOf(t)
		crashed, err := crashing(n, func(o *ops) error { return job{Root: s.root, Changes: s.changes}.do(Options{ops: o}) })
		must(t, err)
		if !crashed {
			break
		}
		if tree := snapshot(t, s.root); tree == withoutLeftovers(tree) || withoutLeftovers(tree) != s.after {
			continue
		}
		if p, err := Pending(s.root); p != nil || err != nil {
			continue
		}
		swept++
		mustCommit(t, s.root, Options{}, map[string]string{"untouched": "y"})
		if got, want := snapshot(t, s.root), strings.Replace(s.after, `untouched -rw-r--r-- "x"`, `untouched -rw-r--r-- "y"`, 1); got != want {
			t.Errorf("after the next change:\n%s", got)
		}
	}
	if swept == 0 {
		t.Error("no crash left a link behind")
	}
}
