package wiring

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// Kind says what a Fact is about. The Name of a fact has a meaning of its own per kind.
type Kind string

// The kinds of facts. In brackets: what Name is. A module of the app itself is named by the
// slash path of its file, with "#" and the plugin's id (or the function that makes it) after it
// where the file makes it in code.
const (
	BackendFeature   Kind = "backend-feature"       // an argument of backend.add, or what a loader among them loads (In is the loader) [npm specifier as imported, or module of the app]
	LegacyRouter     Kind = "legacy-backend-router" // a router of a legacy backend; Span is the statement apiRouter.use(...), or the call chain up to .addRouter(...) [path it is mounted at]
	Route            Kind = "route"                 // a route of the legacy frontend [path, that of the parent before it]
	SidebarItem      Kind = "sidebar-item"          // an item of the sidebar; In is the group's label ["to", its source if it is not constant; without one the text or the component's name]
	EntityTab        Kind = "entity-tab"            // an EntityLayout.Route [path]
	EntityCard       Kind = "entity-card"           // an element inside the layout of an entity tab; In is the tab's path [component's name]
	EntityCase       Kind = "entity-case"           // an EntitySwitch.Case that is a tab's content, as under /ci-cd; In is the tab's path [content's name; "default" without a condition]
	AppRootElement   Kind = "app-root-element"      // an element at the root of the app, outside the routes and the sidebar [component's name]
	SignInProvider   Kind = "sign-in-provider"      // a provider of the sign-in page [its id]
	Plugin           Kind = "plugin"                // an entry of createApp's plugins [export's name]
	API              Kind = "api"                   // an api factory of the app ; Refs are the api's, the function that makes the factory, and what the factory makes [api ref's name, or id of the app's own]
	RouteBinding     Kind = "route-binding"         // one bound external route [plugin export "." route name]
	TechDocsAddon    Kind = "techdocs-addon"        // a child of TechDocsAddons; In is the path of the route or tab [component's name]
	FieldExtension   Kind = "field-extension"       // a child of ScaffolderFieldExtensions; In likewise [component's name]
	SearchItem       Kind = "search-item"           // a child of SearchResult; In likewise [component's name]
	HomeWidget       Kind = "home-widget"           // a widget in the grid of a home page; In likewise [component's name]
	CSSImport        Kind = "css-import"            // an import of a package's style sheet for its effect [npm specifier as imported]
	Feature          Kind = "feature"               // an entry of a new frontend's features [npm specifier as imported, or module of the app]
	Extension        Kind = "extension"             // an entry of a frontend module's extensions; In is the plugin's id [id as in app.extensions: kind:plugin/name]
	DiscoveredPlugin Kind = "discovered"            // a dependency that app.packages makes a feature, by its name; Span is its specifier in package.json [package name]

	ExtensionSetting    Kind = "extension-setting"     // an entry of app.extensions in an app-config file, which In names; Value says what it sets [the extension's id]
	RouteBindingSetting Kind = "route-binding-setting" // an entry of app.routes.bindings likewise; Value is the route that it binds to, "false" for none [the external route, as it stands there]
)

// Ref names an npm export.
type Ref struct {
	Module string `json:"module"`           // specifier as imported: "@backstage/plugin-catalog/alpha"
	Export string `json:"export,omitempty"` // name of the export, "default", or "Name.Member"; "" for the module as a whole
}

func (r Ref) String() string {
	if r.Export == "" {
		return r.Module
	}
	return r.Module + "#" + r.Export
}

