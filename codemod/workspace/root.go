package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/jsonedit"
)

// Disk is the tree of files below a folder, as os.DirFS has it, for reading what anybody may have
// put there: what is neither file nor folder (a pipe would be waited for) and files beyond 64 MB
// are not read.
func Disk(dir string) fs.FS { return disk{os.DirFS(dir)} }

type disk struct{ fs.FS }

const maxFile = 64 << 20

func (d disk) Open(name string) (fs.File, error) {
	if err := d.readable("open", name); err != nil {
		return nil, err
	}
	return d.FS.Open(name)
}

func (d disk) ReadFile(name string) ([]byte, error) {
	if err := d.readable("read", name); err != nil {
		return nil, err
	}
	return fs.ReadFile(d.FS, name)
}

func (d disk) readable(op, name string) error {
	info, err := fs.Stat(d.FS, name)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular() && !info.IsDir():
		err = errors.New("it is not a regular file")
	case info.Size() > maxFile:
		err = fmt.Errorf("it is larger than %d MB", maxFile>>20)
	default:
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

func (d disk) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(d.FS, name) }
func (d disk) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(d.FS, name) }

// FindRoot is the root of the Backstage monorepo that dir, a path of the disk, is in: the
// nearest folder upwards whose package.json has workspaces and that has a backstage.json, or
// dependencies on @backstage packages in the root or a workspace. The result is absolute. A
// folder with a backstage.json and an invalid package.json counts: Load says what is wrong.
//
// The error is a *diag.Diagnostic that says what was looked for and where; if there is a
// monorepo below dir, it names it.
func FindRoot(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(start)
	if err != nil {
		return "", diag.Errorf("not-backstage", "there is no folder %s", dir)
	}
	if !info.IsDir() {
		start = filepath.Dir(start)
	}
	var near []string
	for at := start; ; {
		ok, why := isRoot(at)
		if ok {
			return at, nil
		}
		if why != "" {
			near = append(near, at+": "+why)
		}
		parent := filepath.Dir(at)
		if parent == at {
			break
		}
		at = parent
	}
	d := diag.Errorf("not-backstage", "%s is not in a Backstage monorepo", start)
	d.Detail = "Looked in it and every folder above for a package.json with workspaces, beside a backstage.json or with dependencies on @backstage packages."
	if len(near) > 0 {
		d.Detail += "\n" + strings.Join(near, "\n")
	}
	d.Manual = "Run batten inside a Backstage monorepo, or name it with --repo DIR."
	if below := rootsBelow(start); len(below) > 0 {
		d.Manual = "There is one in " + strings.Join(below, ", ") + ": name it with --repo " + below[0]
	}
	return "", d
}

// isRoot decides about one folder. why says what a folder with a package.json lacks.
func isRoot(dir string) (ok bool, why string) {
	fsys := Disk(dir)
	_, noRelease := fs.Stat(fsys, "backstage.json")
	p, err := readPackage(fsys, ".")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, ""
	case err != nil && noRelease == nil: // Load says what is wrong with package.json
		return true, ""
	case err != nil:
		for _, d := range diag.Of(err) {
			return false, d.Error()
		}
		return false, err.Error()
	}
	_, noPnpm := fs.Stat(fsys, pnpmFile)
	if p.Doc.Root().Get("workspaces").Kind() == jsonedit.Missing && noPnpm != nil {
		return false, "package.json has no workspaces"
	}
	if noRelease == nil || p.usesBackstage() {
		return true, ""
	}
	w, err := Load(fsys)
	if err != nil {
		return false, err.Error()
	}
	if slices.ContainsFunc(w.Packages, (*Package).usesBackstage) {
		return true, ""
	}
	return false, "neither backstage.json nor dependencies on @backstage packages"
}

func (p *Package) usesBackstage() bool {
	return slices.ContainsFunc(p.Deps, func(d Dep) bool { return strings.HasPrefix(d.Name, "@backstage/") })
}

// rootsBelow lists monorepos a few folders below dir, by their paths relative to it.
func rootsBelow(dir string) []string {
	const depth, most = 3, 2000
	var roots []string
	level, visited := []string{"."}, 0
	for range depth {
		var next []string
		for _, rel := range level {
			entries, err := os.ReadDir(filepath.Join(dir, rel))
			if err != nil {
				continue
			}
			for _, e := range entries {
				visited++
				if !e.IsDir() || skipped(e.Name()) || strings.HasPrefix(e.Name(), ".") || visited > most {
					continue
				}
				child := filepath.Join(rel, e.Name())
				if ok, _ := isRoot(filepath.Join(dir, child)); ok {
					roots = append(roots, child)
					continue
				}
				next = append(next, child)
			}
		}
		level = next
	}
	return roots
}
