package template

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// alter writes what the template changed over what the app has of it, and takes out what the
// template took out.
func (w *wires) alter(s *side, tasks []*task) error {
	for _, t := range tasks {
		for _, u := range t.at {
			if err := w.alterOne(s, t, u); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *wires) alterOne(s *side, t *task, u wiring.Fact) error {
	at := slices.IndexFunc(s.seen.Facts, func(f wiring.Fact) bool { return f.Key() == u.Key() && f.File == u.File && f.Pos == u.Pos })
	f, err := w.file(u.File)
	if err != nil {
		return err
	}
	if at >= 0 {
		u = s.seen.Facts[at] // where it is by now
	}
	var edits []text.Edit
	why := "The template changed this."
	switch {
	case t.now == nil:
		why = "The template took this out, and it was as the template had it."
		edits, err = w.takeOut(s, f, u)
	case u.Kind == wiring.BackendFeature:
		edits = renamed(f, u.Span, t.was.Name, t.now.Name)
	default:
		if done, err := w.reimport(s, t, u); done || err != nil {
			return err
		}
		edits, err = rewire.CopyOver(f, u.Wrapper, w.copyOf(t.now, u.File, nil))
	}
	if err != nil {
		return err
	}
	if err := w.edit(s, u.File, edits, why); err != nil {
		return err
	}
	return w.tidy(s, u.File, f.Tree)
}

// reimported are the names of a piece, as imports of the new template, that the old one imports
// from elsewhere, if the template changed nothing else of the construct; same is whether it did not.
func (w *wires) reimported(v variation) (moved []tsx.Import, same bool) {
	base, err := parsed(v.was.File, w.m.base[v.was.File])
	if err != nil {
		return nil, false
	}
	theirs, err := parsed(v.now.File, w.m.theirs[v.now.File])
	if err != nil || normalAt(base.Tree, v.was.Wrapper) != normalAt(theirs.Tree, v.now.Wrapper) {
		return nil, false
	}
	for _, d := range tsx.Imports(theirs.Tree) {
		for _, b := range d.Bindings {
			was, spec, ok := tsx.LookupImport(base.Tree, b.Local)
			if !ok || was.Module == d.Module || spec.Name != b.Name || strings.HasPrefix(d.Module, ".") || !within(theirs.Tree, b.Local, v.now.Wrapper) {
				continue
			}
			imp := tsx.Import{Module: d.Module, Name: b.Name, Default: b.Default, Namespace: b.Namespace, TypeOnly: b.TypeOnly, Alias: b.Local}
			moved = append(moved, imp)
		}
	}
	return moved, true
}

// reimport changes where a file imports the names of a piece from, if that is all that the template
// changed of it, and says whether it is.
func (w *wires) reimport(s *side, t *task, u wiring.Fact) (bool, error) {
	moved, same := w.reimported(t.variation)
	if !same {
		return false, nil
	}
	base, err := parsed(t.was.File, w.m.base[t.was.File])
	if err != nil {
		return false, err
	}
	for _, imp := range moved {
		f, err := w.file(u.File)
		if err != nil {
			return false, err
		}
		was, _, _ := tsx.LookupImport(base.Tree, imp.Alias)
		is, _, ok := tsx.LookupImport(f.Tree, imp.Alias)
		if !ok || is.Module != was.Module {
			continue // another piece of the file has brought it
		}
		const why = "The template imports this from elsewhere now."
		if err := w.edit(s, u.File, tsx.RemoveImport(f.Tree, imp.Alias), why); err != nil {
			return false, err
		}
		if f, err = w.file(u.File); err != nil {
			return false, err
		}
		edits, _ := tsx.AddImport(f.Tree, imp)
		if err := w.edit(s, u.File, edits, why); err != nil {
			return false, err
		}
	}
	return true, nil
}

// within says whether a name is referred to within a span.
func within(t *tsx.Tree, local string, span text.Span) bool {
	return slices.ContainsFunc(tsx.References(t, local), func(n tsx.Node) bool { return span.Contains(n.Span()) })
}

// takeOut is the edits that take a piece out.
func (w *wires) takeOut(s *side, f rewire.File, u wiring.Fact) ([]text.Edit, error) {
	if u.Kind == wiring.CSSImport {
		return tsx.RemoveSideEffectImport(f.Tree, u.Name), nil
	}
	span := u.Wrapper
	if u.Kind == wiring.AppRootElement {
		span = u.Span
	}
	if name, held := rewire.Held(f, span); held {
		d := diag.Errorf("no-safe-place", "the template no longer has it, and it is a constant of yours, %s", name).At(f.Name, f.Tree.Source(), span)
		d.Manual = "By hand, in " + f.Name + ", take out " + name + " and what uses it."
		return nil, d
	}
	return rewire.TakeOut(f, span, rewire.Removal{Stays: func(span text.Span) bool {
		return slices.ContainsFunc(s.seen.Mounts, func(m wiring.Mount) bool {
			return m.File == f.Name && m.Span == span && stays(m)
		})
	}})
}

// stays says whether a mount is of use when nothing hangs at it.
func stays(m wiring.Mount) bool {
	return m.Kind != wiring.TechDocsAddonsMount && m.Kind != wiring.FieldExtMount
}

// renamed is the edits that give a string within a span another value.
func renamed(f rewire.File, span text.Span, old, now string) []text.Edit {
	var edits []text.Edit
	for n := range f.Tree.Root().Descendants() {
		if s, ok := tsx.StringValue(n); ok && n.Is(tsx.KindString) && s == old && span.Contains(n.Span()) {
			edits = append(edits, text.Replace(n.Span(), tsx.Quote(now, n.Text()[:1])))
		}
	}
	return edits
}

// tidy takes out what a file does not need any more since a change.
func (w *wires) tidy(s *side, name string, before *tsx.Tree) error {
	for range 10 {
		f, err := w.file(name)
		if err != nil {
			return err
		}
		edits := rewire.Unneeded(before, f.Tree, rewire.Removal{}, func(string) bool { return false })
		if len(edits) == 0 {
			return nil
		}
		if err := w.edit(s, name, edits, "Nothing uses this any more."); err != nil {
			return err
		}
	}
	return nil
}
