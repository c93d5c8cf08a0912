package check_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/fixtures"
)

// frontendFaults are faults that show against installed packages, or in older releases.
var frontendFaults = []fault{
	{code: "BF001", name: "other name of the parameter", app: "legacy", file: app, old: "    <Route path=\"/create\" element={<ScaffolderPage />} />\n", new: "    <Route path=\"/create/:a\" element={<ScaffolderPage />} />\n    <Route path=\"/Create/:b/*\" element={<ScaffolderPage />} />\n    <Route path=\"/create\" element={<ScaffolderPage />} />\n",
		want: `error BF001: the routes "/create/:a" and "/Create/:b/*" are for the same addresses, and only one of them is shown`},
	{code: "BF003", app: "legacy", file: entity, old: "    <EntitySwitch.Case>\n      <EmptyState\n        title=\"No builds known", new: "    <EntitySwitch.Case>\n      <EntityLinksCard />\n    </EntitySwitch.Case>\n    <EntitySwitch.Case>\n      <EmptyState\n        title=\"No builds known",
		want: "error BF003: this case is never shown: one before it has no condition either"},
	{code: "BF003", name: "alike", app: "legacy", file: entity, old: "      <EntitySwitch.Case if={isOrphan}>\n        <Grid item xs={12}>\n          <EntityOrphanWarning />\n        </Grid>\n      </EntitySwitch.Case>\n", new: "      <EntitySwitch.Case if={isOrphan}>\n        <Grid item xs={12}>\n          <EntityOrphanWarning />\n        </Grid>\n      </EntitySwitch.Case>\n      <EntitySwitch.Case>\n        <EntityLinksCard />\n      </EntitySwitch.Case>\n      <EntitySwitch.Case>\n        <EntityLinksCard />\n      </EntitySwitch.Case>\n",
		want: "error BF003: this case is never shown: one before it has no condition either", mend: entity + "#      <EntitySwitch.Case>\n        <EntityLinksCard />\n      </EntitySwitch.Case>\n    </EntitySwitch>"},
	{code: "BF003", name: "in order", app: "legacy", file: entity, old: "      <EntitySwitch.Case if={isOrphan}>\n", new: "      <EntitySwitch.Case>\n        <EntityLinksCard />\n      </EntitySwitch.Case>\n      <EntitySwitch.Case if={isOrphan}>\n",
		also: map[string]string{"backstage.json": "1.50.4=>1.11.0"},
		want: "error BF003: this case is never shown: the one before it has no condition", mend: entity + "#</EntitySwitch.Case>\n      <EntitySwitch.Case>\n        <EntityLinksCard />\n      </EntitySwitch.Case>\n    </EntitySwitch>"},
	{code: "BF006", name: "logins", app: "legacy", file: app, old: "    <OAuthRequestDialog />\n", new: "",
		want: "warning BF006: the root of the app lacks <OAuthRequestDialog />", mend: "restored"},
	{code: "BF006", name: "visits", app: "legacy", file: "packages/app/src/components/Home.tsx", new: "import { HomePageTopVisited } from '@backstage/plugin-home';\n\nexport const Home = () => <HomePageTopVisited />;\n",
		want: "warning BF006: HomePageTopVisited shows visits, and no <VisitListener /> is at the root of the app"},
	{code: "BF007", name: "include", app: "new", file: "app-config.yaml", old: "  packages: all\n", new: "  packages:\n    include: ['@backstage/plugin-catalog', '@backstage/plugin-search', '@backstage/plugin-api-docs', '@backstage/plugin-catalog-graph', '@backstage/plugin-scaffolder', '@backstage/plugin-techdocs', '@backstage/plugin-user-settings']\n",
		want: "note BF007: @backstage/plugin-org is not discovered: app.packages of app-config.yaml keeps it out, and nothing else names it"},
	{code: "BF009", name: "installed", app: "legacy", file: entity, old: "    <EntityLayout.Route path=\"/api\" title=\"API\">\n", new: "    <EntityLayout.Route path=\"/wiki\" title=\"Wiki\">\n      <EntityWikiContent />\n    </EntityLayout.Route>\n\n    <EntityLayout.Route path=\"/api\" title=\"API\">\n",
		imports: "import { EntityWikiContent } from '@acme/plugin-wiki';\n", also: map[string]string{
			"node_modules/@acme/plugin-wiki/package.json": `{"name": "@acme/plugin-wiki", "types": "index.d.ts", "backstage": {"role": "frontend-plugin"}}`,
			"node_modules/@acme/plugin-wiki/index.d.ts":   "export declare function EntityWikiContent(): JSX.Element;\nexport declare function isWikiAvailable(entity: Entity): boolean;\n",
		}, want: `note BF009: the tab "/wiki" is shown for every entity, though @acme/plugin-wiki exports isWikiAvailable`},
	{code: "BF010", app: "legacy", file: app, old: "const app = createApp", new: "SidebarSearchModal();\n\nconst app = createApp",
		imports: "import { SidebarSearchModal } from '@backstage/plugin-search/alpha';\n", also: search,
		want: "error BF010: @backstage/plugin-search/alpha does not export SidebarSearchModal", mend: app + "#import { SearchPage, SidebarSearchModal } from '@backstage/plugin-search';\n"},
	{code: "BF010", name: "in place", app: "legacy", file: "packages/app/src/apis.ts", old: "export const apis", new: "SidebarSearchModal();\n\nexport const apis",
		imports: "import { SidebarSearchModal } from '@backstage/plugin-search/alpha';\n", also: search,
		want: "error BF010: @backstage/plugin-search/alpha does not export SidebarSearchModal", mend: "packages/app/src/apis.ts#import { SidebarSearchModal } from '@backstage/plugin-search';\n"},
	{code: "BF010", name: "exported again", app: "legacy", file: "packages/app/src/again.ts", new: "export { SearchPage, Plugin as plugin } from '@backstage/plugin-search';\n", also: search,
		want: "error BF010: @backstage/plugin-search does not export Plugin"},
	{code: "BF010", name: "nowhere", app: "legacy", file: app, old: "    <Route path=\"/search\" element={<SearchPage />}>", new: "    <Route path=\"/search\" element={<SearchPge />}>",
		imports: "import { SearchPge } from '@backstage/plugin-search';\n", also: search,
		want: "error BF010: @backstage/plugin-search does not export SearchPge"},
	{code: "BF011", app: "legacy", file: entity, old: "<EntityLayout.Route path=\"/api\" title=\"API\">", new: "<EntityLayout.Route path=\"/api\">", also: map[string]string{
		"node_modules/@backstage/plugin-catalog/package.json":    `{"name": "@backstage/plugin-catalog", "version": "2.0.0", "types": "dist/index.d.ts", "backstage": {"role": "frontend-plugin"}}`,
		"node_modules/@backstage/plugin-catalog/dist/index.d.ts": "export * from './others';\ninterface EntityLayoutRouteProps {\n  path: string;\n  title: string;\n  children: JSX.Element;\n  if?: Predicate;\n}\ndeclare function Route(props: EntityLayoutRouteProps): null;\ndeclare const EntityLayout: {\n  (props: { children?: React.ReactNode }): JSX.Element;\n  Route: typeof Route;\n};\nexport { EntityLayout };\n",
	}, want: "warning BF011: <EntityLayout.Route> lacks title"},
	{code: "BF012", app: "new", file: "packages/app/src/modules/nav/Sidebar.tsx", old: "NavContentBlueprint.make({\n", new: "NavContentBlueprint.make({\n  disabled: true,\n",
		want: "note BF012: the extension nav-content:app is disabled, and nothing switches it on"},
	{code: "BF012", name: "installed", app: "new", file: appJSON, old: "    \"@backstage/plugin-org\"", new: "    \"@backstage/plugin-off\": \"^1.0.0\",\n    \"@backstage/plugin-org\"", also: map[string]string{
		"node_modules/@backstage/plugin-off/package.json":             `{"name": "@backstage/plugin-off", "exports": {"./alpha": {"import": "./dist/alpha.esm.js", "types": "./dist/alpha.d.ts"}}, "backstage": {"role": "frontend-plugin", "pluginId": "off", "features": {"./alpha": "@backstage/FrontendPlugin"}}}`,
		"node_modules/@backstage/plugin-off/dist/alpha.esm.js":        "export { plugin as default } from './alpha/plugin.esm.js';\n",
		"node_modules/@backstage/plugin-off/dist/alpha/plugin.esm.js": "const page = PageBlueprint.make({\n  disabled: true,\n  params: { path: '/off' }\n});\nconst plugin = createFrontendPlugin({ pluginId: 'off', extensions: [page] });\nexport { plugin };\n",
		"node_modules/@backstage/plugin-off/dist/alpha.d.ts":          "declare const _default: _api.OverridableFrontendPlugin<{}, {}, {\n  \"page:off\": _api.OverridableExtensionDefinition<{}>;\n  \"api:off\": _api.OverridableExtensionDefinition<{}>;\n}>;\nexport { _default as default };\n",
	}, want: "note BF012: page:off of @backstage/plugin-off is off until app.extensions has it"},
}

