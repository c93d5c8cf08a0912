package install

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

func (p *planner) backendStep(s recipe.Step) error {
	if s.BackendFeature == nil {
		return fmt.Errorf("a %s is not a step of the new backend system", s.Kind())
	}
	module := s.BackendFeature.Module
	if f, ok := p.fact(func(f wiring.Fact) bool {
		return f.Kind == wiring.BackendFeature && f.Package == p.backend.Dir && sameFeature(f.Name, module)
	}); ok {
		p.present("backend feature "+f.Name, f)
		return nil
	}
	if f, ok := p.fact(func(f wiring.Fact) bool {
		return f.Kind == wiring.BackendFeature && f.Package == p.backend.Dir && recipe.PackageOf(f.Name) != recipe.PackageOf(module) && unscoped(recipe.PackageOf(f.Name)) == unscoped(recipe.PackageOf(module))
	}); ok {
		if slices.Contains([]string{"@backstage", "@backstage-community"}, path.Dir(recipe.PackageOf(f.Name))) {
			p.present("backend feature "+f.Name, f) // a former name of the same
			return nil
		}
		d := diag.Errorf("plugin-taken", "the backend has %s, and two plugins of one id would keep it from starting", recipe.PackageOf(f.Name))
		d.File, d.Span, d.Pos = f.File, f.Span, f.Pos
		d.Manual = fmt.Sprintf("By hand: take that out, or, if its pluginId is another, add this beside it:\n    backend.add(import('%s'));", module)
		return d
	}
	if f, ok := p.bridged(module); ok {
		d := diag.Errorf("plugin-taken", "the backend has a plugin of this id, from the old backend system, and two of one id would keep it from starting")
		d.File, d.Span, d.Pos = f.File, f.Span, f.Pos
		d.Manual = "By hand: take that out, and run the command again."
		return d
	}
	for _, m := range p.seen.Mount(wiring.BackendMount) {
		if m.Package != p.backend.Dir {
			continue
		}
		f, err := p.file(m.File)
		if err != nil {
			return err
		}
		edits, err := rewire.AddBackendFeature(f, m, module)
		if err != nil {
			return err
		}
		p.expect(Expected{Kind: wiring.BackendFeature, Package: p.backend.Dir, Name: module})
		return p.edit(m.File, edits, s.Why)
	}
	if err := p.unreadable(p.backend.Dir); err != nil {
		return err
	}
	d := diag.Errorf("no-safe-place", "the place where this backend adds its features was not found")
	d.File = p.backend.Entry
	d.Manual = fmt.Sprintf("By hand, before the backend starts:\n    backend.add(import('%s'));", module)
	return d
}

// sameFeature reports whether two specifiers are of one feature: a package has one, which is in
// the package itself or in ./alpha, and may move; but two other entry points are two features.
func sameFeature(a, b string) bool {
	named := func(module string) bool {
		sub := strings.TrimPrefix(module, recipe.PackageOf(module))
		return sub != "" && sub != "/alpha"
	}
	return recipe.PackageOf(a) == recipe.PackageOf(b) && (a == b || !named(a) || !named(b))
}

// bridged is the feature legacyPlugin('id', import('./plugins/id')) with the id of a plugin.
func (p *planner) bridged(module string) (wiring.Fact, bool) {
	id := strings.TrimSuffix(strings.TrimPrefix(unscoped(recipe.PackageOf(module)), "plugin-"), "-backend")
	return p.fact(func(f wiring.Fact) bool {
		if f.Kind != wiring.BackendFeature || f.Package != p.backend.Dir || !refersTo(f, "@backstage/backend-common", "legacyPlugin") {
			return false
		}
		tree, err := p.ws.ParseTSX(f.File)
		if err != nil {
			return false
		}
		for n := range tree.Root().Descendants() {
			if !n.Is(tsx.KindCallExpression) || !f.Span.Contains(n.Span()) || len(tsx.Arguments(n)) == 0 {
				continue
			}
			if first, ok := tsx.StringValue(tsx.Arguments(n)[0]); ok && first == id {
				return true
			}
		}
		return false
	})
}

// unscoped is a package's name without its scope.
func unscoped(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

func (p *planner) legacyBackendStep(s recipe.Step) error {
	r := s.LegacyRouter
	if r == nil {
		return fmt.Errorf("a %s is not a step of the old backend system", s.Kind())
	}
	file, own := p.backend.Path("src/plugins/"+r.ID+".ts"), "./plugins/"+r.ID
	if f, ok := p.fact(func(f wiring.Fact) bool {
		return f.Kind == wiring.LegacyRouter && f.Package == p.backend.Dir && f.Name == r.Path
	}); ok {
		p.present("router "+f.Name, f)
		if !p.lacks(f.File, own) {
			return nil
		}
		p.expect(Expected{Kind: wiring.LegacyRouter, Package: p.backend.Dir, Name: r.Path, Mended: true})
		return p.newFile(file, r.Source, s.Why)
	}
	router := rewire.LegacyRouter{ID: r.ID, Path: r.Path}
	for _, m := range p.seen.Mount(wiring.APIRouterMount) {
		if m.Package != p.backend.Dir {
			continue
		}
		f, err := p.file(m.File)
		if err != nil {
			return err
		}
		edits, err := rewire.AddLegacyRouter(f, m, router)
		if err != nil {
			return withFile(err, file, r.Source)
		}
		if err := p.newFile(file, r.Source, s.Why); err != nil {
			return err
		}
		p.expect(Expected{Kind: wiring.LegacyRouter, Package: p.backend.Dir, Name: r.Path})
		return p.edit(m.File, edits, s.Why)
	}
	if err := p.unreadable(p.backend.Dir); err != nil {
		return err
	}
	d := diag.Errorf("no-safe-place", "the place where this backend makes its routers was not found")
	d.File = p.backend.Entry
	d.Manual = router.Manual(p.backend.Entry, "apiRouter")
	return withFile(d, file, r.Source)
}

// lacks reports whether a file imports another that is not there.
func (p *planner) lacks(file, specifier string) bool {
	f, err := p.file(file)
	if err != nil {
		return false
	}
	imported := slices.ContainsFunc(tsx.Imports(f.Tree), func(d tsx.ImportDecl) bool { return d.Module == specifier })
	_, there := p.ws.Resolve(file, specifier)
	return imported && !there
}
