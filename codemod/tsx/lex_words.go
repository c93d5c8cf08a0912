package tsx

// keyword is the kind of a word: a keyword's own, or KindIdentifier.
func keyword(b []byte) Kind {
	if len(b) < 2 || len(b) > 10 || b[0] < 'a' {
		return KindIdentifier
	}
	switch string(b) {
	case "abstract":
		return TokenAbstract
	case "accessor":
		return TokenAccessor
	case "any":
		return TokenAny
	case "as":
		return TokenAs
	case "assert":
		return TokenAssert
	case "asserts":
		return TokenAsserts
	case "async":
		return TokenAsync
	case "await":
		return TokenAwait
	case "boolean":
		return TokenBoolean
	case "break":
		return TokenBreak
	case "case":
		return TokenCase
	case "catch":
		return TokenCatch
	case "class":
		return TokenClass
	case "const":
		return TokenConst
	case "continue":
		return TokenContinue
	case "debugger":
		return TokenDebugger
	case "declare":
		return TokenDeclare
	case "default":
		return TokenDefault
	case "delete":
		return TokenDelete
	case "do":
		return TokenDo
	case "else":
		return TokenElse
	case "enum":
		return TokenEnum
	case "export":
		return TokenExport
	case "extends":
		return TokenExtends
	case "false":
		return KindFalse
	case "finally":
		return TokenFinally
	case "for":
		return TokenFor
	case "from":
		return TokenFrom
	case "function":
		return TokenFunction
	case "get":
		return TokenGet
	case "global":
		return TokenGlobal
	case "if":
		return TokenIf
	case "implements":
		return TokenImplements
	case "import":
		return TokenImport
	case "in":
		return TokenIn
	case "infer":
		return TokenInfer
	case "instanceof":
		return TokenInstanceof
	case "interface":
		return TokenInterface
	case "is":
		return TokenIs
	case "keyof":
		return TokenKeyof
	case "let":
		return TokenLet
	case "meta":
		return TokenMeta
	case "module":
		return TokenModule
	case "namespace":
		return TokenNamespace
	case "never":
		return TokenNever
	case "new":
		return TokenNew
	case "null":
		return KindNull
	case "number":
		return TokenNumber
	case "object":
		return TokenObject
	case "of":
		return TokenOf
	case "override":
		return TokenOverride
	case "private":
		return TokenPrivate
	case "protected":
		return TokenProtected
	case "public":
		return TokenPublic
	case "readonly":
		return TokenReadonly
	case "require":
		return TokenRequire
	case "return":
		return TokenReturn
	case "satisfies":
		return TokenSatisfies
	case "set":
		return TokenSet
	case "static":
		return TokenStatic
	case "string":
		return TokenString
	case "super":
		return KindSuper
	case "switch":
		return TokenSwitch
	case "symbol":
		return TokenSymbol
	case "target":
		return TokenTarget
	case "this":
		return KindThis
	case "throw":
		return TokenThrow
	case "true":
		return KindTrue
	case "try":
		return TokenTry
	case "type":
		return TokenType
	case "typeof":
		return TokenTypeof
	case "undefined":
		return KindUndefined
	case "unknown":
		return TokenUnknown
	case "using":
		return TokenUsing
	case "var":
		return TokenVar
	case "void":
		return TokenVoid
	case "while":
		return TokenWhile
	case "with":
		return TokenWith
	case "yield":
		return TokenYield
	}
	return KindIdentifier
}

