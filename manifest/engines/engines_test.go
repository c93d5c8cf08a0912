package engines

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/template"
	"github.com/batten-dev/batten/registry/npm"
)

var modern = Need{Release: "1.53.0", Node: "22 || 24", Image: "24"}

// files are repositories of one file, what is found in it, and the file after Fix; "" for the same.
var files = []struct{ name, file, src, want, fixed string }{
	{"engines", "package.json", `{"engines": {"node": "18 || 20", "yarn": "4"}}`,
		`1:23 engines "18 || 20" misfit -> "22 || 24"`, `{"engines": {"node": "22 || 24", "yarn": "4"}}`},
	{"engines that fit", "package.json", `{"engines": {"node": "22 || 24"}}`, `1:23 engines "22 || 24" fits`, ""},
	{"engines within what fits", "package.json", `{"engines": {"node": "^22.4.0"}}`, `1:23 engines "^22.4.0" fits`, ""},
	{"engines that admit more", "packages/app/package.json", `{"engines": {"node": ">=18"}}`, `1:23 engines ">=18" wide`, ""},
	{"engines of an older template", "package.json", `{"engines": {"node": "20 || 22"}}`, `1:23 engines "20 || 22" wide -> "22 || 24"`, `{"engines": {"node": "22 || 24"}}`},
	{"engines of a plain text", "package.json", `{"engines": {"node": "any"}}`, `1:23 engines "any" open`, ""},
	{"devEngines and volta", "package.json", `{"devEngines": {"runtime": {"name": "node", "version": "^20"}}, "volta": {"node": "20.11.1"}}`,
		`1:57 engines "^20" misfit -> "22 || 24"; 1:84 volta "20.11.1" misfit`,
		`{"devEngines": {"runtime": {"name": "node", "version": "22 || 24"}}, "volta": {"node": "20.11.1"}}`},
	{"no engines", "package.json", `{"engines": {"npm": "9"}}`, "", ""},
	{"a package.json that is none", "package.json", `{"engines": `, "", ""},
	{"an installed package", "node_modules/x/package.json", `{"engines": {"node": "4"}}`, "", ""},

	{".nvmrc", ".nvmrc", "18\n", `1:1 nvmrc "18" misfit -> "24"`, "24\n"},
	{".nvmrc with v, exact, and Windows line ends", ".nvmrc", "# node\r\n  v18.17.0\r\n", `2:3 nvmrc "v18.17.0" misfit -> "v24"`, "# node\r\n  v24\r\n"},
	{".nvmrc of a line", ".nvmrc", "lts/hydrogen", `1:1 nvmrc "lts/hydrogen" misfit -> "24"`, "24"},
	{".nvmrc of a line that fits", ".nvmrc", "lts/jod", `1:1 nvmrc "lts/jod" fits`, ""},
	{".nvmrc of the newest", ".node-version", "lts/*\n", `1:1 nvmrc "lts/*" open`, ""},
	{".nvmrc, empty", ".nvmrc", "\n\n", "", ""},
	{".tool-versions", ".tool-versions", "python 3.11\nnodejs   18.17.0 # old\n", `2:10 tools "18.17.0" misfit`, ""},

	{"Dockerfile", "packages/backend/Dockerfile", "# syntax=docker/dockerfile:1\nFROM node:18-bookworm-slim AS build\nRUN x\nFROM --platform=$P docker.io/library/node:20.11\nFROM build\n",
		`2:11 dockerfile "18" misfit -> "24"; 4:43 dockerfile "20.11" misfit -> "24"`,
		"# syntax=docker/dockerfile:1\nFROM node:24-bookworm-slim AS build\nRUN x\nFROM --platform=$P docker.io/library/node:24\nFROM build\n"},
	{"Dockerfile with ARG", "Dockerfile", "ARG NODE=18\nARG IMAGE=node:${NODE}-slim\nFROM ${IMAGE}\nFROM node:${OTHER:-16}\nFROM node:$UNSET\n",
		`1:10 dockerfile "18" misfit -> "24"; 4:20 dockerfile "16" misfit -> "24"`, "ARG NODE=24\nARG IMAGE=node:${NODE}-slim\nFROM ${IMAGE}\nFROM node:${OTHER:-24}\nFROM node:$UNSET\n"},
	{"Dockerfile with a quoted ARG", "Dockerfile.prod", "ARG NODE_VERSION=\"18.19.1\"\nFROM registry.acme.example:5000/base/node:${NODE_VERSION}-alpine\n",
		`1:19 dockerfile "18.19.1" misfit -> "24"`, "ARG NODE_VERSION=\"24\"\nFROM registry.acme.example:5000/base/node:${NODE_VERSION}-alpine\n"},
	{"Dockerfile pinned by digest", "Dockerfile", "FROM node:18-slim@sha256:0123\n", `1:11 dockerfile "18" misfit`, ""},
	{"other images with Node", "backend.dockerfile", "FROM gcr.io/distroless/nodejs18-debian12\nFROM registry.access.redhat.com/ubi9/nodejs-20-minimal:1\nFROM mcr.microsoft.com/devcontainers/typescript-node:1-18-bookworm\n",
		`1:30 dockerfile "18" misfit -> "24"; 2:45 dockerfile "20" misfit -> "24"; 3:56 dockerfile "18" misfit -> "24"`,
		"FROM gcr.io/distroless/nodejs24-debian12\nFROM registry.access.redhat.com/ubi9/nodejs-24-minimal:1\nFROM mcr.microsoft.com/devcontainers/typescript-node:1-24-bookworm\n"},
	{"images of a line", "Dockerfile", "FROM node:lts\nFROM node:iron-slim\nFROM node:jod\nFROM node\nFROM nginx:18\nFROM acme/node-thing:18\n",
		`1:11 dockerfile "lts" open; 2:11 dockerfile "iron" misfit -> "24"; 3:11 dockerfile "jod" fits`,
		"FROM node:lts\nFROM node:24-slim\nFROM node:jod\nFROM node\nFROM nginx:18\nFROM acme/node-thing:18\n"},
	{"systems for which there is no newer one", "Dockerfile", "FROM node:16-buster-slim\nFROM node:18-alpine3.15\nFROM gcr.io/distroless/nodejs18-debian11\nFROM node:18-alpine\n",
		`1:11 dockerfile "16" misfit; 2:11 dockerfile "18" misfit; 3:30 dockerfile "18" misfit; 4:11 dockerfile "18" misfit -> "24"`,
		"FROM node:16-buster-slim\nFROM node:18-alpine3.15\nFROM gcr.io/distroless/nodejs18-debian11\nFROM node:24-alpine\n"},
	{"a Dockerfile of something else", "services/api/Dockerfile", "FROM node:18\nCOPY . .\nRUN npm ci\n", "", ""},
	{"a Dockerfile of a template", "templates/api/Dockerfile", "FROM node:18\nRUN yarn install # backstage\n", "", ""},
	{"a Dockerfile of the app in a folder", "deploy/docker/Dockerfile", "FROM node:18\nCOPY packages/backend/dist/bundle.tar.gz .\n", `1:11 dockerfile "18" misfit -> "24"`, "FROM node:24\nCOPY packages/backend/dist/bundle.tar.gz .\n"},
	{"a .dockerignore", "Dockerfile.dockerignore", "FROM node:18\n", "", ""},
	{"an ARG of itself", "Dockerfile", "ARG A=$A$A\nFROM $A\n", "", ""},

	{"workflow", ".github/workflows/ci.yml", "jobs:\n  a:\n    container: node:18-slim\n    steps:\n      - uses: actions/setup-node@v4\n        with:\n          node-version: 18.x # old\n          node-version-file: .nvmrc\n",
		`3:21 workflow "18" misfit -> "24"; 7:25 workflow "18.x" misfit -> "24.x"`,
		"jobs:\n  a:\n    container: node:24-slim\n    steps:\n      - uses: actions/setup-node@v4\n        with:\n          node-version: 24.x # old\n          node-version-file: .nvmrc\n"},
	{"workflow with a matrix", ".github/workflows/ci.yaml", "jobs:\n  a:\n    strategy:\n      matrix:\n        node: ['18.x', \"20.x\"]\n        os: [20, 18]\n    steps:\n      - with: {node-version: \"${{ matrix.node }}\"}\n",
		`5:17 workflow "18.x" misfit -> "22.x"; 5:25 workflow "20.x" misfit -> "24.x"`,
		"jobs:\n  a:\n    strategy:\n      matrix:\n        node: ['22.x', \"24.x\"]\n        os: [20, 18]\n    steps:\n      - with: {node-version: \"${{ matrix.node }}\"}\n"},
	{"a matrix that covers all already", ".github/workflows/ci.yml", "jobs:\n  a:\n    strategy:\n      matrix:\n        node-version: [18, 22, 24]\n",
		`5:24 workflow "18" misfit; 5:28 workflow "22" fits; 5:32 workflow "24" fits`, ""},
	{"workflow with env", ".github/workflows/ci.yml", "env:\n  NODE: '18'\njobs:\n  a:\n    steps:\n      - with:\n          node-version: ${{ env.NODE }}\n", `2:10 workflow "18" misfit -> "24"`,
		"env:\n  NODE: '24'\njobs:\n  a:\n    steps:\n      - with:\n          node-version: ${{ env.NODE }}\n"},
	{"an action with an input", ".github/actions/setup/action.yml", "inputs:\n  node:\n    default: 18\nruns:\n  steps:\n    - with:\n        node-version: ${{ inputs.node }}\n", `3:14 workflow "18" misfit -> "24"`,
		"inputs:\n  node:\n    default: 24\nruns:\n  steps:\n    - with:\n        node-version: ${{ inputs.node }}\n"},
	{"GitLab and CircleCI", ".gitlab-ci.yml", "image: node:18\nbuild:\n  image:\n    name: cimg/node:20.9\n", `1:13 workflow "18" misfit -> "24"; 4:21 workflow "20.9" misfit -> "24"`,
		"image: node:24\nbuild:\n  image:\n    name: cimg/node:24\n"},
	{"Azure", "azure-pipelines.yml", "steps:\n- task: NodeTool@0\n  inputs:\n    versionSpec: '18.x'\n", `4:19 workflow "18.x" misfit -> "24.x"`, "steps:\n- task: NodeTool@0\n  inputs:\n    versionSpec: '24.x'\n"},
	{"workflow with other characters before", ".github/workflows/ci.yml", "jobs: {é: {with: {node-version: '18'}}}\n", `1:34 workflow "18" misfit -> "24"`, "jobs: {é: {with: {node-version: '24'}}}\n"},
	{"workflow that is no YAML", ".github/workflows/ci.yml", "node-version: [18\n", "", ""},
	{"workflow with several lines, an anchor, an alias", ".github/workflows/ci.yml", "a:\n  node-version: |\n    18\nb:\n  node-version: &v 18\nc:\n  node-version: *v\n", "", ""},
	{"other YAML", "deploy/values.yml", "node-version: 18\n", "", ""},
}

