package schema_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
)

// describe is a schema as one line per key: path, "!" if required ("!!" if always), type,
// visibility, default.
func describe(s *schema.Schema) string {
	var b strings.Builder
	for _, k := range s.Keys() {
		b.WriteString(k.Path.String())
		if k.Required {
			b.WriteString("!")
		}
		if k.Always {
			b.WriteString("!")
		}
		fmt.Fprintf(&b, " %s", k.Type)
		if k.Choice {
			b.WriteString(" (choice)")
		}
		if k.Visibility != schema.Backend {
			fmt.Fprintf(&b, " @%s", k.Visibility)
		}
		if k.Schema.Default != nil {
			fmt.Fprintf(&b, " =%v", k.Schema.Default)
		}
		if k.Schema.Deprecated != "" {
			fmt.Fprintf(&b, " deprecated:%s", k.Schema.Deprecated)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Both readers, one table: the seeds of their fuzz tests.
var readings = []struct {
	name string
	dts  string
	json string
	want string
	err  string // code of the diagnostic
}{
	{
		name: "properties keep their order, requirement, type and visibility",
		dts: `export interface Config {
  sonarqube?: {
    /** Where it is. */
    baseUrl: string;
    /** @visibility secret */
    apiKey: string;
    count?: number;
    on: boolean;
  };
}`,
		json: `{"type": "object", "properties": {"sonarqube": {"type": "object", "required": ["baseUrl", "apiKey", "on"],
  "properties": {"baseUrl": {"type": "string"}, "apiKey": {"type": "string", "visibility": "secret"},
  "count": {"type": "number"}, "on": {"type": "boolean"}}}}}`,
		want: `sonarqube object
sonarqube.baseUrl! string
sonarqube.apiKey! string @secret
sonarqube.count number
sonarqube.on! boolean
`,
	},
	{
		name: "lists, records, unions and literals",
		dts: `interface Config {
  a: Array<{ x: string }>; b: readonly string[]; c: Record<string, { y: number }>; d: { [key: string]: string };
  e: 'x' | "y"; f: string | number; g: string | { z: 1 }; h?: 'a' | string; i: Record<'k' | 'l', string>; j: [string, number];
  k: true | 'maybe'; l: -1;
}`,
		json: `{"required": ["a", "b", "c", "d", "e", "f", "g", "i", "j", "k", "l"], "properties": {
  "a": {"type": "array", "items": {"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}}},
  "b": {"type": "array", "items": {"type": "string"}},
  "c": {"type": "object", "additionalProperties": {"type": "object", "required": ["y"], "properties": {"y": {"type": "number"}}}},
  "d": {"type": "object", "additionalProperties": {"type": "string"}},
  "e": {"enum": ["x", "y"]}, "f": {"type": ["string", "number"]},
  "g": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["z"], "properties": {"z": {"const": 1}}}]},
  "h": {"type": "string"},
  "i": {"type": "object", "required": ["k", "l"], "properties": {"k": {"type": "string"}, "l": {"type": "string"}}},
  "j": {"type": "array", "items": [{"type": "string"}, {"type": "number"}]},
  "k": {"enum": [true, "maybe"]}, "l": {"const": -1}}}`,
		want: `a!! list of objects
a[].x! string
b!! list of strings
c!! mapping of objects
c.* object
c.*.y! number
d!! mapping of strings
d.* string
e!! x | y
f!! string or number
g!! string or object
g.z 1 (choice)
h string
i!! object
i.k!! string
i.l!! string
j!! list of (string or number)
k!! true | maybe
l!! -1
`,
	},
	{
		name: "references to types of the file, with and without parameters",
		dts: `type Named<T, U = string> = { name: T; more?: U[] };
interface Base { id: string }
interface Cluster extends Base { url: string }
declare enum Mode { A = 'a', B = 'b' }
export type Config = { list: Named<Cluster>; part: Partial<Cluster>; pick: Pick<Cluster, 'url'>; omit: Omit<Cluster, 'url'>;
  both: Base & { x?: number }; mode: Mode; at: Cluster['url']; key: keyof Base };`,
		json: `{"definitions": {"Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
  "Cluster": {"allOf": [{"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}}, {"$ref": "#/definitions/Base"}]}},
  "required": ["list", "part", "pick", "omit", "both", "mode", "at", "key"], "properties": {
  "list": {"type": "object", "required": ["name"], "properties": {"name": {"$ref": "#/definitions/Cluster"}, "more": {"type": "array", "items": {"type": "string"}}}},
  "part": {"type": "object", "properties": {"url": {"type": "string"}, "id": {"type": "string"}}},
  "pick": {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}},
  "omit": {"$ref": "#/definitions/Base"},
  "both": {"allOf": [{"$ref": "#/definitions/Base"}, {"properties": {"x": {"type": "number"}}}]},
  "mode": {"enum": ["a", "b"]}, "at": {"type": "string"}, "key": {"const": "id"}}}`,
		want: `list!! object
list.name!! object
list.name.url!! string
list.name.id!! string
list.more list of strings
part!! object
part.url string
part.id string
pick!! object
pick.url!! string
omit!! object
omit.id!! string
both!! object
both.id!! string
both.x number
mode!! a | b
at!! string
key!! id
`,
	},
	{
		name: "visibility is inherited, defaults and deprecations are read",
		dts: `export interface Config {
  /** @deepVisibility secret */
  auth?: {
    token?: string;
    /**
     * Who.
     * @visibility frontend
     * @default 'me'
     */
    user?: string;
  };
  /** @deprecated use auth */
  old?: string;
  /** @items .visibility frontend */
  names?: string[];
}`,
		json: `{"properties": {"auth": {"type": "object", "deepVisibility": "secret", "properties": {"token": {"type": "string"},
  "user": {"type": "string", "visibility": "frontend", "default": "me"}}},
  "old": {"type": "string", "deprecated": "use auth"}, "names": {"type": "array", "items": {"type": "string", "visibility": "frontend"}}}}`,
		want: `auth object @secret
auth.token string @secret
auth.user string @frontend =me
old string deprecated:use auth
names list of strings
`,
	},
	{
		name: "what refers to itself ends",
		dts:  `interface Config { tree?: Tree } interface Tree { name: string; sub?: Tree }`,
		json: `{"definitions": {"Tree": {"required": ["name"], "properties": {"name": {"type": "string"}, "sub": {"$ref": "#/definitions/Tree"}}}},
  "properties": {"tree": {"$ref": "#/definitions/Tree"}}}`,
		want: "tree object\ntree.name! string\ntree.sub object\ntree.sub.name! string\n...",
	},
	{name: "a comment on the line before a brace's end is nobody's", dts: "interface Config {\n  a?: string; /** @visibility secret */\n  b?: string;\n}", want: "a string\nb string\n"},
	{name: "types of other packages are anything", dts: "import { X } from 'x';\nexport interface Config { a: X; b: X['y']; c: typeof import('z') }", want: "a!! anything\nb!! anything\nc!! anything\n"},
	{
		name: "Backstage's own types are known",
		dts:  "import { HumanDuration } from '@backstage/types';\nexport interface Config { every: HumanDuration | string }",
		want: "every!! string or object\nevery.years number (choice)\nevery.months number (choice)\nevery.weeks number (choice)\nevery.days number (choice)\nevery.hours number (choice)\nevery.minutes number (choice)\nevery.seconds number (choice)\nevery.milliseconds number (choice)\n",
	},
	{name: "stored schemas", json: `{"backstageConfigSchemaVersion": 1, "schemas": [{"packageName": "a", "path": "x", "value": {"properties": {"a": {"type": "string"}}}}, {"value": {"properties": {"b": {}}}}]}`, want: "a string\nb anything\n"},
	{name: "stored schemas that contradict", json: `{"backstageConfigSchemaVersion": 1, "schemas": [{"value": {"properties": {"a": {"visibility": "secret"}}}}, {"value": {"properties": {"a": {"visibility": "frontend"}}}}]}`, err: "conflicting-visibility"},
	{name: "no type Config", dts: "export interface Other {}", err: "no-config-type"},
	{name: "no TypeScript", dts: "export interface {", err: "invalid-source"},
	{name: "no JSON", json: "{", err: "invalid-json"},
	{name: "JSON and more", json: "{} {}", err: "invalid-json"},
	{name: "no object", json: "[]", err: "invalid-schema"},
	{name: "true is anything", json: "true", want: ""},
}

func TestReading(t *testing.T) {
	for _, tt := range readings {
		check := func(t *testing.T, s *schema.Schema, err error) {
			t.Helper()
			if tt.err != "" {
				if list := diag.Of(err); len(list) != 1 || list[0].Code != tt.err {
					t.Fatalf("error %v, want code %s", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := describe(s)
			if want, open := strings.CutSuffix(tt.want, "..."); open && strings.HasPrefix(got, want) {
				return
			}
			if got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		}
		if tt.dts != "" {
			t.Run("d.ts/"+tt.name, func(t *testing.T) {
				s, err := schema.FromDTS("pkg", "config.d.ts", []byte(tt.dts))
				check(t, s, err)
			})
		}
		if tt.json != "" {
			t.Run("JSON/"+tt.name, func(t *testing.T) {
				s, err := schema.FromJSON("pkg", "config.schema.json", []byte(tt.json))
				check(t, s, err)
			})
		}
	}
}

func TestSourcesSayWhere(t *testing.T) {
	for _, tt := range []struct{ file, src, want string }{
		{"config.d.ts", "export interface Config {\n  app?: {\n    title: string;\n  };\n}\n", "pkg config.d.ts:3:5"},
		{"schema.json", "{\"properties\": {\n  \"app\": {\"properties\": {\n    \"title\": {\"type\": \"string\"}\n}}}}\n", "pkg schema.json:3:5"},
	} {
		read := schema.FromDTS
		if strings.HasSuffix(tt.file, "json") {
			read = schema.FromJSON
		}
		s, err := read("pkg", tt.file, []byte(tt.src))
		if err != nil {
			t.Fatal(err)
		}
		at, ok := s.At("app", "title")
		if !ok || len(at.Sources) != 1 || at.Sources[0].String() != tt.want {
			t.Errorf("%s: %+v, want %s", tt.file, at, tt.want)
		}
	}
}

func TestFromPackage(t *testing.T) {
	for _, tt := range []struct {
		name, pkg, want, err string
	}{
		{"inline", `{"name": "x", "configSchema": {"properties": {"a": {"type": "string"}}}}`, "a string\n", ""},
		{"d.ts", `{"name": "x", "configSchema": "config.d.ts"}`, "b string\n", ""},
		{"JSON", `{"name": "x", "configSchema": "./schema.json"}`, "c string\n", ""},
		{"none", `{"name": "x"}`, "", ""},
		{"missing", `{"name": "x", "configSchema": "gone.d.ts"}`, "", "no-schema-file"},
		{"outside", `{"name": "x", "configSchema": "../gone.d.ts"}`, "", "no-schema-file"},
		{"invalid", `{`, "", "invalid-json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := schema.FromPackage(fstest.MapFS{
				"package.json": {Data: []byte(tt.pkg)},
				"config.d.ts":  {Data: []byte("export interface Config { b?: string }")},
				"schema.json":  {Data: []byte(`{"properties": {"c": {"type": "string"}}}`)},
			})
			if tt.err != "" {
				if list := diag.Of(err); len(list) != 1 || list[0].Code != tt.err {
					t.Fatalf("error %v, want code %s", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(s); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHostileSchemasEnd(t *testing.T) {
	nest := func(name, inner string, n int) string {
		return strings.Repeat(name+"<", n) + inner + strings.Repeat(">", n)
	}
	for name, src := range map[string]string{
		"properties":   "type A<T> = { a: T; b: T }; interface Config { x: " + nest("A", "string", 40) + " }",
		"alternatives": "type A<T> = (T & { x: 1 }) | (T & { y: 1 }); interface Config { x: " + nest("A", "{}", 40) + " }",
		"choices":      "type A<T> = T & ({ x: T } | { y: T }); interface Config { x: " + nest("A", "{ z: 1 }", 40) + " }",
		"unions":       "type A<T> = T | { x: T }; interface Config { x: " + nest("A", "string", 40) + " }",
		"intersected":  "type A<T> = T & { x?: T }; interface Config { x: " + nest("A", "{}", 40) + " }",
		"long union":   "interface Config { x: " + strings.Repeat("'a' | ", 20000) + "'b' }",
		"itself":       "type A<T> = A<{ x: T }> | T; interface Config { x: A<A<string>> }",
	} {
		t.Run(name, func(t *testing.T) {
			s, err := schema.FromDTS("pkg", "config.d.ts", []byte(src))
			if err != nil {
				t.Fatal(err)
			}
			again, _ := schema.FromDTS("pkg", "config.d.ts", []byte(src))
			merged, _ := schema.Merge(s, again)
			for _, s := range [...]*schema.Schema{s, merged} {
				s.Keys()
				s.Block(nil, schema.BlockOptions{})
				n, err := schema.ReadYAML("x", []byte("x: {x: {x: {x: {y: {a: {b: {}}}}}}}\n"))
				if err != nil {
					t.Fatal(err)
				}
				s.Check(n, schema.CheckOptions{Unknown: true})
			}
		})
	}
}
