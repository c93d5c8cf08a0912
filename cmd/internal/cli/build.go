package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/handoff"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/npmver"
)

type buildOptions struct {
	*factory
	dryRun     bool
	noInstall  bool
	noDocker   bool
	dockerfile string
	tag        string
}

func newCmdBuild(f *factory, runF func(context.Context, *buildOptions) error) *cobra.Command {
	opts := &buildOptions{factory: f}
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Build the app and its image with the repository's own scripts",
		Long: `Build the app as its own documentation says, one step after the other: install what the lockfile
says, check types, build the backend with the frontend in it, build the container image. Each
step is the repository's own package manager, script, or docker; its command is shown before
it runs. The first that fails ends the build, and its output stays in a file.`,
		Example: `  batten build --dry-run              list the commands
  batten build --tag backstage:1.0    build all, and name the image
  batten build --no-docker            build the backend, no image`,
		Args: noArgs,
		RunE: run(func(ctx context.Context, _ []string) error { return runF(ctx, opts) }),
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&opts.tag, "tag", "backstage", "the `NAME` of the image, as docker build takes it")
	flags.StringVarP(&opts.dockerfile, "file", "f", "", "the image is built by `FILE` (default: the Dockerfile of the backend, or of the root)")
	flags.BoolVar(&opts.noInstall, "no-install", false, "take the dependencies that are installed")
	flags.BoolVar(&opts.noDocker, "no-docker", false, "build no image")
	flags.BoolVar(&opts.dryRun, "dry-run", false, "list the commands and run none")
	return cmd
}

// buildStep is one command of a build.
type buildStep struct {
	Name    string  `json:"name"`
	Command string  `json:"command"` // as typed in a shell, in the root of the repository
	Status  *int    `json:"status"`  // exit status; null if it was not run
	Seconds float64 `json:"seconds"`

	script []string // arguments of the package manager; nil for another program
	run    []string
}

// buildJSON is what `build --json` prints.
type buildJSON struct {
	Schema int          `json:"schema"` // 1
	Steps  []*buildStep `json:"steps"`
	Log    string       `json:"log,omitempty"` // file with the output of all steps; only if one failed
	DryRun bool         `json:"dryRun"`
}

func runBuild(ctx context.Context, opts *buildOptions) error {
	root, fsys, err := opts.open()
	if err != nil {
		return err
	}
	ws, err := opts.load(fsys)
	if err != nil {
		return err
	}
	steps, err := opts.steps(ws)
	if err != nil {
		return err
	}
	result := buildJSON{Schema: 1, Steps: steps, DryRun: opts.dryRun}
	if opts.dryRun {
		if opts.json {
			return opts.outJSON(result)
		}
		for _, s := range steps {
			if err := opts.out(s.Command + "\n"); err != nil {
				return err
			}
		}
		return nil
	}
	if err := opts.ready(ctx, root, ws, steps); err != nil {
		return err
	}
	result.Log, err = opts.runSteps(ctx, root, ws, steps)
	if opts.json && err == nil {
		return opts.outJSON(result)
	}
	return err
}

// steps are the commands of the build, in their order.
func (opts *buildOptions) steps(ws *workspace.Workspace) ([]*buildStep, error) {
	m := ws.Manager
	script := func(name string, args ...string) *buildStep {
		return &buildStep{Name: name, Command: m.Name + " " + strings.Join(args, " "), script: args}
	}
	var steps []*buildStep
	if !opts.noInstall {
		args := []string{"install", "--immutable"}
		switch {
		case m.Name == "npm":
			args = []string{"ci"}
		case m.Name == "pnpm" || !m.Berry:
			args = []string{"install", "--frozen-lockfile"}
		}
		steps = append(steps, script("install", args...))
	}
	verb := []string{}
	if m.Name != "yarn" {
		verb = []string{"run"}
	}
	if ws.Root.Scripts["tsc"] != "" {
		steps = append(steps, script("types", append(verb, "tsc")...))
	}
	backend, err := ws.Backend()
	switch {
	case ws.Root.Scripts["build:backend"] != "":
		steps = append(steps, script("backend", append(verb, "build:backend")...))
	case err != nil:
		return nil, err
	case m.Name == "yarn" && backend.Scripts["build"] != "":
		steps = append(steps, script("backend", "workspace", backend.Name, "build"))
	default:
		d := diag.Errorf("no-build-script", "the root's package.json has no script build:backend")
		d.File = ws.Root.File
		d.Manual = `Add it to "scripts", as in "build:backend": "yarn workspace backend build".`
		return nil, d
	}
	if opts.noDocker {
		return steps, nil
	}
	file, err := opts.findDockerfile(ws, backend)
	if err != nil {
		return nil, err
	}
	command := []string{"docker", "build", ".", "-f", file, "--tag", opts.tag}
	return append(steps, &buildStep{Name: "image", Command: strings.Join(command, " "), run: command}), nil
}

