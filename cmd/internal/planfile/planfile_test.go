package planfile

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/manifest/template"
)

var update = flag.Bool("update", false, "write testdata/plan.json anew")

// saved is a plan with all that one may have.
func saved() *File {
	app := fstest.MapFS{"packages/backend/Dockerfile": {Data: []byte("FROM node:22\n")}, "package.json": {Data: []byte("{}\n")}}
	return &File{
		Plan: &lockstep.Plan{
			Schema: lockstep.Schema, From: "1.50.0", To: "1.55.0",
			Rows: []lockstep.Row{{Workspace: ".", File: "package.json", Line: 7, Column: 12, Field: "dependencies", Package: "@backstage/cli", From: "^0.36.1", To: "^0.36.6", FromVersion: "0.36.1", ToVersion: "0.36.6", Change: lockstep.Patch}},
			Hold: []string{"@acme/*"}, Notes: []lockstep.Note{{Code: "release", Summary: "some <versions> are uncertain"}},
		},
		Template: &Template{
			CreateApp: CreateApp{"0.8.2", "0.8.9"}, Layout: "legacy", Name: "portal", Branch: "master", Conflicts: Leave,
			Files: Entries(app, []template.File{
				{Path: ".yarn/releases/yarn-4.13.0.cjs", Status: template.Added},
				{Path: "package.json", Status: template.Merged, How: "keys"},
				{Path: "packages/backend/Dockerfile", Status: template.Conflict, Conflicts: []template.Clash{{Why: "both changed these lines", Ours: template.Lines{From: 1, To: 1}}}},
				{Path: "README.md", Status: template.Skipped, Why: "people have written their own"},
			}, Leave),
		},
	}
}

func TestAPlanIsReadAsItWasWritten(t *testing.T) {
	f := saved()
	f.Template.Files[2].Conflicts = Markers
	data, err := f.JSON()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read("plan.json", data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := got.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, again) {
		t.Errorf("read and written again, it is\n%s\nfrom\n%s", again, data)
	}
	if len(got.Template.Files) != 3 || got.Template.Files[0].Hash != "" || len(got.Template.Files[1].Hash) != 64 || len(got.Template.Files[2].Places) != 1 {
		t.Errorf("files are %+v", got.Template.Files)
	}
	want, err := os.ReadFile("testdata/plan.json")
	if *update {
		err = os.WriteFile("testdata/plan.json", data, 0o644)
		want = data
	}
	if err != nil || !bytes.Equal(data, want) {
		t.Errorf("the form of plans changed (%v): -update writes testdata/plan.json anew; a form that older ones cannot be read by needs another schema", err)
	}
}

