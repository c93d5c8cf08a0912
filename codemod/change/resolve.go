package change

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/batten-dev/batten/codemod/diag"
)

// place is where the file of a path is on the disk once every symbolic link is followed.
type place struct {
	real string   // slash path from the root, without links
	full string   // the same for the operating system
	dirs []string // folders to make before the file can be, outermost first; slash paths from the root
}

// realRoot is root as an absolute path without links.
func realRoot(root string) (string, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	full, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(full)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", &fs.PathError{Op: "open", Path: root, Err: errors.New("is not a folder")}
	}
	return full, nil
}

// resolve finds the place of name, a slash path from root (a result of realRoot).
func resolve(root, name string) (place, *diag.Diagnostic) {
	refuse := func(code, manual, format string, args ...any) (place, *diag.Diagnostic) {
		d := diag.Errorf(code, format, args...)
		d.File, d.Manual = name, manual
		return place{}, d
	}
	if !fs.ValidPath(name) || name == "." || !filepath.IsLocal(filepath.FromSlash(name)) {
		return refuse("invalid-path", "", "%q is not a path of a file in the repository", name)
	}
	// The deepest part of the path that exists, and the rest.
	exists, rest := name, []string{}
	for exists != "." {
		_, err := os.Lstat(filepath.Join(root, filepath.FromSlash(exists)))
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			return refuse("unreadable", "", "%v", err)
		}
		rest = slices.Insert(rest, 0, path.Base(exists))
		exists = path.Dir(exists)
	}
	full, err := filepath.EvalSymlinks(filepath.Join(root, filepath.FromSlash(exists)))
	if errors.Is(err, fs.ErrNotExist) {
		return refuse("broken-link", "Mend or remove the symbolic link "+exists+".", "%s is a symbolic link that leads nowhere", exists)
	}
	if err != nil {
		return refuse("unreadable", "", "%v", err)
	}
	rel, err := filepath.Rel(root, full)
	if err != nil || !filepath.IsLocal(rel) {
		return refuse("link-outside", "Replace the symbolic link "+exists+" by what it points to, or make the change there by hand.",
			"%s leads out of the repository, to %s", exists, full)
	}
	p := place{real: filepath.ToSlash(rel), full: full}
	if len(rest) > 0 {
		info, err := os.Stat(full)
		if err != nil || !info.IsDir() {
			return refuse("not-a-folder", "Move "+exists+" away, or make it a folder.", "%s is not a folder, so %s cannot be in it", exists, name)
		}
	}
	for i, part := range rest {
		p.real = path.Join(p.real, part)
		if i < len(rest)-1 {
			p.dirs = append(p.dirs, p.real)
		}
	}
	p.full = filepath.Join(root, filepath.FromSlash(p.real))
	isGit := func(part string) bool { return strings.EqualFold(part, ".git") }
	if slices.ContainsFunc(strings.Split(p.real, "/"), isGit) || strings.HasPrefix(p.real+"/", journalOutsideGit+"/") {
		return refuse("invalid-path", "", "%s is not a file of the project: it belongs to git or to batten", name)
	}
	return p, nil
}

// found is what is on the disk at a place.
type found struct {
	content []byte      // nil if nothing is there
	info    fs.FileInfo // nil if nothing is there
}

// look reads the file at a place. It refuses what is not a regular file.
func look(name, full string) (found, *diag.Diagnostic) {
	refuse := func(code, manual, format string, args ...any) (found, *diag.Diagnostic) {
		d := diag.Errorf(code, format, args...)
		d.File, d.Manual = name, manual
		return found{}, d
	}
	info, err := os.Lstat(full)
	if errors.Is(err, fs.ErrNotExist) {
		return found{}, nil
	}
	if err != nil {
		return refuse("unreadable", "", "%v", err)
	}
	if !info.Mode().IsRegular() {
		return refuse("not-regular", "Move it away, or make the change by hand.", "%s is %s, not a file", name, describe(info.Mode()))
	}
	content, err := os.ReadFile(full)
	if err != nil {
		return refuse("unreadable", "", "%v", err)
	}
	if content == nil {
		content = []byte{}
	}
	return found{content, info}, nil
}

func describe(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// same reports whether two contents are equal; nil is the absence of a file.
func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }
