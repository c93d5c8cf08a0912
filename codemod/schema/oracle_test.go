package schema_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/npm"
)

// configLoader is what the official CLI reads schemas with, and what declares the types that most
// schemas import.
var configLoader = []string{"@backstage/config-loader@1.11.3", "@backstage/types@1.2.1", "@backstage/backend-plugin-api@1.3.1"}

// oraclePackages publish their schema as a config.d.ts, as Backstage's own did up to release 1.40.
var oraclePackages = strings.Fields(`
@backstage/backend-defaults@0.10.0
@backstage/core-components@0.17.3
@backstage/integration@1.17.0
@backstage/frontend-app-api@0.11.3
@backstage/plugin-app-backend@0.4.4
@backstage/plugin-auth-backend@0.24.5
@backstage/plugin-auth-backend-module-github-provider@0.2.4
@backstage/plugin-auth-backend-module-google-provider@0.2.4
@backstage/plugin-auth-backend-module-microsoft-provider@0.2.4
@backstage/plugin-auth-backend-module-okta-provider@0.1.4
@backstage/plugin-auth-backend-module-gitlab-provider@0.2.4
@backstage/plugin-auth-backend-module-oidc-provider@0.3.4
@backstage/plugin-auth-backend-module-gcp-iap-provider@0.3.4
@backstage/plugin-auth-backend-module-guest-provider@0.2.5
@backstage/plugin-auth-backend-module-auth0-provider@0.1.4
@backstage/plugin-catalog@1.30.0
@backstage/plugin-catalog-backend@2.1.0
@backstage/plugin-catalog-backend-module-github@0.7.11
@backstage/plugin-catalog-backend-module-gitlab@0.6.6
@backstage/plugin-catalog-backend-module-msgraph@0.6.9
@backstage/plugin-catalog-import@0.12.13
@backstage/plugin-events-backend@0.4.1
@backstage/plugin-events-backend-module-gitlab@0.1.23
@backstage/plugin-home@0.8.4
@backstage/plugin-kubernetes-backend@0.19.2
@backstage/plugin-proxy-backend@0.5.11
@backstage/plugin-scaffolder-backend@1.33.0
@backstage/plugin-search@1.4.23
@backstage/plugin-search-backend@1.8.2
@backstage/plugin-search-backend-module-catalog@0.3.1
@backstage/plugin-search-backend-module-pg@0.5.41
@backstage/plugin-search-backend-module-stack-overflow-collator@0.3.5
@backstage/plugin-search-backend-module-techdocs@0.3.6
@backstage/plugin-techdocs@1.12.4
@backstage/plugin-techdocs-backend@1.11.6
@backstage-community/plugin-azure-sites-backend@0.16.0
@backstage-community/plugin-explore-backend@0.16.0
@backstage-community/plugin-grafana@0.21.0
@backstage-community/plugin-quay@1.24.0
@backstage-community/plugin-redhat-argocd@2.3.0
@backstage-community/plugin-redhat-argocd-backend@0.13.0
@backstage-community/plugin-rollbar-backend@0.12.0
@roadiehq/backstage-plugin-argo-cd@2.12.5
@roadiehq/backstage-plugin-argo-cd-backend@4.8.0
@roadiehq/rag-ai-backend@3.0.1
@roadiehq/catalog-backend-module-okta@1.4.1
`)

const askOracle = `
const { loadConfigSchema } = require('@backstage/config-loader');
const errors = [];
loadConfigSchema({ dependencies: [], packagePaths: process.argv.slice(2), excludePackageDependencies: true,
  onSchemaError: e => errors.push(String(e && e.message).split('\n')[0]) }).then(
  s => process.stdout.write(JSON.stringify({ schemas: s.serialize().schemas, errors })),
  e => { console.error(e); process.exit(1); });
`

