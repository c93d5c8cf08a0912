package upgradereport

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// The tags that a report is made of are of a fixed number, whatever is in its strings.
var (
	htmlTag    = regexp.MustCompile(`</?[A-Za-z!][^<>]*>?`)
	addressTag = regexp.MustCompile(`<https?://[^\s<>"'|\\^{}]+>`)
	mdTag      = regexp.MustCompile(`</?(?:details|summary|b|i|code)>`)
)

// unquoted is Markdown without the code in it, where tags are text.
func unquoted(t *testing.T, text string) string {
	t.Helper()
	var out []string
	fence := ""
	for line := range strings.Lines(text) {
		bare := strings.TrimLeft(line, " >-0123456789.")
		switch {
		case fence == "" && strings.HasPrefix(bare, "```"):
			fence = bare[:len(bare)-len(strings.TrimLeft(bare, "`"))]
			continue
		case fence != "" && strings.TrimSpace(bare) == fence:
			fence = ""
			continue
		case fence != "":
			continue
		}
		// Code in a line: what is between two backticks, as nothing else has any.
		parts := strings.Split(line, "`")
		if len(parts)%2 == 0 {
			t.Errorf("a backtick alone in %q", line)
		}
		for i := 0; i < len(parts); i += 2 {
			out = append(out, parts[i])
		}
		out = append(out, "\n")
	}
	if fence != "" {
		t.Errorf("code that does not end")
	}
	return strings.Join(out, "")
}

// judge looks for markup that comes from the strings of a report.
func judge(t *testing.T, r Report) {
	t.Helper()
	md := Markdown(r, Limit)
	if len(md) > Limit {
		t.Errorf("the Markdown has %d bytes", len(md))
	}
	text := addressTag.ReplaceAllString(unquoted(t, md), "")
	for _, tag := range htmlTag.FindAllString(text, -1) {
		if !mdTag.MatchString(tag) {
			t.Errorf("%q is in the Markdown", tag)
		}
	}
	for _, name := range []string{"details", "summary", "b", "i", "code"} {
		if a, b := strings.Count(text, "<"+name+">"), strings.Count(text, "</"+name+">"); a != b {
			t.Errorf("the Markdown has %d <%s> and %d </%s>", a, name, b, name)
		}
	}
	if at := regexp.MustCompile(`[@#][\pL\pN]`).FindString(regexp.MustCompile(`\]\([^)\s]*\)|&#\d+;`).ReplaceAllString(text, " ")); at != "" {
		t.Errorf("the Markdown mentions somebody or something: %q", at)
	}
	width := 0
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			width = 0
			continue
		}
		if n := strings.Count(line, "|"); width == 0 {
			width = n
		} else if n != width {
			t.Errorf("a row has %d bars and not %d: %q", n, width, line)
		}
	}

	page, err := HTML(r)
	if err != nil {
		t.Fatal(err)
	}
	if !utf8.Valid(page) || !utf8.ValidString(md) {
		t.Error("it is no UTF-8")
	}
	_, body, _ := strings.Cut(string(page), "<body>")
	open := map[string]int{}
	for _, tag := range regexp.MustCompile(`<(/?)([A-Za-z0-9!-]+)`).FindAllStringSubmatch(body, -1) {
		if !strings.Contains(" a header h1 h2 h3 dl div dt dd nav ul li b i code main section label input span p details summary pre figure figcaption table caption thead tbody tr th td footer body html blockquote ol ", " "+tag[2]+" ") {
			t.Errorf("the page has <%s>", tag[2])
		}
		if tag[1] == "" {
			open[tag[2]]++
		} else {
			open[tag[2]]--
		}
	}
	for name, n := range open {
		if n != 0 && name != "input" && name != "body" && name != "html" {
			t.Errorf("%d <%s> of the page are not closed", n, name)
		}
	}
	for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if !strings.HasPrefix(link[1], "#") && !strings.HasPrefix(link[1], "https://") && !strings.HasPrefix(link[1], "http://") {
			t.Errorf("the page leads to %q", link[1])
		}
	}
}

func TestNoStringBreaksOut(t *testing.T) {
	for name, r := range reports() {
		t.Run(name, func(t *testing.T) { judge(t, r) })
	}
	for _, s := range hostileStrings {
		t.Run(s, func(t *testing.T) { judge(t, hostile(s)) })
	}
}

