package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/registry/lockfile"
	"github.com/batten-dev/batten/registry/npmver"
)

// older says whether release a comes before b.
func older(a, b string) bool {
	v, errV := npmver.ParseVersion(a)
	w, errW := npmver.ParseVersion(b)
	return errV == nil && errW == nil && v.Compare(w) < 0
}

// folded is a row of the plan for all workspaces that have it alike.
type folded struct {
	lockstep.Row
	workspaces []string
}

// fold joins the rows that differ only in where they are.
func fold(rows []lockstep.Row) []folded {
	var out []folded
	at := map[lockstep.Row]int{}
	for _, r := range rows {
		key := r
		key.Workspace, key.File, key.Line, key.Column, key.Field, key.Merged = "", "", 0, 0, "", false
		if r.File != "" && strings.HasSuffix(r.File, ".yml") || strings.HasSuffix(r.File, ".yaml") {
			r.Workspace = r.File
		}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, folded{Row: r})
		}
		if !slices.Contains(out[i].workspaces, r.Workspace) {
			out[i].workspaces = append(out[i].workspaces, r.Workspace)
		}
	}
	return out
}

// place names where a folded row is: the workspace, or how many.
func (r folded) place() string {
	names := make([]string, len(r.workspaces))
	for i, w := range r.workspaces {
		if names[i] = w; w == "." {
			names[i] = "root"
		}
	}
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", names[0], len(names)-1)
	}
	return strings.Join(names, ", ")
}

// from and to are the specifiers, or what stands behind "backstage:^".
func (r folded) from() string {
	if strings.HasPrefix(r.From, "backstage:") && r.FromVersion != "" {
		return r.FromVersion
	}
	return r.From
}

func (r folded) to() string {
	to := r.To
	switch {
	case strings.HasPrefix(r.From, "backstage:") && r.To == r.From:
		to = r.ToVersion
	case r.Merged:
		to = "-"
	case to == "" && r.Change == lockstep.Held && r.ToVersion != "":
		to = "not " + r.ToVersion
	}
	return to
}

// inPlan is the order of the kinds in a plan's table.
var inPlan = [...]lockstep.Kind{lockstep.Breaking, lockstep.Moved, lockstep.Downgrade, lockstep.Minor, lockstep.Patch, lockstep.Same}

// upgradeText is an upgrade's plan for people: for each workspace a table, and the rows that
// several have alike before all; then what is left as it is, and why.
func upgradeText(style iostreams.Style, u *upgrade) string {
	plan := u.plan
	var b strings.Builder
	b.WriteString(style.Bold(upgradeTitle(plan)) + "\n")
	var changing, staying []lockstep.Row
	for _, r := range plan.Rows {
		if r.Change == lockstep.Held || r.Change == lockstep.Removed {
			staying = append(staying, r)
		} else {
			changing = append(changing, r)
		}
	}
	groups := map[string][]folded{}
	var names []string
	for _, r := range fold(changing) {
		name := r.place()
		if _, ok := groups[name]; !ok {
			names = append(names, name)
		}
		groups[name] = append(groups[name], r)
	}
	slices.SortStableFunc(names, func(a, b string) int { return len(groups[b][0].workspaces) - len(groups[a][0].workspaces) })
	for _, name := range names {
		b.WriteString("\n" + style.Cyan(name) + "\n")
		rows := groups[name]
		slices.SortStableFunc(rows, func(a, b folded) int {
			return slices.Index(inPlan[:], a.Change) - slices.Index(inPlan[:], b.Change)
		})
		var cells [][]string
		for _, r := range rows {
			cells = append(cells, []string{r.Package, r.from(), r.to(), string(r.Change)})
		}
		for i, line := range columns(cells) {
			if rows[i].Change == lockstep.Breaking || rows[i].Change == lockstep.Moved || rows[i].Change == lockstep.Downgrade {
				line = strings.TrimSuffix(line, string(rows[i].Change)) + style.Yellow(string(rows[i].Change))
			}
			b.WriteString("  " + line + "\n")
			if why := rows[i].Why; why != "" {
				b.WriteString("    " + style.Dim(why) + "\n")
			}
		}
	}
	if len(staying) > 0 {
		b.WriteString("\n" + style.Yellow("Left as it is") + "\n")
		for _, r := range fold(staying) {
			head := []string{r.Package, r.from()}
			if to := r.to(); to != "" {
				head = append(head, to)
			}
			fmt.Fprintf(&b, "  %s  %s\n    %s\n", strings.Join(head, "  "), style.Dim(r.place()), r.Why)
		}
	}
	b.WriteString(templateText(style, u.scaffolding))
	b.WriteString(breakingText(style, u.breaking))
	b.WriteString(nodeText(style, u.node))
	b.WriteString(onceText(style, u))
	for _, n := range plan.Notes {
		fmt.Fprintf(&b, "\n%s %s.\n", style.Yellow("note:"), sayWhere(n))
		if n.Manual != "" {
			b.WriteString(indent(n.Manual) + "\n")
		}
	}
	return b.String()
}

