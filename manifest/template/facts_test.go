package template_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest/template"
)

const (
	appTSX    = "packages/app/src/App.tsx"
	routesTSX = "packages/app/src/routes.tsx"
	rootTSX   = "packages/app/src/components/Root/Root.tsx"
	menuTSX   = "packages/app/src/components/Root/menu.tsx"
	pageTSX   = "packages/app/src/components/catalog/EntityPage.tsx"
	partTSX   = "packages/app/src/components/catalog/part.tsx"
	apisTS    = "packages/app/src/apis.ts"
	indexTS   = "packages/backend/src/index.ts"
	partsTS   = "packages/backend/src/parts.ts"
)

// swap is a piece of text in a file and what it becomes; old "" is a new file.
type swap struct{ file, old, now string }

func swapped(t *testing.T, app fstest.MapFS, swaps []swap) {
	t.Helper()
	for _, s := range swaps {
		if s.old == "" {
			write(app, s.file, s.now)
		} else if !replaced(app, s.file, s.old, s.now) {
			t.Fatalf("there is no %q in %s", s.old, s.file)
		}
	}
}

// splitBackend moves the features of a backend into a function of another file, under another name.
func splitBackend(app fstest.MapFS) {
	src := string(app[indexTS].Data)
	moved := strings.Join(adds.FindAllString(src, -1), "")
	src = regexp.MustCompile(`(?m)^// .*\n`).ReplaceAllString(adds.ReplaceAllString(src, ""), "")
	src = strings.Replace(src, "backend.start();", "addParts(backend);\nbackend.start();", 1)
	write(app, indexTS, strings.Replace(src, "import ", "import { addParts } from './parts';\nimport ", 1))
	write(app, partsTS, "export const addParts = (b: any) => {\n  "+strings.TrimSuffix(strings.ReplaceAll(strings.ReplaceAll(moved, "backend.add", "b.add"), "\n", "\n  "), "  ")+"};\n")
}

func splitRoutes(app fstest.MapFS) {
	extract(app, appTSX, routesTSX, "./routes", func(name string) bool { return name == "routes" })
}

func splitPages(names ...string) func(fstest.MapFS) {
	return func(app fstest.MapFS) {
		extract(app, pageTSX, partTSX, "./part", func(name string) bool { return slices.Contains(names, name) })
	}
}

func splitMenu(app fstest.MapFS) {
	for _, e := range moves() {
		if e.name == "menu in a file of its own" {
			e.make(nil, app)
		}
	}
}

const feature = "backend.add(import('@backstage/plugin-%s'));\n"

