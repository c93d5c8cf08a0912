package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/upgradereport"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/manifest/changelog"
	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/manifest/template"
)

// reporting is the flag of an upgrade that says where to report it.
type reporting struct{ reports []string }

func (r *reporting) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&r.reports, "report", nil, "write a report at the end, to `FILE`: .md for the description of a pull request, .html for a page; may be repeated")
}

// check refuses what could not be written once everything is done.
func (r *reporting) check(command string) error {
	for _, name := range r.reports {
		if formatOf(name) == "" {
			return &usageError{command, fmt.Errorf("--report writes files that end in .md, .markdown, .html or .htm, and not %q", name)}
		}
		if info, err := os.Stat(filepath.Dir(name)); err != nil || !info.IsDir() {
			d := diag.Errorf("report-not-written", "there is no folder %s for the report", filepath.ToSlash(filepath.Dir(name)))
			d.Detail = "Nothing was changed."
			d.Manual = "Make the folder, or name another file with --report."
			return d
		}
	}
	return nil
}

// formatOf is a report's format by the file's ending, "" for none.
func formatOf(name string) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".md", ".markdown":
		return "markdown"
	case ".html", ".htm":
		return "html"
	}
	return ""
}

// write writes the reports of an upgrade that ended with that error, and returns the command's
// error. One that cannot be written is told, and undoes nothing.
func (r *reporting) write(f *factory, u *upgrade, end error) error {
	if len(r.reports) == 0 {
		return end
	}
	report := newReport(u, end)
	for _, name := range r.reports {
		var err error
		data := []byte(upgradereport.Markdown(report, upgradereport.Limit))
		if formatOf(name) == "html" {
			data, err = upgradereport.HTML(report)
		}
		if err == nil {
			err = os.WriteFile(name, data, 0o644)
		}
		if err == nil {
			f.errln("The report is in " + filepath.ToSlash(name) + ".")
			continue
		}
		d := diag.Errorf("report-not-written", "the report cannot be written: %v", err)
		if u.log.made {
			d.Detail = "The upgrade itself is not affected: its files are changed."
		}
		if end == nil || errors.Is(end, errPending) {
			end = d
		} else {
			f.printDiagnostic(d)
		}
	}
	return end
}

// newReport is the story of an upgrade that ended with that error.
func newReport(u *upgrade, end error) upgradereport.Report {
	r := upgradereport.Report{From: u.plan.From, To: u.plan.To, Commands: u.log.commands, Problem: u.problem(end)}
	switch {
	case u.log.made && r.Problem != "":
		r.Outcome = upgradereport.Failed
	case u.log.made:
		r.Outcome = upgradereport.Made
	case r.Problem != "":
		r.Outcome = upgradereport.Stopped
	case len(u.changes) == 0:
		r.Outcome = upgradereport.Needless
	}
	for _, c := range u.changes {
		switch {
		case c.Before == nil:
			r.Added++
		case c.After == nil:
			r.Deleted++
		default:
			r.Changed++
		}
	}
	for _, row := range fold(u.plan.Rows) {
		r.Packages = append(r.Packages, reportPackage(row))
	}
	for _, k := range u.breaking {
		r.Breaking = append(r.Breaking, reportBreaking(k))
	}
	slices.SortStableFunc(r.Breaking, func(a, b upgradereport.Breaking) int { return cmp.Compare(min(b.Sure(), 1), min(a.Sure(), 1)) })
	r.Template = reportTemplate(u.scaffolding)
	r.Node = reportNode(u.node)
	command := "yarn dedupe"
	if !u.ws.Manager.Berry {
		command = "npx yarn-deduplicate"
	}
	for _, d := range u.duplicates {
		one := upgradereport.Duplicate{Name: d.Name, Why: d.Why, Must: d.Must, Hint: d.Hint}
		if d.Dedupe {
			one.Dedupe = command
		}
		for _, c := range d.After {
			one.After = append(one.After, c.Version)
		}
		r.Duplicates = append(r.Duplicates, one)
	}
	for _, n := range u.plan.Notes {
		r.Notes = append(r.Notes, upgradereport.Note{Place: upgradereport.Place{File: n.File, Line: n.Line}, Summary: n.Summary, Manual: n.Manual,
			ToDo: slices.Contains([]string{"new-peer", "ahead", "unreadable-source", "template", "registry"}, n.Code)})
	}
	return r
}

