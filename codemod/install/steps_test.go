package install_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/recipe"
)

// recipeOf is a recipe of the package @x/plugin-x with some steps: "legacy:" or "new:", and what
// goes below.
func recipeOf(t *testing.T, steps string) recipe.Recipe {
	t.Helper()
	r, err := recipe.Load("test", []byte(`
id: x
title: X
description: Shows X.
docs: https://example.com/x
packages:
  - {name: "@x/plugin-x", role: frontend, in: app, versions: [{version: 1.0.0, release: 1.0.0}]}
`+steps))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func addRecipe(app fstest.MapFS, r recipe.Recipe) (*install.Plan, error) {
	return install.Add(context.Background(), app, []recipe.Recipe{r}, options)
}

const (
	searchFile = "packages/app/src/components/search/SearchPage.tsx"
	homeFile   = "packages/app/src/components/home/HomePage.tsx"
	indexFile  = "packages/app/src/index.tsx"
	apisFile   = "packages/app/src/apis.ts"
	configFile = "app-config.yaml"

	addonStep   = "legacy: [{why: a, techdocs-addon: {module: '@x/plugin-x', export: XAddon}}]"
	fieldStep   = "legacy: [{why: a, field-extension: {module: '@x/plugin-x', export: XPicker}}]"
	homeStep    = "legacy: [{why: a, home-widget: {module: '@x/plugin-x', export: HomePageX, props: {title: X}}}]"
	displayStep = "legacy: [{why: a, app-root-element: {module: '@x/plugin-x', export: XDisplay}}]"
	apiStep     = `
legacy:
  - why: a
    api:
      ref: {module: '@x/plugin-x', export: xApiRef}
      deps: [{name: configApi, module: '@backstage/core-plugin-api', export: configApiRef}]
      factory: XClient.fromConfig(configApi)
      uses: [{module: '@x/plugin-x', export: XClient}]`
	newAPIStep    = "new: [{why: a, api: {ref: {module: '@x/plugin-x', export: xApiRef}, factory: new XClient(), uses: [{module: '@x/plugin-x', export: XClient}], file: src/apis/x.ts, plugin: x}}]"
	convertedStep = `
new:
  - why: a
    legacy-plugin:
      module: '@x/plugin-x'
      export: xPlugin
      file: src/plugins/x.ts
      pages: [{module: '@x/plugin-x', export: XPage, path: /x}]
      contents: [{module: '@x/plugin-x', export: EntityXContent, title: X, if: {module: '@x/plugin-x', export: isXAvailable}}]`
)

// homePage is a legacy app with a home page of some text.
func homePage(t *testing.T, source string) fstest.MapFS {
	return appWith(t, "legacy", map[string]string{homeFile: source},
		appFile, "import { Root } from './components/Root';", "import { homePage } from './components/home/HomePage';\nimport { Root } from './components/Root';",
		appFile, "    <Route path=\"/docs\"", "    <Route path=\"/home\" element={<HomepageCompositionRoot />}>\n      {homePage}\n    </Route>\n    <Route path=\"/docs\"",
		appFile, "import { orgPlugin }", "import { HomepageCompositionRoot } from '@backstage/plugin-home';\nimport { orgPlugin }",
		pkgFile, `    "@backstage/plugin-org"`, "    \"@backstage/plugin-home\": \"^0.9.0\",\n    \"@backstage/plugin-org\"")
}

const customHome = `import { Content, Header, Page } from '@backstage/core-components';
import { CustomHomepageGrid, HomePageStarredEntities } from '@backstage/plugin-home';

const HomePage = () => (
  <Page themeId="home">
    <Header title="Home" />
    <Content>
      <CustomHomepageGrid>
        <HomePageStarredEntities />
      </CustomHomepageGrid>
    </Content>
  </Page>
);

export const homePage = <HomePage />;
`

var stepCases = []struct {
	name, app string
	with      func(*testing.T) fstest.MapFS // instead of the fixture
	steps     string
	has       map[string]string // text by file
	kept      bool              // removing again does not give back the same bytes
}{
	{name: "sidebar component", app: "legacy", steps: "legacy: [{why: a, sidebar-component: {module: '@x/plugin-x', export: XSidebarItem}}]",
		has: map[string]string{rootFile: "text=\"Create...\" />\n        <XSidebarItem />\n"}},
	{name: "sidebar component with a link", app: "legacy", steps: "legacy: [{why: a, sidebar-component: {module: '@x/plugin-x', export: XSidebarItem, props: {to: /x}}}]",
		has: map[string]string{rootFile: "        <XSidebarItem to=\"/x\" />\n"}},
	{name: "search item", app: "legacy", steps: "legacy: [{why: a, search-item: {module: '@x/plugin-x', export: XSearchResultListItem, icon: {module: '@material-ui/icons/Map', export: default, as: MapIcon}}}]",
		has: map[string]string{searchFile: "        <TechDocsSearchResultListItem />\n        <XSearchResultListItem icon={<MapIcon />} />\n"}},
	{name: "home widget", with: func(t *testing.T) fstest.MapFS { return homePage(t, customHome) }, steps: homeStep,
		has: map[string]string{homeFile: "        <HomePageStarredEntities />\n        <HomePageX title=\"X\" />\n"}},
	{name: "home widget of a page that is nothing but the grid", with: func(t *testing.T) fstest.MapFS {
		return appWith(t, "legacy", map[string]string{homeFile: "import { CustomHomepageGrid, HomePageStarredEntities } from '@backstage/plugin-home';\n\nexport const HomePage = () => (\n  <CustomHomepageGrid>\n    <HomePageStarredEntities />\n  </CustomHomepageGrid>\n);\n"},
			appFile, "import { Root } from './components/Root';", "import { HomePage } from './components/home/HomePage';\nimport { Root } from './components/Root';",
			appFile, "    <Route path=\"/docs\"", "    <Route path=\"/home\" element={<HomePage />} />\n    <Route path=\"/docs\"")
	}, steps: homeStep, has: map[string]string{homeFile: "    <HomePageX title=\"X\" />\n  </CustomHomepageGrid>"}},
	{name: "home widget in a grid", with: func(t *testing.T) fstest.MapFS {
		return homePage(t, strings.NewReplacer("CustomHomepageGrid, HomePageStarredEntities", "HomePageStarredEntities", "<CustomHomepageGrid>", "<Grid container>", "</CustomHomepageGrid>", "</Grid>",
			"        <HomePageStarredEntities />\n", "        <Grid item md={4}>\n          <HomePageStarredEntities />\n        </Grid>\n", "import { Content,", "import { Grid } from '@material-ui/core';\nimport { Content,").Replace(customHome))
	}, steps: homeStep, has: map[string]string{homeFile: "        <Grid item md={4}>\n          <HomePageX title=\"X\" />\n        </Grid>\n      </Grid>\n"}},
	{name: "api", app: "legacy", steps: apiStep,
		has: map[string]string{apisFile: "  createApiFactory({\n    api: xApiRef,\n    deps: { configApi: configApiRef },\n    factory: ({ configApi }) => XClient.fromConfig(configApi),\n  }),\n];"}},
	{name: "api in the place of another's", app: "legacy", steps: strings.Replace(apiStep, "{module: '@x/plugin-x', export: xApiRef}", "{module: '@backstage/core-plugin-api', export: alertApiRef}", 1),
		has: map[string]string{apisFile: "    api: alertApiRef,\n"}},
	{name: "api of an app without any", with: func(t *testing.T) fstest.MapFS {
		return appWith(t, "legacy", nil, appFile, "  apis,\n", "", appFile, "import { apis } from './apis';\n", "")
	}, steps: apiStep, has: map[string]string{appFile: "  apis: [\n    createApiFactory({\n      api: xApiRef,\n"}},
	{name: "api of a new frontend", app: "new", steps: newAPIStep,
		has: map[string]string{appFile: "features: [catalogPlugin, navModule, xApiRefModule],", "packages/app/src/apis/x.ts": "  params: defineParams =>\n    defineParams({\n      api: xApiRef,"}},
	{name: "style sheet", app: "legacy", steps: "legacy: [{why: a, css-import: {module: '@x/plugin-x/styles.css'}}]",
		has: map[string]string{indexFile: "import '@backstage/cli/asset-types';\nimport '@x/plugin-x/styles.css';\nimport ReactDOM"}},
	{name: "style sheet of a new frontend", app: "new", steps: "new: [{why: a, css-import: {module: '@x/plugin-x/styles.css'}}]",
		has: map[string]string{indexFile: "import '@backstage/ui/css/styles.css';\nimport '@x/plugin-x/styles.css';\n"}},
	{name: "root element", app: "legacy", steps: displayStep,
		has: map[string]string{appFile: "    <OAuthRequestDialog />\n    <XDisplay />\n    <AppRouter>\n"}},
	{name: "root element in the router", app: "legacy", steps: strings.Replace(displayStep, "XDisplay", "XDisplay, router: true", 1),
		has: map[string]string{appFile: "    <AppRouter>\n      <XDisplay />\n      <Root>"}},
	{name: "root element of an app without a fragment", with: func(t *testing.T) fstest.MapFS {
		return appWith(t, "legacy", nil, appFile, "  <>\n    <AlertDisplay />\n    <OAuthRequestDialog />\n    <AppRouter>\n      <Root>{routes}</Root>\n    </AppRouter>\n  </>,", "  <AppRouter>\n    <Root>{routes}</Root>\n  </AppRouter>,")
	}, steps: displayStep, has: map[string]string{appFile: "  <>\n    <XDisplay />\n    <AppRouter>\n      <Root>{routes}</Root>\n    </AppRouter>\n  </>,"}, kept: true},
	{name: "root element of an app that shows its provider", with: func(t *testing.T) fstest.MapFS {
		return appWith(t, "legacy", nil, appFile, "export default app.createRoot(\n  <>\n    <AlertDisplay />\n    <OAuthRequestDialog />\n    <AppRouter>\n      <Root>{routes}</Root>\n    </AppRouter>\n  </>,\n);",
			"const AppProvider = app.getProvider();\nconst AppRouter = app.getRouter();\n\nconst App = () => (\n  <AppProvider>\n    <AlertDisplay />\n    <OAuthRequestDialog />\n    <AppRouter>\n      <Root>{routes}</Root>\n    </AppRouter>\n  </AppProvider>\n);\n\nexport default App;",
			appFile, "import { AppRouter, FlatRoutes }", "import { FlatRoutes }")
	}, steps: displayStep, has: map[string]string{appFile: "    <OAuthRequestDialog />\n    <XDisplay />\n    <AppRouter>\n"}},
	{name: "addon where there is none", app: "legacy", steps: addonStep, has: map[string]string{
		appFile:    "      element={<TechDocsReaderPage />}\n    >\n      <TechDocsAddons>\n        <XAddon />\n      </TechDocsAddons>\n    </Route>\n",
		entityFile: "const techdocsContent = (\n  <EntityTechdocsContent>\n    <TechDocsAddons>\n      <XAddon />\n    </TechDocsAddons>\n  </EntityTechdocsContent>\n);\n"}},
	{name: "addon beside others", with: withAddon, steps: addonStep, has: map[string]string{appFile: "      <TechDocsAddons>\n        <XAddon />", entityFile: "      <ReportIssue />\n      <XAddon />\n"}},
	{name: "field extension where there is none", app: "legacy", steps: fieldStep,
		has: map[string]string{appFile: "    <Route path=\"/create\" element={<ScaffolderPage />}>\n      <ScaffolderFieldExtensions>\n        <XPicker />\n      </ScaffolderFieldExtensions>\n    </Route>\n",
			pkgFile: "@backstage/plugin-scaffolder-react"}},
	{name: "field extension beside others", with: func(t *testing.T) fstest.MapFS {
		return appWith(t, "legacy", nil, appFile, "    <Route path=\"/create\" element={<ScaffolderPage />} />", "    <Route path=\"/create\" element={<ScaffolderPage />}>\n      <ScaffolderFieldExtensions>\n        <OtherPicker />\n      </ScaffolderFieldExtensions>\n    </Route>",
			appFile, "import { SearchPage }", "import { ScaffolderFieldExtensions } from '@backstage/plugin-scaffolder-react';\nimport { OtherPicker } from '@y/plugin-y';\nimport { SearchPage }")
	}, steps: fieldStep, has: map[string]string{appFile: "        <OtherPicker />\n        <XPicker />\n"}},
	{name: "card of users and groups", app: "legacy", steps: "legacy: [{why: a, entity-card: {element: {module: '@x/plugin-x', export: EntityXCard}, grid: {xs: 12, md: 6}, pages: [user, group]}}]",
		has: map[string]string{entityFile: "          <EntityMembersListCard />\n        </Grid>\n        <Grid item xs={12} md={6}>\n          <EntityXCard />\n"}},
	{name: "tab of systems", app: "legacy", steps: "legacy: [{why: a, entity-tab: {path: /x, title: X, element: {module: '@x/plugin-x', export: EntityXContent}, pages: [system]}}]",
		has: map[string]string{entityFile: "    <EntityLayout.Route path=\"/x\" title=\"X\">\n      <EntityXContent />\n    </EntityLayout.Route>\n  </EntityLayout>\n);\n\nconst domainPage"}},
	{name: "converted plugin", app: "new", steps: convertedStep,
		has: map[string]string{appFile: "features: [catalogPlugin, navModule, convertedXPlugin],", pkgFile: "@backstage/core-compat-api",
			"packages/app/src/plugins/x.ts": "    convertLegacyPageExtension(XPage, { path: '/x' }),\n    convertLegacyEntityContentExtension(EntityXContent, {\n"}},
	{name: "extension turned on", app: "new", steps: "new: [{why: a, extension: {id: 'entity-card:x/card'}}]",
		has: map[string]string{configFile: "    - nav-item:search: false\n    - entity-card:x/card\n"}},
	{name: "extension turned off", app: "new", steps: "new: [{why: a, extension: {id: 'entity-card:x/card', disabled: true}}]",
		has: map[string]string{configFile: "    - nav-item:search: false\n    - entity-card:x/card: false\n"}},
	{name: "extension set up", app: "new", steps: "new: [{why: a, extension: {id: 'page:x', config: \"path: /x\\n\"}}]",
		has: map[string]string{configFile: "    - nav-item:search: false\n    - page:x:\n        config:\n          path: /x\n"}},
	{name: "extension where there are no settings", with: func(*testing.T) fstest.MapFS {
		app := fixtures.App("new")
		src := string(app[configFile].Data)
		from, to := strings.Index(src, "\n  extensions:"), strings.Index(src, "\norganization:")
		return fixtures.With(app, map[string]string{configFile: src[:from] + src[to:]})
	}, steps: "new: [{why: a, extension: {id: 'entity-card:x/card'}}]", has: map[string]string{configFile: "  extensions:\n    - entity-card:x/card\n"}},
}

// Each kind of step, in apps with LF and with CRLF: added, proved, added again without a change,
// and taken out again, which gives back the same bytes.
func TestSteps(t *testing.T) {
	for _, c := range stepCases {
		for _, crlf := range []bool{false, true} {
			name := c.name
			if crlf {
				name += " (CRLF)"
			}
			t.Run(name, func(t *testing.T) {
				var app fstest.MapFS
				if c.with != nil {
					app = c.with(t)
				} else {
					app = fixtures.App(c.app)
				}
				if crlf {
					app = fixtures.CRLF(app)
				}
				r := recipeOf(t, c.steps)
				plan, err := addRecipe(app, r)
				if err != nil {
					t.Fatal(err)
				}
				after := applied(app, plan.Changes)
				for file, want := range c.has {
					if crlf {
						want = strings.ReplaceAll(want, "\n", "\r\n")
					}
					if after[file] == nil || !strings.Contains(string(after[file].Data), want) {
						t.Errorf("%s has no %q:\n%s", file, want, change.Diff(plan.Changes))
					}
				}
				again, err := addRecipe(after, r)
				if err != nil || len(again.Changes) > 0 || again.Plugins[0].State != install.Present {
					t.Errorf("a second time: %v\n%s", err, change.Diff(again.Changes))
				}
				back, err := install.Remove(context.Background(), after, []recipe.Recipe{r}, options)
				if err != nil {
					t.Fatal(err)
				}
				left := change.NewOverlay(app)
				for file, f := range applied(after, back.Changes) {
					if err := left.Write(file, f.Data); err != nil {
						t.Fatal(err)
					}
				}
				if changes := left.Changes(); len(changes) > 0 && !c.kept {
					t.Errorf("adding and removing leaves\n%s", change.Diff(changes))
				}
				for _, f := range applied(after, back.Changes) {
					if strings.Contains(string(f.Data), "@x/plugin-x") {
						t.Errorf("something of the plugin is left")
					}
				}
			})
		}
	}
}

func TestStepsRefused(t *testing.T) {
	for _, c := range []struct {
		name  string
		app   fstest.MapFS
		steps string
		code  string
		says  []string
	}{
		{"no home page", fixtures.App("legacy"), homeStep, "no-safe-place", []string{"the home page's grid of widgets was not found", "<HomePageX title=\"X\" />"}},
		{"no search page", appWith(t, "legacy", nil, searchFile, "SearchResult>", "div>", searchFile, "SearchBar, SearchResult", "SearchBar"),
			"legacy: [{why: a, search-item: {module: '@x/plugin-x', export: XItem}}]", "no-safe-place", []string{"the list of results of the search page", "<XItem />"}},
		{"no scaffolder", appWith(t, "legacy", nil, appFile, "element={<ScaffolderPage />}", "element={<div />}"), fieldStep,
			"no-safe-place", []string{"the page of the scaffolder", "import { ScaffolderFieldExtensions } from '@backstage/plugin-scaffolder-react';", "<XPicker />"}},
		{"an api of the app's own", appWith(t, "legacy", nil, apisFile, "  ScmAuth.createDefaultApiFactory(),", "  ScmAuth.createDefaultApiFactory(),\n  createApiFactory({\n    api: xApiRef,\n    deps: {},\n    factory: () => new OurX(),\n  }),",
			apisFile, "} from '@backstage/core-plugin-api';", "} from '@backstage/core-plugin-api';\nimport { xApiRef } from '@x/plugin-x';\nimport { OurX } from '@y/plugin-y';"), apiStep,
			"api-taken", []string{apisFile + ":", "the API xApiRef in its own way", "factory: ({ configApi }) => XClient.fromConfig(configApi),"}},
		{"a file in the way", appWith(t, "new", map[string]string{"packages/app/src/plugins/x.ts": "export {};\n"}), convertedStep,
			"file-exists", []string{"packages/app/src/plugins/x.ts", "convertLegacyPlugin"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, err := addRecipe(c.app, recipeOf(t, c.steps))
			found := diag.Of(err)
			if len(found) == 0 {
				t.Fatalf("got a plan for %d files and the error %v", len(plan.Changes), err)
			}
			if found[0].Code != c.code || !slices.ContainsFunc(found, func(d *diag.Diagnostic) bool { return d.Manual != "" }) {
				t.Errorf("code %q, want %q, with a manual step: %v", found[0].Code, c.code, err)
			}
			for _, want := range c.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q:\n%v", want, err)
				}
			}
		})
	}
}