// askChecks validates the configurations of a JSON file {schema, configs} with the schema, and
// prints the paths of the errors of each, with dots; of alternatives, that of them all.
const askChecks = `
const fs = require('fs'), path = require('path'), yaml = require('yaml');
const { loadConfigSchema } = require('@backstage/config-loader');
const { compileConfigSchemas } = require(path.join(path.dirname(require.resolve('@backstage/config-loader')), 'schema/compile.cjs.js'));
loadConfigSchema({ dependencies: [], packagePaths: [process.argv[2]], excludePackageDependencies: true }).then(s => {
  const validate = compileConfigSchemas(s.serialize().schemas);
  const configs = JSON.parse(fs.readFileSync(process.argv[3]));
  process.stdout.write(JSON.stringify(configs.map(c => (validate([{ data: yaml.parse(c), context: 'x' }]).errors || []).filter(e => !/anyOf\/\d/.test(e.schemaPath)).map(e =>
    e.instancePath.split('/').slice(1).concat(e.keyword === 'required' ? [e.params.missingProperty] : []).join('.')))));
}, e => { console.error(e); process.exit(1); });
`

// checkWithOracle compares what Check says of the configurations in the table with what the
// official validation says: an error at one path has one at that path, above or below it.
func checkWithOracle(t *testing.T, dir string) {
	at := filepath.Join(dir, "node_modules", "checked")
	write(t, filepath.Join(at, "package.json"), []byte(`{"name": "checked", "version": "1.0.0", "configSchema": "config.d.ts"}`))
	write(t, filepath.Join(at, "config.d.ts"), []byte(checked))
	write(t, filepath.Join(dir, "check.cjs"), []byte(askChecks))
	s, err := schema.FromDTS("checked", "config.d.ts", []byte(checked))
	if err != nil {
		t.Fatal(err)
	}
	var configs []string
	for _, tt := range checks {
		// The official validation sees configurations after substitution, and does not know
		// yes and no, which @backstage/config takes for booleans.
		if !strings.Contains(tt.yaml, "$") && !strings.Contains(tt.yaml, "yes") {
			configs = append(configs, tt.yaml)
		}
	}
	src, err := json.Marshal(configs)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "configs.json"), src)
	var answers [][]string
	if err := json.Unmarshal(run(t, dir, "node", "check.cjs", filepath.Join(at, "package.json"), "configs.json"), &answers); err != nil {
		t.Fatal(err)
	}
	related := func(a string, list []string) bool {
		return slices.ContainsFunc(list, func(b string) bool {
			return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
		})
	}
	n := 0
	for i, official := range answers {
		doc, err := schema.ReadYAML("x", []byte(configs[i]))
		if err != nil {
			t.Fatal(err)
		}
		var own []string
		for _, p := range s.Check(doc, schema.CheckOptions{}) {
			if p.Code == schema.WrongType || p.Code == schema.WrongValue || p.Code == schema.MissingKey {
				own = append(own, strings.NewReplacer("[", ".", "]", "").Replace(p.Path.String()))
			}
		}
		for _, e := range official {
			n++
			if !related(e, own) {
				t.Errorf("the official validation alone has an error at %s in\n%s", e, configs[i])
			}
		}
		for _, e := range own {
			if !related(e, official) {
				t.Errorf("Check alone has an error at %s in\n%s", e, configs[i])
			}
		}
	}
	t.Logf("%d configurations, %d errors", len(configs), n)
}

