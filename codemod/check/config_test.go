package check

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

// wholeApp is an app in whose configuration, database, containers and entities nothing is wrong.
var wholeApp = map[string]string{
	"package.json":                   `{"name": "root", "private": true, "workspaces": {"packages": ["packages/*"]}}`,
	"backstage.json":                 `{"version": "1.50.0"}`,
	"yarn.lock":                      "# yarn lockfile v1\n\n\npg@^8.0.0:\n  version \"8.1.0\"\n\nbetter-sqlite3@^1.0.0:\n  version \"1.0.0\"\n",
	"packages/app/package.json":      `{"name": "app", "version": "0.0.0", "backstage": {"role": "frontend"}}`,
	"packages/backend/package.json":  `{"name": "backend", "version": "0.0.0", "backstage": {"role": "backend"}, "dependencies": {"@backstage/backend-defaults": "^0.12.0", "pg": "^8.0.0"}}`,
	"packages/backend/src/index.ts":  "import { createBackend } from '@backstage/backend-defaults';\nconst backend = createBackend();\nbackend.start();\n",
	".dockerignore":                  ".git\nnode_modules\npackages/*/src\n*.local.yaml\n",
	"examples/entities.yaml":         "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: examples\nspec:\n  owner: guests\n",
	"deploy/secret.sh":               "export POSTGRES_HOST=db POSTGRES_USER=x POSTGRES_PASSWORD GITHUB_TOKEN JIRA_AUTH\n",
	"node_modules/fake/package.json": `{"name": "fake"}`,
	".git/HEAD":                      "ref: refs/heads/main\n",
	"app-config.yaml": `app:
  baseUrl: http://localhost:3000
backend:
  baseUrl: http://localhost:7007
  listen:
    port: 7007
  cors:
    origin: http://localhost:3000
  database:
    client: better-sqlite3
    connection: ':memory:'
  auth:
    keys:
      - secret: ${GITHUB_TOKEN}
integrations:
  github:
    - host: github.com
      token: ${GITHUB_TOKEN}
proxy:
  endpoints:
    '/jira':
      target: https://jira.example.com
      headers:
        Authorization: ${JIRA_AUTH}
auth:
  providers:
    guest: {}
    github:
      development:
        clientId: x
        clientSecret: ${GITHUB_TOKEN}
      production:
        clientId: x
        clientSecret: ${GITHUB_TOKEN}
catalog:
  locations:
    - type: file
      target: ../../examples/entities.yaml
`,
	"app-config.production.yaml": `app:
  baseUrl: https://portal.example.com
backend:
  baseUrl: https://portal.example.com
  listen: ':7007'
  database:
    client: pg
    connection:
      host: ${POSTGRES_HOST}
      user: ${POSTGRES_USER}
      password: ${POSTGRES_PASSWORD}
      ssl:
        rejectUnauthorized: true
auth:
  environment: production
`,
	"packages/backend/Dockerfile": `FROM node:22-bookworm-slim
USER node
WORKDIR /app
COPY --chown=node:node yarn.lock package.json packages/backend/dist/skeleton.tar.gz ./
RUN tar xzf skeleton.tar.gz && \
    # what is not needed any more
    rm skeleton.tar.gz
COPY --chown=node:node packages/backend/dist/bundle.tar.gz app-config*.yaml ./
RUN tar xzf bundle.tar.gz && rm bundle.tar.gz
EXPOSE 7007
CMD ["node", "packages/backend", "--config", "app-config.yaml", "--config", "app-config.production.yaml"]
`,
	"k8s/backstage.yaml": `apiVersion: v1
kind: Service
metadata:
  name: backstage
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: backstage
spec:
  replicas: 1
  selector:
    matchLabels: {app: backstage}
  strategy:
    type: RollingUpdate
  template:
    spec:
      containers:
        - name: backstage
          image: registry.example.com/backstage:1.2.3
          ports:
            - containerPort: 7007
          env:
            - name: GITHUB_TOKEN
              valueFrom:
                secretKeyRef: {name: backstage, key: token}
          resources:
            limits: {memory: 1Gi}
          readinessProbe:
            httpGet:
              port: 7007
              path: /.backstage/health/v1/readiness
`,
	"catalog-info.yaml": `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: portal
  labels:
    tier: one
  tags: [java, c++]
  annotations:
    github.com/project-slug: org/portal
spec:
  type: website
  lifecycle: production
  owner: group:default/team
  dependsOn:
    - resource:db
`,
}

