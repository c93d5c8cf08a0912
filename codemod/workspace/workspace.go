package workspace

import (
	"errors"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/registry/npmver"
)

// Workspace is a monorepo as Load found it. It is read only and safe for concurrent use;
// the files behind FS must not change while it is used, except as ParseTSX says.
type Workspace struct {
	FS       fs.FS
	Root     *Package   // the root package.json; not one of Packages
	Packages []*Package // the workspaces, by Dir
	Apps     []*App     // frontends; the one that people most likely mean comes first
	Backends []*Backend // likewise

	Manager    Manager
	Release    Release
	YarnPlugin bool         // "backstage:^" may be written: the Backstage yarn plugin is installed, or it is written already
	AgeGate    AgeGate      // how old a version must be to be installed
	Config     []ConfigFile // the app-config files, in the order in which they are looked up
	Lockfile   string       // "yarn.lock", "package-lock.json", "pnpm-lock.yaml"; "" if there is none

	// Problems says what could not be read, with places. A package whose package.json is
	// invalid is not among Packages.
	Problems diag.List

	yarnrc yarnrc
	trees  *treeCache
	byName map[string]*Package
}

// Release is the Backstage release that a monorepo is at.
type Release struct {
	Version string        // "1.40.2"; "" if not known
	Claimed string        // what backstage.json says instead, if the packages are clearly those of a newer release
	Source  ReleaseSource // where it was read
	Score   float64       // of an inferred release: the share of packages that agree, 0 to 1
}

// ReleaseSource says how a Release was found.
type ReleaseSource string

// The sources of a release.
const (
	ReleaseUnknown  ReleaseSource = ""
	ReleaseFile     ReleaseSource = "backstage.json"
	ReleaseInferred ReleaseSource = "inferred"
)

// Option is an option of Load.
type Option func(*options)

type options struct {
	infer func(versions map[string]string) (release string, score float64)
	trees *treeCache
}

// InferWith gives Load the function that names the release which fits package versions best
// (name to specifier), for a monorepo whose backstage.json is missing. It returns "" if none
// fits. Without it, such a monorepo's release is not known.
func InferWith(infer func(versions map[string]string) (release string, score float64)) Option {
	return func(o *options) { o.infer = infer }
}

// Load reads the monorepo whose root is the root of fsys: os.DirFS of a folder that FindRoot
// gave, or an overlay on it.
//
// The error is a *diag.Diagnostic: the root has no package.json, an invalid one, or one
// without workspaces. Everything else that is wrong is in Problems.
func Load(fsys fs.FS, opts ...Option) (*Workspace, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	if o.trees == nil {
		o.trees = newTreeCache()
	}
	w := &Workspace{FS: fsys, trees: o.trees, byName: map[string]*Package{}}

	root, err := readPackage(fsys, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notBackstage("there is no package.json at the root")
	}
	if err != nil {
		return nil, err
	}
	w.Root = root
	globs, found := w.workspacePatterns()
	if !found {
		return nil, notBackstage("package.json has no workspaces")
	}
	w.readYarnrc()
	w.readManager()
	w.readPackages(globs)
	w.YarnPlugin = w.YarnPlugin || slices.ContainsFunc(append(slices.Clip(w.Packages), w.Root), usesYarnPlugin)
	w.readConfigFiles()
	w.readRelease(o.infer)
	w.findApps()
	w.findBackends()
	return w, nil
}

// Reload reads the monorepo again from fsys, reusing the syntax trees of the files whose
// content is the same.
func (w *Workspace) Reload(fsys fs.FS, opts ...Option) (*Workspace, error) {
	trees := w.trees
	return Load(fsys, append(slices.Clip(opts), func(o *options) { o.trees = trees })...)
}

