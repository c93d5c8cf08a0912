package diag

import (
	"errors"
	"fmt"
	"testing"

	"github.com/batten-dev/batten/codemod/text"
)

func TestErrorSaysWhereWhatAndNext(t *testing.T) {
	src := []byte("{\n  \"a\": 1,\n}\n")
	d := Errorf("invalid-json", "unexpected %q", "}").At("package.json", src, text.Span{Start: 12, End: 13})
	d.Manual = "Remove the comma before it."
	want := "package.json:3:1: unexpected \"}\"\nRemove the comma before it."
	if d.Error() != want {
		t.Errorf("got %q, want %q", d.Error(), want)
	}
	if d := Errorf("no-release", "no backstage.json"); d.Error() != "no backstage.json" || d.Location() != "" {
		t.Errorf("without a file: %q", d.Error())
	}
}

func TestOfFindsWrappedDiagnostics(t *testing.T) {
	a, b := Errorf("a", "a"), Errorf("b", "b")
	b.File = "x"
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0}, {errors.New("x"), 0}, {fmt.Errorf("reading: %w", a), 1}, {fmt.Errorf("two: %w", List{a, b}), 2}, {errors.Join(a), 1},
	} {
		if got := Of(c.err); len(got) != c.want {
			t.Errorf("Of(%v) has %d diagnostics, want %d", c.err, len(got), c.want)
		}
	}
	if !errors.Is(List{a, b}, error(b)) {
		t.Error("errors.Is does not look into a List")
	}
}

func TestListIsAnErrorOnlyWithAnError(t *testing.T) {
	if err := (List{{Severity: Warning}}).Err(); err != nil {
		t.Errorf("a warning is an error: %v", err)
	}
	if (List{}).Err() != nil || (List{}).Worst() != -1 {
		t.Error("an empty list is an error")
	}
	if (List{{Severity: Warning}, {Severity: Error}}).Err() == nil {
		t.Error("a list with an error is none")
	}
}

func TestSortIsByFileThenOffset(t *testing.T) {
	l := List{{File: "b"}, {File: "a", Span: text.Span{Start: 9}}, {File: "a", Span: text.Span{Start: 10}, Code: "y"}, {File: "a", Span: text.Span{Start: 10}, Code: "x"}}
	l.Sort()
	if l[0].Span.Start != 9 || l[1].Code != "x" || l[2].Code != "y" || l[3].File != "b" {
		t.Errorf("order: %v", l)
	}
}
