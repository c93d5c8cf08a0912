package jsrun

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
)

// Limits end a run. A zero field takes the default.
//
// Time is what the run itself takes, and not what other processes have of the processor
// meanwhile, so that a busy machine makes no difference. It is looked at as often as code enters
// a function or turns a loop; what is left for Wall are the few functions of the engine that can
// take long by themselves.
type Limits struct {
	Time   time.Duration // of the processor, for the run and for what use does with the session; default 2 s
	Wall   time.Duration // on the clock; default ten times Time
	Steps  int           // functions entered and turns of loops; default 10,000,000
	Calls  int           // calls recorded and elements made; default 100,000
	Memory int64         // growth of the process's heap in bytes; default 256 MiB
	Depth  int           // nested calls; default 1,000
}

func (l Limits) orDefault() Limits {
	if l.Steps <= 0 {
		l.Steps = 10_000_000
	}
	if l.Time <= 0 {
		l.Time = 2 * time.Second
	}
	if l.Wall <= 0 {
		l.Wall = 10 * l.Time
	}
	if l.Calls <= 0 {
		l.Calls = 100_000
	}
	if l.Memory <= 0 {
		l.Memory = 256 << 20
	}
	if l.Depth <= 0 {
		l.Depth = 1_000
	}
	return l
}

// grace is how long past its time limit a run may stay in a native call before it is abandoned.
const grace = 500 * time.Millisecond

// LimitError is the reason for which a run was stopped.
type LimitError struct{ Reason string }

func (e *LimitError) Error() string { return e.Reason }

const bundleName = "bundle.js"

//go:embed prelude.js
var preludeSource string

// prelude is compiled when it is first needed; a goja program can be run by many runtimes.
var prelude = program("prelude.js", preludeSource)

func program(name, source string) func() *goja.Program {
	return sync.OnceValue(func() *goja.Program { return goja.MustCompile(name, source, true) })
}

// Session is one run of a bundle and everything it recorded. Its values can be looked into,
// and its functions called, by the function given to Run while that runs, and no longer.
type Session struct {
	Bundle   *Bundle
	Exports  Value      // module.exports of the entry
	Calls    []*Call    // in the order in which they were made
	Elements []*Element // in the order in which they were made
	Problems []Problem  // what went wrong, if anything
	Complete bool       // the entry ran to its end

	rt        *goja.Runtime
	limits    Limits
	dead      bool // a limit was hit: nothing more is run
	newTarget func() *goja.Object
	traps     *goja.ProxyTrapConfig
	stubs     map[*goja.Object]*Stub // by proxy
	targets   map[*goja.Object]*Stub // by the proxy's target
	modules   map[string]*Stub
	overrides map[string]goja.Value // "module#export" -> what it is instead of a stub
	elements  map[*goja.Object]*Element
	conds     conditions
	smap      *sourceMap
	frames    []goja.StackFrame
	timers    []goja.Callable
	rejected  []*goja.Promise
	calls     int
	steps     int
	began     time.Duration // by busy
	quiet     bool          // what is thrown does not matter
	rest      *goja.Symbol  // the key of what is left of an object, see weave.go

	asyncIterator *goja.Symbol
}

// Run runs the bundle and then use on the session. It returns when use has returned, or a
// *LimitError when the time is over and the run could not be stopped in an orderly way, or
// the context's error. A run that was stopped in an orderly way is seen by use: Problems
// says why, and its functions cannot be called any more.
func (b *Bundle) Run(ctx context.Context, limits Limits, use func(*Session)) error {
	limits = limits.orDefault()
	s := &Session{
		Bundle: b, rt: goja.New(), limits: limits, Problems: append([]Problem(nil), b.problems...),
		stubs: map[*goja.Object]*Stub{}, targets: map[*goja.Object]*Stub{}, modules: map[string]*Stub{},
		overrides: map[string]goja.Value{}, elements: map[*goja.Object]*Element{},
	}
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // which has a clock of its own
		defer runtime.UnlockOSThread()
		s.began = busy()
		err := error(&LimitError{"the run was given up"})
		defer func() {
			if x := recover(); x != nil { // a bug in the engine must not take the program down
				err = &LimitError{fmt.Sprintf("the JavaScript engine failed: %v", x)}
			}
			done <- err
		}()
		s.run()
		use(s)
		err = nil
	}()
	return s.watch(ctx, done)
}

// watch waits for the run and interrupts it at its limits.
func (s *Session) watch(ctx context.Context, done <-chan error) error {
	deadline := time.NewTimer(s.limits.Wall)
	defer deadline.Stop()
	sample := time.NewTicker(5 * time.Millisecond)
	defer sample.Stop()
	base := heap()
	var abandon <-chan time.Time
	var reason error
	stop := func(err error) {
		if reason == nil {
			reason = err
			abandon = time.After(grace)
		}
		s.rt.Interrupt(reason)
	}
	for {
		select {
		case err := <-done:
			return err
		case <-deadline.C:
			stop(&LimitError{fmt.Sprintf("stopped after %v", s.limits.Wall)})
		case <-ctx.Done():
			stop(ctx.Err())
		case <-sample.C:
			if grown := int64(heap()) - int64(base); reason != nil {
				s.rt.Interrupt(reason) // the last interrupt may have come between two calls
			} else if grown > s.limits.Memory {
				stop(&LimitError{fmt.Sprintf("stopped at %d MiB of memory", grown>>20)})
			}
		case <-abandon:
			return reason
		}
	}
}

