package tsx

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Unwrap is n without what does not change its value: parentheses, `as T`, `satisfies T`,
// `<T>x` and `x!`.
func Unwrap(n Node) Node {
	for n.Is(KindParenthesizedExpression, KindAsExpression, KindSatisfiesExpression, KindNonNullExpression, KindTypeAssertion) {
		inner := Node{}
		for c := range n.NamedChildren() {
			if c.Is(KindComment, KindTypeArguments) {
				continue
			}
			inner = c
			break
		}
		if !inner.Ok() {
			return n
		}
		n = inner
	}
	return n
}

// OnlyBranch reports whether n is the one thing that the condition around it can give: the
// right side of `a && n`, or the branch of a conditional expression whose other branch is null,
// false or undefined.
func OnlyBranch(n Node) bool {
	switch p := n.Parent(); p.Kind() {
	case KindBinaryExpression:
		return n.FieldOf() == FieldRight && p.Field(FieldOperator).Text() == "&&"
	case KindTernaryExpression:
		other := p.Field(FieldAlternative)
		if n.FieldOf() == FieldAlternative {
			other = p.Field(FieldConsequence)
		}
		return other.Is(KindNull, KindFalse, KindUndefined)
	}
	return false
}

// Callee is the function of a call or new expression.
func Callee(call Node) Node {
	if call.Is(KindNewExpression) {
		return call.Field(FieldConstructor)
	}
	return call.Field(FieldFunction)
}

// Arguments are the arguments of a call or new expression without comments.
func Arguments(call Node) []Node { return Elements(call.Field(FieldArguments)) }

// Elements are the items of an array, an argument list or another bracketed list, without
// comments and punctuation. Holes are left out.
func Elements(list Node) []Node {
	var out []Node
	for c := range list.NamedChildren() {
		if !c.Is(KindComment) {
			out = append(out, c)
		}
	}
	return out
}

// Property is the last property of an object with the given key: a pair, a method_definition
// or a shorthand_property_identifier. No node if there is none.
func Property(obj Node, key string) Node {
	var out Node
	if !obj.Is(KindObject) {
		return out
	}
	for _, p := range Elements(obj) {
		if k, ok := PropertyKey(p); ok && k == key {
			out = p
		}
	}
	return out
}

// PropertyKey is the key of an object's property if it is constant: a name, a string, a
// number as it is written, or a constant string in brackets.
func PropertyKey(prop Node) (string, bool) {
	var key Node
	switch prop.Kind() {
	case KindShorthandPropertyIdentifier, KindShorthandPropertyIdentifierPattern:
		return prop.Text(), true
	case KindPair, KindPairPattern:
		key = prop.Field(FieldKey)
	case KindMethodDefinition:
		key = prop.Field(FieldName)
	default:
		return "", false
	}
	switch key.Kind() {
	case KindPropertyIdentifier, KindPrivatePropertyIdentifier, KindNumber:
		return key.Text(), true
	case KindComputedPropertyName:
		for c := range key.NamedChildren() {
			if !c.Is(KindComment) {
				return StringValue(c)
			}
		}
	}
	return StringValue(key)
}

// PropertyValue is the value of an object's property: of a pair its value, of a shorthand
// the identifier itself, of a method the method_definition.
func PropertyValue(prop Node) Node {
	switch prop.Kind() {
	case KindPair:
		return prop.Field(FieldValue)
	case KindShorthandPropertyIdentifier, KindMethodDefinition:
		return prop
	}
	return Node{}
}

// EnclosingStatement is the statement or declaration that n is in (or is): the innermost
// node around it that stands directly in a program, a block, a case, or as the body of another statement. An
// exported declaration is the export statement.
func EnclosingStatement(n Node) Node {
	for ; n.Ok(); n = n.Parent() {
		if isStatement(n) {
			if p := n.Parent(); p.Is(KindExportStatement) {
				return p
			}
			return n
		}
	}
	return Node{}
}

// isStatement reports whether n stands where a statement stands.
func isStatement(n Node) bool {
	if !n.Named() || n.Is(KindComment, KindHashBangLine) {
		return false
	}
	switch p := n.Parent(); p.Kind() {
	case KindProgram, KindStatementBlock:
		return true
	case KindSwitchCase, KindSwitchDefault:
		return n.FieldOf() == FieldBody
	case KindIfStatement:
		return n.FieldOf() == FieldConsequence
	case KindElseClause:
		return true
	case KindForStatement, KindForInStatement, KindWhileStatement, KindDoStatement, KindWithStatement, KindLabeledStatement:
		return n.FieldOf() == FieldBody
	case KindExportStatement:
		return n.FieldOf() == FieldDeclaration
	}
	return false
}

// StringValue is the value of a constant string: a string node with its escapes decoded, or
// a template without substitutions. A lone surrogate becomes U+FFFD.
func StringValue(n Node) (string, bool) {
	n = Unwrap(n)
	switch n.Kind() {
	case KindString:
	case KindTemplateString:
		for c := range n.NamedChildren() {
			if c.Is(KindTemplateSubstitution) {
				return "", false
			}
		}
	default:
		return "", false
	}
	src := n.Text()
	if len(src) < 2 {
		return "", false
	}
	return unescape(src[1 : len(src)-1]), true
}

// unescape decodes JavaScript's escape sequences.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var units []uint16 // pending \u escapes, which may be halves of pairs
	var b strings.Builder
	flush := func() {
		b.WriteString(string(utf16.Decode(units)))
		units = units[:0]
	}
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			flush()
			b.WriteByte(s[i])
			i++
			continue
		}
		c := s[i+1]
		if n, size := hexEscape(s[i:]); size > 0 {
			i += size
			if n > 0xFFFF {
				flush()
				b.WriteRune(n)
			} else {
				units = append(units, uint16(n))
			}
			continue
		}
		flush()
		i += 2
		switch c {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'v':
			b.WriteByte('\v')
		case '0':
			b.WriteByte(0)
		case '\n': // a continued line
		case '\r':
			if i < len(s) && s[i] == '\n' {
				i++
			}
		default:
			_, size := utf8.DecodeRuneInString(s[i-1:])
			b.WriteString(s[i-1 : i-1+size])
			i += size - 1
		}
	}
	flush()
	return b.String()
}

// hexEscape reads \xHH, \uHHHH or \u{H...} at the start of s; size 0 if there is none.
func hexEscape(s string) (r rune, size int) {
	digits := ""
	switch {
	case strings.HasPrefix(s, `\x`) && len(s) >= 4:
		digits, size = s[2:4], 4
	case strings.HasPrefix(s, `\u{`):
		end := strings.IndexByte(s, '}')
		if end < 0 {
			return 0, 0
		}
		digits, size = s[3:end], end+1
	case strings.HasPrefix(s, `\u`) && len(s) >= 6:
		digits, size = s[2:6], 6
	default:
		return 0, 0
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, 0
	}
	return rune(n), size
}

// Quote is s as a string literal with the given quote, ' or ".
func Quote(s, quote string) string {
	return quote + strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, quote, `\`+quote).Replace(s) + quote
}

// BareType is a type without the colon before it, as an annotation has it, and without parentheses
// around it; no node if there is none.
func BareType(n Node) Node {
	for n.Is(KindTypeAnnotation, KindParenthesizedType) {
		inner := Elements(n)
		if len(inner) == 0 {
			return Node{}
		}
		n = inner[0]
	}
	return n
}
