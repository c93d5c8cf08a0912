package rewire

import (
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/wiring"
)

func component(export string, attrs ...Attr) Component {
	return Component{Ref{Module: "plugin-x", Export: export}, attrs}
}

func sidebarComponent(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddSidebarComponent(f, m, component("XSidebarItem"))
}

func searchItem(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddSearchItem(f, m, SearchItem{Item: component("XSearchResultListItem"), Icon: &Ref{Module: "@material-ui/icons/Map", Export: "default", As: "MapIcon"}})
}

func child(f File, m wiring.Mount) ([]text.Edit, error) { return AddChild(f, m, component("XAddon")) }

func wrapped(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddWrapped(f, m.Span, Ref{Module: "@backstage/plugin-techdocs-react", Export: "TechDocsAddons"}, component("XAddon"))
}

func rootElement(router bool) operation {
	return func(f File, m wiring.Mount) ([]text.Edit, error) {
		return AddAppRootElement(f, m, AppRootElement{component("XDisplay"), router})
	}
}

var xAPI = API{
	Ref:     Ref{Module: "plugin-x", Export: "xApiRef"},
	Deps:    []APIDep{{"discoveryApi", Ref{Module: corePlugin, Export: "discoveryApiRef"}}, {"fetchApi", Ref{Module: corePlugin, Export: "fetchApiRef"}}},
	Factory: "new XClient({ discoveryApi, fetchApi })",
	Uses:    []Ref{{Module: "plugin-x", Export: "XClient"}},
}

func api(f File, m wiring.Mount) ([]text.Edit, error)  { return AddAPI(f, m, xAPI) }
func apis(f File, m wiring.Mount) ([]text.Edit, error) { return AddAPIs(f, m, xAPI) }

func apiWithoutDeps(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddAPI(f, m, API{Ref: xAPI.Ref, Factory: "new XClient()", Uses: xAPI.Uses})
}

func css(f File, _ wiring.Mount) ([]text.Edit, error) {
	return AddCSSImport(f, "@backstage/ui/css/styles.css"), nil
}

func homeWidget(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddHomeWidget(f, m, component("XCard", Attr{Name: "title", Value: `"X"`}))
}

