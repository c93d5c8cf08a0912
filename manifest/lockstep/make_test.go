package lockstep_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/lockstep"
)

// release is a manifest as published.
func release(t testing.TB, version string, packages ...string) *manifest.Manifest {
	t.Helper()
	type entry struct{ Name, Version string }
	doc := struct {
		ReleaseVersion string
		Packages       []entry
	}{ReleaseVersion: version}
	for i := 0; i < len(packages); i += 2 {
		doc.Packages = append(doc.Packages, entry{packages[i], packages[i+1]})
	}
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// target is the release that the tables come to. The app is at 1.50.0.
func target(t testing.TB) *manifest.Manifest {
	return release(t, "1.60.0",
		"@backstage/cli", "0.40.0",
		"@backstage/core-plugin-api", "1.20.0",
		"@backstage/catalog-model", "1.9.1",
		"@backstage/theme", "0.9.0",
		"@backstage/plugin-org", "0.7.9",
	)
}

// monorepo is an app with one workspace of these dependencies, and further files.
func monorepo(dependencies string, files map[string]string) fstest.MapFS {
	app := fstest.MapFS{
		"package.json":              {Data: []byte(`{"name": "root", "private": true, "workspaces": ["packages/*"], "devDependencies": {"@backstage/cli": "^0.36.0"}}`)},
		"packages/app/package.json": {Data: []byte("{\n  \"name\": \"app\",\n  \"dependencies\": {" + dependencies + "}\n}\n")},
		"packages/lib/package.json": {Data: []byte(`{"name": "lib", "version": "1.0.0"}`)},
		"backstage.json":            {Data: []byte("{\n  \"version\": \"1.50.0\"\n}\n")},
	}
	for name, content := range files {
		app[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return app
}

func load(t testing.TB, app fstest.MapFS) *workspace.Workspace {
	t.Helper()
	ws, err := workspace.Load(app, workspace.InferWith(manifest.Infer))
	if err != nil {
		t.Fatal(err)
	}
	return ws
}

// plain are the rows of one file, each as "from > to kind".
func plain(p *lockstep.Plan, file string) []string {
	var out []string
	for _, r := range p.Rows {
		if r.File != file {
			continue
		}
		to := r.To
		if r.Name != "" {
			to = strings.TrimSpace(r.Name + " " + to)
		}
		out = append(out, strings.Join(strings.Fields(fmt.Sprintf("%s > %s %s", r.From, to, r.Change)), " "))
	}
	return out
}

const app = "packages/app/package.json"

func TestSpecifiers(t *testing.T) {
	others := map[string]lockstep.Other{
		"@acme/plugin":               {Version: "2.1.0", Why: "The newest version that fits."},
		"@acme/held":                 {NotTaken: "3.0.0", Why: "3.0.0 needs @backstage/theme ^1.0.0."},
		"@acme/built":                {Version: "1.0.0", NotTaken: "2.0.0", Why: "2.0.0 needs @backstage/theme ^1.0.0."},
		"@backstage/plugin-todo":     {Name: "@acme/plugin-todo", Version: "0.13.0"},
		"@backstage/plugin-unheard":  {Version: "1.2.0"},
		"@backstage/plugin-rollbar":  {Name: "@acme/plugin-rollbar"},
		"@backstage/plugin-tomorrow": {},
	}
	for _, c := range []struct {
		name, dependency string
		want             string
		downgrade        bool
	}{
		{name: "a caret", dependency: `"@backstage/theme": "^0.8.0"`, want: "^0.8.0 > ^0.9.0 breaking"},
		{name: "a caret, of one number", dependency: `"@backstage/core-plugin-api": "^1"`, want: "^1 > ^1.20.0 minor"},
		{name: "at the release already", dependency: `"@backstage/theme": "^0.9.0"`},
		{name: "a tilde", dependency: `"@backstage/catalog-model": "~1.9.0"`, want: "~1.9.0 > ~1.9.1 patch"},
		{name: "an exact version", dependency: `"@backstage/catalog-model": "1.7.0"`, want: "1.7.0 > 1.9.1 minor"},
		{name: "an exact version, another major", dependency: `"@backstage/catalog-model": "0.9.0"`, want: "0.9.0 > 1.9.1 breaking"},
		{name: "a pre-release", dependency: `"@backstage/theme": "^0.9.0-next.1"`, want: "^0.9.0-next.1 > ^0.9.0 patch"},
		{name: "newer", dependency: `"@backstage/theme": "^0.10.0"`, want: "^0.10.0 > held"},
		{name: "newer, downgrades allowed", dependency: `"@backstage/theme": "^0.10.0"`, downgrade: true, want: "^0.10.0 > ^0.9.0 downgrade"},
		{name: "newer by a pre-release", dependency: `"@backstage/theme": "^0.9.1-next.0"`, want: "^0.9.1-next.0 > held"},
		{name: "at least", dependency: `"@backstage/theme": ">=0.8.0"`, want: ">=0.8.0 > held"},
		{name: "one of two", dependency: `"@backstage/theme": "^0.7.0 || ^0.8.0"`, want: "^0.7.0 || ^0.8.0 > held"},
		{name: "any", dependency: `"@backstage/theme": "*"`, want: "* > held"},
		{name: "a tag", dependency: `"@backstage/theme": "next"`, want: "next > held"},
		{name: "a range that is none", dependency: `"@backstage/theme": "^^0.8"`, want: "^^0.8 > held"},
		{name: "a repository", dependency: `"@backstage/theme": "github:backstage/theme"`, want: "github:backstage/theme > held"},
		{name: "an alias", dependency: `"theme": "npm:@backstage/theme@~0.8.0"`, want: "npm:@backstage/theme@~0.8.0 > npm:@backstage/theme@~0.9.0 breaking"},
		{name: "an alias of another's fork", dependency: `"@backstage/theme": "npm:@acme/theme@^0.8.0"`},
		{name: "a patch", dependency: `"@backstage/theme": "patch:@backstage/theme@npm%3A0.8.0#./theme.patch"`, want: "patch:@backstage/theme@npm%3A0.8.0#./theme.patch > held"},
		{name: "a patch of this version", dependency: `"@backstage/theme": "patch:@backstage/theme@npm%3A0.9.0#./theme.patch"`},
		{name: "a workspace", dependency: `"@backstage/theme": "workspace:^"`},
		{name: "a folder", dependency: `"@backstage/theme": "link:../theme", "@backstage/cli": "file:../cli", "@backstage/plugin-org": "portal:../org"`},
		{name: "a workspace by its version", dependency: `"lib": "^1.0.0"`},
		{name: "the protocol of the plugin", dependency: `"@backstage/cli": "backstage:^"`, want: "backstage:^ > backstage:^ breaking"},
		{name: "not Backstage's", dependency: `"react": "^18.0.0"`},
		{name: "gone", dependency: `"@backstage/backend-common": "^0.25.0"`, want: "^0.25.0 > removed"},
		{name: "gone, with the protocol", dependency: `"@backstage/backend-common": "backstage:^"`, want: "backstage:^ > ^0.25.0 removed"},
		{name: "never there", dependency: `"@backstage/plugin-tomorrow": "^1.0.0"`, want: "^1.0.0 > held"},
		{name: "never there, and npm has it", dependency: `"@backstage/plugin-unheard": "^1.0.0"`, want: "^1.0.0 > ^1.2.0 minor"},
		{name: "moved", dependency: `"@backstage/plugin-todo": "^0.2.0"`, want: "^0.2.0 > @acme/plugin-todo ^0.13.0 moved"},
		{name: "moved, with the protocol", dependency: `"@backstage/plugin-todo": "backstage:^"`, want: "backstage:^ > @acme/plugin-todo ^0.13.0 moved"},
		{name: "moved, exact", dependency: `"@backstage/plugin-todo": "0.2.0"`, want: "0.2.0 > @acme/plugin-todo 0.13.0 moved"},
		{name: "moved, version not known", dependency: `"@backstage/plugin-rollbar": "^0.2.0"`, want: "^0.2.0 > held"},
		{name: "moved, there already", dependency: `"@backstage/plugin-todo": "^0.2.0", "@acme/plugin-todo": "^0.12.0"`, want: "^0.2.0 > @acme/plugin-todo moved"},
		{name: "another's", dependency: `"@acme/plugin": "^1.0.0"`, want: "^1.0.0 > ^2.1.0 breaking"},
		{name: "another's, newer than what fits", dependency: `"@acme/plugin": "^3.0.0"`, want: "^3.0.0 > held"},
		{name: "another's, as it should be", dependency: `"@acme/plugin": "~2.1.0"`},
		{name: "another's, any", dependency: `"@acme/plugin": ">=1"`, want: ">=1 > held"},
		{name: "another's, nothing fits", dependency: `"@acme/held": "^1.0.0"`, want: "^1.0.0 > held"},
		{name: "another's, something newer does not fit", dependency: `"@acme/built": "^1.0.0"`, want: "^1.0.0 > held"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := monorepo(c.dependency, nil)
			policy := lockstep.Policy{AllowDowngrade: c.downgrade, Other: func(name string) (lockstep.Other, bool) {
				o, ok := others[name]
				return o, ok
			}}
			plan, err := lockstep.Make(load(t, files), target(t), policy)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(plain(plan, app), "; "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			applied(t, files, plan, policy)
		})
	}
}

// applied applies a plan, and sees that nothing but its rows is changed, that applying it again
// changes nothing, and that planning again finds nothing more to change.
func applied(t *testing.T, files fstest.MapFS, plan *lockstep.Plan, policy lockstep.Policy) *change.Overlay {
	t.Helper()
	data, err := plan.JSON()
	if err != nil {
		t.Fatal(err)
	}
	read := new(lockstep.Plan)
	if err := json.Unmarshal(data, read); err != nil {
		t.Fatal(err)
	}
	if read.Refresh(); !reflect.DeepEqual(read.Rows, plan.Rows) {
		t.Errorf("rows that nobody changed became\n%+v\nfrom\n%+v", read.Rows, plan.Rows)
	}
	over := change.NewOverlay(files)
	if err := read.Apply(over); err != nil {
		t.Fatal(err)
	}
	before := over.Changes()
	if err := plan.Apply(over); err != nil {
		t.Errorf("again: %v", err)
	}
	for i, c := range over.Changes() {
		if i >= len(before) || string(c.After) != string(before[i].After) {
			t.Errorf("applying it again changes %s", c.Path)
		}
	}
	ws, err := workspace.Load(over)
	if err != nil {
		t.Fatal(err)
	}
	again, err := lockstep.Make(ws, target(t), policy)
	if err != nil {
		t.Fatal(err)
	}
	if rows := again.Active(); len(rows) > 0 {
		t.Errorf("planned again, there is still %+v", rows)
	}
	return over
}

func TestTheYarnPluginTakesCarets(t *testing.T) {
	const yarnrc = `plugins:
  - checksum: 0123
    path: .yarn/plugins/@yarnpkg/plugin-backstage.cjs
    spec: "https://mirror.example.com/v1/releases/1.50.0/yarn-plugin"
`
	files := monorepo(`"@backstage/theme": "^0.8.0", "@backstage/cli": "~0.36.0", "@backstage/plugin-org": "^0.7.9"}, "peerDependencies": {"@backstage/theme": "^0.8.0"`,
		map[string]string{".yarnrc.yml": yarnrc})
	for _, c := range []struct {
		policy lockstep.Policy
		want   []string
	}{
		{lockstep.Policy{}, []string{"~0.36.0 > ~0.40.0 breaking", "^0.7.9 > backstage:^ same", "^0.8.0 > backstage:^ breaking", "^0.8.0 > ^0.9.0 breaking"}},
		{lockstep.Policy{LikeCLI: true}, []string{"~0.36.0 > backstage:^ breaking", "^0.7.9 > backstage:^ same", "^0.8.0 > backstage:^ breaking", "^0.8.0 > ^0.9.0 breaking"}},
	} {
		plan, err := lockstep.Make(load(t, files), target(t), c.policy)
		if err != nil {
			t.Fatal(err)
		}
		if got := plain(plan, app); !slices.Equal(got, c.want) {
			t.Errorf("%+v:\ngot  %q\nwant %q", c.policy, got, c.want)
		}
		if p := plan.Plugin; p == nil || p.To != "https://mirror.example.com/v1/releases/1.60.0/yarn-plugin" {
			t.Errorf("plugin: %+v", p)
		}
		applied(t, files, plan, c.policy)
	}
}

func TestOverrides(t *testing.T) {
	root := `{"name": "root", "workspaces": ["packages/*"], "devDependencies": {"@backstage/cli": "^0.36.0"},
  "resolutions": {%s}, "overrides": {"@backstage/theme": "0.8.0"}, "pnpm": {"overrides": {"a>@backstage/theme": "0.8.0"}}}`
	for entry, want := range map[string]string{
		`"@backstage/theme": "0.8.0"`:                                     "0.8.0 > 0.9.0 breaking",
		`"**/@backstage/theme": "^0.8.0"`:                                 "^0.8.0 > ^0.9.0 breaking",
		`"a/**/@backstage/theme": "~0.8.0"`:                               "~0.8.0 > ~0.9.0 breaking",
		`"@a/b/@backstage/theme": "0.8.0"`:                                "0.8.0 > 0.9.0 breaking",
		`"@a/b@npm:1/@backstage/theme": "0.8.0"`:                          "0.8.0 > 0.9.0 breaking",
		`"@backstage/theme": "1.0.0"`:                                     "1.0.0 > held",
		`"react": "18.0.0"`:                                               "",
		`"@backstage/cli@npm:^0.36.0": "0.36.1"`:                          "0.36.1 > held",
		`"@backstage/cli@npm:^0.35.0": "0.36.1"`:                          "",
		`"@backstage/cli": "patch:@backstage/cli@npm%3A0.36.0#./x.patch"`: "patch:@backstage/cli@npm%3A0.36.0#./x.patch > held",
		`"@backstage/backend-common": "0.25.0"`:                           "0.25.0 > removed",
	} {
		files := monorepo("", map[string]string{"package.json": fmt.Sprintf(root, entry)})
		plan, err := lockstep.Make(load(t, files), target(t), lockstep.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		all := []string{"^0.36.0 > ^0.40.0 breaking", "0.8.0 > 0.9.0 breaking", "0.8.0 > 0.9.0 breaking"}
		if want != "" {
			all = append(all, want)
		}
		if got := plain(plan, "package.json"); !slices.Equal(got, all) {
			t.Errorf("%s:\ngot  %q\nwant %q", entry, got, all)
		}
		applied(t, files, plan, lockstep.Policy{})
	}
}

func TestCatalogs(t *testing.T) {
	const yarnrc = `# ours
nodeLinker: node-modules
catalog:
  "@backstage/theme": ^0.8.0 # the look
  '@backstage/cli': '~0.36.0'
  react: ^18.0.0
catalogs:
  old:
    "@backstage/theme": "^0.7.0"
`
	files := monorepo(`"@backstage/theme": "catalog:", "@backstage/plugin-org": "catalog:old"`, map[string]string{".yarnrc.yml": yarnrc})
	plan, err := lockstep.Make(load(t, files), target(t), lockstep.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"~0.36.0 > ~0.40.0 breaking", "^0.8.0 > ^0.9.0 breaking", "^0.7.0 > ^0.9.0 breaking"}
	if got := plain(plan, ".yarnrc.yml"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	over := applied(t, files, plan, lockstep.Policy{})
	data, err := over.ReadFile(".yarnrc.yml")
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.NewReplacer("^0.8.0", "^0.9.0", "'~0.36.0'", "'~0.40.0'", `"^0.7.0"`, `"^0.9.0"`).Replace(yarnrc)
	if string(data) != edited {
		t.Errorf("got:\n%s\nwant:\n%s", data, edited)
	}
}

func TestAPlanCanBeEdited(t *testing.T) {
	files := monorepo(`"@backstage/theme": "^0.8.0", "@backstage/core-plugin-api": "^1.0.0", "@backstage/catalog-model": "^1.0.0"`, nil)
	plan, err := lockstep.Make(load(t, files), target(t), lockstep.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	plan.Rows = slices.DeleteFunc(plan.Rows, func(r lockstep.Row) bool { return r.Package == "@backstage/theme" })
	plan.Hold = []string{"@backstage/core-*"}
	over := change.NewOverlay(files)
	if err := plan.Apply(over); err != nil {
		t.Fatal(err)
	}
	data, _ := over.ReadFile(app)
	if want := `{"@backstage/theme": "^0.8.0", "@backstage/core-plugin-api": "^1.0.0", "@backstage/catalog-model": "^1.9.1"}`; !strings.Contains(string(data), want) {
		t.Errorf("got %s", data)
	}
}

func TestAPlanOfOtherFilesIsRefused(t *testing.T) {
	files := monorepo(`"@backstage/theme": "^0.8.0"`, nil)
	plan, err := lockstep.Make(load(t, files), target(t), lockstep.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	for dependencies, want := range map[string]string{
		`"@backstage/theme": "^0.8.1"`: "it is ^0.8.1",
		``:                             "it is not there",
	} {
		err := plan.Apply(change.NewOverlay(monorepo(dependencies, nil)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestAMonorepoWithoutBackstageIsRefused(t *testing.T) {
	files := monorepo(`"react": "^18.0.0"`, map[string]string{"package.json": `{"workspaces": ["packages/*"]}`})
	if _, err := lockstep.Make(load(t, files), target(t), lockstep.Policy{}); err == nil || !strings.Contains(err.Error(), "no package.json of this monorepo depends on an @backstage package") {
		t.Errorf("got %v", err)
	}
	files["packages/app/package.json"].Data = []byte(`{"name": "app",}`)
	if _, err := lockstep.Make(load(t, files), target(t), lockstep.Policy{}); err == nil || !strings.Contains(err.Error(), "packages/app/package.json:1:") {
		t.Errorf("got %v", err)
	}
}

func TestBackstageJSONIsMadeOrKept(t *testing.T) {
	for before, want := range map[string]string{
		"{\n\t\"version\": \"1.50.0\",\n\t\"mine\": 1\n}": "{\n\t\"version\": \"1.60.0\",\n\t\"mine\": 1\n}",
		"": "{\n  \"version\": \"1.60.0\"\n}\n",
	} {
		files := monorepo(`"@backstage/theme": "^0.8.0"`, map[string]string{"backstage.json": before})
		if before == "" {
			delete(files, "backstage.json")
		}
		plan, err := lockstep.Make(load(t, files), target(t), lockstep.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		over := change.NewOverlay(files)
		if err := plan.Apply(over); err != nil {
			t.Fatal(err)
		}
		if got, _ := over.ReadFile("backstage.json"); string(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
