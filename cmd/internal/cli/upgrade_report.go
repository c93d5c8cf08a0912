package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/manifest/lockstep"
)

// upgradeReport is an upgrade as the description of a pull request, in Markdown.
func upgradeReport(u *upgrade) string {
	plan := u.plan
	var b strings.Builder
	title := "# Backstage " + plan.To
	if plan.From != "" && plan.From != plan.To {
		title = "# Backstage " + plan.From + " to " + plan.To
	}
	fmt.Fprintf(&b, "%s\n\n%s.\n", title, sentenceCase(tally(plan)))
	rows := fold(plan.Rows)
	for _, part := range [...]struct {
		title string
		kinds []lockstep.Kind
	}{
		{"Breaking", []lockstep.Kind{lockstep.Breaking, lockstep.Downgrade}},
		{"Moved", []lockstep.Kind{lockstep.Moved}},
		{"Minor", []lockstep.Kind{lockstep.Minor}},
		{"Patch", []lockstep.Kind{lockstep.Patch, lockstep.Same}},
	} {
		var of []folded
		for _, r := range rows {
			if slices.Contains(part.kinds, r.Change) {
				of = append(of, r)
			}
		}
		if len(of) == 0 {
			continue
		}
		collapse := part.title == "Patch" && len(of) > 10
		fmt.Fprintf(&b, "\n## %s\n\n", part.title)
		if collapse {
			fmt.Fprintf(&b, "<details><summary>%s</summary>\n\n", count(len(of), "package"))
		}
		b.WriteString("| package | from | to | where |\n| --- | --- | --- | --- |\n")
		for _, r := range of {
			name := "`" + r.Package + "`"
			if r.Name != "" {
				name += " is `" + r.Name + "`"
			}
			fmt.Fprintf(&b, "| %s | `%s` | `%s` | %s |\n", name, cell(r.from()), cell(r.to()), r.place())
		}
		if collapse {
			b.WriteString("\n</details>\n")
		}
	}
	b.WriteString(templateReport(u.scaffolding))
	b.WriteString(breakingReport(u.breaking))
	b.WriteString(leftReport(rows))
	if u.node != nil && len(u.node.Places) > 0 {
		fmt.Fprintf(&b, "\n## Node\n\nBackstage %s supports Node %s.\n\n", u.node.Release, u.node.Node)
		for _, p := range u.node.Places {
			done := " "
			if u.node.Fixed && p.New != "" {
				done = "x"
			}
			fmt.Fprintf(&b, "- [%s] `%s:%d` `%s`%s: %s\n", done, p.File, p.Pos.Line, p.Text, becomes(p), p.Why)
		}
	}
	for i, d := range u.duplicates {
		if i == 0 {
			b.WriteString("\n## There more than once\n\n")
		}
		if len(d.After) > 1 {
			if !d.Must {
				continue
			}
			fmt.Fprintf(&b, "- [ ] `%s` %s: %s\n", d.Name, versionsOf(d.After), d.Hint)
		} else {
			fmt.Fprintf(&b, "- [x] `%s` is there once after the upgrade\n", d.Name)
		}
	}
	for i, n := range plan.Notes {
		if i == 0 {
			b.WriteString("\n## Notes\n\n")
		}
		fmt.Fprintf(&b, "- %s.", sayWhere(n))
		if n.Manual != "" {
			b.WriteString(" " + n.Manual)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// leftReport is the checklist of what stays as it is.
func leftReport(rows []folded) string {
	var b strings.Builder
	for _, r := range rows {
		if r.Change != lockstep.Held && r.Change != lockstep.Removed {
			continue
		}
		if b.Len() == 0 {
			b.WriteString("\n## Left as it is\n\n")
		}
		fmt.Fprintf(&b, "- [ ] `%s` `%s` (%s): %s\n", r.Package, r.from(), r.place(), r.Why)
	}
	return b.String()
}

func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

func sentenceCase(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
