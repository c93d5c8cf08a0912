package tsx_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/tsx"
)

var update = flag.Bool("update", false, "write testdata/constructs.golden anew, from tree-sitter's trees")

// construct is a case of testdata/constructs.txt in one dialect.
type construct struct {
	name    string // with the dialect in front
	src     string
	dialect tsx.Dialect
	misread bool // by tree-sitter
}

func readConstructs(t testing.TB) []construct {
	data, err := os.ReadFile("testdata/constructs.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []construct
	for _, part := range strings.Split("\n"+string(data), "\n--- ")[1:] {
		head, src, _ := strings.Cut(part, "\n")
		kind, name, _ := strings.Cut(head, " ")
		kind, misread := strings.CutSuffix(kind, "!")
		if kind == "ts" || kind == "both" {
			out = append(out, construct{"ts " + name, src, tsx.TS, misread})
		}
		if kind == "tsx" || kind == "both" {
			out = append(out, construct{"tsx " + name, src, tsx.TSX, misread})
		}
	}
	return out
}

// TestConstructs compares the trees of a table of constructs with tree-sitter's trees of them,
// as they were when the golden file was written.
func TestConstructs(t *testing.T) {
	cases := readConstructs(t)
	if *update {
		writeGolden(t, cases)
	}
	data, err := os.ReadFile("testdata/constructs.golden")
	if err != nil {
		t.Fatal(err)
	}
	golden := map[string]string{}
	for line := range strings.Lines(string(data)) {
		name, tree, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if rest, both := strings.CutPrefix(name, "both "); both {
			golden["ts "+rest], golden["tsx "+rest] = tree, tree
		} else {
			golden[name] = tree
		}
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			name := "a.tsx"
			if c.dialect == tsx.TS {
				name = "a.ts"
			}
			if !accepted(name, []byte(c.src)) {
				t.Error("esbuild does not accept the case")
			}
			tree, err := tsx.Parse([]byte(c.src), c.dialect)
			if err != nil {
				t.Fatalf("%v\n%s", err, c.src)
			}
			got := outline(tree.Root())
			if want := golden[c.name]; got != want {
				i := 0
				for i < len(got) && i < len(want) && got[i] == want[i] {
					i++
				}
				from := max(0, i-80)
				t.Errorf("trees differ\n got ...%.250s\nwant ...%.250s", got[min(from, len(got)):], want[min(from, len(want)):])
			}
		})
	}
	if len(golden) != len(cases) {
		t.Errorf("the golden file has %d trees for %d cases", len(golden), len(cases))
	}
}

// outline is a tree on one line: (kind children) with fields, leaves with their text.
func outline(n tsx.Node) string {
	var b strings.Builder
	var walk func(tsx.Node)
	walk = func(n tsx.Node) {
		if f := n.FieldOf(); f != tsx.FieldNone {
			b.WriteString(f.String() + ":")
		}
		if !n.Named() {
			b.WriteString(strconv.Quote(n.Text()))
			return
		}
		b.WriteString("(" + n.Kind().String())
		if n.ChildCount() == 0 {
			b.WriteString(" " + strconv.Quote(n.Text()))
		}
		for c := range n.Children() {
			b.WriteByte(' ')
			walk(c)
		}
		b.WriteByte(')')
	}
	walk(n)
	fmt.Fprintf(&b, " %d-%d", n.Start(), n.End())
	return b.String()
}

// outline is the same of the oracle's tree.
func (d *dumpTree) outline(src string) string {
	var b strings.Builder
	var walk func(i int)
	walk = func(i int) {
		n := d.nodes[i]
		if n.field != "" {
			b.WriteString(n.field + ":")
		}
		text := strconv.Quote(src[n.start:n.end])
		if !n.named {
			b.WriteString(text)
			return
		}
		b.WriteString("(" + n.kind)
		if n.children == 0 {
			b.WriteString(" " + text)
		}
		for j := i + 1; j < i+n.size; j += d.nodes[j].size {
			b.WriteByte(' ')
			walk(j)
		}
		b.WriteByte(')')
	}
	walk(0)
	fmt.Fprintf(&b, " %d-%d", d.nodes[0].start, d.nodes[0].end)
	return b.String()
}

// constructFiles writes the cases to files for the oracle.
func constructFiles(t testing.TB, cases []construct) []corpusFile {
	dir := t.TempDir()
	var files []corpusFile
	for i, c := range cases {
		name := strconv.Itoa(i) + ".tsx"
		if c.dialect == tsx.TS {
			name = strconv.Itoa(i) + ".ts"
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(c.src), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, corpusFile{"constructs", name, file})
	}
	return files
}

func writeGolden(t *testing.T, cases []construct) {
	t.Helper()
	trees := oracleOutlines(t, cases)
	for i, c := range cases {
		if c.misread {
			tree, err := tsx.Parse([]byte(c.src), c.dialect)
			if err != nil {
				t.Fatal(err)
			}
			trees[i] = outline(tree.Root())
		}
	}
	var b strings.Builder
	for i := 0; i < len(cases); i++ {
		name := cases[i].name
		if rest, ok := strings.CutPrefix(name, "ts "); ok && i+1 < len(cases) && cases[i+1].name == "tsx "+rest && trees[i] == trees[i+1] {
			name = "both " + rest
			i++
		}
		b.WriteString(name + "\t" + trees[i] + "\n")
	}
	if err := os.WriteFile("testdata/constructs.golden", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// oracleOutlines are tree-sitter's trees of the cases.
func oracleOutlines(t *testing.T, cases []construct) []string {
	t.Helper()
	c := loadTool(t)
	trees := make([]string, len(cases))
	dump(t, t.TempDir(), c.tool(), constructFiles(t, cases), func(i int, src []byte, tree *dumpTree) {
		trees[i] = tree.outline(string(src))
		if tree.broken(0) != cases[i].misread && tree.broken(0) {
			t.Errorf("tree-sitter finds an error in %s", cases[i].name)
		}
	})
	return trees
}

// TestOracleConstructs makes sure that the golden file has tree-sitter's trees, and that it
// still misreads what the table says it does.
func TestOracleConstructs(t *testing.T) {
	cases := readConstructs(t)
	trees := oracleOutlines(t, cases)
	for i, c := range cases {
		tree, err := tsx.Parse([]byte(c.src), c.dialect)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if same := outline(tree.Root()) == trees[i]; same == c.misread {
			t.Errorf("%s: tree-sitter's tree is ours: %v", c.name, same)
		}
	}
}
