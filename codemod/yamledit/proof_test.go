package yamledit

import (
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// TestTheProofRefuses gives the proof plans that do something other than asked, which here
// is to set b to 2.
func TestTheProofRefuses(t *testing.T) {
	const src = "# top\na: 1\nb: x # c\nd: &e 1\nf: *e\n"
	want := func(root *yaml.Node) *yaml.Node {
		return replaceAt(root, []string{"b"}, func(*yaml.Node) *yaml.Node {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: "2"}
		})
	}
	at := func(old, s string) text.Edit {
		for i := range src {
			if len(src)-i >= len(old) && src[i:i+len(old)] == old {
				return text.Replace(text.Span{Start: i, End: i + len(old)}, s)
			}
		}
		t.Fatal(old)
		return text.Edit{}
	}
	for _, c := range []struct {
		name  string
		edits []text.Edit
		ok    bool
	}{
		{"as asked", []text.Edit{at("b: x", "b: 2")}, true},
		{"as asked, in other words", []text.Edit{at("b: x", "b: !!int '2'")}, true},
		{"nothing", nil, false},
		{"a string", []text.Edit{at("b: x", "b: '2'")}, false},
		{"another key too", []text.Edit{at("b: x", "b: 2"), at("a: 1", "a: 3")}, false},
		{"another key gone", []text.Edit{at("b: x", "b: 2"), at("a: 1\n", "")}, false},
		{"keys in another order", []text.Edit{at("a: 1\nb: x # c\n", "b: 2 # c\na: 1\n")}, false},
		{"an anchor renamed", []text.Edit{at("b: x", "b: 2"), at("&e", "&g"), at("*e", "*g")}, false},
		{"an alias written out", []text.Edit{at("b: x", "b: 2"), at("*e", "1")}, false},
		{"its comment gone", []text.Edit{at("x # c", "2")}, false},
		{"another comment changed", []text.Edit{at("b: x", "b: 2"), at("# top", "# tip")}, false},
		{"another comment moved", []text.Edit{at("# top\n", ""), at("x # c\n", "2 # c\n# top\n")}, false},
		{"a comment more", []text.Edit{at("x # c", "2 # c\n# more")}, false},
		{"invalid", []text.Edit{at("b: x", "b: [")}, false},
		{"a second document", []text.Edit{at("x # c\n", "2 # c\n---\n")}, false},
		{"a byte order mark", []text.Edit{at("b: x", "b: 2"), text.Insert(0, text.BOM)}, false},
		{"overlap", []text.Edit{at("b: x", "b: 2"), at("x", "3")}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse("app-config.yaml", []byte(src))
			if err != nil {
				t.Fatal(err)
			}
			edits, err := d.prove(c.edits, "do it", asked{want: want})
			if (err == nil) != c.ok {
				t.Fatalf("edits %v, error %v", edits, err)
			}
			if err != nil && (edits != nil || diag.Of(err)[0].Code != "unproved-edit" || diag.Of(err)[0].Manual != "do it") {
				t.Errorf("edits %v, error %v", edits, err)
			}
		})
	}
}
