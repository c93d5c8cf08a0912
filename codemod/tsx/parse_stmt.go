package tsx

// statement reads one statement or declaration.
func (p *parser) statement() {
	if !p.enter() {
		return
	}
	defer p.leave()
	m := p.mark()
	switch p.tok.kind {
	case TokenLBrace:
		p.block(FieldNone)
	case TokenSemicolon:
		p.shift()
		p.finish(m, KindEmptyStatement)
	case TokenVar:
		p.variableStatement(m, KindVariableDeclaration)
	case TokenConst:
		if p.peek().kind == TokenEnum {
			p.shift()
			p.enum(m)
			return
		}
		p.variableStatement(m, KindLexicalDeclaration)
	case TokenFunction:
		p.functionDeclaration(m)
	case TokenClass, TokenAt:
		p.decorated(m)
	case TokenIf:
		p.ifStatement(m)
	case TokenFor:
		p.forStatement(m)
	case TokenWhile:
		p.shift()
		p.parenthesized(FieldCondition)
		p.body(FieldBody)
		p.finish(m, KindWhileStatement)
	case TokenDo:
		p.doStatement(m)
	case TokenReturn, TokenThrow:
		k := KindReturnStatement
		if p.is(TokenThrow) {
			k = KindThrowStatement
		}
		p.shift()
		if !p.is(TokenSemicolon) && !p.canInsertSemicolon() {
			p.expression()
		}
		p.statementEnd(m, k)
	case TokenBreak, TokenContinue:
		k := KindBreakStatement
		if p.is(TokenContinue) {
			k = KindContinueStatement
		}
		p.shift()
		if isIdent(p.tok.kind) && !p.tok.nl {
			l := p.mark()
			p.shiftAs(KindStatementIdentifier)
			p.field(l, FieldLabel)
		}
		p.statementEnd(m, k)
	case TokenDebugger:
		p.shift()
		p.statementEnd(m, KindDebuggerStatement)
	case TokenSwitch:
		p.switchStatement(m)
	case TokenTry:
		p.tryStatement(m)
	case TokenWith:
		p.shift()
		p.parenthesized(FieldObject)
		p.body(FieldBody)
		p.finish(m, KindWithStatement)
	case TokenImport:
		if t := p.peek().kind; t == TokenLParen || t == TokenDot {
			p.expressionStatement(m)
			return
		}
		p.importStatement(m)
	case TokenExport:
		p.exportStatement(m)
	case TokenEnum:
		p.enum(m)
	default:
		if isIdent(p.tok.kind) && p.wordStatement(m) {
			return
		}
		p.expressionStatement(m)
	}
}

func (p *parser) expressionStatement(m int) {
	p.expression()
	p.statementEnd(m, KindExpressionStatement)
}

// body reads the statement that another statement governs.
func (p *parser) body(f Field) {
	m := p.mark()
	p.statement()
	p.field(m, f)
}

// wordStatement reads a statement that begins with a word which could also be an identifier:
// a label, or a declaration. It reports whether there was one.
func (p *parser) wordStatement(m int) bool {
	next := p.peek()
	if next.kind == TokenColon {
		p.shiftAs(KindStatementIdentifier)
		p.field(m, FieldLabel)
		p.shift()
		p.body(FieldBody)
		p.finish(m, KindLabeledStatement)
		return true
	}
	switch p.tok.kind {
	case TokenLet:
		if isIdent(next.kind) || next.kind == TokenLBracket || next.kind == TokenLBrace {
			if next.kind == TokenOf && p.at(next.end).kind == kindEOF {
				return false
			}
			p.variableStatement(m, KindLexicalDeclaration)
			return true
		}
		return false
	case TokenAsync:
		if next.kind == TokenFunction && !next.nl {
			p.functionDeclaration(m)
			return true
		}
		return false
	case TokenGlobal:
		// In a module declaration, "declare" is not needed.
		if next.kind != TokenLBrace || next.nl {
			return false
		}
		p.shift()
		p.block(FieldNone)
		p.finish(m, KindAmbientDeclaration)
		return true
	case TokenUsing, TokenAwait:
		// With a type it is no assignment.
		if p.is(TokenAwait) {
			if next.kind != TokenUsing || next.nl {
				return false
			}
			next = p.at(next.end)
		}
		if !isIdent(next.kind) || next.nl || p.at(next.end).kind != TokenColon {
			return false
		}
		p.accept(TokenAwait)
		p.variableStatement(m, KindLexicalDeclaration)
		return true
	case TokenNamespace:
		if !next.nl && isIdent(next.kind) {
			p.internalModule(m)
			p.statementEnd(m, KindExpressionStatement)
			return true
		}
		return false
	}
	return p.typedDeclaration(m)
}

