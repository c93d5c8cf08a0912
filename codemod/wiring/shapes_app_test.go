package wiring

import "strings"

// appWith is an App.tsx with the usual imports, its routes, and what is at its root.
func appWith(more, routes, root string) string {
	return `import { Navigate, Route } from 'react-router-dom';
import { createApp } from '@backstage/app-defaults';
import { AppRouter, FlatRoutes, FeatureFlagged } from '@backstage/core-app-api';
import { CatalogEntityPage, CatalogIndexPage } from '@backstage/plugin-catalog';
import { RequirePermission } from '@backstage/plugin-permission-react';
` + more + `
const app = createApp({});
` + routes + `
export default app.createRoot(` + root + `);
`
}

const oneRoute = "const routes = <FlatRoutes><Route path=\"/catalog\" element={<CatalogIndexPage />} /></FlatRoutes>;"

const plainRoot = "<AppRouter>{routes}</AppRouter>"

func appShell() []shape {
	catalog := "route /catalog @backstage/plugin-catalog#CatalogIndexPage"
	simple := appWith("", oneRoute, plainRoot)
	return []shape{
		{name: "app: createRoot with a fragment", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>
				app-root: <><AlertDisplay /><AppRouter>{routes}</AppRouter></>`, files: map[string]string{"App.tsx": appWith("import { AlertDisplay } from '@backstage/core-components';", oneRoute, "<><AlertDisplay /><AppRouter>{routes}</AppRouter></>")}, facts: catalog + "\napp-root-element AlertDisplay @backstage/core-components#AlertDisplay"},
		{name: "app: function App with getProvider and getRouter", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>`, files: map[string]string{"App.tsx": strings.Replace(strings.Replace(simple, "export default app.createRoot("+plainRoot+");", `const AppProvider = app.getProvider();
const AppRouter2 = app.getRouter();
export default function App() {
  return <AppProvider><AppRouter2><div>{routes}</div></AppRouter2></AppProvider>;
}`, 1), "", "", 1)}, facts: catalog},
		{name: "app: hot(App)", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>`, files: map[string]string{"App.tsx": strings.Replace(simple, "export default app.createRoot("+plainRoot+");", `import { hot } from 'react-hot-loader/root';
const AppProvider = app.getProvider();
const App = () => <AppProvider>{routes}</AppProvider>;
export default hot(App);`, 1)}, facts: catalog},
		{name: "app: class component", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>`, files: map[string]string{"App.tsx": strings.Replace(simple, "export default app.createRoot("+plainRoot+");", `import React from 'react';
class App extends React.Component<{}, {}> {
  state = { x: this.props };
  render() { return <AppRouter>{routes}</AppRouter>; }
}
export default App;`, 1)}, facts: catalog},
		{name: "app: routes in another file, wrapped by a provider", mounts: `
				create-app: {}
				app-root: <AppRouter><Provider>{routes}</Provider></AppRouter>
				routes: <FlatRoutes>`, files: map[string]string{
			"App.tsx":                       appWith("import routes from './routes';\nimport { Provider } from './Provider';", "", "<AppRouter><Provider>{routes}</Provider></AppRouter>"),
			"packages/app/src/Provider.tsx": "import { createContext } from 'react';\nconst Ctx = createContext<any>(null);\nexport const Provider = ({ children }: any) => <Ctx.Provider value={1}>{children}</Ctx.Provider>;",
			"packages/app/src/routes.tsx": `import { Route } from 'react-router';
import { FlatRoutes } from '@backstage/core-app-api';
import { CatalogIndexPage } from '@backstage/plugin-catalog';
const routes = (
  <FlatRoutes>
    <Route path="/catalog" element={<CatalogIndexPage />} />;
    plg
  </FlatRoutes>
);
export default routes;`}, facts: catalog},
		{name: "app: createApp in another file, lazily loaded", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>`, files: map[string]string{
			"App.tsx":                          "import { lazy, Suspense } from 'react';\nconst Dynamic = lazy(() => import('./DynamicRoot'));\nexport default () => <Suspense fallback={null}><Dynamic /></Suspense>;",
			"packages/app/src/DynamicRoot.tsx": simple}, facts: catalog},
		{name: "app: two tables of routes", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>
				routes: <FlatRoutes><Route path="/more" element={<CatalogIndexPage />} /></FlatRoutes>
				app-root: <AppRouter>{routes}{more}</AppRouter>`, files: map[string]string{"App.tsx": appWith("", oneRoute+"\nconst more = <FlatRoutes><Route path=\"/more\" element={<CatalogIndexPage />} /></FlatRoutes>;", "<AppRouter>{routes}{more}</AppRouter>")},
			facts: catalog + "\nroute /more @backstage/plugin-catalog#CatalogIndexPage"},
		{name: "app: missing files, assets, aliases and default imports", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>`, files: map[string]string{"App.tsx": appWith(`import './missing.css';
import logo from './logo.svg';
import gone from './gone';
import { themes } from 'themes/index';
import def, { other } from '@company/lib';
import * as everything from '@company/all';
const [a, b] = def.pair();
const { c: { d } } = everything;
const text = `+"`${a}-${def.tag`x${logo}y`}`"+`;
const list = [...other.list, ...gone];
const doc = document.querySelector('x'); window.foo = localStorage.getItem('y') || process.env.Z;
themes.map(t => ({ id: t.id, Provider: ({ children }) => <t.P>{children}</t.P> }));
class Own extends def.Base { constructor() { super({}); this.x.y(); } }
new Own().anything.at.all();
console.log(text.length, list, +d, doc as any);`, oneRoute, plainRoot)}, facts: catalog},
		{name: "app: an import of a file that does not export it", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>`, files: map[string]string{"App.tsx": appWith("import { nothing } from './empty.js';\nnothing();", oneRoute, plainRoot), "packages/app/src/empty.js": "export const a = 1;"}, facts: catalog, fails: "No matching export"},
		{name: "app: a reference to nothing", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>`, files: map[string]string{"App.tsx": strings.Replace(simple, "const app =", "oops();\nconst app =", 1)}, facts: catalog + " degraded", fails: "oops is not defined"},
		{name: "app: exported as it is", mounts: `
				create-app: { plugins: [] }`, files: map[string]string{"App.tsx": "import { createApp } from '@backstage/app-defaults';\nconst app = createApp({ plugins: [] });\nexport default app;"}, facts: ""},
		{name: "app: a test that calls createApp is not looked at", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>`, files: map[string]string{"App.tsx": simple, "packages/app/src/App.test.tsx": "import { createApp } from '@backstage/app-defaults';\ncreateApp({ plugins: [1] });"}, facts: catalog},
	}
}

