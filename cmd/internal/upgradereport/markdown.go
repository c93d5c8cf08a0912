package upgradereport

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/manifest/template"
)

// Markdown is the report as the description of a pull request, of at most limit bytes, or of as
// many as it takes if limit is 0. Where it would be longer, the longest parts are shortened, and
// say so. A limit below some 2,000 bytes cannot be kept in full sentences: the text is cut there.
func Markdown(report Report, limit int) string {
	r := cleaned(report)
	sections := shortened(r.sections(r.breakingSections()), limit)
	if limit > 0 && sizeOf(sections) > limit {
		sections = shortened(r.sections([]*section{r.breakingList()}), limit)
	}
	var b strings.Builder
	for _, s := range sections {
		b.WriteString(s.text())
	}
	if limit > 0 && b.Len() > limit {
		return clip(b.String(), max(limit-len("…"), 0))
	}
	return b.String()
}

// shortened makes the longest sections shorter, until all fit.
func shortened(sections []*section, limit int) []*section {
	if limit <= 0 {
		return sections
	}
	sizes := make([]int, len(sections))
	all := 0
	for i, s := range sections {
		sizes[i] = len(s.text())
		all += sizes[i]
	}
	weight := func(i int) int { return sizes[i] / max(sections[i].rank, 1) }
	for all > limit {
		longest := -1
		for i, s := range sections {
			if s.shortest() {
				continue
			}
			if longest < 0 || weight(i) > weight(longest) {
				longest = i
			}
		}
		if longest < 0 {
			break
		}
		sections[longest].level++
		all -= sizes[longest]
		sizes[longest] = len(sections[longest].text())
		all += sizes[longest]
	}
	return sections
}

// section is a part of the report in Markdown.
type section struct {
	head  string // heading and what leads to the items
	items []item
	foot  string // after the items
	what  string // what an item is: "package"
	rank  int    // how much shorter than others it should stay, before it is shortened: 1 or more
	level int    // 0 is all; 1 has items in their short form, and each further one half as many
}

// item is a line, or several, in its full and in its short form.
type item struct{ long, short string }

func (s *section) kept() int {
	if s.level < 2 {
		return len(s.items)
	}
	return len(s.items) >> (s.level - 1)
}

func (s *section) shortest() bool { return len(s.items) == 0 || s.level > 1 && s.kept() == 0 }

func (s *section) text() string {
	var b strings.Builder
	b.WriteString(s.head)
	kept := s.kept()
	for _, it := range s.items[:kept] {
		if s.level > 0 {
			b.WriteString(it.short)
		} else {
			b.WriteString(it.long)
		}
	}
	b.WriteString(s.foot)
	switch rest := len(s.items) - kept; {
	case rest > 0:
		fmt.Fprintf(&b, "\n_Shortened: %s not shown here, to stay below the length that a description may have. The HTML report has everything._\n", isOrAre(rest, s.what))
	case s.level > 0 && s.differs():
		b.WriteString("\n_Shortened, to stay below the length that a description may have. The HTML report has everything._\n")
	}
	return b.String()
}

// differs says whether the short form of an item has less than the long one.
func (s *section) differs() bool {
	for _, it := range s.items {
		if it.short != it.long {
			return true
		}
	}
	return false
}

func isOrAre(n int, what string) string {
	if n == 1 {
		return "1 more " + what + " is"
	}
	return fmt.Sprintf("%d more %ss are", n, what)
}

func sizeOf(sections []*section) int {
	n := 0
	for _, s := range sections {
		n += len(s.text())
	}
	return n
}

func same(s string) item { return item{s, s} }

// sections are the parts of the report, in their order.
func (r *Report) sections(breaking []*section) []*section {
	var head strings.Builder
	fmt.Fprintf(&head, "# %s\n\n| | |\n| --- | --- |\n", md(clip(r.Title(), 200)))
	for _, f := range r.summary() {
		fmt.Fprintf(&head, "| %s | %s |\n", f.name, cellWords(clip(f.words, 600)))
	}
	if links := r.links(); len(links) > 0 {
		fmt.Fprintf(&head, "| Links | %s |\n", mdLinks(links))
	}
	all := []*section{{head: head.String()}}
	add := func(list ...*section) {
		for _, s := range list {
			if len(s.items) > 0 {
				all = append(all, s)
			}
		}
	}
	add(r.tasksSection(), r.commandsSection())
	add(breaking...)
	add(r.templateSections()...)
	add(r.packageSections()...)
	add(r.nodeSection(), r.duplicatesSection(), r.notesSection())
	return append(all, &section{head: "\n---\n\nMade by `batten upgrade`.\n"})
}

