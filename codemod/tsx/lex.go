package tsx

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Kinds of tokens that are never nodes.
const (
	kindEOF = TokenTilde + 1 + iota
	kindBad // a character that begins no token
)

// token is one token of the source. A quote, a backtick and a slash are tokens of one
// character: the parser asks for the rest, because it knows what they begin.
type token struct {
	kind  Kind
	nl    bool // a line ends between the token before and this one
	start uint32
	end   uint32
}

const (
	charIdentStart = 1 << iota
	charIdentPart
	charDigit
	charSpace
	charHex
)

var charTable = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == '$':
			t[c] = charIdentStart | charIdentPart
		case c >= '0' && c <= '9':
			t[c] = charIdentPart | charDigit | charHex
		case c == ' ', c == '\t', c == '\r', c == '\n', c == '\f', c == '\v':
			t[c] = charSpace
		}
		if c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' {
			t[c] |= charHex
		}
	}
	return t
}()

// skipSpace is the offset of the first byte at or after i that is not white space, and
// whether a line ended before it.
func (p *parser) skipSpace(i int) (int, bool) {
	src, nl := p.src, false
	for i < len(src) {
		c := src[i]
		switch {
		case c == ' ' || c == '\t' || c == '\v' || c == '\f':
			i++
		case c == '\n' || c == '\r':
			nl = true
			i++
		case c < utf8.RuneSelf:
			return i, nl
		default:
			r, size := utf8.DecodeRune(src[i:])
			if !isSpaceRune(r) {
				return i, nl
			}
			nl = nl || r == '\u2028' || r == '\u2029'
			i += size
		}
	}
	return i, nl
}

func isSpaceRune(r rune) bool {
	switch r {
	case '\u2028', '\u2029', '\uFEFF', '\u2060', '\u200B', '\u0085':
		return true
	}
	return r >= utf8.RuneSelf && unicode.Is(unicode.Zs, r)
}

// commentEnd is the offset after the comment that begins at i, or -1 if none begins there.
// A block comment that does not end runs to the end of the source.
func (p *parser) commentEnd(i int) int {
	src := p.src
	if i+1 >= len(src) || src[i] != '/' {
		return -1
	}
	switch src[i+1] {
	case '/':
		for i += 2; i < len(src); i++ {
			switch src[i] {
			case '\n', '\r':
				return i
			case 0xE2:
				if r, _ := utf8.DecodeRune(src[i:]); r == '\u2028' || r == '\u2029' {
					return i
				}
			}
		}
		return i
	case '*':
		for j := i + 2; j+1 < len(src); j++ {
			if src[j] == '*' && src[j+1] == '/' {
				return j + 2
			}
		}
		return len(src)
	}
	return -1
}

// next reads the next token. Comments before it become nodes on the stack.
func (p *parser) next() {
	p.prevEnd = p.tok.end
	p.sameLine = 0
	i, nl := p.skipSpace(p.pos)
	inner := false // a line ends inside a comment
	for i < len(p.src) {
		kind, end := KindComment, p.commentEnd(i)
		if end < 0 {
			if end = p.htmlCommentEnd(i, nl); end < 0 {
				break
			}
			kind = KindHtmlComment
		}
		if !nl {
			p.sameLine++
		}
		if p.src[i+1] == '*' {
			if end < i+4 || p.src[end-2] != '*' || p.src[end-1] != '/' {
				p.fail(i, "this comment does not end")
				return
			}
			inner = inner || p.hasLineEnd(i, end)
		}
		p.stack = append(p.stack, node{kind: kind, extra: true, start: uint32(i), end: uint32(end)})
		var more bool
		i, more = p.skipSpace(end)
		nl = nl || more
	}
	p.tok = p.lex(i)
	p.tok.nl = nl || inner
	p.lineEnd = nl
	p.pos = int(p.tok.end)
	if p.tok.kind == kindBad {
		p.fail(i, "unexpected character")
	}
}

func (p *parser) hasLineEnd(i, end int) bool {
	for _, c := range p.src[i:end] {
		if c == '\n' || c == '\r' {
			return true
		}
	}
	return false
}

// htmlCommentEnd is the end of an HTML comment line that begins at i, or -1: "<!--" where no
// operator can stand, "-->" at the beginning of a line.
func (p *parser) htmlCommentEnd(i int, nl bool) int {
	rest := p.src[i:]
	switch {
	case len(rest) >= 4 && string(rest[:4]) == "<!--" && (nl || p.prevEnd == 0):
	case len(rest) >= 3 && string(rest[:3]) == "-->" && (nl || p.prevEnd == 0):
	default:
		return -1
	}
	for i < len(p.src) && p.src[i] != '\n' {
		i++
	}
	return i
}

// at lexes the token at or after offset i, without changing the parser's position.
func (p *parser) at(i uint32) token {
	j, nl := p.skipSpace(int(i))
	for {
		end := p.commentEnd(j)
		if end < 0 {
			break
		}
		nl = nl || p.hasLineEnd(j, end)
		var more bool
		j, more = p.skipSpace(end)
		nl = nl || more
	}
	t := p.lex(j)
	t.nl = nl
	return t
}

