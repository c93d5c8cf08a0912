package rewire

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// Removal says how constructs are taken out of a file.
type Removal struct {
	// Stays reports that the construct with a span stays, however little is left in it: a
	// table of routes, a piece of somebody else's. Nil for none.
	Stays func(text.Span) bool
	// Names are those of the plugin, in lower case ("sonarqube"). A comment of nothing but one
	// of them goes with the construct below it.
	Names []string
}

// TakeOut takes the construct with a span (an element, a statement, an array's item, a
// property, a call in a chain of routers) out of what it stands in. What held nothing else goes
// with it: grid items, conditions, permission checks, switches, tabs and groups, as far as
// Stays lets them. A sign-in page that AddSignInPage made goes with its provider.
//
// It undoes the Add operations of this package byte for byte in files that are formatted as
// prettier formats them: arrays and elements that it no longer needs to spread over lines
// come back on one line. A comment on lines of its own directly above the construct goes with
// it if the construct is alone in its paragraph, or if the comment only names the plugin;
// else it may speak of what follows, and stays. Comments behind it on its line go.
//
// Imports stay: see Unneeded.
func TakeOut(f File, span text.Span, r Removal) ([]text.Edit, error) {
	n := f.nodeAt(span)
	if link := chainLink(n); link.Ok() {
		return []text.Edit{text.Delete(text.Span{Start: tsx.Callee(n).Field(tsx.FieldObject).End(), End: n.End()})}, nil
	}
	outer := f.outer(n, r)
	switch attr := n.Parent().Parent(); {
	case outer.Ok():
	case tsx.AttributeName(attr) == "provider":
		return nil, f.refuseRemoval(attr.Span(), "give the sign-in page another provider in the place of this")
	default:
		return nil, f.refuseRemoval(span, "take this out")
	}
	return r.takeOut(outer), nil
}

// refuseRemoval is the error of what cannot be taken out; manual says what to do with it.
func (f File) refuseRemoval(span text.Span, manual string) error {
	d := diag.Errorf("no-safe-place", "this cannot be taken out without changing code around it").At(f.Name, f.Tree.Source(), span)
	d.Manual = "By hand, in " + f.Name + ", " + manual + ", and run the command again:\n" + indentLines(dedent(f.Tree, span), "    ")
	return d
}

// dedent is the text of a span, its lines without the indent of the first.
func dedent(t *tsx.Tree, span text.Span) string {
	src := t.Source()
	lines := strings.Split(strings.ReplaceAll(string(src[span.Start:span.End]), "\r\n", "\n"), "\n")
	for i := range lines[1:] {
		lines[i+1] = strings.TrimPrefix(lines[i+1], text.Indent(src, span.Start))
	}
	if len(lines) > 12 {
		lines = append(lines[:11:11], "...")
	}
	return strings.Join(lines, "\n")
}

// nodeAt is the outermost node that covers exactly a span.
func (f File) nodeAt(span text.Span) tsx.Node {
	var found tsx.Node
	for n := f.Tree.At(span.Start); n.Ok() && span.Contains(n.Span()); n = n.Parent() {
		if n.Span() == span && n.Named() && !n.Is(tsx.KindComment) {
			found = n
		}
	}
	return found
}

// Held is the name of the variable whose whole value is the construct with a span, or of the
// function that does nothing but return it, and false if it is neither:
// const tab = (<EntityLayout.Route .../>), const tab = () => <EntityLayout.Route ... />.
func Held(f File, span text.Span) (string, bool) {
	n := f.nodeAt(span)
	if chainLink(n).Ok() {
		return "", false
	}
	n = bare(n)
	if block := n.Parent().Parent(); n.Parent().Is(tsx.KindReturnStatement) && block.Is(tsx.KindStatementBlock) && len(tsx.Elements(block)) == 1 {
		n = block
	}
	if fn := n.Parent(); n.FieldOf() == tsx.FieldBody {
		if fn.Is(tsx.KindFunctionDeclaration) {
			return fn.Field(tsx.FieldName).Text(), true
		}
		if fn.Is(tsx.KindArrowFunction, tsx.KindFunctionExpression) {
			n = bare(fn)
		}
	}
	p := n.Parent()
	if !p.Is(tsx.KindVariableDeclarator) || n.FieldOf() != tsx.FieldValue || !p.Field(tsx.FieldName).Is(tsx.KindIdentifier) {
		return "", false
	}
	return p.Field(tsx.FieldName).Text(), true
}

// bare is the outermost node around n that has its value: with parentheses, casts.
func bare(n tsx.Node) tsx.Node {
	for n.Parent().Is(tsx.KindParenthesizedExpression, tsx.KindAsExpression, tsx.KindSatisfiesExpression) {
		n = n.Parent()
	}
	return n
}