func TestWhatTheAppSaysOfAnExtensionStays(t *testing.T) {
	r := recipeOf(t, "new: [{why: a, extension: {id: 'nav-item:search'}}]")
	plan, err := addRecipe(fixtures.App("new"), r)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(plan.Changes, func(c change.Change) bool { return c.Path == configFile }) {
		t.Errorf("%s is changed:\n%s", configFile, change.Diff(plan.Changes))
	}
	if len(plan.Warnings) != 1 || !strings.Contains(plan.Warnings[0].Summary, "turns nav-item:search off, which stays") {
		t.Errorf("the warnings are %v", plan.Warnings)
	}
}

// withAddon is an app whose entity pages have an addon of TechDocs.
func withAddon(t *testing.T) fstest.MapFS {
	return appWith(t, "legacy", nil, entityFile, "const techdocsContent = <EntityTechdocsContent />;", "const techdocsContent = (\n  <EntityTechdocsContent>\n    <TechDocsAddons>\n      <ReportIssue />\n    </TechDocsAddons>\n  </EntityTechdocsContent>\n);",
		entityFile, "import { EntityTechdocsContent } from '@backstage/plugin-techdocs';", "import { EntityTechdocsContent } from '@backstage/plugin-techdocs';\nimport { ReportIssue } from '@backstage/plugin-techdocs-module-addons-contrib';\nimport { TechDocsAddons } from '@backstage/plugin-techdocs-react';",
		pkgFile, `    "@backstage/plugin-user-settings"`, "    \"@backstage/plugin-techdocs-react\": \"^1.3.0\",\n    \"@backstage/plugin-user-settings\"")
}

func TestAnAddonThatIsThereIsNotAddedAgainAfterAnother(t *testing.T) {
	r := recipeOf(t, `  - {name: "@backstage/plugin-techdocs-module-addons-contrib", role: frontend, in: app}
legacy:
  - {why: a, techdocs-addon: {module: '@x/plugin-x', export: TextSize}}
  - {why: b, techdocs-addon: {module: '@backstage/plugin-techdocs-module-addons-contrib', export: ReportIssue}}
`)
	app := withAddon(t)
	plan, err := addRecipe(app, r)
	if err != nil {
		t.Fatal(err)
	}
	for file, f := range applied(app, plan.Changes) {
		if file == entityFile {
			if was, is := strings.Count(string(app[file].Data), "<ReportIssue"), strings.Count(string(f.Data), "<ReportIssue"); was != is {
				t.Errorf("%s has it %d times, had it %d times:\n%s", file, is, was, change.Diff(plan.Changes))
			}
		}
	}
}
