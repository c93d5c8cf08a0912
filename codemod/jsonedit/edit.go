package jsonedit

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tailscale/hujson"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// Set plans that the value at path is value, which is JSON text. An existing value is
// replaced in place; if it is already equal, there are no edits. A missing member is added at
// the end of its object, and missing objects on the way are made; at the top of the file, the
// dependency fields of package.json get their conventional place. An object or array is laid
// out like the file. Elements of arrays (decimal indices) can be replaced, not added.
func (d *Doc) Set(value string, path ...string) ([]text.Edit, error) {
	manual := fmt.Sprintf("In %s, set %s to %s.", d.file, pathText(path), value)
	want, err := decode([]byte(value))
	if err != nil {
		return nil, d.refuse("invalid-value", text.Span{}, manual, "%s is not JSON: %v", value, err)
	}
	at, depth, err := d.walk(manual, path)
	if err != nil {
		return nil, err
	}
	if depth == len(path) {
		return d.replace(at, value, want, manual, path)
	}
	obj, ok := at.object()
	if !ok {
		return nil, d.notObject(at, manual, path[:depth])
	}
	index := len(obj.Members)
	if depth == 0 {
		index = conventional(obj, path[0])
	}
	return d.insert(at, obj, index, value, want, manual, path, depth)
}

// SetDependency plans that the dependency name in the dependency field (such as
// "devDependencies") of a package.json has the specifier spec. An existing specifier is
// replaced in place. A new dependency goes to its sorted place; where the field is not
// sorted, beside the name that is most like it. A missing field is made in its conventional
// place.
func (d *Doc) SetDependency(field, name, spec string) ([]text.Edit, error) {
	value, path := quote(spec), []string{field, name}
	manual := fmt.Sprintf("In %s, add %s: %s to %s.", d.file, quote(name), value, quote(field))
	at, depth, err := d.walk(manual, path)
	if err != nil {
		return nil, err
	}
	want := &node{scalar: value}
	if depth == len(path) {
		return d.replace(at, value, want, manual, path)
	}
	obj, ok := at.object()
	if !ok {
		return nil, d.notObject(at, manual, path[:depth])
	}
	var index int
	if depth == 0 {
		index = conventional(obj, field)
	} else {
		index = place(obj, name)
	}
	return d.insert(at, obj, index, value, want, manual, path, depth)
}

// ReplaceString plans that the string whose span, quotes included, is at becomes s.
func (d *Doc) ReplaceString(at text.Span, s string) ([]text.Edit, error) {
	manual := fmt.Sprintf("In %s, replace the string by %s.", d.file, quote(s))
	path, v := d.pathTo(at)
	if v.Kind() != String {
		return nil, d.refuse("no-such-value", at, manual, "there is no string value here")
	}
	if _, _, err := d.walk(manual, path); err != nil {
		return nil, err
	}
	return d.replace(v, quote(s), &node{scalar: quote(s)}, manual, path)
}

// Remove plans that the member at path is gone. If it is not there, there are no edits. An
// object left without members stays, as {}.
func (d *Doc) Remove(path ...string) ([]text.Edit, error) { return d.Prune(len(path), path...) }

// Prune is Remove, and also takes away the objects on the path that are left without
// members, except the first keep ones of the path: Prune(0, "resolutions", "x") removes
// "resolutions" too if "x" was all it had.
func (d *Doc) Prune(keep int, path ...string) ([]text.Edit, error) {
	manual := fmt.Sprintf("In %s, delete %s.", d.file, pathText(path))
	at, depth, err := d.walk(manual, path)
	if err != nil {
		return nil, err
	}
	if depth < len(path) {
		if k := at.Kind(); k != Object && k != Array && depth > 0 {
			return nil, d.notObject(at, manual, path[:depth])
		}
		return nil, nil
	}
	if len(path) == 0 {
		return nil, d.refuse("no-safe-place", text.Span{}, manual, "the value of the whole file cannot be removed")
	}
	parent, _ := d.Lookup(path[:len(path)-1]...)
	for len(path)-1 > keep && parent.Len() == 1 {
		path = path[:len(path)-1]
		parent, _ = d.Lookup(path[:len(path)-1]...)
	}
	obj, ok := parent.object()
	if !ok {
		return nil, d.notObject(parent, manual, path[:len(path)-1])
	}
	i, _ := find(obj, path[len(path)-1])
	var gone text.Span
	switch {
	case len(obj.Members) == 1:
		gone = text.Span{Start: parent.Span().Start + 1, End: parent.Span().End - 1}
	case i < len(obj.Members)-1:
		gone = text.Span{Start: d.base + obj.Members[i].Name.StartOffset, End: d.base + obj.Members[i+1].Name.StartOffset}
	default:
		gone = text.Span{Start: d.base + obj.Members[i-1].Value.EndOffset, End: d.base + obj.Members[i].Value.EndOffset}
	}
	edits := []text.Edit{text.Delete(gone)}
	return d.prove(edits, manual, func(before, after *node) bool {
		return before.remove(path) && before.equal(after)
	})
}

