package install_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/fixtures"
)

// appWith is a fixture with files replaced, and text in them: an old and a new one in turn.
func appWith(t *testing.T, name string, files map[string]string, replace ...string) fstest.MapFS {
	t.Helper()
	app := fixtures.With(fixtures.App(name), files)
	for i := 0; i < len(replace); i += 3 {
		file, old, with := replace[i], replace[i+1], replace[i+2]
		src := string(app[file].Data)
		if !strings.Contains(src, old) {
			t.Fatalf("%s of %s has no %q", file, name, old)
		}
		app[file] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(src, old, with)), Mode: 0o644}
	}
	return app
}

const (
	appFile    = "packages/app/src/App.tsx"
	rootFile   = "packages/app/src/components/Root/Root.tsx"
	entityFile = "packages/app/src/components/catalog/EntityPage.tsx"
	pkgFile    = "packages/app/package.json"
)

// signInShapes are sign-in pages that new frontends make themselves.
var signInShapes = map[string]string{
	"providers": `import { SignInPage } from '@backstage/core-components';
import { microsoftAuthApiRef } from '@backstage/core-plugin-api';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';

export const authModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    SignInPageBlueprint.make({
      params: {
        loader: async () => props => (
          <SignInPage
            {...props}
            providers={[
              {
                id: 'microsoft-auth-provider',
                title: 'Microsoft',
                message: 'Sign in with Microsoft',
                apiRef: microsoftAuthApiRef,
              },
            ]}
          />
        ),
      },
    }),
  ],
});
`,
	"one provider": `import { SignInPage } from '@backstage/core-components';
import { microsoftAuthApiRef } from '@backstage/core-plugin-api';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';

const page = SignInPageBlueprint.make({
  params: {
    loader: async () => props => (
      <SignInPage {...props} provider={{ id: 'm', title: 'M', message: 'M', apiRef: microsoftAuthApiRef }} />
    ),
  },
});

export const authModule = createFrontendModule({ pluginId: 'app', extensions: [page] });
`,
	"proxy": `import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';

export const authModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    SignInPageBlueprint.make({
      params: {
        loader: async () => {
          const { ProxiedSignInPage } = await import('@backstage/core-components');
          return (props: any) => ProxiedSignInPage({ ...props, provider: 'proxy' });
        },
      },
    }),
  ],
});
`,
}

const dynamicSidebar = `import { PropsWithChildren } from 'react';
import { Sidebar, SidebarGroup, SidebarItem, SidebarPage, SidebarSpace } from '@backstage/core-components';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import SearchIcon from '@material-ui/icons/Search';
import { usePages, messages } from './pages';

export const Root = ({ children }: PropsWithChildren<{}>) => {
  const { t } = useTranslationRef(messages);
  const pages = usePages();
  const renderItems = () => pages.map(p => <SidebarItem key={p.to} icon={p.icon} to={p.to} text={t(p.title)} />);
  return (
  <SidebarPage>
    <Sidebar>
      <SidebarGroup label={t('search')} icon={<SearchIcon />} to="/search">
        {null}
      </SidebarGroup>
      <SidebarGroup label={t('menu')} icon={<SearchIcon />}>
        {renderItems()}
      </SidebarGroup>
      <SidebarSpace />
      <SidebarGroup label={t('settings')} icon={<SearchIcon />} to="/settings">
        {null}
      </SidebarGroup>
    </Sidebar>
    {children}
  </SidebarPage>
  );
};
`