func notBackstage(why string) *diag.Diagnostic {
	d := diag.Errorf("not-backstage", "this is not the root of a Backstage monorepo: %s", why)
	d.Detail = "A Backstage monorepo has a package.json with workspaces, and backstage.json or dependencies on @backstage packages."
	d.Manual = "Run batten inside a Backstage monorepo, or name it with --repo DIR."
	return d
}

// problem notes what is wrong, if anything.
func (w *Workspace) problem(err error) {
	w.Problems = append(w.Problems, diagnostics(err)...)
}

// diagnostics are those in err; an error of another kind, as of reading a file, becomes one.
func diagnostics(err error) diag.List {
	if err == nil {
		return nil
	}
	if l := diag.Of(err); l != nil {
		return l
	}
	d := diag.Errorf("unreadable", "cannot be read: %v", err)
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		d.File, d.Summary = pathErr.Path, "cannot be read: "+pathErr.Err.Error()
	}
	return diag.List{d}
}

// patterns are the globs that name workspaces, and where they are written.
type patterns struct {
	globs []string
	spans []text.Span // in the package.json; empty if they are elsewhere
}

// readPackages reads the workspaces, those of workspaces included.
func (w *Workspace) readPackages(p patterns) {
	type job struct {
		owner *Package
		patterns
	}
	seen := map[string]bool{".": true}
	for jobs := []job{{w.Root, p}}; len(jobs) > 0; jobs = jobs[1:] {
		owner := jobs[0].owner
		dirs, unknown := expand(w.FS, owner.Dir, jobs[0].globs)
		for _, i := range unknown {
			d := diag.Errorf("workspaces-pattern", "the workspaces pattern %q is of a form that is not known", jobs[0].globs[i])
			d.Severity = diag.Warning
			if len(jobs[0].spans) > i {
				d = d.At(owner.File, owner.Source, jobs[0].spans[i])
			}
			w.problem(d)
		}
		dirs = slices.DeleteFunc(dirs, func(dir string) bool { return seen[dir] })
		for i, read := range readAll(w.FS, dirs) {
			seen[dirs[i]] = true
			if errors.Is(read.err, fs.ErrNotExist) {
				continue
			}
			if read.err != nil {
				w.problem(read.err)
				continue
			}
			p := read.Package
			w.Packages = append(w.Packages, p)
			if nested := patternsOf(p.Doc); len(nested.globs) > 0 {
				jobs = append(jobs, job{p, nested})
			}
		}
	}
	slices.SortFunc(w.Packages, func(a, b *Package) int { return strings.Compare(a.Dir, b.Dir) })
	for _, p := range w.Packages {
		if _, taken := w.byName[p.Name]; !taken && p.Name != "" {
			w.byName[p.Name] = p
		}
	}
}

// packageOrErr is what readPackage returns.
type packageOrErr struct {
	*Package
	err error
}

// readAll reads the packages in dirs, several at a time.
func readAll(fsys fs.FS, dirs []string) []packageOrErr {
	all := make([]packageOrErr, len(dirs))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 8) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(dirs); i = int(next.Add(1)) - 1 {
				all[i].Package, all[i].err = readPackage(fsys, dirs[i])
			}
		})
	}
	wg.Wait()
	return all
}

// workspacePatterns are the globs that name the workspaces; false if nothing declares any.
func (w *Workspace) workspacePatterns() (patterns, bool) {
	if w.Root.Doc.Root().Get("workspaces").Kind() != jsonedit.Missing {
		return patternsOf(w.Root.Doc), true
	}
	doc, err := yamlReader(w.FS, pnpmFile)()
	if errors.Is(err, fs.ErrNotExist) {
		return patterns{}, false
	}
	if err != nil {
		w.problem(err)
		return patterns{}, true
	}
	return patterns{globs: stringsOf(doc.Root().Get("packages"))}, true
}

