package recipe

import (
	"fmt"
	"slices"
	"strings"
)

// Without is something that derivation finds and an overlay leaves out. Exactly one of Module,
// Package, Sidebar, Extension, Config, Annotation, Env, Need and Note is given.
type Without struct {
	// Module is the specifier of the steps to leave out, and Export the export; "" for all of
	// the module. A backend feature's export is "default".
	Module string `yaml:"module,omitempty" json:"module,omitempty"`
	Export string `yaml:"export,omitempty" json:"export,omitempty"`
	// Package is a dependency to leave out, with all steps that import from it.
	Package string `yaml:"package,omitempty" json:"package,omitempty"`
	// Sidebar is the path of a sidebar item, and Extension the id of an extension.
	Sidebar   string `yaml:"sidebar,omitempty" json:"sidebar,omitempty"`
	Extension string `yaml:"extension,omitempty" json:"extension,omitempty"`
	// Config is the path of a config block: it goes, and all blocks below it.
	Config []string `yaml:"config,omitempty" json:"config,omitempty"`
	// Annotation is the name of an annotation, or how names begin, with a "*" at its end.
	Annotation string `yaml:"annotation,omitempty" json:"annotation,omitempty"`
	Env        string `yaml:"env,omitempty" json:"env,omitempty"`
	// Need is the name of a need.
	Need string `yaml:"need,omitempty" json:"need,omitempty"`
	// Note is how a note begins.
	Note string `yaml:"note,omitempty" json:"note,omitempty"`
	// Why is one sentence.
	Why string `yaml:"why" json:"why"`
	// Systems are the lists of steps that it is about; empty for all.
	Systems []System `yaml:"systems,omitempty" json:"systems,omitempty"`
	Span    `yaml:",inline"`
}

// kinds counts what is given.
func (w Without) kinds() int {
	n := 0
	for _, given := range []bool{w.Module != "", w.Package != "", w.Sidebar != "", w.Extension != "", len(w.Config) > 0, w.Annotation != "", w.Env != "", w.Need != "", w.Note != ""} {
		if given {
			n++
		}
	}
	return n
}

