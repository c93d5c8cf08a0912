package manifest

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/batten-dev/batten/codemod/diag"
)

const (
	maxManifest = 16 << 20 // bytes; the largest one published has 40 kB
	tagFresh    = 10 * time.Minute
)

// server is where manifests are published, with what it answered before.
type server struct {
	base    string // address, without slash at the end
	cache   string // folder for this address; "" for none
	client  *http.Client
	timeout time.Duration // for one try
	tries   int
	backoff time.Duration
}

func newServer(c Config) *server {
	s := &server{base: strings.TrimRight(c.BaseURL, "/"), timeout: c.Timeout, tries: c.Retries + 1, backoff: c.Backoff}
	if c.Cache != "" {
		sum := sha256.Sum256([]byte(s.base))
		s.cache = filepath.Join(c.Cache, "manifests", hex.EncodeToString(sum[:8]))
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if c.Proxy != nil {
		transport.Proxy = c.Proxy
	}
	if pem, err := os.ReadFile(c.CAFile); err == nil {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		pool.AppendCertsFromPEM(pem)
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	s.client = &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return errors.New("too many redirects")
		}
		if via[0].URL.Scheme == "https" && r.URL.Scheme != "https" {
			return errors.New("redirected from https to " + r.URL.Scheme)
		}
		return nil
	}}
	return s
}

// failure is why a server gave no manifest.
type failure struct {
	address string
	problem problem
	err     error
}

type problem uint8

const (
	unreachable problem = iota // no answer, or that it cannot answer now
	missing                    // it has no such manifest
	invalid                    // an answer that is no such manifest
)

func (f *failure) Error() string { return f.diagnostic().Summary }

// As makes the failure a *diag.Diagnostic for errors.As.
func (f *failure) As(target any) bool {
	d, ok := target.(**diag.Diagnostic)
	if ok {
		*d = f.diagnostic()
	}
	return ok
}

func (f *failure) diagnostic() *diag.Diagnostic {
	switch f.problem {
	case missing:
		return diag.Errorf("manifest-missing", "there is no release manifest at %s", f.address)
	case invalid:
		d := diag.Errorf("manifest-invalid", "%s: %v", f.address, f.err)
		d.Manual = "Try again later; or name a manifest in a file with BACKSTAGE_MANIFEST_FILE, or another server with BACKSTAGE_VERSIONS_BASE_URL."
		return d
	default:
		d := diag.Errorf("manifest-unreachable", "%s gives no answer: %v", f.address, f.err)
		d.Manual = "Check the connection and the proxy; or name a manifest in a file with BACKSTAGE_MANIFEST_FILE, or another server with BACKSTAGE_VERSIONS_BASE_URL."
		return d
	}
}

// release is the manifest of exactly one release. What is published once does not change, so the
// cache is asked first.
func (s *server) release(ctx context.Context, release string) (*Manifest, error) {
	if m := s.cached(release, 0); m != nil && m.Release == release {
		return m, nil
	}
	m, data, err := s.get(ctx, "releases", release)
	if err != nil {
		return nil, err
	}
	if m.Release != release {
		return nil, &failure{s.address("releases", release), invalid, fmt.Errorf("this is the manifest of release %s", m.Release)}
	}
	s.keep(release, data)
	return m, nil
}

// tag is the newest manifest of a release line, "main" or "next". An answer is asked for again
// after some minutes.
func (s *server) tag(ctx context.Context, tag string) (*Manifest, error) {
	if m := s.cached("tag-"+tag, tagFresh); m != nil {
		return m, nil
	}
	m, data, err := s.get(ctx, "tags", tag)
	if err != nil {
		return nil, err
	}
	s.keep("tag-"+tag, data)
	s.keep(m.Release, data)
	return m, nil
}

func (s *server) address(parts ...string) string {
	address := s.base + "/v1"
	for _, p := range parts {
		address += "/" + url.PathEscape(p)
	}
	return address + "/manifest.json"
}

func (s *server) get(ctx context.Context, parts ...string) (*Manifest, []byte, error) {
	address := s.address(parts...)
	pause := s.backoff
	for try := 1; ; try++ {
		data, fail := s.once(ctx, address)
		if fail == nil {
			m, err := Parse(data)
			if err == nil {
				m.Source = Downloaded
				return m, data, nil
			}
			fail = &failure{address, invalid, err}
		}
		if fail.problem == missing || try >= s.tries || ctx.Err() != nil {
			return nil, nil, fail
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, nil, fail
		case <-timer.C:
		}
		pause *= 2
	}
}

func (s *server) once(ctx context.Context, address string) ([]byte, *failure) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	fail := func(p problem, err error) ([]byte, *failure) {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // the address is said already
		}
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("not within %s", s.timeout)
		}
		var name *net.DNSError
		if errors.As(err, &name) && name.IsNotFound {
			err = errors.New("there is no host " + name.Name)
		}
		return nil, &failure{address, p, err}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil || r.URL.Host == "" {
		return fail(unreachable, errors.New("this is no http or https address"))
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "batten")
	res, err := s.client.Do(r)
	if err != nil {
		return fail(unreachable, err)
	}
	defer func() { _ = res.Body.Close() }()
	switch {
	case res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone:
		return fail(missing, nil)
	case res.StatusCode != http.StatusOK:
		return fail(unreachable, fmt.Errorf("it answered %d", res.StatusCode))
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxManifest+1))
	if err != nil {
		return fail(unreachable, err)
	}
	if len(data) > maxManifest {
		return fail(invalid, fmt.Errorf("the answer has more than %d bytes", maxManifest))
	}
	return data, nil
}

// read is what was kept under a name, unless it is older than age (0: of any age); else nil.
func (s *server) read(name string, age time.Duration) []byte {
	if s.cache == "" {
		return nil
	}
	file := filepath.Join(s.cache, filepath.Base(name)+".json")
	if info, err := os.Stat(file); err != nil || age > 0 && time.Since(info.ModTime()) > age {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	return data
}

// cached is an answer kept before, unless it is older than age (0: of any age) or damaged.
func (s *server) cached(name string, age time.Duration) *Manifest {
	m, err := Parse(s.read(name, age))
	if err != nil {
		return nil
	}
	m.Source = Downloaded
	return m
}

// kept are the releases in the cache whose names begin so, in no order.
func (s *server) kept(prefix string) []string {
	if s.cache == "" {
		return nil
	}
	names, err := fs.Glob(os.DirFS(s.cache), prefix+"[0-9]*.json")
	if err != nil {
		return nil
	}
	for i, name := range names {
		names[i] = strings.TrimSuffix(strings.TrimPrefix(name, prefix), ".json")
	}
	return names
}

// keep writes an answer to the cache, whole or not at all. A cache is no reason to fail.
func (s *server) keep(name string, data []byte) {
	if s.cache == "" || os.MkdirAll(s.cache, 0o700) != nil {
		return
	}
	tmp, err := os.CreateTemp(s.cache, ".new-*")
	if err != nil {
		return
	}
	_, err = tmp.Write(data)
	if closeErr := tmp.Close(); err == nil && closeErr == nil {
		err = os.Rename(tmp.Name(), filepath.Join(s.cache, filepath.Base(name)+".json"))
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
}
