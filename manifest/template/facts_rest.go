package template

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// rest merges what else the template changed in files that conflict or that the app does not have:
// without the pieces of wiring that are in the app by now, at both ends, and the declarations that
// it has in other files.
func (w *wires) rest(ctx context.Context) error {
	snapshot, files := w.m.over.Clone(), slices.Clone(w.m.result.Files)
	changed := false
	for i := range files {
		name := cmp.Or(files[i].From, files[i].Path)
		if !wired(name) || w.mine[packageOf(name)] == "" || w.extra[files[i].Path] || !w.troubled(name) || w.m.base[name] == nil || w.m.theirs[name] == nil {
			continue
		}
		done, moved := w.settled(name)
		base, theirs, ok := w.without(name, done)
		if !ok {
			continue
		}
		base, theirs, declared, err := w.moveDeclarations(&files[i], base, theirs)
		if err != nil {
			return err
		}
		if len(done) == 0 && len(declared) == 0 {
			continue
		}
		changed = true
		f := &w.m.result.Files[i]
		left := difference(base.Tree, theirs.Tree)
		if f.Status == Skipped {
			w.elsewhere(f, left)
			continue
		}
		if err := w.remerge(f, base.Tree.Source(), theirs.Tree.Source(), moved || len(declared) > 0, left); err != nil {
			return err
		}
	}
	if !changed {
		return nil
	}
	after, err := w.again(ctx)
	if err != nil {
		return err
	}
	if w.check(after) != nil || w.broken() { // the rest would break the app: it is for a person
		w.m.over.Restore(snapshot)
		w.m.result.Files = files
		return nil
	}
	w.recheck(after)
	return nil
}

// restFirst merges, of the files that conflict, what the template changed other than the pieces of
// wiring that have a place in the app, which are left for later. It is false if that is of no use.
func (w *wires) restFirst(ctx context.Context, merged *side) (*side, bool, error) {
	before := w.save()
	add, alter := w.todo(merged)
	pieces := alter
	for _, run := range w.runs(add) {
		snapshot := w.m.over.Clone()
		err := w.place(merged.clone(), run)
		w.m.over.Restore(snapshot)
		if err == nil || len(run) > 1 {
			pieces = append(pieces, run...)
		}
	}
	changed := false
	for i, f := range slices.Clone(w.m.result.Files) {
		name := cmp.Or(f.From, f.Path)
		var later []variation
		for _, t := range pieces {
			if t.name() == name {
				later = append(later, t.variation)
			}
		}
		if f.Status != Conflict || len(later) == 0 {
			continue
		}
		base, theirs, ok := w.without(name, later)
		if !ok {
			continue
		}
		base, theirs, declared, err := w.moveDeclarations(&f, base, theirs)
		if err != nil {
			return nil, false, err
		}
		merging := &w.m.result.Files[i]
		if err := w.remerge(merging, base.Tree.Source(), theirs.Tree.Source(), false, difference(base.Tree, theirs.Tree)); err != nil {
			return nil, false, err
		}
		if merging.Status == Skipped {
			merging.Why = "nothing but pieces of wiring is changed in it, each of which is said by itself"
		}
		changed = changed || merging.Status != Conflict || len(declared) > 0
	}
	if !changed {
		return nil, false, nil
	}
	after, err := w.again(ctx)
	if err != nil {
		return nil, false, err
	}
	if w.check(after) != nil {
		return nil, false, nil
	}
	w.m.result.Pieces = before.result.Pieces
	return after, true, nil
}

// broken says whether a source file that was merged is none any more.
func (w *wires) broken() bool {
	return slices.ContainsFunc(w.m.over.Changes(), func(c change.Change) bool {
		return c.After != nil && w.extra[c.Path] && whole(c.Path, c.After) != ""
	})
}

// recheck drops the reports of pieces that had no place by themselves and that came with the
// rest of their files.
func (w *wires) recheck(after *side) {
	w.m.result.Pieces = slices.DeleteFunc(w.m.result.Pieces, func(p Piece) bool {
		if p.Status != Conflict || p.Change != "added" {
			return false
		}
		for _, v := range w.changes {
			f := v.fact()
			if f.File != p.From || f.Pos.Line != p.FromLine || f.Kind != p.Kind || f.Name != p.Name {
				continue
			}
			t := &task{variation: v, folder: f.Package, mine: w.mine[f.Package]}
			if _, ok := t.find(after.facts(t.mine), form, *f); ok {
				return true
			}
		}
		return false
	})
}

