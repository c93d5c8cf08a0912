package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/registry/recipe"
)

// systemNames are the systems as people call them.
var systemNames = []struct {
	system recipe.System
	name   string
}{
	{recipe.LegacyFrontend, "old frontend system"}, {recipe.NewFrontend, "new frontend system"},
	{recipe.NewBackend, "new backend system"}, {recipe.LegacyBackend, "old backend system"},
}

// infoPage writes the parts of a plugin's description.
type infoPage struct {
	strings.Builder
	style iostreams.Style
}

func (p *infoPage) printf(format string, args ...any) { fmt.Fprintf(&p.Builder, format, args...) }

func (p *infoPage) head(text string) { p.printf("\n%s\n", p.style.Bold(text)) }

func (p *infoPage) rows(rows [][]string) {
	for _, line := range columns(rows) {
		p.WriteString("  " + line + "\n")
	}
}

// infoText is a plugin's description for people. here is its recipe for the systems in question.
func infoText(style iostreams.Style, info infoJSON, here recipe.Recipe, places map[recipe.Workspace]string) string {
	p := &infoPage{style: style}
	r := info.Plugin.Recipe
	p.printf("%s  %s\n%s\n", style.Bold(r.Title), style.Dim(r.ID), r.Description)
	p.rows([][]string{{"Read more", r.Docs}, {"Recipe", info.Plugin.About}})
	if len(info.Plugin.Others) > 0 {
		p.rows([][]string{{"Namesakes", strings.Join(info.Plugin.Others, ", ")}})
	}
	p.head("Packages for Backstage " + info.Release)
	p.packages(info.Packages, places)
	p.head("Support")
	p.support(info)
	for _, s := range systemNames {
		p.steps(s.name, map[recipe.System][]recipe.Step{recipe.LegacyFrontend: here.Legacy, recipe.NewFrontend: here.New,
			recipe.NewBackend: here.Backend, recipe.LegacyBackend: here.LegacyBackend}[s.system])
	}
	if len(here.Replaces) > 0 {
		p.head("Replaced")
		for _, x := range here.Replaces {
			p.printf("  %s\n    %s\n", x.Module, x.Why)
		}
	}
	if d := info.Plugin.Derived; d != nil {
		p.leftOut(d.Extensions)
	}
	if len(info.Plugin.Choices) > 0 {
		p.head("Choices")
		p.choices(info.Plugin.Choices)
	}
	p.config(info.Config, here)
	p.entities(here)
	p.needs(here, info.Plugin.Derived)
	return p.String()
}

func (p *infoPage) packages(packages []infoPackage, places map[recipe.Workspace]string) {
	var rows [][]string
	for _, pkg := range packages {
		date := ""
		if pkg.Published != nil {
			date = pkg.Published.UTC().Format(time.DateOnly)
		}
		mark := ""
		if pkg.Installed != "" {
			mark = "installed: " + pkg.Installed
		}
		rows = append(rows, []string{pkg.Name, pkg.Version, pkg.Role, pkg.License, date, "in " + places[pkg.In], mark})
	}
	for i, line := range columns(rows) {
		pkg := packages[i]
		p.WriteString("  " + line + "\n")
		say := func(text string) { p.WriteString("    " + p.style.Yellow(text) + "\n") }
		if pkg.Problem != "" {
			say("not read: " + pkg.Problem)
		}
		if pkg.Deprecated != "" {
			say("deprecated: " + pkg.Deprecated)
		}
		if pkg.Moved != "" {
			say("it is " + pkg.Moved + " now")
		}
		for j, held := range pkg.Newer {
			if j < 2 {
				p.WriteString("    " + p.style.Dim("not "+held.Version+": "+held.Why) + "\n")
			}
		}
		if more := len(pkg.Newer) - 2; more > 0 {
			p.WriteString("    " + p.style.Dim(fmt.Sprintf("nor %d more", more)) + "\n")
		}
	}
}

func (p *infoPage) support(info infoJSON) {
	var rows [][]string
	for _, s := range systemNames {
		i := slices.IndexFunc(info.Support, func(x derive.Support) bool { return x.System == s.system })
		answer, why := "does not need one", ""
		switch {
		case i >= 0 && info.Support[i].Converted:
			answer, why = "converted", info.Support[i].From
		case i >= 0 && info.Support[i].Yes:
			answer, why = "yes", info.Support[i].From
		case i >= 0:
			answer, why = "no", info.Support[i].From
		case s.system == recipe.LegacyBackend:
			continue
		}
		for _, u := range info.Plugin.Recipe.Unsupported {
			if u.System == s.system && u.Covers(info.Release) {
				answer, why = "no", u.Reason
			}
		}
		rows = append(rows, []string{s.name, answer, why})
	}
	p.rows(rows)
}

