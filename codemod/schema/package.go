package schema

import (
	"encoding/json"
	"io/fs"
	"path"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// FromPackage reads the schema that a package states: files are those of the package, with its
// package.json at the root. It is nil, without an error, if the package states none.
//
// The error is a *diag.Diagnostic: as of FromJSON and FromDTS, or no-schema-file if the file that
// package.json names is not there.
func FromPackage(files fs.FS) (*Schema, error) {
	src, err := fs.ReadFile(files, "package.json")
	if err != nil {
		return nil, diag.Errorf("no-package-json", "package.json cannot be read: %v", err)
	}
	var pkg struct {
		Name         string          `json:"name"`
		ConfigSchema json.RawMessage `json:"configSchema"`
	}
	if err := json.Unmarshal(src, &pkg); err != nil {
		return nil, diag.Diagnostic{
			Severity: diag.Error, Code: "invalid-json", Summary: "not valid JSON: " + err.Error(),
		}.At("package.json", src, text.Span{})
	}
	if len(pkg.ConfigSchema) == 0 || string(pkg.ConfigSchema) == "null" {
		return nil, nil
	}
	var file string
	if err := json.Unmarshal(pkg.ConfigSchema, &file); err != nil {
		return FromJSON(pkg.Name, "package.json", pkg.ConfigSchema)
	}
	file = path.Clean(strings.TrimPrefix(file, "./"))
	if !fs.ValidPath(file) {
		return nil, diag.Errorf("no-schema-file", "%s: the schema file %s is not in the package", pkg.Name, file)
	}
	src, err = fs.ReadFile(files, file)
	if err != nil {
		return nil, diag.Errorf("no-schema-file", "%s: the schema file %s cannot be read: %v", pkg.Name, file, err)
	}
	if strings.HasSuffix(file, ".json") {
		return FromJSON(pkg.Name, file, src)
	}
	return FromDTS(pkg.Name, file, src)
}
