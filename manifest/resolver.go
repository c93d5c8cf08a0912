package manifest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/registry/npm"
)

// DefaultBaseURL is where Backstage publishes release manifests.
const DefaultBaseURL = "https://versions.backstage.io"

// The release lines, as Resolver.Release takes them.
const (
	MainLine = "main" // monthly releases
	NextLine = "next" // weekly pre-releases
)

// Config says where a Resolver looks for releases.
type Config struct {
	BaseURL string // where manifests are published; "" for DefaultBaseURL
	File    string // a manifest in a file, in the published form; "" for none
	Cache   string // folder for what was downloaded; "" for none
	Offline bool   // ask no server

	// NPM is asked where no manifest can be had otherwise; nil for never.
	NPM *npm.Client

	Timeout time.Duration // for one try of one download; 0 for the default
	Retries int           // further tries after the first; negative for none, 0 for the default
	Backoff time.Duration // pause before the second try, then doubled; 0 for the default

	Proxy  func(*http.Request) (*url.URL, error) // nil for that of the usual environment variables
	CAFile string                                // PEM file of further certificate authorities; "" for none
}

// ConfigFrom is the Config of the environment: BACKSTAGE_VERSIONS_BASE_URL and
// BACKSTAGE_MANIFEST_FILE, which the official CLI reads too. The rest of the Config is as npm's:
// its cache, whether it is offline, its proxy and certificates; and its client.
func ConfigFrom(getenv func(string) string, config npm.Config, client *npm.Client) Config {
	return Config{
		BaseURL: getenv("BACKSTAGE_VERSIONS_BASE_URL"),
		File:    getenv("BACKSTAGE_MANIFEST_FILE"),
		Cache:   config.Cache, Offline: config.Offline, Proxy: config.ProxyFor, CAFile: config.CAFile, NPM: client,
	}
}

// Resolver finds manifests of releases, wherever they are. It may be used from several goroutines
// at once.
type Resolver struct {
	config Config
	server *server
	file   func() (*Manifest, error)
}

// NewResolver makes a Resolver. It reads and asks nothing yet.
func NewResolver(c Config) *Resolver {
	c.BaseURL = cmp.Or(c.BaseURL, DefaultBaseURL)
	c.Timeout = cmp.Or(c.Timeout, 5*time.Second)
	c.Retries = max(cmp.Or(c.Retries, 1), 0)
	c.Backoff = cmp.Or(c.Backoff, 300*time.Millisecond)
	r := &Resolver{config: c, server: newServer(c)}
	r.file = sync.OnceValues(r.readFile)
	return r
}

// File is the manifest in Config.File; nil if there is none.
func (r *Resolver) File() (*Manifest, error) { return r.file() }

func (r *Resolver) readFile() (*Manifest, error) {
	if r.config.File == "" {
		return nil, nil
	}
	data, err := os.ReadFile(r.config.File)
	if err == nil {
		var m *Manifest
		if m, err = Parse(data); err == nil {
			return m, nil
		}
		err = fmt.Errorf("%s: %w", r.config.File, err)
	}
	d := diag.Errorf("manifest-file", "%v", err)
	d.Manual = "Name a file in the form of " + DefaultBaseURL + "/v1/releases/" + Newest(true) + "/manifest.json with --manifest or BACKSTAGE_MANIFEST_FILE, or none."
	return nil, d
}

// Release returns the manifest of a release ("1.55.0"), or of the newest one of a release line:
// MainLine, NextLine, or "" for MainLine.
//
// Of a release line it is the file's, else what the server names, else what npm names, else the
// newest one known without asking: offline, one derived from npm before counts too. Of a release it is the file's if that is of this release, else
// the embedded one, else the server's, else derived from npm: of the packages named and those of
// create-app's templates, or, if none is named, of LikelyNames. Manifest.Note says what was not
// to be had. npm is asked only where the server gives no answer at all: an answer that is no
// manifest is an error.
//
// Errors are, or wrap, a *diag.Diagnostic; *UnknownRelease where there is no such release.
func (r *Resolver) Release(ctx context.Context, release string, names ...string) (*Manifest, error) {
	file, err := r.File()
	if err != nil {
		return nil, err
	}
	line := cmp.Or(release, MainLine)
	if line == MainLine || line == NextLine {
		if file != nil {
			return file, nil
		}
		return r.newest(ctx, line, names)
	}
	if file != nil && file.Release == release {
		return file, nil
	}
	if m, ok := Lookup(release); ok {
		return m, nil
	}
	if !isRelease(release) {
		return nil, r.unknown(release)
	}
	if r.config.Offline {
		if m := r.server.cached(release, 0); m != nil {
			return m, nil
		}
		return r.derive(ctx, release, names, errOffline)
	}
	if len(names) == 0 {
		names = LikelyNames(release)
	}
	if k := r.keptDerived(release, askAgainAfter); k != nil && k.covers(names) && k.fresh(false) {
		return k.manifest(), nil
	}
	m, err := r.server.release(ctx, release)
	var fail *failure
	switch {
	case err == nil:
		return m, nil
	case errors.As(err, &fail) && fail.problem == missing:
		return nil, r.unknown(release)
	case errors.As(err, &fail) && fail.problem == unreachable:
		return r.derive(ctx, release, names, err)
	}
	return nil, err
}

