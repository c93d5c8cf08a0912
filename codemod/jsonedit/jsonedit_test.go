package jsonedit

import (
	"errors"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

const appPackage = `{
  "name": "app",
  "version": "0.0.0",
  "private": true,
  "bundled": true,
  "backstage": {
    "role": "frontend"
  },
  "scripts": {
    "start": "backstage-cli package start",
    "build": "backstage-cli package build"
  },
  "dependencies": {
    "@backstage/app-defaults": "^1.7.0",
    "@backstage/catalog-model": "^1.7.5",
    "@backstage/plugin-catalog": "^1.31.1",
    "@material-ui/core": "^4.12.2",
    "react": "^18.0.2",
    "react-router-dom": "^6.3.0"
  },
  "devDependencies": {
    "@backstage/test-utils": "^1.7.10"
  },
  "browserslist": {
    "production": [
      ">0.2%",
      "not dead"
    ]
  },
  "files": ["dist"]
}
`

type operation func(d *Doc) ([]text.Edit, error)

func setDependency(field, name, spec string) operation {
	return func(d *Doc) ([]text.Edit, error) { return d.SetDependency(field, name, spec) }
}

func set(value string, path ...string) operation {
	return func(d *Doc) ([]text.Edit, error) { return d.Set(value, path...) }
}

func remove(path ...string) operation {
	return func(d *Doc) ([]text.Edit, error) { return d.Remove(path...) }
}

func prune(keep int, path ...string) operation {
	return func(d *Doc) ([]text.Edit, error) { return d.Prune(keep, path...) }
}

func replaceString(old, s string) operation {
	return func(d *Doc) ([]text.Edit, error) {
		i := strings.Index(string(d.src), old)
		return d.ReplaceString(text.Span{Start: i, End: i + len(old)}, s)
	}
}

// table is what the operations do, byte for byte. Its sources seed the fuzz targets.
var table = []struct {
	name string
	src  string
	op   operation
	want string
}{
	{
		"a dependency goes to its sorted place", appPackage,
		setDependency("dependencies", "@backstage-community/plugin-tech-radar", "^1.14.0"),
		strings.Replace(appPackage, `    "@backstage/app-defaults"`, "    \"@backstage-community/plugin-tech-radar\": \"^1.14.0\",\n    \"@backstage/app-defaults\"", 1),
	},
	{
		"a dependency in the middle", appPackage,
		setDependency("dependencies", "@backstage/plugin-api-docs", "backstage:^"),
		strings.Replace(appPackage, `    "@backstage/plugin-catalog"`, "    \"@backstage/plugin-api-docs\": \"backstage:^\",\n    \"@backstage/plugin-catalog\"", 1),
	},
	{
		"a dependency at the end", appPackage,
		setDependency("dependencies", "zod", "^3.0.0"),
		strings.Replace(appPackage, `"^6.3.0"`, "\"^6.3.0\",\n    \"zod\": \"^3.0.0\"", 1),
	},
	{
		"a dependency that is there gets the new specifier in place", appPackage,
		setDependency("dependencies", "react", "^19.0.0"),
		strings.Replace(appPackage, `"react": "^18.0.2"`, `"react": "^19.0.0"`, 1),
	},
	{
		"a dependency that is there as asked changes nothing", appPackage,
		setDependency("dependencies", "react", "^18.0.2"), appPackage,
	},
	{
		"a missing field goes beside the other dependency fields", appPackage,
		setDependency("peerDependencies", "react", "*"),
		strings.Replace(appPackage, `  "devDependencies"`, "  \"peerDependencies\": {\n    \"react\": \"*\"\n  },\n  \"devDependencies\"", 1),
	},
	{
		"a missing field of a package without dependencies goes after its scripts",
		"{\n  \"name\": \"x\",\n  \"scripts\": {\n    \"a\": \"b\"\n  },\n  \"files\": [\"dist\"]\n}\n",
		setDependency("dependencies", "a", "1"),
		"{\n  \"name\": \"x\",\n  \"scripts\": {\n    \"a\": \"b\"\n  },\n  \"dependencies\": {\n    \"a\": \"1\"\n  },\n  \"files\": [\"dist\"]\n}\n",
	},
	{
		"a missing field before devDependencies", "{\n  \"name\": \"x\",\n  \"devDependencies\": {}\n}",
		setDependency("dependencies", "a", "1"),
		"{\n  \"name\": \"x\",\n  \"dependencies\": {\n    \"a\": \"1\"\n  },\n  \"devDependencies\": {}\n}",
	},
	{
		"unsorted: beside the name with the same scope and words",
		"{\n  \"dependencies\": {\n    \"zod\": \"1\",\n    \"@backstage/core-components\": \"1\",\n    \"@backstage/plugin-org\": \"1\",\n    \"app\": \"link:../app\"\n  }\n}\n",
		setDependency("dependencies", "@backstage/plugin-catalog", "2"),
		"{\n  \"dependencies\": {\n    \"zod\": \"1\",\n    \"@backstage/core-components\": \"1\",\n    \"@backstage/plugin-catalog\": \"2\",\n    \"@backstage/plugin-org\": \"1\",\n    \"app\": \"link:../app\"\n  }\n}\n",
	},
	{
		"unsorted: after the longest relative", "{\n  \"dependencies\": {\n    \"pg\": \"1\",\n    \"winston\": \"1\",\n    \"@backstage/plugin-auth-backend\": \"1\",\n    \"app\": \"2\"\n  }\n}\n",
		setDependency("dependencies", "@backstage/plugin-auth-backend-module-github-provider", "2"),
		"{\n  \"dependencies\": {\n    \"pg\": \"1\",\n    \"winston\": \"1\",\n    \"@backstage/plugin-auth-backend\": \"1\",\n    \"@backstage/plugin-auth-backend-module-github-provider\": \"2\",\n    \"app\": \"2\"\n  }\n}\n",
	},
	{
		"unsorted without a relative: at the end", "{\n  \"dependencies\": {\n    \"b\": \"1\",\n    \"a\": \"1\"\n  }\n}\n",
		setDependency("dependencies", "x", "2"),
		"{\n  \"dependencies\": {\n    \"b\": \"1\",\n    \"a\": \"1\",\n    \"x\": \"2\"\n  }\n}\n",
	},
	{
		"CRLF, tabs, no final newline", "{\r\n\t\"name\": \"x\",\r\n\t\"dependencies\": {\r\n\t\t\"b\": \"1\"\r\n\t}\r\n}",
		setDependency("dependencies", "a", "1"),
		"{\r\n\t\"name\": \"x\",\r\n\t\"dependencies\": {\r\n\t\t\"a\": \"1\",\r\n\t\t\"b\": \"1\"\r\n\t}\r\n}",
	},
	{
		"a field made with CRLF and tabs", "{\r\n\t\"name\": \"x\"\r\n}",
		setDependency("dependencies", "a", "1"),
		"{\r\n\t\"name\": \"x\",\r\n\t\"dependencies\": {\r\n\t\t\"a\": \"1\"\r\n\t}\r\n}",
	},
	{
		"byte order mark", text.BOM + "{\n    \"dependencies\": {\n        \"b\": \"1\"\n    }\n}\n",
		setDependency("dependencies", "c", "1"),
		text.BOM + "{\n    \"dependencies\": {\n        \"b\": \"1\",\n        \"c\": \"1\"\n    }\n}\n",
	},
	{
		"an empty object is opened over lines", "{\n  \"dependencies\": {}\n}\n",
		setDependency("dependencies", "c", "1"),
		"{\n  \"dependencies\": {\n    \"c\": \"1\"\n  }\n}\n",
	},
	{
		"an object on one line stays on one line", `{"name":"x","dependencies":{"b":"1"}}`,
		setDependency("dependencies", "c", "1"), `{"name":"x","dependencies":{"b":"1","c":"1"}}`,
	},
	{
		"an object on one line with spaces", `{ "dependencies": { "b": "1" } }`,
		setDependency("dependencies", "c", "1"), `{ "dependencies": { "b": "1", "c": "1" } }`,
	},
	{
		"a new object in a file on one line", `{ "name": "x" }`,
		setDependency("dependencies", "c", "1"), `{ "name": "x", "dependencies": {"c": "1"} }`,
	},
	{
		"one line inside a file of many lines", "{\n  \"dependencies\": {\"b\": \"1\"}\n}\n",
		setDependency("dependencies", "a", "1"), "{\n  \"dependencies\": {\"a\": \"1\", \"b\": \"1\"}\n}\n",
	},
	{
		"space around the colon", "{\n  \"dependencies\" : {\n    \"b\" : \"1\"\n  }\n}\n",
		setDependency("dependencies", "c", "1"), "{\n  \"dependencies\" : {\n    \"b\" : \"1\",\n    \"c\" : \"1\"\n  }\n}\n",
	},
	{
		"commas first", "{ \"b\": \"1\"\n, \"c\": \"2\"\n}\n",
		set(`"3"`, "d"), "{ \"b\": \"1\"\n, \"c\": \"2\"\n, \"d\": \"3\"\n}\n",
	},
	{
		"a blank line between members is not copied", "{\n  \"a\": 1,\n\n  \"b\": 2\n}\n",
		set(`3`, "c"), "{\n  \"a\": 1,\n\n  \"b\": 2,\n  \"c\": 3\n}\n",
	},
	{
		"an empty file object", "{}", setDependency("dependencies", "a", "1"),
		"{\n  \"dependencies\": {\n    \"a\": \"1\"\n  }\n}",
	},
	{
		"set makes the objects on the way, laid out like the file", "{\n\t\"a\": 1\n}\n",
		set(`["p/*", {"x": []}]`, "workspaces", "packages"),
		"{\n\t\"a\": 1,\n\t\"workspaces\": {\n\t\t\"packages\": [\n\t\t\t\"p/*\",\n\t\t\t{\n\t\t\t\t\"x\": []\n\t\t\t}\n\t\t]\n\t}\n}\n",
	},
	{
		"set replaces a scalar in place", appPackage, set(`"1.2.3"`, "version"),
		strings.Replace(appPackage, "0.0.0", "1.2.3", 1),
	},
	{
		"set keeps an array on one line", appPackage, set(`["dist","alpha"]`, "files"),
		strings.Replace(appPackage, `["dist"]`, `["dist", "alpha"]`, 1),
	},
	{
		"set of an object changes only the lines that differ", appPackage,
		set(`{"production":[">0.2%","not dead","not op_mini all"]}`, "browserslist"),
		strings.Replace(appPackage, "\"not dead\"\n", "\"not dead\",\n      \"not op_mini all\"\n", 1),
	},
	{
		"set of an array element", appPackage, set(`"not ie 11"`, "browserslist", "production", "1"),
		strings.Replace(appPackage, "not dead", "not ie 11", 1),
	},
	{
		"set of an equal value in another layout changes nothing", appPackage, set(`[ "dist" ]`, "files"), appPackage,
	},
	{
		"characters that HTML escapes stay", "{\n  \"a\": \"x\"\n}\n", set(`"<1 || >=2 && é"`, "b"),
		"{\n  \"a\": \"x\",\n  \"b\": \"<1 || >=2 && é\"\n}\n",
	},
	{
		"a string by its span", appPackage, replaceString(`"^18.0.2"`, ">=18"),
		strings.Replace(appPackage, "^18.0.2", ">=18", 1),
	},
	{
		"remove the first member", appPackage, remove("dependencies", "@backstage/app-defaults"),
		strings.Replace(appPackage, "    \"@backstage/app-defaults\": \"^1.7.0\",\n", "", 1),
	},
	{
		"remove the last member", appPackage, remove("dependencies", "react-router-dom"),
		strings.Replace(appPackage, ",\n    \"react-router-dom\": \"^6.3.0\"", "", 1),
	},
	{
		"remove the only member", appPackage, remove("devDependencies", "@backstage/test-utils"),
		strings.Replace(appPackage, "{\n    \"@backstage/test-utils\": \"^1.7.10\"\n  }", "{}", 1),
	},
	{
		"prune removes the emptied object", appPackage, prune(0, "devDependencies", "@backstage/test-utils"),
		strings.Replace(appPackage, "  \"devDependencies\": {\n    \"@backstage/test-utils\": \"^1.7.10\"\n  },\n", "", 1),
	},
	{
		"prune keeps what it is told to keep", appPackage, prune(1, "devDependencies", "@backstage/test-utils"),
		strings.Replace(appPackage, "{\n    \"@backstage/test-utils\": \"^1.7.10\"\n  }", "{}", 1),
	},
	{"prune never empties the file", `{"a": {"b": 1}}`, prune(0, "a", "b"), `{}`},
	{"remove what is not there", appPackage, remove("dependencies", "nothing"), appPackage},
	{"remove from a field that is not there", appPackage, remove("resolutions", "x"), appPackage},
	{"names with dots and escapes", `{"a.b": {"c\"d": 1}}`, set(`2`, "a.b", `c"d`), `{"a.b": {"c\"d": 2}}`},
	{"an escaped name is the same name", `{"\u0061": 1}`, set(`2`, "a"), `{"\u0061": 2}`},
	{"duplicates elsewhere do not matter", `{"x": {"d": 1, "d": 2}, "a": 1}`, set(`2`, "a"), `{"x": {"d": 1, "d": 2}, "a": 2}`},
}

// refusals are sources or operations that get a diagnostic instead of edits.
var refusals = []struct {
	name string
	src  string
	op   operation
	code string
	want string // in the message
}{
	{"empty file", "", set("1", "a"), "invalid-json", "p.json:1:1: invalid JSON"},
	{"cut off", "{\n  \"a\": ", set("1", "a"), "invalid-json", "p.json:2:8: invalid JSON"},
	{"single quotes", "{\n  'a': 1}", set("1", "a"), "invalid-json", "p.json:2:3: invalid JSON: invalid character"},
	{"two values", "{}{}", set("1", "a"), "invalid-json", "p.json:1:3:"},
	{"line comment", "{\n  // c\n  \"a\": 1\n}", set("1", "a"), "invalid-json", "p.json:2:3: invalid JSON: comments are not allowed"},
	{"comment after a value", "{\n  \"a\": {} /* c */,\n  \"b\": 1\n}", set("1", "a"), "invalid-json", "p.json:2:11: invalid JSON: comments"},
	{"comment at the end", "{\n  \"a\": 1\n}\n// é\n", set("1", "a"), "invalid-json", "p.json:4:1: invalid JSON: comments"},
	{"trailing comma in an object", "{\n  \"a\": 1,\n}", set("1", "a"), "invalid-json", "p.json:2:9: invalid JSON: trailing comma"},
	{"trailing comma in an array", "{\n  \"a\": [1, ]\n}", set("1", "a"), "invalid-json", "p.json:2:10: invalid JSON: trailing comma"},
	{"not UTF-8", "{\"a\": \"\xff\"}", set("1", "a"), "invalid-json", "p.json:1:8: invalid JSON: not UTF-8"},
	{"too deep", strings.Repeat("[", 20000), set("1", "a"), "invalid-json", "nested more than 10000"},
	{"UTF-16", "\xff\xfe{\x00}\x00", set("1", "a"), "invalid-json", "not UTF-8"},
	{"duplicate on the path", "{\"d\": {\"a\": 1},\n \"d\": {}}", set("1", "d", "b"), "duplicate-key", `p.json:2:2: "d" is there 2 times`},
	{"duplicate dependency", "{\"dependencies\": {\"a\": \"1\", \"a\": \"2\"}}", setDependency("dependencies", "a", "3"), "duplicate-key", "p.json:1:29:"},
	{"duplicate to remove", "{\"a\": \"1\", \"a\": \"2\"}", remove("a"), "duplicate-key", "p.json:1:12:"},
	{"duplicate with an escape", "{\"\\u0061\": 1, \"a\": \"2\"}", remove("a"), "duplicate-key", "p.json:1:15:"},
	{"a field that is not an object", "{\"dependencies\": []}", setDependency("dependencies", "a", "3"), "not-an-object", `p.json:1:18: "dependencies" is an array, not an object`},
	{"a file that is not an object", "3", setDependency("dependencies", "a", "3"), "not-an-object", "p.json:1:1: the file is a number"},
	{"a member of a string", "{\"a\": \"x\"}", remove("a", "b"), "not-an-object", `"a" is a string`},
	{"an element to remove", "{\"a\": [1]}", remove("a", "0"), "not-an-object", `"a" is an array`},
	{"the root", "{}", remove(), "no-safe-place", "cannot be removed"},
	{"a value that is not JSON", "{}", set("{", "a"), "invalid-value", "is not JSON"},
	{"a span without a string", "{\"a\": 1}", replaceString("1", "x"), "no-such-value", "p.json:1:7: there is no string"},
}

func apply(t *testing.T, src string, op operation) string {
	t.Helper()
	d, err := Parse("p.json", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	edits, err := op(d)
	if err != nil {
		t.Fatal(err)
	}
	out, err := text.Apply([]byte(src), edits)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestEdits(t *testing.T) {
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			got := apply(t, c.src, c.op)
			if got != c.want {
				t.Fatalf("got:\n%s\nwant:\n%s", got, c.want)
			}
			if _, err := decode([]byte(strings.TrimPrefix(got, text.BOM))); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestASecondTimeChangesNothing(t *testing.T) {
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			if strings.HasPrefix(c.name, "a string by its span") {
				t.Skip("the span is of the first source")
			}
			if got := apply(t, c.want, c.op); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range refusals {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse("p.json", []byte(c.src))
			var edits []text.Edit
			if err == nil {
				edits, err = c.op(d)
			}
			var got *diag.Diagnostic
			if !errors.As(err, &got) {
				t.Fatalf("got edits %v, error %v", edits, err)
			}
			if got.Code != c.code || !strings.Contains(got.Error(), c.want) {
				t.Errorf("got %s: %v, want %s: %s", got.Code, got, c.code, c.want)
			}
			if got.Manual == "" {
				t.Error("no manual step")
			}
		})
	}
}

func TestReading(t *testing.T) {
	src := text.BOM + "{\n  \"é\": \"\\u00e9\",\n  \"list\": [1, {\"x\": null}],\n  \"list2\": true,\n  \"two\": 1, \"two\": 2\n}\n"
	d, err := Parse("p.json", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for m := range d.Root().Members() {
		names = append(names, m.Name)
		if got := src[m.NameSpan.Start:m.NameSpan.End]; got != quote(m.Name) {
			t.Errorf("name span holds %s", got)
		}
	}
	if got := strings.Join(names, " "); got != "é list list2 two two" {
		t.Errorf("members: %s", got)
	}
	v, ok := d.Lookup("é")
	if !ok || v.Kind() != String || v.String() != "é" || d.Pos(v.Span().Start).String() != "2:8" {
		t.Errorf("é: %v %v %v", v.Kind(), v, d.Pos(v.Span().Start))
	}
	if v, _ := d.Lookup("list", "1", "x"); v.Kind() != Null || v.String() != "null" {
		t.Errorf("list 1 x: %v", v)
	}
	if v, _ := d.Lookup("two"); v.String() != "2" {
		t.Errorf("of two, JavaScript reads the last: %v", v)
	}
	if v, ok := d.Lookup("list", "2"); ok || v.Kind() != Missing || v.Len() != 0 || v.String() != "" || v.Span() != (text.Span{}) {
		t.Errorf("missing: %v %v", v, ok)
	}
	list, _ := d.Lookup("list")
	n := 0
	for e := range list.Elements() {
		n += e.Span().Len()
	}
	if list.Len() != 2 || n != 1+len(`{"x": null}`) {
		t.Errorf("elements: %d, %d bytes", list.Len(), n)
	}
	var ints []any
	if err := list.Decode(&ints); err != nil || len(ints) != 2 {
		t.Errorf("decode: %v %v", ints, err)
	}
}