func said(places []Place) string {
	var list []string
	for _, p := range places {
		s := fmt.Sprintf("%s %s %q %s", p.Pos, p.Kind, p.Text, p.Verdict)
		if p.New != "" {
			s += fmt.Sprintf(" -> %q", p.New)
		}
		list = append(list, s)
	}
	return strings.Join(list, "; ")
}

func TestCheckFindsVersionsAndFixMendsThem(t *testing.T) {
	for _, c := range files {
		base := fstest.MapFS{c.file: {Data: []byte(c.src)}}
		places, err := Check(base, modern)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := said(places); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
		for _, p := range places {
			if p.File != c.file || p.Why == "" || !strings.Contains(p.Why, "Backstage 1.53.0 supports Node 22 || 24") {
				t.Errorf("%s: %+v", c.name, p)
			}
		}
		over := change.NewOverlay(base)
		if _, err := Fix(over, modern); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		want := c.fixed
		if want == "" {
			want = c.src
		}
		if got, _ := over.ReadFile(c.file); string(got) != want {
			t.Errorf("%s: fixed it is\n%s\nwant\n%s", c.name, got, want)
		}
		if again, err := Fix(over, modern); err != nil || len(again) != 0 {
			t.Errorf("%s: a second time: %v %v", c.name, again, err)
		}
	}
}

