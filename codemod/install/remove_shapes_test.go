package install_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/fixtures"
)

const (
	backendFile = "packages/backend/src/index.ts"
	backendPkg  = "packages/backend/package.json"
	appConfig   = "app-config.yaml"
	radarPkg    = "@backstage-community/plugin-tech-radar"
	sonarPkg    = "@backstage-community/plugin-sonarqube"
	jenkinsPkg  = "@backstage-community/plugin-jenkins"
)

// byHand is a way in which people wire a plugin: texts of an app that they write anew. Taking the
// plugin out writes them as they were, or as in after.
type byHand struct {
	name   string
	app    string // "legacy" if it is ""
	plugin string
	edits  []handEdit
	files  map[string]string // the app's own, which stay
	gone   map[string]string // those that go, or become what they are in files
	left   []string          // beginnings of what is left, as "file:line what"
	says   []string          // in the refusal; nil if there is none
}

type handEdit struct{ file, base, wired, after string }

// depends is the edit that adds dependencies to a package.json.
func depends(file string, names ...string) handEdit {
	base := "  \"dependencies\": {\n"
	wired := base
	for _, n := range names {
		wired += fmt.Sprintf("    %q: \"^1.0.0\",\n", n)
	}
	return handEdit{file: file, base: base, wired: wired}
}

// imports is the edit that adds an import to a file of the legacy fixture.
func imports(file, line string) handEdit {
	base := map[string]string{
		appFile:    "import { apis } from './apis';\n",
		entityFile: "import { EntityTechdocsContent } from '@backstage/plugin-techdocs';\n",
		rootFile:   "import { Logo } from './Logo';\n",
	}[file]
	return handEdit{file: file, base: base, wired: base + line + "\n"}
}

const (
	lastRoute   = "    <Route path=\"/catalog-graph\" element={<CatalogGraphPage />} />\n"
	createItem  = "        <SidebarItem icon={CreateComponentIcon} to=\"create\" text=\"Create...\" />\n"
	serviceTabs = "const serviceEntityPage = (\n  <EntityLayout>\n"
	badge       = "    <Grid item md={4} xs={12}>\n      <TeamBadge />\n    </Grid>\n"
)

