package wiring

func moreShapes() []shape {
	legacyBackend := func(plugin string) map[string]string {
		return map[string]string{"index.ts": `import Router from 'express-promise-router';
import { createServiceBuilder, getRootLogger, notFoundHandler, useHotMemoize } from '@backstage/backend-common';
import one from './plugins/one';
import two from './plugins/two';
async function main() {
  const createEnv = plugin => ({ logger: getRootLogger().child({ plugin }), plugin });
  const apiRouter = Router();
  apiRouter.use('/one', await one(useHotMemoize(module, () => createEnv('one'))));
  apiRouter.use('/two', await two(useHotMemoize(module, () => createEnv('two'))));
  apiRouter.use(notFoundHandler());
  await createServiceBuilder(module).addRouter('/api', apiRouter).start();
}
main().catch(() => { process.exit(1); });`,
			"packages/backend/src/plugins/one.ts": plugin,
			"packages/backend/src/plugins/two.ts": "import { createRouter } from '@p/two';\nexport default async env => createRouter(env);"}
	}
	overview := func(more, content string) map[string]string {
		return entityWith(more + `
const overview = ` + content + `;
export const entityPage = (
  <EntitySwitch>
    <EntitySwitch.Case if={isKind('component')}>
      <EntityLayout>
        <EntityLayout.Route path="/" title="Overview">{overview}</EntityLayout.Route>
      </EntityLayout>
    </EntitySwitch.Case>
    <EntitySwitch.Case>
      <EntityLayout>
        <EntityLayout.Route path="/" title="Overview"><Cards><Grid item><EntityAboutCard /></Grid></Cards></EntityLayout.Route>
      </EntityLayout>
    </EntitySwitch.Case>
  </EntitySwitch>
);`)
	}
	overviewFacts := `
				route /catalog/:namespace/:kind/:name @backstage/plugin-catalog#CatalogEntityPage
				entity-card EntityAboutCard in / on component @backstage/plugin-catalog#EntityAboutCard
				entity-card A in / on component @p/ab#A
				entity-tab / on component
				entity-tab / on default
				entity-card EntityAboutCard in / on default @backstage/plugin-catalog#EntityAboutCard`
	overviewMounts := func(of string) string {
		return `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog/:namespace/:kind/:name" element={<CatalogEntityPage />}>{entityPage}</Route></FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>
				entity-overview / on component: ` + of + `
				entity-layout on component: <EntityLayout>
				entity-layout on default: <EntityLayout>
				entity-overview / on default: <Cards><Grid item><EntityAboutCard /></Grid></Cards>`
	}
	return []shape{
		{name: "backend of the old system: what is left of an environment", facts: `
				legacy-backend-router /one @p/one#createRouter
				legacy-backend-router /two @p/two#createRouter`, mounts: `
				api-router apiRouter: apiRouter.use(notFoundHandler());
				router-chain .addRouter: createServiceBuilder(module).addRouter('/api', apiRouter).start()`,
			files: legacyBackend(`import { createRouter } from '@p/one';
export default async function createPlugin({ logger, ...env }) { return createRouter({ logger, database: env.database.getClient().x, url: env.config.getString('a').split('/')[0] }); }`)},
		{name: "backend of the old system: an error that it keeps to itself", facts: `
				legacy-backend-router /one degraded
				legacy-backend-router /two degraded`, fails: "plugins/one.ts:2:47",
			files: legacyBackend(`import { createRouter } from '@p/one';
export default async env => createRouter(env, nowhere.at);`)},
		{name: "entity: a wrapper of the app's own around the cards", files: overview("import { Content } from '@backstage/core-components';\nconst Cards = ({ children }) => <Content><Grid container spacing={3}>{children}</Grid></Content>;",
			"<Cards>\n  <Grid item><EntityAboutCard /></Grid>\n  <Grid item><A /></Grid>\n</Cards>"), facts: overviewFacts, mounts: overviewMounts("<Cards>")},
		{name: "entity: a wrapper of the app's own that makes the items", files: overview("import { Children } from 'react';\nconst Cards = ({ children }) => <Grid container>{Children.map(children, c => <Grid item>{c}</Grid>)}</Grid>;",
			"<Cards>\n  <EntityAboutCard />\n  <A />\n</Cards>"), facts: overviewFacts, mounts: overviewMounts("<Cards>")},
		{name: "entity: a fragment of cards", files: overview("const Cards = ({ children }) => <>{children}</>;",
			"<>\n  <EntityAboutCard />\n  <A />\n</>"), facts: overviewFacts, mounts: overviewMounts("<>")},
		{name: "entity: a fragment of items", files: overview("const Cards = ({ children }) => <div>{children}</div>;",
			"<>\n  <Grid item><EntityAboutCard /></Grid>\n  <Grid item><A /></Grid>\n</>"), facts: overviewFacts, mounts: overviewMounts("<>")},
		{name: "entity: a layout with tabs for all pages, and those of each", facts: `
				route /catalog/:namespace/:kind/:name @backstage/plugin-catalog#CatalogEntityPage
				entity-tab / on component,default @backstage/plugin-catalog#EntityAboutCard
				entity-tab /a on component @p/ab#A
				entity-tab /b on default @p/ab#B`, mounts: `
				create-app: {}
				routes: <FlatRoutes><Route path="/catalog/:namespace/:kind/:name" element={<CatalogEntityPage />}>{entityPage}</Route></FlatRoutes>
				app-root: <AppRouter>{routes}</AppRouter>
				entity-layout on component: <Layout><EntityLayout.Route path="/a" title="A"><A /></EntityLayout.Route></Layout>
				entity-layout on default: <Layout><EntityLayout.Route path="/b" title="B"><B /></EntityLayout.Route></Layout>`,
			files: entityWith(`
const Layout = props => <EntityLayout><EntityLayout.Route path="/" title="Overview"><EntityAboutCard /></EntityLayout.Route>{props.children}</EntityLayout>;
export const entityPage = (
  <EntitySwitch>
    <EntitySwitch.Case if={isKind('component')}>
      <Layout><EntityLayout.Route path="/a" title="A"><A /></EntityLayout.Route></Layout>
    </EntitySwitch.Case>
    <EntitySwitch.Case>
      <Layout><EntityLayout.Route path="/b" title="B"><B /></EntityLayout.Route></Layout>
    </EntitySwitch.Case>
  </EntitySwitch>
);`)},
		{name: "sign-in page of the app's own", facts: `
				sign-in-provider guest
				sign-in-provider gh @backstage/core-plugin-api#githubAuthApiRef`, mounts: `
				create-app: { components: { SignInPage: Own } }
				app-root: <div />
				sign-in-page SignInPage: <SignInPage {...props} providers={['guest', { id: 'gh', apiRef: githubAuthApiRef }]} />
				sign-in-providers: ['guest', { id: 'gh', apiRef: githubAuthApiRef }]`, files: map[string]string{"App.tsx": `import { createApp } from '@backstage/app-defaults';
import { SignInPage } from '@backstage/core-components';
import { githubAuthApiRef } from '@backstage/core-plugin-api';
import { withX } from '@p/x';
import { Own } from './Own';
export default createApp({ components: { SignInPage: Own } }).createRoot(<div />);`,
			"packages/app/src/Own.tsx": `import { SignInPage } from '@backstage/core-components';
import { githubAuthApiRef } from '@backstage/core-plugin-api';
import { withX } from '@p/x';
const Page = props => <SignInPage {...props} providers={['guest', { id: 'gh', apiRef: githubAuthApiRef }]} />;
export const Own = withX(Page);`}},
		{name: "sign-in page of the app's own that is given providers, and passes them on", facts: `
				sign-in-provider guest
				sign-in-provider gh @backstage/core-plugin-api#githubAuthApiRef`, mounts: `
				create-app: { components: { SignInPage: props => <CustomSignInPage {...props} providers={['guest', github]} /> } }
				sign-in-page CustomSignInPage: <CustomSignInPage {...props} providers={['guest', github]} />
				sign-in-providers: ['guest', github]
				app-root: <div />
				sign-in-page SignInPage: <SignInPage {...props} title="x" />`, files: map[string]string{"App.tsx": `import { createApp } from '@backstage/app-defaults';
import { githubAuthApiRef } from '@backstage/core-plugin-api';
import { CustomSignInPage } from './CustomSignInPage';
const github = { id: 'gh', title: 'GitHub', apiRef: githubAuthApiRef };
export default createApp({ components: { SignInPage: props => <CustomSignInPage {...props} providers={['guest', github]} /> } }).createRoot(<div />);`,
			"packages/app/src/CustomSignInPage.tsx": "import { SignInPage } from '@backstage/core-components';\nexport function CustomSignInPage(props) { return <div><SignInPage {...props} title=\"x\" /></div>; }"}},
		{name: "sign-in page that is called", facts: `
				sign-in-provider guest conditional
				sign-in-provider oauth2Proxy
				feature packages/app/src/App.tsx#app @backstage/frontend-plugin-api#createFrontendModule
				extension sign-in-page:app in app @backstage/plugin-app-react#SignInPageBlueprint`, files: map[string]string{"App.tsx": `import { createApp } from '@backstage/frontend-defaults';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';
const page = SignInPageBlueprint.make({ params: { loader: async () => {
  const { ProxiedSignInPage, SignInPage } = await import('@backstage/core-components');
  const { useApi, configApiRef } = await import('@backstage/core-plugin-api');
  return props => {
    if (useApi(configApiRef).getString('auth.environment') === 'development') {
      return SignInPage({ ...props, providers: ['guest'] });
    }
    return ProxiedSignInPage({ ...props, provider: 'oauth2Proxy' });
  };
} } });
export default createApp({ features: [createFrontendModule({ pluginId: 'app', extensions: [page] })] }).createRoot();`}},
		{name: "conditions on the environment", facts: `
				feature @p/x @p/x#a conditional
				feature @p/x @p/x#b conditional
				feature @p/x @p/x#c conditional
				feature @p/x @p/x#d conditional
				feature @p/x @p/x#e conditional
				feature @p/x @p/x#f conditional
				backend-feature @b/one @b/one#default conditional
				backend-feature @b/two @b/two#default conditional
				backend-feature @b/four @b/four#default conditional
				backend-feature @b/three @b/three#default conditional
				backend-feature @b/five @b/five#default conditional
				backend-feature @b/six @b/six#default conditional
				backend-feature @b/seven @b/seven#default conditional
				backend-feature @b/eight @b/eight#default conditional`, mounts: `
				create-app: { features: [...features, on ? c : d, ...(!!process.env.Z ? [e] : [f])] }
				features: [...features, on ? c : d, ...(!!process.env.Z ? [e] : [f])]
				backend backend: backend.add(!!process.env.X ? import('@b/three') : import('@b/four'));`, files: map[string]string{"App.tsx": `import { createApp } from '@backstage/frontend-defaults';
import { a, b, c, d, e, f } from '@p/x';
const on = Boolean(process.env.X);
const features = Boolean(process.env.Y) ? [a] : [b];
export default createApp({ features: [...features, on ? c : d, ...(!!process.env.Z ? [e] : [f])] }).createRoot();`,
			"index.ts": newBackendHead + `
const one = Boolean(process.env.X) ? import('@b/one') : import('@b/two');
backend.add(one);
backend.add(!!process.env.X ? import('@b/three') : import('@b/four'));
if (!!process.env.Y) { backend.add(import('@b/five')); } else { backend.add(import('@b/six')); }
const on = Boolean(process.env.Z);
if (on) { backend.add(import('@b/seven')); } else { backend.add(import('@b/eight')); }
backend.start();`}},
		{name: "backend: features added after it started", facts: `
				backend-feature @b/one @b/one#default
				backend-feature @b/two @b/two#default`, mounts: `
				backend backend: backend.add(import('@b/one'));`, fails: "index.ts:6:1: a backend that has started takes no more features", files: map[string]string{"index.ts": newBackendHead + `
backend.add(import('@b/one'));
backend.start();
backend.add(import('@b/two'));
`}},
	}
}
