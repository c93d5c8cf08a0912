package tsx

import (
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/text"
)

func names(module string, names ...string) []Import {
	var out []Import
	for _, n := range names {
		name, alias, _ := strings.Cut(n, " as ")
		out = append(out, Import{Module: module, Name: name, Alias: alias})
	}
	return out
}

func TestAddImport(t *testing.T) {
	for _, c := range []struct {
		name, src string
		add       []Import
		want      string // "" for no change
		locals    string
		once      bool // cannot be undone byte for byte
	}{
		{name: "after the last import", src: "import a from 'a';\n\nf();\n", add: names("m", "B"), want: "import a from 'a';\nimport { B } from 'm';\n\nf();\n", locals: "B"},
		{name: "house style", src: "import {a} from \"a\" // x\n\nf()\n", add: names("m", "B", "C"), want: "import {a} from \"a\" // x\nimport {B, C} from \"m\"\n\nf()\n", locals: "B C"},
		{name: "several modules", src: "import a from 'a';\n", add: append(names("m", "B"), names("n", "C")...), want: "import a from 'a';\nimport { B } from 'm';\nimport { C } from 'n';\n", locals: "B C"},
		{name: "no newline at the end", src: "import a from 'a';\nimport b from 'b';", add: names("m", "B"), want: "import a from 'a';\nimport b from 'b';\nimport { B } from 'm';", locals: "B"},
		{name: "default, namespace, side effect", src: "import a from 'a';\n",
			add:  []Import{{Module: "m", Alias: "M", Default: true}, {Module: "n", Alias: "N", Namespace: true}, {Module: "o.css", SideEffect: true}, {Module: "p", Name: "P", TypeOnly: true}},
			want: "import a from 'a';\nimport M from 'm';\nimport * as N from 'n';\nimport 'o.css';\nimport type { P } from 'p';\n", locals: "M N  P"},
		{name: "default and names together", src: "import a from 'a';\n", add: append(names("m", "B"), Import{Module: "m", Alias: "M", Default: true}),
			want: "import a from 'a';\nimport M, { B } from 'm';\n", locals: "B M"},

		{name: "known already", src: "import { B } from 'm';\n", add: names("m", "B"), locals: "B"},
		{name: "known under an alias", src: "import { B as C } from 'm';\n", add: names("m", "B"), locals: "C"},
		{name: "asked twice", src: "import a from 'a';\n", add: names("m", "B", "B"), want: "import a from 'a';\nimport { B } from 'm';\n", locals: "B B"},
		{name: "known default", src: "import M from 'm';\n", add: []Import{{Module: "m", Alias: "X", Default: true}}, locals: "M"},
		{name: "known default by name", src: "import { default as M } from 'm';\n", add: []Import{{Module: "m", Alias: "X", Default: true}}, locals: "M"},
		{name: "known namespace", src: "import * as M from 'm';\n", add: []Import{{Module: "m", Alias: "X", Namespace: true}}, locals: "M"},
		{name: "known side effect", src: "import 'm.css';\n", add: []Import{{Module: "m.css", SideEffect: true}}, locals: ""},

		{name: "joins, sorted", src: "import { A, C } from 'm';\n", add: names("m", "B"), want: "import { A, B, C } from 'm';\n", locals: "B"},
		{name: "joins, sorted without regard to case", src: "import { a, C, d } from 'm';\n", add: names("m", "B"), want: "import { a, B, C, d } from 'm';\n", locals: "B"},
		{name: "joins, unsorted", src: "import { C, A } from 'm';\n", add: names("m", "B"), want: "import { C, A, B } from 'm';\n", locals: "B"},
		{name: "joins, one name", src: "import { C } from 'm';\n", add: names("m", "B"), want: "import { C, B } from 'm';\n", locals: "B"},
		{name: "joins, trailing comma", src: "import { C, } from 'm';\n", add: names("m", "B"), want: "import { C, B, } from 'm';\n", locals: "B"},
		{name: "joins, several lines", src: "import {\n  A, // a\n  C,\n} from 'm';\n", add: names("m", "B", "D"), want: "import {\n  A, // a\n  B,\n  C,\n  D,\n} from 'm';\n", locals: "B D"},
		{name: "joins, several lines, no trailing comma", src: "import {\n\tA,\n\tC // c\n} from 'm';\n", add: names("m", "D"), want: "import {\n\tA,\n\tC, // c\n\tD\n} from 'm';\n", locals: "D"},
		{name: "joins a default", src: "import React from 'react';\n", add: names("react", "useState"), want: "import React, { useState } from 'react';\n", locals: "useState"},
		{name: "default joins names", src: "import { useState } from 'react';\n", add: []Import{{Module: "react", Alias: "React", Default: true}}, want: "import React, { useState } from 'react';\n", locals: "React"},
		{name: "both join", src: "import { A } from 'm';\n", add: append(names("m", "B"), Import{Module: "m", Alias: "M", Default: true}), want: "import M, { A, B } from 'm';\n", locals: "B M"},
		{name: "empty braces", src: "import {} from 'm';\n", add: names("m", "B"), want: "import { B } from 'm';\n", locals: "B", once: true},
		{name: "namespace cannot be joined", src: "import * as M from 'm';\n", add: names("m", "B"), want: "import * as M from 'm';\nimport { B } from 'm';\n", locals: "B"},
		{name: "side effect is not joined", src: "import 'm';\n\nf();\n", add: names("m", "B"), want: "import 'm';\nimport { B } from 'm';\n\nf();\n", locals: "B"},
		{name: "module imported twice", src: "import M from 'm';\nimport { A } from 'm';\n", add: names("m", "B"), want: "import M from 'm';\nimport { A, B } from 'm';\n", locals: "B"},
		{name: "import require", src: "import M = require('m');\n", add: names("m", "B"), want: "import M = require('m');\nimport { B } from 'm';\n", locals: "B"},

		{name: "type import is not joined by a value", src: "import type { A } from 'm';\n", add: names("m", "B"), want: "import type { A } from 'm';\nimport { B } from 'm';\n", locals: "B"},
		{name: "type import has the name", src: "import type { B } from 'my-tool';\n", add: names("my-tool", "B"), want: "import type { B } from 'my-tool';\nimport { B as MyToolB } from 'my-tool';\n", locals: "MyToolB"},
		{name: "inline type has the name", src: "import { type B } from 'm';\n", add: names("m", "B"), want: "import { type B, B as MB } from 'm';\n", locals: "MB"},
		{name: "type joins a type import", src: "import { A } from 'm';\nimport type { T } from 'm';\n", add: []Import{{Module: "m", Name: "U", TypeOnly: true}}, want: "import { A } from 'm';\nimport type { T, U } from 'm';\n", locals: "U"},
		{name: "type joins values", src: "import { A } from 'm';\n", add: []Import{{Module: "m", Name: "U", TypeOnly: true}}, want: "import { A, type U } from 'm';\n", locals: "U"},
		{name: "type apart where types are apart", src: "import { A } from 'm';\nimport type { B } from 'b';\n", add: []Import{{Module: "m", Name: "U", TypeOnly: true}}, want: "import { A } from 'm';\nimport type { B } from 'b';\nimport type { U } from 'm';\n", locals: "U"},
		{name: "type served by a value", src: "import { A } from 'm';\n", add: []Import{{Module: "m", Name: "A", TypeOnly: true}}, locals: "A"},

		{name: "name taken by an import", src: "import { EntityContent } from 'a';\n", add: names("@backstage-community/plugin-tech-radar", "EntityContent"),
			want: "import { EntityContent } from 'a';\nimport { EntityContent as TechRadarEntityContent } from '@backstage-community/plugin-tech-radar';\n", locals: "TechRadarEntityContent"},
		{name: "name taken in a scope", src: "import a from 'a';\nconst f = ({ isOn }) => isOn;\n", add: names("@x/plugin-jenkins", "isOn"),
			want: "import a from 'a';\nimport { isOn as jenkinsIsOn } from '@x/plugin-jenkins';\nconst f = ({ isOn }) => isOn;\n", locals: "jenkinsIsOn"},
		{name: "alias taken too", src: "import MB, { B } from 'a';\n", add: names("m", "B"), want: "import MB, { B } from 'a';\nimport { B as MB2 } from 'm';\n", locals: "MB2"},
		{name: "used global", src: "import a from 'a';\nnew Map();\n", add: names("@material-ui/icons", "Map"), want: "import a from 'a';\nimport { Map as IconsMap } from '@material-ui/icons';\nnew Map();\n", locals: "IconsMap"},
		{name: "used and not declared", src: "import a from 'a';\nf(B);\n", add: names("m", "B"), want: "import a from 'a';\nimport { B } from 'm';\nf(B);\n", locals: "B"},
		{name: "wanted alias", src: "import a from 'a';\n", add: names("m", "B as C"), want: "import a from 'a';\nimport { B as C } from 'm';\n", locals: "C"},

		{name: "side effects first", src: "import '@x/css';\nimport a from 'a';\n", add: names("m", "B"), want: "import '@x/css';\nimport a from 'a';\nimport { B } from 'm';\n", locals: "B"},
		{name: "imports after code", src: "import a from 'a';\nimport b from 'b';\nf();\nimport c from 'c';\n", add: names("m", "B"), want: "import a from 'a';\nimport b from 'b';\nimport { B } from 'm';\nf();\nimport c from 'c';\n", locals: "B"},
		{name: "group with its comment", src: "import a from 'a';\n\n// ours\nimport b from './b';\nf();\n", add: names("m", "B"), want: "import a from 'a';\n\n// ours\nimport b from './b';\nimport { B } from 'm';\nf();\n", locals: "B"},
		{name: "code on the line", src: "import a from 'a'; f();\n", add: names("m", "B"), want: "import a from 'a'; import { B } from 'm'; f();\n", locals: "B"},
		{name: "no imports", src: "f();\n", add: names("m", "B"), want: "import { B } from 'm';\n\nf();\n", locals: "B"},
		{name: "no imports, licence", src: "/*\n * Copyright\n */\n\n// f\nf();\n", add: names("m", "B"), want: "/*\n * Copyright\n */\n\nimport { B } from 'm';\n\n// f\nf();\n", locals: "B"},
		{name: "no imports, licence directly above", src: "// SPDX-License-Identifier: x\nf();\n", add: names("m", "B"), want: "// SPDX-License-Identifier: x\nimport { B } from 'm';\n\nf();\n", locals: "B"},
		{name: "no imports, directive", src: "#!/usr/bin/env node\n'use strict';\n\nf();\n", add: names("m", "B"), want: "#!/usr/bin/env node\n'use strict';\n\nimport { B } from 'm';\n\nf();\n", locals: "B"},
		{name: "empty file", src: "", add: names("m", "B"), want: "import { B } from 'm';\n", locals: "B"},

		{name: "too long for one line", src: "import { AaaaaaaaaaaaaaaaaaaaaaaAAA, BbbbbbbbbbbbbbbbbbbbbbbbB } from 'module';\n", add: names("module", "Cccccccc"),
			want: "import {\n  AaaaaaaaaaaaaaaaaaaaaaaAAA,\n  BbbbbbbbbbbbbbbbbbbbbbbbB,\n  Cccccccc,\n} from 'module';\n", locals: "Cccccccc"},
		{name: "too long for one line, but the file has longer", src: "import { AaaaaaaaaaaaaaaaaaaaaaaAAA, BbbbbbbbbbbbbbbbbbbbbbbbB } from 'module';\nimport { Ddddddddddddddddddddddddddd, Eeeeeeeeeeeeeeeeeeeeeeeeeeeee, F } from 'other';\n", add: names("module", "Cccccccc"),
			want: "import { AaaaaaaaaaaaaaaaaaaaaaaAAA, BbbbbbbbbbbbbbbbbbbbbbbbB, Cccccccc } from 'module';\nimport { Ddddddddddddddddddddddddddd, Eeeeeeeeeeeeeeeeeeeeeeeeeeeee, F } from 'other';\n", locals: "Cccccccc"},
		{name: "new and too long for one line", src: "import a from 'a';\n", add: names("@backstage-community/plugin-tech-radar", "TechRadarPage", "TechRadarApi"),
			want: "import a from 'a';\nimport {\n  TechRadarPage,\n  TechRadarApi,\n} from '@backstage-community/plugin-tech-radar';\n", locals: "TechRadarPage TechRadarApi"},
		{name: "a single name is never spread", src: "import a from 'a';\n", add: names("@backstage-community/plugin-tech-radar", "TechRadarPageWithAVeryLongNameIndeed"),
			want: "import a from 'a';\nimport { TechRadarPageWithAVeryLongNameIndeed } from '@backstage-community/plugin-tech-radar';\n", locals: "TechRadarPageWithAVeryLongNameIndeed"},
		{name: "default grows too long", src: "import Aaaaaaaaaaaaaaaaaaaaaaaaaaaa from '@backstage-community/plugin-tech';\n", add: names("@backstage-community/plugin-tech", "TechRadarPage"),
			want: "import Aaaaaaaaaaaaaaaaaaaaaaaaaaaa, {\n  TechRadarPage,\n} from '@backstage-community/plugin-tech';\n", locals: "TechRadarPage"},
	} {
		for _, eol := range []string{"\n", "\r\n"} {
			if eol == "\r\n" && strings.Count(c.src, "\n") == 0 {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				src, want := strings.ReplaceAll(c.src, "\n", eol), strings.ReplaceAll(c.want, "\n", eol)
				edits, locals := AddImport(mustParse(t, src), c.add...)
				if got := strings.Join(locals, " "); got != c.locals {
					t.Errorf("local names are %q, want %q", got, c.locals)
				}
				if want == "" {
					if len(edits) > 0 {
						t.Fatalf("edits where nothing is to do: %v", edits)
					}
					return
				}
				out, err := text.Apply([]byte(src), edits)
				if err != nil {
					t.Fatal(err)
				}
				if string(out) != want {
					t.Fatalf("got\n%s\nwant\n%s", visible(string(out)), visible(want))
				}
				again, _ := AddImport(mustParse(t, want), c.add...)
				if len(again) > 0 {
					t.Errorf("the same again gives edits: %v", again)
				}
				if back := removeAgain(t, want, c.add, locals); back != src && !c.once {
					t.Errorf("undo gives\n%s\nwant\n%s", visible(back), visible(src))
				}
			})
		}
	}
}

