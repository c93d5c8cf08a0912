package npm_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

const scoped = "@acme/plugin"

func published(t *testing.T) *npmtest.Registry {
	t.Helper()
	r := npmtest.New(t)
	r.Publish(
		npmtest.Package{Name: scoped, Version: "1.0.0", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		npmtest.Package{Name: scoped, Version: "1.1.0", Files: map[string]string{"dist/index.js": "1", "dist/a/b.js": "2"},
			JSON: map[string]any{"dependencies": map[string]any{"react": "^18", "odd": 1}, "deprecated": false, "description": "d",
				"backstage": map[string]any{"role": "frontend-plugin", "pluginId": "p"}}},
	)
	return r
}

func TestPackument(t *testing.T) {
	r := published(t)
	client := r.Client(t)
	p, err := client.Packument(t.Context(), scoped)
	if err != nil {
		t.Fatal(err)
	}
	v := p.Versions["1.1.0"]
	if p.Name != scoped || p.DistTags["latest"] != "1.1.0" || len(p.Versions) != 2 || v.Dependencies["react"] != "^18" || len(v.Dependencies) != 1 {
		t.Errorf("%+v %+v", p, v)
	}
	if v.Description != "" || len(p.Time) != 0 {
		t.Error("an abbreviated packument was not asked for")
	}
	full, err := client.FullPackument(t.Context(), scoped)
	if err != nil {
		t.Fatal(err)
	}
	if v := full.Versions["1.1.0"]; v.Description != "d" || v.Backstage.Role != "frontend-plugin" || v.Backstage.PluginID != "p" {
		t.Errorf("%+v", v)
	}
	if at, ok := full.Time["1.0.0"]; !ok || at.Year() != 2026 || len(full.Time) != 1 {
		t.Errorf("%v", full.Time)
	}
	if sorted := p.Sorted(); len(sorted) != 2 || sorted[0].Version != "1.0.0" {
		t.Errorf("%v", sorted)
	}
}

func TestVersionByNumberAndTag(t *testing.T) {
	client := published(t).Client(t)
	for asked, want := range map[string]string{"1.0.0": "1.0.0", "latest": "1.1.0"} {
		if v, err := client.Version(t.Context(), scoped, asked); err != nil || v.Version != want {
			t.Errorf("%s: %v %v", asked, v, err)
		}
	}
	if _, err := client.Version(t.Context(), scoped, "2.0.0"); !npm.Is(err, npm.NotFound) {
		t.Error(err)
	}
}

func TestTarballIsAReadOnlyTree(t *testing.T) {
	r := published(t)
	client := r.Client(t)
	v, err := client.Version(t.Context(), scoped, "1.1.0")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := client.Tarball(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(tree, "package.json", "dist/index.js", "dist/a/b.js"); err != nil {
		t.Error(err)
	}
	if want := []string{"dist/a/b.js", "dist/index.js", "package.json"}; !slices.Equal(tree.Files(), want) {
		t.Errorf("%v", tree.Files())
	}
	if _, err := fs.ReadFile(tree, "dist"); err == nil {
		t.Error("a folder was read as a file")
	}
	if _, err := fs.ReadFile(tree, "../x"); !errors.Is(err, fs.ErrInvalid) {
		t.Error(err)
	}
}

func TestCacheAnswersWhileFreshThenAsksWhetherItChanged(t *testing.T) {
	r := published(t)
	config := r.Config(t)
	ask := func(config npm.Config) *npm.Packument {
		t.Helper()
		p, err := npm.New(config).Packument(t.Context(), scoped)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	ask(config)
	ask(config)
	if n := len(r.Requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
	config.Freshness = 0
	ask(config)
	if reqs := r.Requests(); len(reqs) != 2 || reqs[1].Header.Get("If-None-Match") == "" {
		t.Errorf("%v", r.Paths())
	}
	r.Publish(npmtest.Package{Name: scoped, Version: "2.0.0"})
	if p := ask(config); len(p.Versions) != 3 {
		t.Errorf("%d versions", len(p.Versions))
	}
}

func TestOfflineAnswersFromTheCacheAlone(t *testing.T) {
	r := published(t)
	r.Publish(npmtest.Package{Name: "only-full", Version: "1.0.0"})
	config := r.Config(t)
	online := npm.New(config)
	v, err := online.Version(t.Context(), scoped, "1.1.0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := online.Tarball(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	if _, err := online.FullPackument(t.Context(), "only-full"); err != nil {
		t.Fatal(err)
	}
	asked := len(r.Requests())
	config.Offline, config.Freshness = true, 0
	offline := npm.New(config)
	v, err = offline.Version(t.Context(), scoped, "1.1.0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := offline.Tarball(t.Context(), v); err != nil {
		t.Error(err)
	}
	if _, err := offline.Packument(t.Context(), "only-full"); err != nil {
		t.Error(err)
	}
	if _, err := offline.FullPackument(t.Context(), scoped); !npm.Is(err, npm.Offline) {
		t.Error(err)
	}
	if _, err := offline.Packument(t.Context(), "unknown"); !npm.Is(err, npm.Offline) {
		t.Error(err)
	}
	old, err := offline.Version(t.Context(), scoped, "1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := offline.Tarball(t.Context(), old); !npm.Is(err, npm.Offline) {
		t.Error(err)
	}
	if len(r.Requests()) != asked {
		t.Errorf("asked for %v while offline", r.Paths()[asked:])
	}
}

func TestADamagedCacheIsAsGoodAsNone(t *testing.T) {
	r := published(t)
	config := r.Config(t)
	get := func() {
		t.Helper()
		client := npm.New(config)
		v, err := client.Version(t.Context(), scoped, "1.1.0")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Tarball(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	get()
	for _, damage := range []string{"", "x", "{}\n{}", "{\"address\": \"other\"}\n{}"} {
		err := filepath.WalkDir(config.Cache, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			return os.WriteFile(name, []byte(damage), 0o600)
		})
		if err != nil {
			t.Fatal(err)
		}
		get()
	}
}

func TestOneRequestForManyWhoAsk(t *testing.T) {
	r := published(t)
	client := r.Client(t)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if _, err := client.Packument(t.Context(), scoped); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := len(r.Requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestManyPackagesAtOnce(t *testing.T) {
	r := npmtest.New(t)
	for i := range 40 {
		r.Publish(npmtest.Package{Name: fmt.Sprintf("p%d", i), Version: "1.0.0"})
	}
	client := r.Client(t)
	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			v, err := client.Version(t.Context(), fmt.Sprintf("p%d", i), "latest")
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := client.Tarball(t.Context(), v); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

func TestNoMoreThanADozenRequestsAtOnce(t *testing.T) {
	r := npmtest.New(t)
	var now, most atomic.Int32
	for i := range 40 {
		name := fmt.Sprintf("p%d", i)
		r.Publish(npmtest.Package{Name: name, Version: "1.0.0"})
		r.Handle("/"+name, func(w http.ResponseWriter, _ *http.Request) {
			n := now.Add(1)
			for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
			}
			time.Sleep(10 * time.Millisecond)
			now.Add(-1)
			_, _ = w.Write(r.Packument(name, false))
		})
	}
	client := r.Client(t)
	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			if _, err := client.Packument(t.Context(), fmt.Sprintf("p%d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := most.Load(); n < 2 || n > 12 {
		t.Errorf("%d requests at once", n)
	}
}

func TestARegistryThatRecovers(t *testing.T) {
	for name, fail := range map[string]http.HandlerFunc{
		"500":        npmtest.Status(500),
		"429":        npmtest.Status(429),
		"truncated":  npmtest.Body([]byte(`{"name": "x", "vers`)),
		"broken off": npmtest.BrokenOff,
	} {
		t.Run(name, func(t *testing.T) {
			r := published(t)
			tries := 0
			r.Handle("/"+scoped, func(w http.ResponseWriter, req *http.Request) {
				if tries++; tries < 3 {
					fail(w, req)
					return
				}
				_, _ = w.Write(r.Packument(scoped, false))
			})
			if p, err := r.Client(t).Packument(t.Context(), scoped); err != nil || len(p.Versions) != 2 || tries != 3 {
				t.Errorf("%v after %d tries", err, tries)
			}
		})
	}
}

func TestARegistryThatFails(t *testing.T) {
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc
		problem npm.Problem
		want    []string
		tries   int
	}{
		{"404", npmtest.Status(404), npm.NotFound, []string{scoped, "404", "check the name", "if it is private", "npmScopes.acme.npmAuthToken"}, 1},
		{"401", npmtest.Status(401), npm.Unauthorized, []string{"401", "no token is configured", "_authToken", "npmScopes.acme.npmAuthToken", "@acme:registry"}, 1},
		{"403", npmtest.Status(403), npm.Unauthorized, []string{"403"}, 1},
		{"418", npmtest.Status(418), npm.BadAnswer, []string{"418"}, 1},
		{"500", npmtest.Status(500), npm.BadAnswer, []string{"500", "--offline"}, 3},
		{"HTML", npmtest.Page, npm.BadAnswer, []string{"HTML"}, 3},
		{"text", npmtest.Body([]byte("null")), npm.BadAnswer, []string{"no JSON object"}, 3},
		{"broken off", npmtest.BrokenOff, npm.Network, []string{"broke off"}, 3},
		{"silent", npmtest.Silent, npm.Network, []string{"in time", "--offline"}, 3},
		{"stalled", npmtest.Stalled, npm.Network, []string{"in time", "--offline"}, 3},
		{"too large", npmtest.Body(make([]byte, 5000)), npm.Unsafe, []string{"larger than 4000 bytes"}, 1},
		{"endless redirects", func(w http.ResponseWriter, req *http.Request) { http.Redirect(w, req, req.URL.Path, 302) }, npm.Network, []string{"redirects"}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := published(t)
			r.Handle("/"+scoped, test.handler)
			config := r.Config(t)
			config.Timeout, config.Limits.Document = 100*time.Millisecond, 4000
			_, err := npm.New(config).Packument(t.Context(), scoped)
			if !npm.Is(err, test.problem) {
				t.Fatalf("%v", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v; want %s", err, want)
				}
			}
			if n := len(r.Requests()); test.tries != 0 && n != test.tries {
				t.Errorf("%d tries, want %d", n, test.tries)
			}
		})
	}
}

func TestNoRegistry(t *testing.T) {
	r := published(t)
	r.URL = "http://127.0.0.1:1"
	if _, err := r.Client(t).Packument(t.Context(), scoped); !npm.Is(err, npm.Network) || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Error(err)
	}
	for _, address := range []string{"", "registry.test", "ftp://registry.test"} {
		_, err := npm.New(npm.Config{Registry: address}).Packument(t.Context(), "a")
		if !npm.Is(err, npm.NoRegistry) || !strings.Contains(err.Error(), "npm_config_registry") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestTheRegistryIsDiscoveredOnceAndKept(t *testing.T) {
	r := published(t)
	config := r.Config(t)
	config.Registry = ""
	asked := 0
	config.Discover = func(context.Context) (string, error) { asked++; return r.URL + "/", nil }
	for range 2 {
		client := npm.New(config)
		for range 2 {
			if _, err := client.Packument(t.Context(), scoped); err != nil {
				t.Fatal(err)
			}
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	config.Registry, config.Offline = "", true
	if _, err := npm.New(config).Packument(t.Context(), scoped); err != nil || asked != 1 {
		t.Errorf("offline: %v, asked %d times", err, asked)
	}
	config.Offline = false
	config.Cache, config.Discover = "", func(context.Context) (string, error) { return "", errors.New("no npm here") }
	if _, err := npm.New(config).Packument(t.Context(), scoped); !npm.Is(err, npm.NoRegistry) || !strings.Contains(err.Error(), "no npm here") {
		t.Error(err)
	}
}

func TestBadNamesAreNotAskedFor(t *testing.T) {
	r := published(t)
	client := r.Client(t)
	for _, name := range []string{"", ".", "..", "../a", "a/b", "@a", "@a/", "@a/b/c", "a b", "a?b", "@a/../b", "-/x", strings.Repeat("a", 300)} {
		if _, err := client.Packument(t.Context(), name); !npm.Is(err, npm.BadName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if n := len(r.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestACanceledCallEnds(t *testing.T) {
	r := published(t)
	r.Handle("/"+scoped, func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	start := time.Now()
	if _, err := r.Client(t).Packument(ctx, scoped); !errors.Is(err, context.Canceled) || time.Since(start) > 3*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestNightlyBuildsAreLeftOut(t *testing.T) {
	r := npmtest.New(t)
	r.Publish(npmtest.Package{Name: "p", Version: "1.0.0"}, npmtest.Package{Name: "p", Version: "0.0.0-nightly-20260101"}, npmtest.Package{Name: "p", Version: "0.0.0"})
	p, err := r.Client(t).Packument(t.Context(), "p")
	if err != nil || len(p.Versions) != 2 || p.Versions["1.0.0"] == nil || p.Versions["0.0.0"] == nil {
		t.Errorf("%v %v", p, err)
	}
}

func TestASlowRegistryIsHeardOutAsLongAsItSpeaks(t *testing.T) {
	r := published(t)
	r.Handle("/"+scoped, func(w http.ResponseWriter, _ *http.Request) {
		for piece := range slices.Chunk(r.Packument(scoped, false), 200) {
			_, _ = w.Write(piece)
			w.(http.Flusher).Flush()
			time.Sleep(60 * time.Millisecond)
		}
	})
	config := r.Config(t)
	config.Timeout, config.Retries = 150*time.Millisecond, -1
	if _, err := npm.New(config).Packument(t.Context(), scoped); err != nil {
		t.Error(err)
	}
}

func TestTheCacheStaysUnderItsLimits(t *testing.T) {
	r := npmtest.New(t)
	for _, name := range []string{"old", "used", "new"} {
		r.Publish(npmtest.Package{Name: name, Version: "1.0.0", Files: map[string]string{"x": incompressible(10_000)}})
	}
	config := r.Config(t)
	get := func(name string) {
		t.Helper()
		client := npm.New(config)
		v, err := client.Version(t.Context(), name, "latest")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Tarball(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	get("old")
	get("used")
	files, err := filepath.Glob(filepath.Join(config.Cache, "*", "*"))
	if err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	long := time.Now().Add(-50 * time.Hour)
	for _, name := range append(files, filepath.Join(config.Cache, ".swept")) {
		if err := os.Chtimes(name, long, long); err != nil {
			t.Fatal(err)
		}
	}
	left := filepath.Join(config.Cache, "tarballs", ".new-1")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(left, long, long); err != nil {
		t.Fatal(err)
	}
	get("used") // from the cache: of use again
	config.CacheLimit = 15_000
	get("new")
	asked := len(r.Requests())
	get("new")
	if n := len(r.Requests()); n != asked {
		t.Error("what was just fetched is not in the cache")
	}
	for _, size := range []string{"tarballs", "packuments"} {
		names, _ := filepath.Glob(filepath.Join(config.Cache, size, "*"))
		t.Log(names)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("what an interrupted write left is still there")
	}
	config.Offline = true
	if _, err := npm.New(config).Packument(t.Context(), "old"); err == nil {
		t.Error("the least recently used is still there")
	}
}

func TestSearch(t *testing.T) {
	r := published(t)
	r.Publish(npmtest.Package{Name: "@acme/backstage-plugin-radar", Version: "1.0.0", Time: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
		JSON: map[string]any{"description": "A radar.", "keywords": []any{"backstage"}}})
	for _, refused := range []http.HandlerFunc{nil, npmtest.Status(405), npmtest.Status(501), npmtest.Page, npmtest.Body([]byte(`{"ok":true}`))} {
		r.Handle("/-/v1/search", refused)
		if _, err := r.Client(t).Search(t.Context(), "radar", 5); !npm.Is(err, npm.NoSearch) || !strings.Contains(err.Error(), "this registry has no search") {
			t.Error(err)
		}
	}
	r.Handle("/-/v1/search", npmtest.Status(500))
	if _, err := r.Client(t).Search(t.Context(), "radar", 5); !npm.Is(err, npm.BadAnswer) {
		t.Error(err)
	}
	r.Handle("/-/v1/search", nil)
	r.Searchable()
	found, err := r.Client(t).Search(t.Context(), "radar", 5)
	if err != nil || len(found) != 1 || found[0].Name != "@acme/backstage-plugin-radar" || found[0].Version != "1.0.0" ||
		found[0].Description != "A radar." || found[0].Keywords[0] != "backstage" || found[0].Published.Year() != 2026 {
		t.Errorf("%+v %v", found, err)
	}
	if found, err := r.Client(t).Search(t.Context(), "nothing-of-the-kind", 5); err != nil || len(found) != 0 {
		t.Errorf("%+v %v", found, err)
	}
	config := r.Config(t)
	config.Offline = true
	if _, err := npm.New(config).Search(t.Context(), "radar", 5); !npm.Is(err, npm.Offline) {
		t.Error(err)
	}
}

func TestTheCacheKeepsAllThatIsReadOfAPackument(t *testing.T) {
	r := npmtest.New(t)
	r.Publish(npmtest.Package{Name: "p", Version: "1.0.0", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), JSON: map[string]any{
		"license": map[string]any{"type": "MIT"}, "deprecated": "gone", "homepage": "https://p.test", "keywords": []any{"k"}, "description": "d",
		"dependencies": map[string]any{"a": "1"}, "peerDependencies": map[string]any{"b": "2"}, "optionalDependencies": map[string]any{"c": "3"},
		"peerDependenciesMeta": map[string]any{"b": map[string]any{"optional": true}}, "engines": map[string]any{"node": "22"},
		"backstage": map[string]any{"role": "frontend-plugin", "pluginId": "p", "pluginPackages": []any{"p"}, "pluginPackage": "q", "moved": "@x/p"},
		"readme":    strings.Repeat("long ", 1000),
	}})
	config := r.Config(t)
	fetched, err := npm.New(config).FullPackument(t.Context(), "p")
	if err != nil {
		t.Fatal(err)
	}
	config.Offline = true
	kept, err := npm.New(config).FullPackument(t.Context(), "p")
	if err != nil || !reflect.DeepEqual(fetched, kept) {
		t.Errorf("%v\n%+v\n%+v", err, fetched.Versions["1.0.0"], kept.Versions["1.0.0"])
	}
	if v := kept.Versions["1.0.0"]; v.License != "MIT" || v.Deprecated != "gone" || v.Backstage.Moved != "@x/p" || v.Homepage != "https://p.test" {
		t.Errorf("%+v", v)
	}
	files, _ := filepath.Glob(filepath.Join(config.Cache, "packuments", "*"))
	if info, err := os.Stat(files[0]); err != nil || info.Size() > 2000 {
		t.Errorf("%v %v", info.Size(), err)
	}
}

func TestAMissingPackageIsNotAskedForAgain(t *testing.T) {
	r := npmtest.New(t)
	config := r.Config(t)
	config.Cache, config.Freshness = t.TempDir(), time.Hour
	for range 3 {
		if _, err := npm.New(config).Packument(t.Context(), "nothing"); !npm.Is(err, npm.NotFound) {
			t.Fatal(err)
		}
	}
	if n := len(r.Requests()); n != 1 {
		t.Errorf("asked %d times", n)
	}
	offline := config
	offline.Offline = true
	if _, err := npm.New(offline).Packument(t.Context(), "nothing"); !npm.Is(err, npm.NotFound) {
		t.Errorf("offline: %v", err)
	}
	// With a login it may be there, and once published it is, when what was kept is old.
	login := config
	login.Auth = map[string]npm.Auth{strings.TrimPrefix(config.Registry, "http:") + "/": npm.Bearer("secret")}
	if _, err := npm.New(login).Packument(t.Context(), "nothing"); !npm.Is(err, npm.NotFound) || len(r.Requests()) != 2 {
		t.Errorf("with a login: asked %d times: %v", len(r.Requests()), err)
	}
	r.Publish(npmtest.Package{Name: "nothing", Version: "1.0.0"})
	config.Freshness = 0
	if _, err := npm.New(config).Packument(t.Context(), "nothing"); err != nil {
		t.Errorf("published: %v", err)
	}
}
