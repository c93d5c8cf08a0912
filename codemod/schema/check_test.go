package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
)

const checked = `
import { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';
export interface Config {
  app?: {
    title: string;
    /** @visibility frontend */
    key?: string;
  };
  sonarqube?: {
    baseUrl: string;
    /** @visibility secret */
    apiKey?: string;
    authType?: 'Basic' | 'Bearer';
    port?: number;
    secure?: boolean;
    /** @deprecated Use instances. */
    legacy?: string;
    instances?: Array<{ name: string; url?: string }>;
    labels?: { [name: string]: string };
    auth?: { type: 'static'; /** x */ token: string } | { type: 'kubernetes'; role: string };
    schedule?: SchedulerServiceTaskScheduleDefinitionConfig;
    anything?: any;
  };
}`

var checks = []struct {
	name string
	yaml string
	opts schema.CheckOptions
	want string
}{
	{name: "a configuration that fits", yaml: `
sonarqube:
  baseUrl: https://x
  apiKey: ${KEY}
  authType: Bearer
  port: 80
  secure: true
  instances:
    - name: a
  labels: {a: b}
  auth: {type: static, token: "${T}"}
  schedule: {frequency: {minutes: 5}, timeout: PT1M}
  anything: [1, {a: b}]
other: {x: 1}
`},
	{name: "strings that are numbers and booleans, scalars that are strings", yaml: `
sonarqube: {baseUrl: 5, port: "80", secure: "true"}
`},
	{name: "words that only the backend takes for booleans", yaml: "sonarqube: {baseUrl: x, secure: yes}\n",
		want: "1:33 note wrong-type sonarqube.secure is \"yes\", which the backend takes for a boolean, and the official validation does not\n"},
	{name: "null is a value in a list", yaml: "sonarqube:\n  baseUrl: x\n  instances:\n    -\n    - {name: null}\n",
		want: "4:6 error wrong-type sonarqube.instances[0] is empty, but should be an object\n"},
	{name: "an alternative that lacks something", yaml: "sonarqube: {baseUrl: x, schedule: {frequency: {minutes: some}, timeout: 5}}\n",
		want: "1:47 warning wrong-type sonarqube.schedule.frequency is none of what it can be (for one of them, sonarqube.schedule.frequency.minutes is a string, but should be a number)\n"},
	{name: "what comes from elsewhere fits everything", yaml: `
app: {$include: app.yaml}
sonarqube:
  baseUrl: {$env: BASE}
  port: ${PORT:-80}
  secure: {$file: x}
  authType: pre-${X}
  instances: ${LIST}
  labels: {$file: labels}
`},
	{name: "null is as good as nothing", yaml: "sonarqube:\n  baseUrl: x\n  port:\n  instances: null\n  basUrl:\n"},
	{name: "an unknown key near a known one", yaml: `
sonarqube:
  baseUrl: x
  apikey: ${X}
  secur: true
  lables: {}
  nothing: 1
sonarqub: {}
`, want: `4:3 warning unknown-key sonarqube.apikey is not known; sonarqube.apiKey is
5:3 warning unknown-key sonarqube.secur is not known; sonarqube.secure is
6:3 warning unknown-key sonarqube.lables is not known; sonarqube.labels is
`},
	{name: "all unknown keys, if asked for", yaml: "sonarqube:\n  baseUrl: x\n  nothing: 1\n  labels: {a: b}\n", opts: schema.CheckOptions{Unknown: true},
		want: "3:3 note unknown-key sonarqube.nothing is not known\n"},
	{name: "a key whose near one is set means something else", yaml: "sonarqube:\n  baseUrl: x\n  baseUrls: y\n"},
	{name: "wrong types", yaml: `
sonarqube:
  baseUrl: [x]
  port: many
  secure: perhaps
  instances: {name: x}
  labels: x
`, want: `3:12 error wrong-type sonarqube.baseUrl is a list, but should be a string
4:9 error wrong-type sonarqube.port is a string, but should be a number
5:11 error wrong-type sonarqube.secure is a string, but should be a boolean
6:14 error wrong-type sonarqube.instances is an object, but should be a list of objects
7:11 error wrong-type sonarqube.labels is a string, but should be a mapping of strings
`},
	{name: "values outside of the enumeration", yaml: "sonarqube: {baseUrl: x, authType: bearer}\n",
		want: "1:35 error wrong-value sonarqube.authType is \"bearer\", but should be one of Basic, Bearer (Bearer)\n"},
	{name: "missing keys", yaml: "app: {}\nsonarqube:\n  instances:\n    - url: x\n",
		want: "1:6 error missing-key app.title is required, and is not there\n3:3 error missing-key sonarqube.baseUrl is required, and is not there\n4:7 error missing-key sonarqube.instances[0].name is required, and is not there\n"},
	{name: "missing keys of a file that is not all", yaml: "app: {}\n", opts: schema.CheckOptions{NoMissing: true}},
	{name: "alternatives", yaml: `
sonarqube:
  baseUrl: x
  auth: {type: kubernetes}
  schedule: {frequency: [1], timeout: 5}
`, want: `4:9 error missing-key sonarqube.auth.role is required, and is not there
5:25 warning wrong-type sonarqube.schedule.frequency is a list, but should be a string or object
`},
	{name: "the key that tells alternatives apart", yaml: "sonarqube: {baseUrl: x, auth: {type: kubernets}}\n",
		want: "1:38 warning wrong-value sonarqube.auth.type is \"kubernets\", but should be one of static, kubernetes (kubernetes)\n"},
	{name: "what is near several alternatives", yaml: "sonarqube: {baseUrl: x, schedule: {frequency: {cron: [], trigger: x, days: []}, timeout: 5}}\n",
		want: "1:47 warning wrong-type sonarqube.schedule.frequency is none of what it can be (for one of them, sonarqube.schedule.frequency.cron is a list, but should be a string)\n"},
	{name: "a database in memory is no secret", yaml: "sonarqube: {baseUrl: x, apiKey: ':memory:'}\n"},
	{name: "secrets", yaml: `
app: {title: x, key: "${APP_CLIENT_SECRET}"}
sonarqube:
  baseUrl: x
  apiKey: abc
`, want: `2:22 note frontend-secret app.key is sent to browsers, and APP_CLIENT_SECRET looks like a secret
5:11 warning plain-secret sonarqube.apiKey is a secret, and is written here in plain text
`},
	{name: "deprecated keys", yaml: "sonarqube: {baseUrl: x, legacy: y}\n", want: "1:33 note deprecated-key sonarqube.legacy is deprecated: Use instances\n"},
}

