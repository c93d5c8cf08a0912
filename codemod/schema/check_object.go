package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
)

func (c *checker) object(s *Schema, n *Node, path Path, deep Visibility) {
	for _, p := range s.Properties {
		v := n.Get(p.Name)
		if absent(v) && (v == nil || !inList(path)) {
			if p.Required {
				c.missing(p, n, path)
			}
			continue
		}
		c.value(p.Schema, v, down(path, p.Name), deep)
	}
	for _, m := range n.Members {
		if _, ok := s.own(m.Name); ok || absent(m.Value) && !inList(path) {
			continue
		}
		if sub, ok := s.further(m.Name); ok {
			c.value(sub, m.Value, down(path, m.Name), deep)
			continue
		}
		if c.known {
			continue
		}
		if _, ok := s.key(m.Name, 0); !ok {
			c.unknown(s, n, m, path)
		}
	}
}

// missing reports a required key that is not there, unless another file has it.
func (c *checker) missing(p Property, n *Node, path Path) {
	if c.opts.NoMissing {
		return
	}
	key := down(path, p.Name)
	if !inList(path) && c.all != nil && !absent(c.all.At(key...)) {
		return
	}
	c.report(Problem{
		Code: MissingKey, Severity: diag.Error, Path: key, Expected: p.Schema.TypeName(), Sources: p.Schema.Sources,
		Summary: fmt.Sprintf("%s is required, and is not there", key),
	}, n)
}

// absent reports whether there is nothing, or null.
func absent(n *Node) bool {
	return n == nil || n.Type == Null && n.From == ""
}

// further is the schema of a key that is not a property.
func (s *Schema) further(name string) (*Schema, bool) {
	for _, p := range s.Patterns {
		if p.matches(name) {
			return p.Schema, true
		}
	}
	return s.Rest, s.Rest != nil
}

func (c *checker) unknown(s *Schema, n *Node, m Member, path Path) {
	var free []string
	for _, name := range s.names() {
		if absent(n.Get(name)) {
			free = append(free, name)
		}
	}
	near := nearest(m.Name, free)
	closed := s.closed(0)
	if near == "" && !closed && (!c.opts.Unknown || len(s.names()) == 0) {
		return
	}
	key := down(path, m.Name)
	p := Problem{Code: UnknownKey, Severity: diag.Warning, Path: key, Near: near, Sources: s.Sources}
	switch {
	case near != "":
		p.Summary = fmt.Sprintf("%s is not known; %s is", key, down(path, near))
		p.Expected = near
	case closed:
		p.Summary = fmt.Sprintf("%s is not known, and %s has no other keys than %s", key, pathName(path), strings.Join(s.names(), ", "))
	default:
		p.Severity = diag.Note
		p.Summary = fmt.Sprintf("%s is not known", key)
	}
	p.File, p.Span, p.Pos = m.Value.File, m.Span, m.Pos
	c.out = append(c.out, p)
}

// closed reports whether there must not be further keys.
func (s *Schema) closed(depth int) bool {
	if s.Closed || depth > 8 {
		return s.Closed
	}
	for _, c := range s.Choices {
		all := len(c) > 0
		for _, a := range c {
			all = all && a.closed(depth+1)
		}
		if all {
			return true
		}
	}
	return false
}

func (c *checker) secrecy(s *Schema, n *Node, path Path, deep Visibility) {
	vis := s.Visibility
	if vis == "" {
		vis = deep
	}
	switch {
	case vis == Secret && n.Type == String && n.Known() && strings.TrimSpace(n.Text) != "" && n.Text != ":memory:":
		severity := diag.Warning
		if !namesSecret(path) {
			severity = diag.Note
		}
		c.report(Problem{
			Code: PlainSecret, Severity: severity, Path: path, Sources: s.Sources,
			Summary:  fmt.Sprintf("%s is a secret, and is written here in plain text", pathName(path)),
			Expected: "${" + EnvName(plainPath(path)) + "}",
		}, n)
	case vis == Frontend && slices.ContainsFunc(n.Vars(), looksSecret):
		c.report(Problem{
			Code: FrontendSecret, Severity: diag.Note, Path: path, Sources: s.Sources,
			Summary: fmt.Sprintf("%s is sent to browsers, and %s looks like a secret", pathName(path), strings.Join(n.Vars(), ", ")),
		}, n)
	}
}

// looksSecret reports whether a name is one that secrets have.
func looksSecret(name string) bool {
	name = strings.ToLower(name)
	for _, word := range [...]string{"secret", "password", "passwd", "private_key", "privatekey"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// namesSecret reports whether a key has the name of a secret. Schemas mark user names, files and
// connections as secret, too, which need not be one.
func namesSecret(path Path) bool {
	plain := plainPath(path)
	if len(plain) == 0 {
		return false
	}
	last := strings.ToLower(plain[len(plain)-1])
	if looksSecret(last) {
		return true
	}
	for _, word := range [...]string{"token", "key", "credential"} {
		if strings.HasSuffix(last, word) || strings.HasSuffix(last, word+"s") {
			return true
		}
	}
	return false
}

// plainPath is a path without the indices of lists.
func plainPath(path Path) Path {
	return slices.DeleteFunc(slices.Clone(path), func(name string) bool { return strings.HasPrefix(name, "[") })
}

// nearest is the name that a misspelt one is close to: the same but for case and separators, one
// letter away, or, if it is long and begins with the same letter, two. "" if there is none, or
// several as close.
func nearest(name string, names []string) string {
	best, distance, tie := "", 3, false
	for _, candidate := range names {
		d := editDistance(plainName(name), plainName(candidate), 3)
		if shorter := min(len(name), len(candidate)); d > 0 && (shorter < 4 || d > 1 && (shorter < 8 || name[0] != candidate[0])) {
			continue
		}
		switch {
		case d < distance:
			best, distance, tie = candidate, d, false
		case d == distance && d < 3:
			tie = true
		}
	}
	if tie {
		return ""
	}
	return best
}

func plainName(s string) string {
	return strings.ToLower(strings.Map(func(c rune) rune {
		if c == '-' || c == '_' {
			return -1
		}
		return c
	}, s))
}

// editDistance counts insertions, deletions, replacements and swaps of neighbours, up to a limit.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}
