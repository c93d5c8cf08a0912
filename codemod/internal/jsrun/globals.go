package jsrun

import (
	"slices"
	"strings"

	"github.com/dop251/goja"
)

// stubGlobals are the things of browsers and of Node that app code may mention. Each is a stub.
var stubGlobals = []string{
	"document", "window", "self", "location", "navigator", "history", "localStorage", "sessionStorage",
	"fetch", "XMLHttpRequest", "WebSocket", "EventSource", "Worker", "URL", "URLSearchParams", "Headers", "Request",
	"Response", "FormData", "Blob", "File", "FileReader", "AbortController", "AbortSignal", "TextEncoder", "TextDecoder",
	"Event", "CustomEvent", "EventTarget", "MessageChannel", "BroadcastChannel", "MutationObserver",
	"IntersectionObserver", "ResizeObserver", "HTMLElement", "Element", "Node", "Image", "Audio", "DOMParser",
	"customElements", "performance", "crypto", "caches", "indexedDB", "matchMedia", "getComputedStyle", "alert",
	"confirm", "prompt", "open", "scrollTo", "addEventListener", "removeEventListener", "dispatchEvent", "screen",
	"structuredClone", "atob", "btoa", "Intl", "Buffer", "global", "ArrayBuffer", "SharedArrayBuffer", "DataView",
	"Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
	"Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array", "Atomics", "WebAssembly", "cancelIdleCallback",
	"cancelAnimationFrame", "reportError", "__APP_CONFIG__", "gtag", "dataLayer", "jest", "describe", "it", "test", "expect",
	"beforeEach", "afterEach", "beforeAll", "afterAll",
}

// globals makes the world in which a bundle runs.
func (s *Session) globals() {
	rt := s.rt
	s.traps = s.trapConfig()
	v, err := rt.RunProgram(targets())
	s.must(err)
	build, _ := goja.AssertFunction(v)
	s.newTarget = func() *goja.Object {
		o, err := build(goja.Undefined())
		s.must(err)
		return o.(*goja.Object)
	}
	v, err = rt.RunString(`Symbol.for("Symbol.asyncIterator")`)
	s.must(err)
	s.asyncIterator, _ = v.(*goja.Symbol)

	host := rt.NewObject()
	set := func(o *goja.Object, name string, v any) { s.must(o.Set(name, v)) }
	set(host, "stub", func(name string) goja.Value { return s.stub(Global, name, nil).proxy })
	set(host, "isStub", func(v goja.Value) bool { return s.stubOf(v) != nil })
	set(host, "isElement", func(v goja.Value) bool { return s.elementOf(v) != nil })
	set(host, "element", func(call goja.FunctionCall) goja.Value {
		return s.element(call.Argument(0), call.Argument(1), call.Argument(2), nil)
	})
	set(host, "clone", func(call goja.FunctionCall) goja.Value { return s.clone(call.Argument(0), call.Argument(1)) })
	set(host, "problem", func(v goja.Value) {
		if o, ok := v.(*goja.Object); ok {
			s.swallowed(o)
		}
	})
	v, err = rt.RunProgram(prelude())
	s.must(err)
	init, _ := goja.AssertFunction(v)
	v, err = init(goja.Undefined(), host)
	s.must(err)
	react := v.(*goja.Object)
	for _, name := range react.Keys() {
		s.overrides["react#"+name] = react.Get(name)
	}
	s.overrides["react#"] = goja.Undefined()

	jsx := rt.ToValue(func(call goja.FunctionCall) goja.Value {
		source, _ := call.Argument(4).(*goja.Object)
		return s.element(call.Argument(0), call.Argument(1), call.Argument(2), source)
	})
	for _, name := range []string{"jsx", "jsxs", "jsxDEV"} {
		s.overrides[jsxRuntime+"#"+name] = jsx
	}
	s.overrides[jsxRuntime+"#Fragment"] = s.get(s.module("react"), "Fragment")

	for _, name := range stubGlobals {
		s.must(rt.Set(name, s.stub(Global, name, nil).proxy))
	}
	s.process()
	s.console()
	s.clock()
	s.conditionFunctions()
	s.weaveFunctions()
}

var targets = program("targets.js", `() => function () {}`)

const jsxRuntime = "react/jsx-dev-runtime"

// require gives modules: an object whose prototype is the module's stub, so that esbuild's
// import helpers, which copy own properties and keep the prototype, lose nothing.
func (s *Session) require(module *goja.Object) goja.Value {
	made := map[string]*goja.Object{}
	fn := s.rt.ToValue(func(call goja.FunctionCall) goja.Value {
		name := call.Argument(0).String()
		if strings.HasSuffix(name, "/jsx-dev-runtime") || strings.HasSuffix(name, "/jsx-runtime") {
			name = jsxRuntime
		}
		if made[name] == nil {
			made[name] = s.rt.CreateObject(s.module(name).proxy)
		}
		return made[name]
	}).(*goja.Object)
	s.must(fn.Set("main", module))
	s.must(fn.Set("resolve", func(name string) string { return name }))
	s.must(fn.Set("cache", s.rt.NewObject()))
	s.must(fn.Set("context", s.stub(Global, "require.context", nil).proxy))
	return fn
}

func (s *Session) process() {
	p := s.rt.CreateObject(s.stub(Global, "process", nil).proxy)
	s.must(p.Set("env", s.stub(Global, "process.env", nil).proxy))
	s.must(p.Set("argv", s.rt.NewArray()))
	s.must(p.Set("cwd", func() string { return "/" }))
	s.must(p.Set("exit", func(goja.FunctionCall) goja.Value { return goja.Undefined() }))
	s.must(s.rt.Set("process", p))
}

// console is silent, save that an error which the app itself caught and printed is a problem:
// backends end in main().catch(console.error).
func (s *Session) console() {
	c := s.rt.NewObject()
	for _, name := range []string{"log", "info", "debug", "trace", "dir", "table", "time", "timeEnd", "group", "groupEnd", "assert", "count"} {
		s.must(c.Set(name, func(goja.FunctionCall) goja.Value { return goja.Undefined() }))
	}
	report := func(call goja.FunctionCall) goja.Value {
		for _, a := range call.Arguments {
			if o, ok := a.(*goja.Object); ok && o.ClassName() == "Error" {
				s.swallowed(o)
			}
		}
		return goja.Undefined()
	}
	s.must(c.Set("error", report))
	s.must(c.Set("warn", report))
	s.must(s.rt.Set("console", c))
}

// clock has timers that fire once, after everything else has run.
func (s *Session) clock() {
	later := func(call goja.FunctionCall) goja.Value {
		if fn, ok := goja.AssertFunction(call.Argument(0)); ok {
			s.timers = append(s.timers, fn)
		}
		return s.rt.ToValue(len(s.timers))
	}
	for _, name := range []string{"setTimeout", "setImmediate", "queueMicrotask", "requestAnimationFrame", "requestIdleCallback"} {
		s.must(s.rt.Set(name, later))
	}
	for _, name := range []string{"setInterval", "clearTimeout", "clearInterval", "clearImmediate"} {
		s.must(s.rt.Set(name, func(goja.FunctionCall) goja.Value { return goja.Undefined() }))
	}
	s.rt.SetPromiseRejectionTracker(func(p *goja.Promise, op goja.PromiseRejectionOperation) {
		if op == goja.PromiseRejectionReject {
			s.rejected = append(s.rejected, p)
		} else { // handled after all
			s.rejected = slices.DeleteFunc(s.rejected, func(q *goja.Promise) bool { return q == p })
		}
	})
}
