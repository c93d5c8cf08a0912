package jsrun

import (
	"reflect"
	"strings"

	"github.com/dop251/goja"
)

// ValueKind says what a Value is.
type ValueKind uint8

// The kinds of values.
const (
	Undefined ValueKind = iota
	Null
	Bool
	Number
	String
	Symbol
	Function // of the app itself
	Array    // also a Choice
	Object
	ElementKind
	StubKind
)

var promiseType = reflect.TypeFor[*goja.Promise]()

// maxItems is the most items of an array and the most properties of an object that are looked at.
const maxItems = 10_000

// Value is a JavaScript value of a session. The zero Value is undefined.
type Value struct {
	s *Session
	v goja.Value
}

func (v Value) object() *goja.Object {
	o, _ := v.v.(*goja.Object)
	return o
}

// Kind is the kind of the value; a fulfilled promise is what it was fulfilled with.
func (v Value) Kind() ValueKind {
	v = v.settled()
	switch {
	case v.v == nil || goja.IsUndefined(v.v):
		return Undefined
	case goja.IsNull(v.v):
		return Null
	case goja.IsString(v.v):
		return String
	case goja.IsNumber(v.v) || goja.IsBigInt(v.v):
		return Number
	}
	o := v.object()
	switch {
	case o == nil:
		if _, ok := v.v.(*goja.Symbol); ok {
			return Symbol
		}
		return Bool
	case v.Stub() != nil:
		return StubKind
	case v.s.elements[o] != nil:
		return ElementKind
	case o.ClassName() == "Array":
		return Array
	}
	if _, ok := goja.AssertFunction(o); ok {
		return Function
	}
	return Object
}

// settled is what a promise was fulfilled with, else the value itself.
func (v Value) settled() Value {
	for range 8 {
		o := v.object()
		if o == nil || v.s.stubs[o] != nil || o.ExportType() != promiseType {
			return v
		}
		p, ok := o.Export().(*goja.Promise)
		if !ok || p.State() != goja.PromiseStateFulfilled {
			return v
		}
		v.v = p.Result()
	}
	return v
}

// Stub is the stub that the value is, nil if it is none. A promise for a stub and a module
// namespace made from one are that stub.
func (v Value) Stub() *Stub {
	v = v.settled()
	o := v.object()
	if o == nil {
		return nil
	}
	if st := v.s.stubs[o]; st != nil {
		return st
	}
	if o.ClassName() == "Object" && v.s.elements[o] == nil {
		if p := o.Prototype(); p != nil {
			if st := v.s.stubs[p]; st != nil && st.Op == Module {
				return st
			}
		}
	}
	return nil
}

// Element is the element that the value is, nil if it is none.
func (v Value) Element() *Element {
	v = v.settled()
	if o := v.object(); o != nil {
		return v.s.elements[o]
	}
	return nil
}

// Choice reports whether the value is an array of alternatives, made by a condition that is
// not known.
func (v Value) Choice() bool {
	o := v.object()
	return o != nil && v.s.conds.choices[o]
}

// Text is the string that the value is.
func (v Value) Text() (string, bool) {
	v = v.settled()
	if v.v != nil && goja.IsString(v.v) {
		return v.v.String(), true
	}
	return "", false
}

// Plain is the string that the value is, if no stub went into it.
func (v Value) Plain() (string, bool) {
	s, ok := v.Text()
	return s, ok && !strings.Contains(s, stubOpen)
}

// Truthy is the value as a condition.
func (v Value) Truthy() bool { return v.v != nil && v.v.ToBoolean() }

// Items are the items of an array, at most 10,000; nil for anything else.
func (v Value) Items() []Value {
	v = v.settled()
	if v.Kind() != Array {
		return nil
	}
	var out []Value
	o := v.object()
	v.s.try(func() {
		n := o.Get("length").ToInteger()
		for i := int64(0); i < n && i < maxItems; i++ {
			out = append(out, Value{v.s, o.Get(v.s.rt.ToValue(i).String())})
		}
	})
	return out
}

// Keys are the names of the enumerable own properties of an object, at most 10,000.
func (v Value) Keys() []string {
	v = v.settled()
	o := v.object()
	if o == nil {
		return nil
	}
	var keys []string
	v.s.try(func() { keys = o.Keys() })
	return keys[:min(len(keys), maxItems)]
}

