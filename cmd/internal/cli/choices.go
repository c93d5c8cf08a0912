package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/registry/recipe"
)

// pieces are the names by which --with and --without mean the pieces of a recipe.
func pieces(r recipe.Recipe, extensions []derive.Extension) []string {
	var names []string
	for _, e := range extensions {
		names = append(names, e.Export, e.ID)
	}
	for _, s := range slices.Concat(r.Legacy, r.New) {
		if refs := s.Refs(); len(refs) > 0 && hung(s) != "" {
			names = append(names, refs[0].Export)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// chosen are those of some names that are pieces of a recipe. They are noted.
func (r *resolver) chosen(names, pieces []string) []string {
	var out []string
	for _, name := range names {
		if slices.Contains(pieces, name) {
			out = append(out, name)
			r.known[name] = true
		}
	}
	return out
}

// unknownPieces is the refusal of names that no plugin has, of those of --with and --without.
func (r *resolver) unknownPieces(found []resolution) error {
	var all []string
	for _, f := range found {
		var extensions []derive.Extension
		if f.derived != nil {
			extensions = f.derived.Extensions
		}
		all = append(all, pieces(f.recipe, extensions)...)
	}
	var out diag.List
	for _, name := range slices.Concat(r.with, r.without) {
		if !r.known[name] {
			d := diag.Errorf("unknown-extension", "there is no piece %q to hang or to leave out", name)
			d.Manual = "There are " + strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" || s == "default" }), ", ") + "."
			out = append(out, d)
		}
	}
	return out.Err()
}

// leaveOut is a recipe that is not derived, without the pieces of --without.
func (r *resolver) leaveOut(whole recipe.Recipe) recipe.Recipe {
	names := r.chosen(r.without, pieces(whole, nil))
	if len(names) == 0 {
		return whole
	}
	drop := func(steps []recipe.Step) []recipe.Step {
		return slices.DeleteFunc(slices.Clone(steps), func(s recipe.Step) bool {
			refs := s.Refs()
			return len(refs) > 0 && hung(s) != "" && slices.Contains(names, refs[0].Export)
		})
	}
	whole.Legacy, whole.New = drop(whole.Legacy), drop(whole.New)
	return whole
}

// preferred puts the way to hang a plugin that was chosen for it before the others.
func preferred(r recipe.Recipe, way string) recipe.Recipe {
	if i := slices.IndexFunc(r.Variants, func(v recipe.Variant) bool { return v.Name == way }); i > 0 {
		v := r.Variants[i]
		r.Variants = slices.Insert(slices.Delete(slices.Clone(r.Variants), i, i+1), 0, v)
	}
	return r
}

// canChoose says whether there is anything that choose would ask.
func (o *addOptions) canChoose(found []resolution) bool {
	return slices.ContainsFunc(found, func(f resolution) bool {
		return len(f.recipe.Variants) > 1 || len(o.extras(f)) > 0 || len(optional(f)) > 0 || len(wired(f)) > 1 || onEntityPages(f.recipe)
	})
}

// choose asks what is to be otherwise, and keeps the answers as the flags would.
func (o *addOptions) choose(ctx context.Context, found []resolution) error {
	for _, f := range found {
		title := f.recipe.Title
		if v := f.recipe.Variants; len(v) > 1 && o.as == "" {
			var lines []string
			for _, variant := range v {
				lines = append(lines, variant.Name+": "+variant.Description)
			}
			n, err := o.one(ctx, "How is "+title+" to hang?", lines)
			if err != nil {
				return err
			}
			o.ways[f.recipe.ID] = v[n].Name
		}
		if names := wired(f); len(names) > 1 {
			some, err := o.several(ctx, "What of "+title+" is to be left out?", names)
			if err != nil {
				return err
			}
			o.without = append(o.without, some...)
		}
		if names := optional(f); len(names) > 0 {
			some, err := o.several(ctx, "What else of "+title+" is to hang?", names)
			if err != nil {
				return err
			}
			o.with = append(o.with, some...)
		}
		if names := o.extras(f); len(names) > 0 {
			some, err := o.several(ctx, "What is to be added with "+title+"?", names)
			if err != nil {
				return err
			}
			o.plugins = append(o.plugins, some...)
		}
	}
	if !slices.ContainsFunc(found, func(f resolution) bool { return onEntityPages(f.recipe) }) {
		return nil
	}
	answer, err := o.io.Ask(ctx, "On which entity pages are tabs and cards to hang? [service,website]", func(string) bool { return true })
	if err == nil && answer != "" {
		o.pages = strings.FieldsFunc(answer, func(r rune) bool { return r == ',' || r == ' ' })
	}
	return err
}

// one asks for one of several; an empty answer is the first.
func (o *addOptions) one(ctx context.Context, question string, lines []string) (int, error) {
	for i, line := range lines {
		o.errln(fmt.Sprintf("  %d  %s", i+1, line))
	}
	n := 0
	_, err := o.io.Ask(ctx, question+" [1]", func(text string) bool {
		i, err := strconv.Atoi(text)
		if text == "" {
			i, err = 1, nil
		}
		n = i - 1
		return err == nil && i >= 1 && i <= len(lines)
	})
	if n < 0 || n >= len(lines) {
		n = 0 // the input ended
	}
	return n, err
}

// several asks for any of several; an empty answer is none.
func (o *addOptions) several(ctx context.Context, question string, names []string) ([]string, error) {
	for i, name := range names {
		o.errln(fmt.Sprintf("  %d  %s", i+1, name))
	}
	var some []string
	_, err := o.io.Ask(ctx, question+" [numbers, or none]", func(text string) bool {
		some = nil
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
			i, err := strconv.Atoi(word)
			if err != nil || i < 1 || i > len(names) {
				return false
			}
			some = append(some, names[i-1])
		}
		return true
	})
	return some, err
}

// wired are the pieces of a plugin that hang, by name, of which some may be left out.
func wired(f resolution) []string {
	var names []string
	for _, s := range f.recipe.Legacy {
		refs := s.Refs()
		if len(refs) > 0 && hung(s) != "" && !slices.Contains(names, refs[0].Export) {
			names = append(names, refs[0].Export)
		}
	}
	return names
}

// optional are the pieces that hang only if they are asked for.
func optional(f resolution) []string {
	var names []string
	for _, c := range f.choices() {
		if name, ok := strings.CutPrefix(c.Flag, "--with "); ok {
			names = append(names, name)
		}
	}
	return names
}

// extras are the plugins that go with another and are not added yet.
func (o *addOptions) extras(f resolution) []string {
	var names []string
	for _, e := range f.recipe.Extras {
		if !slices.Contains(o.plugins, e.Plugin) {
			names = append(names, e.Plugin)
		}
	}
	return names
}

// onEntityPages says whether a plugin has tabs or cards for the pages of components.
func onEntityPages(r recipe.Recipe) bool {
	return slices.ContainsFunc(r.Legacy, func(s recipe.Step) bool {
		return s.EntityTab != nil && len(s.EntityTab.Pages) == 0 || s.EntityCard != nil && len(s.EntityCard.Pages) == 0
	})
}
