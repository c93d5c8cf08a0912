package manifest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

// createApp is a version of create-app, for a release, whose templates use these packages.
func createApp(version, release string, at time.Time, uses ...string) npmtest.Package {
	files := map[string]string{}
	var head, table strings.Builder
	for i := 0; i < len(uses)+1; i += 2 {
		name, number := manifest.RootVersion, release
		if i > 0 {
			name, number = uses[i-2], uses[i-1]
		}
		fmt.Fprintf(&head, "var _package$%d = require('../p%d.cjs.js');\n", i, i)
		fmt.Fprintf(&table, "  %q: _package$%d.version,\n", name, i)
		files[fmt.Sprintf("dist/p%d.cjs.js", i)] = fmt.Sprintf("'use strict';\n\nvar version = %q;\n", number)
	}
	files["dist/lib/versions.cjs.js"] = head.String() + "const packageVersions = {\n" + table.String() + "};\n"
	return npmtest.Package{Name: manifest.CreateApp, Version: version, Time: at, Files: files}
}

func plugin(name, version string, at time.Time, dependencies ...string) npmtest.Package {
	deps := map[string]any{}
	for i := 0; i < len(dependencies); i += 2 {
		deps[dependencies[i]] = dependencies[i+1]
	}
	return npmtest.Package{Name: name, Version: version, Time: at, JSON: map[string]any{"dependencies": deps}}
}

const (
	core   = "@backstage/core-plugin-api"
	wanted = "@backstage/plugin-org"
	config = "@backstage/config"
)

var released = time.Date(2027, 3, 1, 10, 0, 0, 0, time.UTC)

func future(t *testing.T) *npmtest.Registry {
	t.Helper()
	r := npmtest.New(t)
	day := 24 * time.Hour
	r.Publish(
		createApp("0.9.0", "1.53.0", released.Add(-200*day), core, "1.12.8"),
		createApp("0.90.0", "1.90.0", released, core, "1.40.0"),
		createApp("0.91.0", "1.91.0", released.Add(30*day), core, "1.41.0"),
		createApp("0.92.0-next.0", "1.92.0-next.0", released.Add(40*day), core, "1.42.0-next.0"),
	)
	return r
}

func TestCreateAppOf(t *testing.T) {
	client := future(t).Client(t)
	for release, want := range map[string]string{
		"1.0.0":         "0.4.24", // the table's
		"1.90.0":        "0.90.0",
		"1.90.3":        "0.90.0", // a patch that left create-app alone
		"1.91.0":        "0.91.0",
		"1.92.0-next.0": "0.92.0-next.0",
		"1.92.0":        "",
		"1.89.0":        "",
		"next":          "",
	} {
		got, err := manifest.CreateAppOf(t.Context(), client, release)
		var unknown *manifest.UnknownRelease
		if got != want || (want == "") != errors.As(err, &unknown) {
			t.Errorf("%s: %q, %v; want %q", release, got, err, want)
		}
	}
}

