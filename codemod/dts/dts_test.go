package dts_test

import (
	"errors"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/dts"
)

type files map[string]string

func (f files) reader() *dts.Reader {
	read := func(name string) ([]byte, error) {
		if src, ok := f[name]; ok {
			return []byte(src), nil
		}
		return nil, errors.New("no such file")
	}
	return dts.New(func(from, name string) (string, []byte, bool) {
		for dir := from; ; dir = path.Dir(dir) {
			at := path.Join(dir, "node_modules", name)
			if src, ok := f[at+"/package.json"]; ok {
				return at, []byte(src), true
			}
			if dir == "." {
				return "", nil, false
			}
		}
	}, read)
}

// one is a package x with declarations.
func one(src string) files {
	return files{"node_modules/x/package.json": `{"types": "dist/index.d.ts"}`, "node_modules/x/dist/index.d.ts": src}
}

func (f files) with(more files) files {
	out := files{}
	for _, m := range []files{f, more} {
		for name, src := range m {
			out[name] = src
		}
	}
	return out
}

var exports = []struct {
	name, specifier, want string // want: names with spaces between; "?" if it is not known
	files                 files
}{
	{"an export list", "x", "B T a default", one("declare const a: 1; interface T {}\nexport { a, a as B, type T, a as default };")},
	{"words before declarations", "x", "C E F N T f g v", one("export declare const v: 1, g: 2; export declare function f(): void; export declare function f(a: 1): void; export declare class C {} export interface F {} export type T = 1; export declare enum E {} export declare namespace N {}")},
	{"without an export list all is exported", "x", "hidden v", one("export declare const v: 1; declare const hidden: 2;")},
	{"with an export list only what it says is", "x", "v", one("export declare const v: 1; declare const hidden: 2; export {};")},
	{"a default export", "x", "default", one("declare const a: 1;\nexport default a;")},
	{"a default function", "x", "default", one("export default function f(): void;")},
	{"names of another file", "x", "A b", one("export { a as A, b } from './other.js';")},
	{"all of another file, but its default", "x", "a b own", one("export * from './other';\nexport declare const own: 1;\nexport {};").with(files{"node_modules/x/dist/other.d.ts": "export declare const a: 1; declare const b: 2; export { b, b as default };"})},
	{"all of a file that is not there", "x", "?", one("export * from './other';\nexport declare const own: 1;")},
	{"all of another package", "x", "y", one("export * from 'y/sub';").with(files{"node_modules/y/package.json": `{"typesVersions": {"*": {"sub": ["dist/sub.d.ts"]}}}`, "node_modules/y/dist/sub.d.ts": "export declare const y: 1;"})},
	{"all of a nested package", "x", "inner", one("export * from 'y';").with(files{"node_modules/x/node_modules/y/package.json": `{"typings": "t.d.ts"}`, "node_modules/x/node_modules/y/t.d.ts": "export declare const inner: 1;",
		"node_modules/y/package.json": `{"types": "t.d.ts"}`, "node_modules/y/t.d.ts": "export declare const outer: 1;"})},
	{"files in circles", "x", "a b", one("export * from './other';\nexport declare const a: 1;\nexport {};").with(files{"node_modules/x/dist/other.d.ts": "export * from './index';\nexport declare const b: 1;\nexport {};"})},
	{"a namespace", "x", "ns", one("export * as ns from './other';")},
	{"export =", "x", "?", one("declare const a: 1;\nexport = a;")},
	{"no module", "x", "?", one("declare const a: 1;")},
	{"an addition to another module", "x", "a", one("import 'z';\ndeclare module 'z' { const b: 1; }\ndeclare const a: 1;\nexport { a };")},
	{"an addition to itself", "x", "?", one("import 'z';\ndeclare module 'x' { const b: 1; }\ndeclare const a: 1;\nexport { a };")},
	{"a file that is no TypeScript", "x", "?", one("export { a")},
	{"conditions of exports", "x/alpha", "a", files{"node_modules/x/package.json": `{"exports": {".": "./index.js", "./alpha": {"import": {"types": "./alpha.d.mts", "default": "./alpha.mjs"}}}}`, "node_modules/x/alpha.d.mts": "export declare const a: 1;"}},
	{"declarations beside the script", "x", "a", files{"node_modules/x/package.json": `{"exports": {"import": "./lib/index.mjs"}}`, "node_modules/x/lib/index.d.mts": "export declare const a: 1;"}},
	{"a folder as a subpath", "x/lib/A", "a", files{"node_modules/x/package.json": `{}`, "node_modules/x/lib/A/index.d.ts": "export declare const a: 1;"}},
	{"sources are not read", "x", "?", files{"node_modules/x/package.json": `{"types": "src/index.ts"}`, "node_modules/x/src/index.ts": "export const a = 1;"}},
	{"a package that is not there", "z", "?", one("export declare const a: 1;")},
	{"a package.json that is none", "x", "?", files{"node_modules/x/package.json": `[`}},
}