func TestCheck(t *testing.T) {
	s, err := schema.FromDTS("pkg", "config.d.ts", []byte(checked))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range checks {
		t.Run(tt.name, func(t *testing.T) {
			n, err := schema.ReadYAML("app-config.yaml", []byte(tt.yaml))
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, p := range s.Check(n, tt.opts) {
				fmt.Fprintf(&got, "%s %s %s %s", p.Pos, p.Severity, p.Code, p.Summary)
				if p.Near != "" && !strings.Contains(p.Summary, "; ") {
					fmt.Fprintf(&got, " (%s)", p.Near)
				}
				got.WriteString("\n")
			}
			if got.String() != tt.want {
				t.Errorf("got\n%swant\n%s", got.String(), tt.want)
			}
		})
	}
}

func TestBlockFitsItsSchema(t *testing.T) {
	for _, tt := range blocks {
		if tt.dts == "" || len(tt.path) != 1 {
			continue
		}
		s, err := schema.FromDTS("pkg", "config.d.ts", []byte(tt.dts))
		if err != nil {
			t.Fatal(err)
		}
		fits(t, s, tt.path, tt.opts)
	}
	for _, tt := range readings {
		s, err := schema.FromDTS("pkg", "config.d.ts", []byte(tt.dts))
		if err != nil {
			continue
		}
		fits(t, s, nil, schema.BlockOptions{})
	}
}

// fits makes sure that a block, put at its path, has no problem with the schema that it is of.
func fits(t *testing.T, s *schema.Schema, path []string, opts schema.BlockOptions) {
	t.Helper()
	b, ok := s.Block(path, opts)
	if !ok {
		return
	}
	src := b.YAML
	for _, key := range path {
		src = key + ":\n  " + strings.ReplaceAll(src, "\n", "\n  ")
	}
	n, err := schema.ReadYAML("x", []byte(src))
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	for _, p := range s.Check(n, schema.CheckOptions{Unknown: true}) {
		if p.Code != schema.MissingKey || len(p.Path) > 1 {
			t.Errorf("%s in\n%s", p.Summary, src)
		}
	}
}

