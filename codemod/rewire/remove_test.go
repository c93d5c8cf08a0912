package rewire_test

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

// removals are constructs, between « and », and what is there without them; "" is a refusal.
// What is between ‹ and › stays.
var removals = []struct{ name, source, want string }{
	{"a child on lines of its own", "const a = (\n  <Table>\n    <A />\n    «<B />»\n  </Table>\n);\n", "const a = (\n  <Table>\n    <A />\n  </Table>\n);\n"},
	{"a child under a condition", "const a = (\n  <Table>\n    <A />\n    {on && (\n      «<B />»\n    )}\n  </Table>\n);\n", "const a = (\n  <Table>\n    <A />\n  </Table>\n);\n"},
	{"a child that is one of two ways", "const a = <Table><A />{on ? «<B />» : null}</Table>;\n", "const a = <Table><A /></Table>;\n"},
	{"a child that is the other of two ways", "const a = <Table>{on ? «<B />» : <C />}</Table>;\n", ""},
	{"wrappers of the page's layout go too", "const a = <Table><A /><div><>«<B />»</></div></Table>;\n", "const a = <Table><A /></Table>;\n"},
	{"wrappers of UI libraries go too", "import { Grid as G } from '@material-ui/core';\nconst a = <Table><A /><G item>«<B />»</G></Table>;\n", "import { Grid as G } from '@material-ui/core';\nconst a = <Table><A /></Table>;\n"},
	{"a switch with one case goes too", "import { EntitySwitch } from '@backstage/plugin-catalog';\nconst a = <Table><A /><EntitySwitch><EntitySwitch.Case if={x}>«<B />»</EntitySwitch.Case></EntitySwitch></Table>;\n",
		"import { EntitySwitch } from '@backstage/plugin-catalog';\nconst a = <Table><A /></Table>;\n"},
	{"a wrapper with text stays", "const a = <Table><A /><div>b: «<B />»</div></Table>;\n", "const a = <Table><A /><div>b: </div></Table>;\n"},
	{"a wrapper with meaning stays", "import { Provider } from 'x';\nconst a = <Table><A /><Provider>«<B />»</Provider></Table>;\n", "import { Provider } from 'x';\nconst a = <Table><A /><Provider></Provider></Table>;\n"},
	{"a wrapper that is to stay stays", "const a = <Table><A />‹<div>«<B />»</div>›</Table>;\n", "const a = <Table><A /><div></div></Table>;\n"},
	{"a comment for several stays", "const a = (\n  <Table>\n    {/* all of them */}\n    «<B />»\n    <A />\n  </Table>\n);\n", "const a = (\n  <Table>\n    {/* all of them */}\n    <A />\n  </Table>\n);\n"},
	{"a comment of one alone goes", "const a = (\n  <Table>\n    <A />\n\n    {/* this one */}\n    «<B />»\n\n    <C />\n  </Table>\n);\n", "const a = (\n  <Table>\n    <A />\n\n    <C />\n  </Table>\n);\n"},
	{"a comment that names the plugin goes", "a();\n// others\n// The X plugin\n«b();»\nc();\n", "a();\n// others\nc();\n"},
	{"a statement alone in its paragraph", "a();\n\n// about b\n«b();» // yes\n\nc();\n", "a();\n\nc();\n"},
	{"a statement below a comment for several", "// about both\n«b();»\nc();\n", "// about both\nc();\n"},
	{"a statement under a condition of its own", "a();\nif (on) {\n  «b();»\n}\nc();\n", "a();\nc();\n"},
	{"a statement under a condition with another way", "if (on) {\n  «b();»\n} else {\n  c();\n}\n", "if (on) {\n} else {\n  c();\n}\n"},
	{"an item of a list on one line", "const a = [x, «y», z];\n", "const a = [x, z];\n"},
	{"an item of a list over lines", "const a = [\n  { x: 1 },\n  «{ y: 2 }»,\n];\n", "const a = [\n  { x: 1 },\n];\n"},
	{"an item for which a list was spread", "const aaaaaaaaaaaaaaaaaaaaaaa = [\n  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,\n  «cccccccccccccccccccccccccccccc»,\n];\n", "const aaaaaaaaaaaaaaaaaaaaaaa = [bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb];\n"},
	{"an item of a list that is spread under a condition", "const a = [x, ...(on ? [«y»] : []), z];\n", "const a = [x, z];\n"},
	{"the value of an item's property", "const a = [{ path: 'x', el: «<B />» }, y];\n", "const a = [y];\n"},
	{"the value of a map's property", "const a = { x: «<B />», y };\n", "const a = { y };\n"},
	{"the last of the features", "createApp({\n  features: [«x»],\n});\n", "createApp();\n"},
	{"the last of the features beside options", "createApp({ features: [«x»], y });\n", "createApp({ y });\n"},
	{"the last property of a binding", "bind(a.externalRoutes, {\n  «x: b.routes.y,»\n});\nc();\n", ""},
	{"an argument of a call", "a();\nbackend.add(«x»);\n", "a();\n"},
	{"the result of a function among children", "const a = <Table><A />{«b»()}</Table>;\n", "const a = <Table><A /></Table>;\n"},
	{"a router of a chain", "const s = «create()\n  .addRouter('/x', x)»\n  .addRouter('', app);\n", "const s = create()\n  .addRouter('', app);\n"},
	{"what a function returns", "function a() {\n  return «<B />»;\n}\n", ""},
	{"the only way to sign in", "const p = <SignInPage provider={«x»} />;\n", ""},
	{"the sign-in page that was added", "createApp({\n  apis,\n  components: {\n    SignInPage: props => (\n      <SignInPage\n        {...props}\n        title=\"Select a sign-in method\"\n        providers={[\n          'guest',\n          «x»,\n        ]}\n      />\n    ),\n  },\n});\n",
		"createApp({\n  apis,\n});\n"},
	{"a provider for which the page was spread", "const p = props => (\n  <SignInPage\n    {...props}\n    auto\n    providers={[\n      'guest',\n      «{\n        id: 'x',\n      }»,\n    ]}\n  />\n);\n",
		"const p = props => <SignInPage {...props} auto providers={['guest']} />;\n"},
}

