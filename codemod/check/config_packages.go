package check

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/workspace"
)

// PackageFiles gives a version of a package as it is published: its package.json at the root, and the
// file with its configuration schema; nil if it is not at hand. It is called from several goroutines.
type PackageFiles func(name, version string) fs.FS

// TakePublished lets the rules of configuration take the schemas of packages that are not installed
// from elsewhere, in the versions of the lockfile. It is called before the rules run.
func (r *Repo) TakePublished(from PackageFiles) { r.published = from }

// schemas collects what packages say of the configuration.
type schemas struct {
	repo *Repo

	wg     sync.WaitGroup
	mu     sync.Mutex
	seen   map[string]bool
	found  map[string]*schema.Schema // by folder, or "name@version" of what is published
	absent bool                      // a package of Backstage's, which an app or backend depends on, is not at hand
	others bool                      // one of the schemas is not of the repository's own packages
}

// wantedPackage is a package that another one depends on.
type wantedPackage struct {
	name, spec string
	must       bool
}

// schema is what the packages of the repository and those that are installed for it say of the
// configuration, as the official tools collect it: from a package on to its dependencies as
// long as they have a schema, or depend on Backstage. What is not installed is taken as it is
// published, in the version of the lockfile, if it is at hand. It is nil if nothing is; whole
// says that nothing is missing.
func (r *Repo) schema() (all *schema.Schema, whole bool) {
	s := &schemas{repo: r, seen: map[string]bool{}, found: map[string]*schema.Schema{}}
	for _, p := range r.AllPackages() {
		sub, err := fs.Sub(r.fsys, p.Dir)
		if err != nil {
			continue
		}
		s.wg.Go(func() {
			if own, err := schema.FromPackage(sub); err == nil && own != nil {
				s.add(p.Dir, own, false)
			}
			list := make([]wantedPackage, 0, len(p.Deps))
			for _, d := range p.Deps {
				list = append(list, wantedPackage{d.Name, d.Spec, p.Role == workspace.RoleFrontend || p.Role == workspace.RoleBackend})
			}
			s.follow(p.Dir, list)
		})
	}
	s.wg.Wait()
	if !s.others {
		return nil, false
	}
	dirs := slices.Sorted(maps.Keys(s.found))
	const old, now = "@backstage/backend-common", "@backstage/backend-defaults"
	of := func(dir, name string) bool {
		return strings.HasSuffix(dir, "node_modules/"+name) || strings.HasPrefix(dir, name+"@")
	}
	if slices.ContainsFunc(dirs, func(dir string) bool { return of(dir, now) }) {
		// As the official tools have it: what the one said, the other says.
		dirs = slices.DeleteFunc(dirs, func(dir string) bool { return of(dir, old) })
	}
	list := make([]*schema.Schema, 0, len(dirs))
	for _, dir := range dirs {
		list = append(list, s.found[dir])
	}
	all, _ = schema.Merge(list...) // contradictions between packages are not this repository's fault
	return all, !s.absent
}

func (s *schemas) add(dir string, found *schema.Schema, other bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found[dir] = found
	s.others = s.others || other
}

// first reports whether a package is looked at for the first time.
func (s *schemas) first(dir string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	again := s.seen[dir]
	s.seen[dir] = true
	return !again
}

// follow looks at the packages that the one in a folder depends on. The folder of what is published
// is "".
func (s *schemas) follow(dir string, list []wantedPackage) {
	for _, d := range list {
		if _, own := s.repo.Workspace.Package(d.name); own {
			continue // looked at by itself
		}
		if dir != "" {
			if in, ok := s.repo.Installed(dir, d.name); ok {
				if s.first(in.Dir) {
					s.wg.Go(func() { s.visit(in.Dir, in.Files, in.JSON, in.Dir) })
				}
				continue
			}
		}
		if (d.must || dir == "") && !s.published(d) && d.must && strings.HasPrefix(d.name, "@backstage/") {
			s.mu.Lock()
			s.absent = true
			s.mu.Unlock()
		}
	}
}

// published looks at a package as it is published. It is false if that is not at hand.
func (s *schemas) published(d wantedPackage) bool {
	if s.repo.published == nil {
		return false
	}
	lock := s.repo.Lockfile()
	if lock == nil {
		return false
	}
	entry := lock.Resolve(d.name, d.spec)
	if entry == nil || entry.Workspace != "" {
		return false
	}
	backstage := strings.HasPrefix(d.name, "@backstage/")
	for _, dep := range slices.Concat(entry.Dependencies, entry.PeerDependencies) {
		backstage = backstage || strings.HasPrefix(dep.Name, "@backstage/")
	}
	if !backstage {
		return true // it has no part in it
	}
	id := d.name + "@" + entry.Version
	if !s.first(id) {
		return true
	}
	files := s.repo.published(d.name, entry.Version)
	if files == nil {
		return false
	}
	src, err := fs.ReadFile(files, "package.json")
	if err != nil {
		return false
	}
	s.wg.Go(func() { s.visit(id, files, src, "") })
	return true
}

// visit reads the schema of a package, and looks at its dependencies from a folder.
func (s *schemas) visit(id string, files fs.FS, packageJSON []byte, from string) {
	if !bytes.Contains(packageJSON, []byte(`"configSchema"`)) && !bytes.Contains(packageJSON, []byte(`"@backstage/`)) {
		return // nearly all of them, which need not be decoded
	}
	var pkg struct {
		ConfigSchema                                         json.RawMessage
		Dependencies, OptionalDependencies, PeerDependencies map[string]any
	}
	if json.Unmarshal(packageJSON, &pkg) != nil {
		return
	}
	var list []wantedPackage
	backstage := false
	for _, deps := range []map[string]any{pkg.Dependencies, pkg.OptionalDependencies, pkg.PeerDependencies} {
		for name, spec := range deps {
			text, _ := spec.(string)
			list = append(list, wantedPackage{name: name, spec: text})
			backstage = backstage || strings.HasPrefix(name, "@backstage/")
		}
	}
	if pkg.ConfigSchema == nil && !backstage {
		return
	}
	if pkg.ConfigSchema != nil {
		if found, err := schema.FromPackage(files); err == nil && found != nil {
			s.add(id, found, true)
		}
	}
	s.follow(from, list)
}
