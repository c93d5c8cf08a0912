package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

const core = "@backstage/core-plugin-api"

func registry(t *testing.T, release, coreVersion string) *npmtest.Registry {
	t.Helper()
	m, _ := manifest.Lookup(release)
	version, _ := m.Version(manifest.CreateApp)
	r := npmtest.New(t)
	r.Publish(npmtest.Package{Name: manifest.CreateApp, Version: version, Files: map[string]string{
		"dist/index.cjs.js": fmt.Sprintf("const v0 = %q;\nconst v1 = %q;\nconst packageVersions = {\n  root: v0,\n  %q: v1\n};\n", release, coreVersion, core),
	}})
	return r
}

func TestRunCountsWhatAgrees(t *testing.T) {
	newest := manifest.Newest(true)
	m, _ := manifest.Lookup(newest)
	version, _ := m.Version(core)

	var out strings.Builder
	if err := run(t.Context(), registry(t, newest, version).Client(t), []string{newest, "1.0.0", "9.9.9"}, &out); err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(strings.Split(out.String(), "\n")[1])
	if len(fields) != 9 || fields[0] != newest || fields[1] != "npm" || fields[3] != "2" || fields[8] != "0" {
		t.Errorf("the row of %s: %v", newest, fields)
	}
	if old := strings.Split(out.String(), "\n")[2]; !strings.HasPrefix(old, "1.0.0      table") {
		t.Errorf("the row of 1.0.0: %s", old)
	}
	if !strings.Contains(out.String(), "9.9.9      Backstage release 9.9.9 is not known here") {
		t.Errorf("no word of 9.9.9:\n%s", out.String())
	}

	out.Reset()
	err := run(t.Context(), registry(t, newest, "99.0.0").Client(t), []string{newest}, &out)
	if err == nil || !strings.Contains(out.String(), fmt.Sprintf("    %s is %s, derived 99.0.0\n", core, version)) {
		t.Errorf("a version that is not the published one: %v\n%s", err, out.String())
	}
}