// pieces are changes of the template's wiring, and apps that have the place elsewhere.
var pieces = []struct {
	name     string
	app      string             // fixture; "" for legacy
	start    func(fstest.MapFS) // of the template, at both ends
	template []swap
	mine     func(fstest.MapFS)
	also     []swap            // of the app, after mine
	has      map[string]string // file -> text that it must have
	hasNot   map[string]string
	facts    []string // kind and name of facts that the merged app has, each once a package and page
	gone     []string // that it has not
	said     []string // in what is said of pieces, files and notes
	conflict bool
}{
	{
		name: "a backend feature in another file", mine: splitBackend,
		template: []swap{{indexTS, "// permission\n", "// notifications\n" + fmt.Sprintf(feature, "notifications-backend") + "\n// permission\n"}},
		has:      map[string]string{partsTS: "  // notifications\n  b.add(import('@backstage/plugin-notifications-backend'));\n"},
		facts:    []string{"backend-feature @backstage/plugin-notifications-backend"},
		said:     []string{"merged by fact: backend feature @backstage/plugin-notifications-backend in " + partsTS},
	},
	{
		name: "a backend feature in a package of its own", mine: func(app fstest.MapFS) {
			splitBackend(app)
			swapOrPanic(app, indexTS, "'./parts'", "'@internal/backend-parts'")
			write(app, "packages/backend-parts/package.json", "{\n  \"name\": \"@internal/backend-parts\",\n  \"version\": \"0.0.0\",\n  \"backstage\": { \"role\": \"node-library\" },\n  \"dependencies\": { \"@backstage/backend-defaults\": \"*\" }\n}\n")
			write(app, "packages/backend-parts/src/index.ts", string(app[partsTS].Data))
			delete(app, partsTS)
		},
		template: []swap{
			{indexTS, "// permission\n", "// notifications\n" + fmt.Sprintf(feature, "notifications-backend") + "\n// permission\n"},
			{"packages/backend/package.json", "\"dependencies\": {", "\"dependencies\": {\n    \"@backstage/plugin-notifications-backend\": \"^0.6.0\","},
		},
		has:   map[string]string{"packages/backend-parts/src/index.ts": "b.add(import('@backstage/plugin-notifications-backend'));", "packages/backend/package.json": "plugin-notifications-backend"},
		facts: []string{"backend-feature @backstage/plugin-notifications-backend"},
		said:  []string{"imports @backstage/plugin-notifications-backend now, which packages/backend-parts/package.json does not depend on"},
	},
	{
		name: "backend features without their subpath", start: func(app fstest.MapFS) { withAlpha(app) }, mine: func(app fstest.MapFS) { withAlpha(app); splitBackend(app) },
		template: []swap{{indexTS, "plugin-techdocs-backend/alpha'", "plugin-techdocs-backend'"}, {indexTS, "plugin-search-backend/alpha'", "plugin-search-backend'"}},
		facts:    []string{"backend-feature @backstage/plugin-techdocs-backend", "backend-feature @backstage/plugin-search-backend"},
		gone:     []string{"backend-feature @backstage/plugin-techdocs-backend/alpha", "backend-feature @backstage/plugin-search-backend/alpha"},
	},
	{
		name: "a backend feature that the template took out", mine: splitBackend,
		template: []swap{{indexTS, fmt.Sprintf(feature, "proxy-backend"), ""}},
		hasNot:   map[string]string{partsTS: "proxy"}, gone: []string{"backend-feature @backstage/plugin-proxy-backend"},
		said: []string{"taken out by fact: backend feature @backstage/plugin-proxy-backend"},
	},
	{
		name: "a backend feature that the template replaced", mine: splitBackend,
		template: []swap{{indexTS, "plugin-proxy-backend'", "plugin-proxy-backend/alpha'"}},
		has:      map[string]string{partsTS: "b.add(import('@backstage/plugin-proxy-backend/alpha'));"},
		facts:    []string{"backend-feature @backstage/plugin-proxy-backend/alpha"}, gone: []string{"backend-feature @backstage/plugin-proxy-backend"},
	},
	{
		name: "a backend feature that is there already, elsewhere", mine: splitBackend,
		also:     []swap{{partsTS, "b.add(import('@backstage/plugin-app-backend'));", "b.add(import('@backstage/plugin-app-backend'));\n  b.add(import('@backstage/plugin-signals-backend'));"}},
		template: []swap{{indexTS, "\nbackend.start();", "\n" + fmt.Sprintf(feature, "signals-backend") + "\nbackend.start();"}},
		facts:    []string{"backend-feature @backstage/plugin-signals-backend"}, hasNot: map[string]string{indexTS: "signals"},
		said: []string{"you have it already"},
	},
	{
		name: "a route in another file", mine: splitRoutes,
		template: []swap{
			{appTSX, "    <Route path=\"/settings\"", "    <Route path=\"/notifications\" element={<NotificationsPage />} />\n    <Route path=\"/settings\""},
			{appTSX, "import { orgPlugin }", "import { NotificationsPage } from '@backstage/plugin-notifications';\nimport { orgPlugin }"},
		},
		has:   map[string]string{routesTSX: "    <Route path=\"/notifications\" element={<NotificationsPage />} />\n    <Route path=\"/settings\""},
		facts: []string{"route /notifications"},
	},
	{
		name: "a route that needs a permission now", mine: splitRoutes,
		template: []swap{{appTSX, `<Route path="/docs" element={<TechDocsIndexPage />} />`, "<Route\n      path=\"/docs\"\n      element={\n        <RequirePermission permission={catalogEntityCreatePermission}>\n          <TechDocsIndexPage />\n        </RequirePermission>\n      }\n    />"}},
		has:      map[string]string{routesTSX: "        <RequirePermission permission={catalogEntityCreatePermission}>\n          <TechDocsIndexPage />"},
		facts:    []string{"route /docs"},
	},
	{
		name: "names that the template imports from elsewhere now", mine: splitRoutes,
		template: []swap{{appTSX, "import { Navigate, Route } from 'react-router-dom';", "import { Navigate, Route } from 'react-router';"}},
		has:      map[string]string{routesTSX: "import { Navigate, Route } from 'react-router';"}, facts: []string{"route /"},
	},
	{
		name: "a route that the template took out", mine: splitRoutes,
		template: []swap{{appTSX, "    <Route path=\"/catalog-graph\" element={<CatalogGraphPage />} />\n", ""}, {appTSX, "import { CatalogGraphPage } from '@backstage/plugin-catalog-graph';\n", ""}},
		hasNot:   map[string]string{routesTSX: "CatalogGraphPage"}, gone: []string{"route /catalog-graph"},
	},
	{
		name: "a route that the template took out and the app changed", mine: splitRoutes,
		also:     []swap{{routesTSX, "<CatalogGraphPage />", "<CatalogGraphPage initialState={{}} />"}},
		template: []swap{{appTSX, "    <Route path=\"/catalog-graph\" element={<CatalogGraphPage />} />\n", ""}, {appTSX, "import { CatalogGraphPage } from '@backstage/plugin-catalog-graph';\n", ""}},
		facts:    []string{"route /catalog-graph"}, said: []string{"route /catalog-graph (" + routesTSX + ":", "but you changed it"},
	},
	{
		name: "a route that the app has in a form of its own", mine: splitRoutes,
		also: []swap{{routesTSX, "  </FlatRoutes>", "    <Route path=\"/notifications\" element={<div>Mine</div>} />\n  </FlatRoutes>"}},
		template: []swap{
			{appTSX, "    <Route path=\"/settings\"", "    <Route path=\"/notifications\" element={<NotificationsPage />} />\n    <Route path=\"/settings\""},
			{appTSX, "import { orgPlugin }", "import { NotificationsPage } from '@backstage/plugin-notifications';\nimport { orgPlugin }"},
		},
		facts: []string{"route /notifications"}, hasNot: map[string]string{routesTSX: "NotificationsPage"}, said: []string{"in a form of your own"},
	},
	{
		name: "an item of the menu in another file", mine: splitMenu,
		template: []swap{
			{rootTSX, "        <SidebarItem icon={LibraryBooks}", "        <SidebarItem icon={MapIcon} to=\"tech-radar\" text=\"Tech Radar\" />\n        <SidebarItem icon={LibraryBooks}"},
			{rootTSX, "import MenuIcon", "import MapIcon from '@material-ui/icons/MyLocation';\nimport MenuIcon"},
		},
		has:   map[string]string{menuTSX: "text=\"APIs\" />\n        <SidebarItem icon={MapIcon} to=\"tech-radar\""},
		facts: []string{"sidebar-item tech-radar"},
	},
	{
		name: "an item that the template took out", mine: splitMenu,
		template: []swap{{rootTSX, "        <SidebarItem icon={ExtensionIcon} to=\"api-docs\" text=\"APIs\" />\n", ""}, {rootTSX, "import ExtensionIcon from '@material-ui/icons/Extension';\n", ""}},
		hasNot:   map[string]string{menuTSX: "ExtensionIcon"}, gone: []string{"sidebar-item api-docs"},
	},
	{
		name: "an item beside a group, where the sidebar is formatted in another way", mine: func(app fstest.MapFS) {
			src := strings.NewReplacer("<SidebarSpace />\n      <SidebarDivider />", "<SidebarSpace /><SidebarDivider />", "      <SidebarGroup\n        label=\"Settings\"", "      <SidebarGroup label=\"Settings\"").Replace(string(app[rootTSX].Data))
			write(app, rootTSX, src)
		},
		template: []swap{
			{rootTSX, "      <SidebarSpace />\n      <SidebarDivider />\n", "      <SidebarSpace />\n      <SidebarDivider />\n      <NotificationsSidebarItem />\n      <SidebarDivider />\n"},
			{rootTSX, "import { MyGroups", "import { NotificationsSidebarItem } from '@backstage/plugin-notifications';\nimport { MyGroups"},
		},
		facts: []string{"sidebar-item NotificationsSidebarItem"},
	},
	{
		name: "a tab on two pages in two files", mine: splitPages("websiteEntityPage", "cicdContent", "overviewContent", "entityWarningContent"),
		also: []swap{{partTSX, "{techdocsContent}", "<EntityTechdocsContent />"}},
		template: []swap{
			{pageTSX, "    <EntityLayout.Route path=\"/api\"", "    <EntityLayout.Route path=\"/kubernetes\" title=\"Kubernetes\" if={isKubernetesAvailable}>\n      <EntityKubernetesContent />\n    </EntityLayout.Route>\n\n    <EntityLayout.Route path=\"/api\""},
			{pageTSX, "      {cicdContent}\n    </EntityLayout.Route>\n\n    <EntityLayout.Route path=\"/dependencies\"", "      {cicdContent}\n    </EntityLayout.Route>\n\n    <EntityLayout.Route path=\"/kubernetes\" title=\"Kubernetes\" if={isKubernetesAvailable}>\n      <EntityKubernetesContent />\n    </EntityLayout.Route>\n\n    <EntityLayout.Route path=\"/dependencies\""},
			{pageTSX, "import {\n  EntityGroupProfileCard", "import {\n  EntityKubernetesContent,\n  isKubernetesAvailable,\n} from '@backstage/plugin-kubernetes';\nimport {\n  EntityGroupProfileCard"},
		},
		has:   map[string]string{pageTSX: "<EntityKubernetesContent />", partTSX: "<EntityKubernetesContent />"},
		facts: []string{"entity-tab /kubernetes component:service", "entity-tab /kubernetes component:website"},
	},
	{
		name: "a card of a page in another file", mine: splitPages("groupPage", "userPage", "entityWarningContent"),
		template: []swap{{pageTSX, "          <EntityMembersListCard />\n        </Grid>\n", "          <EntityMembersListCard />\n        </Grid>\n        <Grid item xs={12} md={6}>\n          <EntityLinksCard />\n        </Grid>\n"}},
		has:      map[string]string{partTSX: "<EntityLinksCard />"}, facts: []string{"entity-card EntityLinksCard group"},
	},
	{
		name: "a warning on all pages", mine: splitPages("entityWarningContent"),
		template: []swap{
			{pageTSX, "    <EntitySwitch>\n      <EntitySwitch.Case if={hasCatalogProcessingErrors}>", "    <EntitySwitch>\n      <EntitySwitch.Case if={hasRelationWarnings}>\n        <Grid item xs={12}>\n          <EntityRelationWarning />\n        </Grid>\n      </EntitySwitch.Case>\n    </EntitySwitch>\n\n    <EntitySwitch>\n      <EntitySwitch.Case if={hasCatalogProcessingErrors}>"},
			{pageTSX, "  EntitySwitch,\n", "  EntityRelationWarning,\n  EntitySwitch,\n"}, {pageTSX, "  hasCatalogProcessingErrors,\n", "  hasCatalogProcessingErrors,\n  hasRelationWarnings,\n"},
		},
		has:   map[string]string{partTSX: "<EntityRelationWarning />"},
		facts: []string{"entity-card EntityRelationWarning component:service", "entity-card EntityRelationWarning system", "entity-card EntityRelationWarning user"},
	},
	{
		name: "a case of the CI/CD tab", mine: splitPages("cicdContent"),
		template: []swap{
			{pageTSX, "    <EntitySwitch.Case>\n      <EmptyState", "    <EntitySwitch.Case if={isJenkinsAvailable}>\n      <EntityJenkinsContent />\n    </EntitySwitch.Case>\n    <EntitySwitch.Case>\n      <EmptyState"},
			{pageTSX, "import { EntityTechdocsContent }", "import { EntityJenkinsContent, isJenkinsAvailable } from '@backstage-community/plugin-jenkins';\nimport { EntityTechdocsContent }"},
		},
		has: map[string]string{partTSX: "    <EntitySwitch.Case if={isJenkinsAvailable}>\n      <EntityJenkinsContent />\n    </EntitySwitch.Case>\n"},
		facts: []string{
			"entity-case EntityJenkinsContent component:service", "entity-case EntityJenkinsContent component:website",
		},
	},
	{
		name: "what the template changed beside pieces, in a constant that is elsewhere", mine: splitPages("cicdContent", "overviewContent", "entityWarningContent"),
		template: []swap{{pageTSX, `title="No builds known for this entity"`, `title="No builds"`}, {pageTSX, `<EntityHasSubcomponentsCard variant="gridItem" />`, `<EntityHasSubcomponentsCard />`}},
		has:      map[string]string{partTSX: `title="No builds"`}, said: []string{"what the template changed in cicdContent is merged here"},
	},
	{
		name: "an element at the root, in another file", mine: func(app fstest.MapFS) {
			swapOrPanic(app, appTSX, "    <AlertDisplay />\n    <OAuthRequestDialog />\n", "    {displays}\n")
			swapOrPanic(app, appTSX, "import { Navigate", "import { displays } from './displays';\nimport { Navigate")
			write(app, "packages/app/src/displays.tsx", "import { AlertDisplay, OAuthRequestDialog } from '@backstage/core-components';\n\nexport const displays = (\n  <>\n    <AlertDisplay />\n    <OAuthRequestDialog />\n  </>\n);\n")
		},
		template: []swap{
			{appTSX, "    <OAuthRequestDialog />\n", "    <OAuthRequestDialog />\n    <SignalsDisplay />\n"},
			{appTSX, "import { UserSettingsPage }", "import { SignalsDisplay } from '@backstage/plugin-signals';\nimport { UserSettingsPage }"},
		},
		facts: []string{"app-root-element SignalsDisplay"},
	},
	{
		name: "an API in another file", mine: func(app fstest.MapFS) {
			write(app, "packages/app/src/apis/list.ts", string(app[apisTS].Data)+"\nexport const own = 1;\n")
			write(app, apisTS, "export { apis } from './apis/list';\n")
		},
		template: []swap{
			{apisTS, "  ScmAuth.create", "  createApiFactory({\n    api: storageApiRef,\n    deps: { identityApi: identityApiRef },\n    factory: deps => UserSettingsStorage.create(deps),\n  }),\n  ScmAuth.create"},
			{apisTS, "  createApiFactory,\n}", "  createApiFactory,\n  identityApiRef,\n  storageApiRef,\n}"},
			{apisTS, "\nexport const", "import { UserSettingsStorage } from '@backstage/plugin-user-settings';\n\nexport const"},
		},
		has: map[string]string{"packages/app/src/apis/list.ts": "    api: storageApiRef,\n"}, facts: []string{"api storageApiRef"},
	},
	{
		name: "a style sheet, where the app starts in another way", mine: func(app fstest.MapFS) {
			write(app, "packages/app/src/index.tsx", "import { start } from './start';\n\nstart();\n")
			write(app, "packages/app/src/start.tsx", "import { createRoot } from 'react-dom/client';\nimport App from './App';\n\nexport const start = () => createRoot(document.body).render(<App />);\n")
		},
		template: []swap{{"packages/app/src/index.tsx", "import App from './App';\n", "import App from './App';\nimport '@backstage/ui/css/styles.css';\n"}},
		facts:    []string{"css-import @backstage/ui/css/styles.css"},
	},
	{
		name: "a route binding in another file", mine: func(app fstest.MapFS) {
			src := string(app[appTSX].Data)
			from, to := strings.Index(src, "  bindRoutes({ bind }) {"), strings.Index(src, "  components: {\n")
			body := src[from:to]
			write(app, "packages/app/src/bindings.ts", strings.Join(topImports.FindAllString(src, -1), "")+"\nexport function bindRoutes"+strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(body), "bindRoutes"), ",")+"\n")
			write(app, appTSX, strings.Replace(strings.Replace(src, body, "  bindRoutes,\n", 1), "import ", "import { bindRoutes } from './bindings';\nimport ", 1))
		},
		template: []swap{{appTSX, "      viewTechDoc: techdocsPlugin.routes.docRoot,\n", "      viewTechDoc: techdocsPlugin.routes.docRoot,\n      createFromTemplate: scaffolderPlugin.routes.selectedTemplate,\n"}},
		has:      map[string]string{"packages/app/src/bindings.ts": "createFromTemplate: scaffolderPlugin.routes.selectedTemplate,"},
		facts:    []string{"route-binding catalogPlugin.createFromTemplate"},
	},
	{
		name: "an addon of TechDocs where there is none yet", mine: func(app fstest.MapFS) { splitRoutes(app); splitPages("techdocsContent")(app) },
		template: []swap{
			{appTSX, "      element={<TechDocsReaderPage />}\n    />", "      element={<TechDocsReaderPage />}\n    >\n      <TechDocsAddons>\n        <ReportIssue />\n      </TechDocsAddons>\n    </Route>"},
			{appTSX, "import { UserSettingsPage }", "import { ReportIssue } from '@backstage/plugin-techdocs-module-addons-contrib';\nimport { TechDocsAddons } from '@backstage/plugin-techdocs-react';\nimport { UserSettingsPage }"},
		},
		has: map[string]string{routesTSX: "<ReportIssue />"}, facts: []string{"techdocs-addon ReportIssue"},
	},
	{
		name: "an addon of TechDocs on entity pages", mine: func(app fstest.MapFS) {
			swapOrPanic(app, pageTSX, "const techdocsContent = <EntityTechdocsContent />;\n", "")
			swapOrPanic(app, pageTSX, "import { EntityTechdocsContent } from '@backstage/plugin-techdocs';\n", "import { techdocsContent } from './docs';\n")
			write(app, "packages/app/src/components/catalog/docs.tsx", "import { EntityTechdocsContent } from '@backstage/plugin-techdocs';\n\nexport const techdocsContent = <EntityTechdocsContent />;\n")
		},
		template: []swap{
			{pageTSX, "const techdocsContent = <EntityTechdocsContent />;\n", "const techdocsContent = (\n  <EntityTechdocsContent>\n    <TechDocsAddons>\n      <ReportIssue />\n    </TechDocsAddons>\n  </EntityTechdocsContent>\n);\n"},
			{pageTSX, "import { EntityTechdocsContent }", "import { ReportIssue } from '@backstage/plugin-techdocs-module-addons-contrib';\nimport { TechDocsAddons } from '@backstage/plugin-techdocs-react';\nimport { EntityTechdocsContent }"},
		},
		has: map[string]string{"packages/app/src/components/catalog/docs.tsx": "      <ReportIssue />\n"}, facts: []string{"techdocs-addon ReportIssue"},
	},
	{
		name: "a case of the CI/CD tab that the template took out", mine: func(app fstest.MapFS) { withJenkins(app); splitPages("cicdContent")(app) }, start: withJenkins,
		template: []swap{
			{pageTSX, "    <EntitySwitch.Case if={isJenkinsAvailable}>\n      <EntityJenkinsContent />\n    </EntitySwitch.Case>\n", ""},
			{pageTSX, "import { EntityJenkinsContent, isJenkinsAvailable } from '@backstage-community/plugin-jenkins';\n", ""},
		},
		hasNot: map[string]string{partTSX: "isJenkinsAvailable"}, gone: []string{"entity-case EntityJenkinsContent component:service", "entity-case EntityJenkinsContent component:website"},
	},
	{
		name: "a style sheet instead of another", start: func(app fstest.MapFS) {
			swapOrPanic(app, "packages/app/src/index.tsx", "import App", "import '@backstage/canon/css/styles.css';\nimport App")
		},
		mine: func(app fstest.MapFS) {
			write(app, "packages/app/src/index.tsx", "import { start } from './start';\n\nstart();\n")
			write(app, "packages/app/src/start.tsx", "import '@backstage/canon/css/styles.css';\nimport { createRoot } from 'react-dom/client';\nimport App from './App';\n\nexport const start = () => createRoot(document.body).render(<App />);\n")
		},
		template: []swap{{"packages/app/src/index.tsx", "@backstage/canon/css", "@backstage/ui/css"}},
		facts:    []string{"css-import @backstage/ui/css/styles.css"}, gone: []string{"css-import @backstage/canon/css/styles.css"},
	},
	{
		name: "a way to sign in, where those are in a file of their own", start: withProviders, mine: func(app fstest.MapFS) {
			withProviders(app)
			swapOrPanic(app, appTSX, "providers={['guest', github]}", "providers={providers}")
			swapOrPanic(app, appTSX, "\nconst github = { id: 'github', title: 'GitHub', message: 'With GitHub', apiRef: githubAuthApiRef };\n", "")
			swapOrPanic(app, appTSX, "import { githubAuthApiRef } from '@backstage/core-plugin-api';\n", "import { providers } from './providers';\n")
			write(app, "packages/app/src/providers.ts", "import { githubAuthApiRef } from '@backstage/core-plugin-api';\n\nconst github = { id: 'github', title: 'GitHub', message: 'With GitHub', apiRef: githubAuthApiRef };\n\nexport const providers: any[] = ['guest', github];\n")
		},
		template: []swap{
			{appTSX, "providers={['guest', github]}", "providers={['guest', github, 'custom']}"},
		},
		facts: []string{"sign-in-provider custom"}, has: map[string]string{"packages/app/src/providers.ts": "['guest', github, 'custom']"},
	},
	{
		name: "an item of the search results, in a page that is elsewhere", mine: func(app fstest.MapFS) {
			const page = "packages/app/src/components/search/SearchPage.tsx"
			write(app, "packages/app/src/search/Results.tsx", "import { CatalogSearchResultListItem } from '@backstage/plugin-catalog';\nimport { SearchResult } from '@backstage/plugin-search-react';\nimport { TechDocsSearchResultListItem } from '@backstage/plugin-techdocs';\n\nexport const Results = () => (\n  <SearchResult>\n    <CatalogSearchResultListItem />\n    <TechDocsSearchResultListItem />\n  </SearchResult>\n);\n")
			write(app, page, "import { Results } from '../../search/Results';\n\nexport const searchPage = <Results />;\n")
		},
		template: []swap{
			{"packages/app/src/components/search/SearchPage.tsx", "        <TechDocsSearchResultListItem />\n", "        <TechDocsSearchResultListItem />\n        <ToolSearchResultListItem icon={<BuildIcon />} />\n"},
			{"packages/app/src/components/search/SearchPage.tsx", "import { Content", "import BuildIcon from '@material-ui/icons/Build';\nimport { ToolSearchResultListItem } from '@backstage-community/plugin-explore';\nimport { Content"},
		},
		has: map[string]string{"packages/app/src/search/Results.tsx": "    <ToolSearchResultListItem icon={<BuildIcon />} />\n"}, facts: []string{"search-item ToolSearchResultListItem"},
	},
	{
		name: "a feature of the new system, from a file of its own", app: "new", mine: func(app fstest.MapFS) {
			src := string(app[appTSX].Data)
			m := regexp.MustCompile(`features: (\[[^\]]*\])`).FindStringSubmatch(src)
			write(app, "packages/app/src/setup/features.ts", strings.ReplaceAll(strings.Join(topImports.FindAllString(src, -1), ""), "'./", "'../")+"\nexport const features = "+m[1]+";\n")
			write(app, appTSX, "import { createApp } from '@backstage/frontend-defaults';\nimport { features } from './setup/features';\n\nexport default createApp({ features }).createRoot();\n")
		},
		template: []swap{
			{"packages/app/src/modules/tools/index.ts", "", "import { createFrontendModule, PageBlueprint } from '@backstage/frontend-plugin-api';\n\nexport const toolsModule = createFrontendModule({\n  pluginId: 'tools',\n  extensions: [PageBlueprint.make({ name: 'tools', params: { path: '/tools', loader: async () => null } })],\n});\n"},
		},
		facts: []string{"feature packages/app/src/modules/tools/index.ts#tools"}, has: map[string]string{"packages/app/src/setup/features.ts": "from '../modules/tools'"},
	},
	{
		name: "a backend without a name", mine: func(app fstest.MapFS) {
			write(app, indexTS, "import { createBackend } from '@backstage/backend-defaults';\n\ncreateBackend().start();\n")
		},
		template: []swap{{indexTS, "// permission\n", fmt.Sprintf(feature, "notifications-backend") + "\n// permission\n"}},
		gone:     []string{"backend-feature @backstage/plugin-notifications-backend"}, conflict: true,
		said: []string{"backend feature @backstage/plugin-notifications-backend", "backend.add(import('@backstage/plugin-notifications-backend'));"},
	},
	{
		name: "a merge that would lose what the app has wired", mine: func(app fstest.MapFS) {
			swapOrPanic(app, rootTSX, "        <SidebarItem icon={LibraryBooks}", "        <SidebarItem icon={HomeIcon} to=\"mine\" text=\"Mine\" />\n        <SidebarItem icon={LibraryBooks}")
			swapOrPanic(app, appTSX, "'guest'", "'guest', 'custom'")
		},
		template: []swap{
			{appTSX, "import { Root } from './components/Root';", "import { Root } from './components/Shell';"},
			{"packages/app/src/components/Shell.tsx", "", "export const Root = ({ children }: any) => <main>{children}</main>;\n"},
		},
		facts: []string{"sidebar-item mine", "sidebar-item catalog"}, conflict: true, said: []string{"the merge would lose sidebar-item mine", rootTSX + ":"},
	},
	{
		name: "an import of what the app's own file does not have", mine: func(app fstest.MapFS) {
			write(app, "packages/app/src/modules/home.ts", "export const mine = 1;\n")
			swapOrPanic(app, appTSX, "'guest'", "'guest', 'custom'")
		},
		template: []swap{
			{"packages/app/src/modules/home.ts", "", "export const homePage = null;\n"},
			{appTSX, "import { apis }", "import { homePage } from './modules/home';\nimport { apis }"},
			{appTSX, "    <Route path=\"/settings\"", "    <Route path=\"/home\" element={homePage} />\n    <Route path=\"/settings\""},
		},
		conflict: true, said: []string{`No matching export in "app:packages/app/src/modules/home.ts" for import "homePage"`}, hasNot: map[string]string{appTSX: "homePage"},
	},
	{
		name: "an app that cannot be run", mine: splitBackend,
		also:     []swap{{indexTS, "addParts(backend);", "addParts(backend);\nnowhere.known();"}},
		template: []swap{{indexTS, "backend.start();", "// starts it\nbackend.start();"}},
		said:     []string{"could not be compared before and after the merge", "nowhere is not defined"},
	},
}

