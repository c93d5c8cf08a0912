package template

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/batten-dev/batten/codemod/merge3"
)

var bom = []byte("\ufeff")

// look says what is at a path, without following links on the way.
func (m *merger) look(name string) state {
	dir := "."
	parts := strings.Split(name, "/")
	for i, part := range parts {
		entries, ok := m.folders[dir]
		if !ok {
			entries, _ = m.over.ReadDir(dir) // a folder that cannot be read has nothing
			m.folders[dir] = entries
		}
		at := slices.IndexFunc(entries, func(e fs.DirEntry) bool { return e.Name() == part })
		switch {
		case at < 0 && sameName(entries, part) != "":
			return odd
		case at < 0:
			return absent
		case i == len(parts)-1 && entries[at].Type().IsRegular():
			return regular
		case i == len(parts)-1 || !entries[at].IsDir():
			return odd
		}
		dir = path.Join(dir, part)
	}
	return odd
}

// oddity says why what is at a path is not for merging, where look found something odd.
func (m *merger) oddity(name string) string {
	dir := "."
	parts := strings.Split(name, "/")
	for i, part := range parts {
		entries := m.folders[dir]
		at := slices.IndexFunc(entries, func(e fs.DirEntry) bool { return e.Name() == part })
		here := path.Join(dir, part)
		if at < 0 {
			if other := sameName(entries, part); other != "" {
				return "the app has " + path.Join(dir, other) + ", which is the same name where case does not count"
			}
			break
		}
		kind, last := entries[at].Type(), i == len(parts)-1
		switch {
		case kind&fs.ModeSymlink != 0 && last:
			return "it is a link in the app"
		case kind&fs.ModeSymlink != 0:
			return here + " is a link in the app"
		case kind.IsDir() && last:
			return "it is a folder in the app"
		case !kind.IsDir() && !last:
			return here + " is no folder in the app"
		}
		dir = here
	}
	return "it is no regular file in the app"
}

// sameName is another entry of a folder whose name differs in case alone.
func sameName(entries []fs.DirEntry, name string) string {
	for _, e := range entries {
		if e.Name() != name && strings.EqualFold(e.Name(), name) {
			return e.Name()
		}
	}
	return ""
}

// unfit says why contents cannot be merged as text; "" if they can.
func unfit(ours, base, theirs []byte) string {
	switch {
	case merge3.Binary(ours) || merge3.Binary(base) || merge3.Binary(theirs):
		return "it is no text"
	case !utf8.Valid(ours):
		return "it is not UTF-8"
	case marked(ours):
		return "it has the marks of an earlier conflict in it"
	}
	return ""
}

// marked says whether a text has all three marks of a conflict, in their order.
func marked(src []byte) bool {
	marks := [...]string{"<<<<<<<", "=======", ">>>>>>>"}
	n := 0
	for l := range bytes.Lines(src) {
		if rest, ok := bytes.CutPrefix(l, []byte(marks[n])); ok && (len(rest) == 0 || rest[0] <= ' ') {
			if n++; n == len(marks) {
				return true
			}
		}
	}
	return false
}
