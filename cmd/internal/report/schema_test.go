package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/batten-dev/batten/fixtures"
)

// OASIS publishes the schema of SARIF 2.1.0 as a file. A module on the Go module proxy holds an
// unchanged copy, which is fetched, and not kept here.
const (
	schemaModule = "github.com/securego/gosec/v2@v2.29.0"
	schemaSum    = "h1:pF2HSLcnY5voqpxQumEe0O5YAAbvF4Syu4qeIewpLyc="
	schemaFile   = "report/sarif/testdata/sarif-schema-2.1.0.json"
	schemaHash   = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e" // of errata01/os
	schemaURL    = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	src, err := fs.ReadFile(fixtures.Module(t, schemaModule, schemaSum), schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(src); hex.EncodeToString(sum[:]) != schemaHash {
		t.Fatalf("the schema is not the one that OASIS published: %x", sum)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(schemaURL, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaURL)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, log string) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestSARIFFitsTheOfficialSchema(t *testing.T) {
	s := sarifSchema(t)
	for name, r := range map[string]*Report{"sample": sample(), "empty": {}} {
		out, err := SARIF(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, s, out); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The schema is read whole, and looks at the parts that are written.
func TestTheOfficialSchemaFindsWhatIsWrongInALog(t *testing.T) {
	s := sarifSchema(t)
	out, err := SARIF(sample())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range [][2]string{
		{`"version": "2.1.0"`, `"version": "2.0.0"`},
		{`"level": "error"`, `"level": "bad"`},
		{`"ruleIndex": `, `"ruleIndex": -2`},
		{`"byteOffset": 36`, `"byteOffset": "36"`},
		{`"kind": "inSource"`, `"kind": "elsewhere"`},
		{`"uri": "portal/`, `"uri": "%zz/`},
		{`"startLine": 3`, `"startLine": 0`},
		{`"results": [`, `"result": [`},
	} {
		wrong := strings.Replace(out, x[0], x[1], 1)
		if wrong == out || !json.Valid([]byte(wrong)) {
			t.Fatalf("the log has no %s", x[0])
		}
		if validate(t, s, wrong) == nil {
			t.Errorf("nothing is wrong with %s", x[1])
		}
	}
}
