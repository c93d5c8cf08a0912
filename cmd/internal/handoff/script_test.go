package handoff

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

func TestScriptsAndProgramsAreRunInTheirFolder(t *testing.T) {
	bin(t, "yarn", "docker", "node")
	root := t.TempDir()
	var out, errs bytes.Buffer
	s := Streams{&out, &errs}
	if err := Script(context.Background(), root, workspace.Manager{Name: "yarn"}, []string{"run", "tsc"}, s); err != nil {
		t.Fatal(err)
	}
	if err := Run(context.Background(), root, []string{"docker", "build", "."}, s); err != nil {
		t.Fatal(err)
	}
	if want := "yarn run tsc\ndocker build .\n"; out.String() != want || errs.String() != "warned\nwarned\n" {
		t.Errorf("got %q and %q", out.String(), errs.String())
	}
	t.Setenv("FAIL", "3")
	var f *Failure
	if err := Run(context.Background(), root, []string{"docker", "build", "."}, s); !errors.As(err, &f) || f.Status != 3 || f.Command != "docker build ." {
		t.Errorf("got %v", err)
	}
	var d *diag.Diagnostic
	if err := Run(context.Background(), root, []string{"podman", "build"}, s); !errors.As(err, &d) || d.Code != "no-podman" {
		t.Errorf("got %v", err)
	}
	if v := NodeVersion(context.Background()); v != "" {
		t.Errorf("a node that fails has version %q", v)
	}
}

func TestBranchAndCommit(t *testing.T) {
	fixtures.Require(t, "git")
	root := filepath.Join(t.TempDir(), "a b")
	for name, content := range map[string]string{"kept": "1\n", "changed": "1\n", "removed": "1\n", ".gitignore": "ignored\n"} {
		if err := os.MkdirAll(root, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	fixtures.Git(t, root)
	say := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	say("config", "user.name", "t")
	say("config", "user.email", "t@example.com")
	say("config", "commit.gpgsign", "false")
	ctx := context.Background()
	if err := Branch(ctx, root, "up"); err != nil {
		t.Fatal(err)
	}
	if b := say("branch", "--show-current"); b != "up" {
		t.Errorf("on %s", b)
	}
	if err := Branch(ctx, root, "up"); err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("a branch that is there: %v", err)
	}
	for name, content := range map[string]string{"kept": "2\n", "changed": "2\n", "new": "2\n", "ignored": "2\n"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(root, "removed")); err != nil {
		t.Fatal(err)
	}
	say("add", "kept") // staged by somebody else, and not ours to commit
	if err := Commit(ctx, root, "One\n\nTwo", []string{"changed", "new", "removed", "ignored", "absent"}); err != nil {
		t.Fatal(err)
	}
	if got := say("show", "--name-status", "--format=%B", "HEAD"); got != "One\n\nTwo\n\n\nM\tchanged\nA\tnew\nD\tremoved" {
		t.Errorf("committed:\n%s", got)
	}
	if got := say("status", "--porcelain"); got != "M  kept" {
		t.Errorf("left: %q", got)
	}
}
