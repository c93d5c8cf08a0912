package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest"
)

// factory is what all verbs share: the streams, the common flags, and the repository.
type factory struct {
	io *iostreams.Streams

	repo    string // --repo
	json    bool   // --json
	offline bool   // --offline
	verbose bool   // --verbose

	freshness time.Duration // age up to which what npm said is believed; 0 for the usual
}

// root is the folder of the Backstage monorepo.
func (f *factory) root() (string, error) {
	dir := f.repo
	if dir == "" {
		dir = "."
	}
	return workspace.FindRoot(dir)
}

// open finds the monorepo, refuses one with a change that was interrupted, and reads it.
func (f *factory) open() (root string, fsys fs.FS, err error) {
	root, err = f.root()
	if err != nil {
		return "", nil, err
	}
	pending, err := change.Pending(root)
	if err != nil {
		return "", nil, err
	}
	if pending != nil {
		return "", nil, interrupted(pending)
	}
	return root, workspace.Disk(root), nil
}

// load reads a workspace as every verb reads it, and warns of what could not be read.
func (f *factory) load(fsys fs.FS) (*workspace.Workspace, error) {
	return workspace.Load(fsys, workspace.InferWith(manifest.Infer))
}

// reloading is install.Options.Load: a workspace read as before, where a plan changes it. The
// first is ws itself.
func reloading(ws *workspace.Workspace) func(prev *workspace.Workspace, over *change.Overlay) (*workspace.Workspace, error) {
	return func(prev *workspace.Workspace, over *change.Overlay) (*workspace.Workspace, error) {
		if prev == nil {
			prev = ws
		}
		return prev.Reload(over, workspace.InferWith(manifest.Infer))
	}
}

// observe reads the monorepo and looks at its wiring.
func (f *factory) observe(ctx context.Context) (*workspace.Workspace, *wiring.Observation, error) {
	_, fsys, err := f.open()
	if err != nil {
		return nil, nil, err
	}
	ws, err := f.load(fsys)
	if err != nil {
		return nil, nil, err
	}
	seen, err := wiring.Observe(ctx, ws)
	return ws, seen, err
}

// out prints a result. A failure to print is that of the command.
func (f *factory) out(text string) error {
	_, err := fmt.Fprint(f.io.Out, text)
	return err
}

// outJSON prints a result as JSON.
func (f *factory) outJSON(v any) error {
	enc := json.NewEncoder(f.io.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// inRepo is a path from the root of the repository as a person may write it, in the form in
// which the repository's paths are written. "" stays "".
func inRepo(name string) string {
	if name == "" {
		return ""
	}
	return path.Clean(filepath.ToSlash(name))
}

// array is a list for JSON: an empty one is [], never null.
func array[S ~[]E, E any](list S) S {
	if list == nil {
		return S{}
	}
	return list
}

// errln prints a line to standard error; what cannot be said there cannot be said at all.
func (f *factory) errln(line string) { _, _ = fmt.Fprintln(f.io.Err, line) }

// detail prints a line to standard error under --verbose.
func (f *factory) detail(format string, args ...any) {
	if f.verbose {
		f.errln(f.io.ErrStyle().Dim(fmt.Sprintf(format, args...)))
	}
}

// writing are the flags of the verbs that change the repository.
type writing struct {
	dryRun     bool
	exitCode   bool
	yes        bool
	noInstall  bool
	allowDirty bool
}

func (w *writing) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&w.dryRun, "dry-run", false, "print the diff, as git apply takes it, and write nothing")
	flags.BoolVar(&w.exitCode, "exit-code", false, "with --dry-run: exit with 1 if there is something to change")
	flags.BoolVarP(&w.yes, "yes", "y", false, "do not ask")
	flags.BoolVar(&w.noInstall, "no-install", false, "do not run the package manager afterwards")
	flags.BoolVar(&w.allowDirty, "allow-dirty", false, "change files that have uncommitted changes too")
}

// run wraps a verb's function, so that cobra's part of it ends here.
func run(fn func(context.Context, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error { return fn(cmd.Context(), args) }
}

// usage makes a wrong number of arguments a *usageError.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return &usageError{cmd.CommandPath(), err}
		}
		return nil
	}
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{cmd.CommandPath(), fmt.Errorf("%s takes no arguments, and there is %q", cmd.CommandPath(), args[0])}
	}
	return nil
}
