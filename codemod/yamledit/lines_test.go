package yamledit

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/text"
)

// TestNoNeedlessChangedLines counts the lines that each operation takes away and adds, in
// every layout of one file, against the least possible.
func TestNoNeedlessChangedLines(t *testing.T) {
	layouts := map[string]func(string) string{
		"as made": func(s string) string { return s },
		"CRLF":    crlf,
		"four columns": func(s string) string {
			lines := strings.Split(s, "\n")
			for i, line := range lines {
				content := strings.TrimLeft(line, " ")
				lines[i] = strings.Repeat(line[:len(line)-len(content)], 2) + strings.Replace(content, "- ", "-   ", 1)
			}
			return strings.Join(lines, "\n")
		},
		"no final newline": func(s string) string { return strings.TrimSuffix(s, "\n") },
		"byte order mark":  func(s string) string { return text.BOM + s },
		"document start":   func(s string) string { return "---\n" + s },
	}
	for _, c := range []struct {
		name        string
		op          operation
		less, added int
		last        int // lines more of both in a file without a final newline
	}{
		{"add a block", ensure("url: x\nlevel: 1\n", "techRadar"), 0, 4, 1}, // one blank
		{"add a nested key", ensure("timeout: 1", "backend", "listen"), 0, 1, 0},
		{"add under a key with comments", ensure("target: x", "proxy", "endpoints", "/x"), 0, 3, 0},
		{"append to a sequence", appendItem("host: x", "integrations", "github"), 0, 1, 0},
		{"set a scalar", set("true", "app", "title"), 1, 1, 0},
		{"delete a key", remove("techdocs", "publisher"), 2, 0, 0},
	} {
		for layout, lay := range layouts {
			t.Run(c.name+", "+layout, func(t *testing.T) {
				src := lay(appConfig)
				less, added := lineDiff(src, apply(t, src, c.op))
				wantLess, wantAdded := c.less, c.added
				if layout == "no final newline" {
					wantLess, wantAdded = wantLess+c.last, wantAdded+c.last
				}
				if less != wantLess || added != wantAdded {
					t.Errorf("-%d +%d lines, want -%d +%d", less, added, wantLess, wantAdded)
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
	src := []byte(appConfig)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("app-config.yaml", src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEnsure(b *testing.B) {
	d, err := Parse("app-config.yaml", []byte(appConfig))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Ensure("url: x\nlevel: 1\n", "techRadar"); err != nil {
			b.Fatal(err)
		}
	}
}
