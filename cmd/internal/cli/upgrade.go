package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/registry/lockfile"
	"github.com/batten-dev/batten/registry/npm"
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
	noChangelogs   bool
	fixNode        bool
	plan           string
	reporting
	afterwards
	templating
}

// afterwards are the flags of what is done once an upgrade's files are changed.
type afterwards struct {
	branch string
	commit bool
	dedupe bool
	tsc    bool
}

func (a *afterwards) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&a.branch, "branch", "", "make the git branch `NAME` for the change")
	flags.BoolVar(&a.commit, "commit", false, "commit the change, with the plan as the message")
	flags.BoolVar(&a.dedupe, "dedupe", false, "run yarn dedupe after yarn install")
	flags.BoolVar(&a.tsc, "tsc", false, "run yarn tsc at the end")
}

func newCmdUpgrade(f *factory, runF func(context.Context, *upgradeOptions) error) *cobra.Command {
	opts := &upgradeOptions{factory: f}
	cmd := &cobra.Command{
		Use:   "upgrade",
		Short: "Bring the app to another Backstage release",
		Long: `Bring every dependency on Backstage, in every workspace and the root, to the version that it has
in a Backstage release, and backstage.json with them. What people wrote on purpose stays:
exact versions and ~ ranges keep their form, and ranges like >=1, patches, and what points
into the monorepo are left alone, and named. No version goes down without --allow-downgrade.

What changed since in the template of new apps (App.tsx, the backend's index.ts, configuration,
the Dockerfile) is merged into the app's own files. What both changed is listed, and left alone
unless --conflicts says otherwise.

Without --to, the release is the newest one of the main line that is known.`,
		Example: `  batten upgrade --check                  say how far behind the app is
  batten upgrade --dry-run                print what would change
  batten upgrade --to 1.50.0              bring the app to this release
  batten upgrade --conflicts index        with conflicts as git mergetool and editors show them
  batten upgrade --report pr.md           with a report, for the description of a pull request
  batten upgrade --plan plan.json         save the plan, to edit it; then batten apply plan.json`,
		Args: noArgs,
		RunE: run(func(ctx context.Context, _ []string) error { return runF(ctx, opts) }),
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&opts.to, "to", "main", "the `RELEASE` to come to: 1.50.0, or main or next for the newest of a line")
	flags.Lookup("to").DefValue = ""
	flags.StringVar(&opts.manifest, "manifest", "", "read the release's manifest from `FILE`")
	flags.BoolVar(&opts.check, "check", false, "only say how far behind the app is; exit with 1 if it is")
	flags.StringVar(&opts.only, "only", "", "`WHOM` to bring along: backstage leaves the packages of all others alone")
	flags.BoolVar(&opts.allowDowngrade, "allow-downgrade", false, "also go to a lower version, where the release has one")
	flags.BoolVar(&opts.likeCLI, "like-cli", false, "write what backstage-cli versions:bump writes: ^VERSION everywhere")
	flags.StringVar(&opts.plan, "plan", "", "save the plan as JSON to `FILE` and change nothing else")
	opts.reporting.flags(cmd)
	flags.BoolVar(&opts.noChangelogs, "no-changelogs", false, "do not read change logs for breaking changes")
	flags.BoolVar(&opts.fixNode, "fix-node", false, "where the release needs another version of Node, write it")
	opts.templating.flags(cmd)
	opts.afterwards.flags(cmd)
	opts.writing.flags(cmd)
	return cmd
}

// upgradeJSON is what `upgrade --json` and `apply --json` print.
type upgradeJSON struct {
	Schema     int            `json:"schema"` // 1
	Plan       *lockstep.Plan `json:"plan"`
	Behind     bool           `json:"behind"`
	Duplicates []duplicate    `json:"duplicates"` // packages that must be there once and are not, before or after
	Node       *nodeNeeds     `json:"node,omitempty"`
	Breaking   []breakage     `json:"breaking"` // changes of packages that the app uses
	Template   *scaffolding   `json:"template,omitempty"`
	Changes    []changeJSON   `json:"changes"`
	Warnings   diag.List      `json:"warnings"`
	DryRun     bool           `json:"dryRun"`
}

