package npm

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Tree is the content of a package: a read-only fs.FS in memory. Files have mode 0644, or 0755
// if they were executable for anybody; folders 0755. Times are zero.
type Tree struct{ nodes map[string]*node }

// node is a file or, if it has entries, a folder.
type node struct {
	name    string // last element of the path
	mode    fs.FileMode
	content []byte
	entries []fs.DirEntry // sorted by name
}

type treeBuilder struct{ nodes map[string]*node }

func newTreeBuilder() treeBuilder {
	return treeBuilder{map[string]*node{".": {name: ".", mode: fs.ModeDir | 0o755}}}
}

// add puts a file in the tree. Of two files with the same path the last counts, as in tar.
func (b treeBuilder) add(name string, content []byte, executable fs.FileMode) error {
	mode := fs.FileMode(0o644)
	if executable != 0 {
		mode = 0o755
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if n := b.nodes[dir]; n == nil {
			b.nodes[dir] = &node{name: path.Base(dir), mode: fs.ModeDir | 0o755}
		} else if !n.IsDir() {
			return fmt.Errorf("%q is a file, and a folder of %q", dir, name)
		}
	}
	if n := b.nodes[name]; n != nil && n.IsDir() {
		return fmt.Errorf("%q is a file and a folder", name)
	}
	b.nodes[name] = &node{name: path.Base(name), mode: mode, content: content}
	return nil
}

func (b treeBuilder) tree() *Tree {
	for name, n := range b.nodes {
		if name != "." {
			parent := b.nodes[path.Dir(name)]
			parent.entries = append(parent.entries, fs.FileInfoToDirEntry(n))
		}
	}
	for _, n := range b.nodes {
		slices.SortFunc(n.entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
	return &Tree{b.nodes}
}

// File is a file to put in a Tree.
type File struct {
	Content []byte
	Mode    fs.FileMode // only whether it is executable counts
}

// NewTree makes a Tree of files by their paths.
func NewTree(files map[string]File) (*Tree, error) {
	b := newTreeBuilder()
	for name, file := range files {
		if !fs.ValidPath(name) || name == "." || strings.Contains(name, `\`) {
			return nil, fmt.Errorf("%q is no path", name)
		}
		if err := b.add(name, file.Content, file.Mode&0o111); err != nil {
			return nil, err
		}
	}
	return b.tree(), nil
}

// Files returns the paths of the files in the tree, sorted.
func (t *Tree) Files() []string {
	var names []string
	for name, n := range t.nodes {
		if !n.IsDir() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (t *Tree) find(op, name string) (*node, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	n := t.nodes[name]
	if n == nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return n, nil
}

// Open implements fs.FS.
func (t *Tree) Open(name string) (fs.File, error) {
	n, err := t.find("open", name)
	if err != nil {
		return nil, err
	}
	if n.IsDir() {
		return &openDir{node: n}, nil
	}
	return &openFile{n, bytes.NewReader(n.content)}, nil
}

// ReadFile implements fs.ReadFileFS. The caller may change what it returns.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	n, err := t.find("read", name)
	if err != nil {
		return nil, err
	}
	if n.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrInvalid}
	}
	return bytes.Clone(n.content), nil
}

// ReadDir implements fs.ReadDirFS.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := t.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if !n.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrInvalid}
	}
	return slices.Clone(n.entries), nil
}

// Stat implements fs.StatFS.
func (t *Tree) Stat(name string) (fs.FileInfo, error) {
	n, err := t.find("stat", name)
	if err != nil {
		return nil, err
	}
	return n, nil
}

func (n *node) Name() string       { return n.name }
func (n *node) Size() int64        { return int64(len(n.content)) }
func (n *node) Mode() fs.FileMode  { return n.mode }
func (n *node) ModTime() time.Time { return time.Time{} }
func (n *node) IsDir() bool        { return n.mode.IsDir() }
func (n *node) Sys() any           { return nil }

type openFile struct {
	node *node
	*bytes.Reader
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *openFile) Close() error               { return nil }

type openDir struct {
	node *node
	read int
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.node, nil }
func (d *openDir) Close() error               { return nil }
func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.node.name, Err: fs.ErrInvalid}
}

func (d *openDir) ReadDir(count int) ([]fs.DirEntry, error) {
	rest := d.node.entries[d.read:]
	if count > 0 {
		if len(rest) == 0 {
			return nil, io.EOF
		}
		rest = rest[:min(count, len(rest))]
	}
	d.read += len(rest)
	return slices.Clone(rest), nil
}
