package derive

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

// Limits on what is read of one package. What is beyond them is passed over, with a note.
const (
	maxFiles     = 800     // files that are parsed
	maxFileBytes = 2 << 20 // length of one file
	maxBytes     = 8 << 20 // length of all parsed files together
	maxDepth     = 40      // hops from file to file, or from name to name
	maxVisits    = 10000   // declarations that are walked through for one question
	maxAllVisits = 50000   // the same for all questions
	maxSteps     = 4000    // steps from name to name for one question
	maxConstant  = 4096    // bytes of a constant string that is put together
	maxScans     = 300     // scopes that are searched in one file
)

// pack is a package with the modules of it that were read.
type pack struct {
	*Package
	family  *family
	modules map[string]*module // by file; nil for one that cannot be read
	files   int
	bytes   int64
	skipped []string // files that could not be read, with the reason
}

// module is a JavaScript file or a file of declarations.
type module struct {
	pack *pack
	file string
	tree *tsx.Tree

	imports map[string]ref      // by local name
	decls   map[string]tsx.Node // top-level declarations by name: a variable_declarator, a function, a class, an interface, a type alias
	exports map[string]local    // by exported name
	stars   []string            // export * from
	uses    map[string][]ref    // by declaration; see walk.go

	found    map[string]*module // by specifier; see find
	resolved map[string]symbol  // by exported name; see exported
	scans    int                // how often a scope was searched; see patternKeys
}

// ref is an export of a module, by the specifier that a file imports it with. Name "*" is the
// namespace.
type ref struct{ spec, name string }

// local is what an export is: a name in the file, an expression, or an export of another file.
type local struct {
	name string
	expr tsx.Node
	from ref
}

// symbol is where a name leads to: a declaration in a file, or an export of a package that is not
// in the family.
type symbol struct {
	mod  *module
	name string   // the name in mod; "" for an expression that has none
	node tsx.Node // the declaration, or the expression; no node for a namespace
	ext  ref      // where mod is nil
}

func (s symbol) ok() bool { return s.mod != nil || s.ext != ref{} }

// value is the expression that a constant is declared with; the declaration itself of a function
// or class.
func (s symbol) value() tsx.Node {
	if s.node.Is(tsx.KindVariableDeclarator) {
		return tsx.Unwrap(s.node.Field(tsx.FieldValue))
	}
	return tsx.Unwrap(s.node)
}

// load parses a file of the package once; nil if that cannot be done.
func (p *pack) load(file string) *module {
	if m, ok := p.modules[file]; ok {
		return m
	}
	m, err := p.read(file)
	if err != nil {
		p.skipped = append(p.skipped, fmt.Sprintf("%s: %v", file, err))
	}
	p.modules[file] = m
	return m
}

func (p *pack) read(file string) (*module, error) {
	if p.files >= maxFiles || p.bytes >= maxBytes {
		return nil, fmt.Errorf("the package has more code than is read")
	}
	src, err := readLimited(p.Files, file, maxFileBytes)
	if err != nil {
		return nil, err
	}
	p.files++
	p.bytes += int64(len(src))
	tree, err := tsx.Parse(src, tsx.DialectOf(file))
	if err != nil {
		return nil, err
	}
	m := &module{
		pack: p, file: file, tree: tree,
		imports: map[string]ref{}, decls: map[string]tsx.Node{}, exports: map[string]local{}, uses: map[string][]ref{},
		found: map[string]*module{}, resolved: map[string]symbol{},
	}
	m.index()
	return m, nil
}

// index lists what a file imports, declares and exports.
func (m *module) index() {
	for _, d := range tsx.Imports(m.tree) {
		for _, b := range d.Bindings {
			m.imports[b.Local] = ref{d.Module, b.Name}
		}
	}
	for n := range m.tree.Root().NamedChildren() {
		switch n.Kind() {
		case tsx.KindExportStatement:
			m.exportStatement(n)
		case tsx.KindExpressionStatement:
			m.commonExport(n)
		default:
			m.declare(n)
		}
	}
}

