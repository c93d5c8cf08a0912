package upgradereport

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
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

// deepest is how deep lists and quotes may be in each other; what is deeper is a paragraph.
const deepest = 6

var (
	fenceForm  = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})\\s*([A-Za-z0-9]*)[^`]*$")
	bulletForm = regexp.MustCompile(`^( {0,3})([-*+])( +|$)`)
	numberForm = regexp.MustCompile(`^( {0,3})(\d{1,9})[.)]( +|$)`)
	headForm   = regexp.MustCompile(`^ {0,3}#{1,6}\s+(.*?)\s*#*$`)
	ruleForm   = regexp.MustCompile(`^ {0,3}([-*_])(\s*[-*_]){2,}\s*$`)
	tableForm  = regexp.MustCompile(`^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*$`)
)

// prose reads the Markdown of change logs. What it does not know is text.
func prose(text string) []block { return blocksOf(strings.Split(text, "\n"), 0) }

func blocksOf(lines []string, depth int) []block {
	var out []block
	var para []string
	flush := func() {
		if len(para) > 0 {
			out = append(out, block{kind: paragraph, words: inlines(strings.Join(para, "\n"))})
			para = nil
		}
	}
	for i := 0; i < len(lines); {
		line := lines[i]
		if strings.TrimSpace(line) == "" {
			flush()
			i++
			continue
		}
		if m := fenceForm.FindStringSubmatch(line); m != nil {
			flush()
			end := i + 1
			for end < len(lines) && !closes(lines[end], m[1]) {
				end++
			}
			out = append(out, block{kind: code, lang: strings.ToLower(m[2]), code: undent(lines[i+1:min(end, len(lines))], indentOf(line))})
			i = end + 1
			continue
		}
		if m := headForm.FindStringSubmatch(line); m != nil {
			flush()
			if m[1] != "" {
				out = append(out, block{kind: heading, words: inlines(m[1])})
			}
			i++
			continue
		}
		if ruleForm.MatchString(line) && len(para) == 0 {
			i++
			continue
		}
		if i+1 < len(lines) && len(para) == 0 && strings.Contains(line, "|") && tableForm.MatchString(lines[i+1]) {
			end := i
			for end < len(lines) && strings.Contains(lines[end], "|") {
				end++
			}
			out = append(out, block{kind: code, code: undent(lines[i:end], 0)})
			i = end
			continue
		}
		if depth < deepest && strings.HasPrefix(strings.TrimLeft(line, " "), ">") && indentOf(line) < 4 {
			flush()
			var inner []string
			for ; i < len(lines) && strings.HasPrefix(strings.TrimLeft(lines[i], " "), ">"); i++ {
				inner = append(inner, strings.TrimPrefix(strings.TrimPrefix(strings.TrimLeft(lines[i], " "), ">"), " "))
			}
			out = append(out, block{kind: quote, items: [][]block{blocksOf(inner, depth+1)}})
			continue
		}
		if form := listForm(line); form != nil && depth < deepest {
			flush()
			var list block
			list, i = listAt(lines, i, form, depth)
			out = append(out, list)
			continue
		}
		para = append(para, strings.TrimSpace(line))
		i++
	}
	flush()
	return out
}

func closes(line, fence string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= len(fence) && strings.Trim(line, fence[:1]) == ""
}

func listForm(line string) *regexp.Regexp {
	for _, form := range []*regexp.Regexp{bulletForm, numberForm} {
		if m := form.FindString(line); m != "" && !(form == bulletForm && ruleForm.MatchString(line)) {
			return form
		}
	}
	return nil
}

