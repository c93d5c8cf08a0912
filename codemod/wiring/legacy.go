package wiring

import (
	"strings"

	"github.com/batten-dev/batten/codemod/internal/jsrun"
	"github.com/batten-dev/batten/codemod/tsx"
)

// legacyBackend records the routers of a backend of the old system, and where more can be.
func (o *observer) legacyBackend() {
	lastUse := map[*jsrun.Stub]place{}
	end := map[*jsrun.Stub]place{}
	var order []*jsrun.Stub
	for _, c := range o.s.Calls {
		if c.Callee.Op != jsrun.Prop || len(c.Args) == 0 {
			continue
		}
		router := c.Callee.Base
		switch c.Callee.Name {
		case "use":
			if !isRouter(router) {
				continue
			}
			at := o.call(c)
			if !at.ok() || !o.inPackage(at.file) {
				continue
			}
			if path, ok := c.Args[0].Text(); ok && len(c.Args) > 1 {
				o.router(path, c, at.statement())
				if lastUse[router] == (place{}) {
					order = append(order, router)
				}
				lastUse[router] = at.statement()
			} else if st := c.Args[0].Stub(); st != nil && st.Call != nil && exportName(st.Call.Callee) == "notFoundHandler" {
				if end[router] == (place{}) {
					end[router] = at.statement()
				}
			}
		case "addRouter":
			path, ok := c.Args[0].Text()
			if !ok || len(c.Args) < 2 {
				continue
			}
			at := o.call(c)
			o.mount(RouterChainMount, at.chain(), ".addRouter", false)
			if _, isAPI := lastUse[c.Args[1].Stub()]; isAPI || isRouter(c.Args[1].Stub()) {
				continue // the router that the others hang at
			}
			if f := o.router(path, c, at); f != nil { // all links of a chain begin at the same place
				f.Pos = o.pos(at.file, tsx.Callee(at.node).Field(tsx.FieldProperty).Start())
			}
		}
	}
	for _, r := range order {
		at := end[r]
		if !at.ok() {
			at = lastUse[r]
		}
		o.mount(APIRouterMount, at, routerName(at.node), false)
	}
}

// inPackage reports whether a file belongs to the package that is observed.
func (o *observer) inPackage(file string) bool { return strings.HasPrefix(file, o.pkg+"/") }

// isRouter reports whether a stub is what Router() of express or its like gave.
func isRouter(st *jsrun.Stub) bool {
	if st == nil || st.Call == nil {
		return false
	}
	ref, ok := refOf(st.Call.Callee)
	return ok && pure(st.Call.Callee) && (strings.HasPrefix(ref.Module, "express") || ref.last() == "Router")
}

// router records one router.
func (o *observer) router(path string, c *jsrun.Call, at place) *Fact {
	f := Fact{Kind: LegacyRouter, Name: path}
	if ref, ok := refOf(c.Args[len(c.Args)-1].Stub()); ok {
		f.Refs = []Ref{ref}
	}
	return o.add(f, at, false)
}

// chain is the whole call chain that a call is a link of.
func (p place) chain() place {
	for n := p.node; n.Ok(); {
		member := n.Parent()
		call := member.Parent()
		if !member.Is(tsx.KindMemberExpression) || !call.Is(tsx.KindCallExpression) || tsx.Callee(call) != member {
			return place{p.file, n}
		}
		n = call
	}
	return p
}

// routerName is the name of the variable whose "use" a statement calls.
func routerName(stmt tsx.Node) string {
	for n := range stmt.Descendants() {
		if n.Is(tsx.KindMemberExpression) && n.Field(tsx.FieldProperty).Text() == "use" {
			return n.Field(tsx.FieldObject).Text()
		}
	}
	return ""
}
