package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// FromJSON reads a JSON schema (draft 7 with Backstage's visibility, deepVisibility and
// deprecated), or several that the official tools stored together
// ({"backstageConfigSchemaVersion": 1, "schemas": [...]}). pkg is the npm name of the package and
// file the slash path in it, for Sources and errors; with stored ones each names its own.
//
// References within the file are followed; others are anything, with a note. The error is a
// *diag.Diagnostic (invalid-json, invalid-schema) with its place, or for stored schemas also a
// diag.List as from Merge, with a schema all the same.
func FromJSON(pkg, file string, src []byte) (*Schema, error) {
	root, err := decodeJSON(file, src)
	if err != nil {
		return nil, err
	}
	obj, ok := root.value.(*object)
	if !ok {
		if b, isBool := root.value.(bool); isBool && b {
			return &Schema{}, nil
		}
		return nil, diag.Diagnostic{
			Severity: diag.Error, Code: "invalid-schema", Summary: "a configuration schema is a JSON object",
		}.At(file, src, text.Span{})
	}
	index := text.NewIndex(src)
	if list, ok := obj.get("schemas").([]jsonValue); ok && obj.get("backstageConfigSchemaVersion") != nil {
		return storedSchemas(file, index, list)
	}
	r := jsonReader{root: root, source: Source{Package: pkg, File: file}, index: index, open: map[string]int{}, left: maxNodes}
	return r.schema(root, 0), nil
}

func storedSchemas(file string, index *text.Index, list []jsonValue) (*Schema, error) {
	var all []*Schema
	for _, item := range list {
		obj, ok := item.value.(*object)
		if !ok {
			continue
		}
		value, ok := obj.member("value")
		if !ok {
			continue
		}
		from := Source{File: file}
		from.Package, _ = obj.get("packageName").(string)
		r := jsonReader{root: value, source: from, index: index, open: map[string]int{}, left: maxNodes}
		all = append(all, r.schema(value, 0))
	}
	return Merge(all...)
}

type jsonReader struct {
	root   jsonValue
	source Source
	index  *text.Index
	m      merger
	open   map[string]int // references being read
	left   int
}

func (r *jsonReader) schema(v jsonValue, depth int) *Schema {
	obj, ok := v.value.(*object)
	if r.left--; r.left < 0 || depth > maxDepth {
		return &Schema{Notes: []string{selfNote}}
	}
	if !ok {
		// false allows nothing; that is of use for further keys alone, where it is looked for.
		return &Schema{}
	}
	s := &Schema{Sources: []Source{r.place(v.offset)}}
	r.annotations(s, obj)
	switch t := obj.get("type").(type) {
	case string:
		s.Types = addType(nil, t)
	case []jsonValue:
		for _, item := range t {
			if name, ok := item.value.(string); ok {
				s.Types = addType(s.Types, name)
			}
		}
	}
	if c, ok := obj.member("const"); ok {
		s.Enum = []any{c.plain()}
	} else if list, ok := obj.get("enum").([]jsonValue); ok {
		for _, item := range list {
			s.Enum = append(s.Enum, item.plain())
		}
	}
	r.object(s, obj, depth)
	switch items := obj.get("items").(type) {
	case *object:
		m, _ := obj.member("items")
		s.Items = r.schema(m, depth+1)
	case []jsonValue:
		for _, item := range items {
			s.Tuple = append(s.Tuple, r.schema(item, depth+1))
		}
		if more, ok := obj.member("additionalItems"); ok {
			if _, isObject := more.value.(*object); isObject {
				s.Items = r.schema(more, depth+1)
			}
		}
	}
	return r.combine(s, obj, depth)
}

