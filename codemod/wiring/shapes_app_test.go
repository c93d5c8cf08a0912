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
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>
				app-root provider: <AppProvider><AppRouter2><div>{routes}</div></AppRouter2></AppProvider>`, files: map[string]string{"App.tsx": strings.Replace(strings.Replace(simple, "export default app.createRoot("+plainRoot+");", `const AppProvider = app.getProvider();
const AppRouter2 = app.getRouter();
export default function App() {
  return <AppProvider><AppRouter2><div>{routes}</div></AppRouter2></AppProvider>;
}`, 1), "", "", 1)}, facts: catalog},
		{name: "app: hot(App)", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>
				app-root provider: <AppProvider>{routes}</AppProvider>`, files: map[string]string{"App.tsx": strings.Replace(simple, "export default app.createRoot("+plainRoot+");", `import { hot } from 'react-hot-loader/root';
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
console.log(text.length, list, +d, doc as any);`, oneRoute, plainRoot)}, facts: catalog, fails: "./gone is not there"},
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
		return map[string]string{"App.tsx": appWith(more, "const routes = (\n  <FlatRoutes>\n"+children+"\n  </FlatRoutes>\n);", plainRoot),
			"packages/app/src/Own.tsx": "export const Own = () => <p />;"}
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
import { flags, x } from '@p/flags';
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
