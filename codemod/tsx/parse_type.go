package tsx

// typ reads a type.
func (p *parser) typ() {
	if !p.enter() {
		return
	}
	defer p.leave()
	m := p.mark()
	p.unionType(m, 0)
	if p.noCond || !p.is(TokenExtends) || p.tok.nl {
		return
	}
	p.conditionalType(m)
}

func (p *parser) conditionalType(m int) {
	p.field(m, FieldLeft)
	p.shift()
	r := p.mark()
	p.noCond = true
	p.typ()
	p.noCond = false
	p.field(r, FieldRight)
	p.expect(TokenQuestion)
	t := p.mark()
	p.typ()
	p.field(t, FieldConsequence)
	p.expect(TokenColon)
	f := p.mark()
	p.typ()
	p.field(f, FieldAlternative)
	p.finish(m, KindConditionalType)
}

// Levels of unionType.
const (
	levelUnion = iota
	levelIntersection
)

// unionType reads types joined by "|" and, more tightly, "&". Either may also come first.
func (p *parser) unionType(m, level int) {
	op, k := TokenBar, KindUnionType
	if level == levelIntersection {
		op, k = TokenAmp, KindIntersectionType
	}
	operand := func(m int) {
		if level == levelUnion {
			p.unionType(m, levelIntersection)
		} else {
			p.operandType(m)
		}
	}
	if p.is(op) {
		p.shift()
		operand(p.mark())
		p.finish(m, k)
	} else {
		operand(m)
	}
	for p.is(op) {
		p.shift()
		operand(p.mark())
		p.finish(m, k)
	}
}

// operandType reads a type that is no union, intersection or conditional type, except that
// function types and those after "readonly" and "infer" contain all that follows.
func (p *parser) operandType(m int) {
	switch p.tok.kind {
	case TokenLParen:
		if p.functionTypeFollows() {
			p.functionType(m)
			return
		}
	case TokenLt:
		p.functionType(m)
		return
	case TokenNew:
		p.constructorType(m)
		return
	case TokenAbstract:
		if p.peek().kind == TokenNew {
			p.shift()
			p.constructorType(m)
			return
		}
	case TokenReadonly:
		if p.typeFollows(p.peek()) {
			p.shift()
			p.typ()
			p.finish(m, KindReadonlyType)
			return
		}
	case TokenInfer:
		if next := p.peek(); isIdent(next.kind) && !next.nl {
			p.inferType(m)
			return
		}
	}
	p.primaryType()
}

// typeFollows reports whether a token after a word like "readonly" begins a type, so that the
// word is an operator.
func (p *parser) typeFollows(t token) bool {
	switch t.kind {
	case TokenLBracket, TokenLParen, TokenLBrace, TokenTypeof, TokenDoubleQuote, TokenSingleQuote, TokenBacktick,
		KindThis, KindNumber, KindNull, KindTrue, KindFalse, TokenVoid, TokenImport:
		return true
	}
	return isIdent(t.kind)
}

func (p *parser) inferType(m int) {
	p.shift()
	p.name(KindTypeIdentifier, FieldNone)
	if p.is(TokenExtends) {
		if p.noCond {
			p.shift()
			u := p.mark()
			p.unionType(u, 0)
		} else {
			p.try(trialInferConstraint, func() bool {
				p.shift()
				p.noCond = true
				p.unionType(p.mark(), 0)
				p.noCond = false
				return !p.is(TokenQuestion)
			})
		}
	}
	p.finish(m, KindInferType)
}

// constructorType reads a constructor type from "new" on. Its return type ends before the
// first "|" or "&" that does not begin it.
func (p *parser) constructorType(m int) {
	p.shift()
	p.typeParameters()
	p.parameters()
	p.expect(TokenArrow)
	t := p.mark()
	switch {
	case isIdent(p.tok.kind) && p.peek().kind == TokenIs:
		p.predicate(t)
	case p.is(TokenAmp):
		p.shift()
		p.operandType(p.mark())
		p.finish(t, KindIntersectionType)
	case p.is(TokenBar):
		p.shift()
		p.unionType(p.mark(), levelIntersection)
		p.finish(t, KindUnionType)
	default:
		p.operandType(t)
	}
	p.field(t, FieldType)
	p.finish(m, KindConstructorType)
}

func (p *parser) functionType(m int) {
	p.typeParameters()
	p.parameters()
	p.expect(TokenArrow)
	r := p.mark()
	old := p.noCond
	p.noCond = false
	p.typeOrPredicate()
	p.noCond = old
	p.field(r, FieldReturnType)
	p.finish(m, KindFunctionType)
}

// functionTypeFollows tells a function type from a type in parentheses.
func (p *parser) functionTypeFollows() bool {
	t1 := p.peek()
	switch {
	case t1.kind == TokenRParen || t1.kind == TokenDotDotDot:
		return true
	case t1.kind == TokenLBrace || t1.kind == TokenLBracket:
		// Only what follows the pattern tells; reading it twice is the price.
		return p.ahead(trialFunctionType, func() bool {
			p.parameters()
			return p.is(TokenArrow)
		})
	case !isIdent(t1.kind) && t1.kind != KindThis:
		return false
	}
	t2 := p.at(t1.end)
	switch t2.kind {
	case TokenColon, TokenComma, TokenEq:
		return true
	case TokenQuestion:
		t3 := p.at(t2.end).kind
		return t3 == TokenColon || t3 == TokenComma || t3 == TokenRParen || t3 == TokenEq
	case TokenRParen:
		t3 := p.at(t2.end)
		return t3.kind == TokenArrow
	}
	return false
}