var hostileStrings = []string{
	"", " ", "`", "``", "```", "````\n", "|", "||", "\\|", "a\\", "\\`", "</details>", "</summary>", "<script>alert(1)</script>", "<!--", "-->", "<![CDATA[",
	"\n\n# heading\n\n", "- [x] done", "1. one", "1)", "===", "---", "> quote", "    code", "\t", "@someone", "#1", "GH-1", "&lt;script&gt;", "&#60;", "[a](javascript:alert(1))",
	"[a](https://example.com/\"onclick=\"x)", "<https://example.com/<b>>", "<javascript:alert(1)>", "![x](https://example.com/x.png)", "https://example.com/`|<b>", "**bold", "_a_ *b* __c__ ***d***",
	"```html\n</details>\n", "~~~\n<b>\n```", "- a\n  - b\n    - c\n      - d\n        - e\n          - f\n            - g\n              - h", "> > > > > > > > x",
	"| a |\n| - |\n| b |", "\x1b[31mred\x1b[0m\x00\u202e", "\xff\xfe", "\r\n|\r", "a\u2028b", "$x$", "~~gone~~", "[^1]", "{{.}}", "<a href='", "x`y`z`", "[`](https://example.com/`)", "**`**`", "*`*", "```x```", "`` ` ``",
	"1234567890. a\n99. b", "[x]: https://example.com", strings.Repeat("long", 60), "a|b\n-|-\n1|2", "@a/b `@c/d` @e/f.", "http://user@example.com/", "https://[::1", "- ", "-\n-\n", "1.\n2.", ">", "#", "##### #", "!https://example.com/", "!@a/b",
}

func FuzzNoStringBreaksOut(f *testing.F) {
	for _, s := range hostileStrings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 {
			return
		}
		judge(t, hostile(s))
	})
}

// Nothing of a change log gets lost.
func FuzzProseKeepsWords(f *testing.F) {
	for _, s := range hostileStrings {
		f.Add(s)
	}
	f.Add(made().Breaking[0].Changes[0].Text)
	word := regexp.MustCompile(`[A-Za-z]{3,}`)
	address := regexp.MustCompile("[<(\\[]|https?:|```|~~~|&")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 || address.MatchString(s) { // what an address or a language may be written otherwise
			return
		}
		s = clean(s)
		got := strings.Join(word.FindAllString(strings.NewReplacer("<b>", " ", "</b>", " ", "<i>", " ", "</i>", " ", "<code>", " ", "</code>", " ").Replace(mdBlocks(prose(s))), -1), "")
		if want := strings.Join(word.FindAllString(s, -1), ""); len(want) > 0 && !strings.Contains(got, want) && len(got) < len(want) {
			t.Errorf("%q became %q", s, mdBlocks(prose(s)))
		}
	})
}

func TestMarkdownStaysBelowItsLimit(t *testing.T) {
	big := made()
	for i := range 400 {
		p := big.Packages[i%4]
		p.Name = fmt.Sprintf("%s-%d", p.Name, i)
		big.Packages = append(big.Packages, p)
		b := big.Breaking[i%2]
		b.Package = fmt.Sprintf("%s-%d", b.Package, i)
		big.Breaking = append(big.Breaking, b)
		big.Template.Files = append(big.Template.Files, big.Template.Files[i%8])
		big.Notes = append(big.Notes, big.Notes[i%2])
	}
	some := made()
	for range 60 {
		some.Breaking = append(some.Breaking, some.Breaking[0])
	}
	for name, r := range map[string]Report{"big": big, "some": some, "hostile": hostile(strings.Repeat("|`<", 3000))} {
		t.Run(name, func(t *testing.T) {
			full := Markdown(r, 0)
			if len(full) <= Limit {
				t.Fatalf("it has only %d bytes", len(full))
			}
			if strings.Contains(full, "Shortened") {
				t.Error("it is shortened without a limit")
			}
			for _, limit := range []int{Limit, 20000} {
				got := Markdown(r, limit)
				if len(got) > limit {
					t.Errorf("%d bytes, and %d are the limit", len(got), limit)
				}
				if len(got) < limit/3 {
					t.Errorf("only %d bytes of %d", len(got), limit)
				}
				if !strings.Contains(got, "Shortened") || !strings.Contains(got, "## Left to do") {
					t.Errorf("it does not say that it is shortened, or what is left")
				}
			}
			judge(t, r)
		})
	}
	if got := Markdown(big, 50); len(got) > 50 {
		t.Errorf("%d bytes", len(got))
	}
}
