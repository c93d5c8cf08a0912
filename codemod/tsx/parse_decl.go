package tsx

// functionDeclaration reads a function declaration, or the signature of an overload or of an
// ambient function.
func (p *parser) functionDeclaration(m int) {
	async := p.is(TokenAsync)
	if async {
		p.shift()
	}
	p.shift()
	generator := p.accept(TokenStar)
	if isIdent(p.tok.kind) {
		p.name(KindIdentifier, FieldName)
	}
	p.callSignature(async, generator)
	if !p.is(TokenLBrace) {
		p.statementEnd(m, KindFunctionSignature)
		return
	}
	p.functionBlock(async, generator, false)
	k := KindFunctionDeclaration
	if generator {
		k = KindGeneratorFunctionDeclaration
	}
	p.blockEnd(m, k, FieldNone, false)
}

// name reads an identifier as a node of the kind.
func (p *parser) name(k Kind, f Field) {
	if !isIdent(p.tok.kind) {
		p.unexpected("expected a name")
		return
	}
	m := p.mark()
	p.shiftAs(k)
	p.field(m, f)
}

func (p *parser) typeAlias(m int) {
	p.shift()
	p.name(KindTypeIdentifier, FieldName)
	p.typeParameters()
	p.expect(TokenEq)
	v := p.mark()
	p.typ()
	p.field(v, FieldValue)
	p.statementEnd(m, KindTypeAliasDeclaration)
}

func (p *parser) interfaceDeclaration(m int) {
	p.shift()
	p.name(KindTypeIdentifier, FieldName)
	p.typeParameters()
	if p.is(TokenExtends) {
		e := p.mark()
		p.shift()
		for {
			t := p.mark()
			p.primaryType()
			p.field(t, FieldType)
			if !p.accept(TokenComma) {
				break
			}
		}
		p.finish(e, KindExtendsTypeClause)
	}
	p.objectType(KindInterfaceBody)
	p.field(p.lastNode(), FieldBody)
	p.finish(m, KindInterfaceDeclaration)
}

// lastNode is the place on the stack of the last node that is not a comment.
func (p *parser) lastNode() int {
	i := len(p.stack) - 1
	for i > 0 && p.stack[i].extra {
		i--
	}
	return max(i, 0)
}

func (p *parser) enum(m int) {
	p.shift()
	p.name(KindIdentifier, FieldName)
	b := p.mark()
	c := p.nested()
	p.expect(TokenLBrace)
	for !p.is(TokenRBrace) && !p.is(kindEOF) {
		e := p.mark()
		p.propertyName()
		p.field(e, FieldName)
		if p.is(TokenEq) {
			p.initializer()
			p.finish(e, KindEnumAssignment)
		}
		if !p.accept(TokenComma) {
			break
		}
	}
	p.context = c
	p.expect(TokenRBrace)
	p.wrap(b, KindEnumBody, FieldBody)
	p.finish(m, KindEnumDeclaration)
}

// internalModule reads "namespace A.B { }".
func (p *parser) internalModule(m int) {
	p.shift()
	p.moduleRest(m, KindInternalModule)
}

func (p *parser) moduleRest(m int, k Kind) {
	n := p.mark()
	switch {
	case p.is(TokenDoubleQuote) || p.is(TokenSingleQuote):
		p.stringLiteral()
	default:
		p.nestedIdentifier()
	}
	p.field(n, FieldName)
	if p.is(TokenLBrace) {
		c := p.context
		p.async, p.generator, p.function = false, false, false
		p.block(FieldBody)
		p.context = c
	}
	p.finish(m, k)
}

// nestedIdentifier reads "a" or "a.b.c".
func (p *parser) nestedIdentifier() {
	m := p.mark()
	p.name(KindIdentifier, FieldNone)
	for p.is(TokenDot) {
		if m < len(p.stack) && p.stack[m].kind == KindNestedIdentifier {
			p.stack[m].kind = KindMemberExpression
		}
		p.field(m, FieldObject)
		p.shift()
		p.propertyWord()
		p.finish(m, KindNestedIdentifier)
	}
}

// propertyWord reads a word after a dot as a property identifier.
func (p *parser) propertyWord() {
	if !isWord(p.tok.kind) {
		p.unexpected("expected a name")
		return
	}
	m := p.mark()
	p.shiftAs(KindPropertyIdentifier)
	p.field(m, FieldProperty)
}

