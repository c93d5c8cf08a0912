package lockstep

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// moves are the packages of the active rows that have another name, old to new.
func (p *Plan) moves() map[string]string {
	moves := map[string]string{}
	for _, r := range p.Active() {
		if r.Change == Moved && r.Name != "" && isField(r.Field) {
			moves[r.Package] = r.Name
		}
	}
	return moves
}

// imports gives the packages that moved their new names wherever source files import them, and
// where app-config says which packages the frontend takes in.
func (p *Plan) imports(over *change.Overlay) error {
	moves := p.moves()
	if len(moves) == 0 {
		return nil
	}
	ws, err := workspace.Load(over)
	if err != nil {
		return err
	}
	for _, name := range sources(over) {
		src, err := over.ReadFile(name)
		if err != nil || !mentions(src, moves) {
			continue
		}
		edits, why, err := renameIn(name, src, moves)
		if err == nil {
			err = stillParses(name, src, edits)
		}
		if err != nil {
			p.note(Note{Code: "unreadable-source", File: name, Summary: "its imports cannot be read, and are as they were: " + err.Error(),
				Manual: "Give the packages that moved their new names by hand."})
			continue
		}
		var reasons []change.Reason
		for i, e := range edits {
			reasons = append(reasons, change.Reason{Offset: e.Start, Text: why[i]})
		}
		if len(edits) > 0 {
			if err := over.Edit(name, edits, reasons...); err != nil {
				return err
			}
		}
	}
	return p.discovery(over, ws, moves)
}

func (p *Plan) note(n Note) {
	if !slices.Contains(p.Notes, n) {
		p.Notes = append(p.Notes, n)
	}
}

// sources are the source and style files of a monorepo.
func sources(fsys fs.FS) []string {
	var names []string
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch base := path.Base(name); {
		case err != nil:
			return nil //nolint:nilerr // what cannot be read has no imports to rename
		case d.IsDir() && name != ".":
			if base == "node_modules" || base == "dist" || base == "dist-types" || base == "coverage" || strings.HasPrefix(base, ".") {
				return fs.SkipDir
			}
		case slices.Contains([]string{".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs", ".css", ".scss"}, path.Ext(name)):
			names = append(names, name)
		}
		return nil
	})
	return names
}

func mentions(src []byte, moves map[string]string) bool {
	for old := range moves {
		if bytes.Contains(src, []byte(old)) {
			return true
		}
	}
	return false
}

// renameIn plans the new names in one file, with the reason for each edit.
func renameIn(name string, src []byte, moves map[string]string) (edits []text.Edit, why []string, err error) {
	add := func(at int, old string) {
		edits = append(edits, text.Replace(text.Span{Start: at, End: at + len(old)}, moves[old]))
		why = append(why, old+" is "+moves[old]+" now.")
	}
	if strings.HasSuffix(name, "css") {
		for _, old := range slices.Sorted(maps.Keys(moves)) {
			for at := 0; ; {
				i := bytes.Index(src[at:], []byte(old+"/"))
				if i < 0 {
					break
				}
				if before := src[at+i-min(1, at+i) : at+i]; len(before) == 1 && strings.Contains(`'"~`, string(before)) {
					add(at+i, old)
				}
				at += i + len(old)
			}
		}
		return edits, why, nil
	}
	tree, err := tsx.Parse(src, tsx.DialectOf(name))
	if err != nil {
		return nil, nil, err
	}
	merged := map[int]bool{} // where the sources of the declarations begin that join another
	decls := tsx.Imports(tree)
	for _, d := range decls {
		old, to := newModule(d.Module, moves)
		i := slices.IndexFunc(decls, func(e tsx.ImportDecl) bool {
			return e.Module == to && e.Named.Ok() && e.TypeOnly == d.TypeOnly && len(tsx.Elements(e.Named)) > 0
		})
		if old == "" || i < 0 || !onlyNames(d) {
			continue
		}
		var names []string
		for _, b := range d.Bindings {
			names = append(names, b.Node.Text())
		}
		join := tsx.InsertArrayElement(decls[i].Named, len(tsx.Elements(decls[i].Named)), strings.Join(names, ", "))
		if len(join) == 0 || slices.ContainsFunc(edits, func(e text.Edit) bool { return e.Start == join[0].Start }) {
			continue // two that would join one: the second stays by itself
		}
		locals := make([]string, len(d.Bindings))
		for i, b := range d.Bindings {
			locals[i] = b.Local
		}
		merged[d.Source.Start()] = true
		for _, e := range append(join, tsx.RemoveImport(tree, locals...)...) {
			edits, why = append(edits, e), append(why, old+" is "+moves[old]+" now, which is imported already.")
		}
	}
	for n := range tree.Root().Descendants() {
		if !n.Is(tsx.KindString) || !isModule(n) || merged[n.Start()] {
			continue
		}
		module, _ := tsx.StringValue(n)
		if old, _ := newModule(module, moves); old != "" && strings.HasPrefix(n.Text()[1:], old) {
			add(n.Start()+1, old)
		}
	}
	return edits, why, nil
}

