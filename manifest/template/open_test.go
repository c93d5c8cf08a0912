package template_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/template"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

// What is wrong with a release's package is said with the release, the package, and what to do.
func TestOpenSaysWhatIsWrong(t *testing.T) {
	const version, tarball = "0.8.2", "/@backstage/create-app/-/create-app-0.8.2.tgz"
	sound := npmtest.Package{Name: manifest.CreateApp, Version: version, Files: map[string]string{"templates/default-app/package.json.hbs": "{}"}}
	for _, test := range []struct {
		name, release string
		publish       npmtest.Package
		handle        http.HandlerFunc
		offline       bool
		code          string
		want          []string
	}{
		{"no such version", "1.50.0", npmtest.Package{Name: manifest.CreateApp, Version: "0.9.2"}, nil, false, "template-missing", []string{"1.50.0", "create-app 0.8.2", "npm_config_registry"}},
		{"no such package", "1.50.0", npmtest.Package{}, nil, false, "template-missing", []string{"1.50.0", "@backstage/create-app"}},
		{"no template", "1.50.0", npmtest.Package{Name: manifest.CreateApp, Version: version, Files: map[string]string{"index.js": ""}}, nil, false, "template-invalid", []string{"1.50.0", "create-app 0.8.2", "no template"}},
		{"another tarball", "1.50.0", sound, npmtest.Body(npmtest.Tarball(npmtest.Package{Name: "x", Version: "1.0.0"})), false, "template-missing", []string{"1.50.0", "does not have the hash"}},
		{"half a tarball", "1.50.0", sound, npmtest.Body(npmtest.Tarball(sound)[:40]), false, "template-missing", []string{"1.50.0"}},
		{"a page", "1.50.0", sound, npmtest.Page, false, "template-missing", []string{"1.50.0"}},
		{"offline, and not in the cache", "1.50.0", sound, nil, true, "template-missing", []string{"1.50.0", "without --offline"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := npmtest.New(t)
			if test.publish.Name != "" {
				r.Publish(test.publish)
			}
			if test.handle != nil {
				r.Handle(tarball, test.handle)
			}
			config := r.Config(t)
			config.Offline = test.offline
			config.Retries = -1
			files, err := template.Open(t.Context(), npm.New(config), test.release)
			list := diag.Of(err)
			if files != nil || len(list) != 1 || list[0].Code != test.code {
				t.Fatalf("%v, want %s", err, test.code)
			}
			said := list[0].Summary + " " + list[0].Detail + " " + list[0].Manual
			for _, want := range test.want {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q: %s", want, said)
				}
			}
		})
	}
}
