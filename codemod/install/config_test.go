package install_test

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures"
)

// Configuration that is there is left alone, whichever of a plugin's ways it is written in.
func TestConfigurationThatIsThereStays(t *testing.T) {
	const config, production = "app-config.yaml", "app-config.production.yaml"
	base := string(fixtures.App("legacy")[config].Data)
	for _, c := range []struct {
		name, plugin string
		files        map[string]string
		has          string // in app-config.yaml afterwards; "" if it must not change
		warning      string // in the one warning
	}{
		{"several instances", "jenkins", map[string]string{config: base + "\njenkins:\n  instances:\n    - name: default\n      baseUrl: https://jenkins.corp.example\n"}, "", ""},
		{"fewer keys than the recipe has", "sonarqube", map[string]string{config: base + "\nsonarqube:\n  baseUrl: https://sonarqube.corp.example\n"}, "", ""},
		{"an included file", "jenkins", map[string]string{config: base + "\njenkins:\n  $include: jenkins.yaml\n"}, "", ""},
		{"an alias", "jenkins", map[string]string{config: base + "\nx: &x\n  baseUrl: https://jenkins.corp.example\njenkins: *x\n"}, "", ""},
		{"nothing yet", "jenkins", map[string]string{config: base + "\njenkins:\n"}, "jenkins:\n  baseUrl:", ""},
		{"an empty mapping", "jenkins", map[string]string{config: base + "\njenkins: {}\n"}, "jenkins:\n  baseUrl:", ""},
		{"another file of the chain", "jenkins", map[string]string{config: base, production: "jenkins:\n  instances: []\n"}, "",
			production + ":2:3: jenkins is configured here"},
		{"another environment's provider", "github-auth", map[string]string{config: base, production: "auth:\n  providers:\n    github:\n      production:\n        clientId: x\n"},
			"github:\n      development:", ""},
		{"how people are found in the catalog", "github-auth", map[string]string{config: strings.Replace(base, "    guest: {}\n", "    guest: {}\n    github:\n      development:\n        clientId: x\n        clientSecret: y\n", 1)}, "", ""},
		{"another file that cannot be read", "jenkins", map[string]string{config: base, production: "jenkins: [\n"}, "jenkins:\n  baseUrl:",
			production + ":"},
		{"a developer's own file", "jenkins", map[string]string{config: base, "app-config.local.yaml": "jenkins:\n  baseUrl: http://localhost\n"}, "jenkins:\n  baseUrl:", ""},
	} {
		app := fixtures.With(fixtures.App("legacy"), c.files)
		plan, err := add(app, c.plugin)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		before, after := string(app[config].Data), string(applied(app, plan.Changes)[config].Data)
		if c.has == "" && after != before || !strings.Contains(after, c.has) {
			t.Errorf("%s: app-config.yaml is now\n%s", c.name, after)
		}
		if c.has == "" && len(plan.Plugins[0].Present) == 0 {
			t.Errorf("%s: it is not said that the configuration is there", c.name)
		}
		if c.warning == "" && len(plan.Warnings) > 0 || c.warning != "" && (len(plan.Warnings) != 1 || !strings.Contains(plan.Warnings[0].Error(), c.warning)) {
			t.Errorf("%s: warnings %v", c.name, plan.Warnings)
		}
	}
}
