package schema

import (
	"strings"
	"unicode/utf8"
)

// comment is what the schema says of a key, as the lines of a comment.
func (w *blockWriter) comment(s *Schema, pad string) []string {
	var parts []string
	if text := paragraph(s.Description); text != "" {
		parts = append(parts, sentence(text))
	}
	values := s.enumOf(0)
	if len(values) > 1 && len(values) <= 20 {
		names := make([]string, len(values))
		for i, v := range values {
			names[i] = scalarText(v)
		}
		parts = append(parts, "One of: "+strings.Join(names, ", ")+".")
	}
	if s.Default != nil && isScalar(s.Default) {
		parts = append(parts, "Default: "+scalarText(s.Default)+".")
	}
	if len(s.Examples) > 0 && !strings.Contains(s.Examples[0], "\n") && s.Visibility != Secret {
		parts = append(parts, "For example: "+s.Examples[0])
	}
	return wrap(strings.Join(parts, " "), pad+"# ", w.opts.Width)
}

// enumOf are the values of an enumeration, also if it is one of the alternatives.
func (s *Schema) enumOf(depth int) []any {
	if len(s.Enum) > 0 || depth > 4 {
		return s.Enum
	}
	for _, c := range s.Choices {
		for _, a := range c {
			if v := a.enumOf(depth + 1); len(v) > 0 {
				return v
			}
		}
	}
	return nil
}

// paragraph is the first paragraph of a description, on one line.
func paragraph(text string) string {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n")
	first, _, _ := strings.Cut(text, "\n\n")
	if i := strings.Index(first, "```"); i >= 0 {
		first = first[:i]
	}
	return strings.Join(strings.Fields(strings.Map(printable, first)), " ")
}

// printable drops what a YAML comment cannot hold.
func printable(c rune) rune {
	switch {
	case c == '\n' || c == '\t' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029:
		return ' '
	case c < ' ' || c == utf8.RuneError || c == 0xfeff || c >= 0x7f && c < 0xa0 || c >= 0xfffe && c <= 0xffff:
		return -1
	}
	return c
}

func sentence(text string) string {
	if strings.ContainsAny(text[len(text)-1:], ".:!?") {
		return text
	}
	return text + "."
}

func wrap(text, prefix string, width int) []string {
	var lines []string
	line := prefix
	for _, word := range strings.Fields(strings.Map(printable, text)) {
		if line != prefix && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, line)
			line = prefix
		}
		if line != prefix {
			line += " "
		}
		line += word
	}
	if line != prefix {
		lines = append(lines, line)
	}
	return lines
}
