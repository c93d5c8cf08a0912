package template_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/manifest/template"
)

const menu = `import { Bar, Item } from '@acme/ui';

export const menu = make({
  component: ({ items }) => (
    <Bar>
      {items.map(item => (
        <Item key={item.to} {...item} />
      ))}
      {/* end */}
    </Bar>
  ),
});
`

// What does not conflict comes by itself, unless names that the file uses were without what binds
// them.
func TestAFileMergedInPartBindsItsNames(t *testing.T) {
	for _, test := range []struct {
		name               string
		base, ours, theirs string
		merged             []string // what came; none for a file that stays
		why                string
	}{
		{
			name: "a parameter that is called otherwise now", base: menu,
			ours: strings.Replace(menu, "      {/* end */}", "      {own && items.length}\n      {/* end */}", 1),
			theirs: strings.NewReplacer("({ items })", "({ navItems })", "      {items.map(item => (\n        <Item key={item.to} {...item} />\n      ))}\n      {/* end */}",
				"      {navItems.rest().map(item => item.element)}\n      <Item to=\"/x\" />\n      {/* end of all */}").Replace(menu),
			why: "the merge would use items, which nothing declares there",
		},
		{
			name: "the same, and another of that name elsewhere", base: menu + "export const n = (items: string[]) => items.length;\n",
			ours: strings.Replace(menu, "      {/* end */}", "      {own && items.length}\n      {/* end */}", 1) + "export const n = (items: string[]) => items.length;\n",
			theirs: strings.NewReplacer("({ items })", "({ navItems })", "      {items.map(item => (\n        <Item key={item.to} {...item} />\n      ))}\n      {/* end */}",
				"      {navItems.rest().map(item => item.element)}\n      <Item to=\"/x\" />\n      {/* end of all */}").Replace(menu) + "export const n = (items: string[]) => items.length;\n",
			why: "the merge would use items, which nothing declares there",
		},
		{
			name: "a type that goes", base: "type Size = 1 | 2;\n\nconst gap = 1;\n\nexport const size: Size = 1;\n",
			ours:   "type Size = 1 | 2;\n\nconst gap = 1;\n\nexport const size: Size = 2;\n",
			theirs: "const gap = 1;\n\nexport const size = 'small';\n",
			why:    "the merge would use Size, which nothing declares there",
		},
		{
			name: "a component that the template's side of a conflict imports", base: "import { A } from 'a';\n\nexport const x = <A />;\n\nexport const y = 1;\n",
			ours:   "import { A } from 'a';\n\nexport const x = <A own />;\n\nexport const y = 1;\n",
			theirs: "import { B } from 'b';\n\nexport const x = <B />;\n\nexport const y = 2;\n",
			merged: []string{"import { A } from 'a'", "<A own />", "y = 2"},
		},
		{
			name: "a name of the language's", base: "export const x = 1;\n\nconst a = 1;\n\nexport const y = 1;\n",
			ours:   "export const x = 2;\n\nconst a = 1;\n\nexport const y = 1;\n",
			theirs: "export const x = 3;\n\nconst a = 1;\n\nexport const y = Math.max(1, window.length);\n",
			merged: []string{"x = 2", "Math.max"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			const file = "packages/app/src/x.tsx"
			over := change.NewOverlay(fstest.MapFS{file: {Data: []byte(test.ours)}})
			result, err := template.Merge(t.Context(), over, map[string][]byte{file: []byte(test.base)}, map[string][]byte{file: []byte(test.theirs)}, template.MergeOptions{Conflicts: template.OursWins})
			if err != nil || result.Count(template.Conflict) != 1 {
				t.Fatalf("%+v %v", result, err)
			}
			got, _ := over.ReadFile(file)
			if len(test.merged) == 0 && string(got) != test.ours {
				t.Errorf("the file is not as it was:\n%s", got)
			}
			for _, s := range test.merged {
				if !strings.Contains(string(got), s) {
					t.Errorf("there is no %q in:\n%s", s, got)
				}
			}
			why := ""
			for _, c := range result.Files[0].Conflicts {
				why += c.Why + "\n"
			}
			if !strings.Contains(why, test.why) {
				t.Errorf("%q does not say %q", why, test.why)
			}
		})
	}
}

// So does what merges without a conflict, or it is one.
func TestAMergeBindsItsNames(t *testing.T) {
	const file = "packages/app/src/x.tsx"
	base := "export const f = (items: string[]) => {\n  start();\n  one();\n  two();\n  return items;\n};\n"
	ours := strings.Replace(base, "  one();\n", "  one();\n  log(items);\n", 1)
	theirs := strings.NewReplacer("(items:", "(list:", "return items", "return list").Replace(base)
	over := change.NewOverlay(fstest.MapFS{file: {Data: []byte(ours)}})
	result, err := template.Merge(t.Context(), over, map[string][]byte{file: []byte(base)}, map[string][]byte{file: []byte(theirs)}, template.MergeOptions{})
	if err != nil || result.Count(template.Conflict) != 1 || len(over.Changes()) != 0 {
		t.Errorf("%+v %v", result, err)
	}
}
