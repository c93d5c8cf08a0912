package check

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

// validConfig is a configuration that the official validation accepts. Ways in which it can be
// broken are made of it.
const validConfig = `app:
  title: Portal
  baseUrl: http://localhost:3000
  support:
    url: https://support.example.com
    items:
      - title: Issues
        icon: github
        links:
          - url: https://example.com
            title: Tracker
organization:
  name: Company
backend:
  baseUrl: http://localhost:7007
  listen:
    port: 7007
    host: 127.0.0.1
  csp:
    connect-src: ["'self'", 'http:']
    upgrade-insecure-requests: false
  cors:
    origin: http://localhost:3000
    methods: [GET, POST]
    credentials: true
  database:
    client: better-sqlite3
    connection: ':memory:'
    pluginDivisionMode: database
  cache:
    store: memory
  auth:
    keys:
      - secret: abc
    externalAccess:
      - type: static
        options:
          token: abcdefghijkl
          subject: ci
        accessRestrictions:
          - plugin: catalog
            permission: [catalog.entity.read]
  reading:
    allow:
      - host: example.com
        paths: [/a]
  actions:
    pluginSources: [auth, catalog]
  rateLimit:
    windowMs: 1000
    incomingRequestLimit: 20
integrations:
  github:
    - host: github.com
      token: abc
      apps:
        - appId: 1
          allowedInstallationOwners: [me]
          clientId: x
          clientSecret: y
          webhookSecret: z
          privateKey: k
  gitlab:
    - host: gitlab.example.com
      apiBaseUrl: https://gitlab.example.com/api/v4
  azure:
    - host: dev.azure.com
      credentials:
        - clientId: a
          clientSecret: b
          tenantId: c
          organizations: [o]
  bitbucketCloud:
    - username: u
      appPassword: p
proxy:
  skipInvalidProxies: false
  endpoints:
    '/jira':
      target: https://jira.example.com
      changeOrigin: true
      allowedMethods: [GET]
      allowedHeaders: [X-One]
      headers: {Authorization: Basic abc}
      credentials: require
    '/plain': https://plain.example.com
techdocs:
  builder: local
  generator:
    runIn: docker
    mkdocs:
      omitTechdocsCorePlugin: true
      defaultPlugins: [a]
  publisher:
    type: awsS3
    awsS3:
      bucketName: b
      region: eu-west-1
  cache:
    ttl: 3600
auth:
  environment: development
  session:
    secret: abc
  providers:
    guest:
      userEntityRef: user:default/guest
      ownershipEntityRefs: [group:default/a]
    github:
      development:
        clientId: a
        clientSecret: b
        signIn:
          resolvers:
            - resolver: usernameMatchingUserEntityName
              dangerouslyAllowSignInWithoutUserInCatalog: true
scaffolder:
  defaultAuthor: {name: a, email: b}
  concurrentTasksLimit: 3
catalog:
  import:
    entityFilename: catalog-info.yaml
  orphanStrategy: keep
  rules:
    - allow: [Component, System]
  locations:
    - type: file
      target: ../../examples/entities.yaml
      rules:
        - allow: [Template]
  processingInterval: {minutes: 30}
search:
  collators:
    catalog:
      schedule:
        frequency: {minutes: 10}
        timeout: {minutes: 15}
  pg:
    highlightOptions: {useHighlight: true, maxWords: 35}
kubernetes:
  serviceLocatorMethod: {type: multiTenant}
  clusterLocatorMethods:
    - type: config
      clusters:
        - url: https://k.example.com
          name: one
          authProvider: serviceAccount
          skipTLSVerify: false
    - type: catalog
permission:
  enabled: true
mcpActions:
  name: Portal
notifications:
  retention: 1y
`

// mutant is a configuration with one thing in it replaced, or taken out.
type mutant struct {
	what   string
	config any
}

// mutants replaces each value of a configuration by some of every type, and takes each key out.
func mutants(config any) []mutant {
	others := []any{"surely-not", "", "12", 12.0, -1.5, true, "yes", []any{}, []any{[]any{"a"}}, []any{map[string]any{"x": 1.0}}, map[string]any{}, map[string]any{"x": "y"}, nil}
	var out []mutant
	var walk func(at any, where string, set func(any) any)
	walk = func(at any, where string, set func(any) any) {
		if where != "" {
			for _, v := range others {
				text, _ := json.Marshal(v)
				out = append(out, mutant{fmt.Sprintf("%s = %s", where, text), set(v)})
			}
		}
		switch v := at.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				with := func(x any) any {
					c := maps.Clone(v)
					c[k] = x
					return set(c)
				}
				less := maps.Clone(v)
				delete(less, k)
				out = append(out, mutant{fmt.Sprintf("without %s.%s", where, k), set(less)})
				walk(v[k], where+"."+k, with)
			}
			more := maps.Clone(v)
			more["surelyNot"] = 1.0
			out = append(out, mutant{where + " with one more", set(more)})
		case []any:
			for i := range v {
				walk(v[i], fmt.Sprintf("%s.%d", where, i), func(x any) any {
					c := slices.Clone(v)
					c[i] = x
					return set(c)
				})
			}
		}
	}
	walk(config, "", func(x any) any { return x })
	return out
}

