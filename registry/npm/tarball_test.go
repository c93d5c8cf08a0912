package npm_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

// tarballs are archives by what is wrong with them; "" is fine.
var tarballs = []struct {
	name, wrong string
	data        []byte
}{
	{"plain", "", npmtest.Pack(npmtest.Entry{Name: "package/package.json", Content: "{}"})},
	{"any folder", "", npmtest.Pack(npmtest.Entry{Name: "other/package.json", Content: "{}"})},
	{"dot before", "", npmtest.Pack(npmtest.Entry{Name: "./package/package.json", Content: "{}"})},
	{"folders", "", npmtest.Pack(npmtest.Entry{Name: "package/", Type: tar.TypeDir}, npmtest.Entry{Name: "package/package.json", Content: "{}"})},
	{"the last of two counts", "", npmtest.Pack(npmtest.Entry{Name: "package/package.json", Content: "1"}, npmtest.Entry{Name: "package/package.json", Content: "{}"})},
	{"empty", "", npmtest.Pack()},
	{"up", "no path inside", npmtest.Pack(npmtest.Entry{Name: "package/../../x", Content: "x"})},
	{"up at once", "no path inside", npmtest.Pack(npmtest.Entry{Name: "../x", Content: "x"})},
	{"absolute", "no path inside", npmtest.Pack(npmtest.Entry{Name: "/etc/x/../y", Content: "x"})},
	{"backslash", "no path inside", npmtest.Pack(npmtest.Entry{Name: `package/..\..\x`, Content: "x"})},
	{"no folder around", "no path inside", npmtest.Pack(npmtest.Entry{Name: "package.json", Content: "{}"})},
	{"double slash", "no path inside", npmtest.Pack(npmtest.Entry{Name: "package//x", Content: "x"})},
	{"symbolic link", "neither a file", npmtest.Pack(npmtest.Entry{Name: "package/x", Type: tar.TypeSymlink, Link: "/etc/passwd"})},
	{"hard link", "neither a file", npmtest.Pack(npmtest.Entry{Name: "package/x", Type: tar.TypeLink, Link: "package/y"})},
	{"device", "neither a file", npmtest.Pack(npmtest.Entry{Name: "package/x", Type: tar.TypeChar})},
	{"file as folder", "and a folder of", npmtest.Pack(npmtest.Entry{Name: "package/x", Content: "x"}, npmtest.Entry{Name: "package/x/y", Content: "y"})},
	{"folder as file", "file and a folder", npmtest.Pack(npmtest.Entry{Name: "package/x/y", Content: "y"}, npmtest.Entry{Name: "package/x", Content: "x"})},
	{"large file", "larger than the limit", npmtest.Pack(npmtest.Entry{Name: "package/x", Content: incompressible(3 << 20)})},
	{"large in all", "larger than the limit", npmtest.Pack(npmtest.Entry{Name: "package/x", Content: incompressible(2 << 20)},
		npmtest.Entry{Name: "package/y", Content: incompressible(2 << 20)}, npmtest.Entry{Name: "package/z", Content: incompressible(2 << 20)})},
	{"bomb", "larger than the limit", npmtest.Pack(npmtest.Entry{Name: "package/x", Content: strings.Repeat("\x00", 2<<20)})},
	{"many files", "more than 20 files", npmtest.Pack(many(21)...)},
	{"not gzipped", "not gzipped", []byte("<html>")},
	{"no tar", "no whole tar", gzipped(strings.Repeat("hello", 200))},
	{"cut", "unexpected EOF", npmtest.Pack(npmtest.Entry{Name: "package/x", Content: incompressible(5000)})[:3000]},
}

func incompressible(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return string(b)
}

func many(n int) []npmtest.Entry {
	entries := make([]npmtest.Entry, n)
	for i := range entries {
		entries[i] = npmtest.Entry{Name: fmt.Sprintf("package/%d", i)}
	}
	return entries
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

func TestTarballs(t *testing.T) {
	for _, test := range tarballs {
		t.Run(test.name, func(t *testing.T) {
			r := npmtest.New(t)
			r.Publish(npmtest.Package{Name: "p", Version: "1.0.0", Tarball: test.data})
			config := r.Config(t)
			config.Limits = npm.Limits{File: 5 << 19, Unpacked: 5 << 20, Files: 20, Ratio: 100}
			client := npm.New(config)
			v, err := client.Version(t.Context(), "p", "1.0.0")
			if err != nil {
				t.Fatal(err)
			}
			tree, err := client.Tarball(t.Context(), v)
			if test.wrong == "" {
				if err != nil {
					t.Fatal(err)
				}
				if data, err := fs.ReadFile(tree, "package.json"); test.name != "empty" && (err != nil || string(data) != "{}") {
					t.Errorf("%q %v", data, err)
				}
				return
			}
			if !npm.Is(err, npm.Unsafe) || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("%v; want %s", err, test.wrong)
			}
		})
	}
}