// removeAgain removes imports, the side-effect ones too.
func removeAgain(t testing.TB, src string, added []Import, locals []string) string {
	t.Helper()
	var edits []text.Edit
	tree := mustParse(t, src)
	edits = append(edits, RemoveImport(tree, slices.Compact(slices.Sorted(slices.Values(locals)))...)...)
	for _, imp := range added {
		if imp.SideEffect {
			edits = append(edits, RemoveSideEffectImport(tree, imp.Module)...)
		}
	}
	out, err := text.Apply([]byte(src), edits)
	if err != nil {
		t.Fatal(err)
	}
	mustParse(t, string(out))
	return string(out)
}

func TestRemoveImport(t *testing.T) {
	remove := func(locals ...string) func(*Tree) []text.Edit {
		return func(t *Tree) []text.Edit { return RemoveImport(t, locals...) }
	}
	runEditCases(t, []editCase{
		{"a licence stays", "/* Copyright */\nimport a from 'a';\nimport b from 'b';\n", "/* Copyright */\nimport b from 'b';\n", remove("a"), nil},
		{"what is at the top of the file stays", "// The app.\nimport a from 'a';\n\nf();\n", "// The app.\n\nf();\n", remove("a"), nil},
		{"a comment above a group stays", "import a from 'a';\n\n// plugins\nimport b from 'b';\nimport c from 'c';\n", "import a from 'a';\n\n// plugins\nimport c from 'c';\n", remove("b"), nil},
		{"a comment above one import goes", "import a from 'a';\n// for b\nimport b from 'b'; // b\n\nf();\n", "import a from 'a';\n\nf();\n", remove("b"), nil},
		{"a directive for the next line goes", "// eslint-disable-next-line x\nimport a from 'a';\nimport b from 'b';\n", "import b from 'b';\n", remove("a"), nil},
		{"default of several", "import A, { b } from 'a';\n", "import { b } from 'a';\n", remove("A"), nil},
		{"default beside a namespace", "import A, * as b from 'a';\n", "import * as b from 'a';\n", remove("A"), nil},
		{"namespace beside a default", "import A, * as b from 'a';\n", "import A from 'a';\n", remove("b"), nil},
		{"several names", "import { a, b, c, d } from 'a';\n", "import { a, d } from 'a';\n", remove("b", "c"), nil},
		{"all names", "import x from 'x';\nimport A, { b } from 'a';\n", "import x from 'x';\n", remove("b", "A"), nil},
		{"all imports but one", "import a from 'a';\n\n// b\nimport b from 'b';\n\nimport c from 'c';\n", "import c from 'c';\n", remove("a", "b"), nil},
		{"an alias", "import { a as b, c } from 'a';\n", "import { c } from 'a';\n", remove("b"), nil},
		{"lines", "import {\n  a,\n  // b\n  b, // b\n  c,\n} from 'a';\n", "import {\n  a,\n  c,\n} from 'a';\n", remove("b"), nil},
		{"all imports", "import a from 'a';\nimport b from 'b';\n\nf();\n", "f();\n", remove("a", "b"), nil},
	})
}

func TestUnused(t *testing.T) {
	src := "import { A, B, C, D, E, F, G, H } from 'm';\n<A.x />;\nlet b: B;\nconst o = { C, d: D, E: 1 };\no.F;\nexport { G };\ntype X = typeof H;\n"
	tree := mustParse(t, src)
	for local, want := range map[string]bool{"A": false, "B": false, "C": false, "D": false, "E": true, "F": true, "G": false, "H": false} {
		if got := Unused(tree, local); got != want {
			t.Errorf("Unused(%s) = %v", local, got)
		}
	}
	if !Unused(tree, "D", find(tree, KindPair, "d: D").Span()) {
		t.Error("a reference inside the given span counts")
	}
}
