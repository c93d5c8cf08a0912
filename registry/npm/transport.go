package npm

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// transport makes requests: a few at a time, tried again, limited.
type transport struct {
	client  *http.Client
	slots   chan struct{}
	timeout time.Duration
	backoff time.Duration
	tries   int
}

// request is one GET. check decides whether the body is what was asked for; if not, it is
// asked for again.
type request struct {
	address, accept, etag string
	login                 Auth
	limit                 int64
	pkg                   string
	ownRegistry           bool // the registry is the one that is configured for the package's scope
	check                 func(body []byte) error
}

type answer struct {
	body      []byte
	etag      string
	host      string
	unchanged bool
}

var (
	errTampered = errors.New("the content does not have the hash that the registry stated")
	errCut      = errors.New("the content is cut off, and does not have the hash that the registry stated")
)

const (
	maxParallel = 12
	maxPause    = 10 * time.Second
)

func newTransport(c Config) *transport {
	rt := http.DefaultTransport.(*http.Transport).Clone()
	rt.MaxIdleConnsPerHost = maxParallel
	rt.ResponseHeaderTimeout = c.Timeout
	rt.Proxy = proxyOf(c)
	if pem, err := os.ReadFile(c.CAFile); err == nil {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		pool.AppendCertsFromPEM(pem)
		rt.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	t := &transport{slots: make(chan struct{}, maxParallel), timeout: c.Timeout, backoff: c.Backoff, tries: c.Retries + 1}
	t.client = &http.Client{Transport: rt, CheckRedirect: checkRedirect}
	return t
}

// proxyOf is the proxy to use for a request: the configured one, else that of the environment.
func proxyOf(c Config) func(*http.Request) (*url.URL, error) {
	if c.Proxy == "" {
		return http.ProxyFromEnvironment
	}
	return func(r *http.Request) (*url.URL, error) {
		host := r.URL.Hostname()
		for skip := range strings.SplitSeq(c.NoProxy, ",") {
			skip = strings.TrimPrefix(strings.TrimSpace(skip), ".")
			if skip != "" && (skip == "*" || host == skip || strings.HasSuffix(host, "."+skip)) {
				return nil, nil
			}
		}
		return url.Parse(c.Proxy)
	}
}

// checkRedirect keeps the login on its own host, and https on https.
func checkRedirect(r *http.Request, via []*http.Request) error {
	if len(via) >= 5 {
		return errors.New("too many redirects")
	}
	if via[0].URL.Scheme == "https" && r.URL.Scheme != "https" {
		return errors.New("redirected from https to " + r.URL.Scheme)
	}
	if r.URL.Host != via[0].URL.Host || r.URL.Scheme != via[0].URL.Scheme {
		r.Header.Del("Authorization")
	}
	return nil
}

// get returns the answer to a request, trying again where that may help.
func (t *transport) get(ctx context.Context, req request) (answer, error) {
	select {
	case t.slots <- struct{}{}:
		defer func() { <-t.slots }()
	case <-ctx.Done():
		return answer{}, req.fail(Network, 0, "gave up waiting", ctx.Err())
	}
	pause := t.backoff
	for try := 1; ; try++ {
		got, wait, err := t.once(ctx, req)
		if err == nil {
			return got, nil
		}
		if wait < 0 || try >= t.tries || ctx.Err() != nil {
			return answer{}, err
		}
		timer := time.NewTimer(min(max(wait, pause+rand.N(pause/2+1)), maxPause))
		select {
		case <-ctx.Done():
			timer.Stop()
			return answer{}, err
		case <-timer.C:
		}
		pause *= 2
	}
}

// never says that another try would not help.
const never = time.Duration(-1)

// once makes one try. wait is the least time to wait before another one.
func (t *transport) once(ctx context.Context, req request) (got answer, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*t.timeout)
	defer cancel()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	silence := time.AfterFunc(t.timeout, func() { end(errSilent) })
	defer silence.Stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, req.address, nil)
	if err != nil {
		return answer{}, never, req.fail(BadAnswer, 0, "this is no address", nil)
	}
	r.Header.Set("Accept", req.accept)
	r.Header.Set("User-Agent", "batten")
	if req.login.header != "" {
		r.Header.Set("Authorization", req.login.header)
	}
	if req.etag != "" {
		r.Header.Set("If-None-Match", req.etag)
	}
	res, err := t.client.Do(r)
	if err != nil {
		return answer{}, 0, req.unreachable(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	got = answer{etag: res.Header.Get("ETag"), host: res.Request.URL.Host}
	if res.StatusCode == http.StatusNotModified && req.etag != "" {
		got.unchanged = true
		return got, 0, nil
	}
	if res.StatusCode != http.StatusOK {
		wait, err := req.refused(res)
		return answer{}, wait, err
	}
	heard := &hearing{res.Body, silence, t.timeout}
	body, err := io.ReadAll(io.LimitReader(heard, req.limit+1))
	if err != nil {
		return answer{}, 0, req.unreachable(ctx, err)
	}
	if int64(len(body)) > req.limit {
		return answer{}, never, req.fail(Unsafe, res.StatusCode, fmt.Sprintf("the answer is larger than %d bytes", req.limit), nil)
	}
	if err := req.check(body); err != nil {
		problem := BadAnswer
		if errors.Is(err, errTampered) || errors.Is(err, errCut) {
			problem = Tampered
		}
		return answer{}, 0, req.fail(problem, res.StatusCode, "the registry's answer is not what it should be", err)
	}
	got.body = body
	return got, 0, nil
}

func (r request) fail(problem Problem, status int, detail string, err error) *Error {
	host := ""
	if u, e := url.Parse(r.address); e == nil {
		host = u.Host
	}
	return &Error{Problem: problem, Package: r.pkg, Host: host, Status: status, Detail: detail, Err: err}
}

// errSilent is why a request ends whose server says nothing.
var errSilent = errors.New("nothing was heard of it for too long")

// hearing is the body of an answer: each piece of it is a reason to wait longer.
type hearing struct {
	body    io.Reader
	silence *time.Timer
	longest time.Duration
}

func (h *hearing) Read(p []byte) (int, error) {
	n, err := h.body.Read(p)
	if n > 0 {
		h.silence.Reset(h.longest)
	}
	return n, err
}

// unreachable is the error of a request without a whole answer.
func (r request) unreachable(ctx context.Context, err error) *Error {
	detail := "the registry cannot be reached"
	if errors.Is(context.Cause(ctx), errSilent) {
		err = errSilent
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errSilent) {
		detail = "the registry did not answer in time"
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		detail = "the registry's answer broke off"
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address, which may hold a login
	}
	e := r.fail(Network, 0, detail, err)
	e.Next = "check the connection and the proxy, or use --offline"
	return e
}

// refused is the error of an answer that is not 200.
func (r request) refused(res *http.Response) (wait time.Duration, err *Error) {
	switch status := res.StatusCode; {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		e := r.fail(Unauthorized, status, fmt.Sprintf("the registry answered %d", status), nil)
		e.Next = r.advice()
		return never, e
	case status == http.StatusNotFound:
		e := r.fail(NotFound, status, "the registry answered 404: no such package or version, or none that it shows without a login", nil)
		e.Next = "check the name"
		switch {
		case r.login.missing != "":
			e.Next = r.advice()
		case strings.HasPrefix(r.pkg, "@") && r.login.header == "":
			e.Next += ", or, if it is private: " + r.advice()
		}
		return never, e
	case status == http.StatusTooManyRequests || status >= 500:
		e := r.fail(BadAnswer, status, fmt.Sprintf("the registry answered %d", status), nil)
		e.Next = "try again later, or use --offline"
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return time.Duration(max(seconds, 0)) * time.Second, e
	default:
		return never, r.fail(BadAnswer, status, fmt.Sprintf("the registry answered %d", status), nil)
	}
}

// advice says which login is wrong or missing.
func (r request) advice() string {
	switch a := r.login; {
	case a.missing != "":
		return fmt.Sprintf("the token for it comes from %s, which %s names, but which is not set", a.missing, a.from)
	case a.header != "" && a.from != "":
		return "the token from " + a.from + " is not accepted"
	case a.header != "":
		return "the token is not accepted"
	}
	host := ""
	if u, err := url.Parse(r.address); err == nil {
		host = u.Host
	}
	scope, _, scoped := strings.Cut(r.pkg, "/")
	if !scoped {
		return fmt.Sprintf("no token is configured: set //%s/:_authToken in .npmrc, or npmAuthToken in .yarnrc.yml", host)
	}
	name := strings.TrimPrefix(scope, "@")
	advice := fmt.Sprintf("no token is configured: set //%s/:_authToken in .npmrc, or npmScopes.%s.npmAuthToken in .yarnrc.yml", host, name)
	if !r.ownRegistry {
		advice += fmt.Sprintf("; if packages of %s are in another registry, set %s:registry in .npmrc, or npmScopes.%s.npmRegistryServer in .yarnrc.yml", scope, scope, name)
	}
	return advice
}
