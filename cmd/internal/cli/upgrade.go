package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/lockstep"
)

type upgradeOptions struct {
	*factory
	writing
	to             string
	manifest       string
	only           string
	check          bool
	likeCLI        bool
	allowDowngrade bool
	plan           string
	report         string
}

func newCmdUpgrade(f *factory, runF func(context.Context, *upgradeOptions) error) *cobra.Command {
	opts := &upgradeOptions{factory: f}
	cmd := &cobra.Command{
		Use:   "upgrade",
		Short: "Bring the app to another Backstage release",
		Long: `Bring every dependency on Backstage, in every workspace and the root, to the version that it has
in a Backstage release, and backstage.json with them. What people wrote on purpose stays:
exact versions and ~ ranges keep their form, and ranges like >=1, patches, and what points
into the monorepo are left alone, and named. No version goes down.

Without --to, the release is the newest one of the main line that is known.`,
		Example: `  batten upgrade --check                  say how far behind the app is
  batten upgrade --dry-run                print what would change
  batten upgrade --to 1.50.0              bring the app to this release
  batten upgrade --plan plan.json         save the plan, to edit it; then batten apply plan.json`,
		Args: noArgs,
		RunE: run(func(ctx context.Context, _ []string) error { return runF(ctx, opts) }),
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&opts.to, "to", "main", "the `RELEASE` to come to: 1.50.0, or main or next for the newest of a line")
	flags.StringVar(&opts.manifest, "manifest", "", "read the release's manifest from `FILE`")
	flags.BoolVar(&opts.check, "check", false, "only say how far behind the app is; exit with 1 if it is")
	flags.StringVar(&opts.only, "only", "", "with backstage: leave the packages of `WHOM` else alone")
	flags.BoolVar(&opts.allowDowngrade, "allow-downgrade", false, "also go to a lower version, where the release has one")
	flags.BoolVar(&opts.likeCLI, "like-cli", false, "write what backstage-cli versions:bump writes: ^VERSION everywhere")
	flags.StringVar(&opts.plan, "plan", "", "save the plan as JSON to `FILE` and change nothing else")
	flags.StringVar(&opts.report, "report", "", "write a report to `FILE`, as the description of a pull request in Markdown")
	opts.writing.flags(cmd)
	return cmd
}

// upgradeJSON is what `upgrade --json` prints.
type upgradeJSON struct {
	Schema   int            `json:"schema"` // 1
	Plan     *lockstep.Plan `json:"plan"`
	Behind   bool           `json:"behind"`
	Changes  []changeJSON   `json:"changes"`
	Warnings diag.List      `json:"warnings"`
	DryRun   bool           `json:"dryRun"`
}

func runUpgrade(ctx context.Context, opts *upgradeOptions) error {
	if opts.only != "" && opts.only != "backstage" {
		return &usageError{"batten upgrade", fmt.Errorf("--only knows backstage, not %q", opts.only)}
	}
	root, fsys, err := opts.open()
	if err != nil {
		return err
	}
	ws, err := opts.load(fsys)
	if err != nil {
		return err
	}
	target, err := opts.target(ctx, root, ws)
	if err != nil {
		return err
	}
	policy := lockstep.Policy{LikeCLI: opts.likeCLI, AllowDowngrade: opts.allowDowngrade}
	plan, err := lockstep.Make(ws, target, policy)
	if err != nil {
		return err
	}
	if err := opts.refuseOlder(plan); err != nil {
		return err
	}
	over := change.NewOverlay(fsys)
	if err := plan.Apply(over); err != nil {
		return err
	}
	return opts.finish(ctx, root, ws, plan, over)
}

// finish shows an upgrade's plan and, unless it is only asked for, makes it.
func (opts *upgradeOptions) finish(ctx context.Context, root string, ws *workspace.Workspace, plan *lockstep.Plan, over *change.Overlay) error {
	changes := over.Changes()
	result := upgradeJSON{Schema: 1, Plan: plan, Behind: plan.Behind(), Changes: changesJSON(changes), Warnings: diag.List{}, DryRun: opts.writing.dryRun}
	if opts.check {
		return opts.checkUpgrade(plan, result)
	}
	if opts.plan != "" {
		return opts.savePlan(plan, result)
	}
	if len(changes) == 0 {
		opts.errln("The app is at Backstage " + plan.To + " already; nothing to change.")
	}
	opts.errln(strings.TrimRight(upgradeText(opts.io.ErrStyle(), plan), "\n"))
	return opts.present(ctx, proposal{
		root: root, verb: "upgrade to " + plan.To, changes: changes, manager: ws.Manager,
		told: true, result: result,
	}, opts.writing)
}

// target is the manifest of the release to come to.
func (opts *upgradeOptions) target(ctx context.Context, root string, ws *workspace.Workspace) (*manifest.Manifest, error) {
	file := opts.manifest
	if file == "" {
		file = os.Getenv("BACKSTAGE_MANIFEST_FILE")
	}
	if file != "" {
		data, err := os.ReadFile(file)
		if err == nil {
			m, parseErr := manifest.Parse(data)
			if parseErr == nil {
				return m, nil
			}
			err = parseErr
		}
		d := diag.Errorf("bad-manifest", "%s: %v", file, err)
		d.Manual = "Give the manifest.json of a Backstage release."
		return nil, d
	}
	release := strings.TrimPrefix(opts.to, "v")
	switch release {
	case "main", "next":
		release = manifest.Newest(release == "main")
	}
	if m, ok := manifest.Lookup(release); ok {
		return m, nil
	}
	if !opts.offline {
		v := opts.newVersions(root, ws)
		opts.io.Progress("reading release " + release)
		m, err := manifest.Derive(ctx, v.client, release, manifest.LikelyNames(release)...)
		opts.io.Progress("")
		if err == nil {
			return m, nil
		}
	}
	d := diag.Errorf("unknown-release", "%v", manifest.Unknown(release))
	return nil, d
}

// refuseOlder refuses to go to an older release, unless that is what is asked for.
func (opts *upgradeOptions) refuseOlder(plan *lockstep.Plan) error {
	if opts.allowDowngrade || opts.likeCLI || !older(plan.To, plan.From) {
		return nil
	}
	d := diag.Errorf("older-release", "the app is at Backstage %s, which is newer than %s", plan.From, plan.To)
	d.Manual = "Name a newer release with --to, or go back with --allow-downgrade."
	return d
}

// savePlan writes a plan as JSON.
func (opts *upgradeOptions) savePlan(plan *lockstep.Plan, result upgradeJSON) error {
	data, err := plan.JSON()
	if err != nil {
		return err
	}
	if err := os.WriteFile(opts.plan, data, 0o644); err != nil {
		return err
	}
	opts.errln(strings.TrimRight(upgradeText(opts.io.ErrStyle(), plan), "\n"))
	opts.errln(fmt.Sprintf("\nThe plan is in %s. Edit it as you like; `batten apply %s` runs it.", filepath.ToSlash(opts.plan), filepath.ToSlash(opts.plan)))
	if opts.json {
		return opts.outJSON(result)
	}
	return nil
}
