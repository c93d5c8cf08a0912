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
	w := walk{l: l, change: change, copies: map[string]map[string]*Copy{}}
	for dir, wants := range change.Wants {
		for _, d := range wants {
			w.request(Request{By: dir, Workspace: true, Name: d.Name, Range: d.Range}, d)
		}
	}
	for len(w.queue) > 0 {
		at := w.queue[len(w.queue)-1]
		w.queue = w.queue[:len(w.queue)-1]
		for _, d := range at.asks {
			w.request(Request{By: at.by, Name: d.Name, Range: d.Spec()}, d)
		}
	}
	return w.tree()
}

type walk struct {
	l       *Lockfile
	change  Change
	copies  map[string]map[string]*Copy // by name and version
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
	version, e := w.resolve(r, d)
	if version == "" {
		return
	}
	byVersion := w.copies[d.Name]
	if byVersion == nil {
		byVersion = map[string]*Copy{}
		w.copies[d.Name] = byVersion
	}
	c := byVersion[version]
	if c == nil {
		c = &Copy{Version: version, Locked: e != nil}
		byVersion[version] = c
		at := visit{by: d.Name + "@" + version}
		if e != nil {
			at.asks = slices.Concat(e.Dependencies, e.OptionalDependencies)
		} else if w.change.Dependencies != nil {
			at.asks = w.change.Dependencies(d.Name, version)
		}
		w.queue = append(w.queue, at)
	}
	c.Requests = append(c.Requests, r)
}

// resolve is the version that a descriptor gets, and its entry, if it is in the lockfile; "" if
// that is not known, or no version of a package.
func (w *walk) resolve(r Request, d Descriptor) (string, *Entry) {
	kind := npmver.ParseSpecifier(d.Spec()).Kind()
	version := ""
	if kind == npmver.Backstage && w.change.Version != nil {
		version = w.change.Version(d)
	}
	if version == "" {
		if e := w.l.Resolve(d.Name, d.Range); e != nil {
			return w.locked(e)
		}
		if w.change.Version != nil {
			version = w.change.Version(d)
		}
	}
	if version == "" && !r.Workspace {
		if e := w.l.requested(d); e != nil {
			return w.locked(e)
		}
	}
	if version == "" {
		switch kind {
		case npmver.Workspace, npmver.Link, npmver.Local, npmver.Portal:
		default:
			w.unknown = append(w.unknown, r)
		}
		return "", nil
	}
	for _, e := range w.l.Of(d.Name) {
		if e.Version == version {
			return version, e
		}
	}
	return version, nil
}

// locked leaves workspaces aside: they ask for what Change.Wants says.
func (w *walk) locked(e *Entry) (string, *Entry) {
	if e.Workspace != "" {
		return "", nil
	}
	return e.Version, e
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
