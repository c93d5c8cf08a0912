package workspace

import (
	"fmt"
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// parseYAML reads one YAML document; nil for an empty one. The error is a *diag.Diagnostic.
func parseYAML(file string, src []byte) (node *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil { // the parser has been seen to panic on garbage
			node, err = nil, invalidYAML(file, src, fmt.Sprint(r))
		}
	}()
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		return nil, invalidYAML(file, src, err.Error())
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// decodeYAML reads one YAML document into v; fields of other types are left as they are.
func decodeYAML(file string, src []byte, v any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = invalidYAML(file, src, fmt.Sprint(r))
		}
	}()
	node, err := parseYAML(file, src)
	if err != nil || node == nil {
		return err
	}
	if err := node.Decode(v); err != nil {
		return invalidYAML(file, src, err.Error())
	}
	return nil
}

var yamlErrorLine = regexp.MustCompile(`line (\d+): `)

func invalidYAML(file string, src []byte, message string) *diag.Diagnostic {
	d := diag.Errorf("invalid-yaml", "invalid YAML: %s", yamlErrorLine.ReplaceAllString(message, ""))
	m := yamlErrorLine.FindStringSubmatch(message)
	if m == nil {
		d.File = file
		return d
	}
	line, _ := strconv.Atoi(m[1])
	at := text.NewIndex(src).Offset(text.Pos{Line: line, Column: 1})
	return d.At(file, src, text.Span{Start: at, End: at})
}
