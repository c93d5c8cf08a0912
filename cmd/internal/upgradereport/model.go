package upgradereport

import (
	"fmt"
	"strings"
	"time"

	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/manifest/template"
	"github.com/batten-dev/batten/registry/npmver"
)

// Limit is how many characters GitHub takes as the description of a pull request.
const Limit = 65536

// Outcome is how far an upgrade came.
type Outcome uint8

// The outcomes.
const (
	Planned  Outcome = iota // nothing is changed yet
	Made                    // the files are changed, and what was to be run has run
	Failed                  // the files are changed, and something failed after that; see Report.Problem
	Stopped                 // something failed before anything was changed; see Report.Problem
	Needless                // there was nothing to change
)

// Report is what there is to tell of an upgrade. Strings called "words" are sentences or clauses
// in which `backticks` are around code.
type Report struct {
	From, To string // releases; From is "" if not known
	Outcome  Outcome
	Problem  string // words: why it stopped or failed; "" if it did not

	Changed, Added, Deleted int // files

	Packages   []Package
	Breaking   []Breaking
	Template   *Template // nil if the template was left out
	Node       *Node     // nil if not known
	Duplicates []Duplicate
	Commands   []Command // in the order of their runs
	Notes      []Note
}

// Package is a dependency that comes to another version, or stays.
type Package struct {
	Name    string
	NewName string // if it moved
	From    string // specifiers, or versions where specifiers do not say them
	To      string // "" if it stays

	NotTaken string // of one that stays: the version that it could come to, if there is one
	Kind     lockstep.Kind
	Where    []string // workspaces and files
	Why      string   // words; "" if there is nothing to say
}

// Place is a line of a file.
type Place struct {
	File string // slash path from the root
	Line int    // 1-based; 0 for the whole file
}

