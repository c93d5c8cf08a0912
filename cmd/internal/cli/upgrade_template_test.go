package cli

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/cmd/internal/planfile"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/template"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

// templates puts the create-app packages of releases into the user's cache.
func templates(t *testing.T, releases ...string) {
	t.Helper()
	fixtures.Require(t, "network")
	for _, p := range fixtures.Pins() {
		if slices.Contains(releases, p.Release) {
			if _, err := fixtures.CreateApp(t.Context(), p); err != nil {
				t.Skip(err)
			}
		}
	}
}

// An app as create-app makes it becomes that of the release it comes to, versions and all.
func TestUpgradeOfANewAppGivesTheNewTemplate(t *testing.T) {
	const from, to = "1.45.0", "1.53.0"
	templates(t, from, to)
	for _, layout := range []string{fixtures.LayoutLegacy, fixtures.LayoutNew} {
		dir := fixtures.Copy(t, fixtures.Template(t, from, layout))
		if status, _, errs := batten(dir, "upgrade", "--to", to, "--template", "merge", "--no-changelogs", "--only", "backstage", "--no-install", "--yes"); status != 0 {
			t.Fatal(errs)
		}
		for name, f := range fixtures.Template(t, to, layout) {
			if care, _ := template.CareOf(name); care == template.Users || !f.Mode.IsRegular() {
				continue
			}
			if got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); err != nil || string(got) != string(f.Data) {
				t.Errorf("%s: %s is not the new template's (%v)", layout, name, err)
			}
		}
		if status, _, errs := batten(dir, "upgrade", "--to", to, "--no-changelogs", "--only", "backstage", "--dry-run", "--exit-code"); status != 0 {
			t.Errorf("%s, again: %s", layout, errs)
		}
	}
}

// Conflicts are listed, and left alone, marked, or in git's index.
func TestUpgradeListsConflicts(t *testing.T) {
	const from, to = "1.45.0", "1.53.0"
	templates(t, from, to)
	fixtures.Require(t, "git")
	const file = "packages/backend/Dockerfile"
	app := fixtures.Template(t, from, fixtures.LayoutLegacy)
	app[file].Data = []byte(strings.ReplaceAll(string(app[file].Data), "FROM node:", "FROM registry.example.com/node:"))
	for mode, want := range map[string]string{"": "", "ours": "", "markers": "<<<<<<< yours", "index": "<<<<<<< yours"} {
		dir := fixtures.Copy(t, app)
		fixtures.Git(t, dir)
		args := []string{"upgrade", "--to", to, "--template", "merge", "--no-changelogs", "--only", "backstage", "--no-install", "--yes"}
		if mode != "" {
			args = append(args, "--conflicts", mode)
		}
		status, _, errs := batten(dir, args...)
		if status != 0 || !strings.Contains(errs, "Conflicts with the template") || !strings.Contains(errs, file+":") {
			t.Fatalf("%q: %s", mode, errs)
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
		if err != nil || !strings.Contains(string(data), want) || want == "" && strings.Contains(string(data), "<<<<") || !strings.Contains(string(data), "registry.example.com") {
			t.Errorf("%q: %v\n%s", mode, err, data)
		}
	}
	for _, args := range [][]string{{"--template", "x"}, {"--conflicts", "x"}, {"--conflicts", "index", "--commit"}, {"--files", "["}} {
		if status, _, errs := batten(fixtures.Copy(t, app), append([]string{"upgrade"}, args...)...); status != 2 {
			t.Errorf("%v: %d %s", args, status, errs)
		}
	}
}

// gitIn runs git in a folder and returns what it prints.
func gitIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// What --conflicts index leaves is a merge that git shows and settles, wherever the app is in its
// repository, and that undo takes back. Outside of git it is refused before anything is changed.
func TestConflictsInTheIndexAreAMergeOfGit(t *testing.T) {
	const from, to = "1.45.0", "1.53.0"
	templates(t, from, to)
	fixtures.Require(t, "git")
	const file = "packages/backend/Dockerfile"
	app := fixtures.Template(t, from, fixtures.LayoutLegacy)
	app[file].Data = []byte(strings.ReplaceAll(string(app[file].Data), "FROM node:", "FROM registry.example.com/node:"))
	args := []string{"upgrade", "--to", to, "--template", "merge", "--no-changelogs", "--only", "backstage", "--no-install", "--yes", "--conflicts", "index"}
	for _, folder := range []string{".", "apps/portal"} {
		repo := t.TempDir()
		dir := filepath.Join(repo, filepath.FromSlash(folder))
		if err := copyFS(dir, app); err != nil {
			t.Fatal(err)
		}
		fixtures.Git(t, repo)
		ours := gitIn(t, dir, "show", "HEAD:./"+file)
		if status, _, errs := batten(dir, args...); status != 0 || !strings.Contains(errs, "are in git's index") {
			t.Fatal(errs)
		}
		if got := gitIn(t, dir, "ls-files", "--unmerged", "--", file); strings.Count(got, "\n") != 3 {
			t.Errorf("%s: the index has\n%s", folder, got)
		}
		if got := gitIn(t, dir, "show", ":2:./"+file); got != ours {
			t.Errorf("%s: our side is\n%s", folder, got)
		}
		gitIn(t, dir, "checkout", "--theirs", "--", file)
		if got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file))); err != nil || strings.Contains(string(got), "registry.example.com") || strings.Contains(string(got), "<<<<<<<") {
			t.Errorf("%s: theirs is %v\n%s", folder, err, got)
		}
		gitIn(t, dir, "checkout", "--merge", "--", file)
		if status, _, errs := batten(dir, "undo", "--yes", "--force"); status != 0 || !strings.Contains(errs, "The conflicts in git's index are gone, too: "+file) {
			t.Errorf("%s: undo: %s", folder, errs)
		}
		if got := gitIn(t, dir, "status", "--porcelain"); got != "" {
			t.Errorf("%s: after undo, git sees\n%s", folder, got)
		}
	}
	dir := fixtures.Copy(t, app)
	before := tree(t, dir)
	if status, _, errs := batten(dir, args...); status != 2 || !strings.Contains(errs, "is in no git repository") {
		t.Errorf("outside of git: %d\n%s", status, errs)
	}
	if !maps.Equal(before, tree(t, dir)) {
		t.Error("outside of git, something is changed")
	}
}