// stillParses sees that a file can be read with its edits.
func stillParses(name string, src []byte, edits []text.Edit) error {
	if strings.HasSuffix(name, "css") || len(edits) == 0 {
		return nil
	}
	after, err := text.Apply(src, edits)
	if err != nil {
		return err
	}
	_, err = tsx.Parse(after, tsx.DialectOf(name))
	return err
}

// newModule is the package of a module that moved, and the module's name from now on; "" if it
// did not.
func newModule(module string, moves map[string]string) (old, to string) {
	for name, now := range moves {
		if rest, ok := strings.CutPrefix(module, name); ok && (rest == "" || rest[0] == '/') {
			return name, now + rest
		}
	}
	return "", ""
}

// onlyNames says whether a declaration imports names in braces and nothing else.
func onlyNames(d tsx.ImportDecl) bool {
	return d.Named.Ok() && len(d.Bindings) > 0 && !slices.ContainsFunc(d.Bindings, func(b tsx.ImportSpec) bool { return b.Default || b.Namespace })
}

// isModule says whether a string names a module: of an import or export, of import() and
// require(), of what test runners mock.
func isModule(n tsx.Node) bool {
	p := n.Parent()
	switch {
	case n.FieldOf() == tsx.FieldSource, p.Is(tsx.KindModule):
		return true
	case p.Is(tsx.KindArguments) && p.NamedChild(0) == n:
		callee := p.Parent().Field(tsx.FieldFunction).Text()
		for _, prefix := range [...]string{"import", "require", "jest.", "vi."} {
			if callee == prefix || strings.HasPrefix(callee, strings.TrimSuffix(prefix, ".")+".") {
				return true
			}
		}
	case p.Is(tsx.KindImportRequireClause), p.Is(tsx.KindImportStatement):
		return true
	}
	return false
}

// discovery renames the packages that app.packages lists.
func (p *Plan) discovery(over *change.Overlay, ws *workspace.Workspace, moves map[string]string) error {
	for _, file := range ws.Config {
		for _, key := range [...]string{"include", "exclude"} {
			at := []string{"app", "packages", key}
			doc, err := file.Doc()
			if err != nil {
				break // said where the configuration matters
			}
			list, ok := doc.Lookup(at...)
			if !ok || list.Kind() != yamledit.Sequence {
				continue
			}
			for i := range list.Len() {
				item := append(slices.Clone(at), strconv.Itoa(i))
				src, err := over.ReadFile(file.Name)
				if err != nil {
					return err
				}
				now, err := yamledit.Parse(file.Name, src)
				if err != nil {
					return err
				}
				v, _ := now.Lookup(item...)
				to, moved := moves[v.String()]
				if !moved {
					continue
				}
				edits, err := now.Set(yamlQuote(string(src[v.Span().Start:v.Span().End]), to), item...)
				if err != nil {
					return err
				}
				if len(edits) > 0 {
					if err := over.Edit(file.Name, edits, change.Reason{Offset: edits[0].Start, Text: v.String() + " is " + to + " now."}); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}
