package planfile

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/text"
)

// shape is what a value of a plan must be.
type shape struct {
	kind   jsonedit.Kind
	fields map[string]shape // of an object
	items  *shape           // of an array
}

// shapeOf is the shape of a value's JSON form.
func shapeOf(v any) shape { return shapeOfType(reflect.TypeOf(v)) }

func shapeOfType(t reflect.Type) shape {
	switch t.Kind() {
	case reflect.Pointer:
		return shapeOfType(t.Elem())
	case reflect.Struct:
		s := shape{kind: jsonedit.Object, fields: map[string]shape{}}
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Anonymous && name == "":
				maps.Copy(s.fields, shapeOfType(f.Type).fields)
			case f.IsExported() && name != "-" && name != "":
				s.fields[name] = shapeOfType(f.Type)
			}
		}
		return s
	case reflect.Slice:
		of := shapeOfType(t.Elem())
		return shape{kind: jsonedit.Array, items: &of}
	case reflect.Bool:
		return shape{kind: jsonedit.Bool}
	case reflect.String:
		return shape{kind: jsonedit.String}
	}
	return shape{kind: jsonedit.Number}
}

// check notes where a value does not have a shape. what names the value.
func (r *reader) check(v jsonedit.Value, want shape, what string) {
	if v.Kind() != want.kind {
		if v.Kind() == jsonedit.Null && (want.kind == jsonedit.Array || want.kind == jsonedit.Object) && what != "" {
			return
		}
		r.say(v, "%s is %s, and should be %s", what, article(v.Kind()), article(want.kind))
		return
	}
	seen := map[string]bool{}
	for m := range v.Members() {
		of, ok := want.fields[m.Name]
		switch {
		case !ok:
			r.unknown(m, want)
		case seen[m.Name]:
			r.say(m.Value, "%q is there twice", m.Name)
		default:
			r.check(m.Value, of, `"`+m.Name+`"`)
		}
		seen[m.Name] = true
	}
	for e := range v.Elements() {
		r.check(e, *want.items, "an element of "+what)
	}
}

// unknown notes a field that is not known, and which one may be meant.
func (r *reader) unknown(m jsonedit.Member, want shape) {
	next := ""
	for _, name := range slices.Sorted(maps.Keys(want.fields)) {
		if alike(m.Name, name) {
			next = "Did you mean " + `"` + name + `"?`
			break
		}
	}
	r.sayNext(m.Value, next, "a plan has no field %q here", m.Name)
	last := len(r.wrong) - 1
	r.wrong[last] = r.wrong[last].At(r.name, r.data, text.Span{Start: m.NameSpan.Start, End: m.NameSpan.End})
}

// alike says whether one name is the other but for a letter at most, or an "s" at the end.
func alike(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i == len(a) || a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}

func article(k jsonedit.Kind) string {
	switch k {
	case jsonedit.Object:
		return "an object"
	case jsonedit.Array:
		return "a list"
	case jsonedit.String:
		return "a text"
	case jsonedit.Number:
		return "a number"
	case jsonedit.Bool:
		return "true or false"
	}
	return "null"
}
