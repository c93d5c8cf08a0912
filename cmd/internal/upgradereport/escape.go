package upgradereport

import (
	"fmt"
	"regexp"
	"strings"
)

// where says what a piece of Markdown stands in.
type where uint8

const (
	inText where = iota // a line of its own, or in a list
	inCell              // a table's cell, where "|" would end it, in code too
	inTags              // between HTML tags, where Markdown is not read
)

// startForm is what would begin a list, or underline a heading.
var startForm = regexp.MustCompile(`^(?:[-+]|\d{1,9}[.)]|=+|-+)(?: |$)`)

// md is text as Markdown that shows it as it is, wherever in a line, also before a link, which a "!"
// would make a picture. Runs of white space become one space.
func md(s string) string {
	var b strings.Builder
	s = strings.Join(strings.Fields(s), " ")
	starts := startForm.MatchString(s)
	for i, r := range s {
		switch {
		case r == '_' && i > 0 && i+1 < len(s) && s[i-1] != '_' && s[i+1] != '_' && isWord(s[i-1]) && isWord(s[i+1]):
			b.WriteByte('_') // it stresses nothing within a word
		case strings.ContainsRune("\\`*_[]<>|~&$", r), r == '!' && i == len(s)-1, starts && (i == 0 && (r < '0' || r > '9') || i == strings.IndexAny(s, ".)")):
			fmt.Fprintf(&b, "&#%d;", r)
		case r == '@' || r == '#':
			b.WriteString(string(r) + "&#8203;") // nobody is mentioned, and no issue
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// mdCode is text as code.
func mdCode(s string, in where) string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return ""
	}
	if in == inTags || strings.Contains(s, "`") || in == inCell && strings.ContainsAny(s, "\\|") {
		return "<code>" + md(s) + "</code>"
	}
	return "`" + s + "`"
}

// mdFence is text as a block of code.
func mdFence(lang, s string) string {
	fence := "```"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fence + lang + "\n" + strings.TrimRight(s, "\n") + "\n" + fence + "\n"
}

// mdInline is a line's pieces as Markdown.
func mdInline(in []inline, at where) string {
	var b strings.Builder
	for i, p := range in {
		switch p.kind {
		case codeSpan:
			b.WriteString(mdCode(p.text, at))
		case strong:
			b.WriteString("<b>" + mdInline(p.kids, at) + "</b>")
		case emphasis:
			b.WriteString("<i>" + mdInline(p.kids, at) + "</i>")
		case link:
			switch {
			case at == inTags:
				b.WriteString(mdInline(p.kids, at))
			case textOf(p.kids) == p.url:
				b.WriteString("<" + p.url + ">")
			default:
				b.WriteString("[" + mdInline(p.kids, at) + "](" + p.url + ")")
			}
		default:
			text := md(p.text)
			if text == "" {
				b.WriteString(" ")
				continue
			}
			if i > 0 && strings.ContainsAny(p.text[:1], " \n\t") {
				b.WriteString(" ")
			}
			b.WriteString(text)
			if i < len(in)-1 && strings.ContainsAny(p.text[len(p.text)-1:], " \n\t") {
				b.WriteString(" ")
			}
		}
	}
	return b.String()
}

// mdWords is a sentence of batten's as Markdown.
func mdWords(s string) string { return mdInline(words(s), inText) }

// cellWords is mdWords for a table's cell.
func cellWords(s string) string { return mdInline(words(s), inCell) }

// mdBlocks is a text as Markdown.
func mdBlocks(blocks []block) string {
	var parts []string
	for _, k := range blocks {
		switch k.kind {
		case code:
			parts = append(parts, mdFence(k.lang, k.code))
		case heading:
			parts = append(parts, "<b>"+mdInline(k.words, inText)+"</b>\n")
		case bullets, numbers:
			parts = append(parts, mdList(k))
		case quote:
			parts = append(parts, prefixed(mdBlocks(k.items[0]), "> ", "> "))
		default:
			parts = append(parts, mdInline(k.words, inText)+"\n")
		}
	}
	return strings.Join(parts, "\n")
}

func mdList(list block) string {
	var b strings.Builder
	for i, item := range list.items {
		mark := "- "
		if list.kind == numbers {
			mark = fmt.Sprintf("%d. ", list.first+i)
		}
		text := mdBlocks(item)
		if text == "" {
			text = "\n"
		}
		b.WriteString(prefixed(text, mark, strings.Repeat(" ", len(mark))))
	}
	return b.String()
}

// prefixed puts a mark before the first line of a text, and another before the rest.
func prefixed(text, first, rest string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		before := rest
		if i == 0 {
			before = first
		}
		b.WriteString(strings.TrimRight(before+line, " ") + "\n")
	}
	return b.String()
}

// clip is at most n bytes of a text, whole characters, with dots if something is missing.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return strings.TrimRight(s[:n], " ") + "…"
}
