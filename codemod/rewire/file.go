package rewire

import (
	"fmt"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// File is a source file to edit.
type File struct {
	Name string    // slash path from the root of the repository
	Tree *tsx.Tree // its syntax tree
}

// Ref is an npm export to import.
type Ref struct {
	Module string // specifier: "@backstage/plugin-catalog", "@material-ui/icons/Map"
	Export string // the export's name, "default" for a default import
	As     string // local name to import it under; "" for the export's own
}

func (r Ref) local() string {
	if r.As != "" {
		return r.As
	}
	return r.Export
}

func (r Ref) spec() tsx.Import {
	imp := tsx.Import{Module: r.Module, Name: r.Export}
	if r.Export == "default" {
		imp.Name, imp.Default = "", true
	}
	if r.As != "" && r.As != r.Export {
		imp.Alias = r.As
	}
	return imp
}

// Manual is a step for a person: where ("By hand, ...:"), the imports that a snippet needs, one
// for each module, and the snippet.
func Manual(where, snippet string, refs ...Ref) string {
	var lines []string
	named := map[string]int{} // modules to the line with their braces
	for _, r := range refs {
		name := r.Export
		if r.As != "" && r.As != r.Export {
			name += " as " + r.As
		}
		switch line, again := named[r.Module]; {
		case r.Export == "default":
			lines = append(lines, fmt.Sprintf("import %s from '%s';", r.local(), r.Module))
		case again:
			lines[line] = strings.Replace(lines[line], " }", ", "+name+" }", 1)
		default:
			named[r.Module] = len(lines)
			lines = append(lines, fmt.Sprintf("import { %s } from '%s';", name, r.Module))
		}
	}
	return "By hand, " + where + ":\n" + indentLines(strings.Join(append(lines, snippet), "\n"), "    ")
}

// Component is an element of an npm export: `<Export {...Attrs} />`.
type Component struct {
	Ref
	Attrs []Attr
}

// locals are the names of refs where nothing else has them.
func locals(refs []Ref) []string {
	names := make([]string, len(refs))
	for i, r := range refs {
		names[i] = r.local()
	}
	return names
}

// element is the component under its local name.
func (c Component) element(local string) Element { return Element{Name: local, Attrs: c.Attrs} }

// addImports is the edits that make refs available, and the name of each in f: that of an
// import, or a member of the namespace that f imports the module in.
func (f File) addImports(refs ...Ref) ([]text.Edit, []string) {
	names := make([]string, len(refs))
	var imports []tsx.Import
	var rest []int
	for i, r := range refs {
		if names[i] = f.member(r); names[i] == "" {
			imports = append(imports, r.spec())
			rest = append(rest, i)
		}
	}
	if len(imports) == 0 {
		return nil, names
	}
	edits, locals := tsx.AddImport(f.Tree, imports...)
	for k, i := range rest {
		names[i] = locals[k]
	}
	return edits, names
}

// member is an export as a member of a namespace; "" if f imports its module in none, or imports
// names from it too.
func (f File) member(r Ref) string {
	namespace := ""
	for _, d := range tsx.Imports(f.Tree) {
		for _, b := range d.Bindings {
			switch {
			case d.Module != r.Module || b.TypeOnly:
			case !b.Namespace:
				return ""
			case r.Export != "default":
				namespace = b.Local
			}
		}
	}
	if namespace == "" {
		return ""
	}
	return namespace + "." + r.Export
}

// at is the node of one of the kinds that covers exactly a span; no node if there is none,
// which means that the file changed since it was observed.
func (f File) at(span text.Span, kinds ...tsx.Kind) tsx.Node {
	for n := f.Tree.At(span.Start); n.Ok() && n.Start() >= span.Start && n.End() <= span.End; n = n.Parent() {
		if n.Span() == span && n.Is(kinds...) {
			return n
		}
	}
	return tsx.Node{}
}

// refuse is the error of an operation that finds no safe place in f. manual is what a person
// has to paste, with the imports it needs.
func (f File) refuse(span text.Span, why, where, manual string, refs ...Ref) error {
	d := diag.Errorf("no-safe-place", "%s", why).At(f.Name, f.Tree.Source(), span)
	d.Manual = Manual("in "+f.Name+", "+where, manual, refs...)
	return d
}

// stale is the error for a mount that is not in the tree any more.
func (f File) stale(m wiring.Mount) error {
	d := diag.Errorf("mount-not-found", "the %s that was observed here is not in the syntax tree", m.Kind)
	d.Detail = "This is a defect of batten."
	d.Manual = "Please report it, with this file. Until then, add the plugin by hand as its own documentation says."
	return d.At(f.Name, f.Tree.Source(), m.Span)
}

func indentLines(s, indent string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = indent + l
		}
	}
	return strings.Join(lines, "\n")
}

// column is the column, counted from 0, at which a new line beside n begins.
func column(n tsx.Node) int {
	return width(text.Indent(n.Tree().Source(), n.Start()))
}

// width is the number of columns that an indent takes; a tab takes two, as in prettier.
func width(indent string) int { return len(indent) + strings.Count(indent, "\t") }