var errOffline = errors.New("asked to be offline")

// newest is the newest release of a line.
func (r *Resolver) newest(ctx context.Context, line string, names []string) (*Manifest, error) {
	known := r.Known(line == MainLine)
	last := known[len(known)-1]
	if r.config.Offline {
		for _, release := range slices.Backward(r.derived(line == MainLine)) {
			if !less(last, release) {
				break
			}
			if m, err := r.Release(ctx, release, names...); err == nil {
				return m, nil
			}
		}
		return r.Release(ctx, last, names...)
	}
	m, err := r.server.tag(ctx, line)
	if err == nil && line == NextLine {
		// Until its first pre-release, the next release is the main one.
		if main, err := r.server.tag(ctx, MainLine); err == nil && less(m.Release, main.Release) {
			m = main
		}
	}
	if err == nil {
		if less(m.Release, last) {
			return r.Release(ctx, last, names...) // the server lags behind
		}
		return m, nil
	}
	var fail *failure
	if !errors.As(err, &fail) || fail.problem == invalid || fail.problem == missing {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	why := err
	if r.config.NPM != nil {
		release, err := newestOnNPM(ctx, r.config.NPM, line)
		if err == nil && less(last, release) {
			return r.derive(ctx, release, names, why)
		}
		if err != nil {
			why = fmt.Errorf("%w, and npm neither: %w", why, err)
		}
	}
	m, err = r.Release(ctx, last, names...)
	if err == nil {
		m.Note = fmt.Sprintf("%s is the newest release known here; there may be newer ones: %v", m.Release, why)
	}
	return m, err
}

// newestOnNPM is the release of the newest create-app package of a line: the one that the
// registry's tag names, if that is of the line.
func newestOnNPM(ctx context.Context, client *npm.Client, line string) (string, error) {
	p, err := client.Packument(ctx, CreateApp)
	if err != nil {
		return "", err
	}
	tag := "latest"
	if line == NextLine {
		tag = "next"
	}
	v := p.Versions[p.DistTags[tag]]
	if v == nil || line == MainLine && IsNext(v.Version) {
		for _, v = range slices.Backward(p.Sorted()) {
			if line == NextLine || !IsNext(v.Version) {
				break
			}
		}
	}
	if v == nil {
		return "", fmt.Errorf("npm has no version of %s", CreateApp)
	}
	o, err := readOrigin(ctx, client, v)
	return o.release, err
}

// derive is the manifest from npm, as the server's cannot be had.
func (r *Resolver) derive(ctx context.Context, release string, names []string, why error) (*Manifest, error) {
	if r.config.NPM == nil {
		if errors.Is(why, errOffline) {
			return nil, r.unknown(release)
		}
		return nil, why
	}
	if len(names) == 0 {
		names = LikelyNames(release)
	}
	kept := r.keptDerived(release, 0)
	if kept == nil {
		kept = &keptDerived{Release: release}
	}
	var m *Manifest
	var err error
	if kept.covers(names) && kept.fresh(r.config.Offline) {
		m = kept.manifest()
	} else {
		kept.Asked = slices.Compact(slices.Sorted(slices.Values(slices.Concat(kept.Asked, names))))
		m, err = Derive(ctx, r.config.NPM, release, kept.Asked...)
		kept.Derived = time.Now()
	}
	var unknown *UnknownRelease
	switch {
	case errors.As(err, &unknown):
		return nil, r.unknown(release)
	case err != nil:
		d := diag.Errorf("manifest-unreachable", "there is no manifest of Backstage %s: %v", release, why)
		d.Detail = fmt.Sprintf("Nor can it be derived from npm: %v", err)
		d.Manual = "Name a manifest in a file with BACKSTAGE_MANIFEST_FILE, or another server with BACKSTAGE_VERSIONS_BASE_URL."
		if errors.Is(why, errOffline) {
			d.Manual = "Run once without --offline, or name a manifest in a file with --manifest."
		}
		return nil, d
	}
	m.Note = fmt.Sprintf("the versions of release %s are derived from npm", release)
	if n := len(m.Uncertain()); n > 0 {
		m.Note += fmt.Sprintf(", and %d of %d are uncertain", n, len(m.Packages()))
	}
	if !errors.Is(why, errOffline) {
		m.Note += fmt.Sprintf(": %v", why)
		kept.Note, kept.Packages = m.Note, m.packages
		r.keepDerived(*kept)
	}
	return m, nil
}

// Known are the releases that can be looked up without asking anybody: those of the embedded
// table, the cache and the file, in semver order; of the main line only, if so asked.
func (r *Resolver) Known(main bool) []string {
	all := append(Releases(), r.server.kept("")...)
	if m, err := r.File(); err == nil && m != nil {
		all = append(all, m.Release)
	}
	all = slices.DeleteFunc(all, func(release string) bool {
		return !isRelease(release) || main && IsNext(release)
	})
	slices.SortFunc(all, compareReleases)
	return slices.Compact(all)
}

func compareReleases(a, b string) int {
	switch {
	case less(a, b):
		return -1
	case less(b, a):
		return 1
	}
	return strings.Compare(a, b)
}

// derived are the releases whose manifest was derived from npm before, in semver order; of the main
// line only, if so asked.
func (r *Resolver) derived(main bool) []string {
	if r.config.NPM == nil {
		return nil
	}
	all := slices.DeleteFunc(r.server.kept(derivedPrefix), func(release string) bool {
		return !isRelease(release) || main && IsNext(release)
	})
	slices.SortFunc(all, compareReleases)
	return all
}

// Newer are the releases after the embedded ones that the cache, the file, the server and npm know
// of, in semver order; with pre-releases only if asked. note says who could not be asked, and why.
func (r *Resolver) Newer(ctx context.Context, next bool) (releases []string, note string) {
	last := Newest(!next)
	found := r.Known(!next)
	var notes []string
	if !r.config.Offline {
		lines := []string{MainLine}
		if next {
			lines = append(lines, NextLine)
		}
		for _, line := range lines {
			m, err := r.server.tag(ctx, line)
			if err != nil {
				notes = append(notes, err.Error())
				break
			}
			found = append(found, m.Release)
		}
	}
	if r.config.NPM != nil {
		on, err := r.releasesOnNPM(ctx, next)
		found = append(found, on...)
		if err != nil && !npm.Is(err, npm.Offline) {
			notes = append(notes, err.Error())
		}
	}
	found = slices.DeleteFunc(found, func(release string) bool {
		return !isRelease(release) || !less(last, release) || IsNext(release) && !next
	})
	slices.SortFunc(found, compareReleases)
	return slices.Compact(found), strings.Join(notes, "; ")
}

// releasesOnNPM are the releases of the create-app packages that are newer than the embedded ones.
func (r *Resolver) releasesOnNPM(ctx context.Context, next bool) ([]string, error) {
	p, err := r.config.NPM.Packument(ctx, CreateApp)
	if err != nil {
		return nil, err
	}
	last := ""
	if m, ok := Lookup(Newest(!next)); ok {
		last, _ = m.Version(CreateApp)
	}
	var found []string
	var errs []error
	for _, v := range p.Sorted() {
		if !less(last, v.Version) || IsNext(v.Version) && !next {
			continue
		}
		release, err := r.releaseOf(ctx, v)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		found = append(found, release)
	}
	return found, errors.Join(errs...)
}

// releaseOf is the release that a version of create-app came with. What was read of a tarball once
// is kept, under the tarball's own sum.
func (r *Resolver) releaseOf(ctx context.Context, v *npm.Version) (string, error) {
	sum := sha256.Sum256([]byte(v.Version + " " + v.Dist.Integrity))
	name := "create-app-" + hex.EncodeToString(sum[:8])
	if kept := string(r.server.read(name, 0)); isRelease(kept) && v.Dist.Integrity != "" {
		return kept, nil
	}
	o, err := readOrigin(ctx, r.config.NPM, v)
	if err == nil && isRelease(o.release) {
		r.server.keep(name, []byte(o.release))
	}
	return o.release, err
}

// Dates says when releases came out: when npm says that the create-app package was published that
// came with each. Releases that left create-app alone have none, nor have any if npm cannot be
// asked.
func (r *Resolver) Dates(ctx context.Context) map[string]time.Time {
	dates := map[string]time.Time{}
	if r.config.NPM == nil {
		return dates
	}
	p, err := r.config.NPM.FullPackument(ctx, CreateApp)
	if err != nil {
		return dates
	}
	known := map[string]bool{}
	last := ""
	versions := embedded().Versions(CreateApp)
	for i, release := range embedded().Releases {
		v := versions[i]
		at, ok := p.Time[v]
		if ok && !known[v] {
			dates[release] = at
		}
		known[v] = true
		if !IsNext(release) {
			last = v
		}
	}
	for _, v := range p.Sorted() {
		if at, ok := p.Time[v.Version]; ok && !known[v.Version] && less(last, v.Version) {
			if release, err := r.releaseOf(ctx, v); err == nil && dates[release].IsZero() {
				dates[release] = at
			}
		}
	}
	return dates
}

// unknown is Unknown with what this Resolver knows.
func (r *Resolver) unknown(release string) *UnknownRelease {
	known := func(main bool) []string {
		all := append(r.Known(main), r.derived(main)...)
		slices.SortFunc(all, compareReleases)
		return all
	}
	main := known(true)
	e := Unknown(release)
	e.Newest = main[len(main)-1]
	e.Nearest = nearest(release, known(false))
	return e
}