func TestExportsAreWhatTheDeclarationsSay(t *testing.T) {
	for _, x := range exports {
		t.Run(x.name, func(t *testing.T) {
			got := "?"
			if names, ok := x.files.reader().Exports("packages/app", x.specifier); ok {
				var list []string
				for n := range names {
					list = append(list, n)
				}
				slices.Sort(list)
				got = strings.Join(list, " ")
			}
			if got != x.want {
				t.Errorf("got %q, want %q", got, x.want)
			}
		})
	}
}

const react = "import * as react from 'react';\nimport React, { ComponentType, ReactNode, FC as Fn, PropsWithChildren as With } from 'react';\n"

var required = []struct {
	name, export, want, src string
}{
	{"a function type", "X", "a c", "declare const X: (props: { a: string; b?: number; c: boolean }) => JSX.Element;"},
	{"an arrow with a pattern", "X", "a", "declare const X: ({ a, b }: { a: string; b?: number }) => JSX.Element;"},
	{"a function", "X", "a", "declare function X(props: P): JSX.Element;\ninterface P { a: string; readonly b?: 1; }"},
	{"overloads need what all need", "X", "a", "declare function X(props: { a: 1; b: 2 }): JSX.Element;\ndeclare function X(props: { a: 1; c: 2 }): JSX.Element;"},
	{"one overload without properties", "X", "", "declare function X(props: { a: 1 }): JSX.Element;\ndeclare function X(): JSX.Element;"},
	{"an optional parameter", "X", "", "declare function X(props?: { a: 1 }): JSX.Element;"},
	{"React.FC", "X", "a", "declare const X: React.FC<{ a: 1 }>;"},
	{"FC by another name", "X", "a", "declare const X: Fn<{ a: 1 }>;"},
	{"ComponentType", "X", "a", "declare const X: ComponentType<P>; type P = { a: 1 };"},
	{"FC of somebody else", "X", "", "declare const X: FC<{ a: 1 }>;"},
	{"memo and forwardRef", "X", "a", "declare const X: react.MemoExoticComponent<react.ForwardRefExoticComponent<{ a: 1 } & react.RefAttributes<1>>>;"},
	{"a class", "X", "a", "declare class X extends React.Component<{ a: 1 }> { render(): 1; }"},
	{"a class with defaults", "X", "", "declare class X extends React.Component<{ a: 1 }> { static defaultProps: { a: 1 }; }"},
	{"a class of its own", "X", "", "declare class X extends Base<{ a: 1 }> {}"},
	{"a call signature", "X", "a", "declare const X: { (props: { a: 1 }): JSX.Element; displayName: string };"},
	{"a call signature with defaults", "X", "", "declare const X: { (props: { a: 1 }): JSX.Element; defaultProps: { a: 1 } };"},
	{"a member", "X.Y", "title", "declare const X: { (props: {}): JSX.Element; Y: (props: { title: string }) => null };"},
	{"a member by typeof", "X.Y", "title", "declare function Y(props: { title: string }): null; declare const X: { Y: typeof Y };"},
	{"a member that is not there", "X.Z", "", "declare const X: { (props: {}): JSX.Element; Y: (props: { title: string }) => null };"},
	{"typeof", "X", "a", "declare const Y: (props: { a: 1 }) => 1; declare const X: typeof Y;"},
	{"an intersection needs all", "X", "a b", "declare const X: (props: { a: 1 } & { b: 1 } & Unknown) => 1;"},
	{"a union needs what each needs", "X", "a", "declare const X: (props: { a: 1; b: 1 } | { a: 2; c: 1 }) => 1;"},
	{"a union with what is not known", "X", "", "declare const X: (props: { a: 1 } | Unknown) => 1;"},
	{"Partial", "X", "", "declare const X: (props: Partial<{ a: 1 }>) => 1;"},
	{"Omit and Pick", "X", "b", "declare const X: (props: Omit<Pick<{ a: 1; b: 1; c: 1 }, 'a' | 'b'>, 'a'>) => 1;"},
	{"Omit of what is not known", "X", "", "declare const X: (props: Omit<{ a: 1; b: 1 }, keyof P>) => 1;"},
	{"an Omit of their own", "X", "", "type Omit<T, K> = Partial<T>; declare const X: (props: Omit<{ a: 1 }, 'b'>) => 1;"},
	{"PropsWithChildren", "X", "a", "declare const X: (props: With<{ a: 1 }>) => 1;"},
	{"what may be undefined", "X", "d", "type M = string | undefined; declare const X: (props: { a: M; b: ReactNode; c: any; d: number | null }) => 1;"},
	{"an interface that extends", "X", "a b", "interface Base { b: 1 } interface P extends Base, Unknown { a: 1 } declare const X: (props: P) => 1;"},
	{"an interface in two parts", "X", "a b", "interface P { a: 1 } interface P { b: 1 } declare const X: (props: P) => 1;"},
	{"parameters of types", "X", "a own", "type P<T, U = { own: 1 }> = T & U; declare const X: (props: P<{ a: 1 }>) => 1;"},
	{"a parameter that is not known", "X", "a", "type P<T> = { a: 1; b: T }; declare const X: <T>(props: P<T | undefined>) => 1;"},
	{"mapped and conditional types", "X", "", "type P = { [K in 'a']: 1 }; type Q<T> = T extends 1 ? { a: 1 } : {}; declare const X: (props: P & Q<1>) => 1;"},
	{"a method", "X", "onClose", "declare const X: (props: { onClose(): void; other?(): void }) => 1;"},
	{"a type of another file", "X", "z", "import { Z as Q } from './other'; declare const X: (props: Q) => 1;"},
	{"a type by a namespace", "X", "z", "import * as o from './other'; declare const X: (props: o.Z) => 1;"},
	{"a component of another file", "Y", "z", "export { Y } from './other';"},
	{"a type in circles", "X", "", "type P = Q; type Q = P; declare const X: (props: P) => 1;"},
	{"no component", "X", "", "declare const X: string;"},
	{"a type", "X", "", "interface X { (props: { a: 1 }): 1 }"},
}

