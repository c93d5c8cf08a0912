package cli

import (
	"slices"
	"testing"

	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/recipe"
)

func TestWhatAPersonNames(t *testing.T) {
	for text, want := range map[string]wanted{
		"argo-cd":              {name: "argo-cd"},
		" argo-cd@1.2.3 ":      {name: "argo-cd", spec: "1.2.3"},
		"@acme/x":              {name: "@acme/x"},
		"@acme/x@^1.0.0":       {name: "@acme/x", spec: "^1.0.0"},
		"@acme/x@next":         {name: "@acme/x", spec: "next"},
		"backstage-plugin-x@1": {name: "backstage-plugin-x", spec: "1"},
	} {
		got, err := wantedFrom(text)
		if err != nil || got.name != want.name || got.spec != want.spec {
			t.Errorf("%q: %+v %v", text, got, err)
		}
	}
	for _, text := range []string{"", " ", "@", "@acme", "x@", "a b", "../x", "x@../y", "x@npm:y", "x@git+https://h/r.git", "x@workspace:^", "-x/../y"} {
		if got, err := wantedFrom(text); err == nil {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

func TestShortNames(t *testing.T) {
	for name, want := range map[string][2]string{
		"@roadiehq/backstage-plugin-argo-cd-backend":              {"argo-cd-backend", "argo-cd"},
		"@backstage/plugin-catalog-backend-module-github":         {"catalog-backend-module-github", "catalog"},
		"@backstage-community/plugin-rbac":                        {"rbac", "rbac"},
		"backstage-plugin-x-react":                                {"x-react", "x"},
		"@backstage/plugin-techdocs-module-addons-contrib":        {"techdocs-module-addons-contrib", "techdocs"},
		"@backstage/plugin-auth-backend-module-github-provider":   {"auth-backend-module-github-provider", "auth"},
		"@acme/backstage-plugin-lights-backend-module-disco-node": {"lights-backend-module-disco-node", "lights"},
	} {
		if short, base := shortName(name), baseName(name); short != want[0] || base != want[1] {
			t.Errorf("%s: %s, %s", name, short, base)
		}
	}
	names := usualNames("Argo-CD")
	if want := []string{"@backstage-community/plugin-argo-cd", "@backstage/plugin-argo-cd", "@roadiehq/backstage-plugin-argo-cd", "backstage-plugin-argo-cd"}; !slices.Equal(names[:4], want) {
		t.Errorf("%v", names)
	}
	if names := usualNames("catalog-backend-module-x"); len(names) != 4 {
		t.Errorf("%v", names)
	}
}

func TestWhatLooksLikeAPlugin(t *testing.T) {
	for _, c := range []struct {
		name     string
		keywords []string
		want     bool
	}{
		{"@backstage/plugin-catalog", nil, true},
		{"@backstage/core-plugin-api", nil, false},
		{"@backstage-community/plugin-rbac", nil, true},
		{"@acme/backstage-plugin-x", nil, true},
		{"@acme/plugin-x", nil, false},
		{"@acme/plugin-x", []string{"Backstage"}, true},
		{"eslint-plugin-x", []string{"eslint"}, false},
		{"backstage-theme", []string{"backstage"}, false},
	} {
		if got := looksLikePlugin(c.name, c.keywords); got != c.want {
			t.Errorf("%s %v: %v", c.name, c.keywords, got)
		}
	}
}

func TestRankPutsTheNameThatWasMeantFirst(t *testing.T) {
	order := []struct{ words, name string }{
		{"argocd", "@roadiehq/backstage-plugin-argo-cd"},
		{"argocd", "@roadiehq/backstage-plugin-argo-cd-backend"},
		{"argocd", "@acme/backstage-plugin-argocd-extras"},
		{"argocd", "@acme/backstage-plugin-my-argocd"},
		{"argocd", "@acme/backstage-plugin-other"},
	}
	last := 1000
	for _, o := range order {
		got := rank([]string{o.words}, o.name, "about argo-cd")
		if got >= last || got == 0 {
			t.Errorf("%s: %d after %d", o.name, got, last)
		}
		last = got
	}
	if got := rank([]string{"argocd", "nowhere"}, order[0].name); got != 0 {
		t.Errorf("a word is missing: %d", got)
	}
}

func TestWhichConfigurationIsAPluginsOwn(t *testing.T) {
	for _, c := range []struct {
		path  []string
		names []string
		want  bool
	}{
		{[]string{"lights"}, []string{"lights"}, true},
		{[]string{"lights", "deep"}, []string{"x"}, true},
		{[]string{"permission", "enabled"}, []string{"rbac"}, false},
		{[]string{"permission", "rbac"}, []string{"rbac"}, true},
		{[]string{"proxy", "endpoints", "/pagerduty/oncalls"}, []string{"pagerduty"}, true},
		{[]string{"proxy", "endpoints", "/other"}, []string{"pagerduty"}, false},
		{[]string{"catalog", "providers", "github"}, []string{"catalog-github", "catalog", "github"}, true},
		{[]string{"integrations", "github"}, []string{"github"}, false},
		{[]string{"kubernetes", "customResources"}, []string{"tekton"}, false},
		{[]string{"auth", "providers", "google"}, []string{"auth", "google"}, true},
		{[]string{"catalog"}, []string{"catalog"}, false},
	} {
		if got := ownConfig(c.path, c.names); got != c.want {
			t.Errorf("%v of %v: %v", c.path, c.names, got)
		}
	}
}

func TestTheNearestVersionOfAMirrorThatLacksOne(t *testing.T) {
	p := func(versions ...string) *npm.Packument {
		p := &npm.Packument{Versions: map[string]*npm.Version{}}
		for _, v := range versions {
			p.Versions[v] = &npm.Version{Version: v}
		}
		return p
	}
	for _, c := range []struct {
		have []string
		want string
	}{
		{[]string{"1.1.0", "1.2.5", "1.4.0", "2.0.0"}, "1.4.0"},
		{[]string{"1.1.0", "1.2.2", "2.0.0"}, "1.2.2"},
		{[]string{"2.0.0", "3.0.0"}, "2.0.0"},
		{[]string{"1.3.0-next.0"}, ""},
		{nil, ""},
	} {
		got := ""
		if v := nearest(p(c.have...), "1.2.3"); v != nil {
			got = v.Version
		}
		if got != c.want {
			t.Errorf("%v: %q, want %q", c.have, got, c.want)
		}
	}
}

func TestVariablesThatValuesBringAndTakeAway(t *testing.T) {
	got := variables(recipe.Recipe{
		Config: []recipe.ConfigBlock{{YAML: "a: ${A}\n# b: ${B}\nc: ${NEW:-x}\n"}},
		Env:    []recipe.EnvVar{{Name: "A", Description: "First."}, {Name: "B"}, {Name: "GONE"}},
	})
	if len(got) != 3 || got[0].Name != "A" || got[0].Description != "First." || got[0].Optional ||
		got[1].Name != "B" || !got[1].Optional || got[2].Name != "NEW" || got[2].Optional {
		t.Errorf("%+v", got)
	}
}
