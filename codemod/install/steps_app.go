package install

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// appStep plans a step of the old frontend system that is no route, link or part of entity pages.
func (p *planner) appStep(s recipe.Step) error {
	switch s.Kind() {
	case recipe.KindSidebarComponent:
		return p.sidebarComponent(s.Why, *s.SidebarComponent)
	case recipe.KindHomeWidget:
		return p.homeWidget(s.Why, *s.HomeWidget)
	case recipe.KindSearchItem:
		return p.searchItem(s.Why, *s.SearchItem)
	case recipe.KindTechDocsAddon:
		return p.inHolders(s.Why, *s.TechDocsAddon, p.techDocsHolder())
	case recipe.KindFieldExtension:
		return p.inHolders(s.Why, *s.FieldExtension, p.fieldHolder())
	case recipe.KindAppRootElement:
		return p.appRootElement(s.Why, *s.AppRootElement)
	case recipe.KindCSSImport:
		return p.cssImport(s.Why, *s.CSSImport)
	case recipe.KindAPI:
		return p.api(s.Why, *s.API)
	}
	return fmt.Errorf("a %s is not a step of the old frontend system", s.Kind())
}

// nameOf is the name of a component in the wiring.
func nameOf(r recipe.Ref) string {
	if r.Export == "default" {
		return path.Base(r.Module)
	}
	return r.Export
}

// reachable are the files of the app that its entry leads to.
func (p *planner) reachable() []string {
	return (&remover{over: p.over, state: p.state}).reachable(p.app.Dir)
}

// imports is the first of some files that imports an export, or a module for its effect if the
// export is "", with the place of the import.
func (p *planner) imports(files []string, module, export string) (wiring.Fact, bool) {
	for _, name := range files {
		f, err := p.file(name)
		if err != nil {
			continue
		}
		for _, d := range tsx.Imports(f.Tree) {
			has := export == "" && d.SideEffect || slices.ContainsFunc(d.Bindings, func(b tsx.ImportSpec) bool { return b.Name == export })
			if has && (d.Module == module || export != "" && recipe.PackageOf(d.Module) == recipe.PackageOf(module)) {
				return wiring.Fact{File: name, Span: d.Node.Span(), Pos: text.NewIndex(f.Tree.Source()).Pos(d.Node.Start())}, true
			}
		}
	}
	return wiring.Fact{}, false
}

func (p *planner) sidebarComponent(why string, e recipe.Element) error {
	if f, ok := p.shown(e.Ref, wiring.SidebarItem); ok {
		p.present("sidebar item "+f.Name, f)
		return nil
	}
	m, ok := p.sidebarMount()
	if !ok {
		return p.noMount("the sidebar", element(e), e.Ref)
	}
	name := nameOf(e.Ref)
	for _, prop := range e.Props {
		if prop.Name == "to" {
			name = strings.Trim(prop.Value, `"`)
		}
	}
	p.expect(Expected{Kind: wiring.SidebarItem, Package: p.app.Dir, Name: name, Module: e.Module, Export: e.Export})
	return p.at(m, why, func(f rewire.File, m wiring.Mount) ([]text.Edit, error) {
		return rewire.AddSidebarComponent(f, m, component(e))
	})
}

// sidebarMount is where a new item of the sidebar goes.
func (p *planner) sidebarMount() (wiring.Mount, bool) {
	return rewire.SidebarMount(p.seen, p.app.Dir, func(m wiring.Mount) bool {
		f, err := p.file(m.File)
		return err == nil && f.IsLink(m)
	})
}

// at makes an edit at a mount.
func (p *planner) at(m wiring.Mount, why string, op func(rewire.File, wiring.Mount) ([]text.Edit, error)) error {
	f, err := p.file(m.File)
	if err != nil {
		return err
	}
	edits, err := op(f, m)
	if err != nil {
		return err
	}
	return p.edit(m.File, edits, why)
}

func (p *planner) searchItem(why string, s recipe.SearchItem) error {
	if f, ok := p.shown(s.Ref, wiring.SearchItem); ok {
		p.present("search item "+f.Name, f)
		return nil
	}
	mounts := p.mount(wiring.SearchResultMount)
	if len(mounts) == 0 {
		return p.noMount("the list of results of the search page", "<SearchResult>\n  "+element(s.Element)+"\n</SearchResult>", s.Ref)
	}
	item := rewire.SearchItem{Item: component(s.Element)}
	if s.Icon != nil {
		icon := ref(p.icon(*s.Icon))
		item.Icon = &icon
	}
	p.expect(Expected{Kind: wiring.SearchItem, Package: p.app.Dir, Name: nameOf(s.Ref), Module: s.Module, Export: s.Export})
	return p.at(mounts[0], why, func(f rewire.File, m wiring.Mount) ([]text.Edit, error) { return rewire.AddSearchItem(f, m, item) })
}

