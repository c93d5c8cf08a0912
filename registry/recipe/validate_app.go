package recipe

import (
	"regexp"
	"strings"
)

// pagePattern are entity pages as the wiring names them: "user", "component:service", "default".
var pagePattern = regexp.MustCompile(`^[a-z][a-z0-9-]*(:[a-z0-9][a-z0-9._-]*)?$`)

// appStep checks the steps that step leaves to it.
func (v *validator) appStep(s Step) {
	switch {
	case s.SidebarComponent != nil:
		v.element(*s.SidebarComponent)
	case s.HomeWidget != nil:
		v.element(*s.HomeWidget)
	case s.TechDocsAddon != nil:
		v.element(*s.TechDocsAddon)
	case s.FieldExtension != nil:
		v.element(*s.FieldExtension)
	case s.SearchItem != nil:
		v.element(s.SearchItem.Element)
		v.predicate(s.SearchItem.Icon)
	case s.AppRootElement != nil:
		v.element(s.AppRootElement.Element)
	case s.CSSImport != nil:
		v.module(s.CSSImport.Module)
		v.check(strings.HasSuffix(s.CSSImport.Module, ".css"), "module %q is no style sheet", s.CSSImport.Module)
	case s.API != nil:
		v.api(*s.API)
	case s.LegacyPlugin != nil:
		v.legacyPlugin(*s.LegacyPlugin)
	}
}

func (v *validator) api(a API) {
	v.ref(a.Ref)
	v.check(a.Factory != "" && !strings.Contains(a.Factory, "\n"), "factory is missing, or has several lines")
	v.check(len(a.Uses) > 0, "uses is missing")
	for _, r := range a.Uses {
		v.ref(r)
		v.check(strings.Contains(a.Factory, r.Local()), "the factory does not use %s", r.Local())
	}
	for _, d := range a.Deps {
		v.check(identPattern.MatchString(d.Name), "deps: %q is no identifier", d.Name)
		v.ref(d.Ref)
	}
	isNew := strings.HasPrefix(v.at, string(NewFrontend)+"[")
	v.check(isNew || a.File == "" && a.Plugin == "" && a.Name == "", "file, plugin and name are for the new system alone")
	if isNew {
		v.file(a.File)
	}
	v.check(a.Plugin == "" || idPattern.MatchString(a.Plugin), "plugin %q is no plugin id", a.Plugin)
	v.check(a.Name == "" || idPattern.MatchString(a.Name), "name %q is no extension name", a.Name)
}

func (v *validator) legacyPlugin(p LegacyPlugin) {
	v.ref(p.Ref)
	v.file(p.File)
	v.check(len(p.Pages)+len(p.Contents)+len(p.Cards) > 0, "there are no extensions")
	for _, list := range []struct {
		name                     string
		all                      []LegacyExtension
		path, title, conditional bool // what such an extension may have
	}{{"pages", p.Pages, true, false, false}, {"contents", p.Contents, true, true, true}, {"cards", p.Cards, false, false, true}} {
		for _, e := range list.all {
			v.ref(e.Ref)
			v.predicate(e.If)
			v.check(list.path || e.Path == "", "%s: a path does not belong here", list.name)
			v.check(list.title || e.Title == "", "%s: a title does not belong here", list.name)
			v.check(list.conditional || e.If == nil, "%s: a condition does not belong here", list.name)
			if e.Path != "" {
				v.path(e.Path)
			}
		}
	}
}

// file checks the path of a file to write in the app's package.
func (v *validator) file(name string) {
	v.check(strings.HasPrefix(name, "src/") && !strings.Contains(name, "..") && (strings.HasSuffix(name, ".ts") || strings.HasSuffix(name, ".tsx")),
		"file %q is no source file under src", name)
}

func (v *validator) pages(pages []string) {
	for _, p := range pages {
		v.check(pagePattern.MatchString(p), "page %q is no entity page", p)
	}
}
