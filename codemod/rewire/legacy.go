package rewire

import (
	"fmt"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// LegacyRouter is a plugin of a backend of the old system: its file is src/plugins/ID.ts with
// a default export (env: PluginEnvironment) => Promise<Router>.
type LegacyRouter struct {
	ID   string // names the file and the environment: "sonarqube"
	Path string // where the router hangs under /api, with a leading slash
}

// AddLegacyRouter hangs a plugin's router at a wiring.APIRouterMount: the import of its file,
// its environment after the last other one, and the router after the last other one, all
// named and written as those of the other plugins.
func AddLegacyRouter(f File, m wiring.Mount, r LegacyRouter) ([]text.Edit, error) {
	fn := identifier(r.ID)
	style := tsx.StyleOf(f.Tree)
	mount := f.at(m.Span, tsx.KindExpressionStatement)
	var lastEnv, lastUse tsx.Node
	if mount.Ok() {
		for s := range mount.Parent().NamedChildren() {
			text := s.Text()
			switch {
			case s.Is(tsx.KindLexicalDeclaration) && s.Start() < mount.Start() && strings.Contains(text, "createEnv("):
				lastEnv = s
			case s.Is(tsx.KindExpressionStatement) && strings.HasPrefix(text, m.Label+".use(") && strings.Contains(text, "await "):
				lastUse = s
			}
		}
	}
	if !lastEnv.Ok() || !lastUse.Ok() {
		d := diag.Errorf("no-safe-place", "this backend does not make its plugins' environments and routers in the usual way").At(f.Name, f.Tree.Source(), m.Span)
		d.Manual = r.Manual(f.Name, m.Label)
		return nil, d
	}
	edits, locals := f.addImports(r.ref())
	env := "const " + fn + "Env = " + madeAs(lastEnv, tsx.Quote(r.ID, style.Quote))
	use := fmt.Sprintf("%s.use(%s, %sawait %s(%sEnv))", m.Label, tsx.Quote(r.Path, style.Quote), guards(lastUse), locals[0], fn)
	if style.Semicolons {
		env += ";"
		use += ";"
	}
	edits = append(edits, insertLine(lastEnv, env, style)...)
	return append(edits, insertLine(lastUse, use, style)...), nil
}

// ref is the default export of the plugin's file.
func (r LegacyRouter) ref() Ref {
	return Ref{Module: "./plugins/" + r.ID, Export: "default", As: identifier(r.ID)}
}

// Manual is the step by which a person hangs the router in a file, on the router of all plugins
// with a name.
func (r LegacyRouter) Manual(file, router string) string {
	fn := identifier(r.ID)
	return Manual("in "+file+", where the other plugins' routers are made",
		fmt.Sprintf("const %sEnv = useHotMemoize(module, () => createEnv('%s'));\n%s.use('%s', await %s(%sEnv));", fn, r.ID, router, r.Path, fn, fn), r.ref())
}

// madeAs is what the last environment is made by, with another quoted name in it.
func madeAs(lastEnv tsx.Node, name string) string {
	value := lastEnv.NamedChild(0).Field(tsx.FieldValue)
	for n := range value.Descendants() {
		if n.Is(tsx.KindString) {
			src := value.Text()
			return src[:n.Start()-value.Start()] + name + src[n.End()-value.Start():]
		}
	}
	return "useHotMemoize(module, () => createEnv(" + name + "))"
}

// guards are the arguments between the path and the router of the last router's statement, each
// with a comma after it: handlers that a router must not be reached around.
func guards(lastUse tsx.Node) string {
	args := tsx.Arguments(lastUse.NamedChild(0))
	var b strings.Builder
	for i := 1; i < len(args)-1; i++ {
		b.WriteString(args[i].Text() + ", ")
	}
	return b.String()
}

// insertLine puts a statement on a new line after another.
func insertLine(after tsx.Node, stmt string, style tsx.Style) []text.Edit {
	indent := text.Indent(after.Tree().Source(), after.Start())
	return []text.Edit{text.Insert(afterStatement(after), style.EOL+indent+stmt)}
}

// identifier is a kebab-case name as a camelCase one.
func identifier(kebab string) string {
	parts := strings.Split(kebab, "-")
	for i, p := range parts[1:] {
		if p != "" {
			parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}