// Part is the part of the construct with a span that it does not share with others: of a call in
// a chain of routers, which begins where the chain begins, its arguments; of all else the whole.
func Part(f File, span text.Span) text.Span {
	if link := chainLink(f.nodeAt(span)); link.Ok() {
		return link.Field(tsx.FieldArguments).Span()
	}
	return span
}

// chainLink is the call with which a router joins a chain: createServiceBuilder(module).addRouter(...).
func chainLink(n tsx.Node) tsx.Node {
	if n.Is(tsx.KindCallExpression) && tsx.Callee(n).Field(tsx.FieldProperty).Text() == "addRouter" {
		return n
	}
	return tsx.Node{}
}

// outer is the outermost construct around n that can be taken out and holds nothing else; no
// node if there is none.
func (f File) outer(n tsx.Node, r Removal) tsx.Node {
	var best tsx.Node
	for n.Ok() {
		p := n.Parent()
		switch p.Kind() {
		case tsx.KindJsxElement:
			if !n.Is(tsx.KindJsxOpeningElement, tsx.KindJsxClosingElement) {
				best = n
			}
			if !f.wraps(p, n) || r.stays(p) {
				return best
			}
		case tsx.KindArray:
			best = n
			if len(tsx.Elements(p)) > 1 || r.stays(p) || !spread(p).Ok() {
				return best
			}
			n = spread(p)
			continue
		case tsx.KindObject:
			return n
		case tsx.KindPair: // of the pieces of a list, or of a map of pieces
			if n.FieldOf() != tsx.FieldValue {
				return best
			}
			if object := p.Parent(); object.Parent().Is(tsx.KindArray) {
				return object
			}
			return p
		case tsx.KindArguments:
			call := p.Parent()
			if !tsx.Callee(call).Field(tsx.FieldProperty).Ok() || !call.Parent().Is(tsx.KindExpressionStatement) || len(tsx.Elements(p)) != 1 {
				return best
			}
			n = call.Parent()
			continue
		case tsx.KindProgram, tsx.KindStatementBlock, tsx.KindSwitchCase, tsx.KindSwitchDefault:
			if !n.Is(tsx.KindExpressionStatement, tsx.KindLexicalDeclaration, tsx.KindVariableDeclaration, tsx.KindIfStatement, tsx.KindExportStatement) {
				return best
			}
			best = n
			branch := p.Parent()
			if !p.Is(tsx.KindStatementBlock) || !branch.Is(tsx.KindIfStatement) || branch.Field(tsx.FieldAlternative).Ok() || len(tsx.Elements(p)) > 1 {
				return best
			}
			n = branch
			continue
		case tsx.KindJsxExpression:
			if !p.Parent().Is(tsx.KindJsxElement) {
				return best
			}
		case tsx.KindParenthesizedExpression:
		case tsx.KindCallExpression: // {tab()}
			if n.FieldOf() != tsx.FieldFunction {
				return best
			}
		case tsx.KindBinaryExpression, tsx.KindTernaryExpression:
			if !tsx.OnlyBranch(n) {
				return best
			}
		default:
			return best
		}
		n = p
	}
	return best
}

func (r Removal) stays(n tsx.Node) bool { return r.Stays != nil && r.Stays(n.Span()) }

// spread is the spread in a list of an array that is there under a condition or for nothing:
// ...(isOn ? [x] : []).
func spread(array tsx.Node) tsx.Node {
	for n := array; ; n = n.Parent() {
		switch p := n.Parent(); p.Kind() {
		case tsx.KindSpreadElement:
			return p
		case tsx.KindParenthesizedExpression:
		case tsx.KindBinaryExpression:
			if n.FieldOf() != tsx.FieldRight {
				return tsx.Node{}
			}
		case tsx.KindTernaryExpression:
			other := p.Field(tsx.FieldAlternative)
			if n.FieldOf() == tsx.FieldAlternative {
				other = p.Field(tsx.FieldConsequence)
			}
			if !other.Is(tsx.KindArray) || len(tsx.Elements(other)) > 0 {
				return tsx.Node{}
			}
		default:
			return tsx.Node{}
		}
	}
}

