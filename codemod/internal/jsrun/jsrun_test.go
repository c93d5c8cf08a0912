package jsrun

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func build(files map[string]string, entry string) (*Bundle, error) {
	fsys := fstest.MapFS{}
	for name, src := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(src)}
	}
	return Build(context.Background(), Source{FS: fsys, Entry: entry})
}

func run(t *testing.T, files map[string]string, use func(*Session)) {
	t.Helper()
	b, err := build(files, "a.tsx")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Run(context.Background(), Limits{}, use); err != nil {
		t.Fatal(err)
	}
}

// show writes a value so that a test can compare it.
func show(v Value) string {
	switch v.Kind() {
	case Undefined:
		return "undefined"
	case Null:
		return "null"
	case String:
		s, _ := v.Text()
		return s
	case Array:
		var items []string
		for _, i := range v.Items() {
			items = append(items, show(i))
		}
		if v.Choice() {
			return "choice(" + strings.Join(items, " | ") + ")"
		}
		return "[" + strings.Join(items, ", ") + "]"
	case ElementKind:
		name := show(v.Element().Type)
		var kids []string
		for _, k := range v.Element().Children() {
			kids = append(kids, show(k))
		}
		return "<" + strings.TrimSpace(name+" "+strings.Join(kids, " ")) + ">"
	case StubKind:
		return v.Stub().String()
	case Function:
		return "function " + v.FuncName()
	case Object:
		var props []string
		for _, k := range v.Keys() {
			props = append(props, k+": "+show(v.Get(k)))
		}
		return "{" + strings.Join(props, ", ") + "}"
	}
	return fmt.Sprint(v.v)
}