// upgrade is an upgrade's plan and all that is known about it.
type upgrade struct {
	root       string
	ws         *workspace.Workspace
	plan       *lockstep.Plan
	over       *change.Overlay
	changes    []change.Change
	duplicates []duplicate
	node       *nodeNeeds // nil if not known
	breaking   []breakage

	scaffolding *scaffolding // what came of the template; nil if nothing was asked
	log         *runLog
}

func runUpgrade(ctx context.Context, opts *upgradeOptions) error {
	if opts.only != "" && opts.only != "backstage" {
		return &usageError{"batten upgrade", fmt.Errorf("--only knows backstage, not %q", opts.only)}
	}
	if err := opts.templating.check(opts.commit); err != nil {
		return err
	}
	if err := opts.reporting.check("batten upgrade"); err != nil {
		return err
	}
	if opts.check && len(opts.reports) > 0 {
		return &usageError{"batten upgrade", errors.New("--check makes no report; use --dry-run --report FILE")}
	}
	root, fsys, err := opts.open()
	if err != nil {
		return err
	}
	ws, err := opts.load(fsys)
	if err != nil {
		return err
	}
	v := opts.newVersions(root, ws)
	target, err := opts.target(ctx, v)
	if err != nil {
		return err
	}
	lock, err := readLockfile(ws)
	if err != nil {
		return err
	}
	o, err := opts.outsiders(ctx, v, ws, target, lock)
	if err != nil {
		return err
	}
	plan, err := lockstep.Make(ws, target, lockstep.Policy{LikeCLI: opts.likeCLI, AllowDowngrade: opts.allowDowngrade, Other: o.known, Patched: opts.patched(ctx, v, ws)})
	if err != nil {
		return err
	}
	if target.Note != "" {
		plan.Notes = append(plan.Notes, lockstep.Note{Code: "release", Summary: strings.TrimSuffix(target.Note, "."), Manual: certainty(plan, target)})
	}
	plan.Notes = append(plan.Notes, o.notes...)
	if opts.check && opts.to == manifest.MainLine && older(plan.To, plan.From) {
		return opts.checkUpgrade(plan, upgradeJSON{Schema: 1, Plan: plan, Duplicates: []duplicate{}, Breaking: []breakage{}, Changes: []changeJSON{}, Warnings: diag.List{}, DryRun: opts.writing.dryRun})
	}
	if err := opts.refuseOlder(plan); err != nil {
		return err
	}
	u := &upgrade{root: root, ws: ws, plan: plan, over: change.NewOverlay(fsys)}
	if err := plan.Apply(u.over); err != nil {
		return err
	}
	if err := opts.bringPlugin(ctx, v, u); err != nil {
		return err
	}
	if err := opts.bringTemplate(ctx, v, u, target); err != nil {
		return err
	}
	if err := opts.foretell(ctx, v, u, lock, o); err != nil {
		return err
	}
	return opts.finish(ctx, u)
}

// foretell finds out what the app will be like once all is changed: which Node it says, what is there
// twice, what breaks, and what is missing.
func (opts *upgradeOptions) foretell(ctx context.Context, v *versions, u *upgrade, lock *lockfile.Lockfile, o *others) error {
	if opts.likeCLI {
		return nil
	}
	if err := opts.checkNode(u); err != nil || opts.check {
		return err
	}
	after, err := u.ws.Reload(u.over)
	if err != nil {
		return err
	}
	if lock != nil {
		var notes []lockstep.Note
		u.duplicates, notes = foresee(lock, u.ws, after, o)
		u.plan.Notes = append(u.plan.Notes, notes...)
	}
	if err := opts.readChangelogs(ctx, v, u); err != nil {
		return err
	}
	return opts.readPeers(ctx, v, u, after)
}

