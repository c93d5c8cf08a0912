package cli

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/udiff"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/template"
	"github.com/batten-dev/batten/registry/npm"
)

type diffOptions struct {
	*factory
	from, to string // releases
	layout   string
	stat     bool
	exitCode bool
	files    template.Globs
}

func newCmdDiff(f *factory, runF func(context.Context, *diffOptions) error) *cobra.Command {
	opts := &diffOptions{factory: f}
	cmd := &cobra.Command{
		Use:   "diff [FILE...]",
		Short: "Show what changed in the template of new apps between two releases",
		Long: `Show how the app that create-app makes differs between two Backstage releases, as a diff that
git apply takes. FILE is a path or a pattern: packages/app, "*.tsx", "packages/**/package.json".
yarn.lock and the program of yarn itself are shown only if a FILE names them.

In an app, --from, --layout and what else create-app asks are the app's, unless said otherwise.`,
		Example: `  batten diff --from 1.50.0 --to 1.55.0
  batten diff --from 1.50.0 --to 1.55.0 --layout legacy --stat
  batten diff packages/backend        from the app's release to the newest`,
		RunE: run(func(ctx context.Context, args []string) error {
			opts.files = args
			return runF(ctx, opts)
		}),
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&opts.from, "from", "", "the `RELEASE` to begin with (default: the app's)")
	flags.StringVar(&opts.to, "to", "main", "the `RELEASE` to end with, or main or next for the newest of a line")
	flags.StringVar(&opts.layout, "layout", "", "`WHICH` template: legacy, new, or default for what create-app makes unasked")
	flags.BoolVar(&opts.stat, "stat", false, "only count the lines, by file")
	flags.BoolVar(&opts.exitCode, "exit-code", false, "exit with 1 if anything differs")
	return cmd
}

// diffJSON is what `diff --json` prints.
type diffJSON struct {
	Schema int            `json:"schema"` // 1
	From   string         `json:"from"`
	To     string         `json:"to"`
	Layout string         `json:"layout"` // "default", "legacy", "new"
	Files  []diffFileJSON `json:"files"`
}

// diffFileJSON is a file that differs.
type diffFileJSON struct {
	Path    string `json:"path"`
	Action  string `json:"action"` // "create", "modify", "remove"
	Care    string `json:"care"`   // what upgrades do with it: "merged", "whole", "user's"
	Why     string `json:"why"`
	Added   int    `json:"added"` // lines
	Removed int    `json:"removed"`
	Diff    string `json:"diff,omitempty"` // as `git apply` takes it; none for yarn.lock and programs that no FILE named, and under --stat
}

func runDiff(ctx context.Context, opts *diffOptions) error {
	wrong := func(format string, args ...any) error {
		return &usageError{"batten diff", fmt.Errorf(format, args...)}
	}
	if err := opts.files.Check(); err != nil {
		return err
	}
	root, ws, err := opts.maybeApp()
	if err != nil {
		return err
	}
	render := template.Options{}
	if ws != nil {
		origin := template.Detect(ws)
		render = origin.Options
		if opts.from == "" {
			opts.from = ws.Release.Version
		}
	}
	switch opts.layout {
	case "":
	case "default":
		render.Layout = template.Default
	case "legacy":
		render.Layout = template.Legacy
	case "new":
		render.Layout = template.New
	default:
		return wrong("--layout knows default, legacy and new, not %q", opts.layout)
	}
	if opts.from == "" {
		return wrong("say with --from from which release on; there is no app here whose release would do")
	}
	client, releases := opts.clients(root)
	names := [2]string{strings.TrimPrefix(opts.from, "v"), strings.TrimPrefix(opts.to, "v")}
	var packages [2]fs.FS
	for i, release := range names {
		if packages[i], names[i], err = opts.createApp(ctx, client, releases, release); err != nil {
			return err
		}
	}
	before, after, err := template.RenderBoth(packages[0], packages[1], render)
	if err != nil {
		return err
	}
	result := diffJSON{Schema: 1, From: names[0], To: names[1], Layout: render.Layout.String(), Files: []diffFileJSON{}}
	var patch strings.Builder
	hidden := 0
	for _, name := range templateNames(before, after) {
		file, ok := diffFile(before, after, name)
		if !ok || !opts.files.Match(name) {
			continue
		}
		care, why := template.CareOf(name)
		entry := diffFileJSON{Path: name, Action: "modify", Care: care.String(), Why: why}
		entry.Added, entry.Removed = udiff.Stat(file.Before, file.After)
		switch {
		case file.OldName == "":
			entry.Action = "create"
		case file.NewName == "":
			entry.Action = "remove"
		}
		switch {
		case opts.stat:
		case len(opts.files) == 0 && (care == template.Whole || name == "yarn.lock"):
			hidden++
		default:
			entry.Diff = file.String()
			patch.WriteString(entry.Diff)
		}
		result.Files = append(result.Files, entry)
	}
	switch {
	case opts.json:
		err = opts.outJSON(result)
	case opts.stat:
		err = opts.out(diffStat(result.Files))
	default:
		err = opts.out(colored(opts.io.OutStyle(), patch.String()))
		if hidden > 0 {
			opts.errln(fmt.Sprintf("%s of yarn also differ; --stat names them.", count(hidden, "file")))
		}
	}
	if err == nil && opts.exitCode && len(result.Files) > 0 {
		err = errPending
	}
	if len(result.Files) == 0 {
		opts.errln(nothingDiffers(opts.files, names, before, after))
	}
	return err
}

