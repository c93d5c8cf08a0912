package rewire_test

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

const copied = `import Icon from '@x/icons/Icon';
import { Item, List as Rows } from '@x/ui';
import { own } from './own/thing';

const table = ['own'];

// says hello
// to all
greet(import('@x/hello'));
greet(table);

export const all = {
  one: Rows.one,
  two: [Item('a'), own],
};

export const list = (
  <Rows>
    <Item icon={<Icon />} to="a" />
    <Item
      to="b"
      if={own}
    />
  </Rows>
);
`

// copies are constructs of copied, and files that they come to: the sibling is found by its text.
var copies = []struct {
	name         string
	what         string // of copied
	into, beside string
	before       bool
	over         bool
	names        map[string]string
	former       map[string]string
	want         string // "" for a refusal
	manual       string
}{
	{
		name: "an element with its imports", what: `<Item icon={<Icon />} to="a" />`,
		into:   "import { Rows } from '@x/ui';\n\nexport const l = (\n  <Rows>\n    <b />\n  </Rows>\n);\n",
		beside: "<b />",
		want:   "import { Rows, Item } from '@x/ui';\nimport Icon from '@x/icons/Icon';\n\nexport const l = (\n  <Rows>\n    <b />\n    <Item icon={<Icon />} to=\"a\" />\n  </Rows>\n);\n",
	},
	{
		name: "an element over lines, in a file of other style and under other names", what: "<Item\n      to=\"b\"\n      if={own}\n    />", before: true,
		into:   "import { Item } from \"mine\"\nimport { own as theirs } from \"../thing\"\n\nexport const l = (\n    <div>\n        <b />\n    </div>\n)\n",
		beside: "<b />",
		want:   "import { Item } from \"mine\"\nimport { own as theirs } from \"../thing\"\nimport { Item as UiItem } from \"@x/ui\"\n\nexport const l = (\n    <div>\n        <UiItem\n            to=\"b\"\n            if={theirs}\n        />\n        <b />\n    </div>\n)\n",
	},
	{
		name: "a statement with the comments that lead to it", what: "greet(import('@x/hello'));",
		into: "hail(1)\n\n// next\nhail(2)\n", beside: "hail(1)",
		want: "hail(1)\n// says hello\n// to all\ngreet(import('@x/hello'))\n\n// next\nhail(2)\n",
	},
	{name: "a statement of what is not known there", what: "greet(table);", into: "a();\n", beside: "a();", manual: "put this where table is known"},
	{name: "a statement of what has another name there", what: "greet(table);", names: map[string]string{"table": "rows"}, into: "const rows = [];\na();\n", beside: "a();", want: "const rows = [];\na();\ngreet(rows);\n"},
	{name: "a statement of what is known there", what: "greet(table);", into: "const table = [];\na();\n", beside: "a();", want: "const table = [];\na();\ngreet(table);\n"},
	{name: "a property", what: "one: Rows.one", into: "const x = {\n  a: 1,\n};\n", beside: "a: 1", want: "import { List as Rows } from '@x/ui';\n\nconst x = {\n  a: 1,\n  one: Rows.one,\n};\n"},
	{name: "an item of an array", what: "Item('a')", into: "const x = [1, 2];\n", beside: "1", want: "import { Item } from '@x/ui';\n\nconst x = [1, Item('a'), 2];\n"},
	{name: "an element where the app has data", what: `<Item icon={<Icon />} to="a" />`, into: "const x = [{ to: 'a' }];\n", beside: "{ to: 'a' }", manual: "beside this"},
	{name: "over another one", what: `<Item icon={<Icon />} to="a" />`, over: true, into: "const x = (\n  <p>\n    <Old a />\n  </p>\n);\n", beside: "<Old a />", want: "import Icon from '@x/icons/Icon';\nimport { Item } from '@x/ui';\n\nconst x = (\n  <p>\n    <Item icon={<Icon />} to=\"a\" />\n  </p>\n);\n"},
	{
		name: "a name that the file has from where it was before", what: `<Item icon={<Icon />} to="a" />`, former: map[string]string{"Item": "@old/ui"},
		into: "import { Item } from '@old/ui';\nimport Icon from '@x/icons/Icon';\n\nconst x = (\n  <p>\n    <b />\n  </p>\n);\n", beside: "<b />",
		want: "import { Item } from '@old/ui';\nimport Icon from '@x/icons/Icon';\n\nconst x = (\n  <p>\n    <b />\n    <Item icon={<Icon />} to=\"a\" />\n  </p>\n);\n",
	},
	{
		name: "lines that end in CRLF", what: `<Item icon={<Icon />} to="a" />`, into: "import Icon from '@x/icons/Icon';\r\nimport { Item } from '@x/ui';\r\n\r\nconst x = (\r\n  <p>\r\n    <b />\r\n  </p>\r\n);\r\n", beside: "<b />",
		want: "import Icon from '@x/icons/Icon';\r\nimport { Item } from '@x/ui';\r\n\r\nconst x = (\r\n  <p>\r\n    <b />\r\n    <Item icon={<Icon />} to=\"a\" />\r\n  </p>\r\n);\r\n",
	},
}

