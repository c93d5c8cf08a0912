package template

import (
	"cmp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// runs are tasks to add pieces, those together that stand one after the other in the template. A
// piece inside of another comes with it.
func (w *wires) runs(add []*task) [][]*task {
	slices.SortStableFunc(add, func(a, b *task) int {
		return cmp.Or(cmp.Compare(a.name(), b.name()), cmp.Compare(a.now.Wrapper.Start, b.now.Wrapper.Start), cmp.Compare(b.now.Wrapper.End, a.now.Wrapper.End))
	})
	var out [][]*task
	for _, t := range add {
		if n := len(out); n > 0 {
			last := out[n-1][len(out[n-1])-1]
			if last.name() == t.name() && (spanOf(out[n-1]).Contains(t.now.Wrapper) || slices.Equal(last.pages, t.pages) && w.adjacent(last.now, t.now)) {
				out[n-1] = append(out[n-1], t)
				continue
			}
		}
		out = append(out, []*task{t})
	}
	return out
}

// spanOf is the part of the template's file that pieces of a run take up.
func spanOf(run []*task) text.Span {
	s := run[0].now.Wrapper
	for _, t := range run {
		s.End = max(s.End, t.now.Wrapper.End)
	}
	return s
}

// adjacent says whether one piece of the template follows another as a statement or an element.
func (w *wires) adjacent(a, b *wiring.Fact) bool {
	f, err := parsed(a.File, w.m.theirs[a.File])
	if err != nil || a.Wrapper.End > b.Wrapper.Start {
		return false
	}
	n := outermost(f.Tree, a.Wrapper)
	if !n.Parent().Is(tsx.KindJsxElement, tsx.KindProgram, tsx.KindStatementBlock) {
		return false
	}
	next := n.NextNamed()
	for next.Is(tsx.KindJsxText) && strings.TrimSpace(next.Text()) == "" {
		next = next.NextNamed()
	}
	return next.Ok() && next.Span() == b.Wrapper
}

// outermost is the outermost node with a span.
func outermost(t *tsx.Tree, span text.Span) tsx.Node {
	var found tsx.Node
	for n := t.At(span.Start); n.Ok() && span.Contains(n.Span()); n = n.Parent() {
		if n.Span() == span && n.Named() {
			found = n
		}
	}
	return found
}

// place puts pieces that stand together in the template into the app: beside the neighbour that
// they have in the template, wherever that is here, else where pieces of their kind hang. Pieces
// on entity pages come to each page.
func (w *wires) place(s *side, run []*task) error {
	t := run[0]
	span := spanOf(run)
	pages := slices.Clone(t.pages)
	var refused error
	for {
		file, edits, served, err := w.beside(s, t, span, pages)
		if file == "" {
			if err != nil && refused == nil {
				refused = err
			}
			file, edits, served, err = w.hang(s, run, span, pages)
		}
		if err != nil {
			return err
		}
		if file == "" {
			if refused != nil {
				return refused
			}
			return w.nowhere(t, span)
		}
		if err := w.edit(s, file, edits, "The template has this now."); err != nil {
			return err
		}
		rest := slices.DeleteFunc(slices.Clone(pages), func(p string) bool { return slices.Contains(served, p) })
		if len(rest) == 0 || len(rest) == len(pages) {
			return nil
		}
		pages = rest
	}
}

// nowhere is the refusal of pieces for which the app has no place.
func (w *wires) nowhere(t *task, span text.Span) error {
	d := diag.Errorf("no-safe-place", "there is no place for it that could be found")
	d.File = t.mine
	d.Manual = w.copySpan(t.name(), t.folder, span, t.name(), nil).Manual("in " + t.mine + ", put this where its like is")
	return d
}

// beside finds the nearest neighbour of pieces in the template that the app has too, and the
// edits that put them beside it. file is "" if there is none, and err then says why the last that
// was found would not do.
func (w *wires) beside(s *side, t *task, span text.Span, pages []string) (file string, edits []text.Edit, served []string, err error) {
	theirs, err := parsed(t.name(), w.m.theirs[t.name()])
	if err != nil {
		return "", nil, nil, err
	}
	first := outermost(theirs.Tree, t.now.Wrapper)
	siblings := listed(first.Parent())
	from := slices.Index(siblings, first)
	until := from
	for until+1 < len(siblings) && siblings[until+1].End() <= span.End {
		until++
	}
	if from < 0 {
		return "", nil, nil, nil
	}
	var refused error
	for d := 1; d < len(siblings); d++ {
		for _, i := range [...]int{from - d, until + d} {
			if i < 0 || i >= len(siblings) {
				continue
			}
			for _, n := range w.known(t, siblings[i]) {
				u, at, ok := w.counterpart(s, t, n, siblings[i], pages)
				if !ok {
					continue
				}
				f, err := w.file(u.File)
				if err != nil {
					continue
				}
				edits, err := rewire.CopyBeside(f, at, i < from, w.copySpan(t.name(), t.folder, span, u.File, namesAt(f, t, at)))
				if err == nil {
					return u.File, edits, u.Pages, nil
				}
				refused = err
			}
		}
	}
	return "", nil, nil, refused
}

// listed are the items of what a construct of the template stands in.
func listed(list tsx.Node) []tsx.Node {
	switch {
	case list.Is(tsx.KindJsxElement):
		return tsx.JSXChildren(list)
	case list.Is(tsx.KindArray, tsx.KindObject):
		return tsx.Elements(list)
	}
	var out []tsx.Node
	for c := range list.NamedChildren() {
		if !c.Is(tsx.KindComment, tsx.KindImportStatement) {
			out = append(out, c)
		}
	}
	return out
}

// known are the pieces of the new template in a construct, those that are the whole of it first.
func (w *wires) known(t *task, n tsx.Node) []wiring.Fact {
	var out []wiring.Fact
	for _, f := range w.theirs.facts(t.folder) {
		if f.File != t.name() || !n.Span().Contains(f.Wrapper) {
			continue
		}
		if f.Wrapper == n.Span() {
			out = slices.Insert(out, 0, f)
		} else if tsx.IsJSXElement(n) {
			out = append(out, f)
		}
	}
	return out
}

// counterpart is where the app has a piece of the template, on one of the pages, and the construct
// of it that stands for the one which is or holds the piece in the template.
func (w *wires) counterpart(s *side, t *task, f wiring.Fact, holder tsx.Node, pages []string) (wiring.Fact, text.Span, bool) {
	twin := &task{folder: t.folder, mine: t.mine, pages: pages}
	if len(f.Pages) == 0 || len(pages) == 0 {
		twin.pages = nil
	}
	at, _ := twin.find(s.facts(t.mine), subject, f)
	if len(pages) > 0 && len(f.Pages) == 0 {
		return wiring.Fact{}, text.Span{}, false
	}
	for _, u := range at {
		if u.Conditional && !f.Conditional {
			continue
		}
		if f.Wrapper == holder.Span() {
			return u, u.Wrapper, true
		}
		mine, err := w.file(u.File)
		if err != nil {
			continue
		}
		for n := outermost(mine.Tree, u.Wrapper).Parent(); n.Ok(); n = n.Parent() {
			if tsx.IsJSXElement(n) && tsx.JSXName(n) == tsx.JSXName(holder) && sameLabel(n, holder) {
				return u, n.Span(), true
			}
		}
	}
	return wiring.Fact{}, text.Span{}, false
}

// sameLabel says whether two elements have the same label or path, if any.
func sameLabel(a, b tsx.Node) bool {
	for _, name := range [...]string{"label", "path"} {
		x, _ := tsx.AttributeString(tsx.JSXAttribute(a, name))
		y, _ := tsx.AttributeString(tsx.JSXAttribute(b, name))
		if x != y {
			return false
		}
	}
	return true
}

// namesAt is what the backend's variable of the template is called at a statement of the app.
func namesAt(f rewire.File, t *task, at text.Span) map[string]string {
	if t.now.Kind != wiring.BackendFeature {
		return nil
	}
	stmt := outermost(f.Tree, at)
	call := tsx.Unwrap(stmt.NamedChild(0))
	if !stmt.Is(tsx.KindExpressionStatement) || !call.Is(tsx.KindCallExpression) {
		return nil
	}
	return map[string]string{"backend": tsx.Callee(call).Field(tsx.FieldObject).Text()}
}

// hangs are the kinds of mounts at which pieces of a kind hang.
func hangs(kind wiring.Kind) []wiring.MountKind {
	switch kind {
	case wiring.Route:
		return []wiring.MountKind{wiring.RoutesMount}
	case wiring.SidebarItem:
		return []wiring.MountKind{wiring.SidebarGroupMount, wiring.SidebarMount}
	case wiring.EntityTab:
		return []wiring.MountKind{wiring.EntityLayoutMount}
	case wiring.EntityCard:
		return []wiring.MountKind{wiring.EntityOverviewMount}
	case wiring.EntityCase:
		return []wiring.MountKind{wiring.EntityCICDMount}
	case wiring.SignInProvider:
		return []wiring.MountKind{wiring.SignInMount}
	case wiring.API:
		return []wiring.MountKind{wiring.APIsMount}
	case wiring.TechDocsAddon:
		return []wiring.MountKind{wiring.TechDocsAddonsMount}
	case wiring.FieldExtension:
		return []wiring.MountKind{wiring.FieldExtMount}
	case wiring.SearchItem:
		return []wiring.MountKind{wiring.SearchResultMount}
	case wiring.HomeWidget:
		return []wiring.MountKind{wiring.HomeGridMount}
	case wiring.Feature:
		return []wiring.MountKind{wiring.FeaturesMount}
	case wiring.Extension:
		return []wiring.MountKind{wiring.ExtensionsMount}
	case wiring.BackendFeature:
		return []wiring.MountKind{wiring.BackendMount}
	case wiring.AppRootElement:
		return []wiring.MountKind{wiring.AppRootMount}
	}
	return nil
}

// hang finds where pieces of a kind hang in the app, and the edits that put some there. file is ""
// if there is no such place.
func (w *wires) hang(s *side, run []*task, span text.Span, pages []string) (file string, edits []text.Edit, served []string, err error) {
	t := run[0]
	f := t.now
	if f.Kind == wiring.CSSImport {
		return w.style(t)
	}
	m, ok := w.mount(s, t, pages)
	if !ok && f.Kind == wiring.TechDocsAddon && len(run) == 1 {
		return w.addon(s, t)
	}
	if !ok {
		return "", nil, nil, nil
	}
	in, err := w.file(m.File)
	if err != nil {
		return "", nil, nil, err
	}
	switch f.Kind {
	case wiring.BackendFeature:
		if len(run) > 1 {
			return "", nil, nil, w.nowhere(t, span) // one by one
		}
		edits, err = rewire.AddBackendFeature(in, m, f.Name)
	case wiring.AppRootElement:
		if len(run) > 1 || len(f.Refs) != 1 {
			return "", nil, nil, w.nowhere(t, span)
		}
		edits, err = rewire.AddAppRootElement(in, m, rewire.AppRootElement{Element: rewire.Component{Ref: rewire.Ref{Module: f.Refs[0].Module, Export: f.Refs[0].Export}}})
	default:
		edits, err = rewire.CopyInto(in, m, w.copySpan(t.name(), t.folder, span, m.File, nil))
	}
	return m.File, edits, m.Pages, err
}

// mount is where a piece hangs in the app.
func (w *wires) mount(s *side, t *task, pages []string) (wiring.Mount, bool) {
	var all []wiring.Mount
	for _, kind := range hangs(t.now.Kind) {
		for _, m := range s.seen.Mounts {
			if m.Kind == kind && m.Package == t.mine && !m.Conditional {
				all = append(all, m)
			}
		}
	}
	switch t.now.Kind {
	case wiring.SidebarItem:
		return rewire.SidebarMount(s.seen, t.mine, func(m wiring.Mount) bool {
			f, err := w.file(m.File)
			return err == nil && f.IsLink(m)
		})
	case wiring.EntityCard:
		if strings.Trim(t.now.In, "/") != "" {
			return wiring.Mount{}, false
		}
	case wiring.TechDocsAddon, wiring.FieldExtension, wiring.SearchItem, wiring.HomeWidget:
		// One holder may be on several pages, and each page may have one.
		return w.holder(s, t, all)
	case wiring.Extension:
		all = slices.DeleteFunc(all, func(m wiring.Mount) bool { return m.Label != t.now.In })
	}
	if len(pages) > 0 {
		all = rewire.MountsOf(all, pages)
	}
	if len(all) == 0 {
		return wiring.Mount{}, false
	}
	return all[0], true
}

// holder is the mount that holds pieces of the same kind on the same page, or the only one.
func (w *wires) holder(s *side, t *task, all []wiring.Mount) (wiring.Mount, bool) {
	for _, u := range s.facts(t.mine) {
		if u.Kind != t.now.Kind || strings.Trim(u.In, "/") != strings.Trim(t.now.In, "/") {
			continue
		}
		for _, m := range all {
			if m.File == u.File && m.Span.Contains(u.Span) {
				return m, true
			}
		}
	}
	if len(all) == 1 && t.now.Kind != wiring.TechDocsAddon {
		return all[0], true
	}
	return wiring.Mount{}, false
}

// addon puts an addon of TechDocs where none is so far: in a holder of its own, below the page that
// shows documents, or what shows those of an entity.
func (w *wires) addon(s *side, t *task) (string, []text.Edit, []string, error) {
	const techdocs = "@backstage/plugin-techdocs"
	site := rewire.Site{Page: rewire.Ref{Module: techdocs, Export: "EntityTechdocsContent"}}
	in := func(f wiring.Fact) bool {
		return f.Kind == wiring.Route && strings.Trim(f.Name, "/") == strings.Trim(t.now.In, "/")
	}
	if slices.ContainsFunc(w.theirs.facts(t.folder), in) {
		site = rewire.Site{Page: rewire.Ref{Module: techdocs, Export: "TechDocsReaderPage"}, Route: true}
	}
	theirs, err := parsed(t.name(), w.m.theirs[t.name()])
	if err != nil || len(t.now.Refs) != 1 {
		return "", nil, nil, err
	}
	if n := outermost(theirs.Tree, t.now.Span); !n.Is(tsx.KindJsxSelfClosingElement) || len(tsx.JSXAttributes(n)) > 0 {
		return "", nil, nil, nil
	}
	holder := rewire.Ref{Module: techdocs + "-react", Export: "TechDocsAddons"}
	seen := map[string]bool{}
	for _, u := range s.facts(t.mine) {
		if seen[u.File] {
			continue
		}
		seen[u.File] = true
		f, err := w.file(u.File)
		if err != nil {
			continue
		}
		for _, at := range rewire.Sites(f, holder, site) {
			if !at.Held {
				edits, err := rewire.AddWrapped(f, at.Span, holder, rewire.Component{Ref: rewire.Ref{Module: t.now.Refs[0].Module, Export: t.now.Refs[0].Export}})
				return u.File, edits, nil, err
			}
		}
	}
	return "", nil, nil, nil
}

// style imports a style sheet in the file that starts the app.
func (w *wires) style(t *task) (string, []text.Edit, []string, error) {
	for _, a := range w.ours.ws.Apps {
		if a.Dir == t.mine && a.Entry != "" {
			f, err := w.file(a.Entry)
			if err != nil {
				return "", nil, nil, err
			}
			return a.Entry, rewire.AddCSSImport(f, t.now.Name), nil, nil
		}
	}
	return "", nil, nil, nil
}