func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// run evaluates the bundle.
func (s *Session) run() {
	rt := s.rt
	rt.SetMaxCallStackSize(s.limits.Depth)
	s.Exports = Value{s, goja.Undefined()}
	ast, err := goja.Parse(bundleName, "(function(exports,require,module,__filename,__dirname){"+s.Bundle.code+"\n})", parser.WithDisableSourceMaps)
	if err != nil {
		s.problem(err)
		return
	}
	instrument(ast)
	prg, err := goja.CompileAST(ast, false)
	if err != nil {
		s.problem(err)
		return
	}
	s.Complete = s.try(func() {
		s.globals()
		fn, err := rt.RunProgram(prg)
		if err != nil {
			panic(err)
		}
		module, exports := rt.NewObject(), rt.NewObject()
		s.must(module.Set("exports", exports))
		s.Exports = Value{s, exports}
		wrapper, _ := goja.AssertFunction(fn)
		_, err = wrapper(exports, exports, s.require(module), module, rt.ToValue(bundleName), rt.ToValue("/"))
		s.Exports = Value{s, module.Get("exports")}
		if err != nil {
			panic(err)
		}
	})
	for _, p := range s.rejected {
		s.rejection(p.Result())
	}
	s.rejected = nil
	for i := 0; i < len(s.timers) && i < 64; i++ {
		s.try(func() {
			if _, err := s.timers[i](goja.Undefined()); err != nil {
				panic(err)
			}
		})
	}
}

// rejection records the reason of a promise that nothing handles.
func (s *Session) rejection(reason goja.Value) {
	if reason == nil {
		return
	}
	if o, ok := reason.(*goja.Object); ok && o.ClassName() == "Error" {
		s.swallowed(o)
		return
	}
	s.note(Problem{Offset: -1, Message: reason.String()})
}

// note records a problem once.
func (s *Session) note(p Problem) {
	p.Message = strings.TrimSpace(p.Message)
	if !slices.Contains(s.Problems, p) {
		s.Problems = append(s.Problems, p)
	}
}

// try runs f, unless a limit was hit before, and records what it throws.
func (s *Session) try(f func()) (ok bool) {
	if s.dead {
		return false
	}
	defer func() {
		if x := recover(); x != nil {
			err, isErr := x.(error)
			if !isErr {
				err = fmt.Errorf("%v", x)
			}
			s.problem(err)
			ok = false
		}
	}()
	if ex := s.rt.Try(f); ex != nil {
		s.problem(ex)
		return false
	}
	return true
}

func (s *Session) must(err error) {
	if err != nil {
		panic(err)
	}
}

// problem records an error, with its place in the app's files where it has one.
func (s *Session) problem(err error) {
	p := Problem{Offset: -1, Message: err.Error()}
	var interrupted *goja.InterruptedError
	var overflow *goja.StackOverflowError
	var thrown *goja.Exception
	switch {
	case errors.As(err, &interrupted):
		s.dead = true
		p.Message = fmt.Sprint(interrupted.Value())
		s.place(&p, interrupted.Stack())
	case errors.As(err, &overflow):
		p.Message = fmt.Sprintf("more than %d nested calls", s.limits.Depth)
		s.place(&p, overflow.Stack())
	case errors.As(err, &thrown):
		p.Message = thrown.Value().String()
		s.place(&p, thrown.Stack())
	}
	if !s.quiet || s.dead {
		s.note(p)
	}
}

func (s *Session) place(p *Problem, stack []goja.StackFrame) {
	for _, f := range stack {
		if f.SrcName() == bundleName {
			pos := f.Position()
			if name, offset, ok := s.source(pos.Line-1, pos.Column-1); ok {
				p.File, p.Offset = name, offset
				return
			}
		}
	}
}

// source is the place in the app's files of a place in the bundle, both from 0.
func (s *Session) source(line, column int) (string, int, bool) {
	if s.smap == nil {
		m, err := parseSourceMap(s.Bundle.mapJSON)
		if err != nil {
			m = &sourceMap{}
		}
		s.smap = m
	}
	if line == 0 {
		column -= strings.Index("(function(exports,require,module,__filename,__dirname){", "{") + 1
	}
	name, l, c, ok := s.smap.find(line, column)
	if !ok {
		return "", 0, false
	}
	f := s.Bundle.files[name]
	if f == nil {
		return "", 0, false
	}
	offset := f.offset(l, c)
	return name, offset, offset >= 0
}
