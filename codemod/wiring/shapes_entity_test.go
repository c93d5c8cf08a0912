package wiring

import "strings"

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
				app-root provider: <AppProvider><AlertDisplay /><AppRouter><SidebarPage><Routes>
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
