package derive

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/registry/recipe"
)

// predicate is an exported function that says whether an entity has what the plugin shows.
type predicate struct {
	pack   *pack
	module string
	export string
	sym    symbol
	truthy bool // it returns something else than a boolean
	old    bool // its declaration says that it is deprecated
}

func (p *predicate) ref() *recipe.Ref { return &recipe.Ref{Module: p.module, Export: p.export} }

// predicates are those of a frontend package and of the family's libraries, the package's own
// first.
func (d *deriver) predicates(front *pack) []*predicate {
	var out []*predicate
	for _, p := range append([]*pack{front}, d.fam.of(WebLibrary, CommonLibrary)...) {
		for _, e := range p.JSON.Exports {
			if e.Path != "." && p != front || strings.HasPrefix(e.Feature, "@backstage/") && e.Path != "." {
				continue
			}
			m := p.load(e.JS)
			if m == nil {
				continue
			}
			types := p.types(e)
			for _, name := range m.exportNames() {
				if !predicateName(name) || !identifier(name) {
					continue
				}
				s := m.export(name)
				if s.mod == nil {
					continue
				}
				params, truthy, ok := signature(types, name)
				if !ok || params > 1 {
					continue
				}
				if i := slices.IndexFunc(out, func(o *predicate) bool { return o.sym == s }); i >= 0 {
					if o := out[i]; o.pack == p && betterPredicate(name, o.export) {
						o.export = name
					} else if o.old && o.pack != p {
						*o = predicate{pack: p, module: p.specifier(e.Path), export: name, sym: s, truthy: truthy}
					}
					continue
				}
				out = append(out, &predicate{pack: p, module: p.specifier(e.Path), export: name, sym: s, truthy: truthy, old: deprecated(types, name)})
			}
		}
	}
	return out
}

// betterPredicate prefers a plugin's own name to the one that all plugins once used.
func betterPredicate(name, than string) bool {
	return than == "isPluginApplicableToEntity" && name != than
}

func predicateName(name string) bool {
	w := words(name)
	return len(w) > 1 && (w[0] == "is" || w[0] == "has" || w[0] == "should") || name == "isAvailable"
}

// signature reads from the declarations whether an export is a function of one entity: how many
// parameters it must have, and whether it returns something else than a boolean. ok is false if
// it is no such function. Without declarations any function is taken for one.
func signature(types *module, name string) (params int, truthy, ok bool) {
	s := types.export(name)
	if s.mod == nil {
		return 0, false, types == nil
	}
	fn := s.node
	if fn.Is(tsx.KindVariableDeclarator) {
		fn = annotated(fn)
		if fn.Is(tsx.KindTypeQuery) { // typeof other
			if o := s.mod.lookup(fn.NamedChild(0).Text(), 0); o.mod != nil {
				fn = o.node
				if fn.Is(tsx.KindVariableDeclarator) {
					fn = annotated(fn)
				}
			}
		}
	}
	if !fn.Is(tsx.KindFunctionType, tsx.KindFunctionSignature, tsx.KindFunctionDeclaration) {
		return 0, false, false
	}
	first := tsx.Node{}
	for _, p := range tsx.Elements(fn.Field(tsx.FieldParameters)) {
		if !first.Ok() {
			first = p
		}
		if p.Is(tsx.KindRequiredParameter) && !p.Field(tsx.FieldPattern).Is(tsx.KindRestPattern) {
			params++
		}
	}
	typ := tsx.BareType(first.Field(tsx.FieldType))
	if !typ.Is(tsx.KindTypeIdentifier, tsx.KindNestedTypeIdentifier, tsx.KindUnionType) || !strings.Contains(typ.Text(), "Entity") {
		return params, false, false
	}
	ret := tsx.BareType(fn.Field(tsx.FieldReturnType))
	boolean := !ret.Ok() || ret.Text() == "boolean" || ret.Is(tsx.KindTypePredicate, tsx.KindTypePredicateAnnotation) || strings.HasPrefix(ret.Text(), "Promise<boolean")
	if ret.Text() == "void" || ret.Text() == "never" {
		return params, false, false
	}
	return params, !boolean, true
}

// deprecated reports whether the comment above an export's declaration says so.
func deprecated(types *module, name string) bool {
	s := types.export(name)
	if s.mod == nil {
		return false
	}
	c := tsx.EnclosingStatement(s.node).Prev()
	return c.Is(tsx.KindComment) && strings.Contains(c.Text(), "@deprecated")
}

// annotated is the type that a variable is declared with.
func annotated(decl tsx.Node) tsx.Node { return tsx.BareType(decl.Field(tsx.FieldType)) }

// choose is the predicate of an extension: the one that the blueprint's filter names, else the
// one whose name has most in common with the extension's, else the plugin's only one.
func choosePredicate(all []*predicate, b *blueprint, name string) (p *predicate, why string) {
	if b != nil && b.filter.Ok() {
		for _, s := range b.mod.functions(b.filter) {
			for _, p := range all {
				if p.sym == s {
					return p, "filter of " + b.from()
				}
			}
		}
	}
	best := 0
	for _, candidate := range all {
		if negative(candidate.export) {
			continue
		}
		n := overlap(candidate.export, name) * 4
		if strings.HasSuffix(candidate.export, "Available") {
			n++
		}
		if p == nil || n > best {
			p, best = candidate, n
		}
	}
	if p == nil {
		return nil, ""
	}
	if best < 4 && len(all) > 1 && p.export != "isPluginApplicableToEntity" {
		// Nothing connects any of several predicates with the extension, unless they name the plugin.
		own := slices.DeleteFunc(slices.Clone(all), func(c *predicate) bool { return overlap(c.export, c.pack.Name) == 0 || negative(c.export) })
		if len(own) != 1 {
			return nil, ""
		}
		p = own[0]
	}
	return p, p.pack.Name + " " + p.sym.mod.file + ": export " + p.export
}

func negative(name string) bool { return slices.Contains(words(name), "not") }

// functions are the functions that a filter is or calls.
func (m *module) functions(filter tsx.Node) []symbol {
	var out []symbol
	if s := m.symbolOf(filter, 0); s.mod != nil {
		out = append(out, s)
	}
	for n := range filter.Descendants() {
		if n.Is(tsx.KindIdentifier) {
			if s := m.symbolOf(n, 0); s.mod != nil {
				out = append(out, s)
			}
		}
	}
	return out
}
