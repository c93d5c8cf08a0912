// Package npmtest is an npm registry on the loopback interface, for tests.
package npmtest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/batten-dev/batten/registry/npm"
)

// Package is one version to publish.
type Package struct {
	Name    string
	Version string
	Time    time.Time         // zero: the registry does not say when it was published
	JSON    map[string]any    // further fields of package.json
	Files   map[string]string // of the tarball, beside package.json
	Tarball []byte            // instead of the one made of Files
}

// Registry serves packuments and tarballs of what was published, with ETags.
type Registry struct {
	URL string // address, without slash at the end

	mu        sync.Mutex
	packages  map[string][]Package
	tags      map[string]map[string]string
	overrides map[string]http.HandlerFunc
	tokens    map[string]string // by scope
	search    bool
	requests  []*http.Request
}

// New starts a registry that ends with the test.
func New(t testing.TB) *Registry {
	t.Helper()
	r := &Registry{
		packages: map[string][]Package{}, tags: map[string]map[string]string{},
		overrides: map[string]http.HandlerFunc{}, tokens: map[string]string{},
	}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.URL = server.URL
	return r
}

// Config is a configuration for this registry, with a cache folder of the test's own, and fast
// retries.
func (r *Registry) Config(t testing.TB) npm.Config {
	t.Helper()
	return npm.Config{Registry: r.URL, Cache: t.TempDir(), Freshness: time.Minute, Backoff: time.Millisecond, Timeout: 5 * time.Second}
}

// Client is a client of this registry.
func (r *Registry) Client(t testing.TB) *npm.Client {
	t.Helper()
	return npm.New(r.Config(t))
}

// Publish adds versions. The tag latest is the one published last.
func (r *Registry) Publish(packages ...Package) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range packages {
		if p.Tarball == nil {
			p.Tarball = Tarball(p)
		}
		r.packages[p.Name] = append(r.packages[p.Name], p)
		r.tags[p.Name] = map[string]string{"latest": p.Version}
	}
}

// Handle answers a path ("/@scope/name", "/name/-/name-1.0.0.tgz") in another way; nil ends
// that.
func (r *Registry) Handle(path string, h http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if h == nil {
		delete(r.overrides, path)
		return
	}
	r.overrides[path] = h
}

// Tag gives a version of a package a dist-tag.
func (r *Registry) Tag(name, tag, version string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tags[name][tag] = version
}

// Private makes the packages of a scope ("@acme") answer 401 without the token.
func (r *Registry) Private(scope, token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tokens[scope] = token
}

// Searchable gives the registry a search, which it has not otherwise.
func (r *Registry) Searchable() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.search = true
}

// Requests returns the requests made so far.
func (r *Registry) Requests() []*http.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// Paths returns the paths of the requests made so far.
func (r *Registry) Paths() []string {
	var paths []string
	for _, req := range r.Requests() {
		paths = append(paths, req.URL.Path)
	}
	return paths
}

func (r *Registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.requests = append(r.requests, req.Clone(req.Context()))
	override := r.overrides[req.URL.Path]
	body, kind, ok := r.find(req)
	token, private := r.tokens[scopeOf(req)]
	r.mu.Unlock()
	if private && req.Header.Get("Authorization") != "Bearer "+token {
		http.Error(w, `{"error":"authentication required"}`, http.StatusUnauthorized)
		return
	}
	if override != nil {
		override(w, req)
		return
	}
	if !ok {
		http.Error(w, `{"error":"Not found"}`, http.StatusNotFound)
		return
	}
	etag := fmt.Sprintf(`"%x"`, sha512.Sum512(body))
	w.Header().Set("ETag", etag)
	w.Header().Set("Content-Type", kind)
	if req.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(body)
}

func scopeOf(req *http.Request) string {
	scope, _, _ := strings.Cut(strings.TrimPrefix(req.URL.Path, "/"), "/")
	return scope
}

