package lockfile

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/registry/npmver"
)

// Format is which yarn wrote a lockfile.
type Format string

// The formats.
const (
	Classic Format = "yarn-1"
	Berry   Format = "yarn-berry"
)

// Lockfile is a yarn.lock.
type Lockfile struct {
	Format  Format
	Version string  // of the format: "1", or the version in berry's __metadata
	Entries []Entry // in the order of the file

	byName       map[string][]int // entries that a name is asked for by, without repetition
	byDescriptor map[Descriptor]int
}

// Descriptor is what someone asks for: a package and which versions of it will do.
type Descriptor struct {
	Name  string `json:"name"`
	Range string `json:"range"` // as the lockfile writes it: "^1.0.0", "npm:^1.0.0", "workspace:packages/app"
}

func (d Descriptor) String() string { return d.Name + "@" + d.Range }

// Spec is the range as a package.json has it: without berry's "npm:", unless it names another
// package, and without what berry binds to it after "::".
func (d Descriptor) Spec() string {
	spec, _, _ := strings.Cut(d.Range, "::")
	if rest, ok := strings.CutPrefix(spec, "npm:"); ok {
		if _, _, alias := cutDescriptor(rest); !alias {
			return rest
		}
	}
	return spec
}

// Entry is one version of a package.
type Entry struct {
	Descriptors []Descriptor // that got this version, in the order of the file; at least one
	Version     string       // "0.0.0-use.local" for a workspace in berry
	Resolution  string       // yarn 1: address of the tarball; berry: "name@npm:1.2.3"; "" if there is none
	Line        int          // 1-based, where the entry begins

	Dependencies         []Descriptor // sorted by name, those in OptionalDependencies aside
	OptionalDependencies []Descriptor
	PeerDependencies     []Descriptor // only berry records them

	// Workspace is the folder of the workspace that the entry is; "" if it is none. Only berry
	// records workspaces.
	Workspace string
}

// Name is the name that the entry is asked for by, the first one if there are several.
func (e *Entry) Name() string { return e.Descriptors[0].Name }

// Package is the name of the package that was resolved, which is not Name for an alias.
func (e *Entry) Package() string {
	if name, _, ok := cutDescriptor(e.Resolution); ok && !strings.Contains(e.Resolution, "://") {
		return name
	}
	if name := npmver.ParseSpecifier(e.Descriptors[0].Spec()).Name(); name != "" {
		return name
	}
	return e.Name()
}

// Parse reads a yarn.lock. Its error is an *Error.
func Parse(src []byte) (*Lockfile, error) {
	if start := bytes.TrimLeft(src, " \t\r\n\ufeff"); len(start) > 0 && bytes.IndexByte([]byte("{[<"), start[0]) >= 0 && !bytes.HasPrefix(start, []byte("<<<<<<<")) {
		return nil, &Error{Foreign, 1, "this is no yarn lockfile"}
	}
	root, err := scan(string(src))
	if err != nil {
		return nil, err
	}
	l := &Lockfile{Format: Classic, Version: "1", byName: map[string][]int{}, byDescriptor: map[Descriptor]int{}}
	for n := root.first; n != nil; n = n.next {
		if n.key == "__metadata" {
			l.Format = Berry
			l.Version = n.text("version")
		}
	}
	for n := root.first; n != nil; n = n.next {
		if n.key == "__metadata" {
			continue
		}
		if n.leaf {
			return nil, &Error{Foreign, n.line, fmt.Sprintf("%q is no entry of a yarn lockfile", n.key)}
		}
		e, err := l.entry(n)
		if err != nil {
			return nil, err
		}
		l.Entries = append(l.Entries, e)
	}
	l.index()
	return l, nil
}

func (l *Lockfile) index() {
	for i := range l.Entries {
		for _, d := range l.Entries[i].Descriptors {
			l.byDescriptor[d] = i
			if at := l.byName[d.Name]; len(at) == 0 || at[len(at)-1] != i {
				l.byName[d.Name] = append(at, i)
			}
		}
	}
}

func (n *node) child(key string) *node {
	for c := n.first; c != nil; c = c.next {
		if c.key == key {
			return c
		}
	}
	return nil
}

func (n *node) text(key string) string {
	if c := n.child(key); c != nil {
		return c.value
	}
	return ""
}

// cutDescriptor takes "name@range" apart; the @ of a scope does not count.
func cutDescriptor(s string) (name, ran string, ok bool) {
	if s == "" {
		return "", "", false
	}
	name, ran, ok = strings.Cut(s[1:], "@")
	return s[:1] + name, ran, ok
}

// descriptors reads the keys of an entry. Berry has them all in one, with ", " between; yarn does
// not take the comma of a range like ">=1, <2" for one either.
func (l *Lockfile) descriptors(n *node) ([]Descriptor, error) {
	var list []Descriptor
	for i := range len(n.more) + 1 {
		key := n.key
		if i > 0 {
			key = n.more[i-1]
		}
		separator := "\n" // which is in no name
		if l.Format == Berry {
			separator = ","
		}
		for part := range strings.SplitSeq(key, separator) {
			name, ran, ok := cutDescriptor(strings.TrimSpace(part))
			if !ok {
				if l.Format == Classic && name != "" && n.first != nil {
					ran = "" // any version: yarn 1 writes the name alone
				} else {
					return nil, &Error{Foreign, n.line, fmt.Sprintf("%q is no entry of a yarn lockfile", key)}
				}
			}
			list = append(list, Descriptor{name, ran})
		}
	}
	return list, nil
}

