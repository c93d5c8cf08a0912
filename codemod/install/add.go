package install

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/recipe"
)

// Add plans to install the plugins of recipes, in their order, in the workspace in fsys.
func Add(ctx context.Context, fsys fs.FS, recipes []recipe.Recipe, opts Options) (*Plan, error) {
	opts = withLoad(opts)
	if err := usable(recipes); err != nil {
		return nil, err
	}
	over := change.NewOverlay(fsys)
	before, err := observe(ctx, nil, over, opts)
	if err != nil {
		return nil, err
	}
	if err := before.ws.Problems.Err(); err != nil {
		return nil, err // what cannot be read may be the very file to change
	}
	if err := knownRelease(before.ws); err != nil {
		return nil, err
	}
	if err := knownVariant(recipes, opts.As); err != nil {
		return nil, err
	}
	p := &planner{ctx: ctx, opts: opts, over: over, state: before}
	p.warnings = slices.Concat(staleRelease(before.ws), before.chosen(opts), p.unreadConfig())
	if err := p.all(recipes); err != nil {
		return nil, andAgain(err)
	}
	if err := p.declareImports(); err != nil {
		return nil, err
	}
	plan := &Plan{Plugins: p.plugins, Changes: over.Changes(), Warnings: p.warnings}
	if len(plan.Changes) == 0 {
		return plan, nil
	}
	plan.Difference, err = p.prove(before, recipes)
	if err != nil {
		return nil, err
	}
	return plan, nil
}

// andAgain adds to refusals that a person can get round what to do after that.
func andAgain(err error) error {
	const again = "run the command again"
	found := diag.Of(err)
	for i := len(found) - 1; i >= 0; i-- {
		if d := found[i]; d.Code == "no-safe-place" {
			if !strings.Contains(d.Manual, again) {
				d.Manual += "\nThen " + again + ", for the rest."
			}
			break
		}
	}
	return err
}

// state is a workspace as it is at some moment, and what was observed in it.
type state struct {
	ws      *workspace.Workspace
	seen    *wiring.Observation
	spans   []text.Span    // of seen.Facts, in the files as planned so far
	app     *workspace.App // nil if there is none
	backend *workspace.Backend
}

func observe(ctx context.Context, prev *workspace.Workspace, over *change.Overlay, opts Options) (state, error) {
	ws, err := opts.Load(prev, over.Clone()) // what was read stays, whatever is planned later
	if err != nil {
		return state{}, err
	}
	seen, err := wiring.Observe(ctx, ws)
	if err != nil {
		return state{}, err
	}
	s := state{ws: ws, seen: seen}
	for _, f := range seen.Facts {
		s.spans = append(s.spans, f.Span)
	}
	for _, a := range ws.Apps {
		if s.app == nil && opts.App == "" || a.Dir == opts.App {
			s.app = a
		}
	}
	for _, b := range ws.Backends {
		if s.backend == nil && opts.Backend == "" || b.Dir == opts.Backend {
			s.backend = b
		}
	}
	if opts.App != "" && s.app == nil {
		return state{}, notFound("app", opts.App, dirs(ws.Apps, func(a *workspace.App) string { return a.Dir }))
	}
	if opts.Backend != "" && s.backend == nil {
		return state{}, notFound("backend", opts.Backend, dirs(ws.Backends, func(b *workspace.Backend) string { return b.Dir }))
	}
	return s, nil
}

func dirs[T any](all []T, dir func(T) string) []string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = dir(x)
	}
	return out
}

// chosen says which app and which backend a plan is for, where there are several and the user
// named none.
func (s state) chosen(opts Options) diag.List {
	var out diag.List
	say := func(what, named, dir string, all []string) {
		if named == "" && len(all) > 1 {
			out = append(out, &diag.Diagnostic{Severity: diag.Warning, Code: "several-" + what + "s",
				Summary: fmt.Sprintf("there are several %ss, and this is for %s; the flag --%s names another: %s", what, dir, what, strings.Join(all, ", "))})
		}
	}
	if s.app != nil {
		say("app", opts.App, s.app.Dir, dirs(s.ws.Apps, func(a *workspace.App) string { return a.Dir }))
	}
	if s.backend != nil {
		say("backend", opts.Backend, s.backend.Dir, dirs(s.ws.Backends, func(b *workspace.Backend) string { return b.Dir }))
	}
	return out
}