func (p *planner) appRootElement(why string, e recipe.AppRootElement) error {
	if f, ok := p.shown(e.Ref, wiring.AppRootElement); ok {
		p.present("app root element "+f.Name, f)
		return nil
	}
	mounts := p.mount(wiring.AppRootMount)
	if len(mounts) == 0 {
		where := "the root of the app, what createRoot gets,"
		if e.Router {
			where = "the AppRouter of the app"
		}
		return p.noMount(where, element(e.Element), e.Ref)
	}
	p.expect(Expected{Kind: wiring.AppRootElement, Package: p.app.Dir, Name: nameOf(e.Ref), Module: e.Module, Export: e.Export})
	return p.at(mounts[0], why, func(f rewire.File, m wiring.Mount) ([]text.Edit, error) {
		return rewire.AddAppRootElement(f, m, rewire.AppRootElement{Element: component(e.Element), Router: e.Router})
	})
}

// cssImport imports a style sheet where the app starts, unless a file of the app does already.
func (p *planner) cssImport(why string, c recipe.CSSImport) error {
	if at, ok := p.fact(func(f wiring.Fact) bool {
		return f.Kind == wiring.CSSImport && f.Package == p.app.Dir && f.Name == c.Module
	}); ok {
		p.present("style sheet "+c.Module, at)
		p.shared++
		return nil
	}
	f, err := p.file(p.app.Entry)
	if err != nil {
		return err
	}
	p.expect(Expected{Kind: wiring.CSSImport, Package: p.app.Dir, Name: c.Module})
	return p.edit(f.Name, rewire.AddCSSImport(f, c.Module), why)
}

func apiOf(a recipe.API) rewire.API {
	out := rewire.API{Ref: ref(a.Ref), Factory: a.Factory}
	for _, d := range a.Deps {
		out.Deps = append(out.Deps, rewire.APIDep{Name: d.Name, Ref: ref(d.Ref)})
	}
	for _, r := range a.Uses {
		out.Uses = append(out.Uses, ref(r))
	}
	return out
}

func (p *planner) api(why string, a recipe.API) error {
	if f, ok := p.fact(func(f wiring.Fact) bool {
		return f.Kind == wiring.API && f.Package == p.app.Dir && f.Name == nameOf(a.Ref)
	}); ok {
		if f.File != "" && !p.makes(f, a.Uses[0]) {
			return p.apiTaken(f, a)
		}
		p.present("API factory "+f.Name, f)
		return nil
	}
	op, mounts := rewire.AddAPI, p.mount(wiring.APIsMount)
	if len(mounts) == 0 {
		op, mounts = rewire.AddAPIs, p.mount(wiring.CreateAppMount)
	}
	if len(mounts) == 0 {
		return p.noMount("the list of API factories", apiText(a), a.Ref)
	}
	p.expect(Expected{Kind: wiring.API, Package: p.app.Dir, Name: nameOf(a.Ref), Module: a.Ref.Module, Export: a.Ref.Export})
	return p.at(mounts[0], why, func(f rewire.File, m wiring.Mount) ([]text.Edit, error) { return op(f, m, apiOf(a)) })
}

// makes reports whether the source of a fact, as it was observed, names an import of an export.
func (p *planner) makes(f wiring.Fact, r recipe.Ref) bool {
	tree, err := p.ws.ParseTSX(f.File)
	if err != nil {
		return false
	}
	for _, d := range tsx.Imports(tree) {
		for _, b := range d.Bindings {
			if b.Name != r.Export || recipe.PackageOf(d.Module) != recipe.PackageOf(r.Module) {
				continue
			}
			if slices.ContainsFunc(tsx.References(tree, b.Local), func(n tsx.Node) bool { return f.Span.Contains(n.Span()) }) {
				return true
			}
		}
	}
	return false
}

// apiTaken refuses an API for which the app has an implementation of its own.
func (p *planner) apiTaken(f wiring.Fact, a recipe.API) error {
	d := diag.Errorf("api-taken", "the app makes the API %s in its own way already", nameOf(a.Ref))
	d.File, d.Span, d.Pos = f.File, f.Span, f.Pos
	d.Manual = "By hand: take that factory out and run the command again, or use what is wanted from this one in it:\n    " + indent(apiText(a))
	return d
}

// apiText is an API factory for a person to paste.
func apiText(a recipe.API) string {
	var names, deps []string
	for _, d := range a.Deps {
		names, deps = append(names, d.Name), append(deps, d.Name+": "+d.Local())
	}
	params, object := "()", "{}"
	if len(names) > 0 {
		params, object = "({ "+strings.Join(names, ", ")+" })", "{ "+strings.Join(deps, ", ")+" }"
	}
	return fmt.Sprintf("createApiFactory({\n  api: %s,\n  deps: %s,\n  factory: %s => %s,\n})", a.Ref.Local(), object, params, a.Factory)
}
