package upgradereport

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// rendered is Markdown as those show it who take all HTML that is in it.
func rendered(t *testing.T, markdown string) string {
	t.Helper()
	var b bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte(markdown), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var openTag = regexp.MustCompile(`<([A-Za-z][A-Za-z0-9]*)`)

// skeleton counts the elements that no string of a report may add or take away.
func skeleton(page string) map[string]int {
	n := map[string]int{}
	for _, tag := range openTag.FindAllStringSubmatch(page, -1) {
		switch tag[1] {
		case "h1", "h2", "h3", "table", "tr", "td", "th", "input", "details", "summary", "hr":
			n[tag[1]]++
		case "p", "ul", "ol", "li", "code", "pre", "b", "i", "a", "strong", "em", "blockquote", "br", "thead", "tbody", "del":
		default:
			n["other: "+tag[1]]++
		}
	}
	return n
}

// expected is the skeleton of a report with one harmless word in all places, with the changes
// whose texts are shown whole instead of folded.
func expected(t *testing.T, s string) map[string]int {
	t.Helper()
	n := skeleton(rendered(t, Markdown(hostile("word"), 0)))
	harmless, r := hostile("word"), cleaned(hostile(s))
	for i, c := range r.Breaking[0].Changes {
		was := harmless.Breaking[0].Changes[i]
		for _, of := range []struct {
			c  Change
			by int
		}{{was, -1}, {c, 1}} {
			if !of.c.short(prose(of.c.Text)) {
				n["details"] += of.by
				n["summary"] += of.by
			}
		}
	}
	return n
}

// judgeRendered sees that a string at every place of a report is text there, as a parser of Markdown
// other than ours understands it.
func judgeRendered(t *testing.T, s string) {
	t.Helper()
	if visible := strings.TrimSpace(clean(s)); visible == "" {
		return // with nothing in it, some parts are not there
	}
	got, want := skeleton(rendered(t, Markdown(hostile(s), 0))), expected(t, s)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q makes %v, and harmless text %v", s, got, want)
	}
	page := rendered(t, Markdown(hostile(s), 0))
	for _, link := range regexp.MustCompile(`<[a-z]+ [^<>]*(?:href|src)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(link[1], "https://") && !strings.HasPrefix(link[1], "http://") {
			t.Errorf("%q makes a link to %q", s, link[1])
		}
	}
}

func TestStringsAreTextOnceRendered(t *testing.T) {
	for _, s := range hostileStrings {
		t.Run(s, func(t *testing.T) { judgeRendered(t, s) })
	}
}

func FuzzStringsAreTextOnceRendered(f *testing.F) {
	for _, s := range hostileStrings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1000 {
			return
		}
		judgeRendered(t, s)
	})
}

// What is shown of a report has its tasks, rows and headings.
func TestRenderedMarkdownHasAllParts(t *testing.T) {
	r := made()
	page := rendered(t, Markdown(r, 0))
	n := skeleton(page)
	if n["input"] != len(r.Tasks()) {
		t.Errorf("%d boxes, %d tasks", n["input"], len(r.Tasks()))
	}
	rows := len(r.summary()) + 1 + len(r.Packages) + len(r.Template.Files) + len(r.Node.Places) + len(r.Duplicates)
	if got := n["tr"] - n["table"]; got != rows {
		t.Errorf("%d rows, want %d", got, rows)
	}
	if n["details"] != strings.Count(page, "</details>") || n["details"] != 5 {
		t.Errorf("%d closed parts", n["details"])
	}
	if n["h2"] != 8 {
		t.Errorf("%d headings", n["h2"])
	}
}
