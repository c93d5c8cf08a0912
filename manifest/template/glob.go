package template

import (
	"fmt"
	"path"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
)

// Globs choose files by their slash paths. "*" and "?" stay in a folder, "**" is any number of
// folders. A pattern without a slash is about the file's name in any folder; one that names a
// folder means all in it. No patterns choose every file.
type Globs []string

// Check refuses a pattern that is none.
func (g Globs) Check() error {
	for _, p := range g {
		for part := range strings.SplitSeq(p, "/") {
			if _, err := path.Match(part, ""); err != nil {
				d := diag.Errorf("invalid-glob", "%q is no pattern for files", p)
				d.Manual = "Write it as in packages/app/** or *.tsx."
				return d
			}
		}
		if p == "" || strings.HasPrefix(p, "/") || strings.HasPrefix(p, "../") {
			return diag.Errorf("invalid-glob", "%s", fmt.Sprintf("%q is no pattern for paths from the root", p))
		}
	}
	return nil
}

// Match says whether the globs choose a file.
func (g Globs) Match(name string) bool {
	if len(g) == 0 {
		return true
	}
	for _, p := range g {
		p = strings.TrimSuffix(strings.TrimPrefix(p, "./"), "/")
		if !strings.Contains(p, "/") {
			if ok, _ := path.Match(p, path.Base(name)); ok {
				return true
			}
		}
		if matchParts(strings.Split(p, "/"), strings.Split(name, "/")) {
			return true
		}
	}
	return false
}

func matchParts(pattern, parts []string) bool {
	switch {
	case len(pattern) == 0:
		return true // all that is below
	case pattern[0] == "**":
		return matchParts(pattern[1:], parts) || len(parts) > 0 && matchParts(pattern, parts[1:])
	case len(parts) == 0:
		return false
	}
	ok, _ := path.Match(pattern[0], parts[0])
	return ok && matchParts(pattern[1:], parts[1:])
}