// Fact is one piece of wiring that was observed.
type Fact struct {
	Kind    Kind   `json:"kind"`
	Package string `json:"package"` // slash path of the app or backend package it belongs to: "packages/app"

	// File and Span are the construct itself: the whole JSX element, call statement, array
	// element or property. Wrapper is the outermost construct in File that holds this piece and
	// nothing else (the Grid item around a card, the permission check around an item); it
	// equals Span where there is none.
	File    string    `json:"file"` // slash path from the root of the repository
	Span    text.Span `json:"span"`
	Wrapper text.Span `json:"wrapper"`
	Pos     text.Pos  `json:"pos"`

	Name  string   `json:"name"`
	Title string   `json:"title,omitempty"` // title or text attribute
	In    string   `json:"in,omitempty"`    // what holds it: path of the tab, label of the sidebar group, path of the route
	Refs  []Ref    `json:"refs,omitempty"`  // npm exports it is made of, outermost first, without what is a fact of its own; then those of its condition and icon
	Pages []string `json:"pages,omitempty"` // entity pages that show it: "component:service", "component", "api", "default"; sorted
	If    string   `json:"if,omitempty"`    // source text of its condition
	Value string   `json:"value,omitempty"` // of a setting: "on", "off", or what it sets, with no value that may be secret

	Conditional bool `json:"conditional,omitempty"` // hangs on something that is known only when the app runs
	Degraded    bool `json:"degraded,omitempty"`    // read from the syntax tree alone
}

// Key is the fact's identity: two observations hold the same fact if its keys are equal. It
// leaves out where in the source the fact is, its title, and whether it was degraded.
func (f Fact) Key() string {
	key, err := json.Marshal([]any{f.Kind, f.Package, f.Name, f.In, f.Refs, f.Pages, f.Conditional, f.Value})
	if err != nil { // strings, slices and bools marshal
		panic(err)
	}
	return string(key)
}

// String is the fact on one line, for people: kind, name, what it is made of, where it is.
func (f Fact) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", f.Kind, f.Name)
	if f.In != "" {
		fmt.Fprintf(&b, " in %s", f.In)
	}
	if len(f.Pages) > 0 {
		fmt.Fprintf(&b, " on %s", strings.Join(f.Pages, ", "))
	}
	if len(f.Refs) > 0 {
		refs := make([]string, len(f.Refs))
		for i, r := range f.Refs {
			refs[i] = r.String()
		}
		fmt.Fprintf(&b, " (%s)", strings.Join(refs, ", "))
	}
	if f.Value != "" {
		fmt.Fprintf(&b, " = %s", f.Value)
	}
	if f.Conditional {
		b.WriteString(" conditional")
	}
	if f.File != "" {
		fmt.Fprintf(&b, " at %s:%s", f.File, f.Pos)
	}
	return b.String()
}

// MountKind says what can hang at a Mount.
type MountKind string

// The kinds of mounts, each with the construct that its Span covers. What is not an element,
// array, object, call or statement of the named form is not a mount.
const (
	RoutesMount         MountKind = "routes"            // the JSX element whose children are routes: FlatRoutes (or Routes)
	SidebarMount        MountKind = "sidebar"           // the JSX element Sidebar, around all items and groups
	SidebarGroupMount   MountKind = "sidebar-group"     // what holds a group's items: the SidebarGroup element, or an element inside it (SidebarScrollWrapper), or the array that it shows, wherever that is; Label is the group's label
	EntityLayoutMount   MountKind = "entity-layout"     // the JSX element in the source whose children are the tabs of Pages: EntityLayout, or the app's own wrapper of it
	EntityOverviewMount MountKind = "entity-overview"   // the JSX element that lists the cards of the tab "/" (or titled Overview) of Pages: a Grid container, a div; Label is the tab's path
	EntityCICDMount     MountKind = "entity-cicd"       // the EntitySwitch element that is the content of the CI/CD tab of Pages; Label is the tab's path
	SignInMount         MountKind = "sign-in-providers" // the array of sign-in providers, wherever it is
	SignInPageMount     MountKind = "sign-in-page"      // the SignInPage element, whether or not it has an array of providers; Label is the component's name
	CreateAppMount      MountKind = "create-app"        // the options object of createApp; the call itself if that has none that can be found
	AppRootMount        MountKind = "app-root"          // the element or fragment that is the argument of createRoot, or the element of what getProvider() returned; Label is "provider" for the latter
	FeaturesMount       MountKind = "features"          // the array of a new frontend's features, wherever it is
	ExtensionsMount     MountKind = "extensions"        // the extensions array of a frontend module of the app; Label is its plugin id
	BackendMount        MountKind = "backend"           // the statement after which a new one goes: the last unconditional backend.add(...), else the declaration by createBackend; Label is the variable's name
	APIRouterMount      MountKind = "api-router"        // of a legacy backend, the statement apiRouter.use(notFoundHandler()), before which a new router goes, else the last router's statement; Label is the router variable's name
	RouterChainMount    MountKind = "router-chain"      // of a legacy backend, the whole call chain with .addRouter in it
	APIsMount           MountKind = "apis"              // the array of api factories, wherever it is
	TechDocsAddonsMount MountKind = "techdocs-addons"   // a TechDocsAddons element
	FieldExtMount       MountKind = "field-extensions"  // a ScaffolderFieldExtensions element
	SearchResultMount   MountKind = "search-result"     // a SearchResult element
	HomeGridMount       MountKind = "home-grid"         // the element whose children are the widgets of a home page: a CustomHomepageGrid, or a grid container with widgets of the home plugin in it; Label is the component's name
)

