package tsx

import "unicode/utf8"

// stringLiteral reads the string whose opening quote is the current token.
func (p *parser) stringLiteral() {
	m := p.mark()
	if p.failed {
		return
	}
	src, quote := p.src, p.src[p.tok.start]
	k := p.tok.kind
	p.push(k, int(p.tok.start), int(p.tok.end))
	i := int(p.tok.end)
	from := i
	for {
		if i >= len(src) || src[i] == '\n' || src[i] == '\r' {
			p.fail(int(p.tok.start), "this string does not end")
			return
		}
		c := src[i]
		if c != quote && c != '\\' {
			i++
			continue
		}
		if i > from {
			p.push(KindStringFragment, from, i)
		}
		if c == quote {
			p.endLiteral(m, KindString, k, i)
			return
		}
		n := escapeLen(src[i:])
		p.push(KindEscapeSequence, i, i+n)
		i += n
		from = i
	}
}

// endLiteral pushes the closing token of a literal, finishes it, and reads the next token.
func (p *parser) endLiteral(m int, k, closing Kind, at int) {
	p.push(closing, at, at+1)
	p.finish(m, k)
	p.pos = at + 1
	p.tok.end = uint32(at + 1)
	p.next()
}

// escapeLen is the length of the escape sequence that b begins with, within b.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return len(b)
	}
	switch c := b[1]; {
	case c >= '0' && c <= '7':
		n := 2
		for n < len(b) && n < 4 && b[n] >= '0' && b[n] <= '7' {
			n++
		}
		return n
	case c == 'x':
		if len(b) >= 4 && charTable[b[2]]&charHex != 0 && charTable[b[3]]&charHex != 0 {
			return 4
		}
	case c == 'u':
		if n := unicodeEscape(b); n > 0 {
			return n
		}
	case c == '\r':
		if len(b) > 2 && b[2] == '\n' {
			return 3
		}
	case c >= utf8.RuneSelf:
		_, size := utf8.DecodeRune(b[1:])
		return 1 + size
	}
	return 2
}

// template reads the template literal whose opening backtick is the current token.
func (p *parser) template() { p.templateOf(KindTemplateString, KindTemplateSubstitution) }

func (p *parser) templateOf(k, sub Kind) {
	m := p.mark()
	if p.failed || !p.enter() {
		return
	}
	defer p.leave()
	src, open := p.src, int(p.tok.start)
	p.push(TokenBacktick, open, open+1)
	i := open + 1
	from := i
	for {
		if i >= len(src) {
			p.fail(open, "this template does not end")
			return
		}
		c := src[i]
		if c != '`' && c != '\\' && (c != '$' || i+1 >= len(src) || src[i+1] != '{') {
			i++
			continue
		}
		if i > from {
			p.push(KindStringFragment, from, i)
		}
		switch c {
		case '`':
			p.endLiteral(m, k, TokenBacktick, i)
			return
		case '\\':
			n := escapeLen(src[i:])
			p.push(KindEscapeSequence, i, i+n)
			i += n
		default:
			s := p.mark()
			p.push(TokenDollarLBrace, i, i+2)
			p.pos, p.tok.end = i+2, uint32(i+2)
			c := p.nested()
			p.next()
			if sub == KindTemplateType {
				p.typ()
			} else {
				p.expression()
			}
			p.context = c
			if !p.is(TokenRBrace) {
				p.unexpected("expected }")
				return
			}
			i = int(p.tok.end)
			p.push(TokenRBrace, i-1, i)
			p.finish(s, sub)
		}
		from = i
	}
}

// regex reads the regular expression that begins with the current slash.
func (p *parser) regex(m int) {
	src, open := p.src, int(p.tok.start)
	i, class := open+1, false
	for {
		if i >= len(src) || src[i] == '\n' || src[i] == '\r' {
			p.fail(open, "this regular expression does not end")
			return
		}
		c := src[i]
		if c == '/' && !class {
			break
		}
		switch c {
		case '\\':
			i++
		case '[':
			class = true
		case ']':
			class = false
		}
		i++
	}
	p.push(TokenSlash, open, open+1)
	r := p.mark()
	p.push(KindRegexPattern, open+1, i)
	p.field(r, FieldPattern)
	p.push(TokenSlash, i, i+1)
	end := i + 1
	for end < len(src) && charTable[src[end]]&charIdentPart != 0 {
		end++
	}
	if end > i+1 {
		f := p.mark()
		p.push(KindRegexFlags, i+1, end)
		p.field(f, FieldFlags)
	}
	p.finish(m, KindRegex)
	p.pos, p.tok.end = end, uint32(end)
	p.next()
}
