package template

import (
	"fmt"
	"path"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// checkImports takes back the merges of source files that import of the app's own files what
// those do not have: the template has another file there, and that one did not come.
func (m *merger) checkImports() error {
	for i := range m.result.Files {
		f := &m.result.Files[i]
		if f.Status != Merged || !isSource(f.Path) {
			continue
		}
		src, err := m.over.ReadFile(f.Path)
		if err != nil {
			return err
		}
		why, at := m.lacking(f.Path, f.Ours, src)
		if why == "" {
			continue
		}
		if err := m.over.Write(f.Path, f.Ours); err != nil {
			return err
		}
		none := Lines{1, 0}
		f.Status, f.Why, f.unsound = Conflict, "", true
		f.Conflicts = []Clash{{Why: why, Base: none, Ours: none, Theirs: at}}
	}
	return nil
}

// lacking is what a merged file imports that is not there, and did not before, with the place in
// the merged file.
func (m *merger) lacking(name string, was, is []byte) (string, Lines) {
	now, err := tsx.Parse(is, tsx.DialectOf(name))
	if err != nil {
		return "", Lines{}
	}
	had := map[binding]bool{}
	if old, err := tsx.Parse(was, tsx.DialectOf(name)); err == nil {
		for at := range bindings(old) {
			had[at] = true
		}
	}
	for _, d := range tsx.Imports(now) {
		if !strings.HasPrefix(d.Module, ".") || path.Ext(d.Module) != "" && !isSource(d.Module) {
			continue
		}
		for _, b := range d.Bindings {
			if had[binding{d.Module, b.Name}] {
				continue
			}
			at := linesOf(is, text.Span{Start: d.Node.Start(), End: d.Node.End()})
			file, exports := m.exports(path.Join(path.Dir(name), d.Module), 0)
			switch {
			case file == "":
				return fmt.Sprintf("the merge would import %s from %s, which is not there", b.Local, d.Module), at
			case exports != nil && b.Name != "*" && !exports[b.Name]:
				return fmt.Sprintf("the merge would import %s from %s, and your %s does not export that", b.Name, d.Module, file), at
			}
		}
	}
	return "", Lines{}
}

// exports are the names that a file of the app exports, by its path with or without what it ends
// in, and its path; "" if there is none. They are nil where they cannot be told.
func (m *merger) exports(stem string, depth int) (string, map[string]bool) {
	file := ""
	for _, end := range [...]string{"", ".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cjs", ".d.ts", "/index.ts", "/index.tsx", "/index.js", "/index.jsx"} {
		if m.stands(stem + end) {
			file = stem + end
			break
		}
	}
	if file == "" || !isSource(file) || strings.HasSuffix(file, ".cjs") {
		return file, nil
	}
	src, err := m.over.ReadFile(file)
	if err != nil {
		return file, nil
	}
	tree, err := tsx.Parse(src, tsx.DialectOf(file))
	if err != nil || depth > 4 {
		return file, nil
	}
	out := map[string]bool{}
	for n := range tree.Root().NamedChildren() {
		switch {
		case n.Is(tsx.KindExpressionStatement) && strings.HasPrefix(n.Text(), "module.exports"):
			return file, nil
		case !n.Is(tsx.KindExportStatement):
			continue
		}
		all := false
		for c := range n.Children() {
			switch {
			case c.Text() == "default" && c.ChildCount() == 0:
				out["default"] = true
			case c.Text() == "*" && c.ChildCount() == 0:
				all = true
			case c.Is(tsx.KindExportClause):
				for spec := range c.NamedChildren() {
					name := spec.Field(tsx.FieldAlias)
					if !name.Ok() {
						name = spec.Field(tsx.FieldName)
					}
					out[name.Text()] = true
				}
			case c.Is(tsx.KindNamespaceExport):
				for id := range c.NamedChildren() {
					out[id.Text()] = true
				}
			}
		}
		if all {
			source, _ := tsx.StringValue(n.Field(tsx.FieldSource))
			if !strings.HasPrefix(source, ".") {
				return file, nil
			}
			_, more := m.exports(path.Join(path.Dir(file), source), depth+1)
			if more == nil {
				return file, nil
			}
			for name := range more {
				out[name] = out[name] || name != "default"
			}
			continue
		}
		declared(n.Field(tsx.FieldDeclaration), out)
	}
	return file, out
}

// declared adds the names that a declaration declares.
func declared(n tsx.Node, out map[string]bool) {
	if name := n.Field(tsx.FieldName); name.Ok() {
		out[name.Text()] = true
	}
	for d := range n.NamedChildren() {
		name := d.Field(tsx.FieldName)
		if !d.Is(tsx.KindVariableDeclarator) {
			continue
		}
		out[name.Text()] = true
		for id := range name.Descendants() {
			if id.Is(tsx.KindShorthandPropertyIdentifierPattern, tsx.KindIdentifier) {
				out[id.Text()] = true
			}
		}
	}
}

// stands says whether the app as it is planned has a file.
func (m *merger) stands(name string) bool {
	info, err := m.over.Stat(name)
	return err == nil && !info.IsDir()
}
