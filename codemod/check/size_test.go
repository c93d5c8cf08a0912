package check_test

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/fixtures"
)

// large is the legacy app with more plugins, each of which has a mistake, and all of which the
// app and the backend depend on.
func large(plugins int) fstest.MapFS {
	files := map[string]string{}
	var deps, lock strings.Builder
	lock.WriteString("__metadata:\n  version: 8\n")
	for i := range plugins {
		dir := fmt.Sprintf("plugins/p%d", i)
		files[dir+"/package.json"] = fmt.Sprintf("{\n  \"name\": \"@internal/plugin-p%d\",\n  \"version\": \"0.0.0\",\n  \"backstage\": { \"role\": \"frontend-plugin\" },\n  \"dependencies\": { \"@backstage/core-plugin-api\": \"^1.12.5\", \"lib-%d\": \"^1.0.0\" }\n}\n", i, i)
		files[dir+"/src/index.ts"] = "import { createPlugin } from '@backstage/core-plugin-api';\nimport { parseEntityRef } from '@backstage/catalog-model';\nimport { x as gone } from './gone';\n\nexport const x = createPlugin({ id: parseEntityRef(gone) });\n"
		fmt.Fprintf(&deps, "    \"@internal/plugin-p%d\": \"workspace:^\",\n", i)
		fmt.Fprintf(&lock, "\n\"lib-%d@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"lib-%d@npm:1.0.0\"\n  languageName: node\n  linkType: hard\n", i, i)
	}
	files["yarn.lock"] = lock.String()
	good := fixtures.App("legacy")
	for _, name := range []string{appJSON, backendJSON} {
		files[name] = strings.Replace(string(good[name].Data), "  \"dependencies\": {\n", "  \"dependencies\": {\n"+deps.String(), 1)
	}
	return fixtures.With(good, files)
}

var sizes = []int{1250, 2500, 5000}

// checkLarge checks a repository of n packages more.
func checkLarge(t testing.TB, fsys fs.FS, n int) {
	if got := len(run(t, fsys, check.Rules()).Findings); got < 2*n {
		t.Fatalf("%d findings in %d packages", got, n)
	}
}

// Twice as many packages ask for twice as much memory. The time that they take is in the benchmark.
func TestMemoryIsLinearInTheSizeOfTheRepository(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	measure := func(n int) uint64 {
		fsys := os.DirFS(fixtures.Copy(t, large(n)))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		checkLarge(t, fsys, n)
		runtime.ReadMemStats(&after)
		t.Logf("%d packages: %d allocations, %d bytes", n, after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc)
		return after.TotalAlloc - before.TotalAlloc
	}
	first := measure(sizes[0])
	last := measure(sizes[len(sizes)-1])
	if last > first*4*3/2 {
		t.Errorf("%d packages ask for %d bytes, and %d for %d", sizes[0], first, sizes[len(sizes)-1], last)
	}
}

func BenchmarkLarge(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			fsys := os.DirFS(fixtures.Copy(b, large(n)))
			for b.Loop() {
				checkLarge(b, fsys, n)
			}
		})
	}
}
