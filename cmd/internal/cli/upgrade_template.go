package cli

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/handoff"
	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/merge3"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/manifest/template"
	"github.com/batten-dev/batten/registry/npm"
)

// templating are the flags of an upgrade that say what of the template comes along.
type templating struct {
	mode      string // off, diff or merge; "" for merge if the templates can be had
	files     []string
	conflicts string
}

func (t *templating) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&t.mode, "template", "", "`WHAT` to do with changes of the template of new apps: merge (default), diff to show them, off")
	flags.StringArrayVar(&t.files, "files", nil, "merge the template's changes to these files only: `GLOB`, as packages/app or \"*.ts\"")
	flags.StringVar(&t.conflicts, "conflicts", "", "`HOW` conflicts are settled: leave (default), ours, markers, or index for markers and the three sides in git's index")
}

func (t *templating) check(commit bool) error {
	wrong := func(format string, args ...any) error {
		return &usageError{"batten upgrade", fmt.Errorf(format, args...)}
	}
	switch {
	case !slices.Contains([]string{"", "merge", "diff", "off"}, t.mode):
		return wrong("--template knows merge, diff and off, not %q", t.mode)
	case !slices.Contains([]string{"", "leave", "ours", "markers", "index"}, t.conflicts):
		return wrong("--conflicts knows leave, ours, markers and index, not %q", t.conflicts)
	case commit && (t.conflicts == "markers" || t.conflicts == "index"):
		return wrong("--conflicts %s leaves files that are not to be committed; leave out --commit", t.conflicts)
	}
	return template.Globs(t.files).Check()
}

// scaffolding is what of the template comes along with an upgrade.
type scaffolding struct {
	From   string           `json:"from"` // releases
	To     string           `json:"to"`
	Layout string           `json:"layout"`
	Why    string           `json:"why"`       // how the layout and the release are known
	Policy string           `json:"conflicts"` // what is done with conflicts: leave, ours, markers or index
	Files  []template.File  `json:"files"`     // what became of the template's changes
	Pieces []template.Piece `json:"pieces"`    // of wiring, that did not come with their files
	diff   string           // of the template alone, for --template=diff

	origin   template.Origin
	opened   [2]fs.FS          // the create-app packages
	policies map[string]string // of files, by their paths in the template, where a plan has them
}

// policyOf is what is done with the conflicts of a file.
func (s *scaffolding) policyOf(f template.File) string {
	return cmp.Or(s.policies[cmp.Or(f.From, f.Path)], s.Policy)
}

// bringTemplate merges into an upgrade what changed in the template between the app's release
// and the target. Where the templates cannot be had, a note says so, unless merging was asked
// for.
func (opts *upgradeOptions) bringTemplate(ctx context.Context, v *versions, u *upgrade, target *manifest.Manifest) error {
	from, to := u.plan.From, u.plan.To
	if opts.check || opts.likeCLI || opts.templating.mode == "off" || from == to || from != "" && older(to, from) {
		return nil
	}
	err := opts.tryTemplate(ctx, v, u, from, target)
	list := diag.Of(err)
	if len(list) == 0 || ctx.Err() != nil {
		return err
	}
	list[0].Manual = strings.TrimSpace(list[0].Manual + " The upgrade goes without the template with --template off.")
	if opts.templating.mode != "" {
		return err
	}
	n := lockstep.Note{Code: "template", Summary: "the template's changes are not merged: " + list[0].Summary, Manual: list[0].Manual}
	if from != "" {
		n.Manual = strings.TrimSpace(n.Manual + fmt.Sprintf(" They can be seen at https://backstage.github.io/upgrade-helper/?from=%s&to=%s", from, to))
	}
	u.plan.Notes = append(u.plan.Notes, n)
	return nil
}

// sure is the share of an app's packages that has to agree on a release for it to count as the
// one whose template the app came from.
const sure = 0.5

