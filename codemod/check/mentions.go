package check

import (
	"path"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/workspace"
)

// index answers in one step what rules ask of each dependency: it takes one pass over the sources,
// however many dependencies there are.
type index struct {
	importers map[string]map[string]*Place // first import of a package, by its name and the folder of the importing one
	lower     map[string]string            // source files by their names in small letters, without extension
	files     map[string][]string          // files below a package's folder and in no package below that, by folder
	mentions  sync.Map                     // func() map[string]bool by folder of a package
}

func (r *Repo) readIndex() *index {
	x := &index{importers: map[string]map[string]*Place{}, lower: map[string]string{}, files: map[string][]string{}}
	for _, s := range r.Sources() {
		stem := strings.ToLower(strings.TrimSuffix(s.File, path.Ext(s.File)))
		x.lower[stem] = s.File
		if path.Base(stem) == "index" {
			x.lower[path.Dir(stem)] = s.File
		}
		for _, imp := range s.Imports {
			name := PackageName(imp.Specifier)
			if name == "" || x.importers[name][s.Package.Dir] != nil {
				continue
			}
			if x.importers[name] == nil {
				x.importers[name] = map[string]*Place{}
			}
			x.importers[name][s.Package.Dir] = &Place{File: s.File, Span: imp.Span, What: "imported here"}
		}
	}
	for _, file := range r.Files() {
		if p := r.owner(file); p != nil {
			x.files[p.Dir] = append(x.files[p.Dir], file)
		}
	}
	return x
}

// importedBy is the first place in a package's sources that imports another package.
func (r *Repo) importedBy(p *workspace.Package, name string) *Place {
	at := r.index().importers[name][p.Dir]
	if at == nil {
		return nil
	}
	place := r.place(at.File, at.Span, at.What)
	return &place
}

// packagesMention reports whether a workspace that a package depends on imports another package:
// it may wire in what the package does not.
func (r *Repo) packagesMention(p *workspace.Package, name string) bool {
	for _, at := range r.index().importers[name] {
		local := r.owner(at.File)
		if local == nil || local.Dir == p.Dir || local.Role == workspace.RoleFrontend {
			continue
		}
		if _, ok := p.Dep(local.Name); ok {
			return true
		}
	}
	return false
}

// owner is the innermost workspace that a file is in; nil if it is in none.
func (r *Repo) owner(file string) *workspace.Package {
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		if p, ok := r.byDir()[dir]; ok {
			return p
		}
	}
	return nil
}

// mentioned reports whether any file of a package names another package in a string.
func (r *Repo) mentioned(p *workspace.Package, name string) bool {
	v, ok := r.index().mentions.Load(p.Dir)
	if !ok {
		v, _ = r.index().mentions.LoadOrStore(p.Dir, sync.OnceValue(func() map[string]bool { return r.mentions(p) }))
	}
	return v.(func() map[string]bool)()[name]
}

func (r *Repo) mentions(p *workspace.Package) map[string]bool {
	all := map[string]bool{}
	for _, file := range r.index().files[p.Dir] {
		if file == p.File || !isSource(file) && path.Ext(file) != ".css" && path.Ext(file) != ".scss" {
			continue
		}
		if src, err := r.ReadFile(file); err == nil {
			namesIn(string(src), all)
		}
	}
	return all
}

// namesIn adds what may be names of npm packages in a text: as a string, or as the beginning of a
// path in one.
func namesIn(src string, all map[string]bool) {
	for i := range len(src) {
		if strings.IndexByte("'\"`/", src[i]) < 0 {
			continue
		}
		from := nameBefore(src, i)
		if from == i {
			continue
		}
		if from > 0 && src[from-1] == '/' {
			if scope := nameBefore(src, from-1); scope > 0 && src[scope-1] == '@' {
				all[src[scope-1:i]] = true
			}
		}
		all[src[from:i]] = true
	}
}

// nameBefore is where the run of characters of names that ends at a place begins.
func nameBefore(src string, end int) int {
	for end > 0 && (src[end-1] == '-' || src[end-1] == '.' || src[end-1] == '_' || src[end-1] >= '0' && src[end-1] <= '9' || src[end-1]|0x20 >= 'a' && src[end-1]|0x20 <= 'z') {
		end--
	}
	return end
}