func TestDerive(t *testing.T) {
	floor := floorOf(t, wanted)
	hour := time.Hour
	for _, test := range []struct {
		name      string
		versions  []npmtest.Package
		want      string
		uncertain string // "": certain
	}{
		{"published in time", []npmtest.Package{plugin(wanted, "0.8.0", released.Add(-hour)), plugin(wanted, "0.9.0", released.Add(-hour), core, "^1.41.0")}, "0.8.0", ""},
		{"published a little later", []npmtest.Package{plugin(wanted, "0.8.0", released.Add(hour))}, "0.8.0", ""},
		{"published in time, and another one that fits too late", []npmtest.Package{
			plugin(wanted, "0.8.0", released.Add(-hour)), plugin(wanted, "0.9.0", released.Add(700*hour))}, "0.8.0", "0.9.0 fits as well"},
		{"pre-releases do not count", []npmtest.Package{plugin(wanted, "0.8.0", released.Add(-hour)), plugin(wanted, "0.9.0-next.0", released.Add(-hour))}, "0.8.0", ""},
		{"made for the release, whenever that was", []npmtest.Package{
			plugin(wanted, floor, released.Add(-900*hour)), plugin(wanted, "0.8.0", released.Add(90*hour), core, "^1.40.0")}, "0.8.0", ""},
		{"made for the release, but two of them", []npmtest.Package{plugin(wanted, floor, time.Time{}),
			plugin(wanted, "0.8.0", time.Time{}, core, "^1.40.0"), plugin(wanted, "0.8.1", time.Time{}, core, "^1.40.0")}, "0.8.0", "0.8.1 depends on the same versions"},
		{"made for the release, but not the next version", []npmtest.Package{plugin(wanted, floor, time.Time{}),
			plugin(wanted, "0.9.0", time.Time{}, core, "^1.40.0")}, "0.9.0", "npm lacks versions"},
		{"made for the release, but that of the one before is not there", []npmtest.Package{plugin(wanted, "0.8.0", time.Time{}, core, "^1.40.0")}, "0.8.0", "npm lacks versions"},
		{"in time, but made for an earlier one", []npmtest.Package{plugin(wanted, "0.8.0", released.Add(-hour), core, "^1.39.0")}, "0.8.0", "not made for this release"},
		{"no times", []npmtest.Package{plugin(wanted, "0.8.0", time.Time{})}, "0.8.0", "does not say when"},
		{"the same as before", []npmtest.Package{plugin(wanted, floor, released.Add(-hour), core, "^1.12.8")}, floor, "it is that of " + manifest.Newest(true)},
		{"older than the known release before", []npmtest.Package{plugin(wanted, "0.0.1", released.Add(-hour))}, floor, "it is that of " + manifest.Newest(true)},
		{"only later ones", []npmtest.Package{plugin(wanted, "0.9.0", released.Add(700*hour))}, floor, "it is that of"},
		{"not published", nil, floor, "npm does not have it"},
		{"what is certain depends on it", []npmtest.Package{plugin(core, "1.40.0", time.Time{}, wanted, "^0.8.0")}, "0.8.0", ""},
		{"what is certain depends on it, but it is deprecated", []npmtest.Package{plugin(core, "1.40.0", time.Time{}, wanted, "^0.8.0"),
			{Name: wanted, Version: "0.8.0", JSON: map[string]any{"deprecated": "gone"}}}, "0.8.0", "it is deprecated"},
		{"what is not new depends on it", []npmtest.Package{plugin(core, "1.40.0", time.Time{}, config, "^"+floorOf(t, config)), plugin(config, floorOf(t, config), time.Time{}, wanted, "^0.8.0")},
			"0.8.0", "at least this"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := future(t)
			r.Publish(test.versions...)
			m, err := manifest.Derive(t.Context(), r.Client(t), "1.90.0", wanted)
			if err != nil {
				t.Fatal(err)
			}
			if m.Release != "1.90.0" || m.Source != manifest.Derived {
				t.Errorf("%+v", m)
			}
			p, ok := m.Package(wanted)
			if ok != (test.want != "") || p.Version != test.want || (p.Uncertain == "") != (test.uncertain == "") || !strings.Contains(p.Uncertain, test.uncertain) {
				t.Errorf("%+v; want %s, %q", p, test.want, test.uncertain)
			}
			for name, want := range map[string]string{core: "1.40.0", manifest.CreateApp: "0.90.0"} {
				if p, _ := m.Package(name); p.Version != want || p.Uncertain != "" {
					t.Errorf("%+v, want %s", p, want)
				}
			}
		})
	}
}

func floorOf(t *testing.T, name string) string {
	t.Helper()
	m, _ := manifest.Lookup(manifest.Newest(true))
	v, ok := m.Version(name)
	if !ok {
		t.Fatalf("%s has no %s", m.Release, name)
	}
	return v
}

func TestAllOfAPatchReleaseIsUncertain(t *testing.T) {
	r := future(t)
	r.Publish(plugin(wanted, "0.8.0", released))
	m, err := manifest.Derive(t.Context(), r.Client(t), "1.90.1", wanted)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Packages()) != 3 || len(m.Uncertain()) != 3 || !strings.Contains(m.Uncertain()[0].Uncertain, "1.90.0") {
		t.Errorf("%+v", m.Packages())
	}
}

// 1.91.0 comes after 1.90.0, which is not in the table: what is new in it is found by deriving that.
func TestDeriveTheReleaseBeforeFirst(t *testing.T) {
	r := future(t)
	floor := floorOf(t, wanted)
	r.Publish(plugin(wanted, floor, time.Time{}), plugin(wanted, "0.8.0", time.Time{}, core, "^1.40.0"),
		plugin(wanted, "0.9.0", time.Time{}, core, "^1.41.0"), plugin(wanted, "0.10.0", time.Time{}, core, "^1.42.0"))
	m, err := manifest.Derive(t.Context(), r.Client(t), "1.91.0", wanted)
	if err != nil {
		t.Fatal(err)
	}
	if p, _ := m.Package(wanted); p.Version != "0.9.0" || p.Uncertain != "" {
		t.Errorf("%+v", p)
	}
}

func TestDeriveFails(t *testing.T) {
	r := future(t)
	client := r.Client(t)
	var unknown *manifest.UnknownRelease
	if _, err := manifest.Derive(t.Context(), client, "1.95.0"); !errors.As(err, &unknown) || unknown.Newest == "" {
		t.Error(err)
	}
	offline := r.Config(t)
	offline.Offline = true
	if _, err := manifest.Derive(t.Context(), npm.New(offline), "1.90.0"); !npm.Is(err, npm.Offline) {
		t.Error(err)
	}
	r.Publish(npmtest.Package{Name: manifest.CreateApp, Version: "0.99.0"})
	if _, err := manifest.Derive(t.Context(), r.Client(t), "1.99.0"); err == nil || !strings.Contains(err.Error(), "0.99.0: no table of versions") {
		t.Error(err)
	}
}

func TestLikelyNames(t *testing.T) {
	names := manifest.LikelyNames("1.99.0")
	if len(names) < 200 || names[0] != "@backstage/app-defaults" {
		t.Errorf("%d names", len(names))
	}
	if names := manifest.LikelyNames("1.0.0"); len(names) != 0 {
		t.Errorf("%v", names)
	}
}