// finish shows an upgrade's plan and, unless it is only asked for, makes it.
func (opts *upgradeOptions) finish(ctx context.Context, u *upgrade) error {
	u.changes = u.over.Changes()
	result := upgradeJSON{Schema: 1, Plan: u.plan, Behind: u.plan.Behind(), Duplicates: array(u.duplicates), Node: u.node, Breaking: array(u.breaking), Template: u.scaffolding, Warnings: diag.List{}, DryRun: opts.writing.dryRun}
	if opts.json {
		result.Changes = changesJSON(u.changes)
	}
	if opts.check {
		return opts.checkUpgrade(u.plan, result)
	}
	opts.expect(u)
	opts.errln(strings.TrimRight(upgradeText(opts.io.ErrStyle(), u), "\n"))
	end := func(err error) error { return opts.reporting.write(opts.factory, u, err) }
	if opts.plan != "" {
		return opts.savePlan(u, result, end)
	}
	if len(u.changes) == 0 {
		opts.errln("\nNothing to change.")
	}
	return opts.present(ctx, proposal{
		root: u.root, verb: "upgrade to " + u.plan.To, changes: u.changes, manager: u.ws.Manager,
		told: true, install: true, result: result, log: u.log, end: end,
		before:  func(ctx context.Context) error { return opts.begin(ctx, u) },
		written: func(ctx context.Context) error { return opts.unmerge(ctx, u) },
		after:   func(ctx context.Context) error { return opts.handOver(ctx, u) },
	}, opts.writing)
}

// target is the manifest of the release to come to.
func (opts *upgradeOptions) target(ctx context.Context, v *versions) (*manifest.Manifest, error) {
	releases := v.releases
	if opts.manifest != "" {
		config := manifest.ConfigFrom(os.Getenv, npm.Config{}, v.client)
		config.File = opts.manifest
		releases = manifest.NewResolver(config)
	}
	release := strings.TrimPrefix(opts.to, "v")
	opts.io.Progress("looking for Backstage " + release)
	m, err := releases.Release(ctx, release)
	opts.io.Progress("")
	if err != nil {
		return nil, namingNearest(release, err)
	}
	line := release == manifest.MainLine || release == manifest.NextLine
	if file, err := releases.File(); err == nil && file != nil && opts.manifest != "" && !line && file.Release != release {
		d := diag.Errorf("manifest-file", "%s is the manifest of Backstage %s, and --to says %s", opts.manifest, file.Release, release)
		d.Manual = "Leave out --to or --manifest."
		return nil, d
	}
	if m.Source == manifest.Derived && len(m.Uncertain()) == len(m.Packages()) {
		d := diag.Errorf("unknown-release", "nothing on npm says what Backstage %s has, if there is such a release", release)
		d.Manual = "If there is, name its manifest with --manifest FILE. The nearest release known here is " + manifest.Nearest(release) + "."
		return nil, d
	}
	return m, nil
}

// certainty says whether the uncertain versions of a release come into a plan.
func certainty(plan *lockstep.Plan, target *manifest.Manifest) string {
	if len(target.Uncertain()) == 0 {
		return ""
	}
	names := map[string]bool{}
	for _, r := range plan.Rows {
		if p, ok := target.Package(r.Package); ok && p.Uncertain != "" && r.To != "" {
			names[r.Package] = true
		}
	}
	if len(names) == 0 {
		return "None of the uncertain ones is a dependency of this app that changes."
	}
	return "Of this plan they are " + some(slices.Sorted(maps.Keys(names))) + "."
}

// namingNearest adds to the error of a release that cannot be had which one can be.
func namingNearest(release string, err error) error {
	var unknown *manifest.UnknownRelease
	var d *diag.Diagnostic
	switch {
	case errors.As(err, &unknown):
		d = diag.Errorf("unknown-release", "%s", unknown)
		d.Manual = "Name a release with --to, or main or next for the newest of a line."
		return d
	case errors.As(err, &d):
		if nearest := manifest.Nearest(release); nearest != "" {
			d.Manual = strings.TrimSpace(d.Manual + " The nearest release known here is " + nearest + ".")
		}
		return d
	}
	return err
}

// refuseOlder refuses to go to an older release, unless that is what is asked for.
func (opts *upgradeOptions) refuseOlder(plan *lockstep.Plan) error {
	if opts.allowDowngrade || opts.likeCLI || !older(plan.To, plan.From) {
		return nil
	}
	if opts.to == manifest.MainLine {
		d := diag.Errorf("older-release", "the app is at Backstage %s, and the newest release known here is %s", plan.From, plan.To)
		d.Manual = "Name a newer release with --to, or its manifest with --manifest FILE."
		if opts.offline {
			d.Manual = "Run once without --offline to learn of newer ones, or name the manifest of one with --manifest FILE."
		}
		return d
	}
	d := diag.Errorf("older-release", "the app is at Backstage %s, which is newer than %s", plan.From, plan.To)
	d.Manual = "Name a newer release with --to, or go back with --allow-downgrade."
	return d
}
