package workspace_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/workspace"
)

func TestDiskDoesNotReadWhatHasNoEnd(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	large, err := os.Create(filepath.Join(dir, "large"))
	if err != nil {
		t.Fatal(err)
	}
	if err := large.Truncate(65 << 20); err != nil {
		t.Skip("no sparse files here:", err)
	}
	if err := large.Close(); err != nil {
		t.Fatal(err)
	}
	fsys := workspace.Disk(dir).(interface {
		ReadFile(string) ([]byte, error)
	})
	for name, want := range map[string]string{"file": "", "large": "larger than 64 MB", ".": "directory", "none": "no such file"} {
		switch _, err := fsys.ReadFile(name); {
		case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Symlink(os.DevNull, filepath.Join(dir, "device")); err != nil {
		t.Skip("no links here:", err)
	}
	if _, err := fsys.ReadFile("device"); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("device: %v", err)
	}
}
