package rewire

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

type operation func(File, wiring.Mount) ([]text.Edit, error)

func route(path, module, export string) operation {
	return func(f File, m wiring.Mount) ([]text.Edit, error) {
		return AddRoute(f, m, Route{Path: path, Page: Component{Ref: Ref{Module: module, Export: export}}})
	}
}

func sidebarItem(to, label, icon string) operation {
	return func(f File, m wiring.Mount) ([]text.Edit, error) {
		return AddSidebarItem(f, m, SidebarItem{To: to, Text: label, Icon: Ref{Module: "@material-ui/icons/" + icon, Export: "default", As: icon + "Icon"}})
	}
}

var isX = &Ref{Module: "plugin-x", Export: "isXAvailable"}

func tab(path, title string, cond *Ref) operation {
	return func(f File, m wiring.Mount) ([]text.Edit, error) {
		return AddEntityTab(f, m, EntityTab{Path: path, Title: title, Content: Component{Ref: Ref{Module: "plugin-x", Export: "EntityXContent"}}, If: cond})
	}
}

func card(cond *Ref, attrs ...Attr) operation {
	return func(f File, m wiring.Mount) ([]text.Edit, error) {
		return AddEntityCard(f, m, EntityCard{Card: Component{Ref{Module: "plugin-x", Export: "EntityXCard"}, attrs}, If: cond, Grid: []Attr{{Name: "md", Value: "{6}"}}})
	}
}

func cicd(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddEntityCase(f, m, EntityCase{Content: Component{Ref: Ref{Module: "plugin-x", Export: "EntityXContent"}}, If: *isX})
}

func backend(module string) operation {
	return func(f File, m wiring.Mount) ([]text.Edit, error) { return AddBackendFeature(f, m, module) }
}

var github = SignInProvider{ID: "github-auth-provider", Title: "GitHub", Message: "Sign in using GitHub", APIRef: Ref{Module: "@backstage/core-plugin-api", Export: "githubAuthApiRef"}}

func signIn(f File, m wiring.Mount) ([]text.Edit, error)     { return AddSignInProvider(f, m, github) }
func signInPage(f File, m wiring.Mount) ([]text.Edit, error) { return AddSignInPage(f, m, github) }

func feature(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddFeature(f, m, Ref{Module: "plugin-x/alpha", Export: "default", As: "xPlugin"})
}

func features(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddFeatures(f, m, Ref{Module: "plugin-x/alpha", Export: "default", As: "xPlugin"})
}

func legacyRouter(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddLegacyRouter(f, m, LegacyRouter{ID: "tech-x", Path: "/tech-x"})
}

