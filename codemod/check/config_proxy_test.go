package check

import (
	"context"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

// Where one file had endpoints, those of the other would be left out.
func TestTheOldProxyLayoutIsMovedInAllFilesAtOnce(t *testing.T) {
	for _, eol := range []string{"\n", "\r\n"} {
		lines := func(s string) string { return strings.ReplaceAll(s, "\n", eol) }
		const rest = "app:\n  baseUrl: http://localhost:7007\n"
		files := maps.Clone(wholeApp)
		files["app-config.yaml"] = lines("proxy:\n    '/a':\n        target: https://a.example.com\n        # of b\n    '/b': https://b.example.com\n" + rest)
		files["app-config.production.yaml"] = lines("proxy:\n  /b:\n    target: https://c.example.com")
		fsys := fixtures.With(fstest.MapFS{}, files)
		rules := rulesOfFamilies(Config)
		over := change.NewOverlay(fsys)
		mended, err := Mend(context.Background(), over, runFileRules(t, fsys, rules), Options{Rules: rules, Load: func(o *change.Overlay) (*workspace.Workspace, error) { return workspace.Load(o) }})
		if err != nil || len(mended.Fixed) != 1 || len(mended.Refused) != 0 {
			t.Fatalf("%v, fixed: %v, refused: %v", err, mended.Fixed, mended.Refused)
		}
		for name, want := range map[string]string{
			"app-config.yaml":            "proxy:\n    endpoints:\n        '/a':\n            target: https://a.example.com\n            # of b\n        '/b': https://b.example.com\n" + rest,
			"app-config.production.yaml": "proxy:\n  endpoints:\n    /b:\n      target: https://c.example.com",
		} {
			if got, _ := over.ReadFile(name); string(got) != lines(want) {
				t.Errorf("%s:\n%q\nwant:\n%q", name, got, lines(want))
			}
		}
	}
}

func TestTheOldProxyLayoutBesideOtherKeysIsLeftToPeople(t *testing.T) {
	for _, proxy := range []string{"proxy:\n  skipInvalidProxies: false\n  '/a':\n    target: https://a.example.com\n", "proxy: {'/a': {target: 'https://a.example.com'}}\n"} {
		files := maps.Clone(wholeApp)
		files["app-config.yaml"] = proxy
		res := runFileRules(t, fixtures.With(fstest.MapFS{}, files), rulesOfFamilies(Config))
		if len(res.Findings) != 1 || res.Findings[0].Code != "BC014" || len(res.Findings[0].Fixes) != 0 {
			t.Errorf("%q: %v", proxy, res.Findings)
		}
	}
}
