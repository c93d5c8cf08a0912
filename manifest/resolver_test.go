package manifest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

// published is the text of a manifest.
func published(release string, packages ...string) string {
	var list []string
	for i := 0; i < len(packages); i += 2 {
		list = append(list, fmt.Sprintf(`{"name": %q, "version": %q}`, packages[i], packages[i+1]))
	}
	return fmt.Sprintf(`{"releaseVersion": %q, "packages": [%s]}`, release, strings.Join(list, ", "))
}

// versionsServer publishes texts by path, and counts what it is asked.
type versionsServer struct {
	*httptest.Server
	asked atomic.Int32
}

func publish(t *testing.T, texts map[string]string) *versionsServer {
	t.Helper()
	s := &versionsServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		text, ok := texts[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(s.Close)
	return s
}

func path(what string) string { return "/v1/" + what + "/manifest.json" }

func quick(c manifest.Config) manifest.Config {
	c.Retries, c.Timeout, c.Backoff = 1, 2*time.Second, time.Millisecond
	return c
}

// said is a manifest or an error in short.
func said(m *manifest.Manifest, err error) string {
	if err != nil {
		code := "?"
		if list := diag.Of(err); len(list) > 0 {
			code = list[0].Code
		}
		return code + ": " + err.Error()
	}
	s := string(m.Source) + " " + m.Release
	if m.Note != "" {
		s += "; " + m.Note
	}
	return s
}

func TestResolverAsksTheServerForWhatItDoesNotKnow(t *testing.T) {
	server := publish(t, map[string]string{
		path("tags/main"):              published("1.91.0", core, "1.41.0"),
		path("tags/next"):              published("1.91.0-next.2", core, "1.41.0-next.2"),
		path("releases/1.90.0"):        published("1.90.0", core, "1.40.0"),
		path("releases/1.90.1"):        published("1.90.0", core, "1.40.0"),
		path("releases/1.90.2"):        "<!DOCTYPE html><title>Sign in</title>",
		path("releases/1.90.3"):        `{"releaseVersion": "1.90.3"`,
		path("releases/1.90.4"):        `{"releaseVersion": "1.90.4", "packages": []}`,
		path("releases/1.90.5"):        published("1.90.5", core, "^1.40.0"),
		path("releases/1.90.6"):        published("1.90.6", "../x", "1.40.0"),
		path("releases/1.90.7"):        published("newest", core, "1.40.0"),
		path("releases/1.92.0-next.0"): published("1.92.0-next.0", core, "1.42.0-next.0"),
	})
	dir := t.TempDir()
	config := quick(manifest.Config{BaseURL: server.URL + "/", Cache: dir})
	r := manifest.NewResolver(config)
	for _, c := range []struct{ release, want string }{
		{"1.40.0", "embedded 1.40.0"},
		{"1.90.0", "download 1.90.0"},
		{"1.92.0-next.0", "download 1.92.0-next.0"},
		{"", "download 1.91.0"},
		{"main", "download 1.91.0"},
		{"next", "download 1.92.0-next.0"}, // what is published as "next" is older than what was seen before
		{"1.90.1", "manifest-invalid: URL/v1/releases/1.90.1/manifest.json: this is the manifest of release 1.90.0"},
		{"1.90.2", "manifest-invalid: URL/v1/releases/1.90.2/manifest.json: release manifest: this is HTML or XML, not JSON"},
		{"1.90.3", "manifest-invalid: URL/v1/releases/1.90.3/manifest.json: release manifest: unexpected end of JSON input"},
		{"1.90.4", "manifest-invalid: URL/v1/releases/1.90.4/manifest.json: release manifest of 1.90.4: no packages"},
		{"1.90.5", `manifest-invalid: URL/v1/releases/1.90.5/manifest.json: release manifest of 1.90.5: package 0: "@backstage/core-plugin-api" with version "^1.40.0"`},
		{"1.90.6", `manifest-invalid: URL/v1/releases/1.90.6/manifest.json: release manifest of 1.90.6: package 0: "../x" with version "1.40.0"`},
		{"1.90.7", `manifest-invalid: URL/v1/releases/1.90.7/manifest.json: release manifest: releaseVersion "newest" is no version`},
		{"1.93.0", "unknown-release: Backstage release 1.93.0 is not known here; the newest one known is 1.91.0"},
		{"1.90.9", "unknown-release: Backstage release 1.90.9 is not known here; the nearest one known is 1.90.0, the newest 1.91.0"},
		{"../../x", `unknown-release: "../../x" is not a Backstage release; the newest one known here is 1.91.0`},
		{"v1.40.0", `unknown-release: "v1.40.0" is not a Backstage release; the newest one known here is 1.91.0`},
	} {
		m, err := r.Release(t.Context(), c.release)
		if got := strings.ReplaceAll(said(m, err), server.URL, "URL"); got != c.want {
			t.Errorf("%q: %s\nwant %s", c.release, got, c.want)
		}
	}

	asked := server.asked.Load()
	again := manifest.NewResolver(config)
	for release, want := range map[string]string{"1.90.0": "download 1.90.0", "main": "download 1.91.0", "1.91.0": "download 1.91.0"} {
		if got := said(again.Release(t.Context(), release)); got != want {
			t.Errorf("again, %s: %s, want %s", release, got, want)
		}
	}
	if n := server.asked.Load(); n != asked {
		t.Errorf("what is in the cache is asked for again: %d requests", n-asked)
	}

	config.Offline = true
	config.BaseURL = server.URL
	offline := manifest.NewResolver(config)
	for release, want := range map[string]string{
		"1.90.0": "download 1.90.0", "main": "download 1.91.0", "next": "download 1.92.0-next.0",
		"1.90.8": "unknown-release: Backstage release 1.90.8 is not known here; the nearest one known is 1.90.0, the newest 1.91.0",
	} {
		if got := said(offline.Release(t.Context(), release)); got != want {
			t.Errorf("offline, %s: %s, want %s", release, got, want)
		}
	}
	if known := offline.Known(true); known[len(known)-1] != "1.91.0" || known[len(known)-2] != "1.90.0" {
		t.Errorf("known: %v", known[len(known)-3:])
	}
}

func TestResolverTakesTheNextLineFromTheMainOneIfThatIsNewer(t *testing.T) {
	server := publish(t, map[string]string{
		path("tags/main"): published("1.91.0", core, "1.41.0"),
		path("tags/next"): published("1.91.0-next.2", core, "1.41.0-next.2"),
	})
	r := manifest.NewResolver(quick(manifest.Config{BaseURL: server.URL}))
	if got := said(r.Release(t.Context(), "next")); got != "download 1.91.0" {
		t.Error(got)
	}
}

// A damaged cache, or one that holds something else, is as good as none.
func TestResolverDoesNotTrustItsCache(t *testing.T) {
	server := publish(t, map[string]string{path("releases/1.90.0"): published("1.90.0", core, "1.40.0")})
	dir := t.TempDir()
	config := quick(manifest.Config{BaseURL: server.URL, Cache: dir})
	if _, err := manifest.NewResolver(config).Release(t.Context(), "1.90.0"); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "manifests", "*", "1.90.0.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v %v", files, err)
	}
	for _, text := range []string{"", "{", published("1.80.0", core, "1.30.0")} {
		if err := os.WriteFile(files[0], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := said(manifest.NewResolver(config).Release(t.Context(), "1.90.0")); got != "download 1.90.0" {
			t.Errorf("with %q in the cache: %s", text, got)
		}
	}
}