// punct is the longest punctuation that b begins with, and its length; 0 if it begins with none.
// "</", "/>", "${" and the tokens of mapped types are not punctuation to it.
func punct(b []byte) (Kind, int) {
	var c1, c2, c3 byte
	if len(b) > 1 {
		c1 = b[1]
	}
	if len(b) > 2 {
		c2 = b[2]
	}
	if len(b) > 3 {
		c3 = b[3]
	}
	switch b[0] {
	case '!':
		switch {
		case c1 == '=' && c2 == '=':
			return TokenBangEqEq, 3
		case c1 == '=':
			return TokenBangEq, 2
		}
		return TokenBang, 1
	case '"':
		return TokenDoubleQuote, 1
	case '%':
		switch {
		case c1 == '=':
			return TokenPercentEq, 2
		}
		return TokenPercent, 1
	case '&':
		switch {
		case c1 == '&' && c2 == '=':
			return TokenAmpAmpEq, 3
		case c1 == '&':
			return TokenAmpAmp, 2
		case c1 == '=':
			return TokenAmpEq, 2
		}
		return TokenAmp, 1
	case '\'':
		return TokenSingleQuote, 1
	case '(':
		return TokenLParen, 1
	case ')':
		return TokenRParen, 1
	case '*':
		switch {
		case c1 == '*' && c2 == '=':
			return TokenStarStarEq, 3
		case c1 == '*':
			return TokenStarStar, 2
		case c1 == '=':
			return TokenStarEq, 2
		}
		return TokenStar, 1
	case '+':
		switch {
		case c1 == '+':
			return TokenPlusPlus, 2
		case c1 == '=':
			return TokenPlusEq, 2
		}
		return TokenPlus, 1
	case ',':
		return TokenComma, 1
	case '-':
		switch {
		case c1 == '-':
			return TokenMinusMinus, 2
		case c1 == '=':
			return TokenMinusEq, 2
		}
		return TokenMinus, 1
	case '.':
		switch {
		case c1 == '.' && c2 == '.':
			return TokenDotDotDot, 3
		}
		return TokenDot, 1
	case '/':
		switch {
		case c1 == '=':
			return TokenSlashEq, 2
		}
		return TokenSlash, 1
	case ':':
		return TokenColon, 1
	case ';':
		return TokenSemicolon, 1
	case '<':
		switch {
		case c1 == '<' && c2 == '=':
			return TokenLtLtEq, 3
		case c1 == '<':
			return TokenLtLt, 2
		case c1 == '=':
			return TokenLtEq, 2
		}
		return TokenLt, 1
	case '=':
		switch {
		case c1 == '=' && c2 == '=':
			return TokenEqEqEq, 3
		case c1 == '=':
			return TokenEqEq, 2
		case c1 == '>':
			return TokenArrow, 2
		}
		return TokenEq, 1
	case '>':
		switch {
		case c1 == '>' && c2 == '>' && c3 == '=':
			return TokenGtGtGtEq, 4
		case c1 == '>' && c2 == '=':
			return TokenGtGtEq, 3
		case c1 == '>' && c2 == '>':
			return TokenGtGtGt, 3
		case c1 == '=':
			return TokenGtEq, 2
		case c1 == '>':
			return TokenGtGt, 2
		}
		return TokenGt, 1
	case '?':
		switch {
		case c1 == '?' && c2 == '=':
			return TokenQuestionQuestionEq, 3
		case c1 == '.' && charTable[c2]&charDigit == 0:
			return TokenQuestionDot, 2
		case c1 == '?':
			return TokenQuestionQuestion, 2
		}
		return TokenQuestion, 1
	case '@':
		return TokenAt, 1
	case '[':
		return TokenLBracket, 1
	case ']':
		return TokenRBracket, 1
	case '^':
		switch {
		case c1 == '=':
			return TokenCaretEq, 2
		}
		return TokenCaret, 1
	case '`':
		return TokenBacktick, 1
	case '{':
		return TokenLBrace, 1
	case '|':
		switch {
		case c1 == '|' && c2 == '=':
			return TokenBarBarEq, 3
		case c1 == '=':
			return TokenBarEq, 2
		case c1 == '|':
			return TokenBarBar, 2
		}
		return TokenBar, 1
	case '}':
		return TokenRBrace, 1
	case '~':
		return TokenTilde, 1
	}
	return KindNone, 0
}