// declares reports whether the current token, a word, begins a declaration that only
// TypeScript has.
func (p *parser) declares() bool {
	next := p.peek()
	if next.nl {
		return false
	}
	switch p.tok.kind {
	case TokenType, TokenInterface, TokenNamespace:
		return isIdent(next.kind)
	case TokenModule:
		return isIdent(next.kind) || next.kind == TokenDoubleQuote || next.kind == TokenSingleQuote
	case TokenAbstract:
		return next.kind == TokenClass
	case TokenDeclare:
		return isIdent(next.kind) || isWord(next.kind) && next.kind != TokenIn && next.kind != TokenInstanceof
	}
	return false
}

func (p *parser) typedDeclaration(m int) bool {
	if !p.declares() {
		return false
	}
	switch p.tok.kind {
	case TokenType:
		p.typeAlias(m)
	case TokenInterface:
		p.interfaceDeclaration(m)
	case TokenNamespace:
		p.internalModule(m)
	case TokenModule:
		p.shift()
		p.moduleRest(m, KindModule)
	case TokenAbstract:
		p.classDeclaration(m)
	case TokenDeclare:
		p.ambientDeclaration(m)
	}
	return true
}

// block reads "{ statements }".
func (p *parser) block(f Field) { p.blockIn(f, false) }

func (p *parser) blockIn(f Field, inExpression bool) {
	m := p.mark()
	c := p.nested()
	if p.expect(TokenLBrace) {
		for !p.is(TokenRBrace) && !p.is(kindEOF) {
			p.statement()
		}
		p.context = c
		p.expect(TokenRBrace)
	}
	p.context = c
	p.blockEnd(m, KindStatementBlock, f, inExpression)
}

// functionBlock reads the body of a function.
func (p *parser) functionBlock(async, generator, inExpression bool) {
	c := p.context
	p.async, p.generator, p.function = async, generator, true
	p.blockIn(FieldBody, inExpression)
	p.context = c
}

func (p *parser) variableStatement(m int, k Kind) {
	p.variables(k)
	p.statementEnd(m, k)
}

// variables reads "const a = 1, b".
func (p *parser) variables(k Kind) {
	if k == KindLexicalDeclaration {
		p.shiftField(FieldKind)
	} else {
		p.shift()
	}
	for {
		p.declarator()
		if !p.accept(TokenComma) {
			return
		}
	}
}

func (p *parser) declarator() {
	m := p.mark()
	p.bindingTarget(FieldName)
	if p.is(TokenBang) && !p.tok.nl {
		p.shift()
	}
	p.typeAnnotation(FieldType)
	p.initializer()
	p.finish(m, KindVariableDeclarator)
}

// initializer reads an optional "= value".
func (p *parser) initializer() {
	if p.accept(TokenEq) {
		m := p.mark()
		p.assignment()
		p.field(m, FieldValue)
	}
}

// parenthesized reads the "(condition)" of a statement.
func (p *parser) parenthesized(f Field) {
	m := p.mark()
	c := p.nested()
	if p.expect(TokenLParen) {
		p.expression()
		p.context = c
		p.expect(TokenRParen)
	}
	p.context = c
	p.wrap(m, KindParenthesizedExpression, f)
}

func (p *parser) ifStatement(m int) {
	p.shift()
	p.parenthesized(FieldCondition)
	p.body(FieldConsequence)
	if p.is(TokenElse) {
		e := p.mark()
		p.shift()
		p.statement()
		p.wrap(e, KindElseClause, FieldAlternative)
	}
	p.finish(m, KindIfStatement)
}

func (p *parser) doStatement(m int) {
	p.shift()
	p.body(FieldBody)
	p.expect(TokenWhile)
	p.parenthesized(FieldCondition)
	switch {
	case p.is(TokenSemicolon):
		p.shift()
		p.finish(m, KindDoStatement)
	case p.sameLine > 0 && p.semicolonScanned(false):
		n := p.sameLine
		p.sameLine = 0
		p.finishWith(m, KindDoStatement, n)
	default:
		p.finish(m, KindDoStatement)
	}
}

func (p *parser) forStatement(m int) {
	p.shift()
	if p.is(TokenAwait) {
		p.shift()
	}
	c := p.nested()
	if !p.expect(TokenLParen) {
		return
	}
	p.noIn = true
	init := p.mark()
	k := KindLexicalDeclaration
	switch {
	case p.is(TokenSemicolon):
		p.shift()
		p.wrap(init, KindEmptyStatement, FieldInitializer)
		p.forRest(m, c)
		return
	case p.is(TokenVar):
		k = KindVariableDeclaration
	case p.is(TokenConst), p.is(TokenLet) && p.letDeclares():
	case p.forUsing():
		p.forIn(m, c)
		return
	default:
		p.expression()
		if p.is(TokenIn) || p.is(TokenOf) {
			p.toPattern(init)
			p.field(init, FieldLeft)
			p.forIn(m, c)
			return
		}
		p.field(init, FieldInitializer)
		p.expect(TokenSemicolon)
		p.forRest(m, c)
		return
	}
	p.variables(k)
	if p.is(TokenIn) || p.is(TokenOf) {
		p.flattenDeclaration(init)
		p.forIn(m, c)
		return
	}
	p.expect(TokenSemicolon)
	p.wrap(init, k, FieldInitializer)
	p.forRest(m, c)
}