// typeOrPredicate reads a return type: a type, "x is T", "asserts x" or "asserts x is T". It
// is the kind that the annotation has.
func (p *parser) typeOrPredicate() Kind {
	m := p.mark()
	next := p.peek()
	if p.is(TokenAsserts) && !next.nl && (isIdent(next.kind) && next.kind != TokenIs || next.kind == KindThis ||
		next.kind == TokenIs && p.at(next.end).kind == TokenIs) {
		p.shift()
		a := p.mark()
		if next = p.peek(); next.kind == TokenIs && !next.nl {
			p.predicate(a)
		} else {
			p.predicateName(FieldNone)
		}
		p.finish(m, KindAsserts)
		return KindAssertsAnnotation
	}
	if (isIdent(p.tok.kind) || p.is(KindThis)) && next.kind == TokenIs && !next.nl {
		p.predicate(m)
		return KindTypePredicateAnnotation
	}
	p.typ()
	return KindTypeAnnotation
}

func (p *parser) predicate(m int) {
	p.predicateName(FieldName)
	p.expect(TokenIs)
	t := p.mark()
	p.typ()
	p.field(t, FieldType)
	p.finish(m, KindTypePredicate)
}

func (p *parser) predicateName(f Field) {
	m := p.mark()
	switch p.tok.kind {
	case KindThis:
		p.shift()
	case TokenAny, TokenNumber, TokenBoolean, TokenString, TokenSymbol, TokenVoid, TokenUnknown, TokenNever, TokenObject:
		p.shift() // a predefined type, renamed
		p.finish(m, KindIdentifier)
	default:
		p.shiftAs(KindIdentifier)
	}
	p.field(m, f)
}

// returnType reads an optional return type.
func (p *parser) returnType() {
	if !p.is(TokenColon) {
		return
	}
	m := p.mark()
	c := p.nested()
	p.shift()
	k := p.typeOrPredicate()
	p.context = c
	p.wrap(m, k, FieldReturnType)
}

// typeAnnotation reads an optional ": type".
func (p *parser) typeAnnotation(f Field) {
	if !p.is(TokenColon) {
		return
	}
	m := p.mark()
	c := p.nested()
	p.shift()
	p.typ()
	p.context = c
	p.wrap(m, KindTypeAnnotation, f)
}

// primaryType reads a type without operators before or between, but with "[]" and "[T]" after.
func (p *parser) primaryType() {
	m := p.mark()
	switch p.tok.kind {
	case TokenKeyof:
		if p.typeFollows(p.peek()) || p.peek().kind == TokenLt {
			if !p.enter() {
				return
			}
			defer p.leave()
			p.shift()
			o := p.mark()
			if p.is(TokenReadonly) && p.typeFollows(p.peek()) {
				p.shift()
				p.primaryType()
				p.finish(o, KindReadonlyType)
			} else {
				p.primaryType()
			}
			p.finish(m, KindIndexTypeQuery)
			return
		}
	case TokenTypeof:
		p.typeQuery(m)
		p.typeSuffix(m)
		return
	}
	p.simpleType(m)
	p.typeSuffix(m)
}

func (p *parser) typeSuffix(m int) {
	for p.is(TokenLBracket) && !p.tok.nl {
		c := p.nested()
		p.shift()
		k := KindArrayType
		if !p.is(TokenRBracket) {
			k = KindLookupType
			p.typ()
		}
		p.context = c
		p.expect(TokenRBracket)
		p.finish(m, k)
		if p.failed {
			return
		}
	}
}

func (p *parser) simpleType(m int) {
	switch p.tok.kind {
	case TokenAny, TokenNumber, TokenBoolean, TokenString, TokenSymbol, TokenUnknown, TokenNever, TokenObject:
		if p.peek().kind == TokenDot {
			p.typeReference(m)
			return
		}
		p.shift()
		p.finish(m, KindPredefinedType)
	case TokenVoid:
		p.shift()
		p.finish(m, KindPredefinedType)
	case KindNumber, KindTrue, KindFalse, KindNull, KindUndefined:
		p.shift()
		p.finish(m, KindLiteralType)
	case TokenDoubleQuote, TokenSingleQuote:
		p.stringLiteral()
		p.finish(m, KindLiteralType)
	case TokenMinus, TokenPlus:
		p.shiftField(FieldOperator)
		a := p.mark()
		p.expect(KindNumber)
		p.field(a, FieldArgument)
		p.finish(m, KindUnaryExpression)
		p.finish(m, KindLiteralType)
	case TokenBacktick:
		p.templateOf(KindTemplateLiteralType, KindTemplateType)
	case KindThis:
		p.shiftAs(KindThisType)
	case TokenLBrace:
		p.objectType(KindObjectType)
	case TokenLBracket:
		p.tupleType(m)
	case TokenLParen:
		c := p.nested()
		p.shift()
		p.typ()
		p.context = c
		p.expect(TokenRParen)
		p.finish(m, KindParenthesizedType)
	case TokenImport:
		p.importType(m)
	case TokenConst:
		p.shift()
	case TokenStar:
		p.shift()
		p.finish(m, KindExistentialType)
	case TokenQuestion:
		p.shift()
		p.primaryType()
		p.finish(m, KindFlowMaybeType)
	default:
		if string(p.src[p.tok.start:p.tok.end]) == "unique" && p.peek().kind == TokenSymbol {
			p.shiftAs(TokenUniqueSymbol)
			p.shiftAs(TokenUniqueSymbol)
			p.finish(m, KindPredefinedType)
			return
		}
		p.typeReference(m)
	}
}

