//go:build unix

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest"
)

// typicalEdits make of a new app what apps become: another title, pages and an endpoint of its
// own, middleware, files that were split up, and files that another formatter went over.
func (a *app) typicalEdits(release string) string {
	a.t.Helper()
	a.replace("app-config.yaml", "title: Scaffolded Backstage App", "title: Harbour Portal")
	a.replace("app-config.yaml", "name: My Company", "name: Harbour Works")
	a.replace("app-config.yaml", "    runIn: 'docker' # Alternatives - 'local'", "    runIn: 'local'")
	a.replace("app-config.yaml", "proxy:\n", "proxy:\n  endpoints:\n    '/tides':\n      target: 'http://127.0.0.1:9'\n\n")
	a.replace("packages/backend/Dockerfile", "FROM node:22-bookworm-slim", "FROM images.example.com/harbour/node:22-bookworm-slim")
	a.write("packages/app/src/components/crew/CrewPage.tsx", crewPage)
	switch a.layout {
	case fixtures.LayoutLegacy:
		a.replace("packages/app/src/App.tsx", "  </FlatRoutes>", "    <Route path=\"/crew\" element={<CrewPage />} />\n  </FlatRoutes>")
		a.addImport("packages/app/src/App.tsx", "./components/crew/CrewPage", "CrewPage")
		a.write("packages/app/src/components/home/HomePage.tsx", homePage)
		a.replace("packages/app/src/App.tsx", "element={<HomepageCompositionRoot />} />", "element={<HomepageCompositionRoot />}>\n      <HomePage />\n    </Route>")
		a.addImport("packages/app/src/App.tsx", "./components/home/HomePage", "HomePage")
		a.replace("packages/app/src/components/Root/Root.tsx", "        {/* End global nav */}",
			"        <SidebarItem icon={GroupIcon} to=\"crew\" text=\"Crew\" />\n        {/* End global nav */}")
		a.split("packages/app/src/components/catalog/EntityPage.tsx", "contents",
			"techdocsContent", "cicdContent", "entityWarningContent", "overviewContent")
		a.write("packages/app/src/components/catalog/Berth.tsx", berth)
		a.replace("packages/app/src/components/catalog/EntityPage.tsx", "const websiteEntityPage = (\n  <EntityLayout>\n",
			"const websiteEntityPage = (\n  <EntityLayout>\n    <EntityLayout.Route path=\"/berth\" title=\"Berth\">\n      <Berth />\n    </EntityLayout.Route>\n\n")
		a.addImport("packages/app/src/components/catalog/EntityPage.tsx", "./Berth", "Berth")
		a.must("yarn", "prettier", "--no-config", "--tab-width", "4", "--print-width", "100", "--write",
			"packages/app/src/App.tsx", "packages/app/src/apis.ts")
	case fixtures.LayoutNew:
		a.write("packages/app/src/modules/crew/index.tsx", crewModule)
		a.addImport("packages/app/src/App.tsx", "./modules/crew", "crewPlugin")
		a.replace("packages/app/src/App.tsx", "navModule]", "navModule, crewPlugin]")
		a.replace("packages/app/src/modules/nav/Sidebar.tsx", "            {/* End global nav */}",
			handbook+"            {/* End global nav */}")
		a.replace("packages/app/src/modules/nav/Sidebar.tsx", "import HomeIcon from '@material-ui/icons/Home';\n",
			"import HomeIcon from '@material-ui/icons/Home';\n"+docsIcon)
		a.must("yarn", "prettier", "--no-config", "--tab-width", "4", "--print-width", "100", "--write",
			"packages/app/src/App.tsx")
	}
	a.splitBackend()
	a.write("packages/backend/src/crew.ts", crewBackend)
	a.write("packages/backend/src/httpRouter.ts", middleware)
	a.depend("packages/backend/package.json", "dependencies", "@backstage/backend-plugin-api", caret(release, "@backstage/backend-plugin-api"))
	a.depend("packages/backend/package.json", "dependencies", "express", "^4.17.1")
	a.depend("packages/backend/package.json", "devDependencies", "@types/express", "^4.17.6")
	return fmt.Sprintf("%d files changed", len(a.changed()))
}

