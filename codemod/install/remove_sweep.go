package install

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
)

// takeUses takes out the uses of a variable that holds a piece, in its file and in those that
// import it from there, and then the variable.
func (r *remover) takeUses(f rewire.File, name, why string) error {
	exported := false
	for _, n := range tsx.References(f.Tree, name) {
		stmt := tsx.EnclosingStatement(n)
		exported = exported || stmt.Is(tsx.KindExportStatement) && !stmt.Field(tsx.FieldSource).Ok()
	}
	if err := r.takeReferences(f.Name, name, why); err != nil {
		return err
	}
	if !exported {
		return nil // it goes with what is of no use any more
	}
	for _, other := range r.sources(r.ws.PackageOf(f.Name).Dir) {
		o, err := r.file(other)
		if err != nil || other == f.Name {
			continue
		}
		for _, d := range tsx.Imports(o.Tree) {
			if file, ok := r.ws.Resolve(other, d.Module); !ok || file != f.Name {
				continue
			}
			for _, b := range d.Bindings {
				if b.Name == name {
					if err := r.takeReferences(other, b.Local, why); err != nil {
						return err
					}
				}
			}
		}
	}
	f, err := r.file(f.Name)
	if err != nil {
		return err
	}
	uses := tsx.References(f.Tree, name)
	if len(uses) == 0 {
		return nil
	}
	edits, err := rewire.TakeOut(f, tsx.EnclosingStatement(uses[0]).Span(), r.removal(f.Name))
	if err != nil {
		return err
	}
	return r.edit(f.Name, edits, why)
}

// takeReferences takes out what a file shows by a name: {name}, {name()} or <name /> among
// children, name in a list.
func (r *remover) takeReferences(file, name, why string) error {
	for {
		f, err := r.file(file)
		if err != nil {
			return err
		}
		elements, others := rewire.UsesOf(f.Tree, name)
		uses := append(elements, others...)
		if len(uses) == 0 {
			return nil
		}
		edits, err := rewire.TakeOut(f, uses[0].Span(), r.removal(file))
		if err != nil {
			return err
		}
		if err := r.edit(file, edits, why); err != nil {
			return err
		}
	}
}

// takeFromList takes out pieces that a loop over a list makes: the items of lists in the
// package that hold an import of the plugin's packages or a name from one, or the API of a
// sign-in provider.
func (r *remover) takeFromList(p *piece, why string) error {
	wanted := func(module, export string) bool {
		return r.own(module) || p.Kind == wiring.SignInProvider && slices.ContainsFunc(p.Refs, func(ref wiring.Ref) bool { return ref.Export == export })
	}
	taken := false
	for _, name := range r.sources(r.ws.PackageOf(p.File).Dir) {
		for {
			src, err := r.over.ReadFile(name)
			if err != nil || !r.mentions(src) && p.Kind != wiring.SignInProvider {
				break
			}
			f, err := r.file(name)
			if err != nil {
				break
			}
			span, ok := r.listed(f.Tree, wanted)
			if !ok {
				break
			}
			edits, err := rewire.TakeOut(f, span, r.removal(name))
			if err != nil {
				return err
			}
			if err := r.edit(name, edits, why); err != nil {
				return err
			}
			taken = true
		}
	}
	if !taken {
		return r.refuse(p.Fact, fmt.Sprintf("the code that makes the %s %s makes others as well", noun(p.Kind), p.Name))
	}
	for _, o := range r.pieces {
		if o.mine && o.File == p.File && o.Kind == p.Kind && o.Span == p.Span {
			r.takes(o)
		}
	}
	return nil
}