var handWired = []byHand{
	{name: "a route behind a permission, an item in a condition", plugin: "tech-radar", edits: []handEdit{
		depends(pkgFile, radarPkg),
		imports(appFile, "import { TechRadarPage } from '"+radarPkg+"';"),
		{file: appFile, base: lastRoute, wired: lastRoute + `    <Route
      path="/radar"
      element={
        <RequirePermission permission={catalogEntityCreatePermission}>
          <TechRadarPage />
        </RequirePermission>
      }
    />
`},
		imports(rootFile, "import { flags } from '@acme/flags';\nimport RadarIcon from '@material-ui/icons/TrackChanges';"),
		{file: rootFile, base: createItem, wired: createItem + "        {flags.radar && (\n          <SidebarItem icon={RadarIcon} to=\"/radar\" text=\"Radar\" />\n        )}\n"},
	}},
	{name: "a lazy page, a tab in a constant, a predicate of the app's own", plugin: "sonarqube", edits: []handEdit{
		depends(pkgFile, sonarPkg, sonarPkg+"-react"),
		imports(entityFile, "import { EntitySonarQubeContentPage } from '"+sonarPkg+"';\nimport { isSonarQubeAvailable } from '"+sonarPkg+"-react';"),
		{file: entityFile, base: serviceTabs, wired: `const hasQuality = (entity: Entity) => Boolean(isSonarQubeAvailable(entity));

const qualityTab = (
  <EntityLayout.Route path="/quality" title="Quality" if={hasQuality}>
    <EntitySonarQubeContentPage />
  </EntityLayout.Route>
);

const serviceEntityPage = (
  <EntityLayout>
    {qualityTab}

`, after: serviceTabs},
	}},
	{name: "a tab with a grid of nothing else", plugin: "sonarqube", edits: []handEdit{
		depends(pkgFile, sonarPkg),
		imports(entityFile, "import { EntitySonarQubeCard } from '"+sonarPkg+"';"),
		{file: entityFile, base: serviceTabs, wired: serviceTabs + `    <EntityLayout.Route path="/quality" title="Quality">
      <Grid container spacing={3}>
        <Grid item md={6}>
          <EntitySonarQubeCard variant="gridItem" />
        </Grid>
        <Grid item md={6}>
          <EntitySonarQubeCard duplicationRatings={[]} />
        </Grid>
      </Grid>
    </EntityLayout.Route>

`},
	}},
	{name: "content beside other content", plugin: "sonarqube", edits: []handEdit{
		depends(pkgFile, sonarPkg),
		imports(entityFile, "import { EntitySonarQubeCard } from '"+sonarPkg+"';"),
		{file: entityFile, base: "const techdocsContent = <EntityTechdocsContent />;\n",
			wired: "const techdocsContent = (\n  <>\n    <EntityTechdocsContent />\n    <EntitySonarQubeCard />\n  </>\n);\n",
			after: "const techdocsContent = (\n  <>\n    <EntityTechdocsContent />\n  </>\n);\n"},
	}},
	{name: "two cases in one constant", plugin: "jenkins", edits: []handEdit{
		depends(pkgFile, jenkinsPkg),
		imports(entityFile, "import {\n  EntityJenkinsContent,\n  EntityLatestJenkinsRunCard,\n  isJenkinsAvailable,\n} from '"+jenkinsPkg+"';"),
		{file: entityFile, base: "     */}\n    <EntitySwitch.Case>\n", wired: `     */}
    {/* Jenkins */}
    <EntitySwitch.Case if={isJenkinsAvailable}>
      <EntityJenkinsContent />
    </EntitySwitch.Case>
    <EntitySwitch.Case>
`},
		{file: entityFile, base: badge, wired: badge + `    <EntitySwitch>
      <EntitySwitch.Case if={isJenkinsAvailable}>
        <Grid item sm={6}>
          <EntityLatestJenkinsRunCard branch="main" variant="gridItem" />
        </Grid>
      </EntitySwitch.Case>
    </EntitySwitch>
`},
	}},
	{name: "a plugin in createApp, its routes bound, its API made", plugin: "tech-radar", edits: []handEdit{
		depends(pkgFile, radarPkg),
		imports(appFile, "import { techRadarPlugin, TechRadarPage } from '"+radarPkg+"';\nimport '"+radarPkg+"/dist/radar.css';"),
		{file: appFile, base: "  apis,\n", wired: "  apis,\n  plugins: [apiDocsPlugin, techRadarPlugin],\n", after: "  apis,\n  plugins: [apiDocsPlugin],\n"},
		{file: appFile, base: "    bind(orgPlugin.externalRoutes, {\n", wired: "    bind(techRadarPlugin.externalRoutes, {\n      catalog: catalogPlugin.routes.catalogIndex,\n    });\n    bind(orgPlugin.externalRoutes, {\n"},
		{file: appFile, base: lastRoute, wired: lastRoute + "    <Route path=\"/radar/*\" element={<TechRadarPage width={1500} height={800} />} />\n"},
		{file: "packages/app/src/apis.ts", base: "import {\n  ScmAuth,\n", wired: "import { techRadarApiRef } from '" + radarPkg + "';\nimport { RadarClient } from './lib/RadarClient';\nimport {\n  ScmAuth,\n"},
		{file: "packages/app/src/apis.ts", base: "  ScmAuth.createDefaultApiFactory(),\n", wired: "  ScmAuth.createDefaultApiFactory(),\n  createApiFactory(techRadarApiRef, new RadarClient()),\n"},
	}, files: map[string]string{"packages/app/src/lib/RadarClient.ts": "export class RadarClient {}\n"},
		left: []string{"packages/app/src/lib/RadarClient.ts:0 the file packages/app/src/lib/RadarClient.ts"}},
	{name: "a component of the app's own around the page", plugin: "tech-radar", edits: []handEdit{
		{file: pkgFile, base: "  \"dependencies\": {\n", wired: "  \"dependencies\": {\n    \"" + radarPkg + "\": \"1\",\n", after: "  \"dependencies\": {\n    \"" + radarPkg + "\": \"1\",\n"},
		imports(appFile, "import { Radar } from './components/Radar';"),
		{file: appFile, base: lastRoute, wired: lastRoute + "    <Route path=\"/tech-radar\" element={<Radar />} />\n"},
	}, files: map[string]string{"packages/app/src/components/Radar.tsx": `import { Content, Header, Page } from '@backstage/core-components';
import { TechRadarPage } from '` + radarPkg + `';

export const Radar = () => (
  <Page themeId="tool">
    <Header title="Radar" />
    <Content>
      <TechRadarPage />
    </Content>
  </Page>
);
`}, left: []string{"packages/app/src/components/Radar.tsx:2 the dependency " + radarPkg + " of packages/app"}},
	{name: "tabs made by a loop", plugin: "sonarqube", edits: []handEdit{
		depends(pkgFile, sonarPkg),
		imports(entityFile, "import { EntitySonarQubeContentPage } from '"+sonarPkg+"';"),
		{file: entityFile, base: serviceTabs, wired: `const more = [
  { path: '/more-docs', title: 'More', content: <EntityTechdocsContent /> },
  {
    path: '/quality',
    title: 'Quality',
    content: <EntitySonarQubeContentPage />,
  },
];

const serviceEntityPage = (
  <EntityLayout>
    {more.map(tab => (
      <EntityLayout.Route path={tab.path} title={tab.title}>
        {tab.content}
      </EntityLayout.Route>
    ))}
`, after: `const more = [
  { path: '/more-docs', title: 'More', content: <EntityTechdocsContent /> },
];

const serviceEntityPage = (
  <EntityLayout>
    {more.map(tab => (
      <EntityLayout.Route path={tab.path} title={tab.title}>
        {tab.content}
      </EntityLayout.Route>
    ))}
`},
	}},
	{name: "tabs and components that functions return", plugin: "sonarqube", edits: []handEdit{
		depends(pkgFile, sonarPkg, sonarPkg+"-react"),
		imports(entityFile, "import {\n  EntitySonarQubeCard,\n  EntitySonarQubeContentPage,\n} from '"+sonarPkg+"';\nimport { isSonarQubeAvailable } from '"+sonarPkg+"-react';"),
		{file: entityFile, base: serviceTabs, wired: `const qualityTab = () => (
  <EntityLayout.Route path="/quality" title="Quality" if={isSonarQubeAvailable}>
    <EntitySonarQubeContentPage />
  </EntityLayout.Route>
);

function Quality() {
  return <EntitySonarQubeCard variant="gridItem" />;
}

const serviceEntityPage = (
  <EntityLayout>
    {qualityTab()}
`, after: serviceTabs},
		{file: entityFile, base: badge, wired: badge + "    <Grid item md={4}>\n      <Quality />\n    </Grid>\n"},
	}},
	{name: "a tab of somebody else's behind the plugin's condition", plugin: "sonarqube", edits: []handEdit{
		depends(pkgFile, sonarPkg+"-react"),
		imports(entityFile, "import { isSonarQubeAvailable } from '"+sonarPkg+"-react';"),
		{file: entityFile, base: serviceTabs, wired: serviceTabs + `    <EntityLayout.Route path="/more" title="More" if={isSonarQubeAvailable}>
      <Grid container>
        <Grid item md={6}>
          <EntityLinksCard />
        </Grid>
      </Grid>
    </EntityLayout.Route>

`},
	}, says: []string{entityFile + ":117:55: the entity tab /more is made of isSonarQubeAvailable, and of other things too"}},
	{name: "one of the providers in a list that is spread", plugin: "github-auth", edits: []handEdit{
		{file: appFile, base: "    SignInPage: props => <SignInPage {...props} auto providers={['guest']} />,\n",
			wired: "    SignInPage: props => (\n      <SignInPage {...props} providers={['guest', ...signInProviders]} />\n    ),\n",
			after: "    SignInPage: props => (\n      <SignInPage {...props} providers={['guest', ...signInProviders]} />\n    ),\n"},
		{file: appFile, base: "import { Root } from './components/Root';\n",
			wired: "import { Root } from './components/Root';\nimport { signInProviders } from './providers';\n",
			after: "import { Root } from './components/Root';\nimport { signInProviders } from './providers';\n"},
	}, gone: map[string]string{"packages/app/src/providers.ts": providers(google, github)}, files: map[string]string{"packages/app/src/providers.ts": providers(google)}},
	{name: "a provider beside another", plugin: "github-auth", edits: []handEdit{
		{file: appFile, base: "import { Root } from './components/Root';\n",
			wired: "import { githubAuthApiRef, googleAuthApiRef } from '@backstage/core-plugin-api';\nimport { Root } from './components/Root';\n",
			after: "import { googleAuthApiRef } from '@backstage/core-plugin-api';\nimport { Root } from './components/Root';\n"},
		{file: appFile, base: "    SignInPage: props => <SignInPage {...props} auto providers={['guest']} />,\n",
			wired: signInWith("providers={[\n          " + google + ",\n          " + github + ",\n        ]}"),
			after: signInWith("providers={[\n          " + google + ",\n        ]}")},
	}},
	{name: "features with comments, one in a condition", plugin: "sonarqube", edits: []handEdit{
		depends(backendPkg, sonarPkg+"-backend"),
		{file: backendFile, base: "// search\n", wired: "// sonarqube\nbackend.add(import('" + sonarPkg + "-backend'));\n\n// search\n"},
	}},
	{name: "a feature below a comment for several", plugin: "jenkins", edits: []handEdit{
		depends(backendPkg, jenkinsPkg+"-backend"),
		{file: backendFile, base: "// techdocs\nbackend.add(import('@backstage/plugin-techdocs-backend'));\n", wired: "// techdocs\nbackend.add(import('" + jenkinsPkg + "-backend')); // builds\nbackend.add(import('@backstage/plugin-techdocs-backend'));\n"},
	}},
	{name: "a feature that is imported, in an if", plugin: "jenkins", edits: []handEdit{
		depends(backendPkg, jenkinsPkg+"-backend"),
		{file: backendFile, base: "import { createBackend } from '@backstage/backend-defaults';\n", wired: "import { createBackend } from '@backstage/backend-defaults';\nimport { jenkinsPlugin } from '" + jenkinsPkg + "-backend';\n"},
		{file: backendFile, base: "backend.start();\n", wired: "if (process.env.JENKINS) {\n  backend.add(jenkinsPlugin);\n}\n\nbackend.start();\n"},
	}},
	{name: "a list of features", plugin: "jenkins", edits: []handEdit{
		depends(backendPkg, jenkinsPkg+"-backend"),
		{file: backendFile, base: "backend.start();\n",
			wired: "[import('@backstage/plugin-events-backend'), import('" + jenkinsPkg + "-backend')].forEach(\n  feature => backend.add(feature),\n);\n\nbackend.start();\n",
			after: "[import('@backstage/plugin-events-backend')].forEach(\n  feature => backend.add(feature),\n);\n\nbackend.start();\n"},
	}},
	{name: "configuration in several files", plugin: "jenkins", edits: []handEdit{
		depends(backendPkg, jenkinsPkg+"-backend"),
		{file: backendFile, base: "backend.start();\n", wired: "backend.add(import('" + jenkinsPkg + "-backend'));\n\nbackend.start();\n"},
		{file: appConfig, base: "# The permission framework\n", wired: "# Builds\njenkins:\n  # the old one\n  instances:\n    - name: default\n      baseUrl: https://ci.example.com\n\n# The permission framework\n"},
		{file: "app-config.production.yaml", base: "catalog:\n", wired: "jenkins:\n  baseUrl: ${JENKINS_URL}\n\ncatalog:\n"},
	}, files: map[string]string{"app-config.local.yaml": "jenkins:\n  apiKey: secret\n"}, left: []string{"app-config.local.yaml:2 the configuration jenkins"}},
	{name: "dependencies elsewhere, tests and styles", plugin: "tech-radar", edits: []handEdit{
		{file: "package.json", base: "  \"devDependencies\": {\n", wired: "  \"devDependencies\": {\n    \"" + radarPkg + "\": \"1.0.0\",\n"},
		imports(appFile, "import { TechRadarPage } from '"+radarPkg+"';"),
		{file: appFile, base: lastRoute, wired: lastRoute + "    <Route path=\"/tech-radar\" element={<TechRadarPage />} />\n    {/* <Route path=\"/old\" element={<TechRadarPage />} /> */}\n", after: lastRoute + "    {/* <Route path=\"/old\" element={<TechRadarPage />} /> */}\n"},
	}},
	{name: "a card behind somebody else's condition", plugin: "sonarqube", edits: []handEdit{
		depends(pkgFile, sonarPkg+"-react"),
		imports(entityFile, "import { isSonarQubeAvailable } from '"+sonarPkg+"-react';"),
		{file: entityFile, base: "      <EntitySwitch.Case if={isOrphan}>\n", wired: "      <EntitySwitch.Case if={isSonarQubeAvailable}>\n"},
	}, says: []string{entityFile + ":76:30: the entity card EntityOrphanWarning is made of isSonarQubeAvailable, and of other things too", "write this without isSonarQubeAvailable, and run the command again:\n    <EntitySwitch.Case if={isSonarQubeAvailable}>"}},
	{name: "a new frontend's page, off and set", app: "new", plugin: "tech-radar", edits: []handEdit{
		depends(pkgFile, radarPkg),
		{file: appConfig, base: "    - nav-item:search: false\n", wired: "    - nav-item:search: false\n    - nav-item:tech-radar: false\n    - page:tech-radar:\n        config:\n          path: /radar\n"},
	}},
	{name: "a new frontend's feature, included", app: "new", plugin: "tech-radar", edits: []handEdit{
		depends(pkgFile, radarPkg),
		{file: appConfig, base: "  packages: all\n", wired: "  packages:\n    include:\n      - '@backstage/plugin-catalog'\n      - '" + radarPkg + "'\n", after: "  packages:\n    include:\n      - '@backstage/plugin-catalog'\n"},
		{file: appFile, base: "import { navModule } from './modules/nav';\n\nexport default createApp({\n  features: [catalogPlugin, navModule],\n});\n",
			wired: "import { navModule } from './modules/nav';\nimport radar from '" + radarPkg + "/alpha';\n\nexport default createApp({\n  features: [\n    catalogPlugin,\n    // first\n    radar.withOverrides({ extensions: [radar.getExtension('page:tech-radar')] }),\n    navModule,\n  ],\n});\n",
			after: "import { navModule } from './modules/nav';\n\nexport default createApp({\n  features: [\n    catalogPlugin,\n    // first\n    navModule,\n  ],\n});\n"},
	}},
	{name: "a router in a chain", app: "legacy-backend", plugin: "kubernetes", edits: []handEdit{
		depends(backendPkg, "@backstage/plugin-kubernetes-backend"),
		{file: backendFile, base: "import proxy from './plugins/proxy';\n", wired: "import kube from './plugins/kube';\nimport proxy from './plugins/proxy';\n"},
		{file: backendFile, base: "  const apiRouter = Router();\n", wired: "  const kubeEnv = useHotMemoize(module, () => createEnv('kube'));\n\n  const apiRouter = Router();\n"},
		{file: backendFile, base: "    .addRouter('/api', apiRouter)\n", wired: "    .addRouter('/api', apiRouter)\n    .addRouter('/kube', await kube(kubeEnv))\n"},
	}, gone: map[string]string{"packages/backend/src/plugins/kube.ts": `import { KubernetesBuilder } from '@backstage/plugin-kubernetes-backend';
import { PluginEnvironment } from '../types';

export default async function createPlugin(env: PluginEnvironment) {
  const { router } = await KubernetesBuilder.createBuilder(env).build();
  return router;
}
`}},
}

