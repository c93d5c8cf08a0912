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
	if err := Unmerge(t.Context(), t.TempDir(), []Unmerged{{Path: "x"}}); err == nil {
		t.Error("outside git, nothing is refused")
	}
}