// typeReference reads "A", "A.B.C" and their type arguments.
func (p *parser) typeReference(m int) {
	p.name(KindTypeIdentifier, FieldNone)
	if p.is(TokenDot) && m < len(p.stack) {
		p.stack[m].kind = KindIdentifier
		for p.is(TokenDot) {
			if p.stack[m].kind == KindNestedTypeIdentifier {
				p.nestModule(m)
			}
			p.field(m, FieldModule)
			p.shift()
			if !isWord(p.tok.kind) {
				p.unexpected("expected a name")
				return
			}
			n := p.mark()
			p.shiftAs(KindTypeIdentifier)
			p.field(n, FieldName)
			p.finish(m, KindNestedTypeIdentifier)
		}
	}
	p.genericRest(m)
}

// nestModule makes the nested type identifier at m the module of a longer one.
func (p *parser) nestModule(m int) {
	n := &p.stack[m]
	n.kind = KindNestedIdentifier
	for i := n.first; i < n.first+n.count; i++ {
		c := &p.nodes[i]
		switch c.field {
		case FieldModule:
			c.field = FieldObject
			if c.kind == KindNestedIdentifier {
				c.kind = KindMemberExpression
			}
		case FieldName:
			c.field, c.kind = FieldProperty, KindPropertyIdentifier
		}
	}
}

func (p *parser) genericRest(m int) {
	if (p.is(TokenLt) || p.is(TokenLtLt)) && !p.tok.nl {
		p.field(m, FieldName)
		p.typeArguments(FieldTypeArguments)
		p.finish(m, KindGenericType)
	}
}

// importType reads "import('a').b<T>".
func (p *parser) importType(m int) {
	p.importCall(m)
	p.genericRest(m)
}

func (p *parser) importCall(m int) {
	p.shift()
	p.finish(m, KindImport)
	p.field(m, FieldFunction)
	p.arguments()
	p.finish(m, KindCallExpression)
	for p.is(TokenDot) {
		p.field(m, FieldObject)
		p.shift()
		p.memberName(m)
	}
}

func (p *parser) typeQuery(m int) {
	p.shift()
	e := p.mark()
	switch {
	case p.is(TokenImport):
		p.importCall(e)
	case p.is(KindThis):
		p.shift()
	default:
		p.name(KindIdentifier, FieldNone)
	}
	for p.is(TokenDot) || p.is(TokenQuestionDot) {
		p.field(e, FieldObject)
		p.shift()
		p.memberName(e)
	}
	if (p.is(TokenLt) || p.is(TokenLtLt)) && !p.tok.nl {
		p.field(e, FieldFunction)
		p.typeArguments(FieldTypeArguments)
		p.finish(e, KindInstantiationExpression)
	}
	p.finish(m, KindTypeQuery)
}

func (p *parser) tupleType(m int) {
	c := p.nested()
	p.shift()
	for !p.is(TokenRBracket) && !p.is(kindEOF) {
		p.tupleMember()
		if !p.accept(TokenComma) {
			break
		}
	}
	p.context = c
	p.expect(TokenRBracket)
	p.finish(m, KindTupleType)
}

func (p *parser) tupleMember() {
	m := p.mark()
	rest := p.is(TokenDotDotDot)
	name := p.tok
	if rest {
		name = p.peek()
	}
	if isWord(name.kind) {
		t := p.at(name.end)
		if t.kind == TokenColon || t.kind == TokenQuestion && p.at(t.end).kind == TokenColon {
			p.tupleName(m, rest)
			return
		}
	}
	if rest {
		p.shift()
		p.typ()
		p.finish(m, KindRestType)
		return
	}
	p.typ()
	if p.accept(TokenQuestion) {
		p.finish(m, KindOptionalType)
	}
}

// tupleName reads a tuple member with a name.
func (p *parser) tupleName(m int, rest bool) {
	if rest {
		p.shift()
		p.shiftAs(KindIdentifier)
		p.finish(m, KindRestPattern)
	} else {
		p.shiftAs(KindIdentifier)
	}
	p.field(m, FieldName)
	k := KindRequiredParameter
	if p.accept(TokenQuestion) {
		k = KindOptionalParameter
	}
	p.typeAnnotation(FieldType)
	p.finish(m, k)
}