// search is an installed package that exports the page of the search by its main entry alone.
var search = map[string]string{
	"node_modules/@backstage/plugin-search/package.json":    `{"name": "@backstage/plugin-search", "exports": {".": {"types": "./dist/index.d.ts"}, "./alpha": {"types": "./dist/alpha.d.ts"}}, "backstage": {"role": "frontend-plugin"}}`,
	"node_modules/@backstage/plugin-search/dist/index.d.ts": "declare function SearchPage(): JSX.Element;\ndeclare function SidebarSearchModal(): JSX.Element;\nexport { SearchPage, SidebarSearchModal };\n",
	"node_modules/@backstage/plugin-search/dist/alpha.d.ts": "declare const _default: unknown;\nexport { _default as default };\n",
}

// Settings of extensions of plugins that no package is of are found where all packages are installed.
func TestSettingsOfPluginsThatAreNotThere(t *testing.T) {
	const types = "declare const _default: _api.OverridableFrontendPlugin<{}, {}, {\n  \"page:home\": _api.OverridableExtensionDefinition<{}>;\n}>;\nexport { _default as default };\n"
	whole := map[string]string{
		"package.json":              `{"name": "x", "private": true, "workspaces": ["packages/*"]}`,
		"backstage.json":            `{"version": "1.50.0"}`,
		"packages/app/package.json": `{"name": "app", "backstage": {"role": "frontend"}, "dependencies": {"@backstage/frontend-defaults": "^0.5.0", "@backstage/plugin-home": "^0.9.0"}}`,
		"packages/app/src/App.tsx":  "import { createApp } from '@backstage/frontend-defaults';\n\nexport default createApp();\n",
		"app-config.yaml":           "app:\n  packages: all\n  extensions:\n    - page:homes: false\n    - page:wiki\n    - page:own\n",
		"packages/app/src/own.ts":   "export const own = createFrontendPlugin({ pluginId: 'own' });\n",
		"node_modules/@backstage/frontend-defaults/package.json": `{"name": "@backstage/frontend-defaults", "backstage": {"role": "web-library"}}`,
		"node_modules/@backstage/plugin-app/package.json":        `{"name": "@backstage/plugin-app", "backstage": {"role": "frontend-plugin", "pluginId": "app"}}`,
		"node_modules/@backstage/plugin-home/package.json":       `{"name": "@backstage/plugin-home", "backstage": {"role": "frontend-plugin", "pluginId": "home"}}`,
		"node_modules/@backstage/plugin-home/dist/alpha.d.ts":    types,
	}
	for _, x := range []struct{ name, without, want string }{
		{"all are installed", "", `app-config.yaml:4:7: warning BF008: "page:homes" is of the plugin homes, and no package that the app depends on is of that plugin` + "\n" +
			`app-config.yaml:5:7: note BF008: "page:wiki" is of the plugin wiki, and no package that the app depends on is of that plugin`},
		{"one is not", "node_modules/@backstage/plugin-home/package.json", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			fsys := fixtures.With(fstest.MapFS{}, whole)
			delete(fsys, x.without)
			var got []string
			for _, f := range run(t, fsys, check.Rules()).Findings {
				if f.Code == "BF008" {
					got = append(got, line(f))
				}
			}
			slices.Sort(got)
			if strings.Join(got, "\n") != x.want {
				t.Errorf("got\n%s", strings.Join(got, "\n"))
			}
		})
	}
}