func routeShapes() []shape {
	routes := func(more, children string) map[string]string {
		return map[string]string{"App.tsx": appWith(more, "const routes = (\n  <FlatRoutes>\n"+children+"\n  </FlatRoutes>\n);", plainRoot)}
	}
	return []shape{
		{name: "routes: wrapped, nested, conditional, made by map", mounts: `
				create-app: {}
				routes: <FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>`, facts: `
				route / react-router-dom#Navigate
				route /wrapped @backstage/plugin-permission-react#RequirePermission @p/pages#Gate @p/pages#A
				route /permissioned @p/pages#B
				route /flagged @p/pages#C conditional
				route /one @p/pages#A
				route /two @p/pages#B
				route /cond @p/pages#A conditional
				route /yes @p/pages#A conditional
				route /no @p/pages#B conditional
				route /not @p/pages#A conditional
				route /parent @p/pages#A
				route /parent/child in /parent @p/pages#B
				route /own
				route /fragment @p/pages#C
				route /twice @p/pages#A
				route /twice @p/pages#B`, files: routes(`import { A, B, C, Gate } from '@p/pages';
import { PermissionedRoute } from '@backstage/plugin-permission-react';
import { flags, x } from './flags';
import { Own } from './Own';
const list = [{ path: '/one', Page: A }, { path: '/two', Page: B }];`, `
    <Route path="/" element={<Navigate to="catalog" />} />
    <Navigate key="/" to="catalog" />
    <Route path="/wrapped" element={<RequirePermission permission={x}><Gate><A title="x" /></Gate></RequirePermission>} />
    <PermissionedRoute path="/permissioned" permission={x} element={<B />} />
    <FeatureFlagged with="f"><Route path="/flagged" element={<C />} /></FeatureFlagged>
    {list.map(r => <Route key={r.path} path={r.path} element={<r.Page />} />)}
    {flags.x && <Route path="/cond" element={<A />} />}
    {flags.y ? <Route path="/yes" element={<A />} /> : <Route path="/no" element={<B />} />}
    {!flags.z && <Route path="/not" element={<A />} />}
    <Route path="/parent" element={<A />}>
      <Route path="child" element={<B />} />
    </Route>
    <Route path="/own" element={<Own />} />
    <>
      <Route path="/fragment" element={<C />} />
    </>
    {/* <Route path="/comment" element={<C />} /> */}
    <Route path="/twice" element={<A />} />
    <Route path="/twice" element={<B />} />`)},
		{name: "routes: pages of the app, addons, search, field extensions", mounts: `
				create-app: {}
				routes: <FlatRoutes>
				techdocs-addons: <TechDocsAddons><ReportIssue /><TextSize /></TechDocsAddons>
				field-extensions: <ScaffolderFieldExtensions><OwnField /></ScaffolderFieldExtensions>
				field-extensions: <ScaffolderFieldExtensions><PickerField /></ScaffolderFieldExtensions>
				app-root: <AppRouter>{routes}</AppRouter>
				search-result: <SearchResult><CatalogSearchResultListItem icon={<Icon />} />{types.includes('so') && <StackOverflow />}</SearchResult>`, facts: `
				route /docs/:a/* @backstage/plugin-techdocs#TechDocsReaderPage
				techdocs-addon ReportIssue in /docs/:a/* @backstage/plugin-techdocs-module-addons-contrib#ReportIssue
				techdocs-addon TextSize in /docs/:a/* @backstage/plugin-techdocs-module-addons-contrib#TextSize
				route /create @backstage/plugin-scaffolder#ScaffolderPage
				field-extension OwnField in /create @p/fields#OwnField
				route /create2 @backstage/plugin-scaffolder#ScaffolderPage
				field-extension PickerField in /create2 @p/fields#PickerField
				route /search @backstage/plugin-search#SearchPage
				route /radar @p/tech-radar#TechRadarPage
				search-item CatalogSearchResultListItem in /search @backstage/plugin-catalog#CatalogSearchResultListItem @material-ui/icons/X#default
				search-item StackOverflow in /search @p/so#StackOverflow conditional`, files: func() map[string]string {
			f := routes(`import { TechDocsReaderPage } from '@backstage/plugin-techdocs';
import { TechDocsAddons } from '@backstage/plugin-techdocs-react';
import { ReportIssue, TextSize } from '@backstage/plugin-techdocs-module-addons-contrib';
import { ScaffolderPage, ScaffolderFieldExtensions } from '@backstage/plugin-scaffolder';
import { SearchPage } from '@backstage/plugin-search';
import { OwnField, PickerField } from '@p/fields';
import { searchPage } from './search';
import { Radar } from './radar';`, `
    <Route path="/docs/:a/*" element={<TechDocsReaderPage />}>
      <TechDocsAddons><ReportIssue /><TextSize /></TechDocsAddons>
    </Route>
    <Route path="/create" element={<ScaffolderPage />}>
      <ScaffolderFieldExtensions><OwnField /></ScaffolderFieldExtensions>
    </Route>
    <Route path="/create2" element={<ScaffolderPage><ScaffolderFieldExtensions><PickerField /></ScaffolderFieldExtensions></ScaffolderPage>} />
    <Route path="/search" element={<SearchPage />}>{searchPage}</Route>
    <Route path="/radar" element={<Radar />} />`)
			f["packages/app/src/search.tsx"] = `import { makeStyles } from '@material-ui/core';
import { SearchResult, useSearch } from '@backstage/plugin-search-react';
import { CatalogSearchResultListItem } from '@backstage/plugin-catalog';
import { StackOverflow } from '@p/so';
import Icon from '@material-ui/icons/X';
const useStyles = makeStyles(theme => ({ a: { padding: theme.spacing(1) } }));
const Page = () => {
  const classes = useStyles();
  const { types } = useSearch();
  if (types.length === 0) {
    return null;
  }
  return <div className={classes.a}><SearchResult><CatalogSearchResultListItem icon={<Icon />} />{types.includes('so') && <StackOverflow />}</SearchResult></div>;
};
export const searchPage = <Page />;`
			f["packages/app/src/radar.tsx"] = `import { TechRadarPage } from '@p/tech-radar';
export const Radar = () => <div className="x"><TechRadarPage width={1} height={2} /></div>;`
			return f
		}()},
	}
}

