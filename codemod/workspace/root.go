package workspace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/jsonedit"
)

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
	fsys := os.DirFS(dir)
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
