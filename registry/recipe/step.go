package recipe

// Kind is the kind of a step: the operation that adds it, and the kind of the fact that is
// observed afterwards. It is also the step's key in YAML.
type Kind string

// The kinds of steps.
const (
	KindRoute          Kind = "route"
	KindSidebarItem    Kind = "sidebar-item"
	KindEntityTab      Kind = "entity-tab"
	KindEntityCard     Kind = "entity-card"
	KindEntityCase     Kind = "entity-case"
	KindSignInProvider Kind = "sign-in-provider"
	KindFeature        Kind = "feature"
	KindExtension      Kind = "extension"
	KindBackendFeature Kind = "backend-feature"
	KindLegacyRouter   Kind = "legacy-backend-router"

	KindSidebarComponent Kind = "sidebar-component"
	KindHomeWidget       Kind = "home-widget"
	KindSearchItem       Kind = "search-item"
	KindAppRootElement   Kind = "app-root-element"
	KindTechDocsAddon    Kind = "techdocs-addon"
	KindFieldExtension   Kind = "field-extension"
	KindCSSImport        Kind = "css-import"
	KindAPI              Kind = "api"
	KindLegacyPlugin     Kind = "legacy-plugin"
)

// Step is one piece of wiring. Exactly one of the pointers is set; it is the kind.
//
//   - why: The plugin's page, in the app's route table.
//     route: {path: /tech-radar, element: {module: "@x/plugin-y", export: YPage}}
type Step struct {
	// Why is one sentence: what the step is for. It becomes the reason of the edit.
	Why string `yaml:"why" json:"why"`
	// From says what the step was read from, where that is not the recipe's Docs: a file of
	// the package, an extension's parameters.
	From string `yaml:"from,omitempty" json:"from,omitempty"`
	// As is the variant that the step belongs to; "" for all of them.
	As   string `yaml:"as,omitempty" json:"as,omitempty"`
	Span `yaml:",inline"`

	Route          *Route          `yaml:"route,omitempty" json:"route,omitempty"`
	SidebarItem    *SidebarItem    `yaml:"sidebar-item,omitempty" json:"sidebarItem,omitempty"`
	EntityTab      *EntityTab      `yaml:"entity-tab,omitempty" json:"entityTab,omitempty"`
	EntityCard     *EntityCard     `yaml:"entity-card,omitempty" json:"entityCard,omitempty"`
	EntityCase     *EntityCase     `yaml:"entity-case,omitempty" json:"entityCase,omitempty"`
	SignInProvider *SignInProvider `yaml:"sign-in-provider,omitempty" json:"signInProvider,omitempty"`
	Feature        *Feature        `yaml:"feature,omitempty" json:"feature,omitempty"`
	Extension      *Extension      `yaml:"extension,omitempty" json:"extension,omitempty"`
	BackendFeature *BackendFeature `yaml:"backend-feature,omitempty" json:"backendFeature,omitempty"`
	LegacyRouter   *LegacyRouter   `yaml:"legacy-backend-router,omitempty" json:"legacyRouter,omitempty"`

	// SidebarComponent is a plugin's own item of the sidebar: `<XSidebarItem />`. HomeWidget is
	// a card among those of the home page, TechDocsAddon a child of TechDocsAddons, and
	// FieldExtension one of ScaffolderFieldExtensions.
	SidebarComponent *Element        `yaml:"sidebar-component,omitempty" json:"sidebarComponent,omitempty"`
	HomeWidget       *Element        `yaml:"home-widget,omitempty" json:"homeWidget,omitempty"`
	TechDocsAddon    *Element        `yaml:"techdocs-addon,omitempty" json:"techdocsAddon,omitempty"`
	FieldExtension   *Element        `yaml:"field-extension,omitempty" json:"fieldExtension,omitempty"`
	SearchItem       *SearchItem     `yaml:"search-item,omitempty" json:"searchItem,omitempty"`
	AppRootElement   *AppRootElement `yaml:"app-root-element,omitempty" json:"appRootElement,omitempty"`
	CSSImport        *CSSImport      `yaml:"css-import,omitempty" json:"cssImport,omitempty"`
	API              *API            `yaml:"api,omitempty" json:"api,omitempty"`
	LegacyPlugin     *LegacyPlugin   `yaml:"legacy-plugin,omitempty" json:"legacyPlugin,omitempty"`
}

// Kind is the step's kind; "" if none or several are set.
func (s Step) Kind() Kind {
	var kind Kind
	for k, set := range map[Kind]bool{
		KindRoute:          s.Route != nil,
		KindSidebarItem:    s.SidebarItem != nil,
		KindEntityTab:      s.EntityTab != nil,
		KindEntityCard:     s.EntityCard != nil,
		KindEntityCase:     s.EntityCase != nil,
		KindSignInProvider: s.SignInProvider != nil,
		KindFeature:        s.Feature != nil,
		KindExtension:      s.Extension != nil,
		KindBackendFeature: s.BackendFeature != nil,
		KindLegacyRouter:   s.LegacyRouter != nil,

		KindSidebarComponent: s.SidebarComponent != nil,
		KindHomeWidget:       s.HomeWidget != nil,
		KindTechDocsAddon:    s.TechDocsAddon != nil,
		KindFieldExtension:   s.FieldExtension != nil,
		KindSearchItem:       s.SearchItem != nil,
		KindAppRootElement:   s.AppRootElement != nil,
		KindCSSImport:        s.CSSImport != nil,
		KindAPI:              s.API != nil,
		KindLegacyPlugin:     s.LegacyPlugin != nil,
	} {
		switch {
		case set && kind != "":
			return ""
		case set:
			kind = k
		}
	}
	return kind
}

