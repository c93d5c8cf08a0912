package lockstep_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/lockstep"
)

func TestKnownMove(t *testing.T) {
	for name, want := range map[string]string{
		"@backstage/plugin-sonarqube":                     "@backstage-community/plugin-sonarqube",
		"@backstage/plugin-todo-backend":                  "@backstage-community/plugin-todo-backend",
		"@backstage/canon":                                "@backstage/ui",
		"@backstage/plugin-search-backend-module-explore": "@backstage-community/plugin-search-backend-module-explore",
		"@backstage/plugin-circleci":                      "",
		"@backstage/plugin-catalog":                       "",
		"@backstage/backend-common":                       "",
		"@acme/plugin":                                    "",
	} {
		if got, ok := lockstep.KnownMove(name); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v; want %q", name, got, ok, want)
		}
	}
	m, _ := manifest.Lookup("1.26.5")
	moved := 0
	for _, p := range m.Packages() {
		if to, ok := lockstep.KnownMove(p.Name); ok && strings.HasPrefix(to, "@backstage-community/") {
			moved++
		}
	}
	if moved != 102 { // 101 of then, and one that came later
		t.Errorf("%d packages moved to the community's repository", moved)
	}
}

func TestImportsOfAMovedPackageMoveToo(t *testing.T) {
	const old, to = "@backstage/plugin-todo", "@acme/plugin-todo"
	for name, c := range map[string]struct{ file, before string }{
		"imports":         {"a.tsx", "import { A } from 'OLD';\nimport type { B } from \"OLD/alpha\";\nimport 'OLD/style.css'\nexport * from 'OLD';\n"},
		"dynamic imports": {"a.ts", "backend.add(import('OLD'));\nconst x = () => import(\"OLD/alpha\").then(m => m.x);\nconst y = require('OLD'); require.resolve('OLD/package.json');\n"},
		"types":           {"a.ts", "type T = import('OLD').T;\nimport x = require('OLD');\ndeclare module 'OLD' { }\n"},
		"mocks":           {"a.test.tsx", "jest.mock('OLD', () => ({ ...jest.requireActual('OLD') }));\nvi.mock('OLD');\n"},
		"styles":          {"a.css", "@import 'OLD/css/styles.css';\n@import \"~OLD/x.css\";\n"},
		"CRLF":            {"a.js", "import { A } from 'OLD';\r\n// OLD-ish\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			write := func(name string) string { return strings.ReplaceAll(c.before, "OLD", name) }
			kept := "import { x } from 'OLD-backend';\n// 'OLD'\nconst s = 'OLD';\nconst t = `OLD`;\nf('a', 'OLD');\n"
			files := monorepo(`"`+old+`": "^0.2.0"`, map[string]string{
				"packages/app/src/" + c.file:            write(old),
				"packages/app/src/kept.ts":              strings.ReplaceAll(kept, "OLD", old),
				"packages/app/node_modules/x/" + c.file: write(old),
				"packages/app/src/broken.ts":            "import { from '" + old + "';\n",
				"app-config.yaml":                       "app:\n  packages:\n    include:\n      - '" + old + "' # ours\n      - other\n",
			})
			over := renamed(t, files, old, to)
			for file, want := range map[string]string{
				"packages/app/src/" + c.file:            strings.ReplaceAll(write(to), to+"-ish", old+"-ish"),
				"packages/app/src/kept.ts":              strings.ReplaceAll(kept, "OLD", old),
				"packages/app/node_modules/x/" + c.file: write(old),
				"app-config.yaml":                       "app:\n  packages:\n    include:\n      - '" + to + "' # ours\n      - other\n",
				"packages/app/package.json":             "{\n  \"name\": \"app\",\n  \"dependencies\": {\n    \"" + to + "\": \"^0.13.0\"\n  }\n}\n",
			} {
				if got, _ := over.ReadFile(file); string(got) != want {
					t.Errorf("%s:\n%s\nwant:\n%s", file, got, want)
				}
			}
		})
	}
}

// renamed applies the plan for a package that moved, and sees that the file that cannot be read is
// named.
func renamed(t *testing.T, files fstest.MapFS, old, to string) *change.Overlay {
	t.Helper()
	plan, err := lockstep.Make(load(t, files), target(t), lockstep.Policy{Other: func(name string) (lockstep.Other, bool) {
		return lockstep.Other{Name: to, Version: "0.13.0"}, name == old
	}})
	if err != nil {
		t.Fatal(err)
	}
	over := change.NewOverlay(files)
	if err := plan.Apply(over); err != nil {
		t.Fatal(err)
	}
	if len(plan.Notes) != 1 || plan.Notes[0].File != "packages/app/src/broken.ts" {
		t.Errorf("notes: %+v", plan.Notes)
	}
	return over
}

func TestTheNewNameOfTheReleaseIsTaken(t *testing.T) {
	m := release(t, "1.60.0", "@backstage/ui", "0.20.0", "@backstage/cli", "0.40.0")
	plan, err := lockstep.Make(load(t, monorepo(`"@backstage/canon": "~0.6.0", "@backstage/ui": "^0.7.0"`, nil)), m, lockstep.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(plain(plan, app), "; "), "~0.6.0 > @backstage/ui moved; ^0.7.0 > ^0.20.0 breaking"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	applied(t, monorepo(`"@backstage/canon": "~0.6.0", "@backstage/ui": "^0.7.0"`, nil), plan, lockstep.Policy{})
}

func TestAnImportJoinsThatOfTheNewName(t *testing.T) {
	const old, to = "@backstage/plugin-todo", "@acme/plugin-todo"
	for name, c := range map[string]struct{ before, after string }{
		"names":          {"import { A } from 'NEW';\nimport { B as C, D } from 'OLD';\nf(A, C, D);\n", "import { A, B as C, D } from 'NEW';\nf(A, C, D);\n"},
		"types":          {"import type { A } from 'NEW';\nimport type { B } from 'OLD';\n", "import type { A, B } from 'NEW';\n"},
		"several lines":  {"import {\n  A,\n} from 'NEW';\nimport { B } from 'OLD';\n", "import {\n  A,\n  B,\n} from 'NEW';\n"},
		"type and value": {"import type { A } from 'NEW';\nimport { B } from 'OLD';\n", "import type { A } from 'NEW';\nimport { B } from 'NEW';\n"},
		"a default":      {"import { A } from 'NEW';\nimport B from 'OLD';\n", "import { A } from 'NEW';\nimport B from 'NEW';\n"},
		"a subpath":      {"import { A } from 'NEW';\nimport { B } from 'OLD/alpha';\n", "import { A } from 'NEW';\nimport { B } from 'NEW/alpha';\n"},
	} {
		t.Run(name, func(t *testing.T) {
			write := func(s string) string { return strings.NewReplacer("OLD", old, "NEW", to).Replace(s) }
			files := monorepo(`"`+old+`": "^0.2.0", "`+to+`": "^0.12.0"`, map[string]string{
				"packages/app/src/a.ts": write(c.before), "packages/app/src/broken.ts": "import { from '" + old + "';\n"})
			over := renamed(t, files, old, to)
			if got, _ := over.ReadFile("packages/app/src/a.ts"); string(got) != write(c.after) {
				t.Errorf("got:\n%s\nwant:\n%s", got, write(c.after))
			}
		})
	}
}