func (p *parser) ambientDeclaration(m int) {
	p.shift()
	if p.is(TokenGlobal) && p.peek().kind == TokenLBrace {
		p.shift()
		p.block(FieldNone)
		p.finish(m, KindAmbientDeclaration)
		return
	}
	if p.is(TokenModule) && p.peek().kind == TokenDot {
		p.shift()
		p.shift()
		p.propertyWord()
		p.expect(TokenColon)
		p.typ()
		p.statementEnd(m, KindAmbientDeclaration)
		return
	}
	p.declaration()
	p.finish(m, KindAmbientDeclaration)
}

// declaration reads what can follow "export" and "declare".
func (p *parser) declaration() {
	m := p.mark()
	switch p.tok.kind {
	case TokenVar, TokenConst, TokenFunction, TokenClass, TokenEnum, TokenAt, TokenImport:
		p.statement()
		return
	case TokenLet:
		p.variableStatement(m, KindLexicalDeclaration)
		return
	case TokenAsync:
		if p.peek().kind == TokenFunction {
			p.functionDeclaration(m)
			return
		}
	case TokenUsing:
		p.statement()
		return
	}
	if !isIdent(p.tok.kind) || !p.typedDeclaration(m) {
		p.unexpected("expected a declaration")
	}
}

func (p *parser) importStatement(m int) {
	p.shift()
	next := p.peek()
	switch {
	case p.is(TokenDoubleQuote) || p.is(TokenSingleQuote):
		p.source()
		p.importEnd(m)
		return
	case p.is(TokenType) && p.typeModifies(next):
		p.shift()
		next = p.peek()
	}
	if isIdent(p.tok.kind) && next.kind == TokenEq {
		p.importEquals(m)
		return
	}
	if isIdent(p.tok.kind) && (next.kind == TokenStar || isIdent(next.kind) && (next.kind != TokenFrom || p.at(next.end).kind == TokenFrom)) {
		p.shift() // a phase: import defer * as a
	}
	c := p.mark()
	if isIdent(p.tok.kind) {
		p.name(KindIdentifier, FieldNone)
		if p.accept(TokenComma) {
			p.importBindings()
		}
	} else {
		p.importBindings()
	}
	p.finish(c, KindImportClause)
	p.expect(TokenFrom)
	p.source()
	p.importEnd(m)
}

// typeModifies reports whether the current "type" of an import is the modifier, not a name.
func (p *parser) typeModifies(next token) bool {
	switch next.kind {
	case TokenLBrace, TokenStar:
		return true
	case TokenFrom:
		after := p.at(next.end).kind
		return after == TokenFrom || after == TokenEq
	}
	return isIdent(next.kind)
}

func (p *parser) importBindings() {
	m := p.mark()
	switch {
	case p.accept(TokenStar):
		p.expect(TokenAs)
		p.name(KindIdentifier, FieldNone)
		p.finish(m, KindNamespaceImport)
	case p.accept(TokenLBrace):
		for !p.is(TokenRBrace) && !p.is(kindEOF) {
			p.specifier(KindImportSpecifier)
			if !p.accept(TokenComma) {
				break
			}
		}
		p.expect(TokenRBrace)
		p.finish(m, KindNamedImports)
	default:
		p.unexpected("expected what to import")
	}
}

// specifier reads one name of an import or export list.
func (p *parser) specifier(k Kind) {
	m := p.mark()
	if p.is(TokenType) && p.typeModifiesSpecifier() {
		p.shift()
	}
	p.moduleExportName(FieldName)
	if p.accept(TokenAs) {
		p.moduleExportName(FieldAlias)
	}
	p.finish(m, k)
}

// typeModifiesSpecifier tells "type a" and "type as as b" from "type", "type as a".
func (p *parser) typeModifiesSpecifier() bool {
	next := p.peek()
	if next.kind != TokenAs {
		return isWord(next.kind) || next.kind == TokenDoubleQuote || next.kind == TokenSingleQuote
	}
	after := p.at(next.end)
	switch {
	case after.kind == TokenAs:
		return isWord(p.at(after.end).kind)
	case isWord(after.kind) || after.kind == TokenDoubleQuote || after.kind == TokenSingleQuote:
		return false
	}
	return true
}

func (p *parser) moduleExportName(f Field) {
	m := p.mark()
	switch {
	case p.is(TokenDoubleQuote) || p.is(TokenSingleQuote):
		p.stringLiteral()
	case isWord(p.tok.kind):
		p.shiftAs(KindIdentifier)
	default:
		p.unexpected("expected a name")
	}
	p.field(m, f)
}

