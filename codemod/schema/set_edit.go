package schema

import (
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// holder is a key to hold a block while it is edited.
const holder = "block"

// under is a block under holder, and applied what edits make of the block there.
func under(src string) string {
	var b strings.Builder
	b.WriteString(holder + ":\n")
	for line := range strings.Lines(src) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
}

func applied(doc *yamledit.Doc, edits []text.Edit) (string, error) {
	out, err := text.Apply(doc.Source(), edits)
	if err != nil {
		return "", diag.Errorf("invalid-set", "the value cannot be set: %v", err)
	}
	var b strings.Builder
	for line := range strings.Lines(strings.TrimPrefix(string(out), holder+":\n")) {
		b.WriteString(strings.TrimPrefix(line, "  "))
	}
	return b.String(), nil
}

// uncomment makes the one line that shows a key commented out, "# key: ...", the line that sets
// it. It is false if there is no such line, or the result is not what setting the key gives.
func uncomment(src string, keys []string, value string) (string, bool) {
	doc, err := yamledit.Parse("", []byte(under(src)))
	if err != nil {
		return "", false
	}
	keys = append([]string{holder}, keys...)
	if _, there := doc.Lookup(keys...); there {
		return "", false
	}
	edits, err := doc.Set(value, keys...)
	if err != nil {
		return "", false
	}
	want, err := applied(doc, edits)
	if err != nil {
		return "", false
	}
	key := keys[len(keys)-1]
	found, out := 0, ""
	var b strings.Builder
	for line := range strings.Lines(src) {
		body := strings.TrimLeft(line, " ")
		if rest, ok := strings.CutPrefix(body, "# "+keyText(key)+":"); ok && (rest == "" || rest[0] == ' ' || rest[0] == '\n') {
			found++
			line = line[:len(line)-len(body)] + keyText(key) + ": " + value + "\n"
		}
		b.WriteString(line)
	}
	if out = b.String(); found != 1 {
		return "", false
	}
	var x, y any
	if yaml.Unmarshal([]byte(want), &x) != nil || yaml.Unmarshal([]byte(out), &y) != nil || !reflect.DeepEqual(x, y) {
		return "", false
	}
	return out, true
}