func TestOverlay(t *testing.T) {
	read := func(file, src string) *schema.Node {
		n, err := schema.ReadYAML(file, []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	base := read("a", "app: {title: x, list: [1, 2]}\ngone: {a: 1}\nkept: {b: 1}\n")
	over := read("b", "app: {list: [3], more: {x: 1}}\ngone:\nkept:\n  b: 2\n")
	all := schema.Overlay(base, nil, over)
	for path, want := range map[string]string{
		"app.title": "a x", "app.list.0": "b 3", "app.list.1": "", "gone": "b ", "kept.b": "b 2", "app.more.x": "b 1",
	} {
		got := ""
		if n := all.At(strings.Split(path, ".")...); n != nil {
			got = n.File + " " + n.Text
		}
		if got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if base.Get("kept").Get("b").Text != "1" {
		t.Error("the first file was changed")
	}
}

func TestVars(t *testing.T) {
	for text, want := range map[string]string{
		"x": "", "${A}": "A", "a${A}b${ B }": "A B", "$${A}": "", "${A:-x}": "A", "${${A}}": "A", "${A": "", "${{A}}": "", "$$${A}": "",
	} {
		n := &schema.Node{Type: schema.String, Text: text}
		if got := strings.Join(n.Vars(), " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestReadYAMLRefuses(t *testing.T) {
	_, err := schema.ReadYAML("x.yaml", []byte("a: [\n"))
	if list := diag.Of(err); len(list) != 1 || list[0].Code != "invalid-yaml" || list[0].File != "x.yaml" {
		t.Errorf("%v", err)
	}
}

func FuzzCheck(f *testing.F) {
	for _, tt := range checks {
		f.Add([]byte(checked), []byte(tt.yaml))
	}
	for _, tt := range readings {
		f.Add([]byte(tt.dts), []byte("a: &x {b: [*]}\n"))
	}
	f.Fuzz(func(t *testing.T, dts, src []byte) {
		s, err := schema.FromDTS("pkg", "config.d.ts", dts)
		if err != nil {
			t.Skip()
		}
		n, err := schema.ReadYAML("x", src)
		if err != nil {
			t.Skip()
		}
		for _, p := range s.Check(schema.Overlay(n, n), schema.CheckOptions{Unknown: true}) {
			if p.Span.Start < 0 || p.Span.End > len(src) || p.Span.End < p.Span.Start {
				t.Errorf("%s at %v of %d bytes", p.Code, p.Span, len(src))
			}
		}
	})
}

func TestCheckFiles(t *testing.T) {
	s, err := schema.FromDTS("pkg", "config.d.ts", []byte(checked))
	if err != nil {
		t.Fatal(err)
	}
	var files []*schema.Node
	for name, src := range map[string]string{
		"app-config.yaml":            "app: {key: a}\nsonarqube:\n  port: many\n  auth: {type: kubernetes}\n",
		"app-config.production.yaml": "sonarqube:\n  baseUrl: x\n  port: 80\n  auth: {role: x}\napp:\n",
	} {
		n, err := schema.ReadYAML(name, []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, n)
	}
	// In either order: what one file sets is not missing, and what is wrong in one is wrong.
	for range 2 {
		files[0], files[1] = files[1], files[0]
		var got []string
		for _, p := range s.CheckFiles(append(files, nil), schema.CheckOptions{}) {
			got = append(got, p.Diagnostic().Location()+" "+p.Code+" "+p.Path.String())
		}
		want := "app-config.yaml:1:6 missing-key app.title; app-config.yaml:3:9 wrong-type sonarqube.port"
		if strings.Join(got, "; ") != want {
			t.Errorf("got %s\nwant %s", strings.Join(got, "; "), want)
		}
	}
}

func TestRefs(t *testing.T) {
	n, err := schema.ReadYAML("x.yaml", []byte("a: ${A}-${B:-x}\nb:\n  - {$file: ./k.txt}\n  - $include: o.yaml#x\nc: {$env: C}\nd: $${D}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range n.Refs() {
		got = append(got, fmt.Sprintf("%s %s %s %s %v", r.Node.Pos, r.Path, r.From, r.Name, r.Fallback))
	}
	want := "1:4 a ${} A false; 1:4 a ${} B true; 3:5 b[0] $file ./k.txt false; 4:5 b[1] $include o.yaml#x false; 5:4 c $env C false"
	if strings.Join(got, "; ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, "; "), want)
	}
}