func rootWith(sidebar string, more ...string) map[string]string {
	return map[string]string{
		"App.tsx": appWith("import { Root } from './Root';", oneRoute, "<AppRouter><Root>{routes}</Root></AppRouter>"),
		"packages/app/src/Root.tsx": `import { Sidebar, SidebarDivider, SidebarGroup, SidebarItem, SidebarPage, SidebarScrollWrapper, SidebarSpace, SidebarSubmenu, SidebarSubmenuItem } from '@backstage/core-components';
import { RequirePermission } from '@backstage/plugin-permission-react';
import { SidebarSearchModal } from '@backstage/plugin-search';
import Home from '@material-ui/icons/Home';
import { Box } from '@material-ui/core';
import { useApi, configApiRef } from '@backstage/core-plugin-api';
` + strings.Join(more, "\n") + `
export const Root = ({ children }) => {
  const config = useApi(configApiRef);
  const { t } = config.foo();
  return (
    <SidebarPage>
      ` + sidebar + `
      {children}
    </SidebarPage>
  );
};
`}
}

func sidebarShapes() []shape {
	return []shape{
		{name: "sidebar: groups, wrappers, conditions, own items", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>
				app-root: <AppRouter><Root>{routes}</Root></AppRouter>
				sidebar: <Sidebar>
				sidebar-group Search: <SidebarGroup label="Search" icon={<Home />} to="/search"><SidebarSearchModal /></SidebarGroup>
				sidebar-group Menu: <SidebarGroup label="Menu" icon={<Home />}>`, facts: `
				route /catalog @backstage/plugin-catalog#CatalogIndexPage
				sidebar-item SidebarSearchModal in Search @backstage/plugin-search#SidebarSearchModal
				sidebar-item catalog in Menu @backstage/core-components#SidebarItem @material-ui/icons/Home#default
				sidebar-item /cond in Menu @backstage/core-components#SidebarItem @material-ui/icons/Home#default conditional
				sidebar-item yes in Menu @backstage/core-components#SidebarItem @material-ui/icons/Home#default conditional
				sidebar-item no in Menu @backstage/core-components#SidebarItem @material-ui/icons/Home#default conditional
				sidebar-item guarded in Menu @backstage/core-components#SidebarItem @material-ui/icons/Home#default
				sidebar-item More in Menu @backstage/core-components#SidebarItem @material-ui/icons/Home#default
				sidebar-item /deep in Menu @backstage/core-components#SidebarSubmenuItem @material-ui/icons/Home#default
				sidebar-item own in Menu @backstage/core-components#SidebarItem @material-ui/icons/Home#default
				sidebar-item t in Menu @backstage/core-components#SidebarItem @material-ui/icons/Home#default
				sidebar-item settings @backstage/core-components#SidebarItem @material-ui/icons/Home#default`, files: rootWith(`<Sidebar>
        <Logo />
        <SidebarGroup label="Search" icon={<Home />} to="/search"><SidebarSearchModal /></SidebarGroup>
        <SidebarDivider />
        <SidebarGroup label="Menu" icon={<Home />}>
          <SidebarItem icon={Home} to="catalog" text="Home" />{' '}
          {config.x && (<SidebarItem icon={Home as IconComponent} to="/cond" text="Cond" />)}
          {config.y ? <SidebarItem icon={() => <Home />} to="yes" text="Yes" /> : <SidebarItem icon={Home} to="no" text="No" />}
          <RequirePermission permission={config.p}><SidebarItem icon={Home} to="guarded" text="Guarded" /></RequirePermission>
          <SidebarItem icon={Home} text="More">
            <SidebarSubmenu title="Sub"><SidebarSubmenuItem title="Deep" to="/deep" icon={Home} /></SidebarSubmenu>
          </SidebarItem>
          <Own to="own" label="Own" />
          <SidebarItem icon={Home} to="t" text={t('some.label')} />
          <SidebarScrollWrapper />
        </SidebarGroup>
        <SidebarSpace />
        <Box><SidebarItem icon={Home} to="settings" text="Settings" /></Box>
      </Sidebar>`, "const Logo = () => <div><img src=\"x\" /></div>;", "const Own = ({ to, label }) => <SidebarItem icon={Home} to={to} text={label} />;")},
		{name: "sidebar: arrays and maps", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>
				app-root: <AppRouter><Root>{routes}</Root></AppRouter>
				sidebar-group Menu: [
				sidebar: <Sidebar>
				sidebar-group Made: <SidebarGroup label="Made">{[['/a', 'A'], ['/b', 'B']].map(([to, text]) => <SidebarItem key={to} icon={Home} to={to} text={text} />)}</SidebarGroup>`, facts: `
				route /catalog @backstage/plugin-catalog#CatalogIndexPage
				sidebar-item one in Menu @backstage/core-components#SidebarItem @material-ui/icons/Home#default
				sidebar-item two in Menu @backstage/core-components#SidebarItem @material-ui/icons/Home#default
				sidebar-item /a in Made @backstage/core-components#SidebarItem @material-ui/icons/Home#default
				sidebar-item /b in Made @backstage/core-components#SidebarItem @material-ui/icons/Home#default
				sidebar-item l.to @backstage/core-components#SidebarItem @material-ui/icons/Home#default conditional`, files: rootWith(`<Sidebar>
        <SidebarGroup label="Menu">{items}</SidebarGroup>
        <SidebarGroup label="Made">{[['/a', 'A'], ['/b', 'B']].map(([to, text]) => <SidebarItem key={to} icon={Home} to={to} text={text} />)}</SidebarGroup>
        {links.map(l => <SidebarItem key={l.to} icon={Home} to={l.to} text={l.text} />)}
      </Sidebar>`, "import { links } from '@company/links';", `const items = [
  <SidebarItem icon={Home} to="one" text="One" />,
  <SidebarItem icon={Home} to="two" text="Two" />,
];`)},
		{name: "sidebar: without groups, by a hook and an early return", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>
				app-root: <AppRouter><Root>{routes}</Root></AppRouter>
				sidebar: <Sidebar>`, facts: `
				route /catalog @backstage/plugin-catalog#CatalogIndexPage
				sidebar-item catalog @backstage/core-components#SidebarItem @material-ui/icons/Home#default`, files: rootWith(`<Bar />`, `const Bar = () => {
  const config = useApi(configApiRef);
  if (!config.loaded) {
    return null;
  }
  return (
    <Sidebar>
      <SidebarItem icon={Home} to="catalog" text="Home" />
    </Sidebar>
  );
};`)},
	}
}

func entityWith(page string, more ...string) map[string]string {
	return map[string]string{
		"App.tsx": appWith("import { entityPage } from './EntityPage';", "const routes = <FlatRoutes><Route path=\"/catalog/:namespace/:kind/:name\" element={<CatalogEntityPage />}>{entityPage}</Route></FlatRoutes>;", plainRoot),
		"packages/app/src/EntityPage.tsx": `import { Grid } from '@material-ui/core';
import { EntityAboutCard, EntityLayout, EntityLinksCard, EntitySwitch, isComponentType, isKind } from '@backstage/plugin-catalog';
import { EntityKubernetesContent, isKubernetesAvailable } from '@backstage/plugin-kubernetes';
import { EmptyState } from '@backstage/core-components';
import { A, B, isA, isB } from '@p/ab';
` + strings.Join(more, "\n") + "\n" + page,
	}
}

func entityShapes() []shape {
	return []shape{
		{name: "entity: function pages, held elements, wrappers, odd attributes", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog/:namespace/:kind/:name" element={<CatalogEntityPage />}>{entityPage}</Route></FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>
				entity-overview / on component,component:grpc,component:service,component:website,default: <Grid container>
				entity-cicd /ci-cd on component,component:grpc,component:service: <EntitySwitch>
				entity-layout on component,component:grpc,component:service: <LayoutWrapper>
				entity-layout on component:website,default: <EntityLayout>
				entity-layout on component:custom: <EntityLayout><EntityLayout.Route path="/" title="X"><A /></EntityLayout.Route></EntityLayout>
				entity-layout on api,resource: <EntityLayout><EntityLayout.Route path="/" title="Overview"><A /></EntityLayout.Route></EntityLayout>`, facts: `
				route /catalog/:namespace/:kind/:name @backstage/plugin-catalog#CatalogEntityPage
				entity-card EntityAboutCard in / on component,component:grpc,component:service,component:website,default @backstage/plugin-catalog#EntityAboutCard
				entity-card A in / on component,component:grpc,component:service,component:website,default if isA @p/ab#A @p/ab#isA
				entity-card B in / on component,component:grpc,component:service,component:website,default @p/ab#B conditional
				entity-tab /kubernetes on component,component:grpc,component:service,component:website,default if isKubernetesAvailable @backstage/plugin-kubernetes#EntityKubernetesContent @backstage/plugin-kubernetes#isKubernetesAvailable
				entity-case A in /ci-cd on component,component:grpc,component:service if e => Boolean(isA(e)) @p/ab#A @p/ab#isA
				entity-case B in /ci-cd on component,component:grpc,component:service if isB @p/ab#B @p/ab#isB conditional
				entity-case default in /ci-cd on component,component:grpc,component:service @backstage/core-components#EmptyState
				entity-tab / on component,component:grpc,component:service
				entity-tab /ci-cd on component,component:grpc,component:service
				entity-tab / on component:website,default
				entity-tab /m1 on component:website,default @p/ab#A
				entity-tab /m2 on component:website,default @p/ab#B
				entity-tab / on component:custom @p/ab#A
				entity-tab / on api,resource @p/ab#A`, files: entityWith(`
const overview = () => (
  <Grid container>
    <Grid item md={6}><EntityAboutCard /></Grid>
    <EntitySwitch><EntitySwitch.Case if={isA}><Grid item><A /></Grid></EntitySwitch.Case></EntitySwitch>
    {flags.x && <Grid item><B /></Grid>}
  </Grid>
);
const kubernetes = (
  <EntityLayout.Route if={isKubernetesAvailable} title="Kubernetes" path="/kubernetes"><EntityKubernetesContent refreshIntervalMs={1} /></EntityLayout.Route>
);
const cicd = (
  <EntitySwitch>
    <EntitySwitch.Case if={e => Boolean(isA(e))}><A /></EntitySwitch.Case>
    {flags.y && (<EntitySwitch.Case if={isB}><Grid container><Grid item><B /></Grid></Grid></EntitySwitch.Case>)}
    <EntitySwitch.Case><EmptyState title="none" missing="info" /></EntitySwitch.Case>
  </EntitySwitch>
);
const LayoutWrapper = ({ children }) => <><EntityLayout>{children}</EntityLayout></>;
const service = (
  <LayoutWrapper>
    <EntityLayout.Route path="/" title="Overview">{overview()}</EntityLayout.Route>
    <EntityLayout.Route path="/ci-cd" title="CI/CD">{cicd}</EntityLayout.Route>
    {kubernetes}
  </LayoutWrapper>
);
const website = (
  <EntityLayout>
    <EntityLayout.Route path="/" title={t('x')}>{overview()}</EntityLayout.Route>
    {kubernetes}
    {[['/m1', A], ['/m2', B]].map(([path, C]) => <EntityLayout.Route key={path} path={path} title="M"><C /></EntityLayout.Route>)}
  </EntityLayout>
);
const ComponentPage = () => {
  const entity = useEntity();
  if (entity.loading) return null;
  return (
    <EntitySwitch>
      <EntitySwitch.Case if={isComponentType(['service', 'Grpc'])}>{service}</EntitySwitch.Case>
      <EntitySwitch.Case if={isComponentType('website')} children={website} />
      <EntitySwitch.Case if={e => e.spec.type === 'x'}><EntityLayout><EntityLayout.Route path="/" title="X"><A /></EntityLayout.Route></EntityLayout></EntitySwitch.Case>
      <EntitySwitch.Case>{service}</EntitySwitch.Case>
    </EntitySwitch>
  );
};
export const entityPage = (
  <EntitySwitch>
    <EntitySwitch.Case if={isKind('component')} children={<ComponentPage />} />
    <EntitySwitch.Case if={isKind('api', 'resource')}><EntityLayout><EntityLayout.Route path="/" title="Overview"><A /></EntityLayout.Route></EntityLayout></EntitySwitch.Case>
    <EntitySwitch.Case>{website}</EntitySwitch.Case>
  </EntitySwitch>
);`, "import { useEntity } from '@backstage/plugin-catalog-react';\nimport { flags, t } from '@p/flags';")},
		{name: "entity: no switch, several files, grids of other kinds", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog/:namespace/:kind/:name" element={<CatalogEntityPage />}>{entityPage}</Route></FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>
				entity-layout on default: <EntityLayout>{tabs}</EntityLayout>
				entity-overview / on default: <div className="grid">`, facts: `
				route /catalog/:namespace/:kind/:name @backstage/plugin-catalog#CatalogEntityPage
				entity-tab / on default
				entity-card EntityAboutCard in / on default @backstage/plugin-catalog#EntityAboutCard
				entity-card C in / on default @backstage/core-components#InfoCard @p/c#C
				entity-card EntityLinksCard in / on default @backstage/plugin-catalog#EntityLinksCard
				entity-tab /c on default @p/c#C`, files: func() map[string]string {
			f := entityWith(`import tabs from './tabs';
export const entityPage = <EntityLayout>{tabs}</EntityLayout>;`)
			f["packages/app/src/tabs.tsx"] = `import { EntityLayout, EntityAboutCard, EntityLinksCard } from '@backstage/plugin-catalog';
import Grid from '@mui/material/Grid';
import { InfoCard } from '@backstage/core-components';
import { C } from '@p/c';
export default [
  <EntityLayout.Route path="/" title="Overview">
    <div className="grid">
      <Grid size={{ xs: 12 }}><EntityAboutCard /></Grid>
      <Grid size={6}><InfoCard title="x"><C /></InfoCard></Grid>
      <EntityLinksCard />
    </div>
  </EntityLayout.Route>,
  <EntityLayout.Route path="/c" title="C"><C /></EntityLayout.Route>,
];`
			return f
		}()},
		{name: "entity: the layout of 2020", mounts: `
				create-app: {}
				routes: <Routes>
				entity-overview / on default: <Grid container><Grid item><AboutCard entity={entity} /></Grid></Grid>
				entity-layout on default: <EntityPageLayout>`, facts: `
				app-root-element AlertDisplay @backstage/core#AlertDisplay
				route /catalog/* @backstage/plugin-catalog#Router
				entity-card AboutCard in / on default @backstage/plugin-catalog#AboutCard
				entity-tab / on default
				entity-tab /ci-cd/* on default @backstage/plugin-github-actions#Router`, files: map[string]string{
			"App.tsx": `import { Route, Routes } from 'react-router';
import { createApp, AlertDisplay, SidebarPage } from '@backstage/core';
import { Router as CatalogRouter } from '@backstage/plugin-catalog';
import { EntityPage } from './EntityPage';
const app = createApp({});
const AppProvider = app.getProvider();
const AppRouter = app.getRouter();
const App = () => (
  <AppProvider><AlertDisplay /><AppRouter><SidebarPage><Routes>
    <Route path="/catalog/*" element={<CatalogRouter EntityPage={EntityPage} />} />
  </Routes></SidebarPage></AppRouter></AppProvider>
);
export default App;`,
			"packages/app/src/EntityPage.tsx": `import { EntityPageLayout, AboutCard, useEntity } from '@backstage/plugin-catalog';
import { Grid } from '@material-ui/core';
import { Router as GithubActionsRouter, isPluginApplicableToEntity } from '@backstage/plugin-github-actions';
const Overview = ({ entity }) => <Grid container><Grid item><AboutCard entity={entity} /></Grid></Grid>;
const ServiceEntityPage = ({ entity }) => (
  <EntityPageLayout>
    <EntityPageLayout.Content path="/" title="Overview" element={<Overview entity={entity} />} />
    <EntityPageLayout.Content path="/ci-cd/*" title="CI/CD" element={<GithubActionsRouter entity={entity} />} />
  </EntityPageLayout>
);
export const EntityPage = () => {
  const { entity } = useEntity();
  switch (entity?.spec?.type) {
    case 'service':
      return <ServiceEntityPage entity={entity} />;
    default:
      return <ServiceEntityPage entity={entity} />;
  }
};`}},
	}
}