// A saved plan has what comes of the template, file by file, and is made as it was edited.
func TestASavedPlanHasTheTemplate(t *testing.T) {
	const from, to = "1.45.0", "1.53.0"
	templates(t, from, to)
	const file = "packages/backend/Dockerfile"
	app := fixtures.Template(t, from, fixtures.LayoutLegacy)
	app[file].Data = []byte(strings.ReplaceAll(string(app[file].Data), "FROM node:", "FROM registry.example.com/node:"))
	dir := fixtures.Copy(t, app)
	saved := filepath.Join(t.TempDir(), "plan.json")
	common := []string{"--to", to, "--template", "merge", "--no-changelogs", "--only", "backstage"}
	if status, _, errs := batten(dir, append([]string{"upgrade", "--plan", saved}, common...)...); status != 0 {
		t.Fatal(errs)
	}
	_, direct, _ := batten(dir, append([]string{"upgrade", "--dry-run"}, common...)...)
	if status, out, errs := batten(dir, "apply", saved, "--dry-run"); status != 0 || out != direct {
		t.Errorf("%d: the plan makes something else than the upgrade\n%s", status, errs)
	}
	data, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := planfile.Read(saved, data)
	if err != nil {
		t.Fatal(err)
	}
	without := plan.Template.Files[:0]
	dropped := ""
	for _, e := range plan.Template.Files {
		switch {
		case e.Path == file:
			if e.Do != planfile.Conflict || e.Conflicts != planfile.Leave || len(e.Places) == 0 {
				t.Errorf("the conflict is %+v", e)
			}
			e.Conflicts = planfile.Markers
		case e.Do == planfile.Merge && strings.HasSuffix(e.Path, ".yaml"):
			dropped = e.Path
			continue
		}
		without = append(without, e)
	}
	plan.Template.Files = without
	if data, err = plan.JSON(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(saved, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := batten(dir, "apply", saved, "--commit"); status != 2 || !strings.Contains(errs, "conflict markers") {
		t.Errorf("with --commit: %d\n%s", status, errs)
	}

	// A file that changed meanwhile is refused, and nothing is changed.
	name := filepath.Join(dir, filepath.FromSlash(file))
	if err := os.WriteFile(name, append(slices.Clone(app[file].Data), "# more\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	if status, _, errs := batten(dir, "apply", saved, "--no-install", "--yes"); status != 2 || !strings.Contains(errs, file+" is no longer what the plan was made for") {
		t.Errorf("changed meanwhile: %d\n%s", status, errs)
	}
	if !maps.Equal(before, tree(t, dir)) {
		t.Error("changed meanwhile: something is changed")
	}
	if err := os.WriteFile(name, app[file].Data, 0o644); err != nil {
		t.Fatal(err)
	}

	report := filepath.Join(t.TempDir(), "report.md")
	if status, _, errs := batten(dir, "apply", saved, "--no-install", "--yes", "--report", report); status != 0 {
		t.Fatal(errs)
	}
	after := tree(t, dir)
	if !strings.Contains(after[file], "<<<<<<< yours") {
		t.Errorf("the conflict is not marked:\n%s", after[file])
	}
	if dropped == "" || after[dropped] != string(app[dropped].Data) {
		t.Errorf("%q, taken out of the plan, is changed", dropped)
	}
	if text, err := os.ReadFile(report); err != nil || !strings.Contains(string(text), "marked in the file") || !strings.Contains(string(text), "Run `yarn install`") {
		t.Errorf("the report is %v\n%s", err, text)
	}
}

func TestDiffOfTemplates(t *testing.T) {
	templates(t, "1.41.0", "1.50.0", "1.53.0")
	dir := t.TempDir()
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"--from", "1.50.0", "--to", "1.53.0", "--stat"}, 0, "packages/backend/src/index.ts"},
		{[]string{"--from", "1.50.0", "--to", "1.53.0", "--layout", "legacy", "packages/backend/package.json"}, 0, "--- a/packages/backend/package.json"},
		{[]string{"--from", "1.50.0", "--to", "1.53.0", "--json", "backstage.json"}, 0, `"schema": 1`},
		{[]string{"--from", "1.50.0", "--to", "1.50.0", "--exit-code"}, 0, ""},
		{[]string{"--from", "1.50.0", "--to", "1.53.0", "--exit-code"}, 1, ""},
		{[]string{"--from", "1.50.0", "--to", "1.53.0", "--layout", "legacy", "packages/app/src/App.tsx"}, 0, "Nothing differs in packages/app/src/App.tsx"},
		{[]string{"--from", "1.50.0", "--to", "1.53.0", "nowhere.ts"}, 0, "Neither has a file that nowhere.ts names"},
		{[]string{"--from", "1.41.0", "--to", "1.53.0", "--layout", "new"}, 2, "from Backstage 1.42 on"},
		{[]string{"--from", "1.50.99", "--to", "1.53.0", "--stat"}, 0, "The template of 1.50.99 is that of 1.50."},
		{[]string{"--from", "1.99.0", "--to", "1.53.0"}, 2, "is not known"},
		{[]string{"--from", "1.50.0", "--layout", "x"}, 2, "--layout knows"},
		{[]string{"--to", "1.50.0"}, 2, "--from"},
		{[]string{"--from", "1.50.0", "["}, 2, "no pattern"},
	} {
		t.Chdir(dir)
		status, out, errs := batten("", append([]string{"diff"}, test.args...)...)
		if status != test.status || !strings.Contains(out+errs, test.want) {
			t.Errorf("%v: %d\n%.300s\n%.600s", test.args, status, errs, out)
		}
	}
}