func TestResolverTriesAgainAndThenAsksNPM(t *testing.T) {
	var asked atomic.Int32
	handlers := map[string]http.HandlerFunc{
		"overloaded": npmtest.Status(http.StatusServiceUnavailable),
		"silent":     npmtest.Silent,
		"broken off": npmtest.BrokenOff,
		"forbidden":  npmtest.Status(http.StatusForbidden),
	}
	for name, handler := range handlers {
		asked.Store(0)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			handler(w, r)
		}))
		config := quick(manifest.Config{BaseURL: server.URL})
		config.Timeout = 100 * time.Millisecond

		m, err := manifest.NewResolver(config).Release(t.Context(), "1.90.0")
		if got := said(m, err); !strings.HasPrefix(got, "manifest-unreachable: "+server.URL+"/v1/releases/1.90.0/manifest.json gives no answer: ") {
			t.Errorf("%s: %s", name, got)
		}
		if n := asked.Load(); n != 2 {
			t.Errorf("%s: asked %d times", name, n)
		}
		m, err = manifest.NewResolver(config).Release(t.Context(), "")
		if got := said(m, err); !strings.HasPrefix(got, "embedded "+manifest.Newest(true)+"; "+manifest.Newest(true)+" is the newest release known here; there may be newer ones: ") {
			t.Errorf("%s: main is %s", name, got)
		}

		config.NPM = future(t).Client(t)
		for release, want := range map[string]string{
			"1.90.0": "npm 1.90.0; the versions of release 1.90.0 are derived from npm",
			"main":   "npm 1.91.0; the versions of release 1.91.0 are derived from npm",
			"1.89.0": "unknown-release: Backstage release 1.89.0 is not known here",
		} {
			m, err := manifest.NewResolver(config).Release(t.Context(), release, core)
			if got := said(m, err); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s is %s\nwant %s", name, release, got, want)
			}
		}
		server.Close()
	}
}

