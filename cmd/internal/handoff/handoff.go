package handoff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
)

// Failure is the error of a program that ran and failed, or could not be run.
type Failure struct {
	Command string // as typed in a shell
	Dir     string
	Status  int   // exit status; -1 if it did not exit by itself
	Err     error // what os/exec says, or the end of the context that stopped it
	Output  string
}

func (f *Failure) Error() string {
	how := fmt.Sprintf("failed with status %d", f.Status)
	switch {
	case errors.Is(f.Err, context.Canceled):
		how = "was interrupted"
	case f.Status < 0:
		how = "failed: " + f.Err.Error()
	}
	if f.Output != "" {
		how += ": " + f.Output
	}
	return fmt.Sprintf("`%s` in %s %s", f.Command, f.Dir, how)
}

func (f *Failure) Unwrap() error { return f.Err }

// Streams are where a program's output goes. Both may be nil.
type Streams struct{ Out, Err io.Writer }

// PackageManager is the command that starts the repository's package manager, without
// arguments: ["node", ".yarn/releases/yarn-4.13.0.cjs"], ["yarn"], ["corepack", "yarn"],
// ["npm"], ["pnpm"]. root is the repository's folder.
//
// The error is a *diag.Diagnostic that says what to install.
func PackageManager(root string, m workspace.Manager) ([]string, error) {
	has := func(name string) bool { _, err := exec.LookPath(name); return err == nil }
	if m.Name == "yarn" && m.YarnPath != "" {
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(m.YarnPath))); err == nil && has("node") {
			return []string{"node", filepath.FromSlash(m.YarnPath)}, nil
		}
	}
	switch {
	case has(m.Name):
		return []string{m.Name}, nil
	case m.Name != "npm" && has("corepack"):
		return []string{"corepack", m.Name}, nil
	}
	d := diag.Errorf("no-package-manager", "%s is not on the PATH", m)
	if m.YarnPath != "" && !has("node") {
		d.Summary = fmt.Sprintf("node is not on the PATH, and the repository's %s needs it", m.YarnPath)
	}
	d.Manual = fmt.Sprintf("Install it and run `%s install` in %s, or use --no-install to leave that to you.", m.Name, root)
	return nil, d
}

// Install runs `install` of the repository's package manager in its root. Where CI is set, yarn
// would refuse to change its lockfile, which is what an install after a change is for.
func Install(ctx context.Context, root string, m workspace.Manager, s Streams) error {
	command, err := PackageManager(root, m)
	if err != nil {
		return err
	}
	return run(ctx, root, append(command, "install"), s, "YARN_ENABLE_IMMUTABLE_INSTALLS=false")
}

// patience is how long an interrupted program may clear up before it is killed.
const patience = 10 * time.Second

func run(ctx context.Context, dir string, command []string, s Streams, env ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, s.Out, s.Err
	cmd.Env = append(os.Environ(), env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = patience
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return failure(cmd, command, err)
	}
	return nil
}

func failure(cmd *exec.Cmd, command []string, err error) *Failure {
	f := &Failure{Command: strings.Join(command, " "), Dir: cmd.Dir, Status: -1, Err: err}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		f.Status = exit.ExitCode()
	}
	return f
}

// Dirty returns those of the files (slash paths from root) that have uncommitted changes, or
// are new to git; files that git ignores have none. A symbolic link stands for what it leads to. Without git, or outside of a repository,
// there are none either, and git is false.
func Dirty(ctx context.Context, root string, files []string) (dirty []string, git bool, err error) {
	if len(files) == 0 {
		return nil, true, nil
	}
	if _, err := exec.LookPath("git"); err != nil {
		return nil, false, nil
	}
	if err := run(ctx, root, []string{"git", "rev-parse", "--is-inside-work-tree"}, Streams{}); err != nil {
		return nil, false, ctx.Err()
	}
	named := map[string]string{} // the files by where they really are
	for _, name := range files {
		named[target(root, name)] = name
	}
	command := append([]string{"git", "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--"}, literal(slices.Sorted(maps.Keys(named)))...)
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, &out, &errs
	if err := cmd.Run(); err != nil {
		f := failure(cmd, []string{"git", "status"}, err)
		f.Output = strings.TrimSpace(errs.String())
		return nil, false, f
	}
	top, err := toplevel(ctx, root)
	if err != nil {
		return nil, false, err
	}
	for entry := range strings.SplitSeq(out.String(), "\x00") {
		if len(entry) < 4 {
			continue
		}
		rel, err := filepath.Rel(root, filepath.Join(top, filepath.FromSlash(entry[3:])))
		if err != nil {
			return nil, false, err
		}
		name, ok := named[filepath.ToSlash(rel)]
		if !ok {
			name = filepath.ToSlash(rel)
		}
		dirty = append(dirty, name)
	}
	return dirty, true, nil
}

// target is where a file really is, as a slash path from root; name itself if it is outside, or
// cannot be found.
func target(root, name string) string {
	base, err := filepath.EvalSymlinks(root)
	if err != nil {
		return name
	}
	full, err := filepath.EvalSymlinks(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return name
	}
	if rel, err := filepath.Rel(base, full); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return name
}

// literal makes pathspecs that match the files alone, whatever is in their names.
func literal(files []string) []string {
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = ":(literal)" + f
	}
	return out
}

// toplevel is the folder that git's paths start from, written in terms of root.
func toplevel(ctx context.Context, root string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", "rev-parse", "--show-cdup")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return "", failure(cmd, []string{"git", "rev-parse", "--show-cdup"}, err)
	}
	return filepath.Join(root, filepath.FromSlash(strings.TrimRight(string(out), "\r\n"))), nil
}
