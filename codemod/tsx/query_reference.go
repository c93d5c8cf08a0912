package tsx

import (
	"github.com/batten-dev/batten/codemod/text"
)

// References are the identifiers that are written like local outside import statements: in
// values, types, JSX names, shorthand properties and exports. Scopes are not resolved: a
// declaration that shadows the name, and what refers to that, are in the result too. Property
// names (a.local, { local: 1 }), labels, strings and comments are not.
func References(t *Tree, local string) []Node {
	var out []Node
	for n := range t.Root().Descendants() {
		if isReference(n) && n.Text() == local && !inImport(n) {
			out = append(out, n)
		}
	}
	return out
}

// Unused reports whether nothing refers to local (see References), other than the import
// itself and what is inside the given spans.
func Unused(t *Tree, local string, without ...text.Span) bool {
refs:
	for _, n := range References(t, local) {
		for _, s := range without {
			if s.Contains(n.Span()) {
				continue refs
			}
		}
		return false
	}
	return true
}

func isReference(n Node) bool {
	return n.Is(KindIdentifier, KindTypeIdentifier, KindShorthandPropertyIdentifier, KindShorthandPropertyIdentifierPattern)
}

func inImport(n Node) bool {
	for p := n.Parent(); p.Ok(); p = p.Parent() {
		if p.Is(KindImportStatement) {
			return true
		}
	}
	return false
}

// taken are the names that a new import must not have: those that the file declares in any
// scope, and globals that it uses.
func taken(t *Tree) map[string]bool {
	names := map[string]bool{}
	for n := range t.Root().Descendants() {
		if !isReference(n) {
			continue
		}
		if name := n.Text(); declares(n) || isGlobal(name) {
			names[name] = true
		}
	}
	return names
}

// declares reports whether an identifier is where a name is declared.
func declares(n Node) bool {
	if n.Is(KindShorthandPropertyIdentifierPattern) {
		return true
	}
	for p := n.Parent(); p.Ok(); n, p = p, p.Parent() {
		switch p.Kind() {
		case KindArrayPattern, KindObjectPattern, KindRestPattern:
			continue
		case KindPairPattern:
			if n.FieldOf() != FieldValue {
				return false
			}
			continue
		case KindAssignmentPattern, KindObjectAssignmentPattern:
			if n.FieldOf() != FieldLeft {
				return false
			}
			continue
		case KindVariableDeclarator, KindFunctionDeclaration, KindGeneratorFunctionDeclaration, KindFunctionSignature,
			KindFunctionExpression, KindGeneratorFunction, KindClassDeclaration, KindAbstractClassDeclaration, KindClass,
			KindEnumDeclaration, KindInterfaceDeclaration, KindTypeAliasDeclaration, KindTypeParameter, KindModule, KindInternalModule:
			return n.FieldOf() == FieldName
		case KindImportSpecifier:
			return n.FieldOf() == FieldAlias || !p.Field(FieldAlias).Ok()
		case KindImportClause, KindNamespaceImport, KindImportRequireClause:
			return true
		case KindImportAlias:
			return n.Prev().Is(TokenImport)
		case KindRequiredParameter, KindOptionalParameter:
			return n.FieldOf() == FieldPattern || n.FieldOf() == FieldName
		case KindArrowFunction, KindCatchClause:
			return n.FieldOf() == FieldParameter
		case KindForInStatement:
			return n.FieldOf() == FieldLeft && p.Field(FieldKind).Ok()
		default:
			return false
		}
	}
	return false
}

// isGlobal reports whether a name is one of the language or the browser that an app may use
// without an import, and that components and icons are likely to have too.
func isGlobal(name string) bool {
	switch name {
	case "Array", "Boolean", "Cache", "Comment", "Date", "Document", "DragEvent", "Element", "Error", "Event",
		"File", "FormData", "Function", "Headers", "History", "Image", "Infinity", "Intl", "JSON", "Lock", "Map",
		"Math", "NaN", "Node", "Notification", "Number", "Object", "Option", "Path2D", "Promise", "Proxy", "Range",
		"Reflect", "RegExp", "Request", "Response", "Selection", "Set", "Storage", "String", "Symbol", "Text",
		"URL", "WeakMap", "WeakSet", "Worker", "console", "document", "fetch", "history", "location", "module",
		"navigator", "process", "require", "window":
		return true
	}
	return false
}
