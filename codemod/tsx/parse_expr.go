package tsx

// expression reads an expression, with commas.
func (p *parser) expression() {
	m := p.mark()
	p.assignment()
	if !p.is(TokenComma) {
		return
	}
	for p.accept(TokenComma) {
		p.assignment()
	}
	p.finish(m, KindSequenceExpression)
}

// assignment reads an expression without commas.
func (p *parser) assignment() {
	if !p.enter() {
		return
	}
	defer p.leave()
	m := p.mark()
	if p.arrowFunction(m) {
		return
	}
	if p.is(TokenYield) && p.yields() {
		p.yield(m)
		return
	}
	if p.is(TokenUsing) {
		if next := p.peek(); isIdent(next.kind) && !next.nl && p.at(next.end).kind == TokenEq {
			p.shift()
			p.assignmentRest(p.mark(), m)
			return
		}
	}
	p.binary(m, 0, true)
	if p.is(TokenQuestion) {
		p.conditional(m)
		return
	}
	p.assignmentOperator(m, m)
}

// assignmentRest reads the assignment of a using declaration, whose target begins at left.
func (p *parser) assignmentRest(left, m int) {
	p.name(KindIdentifier, FieldNone)
	p.assignmentOperator(left, m)
}

func (p *parser) assignmentOperator(left, m int) {
	k := KindAugmentedAssignmentExpression
	switch p.tok.kind {
	case TokenEq:
		k = KindAssignmentExpression
		p.toPattern(left)
		p.field(left, FieldLeft)
		p.shift()
	case TokenPlusEq, TokenMinusEq, TokenStarEq, TokenSlashEq, TokenPercentEq, TokenCaretEq, TokenAmpEq,
		TokenBarEq, TokenGtGtEq, TokenGtGtGtEq, TokenLtLtEq, TokenStarStarEq, TokenAmpAmpEq, TokenBarBarEq,
		TokenQuestionQuestionEq:
		p.field(left, FieldLeft)
		p.shiftField(FieldOperator)
	default:
		return
	}
	r := p.mark()
	p.assignment()
	p.field(r, FieldRight)
	p.finish(m, k)
}

func (p *parser) conditional(m int) {
	p.field(m, FieldCondition)
	p.shift()
	c := p.context
	p.noIn, p.inTrue = false, true
	t := p.mark()
	p.assignment()
	p.field(t, FieldConsequence)
	p.inTrue = c.inTrue
	p.noIn = c.noIn
	p.expect(TokenColon)
	f := p.mark()
	p.assignment()
	p.field(f, FieldAlternative)
	p.finish(m, KindTernaryExpression)
}

// yields reports whether the current "yield" is the operator.
func (p *parser) yields() bool {
	if p.generator {
		return true
	}
	next := p.peek()
	return !next.nl && (isIdent(next.kind) && next.kind != TokenOf && next.kind != TokenAs || next.kind == KindNumber ||
		next.kind == TokenNew || next.kind == KindThis)
}

func (p *parser) yield(m int) {
	p.shift()
	if p.tok.nl {
		p.finish(m, KindYieldExpression)
		return
	}
	switch p.tok.kind {
	case TokenStar:
		p.shift()
		p.assignment()
	case TokenRParen, TokenRBracket, TokenRBrace, TokenComma, TokenSemicolon, TokenColon, TokenIn, TokenOf, kindEOF:
	default:
		p.assignment()
	}
	p.finish(m, KindYieldExpression)
}

// Precedences of binary operators. Those of tree-sitter's "as", "satisfies" and "!" are below
// all of them, and its type arguments bind like "<": "-a<b>(c)" calls "-a".
const (
	precNone = iota
	precCoalesce
	precOr
	precAnd
	precBitOr
	precBitXor
	precBitAnd
	precEquality
	precRelation
	precShift
	precPlus
	precTimes
	precPower
	precUnary
)