// findDockerfile is the file that the image is built by, as a slash path from the root.
func (opts *buildOptions) findDockerfile(ws *workspace.Workspace, backend *workspace.Backend) (string, error) {
	places := []string{inRepo(opts.dockerfile)}
	if opts.dockerfile == "" {
		places = []string{"Dockerfile"}
		if backend != nil {
			places = []string{path.Join(backend.Dir, "Dockerfile"), "Dockerfile"}
		}
	}
	for _, name := range places {
		if info, err := fs.Stat(ws.FS, name); err == nil && info.Mode().IsRegular() {
			return name, nil
		}
	}
	d := diag.Errorf("no-dockerfile", "there is no %s", strings.Join(places, " and no "))
	d.Manual = "Name the file with --file, or build without an image with --no-docker."
	return "", d
}

// ready refuses to begin what cannot end: a program is missing, or node is too old.
func (opts *buildOptions) ready(ctx context.Context, root string, ws *workspace.Workspace, steps []*buildStep) error {
	if _, err := handoff.PackageManager(root, ws.Manager); err != nil {
		return err
	}
	if err := nodeFits(ctx, ws); err != nil {
		return err
	}
	for _, s := range steps {
		if s.run == nil {
			continue
		}
		if err := handoff.Find(s.run[0]); err != nil {
			var d *diag.Diagnostic
			if errors.As(err, &d) {
				d.Manual = "Install docker, or build without an image with --no-docker."
			}
			return err
		}
	}
	return nil
}

// nodeFits refuses a node that the root's package.json does not admit.
func nodeFits(ctx context.Context, ws *workspace.Workspace) error {
	want := ws.Root.Doc.Root().Get("engines").Get("node")
	has := handoff.NodeVersion(ctx)
	r, err := npmver.ParseRange(want.String())
	v, errV := npmver.ParseVersion(has)
	if want.Len() > 0 || has == "" || err != nil || errV != nil || r.Satisfies(v) {
		return nil //nolint:nilerr // what is no range, or no version, cannot be compared
	}
	d := diag.Errorf("node-version", "node %s is on the PATH, and the app wants %s", has, want)
	d = d.At(ws.Root.File, ws.Root.Source, want.Span())
	d.Manual = "Put a node of that version on the PATH."
	return d
}

// runSteps runs the steps. If one fails, the error says which, and log is the file that has the
// output of all.
func (opts *buildOptions) runSteps(ctx context.Context, root string, ws *workspace.Workspace, steps []*buildStep) (log string, err error) {
	file, err := os.CreateTemp("", "batten-build-*.log")
	if err != nil {
		return "", err
	}
	defer func() {
		_ = file.Close()
		if err == nil {
			_ = os.Remove(file.Name())
			log = ""
		}
	}()
	both := io.MultiWriter(opts.io.Err, file)
	streams := handoff.Streams{Out: both, Err: both}
	style := opts.io.ErrStyle()
	for i, s := range steps {
		opts.errln(style.Bold(fmt.Sprintf("[%d/%d] %s", i+1, len(steps), s.Command)))
		_, _ = fmt.Fprintf(file, "$ %s\n", s.Command)
		start := time.Now()
		if s.script != nil {
			err = handoff.Script(ctx, root, ws.Manager, s.script, streams)
		} else {
			err = handoff.Run(ctx, root, s.run, streams)
		}
		s.Seconds = time.Since(start).Seconds()
		if err != nil {
			return file.Name(), stepFailed(s, file.Name(), err)
		}
		s.Status = new(int)
	}
	opts.errln(style.Green("Built") + " in " + took(steps) + ".")
	return file.Name(), nil
}

// took is how long all steps took.
func took(steps []*buildStep) string {
	total := 0.0
	for _, s := range steps {
		total += s.Seconds
	}
	return time.Duration(total * float64(time.Second)).Round(100 * time.Millisecond).String()
}

func stepFailed(s *buildStep, log string, err error) error {
	var failed *handoff.Failure
	if !errors.As(err, &failed) || errors.Is(err, context.Canceled) {
		return err
	}
	d := diag.Errorf("step-failed", "`%s` ended with status %d", s.Command, failed.Status)
	d.Detail = "The steps after it are not run. The output of all is in " + log + "."
	d.Manual = "Mend the cause, which is above, and run `batten build` again."
	return d
}
