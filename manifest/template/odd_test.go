package template_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest/template"
)

// Each odd file is left as it is, with the reason, and the file beside it is merged.
func TestMergeLeavesOddFilesAlone(t *testing.T) {
	const base, theirs = "a;\nb;\nc;\n", "a;\nb;\nd;\n"
	for _, test := range []struct {
		name, file, ours string // ours "" for a file that make makes
		make             func(t *testing.T, dir string)
		why              string
	}{
		{name: "mixed ends of lines", file: "x.ts", ours: "own;\r\na;\nb;\nc;\n", why: "its lines end in different ways"},
		{name: "no text", file: "x.ts", ours: "a;\x00\n", why: "it is no text"},
		{name: "not UTF-8", file: "x.ts", ours: "own;\xff\na;\nb;\nc;\n", why: "it is not UTF-8"},
		{name: "over 2 MB", file: "x.ts", ours: strings.Repeat("a;\n", 1<<20), why: "it is over 2 MB"},
		{name: "an earlier conflict", file: "x.ts", ours: "<<<<<<< mine\na;\n=======\nz;\n>>>>>>> theirs\nb;\nc;\n", why: "it has the marks of an earlier conflict in it"},
		{name: "a link in the repository", file: "x.ts", why: "it is a link in the app", make: func(t *testing.T, dir string) { link(t, "beside.ts", dir, "x.ts") }},
		{name: "a link out of the repository", file: "x.ts", why: "it is a link in the app", make: func(t *testing.T, dir string) { link(t, "/etc/hostname", dir, "x.ts") }},
		{name: "a link to nothing", file: "x.ts", why: "it is a link in the app", make: func(t *testing.T, dir string) { link(t, "nothing", dir, "x.ts") }},
		{name: "in a folder that is a link", file: "f/x.ts", why: "f is a link in the app", make: func(t *testing.T, dir string) { link(t, t.TempDir(), dir, "f") }},
		{name: "a folder", file: "x.ts", why: "it is a folder in the app", make: func(t *testing.T, dir string) { put(t, dir, "x.ts/y", "") }},
		{name: "in a file", file: "f/x.ts", why: "f is no folder in the app", make: func(t *testing.T, dir string) { put(t, dir, "f", "") }},
		{name: "another case", file: "Dockerfile", why: "the app has dockerfile, which is the same name where case does not count", make: func(t *testing.T, dir string) { put(t, dir, "dockerfile", base) }},
		{name: "a folder of another case", file: "src/Root/x.ts", why: "the app has src/root, which is the same name where case does not count", make: func(t *testing.T, dir string) { put(t, dir, "src/root/x.ts", base) }},
		{name: "nobody may read it", file: "x.ts", why: "it cannot be read", make: func(t *testing.T, dir string) {
			put(t, dir, "x.ts", base)
			if err := os.Chmod(filepath.Join(dir, "x.ts"), 0); err != nil || os.Getuid() == 0 {
				t.Skip("root may read everything", err)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "beside.ts", base)
			if test.make != nil {
				test.make(t, dir)
			} else {
				put(t, dir, test.file, test.ours)
			}
			over := change.NewOverlay(os.DirFS(dir))
			for _, isNew := range []bool{false, true} {
				old := map[string][]byte{"beside.ts": []byte(base), test.file: []byte(base)}
				if isNew {
					delete(old, test.file)
				}
				result, err := template.Merge(t.Context(), over, old, tree{"beside.ts": theirs, test.file: theirs}.bytes(), template.MergeOptions{})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range result.Files {
					switch {
					case f.Path == "beside.ts" && f.Status != template.Merged:
						t.Errorf("%s %s", f.Status, f.Why)
					case f.Path == test.file && (f.Status != template.Skipped || !isNew && !strings.Contains(f.Why, test.why)):
						t.Errorf("%s: %s, want %s", f.Status, f.Why, test.why)
					}
				}
				changes := over.Changes()
				if len(changes) != 1 || changes[0].Path != "beside.ts" {
					t.Errorf("%d changes", len(changes))
				}
				over = change.NewOverlay(os.DirFS(dir))
			}
		})
	}
}

func link(t *testing.T, to, dir, name string) {
	t.Helper()
	if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
		t.Skip(err)
	}
}

func put(t *testing.T, dir, name, content string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A file that may only be read is merged and keeps its mode; a byte order mark stays.
func TestMergeKeepsModesAndMarks(t *testing.T) {
	const mark = "\ufeff"
	for _, test := range []struct{ name, file, base, ours, theirs, want string }{
		{"the first line, unchanged", "x.ts", "a;\nb;\n", mark + "a;\nb;\n", "z;\nb;\n", mark + "z;\nb;\n"},
		{"another line", "x.ts", "a;\nb;\nc;\nd;\n", mark + "own;\na;\nb;\nc;\nd;\n", "a;\nb;\nc;\ne;\n", mark + "own;\na;\nb;\nc;\ne;\n"},
		{"JSON", "x.json", `{"a": 1}`, mark + `{"a": 1, "own": 2}`, `{"a": 3}`, mark + `{"a": 3, "own": 2}`},
		{"YAML", "x.yaml", "a: 1\n", mark + "a: 1\nown: 2\n", "a: 3\n", mark + "a: 3\nown: 2\n"},
		{"CRLF too", "x.yaml", "a: 1\n", mark + "a: 1\r\nown: 2\r\n", "a: 3\n", mark + "a: 3\r\nown: 2\r\n"},
	} {
		over := change.NewOverlay(fstest.MapFS{test.file: {Data: []byte(test.ours), Mode: 0o444}})
		if _, err := template.Merge(t.Context(), over, tree{test.file: test.base}.bytes(), tree{test.file: test.theirs}.bytes(), template.MergeOptions{}); err != nil {
			t.Fatal(err)
		}
		if got, _ := over.ReadFile(test.file); string(got) != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if changes := over.Changes(); len(changes) != 1 || changes[0].Mode.Perm() != 0o444 {
			t.Errorf("%s: %+v", test.name, changes)
		}
	}
}

// An app whose files all end their lines as on Windows becomes the new template with such lines.
func TestMergeOfAnAppFromWindows(t *testing.T) {
	crlf := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) }
	app := fixtures.Template(t, "1.42.0", fixtures.LayoutNew)
	for name, f := range app {
		if care, _ := template.CareOf(name); care == template.Text && f.Mode.IsRegular() {
			f.Data = crlf(f.Data)
		}
	}
	base, theirs := contents(t, fixtures.Template(t, "1.42.0", fixtures.LayoutNew)), contents(t, fixtures.Template(t, "1.55.0", fixtures.LayoutNew))
	over := change.NewOverlay(app)
	result, err := template.Merge(t.Context(), over, base, theirs, template.MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Files {
		if care, _ := template.CareOf(f.Path); f.Status == template.Conflict || f.Status == template.Skipped && care == template.Text {
			t.Errorf("%s: %s %s %+v", f.Path, f.Status, f.Why, f.Conflicts)
		}
	}
	for name, want := range theirs {
		if care, _ := template.CareOf(name); care != template.Text {
			continue
		}
		if got, err := fs.ReadFile(over, name); err != nil || !bytes.Equal(got, crlf(want)) {
			t.Errorf("%s is not the template's with CRLF (%v)", name, err)
		}
	}
}
