package jsrun

import (
	"context"
	"testing"
	"testing/fstest"
)

func run(t *testing.T, entry string, files map[string]string, use func(*Session)) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, src := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(src)}
	}
	b, err := Build(context.Background(), Source{FS: fsys, Entry: entry})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Run(context.Background(), Limits{}, use); err != nil {
		t.Fatal(err)
	}
}

func TestSmoke(t *testing.T) {
	run(t, "a.tsx", map[string]string{"a.tsx": `import { x } from 'pkg'; import y from 'pkg/y'; import './z.css'; import logo from './logo.svg';
import { local } from './local';
const backend = x();
backend.add(import('@b/one'));
backend
  .add(import('@b/two').then(m => ({ default: m.foo })));
export const el = <x.Foo a={1}>{local}<y/></x.Foo>;
export const c = y ? <a/> : <b/>;
export const d = !y && <a/>;
class Q extends x.Base { constructor() { super(1); this.k = this.other.foo(2); } }
new Q();
backend.start().then(() => console.log('hi')).catch(() => {});
`, "local.ts": "export const local = [1].map(String);"}, func(s *Session) {
		t.Log(s.Problems)
		for _, c := range s.Calls {
			f, o, ok := c.At()
			t.Log(c.Callee, f, o, ok, len(c.Args))
			for _, a := range c.Args {
				t.Log("   ", a.Kind(), a.Stub(), a.Get("default").Stub())
			}
		}
		for _, e := range s.Elements {
			t.Log(e.Type.Kind(), e.Type.Stub(), e.File, e.Offset)
		}
		t.Log(s.Exports.Keys(), s.Exports.Get("c").Kind(), s.Exports.Get("c").Choice(), s.Exports.Get("d").Choice())
	})
}
