package jsonedit

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// TestTheProofRefuses gives the proof plans that do something other than asked, which here
// is to add "c": "2".
func TestTheProofRefuses(t *testing.T) {
	const src = `{"a": 1, "b": ["x", {"y": null}], "d": true}`
	asked := func(before, after *node) bool {
		c := after.get([]string{"c"})
		return c != nil && c.equal(&node{scalar: `"2"`}) && after.remove([]string{"c"}) && after.equal(before)
	}
	at := func(old, s string) text.Edit {
		i := strings.Index(src, old)
		return text.Replace(text.Span{Start: i, End: i + len(old)}, s)
	}
	added := at(`, "d"`, `, "c": "2", "d"`)
	for _, c := range []struct {
		name  string
		edits []text.Edit
		ok    bool
	}{
		{"as asked", []text.Edit{added}, true},
		{"as asked, in other words", []text.Edit{at(`, "d"`, `,"\u0063":"\u0032", "d"`)}, true},
		{"something else", []text.Edit{at("1", "2")}, false},
		{"a number", []text.Edit{at(`, "d"`, `, "c": 2, "d"`)}, false},
		{"twice", []text.Edit{at(`, "d"`, `, "c": "2", "c": "2", "d"`)}, false},
		{"another member too", []text.Edit{added, at("true", "false")}, false},
		{"another member gone", []text.Edit{added, at(`"a": 1, `, "")}, false},
		{"members in another order", []text.Edit{added, at(`"a": 1, `, ""), text.Insert(len(src)-1, `, "a": 1`)}, false},
		{"elsewhere", []text.Edit{at(`"y"`, `"c": "2", "y"`)}, false},
		{"a number in other words", []text.Edit{added, at("1", "1.0")}, false},
		{"invalid", []text.Edit{at(`, "d"`, `, "c": "2" "d"`)}, false},
		{"cut off", []text.Edit{added, text.Delete(text.Span{Start: len(src) - 1, End: len(src)})}, false},
		{"text behind", []text.Edit{added, text.Insert(len(src), "{}")}, false},
		{"a byte order mark", []text.Edit{added, text.Insert(0, text.BOM)}, false},
		{"overlap", []text.Edit{added, at(`"d"`, `"d"`)}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse("p.json", []byte(src))
			if err != nil {
				t.Fatal(err)
			}
			edits, err := d.prove(c.edits, "do it", asked)
			if (err == nil) != c.ok {
				t.Fatalf("edits %v, error %v", edits, err)
			}
			if err != nil && (edits != nil || diag.Of(err)[0].Code != "unproved-edit" || diag.Of(err)[0].Manual != "do it") {
				t.Errorf("edits %v, error %v", edits, err)
			}
		})
	}
}
