package install

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/wiring"
)

// What the proof says of a difference that is not the promised one. A proof that let these pass
// would let a wrong edit be written.
func TestDiffers(t *testing.T) {
	route := func(path, export string) wiring.Fact {
		return wiring.Fact{Kind: wiring.Route, Package: "packages/app", Name: path, Refs: []wiring.Ref{{Module: "react-router-dom", Export: "Route"}, {Module: "plugin-x", Export: export}}}
	}
	tab := wiring.Fact{Kind: wiring.EntityTab, Package: "packages/app", Name: "/x", Pages: []string{"component:service"}, Refs: []wiring.Ref{{Module: "plugin-x", Export: "XContent"}}}
	inTab := wiring.Fact{Kind: wiring.EntityCard, Package: "packages/app", Name: "XContent", In: "/x", Refs: tab.Refs}
	wantRoute := Expected{Kind: wiring.Route, Package: "packages/app", Name: "/x", Module: "plugin-x", Export: "XPage"}
	wantTab := Expected{Kind: wiring.EntityTab, Package: "packages/app", Name: "/x", Module: "plugin-x", Export: "XContent", Pages: tab.Pages}
	const file = "packages/app/src/modules/x/index.tsx"
	made := wiring.Fact{Kind: wiring.Feature, Package: "packages/app", File: file, Name: file + "#app"}
	wantFile := Expected{Kind: wiring.Feature, Package: "packages/app", Name: file}
	other := func(f wiring.Fact, change func(*wiring.Fact)) wiring.Fact {
		change(&f)
		return f
	}
	for _, c := range []struct {
		name     string
		expected []Expected
		diff     wiring.Difference
		want     string // in the problem; "" for none
	}{
		{"what was promised", []Expected{wantRoute}, wiring.Difference{Added: []wiring.Fact{route("/x", "XPage")}}, ""},
		{"a path with and without its slash", []Expected{wantRoute}, wiring.Difference{Added: []wiring.Fact{route("x", "XPage")}}, ""},
		{"a tab with its content", []Expected{wantTab}, wiring.Difference{Added: []wiring.Fact{tab, inTab}}, ""},
		{"what the file of a new feature makes", []Expected{wantFile}, wiring.Difference{Added: []wiring.Fact{made, other(made, func(f *wiring.Fact) { f.Kind, f.Name = wiring.SignInProvider, "guest" })}}, ""},
		{"something in another file beside a new feature", []Expected{wantFile}, wiring.Difference{Added: []wiring.Fact{made, other(made, func(f *wiring.Fact) { f.Kind, f.File = wiring.SignInProvider, "packages/app/src/App.tsx" })}}, "more than was asked for"},
		{"nothing", []Expected{wantRoute}, wiring.Difference{}, "would not get route /x"},
		{"something lost", []Expected{wantRoute}, wiring.Difference{Added: []wiring.Fact{route("/x", "XPage")}, Removed: []wiring.Fact{route("/y", "YPage")}}, "would lose route /y"},
		{"twice what was promised once", []Expected{wantRoute}, wiring.Difference{Added: []wiring.Fact{route("/x", "XPage"), route("/x", "XPage")}}, "more than was asked for"},
		{"another component", []Expected{wantRoute}, wiring.Difference{Added: []wiring.Fact{route("/x", "YPage")}}, "more than was asked for"},
		{"another path", []Expected{wantRoute}, wiring.Difference{Added: []wiring.Fact{route("/z", "XPage")}}, "more than was asked for"},
		{"another package", []Expected{wantRoute}, wiring.Difference{Added: []wiring.Fact{other(route("/x", "XPage"), func(f *wiring.Fact) { f.Package = "packages/app-next" })}}, "more than was asked for"},
		{"another entity page", []Expected{wantTab}, wiring.Difference{Added: []wiring.Fact{other(tab, func(f *wiring.Fact) { f.Pages = []string{"api"} })}}, "more than was asked for"},
		{"a card that nothing brings", []Expected{wantTab}, wiring.Difference{Added: []wiring.Fact{tab, other(inTab, func(f *wiring.Fact) { f.In = "/y" })}}, "more than was asked for"},
	} {
		got := differs(c.expected, c.diff)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestRelativeImport(t *testing.T) {
	for _, c := range [][3]string{
		{"packages/app/src/App.tsx", "packages/app/src/modules/signIn/index.tsx", "./modules/signIn"},
		{"packages/app/src/App.tsx", "packages/app/src/signIn.tsx", "./signIn"},
		{"packages/app/src/app/main.tsx", "packages/app/src/modules/signIn/index.tsx", "../modules/signIn"},
		{"packages/app/src/index.tsx", "packages/app/src/a/b.ts", "./a/b"},
	} {
		if got := relativeImport(c[0], c[1]); got != c[2] {
			t.Errorf("%s in %s is imported as %q, want %q", c[1], c[0], got, c[2])
		}
	}
}