// wraps reports whether an element is there only for its one child.
func (f File) wraps(el, child tsx.Node) bool {
	children := tsx.JSXChildren(el)
	if len(children) != 1 || children[0] != child {
		return false
	}
	for c := range el.NamedChildren() {
		if c.Is(tsx.KindJsxText) && strings.TrimSpace(c.Text()) != "" {
			return false
		}
	}
	name := tsx.JSXName(el)
	if name == "" || name[0] >= 'a' && name[0] <= 'z' && !strings.Contains(name, ".") {
		return true // a fragment, HTML
	}
	first, member, _ := strings.Cut(name, ".")
	decl, spec, ok := tsx.LookupImport(f.Tree, first)
	if !ok {
		return false
	}
	export := spec.Name
	switch {
	case spec.Default:
		export = decl.Module[strings.LastIndexByte(decl.Module, '/')+1:]
	case spec.Namespace:
		export, member, _ = strings.Cut(member, ".")
	}
	if member != "" {
		return strings.HasSuffix(export, "Layout") && member == "Route" || export == "EntitySwitch" && member == "Case"
	}
	for _, prefix := range []string{"@material-ui/", "@mui/", "@backstage/ui"} {
		if strings.HasPrefix(decl.Module, prefix) {
			return true
		}
	}
	return slices.Contains(wrappers, export)
}

// wrappers are the components, other than those of UI libraries, that do nothing without a child.
var wrappers = []string{
	"EntitySwitch", "RequirePermission", "PermissionedRoute", "FeatureFlagged", "TechDocsAddons", "ScaffolderFieldExtensions",
	"SidebarGroup", "InfoCard", "ErrorBoundary", "Fragment", "Suspense",
}

// takeOut is the edits that take out a construct that outer found.
func (r Removal) takeOut(n tsx.Node) []text.Edit {
	p := n.Parent()
	switch {
	case p.Is(tsx.KindJsxElement):
		if edits := closed(n); edits != nil {
			return edits
		}
		return r.comments(n, tsx.RemoveJSXChild(n))
	case p.Is(tsx.KindArray):
		return r.takeItem(n)
	case p.Is(tsx.KindObject):
		return r.takeProperty(n)
	}
	return r.takeStatement(n)
}

// takeStatement takes out a statement.
func (r Removal) takeStatement(n tsx.Node) []text.Edit { return r.comments(n, tsx.RemoveStatement(n)) }

// comments lets the comments above n, which edits take out with it, stay unless they are n's own:
// all of them if n is alone in its paragraph, else those directly above that only name the plugin.
func (r Removal) comments(n tsx.Node, edits []text.Edit) []text.Edit {
	src := n.Tree().Source()
	line := text.LineStart(src, n.Start())
	for i, e := range edits {
		if e.Start >= line || e.End < n.End() || alone(n) {
			continue
		}
		from := line
		for from > e.Start && r.onlyNames(string(src[text.LineStart(src, from-1):from])) {
			from = text.LineStart(src, from-1)
		}
		edits[i].Start = max(from, e.Start)
	}
	return edits
}

// alone reports whether blank lines, or the ends of what it is in, are around n and the
// comments beside it.
func alone(n tsx.Node) bool {
	src := n.Tree().Source()
	prev, next := neighbour(n, tsx.Node.PrevNamed), neighbour(n, tsx.Node.NextNamed)
	return (!prev.Ok() || blankIn(src[prev.End():n.Start()])) && (!next.Ok() || blankIn(src[n.End():next.Start()]))
}

// onlyNames reports whether a line is a comment that only names the plugin: // the sonarqube plugin.
func (r Removal) onlyNames(line string) bool {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "/*") && !strings.HasPrefix(line, "{/*") {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(line), func(r rune) bool { return strings.ContainsRune(" \t/*{}.:", r) })
	words = slices.DeleteFunc(words, func(w string) bool {
		return w == "the" || w == "plugin" || w == "backend" || w == "frontend" || w == "module"
	})
	return len(words) > 0 && slices.Contains(r.Names, strings.Join(words, " "))
}

// neighbour is the next sibling of n in a direction that is no comment and no white space.
func neighbour(n tsx.Node, step func(tsx.Node) tsx.Node) tsx.Node {
	for s := step(n); s.Ok(); s = step(s) {
		switch {
		case s.Is(tsx.KindComment, tsx.KindJsxOpeningElement, tsx.KindJsxClosingElement):
		case s.Is(tsx.KindJsxText) && strings.TrimSpace(s.Text()) == "":
		case s.Is(tsx.KindJsxExpression) && s.FieldOf() == tsx.FieldNone && !tsx.JSXInner(s).Ok():
		default:
			return s
		}
	}
	return tsx.Node{}
}

// blankIn reports whether a blank line is in a stretch of source.
func blankIn(between []byte) bool {
	lines := strings.Split(string(between), "\n")
	for i, l := range lines {
		if i > 0 && i < len(lines)-1 && strings.TrimSpace(l) == "" {
			return true
		}
	}
	return false
}
