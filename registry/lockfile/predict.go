package lockfile

import (
	"cmp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/registry/npmver"
)

// Change is what is asked for once package.json files have changed; as they are now, to see what
// there is before.
type Change struct {
	// Wants are the dependencies of every workspace and of the root, by folder ("." for the root),
	// with ranges as a package.json writes them.
	Wants map[string][]Descriptor

	// Resolutions are the "resolutions" of the root's package.json that are about a name alone:
	// what is asked for instead of every range of that name.
	Resolutions map[string]string

	// Version is the version that a range will get that the lockfile does not have; "" if that
	// is not known. It is asked first for ranges like "backstage:^", which say nothing themselves.
	// nil knows none.
	Version func(Descriptor) string

	// Dependencies are those of a version that the lockfile does not have; nil knows none.
	Dependencies func(name, version string) []Descriptor

	// Of chooses the packages that the Tree is to have; nil for all. All are followed.
	Of func(name string) bool
}

// Tree is which versions of which packages there are, reached from the workspaces.
type Tree struct {
	copies map[string][]Copy

	// Unknown are the requests of which neither the lockfile nor Change.Version knew what they
	// get, sorted; folders and workspaces aside.
	Unknown []Request
}

// Copy is a version of a package, and who asks for it.
type Copy struct {
	Version  string    `json:"version"`
	Locked   bool      `json:"locked"`   // it is in the lockfile
	Requests []Request `json:"requests"` // sorted; at least one
}

// Request is someone who asks for a package.
type Request struct {
	By        string `json:"by"`                  // folder of a workspace, or "name@version"
	Workspace bool   `json:"workspace,omitempty"` // By is a folder
	Name      string `json:"name"`                // of the package that is asked for
	Range     string `json:"range"`               // as a package.json writes it
}

// Copies are the versions of a package, in semver order.
func (t *Tree) Copies(name string) []Copy { return t.copies[name] }

// Predict follows what a Change asks for through the lockfile, as yarn does when it installs: a
// range that the lockfile has keeps its version, any other gets a new one, and what nobody asks
// for any more is gone.
func (l *Lockfile) Predict(change Change) *Tree {
	w := walk{l: l, change: change, copies: map[string]map[string]*Copy{}, of: map[string]bool{}, seen: make([]bool, len(l.Entries)), fresh: map[Descriptor]bool{}}
	for dir, wants := range change.Wants {
		for _, d := range wants {
			w.request(Request{By: dir, Workspace: true, Name: d.Name, Range: d.Range}, d)
		}
	}
	for len(w.queue) > 0 {
		at := w.queue[len(w.queue)-1]
		w.queue = w.queue[:len(w.queue)-1]
		for _, d := range at.asks {
			w.request(Request{By: at.by, Name: d.Name, Range: d.Range}, d)
		}
	}
	return w.tree()
}

type walk struct {
	l       *Lockfile
	change  Change
	of      map[string]bool             // answers of Change.Of
	copies  map[string]map[string]*Copy // by name and version
	seen    []bool                      // entries that are followed
	fresh   map[Descriptor]bool         // versions outside the lockfile that are followed
	queue   []visit
	unknown []Request
}

// visit is a version whose dependencies are to be followed.
type visit struct {
	by   string
	asks []Descriptor
}

func (w *walk) request(r Request, d Descriptor) {
	if spec, ok := w.change.Resolutions[d.Name]; ok {
		d.Range, r.Range = spec, spec
	}
	version, index := w.resolve(r, d)
	if version == "" {
		return
	}
	w.follow(d.Name, version, index)
	if !w.wanted(d.Name) {
		return
	}
	byVersion := w.copies[d.Name]
	if byVersion == nil {
		byVersion = map[string]*Copy{}
		w.copies[d.Name] = byVersion
	}
	c := byVersion[version]
	if c == nil {
		c = &Copy{Version: version, Locked: index >= 0}
		byVersion[version] = c
	}
	r.Range = d.Spec()
	c.Requests = append(c.Requests, r)
}

func (w *walk) wanted(name string) bool {
	if w.change.Of == nil {
		return true
	}
	yes, known := w.of[name]
	if !known {
		yes = w.change.Of(name)
		w.of[name] = yes
	}
	return yes
}

// follow puts a version's dependencies in the queue, the first time that it is asked for.
func (w *walk) follow(name, version string, index int) {
	if index >= 0 {
		if w.seen[index] {
			return
		}
		w.seen[index] = true
		e := &w.l.Entries[index]
		by := name + "@" + version
		w.queue = append(w.queue, visit{by, e.Dependencies})
		if len(e.OptionalDependencies) > 0 {
			w.queue = append(w.queue, visit{by, e.OptionalDependencies})
		}
		return
	}
	if d := (Descriptor{name, version}); w.change.Dependencies != nil && !w.fresh[d] {
		w.fresh[d] = true
		w.queue = append(w.queue, visit{d.String(), w.change.Dependencies(name, version)})
	}
}

// resolve is the version that a descriptor gets, and the index of its entry, -1 if it is not in
// the lockfile; "" if it is not known, or no version of a package.
func (w *walk) resolve(r Request, d Descriptor) (version string, index int) {
	bound := strings.HasPrefix(d.Range, "backstage:")
	if bound && w.change.Version != nil {
		version = w.change.Version(d)
	}
	if version == "" {
		if i, ok := w.l.find(d.Name, d.Range); ok {
			return w.locked(i)
		}
		if !bound && w.change.Version != nil {
			version = w.change.Version(d)
		}
	}
	if version == "" && !r.Workspace {
		if only := w.l.byName[d.Name]; len(only) == 1 {
			return w.locked(only[0])
		}
	}
	if version == "" {
		switch npmver.ParseSpecifier(d.Spec()).Kind() {
		case npmver.Workspace, npmver.Link, npmver.Local, npmver.Portal:
		default:
			r.Range = d.Spec()
			w.unknown = append(w.unknown, r)
		}
		return "", -1
	}
	for _, i := range w.l.byName[d.Name] {
		if w.l.Entries[i].Version == version {
			return version, i
		}
	}
	return version, -1
}

// locked leaves workspaces aside: they ask for what Change.Wants says.
func (w *walk) locked(index int) (string, int) {
	e := &w.l.Entries[index]
	if e.Workspace != "" {
		return "", -1
	}
	return e.Version, index
}

func (w *walk) tree() *Tree {
	t := &Tree{copies: make(map[string][]Copy, len(w.copies)), Unknown: sortRequests(w.unknown)}
	for name, byVersion := range w.copies {
		list := make([]Copy, 0, len(byVersion))
		for _, c := range byVersion {
			c.Requests = sortRequests(c.Requests)
			list = append(list, *c)
		}
		slices.SortFunc(list, func(a, b Copy) int { return compareVersions(a.Version, b.Version) })
		t.copies[name] = list
	}
	return t
}

func sortRequests(list []Request) []Request {
	slices.SortFunc(list, func(a, b Request) int {
		return cmp.Or(strings.Compare(a.By, b.By), strings.Compare(a.Name, b.Name), strings.Compare(a.Range, b.Range))
	})
	return slices.Compact(list)
}