const submenuSidebar = `import { PropsWithChildren } from 'react';
import {
  Sidebar,
  SidebarGroup,
  SidebarItem,
  SidebarPage,
  SidebarSubmenu,
  SidebarSubmenuItem,
} from '@backstage/core-components';
import HomeIcon from '@material-ui/icons/Home';

export const Root = ({ children }: PropsWithChildren<{}>) => (
  <SidebarPage>
    <Sidebar>
      <SidebarGroup label="Menu" icon={<HomeIcon />}>
        <SidebarItem icon={HomeIcon} to="catalog" text="Home">
          <SidebarSubmenu title="Catalog">
            <SidebarSubmenuItem title="Domains" to="catalog?filters[kind]=domain" icon={HomeIcon} />
            <SidebarSubmenuItem title="Systems" to="catalog?filters[kind]=system" icon={HomeIcon} />
            <SidebarSubmenuItem title="APIs" to="catalog?filters[kind]=api" icon={HomeIcon} />
          </SidebarSubmenu>
        </SidebarItem>
        <SidebarItem icon={HomeIcon} to="docs" text="Docs" />
      </SidebarGroup>
    </Sidebar>
    {children}
  </SidebarPage>
);
`

const twoSignInPages = `SignInPage: props => {
      if (process.env.APP_ENV === 'local') {
        return <SignInPage {...props} auto providers={['guest']} />;
      }
      return (
        <SignInPage
          {...props}
          provider={{ id: 'sso', title: 'SSO', message: 'Sign in' }}
        />
      );
    }`