func precedence(k Kind) int {
	switch k {
	case TokenQuestionQuestion:
		return precCoalesce
	case TokenBarBar:
		return precOr
	case TokenAmpAmp:
		return precAnd
	case TokenBar:
		return precBitOr
	case TokenCaret:
		return precBitXor
	case TokenAmp:
		return precBitAnd
	case TokenEqEq, TokenEqEqEq, TokenBangEq, TokenBangEqEq:
		return precEquality
	case TokenLt, TokenLtEq, TokenGt, TokenGtEq, TokenInstanceof, TokenIn:
		return precRelation
	case TokenGtGt, TokenGtGtGt, TokenLtLt:
		return precShift
	case TokenPlus, TokenMinus:
		return precPlus
	case TokenStar, TokenSlash, TokenPercent:
		return precTimes
	case TokenStarStar:
		return precPower
	}
	return precNone
}

// binary reads the operators that bind tighter than floor, and their operands. In the grammar
// the postfix "!", "as" and "satisfies" take everything to their left up to an assignment or
// conditional; loose says whether they may be read here.
func (p *parser) binary(m, floor int, loose bool) {
	p.unary(m, loose, floor <= precRelation)
	p.binaryRest(m, floor, loose)
}

func (p *parser) binaryRest(m, floor int, loose bool) {
	for {
		switch p.tok.kind {
		case TokenAs, TokenSatisfies:
			if !loose || p.tok.nl {
				return
			}
			p.typeOperator(m)
			continue
		case TokenBang:
			if !loose || p.tok.nl {
				return
			}
			p.shift()
			p.finish(m, KindNonNullExpression)
			p.postfix(m, true, floor <= precRelation)
			continue
		case TokenIn:
			if p.noIn {
				return
			}
		case TokenLt, TokenLtLt:
			if floor <= precRelation && p.instantiation(m) {
				p.postfix(m, loose, true)
				continue
			}
		}
		prec := precedence(p.tok.kind)
		if prec <= floor {
			return
		}
		p.field(m, FieldLeft)
		p.shiftField(FieldOperator)
		r := p.mark()
		if prec == precPower {
			p.binary(r, prec-1, true)
		} else {
			p.binary(r, prec, false)
		}
		p.field(r, FieldRight)
		p.finish(m, KindBinaryExpression)
		if p.failed {
			return
		}
	}
}

// typeOperator reads "as T" or "satisfies T" after an expression.
func (p *parser) typeOperator(m int) {
	k := KindAsExpression
	if p.is(TokenSatisfies) {
		k = KindSatisfiesExpression
	}
	p.shift()
	if p.is(TokenConst) {
		p.shift()
	} else {
		p.typ()
	}
	p.finish(m, k)
}

func (p *parser) unary(m int, loose, generic bool) {
	switch p.tok.kind {
	case TokenBang, TokenTilde, TokenPlus, TokenMinus, TokenTypeof, TokenVoid, TokenDelete:
		if !p.enter() {
			return
		}
		defer p.leave()
		p.shiftField(FieldOperator)
		a := p.mark()
		p.unary(a, false, false)
		p.field(a, FieldArgument)
		p.finish(m, KindUnaryExpression)
	case TokenPlusPlus, TokenMinusMinus:
		if !p.enter() {
			return
		}
		defer p.leave()
		p.shiftField(FieldOperator)
		a := p.mark()
		p.unary(a, false, false)
		p.field(a, FieldArgument)
		p.finish(m, KindUpdateExpression)
	case TokenAwait:
		if !p.awaits() {
			p.leftHandSide(m, loose, generic)
			return
		}
		if !p.enter() {
			return
		}
		defer p.leave()
		p.await(m)
	case TokenLt:
		if !p.jsx {
			if !p.enter() {
				return
			}
			defer p.leave()
			p.typeArguments(FieldNone)
			p.unary(p.mark(), false, false)
			p.finish(m, KindTypeAssertion)
			return
		}
		p.jsxElement(m)
		p.postfix(m, loose, generic)
	default:
		p.leftHandSide(m, loose, generic)
		if (p.is(TokenPlusPlus) || p.is(TokenMinusMinus)) && !p.tok.nl {
			p.field(m, FieldArgument)
			p.shiftField(FieldOperator)
			p.finish(m, KindUpdateExpression)
		}
	}
}