func (p Place) String() string {
	if p.Line <= 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Breaking are the changes of one package that may break the app.
type Breaking struct {
	Package, From, To string
	Imports           []Place // none if the frontend finds the package by itself
	Changes           []Change
}

// Sure counts the changes that are called breaking, or came with a major version.
func (b Breaking) Sure() int {
	n := 0
	for _, c := range b.Changes {
		if c.Sure {
			n++
		}
	}
	return n
}

// Change is an entry of a change log.
type Change struct {
	Version string
	Sure    bool   // it is called breaking, or came with a major version; else it is a minor change below 1.0.0
	Title   string // words
	Text    string // Markdown
	Link    string // address of the change; "" if not known
}

// Template is what became of the changes in the template of new apps.
type Template struct {
	From, To string // releases
	Why      string // words: how the app's layout and release are known
	Diff     string // unified, where the changes are shown and not merged
	Files    []File
	Pieces   []Piece
}

// Piece is a piece of wiring (a route, a backend feature) that the template changed, and that did
// not come with its file.
type Piece struct {
	Words  string // what it is, and what became of it
	Open   bool   // it is left for a person
	Manual string // how: lines of text or code; "" if that is not known
}

// open are the pieces that are left for a person.
func (t *Template) open() []Piece {
	var of []Piece
	for _, p := range t.Pieces {
		if p.Open {
			of = append(of, p)
		}
	}
	return of
}

// File is what became of one file.
type File struct {
	Path      string
	From      string // its path in the template, if the app moved it
	Status    template.Status
	Why       string // words
	Look      bool   // it was skipped, and a person should look at it
	Notes     []string
	Conflicts []Conflict
}

// Conflict is a place that both the app and the template changed.
type Conflict struct {
	Place               // in the app as it was
	Key          string // of files merged by key
	Why          string // words
	Policy       string // what was done with it, as Template.Policy
	Base         Side
	Ours, Theirs Side
}

// Side is one side of a conflict.
type Side struct {
	First, Last int // lines; Last is before First if there are none
	Text        string
}

// Node is which Node a release supports, and what the repository says.
type Node struct {
	Range  string
	Places []NodePlace
}

// NodePlace is a place that says another version of Node.
type NodePlace struct {
	Place
	Text  string // as written
	New   string // what it is to be; "" if there is no proposal
	Fixed bool   // it is New now
	Why   string // words
}

// Duplicate is a package that should be there once.
type Duplicate struct {
	Name   string
	Why    string   // words: it should be there once
	Must   bool     // the app may break with two
	After  []string // versions after the upgrade; one if the upgrade mends it
	Hint   string   // words: what makes them one
	Dedupe string   // the command that makes them one; "" if none does
}

// Result is what came of a command.
type Result uint8

// The results.
const (
	NotRun Result = iota // see Command.Why
	Passed
	Broken
)

// Command is a command that was run, or would have been.
type Command struct {
	Line   string // as typed in a shell
	Result Result
	Status int // of a broken one; -1 if it did not exit by itself
	Took   time.Duration
	Tail   []string // the last lines of a broken one's output
	Why    string   // words: why it was not run, or what it is good for
	ToDo   bool     // it was not run, and should be
}

// Note is something else that is worth knowing.
type Note struct {
	Place   Place  // if it is about a file
	Summary string // words, without a full stop
	Manual  string // words: sentences
	ToDo    bool   // Manual says what a person should do
}

// Link is an address with a name.
type Link struct{ Text, URL string }

// releaseNotes are the addresses of what Backstage says of the releases of an upgrade, each minor
// release on the way, at most most of them, the newest first. Backstage has a page for each minor
// release, and a tag for every release.
func (r *Report) releaseNotes(most int) []Link {
	to, err := npmver.ParseVersion(r.To)
	if err != nil || to.Major() != 1 {
		return nil
	}
	var links []Link
	first := to.Minor()
	if from, err := npmver.ParseVersion(r.From); err == nil && from.Major() == 1 && from.Minor() < to.Minor() {
		first = from.Minor() + 1
	} else if err == nil && to.Patch() > 0 {
		first = to.Minor() + 1
	}
	switch {
	case to.Prerelease() != "":
		links = append(links, Link{r.To, fmt.Sprintf("https://backstage.io/docs/releases/v%s-changelog", r.To)})
		if to.Minor() == 0 {
			return links
		}
		to, err = npmver.ParseVersion(fmt.Sprintf("1.%d.0", to.Minor()-1))
		if err != nil {
			return links
		}
	case to.Patch() > 0:
		links = append(links, Link{r.To, "https://github.com/backstage/backstage/releases/tag/v" + r.To})
	}
	for minor := int(to.Minor()); minor >= int(first) && len(links) < most; minor-- {
		v := fmt.Sprintf("1.%d.0", minor)
		links = append(links, Link{v, "https://backstage.io/docs/releases/v" + v})
	}
	return links
}

// helper is the address of the page that shows what changed in the template, as the official CLI
// gives it.
func (r *Report) helper() string {
	for _, v := range []string{r.From, r.To} {
		if _, err := npmver.ParseVersion(v); err != nil {
			return ""
		}
	}
	if r.From == r.To {
		return ""
	}
	return fmt.Sprintf("https://backstage.github.io/upgrade-helper/?from=%s&to=%s", r.From, r.To)
}

// Title is the report's.
func (r *Report) Title() string {
	if r.From == "" || r.From == r.To {
		return "Backstage " + r.To
	}
	return "Backstage " + r.From + " to " + r.To
}

// fact is a line of the summary.
type fact struct{ name, words string }

// summary is the report in a few lines.
func (r *Report) summary() []fact {
	facts := []fact{{"State", r.state()}}
	add := func(name, words string) {
		if words != "" {
			facts = append(facts, fact{name, words})
		}
	}
	add("Files", r.changed())
	add("Packages", r.tally())
	if n, sure := len(r.Breaking), 0; n > 0 {
		for _, b := range r.Breaking {
			sure += b.Sure()
		}
		add("Breaking changes", fmt.Sprintf("%d in %s that this app uses", sure, count(n, "package")))
		if sure == 0 {
			facts[len(facts)-1].words = "none is called one; " + count(n, "package") + " that this app uses may break"
		}
	}
	if t := r.Template; t != nil {
		add("Template", t.tally())
	}
	if r.Node != nil {
		wrong := 0
		for _, p := range r.Node.Places {
			if !p.Fixed {
				wrong++
			}
		}
		words := "`" + r.Node.Range + "`"
		switch {
		case wrong == 1:
			words += "; 1 place says another"
		case wrong > 1:
			words += fmt.Sprintf("; %d places say another", wrong)
		}
		add("Node", words)
	}
	var ran []string
	for _, c := range r.Commands {
		ran = append(ran, "`"+c.Line+"` "+c.Did())
	}
	add("Commands", strings.Join(ran, ", "))
	return facts
}

// changed counts the files.
func (r *Report) changed() string {
	var parts []string
	for _, c := range [...]struct {
		n    int
		what string
	}{{r.Changed, "change"}, {r.Added, "add"}, {r.Deleted, "delete"}} {
		what := strings.TrimSuffix(c.what, "e") + "ed"
		if r.Outcome == Planned || r.Outcome == Stopped {
			what = "to " + c.what
		}
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, what))
		}
	}
	return strings.Join(parts, ", ")
}

