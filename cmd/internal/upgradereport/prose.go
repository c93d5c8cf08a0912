package upgradereport

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// block is a part of a text that stands by itself.
type block struct {
	kind  blockKind
	words []inline // of a paragraph or heading
	code  string   // of code
	lang  string   // of code: letters and digits, "" if not said
	first int      // of a numbered list
	items [][]block
}

type blockKind uint8

const (
	paragraph blockKind = iota
	heading
	code
	bullets
	numbers
	quote // items[0]
)

// inline is a piece of a line.
type inline struct {
	kind inlineKind
	text string
	kids []inline // of strong, emphasis and link
	url  string   // of a link: http or https
}

type inlineKind uint8

const (
	plain inlineKind = iota
	codeSpan
	strong
	emphasis
	link
)

// deepest is how deep parts of a text may be in each other; what is deeper is text.
const deepest = 12

// prose reads Markdown, as change logs have it. HTML in it is text; so are pictures, and links that
// do not lead to the web.
func prose(markdown string) []block {
	src := []byte(markdown)
	r := proseReader{src}
	return r.blocks(goldmark.DefaultParser().Parse(text.NewReader(src)), 0)
}

// inlines reads a line of Markdown.
func inlines(line string) []inline {
	var all []inline
	for i, b := range prose(line) {
		if i > 0 {
			all = append(all, inline{kind: plain, text: " "})
		}
		all = append(all, b.flat()...)
	}
	return all
}

// flat is a block as a line.
func (b block) flat() []inline {
	all := b.words
	if b.kind == code {
		all = []inline{{kind: codeSpan, text: b.code}}
	}
	for _, item := range b.items {
		for _, k := range item {
			if len(all) > 0 {
				all = append(all, inline{kind: plain, text: " "})
			}
			all = append(all, k.flat()...)
		}
	}
	return all
}

type proseReader struct{ src []byte }

func (r proseReader) blocks(parent ast.Node, depth int) []block {
	var all []block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if depth > deepest {
			all = append(all, block{words: []inline{{kind: plain, text: r.lines(n)}}})
			continue
		}
		switch n := n.(type) {
		case *ast.Heading:
			all = append(all, block{kind: heading, words: r.inlines(n, depth)})
		case *ast.FencedCodeBlock:
			all = append(all, block{kind: code, code: strings.Trim(r.lines(n), "\n"), lang: langForm.FindString(strings.ToLower(string(n.Language(r.src))))})
		case *ast.CodeBlock:
			all = append(all, block{kind: code, code: strings.Trim(r.lines(n), "\n")})
		case *ast.HTMLBlock:
			all = append(all, block{words: []inline{{kind: plain, text: r.lines(n)}}})
		case *ast.Blockquote:
			all = append(all, block{kind: quote, items: [][]block{r.blocks(n, depth+1)}})
		case *ast.List:
			list := block{kind: bullets}
			if n.IsOrdered() {
				list.kind, list.first = numbers, n.Start
			}
			for item := n.FirstChild(); item != nil; item = item.NextSibling() {
				list.items = append(list.items, r.blocks(item, depth+1))
			}
			all = append(all, list)
		case *ast.ThematicBreak, *ast.LinkReferenceDefinition:
		default:
			all = append(all, r.paragraph(n, depth))
		}
	}
	return all
}

// paragraph is a paragraph; one that is a table is code, which keeps its columns.
func (r proseReader) paragraph(n ast.Node, depth int) block {
	lines := r.lines(n)
	if _, second, ok := strings.Cut(lines, "\n"); ok && tableForm.MatchString(strings.SplitN(second, "\n", 2)[0]) {
		return block{kind: code, code: strings.Trim(lines, "\n")}
	}
	return block{words: r.inlines(n, depth)}
}

var (
	langForm  = regexp.MustCompile(`^[a-z0-9]*`)
	tableForm = regexp.MustCompile(`^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*$`)
)

// lines are the source lines of a block.
func (r proseReader) lines(n ast.Node) string {
	var b strings.Builder
	if n.Type() == ast.TypeBlock {
		for i := range n.Lines().Len() {
			s := n.Lines().At(i)
			b.Write(s.Value(r.src))
		}
	}
	if h, ok := n.(*ast.HTMLBlock); ok && h.HasClosure() {
		b.Write(h.ClosureLine.Value(r.src))
	}
	return b.String()
}

