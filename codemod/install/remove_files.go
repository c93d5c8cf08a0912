package install

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/recipe"
)

// tidy takes out the names that nothing uses any more, in the files that were changed and in
// those that import from the plugin's packages.
func (r *remover) tidy() error {
	files := map[string]bool{}
	for name := range r.trees {
		files[name] = true
	}
	for _, dir := range r.touched() {
		for _, name := range r.sources(dir) {
			if src, err := r.over.ReadFile(name); err == nil && r.mentions(src) {
				files[name] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := r.tidyFile(name); err != nil {
			return err
		}
	}
	return nil
}

func (r *remover) tidyFile(name string) error {
	for {
		f, err := r.file(name)
		if err != nil {
			if r.trees[name] == nil {
				return nil // not part of what is run; its text counts as a use
			}
			return err
		}
		before := r.trees[name]
		if before == nil {
			before = f.Tree
		}
		edits := rewire.Unneeded(before, f.Tree, r.removal(name), r.own)
		if len(edits) == 0 {
			return nil
		}
		if err := r.edit(name, edits, "Takes out what nothing uses any more."); err != nil {
			return err
		}
	}
}

func (r *remover) inBackendDir(name string) bool {
	return slices.ContainsFunc(r.ws.Backends, func(b *workspace.Backend) bool { return strings.HasPrefix(name, b.Dir+"/") })
}

// mentions reports whether the name of one of the plugin's packages is in a text.
func (r *remover) mentions(src []byte) bool {
	for name := range r.packages {
		if bytes.Contains(src, []byte(name)) {
			return true
		}
	}
	return false
}

// sources are the source files of a package, without those of packages inside it.
func (r *remover) sources(dir string) []string {
	return r.walk(dir, func(ext string) bool {
		return slices.Contains([]string{".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs"}, ext)
	})
}

func (r *remover) walk(dir string, want func(ext string) bool) []string {
	var out []string
	_ = fs.WalkDir(r.over, dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil //nolint:nilerr // what cannot be read has no sources
		case !d.IsDir():
			if want(path.Ext(name)) {
				out = append(out, name)
			}
			return nil
		case name == dir:
			return nil
		}
		switch base := d.Name(); {
		case base == "node_modules", base == "dist", base == "dist-types", base == "coverage", strings.HasPrefix(base, "."):
			return fs.SkipDir
		}
		if slices.ContainsFunc(r.ws.Packages, func(p *workspace.Package) bool { return p.Dir == name }) {
			return fs.SkipDir
		}
		return nil
	})
	return out
}

// files deletes the files that the plugin's wiring was in, if nothing imports them any more and
// they are as batten writes them, or make the plugin's router and nothing else.
func (r *remover) files() error {
	for _, name := range r.orphans() {
		if !r.wrote(name) && !(path.Base(path.Dir(name)) == "plugins" && r.inBackendDir(name) && r.isRouterFile(name)) {
			if err := r.outOfUse(name); err != nil {
				return err
			}
			continue
		}
		if f, err := r.file(name); err == nil {
			r.deleted[name] = f.Tree
		}
		if err := r.over.Remove(name, change.Reason{Text: "Nothing uses it any more."}); err != nil {
			return err
		}
		r.out.State = Removed
		for _, p := range r.pieces {
			if p.File == name {
				r.takes(p)
			}
		}
	}
	return nil
}

// outOfUse leaves a file of the app's own that nothing imports any more.
func (r *remover) outOfUse(name string) error {
	src, err := r.over.ReadFile(name)
	if err != nil {
		return err
	}
	for _, p := range r.pieces {
		if p.File == name && !p.gone {
			if r.foreign(p.Fact) {
				return r.refuse(p.Fact, fmt.Sprintf("nothing would use this file any more, and it makes the %s %s", noun(p.Kind), p.Name))
			}
			r.takes(p)
		}
	}
	if !r.mentions(src) {
		r.leave("the file "+name, "It is the app's own, and nothing imports it any more.", name, text.Pos{})
	}
	return nil
}

