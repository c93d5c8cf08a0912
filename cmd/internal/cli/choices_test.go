package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/fixtures"
)

// asked runs a command line on a terminal on which the lines of in are typed, in a copy of a fixture.
func asked(t *testing.T, in string, args ...string) (status int, errs, root string) {
	t.Helper()
	root = t.TempDir()
	if err := copyFS(root, fixtures.App("legacy")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("npm_config_registry", published(t).URL)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(root))
	s, _, buf := iostreams.Test(in)
	s.Terminal(false)
	status = Main(t.Context(), append(args, "--repo", root, "--no-install"), s)
	return status, buf.String(), root
}

func read(t *testing.T, parts ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestOnATerminalAnotherPlanMayBeChosen(t *testing.T) {
	status, errs, root := asked(t, "c\n2\n\nservice\ny\n", "add", "@acme/backstage-plugin-lights")
	if status != 0 {
		t.Fatal(errs)
	}
	page := read(t, root, "packages/app/src/components/catalog/EntityPage.tsx")
	if strings.Contains(page, "EntityLightsContent") && strings.Contains(page, "EntityLightsCard") {
		t.Errorf("nothing is left out: %s", errs)
	}
	for _, want := range []string{
		"Make these changes? [y/N, c to choose otherwise]",
		"What of Lights is to be left out? [numbers, or none]",
		"On which entity pages are tabs and cards to hang? [service,website]",
	} {
		if !strings.Contains(errs, want) {
			t.Errorf("not asked: %s\n%s", want, errs)
		}
	}
}

func TestOnATerminalTheWayToHangMayBeChosen(t *testing.T) {
	status, errs, root := asked(t, "c\n7\n2\n\n\ny\n", "add", "jenkins", "--offline")
	if status != 0 {
		t.Fatal(errs)
	}
	if page := read(t, root, "packages/app/src/components/catalog/EntityPage.tsx"); !strings.Contains(page, `path="/jenkins"`) {
		t.Errorf("it is no tab: %s", errs)
	}
	status, errs, root = asked(t, "n\n", "add", "jenkins", "--offline")
	if status != 2 || !strings.Contains(errs, "Nothing was changed.") || strings.Contains(read(t, root, "packages/app/package.json"), "jenkins") {
		t.Errorf("%d %s", status, errs)
	}
}
