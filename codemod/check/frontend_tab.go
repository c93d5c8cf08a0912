package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// tabsWithoutPredicate finds entity tabs of plugins of which batten knows that they export the
// condition for the tab, without a condition.
func tabsWithoutPredicate(r *Repo) []Finding {
	var out []Finding
	told := map[text.Span]bool{}
	for _, f := range r.Wiring.Kind(wiring.EntityTab) {
		if f.If != "" || len(f.Refs) == 0 || !certain(f) || told[f.Span] {
			continue
		}
		pred, ok := predicateOf(f.Refs[0])
		if !ok {
			continue
		}
		if exports, ok := r.types.Exports(f.Package, pred.Module); ok && !exports[pred.Export] {
			continue
		}
		tree, err := r.Tree(f.File)
		if err != nil {
			continue
		}
		el := elementAt(tree, f.Span)
		if !el.Ok() || tsx.JSXAttribute(el, "if").Ok() || tsx.JSXName(el) != "EntityLayout.Route" {
			continue
		}
		told[f.Span] = true
		n := r.at(f.File, tsx.JSXOpening(el).Span(), "the tab %q is shown for every entity, though %s exports %s", f.Name, pred.Module, pred.Export)
		n.key = f.Name
		n.Manual = fmt.Sprintf("Add if={%s}: entities without the plugin's annotation then have no such tab.", pred.Export)
		edits, locals := tsx.AddImport(tree, tsx.Import{Module: pred.Module, Name: pred.Export})
		if len(locals) == 1 {
			edits = append(edits, tsx.AddAttribute(el, "if={"+locals[0]+"}")...)
			n.Fixes = []Fix{{Title: "Show the tab where " + pred.Export, Edits: editsOf(f.File, edits)}}
		}
		out = append(out, n)
	}
	return out
}

// predicateOf is the condition that a curated recipe has for a tab with a content. It reads that
// recipe alone.
func predicateOf(content wiring.Ref) (recipe.Ref, bool) {
	_, id, _ := strings.Cut(PackageName(content.Module), "plugin-")
	if id == "" || !slices.Contains(recipe.IDs(), id) {
		return recipe.Ref{}, false
	}
	data, err := recipe.Text(id)
	if err != nil {
		return recipe.Ref{}, false
	}
	rec, err := recipe.Load(id, data)
	if err != nil {
		return recipe.Ref{}, false
	}
	for _, s := range rec.Legacy {
		if t := s.EntityTab; t != nil && t.If != nil && t.Element.Module == content.Module && t.Element.Export == content.Export {
			return *t.If, true
		}
	}
	return recipe.Ref{}, false
}
