package install

import (
	"fmt"

	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// newAppStep plans a step of the new frontend system that is neither a feature nor a setting.
func (p *planner) newAppStep(s recipe.Step) error {
	switch s.Kind() {
	case recipe.KindCSSImport:
		return p.cssImport(s.Why, *s.CSSImport)
	case recipe.KindAPI:
		return p.newAPI(s)
	case recipe.KindLegacyPlugin:
		return p.legacyPlugin(s)
	}
	return fmt.Errorf("a %s is not a step of the new frontend system", s.Kind())
}

// renamedParams is the release in which defaultPath and its like became path, and the params of
// the ApiBlueprint a function.
var renamedParams = recipe.Span{Since: "1.42.0"}

// generated is the feature that a step writes a file for, as its Feature would have it: for the
// newer of two forms, or the older. The result is false for other steps.
func generated(s recipe.Step, newer bool) (recipe.Feature, bool) {
	var ft recipe.Feature
	var source interface{ Source() (string, error) }
	switch {
	case s.LegacyPlugin != nil && s.LegacyPlugin.Local() != "":
		l := s.LegacyPlugin
		ft = recipe.Feature{Ref: recipe.Ref{Export: l.Local()}, File: l.File}
		ft.Export = "converted" + upper(l.Local())
		source = rewire.ConvertedPlugin{Plugin: ref(l.Ref), Export: ft.Export, Defaults: !newer,
			Pages: converted(l.Pages), Contents: converted(l.Contents), Cards: converted(l.Cards)}
	case s.API != nil && s.API.File != "":
		a := s.API
		ft = recipe.Feature{Ref: recipe.Ref{Export: a.Ref.Local() + "Module"}, File: a.File}
		plugin := a.Plugin
		if plugin == "" {
			plugin = "app"
		}
		source = rewire.APIModule{API: apiOf(*a), Plugin: plugin, Name: a.Name, Export: ft.Export, Define: newer}
	default:
		return ft, false
	}
	var err error
	ft.Source, err = source.Source()
	return ft, err == nil
}

func upper(s string) string { return string(s[0]&^0x20) + s[1:] }

func converted(all []recipe.LegacyExtension) []rewire.ConvertedExtension {
	out := make([]rewire.ConvertedExtension, len(all))
	for i, e := range all {
		out[i] = rewire.ConvertedExtension{Extension: ref(e.Ref), Path: e.Path, Title: e.Title, If: refOf(e.If), Truthy: e.Truthy}
	}
	return out
}

func (p *planner) generated(s recipe.Step) (recipe.Feature, error) {
	ft, ok := generated(s, renamedParams.Covers(p.ws.Release.Version))
	if !ok {
		return ft, fmt.Errorf("the %s of the recipe makes no valid file", s.Kind())
	}
	return ft, nil
}

// newAPI makes an API in a module of the app.
func (p *planner) newAPI(s recipe.Step) error {
	ft, err := p.generated(s)
	if err != nil {
		return err
	}
	a := *s.API
	for _, name := range p.reachable() {
		at, ok := p.imports([]string{name}, a.Ref.Module, a.Ref.Export)
		if _, makes := p.imports([]string{name}, "@backstage/frontend-plugin-api", "ApiBlueprint"); !ok || !makes || name == p.app.Path(ft.File) {
			continue
		}
		if _, same := p.imports([]string{name}, a.Uses[0].Module, a.Uses[0].Export); !same {
			return p.apiTaken(at, a)
		}
		p.present("API factory "+nameOf(a.Ref), at)
		return nil
	}
	return p.feature(s.Why, ft)
}

// legacyPlugin converts a plugin of the old system for a frontend of the new one.
func (p *planner) legacyPlugin(s recipe.Step) error {
	l := *s.LegacyPlugin
	if f, ok := p.fact(func(f wiring.Fact) bool {
		return f.Kind == wiring.Feature && f.Package == p.app.Dir && ofPackage(f, l.Module)
	}); ok {
		p.present("feature "+f.Name, f)
		return nil
	}
	if err := p.pluginTaken(recipe.Feature{Ref: l.Ref}); err != nil {
		return err
	}
	ft, err := p.generated(s)
	if err != nil {
		return err
	}
	file := p.app.Path(ft.File)
	if err := p.newFile(file, ft.Source, s.Why); err != nil {
		return err
	}
	p.expect(Expected{Kind: wiring.Feature, Package: p.app.Dir, Name: l.Module, Module: l.Module})
	return withFile(p.addFeature(s.Why, recipe.Ref{Module: relativeImport(p.app.AppFile, file), Export: ft.Export}), file, ft.Source)
}