func (r *Report) state() string {
	switch r.Outcome {
	case Made:
		for _, c := range r.Commands {
			if c.ToDo {
				return "the files are changed; `" + c.Line + "` is still to be run"
			}
		}
		return "done"
	case Failed:
		return "the files are changed, but: " + r.Problem
	case Stopped:
		return "nothing is changed: " + r.Problem
	case Needless:
		return "there is nothing to change"
	}
	return "planned; nothing is changed yet"
}

// Did says in words what came of a command.
func (c Command) Did() string {
	switch {
	case c.Result == Passed:
		return "passed in " + took(c.Took)
	case c.Result == Broken && c.Status < 0:
		return "was stopped after " + took(c.Took)
	case c.Result == Broken:
		return fmt.Sprintf("failed with status %d after %s", c.Status, took(c.Took))
	}
	return "not run"
}

func took(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
}

// kinds are those of packages, in the order in which they are told, and their headings.
var kinds = [...]struct {
	kind  lockstep.Kind
	title string
	tally string
}{
	{lockstep.Breaking, "Breaking", "breaking"},
	{lockstep.Downgrade, "Lower", "lower"},
	{lockstep.Moved, "Moved", "moved"},
	{lockstep.Minor, "Minor", "minor"},
	{lockstep.Patch, "Patch", "patch"},
	{lockstep.Same, "Written otherwise", "written otherwise"},
	{lockstep.Removed, "No longer in the release", "no longer in the release"},
	{lockstep.Held, "Held back", "held back"},
}

func (r *Report) of(kind lockstep.Kind) []Package {
	var of []Package
	for _, p := range r.Packages {
		if p.Kind == kind {
			of = append(of, p)
		}
	}
	return of
}

// tally counts packages by kind, each once.
func (r *Report) tally() string {
	var parts []string
	for _, k := range kinds {
		names := map[string]bool{}
		for _, p := range r.of(k.kind) {
			names[p.Name] = true
		}
		if len(names) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", len(names), k.tally))
		}
	}
	if len(parts) == 0 {
		return "every package has the release's version"
	}
	return strings.Join(parts, ", ")
}

// statuses are those of the template's files, in the order in which they are told.
var statuses = [...]struct {
	status template.Status
	title  string
	tally  string
}{
	{template.Conflict, "With conflicts", "with conflicts"},
	{template.Merged, "Merged", "merged"},
	{template.Added, "Added", "added"},
	{template.Deleted, "Deleted", "deleted"},
	{template.Skipped, "Left alone", "left alone"},
}

func (t *Template) of(status template.Status) []File {
	var of []File
	for _, f := range t.Files {
		if f.Status == status {
			of = append(of, f)
		}
	}
	return of
}

func (t *Template) tally() string {
	if t.Diff != "" {
		return "its changes are shown, and not merged"
	}
	var parts []string
	for _, s := range statuses {
		if n := len(t.of(s.status)); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s.tally))
		}
	}
	if len(parts) == 0 {
		return "nothing changed"
	}
	return strings.Join(parts, ", ")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
