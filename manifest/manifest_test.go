package manifest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTableHoldsEveryRelease(t *testing.T) {
	all := Releases()
	if len(all) != 383 || all[0] != "1.0.0" || Newest(false) != "1.54.0-next.0" || Newest(true) != "1.53.0" {
		t.Fatalf("%d releases from %s to %s, main %s", len(all), all[0], Newest(false), Newest(true))
	}
	names, pairs := map[string]bool{}, map[string]bool{}
	sum := sha256.New()
	for _, r := range all {
		m, ok := Lookup(r)
		if !ok {
			t.Fatalf("%s is listed but cannot be looked up", r)
		}
		fmt.Fprintln(sum, r)
		for _, p := range m.Packages() {
			names[p.Name] = true
			pairs[p.Name+"@"+p.Version] = true
			fmt.Fprintln(sum, p.Name, p.Version)
		}
	}
	if len(names) != 323 || len(pairs) != 35295 {
		t.Errorf("%d names and %d versions", len(names), len(pairs))
	}
	// Of "RELEASE\n", then "NAME VERSION\n" sorted by name, for each release in semver order.
	const want = "13cb846ca59ee5d62a5a1ebc79943ad3db666544bb31b7e3fee455945e1afcf5"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("the table's content has hash %s, want %s", got, want)
	}
	if len(releases) > 600_000 {
		t.Errorf("the table has %d bytes", len(releases))
	}
}

func TestTableEqualsThePublishedManifests(t *testing.T) {
	dir := os.Getenv("BATTEN_RELEASES")
	if dir == "" {
		t.Skip("BATTEN_RELEASES does not name a folder of release manifests")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) != len(Releases()) {
		t.Fatalf("%d files, %d releases, %v", len(files), len(Releases()), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		got, ok := Lookup(want.Release)
		if !ok || !slices.Equal(got.Packages(), want.Packages()) {
			t.Errorf("%s differs", want.Release)
		}
	}
}

func TestVersion(t *testing.T) {
	for _, test := range []struct{ release, name, want string }{
		{"1.0.0", "@backstage/create-app", "0.4.24"},
		{"1.53.0", "@backstage/create-app", "0.9.0"},
		{"1.54.0-next.0", "@backstage/create-app", "0.9.1-next.0"},
		{"1.0.0", "@backstage/backend-defaults", ""},
		{"1.0.0", "react", ""},
		{"1.0.0", "", ""},
	} {
		m, ok := Lookup(test.release)
		if !ok {
			t.Fatalf("no %s", test.release)
		}
		if got, ok := m.Version(test.name); got != test.want || ok != (test.want != "") {
			t.Errorf("%s in %s: %q, %v; want %q", test.name, test.release, got, ok, test.want)
		}
	}
}

func TestUnknownReleaseNamesTheNearest(t *testing.T) {
	for release, want := range map[string]string{
		"1.55.0":        "the newest one known is 1.53.0",
		"1.54.0-next.1": "the nearest one known is 1.54.0-next.0, the newest 1.53.0",
		"1.20.99":       "the nearest one known is 1.20.4",
		"0.70.0":        "the nearest one known is 1.0.0",
		"main":          `"main" is not a Backstage release`,
		"":              `"" is not a Backstage release`,
	} {
		if m, ok := Lookup(release); ok {
			t.Errorf("%s is known: %v", release, m)
		}
		var err error = Unknown(release)
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %s", release, err, want)
		}
		var unknown *UnknownRelease
		if !errors.As(fmt.Errorf("wrapped: %w", err), &unknown) || unknown.Release != release {
			t.Errorf("%s: %#v", release, unknown)
		}
	}
}

func TestInferFindsTheReleaseOfItsOwnVersions(t *testing.T) {
	for _, release := range Releases() {
		m, _ := Lookup(release)
		versions := map[string]string{"react": "^18.0.0", "@backstage/nonsense": "workspace:^"}
		for i, p := range m.Packages() {
			versions[p.Name] = [...]string{"^", "~", "", ">="}[i%4] + p.Version
		}
		got, score := Infer(versions)
		other, _ := Lookup(got)
		if score != 1 || got != release && !slices.Equal(m.Packages(), other.Packages()) {
			t.Errorf("%s: got %s with score %v", release, got, score)
		}
	}
}

func TestInfer(t *testing.T) {
	for _, test := range []struct {
		versions string // JSON
		release  string
		score    float64
	}{
		{`{}`, "", 0},
		{`{"react": "18.0.0", "@backstage/cli": "workspace:^"}`, "", 0},
		{`{"@backstage/cli": "999.0.0"}`, "", 0},
		{`{"@backstage/cli": "^0.17.0"}`, "1.1.1", 1}, // 1.1.0 has it too
		{`{"@backstage/cli": "^0.17.0", "@backstage/app-defaults": "^1.0.0", "@backstage/create-app": "0.4.25"}`, "1.0.3", 2. / 3},
	} {
		versions := map[string]string{}
		if err := json.Unmarshal([]byte(test.versions), &versions); err != nil {
			t.Fatal(err)
		}
		if release, score := Infer(versions); release != test.release || score != test.score {
			t.Errorf("%s: %s %v; want %s %v", test.versions, release, score, test.release, test.score)
		}
	}
}

func TestParse(t *testing.T) {
	m, err := Parse([]byte(`{"releaseVersion": "2.0.0", "packages": [{"name": "b", "version": "2.0.0"}, {"name": "a", "version": "1.0.0"}, {"name": "a", "version": "1.0.0"}]}`))
	if err != nil || m.Release != "2.0.0" || m.Source != File || !slices.Equal(m.Packages(), []Package{{Name: "a", Version: "1.0.0"}, {Name: "b", Version: "2.0.0"}}) {
		t.Errorf("%v %v", m, err)
	}
	for text, want := range map[string]string{
		``:                            "unexpected end of JSON",
		`<!DOCTYPE html>`:             "HTML",
		`[]`:                          "the whole is a JSON array",
		`{"packages": []}`:            "no releaseVersion",
		`{"releaseVersion": "2.0.0"}`: "no packages",
		`{"releaseVersion": "2.0.0", "packages": [{}]}`:                                                                   "package 0",
		`{"releaseVersion": "2.0.0", "packages": [{"name": "a"}]}`:                                                        "package 0",
		`{"releaseVersion": "2.0.0", "packages": {"a": "1.0.0"}}`:                                                         "ackages is a JSON object",
		`{"releaseVersion": "2.0.0", "packages": [{"name": "a", "version": "1.0.0"}, {"name": "a", "version": "1.0.1"}]}`: "a has versions",
	} {
		if m, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v; want %s", text, m, err, want)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	for b.Loop() {
		if _, ok := Lookup("1.40.0"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkInfer(b *testing.B) {
	m, _ := Lookup("1.40.0")
	versions := map[string]string{}
	for _, p := range m.Packages() {
		versions[p.Name] = "^" + p.Version
	}
	for b.Loop() {
		if r, _ := Infer(versions); r != "1.40.0" {
			b.Fatal(r)
		}
	}
}
