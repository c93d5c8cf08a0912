package template

import (
	"encoding/json"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/registry/npmver"
)

var dependencyFields = []string{"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"}

// jsonMerge merges three versions of a JSON file by key.
type jsonMerge struct {
	base, ours, theirs *jsonedit.Doc
	pkg                bool // a package.json
	opts               MergeOptions
	out                outcome
	failed             bool
}

// mergeJSON merges a JSON file by key; false if one of the three is no JSON object.
func mergeJSON(name string, b, o, t []byte, opts MergeOptions) (outcome, bool) {
	m := &jsonMerge{pkg: path.Base(name) == "package.json", opts: opts}
	for at, src := range map[**jsonedit.Doc][]byte{&m.base: b, &m.ours: o, &m.theirs: t} {
		doc, err := jsonedit.Parse(name, src)
		if err != nil || doc.Root().Kind() != jsonedit.Object {
			return outcome{}, false
		}
		*at = doc
	}
	m.out.how = "keys"
	original := m.ours
	m.object(nil)
	m.out.text = m.ours.Source()
	for i := range m.out.clashes { // positions are those of the file as it is
		if v, ok := original.Lookup(strings.Split(m.out.clashes[i].Key, keySeparator)...); ok {
			m.out.clashes[i].Ours = linesOf(o, v.Span())
		}
		m.out.clashes[i].Key = strings.ReplaceAll(m.out.clashes[i].Key, keySeparator, ".")
	}
	return m.out, !m.failed
}

// keySeparator stands between the names of a path while it may have to be taken apart again.
const keySeparator = "\x00"

func decoded(v jsonedit.Value) any {
	var x any
	_ = v.Decode(&x) // a value of a parsed document
	return x
}

func sameJSON(a, b jsonedit.Value) bool {
	if a.Kind() == jsonedit.Missing || b.Kind() == jsonedit.Missing {
		return a.Kind() == b.Kind()
	}
	return a.Kind() == b.Kind() && reflect.DeepEqual(decoded(a), decoded(b))
}

