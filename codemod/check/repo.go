package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/dts"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/lockfile"
)

// Repo is a monorepo as it was observed: what rules look at. It is read only and safe for
// concurrent use. What takes time to find out is found out when it is first asked for.
type Repo struct {
	Workspace *workspace.Workspace
	Wiring    *wiring.Observation

	fsys  fs.FS
	files sync.Map // *file by slash path

	byDir    func() map[string]*workspace.Package
	index    func() *index
	listing  func() listing
	lock     func() (*lockfile.Lockfile, error)
	sources  func() []*Source
	asked    func() map[string]asked
	packages sync.Map // *Installed by path of its folder
	types    *dts.Reader
	config   func() *config

	published PackageFiles // nil for none
}

type listing struct {
	names    []string
	all      map[string]bool // folders and what is neither file nor folder, too
	whole    bool            // no folder is left out but foreign ones, and no link is there
	problems []error
}

type file struct {
	once  sync.Once
	data  []byte
	err   error
	index func() *text.Index
}

// Open observes a workspace. The error is the context's alone.
func Open(ctx context.Context, ws *workspace.Workspace) (*Repo, error) {
	r := &Repo{Workspace: ws, fsys: ws.FS}
	r.index = sync.OnceValue(r.readIndex)
	r.byDir = sync.OnceValue(func() map[string]*workspace.Package {
		all := map[string]*workspace.Package{}
		for _, p := range ws.Packages {
			all[p.Dir] = p
		}
		return all
	})
	r.listing = sync.OnceValue(r.list)
	r.lock = sync.OnceValues(r.readLock)
	r.sources = sync.OnceValue(r.readSources)
	r.asked = sync.OnceValue(r.readAsked)
	r.config = sync.OnceValue(r.readConfig)
	r.types = dts.New(func(from, name string) (string, []byte, bool) {
		in, ok := r.Installed(from, name)
		if !ok {
			return "", nil, false
		}
		return in.Dir, in.JSON, true
	}, r.ReadFile)
	var side sync.WaitGroup
	side.Go(func() { r.sources() })
	seen, err := wiring.Observe(ctx, ws)
	side.Wait()
	r.Wiring = seen
	return r, err
}

func (r *Repo) file(name string) *file {
	v, ok := r.files.Load(name)
	if !ok {
		v, _ = r.files.LoadOrStore(name, &file{})
	}
	f := v.(*file)
	f.once.Do(func() {
		if !fs.ValidPath(name) {
			f.err = &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
			return
		}
		f.data, f.err = fs.ReadFile(r.fsys, name)
		f.index = sync.OnceValue(func() *text.Index { return text.NewIndex(f.data) })
	})
	return f
}

// ReadFile is the content of a file, which must not be changed.
func (r *Repo) ReadFile(name string) ([]byte, error) {
	f := r.file(name)
	return f.data, f.err
}

// Exists reports whether there is a file or folder of that name.
func (r *Repo) Exists(name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	l := r.listing()
	if l.all[name] {
		return true
	}
	if !l.whole || slices.ContainsFunc(strings.Split(name, "/"), foreign) {
		_, err := fs.Stat(r.fsys, name)
		return err == nil
	}
	return false
}

// Tree is the syntax tree of a TypeScript or JavaScript file.
func (r *Repo) Tree(name string) (*tsx.Tree, error) { return r.Workspace.ParseTSX(name) }

// Files are the slash paths of the repository's files, sorted: without what is installed,
// built, or belongs to a tool (node_modules, dist, .git, .yarn, ...). Symbolic links are not
// followed.
func (r *Repo) Files() []string { return r.listing().names }

// maxFiles bounds the files of a repository that are looked at.
const maxFiles = 200_000