// problem is an error in a sentence, without the place of the repository on this machine; "" if it
// is none.
func (u *upgrade) problem(end error) string {
	if end == nil || errors.Is(end, errPending) || errors.Is(end, errDeclined) {
		return ""
	}
	text := end.Error()
	if list := diag.Of(end); len(list) > 0 {
		text = list[0].Summary
		if len(list) > 1 {
			text += fmt.Sprintf(" (and %d more)", len(list)-1)
		}
	}
	return strings.TrimSuffix(u.log.local(text), ".")
}

func reportPackage(r folded) upgradereport.Package {
	p := upgradereport.Package{Name: r.Package, NewName: r.Name, From: r.from(), To: r.to(), Kind: r.Change, Why: strings.TrimSuffix(r.Why, ".")}
	switch {
	case r.Change == lockstep.Held || r.Change == lockstep.Removed && r.To == "":
		p.To, p.NotTaken = "", r.ToVersion
	case r.Merged:
		p.To = r.ToVersion
	}
	for _, w := range r.workspaces {
		if w == "." {
			w = "root"
		}
		p.Where = append(p.Where, w)
	}
	return p
}

// commitForm is how change logs of Backstage name commits.
var commitForm = regexp.MustCompile(`^[0-9a-f]{7,40}$`)

func reportBreaking(k breakage) upgradereport.Breaking {
	b := upgradereport.Breaking{Package: k.Name, From: k.From, To: k.To}
	for _, f := range k.Files {
		b.Imports = append(b.Imports, upgradereport.Place{File: f.File, Line: f.Line})
	}
	for _, e := range k.Entries {
		c := upgradereport.Change{Version: e.Version, Sure: e.Said || e.Kind == changelog.Major, Title: e.Title(), Text: e.Text}
		if lockstep.Ours(k.Name) && commitForm.MatchString(e.Commit) {
			c.Link = "https://github.com/backstage/backstage/commit/" + e.Commit
		}
		b.Changes = append(b.Changes, c)
	}
	return b
}

func reportTemplate(s *scaffolding) *upgradereport.Template {
	if s == nil {
		return nil
	}
	t := &upgradereport.Template{From: s.From, To: s.To, Why: s.Why, Diff: s.diff}
	for _, f := range s.Files {
		care, _ := template.CareOf(f.Path)
		of := upgradereport.File{Path: f.Path, From: f.From, Status: f.Status, Why: f.Why, Notes: f.Notes,
			Look: f.Status == template.Skipped && care != template.Users && !strings.HasPrefix(f.Why, "you ")}
		policy := s.policyOf(f)
		if f.How == "keys" && policy == "markers" {
			policy = ""
		}
		if f.How == "keys" && policy == "index" {
			policy = "staged"
		}
		for _, c := range f.Conflicts {
			of.Conflicts = append(of.Conflicts, upgradereport.Conflict{
				Place: upgradereport.Place{File: f.Path, Line: c.Ours.From}, Key: c.Key, Why: c.Why, Policy: policy,
				Base: side(f.Base, c.Base), Ours: side(f.Ours, c.Ours), Theirs: side(f.Theirs, c.Theirs),
			})
		}
		t.Files = append(t.Files, of)
	}
	for _, p := range s.Pieces {
		t.Pieces = append(t.Pieces, upgradereport.Piece{Words: p.String(), Open: p.Status == template.Conflict, Manual: p.Manual})
	}
	return t
}

// side are the lines of one side of a conflict; of very many, the first.
func side(src []byte, l template.Lines) upgradereport.Side {
	const most = 200
	s := upgradereport.Side{First: l.From, Last: l.To}
	lines := strings.SplitAfter(string(src), "\n")
	from, to := max(l.From-1, 0), min(l.To, len(lines))
	if from >= to {
		return s
	}
	if to-from > most {
		s.Text = strings.Join(lines[from:from+most], "") + fmt.Sprintf("... and %d lines more\n", to-from-most)
		return s
	}
	s.Text = strings.Join(lines[from:to], "")
	return s
}

func reportNode(n *nodeNeeds) *upgradereport.Node {
	if n == nil {
		return nil
	}
	node := &upgradereport.Node{Range: n.Node}
	for _, p := range n.Places {
		node.Places = append(node.Places, upgradereport.NodePlace{
			Place: upgradereport.Place{File: p.File, Line: p.Pos.Line}, Text: p.Text, New: p.New, Fixed: n.Fixed && p.New != "",
			Why: strings.TrimSuffix(strings.TrimSuffix(p.Why, fmt.Sprintf("; Backstage %s supports Node %s.", n.Release, n.Node)), "."),
		})
	}
	return node
}
