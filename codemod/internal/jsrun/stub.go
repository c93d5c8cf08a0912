package jsrun

import (
	"strings"

	"github.com/dop251/goja"
)

// Op says how a Stub came about.
type Op uint8

// The ways in which stubs come about.
const (
	Module Op = iota // a package or file that is not run: Name is its specifier
	Global           // a thing of the browser or of Node: Name is its name
	Prop             // Base's property Name
	Result           // what a call of Base gave
	New              // what constructing Base gave
	Item             // what iterating Base gave
)

// Stub stands for a value that is not known. Two reads of one property give one Stub; each
// call gives a new one.
type Stub struct {
	Op   Op
	Name string
	Base *Stub
	Call *Call // of a Result or New: how it was called; nil if it was not recorded

	proxy  *goja.Object
	target *goja.Object
	props  map[string]goja.Value
	twin   *Stub // the same without "then", which is what awaiting it gives
	inert  bool  // has no "then"
}

// Root is the Module or Global that a stub was reached from.
func (st *Stub) Root() *Stub {
	for st.Base != nil {
		st = st.Base
	}
	return st
}

// Export is the npm export that a stub is a part of: specifier and name, "default" for a default
// export, "A.b" for a member of one, "" for the module as a whole. Calls and items on
// the way are passed over. It is not ok for a stub of something else.
func (st *Stub) Export() (module, name string, ok bool) {
	var names []string
	for ; st.Base != nil; st = st.Base {
		switch st.Op {
		case Prop:
			names = append(names, st.Name)
		case Result, New, Item:
			names = names[:0]
		}
	}
	if st.Op != Module {
		return "", "", false
	}
	for i, j := 0, len(names)-1; i < j; i, j = i+1, j-1 {
		names[i], names[j] = names[j], names[i]
	}
	return st.Name, strings.Join(names, "."), true
}

func (st *Stub) String() string {
	switch st.Op {
	case Prop:
		return st.Base.String() + "." + st.Name
	case Result:
		return st.Base.String() + "()"
	case New:
		return "new " + st.Base.String()
	case Item:
		return st.Base.String() + "[]"
	}
	return st.Name
}

// Iterating a stub gives this many items: enough for what apps destructure.
const stubItems = 4

// module is the stub of a module, made when it is first asked for.
func (s *Session) module(specifier string) *Stub {
	st, ok := s.modules[specifier]
	if !ok {
		st = s.stub(Module, specifier, nil)
		s.modules[specifier] = st
	}
	return st
}

// stub makes a new stub.
func (s *Session) stub(op Op, name string, base *Stub) *Stub {
	st := &Stub{Op: op, Name: name, Base: base, target: s.newTarget()}
	st.proxy = s.rt.ToValue(s.rt.NewProxy(st.target, s.traps)).(*goja.Object)
	s.stubs[st.proxy] = st
	s.targets[st.target] = st
	return st
}

// stubOf is the stub that a value is, if it is one.
func (s *Session) stubOf(v goja.Value) *Stub {
	if o, ok := v.(*goja.Object); ok {
		return s.stubs[o]
	}
	return nil
}

func (s *Session) trapConfig() *goja.ProxyTrapConfig {
	return &goja.ProxyTrapConfig{
		Get: func(target *goja.Object, p string, _ goja.Value) goja.Value { return s.get(s.targets[target], p) },
		GetSym: func(target *goja.Object, p *goja.Symbol, _ goja.Value) goja.Value {
			return s.getSymbol(s.targets[target], p)
		},
		Set: func(target *goja.Object, p string, v goja.Value, _ goja.Value) bool {
			s.targets[target].set(p, v)
			return true
		},
		SetSym:         func(*goja.Object, *goja.Symbol, goja.Value, goja.Value) bool { return true },
		DeleteProperty: func(target *goja.Object, p string) bool { delete(s.targets[target].props, p); return true },
		DefineProperty: func(target *goja.Object, p string, d goja.PropertyDescriptor) bool {
			if d.Value != nil {
				s.targets[target].set(p, d.Value)
			}
			return true
		},
		PreventExtensions: func(*goja.Object) bool { return true },
		SetPrototypeOf:    func(*goja.Object, *goja.Object) bool { return true },
		Apply: func(target *goja.Object, this goja.Value, args []goja.Value) goja.Value {
			return s.apply(s.targets[target], this, args)
		},
		Construct: func(target *goja.Object, args []goja.Value, newTarget *goja.Object) *goja.Object {
			return s.construct(s.targets[target], args, newTarget)
		},
	}
}

