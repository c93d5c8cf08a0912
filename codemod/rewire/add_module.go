package rewire

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// module is the text of a new file: the imports of refs, and what body makes of their local names.
func module(refs []Ref, body func(locals []string) string) (string, error) {
	guess := make([]string, len(refs))
	for i, r := range refs {
		guess[i] = r.local()
	}
	empty, err := tsx.Parse([]byte(body(guess)), tsx.TSX) // what the file declares itself
	if err != nil {
		return "", err
	}
	edits, locals := File{Tree: empty}.addImports(refs...)
	var imports strings.Builder
	for _, e := range edits {
		imports.WriteString(e.New)
	}
	source := strings.TrimSpace(imports.String()) + "\n\n" + body(locals)
	_, err = tsx.Parse([]byte(source), tsx.TSX)
	return source, err
}

// ConvertedPlugin is a plugin of the old frontend system that a file of a new app converts by the
// compatibility helpers.
type ConvertedPlugin struct {
	Plugin                 Ref    // what createPlugin made
	Export                 string // name of the file's export
	Pages, Contents, Cards []ConvertedExtension
	// Defaults says that the helpers name a path defaultPath and a title defaultTitle, as
	// before release 1.42.
	Defaults bool
}

// ConvertedExtension is an extension of such a plugin.
type ConvertedExtension struct {
	Extension   Ref
	Path, Title string // "" for what the helper makes of the extension's name
	If          *Ref   // the predicate that shows it; nil to show it always
	Truthy      bool   // as EntityCard has it
}

// The packages of the compatibility helpers.
const (
	compat       = "@backstage/core-compat-api"
	catalogAlpha = "@backstage/plugin-catalog-react/alpha"
)

// Source is the text of the plugin's file: LF, two spaces, single quotes.
func (p ConvertedPlugin) Source() (string, error) {
	refs := []Ref{{Module: compat, Export: "convertLegacyPlugin"}, p.Plugin}
	var calls []func(local map[Ref]string) string
	convert := func(helper Ref, all []ConvertedExtension) {
		for _, e := range all {
			refs = append(refs, helper, e.Extension)
			if e.If != nil {
				refs = append(refs, *e.If)
			}
			calls = append(calls, func(local map[Ref]string) string { return p.extension(helper, e, local) })
		}
	}
	convert(Ref{Module: compat, Export: "convertLegacyPageExtension"}, p.Pages)
	convert(Ref{Module: catalogAlpha, Export: "convertLegacyEntityContentExtension"}, p.Contents)
	convert(Ref{Module: catalogAlpha, Export: "convertLegacyEntityCardExtension"}, p.Cards)
	return module(refs, func(locals []string) string {
		local := map[Ref]string{}
		for i, r := range refs {
			local[r] = locals[i]
		}
		items := make([]string, len(calls))
		for i, call := range calls {
			items[i] = call(local)
		}
		return "export const " + p.Export + " = " + locals[0] + "(" + locals[1] + ", {\n  extensions: " + indentBy(list(items), "  ") + ",\n});\n"
	})
}

// extension is the call that converts an extension, at the column of the list's items.
func (p ConvertedPlugin) extension(helper Ref, e ConvertedExtension, local map[Ref]string) string {
	path, title := "path: ", "title: "
	if p.Defaults {
		path, title = "defaultPath: ", "defaultTitle: "
	}
	var overrides []string
	if e.Path != "" {
		overrides = append(overrides, path+tsx.Quote(e.Path, "'"))
	}
	if e.Title != "" {
		overrides = append(overrides, title+tsx.Quote(e.Title, "'"))
	}
	if e.If != nil {
		overrides = append(overrides, "filter: "+predicate(local[*e.If], e.Truthy))
	}
	call := local[helper] + "(" + local[e.Extension]
	if len(overrides) == 0 {
		return call + ")"
	}
	const column, end = 4, 2 // of the items; ")" and ","
	return call + ", " + braces("", overrides, column+len(call)+2+end) + ")"
}

// AddCSSImport imports a style sheet in the file that starts the app: after the style sheets that
// the file imports already, so that theirs come first, else after the imports for effect that
// the file begins with, else before all others.
func AddCSSImport(f File, css string) []text.Edit {
	style := tsx.StyleOf(f.Tree)
	stmt := "import " + tsx.Quote(css, style.Quote)
	if style.Semicolons {
		stmt += ";"
	}
	var first, last tsx.Node
	leading := true
	for _, d := range tsx.Imports(f.Tree) {
		if !first.Ok() {
			first = d.Node
		}
		switch {
		case d.SideEffect && d.Module == css:
			return nil
		case d.SideEffect && (strings.HasSuffix(d.Module, ".css") || leading):
			last = d.Node
		}
		leading = leading && d.SideEffect
	}
	switch {
	case last.Ok():
		return tsx.InsertStatementAfter(last, stmt)
	case first.Ok():
		return tsx.InsertStatementBefore(first, stmt)
	}
	edits, _ := tsx.AddImport(f.Tree, tsx.Import{Module: css, SideEffect: true})
	return edits
}