// listAt reads the list that begins at a line, and returns the line after it.
func listAt(lines []string, i int, form *regexp.Regexp, depth int) (block, int) {
	list := block{kind: bullets}
	if form == numberForm {
		list.kind = numbers
		for _, d := range form.FindStringSubmatch(lines[i])[2] {
			list.first = 10*list.first + int(d-'0')
		}
	}
	for i < len(lines) && listForm(lines[i]) == form {
		mark := form.FindString(lines[i])
		width := len(mark)
		item := []string{lines[i][width:]}
		for i++; i < len(lines); i++ {
			blank := strings.TrimSpace(lines[i]) == ""
			switch {
			case blank && i+1 < len(lines) && (indentOf(lines[i+1]) >= min(width, 2) || strings.TrimSpace(lines[i+1]) == ""):
				item = append(item, "")
				continue
			case !blank && indentOf(lines[i]) >= min(width, 2):
				item = append(item, lines[i][min(width, indentOf(lines[i])):])
				continue
			case !blank && listForm(lines[i]) == nil && strings.TrimSpace(lines[i-1]) != "" && fenceForm.FindString(lines[i]) == "" && headForm.FindString(lines[i]) == "":
				item = append(item, lines[i]) // a line of the paragraph that is not indented
				continue
			}
			break
		}
		list.items = append(list.items, blocksOf(item, depth+1))
		for i+1 < len(lines) && strings.TrimSpace(lines[i]) == "" && listForm(lines[i+1]) == form {
			i++
		}
	}
	return list, i
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// undent takes up to n spaces off each line.
func undent(lines []string, n int) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(l[min(n, indentOf(l)):], " \t\r")
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}

var (
	urlForm  = regexp.MustCompile(`^https?://[^\s<>"'` + "`" + `|\\^{}\[\]]+`)
	linkForm = regexp.MustCompile(`^\[((?:[^\[\]\\` + "`" + `]|` + "`[^`]*`" + `|\\.)*)\]\(\s*<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+"[^"]*")?\s*\)`)
	nameForm = regexp.MustCompile(`^@[a-z0-9~-][a-z0-9._~-]*/[a-z0-9~-]+(?:[._~-]+[a-z0-9]+)*`)
	autoForm = regexp.MustCompile(`^<(https?://[^\s<>]+)>`)
)

// inlines reads code spans, links, strong text and emphasis. Names like @backstage/ui are code.
func inlines(s string) []inline { return pieces(s, true) }

// words reads code spans, such names, and addresses alone: the sentences of batten.
func words(s string) []inline { return pieces(s, false) }

func pieces(s string, markdown bool) []inline {
	var out []inline
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			out = append(out, inline{kind: plain, text: text.String()})
			text.Reset()
		}
	}
	add := func(p inline) {
		flush()
		out = append(out, p)
	}
	for i := 0; i < len(s); {
		rest := s[i:]
		switch c := rest[0]; {
		case c == '`':
			n := len(rest) - len(strings.TrimLeft(rest, "`"))
			end := closingTicks(rest, n)
			if end < 0 {
				text.WriteString(rest[:n])
				i += n
				continue
			}
			add(inline{kind: codeSpan, text: strings.TrimSpace(strings.ReplaceAll(rest[n:end], "\n", " "))})
			i += end + n
			continue
		case c == 'h' && !wordBefore(s, i) && urlForm.MatchString(rest[:min(len(rest), longest)]):
			raw := urlForm.FindString(rest[:min(len(rest), longest)])
			raw = strings.TrimRight(raw, ".,;:!?*_")
			if strings.HasSuffix(raw, ")") && strings.Count(raw, "(") < strings.Count(raw, ")") {
				raw = strings.TrimRight(raw, ").,;:!?*_")
			}
			if to := address(raw); to != "" {
				add(inline{kind: link, url: to, kids: []inline{{kind: plain, text: raw}}})
				i += len(raw)
				continue
			}
		case c == '@' && !wordBefore(s, i) && nameForm.MatchString(rest[:min(len(rest), longest)]):
			name := nameForm.FindString(rest[:min(len(rest), longest)])
			add(inline{kind: codeSpan, text: name})
			i += len(name)
			continue
		case markdown && c == '\\' && len(rest) > 1 && unicode.IsPunct(rune(rest[1])):
			text.WriteByte(rest[1])
			i += 2
			continue
		case markdown && c == '<':
			if m := autoForm.FindStringSubmatch(rest[:min(len(rest), longest)]); m != nil && address(m[1]) != "" {
				add(inline{kind: link, url: address(m[1]), kids: []inline{{kind: plain, text: m[1]}}})
				i += len(m[0])
				continue
			}
		case markdown && c == '[':
			if m := linkForm.FindStringSubmatch(rest[:min(len(rest), longest)]); m != nil {
				if to := address(m[2]); to != "" {
					add(inline{kind: link, url: to, kids: withoutLinks(pieces(m[1], true))})
				} else {
					flush()
					out = append(out, pieces(m[1], true)...)
				}
				i += len(m[0])
				continue
			}
		case markdown && (c == '*' || c == '_'):
			if p, n := stressed(s, i); n > 0 {
				add(p)
				i += n
				continue
			}
		}
		_, n := utf8.DecodeRuneInString(rest)
		text.WriteString(rest[:n])
		i += n
	}
	flush()
	return out
}

