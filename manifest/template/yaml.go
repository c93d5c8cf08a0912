package template

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// yamlMerge merges three versions of a YAML file by key.
type yamlMerge struct {
	base, ours, theirs *yamledit.Doc
	out                outcome
	failed             bool
}

// mergeYAML merges a YAML file by key, comments kept; false if one of the three is no mapping,
// or has what yamledit does not edit.
func mergeYAML(name string, b, o, t []byte) (outcome, bool) {
	m := &yamlMerge{}
	for at, src := range map[**yamledit.Doc][]byte{&m.base: b, &m.ours: o, &m.theirs: t} {
		doc, err := yamledit.Parse(name, src)
		if err != nil || doc.Root().Kind() != yamledit.Mapping {
			return outcome{}, false
		}
		*at = doc
	}
	m.out.how = "keys"
	m.mapping(nil)
	if m.failed {
		return outcome{}, false
	}
	m.comments(b, o, t)
	m.out.text = m.ours.Source()
	for i := range m.out.clashes {
		c := &m.out.clashes[i]
		if v, ok := lookupYAML(o, name, strings.Split(c.Key, keySeparator)); ok {
			c.Ours = linesOf(o, v.Span())
		}
		c.Key = strings.ReplaceAll(c.Key, keySeparator, ".")
	}
	return m.out, true
}

func lookupYAML(src []byte, name string, at []string) (yamledit.Value, bool) {
	doc, err := yamledit.Parse(name, src)
	if err != nil {
		return yamledit.Value{}, false
	}
	return doc.Lookup(at...)
}

func sameYAML(a, b yamledit.Value) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	var x, y any
	if a.Kind() == yamledit.Missing {
		return true
	}
	return a.Decode(&x) == nil && b.Decode(&y) == nil && reflect.DeepEqual(x, y)
}

func (m *yamlMerge) mapping(at []string) {
	base, _ := m.base.Lookup(at...)
	theirs, _ := m.theirs.Lookup(at...)
	var names []string
	for v := range theirs.Members() {
		names = append(names, v.Name)
	}
	for v := range base.Members() {
		if !slices.Contains(names, v.Name) {
			names = append(names, v.Name)
		}
	}
	for _, name := range names {
		m.member(append(slices.Clone(at), name))
	}
}

func (m *yamlMerge) member(at []string) {
	b, _ := m.base.Lookup(at...)
	o, _ := m.ours.Lookup(at...)
	t, _ := m.theirs.Lookup(at...)
	mapping := func(v yamledit.Value) bool { return v.Kind() == yamledit.Mapping || v.Kind() == yamledit.Null }
	switch {
	case sameYAML(b, t), sameYAML(o, t):
	case t.Kind() == yamledit.Null && b.Kind() == yamledit.Missing && o.Kind() != yamledit.Missing:
	case mapping(b) && mapping(o) && t.Kind() == yamledit.Mapping, b.Kind() == yamledit.Missing && mapping(o) && t.Kind() == yamledit.Mapping:
		m.mapping(at)
	case b.Kind() == yamledit.Mapping && o.Kind() == yamledit.Mapping && t.Kind() == yamledit.Null:
		m.mapping(at)
	case sameYAML(o, b) && t.Kind() == yamledit.Missing:
		m.edit(m.ours.Remove(at...))
	case sameYAML(o, b) && b.Kind() == yamledit.Missing:
		m.edit(m.ours.Ensure(m.block(t, at), at[:len(at)-1]...))
	case sameYAML(o, b) && t.Kind() != yamledit.Mapping && t.Kind() != yamledit.Sequence && b.Kind() != yamledit.Mapping && b.Kind() != yamledit.Sequence && !strings.Contains(m.text(t), "\n"):
		m.edit(m.ours.Set(m.text(t), at...))
	case b.Kind() == yamledit.Sequence && o.Kind() == yamledit.Sequence && t.Kind() == yamledit.Sequence:
		m.sequence(at, b, o, t)
	case sameYAML(o, b):
		m.edit(m.ours.Remove(at...))
		m.edit(m.ours.Ensure(m.block(t, at), at[:len(at)-1]...))
	case o.Kind() == yamledit.Missing:
		m.out.notes = append(m.out.notes, "you took "+strings.Join(at, ".")+" out, which the template changed")
	case t.Kind() == yamledit.Missing:
		m.clash(at, "the template took this out, and you changed it")
	default:
		m.clash(at, "both changed this")
	}
}