// declare enters the names of a declaration and returns them.
func (m *module) declare(n tsx.Node) []string {
	switch n.Kind() {
	case tsx.KindAmbientDeclaration:
		var names []string
		for c := range n.NamedChildren() {
			names = append(names, m.declare(c)...)
		}
		return names
	case tsx.KindLexicalDeclaration, tsx.KindVariableDeclaration:
		var names []string
		for c := range n.NamedChildren() {
			if !c.Is(tsx.KindVariableDeclarator) {
				continue
			}
			name := c.Field(tsx.FieldName)
			if !name.Is(tsx.KindIdentifier) {
				m.destructured(c, name)
				continue
			}
			if spec, ok := required(c.Field(tsx.FieldValue)); ok {
				m.imports[name.Text()] = ref{spec, "*"}
				continue
			}
			m.decls[name.Text()] = c
			names = append(names, name.Text())
		}
		return names
	case tsx.KindFunctionDeclaration, tsx.KindGeneratorFunctionDeclaration, tsx.KindClassDeclaration, tsx.KindAbstractClassDeclaration,
		tsx.KindFunctionSignature, tsx.KindInterfaceDeclaration, tsx.KindTypeAliasDeclaration, tsx.KindEnumDeclaration:
		if name := n.Field(tsx.FieldName).Text(); name != "" {
			m.decls[name] = n
			return []string{name}
		}
	}
	return nil
}

// destructured enters the names of `const { a, b: c } = require('x')`.
func (m *module) destructured(decl, pattern tsx.Node) {
	spec, ok := required(decl.Field(tsx.FieldValue))
	if !ok || !pattern.Is(tsx.KindObjectPattern) {
		return
	}
	for _, p := range tsx.Elements(pattern) {
		key, _ := tsx.PropertyKey(p)
		name := key
		if p.Is(tsx.KindPairPattern) {
			name = p.Field(tsx.FieldValue).Text()
		}
		if key != "" {
			m.imports[name] = ref{spec, key}
		}
	}
}

// required is the specifier of require('x'), also within a helper: __importDefault(require('x')).
func required(n tsx.Node) (string, bool) {
	n = tsx.Unwrap(n)
	for range 3 {
		if !n.Is(tsx.KindCallExpression) {
			return "", false
		}
		args := tsx.Arguments(n)
		if len(args) == 0 {
			return "", false
		}
		if tsx.Callee(n).Text() == "require" {
			return tsx.StringValue(args[0])
		}
		if !tsx.Callee(n).Is(tsx.KindIdentifier) {
			return "", false
		}
		n = tsx.Unwrap(args[0])
	}
	return "", false
}

func (m *module) exportStatement(n tsx.Node) {
	spec, from := tsx.StringValue(n.Field(tsx.FieldSource))
	if decl := n.Field(tsx.FieldDeclaration); decl.Ok() {
		names := m.declare(decl)
		for _, name := range names {
			m.exports[name] = local{name: name}
		}
		if isDefault(n) {
			m.exports["default"] = local{expr: decl}
			if len(names) == 1 {
				m.exports["default"] = local{name: names[0]}
			}
		}
		return
	}
	if value := n.Field(tsx.FieldValue); value.Ok() && isDefault(n) {
		m.exports["default"] = local{expr: value}
		return
	}
	star := from
	for c := range n.NamedChildren() {
		switch c.Kind() {
		case tsx.KindExportClause:
			star = false
			for _, s := range tsx.Elements(c) {
				m.exportSpecifier(s, spec)
			}
		case tsx.KindNamespaceExport:
			star = false
			if name := tsx.Elements(c); len(name) > 0 {
				m.exports[name[len(name)-1].Text()] = local{from: ref{spec, "*"}}
			}
		}
	}
	if star {
		m.stars = append(m.stars, spec)
	}
}

func isDefault(n tsx.Node) bool {
	for c := range n.Children() {
		if c.Is(tsx.TokenDefault) {
			return true
		}
	}
	return false
}

func (m *module) exportSpecifier(s tsx.Node, spec string) {
	name := s.Field(tsx.FieldName).Text()
	if v, ok := tsx.StringValue(s.Field(tsx.FieldName)); ok {
		name = v
	}
	as := name
	if alias := s.Field(tsx.FieldAlias); alias.Ok() {
		as = alias.Text()
	}
	if spec != "" {
		m.exports[as] = local{from: ref{spec, name}}
		return
	}
	m.exports[as] = local{name: name}
}

