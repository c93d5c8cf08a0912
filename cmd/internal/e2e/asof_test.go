//go:build unix

package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npmver"
)

// installAsOf lets yarn resolve every Backstage package to the version of a release, as it did
// when that release was new, whatever came later; ranges above 1.0.0 admit that, too. Where
// the registry lacks the release's version, the next later one it has stands in, else the
// newest before. It returns what stands in for what.
//
// To get there, package.json has resolutions while a yarn that can look back in time makes
// yarn.lock, in which then the ranges that are asked for take the place of the resolutions.
func (a *app) installAsOf(release string) string {
	a.t.Helper()
	if _, err := os.Stat(a.dir + ".lock"); a.keep && err == nil {
		a.must("yarn", "install")
		return "versions as in the last run"
	}
	of, ok := manifest.Lookup(release)
	if !ok {
		a.t.Fatalf("the table of releases does not have %s", release)
	}
	versions := a.versionsOf(of)
	var standIns []string
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		if v, _ := of.Version(name); v != versions[name] {
			standIns = append(standIns, fmt.Sprintf("%s %s for %s", name, versions[name], v))
		}
	}
	manifests, err := os.ReadFile(filepath.Join(a.dir, "package.json"))
	a.check(err)
	a.check(resolve(a.dir, versions))
	yarn := a.newestYarn()
	for {
		out, err := a.runWith(append(a.mirror.env(), "YARN_IGNORE_PATH=1"), "node", yarn, "install", "--mode=update-lockfile")
		if err == nil {
			break
		}
		if made, unhelped := a.mirror.makeDo(a.ctx, out); unhelped == nil {
			a.t.Log(made)
			a.check(resolve(a.dir, a.mirror.Resolutions))
			a.check(resolve(a.dir, versions))
			continue
		}
		a.t.Fatal(failure([]string{"yarn", "install"}, out, err))
	}
	a.check(os.WriteFile(filepath.Join(a.dir, "package.json"), manifests, 0o644))
	a.check(a.mirror.prepare(a.dir))
	lock := filepath.Join(a.dir, "yarn.lock")
	src, err := os.ReadFile(lock)
	a.check(err)
	a.check(os.WriteFile(lock, unresolve(src, versions, of), 0o644))
	a.must("yarn", "install")
	a.save()
	if len(standIns) == 0 {
		return "versions as they were then"
	}
	a.t.Logf("the registry lacks versions of that release; made do with:\n%s", strings.Join(standIns, "\n"))
	return fmt.Sprintf("%d versions as they were then, %d near them", len(versions)-len(standIns), len(standIns))
}

// versionsOf are the versions of the packages of a release that the app needs, directly or not,
// as near as the registry has them: where something that stands in asks for a version of
// another that breaks with the release's, that one.
func (a *app) versionsOf(of *manifest.Manifest) map[string]string {
	a.t.Helper()
	config, _ := npm.ConfigFrom(npm.UserPlaces(""))
	client := npm.New(config)
	versions, wants := map[string]string{}, map[string]string{}
	var todo []string
	want := func(name, version string) {
		if wants[name] != version {
			wants[name] = version
			todo = append(todo, name)
		}
	}
	for _, name := range a.dependencies() {
		if version, ok := of.Version(name); ok {
			want(name, version)
		}
	}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		p, err := client.Packument(a.ctx, name)
		a.check(err)
		v := nearest(p.Sorted(), wants[name])
		if v == nil {
			continue
		}
		versions[name] = v.Version
		for _, on := range slices.Sorted(maps.Keys(v.Dependencies)) {
			version, ok := of.Version(on)
			if !ok {
				continue
			}
			version = cmp.Or(wants[on], version)
			if least, later := later(v.Dependencies[on], version); later && !npmver.Satisfies(least, "^"+version) {
				version = least
			}
			want(on, version)
		}
	}
	return versions
}

