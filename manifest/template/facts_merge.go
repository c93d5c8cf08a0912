package template

import (
	"bytes"
	"cmp"
	"context"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// task is a variation that did not come with its file.
type task struct {
	variation
	folder, mine string        // its package in the template and in the app
	pages        []string      // of a piece on entity pages, those that the app has
	at           []wiring.Fact // of one that is changed or taken out, where it is in the app
}

// name is the file of the template that the task's piece is in.
func (t *task) name() string { return t.fact().File }

// mergePieces merges the pieces that did not come with their files into the places that the app
// has for them, wherever those are, and proves each; then what else the template changed in those
// files. If conflicts remain it tries the other order, and keeps what has fewer.
func (w *wires) mergePieces(ctx context.Context, merged *side) error {
	if done, err := w.rehang(ctx, merged); done || err != nil {
		return err
	}
	start := w.save()
	if err := w.piecesAndRest(ctx, merged); err != nil {
		return err
	}
	first := w.conflicts()
	if first == 0 {
		return nil
	}
	done := w.save()
	w.restore(start)
	merged, ok, err := w.restFirst(ctx, merged)
	if err != nil {
		return err
	}
	if ok {
		if err := w.piecesAndRest(ctx, merged); err != nil {
			return err
		}
	}
	if !ok || w.conflicts() >= first {
		w.restore(done)
	}
	return nil
}

func (w *wires) piecesAndRest(ctx context.Context, merged *side) error {
	add, alter := w.todo(merged)
	merged, err := w.all(ctx, merged, alter, w.alter)
	if err != nil {
		return err
	}
	for _, run := range w.runs(add) {
		run = slices.DeleteFunc(run, func(t *task) bool { // it came with another
			_, whole := t.find(merged.facts(t.mine), weak, *t.now)
			return whole
		})
		if merged, err = w.all(ctx, merged, run, w.place); err != nil {
			return err
		}
	}
	return w.rest(ctx)
}

// todo are the tasks that are left: pieces to add, and such to change or take out.
func (w *wires) todo(merged *side) (add, alter []*task) {
	for _, v := range w.changes {
		t := &task{variation: v, folder: v.fact().Package, mine: w.mine[v.fact().Package]}
		if !w.m.opts.choice(t.name()).Merge || !w.open(t, merged) {
			continue
		}
		switch {
		case t.was != nil:
			alter = append(alter, t)
		case w.m.base[t.name()] != nil: // what is in new files comes with them
			add = append(add, t)
		}
	}
	return add, alter
}

// troubled says whether a file of the template did not come into the app.
func (w *wires) troubled(name string) bool {
	f := w.entry(name)
	return f != nil && (f.Status == Conflict || f.Status == Skipped)
}

// entry is the File for a path of the template; nil if there is none.
func (w *wires) entry(name string) *File {
	for i := range w.m.result.Files {
		if f := &w.m.result.Files[i]; f.From == name && !w.extra[f.Path] || f.From == "" && f.Path == name {
			return f
		}
	}
	return nil
}

// report notes what became of a task.
func (w *wires) report(t *task, status Status, at *wiring.Fact, why, manual string) {
	f := t.fact()
	p := Piece{Change: t.verb(), Kind: f.Kind, Name: f.Name, Status: status, From: f.File, FromLine: f.Pos.Line, Why: why, Manual: manual}
	if at != nil {
		p.File, p.Line = at.File, at.Pos.Line
	}
	w.m.result.Pieces = append(w.m.result.Pieces, p)
}

// open says whether a variation is still to be merged, and reports those that cannot be or need
// not be. It fills in where in the app it is.
func (w *wires) open(t *task, merged *side) bool {
	all := merged.facts(t.mine)
	f := t.fact()
	if len(f.Pages) > 0 {
		has := merged.pages(t.mine)
		for _, p := range f.Pages {
			if slices.Contains(has, p) {
				t.pages = append(t.pages, p)
			}
		}
		if len(t.pages) == 0 {
			return false // the app has no page for it
		}
	}
	if t.now != nil {
		switch at, whole := t.find(all, form, *t.now); {
		case whole:
			if w.troubled(t.name()) {
				w.report(t, Skipped, &at[0], "you have it already", "")
			}
			return false
		case len(at) == 0:
		case len(at) > 0 && t.was == nil:
			t.pages = slices.DeleteFunc(t.pages, func(p string) bool {
				return slices.ContainsFunc(at, func(f wiring.Fact) bool { return slices.Contains(f.Pages, p) })
			})
		}
		if own, whole := t.find(all, subject, *t.now); t.was == nil && whole {
			w.report(t, Skipped, &own[0], "you have one in a form of your own", "")
			return false
		}
		if t.was == nil {
			return true
		}
	}
	if t.now == nil && !w.dropped(t.was) {
		return false
	}
	if t.now != nil {
		if moved, same := w.reimported(t.variation); same && len(moved) == 0 {
			return false // what it is made of was changed in another file
		}
	}
	at, _ := t.find(all, form, *t.was)
	own, _ := t.find(all, subject, *t.was)
	mine := slices.IndexFunc(at, func(u wiring.Fact) bool { return !w.unchanged(u, *t.was) })
	switch {
	case len(at) == 0 && len(own) == 0:
		if t.now != nil {
			w.report(t, Skipped, nil, "you took it out, and the template changed it", "")
		}
		return false
	case len(at) == 0 || mine >= 0:
		place := own[0]
		if mine >= 0 {
			place = at[mine]
		}
		if t.now == nil {
			w.report(t, Skipped, &place, "the template no longer has it, but you changed it", "")
			return false
		}
		w.report(t, Conflict, &place, "both changed this", w.copyOf(t.now, place.File, nil).Manual("in "+place.File+", write this as the template has it now, with what you changed"))
		return false
	}
	t.at = at
	return true
}

// find is where the app has a piece that key says the same of as of f, on the pages that matter,
// and whether it has it on all of them.
func (t *task) find(all []wiring.Fact, key func(wiring.Fact) string, f wiring.Fact) (at []wiring.Fact, whole bool) {
	want := key(f)
	covered := map[string]bool{}
	for _, u := range all {
		g := u
		if strings.HasPrefix(g.Name, t.mine+"/") {
			g.Name = t.folder + strings.TrimPrefix(g.Name, t.mine)
		}
		g.Package = t.folder
		if key(g) != want || len(t.pages) > 0 && !common(u.Pages, t.pages) {
			continue
		}
		at = append(at, u)
		for _, p := range u.Pages {
			covered[p] = true
		}
	}
	return at, len(at) > 0 && !slices.ContainsFunc(t.pages, func(p string) bool { return !covered[p] })
}

// pages are the entity pages of an app.
func (s *side) pages(folder string) []string {
	var out []string
	for _, f := range s.facts(folder) {
		if f.Kind == wiring.EntityTab {
			out = append(out, f.Pages...)
		}
	}
	for _, m := range s.seen.Mounts {
		if m.Kind == wiring.EntityLayoutMount {
			out = append(out, m.Pages...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// dropped says whether the new template's version of a file no longer has the construct of a piece:
// it may still have it and not show it, and what of that is to be done is for the file that
// showed it.
func (w *wires) dropped(was *wiring.Fact) bool {
	base, err := parsed(was.File, w.m.base[was.File])
	theirs, err2 := parsed(was.File, w.m.theirs[was.File])
	if err != nil || err2 != nil || w.m.theirs[was.File] == nil {
		return false
	}
	want := normalAt(base.Tree, was.Span)
	for n := range theirs.Tree.Root().Descendants() {
		if n.Named() && normal(n) == want {
			return false
		}
	}
	return true
}

// unchanged says whether the app has a piece as the old template had it, but for its format.
func (w *wires) unchanged(u, was wiring.Fact) bool {
	if u.Kind == wiring.BackendFeature || u.Kind == wiring.CSSImport {
		return !u.Conditional || was.Conditional // there is nothing else to it
	}
	mine, err := w.file(u.File)
	base, err2 := parsed(was.File, w.m.base[was.File])
	if err != nil || err2 != nil {
		return false
	}
	return normalAt(mine.Tree, u.Wrapper) == normalAt(base.Tree, was.Wrapper)
}

// normalAt is the normal form of what stands at a span; "" if that is no construct.
func normalAt(t *tsx.Tree, span text.Span) string {
	for n := t.At(span.Start); n.Ok() && span.Contains(n.Span()); n = n.Parent() {
		if n.Span() == span {
			return normal(n)
		}
	}
	return ""
}

func parsed(name string, src []byte) (rewire.File, error) {
	tree, err := tsx.Parse(src, tsx.DialectOf(name))
	return rewire.File{Name: name, Tree: tree}, err
}

// file is a source file of the app as it is planned.
func (w *wires) file(name string) (rewire.File, error) {
	src, err := w.m.over.ReadFile(name)
	if err != nil {
		return rewire.File{}, err
	}
	return parsed(name, src)
}

// copyOf is the copy of a piece of the new template for a file of the app.
func (w *wires) copyOf(f *wiring.Fact, to string, names map[string]string) rewire.Copy {
	return w.copySpan(f.File, f.Package, f.Wrapper, to, names)
}

func (w *wires) copySpan(name, folder string, span text.Span, to string, names map[string]string) rewire.Copy {
	from, _ := parsed(name, w.m.theirs[name]) // it was observed, so it parses
	former := map[string]string{}
	if base, err := parsed(name, w.m.base[name]); err == nil {
		for _, d := range tsx.Imports(base.Tree) {
			for _, b := range d.Bindings {
				former[b.Local] = d.Module
			}
		}
	}
	return rewire.Copy{From: from, Span: span, Names: names, Former: former, Module: w.modules(name, folder, to)}
}

// modules is how a specifier of a file of the template has to be written in a file of the app.
func (w *wires) modules(name, folder, to string) func(string) string {
	return func(module string) string {
		if !strings.HasPrefix(module, ".") {
			return module
		}
		file := path.Join(path.Dir(name), module)
		for _, f := range w.m.result.Files {
			if f.From != "" && (strings.TrimSuffix(f.From, path.Ext(f.From)) == file || strings.TrimSuffix(f.From, "/index"+path.Ext(f.From)) == file) {
				file = strings.TrimSuffix(strings.TrimSuffix(f.Path, path.Ext(f.Path)), "/index")
			}
		}
		if rest, ok := strings.CutPrefix(file, folder+"/"); ok {
			file = path.Join(w.mine[folder], rest)
		}
		rel, err := filepath.Rel(path.Dir(to), file)
		if err != nil {
			return module
		}
		if rel = filepath.ToSlash(rel); !strings.HasPrefix(rel, ".") {
			rel = "./" + rel
		}
		return rel
	}
}

// edit plans edits of a file of the app, and carries what was observed in it along.
func (w *wires) edit(s *side, name string, edits []text.Edit, why string) error {
	if len(edits) == 0 {
		return nil
	}
	if err := w.m.over.Edit(name, edits, change.Reason{Offset: edits[0].Start, Text: why}); err != nil {
		return err
	}
	carry := func(span text.Span) text.Span {
		return text.Span{Start: text.Carry(span.Start, edits, true), End: text.Carry(span.End, edits, false)}
	}
	if s == nil {
		return nil
	}
	for i := range s.seen.Facts {
		if f := &s.seen.Facts[i]; f.File == name {
			f.Span, f.Wrapper = carry(f.Span), carry(f.Wrapper)
		}
	}
	for i := range s.seen.Mounts {
		if m := &s.seen.Mounts[i]; m.File == name {
			m.Span = carry(m.Span)
		}
	}
	return nil
}

// clone is a copy of what was observed, whose places may be carried.
func (s *side) clone() *side {
	c := *s
	seen := *s.seen
	seen.Facts, seen.Mounts = slices.Clone(seen.Facts), slices.Clone(seen.Mounts)
	c.seen = &seen
	return &c
}

// all does tasks at once or, if that cannot be proved, one by one. The result is what is observed
// then.
func (w *wires) all(ctx context.Context, merged *side, tasks []*task, do func(*side, []*task) error) (*side, error) {
	if len(tasks) == 0 {
		return merged, nil
	}
	after, err := w.try(ctx, merged, tasks, do)
	if after != nil || err != nil {
		return after, err
	}
	for i := range tasks {
		if merged, err = w.try(ctx, merged, tasks[i:i+1], do); err != nil {
			return nil, err
		}
	}
	return merged, nil
}

// try does tasks at once and proves that the wiring has changed as they say; else it leaves the
// app as it was, and reports a single one as a conflict. The result is what is observed then, nil
// if several tasks cannot be done at once.
func (w *wires) try(ctx context.Context, merged *side, tasks []*task, do func(*side, []*task) error) (*side, error) {
	snapshot := w.m.over.Clone()
	var found diag.List
	err := do(merged.clone(), tasks)
	if err != nil {
		if found = diag.Of(err); len(found) == 0 {
			return nil, err
		}
	}
	why := ""
	var after *side
	if err == nil {
		if after, err = w.again(ctx); err != nil {
			return nil, err
		}
		why = w.wrong(snapshot, merged, after, tasks)
	}
	if len(found) == 0 && why == "" {
		for _, t := range tasks {
			f, at := t.fact(), t.at
			if t.now != nil {
				at, _ = t.find(after.facts(t.mine), weak, *f)
			}
			if len(at) > 0 {
				w.report(t, Merged, &at[0], "", "")
				w.placed(t, at)
				w.needs(t, at)
			}
		}
		return after, nil
	}
	w.m.over.Restore(snapshot)
	if len(tasks) > 1 {
		return nil, nil
	}
	t := tasks[0]
	status, manual := Conflict, ""
	if len(found) > 0 {
		why, manual = found[0].Summary, found[0].Manual
	}
	if t.now == nil {
		status = Skipped
	} else if manual == "" {
		manual = w.copyOf(t.now, t.now.File, nil).Manual("in " + t.mine + ", beside its like")
	}
	if f := w.entry(t.name()); f != nil && f.Ours == nil {
		status = Skipped
	}
	var at *wiring.Fact
	if len(t.at) > 0 {
		at = &t.at[0]
	} else if len(found) > 0 && found[0].File != "" {
		at = &wiring.Fact{File: found[0].File, Pos: text.Pos{Line: found[0].Pos.Line}}
	}
	w.report(t, status, at, cmp.Or(why, "it cannot be put in by itself"), manual)
	return merged, nil
}

// wrong is what is wrong with the app after tasks; "" if nothing is.
func (w *wires) wrong(before *change.Overlay, was, is *side, tasks []*task) string {
	for _, c := range w.m.over.Changes() {
		if old, err := before.ReadFile(c.Path); isSource(c.Path) && c.After != nil && (err != nil || !bytes.Equal(old, c.After)) {
			if why := whole(c.Path, c.After); why != "" {
				return why
			}
		}
	}
	if p := w.check(is); p != nil {
		return p.why
	}
	for _, t := range tasks {
		if t.now != nil {
			if _, ok := t.find(is.facts(t.mine), weak, *t.now); !ok {
				return "the app would not show it"
			}
		}
		if t.was != nil {
			had, _ := t.find(was.facts(t.mine), form, *t.was)
			has, _ := t.find(is.facts(t.mine), form, *t.was)
			if len(has) >= len(had) {
				return "the app would still have it"
			}
		}
	}
	return ""
}

// needs notes what a package of the app needs since a piece came to it that the template has in
// another package: there, package.json is merged.
func (w *wires) needs(t *task, at []wiring.Fact) {
	if t.now == nil {
		return
	}
	for _, u := range at {
		owner := w.ours.ws.Root
		for _, p := range w.ours.ws.Packages {
			if strings.HasPrefix(u.File, p.Dir+"/") && (owner == w.ours.ws.Root || len(p.Dir) > len(owner.Dir)) {
				owner = p
			}
		}
		for _, r := range u.Refs {
			name := recipe.PackageOf(r.Module)
			if _, has := owner.Dep(name); owner.Dir != t.mine && owner != w.ours.ws.Root && !has {
				w.note(u.File + " imports " + name + " now, which " + owner.File + " does not depend on")
			}
		}
	}
}

// placed notes in the File of each place that a piece came to that it did.
func (w *wires) placed(t *task, at []wiring.Fact) {
	said := w.m.result.Pieces[len(w.m.result.Pieces)-1].String()
	for _, u := range at {
		w.noteIn(u.File, t.name(), said)
	}
}

// noteIn notes in the File of a place in the app what of a file of the template came to it.
func (w *wires) noteIn(name, from, said string) {
	i := slices.IndexFunc(w.m.result.Files, func(f File) bool { return f.Path == name })
	if i < 0 {
		was, err := w.before.ReadFile(name)
		if err != nil {
			return
		}
		w.m.result.Files = append(w.m.result.Files, File{Path: name, From: from, Status: Merged, How: "facts", Ours: was})
		w.extra[name] = true
		i = len(w.m.result.Files) - 1
	}
	f := &w.m.result.Files[i]
	if f.Status == Skipped {
		f.Status, f.How, f.Why = Merged, "facts", ""
	}
	if !slices.Contains(f.Notes, said) {
		f.Notes = append(f.Notes, said)
	}
}