// walk follows path as far as it exists, and refuses duplicate keys on it.
func (d *Doc) walk(manual string, path []string) (at Value, depth int, err error) {
	at = d.Root()
	for _, name := range path {
		if obj, ok := at.object(); ok {
			if i, n := find(obj, name); n > 1 {
				span := Value{d, &obj.Members[i].Name}.Span()
				return Value{}, 0, d.refuse("duplicate-key", span, manual,
					"%s is there %d times in one object, and only the last one counts", quote(name), n)
			}
		}
		next := at.Get(name)
		if next.Kind() == Missing {
			return at, depth, nil
		}
		at = next
		depth++
	}
	return at, depth, nil
}

// pathTo is the path of the value with a span.
func (d *Doc) pathTo(span text.Span) ([]string, Value) {
	var path []string
	at := d.Root()
	for at.Kind() != Missing && at.Span() != span {
		var next Value
		for m := range at.Members() {
			if m.Value.Span().Contains(span) {
				next = m.Value
				path = append(path, m.Name)
			}
		}
		i := 0
		for e := range at.Elements() {
			if e.Span().Contains(span) {
				next = e
				path = append(path, fmt.Sprint(i))
			}
			i++
		}
		at = next
	}
	return path, at
}

// replace puts value in the place of at.
func (d *Doc) replace(at Value, value string, want *node, manual string, path []string) ([]text.Edit, error) {
	span := at.Span()
	if have, err := decode(d.src[span.Start:span.End]); err == nil && have.equal(want) {
		return nil, nil
	}
	if at.Kind() == Object || at.Kind() == Array {
		multi := bytes.IndexByte(d.src[span.Start:span.End], '\n') >= 0 || at.Len() == 0 && d.multiLine(path[:max(0, len(path)-1)])
		value = d.layout(want, value, text.Indent(d.src, span.Start), multi)
	} else {
		value = d.layout(want, value, text.Indent(d.src, span.Start), len(path) > 0 && d.multiLine(path[:len(path)-1]))
	}
	edits := []text.Edit{trim(d.src, text.Replace(span, value))}
	return d.prove(edits, manual, func(before, after *node) bool {
		return before.set(path, want) && before.equal(after)
	})
}

// insert adds the member path[depth] to the object at, before its member index; path[depth+1:]
// are objects to be made around value.
func (d *Doc) insert(at Value, obj *hujson.Object, index int, value string, want *node, manual string, path []string, depth int) ([]text.Edit, error) {
	for _, name := range slices.Backward(path[depth+1:]) {
		want = &node{kind: '{', names: []string{name}, values: []*node{want}}
		value = "{" + quote(name) + ":" + value + "}"
	}
	multi := d.multiLine(path[:depth])
	indent := text.Indent(d.src, at.Span().Start)
	if multi && len(obj.Members) > 0 {
		indent = text.Indent(d.src, d.base+obj.Members[0].Name.StartOffset)
	} else if multi {
		indent += d.step()
	}
	member := quote(path[depth]) + d.colon(obj, index) + d.layout(want, value, indent, multi)
	edits := []text.Edit{d.splice(at, obj, index, member, indent, multi)}
	return d.prove(edits, manual, func(before, after *node) bool {
		got := after.get(path[:depth+1])
		return got != nil && got.equal(want) && after.remove(path[:depth+1]) && after.equal(before)
	})
}

// splice is the edit that makes member, a name and its value, the member index of an object.
func (d *Doc) splice(at Value, obj *hujson.Object, index int, member, indent string, multi bool) text.Edit {
	span, n := at.Span(), len(obj.Members)
	if n == 0 {
		inside := text.Span{Start: span.Start + 1, End: span.End - 1}
		if multi {
			eol := text.EOL(d.src)
			return text.Replace(inside, eol+indent+member+eol+text.Indent(d.src, span.Start))
		}
		pad := string(d.src[inside.Start:inside.End])
		return text.Insert(inside.End, member+pad)
	}
	comma := ","
	if n > 1 {
		comma = string(obj.Members[0].Value.AfterExtra) + ","
	}
	if index < n {
		return text.Insert(d.base+obj.Members[index].Name.StartOffset, member+comma+d.gap(obj, max(index, 1)))
	}
	return text.Insert(d.base+obj.Members[n-1].Value.EndOffset, comma+d.gap(obj, n-1)+member)
}