const (
	google = "{\n            id: 'google',\n            title: 'Google',\n            message: 'Sign in with Google',\n            apiRef: googleAuthApiRef,\n          }"
	github = "{\n            id: 'github',\n            title: 'GitHub',\n            message: 'Sign in with GitHub',\n            apiRef: githubAuthApiRef,\n          }"
)

// providers is a file with a list of sign-in providers.
func providers(objects ...string) string {
	refs := []string{"googleAuthApiRef", "githubAuthApiRef"}[2-len(objects):]
	if len(objects) == 1 {
		refs = []string{"googleAuthApiRef"}
	} else {
		slices.Sort(refs)
	}
	return "import { " + strings.Join(refs, ", ") + " } from '@backstage/core-plugin-api';\n\nexport const signInProviders = [\n  " +
		strings.ReplaceAll(strings.Join(objects, ",\n  "), "\n          ", "\n  ") + ",\n];\n"
}

// signInWith is the property SignInPage with an attribute for the providers.
func signInWith(attr string) string {
	return "    SignInPage: props => (\n      <SignInPage\n        {...props}\n        auto\n        " + attr + "\n      />\n    ),\n"
}

// What a person wired by hand is taken out as if it had never been there.
func TestRemoveWhatPeopleWired(t *testing.T) {
	for _, c := range handWired {
		for _, newline := range []string{"LF", "CRLF"} {
			t.Run(c.name+" "+newline, func(t *testing.T) {
				name := c.app
				if name == "" {
					name = "legacy"
				}
				wired, want := fixtures.App(name), fixtures.App(name)
				for _, e := range c.edits {
					if e.after == "" {
						e.after = e.base
					}
					edit(t, wired, e.file, e.base, e.wired)
					edit(t, want, e.file, e.base, e.after)
				}
				for file, content := range c.files {
					wired[file] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
					want[file] = wired[file]
				}
				for file, content := range c.gone {
					wired[file] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
				}
				if newline == "CRLF" {
					wired, want = fixtures.CRLF(wired), fixtures.CRLF(want)
				}
				takenOut(t, c, wired, want)
			})
		}
	}
}