// Merge completes a derived recipe with an overlay, at one release (as in Span; "" for the
// newest). What the overlay says of other releases is left out. The rest is put over what was
// derived:
//
//   - ID, Title, Description, Docs and Since are the overlay's where it has them.
//   - Without goes first: it takes what it names out of what was derived.
//   - A package takes the place of the derived one of its name.
//   - A step takes the place of all derived steps of its system with the same identity: the
//     same export, whatever the kind, so that a tab can become a case; the same sidebar path,
//     backend module, extension id, API, style sheet, sign-in provider. It stands where the
//     first of them stood. Other steps follow the derived ones.
//   - Variants are the overlay's if it has any, and derived steps of other variants are gone.
//   - A config block takes the place of the derived blocks at its path and below. Variables
//     that no block names any more are gone.
//   - Environment variables and annotations take the place of those of their name, needs of
//     those of their kind and name, what is unsupported of what is derived for the system.
//     Notes are added.
//   - Aliases, Replaces, Requires and Extras are those of both.
//
// Neither argument is changed. The error is an *Error if the result is not a recipe that can be
// used (see Validate), and says so if overlay is none.
func Merge(derived, overlay Recipe, release string) (Recipe, error) {
	if !overlay.Derived {
		return Recipe{}, fmt.Errorf("the recipe %s is no overlay: it is whole without what is derived", overlay.ID)
	}
	over := overlay.at(release)
	r := derived
	r.ID, r.Derived, r.Plugin = overlay.ID, false, ""
	for _, f := range []struct {
		to   *string
		from string
	}{{&r.Title, over.Title}, {&r.Description, over.Description}, {&r.Docs, over.Docs}, {&r.Since, over.Since}, {&r.Source, joined(over.Source, derived.Source)}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	for _, w := range over.Without {
		r = w.from(r)
	}
	r.Aliases = union(r.Aliases, over.Aliases, func(s string) string { return s })
	r.Packages = override(r.Packages, over.Packages, func(a, b Package) bool { return a.Name == b.Name && a.In == b.In })
	if len(over.Variants) > 0 {
		r.Variants = over.Variants
	}
	for _, list := range []struct {
		system   System
		steps    *[]Step
		overlays []Step
	}{{LegacyFrontend, &r.Legacy, over.Legacy}, {NewFrontend, &r.New, over.New}, {NewBackend, &r.Backend, over.Backend}, {LegacyBackend, &r.LegacyBackend, over.LegacyBackend}} {
		kept := filter(*list.steps, func(s Step) bool {
			return s.As == "" || slices.ContainsFunc(r.Variants, func(x Variant) bool { return x.Name == s.As })
		})
		*list.steps = override(kept, list.overlays, func(a, b Step) bool { return a.identity() == b.identity() })
		if len(list.overlays) > 0 {
			r.Unsupported = filter(r.Unsupported, func(u Unsupported) bool { return u.System != list.system })
		}
	}
	r.Unsupported = override(r.Unsupported, over.Unsupported, func(a, b Unsupported) bool { return a.System == b.System })
	r.Config = override(r.Config, over.Config, func(a, b ConfigBlock) bool { return under(a.Path, b.Path) })
	r.Env = filter(override(r.Env, over.Env, func(a, b EnvVar) bool { return a.Name == b.Name }), func(e EnvVar) bool {
		return slices.ContainsFunc(r.Config, func(c ConfigBlock) bool { return slices.Contains(c.variables(), e.Name) })
	})
	r.Annotations = override(r.Annotations, over.Annotations, func(a, b Annotation) bool { return a.Name == b.Name })
	r.Needs = override(r.Needs, over.Needs, func(a, b Need) bool { return a.Kind == b.Kind && a.Name == b.Name })
	r.Notes = union(r.Notes, over.Notes, func(s string) string { return s })
	r.NotesFor = union(r.NotesFor, over.NotesFor, func(n Note) string { return n.Text })
	r.Replaces = union(r.Replaces, over.Replaces, func(x Replaced) string { return x.Module })
	r.Requires = override(r.Requires, over.Requires, func(a, b Requirement) bool { return a.Package == b.Package })
	r.Extras = union(r.Extras, over.Extras, func(e Extra) string { return e.Plugin })
	if found := Validate(r); len(found) > 0 {
		e := &Error{Source: r.Source}
		for _, text := range found {
			e.Problems = append(e.Problems, Problem{Text: text})
		}
		return Recipe{}, e
	}
	return r, nil
}

func joined(over, derived string) string {
	if over == "" || derived == "" || over == derived {
		return over + derived
	}
	return over + " + " + derived
}

// at is an overlay without what it says of other releases. What is left is without limits, as
// what it is put over is of one release too.
func (r Recipe) at(release string) Recipe {
	r.Without = filter(r.Without, func(x Without) bool { return x.Covers(release) })
	r.Packages = filter(r.Packages, func(x Package) bool { return x.Covers(release) })
	for _, steps := range []*[]Step{&r.Legacy, &r.New, &r.Backend, &r.LegacyBackend} {
		*steps = filter(*steps, func(x Step) bool { return x.Covers(release) })
	}
	r.Config = filter(r.Config, func(x ConfigBlock) bool { return x.Covers(release) })
	r.Unsupported = filter(r.Unsupported, func(x Unsupported) bool { return x.Covers(release) })
	r.Replaces = filter(r.Replaces, func(x Replaced) bool { return x.Covers(release) })
	r.Requires = filter(r.Requires, func(x Requirement) bool { return x.Covers(release) })
	return r
}

// override puts over in the places of those of base that are the same, and the rest after them.
// All of base that are the same as one of over are gone; several of over may be the same.
func override[T any](base, over []T, same func(base, over T) bool) []T {
	var out []T
	done := make([]bool, len(over))
	for _, b := range base {
		i := slices.IndexFunc(over, func(o T) bool { return same(b, o) })
		if i < 0 {
			out = append(out, b)
			continue
		}
		for j, o := range over {
			if !done[j] && same(b, o) {
				done[j] = true
				out = append(out, o)
			}
		}
	}
	for j, o := range over {
		if !done[j] {
			out = append(out, o)
		}
	}
	return out
}

// union is base and what over has more.
func union[T any](base, over []T, key func(T) string) []T {
	out := slices.Clone(base)
	for _, o := range over {
		if !slices.ContainsFunc(out, func(b T) bool { return key(b) == key(o) }) {
			out = append(out, o)
		}
	}
	return out
}

// under reports whether a path is another or below it.
func under(path, of []string) bool {
	return len(path) >= len(of) && slices.Equal(path[:len(of)], of)
}

// variables are the names of the environment variables in the block.
func (c ConfigBlock) variables() []string {
	var names []string
	for _, m := range envPattern.FindAllStringSubmatch(c.YAML, -1) {
		names = append(names, m[1])
	}
	return names
}

// from takes what w names out of a derived recipe.
func (w Without) from(r Recipe) Recipe {
	steps := func(gone func(Step) bool) {
		for system, list := range map[System]*[]Step{LegacyFrontend: &r.Legacy, NewFrontend: &r.New, NewBackend: &r.Backend, LegacyBackend: &r.LegacyBackend} {
			if len(w.Systems) == 0 || slices.Contains(w.Systems, system) {
				*list = filter(*list, func(s Step) bool { return !gone(s) })
			}
		}
	}
	switch {
	case w.Module != "":
		steps(func(s Step) bool {
			ref := s.subject()
			return ref.Module == w.Module && (w.Export == "" || ref.Export == w.Export)
		})
	case w.Package != "":
		r.Packages = filter(r.Packages, func(p Package) bool { return p.Name != w.Package })
		steps(func(s Step) bool {
			return slices.ContainsFunc(s.Refs(), func(ref Ref) bool { return PackageOf(ref.Module) == w.Package })
		})
	case w.Sidebar != "":
		steps(func(s Step) bool {
			return s.SidebarItem != nil && strings.Trim(s.SidebarItem.To, "/") == strings.Trim(w.Sidebar, "/")
		})
	case w.Extension != "":
		steps(func(s Step) bool { return s.Extension != nil && s.Extension.ID == w.Extension })
	case len(w.Config) > 0:
		r.Config = filter(r.Config, func(c ConfigBlock) bool { return !under(c.Path, w.Config) })
	case w.Annotation != "":
		prefix, many := strings.CutSuffix(w.Annotation, "*")
		r.Annotations = filter(r.Annotations, func(a Annotation) bool {
			return a.Name != w.Annotation && !(many && strings.HasPrefix(a.Name, prefix))
		})
	case w.Env != "":
		r.Env = filter(r.Env, func(e EnvVar) bool { return e.Name != w.Env })
	case w.Need != "":
		r.Needs = filter(r.Needs, func(n Need) bool { return n.Name != w.Need })
	case w.Note != "":
		r.Notes = filter(r.Notes, func(n string) bool { return !strings.HasPrefix(n, w.Note) })
	}
	return r
}

// identity is what a step is about, without how it is hung.
func (s Step) identity() string {
	switch {
	case s.SidebarItem != nil:
		return "sidebar " + strings.Trim(s.SidebarItem.To, "/")
	case s.SignInProvider != nil:
		return "sign-in " + s.SignInProvider.ID
	case s.Extension != nil:
		return "extension " + s.Extension.ID
	case s.LegacyRouter != nil:
		return "router " + s.LegacyRouter.ID
	case s.Feature != nil && s.Feature.File != "":
		return "file " + s.Feature.File
	}
	ref := s.subject()
	return ref.Module + " " + ref.Export
}

// subject is the export that a step hangs; the zero Ref if it hangs none.
func (s Step) subject() Ref {
	if refs := s.Refs(); len(refs) > 0 {
		return refs[0]
	}
	return Ref{}
}

// Refs are the exports of npm packages that a step names, the one that it is about first. The
// default export of a backend feature is one, a style sheet's too; a file's imports are not.
func (s Step) Refs() []Ref {
	conditional := func(e Element, cond *Ref) []Ref {
		if cond == nil {
			return []Ref{e.Ref}
		}
		return []Ref{e.Ref, *cond}
	}
	switch {
	case s.Route != nil:
		return []Ref{s.Route.Element.Ref}
	case s.SidebarItem != nil:
		return []Ref{s.SidebarItem.Icon}
	case s.EntityTab != nil:
		return conditional(s.EntityTab.Element, s.EntityTab.If)
	case s.EntityCard != nil:
		return conditional(s.EntityCard.Element, s.EntityCard.If)
	case s.EntityCase != nil:
		return conditional(s.EntityCase.Element, &s.EntityCase.If)
	case s.SignInProvider != nil:
		return []Ref{s.SignInProvider.APIRef}
	case s.Feature != nil && s.Feature.File == "":
		return []Ref{s.Feature.Ref}
	case s.BackendFeature != nil:
		return []Ref{{Module: s.BackendFeature.Module, Export: "default"}}
	case s.CSSImport != nil:
		return []Ref{{Module: s.CSSImport.Module}}
	case s.SearchItem != nil:
		return conditional(s.SearchItem.Element, s.SearchItem.Icon)
	case s.AppRootElement != nil:
		return []Ref{s.AppRootElement.Ref}
	case s.API != nil:
		refs := append([]Ref{s.API.Ref}, s.API.Uses...)
		for _, d := range s.API.Deps {
			refs = append(refs, d.Ref)
		}
		return refs
	case s.LegacyPlugin != nil:
		refs := []Ref{s.LegacyPlugin.Ref}
		for _, e := range slices.Concat(s.LegacyPlugin.Pages, s.LegacyPlugin.Contents, s.LegacyPlugin.Cards) {
			refs = append(refs, conditional(Element{Ref: e.Ref}, e.If)...)
		}
		return refs
	}
	for _, e := range []*Element{s.SidebarComponent, s.HomeWidget, s.TechDocsAddon, s.FieldExtension} {
		if e != nil {
			return []Ref{e.Ref}
		}
	}
	return nil
}
