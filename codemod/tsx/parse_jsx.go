package tsx

import (
	"unicode"
	"unicode/utf8"
)

// jsxElement reads the element or fragment that begins with the current "<", and the token
// after it.
func (p *parser) jsxElement(m int) {
	end := p.jsxElementTo(m)
	if p.failed {
		return
	}
	p.pos, p.tok.end = end, uint32(end)
	p.next()
}

// jsxElementTo reads an element and is the offset after it: what follows there, text or a
// token, is for the caller to read.
func (p *parser) jsxElementTo(m int) int {
	if !p.enter() {
		return 0
	}
	defer p.leave()
	c := p.nested()
	defer func() { p.context = c }()
	p.expect(TokenLt)
	if !p.is(TokenGt) {
		p.jsxName(FieldName)
		if p.is(TokenLt) || p.is(TokenLtLt) {
			p.typeArguments(FieldTypeArguments)
		}
		for p.jsxAttribute() {
		}
	}
	if p.is(TokenSlash) {
		start := int(p.tok.start)
		if start+1 >= len(p.src) || p.src[start+1] != '>' {
			p.unexpected("expected />")
			return 0
		}
		p.push(TokenSlashGt, start, start+2)
		p.finish(m, KindJsxSelfClosingElement)
		return start + 2
	}
	end := p.jsxTagEnd(m, KindJsxOpeningElement)
	p.field(m, FieldOpenTag)
	return p.jsxChildren(m, end)
}

// jsxTagEnd reads the ">" of a tag, but not the token after it, and is the offset after it.
func (p *parser) jsxTagEnd(m int, k Kind) int {
	if p.is(kindEOF) || p.src[p.tok.start] != '>' {
		p.unexpected("expected >")
		return 0
	}
	at := int(p.tok.start)
	p.push(TokenGt, at, at+1)
	p.finish(m, k)
	return at + 1
}

// jsxChildren reads the children of an element and its closing tag, from offset i on.
func (p *parser) jsxChildren(m, i int) int {
	for !p.failed {
		if end, ok := p.jsxText(i); ok {
			p.push(KindJsxText, i, end)
			i = end
		} else {
			i, _ = p.skipSpace(i)
		}
		if i >= len(p.src) {
			p.fail(int(p.stack[m].start), "this element does not end")
			return 0
		}
		c := p.mark()
		switch p.src[i] {
		case '&':
			n := characterReference(p.src[i:])
			p.push(KindHtmlCharacterReference, i, i+n)
			i += n
		case '{':
			p.jsxGo(i)
			i = p.jsxExpressionTo(FieldNone)
		case '<':
			if i+1 < len(p.src) && p.src[i+1] == '/' && p.commentEnd(i+1) < 0 {
				p.push(TokenLtSlash, i, i+2)
				p.jsxGo(i + 2)
				return p.jsxClosing(m, c)
			}
			p.jsxGo(i)
			if p.peek().kind == TokenSlash {
				p.shift()
				p.shift()
				return p.jsxClosing(m, c)
			}
			i = p.jsxElementTo(c)
		default:
			p.fail(i, "unexpected "+string(p.src[i:i+1])+" in the text of an element")
		}
	}
	return 0
}

// jsxGo makes the token at offset i the current one.
func (p *parser) jsxGo(i int) {
	p.pos, p.tok.end = i, uint32(i)
	p.next()
}

// jsxClosing reads the closing tag, begun at c, of the element at m.
func (p *parser) jsxClosing(m, c int) int {
	if !p.is(TokenGt) {
		p.jsxName(FieldName)
	}
	end := p.jsxTagEnd(c, KindJsxClosingElement)
	p.field(c, FieldCloseTag)
	p.finish(m, KindJsxElement)
	return end
}

// jsxText is the end of the text at offset i, and whether it is a node: white space that
// contains a line end and begins with one is not.
func (p *parser) jsxText(i int) (int, bool) {
	saw, newline := false, false
	for i < len(p.src) {
		c := p.src[i]
		switch c {
		case '<', '>', '{', '}':
			return i, saw
		case '&':
			if characterReference(p.src[i:]) > 0 {
				return i, saw
			}
		case '\n':
			newline = true
			i++
			continue
		}
		r, size := utf8.DecodeRune(p.src[i:])
		if newline = newline && isTextSpace(r); !newline {
			saw = true
		}
		i += size
	}
	return i, saw
}

// isTextSpace reports whether r is white space to tree-sitter's scanner of JSX text.
func isTextSpace(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return charTable[r]&charSpace != 0
	case r == '\u00A0' || r == '\u2007' || r == '\u202F':
		return false
	}
	return r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Zs, r)
}

