package template

import (
	"fmt"
	"strings"
)

// scope is what a template can refer to.
type scope struct {
	values  map[string]string
	version func(name string) (string, error)
}

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#x27;", "`", "&#x60;", "=", "&#x3D;")

// tag is one {{...}} of a template, or the end of it.
type tag struct {
	offset int    // where the text before it ends
	kind   byte   // 0 end, '=' escaped value, '&' raw value, '#' block, '/' end of block, '^' else, '!' comment
	body   string // without braces, marks and spaces around
	trimL  bool   // {{~
	trimR  bool   // ~}}
}

// parser renders while it reads.
type parser struct {
	src   string
	pos   int
	scope scope
}

// expand renders a Handlebars template.
func expand(src string, scope scope) (string, error) {
	p := &parser{src: src, scope: scope}
	var out strings.Builder
	end, err := p.block(&out, "", true)
	if err == nil && end.kind != 0 {
		err = fmt.Errorf("{{%c%s}} ends nothing", end.kind, end.body)
	}
	if err != nil {
		return "", fmt.Errorf("line %d: %w", 1+strings.Count(src[:min(p.pos, len(src))], "\n"), err)
	}
	return out.String(), nil
}

// block renders up to the tag that ends the block: {{/name}}, an else, or the end. Where
// active is false nothing is looked up.
func (p *parser) block(out *strings.Builder, name string, active bool) (tag, error) {
	for {
		start := p.pos
		t, text, err := p.next()
		if err != nil {
			return t, err
		}
		standalone := t.kind != 0 && t.kind != '=' && t.kind != '&' && p.standalone(start, t)
		if t.trimL {
			text = strings.TrimRight(text, " \t\r\n")
		} else if standalone {
			text = strings.TrimRight(text, " \t")
		}
		if t.trimR {
			p.pos = len(p.src) - len(strings.TrimLeft(p.src[p.pos:], " \t\r\n"))
		} else if standalone {
			p.skipLine()
		}
		if active {
			out.WriteString(text)
		}
		switch t.kind {
		case 0:
			if name != "" {
				return t, fmt.Errorf("{{#%s}} is not ended", name)
			}
			return t, nil
		case '/':
			if t.body != name {
				return t, fmt.Errorf("{{/%s}} does not end {{#%s}}", t.body, name)
			}
			return t, nil
		case '^':
			return t, nil
		case '!':
		case '#':
			err = p.condition(out, t.body, active)
		default:
			err = p.value(out, t, active)
		}
		if err != nil {
			return t, err
		}
	}
}

func (p *parser) condition(out *strings.Builder, body string, active bool) error {
	words := strings.Fields(body)
	if len(words) != 2 || words[0] != "if" && words[0] != "unless" {
		return fmt.Errorf("{{#%s}} is not supported", body)
	}
	holds := (p.scope.values[words[1]] != "") == (words[0] == "if")
	end, err := p.block(out, words[0], active && holds)
	if err != nil || end.kind == '/' {
		return err
	}
	end, err = p.block(out, words[0], active && !holds)
	if err == nil && end.kind != '/' {
		err = fmt.Errorf("{{#%s}} has two {{else}}", body)
	}
	return err
}

func (p *parser) value(out *strings.Builder, t tag, active bool) error {
	if !active {
		return nil
	}
	words := strings.Fields(t.body)
	var value string
	var err error
	switch {
	case len(words) == 2 && words[0] == "version":
		name := words[1]
		if len(name) < 3 || name[0] != name[len(name)-1] || name[0] != '\'' && name[0] != '"' {
			return fmt.Errorf("{{%s}} is not supported", t.body)
		}
		value, err = p.scope.version(name[1 : len(name)-1])
	case len(words) == 1:
		var ok bool
		if value, ok = p.scope.values[words[0]]; !ok {
			err = fmt.Errorf("{{%s}} is not known", t.body)
		}
	default:
		err = fmt.Errorf("{{%s}} is not supported", t.body)
	}
	if err != nil {
		return err
	}
	if t.kind == '=' {
		value = escapes.Replace(value)
	}
	out.WriteString(value)
	return nil
}

// next reads the text up to the next tag, and the tag.
func (p *parser) next() (tag, string, error) {
	var text strings.Builder
	for {
		i := strings.Index(p.src[p.pos:], "{{")
		if i < 0 {
			text.WriteString(p.src[p.pos:])
			p.pos = len(p.src)
			return tag{offset: p.pos}, text.String(), nil
		}
		before := p.src[p.pos : p.pos+i]
		if strings.HasSuffix(before, `\`) && !strings.HasSuffix(before, `\\`) {
			// \{{...}} stands for itself; it reaches to the next {{ or the end.
			text.WriteString(before[:len(before)-1] + "{{")
			p.pos += i + 2
			continue
		}
		if strings.HasSuffix(before, `\\`) {
			before = before[:len(before)-1]
		}
		text.WriteString(before)
		t := tag{offset: p.pos + i, kind: '='}
		p.pos += i + 2
		open, closing := "", "}}"
		for _, form := range []struct{ open, closing string }{{"{", "}}}"}, {"!--", "--}}"}, {"~!--", "--}}"}} {
			if strings.HasPrefix(p.src[p.pos:], form.open) {
				open, closing = form.open, form.closing
			}
		}
		length := strings.Index(p.src[p.pos:], closing)
		if length < 0 {
			return t, "", fmt.Errorf("{{ without }}")
		}
		body := p.src[p.pos+len(open) : p.pos+max(length, len(open))]
		p.pos += length + len(closing)
		switch open {
		case "{":
			t.kind, t.body = '&', strings.TrimSpace(body)
			return t, text.String(), nil
		case "!--", "~!--":
			t.kind, t.trimL = '!', open[0] == '~'
			return t, text.String(), nil
		}
		t.trimL, t.trimR = strings.HasPrefix(body, "~"), strings.HasSuffix(body, "~") && body != "~"
		body = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(body, "~"), "~"))
		switch {
		case body == "else" || body == "^":
			t.kind, body = '^', ""
		case body != "" && strings.IndexByte("&#/!", body[0]) >= 0:
			t.kind, body = body[0], strings.TrimSpace(body[1:])
		case body == "" || strings.IndexByte(">*@^", body[0]) >= 0:
			return t, "", fmt.Errorf("{{%s}} is not supported", body)
		}
		t.body = body
		return t, text.String(), nil
	}
}

// standalone says whether a tag is alone on its line, from the start of the text before it.
func (p *parser) standalone(start int, t tag) bool {
	before := strings.TrimRight(p.src[:t.offset], " \t")
	alone := before == "" || strings.HasSuffix(before, "\n")
	after := strings.TrimLeft(p.src[p.pos:], " \t")
	return alone && (len(before) >= start || before == "") &&
		(after == "" || strings.HasPrefix(after, "\n") || strings.HasPrefix(after, "\r\n"))
}

// skipLine drops the rest of the line, which is blank.
func (p *parser) skipLine() {
	rest := strings.TrimLeft(p.src[p.pos:], " \t")
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "\r"), "\n")
	p.pos = len(p.src) - len(rest)
}