// fileFault is one way in which an app is broken.
type fileFault struct {
	name string
	// file gets new in the place of old; if old is "", new is what is in it.
	file, old, new string
	also           map[string]string // further files
	without        string            // a file that is not there
	release        string            // of backstage.json
	code           string
	severity       diag.Severity
	line           string // of the finding, trimmed
	summary        string // contained in it
	fixed          string // what the safe fix makes of the fault's text; "" if there is none
	mends          string // "file#text": what the safe fix writes into another file
}

func (f fileFault) files(t *testing.T) fstest.MapFS {
	t.Helper()
	files := maps.Clone(wholeApp)
	maps.Copy(files, f.also)
	if f.release != "" {
		files["backstage.json"] = `{"version": "` + f.release + `"}`
	}
	if f.file != "" {
		if f.old != "" && !strings.Contains(files[f.file], f.old) {
			t.Fatalf("%s has no %q", f.file, f.old)
		}
		if f.old == "" {
			files[f.file] = f.new
		} else {
			files[f.file] = strings.Replace(files[f.file], f.old, f.new, 1)
		}
	}
	delete(files, f.without)
	return fixtures.With(fstest.MapFS{}, files)
}

// withInstalled is installedFiles and one more file.
func withInstalled(name, content string) map[string]string {
	files := maps.Clone(installedFiles)
	files[name] = content
	return files
}

// rulesOfFamilies are the rules of some families.
func rulesOfFamilies(families ...Family) []Rule {
	return slices.DeleteFunc(Rules(), func(r Rule) bool { return !slices.Contains(families, r.Family) })
}

func runFileRules(t *testing.T, fsys fs.FS, rules []Rule) *Result {
	t.Helper()
	ws, err := workspace.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := Open(context.Background(), ws)
	if err != nil {
		t.Fatal(err)
	}
	res, err := Run(context.Background(), repo, rules, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

var fileRules = rulesOfFamilies(Config, Database, Containers, Entities, Itself)

func testFileFaults(t *testing.T, faults []fileFault) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			fsys := f.files(t)
			res := runFileRules(t, fsys, fileRules)
			if f.code == "" {
				for _, g := range res.Findings {
					t.Errorf("found: %s: %s %s", g.Location(), g.Code, g.Summary)
				}
				return
			}
			if len(res.Findings) != 1 {
				for _, g := range res.Findings {
					t.Logf("%s: %s %s", g.Location(), g.Code, g.Summary)
				}
				t.Fatalf("%d findings, want 1", len(res.Findings))
			}
			g := res.Findings[0]
			rule, _ := Find(Rules(), g.Code)
			line := g.Line
			if rule.Secret { // then the place is right, and its line is not shown
				src, err := fs.ReadFile(fsys, g.File)
				if err != nil || g.Line != "" {
					t.Errorf("it shows %q: %v", g.Line, err)
				}
				line = strings.Split(string(src), "\n")[g.Pos.Line-1]
			}
			if g.Code != f.code || g.Severity != f.severity || strings.TrimSpace(line) != f.line || !strings.Contains(g.Summary, f.summary) {
				t.Errorf("got %s %s %q: %s", g.Code, g.Severity, g.Line, g.Summary)
			}
			if !strings.Contains(rule.Doc, "**How to fix:**") {
				t.Errorf("%s is not documented", g.Code)
			}
			if g.Manual == "" {
				t.Error("it does not say what to do")
			}
			testFileFix(t, f, fsys, res)
		})
	}
}

