package tsx_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/tsx"
)

// BenchmarkParseBesideTreeSitter parses the oracle's corpus by kind of file, on one core, and
// lets @ast-grep/napi parse the same files: MB/s is ours, tree-sitter-MB/s its, and ratio how
// many times faster ours is.
func BenchmarkParseBesideTreeSitter(b *testing.B) {
	c := loadCorpus(b)
	for _, kind := range []string{".tsx", ".ts", ".d.ts", ".js"} {
		var files []corpusFile
		var sources [][]byte
		size := 0
		for _, f := range c.files {
			if ending(f.name) != kind {
				continue
			}
			src, err := os.ReadFile(f.path)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := tsx.Parse(src, tsx.DialectOf(f.name)); err == nil {
				files, sources = append(files, f), append(sources, src)
				size += len(src)
			}
		}
		b.Run(kind[1:], func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for i, src := range sources {
					if _, err := tsx.Parse(src, tsx.DialectOf(files[i].name)); err != nil {
						b.Fatal(err)
					}
				}
			}
			ours := b.Elapsed().Seconds() / float64(b.N)
			theirs := treeSitterSeconds(b, c, files)
			b.ReportMetric(float64(size)/1e6/theirs, "tree-sitter-MB/s")
			b.ReportMetric(theirs/ours, "ratio")
			b.ReportMetric(float64(len(files)), "files")
		})
	}
}

func treeSitterSeconds(b *testing.B, c *corpus, files []corpusFile) float64 {
	b.Helper()
	list := filepath.Join(b.TempDir(), "list")
	if err := os.WriteFile(list, []byte(dumpList(files)), 0o644); err != nil {
		b.Fatal(err)
	}
	out, err := exec.Command("node", "testdata/oracle/bench.mjs", c.tool(), list).Output()
	if err != nil {
		b.Fatal(err)
	}
	ns, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	return ns / 1e9
}