func (r *Repo) list() listing {
	l := listing{all: map[string]bool{}, whole: true}
	err := fs.WalkDir(r.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			l.problems, l.whole = append(l.problems, err), false
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		l.all[name] = true
		if d.IsDir() {
			if name != "." && foreign(d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() {
			l.names = append(l.names, name)
		} else {
			l.whole = false
		}
		if len(l.names) > maxFiles {
			l.whole = false
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		l.problems = append(l.problems, err)
	}
	slices.Sort(l.names)
	return l
}

// foreign reports whether a folder holds nothing that people wrote for this repository.
func foreign(name string) bool {
	switch name {
	case "node_modules", "dist", "dist-types", "dist-newstyle", "build", "coverage", ".git", ".yarn", ".cache", ".next", ".terraform", "site-packages", "vendor":
		return true
	}
	return false
}

// Lockfile is the repository's yarn.lock; nil if it has none, or an empty one, or one that cannot
// be read.
func (r *Repo) Lockfile() *lockfile.Lockfile {
	lock, _ := r.lock()
	return lock
}

func (r *Repo) readLock() (*lockfile.Lockfile, error) {
	if r.Workspace.Lockfile != "yarn.lock" && (r.Workspace.Lockfile != "" || !r.Exists("yarn.lock")) {
		return nil, nil // it may be there, and unreadable
	}
	src, err := r.ReadFile("yarn.lock")
	if err != nil || len(strings.TrimSpace(string(src[:min(len(src), 200)]))) == 0 {
		return nil, err
	}
	lock, err := lockfile.Parse(src)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(lock.Entries, func(e lockfile.Entry) bool { return e.Workspace == "" }) {
		return nil, nil // nothing from npm, as create-app leaves it until the first install
	}
	return lock, nil
}

// AllPackages are the workspaces and, last, the root.
func (r *Repo) AllPackages() []*workspace.Package {
	return append(slices.Clip(slices.Clone(r.Workspace.Packages)), r.Workspace.Root)
}

// at is a finding at a span of a file.
func (r *Repo) at(name string, span text.Span, format string, args ...any) Finding {
	f := Finding{File: name, Span: span, Summary: fmt.Sprintf(format, args...)}
	r.locate(&f)
	return f
}

// whole is a finding about a whole file.
func (r *Repo) whole(name, format string, args ...any) Finding {
	return Finding{File: name, Summary: fmt.Sprintf(format, args...)}
}

// At is a finding at a span of a file, for rules of other packages. key is what it is about, if
// the summary may change while the finding is the same.
func (r *Repo) At(name string, span text.Span, key, summary string) Finding {
	f := r.at(name, span, "%s", summary)
	f.key = key
	return f
}

// locate fills in what follows from File and Span.
func (r *Repo) locate(f *Finding) {
	src := r.file(f.File)
	if src.err != nil || f.Span == (text.Span{}) && f.Pos.Line == 0 {
		return
	}
	index := src.index()
	if f.Pos.Line == 0 {
		f.Pos = index.Pos(f.Span.Start)
	}
	f.End = index.Pos(f.Span.End)
	start := index.Offset(text.Pos{Line: f.Pos.Line, Column: 1})
	end := text.LineEnd(src.data, start)
	f.Line = strings.TrimRight(string(src.data[start:end]), "\r\n")
}

// place is another place of a finding.
func (r *Repo) place(name string, span text.Span, what string) Place {
	p := Place{File: name, Span: span, What: what}
	if src := r.file(name); src.err == nil {
		p.Pos = src.index().Pos(span.Start)
	}
	return p
}

// ofDiag is a finding that says what a diagnostic says.
func (r *Repo) ofDiag(d *diag.Diagnostic) Finding {
	f := Finding{File: d.File, Span: d.Span, Pos: d.Pos, Summary: d.Summary, Detail: d.Detail, Manual: d.Manual}
	r.locate(&f)
	return f
}

// ofError is a finding about a file that cannot be read.
func (r *Repo) ofError(name string, err error) Finding {
	if list := diag.Of(err); len(list) > 0 {
		f := r.ofDiag(list[0])
		if f.File == "" {
			f.File = name
		}
		return f
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		if err = pathErr.Err; name == "" && fs.ValidPath(pathErr.Path) {
			return r.whole(pathErr.Path, "the folder cannot be read: %v", err)
		}
	}
	return r.whole(name, "the file cannot be read: %v", err)
}

// Installed is a package in node_modules.
type Installed struct {
	Dir   string // slash path from the root of the repository
	Files fs.FS
	JSON  []byte // its package.json
}

// Installed finds a package as a file of a workspace would: in the node_modules of its folder,
// and of those above it.
func (r *Repo) Installed(from, name string) (*Installed, bool) {
	for dir := from; ; dir = path.Dir(dir) {
		at := path.Join(dir, "node_modules", name)
		v, ok := r.packages.Load(at)
		if !ok {
			var found *Installed
			if data, err := fs.ReadFile(r.fsys, path.Join(at, "package.json")); err == nil {
				if sub, err := fs.Sub(r.fsys, at); err == nil {
					found = &Installed{Dir: at, Files: sub, JSON: data}
				}
			}
			v, _ = r.packages.LoadOrStore(at, found)
		}
		if p := v.(*Installed); p != nil {
			return p, true
		}
		if dir == "." {
			return nil, false
		}
	}
}
