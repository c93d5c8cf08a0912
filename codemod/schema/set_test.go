package schema_test

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
)

var sets = []struct {
	text   string
	path   string
	yaml   string
	secret bool
	err    string // code, and what the message contains
}{
	{text: "sonarqube.baseUrl=https://x", path: "sonarqube.baseUrl", yaml: "https://x"},
	{text: "sonarqube.baseUrl=5", path: "sonarqube.baseUrl", yaml: `"5"`},
	{text: "sonarqube.baseUrl=a: b # c", path: "sonarqube.baseUrl", yaml: "'a: b # c'"},
	{text: "sonarqube.baseUrl=", path: "sonarqube.baseUrl", yaml: `""`},
	{text: "sonarqube.baseUrl=[x]", path: "sonarqube.baseUrl", yaml: "'[x]'"},
	{text: "sonarqube.port=80", path: "sonarqube.port", yaml: "80"},
	{text: "sonarqube.port=${PORT}", path: "sonarqube.port", yaml: "${PORT}"},
	{text: "sonarqube.secure=true", path: "sonarqube.secure", yaml: "true"},
	{text: "sonarqube.apiKey=abc", path: "sonarqube.apiKey", yaml: "abc", secret: true},
	{text: "sonarqube.apiKey=${KEY}", path: "sonarqube.apiKey", yaml: "${KEY}"},
	{text: "sonarqube.instances[0].name=x", path: "sonarqube.instances[0].name", yaml: "x"},
	{text: "sonarqube.instances=[{name: x}, {name: y}]", path: "sonarqube.instances", yaml: "[{name: x}, {name: y}]"},
	{text: "sonarqube.labels.\"a.b\"=1", path: "sonarqube.labels.a.b", yaml: `"1"`},
	{text: "sonarqube.labels['a.b']=x", path: "sonarqube.labels.a.b", yaml: "x"},
	{text: "sonarqube.anything.goes=yes", path: "sonarqube.anything.goes", yaml: `"yes"`},
	{text: "sonarqube.anything.goes=12", path: "sonarqube.anything.goes", yaml: "12"},
	{text: "sonarqube.schedule.frequency.minutes=5", path: "sonarqube.schedule.frequency.minutes", yaml: "5"},
	{text: "sonarqube.auth.role=x", path: "sonarqube.auth.role", yaml: "x"},
	{text: "sonarqube.port=many", err: "wrong-type sonarqube.port is a string, but should be a number"},
	{text: "sonarqube.authType=Baer", err: "wrong-value should be one of Basic, Bearer"},
	{text: "sonarqube.instances=[{url: x}]", err: "missing-key sonarqube.instances[0].name is required"},
	{text: "sonarqube.instances={name: x}", err: "wrong-type should be a list of objects"},
	{text: "sonarqube.baseURl=x", err: "unknown-key Did you mean sonarqube.baseUrl?"},
	{text: "sonarqube.nothing=x", err: "unknown-key The keys of sonarqube are anything, apiKey"},
	{text: "sonarqub.baseUrl=x", err: "unknown-key Did you mean sonarqube?"},
	{text: "sonarqube.baseUrl.x=y", err: "unknown-key sonarqube.baseUrl is a string and has no x"},
	{text: "sonarqube.instances.name=y", err: "unknown-key sonarqube.instances is a list of objects and has no name"},
	{text: "sonarqube.port", err: "invalid-set there is no ="},
	{text: "=x", err: "invalid-set there is no key"},
	{text: "a..b=x", err: "invalid-set a key is empty"},
	{text: "a[x]=x", err: "invalid-set in brackets there is a number"},
	{text: "a[0=x", err: "invalid-set a bracket is not closed"},
	{text: "a[0]b=x", err: "invalid-set after a bracket"},
	{text: "'a=x", err: "invalid-set a quote is not closed"},
}