// orphans are the files that the changed ones imported before and that no file imports now.
func (r *remover) orphans() []string {
	dropped := map[string]bool{}
	for name, before := range r.trees {
		for file := range r.imported(name, before) {
			dropped[file] = true
		}
	}
	for _, s := range r.steps() { // of a plugin that was added in part
		for _, dir := range r.touched() {
			if ft := s.Feature; ft != nil && ft.File != "" && r.wrote(path.Join(dir, ft.File)) {
				dropped[path.Join(dir, ft.File)] = true
			}
			if ft, ok := generated(s, true); ok && r.wrote(path.Join(dir, ft.File)) {
				dropped[path.Join(dir, ft.File)] = true
			}
			if lr := s.LegacyRouter; lr != nil && r.wrote(path.Join(dir, "src/plugins", lr.ID+".ts")) {
				dropped[path.Join(dir, "src/plugins", lr.ID+".ts")] = true
			}
		}
	}
	if len(dropped) == 0 {
		return nil
	}
	for _, pkg := range r.ws.Packages {
		for _, name := range r.sources(pkg.Dir) {
			src, err := r.over.ReadFile(name)
			if err != nil || !namesOne(src, dropped) {
				continue
			}
			if f, err := r.file(name); err == nil {
				for file := range r.imported(name, f.Tree) {
					delete(dropped, file)
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(dropped))
}

// namesOne reports whether a text has the name by which one of some files is imported.
func namesOne(src []byte, files map[string]bool) bool {
	for file := range files {
		stem := strings.TrimSuffix(path.Base(file), path.Ext(file))
		if stem == "index" {
			stem = path.Base(path.Dir(file))
		}
		if bytes.Contains(src, []byte(stem)) {
			return true
		}
	}
	return false
}

// touched are the folders of the apps and backends, and of the packages that hold parts of them.
func (r *remover) touched() []string {
	apps, backends := r.dirs()
	dirs := append(apps, backends...)
	for name := range r.trees {
		if pkg := r.ws.PackageOf(name); pkg != r.ws.Root && !slices.Contains(dirs, pkg.Dir) {
			dirs = append(dirs, pkg.Dir)
		}
	}
	return dirs
}

// imported are the files of the app that a file imports, exports from, or loads.
func (r *remover) imported(name string, tree *tsx.Tree) map[string]bool {
	out := map[string]bool{}
	for n := range tree.Root().Descendants() {
		if !n.Is(tsx.KindString) {
			continue
		}
		if s, _ := tsx.StringValue(n); strings.HasPrefix(s, ".") {
			if file, ok := r.ws.Resolve(name, s); ok && file != name {
				out[file] = true
			}
		}
	}
	return out
}

// use is a place where a package of the plugin's is named.
type use struct {
	file string
	pos  text.Pos
}

// uses are the places in the files of a folder that name a package, but for package.json.
func (r *remover) uses(dir, pkg string) []use {
	var out []use
	for _, name := range r.sources(dir) {
		src, err := r.over.ReadFile(name)
		if err != nil || !bytes.Contains(src, []byte(pkg)) {
			continue
		}
		f, err := r.file(name)
		if err != nil {
			out = append(out, use{name, text.NewIndex(src).Pos(bytes.Index(src, []byte(pkg)))})
			continue
		}
		for n := range f.Tree.Root().Descendants() {
			if s, ok := tsx.StringValue(n); ok && n.Is(tsx.KindString, tsx.KindTemplateString) && recipe.PackageOf(s) == pkg {
				out = append(out, use{name, text.NewIndex(src).Pos(n.Start())})
				break
			}
		}
	}
	for _, name := range r.walk(dir, func(ext string) bool {
		return slices.Contains([]string{".css", ".scss", ".less", ".html", ".json"}, ext)
	}) {
		src, err := r.over.ReadFile(name)
		if i := bytes.Index(src, []byte(pkg)); err == nil && i >= 0 && path.Base(name) != "package.json" {
			out = append(out, use{name, text.NewIndex(src).Pos(i)})
		}
	}
	return out
}

// dependencies takes the plugin's packages out of every package.json whose package needs them
// no more, and others that nothing but the plugin's wiring imported.
func (r *remover) dependencies() error {
	touched := r.touched()
	for _, pkg := range r.ws.Packages {
		for _, name := range r.dropped(pkg) {
			if err := r.undepend(pkg, "dependencies", name); err != nil {
				return err
			}
		}
	}
	for _, pkg := range slices.Concat([]*workspace.Package{r.ws.Root}, r.ws.Packages) {
		for _, name := range slices.Sorted(maps.Keys(r.packages)) {
			dep, depends := pkg.Dep(name)
			switch at := pkg.Doc.Pos(dep.Span.Start); {
			case slices.Contains(touched, pkg.Dir):
				if err := r.dependency(pkg, name, depends, r.uses(pkg.Dir, name)); err != nil {
					return err
				}
			case !depends:
			case pkg == r.ws.Root:
				var all []use
				for _, p := range slices.Concat([]*workspace.Package{r.ws.Root}, r.ws.Packages) {
					all = append(all, r.uses(p.Dir, name)...)
				}
				if err := r.dependency(pkg, name, true, all); err != nil {
					return err
				}
			default:
				r.leave("the dependency "+name, pkg.Dir+" is a package of its own.", pkg.File, at)
			}
		}
	}
	return nil
}

// dependency takes a package out of a package.json, unless something uses it.
func (r *remover) dependency(in *workspace.Package, name string, depends bool, uses []use) error {
	what := name
	if depends {
		what = "the dependency " + name + " of " + in.Dir
		if in == r.ws.Root {
			what = "the dependency " + name + " of the root"
		}
	}
	for _, p := range r.pieces {
		if p.Package == in.Dir && p.Kind != wiring.DiscoveredPlugin && !p.gone && recipe.PackageOf(p.Name) == name && len(uses) == 0 {
			uses = append(uses, use{p.File, p.Pos})
		}
	}
	if len(uses) > 0 {
		why := "The app's own code uses it here"
		if more := len(uses) - 1; more == 1 {
			why += " and in one more file"
		} else if more > 1 {
			why += fmt.Sprintf(" and in %d more files", more)
		}
		r.leave(what, why+". Take that out, and run the command again.", uses[0].file, uses[0].pos)
		return nil
	}
	for _, field := range workspace.DependencyFields {
		if err := r.undepend(in, field, name); err != nil {
			return err
		}
	}
	return nil
}

// undepend takes an entry out of a field of a package.json.
func (r *remover) undepend(in *workspace.Package, field, name string) error {
	src, err := r.over.ReadFile(in.File)
	if err != nil {
		return err
	}
	doc, err := jsonedit.Parse(in.File, src)
	if err != nil {
		return err
	}
	edits, err := doc.Prune(0, field, name)
	if err != nil {
		return err
	}
	return r.edit(in.File, edits, "Nothing uses "+name+" any more.")
}

// converters are packages that only files which batten writes import: of those, unlike of the
// packages that apps declare whether they use them or not, it is sure who declared them.
var converters = []string{"@backstage/core-compat-api", "@backstage/plugin-catalog-react"}

// dropped are the dependencies of a package, other than the plugin's own, that files of it
// imported before, and that none imports now. Of what deleted files imported, only the converters
// are among them.
func (r *remover) dropped(in *workspace.Package) []string {
	candidates := map[string]bool{}
	collect := func(trees map[string]*tsx.Tree, wanted func(name string) bool) {
		for file, before := range trees {
			if r.ws.PackageOf(file).Dir != in.Dir {
				continue
			}
			for _, d := range tsx.Imports(before) {
				if name := recipe.PackageOf(d.Module); !r.own(name) && !strings.HasPrefix(name, ".") && wanted(name) {
					candidates[name] = true
				}
			}
		}
	}
	collect(r.trees, func(string) bool { return true })
	collect(r.deleted, func(name string) bool { return slices.Contains(converters, name) })
	return slices.DeleteFunc(slices.Sorted(maps.Keys(candidates)), func(name string) bool {
		_, depends := in.Dep(name)
		return !depends || len(r.uses(in.Dir, name)) > 0
	})
}

// leave notes something that stays.
func (r *remover) leave(what, why, file string, pos text.Pos) {
	r.out.Left = append(r.out.Left, Left{What: what, Why: why, File: file, Pos: pos})
}
