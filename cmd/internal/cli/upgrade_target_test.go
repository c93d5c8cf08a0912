package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/batten-dev/batten/fixtures"
)

func TestAnAppNewerThanAnyKnownReleaseIsNotBehind(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir := fixtures.Copy(t, fixtures.With(fixtures.App("legacy"), map[string]string{"backstage.json": `{"version": "1.99.0"}`}))
	status, out, errs := batten(dir, "upgrade", "--check", "--offline")
	if want := "The app is at Backstage 1.99.0; the newest release known here is 1.53.0.\n"; status != 0 || out != want || errs != "" {
		t.Errorf("%d %q %q", status, out, errs)
	}
	status, out, errs = batten(dir, "upgrade", "--offline")
	if status != 2 || out != "" {
		t.Errorf("%d %q %q", status, out, errs)
	}
	want(t, errs, "the newest release known here is 1.53.0", "Run once without --offline")
	status, _, errs = batten(dir, "upgrade", "--offline", "--to", "1.52.0", "--check")
	if status != 2 {
		t.Errorf("%d %q", status, errs)
	}
	want(t, errs, "which is newer than 1.52.0", "--allow-downgrade")
}

func TestTheManifestMustBeOfTheReleaseAskedFor(t *testing.T) {
	dir := fixtures.Copy(t, fixtures.App("legacy"))
	file := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(file, []byte(`{"releaseVersion": "1.60.0", "packages": [{"name": "@backstage/cli", "version": "0.40.0"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	status, _, errs := batten(dir, "upgrade", "--offline", "--check", "--manifest", file, "--to", "1.52.0")
	if status != 2 {
		t.Errorf("%d %q", status, errs)
	}
	want(t, errs, "is the manifest of Backstage 1.60.0, and --to says 1.52.0")
	for _, to := range []string{"main", "next", "1.60.0", "v1.60.0"} {
		if status, out, errs := batten(dir, "upgrade", "--offline", "--check", "--manifest", file, "--to", to); status != 1 {
			t.Errorf("%s: %d %q %q", to, status, out, errs)
		}
	}
}

func TestMinorReleasesBetween(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     int
	}{
		{"1.50.0", "1.55.0", 5}, {"1.50.4", "1.50.5", 0}, {"1.50.0", "1.51.0-next.0", 0}, {"1.50.0", "1.52.0-next.0", 1},
		{"1.55.0", "1.50.0", 0}, {"1.50.0", "2.1.0", 0}, {"", "1.50.0", 0},
	} {
		if got := minorsBetween(c.from, c.to); got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.from, c.to, got, c.want)
		}
	}
}

func TestApplyTakesOnePlan(t *testing.T) {
	status, _, errs := batten(t.TempDir(), "apply")
	if status != 2 {
		t.Errorf("%d", status)
	}
	want(t, errs, "batten apply takes one plan", "there are 0")
}
