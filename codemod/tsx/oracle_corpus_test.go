package tsx_test

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures"
)

// What is read of a package: files of at most maxFile bytes, and of those with each kind of
// ending so many, spread evenly over its directories.
const maxFile = 64 << 10

var perPackage = map[string]int{".tsx": 250, ".ts": 160, ".d.ts": 50, ".js": 45}

// astGrep is the oracle: tree-sitter with its TypeScript grammars.
const astGrep = "@ast-grep/napi@0.51.2"

// corpus is what the oracle test compares, in a directory that outlives it.
type corpus struct {
	dir     string
	files   []corpusFile
	missing []string // optional packages that the registry does not have
}

type corpusFile struct {
	pkg  string // name@version
	name string // slash path in the package
	path string // where it is on the disk
}

// oracleDir is where the corpus is kept: oracle in the directory that BATTEN_CACHE names,
// else batten/oracle in the user's cache directory.
func oracleDir(t testing.TB) string {
	if dir := os.Getenv("BATTEN_CACHE"); dir != "" {
		return filepath.Join(dir, "oracle")
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "batten", "oracle")
}

// loadCorpus installs what is not installed yet. Without the network as a stated need
// (BATTEN_REQUIRE), it skips the test instead of downloading.
func loadCorpus(t testing.TB) *corpus {
	t.Helper()
	c := loadTool(t)
	specs := readCorpusList(t)
	var want []string
	for _, spec := range specs {
		if !exists(c.packageDir(strings.TrimPrefix(spec, "?"))) {
			want = append(want, spec)
		}
	}
	if len(want) > 0 && !mayDownload() {
		t.Skipf("the corpus is not in %s; BATTEN_REQUIRE=oracle,network downloads it", c.dir)
	}
	c.download(t, want)
	for _, spec := range specs {
		spec = strings.TrimPrefix(spec, "?")
		files, err := packageFiles(c.packageDir(spec))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 {
			c.missing = append(c.missing, spec)
		}
		for _, f := range files {
			c.files = append(c.files, corpusFile{spec, f, filepath.Join(c.packageDir(spec), filepath.FromSlash(f))})
		}
	}
	return c
}

// loadTool installs the oracle itself, under the same condition.
func loadTool(t testing.TB) *corpus {
	t.Helper()
	fixtures.Require(t, "oracle")
	c := &corpus{dir: oracleDir(t)}
	if !exists(filepath.Join(c.tool(), "done")) {
		if !mayDownload() {
			t.Skipf("%s is not in %s; BATTEN_REQUIRE=oracle,network downloads it", astGrep, c.dir)
		}
		installTool(t, c.tool())
	}
	return c
}

// mayDownload reports whether the network is a stated need.
func mayDownload() bool {
	return slices.Contains(strings.Split(os.Getenv("BATTEN_REQUIRE"), ","), "network")
}

func readCorpusList(t testing.TB) []string {
	data, err := os.ReadFile("testdata/oracle/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	var specs []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			specs = append(specs, line)
		}
	}
	return specs
}

func (c *corpus) packageDir(spec string) string {
	return filepath.Join(c.dir, "packages", fileName(spec))
}

func (c *corpus) tool() string { return filepath.Join(c.dir, "tool-"+fileName(astGrep)) }

func fileName(spec string) string {
	return strings.ReplaceAll(strings.TrimPrefix(spec, "@"), "/", "__")
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// npm runs npm in a directory. The registry is the one of npm's own configuration.
func npm(dir string, args ...string) (string, error) {
	cmd := exec.Command("npm", args...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("npm %s: %w\n%s", strings.Join(args, " "), err, errs.String())
	}
	return out.String(), nil
}

func installTool(t testing.TB, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte("{\"private\": true}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := npm(dir, "install", "--no-audit", "--no-fund", "--ignore-scripts", astGrep); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "done"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

// download fetches the packages, without what they depend on, and unpacks the sources in them.
func (c *corpus) download(t testing.TB, specs []string) {
	t.Helper()
	var needed []string
	for _, spec := range specs {
		if name, optional := strings.CutPrefix(spec, "?"); !optional {
			needed = append(needed, name)
		} else if err := c.pack(t, name); err != nil {
			if err := os.MkdirAll(c.packageDir(name), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	for batch := range slices.Chunk(needed, 12) {
		if err := c.pack(t, batch...); err != nil {
			t.Fatal(err)
		}
	}
}

func (c *corpus) pack(t testing.TB, specs ...string) error {
	dir := t.TempDir()
	out, err := npm(dir, append([]string{"pack", "--silent", "--ignore-scripts"}, specs...)...)
	if err != nil {
		return err
	}
	names := strings.Fields(out)
	if len(names) != len(specs) {
		return fmt.Errorf("npm pack names %d files for %d packages", len(names), len(specs))
	}
	for i, name := range names {
		if err := unpack(filepath.Join(dir, path.Base(name)), c.packageDir(specs[i])); err != nil {
			return fmt.Errorf("%s: %w", specs[i], err)
		}
	}
	return nil
}

// unpack writes the sources in a package's archive to dir, which appears when it is whole.
func unpack(archive, dir string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return err
	}
	part := dir + ".part"
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o755)); err != nil {
		return err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return os.Rename(part, dir)
		}
		if err != nil {
			return err
		}
		name := path.Clean(h.Name)
		if h.Typeflag != tar.TypeReg || ending(name) == "" || h.Size > maxFile || !fs.ValidPath(name) {
			continue
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		to := filepath.Join(part, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, data, 0o644)); err != nil {
			return err
		}
	}
}

// ending sorts file names by what they hold: ".tsx", ".ts", ".d.ts", ".js", or "" for no source.
func ending(name string) string {
	base := path.Base(name)
	switch {
	case strings.Contains(base, ".min."):
		return ""
	case strings.HasSuffix(base, ".d.ts"), strings.HasSuffix(base, ".d.mts"), strings.HasSuffix(base, ".d.cts"):
		return ".d.ts"
	}
	switch path.Ext(base) {
	case ".tsx":
		return ".tsx"
	case ".ts", ".mts", ".cts":
		return ".ts"
	case ".js", ".jsx", ".mjs", ".cjs":
		return ".js"
	}
	return ""
}

// packageFiles chooses the files of an unpacked package.
func packageFiles(dir string) ([]string, error) {
	byEnding := map[string][]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, name)
			rel = filepath.ToSlash(rel)
			byEnding[ending(rel)] = append(byEnding[ending(rel)], rel)
		}
		return err
	})
	var out []string
	for end, names := range byEnding {
		slices.Sort(names)
		limit := min(perPackage[end], len(names))
		for i := range limit {
			out = append(out, names[i*len(names)/limit])
		}
	}
	slices.Sort(out)
	return out, err
}

// key names the dump of a list of files made by a script.
func key(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d\n", len(p))
		h.Write(p)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}
