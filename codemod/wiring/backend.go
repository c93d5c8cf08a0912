package wiring

import (
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/internal/jsrun"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/workspace"
)

// observeBackend observes a backend, of either system or both.
func (o *observer) observeBackend(b *workspace.Backend) {
	if b.Entry == "" {
		return
	}
	o.sequence = true
	o.run(b.Entry, func(o *observer) {
		o.newBackend()
		o.legacyBackend()
	})
}

// newBackend records what is added to backends of the new system, and where more can be.
func (o *observer) newBackend() {
	last, started := map[*jsrun.Stub]place{}, map[*jsrun.Stub]bool{}
	for i := 0; i < len(o.s.Calls); i++ { // grows while feature loaders are run
		c := o.s.Calls[i]
		if isBackend(c.Result) {
			if at := o.call(c).statement(); at.ok() && last[c.Result] == (place{}) {
				last[c.Result] = at
				defer func() {
					stmt := last[c.Result]
					o.mount(BackendMount, stmt, backendName(stmt.node), false)
				}()
			}
			continue
		}
		if c.Callee.Op != jsrun.Prop || !isBackend(c.Callee.Base) {
			continue
		}
		if c.Callee.Name == "start" {
			started[c.Callee.Base] = true
		}
		if c.Callee.Name != "add" || len(c.Args) == 0 {
			continue
		}
		at := o.call(c)
		stmt := at.statement()
		if started[c.Callee.Base] {
			o.late(stmt)
		}
		o.backendFeature(c.Args[0], stmt, at, "", false)
		if !started[c.Callee.Base] && direct(at, stmt) && !conditional(stmt.node) && stmt.file == last[c.Callee.Base].file {
			if was := last[c.Callee.Base]; was.node.Parent() == stmt.node.Parent() || !was.node.Is(tsx.KindExpressionStatement) {
				last[c.Callee.Base] = stmt
			}
		}
	}
}

// late warns of a feature that is added to a backend that has started.
func (o *observer) late(stmt place) {
	tree := o.tree(stmt.file)
	if tree == nil {
		return
	}
	d := &diag.Diagnostic{Severity: diag.Warning, Code: "added-late", Summary: "a backend that has started takes no more features: this one is missing from it"}
	o.degraded = append(o.degraded, d.At(stmt.file, tree.Source(), stmt.node.Span()))
}

// isBackend reports whether a stub is what createBackend, or a function named like it, gave.
func isBackend(st *jsrun.Stub) bool {
	if st == nil || st.Op != jsrun.Result || st.Call == nil {
		return false
	}
	name := exportName(st.Call.Callee)
	return strings.HasPrefix(name, "create") && strings.HasSuffix(name, "Backend")
}

// direct reports whether a call is a statement by itself, outside callbacks and loops.
func direct(at, stmt place) bool {
	if !stmt.node.Is(tsx.KindExpressionStatement) || tsx.Unwrap(stmt.node.NamedChild(0)) != at.node {
		return false
	}
	for p := stmt.node.Parent(); p.Ok(); p = p.Parent() {
		switch p.Kind() {
		case tsx.KindForInStatement, tsx.KindForStatement, tsx.KindWhileStatement, tsx.KindDoStatement:
			return false
		case tsx.KindArrowFunction, tsx.KindFunctionExpression:
			if p.Parent().Is(tsx.KindArguments) {
				return false
			}
		}
	}
	return true
}

// backendName is the name of the variable that a backend's statement adds to or declares.
func backendName(stmt tsx.Node) string {
	for n := range stmt.Descendants() {
		switch {
		case n.Is(tsx.KindVariableDeclarator):
			return n.Field(tsx.FieldName).Text()
		case n.Is(tsx.KindMemberExpression) && n.Field(tsx.FieldProperty).Text() == "add":
			return n.Field(tsx.FieldObject).Text()
		}
	}
	return "backend"
}