func TestTakeOut(t *testing.T) {
	for _, c := range removals {
		for _, crlf := range []bool{false, true} {
			source, want := c.source, c.want
			if crlf {
				source, want = strings.ReplaceAll(source, "\n", "\r\n"), strings.ReplaceAll(want, "\n", "\r\n")
			}
			f, marks := marked(t, source)
			got := ""
			edits, err := rewire.TakeOut(f, marks['«'], rewire.Removal{
				Names: []string{"x"},
				Stays: func(span text.Span) bool { return span == marks['‹'] },
			})
			if err == nil {
				after, err := text.Apply(f.Tree.Source(), edits)
				if err != nil {
					t.Fatal(err)
				}
				got = string(after)
			} else if found := diag.Of(err); len(found) != 1 || found[0].Manual == "" || found[0].Pos.Line == 0 {
				t.Errorf("%s: %v is no refusal with a place and a manual step", c.name, err)
			}
			if got != want {
				t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, want)
			}
		}
	}
}

// marked is a source without its marks, and the spans between them by the opening one.
func marked(t *testing.T, source string) (rewire.File, map[rune]text.Span) {
	t.Helper()
	spans := map[rune]text.Span{}
	var out strings.Builder
	for _, c := range source {
		switch c {
		case '«', '‹':
			spans[c] = text.Span{Start: out.Len()}
		case '»', '›':
			open := map[rune]rune{'»': '«', '›': '‹'}[c]
			spans[open] = text.Span{Start: spans[open].Start, End: out.Len()}
		default:
			out.WriteRune(c)
		}
	}
	tree, err := tsx.Parse([]byte(out.String()), tsx.TSX)
	if err != nil {
		t.Fatalf("%v in\n%s", err, out.String())
	}
	return rewire.File{Name: "App.tsx", Tree: tree}, spans
}

