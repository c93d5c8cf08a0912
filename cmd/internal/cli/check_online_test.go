package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

// registryOf is a registry with these packages, and no other; a cache of its own goes with it.
func registryOf(t *testing.T, packages ...npmtest.Package) *npmtest.Registry {
	t.Helper()
	r := npmtest.New(t)
	r.Publish(packages...)
	t.Setenv("npm_config_registry", r.URL)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	return r
}

// ageing is the legacy app with three dependencies more, and a rule for the age of versions.
func ageing(t *testing.T) string {
	t.Helper()
	good := fixtures.App("legacy")
	const file, at = "packages/app/package.json", "    \"@backstage/plugin-org\""
	return fixtures.Copy(t, fixtures.With(good, map[string]string{
		file:          strings.Replace(string(good[file].Data), at, "    \"left-behind\": \"1.0.0\",\n    \"fresh\": \"2.0.0\",\n    \"@trusted/fresh\": \"2.0.0\",\n"+at, 1),
		".yarnrc.yml": "nodeLinker: node-modules\nnpmMinimalAgeGate: 3d\nnpmPreapprovedPackages:\n  - '@trusted/*'\n",
	}))
}

func TestCheckOnlineFindsDeprecatedPackagesAndYoungVersions(t *testing.T) {
	now, old := time.Now().Add(-5*time.Hour), time.Now().Add(-1000*time.Hour)
	registryOf(t,
		npmtest.Package{Name: "left-behind", Version: "1.0.0", Time: old, JSON: map[string]any{"deprecated": "moved\nto another-name"}},
		npmtest.Package{Name: "fresh", Version: "2.0.0", Time: now},
		npmtest.Package{Name: "fresh", Version: "1.0.0", Time: old},
		npmtest.Package{Name: "@trusted/fresh", Version: "2.0.0", Time: now},
	)
	dir := ageing(t)
	status, out, errs := batten(dir, "check", "--online", "--rule", "packages", "--fail-on", "warning")
	if status != 1 || errs != "" {
		t.Errorf("status %d, said %q", status, errs)
	}
	want(t, out, "warning BP011: left-behind 1.0.0 is deprecated", "Its authors say: moved to another-name",
		"warning BP012: fresh 2.0.0 was published 5 hours ago, and .yarnrc.yml asks for 3 days", "2 warnings in 1 file.")

	// What was asked for once is known offline.
	if _, again, _ := batten(dir, "check", "--online", "--offline", "--rule", "packages"); again != out {
		t.Errorf("offline:\n%s", again)
	}
}

func TestCheckAsksNoServerUnlessTold(t *testing.T) {
	r := registryOf(t, npmtest.Package{Name: "left-behind", Version: "1.0.0", JSON: map[string]any{"deprecated": "gone"}})
	if status, out, errs := batten(ageing(t), "check", "--rule", "packages,check", "--fail-on", "note"); status != 0 {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	if asked := r.Paths(); len(asked) > 0 {
		t.Errorf("asked for %v", asked)
	}
	if status, _, errs := batten(ageing(t), "check", "--rule", "BP011"); status != 2 || !strings.Contains(errs, "BP011 needs --online") {
		t.Errorf("status %d: %s", status, errs)
	}
}

func TestCheckOnlineSaysWhatItDoesNotKnow(t *testing.T) {
	r := registryOf(t, npmtest.Package{Name: "left-behind", Version: "1.0.0", JSON: map[string]any{"deprecated": "gone"}})
	status, out, errs := batten(ageing(t), "check", "--online", "--rule", "BP011")
	if status != 0 {
		t.Errorf("status %d", status)
	}
	want(t, out, "left-behind 1.0.0 is deprecated")
	want(t, errs, "Nothing is known of 2 packages of 3, so that nothing is said of them. The first: ")

	// A registry that says nothing at all is trouble.
	r.Handle("/left-behind", npmtest.Status(500))
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	if status, _, errs := batten(ageing(t), "check", "--online", "--rule", "BP011"); status != 2 || errs == "" {
		t.Errorf("status %d: %s", status, errs)
	}
}

// A suppression of what only --online finds is not unused without it.
func TestWhatNeedsTheRegistryIsNotUnusedWithoutIt(t *testing.T) {
	registryOf(t)
	dir := fixtures.Copy(t, fixtures.With(fixtures.App("legacy"), map[string]string{
		".batten/config.yaml": "check:\n  rules:\n    BP012: error\n  ignore:\n    - rule: BP011\n      reason: goes with the next release\n",
	}))
	if status, out, errs := batten(dir, "check", "--rule", "packages,check", "--fail-on", "note"); status != 0 {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}
