package template

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/merge3"
)

// isIgnore says whether a file lists patterns of files to pass over.
func isIgnore(name string) bool {
	return strings.HasPrefix(path.Base(name), ".") && strings.HasSuffix(name, "ignore")
}

// mergeIgnore merges lists of patterns as sets: what the template took out goes, and what it added
// comes to the end, with its comments, unless the app has it. False if a pattern that takes others
// back (!) changed, as then the order counts.
func mergeIgnore(b, o, t []byte) (outcome, bool) {
	pattern := func(l string) string { return strings.Trim(strings.TrimSpace(l), "/") }
	in := func(src []byte) map[string]bool {
		out := map[string]bool{}
		for l := range strings.Lines(string(src)) {
			out[pattern(l)] = true
		}
		return out
	}
	base, ours, theirs := in(b), in(o), in(t)
	end := "\n"
	if strings.Contains(string(o), "\r\n") {
		end = "\r\n"
	}
	var out strings.Builder
	for l := range strings.Lines(string(o)) {
		p := pattern(l)
		if p != "" && !strings.HasPrefix(p, "#") && base[p] && !theirs[p] {
			if strings.HasPrefix(p, "!") {
				return outcome{}, false
			}
			continue
		}
		out.WriteString(l)
	}
	var group []string
	lacks := false
	flush := func() {
		if lacks {
			if s := out.String(); s != "" && !strings.HasSuffix(s, "\n") {
				out.WriteString(end)
			}
			if strings.TrimSpace(out.String()) != "" && !strings.HasSuffix(out.String(), end+end) {
				out.WriteString(end)
			}
			out.WriteString(strings.Join(group, end) + end)
		}
		group, lacks = nil, false
	}
	for l := range strings.Lines(string(t)) {
		p := pattern(l)
		if p == "" || base[p] {
			flush()
			continue
		}
		if strings.HasPrefix(p, "!") {
			return outcome{}, false
		}
		if ours[p] && !strings.HasPrefix(p, "#") {
			continue
		}
		group = append(group, strings.TrimRight(l, "\r\n"))
		lacks = lacks || !strings.HasPrefix(p, "#")
	}
	flush()
	return outcome{text: []byte(out.String()), how: "keys"}, true
}

var env = regexp.MustCompile(`^(\s*ENV\s+\w+)\s+([^=\s]+)\s*$`)

// plainForm is a line of a text that is no program: white space does not matter, nor the form of ENV in
// a Dockerfile.
func plainForm(l string) string {
	return strings.Join(strings.Fields(env.ReplaceAllString(l, "$1=$2")), " ")
}

// settled is a merge by lines in which conflicts are settled where one side only laid the text out in
// another way; false if one is left.
func settled(m *merge3.Result, b, o, t []byte) ([]byte, bool) {
	same := func(x, y []byte) bool {
		lines := func(src []byte) []string {
			var out []string
			for l := range strings.Lines(string(src)) {
				if l = plainForm(l); l != "" {
					out = append(out, l)
				}
			}
			return out
		}
		return slices.Equal(lines(x), lines(y))
	}
	var out []byte
	for _, h := range m.Hunks {
		base, mine, other := b[h.Base.Start:h.Base.End], o[h.Ours.Start:h.Ours.End], t[h.Theirs.Start:h.Theirs.End]
		switch {
		case h.Kind == merge3.Theirs, h.Kind == merge3.Conflict && same(base, mine):
			out = append(out, other...)
		case h.Kind == merge3.Conflict && !same(base, other):
			return nil, false
		default:
			out = append(out, mine...)
		}
	}
	return out, true
}
