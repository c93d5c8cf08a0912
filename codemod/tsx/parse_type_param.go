package tsx

// splitGreater makes the ">" at the beginning of the current token the current token.
func (p *parser) splitGreater() {
	switch p.tok.kind {
	case TokenGtGt, TokenGtGtGt, TokenGtEq, TokenGtGtEq, TokenGtGtGtEq:
		p.tok.kind, p.tok.end = TokenGt, p.tok.start+1
		p.pos = int(p.tok.end)
	}
}

// splitLess does the same for "<".
func (p *parser) splitLess() {
	if p.is(TokenLtLt) {
		p.tok.kind, p.tok.end = TokenLt, p.tok.start+1
		p.pos = int(p.tok.end)
	}
}

func (p *parser) typeArguments(f Field) {
	p.typeArgumentsTo(f, p.splitGreater)
}

// typeArgumentsTo reads type arguments, and calls closing before the last ">".
func (p *parser) typeArgumentsTo(f Field, closing func()) {
	m := p.mark()
	c := p.nested()
	p.splitLess()
	p.expect(TokenLt)
	for {
		p.typ()
		if !p.accept(TokenComma) {
			break
		}
		if p.is(TokenGt) {
			break
		}
	}
	p.context = c
	closing()
	p.expect(TokenGt)
	p.wrap(m, KindTypeArguments, f)
}

// typeParameters reads an optional "<const T extends U = V>".
func (p *parser) typeParameters() {
	if !p.is(TokenLt) {
		return
	}
	m := p.mark()
	c := p.nested()
	p.shift()
	for !p.is(TokenGt) && !p.is(kindEOF) {
		p.typeParameter()
		if !p.accept(TokenComma) {
			break
		}
	}
	p.context = c
	p.splitGreater()
	p.expect(TokenGt)
	p.wrap(m, KindTypeParameters, FieldTypeParameters)
}

func (p *parser) typeParameter() {
	m := p.mark()
	for {
		if p.is(TokenConst) || p.is(TokenIn) {
			p.shift()
			continue
		}
		if p.word("out") && isIdent(p.peek().kind) {
			p.shiftAs(TokenOut)
			continue
		}
		break
	}
	p.name(KindTypeIdentifier, FieldName)
	if p.is(TokenExtends) {
		c := p.mark()
		p.shift()
		p.typ()
		p.wrap(c, KindConstraint, FieldConstraint)
	}
	if p.is(TokenEq) {
		d := p.mark()
		p.shift()
		p.typ()
		p.wrap(d, KindDefaultType, FieldValue)
	}
	p.finish(m, KindTypeParameter)
}