// cases are the operations on the shapes that apps have. at is text that the mount's construct
// begins with; label is the mount's label.
var cases = []struct {
	name, file, at, label string
	op                    operation
	src, want             string
}{
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
	{"backend feature directly before the start", "index.ts", "backend.add(import('c')", "backend", backend("plugin-x-backend"), `
const backend = createBackend();

backend.add(import('a'));

backend.add(import('b'));
backend.add(import('c'));
backend.start();
`, `
const backend = createBackend();

backend.add(import('a'));

backend.add(import('b'));
backend.add(import('c'));
backend.add(import('plugin-x-backend'));
backend.start();
`},
	{"backend feature in a paragraph of its own", "index.ts", "backend.add(import('b')", "backend", backend("plugin-x-backend"), `
import { createBackend } from '@backstage/backend-defaults';

const backend = createBackend();

// a
backend.add(import('a'));

// b
backend.add(import('b'));

backend.start();
`, `
import { createBackend } from '@backstage/backend-defaults';

const backend = createBackend();

// a
backend.add(import('a'));

// b
backend.add(import('b'));

backend.add(import('plugin-x-backend'));

backend.start();
`},
	{"backend features without blank lines or semicolons", "index.ts", "backend.add(import('b')", "backend", backend("plugin-x-backend"), `
const backend = createBackend()
backend.add(import('a'))
backend.add(import('b')) // the last
backend.start()
`, `
const backend = createBackend()
backend.add(import('a'))
backend.add(import('b')) // the last
backend.add(import('plugin-x-backend'))
backend.start()
`},
	{"a backend module beside its plugin's other modules, comments and all", "index.ts", "backend.add(import('@x/plugin-search-backend')", "backend", backend("@x/plugin-auth-backend-module-github-provider"), `
const backend = createBackend();

backend.add(import('@x/plugin-auth-backend'));
// See the migration guide
backend.add(import('@x/plugin-auth-backend-module-guest-provider'));
// See https://backstage.io/docs/auth/guest/provider

backend.add(import('@x/plugin-search-backend'));
`, `
const backend = createBackend();

backend.add(import('@x/plugin-auth-backend'));
// See the migration guide
backend.add(import('@x/plugin-auth-backend-module-guest-provider'));
// See https://backstage.io/docs/auth/guest/provider
backend.add(import('@x/plugin-auth-backend-module-github-provider'));

backend.add(import('@x/plugin-search-backend'));
`},
	{"a backend feature too long for a line, in a function", "index.ts", "be.add(import(\"a\")", "be", backend("@backstage-community/plugin-with-a-rather-long-name-backend"), `
async function main() {
    const be = createBackend();
    be.add(import("a"));
    await be.start();
}
`, `
async function main() {
    const be = createBackend();
    be.add(import("a"));
    be.add(
        import("@backstage-community/plugin-with-a-rather-long-name-backend"),
    );
    await be.start();
}
`},
	{"sign-in provider on one line, spread as prettier does", "App.tsx", "['guest']", "", signIn, `
import { SignInPage } from '@backstage/core-components';

const app = createApp({
  components: {
    SignInPage: props => <SignInPage {...props} auto providers={['guest']} />,
  },
});
`, `
import { SignInPage } from '@backstage/core-components';
import { githubAuthApiRef } from '@backstage/core-plugin-api';

const app = createApp({
  components: {
    SignInPage: props => (
      <SignInPage
        {...props}
        auto
        providers={[
          'guest',
          {
            id: 'github-auth-provider',
            title: 'GitHub',
            message: 'Sign in using GitHub',
            apiRef: githubAuthApiRef,
          },
        ]}
      />
    ),
  },
});
`},
	{"sign-in provider beside others over several lines", "App.tsx", "[\n          'guest'", "", signIn, `
import { SignInPage } from '@backstage/core-components';
const app = createApp({
  components: {
    SignInPage: props => (
      <SignInPage
        {...props}
        providers={[
          'guest',
          oktaProvider,
        ]}
      />
    ),
  },
});
`, `
import { SignInPage } from '@backstage/core-components';
import { githubAuthApiRef } from '@backstage/core-plugin-api';
const app = createApp({
  components: {
    SignInPage: props => (
      <SignInPage
        {...props}
        providers={[
          'guest',
          oktaProvider,
          {
            id: 'github-auth-provider',
            title: 'GitHub',
            message: 'Sign in using GitHub',
            apiRef: githubAuthApiRef,
          },
        ]}
      />
    ),
  },
});
`},
	{"an app without a sign-in page gets one", "App.tsx", "{\n  apis,", "", signInPage, `
import { createApp } from '@backstage/app-defaults';

const app = createApp({
  apis,
});
`, `
import { createApp } from '@backstage/app-defaults';
import { SignInPage } from '@backstage/core-components';
import { githubAuthApiRef } from '@backstage/core-plugin-api';

const app = createApp({
  apis,
  components: {
    SignInPage: props => (
      <SignInPage
        {...props}
        title="Select a sign-in method"
        providers={[
          'guest',
          {
            id: 'github-auth-provider',
            title: 'GitHub',
            message: 'Sign in using GitHub',
            apiRef: githubAuthApiRef,
          },
        ]}
      />
    ),
  },
});
`},
	{"feature at the end of the array", "App.tsx", "[catalogPlugin, navModule]", "", feature, `
import { createApp } from '@backstage/frontend-defaults';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { navModule } from './modules/nav';

export default createApp({
  features: [catalogPlugin, navModule],
});
`, `
import { createApp } from '@backstage/frontend-defaults';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { navModule } from './modules/nav';
import xPlugin from 'plugin-x/alpha';

export default createApp({
  features: [catalogPlugin, navModule, xPlugin],
});
`},
	{"features that get too long for a line", "App.tsx", "[catalogPlugin", "", feature, `
import { createApp } from '@backstage/frontend-defaults';
export default createApp({
  features: [catalogPlugin, navModule, homeModule, searchModule, docsModule],
});
`, `
import { createApp } from '@backstage/frontend-defaults';
import xPlugin from 'plugin-x/alpha';
export default createApp({
  features: [
    catalogPlugin,
    navModule,
    homeModule,
    searchModule,
    docsModule,
    xPlugin,
  ],
});
`},
	{"an app without features", "App.tsx", "createApp()", "", features, `
import { createApp } from '@backstage/frontend-defaults';
export default createApp();
`, `
import { createApp } from '@backstage/frontend-defaults';
import xPlugin from 'plugin-x/alpha';
export default createApp({
  features: [xPlugin],
});
`},
	{"legacy router with its environment", "index.ts", "apiRouter.use(notFoundHandler())", "apiRouter", legacyRouter, `
import { createServiceBuilder, useHotMemoize } from '@backstage/backend-common';
import proxy from './plugins/proxy';

async function main() {
  const authEnv = useHotMemoize(module, () => createEnv('auth'));
  const proxyEnv = useHotMemoize(module, () => createEnv('proxy'));

  const apiRouter = Router();
  apiRouter.use('/auth', await auth(authEnv));
  apiRouter.use('/proxy', await proxy(proxyEnv));

  // Add backends ABOVE this line; this 404 handler is the catch-all fallback
  apiRouter.use(notFoundHandler());
}
`, `
import { createServiceBuilder, useHotMemoize } from '@backstage/backend-common';
import proxy from './plugins/proxy';
import techX from './plugins/tech-x';

async function main() {
  const authEnv = useHotMemoize(module, () => createEnv('auth'));
  const proxyEnv = useHotMemoize(module, () => createEnv('proxy'));
  const techXEnv = useHotMemoize(module, () => createEnv('tech-x'));

  const apiRouter = Router();
  apiRouter.use('/auth', await auth(authEnv));
  apiRouter.use('/proxy', await proxy(proxyEnv));
  apiRouter.use('/tech-x', await techX(techXEnv));

  // Add backends ABOVE this line; this 404 handler is the catch-all fallback
  apiRouter.use(notFoundHandler());
}
`},
}

