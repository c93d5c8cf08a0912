package tsx

// primary reads an expression without operators, accesses and calls.
func (p *parser) primary(m int) {
	switch p.tok.kind {
	case KindNumber, KindThis, KindSuper, KindNull, KindTrue, KindFalse, KindUndefined:
		p.shift()
	case TokenDoubleQuote, TokenSingleQuote:
		p.stringLiteral()
	case TokenBacktick:
		p.template()
	case TokenSlash, TokenSlashEq:
		p.regex(m)
	case TokenLParen:
		p.parenthesized(FieldNone)
	case TokenLBracket:
		p.array(m)
	case TokenLBrace:
		p.object()
	case TokenFunction:
		p.functionExpression(m)
	case TokenClass, TokenAt:
		p.classExpression(m)
	case TokenImport:
		p.importExpression(m)
	case TokenNew:
		p.newExpression(m)
	case KindPrivatePropertyIdentifier:
		p.shift()
		if !p.is(TokenIn) {
			p.unexpected("expected in")
		}
	case TokenLt:
		if p.jsx {
			p.jsxElement(m)
			return
		}
		p.unexpected("expected an expression")
	case TokenAsync:
		if next := p.peek(); next.kind == TokenFunction && !next.nl {
			p.functionExpression(m)
			return
		}
		p.shiftAs(KindIdentifier)
	default:
		if !isIdent(p.tok.kind) {
			p.unexpected("expected an expression")
			return
		}
		p.shiftAs(KindIdentifier)
	}
}

func (p *parser) importExpression(m int) {
	if p.peek().kind != TokenDot {
		p.shift()
		p.finish(m, KindImport)
		if !p.is(TokenLParen) {
			p.unexpected("expected (")
		}
		return
	}
	p.shift()
	p.shift()
	if p.is(TokenMeta) {
		p.shift()
		p.finish(m, KindMetaProperty)
		return
	}
	p.propertyWord() // a phase: import.defer("a")
	p.field(p.lastNode(), FieldNone)
	p.finish(m, KindMetaProperty)
}

func (p *parser) functionExpression(m int) {
	async := p.accept(TokenAsync)
	p.shift()
	generator := p.accept(TokenStar)
	c := p.context
	p.async, p.generator, p.function = async, generator, true
	if isIdent(p.tok.kind) {
		p.name(KindIdentifier, FieldName)
	}
	p.context = c
	p.callSignature(async, generator)
	if !p.is(TokenLBrace) && p.canInsertSemicolon() || p.is(TokenSemicolon) {
		p.finish(m, KindFunctionSignature) // "export default function (): void;"
		return
	}
	p.functionBlock(async, generator, true)
	k := KindFunctionExpression
	if generator {
		k = KindGeneratorFunction
	}
	p.finish(m, k)
}

func (p *parser) array(m int) {
	c := p.nested()
	p.shift()
	for !p.is(TokenRBracket) && !p.is(kindEOF) {
		if p.accept(TokenComma) {
			continue
		}
		p.element()
		if !p.is(TokenRBracket) && !p.expect(TokenComma) {
			break
		}
	}
	p.context = c
	p.expect(TokenRBracket)
	p.finish(m, KindArray)
}

func (p *parser) object() {
	m := p.mark()
	c := p.nested()
	p.expect(TokenLBrace)
	for !p.is(TokenRBrace) && !p.is(kindEOF) {
		p.property()
		if !p.is(TokenRBrace) && !p.expect(TokenComma) {
			break
		}
	}
	p.context = c
	p.expect(TokenRBrace)
	p.finish(m, KindObject)
}

func (p *parser) property() {
	m := p.mark()
	if p.is(TokenDotDotDot) {
		p.element()
		return
	}
	if isIdent(p.tok.kind) {
		switch next := p.peek(); next.kind {
		case TokenComma, TokenRBrace:
			p.shiftAs(KindShorthandPropertyIdentifier)
			return
		case TokenEq: // only in what turns out to be a pattern
			p.shiftAs(KindShorthandPropertyIdentifierPattern)
			p.patternDefault(m, KindObjectAssignmentPattern)
			return
		}
	}
	mod := p.modifiers()
	generator := p.accept(TokenStar)
	n := p.mark()
	p.propertyName()
	if p.is(TokenLParen) || p.is(TokenLt) || p.is(TokenQuestion) {
		p.field(n, FieldName)
		p.accept(TokenQuestion)
		p.callSignature(mod.async, generator)
		p.functionBlock(mod.async, generator, false)
		p.finish(m, KindMethodDefinition)
		return
	}
	p.field(n, FieldKey)
	p.expect(TokenColon)
	v := p.mark()
	p.assignment()
	p.field(v, FieldValue)
	p.finish(m, KindPair)
}

// toPattern makes the array or object at m, which turned out to be assigned to, a pattern.
func (p *parser) toPattern(m int) {
	if m < len(p.stack) {
		p.patternOf(&p.stack[m])
	}
}

