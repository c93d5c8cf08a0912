package changelog

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Import is a place that names a package in quotes: an import, an import(), a require, a mock.
type Import struct {
	File string `json:"file"` // slash path from the root
	Line int    `json:"line"` // 1-based, of the first one in the file
}

// maxSource is the size up to which a file is searched.
const maxSource = 2 << 20

// Importers finds the source files below folders that import packages or their subpaths: by name,
// sorted by file. Installed packages, build output and files that cannot be read are left out.
func Importers(fsys fs.FS, dirs []string, names []string) map[string][]Import {
	wanted := make(map[string]bool, len(names))
	for _, name := range names {
		wanted[name] = true
	}
	found := map[string][]Import{}
	done := map[string]bool{}
	for _, dir := range dirs {
		_ = fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				if d != nil && d.IsDir() {
					return fs.SkipDir
				}
				return nil
			case d.IsDir():
				if done[name] {
					return fs.SkipDir
				}
				done[name] = true
				switch d.Name() {
				case "node_modules", ".git", ".yarn", "dist", "dist-types", "coverage":
					return fs.SkipDir
				}
				return nil
			case !isSource(name) || !d.Type().IsRegular():
				return nil
			}
			src, err := fs.ReadFile(fsys, name)
			if err != nil || len(src) > maxSource {
				return nil //nolint:nilerr // a file that cannot be read imports nothing that is known
			}
			for pkg, line := range imported(src, wanted) {
				found[pkg] = append(found[pkg], Import{name, line})
			}
			return nil
		})
	}
	for _, list := range found {
		slices.SortFunc(list, func(a, b Import) int { return strings.Compare(a.File, b.File) })
	}
	return found
}

func isSource(name string) bool {
	switch path.Ext(name) {
	case ".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs":
		return true
	}
	return false
}

// imported are the wanted packages that a source names in quotes, and the line of the first time.
func imported(src []byte, wanted map[string]bool) map[string]int {
	var found map[string]int
	line, counted := 1, 0
	for at := 0; at < len(src); {
		i := bytes.IndexAny(src[at:], "'\"`")
		if i < 0 {
			break
		}
		start := at + i + 1
		end := start
		for end < len(src) && src[end] != src[start-1] && src[end] != '\n' && end-start <= 300 {
			end++
		}
		at = start
		if end == len(src) || src[end] != src[start-1] {
			continue
		}
		pkg := packageOf(string(src[start:end]))
		if !wanted[pkg] {
			continue
		}
		line += bytes.Count(src[counted:start], []byte("\n"))
		counted = start
		if found == nil {
			found = map[string]int{}
		}
		if _, ok := found[pkg]; !ok {
			found[pkg] = line
		}
		at = end + 1
	}
	return found
}

// packageOf is the package that a module specifier is of.
func packageOf(specifier string) string {
	parts := 1
	if strings.HasPrefix(specifier, "@") {
		parts = 2
	}
	end := 0
	for range parts {
		i := strings.IndexByte(specifier[end:], '/')
		if i < 0 {
			return specifier
		}
		end += i + 1
	}
	return specifier[:end-1]
}