func (l *Lockfile) entry(n *node) (Entry, error) {
	e := Entry{Line: n.line, Version: n.text("version")}
	var err error
	if e.Descriptors, err = l.descriptors(n); err != nil {
		return Entry{}, err
	}
	if e.Version == "" {
		return Entry{}, &Error{Invalid, n.line, fmt.Sprintf("there is no version of %s", e.Descriptors[0])}
	}
	e.Resolution = n.text("resolved")
	if l.Format == Berry {
		e.Resolution = n.text("resolution")
		if _, ref, ok := cutDescriptor(e.Resolution); ok {
			if dir, ok := strings.CutPrefix(ref, "workspace:"); ok {
				if dir, err := url.PathUnescape(dir); err == nil {
					e.Workspace = path.Clean(dir)
				}
			}
		}
	}
	e.Dependencies = requests(n.child("dependencies"))
	e.OptionalDependencies = requests(n.child("optionalDependencies"))
	e.PeerDependencies = requests(n.child("peerDependencies"))
	if meta := n.child("dependenciesMeta"); meta != nil {
		e.Dependencies = slices.DeleteFunc(e.Dependencies, func(d Descriptor) bool {
			about := meta.child(d.Name)
			optional := about != nil && about.text("optional") == "true"
			if optional {
				e.OptionalDependencies = append(e.OptionalDependencies, d)
			}
			return optional
		})
	}
	return e, nil
}

func requests(n *node) []Descriptor {
	if n == nil {
		return nil
	}
	var list []Descriptor
	for c := n.first; c != nil; c = c.next {
		if c.leaf {
			list = append(list, Descriptor{c.key, c.value})
		}
	}
	slices.SortStableFunc(list, func(a, b Descriptor) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Of returns the entries that a name is asked for by, in the order of the file.
func (l *Lockfile) Of(name string) []*Entry {
	var list []*Entry
	for _, i := range l.byName[name] {
		list = append(list, &l.Entries[i])
	}
	return list
}

// Versions returns the versions that a name stands for, in semver order, each once. A package and
// its patched form are one version.
func (l *Lockfile) Versions(name string) []string {
	var list []string
	for _, e := range l.Of(name) {
		list = append(list, e.Version)
	}
	return sortVersions(list)
}

func sortVersions(list []string) []string {
	slices.SortFunc(list, compareVersions)
	return slices.Compact(list)
}

// compareVersions orders by semver; what is no version comes first.
func compareVersions(a, b string) int {
	v, errA := npmver.ParseVersion(a)
	w, errB := npmver.ParseVersion(b)
	switch {
	case errA != nil && errB != nil:
		return strings.Compare(a, b)
	case errA != nil:
		return -1
	case errB != nil:
		return 1
	}
	if c := v.Compare(w); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// Resolve returns the entry that a dependency gets. The range may be written as in the lockfile or
// as in a package.json. It is nil if the lockfile has none: it is out of step with the
// package.json, or a "resolutions" entry stands above the range.
func (l *Lockfile) Resolve(name, ran string) *Entry {
	if i, ok := l.find(name, ran); ok {
		return &l.Entries[i]
	}
	return nil
}

func (l *Lockfile) find(name, ran string) (int, bool) {
	if i, ok := l.byDescriptor[Descriptor{name, ran}]; ok {
		return i, true
	}
	if l.Format == Classic {
		return 0, false
	}
	if i, ok := l.byDescriptor[Descriptor{name, "npm:" + ran}]; ok {
		return i, true
	}
	for _, i := range l.byName[name] {
		for _, d := range l.Entries[i].Descriptors {
			if d.Name == name && d.Spec() == ran {
				return i, true
			}
		}
	}
	return 0, false
}

// requested returns the entry for a dependency of another entry: as Resolve, and where a
// "resolutions" entry stands above the range, the version that there is, if there is but one.
func (l *Lockfile) requested(d Descriptor) *Entry {
	if e := l.Resolve(d.Name, d.Range); e != nil {
		return e
	}
	if only := l.byName[d.Name]; len(only) == 1 {
		return &l.Entries[only[0]]
	}
	return nil
}

// Dependents returns the entries whose dependencies get this one, in the order of the file.
func (l *Lockfile) Dependents(of *Entry) []*Entry {
	var list []*Entry
	for i := range l.Entries {
		e := &l.Entries[i]
		gets := func(d Descriptor) bool { return l.requested(d) == of }
		if slices.ContainsFunc(e.Dependencies, gets) || slices.ContainsFunc(e.OptionalDependencies, gets) {
			list = append(list, e)
		}
	}
	return list
}
