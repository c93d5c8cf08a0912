package derive

import (
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

// used is an export of another package that a component uses, and the file where it does.
type used struct {
	ref
	mod *module
}

// reach lists the exports of other packages that the code of symbols uses, directly or through
// what they use of the family's packages, the nearest first. Uses are those of names: whether the
// code is ever reached is not asked.
func reach(from ...symbol) []used {
	var out []used
	walk(func(symbol) {}, func(u used) { out = append(out, u) }, from...)
	return out
}

// walk visits the declarations that symbols are made of, each once and the nearest first, and the
// exports of other packages that they use.
func walk(declared func(symbol), outside func(used), from ...symbol) {
	type key struct {
		mod  *module
		node tsx.Node
	}
	seen := map[key]bool{}
	for queue := from; len(queue) > 0 && len(seen) < maxVisits; {
		s := queue[0]
		queue = queue[1:]
		k := key{s.mod, s.node}
		if s.mod == nil || seen[k] || !s.node.Ok() {
			continue
		}
		seen[k] = true
		if s.mod.pack.family.visits++; s.mod.pack.family.visits > maxAllVisits {
			return
		}
		declared(s)
		for _, r := range s.mod.usesOf(s) {
			next := s.mod.step(r)
			if next.mod == nil && next.ext.spec != "" {
				outside(used{next.ext, s.mod})
				continue
			}
			queue = append(queue, next)
		}
	}
}

// step is where a use leads to: spec "" is a name of the file itself.
func (m *module) step(r ref) symbol {
	if r.spec == "" {
		return m.lookup(r.name, 0)
	}
	return m.follow(r, 0)
}

// usesOf lists the names of the file and the imports that a declaration's code names.
func (m *module) usesOf(s symbol) []ref {
	if s.name != "" {
		if uses, ok := m.uses[s.name]; ok {
			return uses
		}
	}
	var out []ref
	seen := map[ref]bool{}
	add := func(r ref) {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	for n := range s.node.Descendants() {
		switch n.Kind() {
		case tsx.KindIdentifier, tsx.KindShorthandPropertyIdentifier:
			name := n.Text()
			r, imported := m.imports[name]
			switch {
			case imported && r.name == "*":
				if p := n.Parent(); p.Is(tsx.KindMemberExpression) && n.FieldOf() == tsx.FieldObject {
					property := p.Field(tsx.FieldProperty).Text()
					if property == "default" && p.Parent().Is(tsx.KindMemberExpression) && p.FieldOf() == tsx.FieldObject {
						property = p.Parent().Field(tsx.FieldProperty).Text()
					}
					add(ref{r.spec, property})
				}
			case imported:
				add(r)
			default:
				if d, ok := m.decls[name]; ok && d != s.node && !declaresIt(n) {
					add(ref{"", name})
				}
			}
		case tsx.KindCallExpression:
			if spec, ok := imported(n); ok {
				for _, name := range m.members(n) {
					add(ref{spec, name})
				}
			}
		}
	}
	if s.name != "" {
		m.uses[s.name] = out
	}
	return out
}

// declaresIt reports whether an identifier is the name of a declaration or parameter, where it
// hides the file's own.
func declaresIt(n tsx.Node) bool {
	p := n.Parent()
	return n.FieldOf() == tsx.FieldName && p.Is(tsx.KindVariableDeclarator) ||
		p.Is(tsx.KindFormalParameters, tsx.KindRequiredParameter) || p.Is(tsx.KindArrowFunction) && n.FieldOf() == tsx.FieldParameter
}

// imported is the specifier of a dynamic import: `import('./x')`, or, as CommonJS has it,
// `Promise.resolve().then(function () { return require('./x'); })`.
func imported(n tsx.Node) (string, bool) {
	callee := tsx.Callee(n)
	if !callee.Is(tsx.KindImport) && callee.Text() != "require" {
		return "", false
	}
	args := tsx.Arguments(n)
	if len(args) == 0 {
		return "", false
	}
	return tsx.StringValue(args[0])
}

// members lists what is taken of a dynamically imported module: in `.then(m => m.X)`,
// `.then(({ X }) => ...)` or `const { X } = await import(...)`; "default" if nothing says so.
func (m *module) members(call tsx.Node) []string {
	n := importing(call)
	for range 4 { // .then(m => m.X), also behind another .then or in parentheses
		p := n.Parent()
		if p.Is(tsx.KindParenthesizedExpression, tsx.KindAwaitExpression) {
			n = p
			continue
		}
		break
	}
	p := n.Parent()
	switch {
	case p.Is(tsx.KindMemberExpression) && p.Field(tsx.FieldProperty).Text() == "then":
		args := tsx.Arguments(p.Parent())
		if len(args) == 0 {
			return nil
		}
		return m.membersOf(args[0])
	case p.Is(tsx.KindMemberExpression) && n.FieldOf() == tsx.FieldObject: // (await import('./x')).X
		return []string{p.Field(tsx.FieldProperty).Text()}
	case p.Is(tsx.KindVariableDeclarator):
		return m.patternKeys(p.Field(tsx.FieldName), tsx.EnclosingStatement(p).Parent())
	}
	return []string{"default"}
}

// importing is the expression that gives the promise of a dynamic import: the call itself, or of
// a require the Promise.resolve().then(...) that it is in.
func importing(call tsx.Node) tsx.Node {
	if tsx.Callee(call).Is(tsx.KindImport) {
		return call
	}
	n := call
	for range 10 {
		p := n.Parent()
		if p.Is(tsx.KindCallExpression) && strings.HasPrefix(tsx.Callee(p).Text(), "Promise.resolve().then") {
			return p
		}
		if !p.Is(tsx.KindArguments, tsx.KindCallExpression, tsx.KindArrowFunction, tsx.KindReturnStatement, tsx.KindStatementBlock,
			tsx.KindFunctionExpression, tsx.KindParenthesizedExpression) {
			break
		}
		n = p
	}
	return call
}

// inlined are the exports taken of a module that a bundler put into the same file:
// `Promise.resolve().then(function () { return Router$1; }).then(m => m.Router)`, where Router$1
// is an object of the module's exports.
func (m *module) inlined(call tsx.Node) []symbol {
	if tsx.Callee(call).Text() != "Promise.resolve().then" {
		return nil
	}
	ns := returned(firstArgument(call))
	if !ns.Is(tsx.KindIdentifier) {
		return nil
	}
	s := m.symbolOf(ns, 0)
	object := s.value()
	if object.Is(tsx.KindCallExpression) { // Object.freeze({...})
		object = firstArgument(object)
	}
	then := call.Parent()
	if !object.Is(tsx.KindObject) || !then.Is(tsx.KindMemberExpression) {
		return nil
	}
	args := tsx.Arguments(then.Parent())
	if len(args) == 0 {
		return nil
	}
	var out []symbol
	for _, name := range m.membersOf(args[0]) {
		if v := tsx.PropertyValue(tsx.Property(object, name)); v.Ok() {
			out = append(out, s.mod.symbolOf(v, 0))
		}
	}
	return out
}

// callback is the function that gets a dynamically imported module, if it does more than take
// something of it.
func callback(call tsx.Node) tsx.Node {
	p := importing(call).Parent()
	if !p.Is(tsx.KindMemberExpression) || p.Field(tsx.FieldProperty).Text() != "then" {
		return tsx.Node{}
	}
	args := tsx.Arguments(p.Parent())
	if len(args) == 0 || !args[0].Field(tsx.FieldBody).Is(tsx.KindStatementBlock) {
		return tsx.Node{}
	}
	return args[0]
}

// membersOf lists the properties that a callback takes of its first parameter.
func (m *module) membersOf(fn tsx.Node) []string {
	param := fn.Field(tsx.FieldParameter)
	if !param.Ok() {
		params := tsx.Elements(fn.Field(tsx.FieldParameters))
		if len(params) == 0 {
			return nil
		}
		param = params[0]
	}
	if param.Is(tsx.KindRequiredParameter) {
		param = param.Field(tsx.FieldPattern)
	}
	return m.patternKeys(param, fn)
}

// patternKeys lists the properties that a parameter or variable takes of a value: those that its
// pattern names, or those that are read of it within scope.
func (m *module) patternKeys(pattern, scope tsx.Node) []string {
	var out []string
	if pattern.Is(tsx.KindObjectPattern) {
		for _, p := range tsx.Elements(pattern) {
			key, ok := tsx.PropertyKey(p)
			if p.Is(tsx.KindObjectAssignmentPattern) {
				key, ok = p.Field(tsx.FieldLeft).Text(), true
			}
			if ok {
				out = append(out, key)
			}
		}
		return out
	}
	if m.scans++; m.scans > maxScans {
		return []string{"default"}
	}
	name := pattern.Text()
	seen := map[string]bool{}
	for n := range scope.Descendants() {
		if n.Is(tsx.KindMemberExpression) && n.Field(tsx.FieldObject).Is(tsx.KindIdentifier) && n.Field(tsx.FieldObject).Text() == name {
			if key := n.Field(tsx.FieldProperty).Text(); !seen[key] && !strings.HasPrefix(key, "_") {
				seen[key] = true
				out = append(out, key)
			}
		}
	}
	return out
}

// components lists what an extension or a loader renders: what it takes of the modules that it
// imports dynamically, or else the components that it names.
func (m *module) components(n tsx.Node) []symbol {
	var out []symbol
	add := func(s symbol) {
		if s.ok() {
			out = append(out, s)
		}
	}
	check := func(c tsx.Node) {
		if !c.Is(tsx.KindCallExpression) {
			return
		}
		for _, s := range m.inlined(c) {
			add(s)
		}
		if spec, ok := imported(c); ok {
			names := m.members(c)
			if to := m.find(spec); to != nil && len(names) == 1 && names[0] == "default" && !to.export("default").ok() {
				names = to.exportNames() // the parts of a card: Content, Actions, Settings
			}
			for _, name := range names[:min(len(names), 10)] {
				add(m.follow(ref{spec, name}, 0))
			}
			if fn := callback(c); fn.Ok() { // it may make a component of what it gets
				add(symbol{mod: m, node: fn})
			}
		}
	}
	check(n)
	for c := range n.Descendants() {
		check(c)
	}
	if len(out) == 0 {
		if n.Is(tsx.KindIdentifier) {
			add(m.lookup(n.Text(), 0))
		} else if n.Ok() {
			add(symbol{mod: m, node: n})
		}
	}
	return out
}
