package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/registry/recipe"
)

type removeOptions struct {
	*factory
	writing
	plugins []string
	app     string
	backend string
}

func newCmdRemove(f *factory, runF func(context.Context, *removeOptions) error) *cobra.Command {
	opts := &removeOptions{factory: f}
	cmd := &cobra.Command{
		Use:                   "remove PLUGIN...",
		Aliases:               []string{"rm"},
		DisableFlagsInUseLine: true,
		Short:                 "Take plugins out everywhere they are wired",
		Long: `Take plugins out everywhere they are wired, whoever wired them: routes, sidebar items, entity
tabs and cards, sign-in providers, features, backend features and routers, imports and
wrappers that only they needed, their configuration, and dependencies that nothing else uses.

What another plugin or the app's own code still uses stays, and batten says what and where.
Before anything is written, it runs the changed app's own code and sees that the plugin's
pieces are gone, and that nothing else changed.

A plugin is a short name, or one of its npm packages. No server is asked for what node_modules
has.`,
		Example: `  batten remove tech-radar                 take a plugin out
  batten remove sonarqube jenkins --dry-run   print the diff, write nothing
  batten remove github-auth --no-install   do not run yarn afterwards`,
		Args: plugins,
		RunE: run(func(ctx context.Context, args []string) error {
			opts.plugins = args
			return runF(ctx, opts)
		}),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return recipe.IDs(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&opts.app, "app", "", "take them out of the frontend in `DIR` alone")
	flags.StringVar(&opts.backend, "backend", "", "take them out of the backend in `DIR` alone")
	opts.writing.flags(cmd)
	return cmd
}

// removeJSON is what `remove --json` prints.
type removeJSON struct {
	Schema int `json:"schema"` // 1
	*install.Removal
	DryRun  bool         `json:"dryRun"`
	Changes []changeJSON `json:"changes"`
	Stays   []string     `json:"stays"` // what is left because others may need it, one clause each
}

func runRemove(ctx context.Context, opts *removeOptions) error {
	root, fsys, err := opts.open()
	if err != nil {
		return err
	}
	ws, err := opts.load(fsys)
	if err != nil {
		return err
	}
	r := opts.newResolver(root, fsys, ws)
	r.shelf.installed = nodeModules(root, packageDirs(ws))
	recipes, err := r.installed(ctx, opts.plugins)
	if err != nil {
		return err
	}
	plan, err := install.Remove(ctx, fsys, recipes, install.Options{
		App: inRepo(opts.app), Backend: inRepo(opts.backend),
		Load: reloading(ws),
	})
	if err != nil {
		return err
	}
	opts.warn(plan.Warnings)
	opts.detail("%s", plan.Difference)
	notes := whatStays(opts.io.ErrStyle(), plan.Plugins)
	for _, stays := range r.stays {
		notes += "\n  " + stays
	}
	if len(plan.Changes) == 0 || opts.writing.dryRun && slices.ContainsFunc(plan.Plugins, func(p install.RemovedPlugin) bool { return len(p.Left) > 0 }) {
		opts.errln(notes)
	}
	return opts.present(ctx, proposal{
		root: root, verb: "remove " + strings.Join(opts.plugins, " "), changes: plan.Changes, manager: ws.Manager, notes: notes,
		result: removeJSON{Schema: 1, Removal: plan, DryRun: opts.writing.dryRun, Changes: changesJSON(plan.Changes), Stays: array(r.stays)},
	}, opts.writing)
}

// whatStays says of each plugin whether it is removed, what of it stays and why, and which
// variables are of no more use.
func whatStays(style iostreams.Style, plugins []install.RemovedPlugin) string {
	var b strings.Builder
	for _, p := range plugins {
		if p.State == install.Absent && len(p.Left) == 0 {
			fmt.Fprintf(&b, "%s is not installed; nothing to change.\n", style.Bold(p.Title))
			continue
		}
		if p.State == install.Absent {
			fmt.Fprintf(&b, "%s is not wired.", style.Bold(p.Title))
		} else {
			fmt.Fprintf(&b, "%s is removed.", style.Bold(p.Title))
		}
		if len(p.Left) > 0 {
			b.WriteString(" What stays:")
		}
		b.WriteString("\n")
		for _, l := range p.Left {
			at := l.File
			if l.Pos.Line > 0 {
				at += ":" + l.Pos.String()
			}
			fmt.Fprintf(&b, "  %s: %s\n    %s\n", style.Cyan(at), l.What, l.Why)
		}
		if len(p.Env) > 0 {
			names := make([]string, len(p.Env))
			for i, e := range p.Env {
				names[i] = e.Name
			}
			fmt.Fprintf(&b, "  No longer needed in the environment: %s\n", strings.Join(names, ", "))
		}
	}
	return strings.TrimRight(b.String(), "\n")
}
