//go:build unix

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// routes are one route of each added backend plugin, and one that differs only in naming what
// does not exist.
var routes = []struct{ plugin, path, absent string }{
	{"tech-radar", "/api/tech-radar/data", "/api/absent/data"},
	{"sonarqube", "/api/sonarqube/entities/component/default/example-website/summary", "/api/absent/entities/component/default/example-website/summary"},
	{"jenkins", "/api/jenkins/v1/entity/default/component/example-website/projects", "/api/absent/v1/entity/default/component/example-website/projects"},
	{"kubernetes", "/api/kubernetes/clusters", "/api/absent/clusters"},
	{"github-auth", "/api/auth/github/start?env=development", "/api/auth/absent/start?env=development"},
}

// entity is one of the template's examples. The routes above ask for it, so it must be in the
// catalog first.
const entity = "/api/catalog/entities/by-name/component/default/example-website"

// backend is the app's backend while it runs.
type backend struct {
	*app
	settings []string // in the environment
	sights   []sight  // the way through the app
	said     *said
	cmd      *exec.Cmd
	ended    chan error // receives what Wait returned
	base     string     // http://127.0.0.1:PORT
	client   http.Client
}

// start runs the backend on a free port of the loopback address, until it says that it is ready.
func (b *backend) start() string {
	b.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	b.check(err)
	port := listener.Addr().(*net.TCPAddr).Port
	b.check(listener.Close())
	b.base = fmt.Sprintf("http://127.0.0.1:%d", port)
	b.client = http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{}, // no proxy
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}

	b.said = &said{}
	cmd := b.command(b.said, "yarn", "workspace", "backend", "start")
	cmd.Env = append(cmd.Env,
		fmt.Sprintf("APP_CONFIG_backend_listen_port=%d", port),
		"APP_CONFIG_backend_listen_host=127.0.0.1",
		"APP_CONFIG_backend_baseUrl="+b.base,
		"APP_CONFIG_app_baseUrl="+b.base,
	)
	cmd.Env = append(cmd.Env, b.settings...)
	b.check(cmd.Start())
	b.cmd, b.ended = cmd, make(chan error, 1)
	go func() { b.ended <- cmd.Wait() }()

	b.until("the backend is not ready", func() bool {
		status, _, err := b.ask(http.MethodGet, "/.backstage/health/v1/readiness", "")
		return err == nil && status == http.StatusOK
	})
	return b.base
}

// said is what a backend printed until it failed to start: its command waits for changes then.
type said struct {
	mu   sync.Mutex
	text []byte
}

var startupFailed = regexp.MustCompile(`(?m)^.*(startup failed|failed to start|ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND).*$(\n.*){0,20}`)

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, p...)
	return len(p), nil
}

func (s *said) failure() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(startupFailed.Find(s.text))
}

// until waits for a condition, while the backend runs.
func (b *backend) until(problem string, holds func() bool) {
	b.t.Helper()
	const limit = 5 * time.Minute
	for begin := time.Now(); !holds(); {
		if line := b.said.failure(); line != "" {
			b.t.Fatalf("%s: %s", problem, line)
		}
		select {
		case err := <-b.ended:
			b.ended <- err
			b.t.Fatalf("%s: `yarn workspace backend start` ended: %v", problem, err)
		case <-b.ctx.Done():
			b.t.Fatalf("%s: %v", problem, b.ctx.Err())
		case <-time.After(500 * time.Millisecond):
		}
		if time.Since(begin) > limit {
			b.t.Fatalf("%s after %s", problem, limit)
		}
	}
}

// routes asks every added plugin as a guest.
func (b *backend) routes() string {
	b.t.Helper()
	status, body, err := b.ask(http.MethodPost, "/api/auth/guest/refresh", "")
	b.check(err)
	var guest struct {
		BackstageIdentity struct{ Token string }
	}
	if err := json.Unmarshal(body, &guest); err != nil || guest.BackstageIdentity.Token == "" {
		b.t.Fatalf("no guest token: status %d: %s", status, body)
	}
	token := guest.BackstageIdentity.Token
	b.until("the example entity is not in the catalog", func() bool {
		status, _, err := b.ask(http.MethodGet, entity, token)
		return err == nil && status == http.StatusOK
	})

	var answers []string
	right := true
	for _, r := range routes {
		status, body, err := b.ask(http.MethodGet, r.path, token)
		b.check(err)
		fmt.Fprintf(b.log, "\n== GET %s: %d\n%s\n", r.path, status, body)
		if status == http.StatusNotFound {
			right = false
			b.t.Errorf("%s does not answer on %s: %d %s", r.plugin, r.path, status, body)
		}
		answers = append(answers, fmt.Sprintf("%s %d", r.plugin, status))
		if status, _, err = b.ask(http.MethodGet, r.absent, token); err != nil || status != http.StatusNotFound {
			right = false
			b.t.Errorf("what does not exist should get a 404 on %s: %d %v", r.absent, status, err)
		}
	}
	if !right {
		return failed
	}
	return strings.Join(answers, ", ") + "; absent ones 404"
}

// ask makes a request, with a token unless it is "".
func (b *backend) ask(method, path, token string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(b.ctx, method, b.base+path, nil)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("X-Requested-With", "XMLHttpRequest")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, bytes.TrimSpace(body), err
}

// stop ends the process group of the backend, if it runs.
func (b *backend) stop() {
	if b.cmd == nil {
		return
	}
	cmd := b.cmd
	b.cmd = nil
	if err := stopGroup(cmd, syscall.SIGTERM); err != nil {
		b.t.Error(err)
	}
	select {
	case <-b.ended:
	case <-time.After(20 * time.Second):
	}
	if err := stopGroup(cmd, syscall.SIGKILL); err != nil {
		b.t.Error(err)
	}
}
