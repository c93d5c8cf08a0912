package change

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

var (
	_ fs.ReadFileFS = (*Overlay)(nil)
	_ fs.ReadDirFS  = (*Overlay)(nil)
	_ fs.StatFS     = (*Overlay)(nil)
)

// ReadFile returns a copy of the planned content of name; without a plan, of the base's
// content when it was first read.
func (o *Overlay) ReadFile(name string) ([]byte, error) {
	if p, ok := o.plan[name]; ok {
		if p.after == nil {
			return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
		}
		return append([]byte{}, p.after...), nil
	}
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrInvalid}
	}
	content, err := o.seen.read(o.base, name)
	if err != nil {
		return nil, err
	}
	return append([]byte{}, content...), nil
}

// Stat describes name as planned. A planned file keeps its mode and time of the base.
func (o *Overlay) Stat(name string) (fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrInvalid}
	}
	if p, ok := o.plan[name]; ok {
		if p.after == nil {
			return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
		}
		return p.entry(name), nil
	}
	info, err := fs.Stat(o.base, name)
	if err != nil && errors.Is(err, fs.ErrNotExist) && o.plansBelow(name) {
		return dirInfo(path.Base(name)), nil
	}
	return info, err
}

// Open opens name as planned; see fs.FS.
func (o *Overlay) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if p, ok := o.plan[name]; ok {
		if p.after == nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		return &openFile{p.entry(name), bytes.NewReader(p.after)}, nil
	}
	if !o.plansBelow(name) {
		return o.base.Open(name)
	}
	info, err := o.Stat(name)
	if err != nil {
		return nil, err
	}
	list, err := o.ReadDir(name)
	if err != nil {
		return nil, err
	}
	return &openDir{info, name, list}, nil
}

// ReadDir lists the folder name as planned, sorted by file name.
func (o *Overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	if !o.plansBelow(name) {
		if p, ok := o.plan[name]; ok {
			if p.after == nil {
				return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
			}
			return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("is not a folder")}
		}
		return fs.ReadDir(o.base, name)
	}
	entries, err := fs.ReadDir(o.base, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	byName := map[string]fs.DirEntry{}
	for _, e := range entries {
		byName[e.Name()] = e
	}
	for file, p := range o.plan {
		rest, ok := below(name, file)
		if !ok {
			continue
		}
		first, _, deeper := strings.Cut(rest, "/")
		switch {
		case !deeper && p.after == nil:
			delete(byName, first)
		case !deeper:
			byName[first] = fs.FileInfoToDirEntry(p.entry(file))
		case p.after != nil && byName[first] == nil:
			byName[first] = fs.FileInfoToDirEntry(dirInfo(first))
		}
	}
	out := make([]fs.DirEntry, 0, len(byName))
	for _, e := range byName {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

// plansBelow reports whether a change is planned below the folder dir that shows in a list.
// A folder that is not in the base exists only while a file is planned in it.
func (o *Overlay) plansBelow(dir string) bool {
	removed := false
	for name, p := range o.plan {
		if _, ok := below(dir, name); ok {
			if p.after != nil {
				return true
			}
			removed = true
		}
	}
	if !removed {
		return false
	}
	_, err := fs.Stat(o.base, dir)
	return err == nil
}

// below is the path of name from the folder dir, if it is in it at any depth.
func below(dir, name string) (string, bool) {
	if dir == "." {
		return name, true
	}
	rest, ok := strings.CutPrefix(name, dir)
	if !ok || !strings.HasPrefix(rest, "/") {
		return "", false
	}
	return rest[1:], true
}

// fileInfo describes a planned file or folder.
type fileInfo struct {
	name string
	size int64
	mode fs.FileMode
	time time.Time
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return i.mode }
func (i fileInfo) ModTime() time.Time { return i.time }
func (i fileInfo) IsDir() bool        { return i.mode.IsDir() }
func (i fileInfo) Sys() any           { return nil }

func dirInfo(name string) fileInfo { return fileInfo{name: name, mode: fs.ModeDir | 0o755} }

func (p planned) entry(name string) fileInfo {
	i := fileInfo{name: path.Base(name), size: int64(len(p.after)), mode: newFileMode}
	if p.info != nil {
		i.mode, i.time = p.info.Mode(), p.info.ModTime()
	}
	return i
}

// openFile is a planned file, open.
type openFile struct {
	info fileInfo
	*bytes.Reader
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

// openDir is a folder with planned changes in it, open.
type openDir struct {
	info fs.FileInfo
	name string
	rest []fs.DirEntry
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *openDir) Close() error               { return nil }

func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: errors.New("is a folder")}
}

func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 || n >= len(d.rest) && len(d.rest) > 0 {
		out := d.rest
		d.rest = nil
		return out, nil
	}
	if len(d.rest) == 0 {
		return nil, io.EOF
	}
	out := d.rest[:n]
	d.rest = d.rest[n:]
	return out, nil
}
