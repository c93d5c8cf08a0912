package install

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/recipe"
)

// Removal is what a Remove comes to.
type Removal struct {
	Plugins []RemovedPlugin `json:"plugins"`
	// Changes are the changes of all files, by path; empty if there was nothing of the plugins.
	Changes []change.Change `json:"-"`
	// Difference is what the changes do to the wiring, as observed.
	Difference wiring.Difference `json:"difference"`
	// Warnings are worth reading before the plan is applied.
	Warnings diag.List `json:"warnings,omitempty"`
}

// RemovedPlugin is the part of a Removal that is about one recipe.
type RemovedPlugin struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Source string `json:"source"` // where the recipe comes from
	State  State  `json:"state"`  // Removed or Absent
	// Env are the variables that the configuration needs no more.
	Env []recipe.EnvVar `json:"env,omitempty"`
	// Left is what the plugin leaves behind, because something else uses it.
	Left []Left `json:"left,omitempty"`
}

// Left is something that Remove left where it is.
type Left struct {
	What string   `json:"what"` // "the dependency @x/plugin-y"
	Why  string   `json:"why"`  // one sentence
	File string   `json:"file"` // slash path from the root of the repository
	Pos  text.Pos `json:"pos"`
}

// The states of a plugin in a Removal: something of it was there, nothing was.
const (
	Removed State = "removed"
	Absent  State = "absent"
)

// Remove plans to take the plugins of recipes out of the workspace in fsys, whoever wired them,
// in all of its apps and backends, or in those that opts name.
func Remove(ctx context.Context, fsys fs.FS, recipes []recipe.Recipe, opts Options) (*Removal, error) {
	opts = withLoad(opts)
	if err := whole(recipes); err != nil { // what is left of a recipe is enough
		return nil, err
	}
	over := change.NewOverlay(fsys)
	first, err := observe(ctx, nil, over, opts)
	if err != nil {
		return nil, err
	}
	if err := first.ws.Problems.Err(); err != nil {
		return nil, err
	}
	r := &remover{ctx: ctx, opts: opts, over: over, state: first}
	if err := r.all(recipes); err != nil {
		return nil, err
	}
	plan := &Removal{Plugins: r.plugins, Changes: over.Changes(), Warnings: r.warnings}
	if len(plan.Changes) == 0 {
		return plan, nil
	}
	plan.Difference = wiring.Compare(first.seen, r.seen)
	return plan, r.proveAgain(recipes)
}

// remover plans one Remove, one plugin after the other.
type remover struct {
	ctx      context.Context
	opts     Options
	over     *change.Overlay // what the plan is so far
	state                    // before the plugin that is being taken out
	plugins  []RemovedPlugin
	warnings diag.List
	going    map[string]bool // ids of all plugins that are taken out
	why      string          // the reason of the edits; "" for one of their own each

	// Of the plugin that is being taken out:
	out      *RemovedPlugin
	recipe   recipe.Recipe // with the packages and steps of all releases
	packages map[string]bool
	pieces   []*piece             // what was observed, where it is now
	mounts   []wiring.Mount       // likewise
	taken    []wiring.Fact        // the facts that go
	trees    map[string]*tsx.Tree // the changed files before, by name
	deleted  map[string]*tsx.Tree // the files that go
}

// piece is a fact at its present place.
type piece struct {
	wiring.Fact
	mine bool // of the plugin
	gone bool
	lost bool // its place is not known any more
}

func (r *remover) all(recipes []recipe.Recipe) error {
	r.going = map[string]bool{}
	for _, rc := range recipes {
		r.going[rc.ID] = true
	}
	var refused diag.List
	for _, rc := range recipes {
		if slices.ContainsFunc(r.plugins, func(p RemovedPlugin) bool { return p.ID == rc.ID }) {
			continue
		}
		r.plugins = append(r.plugins, RemovedPlugin{ID: rc.ID, Title: rc.Title, Source: rc.Source, State: Absent})
		r.out = &r.plugins[len(r.plugins)-1]
		if err := r.one(rc); err != nil {
			found := diag.Of(err)
			if found == nil {
				return fmt.Errorf("%s: %w", rc.ID, err)
			}
			refused = append(refused, found...)
			break // the plan is half made
		}
	}
	return refused.Err()
}

// one takes a plugin out, proves it, and goes on from what is then observed.
func (r *remover) one(rc recipe.Recipe) error {
	r.recipe, r.packages, r.taken = rc, map[string]bool{}, nil
	r.trees, r.deleted = map[string]*tsx.Tree{}, map[string]*tsx.Tree{}
	for _, p := range rc.Packages {
		if !isCommon(p.Name) { // which is nobody's own
			r.packages[p.Name] = true
		}
	}
	r.settle(r.seen)
	if err := r.unreadable(); err != nil {
		return err
	}
	steps := []func() error{r.pull, r.sweep, r.tidy, r.files, r.config, r.dependencies, r.remaining}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	if r.out.State == Absent {
		return nil
	}
	r.missed()
	if err := r.prove(); err != nil {
		return err
	}
	r.unreplaced()
	return nil
}

