package change

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/text"
)

func baseFS() fstest.MapFS {
	return fstest.MapFS{
		"package.json":                 {Data: []byte("{}\n"), Mode: 0o644},
		"run.sh":                       {Data: []byte("#!/bin/sh\n"), Mode: 0o755},
		"packages/app/src/App.tsx":     {Data: []byte("const a = 1;\nconst b = 2;\n"), Mode: 0o600},
		"packages/app/package.json":    {Data: []byte("{}\n"), Mode: 0o644},
		"packages/only/one.txt":        {Data: []byte("1\n"), Mode: 0o644},
		"packages/backend/empty.txt":   {Data: []byte{}, Mode: 0o644},
		"packages/backend/src/main.ts": {Data: []byte("main()\n"), Mode: 0o644},
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// plan makes one change of every kind.
func plan(t *testing.T, o *Overlay) {
	t.Helper()
	must(t, o.Edit("packages/app/src/App.tsx", []text.Edit{text.Insert(13, "const x = 0;\n")}, Reason{13, "x is needed"}))
	must(t, o.Write("package.json", []byte("{\"a\":1}\n"), Reason{1, "a is wanted"}))
	must(t, o.Write("run.sh", []byte("#!/bin/bash\n")))
	must(t, o.Write("plugins/new/src/index.ts", []byte("export {};\n")))
	must(t, o.Write("plugins/empty.txt", nil))
	must(t, o.Remove("packages/only/one.txt", Reason{7, "no one needs it"}))
	must(t, o.Remove("packages/backend/empty.txt"))
}

func TestOverlayIsAFileSystem(t *testing.T) {
	dir := t.TempDir()
	must(t, os.CopyFS(dir, baseFS()))
	for name, base := range map[string]fs.FS{"map": baseFS(), "disk": os.DirFS(dir)} {
		t.Run(name, func(t *testing.T) {
			o := NewOverlay(base)
			must(t, fstest.TestFS(o, "package.json", "packages/only/one.txt"))
			plan(t, o)
			must(t, fstest.TestFS(o, "package.json", "run.sh", "packages/app/src/App.tsx", "plugins/new/src/index.ts",
				"plugins/empty.txt", "packages/only", "packages/backend/src/main.ts"))
			for _, gone := range []string{"packages/only/one.txt", "packages/backend/empty.txt", "packages/none"} {
				if _, err := o.Stat(gone); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("Stat(%s) = %v", gone, err)
				}
				if _, err := o.ReadFile(gone); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("ReadFile(%s) = %v", gone, err)
				}
				if _, err := o.Open(gone); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("Open(%s) = %v", gone, err)
				}
			}
			if info, err := o.Stat("run.sh"); err != nil || info.Mode() != 0o755 && name == "map" {
				t.Errorf("mode of a changed file: %v, %v", info.Mode(), err)
			}
		})
	}
}

