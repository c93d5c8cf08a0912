package template

import (
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

type binding struct{ module, name string }

func bindings(t *tsx.Tree) map[binding]tsx.ImportSpec {
	out := map[binding]tsx.ImportSpec{}
	for _, d := range tsx.Imports(t) {
		if d.SideEffect {
			out[binding{d.Module, ""}] = tsx.ImportSpec{Node: d.Node}
		}
		for _, s := range d.Bindings {
			out[binding{d.Module, s.Name}] = s
		}
	}
	return out
}

// locals are the names that imports bind, and to what.
func locals(of map[binding]tsx.ImportSpec) map[string]binding {
	out := map[string]binding{}
	for at, s := range of {
		if s.Local != "" {
			out[s.Local] = at
		}
	}
	return out
}

// addImports adds what the template imports now. A name that it imports from elsewhere now goes
// first, if the app has it from where the base had it; one that is another thing in the app is
// remembered as taken.
func (m *treeMerge) addImports() []text.Edit {
	base, ours, theirs := bindings(m.base), bindings(m.ours), bindings(m.theirs)
	before, here := locals(base), locals(ours)
	var add []tsx.Import
	for _, d := range tsx.Imports(m.theirs) {
		if d.SideEffect {
			at := binding{d.Module, ""}
			if _, had := base[at]; !had {
				if _, has := ours[at]; !has {
					add = append(add, tsx.Import{Module: d.Module, SideEffect: true})
				}
			}
		}
		for _, s := range d.Bindings {
			at := binding{d.Module, s.Name}
			if was, had := base[at]; had && was.Local == s.Local || m.taken[s.Local] {
				continue
			}
			if is, has := ours[at]; has && is.Local == s.Local {
				continue
			}
			if other, is := here[s.Local]; is {
				if _, stays := theirs[other]; !stays && before[s.Local] == other {
					return tsx.RemoveImport(m.ours, s.Local)
				}
				m.taken[s.Local] = true
				continue
			}
			if m.declares(m.ours, s.Local) && m.declares(m.base, s.Local) && !m.declares(m.theirs, s.Local) {
				continue // once the declaration is gone, as in the template
			}
			imp := tsx.Import{Module: d.Module, Name: s.Name, Default: s.Default, Namespace: s.Namespace, TypeOnly: s.TypeOnly}
			if s.Local != s.Name || s.Default || s.Namespace {
				imp.Alias = s.Local
			}
			add = append(add, imp)
		}
	}
	if len(add) == 0 {
		return nil
	}
	edits, names := tsx.AddImport(m.ours, add...)
	again := false
	for i, local := range names {
		want := add[i].Alias
		if want == "" {
			want = add[i].Name
		}
		if local != want && !add[i].SideEffect {
			m.taken[want], again = true, true
		}
	}
	if again {
		return m.addImports()
	}
	return edits
}

// declares says whether a source declares a name itself, at its top.
func (m *treeMerge) declares(t *tsx.Tree, name string) bool {
	for n := range t.Root().NamedChildren() {
		if about(n) == "declare "+name+" " {
			return true
		}
	}
	return false
}

// foreign is a name in a piece of the template's that is another thing in the app; "" if there is
// none.
func (m *treeMerge) foreign(n tsx.Node) string {
	if len(m.taken) == 0 {
		return ""
	}
	if n.ChildCount() == 0 && m.taken[n.Text()] {
		return n.Text()
	}
	for d := range n.Descendants() {
		if d.ChildCount() == 0 && !d.Is(tsx.KindPropertyIdentifier) && m.taken[d.Text()] {
			return d.Text()
		}
	}
	return ""
}

// dropImports takes the imports out that the template took out, where nothing uses them.
func (m *treeMerge) dropImports() bool {
	theirs := bindings(m.theirs)
	for at, was := range bindings(m.base) {
		if now, ok := theirs[at]; ok && now.Local == was.Local {
			continue
		}
		if at.name == "" {
			if edits := tsx.RemoveSideEffectImport(m.ours, at.module); edits != nil && !m.apply(edits) {
				return false
			}
			continue
		}
		is, ok := bindings(m.ours)[at]
		if !ok || !tsx.Unused(m.ours, is.Local) {
			continue
		}
		if edits := tsx.RemoveImport(m.ours, is.Local); !m.apply(edits) {
			return false
		}
	}
	return true
}
