package schema

import (
	"encoding/json"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

// docOf is the documentation comment of a declaration or member: the last one before it, on lines
// of its own, as TypeScript has it.
func docOf(n tsx.Node) string {
	for at, p := n, n.Prev(); p.Is(tsx.KindComment); at, p = p, p.Prev() {
		doc := p.Text()
		if !strings.HasPrefix(doc, "/**") || len(doc) < 5 {
			continue
		}
		before := at.Tree().Source()[:p.Start()]
		if prev := p.Prev(); prev.Ok() && !strings.Contains(string(before[prev.End():]), "\n") {
			return ""
		}
		return doc
	}
	return ""
}

// tag is a block tag of a documentation comment.
type tag struct{ name, text string }

// parseDoc takes a documentation comment apart: the text before the first tag, and the tags.
// A tag begins a line.
func parseDoc(doc string) (description string, tags []tag) {
	doc = strings.TrimSuffix(strings.TrimPrefix(doc, "/**"), "*/")
	var text []string
	flush := func() {
		joined := strings.TrimSpace(strings.Join(text, "\n"))
		if len(tags) == 0 {
			description = joined
		} else {
			tags[len(tags)-1].text = joined
		}
		text = nil
	}
	for line := range strings.Lines(doc) {
		line = strings.TrimRight(line, " \t\r\n")
		trimmed := strings.TrimLeft(line, " \t")
		if rest, ok := strings.CutPrefix(trimmed, "*"); ok {
			trimmed = strings.TrimLeft(rest, " \t")
			line = strings.TrimPrefix(rest, " ")
		}
		if name, rest := tagName(trimmed); name != "" {
			flush()
			tags = append(tags, tag{name: name})
			line = rest
		}
		text = append(text, line)
	}
	flush()
	return description, tags
}

func tagName(line string) (name, rest string) {
	after, ok := strings.CutPrefix(line, "@")
	if !ok {
		return "", ""
	}
	end := 0
	for end < len(after) && (after[end] == '_' || after[end] == '-' || after[end]|0x20 >= 'a' && after[end]|0x20 <= 'z' || after[end] >= '0' && after[end] <= '9') {
		end++
	}
	return after[:end], after[end:]
}

// annotate gives s what a documentation comment says.
func annotate(s *Schema, doc string) {
	if doc == "" {
		return
	}
	description, tags := parseDoc(doc)
	s.Description = description
	for _, t := range tags {
		word, _, _ := strings.Cut(strings.ReplaceAll(t.text, "\n", " "), " ")
		switch t.name {
		case "visibility":
			s.Visibility = visibilityOf(word)
		case "deepVisibility":
			s.DeepVisibility = visibilityOf(word)
		case "deprecated":
			s.Deprecated = deprecation(t.text)
		case "default":
			s.Default = docValue(t.text)
		case "example", "examples":
			if t.text != "" {
				s.Examples = append(s.Examples, t.text)
			}
		case "description":
			if s.Description == "" {
				s.Description = t.text
			}
		case "items":
			annotateItems(s, t.text)
		}
	}
}

// annotateItems is the tag `@items .visibility secret`: an annotation of the items of a list.
func annotateItems(s *Schema, text string) {
	name, value, _ := strings.Cut(strings.TrimSpace(text), " ")
	if s.Items == nil {
		s.Items = &Schema{}
	}
	items := *s.Items
	switch name {
	case ".visibility":
		items.Visibility = visibilityOf(value)
	case ".deepVisibility":
		items.DeepVisibility = visibilityOf(value)
	default:
		return
	}
	s.Items = &items
}

// docValue is the value of a @default tag: JSON, a string in any quotes, or bare text.
func docValue(text string) any {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	if q := text[0]; len(text) > 1 && (q == '\'' || q == '`' || q == '"') && text[len(text)-1] == q {
		inner := text[1 : len(text)-1]
		if !strings.ContainsRune(inner, rune(q)) {
			if q != '`' {
				return inner
			}
			text = inner
		}
	}
	var v any
	if err := json.Unmarshal([]byte(text), &v); err == nil {
		return v
	}
	return text
}