// gap is the white space to write between a comma and the name of the member at index.
func (d *Doc) gap(obj *hujson.Object, index int) string {
	if len(obj.Members) == 1 {
		lead := string(obj.Members[0].Name.BeforeExtra)
		if lead == "" && len(obj.Members[0].Value.BeforeExtra) > 0 {
			return " "
		}
		return oneNewline(lead)
	}
	return oneNewline(string(obj.Members[index].Name.BeforeExtra))
}

// oneNewline drops blank lines from white space.
func oneNewline(s string) string {
	i := strings.LastIndexByte(s, '\n')
	if i < 0 {
		return s
	}
	if i > 0 && s[i-1] == '\r' {
		i--
	}
	return s[i:]
}

// colon is the colon with the white space that the neighbours of a new member have around it.
func (d *Doc) colon(obj *hujson.Object, index int) string {
	if len(obj.Members) == 0 {
		root, ok := d.Root().object()
		if !ok || len(root.Members) == 0 {
			return ": "
		}
		obj, index = root, 0
	}
	m := &obj.Members[min(index, len(obj.Members)-1)]
	s := string(m.Name.AfterExtra) + ":" + string(m.Value.BeforeExtra)
	if strings.ContainsAny(s, "\r\n") {
		return ": "
	}
	return s
}

// multiLine reports whether the members of the object at path are on lines of their own; an
// empty one is taken to be like its parent.
func (d *Doc) multiLine(path []string) bool {
	for ; ; path = path[:len(path)-1] {
		v, _ := d.Lookup(path...)
		if v.Len() > 0 {
			s := v.Span()
			first := s.End
			for m := range v.Members() {
				first = m.NameSpan.Start
				break
			}
			for e := range v.Elements() {
				first = e.Span().Start
				break
			}
			if v.Len() > 1 {
				if o, ok := v.object(); ok {
					last := &o.Members[len(o.Members)-1].Name
					return bytes.IndexByte(d.src[d.base+last.StartOffset-len(last.BeforeExtra):d.base+last.StartOffset], '\n') >= 0 ||
						bytes.IndexByte(o.Members[0].Value.AfterExtra, '\n') >= 0
				}
			}
			return bytes.IndexByte(d.src[s.Start:first], '\n') >= 0
		}
		if len(path) == 0 {
			return true
		}
	}
}

// step is one level of indentation: that of the file's first member.
func (d *Doc) step() string {
	if o, ok := d.Root().object(); ok && len(o.Members) > 0 {
		lead := string(o.Members[0].Name.BeforeExtra)
		if i := strings.LastIndexByte(lead, '\n'); i >= 0 && i+1 < len(lead) {
			return lead[i+1:]
		}
	}
	return "  "
}

// trim takes what does not change off both ends of a replacement.
func trim(src []byte, e text.Edit) text.Edit {
	old := src[e.Start:e.End]
	if bytes.IndexByte(old, '\n') < 0 {
		return e
	}
	n := 0
	for n < len(old) && n < len(e.New) && old[n] == e.New[n] {
		n++
	}
	for n > 0 && n < len(e.New) && !utf8.RuneStart(e.New[n]) {
		n--
	}
	old, e.New, e.Start = old[n:], e.New[n:], e.Start+n
	n = 0
	for n < len(old) && n < len(e.New) && old[len(old)-1-n] == e.New[len(e.New)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(e.New[len(e.New)-n]) {
		n--
	}
	e.New, e.End = e.New[:len(e.New)-n], e.End-n
	return e
}

func (d *Doc) refuse(code string, span text.Span, manual, format string, args ...any) error {
	e := diag.Errorf(code, format, args...)
	e.Manual = manual
	return e.At(d.file, d.src, span)
}

func (d *Doc) notObject(v Value, manual string, path []string) error {
	what := "the file"
	if len(path) > 0 {
		what = pathText(path)
	}
	return d.refuse("not-an-object", v.Span(), manual, "%s is %s, not an object", what, v.Kind())
}

// pathText shows a path to people: "scripts" > "build".
func pathText(path []string) string {
	names := make([]string, len(path))
	for i, name := range path {
		names[i] = quote(name)
	}
	return strings.Join(names, " > ")
}