func (r *Registry) find(req *http.Request) (body []byte, kind string, ok bool) {
	if r.search && req.URL.Path == "/-/v1/search" {
		return r.found(req.URL.Query()), "application/json", true
	}
	name, file, isTarball := strings.Cut(strings.TrimPrefix(req.URL.Path, "/"), "/-/")
	name, err := url.PathUnescape(name)
	versions := r.packages[name]
	if err != nil || versions == nil {
		return nil, "", false
	}
	if !isTarball {
		full := !strings.Contains(req.Header.Get("Accept"), "install-v1")
		return r.Packument(name, full), "application/json", true
	}
	for _, p := range versions {
		if file == tarballName(p) {
			return p.Tarball, "application/octet-stream", true
		}
	}
	return nil, "", false
}

// found answers a search: packages that hold every word somewhere, by name.
func (r *Registry) found(query url.Values) []byte {
	objects := []any{}
	for _, name := range slices.Sorted(maps.Keys(r.packages)) {
		versions := r.packages[name]
		newest := versions[len(versions)-1]
		doc := manifest(newest)
		text := strings.ToLower(string(mustJSON(doc)))
		if r.tokens[strings.Split(name, "/")[0]] != "" || slices.ContainsFunc(strings.Fields(strings.ToLower(query.Get("text"))),
			func(word string) bool { return !strings.Contains(text, word) }) {
			continue
		}
		p := map[string]any{"name": name, "version": newest.Version, "description": doc["description"], "keywords": doc["keywords"]}
		if !newest.Time.IsZero() {
			p["date"] = newest.Time.UTC()
		}
		objects = append(objects, map[string]any{"package": p})
	}
	if size, err := strconv.Atoi(query.Get("size")); err == nil && size < len(objects) {
		objects = objects[:size]
	}
	return mustJSON(map[string]any{"objects": objects, "total": len(objects)})
}

func tarballName(p Package) string { return path.Base(p.Name) + "-" + p.Version + ".tgz" }

// Packument is the document that the registry serves for a package.
func (r *Registry) Packument(name string, full bool) []byte {
	versions, times := map[string]any{}, map[string]string{}
	for _, p := range r.packages[name] {
		sum := sha512.Sum512(p.Tarball)
		doc := manifest(p)
		doc["dist"] = map[string]any{
			"tarball":   r.URL + "/" + p.Name + "/-/" + tarballName(p),
			"integrity": "sha512-" + base64.StdEncoding.EncodeToString(sum[:]),
		}
		if !full {
			for _, field := range []string{"description", "backstage", "license", "keywords", "homepage"} {
				delete(doc, field)
			}
		}
		versions[p.Version] = doc
		if !p.Time.IsZero() {
			times[p.Version] = p.Time.UTC().Format("2006-01-02T15:04:05.000Z")
		}
	}
	doc := map[string]any{"name": name, "dist-tags": r.tags[name], "versions": versions}
	if full {
		doc["time"] = times
	}
	return mustJSON(doc)
}

func manifest(p Package) map[string]any {
	doc := maps.Clone(p.JSON)
	if doc == nil {
		doc = map[string]any{}
	}
	doc["name"], doc["version"] = p.Name, p.Version
	return doc
}

func mustJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

// Tarball packs a package as npm does.
func Tarball(p Package) []byte {
	entries := []Entry{{Name: "package/package.json", Content: string(mustJSON(manifest(p)))}}
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		entries = append(entries, Entry{Name: "package/" + name, Content: p.Files[name]})
	}
	return Pack(entries...)
}

// Entry is an entry of a tar archive; a regular file unless Type says otherwise.
type Entry struct {
	Name, Content, Link string
	Type                byte
	Mode                int64
}

// Pack makes a gzipped tar archive of any entries.
func Pack(entries ...Entry) []byte {
	var buf bytes.Buffer
	zipped := gzip.NewWriter(&buf)
	archive := tar.NewWriter(zipped)
	for _, e := range entries {
		header := &tar.Header{Name: e.Name, Size: int64(len(e.Content)), Mode: 0o644, Typeflag: tar.TypeReg, Linkname: e.Link}
		if e.Type != 0 {
			header.Typeflag = e.Type
		}
		if e.Mode != 0 {
			header.Mode = e.Mode
		}
		if err := archive.WriteHeader(header); err != nil {
			panic(err)
		}
		if _, err := archive.Write([]byte(e.Content)); err != nil {
			panic(err)
		}
	}
	if err := archive.Close(); err != nil {
		panic(err)
	}
	if err := zipped.Close(); err != nil {
		panic(err)
	}
	return buf.Bytes()
}
