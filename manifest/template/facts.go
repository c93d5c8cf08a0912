package template

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/npm"
)

// Piece is what became of one piece of wiring that the template added, changed or took out, and
// that did not come with its file: because the app has the place where it belongs in another
// file or in another form, or because that file conflicts.
type Piece struct {
	Change   string      `json:"change"` // "added", "changed" or "removed", by the template
	Kind     wiring.Kind `json:"kind"`
	Name     string      `json:"name"`             // as in wiring.Fact
	Status   Status      `json:"status"`           // Merged, Conflict or Skipped
	File     string      `json:"file,omitempty"`   // where it is in the app, or would be; "" if there is no place
	Line     int         `json:"line,omitempty"`   // counted from 1
	From     string      `json:"from"`             // where it is in the template, for a piece that was removed in the old one
	FromLine int         `json:"fromLine"`         // counted from 1
	Why      string      `json:"why,omitempty"`    // a clause
	Manual   string      `json:"manual,omitempty"` // of a conflict, the step for a person
}

// String is what became of a piece, on one line.
func (p Piece) String() string {
	what := strings.ReplaceAll(string(p.Kind), "-", " ") + " " + p.Name
	at := p.File
	if p.Line > 0 {
		at += fmt.Sprintf(":%d", p.Line)
	}
	switch {
	case p.Status == Merged && p.Change == "removed":
		return "taken out by fact: " + what + ", of " + at
	case p.Status == Merged:
		return "merged by fact: " + what + " in " + at
	case at != "":
		return what + " (" + at + "): " + p.Why
	}
	return what + ": " + p.Why
}

// side is the wiring of one of the trees: that of the packages whose sources the template
// changed.
type side struct {
	ws   *workspace.Workspace
	seen *wiring.Observation
	err  error
}

// The folders of the template's app and backend.
const (
	usualApp     = "packages/app"
	usualBackend = "packages/backend"
)

// wires compares the wiring of the app before and after the merge with that of the templates.
type wires struct {
	m                  *merger
	before             *change.Overlay // the app as it was
	base, theirs, ours side
	wait               sync.WaitGroup
	folders            []string          // packages of the template whose sources changed and which the app has changed too
	mine               map[string]string // package of the template -> that of the app
	from               map[string]string // the reverse
	changes            []variation
	reverted           map[string]bool // files whose merge was taken back
	last               *side           // what was observed last of the app, and what was planned then
	plan               map[string][]byte
	extra              map[string]bool // files that are none of the template's, to which pieces came
}