// mountAt is the largest construct that begins where at does, up to a statement if label asks
// for a backend's mounts.
func mountAt(t *testing.T, f File, at, label string) wiring.Mount {
	t.Helper()
	src := string(f.Tree.Source())
	start := strings.Index(src, strings.ReplaceAll(at, "\n", text.EOL([]byte(src))))
	if start < 0 {
		t.Fatalf("%q is not in the source", at)
	}
	kinds := []tsx.Kind{tsx.KindJsxElement, tsx.KindJsxSelfClosingElement, tsx.KindArray, tsx.KindObject, tsx.KindCallExpression}
	if strings.HasSuffix(f.Name, "index.ts") {
		kinds = []tsx.Kind{tsx.KindExpressionStatement}
	}
	var found tsx.Node
	for n := f.Tree.At(start); n.Ok() && n.Start() == start; n = n.Parent() {
		if n.Is(kinds...) {
			found = n
		}
	}
	if !found.Ok() {
		t.Fatalf("nothing to hang at begins at %q", at)
	}
	return wiring.Mount{File: f.Name, Span: found.Span(), Label: label}
}

func parseFile(t *testing.T, name, src string) File {
	t.Helper()
	tree, err := tsx.Parse([]byte(src), tsx.DialectOf(name))
	if err != nil {
		t.Fatalf("%s:%v\n%s", name, err, src)
	}
	return File{name, tree}
}