func (r *jsonReader) object(s *Schema, obj *object, depth int) {
	required := map[string]bool{}
	if list, ok := obj.get("required").([]jsonValue); ok {
		for _, item := range list {
			if name, ok := item.value.(string); ok {
				required[name] = true
			}
		}
	}
	if props, ok := obj.get("properties").(*object); ok {
		for _, m := range props.members {
			s.Properties = append(s.Properties, Property{
				Name: m.name, Required: required[m.name], Schema: r.schema(m.jsonValue, depth+1),
			})
			delete(required, m.name)
		}
	}
	if list, ok := obj.get("required").([]jsonValue); ok {
		for _, item := range list {
			if name, _ := item.value.(string); required[name] {
				delete(required, name)
				s.Properties = append(s.Properties, Property{Name: name, Required: true, Schema: &Schema{Sources: s.Sources}})
			}
		}
	}
	if rest, ok := obj.member("additionalProperties"); ok {
		switch v := rest.value.(type) {
		case *object:
			s.Rest = r.schema(rest, depth+1)
		case bool:
			if s.Closed = !v; v {
				s.Rest = &Schema{}
			}
		}
	}
	if patterns, ok := obj.get("patternProperties").(*object); ok {
		for _, m := range patterns.members {
			s.Patterns = append(s.Patterns, Pattern{Match: m.name, Schema: r.schema(m.jsonValue, depth+1)})
		}
	}
}

// combine adds what $ref, allOf, anyOf and oneOf say. Of oneOf several may fit: that just one
// does is seldom meant.
func (r *jsonReader) combine(s *Schema, obj *object, depth int) *Schema {
	if ref, ok := obj.get("$ref").(string); ok {
		target, ok := r.resolve(ref)
		switch {
		case ok && r.open[ref] > maxSelf:
			s.Notes = append(s.Notes, selfNote)
		case ok:
			r.open[ref]++
			s = r.m.both(nil, s, r.schema(target, depth+1))
			r.open[ref]--
		default:
			s.Notes = append(s.Notes, "the reference "+ref+" leads out of the file")
		}
	}
	if list, ok := obj.get("allOf").([]jsonValue); ok {
		for _, item := range list {
			s = r.m.both(nil, s, r.schema(item, depth+1))
		}
	}
	for _, keyword := range [...]string{"anyOf", "oneOf"} {
		list, ok := obj.get(keyword).([]jsonValue)
		if !ok || len(list) == 0 {
			continue
		}
		var choice []*Schema
		for _, item := range list {
			if !isNothing(item) {
				choice = append(choice, r.schema(item, depth+1))
			}
		}
		if len(choice) == 0 {
			continue
		}
		if len(choice) == 1 {
			s = r.m.both(nil, s, choice[0])
			continue
		}
		with := *s
		with.Choices = concat(s.Choices, [][]*Schema{choice})
		s = &with
	}
	return s
}

// isNothing recognises {"not": {}}, which the official tool makes of undefined.
func isNothing(v jsonValue) bool {
	obj, ok := v.value.(*object)
	if !ok || len(obj.members) != 1 {
		return false
	}
	not, ok := obj.get("not").(*object)
	return ok && len(not.members) == 0
}

func (r *jsonReader) annotations(s *Schema, obj *object) {
	s.Description, _ = obj.get("description").(string)
	if v, ok := obj.get("visibility").(string); ok {
		s.Visibility = visibilityOf(v)
	}
	if v, ok := obj.get("deepVisibility").(string); ok {
		s.DeepVisibility = visibilityOf(v)
	}
	if d, ok := obj.member("default"); ok {
		s.Default = d.plain()
	}
	switch v := obj.get("deprecated").(type) {
	case string:
		s.Deprecated = deprecation(v)
	case bool:
		if v {
			s.Deprecated = deprecation("")
		}
	}
	if list, ok := obj.get("examples").([]jsonValue); ok {
		for _, item := range list {
			if e := scalarText(item.plain()); e != "" {
				s.Examples = append(s.Examples, e)
			}
		}
	}
}

func deprecation(why string) string {
	if why = strings.TrimSpace(why); why != "" {
		return why
	}
	return "deprecated"
}

func visibilityOf(name string) Visibility {
	switch v := Visibility(strings.TrimSpace(name)); v {
	case Frontend, Backend, Secret:
		return v
	}
	return ""
}

func addType(types []Type, name string) []Type {
	switch t := Type(name); t {
	case String, Number, Integer, Boolean, Object, Array, Null:
		for _, has := range types {
			if has == t {
				return types
			}
		}
		return append(types, t)
	}
	return types
}