func TestResolverSaysThatNothingAnswers(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	config := quick(manifest.Config{BaseURL: gone.URL, NPM: npm.New(npm.Config{Registry: gone.URL, Retries: -1})})
	_, err := manifest.NewResolver(config).Release(t.Context(), "1.90.0")
	list := diag.Of(err)
	if len(list) != 1 || list[0].Code != "manifest-unreachable" || !strings.Contains(list[0].Detail, "npm") || list[0].Manual == "" {
		t.Errorf("%v", err)
	}
	if got := said(manifest.NewResolver(config).Release(t.Context(), "main")); !strings.HasPrefix(got, "embedded ") || !strings.Contains(got, "and npm neither") {
		t.Errorf("main is %s", got)
	}
	config.BaseURL, config.NPM = "nonsense", nil
	if got := said(manifest.NewResolver(config).Release(t.Context(), "1.90.0")); !strings.Contains(got, "this is no http or https address") {
		t.Error(got)
	}
}

func TestResolverTakesAManifestFromAFile(t *testing.T) {
	server := publish(t, nil)
	file := filepath.Join(t.TempDir(), "manifest.json")
	r := func(text string) *manifest.Resolver {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return manifest.NewResolver(quick(manifest.Config{BaseURL: server.URL, File: file}))
	}
	good := r(published("1.99.0", core, "1.99.1"))
	for release, want := range map[string]string{"": "file 1.99.0", "main": "file 1.99.0", "next": "file 1.99.0", "1.99.0": "file 1.99.0", "1.40.0": "embedded 1.40.0"} {
		if got := said(good.Release(t.Context(), release)); got != want {
			t.Errorf("%q: %s, want %s", release, got, want)
		}
	}
	if known := good.Known(true); known[len(known)-1] != "1.99.0" {
		t.Error("the file's release is not known")
	}
	if n := server.asked.Load(); n != 0 {
		t.Errorf("the server is asked %d times", n)
	}
	for text, want := range map[string]string{"": "unexpected end of JSON", "<html>": "HTML", `{"releaseVersion": "1.99.0"}`: "no packages"} {
		got := said(r(text).Release(t.Context(), "1.40.0"))
		if !strings.HasPrefix(got, "manifest-file: ") || !strings.Contains(got, want) || !strings.Contains(got, file) {
			t.Errorf("%q: %s", text, got)
		}
	}
	if got := said(manifest.NewResolver(manifest.Config{File: file + ".none"}).Release(t.Context(), "main")); !strings.HasPrefix(got, "manifest-file: ") {
		t.Error(got)
	}
}

func TestConfigFromTheEnvironment(t *testing.T) {
	env := map[string]string{"BACKSTAGE_VERSIONS_BASE_URL": "https://mirror.acme.example", "BACKSTAGE_MANIFEST_FILE": "m.json"}
	c := manifest.ConfigFrom(func(name string) string { return env[name] }, npm.Config{Cache: "cache", Offline: true, CAFile: "ca.pem"}, nil)
	if c.BaseURL != env["BACKSTAGE_VERSIONS_BASE_URL"] || c.File != "m.json" || c.Cache != "cache" || !c.Offline || c.CAFile != "ca.pem" {
		t.Errorf("%+v", c)
	}
}