func TestOperations(t *testing.T) {
	for _, c := range cases {
		for _, crlf := range []bool{false, true} {
			name, src, want := c.name, c.src, c.want
			if crlf {
				name, src, want = name+" (CRLF)", strings.ReplaceAll(src, "\n", "\r\n"), strings.ReplaceAll(want, "\n", "\r\n")
			}
			t.Run(name, func(t *testing.T) {
				f := parseFile(t, c.file, src)
				edits, err := c.op(f, mountAt(t, f, c.at, c.label))
				if err != nil {
					t.Fatal(err)
				}
				got, err := text.Apply([]byte(src), edits)
				if err != nil {
					t.Fatal(err)
				}
				if string(got) != want {
					t.Errorf("got:\n%s\nwant:\n%s", got, want)
				}
				parseFile(t, c.file, string(got))
			})
		}
	}
}

func TestRefusalsNameTheManualStep(t *testing.T) {
	for _, c := range []struct {
		name, file, at, label string
		op                    operation
		src, manual           string
	}{
		{"a sign-in page of the app's own", "App.tsx", "{\n  components", "", signInPage,
			"const app = createApp({\n  components: { SignInPage: OurSignIn },\n});\n",
			"By hand, in App.tsx, add this provider to it:\n    import { githubAuthApiRef } from '@backstage/core-plugin-api';\n    {\n      id: 'github-auth-provider',"},
		{"features made elsewhere", "App.tsx", "{ features", "", features,
			"const app = createApp({ features });\n",
			"By hand, in App.tsx, add this to the features:\n    import xPlugin from 'plugin-x/alpha';\n    xPlugin"},
		{"a legacy backend of another shape", "index.ts", "apiRouter.use(notFoundHandler())", "apiRouter", legacyRouter,
			"apiRouter.use(notFoundHandler());\n",
			"By hand, in index.ts, where the other plugins' routers are made:\n    import techX from './plugins/tech-x';\n    const techXEnv = useHotMemoize(module, () => createEnv('tech-x'));\n    apiRouter.use('/tech-x', await techX(techXEnv));"},
	} {
		f := parseFile(t, c.file, c.src)
		edits, err := c.op(f, mountAt(t, f, c.at, c.label))
		found := diag.Of(err)
		if len(found) != 1 || edits != nil {
			t.Errorf("%s: got edits %v and %v, want a refusal", c.name, edits, err)
			continue
		}
		if !strings.HasPrefix(found[0].Manual, c.manual) {
			t.Errorf("%s: manual step is\n%s\nwant\n%s", c.name, found[0].Manual, c.manual)
		}
		if found[0].Pos.Line == 0 {
			t.Errorf("%s: the refusal has no position", c.name)
		}
	}
}

func TestMountsFor(t *testing.T) {
	mount := func(start int, pages ...string) wiring.Mount {
		return wiring.Mount{File: "EntityPage.tsx", Span: text.Span{Start: start, End: start + 1}, Pages: pages}
	}
	for _, c := range []struct {
		name   string
		mounts []wiring.Mount
		want   []int
	}{
		{"services and websites", []wiring.Mount{mount(1, "component:service"), mount(2, "component:website"), mount(3, "default")}, []int{1, 2}},
		{"one page for both", []wiring.Mount{mount(1, "component:service", "component:website"), mount(1, "component:website")}, []int{1}},
		{"one page for all components", []wiring.Mount{mount(1, "api"), mount(2, "component")}, []int{2}},
		{"one page for everything", []wiring.Mount{mount(1, "default")}, []int{1}},
		{"none that fits", []wiring.Mount{mount(1, "user")}, nil},
	} {
		var got []int
		for _, m := range MountsFor(c.mounts, DefaultPages) {
			got = append(got, m.Span.Start)
		}
		if len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
