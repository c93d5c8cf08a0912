package upgradereport

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page's parts
	"encoding/base64"
	"html/template"
	"strings"

	"github.com/batten-dev/batten/manifest/lockstep"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// HTML is the report as a page that is complete in itself.
func HTML(report Report) ([]byte, error) {
	r := cleaned(report)
	t, err := template.New("page").Funcs(template.FuncMap{
		"words": words, "inlines": inlines, "prose": prose, "join": strings.Join, "isLine": isLine, "named": Change.named,
	}).Parse(pageHTML)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, newPage(&r))
	return b.Bytes(), err
}

// page is what the template is given.
type page struct {
	*Report
	CSS      template.CSS
	Policy   string
	Facts    []pageFact
	Links    []Link
	Tasks    []Task
	Contents []pageContent
	Breaking []pageBreaking
	Kinds    []pageKind
	Files    []pageFiles
	Diff     []diffLine
	Clashes  []pageConflict
}

type pageFact struct{ Name, Words string }

// pageContent is a line of the table of contents.
type pageContent struct {
	ID, Title string
	Count     int
}

type pageBreaking struct {
	Breaking
	ID      string
	Changes []pageChange
}

type pageChange struct {
	Change
	Short bool // the text is no more than the title
}

type pageKind struct {
	Title    string
	Open     bool
	Packages []Package
}

type pageFiles struct {
	Title string
	Files []pageFile
}

type pageFile struct {
	File
	Words string
}

type pageConflict struct {
	Conflict
	Words string
	Sides []pageSide
}

type pageSide struct{ Title, Text string }

// diffLine is a line of a diff; Kind is "add", "del", "at", "file" or "".
type diffLine struct{ Kind, Text string }

func newPage(r *Report) page {
	sum := sha256.Sum256([]byte(pageCSS))
	p := page{Report: r, CSS: template.CSS(pageCSS), Links: r.links(), Tasks: r.Tasks(), //nolint:gosec // the page's own
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; base-uri 'none'; form-action 'none'"}
	for _, f := range r.summary() {
		p.Facts = append(p.Facts, pageFact{f.name, f.words})
	}
	add := func(id, title string, count int) {
		if count > 0 {
			p.Contents = append(p.Contents, pageContent{id, title, count})
		}
	}
	add("tasks", "Left to do", len(p.Tasks))
	add("commands", "Commands", len(r.Commands))
	changes := 0
	for i, b := range r.Breaking {
		pb := pageBreaking{Breaking: b, ID: breakingID(i)}
		for _, c := range b.Changes {
			pb.Changes = append(pb.Changes, pageChange{c, c.short(prose(c.Text))})
		}
		changes += len(b.Changes)
		p.Breaking = append(p.Breaking, pb)
	}
	add("breaking", "Breaking changes", changes)
	if t := r.Template; t != nil {
		n := len(t.Files) + len(t.Pieces)
		for _, s := range statuses {
			of := pageFiles{Title: s.title}
			for _, f := range t.of(s.status) {
				of.Files = append(of.Files, pageFile{f, f.words()})
				for _, c := range f.Conflicts {
					p.Clashes = append(p.Clashes, newConflict(c))
				}
			}
			if len(of.Files) > 0 {
				p.Files = append(p.Files, of)
			}
		}
		if t.Diff != "" {
			p.Diff = diffLines(t.Diff)
			n = 1
		}
		add("template", "Template", n)
	}
	for _, k := range kinds {
		if of := r.of(k.kind); len(of) > 0 {
			p.Kinds = append(p.Kinds, pageKind{k.title, len(of) <= 12 || k.kind == lockstep.Breaking, of})
		}
	}
	add("versions", "Versions", len(r.Packages))
	if r.Node != nil {
		add("node", "Node", len(r.Node.Places))
	}
	add("duplicates", "There more than once", len(r.Duplicates))
	add("notes", "Notes", len(r.Notes))
	return p
}

func newConflict(c Conflict) pageConflict {
	pc := pageConflict{Conflict: c, Words: c.words()}
	for _, s := range c.sides() {
		pc.Sides = append(pc.Sides, pageSide{s.title, s.Text})
	}
	return pc
}

func diffLines(diff string) []diffLine {
	var lines []diffLine
	for line := range strings.Lines(diff) {
		kind := ""
		switch {
		case strings.HasPrefix(line, "diff ") || strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "+++ "):
			kind = "file"
		case strings.HasPrefix(line, "@@"):
			kind = "at"
		case strings.HasPrefix(line, "+"):
			kind = "add"
		case strings.HasPrefix(line, "-"):
			kind = "del"
		}
		lines = append(lines, diffLine{kind, line})
	}
	return lines
}

// isLine says whether blocks are one paragraph.
func isLine(blocks []block) bool { return len(blocks) == 1 && blocks[0].kind == paragraph }

// The rest is for the page's template, which sees methods alone.

// Words are the summary as a sentence.
func (n Note) Words() string { return n.sentence() }

// Kind is the name of the block's kind.
func (b block) Kind() string {
	return [...]string{"p", "h", "code", "ul", "ol", "quote"}[b.kind]
}

// Words are a paragraph's or a heading's.
func (b block) Words() []inline { return b.words }

// Code is the text of code.
func (b block) Code() string { return b.code }

// Diff are the lines of code that is a diff; none of other code.
func (b block) Diff() []diffLine {
	if b.lang != "diff" {
		return nil
	}
	return diffLines(b.code)
}

// First is the number of the first item.
func (b block) First() int { return b.first }

// Items are those of a list; of a quote, the one.
func (b block) Items() [][]block { return b.items }

// Kind is the name of the piece's kind.
func (p inline) Kind() string {
	return [...]string{"text", "code", "b", "i", "a"}[p.kind]
}

// Text is that of text and code.
func (p inline) Text() string { return p.text }

// Kids are the pieces in it.
func (p inline) Kids() []inline { return p.kids }

// URL is a link's address: pieces has checked that it is one of the web.
func (p inline) URL() string { return p.url }
