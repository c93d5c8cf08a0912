package npm

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Config says where packages come from. The zero Config has no registry, no cache, and the
// default limits.
type Config struct {
	Registry string            // address of the registry; "" asks Discover
	Scopes   map[string]string // addresses of other registries, by scope ("@acme")
	Auth     map[string]Auth   // by "//host/path/", as .npmrc writes it
	Proxy    string            // address of the proxy for both http and https; "" for the usual environment variables
	NoProxy  string            // hosts that Proxy is not for, in the form of NO_PROXY
	CAFile   string            // PEM file of further certificate authorities

	// Discover finds the registry's address where Registry is "". It is called once, at the
	// first request.
	Discover func(context.Context) (string, error)

	Cache      string        // folder; "" for no cache
	CacheLimit int64         // bytes that the cache may hold; 0 for the default
	CacheAge   time.Duration // time after which what nobody asked for is removed from the cache; 0 for the default
	Freshness  time.Duration // age up to which a cached packument is not asked for again
	Offline    bool          // answer from the cache alone
	Limits     Limits        // zero fields have defaults

	// Timeout is how long a server may be silent: before it answers, and between two pieces of
	// an answer. A whole answer may take ten times as long. 0 for the default.
	Timeout time.Duration
	Retries int           // further tries after the first; negative for none, 0 for the default
	Backoff time.Duration // pause before the second try, then doubled; 0 for the default
}

// Limits bound what a tarball may hold.
type Limits struct {
	Packed   int64 // bytes of the tarball
	Unpacked int64 // bytes of all files together
	File     int64 // bytes of one file
	Files    int   // number of files
	Ratio    int64 // unpacked bytes for one packed byte, once 1 MB is unpacked
	Document int64 // bytes of a packument
}

var defaults = Config{
	CacheLimit: 1 << 30,
	CacheAge:   60 * 24 * time.Hour,
	Freshness:  5 * time.Minute,
	Timeout:    30 * time.Second,
	Retries:    2,
	Backoff:    300 * time.Millisecond,
	Limits:     Limits{Packed: 100 << 20, Unpacked: 300 << 20, File: 100 << 20, Files: 50_000, Ratio: 250, Document: 200 << 20},
}

func (c Config) withDefaults() Config {
	c.CacheLimit, c.CacheAge = cmp.Or(c.CacheLimit, defaults.CacheLimit), cmp.Or(c.CacheAge, defaults.CacheAge)
	c.Timeout = cmp.Or(c.Timeout, defaults.Timeout)
	c.Retries = max(cmp.Or(c.Retries, defaults.Retries), 0)
	c.Backoff = cmp.Or(c.Backoff, defaults.Backoff)
	l, d := &c.Limits, defaults.Limits
	l.Packed, l.Unpacked = cmp.Or(l.Packed, d.Packed), cmp.Or(l.Unpacked, d.Unpacked)
	l.File, l.Files = cmp.Or(l.File, d.File), cmp.Or(l.Files, d.Files)
	l.Ratio, l.Document = cmp.Or(l.Ratio, d.Ratio), cmp.Or(l.Document, d.Document)
	return c
}

// Auth is how to log in to a registry. Printing it never shows the secret.
type Auth struct {
	header  string // value of the Authorization header; "" if the secret is not there
	missing string // environment variable that should have held the secret, but is not set
	from    string // file or variable that configures it
}

// Bearer is the Auth of a token.
func Bearer(token string) Auth { return Auth{header: "Bearer " + token} }

func (a Auth) String() string { return "(secret)" }

// GoString hides the secret, as String does.
func (a Auth) GoString() string { return "npm.Auth{(secret)}" }

// Places is where ConfigFrom looks.
type Places struct {
	Getenv func(string) string // the environment
	Repo   string              // folder of the repository, for its .npmrc and .yarnrc.yml; "" for none
	Home   string              // home folder, for the user's; "" for none
	Cache  string              // see Config.Cache
}

// UserPlaces is the user's environment, home and cache folder, and a repository.
func UserPlaces(repo string) Places {
	p := Places{Getenv: os.Getenv, Repo: repo}
	if home, err := os.UserHomeDir(); err == nil {
		p.Home = home
	}
	if dir, err := os.UserCacheDir(); err == nil {
		p.Cache = filepath.Join(dir, "batten")
	}
	return p
}