// Manifests go through the proxy that is configured for npm.
func TestResolverUsesTheProxyOfNPM(t *testing.T) {
	proxy := publish(t, map[string]string{path("releases/1.90.0"): published("1.90.0", core, "1.40.0")})
	c := manifest.ConfigFrom(func(string) string { return "" }, npm.Config{Proxy: proxy.URL, NoProxy: "direct.acme.example"}, nil)
	c.BaseURL = "http://versions.acme.example"
	if got := said(manifest.NewResolver(quick(c)).Release(t.Context(), "1.90.0")); got != "download 1.90.0" || proxy.asked.Load() != 1 {
		t.Errorf("%s, the proxy was asked %d times", got, proxy.asked.Load())
	}
	c.BaseURL = "http://direct.acme.example:1"
	if got := said(manifest.NewResolver(quick(c)).Release(t.Context(), "1.90.0")); !strings.HasPrefix(got, "manifest-unreachable: ") || proxy.asked.Load() != 1 {
		t.Errorf("%s, the proxy was asked %d times", got, proxy.asked.Load())
	}
}

func TestResolverGivesUpWhenAsked(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(npmtest.Silent))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := manifest.NewResolver(manifest.Config{BaseURL: server.URL}).Release(ctx, "main"); err == nil {
		t.Error("no error")
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("after %s", took)
	}
}