func (st *Stub) set(p string, v goja.Value) {
	if st.props == nil {
		st.props = map[string]goja.Value{}
	}
	st.props[p] = v
}

func (s *Session) get(st *Stub, p string) goja.Value {
	if v, ok := st.props[p]; ok {
		return v
	}
	v := s.property(st, p)
	if p != "then" {
		st.set(p, v)
	}
	return v
}

// property makes a property of a stub when it is first read.
func (s *Session) property(st *Stub, p string) goja.Value {
	switch p {
	case "prototype":
		// What a class that extends the stub inherits: reads that the class does not answer
		// itself give stubs.
		return s.rt.CreateObject(s.stub(New, "", st).proxy)
	case "__esModule":
		if st.Op == Module {
			return s.rt.ToValue(true)
		}
		return goja.Undefined()
	case "then":
		if st.Op != Result || st.inert {
			return goja.Undefined()
		}
		return s.rt.ToValue(func(call goja.FunctionCall) goja.Value { return s.then(st, call) })
	case "toJSON", "$$typeof", "asymmetricMatch", "nodeType":
		return goja.Undefined()
	case "toString", "toLocaleString":
		return s.rt.ToValue(func(goja.FunctionCall) goja.Value { return s.rt.ToValue(st.text()) })
	case "valueOf":
		return s.rt.ToValue(func(goja.FunctionCall) goja.Value { return st.proxy })
	case "bind":
		return s.rt.ToValue(func(goja.FunctionCall) goja.Value { return st.proxy })
	case "call":
		return s.rt.ToValue(func(call goja.FunctionCall) goja.Value {
			return s.apply(st, call.Argument(0), rest(call.Arguments))
		})
	case "apply":
		return s.rt.ToValue(func(call goja.FunctionCall) goja.Value {
			return s.apply(st, call.Argument(0), plain(Value{s, call.Argument(1)}.Items()))
		})
	}
	if st.Op == Module {
		if v := s.overrides[st.Name+"#"+p]; v != nil {
			return v
		}
		if p == "default" && s.overrides[st.Name+"#"] != nil {
			return st.proxy
		}
	}
	if st.Op == Prop && st.Name == "default" && st.Base.Op == Module {
		if v := s.overrides[st.Base.Name+"#"+p]; v != nil {
			return v
		}
	}
	return s.stub(Prop, p, st).proxy
}

func rest(args []goja.Value) []goja.Value {
	if len(args) == 0 {
		return nil
	}
	return args[1:]
}

// text is what a stub gives where a string is wanted. It cannot be mistaken for source text.
func (st *Stub) text() string { return stubOpen + st.String() + "\u203a" }

// stubOpen begins what a stub gives where a string is wanted.
const stubOpen = "\u2039"

func (s *Session) getSymbol(st *Stub, p *goja.Symbol) goja.Value {
	switch p {
	case goja.SymToPrimitive:
		return s.rt.ToValue(func(call goja.FunctionCall) goja.Value {
			if call.Argument(0).String() == "number" {
				return goja.NaN()
			}
			return s.rt.ToValue(st.text())
		})
	case s.rest:
		return st.proxy
	case goja.SymIterator, s.asyncIterator:
		return s.rt.ToValue(func(goja.FunctionCall) goja.Value { return s.iterate(st) })
	case goja.SymHasInstance:
		return s.rt.ToValue(func(goja.FunctionCall) goja.Value { return s.rt.ToValue(false) })
	}
	return goja.Undefined()
}

func (s *Session) iterate(st *Stub) goja.Value {
	n := 0
	it := s.rt.NewObject()
	next := func(goja.FunctionCall) goja.Value {
		res := s.rt.NewObject()
		if n++; n > stubItems {
			s.must(res.Set("done", true))
			return res
		}
		s.must(res.Set("done", false))
		s.must(res.Set("value", s.stub(Item, "", st).proxy))
		return res
	}
	s.must(it.Set("next", next))
	s.must(it.SetSymbol(goja.SymIterator, func(call goja.FunctionCall) goja.Value { return call.This }))
	return it
}

