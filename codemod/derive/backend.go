package derive

import (
	"github.com/batten-dev/batten/registry/recipe"
)

// backend adds a feature for each backend package that has one.
func (d *deriver) backend() {
	packs := d.fam.of(BackendPlugin, BackendModule)
	support := Support{System: recipe.NewBackend}
	for _, p := range packs {
		module, evidence := p.backendFeature()
		if module == "" {
			d.out.Recipe.Unsupported = append(d.out.Recipe.Unsupported, recipe.Unsupported{
				System: recipe.NewBackend, Reason: p.Name + " exports no feature for the new backend system.",
			})
			d.note("%s exports no feature for the new backend system; what it has for the old one is not derived.", p.Name)
			continue
		}
		why := "The plugin's backend."
		if d.fam.role(p) == BackendModule {
			why = "The module of the backend" + ofPlugin(p) + "."
		}
		d.out.Recipe.Backend = append(d.out.Recipe.Backend, recipe.Step{
			Why: why, From: p.Name + " " + evidence, BackendFeature: &recipe.BackendFeature{Module: module},
		})
		support.Yes, support.By, support.From = true, module, p.Name+" "+evidence
	}
	if len(packs) > 0 {
		d.out.Support = append(d.out.Support, support)
		d.out.Recipe.Unsupported = append(d.out.Recipe.Unsupported, recipe.Unsupported{
			System: recipe.LegacyBackend, Reason: "How a backend of the old system mounts the plugin is not derived from its packages.",
		})
	}
	for _, p := range d.fam.of(BackendModule, FrontendModule) {
		if plugin := p.JSON.PluginPackage; plugin != "" && !d.fam.has(plugin) && plugin != p.Name {
			system := recipe.NewBackend
			systems := []recipe.System{system, recipe.LegacyBackend}
			if d.fam.role(p) == FrontendModule {
				systems = []recipe.System{recipe.LegacyFrontend, recipe.NewFrontend}
			}
			d.out.Recipe.Requires = append(d.out.Recipe.Requires, recipe.Requirement{
				Package: plugin, Why: p.Name + " is a module of it.", Systems: systems,
			})
		}
	}
}

func ofPlugin(p *pack) string {
	if p.JSON.PluginPackage == "" {
		return ""
	}
	return " " + p.JSON.PluginPackage
}

func (f *family) has(name string) bool {
	for _, p := range f.packs {
		if p.Name == name {
			return true
		}
	}
	return false
}

// backendFeature is the specifier of the entry point whose default export is a feature of the
// new backend system, and what says so.
func (p *pack) backendFeature() (module, evidence string) {
	for _, e := range p.JSON.Exports { // "." comes first
		if e.Feature == "@backstage/BackendFeature" {
			return p.specifier(e.Path), "package.json: backstage.features " + e.Path
		}
	}
	for _, e := range p.JSON.Exports {
		if kind, file := p.defaultType(e); kind == "BackendFeature" {
			return p.specifier(e.Path), file + ": type of the default export"
		}
	}
	for _, e := range p.JSON.Exports {
		if p.defaultCall(e) == "BackendFeature" {
			return p.specifier(e.Path), e.JS + ": default export"
		}
	}
	return "", ""
}
