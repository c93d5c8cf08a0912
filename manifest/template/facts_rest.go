package template

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// rest merges what else the template changed in files whose pieces of wiring are in the app by
// now: the files with conflicts, without those pieces at both ends.
func (w *wires) rest(ctx context.Context) error {
	snapshot := w.m.over.Clone()
	files := slices.Clone(w.m.result.Files)
	changed := false
	for i := range w.m.result.Files {
		f := &w.m.result.Files[i]
		name := f.Path
		if f.From != "" {
			name = f.From
		}
		if !isSource(name) || w.extra[f.Path] || f.Status != Conflict && f.Status != Skipped {
			continue
		}
		done, moved := w.settled(name)
		if len(done) == 0 {
			continue
		}
		base, theirs, ok := w.without(name, done)
		if !ok {
			continue
		}
		nothing := sameCode(base.Tree, theirs.Tree)
		if f.Status == Skipped {
			w.elsewhere(f, moved, nothing)
			continue
		}
		if err := w.remerge(f, base.Tree.Source(), theirs.Tree.Source(), moved, nothing); err != nil {
			return err
		}
		changed = true
	}
	if !changed {
		return nil
	}
	after, err := w.again(ctx)
	if err != nil {
		return err
	}
	if w.check(after) != nil { // the rest would break the wiring: it is for a person
		w.m.over.Restore(snapshot)
		w.m.result.Files = files
	}
	return nil
}

// elsewhere says of a file that the app does not have that what it wires is in the app.
func (w *wires) elsewhere(f *File, moved, nothing bool) {
	what := "what the template changed in its wiring was there already"
	if moved {
		what = "what the template changed in its wiring is merged by fact"
	}
	if !nothing {
		what += ", the rest is not"
	}
	f.Why += "; " + what
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
			if p.Status == Merged || p.Status == Skipped && p.Manual == "" && v.was == nil {
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
		return slices.ContainsFunc(s.seen.Mounts, func(m wiring.Mount) bool { return m.File == f.Name && m.Span.Start == span.Start })
	}})
	if err != nil {
		return f, false
	}
	return edited(f, edits)
}

// swapped is a file of the new template with a piece as the old one had it. What was changed in
// the file since it was observed may have moved the piece: it is found by what it says.
func swapped(f, now rewire.File, u wiring.Fact, old rewire.File, was wiring.Fact) (rewire.File, bool) {
	want := normalAt(now.Tree, u.Wrapper)
	var at []tsx.Node
	for n := range f.Tree.Root().Descendants() {
		if p := n.Parent(); n.Named() && n.Span() != p.Span() && normal(n) == want {
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

// sameCode says whether two files differ in format and the order of imports alone.
func sameCode(a, b *tsx.Tree) bool {
	var code [2]strings.Builder
	for i, t := range [...]*tsx.Tree{a, b} {
		for n := range t.Root().NamedChildren() {
			if !n.Is(tsx.KindImportStatement, tsx.KindEmptyStatement) {
				writeNormal(&code[i], n)
			}
		}
	}
	if code[0].String() != code[1].String() {
		return false
	}
	x, y := bindings(a), bindings(b)
	if len(x) != len(y) {
		return false
	}
	for at, spec := range x {
		if other, ok := y[at]; !ok || other.Local != spec.Local {
			return false
		}
	}
	return true
}

// remerge merges a file with conflicts again, between the template's files without pieces that
// are in the app.
func (w *wires) remerge(f *File, base, theirs []byte, moved, nothing bool) error {
	ours, err := w.m.over.ReadFile(f.Path)
	if err != nil {
		return err
	}
	if bytes.Contains(ours, []byte("\r\n")) {
		base, theirs = withCRLF(base), withCRLF(theirs)
	}
	var out outcome
	if nothing {
		out = outcome{text: ours, how: "facts"}
	} else {
		out = mergeContent(f.Path, base, ours, theirs, w.m.opts)
	}
	f.Base, f.Theirs = base, theirs
	f.unsound = false
	if len(out.clashes) > 0 {
		f.Ours, f.Conflicts = ours, out.clashes
		return nil
	}
	f.How, f.Conflicts = "facts", nil
	f.Notes = append(f.Notes, out.notes...)
	if bytes.Equal(out.text, ours) && !moved {
		f.Status, f.Why = Skipped, "you have it already"
		return nil
	}
	f.Status = Merged
	return w.m.write(f, out.text, reasonOf(out.how))
}
