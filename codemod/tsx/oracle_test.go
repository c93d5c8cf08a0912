package tsx_test

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

var mismatches = flag.String("mismatches", "", "write the differences that TestOracle cannot explain to this `file`")

// The targets of TestOracle.
const (
	wantFiles    = 5000
	wantEqual    = 99.5 // per cent of the files that esbuild accepts and tree-sitter reads without error
	wantPackages = 40
	wantReleases = 12 // of create-app
)

// outcome is what became of a group of files.
type outcome struct {
	files, invalid, equal, oracleErrors, explained, unexplained, unread int
}

// problem is a difference, or a syntax error, that has no explanation.
type problem struct {
	signature, where, source string
}

// TestOracle compares whole trees with tree-sitter's: kinds, fields, ranges, and children
// in order, over the files of the packages in testdata/oracle/corpus.txt.
func TestOracle(t *testing.T) {
	if testing.Short() {
		t.Skip("reads thousands of files")
	}
	c := loadCorpus(t)
	known := readExplanations(t)
	groups := map[string]*outcome{}
	var problems []problem
	var bytes int
	var oracle, ours time.Duration
	dump(t, c.dir, c.tool(), c.files, func(i int, src []byte, theirs *dumpTree) {
		f := c.files[i]
		g := groups[f.pkg]
		if g == nil {
			g = &outcome{}
			groups[f.pkg] = g
		}
		g.files++
		bytes += len(src)
		oracle += time.Duration(theirs.took * float64(time.Second))
		start := time.Now()
		tree, err := tsx.Parse(src, tsx.DialectOf(f.name))
		ours += time.Since(start)
		if !accepted(f.name, src) {
			g.invalid++
			return
		}
		if err != nil {
			g.unread++
			offset := 0
			var e *tsx.SyntaxError
			if errors.As(err, &e) {
				offset = e.Offset
			}
			problems = append(problems, problem{"SYNTAX ERROR: " + err.Error()[strings.IndexByte(err.Error(), ' ')+1:], position(f, src, offset), excerpt(src, offset)})
			return
		}
		diffs := compare(tree.Root(), theirs)
		if len(diffs) == 0 {
			g.equal++
			return
		}
		broken := theirs.broken(0)
		if broken {
			diffs = compareWhole(tree.Root(), theirs)
		}
		rest := slices.DeleteFunc(diffs, func(d difference) bool { return known.explain(src, d) })
		switch {
		case len(rest) > 0:
			g.unexplained++
		case broken:
			g.oracleErrors++
		default:
			g.explained++
		}
		if len(rest) > 0 {
			d := rest[0]
			problems = append(problems, problem{d.signature(), position(f, src, d.at), excerpt(src, d.at)})
		}
	})
	all := summary(t, groups, c.missing)
	t.Logf("%.1f MB: tree-sitter %.1f MB/s, ours %.1f MB/s (as the trees were made; BenchmarkParseBesideTreeSitter measures it)",
		float64(bytes)/1e6, float64(bytes)/1e6/oracle.Seconds(), float64(bytes)/1e6/ours.Seconds())
	report(t, problems)
	known.unused(t)

	valid := all.files - all.invalid
	readable := valid - all.oracleErrors
	if all.unread > 0 {
		t.Errorf("%d files that esbuild accepts do not parse", all.unread)
	}
	if all.unexplained > 0 {
		t.Errorf("%d files have trees whose differences are not explained", all.unexplained)
	}
	share := 100 * float64(all.equal) / float64(readable)
	t.Logf("esbuild accepts %d files, tree-sitter reads %d of them without error, %.2f %% of those trees are equal", valid, readable, share)
	if share < wantEqual {
		t.Errorf("%.2f %% of the trees are equal, want %v", share, wantEqual)
	}
	if valid < wantFiles {
		t.Errorf("%d files are too few", valid)
	}
}

func summary(t *testing.T, groups map[string]*outcome, missing []string) outcome {
	var b strings.Builder
	var all outcome
	line := func(name string, o outcome) {
		fmt.Fprintf(&b, "%-44s %6d %8d %6d %12d %10d %12d %7d\n", name, o.files, o.invalid, o.equal, o.oracleErrors, o.explained, o.unexplained, o.unread)
	}
	fmt.Fprintf(&b, "%-44s %6s %8s %6s %12s %10s %12s %7s\n", "package", "files", "invalid", "equal", "tree-sitter", "explained", "unexplained", "unread")
	releases, packages := 0, 0
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		g := *groups[name]
		if strings.HasPrefix(name, "@backstage/create-app@") {
			releases++
		} else {
			packages++
		}
		all.files += g.files
		all.invalid += g.invalid
		all.equal += g.equal
		all.oracleErrors += g.oracleErrors
		all.explained += g.explained
		all.unexplained += g.unexplained
		all.unread += g.unread
		if g.files != g.equal || testing.Verbose() {
			line(name, g)
		}
	}
	line(fmt.Sprintf("all: %d packages, %d releases", packages, releases), all)
	t.Logf("files that esbuild does not accept are invalid; \"tree-sitter\" are trees with its error nodes\n%s", b.String())
	if len(missing) > 0 {
		t.Logf("not in the registry: %s", strings.Join(missing, ", "))
	}
	if packages < wantPackages || releases < wantReleases {
		t.Errorf("%d packages and %d releases are too few", packages, releases)
	}
	return all
}

// accepted reports whether esbuild accepts a file's syntax.
func accepted(name string, src []byte) bool {
	loader := api.LoaderTSX
	switch {
	case tsx.DialectOf(name) == tsx.TS:
		loader = api.LoaderTS
	case ending(name) == ".js":
		loader = api.LoaderJSX
	}
	r := api.Transform(string(src), api.TransformOptions{Loader: loader, LogLevel: api.LogLevelSilent, JSX: api.JSXPreserve, TsconfigRaw: `{"compilerOptions":{"experimentalDecorators":true}}`})
	return !slices.ContainsFunc(r.Errors, func(m api.Message) bool { return !strings.Contains(m.Text, "has already been declared") })
}

func position(f corpusFile, src []byte, at int) string {
	return fmt.Sprintf("%s/%s:%s", f.pkg, f.name, text.NewIndex(src).Pos(at))
}

// excerpt is the line of at, or what is around it on a long line.
func excerpt(src []byte, at int) string {
	from := max(text.LineStart(src, at), at-80)
	to := min(text.LineEnd(src, at), at+100)
	return strings.TrimSpace(strings.ToValidUTF8(string(src[from:to]), "?"))
}

// report prints the problems by cause, the most frequent first.
func report(t *testing.T, problems []problem) {
	bySignature := map[string][]problem{}
	for _, p := range problems {
		bySignature[p.signature] = append(bySignature[p.signature], p)
	}
	signatures := slices.SortedFunc(maps.Keys(bySignature), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(bySignature[b]), len(bySignature[a])), strings.Compare(a, b))
	})
	var b strings.Builder
	for i, s := range signatures {
		if *mismatches == "" && i == 20 {
			fmt.Fprintf(&b, "... and %d more causes\n", len(signatures)-i)
			break
		}
		fmt.Fprintf(&b, "%d files: %s\n", len(bySignature[s]), s)
		for _, p := range bySignature[s][:min(3, len(bySignature[s]))] {
			fmt.Fprintf(&b, "    %s\n        %s\n", p.where, p.source)
		}
	}
	if *mismatches != "" {
		if err := os.WriteFile(*mismatches, []byte(b.String()), 0o644); err != nil {
			t.Error(err)
		}
		return
	}
	if b.Len() > 0 {
		t.Log(b.String())
	}
}
