package tsx

import (
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/batten-dev/batten/codemod/text"
)

// RemoveImport removes local names from a file's imports; what else a statement imports
// stays. Names that are not imported are passed over. Whether something still refers to a name
// is for the caller to know (Unused).
//
// A statement that binds nothing else goes with its line, with the comment behind it on that
// line, and with comments directly above it on lines of their own that are its own: directives
// for the next line (eslint-disable-next-line, @ts-ignore), and others if no further import
// follows on the next line, for then they may speak of a group of imports. Comments at the top
// of the file stay. A name in braces goes like an element of an array (RemoveArrayElement).
//
// It undoes AddImport byte for byte, except for a clause that was spread over lines without
// need, which comes back on one line, and an empty one, import {} from 'module'.
func RemoveImport(t *Tree, locals ...string) []text.Edit {
	var edits []text.Edit
	var whole []Node
	decls := Imports(t)
	drops := make([][]string, len(decls))
	for i, d := range decls {
		for _, s := range d.Bindings {
			if slices.Contains(locals, s.Local) {
				drops[i] = append(drops[i], s.Local)
			}
		}
	}
	style := StyleOf(t)
	limit := importWidth(t, decls, style, func(i int) bool { return drops[i] != nil })
	for i, d := range decls {
		switch len(drops[i]) {
		case 0:
		case len(d.Bindings):
			whole = append(whole, d.Node)
		default:
			edits = append(edits, dropBindings(d, drops[i], limit, style)...)
		}
	}
	return append(edits, removeImportStatements(whole)...)
}

// RemoveSideEffectImport removes `import 'module'` like RemoveImport a statement.
func RemoveSideEffectImport(t *Tree, module string) []text.Edit {
	var whole []Node
	for _, d := range Imports(t) {
		if d.SideEffect && d.Module == module {
			whole = append(whole, d.Node)
		}
	}
	return removeImportStatements(whole)
}

var nextLineWords = regexp.MustCompile(`eslint-disable-next-line|@ts-ignore|@ts-expect-error|prettier-ignore($|[^-])`)

// removeImportStatements removes whole statements, those that stand together as one block.
func removeImportStatements(nodes []Node) []text.Edit {
	var edits []text.Edit
	for len(nodes) > 0 {
		n := nodes[0]
		nodes = nodes[1:]
		src := n.t.src
		start := importLead(n)
		end, ends := tail(src, statementEnd(n))
		if !firstOnLine(src, n.Start()) || !ends {
			edits = append(edits, removeStatement(n, start)...)
			continue
		}
		last := n
		for len(nodes) > 0 && onlySpace(src, end, importLead(nodes[0])) {
			e, ok := tail(src, statementEnd(nodes[0]))
			if !ok {
				break
			}
			end, last = e, nodes[0]
			nodes = nodes[1:]
		}
		_, bottom := edges(last, start, end)
		edits = append(edits, deleteLines(src, start, end, onTop(n, start), bottom))
	}
	for i := 1; i < len(edits); i++ { // two on one line may share the space between them
		edits[i].Start = max(edits[i].Start, edits[i-1].End)
	}
	return edits
}

// importLead is the start of the comments that belong to an import, or of the import.
func importLead(n Node) int {
	next := n.NextNamed()
	group := next.Is(KindImportStatement) && directlyAbove(n.t.src, n.End(), next.Start())
	return lead(n.t, n.Start(), func(c Node) bool {
		return !nextLineWords.MatchString(c.Text()) && (group || atTop(c))
	})
}

// onTop reports whether only directives, and comments that are apart or speak of the file, are
// before an import that begins (with its comments) at start.
func onTop(n Node, start int) bool {
	for p := n.PrevNamed(); p.Ok(); p = p.PrevNamed() {
		if p.Start() >= start {
			continue
		}
		if p.Is(KindComment) && directlyAbove(n.t.src, p.End(), start) && firstOnLine(n.t.src, p.Start()) && !isHeader(p) {
			return false
		}
		if !p.Is(KindComment, KindHashBangLine) && !isDirective(p) {
			return false
		}
	}
	return true
}

// atTop reports whether nothing but comments and directives is before a comment.
func atTop(c Node) bool {
	for p := c.PrevNamed(); p.Ok(); p = p.PrevNamed() {
		if !p.Is(KindComment, KindHashBangLine) && !isDirective(p) {
			return false
		}
	}
	return true
}