// patternsOf are the workspaces of a package.json: an array, or an object with packages.
func patternsOf(doc *jsonedit.Doc) patterns {
	v := doc.Root().Get("workspaces")
	if v.Kind() == jsonedit.Object {
		v = v.Get("packages")
	}
	var p patterns
	for e := range v.Elements() {
		if e.Kind() == jsonedit.String {
			p.globs = append(p.globs, e.String())
			p.spans = append(p.spans, e.Span())
		}
	}
	return p
}

// Package is the workspace of that name; the root's own package is not found.
func (w *Workspace) Package(name string) (*Package, bool) {
	p, ok := w.byName[name]
	return p, ok
}

// PackageOf is the innermost package that a file belongs to, at last the root.
func (w *Workspace) PackageOf(file string) *Package {
	best := w.Root
	for _, p := range w.Packages {
		if strings.HasPrefix(file, p.Dir+"/") && (best == w.Root || len(p.Dir) > len(best.Dir)) {
			best = p
		}
	}
	return best
}

func usesYarnPlugin(p *Package) bool {
	return slices.ContainsFunc(p.Deps, func(d Dep) bool { return strings.HasPrefix(d.Spec, "backstage:") })
}

// readRelease reads backstage.json, else asks infer.
func (w *Workspace) readRelease(infer func(map[string]string) (string, float64)) {
	const file = "backstage.json"
	if data, err := fs.ReadFile(w.FS, file); err == nil {
		doc, err := jsonedit.Parse(file, data)
		w.problem(err)
		if err == nil {
			if v := doc.Root().Get("version"); v.Kind() == jsonedit.String && v.String() != "" {
				w.Release = Release{Version: strings.TrimPrefix(v.String(), "v"), Source: ReleaseFile}
				w.doubtRelease(infer)
				return
			}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		w.problem(err)
	}
	if infer == nil {
		return
	}
	if version, score := infer(w.BackstageVersions()); version != "" {
		w.Release = Release{Version: version, Source: ReleaseInferred, Score: score}
	}
}

// doubtRelease replaces the release that backstage.json names if the packages were moved to a
// newer one without it, as `yarn up` does: most of many have the versions of that.
func (w *Workspace) doubtRelease(infer func(map[string]string) (string, float64)) {
	const many, most = 10, 0.5
	claimed, err := npmver.ParseVersion(w.Release.Version)
	if infer == nil || err != nil {
		return
	}
	versions := w.BackstageVersions()
	maps.DeleteFunc(versions, func(_, spec string) bool {
		kind := npmver.ParseSpecifier(spec).Kind()
		return kind != npmver.Exact && kind != npmver.Ranged
	})
	if len(versions) < many {
		return
	}
	version, score := infer(versions)
	found, err := npmver.ParseVersion(version)
	if err != nil || score < most || found.Major() < claimed.Major() || found.Major() == claimed.Major() && found.Minor() <= claimed.Minor() {
		return
	}
	w.Release = Release{Version: version, Claimed: w.Release.Version, Source: ReleaseInferred, Score: score}
}

// BackstageVersions are the specifiers of all dependencies on @backstage packages outside
// the monorepo, as written ("^1.2.3", "backstage:^"). Of several for one package the one
// nearest to the front counts: workspaces named app, backend, then the others, then the root.
func (w *Workspace) BackstageVersions() map[string]string {
	rank := func(p *Package) int {
		switch {
		case p.Role == RoleFrontend:
			return 0
		case p.Role == RoleBackend:
			return 1
		case p == w.Root:
			return 3
		}
		return 2
	}
	all := append(slices.Clone(w.Packages), w.Root)
	slices.SortStableFunc(all, func(a, b *Package) int { return rank(a) - rank(b) })
	versions := map[string]string{}
	for _, p := range all {
		for _, d := range p.Deps {
			if _, local := w.byName[d.Name]; local || !strings.HasPrefix(d.Name, "@backstage/") {
				continue
			}
			if _, have := versions[d.Name]; !have {
				versions[d.Name] = d.Spec
			}
		}
	}
	return versions
}
