package template

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// declarations are the statements at the top of a file that declare one name each, by name,
// without their export.
func declarations(t *tsx.Tree) map[string]tsx.Node {
	out := map[string]tsx.Node{}
	for n := range t.Root().NamedChildren() {
		if n.Is(tsx.KindExportStatement) {
			n = n.Field(tsx.FieldDeclaration)
		}
		if name, ok := strings.CutPrefix(about(n), "declare "); ok {
			if name = strings.TrimSpace(name); out[name].Ok() {
				name += " twice"
			}
			out[name] = n
		}
	}
	return out
}

// moveDeclarations merges what the template changed in declarations that the app has in other
// files of the package: each where it is. The result is both ends of the template's file without
// the declarations that are merged, and their names.
func (w *wires) moveDeclarations(f *File, base, theirs rewire.File) (rewire.File, rewire.File, []string, error) {
	name := base.Name
	mine := w.mine[packageOf(name)]
	here := map[string]tsx.Node{}
	if ours, err := w.file(f.Path); err == nil {
		here = declarations(ours.Tree)
	}
	was, now := declarations(base.Tree), declarations(theirs.Tree)
	var wanted []string
	for x, n := range was {
		if now[x].Ok() && !here[x].Ok() && n.Kind() == now[x].Kind() {
			wanted = append(wanted, x)
		}
	}
	if len(wanted) == 0 || mine == "" {
		return base, theirs, nil, nil
	}
	slices.Sort(wanted)
	at := w.declared(mine, f.Path, wanted)
	var done []string
	for _, x := range wanted {
		if len(at[x]) != 1 {
			continue
		}
		ok, err := w.mergeDeclaration(at[x][0], x, was[x], now[x], name)
		if err != nil {
			return base, theirs, nil, err
		}
		if ok {
			done = append(done, x)
		}
	}
	b, ok := withoutDeclarations(base, done)
	if !ok {
		return base, theirs, nil, nil
	}
	t, ok := withoutDeclarations(theirs, done)
	if !ok {
		return base, theirs, nil, nil
	}
	return b, t, done, nil
}

// declared names the files of a package, other than one, that declare names at their top.
func (w *wires) declared(folder, but string, names []string) map[string][]string {
	out := map[string][]string{}
	w.m.sources(folder, func(name string, src []byte) bool {
		if name == but || !wired(name) || !slices.ContainsFunc(names, func(x string) bool { return strings.Contains(string(src), x) }) {
			return true
		}
		if f, err := parsed(name, src); err == nil {
			has := declarations(f.Tree)
			for _, x := range names {
				if has[x].Ok() {
					out[x] = append(out[x], name)
				}
			}
		}
		return true
	})
	return out
}

// mergeDeclaration merges what the template changed in a declaration into the file of the app that
// has it, and says whether it could.
func (w *wires) mergeDeclaration(file, x string, was, now tsx.Node, from string) (bool, error) {
	if normal(was) == normal(now) {
		return true, nil
	}
	f, err := w.file(file)
	if err != nil {
		return false, nil //nolint:nilerr // it parsed a moment ago: it is not for this
	}
	ours := declarations(f.Tree)[x]
	if normal(ours) == normal(now) {
		return true, nil
	}
	if ours.Kind() != was.Kind() {
		return false, nil
	}
	plain := func(n tsx.Node) []byte { return []byte(n.Text() + "\n") }
	out := mergeContent(file, plain(was), plain(ours), plain(now), w.m.opts)
	if len(out.clashes) > 0 {
		return false, nil
	}
	// With the imports of the template's file, a copy brings those that it needs.
	var source strings.Builder
	for n := range now.Tree().Root().NamedChildren() {
		if n.Is(tsx.KindImportStatement) {
			source.WriteString(n.Text() + "\n")
		}
	}
	start := source.Len()
	source.Write(out.text)
	virtual, err := parsed(from, []byte(source.String()))
	if err != nil {
		return false, nil //nolint:nilerr // the merge is none
	}
	merged := declarations(virtual.Tree)[x]
	if !merged.Ok() || merged.Start() < start {
		return false, nil
	}
	snapshot := w.m.over.Clone()
	if err := w.freeNames(file, was.Tree(), virtual.Tree, merged.Span()); err != nil {
		return false, err
	}
	if f, err = w.file(file); err != nil {
		return false, err
	}
	ours = declarations(f.Tree)[x]
	edits, ok := rewire.ImportsOf(f, rewire.Copy{From: virtual, Span: merged.Span(), Module: w.modules(from, packageOf(from), file)})
	if !ok {
		w.m.over.Restore(snapshot)
		return false, nil
	}
	edits = append(edits, text.Replace(ours.Span(), merged.Text()))
	if err := w.edit(nil, file, edits, "The template changed this, in "+from+"."); err != nil {
		return false, err
	}
	if err := w.tidy(nil, file, f.Tree); err != nil {
		return false, err
	}
	w.noteIn(file, from, "what the template changed in "+x+" is merged here")
	return true, nil
}

// freeNames takes out of a file of the app the imports of names within a span of the new template
// that it imports from where the old one did, and the new one does not.
func (w *wires) freeNames(file string, base, theirs *tsx.Tree, span text.Span) error {
	f, err := w.file(file)
	if err != nil {
		return err
	}
	var locals []string
	for _, d := range tsx.Imports(theirs) {
		for _, b := range d.Bindings {
			was, _, had := tsx.LookupImport(base, b.Local)
			is, _, has := tsx.LookupImport(f.Tree, b.Local)
			if had && has && is.Module == was.Module && was.Module != d.Module && !strings.HasPrefix(d.Module, ".") && within(theirs, b.Local, span) {
				locals = append(locals, b.Local)
			}
		}
	}
	return w.edit(nil, file, tsx.RemoveImport(f.Tree, locals...), "The template imports this from elsewhere now.")
}

// withoutDeclarations is a file without some of its declarations, and without the imports that
// nothing needs since.
func withoutDeclarations(f rewire.File, names []string) (rewire.File, bool) {
	out := f
	for _, x := range names {
		n := declarations(out.Tree)[x]
		if !n.Ok() {
			return f, false
		}
		var ok bool
		if out, ok = edited(out, tsx.RemoveStatement(n)); !ok {
			return f, false
		}
	}
	return withoutUnused(f, out)
}

// withoutUnused is a file without the imports that nothing needs since an earlier version.
func withoutUnused(before, f rewire.File) (rewire.File, bool) {
	var locals []string
	for _, d := range tsx.Imports(f.Tree) {
		for _, b := range d.Bindings {
			if tsx.Unused(f.Tree, b.Local) && !tsx.Unused(before.Tree, b.Local) {
				locals = append(locals, b.Local)
			}
		}
	}
	return edited(f, tsx.RemoveImport(f.Tree, locals...))
}
