package tsx

// decorated reads a class declaration, with decorators before it; they may also come before
// "export", and then belong to the export statement.
func (p *parser) decorated(m int) {
	for p.is(TokenAt) {
		p.decorator(FieldDecorator)
	}
	if p.is(TokenExport) {
		p.exportStatement(m)
		return
	}
	p.classDeclaration(m)
}

// decorator reads "@a", "@a.b(c)" or "@(a)".
func (p *parser) decorator(f Field) {
	m := p.mark()
	p.shift()
	c := p.nested()
	p.inDecorator = true
	e := p.mark()
	if p.is(TokenLParen) {
		p.parenthesized(FieldNone)
	} else {
		p.name(KindIdentifier, FieldNone)
	}
	p.postfix(e, false, true)
	p.context = c
	p.wrap(m, KindDecorator, f)
}

func (p *parser) classDeclaration(m int) {
	k := KindClassDeclaration
	if p.is(TokenAbstract) {
		k = KindAbstractClassDeclaration
		p.shift()
	}
	p.classRest()
	if k == KindClassDeclaration {
		p.blockEnd(m, k, FieldNone, false)
	} else {
		p.finish(m, k)
	}
}

func (p *parser) classExpression(m int) {
	for p.is(TokenAt) {
		p.decorator(FieldDecorator)
	}
	p.classRest()
	p.finish(m, KindClass)
}

// classRest reads a class from its keyword on.
func (p *parser) classRest() {
	p.expect(TokenClass)
	if isIdent(p.tok.kind) && (!p.is(TokenImplements) || !isIdent(p.peek().kind)) {
		p.name(KindTypeIdentifier, FieldName)
	}
	p.typeParameters()
	h := p.mark()
	if p.is(TokenExtends) {
		e := p.mark()
		p.shift()
		for {
			v := p.mark()
			old := p.noInstance
			p.noInstance = true
			p.leftHandSide(v, false, true)
			p.noInstance = old
			p.field(v, FieldValue)
			if p.is(TokenLt) || p.is(TokenLtLt) {
				p.typeArguments(FieldTypeArguments)
			}
			if !p.accept(TokenComma) {
				break
			}
		}
		p.finish(e, KindExtendsClause)
	}
	if p.is(TokenImplements) {
		i := p.mark()
		p.shift()
		for {
			p.typ()
			if !p.accept(TokenComma) {
				break
			}
		}
		p.finish(i, KindImplementsClause)
	}
	p.finish(h, KindClassHeritage)
	p.classBody()
}

func (p *parser) classBody() {
	m := p.mark()
	c := p.context
	p.nested()
	p.expect(TokenLBrace)
	for !p.is(TokenRBrace) && !p.is(kindEOF) {
		if !p.accept(TokenSemicolon) {
			p.member()
		}
	}
	p.context = c
	p.expect(TokenRBrace)
	p.wrap(m, KindClassBody, FieldBody)
}

// member reads one member of a class, with its semicolon.
func (p *parser) member() {
	m := p.mark()
	for p.is(TokenAt) {
		p.decorator(FieldDecorator)
	}
	if p.is(TokenStatic) && p.peek().kind == TokenLBrace {
		p.shift()
		c := p.context
		p.async, p.generator, p.function = false, false, true
		p.blockIn(FieldBody, false)
		p.context = c
		p.finish(m, KindClassStaticBlock)
		return
	}
	// The decorators of a method are children of the class body, those of a field of the field.
	start := p.mark()
	mod := p.modifiers()
	if p.is(TokenLBracket) && p.indexSignatureFollows() {
		p.indexRest()
		p.finish(start, KindIndexSignature)
		p.memberEnd()
		return
	}
	async, generator := mod.async, false
	if p.is(TokenStar) {
		generator = true
		p.shift()
	}
	n := p.mark()
	p.propertyName()
	p.field(n, FieldName)
	if p.is(TokenQuestion) || p.is(TokenBang) {
		p.shift()
	}
	if !p.is(TokenLParen) && !p.is(TokenLt) {
		p.fieldRest(m)
		return
	}
	p.callSignature(async, generator)
	switch {
	case p.is(TokenLBrace):
		p.functionBlock(async, generator, false)
		p.finish(start, KindMethodDefinition)
		p.accept(TokenSemicolon)
	case mod.abstract:
		p.finish(start, KindAbstractMethodSignature)
		p.memberEnd()
	default:
		p.finish(start, KindMethodSignature)
		p.memberEnd()
	}
}

