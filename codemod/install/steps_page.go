package install

import (
	"slices"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// holder is an element that others hang in, and the pages that have it.
type holder struct {
	kind  wiring.Kind
	mount wiring.MountKind
	ref   recipe.Ref
	what  string // for people
	sites []rewire.Site
	all   bool // belongs on each of its pages, rather than on one
}

func (p *planner) techDocsHolder() holder {
	const techdocs = "@backstage/plugin-techdocs"
	return holder{
		kind: wiring.TechDocsAddon, mount: wiring.TechDocsAddonsMount, all: true,
		ref: recipe.Ref{Module: "@backstage/plugin-techdocs-react", Export: "TechDocsAddons"}, what: "a page of TechDocs",
		sites: []rewire.Site{{Page: rewire.Ref{Module: techdocs, Export: "TechDocsReaderPage"}, Route: true}, {Page: rewire.Ref{Module: techdocs, Export: "EntityTechdocsContent"}}},
	}
}

func (p *planner) fieldHolder() holder {
	const scaffolder = "@backstage/plugin-scaffolder"
	module := scaffolder + "-react"
	if (recipe.Span{Before: "1.11.0"}).Covers(p.ws.Release.Version) {
		module = scaffolder
	}
	return holder{
		kind: wiring.FieldExtension, mount: wiring.FieldExtMount,
		ref: recipe.Ref{Module: module, Export: "ScaffolderFieldExtensions"}, what: "the page of the scaffolder",
		sites: []rewire.Site{{Page: rewire.Ref{Module: scaffolder, Export: "ScaffolderPage"}, Route: true}},
	}
}

// inHolders adds an element to what holds its like: to the holders that there are, and to new ones
// on the pages without.
func (p *planner) inHolders(why string, e recipe.Element, h holder) error {
	if f, ok := p.shown(e.Ref, h.kind); ok {
		p.present(noun(h.kind)+" "+f.Name, f)
		if !h.all || f.File == "" {
			return nil
		}
	}
	var lacking []int // mounts, which edits move
	found := false
	for i, m := range p.seen.Mounts {
		if m.Kind == h.mount && m.Package == p.app.Dir {
			found = true
			if !p.observedIn(m, h.kind, func(f wiring.Fact) bool { return refersTo(f, e.Module, e.Export) }) {
				lacking = append(lacking, i)
			}
		}
	}
	expected := Expected{Kind: h.kind, Package: p.app.Dir, Name: nameOf(e.Ref), Module: e.Module, Export: e.Export}
	for _, i := range lacking {
		p.expect(expected)
		if err := p.at(p.seen.Mounts[i], why, func(f rewire.File, m wiring.Mount) ([]text.Edit, error) { return rewire.AddChild(f, m, component(e)) }); err != nil {
			return err
		}
		if !h.all {
			return nil
		}
	}
	if found && !h.all {
		return nil
	}
	made, err := p.newHolders(why, e, h, expected)
	if err != nil || found && !made {
		return err
	}
	if made { // the new holders are where the next of its kind goes
		p.state, err = observe(p.ctx, p.ws, p.over, p.opts)
		return err
	}
	return p.noMount(h.what, "<"+h.ref.Export+">\n  "+element(e)+"\n</"+h.ref.Export+">", h.ref, e.Ref)
}

// newHolders puts an element in a new holder on the pages that have none, as they were observed. It
// reports whether there are such pages.
func (p *planner) newHolders(why string, e recipe.Element, h holder, expected Expected) (bool, error) {
	made := false
	for _, name := range p.reachable() {
		f, err := p.file(name)
		if err != nil {
			continue
		}
		for i := 0; ; { // the sites move with each edit
			sites := rewire.Sites(f, rewire.Ref{Module: h.ref.Module, Export: h.ref.Export}, h.sites...)
			if i >= len(sites) {
				break
			}
			site := sites[i]
			i++
			if site.Held || p.imported(name, site.From, h.mount) {
				continue
			}
			edits, err := rewire.AddWrapped(f, site.Span, ref(h.ref), component(e))
			if err != nil {
				return false, err
			}
			made = true
			p.expect(expected)
			if err := p.edit(name, edits, why); err != nil {
				return false, err
			}
			if f, err = p.file(name); err != nil {
				return false, err
			}
		}
	}
	return made, nil
}

// imported reports whether a mount of a kind is in one of the files that a file imports by some
// specifiers.
func (p *planner) imported(by string, specifiers []string, kind wiring.MountKind) bool {
	return slices.ContainsFunc(specifiers, func(s string) bool {
		file, ok := p.ws.Resolve(by, s)
		return ok && slices.ContainsFunc(p.seen.Mounts, func(m wiring.Mount) bool { return m.Kind == kind && m.File == file })
	})
}

// homeWidget adds a widget to the home page.
func (p *planner) homeWidget(why string, e recipe.Element) error {
	if f, ok := p.shown(e.Ref, wiring.HomeWidget); ok {
		p.present("home widget "+f.Name, f)
		return nil
	}
	if at, ok := p.imports(p.reachable(), e.Module, e.Export); ok { // shown outside of the grid
		p.present("home widget "+nameOf(e.Ref), at)
		return nil
	}
	grids := p.mount(wiring.HomeGridMount)
	if slices.ContainsFunc(grids, isCustomGrid) {
		grids = slices.DeleteFunc(grids, func(m wiring.Mount) bool { return !isCustomGrid(m) })
	}
	if len(grids) == 0 {
		return p.noMount("the home page's grid of widgets", element(e), e.Ref)
	}
	if last := grids[len(grids)-1]; last.File != grids[0].File {
		d := diag.Errorf("no-safe-place", "several files have a grid of widgets: %s and %s", grids[0].File, last.File)
		d.File = grids[0].File
		d.Manual = rewire.Manual("in the one that the widget belongs to", element(e), ref(e.Ref))
		return d
	}
	p.expect(Expected{Kind: wiring.HomeWidget, Package: p.app.Dir, Name: nameOf(e.Ref), Module: e.Module, Export: e.Export})
	return p.at(grids[0], why, func(f rewire.File, m wiring.Mount) ([]text.Edit, error) {
		return rewire.AddHomeWidget(f, m, component(e))
	})
}

// isCustomGrid reports whether a grid of widgets is one that people arrange themselves.
func isCustomGrid(m wiring.Mount) bool { return m.Label == "CustomHomepageGrid" }
