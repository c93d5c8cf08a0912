package manifest_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npmver"
)

func userClient(t *testing.T) *npm.Client {
	t.Helper()
	fixtures.Require(t, "network")
	config, _ := npm.ConfigFrom(npm.UserPlaces(""))
	return npm.New(config)
}

// A derived version that is said to be certain is that of the published manifest. Patch releases
// are all uncertain; see Derive.
func TestDerivedManifestsAgreeWithTheTable(t *testing.T) {
	client := userClient(t)
	p, err := client.Packument(t.Context(), manifest.CreateApp)
	if err != nil {
		t.Fatal(err)
	}
	most := 3
	if strings.Contains(os.Getenv("BATTEN_REQUIRE"), "network") {
		most = 1000
	}
	checked := 0
	for _, release := range slices.Backward(manifest.Releases()) {
		if checked == most {
			break
		}
		known, _ := manifest.Lookup(release)
		if v, _ := known.Version(manifest.CreateApp); p.Versions[v] == nil || !strings.HasSuffix(release, ".0") {
			continue
		}
		m, err := manifest.Derive(t.Context(), client, release, core, wanted, "@backstage/plugin-catalog-node", "@backstage/plugin-kubernetes-common",
			"@backstage/backend-plugin-api", "@backstage/plugin-auth-backend-module-okta-provider")
		if err != nil {
			t.Fatal(err)
		}
		uncertain, wrong := 0, 0
		for _, d := range m.Packages() {
			v, ok := known.Version(d.Name)
			switch {
			case d.Uncertain != "":
				uncertain++
				if v != d.Version {
					wrong++
				}
			case ok && v != d.Version:
				t.Errorf("%s: %s %s, published as %s", release, d.Name, d.Version, v)
			}
		}
		checked++
		t.Logf("%s: %d packages, %d uncertain, %d of these wrong", release, len(m.Packages()), uncertain, wrong)
	}
	t.Logf("%d releases", checked)
}

// The version chosen for a release asks for nothing newer than the release has, and every newer
// one that is not deprecated does.
func TestChoosingVersionsOfRealPlugins(t *testing.T) {
	client := userClient(t)
	for _, name := range []string{"tech-radar", "tech-radar-backend", "sonarqube", "sonarqube-backend", "jenkins", "jenkins-backend", "github-actions"} {
		p, err := client.FullPackument(t.Context(), "@backstage-community/plugin-"+name)
		if err != nil {
			t.Fatal(err)
		}
		for _, release := range []string{"1.30.0", "1.40.0", "1.50.0", manifest.Newest(true)} {
			m, _ := manifest.Lookup(release)
			c := npm.Choose(p, npm.Needs{Release: m.Version})
			if c.Version == nil {
				t.Logf("%s for %s: none of %d (%v)", name, release, len(p.Versions), first(c.Held))
				continue
			}
			t.Logf("%s for %s: %s, %d held, older: %v", name, release, c.Version.Version, len(c.Held), c.Fit.Older)
			for pkg, spec := range c.Version.Dependencies {
				has, ok := m.Version(pkg)
				if !ok {
					continue
				}
				r, isRange := npmver.ParseSpecifier(spec).Range()
				v, err := npmver.ParseVersion(has)
				if low, _ := r.MinVersion(); isRange && err == nil && low.Compare(v) > 0 {
					t.Errorf("%s %s wants %s %s, %s has %s", name, c.Version.Version, pkg, spec, release, has)
				}
			}
			for _, held := range c.Held {
				if !strings.HasPrefix(held.Why, "needs @backstage/") && !strings.HasPrefix(held.Why, "deprecated") {
					t.Errorf("%s %s: %s", name, held.Version, held.Why)
				}
			}
		}
	}
}

func first(held []npm.Held) string {
	if len(held) == 0 {
		return ""
	}
	return held[0].Version + " " + held[0].Why
}
