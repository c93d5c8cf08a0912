package recipe

// The steps of frontends that hang something other than a page, a tab or a card.

// SearchItem is a child of the search page's SearchResult, which shows results of one kind.
type SearchItem struct {
	Element `yaml:",inline"`
	// Icon is a component whose element becomes the attribute icon: `icon={<Icon />}`.
	Icon *Ref `yaml:"icon,omitempty" json:"icon,omitempty"`
}

// AppRootElement is an element that is always there: a child of what createRoot gets.
type AppRootElement struct {
	Element `yaml:",inline"`
	// Router says that the element needs the router: it goes inside of AppRouter, as its
	// first child, rather than beside it.
	Router bool `yaml:"router,omitempty" json:"router,omitempty"`
}

// CSSImport is an import of styles in the file that starts the app: `import 'module';`.
type CSSImport struct {
	Module string `yaml:"module" json:"module"` // ends in ".css"
}

// API is an API factory of the app: of an API that a plugin leaves to the app, or in the place
// of the plugin's own. In frontends of the old system it is an entry of createApp's apis, in
// those of the new one a module of the app with an ApiBlueprint:
//
//	createApiFactory({
//	  api: xApiRef,
//	  deps: { configApi: configApiRef },
//	  factory: ({ configApi }) => new XClient(configApi),
//	})
type API struct {
	// Ref is the API's reference.
	Ref Ref `yaml:"ref" json:"ref"`
	// Deps are the APIs that the factory needs, in their order.
	Deps []APIDep `yaml:"deps,omitempty" json:"deps,omitempty"`
	// Factory is the JavaScript expression of the implementation, on one line. It may name
	// Deps by their names, and what Uses imports by their local names.
	Factory string `yaml:"factory" json:"factory"`
	// Uses are the exports that Factory names, the implementation first.
	Uses []Ref `yaml:"uses" json:"uses"`
	// File is, in a list of steps for the new system, the slash path of the file to write,
	// from the app's package.
	File string `yaml:"file,omitempty" json:"file,omitempty"`
	// Plugin is, for the new system, the id of the plugin whose API it is; "" for the app. A
	// plugin's API can be made by modules of that plugin alone.
	Plugin string `yaml:"plugin,omitempty" json:"plugin,omitempty"`
	// Name is, for the new system, the name of the extension; "" for that without a name.
	// With the name of the plugin's own extension it takes that one's place.
	Name string `yaml:"name,omitempty" json:"name,omitempty"`
}

// APIDep is an API that a factory needs.
type APIDep struct {
	Name string `yaml:"name" json:"name"`
	Ref  `yaml:",inline"`
}

// LegacyPlugin is a plugin of the old frontend system in a frontend of the new one, by way of
// the compatibility helpers: a file of the app that converts it, and the feature it exports.
type LegacyPlugin struct {
	Ref `yaml:",inline"` // the plugin: what createPlugin made
	// File is the slash path of the file to write, from the app's package.
	File     string            `yaml:"file" json:"file"`
	Pages    []LegacyExtension `yaml:"pages,omitempty" json:"pages,omitempty"`
	Contents []LegacyExtension `yaml:"contents,omitempty" json:"contents,omitempty"` // tabs of entity pages
	Cards    []LegacyExtension `yaml:"cards,omitempty" json:"cards,omitempty"`       // cards of entity pages
}

// LegacyExtension is an extension of a plugin of the old system. It has no properties: the
// helpers take none.
type LegacyExtension struct {
	Ref `yaml:",inline"`
	// Path is where a page or tab is, with a leading slash; Title is a tab's title. Where
	// they are "", the helpers make them of the extension's name.
	Path  string `yaml:"path,omitempty" json:"path,omitempty"`
	Title string `yaml:"title,omitempty" json:"title,omitempty"`
	// If is the predicate that shows a tab or card.
	If     *Ref `yaml:"if,omitempty" json:"if,omitempty"`
	Truthy bool `yaml:"truthy,omitempty" json:"truthy,omitempty"` // as EntityTab has it
}
