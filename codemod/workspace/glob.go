package workspace

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Limits of the walk: no real pattern comes near them.
const (
	maxDepth    = 24   // folders below the start of a "**"
	maxPatterns = 1000 // that the braces of one pattern may stand for
)

// expand lists the folders below dir that workspace patterns name, sorted, without those that
// have no package.json. The rules are those that yarn, npm and pnpm have in common: a pattern
// names folders; "*" and "?" match within one segment, "**" any number of segments, [a-z] a
// class, {a,b} either; a leading "./" and a trailing "/" mean nothing; "!" in front takes
// folders away again that earlier patterns named. Segments that begin with a dot match only
// where the pattern has the dot. node_modules is never entered.
//
// unknown are the indices of the patterns of another form, which name nothing.
func expand(fsys fs.FS, dir string, patterns []string) (dirs []string, unknown []int) {
	found := map[string]bool{}
	for i, pattern := range patterns {
		glob, negated := strings.CutPrefix(pattern, "!")
		alternatives, ok := braces(strings.TrimSpace(glob))
		if ok {
			for _, alternative := range alternatives {
				ok = ok && expandOne(fsys, dir, alternative, negated, found)
			}
		}
		if !ok {
			unknown = append(unknown, i)
		}
	}
	for d := range found {
		dirs = append(dirs, d)
	}
	slices.Sort(dirs)
	return dirs, unknown
}

func expandOne(fsys fs.FS, dir, pattern string, negated bool, found map[string]bool) bool {
	segments, ok := segmentsOf(pattern)
	if !ok {
		return false
	}
	if negated {
		for d := range found {
			rel := strings.TrimPrefix(d, dir+"/")
			if matches(segments, strings.Split(rel, "/")) {
				delete(found, d)
			}
		}
		return true
	}
	(&walker{fsys, found, map[step]bool{}}).walk(dir, segments, 0)
	return true
}

// segmentsOf splits a pattern; false if it leaves the folder or has a form that is not known.
func segmentsOf(pattern string) ([]string, bool) {
	if strings.HasPrefix(pattern, "/") || strings.ContainsAny(pattern, "\\\x00") {
		return nil, false
	}
	var segments []string
	for s := range strings.SplitSeq(pattern, "/") {
		switch {
		case s == "" || s == ".":
			continue
		case s == "..":
			return nil, false
		case s == "**" && len(segments) > 0 && segments[len(segments)-1] == "**":
			continue
		}
		if strings.ContainsAny(s, "()") {
			return nil, false
		}
		if _, err := path.Match(classes(s), ""); err != nil {
			return nil, false
		}
		segments = append(segments, s)
	}
	return segments, true
}

// walker matches one pattern. It takes each step once, however many "**" the pattern has.
type walker struct {
	fsys  fs.FS
	found map[string]bool
	taken map[step]bool
}

// step is to match the last so many segments of the pattern against what is in dir.
type step struct {
	dir  string
	left int
}

// walk adds the folders at or below dir that match the segments and have a package.json.
func (w *walker) walk(dir string, segments []string, depth int) {
	at := step{dir, len(segments)}
	if w.taken[at] {
		return
	}
	w.taken[at] = true
	if len(segments) == 0 {
		if dir != "." && !w.found[dir] {
			if _, err := fs.Stat(w.fsys, path.Join(dir, "package.json")); err == nil {
				w.found[dir] = true
			}
		}
		return
	}
	first, rest := segments[0], segments[1:]
	if !strings.ContainsAny(first, "*?[") {
		if !skipped(first) {
			w.walk(path.Join(dir, first), rest, depth)
		}
		return
	}
	deep := first == "**"
	if deep {
		w.walk(dir, rest, depth)
		if depth >= maxDepth {
			return
		}
	}
	entries, err := fs.ReadDir(w.fsys, dir)
	if err != nil && len(entries) == 0 {
		return
	}
	for _, e := range entries {
		if !matchSegment(first, e.Name()) {
			continue
		}
		child := path.Join(dir, e.Name())
		switch {
		case e.IsDir() && deep:
			w.walk(child, segments, depth+1)
		case e.IsDir():
			w.walk(child, rest, depth)
		case e.Type()&fs.ModeSymlink != 0 && !deep:
			if info, err := fs.Stat(w.fsys, child); err == nil && info.IsDir() {
				w.walk(child, rest, depth)
			}
		}
	}
}

// skipped are the folders that hold other people's packages.
func skipped(name string) bool { return name == "node_modules" || name == ".git" || name == ".yarn" }

// matches reports whether the segments of a pattern match those of a path.
func matches(pattern, name []string) bool {
	if len(pattern) == 0 {
		return len(name) == 0
	}
	if pattern[0] == "**" {
		return matches(pattern[1:], name) || len(name) > 0 && matchSegment("**", name[0]) && matches(pattern, name[1:])
	}
	return len(name) > 0 && matchSegment(pattern[0], name[0]) && matches(pattern[1:], name[1:])
}

func matchSegment(pattern, name string) bool {
	if skipped(name) || strings.HasPrefix(name, ".") && !strings.HasPrefix(pattern, ".") {
		return false
	}
	ok, err := path.Match(classes(pattern), name)
	return err == nil && ok
}

// classes writes the negation of a class as package path does.
func classes(pattern string) string { return strings.ReplaceAll(pattern, "[!", "[^") }

var errTooMany = errors.New("too many alternatives")

// braces writes {a,b} out. False if the braces do not pair or stand for too much.
func braces(pattern string) ([]string, bool) {
	done, err := expandBraces(pattern, 0)
	return done, err == nil
}

func expandBraces(pattern string, depth int) ([]string, error) {
	open := strings.IndexByte(pattern, '{')
	if open < 0 {
		if strings.IndexByte(pattern, '}') >= 0 {
			return nil, errors.New("unpaired brace")
		}
		return []string{pattern}, nil
	}
	var parts []string
	level, start, end := 0, open+1, -1
	for i := open; i < len(pattern) && end < 0; i++ {
		switch c := pattern[i]; {
		case c == '{':
			level++
		case c == '}':
			if level--; level == 0 {
				parts, end = append(parts, pattern[start:i]), i
			}
		case c == ',' && level == 1:
			parts, start = append(parts, pattern[start:i]), i+1
		}
	}
	if end < 0 || len(parts) < 2 || depth > 10 {
		return nil, errors.New("unpaired brace")
	}
	var all []string
	for _, part := range parts {
		expanded, err := expandBraces(pattern[:open]+part+pattern[end+1:], depth+1)
		if err != nil {
			return nil, err
		}
		if all = append(all, expanded...); len(all) > maxPatterns {
			return nil, errTooMany
		}
	}
	return all, nil
}
