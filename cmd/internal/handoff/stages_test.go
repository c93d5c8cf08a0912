package handoff

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures"
)

func TestUnmergeShowsTheSidesToGit(t *testing.T) {
	fixtures.Require(t, "git")
	repo := t.TempDir()
	root := filepath.Join(repo, "portal")
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a b.txt", "c.txt"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte("ours\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	fixtures.Git(t, repo)
	if err := Unmerge(t.Context(), root, []Unmerged{{Path: "a b.txt", Base: []byte("base\n"), Ours: []byte("ours\n"), Theirs: []byte("theirs\n")}}); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"status --porcelain": "UU \"portal/a b.txt\"\n",
		"show :1:./a b.txt":  "base\n",
		"show :2:./a b.txt":  "ours\n",
		"show :3:./a b.txt":  "theirs\n",
	} {
		cmd := exec.Command("git", strings.SplitN(args, " ", 2)...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != want {
			t.Errorf("%s: %q, %v", args, out, err)
		}
	}
	if names, err := Merged(t.Context(), root, []string{"c.txt", "a b.txt"}); err != nil || len(names) != 1 || names[0] != "a b.txt" {
		t.Errorf("taken back: %q, %v", names, err)
	}
	cmd := exec.Command("git", "status", "--porcelain")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("taken back, the status is %q, %v", out, err)
	}
	if err := os.WriteFile(filepath.Join(root, "c.txt"), []byte("theirs\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command("git", "add", "c.txt")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	if names := Staged(t.Context(), root, []string{"a b.txt", "c.txt"}); len(names) != 1 || names[0] != "c.txt" {
		t.Errorf("staged are %q", names)
	}
	if names := Staged(t.Context(), t.TempDir(), []string{"c.txt"}); len(names) > 0 {
		t.Errorf("outside git, staged are %q", names)
	}
	if err := Unmerge(t.Context(), root, []Unmerged{{Path: "not in the index.txt", Base: []byte("b"), Ours: []byte("o"), Theirs: []byte("t")}}); err != nil {
		t.Error(err)
	}
	if names, err := Merged(t.Context(), root, []string{"not in the index.txt"}); err != nil || len(names) > 0 {
		t.Errorf("%q, %v", names, err)
	}
	if names, err := Merged(t.Context(), t.TempDir(), []string{"x"}); err != nil || len(names) > 0 {
		t.Errorf("outside git: %q, %v", names, err)
	}
	if err := Unmerge(t.Context(), t.TempDir(), []Unmerged{{Path: "x"}}); err == nil {
		t.Error("outside git, nothing is refused")
	}
}