// links are those of the summary: the newest release's notes, and the template's changes.
func (r *Report) links() []Link {
	links := r.releaseNotes(4)
	for i := range links {
		links[i].Text = "notes of " + links[i].Text
	}
	if to := r.helper(); to != "" {
		links = append(links, Link{"what changed in the template", to})
	}
	return links
}

func mdLinks(links []Link) string {
	parts := make([]string, len(links))
	for i, l := range links {
		parts[i] = "[" + md(l.Text) + "](" + escapeURL(l.URL) + ")"
	}
	return strings.Join(parts, ", ")
}

func (r *Report) tasksSection() *section {
	s := &section{head: "\n## Left to do\n\n", what: "task", rank: 8}
	for _, t := range r.Tasks() {
		links := ""
		if len(t.Links) > 0 {
			links = ": " + mdLinks(t.Links)
		}
		s.items = append(s.items, item{
			"- [ ] " + mdWords(t.Words) + links + "\n",
			"- [ ] " + mdWords(clip(t.Words, 300)) + links + "\n",
		})
	}
	return s
}

func (r *Report) commandsSection() *section {
	s := &section{head: "\n## Commands\n\n", what: "command", rank: 4}
	for _, c := range r.Commands {
		line := "- " + mdCode(clip(c.Line, 300), inText) + " " + c.Did() + lead(": ", mdWords(c.Why)) + "\n"
		it := same(line)
		if len(c.Tail) > 0 {
			it.long += "\n" + prefixed(details("the last lines of its output", mdFence("", strings.Join(c.Tail, "\n"))), "  ", "  ") + "\n"
		}
		s.items = append(s.items, it)
	}
	return s
}

// details is a part that is closed until it is opened. summary is text between tags.
func details(summary, text string) string {
	return "<details><summary>" + summary + "</summary>\n\n" + strings.TrimRight(text, "\n") + "\n\n</details>\n"
}

// breakingSections have one section for each package.
func (r *Report) breakingSections() []*section {
	var all []*section
	for i, k := range r.Breaking {
		s := &section{what: "change"}
		if i == 0 {
			s.head = "\n## Breaking changes in what this app uses\n"
		}
		s.head += fmt.Sprintf("\n### %s %s to %s\n\n", mdCode(clip(k.Package, 300), inText), md(clip(k.From, 100)), md(clip(k.To, 100)))
		if len(k.Imports) > 0 {
			s.head += "Imported in " + mdWords(k.imported(12)) + ".\n\n"
		} else {
			s.head += "The frontend finds it by itself.\n\n"
		}
		for _, c := range k.Changes {
			s.items = append(s.items, changeItem(c))
		}
		all = append(all, s)
	}
	return all
}

// breakingList has the packages alone: there are so many that not even their headings fit.
func (r *Report) breakingList() *section {
	s := &section{head: "\n## Breaking changes in what this app uses\n\n", what: "package"}
	for _, k := range r.Breaking {
		s.items = append(s.items, same(fmt.Sprintf("- %s %s to %s: %s\n", mdCode(clip(k.Package, 300), inText), md(clip(k.From, 100)), md(clip(k.To, 100)), count(len(k.Changes), "change"))))
	}
	return s
}

// short says whether the text needs no title: it is a line.
func (c Change) short(blocks []block) bool {
	return len(c.Text) < 300 && (len(blocks) == 0 || isLine(blocks))
}

func changeItem(c Change) item {
	sure := ""
	if !c.Sure {
		sure = " (may break)"
	}
	title := "<b>" + md(clip(c.Version, 60)) + "</b>" + sure + " "
	blocks := prose(c.Text)
	more := ""
	if c.Link != "" {
		more = "\n[the change](" + escapeURL(c.Link) + ")\n"
	}
	short := "- " + title + mdInline(c.named(), inText) + "\n"
	if c.short(blocks) {
		if c.Link != "" {
			more = " ([the change](" + escapeURL(c.Link) + "))"
		}
		return item{"- " + title + strings.TrimRight(mdBlocks(blocks), "\n") + more + "\n", short}
	}
	long := details(title+mdInline(c.named(), inTags), mdBlocks(blocks)+more)
	return item{prefixed(long, "- ", "  "), short}
}

