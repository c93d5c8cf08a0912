package install_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/fixtures"
)

// What a person has to do by hand can be pasted as it is.
func TestManualStepsAreWhole(t *testing.T) {
	const docs = `<EntityLayout.Route path="/docs" title="Docs">`
	page := func(old, with string) fstest.MapFS { return appWith(t, "legacy", nil, entityFile, old, with) }
	for _, c := range []struct {
		name   string
		app    fstest.MapFS
		opts   install.Options
		plugin string
		code   string
		manual string
	}{
		{"a tab's path that another tab has", page(docs, `<EntityLayout.Route path="/github-actions" title="Runs"><EntityAboutCard /></EntityLayout.Route>`+docs), options, "github-actions", "tab-taken", `
    import { EntityGithubActionsContent, isGithubActionsAvailable } from '@backstage-community/plugin-github-actions';
    <EntityLayout.Route
      path="/github-actions"
      title="GitHub Actions"
      if={isGithubActionsAvailable}
    >
      <EntityGithubActionsContent />
    </EntityLayout.Route>`},
		{"no overview", page(`path="/" title="Overview"`, `path="/x" title="X"`), install.Options{Version: options.Version, As: "card"}, "sonarqube", "no-safe-place", `
    import { EntitySonarQubeCard } from '@backstage-community/plugin-sonarqube';
    import { isSonarQubeAvailable } from '@backstage-community/plugin-sonarqube-react';
    import { EntitySwitch } from '@backstage/plugin-catalog';
    <EntitySwitch>
      <EntitySwitch.Case if={isSonarQubeAvailable}>
        <Grid item md={6}>
          <EntitySonarQubeCard variant="gridItem" />
        </Grid>
      </EntitySwitch.Case>
    </EntitySwitch>`},
		{"a page that the app does not have", fixtures.App("legacy"), install.Options{Version: options.Version, Pages: []string{"component:lambda"}}, "kubernetes", "no-such-page", "--entity-page: api, component"},
		{"a route's path that another page has", appWith(t, "legacy", nil, appFile, `path="/catalog-graph"`, `path="/tech-radar"`), options, "tech-radar", "route-taken", `
    import { TechRadarPage } from '@backstage-community/plugin-tech-radar';
    <Route path="/tech-radar" element={<TechRadarPage />} />`},
		{"features of the app's own making", appWith(t, "new", nil, appFile, "features: [catalogPlugin, navModule]", "features: [catalogPlugin].concat(navModule)"), options, "github-auth", "no-safe-place",
			"By hand, put this into packages/app/src/modules/signIn/index.tsx:\n    import { SignInPage }"},
		{"what comes after the features", appWith(t, "new", nil, appFile, "features: [catalogPlugin, navModule]", "features: [catalogPlugin].concat(navModule)"), options, "github-auth", "no-safe-place", `
By hand, in packages/app/src/App.tsx, add this to the features:
    import { signInModule } from './modules/signIn';
    signInModule
Then run the command again, for the rest.`},
		{"routers made elsewhere", appWith(t, "legacy-backend", nil, "packages/backend/src/index.ts", "apiRouter.use('/", "other.use('/"), options, "jenkins", "no-safe-place", `
By hand, in packages/backend/src/index.ts, where the other plugins' routers are made:
    import jenkins from './plugins/jenkins';
    const jenkinsEnv = useHotMemoize(module, () => createEnv('jenkins'));
    apiRouter.use('/jenkins', await jenkins(jenkinsEnv));
Then run the command again, for the rest.`},
		{"a plugin of the old backend system with the same id", appWith(t, "legacy", map[string]string{"packages/backend/src/plugins/jenkins.ts": "export default async (env: any) => env.router;\n"},
			"packages/backend/src/index.ts", "backend.start();", "backend.add(legacyPlugin('jenkins', import('./plugins/jenkins')));\nbackend.start();",
			"packages/backend/src/index.ts", "import { createBackend }", "import { legacyPlugin } from '@backstage/backend-common';\nimport { createBackend }"), options, "jenkins", "plugin-taken", "take that out"},
		{"a way to hang that there is not", fixtures.App("legacy"), install.Options{Version: options.Version, As: "card"}, "jenkins", "unknown-variant", "--as cicd (a case of the CI/CD tab), --as tab ("},
		{"a way to hang for what has one way", fixtures.App("legacy"), install.Options{Version: options.Version, As: "card"}, "tech-radar", "unknown-variant", "without --as"},
	} {
		_, err := addWith(c.app, c.opts, c.plugin)
		found := diag.Of(err)
		if len(found) != 1 || found[0].Code != c.code || !strings.Contains(found[0].Manual, c.manual) {
			t.Errorf("%s: %v, want %s with%s", c.name, err, c.code, c.manual)
		}
	}
}

func TestSeveralAppsAreSaid(t *testing.T) {
	app := fixtures.App("legacy")
	for name, file := range app {
		if rest, ok := strings.CutPrefix(name, "packages/app/"); ok {
			app["packages/app-old/"+rest] = file
		}
	}
	app["packages/app-old/package.json"] = &fstest.MapFile{Data: []byte(strings.Replace(string(app[pkgFile].Data), `"name": "app"`, `"name": "app-old"`, 1))}
	plan, err := add(app, "github-actions")
	if err != nil || len(plan.Warnings) != 1 || !strings.Contains(plan.Warnings[0].Summary, "for packages/app; the flag --app names another: packages/app, packages/app-old") {
		t.Fatalf("%v, %v", plan, err)
	}
	plan, err = addWith(app, install.Options{Version: options.Version, App: "packages/app-old"}, "github-actions")
	if err != nil || len(plan.Warnings) != 0 {
		t.Fatalf("%v, %v", plan, err)
	}
}
