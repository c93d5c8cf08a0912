package cli

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"sync"

	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npmver"
)

// shelf opens packages in the versions that fit. It is a derive.Open that says on a terminal
// what it is doing.
type shelf struct {
	*factory
	versions *versions
	// installed is looked at first, by name; nil for none.
	installed func(name string) (fs.FS, bool)
	// stay are the packages that are taken as they are, though they have moved.
	stay map[string]bool
	// instead says of packages that they were read in another version, and why.
	instead map[string]string

	mu   sync.Mutex
	open int // packages being fetched
	done int
	kept map[string]func() (*derive.Package, error)
}

func newShelf(f *factory, v *versions) *shelf {
	return &shelf{factory: f, versions: v, stay: map[string]bool{}, instead: map[string]string{}, kept: map[string]func() (*derive.Package, error){}}
}

// get is derive.Open.
func (s *shelf) get(ctx context.Context, name string) (*derive.Package, error) {
	s.mu.Lock()
	load, ok := s.kept[name]
	if !ok {
		load = sync.OnceValues(func() (*derive.Package, error) { return s.fetch(ctx, name) })
		s.kept[name] = load
	}
	s.mu.Unlock()
	p, err := load()
	if err != nil || !s.stay[name] {
		return p, err
	}
	stayed := *p
	stayed.JSON.Moved = ""
	return &stayed, nil
}

func (s *shelf) fetch(ctx context.Context, name string) (*derive.Package, error) {
	if s.installed != nil {
		if files, ok := s.installed(name); ok {
			return derive.NewPackage(files)
		}
	}
	s.progress(name, 1)
	defer s.progress("", -1)
	got, err := s.versions.pick(ctx, name)
	if err != nil {
		return nil, err
	}
	if got.packument == nil {
		if got.packument, err = s.versions.client.Packument(ctx, name); err != nil {
			return nil, err
		}
	}
	version := got.packument.Versions[got.version]
	if version == nil && got.ofRelease {
		// What another version shows is better than nothing, where a mirror has not all of them.
		version = nearest(got.packument, got.version)
	}
	if version == nil {
		return nil, &npm.Error{Problem: npm.NotFound, Package: name + "@" + got.version, Detail: "the registry does not have it, though it is " + got.why}
	}
	tree, err := s.versions.client.Tarball(ctx, version)
	if err != nil {
		return nil, err
	}
	p, err := derive.NewPackage(tree)
	if err != nil {
		return nil, err
	}
	p.Name, p.Version, p.Deprecated = name, version.Version, version.Deprecated
	if version.Version != got.version {
		s.mu.Lock()
		s.instead[name] = fmt.Sprintf("the registry does not have %s %s, so what it needs is read from %s", name, got.version, version.Version)
		s.mu.Unlock()
	}
	return p, nil
}

// nearest is the version of a package that is most like one that there is not: the newest that a
// caret admits, else the newest before it, else the first after it; nil if there is none.
func nearest(p *npm.Packument, wanted string) *npm.Version {
	var before, after, like *npm.Version
	want, err := npmver.ParseVersion(wanted)
	if err != nil {
		return nil
	}
	for _, v := range p.Sorted() {
		n, err := npmver.ParseVersion(v.Version)
		switch {
		case err != nil || n.Prerelease() != "":
		case npmver.Satisfies(v.Version, "^"+wanted):
			like = v
		case n.Compare(want) < 0:
			before = v
		case after == nil:
			after = v
		}
	}
	return cmp.Or(like, before, after)
}

func (s *shelf) progress(name string, more int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open += more; more < 0 {
		s.done++
		return
	}
	what := "reading " + name
	if total := s.done + s.open; total > 1 {
		what += fmt.Sprintf(" (%d of %d packages)", s.done+1, total)
	}
	s.io.Progress(what)
}
