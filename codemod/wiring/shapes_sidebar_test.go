package wiring

import "strings"

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