func (r *Report) templateSections() []*section {
	t := r.Template
	if t == nil {
		return nil
	}
	head := fmt.Sprintf("\n## Template\n\nWhat changed in the template of new apps from %s to %s%s.\n", md(t.From), md(t.To), lead(": ", mdWords(t.Why)))
	if t.Diff != "" {
		return []*section{{head: head + "\n", what: "diff", items: []item{{details("The changes, which are not merged", mdFence("diff", t.Diff)), "The changes are not merged.\n"}}}}
	}
	conflicts := &section{head: "\n### Conflicts\n\n", what: "conflict", rank: 2}
	for _, f := range t.of(template.Conflict) {
		for _, c := range f.Conflicts {
			conflicts.items = append(conflicts.items, conflictItem(c))
		}
	}
	files := &section{head: "\n| file | | |\n| --- | --- | --- |\n", what: "file", rank: 2}
	for _, s := range statuses {
		for _, f := range t.of(s.status) {
			row := "| " + mdCode(clip(f.Path, 400), inCell) + " | " + s.tally + " | "
			files.items = append(files.items, item{row + cellWords(f.words()) + " |\n", row + cellWords(clip(f.words(), 80)) + " |\n"})
		}
	}
	wiring := &section{head: "\n### Wiring\n\n", what: "piece", rank: 2}
	for _, p := range t.Pieces {
		wiring.items = append(wiring.items, pieceItem(p))
	}
	if len(conflicts.items)+len(wiring.items) > 0 {
		files.head = "\n### Files\n" + files.head
	}
	all := []*section{conflicts, wiring, files}
	for _, s := range all {
		if len(s.items) > 0 {
			s.head = head + s.head
			break
		}
	}
	return all
}

func pieceItem(p Piece) item {
	it := same("- " + mdWords(clip(p.Words, 600)) + "\n")
	if p.Manual != "" {
		it.long += "\n" + prefixed(details("how", mdFence("", p.Manual)), "  ", "  ") + "\n"
	}
	return it
}

// words says of a file where it is in the template, why it is as it is, and what was decided.
func (f File) words() string {
	var parts []string
	if f.From != "" {
		parts = append(parts, "`"+f.From+"` in the template")
	}
	if f.Why != "" && f.Status == template.Skipped {
		parts = append(parts, f.Why)
	}
	if n := len(f.Conflicts); n > 0 {
		parts = append(parts, count(n, "conflict"))
	}
	return strings.Join(append(parts, f.Notes...), "; ")
}

func (c Conflict) words() string {
	return lead2(codeOf(c.Key), ": ") + c.Why + "; " + policyWords(c.Policy)
}

func policyWords(policy string) string {
	switch policy {
	case "ours":
		return "your side is kept"
	case "markers":
		return "marked in the file"
	case "index":
		return "marked in the file, and the sides are in git's index"
	case "staged":
		return "left as you have it; the sides are in git's index"
	}
	return "left as you have it"
}

func conflictItem(c Conflict) item {
	short := "- " + mdCode(clip(c.String(), 400), inText) + " " + mdWords(clip(c.words(), 300)) + "\n"
	var b strings.Builder
	for _, side := range c.sides() {
		b.WriteString(side.title + ":\n\n")
		if side.Text == "" {
			continue
		}
		b.WriteString(mdFence("", side.Text) + "\n")
	}
	return item{"- " + mdCode(clip(c.String(), 400), inText) + " " + mdWords(c.words()) + "\n\n" + prefixed(details("the three sides", b.String()), "  ", "  ") + "\n", short}
}

type namedSide struct {
	title string
	Side
}

// sides are the three with their names and lines.
func (c Conflict) sides() []namedSide {
	all := []namedSide{{"Yours", c.Ours}, {"The template's", c.Theirs}, {"Before, in the template", c.Base}}
	for i := range all {
		all[i].title += ", " + template.Lines{From: all[i].First, To: all[i].Last}.String()
	}
	return all
}