// characterReference is the length of the "&name;" that b begins with, 0 if it does not.
func characterReference(b []byte) int {
	i := 1
	class, limit := uint8(charIdentPart), 30
	if len(b) > 1 && b[1] == '#' {
		i, class, limit = 2, charDigit, 7
		if len(b) > 2 && (b[2] == 'x' || b[2] == 'X') {
			i, class, limit = 3, charHex, 6
		}
	}
	for n := 0; i < len(b) && n <= limit; n++ {
		if b[i] == ';' {
			if n == 0 {
				return 0
			}
			return i + 1
		}
		if charTable[b[i]]&class == 0 || class == charIdentPart && !isLetter(b[i]) && charTable[b[i]]&charDigit == 0 {
			return 0
		}
		i++
	}
	return 0
}

// jsxWord is the current token as a name in JSX, which may contain hyphens.
func (p *parser) jsxWord(k Kind, f Field) {
	if !isWord(p.tok.kind) {
		p.unexpected("expected a name")
		return
	}
	end := int(p.tok.end)
	for end < len(p.src) && (p.src[end] == '-' || charTable[p.src[end]]&charIdentPart != 0) {
		end++
	}
	p.tok.end, p.pos = uint32(end), end
	m := p.mark()
	p.shiftAs(k)
	p.field(m, f)
}

// jsxName reads the name of an element: a, a-b, a:b, a.b.c.
func (p *parser) jsxName(f Field) {
	m := p.mark()
	p.jsxWord(KindIdentifier, FieldNone)
	if p.is(TokenColon) {
		p.shift()
		p.jsxWord(KindIdentifier, FieldNone)
		p.finish(m, KindJsxNamespaceName)
	}
	for p.is(TokenDot) {
		p.field(m, FieldObject)
		p.shift()
		p.propertyWord()
		p.finish(m, KindMemberExpression)
	}
	p.field(m, f)
}

func (p *parser) jsxAttribute() bool {
	m := p.mark()
	if p.is(TokenLBrace) {
		end := p.jsxExpressionTo(FieldAttribute)
		p.jsxGo(end)
		return !p.failed
	}
	if !isWord(p.tok.kind) {
		return false
	}
	p.jsxWord(KindPropertyIdentifier, FieldNone)
	if p.is(TokenColon) {
		p.stack[m].kind = KindIdentifier
		p.shift()
		p.jsxWord(KindIdentifier, FieldNone)
		p.finish(m, KindJsxNamespaceName)
	}
	if p.accept(TokenEq) {
		v := p.mark()
		switch p.tok.kind {
		case TokenDoubleQuote, TokenSingleQuote:
			p.jsxString()
		case TokenLBrace:
			end := p.jsxExpressionTo(FieldNone)
			p.jsxGo(end)
		case TokenLt:
			p.jsxElement(v)
		default:
			p.unexpected("expected the attribute's value")
		}
	}
	p.wrap(m, KindJsxAttribute, FieldAttribute)
	return !p.failed
}

// jsxExpressionTo reads "{expression}" and is the offset after it.
func (p *parser) jsxExpressionTo(f Field) int {
	m := p.mark()
	c := p.nested()
	p.expect(TokenLBrace)
	switch p.tok.kind {
	case TokenRBrace:
	case TokenDotDotDot:
		p.element()
	default:
		p.expression()
	}
	p.context = c
	if !p.is(TokenRBrace) {
		p.unexpected("expected }")
		return 0
	}
	end := int(p.tok.end)
	p.push(TokenRBrace, end-1, end)
	p.wrap(m, KindJsxExpression, f)
	return end
}

// jsxString reads the value of an attribute in quotes: no escapes, but character references,
// and any number of lines.
func (p *parser) jsxString() {
	m := p.mark()
	src, k := p.src, p.tok.kind
	open := int(p.tok.start)
	p.push(k, open, open+1)
	i := open + 1
	from := i
	for ; i < len(src); i++ {
		n := 0
		if src[i] == '&' {
			n = characterReference(src[i:])
		}
		if src[i] != src[open] && n == 0 {
			continue
		}
		if i > from {
			p.push(KindStringFragment, from, i)
		}
		if n == 0 {
			p.endLiteral(m, KindString, k, i)
			return
		}
		p.push(KindHtmlCharacterReference, i, i+n)
		i += n - 1
		from = i + 1
	}
	p.fail(open, "this string does not end")
}
