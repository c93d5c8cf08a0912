package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/planfile"
	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
)

func newCmdApply(f *factory, runF func(context.Context, *upgradeOptions) error) *cobra.Command {
	opts := &upgradeOptions{factory: f}
	cmd := &cobra.Command{
		Use:                   "apply FILE",
		DisableFlagsInUseLine: true,
		Short:                 "Make the changes of a saved plan",
		Long: `Make the changes of a plan that batten upgrade --plan saved, and that you may have edited: a row
taken out of "rows" is not made, nor is any row of a package named in "hold". In "template", a
file taken out of "files" is not merged, and "conflicts" says for each file with conflicts what
is done: leave, ours, markers or index. Where a file is no longer what the plan was made for,
nothing is changed.`,
		Example: `  batten upgrade --plan plan.json     save a plan
  batten apply plan.json --dry-run    print what it changes
  batten apply plan.json              change it`,
		Args: usage(onePlan),
		RunE: run(func(ctx context.Context, args []string) error {
			opts.plan = args[0]
			return runF(ctx, opts)
		}),
	}
	cmd.Flags().SortFlags = false
	opts.reporting.flags(cmd)
	opts.afterwards.flags(cmd)
	opts.writing.flags(cmd)
	return cmd
}

func onePlan(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("batten apply takes one plan, the FILE that batten upgrade --plan wrote; there are %d", len(args))
	}
	return nil
}

func runApply(ctx context.Context, opts *upgradeOptions) error {
	if err := opts.reporting.check("batten apply"); err != nil {
		return err
	}
	file := opts.plan
	opts.plan = ""
	data, err := os.ReadFile(file)
	if err != nil {
		d := diag.Errorf("no-plan", "the plan cannot be read: %v", err)
		d.Manual = "Make one with `batten upgrade --plan FILE`."
		return d
	}
	plan, err := planfile.Read(filepath.ToSlash(file), data)
	if err != nil {
		return err
	}
	if err := opts.checkPlanned(plan.Template); err != nil {
		return err
	}
	root, fsys, err := opts.open()
	if err != nil {
		return err
	}
	ws, err := opts.load(fsys)
	if err != nil {
		return err
	}
	plan.HoldBack()
	u := &upgrade{root: root, ws: ws, plan: plan.Plan, over: change.NewOverlay(fsys)}
	if err := plan.Apply(u.over); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	v := opts.newVersions(root, ws)
	if err := opts.bringPlugin(ctx, v, u); err != nil {
		return err
	}
	if plan.Template != nil {
		if err := opts.mergePlanned(ctx, v, u, plan.Template); err != nil {
			return err
		}
	}
	if err := opts.checkNode(u); err != nil {
		return err
	}
	if len(opts.reports) > 0 {
		if err := opts.retell(ctx, v, u); err != nil {
			return err
		}
	}
	return opts.finish(ctx, u)
}

// retell finds out for a report what a saved plan does not have: what breaks, and what is there
// twice, as far as the release's manifest can be had.
func (opts *upgradeOptions) retell(ctx context.Context, v *versions, u *upgrade) error {
	known := u.plan.Notes
	if err := opts.readChangelogs(ctx, v, u); err != nil {
		return err
	}
	for _, n := range u.plan.Notes[len(known):] {
		if !slices.Contains(known, n) {
			known = append(known, n)
		}
	}
	u.plan.Notes = known
	lock, err := readLockfile(u.ws)
	if err != nil || lock == nil {
		return err
	}
	opts.to = u.plan.To
	target, err := opts.target(ctx, v)
	if err != nil {
		opts.detail("what will be there twice is not known: %v", err)
		return ctx.Err()
	}
	after, err := u.ws.Reload(u.over)
	if err != nil {
		return err
	}
	u.duplicates, _ = foresee(lock, u.ws, after, &others{versions: v, target: target}) // the plan has the notes
	return nil
}