func TestChangesSayWhatDiffers(t *testing.T) {
	o := NewOverlay(baseFS())
	if got := o.Changes(); len(got) != 0 {
		t.Fatalf("no plan: %v", got)
	}
	plan(t, o)
	var got strings.Builder
	for _, c := range o.Changes() {
		fmt.Fprintf(&got, "%s %v %t %t %v\n", c.Path, c.Mode, c.Before == nil, c.After == nil, c.Reasons)
	}
	want := `package.json -rw-r--r-- false false [{1 a is wanted}]
packages/app/src/App.tsx -rw------- false false [{13 x is needed}]
packages/backend/empty.txt -rw-r--r-- false true []
packages/only/one.txt -rw-r--r-- false true [{0 no one needs it}]
plugins/empty.txt -rw-r--r-- true false []
plugins/new/src/index.ts -rw-r--r-- true false []
run.sh -rwxr-xr-x false false []
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
	diff := Diff(o.Changes())
	for _, part := range []string{
		"diff --git a/packages/backend/empty.txt b/packages/backend/empty.txt\ndeleted file mode 100644\n",
		"--- /dev/null\n+++ b/plugins/new/src/index.ts\n@@ -0,0 +1 @@\n+export {};\n",
		"+++ b/packages/app/src/App.tsx\n@@ -1,2 +1,3 @@\n const a = 1;\n+const x = 0;\n const b = 2;\n",
	} {
		if !strings.Contains(diff, part) {
			t.Errorf("diff lacks\n%s\nit is\n%s", part, diff)
		}
	}
}

func TestPlanningTheOriginalDropsTheChange(t *testing.T) {
	o := NewOverlay(baseFS())
	plan(t, o)
	for name, file := range baseFS() {
		must(t, o.Write(name, file.Data))
	}
	must(t, o.Remove("plugins/new/src/index.ts"))
	must(t, o.Remove("plugins/empty.txt"))
	if got := o.Changes(); len(got) != 0 {
		t.Errorf("left over: %v", got)
	}
	if _, err := o.Stat("plugins"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of dropped files is still there: %v", err)
	}
}

func TestOverlayRefuses(t *testing.T) {
	o := NewOverlay(baseFS())
	plan(t, o)
	insert := []text.Edit{text.Insert(0, "x")}
	for name, err := range map[string]error{
		"write outside":          o.Write("../x", nil),
		"write absolute":         o.Write("/x", nil),
		"write the root":         o.Write(".", nil),
		"write a folder":         o.Write("packages/app", nil),
		"write a planned folder": o.Write("plugins/new", nil),
		"write below a file":     o.Write("package.json/x", nil),
		"write below a new file": o.Write("plugins/empty.txt/x/y", nil),
		"edit nothing":           o.Edit("none", insert),
		"edit what is removed":   o.Edit("packages/only/one.txt", insert),
		"edit past the end":      o.Edit("package.json", []text.Edit{text.Insert(99, "x")}),
		"remove nothing":         o.Remove("none"),
		"remove twice":           o.Remove("packages/only/one.txt"),
		"remove a folder":        o.Remove("packages"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	other := NewOverlay(baseFS())
	plan(t, other)
	if Diff(o.Changes()) != Diff(other.Changes()) {
		t.Error("a refused call changed the plan")
	}
}

func TestContentsAreNotShared(t *testing.T) {
	o := NewOverlay(baseFS())
	content := []byte("abc")
	must(t, o.Write("new", content))
	content[0] = 'X'
	got, err := o.ReadFile("new")
	must(t, err)
	got[1] = 'Y'
	if got, _ := o.ReadFile("new"); string(got) != "abc" {
		t.Errorf("content is now %q", got)
	}
}

func TestPlanIsAboutWhatWasFirstRead(t *testing.T) {
	base := fstest.MapFS{"f": {Data: []byte("one")}}
	o := NewOverlay(base)
	if _, err := o.ReadFile("new"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	_, err := o.ReadFile("f")
	must(t, err)
	base["f"] = &fstest.MapFile{Data: []byte("changed by another")}
	base["new"] = &fstest.MapFile{Data: []byte("made by another")}
	must(t, o.Edit("f", []text.Edit{text.Insert(3, "!")}))
	must(t, o.Clone().Write("new", []byte("mine")))
	must(t, o.Write("new", []byte("mine")))
	got := o.Changes()
	if string(got[0].Before) != "one" || string(got[0].After) != "one!" || got[1].Before != nil {
		t.Errorf("changes: %+v", got)
	}
}

func TestCloneIsIndependent(t *testing.T) {
	o := NewOverlay(baseFS())
	must(t, o.Write("a", []byte("1"), Reason{0, "one"}))
	before := o.Clone()
	must(t, o.Edit("a", []text.Edit{text.Insert(0, "2")}, Reason{0, "two"}))
	must(t, o.Write("b", nil))
	if got := before.Changes(); len(got) != 1 || string(got[0].After) != "1" || len(got[0].Reasons) != 1 || got[0].Reasons[0].Offset != 0 {
		t.Errorf("clone changed: %+v", got)
	}
	o.Restore(before)
	must(t, o.Write("c", nil))
	if got := o.Changes(); len(got) != 2 || got[0].Path != "a" || got[1].Path != "c" {
		t.Errorf("after Restore: %+v", got)
	}
	if got := before.Changes(); len(got) != 1 {
		t.Errorf("clone changed by its user: %+v", got)
	}
}

func TestReasonsMoveWithTheirText(t *testing.T) {
	o := NewOverlay(fstest.MapFS{"f": {Data: []byte("one\ntwo\nthree\n")}})
	// Each reason names the text that it must point at in the end.
	must(t, o.Edit("f", []text.Edit{text.Insert(4, "NEW\n"), text.Replace(text.Span{Start: 8, End: 13}, "THREE")},
		Reason{8, "THREE"}, Reason{4, "NEW"}))
	must(t, o.Edit("f", []text.Edit{text.Insert(4, "NEWER\n"), text.Insert(0, "zero\n")}, Reason{4, "NEWER"}, Reason{0, "zero"}))
	content, err := o.ReadFile("f")
	must(t, err)
	must(t, o.Write("f", bytes.Replace(content, []byte("two\n"), []byte("2\n2\n"), 1), Reason{3, "o\n"}))
	c := o.Changes()[0]
	if len(c.Reasons) != 5 {
		t.Fatalf("reasons: %v", c.Reasons)
	}
	for _, r := range c.Reasons {
		if !strings.HasPrefix(string(c.After[r.Offset:]), r.Text) {
			t.Errorf("reason %q is at %q", r.Text, c.After[r.Offset:])
		}
	}
	if !slices.IsSortedFunc(c.Reasons, func(a, b Reason) int { return a.Offset - b.Offset }) {
		t.Errorf("not sorted: %v", c.Reasons)
	}
	must(t, o.Edit("f", []text.Edit{text.Delete(text.Span{Start: 2, End: 20})}))
	if c := o.Changes()[0]; c.Reasons[1].Offset != 2 {
		t.Errorf("reason in deleted text is at %d", c.Reasons[1].Offset)
	}
}

// TestOverlayEqualsTheTreeItStandsFor plans at random and compares the view with a map.
func TestOverlayEqualsTheTreeItStandsFor(t *testing.T) {
	names := []string{"a", "b/c", "b/d", "b/e/f", "g/h", "g/i/j", "k"}
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		base := fstest.MapFS{}
		for _, n := range names {
			if rnd.IntN(2) == 0 {
				base[n] = &fstest.MapFile{Data: []byte(n)}
			}
		}
		want := map[string]string{}
		for n, f := range base {
			want[n] = string(f.Data)
		}
		o := NewOverlay(base)
		for i := range 12 {
			n := names[rnd.IntN(len(names))]
			if _, there := want[n]; there && rnd.IntN(3) == 0 {
				must(t, o.Remove(n))
				delete(want, n)
				continue
			}
			want[n] = fmt.Sprint(n, i%2)
			must(t, o.Write(n, []byte(want[n])))
		}
		got := map[string]string{}
		must(t, fs.WalkDir(o, ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := fs.ReadFile(o, p)
			got[p] = string(content)
			return err
		}))
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("view %v, want %v", got, want)
		}
		must(t, fstest.TestFS(o, slices.Collect(maps.Keys(want))...))
		for _, c := range o.Changes() {
			if bytes.Equal(c.Before, c.After) && (c.Before == nil) == (c.After == nil) {
				t.Fatalf("%s does not differ", c.Path)
			}
		}
	}
}

func FuzzReasonsStayInTheText(f *testing.F) {
	f.Add([]byte("one\ntwo\n"), 4, 4, "x\n", 4)
	f.Add([]byte("one\ntwo\n"), 0, 8, "", 7)
	f.Fuzz(func(t *testing.T, src []byte, start, end int, insert string, at int) {
		if start < 0 || end < start || end > len(src) || at < 0 || at > len(src) {
			t.Skip()
		}
		o := NewOverlay(fstest.MapFS{"f": {Data: src}})
		e := []text.Edit{{Start: start, End: end, New: insert}}
		if err := o.Edit("f", e, Reason{start, "start"}, Reason{at, "at"}); err != nil {
			t.Fatal(err)
		}
		must(t, o.Edit("f", []text.Edit{text.Insert(0, "ab")}))
		for _, c := range o.Changes() {
			for _, r := range c.Reasons {
				if r.Offset < 0 || r.Offset > len(c.After) || r.Text == "start" && r.Offset != start+2 {
					t.Fatalf("%+v in %q", r, c.After)
				}
			}
		}
	})
}

func TestOverlayOfARealTreeWithLinks(t *testing.T) {
	dir := t.TempDir()
	must(t, os.CopyFS(dir, baseFS()))
	if err := os.Symlink("package.json", filepath.Join(dir, "link.json")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	o := NewOverlay(os.DirFS(dir))
	must(t, o.Write("link.json", []byte("changed\n")))
	must(t, fstest.TestFS(o, "link.json"))
	if c := o.Changes(); len(c) != 1 || string(c[0].Before) != "{}\n" {
		t.Errorf("changes: %+v", c)
	}
}
