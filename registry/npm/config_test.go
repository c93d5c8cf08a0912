package npm_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

// places makes a repository and a home with these files, named "repo/.npmrc" and so on.
func places(t *testing.T, env map[string]string, files map[string]string) npm.Places {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"repo", "home"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return npm.Places{Getenv: func(name string) string { return env[name] }, Repo: filepath.Join(dir, "repo"), Home: filepath.Join(dir, "home")}
}

func TestConfigFromFindsTheRegistry(t *testing.T) {
	for _, test := range []struct {
		name       string
		env, files map[string]string
		want       string
	}{
		{"nothing", nil, nil, ""},
		{"npm's variable", map[string]string{"npm_config_registry": "https://a.test/"}, nil, "https://a.test/"},
		{"in capitals", map[string]string{"NPM_CONFIG_REGISTRY": "https://a.test/"}, nil, "https://a.test/"},
		{"yarn's variable", map[string]string{"YARN_NPM_REGISTRY_SERVER": "https://y.test", "npm_config_registry": "https://a.test/"}, nil, "https://y.test"},
		{"variables before files", map[string]string{"npm_config_registry": "https://a.test/"}, map[string]string{"repo/.npmrc": "registry=https://b.test/"}, "https://a.test/"},
		{"the repository's .npmrc", nil, map[string]string{"repo/.npmrc": "; comment\n# comment\n registry = \"https://b.test/\" \n", "home/.npmrc": "registry=https://c.test/"}, "https://b.test/"},
		{"the repository's .yarnrc.yml", nil, map[string]string{"repo/.yarnrc.yml": "npmRegistryServer: https://d.test", "repo/.npmrc": "registry=https://b.test/"}, "https://d.test"},
		{"the user's", nil, map[string]string{"home/.npmrc": "registry=https://c.test/"}, "https://c.test/"},
		{"with a variable", map[string]string{"HOST": "e.test"}, map[string]string{"repo/.npmrc": "registry=https://${HOST}/x/"}, "https://e.test/x/"},
		{"with a default", nil, map[string]string{"repo/.yarnrc.yml": "npmRegistryServer: https://${HOST:-f.test}/${PATH-p}"}, "https://f.test/p"},
		{"an unclosed variable", nil, map[string]string{"repo/.npmrc": "registry=https://${HOST"}, "https://${HOST"},
	} {
		config, problems := npm.ConfigFrom(places(t, test.env, test.files))
		if config.Registry != test.want || len(problems) > 0 {
			t.Errorf("%s: %q %v", test.name, config.Registry, problems)
		}
	}
}

func TestAnInvalidFileIsReportedAndTheRestCounts(t *testing.T) {
	config, problems := npm.ConfigFrom(places(t, nil, map[string]string{"repo/.yarnrc.yml": "a: [", "repo/.npmrc": "registry=https://b.test/"}))
	if config.Registry != "https://b.test/" || len(problems) != 1 || !strings.Contains(problems[0].Error(), ".yarnrc.yml") {
		t.Errorf("%q %v", config.Registry, problems)
	}
}

func TestTheUserConfigMayBeElsewhere(t *testing.T) {
	p := places(t, nil, map[string]string{"home/other": "registry=https://b.test/"})
	p.Getenv = func(name string) string {
		return map[string]string{"NPM_CONFIG_USERCONFIG": filepath.Join(p.Home, "other")}[name]
	}
	if config, _ := npm.ConfigFrom(p); config.Registry != "https://b.test/" {
		t.Error(config.Registry)
	}
}

const secret = "s3cr3t"

