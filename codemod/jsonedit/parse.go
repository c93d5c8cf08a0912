package jsonedit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tailscale/hujson"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// Kind is the kind of a JSON value.
type Kind byte

// The kinds of values. Missing is the kind of the zero Value.
const (
	Missing Kind = iota
	Null
	Bool
	Number
	String
	Object
	Array
)

func (k Kind) String() string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a string", "an object", "an array"}[k]
}

// maxDepth is the nesting that encoding/json accepts; parsers recurse.
const maxDepth = 10000

// Doc is a parsed JSON file. It is read only and safe for concurrent use.
type Doc struct {
	file string
	src  []byte
	base int // offset of the JSON text: 3 after a byte order mark
	root hujson.Value
}

// Parse reads src, strict JSON in UTF-8, with or without a byte order mark. file is the slash
// path from the root of the repository, for diagnostics. src must not change afterwards.
//
// The error is a *diag.Diagnostic with the code invalid-json. As npm does, it refuses
// comments and trailing commas.
func Parse(file string, src []byte) (*Doc, error) {
	d := &Doc{file: file, src: src}
	if text.HasBOM(src) {
		d.base = len(text.BOM)
	}
	body := slices.Clone(src[d.base:])
	invalid := func(at int, format string, args ...any) error {
		e := diag.Errorf("invalid-json", "invalid JSON: "+format, args...)
		e.Manual = "Correct the file, then run the command again."
		return e.At(file, src, text.Span{Start: d.base + at, End: d.base + at})
	}
	if at := invalidUTF8(body); at >= 0 {
		return nil, invalid(at, "not UTF-8")
	}
	if at := tooDeep(body); at >= 0 {
		return nil, invalid(at, "nested more than %d deep", maxDepth)
	}
	root, err := hujson.Parse(body)
	if err != nil {
		at, msg := syntaxError(body, err)
		return nil, invalid(at, "%s", msg)
	}
	if at, what := nonStandard(body, &root); what != "" {
		return nil, invalid(at, "%s", what)
	}
	d.root = root
	return d, nil
}

func invalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}

// tooDeep is the offset where the nesting exceeds maxDepth, or -1.
func tooDeep(b []byte) int {
	depth, inString := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inString:
			switch c {
			case '\\':
				i++
			case '"':
				inString = false
			}
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return i
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return -1
}

// syntaxError turns a hujson error, whose text starts with a line and a column in bytes, into
// an offset and a message.
func syntaxError(b []byte, err error) (int, string) {
	var line, column int
	if _, scanErr := fmt.Sscanf(err.Error(), "hujson: line %d, column %d:", &line, &column); scanErr != nil {
		return 0, err.Error()
	}
	at := 0
	for range line - 1 {
		at = text.LineEnd(b, at)
	}
	if inner := errors.Unwrap(err); inner != nil {
		err = inner
	}
	msg, _, _ := strings.Cut(err.Error(), "\n") // it quotes a string that does not end as far as the source goes
	return min(at+column-1, len(b)), msg
}

// nonStandard finds the first comment or trailing comma of a parsed value.
func nonStandard(b []byte, v *hujson.Value) (at int, what string) {
	if v.IsStandard() {
		return 0, ""
	}
	extra := func(start int, e hujson.Extra) bool {
		if e.IsStandard() {
			return false
		}
		at, what = start+bytes.IndexByte(e, '/'), "comments are not allowed in this file"
		return true
	}
	var walk func(v *hujson.Value) bool
	walk = func(v *hujson.Value) bool {
		if extra(v.StartOffset-len(v.BeforeExtra), v.BeforeExtra) {
			return true
		}
		end := func(last *hujson.Value, after hujson.Extra) bool {
			if last != nil && last.AfterExtra != nil {
				at, what = bytes.LastIndexByte(b[:v.EndOffset-1-len(after)], ','), "trailing comma"
				return true
			}
			return extra(v.EndOffset-1-len(after), after)
		}
		switch c := v.Value.(type) {
		case *hujson.Object:
			var last *hujson.Value
			for i := range c.Members {
				m := &c.Members[i]
				if last = &m.Value; walk(&m.Name) || walk(&m.Value) {
					return true
				}
			}
			if end(last, c.AfterExtra) {
				return true
			}
		case *hujson.Array:
			var last *hujson.Value
			for i := range c.Elements {
				if last = &c.Elements[i]; walk(last) {
					return true
				}
			}
			if end(last, c.AfterExtra) {
				return true
			}
		}
		return extra(v.EndOffset, v.AfterExtra)
	}
	walk(v)
	return at, what
}

// File is the name given to Parse.
func (d *Doc) File() string { return d.file }