func (p *parser) patternOf(n *node) {
	switch n.kind {
	case KindObject:
		n.kind = KindObjectPattern
	case KindArray:
		n.kind = KindArrayPattern
	case KindPair:
		n.kind = KindPairPattern
		p.patternOf(&p.nodes[n.first+n.count-1])
		return
	case KindSpreadElement:
		n.kind = KindRestPattern
	case KindShorthandPropertyIdentifier:
		n.kind = KindShorthandPropertyIdentifierPattern
		return
	case KindAssignmentExpression:
		n.kind = KindAssignmentPattern
		p.patternOf(&p.nodes[n.first])
		return
	case KindObjectAssignmentPattern:
		return
	default:
		return
	}
	for i := n.first; i < n.first+n.count; i++ {
		p.patternOf(&p.nodes[i])
	}
}

// arrowFunction reads an arrow function, if one begins at the current token.
func (p *parser) arrowFunction(m int) bool {
	switch p.tok.kind {
	case TokenLParen:
		return p.arrowHeadPossible(p.tok) && p.tryArrow(m)
	case TokenLt:
		return p.genericArrowPossible(p.tok) && p.tryArrow(m)
	case TokenAsync:
		next := p.peek()
		switch {
		case next.kind == TokenArrow:
		case next.nl:
			return false
		case next.kind == TokenLParen:
			return p.arrowHeadPossible(next) && p.tryArrow(m)
		case next.kind == TokenLt:
			return p.tryArrow(m)
		case isIdent(next.kind):
			if p.at(next.end).kind != TokenArrow {
				return false
			}
			p.shift()
			p.arrowParameter(m, true)
			return true
		default:
			return false
		}
	default:
		if !isIdent(p.tok.kind) || !p.arrowFollows() {
			return false
		}
	}
	p.arrowParameter(m, false)
	return true
}

// arrowFollows reports whether "=>" comes after the current word.
func (p *parser) arrowFollows() bool {
	i := int(p.tok.end)
	for i < len(p.src) && p.src[i] == ' ' {
		i++
	}
	if i >= len(p.src) {
		return false
	}
	switch p.src[i] {
	case '=':
		return i+1 < len(p.src) && p.src[i+1] == '>'
	case '/', '\t', '\r', '\n':
		return p.peek().kind == TokenArrow
	}
	return false
}

// arrowParameter reads an arrow function with one parameter and no parentheses.
func (p *parser) arrowParameter(m int, async bool) {
	a := p.mark()
	p.shiftAs(KindIdentifier)
	p.field(a, FieldParameter)
	p.expect(TokenArrow)
	p.arrowBody(async)
	p.finish(m, KindArrowFunction)
}

func (p *parser) arrowBody(async bool) {
	if p.is(TokenLBrace) {
		p.functionBlock(async, false, true)
		return
	}
	c := p.context
	p.async, p.generator, p.function = async, false, true
	b := p.mark()
	p.assignment()
	p.field(b, FieldBody)
	p.context = c
}

// tryArrow reads an arrow function whose parameters are in parentheses.
func (p *parser) tryArrow(m int) bool {
	what := trialArrow
	if p.inTrue {
		what = trialArrowInTrue
	}
	async, typed := false, false
	ok := p.try(what, func() bool {
		async = p.accept(TokenAsync)
		c := p.context
		p.async, p.generator, p.function = async, false, true
		p.typeParameters()
		p.parameters()
		p.context = c
		typed = p.is(TokenColon)
		p.returnType()
		if !p.is(TokenArrow) || p.tok.nl {
			return false
		}
		p.shift()
		if typed && p.inTrue {
			p.arrowBody(async)
			return p.is(TokenColon)
		}
		return true
	})
	if !ok {
		return false
	}
	if !typed || !p.inTrue {
		p.arrowBody(async)
	}
	p.finish(m, KindArrowFunction)
	return true
}

// arrowHeadPossible reports whether the parenthesis open may begin the parameters of an arrow
// function, by the few tokens after it.
func (p *parser) arrowHeadPossible(open token) bool {
	t1 := p.at(open.end)
	switch t1.kind {
	case TokenRParen, TokenDotDotDot:
		return true
	case TokenLBrace, TokenLBracket, TokenAt:
		return true
	case KindThis:
		return p.at(t1.end).kind == TokenColon
	}
	if !isIdent(t1.kind) {
		return false
	}
	t2 := p.at(t1.end)
	switch t2.kind {
	case TokenComma, TokenEq, TokenColon:
		return true
	case TokenRParen:
		t3 := p.at(t2.end).kind
		return t3 == TokenArrow || t3 == TokenColon
	case TokenQuestion:
		switch p.at(t2.end).kind {
		case TokenComma, TokenEq, TokenColon, TokenRParen:
			return true
		}
	}
	return false
}

// genericArrowPossible reports whether "<" may begin the type parameters of an arrow
// function. With JSX, only "<T," and "<T extends U" do.
func (p *parser) genericArrowPossible(open token) bool {
	t1 := p.at(open.end)
	if t1.kind == TokenConst {
		t1 = p.at(t1.end)
	}
	if !isIdent(t1.kind) {
		return false
	}
	if !p.jsx {
		return true
	}
	t2 := p.at(t1.end)
	switch t2.kind {
	case TokenComma:
		return true
	case TokenEq:
		return isIdent(p.at(t2.end).kind)
	case TokenExtends:
		switch p.at(t2.end).kind {
		case TokenEq, TokenGt, TokenSlash:
			return false
		}
		return true
	}
	return false
}
