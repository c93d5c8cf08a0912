package install_test

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures"
)

// A backend runs without its devDependencies, and a new frontend looks for its features among its
// dependencies; an app of the old system is built with both.
func TestPluginAmongTheDevDependencies(t *testing.T) {
	for _, c := range []struct {
		app, file, pkg string
		moves          bool
	}{
		{"legacy", "packages/backend/package.json", "@backstage-community/plugin-tech-radar-backend", true},
		{"new", "packages/app/package.json", "@backstage-community/plugin-tech-radar", true},
		{"legacy", "packages/app/package.json", "@backstage-community/plugin-tech-radar", false},
	} {
		app := fixtures.App(c.app)
		dev := strings.Replace(string(app[c.file].Data), "  \"devDependencies\": {\n", "  \"devDependencies\": {\n    \""+c.pkg+"\": \"~1.2.3\",\n", 1)
		app = fixtures.With(app, map[string]string{c.file: dev})
		plan, err := add(app, "tech-radar")
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		after := string(applied(app, plan.Changes)[c.file].Data)
		if got := strings.Count(after, "\""+c.pkg+"\": \"~1.2.3\""); got != map[bool]int{true: 2, false: 1}[c.moves] {
			t.Errorf("%s of %s has it %d times:\n%s", c.file, c.app, got, after)
		}
		warned := ""
		for _, w := range plan.Warnings {
			if w.Code == "dev-dependency" {
				warned += w.Error() + "\n" + w.Manual
			}
		}
		if c.moves != strings.Contains(warned, c.pkg+" is one of the devDependencies") || c.moves != strings.Contains(warned, "Take it out of the devDependencies") {
			t.Errorf("%s of %s: warned of %q", c.file, c.app, warned)
		}
		back, err := remove(applied(app, plan.Changes), "tech-radar")
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
		} else if after := string(applied(app, back.Changes)[c.file].Data); strings.Contains(after, c.pkg) {
			t.Errorf("%s has it still:\n%s", c.file, after)
		}
	}
}
