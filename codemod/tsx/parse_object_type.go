package tsx

// objectType reads "{ members }" of an object type or interface.
func (p *parser) objectType(k Kind) {
	m := p.mark()
	c := p.nested()
	p.expect(TokenLBrace)
	for !p.is(TokenRBrace) && !p.is(kindEOF) {
		if p.accept(TokenSemicolon) || p.accept(TokenComma) {
			continue
		}
		p.typeMember()
		if !p.is(TokenSemicolon) && !p.is(TokenComma) && !p.canInsertSemicolon() {
			p.unexpected("expected ;")
		}
	}
	p.context = c
	p.expect(TokenRBrace)
	p.finish(m, k)
}

func (p *parser) typeMember() {
	m := p.mark()
	switch p.tok.kind {
	case TokenLParen, TokenLt:
		p.callSignature(false, false)
		p.finish(m, KindCallSignature)
		return
	case TokenNew:
		if next := p.peek().kind; next == TokenLParen || next == TokenLt {
			p.shift()
			p.constructRest(m)
			return
		}
	case TokenPlus, TokenMinus:
		p.shiftField(FieldSign)
		p.expect(TokenReadonly)
		p.indexRest()
		p.finish(m, KindIndexSignature)
		return
	}
	p.modifiers()
	if p.is(TokenLBracket) && p.indexSignatureFollows() {
		p.indexRest()
		p.finish(m, KindIndexSignature)
		return
	}
	n := p.mark()
	p.propertyName()
	p.field(n, FieldName)
	p.accept(TokenQuestion)
	if p.is(TokenLParen) || p.is(TokenLt) {
		p.callSignature(false, false)
		p.finish(m, KindMethodSignature)
		return
	}
	p.typeAnnotation(FieldType)
	p.finish(m, KindPropertySignature)
}

// constructRest reads a construct signature after "new".
func (p *parser) constructRest(m int) {
	p.typeParameters()
	p.parameters()
	p.typeAnnotation(FieldType)
	p.finish(m, KindConstructSignature)
}

// indexSignatureFollows tells "[k: string]" and "[K in T]" from a computed name.
func (p *parser) indexSignatureFollows() bool {
	t1 := p.peek()
	if !isIdent(t1.kind) {
		return false
	}
	t2 := p.at(t1.end).kind
	return t2 == TokenColon || t2 == TokenIn
}

// indexRest reads an index signature or mapped type clause from its "[" on.
func (p *parser) indexRest() {
	c := p.nested()
	p.expect(TokenLBracket)
	if p.peek().kind == TokenIn {
		m := p.mark()
		p.name(KindTypeIdentifier, FieldName)
		p.shift()
		t := p.mark()
		p.typ()
		p.field(t, FieldType)
		if p.accept(TokenAs) {
			a := p.mark()
			p.typ()
			p.field(a, FieldAlias)
		}
		p.finish(m, KindMappedTypeClause)
	} else {
		p.name(KindIdentifier, FieldName)
		p.expect(TokenColon)
		t := p.mark()
		p.typ()
		p.field(t, FieldIndexType)
	}
	p.context = c
	p.expect(TokenRBracket)
	p.indexAnnotation()
}

// indexAnnotation reads ": T", "?: T", "-?: T" or "+?: T" after an index signature.
func (p *parser) indexAnnotation() {
	m := p.mark()
	start := int(p.tok.start)
	rest := p.src[start:]
	var k, sign Kind
	var size int
	switch {
	case len(rest) > 1 && string(rest[:2]) == "?:":
		k, sign, size = KindOptingTypeAnnotation, TokenQuestionColon, 2
	case len(rest) > 2 && string(rest[:3]) == "-?:":
		k, sign, size = KindOmittingTypeAnnotation, TokenMinusQuestionColon, 3
	case len(rest) > 2 && string(rest[:3]) == "+?:":
		k, sign, size = KindAddingTypeAnnotation, TokenPlusQuestionColon, 3
	default:
		if p.is(TokenPlus) || p.is(TokenMinus) {
			p.shift()
		}
		p.accept(TokenQuestion)
		p.typeAnnotation(FieldType)
		return
	}
	p.tok.kind, p.tok.end, p.pos = sign, uint32(start+size), start+size
	c := p.nested()
	p.shift()
	p.typ()
	p.context = c
	p.wrap(m, k, FieldType)
}