// backendFeature records an argument of backend.add. A loader is run, and what it loads are
// facts of their own.
func (o *observer) backendFeature(v jsrun.Value, at, call place, in string, cond bool) {
	if v.Choice() {
		for _, alt := range v.Items() {
			o.backendFeature(alt, at, call, in, true)
		}
		return
	}
	if d := v.Get("default"); v.Kind() == jsrun.Object && d.Kind() != jsrun.Undefined {
		if st := d.Stub(); st != nil {
			o.localOrNamed(d, at, call, in, cond)
			return
		}
	}
	o.localOrNamed(v, at, call, in, cond)
}

func (o *observer) localOrNamed(v jsrun.Value, at, call place, in string, cond bool) {
	st := v.Stub()
	if st == nil {
		return
	}
	made := madeBy(st)
	if made != nil && exportName(made.Callee) == "createBackendFeatureLoader" && in == "" {
		name := o.backendFeatureName(v, made, call)
		o.add(Fact{Kind: BackendFeature, Name: name, Refs: o.refsOf(v)}, at, cond)
		o.loader(made, name, cond)
		return
	}
	f := Fact{Kind: BackendFeature, In: in, Refs: o.refsOf(v)}
	if st.Op == jsrun.Module {
		f.Refs = []Ref{{st.Name, "default"}}
		if strings.HasPrefix(st.Name, ".") {
			f.Refs = nil
		}
	}
	f.Name = o.backendFeatureName(v, made, call)
	o.add(f, at, cond)
}

// backendFeatureName is the specifier of the package, or the file of the app.
func (o *observer) backendFeatureName(v jsrun.Value, made *jsrun.Call, call place) string {
	st := v.Stub()
	if ref, ok := refOf(st); ok && made == nil {
		return ref.Module
	}
	if made != nil && exportName(made.Callee) == "createBackendFeatureLoader" && inside(made, call) {
		return o.featureName(v)
	}
	// A file of the app's own: the one that is imported there, else the one that makes it.
	for n := range call.node.Descendants() {
		if !n.Is(tsx.KindCallExpression) || !tsx.Callee(n).Is(tsx.KindImport) || len(tsx.Arguments(n)) == 0 {
			continue
		}
		specifier, _ := tsx.StringValue(tsx.Arguments(n)[0])
		if file := o.resolve(call.file, specifier); file != "" {
			return file
		}
		if made != nil && !strings.HasPrefix(specifier, ".") && specifier != "" {
			return specifier
		}
	}
	if made == nil {
		return strings.TrimPrefix(st.Root().Name, "./")
	}
	if name := o.featureName(v); name != "" {
		return name
	}
	return exportName(made.Callee)
}

// inside reports whether a call was made by code within a construct.
func inside(c *jsrun.Call, p place) bool {
	file, offset, ok := c.At()
	return ok && file == p.file && p.node.Start() <= offset && offset < p.node.End()
}

// loader runs a feature loader and records what it loads.
func (o *observer) loader(c *jsrun.Call, name string, cond bool) {
	if len(c.Args) == 0 {
		return
	}
	fn := c.Args[0].Get("loader")
	if fn.Kind() != jsrun.Function {
		fn = c.Args[0]
	}
	at := o.call(c)
	o.s.Drain(fn, o.s.Unknown("deps"), func(v jsrun.Value) {
		p, alt := o.loaded(at, v)
		o.backendFeature(v, p, p, name, cond || alt)
	})
}

// loaded is the place inside a loader where a feature is named.
func (o *observer) loaded(loader place, v jsrun.Value) (place, bool) {
	st := v.Stub()
	if st == nil {
		if d := v.Get("default"); d.Kind() != jsrun.Undefined {
			st = d.Stub()
		}
	}
	if st != nil {
		module := st.Root().Name
		for n := range loader.node.Descendants() {
			if !n.Is(tsx.KindCallExpression) || !tsx.Callee(n).Is(tsx.KindImport) || len(tsx.Arguments(n)) == 0 {
				continue
			}
			if s, _ := tsx.StringValue(tsx.Arguments(n)[0]); s == module {
				if stmt := tsx.EnclosingStatement(n); loader.node.Span().Contains(stmt.Span()) && stmt.Is(tsx.KindExpressionStatement) {
					return place{loader.file, stmt}, conditional(stmt)
				}
				return place{loader.file, n}, conditional(n)
			}
		}
	}
	return loader, false
}
