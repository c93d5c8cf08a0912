package jsrun

import (
	"strings"

	"github.com/dop251/goja"
)

// Element is one JSX element that was made.
type Element struct {
	Type  Value // a string, a stub, or a component of the app
	Props Value // always an object; "children" is in it
	Key   Value

	// File and Offset are where the element's "<" is, byte offset in File. Offset is -1 if that
	// is not known. An element made by React.createElement gives the call instead.
	File   string
	Offset int
	Called bool // made by createElement: Offset is in the callee

	self Value
}

func (s *Session) elementOf(v goja.Value) *Element {
	if o, ok := v.(*goja.Object); ok {
		return s.elements[o]
	}
	return nil
}

// element makes an element; source is jsxDEV's last but one argument, nil for createElement.
func (s *Session) element(typ, props, key goja.Value, source *goja.Object) goja.Value {
	if s.calls++; s.calls > s.limits.Calls {
		s.rt.Interrupt(errCalls)
	}
	p, ok := props.(*goja.Object)
	if !ok {
		p = s.rt.NewObject()
	}
	e := &Element{Type: Value{s, typ}, Props: Value{s, p}, Key: Value{s, key}, Offset: -1}
	if source != nil {
		e.File, _ = Value{s, source}.Get("fileName").Text()
		e.File = strings.TrimPrefix(e.File, namespace+":")
		if f := s.Bundle.files[e.File]; f != nil {
			line, column := source.Get("lineNumber").ToInteger(), source.Get("columnNumber").ToInteger()
			e.Offset = f.offset(int(line)-1, int(column)-1)
		}
	} else {
		s.frames = s.rt.CaptureCallStack(6, s.frames[:0])
		for _, f := range s.frames {
			if f.SrcName() != bundleName {
				continue
			}
			pos := f.Position()
			if name, offset, ok := s.source(pos.Line-1, pos.Column-1); ok {
				e.File, e.Offset, e.Called = name, offset, true
			}
			break
		}
	}
	return s.register(e)
}

func (s *Session) register(e *Element) goja.Value {
	o := s.rt.NewObject()
	s.must(o.Set("type", e.Type.v))
	s.must(o.Set("props", e.Props.v))
	s.must(o.Set("key", e.Key.v))
	e.self = Value{s, o}
	s.elements[o] = e
	s.Elements = append(s.Elements, e)
	return o
}

// clone is an element with other props, at the place of the first.
func (s *Session) clone(el, props goja.Value) goja.Value {
	e := *s.elementOf(el)
	e.Props = Value{s, props}
	return s.register(&e)
}

// Children are the element's children, arrays among them flattened, in order.
func (e *Element) Children() []Value { return Flatten(e.Props.Get("children")) }

// Flatten is a value as a list of children: arrays flattened, what renders nothing left out.
// An array of alternatives stays one item.
func Flatten(v Value) []Value { return flatten(nil, v, 0) }

func flatten(out []Value, v Value, depth int) []Value {
	switch v.Kind() {
	case Undefined, Null, Bool:
		return out
	case Array:
		if v.Choice() || depth > 32 {
			return append(out, v)
		}
		for _, item := range v.Items() {
			out = flatten(out, item, depth+1)
		}
		return out
	}
	return append(out, v)
}

// Value is the element as a value.
func (e *Element) Value() Value { return e.self }