// peek is the token after the current one.
func (p *parser) peek() token { return p.at(p.tok.end) }

// lex reads the token that begins at i, which is not white space.
func (p *parser) lex(i int) token {
	src := p.src
	t := token{start: uint32(i)}
	if i >= len(src) {
		t.kind, t.start, t.end = kindEOF, uint32(len(src)), uint32(len(src))
		return t
	}
	c := src[i]
	if charTable[c]&charIdentStart != 0 {
		j := i + 1
		for j < len(src) && charTable[src[j]]&charIdentPart != 0 {
			j++
		}
		if j < len(src) && (src[j] >= utf8.RuneSelf || src[j] == '\\') {
			j = p.identEnd(j)
			t.kind, t.end = KindIdentifier, uint32(j)
			return t
		}
		t.kind, t.end = keyword(src[i:j]), uint32(j)
		return t
	}
	if charTable[c]&charDigit != 0 || c == '.' && i+1 < len(src) && charTable[src[i+1]]&charDigit != 0 {
		t.kind, t.end = KindNumber, uint32(p.numberEnd(i))
		return t
	}
	if c == '#' || c == '\\' || c >= utf8.RuneSelf {
		j := i
		t.kind = KindIdentifier
		if c == '#' {
			j++
			t.kind = KindPrivatePropertyIdentifier
		}
		end := p.identEnd(j)
		t.end = uint32(end)
		if end == j {
			t.kind, t.end = kindBad, uint32(i+1)
		}
		return t
	}
	kind, size := punct(src[i:])
	if size == 0 {
		kind, size = kindBad, 1
	}
	t.kind, t.end = kind, uint32(i+size)
	return t
}

// identEnd is the end of the identifier characters at i: letters, digits, anything outside
// ASCII that is not white space, and Unicode escapes.
func (p *parser) identEnd(i int) int {
	src := p.src
	for i < len(src) {
		c := src[i]
		switch {
		case charTable[c]&charIdentPart != 0:
			i++
		case c == '\\':
			n := unicodeEscape(src[i:])
			if n == 0 {
				return i
			}
			i += n
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(src[i:])
			if isSpaceRune(r) || r == utf8.RuneError && size <= 1 {
				return i
			}
			i += size
		default:
			return i
		}
	}
	return i
}

// unicodeEscape is the length of the \uXXXX or \u{X} that b begins with, 0 if it does not.
func unicodeEscape(b []byte) int {
	if len(b) < 4 || b[1] != 'u' {
		return 0
	}
	if b[2] == '{' {
		for i := 3; i < len(b); i++ {
			if b[i] == '}' && i > 3 {
				return i + 1
			}
			if charTable[b[i]]&charHex == 0 {
				return 0
			}
		}
		return 0
	}
	if len(b) < 6 {
		return 0
	}
	for _, c := range b[2:6] {
		if charTable[c]&charHex == 0 {
			return 0
		}
	}
	return 6
}

// numberEnd is the end of the number literal that begins at i.
func (p *parser) numberEnd(i int) int {
	src := p.src
	digits := func(i int, class uint8) int {
		for i < len(src) && (charTable[src[i]]&class != 0 || src[i] == '_') {
			i++
		}
		return i
	}
	if src[i] == '0' && i+1 < len(src) {
		switch src[i+1] {
		case 'x', 'X':
			i = digits(i+2, charHex)
		case 'b', 'B', 'o', 'O':
			i = digits(i+2, charDigit)
		default:
			return p.decimalEnd(i, digits)
		}
		if i < len(src) && src[i] == 'n' {
			i++
		}
		return i
	}
	return p.decimalEnd(i, digits)
}

func (p *parser) decimalEnd(i int, digits func(int, uint8) int) int {
	src := p.src
	start := i
	i = digits(i, charDigit)
	if i < len(src) && src[i] == 'n' {
		return i + 1
	}
	if src[start] == '0' && i > start+1 && !bytes.ContainsAny(src[start:i], "89_") {
		return i // an old octal number has no fraction
	}
	if i < len(src) && src[i] == '.' {
		i = digits(i+1, charDigit)
	}
	if i < len(src) && (src[i] == 'e' || src[i] == 'E') {
		j := i + 1
		if j < len(src) && (src[j] == '+' || src[j] == '-') {
			j++
		}
		if j < len(src) && charTable[src[j]]&charDigit != 0 {
			i = digits(j, charDigit)
		}
	}
	return i
}

// isIdent reports whether a token of the kind can be an identifier.
func isIdent(k Kind) bool {
	return k == KindIdentifier || k == KindUndefined || k >= TokenAbstract && k <= TokenYield
}

// isWord reports whether a token of the kind is an identifier or any keyword, and so can be a
// property name.
func isWord(k Kind) bool {
	switch k {
	case KindIdentifier, KindUndefined, KindThis, KindSuper, KindNull, KindTrue, KindFalse:
		return true
	}
	return k >= TokenBreak && k <= TokenYield
}