// object merges the members of the objects at a path, which all three have.
func (m *jsonMerge) object(at []string) {
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

func (m *jsonMerge) member(at []string) {
	b, _ := m.base.Lookup(at...)
	o, _ := m.ours.Lookup(at...)
	t, _ := m.theirs.Lookup(at...)
	dependency := m.pkg && len(at) == 2 && slices.Contains(dependencyFields, at[0])
	if m.pkg && b.Kind() != jsonedit.Missing && !sameJSON(o, b) && !sameJSON(o, t) && o.Kind() != jsonedit.Object {
		if onceKey(m.ours.File(), at, o) != "" {
			b = o // as the template of another release had it
		}
	}
	switch {
	case sameJSON(b, t), sameJSON(o, t):
	case m.pkg && len(at) == 1 && at[0] == "workspaces" && !sameJSON(o, b) && sameWorkspaces(b, t):
	case dependency:
		m.dependency(at, b, o, t)
	case b.Kind() == jsonedit.Object && o.Kind() == jsonedit.Object && t.Kind() == jsonedit.Object:
		m.object(at)
	case o.Kind() == jsonedit.Object && t.Kind() == jsonedit.Object && b.Kind() == jsonedit.Missing:
		m.object(at)
	case sameJSON(o, b) && t.Kind() == jsonedit.Missing:
		m.edit(m.ours.Remove(at...))
	case sameJSON(o, b) && len(at) == 1 && b.Kind() == jsonedit.Missing && m.pkg && slices.Contains(dependencyFields, at[0]):
		m.object(at)
	case sameJSON(o, b):
		m.set(t, at)
	case b.Kind() == jsonedit.Array && o.Kind() == jsonedit.Array && t.Kind() == jsonedit.Array:
		m.array(at, b, o, t)
	case o.Kind() == jsonedit.Missing:
		m.note("you took " + strings.Join(at, ".") + " out, which the template changed" + now(t.String()))
	case t.Kind() == jsonedit.Missing && m.pkg && at[0] == "scripts":
		m.note("the template no longer has " + strings.Join(at, ".") + ", which is another one here and stays")
	case t.Kind() == jsonedit.Missing:
		m.clash(at, "the template took this out, and you changed it", b, o, t)
	default:
		m.clash(at, "both changed this", b, o, t)
	}
}

func (m *jsonMerge) note(s string) { m.out.notes = append(m.out.notes, s) }

// now is a short value as the end of a note.
func now(value string) string {
	if value == "" || strings.Contains(value, "\n") || len(value) > 60 {
		return ""
	}
	return " to " + value
}

// sameWorkspaces says whether the workspaces of a package.json are the same, in either of the
// two forms: a list, or an object that has one as "packages".
func sameWorkspaces(a, b jsonedit.Value) bool {
	list := func(v jsonedit.Value) any {
		if object, ok := decoded(v).(map[string]any); ok && len(object) == 1 {
			return object["packages"]
		}
		return decoded(v)
	}
	return reflect.DeepEqual(list(a), list(b))
}

// dependency merges an entry of a dependency field.
func (m *jsonMerge) dependency(at []string, b, o, t jsonedit.Value) {
	name := at[1]
	if m.opts.Held != nil && m.opts.Held(name) && t.Kind() == jsonedit.String && (o.Kind() == jsonedit.String || b.Kind() == jsonedit.String) {
		return // of one that the app does not have, only the version changed
	}
	switch {
	case t.Kind() == jsonedit.Missing && o.Kind() == jsonedit.Missing:
	case t.Kind() == jsonedit.Missing && sameJSON(o, b):
		if m.opts.uses != nil {
			if file := m.opts.uses(path.Dir(m.ours.File()), name); file != "" {
				m.out.notes = append(m.out.notes, "the template no longer depends on "+name+", but "+file+" uses it")
				return
			}
		}
		m.edit(m.ours.Remove(at...))
	case t.Kind() == jsonedit.Missing:
		m.out.notes = append(m.out.notes, "the template no longer depends on "+name+", which has another version here and stays")
	case o.Kind() == jsonedit.Missing && b.Kind() != jsonedit.Missing:
		m.out.notes = append(m.out.notes, "you took the dependency on "+name+" out, which the template changed to "+t.String())
	case o.Kind() == jsonedit.Missing:
		for _, field := range dependencyFields {
			if _, ok := m.ours.Lookup(field, name); ok && field != "peerDependencies" {
				m.out.notes = append(m.out.notes, "the template has "+name+" in "+at[0]+" now, and here it is in "+field)
				return
			}
		}
		spec := t.String()
		if m.opts.Spec != nil {
			spec = m.opts.Spec(name, spec)
		}
		m.edit(m.ours.SetDependency(at[0], name, spec))
	case sameJSON(o, b):
		m.edit(m.ours.SetDependency(at[0], name, t.String()))
	case notOlder(o.String(), t.String()):
		m.out.notes = append(m.out.notes, name+" is at "+o.String()+" here, which does for the template's "+t.String())
	case raised(b, o.String(), t.String()):
		m.out.notes = append(m.out.notes, name+" was at "+o.String()+" here; the template raised it further, to "+t.String())
		m.edit(m.ours.SetDependency(at[0], name, t.String()))
	default:
		m.clash(at, "both changed the version", b, o, t)
	}
}

// notOlder says whether the least version of a range is not less than that of another.
func notOlder(ours, theirs string) bool {
	a, errA := npmver.ParseRange(ours)
	b, errB := npmver.ParseRange(theirs)
	if errA != nil || errB != nil {
		return false
	}
	least, okA := a.MinVersion()
	need, okB := b.MinVersion()
	return okA && okB && least.Compare(need) >= 0
}

// raised says whether the app raised a dependency, and the template raised it further: both are
// ranges, and one that the template had not had before is of the same major version.
func raised(base jsonedit.Value, ours, theirs string) bool {
	isRange := func(spec string) bool { return strings.HasPrefix(spec, "^") || strings.HasPrefix(spec, "~") }
	if !isRange(ours) || !isRange(theirs) {
		return false
	}
	if base.Kind() == jsonedit.String {
		return isRange(base.String()) && notOlder(ours, base.String())
	}
	a, errA := npmver.ParseRange(ours)
	b, errB := npmver.ParseRange(theirs)
	if errA != nil || errB != nil {
		return false
	}
	least, okA := a.MinVersion()
	need, okB := b.MinVersion()
	return okA && okB && least.Major() == need.Major()
}

// array merges arrays as sets: what the template added comes to the end, what it took out goes.
func (m *jsonMerge) array(at []string, b, o, t jsonedit.Value) {
	has := func(list jsonedit.Value, v jsonedit.Value) bool {
		for e := range list.Elements() {
			if sameJSON(e, v) {
				return true
			}
		}
		return false
	}
	var all []any
	for e := range o.Elements() {
		if has(b, e) && !has(t, e) {
			continue
		}
		all = append(all, decoded(e))
	}
	for e := range t.Elements() {
		if !has(b, e) && !has(o, e) {
			all = append(all, decoded(e))
		}
	}
	data, err := json.Marshal(all)
	if err != nil {
		m.failed = true
		return
	}
	m.edit(m.ours.Set(string(data), at...))
}

func (m *jsonMerge) set(v jsonedit.Value, at []string) {
	s := v.Span()
	m.edit(m.ours.Set(string(m.theirs.Source()[s.Start:s.End]), at...))
}

func (m *jsonMerge) edit(edits []text.Edit, err error) {
	if err != nil {
		m.failed = true
		return
	}
	src, err := text.Apply(m.ours.Source(), edits)
	if err == nil {
		var doc *jsonedit.Doc
		if doc, err = jsonedit.Parse(m.ours.File(), src); err == nil {
			m.ours = doc
			return
		}
	}
	m.failed = true
}

func (m *jsonMerge) clash(at []string, why string, b, o, t jsonedit.Value) {
	span := func(d *jsonedit.Doc, v jsonedit.Value) Lines {
		for parent := at; v.Kind() == jsonedit.Missing && len(parent) > 0; {
			parent = parent[:len(parent)-1]
			v, _ = d.Lookup(parent...)
			s := v.Span()
			v2 := linesOf(d.Source(), text.Span{Start: s.Start, End: s.Start})
			if v.Kind() != jsonedit.Missing {
				return v2
			}
		}
		return linesOf(d.Source(), v.Span())
	}
	m.out.clashes = append(m.out.clashes, Clash{Key: strings.Join(at, keySeparator), Why: why, Base: span(m.base, b), Ours: span(m.ours, o), Theirs: span(m.theirs, t)})
}

// versions gives the template's package.json, at both ends, the versions of the app's where
// something else decides them.
func (m *merger) versions(name string, b, ours, t []byte) (base, theirs []byte) {
	if m.opts.Held == nil {
		return b, t
	}
	doc, err := jsonedit.Parse(name, ours)
	if err != nil {
		return b, t
	}
	return m.versionsOf(doc, b), m.versionsOf(doc, t)
}

func (m *merger) versionsOf(ours *jsonedit.Doc, src []byte) []byte {
	doc, err := jsonedit.Parse(ours.File(), src)
	if err != nil {
		return src
	}
	var edits []text.Edit
	for _, field := range dependencyFields {
		list, _ := doc.Lookup(field)
		for d := range list.Members() {
			spec, ok := ours.Lookup(field, d.Name)
			if !ok || spec.Kind() != jsonedit.String || !m.opts.Held(d.Name) {
				continue
			}
			edit, err := doc.ReplaceString(d.Value.Span(), spec.String())
			if err != nil {
				return src
			}
			edits = append(edits, edit...)
		}
	}
	out, err := text.Apply(src, edits)
	if err != nil {
		return src
	}
	return out
}
