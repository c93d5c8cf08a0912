package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest/changelog"
	"github.com/batten-dev/batten/manifest/lockstep"
)

// breakage are the breaking changes of one package that the app uses, and where it does.
type breakage struct {
	changelog.Step
	Entries []changelog.Entry  `json:"entries"`
	Files   []changelog.Import `json:"files"` // that import the package; none if the frontend finds it by itself
}

// readChangelogs reads the change logs of the packages that the app imports, or that its frontend
// takes in without being told, for what breaks between the versions of the plan.
func (opts *upgradeOptions) readChangelogs(ctx context.Context, v *versions, u *upgrade) error {
	if opts.check || opts.noChangelogs || opts.likeCLI {
		return nil
	}
	steps := stepsOf(u.plan)
	if len(steps) == 0 {
		return nil
	}
	if opts.offline {
		u.plan.Notes = append(u.plan.Notes, lockstep.Note{Code: "offline", Summary: "change logs are not read for breaking changes (--offline)"})
		return nil
	}
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = s.Name
	}
	imports := changelog.Importers(u.ws.FS, []string{"."}, names)
	steps = slices.DeleteFunc(steps, func(s changelog.Step) bool { return len(imports[s.Name]) == 0 && !discovered(u.ws, s.Name) })
	logs, err := changelog.Collect(ctx, v.client, steps, func(done, all int) {
		opts.io.Progress(fmt.Sprintf("reading change logs (%d of %d)", done, all))
	})
	opts.io.Progress("")
	if err != nil {
		return err
	}
	var missing []string
	for _, log := range logs {
		if log.Problem != nil {
			missing = append(missing, log.Name)
			opts.detail("%s: %v", log.Name, log.Problem)
			continue
		}
		if entries := changelog.Breaking(log.Entries); len(entries) > 0 {
			u.breaking = append(u.breaking, breakage{log.Step, entries, array(imports[log.Name])})
		}
	}
	if len(missing) > 0 {
		u.plan.Notes = append(u.plan.Notes, lockstep.Note{Code: "no-changelog", Summary: "there is no change log to be had of " + some(missing)})
	}
	return nil
}

// stepsOf are the version changes of a plan, each package once, from its lowest version.
func stepsOf(plan *lockstep.Plan) []changelog.Step {
	var steps []changelog.Step
	at := map[string]int{}
	for _, r := range plan.Rows {
		if r.FromVersion == "" || r.ToVersion == "" || r.To == "" || r.Name != "" || !older(r.FromVersion, r.ToVersion) {
			continue
		}
		i, ok := at[r.Package]
		if !ok {
			at[r.Package] = len(steps)
			steps = append(steps, changelog.Step{Name: r.Package, From: r.FromVersion, To: r.ToVersion})
		} else if older(r.FromVersion, steps[i].From) {
			steps[i].From = r.FromVersion
		}
	}
	return steps
}

// discovered says whether a frontend takes a package in because it is a dependency.
func discovered(ws *workspace.Workspace, name string) bool {
	return slices.ContainsFunc(ws.Apps, func(a *workspace.App) bool {
		d, ok := a.Dep(name)
		return ok && d.Field == "dependencies" && strings.Contains(name, "plugin-") && a.Discovery.Finds(name)
	})
}

// breakingText lists what breaks, a line for each change that says so or came with another major
// version, and the files that it may break.
func breakingText(style iostreams.Style, list []breakage) string {
	const most = 4
	var b strings.Builder
	rest := 0
	for _, k := range list {
		said := slices.DeleteFunc(slices.Clone(k.Entries), func(e changelog.Entry) bool { return !e.Said && e.Kind != changelog.Major })
		rest += len(k.Entries) - min(len(said), most)
		if len(said) == 0 {
			continue
		}
		if b.Len() == 0 {
			b.WriteString("\n" + style.Yellow("Breaking changes in what this app uses") + "\n")
		}
		fmt.Fprintf(&b, "  %s  %s to %s\n", style.Bold(k.Name), k.From, k.To)
		for i, e := range said {
			if i == most {
				fmt.Fprintf(&b, "    and %d more\n", len(said)-most)
				break
			}
			fmt.Fprintf(&b, "    %s  %s\n", e.Version, e.Title())
		}
		if files := filesOf(k, 3); files != "" {
			b.WriteString("    " + style.Cyan(files) + "\n")
		}
	}
	if rest > 0 {
		fmt.Fprintf(&b, "\n--report FILE.md has what to do about them, and %s that may break too.\n", count(rest, "change"))
	}
	return b.String()
}

// filesOf names the files that import a package; at most so many, 0 for all.
func filesOf(k breakage, most int) string {
	var names []string
	for i, f := range k.Files {
		if i == most && most > 0 {
			names = append(names, fmt.Sprintf("%d more", len(k.Files)-most))
			break
		}
		names = append(names, fmt.Sprintf("%s:%d", f.File, f.Line))
	}
	return strings.Join(names, ", ")
}