// Ref is an export of an npm module.
type Ref struct {
	// Module is the specifier to import: a package, or a subpath of one.
	Module string `yaml:"module" json:"module"`
	// Export is the export's name, "default" for the default export.
	Export string `yaml:"export" json:"export"`
	// As is the local name to import it under; "" for the export's own. A default export
	// needs one.
	As string `yaml:"as,omitempty" json:"as,omitempty"`
}

// Local is the local name that an import of the export asks for.
func (r Ref) Local() string {
	if r.As != "" {
		return r.As
	}
	return r.Export
}

// Element is a JSX element of an exported component: `<EntityX branch="main" />`.
type Element struct {
	Ref   `yaml:",inline"`
	Props Props `yaml:"props,omitempty" json:"props,omitempty"`
}

// Route is a page in the app's route table: `<Route path=... element={...} />`.
type Route struct {
	Path    string  `yaml:"path" json:"path"` // with a leading slash
	Element Element `yaml:"element" json:"element"`
}

// SidebarItem is an entry of the app's sidebar: `<SidebarItem icon={...} to=... text=... />`.
type SidebarItem struct {
	To   string `yaml:"to" json:"to"` // without a leading slash, as the templates have it
	Text string `yaml:"text" json:"text"`
	Icon Ref    `yaml:"icon" json:"icon"`
}

// EntityTab is a tab of entity pages: `<EntityLayout.Route path=... title=... if={...}>`.
type EntityTab struct {
	Path    string  `yaml:"path" json:"path"` // with a leading slash
	Title   string  `yaml:"title" json:"title"`
	Element Element `yaml:"element" json:"element"`
	If      *Ref    `yaml:"if,omitempty" json:"if,omitempty"` // a predicate (entity: Entity) => boolean
	// Truthy says that If returns something else than a boolean, a string or undefined for one,
	// so that it is called within Boolean: `if={entity => Boolean(isX(entity))}`.
	Truthy bool `yaml:"truthy,omitempty" json:"truthy,omitempty"`
	// Pages are the entity pages that get the tab, by kind and type: "component:service",
	// "user", "default". Empty for those of services and websites.
	Pages []string `yaml:"pages,omitempty" json:"pages,omitempty"`
}

// EntityCard is a card on the overview of entity pages: an EntitySwitch with one case (if
// there is an If) around a grid item around the element.
type EntityCard struct {
	Element Element `yaml:"element" json:"element"`
	If      *Ref    `yaml:"if,omitempty" json:"if,omitempty"`
	Truthy  bool    `yaml:"truthy,omitempty" json:"truthy,omitempty"` // as EntityTab has it
	// Grid are the sizes of the grid item: `{md: 6}`. A page that lays its cards out in some
	// other way gets the wrapper that the card's siblings have.
	Grid Props `yaml:"grid" json:"grid"`
	// Pages are the entity pages that get the card, as EntityTab has them.
	Pages []string `yaml:"pages,omitempty" json:"pages,omitempty"`
}

// EntityCase is a case of the CI/CD tab's EntitySwitch, before its default:
// `<EntitySwitch.Case if={...}>`.
type EntityCase struct {
	Element Element `yaml:"element" json:"element"`
	If      Ref     `yaml:"if" json:"if"`
	Truthy  bool    `yaml:"truthy,omitempty" json:"truthy,omitempty"` // as EntityTab has it
}

// SignInProvider is an entry of the SignInPage's providers:
// `{id: ..., title: ..., message: ..., apiRef: ...}`.
type SignInProvider struct {
	ID      string `yaml:"id" json:"id"`
	Title   string `yaml:"title" json:"title"`
	Message string `yaml:"message" json:"message"`
	APIRef  Ref    `yaml:"apiRef" json:"apiRef"`
}

// Feature is a feature of a new-system frontend: either an export of an npm package, or a
// file that is written into the app and the export of it.
type Feature struct {
	// Ref is the export. Its Module is empty if there is a File.
	Ref `yaml:",inline"`
	// Discovered says that `app.packages` finds the feature: it is the default export of the
	// package itself or of its ./alpha.
	Discovered bool `yaml:"discovered,omitempty" json:"discovered,omitempty"`
	// File is the slash path of the file to write, from the app's package.
	File string `yaml:"file,omitempty" json:"file,omitempty"`
	// Source is the file's text: two spaces, single quotes, semicolons, LF.
	Source string `yaml:"source,omitempty" json:"source,omitempty"`
}

// Extension is an entry of `app.extensions`: an extension that is off until it is listed, one
// that gets settings, or one to turn off.
type Extension struct {
	ID string `yaml:"id" json:"id"` // "entity-card:sonarqube/card"
	// Config is the extension's configuration, as YAML; "" for none.
	Config string `yaml:"config,omitempty" json:"config,omitempty"`
	// Disabled turns the extension off: `- ID: false`.
	Disabled bool `yaml:"disabled,omitempty" json:"disabled,omitempty"`
}

// BackendFeature is a feature of a new-system backend: `backend.add(import('...'))`.
type BackendFeature struct {
	Module string `yaml:"module" json:"module"`
}

// LegacyRouter is a plugin of an old backend: a file that makes its router, an environment,
// and the router's place under /api.
type LegacyRouter struct {
	// ID names the environment and the file, src/plugins/ID.ts.
	ID string `yaml:"id" json:"id"`
	// Path is where the router hangs under /api, with a leading slash.
	Path string `yaml:"path" json:"path"`
	// Source is the file's text; its default export is
	// `(env: PluginEnvironment) => Promise<Router>`. Style as Feature's Source.
	Source string `yaml:"source" json:"source"`
}
