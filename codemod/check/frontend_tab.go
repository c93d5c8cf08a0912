package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// tabsWithoutPredicate finds entity tabs without a condition, of plugins that export one by what
// batten knows of them or by their types.
func tabsWithoutPredicate(r *Repo) []Finding {
	var out []Finding
	told := map[text.Span]bool{}
	for _, f := range r.Wiring.Kind(wiring.EntityTab) {
		if f.If != "" || len(f.Refs) == 0 || !certain(f) || told[f.Span] {
			continue
		}
		pred, ok := predicateOf(f.Refs[0])
		if !ok {
			if pred, ok = r.installedPredicate(f.Package, f.Refs[0]); !ok {
				continue
			}
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
	rec, ok := curated(PackageName(content.Module))
	if !ok {
		return recipe.Ref{}, false
	}
	for _, s := range rec.Legacy {
		if t := s.EntityTab; t != nil && t.If != nil && t.Element.Module == content.Module && t.Element.Export == content.Export {
			return *t.If, true
		}
	}
	return recipe.Ref{}, false
}

var predicateName = regexp.MustCompile(`^is[A-Z]\w*Available$`)

// installedPredicate is the only condition that the types of an installed plugin of a content
// export by name. That of TechDocs is left out: create-app shows its tab to all entities.
func (r *Repo) installedPredicate(from string, content wiring.Ref) (recipe.Ref, bool) {
	if !strings.HasPrefix(content.Export, "Entity") || !strings.HasSuffix(content.Export, "Content") || PackageName(content.Module) == "@backstage/plugin-techdocs" {
		return recipe.Ref{}, false
	}
	exports, ok := r.types.Exports(from, content.Module)
	if !ok || !exports[content.Export] {
		return recipe.Ref{}, false
	}
	names := slices.DeleteFunc(sortedKeys(exports), func(name string) bool { return !predicateName.MatchString(name) })
	if len(names) != 1 {
		return recipe.Ref{}, false
	}
	return recipe.Ref{Module: content.Module, Export: names[0]}, true
}
