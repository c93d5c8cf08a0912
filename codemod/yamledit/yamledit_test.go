package yamledit

import (
	"errors"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

func apply(t *testing.T, src string, op operation) string {
	t.Helper()
	d, err := Parse("app-config.yaml", []byte(src))
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
			if got := apply(t, c.src, c.op); got != c.want {
				t.Fatalf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func TestASecondTimeChangesNothing(t *testing.T) {
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			if strings.HasPrefix(c.name, "remove the first item") || c.name == "remove from flow" {
				t.Skip("another item is the first now")
			}
			if got := apply(t, c.want, c.op); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func TestRemovingWhatWasAddedGivesBackTheBytes(t *testing.T) {
	for _, c := range table {
		if c.undo == nil {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			if got := apply(t, c.want, c.undo); got != c.src {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.src)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range refusals {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse("app-config.yaml", []byte(c.src))
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

func TestRefusalsHoldTheYAMLToPaste(t *testing.T) {
	d, err := Parse("app-config.yaml", []byte("x: &x {}\nproxy: *x\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Ensure("# sonar\ntarget: x\nheaders:\n  a: b\n", "proxy", "endpoints", "/sonarqube")
	want := "In app-config.yaml, add what is missing of:\n\nproxy:\n  endpoints:\n    '/sonarqube':\n      # sonar\n      target: x\n      headers:\n        a: b\n"
	if got := diag.Of(err); len(got) != 1 || got[0].Manual != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestSnippet(t *testing.T) {
	for _, c := range []struct{ name, block, want string }{
		{"mapping", "a: 1\n\n# c\nb: 2\n", "x:\n  'y z':\n    a: 1\n\n    # c\n    b: 2\n"},
		{"sequence", "- a\n- b", "x:\n  'y z':\n    - a\n    - b\n"},
		{"scalar", "a\n", "x:\n  'y z': a\n"},
		{"scalar with a comment above", "# c\na # d\n", "x:\n  # c\n  'y z': a # d\n"},
		{"block scalar", "|\n  a\n\n  b\n", "x:\n  'y z': |\n    a\n\n    b\n"},
		{"flow", "{a: 1}\n", "x:\n  'y z': {a: 1}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Snippet(c.block, "x", "y z"); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func TestReading(t *testing.T) {
	src := text.BOM + "é: &e \"ü\" # c\nlist:\n- 1\n- x: ~\n  y: |\n    t\nref: *e\nflag: true\nnone:\n"
	d, err := Parse("app-config.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for m := range d.Root().Members() {
		names = append(names, m.Name)
		if got := src[m.NameSpan.Start:m.NameSpan.End]; got != m.Name {
			t.Errorf("name span holds %s", got)
		}
	}
	if got := strings.Join(names, " "); got != "é list ref flag none" {
		t.Errorf("members: %s", got)
	}
	for _, c := range []struct {
		path      string
		kind      Kind
		s, source string
		pos       string
	}{
		{"é", String, "ü", "&e \"ü\"", "1:5"},
		{"list", Sequence, "- 1\n- x: ~\n  y: |\n    t", "- 1\n- x: ~\n  y: |\n    t", "3:1"},
		{"list 0", Number, "1", "1", "3:3"},
		{"list 1 x", Null, "", "~", "4:6"},
		{"list 1 y", String, "t\n", "|\n    t", "5:6"},
		{"ref", String, "ü", "*e", "7:6"},
		{"flag", Bool, "true", "true", "8:7"},
		{"none", Null, "", "", "9:6"},
	} {
		v, ok := d.Lookup(strings.Fields(c.path)...)
		s := v.Span()
		if !ok || v.Kind() != c.kind || v.String() != c.s || src[s.Start:s.End] != c.source || d.Pos(s.Start).String() != c.pos {
			t.Errorf("%s: %v %q %q %s", c.path, v.Kind(), v, src[s.Start:s.End], d.Pos(s.Start))
		}
	}
	if v, ok := d.Lookup("list", "01"); ok || v.Kind() != Missing || v.Len() != 0 || v.String() != "" || v.Span() != (text.Span{}) {
		t.Errorf("missing: %v %v", v, ok)
	}
	list, _ := d.Lookup("list")
	n := 0
	for e := range list.Elements() {
		n += e.Span().Len()
	}
	if list.Len() != 2 || n == 0 {
		t.Errorf("elements: %d", list.Len())
	}
	var into []any
	if err := list.Decode(&into); err != nil || len(into) != 2 {
		t.Errorf("decode: %v %v", into, err)
	}
}

func TestAFileWithoutAValue(t *testing.T) {
	d, err := Parse("app-config.local.yaml", []byte("# nothing\n"))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := d.Lookup("a"); ok || d.Root().Kind() != Missing || v.Kind() != Missing {
		t.Error("something is there")
	}
}