// dependencies are the names of all that the packages of the app depend on.
func (a *app) dependencies() []string {
	a.t.Helper()
	files, err := filepath.Glob(filepath.Join(a.dir, "packages", "*", "package.json"))
	a.check(err)
	var names []string
	for _, file := range append(files, filepath.Join(a.dir, "package.json")) {
		var is struct{ Dependencies, DevDependencies map[string]string }
		a.readJSON(file, &is)
		names = slices.AppendSeq(slices.AppendSeq(names, maps.Keys(is.Dependencies)), maps.Keys(is.DevDependencies))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// nearest is the version wanted, else the next after it that is no pre-release, else the last before.
func nearest(sorted []*npm.Version, want string) *npm.Version {
	wanted, err := npmver.ParseVersion(want)
	if err != nil {
		return nil
	}
	var before *npm.Version
	for _, v := range sorted {
		is, err := npmver.ParseVersion(v.Version)
		if err != nil || v.Version != want && strings.Contains(v.Version, "-") {
			continue
		}
		if is.Compare(wanted) >= 0 {
			return v
		}
		before = v
	}
	return before
}

// newestYarn is the program of yarn that the newest template has.
func (a *app) newestYarn() string {
	a.t.Helper()
	template := fixtures.Template(a.t, fixtures.Newest(a.layout), a.layout)
	for name, file := range template {
		if strings.HasPrefix(name, ".yarn/releases/") {
			program := filepath.Join(folder(a.t, filepath.Join(a.apps, "yarn")), filepath.Base(name))
			a.check(os.WriteFile(program, file.Data, 0o644))
			return program
		}
	}
	a.t.Fatal("the newest template has no yarn")
	return ""
}

// resolve writes resolutions into an app's package.json, by name or by "name@npm:range".
func resolve(dir string, versions map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		err := edit(dir, "package.json", func(src []byte) ([]text.Edit, error) {
			doc, err := jsonedit.Parse("package.json", src)
			if err != nil {
				return nil, err
			}
			return doc.Set(fmt.Sprintf("%q", versions[name]), "resolutions", name)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var (
	lockKey   = regexp.MustCompile(`(?m)^"?(@backstage/[^@]+)@npm:[^"\n]*"?:$`)
	lockAsked = regexp.MustCompile(`(?m)^ {4}"?(@backstage/[^":]+)"?: "?(npm:[^"\n]+)"?$`)
)

// later tells whether a range begins after a version, and where. Only what stands in for
// something older asks for more than the release has.
func later(asked, version string) (least string, yes bool) {
	is, err := npmver.ParseVersion(version)
	if err != nil {
		return "", false
	}
	r, err := npmver.ParseRange(asked)
	if err != nil {
		return "", false
	}
	from, ok := r.MinVersion()
	return from.String(), ok && from.Compare(is) > 0
}

// unresolve makes a yarn.lock that was made with resolutions one that was made without: what a
// resolution gave is the answer to all ranges that have the release's version or begin later.
func unresolve(lock []byte, versions map[string]string, of *manifest.Manifest) []byte {
	ranges := map[string][]string{}
	for _, m := range lockAsked.FindAllSubmatch(lock, -1) {
		name, asked := string(m[1]), string(m[2])
		version, _ := of.Version(name)
		wanted := strings.TrimPrefix(asked, "npm:")
		if _, later := later(wanted, version); later || npmver.Satisfies(version, wanted) {
			ranges[name] = append(ranges[name], name+"@"+asked)
		}
	}
	return []byte(lockKey.ReplaceAllStringFunc(string(lock), func(line string) string {
		name := lockKey.FindStringSubmatch(line)[1]
		keys := ranges[name]
		if versions[name] == "" || len(keys) == 0 {
			return line
		}
		slices.Sort(keys)
		return fmt.Sprintf("%q:", strings.Join(slices.Compact(keys), ", "))
	}))
}

func TestUnresolve(t *testing.T) {
	of, _ := manifest.Lookup("1.44.0")
	lock := `"@backstage/config@npm:1.3.6":
  version: 1.3.6
  resolution: "@backstage/config@npm:1.3.6"
  dependencies:
    "@backstage/errors": "npm:^1.2.7"

"@backstage/errors@npm:^1.2.7":
  version: 1.3.1

"app@workspace:packages/app":
  dependencies:
    "@backstage/config": "npm:^1.3.5"
    "@backstage/config": "npm:^1.3.2"
    "@backstage/config": "npm:^1.3.9"
    "@backstage/config": "npm:^0.1.0"
  peerDependencies:
    "@backstage/config": ^1.0.0
`
	got := string(unresolve([]byte(lock), map[string]string{"@backstage/config": "1.3.6"}, of))
	want := strings.Replace(lock, `"@backstage/config@npm:1.3.6":`, `"@backstage/config@npm:^1.3.2, @backstage/config@npm:^1.3.5, @backstage/config@npm:^1.3.9":`, 1)
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

func (a *app) readJSON(file string, into any) {
	a.t.Helper()
	src, err := os.ReadFile(file)
	a.check(err)
	a.check(json.Unmarshal(src, into))
}