// settle puts the pieces where an observation has them.
func (r *remover) settle(seen *wiring.Observation) {
	r.pieces = make([]*piece, 0, len(seen.Facts))
	for _, f := range seen.Facts {
		r.pieces = append(r.pieces, &piece{Fact: f})
	}
	r.mounts = slices.Clone(seen.Mounts)
	r.choose()
}

// own reports whether a module is in one of the plugin's packages.
func (r *remover) own(module string) bool { return r.packages[recipe.PackageOf(module)] }

// dirs are the folders of the apps and backends that are changed.
func (r *remover) dirs() (apps, backends []string) {
	for _, a := range r.ws.Apps {
		if r.opts.App == "" || a.Dir == r.opts.App {
			apps = append(apps, a.Dir)
		}
	}
	for _, b := range r.ws.Backends {
		if r.opts.Backend == "" || b.Dir == r.opts.Backend {
			backends = append(backends, b.Dir)
		}
	}
	return apps, backends
}

// unreadable is the error of a source file that is not valid, in which the plugin may be wired.
func (r *remover) unreadable() error {
	apps, backends := r.dirs()
	for _, dir := range append(apps, backends...) {
		if err := (&planner{state: r.state}).unreadable(dir); err != nil {
			return err
		}
	}
	return nil
}

// file is a source as planned so far.
func (r *remover) file(name string) (rewire.File, error) { return (&planner{over: r.over}).file(name) }

// pull takes out the pieces that are the plugin's.
func (r *remover) pull() error {
	var refused diag.List
	pieces := r.pieces
	for i := len(pieces) - 1; i >= 0; i-- {
		p := pieces[i]
		if !p.mine || p.gone || p.Kind == wiring.DiscoveredPlugin || p.Kind == wiring.CSSImport || isSetting(p.Kind) || r.wrote(p.File) {
			continue // gone, or goes with a dependency, what is of no use any more, the configuration, or a file
		}
		if p.lost { // see where it is now
			now, err := r.observed()
			if err != nil {
				return err
			}
			r.settle(now.seen)
			pieces, i = r.pieces, len(r.pieces)
			continue
		}
		if err := r.takeOut(p); err != nil {
			found := diag.Of(err)
			if found == nil {
				return err
			}
			refused = append(refused, found...)
		}
	}
	refused.Sort()
	return refused.Err()
}

func (r *remover) takeOut(p *piece) error {
	why := "Takes out the " + noun(p.Kind) + " " + p.Name + "."
	if shared := r.sharing(p); shared != nil {
		return r.takeFromList(p, why)
	}
	f, err := r.file(p.File)
	if err != nil {
		return err
	}
	span := p.Wrapper
	if p.Kind == wiring.AppRootElement {
		span = p.Span
	}
	if p.Kind == wiring.RouteBinding && r.own(p.Refs[0].Module) {
		if stmt := bindingOf(f, p.Span); stmt.Ok() {
			span = stmt.Span()
		}
	}
	if name, held := rewire.Held(f, span); held {
		return r.takeUses(f, name, why)
	}
	edits, err := rewire.TakeOut(f, span, r.removal(p.File))
	if err != nil {
		for _, d := range diag.Of(err) {
			d.Summary = fmt.Sprintf("the %s %s cannot be taken out without changing code around it", noun(p.Kind), p.Name)
		}
		return err
	}
	if other := r.swallowed(p.File, edits); other != nil {
		return r.refuse(p.Fact, fmt.Sprintf("the %s %s holds something of another plugin: %s", noun(p.Kind), p.Name, other))
	}
	if err := r.edit(p.File, edits, why); err != nil {
		return err
	}
	r.takes(p)
	return nil
}

// isSetting reports whether pieces of a kind are in app-config files.
func isSetting(k wiring.Kind) bool {
	return k == wiring.ExtensionSetting || k == wiring.RouteBindingSetting
}

// noun is a kind of wiring as people name it.
func noun(k wiring.Kind) string {
	switch k {
	case wiring.LegacyRouter:
		return "router"
	case wiring.API:
		return "API factory"
	case wiring.SignInProvider:
		return "sign-in provider"
	case wiring.TechDocsAddon:
		return "TechDocs addon"
	}
	return strings.ReplaceAll(string(k), "-", " ")
}

// removal is how pieces are taken out of a file.
func (r *remover) removal(file string) rewire.Removal {
	return rewire.Removal{
		Names: r.names(),
		Stays: func(span text.Span) bool {
			for _, m := range r.mounts {
				if m.File == file && m.Span == span && stays(m) {
					return true
				}
			}
			return slices.ContainsFunc(r.pieces, func(p *piece) bool {
				return p.File == file && p.Span == span && !p.gone && !p.lost && !p.mine && (p.Kind != wiring.EntityTab || r.foreign(p.Fact))
			})
		},
	}
}

