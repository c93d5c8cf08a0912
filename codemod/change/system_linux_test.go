package change

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// mount puts a file system in memory at dir until the test ends.
func mount(t *testing.T, dir, options string) {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o755))
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("this user cannot mount a file system; the injected errors of TestFailingDiskLosesNothing stand for it: %v", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(dir, 0)) })
}

func TestFullDisk(t *testing.T) {
	page := os.Getpagesize()
	root := filepath.Join(t.TempDir(), "small")
	const pages = 40
	mount(t, root, "size="+strconv.Itoa(pages*page)+",mode=755")
	must(t, os.MkdirAll(filepath.Join(root, "packages/app"), 0o755))
	for _, name := range []string{"a", "b", "packages/app/c"} {
		must(t, os.WriteFile(filepath.Join(root, name), []byte(strings.Repeat(name, page/8)), 0o644))
	}
	before := snapshot(t, root)
	o := NewOverlay(os.DirFS(root))
	for _, name := range []string{"a", "b", "packages/app/c", "packages/new/d"} {
		must(t, o.Write(name, []byte(strings.Repeat("new", page))))
	}
	filler := filepath.Join(root, ".batten", "filler") // not in snapshots
	must(t, os.Mkdir(filepath.Dir(filler), 0o755))
	failed, made := 0, 0
	for fill := pages; fill >= 0; fill-- {
		// As much as fits, at most fill pages.
		f, err := os.Create(filler)
		must(t, err)
		for range fill {
			if _, err := f.Write(make([]byte, page)); err != nil {
				break
			}
		}
		must(t, f.Close())
		err = Commit(context.Background(), root, o.Changes(), Options{})
		must(t, os.Remove(filler))
		if err == nil {
			made++
			must(t, undoAll(root))
		} else {
			failed++
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("with %d pages filled: %v", fill, err)
			}
			if p, err := Pending(root); p != nil || err != nil {
				t.Fatalf("with %d pages filled: pending %v, %v", fill, p, err)
			}
		}
		if got := snapshot(t, root); got != before {
			t.Fatalf("with %d pages filled the tree is\n%s", fill, got)
		}
	}
	t.Logf("%d times the disk was full, %d times there was room", failed, made)
	if failed < 5 || made < 5 {
		t.Errorf("%d failures, %d changes", failed, made)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	root := tree(t, map[string]string{"a": "a", "z": "z"})
	dir := filepath.Join(root, "packages")
	mount(t, dir, "mode=755")
	must(t, os.WriteFile(filepath.Join(dir, "b"), []byte("b"), 0o644))
	must(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	before := snapshot(t, root)
	o := NewOverlay(os.DirFS(root))
	for _, name := range []string{"a", "packages/b", "z"} {
		must(t, o.Write(name, []byte("new")))
	}
	err := Commit(context.Background(), root, o.Changes(), Options{})
	if !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), "packages") {
		t.Errorf("error: %v", err)
	}
	if got := snapshot(t, root); got != before {
		t.Errorf("the tree is\n%s\nwas\n%s", got, before)
	}
	if p, err := Pending(root); p != nil || err != nil {
		t.Errorf("pending %v, %v", p, err)
	}
}

func TestReadOnlyJournal(t *testing.T) {
	root := tree(t, map[string]string{"a": "a"})
	dir := filepath.Join(root, ".git")
	mount(t, dir, "mode=755")
	must(t, os.WriteFile(filepath.Join(dir, "HEAD"), nil, 0o644))
	must(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	err := Commit(context.Background(), root, []Change{{Path: "a", Before: []byte("a"), After: []byte("b")}}, Options{})
	if !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), "journal") {
		t.Errorf("error: %v", err)
	}
	wantFile(t, root, "a", "a")
}

func TestReadOnlyFolderOfAnotherUser(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("permissions do not bind the superuser; see TestReadOnlyFolder")
	}
	root := tree(t, map[string]string{"a": "a", "packages/b": "b"})
	must(t, os.Chmod(filepath.Join(root, "packages"), 0o555))
	t.Cleanup(func() { must(t, os.Chmod(filepath.Join(root, "packages"), 0o755)) })
	before := snapshot(t, root)
	o := NewOverlay(os.DirFS(root))
	must(t, o.Write("a", []byte("new")))
	must(t, o.Write("packages/b", []byte("new")))
	if err := Commit(context.Background(), root, o.Changes(), Options{}); !errors.Is(err, syscall.EACCES) {
		t.Errorf("error: %v", err)
	}
	if got := snapshot(t, root); got != before {
		t.Errorf("the tree is\n%s\nwas\n%s", got, before)
	}
}

func TestOwnerIsKept(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only the superuser can give files away")
	}
	root := tree(t, map[string]string{"a": "a"})
	file := filepath.Join(root, "a")
	must(t, os.Chown(file, 1234, 4321))
	mustCommit(t, root, Options{}, map[string]string{"a": "b"})
	for range 2 {
		info, err := os.Stat(file)
		must(t, err)
		if st, ok := info.Sys().(*syscall.Stat_t); !ok || st.Uid != 1234 || st.Gid != 4321 {
			t.Errorf("owner %+v", info.Sys())
		}
		must(t, undoAll(root))
	}
}

func TestPipesAreRefused(t *testing.T) {
	root := tree(t, nil)
	must(t, syscall.Mkfifo(filepath.Join(root, "pipe"), 0o644))
	err := Commit(context.Background(), root, []Change{{Path: "pipe", Before: []byte{}, After: []byte("x")}}, Options{})
	if !hasCode(err, "not-regular") {
		t.Errorf("error: %v", err)
	}
}