// Shapes of real apps: what an addition does in each, by a text that a file has afterwards, or
// what the refusal says.
func TestShapes(t *testing.T) {
	ownSignIn := func(shape string) fstest.MapFS {
		return appWith(t, "new", map[string]string{"packages/app/src/modules/auth.tsx": signInShapes[shape]},
			appFile, "import { navModule } from './modules/nav';", "import { navModule } from './modules/nav';\nimport { authModule } from './modules/auth';",
			appFile, "navModule],", "navModule, authModule],")
	}
	for _, c := range []struct {
		name   string
		app    fstest.MapFS
		plugin string
		has    map[string]string // text by file, "" for a file that is not changed
		code   string            // of the refusal
		says   []string          // in it
	}{
		{
			name: "a new frontend with sign-in providers of its own", app: ownSignIn("providers"), plugin: "github-auth",
			has: map[string]string{"packages/app/src/modules/auth.tsx": "                apiRef: microsoftAuthApiRef,\n              },\n              {\n                id: 'github-auth-provider',", appFile: ""},
		},
		{
			name: "a new frontend with one sign-in provider of its own", app: ownSignIn("one provider"), plugin: "github-auth",
			has: map[string]string{"packages/app/src/modules/auth.tsx": "{ id: 'm', title: 'M', message: 'M', apiRef: microsoftAuthApiRef },\n          {\n            id: 'github-auth-provider',", appFile: ""},
		},
		{
			name: "one sign-in provider", plugin: "github-auth",
			app: appWith(t, "legacy", nil, appFile, "auto providers={['guest']}", "provider={{ id: 'm', title: 'M', message: 'M' }}"),
			has: map[string]string{appFile: "        providers={[\n          { id: 'm', title: 'M', message: 'M' },\n          {\n            id: 'github-auth-provider',"},
		},
		{
			name: "sign-in providers that a function makes", plugin: "github-auth",
			app:  appWith(t, "legacy", nil, appFile, "providers={['guest']}", "providers={providersOf('guest')}", appFile, "const app = createApp({", "const providersOf = (id: string) => [id, `${id}2`].filter(Boolean);\n\nconst app = createApp({"),
			code: "no-safe-place", says: []string{appFile + ":", "give the page this provider too"},
		},
		{
			name: "a new frontend behind a proxy that signs in", app: ownSignIn("proxy"), plugin: "github-auth",
			code: "no-safe-place", says: []string{"packages/app/src/modules/auth.tsx:", "sign-in page", "import { githubAuthApiRef } from '@backstage/core-plugin-api';"},
		},
		{
			name: "a new frontend with a plugin of its own of the same id", plugin: "tech-radar",
			app: appWith(t, "new", map[string]string{"packages/app/src/radar.tsx": "import { createFrontendPlugin } from '@backstage/frontend-plugin-api';\n\nexport const radar = createFrontendPlugin({ pluginId: 'tech-radar', extensions: [] });\n"},
				appFile, "import { navModule } from './modules/nav';", "import { navModule } from './modules/nav';\nimport { radar } from './radar';",
				appFile, "navModule],", "navModule, radar],"),
			code: "plugin-taken", says: []string{"packages/app/src/App.tsx:", `"tech-radar"`, "packages/app/src/radar.tsx"},
		},
		{
			name: "a module beside the folder of a new one", plugin: "github-auth",
			app:  appWith(t, "new", map[string]string{"packages/app/src/modules/signIn.tsx": "export const x = 1;\n"}),
			code: "file-exists", says: []string{"packages/app/src/modules/signIn.tsx", "SignInPageBlueprint"},
		},
		{
			name: "entity pages without a CI/CD tab", plugin: "jenkins",
			app: appWith(t, "legacy", nil, entityFile, `path="/ci-cd"`, `path="/builds"`, entityFile, `title="CI/CD"`, `title="Builds"`),
			has: map[string]string{entityFile: "<EntityLayout.Route path=\"/jenkins\" title=\"Jenkins\" if={isJenkinsAvailable}>"},
		},
		{
			name: "a component of the company's around the sign-in page", plugin: "github-auth",
			app: appWith(t, "legacy", map[string]string{"packages/app/src/components/OurSignIn.tsx": "import { SignInPage } from '@backstage/core-components';\n\nexport const OurSignIn = (props: any) => <SignInPage {...props} title=\"Ours\" />;\n"},
				appFile, "<SignInPage {...props} auto providers={['guest']} />", "<OurSignIn {...props} providers={['guest']} />", appFile, "import { Root }", "import { OurSignIn } from './components/OurSignIn';\nimport { Root }", appFile, "  SignInPage,\n", ""),
			has: map[string]string{appFile: "          'guest',\n          {\n            id: 'github-auth-provider',", "packages/app/src/components/OurSignIn.tsx": ""},
		},
		{
			name: "cards in a component of the app's own", plugin: "sonarqube",
			app: appWith(t, "legacy", map[string]string{"packages/app/src/components/catalog/Cards.tsx": "import { Grid } from '@material-ui/core';\n\nexport const Cards = ({ children }: any) => <Grid container spacing={3}>{children}</Grid>;\n"},
				entityFile, "const overviewContent = (\n  <Grid container spacing={3} alignItems=\"stretch\">", "import { Cards } from './Cards';\n\nconst overviewContent = (\n  <Cards>", entityFile, "  </Grid>\n);\n\nconst serviceEntityPage", "  </Cards>\n);\n\nconst serviceEntityPage"),
			has: map[string]string{entityFile: "          <EntitySonarQubeCard variant=\"gridItem\" />\n        </Grid>\n      </EntitySwitch.Case>\n    </EntitySwitch>\n  </Cards>\n", "packages/app/src/components/catalog/Cards.tsx": ""},
		},
		{
			name: "the plugin under the name that it had before", plugin: "tech-radar",
			app: appWith(t, "legacy", nil, appFile, `path="/settings" element={<UserSettingsPage />}`, `path="/tech-radar" element={<TechRadarPage width={1} height={1} />}`,
				appFile, "const app = createApp({", "import { TechRadarPage } from '@backstage/plugin-tech-radar';\n\nconst app = createApp({"),
			has: map[string]string{appFile: "", pkgFile: "", rootFile: "", "app-config.yaml": ""},
		},
		{
			name: "another page of the same plugin", plugin: "tech-radar",
			app: appWith(t, "legacy", nil, appFile, `path="/settings" element={<UserSettingsPage />}`, `path="/tech-radar" element={<RadarPage />}`,
				appFile, "const app = createApp({", "import { RadarPage } from '@backstage-community/plugin-tech-radar';\n\nconst app = createApp({"),
			has: map[string]string{appFile: "", rootFile: `to="tech-radar"`},
		},
		{
			name: "a sign-in page for guests and another for everybody else", plugin: "github-auth",
			app: appWith(t, "legacy", nil, appFile, "SignInPage: props => <SignInPage {...props} auto providers={['guest']} />", twoSignInPages),
			has: map[string]string{appFile: "          providers={[\n            { id: 'sso', title: 'SSO', message: 'Sign in' },\n            {\n              id: 'github-auth-provider',"},
		},
		{
			name: "a sign-in page for guests and a proxy for everybody else", plugin: "github-auth",
			app: appWith(t, "legacy", nil, appFile, "SignInPage: props => <SignInPage {...props} auto providers={['guest']} />", strings.Replace(twoSignInPages,
				"<SignInPage\n          {...props}\n          provider={{ id: 'sso', title: 'SSO', message: 'Sign in' }}\n        />", `<ProxiedSignInPage {...props} provider="proxy" />`, 1),
				appFile, "  SignInPage,\n", "  ProxiedSignInPage,\n  SignInPage,\n"),
			has: map[string]string{appFile: "              'guest',\n              {\n                id: 'github-auth-provider',"},
		},
		{
			name: "a backend plugin of the company's with the same name", plugin: "tech-radar",
			app:  appWith(t, "legacy", nil, "packages/backend/src/index.ts", "const backend = createBackend();", "const backend = createBackend();\n\nbackend.add(import('@internal/plugin-tech-radar-backend'));"),
			code: "plugin-taken", says: []string{"packages/backend/src/index.ts:", "@internal/plugin-tech-radar-backend", "backend.add(import('@backstage-community/plugin-tech-radar-backend'));"},
		},
		{
			name: "the backend plugin under the name that it had before", plugin: "sonarqube",
			app: appWith(t, "legacy", nil, "packages/backend/src/index.ts", "const backend = createBackend();", "const backend = createBackend();\n\nbackend.add(import('@backstage/plugin-sonarqube-backend'));"),
			has: map[string]string{"packages/backend/src/index.ts": ""},
		},
		{
			name: "a sign-in page that a function returns", plugin: "github-auth",
			app: appWith(t, "legacy", nil, appFile, "SignInPage: props => <SignInPage {...props} auto providers={['guest']} />", "SignInPage: props => {\n      return <SignInPage {...props} providers={['guest']} />;\n    }"),
			has: map[string]string{appFile: "      return (\n        <SignInPage\n          {...props}\n          providers={[\n            'guest',"},
		},
		{
			name: "an environment that the other providers name", plugin: "github-auth",
			app: appWith(t, "legacy", nil, "app-config.yaml", "auth:\n", "auth:\n  environment: local\n", "app-config.yaml", "  providers:\n", "  providers:\n    okta:\n      shared:\n        clientId: x\n"),
			has: map[string]string{"app-config.yaml": "    github:\n      shared:\n"},
		},
		{
			name: "an item with more links in its submenu than the group has items", plugin: "tech-radar",
			app: appWith(t, "legacy", map[string]string{rootFile: submenuSidebar}),
			has: map[string]string{rootFile: "        <SidebarItem icon={HomeIcon} to=\"docs\" text=\"Docs\" />\n        <SidebarItem icon={MapIcon} to=\"tech-radar\" text=\"Tech Radar\" />\n      </SidebarGroup>"},
		},
		{
			name: "an app that another package of the monorepo makes", plugin: "github-actions",
			app: appWith(t, "new", map[string]string{
				"packages/portal/package.json":         `{"name":"@internal/portal","main":"src/index.ts","dependencies":{"@backstage/frontend-defaults":"^0.3.0"}}`,
				"packages/portal/src/index.ts":         "export * from './createPortal';\n",
				"packages/portal/src/createPortal.tsx": "import { createApp } from '@backstage/frontend-defaults';\nimport catalogPlugin from '@backstage/plugin-catalog/alpha';\n\nexport const createPortal = () => createApp({ features: [catalogPlugin] });\n",
				appFile:                                "import { createPortal } from '@internal/portal';\n\nexport default createPortal();\n",
			}, "app-config.yaml", "  packages: all\n", ""),
			has: map[string]string{
				"packages/portal/src/createPortal.tsx": "  githubActionsPlugin,\n",
				"packages/portal/package.json":         `"@backstage-community/plugin-github-actions"`,
				pkgFile:                                "",
			},
		},
		{
			name: "an environment of another name", plugin: "github-auth",
			app: appWith(t, "legacy", nil, "app-config.yaml", "auth:\n", "auth:\n  environment: sandpit\n"),
			has: map[string]string{"app-config.yaml": "    github:\n      sandpit:\n"},
		},
		{
			name: "an environment that the surroundings name", plugin: "github-auth",
			app: appWith(t, "legacy", nil, "app-config.yaml", "auth:\n", "auth:\n  environment: ${AUTH_ENV}\n"),
			has: map[string]string{"app-config.yaml": "    github:\n      development:\n"},
		},
		{
			name: "a sidebar whose labels are translated and whose items a function makes", plugin: "tech-radar",
			app: appWith(t, "legacy", map[string]string{rootFile: dynamicSidebar, "packages/app/src/components/Root/pages.ts": "export const messages = {};\nexport const usePages = (): any[] => (globalThis as any).pages;\n"}),
			has: map[string]string{rootFile: "        {renderItems()}\n        <SidebarItem icon={MapIcon} to=\"tech-radar\" text=\"Tech Radar\" />\n      </SidebarGroup>\n      <SidebarSpace />"},
		},
		{
			name: "icons of the package that followed", plugin: "tech-radar",
			app: appWith(t, "legacy", nil, pkgFile, `"@material-ui/icons"`, `"@mui/icons-material"`, rootFile, "@material-ui/icons/", "@mui/icons-material/"),
			has: map[string]string{rootFile: "import MapIcon from '@mui/icons-material/MyLocation';"},
		},
		{
			name: "a page at a path of the app's own", plugin: "tech-radar",
			app: appWith(t, "legacy", nil, appFile, "  </FlatRoutes>", "    <Route path=\"/radar\" element={<TechRadarPage />} />\n  </FlatRoutes>",
				appFile, "import { Root }", "import { TechRadarPage } from '@backstage-community/plugin-tech-radar';\nimport { Root }"),
			has: map[string]string{rootFile: `<SidebarItem icon={MapIcon} to="radar" text="Tech Radar" />`, appFile: ""},
		},
		{
			name: "no icons at all", plugin: "tech-radar",
			app: appWith(t, "legacy", nil, pkgFile, `"@material-ui/icons"`, `"other-icons"`, rootFile, "@material-ui/icons/", "other-icons/"),
			has: map[string]string{rootFile: `<SidebarItem icon={DashboardIcon} to="tech-radar" text="Tech Radar" />`},
		},
		{
			name: "a package of the usual ones that the app does without", plugin: "github-auth",
			app: appWith(t, "legacy", nil, pkgFile, `"@backstage/core-plugin-api"`, `"@backstage/other"`),
			has: map[string]string{pkgFile: `"@backstage/core-plugin-api": "^1.0.0"`},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, err := add(c.app, c.plugin)
			if c.code != "" {
				found := diag.Of(err)
				if len(found) != 1 || found[0].Code != c.code || found[0].Manual == "" {
					t.Fatalf("the error is %v", err)
				}
				for _, want := range c.says {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("the error does not say %q:\n%v", want, err)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			after := applied(c.app, plan.Changes)
			for file, want := range c.has {
				switch got := string(after[file].Data); {
				case want == "" && got != string(c.app[file].Data):
					t.Errorf("%s is changed:\n%s", file, got)
				case !strings.Contains(got, want):
					t.Errorf("%s has no %q:\n%s", file, want, got)
				}
			}
		})
	}
}