// TestOracleSchemas compares what FromDTS reads with what the official tool makes of the same
// files: every key, its type, whether it is required, visibility, default,
// deprecation, description.
func TestOracleSchemas(t *testing.T) {
	if !strings.Contains(os.Getenv("BATTEN_REQUIRE"), "oracle") {
		t.Skip("it takes half a minute: make oracle runs it")
	}
	fixtures.Require(t, "oracle", "network")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "package.json"), []byte(`{"private": true}`))
	write(t, filepath.Join(dir, "ask.cjs"), []byte(askOracle))
	run(t, dir, "npm", append([]string{"install", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps"}, configLoader...)...)

	t.Run("checking", func(t *testing.T) { checkWithOracle(t, dir) })

	packages := download(t, oraclePackages)
	args := []string{"ask.cjs"}
	own := map[string]string{}
	for name, files := range packages {
		s, err := schema.FromPackage(files)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s == nil {
			t.Logf("%s has no schema", name)
			continue
		}
		own[name] = lines(s)
		at := filepath.Join(dir, "node_modules", filepath.FromSlash(name))
		for _, file := range [...]string{"package.json", "config.d.ts"} {
			src, err := fs.ReadFile(files, file)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			write(t, filepath.Join(at, file), src)
		}
		args = append(args, filepath.Join(at, "package.json"))
	}
	var answer struct {
		Schemas []struct {
			PackageName string
			Value       json.RawMessage
		}
		Errors []string
	}
	if err := json.Unmarshal(run(t, dir, "node", args...), &answer); err != nil {
		t.Fatal(err)
	}
	for _, e := range answer.Errors {
		t.Logf("left out, the official tool says: %s", e)
		if _, rest, ok := strings.Cut(e, "package '"); ok {
			name, _, _ := strings.Cut(rest, "'")
			delete(own, name)
		}
	}
	t.Run("mutants", func(t *testing.T) { mutantsWithOracle(t, dir, packages, args[1:]) })
	compared, keys, different := 0, 0, 0
	for _, official := range answer.Schemas {
		s, err := schema.FromJSON(official.PackageName, "official", official.Value)
		if err != nil {
			t.Errorf("%s: %v", official.PackageName, err)
			continue
		}
		want := lines(s)
		got, ok := own[official.PackageName]
		if !ok {
			continue
		}
		compared++
		keys += strings.Count(want, "\n")
		if diff := difference(got, want); diff != "" {
			different += strings.Count(diff, "\n")
			t.Errorf("%s:\n%s", official.PackageName, diff)
		}
	}
	t.Logf("%d packages, %d keys, %d lines differ", compared, keys, different)
	if compared < 40 {
		t.Errorf("the official tool read %d of %d packages", compared, len(packages))
	}
}

// askMutants validates the configurations of a file with the schemas of packages together, and
// prints the paths of the errors of each.
const askMutants = `
const fs = require('fs'), path = require('path');
const { loadConfigSchema } = require('@backstage/config-loader');
const { compileConfigSchemas } = require(path.join(path.dirname(require.resolve('@backstage/config-loader')), 'schema/compile.cjs.js'));
loadConfigSchema({ dependencies: [], packagePaths: process.argv.slice(3), excludePackageDependencies: true }).then(s => {
  const validate = compileConfigSchemas(s.serialize().schemas);
  process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(process.argv[2])).map(data => (validate([{ data, context: 'x' }]).errors || []).filter(e => !/anyOf\/\d/.test(e.schemaPath)).map(e =>
    e.instancePath.split('/').slice(1).map(k => k.replaceAll('~1', '/').replaceAll('~0', '~')).concat(e.keyword === 'required' ? [e.params.missingProperty] : []).join('.')))));
}, e => { console.error(e); process.exit(1); });
`

// mutantsWithOracle breaks a configuration in every way that fixtures.Mutants knows. What the
// official validation refuses, by the schemas of Backstage's own packages together, is found at its
// place, and what it accepts is no error.
func mutantsWithOracle(t *testing.T, dir string, packages map[string]fs.FS, paths []string) {
	var all []*schema.Schema
	args := []string{"mutants.cjs", "mutants.json"}
	for _, at := range paths {
		name, _ := filepath.Rel(filepath.Join(dir, "node_modules"), filepath.Dir(at))
		if name = filepath.ToSlash(name); !strings.HasPrefix(name, "@backstage/") {
			continue
		}
		s, err := schema.FromPackage(packages[name])
		if err != nil || s == nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, s)
		args = append(args, at)
	}
	s, err := schema.Merge(all...)
	if err != nil {
		t.Fatal(err)
	}
	var valid any
	if err := yaml.Unmarshal([]byte(fixtures.ValidConfig), &valid); err != nil {
		t.Fatal(err)
	}
	mutants := append([]fixtures.Mutant{{What: "nothing changed", Config: valid}}, fixtures.Mutants(valid)...)
	configs := make([]any, len(mutants))
	for i, m := range mutants {
		configs[i] = m.Config
	}
	src, err := json.Marshal(configs)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "mutants.cjs"), []byte(askMutants))
	write(t, filepath.Join(dir, "mutants.json"), src)
	var answers [][]string
	if err := json.Unmarshal(run(t, dir, "node", args...), &answers); err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i, official := range answers {
		text, err := json.Marshal(configs[i])
		if err != nil {
			t.Fatal(err)
		}
		n, err := schema.ReadYAML("x", text)
		if err != nil {
			t.Fatal(err)
		}
		own, wrong := false, ""
		for _, p := range s.CheckFiles([]*schema.Node{n}, schema.CheckOptions{}) {
			switch p.Code {
			case schema.WrongType, schema.WrongValue, schema.MissingKey:
				at := strings.NewReplacer("[", ".", "]", "").Replace(p.Path.String())
				own = own || slices.ContainsFunc(official, func(e string) bool {
					return e == "" || e == at || strings.HasPrefix(e, at+".") || strings.HasPrefix(at, e+".")
				})
				if p.Severity > diag.Note {
					wrong = p.Summary
				}
			}
		}
		switch {
		case len(official) > 0 && !own:
			t.Errorf("refused at %s: %s", strings.Join(official, ", "), mutants[i].What)
		case len(official) == 0 && wrong != "":
			t.Errorf("accepted, and yet %s: %s", wrong, mutants[i].What)
		}
		if len(official) > 0 {
			refused++
		}
	}
	t.Logf("%d configurations, %d refused", len(mutants), refused)
	if refused < len(mutants)/3 || refused > len(mutants)*9/10 {
		t.Error("these are not the configurations that the test was made for")
	}
}