// dropBindings removes some of a statement's names. It works on the statement alone, one
// name after the other, and returns one edit.
func dropBindings(d ImportDecl, drop []string, limit int, style Style) []text.Edit {
	old := d.Node.t.src[d.Node.Start():d.Node.End()]
	now := old
	for _, local := range drop {
		sub, err := Parse(now, TSX)
		if err != nil {
			return nil
		}
		decls := Imports(sub)
		if len(decls) != 1 {
			return nil
		}
		if now, err = text.Apply(now, dropBinding(sub, decls[0], local, limit, style)); err != nil {
			return nil
		}
	}
	from, to := 0, 0
	for from < len(old) && from < len(now) && old[from] == now[from] {
		from++
	}
	for to < len(old)-from && to < len(now)-from && old[len(old)-1-to] == now[len(now)-1-to] {
		to++
	}
	return []text.Edit{{Start: d.Node.Start() + from, End: d.Node.End() - to, New: string(now[from : len(now)-to])}}
}

func dropBinding(t *Tree, d ImportDecl, local string, limit int, style Style) []text.Edit {
	i := slices.IndexFunc(d.Bindings, func(s ImportSpec) bool { return s.Local == local })
	spec := d.Bindings[i]
	switch {
	case spec.Default:
		rest := spec.Node.NextNamed()
		for rest.Is(KindComment) {
			rest = rest.NextNamed()
		}
		return []text.Edit{text.Delete(text.Span{Start: spec.Node.Start(), End: rest.Start()})}
	case spec.Namespace:
		return []text.Edit{text.Delete(text.Span{Start: d.Bindings[0].Node.End(), End: spec.Node.End()})}
	case len(Elements(d.Named)) == 1:
		space := ""
		if end := d.Named.End(); skipBlank(t.src, end) == end {
			space = " "
		}
		return []text.Edit{{Start: d.Bindings[0].Node.End(), End: d.Named.End(), New: space}}
	}
	if limit > 0 && breakable(d) && !hasComment(d.Named) && lineBreakIn(t.src, d.Named.Start(), d.Named.End()) {
		left := d
		left.Bindings = slices.Delete(slices.Clone(d.Bindings), i, i+1)
		width := oneLineWidth(t, d, style)
		if width > limit && (!breakable(left) || width-utf8.RuneCountInString(spec.Node.Text())-len(", ") <= limit) {
			var specs []string
			for _, s := range left.Bindings {
				if !s.Default {
					specs = append(specs, s.Node.Text())
				}
			}
			a := &adder{t: t, style: style}
			return []text.Edit{text.Replace(d.Named.Span(), a.braces(specs, 0, 0))}
		}
	}
	return removeItem(spec.Node)
}

// statementWidth is the number of characters of an import statement.
func statementWidth(t *Tree, d ImportDecl) int {
	return utf8.RuneCount(t.src[d.Node.Start():d.Node.End()])
}

// breakable reports whether prettier would spread the statement over lines if it is too long:
// not if it has a single name in braces and nothing else.
func breakable(d ImportDecl) bool { return d.Named.Ok() && len(d.Bindings) > 1 }

// importWidth is the line width that a file's imports keep to: of 80, 100 and 120 columns the
// one that the fewest imports contradict, by being longer on one line, or by being spread
// over lines although they would fit; the narrowest of several. It is 0, no width, if most
// contradict each. The imports that an edit changes are no evidence, so that it is the same
// before and after it.
func importWidth(t *Tree, decls []ImportDecl, style Style, changed func(i int) bool) int {
	widths := [...]int{80, 100, 120}
	var against [len(widths)]int
	evidence := 0
	for i, d := range decls {
		if changed(i) || !d.Named.Ok() || hasComment(d.Named) {
			continue
		}
		spread := lineBreakIn(t.src, d.Named.Start(), d.Named.End())
		if !spread && !breakable(d) {
			continue
		}
		evidence++
		for j, w := range widths {
			fits := statementWidth(t, d) <= w
			if spread {
				fits = len(d.Bindings) > 1 && oneLineWidth(t, d, style) > w
			}
			if !fits {
				against[j]++
			}
		}
	}
	best := 0
	for j := range widths {
		if against[j] < against[best] {
			best = j
		}
	}
	if 2*against[best] > evidence {
		return 0
	}
	return widths[best]
}

// oneLineWidth is how wide a statement would be with its clause on one line.
func oneLineWidth(t *Tree, d ImportDecl, style Style) int {
	specs := Elements(d.Named)
	width := utf8.RuneCount(t.src[d.Node.Start():d.Named.Start()]) + utf8.RuneCount(t.src[d.Named.End():d.Node.End()]) + len("{}")
	if style.BraceSpace {
		width += len("  ")
	}
	for i, s := range specs {
		if i > 0 {
			width += len(", ")
		}
		width += utf8.RuneCountInString(s.Text())
	}
	return width
}