// Mount is a place where a piece of wiring can hang.
type Mount struct {
	Kind    MountKind `json:"kind"`
	Package string    `json:"package"` // slash path of the app or backend package
	File    string    `json:"file"`
	Span    text.Span `json:"span"` // the construct named at Kind, whole
	Pos     text.Pos  `json:"pos"`
	Pages   []string  `json:"pages,omitempty"` // entity pages, as in Fact; sorted
	Label   string    `json:"label,omitempty"`

	Conditional bool `json:"conditional,omitempty"`
	Degraded    bool `json:"degraded,omitempty"`
}

// Observation is everything seen in a workspace, sorted by package, file and offset.
type Observation struct {
	Facts  []Fact  `json:"facts"`
	Mounts []Mount `json:"mounts"`

	// Degraded says what could not be run, and why, one warning per app or backend and reason;
	// and what is wired in a way that does not work.
	Degraded []*diag.Diagnostic `json:"degraded,omitempty"`
}

// Mount returns the mounts of a kind, in order.
func (o *Observation) Mount(kind MountKind) []Mount {
	var out []Mount
	for _, m := range o.Mounts {
		if m.Kind == kind {
			out = append(out, m)
		}
	}
	return out
}

// Kind returns the facts of a kind, in order.
func (o *Observation) Kind(kind Kind) []Fact {
	var out []Fact
	for _, f := range o.Facts {
		if f.Kind == kind {
			out = append(out, f)
		}
	}
	return out
}

// Difference is what one observation has and another has not.
type Difference struct {
	Added   []Fact `json:"added"`
	Removed []Fact `json:"removed"`
}

// Empty reports whether the two observations hold the same facts.
func (d Difference) Empty() bool { return len(d.Added) == 0 && len(d.Removed) == 0 }

// String has a line per fact, "+" or "-" before it; "no difference" if there is none.
func (d Difference) String() string {
	if d.Empty() {
		return "no difference"
	}
	var lines []string
	for _, f := range d.Removed {
		lines = append(lines, "- "+f.String())
	}
	for _, f := range d.Added {
		lines = append(lines, "+ "+f.String())
	}
	return strings.Join(lines, "\n")
}

// Compare returns the facts that only one of two observations holds, each in its
// observation's order. Facts are compared by Key and counted: a fact held once before and twice after
// was added once.
func Compare(before, after *Observation) Difference {
	return Difference{Added: without(after.Facts, before.Facts), Removed: without(before.Facts, after.Facts)}
}

// without is the facts of a that b has not, by key and count.
func without(a, b []Fact) []Fact {
	have := make(map[string]int, len(b))
	for _, f := range b {
		have[f.Key()]++
	}
	var out []Fact
	for _, f := range a {
		if k := f.Key(); have[k] > 0 {
			have[k]--
		} else {
			out = append(out, f)
		}
	}
	return out
}

func (o *Observation) sort() {
	slices.SortStableFunc(o.Facts, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.File, b.File), cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	slices.SortStableFunc(o.Mounts, func(a, b Mount) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.File, b.File), cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Kind, b.Kind))
	})
}
