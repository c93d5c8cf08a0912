package template

import (
	"bytes"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

func itoa(n int) string { return strconv.Itoa(n) }

// packageOf is the folder of the workspace that a path of the template is in, "." for the root.
func packageOf(name string) string {
	if parts := strings.Split(name, "/"); len(parts) > 2 && (parts[0] == "packages" || parts[0] == "plugins") {
		return path.Join(parts[0], parts[1])
	}
	return "."
}

func isSource(name string) bool {
	switch path.Ext(name) {
	case ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts":
		return true
	}
	return false
}

// sources calls visit for each source file below a folder of the app, until it returns false.
func (m *merger) sources(folder string, visit func(name string, src []byte) bool) {
	_ = fs.WalkDir(m.over, folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fs.SkipDir // what cannot be read holds nothing
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist" || d.Name() == "dist-types" || d.Name() == ".git" || d.Name() == "coverage"):
			return fs.SkipDir
		case d.IsDir() || !d.Type().IsRegular() || !isSource(name):
			return nil
		}
		if info, err := d.Info(); err != nil || info.Size() > Limit {
			return nil //nolint:nilerr // as above
		}
		src, err := fs.ReadFile(m.over, name)
		if err == nil && !visit(name, src) {
			return fs.SkipAll
		}
		return nil
	})
}

// moved finds where the app has a source file of the template that is no longer at its place:
// the file of the same package that has most of its lines, at least half of them.
func (m *merger) moved(name string, b []byte) string {
	if !isSource(name) || len(b) == 0 {
		return ""
	}
	folder := packageOf(name)
	if folder == "." {
		return ""
	}
	want := map[string]bool{}
	for l := range strings.Lines(string(b)) {
		if l = strings.TrimSpace(l); len(l) > 3 {
			want[l] = true
		}
	}
	best, most := "", 0
	m.sources(folder, func(candidate string, src []byte) bool {
		if _, ofTemplate := m.base[candidate]; ofTemplate {
			return true
		}
		have := map[string]bool{}
		for l := range strings.Lines(string(src)) {
			if l = strings.TrimSpace(l); want[l] {
				have[l] = true
			}
		}
		if n := len(have); n > most && 2*n >= len(want) {
			best, most = candidate, n
		}
		return true
	})
	return best
}

// uses names a source or script of a package that speaks of a module; "" if none does.
func (m *merger) uses(folder, module string) string {
	found := ""
	quoted := func(src []byte) bool {
		for rest := src; ; {
			i := bytes.Index(rest, []byte(module))
			if i < 0 {
				return false
			}
			end := i + len(module)
			if i > 0 && strings.IndexByte("'\"`", rest[i-1]) >= 0 && end < len(rest) && strings.IndexByte("'\"`/", rest[end]) >= 0 {
				return true
			}
			rest = rest[end:]
		}
	}
	if folder == "." {
		return "" // the root has no sources of its own
	}
	m.sources(folder, func(name string, src []byte) bool {
		if quoted(src) {
			found = name
		}
		return found == ""
	})
	return found
}

// keepImported takes the removal of files back that a file of the app still imports, and says
// whether there was one.
func (m *merger) keepImported() (bool, error) {
	found := false
	for i := range m.result.Files {
		f := &m.result.Files[i]
		if f.Status != Deleted || !isSource(f.Path) {
			continue
		}
		stem := strings.TrimSuffix(f.Path, path.Ext(f.Path))
		by := ""
		m.sources(packageOf(f.Path), func(name string, src []byte) bool {
			if !bytes.Contains(src, []byte(path.Base(path.Dir(stem)))) && !bytes.Contains(src, []byte(path.Base(stem))) {
				return true
			}
			tree, err := tsx.Parse(src, tsx.DialectOf(name))
			if err != nil {
				return true
			}
			for _, imp := range tsx.Imports(tree) {
				if !strings.HasPrefix(imp.Module, ".") {
					continue
				}
				to := path.Join(path.Dir(name), imp.Module)
				if to == stem || to == f.Path || path.Join(to, "index") == stem {
					by = name
					return false
				}
			}
			return true
		})
		if by == "" {
			continue
		}
		if err := m.over.Write(f.Path, f.Ours); err != nil {
			return false, err
		}
		found = true
		f.Status, f.Why = Skipped, "the template no longer has it, but "+by+" imports it"
	}
	return found, nil
}
