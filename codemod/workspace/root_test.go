package workspace_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

func TestFindRoot(t *testing.T) {
	files := map[string]string{
		"repo/README.md":      "",
		"repo/docs/deep/x.md": "",
		"repo/node_modules/@backstage/cli/package.json":   `{"workspaces":["x"],"dependencies":{"@backstage/x":"1"}}`,
		"plain/package.json":                              `{"name":"x","dependencies":{"@backstage/cli":"1"}}`,
		"plain/src/x.ts":                                  "",
		"other/package.json":                              `{"workspaces":["packages/*"]}`,
		"other/packages/a/package.json":                   `{"dependencies":{"react":"1"}}`,
		"by-package/package.json":                         `{"workspaces":["packages/*"]}`,
		"by-package/packages/a/package.json":              `{"devDependencies":{"@backstage/cli":"1"}}`,
		"by-package/packages/a/src/x.ts":                  "",
		"pnpm/package.json":                               `{"devDependencies":{"@backstage/cli":"1"}}`,
		"pnpm/pnpm-workspace.yaml":                        "packages: [a]\n",
		"broken/package.json":                             "{\n  \"workspaces\": ]\n}",
		"broken/packages/a/package.json":                  `{}`,
		"hurt/package.json":                               "{",
		"hurt/backstage.json":                             "{}",
		"hurt/x/y.ts":                                     "",
		"repo/portal/plugins/own/workspaces/package.json": `{"name":"nested"}`,
	}
	for name, f := range fixtures.App("legacy") {
		files["repo/portal/"+name] = string(f.Data)
	}
	dir := fixtures.Copy(t, repo(files))
	for start, want := range map[string]string{
		"repo/portal": "repo/portal",
		"repo/portal/packages/app/src/components": "repo/portal",
		"repo/portal/packages/app/src/App.tsx":    "repo/portal",
		"repo/portal/plugins/own/workspaces":      "repo/portal",
		"by-package/packages/a/src":               "by-package",
		"hurt/x":                                  "hurt",
		"pnpm":                                    "pnpm",
		"repo":                                    "! repo is not in a Backstage monorepo; --repo portal",
		"repo/docs/deep":                          "! is not in a Backstage monorepo; every folder above",
		"plain/src":                               "! plain: package.json has no workspaces",
		"other/packages/a":                        "! other: neither backstage.json nor dependencies",
		"broken/packages/a":                       "! broken: package.json:2:17: ",
		"none":                                    "! there is no folder",
	} {
		t.Run(start, func(t *testing.T) {
			got, err := workspace.FindRoot(filepath.Join(dir, filepath.FromSlash(start)))
			if parts, isError := strings.CutPrefix(want, "! "); isError {
				if d := diag.Of(err); len(d) != 1 || d[0].Code != "not-backstage" {
					t.Fatalf("got %q, %v", got, err)
				}
				for part := range strings.SplitSeq(parts, "; ") {
					if !strings.Contains(err.Error(), filepath.FromSlash(part)) {
						t.Errorf("the error lacks %q: %v", part, err)
					}
				}
				return
			}
			if err != nil || got != filepath.Join(dir, filepath.FromSlash(want)) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestFindRootOfARelativeFolder(t *testing.T) {
	dir := fixtures.Copy(t, fixtures.App("new"))
	t.Chdir(filepath.Join(dir, "packages", "app"))
	want, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := workspace.FindRoot("src"); err != nil || got != filepath.Dir(filepath.Dir(want)) {
		t.Errorf("got %q, %v", got, err)
	}
}