// then answers promise chains on what a stub returned: the callback is run once, at once.
func (s *Session) then(st *Stub, call goja.FunctionCall) goja.Value {
	if st.twin == nil {
		st.twin = s.stub(st.Op, st.Name, st.Base)
		st.twin.Call, st.twin.inert = st.Call, true
	}
	if done, ok := goja.AssertFunction(call.Argument(0)); ok {
		if _, err := done(goja.Undefined(), st.twin.proxy); err != nil {
			panic(err)
		}
	}
	return st.proxy
}

func (s *Session) apply(st *Stub, this goja.Value, args []goja.Value) goja.Value {
	if st.Op == Prop {
		if v, ok := s.callback(st, args); ok {
			return v
		}
	}
	res := s.stub(Result, "", st)
	res.Call = s.record(st, false, this, args, res)
	return res.proxy
}

func (s *Session) construct(st *Stub, args []goja.Value, newTarget *goja.Object) *goja.Object {
	res := s.stub(New, "", st)
	res.Call = s.record(st, true, nil, args, res)
	if newTarget != nil && newTarget != st.proxy {
		if proto, ok := newTarget.Get("prototype").(*goja.Object); ok {
			return s.rt.CreateObject(proto)
		}
	}
	return res.proxy
}

// callback answers array methods of a stub: an unknown list is seen as one with one item.
func (s *Session) callback(st *Stub, args []goja.Value) (goja.Value, bool) {
	if len(args) == 0 {
		return nil, false
	}
	fn, ok := goja.AssertFunction(args[0])
	if !ok || s.stubOf(args[0]) != nil {
		return nil, false
	}
	call := func(args ...goja.Value) goja.Value {
		v, err := fn(goja.Undefined(), args...)
		if err != nil {
			panic(err)
		}
		return v
	}
	item := func() goja.Value { return s.stub(Item, "", st.Base).proxy }
	switch st.Name {
	case "map":
		return s.rt.NewArray(call(item(), s.rt.ToValue(0), st.Base.proxy)), true
	case "flatMap":
		v := call(item(), s.rt.ToValue(0), st.Base.proxy)
		if o, ok := v.(*goja.Object); ok && o.ClassName() == "Array" {
			return v, true
		}
		return s.rt.NewArray(v), true
	case "forEach":
		call(item(), s.rt.ToValue(0), st.Base.proxy)
		return goja.Undefined(), true
	case "reduce", "reduceRight":
		if len(args) > 1 {
			return call(args[1], item(), s.rt.ToValue(0), st.Base.proxy), true
		}
		return item(), true
	case "filter", "sort":
		return st.Base.proxy, true
	case "find":
		return item(), true
	}
	return nil, false
}

// Call is one recorded call, or construction, of a stub.
type Call struct {
	Callee *Stub
	New    bool
	This   Value
	Args   []Value
	Result *Stub

	s     *Session
	frame goja.StackFrame
	found bool
}

// At is where the call is in the app's files: a byte offset somewhere inside the callee or
// at its end. It is not ok for a call made by native code alone.
func (c *Call) At() (name string, offset int, ok bool) {
	if !c.found {
		return "", 0, false
	}
	p := c.frame.Position()
	return c.s.source(p.Line-1, p.Column-1)
}

// errCalls ends a run at the call that is one too many, errSteps at such a step.
var (
	errCalls = &LimitError{"stopped: too many calls"}
	errSteps = &LimitError{"stopped: it ran for too long"}
)

func (s *Session) record(st *Stub, isNew bool, this goja.Value, args []goja.Value, res *Stub) *Call {
	if s.calls++; s.calls > s.limits.Calls {
		s.rt.Interrupt(errCalls)
		return nil
	}
	c := &Call{Callee: st, New: isNew, Result: res, s: s, This: Value{s, this}}
	for _, a := range args {
		c.Args = append(c.Args, Value{s, a})
	}
	s.frames = s.rt.CaptureCallStack(6, s.frames[:0])
	for _, f := range s.frames {
		if f.SrcName() == bundleName {
			c.frame, c.found = f, true
			break
		}
	}
	s.Calls = append(s.Calls, c)
	return c
}