func testFileFix(t *testing.T, f fileFault, fsys fs.FS, res *Result) {
	t.Helper()
	over := change.NewOverlay(fsys)
	mended, err := Mend(context.Background(), over, res, Options{Rules: fileRules, Load: func(o *change.Overlay) (*workspace.Workspace, error) { return workspace.Load(o) }})
	if err != nil {
		t.Fatal(err)
	}
	if name, want, ok := strings.Cut(f.mends, "#"); ok {
		if src, err := over.ReadFile(name); err != nil || !strings.Contains(string(src), want) || len(over.Changes()) != 1 || len(mended.Left.Findings) != 0 {
			t.Errorf("fixed (%v, %v):\n%s", err, mended.Refused, src)
		}
		return
	}
	if f.fixed == "" {
		if n := len(over.Changes()); n > 0 || len(mended.Refused) > 0 {
			t.Errorf("%d files are changed, %d fixes refused, want none", n, len(mended.Refused))
		}
		return
	}
	src, err := over.ReadFile(f.file)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(wholeApp[f.file], f.old, f.fixed, 1)
	if string(src) != want {
		t.Errorf("fixed:\n%s\nwant:\n%s", src, want)
	}
	if len(mended.Fixed) != 1 || len(mended.Left.Findings) != 0 {
		t.Errorf("%d fixed, %d left; refused: %v", len(mended.Fixed), len(mended.Left.Findings), mended.Refused)
	}
}

// installedFiles is a package in node_modules that has a schema.
var installedFiles = map[string]string{
	"node_modules/@backstage/backend-defaults/package.json": `{"name": "@backstage/backend-defaults", "version": "0.12.0", "configSchema": "config.d.ts", "dependencies": {"@backstage/plugin-x": "1"}}`,
	"node_modules/@backstage/backend-defaults/config.d.ts": `export interface Config {
  app: { baseUrl: string };
  backend: {
    baseUrl: string;
    listen?: string | { port?: number };
    reading?: { allow?: string[]; mode?: 'strict' | 'lenient' };
    /** @deprecated use reading */
    oldReading?: string;
    cors?: { origin?: string };
  };
}`,
	"node_modules/@backstage/plugin-x/package.json": `{"name": "@backstage/plugin-x", "version": "1.0.0", "configSchema": "config.d.ts", "dependencies": {"@backstage/config": "1"}}`,
	"node_modules/@backstage/plugin-x/config.d.ts": `export interface Config {
  x?: {
    url: string;
    /** @visibility secret */
    apiKey?: string;
    /** @visibility frontend */
    accessToken?: string;
    on?: boolean;
    list?: Array<{ a?: string }>;
  };
  auth?: { providers?: { github?: { [env: string]: { signIn?: { resolvers: Array<{ resolver: 'usernameMatchingUserEntityName' }> } } } } };
}`,
}