// What apps have of their own.
const (
	crewPage = `import { Content, Header, InfoCard, Page } from '@backstage/core-components';

export const CrewPage = () => (
  <Page themeId="home">
    <Header title="Our crew" subtitle="Who is on duty at the harbour" />
    <Content>
      <InfoCard title="On duty">The night watch</InfoCard>
    </Content>
  </Page>
);
`
	homePage = `import { Content, Header, Page } from '@backstage/core-components';
import { HomePageToolkit } from '@backstage/plugin-home';
import GroupIcon from '@material-ui/icons/People';

export const HomePage = () => (
  <Page themeId="home">
    <Header title="The harbour" />
    <Content>
      <HomePageToolkit
        title="Tools of the harbour"
        tools={[{ url: '/crew', label: 'Crew list', icon: <GroupIcon /> }]}
      />
    </Content>
  </Page>
);
`
	berth = `import { EntityAboutCard } from '@backstage/plugin-catalog';
import { Grid } from '@material-ui/core';

export const Berth = () => (
  <Grid container spacing={3}>
    <Grid item md={6}>
      <EntityAboutCard variant="gridItem" />
    </Grid>
  </Grid>
);
`
	crewModule = `import GroupIcon from '@material-ui/icons/People';
import {
  createFrontendPlugin,
  createRouteRef,
  NavItemBlueprint,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { compatWrapper } from '@backstage/core-compat-api';

const crewRouteRef = createRouteRef();

export const crewPlugin = createFrontendPlugin({
  pluginId: 'crew',
  extensions: [
    PageBlueprint.make({
      params: {
        path: '/crew',
        routeRef: crewRouteRef,
        loader: async () => {
          const { CrewPage } = await import('../../components/crew/CrewPage');
          return compatWrapper(<CrewPage />);
        },
      },
    }),
` + crewItem + `  ],
});
`
	crewItem = `    NavItemBlueprint.make({
      params: { title: 'Crew', icon: GroupIcon, routeRef: crewRouteRef },
    }),
`
	docsIcon = "import DocsIcon from '@material-ui/icons/Description';\n"
	handbook = "            <SidebarItem icon={DocsIcon} to=\"https://docs.example.com\" text=\"Handbook\" />\n"

	crewBackend = `import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { Router } from 'express';

export default createBackendPlugin({
  pluginId: 'crew',
  register(reg) {
    reg.registerInit({
      deps: { router: coreServices.httpRouter, logger: coreServices.logger },
      async init({ router, logger }) {
        const routes = Router();
        routes.get('/watch', (_req, res) => {
          logger.info('the watch is asked for');
          res.json({ watch: 'night' });
        });
        router.use(routes);
        router.addAuthPolicy({ path: '/watch', allow: 'unauthenticated' });
      },
    });
  },
});
`
	middleware = `import { rootHttpRouterServiceFactory } from '@backstage/backend-defaults/rootHttpRouter';

export const httpRouter = rootHttpRouterServiceFactory({
  configure: ({ app, applyDefaults }) => {
    app.use((_req, res, next) => {
      res.setHeader('X-Harbour', 'open');
      next();
    });
    applyDefaults();
  },
});
`
)

// splitBackend moves the last features of the backend into a file of their own, and adds the
// app's own.
func (a *app) splitBackend() {
	a.t.Helper()
	const index = "packages/backend/src/index.ts"
	src := a.read(index)
	from := strings.Index(src, "// search plugin")
	to := strings.Index(src, "backend.start();")
	if from < 0 || to < from {
		a.t.Fatalf("%s is not as expected:\n%s", index, src)
	}
	var moved strings.Builder
	moved.WriteString("import { createBackend } from '@backstage/backend-defaults';\n\n" +
		"export function addPortal(backend: ReturnType<typeof createBackend>) {\n")
	for line := range strings.Lines(strings.TrimRight(src[from:to], "\n") + "\n") {
		if line != "\n" {
			line = "  " + line
		}
		moved.WriteString(line)
	}
	moved.WriteString("}\n")
	a.write("packages/backend/src/portal.ts", moved.String())
	src = src[:from] + "addPortal(backend);\n\nbackend.add(httpRouter);\nbackend.add(import('./crew'));\n\n" + src[to:]
	a.write(index, strings.Replace(src, "import { createBackend } from '@backstage/backend-defaults';\n",
		"import { createBackend } from '@backstage/backend-defaults';\nimport { httpRouter } from './httpRouter';\nimport { addPortal } from './portal';\n", 1))
}

// caret is the range that a new app of a release has for a package.
func caret(release, name string) string {
	if m, ok := manifest.Lookup(release); ok {
		if v, ok := m.Version(name); ok {
			return "^" + v
		}
	}
	return "*"
}

func (a *app) read(name string) string {
	a.t.Helper()
	src, err := os.ReadFile(filepath.Join(a.dir, filepath.FromSlash(name)))
	a.check(err)
	return string(src)
}