func TestATamperedTarballIsRefusedAndNotKept(t *testing.T) {
	r := published(t)
	config := r.Config(t)
	client := npm.New(config)
	v, err := client.Version(t.Context(), scoped, "1.1.0")
	if err != nil {
		t.Fatal(err)
	}
	path := "/" + scoped + "/-/plugin-1.1.0.tgz"
	r.Handle(path, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(npmtest.Tarball(npmtest.Package{Name: scoped, Version: "1.1.0", Files: map[string]string{"evil.js": ""}}))
	})
	if _, err := client.Tarball(t.Context(), v); !npm.Is(err, npm.Tampered) || !strings.Contains(err.Error(), scoped+"@1.1.0") {
		t.Error(err)
	}
	whole := npmtest.Tarball(npmtest.Package{Name: scoped, Version: "1.1.0"})
	r.Handle(path, npmtest.Body(whole[:len(whole)/2]))
	if _, err := client.Tarball(t.Context(), v); !npm.Is(err, npm.Tampered) || !strings.Contains(err.Error(), "cut off") {
		t.Error(err)
	}
	r.Handle(path, npmtest.Page)
	if _, err := client.Tarball(t.Context(), v); !npm.Is(err, npm.BadAnswer) || !strings.Contains(err.Error(), "HTML") {
		t.Error(err)
	}
	r.Handle(path, npmtest.BrokenOff)
	if _, err := client.Tarball(t.Context(), v); !npm.Is(err, npm.Network) {
		t.Error(err)
	}
	r.Handle(path, nil)
	if _, err := client.Tarball(t.Context(), v); err != nil {
		t.Error(err)
	}
}

func TestIntegrityMustBeOneThatCanBeChecked(t *testing.T) {
	r := published(t)
	client := r.Client(t)
	v, err := client.Version(t.Context(), scoped, "1.1.0")
	if err != nil {
		t.Fatal(err)
	}
	good := v.Dist
	for integrity, ok := range map[string]bool{
		good.Integrity:                       true,
		"sha1-AAAA " + good.Integrity + "?x": true,
		"":                                   false,
		"sha512-":                            false,
		"sha512-AAAA":                        false,
		"md5-AAAA":                           false,
		"sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=":  false,
	} {
		asked := *v
		asked.Dist.Integrity = integrity
		if _, err := client.Tarball(t.Context(), &asked); (err == nil) != ok {
			t.Errorf("%q: %v", integrity, err)
		}
	}
	sum := sha1.Sum(npmtest.Tarball(npmtest.Package{Name: "old", Version: "0.0.1"}))
	r.Publish(npmtest.Package{Name: "old", Version: "0.0.1"})
	old := &npm.Version{Name: "old", Version: "0.0.1", Dist: npm.Dist{Shasum: hex.EncodeToString(sum[:])}}
	if _, err := client.Tarball(t.Context(), old); err != nil {
		t.Error(err)
	}
	old.Dist.Shasum = strings.Repeat("0", 40)
	if _, err := client.Tarball(t.Context(), old); !npm.Is(err, npm.Tampered) {
		t.Error(err)
	}
}

func TestAMirrorIsAskedBeforeTheHostThatItNames(t *testing.T) {
	mirror, origin := published(t), published(t)
	client := mirror.Client(t)
	v, err := client.Version(t.Context(), scoped, "1.1.0")
	if err != nil {
		t.Fatal(err)
	}
	v.Dist.Tarball = strings.Replace(v.Dist.Tarball, mirror.URL, origin.URL, 1)
	mirror.Handle("/"+scoped+"/-/plugin-1.1.0.tgz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) })
	if _, err := client.Tarball(t.Context(), v); err != nil || len(mirror.Requests()) != 2 || len(origin.Requests()) != 1 {
		t.Errorf("%v, %v, %v", err, mirror.Paths(), origin.Paths())
	}
	second := mirror.Client(t)
	mirror.Handle("/"+scoped+"/-/plugin-1.1.0.tgz", nil)
	if _, err := second.Tarball(t.Context(), v); err != nil || len(origin.Requests()) != 1 {
		t.Errorf("%v, %v", err, origin.Paths())
	}
}

func TestExecutableFilesStaySo(t *testing.T) {
	r := npmtest.New(t)
	r.Publish(npmtest.Package{Name: "p", Version: "1.0.0", Tarball: npmtest.Pack(
		npmtest.Entry{Name: "package/run", Mode: 0o755}, npmtest.Entry{Name: "package/read", Mode: 0o600}, npmtest.Entry{Name: "package/setuid", Mode: 0o4755})})
	client := r.Client(t)
	v, err := client.Version(t.Context(), "p", "latest")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := client.Tarball(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{"run": 0o755, "read": 0o644, "setuid": 0o755} {
		if info, err := fs.Stat(tree, name); err != nil || info.Mode() != want {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
}

func TestNewTreeRefusesPathsThatAreNone(t *testing.T) {
	for _, names := range [][]string{{""}, {"."}, {"/a"}, {"a/../b"}, {`a\b`}, {"a", "a/b"}} {
		files := map[string]npm.File{}
		for _, name := range names {
			files[name] = npm.File{}
		}
		if _, err := npm.NewTree(files); err == nil {
			t.Errorf("%q", names)
		}
	}
}
