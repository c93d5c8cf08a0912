package udiff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/text"
)

// cases are pairs of contents; the tests of laws and the fuzz seeds use them all.
var cases = []struct {
	name          string
	before, after string
	want          string // of Unified("f", "f", before, after), without the file header; "" = not compared
}{
	{"equal", "a\nb\n", "a\nb\n", ""},
	{"both empty", "", "", ""},
	{"from empty", "", "a\n", "@@ -0,0 +1 @@\n+a\n"},
	{"to empty", "a\nb\n", "", "@@ -1,2 +0,0 @@\n-a\n-b\n"},
	{"one line replaced", "a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
	{"newline added at the end", "a\nb", "a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
	{"newline lost at the end", "a\nb\n", "a\nb", "@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n"},
	{"no newline in context", "a\nb", "x\nb", "@@ -1,2 +1,2 @@\n-a\n+x\n b\n\\ No newline at end of file\n"},
	{"line added after one without newline", "a", "a\nb", "@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n"},
	{"CRLF", "a\r\nb\r\n", "a\r\nx\r\nb\r\n", "@@ -1,2 +1,3 @@\n a\r\n+x\r\n b\r\n"},
	{"CRLF to LF", "a\r\nb\r\n", "a\nb\n", "@@ -1,2 +1,2 @@\n-a\r\n-b\r\n+a\n+b\n"},
	{"lone CR is not a newline", "a\rb\n", "a\rc\n", "@@ -1 +1 @@\n-a\rb\n+a\rc\n"},
	{"bytes that are not UTF-8", "\xff\n\xed\xa0\x80\n", "\xff\n\xfe\n\xed\xa0\x80\n", "@@ -1,2 +1,3 @@\n \xff\n+\xfe\n \xed\xa0\x80\n"},
	{"NUL bytes", "a\x00b\nc\n", "a\x00b\nd\n", "@@ -1,2 +1,2 @@\n a\x00b\n-c\n+d\n"},
	{"lines that look like a patch", "--- a\n+++ b\n@@ -1 +1 @@\n", "--- a\n-- x\n@@ -1 +1 @@\n", "@@ -1,3 +1,3 @@\n --- a\n-+++ b\n+-- x\n @@ -1 +1 @@\n"},
	{"near changes share a hunk", "a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
		"@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"},
	{"far changes do not", "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
		"@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"},
	{"added element is shown whole", "x = {\n  a: {\n    v,\n  },\n};\n", "x = {\n  a: {\n    v,\n  },\n  b: {\n    v,\n  },\n};\n",
		"@@ -2,4 +2,7 @@\n   a: {\n     v,\n   },\n+  b: {\n+    v,\n+  },\n };\n"},
	{"added first element is shown whole", "<A>\n  <B>\n    <X />\n  </B>\n</A>\n", "<A>\n  <C>\n    <X />\n  </C>\n  <B>\n    <X />\n  </B>\n</A>\n",
		"@@ -1,4 +1,7 @@\n <A>\n+  <C>\n+    <X />\n+  </C>\n   <B>\n     <X />\n   </B>\n"},
	{"removed element is shown whole", "<A>\n  <Grid>\n    <X />\n  </Grid>\n  <Grid>\n    <Y />\n  </Grid>\n</A>\n", "<A>\n  <Grid>\n    <Y />\n  </Grid>\n</A>\n",
		"@@ -1,7 +1,4 @@\n <A>\n-  <Grid>\n-    <X />\n-  </Grid>\n   <Grid>\n     <Y />\n   </Grid>\n"},
	{"added function is shown whole", "func a() {\n}\n\nfunc c() {\n}\n", "func a() {\n}\n\nfunc b() {\n}\n\nfunc c() {\n}\n",
		"@@ -1,5 +1,8 @@\n func a() {\n }\n \n+func b() {\n+}\n+\n func c() {\n }\n"},
	{"repeated lines", "a\na\na\n", "a\na\na\na\n", "@@ -1,3 +1,4 @@\n a\n a\n a\n+a\n"},
	{"swapped halves", "1\n2\n3\n4\n5\n6\n", "4\n5\n6\n1\n2\n3\n", ""},
	{"slides beside other changes", "a\nx\na\nb\na\ny\na\n", "x\na\nb\na\nb\na\ny\ny\na\na\n", ""},
}

func TestUnified(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Unified("f", "f", []byte(c.before), []byte(c.after))
			if c.before == c.after {
				if got != "" {
					t.Fatalf("patch of equal contents: %q", got)
				}
				return
			}
			const header = "diff --git a/f b/f\n--- a/f\n+++ b/f\n"
			if !strings.HasPrefix(got, header) {
				t.Fatalf("no header: %q", got)
			}
			if c.want != "" && got[len(header):] != c.want {
				t.Errorf("got\n%s\nwant\n%s", got[len(header):], c.want)
			}
			checkLaws(t, []byte(c.before), []byte(c.after))
		})
	}
}