func TestOf(t *testing.T) {
	for release, want := range map[string]string{
		"1.0.0": "14 || 16, 16", "1.7.2": "14 || 16, 16", "1.8.0-next.1": "14 || 16, 16", "1.8.0": "16 || 18, 16", "1.32.6": "18 || 20, 20",
		"1.45.3": "20 || 22, 22", "1.46.0": "22 || 24, 22", "1.53.0": "22 || 24, 24", "9.0.0": "22 || 24, 24", "0.9.0": "", "main": "",
	} {
		n, ok := Of(release)
		got := ""
		if ok {
			got = n.Node + ", " + n.Image
		}
		if got != want || ok && n.Release != release || n.Assumed != (release == "9.0.0") {
			t.Errorf("%s: %+v, want %s", release, n, want)
		}
	}
}

func TestCheckWithoutANeed(t *testing.T) {
	for _, need := range []Need{{}, {Release: "1.0.0", Node: "any"}} {
		if _, err := Check(fstest.MapFS{}, need); err == nil {
			t.Errorf("%+v: no error", need)
		}
	}
}

// What is known of releases is what their templates state.
func TestTheTemplatesStateWhatIsKnown(t *testing.T) {
	for _, pin := range fixtures.Pins() {
		app := fixtures.Template(t, pin.Release, pin.Layouts[0])
		got, ok := Read(pin.Release, app)
		if want, known := Of(pin.Release); !ok || !known || got != want {
			t.Errorf("%s: the template states %+v, known is %+v", pin.Release, got, want)
		}
		need, _ := Of(pin.Release)
		places, err := Check(app, need)
		if err != nil || len(places) < 2 {
			t.Errorf("%s: %v %v", pin.Release, places, err)
		}
		for _, p := range places {
			if p.Verdict != Fits {
				t.Errorf("%s: %s:%s %s is %s: %s", pin.Release, p.File, p.Pos, p.Text, p.Verdict, p.Why)
			}
		}
	}
}