// ConfigFrom reads the configuration of npm and yarn, the first that says something wins:
//
//   - the environment: YARN_NPM_REGISTRY_SERVER, npm_config_registry (in any case),
//     YARN_NPM_AUTH_TOKEN;
//   - .yarnrc.yml, then .npmrc of the repository;
//   - .yarnrc.yml, then .npmrc of the user (or the file that NPM_CONFIG_USERCONFIG names);
//   - for the registry's address only: "npm config get registry", run at the first request.
//
// "${NAME}" in these files stands for an environment variable. A file that cannot be read is
// as good as none; one that is not valid is reported by the second result, and the rest counts.
func ConfigFrom(p Places) (Config, []error) {
	getenv := p.Getenv
	if getenv == nil {
		getenv = func(string) string { return "" }
	}
	s := settings{getenv: getenv, scopes: map[string]string{}, auth: map[string]Auth{}}
	s.environment()
	for _, dir := range []string{p.Repo, p.Home} {
		if dir == "" {
			continue
		}
		s.yarnrc(filepath.Join(dir, ".yarnrc.yml"))
		npmrc := filepath.Join(dir, ".npmrc")
		if dir == p.Home {
			npmrc = cmp.Or(getenv("NPM_CONFIG_USERCONFIG"), getenv("npm_config_userconfig"), npmrc)
		}
		s.npmrc(npmrc)
	}
	c := Config{
		Registry: s.registry, Scopes: s.scopes, Auth: s.auth, Proxy: s.proxy, NoProxy: s.noProxy,
		CAFile: cmp.Or(s.caFile, getenv("NODE_EXTRA_CA_CERTS")), Cache: p.Cache, Freshness: defaults.Freshness,
	}
	c.Discover = func(ctx context.Context) (string, error) { return discover(ctx, p.Repo) }
	return c, s.problems
}

// discover asks npm itself.
func discover(ctx context.Context, dir string) (string, error) {
	cmd := exec.CommandContext(ctx, "npm", "config", "get", "registry")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(out)), nil
}

// settings collects what several files say; what is set already stays.
type settings struct {
	getenv                           func(string) string
	registry, proxy, noProxy, caFile string
	scopes                           map[string]string
	auth                             map[string]Auth
	problems                         []error
}

func setDefault(to *string, value string) {
	if *to == "" {
		*to = value
	}
}

func (s *settings) environment() {
	s.registry = cmp.Or(s.getenv("YARN_NPM_REGISTRY_SERVER"), s.getenv("npm_config_registry"), s.getenv("NPM_CONFIG_REGISTRY"))
	s.caFile = cmp.Or(s.getenv("npm_config_cafile"), s.getenv("NPM_CONFIG_CAFILE"), s.getenv("YARN_HTTPS_CA_FILE_PATH"))
	s.proxy = cmp.Or(s.getenv("YARN_HTTPS_PROXY"), s.getenv("YARN_HTTP_PROXY"),
		s.getenv("npm_config_https_proxy"), s.getenv("NPM_CONFIG_HTTPS_PROXY"), s.getenv("npm_config_proxy"), s.getenv("NPM_CONFIG_PROXY"))
	s.noProxy = cmp.Or(s.getenv("npm_config_noproxy"), s.getenv("NPM_CONFIG_NOPROXY"), s.getenv("NO_PROXY"), s.getenv("no_proxy"))
	if token := s.getenv("YARN_NPM_AUTH_TOKEN"); token != "" {
		a := Bearer(token)
		a.from = "YARN_NPM_AUTH_TOKEN"
		s.defaultAuth(a)
	}
}

// defaultAuth is for the default registry, whose address may not be known yet.
func (s *settings) defaultAuth(a Auth) { s.setAuth("", a) }

func (s *settings) setAuth(key string, a Auth) {
	if _, ok := s.auth[key]; !ok {
		s.auth[key] = a
	}
}

// expand replaces ${NAME}, and with a default ${NAME-default} and ${NAME:-default}. It also
// returns the first variable that is not set and has no default.
func (s *settings) expand(text string) (expanded, missing string) {
	for {
		before, rest, found := strings.Cut(text, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return expanded + text, missing
		}
		fallback, hasFallback := "", false
		if i := strings.IndexByte(name, '-'); i > 0 {
			name, fallback, hasFallback = strings.TrimSuffix(name[:i], ":"), name[i+1:], true
		}
		name = strings.TrimSuffix(name, "?")
		value := s.getenv(name)
		if value == "" && hasFallback {
			value = fallback
		}
		if value == "" && !hasFallback && missing == "" {
			missing = name
		}
		expanded += before + value
		text = after
	}
}

