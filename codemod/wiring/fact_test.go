package wiring

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/batten-dev/batten/codemod/text"
)

func TestCompareCountsFactsByIdentity(t *testing.T) {
	page := func(name string, at int) Fact {
		return Fact{Kind: Route, Package: "packages/app", File: "App.tsx", Span: text.Span{Start: at, End: at + 1}, Pos: text.Pos{Line: at, Column: 1}, Name: name, Refs: []Ref{{"@p/x", "XPage"}}}
	}
	for _, c := range []struct {
		name          string
		before, after []Fact
		want          string
	}{
		{"nothing", nil, nil, "no difference"},
		{"moved", []Fact{page("/x", 1)}, []Fact{page("/x", 9)}, "no difference"},
		{"degraded", []Fact{page("/x", 1)}, []Fact{func() Fact { f := page("/x", 1); f.Degraded, f.Title = true, "X"; return f }()}, "no difference"},
		{"added", []Fact{page("/x", 1)}, []Fact{page("/x", 1), page("/y", 2)}, "+ route /y (@p/x#XPage) at App.tsx:2:1"},
		{"added a second time", []Fact{page("/x", 1)}, []Fact{page("/x", 1), page("/x", 2)}, "+ route /x (@p/x#XPage) at App.tsx:2:1"},
		{"removed and added", []Fact{page("/x", 1)}, []Fact{page("/y", 1)}, "- route /x (@p/x#XPage) at App.tsx:1:1\n+ route /y (@p/x#XPage) at App.tsx:1:1"},
		{"on other pages", []Fact{func() Fact { f := page("/x", 1); f.Pages = []string{"api"}; return f }()}, []Fact{func() Fact { f := page("/x", 1); f.Pages, f.Conditional = []string{"user"}, true; return f }()},
			"- route /x on api (@p/x#XPage) at App.tsx:1:1\n+ route /x on user (@p/x#XPage) conditional at App.tsx:1:1"},
	} {
		d := Compare(&Observation{Facts: c.before}, &Observation{Facts: c.after})
		if got := d.String(); got != c.want || d.Empty() != (c.want == "no difference") {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func FuzzObserveNeverPanics(f *testing.F) {
	for _, s := range shapes() {
		if !strings.Contains(s.name, "for ever") {
			f.Add(s.files["App.tsx"], s.files["packages/app/src/EntityPage.tsx"]+s.files["packages/app/src/Root.tsx"], s.files["index.ts"])
		}
	}
	f.Fuzz(func(t *testing.T, app, part, backend string) {
		if !utf8.ValidString(app + part + backend) {
			return
		}
		fsys := repo(map[string]string{"App.tsx": app, "packages/app/src/EntityPage.tsx": part, "packages/app/src/Root.tsx": part, "index.ts": backend})
		start := time.Now()
		o := observe(t, fsys)
		if d := time.Since(start); d > 6*time.Second {
			t.Errorf("took %v", d)
		}
		checkObservation(t, o, fsys)
		for _, d := range o.Degraded {
			if strings.Contains(d.Error(), "engine failed") {
				t.Error(d)
			}
		}
	})
}