// The newest template of all still states what the newest one known does.
func TestWhatIsKnownIsUpToDate(t *testing.T) {
	fixtures.Require(t, "network")
	config, _ := npm.ConfigFrom(npm.UserPlaces(""))
	client := npm.New(config)
	v, err := client.Version(t.Context(), manifest.CreateApp, "latest")
	if err != nil {
		t.Fatal(err)
	}
	files, err := client.Tarball(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	release, err := template.Release(files)
	if err != nil {
		t.Fatal(err)
	}
	app, err := template.Render(files, template.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, ok := Read(release, app)
	want, _ := Of(release)
	want.Assumed = false
	if !ok || got != want {
		t.Errorf("%s: the template states %+v, known is %+v", release, got, want)
	}
}

// FuzzCheck: no input makes Check panic; each place is where it says; Fix leaves nothing to fix.
func FuzzCheck(f *testing.F) {
	for _, c := range files {
		f.Add(c.file, c.src)
	}
	f.Fuzz(func(t *testing.T, file, src string) {
		base := fstest.MapFS{file: {Data: []byte(src)}}
		if fstest.TestFS(base) != nil {
			return
		}
		places, err := Check(base, modern)
		if err != nil {
			t.Fatal(err)
		}
		last := -1
		for _, p := range places {
			if p.Span.Start <= last || p.Span.End > len(src) || src[p.Span.Start:p.Span.End] != p.Text || p.Text == "" {
				t.Fatalf("%+v after %d", p, last)
			}
			last = p.Span.Start
		}
		over := change.NewOverlay(base)
		if _, err := Fix(over, modern); err != nil {
			if got, _ := over.ReadFile(file); string(got) != src {
				t.Fatalf("refused (%v), but changed", err)
			}
			return
		}
		if again, err := Fix(over, modern); err != nil || len(again) > 0 {
			t.Fatalf("a second time: %v %v", again, err)
		}
	})
}