// remains is what two versions of a file still differ in.
type remains uint8

const (
	nothing remains = iota
	comments
	code
)

const mergedElsewhere = "what the template changed in it is merged where you have it"

// elsewhere says of a file that the app does not have, or that has nothing of it, that what it
// declares is in the app.
func (w *wires) elsewhere(f *File, left remains) {
	switch {
	case f.Ours != nil && left == nothing:
		f.Why, f.Notes = mergedElsewhere, nil
	case left == nothing:
		f.Why += "; " + mergedElsewhere
	default:
		f.Why += "; " + mergedElsewhere + ", as far as you do"
	}
}

// settled are the variations of a file that are in the app, and whether one was put there now.
func (w *wires) settled(name string) (done []variation, moved bool) {
	for _, v := range w.changes {
		f := v.fact()
		if f.File != name {
			continue
		}
		for _, p := range w.m.result.Pieces {
			if p.From != name || p.FromLine != f.Pos.Line || p.Kind != f.Kind || p.Name != f.Name || p.Change != v.verb() {
				continue
			}
			if p.Status == Merged || p.Status == Skipped && p.Manual == "" && (v.was == nil || v.now == nil) {
				done = append(done, v)
				moved = moved || p.Status == Merged
				break
			}
		}
	}
	return done, moved
}

// without is a file of the template, old and new, without variations: pieces that it added are
// not in the new one, pieces that it took out are not in the old one, and those that it changed
// are in the new one as in the old one.
func (w *wires) without(name string, done []variation) (base, theirs rewire.File, ok bool) {
	base, err := parsed(name, w.m.base[name])
	if err != nil {
		return base, theirs, false
	}
	theirs, err = parsed(name, w.m.theirs[name])
	if err != nil {
		return base, theirs, false
	}
	// From the last to the first, so that the others stay where they are.
	slices.SortStableFunc(done, func(a, b variation) int { return b.fact().Wrapper.Start - a.fact().Wrapper.Start })
	old, now := base, theirs
	for _, v := range done {
		switch {
		case v.now == nil:
			base, ok = stripped(&w.base, base, *v.was)
		case v.was == nil:
			theirs, ok = stripped(&w.theirs, theirs, *v.now)
		default:
			continue
		}
		if !ok {
			return base, theirs, false
		}
	}
	for _, v := range done { // new imports move all that is below them
		if v.now == nil || v.was == nil {
			continue
		}
		if theirs, ok = swapped(theirs, now, *v.now, old, *v.was); !ok {
			return base, theirs, false
		}
	}
	return cleaned(old, base), cleaned(now, theirs), true
}

// stripped is a file of the template without a piece.
func stripped(s *side, f rewire.File, u wiring.Fact) (rewire.File, bool) {
	if u.Kind == wiring.CSSImport {
		return edited(f, tsx.RemoveSideEffectImport(f.Tree, u.Name))
	}
	edits, err := rewire.TakeOut(f, u.Wrapper, rewire.Removal{Stays: func(span text.Span) bool {
		return slices.ContainsFunc(s.seen.Mounts, func(m wiring.Mount) bool { return m.File == f.Name && m.Span.Start == span.Start && stays(m) })
	}})
	if err != nil {
		return f, false
	}
	out, ok := edited(f, edits)
	if !ok {
		return f, false
	}
	return closed(f, out)
}

// closed is a file with the elements closed in themselves that have no children since an earlier
// version.
func closed(before, f rewire.File) (rewire.File, bool) {
	hollow := func(t *tsx.Tree) map[string]tsx.Node {
		out := map[string]tsx.Node{}
		for n := range t.Root().Descendants() {
			if n.Is(tsx.KindJsxElement) && !tsx.IsJSXFragment(n) && len(tsx.JSXChildren(n)) == 0 && !n.NamedChild(2).Ok() {
				out[normal(n)] = n
			}
		}
		return out
	}
	was := hollow(before.Tree)
	var edits []text.Edit
	for s, n := range hollow(f.Tree) {
		open := tsx.JSXOpening(n)
		if !was[s].Ok() && open.Ok() {
			edits = append(edits, text.Replace(text.Span{Start: open.End() - 1, End: n.End()}, " />"))
		}
	}
	return edited(f, edits)
}

