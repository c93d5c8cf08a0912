package upgradereport

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/manifest/template"
)

// Task is something that is left for a person.
type Task struct {
	Words   string // what to do
	Section string // the part of the report that has more, as an id of the page; "" if none
	Links   []Link
}

// Tasks is what is left for a person, the most pressing first.
func (r *Report) Tasks() []Task {
	var tasks []Task
	add := func(section, format string, args ...any) {
		tasks = append(tasks, Task{Words: fmt.Sprintf(format, args...), Section: section})
	}
	if r.Outcome == Stopped {
		add("", "Mend what stopped it, and run the upgrade again: %s", r.Problem)
	}
	for _, c := range r.Commands {
		switch {
		case c.Result == Broken:
			add("commands", "Mend what made `%s` fail, and run it again", c.Line)
		case c.Result == NotRun && c.ToDo:
			add("commands", "Run `%s`%s", c.Line, lead(": ", c.Why))
		}
	}
	for _, f := range r.files(template.Conflict) {
		for _, c := range f.Conflicts {
			add("template", "Settle the conflict in `%s`%s: %s", c.Place, lead(" at ", codeOf(c.Key)), c.Why)
		}
	}
	if r.Template != nil {
		for _, p := range r.Template.open() {
			add("template", "Wire what the template has: %s", p.Words)
		}
	}
	var may []string
	for i, b := range r.Breaking {
		if sure := b.Sure(); sure > 0 {
			add(breakingID(i), "Read %s of `%s` %s to %s%s", count(sure, "breaking change"), b.Package, b.From, b.To, lead(", imported in ", b.imported(3)))
		} else {
			may = append(may, "`"+b.Package+"`")
		}
	}
	if len(may) > 0 {
		add("breaking", "Look through changes that may break something, though nobody calls them breaking: %s", strings.Join(may, ", "))
	}
	for _, p := range r.Packages {
		switch {
		case p.Kind == lockstep.Removed && p.To == "":
			add("versions", "Replace `%s`%s: %s", p.Name, lead(" in ", inOf(p.Where)), p.Why)
		case p.Kind == lockstep.Held:
			add("versions", "Decide about `%s` `%s`%s%s: %s", p.Name, p.From, lead(", not ", codeOf(p.NotTaken)), lead(", in ", inOf(p.Where)), p.Why)
		}
	}
	if r.Node != nil {
		for _, p := range r.Node.Places {
			if !p.Fixed {
				add("node", "Bring `%s` to a Node that the release supports: `%s`%s", p.Place, p.Text, lead(" to ", codeOf(p.New)))
			}
		}
	}
	for _, words := range r.duplicateTasks() {
		add("duplicates", "%s", words)
	}
	for _, n := range r.Notes {
		if n.ToDo && n.Manual != "" {
			add("notes", "%s%s. %s", lead2(codeOf(n.Place.String()), ": "), n.sentence(), n.Manual)
		}
	}
	for _, f := range r.files(template.Skipped) {
		if f.Look {
			add("template", "Look at what the template changed in `%s`, which is not merged: %s", f.Path, f.Why)
		}
	}
	if notes := r.releaseNotes(12); len(notes) > 0 {
		tasks = append(tasks, Task{Words: "Read the release notes", Links: notes})
	}
	if r.Template == nil || r.Template.Diff != "" {
		said := func(n Note) bool { return strings.Contains(n.Manual, "upgrade-helper") }
		if link := r.helper(); link != "" && !slices.ContainsFunc(r.Notes, said) {
			tasks = append(tasks, Task{Words: "Take over what changed in the template of new apps", Links: []Link{{"upgrade helper", link}}})
		}
	}
	return tasks
}

// duplicateTasks say what makes packages one. A command that does it for several comes once.
func (r *Report) duplicateTasks() []string {
	var all []string
	var must, may []string
	command := ""
	for _, d := range r.Duplicates {
		switch {
		case len(d.After) < 2 || d.Dedupe != "" && r.passed(d.Dedupe):
		case d.Dedupe != "":
			command = d.Dedupe // there is one, as there is one package manager
			if d.Must {
				must = append(must, "`"+d.Name+"`")
			} else {
				may = append(may, "`"+d.Name+"`")
			}
		case d.Must:
			all = append(all, fmt.Sprintf("Make `%s` one (%s): %s", d.Name, strings.Join(d.After, ", "), d.Hint))
		}
	}
	switch {
	case len(must) > 0:
		all = append(all, fmt.Sprintf("Run `%s`, which makes these one, as they must be: %s%s", command, strings.Join(must, ", "), lead("; and these: ", strings.Join(may, ", "))))
	case len(may) > 0:
		all = append(all, fmt.Sprintf("Run `%s`, which makes these one: %s", command, strings.Join(may, ", ")))
	}
	return all
}

// sentence is the summary with a capital letter, where it begins with a word and no name.
func (n Note) sentence() string {
	for _, word := range [...]string{"the ", "there "} {
		if n.Place.File == "" && strings.HasPrefix(n.Summary, word) {
			return strings.ToUpper(word[:1]) + n.Summary[1:]
		}
	}
	return n.Summary
}

// passed says whether a command was run, and passed.
func (r *Report) passed(line string) bool {
	for _, c := range r.Commands {
		if c.Result == Passed && strings.HasSuffix(c.Line, line) {
			return true
		}
	}
	return false
}

func (r *Report) files(status template.Status) []File {
	if r.Template == nil {
		return nil
	}
	return r.Template.of(status)
}

// breakingID is the part of the page that is about the package of that index in Report.Breaking.
func breakingID(i int) string { return fmt.Sprintf("breaking-%d", i+1) }

// imported names the files that import a package, at most so many; 0 for all.
func (b Breaking) imported(most int) string {
	var names []string
	for i, p := range b.Imports {
		if most > 0 && i == most {
			names = append(names, fmt.Sprintf("%d more", len(b.Imports)-most))
			break
		}
		names = append(names, codeOf(p.String()))
	}
	return strings.Join(names, ", ")
}

func inOf(where []string) string {
	if len(where) > 3 {
		return fmt.Sprintf("%s and %d more", where[0], len(where)-1)
	}
	return strings.Join(where, ", ")
}

func codeOf(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// lead is words after what leads to them; "" for no words.
func lead(before, words string) string {
	if words == "" {
		return ""
	}
	return before + words
}

func lead2(words, after string) string {
	if words == "" {
		return ""
	}
	return words + after
}