func (s *settings) token(text, from string) Auth {
	token, missing := s.expand(text)
	if missing != "" {
		return Auth{missing: missing, from: from}
	}
	return Auth{header: "Bearer " + token, from: from}
}

func (s *settings) basic(text, from string) Auth {
	ident, missing := s.expand(text)
	if missing != "" {
		return Auth{missing: missing, from: from}
	}
	if strings.Contains(ident, ":") {
		ident = base64.StdEncoding.EncodeToString([]byte(ident))
	}
	return Auth{header: "Basic " + ident, from: from}
}

// npmrc reads a file in npm's form: lines of "key = value".
func (s *settings) npmrc(file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		return
	}
	users, passwords := map[string]string{}, map[string]string{}
	for line := range strings.Lines(string(data)) {
		key, value, found := strings.Cut(strings.TrimSpace(line), "=")
		key, value = strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"'`)
		if !found || key == "" || key[0] == ';' || key[0] == '#' {
			continue
		}
		key, _ = s.expand(key)
		plain, _ := s.expand(value)
		switch scope, isScope := strings.CutSuffix(key, ":registry"); {
		case key == "registry":
			setDefault(&s.registry, plain)
		case isScope && strings.HasPrefix(scope, "@"):
			s.setScope(scope, plain)
		case key == "proxy", key == "https-proxy":
			setDefault(&s.proxy, plain)
		case key == "noproxy", key == "no-proxy":
			setDefault(&s.noProxy, plain)
		case key == "cafile":
			setDefault(&s.caFile, plain)
		case strings.HasPrefix(key, "//"):
			host, field, _ := cutLast(key, ":")
			switch field {
			case "_authToken":
				s.setAuth(host, s.token(value, file))
			case "_auth":
				s.setAuth(host, s.basic(value, file))
			case "username":
				users[host] = plain
			case "_password":
				passwords[host] = plain
			}
		}
	}
	for host, user := range users {
		if password, err := base64.StdEncoding.DecodeString(passwords[host]); err == nil && len(password) > 0 {
			s.setAuth(host, Auth{header: "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+string(password))), from: file})
		}
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func (s *settings) setScope(scope, registry string) {
	if _, ok := s.scopes[scope]; !ok && registry != "" {
		s.scopes[scope] = registry
	}
}

type yarnAuth struct {
	Server string `yaml:"npmRegistryServer"`
	Token  string `yaml:"npmAuthToken"`
	Ident  string `yaml:"npmAuthIdent"`
}

// yarnrc reads a file in the form of yarn 2 and later.
func (s *settings) yarnrc(file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		return
	}
	var doc struct {
		yarnAuth   `yaml:",inline"`
		Scopes     map[string]yarnAuth `yaml:"npmScopes"`
		Registries map[string]yarnAuth `yaml:"npmRegistries"`
		HTTPProxy  string              `yaml:"httpProxy"`
		HTTPSProxy string              `yaml:"httpsProxy"`
		CAFile     string              `yaml:"httpsCaFilePath"`
	}
	if err := yaml.Unmarshal(data, &doc); err != nil {
		s.problems = append(s.problems, &os.PathError{Op: "read", Path: file, Err: err})
		return
	}
	plain := func(text string) string {
		text, _ = s.expand(text)
		return text
	}
	auth := func(a yarnAuth) (Auth, bool) {
		switch {
		case a.Token != "":
			return s.token(a.Token, file), true
		case a.Ident != "":
			return s.basic(a.Ident, file), true
		}
		return Auth{}, false
	}
	for scope, a := range doc.Scopes {
		server := plain(a.Server)
		s.setScope("@"+scope, server)
		if login, ok := auth(a); ok {
			if server != "" {
				s.setAuth(authKey(server), login)
			} else {
				s.setAuth("@"+scope, login)
			}
		}
	}
	for server, a := range doc.Registries {
		if login, ok := auth(a); ok {
			s.setAuth(authKey(server), login)
		}
	}
	if login, ok := auth(doc.yarnAuth); ok {
		s.defaultAuth(login)
	}
	setDefault(&s.registry, plain(doc.Server))
	setDefault(&s.proxy, cmp.Or(plain(doc.HTTPSProxy), plain(doc.HTTPProxy)))
	setDefault(&s.caFile, plain(doc.CAFile))
}

// authKey is the key of a registry in Config.Auth: its address without the protocol, with a
// slash at the end.
func authKey(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return "//" + u.Host + strings.TrimSuffix(u.EscapedPath(), "/") + "/"
}