func withAlpha(app fstest.MapFS) {
	swapOrPanic(app, indexTS, "plugin-techdocs-backend'", "plugin-techdocs-backend/alpha'")
	swapOrPanic(app, indexTS, "plugin-search-backend'", "plugin-search-backend/alpha'")
}

func withJenkins(app fstest.MapFS) {
	swapOrPanic(app, pageTSX, "    <EntitySwitch.Case>\n      <EmptyState", "    <EntitySwitch.Case if={isJenkinsAvailable}>\n      <EntityJenkinsContent />\n    </EntitySwitch.Case>\n    <EntitySwitch.Case>\n      <EmptyState")
	swapOrPanic(app, pageTSX, "import { EntityTechdocsContent }", "import { EntityJenkinsContent, isJenkinsAvailable } from '@backstage-community/plugin-jenkins';\nimport { EntityTechdocsContent }")
}

func withProviders(app fstest.MapFS) {
	swapOrPanic(app, appTSX, "providers={['guest']}", "providers={['guest', github]}")
	swapOrPanic(app, appTSX, "import { orgPlugin }", "import { githubAuthApiRef } from '@backstage/core-plugin-api';\nimport { orgPlugin }")
	swapOrPanic(app, appTSX, "\nconst app = createApp(", "\nconst github = { id: 'github', title: 'GitHub', message: 'With GitHub', apiRef: githubAuthApiRef };\n\nconst app = createApp(")
}

