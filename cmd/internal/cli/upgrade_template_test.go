package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest/template"
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

func TestDiffOfTemplates(t *testing.T) {
	templates(t, "1.50.0", "1.53.0")
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
