package manifest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/batten-dev/batten/manifest"
)

func TestYarnPlugin(t *testing.T) {
	const plugin = "/* eslint-disable */\nmodule.exports = {\nname: \"@yarnpkg/plugin-backstage\"};\n"
	answers := map[string]string{
		"/v1/releases/1.60.0/yarn-plugin": plugin,
		"/v1/releases/1.61.0/yarn-plugin": "<html>plugin-backstage</html>",
		"/v1/releases/1.62.0/yarn-plugin": "",
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(body))
	}))
	defer server.Close()
	resolver := manifest.NewResolver(manifest.Config{BaseURL: server.URL + "/"})
	for release, want := range map[string]string{
		"1.60.0": "", "1.61.0": "this is not the Backstage plugin", "1.62.0": "this is not the Backstage plugin", "1.63.0": "there is no plugin at " + server.URL + "/v1/releases/1.63.0/yarn-plugin",
	} {
		data, err := resolver.YarnPlugin(t.Context(), release)
		if want == "" && (err != nil || string(data) != plugin) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %q, %v; want %q", release, data, err, want)
		}
	}
	offline := manifest.NewResolver(manifest.Config{BaseURL: server.URL, Offline: true})
	if _, err := offline.YarnPlugin(t.Context(), "1.60.0"); err == nil {
		t.Error("a server was asked")
	}
}
