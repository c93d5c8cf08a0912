package recipe

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"gopkg.in/yaml.v3"
)

func TestTheReferenceHasEveryFieldOfTheFormat(t *testing.T) {
	seen := map[string]bool{}
	for _, text := range strings.Split(Format(), "\n---\n") {
		if _, err := Load("format.yaml", []byte(text)); err != nil {
			t.Fatal(err)
		}
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(text), &n); err != nil {
			t.Fatal(err)
		}
		uses(n.Content[0], reflect.TypeFor[Recipe](), seen)
	}
	missing(reflect.TypeFor[Recipe](), seen, map[reflect.Type]bool{}, t)
}

// uses notes the fields that a document has.
func uses(n *yaml.Node, typ reflect.Type, seen map[string]bool) {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case typ == propsType:
	case typ.Kind() == reflect.Struct:
		for _, f := range fields(typ) {
			if v := member(n, f.key); v != nil {
				seen[typ.Name()+"."+f.key] = true
				uses(v, f.typ, seen)
			}
		}
	case typ.Kind() == reflect.Slice:
		for _, item := range n.Content {
			uses(item, typ.Elem(), seen)
		}
	}
}

func missing(typ reflect.Type, seen map[string]bool, done map[reflect.Type]bool, t *testing.T) {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice && typ != propsType {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct || done[typ] {
		return
	}
	done[typ] = true
	for _, f := range fields(typ) {
		general := f.key == "since" || f.key == "before" || f.key == "as" || f.key == "systems" || f.key == "props"
		if !seen[typ.Name()+"."+f.key] && !general && !(typ.Name() == "LegacyExtension" && f.key == "name") {
			t.Errorf("the reference does not show %s of a %s", f.key, typ.Name())
		}
		missing(f.typ, seen, done, t)
	}
}

func TestTheSchemaKnowsTheFields(t *testing.T) {
	var s struct {
		Properties map[string]struct {
			Type  string
			Items struct {
				AdditionalProperties *bool
				Properties           map[string]struct {
					Enum       []string
					Properties map[string]any
				}
			}
		}
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	legacy := s.Properties["legacy"]
	if legacy.Type != "array" || *legacy.Items.AdditionalProperties || legacy.Items.Properties["entity-tab"].Properties["truthy"] == nil {
		t.Errorf("the steps are %+v", legacy)
	}
	if got := s.Properties["packages"].Items.Properties["in"].Enum; strings.Join(got, " ") != "app backend" {
		t.Errorf("in is one of %q", got)
	}
}

func TestTheRepositorysOwnRecipesAreRead(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	if got, err := LoadDir(fstest.MapFS{"package.json": file("{}")}); got != nil || err != nil {
		t.Errorf("without a folder: %v, %v", got, err)
	}
	fsys := fstest.MapFS{
		".batten/recipes/a.yaml":      file(small),
		".batten/recipes/b.yml":       file(strings.Replace(small, "id: x", "id: y", 1)),
		".batten/recipes/README.md":   file("# recipes"),
		".batten/recipes/old/c.yaml":  file("nonsense"),
		".batten/journal/entry.yaml":  file("nonsense"),
		".batten/recipes/.batten.swp": file("x"),
	}
	got, err := LoadDir(fsys)
	if err != nil || len(got) != 2 || got[0].Source != ".batten/recipes/a.yaml" || got[1].ID != "y" {
		t.Fatalf("got %v, %v", got, err)
	}
	fsys[".batten/recipes/c.yaml"] = file(small)
	fsys[".batten/recipes/d.yaml"] = file(strings.Replace(small, "title:", "titel:", 1))
	fsys[".batten/recipes/e.yaml"] = file(strings.Repeat("#\n", maxSize))
	got, err = LoadDir(fsys)
	var bad *Error
	if len(got) != 2 || !errors.As(err, &bad) {
		t.Fatalf("got %v, %v", got, err)
	}
	want := `.batten/recipes/c.yaml: the id x is that of .batten/recipes/a.yaml too
.batten/recipes/d.yaml:2:1: there is no field "titel"; did you mean "title"?
.batten/recipes/e.yaml: the file is larger than a megabyte`
	if err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