func (p *parser) await(m int) {
	p.shift()
	a := p.mark()
	if p.is(TokenUsing) {
		if next := p.peek(); isIdent(next.kind) && !next.nl && p.at(next.end).kind == TokenEq {
			p.shift()
			p.assignmentRest(p.mark(), a)
			p.finish(m, KindAwaitExpression)
			return
		}
	}
	p.unary(a, true, false)
	p.binaryRest(a, precUnary, true)
	p.finish(m, KindAwaitExpression)
}

// awaits reports whether the current "await" is the operator.
func (p *parser) awaits() bool {
	if p.async {
		return true
	}
	next := p.peek()
	switch next.kind {
	case TokenPlus, TokenMinus, TokenSlash, TokenLt:
		return !p.function && !next.nl
	case TokenLParen, TokenLBracket, TokenBacktick, TokenLBrace, TokenDoubleQuote, TokenSingleQuote, KindNumber, TokenBang, TokenTilde,
		KindPrivatePropertyIdentifier:
		return !next.nl
	case TokenIn, TokenInstanceof, TokenOf, TokenAs, TokenSatisfies:
		return false
	}
	return isWord(next.kind) && (!next.nl || !p.function)
}

// leftHandSide reads a primary expression with its calls and accesses.
func (p *parser) leftHandSide(m int, loose, generic bool) {
	if p.is(TokenNew) {
		p.newExpression(m)
	} else {
		p.primary(m)
	}
	p.postfix(m, loose, generic)
}

// postfix reads accesses and calls after the expression at m. It reads "!" where loose allows
// it, see binary.
func (p *parser) postfix(m int, loose, generic bool) {
	for !p.failed {
		switch p.tok.kind {
		case TokenDot, TokenQuestionDot:
			p.access(m)
		case TokenLBracket:
			if p.inDecorator {
				return
			}
			p.field(m, FieldObject)
			p.subscript(m)
		case TokenLParen:
			p.field(m, FieldFunction)
			p.arguments()
			p.finish(m, KindCallExpression)
		case TokenBacktick:
			p.field(m, FieldFunction)
			a := p.mark()
			p.template()
			p.field(a, FieldArguments)
			p.finish(m, KindCallExpression)
		case TokenBang:
			if p.tok.nl || !loose {
				return
			}
			p.shift()
			p.finish(m, KindNonNullExpression)
		case TokenLt, TokenLtLt:
			if !generic || !p.instantiation(m) {
				return
			}
		default:
			return
		}
	}
}

// access reads ".a", "?.a", "?.[a]" or "?.(a)" after the expression at m.
func (p *parser) access(m int) {
	if p.is(TokenDot) {
		p.field(m, FieldObject)
		p.shift()
		p.memberName(m)
		return
	}
	next := p.peek().kind
	switch next {
	case TokenLParen, TokenLt, TokenLtLt:
		p.field(m, FieldFunction)
		p.shift()
		if !p.is(TokenLParen) {
			p.typeArguments(FieldTypeArguments)
		}
		p.arguments()
		p.finish(m, KindCallExpression)
		return
	}
	p.field(m, FieldObject)
	o := p.mark()
	p.shift()
	p.wrap(o, KindOptionalChain, FieldOptionalChain)
	if next == TokenLBracket {
		p.subscript(m)
	} else {
		p.memberName(m)
	}
}

func (p *parser) memberName(m int) {
	n := p.mark()
	if p.is(KindPrivatePropertyIdentifier) {
		p.shift()
		p.field(n, FieldProperty)
	} else {
		p.propertyWord()
	}
	p.finish(m, KindMemberExpression)
}

func (p *parser) subscript(m int) {
	c := p.nested()
	p.expect(TokenLBracket)
	i := p.mark()
	p.expression()
	p.field(i, FieldIndex)
	p.context = c
	p.expect(TokenRBracket)
	p.finish(m, KindSubscriptExpression)
}

func (p *parser) arguments() {
	m := p.mark()
	c := p.nested()
	p.expect(TokenLParen)
	for !p.is(TokenRParen) && !p.is(kindEOF) {
		p.element()
		if !p.accept(TokenComma) {
			break
		}
	}
	p.context = c
	p.expect(TokenRParen)
	p.wrap(m, KindArguments, FieldArguments)
}