// swapped is a file of the new template with a piece as the old one had it. What was changed in
// the file since it was observed may have moved the piece: it is found by what it says.
func swapped(f, now rewire.File, u wiring.Fact, old rewire.File, was wiring.Fact) (rewire.File, bool) {
	want := normalAt(now.Tree, u.Wrapper)
	var at []tsx.Node
	for n := range f.Tree.Root().Descendants() {
		if n.Named() && normal(n) == want && normal(n.Parent()) != want {
			at = append(at, n)
		}
	}
	if len(at) != 1 {
		return f, false
	}
	if u.Kind == wiring.BackendFeature {
		return edited(f, renamed(f, at[0].Span(), u.Name, was.Name))
	}
	edits, err := rewire.CopyOver(f, at[0].Span(), rewire.Copy{From: old, Span: was.Wrapper})
	if err != nil {
		return f, false
	}
	return edited(f, edits)
}

func edited(f rewire.File, edits []text.Edit) (rewire.File, bool) {
	src, err := text.Apply(f.Tree.Source(), edits)
	if err != nil {
		return f, false
	}
	out, err := parsed(f.Name, src)
	return out, err == nil
}

// cleaned is a file without the names that it does not need any more since an earlier version.
func cleaned(before, f rewire.File) rewire.File {
	for range 10 {
		edits := rewire.Unneeded(before.Tree, f.Tree, rewire.Removal{}, func(string) bool { return false })
		if len(edits) == 0 {
			break
		}
		out, ok := edited(f, edits)
		if !ok {
			break
		}
		f = out
	}
	return f
}

// difference is in what two files differ other than their format and the order of imports.
func difference(a, b *tsx.Tree) remains {
	var all, code2 [2]strings.Builder
	for i, t := range [...]*tsx.Tree{a, b} {
		for n := range t.Root().NamedChildren() {
			if !n.Is(tsx.KindImportStatement, tsx.KindEmptyStatement) {
				writeNormal(&all[i], n)
				writeCode(&code2[i], n)
			}
		}
	}
	x, y := bindings(a), bindings(b)
	same := len(x) == len(y) && code2[0].String() == code2[1].String()
	for at, spec := range x {
		other, ok := y[at]
		same = same && ok && other.Local == spec.Local
	}
	switch {
	case !same:
		return code
	case all[0].String() != all[1].String():
		return comments
	}
	return nothing
}

// writeCode writes the normal form of what is no comment.
func writeCode(b *strings.Builder, n tsx.Node) {
	switch {
	case n.Is(tsx.KindComment), n.Is(tsx.KindJsxExpression) && n.FieldOf() == tsx.FieldNone && !tsx.JSXInner(n).Ok():
	case n.ChildCount() == 0 || n.Is(tsx.KindString, tsx.KindTemplateString, tsx.KindJsxText):
		writeNormal(b, n)
	default:
		for c := range n.Children() {
			writeCode(b, c)
		}
	}
}

// remerge merges a file with conflicts again, between the template's files without what is in the
// app by now.
func (w *wires) remerge(f *File, base, theirs []byte, moved bool, left remains) error {
	ours, err := w.m.over.ReadFile(f.Path)
	if err != nil {
		return err
	}
	if bytes.Contains(ours, []byte("\r\n")) {
		base, theirs = withCRLF(base), withCRLF(theirs)
	}
	out := outcome{text: ours}
	if left != nothing {
		out = mergeContent(f.Path, base, ours, theirs, w.m.opts)
	}
	if len(out.clashes) > 0 && left == comments {
		out = outcome{text: ours, notes: []string{"comments of the template's around what you have moved are not merged"}}
	}
	f.Base, f.Theirs, f.unsound = base, theirs, false
	if len(out.clashes) > 0 {
		f.Ours, f.Conflicts = ours, out.clashes
		return nil
	}
	f.How, f.Conflicts = "facts", nil
	f.Notes = append(f.Notes, out.notes...)
	if was, err := w.before.ReadFile(f.Path); err == nil && bytes.Equal(out.text, was) {
		f.Status, f.Why = Skipped, "you have it already"
		if moved {
			f.Why = mergedElsewhere
		}
		return nil
	}
	f.Status = Merged
	return w.m.write(f, out.text, reasonOf(out.how))
}