// letDeclares reports whether the current "let" begins a declaration.
func (p *parser) letDeclares() bool {
	next := p.peek()
	switch next.kind {
	case TokenIn:
		return false
	case TokenOf:
		t := p.at(next.end)
		switch t.kind {
		case TokenEq, TokenSemicolon, TokenIn, TokenComma, TokenColon:
			return true
		}
		return t.kind == TokenOf && p.at(t.end).kind != TokenRParen
	}
	return isIdent(next.kind) || next.kind == TokenLBracket || next.kind == TokenLBrace
}

// forUsing reads the "using x" or "await using x" of a for-of head.
func (p *parser) forUsing() bool {
	t, await := p.tok, p.is(TokenAwait)
	if await {
		t = p.peek()
	}
	if t.kind != TokenUsing {
		return false
	}
	name := p.at(t.end)
	if !isIdent(name.kind) || name.nl || name.kind == TokenOf && !await || p.at(name.end).kind != TokenOf {
		return false
	}
	p.accept(TokenAwait)
	p.shiftField(FieldKind)
	p.bindingTarget(FieldLeft)
	return true
}

// flattenDeclaration makes the declaration of a for-in or for-of head, whose parts are on the
// stack since init, what the grammar has: kind, left and value as children of the statement.
func (p *parser) flattenDeclaration(init int) {
	p.field(init, FieldKind)
	for d := init + 1; d < len(p.stack); d++ {
		if p.stack[d].kind != KindVariableDeclarator {
			continue
		}
		n := p.stack[d]
		kids := append([]node(nil), p.nodes[n.first:n.first+n.count]...)
		if kids[0].field == FieldName {
			kids[0].field = FieldLeft
		}
		tail := append([]node(nil), p.stack[d+1:]...)
		p.stack = append(append(p.stack[:d], kids...), tail...)
		p.nodes = p.nodes[:n.first]
		return
	}
}

// forIn reads a for-in or for-of statement from its operator on.
func (p *parser) forIn(m int, c context) {
	p.noIn = false
	of := p.is(TokenOf)
	p.shiftField(FieldOperator)
	r := p.mark()
	if of {
		p.assignment()
	} else {
		p.expression()
	}
	p.field(r, FieldRight)
	p.context = c
	p.expect(TokenRParen)
	p.body(FieldBody)
	p.finish(m, KindForInStatement)
}

// forRest reads a for statement from its condition on.
func (p *parser) forRest(m int, c context) {
	p.noIn = false
	cond := p.mark()
	if p.is(TokenSemicolon) {
		p.shift()
		p.wrap(cond, KindEmptyStatement, FieldCondition)
	} else {
		p.expression()
		p.field(cond, FieldCondition)
		semi := p.mark()
		p.expect(TokenSemicolon)
		p.field(semi, FieldCondition)
	}
	if !p.is(TokenRParen) {
		incr := p.mark()
		p.expression()
		p.field(incr, FieldIncrement)
	}
	p.context = c
	p.expect(TokenRParen)
	p.body(FieldBody)
	p.finish(m, KindForStatement)
}

func (p *parser) switchStatement(m int) {
	p.shift()
	p.parenthesized(FieldValue)
	b := p.mark()
	c := p.nested()
	p.expect(TokenLBrace)
	for p.is(TokenCase) || p.is(TokenDefault) {
		s, k := p.mark(), KindSwitchCase
		if p.is(TokenCase) {
			p.shift()
			v := p.mark()
			p.expression()
			p.field(v, FieldValue)
		} else {
			k = KindSwitchDefault
			p.shift()
		}
		p.expect(TokenColon)
		for !p.is(TokenCase) && !p.is(TokenDefault) && !p.is(TokenRBrace) && !p.is(kindEOF) {
			p.body(FieldBody)
		}
		p.finish(s, k)
	}
	p.context = c
	p.expect(TokenRBrace)
	p.wrap(b, KindSwitchBody, FieldBody)
	p.finish(m, KindSwitchStatement)
}

func (p *parser) tryStatement(m int) {
	p.shift()
	p.block(FieldBody)
	if p.is(TokenCatch) {
		h := p.mark()
		p.shift()
		if p.accept(TokenLParen) {
			p.bindingTarget(FieldParameter)
			p.typeAnnotation(FieldType)
			p.expect(TokenRParen)
		}
		p.block(FieldBody)
		p.wrap(h, KindCatchClause, FieldHandler)
	}
	if p.is(TokenFinally) {
		f := p.mark()
		p.shift()
		p.block(FieldBody)
		p.wrap(f, KindFinallyClause, FieldFinalizer)
	}
	p.finish(m, KindTryStatement)
}