// listed is the first item of a list in a file, or the first export from a package, that is
// about the plugin.
func (r *remover) listed(t *tsx.Tree, wanted func(module, export string) bool) (text.Span, bool) {
	elements, refs := rewire.Uses(t, wanted)
	for n := range t.Root().Descendants() {
		if s, ok := tsx.StringValue(n); ok && n.Is(tsx.KindString) && r.own(s) {
			switch stmt := n.Parent(); {
			case stmt.Is(tsx.KindExportStatement):
				return stmt.Span(), true
			case !stmt.Is(tsx.KindImportStatement):
				refs = append(refs, n)
			}
		}
	}
	for _, n := range append(elements, refs...) {
		for ; n.Ok() && !n.Is(tsx.KindStatementBlock); n = n.Parent() {
			if n.Parent().Is(tsx.KindArray) {
				return n.Span(), true
			}
		}
	}
	return text.Span{}, false
}

// sweep takes the plugin's components out of the components of the app's own that show them
// beside other things.
func (r *remover) sweep() error {
	apps, _ := r.dirs()
	mixed := func(dir string) bool {
		return slices.ContainsFunc(r.pieces, func(p *piece) bool {
			return p.Package == dir && !p.mine && !p.gone && r.refersToOwn(p.Refs)
		})
	}
	for _, dir := range apps {
		if !mixed(dir) {
			continue
		}
		for _, name := range r.reachable(dir) {
			if err := r.sweepFile(name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *remover) ownExport(module, _ string) bool { return r.own(module) }

func (r *remover) sweepFile(name string) error {
	skip := 0
	for {
		f, err := r.file(name)
		if err != nil {
			return nil //nolint:nilerr // a file that cannot be parsed stays as it is: its text counts as a use
		}
		elements, _ := rewire.Uses(f.Tree, r.ownExport)
		if skip >= len(elements) {
			return nil
		}
		el := elements[skip]
		edits, err := rewire.TakeOut(f, el.Span(), r.removal(name))
		if err != nil || len(tsx.JSXChildren(el)) > 0 || r.holds(name, edits) {
			skip++
			continue
		}
		if err := r.edit(name, edits, "Takes out "+tsx.JSXName(el)+"."); err != nil {
			return err
		}
	}
}

// holds reports whether edits would take out a piece or a place for pieces.
func (r *remover) holds(file string, edits []text.Edit) bool {
	return slices.ContainsFunc(r.pieces, func(p *piece) bool { return p.File == file && !p.gone && covered(p.Span, edits) }) ||
		slices.ContainsFunc(r.mounts, func(m wiring.Mount) bool { return m.File == file && covered(m.Span, edits) })
}

// reachable are the files that an app loads, from its entry on.
func (r *remover) reachable(dir string) []string {
	i := slices.IndexFunc(r.ws.Apps, func(a *workspace.App) bool { return a.Dir == dir })
	if i < 0 || r.ws.Apps[i].Entry == "" {
		return nil
	}
	files := []string{r.ws.Apps[i].Entry}
	for i := 0; i < len(files); i++ {
		f, err := r.file(files[i])
		if err != nil {
			continue
		}
		for next := range r.imported(files[i], f.Tree) {
			if !slices.Contains(files, next) {
				files = append(files, next)
			}
		}
	}
	slices.Sort(files)
	return files
}

// remaining refuses a removal after which a piece of somebody else's is still made of the
// plugin at its own place in the source: by its condition, say, which only a person can change.
func (r *remover) remaining() error {
	var refused diag.List
	for _, p := range r.pieces {
		if p.mine || p.gone || p.lost || !r.refersToOwn(p.Refs) {
			continue
		}
		f, err := r.file(p.File)
		if err != nil {
			continue
		}
		elements, others := rewire.Uses(f.Tree, r.ownExport)
		for _, n := range append(elements, others...) {
			if p.Wrapper.Contains(n.Span()) {
				at := p.Fact
				at.Span = n.Span()
				of := n.Text()
				if strings.Contains(of, "\n") {
					of = "what is " + r.recipe.Title + "'s"
				}
				refused = append(refused, diag.Of(r.refuse(at, fmt.Sprintf("the %s %s is made of %s, and of other things too", noun(p.Kind), p.Name, of)))...)
				break
			}
		}
	}
	refused.Sort()
	return refused.Err()
}
