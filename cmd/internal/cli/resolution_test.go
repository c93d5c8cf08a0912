package cli

import (
	"slices"
	"testing"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/registry/recipe"
)

func TestChoicesOfOneKindAreOnOneLine(t *testing.T) {
	left := func(name string) derive.Choice {
		return derive.Choice{Flag: "--with " + name, Text: name + " is left out; the flag hangs it."}
	}
	off := derive.Choice{Flag: "--with page:x", Text: "page:x stays off; the flag lists it in app.extensions."}
	as := derive.Choice{Flag: "--as tab", Text: "It hangs as a card."}
	for _, c := range []struct {
		choices []derive.Choice
		want    []string
	}{
		{nil, nil},
		{[]derive.Choice{as, left("A"), off}, []string{"--as tab: It hangs as a card.", "--with A: A is left out; the flag hangs it.", "--with page:x: page:x stays off; the flag lists it in app.extensions."}},
		{[]derive.Choice{left("A"), as, left("B")}, []string{"--with NAME: A, B are left out; the flag, which may be repeated, hangs them.", "--as tab: It hangs as a card."}},
	} {
		if got := choiceLines(iostreams.Style{}, c.choices); !slices.Equal(got, c.want) {
			t.Errorf("the choices %v are said as\n%q, not\n%q", c.choices, got, c.want)
		}
	}
}

func TestAModuleThatAnOverlayBringsGoesWithItsPlugin(t *testing.T) {
	feature := func(module string) recipe.Step {
		return recipe.Step{BackendFeature: &recipe.BackendFeature{Module: module}}
	}
	over := recipe.Recipe{Packages: []recipe.Package{
		{Name: "@x/plugin-y-backend-module-z", Role: recipe.BackendModule, In: recipe.InBackend},
		{Name: "@x/plugin-permission-backend", Role: recipe.Backend, In: recipe.InBackend},
	}}
	whole := recipe.Recipe{
		ID: "z", Packages: append([]recipe.Package{{Name: "@x/plugin-z", Role: recipe.Frontend, In: recipe.InApp}}, over.Packages...),
		Backend: []recipe.Step{feature("@x/plugin-y-backend-module-z"), feature("@x/plugin-permission-backend")},
	}
	got, _ := onlyOwn(whole, nil, []string{"@x/plugin-z"}, over)
	if len(got.Backend) != 1 || got.Backend[0].BackendFeature.Module != "@x/plugin-y-backend-module-z" || len(got.Packages) != 2 {
		t.Errorf("what goes is %+v of %+v", got.Backend, got.Packages)
	}
}
