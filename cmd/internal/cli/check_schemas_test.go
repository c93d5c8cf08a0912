package cli

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

// unlisted is the legacy app with a lockfile, and with values in its configuration that do not fit the
// schema of a package that is not installed.
func unlisted(t *testing.T) string {
	t.Helper()
	good := fixtures.App("legacy")
	const name = "@backstage/backend-defaults"
	return fixtures.Copy(t, fixtures.With(good, map[string]string{
		"yarn.lock":                     "# yarn lockfile v1\n\n\n\"" + name + "@^0.10.0\":\n  version \"0.10.0\"\n  dependencies:\n    \"@backstage/config\" \"^1.0.0\"\n",
		"packages/backend/package.json": `{"name": "backend", "version": "0.0.0", "backstage": {"role": "backend"}, "dependencies": {"` + name + `": "^0.10.0"}}`,
		"app-config.yaml":               strings.Replace(string(good["app-config.yaml"].Data), "backend:\n", "backend:\n  reading: 5\n", 1),
	}))
}

func TestCheckOnlineTakesSchemasOfPackagesThatAreNotInstalled(t *testing.T) {
	registry := registryOf(t, npmtest.Package{Name: "@backstage/backend-defaults", Version: "0.10.0", JSON: map[string]any{"configSchema": "config.d.ts"},
		Files: map[string]string{"config.d.ts": "export interface Config { backend?: { reading?: { allow?: string[] } } }"}})
	dir := unlisted(t)
	if _, out, _ := batten(dir, "check", "--rule", "BC002"); strings.Contains(out, "BC002") || len(registry.Paths()) > 0 {
		t.Errorf("without --online:\n%s%q", out, registry.Paths())
	}
	status, out, errs := batten(dir, "check", "--online", "--rule", "BC002")
	if status != 1 {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	want(t, out, "error BC002: backend.reading is the number 5, but should be an object")

	// What was had once is kept.
	asked := len(registry.Paths())
	if _, again, _ := batten(dir, "check", "--online", "--offline", "--rule", "BC002"); again != out || len(registry.Paths()) != asked {
		t.Errorf("offline:\n%s", again)
	}
}

func TestCheckOnlineTellsOnceWhichSchemasItCouldNotHave(t *testing.T) {
	registryOf(t)
	status, out, errs := batten(unlisted(t), "check", "--online", "--rule", "BC002")
	if status != 0 || strings.Contains(out, "BC002") || strings.Count(errs, "configuration schemas of 1 package could not be had") != 1 {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}
