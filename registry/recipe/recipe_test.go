package recipe

import (
	"errors"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

var allSystems = []System{LegacyFrontend, NewFrontend, NewBackend, LegacyBackend}

func TestCuratedRecipesLoadAndAreNamedAfterTheirFiles(t *testing.T) {
	files, err := curatedFS.ReadDir("curated")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{} // every name that Lookup knows, to the recipe's id
	for _, f := range files {
		text, err := curatedFS.ReadFile(path.Join("curated", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Load(f.Name(), text)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if f.Name() != r.ID+".yaml" {
			t.Errorf("%s holds the recipe %s", f.Name(), r.ID)
		}
		all := append([]string{r.ID}, r.Aliases...)
		if r.Derived {
			all = append(all, r.Plugin)
		}
		for _, p := range r.Packages {
			if !r.Derived {
				all = append(all, p.Name)
			}
		}
		for _, n := range slices.Compact(slices.Sorted(slices.Values(all))) {
			if other, taken := names[n]; taken && other != r.ID {
				t.Errorf("%s and %s are both called %s", other, r.ID, n)
			}
			names[n] = r.ID
		}
	}
	var ids []string
	for _, r := range slices.Concat(Curated(), Overlays()) {
		ids = append(ids, r.ID)
	}
	if slices.Sort(ids); !slices.Equal(ids, IDs()) {
		t.Errorf("IDs() = %q, and the recipes are %q", IDs(), ids)
	}
	for n, id := range names {
		if r, ok := Lookup(n); !ok || r.ID != id {
			t.Errorf("Lookup(%q) = %q, %v, want %q", n, r.ID, ok, id)
		}
	}
}

// At any release, for each system that an app can be made with: either there is a step, or the
// recipe says why there is none, or the system has nothing to do with the plugin at all.
func TestCuratedRecipesAnswerForEveryRelease(t *testing.T) {
	releases := []string{"1.0.0", "1.4.2", "1.5.0", "1.11.1", "1.12.0", "1.18.0", "1.19.3", "1.23.4", "1.26.5",
		"1.27.0", "1.30.4", "1.32.6", "1.33.0", "1.34.2", "1.38.1", "1.41.2", "1.45.6", "1.47.0", "1.48.0", "1.54.5", "1.55.0", ""}
	for _, r := range Curated() {
		as := []string{""}
		for _, v := range r.Variants {
			as = append(as, v.Name)
		}
		for _, release := range releases {
			for _, variant := range as {
				for _, system := range allSystems {
					got, err := r.Resolve(Target{release, []System{system}, variant})
					if err != nil {
						if r.Since == "" {
							t.Errorf("%s at %s: %v", r.ID, release, err)
						}
						continue
					}
					steps := map[System][]Step{LegacyFrontend: got.Legacy, NewFrontend: got.New, NewBackend: got.Backend, LegacyBackend: got.LegacyBackend}[system]
					ever := map[System][]Step{LegacyFrontend: r.Legacy, NewFrontend: r.New, NewBackend: r.Backend, LegacyBackend: r.LegacyBackend}[system]
					if len(steps) > 0 && len(got.Unsupported) > 0 {
						t.Errorf("%s at %s: %s has steps and is said not to be supported", r.ID, release, system)
					}
					quiet := r.ID == "tech-radar" && (system == NewBackend || system == LegacyBackend) // had no backend before 1.33
					if len(ever) > 0 && len(steps) == 0 && len(got.Unsupported) == 0 && !quiet {
						t.Errorf("%s at %s as %q: no step for %s and no reason", r.ID, release, variant, system)
					}
					for kind, n := range kinds(steps) {
						if n > 1 {
							t.Errorf("%s at %s as %q: %d steps of kind %s", r.ID, release, variant, n, kind)
						}
					}
					checkModules(t, got, release, steps)
				}
			}
		}
	}
}

func kinds(steps []Step) map[Kind]int {
	n := map[Kind]int{}
	for _, s := range steps {
		n[s.Kind()]++
	}
	return n
}

// checkModules checks that the resolved recipe depends on what its resolved steps import.
func checkModules(t *testing.T, r Recipe, release string, steps []Step) {
	t.Helper()
	var modules []string
	for _, s := range steps {
		switch {
		case s.Route != nil:
			modules = append(modules, s.Route.Element.Module)
		case s.EntityTab != nil:
			modules = append(modules, s.EntityTab.Element.Module, s.EntityTab.If.Module)
		case s.EntityCard != nil:
			modules = append(modules, s.EntityCard.Element.Module, s.EntityCard.If.Module)
		case s.EntityCase != nil:
			modules = append(modules, s.EntityCase.Element.Module, s.EntityCase.If.Module)
		case s.Feature != nil && s.Feature.Module != "":
			modules = append(modules, s.Feature.Module)
		case s.BackendFeature != nil:
			modules = append(modules, s.BackendFeature.Module)
		case s.LegacyRouter != nil:
			for _, m := range sourceImport.FindAllStringSubmatch(s.LegacyRouter.Source, -1) {
				if strings.Contains(m[1], "/plugin-") {
					modules = append(modules, m[1])
				}
			}
		}
	}
	for _, m := range modules {
		i := slices.IndexFunc(r.Packages, func(p Package) bool { return p.Name == PackageOf(m) })
		if i < 0 {
			t.Errorf("%s at %s: a step imports %s, which is no dependency", r.ID, release, m)
			continue
		}
		if p := r.Packages[i]; len(p.Versions) > 0 {
			if _, ok := p.Known(release); !ok {
				t.Errorf("%s at %s: no known version of %s", r.ID, release, p.Name)
			}
		}
	}
}

func TestLookupKnowsShortAndFullNames(t *testing.T) {
	for name, want := range map[string]string{
		"kubernetes": "kubernetes", "k8s": "kubernetes", "@backstage/plugin-kubernetes-backend": "kubernetes",
		"plugin-kubernetes": "kubernetes", "Tech-Radar": "tech-radar", " techradar ": "tech-radar",
		"@backstage/plugin-tech-radar": "tech-radar", "@backstage-community/plugin-tech-radar": "tech-radar",
		"auth-github": "github-auth", "@backstage/plugin-auth-backend-module-github-provider": "github-auth",
		"auth-backend-module-github-provider": "github-auth", "plugin-sonarqube-backend": "sonarqube",
		"": "", "kuber": "", "@backstage/plugin-catalog": "catalog", "plugin-": "",
	} {
		r, ok := Lookup(name)
		if r.ID != want || ok != (want != "") {
			t.Errorf("Lookup(%q) = %q, %v, want %q", name, r.ID, ok, want)
		}
	}
}

func TestClosestSuggestsWhatWasMeant(t *testing.T) {
	for name, want := range map[string]string{
		"kuberntes": "kubernetes", "kuber": "kubernetes kubernetes-resources", "tech-radr": "tech-radar", "sonarqueb": "sonarqube",
		"jenkns": "jenkins", "github": "github-actions github-auth github-insights", "githubauth": "github-auth",
		"@backstage/plugin-jenkins-frontend": "jenkins", "zzz": "", "": "", "x": "",
	} {
		if got := strings.Join(Closest(name), " "); got != want {
			t.Errorf("Closest(%q) = %q, want %q", name, got, want)
		}
	}
}

const small = `id: x
title: X
description: Does x.
docs: https://example.com/x
packages: [{name: "@x/plugin-x", role: frontend, in: app, versions: [{version: 1.2.3, release: 1.40.0}]}]
`

func TestLoadRefusesWhatIsNotInTheFormat(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown field", small + "colour: red\n", `x.yaml:6:1: there is no field "colour"; there are id, title`},
		{"unknown field of a step", small + "legacy:\n  - why: W.\n    rout: {}\n", `x.yaml:8:5: legacy[0]: there is no field "rout"; did you mean "route"?`},
		{"wrong type", strings.Replace(small, "Does x.", "[a]", 1), "x.yaml:3:14: description: want a text, not a list"},
		{"not YAML", "id: [", "x.yaml:1: did not find"},
		{"empty", "", "the file is empty"},
		{"two documents", small + "---\nid: y\n", "more than one YAML document"},
		{"no head", "id: X!\n", `x.yaml:1:5: id "X!" is not kebab-case`},
		{"two kinds", small + "legacy:\n  - why: W.\n    route: {path: /x, element: {module: \"@x/plugin-x\", export: X}}\n    sidebar-item: {to: x, text: X, icon: {module: \"@x/plugin-x\", export: I}}\n", "x.yaml:7:5: legacy[0]: a step is exactly one kind"},
		{"wrong system", small + "new:\n  - why: W.\n    route: {path: /x, element: {module: \"@x/plugin-x\", export: X}}\n", "new[0]: a route does not belong"},
		{"relative path", small + "legacy:\n  - why: W.\n    route: {path: x, element: {module: \"@x/plugin-x\", export: X}}\n", `x.yaml:8:19: legacy[0].route: path "x" does not begin with a slash`},
		{"foreign module", small + "legacy:\n  - why: W.\n    route: {path: /x, element: {module: \"@y/plugin-y\", export: X}}\n", `x.yaml:8:41: legacy[0].route: module "@y/plugin-y" is of none of the recipe's packages`},
		{"default without a name", small + "new:\n  - why: W.\n    feature: {module: \"@x/plugin-x/alpha\", export: default}\n", "a default export needs a local name"},
		{"bad prop", small + "legacy:\n  - why: W.\n    route: {path: /x, element: {module: \"@x/plugin-x\", export: X, props: {a: [1]}}}\n", "x.yaml:8:78: legacy[0].route.element.props: prop a: want a string"},
		{"undocumented variable", small + "config:\n  - {path: [x], why: W., yaml: \"key: ${X_KEY}\\n\"}\n", "config[0]: ${X_KEY} is not in env"},
		{"unused variable", small + "env: [{name: X_KEY, description: D.}]\n", "env[0]: no config block names ${X_KEY}"},
		{"bad config", small + "config:\n  - {path: [x], why: W., yaml: \"a: [\\n\"}\n", "config[0]: not YAML"},
		{"unknown variant", small + "legacy:\n  - why: W.\n    as: tab\n    route: {path: /x, element: {module: \"@x/plugin-x\", export: X}}\n", `there is no variant "tab"`},
		{"versions out of order", strings.Replace(small, "versions: [", "versions: [{version: 1.0.0, release: 1.1.0}, ", 1), "versions[1]: the newest comes first"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load("x.yaml", []byte(c.text))
			var bad *Error
			if !errors.As(err, &bad) || bad.Source != "x.yaml" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want ... %s", err, c.want)
			}
		})
	}
	if r, err := Load("x.yaml", []byte(small)); err != nil || r.Source != "x.yaml" {
		t.Errorf("the small recipe: %q, %v", r.Source, err)
	}
}

