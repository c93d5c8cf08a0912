package template_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/template"
	"github.com/batten-dev/batten/registry/npm"
)

// userClient is a client of the user's registry and cache.
func userClient(t *testing.T) *npm.Client {
	t.Helper()
	fixtures.Require(t, "network")
	config, problems := npm.ConfigFrom(npm.UserPlaces(""))
	if err := errors.Join(problems...); err != nil {
		t.Log(err)
	}
	return npm.New(config)
}

// published returns versions of create-app that the registry has: releases that the table
// knows, and the newest.
func published(t *testing.T, client *npm.Client) []*npm.Version {
	t.Helper()
	p, err := client.Packument(t.Context(), manifest.CreateApp)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{p.DistTags["latest"]: true}
	for _, release := range manifest.Releases() {
		m, _ := manifest.Lookup(release)
		if v, ok := m.Version(manifest.CreateApp); ok {
			known[v] = true
		}
	}
	return slices.DeleteFunc(p.Sorted(), func(v *npm.Version) bool { return !known[v.Version] })
}

func TestEveryPublishedTemplateRenders(t *testing.T) {
	client := userClient(t)
	versions := published(t, client)
	for _, v := range versions {
		pkg, err := template.Fetch(t.Context(), client, v.Version)
		if err != nil {
			t.Fatal(err)
		}
		release, err := template.Release(pkg)
		if err != nil {
			t.Fatal(err)
		}
		m, known := manifest.Lookup(release)
		for _, layout := range append(template.Layouts(pkg), template.Default) {
			app, err := template.Render(pkg, template.Options{Layout: layout})
			if err != nil {
				t.Errorf("%s: %v", v.Version, err)
				continue
			}
			data, err := fs.ReadFile(app, "backstage.json")
			if err != nil || !strings.Contains(string(data), `"`+release+`"`) {
				t.Errorf("%s: backstage.json: %s %v", v.Version, data, err)
			}
			if known {
				checkVersions(t, app, m)
			}
		}
	}
	t.Logf("%d versions of create-app", len(versions))
}

// checkVersions compares what a rendered app depends on with the table of releases.
func checkVersions(t *testing.T, app fs.FS, m *manifest.Manifest) {
	t.Helper()
	for _, name := range []string{"package.json", "packages/app/package.json", "packages/backend/package.json"} {
		data, err := fs.ReadFile(app, name)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Dependencies, DevDependencies map[string]string }
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, deps := range []map[string]string{doc.Dependencies, doc.DevDependencies} {
			for pkg, spec := range deps {
				if v, ok := m.Version(pkg); ok && spec != "^"+v {
					t.Errorf("%s: %s: %s is %s, in the table %s", m.Release, name, pkg, spec, v)
				}
			}
		}
	}
}

var allVersions = flag.Bool("all-versions", false, "compare with all versions of create-app that the registry has, not only the newest two")

// What is rendered equals, byte for byte, what create-app itself writes, run with its own
// Handlebars in Node, in each of its layouts.
func TestRenderEqualsCreateApp(t *testing.T) {
	if !strings.Contains(os.Getenv("BATTEN_REQUIRE"), "oracle") {
		t.Skip("takes a minute: runs where BATTEN_REQUIRE names oracle")
	}
	fixtures.Require(t, "oracle")
	client := userClient(t)
	versions := published(t, client)
	if *allVersions {
		p, err := client.Packument(t.Context(), manifest.CreateApp)
		if err != nil {
			t.Fatal(err)
		}
		versions = p.Sorted()
	} else {
		versions = versions[max(0, len(versions)-2):]
	}
	dir := t.TempDir()
	install(t, dir, "node@24", "yarn@1")
	apps := 0
	proved, releases := map[string]bool{}, map[string]bool{}
	for _, v := range versions {
		home := filepath.Join(dir, v.Version)
		install(t, home, manifest.CreateApp+"@"+v.Version)
		pkg, err := template.Fetch(t.Context(), client, v.Version)
		if err != nil {
			t.Fatal(err)
		}
		help := createApp(t, dir, home, []string{"--help"})
		layouts := map[template.Layout][]string{template.Default: nil}
		if strings.Contains(help, "--legacy") {
			layouts[template.Legacy] = []string{"--legacy"}
		}
		if strings.Contains(help, "--next") {
			layouts[template.New] = []string{"--next"}
		}
		for layout, flags := range layouts {
			target := filepath.Join(home, layout.String())
			createApp(t, dir, home, append(flags, "--path", target, "--skip-install"))
			app, err := template.Render(pkg, template.Options{Name: "my-app", Layout: layout})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, v.Version+" "+layout.String(), os.DirFS(target), app)
			apps++
		}
		proved[v.Version] = true
		release, err := template.Release(pkg)
		if err != nil {
			t.Fatal(err)
		}
		releases[release] = true
		if err := os.RemoveAll(home); err != nil {
			t.Fatal(err)
		}
	}
	// Releases share a version of create-app; the template of a release is that of its version.
	for _, release := range manifest.Releases() {
		m, _ := manifest.Lookup(release)
		if version, ok := m.Version(manifest.CreateApp); ok && proved[version] {
			releases[release] = true
		}
	}
	t.Logf("%d apps of %d versions of create-app, which are those of %d releases", apps, len(proved), len(releases))
}

func install(t *testing.T, dir string, packages ...string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"install", "--no-audit", "--no-fund", "--prefix", dir}, packages...)
	if out, err := exec.Command("npm", args...).CombinedOutput(); err != nil {
		t.Fatalf("npm %v: %v\n%s", args, err, out)
	}
}

// createApp runs the create-app in home with the node and yarn in tools, and returns what it says.
func createApp(t *testing.T, tools, home string, args []string) string {
	t.Helper()
	bin := filepath.Join(tools, "node_modules", ".bin")
	script := filepath.Join(home, "node_modules", "@backstage", "create-app", "bin", "backstage-create-app")
	cmd := exec.Command(filepath.Join(bin, "node"), append([]string{script}, args...)...)
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "BACKSTAGE_APP_NAME=my-app", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=init.defaultBranch", "GIT_CONFIG_VALUE_0=master")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("create-app %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// compare compares two apps, but for the .git folder and the yarn.lock that create-app fetches.
func compare(t *testing.T, what string, want, got fs.FS) {
	t.Helper()
	wanted, has := files(t, want), files(t, got)
	for name := range wanted {
		if has[name] == nil {
			t.Errorf("%s: %s is missing", what, name)
		} else if !bytes.Equal(wanted[name], has[name]) && name != "yarn.lock" {
			t.Errorf("%s: %s differs", what, name)
		}
	}
	for name := range has {
		if wanted[name] == nil {
			t.Errorf("%s: %s is too much", what, name)
		}
	}
	t.Logf("%s: %d files", what, len(wanted))
}

func files(t *testing.T, fsys fs.FS) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if name == ".git" {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		all[name] = append([]byte{}, data...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
