package template

import (
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/batten-dev/batten/codemod/merge3"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// sound proves of the merge of a source file that it is whole, and binds the names that it uses.
// It is "", or what is wrong.
func sound(name string, ours, theirs, merged []byte) string {
	if problem := whole(name, merged); problem != "" {
		return problem
	}
	if local := unbound(name, ours, theirs, merged); local != "" {
		return "the merge would use " + local + ", which nothing declares there"
	}
	return ""
}

// unbound is a name that a merge of a source file uses where nothing binds it, while it is bound in
// a side that has it; "" if there is none, or if one of the three does not compile.
func unbound(name string, ours, theirs, merged []byte) string {
	loader, ok := loaderOf(name)
	if !ok {
		return ""
	}
	var trees [3]*tsx.Tree
	names := map[string]string{}
	var there [3]map[string]bool
	for i, src := range [...][]byte{ours, theirs, merged} {
		tree, err := tsx.Parse(src, tsx.DialectOf(name))
		if err != nil {
			return ""
		}
		trees[i], there[i] = tree, map[string]bool{}
		for n := range tree.Root().Descendants() {
			if n.Is(tsx.KindIdentifier, tsx.KindShorthandPropertyIdentifier, tsx.KindShorthandPropertyIdentifierPattern) {
				there[i][n.Text()] = true
				names[n.Text()] = freeMark + n.Text()
			}
		}
	}
	var free [3]map[string]bool
	for i, tree := range trees {
		if free[i], ok = freeIn(tree.Source(), loader, names); !ok {
			return ""
		}
	}
	for n := range trees[2].Root().Descendants() {
		x := n.Text()
		if n.ChildCount() == 0 && free[2][x] && !free[0][x] && (there[0][x] || !free[1][x]) {
			return x
		}
	}
	mine, other, is := topNames(trees[0]), topNames(trees[1]), topNames(trees[2])
	for n := range trees[2].Root().Descendants() {
		if x := n.Text(); ofTypes(n) && !is[x] && (mine[x] || other[x]) {
			return x
		}
	}
	return ""
}

// freeMark begins what stands for the names that nothing binds.
const freeMark = "__unbound__"

// freeIn are those of the names that a source has as values and does not bind where it has them;
// false if that cannot be said. names are what to write for them. Types are not in what is
// compiled.
func freeIn(src []byte, loader api.Loader, names map[string]string) (map[string]bool, bool) {
	if strings.Contains(string(src), freeMark) {
		return nil, false
	}
	// Defined names are replaced where no scope of the source has them.
	done := api.Transform(string(src), api.TransformOptions{Loader: loader, JSX: api.JSXPreserve, LogLevel: api.LogLevelSilent, TsconfigRaw: "{}", Charset: api.CharsetUTF8, Define: names})
	if len(done.Errors) > 0 {
		return nil, false
	}
	tree, err := tsx.Parse(done.Code, tsx.TSX)
	if err != nil {
		return nil, false
	}
	out := map[string]bool{}
	for n := range tree.Root().Descendants() {
		if x, ok := strings.CutPrefix(n.Text(), freeMark); ok && n.ChildCount() == 0 {
			out[x] = true
		}
	}
	return out, true
}

// topNames are what a source binds at its top.
func topNames(t *tsx.Tree) map[string]bool {
	out := map[string]bool{}
	for _, d := range tsx.Imports(t) {
		for _, b := range d.Bindings {
			out[b.Local] = true
		}
	}
	for n := range t.Root().NamedChildren() {
		if n.Is(tsx.KindExportStatement) {
			n = n.Field(tsx.FieldDeclaration)
		}
		declared(n, out)
	}
	return out
}

// ofTypes says whether a name is one that compiling to JavaScript may leave out: in a type, or
// exported.
func ofTypes(n tsx.Node) bool {
	switch {
	case n.Is(tsx.KindTypeIdentifier):
		return !n.Parent().Is(tsx.KindNestedTypeIdentifier)
	case !n.Is(tsx.KindIdentifier):
		return false
	}
	for p := n.Parent(); p.Is(tsx.KindNestedIdentifier, tsx.KindMemberExpression, tsx.KindNestedTypeIdentifier, tsx.KindTypeQuery, tsx.KindExportSpecifier, tsx.KindExportClause, tsx.KindExportStatement); p = p.Parent() {
		switch {
		case p.Is(tsx.KindTypeQuery, tsx.KindNestedTypeIdentifier):
			return true
		case p.Is(tsx.KindExportSpecifier):
			return n.FieldOf() == tsx.FieldName && !p.Parent().Parent().Field(tsx.FieldSource).Ok()
		}
	}
	return false
}

// unmerged are all changes of the template's to a file as conflicts: each that the app's side is in
// the way of, and, for a reason, the lines from the first to the last of the others.
func unmerged(b, o, t []byte, why string) []Clash {
	var out []Clash
	var rest [3]text.Span
	found := false
	for _, h := range merge3.Merge(b, o, t).Hunks {
		switch h.Kind {
		case merge3.Conflict:
			out = append(out, Clash{Why: "both changed these lines", Base: linesOf(b, h.Base), Ours: linesOf(o, h.Ours), Theirs: linesOf(t, h.Theirs)})
		case merge3.Theirs:
			if !found {
				found, rest = true, [...]text.Span{h.Base, h.Ours, h.Theirs}
			}
			rest[0].End, rest[1].End, rest[2].End = h.Base.End, h.Ours.End, h.Theirs.End
		}
	}
	if found {
		out = append(out, Clash{Why: why, Base: linesOf(b, rest[0]), Ours: linesOf(o, rest[1]), Theirs: linesOf(t, rest[2])})
	}
	return out
}