// packageSections have a table for each kind, long ones closed.
func (r *Report) packageSections() []*section {
	const long = 12
	var all []*section
	heading := "\n## Versions\n"
	for _, k := range kinds {
		of := r.of(k.kind)
		if len(of) == 0 {
			continue
		}
		s := &section{head: heading + "\n### " + k.title + "\n\n", what: "package"}
		heading = ""
		if len(of) > long && k.kind != lockstep.Breaking {
			s.head += "<details><summary>" + count(len(of), "entr") + "</summary>\n\n"
			s.head = strings.Replace(s.head, "entrs<", "entries<", 1)
			s.foot = "\n</details>\n"
		}
		why := slices.ContainsFunc(of, func(p Package) bool { return p.Why != "" })
		if why {
			s.head += "| package | from | to | where | why |\n| --- | --- | --- | --- | --- |\n"
		} else {
			s.head += "| package | from | to | where |\n| --- | --- | --- | --- |\n"
		}
		for _, p := range of {
			s.items = append(s.items, packageItem(p, why))
		}
		all = append(all, s)
	}
	return all
}

// packageItem is a row, with a cell for the reason where the table has them.
func packageItem(p Package, withWhy bool) item {
	name := mdCode(clip(p.Name, 300), inCell)
	if p.NewName != "" {
		name += " is " + mdCode(clip(p.NewName, 300), inCell)
	}
	to := mdCode(clip(p.To, 200), inCell)
	if to == "" {
		to = "stays" + lead(", not ", mdCode(clip(p.NotTaken, 200), inCell))
	}
	row := func(where, why string) string {
		cells := fmt.Sprintf("| %s | %s | %s | %s |", name, mdCode(clip(p.From, 200), inCell), to, md(where))
		if withWhy {
			cells += " " + cellWords(why) + " |"
		}
		return cells + "\n"
	}
	return item{row(strings.Join(p.Where, ", "), p.Why), row(clip(inOf(p.Where), 120), clip(p.Why, 120))}
}

func (r *Report) nodeSection() *section {
	s := &section{what: "place", rank: 4}
	if r.Node == nil || len(r.Node.Places) == 0 {
		return s
	}
	s.head = fmt.Sprintf("\n## Node\n\nBackstage %s supports Node %s.\n\n| where | as written | | |\n| --- | --- | --- | --- |\n", md(r.To), mdCode(r.Node.Range, inText))
	for _, p := range r.Node.Places {
		s.items = append(s.items, same(fmt.Sprintf("| %s | %s | %s | %s |\n", mdCode(clip(p.String(), 300), inCell), mdCode(clip(p.Text, 100), inCell), cellWords(p.Becomes()), cellWords(clip(p.Why, 300)))))
	}
	return s
}

// Becomes says what a place is, or should be.
func (p NodePlace) Becomes() string {
	switch {
	case p.Fixed:
		return "is `" + p.New + "` now"
	case p.New != "":
		return "should be `" + p.New + "`"
	}
	return "for you to decide"
}

func (r *Report) duplicatesSection() *section {
	s := &section{head: "\n## There more than once\n\n| package | versions | |\n| --- | --- | --- |\n", what: "package", rank: 4}
	for _, d := range r.Duplicates {
		s.items = append(s.items, same(fmt.Sprintf("| %s | %s | %s |\n", mdCode(clip(d.Name, 300), inCell), md(clip(strings.Join(d.After, ", "), 200)), cellWords(clip(d.Words(), 600)))))
	}
	return s
}

// Words says how bad it is, and what helps.
func (d Duplicate) Words() string {
	if len(d.After) < 2 {
		return "there once after the upgrade"
	}
	weight := "may be there twice, which costs size"
	if d.Must {
		weight = "must be there once: " + d.Why
	}
	switch {
	case d.Dedupe != "" && !d.Must:
		return weight + "; `" + d.Dedupe + "` makes it one"
	case d.Hint != "":
		return weight + "; " + d.Hint
	}
	return weight
}

func (r *Report) notesSection() *section {
	s := &section{head: "\n## Notes\n\n", what: "note", rank: 4}
	for _, n := range r.Notes {
		place := lead2(mdCode(n.Place.String(), inText), ": ")
		long := "- " + place + mdWords(n.sentence()) + "." + lead(" ", mdWords(n.Manual)) + "\n"
		s.items = append(s.items, item{long, "- " + place + mdWords(clip(n.sentence(), 300)) + "\n"})
	}
	return s
}