// added are those of everything else.
var added = []operationCase{
	{"sidebar component after the last item", "Root.tsx", "<SidebarGroup", "", sidebarComponent, `
import { SidebarDivider, SidebarGroup, SidebarItem } from '@backstage/core-components';

const menu = (
  <SidebarGroup label="Menu">
    <SidebarItem icon={HomeIcon} to="catalog" text="Home" />
    <SidebarDivider />
  </SidebarGroup>
);
`, `
import { SidebarDivider, SidebarGroup, SidebarItem } from '@backstage/core-components';
import { XSidebarItem } from 'plugin-x';

const menu = (
  <SidebarGroup label="Menu">
    <SidebarItem icon={HomeIcon} to="catalog" text="Home" />
    <XSidebarItem />
    <SidebarDivider />
  </SidebarGroup>
);
`},
	{"sidebar component in an array", "Root.tsx", "[", "", sidebarComponent, `
const items = [
  <SidebarItem icon={HomeIcon} to="catalog" text="Home" />,
];
`, `
import { XSidebarItem } from 'plugin-x';

const items = [
  <SidebarItem icon={HomeIcon} to="catalog" text="Home" />,
  <XSidebarItem />,
];
`},
	{"search item with an icon", "SearchPage.tsx", "<SearchResult>", "", searchItem, `
import { SearchResult } from '@backstage/plugin-search-react';

export const page = (
  <SearchResult>
    <CatalogSearchResultListItem />
  </SearchResult>
);
`, `
import { SearchResult } from '@backstage/plugin-search-react';
import { XSearchResultListItem } from 'plugin-x';
import MapIcon from '@material-ui/icons/Map';

export const page = (
  <SearchResult>
    <CatalogSearchResultListItem />
    <XSearchResultListItem icon={<MapIcon />} />
  </SearchResult>
);
`},
	{"search item where there is none", "SearchPage.tsx", "<SearchResult", "", searchItem, `
export const page = (
  <SearchResult />
);
`, `
import { XSearchResultListItem } from 'plugin-x';
import MapIcon from '@material-ui/icons/Map';

export const page = (
  <SearchResult>
    <XSearchResultListItem icon={<MapIcon />} />
  </SearchResult>
);
`},
	{"addon beside others", "App.tsx", "<TechDocsAddons>", "", child, `
const addons = (
  <TechDocsAddons>
    <ReportIssue />
  </TechDocsAddons>
);
`, `
import { XAddon } from 'plugin-x';

const addons = (
  <TechDocsAddons>
    <ReportIssue />
    <XAddon />
  </TechDocsAddons>
);
`},
	{"addons of a route", "App.tsx", "<Route", "", wrapped, `
const routes = (
  <FlatRoutes>
    <Route
      path="/docs/:namespace/:kind/:name/*"
      element={<TechDocsReaderPage />}
    />
  </FlatRoutes>
);
`, `
import { TechDocsAddons } from '@backstage/plugin-techdocs-react';
import { XAddon } from 'plugin-x';

const routes = (
  <FlatRoutes>
    <Route
      path="/docs/:namespace/:kind/:name/*"
      element={<TechDocsReaderPage />}
    >
      <TechDocsAddons>
        <XAddon />
      </TechDocsAddons>
    </Route>
  </FlatRoutes>
);
`},
	{"addons of a route that has children", "App.tsx", "<Route", "", wrapped, `
const routes = (
  <FlatRoutes>
    <Route path="/docs/:namespace/:kind/:name/*" element={<TechDocsReaderPage />}>
      {techDocsPage}
    </Route>
  </FlatRoutes>
);
`, `
import { TechDocsAddons } from '@backstage/plugin-techdocs-react';
import { XAddon } from 'plugin-x';

const routes = (
  <FlatRoutes>
    <Route path="/docs/:namespace/:kind/:name/*" element={<TechDocsReaderPage />}>
      {techDocsPage}
      <TechDocsAddons>
        <XAddon />
      </TechDocsAddons>
    </Route>
  </FlatRoutes>
);
`},
	{"addons of content in a constant", "EntityPage.tsx", "<EntityTechdocsContent />", "", wrapped, `
import { EntityTechdocsContent } from '@backstage/plugin-techdocs';

const techdocsContent = <EntityTechdocsContent />;
`, `
import { EntityTechdocsContent } from '@backstage/plugin-techdocs';
import { TechDocsAddons } from '@backstage/plugin-techdocs-react';
import { XAddon } from 'plugin-x';

const techdocsContent = (
  <EntityTechdocsContent>
    <TechDocsAddons>
      <XAddon />
    </TechDocsAddons>
  </EntityTechdocsContent>
);
`},
	{"root element before the router", "App.tsx", "<>", "", rootElement(false), `
import { AppRouter } from '@backstage/core-app-api';

export default app.createRoot(
  <>
    <AlertDisplay />
    <AppRouter>
      <Root>{routes}</Root>
    </AppRouter>
  </>,
);
`, `
import { AppRouter } from '@backstage/core-app-api';
import { XDisplay } from 'plugin-x';

export default app.createRoot(
  <>
    <AlertDisplay />
    <XDisplay />
    <AppRouter>
      <Root>{routes}</Root>
    </AppRouter>
  </>,
);
`},
	{"root element in the router", "App.tsx", "<>", "", rootElement(true), `
import { AppRouter } from '@backstage/core-app-api';

export default app.createRoot(
  <>
    <AlertDisplay />
    <AppRouter>
      <Root>{routes}</Root>
    </AppRouter>
  </>,
);
`, `
import { AppRouter } from '@backstage/core-app-api';
import { XDisplay } from 'plugin-x';

export default app.createRoot(
  <>
    <AlertDisplay />
    <AppRouter>
      <XDisplay />
      <Root>{routes}</Root>
    </AppRouter>
  </>,
);
`},
	{"root element beside one on lines of its own", "App.tsx", "<AppRouter>", "", rootElement(false), `
import { AppRouter } from '@backstage/core-app-api';

export default app.createRoot(
  <AppRouter>
    <Root>
      {routes}
    </Root>
  </AppRouter>,
);
`, `
import { AppRouter } from '@backstage/core-app-api';
import { XDisplay } from 'plugin-x';

export default app.createRoot(
  <>
    <XDisplay />
    <AppRouter>
      <Root>
        {routes}
      </Root>
    </AppRouter>
  </>,
);
`},
	{"root element beside one on the line of the call", "App.tsx", "<Root />", "", rootElement(false), `
import { Root } from './Root';

export default app.createRoot(<Root />);
`, `
import { Root } from './Root';
import { XDisplay } from 'plugin-x';

export default app.createRoot(
  <>
    <XDisplay />
    <Root />
  </>,
);
`},
	{"root element of a provider", "App.tsx", "<AppProvider>", "provider", rootElement(false), `
const AppProvider = app.getProvider();
const AppRouter = app.getRouter();

const App = () => (
  <AppProvider>
    <AlertDisplay />
    <AppRouter>
      <Root>{routes}</Root>
    </AppRouter>
  </AppProvider>
);
`, `
import { XDisplay } from 'plugin-x';

const AppProvider = app.getProvider();
const AppRouter = app.getRouter();

const App = () => (
  <AppProvider>
    <AlertDisplay />
    <XDisplay />
    <AppRouter>
      <Root>{routes}</Root>
    </AppRouter>
  </AppProvider>
);
`},
	{"root element in the router of a provider", "App.tsx", "<AppProvider>", "provider", rootElement(true), `
import { Root } from './Root';
const AppProvider = app.getProvider();
const AppRouter = app.getRouter();

const App = () => (
  <AppProvider>
    <AppRouter>
      <Root>{routes}</Root>
    </AppRouter>
  </AppProvider>
);
`, `
import { Root } from './Root';
import { XDisplay } from 'plugin-x';
const AppProvider = app.getProvider();
const AppRouter = app.getRouter();

const App = () => (
  <AppProvider>
    <AppRouter>
      <XDisplay />
      <Root>{routes}</Root>
    </AppRouter>
  </AppProvider>
);
`},
	{"api after the others", "apis.ts", "[\n", "", api, `
import { AnyApiFactory, createApiFactory } from '@backstage/core-plugin-api';

export const apis: AnyApiFactory[] = [
  ScmAuth.createDefaultApiFactory(),
];
`, `
import {
  AnyApiFactory,
  createApiFactory,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { xApiRef, XClient } from 'plugin-x';

export const apis: AnyApiFactory[] = [
  ScmAuth.createDefaultApiFactory(),
  createApiFactory({
    api: xApiRef,
    deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
    factory: ({ discoveryApi, fetchApi }) =>
      new XClient({ discoveryApi, fetchApi }),
  }),
];
`},
	{"api where there is none, its class renamed", "apis.ts", "[]", "", api, `
import { createApiFactory } from '@backstage/core-plugin-api';

class XClient {}

export const apis = [];
`, `
import {
  createApiFactory,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { xApiRef, XClient as XXClient } from 'plugin-x';

class XClient {}

export const apis = [
  createApiFactory({
    api: xApiRef,
    deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
    factory: ({ discoveryApi, fetchApi }) =>
      new XXClient({ discoveryApi, fetchApi }),
  }),
];
`},
	{"api without dependencies", "apis.ts", "[]", "", apiWithoutDeps, `
export const apis = [];
`, `
import { createApiFactory } from '@backstage/core-plugin-api';
import { xApiRef, XClient } from 'plugin-x';

export const apis = [
  createApiFactory({
    api: xApiRef,
    deps: {},
    factory: () => new XClient(),
  }),
];
`},
	{"apis of an app without any", "App.tsx", "{\n  plugins", "", apis, `
import { createApp } from '@backstage/app-defaults';

const app = createApp({
  plugins: [],
});
`, `
import { createApp } from '@backstage/app-defaults';
import {
  createApiFactory,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { xApiRef, XClient } from 'plugin-x';

const app = createApp({
  plugins: [],
  apis: [
    createApiFactory({
      api: xApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new XClient({ discoveryApi, fetchApi }),
    }),
  ],
});
`},
	{"style sheet after the others", "index.tsx", "", "", css, `
import '@backstage/cli/asset-types';
import ReactDOM from 'react-dom/client';
import 'other/styles.css';
import App from './App';
`, `
import '@backstage/cli/asset-types';
import ReactDOM from 'react-dom/client';
import 'other/styles.css';
import '@backstage/ui/css/styles.css';
import App from './App';
`},
	{"style sheet after imports for effect", "index.tsx", "", "", css, `
import '@backstage/cli/asset-types'
import ReactDOM from 'react-dom/client'
import App from './App'
`, `
import '@backstage/cli/asset-types'
import '@backstage/ui/css/styles.css'
import ReactDOM from 'react-dom/client'
import App from './App'
`},
	{"style sheet before all else", "index.tsx", "", "", css, `
// starts the app
import ReactDOM from "react-dom/client";
import App from "./App";
`, `
import "@backstage/ui/css/styles.css";
// starts the app
import ReactDOM from "react-dom/client";
import App from "./App";
`},
	{"style sheet that is there", "index.tsx", "", "", css, `
import App from './App';
import '@backstage/ui/css/styles.css';
`, `
import App from './App';
import '@backstage/ui/css/styles.css';
`},
	{"home widget in a custom grid", "HomePage.tsx", "<CustomHomepageGrid", "", homeWidget, `
import { CustomHomepageGrid, HomePageStarredEntities } from '@backstage/plugin-home';

export const homePage = (
  <Content>
    <CustomHomepageGrid config={config}>
      <HomePageStarredEntities />
    </CustomHomepageGrid>
  </Content>
);
`, `
import { CustomHomepageGrid, HomePageStarredEntities } from '@backstage/plugin-home';
import { XCard } from 'plugin-x';

export const homePage = (
  <Content>
    <CustomHomepageGrid config={config}>
      <HomePageStarredEntities />
      <XCard title="X" />
    </CustomHomepageGrid>
  </Content>
);
`},
	{"home widget in a grid", "HomePage.tsx", "<Grid container", "", homeWidget, `
import { HomePageStarredEntities } from '@backstage/plugin-home';

export const homePage = (
  <Grid container spacing={3}>
    <Grid item xs={12}>
      <SearchBar />
    </Grid>
    <Grid item xs={12} md={6}>
      <HomePageStarredEntities />
    </Grid>
  </Grid>
);
`, `
import { HomePageStarredEntities } from '@backstage/plugin-home';
import { XCard } from 'plugin-x';

export const homePage = (
  <Grid container spacing={3}>
    <Grid item xs={12}>
      <SearchBar />
    </Grid>
    <Grid item xs={12} md={6}>
      <HomePageStarredEntities />
    </Grid>
    <Grid item xs={12} md={6}>
      <XCard title="X" />
    </Grid>
  </Grid>
);
`},
}
