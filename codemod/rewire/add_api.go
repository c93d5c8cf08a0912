package rewire

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// corePlugin is the package of createApiFactory in frontends of the old system, and frontendPlugin
// that of the blueprints of the new one, which exports it too.
const (
	corePlugin     = "@backstage/core-plugin-api"
	frontendPlugin = "@backstage/frontend-plugin-api"
)

// API is an API factory.
type API struct {
	Ref     Ref      // the API's reference
	Deps    []APIDep // the APIs that the factory needs, in order
	Factory string   // the implementation, an expression on one line of the names of Deps and Uses
	Uses    []Ref    // what Factory imports
}

// APIDep is an API that a factory needs, under a name.
type APIDep struct {
	Name string
	Ref  Ref
}

// refs are what a factory imports: those of Uses last.
func (a API) refs() []Ref {
	refs := []Ref{a.Ref}
	for _, d := range a.Deps {
		refs = append(refs, d.Ref)
	}
	return append(refs, a.Uses...)
}

// object is the argument of createApiFactory over several lines, at a column, with the local
// names of refs.
func (a API) object(locals []string, column int) string {
	factory := a.Factory
	for i, r := range a.Uses {
		factory = renamed(factory, r.local(), locals[1+len(a.Deps)+i])
	}
	names := make([]string, len(a.Deps))
	deps := make([]string, len(a.Deps))
	for i, d := range a.Deps {
		names[i], deps[i] = d.Name, d.Name+": "+locals[1+i]
	}
	params := "()"
	if len(names) > 0 {
		params = "(" + braces("", names, column+2+len("factory: ()")+len(" =>")) + ")"
	}
	arrow := "factory: " + params + " =>"
	body := " " + factory
	last := arrow[strings.LastIndexByte(arrow, '\n')+1:]
	if column+2+len(last+body)+1 > Width {
		body = "\n  " + factory
	}
	return "{\n  api: " + locals[0] + ",\n  " + indentBy(braces("deps: ", deps, column+3), "  ") + ",\n  " + indentBy(arrow+body, "  ") + ",\n}"
}

// braces is an object or pattern after a prefix: on one line if that ends within Width columns,
// else one item a line.
func braces(prefix string, items []string, column int) string {
	if len(items) == 0 {
		return prefix + "{}"
	}
	line := prefix + "{ " + strings.Join(items, ", ") + " }"
	if column+len(line) <= Width {
		return line
	}
	return prefix + "{\n  " + strings.Join(items, ",\n  ") + ",\n}"
}

// renamed is an expression in which one name stands for another.
func renamed(expr, old, name string) string {
	if old == name {
		return expr
	}
	tree, err := tsx.Parse([]byte("("+expr+")"), tsx.TSX)
	if err != nil {
		return expr
	}
	var edits []text.Edit
	for _, n := range tsx.References(tree, old) {
		edits = append(edits, text.Replace(n.Span(), name))
	}
	out, err := text.Apply(tree.Source(), edits)
	if err != nil {
		return expr
	}
	return string(out[1 : len(out)-1])
}

// call is the factory: what createApiFactory, under its local name, is called with.
func (a API) call(locals []string, column int) string {
	return locals[0] + "(" + a.object(locals[1:], column) + ")"
}

// manual is the factory for a person to paste.
func (a API) manual() (string, []Ref) {
	refs := append([]Ref{{Module: corePlugin, Export: "createApiFactory"}}, a.refs()...)
	locals := make([]string, len(refs))
	for i, r := range refs {
		locals[i] = r.local()
	}
	return a.call(locals, 0), refs
}

// AddAPI adds a factory to the array at a wiring.APIsMount, as the last one: of several factories
// of one API the app takes the last.
func AddAPI(f File, m wiring.Mount, a API) ([]text.Edit, error) {
	array := f.at(m.Span, tsx.KindArray)
	if !array.Ok() {
		return nil, f.stale(m)
	}
	edits, locals := f.addImports(append([]Ref{{Module: corePlugin, Export: "createApiFactory"}}, a.refs()...)...)
	call := a.call(locals, column(array)+2)
	if len(tsx.Elements(array)) == 0 && !hasComments(array) {
		return append(edits, tsx.ReplaceNode(array, list([]string{call}))...), nil
	}
	return append(edits, tsx.InsertArrayElement(array, -1, call)...), nil
}

func hasComments(n tsx.Node) bool {
	for c := range n.NamedChildren() {
		if c.Is(tsx.KindComment) {
			return true
		}
	}
	return false
}

// AddAPIs gives a createApp that has none its apis, at the options object of a
// wiring.CreateAppMount.
func AddAPIs(f File, m wiring.Mount, a API) ([]text.Edit, error) {
	options := f.at(m.Span, tsx.KindObject)
	if !options.Ok() || tsx.Property(options, "apis").Ok() {
		snippet, refs := a.manual()
		return nil, f.refuse(m.Span, "the app's apis are not an array that batten can extend", "add this to the apis of createApp", snippet, refs...)
	}
	edits, locals := f.addImports(append([]Ref{{Module: corePlugin, Export: "createApiFactory"}}, a.refs()...)...)
	return append(edits, tsx.InsertProperty(options, -1, "apis: "+list([]string{a.call(locals, column(options)+4)}))...), nil
}

// APIModule is a module of a frontend of the new system that makes an API.
type APIModule struct {
	API
	Plugin string // id of the plugin whose API it is
	Name   string // name of the extension; "" for none
	Export string // name of the module's export
	// Define says that the blueprint's params are a function that defines them, as since
	// release 1.42; before, they are an object with the factory.
	Define bool
}

// Source is the text of the module's file, for the file name: LF, two spaces, single quotes.
func (a APIModule) Source() (string, error) {
	refs := []Ref{{Module: frontendPlugin, Export: "ApiBlueprint"}, {Module: frontendPlugin, Export: "createFrontendModule"}}
	if !a.Define {
		refs = append(refs, Ref{Module: frontendPlugin, Export: "createApiFactory"})
	}
	return module(append(refs, a.refs()...), func(locals []string) string {
		name := ""
		if a.Name != "" {
			name = "  name: " + tsx.Quote(a.Name, "'") + ",\n"
		}
		params := "defineParams =>\n    defineParams(" + indentBy(a.object(locals[2:], 4), "    ") + ")"
		if !a.Define {
			params = "{\n    factory: " + indentBy(a.call(locals[2:], 4), "    ") + ",\n  }"
		}
		return "const api = " + locals[0] + ".make({\n" + name + "  params: " + params + ",\n});\n\n" +
			"export const " + a.Export + " = " + locals[1] + "({\n  pluginId: " + tsx.Quote(a.Plugin, "'") + ",\n  extensions: [api],\n});\n"
	})
}
