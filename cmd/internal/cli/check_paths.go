package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/check"
)

// named says which findings lie in the files and folders of the arguments: all without any. A
// path is relative to the current folder, as a shell completes it, or absolute.
func (o *checkOptions) named(root string) (func(check.Finding) bool, error) {
	if len(o.paths) == 0 {
		return func(check.Finding) bool { return true }, nil
	}
	home, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, err
	}
	within := make([]string, len(o.paths)) // slash paths from the root, "." for all
	for i, name := range o.paths {
		path, err := filepath.Abs(name)
		if err == nil {
			path, err = filepath.EvalSymlinks(path)
		}
		if os.IsNotExist(err) {
			return nil, &usageError{"batten check", fmt.Errorf("there is no file or folder %q", name)}
		}
		if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(home, path)
		if err != nil || !filepath.IsLocal(rel) {
			return nil, &usageError{"batten check", fmt.Errorf("%q is not in the monorepo %s", name, root)}
		}
		within[i] = filepath.ToSlash(rel)
	}
	at := func(file string) bool {
		return file != "" && slices.ContainsFunc(within, func(dir string) bool {
			return dir == "." || file == dir || strings.HasPrefix(file, dir+"/")
		})
	}
	return func(f check.Finding) bool {
		return slices.Contains(within, ".") || at(f.File) || slices.ContainsFunc(f.Related, func(p check.Place) bool { return at(p.File) })
	}, nil
}
