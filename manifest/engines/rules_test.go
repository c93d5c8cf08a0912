package engines

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

func checked(t *testing.T, fsys fstest.MapFS) *check.Result {
	t.Helper()
	ws, err := workspace.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := check.Open(context.Background(), ws)
	if err != nil {
		t.Fatal(err)
	}
	res, err := check.Run(context.Background(), repo, Rules(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// whole is an app of release 1.50.4 that states Node in several places, all of which fit.
func whole() fstest.MapFS {
	return fixtures.With(fstest.MapFS{}, map[string]string{
		"package.json":                  "{\n  \"name\": \"root\",\n  \"private\": true,\n  \"engines\": {\n    \"node\": \"22 || 24\"\n  },\n  \"workspaces\": [\"packages/*\", \"plugins/*\"]\n}\n",
		"backstage.json":                `{"version": "1.50.4"}`,
		".nvmrc":                        "v22\n",
		"packages/backend/package.json": `{"name": "backend", "version": "0.0.0", "backstage": {"role": "backend"}, "dependencies": {"@backstage/backend-defaults": "^0.12.0"}}`,
		"packages/backend/src/index.ts": "import { createBackend } from '@backstage/backend-defaults';\nconst backend = createBackend();\nbackend.start();\n",
		"packages/backend/Dockerfile":   "ARG NODE_VERSION=24\nFROM node:${NODE_VERSION}-bookworm-slim AS build\nRUN yarn build:backend\nFROM node:22-bookworm-slim\nCMD [\"node\", \"packages/backend\"]\n",
		"plugins/x/package.json":        `{"name": "x", "version": "1.0.0", "engines": {"node": "18"}}`,
		"services/mail/Dockerfile":      "FROM node:16\nRUN npm ci\n",
		".github/workflows/ci.yaml":     "jobs:\n  a:\n    steps:\n      - uses: actions/setup-node@v4\n        with:\n          node-version: 22.x\n      - run: yarn install\n",
		".github/workflows/other.yaml":  "jobs:\n  a:\n    steps:\n      - uses: actions/setup-node@v4\n        with:\n          node-version: 16\n      - run: npx something\n",
	})
}

func TestTheRuleFindsItsFaultAndFixMendsIt(t *testing.T) {
	if res := checked(t, whole()); len(res.Findings) > 0 {
		t.Fatalf("the good app has findings: %+v", res.Findings)
	}
	const docker, root, ci = "packages/backend/Dockerfile", "package.json", ".github/workflows/ci.yaml"
	for _, x := range []struct{ name, file, old, new, want, mended string }{
		{"an image", docker, "node:22-bookworm", "node:20-bookworm", "4:11: warning: Node 20 is not what Backstage 1.50.4 supports: 22 || 24", "FROM node:24-bookworm-slim\nCMD"},
		{"the image of a stage, by ARG", docker, "NODE_VERSION=24", "NODE_VERSION=18.19.1", "1:18: warning: Node 18.19.1 is not what Backstage 1.50.4 supports: 22 || 24", "ARG NODE_VERSION=24\n"},
		{"an image of no version", docker, "node:22-bookworm", "node:lts-bookworm", `4:11: note: the tag "lts" is another Node from time to time; Backstage 1.50.4 supports 22 || 24`, ""},
		{"an image by its digest", docker, "node:22-bookworm-slim", "node:20-bookworm-slim@sha256:0123", "4:11: warning: Node 20 is not what Backstage 1.50.4 supports: 22 || 24", ""},
		{"an image from a mirror", docker, "FROM node:22", "FROM mirror.example.com/library/node:20", "4:38: warning: Node 20 is not what Backstage 1.50.4 supports: 22 || 24", "library/node:24-"},
		{"an image without a shell", docker, "node:22-bookworm-slim", "gcr.io/distroless/nodejs20-debian12", "4:30: warning: Node 20 is not what Backstage 1.50.4 supports: 22 || 24", "nodejs24-debian12\n"},
		{"a newer one", docker, "node:22-bookworm", "node:25-bookworm", "4:11: note: Node 25 is not what Backstage 1.50.4 supports: 22 || 24", "FROM node:24-bookworm-slim\nCMD"},
		{"engines", root, "22 || 24", "18 || 20", "5:14: warning: Node 18 || 20 is not what Backstage 1.50.4 supports: 22 || 24", `"22 || 24"`},
		{"engines of an older template", root, "22 || 24", "20 || 22", "5:14: note: Node 20 || 22 is not what Backstage 1.50.4 supports: 22 || 24", `"22 || 24"`},
		{"engines of the backend", "packages/backend/package.json", `"version": "0.0.0"`, `"version": "0.0.0", "engines": {"node": "18"}`, "1:62: warning: Node 18 is not what Backstage 1.50.4 supports: 22 || 24", `"22 || 24"`},
		{"engines of their own", root, "22 || 24", ">=22", "", ""},
		{"a version manager", ".nvmrc", "v22", "v20.9.0", "1:1: warning: Node v20.9.0 is not what Backstage 1.50.4 supports: 22 || 24", "v24\n"},
		{"a workflow", ci, "22.x", "'18.x' # old", "6:26: warning: Node 18.x is not what Backstage 1.50.4 supports: 22 || 24", "'24.x' # old"},
		{"what engines does not admit", root, "22 || 24", "22", "packages/backend/Dockerfile:1:18: warning: Node 24 is not what engines in package.json admits: 22", ""},
		{"a release that is not known", "backstage.json", "1.50.4", "0.9.0", "", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			bad := whole()
			if !strings.Contains(string(bad[x.file].Data), x.old) {
				t.Fatalf("%s lacks %q", x.file, x.old)
			}
			bad = fixtures.With(bad, map[string]string{x.file: strings.Replace(string(bad[x.file].Data), x.old, x.new, 1)})
			res := checked(t, bad)
			var got []string
			for _, f := range res.Findings {
				at := f.Pos.String()
				if f.File != x.file {
					at = f.Location()
				}
				got = append(got, fmt.Sprintf("%s: %s: %s", at, f.Severity, f.Summary))
			}
			if strings.Join(got, "\n") != x.want {
				t.Fatalf("got %s\nwant %s", strings.Join(got, "\n"), x.want)
			}
			over := change.NewOverlay(bad)
			m, err := check.Mend(context.Background(), over, res, check.Options{Rules: Rules(), Load: func(o *change.Overlay) (*workspace.Workspace, error) { return workspace.Load(o) }})
			if err != nil {
				t.Fatal(err)
			}
			after, err := over.ReadFile(x.file)
			if err != nil {
				t.Fatal(err)
			}
			if (x.mended != "") != (len(m.Fixed) > 0) || len(m.Refused) > 0 || !strings.Contains(string(after), x.mended) {
				t.Errorf("mended %d, refused %v:\n%s", len(m.Fixed), m.Refused, change.Diff(over.Changes()))
			}
		})
	}
}

func TestTemplatesAskForTheirNode(t *testing.T) {
	for _, pin := range fixtures.Pins() {
		for _, layout := range pin.Layouts {
			t.Run(pin.Release+" "+layout, func(t *testing.T) {
				for _, f := range checked(t, fixtures.Template(t, pin.Release, layout)).Findings {
					t.Errorf("%s: %s", f.Location(), f.Summary)
				}
			})
		}
	}
}