func notFound(what, dir string, have []string) error {
	d := diag.Errorf("no-such-package", "there is no %s in %s", what, dir)
	if len(have) > 0 {
		d.Manual = fmt.Sprintf("Name one of: %s.", strings.Join(have, ", "))
	}
	return d
}

// planner plans one Add. The overlay is what the plan is so far; the observation is of the
// workspace before it, with the mounts carried along by every edit.
type planner struct {
	ctx      context.Context
	opts     Options
	over     *change.Overlay
	state    // as last observed
	expected []Expected
	plugins  []Plugin
	warnings diag.List
	plugin   *Plugin                // the one being planned
	paths    [][2]string            // the paths of its recipe's routes, and where the app has those pages
	provider *recipe.SignInProvider // the one that its recipe adds to sign-in pages; nil if it adds none
	shared   int                    // how much of what is there already says nothing of it, as other plugins need it too
}

func (p *planner) all(recipes []recipe.Recipe) error {
	var refused diag.List
	for _, r := range recipes {
		if slices.ContainsFunc(p.plugins, func(q Plugin) bool { return q.ID == r.ID }) {
			continue
		}
		p.plugin = &Plugin{ID: r.ID, Title: r.Title, Source: r.Source, State: Present}
		if err := p.add(r); err != nil {
			found := diag.Of(err)
			if found == nil {
				return fmt.Errorf("%s: %w", r.ID, err)
			}
			refused = append(refused, found...)
		}
		refused = slices.CompactFunc(refused, func(a, b *diag.Diagnostic) bool { return a.Error() == b.Error() })
		p.plugins = append(p.plugins, *p.plugin)
	}
	for i := range p.plugins {
		p.plugins[i].Needs = slices.DeleteFunc(slices.Clone(p.plugins[i].Needs), p.met)
	}
	return refused.Err()
}

// systems are those that the app is made with. A hybrid frontend counts as a new one, whose
// features it loads.
func (p *planner) systems() []recipe.System {
	var out []recipe.System
	if p.app != nil {
		switch p.app.System {
		case workspace.Legacy:
			out = append(out, recipe.LegacyFrontend)
		case workspace.New, workspace.Hybrid:
			out = append(out, recipe.NewFrontend)
		}
	}
	if p.backend != nil {
		switch p.backend.System {
		case workspace.Legacy:
			out = append(out, recipe.LegacyBackend)
		case workspace.New:
			out = append(out, recipe.NewBackend)
		}
	}
	return out
}

func (p *planner) add(full recipe.Recipe) error {
	r, err := p.resolve(full)
	if err != nil {
		d := diag.Errorf("unsupported", "%s", err)
		d.Manual = seeDocs(full)
		return d
	}
	if at, old, now, ok := p.former(full, r); ok {
		p.keepFormer(full.Title, at, old, now)
		return nil
	}
	if err := p.supported(full, r); err != nil {
		return err
	}
	p.provider = signInProviderOf(full)
	p.paths, p.shared = nil, 0
	steps := []struct {
		all []recipe.Step
		do  func(recipe.Step) error
	}{
		{r.Backend, p.backendStep}, {r.LegacyBackend, p.legacyBackendStep}, {r.Legacy, p.legacyStep}, {r.New, p.newStep},
	}
	var refused diag.List
	collect := func(err error) error {
		found := diag.Of(err)
		refused = append(refused, found...)
		if err != nil && found == nil {
			return err
		}
		return nil
	}
	if err := collect(p.replace(r.Replaces)); err != nil {
		return err
	}
	for _, pkg := range r.Packages {
		if err := collect(p.dependency(pkg)); err != nil {
			return err
		}
	}
	for _, list := range steps {
		for _, s := range list.all {
			if err := collect(list.do(s)); err != nil {
				return err
			}
		}
	}
	for _, c := range r.Config {
		if err := collect(p.config(c)); err != nil {
			return err
		}
	}
	if err := refused.Err(); err != nil {
		return err
	}
	p.plugin.State = p.stateOf()
	p.plugin.Env, p.plugin.Annotations, p.plugin.Needs, p.plugin.Notes = r.Env, r.Annotations, r.Needs, r.Notes
	return nil
}

func (p *planner) stateOf() State {
	switch {
	case p.plugin.State != Added:
		return Present
	case len(p.plugin.Present) > p.shared:
		return Finished
	}
	return Added
}