// Each case exports x, whose value is compared, and must run without a problem.
var values = []struct{ name, src, want string }{
	{"a default import is the module's default", `import d from 'p'; export const x = d;`, "p.default"},
	{"a namespace import is the module", `import * as n from 'p'; export const x = [n.a, n.b.c];`, "[p.a, p.b.c]"},
	{"default and named imports of one module", `import d, { e } from 'p'; export const x = [d, e, d.f];`, "[p.default, p.e, p.default.f]"},
	{"require gives the module", `const m = require('p'); export const x = [m.a, require.resolve('q')];`, "[p.a, q]"},
	{"two reads of one property are one stub", `import { a } from 'p'; export const x = a.b === a.b;`, "true"},
	{"stubs are called and constructed", `import { a, B } from 'p'; export const x = [a(1)(2), new B().c];`, "[p.a()(), new p.B.c]"},
	{"stubs are extended", `import { B } from 'p'; class C extends B { constructor() { super(1); this.own = 2; } m() { return [this.own, this.other, super.n]; } } export const x = new C().m();`, "[2, new p.B.other, new p.B.n]"},
	{"stubs are iterated, destructured and spread", `import { a } from 'p'; const [b, c] = a; const { d: { e } } = a; export const x = [b, c, e, [...a].length, { ...a }];`, "[p.a[], p.a[], p.a.d.e, 4, {}]"},
	{"stubs are converted to primitives", "import { a } from 'p'; export const x = [`${a}/x`, a + '', +a, a * 2, String(a), a.toString()];", "[‹p.a›/x, ‹p.a›, NaN, NaN, ‹p.a›, ‹p.a›]"},
	{"stubs are template tags", "import { a } from 'p'; export const x = a`x${1}y`;", "p.a()"},
	{"stubs are bound, called and applied", `import { a } from 'p'; export const x = [a.bind(1)(), a.call(1, 2), a.apply(1, [2])];`, "[p.a(), p.a(), p.a()]"},
	{"stubs are compared, tested and written to", `import { a } from 'p'; a.b = 5; delete a.c; export const x = [a.b, 'q' in a, a instanceof Object, ({}) instanceof a, typeof a, JSON.stringify({ a })];`, "[5, false, true, false, function, {}]"},
	{"array methods of stubs run their callback once", `import { a } from 'p'; const seen = []; a.forEach(i => seen.push(i)); export const x = [a.map(i => i.n), a.filter(Boolean).map(i => i), a.reduce((n, i) => [...n, i], []), seen, a.find(i => i)];`, "[[p.a[].n], [p.a[]], [p.a[]], [p.a[]], p.a[]]"},
	{"assets and stylesheets are stubs", `import './x.css'; import logo from './x.svg'; import gone from './gone.png'; import y from 'alias/y'; export const x = [logo, gone, y];`, "[./x.svg.default, ./gone.png.default, alias/y.default]"},
	{"data files are read", `import d from './d.json'; export const x = d.k;`, "v"},
	{"globals are there and inert", `document.querySelector('x').y = 1; window.z = localStorage.getItem('k'); console.log(1); setInterval(() => {}, 1); export const x = [typeof process.env.HOME, process.argv, process.cwd(), location.href, new URL('x').host];`, "[function, [], /, location.href, new URL.host]"},
	{"an import() keeps its specifier", `const p = import('p'); export const x = [p, p.then(m => ({ default: m.a }))];`, "[p, {default: p.a}]"},
	{"an import() of a file runs it", `export const x = import('./l').then(m => m.l);`, "local"},
	{"async functions run to their end", `import { a } from 'p'; const out: any[] = []; async function main() { const c = await a(); out.push(c.d); await new Promise(r => setTimeout(r, 1000)); out.push(await c.e()); } main(); export const x = out;`, "[p.a().d, p.a().e()]"},
	{"results of stubs are chained as promises", `import { a } from 'p'; const out: any[] = []; a().then(v => out.push(v)).catch(() => {}).finally(() => {}); export const x = out;`, "[p.a()]"},
	{"top-level await is passed over", `import { a } from 'p'; const c = await a(); export const x = c.d;`, "p.a().d"},
	{"generators of all kinds", `import { a } from 'p'; function* g() { yield 1; yield a; } async function* ag() { for await (const i of [1, 2]) yield i; } ag(); export const x = [...g()];`, "[1, p.a]"},
	{"enums, decorators, namespaces, private fields", `import { dec } from 'p'; enum E { A = 'a' } namespace N { export const v = E.A; } @dec() class D {} class C { #f = 1; static s = 2; get f() { return this.#f; } } export const x = [N.v, new C().f, C.s];`, "[a, 1, 2]"},
	{"elements know type, props and children", `import { A } from 'p'; export const x = <A b="1"><div>{[1, <i key="k" />]}</div>text{null}{false}</A>;`, "<p.A <div 1 <i>> text>"},
	{"fragments, spread with key, createElement, cloneElement", `import React, { cloneElement } from 'react'; import { A } from 'p'; const props = {}; const e = <A {...props} key="k" />; export const x = [<>{e}</>, React.createElement('b', null, 1, 2), cloneElement(e, { q: 1 }, 'kid')];`, "[<react.Fragment <p.A>>, <b 1 2>, <p.A kid>]"},
	{"hooks of React", `import { useState, useMemo, useRef, useContext, createContext, memo, forwardRef } from 'react'; const [s, set] = useState([1]); const [u] = useState(false); const C = memo(function M() { return null; }); export const x = [s, typeof set, u, useMemo(() => 5, []), useRef(7).current, useContext(createContext(1)), C, forwardRef(C).name];`, "[[1], function, state, 5, 7, react.useContext(), function M, ]"},
	{"lazy components are loaded", `import { lazy } from 'react'; const L = lazy(() => import('./l')); export { L as x };`, "function c"},
	{"an unknown ?: of elements is a choice", `import { c } from 'p'; export const x = c ? <a /> : <b />;`, "choice(<a> | <b>)"},
	{"an unknown ?: of plain values is what JavaScript gives", `import { c } from 'p'; export const x = [c ? 'a' : 'b', !c ? 'a' : 'b'];`, "[a, b]"},
	{"a known ?: is what it is", `const c = 0; export const x = c ? <a /> : <b />;`, "<b>"},
	{"conditions on stubs are not known, however written", `import { c } from 'p'; export const x = [!c && <a />, c === 'v' && <b />, !(c && c.d) && <i />, c.f() !== 1 && <u />, Boolean(c) ? <s /> : null, (c.a || c.b) ? null : <p />];`, "[choice(false | <a>), choice(false | <b>), choice(false | <i>), <u>, choice(<s> | null), choice(null | <p>)]"},
	{"the type of a stub is not known", `import { c } from 'p'; export const x = [typeof c === 'string' ? <a /> : <b />, Array.isArray(c.d) ? <a /> : <b />, typeof nowhere === 'undefined' ? <a /> : <b />, Array.isArray([]) ? 1 : 2, typeof 'x' === 'string' ? 1 : 2];`, "[choice(<b> | <a>), choice(<a> | <b>), <a>, 1, 1]"},
	{"a known part decides", `import { c } from 'p'; const no = false; export const x = [no && !c && <a />, !(no && c) && <b />];`, "[false, <b>]"},
	{"items and spreads under unknown conditions", `import { c, d, e } from 'p'; export const x = [c ? d : e, c ? 1 : 2, ...(c ? [3] : [4]), ...(!c ? [5] : [])];`, "[choice(p.d | p.e), 1, 3, 4, 5]"},
	{"both ways of an unknown if are run", `import { c } from 'p'; const out: any[] = []; if (c) { out.push(1); } else if (c === 2) { out.push(2); } else { out.push(3); } if (!c) out.push(4); export const x = out;`, "[1, 2, 3, 4]"},
	{"an unknown if that leaves goes JavaScript's way", `import { c } from 'p'; function f() { if (!c) { return 1; } return 2; } export const x = f();`, "2"},
	{"what is left of a stub is as unknown", `import { a } from 'p'; const { b, ...c } = a; let d, e; ({ e, ...d } = a); const f = ({ g, ...h }) => h.i; const out = []; for (const { j, ...k } of a) { out.push(k.l); break; } export const x = [b, c.q, c, d.n, f(a), ...out];`, "[p.a.b, p.a.q, p.a, p.a.n, p.a.i, p.a[].l]"},
	{"what is left of an object is what it is", "const k = 'b'; const o = { a: 1, b: 2, 'c-d': 3, 4: 5, m() {} }; const { a, ...r } = o; const { 'c-d': c, 4: n, m, ...s } = o; const { [k]: b, ...t } = o; const f = ({ a = 7, b: { y, ...z } = { y: 1, w: 2 }, ...u }, [v, ...w]) => [a, z, u, w]; export const x = [r, s, t, f({ q: 9 }, [1, 2, 3]), (({ ...all }) => all)(Object.create(null)), (({ length, ...l }) => l)('ab')];", "[{4: 5, b: 2, c-d: 3, m: function m}, {a: 1, b: 2}, {4: 5, a: 1, c-d: 3, m: function m}, [7, {w: 2}, {q: 9}, [2, 3]], {}, {0: a, 1: b}]"},
	{"the truth of a stub is not known", `import { c } from 'p'; const on = !!c.d, also = Boolean(c.e()), not = !!0; export const x = [on ? <a /> : <b />, also && <i />, not ? 1 : 2, Boolean('') === false, [0, 1].filter(Boolean), !!c ? <u /> : null];`, "[choice(<a> | <b>), <i>, 2, true, [1], choice(<u> | null)]"},
	{"conditions that await are left alone", `import { c } from 'p'; const out: any[] = []; (async () => { out.push(c ? await c.d() : 1); c && (await c.e()); })(); export const x = out;`, "[p.c.d()]"},
}

func TestValuesOfAppCode(t *testing.T) {
	for _, c := range values {
		t.Run(c.name, func(t *testing.T) {
			run(t, map[string]string{"a.tsx": c.src, "l.ts": "export const l = 'local'; export default () => null;", "d.json": `{"k":"v"}`}, func(s *Session) {
				if got := show(s.Exports.Get("x")); got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
				if len(s.Problems) > 0 {
					t.Errorf("problems: %v", s.Problems)
				}
			})
		})
	}
}

func TestRenderGoesEachWay(t *testing.T) {
	run(t, map[string]string{"a.tsx": `import { c, useX } from 'p';
export function F({ n }) {
  const x = useX();
  if (!x.ready) { return null; }
  if (n === 1 && x.admin === 'yes') { return <a />; }
  switch (x.kind) {
    case 'one': return <b />;
    case 'two': return <i />;
    default: return <u />;
  }
}
export class C extends c.Component { render() { return <p>{this.props.n}{this.state.m}</p>; } }
export const A = async () => <s />;`}, func(s *Session) {
		var got []string
		for _, v := range s.Exports.Get("F").Render(s.Object(map[string]Value{"n": {s, s.rt.ToValue(1)}})) {
			got = append(got, show(v))
		}
		slices.Sort(got)
		if want := "[<a> <b> <i> <u> null]"; fmt.Sprint(got) != want {
			t.Errorf("got %v, want %v", got, want)
		}
		if got := show(s.Exports.Get("C").Render(s.Unknown("props"))[0]); !strings.HasPrefix(got, "<p ") {
			t.Errorf("class: %s", got)
		}
		if got := show(s.Exports.Get("A").Render(s.Unknown("props"))[0]); got != "<s>" {
			t.Errorf("async: %s", got)
		}
	})
}

func TestDrainGivesWhatLoadersLoad(t *testing.T) {
	run(t, map[string]string{"a.tsx": `export const loaders = [
  function* () { yield import('a'); },
  async function* () { yield import('b'); yield import('c'); },
  () => [import('d'), import('e')],
  async () => [import('f')],
  () => import('g'),
];`}, func(s *Session) {
		var got []string
		for _, l := range s.Exports.Get("loaders").Items() {
			s.Drain(l, s.Unknown("deps"), func(v Value) { got = append(got, show(v)) })
		}
		if want := "[a b c d e f g]"; fmt.Sprint(got) != want {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestPositionsAreByteOffsets(t *testing.T) {
	line := "const é = '😀';"
	for _, eol := range []string{"\n", "\r\n", "\r", "\u2028"} {
		for _, bom := range []string{"", "\uFEFF"} {
			src := bom + strings.Join([]string{
				"import { f, C } from 'p';", line, "/* é😀 */ const a = <C/>; f(1);", "f.g", "  .h(2)", "  .i(3);",
				"const el = <C {...{}} key='x' />;", "[1].forEach(n => f.each(n));", "new C(4);", "export default [é, a, el];",
			}, eol)
			b, err := build(map[string]string{"d/a.tsx": src}, "d/a.tsx")
			if err != nil {
				t.Fatal(err)
			}
			err = b.Run(context.Background(), Limits{}, func(s *Session) {
				e := s.Elements[0]
				if want := strings.Index(src, "<C/>"); e.File != "d/a.tsx" || e.Offset != want {
					t.Errorf("%q %q: element at %s:%d, want %d", eol, bom, e.File, e.Offset, want)
				}
				want := []string{"f(1)", "f.g", "f.g", "f.each", "new C(4)"}
				if len(s.Calls) != len(want) {
					t.Fatalf("%d calls", len(s.Calls))
				}
				for i, c := range s.Calls {
					name, offset, ok := c.At()
					start := strings.Index(src, want[i])
					if !ok || name != "d/a.tsx" || offset < start || offset > start+len("f.g  .h(2)")+2*len(eol)+8 {
						t.Errorf("%q %q: call %d at %s:%d %v, want near %d", eol, bom, i, name, offset, ok, start)
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestFilesThatCannotBeBundledAreStubs(t *testing.T) {
	run(t, map[string]string{
		"a.tsx":     `import { bad } from './bad'; import { none } from './some.js'; export const x = [bad, none];`,
		"bad.ts":    `export const bad = {{{;`,
		"some.js":   `export const some = 1;`,
		"unused.ts": `@@@`,
	}, func(s *Session) {
		if got := show(s.Exports.Get("x")); got != "[./bad.ts.bad, ./some.js.none]" {
			t.Error(got)
		}
		if len(s.Problems) != 2 || s.Problems[0].File != "bad.ts" || s.Problems[0].Offset != strings.Index("export const bad = {{{;", "{{{")+1 {
			t.Errorf("problems: %v", s.Problems)
		}
	})
	_, err := build(map[string]string{"a.tsx": "const = 1"}, "a.tsx")
	var be *BuildError
	if !errors.As(err, &be) || be.File != "a.tsx" || be.Offset != 6 {
		t.Errorf("got %v", err)
	}
	if _, err := build(nil, "a.tsx"); err == nil {
		t.Error("no error for a missing entry")
	}
}

func TestAliasesAreResolved(t *testing.T) {
	fsys := fstest.MapFS{
		"p/src/a.tsx":           {Data: []byte(`import { y } from '@/deep/y'; export const x = y;`)},
		"p/src/deep/y/index.ts": {Data: []byte(`export const y = 'found';`)},
	}
	b, err := Build(context.Background(), Source{FS: fsys, Entry: "p/src/a.tsx", Resolve: func(s, _ string) string {
		return strings.Replace(s, "@/", "p/src/", 1)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Files(); len(got) != 2 {
		t.Errorf("files: %v", got)
	}
	if err := b.Run(context.Background(), Limits{}, func(s *Session) {
		if got := show(s.Exports.Get("x")); got != "found" {
			t.Error(got)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

func TestProblemsSayWhatWentWrong(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"const a = 1;\nmissing();", "ReferenceError: missing is not defined at 13"},
		{"async function main() { throw new Error('in main'); }\nmain().catch(e => { console.error('failed', e); process.exit(1); });", "Error: in main at 30"},
		{"async function main() { undefined.x; }\nmain();", "TypeError: Cannot read property 'x' of undefined at 34"},
		{"function f(o) {\n  return o.x.y;\n}\ntry { f({}); } catch { /* as if nothing were */ }", "TypeError: Cannot read property 'y' of undefined at 29"},
		{"async function main() { nowhere(); }\nmain().catch(() => process.exit(1));", "ReferenceError: nowhere is not defined at 24"},
		{"import { lazy } from 'react';\nlazy(() => import('./broken'));", "ReferenceError: nowhere is not defined at 0"},
	} {
		run(t, map[string]string{"a.tsx": c.src, "broken.ts": "nowhere();\nexport default 1;"}, func(s *Session) {
			if len(s.Problems) != 1 {
				t.Fatalf("%q: problems: %v", c.src, s.Problems)
			}
			if got := fmt.Sprintf("%s at %d", s.Problems[0].Message, s.Problems[0].Offset); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatCodeIsThereToCatchIsNoProblem(t *testing.T) {
	run(t, map[string]string{"a.tsx": `import { a } from 'p';
try { JSON.parse(a.b()); } catch { a.c(); }
try { throw new Error('own'); } catch ({ message, ...more }) { a.d(message, more); }
a.e().catch('x');
Promise.resolve(1).catch(() => 2);`}, func(s *Session) {
		if len(s.Problems) > 0 {
			t.Errorf("problems: %v", s.Problems)
		}
		if len(s.Calls) != 5 {
			t.Errorf("%d calls", len(s.Calls))
		}
	})
}

func TestImportsOfFilesThatAreNotThereAreProblems(t *testing.T) {
	src := "import a from './gone';\nimport './gone';\nimport './gone.css';\nimport logo from '../logo.svg';\nimport type { T } from './types';\nimport b from './d.json';\nimport c from './e.json';\nexport const x: T = [a, b, c, logo, import('./late.js')];"
	run(t, map[string]string{"a.tsx": src, "d.json": "{}"}, func(s *Session) {
		var got []string
		for _, p := range s.Problems {
			if !p.Missing || p.File != "a.tsx" {
				t.Errorf("%+v", p)
			}
			got = append(got, fmt.Sprintf("%d %s", p.Offset, p.Message))
		}
		slices.Sort(got)
		if want := "[14 ./gone is not there 168 ./e.json is not there 223 ./late.js is not there]"; fmt.Sprint(got) != want {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	})
}

// Steps are the same on every machine, however busy it is.
func TestRunawaysAreStoppedByTheirSteps(t *testing.T) {
	for _, src := range []string{
		`while (true) {}`, `for (;;);`, `do {} while (true)`, `for (const x of (function* () { for (;;) yield 1; })()) {}`,
		`for (;;) { try { for (;;) {} } catch {} }`, `const f = n => { if (n) { f(n - 1); f(n - 1); } }; f(60);`, `const f = n => n && f(n - 1) + f(n - 1); f(60);`,
		`function f(n) { 'use strict'; return n ? f(n - 1) + f(n - 1) : 0; } f(60);`, `const f = async () => { await null; f(); }; f();`,
		`class A { get x() { return 1; } m() { for (;;) this.x; } } new A().m();`,
	} {
		b, err := build(map[string]string{"a.tsx": src + "\nexport {};"}, "a.tsx")
		if err != nil {
			t.Fatal(err)
		}
		err = b.Run(context.Background(), Limits{Steps: 100_000, Time: time.Minute}, func(s *Session) {
			if got := fmt.Sprint(s.Problems); !strings.Contains(got, "ran for too long") {
				t.Errorf("%s: problems: %s", src, got)
			}
		})
		if err != nil {
			t.Errorf("%s: %v", src, err)
		}
	}
}

func TestRunawaysAreStopped(t *testing.T) {
	limits := Limits{Time: 300 * time.Millisecond, Calls: 1000, Memory: 64 << 20}
	for _, c := range []struct{ name, src, want string }{
		{"a loop", `while (true) {}`, "stopped"},
		{"a loop in a promise", `const f = () => Promise.resolve().then(f); f();`, "stopped"},
		{"a loop that catches", `for (;;) { try { for (;;) {} } catch {} }`, "stopped"},
		{"recursion", `function f() { return f() + 1; } f();`, "nested calls"},
		{"recursion through stubs", `import { a } from 'p'; function f() { return a.map(f); } f();`, "nested calls"},
		{"recursion through conversions", `const o = { toString() { return String(o); } }; String(o);`, "nested calls"},
		{"allocation by push", `const a = []; for (;;) a.push({ x: a.length + '' });`, "stopped"},
		{"allocation by doubling", `let s = 'x'; for (;;) s += s + 'y';`, "stopped"},
		{"allocation by repeat", `'x'.repeat(2 ** 29);`, "too large"},
		{"allocation by an array's length", `const a = []; a.length = 2 ** 30; [...a];`, "too large"},
		{"allocation by the constructor", `new Array(2 ** 30).fill(0);`, "too large"},
		{"allocation by Array.from", `Array.from({ length: 2 ** 30 });`, "too large"},
		{"calls", `import { a } from 'p'; for (;;) a();`, "too many calls"},
		{"elements", `for (;;) <a />;`, "too many calls"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := build(map[string]string{"a.tsx": c.src + "\nexport {};"}, "a.tsx")
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			err = b.Run(context.Background(), limits, func(s *Session) {
				if got := fmt.Sprint(s.Problems); !strings.Contains(got, c.want) {
					t.Errorf("problems: %s, want %q", got, c.want)
				}
			})
			if err != nil {
				t.Errorf("abandoned: %v", err)
			}
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("took %v", d)
			}
			runtime.GC()
		})
	}
}

func TestCallsAfterALimitAreRefused(t *testing.T) {
	b, err := build(map[string]string{"a.tsx": `export const f = () => 1; export const loop = () => { for (;;) {} };`}, "a.tsx")
	if err != nil {
		t.Fatal(err)
	}
	err = b.Run(context.Background(), Limits{Time: 200 * time.Millisecond}, func(s *Session) {
		if _, ok := s.Exports.Get("f").Call(); !ok {
			t.Error("f was not called")
		}
		f := s.Exports.Get("f")
		if _, ok := s.Exports.Get("loop").Call(); ok {
			t.Error("loop came to an end")
		}
		if _, ok := f.Call(); ok {
			t.Error("f was called after the limit")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNativeCallsThatDoNotEndAreAbandoned(t *testing.T) {
	b, err := build(map[string]string{"a.tsx": `export const x = /^(?=(a+)+$)(a|aa)+$/.test('a'.repeat(60) + 'b');`}, "a.tsx")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	err = b.Run(context.Background(), Limits{Time: 100 * time.Millisecond}, func(*Session) {})
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("took %v", d)
	}
	t.Log(err)
}

func TestCancelledRunsReturn(t *testing.T) {
	b, err := build(map[string]string{"a.tsx": `for (;;) {}`}, "a.tsx")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := b.Run(ctx, Limits{}, func(s *Session) {
		if len(s.Problems) == 0 {
			t.Error("no problem")
		}
	}); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestNothingOutsideIsReachable(t *testing.T) {
	t.Setenv("BATTEN_SECRET", "s3cret")
	run(t, map[string]string{"a.tsx": `import fs from 'fs'; import cp from 'child_process'; import http from 'node:http';
const out: any[] = [];
out.push(fs.readFileSync('/etc/hostname', 'utf8'), cp.execSync('id'), http.get('x'), process.env.BATTEN_SECRET, fetch('x'));
out.push((() => {}).constructor('return this')().os, typeof require('os').hostname());
export const x = out;`}, func(s *Session) {
		want := "[fs.default.readFileSync(), child_process.default.execSync(), node:http.default.get(), process.env.BATTEN_SECRET, fetch(), undefined, function]"
		if got := show(s.Exports.Get("x")); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func FuzzRunNeverPanics(f *testing.F) {
	for _, c := range values {
		f.Add(c.src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		b, err := build(map[string]string{"a.tsx": src, "l.ts": "export const l = 1;"}, "a.tsx")
		if err != nil {
			return
		}
		err = b.Run(context.Background(), Limits{Time: 200 * time.Millisecond, Calls: 2000, Memory: 64 << 20}, func(s *Session) {
			for _, e := range s.Elements {
				if e.Offset > len(src) {
					t.Errorf("element at %d of %d", e.Offset, len(src))
				}
			}
			for _, c := range s.Calls {
				if _, offset, ok := c.At(); ok && offset > len(src) {
					t.Errorf("call at %d of %d", offset, len(src))
				}
			}
			for _, k := range s.Exports.Keys() {
				s.Exports.Get(k).Render(s.Unknown("props"))
			}
		})
		var limit *LimitError
		if err != nil && !errors.As(err, &limit) {
			t.Error(err)
		}
		if limit != nil && strings.Contains(limit.Reason, "engine failed") {
			t.Log(limit)
		}
	})
}