func TestUnneeded(t *testing.T) {
	for _, c := range []struct{ name, before, after, want string }{
		{"imports that only what went used", "import { a, b } from 'm';\nuse(a, b);\n", "import { a, b } from 'm';\nuse(b);\n", "import { b } from 'm';\nuse(b);\n"},
		{"what was without use before stays", "import { a, b } from 'm';\nuse(b);\n", "import { a, b } from 'm';\n", "import { a } from 'm';\n"},
		{"but for the plugin's own", "import { a } from 'own/x';\nimport 'own/x.css';\nuse();\n", "import { a } from 'own/x';\nimport 'own/x.css';\nuse();\n", "use();\n"},
		{"names that need each other", "import { a } from 'm';\nconst b = () => a;\nfunction c() {\n  return b();\n}\nuse(c);\nuse();\n", "import { a } from 'm';\nconst b = () => a;\nfunction c() {\n  return b();\n}\nuse();\n", "use();\n"},
		{"what is exported stays", "export const a = 1;\nuse(a);\n", "export const a = 1;\n", "export const a = 1;\n"},
		{"what does more than make a value stays", "const a = start();\nuse(a);\n", "const a = start();\n", "const a = start();\n"},
		{"React stays where JSX needs it", "import React from 'react';\nconst a = React.lazy(() => import('./a'));\nuse(a);\nconst b = <B />;\n", "import React from 'react';\nconst a = React.lazy(() => import('./a'));\nconst b = <B />;\n", "import React from 'react';\nconst b = <B />;\n"},
		{"the environment of a router", "import { useHotMemoize as memo } from '@backstage/backend-common';\nconst xEnv = memo(module, () => createEnv('x'));\nconst yEnv = memo(module, () => createEnv('y'));\nuse(xEnv, yEnv);\n",
			"import { useHotMemoize as memo } from '@backstage/backend-common';\nconst xEnv = memo(module, () => createEnv('x'));\nconst yEnv = memo(module, () => createEnv('y'));\nuse(yEnv);\n",
			"import { useHotMemoize as memo } from '@backstage/backend-common';\nconst yEnv = memo(module, () => createEnv('y'));\nuse(yEnv);\n"},
		{"the comment that names the plugin goes with its import", "import { a } from 'm';\n// X\nimport { b } from 'own/x';\nimport { c } from 'n';\nuse(a, b, c);\n", "import { a } from 'm';\n// X\nimport { b } from 'own/x';\nimport { c } from 'n';\nuse(a, c);\n", "import { a } from 'm';\nimport { c } from 'n';\nuse(a, c);\n"},
	} {
		before, _ := marked(t, c.before)
		for now := c.after; ; {
			after, _ := marked(t, now)
			edits := rewire.Unneeded(before.Tree, after.Tree, rewire.Removal{Names: []string{"x"}}, func(m string) bool { return strings.HasPrefix(m, "own/") })
			if len(edits) == 0 {
				if now != c.want {
					t.Errorf("%s: got\n%s\nwant\n%s", c.name, now, c.want)
				}
				break
			}
			next, err := text.Apply([]byte(now), edits)
			if err != nil {
				t.Fatal(err)
			}
			now = string(next)
		}
	}
}

func TestHeld(t *testing.T) {
	for source, want := range map[string]string{
		"const a = «<B />»;\n":                                     "a",
		"const a = (\n  «<B />»\n);\n":                             "a",
		"const a = («<B />») as X;\n":                              "a",
		"const a = () => («<B />»);\n":                             "a",
		"function a() {\n  return («<B />»);\n}\n":                 "a",
		"const a = function () {\n  return «<B />»;\n};\n":         "a",
		"function a() {\n  x();\n  return «<B />»;\n}\n":           "",
		"const { a } = «b»;\n":                                     "",
		"const a = [«<B />»];\n":                                   "",
		"const s = «create().addRouter('', await app(appEnv))»;\n": "",
	} {
		f, marks := marked(t, source)
		if got, ok := rewire.Held(f, marks['«']); got != want || ok != (want != "") {
			t.Errorf("%q is held by %q, want %q", source, got, want)
		}
	}
}

// FuzzTakeOut sees that what is left of any source, whatever is taken out of it, is a source.
func FuzzTakeOut(f *testing.F) {
	for _, c := range removals {
		f.Add(strings.NewReplacer("«", "", "»", "", "‹", "", "›", "").Replace(c.source), 20)
	}
	f.Fuzz(func(t *testing.T, source string, at int) {
		tree, err := tsx.Parse([]byte(source), tsx.TSX)
		if err != nil || at < 0 || at > len(source) {
			return
		}
		for n := tree.At(at); n.Ok(); n = n.Parent() {
			edits, err := rewire.TakeOut(rewire.File{Name: "App.tsx", Tree: tree}, n.Span(), rewire.Removal{})
			if err != nil {
				continue
			}
			after, err := text.Apply([]byte(source), edits)
			if err != nil {
				t.Fatalf("%v for %q at %v", err, source, n.Span())
			}
			if _, err := tsx.Parse(after, tsx.TSX); err != nil {
				t.Fatalf("%q without %v is %q: %v", source, n.Span(), after, err)
			}
		}
	})
}