// supported refuses a recipe that has no way to work in this app.
func (p *planner) supported(full, r recipe.Recipe) error {
	if len(r.Unsupported) > 0 {
		u := r.Unsupported[0]
		d := diag.Errorf("unsupported", "%s does not support %s", r.Title, map[recipe.System]string{
			recipe.LegacyFrontend: "the old frontend system, which this app is made with",
			recipe.NewFrontend:    "the new frontend system, which this app is made with",
			recipe.LegacyBackend:  "the old backend system, which this backend is made with",
			recipe.NewBackend:     "the new backend system, which this backend is made with",
		}[u.System])
		if v := p.ws.Release.Version; v != "" {
			d.Summary += " at release " + v
		}
		d.Detail = u.Reason
		d.Manual = seeDocs(r)
		return d
	}
	systems := p.systems()
	need := func(what, flag string, steps ...[]recipe.Step) error {
		if len(slices.Concat(steps...)) == 0 {
			return nil
		}
		d := diag.Errorf("no-"+what, "%s needs a %s, and batten can find none in this repository, or not tell its system", full.Title, what)
		d.Detail = "batten looks for a workspace whose backstage.role is \"" + what + "\", and for the call of " + map[string]string{"frontend": "createApp", "backend": "createBackend"}[what] + " in it."
		d.Manual = "Set backstage.role in its package.json, or name its folder with --" + flag + "."
		return d
	}
	if !slices.Contains(systems, recipe.LegacyFrontend) && !slices.Contains(systems, recipe.NewFrontend) {
		if err := need("frontend", "app", full.Legacy, full.New); err != nil {
			return err
		}
	}
	if !slices.Contains(systems, recipe.NewBackend) && !slices.Contains(systems, recipe.LegacyBackend) {
		return need("backend", "backend", full.Backend, full.LegacyBackend)
	}
	return nil
}

// met reports whether the app has what a recipe needs besides itself.
func (p *planner) met(n recipe.Need) bool {
	if slices.ContainsFunc(p.plugins, func(q Plugin) bool { return q.ID == n.Recipe }) {
		return true
	}
	switch n.Kind {
	case recipe.NeedAuthProvider:
		_, ok := p.ws.ConfigHas("auth", "providers", n.Name)
		return ok
	case recipe.NeedIntegration:
		_, ok := p.ws.ConfigHas("integrations", n.Name)
		return ok
	}
	return false
}

// edit plans edits of a file with the reason for the last of them, and carries the mounts and the
// spans of the facts.
func (p *planner) edit(file string, edits []text.Edit, why string) error {
	if len(edits) == 0 {
		return nil
	}
	reasons := make([]change.Reason, 0, len(edits))
	for i, e := range edits {
		reason := change.Reason{Offset: e.Start, Text: why}
		if i < len(edits)-1 {
			reason.Text = "Imports what is used below."
		}
		reasons = append(reasons, reason)
	}
	if err := p.over.Edit(file, edits, reasons...); err != nil {
		return err
	}
	p.plugin.State = Added
	for i := range p.seen.Mounts {
		m := &p.seen.Mounts[i]
		if m.File != file {
			continue
		}
		for _, e := range edits {
			if e.Start < e.End && e.Start <= m.Span.Start && m.Span.End <= e.End { // swallowed
				s, err := observe(p.ctx, p.ws, p.over, p.opts)
				p.state = s
				return err
			}
		}
		m.Span = carry(m.Span, edits)
	}
	for i, f := range p.seen.Facts {
		if f.File == file {
			p.spans[i] = carry(p.spans[i], edits)
		}
	}
	return nil
}

// observedIn reports whether a fact of a kind that ok accepts is in a mount, as planned so far.
func (p *planner) observedIn(m wiring.Mount, kind wiring.Kind, ok func(wiring.Fact) bool) bool {
	for i, f := range p.seen.Facts {
		if f.Kind == kind && f.File == m.File && m.Span.Contains(p.spans[i]) && ok(f) {
			return true
		}
	}
	return false
}

// file is a source as planned so far.
func (p *planner) file(name string) (rewire.File, error) {
	src, err := p.over.ReadFile(name)
	if err != nil {
		return rewire.File{}, err
	}
	tree, err := parse(name, src)
	if err != nil {
		return rewire.File{}, err
	}
	return rewire.File{Name: name, Tree: tree}, nil
}

// parse is tsx.Parse with an error that says where.
func parse(name string, src []byte) (*tsx.Tree, error) {
	tree, err := tsx.Parse(src, tsx.DialectOf(name))
	var syntax *tsx.SyntaxError
	if errors.As(err, &syntax) {
		d := diag.Errorf("invalid-tsx", "%s", syntax.Msg)
		d.Manual = "Mend the file first; nothing was changed."
		return nil, d.At(name, src, text.Span{Start: syntax.Offset, End: syntax.Offset})
	}
	return tree, err
}

