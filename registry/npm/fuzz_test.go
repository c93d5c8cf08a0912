package npm

import (
	"bytes"
	"io/fs"
	"testing"
	"testing/fstest"
)

func FuzzUnpackGivesAWholeTreeOrAnError(f *testing.F) {
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := unpack(data, defaults.Limits)
		if err == nil {
			checkTree(t, tree)
		}
	})
}

func FuzzEntryNamesStayInside(f *testing.F) {
	for _, name := range []string{"package/a", "./package/a", "package/../a", "../a", "/a/b", "package/", "package//a", `package\..\a`} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		inside, err := entryName(name)
		if err == nil && (!fs.ValidPath(inside) || inside == ".") {
			t.Errorf("%q gives %q", name, inside)
		}
	})
}

func FuzzTreesOfAnyPaths(f *testing.F) {
	f.Add("a/b", "a/c", "d")
	f.Add("a", "a/b", "b")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		tree, err := NewTree(map[string]File{a: {}, b: {}, c: {}})
		if err == nil {
			checkTree(t, tree)
		}
	})
}

func checkTree(t *testing.T, tree *Tree) {
	t.Helper()
	if files := tree.Files(); len(files) > 0 {
		if err := fstest.TestFS(tree, files...); err != nil {
			t.Error(err)
		}
	}
}

func FuzzParsePackument(f *testing.F) {
	for _, text := range []string{`{}`, `null`, `[]`, `{"versions": {"1.0.0": null}}`, `{"versions": {"1.0.0": {"deprecated": true, "dependencies": []}}, "time": {"1.0.0": 1}}`,
		`{"versions": {"1.0.0": {"dist": {"tarball": 1}}}}`, `{"versions": []}`, `<html>`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := parsePackument(data)
		if err != nil {
			return
		}
		if got := len(p.Sorted()); got > len(p.Versions) {
			t.Errorf("%d versions sorted of %d", got, len(p.Versions))
		}
		Choose(p, Needs{Release: func(string) (string, bool) { return "1.0.0", true }})
		kept, err := p.compact()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parsePackument(kept)
		if err != nil {
			t.Fatalf("%s: %v", kept, err)
		}
		if twice, err := again.compact(); err != nil || !bytes.Equal(kept, twice) {
			t.Errorf("%v\n%s\n%s", err, kept, twice)
		}
	})
}

func FuzzParseSearch(f *testing.F) {
	for _, text := range []string{`{"objects": []}`, `{"objects": [{"package": {"name": "a", "date": 1, "keywords": "b"}}]}`, `{"objects": null}`, `[]`, `<html>`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := parseSearch(data)
		for _, p := range found {
			if err != nil || !ValidName(p.Name) {
				t.Errorf("%q %v", p.Name, err)
			}
		}
	})
}