func (opts *upgradeOptions) tryTemplate(ctx context.Context, v *versions, u *upgrade, from string, target *manifest.Manifest) error {
	to := u.plan.To
	if from == "" {
		d := diag.Errorf("unknown-release", "the release that the app is at is not known")
		d.Manual = "Write it into backstage.json: {\"version\": \"RELEASE\"}."
		return d
	}
	if at := u.ws.Release; at.Source == workspace.ReleaseInferred && at.Score < sure && opts.templating.mode == "" {
		d := diag.Errorf("unsure-release", "which template the app came from is not clear: of its packages, %.0f%% are those of Backstage %s", 100*at.Score, from)
		d.Manual = fmt.Sprintf("If it is at this release, write {\"version\": %q} into backstage.json, or say --template merge.", from)
		return d
	}
	opened, err := opts.openTemplates(ctx, func(ctx context.Context, i int) (fs.FS, error) {
		release := [...]string{from, to}[i]
		if version, ok := target.Version(manifest.CreateApp); ok && release == target.Release {
			return template.OpenVersion(ctx, v.client, release, version)
		}
		return template.Open(ctx, v.client, release)
	})
	if err != nil {
		return err
	}
	origin := template.Detect(u.ws)
	before, after, err := template.RenderBoth(opened[0], opened[1], origin.Options)
	if err != nil {
		return err
	}
	s := &scaffolding{From: from, To: to, Layout: origin.Layout.String(), Why: origin.Why, Policy: cmp.Or(opts.templating.conflicts, "leave"), Files: []template.File{}, Pieces: []template.Piece{}, origin: origin, opened: opened}
	if u.ws.Release.Source == workspace.ReleaseInferred {
		s.Why += fmt.Sprintf("; the release is inferred, %.0f%% of the packages agree", 100*u.ws.Release.Score)
	}
	u.scaffolding = s
	globs := template.Globs(opts.templating.files)
	if opts.templating.mode == "diff" {
		for _, name := range templateNames(before, after) {
			care, _ := template.CareOf(name)
			if file, ok := diffFile(before, after, name); ok && globs.Match(name) && (care == template.Text || len(globs) > 0) {
				s.diff += file.String()
			}
		}
		return nil
	}
	merging := opts.mergeOptions(u, origin)
	merging.Files, merging.Conflicts = globs, modeOf(s.Policy)
	return s.merge(ctx, u, before, after, merging)
}

// openTemplates opens the create-app packages of both releases at once.
func (opts *upgradeOptions) openTemplates(ctx context.Context, open func(ctx context.Context, i int) (fs.FS, error)) ([2]fs.FS, error) {
	var opened [2]fs.FS
	var errs [2]error
	var wait sync.WaitGroup
	opts.io.Progress("fetching the templates")
	for i := range opened {
		wait.Go(func() { opened[i], errs[i] = open(ctx, i) })
	}
	wait.Wait()
	opts.io.Progress("")
	return opened, cmp.Or(errs[0], errs[1])
}

// mergeOptions are the options of merging a template into an app of that origin.
func (opts *upgradeOptions) mergeOptions(u *upgrade, origin template.Origin) template.MergeOptions {
	return template.MergeOptions{
		Held: lockstep.Ours,
		Spec: func(name, spec string) string {
			if u.ws.YarnPlugin && lockstep.Ours(name) {
				return "backstage:^"
			}
			return spec
		},
		Yarn1:     origin.Yarn1,
		Workspace: u.ws,
		Labels:    merge3.Labels{Ours: "yours", Base: "template of " + u.plan.From, Theirs: "template of " + u.plan.To},
	}
}

// modeOf is a policy for conflicts as merging knows it.
func modeOf(policy string) template.Mode {
	return map[string]template.Mode{"ours": template.OursWins, "markers": template.Markers, "index": template.Markers}[policy]
}

// merge merges the rendered templates into an upgrade.
func (s *scaffolding) merge(ctx context.Context, u *upgrade, before, after *npm.Tree, merging template.MergeOptions) error {
	result, err := template.Merge(ctx, u.over, template.Files(before), template.Files(after), merging)
	if err != nil {
		return err
	}
	s.Files, s.Pieces = array(result.Files), array(result.Pieces)
	for _, n := range result.Notes {
		u.plan.Notes = append(u.plan.Notes, lockstep.Note{Code: "wiring", Summary: n})
	}
	return nil
}

