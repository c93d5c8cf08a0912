package wiring

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

func lateShapes() []shape {
	return []shape{
		{name: "app: a root that is loaded after something else", facts: `
				route /catalog @backstage/plugin-catalog#CatalogIndexPage
				route path @company/context#Context conditional`, mounts: `
				routes: <FlatRoutes>`, files: map[string]string{
			"App.tsx": "import { Late } from './Late';\nexport default () => <><Late afterInit={() => import('./Base')} /></>;",
			"packages/app/src/Late.tsx": `import { useState } from 'react';
import { createApp } from '@backstage/app-defaults';
import { useAsync } from 'react-use';
export const Late = ({ afterInit }) => {
  const [Base, setBase] = useState<any>();
  const { loading } = useAsync(async () => { createApp({}); setBase((await afterInit()).default); });
  if (loading) {
    return <p />;
  }
  return <Base />;
};`,
			"packages/app/src/Base.tsx": `import { Component, useContext } from 'react';
import { Route } from 'react-router-dom';
import { FlatRoutes } from '@backstage/core-app-api';
import { CatalogIndexPage } from '@backstage/plugin-catalog';
import { Context } from '@company/context';
class Boundary extends Component<any, any> {
  constructor(props) { super(props); this.state = { error: null }; }
  render() { return this.state.error ? <p /> : this.props.children; }
}
export default () => {
  const { AppProvider, routes } = useContext(Context);
  return (
    <AppProvider>
      <Boundary>
        <FlatRoutes>
          <Route path="/catalog" element={<CatalogIndexPage />} />
          {routes.map(({ path, Page }) => <Route key={path} path={path} element={<Page />} />)}
        </FlatRoutes>
      </Boundary>
    </AppProvider>
  );
};`}},
		{name: "app: made in another package of the monorepo", facts: `
				route /catalog @backstage/plugin-catalog#CatalogIndexPage`, mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>
				app-root: <AppRouter>{routes}</AppRouter>`, files: map[string]string{
			"App.tsx":                        "import { createPortalApp } from '@company/portal-app';\nexport default createPortalApp({ title: 'x' });",
			"packages/portal/package.json":   `{"name":"@company/portal-app","backstage":{"role":"web-library"},"dependencies":{"@backstage/app-defaults":"^1.0.0"}}`,
			"packages/portal/src/index.ts":   "export { createPortalApp } from './create';",
			"packages/portal/src/create.tsx": appWith("", oneRoute, plainRoot) + "export const createPortalApp = (options: any) => app.createRoot(<AppRouter>{routes}</AppRouter>);\n"}},
		{name: "new frontend: navigation of an extension made by hand", facts: `
				sidebar-item catalog in Menu @backstage/core-components#SidebarItem @material-ui/icons/X#default
				feature @p/badges @backstage/core-compat-api#convertLegacyPlugin @p/badges#badgesPlugin
				feature packages/app/src/App.tsx#app @backstage/frontend-plugin-api#createFrontendModule
				extension app/nav in app @backstage/frontend-plugin-api#createExtension
				feature packages/app/src/App.tsx#catalog @backstage/frontend-plugin-api#createFrontendModule
				extension entity-card:catalog/EntityBadges in catalog @backstage/plugin-catalog-react/alpha#convertLegacyEntityCardExtension @p/badges#EntityBadges`, mounts: `
				sidebar: <Sidebar><SidebarGroup label="Menu"><SidebarItem icon={X} to="catalog" text="Home" /></SidebarGroup></Sidebar>
				sidebar-group Menu: <SidebarGroup label="Menu"><SidebarItem icon={X} to="catalog" text="Home" /></SidebarGroup>
				create-app: { features: [
				features: [
				extensions app: [nav]
				extensions catalog: [convertLegacyEntityCardExtension(EntityBadges)]`, files: map[string]string{
			"App.tsx": `import { createApp } from '@backstage/frontend-defaults';
import { coreExtensionData, createExtension, createFrontendModule } from '@backstage/frontend-plugin-api';
import { compatWrapper, convertLegacyPlugin } from '@backstage/core-compat-api';
import { convertLegacyEntityCardExtension } from '@backstage/plugin-catalog-react/alpha';
import { Sidebar, SidebarGroup, SidebarItem } from '@backstage/core-components';
import { badgesPlugin, EntityBadges } from '@p/badges';
const nav = createExtension({
  name: 'nav',
  attachTo: { id: 'app/layout', input: 'nav' },
  output: [coreExtensionData.reactElement],
  factory() {
    return [coreExtensionData.reactElement(compatWrapper(<Sidebar><SidebarGroup label="Menu"><SidebarItem icon={X} to="catalog" text="Home" /></SidebarGroup></Sidebar>))];
  },
});
import X from '@material-ui/icons/X';
export default createApp({ features: [
  convertLegacyPlugin(badgesPlugin, { extensions: [] }),
  createFrontendModule({ pluginId: 'app', extensions: [nav] }),
  createFrontendModule({ pluginId: 'catalog', extensions: [convertLegacyEntityCardExtension(EntityBadges)] }),
] }).createRoot();`}},
		{name: "new frontend: items that stand in for missing ones", facts: `
				sidebar-item /x @backstage/core-components#SidebarItem conditional
				sidebar-item /y @backstage/core-components#SidebarItem conditional`, mounts: `
				sidebar: <Sidebar>{navItems.take('page:x') ?? <SidebarItem to="/x" text="X" />}{navItems.take('page:y') || (<SidebarItem to="/y" text="Y" />)}</Sidebar>
				create-app: {}`, files: map[string]string{
			"App.tsx": `import { createApp } from '@backstage/frontend-defaults';
import { NavContentBlueprint } from '@backstage/plugin-app-react';
import { Sidebar, SidebarItem } from '@backstage/core-components';
NavContentBlueprint.make({ params: { component: ({ navItems }) => <Sidebar>{navItems.take('page:x') ?? <SidebarItem to="/x" text="X" />}{navItems.take('page:y') || (<SidebarItem to="/y" text="Y" />)}</Sidebar> } });
export default createApp({}).createRoot();`}},
		{name: "app: routes that only a backend brings", facts: `
				route /catalog @backstage/plugin-catalog#CatalogIndexPage degraded`, mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>`, files: map[string]string{
			"App.tsx": `import { Route } from 'react-router-dom';
import { createApp } from '@backstage/app-defaults';
import { FlatRoutes } from '@backstage/core-app-api';
import { CatalogIndexPage } from '@backstage/plugin-catalog';
import { connect } from '@company/connect';
const app = createApp({});
connect({ ready: () => app.createRoot(<FlatRoutes><Route path="/catalog" element={<CatalogIndexPage />} /></FlatRoutes>) });
export default () => <p />;`}, fails: "does not come to its routes"},
	}
}
