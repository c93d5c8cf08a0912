package check_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/fixtures"
)

// A file that cannot be read is one finding, and brings no others.
func TestAnUnreadableFileBringsNoOtherFindings(t *testing.T) {
	const pluginJSON = "plugins/team-badge/package.json"
	binary := "\x00\xff\xfe\x01\x80garbage\x00{{{"
	for _, x := range []struct{ name, file, content, want string }{
		{"half a package.json", pluginJSON, `{"name": "x", `, pluginJSON + ":1:15: error BX001: invalid JSON"},
		{"an empty package.json", pluginJSON, "", pluginJSON + ":1:1: error BX001: invalid JSON"},
		{"a package.json with conflict markers", pluginJSON, "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x\n", pluginJSON + ":1:1: error BX001: "},
		{"a package.json that is a list", pluginJSON, "[]", pluginJSON + ":1:1: error BX001: package.json is not an object"},
		{"dependencies that are a list", pluginJSON, `{"name": "x", "dependencies": [1]}`, pluginJSON + ":1:31: error BX001: dependencies of package.json is not an object"},
		{"a package.json nested without end", pluginJSON, strings.Repeat("[", 200_000), pluginJSON + ":1:10001: error BX001: "},
		{"a binary package.json", pluginJSON, binary, pluginJSON + ":1:2: error BX001: "},
		{"a folder named package.json", pluginJSON + "/x", "", pluginJSON + ": error BX001: cannot be read: "},
		{"half an app-config.yaml", "app-config.local.yaml", "app: {title: x", "app-config.local.yaml:1:1: error BX001: invalid YAML"},
		{"an app-config.yaml with conflict markers", "app-config.local.yaml", "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n", "app-config.local.yaml:"},
		{"a binary app-config.yaml", "app-config.local.yaml", binary, "app-config.local.yaml:1:"},
		{"a very large app-config.yaml", "app-config.local.yaml", strings.Repeat("# nothing\n", 500_000), "app-config.local.yaml: error BX001: invalid YAML: it is larger than 4 MB"},
		{"a bomb of aliases", "app-config.local.yaml", bomb(), "app-config.local.yaml: error BX001: invalid YAML: aliases contain themselves, or stand for too much"},
		{"a folder named app-config.yaml", "app-config.local.yaml/x", "", "app-config.local.yaml: error BX001: cannot be read: "},
		{"a binary yarn.lock", "yarn.lock", binary, "yarn.lock:1:1: error BX001: "},
		{"a yarn.lock with conflict markers", "yarn.lock", "__metadata:\n  version: 8\n<<<<<<< HEAD\n=======\n>>>>>>> x\n", "yarn.lock:3:1: error BX001: the lockfile cannot be read: a conflict marker"},
		{"a folder named yarn.lock", "yarn.lock/x", "", "yarn.lock: error BX001: the file cannot be read: "},
		{"a binary source", "packages/app/src/x.ts", binary, "packages/app/src/x.ts:1:1: error BX001: "},
		{"half a source", "packages/app/src/x.ts", "export const x = {", "packages/app/src/x.ts:1:19: error BX001: "},
		{"a source with conflict markers", "packages/app/src/x.ts", "<<<<<<< HEAD\nexport {}\n=======\nexport {}\n>>>>>>> x\n", "packages/app/src/x.ts:1:1: error BX001: "},
		{"a source nested without end", "packages/app/src/x.ts", "x = " + strings.Repeat("(", 200_000), "packages/app/src/x.ts:1:"},
	} {
		t.Run(x.name, func(t *testing.T) {
			good := fixtures.App("legacy")
			before := run(t, good, check.Rules())
			bad := fixtures.With(good, map[string]string{x.file: x.content})
			if dir, _, folder := strings.Cut(x.file, "/x"); folder && dir != "packages/app/src" {
				delete(bad, dir)
				bad[dir] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
			}
			var found []string
			for _, f := range added(before, run(t, bad, check.Rules())) {
				if f.Severity > diag.Note {
					found = append(found, line(f))
				}
			}
			if len(found) != 1 || !strings.HasPrefix(found[0], x.want) || !strings.Contains(found[0], "error BX001: ") {
				t.Errorf("want %s, got\n%s", x.want, strings.Join(found, "\n"))
			}
		})
	}
}

func bomb() string {
	var b strings.Builder
	b.WriteString("a: &a [x]\n")
	for c := 'b'; c < 'm'; c++ {
		b.WriteString(string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 9) + "]\n")
	}
	return b.String()
}