// checkLaws fails if the patch, the edits, the hunks and the counts do not agree on how to get
// from before to after.
func checkLaws(t *testing.T, before, after []byte) {
	t.Helper()
	patch := Unified("f", "f", before, after)
	got, err := applyPatch(before, patch)
	if err != nil {
		t.Fatalf("%v\n%s", err, patch)
	}
	if !bytes.Equal(got, after) {
		t.Fatalf("patch gives %q, want %q\n%s", got, after, patch)
	}
	got, err = text.Apply(before, Edits(before, after))
	if err != nil || !bytes.Equal(got, after) {
		t.Fatalf("edits give %q, %v; want %q", got, err, after)
	}
	added, removed := Stat(before, after)
	for _, h := range Hunks(before, after) {
		for _, l := range h.Lines {
			switch l.Kind {
			case Added:
				added--
			case Removed:
				removed--
			case Equal:
			}
			if (l.Old == 0) != (l.Kind == Added) || (l.New == 0) != (l.Kind == Removed) {
				t.Fatalf("line numbers of %+v", l)
			}
		}
	}
	if added != 0 || removed != 0 {
		t.Fatalf("counts differ from the hunks by %d added, %d removed", added, removed)
	}
}

// applyPatch applies the hunks of a one-file patch, checking every number and context line.
func applyPatch(src []byte, patch string) ([]byte, error) {
	old := splitLines(src)
	lines := splitLines([]byte(patch))
	for len(lines) > 0 && !strings.HasPrefix(lines[0], "@@ ") {
		lines = lines[1:]
	}
	var out []string
	at := 0
	for len(lines) > 0 {
		var oldStart, oldLines, newStart, newLines int
		head := strings.Fields(lines[0])
		if len(head) != 4 {
			return nil, fmt.Errorf("hunk header %q", lines[0])
		}
		parseRange(head[1][1:], &oldStart, &oldLines)
		parseRange(head[2][1:], &newStart, &newLines)
		lines = lines[1:]
		from := oldStart - 1
		if oldLines == 0 {
			from = oldStart
		}
		out = append(out, old[at:from]...)
		at = from
		if to := newStart - 1; newLines > 0 && to != len(out) || newLines == 0 && newStart != len(out) {
			return nil, fmt.Errorf("hunk says new line %d, is at %d", newStart, len(out))
		}
		for oldLines > 0 || newLines > 0 {
			line := lines[0]
			lines = lines[1:]
			kind, body := line[0], line[1:]
			if len(lines) > 0 && strings.HasPrefix(lines[0], `\ No newline`) {
				body = strings.TrimSuffix(body, "\n")
				lines = lines[1:]
			}
			if kind != '+' {
				if at >= len(old) || old[at] != body {
					return nil, fmt.Errorf("old line %d is not %q", at+1, body)
				}
				at++
				oldLines--
			}
			if kind != '-' {
				out = append(out, body)
				newLines--
			}
		}
	}
	return []byte(strings.Join(append(out, old[at:]...), "")), nil
}

func parseRange(s string, start, count *int) {
	a, b, found := strings.Cut(s, ",")
	*start, _ = strconv.Atoi(a)
	*count = 1
	if found {
		*count, _ = strconv.Atoi(b)
	}
}

func FuzzPatchGivesNewBytes(f *testing.F) {
	for _, c := range cases {
		f.Add([]byte(c.before), []byte(c.after))
	}
	f.Fuzz(func(t *testing.T, before, after []byte) { checkLaws(t, before, after) })
}