// closingTicks is where the code span that begins s with n backticks has its end; -1 if nowhere.
func closingTicks(s string, n int) int {
	for i := n; i < min(len(s), longest); {
		if s[i] != '`' {
			i++
			continue
		}
		m := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if m == n {
			return i
		}
		i += m
	}
	return -1
}

// longest is how many bytes code, a link, strong text or emphasis may have in a line.
const longest = 2000

// stressed reads **strong** text or *emphasis* at i; n is its length, 0 if there is none.
func stressed(s string, i int) (p inline, n int) {
	mark, kind := s[i:i+1], emphasis
	if strings.HasPrefix(s[i+1:], mark) {
		mark, kind = s[i:i+2], strong
	}
	from := i + len(mark)
	if from >= len(s) || unicode.IsSpace(rune(s[from])) || s[from] == mark[0] || mark[0] == '_' && wordBefore(s, i) {
		return p, 0
	}
	for at := from; at < min(len(s), from+longest); at++ {
		switch {
		case s[at] == '`':
			ticks := len(s[at:]) - len(strings.TrimLeft(s[at:], "`"))
			if end := closingTicks(s[at:], ticks); end > 0 {
				at += end + ticks - 1
			}
		case !strings.HasPrefix(s[at:], mark) || unicode.IsSpace(rune(s[at-1])):
		case mark[0] == '_' && wordBefore(s, at+len(mark)+1) && at+len(mark) < len(s) && isWord(s[at+len(mark)]):
		case kind == emphasis && strings.HasPrefix(s[at:], mark+mark):
			at++
		default:
			return inline{kind: kind, kids: pieces(s[from:at], true)}, at + len(mark) - i
		}
	}
	return p, 0
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= utf8.RuneSelf
}

func wordBefore(s string, i int) bool { return i > 0 && i <= len(s) && isWord(s[i-1]) }

func withoutLinks(in []inline) []inline {
	var out []inline
	for _, p := range in {
		switch p.kind {
		case link:
			out = append(out, withoutLinks(p.kids)...)
		default:
			p.kids = withoutLinks(p.kids)
			out = append(out, p)
		}
	}
	return out
}

// address is a link's address if it is one of the web; "" otherwise.
func address(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	s := u.String()
	for _, r := range s {
		if r <= ' ' || r >= utf8.RuneSelf || strings.ContainsRune("<>\"'`\\|{}^[]()", r) {
			return escapeURL(s)
		}
	}
	return s
}

// escapeURL encodes what could end a link's address.
func escapeURL(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= utf8.RuneSelf || c == 0x7f || strings.IndexByte("<>\"'`\\|{}^[]()", c) >= 0 {
			b.WriteString(string([]byte{'%', hex[c>>4], hex[c&15]}))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