// sequence merges sequences as sets.
func (m *yamlMerge) sequence(at []string, b, o, t yamledit.Value) {
	has := func(list, v yamledit.Value) bool {
		for e := range list.Elements() {
			if sameYAML(e, v) {
				return true
			}
		}
		return false
	}
	var gone []string
	i, lacking, taken, own := 0, 0, 0, 0
	for e := range o.Elements() {
		if has(b, e) && !has(t, e) {
			gone = append(gone, itoa(i))
		}
		if !has(b, e) {
			own++
		}
		i++
	}
	var added []yamledit.Value
	for e := range t.Elements() {
		if !has(b, e) && !has(o, e) {
			added = append(added, e)
		}
	}
	for e := range b.Elements() {
		if !has(t, e) {
			taken++
			if !has(o, e) {
				lacking++
			}
		}
	}
	switch {
	case lacking > 0 && own > 0 && taken == 1 && len(added) == 1:
		m.clash(at, "both changed an item of this list")
		return
	case lacking > 0 && lacking == taken && len(added) > 0:
		// Items that the app does not have became others, which it would not have either.
		m.out.notes = append(m.out.notes, "of "+strings.Join(at, ".")+", the template changed items that you took out or changed")
		return
	case lacking > 0 && len(added) > 0:
		m.clash(at, "both changed items of this list")
		return
	}
	for _, index := range slices.Backward(gone) {
		m.edit(m.ours.Remove(append(slices.Clone(at), index)...))
	}
	for _, e := range added {
		m.edit(m.ours.Append(m.item(e), at...))
	}
}

// item is an item of a sequence of the template's, with the comments directly above it.
func (m *yamlMerge) item(e yamledit.Value) string {
	src := m.theirs.Source()
	body := dedent(src, e.Span())
	line := text.LineStart(src, e.Span().Start)
	dash := string(src[line:e.Span().Start])
	indent := len(dash) - len(strings.TrimLeft(dash, " "))
	if strings.TrimSpace(dash) != "-" {
		return body
	}
	var above string
	for line > 0 {
		start := text.LineStart(src, line-1)
		l := strings.TrimRight(string(src[start:line]), "\r\n")
		if !isComment(l) || len(l)-len(strings.TrimLeft(l, " ")) != indent {
			break
		}
		above, line = l[indent:]+"\n"+above, start
	}
	return above + body
}

func (m *yamlMerge) text(v yamledit.Value) string {
	s := v.Span()
	return string(m.theirs.Source()[s.Start:s.End])
}

// block is a member of the template's file, with the comments directly above it.
func (m *yamlMerge) block(v yamledit.Value, at []string) string {
	src := m.theirs.Source()
	parent, _ := m.theirs.Lookup(at[:len(at)-1]...)
	for member := range parent.Members() {
		if member.Name != at[len(at)-1] {
			continue
		}
		start := text.LineStart(src, member.NameSpan.Start)
		indent := member.NameSpan.Start - start
		if len(bytes.TrimLeft(src[start:member.NameSpan.Start], " ")) > 0 {
			indent = -1 // in braces, or behind a dash
			start = member.NameSpan.Start
		}
		for indent >= 0 && start > 0 {
			above := text.LineStart(src, start-1)
			line := strings.TrimRight(string(src[above:start]), "\r\n")
			body := strings.TrimLeft(line, " ")
			if !strings.HasPrefix(body, "#") || len(line)-len(body) != indent {
				break
			}
			start = above
		}
		return dedent(src, text.Span{Start: start, End: v.Span().End}) + "\n"
	}
	return ""
}

// dedent is a part of a source without the indentation that its first line has; the part begins
// at a line or in it.
func dedent(src []byte, s text.Span) string {
	part := strings.ReplaceAll(string(src[s.Start:s.End]), "\r\n", "\n")
	body := strings.TrimLeft(part, " ")
	indent := len(part) - len(body)
	if line := text.LineStart(src, s.Start); line < s.Start {
		indent = s.Start - line
		part = strings.Repeat(" ", indent) + part
	}
	var out strings.Builder
	for l := range strings.Lines(part) {
		n := 0
		for n < indent && n < len(l) && (l[n] == ' ' || l[n] == '-' && n < indent) {
			n++
		}
		out.WriteString(l[n:])
	}
	return out.String()
}

func (m *yamlMerge) edit(edits []text.Edit, err error) {
	if err == nil {
		var src []byte
		if src, err = text.Apply(m.ours.Source(), edits); err == nil {
			var doc *yamledit.Doc
			if doc, err = yamledit.Parse(m.ours.File(), src); err == nil {
				m.ours = doc
				return
			}
		}
	}
	m.failed = true
}

func (m *yamlMerge) clash(at []string, why string) {
	lines := func(d *yamledit.Doc) Lines {
		for n := len(at); n > 0; n-- {
			v, ok := d.Lookup(at[:n]...)
			if !ok {
				continue
			}
			if n < len(at) {
				return linesOf(d.Source(), text.Span{Start: v.Span().Start, End: v.Span().Start})
			}
			return linesOf(d.Source(), v.Span())
		}
		return Lines{1, 0}
	}
	m.out.clashes = append(m.out.clashes, Clash{Key: strings.Join(at, keySeparator), Why: why, Base: lines(m.base), Ours: lines(m.ours), Theirs: lines(m.theirs)})
}