func TestDiffIsMinimal(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		before, after := randomLines(rnd), randomLines(rnd)
		added, removed := Stat(before, after)
		a, b := splitLines(before), splitLines(after)
		if want := len(a) + len(b) - 2*commonLines(a, b); added+removed != want {
			t.Fatalf("%q to %q: %d changed lines, %d are enough", before, after, added+removed, want)
		}
		checkLaws(t, before, after)
	}
}

func randomLines(rnd *rand.Rand) []byte {
	var out []byte
	for range rnd.IntN(25) {
		out = append(out, strings.Repeat(" ", rnd.IntN(3))+string(rune('a'+rnd.IntN(3)))+"\n"...)
	}
	return out
}

// commonLines is the length of the longest common subsequence, by the textbook.
func commonLines(a, b []string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			above := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

func TestManyDifferentLines(t *testing.T) {
	// More distinct lines than there are runes below the surrogates, each on both sides.
	var before, after []byte
	for i := range 70000 {
		before = fmt.Appendf(before, "%d\n", i)
		after = fmt.Appendf(after, "%d\n", (i+1)%70000)
	}
	if added, removed := Stat(before, after); added != 1 || removed != 1 {
		t.Errorf("rotation by one line: %d added, %d removed", added, removed)
	}
	checkLaws(t, before, after)
}

func TestGitApplies(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	names := []string{"f", "dir/with space/file name.txt", `quote".txt`, `back\slash`, "tab\there", "new\nline", "ünï.txt", "\xff\xfe", " leading", "trailing ", "a b/b c"}
	type files struct{ before, after *string }
	run := func(t *testing.T, name string, mode os.FileMode, f files) {
		t.Helper()
		dir := t.TempDir()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		file := File{Mode: mode}
		if f.before != nil {
			file.OldName, file.Before = name, []byte(*f.before)
			if err := os.WriteFile(path, file.Before, mode); err != nil {
				t.Skipf("this file system cannot store the name: %v", err)
			}
		}
		if f.after != nil {
			file.NewName, file.After = name, []byte(*f.after)
		}
		patch := file.String()
		cmd := exec.Command(git, "apply", "--whitespace=nowarn")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
		cmd.Stdin = strings.NewReader(patch)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git apply: %v\n%s\npatch:\n%s", err, out, patch)
		}
		got, err := os.ReadFile(path)
		if f.after == nil {
			if !os.IsNotExist(err) {
				t.Fatalf("not deleted by\n%s", patch)
			}
			return
		}
		if err != nil || !bytes.Equal(got, file.After) {
			t.Fatalf("git apply gives %q, %v; want %q", got, err, file.After)
		}
		if info, err := os.Stat(path); err != nil || info.Mode()&0o100 != mode&0o100 {
			t.Fatalf("mode is %v, want %v (%v)", info.Mode(), mode, err)
		}
	}
	for _, c := range cases {
		if c.before == c.after && c.before != "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			if c.before != c.after {
				run(t, "f", 0o644, files{&c.before, &c.after})
			}
			run(t, "new/f", 0o644, files{nil, &c.after})
			run(t, "old/f", 0o644, files{&c.before, nil})
		})
	}
	one, two, empty := "1\n", "2\n", ""
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			run(t, name, 0o644, files{&one, &two})
			run(t, name, 0o755, files{&one, nil})
			run(t, name, 0o755, files{nil, &two})
			run(t, name, 0o755, files{nil, &empty})
			run(t, name, 0o644, files{&empty, nil})
		})
	}
}

func TestRenameSaysBothNames(t *testing.T) {
	got := Unified("a b", "c", []byte("1\n"), []byte("2\n"))
	want := "diff --git a/a b b/c\nrename from a b\nrename to c\n--- a/a b\t\n+++ b/c\n@@ -1 +1 @@\n-1\n+2\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func BenchmarkLockfile(b *testing.B) {
	var before, after []byte
	for i := range 40000 {
		before = fmt.Appendf(before, "\"pkg@npm:%d\":\n  version: 1.0.%d\n  checksum: %x\n\n", i, i%7, i*7919)
		v := i % 7
		if i%10 == 0 {
			v++
		}
		after = fmt.Appendf(after, "\"pkg@npm:%d\":\n  version: 1.0.%d\n  checksum: %x\n\n", i, v, i*7919)
	}
	b.SetBytes(int64(len(before) + len(after)))
	for b.Loop() {
		Stat(before, after)
	}
}
