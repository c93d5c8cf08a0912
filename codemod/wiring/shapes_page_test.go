package wiring

import "strings"

func pageShapes() []shape {
	home := func(routes, page string) map[string]string {
		return map[string]string{
			"App.tsx": appWith("import { HomepageCompositionRoot } from '@backstage/plugin-home';\nimport { homePage, HomePage } from './HomePage';",
				"const routes = <FlatRoutes>"+routes+"</FlatRoutes>;", plainRoot),
			"packages/app/src/HomePage.tsx": `import { Grid } from '@material-ui/core';
import { Content, Page } from '@backstage/core-components';
import { CustomHomepageGrid, HomePageToolkit, HomePageStarredEntities } from '@backstage/plugin-home';
import { XCard } from '@p/x';
` + page,
		}
	}
	route := "/home @backstage/plugin-home#HomepageCompositionRoot"
	return []shape{
		{name: "home page: a grid that people arrange", files: home(`<Route path="/home" element={<HomepageCompositionRoot />}>{homePage}</Route>`, `
export const homePage = <Page><Content><CustomHomepageGrid><HomePageToolkit tools={[]} /><XCard /></CustomHomepageGrid></Content></Page>;`),
			facts: "route " + route + `
				home-widget HomePageToolkit in /home @backstage/plugin-home#HomePageToolkit
				home-widget XCard in /home @p/x#XCard`,
			mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/home" element={<HomepageCompositionRoot />}>{homePage}</Route></FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>
				home-grid CustomHomepageGrid: <CustomHomepageGrid><HomePageToolkit tools={[]} /><XCard /></CustomHomepageGrid>`},
		{name: "home page: a grid of items, in a component of the app", files: home(`<Route path="/home" element={<HomePage />} />`, `
const Own = () => <div><XCard /></div>;
export const HomePage = () => (
  <Page>
    <Content>
      <Grid container spacing={3}>
        <Grid item md={6}>
          <HomePageStarredEntities />
        </Grid>
        <Grid item md={6}>
          <Own />
        </Grid>
      </Grid>
    </Content>
  </Page>
);`),
			facts: `
				route /home
				home-widget HomePageStarredEntities in /home @backstage/plugin-home#HomePageStarredEntities
				home-widget XCard in /home @p/x#XCard`,
			mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/home" element={<HomePage />} /></FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>
				home-grid Grid: <Grid container spacing={3}>`},
		{name: "home page: a grid of something else", files: home(`<Route path="/home" element={<HomePage />} />`, `
export const HomePage = () => <Grid container><Grid item><XCard /></Grid><Grid item><b /></Grid></Grid>;`),
			facts: "route /home", mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/home" element={<HomePage />} /></FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>`},
		{name: "home page: read from its text", files: func() map[string]string {
			f := home(`<Route path="/home" element={<HomepageCompositionRoot />}>{homePage}</Route>`, `
oops();
export const homePage = <CustomHomepageGrid><HomePageToolkit /><XCard /></CustomHomepageGrid>;`)
			f["App.tsx"] = strings.Replace(f["App.tsx"], "import { AppRouter", "import '@backstage/ui/css/styles.css';\nimport { AppRouter", 1)
			return f
		}(), fails: "oops is not defined", facts: `
				css-import @backstage/ui/css/styles.css @backstage/ui/css/styles.css
				route /home @backstage/plugin-home#HomepageCompositionRoot degraded
				home-widget HomePageToolkit @backstage/plugin-home#HomePageToolkit degraded
				home-widget XCard @p/x#XCard degraded`},
		{name: "style sheets of packages, in any file", facts: `
				css-import @backstage/ui/css/styles.css @backstage/ui/css/styles.css
				route /catalog @backstage/plugin-catalog#CatalogIndexPage
				css-import @p/x/index.css @p/x/index.css`, files: map[string]string{
			"App.tsx":                    appWith("import './own.css';\nimport '@backstage/ui/css/styles.css';\nimport sheet from '@p/y/named.css';\nimport './more';", oneRoute, plainRoot),
			"packages/app/src/more.ts":   "import \"@p/x/index.css\";\nconst text = 'import x.css';\n",
			"packages/app/src/unused.ts": "import '@p/z/index.css';\n"}},
		{name: "apis: what their factories make", facts: `
				api aRef @p/a#aRef @backstage/core-plugin-api#createApiFactory @p/a#Client
				api bRef @p/b#bRef @backstage/core-plugin-api#createApiFactory @p/b#BClient
				api cRef @p/c#cRef @backstage/core-plugin-api#createApiFactory`, files: map[string]string{
			"App.tsx": `import { createApp } from '@backstage/app-defaults';
import { configApiRef, createApiFactory } from '@backstage/core-plugin-api';
import { aRef, Client } from '@p/a';
import { bRef, BClient } from '@p/b';
import { cRef } from '@p/c';
class Own { constructor(x) { this.x = x.y.z; } }
export default createApp({ apis: [
  createApiFactory({ api: aRef, deps: { config: configApiRef }, factory: ({ config, ...rest }) => new Client({ config, more: rest.more.get('x') }) }),
  createApiFactory({ api: bRef, deps: { config: configApiRef }, factory: ({ config }) => BClient.fromConfig(config) }),
  createApiFactory({ api: cRef, deps: {}, factory: x => new Own(x) }),
] }).createRoot(<div />);`}},
	}
}