// startWires begins to observe the app and the templates, side by side with the merge; nil if
// the merge cannot change the wiring in a way that the template's own sources do not show: if
// the app has all sources of a package as the template had them, or those that the template
// changed, and each goes on to import and export what it did.
func (m *merger) startWires(ctx context.Context) *wires {
	w := &wires{m: m, before: m.over.Clone(), mine: map[string]string{}, from: map[string]string{}, reverted: map[string]bool{}, extra: map[string]bool{}}
	changed, own := map[string]bool{}, map[string]bool{}
	for _, tree := range [...]map[string][]byte{m.base, m.theirs} {
		for name := range tree {
			folder := packageOf(name)
			if !wired(name) || !strings.HasPrefix(folder, "packages/") {
				continue
			}
			was, had := m.base[name]
			now, has := m.theirs[name]
			ours, err := w.before.ReadFile(name)
			mine := err != nil || !sameLines(ours, was)
			own[folder] = own[folder] || had && mine
			if !changed[folder] && (had != has || !bytes.Equal(was, now)) {
				changed[folder] = mine || !has || !continues(name, was, now)
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(changed)) {
		if changed[folder] && own[folder] {
			w.folders = append(w.folders, folder)
		}
	}
	if len(w.folders) == 0 {
		return nil
	}
	for _, s := range [...]struct {
		to  *side
		fsy func() (fs.FS, error)
	}{
		{&w.ours, func() (fs.FS, error) { return w.before.Clone(), nil }},
		{&w.base, func() (fs.FS, error) { return treeOf(m.base) }},
		{&w.theirs, func() (fs.FS, error) { return treeOf(m.theirs) }},
	} {
		w.wait.Go(func() {
			fsys, err := s.fsy()
			if err != nil {
				s.to.err = err
				return
			}
			*s.to = w.look(ctx, fsys, s.to == &w.ours)
		})
	}
	return w
}

// continues says whether a file still imports and exports what it did of the app's own, so that it
// can be replaced without a look at the files that it is wired to.
func continues(name string, was, now []byte) bool {
	old, err := tsx.Parse(was, tsx.DialectOf(name))
	if err != nil {
		return false
	}
	tree, err := tsx.Parse(now, tsx.DialectOf(name))
	if err != nil {
		return false
	}
	has := connections(tree)
	for c := range connections(old) {
		if !has[c] {
			return false
		}
	}
	return true
}

// connections are the imports of the app's own modules by a file, and what it exports.
func connections(t *tsx.Tree) map[string]bool {
	out := map[string]bool{}
	for _, d := range tsx.Imports(t) {
		if !strings.HasPrefix(d.Module, ".") {
			continue
		}
		out[d.Module] = true
		for _, b := range d.Bindings {
			out[d.Module+" "+b.Name] = true
		}
	}
	for n := range t.Root().NamedChildren() {
		if n.Is(tsx.KindExportStatement) {
			out[about(n)] = true
			if source := n.Field(tsx.FieldSource); source.Ok() {
				out[normal(n)] = true
			}
		}
	}
	return out
}

// wired says whether a source file of a package can be a part of the app: it is no test.
func wired(name string) bool {
	return isSource(name) && !strings.Contains(path.Base(name), ".test.") && !strings.Contains(name, "/e2e-tests/") && path.Base(name) != "setupTests.ts"
}

func treeOf(files map[string][]byte) (fs.FS, error) {
	tree := make(map[string]npm.File, len(files))
	for name, data := range files {
		if wired(name) || path.Base(name) == "package.json" || name == "backstage.json" || strings.HasPrefix(name, "app-config") {
			tree[name] = npm.File{Content: data}
		}
	}
	return npm.NewTree(tree)
}

// look observes the packages of a tree that matter: those of the template by their folders, those
// of the app by their folders or else by their roles.
func (w *wires) look(ctx context.Context, fsys fs.FS, ours bool) side {
	var s side
	switch {
	case ours && w.m.opts.Workspace != nil:
		s.ws, s.err = w.m.opts.Workspace.Reload(fsys)
	default:
		s.ws, s.err = workspace.Load(fsys)
	}
	if s.err != nil {
		return s
	}
	apps, backends := s.ws.Apps, s.ws.Backends
	s.ws.Apps, s.ws.Backends = nil, nil
	for i, a := range apps {
		if w.wants(a.Dir, ours, i == 0, usualApp) {
			s.ws.Apps = append(s.ws.Apps, a)
		}
	}
	for i, b := range backends {
		if w.wants(b.Dir, ours, i == 0, usualBackend) {
			s.ws.Backends = append(s.ws.Backends, b)
		}
	}
	s.seen, s.err = wiring.Observe(ctx, s.ws)
	return s
}

// wants says whether a package is observed: one that the template has too, or the app's first
// of its role if the app has none in the folder of the template.
func (w *wires) wants(dir string, ours, first bool, usual string) bool {
	if slices.Contains(w.folders, dir) {
		return true
	}
	if !ours || !first || !slices.Contains(w.folders, usual) {
		return false
	}
	_, err := fs.Stat(w.before, usual)
	return err != nil
}

// stop waits for what is still being observed.
func (w *wires) stop() {
	if w != nil {
		w.wait.Wait()
	}
}

// prove compares the wiring of the merged app with what it has to be, takes back the merges of
// files that break it, and then merges the pieces that did not come with their files.
func (w *wires) prove(ctx context.Context) error {
	if w == nil {
		return ctx.Err()
	}
	w.wait.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.base.err != nil || w.theirs.err != nil || w.ours.err != nil {
		return nil //nolint:nilerr // trees that are no apps have no wiring
	}
	w.pair()
	w.folders = slices.DeleteFunc(w.folders, func(folder string) bool { return !w.comparable(folder) })
	if len(w.folders) == 0 {
		return nil
	}
	merged, err := w.sound(ctx)
	if err != nil {
		return err
	}
	for _, folder := range w.folders {
		if !w.sameSystem(folder) {
			continue
		}
		w.changes = append(w.changes, variations(w.base.facts(folder), w.theirs.facts(folder))...)
	}
	return w.mergePieces(ctx, merged)
}

// pair finds for each package of the template that of the app.
func (w *wires) pair() {
	mine := func(dir, other string) {
		if dir != "" && other != "" {
			w.mine[dir], w.from[other] = other, dir
		}
	}
	for _, folder := range w.folders {
		for _, a := range w.ours.ws.Apps {
			if a.Dir == folder || folder == usualApp && !slices.Contains(w.folders, a.Dir) {
				mine(folder, a.Dir)
				break
			}
		}
		for _, b := range w.ours.ws.Backends {
			if b.Dir == folder || folder == usualBackend && !slices.Contains(w.folders, b.Dir) {
				mine(folder, b.Dir)
				break
			}
		}
	}
}

// comparable says whether a package's wiring can be compared, and notes why not.
func (w *wires) comparable(folder string) bool {
	mine := w.mine[folder]
	if mine == "" || len(w.base.facts(folder)) == 0 && len(w.theirs.facts(folder)) == 0 {
		return false
	}
	for _, s := range [...]struct {
		of   string
		side *side
		dir  string
	}{{"the app's", &w.ours, mine}, {"the old template's", &w.base, folder}, {"the new template's", &w.theirs, folder}} {
		if why := s.side.broken(s.dir); why != "" {
			w.note("the wiring of " + mine + " could not be compared before and after the merge, because " + s.of + " could not be run in full: " + why)
			return false
		}
	}
	return true
}

func (w *wires) note(s string) {
	if !slices.Contains(w.m.result.Notes, s) {
		w.m.result.Notes = append(w.m.result.Notes, s)
	}
}

// systemOf is the generation of a package of a workspace.
func systemOf(ws *workspace.Workspace, dir string) workspace.System {
	for _, a := range ws.Apps {
		if a.Dir == dir {
			if a.System == workspace.Hybrid {
				return workspace.Legacy
			}
			return a.System
		}
	}
	for _, b := range ws.Backends {
		if b.Dir == dir {
			return b.System
		}
	}
	return workspace.Unknown
}

// sameSystem says whether a package is of the same generation in the app and both templates: else
// the pieces of one have no place in another.
func (w *wires) sameSystem(folder string) bool {
	base, theirs, ours := systemOf(w.base.ws, folder), systemOf(w.theirs.ws, folder), systemOf(w.ours.ws, w.mine[folder])
	what := "frontend"
	if slices.ContainsFunc(w.base.ws.Backends, func(b *workspace.Backend) bool { return b.Dir == folder }) {
		what = "backend"
	}
	switch {
	case base != theirs:
		w.note(fmt.Sprintf("the template came from the %s %s system to the %s one: pieces of wiring are not merged one by one in %s", base, what, theirs, w.mine[folder]))
	case base != ours:
		w.note(fmt.Sprintf("the template has the %s %s system and the app the %s one: pieces of wiring are not merged one by one in %s", base, what, ours, w.mine[folder]))
	default:
		return true
	}
	return false
}

// sound observes the merged app, and takes back merges until nothing is wrong with its wiring.
func (w *wires) sound(ctx context.Context) (*side, error) {
	for {
		merged, err := w.again(ctx)
		if err != nil {
			return nil, err
		}
		wrong := w.check(merged)
		if wrong == nil {
			return merged, nil
		}
		found, err := w.revert(wrong)
		if err != nil {
			return nil, err
		}
		if !found {
			w.note("the wiring of the merged app is not what it has to be: " + wrong.why)
			return merged, nil
		}
	}
}

// again observes the app as it is planned now: the packages that changed since the last time.
func (w *wires) again(ctx context.Context) (*side, error) {
	plan := planOf(w.m.over)
	if w.last == nil {
		w.last, w.plan = &w.ours, planOf(w.before)
	}
	dirs := map[string]bool{}
	for dir := range w.from {
		dirs[dir] = false
	}
	stale := false
	for name := range union(plan, w.plan) {
		was, had := w.plan[name]
		is, has := plan[name]
		if had == has && bytes.Equal(was, is) && (was == nil) == (is == nil) {
			continue
		}
		stale = true
		mine := false
		for dir := range dirs {
			if strings.HasPrefix(name, dir+"/") {
				dirs[dir], mine = true, true
			}
		}
		for dir := range dirs { // what belongs to none may be a part of each
			dirs[dir] = dirs[dir] || !mine
		}
	}
	if !stale {
		return w.last, nil
	}
	s := side{}
	if s.ws, s.err = w.ours.ws.Reload(w.m.over.Clone()); s.err != nil {
		return nil, s.err
	}
	apps, backends := s.ws.Apps, s.ws.Backends
	keep := func(dir string, only bool) bool {
		changed, ok := dirs[dir]
		return ok && (changed || !only)
	}
	s.ws.Apps = slices.DeleteFunc(slices.Clone(apps), func(a *workspace.App) bool { return !keep(a.Dir, true) })
	s.ws.Backends = slices.DeleteFunc(slices.Clone(backends), func(b *workspace.Backend) bool { return !keep(b.Dir, true) })
	seen, err := wiring.Observe(ctx, s.ws)
	if err != nil {
		return nil, err
	}
	s.ws.Apps = slices.DeleteFunc(apps, func(a *workspace.App) bool { return !keep(a.Dir, false) })
	s.ws.Backends = slices.DeleteFunc(backends, func(b *workspace.Backend) bool { return !keep(b.Dir, false) })
	for dir, changed := range dirs {
		if !changed {
			of := func(file string) bool { return strings.HasPrefix(file, dir+"/") || file == dir }
			for _, f := range w.last.seen.Facts {
				if f.Package == dir {
					seen.Facts = append(seen.Facts, f)
				}
			}
			for _, m := range w.last.seen.Mounts {
				if m.Package == dir {
					seen.Mounts = append(seen.Mounts, m)
				}
			}
			for _, d := range w.last.seen.Degraded {
				if of(d.File) {
					seen.Degraded = append(seen.Degraded, d)
				}
			}
		}
	}
	s.seen = seen
	w.last, w.plan = &s, plan
	return &s, nil
}

// planOf is what is planned of the files that can be a part of the app; nil for those that go.
func planOf(over *change.Overlay) map[string][]byte {
	out := map[string][]byte{}
	for _, c := range over.Changes() {
		if wired(c.Path) {
			out[c.Path] = c.After
		}
	}
	return out
}

// union has the keys of both.
func union(a, b map[string][]byte) map[string]bool {
	out := map[string]bool{}
	for name := range a {
		out[name] = true
	}
	for name := range b {
		out[name] = true
	}
	return out
}
