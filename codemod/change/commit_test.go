package change

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/batten-dev/batten/codemod/diag"
)

// tree writes files into a new folder; a name that ends in "/" is a folder, a content that
// starts with "-> " a symbolic link.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	for name, content := range files {
		full := filepath.Join(root, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(full), 0o755))
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			if err := os.Symlink(target, full); err != nil {
				t.Skipf("no symbolic links here: %v", err)
			}
		} else if strings.HasSuffix(name, "/") {
			must(t, os.Mkdir(full, 0o755))
		} else {
			must(t, os.WriteFile(full, []byte(content), 0o644))
		}
	}
	return root
}

func mustCommit(t *testing.T, root string, opts Options, files map[string]string) {
	t.Helper()
	o := NewOverlay(os.DirFS(root))
	for name, content := range files {
		must(t, o.Write(name, []byte(content)))
	}
	must(t, Commit(context.Background(), root, o.Changes(), opts))
}

func wantFile(t *testing.T, root, name, want string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if want == "" && errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil || string(got) != want {
		t.Errorf("%s is %q, %v; want %q", name, got, err, want)
	}
}

func TestCommitRefusesAndWritesNothing(t *testing.T) {
	outside := tree(t, map[string]string{"f": "outside\n", "dir/f": "outside\n"})
	write := func(name string) func(string) error {
		return func(root string) error {
			return os.WriteFile(filepath.Join(root, filepath.FromSlash(name)), []byte("by someone else\n"), 0o644)
		}
	}
	remove := func(root, name string) error { return os.Remove(filepath.Join(root, filepath.FromSlash(name))) }
	cases := []struct {
		name   string
		path   string // of the change; its content is "new\n"
		remove bool   // the change removes the file
		before string // content that the plan saw; "" = none
		then   func(root string) error
		code   string
	}{
		{name: "file changed since", path: "a", before: "a\n", then: write("a"), code: "file-changed"},
		{name: "file removed since", path: "a", before: "a\n", then: func(root string) error { return remove(root, "a") }, code: "file-changed"},
		{name: "file made since", path: "new", then: write("new"), code: "file-changed"},
		{name: "file is a folder now", path: "a", before: "a\n", then: func(root string) error {
			return errors.Join(remove(root, "a"), os.Mkdir(filepath.Join(root, "a"), 0o755))
		}, code: "not-regular"},
		{name: "folder is a file now", path: "dir/deep/f", then: func(root string) error {
			return errors.Join(os.RemoveAll(filepath.Join(root, "dir")), write("dir")(root))
		}, code: "not-a-folder"},
		{name: "link to a file outside", path: "link", before: "outside\n", then: func(root string) error {
			return os.Symlink(filepath.Join(outside, "f"), filepath.Join(root, "link"))
		}, code: "link-outside"},
		{name: "folder is a link to outside", path: "out/dir/f", before: "outside\n", then: func(root string) error {
			return os.Symlink(outside, filepath.Join(root, "out"))
		}, code: "link-outside"},
		{name: "new file in a folder that is a link to outside", path: "out/new/f", then: func(root string) error {
			return os.Symlink(outside, filepath.Join(root, "out"))
		}, code: "link-outside"},
		{name: "link to nowhere", path: "link", then: func(root string) error {
			return os.Symlink("nowhere", filepath.Join(root, "link"))
		}, code: "broken-link"},
		{name: "link to itself", path: "link", then: func(root string) error {
			return os.Symlink("link", filepath.Join(root, "link"))
		}, code: "unreadable"},
		{name: "removing a link", path: "link", before: "a\n", remove: true, then: func(root string) error {
			return os.Symlink("a", filepath.Join(root, "link"))
		}, code: "not-regular"},
		{name: "read-only file", path: "a", before: "a\n", then: func(root string) error {
			return os.Chmod(filepath.Join(root, "a"), 0o444)
		}, code: "read-only"},
		{name: "another name of the same file", path: "link", before: "other\n", then: func(root string) error {
			return os.Symlink("other", filepath.Join(root, "link"))
		}, code: "same-file"},
		{name: "a hard link to the same file", path: "link", before: "other\n", then: func(root string) error {
			return os.Link(filepath.Join(root, "other"), filepath.Join(root, "link"))
		}, code: "same-file"},
		{name: "git's own file", path: ".git/config", code: "invalid-path"},
		{name: "git's own file below", path: "dir/.GIT/config", code: "invalid-path"},
		{name: "the journal", path: ".batten/journal/x", code: "invalid-path"},
		{name: "path that climbs out", path: "dir/../../x", code: "invalid-path"},
		{name: "absolute path", path: "/x", code: "invalid-path"},
		{name: "the root", path: ".", code: "invalid-path"},
		{name: "file in a planned file", path: "made/f", code: "not-a-folder"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			root := tree(t, map[string]string{"a": "a\n", "other": "other\n", "dir/f": "f\n"})
			if c.then != nil {
				if err := c.then(root); err != nil && runtime.GOOS == "windows" {
					t.Skipf("not possible here: %v", err)
				} else if err != nil {
					t.Fatal(err)
				}
			}
			changed := Change{Path: c.path, After: []byte("new\n")}
			if c.before != "" {
				changed.Before = []byte(c.before)
			}
			if c.remove {
				changed.After = nil
			}
			changes := []Change{{Path: "other", Before: []byte("other\n"), After: []byte("new\n")}, changed,
				{Path: "made", After: []byte("made\n")}}
			before := snapshot(t, root)
			err := Commit(context.Background(), root, changes, Options{})
			if !hasCode(err, c.code) {
				t.Errorf("error %v, want code %s", err, c.code)
			}
			for _, d := range diag.Of(err) {
				if d.File == "" || d.Summary == "" || d.Manual == "" && d.Code != "invalid-path" && d.Code != "unreadable" && c.path != "made/f" {
					t.Errorf("the refusal does not say what to do: %+v", d)
				}
			}
			if got := snapshot(t, root); got != before {
				t.Errorf("the tree is\n%s\nwas\n%s", got, before)
			}
			if _, err := os.Lstat(filepath.Join(root, ".batten")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a refusal made a journal: %v", err)
			}
		})
	}
	wantFile(t, outside, "f", "outside\n")
	wantFile(t, outside, "dir/f", "outside\n")
}