// commonExport reads the exports of a CommonJS file: `exports.x = y;`,
// `module.exports = {...};`, `Object.defineProperty(exports, "x", { get: () => y.x });`.
func (m *module) commonExport(n tsx.Node) {
	e := tsx.Unwrap(n.NamedChild(0))
	switch e.Kind() {
	case tsx.KindAssignmentExpression:
		left, right := e.Field(tsx.FieldLeft), tsx.Unwrap(e.Field(tsx.FieldRight))
		if left.Text() == "module.exports" && right.Is(tsx.KindObject) {
			for _, p := range tsx.Elements(right) {
				if key, ok := tsx.PropertyKey(p); ok {
					m.exports[key] = local{expr: tsx.PropertyValue(p)}
				}
			}
			return
		}
		if object := left.Field(tsx.FieldObject).Text(); object == "exports" || object == "module.exports" {
			m.exports[left.Field(tsx.FieldProperty).Text()] = local{expr: right}
		}
	case tsx.KindCallExpression:
		args := tsx.Arguments(e)
		switch fn := tsx.Callee(e).Text(); {
		case fn == "__export" && len(args) == 2: // esbuild: getters of a namespace
			for _, p := range tsx.Elements(args[1]) {
				if key, ok := tsx.PropertyKey(p); ok {
					if value := returned(tsx.PropertyValue(p)); value.Ok() {
						m.exports[key] = local{expr: value}
					}
				}
			}
			return
		case strings.HasSuffix(fn, "__exportStar") && len(args) == 2, strings.HasSuffix(fn, "__reExport") && len(args) > 1:
			for _, a := range args {
				if spec, ok := required(a); ok {
					m.stars = append(m.stars, spec)
				}
			}
			return
		}
		if tsx.Callee(e).Text() != "Object.defineProperty" || len(args) != 3 || args[0].Text() != "exports" {
			return
		}
		name, ok := tsx.StringValue(args[1])
		get := tsx.PropertyValue(tsx.Property(args[2], "get"))
		if value := returned(get); ok && value.Ok() {
			m.exports[name] = local{expr: value}
		}
	}
}

// returned is what a function returns at its top: the expression of an arrow, or that of the
// first return statement of its body.
func returned(fn tsx.Node) tsx.Node {
	body := fn.Field(tsx.FieldBody)
	if !body.Is(tsx.KindStatementBlock) {
		return tsx.Unwrap(body)
	}
	for s := range body.NamedChildren() {
		if s.Is(tsx.KindReturnStatement) {
			for c := range s.NamedChildren() {
				if !c.Is(tsx.KindComment) {
					return tsx.Unwrap(c)
				}
			}
		}
	}
	return tsx.Node{}
}

// step counts the steps of a question, which begins at depth 0; false once there were too many.
func (f *family) step(depth int) bool {
	if depth == 0 {
		f.steps = 0
	}
	f.steps++
	return f.steps <= maxSteps
}

// find is the module that a specifier in m leads to, if it is in the family.
func (m *module) find(spec string) *module {
	to, ok := m.found[spec]
	if !ok {
		to = m.lookFor(spec)
		m.found[spec] = to
	}
	return to
}

func (m *module) lookFor(spec string) *module {
	if strings.HasPrefix(spec, ".") {
		if file := m.pack.resolve(path.Join(path.Dir(m.file), spec), m.isTypes()); file != "" {
			return m.pack.load(file)
		}
		return nil
	}
	return m.pack.family.entry(spec, m.isTypes())
}

func (m *module) isTypes() bool { return isTypes(m.file) }

func isTypes(file string) bool {
	return strings.HasSuffix(file, ".d.ts") || strings.HasSuffix(file, ".d.mts") || strings.HasSuffix(file, ".d.cts")
}

// resolve is the file that a path without or with an extension names; "" if there is none.
func (p *pack) resolve(name string, types bool) string {
	candidates := []string{name, name + ".esm.js", name + ".js", name + ".cjs.js", name + ".mjs", name + ".cjs", name + "/index.esm.js", name + "/index.js", name + "/index.cjs.js"}
	if types {
		stem := strings.TrimSuffix(strings.TrimSuffix(name, ".js"), ".d")
		candidates = []string{name, stem + ".d.ts", name + ".d.ts", stem + "/index.d.ts"}
	}
	for _, c := range candidates {
		if !fs.ValidPath(c) || types != isTypes(c) || !types && !scriptName(c) {
			continue
		}
		if info, err := fs.Stat(p.Files, c); err == nil && info.Mode().IsRegular() {
			return c
		}
	}
	return ""
}

// export is where an export of a module leads to.
func (m *module) export(name string) symbol { return m.exported(name, 0) }

func (m *module) exported(name string, depth int) symbol {
	if m == nil || depth > maxDepth {
		return symbol{}
	}
	if name == "*" {
		return symbol{mod: m}
	}
	s, ok := m.resolved[name]
	if !ok {
		m.resolved[name] = symbol{} // for exports that lead in circles
		s = m.resolveExport(name, depth)
		m.resolved[name] = s
	}
	return s
}