func required1(src string) files {
	if !strings.HasPrefix(src, "export") {
		src += "\nexport { X };"
	}
	return one(react + src).with(files{"node_modules/x/dist/other.d.ts": "interface Z { z: 1 }\ndeclare const Y: (props: Z) => 1;\nexport { Z, Y };"})
}

func TestRequiredPropertiesAreThoseThatAreNeededForCertain(t *testing.T) {
	for _, x := range required {
		t.Run(x.name, func(t *testing.T) {
			if got := strings.Join(required1(x.src).reader().Required("packages/app", "x", x.export), " "); got != x.want {
				t.Errorf("got %q, want %q", got, x.want)
			}
		})
	}
}

func TestEntriesAreWhatThePackageNames(t *testing.T) {
	for want, src := range map[string]string{
		"x x/alpha": `{"exports": {".": "./a.js", "./alpha": "./b.js", "./package.json": "./package.json", "./deep/*": "./c/*"}}`,
		"x x/beta":  `{"typesVersions": {"*": {"beta": ["b.d.ts"], "package.json": ["package.json"]}}}`,
		"x":         `{}`,
	} {
		got := (files{"node_modules/x/package.json": src}).reader().Entries("packages/app", "x")
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func FuzzNoDeclarationsPanic(f *testing.F) {
	for _, x := range required {
		f.Add(react + x.src)
	}
	for _, x := range exports {
		f.Add(x.files["node_modules/x/dist/index.d.ts"])
	}
	f.Fuzz(func(_ *testing.T, src string) {
		r := one(src).reader()
		r.Exports(".", "x")
		r.Required(".", "x", "X")
		r.Required(".", "x", "X.Y")
	})
}
