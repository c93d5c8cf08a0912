package check_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

var update = flag.Bool("update", false, "write the goldens")

func run(t testing.TB, fsys fs.FS, rules []check.Rule) *check.Result {
	t.Helper()
	ws, err := workspace.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := check.ReadSettings(fsys, rules)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := check.Open(context.Background(), ws)
	if err != nil {
		t.Fatal(err)
	}
	res, err := check.Run(context.Background(), repo, rules, settings)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func line(f check.Finding) string {
	return fmt.Sprintf("%s: %s %s: %s", f.Location(), f.Severity, f.Code, f.Summary)
}

// added are the findings that only the second result has.
func added(before, after *check.Result) []check.Finding {
	known := map[string]int{}
	for _, f := range before.Findings {
		known[f.Code+f.File+f.Summary]++
	}
	return slices.DeleteFunc(slices.Clone(after.Findings), func(f check.Finding) bool {
		known[f.Code+f.File+f.Summary]--
		return known[f.Code+f.File+f.Summary] >= 0
	})
}

// fault breaks a good app in one way.
type fault struct {
	code    string
	name    string
	app     string
	file    string
	old     string            // text of file to replace
	new     string            // by this
	also    map[string]string // files to add; "a=>b" replaces in a file that is there
	imports string            // to put at the beginning of file
	want    string            // line of the finding, from the severity on
	mend    string            // "": nothing safe; "restored": the file comes back as it was; else a text that it then has
}

const (
	app         = "packages/app/src/App.tsx"
	root        = "packages/app/src/components/Root/Root.tsx"
	entity      = "packages/app/src/components/catalog/EntityPage.tsx"
	backend     = "packages/backend/src/index.ts"
	appJSON     = "packages/app/package.json"
	backendJSON = "packages/backend/package.json"
)

var faults = []fault{
	{code: "BP002", app: "legacy", file: "plugins/team-badge/package.json", old: `"@backstage/core-components": "^0.18.9"`, new: `"@backstage/core-components": "^0.16.0"`,
		want: "warning BP002: @backstage/core-components is ^0.16.0 here and ^0.18.9 in packages/app/package.json"},
	{code: "BP004", app: "legacy", file: appJSON, old: "    \"@backstage/plugin-catalog-graph\": \"^0.6.3\",\n", new: "",
		want: "warning BP004: @backstage/plugin-catalog-graph is imported, and packages/app/package.json does not declare it"},
	{code: "BP004", name: "mended", app: "legacy", file: backend, old: "const backend = createBackend();", new: "import { parseEntityRef } from '@backstage/catalog-model';\n\nconst backend = createBackend();\nparseEntityRef('a:b/c');",
		want: "warning BP004: @backstage/catalog-model is imported, and packages/backend/package.json does not declare it", mend: backendJSON + "#\"@backstage/catalog-model\": \"^1.8.0\""},
	{code: "BP005", app: "legacy", file: appJSON, old: "    \"@backstage/plugin-catalog-common\"", new: "    \"@backstage/plugin-catalog-backend\": \"^3.6.0\",\n    \"@backstage/plugin-catalog-common\"",
		want: "warning BP005: @backstage/plugin-catalog-backend is a plugin of backends, and an app depends on it"},
	{code: "BP006", app: "legacy", file: appJSON, old: "    \"@backstage/plugin-org\"", new: "    \"@backstage/plugin-kubernetes\": \"^0.12.0\",\n    \"@backstage/plugin-org\"",
		want: "note BP006: @backstage/plugin-kubernetes is a dependency, and nothing of it is used"},
	{code: "BP009", app: "legacy", file: backendJSON, old: `"@backstage/plugin-app-backend": "^`, new: `"@backstage/plugin-app-backend": "backstage:^" , "x": "^`,
		want: `error BP009: "backstage:^" needs the Backstage plugin of yarn, and .yarnrc.yml does not have it`},
	{code: "BP010", app: "legacy", file: appJSON, old: "    \"@backstage/plugin-org\"", new: "    \"@backstage/plugin-kubernetes\": \"^0.12.0\",\n    \"@backstage/plugin-org\"", also: map[string]string{
		"packages/app/src/k8s.ts": "export { EntityKubernetesContent } from '@backstage/plugin-kubernetes';\n",
	}, want: "note BP010: @backstage/plugin-kubernetes has a backend plugin, @backstage/plugin-kubernetes-backend, which no backend adds"},
	{code: "BP013", app: "new", file: appJSON, old: "    \"@backstage/plugin-org\"", new: "    \"@backstage/plugin-kiosk-module-extras\": \"^1.0.0\",\n    \"@backstage/plugin-org\"",
		want: "warning BP013: @backstage/plugin-kiosk-module-extras is a module of the plugin kiosk, which the app does not have"},
	{code: "BP014", app: "legacy-backend", file: backend, old: "'./plugins/proxy'", new: "'./plugins/proxies'",
		want: "error BP014: ./plugins/proxies is imported, and there is no such file"},
	{code: "BP014", name: "other case", app: "legacy", file: "packages/app/src/components/Root/index.ts", old: "./Root", new: "./root",
		want: "error BP014: ./root is imported, and there is no such file"},
	{code: "BF001", app: "legacy", file: app, old: "    <Route path=\"/create\" element={<ScaffolderPage />} />\n", new: "    <Route path=\"/create\" element={<ScaffolderPage />} />\n    <Route path=\"/create\" element={<ScaffolderPage />} />\n",
		want: `error BF001: there are two routes with the path "/create", and only the first is shown`, mend: "restored"},
	{code: "BF001", name: "different pages", app: "legacy", file: app, old: "path=\"/docs\"", new: "path=\"/create\"",
		want: `error BF001: there are two routes with the path "/create", and only the first is shown`},
	{code: "BF002", app: "legacy", file: root, old: `to="create"`, new: `to="creat"`,
		want: `warning BF002: the sidebar links to "creat", and no route has that path`},
	{code: "BF004", app: "legacy", file: entity, old: "    <EntityLayout.Route path=\"/api\" title=\"API\">\n", new: "    <EntityLayout.Route path=\"/ci-cd\" title=\"CI/CD\">\n      {cicdContent}\n    </EntityLayout.Route>\n\n    <EntityLayout.Route path=\"/api\" title=\"API\">\n",
		want: `error BF004: there are two tabs with the path "/ci-cd" on one page, and only the first is shown`, mend: "restored"},
	{code: "BF007", app: "new", file: "app-config.yaml", old: "  packages: all\n", new: "  packages:\n    exclude: ['@backstage/plugin-org']\n",
		want: "note BF007: @backstage/plugin-org is not discovered: app.packages of app-config.yaml keeps it out, and nothing else names it"},
	{code: "BF008", app: "new", file: "app-config.yaml", old: "    - page:catalog:\n", new: "    - nav-item:catalg/x: false\n    - page:catalog:\n", also: map[string]string{
		"node_modules/@backstage/plugin-catalg/package.json":    `{"name": "@backstage/plugin-catalg", "backstage": {"role": "frontend-plugin", "pluginId": "catalg"}}`,
		"node_modules/@backstage/plugin-catalg/dist/alpha.d.ts": "declare const _default: {\n  \"nav-item:catalg/y\": _backstage_frontend_plugin_api.OverridableExtensionDefinition<{}>;\n};\nexport { _default as default };\n",
		"packages/app/package.json":                             "\"@backstage/plugin-catalog\"=>\"@backstage/plugin-catalg\": \"^1.0.0\",\n    \"@backstage/plugin-catalog\"",
	}, want: `warning BF008: the plugin catalg, as it is installed, has no extension "nav-item:catalg/x"`, mend: "app-config.yaml#    - nav-item:catalg/y: false\n"},
	{code: "BF009", app: "legacy", file: entity, old: "    <EntityLayout.Route path=\"/api\" title=\"API\">\n", new: "    <EntityLayout.Route path=\"/kubernetes\" title=\"Kubernetes\">\n      <EntityKubernetesContent />\n    </EntityLayout.Route>\n\n    <EntityLayout.Route path=\"/api\" title=\"API\">\n",
		imports: "import { EntityKubernetesContent } from '@backstage/plugin-kubernetes';\n",
		want:    `note BF009: the tab "/kubernetes" is shown for every entity, though @backstage/plugin-kubernetes exports isKubernetesAvailable`},
	{code: "BF005", app: "legacy", file: app, old: "    <Route path=\"/api-docs\" element={<ApiExplorerPage />} />\n", new: "    <Route path=\"/api-docs\" element={<CatalogIndexPage />} />\n",
		want: "warning BF005: ApiExplorerPage is imported, and no route shows it"},
	{code: "BF006", app: "legacy", file: appJSON, old: "    \"@backstage/plugin-techdocs\"", new: "    \"@backstage/plugin-signals\": \"^0.0.30\",\n    \"@backstage/plugin-techdocs\"",
		want: "warning BF006: @backstage/plugin-signals is installed, and no <SignalsDisplay /> is at the root of the app", mend: app + "#    <SignalsDisplay />\n"},
	{code: "BB001", app: "legacy", file: backend, old: "backend.add(import('@backstage/plugin-catalog-backend-module-logs'));\n", new: "",
		want: "note BB001: @backstage/plugin-catalog-backend-module-logs is installed, and the backend does not add it"},
	{code: "BB002", app: "legacy", file: backend, old: "backend.start();", new: "backend.add(import('@backstage/plugin-kubernetes-backend'));\n\nbackend.start();",
		want: "error BB002: @backstage/plugin-kubernetes-backend is added, and packages/backend/package.json does not declare it"},
	{code: "BB002", name: "mended", app: "legacy", file: backend, old: "backend.start();", new: "backend.add(import('@internal/plugin-jobs-backend'));\n\nbackend.start();", also: map[string]string{
		"plugins/jobs-backend/package.json": "{\n  \"name\": \"@internal/plugin-jobs-backend\",\n  \"version\": \"0.1.0\",\n  \"main\": \"src/index.ts\",\n  \"backstage\": { \"role\": \"backend-plugin\", \"pluginId\": \"jobs\" },\n  \"dependencies\": { \"@backstage/backend-plugin-api\": \"^1.9.1\" }\n}\n",
		"plugins/jobs-backend/src/index.ts": "import { createBackendPlugin } from '@backstage/backend-plugin-api';\n\nexport default createBackendPlugin({ pluginId: 'jobs', register() {} });\n",
	}, want: "error BB002: @internal/plugin-jobs-backend is added, and packages/backend/package.json does not declare it", mend: backendJSON + "#\"@internal/plugin-jobs-backend\": \"workspace:^\""},
	{code: "BB005", name: "module of others", app: "legacy", file: backend, old: "backend.add(import('@backstage/plugin-search-backend'));\n", new: "backend.add(import('@acme/backstage-plugin-notifications-backend-module-pager'));\nbackend.add(import('@backstage/plugin-search-backend'));\n",
		want: "warning BB005: @acme/backstage-plugin-notifications-backend-module-pager is a module of the plugin notifications, which the backend does not add"},
	{code: "BB003", app: "legacy", file: backend, old: "backend.start();", new: "backend.add(import('@backstage/plugin-app-backend'));\n\nbackend.start();",
		want: "error BB003: @backstage/plugin-app-backend is added twice, so the backend does not start", mend: "restored"},
	{code: "BB005", app: "legacy", file: backend, old: "backend.add(import('@backstage/plugin-search-backend'));\n", new: "",
		want: "warning BB005: @backstage/plugin-search-backend-module-catalog is a module of the plugin search, which the backend does not add"},
	{code: "BB006", app: "legacy", file: backend, old: "// search\n", new: "backend.add(import('@backstage-community/plugin-rbac-backend'));\n\n// search\n",
		want: "error BB006: the policy that allows everything is added beside @backstage-community/plugin-rbac-backend, which sets a policy itself", mend: backend + "#plugin-permission-backend'));\n\nbackend.add(import('@backstage-community"},
	{code: "BB007", app: "legacy", file: "app-config.production.yaml", old: "    client: pg\n", new: "    client: better-sqlite3\n",
		want: "note BB007: search is to use PostgreSQL, and no configuration has a PostgreSQL database"},
	{code: "BB008", app: "legacy", file: "packages/backend/src/plugins/todo.ts", new: "import { Router } from 'express';\nimport { PluginEnvironment } from '../types';\n\nexport default async function createPlugin(env: PluginEnvironment): Promise<Router> {\n  return env.router;\n}\n",
		want: "note BB008: nothing uses this file, which is for the old backend system"},
	{code: "BX001", app: "legacy", file: backend, old: "createBackend();", new: "createBackend(;",
		want: "error BX001: "},
	{code: "BX003", app: "legacy", file: app, old: "const app = createApp", new: "// batten-ignore BF001: two on purpose\nconst app = createApp",
		want: "warning BX003: nothing here is found by BF001"},
}

// broken is the app of a fault, good and broken.
func (x fault) broken(t *testing.T) (good, bad fstest.MapFS) {
	t.Helper()
	good = fixtures.App(x.app)
	files := map[string]string{x.file: x.new}
	if x.old != "" {
		src := string(good[x.file].Data)
		if strings.Count(src, x.old) != 1 {
			t.Fatalf("%s has %q %d times", x.file, x.old, strings.Count(src, x.old))
		}
		files[x.file] = x.imports + strings.Replace(src, x.old, x.new, 1)
	}
	for name, text := range x.also {
		if from, to, ok := strings.Cut(text, "=>"); ok {
			text = strings.Replace(string(good[name].Data), from, to, 1)
		} else if good[name] != nil {
			continue
		}
		files[name] = text
	}
	return good, fixtures.With(good, files)
}

func TestEachRuleFindsItsFaultAndNothingElse(t *testing.T) {
	rules := check.Rules()
	for _, x := range slices.Concat(faults, frontendFaults) {
		t.Run(strings.TrimSpace(x.code+" "+x.name), func(t *testing.T) {
			good, bad := x.broken(t)
			before, after := run(t, good, rules), run(t, bad, rules)
			found := added(before, after)
			i := slices.IndexFunc(found, func(f check.Finding) bool {
				return f.Code == x.code && strings.HasPrefix(fmt.Sprintf("%s %s: %s", f.Severity, f.Code, f.Summary), x.want)
			})
			if i < 0 {
				t.Fatalf("not found: %s\nfound: %s", x.want, lines(found))
			}
			for _, f := range found {
				if f.Code != x.code && f.Severity > diag.Note && !expected[x.code+f.Code] {
					t.Errorf("found as well: %s", line(f))
				}
			}
			mends(t, x, good, bad, rules, after)
		})
	}
}

// expected are the findings that one fault brings with another.
var expected = map[string]bool{
	"BP005BP002": true, "BP009BP004": true, "BB002BP004": true, "BB005BB002": true, "BB006BB002": true, "BF001BF002": true, "BF009BP004": true, "BB007BD001": true, "BF010BF005": true, "BF006BP004": true,
}

func lines(list []check.Finding) string {
	var b strings.Builder
	for _, f := range list {
		b.WriteString("\n\t" + line(f))
	}
	return b.String()
}

// mends proves that --fix restores what the fault broke, and that all it makes is proved.
func mends(t *testing.T, x fault, good, bad fstest.MapFS, rules []check.Rule, res *check.Result) {
	t.Helper()
	over := change.NewOverlay(bad)
	m, err := check.Mend(context.Background(), over, res, check.Options{
		Rules: rules,
		Load:  func(over *change.Overlay) (*workspace.Workspace, error) { return workspace.Load(over) },
		Want:  func(f check.Finding) bool { return f.Code == x.code },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range m.Refused {
		t.Errorf("%s is refused: %s", line(r.Finding), r.Why)
	}
	switch {
	case x.mend == "":
		if len(m.Fixed) > 0 {
			t.Errorf("mended, though not safe:%s", lines(m.Fixed))
		}
	case x.mend == "restored":
		if got, _ := over.ReadFile(x.file); string(got) != string(good[x.file].Data) {
			t.Errorf("not restored:\n%s", change.Diff(over.Changes()))
		}
	default:
		name, text, _ := strings.Cut(x.mend, "#")
		if got, _ := over.ReadFile(name); !strings.Contains(string(got), text) {
			t.Errorf("%s lacks %q:\n%s", name, text, change.Diff(over.Changes()))
		}
	}
	if len(m.Fixed) > 0 {
		golden(t, x, change.Diff(over.Changes()))
	}
}

func golden(t *testing.T, x fault, got string) {
	t.Helper()
	name := filepath.Join("testdata", strings.ReplaceAll(strings.TrimSpace(x.code+" "+x.name), " ", "-")+".diff")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("the fix is another than in %s:\n%s", name, got)
	}
}