func TestParseSet(t *testing.T) {
	s, err := schema.FromDTS("pkg", "config.d.ts", []byte(checked))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range sets {
		got, err := schema.ParseSet(s, tt.text)
		if code, says, _ := strings.Cut(tt.err, " "); tt.err != "" {
			if list := diag.Of(err); len(list) != 1 || list[0].Code != code || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: error %v, want %s", tt.text, err, tt.err)
			}
			continue
		}
		if err != nil || got.Path.String() != tt.path || got.YAML != tt.yaml || got.Secret != tt.secret {
			t.Errorf("%s: %+v %v", tt.text, got, err)
		}
	}
	if got, err := schema.ParseSet(nil, "a.b=1"); err != nil || got.YAML != "1" {
		t.Errorf("without a schema: %+v, %v", got, err)
	}
}

func TestApply(t *testing.T) {
	block := schema.Block{
		Path: []string{"sonarqube"},
		YAML: "# Where.\nbaseUrl: ${URL}\napiKey: ${KEY} # secret\n# How: Basic or Bearer.\n# authType: Basic\nlist:\n  - name: ${NAME}\n",
		Env:  []schema.EnvVar{{Name: "URL"}, {Name: "KEY", Secret: true}, {Name: "NAME"}},
	}
	for _, tt := range []struct{ name, sets, want, env string }{
		{"a value in the place of another", "sonarqube.baseUrl=https://x",
			"# Where.\nbaseUrl: https://x\napiKey: ${KEY} # secret\n# How: Basic or Bearer.\n# authType: Basic\nlist:\n  - name: ${NAME}\n", "KEY* NAME"},
		{"in the place of a commented line", "sonarqube.authType=Bearer",
			"# Where.\nbaseUrl: ${URL}\napiKey: ${KEY} # secret\n# How: Basic or Bearer.\nauthType: Bearer\nlist:\n  - name: ${NAME}\n", "URL KEY* NAME"},
		{"a further key, items that are there and are not", "sonarqube.port=1 sonarqube.list[0].name=x sonarqube.list[1].name=w sonarqube.more.deep=z",
			"# Where.\nbaseUrl: ${URL}\napiKey: ${KEY} # secret\n# How: Basic or Bearer.\n# authType: Basic\nlist:\n  - name: x\n  - {name: w}\nport: 1\nmore:\n  deep: z\n", "URL KEY*"},
		{"a list that is not there", "sonarqube.other[0]=x",
			"# Where.\nbaseUrl: ${URL}\napiKey: ${KEY} # secret\n# How: Basic or Bearer.\n# authType: Basic\nlist:\n  - name: ${NAME}\nother:\n  - x\n", "URL KEY* NAME"},
		{"a block of its own", "app.title=X app.more=w",
			block.YAML + "--app\ntitle: X\nmore: w\n", "URL KEY* NAME"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var all []schema.Set
			for _, text := range strings.Fields(tt.sets) {
				set, err := schema.ParseSet(nil, text)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, set)
			}
			before := block.YAML
			got, err := schema.Apply([]schema.Block{block}, all...)
			if err != nil {
				t.Fatal(err)
			}
			text := got[0].YAML
			for _, b := range got[1:] {
				text += "--" + strings.Join(b.Path, ".") + "\n" + b.YAML
			}
			if text != tt.want {
				t.Errorf("got\n%swant\n%s", text, tt.want)
			}
			if env := envs(got[0].Env); env != tt.env {
				t.Errorf("variables %q, want %q", env, tt.env)
			}
			if block.YAML != before {
				t.Error("the block given was changed")
			}
		})
	}
	if _, err := schema.Apply([]schema.Block{{Path: []string{"a"}, YAML: "b: {c: 1}\n"}}, schema.Set{Path: schema.Path{"a", "b"}, YAML: "2"}); len(diag.Of(err)) != 1 {
		t.Errorf("a value in the place of an object: %v", err)
	}
}

func FuzzParseSet(f *testing.F) {
	for _, tt := range sets {
		f.Add(tt.text)
	}
	s, err := schema.FromDTS("pkg", "config.d.ts", []byte(checked))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, sch := range [...]*schema.Schema{nil, s} {
			set, err := schema.ParseSet(sch, text)
			if err != nil {
				continue
			}
			blocks, err := schema.Apply(nil, set)
			if err != nil {
				continue
			}
			var v any
			if err := yaml.Unmarshal([]byte(blocks[0].YAML), &v); err != nil {
				t.Errorf("%q: %v in\n%s", text, err, blocks[0].YAML)
			}
		}
	})
}