func TestCommitSeesAChangeMadeWhileItStages(t *testing.T) {
	cases := []struct {
		name string
		then func(root string) error
		code string
		want map[string]string
	}{
		{"content", func(root string) error {
			return os.WriteFile(filepath.Join(root, "b"), []byte("by hand\n"), 0o644)
		}, "file-changed", map[string]string{"a": "a\n", "b": "by hand\n", "dir/new": ""}},
		{"new file", func(root string) error {
			return os.WriteFile(filepath.Join(root, "dir/new"), []byte("by hand\n"), 0o644)
		}, "file-changed", map[string]string{"a": "a\n", "b": "b\n", "dir/new": "by hand\n"}},
		{"folder becomes a link", func(root string) error {
			return errors.Join(os.Rename(filepath.Join(root, "dir"), filepath.Join(root, "away")),
				os.Symlink("away", filepath.Join(root, "dir")))
		}, "file-changed", map[string]string{"a": "a\n", "b": "b\n", "dir/new": "", "dir/f": "f\n"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			root := tree(t, map[string]string{"a": "a\n", "b": "b\n", "dir/f": "f\n"})
			o := NewOverlay(os.DirFS(root))
			for _, f := range []string{"a", "b", "dir/new"} {
				must(t, o.Write(f, []byte("planned\n")))
			}
			done := false
			err := Commit(context.Background(), root, o.Changes(), Options{ops: hooked(func(_ int, op, name string) error {
				if op == "close" && strings.HasSuffix(name, ".new") && strings.Contains(name, "dir") && !done {
					done = true
					return c.then(root)
				}
				return nil
			})})
			var failure *Failure
			if !errors.As(err, &failure) || failure.Back != nil || !hasCode(err, c.code) {
				t.Fatalf("error: %v", err)
			}
			for name, want := range c.want {
				wantFile(t, root, name, want)
			}
			if got := snapshot(t, root); strings.Contains(got, ".batten-") {
				t.Errorf("left over:\n%s", got)
			}
		})
	}
}