func swapOrPanic(app fstest.MapFS, file, old, now string) {
	if !replaced(app, file, old, now) {
		panic("there is no " + old + " in " + file)
	}
}

// What the template changed of the wiring comes to where the app has its place, once, and nothing
// of the app's goes.
func TestPiecesAreMergedWhereTheAppHasTheirPlace(t *testing.T) {
	for _, test := range pieces {
		t.Run(test.name, func(t *testing.T) {
			from := test.app
			if from == "" {
				from = "legacy"
			}
			base, next, app := fixtures.App(from), fixtures.App(from), fixtures.App(from)
			if test.app == "new" {
				src := string(next[appTSX].Data)
				src = regexp.MustCompile(`features: \[`).ReplaceAllString(src, "features: [toolsModule, ")
				write(next, appTSX, strings.Replace(src, "import ", "import { toolsModule } from './modules/tools';\nimport ", 1))
			}
			if test.start != nil {
				test.start(base)
				test.start(next)
			}
			swapped(t, next, test.template)
			test.mine(app)
			swapped(t, app, test.also)
			before := observed(t, app)
			over := change.NewOverlay(app)
			result, err := template.Merge(t.Context(), over, contents(t, base), contents(t, next), template.MergeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var said strings.Builder
			conflicts := 0
			for _, f := range result.Files {
				fmt.Fprintln(&said, f.Path, f.Status, f.How, f.Why, strings.Join(f.Notes, "\n"))
				for _, c := range f.Conflicts {
					fmt.Fprintln(&said, "  ", c.Why)
				}
				if f.Status == template.Conflict {
					conflicts++
				}
			}
			for _, p := range result.Pieces {
				fmt.Fprintln(&said, p.String(), p.Manual)
				if p.Status == template.Conflict {
					conflicts++
				}
			}
			said.WriteString(strings.Join(result.Notes, "\n"))
			if conflicts > 0 != test.conflict {
				t.Errorf("%d conflicts", conflicts)
			}
			for _, s := range test.said {
				if !strings.Contains(said.String(), s) {
					t.Errorf("nothing says %q", s)
				}
			}
			for file, s := range test.has {
				if src, _ := fs.ReadFile(over, file); !strings.Contains(string(src), s) {
					t.Errorf("there is no %q in %s:\n%s", s, file, src)
				}
			}
			for file, s := range test.hasNot {
				if src, _ := fs.ReadFile(over, file); strings.Contains(string(src), s) {
					t.Errorf("there is %q in %s:\n%s", s, file, src)
				}
			}
			after := observed(t, over)
			for _, want := range test.facts {
				if n := after[want]; n != 1 {
					t.Errorf("%s is there %d times", want, n)
				}
			}
			for _, no := range test.gone {
				if after[no] > 0 {
					t.Errorf("%s is still there", no)
				}
			}
			for fact, n := range before {
				if after[fact] < n && !slices.Contains(test.gone, fact) {
					t.Errorf("%s is lost", fact)
				}
			}
			if t.Failed() {
				t.Log(said.String())
			}
			again := change.NewOverlay(over)
			if _, err := template.Merge(t.Context(), again, contents(t, base), contents(t, next), template.MergeOptions{}); err != nil || len(again.Changes()) > 0 {
				t.Errorf("a second merge changes again (%v):\n%s", err, change.Diff(again.Changes()))
			}
		})
	}
}

// observed counts the facts of sources by kind and name, and those on entity pages by their pages
// too.
func observed(t *testing.T, fsys fs.FS) map[string]int {
	t.Helper()
	ws, err := workspace.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	o, err := wiring.Observe(t.Context(), ws)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, f := range o.Facts {
		key := string(f.Kind) + " " + f.Name
		if len(f.Pages) == 0 {
			out[key]++
		}
		for _, p := range f.Pages {
			out[key+" "+p]++
		}
	}
	return out
}