func TestTokensGoToTheirRegistry(t *testing.T) {
	for _, test := range []struct {
		name, file, text string
		env              map[string]string
		want             string // Authorization for @acme/plugin, and for plain
		plain            string
	}{
		{"npm token", ".npmrc", "registry=URL/\n//HOST/:_authToken=s3cr3t", nil, "Bearer s3cr3t", "Bearer s3cr3t"},
		{"without a slash", ".npmrc", "registry=URL\n//HOST:_authToken=s3cr3t", nil, "Bearer s3cr3t", "Bearer s3cr3t"},
		{"from a variable", ".npmrc", "registry=URL/\n//HOST/:_authToken=${TOKEN}", map[string]string{"TOKEN": secret}, "Bearer s3cr3t", "Bearer s3cr3t"},
		{"of another path", ".npmrc", "registry=URL/\n//HOST/other/:_authToken=s3cr3t", nil, "", ""},
		{"of another host", ".npmrc", "registry=URL/\n//other.test/:_authToken=s3cr3t", nil, "", ""},
		{"npm's basic", ".npmrc", "registry=URL/\n//HOST/:_auth=dTpzM2NyM3Q=", nil, "Basic dTpzM2NyM3Q=", "Basic dTpzM2NyM3Q="},
		{"user and password", ".npmrc", "registry=URL/\n//HOST/:username=u\n//HOST/:_password=czNjcjN0", nil, "Basic dTpzM2NyM3Q=", "Basic dTpzM2NyM3Q="},
		{"yarn's token", ".yarnrc.yml", "npmRegistryServer: URL\nnpmAuthToken: s3cr3t", nil, "Bearer s3cr3t", "Bearer s3cr3t"},
		{"yarn's ident", ".yarnrc.yml", "npmRegistryServer: URL\nnpmAuthIdent: u:s3cr3t", nil, "Basic dTpzM2NyM3Q=", "Basic dTpzM2NyM3Q="},
		{"yarn's variable", ".yarnrc.yml", "npmRegistryServer: URL", map[string]string{"YARN_NPM_AUTH_TOKEN": secret}, "Bearer s3cr3t", "Bearer s3cr3t"},
		{"yarn's registries", ".yarnrc.yml", "npmRegistryServer: URL\nnpmRegistries:\n  //HOST: {npmAuthToken: s3cr3t}", nil, "Bearer s3cr3t", "Bearer s3cr3t"},
		{"yarn's scope without a server", ".yarnrc.yml", "npmRegistryServer: URL\nnpmScopes: {acme: {npmAuthToken: s3cr3t}}", nil, "Bearer s3cr3t", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := published(t)
			r.Publish(npmtest.Package{Name: "plain", Version: "1.0.0"})
			text := strings.NewReplacer("URL", r.URL, "HOST", strings.TrimPrefix(r.URL, "http://")).Replace(test.text)
			config, problems := npm.ConfigFrom(places(t, test.env, map[string]string{"repo/" + test.file: text}))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			client := npm.New(config)
			for name, want := range map[string]string{scoped: test.want, "plain": test.plain} {
				v, err := client.Version(t.Context(), name, "latest")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := client.Tarball(t.Context(), v); err != nil {
					t.Fatal(err)
				}
				for _, req := range r.Requests()[len(r.Requests())-2:] {
					if got := req.Header.Get("Authorization"); got != want {
						t.Errorf("%s: %q, want %q", req.URL.Path, got, want)
					}
				}
			}
		})
	}
}

func TestScopesHaveTheirOwnRegistry(t *testing.T) {
	for file, text := range map[string]string{
		".npmrc":      "registry=OTHER\n@acme:registry=URL/\n//HOST/:_authToken=s3cr3t",
		".yarnrc.yml": "npmRegistryServer: OTHER\nnpmScopes:\n  acme:\n    npmRegistryServer: URL\n    npmAuthToken: s3cr3t",
	} {
		r, other := published(t), npmtest.New(t)
		other.Publish(npmtest.Package{Name: "plain", Version: "1.0.0"})
		text = strings.NewReplacer("URL", r.URL, "HOST", strings.TrimPrefix(r.URL, "http://"), "OTHER", other.URL).Replace(text)
		config, _ := npm.ConfigFrom(places(t, nil, map[string]string{"repo/" + file: text}))
		client := npm.New(config)
		for _, name := range []string{scoped, "plain"} {
			if _, err := client.Packument(t.Context(), name); err != nil {
				t.Errorf("%s: %s: %v", file, name, err)
			}
		}
		if len(r.Requests()) != 1 || len(other.Requests()) != 1 || r.Requests()[0].Header.Get("Authorization") != "Bearer "+secret ||
			other.Requests()[0].Header.Get("Authorization") != "" {
			t.Errorf("%s: %v %v", file, r.Paths(), other.Paths())
		}
	}
}