// element reads an expression or "...expression".
func (p *parser) element() {
	m := p.mark()
	if !p.is(TokenDotDotDot) {
		p.assignment()
		return
	}
	p.shift()
	p.assignment()
	p.finish(m, KindSpreadElement)
}

// instantiation reads type arguments after the expression at m, with the call or template
// that may follow. It reports false, with nothing read, if "<" is an operator here.
func (p *parser) instantiation(m int) bool {
	if c := p.src[min(int(p.tok.start)+1, len(p.src)-1)]; c == '=' || c == ' ' && !p.spacedTypeArguments() {
		return false
	}
	instance := false
	ok := p.try(trialTypeArguments, func() bool {
		c := p.nested()
		p.typeArgumentsTo(FieldTypeArguments, func() {}) // ">>" here is an operator
		p.context = c
		switch p.tok.kind {
		case TokenLParen, TokenBacktick:
			return true
		case TokenLt, TokenLtLt, TokenGt, TokenPlus, TokenMinus:
			return false
		}
		instance = true
		return !p.noInstance && (p.tok.nl || precedence(p.tok.kind) > 0 || !p.startsExpression())
	})
	if !ok {
		return false
	}
	switch {
	case instance:
		p.finish(m, KindInstantiationExpression)
	case p.is(TokenLParen):
		p.field(m, FieldFunction)
		p.arguments()
		p.finish(m, KindCallExpression)
	default:
		p.field(m, FieldFunction)
		a := p.mark()
		p.template()
		p.field(a, FieldArguments)
		p.finish(m, KindCallExpression)
	}
	return true
}

// spacedTypeArguments reports whether the "< " at the current token can begin type arguments:
// rarely is there a space, and then a type follows.
func (p *parser) spacedTypeArguments() bool {
	next := p.peek()
	return isWord(next.kind) || next.kind == TokenLBrace || next.kind == TokenLBracket || next.kind == TokenLParen ||
		next.kind == TokenDoubleQuote || next.kind == TokenSingleQuote || next.kind == TokenBar
}

// startsExpression reports whether the current token can begin an expression.
func (p *parser) startsExpression() bool {
	switch p.tok.kind {
	case TokenLParen, TokenLBracket, TokenLBrace, TokenBang, TokenTilde, TokenPlus, TokenMinus, TokenPlusPlus,
		TokenMinusMinus, TokenTypeof, TokenVoid, TokenDelete, TokenNew, TokenFunction, TokenClass, TokenSlash,
		TokenSlashEq, TokenBacktick, TokenDoubleQuote, TokenSingleQuote, TokenLt, TokenAt, TokenImport,
		KindNumber, KindThis, KindSuper, KindNull, KindTrue, KindFalse, KindPrivatePropertyIdentifier:
		return true
	}
	return isIdent(p.tok.kind)
}

func (p *parser) newExpression(m int) {
	if !p.enter() {
		return
	}
	defer p.leave()
	p.shift()
	if p.is(TokenDot) {
		p.shift()
		p.expect(TokenTarget)
		p.finish(m, KindMetaProperty)
		return
	}
	c := p.mark()
	if p.is(TokenNew) {
		p.newExpression(c)
	} else {
		p.primary(c)
	}
	p.newCallee(c)
	p.field(c, FieldConstructor)
	if p.is(TokenLt) || p.is(TokenLtLt) {
		p.try(trialTypeArguments, func() bool {
			old := p.nested()
			p.typeArguments(FieldTypeArguments)
			p.context = old
			return p.is(TokenLParen) || p.tok.nl || !p.startsExpression()
		})
	}
	if p.is(TokenLParen) {
		p.arguments()
	}
	p.finish(m, KindNewExpression)
}

// newCallee reads the accesses after the callee of "new": the first call is new's own.
func (p *parser) newCallee(c int) {
	for {
		switch p.tok.kind {
		case TokenDot:
			p.field(c, FieldObject)
			p.shift()
			p.memberName(c)
		case TokenLBracket:
			p.field(c, FieldObject)
			p.subscript(c)
		case TokenBacktick:
			p.field(c, FieldFunction)
			a := p.mark()
			p.template()
			p.field(a, FieldArguments)
			p.finish(c, KindCallExpression)
		default:
			return
		}
	}
}