func TestNewerAsksEverybody(t *testing.T) {
	server := publish(t, map[string]string{
		path("tags/main"): published("1.93.0", core, "1.43.0"),
		path("tags/next"): published("1.94.0-next.1", core, "1.44.0-next.1"),
	})
	r := manifest.NewResolver(quick(manifest.Config{BaseURL: server.URL, NPM: future(t).Client(t)}))
	for next, want := range map[bool]string{
		false: "[1.90.0 1.91.0 1.93.0]",
		true:  "[1.90.0 1.91.0 1.92.0-next.0 1.93.0 1.94.0-next.1]",
	} {
		if got, note := r.Newer(t.Context(), next); fmt.Sprint(got) != want || note != "" {
			t.Errorf("next %v: %v %q, want %s", next, got, note, want)
		}
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	r = manifest.NewResolver(quick(manifest.Config{BaseURL: gone.URL, NPM: npm.New(npm.Config{Registry: gone.URL, Retries: -1})}))
	if got, note := r.Newer(t.Context(), false); len(got) > 0 || !strings.Contains(note, "/v1/tags/main/manifest.json") || !strings.Contains(note, manifest.CreateApp) {
		t.Errorf("%v %q", got, note)
	}
}

func TestDatesAreThoseOfCreateApp(t *testing.T) {
	r := manifest.NewResolver(quick(manifest.Config{NPM: future(t).Client(t)}))
	dates := r.Dates(t.Context())
	if !dates["1.90.0"].Equal(released) || !dates["1.91.0"].Equal(released.Add(30*24*time.Hour)) || len(dates) != 4 {
		t.Errorf("%v", dates)
	}
	if dates := manifest.NewResolver(manifest.Config{}).Dates(t.Context()); len(dates) != 0 {
		t.Errorf("nobody asked: %v", dates)
	}
}

func TestSizeOf(t *testing.T) {
	m := func(packages ...string) *manifest.Manifest {
		m, err := manifest.Parse([]byte(published("1.0.0", packages...)))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	from := m("a", "1.0.0", "b", "1.0.0", "c", "1.0.0", "d", "0.1.0", "e", "0.0.1", "f", "0.1.0", "g", "1.0.0", "h", "1.0.0", "j", "1.0.0")
	to := m("a", "1.0.0", "b", "1.0.1", "c", "1.1.0", "d", "0.2.0", "e", "0.0.2", "f", "0.1.1", "g", "2.0.0", "i", "1.0.0", "j", "0.9.0")
	if got, want := manifest.SizeOf(from, to, nil), (manifest.Size{Patch: 2, Minor: 1, Breaking: 3, Lower: 1, Removed: 1, Added: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := manifest.SizeOf(from, to, []string{"b", "h", "none"}), (manifest.Size{Patch: 1, Removed: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestResolverKeepsWhatItDerived(t *testing.T) {
	asked := atomic.Int32{}
	gone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		npmtest.Status(http.StatusServiceUnavailable)(w, r)
	}))
	defer gone.Close()
	registry := future(t)
	config := quick(manifest.Config{BaseURL: gone.URL, Cache: t.TempDir(), NPM: registry.Client(t)})
	first, err := manifest.NewResolver(config).Release(t.Context(), "1.90.0", core)
	if err != nil {
		t.Fatal(err)
	}
	before, tries := len(registry.Requests()), asked.Load()
	offline := config
	offline.Offline, offline.NPM = true, npm.New(npm.Config{Registry: gone.URL, Offline: true})
	for _, c := range []manifest.Config{config, offline} {
		again, err := manifest.NewResolver(c).Release(t.Context(), "1.90.0", core)
		if err != nil || fmt.Sprint(again.Packages()) != fmt.Sprint(first.Packages()) || again.Source != manifest.Derived {
			t.Errorf("offline %v: %s, want %v", c.Offline, said(again, err), first.Packages())
		}
	}
	if after := len(registry.Requests()); after != before {
		t.Errorf("npm is asked %d times more", after-before)
	}
	if asked.Load() != tries {
		t.Errorf("the server that gives no answer is asked %d times more", asked.Load()-tries)
	}
	// Of a package that was not asked for, what was kept says nothing.
	if _, err := manifest.NewResolver(offline).Release(t.Context(), "1.90.0", core, "@backstage/plugin-other"); err == nil {
		t.Error("a package that was not asked for is known")
	}
	if _, err := manifest.NewResolver(config).Release(t.Context(), "1.90.0", core, "@backstage/plugin-other"); err != nil || len(registry.Requests()) == before {
		t.Errorf("npm is not asked for one package more: %v", err)
	}
}

func TestOfflineTheNewestReleaseIsOneDerivedBefore(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	config := quick(manifest.Config{BaseURL: gone.URL, Cache: t.TempDir(), NPM: future(t).Client(t)})
	offline := config
	offline.Offline, offline.NPM = true, npm.New(npm.Config{Registry: gone.URL, Offline: true})
	if m, err := manifest.NewResolver(offline).Release(t.Context(), "main", core); err != nil || m.Release != manifest.Newest(true) {
		t.Errorf("nothing kept: %s", said(m, err))
	}
	if _, err := manifest.NewResolver(config).Release(t.Context(), "1.90.0", core); err != nil {
		t.Fatal(err)
	}
	if m, err := manifest.NewResolver(offline).Release(t.Context(), "main", core); err != nil || m.Release != "1.90.0" {
		t.Errorf("1.90.0 kept: %s", said(m, err))
	}
	// What was kept says nothing of this package.
	if m, err := manifest.NewResolver(offline).Release(t.Context(), "main", "@backstage/plugin-other"); err != nil || m.Release != manifest.Newest(true) {
		t.Errorf("another package: %s", said(m, err))
	}
	if _, err := manifest.NewResolver(config).Release(t.Context(), "1.99.0"); err == nil || !strings.Contains(err.Error(), "1.90.0") {
		t.Errorf("an unknown release: %v", err)
	}
}

func TestWhichReleaseCreateAppBelongsToIsReadOnce(t *testing.T) {
	asked := atomic.Int32{}
	gone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		npmtest.Status(http.StatusServiceUnavailable)(w, r)
	}))
	defer gone.Close()
	registry := future(t)
	config := quick(manifest.Config{BaseURL: gone.URL, Cache: t.TempDir()})
	before := 0
	for i := range 2 {
		config.NPM = registry.Client(t) // with a cache of its own
		r := manifest.NewResolver(config)
		releases, _ := r.Newer(t.Context(), false)
		if dates := r.Dates(t.Context()); fmt.Sprint(releases) != "[1.90.0 1.91.0]" || dates["1.90.0"].IsZero() {
			t.Errorf("%v %v", releases, dates)
		}
		asked := registry.Requests()
		for _, request := range asked[before:] {
			if i == 1 && strings.HasSuffix(request.URL.Path, ".tgz") {
				t.Errorf("a tarball is read again: %s", request.URL)
			}
		}
		before = len(asked)
	}
}