func copyFile(t testing.TB, name, src string) rewire.File {
	t.Helper()
	tree, err := tsx.Parse([]byte(src), tsx.DialectOf(name))
	if err != nil {
		t.Fatal(err)
	}
	return rewire.File{Name: name, Tree: tree}
}

func spanIn(t testing.TB, src, part string) text.Span {
	t.Helper()
	at := strings.Index(src, part)
	if at < 0 {
		t.Fatalf("there is no %q", part)
	}
	return text.Span{Start: at, End: at + len(part)}
}

func TestConstructsAreCopiedBetweenFiles(t *testing.T) {
	for _, test := range copies {
		t.Run(test.name, func(t *testing.T) {
			from, f := copyFile(t, "src/from.tsx", copied), copyFile(t, "src/deep/to.tsx", test.into)
			c := rewire.Copy{From: from, Span: spanIn(t, copied, test.what), Names: test.names, Former: test.former, Module: func(m string) string {
				return strings.Replace(m, "./own/", "../", 1)
			}}
			var edits []text.Edit
			var err error
			if test.over {
				edits, err = rewire.CopyOver(f, spanIn(t, test.into, test.beside), c)
			} else {
				edits, err = rewire.CopyBeside(f, spanIn(t, test.into, test.beside), !test.before, c)
			}
			if test.want == "" {
				list := diag.Of(err)
				if len(list) == 0 || !strings.Contains(list[0].Manual, test.manual) {
					t.Fatalf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := text.Apply([]byte(test.into), edits)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

// A copy into any file parses, or there is none.
func FuzzCopyBeside(f *testing.F) {
	for _, c := range copies {
		f.Add(c.into, uint16(strings.Index(c.into, c.beside)), uint16(len(c.beside)), uint16(strings.Index(copied, c.what)), uint16(len(c.what)), c.before)
	}
	from := copyFile(f, "from.tsx", copied)
	f.Fuzz(func(t *testing.T, src string, start, n, at, m uint16, before bool) {
		tree, err := tsx.Parse([]byte(src), tsx.TSX)
		if err != nil || int(start)+int(n) > len(src) || int(at)+int(m) > len(copied) {
			return
		}
		file := rewire.File{Name: "to.tsx", Tree: tree}
		c := rewire.Copy{From: from, Span: text.Span{Start: int(at), End: int(at) + int(m)}}
		span := text.Span{Start: int(start), End: int(start) + int(n)}
		_ = c.Manual("here")
		for _, copying := range []func() ([]text.Edit, error){
			func() ([]text.Edit, error) { return rewire.CopyBeside(file, span, !before, c) },
			func() ([]text.Edit, error) { return rewire.CopyOver(file, span, c) },
		} {
			edits, err := copying()
			if err != nil {
				continue
			}
			out, err := text.Apply([]byte(src), edits)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tsx.Parse(out, tsx.TSX); err != nil {
				t.Errorf("%v:\n%s", err, out)
			}
		}
	})
}