// Get is a property of the value, undefined if it has none or reading it fails.
func (v Value) Get(name string) Value {
	v = v.settled()
	out := Value{v.s, goja.Undefined()}
	o := v.object()
	if o == nil {
		return out
	}
	v.s.try(func() {
		if got := o.Get(name); got != nil {
			out.v = got
		}
	})
	return out
}

// Identity is equal for two values if they are the same object; nil for a primitive.
func (v Value) Identity() any {
	if o := v.settled().object(); o != nil {
		return o
	}
	return nil
}

// FuncName is the name of a function, "" if it has none.
func (v Value) FuncName() string {
	if v.Kind() != Function {
		return ""
	}
	name, _ := v.Get("name").Text()
	return name
}

// Class reports whether the value is a class with a render method, as React components of the
// old kind are.
func (v Value) Class() bool {
	return v.Kind() == Function && v.Get("prototype").Get("render").Kind() == Function
}

// Call calls a function of the app. It is not ok if the value is no such function, if it
// throws, or after a limit was hit; what it throws is among the session's problems.
func (v Value) Call(args ...Value) (Value, bool) {
	if v.Kind() != Function {
		return Value{}, false
	}
	fn, ok := goja.AssertFunction(v.settled().object())
	if !ok {
		return Value{}, false
	}
	out := Value{v.s, goja.Undefined()}
	ok = v.s.try(func() {
		got, err := fn(goja.Undefined(), plain(args)...)
		if err != nil {
			panic(err)
		}
		out.v = got
	})
	return out, ok
}

// Try is Call, but what the function throws is no problem of the session's.
func (v Value) Try(args ...Value) (Value, bool) {
	if v.s != nil {
		defer func(quiet bool) { v.s.quiet = quiet }(v.s.quiet)
		v.s.quiet = true
	}
	return v.Call(args...)
}

// Render is what a component of the app makes of its props, one value per way through its
// conditions that are not known, at most 8. A class is constructed and its render called.
func (v Value) Render(props Value) []Value {
	if v.Kind() != Function {
		return nil
	}
	render := v
	if v.Class() {
		v.s.try(func() {
			instance, err := v.s.rt.New(v.settled().v, props.v)
			if err != nil {
				panic(err)
			}
			s := Value{v.s, instance}
			bound := s.Get("render").Get("bind")
			bind, ok := goja.AssertFunction(bound.v)
			if !ok {
				return
			}
			got, err := bind(s.Get("render").v, instance)
			if err != nil {
				panic(err)
			}
			render = Value{v.s, got}
		})
	}
	var out []Value
	v.s.explore(func() {
		if got, ok := render.Call(props); ok {
			out = append(out, got)
		}
	})
	return out
}

func plain(args []Value) []goja.Value {
	out := make([]goja.Value, len(args))
	for i, a := range args {
		out[i] = a.v
		if a.v == nil {
			out[i] = goja.Undefined()
		}
	}
	return out
}

// Unknown is a new stub, for arguments that the app's functions are called with. Calls of it
// are recorded.
func (s *Session) Unknown(name string) Value { return Value{s, s.stub(Global, name, nil).proxy} }

// Object is a new object with the given properties.
func (s *Session) Object(props map[string]Value) Value {
	o := s.rt.NewObject()
	for k, v := range props {
		s.must(o.Set(k, v.v))
	}
	return Value{s, o}
}

// Drain calls a function and gives each what it yields, if it is a generator, or what it
// returns: the items of a list one by one. Promises are waited for.
func (s *Session) Drain(fn, arg Value, each func(Value)) {
	got, ok := fn.Call(arg)
	if !ok {
		return
	}
	next := got.Get("next")
	if got.Kind() != Object || next.Kind() != Function {
		if got.Kind() == Array {
			for _, item := range got.Items() {
				each(item)
			}
			return
		}
		each(got)
		return
	}
	call, _ := goja.AssertFunction(next.v)
	for range maxItems {
		step := Value{s, goja.Undefined()}
		if !s.try(func() {
			v, err := call(got.settled().v)
			if err != nil {
				panic(err)
			}
			step.v = v
		}) {
			return
		}
		if v := step.Get("value"); v.Kind() != Undefined {
			each(v)
		}
		if done := step.Get("done"); step.Kind() != Object || done.Truthy() {
			return
		}
	}
}