// importEquals reads "a = require('b')" and "a = b.c".
func (p *parser) importEquals(m int) {
	c := p.mark()
	p.name(KindIdentifier, FieldNone)
	p.expect(TokenEq)
	if p.is(TokenRequire) && p.peek().kind == TokenLParen {
		p.shift()
		p.shift()
		p.source()
		p.expect(TokenRParen)
		p.finish(c, KindImportRequireClause)
		p.statementEnd(m, KindImportStatement)
		return
	}
	p.nestedIdentifier()
	p.statementEnd(m, KindImportAlias)
}

func (p *parser) source() {
	m := p.mark()
	if !p.is(TokenDoubleQuote) && !p.is(TokenSingleQuote) {
		p.unexpected("expected a module name in quotes")
		return
	}
	p.stringLiteral()
	p.field(m, FieldSource)
}

func (p *parser) importEnd(m int) {
	p.importAttribute()
	p.statementEnd(m, KindImportStatement)
}

func (p *parser) importAttribute() {
	if p.is(TokenWith) || p.is(TokenAssert) && !p.tok.nl {
		a := p.mark()
		p.shift()
		p.object()
		p.finish(a, KindImportAttribute)
	}
}

func (p *parser) exportStatement(m int) {
	p.shift()
	next := p.peek()
	switch {
	case p.is(TokenStar), p.is(TokenType) && next.kind == TokenStar:
		p.accept(TokenType)
		n := p.mark()
		p.shift()
		if p.accept(TokenAs) {
			p.moduleExportName(FieldNone)
			p.finish(n, KindNamespaceExport)
		}
		p.expect(TokenFrom)
		p.source()
		p.importAttribute()
		p.statementEnd(m, KindExportStatement)
	case p.is(TokenLBrace), p.is(TokenType) && next.kind == TokenLBrace:
		p.accept(TokenType)
		c := p.mark()
		p.expect(TokenLBrace)
		for !p.is(TokenRBrace) && !p.is(kindEOF) {
			p.specifier(KindExportSpecifier)
			if !p.accept(TokenComma) {
				break
			}
		}
		p.expect(TokenRBrace)
		p.finish(c, KindExportClause)
		if p.accept(TokenFrom) {
			p.source()
			p.importAttribute()
		}
		p.statementEnd(m, KindExportStatement)
	case p.is(TokenEq):
		p.shift()
		p.expression()
		p.statementEnd(m, KindExportStatement)
	case p.is(TokenAs) && next.kind == TokenNamespace:
		p.shift()
		p.shift()
		p.name(KindIdentifier, FieldNone)
		p.statementEnd(m, KindExportStatement)
	case p.is(TokenDefault):
		p.shift()
		p.exportDefault(m)
	default:
		d := p.mark()
		p.declaration()
		p.field(d, FieldDeclaration)
		p.finish(m, KindExportStatement)
	}
}

func (p *parser) exportDefault(m int) {
	d := p.mark()
	for p.is(TokenAt) {
		p.decorator(FieldDecorator)
	}
	if p.defaultDeclares() {
		if p.is(TokenClass) || p.is(TokenAbstract) {
			p.classDeclaration(d)
		} else {
			p.declaration()
		}
		p.field(d, FieldDeclaration)
		p.finish(m, KindExportStatement)
		return
	}
	p.defaultValue(d)
	p.field(d, FieldValue)
	p.statementEnd(m, KindExportStatement)
}

// defaultDeclares reports whether a declaration, not an expression, follows "export default":
// a function or class with a name, an interface.
func (p *parser) defaultDeclares() bool {
	t := p.tok
	next := p.peek()
	switch t.kind {
	case TokenClass:
		return isIdent(next.kind) && next.kind != TokenImplements
	case TokenAbstract:
		return next.kind == TokenClass && !next.nl
	case TokenInterface, TokenEnum:
		return isIdent(next.kind)
	case TokenAsync:
		if next.kind != TokenFunction || next.nl {
			return false
		}
		next = p.at(next.end)
	case TokenFunction:
	default:
		return false
	}
	if next.kind == TokenStar {
		next = p.at(next.end)
	}
	return isIdent(next.kind)
}

// defaultValue reads the expression after "export default". A function or class without a
// name ends there: what follows does not call it.
func (p *parser) defaultValue(m int) {
	switch {
	case p.is(TokenClass):
		p.classExpression(m)
	case p.is(TokenFunction), p.is(TokenAsync) && p.peek().kind == TokenFunction && !p.peek().nl:
		p.functionExpression(m)
		if p.stack[p.lastNode()].kind == KindFunctionSignature {
			return
		}
	default:
		p.assignment()
		return
	}
	if !p.tok.nl && !p.is(TokenSemicolon) && !p.is(TokenRBrace) && !p.is(kindEOF) {
		// Such a declaration needs no semicolon.
		p.tok.nl = true
	}
}
