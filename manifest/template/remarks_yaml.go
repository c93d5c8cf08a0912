package template

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// comments merges comments: those that the template took out go where they still stand as they
// did, and those that it added come where the key or comment beside them is. What has no place
// is a note.
func (m *yamlMerge) comments(b, o, t []byte) {
	m.dropComments(b, t)
	for _, block := range newComments(b, o, t, m.ours.Source()) {
		if m.insertComment(t, block) {
			continue
		}
		m.out.notes = append(m.out.notes, fmt.Sprintf("a comment that the template has now, at its line %d, has no place here", block.From))
	}
}

func isComment(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "#") }

// newComments are the runs of lines with comments that the template has, that the app did not
// take out, and that a merge does not have.
func newComments(b, o, t, merged []byte) []Lines {
	var out []Lines
	has := func(src []byte, line string) bool {
		for l := range strings.Lines(string(src)) {
			if strings.Contains(l, line) {
				return true
			}
		}
		return false
	}
	n := 0
	for l := range strings.Lines(string(t)) {
		n++
		line := strings.TrimSpace(l)
		if !isComment(line) || has(b, line) && !has(o, line) || has(merged, line) {
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].To == n-1 {
			out[last].To = n
			continue
		}
		out = append(out, Lines{n, n})
	}
	return out
}

// dropComments takes runs of comments out that the template took out, if the app has them whole.
func (m *yamlMerge) dropComments(b, t []byte) {
	kept := map[string]bool{}
	for l := range strings.Lines(string(t)) {
		kept[strings.TrimSpace(l)] = true
	}
	var run []string
	drop := func() {
		if len(run) > 0 {
			m.dropRun(run)
		}
		run = nil
	}
	for l := range strings.Lines(string(b)) {
		line := strings.TrimSpace(l)
		if isComment(line) && !kept[line] {
			run = append(run, line)
			continue
		}
		if !isComment(line) {
			drop()
		}
	}
	drop()
}

func (m *yamlMerge) dropRun(run []string) {
	src := m.ours.Source()
	lines := strings.SplitAfter(string(src), "\n")
	found := -1
	for i := 0; i+len(run) <= len(lines); i++ {
		if slices.EqualFunc(lines[i:i+len(run)], run, func(l, want string) bool { return strings.TrimSpace(l) == want }) {
			if found >= 0 {
				return
			}
			found = i
		}
	}
	if found >= 0 {
		m.reword(strings.Join(slices.Concat(lines[:found], lines[found+len(run):]), ""))
	}
}

// reword takes a text that differs in comments alone; false if it does not.
func (m *yamlMerge) reword(src string) bool {
	doc, err := yamledit.Parse(m.ours.File(), []byte(src))
	if err != nil {
		return false
	}
	var before, after any
	if m.ours.Root().Decode(&before) != nil || doc.Root().Decode(&after) != nil || !reflect.DeepEqual(before, after) {
		return false
	}
	m.ours = doc
	return true
}

// member is a key of a YAML file.
type member struct {
	path     []string
	column   int // of the key
	from, to int // lines, from 0
	value    yamledit.Value
}

// members are the keys of a file, outer ones first.
func members(doc *yamledit.Doc) []member {
	x := text.NewIndex(doc.Source())
	var out []member
	var walk func(v yamledit.Value, at []string)
	walk = func(v yamledit.Value, at []string) {
		switch v.Kind() {
		case yamledit.Mapping:
			for k := range v.Members() {
				here := append(slices.Clone(at), k.Name)
				end := max(k.NameSpan.End, k.Value.Span().End)
				out = append(out, member{here, k.NameSpan.Start - text.LineStart(doc.Source(), k.NameSpan.Start), x.Line(k.NameSpan.Start) - 1, x.Line(end-1) - 1, k.Value})
				walk(k.Value, here)
			}
		case yamledit.Sequence:
			i := 0
			for e := range v.Elements() {
				walk(e, append(slices.Clone(at), itoa(i)))
				i++
			}
		}
	}
	walk(doc.Root(), nil)
	return out
}

// insertComment puts the lines of a comment of the template's where they belong; false if there
// is no such place.
func (m *yamlMerge) insertComment(t []byte, block Lines) bool {
	theirs := strings.Split(strings.ReplaceAll(string(t), "\r\n", "\n"), "\n")
	keys, mine := members(m.theirs), members(m.ours)
	body := theirs[block.From-1 : block.To]
	column := len(body[0]) - len(strings.TrimLeft(body[0], " "))
	find := func(at []string) (member, bool) {
		i := slices.IndexFunc(mine, func(k member) bool { return slices.Equal(k.path, at) })
		if i < 0 || slices.ContainsFunc(at, isIndex) {
			return member{}, false
		}
		return mine[i], true
	}
	// What follows it.
	if next := block.To; next < len(theirs) && strings.TrimSpace(theirs[next]) != "" {
		for _, k := range keys {
			if k.from != next || k.column != column {
				continue
			}
			at, ok := find(k.path)
			return ok && m.putComment(body, at.from, at.column)
		}
		if at, indent := m.lineLike(theirs[next]); at >= 0 {
			return m.putComment(body, at, indent)
		}
	}
	// What stands before it.
	before := block.From - 2
	for before >= 0 && strings.TrimSpace(theirs[before]) == "" {
		before--
	}
	if before < 0 {
		return false
	}
	if isComment(theirs[before]) {
		if at, indent := m.lineLike(theirs[before]); at >= 0 {
			return m.putComment(body, at+1, indent)
		}
	}
	for _, k := range keys {
		switch {
		case k.to == before && k.column == column && !isComment(theirs[before]):
			if at, ok := find(k.path); ok {
				return m.putComment(body, at.to+1, at.column)
			}
		case k.from == before && k.column < column:
			at, ok := find(k.path)
			if !ok {
				continue
			}
			indent := at.column + 2
			for v := range at.value.Members() {
				indent = v.NameSpan.Start - text.LineStart(m.ours.Source(), v.NameSpan.Start)
				break
			}
			return m.putComment(body, at.from+1, indent)
		}
	}
	return false
}

func isIndex(s string) bool { return strings.Trim(s, "0123456789") == "" }

// lineLike is the one line that says the same as one of the template's, from 0, and how far it
// is indented; -1 if there is none, or more.
func (m *yamlMerge) lineLike(line string) (at, indent int) {
	at = -1
	for i, l := range strings.Split(string(m.ours.Source()), "\n") {
		if strings.TrimSpace(l) != strings.TrimSpace(line) {
			continue
		}
		if at >= 0 {
			return -1, 0
		}
		at, indent = i, len(l)-len(strings.TrimLeft(l, " "))
	}
	return at, indent
}

// putComment puts lines before a line of the app's, counted from 0, so that the first is indented
// by indent.
func (m *yamlMerge) putComment(body []string, at, indent int) bool {
	src := m.ours.Source()
	end := "\n"
	if bytes.Contains(src, []byte("\r\n")) {
		end = "\r\n"
	}
	lines := strings.SplitAfter(string(src), "\n")
	if last := len(lines) - 1; at > last && lines[last] != "" {
		lines[last] += end
	}
	at = min(at, len(lines))
	column := len(body[0]) - len(strings.TrimLeft(body[0], " "))
	var add []string
	for _, l := range body {
		own := len(l) - len(strings.TrimLeft(l, " "))
		add = append(add, strings.Repeat(" ", max(0, indent+own-column))+strings.TrimLeft(l, " ")+end)
	}
	return m.reword(strings.Join(slices.Concat(lines[:at], add, lines[at:]), ""))
}