// present notes a piece that is there already.
func (p *planner) present(what string, at wiring.Fact) {
	where := what
	if at.File != "" {
		where += " at " + at.File + ":" + at.Pos.String()
	}
	p.plugin.Present = append(p.plugin.Present, where)
}

// expect notes what a step promises.
func (p *planner) expect(e Expected) { p.expected = append(p.expected, e) }

// fact is the first observed or promised fact that ok accepts.
func (p *planner) fact(ok func(wiring.Fact) bool) (wiring.Fact, bool) {
	for _, f := range p.seen.Facts {
		if ok(f) {
			return f, true
		}
	}
	for _, e := range p.expected {
		f := wiring.Fact{Kind: e.Kind, Package: e.Package, Name: e.Name, Pages: e.Pages, Value: e.Value, Refs: []wiring.Ref{{Module: e.Module, Export: e.Export}}}
		if ok(f) {
			return f, true
		}
	}
	return wiring.Fact{}, false
}

// dependency adds a package to the package.json of its workspace.
func (p *planner) dependency(pkg recipe.Package) error {
	var in *workspace.Package
	switch {
	case pkg.In == recipe.InApp && p.app != nil:
		in = p.app.Package
		if host := p.ws.PackageOf(p.app.AppFile); host != p.ws.Root && !p.app.Discovery.On {
			in = host // the package that makes the app, which may be one beside it
		}
	case pkg.In == recipe.InBackend && p.backend != nil:
		in = p.backend.Package
	default:
		return nil
	}
	return p.depend(in, pkg)
}

// depend adds a package to the dependencies of a workspace.
func (p *planner) depend(in *workspace.Package, pkg recipe.Package) error {
	src, err := p.over.ReadFile(in.File)
	if err != nil {
		return err
	}
	doc, err := jsonedit.Parse(in.File, src)
	if err != nil {
		return err
	}
	for _, field := range workspace.DependencyFields {
		if v, ok := doc.Lookup(field, pkg.Name); ok {
			if field == "devDependencies" && p.lacksDev(in) {
				return p.promote(in, doc, pkg.Name, v)
			}
			if pkg.Role == recipe.Common {
				p.shared++
			}
			p.plugin.Present = append(p.plugin.Present, fmt.Sprintf("%s %s at %s:%s", pkg.Name, v.String(), in.File, doc.Pos(v.Span().Start)))
			return nil
		}
	}
	choice, err := p.opts.Version(p.ctx, Dependency{pkg, in})
	if err != nil {
		return err
	}
	if choice.Warning != "" {
		p.warnings = append(p.warnings, &diag.Diagnostic{Severity: diag.Warning, Code: "version", File: in.File, Summary: choice.Warning})
	}
	edits, err := doc.SetDependency("dependencies", pkg.Name, choice.Spec)
	if err != nil {
		return err
	}
	return p.edit(in.File, edits, choice.Why)
}

// lacksDev reports whether a package does not have its devDependencies when it runs: a backend,
// of which a production image has the dependencies alone, or an app that finds its features among
// its dependencies.
func (p *planner) lacksDev(in *workspace.Package) bool {
	return p.app != nil && in == p.app.Package && p.app.System != workspace.Legacy ||
		p.backend != nil && in == p.backend.Package
}

// promote adds one of a package's devDependencies to its dependencies, at the same version.
func (p *planner) promote(in *workspace.Package, doc *jsonedit.Doc, name string, dev jsonedit.Value) error {
	what := "not where the app looks for its features"
	if p.backend != nil && in == p.backend.Package {
		what = "not there in production"
	}
	pos := doc.Pos(dev.Span().Start)
	p.warnings = append(p.warnings, &diag.Diagnostic{Severity: diag.Warning, Code: "dev-dependency", File: in.File, Span: dev.Span(), Pos: pos,
		Summary: fmt.Sprintf("%s is one of the devDependencies, which are %s; it joins the dependencies as well", name, what),
		Manual:  "Take it out of the devDependencies, unless something there needs it."})
	edits, err := doc.SetDependency("dependencies", name, dev.String())
	if err != nil {
		return err
	}
	return p.edit(in.File, edits, "It has to be there when the package runs, which devDependencies are not.")
}
