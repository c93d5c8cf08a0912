package check_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/fixtures"
)

// berry is a lockfile of yarn 4 with versions by descriptor.
func berry(entries ...string) string {
	var b strings.Builder
	b.WriteString("__metadata:\n  version: 8\n  cacheKey: 10c0\n")
	for _, e := range entries {
		name, version, _ := strings.Cut(e, " ")
		base := name[:strings.LastIndex(name, "@npm:")]
		fmt.Fprintf(&b, "\n%q:\n  version: %s\n  resolution: %q\n  languageName: node\n  linkType: hard\n", name, version, base+"@npm:"+version)
	}
	return b.String()
}

// Rules that need a lockfile, node_modules, or several files.
func TestRulesThatNeedMoreThanOneFile(t *testing.T) {
	one := `{"name": "x", "private": true, "workspaces": ["packages/*"], "packageManager": "yarn@4.4.1"}`
	app := func(deps string) string {
		return `{"name": "app", "backstage": {"role": "frontend"}, "dependencies": {` + deps + `}}`
	}
	const index = "import { createBackend } from '@backstage/backend-defaults';\nconst backend = createBackend();\n"
	backend := func(deps string) string {
		return `{"name": "backend", "backstage": {"role": "backend"}, "dependencies": {"@backstage/backend-defaults": "^0.17.0"` + deps + `}}`
	}
	for _, x := range []struct {
		name  string
		files map[string]string
		want  []string // findings of the code that is the test's first word
	}{
		{"BP007 two versions that the app gets", map[string]string{
			"packages/app/package.json": app(`"react": "^18.0.0", "react-dom": "^17.0.0", "react-router": "^6.0.0"`),
			"yarn.lock":                 berry("react@npm:^18.0.0 18.2.0", "react@npm:^17.0.0 17.0.2", "react-dom@npm:^17.0.0 17.0.2", "react-router@npm:^6.0.0 6.30.0"),
			"packages/b/package.json":   `{"name": "b", "dependencies": {"react": "^17.0.0"}}`,
		}, []string{"yarn.lock:11:1: warning BP007: react is there in 2 versions: 17.0.2, 18.2.0"}},
		{"BP007 one of two is for development", map[string]string{
			"packages/app/package.json": app(`"react": "^18.0.0"`),
			"yarn.lock":                 berry("react@npm:^18.0.0 18.2.0", "react@npm:^17.0.0 17.0.2"),
			"packages/b/package.json":   `{"name": "b", "devDependencies": {"react": "^17.0.0"}}`,
		}, []string{"yarn.lock: note BP007: packages that should be there once are there in several versions: react"}},
		{"BP008 one that is missing", map[string]string{
			"packages/app/package.json": app(`"react": "^18.0.0", "react-dom": "^18.0.0", "zod": "^3.0.0"`),
			"yarn.lock":                 berry("react@npm:^18.0.0 18.2.0", "react-dom@npm:^18.0.0 18.2.0"),
		}, []string{"packages/app/package.json:1:120: warning BP008: the lockfile does not have zod ^3.0.0"}},
		{"BP008 before the first install", map[string]string{
			"packages/app/package.json": app(`"react": "^18.0.0", "react-dom": "^18.0.0"`),
			"yarn.lock":                 berry("typescript@npm:^5.0.0 5.4.5"),
		}, []string{"yarn.lock: note BP008: the lockfile does not have most of what the package.json files ask for: yarn has not installed them yet"}},
		{"BP010 a frontend that needs its backend", map[string]string{
			"packages/app/package.json":                               app(`"@acme/plugin-x": "^1.0.0"`),
			"packages/backend/package.json":                           backend(""),
			"packages/backend/src/index.ts":                           index + "backend.add(import('@backstage/plugin-app-backend'));\nbackend.start();\n",
			"node_modules/@acme/plugin-x/package.json":                `{"name": "@acme/plugin-x", "backstage": {"role": "frontend-plugin", "pluginPackages": ["@acme/plugin-x", "@acme/plugin-x-backend"]}}`,
			"packages/app/src/index.tsx":                              "import { createApp } from '@backstage/app-defaults';\nimport { x } from '@acme/plugin-x';\ncreateApp({ plugins: [x] });\n",
			"node_modules/@backstage/plugin-app-backend/package.json": `{"name": "@backstage/plugin-app-backend"}`,
		}, []string{"packages/app/package.json:1:87: note BP010: @acme/plugin-x has a backend plugin, @acme/plugin-x-backend, which no backend adds"}},
		{"BF010 a name that is gone", map[string]string{
			"packages/app/package.json":                        app(`"@backstage/plugin-y": "^1.0.0"`),
			"packages/app/src/a.ts":                            "import y, { Old, Kept, type T } from '@backstage/plugin-y';\nimport { z } from '@backstage/plugin-y/alpha';\nexport const q = [y, Old, Kept, z] as T;\n",
			"node_modules/@backstage/plugin-y/package.json":    `{"name": "@backstage/plugin-y", "backstage": {"role": "frontend-plugin"}, "types": "dist/index.d.ts", "typesVersions": {"*": {"alpha": ["dist/alpha.d.ts"]}}}`,
			"node_modules/@backstage/plugin-y/dist/index.d.ts": "declare const a: number;\ntype T = string;\nexport { type T, a as Kept, y as default };\n",
			"node_modules/@backstage/plugin-y/dist/alpha.d.ts": "export * from './other';\n",
		}, []string{"packages/app/src/a.ts:1:13: error BF010: @backstage/plugin-y does not export Old"}},
		{"BB004 one plugin by both systems", map[string]string{
			"packages/backend/package.json":        backend(`, "@backstage/plugin-todo-backend": "^1.0.0", "@backstage/backend-common": "^0.20.0"`),
			"packages/backend/src/index.ts":        "import { legacyPlugin } from '@backstage/backend-common';\n" + index + "backend.add(import('@backstage/plugin-todo-backend'));\nbackend.add(legacyPlugin('todo', import('./plugins/todo')));\nbackend.start();\n",
			"packages/backend/src/plugins/todo.ts": "export default async function createPlugin() { return {}; }\n",
		}, []string{"packages/backend/src/index.ts:5:1: error BB004: the router \"todo\" of the old backend system is there beside @backstage/plugin-todo-backend of the new one"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			x.files["package.json"] = one
			x.files["backstage.json"] = `{"version": "1.50.0"}`
			code, _, _ := strings.Cut(x.name, " ")
			var got []string
			for _, f := range run(t, fixtures.With(fstest.MapFS{}, x.files), check.Rules()).Findings {
				if f.Code == code {
					got = append(got, line(f))
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(x.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(x.want, "\n"))
			}
		})
	}
}
