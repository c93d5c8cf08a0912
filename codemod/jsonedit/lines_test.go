package jsonedit

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/text"
)

// TestNoNeedlessChangedLines counts the lines that each operation takes away and adds, in
// every layout of one file, against the least possible.
func TestNoNeedlessChangedLines(t *testing.T) {
	layouts := map[string]func(string) string{
		"as made":          func(s string) string { return s },
		"CRLF":             func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"four spaces":      func(s string) string { return strings.ReplaceAll(s, "  ", "    ") },
		"tabs":             func(s string) string { return strings.ReplaceAll(s, "  ", "\t") },
		"no final newline": func(s string) string { return strings.TrimSuffix(s, "\n") },
		"byte order mark":  func(s string) string { return text.BOM + s },
		"space before colon": func(s string) string {
			return strings.ReplaceAll(s, `":`, `" :`)
		},
	}
	for _, c := range []struct {
		name        string
		op          operation
		less, added int
	}{
		{"change a specifier", setDependency("dependencies", "react", "^19.0.0"), 1, 1},
		{"add a dependency between others", setDependency("dependencies", "@backstage/plugin-x", "^1.0.0"), 0, 1},
		{"add a dependency at the end", setDependency("dependencies", "zod", "^1.0.0"), 1, 2}, // the comma
		{"add a field", setDependency("peerDependencies", "react", "*"), 0, 3},
		{"remove a dependency", remove("dependencies", "@material-ui/core"), 1, 0},
		{"set a nested value", set(`"backstage-cli repo start"`, "scripts", "start"), 1, 1},
	} {
		for layout, lay := range layouts {
			t.Run(c.name+", "+layout, func(t *testing.T) {
				src := lay(appPackage)
				less, added := lineDiff(src, apply(t, src, c.op))
				if less != c.less || added != c.added {
					t.Errorf("-%d +%d lines, want -%d +%d", less, added, c.less, c.added)
				}
			})
		}
	}
}

// lineDiff counts the lines that differ between the common ones at both ends.
func lineDiff(before, after string) (less, added int) {
	a, b := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a), len(b)
}

func BenchmarkParse(b *testing.B) {
	src := []byte(appPackage)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("package.json", src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSetDependency(b *testing.B) {
	d, err := Parse("package.json", []byte(appPackage))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.SetDependency("dependencies", "@backstage/plugin-x", "^1.0.0"); err != nil {
			b.Fatal(err)
		}
	}
}