// sayWhere is a note's sentence with the file that it is about in front.
func sayWhere(n lockstep.Note) string {
	switch {
	case n.File == "":
		return n.Summary
	case n.Line > 0:
		return fmt.Sprintf("%s:%d: %s", n.File, n.Line, n.Summary)
	}
	return n.File + ": " + n.Summary
}

// onceText says which packages that must be there once are not, and what makes them one; of those
// that better were, the names.
func onceText(style iostreams.Style, u *upgrade) string {
	var b strings.Builder
	var mended, dedupe, others []string
	command := "yarn dedupe"
	if !u.ws.Manager.Berry {
		command = "npx yarn-deduplicate"
	}
	for _, d := range u.duplicates {
		switch {
		case len(d.After) <= 1:
			mended = append(mended, d.Name)
		case d.Must:
			if b.Len() == 0 {
				b.WriteString("\n" + style.Yellow("There more than once after the upgrade, and must not be") + "\n")
			}
			fmt.Fprintf(&b, "  %s  %s\n    %s\n    %s\n", d.Name, versionsOf(d.After), sentenceOf(d.Why), sentenceOf(d.Hint))
		case d.Dedupe:
			dedupe = append(dedupe, d.Name)
		default:
			others = append(others, d.Name)
		}
	}
	for _, line := range [...]struct {
		head  string
		names []string
	}{
		{"There once after the upgrade, and more than once now", mended},
		{"There more than once, which `" + command + "` mends", dedupe},
		{"There more than once, which costs size and little else", others},
	} {
		if len(line.names) > 0 {
			fmt.Fprintf(&b, "\n%s: %s.\n", line.head, some(line.names))
		}
	}
	return b.String()
}

func versionsOf(copies []lockfile.Copy) string {
	var all []string
	for _, c := range copies {
		all = append(all, c.Version)
	}
	return strings.Join(all, ", ")
}

func sentenceOf(clause string) string {
	if clause == "" {
		return ""
	}
	return strings.ToUpper(clause[:1]) + clause[1:] + "."
}

// upgradeTitle is a plan in one line.
func upgradeTitle(plan *lockstep.Plan) string {
	from := plan.From
	if from == "" {
		from = "an unknown release"
	}
	title := "Backstage " + from + " to " + plan.To
	if plan.From == plan.To {
		title = "Backstage " + plan.To
	}
	return title + ": " + tally(plan)
}

// tally counts the rows of a plan by kind, each package once.
func tally(plan *lockstep.Plan) string {
	count := map[lockstep.Kind]map[string]bool{}
	for _, r := range plan.Rows {
		if count[r.Change] == nil {
			count[r.Change] = map[string]bool{}
		}
		count[r.Change][r.Package] = true
	}
	var parts []string
	for _, k := range append(slices.Clone(inPlan[:]), lockstep.Removed, lockstep.Held) {
		if n := len(count[k]); n > 0 {
			name := string(k)
			switch k {
			case lockstep.Same:
				name = "written otherwise"
			case lockstep.Held:
				name = "held back"
			case lockstep.Removed:
				name = "no longer in the release"
			}
			parts = append(parts, fmt.Sprintf("%d %s", n, name))
		}
	}
	if len(parts) == 0 {
		return "every package has the release's version"
	}
	return strings.Join(parts, ", ")
}

// checkUpgrade says how far behind the app is.
func (opts *upgradeOptions) checkUpgrade(plan *lockstep.Plan, result upgradeJSON) error {
	if opts.json {
		if err := opts.outJSON(result); err != nil {
			return err
		}
	} else if err := opts.out(howFar(plan) + "\n"); err != nil {
		return err
	}
	if result.Behind {
		return errPending
	}
	return nil
}

// howFar is how far an app is behind a release, in a sentence.
func howFar(plan *lockstep.Plan) string {
	if older(plan.To, plan.From) {
		return fmt.Sprintf("The app is at Backstage %s; the newest release known here is %s.", plan.From, plan.To)
	}
	if !plan.Behind() {
		return "The app is at Backstage " + plan.To + "."
	}
	between := minorsBetween(plan.From, plan.To)
	switch {
	case plan.From == plan.To:
		return fmt.Sprintf("The app says that it is at Backstage %s, but its packages are not: %s.", plan.To, tally(plan))
	case plan.From == "":
		return fmt.Sprintf("The release of the app is not known. To Backstage %s: %s.", plan.To, tally(plan))
	case between == 0:
		return fmt.Sprintf("The app is at Backstage %s, behind %s: %s.", plan.From, plan.To, tally(plan))
	}
	return fmt.Sprintf("The app is at Backstage %s, %s behind %s: %s.", plan.From, count(between, "minor release"), plan.To, tally(plan))
}

// minorsBetween is how many minor releases one release is after another: Backstage counts them up
// within a major release. It is 0 if that cannot be said.
func minorsBetween(from, to string) int {
	a, errA := npmver.ParseVersion(from)
	b, errB := npmver.ParseVersion(to)
	if errA != nil || errB != nil || a.Major() != b.Major() {
		return 0
	}
	n := int(b.Minor()) - int(a.Minor())
	if b.Prerelease() != "" {
		n-- // that minor release is not out
	}
	return max(n, 0)
}