func TestPropsAreWrittenAsAttributes(t *testing.T) {
	r, err := Load("x.yaml", []byte(small+`legacy:
  - why: W.
    route:
      path: /x
      element:
        module: "@x/plugin-x"
        export: X
        props: {s: "main,master", n: 6, yes: true, no: false, e: {expr: "[a, 'b']"}, q: 'say "hi"'}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := ` s="main,master" n={6} yes no={false} e={[a, 'b']} q={"say \"hi\""}`
	if got := r.Legacy[0].Route.Element.Props.String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestResolveTakesWhatTheAppIsMadeWith(t *testing.T) {
	jenkins, _ := Lookup("jenkins")
	for _, c := range []struct {
		target Target
		want   string // packages | kinds of steps
	}{
		{Target{"1.54.5", []System{LegacyFrontend, NewBackend}, ""},
			"@backstage-community/plugin-jenkins @backstage-community/plugin-jenkins-backend | entity-card entity-case backend-feature"},
		{Target{"1.54.5", []System{LegacyFrontend}, "tab"}, "@backstage-community/plugin-jenkins | entity-card entity-tab"},
		{Target{"1.54.5", []System{NewFrontend, NewBackend}, ""},
			"@backstage-community/plugin-jenkins @backstage-community/plugin-jenkins-backend | feature backend-feature"},
		{Target{"1.20.0", []System{LegacyFrontend, LegacyBackend}, ""},
			"@backstage/plugin-jenkins @backstage/plugin-jenkins-backend | entity-card entity-case legacy-backend-router"},
		{Target{"1.27.0-next.1", []System{LegacyFrontend}, ""}, "@backstage-community/plugin-jenkins | entity-card entity-case"},
		{Target{"1.54.5", nil, ""}, " | "},
	} {
		r, err := jenkins.Resolve(c.target)
		if err != nil {
			t.Fatal(err)
		}
		var packages, steps []string
		for _, p := range r.Packages {
			packages = append(packages, p.Name)
		}
		for _, s := range slices.Concat(r.Legacy, r.New, r.Backend, r.LegacyBackend) {
			steps = append(steps, string(s.Kind()))
		}
		if got := strings.Join(packages, " ") + " | " + strings.Join(steps, " "); got != c.want {
			t.Errorf("%v: got %s\nwant %s", c.target, got, c.want)
		}
	}
	auth, _ := Lookup("github-auth")
	for system, want := range map[System]int{NewBackend: 1, LegacyBackend: 2} {
		if r, err := auth.Resolve(Target{"1.20.0", []System{system}, ""}); err != nil || len(r.Notes) != want {
			t.Errorf("%s: notes %q, %v, want %d", system, r.Notes, err, want)
		}
	}
	for target, want := range map[string]string{"nope": `Jenkins has no variant "nope"; it has cicd, tab`} {
		if _, err := jenkins.Resolve(Target{As: target}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	sonarqube, _ := Lookup("sonarqube")
	if _, err := sonarqube.Resolve(Target{Release: "1.4.1"}); err == nil || !strings.Contains(err.Error(), "needs Backstage 1.5.0 or newer") {
		t.Errorf("got %v", err)
	}
}

func TestKnownVersionIsTheNewestForTheRelease(t *testing.T) {
	p := Package{Versions: []Version{{"3.0.0", "1.50.0"}, {"2.0.0", "1.40.2"}}}
	for release, want := range map[string]string{"": "3.0.0", "1.50.0": "3.0.0", "1.55.0": "3.0.0", "1.49.9": "2.0.0", "1.40.2-next.1": "2.0.0", "1.40.1": "", "odd": ""} {
		if got, ok := p.Known(release); got != want || ok != (want != "") {
			t.Errorf("Known(%q) = %q, %v, want %q", release, got, ok, want)
		}
	}
}

func FuzzLoadNeverPanics(f *testing.F) {
	files, err := os.ReadDir("curated")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile("curated/" + file.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Load("fuzz", text)
		if err != nil || r.Derived {
			return
		}
		for _, system := range allSystems {
			if _, err := r.Resolve(Target{"1.50.0", []System{system}, ""}); err != nil && r.Since == "" {
				t.Error(err)
			}
		}
	})
}