// askConfigs validates the configurations of a file as backstage-cli config:check --strict does with the
// packages of the app, and prints the places of the errors of each.
const askConfigs = `
const app = process.argv[2], path = require('path'), fs = require('fs');
process.chdir(app);
const from = name => require(require.resolve(name, { paths: [app] }));
const { loadConfigSchema } = from('@backstage/config-loader');
const { getPackages } = from('@manypkg/get-packages');
const dir = path.dirname(require.resolve('@backstage/config-loader', { paths: [app] }));
const { compileConfigSchemas } = require(path.join(dir, 'schema/compile.cjs.js'));
getPackages(app).then(async ({ packages }) => {
  const s = await loadConfigSchema({ dependencies: packages.map(p => p.packageJson.name), packagePaths: [path.join(app, 'package.json')] });
  const validate = compileConfigSchemas(s.serialize().schemas);
  const answers = JSON.parse(fs.readFileSync(process.argv[3])).map(data => (validate([{ data, context: 'x' }]).errors || []).filter(e => !/anyOf\/\d/.test(e.schemaPath)).map(e =>
    e.instancePath.split('/').slice(1).map(k => k.replaceAll('~1', '/').replaceAll('~0', '~')).concat(e.keyword === 'required' ? [e.params.missingProperty] : []).join('.')));
  fs.writeFileSync(process.argv[3] + '.out', JSON.stringify(answers));
}).catch(e => { console.error(e); process.exit(1); });
`

// TestOracleConfigCheckOfAnInstalledApp breaks a configuration in every way that mutants knows,
// and compares what the schemas say with what the official validation does: what it refuses is
// found, at its place, and what it accepts is no error.
func TestOracleConfigCheckOfAnInstalledApp(t *testing.T) {
	dir := os.Getenv("BATTEN_INSTALLED_APP")
	if dir == "" {
		t.Skip("BATTEN_INSTALLED_APP does not say where an app with its node_modules is")
	}
	fixtures.Require(t, "oracle")
	ws, err := workspace.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	repo, err := Open(context.Background(), ws)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := repo.schema()
	if s == nil {
		t.Fatal("too little is installed")
	}
	var valid any
	if err := yaml.Unmarshal([]byte(validConfig), &valid); err != nil {
		t.Fatal(err)
	}
	all := append([]mutant{{"nothing changed", valid}}, mutants(valid)...)
	configs := make([]any, len(all))
	for i, m := range all {
		configs[i] = m.config
	}
	src, err := json.Marshal(configs)
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(t.TempDir(), "configs.json")
	script := filepath.Join(t.TempDir(), "ask.cjs")
	if err := os.WriteFile(at, src, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(script, []byte(askConfigs), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("node", script, dir, at).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var answers [][]string
	src, err = os.ReadFile(at + ".out")
	if err == nil {
		err = json.Unmarshal(src, &answers)
	}
	if err != nil {
		t.Fatal(err)
	}
	refused, missed, wrong, places := 0, 0, 0, 0
	for i, official := range answers {
		text, err := json.Marshal(configs[i])
		if err != nil {
			t.Fatal(err)
		}
		n, err := schema.ReadYAML("app-config.yaml", text)
		if err != nil {
			t.Fatal(err)
		}
		var own, certain []string
		for _, p := range s.CheckFiles([]*schema.Node{n}, schema.CheckOptions{}) {
			switch p.Code {
			case schema.WrongType, schema.WrongValue, schema.MissingKey, schema.UnknownKey:
				at := strings.NewReplacer("[", ".", "]", "").Replace(p.Path.String())
				own = append(own, at)
				if p.Code != schema.UnknownKey && p.Severity > diag.Note {
					certain = append(certain, at+": "+p.Summary)
				}
			}
		}
		if len(official) > 0 {
			refused++
		}
		switch {
		case len(official) > 0 && len(own) == 0:
			missed++
			t.Errorf("refused at %s, and nothing is found: %s", strings.Join(official, ", "), all[i].what)
		case len(official) == 0 && len(certain) > 0:
			wrong++
			t.Errorf("accepted, and yet %s: %s", strings.Join(certain, "; "), all[i].what)
		case !slices.ContainsFunc(official, func(a string) bool {
			return slices.ContainsFunc(own, func(b string) bool {
				return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".") || a == ""
			})
		}) && len(official) > 0:
			places++
			t.Errorf("refused at %s, and found at %s: %s", strings.Join(official, ", "), strings.Join(own, ", "), all[i].what)
		}
	}
	t.Logf("%d configurations, %d refused; %d missed, %d wrong, %d at another place", len(all), refused, missed, wrong, places)
}

// BenchmarkConfigOfAnInstalledApp is what the rules of configuration cost, by parts.
func BenchmarkConfigOfAnInstalledApp(b *testing.B) {
	dir := os.Getenv("BATTEN_INSTALLED_APP")
	if dir == "" {
		b.Skip("BATTEN_INSTALLED_APP does not say where an app with its node_modules is")
	}
	open := func() *Repo {
		ws, err := workspace.Load(os.DirFS(dir))
		if err != nil {
			b.Fatal(err)
		}
		r, err := Open(context.Background(), ws)
		if err != nil {
			b.Fatal(err)
		}
		r.Files()
		return r
	}
	b.Run("schema", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			r := open()
			b.StartTimer()
			if s, _ := r.schema(); s == nil {
				b.Fatal("too little is installed")
			}
		}
	})
	b.Run("problems", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			r := open()
			r.config()
			b.StartTimer()
			r.config().problems(r)
		}
	})
	b.Run("rules", func(b *testing.B) {
		rules := slices.DeleteFunc(Rules(), func(r Rule) bool { return r.Family != Config })
		for b.Loop() {
			b.StopTimer()
			r := open()
			b.StartTimer()
			if _, err := Run(context.Background(), r, rules, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