func otherShapes() []shape {
	return []shape{
		{name: "app options: plugins, apis, sign-in, bindings", mounts: `
				sign-in-providers: [
				create-app: {
				sign-in-page SignInPage: <SignInPage {...props} auto providers={providers} />
				sign-in-page SignInPage: <SignInPage {...props} provider={google} />
				app-root: <div />
				apis: [createApiFactory(costApiRef, new Client()), createApiFactory({ api: ownRef, deps: {}, factory: () => 1 })]`, facts: `
				sign-in-provider guest
				sign-in-provider github-auth-provider @backstage/core-plugin-api#githubAuthApiRef
				plugin plugin @p/badges#plugin
				plugin shortcutsPlugin @p/shortcuts#shortcutsPlugin
				sign-in-provider google @backstage/core-plugin-api#googleAuthApiRef
				api costApiRef @p/cost#costApiRef @backstage/core-plugin-api#createApiFactory @p/cost#Client
				api own.api @backstage/core-plugin-api#createApiFactory
				route-binding catalogPlugin.createComponent @backstage/plugin-catalog#catalogPlugin.externalRoutes @backstage/plugin-scaffolder#scaffolderPlugin.routes.root`, files: map[string]string{
			"App.tsx": `import { createApp } from '@backstage/app-defaults';
import { SignInPage, ProxiedSignInPage } from '@backstage/core-components';
import { githubAuthApiRef, googleAuthApiRef, configApiRef, useApi } from '@backstage/core-plugin-api';
import { catalogPlugin } from '@backstage/plugin-catalog';
import { apis } from './apis';
import * as plugins from './plugins';
import { bindRoutes } from './bind';
const providers = [
  'guest',
  { id: 'github-auth-provider', title: 'GitHub', message: 'x', apiRef: githubAuthApiRef },
];
const google = { id: 'google', title: 'Google', message: 'x', apiRef: googleAuthApiRef };
export default createApp({
  apis,
  plugins: Object.values(plugins),
  components: {
    SignInPage: props => {
      const config = useApi(configApiRef);
      if (config.getString('auth.environment') === 'local') {
        return <SignInPage {...props} auto providers={providers} />;
      }
      return <SignInPage {...props} provider={google} />;
    },
  },
  bindRoutes,
  themes: ['a', 'b'].map(id => ({ id, Provider: ({ children }) => <div>{children}</div> })),
}).createRoot(<div />);`,
			"packages/app/src/apis.ts": `import { createApiFactory, createApiRef } from '@backstage/core-plugin-api';
import { costApiRef, Client } from '@p/cost';
export const ownRef = createApiRef<X>({ id: 'own.api' });
export const apis = [createApiFactory(costApiRef, new Client()), createApiFactory({ api: ownRef, deps: {}, factory: () => 1 })];`,
			"packages/app/src/plugins.ts": `export { plugin as Badges } from '@p/badges';
export { shortcutsPlugin } from '@p/shortcuts';`,
			"packages/app/src/bind.ts": `import { catalogPlugin } from '@backstage/plugin-catalog';
import { scaffolderPlugin } from '@backstage/plugin-scaffolder';
export const bindRoutes = ({ bind }: any) => { bind(catalogPlugin.externalRoutes, { createComponent: scaffolderPlugin.routes.root }); };`}},
		{name: "new frontend: features in all forms", mounts: `
				sign-in-page SignInPage: <SignInPage {...props} providers={['guest', { id: 'gh', title: 'GitHub', message: 'x', apiRef: githubAuthApiRef }]} />
				sign-in-providers: ['guest', { id: 'gh', title: 'GitHub', message: 'x', apiRef: githubAuthApiRef }]
				features: [
				extensions app: [signIn, page, catalogPlugin.getExtension('page:catalog').override({ params: { path: '/' } })]
				create-app: { features }
				extensions mine: []`, facts: `
				sign-in-provider guest
				sign-in-provider gh @backstage/core-plugin-api#githubAuthApiRef
				feature @backstage/plugin-catalog/alpha @backstage/plugin-catalog/alpha#default
				feature @backstage/plugin-app-visualizer @backstage/plugin-app-visualizer#visualizerPlugin
				feature @p/a/alpha @p/a/alpha#default
				feature packages/app/src/more.ts#mine @backstage/frontend-plugin-api#createFrontendPlugin
				feature packages/app/src/App.tsx#app @backstage/frontend-plugin-api#createFrontendModule
				extension sign-in-page:app in app @backstage/frontend-plugin-api#SignInPageBlueprint
				extension page:app/own in app @backstage/frontend-plugin-api#PageBlueprint
				extension page:catalog in app @backstage/plugin-catalog/alpha#default
				feature @p/flags @p/flags#flags.a conditional
				feature @p/flags @p/flags#flags.b conditional`, files: map[string]string{
			"App.tsx": `import { createApp } from '@backstage/frontend-defaults';
import { createFrontendModule, createFrontendPlugin, PageBlueprint, SignInPageBlueprint } from '@backstage/frontend-plugin-api';
import { SignInPage } from '@backstage/core-components';
import { githubAuthApiRef } from '@backstage/core-plugin-api';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { visualizerPlugin as visualizer } from '@backstage/plugin-app-visualizer';
import { more } from './more';
import { flags } from '@p/flags';
const page = PageBlueprint.make({ name: 'own', params: { path: '/own', loader: async () => <div /> } });
const signIn = SignInPageBlueprint.make({ params: { loader: async () => props => <SignInPage {...props} providers={['guest', { id: 'gh', title: 'GitHub', message: 'x', apiRef: githubAuthApiRef }]} /> } });
const features = [
  catalogPlugin,
  visualizer as any,
  ...more,
  createFrontendModule({ pluginId: 'app', extensions: [signIn, page, catalogPlugin.getExtension('page:catalog').override({ params: { path: '/' } })] }),
  // commented,
  flags.x ? flags.a : flags.b,
];
const app = createApp({ features });
export default app.createRoot();`,
			"packages/app/src/more.ts": `import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import a from '@p/a/alpha';
export const more = [a, createFrontendPlugin({ pluginId: 'mine', extensions: [] })];`}},
		{name: "new frontend: nothing but discovery", mounts: `
				create-app: createApp()`, facts: `
				discovered @backstage/plugin-catalog @backstage/plugin-catalog
				discovered @backstage/plugin-tech-radar @backstage/plugin-tech-radar`, files: map[string]string{
			"App.tsx": `import { createApp } from '@backstage/frontend-defaults';
const app = createApp();
export default app.createRoot();`,
			"app-config.yaml": `app:
  packages: all
`}},
		{name: "new frontend: nav items by map and legacy parts", mounts: `
				sidebar: <Sidebar>
				sidebar-group Menu: <SidebarGroup label="Menu">
				routes: <FlatRoutes><Route path="/old" element={<OldPage />} /></FlatRoutes>
				create-app: { features: [createFrontendModule({ pluginId: 'app', extensions: [nav] }), ...legacy] }
				features: [createFrontendModule({ pluginId: 'app', extensions: [nav] }), ...legacy]
				extensions app: [nav]`, facts: `
				sidebar-item SidebarItem in Menu @backstage/core-components#SidebarItem
				sidebar-item /fixed in Menu @backstage/core-components#SidebarItem @material-ui/icons/X#default
				route /old @p/old#OldPage
				feature packages/app/src/App.tsx#app @backstage/frontend-plugin-api#createFrontendModule
				extension nav-content:app in app @backstage/frontend-plugin-api#NavContentBlueprint
				feature packages/app/src/App.tsx#convertLegacyAppRoot @backstage/core-compat-api#convertLegacyAppRoot`, files: map[string]string{
			"App.tsx": `import { createApp } from '@backstage/frontend-defaults';
import { compatWrapper, convertLegacyAppRoot } from '@backstage/core-compat-api';
import { NavContentBlueprint, createFrontendModule } from '@backstage/frontend-plugin-api';
import { Sidebar, SidebarGroup, SidebarItem } from '@backstage/core-components';
import { Route } from 'react-router-dom';
import { FlatRoutes } from '@backstage/core-app-api';
import { OldPage } from '@p/old';
const nav = NavContentBlueprint.make({
  params: {
    component: ({ items }) => compatWrapper(
      <Sidebar>
        <SidebarGroup label="Menu">
          {items.map((item, i) => <SidebarItem {...item} key={i} />)}
          <SidebarItem to="/fixed" text="Fixed" icon={X} />
        </SidebarGroup>
      </Sidebar>,
    ),
  },
});
import X from '@material-ui/icons/X';
const legacy = convertLegacyAppRoot(<FlatRoutes><Route path="/old" element={<OldPage />} /></FlatRoutes>);
export default createApp({ features: [createFrontendModule({ pluginId: 'app', extensions: [nav] }), ...legacy] }).createRoot();`}},
	}
}