func edit(t *testing.T, app fstest.MapFS, file, old, with string) {
	t.Helper()
	src := string(app[file].Data)
	if strings.Count(src, old) != 1 {
		t.Fatalf("%s has %d times %q", file, strings.Count(src, old), old)
	}
	app[file] = &fstest.MapFile{Data: []byte(strings.Replace(src, old, with, 1)), Mode: app[file].Mode}
}

func takenOut(t *testing.T, c byHand, wired, want fstest.MapFS) {
	t.Helper()
	plan, err := remove(wired, c.plugin)
	if c.says != nil {
		if len(diag.Of(err)) == 0 {
			t.Fatalf("is not refused but: %v", err)
		}
		for _, s := range c.says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("the refusal does not say %q:\n%v", s, err)
			}
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	got := applied(wired, plan.Changes)
	over := change.NewOverlay(want)
	for file, f := range got {
		if err := over.Write(file, f.Data); err != nil {
			t.Fatal(err)
		}
	}
	for file := range want {
		if got[file] == nil {
			t.Errorf("%s is gone", file)
		}
	}
	if changes := over.Changes(); len(changes) > 0 {
		t.Errorf("what is there instead of what should be:\n%s", change.Diff(changes))
	}
	var left []string
	for _, l := range plan.Plugins[0].Left {
		left = append(left, fmt.Sprintf("%s:%d %s", l.File, l.Pos.Line, l.What))
	}
	if !slices.Equal(left, c.left) {
		t.Errorf("left is %q, want %q", left, c.left)
	}
}