func TestConfigFaults(t *testing.T) {
	const end = "catalog:\n  locations:"
	x := func(yaml string) string { return yaml + end }
	testFileFaults(t, []fileFault{
		{name: "nothing is wrong"},
		{name: "nothing is wrong with what is installed", also: installedFiles},
		{name: "a key that is nearly another", file: "app-config.yaml", old: end, new: x("x:\n  url: a\n  apiKy: ${GITHUB_TOKEN}\n"), also: installedFiles,
			code: "BC001", severity: diag.Warning, line: "apiKy: ${GITHUB_TOKEN}", summary: "apiKy"},
		{name: "a key in another case", file: "app-config.yaml", old: end, new: x("x:\n  url: a\n  apikey: ${GITHUB_TOKEN} # ours\n"), also: installedFiles,
			code: "BC001", severity: diag.Warning, line: "apikey: ${GITHUB_TOKEN} # ours", summary: "apikey", fixed: x("x:\n  url: a\n  apiKey: ${GITHUB_TOKEN} # ours\n")},
		{name: "a list where a string has to be", file: "app-config.yaml", old: end, new: x("x:\n  url: [a]\n"), also: installedFiles,
			code: "BC002", severity: diag.Error, line: "url: [a]", summary: "x.url"},
		{name: "a value that is none of those allowed", file: "app-config.yaml", old: "  cors:\n", new: "  reading:\n    mode: loose\n  cors:\n", also: installedFiles,
			code: "BC003", severity: diag.Warning, line: "mode: loose", summary: "backend.reading.mode"},
		{name: "a value in another case", file: "app-config.yaml", old: "  cors:\n", new: "  reading:\n    mode: 'Strict'\n  cors:\n", also: installedFiles,
			code: "BC003", severity: diag.Warning, line: "mode: 'Strict'", summary: "backend.reading.mode", fixed: "  reading:\n    mode: 'strict'\n  cors:\n"},
		{name: "yes for a boolean", file: "app-config.yaml", old: end, new: x("x:\n  url: a\n  on: yes\n"), also: installedFiles,
			code: "BC002", severity: diag.Note, line: "on: yes", summary: "the official validation does not"},
		{name: "null in a list", file: "app-config.yaml", old: end, new: x("x:\n  url: a\n  list:\n    - {}\n    -\n"), also: installedFiles,
			code: "BC002", severity: diag.Error, line: "-", summary: "x.list[1] is empty, but should be an object"},
		{name: "a port from the environment", file: "app-config.yaml", old: "port: 7007", new: "port: ${POSTGRES_HOST}", also: installedFiles},
		{name: "a resolver that all providers have", file: "app-config.yaml", old: "      production:\n", new: "      production:\n        signIn:\n          resolvers:\n            - resolver: emailLocalPartMatchingUserEntityName\n", also: installedFiles,
			code: "BC003", severity: diag.Note, line: "- resolver: emailLocalPartMatchingUserEntityName", summary: "resolver"},
		{name: "a resolver of the repository's own", file: "app-config.yaml", old: "      production:\n", new: "      production:\n        signIn:\n          resolvers:\n            - resolver: ours\n", also: installedFiles,
			code: "BC003", severity: diag.Note, line: "- resolver: ours", summary: "resolver"},
		{name: "a resolver that is misspelt", file: "app-config.yaml", old: "      production:\n", new: "      production:\n        signIn:\n          resolvers:\n            - resolver: usernameMatchingUserEntityNam\n", also: installedFiles,
			code: "BC003", severity: diag.Warning, line: "- resolver: usernameMatchingUserEntityNam", summary: "resolver"},
		{name: "a template", file: "app-config.production.yaml", new: "app:\n  baseUrl: {{ .Values.host }}\nbackend: 5\n", also: map[string]string{"packages/backend/Dockerfile": strings.Replace(wholeApp["packages/backend/Dockerfile"], `, "--config", "app-config.production.yaml"`, "", 1)}},
		{name: "braces in a text", file: "app-config.production.yaml", old: "auth:\n", new: "x: 'Hello {{ name }}'\nauth:\n  keys: 1\nintegrations:\n  gitlab:\n    - host: gitlab.com\n      token: <your-token>\nauth2:\n",
			code: "BC018", severity: diag.Warning, line: "token: <your-token>", summary: "<your-token>"},
		{name: "a value of what is included", file: "app-config.yaml", old: end, new: x("x:\n  $include: x.yaml\n"), also: withInstalled("x.yaml", "url: [a]\n"),
			code: "BC002", severity: diag.Error, line: "url: [a]", summary: "x.url"},
		{name: "a list that another file includes", file: "app-config.yaml", old: end, new: x("x:\n  url: a\n  list:\n    $include: app-config-list.yaml\n"), also: withInstalled("app-config-list.yaml", "- {}\n")},
		{name: "a required key is missing", file: "app-config.yaml", old: end, new: x("x:\n  apiKey: ${GITHUB_TOKEN}\n"), also: installedFiles,
			code: "BC004", severity: diag.Warning, line: "apiKey: ${GITHUB_TOKEN}", summary: "x.url"},
		{name: "a secret of a schema in plain text", file: "app-config.yaml", old: end, new: x("x:\n  url: a\n  apiKey: gh7fj39fkf93kf\n"), also: installedFiles,
			code: "BC005", severity: diag.Warning, line: "apiKey: gh7fj39fkf93kf", summary: "x.apiKey"},
		{name: "a secret of every release in plain text", file: "app-config.yaml", old: "token: ${GITHUB_TOKEN}", new: "token: gh7fj39fkf93kf",
			code: "BC005", severity: diag.Warning, line: "token: gh7fj39fkf93kf", summary: "integrations.github[].token"},
		{name: "a token that says what it is", file: "app-config.yaml", old: end, new: x("x:\n  hook: https://hooks.slack.com/services/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\n"),
			code: "BC005", severity: diag.Warning, line: "hook: https://hooks.slack.com/services/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", summary: "x.hook"},
		{name: "a key with the name of a secret", file: "app-config.yaml", old: end, new: x("x:\n  apiToken: gh7fj39fkf93kf\n"),
			code: "BC005", severity: diag.Note, line: "apiToken: gh7fj39fkf93kf", summary: "x.apiToken"},
		{name: "a token that is cut off", file: "app-config.yaml", old: end, new: x("x:\n  apiToken: eyJhbG......\n")},
		{name: "a secret that browsers get", file: "app-config.yaml", old: end, new: x("x:\n  url: a\n  accessToken: ${POSTGRES_PASSWORD}\n"), also: installedFiles,
			code: "BC006", severity: diag.Note, line: "accessToken: ${POSTGRES_PASSWORD}", summary: "x.accessToken"},
		{name: "a key that is deprecated", file: "app-config.yaml", old: "  cors:\n", new: "  oldReading: x\n  cors:\n", also: installedFiles,
			code: "BC007", severity: diag.Note, line: "oldReading: x", summary: "use reading"},
		{name: "a variable that nothing mentions", file: "app-config.yaml", old: "token: ${GITHUB_TOKEN}", new: "token: ${GITHUB_TOKN}",
			code: "BC008", severity: diag.Note, line: "token: ${GITHUB_TOKN}", summary: "GITHUB_TOKN"},
		{name: "a variable with a fallback", file: "app-config.yaml", old: "token: ${GITHUB_TOKEN}", new: "token: ${GITHUB_TOKN:-x}"},
		{name: "a variable that code for deployment sets", file: "app-config.yaml", old: "token: ${GITHUB_TOKEN}", new: "token: ${OUR_TOKEN}", also: map[string]string{"infra/stack.ts": "env: { OUR_TOKEN: secret }"}},
		{name: "a monorepo in a repository", file: "app-config.yaml", old: "token: ${GITHUB_TOKEN}", new: "token: ${GITHUB_TOKN}", without: ".git/HEAD"},
		{name: "a file that does not exist", file: "app-config.yaml", old: "catalog:\n", new: "x:\n  $include: other/x.yaml\ncatalog:\n",
			code: "BC009", severity: diag.Warning, line: "$include: other/x.yaml", summary: "other/x.yaml"},
		{name: "a file with credentials that does not exist", file: "app-config.yaml", old: "catalog:\n", new: "x:\n  $include: app-credentials.yaml\ncatalog:\n",
			code: "BC009", severity: diag.Note, line: "$include: app-credentials.yaml", summary: "app-credentials.yaml"},
		{name: "a file that is there in another case", file: "app-config.yaml", old: "catalog:\n", new: "x:\n  $include: ./conf/Other.yml#a # theirs\ncatalog:\n", also: map[string]string{"conf/other.yaml": "a: {}\n"},
			code: "BC009", severity: diag.Warning, line: "$include: ./conf/Other.yml#a # theirs", summary: "conf/Other.yml", fixed: "x:\n  $include: ./conf/other.yaml#a # theirs\ncatalog:\n"},
		{name: "a key that the file does not have", file: "app-config.yaml", old: "catalog:\n", new: "x:\n  $include: other.yaml#a.b\ncatalog:\n", also: map[string]string{"other.yaml": "a:\n  c: 1\n"},
			code: "BC009", severity: diag.Warning, line: "$include: other.yaml#a.b", summary: "the key a.b of other.yaml"},
		{name: "a file of another kind", file: "app-config.yaml", old: "catalog:\n", new: "x:\n  $include: other.txt\ncatalog:\n", also: map[string]string{"other.txt": "a"},
			code: "BC009", severity: diag.Warning, line: "$include: other.txt", summary: "only .yaml, .yml and .json"},
		{name: "a file that cannot be read", file: "app-config.yaml", old: "catalog:\n", new: "x:\n  $include: other.yaml\ncatalog:\n", also: map[string]string{"other.yaml": "a: [\n"},
			code: "BC009", severity: diag.Warning, line: "$include: other.yaml", summary: "which cannot be read"},
		{name: "a variable beside other keys", file: "app-config.yaml", old: "catalog:\n", new: "x:\n  $env: GITHUB_TOKEN\n  y: 1\ncatalog:\n",
			code: "BC009", severity: diag.Warning, line: "$env: GITHUB_TOKEN", summary: "$env stands beside other keys of x"},
		{name: "CORS for another app", file: "app-config.yaml", old: "origin: http://localhost:3000", new: "origin: http://localhost:3001",
			code: "BC010", severity: diag.Warning, line: "origin: http://localhost:3001", summary: "http://localhost:3000", fixed: "origin: http://localhost:3000"},
		{name: "CORS with a slash at the end", file: "app-config.yaml", old: "origin: http://localhost:3000", new: "origin: http://localhost:3000/",
			code: "BC010", severity: diag.Warning, line: "origin: http://localhost:3000/", summary: "http://localhost:3000", fixed: "origin: http://localhost:3000"},
		{name: "CORS for the app of development in production", file: "app-config.production.yaml", old: "  baseUrl: https://portal.example.com\nbackend", new: "  baseUrl: https://app.example.com\nbackend",
			code: "BC010", severity: diag.Warning, line: "origin: http://localhost:3000", summary: "https://app.example.com in production"},
		{name: "another port", file: "app-config.yaml", old: "port: 7007", new: "port: 7008",
			code: "BC011", severity: diag.Warning, line: "baseUrl: http://localhost:7007", summary: "7008"},
		{name: "http from https", file: "app-config.production.yaml", old: "backend:\n  baseUrl: https:", new: "backend:\n  cors: {origin: 'https://portal.example.com'}\n  baseUrl: http:",
			code: "BC012", severity: diag.Warning, line: "baseUrl: http://portal.example.com", summary: "http from https"},
		{name: "localhost in production", file: "app-config.production.yaml", old: "  baseUrl: https://portal.example.com\nbackend:\n  baseUrl: https://portal.example.com", new: "  baseUrl: http://localhost:7007\nbackend:\n  baseUrl: http://localhost:7007",
			code: "BC013", severity: diag.Note, line: "baseUrl: http://localhost:7007", summary: "localhost"},
		{name: "the old layout of the proxy", file: "app-config.yaml", old: "  endpoints:\n    '/jira':\n      target: https://jira.example.com\n      headers:\n        Authorization: ${JIRA_AUTH}\n",
			new:  "  # of Jira\n  '/jira':\n    target: https://jira.example.com\n\n    headers:\n      Authorization: ${JIRA_AUTH} # theirs\n",
			code: "BC014", severity: diag.Warning, line: "'/jira':", summary: "proxy.endpoints",
			fixed: "  endpoints:\n    # of Jira\n    '/jira':\n      target: https://jira.example.com\n\n      headers:\n        Authorization: ${JIRA_AUTH} # theirs\n"},
		{name: "both layouts of the proxy", file: "app-config.yaml", old: "proxy:\n", new: "proxy:\n  '/x':\n    target: https://x.example.com\n",
			code: "BC014", severity: diag.Warning, line: "'/x':", summary: "/x is not there"},
		{name: "the old layout of the proxy in its time", file: "app-config.yaml", old: "  endpoints:\n    '/jira':\n      target: https://jira.example.com\n      headers:\n        Authorization: ${JIRA_AUTH}\n", release: "1.10.0",
			new: "  '/jira':\n    target: https://jira.example.com\n", also: map[string]string{"k8s/backstage.yaml": ""}},
		{name: "the old layout of the proxy with a package of its time", file: "app-config.yaml", old: "  endpoints:\n    '/jira':\n      target: https://jira.example.com\n      headers:\n        Authorization: ${JIRA_AUTH}\n",
			new: "  '/jira':\n    target: https://jira.example.com\n", also: map[string]string{"packages/backend/package.json": strings.Replace(wholeApp["packages/backend/package.json"], `"pg":`, `"@backstage/plugin-proxy-backend": "^0.2.9", "pg":`, 1)}},
		{name: "a proxy without a target", file: "app-config.yaml", old: "target: https://jira.example.com", new: "changeOrigin: true",
			code: "BC015", severity: diag.Error, line: "'/jira':", summary: "/jira"},
		{name: "a target that is no URL", file: "app-config.yaml", old: "target: https://jira.example.com", new: "target: jira.example.com",
			code: "BC015", severity: diag.Error, line: "target: jira.example.com", summary: "no URL"},
		{name: "credentials that the proxy does not know", file: "app-config.yaml", old: "target: https://jira.example.com", new: "target: https://jira.example.com\n      credentials: required",
			code: "BC015", severity: diag.Error, line: "credentials: required", summary: "none of require, forward"},
		{name: "credentials for anybody", file: "app-config.yaml", old: "target: https://jira.example.com", new: "target: https://jira.example.com\n      credentials: dangerously-allow-unauthenticated",
			code: "BC019", severity: diag.Note, line: "credentials: dangerously-allow-unauthenticated", summary: "of anybody"},
		{name: "credentials for anybody in production", file: "app-config.production.yaml", old: "auth:\n", new: "proxy:\n  endpoints:\n    '/jira':\n      credentials: dangerously-allow-unauthenticated\nauth:\n",
			code: "BC019", severity: diag.Warning, line: "credentials: dangerously-allow-unauthenticated", summary: "of anybody"},
		{name: "no credentials where some are asked for", file: "app-config.yaml", old: "  endpoints:\n", new: "  endpoints:\n    '/pagerduty':\n      target: https://api.pagerduty.com\n",
			code: "BC019", severity: diag.Note, line: "target: https://api.pagerduty.com", summary: "sends no credentials"},
		{name: "credentials of callers", file: "app-config.yaml", old: "  endpoints:\n", new: "  endpoints:\n    '/pagerduty':\n      target: https://api.pagerduty.com\n      allowedHeaders: [X-Token]\n"},
		{name: "Backstage's tokens for the target", file: "app-config.yaml", old: "  endpoints:\n", new: "  endpoints:\n    '/x':\n      target: https://x.example.com\n      allowedHeaders: [Authorization]\n",
			code: "BC019", severity: diag.Note, line: "allowedHeaders: [Authorization]", summary: "passes the Backstage tokens"},
		{name: "only the address of the app is set", file: "app-config.production.yaml", old: "backend:\n  baseUrl: https://portal.example.com\n", new: "backend:\n",
			code: "BC020", severity: diag.Warning, line: "baseUrl: https://portal.example.com", summary: "backend.baseUrl stays http://localhost:7007"},
		{name: "the environment sets the other address", file: "app-config.production.yaml", old: "backend:\n  baseUrl: https://portal.example.com\n", new: "backend:\n",
			also: map[string]string{"deploy/env.sh": "export APP_CONFIG_backend_baseUrl=https://portal.example.com GITHUB_TOKEN JIRA_AUTH POSTGRES_HOST POSTGRES_USER POSTGRES_PASSWORD"}},
		{name: "a chart sets the other address", file: "app-config.production.yaml", old: "backend:\n  baseUrl: https://portal.example.com\n", new: "backend:\n",
			also: map[string]string{"chart/values.yaml": "backstage:\n  appConfig:\n    backend:\n      baseUrl: https://portal.example.com\n"}},
		{name: "configuration that a ConfigMap sets", file: "app-config.yaml", old: "  auth:\n", new: "  auth:\n    dangerouslyDisableDefaultAuthPolicy: true\n",
			also: map[string]string{"k8s/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config\ndata:\n  app-config.cluster.yaml: |\n    backend:\n      auth:\n        x: 1\n"},
			code: "BC016", severity: diag.Note, line: "dangerouslyDisableDefaultAuthPolicy: true", summary: "does not reset it"},
		{name: "everybody at GitHub", file: "app-config.yaml", old: "      production:\n", new: "      production:\n        signIn:\n          resolvers:\n            - resolver: usernameMatchingUserEntityName\n              dangerouslyAllowSignInWithoutUserInCatalog: true\n",
			code: "BC016", severity: diag.Warning, line: "dangerouslyAllowSignInWithoutUserInCatalog: true", summary: "an account at github.com"},
		{name: "everybody of a company's own GitHub", file: "app-config.yaml", old: "      production:\n", new: "      production:\n        enterpriseInstanceUrl: https://github.example.com\n        signIn:\n          resolvers:\n            - resolver: usernameMatchingUserEntityName\n              dangerouslyAllowSignInWithoutUserInCatalog: true\n"},
		{name: "production without app-config.yaml", file: "packages/backend/Dockerfile", old: `"--config", "app-config.yaml", `, new: "", also: map[string]string{
			"app-config.yaml":            strings.Replace(wholeApp["app-config.yaml"], "  auth:\n", "  auth:\n    dangerouslyDisableDefaultAuthPolicy: true\n", 1),
			"app-config.production.yaml": strings.Replace(wholeApp["app-config.production.yaml"], "auth:\n", "backend2: {}\nauth:\n", 1)}},
		{name: "production that another file makes", file: "packages/backend/Dockerfile", old: `"app-config.production.yaml"]`, new: `"app-config.production.yaml", "--config", "app-config.aws.yaml"]`, also: map[string]string{
			"app-config.aws.yaml": "backend:\n  auth:\n    dangerouslyDisableDefaultAuthPolicy: true\n"},
			code: "BC016", severity: diag.Warning, line: "dangerouslyDisableDefaultAuthPolicy: true", summary: "is set in production"},
		{name: "the key of an example in production", file: "app-config.yaml", old: "- secret: ${GITHUB_TOKEN}", new: "- secret: changeme",
			code: "BC018", severity: diag.Warning, line: "- secret: changeme", summary: "changeme"},
		{name: "guests in production", file: "app-config.production.yaml", old: "  environment: production\n", new: "  environment: production\n  providers:\n    guest:\n      dangerouslyAllowOutsideDevelopment: true\n",
			code: "BC016", severity: diag.Warning, line: "dangerouslyAllowOutsideDevelopment: true", summary: "is set in production"},
		{name: "no policy for the backend in all files", file: "app-config.yaml", old: "  auth:\n", new: "  auth:\n    dangerouslyDisableDefaultAuthPolicy: true\n",
			code: "BC016", severity: diag.Warning, line: "dangerouslyDisableDefaultAuthPolicy: true", summary: "does not reset it"},
		{name: "a provider without the environment", file: "app-config.yaml", old: "      production:\n", new: "      staging:\n",
			code: "BC017", severity: diag.Warning, line: "github:", summary: "nothing for the environment production, only for development, staging"},
		{name: "a secret as in the example", file: "app-config.production.yaml", old: "auth:\n", new: "integrations:\n  gitlab:\n    - host: gitlab.com\n      token: <your-token>\nauth:\n",
			code: "BC018", severity: diag.Warning, line: "token: <your-token>", summary: "<your-token>"},
	})
}