// fieldRest reads the type and value of a field whose name is read.
func (p *parser) fieldRest(m int) {
	p.typeAnnotation(FieldType)
	c := p.context
	p.async, p.generator, p.function = false, false, true
	p.initializer()
	p.context = c
	p.finish(m, KindPublicFieldDefinition)
	p.memberEnd()
}

func (p *parser) memberEnd() {
	if p.accept(TokenSemicolon) || p.accept(TokenComma) || p.canInsertSemicolon() {
		return
	}
	p.unexpected("expected ;")
}

type modifiers struct{ abstract, async bool }

// modifiers reads the words before the name of a member.
func (p *parser) modifiers() (mod modifiers) {
	for {
		switch p.tok.kind {
		case TokenPublic, TokenPrivate, TokenProtected, TokenOverride, TokenDeclare, TokenStatic,
			TokenReadonly, TokenAbstract, TokenAccessor, TokenAsync, TokenGet, TokenSet:
		default:
			return mod
		}
		if !p.modifierFollowed() {
			return mod
		}
		m := p.mark()
		switch p.tok.kind {
		case TokenPublic, TokenPrivate, TokenProtected:
			p.shift()
			p.finish(m, KindAccessibilityModifier)
		case TokenOverride:
			p.shift()
			p.finish(m, KindOverrideModifier)
		case TokenAbstract:
			mod.abstract = true
			p.shift()
		case TokenAsync:
			mod.async = true
			p.shift()
		default:
			p.shift()
		}
	}
}

// modifierFollowed reports whether the current word is a modifier of a member: a name or
// another modifier follows it.
func (p *parser) modifierFollowed() bool {
	next := p.peek()
	switch next.kind {
	case TokenLBracket, TokenDoubleQuote, TokenSingleQuote, KindNumber, KindPrivatePropertyIdentifier:
	case TokenStar:
		return p.is(TokenAsync) && !next.nl || p.is(TokenStatic) || p.is(TokenPublic) || p.is(TokenPrivate) || p.is(TokenProtected) || p.is(TokenOverride)
	default:
		if !isWord(next.kind) {
			return false
		}
	}
	switch p.tok.kind {
	case TokenGet, TokenSet, TokenStatic:
		return true
	}
	return !next.nl
}

// propertyName reads the name of a member, a property or an enum member.
func (p *parser) propertyName() {
	switch p.tok.kind {
	case KindNumber, KindPrivatePropertyIdentifier:
		p.shift()
	case TokenDoubleQuote, TokenSingleQuote:
		p.stringLiteral()
	case TokenLBracket:
		m := p.mark()
		c := p.nested()
		p.shift()
		p.expression()
		p.context = c
		p.expect(TokenRBracket)
		p.finish(m, KindComputedPropertyName)
	default:
		if !isWord(p.tok.kind) {
			p.unexpected("expected a name")
			return
		}
		p.shiftAs(KindPropertyIdentifier)
	}
}

// callSignature reads type parameters, parameters and return type.
func (p *parser) callSignature(async, generator bool) {
	c := p.context
	p.async, p.generator, p.function = async, generator, true
	p.typeParameters()
	p.parameters()
	p.context = c
	p.returnType()
}

// parameters reads "(a, b?: T, ...c)".
func (p *parser) parameters() {
	m := p.mark()
	c := p.nested()
	p.expect(TokenLParen)
	for !p.is(TokenRParen) && !p.is(kindEOF) {
		p.parameter()
		if !p.accept(TokenComma) {
			break
		}
	}
	p.context = c
	p.expect(TokenRParen)
	p.wrap(m, KindFormalParameters, FieldParameters)
}

