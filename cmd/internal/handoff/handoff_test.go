package handoff

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

// bin makes a folder of programs that say their name and arguments, and makes it the PATH.
func bin(t *testing.T, programs ...string) {
	t.Helper()
	dir := t.TempDir()
	for _, p := range programs {
		script := "#!/bin/sh\necho " + p + " \"$@\"\necho warned >&2\nexit ${FAIL:-0}\n"
		if err := os.WriteFile(filepath.Join(dir, p), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestTheRepositorysOwnYarnComesFirst(t *testing.T) {
	own := workspace.Manager{Name: "yarn", Version: "4.13.0", YarnPath: ".yarn/releases/yarn-4.13.0.cjs"}
	for _, c := range []struct {
		name     string
		programs []string
		manager  workspace.Manager
		want     string // or of the diagnostic's summary
	}{
		{"its own", []string{"node", "yarn", "corepack"}, own, "node .yarn/releases/yarn-4.13.0.cjs"},
		{"without node", []string{"yarn"}, own, "yarn"},
		{"on the path", []string{"node", "yarn", "corepack"}, workspace.Manager{Name: "yarn"}, "yarn"},
		{"corepack's", []string{"node", "corepack"}, workspace.Manager{Name: "yarn"}, "corepack yarn"},
		{"npm", []string{"npm"}, workspace.Manager{Name: "npm"}, "npm"},
		{"pnpm from corepack", []string{"corepack"}, workspace.Manager{Name: "pnpm"}, "corepack pnpm"},
		{"none", nil, workspace.Manager{Name: "yarn", Version: "1.22.22"}, "yarn 1.22.22 is not on the PATH"},
		{"no npm", []string{"corepack"}, workspace.Manager{Name: "npm"}, "npm is not on the PATH"},
		{"no node", nil, own, "node is not on the PATH, and the repository's .yarn/releases/yarn-4.13.0.cjs needs it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bin(t, c.programs...)
			root := t.TempDir()
			release := filepath.Join(root, ".yarn/releases/yarn-4.13.0.cjs")
			if err := os.MkdirAll(filepath.Dir(release), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(release, nil, 0o644); err != nil {
				t.Fatal(err)
			}
			command, err := PackageManager(root, c.manager)
			got := strings.Join(command, " ")
			var d *diag.Diagnostic
			if errors.As(err, &d) {
				got = d.Summary
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if d != nil && !strings.Contains(d.Manual, "--no-install") {
				t.Errorf("no way out in %q", d.Manual)
			}
		})
	}
}

func TestInstallStreamsAndNamesWhatFailed(t *testing.T) {
	bin(t, "yarn")
	root := t.TempDir()
	var out, errs bytes.Buffer
	s := Streams{&out, &errs}
	if err := Install(context.Background(), root, workspace.Manager{Name: "yarn"}, s); err != nil {
		t.Fatal(err)
	}
	if out.String() != "yarn install\n" || errs.String() != "warned\n" {
		t.Errorf("got %q and %q", out.String(), errs.String())
	}
	t.Setenv("FAIL", "7")
	err := Install(context.Background(), root, workspace.Manager{Name: "yarn"}, s)
	var f *Failure
	if !errors.As(err, &f) || f.Status != 7 || f.Command != "yarn install" || f.Dir != root {
		t.Errorf("got %#v", err)
	}
	if want := "`yarn install` in " + root + " failed with status 7"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Install(ctx, root, workspace.Manager{Name: "yarn"}, s); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

// An interrupted package manager gets the time to clear up.
func TestAnInterruptedInstallMayClearUp(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no signals to send")
	}
	dir := t.TempDir()
	script := "#!/bin/sh\ntrap 'echo cleared; exit 130' INT\necho started\nwhile :; do sleep 0.05; done\n"
	if err := os.WriteFile(filepath.Join(dir, "yarn"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := onFirstWrite{do: cancel}
	err := Install(ctx, dir, workspace.Manager{Name: "yarn"}, Streams{Out: &out})
	if !errors.Is(err, context.Canceled) || !strings.HasSuffix(err.Error(), " was interrupted") || out.got.String() != "started\ncleared\n" {
		t.Errorf("got %v, and %q", err, out.got.String())
	}
}

// onFirstWrite collects what is written, and calls a function at the first.
type onFirstWrite struct {
	got bytes.Buffer
	do  func()
}

func (w *onFirstWrite) Write(b []byte) (int, error) {
	if w.got.Len() == 0 {
		defer w.do()
	}
	return w.got.Write(b)
}

func TestDirtyKnowsWhatIsNotCommitted(t *testing.T) {
	fixtures.Require(t, "git")
	top := t.TempDir()
	root := filepath.Join(top, "sub dir")
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Dir = top
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write := func(name, content string) {
		t.Helper()
		full := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	all := []string{"clean", "modified", "staged", "new [1]/a*", "ignored", "absent", "gone"}
	if dirty, inGit, err := Dirty(context.Background(), top, all); dirty != nil || inGit || err != nil {
		t.Errorf("outside git: got %v, %v, %v", dirty, inGit, err)
	}
	for _, name := range []string{"clean", "modified", "staged", "gone"} {
		write(name, "1\n")
	}
	write(".gitignore", "ignored\n")
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "first")
	write("modified", "2\n")
	write("staged", "2\n")
	git("add", "sub dir/staged")
	write("new [1]/a*", "1\n")
	write("new [1]/ab", "1\n")
	write("ignored", "1\n")
	if err := os.Remove(filepath.Join(root, "gone")); err != nil {
		t.Fatal(err)
	}
	dirty, inGit, err := Dirty(context.Background(), root, all)
	slices.Sort(dirty)
	want := []string{"gone", "modified", "new [1]/a*", "staged"}
	if err != nil || !inGit || !slices.Equal(dirty, want) {
		t.Errorf("got %q, %v, %v, want %q", dirty, inGit, err, want)
	}
	for link, to := range map[string]string{"link": "modified", "folder": "new [1]"} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Skip(err)
		}
	}
	git("add", "sub dir/link", "sub dir/folder")
	git("commit", "-q", "-m", "links", "sub dir/link", "sub dir/folder")
	if dirty, _, err := Dirty(context.Background(), root, []string{"link", "folder/a*", "clean"}); err != nil || !slices.Equal(dirty, []string{"link", "folder/a*"}) {
		t.Errorf("behind links: got %q, %v", dirty, err)
	}
	if dirty, _, err := Dirty(context.Background(), root, []string{"clean", "absent"}); len(dirty) > 0 || err != nil {
		t.Errorf("clean: got %q, %v", dirty, err)
	}
}