// nothingDiffers says that nothing does, and of which FILE there is none.
func nothingDiffers(files template.Globs, releases [2]string, trees ...*npm.Tree) string {
	var unknown []string
	for _, pattern := range files {
		if !slices.ContainsFunc(templateNames(trees...), template.Globs{pattern}.Match) {
			unknown = append(unknown, pattern)
		}
	}
	what := "Nothing differs"
	if len(files) > 0 {
		what = "Nothing differs in " + strings.Join(files, ", ")
	}
	said := fmt.Sprintf("%s between the templates of %s and %s.", what, releases[0], releases[1])
	if len(unknown) > 0 {
		said += fmt.Sprintf(" Neither has a file that %s names.", strings.Join(unknown, " or "))
	}
	return said
}

// clients are how a command asks npm, and for releases.
func (f *factory) clients(root string) (*npm.Client, *manifest.Resolver) {
	config, problems := npm.ConfigFrom(npm.UserPlaces(root))
	for _, err := range problems {
		f.detail("%v", err)
	}
	config.Offline = f.offline
	client := npm.New(config)
	return client, manifest.NewResolver(manifest.ConfigFrom(os.Getenv, config, client))
}

// createApp is the create-app package of a release, or of the newest of a release line, whose
// name comes back.
func (f *factory) createApp(ctx context.Context, client *npm.Client, releases *manifest.Resolver, release string) (fs.FS, string, error) {
	f.io.Progress("fetching the template of Backstage " + release)
	defer f.io.Progress("")
	if release == manifest.MainLine || release == manifest.NextLine || release == "" {
		m, err := releases.Release(ctx, release)
		if err != nil {
			return nil, "", err
		}
		release = m.Release
	}
	files, err := template.Open(ctx, client, release)
	if err != nil && ctx.Err() != nil {
		return nil, "", ctx.Err()
	}
	if d := diag.Of(err); len(d) == 1 && d[0].Code == "unknown-release" {
		if nearest := manifest.Nearest(release); nearest != "" {
			d[0].Manual = strings.TrimSpace(d[0].Manual + " The nearest one known here is " + nearest + ".")
		}
	}
	if err == nil {
		if of, err := template.Release(files); err == nil && of != release {
			f.errln(fmt.Sprintf("The template of %s is that of %s.", release, of))
		}
	}
	return files, release, err
}

// templateNames are the names of all files in some trees, sorted.
func templateNames(trees ...*npm.Tree) []string {
	var names []string
	for _, t := range trees {
		names = append(names, t.Files()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// diffFile is how a file differs between two trees; false if it does not.
func diffFile(before, after *npm.Tree, name string) (udiff.File, bool) {
	file := udiff.File{OldName: name, NewName: name, Mode: 0o644}
	var errs [2]error
	file.Before, errs[0] = before.ReadFile(name)
	file.After, errs[1] = after.ReadFile(name)
	if errs[0] == nil && errs[1] == nil && bytes.Equal(file.Before, file.After) {
		return file, false
	}
	in := after
	if errs[1] != nil {
		file.NewName, in = "", before
	}
	if errs[0] != nil {
		file.OldName = ""
	}
	if info, err := in.Stat(name); err == nil {
		file.Mode = info.Mode()
	}
	return file, true
}

// diffStat is a line for each file, and one for all.
func diffStat(files []diffFileJSON) string {
	var rows [][]string
	added, removed := 0, 0
	for _, f := range files {
		what := fmt.Sprintf("+%d -%d", f.Added, f.Removed)
		switch f.Action {
		case "create":
			what += " (new)"
		case "remove":
			what += " (gone)"
		}
		rows = append(rows, []string{f.Path, what})
		added, removed = added+f.Added, removed+f.Removed
	}
	if len(rows) == 0 {
		return ""
	}
	return strings.Join(columns(rows), "\n") + fmt.Sprintf("\n%s, %s added, %d removed\n", count(len(files), "file"), count(added, "line"), removed)
}
