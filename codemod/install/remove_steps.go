package install

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// generated reports whether a file has the text that a step of the recipe makes for it.
func (r *remover) generated(s recipe.Step, file, text string) bool {
	return slices.ContainsFunc([]bool{true, false}, func(newer bool) bool {
		ft, ok := generated(s, newer)
		return ok && strings.HasSuffix(file, "/"+ft.File) && ft.Source == text
	})
}

// overrides reports whether an API factory makes somebody else's API by the plugin.
func (r *remover) overrides(f wiring.Fact) bool {
	return f.Kind == wiring.API && slices.ContainsFunc(r.steps(), func(s recipe.Step) bool {
		return s.API != nil && len(s.API.Uses) > 0 && nameOf(s.API.Ref) == f.Name && r.own(s.API.Uses[0].Module) && (&planner{state: r.state}).makes(f, s.API.Uses[0])
	})
}
