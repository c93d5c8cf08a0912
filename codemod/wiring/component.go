package wiring

import (
	"path"
	"strings"

	"github.com/batten-dev/batten/codemod/internal/jsrun"
)

// component is what an element's type comes to.
type component struct {
	ref   Ref           // of a package's component
	tag   string        // of an intrinsic element: "div"
	local jsrun.Value   // a component of the app
	args  []jsrun.Value // what a package made a component of: createRoot(<X/>), hot(App)
	alts  []jsrun.Value // alternatives, by a condition that is not known
}

// name is the name by which a component of a package is known: "EntityLayout.Route".
func (c component) name() string { return c.ref.Export }

// is reports whether it is a package's component with one of the given export names.
func (c component) is(names ...string) bool {
	if c.ref.Module == "" {
		return false
	}
	for _, n := range names {
		if c.ref.Export == n || c.ref.Export == "default" && path.Base(c.ref.Module) == n {
			return true
		}
	}
	return false
}

// layout reports whether it arranges its children and has no meaning of its own: HTML,
// fragments, and the components of UI libraries.
func (c component) layout() bool {
	m := c.ref.Module
	return c.tag != "" || c.is("Fragment", "Suspense", "StrictMode") || strings.HasPrefix(m, "@material-ui/") || strings.HasPrefix(m, "@mui/") ||
		m == "@backstage/ui" || c.is("Content", "Page", "ItemCardGrid", "InfoCardGrid")
}

// gate reports whether it shows its children under a condition, or adds nothing to them.
func (c component) gate() bool {
	return c.is("RequirePermission", "PermissionedRoute", "FeatureFlagged", "ErrorBoundary", "PermissionGate")
}

func componentOf(typ jsrun.Value) component {
	switch typ.Kind() {
	case jsrun.String:
		tag, _ := typ.Text()
		return component{tag: tag}
	case jsrun.Function:
		return component{local: typ}
	case jsrun.Array:
		return component{alts: typ.Items()}
	case jsrun.StubKind:
		st := typ.Stub()
		if ref, ok := refOf(st); ok && pure(st) {
			return component{ref: ref}
		}
		// Something that a package made: look for what it was made of.
		var c component
		for ; st != nil; st = st.Base {
			if st.Call == nil {
				continue
			}
			for _, a := range st.Call.Args {
				if inner := a.Stub(); inner != nil && pure(inner) {
					if ref, ok := refOf(inner); ok && capital(ref.Export) {
						return component{ref: ref}
					}
				}
				c.args = append(c.args, a)
			}
		}
		return c
	}
	return component{}
}

func capital(name string) bool {
	i := strings.LastIndexByte(name, '.') + 1
	return i < len(name) && name[i] >= 'A' && name[i] <= 'Z'
}

// pure reports whether a stub is an export as it is, rather than a result of calling one.
func pure(st *jsrun.Stub) bool {
	for ; st != nil; st = st.Base {
		if st.Op != jsrun.Prop && st.Op != jsrun.Module {
			return false
		}
	}
	return true
}

// refOf is the npm export that a stub is a part of. Files of the app that were not run are none.
func refOf(st *jsrun.Stub) (Ref, bool) {
	if st == nil {
		return Ref{}, false
	}
	module, export, ok := st.Export()
	if !ok || strings.HasPrefix(module, ".") {
		return Ref{}, false
	}
	if !pure(st) {
		export, _, _ = strings.Cut(export, ".")
	}
	return Ref{module, export}, true
}

// refs collects the exports that a value is made of, outermost first.
type refs struct {
	list  []Ref
	o     *observer
	deep  int
	local int // components of the app around
}

func (r *refs) add(ref Ref) {
	if ref.Module == "react" {
		return
	}
	for _, have := range r.list {
		if have == ref {
			return
		}
	}
	r.list = append(r.list, ref)
}

const maxRefs = 24

// value adds what a value is made of. Components of the app are looked into as long as they
// are wrappers: one thing that holds one thing.
func (r *refs) value(v jsrun.Value) {
	if r.deep > 12 || len(r.list) >= maxRefs {
		return
	}
	r.deep++
	defer func() { r.deep-- }()
	switch v.Kind() {
	case jsrun.Array:
		for _, item := range v.Items() {
			r.value(item)
		}
	case jsrun.StubKind:
		st := v.Stub()
		if ref, ok := refOf(st); ok {
			r.add(ref)
		}
		for ; st != nil; st = st.Base {
			if st.Call != nil {
				for _, a := range st.Call.Args {
					if k := a.Kind(); k == jsrun.StubKind || k == jsrun.ElementKind {
						r.value(a)
					}
				}
			}
		}
	case jsrun.ElementKind:
		r.element(v.Element())
	case jsrun.Function:
		r.render(v, r.o.s.Unknown("props"))
	case jsrun.Object:
		if d := v.Get("default"); d.Kind() != jsrun.Undefined {
			r.value(d)
		}
	}
}

func (r *refs) element(e *jsrun.Element) {
	c := componentOf(e.Type)
	switch {
	case c.is("TechDocsAddons", "ScaffolderFieldExtensions", "SearchResult", "EntitySwitch", "EntityLayout", "FlatRoutes"), isHomeGrid(e, c):
		// What hangs there are facts of their own.
	case r.local > 0 && len(e.Children()) > 0 && (c.layout() || c.ref.Module == "@backstage/core-components"):
		r.spine(e.Props.Get("children"))
	case c.ref.Module != "":
		r.add(c.ref)
		for _, child := range e.Children() {
			if st := child.Stub(); st == nil || pure(st) || holdsElement(st) {
				r.value(child)
			}
		}
	case c.tag != "":
		r.spine(e.Props.Get("children"))
	case c.local.Kind() == jsrun.Function:
		r.render(c.local, e.Props)
	default:
		for _, v := range append(c.args, c.alts...) {
			r.value(v)
		}
	}
}

// render adds what a component of the app shows.
func (r *refs) render(component, props jsrun.Value) {
	r.local++
	for _, got := range component.Render(props) {
		r.spine(got)
	}
	r.local--
}

// holdsElement reports whether a package was given an element to make a stub of.
func holdsElement(st *jsrun.Stub) bool { return holdsElementIn(st, 4) }

func holdsElementIn(st *jsrun.Stub, depth int) bool {
	for ; st != nil && depth > 0; st = st.Base {
		if st.Call == nil {
			continue
		}
		for _, a := range st.Call.Args {
			switch a.Kind() {
			case jsrun.ElementKind:
				return true
			case jsrun.Array:
				if items := a.Items(); len(items) > 0 && items[0].Kind() == jsrun.ElementKind {
					return true
				}
			case jsrun.StubKind:
				if holdsElementIn(a.Stub(), depth-1) {
					return true
				}
			}
		}
	}
	return false
}

// spine adds a value that is one thing; several things beside each other are a page of the
// app's own, which is not looked into.
func (r *refs) spine(v jsrun.Value) {
	if list := jsrun.Flatten(v); len(list) == 1 {
		r.value(list[0])
	}
}

// refsOf are the exports that values are made of, outermost first, without repetition.
func (o *observer) refsOf(values ...jsrun.Value) []Ref {
	r := &refs{o: o}
	for _, v := range values {
		r.value(v)
	}
	return r.list
}

// last is the last part of an export's name, for people and for identities.
func (r Ref) last() string {
	name := r.Export
	if name == "default" || name == "" {
		name = path.Base(r.Module)
	}
	return name
}
