package lockstep_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/manifest/lockstep"
)

func TestParsePatch(t *testing.T) {
	for spec, want := range map[string]lockstep.PatchSpec{
		"patch:@backstage/theme@npm%3A0.8.0#~/.yarn/patches/x.patch": {Name: "@backstage/theme", Version: "0.8.0", File: "~/.yarn/patches/x.patch"},
		"patch:left-pad@npm:1.0.0#./x.patch":                         {Name: "left-pad", Version: "1.0.0", File: "./x.patch"},
		"patch:typescript@npm%3A^5.0.0#optional!builtin<compat/ts>":  {},
		"patch:x@npm%3A1.0.0#~builtin<compat/x>":                     {},
		"patch:x":                                                    {},
	} {
		if got, ok := lockstep.ParsePatch(spec); got != want || ok != (want.Name != "") {
			t.Errorf("%s: %+v, %v", spec, got, ok)
		}
	}
}

func TestPatchApplies(t *testing.T) {
	const patch = `diff --git a/dist/a.js b/dist/a.js
index 123..456 100644
--- a/dist/a.js
+++ b/dist/a.js
@@ -2,3 +2,3 @@ function x() {
 two
-three
+drei
 four
@@ -6,2 +6,3 @@
 six
+six and a half
 seven
`
	lines := "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
	for name, c := range map[string]struct{ content, patch, want string }{
		"as it is":        {lines, patch, ""},
		"further down":    {strings.Repeat("zero\n", 15) + lines, patch, ""},
		"too far":         {strings.Repeat("zero\n", 25) + lines, patch, "dist/a.js is other text around line 2"},
		"changed":         {strings.Replace(lines, "three", "3", 1), patch, "around line 2"},
		"changed later":   {strings.Replace(lines, "six", "6", 1), patch, "around line 6"},
		"CRLF":            {strings.ReplaceAll(lines, "\n", "\r\n"), patch, ""},
		"nothing":         {lines, "hello\n", "no change"},
		"not there":       {lines, strings.ReplaceAll(patch, "dist/a.js", "dist/b.js"), "dist/b.js is no longer there"},
		"a new file":      {lines, "--- /dev/null\n+++ b/new.js\n@@ -0,0 +1 @@\n+x\n", ""},
		"a broken header": {lines, "--- a/dist/a.js\n@@ what @@\n", "cannot be read"},
	} {
		err := lockstep.PatchApplies([]byte(c.patch), fstest.MapFS{"dist/a.js": {Data: []byte(c.content)}})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func FuzzPatchApplies(f *testing.F) {
	f.Add([]byte("--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n"), []byte("a\n"))
	f.Fuzz(func(_ *testing.T, patch, content []byte) {
		_ = lockstep.PatchApplies(patch, fstest.MapFS{"a": {Data: content}})
	})
}

func TestAPatchThatAppliesMovesAlong(t *testing.T) {
	const spec = "patch:@backstage/theme@npm%3A0.8.0#~/.yarn/patches/theme.patch"
	files := monorepo(`"@backstage/theme": "`+spec+`"`, nil)
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, spec + " > " + strings.Replace(spec, "0.8.0", "0.9.0", 1) + " breaking"},
		{errors.New("x.js is no longer there"), spec + " > held"},
	} {
		policy := lockstep.Policy{Patched: func(dir string, p lockstep.PatchSpec, version string) error {
			if dir != "packages/app" || p.File != "~/.yarn/patches/theme.patch" || version != "0.9.0" {
				t.Errorf("asked about %s %+v %s", dir, p, version)
			}
			return c.err
		}}
		plan, err := lockstep.Make(load(t, files), target(t), policy)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(plain(plan, app), "; "); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
		applied(t, files, plan, policy)
	}
}