// Source is the text given to Parse.
func (d *Doc) Source() []byte { return d.src }

// Root is the value of the whole file.
func (d *Doc) Root() Value { return Value{d, &d.root} }

// Lookup finds a value by the names of members and, in arrays, decimal indices.
func (d *Doc) Lookup(path ...string) (Value, bool) {
	v := d.Root()
	for _, name := range path {
		if v = v.Get(name); v.Kind() == Missing {
			return Value{}, false
		}
	}
	return v, true
}

// Pos is the position of an offset of the source. It reads the source up to there: for many
// positions make one text.NewIndex.
func (d *Doc) Pos(offset int) text.Pos { return text.NewIndex(d.src).Pos(offset) }

// Value is a value of a Doc with its place. The zero Value is of the kind Missing.
type Value struct {
	d *Doc
	v *hujson.Value
}

// Kind is the value's kind.
func (v Value) Kind() Kind {
	if v.v == nil {
		return Missing
	}
	switch v.v.Value.Kind() {
	case 'n':
		return Null
	case 't', 'f':
		return Bool
	case '"':
		return String
	case '{':
		return Object
	case '[':
		return Array
	default:
		return Number
	}
}

// Span is the value's bytes in the source, without the white space around it; with its
// quotes if it is a string.
func (v Value) Span() text.Span {
	if v.v == nil {
		return text.Span{}
	}
	return text.Span{Start: v.v.StartOffset + v.d.base, End: v.v.EndOffset + v.d.base}
}

// String is the string that a JSON string stands for; the source text of any other value.
func (v Value) String() string {
	if v.v == nil {
		return ""
	}
	if lit, ok := v.v.Value.(hujson.Literal); ok {
		return decoded(lit)
	}
	s := v.Span()
	return string(v.d.src[s.Start:s.End])
}

func decoded(lit hujson.Literal) string {
	if len(lit) >= 2 && lit[0] == '"' && bytes.IndexByte(lit, '\\') < 0 {
		return string(lit[1 : len(lit)-1])
	}
	return lit.String()
}

// Decode stores the value in to, as json.Unmarshal does.
func (v Value) Decode(to any) error {
	s := v.Span()
	return json.Unmarshal(v.d.src[s.Start:s.End], to)
}

// Len is the number of members or elements; 0 for other values.
func (v Value) Len() int {
	if o, ok := v.object(); ok {
		return len(o.Members)
	}
	if a, ok := v.array(); ok {
		return len(a.Elements)
	}
	return 0
}

// Member is a member of an object. NameSpan includes the quotes.
type Member struct {
	Name     string
	NameSpan text.Span
	Value    Value
}

// Members are the members of an object in their order; none for other values.
func (v Value) Members() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		o, ok := v.object()
		if !ok {
			return
		}
		for i := range o.Members {
			m := &o.Members[i]
			if !yield(Member{nameOf(m), Value{v.d, &m.Name}.Span(), Value{v.d, &m.Value}}) {
				return
			}
		}
	}
}

// Elements are the elements of an array; none for other values.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		a, ok := v.array()
		if !ok {
			return
		}
		for i := range a.Elements {
			if !yield(Value{v.d, &a.Elements[i]}) {
				return
			}
		}
	}
}

// Get is the member of an object with a name (the last one, if there are several), or the
// element of an array at a decimal index. A Value of the kind Missing says there is none.
func (v Value) Get(name string) Value {
	if o, ok := v.object(); ok {
		if i, _ := find(o, name); i >= 0 {
			return Value{v.d, &o.Members[i].Value}
		}
	}
	if a, ok := v.array(); ok {
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(a.Elements) {
			return Value{v.d, &a.Elements[i]}
		}
	}
	return Value{}
}

func (v Value) object() (*hujson.Object, bool) {
	if v.v == nil {
		return nil, false
	}
	o, ok := v.v.Value.(*hujson.Object)
	return o, ok
}

func (v Value) array() (*hujson.Array, bool) {
	if v.v == nil {
		return nil, false
	}
	a, ok := v.v.Value.(*hujson.Array)
	return a, ok
}

func nameOf(m *hujson.ObjectMember) string { return decoded(m.Name.Value.(hujson.Literal)) }

// find is the index of the last member with a name, or -1, and how many have it.
func find(o *hujson.Object, name string) (index, count int) {
	index = -1
	for i := range o.Members {
		lit := o.Members[i].Name.Value.(hujson.Literal)
		if bytes.IndexByte(lit, '\\') < 0 {
			if string(lit[1:len(lit)-1]) != name {
				continue
			}
		} else if lit.String() != name {
			continue
		}
		index = i
		count++
	}
	return index, count
}