func (r proseReader) inlines(parent ast.Node, depth int) []inline {
	var all []inline
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		var p inline
		switch n := n.(type) {
		case *ast.Text:
			s := string(n.Value(r.src))
			if !n.IsRaw() {
				s = unescaped(s)
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				s += "\n"
			}
			all = append(all, inline{kind: plain, text: s})
			continue
		case *ast.String:
			all = append(all, inline{kind: plain, text: string(n.Value)})
			continue
		case *ast.CodeSpan:
			p = inline{kind: codeSpan, text: strings.TrimSpace(strings.ReplaceAll(r.raw(n), "\n", " "))}
		case *ast.RawHTML:
			p = inline{kind: plain, text: string(n.Segments.Value(r.src))}
		case *ast.AutoLink:
			p = linked(string(n.URL(r.src)), []inline{{kind: plain, text: string(n.Label(r.src))}})
		case *ast.Link:
			p = linked(string(n.Destination), withoutLinks(r.inlines(n, depth+1)))
		case *ast.Emphasis:
			p = inline{kind: emphasis, kids: r.inlines(n, depth+1)}
			if n.Level > 1 {
				p.kind = strong
			}
		default:
			p = inline{kind: emphasis, kids: r.inlines(n, depth+1)}
		}
		if depth > deepest && len(p.kids) > 0 {
			p = inline{kind: plain, text: textOf(p.kids)}
		}
		all = append(all, p)
	}
	return named(all)
}

// raw is the text of a code span.
func (r proseReader) raw(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Value(r.src))
		}
	}
	return b.String()
}

// unescaped is text with its entities and escapes read.
func unescaped(s string) string {
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations([]byte(s)))))
}

// linked is a link; one that does not lead to the web is the text alone.
func linked(to string, kids []inline) inline {
	if at := address(to); at != "" {
		return inline{kind: link, url: at, kids: kids}
	}
	return inline{kind: plain, text: textOf(kids)}
}

func textOf(in []inline) string {
	var b strings.Builder
	for _, p := range in {
		b.WriteString(p.text + textOf(p.kids))
	}
	return b.String()
}

func withoutLinks(in []inline) []inline {
	var out []inline
	for _, p := range in {
		p.kids = withoutLinks(p.kids)
		if p.kind == link {
			out = append(out, p.kids...)
		} else {
			out = append(out, p)
		}
	}
	return out
}

const (
	nameForm = `@[a-z0-9~-][a-z0-9._~-]*/[a-z0-9~-]+(?:[._~-]+[a-z0-9]+)*(?:@[~^]?\d+(?:[.+-][0-9A-Za-z]+)*)?`
	urlForm  = `https?://[^\s<>"'` + "`" + `|\\^{}\[\]]+`
)

var (
	wordForm  = regexp.MustCompile("`[^`]+`|" + nameForm + "|" + urlForm)
	plainForm = regexp.MustCompile(nameForm + "|" + urlForm)
)

// words reads a sentence of batten's: `code`, names of packages, which are code, and addresses.
func words(s string) []inline { return pieces(s, wordForm) }

// named has names of packages as code, and addresses as links, wherever they are in text.
func named(in []inline) []inline {
	var out []inline
	for i := 0; i < len(in); {
		if in[i].kind != plain {
			out = append(out, in[i])
			i++
			continue
		}
		var b strings.Builder
		for ; i < len(in) && in[i].kind == plain; i++ {
			b.WriteString(in[i].text)
		}
		out = append(out, pieces(b.String(), plainForm)...)
	}
	return out
}

func pieces(s string, form *regexp.Regexp) []inline {
	var out []inline
	from := 0
	add := func(p inline, at, to int) {
		if from < at {
			out = append(out, inline{kind: plain, text: s[from:at]})
		}
		out = append(out, p)
		from = to
	}
	for _, m := range form.FindAllStringIndex(s, -1) {
		at, to := m[0], m[1]
		found := s[at:to]
		switch {
		case found[0] == '`':
			add(inline{kind: codeSpan, text: strings.Trim(found, "`")}, at, to)
		case at > 0 && isWord(s[at-1]):
		case found[0] == '@':
			add(inline{kind: codeSpan, text: found}, at, to)
		default:
			found = strings.TrimRight(found, ".,;:!?*_")
			if strings.Count(found, "(") < strings.Count(found, ")") {
				found = strings.TrimRight(found, ").,;:!?*_")
			}
			if url := address(found); url != "" {
				add(inline{kind: link, url: url, kids: []inline{{kind: plain, text: found}}}, at, at+len(found))
			}
		}
	}
	if from < len(s) {
		out = append(out, inline{kind: plain, text: s[from:]})
	}
	return out
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= utf8.RuneSelf
}

// unsafe are the characters that could end a link's address.
const unsafe = "<>\"'`\\|{}^[]()"

// address is a link's address if it is one of the web; "" otherwise.
func address(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return escapeURL(u.String())
}

// escapeURL encodes what could end a link's address.
func escapeURL(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= utf8.RuneSelf || c == 0x7f || strings.IndexByte(unsafe, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