func TestCommitKeepsModesLinksAndFolders(t *testing.T) {
	s := newSample(t, true)
	must(t, Commit(context.Background(), s.root, s.changes, Options{Verb: "real"}))
	got := snapshot(t, s.root)
	for _, want := range []string{
		"run.sh -rwxr-xr-x \"#!/bin/bash\\n\"\n",
		"secret.yaml -rw------- \"key: \\xfe\\n\"\n",
		"packages/app/link.json Lrwxrwxrwx \"../../shared/real.json\"\n",
		"shared/real.json -rw-rw-r-- \"[1]\\n\"\n",
		"plugins/new/src/index.ts -rw-r--r-- \"export {};\\n\"\n",
	} {
		if runtime.GOOS == "linux" && !strings.Contains(got, want) {
			t.Errorf("no line %s in\n%s", want, got)
		}
	}
	if strings.Contains(got, ".batten") || strings.Contains(got, "old.ts") {
		t.Errorf("left over:\n%s", got)
	}
	s.wantTree(t, s.after)
}

func TestCommitHonoursTheModeOfANewFile(t *testing.T) {
	root := tree(t, nil)
	must(t, Commit(context.Background(), root, []Change{{Path: "run", After: []byte("x"), Mode: 0o755}}, Options{}))
	if info, err := os.Stat(filepath.Join(root, "run")); err != nil || info.Mode()&0o100 == 0 && runtime.GOOS != "windows" {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestCommitWithoutLinksCopies(t *testing.T) {
	s := newSample(t, true)
	opts := Options{ops: hooked(func(_ int, op, name string) error {
		if op == "link" {
			return errors.ErrUnsupported
		}
		if op == "rename" && strings.HasSuffix(name, "secret.yaml") {
			return errors.New("broken")
		}
		return nil
	})}
	err := Commit(context.Background(), s.root, s.changes, opts)
	if err == nil || !strings.HasPrefix(err.Error(), "nothing was changed: broken") {
		t.Fatalf("error: %v", err)
	}
	s.wantTree(t, s.before)
}

func TestProofComesFirst(t *testing.T) {
	root := tree(t, map[string]string{"a": "a\n"})
	o := NewOverlay(os.DirFS(root))
	must(t, o.Write("a", []byte("b\n")))
	wrong := errors.New("not proved")
	var seen []Change
	err := Commit(context.Background(), root, o.Changes(), Options{Prove: func(c []Change) error { seen = c; return wrong }})
	if !errors.Is(err, wrong) || len(seen) != 1 {
		t.Errorf("error %v, seen %v", err, seen)
	}
	wantFile(t, root, "a", "a\n")
}

func TestCommitOfNothingDoesNothing(t *testing.T) {
	root := tree(t, map[string]string{"a": "a\n"})
	must(t, Commit(context.Background(), root, []Change{{Path: "a", Before: []byte("x"), After: []byte("x")}}, Options{}))
	if list, err := History(root); err != nil || len(list) != 0 {
		t.Errorf("history %v, %v", list, err)
	}
	if _, err := os.Lstat(filepath.Join(root, ".batten")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a journal was made")
	}
}

func TestRootMustBeAFolder(t *testing.T) {
	root := tree(t, map[string]string{"a": "a\n"})
	for _, bad := range []string{filepath.Join(root, "a"), filepath.Join(root, "none")} {
		if err := Commit(context.Background(), bad, []Change{{Path: "b", After: []byte{}}}, Options{}); err == nil {
			t.Errorf("Commit in %s: no error", bad)
		}
		if _, err := PlanUndo(bad); err == nil {
			t.Errorf("PlanUndo in %s: no error", bad)
		}
	}
}

func TestOneProcessAtATime(t *testing.T) {
	root := tree(t, map[string]string{"a": "a\n", ".git/HEAD": ""})
	o := NewOverlay(os.DirFS(root))
	must(t, o.Write("a", []byte("b\n")))
	checked := false
	must(t, Commit(context.Background(), root, o.Changes(), Options{ops: hooked(func(_ int, op, _ string) error {
		if op != "link" || checked {
			return nil
		}
		checked = true
		if err := Commit(context.Background(), root, o.Changes(), Options{}); !hasCode(err, "busy") {
			t.Errorf("Commit during Commit: %v", err)
		}
		if _, err := Pending(root); !hasCode(err, "busy") {
			t.Errorf("Pending during Commit: %v", err)
		}
		if _, err := PlanUndo(root); !hasCode(err, "busy") {
			t.Errorf("PlanUndo during Commit: %v", err)
		}
		return nil
	})}))
	if !checked {
		t.Error("no link was made")
	}
	if p, err := Pending(root); p != nil || err != nil {
		t.Errorf("pending %v, %v", p, err)
	}
}

func TestJournalIsWhereGitDoesNotLook(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	run := func(dir string, args ...string) string {
		t.Helper()
		cmd := exec.Command(git, append([]string{"-c", "user.name=n", "-c", "user.email=e@example.com"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	top := tree(t, map[string]string{"a": "a\n", "sub/a": "a\n"})
	run(top, "init", "-q")
	run(top, "add", ".")
	run(top, "commit", "-q", "-m", "first")
	linked := filepath.Join(t.TempDir(), "linked")
	run(top, "worktree", "add", "-q", linked)
	for name, root := range map[string]string{"top": top, "subfolder": filepath.Join(top, "sub"), "linked work tree": linked} {
		t.Run(name, func(t *testing.T) {
			mustCommit(t, root, Options{Verb: name}, map[string]string{"a": "b\n"})
			if got := run(root, "status", "--porcelain", "."); got != " M a\n" && got != " M sub/a\n" {
				t.Errorf("git status: %q", got)
			}
			list, err := History(root)
			must(t, err)
			if len(list) != 1 || list[0].Verb != name {
				t.Errorf("history of this root: %+v", list)
			}
			must(t, undoAll(root))
			if got := run(root, "status", "--porcelain", "."); got != "" {
				t.Errorf("git status after undo: %q", got)
			}
		})
	}
	t.Run("outside git, later in it", func(t *testing.T) {
		root := tree(t, map[string]string{"a": "a\n", ".batten/recipes/x.yaml": "x"})
		mustCommit(t, root, Options{}, map[string]string{"a": "b\n"})
		run(root, "init", "-q")
		if got := run(root, "status", "--porcelain", "-uall"); got != "?? .batten/recipes/x.yaml\n?? a\n" {
			t.Errorf("git status: %q", got)
		}
	})
	t.Run("broken .git file", func(t *testing.T) {
		root := tree(t, map[string]string{"a": "a\n", ".git": "gitdir: /nowhere/at/all\n"})
		mustCommit(t, root, Options{}, map[string]string{"a": "b\n"})
		must(t, undoAll(root))
		wantFile(t, root, "a", "a\n")
	})
}

func TestHistoryTellsVerbTimeAndFiles(t *testing.T) {
	root := tree(t, map[string]string{"a": "a\n"})
	at := time.Date(2024, 2, 29, 12, 0, 0, 0, time.FixedZone("", 3600))
	for i := range keep + 3 {
		mustCommit(t, root, Options{Verb: "add x", Now: func() time.Time { return at }}, map[string]string{"a": strings.Repeat("b", i+1), "new/f": strings.Repeat("c", i+1)})
	}
	list, err := History(root)
	must(t, err)
	if len(list) != keep {
		t.Fatalf("%d entries, want %d", len(list), keep)
	}
	e := list[0]
	if e.Verb != "add x" || !e.Time.Equal(at) || e.State != Done || strings.Join(e.Files, " ") != "a new/f" || e.ID <= list[1].ID {
		t.Errorf("entry %+v", e)
	}
	must(t, undoAll(root))
	wantFile(t, root, "a", "bbb")
}

func BenchmarkCommitAndUndoOfSixFiles(b *testing.B) {
	root := b.TempDir()
	changes := []Change{{Path: "new/file", After: []byte("new")}}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		content := []byte(strings.Repeat(name, 4000))
		if err := os.WriteFile(filepath.Join(root, name), content, 0o644); err != nil {
			b.Fatal(err)
		}
		changes = append(changes, Change{Path: name, Before: content, After: append([]byte("new"), content...)})
	}
	for b.Loop() {
		if err := Commit(context.Background(), root, changes, Options{}); err != nil {
			b.Fatal(err)
		}
		if err := undoAll(root); err != nil {
			b.Fatal(err)
		}
	}
}