func (r *jsonReader) resolve(ref string) (jsonValue, bool) {
	rest, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return jsonValue{}, false
	}
	at := r.root
	if rest == "" {
		return at, true
	}
	for _, part := range strings.Split(strings.TrimPrefix(rest, "/"), "/") {
		if decoded, err := url.PathUnescape(part); err == nil {
			part = decoded
		}
		part = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
		obj, ok := at.value.(*object)
		if !ok {
			return jsonValue{}, false
		}
		if at, ok = obj.member(part); !ok {
			return jsonValue{}, false
		}
	}
	return at, true
}

func (r *jsonReader) place(offset int) Source {
	s := r.source
	s.Pos = r.index.Pos(offset)
	return s
}

// jsonValue is a JSON value with the place where it (or its key) begins. value is nil, bool,
// float64, string, []jsonValue or *object.
type jsonValue struct {
	value  any
	offset int
}

type object struct {
	members []member
}

type member struct {
	name string
	jsonValue
}

// member finds a key; of two with one name the last counts, as in JavaScript.
func (o *object) member(name string) (jsonValue, bool) {
	for i := len(o.members) - 1; i >= 0; i-- {
		if o.members[i].name == name {
			return o.members[i].jsonValue, true
		}
	}
	return jsonValue{}, false
}

func (o *object) get(name string) any {
	v, _ := o.member(name)
	return v.value
}

func (v jsonValue) plain() any {
	switch x := v.value.(type) {
	case []jsonValue:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = item.plain()
		}
		return out
	case *object:
		out := make(map[string]any, len(x.members))
		for _, m := range x.members {
			out[m.name] = m.plain()
		}
		return out
	}
	return v.value
}

const maxJSONDepth = 200

func decodeJSON(file string, src []byte) (jsonValue, error) {
	body := bytes.TrimPrefix(src, []byte("\ufeff"))
	base := len(src) - len(body)
	dec := json.NewDecoder(bytes.NewReader(body))
	v, err := decodeValue(dec, body, base, 0)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = fmt.Errorf("there is something behind the end of the value")
		}
	}
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = fmt.Errorf("it ends too early")
		}
		at := min(base+int(dec.InputOffset()), len(src))
		return jsonValue{}, diag.Diagnostic{
			Severity: diag.Error, Code: "invalid-json", Summary: "not valid JSON: " + err.Error(),
		}.At(file, src, text.Span{Start: at, End: at})
	}
	return v, nil
}

func decodeValue(dec *json.Decoder, src []byte, base, depth int) (jsonValue, error) {
	if depth > maxJSONDepth {
		return jsonValue{}, fmt.Errorf("it is nested too deeply")
	}
	tok, err := dec.Token()
	if err != nil {
		return jsonValue{}, err
	}
	v := jsonValue{value: tok, offset: base + tokenStart(src, int(dec.InputOffset()), tok)}
	switch tok {
	case json.Delim('['):
		list := []jsonValue{}
		for dec.More() {
			item, err := decodeValue(dec, src, base, depth+1)
			if err != nil {
				return jsonValue{}, err
			}
			list = append(list, item)
		}
		v.value = list
		_, err = dec.Token()
	case json.Delim('{'):
		obj := &object{}
		seen := map[string]int{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return jsonValue{}, err
			}
			name, _ := key.(string)
			at := base + tokenStart(src, int(dec.InputOffset()), key)
			item, err := decodeValue(dec, src, base, depth+1)
			if err != nil {
				return jsonValue{}, err
			}
			item.offset = at
			if i, dup := seen[name]; dup {
				obj.members[i].jsonValue = item
				continue
			}
			seen[name] = len(obj.members)
			obj.members = append(obj.members, member{name, item})
		}
		v.value = obj
		_, err = dec.Token()
	}
	return v, err
}

// tokenStart is where the token that ends at an offset begins.
func tokenStart(src []byte, end int, tok json.Token) int {
	if _, ok := tok.(string); ok {
		for i := end - 2; i >= 0; i-- {
			if src[i] != '"' {
				continue
			}
			slashes := 0
			for i-slashes-1 >= 0 && src[i-slashes-1] == '\\' {
				slashes++
			}
			if slashes%2 == 0 {
				return i
			}
		}
		return 0
	}
	if _, ok := tok.(json.Delim); ok {
		return end - 1
	}
	i := end
	for i > 0 && src[i-1] < utf8.RuneSelf && !strings.ContainsRune(" \t\r\n:,[{", rune(src[i-1])) {
		i--
	}
	return i
}