func TestWhatIsWrongInAPlanIsSaidWithItsPlace(t *testing.T) {
	data, err := saved().JSON()
	if err != nil {
		t.Fatal(err)
	}
	good := string(data)
	for _, test := range []struct {
		old, new string // what is written otherwise
		at       string // "LINE:COLUMN" or the text whose place it is
		want     string
	}{
		{good, "", "1:1", "invalid JSON"},
		{good, "[]", "1:1", "no plan of batten"},
		{good, `{"name": "root"}`, "1:1", `no "schema"`},
		{`"schema": 1`, `"schema": 7`, "7", "the plan's schema is 7, and this batten knows 1"},
		{`"schema": 1,`, `"schema": 1`, `"from": "1.50.0"`, ""},
		{`"hold"`, `"holds"`, `"holds"`, `no field "holds" here`},
		{`"hold"`, `"helf"`, `"helf"`, `no field "helf" here`},
		{`"workspace"`, `"held": true, "workspace"`, `"held"`, `no field "held" here`},
		{`"to": "1.55.0"`, `"to": "next"`, `"next"`, `"next" is no release`},
		{`"to": "^0.36.6"`, `"to": 3`, `3`, `"to" is a number, and should be a text`},
		{`"file": "package.json"`, `"file": "../package.json"`, `"../package.json"`, "no path from the root"},
		{`"package": "@backstage/cli",`, ``, ``, "the row has no package"},
		{`"layout": "legacy"`, `"layout": "old"`, `"old"`, `"old" is no layout`},
		{`"conflicts": "leave"`, `"conflicts": "theirs"`, `"theirs"`, "there are leave, ours, markers, index"},
		{`"conflicts": "leave",
        "places"`, `"conflicts": "mark", "places"`, `"mark"`, "there are leave, ours, markers, index"},
		{`"do": "add"`, `"do": "skip"`, `"skip"`, "nothing that can be done with a file"},
		{`"path": "package.json"`, `"path": "/package.json"`, `"/package.json"`, "no path from the root"},
		{`"path": "package.json"`, `"path": ".yarn/releases/yarn-4.13.0.cjs"`, ``, "is in the plan twice"},
		{`"path": "package.json"`, `"path": "more.json", "from": "packages/backend/Dockerfile", "so": 1`, `"so"`, `no field "so" here`}, // not that two come from one
		{`"to": "0.8.9"`, `"to": ""`, `""`, "no version of create-app"},
		{`"do": "add"`, `"do": "add", "do": "add"`, ``, `"do" is there twice`},
		{`"hold": [`, `"hold": [1, `, `1, `, `an element of "hold" is a number`},
	} {
		if !strings.Contains(good, test.old) {
			t.Fatalf("there is no %s in\n%s", test.old, good)
		}
		text := strings.Replace(good, test.old, test.new, 1)
		_, err := Read("plan.json", []byte(text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.new, err, test.want)
			continue
		}
		place := test.at
		if i := strings.Index(test.new, test.at); i >= 0 && test.at != "" {
			i += strings.Index(text, test.new)
			line := strings.Count(text[:i], "\n") + 1
			place = fmt.Sprintf("plan.json:%d:%d", line, i-strings.LastIndexByte(text[:i], '\n'))
		}
		if test.want != "" && !strings.Contains(err.Error(), place) {
			t.Errorf("%s: %v, want it at %s", test.new, err, place)
		}
	}
}

func TestAPlanWithoutATemplateIsRead(t *testing.T) {
	f, err := Read("plan.json", []byte(`{"schema": 1, "to": "1.53.0", "hold": ["@backstage/cli"], "rows": null}`))
	if err != nil || f.Template != nil || len(f.Hold) != 1 {
		t.Errorf("%v, %+v", err, f)
	}
}

func TestARowThatAPersonChangedIsWhatItSays(t *testing.T) {
	data, err := saved().JSON()
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read("plan.json", bytes.Replace(data, []byte(`"to": "^0.36.6"`), []byte(`"to": "^0.37.0"`), 1))
	if err != nil || f.Rows[0].Change != lockstep.Breaking || f.Rows[0].ToVersion != "0.37.0" {
		t.Errorf("%v, %+v", err, f.Rows)
	}
}

// No bytes make reading a plan panic; what is read is written and read again.
func FuzzRead(f *testing.F) {
	data, err := saved().JSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"schema": 1, "to": "1.60.0", "rows": [{"file": "a", "field": "b", "package": "c"}], "template": {"createApp": {"from": "1.0.0", "to": "1.0.0"}, "layout": "new", "conflicts": "index", "files": [{"path": "x", "do": "add"}]}}`))
	f.Add([]byte(`{"schema": 1, "to": "1.60.0", "rows": [{"to": {}}], "template": null}`))
	f.Add([]byte("\xef\xbb\xbf{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		plan, err := Read("plan.json", data)
		if err != nil {
			return
		}
		once, err := plan.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read("plan.json", once)
		if err != nil {
			t.Fatalf("%v\n%s", err, once)
		}
		if twice, err := again.JSON(); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%s became %s", once, twice)
		}
		if !json.Valid(once) {
			t.Error("no JSON")
		}
	})
}