// unmerged are the conflicts whose sides are to go to git's index.
func (u *upgrade) unmerged() []handoff.Unmerged {
	if u.scaffolding == nil {
		return nil
	}
	var files []handoff.Unmerged
	for _, f := range u.scaffolding.Files {
		if f.Status == template.Conflict && u.scaffolding.policyOf(f) == "index" {
			files = append(files, handoff.Unmerged{Path: f.Path, Base: f.Base, Ours: f.Ours, Theirs: f.Theirs})
		}
	}
	return files
}

// unmerge writes the sides of conflicts to git's index, if that is asked for.
func (opts *upgradeOptions) unmerge(ctx context.Context, u *upgrade) error {
	files := u.unmerged()
	if err := handoff.Unmerge(ctx, u.root, files); err != nil {
		return afterChange(err)
	}
	if len(files) > 0 {
		opts.errln(fmt.Sprintf("The sides of the conflicts in %s are in git's index: `git mergetool` shows them.", count(len(files), "file")))
	}
	return nil
}

// templateText says what became of the template's changes.
func templateText(style iostreams.Style, s *scaffolding) string {
	if s == nil {
		return ""
	}
	var b strings.Builder
	if s.diff != "" {
		fmt.Fprintf(&b, "\n%s\n%s", style.Cyan("What changed in the template of new apps"), colored(style, s.diff))
		return b.String()
	}
	by := map[template.Status][]template.File{}
	for _, f := range s.Files {
		by[f.Status] = append(by[f.Status], f)
	}
	fmt.Fprintf(&b, "\n%s %s (%s)\n", style.Cyan("Template"), templateTally(by), s.Why)
	for _, status := range [...]template.Status{template.Merged, template.Added, template.Deleted} {
		for _, f := range by[status] {
			line := fmt.Sprintf("  %-7s %s", status, f.Path)
			if f.From != "" {
				line += "  (" + f.From + " in the template)"
			}
			b.WriteString(line + "\n")
			for _, n := range f.Notes {
				b.WriteString("    " + style.Dim(n) + "\n")
			}
		}
	}
	pieces := map[template.Status][]template.Piece{} // the notes of files tell of those that are merged
	for _, p := range s.Pieces {
		pieces[p.Status] = append(pieces[p.Status], p)
	}
	if list := by[template.Conflict]; len(list)+len(pieces[template.Conflict]) > 0 {
		b.WriteString(style.Yellow("Conflicts with the template, for you to settle") + "\n")
		for _, f := range list {
			for _, c := range f.Conflicts {
				fmt.Fprintf(&b, "  %s:%d  %s\n", f.Path, c.Ours.From, clashText(c))
			}
		}
		for _, p := range pieces[template.Conflict] {
			b.WriteString("  " + p.String() + "\n")
			if p.Manual != "" {
				b.WriteString(indent(indent(p.Manual)) + "\n")
			}
		}
	}
	if list := by[template.Skipped]; len(list) > 0 {
		b.WriteString(style.Dim("Changed in the template and left as it is here") + "\n")
		var rows [][]string
		for _, f := range list {
			rows = append(rows, []string{f.Path, f.Why})
		}
		for _, l := range columns(rows) {
			b.WriteString("  " + l + "\n")
		}
	}
	if list := pieces[template.Skipped]; len(list) > 0 {
		b.WriteString(style.Dim("Wiring that the template changed and that is left as it is here") + "\n")
		for _, p := range list {
			b.WriteString("  " + p.String() + "\n")
		}
	}
	return b.String()
}

// clashText is a conflict in a line: what it is about, why, and where the sides are.
func clashText(c template.Clash) string {
	key := ""
	if c.Key != "" {
		key = c.Key + ": "
	}
	return fmt.Sprintf("%s%s (yours %s, the template's %s, before %s)", key, c.Why, c.Ours, c.Theirs, c.Base)
}

func templateTally(by map[template.Status][]template.File) string {
	var parts []string
	for _, status := range [...]template.Status{template.Merged, template.Added, template.Deleted, template.Conflict, template.Skipped} {
		if n := len(by[status]); n > 0 {
			name := string(status)
			switch status {
			case template.Conflict:
				name = "with conflicts"
			case template.Skipped:
				name = "left alone"
			}
			parts = append(parts, fmt.Sprintf("%d %s", n, name))
		}
	}
	if len(parts) == 0 {
		return "nothing changed"
	}
	return strings.Join(parts, ", ")
}
