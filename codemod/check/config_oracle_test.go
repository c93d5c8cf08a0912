package check

import (
	"context"
	"encoding/json"
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

// TestOracleConfigCheckOfAnInstalledApp breaks a configuration in every way that fixtures.Mutants knows,
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
	if err := yaml.Unmarshal([]byte(fixtures.ValidConfig), &valid); err != nil {
		t.Fatal(err)
	}
	all := append([]fixtures.Mutant{{What: "nothing changed", Config: valid}}, fixtures.Mutants(valid)...)
	configs := make([]any, len(all))
	for i, m := range all {
		configs[i] = m.Config
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
			t.Errorf("refused at %s, and nothing is found: %s", strings.Join(official, ", "), all[i].What)
		case len(official) == 0 && len(certain) > 0:
			wrong++
			t.Errorf("accepted, and yet %s: %s", strings.Join(certain, "; "), all[i].What)
		case !slices.ContainsFunc(official, func(a string) bool {
			return slices.ContainsFunc(own, func(b string) bool {
				return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".") || a == ""
			})
		}) && len(official) > 0:
			places++
			t.Errorf("refused at %s, and found at %s: %s", strings.Join(official, ", "), strings.Join(own, ", "), all[i].What)
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