// stays reports whether a mount is of use when nothing hangs at it.
func stays(m wiring.Mount) bool {
	switch m.Kind {
	case wiring.EntityCICDMount, wiring.TechDocsAddonsMount, wiring.FieldExtMount:
		return false
	case wiring.SidebarGroupMount:
		return m.Label == "Menu"
	}
	return true
}

// names are the words that a comment may name the plugin by.
func (r *remover) names() []string {
	var out []string
	for _, name := range append([]string{r.recipe.ID, r.recipe.Title}, r.recipe.Aliases...) {
		if name = strings.ToLower(name); len(name) < 2 {
			continue // which every comment has
		}
		out = append(out, name, strings.ReplaceAll(name, "-", " "))
	}
	return out
}

// sharing is a piece of something else that the same code makes, as a loop does; nil if there
// is none.
func (r *remover) sharing(p *piece) *piece {
	for _, o := range r.pieces {
		if o.File == p.File && o.Span == p.Span && o.Kind == p.Kind && !o.mine && !o.gone {
			return o
		}
	}
	return nil
}

// swallowed is a piece of another plugin that edits would take out too; nil if there is none.
func (r *remover) swallowed(file string, edits []text.Edit) *piece {
	for _, p := range r.pieces {
		if p.File == file && !p.mine && !p.gone && covered(p.Span, edits) && r.foreign(p.Fact) && !dependent(p.Kind) {
			return p
		}
	}
	return nil
}

// dependent reports whether pieces of a kind are nothing without what they hang in.
func dependent(k wiring.Kind) bool {
	return k == wiring.TechDocsAddon || k == wiring.FieldExtension || k == wiring.SearchItem
}

// covered reports whether edits delete a span.
func covered(span text.Span, edits []text.Edit) bool {
	return slices.ContainsFunc(edits, func(e text.Edit) bool { return e.New == "" && e.Start < e.End && e.Span().Contains(span) })
}

// edit plans edits of a file and carries the pieces and mounts in it along.
func (r *remover) edit(file string, edits []text.Edit, why string) error {
	if len(edits) == 0 {
		return nil
	}
	if r.trees[file] == nil {
		f, err := r.file(file)
		if err == nil && f.Tree != nil {
			r.trees[file] = f.Tree
		}
	}
	reasons := []change.Reason{{Offset: edits[0].Start, Text: cmp.Or(r.why, why)}}
	if err := r.over.Edit(file, edits, reasons...); err != nil {
		return err
	}
	r.out.State = Removed
	for _, p := range r.pieces {
		if p.File != file {
			continue
		}
		if covered(p.Span, edits) {
			r.takes(p)
		}
		p.lost = p.lost || replaced(p.Span, edits)
		p.Span, p.Wrapper = carry(p.Span, edits), carry(p.Wrapper, edits)
	}
	for i := range r.mounts {
		if m := &r.mounts[i]; m.File == file {
			m.Span = carry(m.Span, edits)
		}
	}
	return nil
}

// takes notes that a piece goes.
func (r *remover) takes(p *piece) {
	if !p.gone {
		p.gone = true
		r.taken = append(r.taken, p.Fact)
	}
}

func carry(span text.Span, edits []text.Edit) text.Span {
	return text.Span{Start: text.Carry(span.Start, edits, true), End: text.Carry(span.End, edits, false)}
}

// replaced reports whether edits write anew what a span covers.
func replaced(span text.Span, edits []text.Edit) bool {
	return slices.ContainsFunc(edits, func(e text.Edit) bool { return e.New != "" && e.Start < e.End && e.Span().Contains(span) })
}

// refuse is the error for a piece that cannot be taken out as it is.
func (r *remover) refuse(f wiring.Fact, why string) error {
	src, err := r.over.ReadFile(f.File)
	if err != nil {
		return err
	}
	d := diag.Errorf("no-safe-place", "%s", why).At(f.File, src, f.Span)
	what := string(src[f.Span.Start:f.Span.End])
	if strings.Contains(what, "\n") {
		what = "what is " + r.recipe.Title + "'s"
	}
	line := strings.TrimSpace(string(src[text.LineStart(src, f.Span.Start):text.LineEnd(src, f.Span.Start)]))
	if line == what || line == what+"," {
		d.Manual = fmt.Sprintf("By hand, in %s, take this out, and run the command again:\n    %s", f.File, line)
		return d
	}
	d.Manual = fmt.Sprintf("By hand, in %s, write this without %s, and run the command again:\n    %s", f.File, what, line)
	return d
}

// withLoad fills in how a workspace is read.
func withLoad(opts Options) Options {
	if opts.Load == nil {
		opts.Load = func(prev *workspace.Workspace, over *change.Overlay) (*workspace.Workspace, error) {
			if prev == nil {
				return workspace.Load(over)
			}
			return prev.Reload(over)
		}
	}
	return opts
}

// observed is what is planned so far, as it would be observed.
func (r *remover) observed() (state, error) { return observe(r.ctx, r.ws, r.over, r.opts) }
