package install

import (
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/recipe"
)

// Icons of the same names are in the packages of Material UI 4 and of those that came after.
const (
	oldIcons = "@material-ui/icons"
	newIcons = "@mui/icons-material"
)

// icon is the export to take an icon from: that of the package of icons that the app has. An app
// with other icons than those of Material UI gets one that comes with every Backstage.
func (p *planner) icon(r recipe.Ref) recipe.Ref {
	name, ok := strings.CutPrefix(r.Module, oldIcons+"/")
	switch {
	case !ok || p.declared(p.app.Package, oldIcons):
		return r
	case p.declared(p.app.Package, newIcons):
		r.Module = newIcons + "/" + name
		return r
	}
	return recipe.Ref{Module: "@backstage/core-components", Export: "DashboardIcon"}
}

// declared reports whether a package, as planned so far, or the root for all of them, depends
// on another.
func (p *planner) declared(in *workspace.Package, name string) bool {
	for _, file := range []string{in.File, p.ws.Root.File} {
		src, err := p.over.ReadFile(file)
		if err != nil {
			continue
		}
		doc, err := jsonedit.Parse(file, src)
		if err != nil {
			continue
		}
		for _, field := range workspace.DependencyFields {
			if _, ok := doc.Lookup(field, name); ok {
				return true
			}
		}
	}
	return false
}

// declareImports adds dependencies on the packages that the plan makes files import, as far as
// the app does not have them: what a recipe takes to be part of every app may not be.
func (p *planner) declareImports() error {
	for _, c := range p.over.Changes() {
		if c.After == nil || !slices.Contains([]string{".ts", ".tsx", ".js", ".jsx"}, path.Ext(c.Path)) {
			continue
		}
		had, err := importedPackages(c.Path, c.Before)
		if err != nil {
			return err
		}
		has, err := importedPackages(c.Path, c.After)
		if err != nil {
			return err
		}
		in := p.packageAt(c.Path)
		for _, name := range has {
			if in == nil || in.Name == name || slices.Contains(had, name) || p.declared(in, name) {
				continue
			}
			if err := p.depend(in, recipe.Package{Name: name}); err != nil {
				return err
			}
		}
	}
	return nil
}

// packageAt is the workspace that a file is in; nil if it is in none.
func (p *planner) packageAt(file string) *workspace.Package {
	var in *workspace.Package
	for _, pkg := range p.ws.Packages {
		if strings.HasPrefix(file, pkg.Dir+"/") && (in == nil || len(pkg.Dir) > len(in.Dir)) {
			in = pkg
		}
	}
	return in
}

// importedPackages are the packages that a source imports from; none if it is nil.
func importedPackages(name string, src []byte) ([]string, error) {
	if src == nil {
		return nil, nil
	}
	tree, err := parse(name, src)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range tsx.Imports(tree) {
		if !strings.HasPrefix(d.Module, ".") && !strings.HasPrefix(d.Module, "node:") {
			out = append(out, recipe.PackageOf(d.Module))
		}
	}
	return out, nil
}

// pluginTaken refuses a plugin for the new frontend system if the app makes one with the same id
// itself: of two such the app shows one alone.
func (p *planner) pluginTaken(ft recipe.Feature) error {
	pkg := recipe.PackageOf(ft.Module)
	id := strings.TrimPrefix(pkg[strings.LastIndexByte(pkg, '/')+1:], "plugin-")
	for _, f := range p.seen.Facts {
		if f.Kind != wiring.Feature || f.Package != p.app.Dir || !strings.HasSuffix(f.Name, "#"+id) || !refersTo(f, "@backstage/frontend-plugin-api", "createFrontendPlugin") {
			continue
		}
		d := diag.Errorf("plugin-taken", "the app makes a plugin of its own with the id %q, and of two with one id it would show one alone", id)
		d.File, d.Span, d.Pos = f.File, f.Span, f.Pos
		d.Detail = "It is made in " + featureFile(f.Name) + "."
		d.Manual = "By hand: take that plugin out of the app's features, or give it another pluginId; then run the command again."
		return d
	}
	return nil
}

// shadowed refuses a new index file beside a module of the folder's name, which an import of
// the folder would find in its place.
func (p *planner) shadowed(name, source string) error {
	dir, isIndex := strings.CutSuffix(name, "/index"+path.Ext(name))
	if !isIndex {
		return nil
	}
	for _, ext := range []string{".tsx", ".ts", ".jsx", ".js"} {
		have, err := p.over.ReadFile(dir + ext)
		if err != nil {
			continue
		}
		d := diag.Errorf("file-exists", "this file would be imported instead of the new %s", name).At(dir+ext, have, text.Span{})
		d.Manual = "By hand: put this text into a file of another name, and add what it exports to the app's features:\n    " + indent(source)
		return d
	}
	return nil
}