func (p *infoPage) steps(system string, steps []recipe.Step) {
	if len(steps) == 0 {
		return
	}
	p.head("Wired, with the " + system)
	var rows [][]string
	for _, s := range steps {
		rows = append(rows, []string{string(s.Kind()), stepText(s)})
	}
	for i, line := range columns(rows) {
		p.WriteString("  " + line + "\n")
		p.WriteString("    " + steps[i].Why + "\n")
		for from := range strings.SplitSeq(steps[i].From, "; ") {
			if from != "" {
				p.WriteString("    " + p.style.Dim("from "+from) + "\n")
			}
		}
	}
}

// leftOut are the extensions that no step hangs.
func (p *infoPage) leftOut(extensions []derive.Extension) {
	headed := false
	for _, e := range extensions {
		if e.Wired || e.LeftOut == "" {
			continue
		}
		if !headed {
			p.head("Left out")
			headed = true
		}
		name := e.Export
		if name == "" {
			name = e.ID
		}
		p.printf("  %s: %s\n    %s\n", name, e.LeftOut, p.style.Dim("from "+e.From))
	}
}

func (p *infoPage) choices(choices []derive.Choice) {
	for _, line := range choiceLines(p.style, choices) {
		p.WriteString("  " + line + "\n")
	}
}

const manyKeys = 40 // keys of configuration that are printed

func (p *infoPage) config(keys []configKey, here recipe.Recipe) {
	var rows [][]string
	more := 0
	for _, k := range keys {
		if k.group && k.Deprecated == "" {
			continue
		}
		if len(rows) == manyKeys {
			more++
			continue
		}
		var marks []string
		if k.Always {
			marks = append(marks, "required")
		} else if k.Required {
			marks = append(marks, "required there")
		}
		if k.Secret {
			marks = append(marks, "secret")
		}
		if k.Deprecated != "" {
			marks = append(marks, "deprecated")
		}
		rows = append(rows, []string{k.Path, k.Type, strings.Join(marks, ", "), firstSentence(k.Description)})
	}
	if len(rows) > 0 {
		p.head("Configuration that it reads")
		p.rows(rows)
		if more > 0 {
			p.printf("  and %s, which --json has\n", count(more, "more key"))
		}
	}
	if len(here.Config) > 0 {
		p.head("Configuration that add writes")
		for _, c := range here.Config {
			p.printf("  %s: %s\n", strings.Join(c.Path, "."), c.Why)
		}
	}
	rows = nil
	for _, e := range here.Env {
		mark := ""
		if e.Secret {
			mark = "secret"
		}
		if e.Optional {
			mark = strings.TrimPrefix(mark+", optional", ", ")
		}
		rows = append(rows, []string{e.Name, mark, e.Description})
	}
	if len(rows) > 0 {
		p.head("Environment")
		p.rows(rows)
	}
}

// firstSentence is the beginning of a description, on one line.
func firstSentence(text string) string {
	const longest = 100
	line := strings.Join(strings.Fields(text), " ")
	if i := strings.Index(line, ". "); i > 0 {
		line = line[:i+1]
	}
	if runes := []rune(line); len(runes) > longest {
		line = strings.TrimRight(string(runes[:longest]), " ,.") + " …"
	}
	return line
}

func (p *infoPage) entities(here recipe.Recipe) {
	var rows [][]string
	for _, a := range here.Annotations {
		mark := ""
		if a.Optional {
			mark = "optional"
		}
		rows = append(rows, []string{a.Name, a.Example, mark, a.Description})
	}
	if len(rows) > 0 {
		p.head("Annotations of entities")
		p.rows(rows)
	}
}

func (p *infoPage) needs(here recipe.Recipe, derived *derivedJSON) {
	var rows [][]string
	for _, q := range here.Requires {
		rows = append(rows, []string{"plugin", q.Package, q.Why})
	}
	for _, n := range here.Needs {
		rows = append(rows, []string{string(n.Kind), n.Name, n.Why})
	}
	if derived != nil {
		for _, s := range derived.Signals {
			rows = append(rows, []string{string(s.Kind), s.Name, s.Why})
		}
	}
	if len(rows) > 0 {
		p.head("Needs")
		p.rows(rows)
	}
	notes := here.Notes
	if derived != nil {
		notes = append(slices.Clone(notes), derived.Notes...)
	}
	if len(notes) > 0 {
		p.head("Notes")
		for _, n := range notes {
			p.WriteString("  " + n + "\n")
		}
	}
}
