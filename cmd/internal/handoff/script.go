package handoff

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
)

// Script runs the repository's package manager in its root with these arguments, as in ["run", "tsc"].
func Script(ctx context.Context, root string, m workspace.Manager, args []string, s Streams) error {
	command, err := PackageManager(root, m)
	if err != nil {
		return err
	}
	return run(ctx, root, append(command, args...), s)
}

// Find says, by a *diag.Diagnostic, that a program is not on the PATH.
func Find(program string) error {
	if _, err := exec.LookPath(program); err == nil {
		return nil
	}
	d := diag.Errorf("no-"+program, "%s is not on the PATH", program)
	d.Manual = "Install it, and run the command again."
	return d
}

// Run runs a program in a folder. The error is a *Failure, or that of Find.
func Run(ctx context.Context, dir string, command []string, s Streams) error {
	if err := Find(command[0]); err != nil {
		return err
	}
	return run(ctx, dir, command, s)
}

// NodeVersion is the version of the node on the PATH, "22.1.0"; "" if there is none.
func NodeVersion(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "node", "--version").Output()
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "v")
}

// Branch makes a git branch with this name at the current commit of the repository that root is
// in, and switches to it. Uncommitted changes come along.
func Branch(ctx context.Context, root, name string) error {
	return git(ctx, root, "switch", "--create", name)
}

// Commit commits these files (slash paths from root) as they are on the disk, and nothing else.
// Files that git does not know and that do not exist, or that it ignores, are left out.
func Commit(ctx context.Context, root, message string, files []string) error {
	var known []string
	for _, name := range files {
		_, err := os.Lstat(filepath.Join(root, filepath.FromSlash(name)))
		gone := errors.Is(err, fs.ErrNotExist)
		if gone && git(ctx, root, "ls-files", "--error-unmatch", "--", literal([]string{name})[0]) != nil {
			continue
		}
		if !gone && git(ctx, root, "check-ignore", "-q", "--", name) == nil && git(ctx, root, "ls-files", "--error-unmatch", "--", literal([]string{name})[0]) != nil {
			continue
		}
		known = append(known, name)
	}
	paths := literal(known)
	if err := git(ctx, root, append([]string{"add", "--"}, paths...)...); err != nil {
		return err
	}
	return git(ctx, root, append([]string{"commit", "--quiet", "--message", message, "--"}, paths...)...)
}

// git runs git; what it prints is in the error.
func git(ctx context.Context, root string, args ...string) error {
	if err := Find("git"); err != nil {
		return err
	}
	var out bytes.Buffer
	err := run(ctx, root, append([]string{"git"}, args...), Streams{Out: &out, Err: &out})
	var f *Failure
	if errors.As(err, &f) {
		f.Command, f.Output = "git "+args[0], strings.TrimSpace(out.String())
	}
	return err
}
