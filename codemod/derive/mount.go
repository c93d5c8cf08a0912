package derive

import (
	"slices"

	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/registry/recipe"
)

// mount is where an extension of the old system goes, and why.
type mount struct {
	kind recipe.Kind // "" if there is no known place
	why  string      // one clause: by what it is known
	from string      // file and construct of that, where it is not the extension's own
}

// place tells where an extension goes. b is the blueprint that renders the same, nil if there is
// none.
func (x *extension) place(b *blueprint, plugins []*legacyPlugin) mount {
	switch x.creator {
	case "createScaffolderFieldExtension":
		return mount{recipe.KindFieldExtension, "createScaffolderFieldExtension makes it", ""}
	case "createScaffolderLayout":
		return mount{"", "a layout of the scaffolder, which is not wired in", ""}
	case "createTechDocsAddonExtension":
		return mount{recipe.KindTechDocsAddon, "createTechDocsAddonExtension makes it", ""}
	case "createSearchResultListItemExtension":
		return mount{recipe.KindSearchItem, "createSearchResultListItemExtension makes it", ""}
	case "createCardExtension":
		if _, ok := x.reaches(usesEntity); ok && hasWord(x.export, "entity") {
			return mount{recipe.KindEntityCard, "it calls useEntity", ""}
		}
		return mount{recipe.KindHomeWidget, "createCardExtension makes it", ""}
	}
	if b != nil {
		kind := b.mountKind()
		if last := words(x.export); kind == recipe.KindEntityTab && x.creator != "createRoutableExtension" && last[len(last)-1] == "card" {
			return mount{recipe.KindEntityCard, "its name says that it is a card, although " + b.maker + " makes a tab of the same component", b.from()}
		}
		if kind != "" {
			return mount{kind, b.maker + " has the same component", b.from()}
		}
	}
	entityNamed := hasWord(x.name, "entity") || hasWord(x.export, "entity")
	key := x.routeKey(plugins)
	entity, isEntity := x.reaches(usesEntity)
	page, isPage := x.reaches(drawsPage)
	if x.creator == "createRoutableExtension" {
		switch {
		case key == "entityContent":
			return mount{recipe.KindEntityTab, "its route is the plugin's entityContent", x.plugin.from()}
		case isPage && !entityNamed:
			return mount{recipe.KindRoute, "it draws a " + page.name, page.from()}
		case isEntity:
			return mount{recipe.KindEntityTab, "it calls " + entity.name, entity.from()}
		case entityNamed:
			return mount{recipe.KindEntityTab, "its name says that it is about an entity", ""}
		}
		return mount{recipe.KindRoute, "it has a route and reads no entity", ""}
	}
	return x.placeComponent(entityNamed, plugins)
}

// placeComponent is place for an extension without a route and without an equal.
func (x *extension) placeComponent(entityNamed bool, plugins []*legacyPlugin) mount {
	entity, isEntity := x.reaches(usesEntity)
	page, isPage := x.reaches(drawsPage)
	content, isContent := x.reaches(drawsContent)
	card, isCard := x.reaches(drawsCard)
	item, isItem := x.reaches(drawsSidebarItem)
	name := words(x.export)
	last := name[len(name)-1]
	switch {
	case isItem && !isEntity && !isPage:
		return mount{recipe.KindSidebarComponent, "it draws a " + item.name, item.from()}
	case slices.Contains(name, "sidebar") && !isEntity:
		return mount{recipe.KindSidebarComponent, "its name says that it is for the sidebar", ""}
	case slices.Contains([]string{"layout", "button", "dialog", "picker", "menu", "provider", "section", "icon", "link"}, last):
		return mount{"", "a part for use within other components", ""}
	case isEntity || entityNamed:
		why, from := "its name says that it is about an entity", ""
		if isEntity {
			why, from = "it calls "+entity.name, entity.from()
		}
		switch {
		case last == "card" || last == "widget":
			return mount{recipe.KindEntityCard, why, from}
		case last == "content" || last == "page" || last == "tab":
			return mount{recipe.KindEntityTab, why, from}
		case isContent && !isCard:
			return mount{recipe.KindEntityTab, why + ", and draws a " + content.name, content.from()}
		case isCard:
			return mount{recipe.KindEntityCard, why + ", and draws a card", card.from()}
		}
		return mount{recipe.KindEntityCard, why, from}
	case isPage:
		return mount{recipe.KindRoute, "it draws a " + page.name, page.from()}
	case slices.Contains(name, "home") || slices.Contains(name, "homepage"):
		return mount{recipe.KindHomeWidget, "its name says that it is for the home page", ""}
	case len(plugins) > 0 && x.drawsNothing():
		return mount{recipe.KindAppRootElement, "it draws nothing, and is there for the plugin's sake", ""}
	}
	return mount{"", "a component that reads no entity and draws no page", ""}
}

// drawsNothing reports whether all that an extension renders is a function that returns null.
func (x *extension) drawsNothing() bool {
	for _, s := range x.rendered {
		fn := s.value()
		if component := tsx.PropertyValue(tsx.Property(fn, "sync")); component.Ok() {
			fn = tsx.Unwrap(component)
		}
		if !fn.Is(tsx.KindArrowFunction) || !returned(fn).Is(tsx.KindNull) || fn.Field(tsx.FieldBody).Is(tsx.KindStatementBlock) {
			return false
		}
	}
	return len(x.rendered) > 0
}

func hasWord(name, word string) bool { return slices.Contains(words(name), word) }

func (s symbol) from() string {
	if s.mod == nil {
		return ""
	}
	return s.mod.pack.Name + " " + s.mod.file
}

func (u used) from() string {
	return u.mod.pack.Name + " " + u.mod.file + ": " + u.name
}

// mountKind is the step of the old system that does what an extension of the new one does.
func (b *blueprint) mountKind() recipe.Kind {
	switch b.kind {
	case "page":
		return recipe.KindRoute
	case "entity-content":
		return recipe.KindEntityTab
	case "entity-card":
		return recipe.KindEntityCard
	case "home-page-widget":
		return recipe.KindHomeWidget
	case "search-result-list-item":
		return recipe.KindSearchItem
	case "addon":
		return recipe.KindTechDocsAddon
	case "app-root-element":
		return recipe.KindAppRootElement
	}
	return ""
}