// Where the template cannot be had, the versions are upgraded, and it is said; where it was asked for,
// nothing is done.
func TestUpgradeWithoutTheTemplate(t *testing.T) {
	r := npmtest.New(t)
	t.Setenv("npm_config_registry", r.URL)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	args := []string{"upgrade", "--to", "1.53.0", "--no-changelogs", "--only", "backstage", "--no-install", "--yes"}
	for _, test := range []struct {
		name    string
		change  func(t *testing.T, dir string)
		args    []string
		status  int
		changed bool
		want    []string
	}{
		{"no package", nil, nil, 0, true, []string{"the template's changes are not merged: the template of Backstage", "--template off", "upgrade-helper/?from="}},
		{"no package, and the template asked for", nil, []string{"--template", "merge"}, 2, false, []string{"the template of Backstage", "--template off"}},
		{"no package, and no template", nil, []string{"--template", "off"}, 0, true, nil},
		{"a release that cannot be told", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "backstage.json")); err != nil {
				t.Fatal(err)
			}
			mix(t, filepath.Join(dir, "packages/app/package.json"))
			mix(t, filepath.Join(dir, "packages/backend/package.json"))
		}, nil, 0, true, []string{"which template the app came from is not clear", "backstage.json", "--template merge"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := fixtures.Copy(t, fixtures.App("legacy"))
			if test.change != nil {
				test.change(t, dir)
			}
			before, err := os.ReadFile(filepath.Join(dir, "packages/app/package.json"))
			if err != nil {
				t.Fatal(err)
			}
			status, out, errs := batten(dir, append(args, test.args...)...)
			after, err := os.ReadFile(filepath.Join(dir, "packages/app/package.json"))
			if status != test.status || err != nil || (string(before) != string(after)) != test.changed {
				t.Errorf("%d, changed %v %v\n%s\n%s", status, string(before) != string(after), err, errs, out)
			}
			for _, want := range test.want {
				if !strings.Contains(errs, want) {
					t.Errorf("there is no %q in:\n%s", want, errs)
				}
			}
			if len(test.want) == 0 && strings.Contains(errs, "template") {
				t.Errorf("it speaks of the template:\n%s", errs)
			}
		})
	}
}

// mix gives the dependencies of a package.json versions of different releases.
func mix(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	mixed := regexp.MustCompile(`("@backstage/[^"]+": ")[^"]+"`).ReplaceAllStringFunc(string(data), func(s string) string {
		name := strings.Split(s, `"`)[1]
		releases := []string{"1.20.0", "1.25.0", "1.30.0", "1.35.0", "1.40.0", "1.45.0"}
		n++
		m, _ := manifest.Lookup(releases[n%len(releases)])
		version, ok := m.Version(name)
		if !ok {
			return s
		}
		return `"` + name + `": "^` + version + `"`
	})
	if err := os.WriteFile(file, []byte(mixed), 0o644); err != nil {
		t.Fatal(err)
	}
}
