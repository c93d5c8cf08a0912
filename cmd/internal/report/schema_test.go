package report

import (
	"os"
	"testing"

	"github.com/batten-dev/batten/codemod/schema"
)

// The schema is OASIS's sarif-schema-2.1.0.json, which is not kept here: BATTEN_SARIF_SCHEMA names
// a copy of it.
func TestSARIFFitsTheOfficialSchema(t *testing.T) {
	name := os.Getenv("BATTEN_SARIF_SCHEMA")
	if name == "" {
		t.Skip("BATTEN_SARIF_SCHEMA names no copy of sarif-schema-2.1.0.json")
	}
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := schema.FromJSON("", "sarif-schema-2.1.0.json", src)
	if err != nil {
		t.Fatal(err)
	}
	if _, known := s.At("runs", "[]", "results", "[]", "fixes", "[]", "artifactChanges", "[]", "replacements", "[]", "deletedRegion", "byteOffset"); !known {
		t.Fatal("the schema was not read whole")
	}
	for name, r := range map[string]*Report{"sample": sample(), "empty": {}} {
		out, err := SARIF(r)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := schema.ReadYAML("out.sarif", []byte(out))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range s.Check(doc, schema.CheckOptions{}) {
			t.Errorf("%s: %s: %s %s", name, p.Path, p.Code, p.Summary)
		}
	}
	wrong, err := schema.ReadYAML("wrong.sarif", []byte(`{"version": "2.1.0", "runs": [{"tool": {"driver": {}}, "results": [{"level": "bad"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Check(wrong, schema.CheckOptions{})) == 0 {
		t.Error("the schema finds nothing wrong in a wrong log")
	}
}