func (a *app) write(name, content string) {
	a.t.Helper()
	file := filepath.Join(a.dir, filepath.FromSlash(name))
	folder(a.t, filepath.Dir(file))
	a.check(os.WriteFile(file, []byte(content), 0o644))
}

// replace replaces what a file has once.
func (a *app) replace(name, old, with string) {
	a.t.Helper()
	src := a.read(name)
	if n := strings.Count(src, old); n != 1 {
		a.t.Fatalf("%s has %q %d times:\n%s", name, old, n, src)
	}
	a.write(name, strings.Replace(src, old, with, 1))
}

func (a *app) addImport(name, module, local string) {
	a.t.Helper()
	a.check(edit(a.dir, name, func(src []byte) ([]text.Edit, error) {
		tree, err := tsx.Parse(src, tsx.DialectOf(name))
		if err != nil {
			return nil, err
		}
		edits, _ := tsx.AddImport(tree, tsx.Import{Module: module, Name: local})
		return edits, nil
	}))
}

func (a *app) depend(name, field, on, spec string) {
	a.t.Helper()
	a.check(edit(a.dir, name, func(src []byte) ([]text.Edit, error) {
		doc, err := jsonedit.Parse(name, src)
		if err != nil {
			return nil, err
		}
		return doc.Set(fmt.Sprintf("%q", spec), field, on)
	}))
}

// split moves constants of a module into another beside it.
func (a *app) split(name, module string, constants ...string) {
	a.t.Helper()
	rest, moved, err := split(a.read(name), name, module, constants)
	a.check(err)
	a.write(name, rest)
	a.write(strings.TrimSuffix(name, filepath.Base(name))+module+".tsx", moved)
}

func split(src, name, module string, constants []string) (rest, moved string, err error) {
	tree, err := tsx.Parse([]byte(src), tsx.DialectOf(name))
	if err != nil {
		return "", "", err
	}
	var out []text.Edit
	var bodies strings.Builder
	imports := 0
	for _, d := range tsx.Imports(tree) {
		imports = max(imports, d.Node.End())
	}
	for node := range tree.Root().NamedChildren() {
		body := node.Text()
		declared, _, _ := strings.Cut(strings.TrimPrefix(body, "const "), " =")
		if node.Is(tsx.KindLexicalDeclaration) && slices.Contains(constants, declared) {
			bodies.WriteString("\nexport " + body + "\n")
			out = append(out, tsx.RemoveStatement(node)...)
		}
	}
	without, err := text.Apply([]byte(src), out)
	if err != nil {
		return "", "", err
	}
	with := make([]tsx.Import, len(constants))
	for i, c := range constants {
		with[i] = tsx.Import{Module: "./" + module, Name: c}
	}
	if tree, err = tsx.Parse(without, tsx.DialectOf(name)); err != nil {
		return "", "", err
	}
	added, _ := tsx.AddImport(tree, with...)
	if without, err = text.Apply(without, added); err != nil {
		return "", "", err
	}
	if rest, err = withoutUnused(string(without), name); err != nil {
		return "", "", err
	}
	moved, err = withoutUnused(src[:imports]+"\n"+bodies.String(), name)
	return rest, moved, err
}

// withoutUnused takes out the imports that nothing refers to.
func withoutUnused(src, name string) (string, error) {
	tree, err := tsx.Parse([]byte(src), tsx.DialectOf(name))
	if err != nil {
		return "", err
	}
	var unused []string
	for _, d := range tsx.Imports(tree) {
		for _, s := range d.Bindings {
			if tsx.Unused(tree, s.Local) {
				unused = append(unused, s.Local)
			}
		}
	}
	if len(unused) == 0 {
		return src, nil
	}
	after, err := text.Apply([]byte(src), tsx.RemoveImport(tree, unused...))
	return string(after), err
}

func TestSplit(t *testing.T) {
	const src = `import { A, B } from 'a';
import { C } from 'c';

const one = <A />;

const two = <C>{one}</C>;

export const three = <B>{two}</B>;
`
	rest, moved, err := split(src, "x.tsx", "contents", []string{"one", "two"})
	if err != nil {
		t.Fatal(err)
	}
	const wantRest = `import { B } from 'a';
import { two } from './contents';

export const three = <B>{two}</B>;
`
	const wantMoved = `import { A } from 'a';
import { C } from 'c';

export const one = <A />;

export const two = <C>{one}</C>;
`
	if rest != wantRest || moved != wantMoved {
		t.Errorf("got\n%s\nand\n%s", rest, moved)
	}
}
