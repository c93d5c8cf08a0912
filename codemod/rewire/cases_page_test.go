package rewire

// pageCases are those of routes, the sidebar and entity pages.
var pageCases = []operationCase{
	{"route after the last one", "App.tsx", "<FlatRoutes>", "", route("/x", "plugin-x", "XPage"), `
import { Route } from 'react-router-dom';
import { FlatRoutes } from '@backstage/core-app-api';
import { Home } from './Home';

const routes = (
  <FlatRoutes>
    <Route path="/" element={<Home />} />
  </FlatRoutes>
);
`, `
import { Route } from 'react-router-dom';
import { FlatRoutes } from '@backstage/core-app-api';
import { Home } from './Home';
import { XPage } from 'plugin-x';

const routes = (
  <FlatRoutes>
    <Route path="/" element={<Home />} />
    <Route path="/x" element={<XPage />} />
  </FlatRoutes>
);
`},
	{"route before the catch-all, with the table's own tag, double quotes and tabs", "App.tsx", "<FlatRoutes>", "", route("/x", "plugin-x", "XPage"), `
import { Route as R } from "react-router-dom";

const routes = (
	<FlatRoutes>
		<R path="/" element={<Home />} />
		<R path="*" element={<NotFound />} />
	</FlatRoutes>
);
`, `
import { Route as R } from "react-router-dom";
import { XPage } from "plugin-x";

const routes = (
	<FlatRoutes>
		<R path="/" element={<Home />} />
		<R path="/x" element={<XPage />} />
		<R path="*" element={<NotFound />} />
	</FlatRoutes>
);
`},
	{"route beside routes made by a map", "App.tsx", "<FlatRoutes>", "", route("/x", "plugin-x", "XPage"), `
import { FlatRoutes } from '@backstage/core-app-api';
const routes = (
  <FlatRoutes>
    {pages.map(p => p.route)}
  </FlatRoutes>
);
`, `
import { FlatRoutes } from '@backstage/core-app-api';
import { XPage } from 'plugin-x';
import { Route } from 'react-router-dom';
const routes = (
  <FlatRoutes>
    {pages.map(p => p.route)}
    <Route path="/x" element={<XPage />} />
  </FlatRoutes>
);
`},
	{"a route too long for a line is broken as prettier does", "App.tsx", "<FlatRoutes>", "", route("/a-quite-long-path-to-a-page", "plugin-x", "AQuiteLongNameOfAPage"), `
import { Route } from 'react-router-dom';
const routes = (
  <FlatRoutes>
    <Route path="/" element={<Home />} />
  </FlatRoutes>
);
`, `
import { Route } from 'react-router-dom';
import { AQuiteLongNameOfAPage } from 'plugin-x';
const routes = (
  <FlatRoutes>
    <Route path="/" element={<Home />} />
    <Route
      path="/a-quite-long-path-to-a-page"
      element={<AQuiteLongNameOfAPage />}
    />
  </FlatRoutes>
);
`},
	{"sidebar item after the last one", "Root.tsx", "<SidebarGroup", "Menu", sidebarItem("x", "X", "Map"), `
import HomeIcon from '@material-ui/icons/Home';
import { SidebarGroup, SidebarItem } from '@backstage/core-components';

export const Root = () => (
  <SidebarGroup label="Menu">
    {/* Global nav */}
    <SidebarItem icon={HomeIcon} to="catalog" text="Home" />
    {/* End global nav */}
    <SidebarDivider />
  </SidebarGroup>
);
`, `
import HomeIcon from '@material-ui/icons/Home';
import { SidebarGroup, SidebarItem } from '@backstage/core-components';
import MapIcon from '@material-ui/icons/Map';

export const Root = () => (
  <SidebarGroup label="Menu">
    {/* Global nav */}
    <SidebarItem icon={HomeIcon} to="catalog" text="Home" />
    <SidebarItem icon={MapIcon} to="x" text="X" />
    {/* End global nav */}
    <SidebarDivider />
  </SidebarGroup>
);
`},
	{"sidebar links with a slash", "Root.tsx", "<Sidebar>", "", sidebarItem("x", "X", "Map"), `
import { Sidebar, SidebarItem } from '@backstage/core-components';
export const Root = () => (
  <Sidebar>
    <SidebarItem icon={HomeIcon} to="/catalog" text="Home" />
  </Sidebar>
);
`, `
import { Sidebar, SidebarItem } from '@backstage/core-components';
import MapIcon from '@material-ui/icons/Map';
export const Root = () => (
  <Sidebar>
    <SidebarItem icon={HomeIcon} to="/catalog" text="Home" />
    <SidebarItem icon={MapIcon} to="/x" text="X" />
  </Sidebar>
);
`},
	{"tab with a predicate, blank lines between tabs", "EntityPage.tsx", "<EntityLayout>", "", tab("/x", "X", isX), `
import { EntityLayout } from '@backstage/plugin-catalog';

const page = (
  <EntityLayout>
    <EntityLayout.Route path="/" title="Overview">
      {overview}
    </EntityLayout.Route>

    <EntityLayout.Route path="/docs" title="Docs">
      {docs}
    </EntityLayout.Route>
  </EntityLayout>
);
`, `
import { EntityLayout } from '@backstage/plugin-catalog';
import { EntityXContent, isXAvailable } from 'plugin-x';

const page = (
  <EntityLayout>
    <EntityLayout.Route path="/" title="Overview">
      {overview}
    </EntityLayout.Route>

    <EntityLayout.Route path="/docs" title="Docs">
      {docs}
    </EntityLayout.Route>

    <EntityLayout.Route path="/x" title="X" if={isXAvailable}>
      <EntityXContent />
    </EntityLayout.Route>
  </EntityLayout>
);
`},
	{"tab in a wrapped layout", "EntityPage.tsx", "<LayoutWrapper>", "", tab("/x", "X", nil), `
import { EntityLayout as L } from '@backstage/plugin-catalog';
const page = (
  <LayoutWrapper>
    <L.Route path="/" title="Overview">
      {overview}
    </L.Route>
  </LayoutWrapper>
);
`, `
import { EntityLayout as L } from '@backstage/plugin-catalog';
import { EntityXContent } from 'plugin-x';
const page = (
  <LayoutWrapper>
    <L.Route path="/" title="Overview">
      {overview}
    </L.Route>
    <L.Route path="/x" title="X">
      <EntityXContent />
    </L.Route>
  </LayoutWrapper>
);
`},
	{"card in the wrapper of its siblings", "EntityPage.tsx", "<Grid container", "", card(isX, Attr{Name: "variant", Value: `"gridItem"`}), `
import { Grid } from '@material-ui/core';
import { EntitySwitch } from '@backstage/plugin-catalog';

const overview = (
  <Grid container spacing={3}>
    {warnings}
    <Grid item md={6} xs={12}>
      <EntityAboutCard />
    </Grid>
    <Grid item md={8} xs={12}>
      <EntityHasSubcomponentsCard />
    </Grid>
  </Grid>
);
`, `
import { Grid } from '@material-ui/core';
import { EntitySwitch } from '@backstage/plugin-catalog';
import { EntityXCard, isXAvailable } from 'plugin-x';

const overview = (
  <Grid container spacing={3}>
    {warnings}
    <Grid item md={6} xs={12}>
      <EntityAboutCard />
    </Grid>
    <Grid item md={8} xs={12}>
      <EntityHasSubcomponentsCard />
    </Grid>
    <EntitySwitch>
      <EntitySwitch.Case if={isXAvailable}>
        <Grid item md={6} xs={12}>
          <EntityXCard variant="gridItem" />
        </Grid>
      </EntitySwitch.Case>
    </EntitySwitch>
  </Grid>
);
`},
	{"card in a grid of a newer library", "EntityPage.tsx", "<Grid container", "", card(nil), `
import Grid from '@mui/material/Grid';
const overview = (
  <Grid container>
    <Grid size={{ md: 6, xs: 12 }}>
      <EntityAboutCard />
    </Grid>
  </Grid>
);
`, `
import Grid from '@mui/material/Grid';
import { EntityXCard } from 'plugin-x';
const overview = (
  <Grid container>
    <Grid size={{ md: 6, xs: 12 }}>
      <EntityAboutCard />
    </Grid>
    <Grid size={{ md: 6, xs: 12 }}>
      <EntityXCard />
    </Grid>
  </Grid>
);
`},
	{"card in a div laid out by CSS", "EntityPage.tsx", "<div className={classes.grid}>", "", card(nil), `
import { EntityAboutCard } from '@backstage/plugin-catalog';
const overview = (
  <div className={classes.grid}>
    <div className={classes.cell} key="about">
      <EntityAboutCard />
    </div>
  </div>
);
`, `
import { EntityAboutCard } from '@backstage/plugin-catalog';
import { EntityXCard } from 'plugin-x';
const overview = (
  <div className={classes.grid}>
    <div className={classes.cell} key="about">
      <EntityAboutCard />
    </div>
    <div className={classes.cell}>
      <EntityXCard />
    </div>
  </div>
);
`},
	{"case before the default, which hides those after it", "EntityPage.tsx", "<EntitySwitch>", "", cicd, `
import { EntitySwitch } from '@backstage/plugin-catalog';

const cicdContent = (
  <EntitySwitch>
    {/*
      <EntitySwitch.Case if={isGithubActionsAvailable}>
      </EntitySwitch.Case>
     */}
    <EntitySwitch.Case>
      <EmptyState />
    </EntitySwitch.Case>
  </EntitySwitch>
);
`, `
import { EntitySwitch } from '@backstage/plugin-catalog';
import { EntityXContent, isXAvailable } from 'plugin-x';

const cicdContent = (
  <EntitySwitch>
    <EntitySwitch.Case if={isXAvailable}>
      <EntityXContent />
    </EntitySwitch.Case>
    {/*
      <EntitySwitch.Case if={isGithubActionsAvailable}>
      </EntitySwitch.Case>
     */}
    <EntitySwitch.Case>
      <EmptyState />
    </EntitySwitch.Case>
  </EntitySwitch>
);
`},
}