func TestAMissingTokenIsNamed(t *testing.T) {
	r := published(t)
	r.Handle("/"+scoped, func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "Bearer right" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	host := strings.TrimPrefix(r.URL, "http://")
	for text, want := range map[string]string{
		"registry=" + r.URL + "\n//" + host + "/:_authToken=${ACME_TOKEN}": "comes from ACME_TOKEN",
		"registry=" + r.URL + "\n//" + host + "/:_authToken=wrong":         ".npmrc is not accepted",
		"registry=" + r.URL: "no token is configured: set //" + host + "/:_authToken",
	} {
		config, _ := npm.ConfigFrom(places(t, nil, map[string]string{"repo/.npmrc": text}))
		_, err := npm.New(config).Packument(t.Context(), scoped)
		if !npm.Is(err, npm.Unauthorized) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

func TestATokenDoesNotFollowARedirect(t *testing.T) {
	r, other := published(t), published(t)
	r.Handle("/"+scoped, func(w http.ResponseWriter, req *http.Request) {
		http.Redirect(w, req, other.URL+"/"+scoped, http.StatusFound)
	})
	config := r.Config(t)
	config.Auth = map[string]npm.Auth{"//" + strings.TrimPrefix(r.URL, "http://") + "/": npm.Bearer(secret)}
	if _, err := npm.New(config).Packument(t.Context(), scoped); err != nil {
		t.Fatal(err)
	}
	if got := r.Requests()[0].Header.Get("Authorization"); got != "Bearer "+secret {
		t.Errorf("own host got %q", got)
	}
	if got := other.Requests()[0].Header.Get("Authorization"); got != "" {
		t.Errorf("the other host got %q", got)
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	config, _ := npm.ConfigFrom(places(t, map[string]string{"YARN_NPM_AUTH_TOKEN": secret}, map[string]string{
		"repo/.npmrc": "registry=http://user:s3cr3t@127.0.0.1:1/\n//127.0.0.1:1/:_authToken=s3cr3t"}))
	auth := config.Auth["//127.0.0.1:1/"]
	text := fmt.Sprintf("%v %+v %#v %s", auth, config.Auth, config.Auth, auth)
	if data, err := json.Marshal(config.Auth); err != nil || strings.Contains(text+string(data), secret) {
		t.Errorf("%s %s %v", text, data, err)
	}
	config.Retries = -1
	if _, err := npm.New(config).Packument(t.Context(), "a"); err == nil || strings.Contains(err.Error(), secret) {
		t.Error(err)
	}
}

func TestProxies(t *testing.T) {
	r, proxy := published(t), published(t)
	config := r.Config(t)
	config.Registry, config.Proxy = "http://registry.test", proxy.URL
	if _, err := npm.New(config).Packument(t.Context(), scoped); err != nil || len(proxy.Requests()) != 1 || proxy.Requests()[0].Host != "registry.test" {
		t.Errorf("%v %v", err, proxy.Paths())
	}
	for name, env := range map[string]map[string]string{
		"yarn's": {"YARN_HTTPS_PROXY": "http://p.test"}, "yarn's for http": {"YARN_HTTP_PROXY": "http://p.test"},
		"npm's": {"npm_config_https_proxy": "http://p.test"}, "npm's for http": {"NPM_CONFIG_PROXY": "http://p.test"},
	} {
		env["NO_PROXY"] = "a.test"
		if c, _ := npm.ConfigFrom(places(t, env, nil)); c.Proxy != "http://p.test" || c.NoProxy != "a.test" {
			t.Errorf("%s: %q %q", name, c.Proxy, c.NoProxy)
		}
	}
	config = r.Config(t)
	config.Proxy, config.NoProxy = "http://127.0.0.1:1", "x.test, 127.0.0.1"
	if _, err := npm.New(config).Packument(t.Context(), scoped); err != nil {
		t.Error(err)
	}
}
