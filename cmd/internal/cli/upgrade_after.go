package cli

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/cmd/internal/handoff"
	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/manifest/lockstep"
)

// begin is done once the plan is agreed to, before anything is written: it refuses what could not
// end, and makes the branch.
func (opts *upgradeOptions) begin(ctx context.Context, u *upgrade) error {
	if len(u.unmerged()) > 0 && !handoff.InGit(ctx, u.root) {
		d := diag.Errorf("no-git", "the sides of conflicts are to go to git's index, and %s is in no git repository", u.root)
		d.Manual = "Let the conflicts be marked in the files: markers instead of index."
		return d
	}
	if !opts.noInstall {
		if _, err := handoff.PackageManager(u.root, u.ws.Manager); err != nil {
			return err
		}
		if err := nodeRuns(ctx, u.node); err != nil {
			return err
		}
	}
	return opts.makeBranch(ctx, u)
}

// makeBranch makes the branch that --branch names, before anything is written.
func (opts *upgradeOptions) makeBranch(ctx context.Context, u *upgrade) error {
	if opts.branch == "" {
		return nil
	}
	if err := handoff.Branch(ctx, u.root, opts.branch); err != nil {
		return err
	}
	opts.errln("On the new branch " + opts.branch + ".")
	return nil
}

// handOver runs what is to be run once dependencies are installed: yarn dedupe, yarn tsc, git commit.
func (opts *upgradeOptions) handOver(ctx context.Context, u *upgrade) error {
	if opts.dedupe && !opts.noInstall && u.yarn1() {
		opts.errln("yarn 1 has no `yarn dedupe`; `npx yarn-deduplicate` is one.")
	}
	if !opts.noInstall {
		for _, args := range opts.scripts(u) {
			line := u.ws.Manager.Name + " " + strings.Join(args, " ")
			opts.errln(fmt.Sprintf("Running `%s` in %s.", line, u.root))
			err := u.log.run(line, opts.io.Err, func(streams handoff.Streams) error {
				return handoff.Script(ctx, u.root, u.ws.Manager, args, streams)
			})
			if err != nil {
				return afterChange(err)
			}
		}
	}
	if !opts.commit {
		return nil
	}
	files := []string{}
	for _, c := range u.changes {
		files = append(files, c.Path)
	}
	if u.ws.Lockfile != "" && !slices.Contains(files, u.ws.Lockfile) {
		files = append(files, u.ws.Lockfile)
	}
	if err := handoff.Commit(ctx, u.root, commitMessage(u.plan), files); err != nil {
		return afterChange(err)
	}
	opts.errln("Committed.")
	return nil
}

// scripts are the arguments of the package manager for what is asked to be run after the install.
func (opts *upgradeOptions) scripts(u *upgrade) [][]string {
	var all [][]string
	if opts.dedupe && !u.yarn1() {
		all = append(all, []string{"dedupe"})
	}
	if opts.tsc {
		all = append(all, []string{"run", "tsc"})
	}
	return all
}

func (u *upgrade) yarn1() bool { return u.ws.Manager.Name == "yarn" && !u.ws.Manager.Berry }

// expect notes the commands that are to be run, and why they may not be.
func (opts *upgradeOptions) expect(u *upgrade) {
	u.log = &runLog{root: u.root, tell: len(opts.reports) > 0}
	why, toDo := "nothing is changed", false
	if opts.noInstall && !opts.writing.dryRun && opts.plan == "" {
		why, toDo = "`--no-install` leaves it to you", true
	}
	if len(u.changes) == 0 {
		return
	}
	u.log.plan(u.ws.Manager.Name+" install", why, toDo)
	for _, args := range opts.scripts(u) {
		u.log.plan(u.ws.Manager.Name+" "+strings.Join(args, " "), why, toDo)
	}
}

// afterChange is the error of a program that failed once files were changed.
func afterChange(err error) error {
	var failed *handoff.Failure
	if !errors.As(err, &failed) || errors.Is(err, context.Canceled) {
		return err
	}
	d := diag.Errorf("command-failed", "%s", failed)
	d.Detail = "The files are changed."
	d.Manual = "Mend the cause and run `" + failed.Command + "` again, or take the change back with `batten undo`."
	return d
}

// commitMessage lists the plan: what breaks first.
func commitMessage(plan *lockstep.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Upgrade Backstage to %s\n", plan.To)
	if plan.From != "" && plan.From != plan.To {
		b.Reset()
		fmt.Fprintf(&b, "Upgrade Backstage from %s to %s\n", plan.From, plan.To)
	}
	rows := fold(plan.Active())
	slices.SortStableFunc(rows, func(a, b folded) int {
		return slices.Index(inPlan[:], a.Change) - slices.Index(inPlan[:], b.Change)
	})
	var kind lockstep.Kind
	for _, r := range rows {
		if r.Change != kind {
			kind = r.Change
			fmt.Fprintf(&b, "\n%s:\n", strings.ToUpper(string(kind[:1]))+string(kind[1:]))
		}
		name := ""
		if r.Name != "" {
			name = r.Name + " "
		}
		fmt.Fprintf(&b, "- %s %s to %s%s\n", r.Package, r.from(), name, r.to())
	}
	return b.String()
}

// bringPlugin brings the Backstage plugin of yarn to the release: its file, and the entry in
// .yarnrc.yml. Where it cannot be had it stays, which is said: every plugin reads every release.
func (opts *upgradeOptions) bringPlugin(ctx context.Context, v *versions, u *upgrade) error {
	p := u.plan.Plugin
	if p == nil || opts.check || opts.likeCLI && opts.offline {
		return nil
	}
	stays := func(why string) {
		u.plan.Notes = append(u.plan.Notes, lockstep.Note{Code: "yarn-plugin", File: p.File,
			Summary: "the Backstage plugin of yarn stays as it is, which does no harm: " + why,
			Manual:  "`yarn plugin import " + p.To + "` brings it up to date."})
	}
	if opts.offline {
		stays("no server is asked (--offline)")
		return nil
	}
	opts.io.Progress("downloading the Backstage plugin of yarn")
	content, err := v.releases.YarnPlugin(ctx, u.plan.To)
	opts.io.Progress("")
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		stays(err.Error())
		return nil
	}
	sum := sha512.Sum512(content)
	if err := u.plan.ApplyPlugin(u.over, hex.EncodeToString(sum[:])); err != nil {
		return err
	}
	return u.over.Write(p.File, content, change.Reason{Text: "The plugin as published with Backstage " + u.plan.To + "."})
}
