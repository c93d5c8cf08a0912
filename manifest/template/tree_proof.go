package template

import (
	"slices"
	"strings"
	"unicode"

	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/udiff"
)

// conserved proves that a merge lost no token of either side and made none up: each is there as
// often as the changes of both sides together say, or, where both made the same change, as one of
// them says. Skipped are the pieces of the template's
// that were left out on purpose. Comments and
// imports are proved by themselves.
func conserved(base, ours, theirs, merged *tsx.Tree, skipped []skip) bool {
	out, stays := map[string]int{}, map[string]int{}
	for _, s := range skipped {
		for _, tok := range tokens(s.theirs) {
			out[tok]++
		}
		for _, tok := range tokens(s.base) {
			stays[tok]++
		}
	}
	was, is := counted(tokens(base.Root())), counted(tokens(merged.Root()))
	gone, come := changed(base, ours)
	left, added := changed(base, theirs)
	all := map[string]bool{}
	for _, m := range []map[string]int{was, is, come, added} {
		for tok := range m {
			all[tok] = true
		}
	}
	for tok := range all {
		low := was[tok] - gone[tok] - left[tok] + max(come[tok], added[tok]-out[tok])
		high := was[tok] - max(gone[tok], left[tok]) + come[tok] + added[tok] + stays[tok]
		if !strings.ContainsFunc(tok, alphanumeric) {
			continue // what is between the words follows from their order
		}
		if is[tok] < low || is[tok] > high {
			return false
		}
	}
	own, had, has := locals(bindings(ours)), locals(bindings(base)), locals(bindings(merged))
	for name, at := range own {
		if _, was := had[name]; !was && has[name] != at {
			return false
		}
	}
	return true
}

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// tokens are what a part of a source says, in order, without comments, imports and what
// formatters change.
func tokens(n tsx.Node) []string {
	if !n.Ok() {
		return nil
	}
	var b strings.Builder
	var walk func(n tsx.Node)
	walk = func(n tsx.Node) {
		switch {
		case n.Is(tsx.KindComment, tsx.KindImportStatement):
		case n.ChildCount() == 0 || n.Is(tsx.KindString, tsx.KindTemplateString, tsx.KindJsxText):
			writeNormal(&b, n)
		default:
			for c := range n.Children() {
				walk(c)
			}
		}
	}
	walk(n)
	return strings.Fields(b.String())
}

func counted(list []string) map[string]int {
	out := map[string]int{}
	for _, s := range list {
		out[s]++
	}
	return out
}

// changed counts the tokens that one source has no more, and those that it has in addition.
func changed(from, to *tsx.Tree) (gone, come map[string]int) {
	gone, come = map[string]int{}, map[string]int{}
	lines := func(t *tsx.Tree) []byte { return []byte(strings.Join(tokens(t.Root()), "\n") + "\n") }
	for _, h := range udiff.Hunks(lines(from), lines(to)) {
		for _, l := range h.Lines {
			switch l.Kind {
			case udiff.Removed:
				gone[strings.TrimSuffix(l.Text, "\n")]++
			case udiff.Added:
				come[strings.TrimSuffix(l.Text, "\n")]++
			}
		}
	}
	return gone, come
}

// lostComments are the comments that the template added and a merge has not; false if it lacks
// one of the app's own.
func lostComments(base, ours, theirs, merged *tsx.Tree) ([]tsx.Node, bool) {
	of := func(t *tsx.Tree) map[string][]tsx.Node {
		out := map[string][]tsx.Node{}
		for n := range t.Root().Descendants() {
			if n.Is(tsx.KindComment) {
				out[normal(n)] = append(out[normal(n)], n)
			}
		}
		return out
	}
	b, o, t, is := of(base), of(ours), of(theirs), of(merged)
	for text := range o {
		if len(b[text]) == 0 && len(is[text]) == 0 {
			return nil, false
		}
	}
	var lost []tsx.Node
	for text, nodes := range t {
		if len(b[text]) == 0 && len(is[text]) == 0 {
			lost = append(lost, nodes[0])
		}
	}
	slices.SortFunc(lost, func(x, y tsx.Node) int { return x.Start() - y.Start() })
	return lost, true
}
