package cli

import (
	"strings"

	"github.com/batten-dev/batten/registry/recipe"
)

// stepText says what a step hangs, without its kind.
func stepText(s recipe.Step) string {
	switch {
	case s.Route != nil:
		return s.Route.Path + "  " + tag(s.Route.Element)
	case s.SidebarItem != nil:
		return "/" + strings.TrimPrefix(s.SidebarItem.To, "/") + "  " + quoted(s.SidebarItem.Text)
	case s.EntityTab != nil:
		return s.EntityTab.Path + "  " + quoted(s.EntityTab.Title) + "  " + tag(s.EntityTab.Element) + condition(s.EntityTab.If) + onPages(s.EntityTab.Pages)
	case s.EntityCard != nil:
		return tag(s.EntityCard.Element) + condition(s.EntityCard.If) + onPages(s.EntityCard.Pages)
	case s.EntityCase != nil:
		return tag(s.EntityCase.Element) + condition(&s.EntityCase.If)
	case s.SignInProvider != nil:
		return s.SignInProvider.ID + "  " + quoted(s.SignInProvider.Title)
	case s.Feature != nil && s.Feature.File != "":
		return s.Feature.Export + " in the new file " + s.Feature.File
	case s.Feature != nil && s.Feature.Discovered:
		return s.Feature.Module + ", found by itself where app.packages finds plugins"
	case s.Feature != nil:
		return s.Feature.Module
	case s.Extension != nil && s.Extension.Disabled:
		return s.Extension.ID + ": false"
	case s.Extension != nil:
		return s.Extension.ID
	case s.BackendFeature != nil:
		return s.BackendFeature.Module
	case s.LegacyRouter != nil:
		return "/api" + s.LegacyRouter.Path + ", made in src/plugins/" + s.LegacyRouter.ID + ".ts"
	case s.SearchItem != nil:
		return tag(s.SearchItem.Element)
	case s.AppRootElement != nil:
		return tag(s.AppRootElement.Element)
	case s.CSSImport != nil:
		return s.CSSImport.Module
	case s.API != nil:
		return s.API.Ref.Export + " from " + s.API.Ref.Module
	case s.LegacyPlugin != nil:
		return s.LegacyPlugin.Export + " of " + s.LegacyPlugin.Module + ", converted in the new file " + s.LegacyPlugin.File
	}
	for _, e := range []*recipe.Element{s.SidebarComponent, s.HomeWidget, s.TechDocsAddon, s.FieldExtension} {
		if e != nil {
			return tag(*e)
		}
	}
	return ""
}

func tag(e recipe.Element) string { return "<" + e.Export + e.Props.String() + " />" }

func quoted(text string) string { return `"` + text + `"` }

func condition(ref *recipe.Ref) string {
	if ref == nil {
		return ""
	}
	return "  if " + ref.Export
}

func onPages(pages []string) string {
	if len(pages) == 0 {
		return ""
	}
	return "  on " + strings.ReplaceAll(strings.Join(pages, ", "), "component:", "")
}