// lines is describe with the description, and with alternatives in the order of the alphabet.
func lines(s *schema.Schema) string {
	var out []string
	for _, k := range s.Keys() {
		line := k.Path.String() + " "
		if k.Required {
			line += "required "
		}
		if k.Choice {
			line += "choice "
		}
		line += normal(k.Schema, 0) + " " + string(k.Visibility)
		if d := k.Schema.Default; d != nil {
			line += " default " + fmt.Sprint(d)
		}
		if k.Schema.Deprecated != "" {
			line += " deprecated"
		}
		// What schedules are is declared elsewhere, and described here in other words.
		if !slices.Contains(k.Path, "schedule") {
			line += " " + strings.Join(strings.Fields(k.Schema.Description), " ")
		}
		out = append(out, line)
	}
	sort.Strings(out)
	return strings.Join(slices.Compact(out), "\n") + "\n"
}

// normal is a type in one of the ways in which it can be written.
func normal(s *schema.Schema, depth int) string {
	if s.Any() || depth > 6 {
		return "any"
	}
	var out []string
	for _, v := range s.Enum {
		out = append(out, fmt.Sprintf("%q", fmt.Sprint(v)))
	}
	if len(s.Enum) == 0 {
		for _, t := range s.Types {
			switch {
			case t == schema.Array && s.Items != nil:
				out = append(out, "["+normal(s.Items, depth+1)+"]")
			case t == schema.Array && len(s.Tuple) > 0:
				out = append(out, "["+normal(s.Tuple[0], depth+1)+"]")
			default:
				out = append(out, string(t))
			}
		}
	}
	for _, c := range s.Choices {
		for _, a := range c {
			out = append(out, strings.Split(normal(a, depth+1), "|")...)
		}
	}
	sort.Strings(out)
	return strings.Join(slices.Compact(out), "|")
}

// lost are the keys that the official tool drops: of A & { [key: string]: B }, those of B.
var lost = []string{"proxy.* ", "proxy.*.", "kubernetes.apiVersionOverrides.* "}

func difference(got, want string) string {
	has := map[string]int{}
	for l := range strings.Lines(got) {
		has[l] |= 1
	}
	for l := range strings.Lines(want) {
		has[l] |= 2
	}
	var out []string
	for l, in := range has {
		switch in {
		case 1:
			if slices.ContainsFunc(lost, func(p string) bool { return strings.HasPrefix(l, p) }) {
				continue
			}
			out = append(out, l[:len(l)-1]+"   <- ours\n")
		case 2:
			out = append(out, l[:len(l)-1]+"   <- official\n")
		}
	}
	sort.Strings(out)
	return strings.Join(out, "")
}

func write(t *testing.T, name string, src []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, src, 0o644)); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, stderr.Bytes())
	}
	return out
}

func download(t *testing.T, specs []string) map[string]fs.FS {
	t.Helper()
	config, problems := npm.ConfigFrom(npm.UserPlaces(""))
	if err := errors.Join(problems...); err != nil {
		t.Log(err)
	}
	client := npm.New(config)
	out := map[string]fs.FS{}
	for _, spec := range specs {
		at := strings.LastIndexByte(spec, '@')
		v, err := client.Version(context.Background(), spec[:at], spec[at+1:])
		if err != nil {
			t.Fatal(err)
		}
		files, err := client.Tarball(context.Background(), v)
		if err != nil {
			t.Fatal(err)
		}
		out[spec[:at]] = files
	}
	return out
}