func (p *parser) parameter() {
	m := p.mark()
	for p.is(TokenAt) {
		p.decorator(FieldDecorator)
	}
	for p.parameterModifier() {
		a := p.mark()
		k := p.tok.kind
		p.shift()
		switch k {
		case TokenOverride:
			p.finish(a, KindOverrideModifier)
		case TokenPublic, TokenPrivate, TokenProtected:
			p.finish(a, KindAccessibilityModifier)
		}
	}
	t := p.mark()
	switch {
	case p.is(KindThis):
		p.shift()
	case p.is(TokenDotDotDot):
		p.restPattern()
	default:
		p.bindingPattern()
	}
	p.field(t, FieldPattern)
	k := KindRequiredParameter
	if p.is(TokenQuestion) {
		k = KindOptionalParameter
		p.shift()
	}
	p.typeAnnotation(FieldType)
	p.initializer()
	p.finish(m, k)
}

func (p *parser) parameterModifier() bool {
	switch p.tok.kind {
	case TokenPublic, TokenPrivate, TokenProtected, TokenOverride, TokenReadonly:
		next := p.peek().kind
		return isIdent(next) || next == TokenLBrace || next == TokenLBracket || next == KindThis
	}
	return false
}

// bindingTarget reads the name or pattern of a declaration.
func (p *parser) bindingTarget(f Field) {
	m := p.mark()
	if p.is(TokenLBrace) || p.is(TokenLBracket) {
		p.bindingPattern()
	} else {
		p.name(KindIdentifier, FieldNone)
	}
	p.field(m, f)
}

// bindingPattern reads a name or pattern that binds.
func (p *parser) bindingPattern() {
	if !p.enter() {
		return
	}
	defer p.leave()
	m := p.mark()
	switch p.tok.kind {
	case TokenLBrace:
		c := p.nested()
		p.shift()
		for !p.is(TokenRBrace) && !p.is(kindEOF) {
			if p.accept(TokenComma) {
				continue
			}
			p.bindingProperty()
			if !p.accept(TokenComma) {
				break
			}
		}
		p.context = c
		p.expect(TokenRBrace)
		p.finish(m, KindObjectPattern)
	case TokenLBracket:
		c := p.nested()
		p.shift()
		for !p.is(TokenRBracket) && !p.is(kindEOF) {
			if p.accept(TokenComma) {
				continue
			}
			if p.is(TokenDotDotDot) {
				p.restPattern()
			} else {
				p.bindingElement()
			}
			if !p.is(TokenRBracket) && !p.expect(TokenComma) {
				break
			}
		}
		p.context = c
		p.expect(TokenRBracket)
		p.finish(m, KindArrayPattern)
	case KindUndefined:
		p.shift()
	default:
		p.name(KindIdentifier, FieldNone)
	}
}

func (p *parser) restPattern() {
	m := p.mark()
	p.shift()
	p.bindingPattern()
	p.finish(m, KindRestPattern)
}

// bindingElement reads a pattern with an optional default.
func (p *parser) bindingElement() {
	m := p.mark()
	p.bindingPattern()
	p.patternDefault(m, KindAssignmentPattern)
}

func (p *parser) patternDefault(m int, k Kind) {
	if !p.is(TokenEq) {
		return
	}
	p.field(m, FieldLeft)
	p.shift()
	r := p.mark()
	p.assignment()
	p.field(r, FieldRight)
	p.finish(m, k)
}

func (p *parser) bindingProperty() {
	m := p.mark()
	if p.is(TokenDotDotDot) {
		p.restPattern()
		return
	}
	if isIdent(p.tok.kind) && p.peek().kind != TokenColon {
		p.shiftAs(KindShorthandPropertyIdentifierPattern)
		p.patternDefault(m, KindObjectAssignmentPattern)
		return
	}
	p.propertyName()
	p.field(m, FieldKey)
	p.expect(TokenColon)
	v := p.mark()
	p.bindingElement()
	p.field(v, FieldValue)
	p.finish(m, KindPairPattern)
}