func (m *module) resolveExport(name string, depth int) symbol {
	if x, ok := m.exports[name]; ok {
		switch {
		case x.from != ref{}:
			return m.follow(x.from, depth+1)
		case x.name != "":
			return m.lookup(x.name, depth+1)
		}
		return m.symbolOf(x.expr, depth+1)
	}
	if name != "default" {
		for _, spec := range m.stars {
			if s := m.follow(ref{spec, name}, depth+1); s.ok() && s.mod != nil {
				return s
			}
		}
	}
	return symbol{}
}

// follow is where an import in m leads to.
func (m *module) follow(r ref, depth int) symbol {
	if depth > maxDepth {
		return symbol{}
	}
	if to := m.find(r.spec); to != nil {
		if s := to.exported(r.name, depth+1); s.ok() {
			return s
		}
	}
	if strings.HasPrefix(r.spec, ".") {
		return symbol{}
	}
	return symbol{ext: r}
}

// lookup is where a name in m leads to, through imports and constants that are other names.
func (m *module) lookup(name string, depth int) symbol {
	if m == nil || depth > maxDepth {
		return symbol{}
	}
	if r, ok := m.imports[name]; ok {
		return m.follow(r, depth+1)
	}
	d, ok := m.decls[name]
	if !ok {
		return symbol{}
	}
	if d.Is(tsx.KindVariableDeclarator) {
		v := tsx.Unwrap(d.Field(tsx.FieldValue))
		if v.Is(tsx.KindIdentifier, tsx.KindMemberExpression) && v.Text() != name {
			if s := m.symbolOf(v, depth+1); s.ok() && (s.mod == nil || s.name != "" || s.node.Ok()) {
				return s
			}
		}
	}
	return symbol{mod: m, name: name, node: d}
}

// symbolOf is where an expression leads to: an identifier and `namespace.name` are followed, any
// other expression is its own symbol.
func (m *module) symbolOf(n tsx.Node, depth int) symbol {
	n = tsx.Unwrap(n)
	if depth > maxDepth || !m.pack.family.step(depth) {
		return symbol{}
	}
	switch n.Kind() {
	case tsx.KindIdentifier, tsx.KindShorthandPropertyIdentifier:
		return m.lookup(n.Text(), depth+1)
	case tsx.KindMemberExpression:
		object, property := n.Field(tsx.FieldObject), n.Field(tsx.FieldProperty).Text()
		if object.Is(tsx.KindIdentifier) {
			if r, ok := m.imports[object.Text()]; ok && r.name == "*" {
				return m.follow(ref{r.spec, property}, depth+1)
			}
		}
		s := m.symbolOf(object, depth+1)
		if s.mod == nil {
			if s.ext.spec != "" && s.ext.name == "*" {
				return symbol{ext: ref{s.ext.spec, property}}
			}
			return symbol{}
		}
		if v := tsx.PropertyValue(tsx.Property(s.value(), property)); v.Ok() {
			return s.mod.symbolOf(v, depth+1)
		}
		return symbol{}
	}
	if !n.Ok() {
		return symbol{}
	}
	return symbol{mod: m, node: n}
}

// constant is the value of an expression that is a constant string: a literal, a name of one, a
// template or a sum of them.
func (m *module) constant(n tsx.Node, depth int) (string, bool) {
	n = tsx.Unwrap(n)
	if depth > maxDepth/4 || !m.pack.family.step(depth) {
		return "", false
	}
	if s, ok := tsx.StringValue(n); ok {
		return s, true
	}
	switch n.Kind() {
	case tsx.KindTemplateString:
		var b strings.Builder
		at := n.Start() + 1
		for c := range n.NamedChildren() {
			if !c.Is(tsx.KindTemplateSubstitution) {
				continue
			}
			b.WriteString(n.Text()[at-n.Start() : c.Start()-n.Start()])
			s, ok := m.constant(c.NamedChild(0), depth+1)
			if !ok || b.Len() > maxConstant {
				return "", false
			}
			b.WriteString(s)
			at = c.End()
		}
		b.WriteString(n.Text()[at-n.Start() : n.End()-1-n.Start()])
		return b.String(), true
	case tsx.KindBinaryExpression:
		if n.Field(tsx.FieldOperator).Text() != "+" {
			return "", false
		}
		left, ok := m.constant(n.Field(tsx.FieldLeft), depth+1)
		right, rok := m.constant(n.Field(tsx.FieldRight), depth+1)
		return left + right, ok && rok && len(left)+len(right) <= maxConstant
	case tsx.KindIdentifier, tsx.KindMemberExpression, tsx.KindShorthandPropertyIdentifier:
		s := m.symbolOf(n, depth+1)
		if s.mod == nil || !s.node.Ok() {
			return "", false
		}
		if v := s.value(); v != n {
			return s.mod.constant(v, depth+1)
		}
	}
	return "", false
}
