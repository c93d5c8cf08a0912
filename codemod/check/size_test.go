package check_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

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

// The whole repository is gone through a fixed number of times, however many packages it has.
func TestTimeIsLinearInTheSizeOfTheRepository(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	sizes := []int{1250, 2500, 5000}
	measure := func(n int) time.Duration {
		fsys := os.DirFS(fixtures.Copy(t, large(n))) // fstest.MapFS takes quadratic time itself
		best := time.Hour
		for range 1 + sizes[0]/n { // the smallest twice: it pays for what is done once per process
			start := time.Now()
			if got := len(run(t, fsys, check.Rules()).Findings); got < 2*n {
				t.Fatalf("%d findings in %d packages", got, n)
			}
			best = min(best, time.Since(start))
		}
		t.Logf("%d packages: %v", n, best)
		return best
	}
	var took []time.Duration
	for _, n := range sizes {
		took = append(took, measure(n))
	}
	// Twice as many take twice as long; what takes quadratic time takes four times as long.
	if first, last := took[0], took[len(took)-1]; last > first*4*2+time.Second {
		t.Errorf("%d packages take %v, and %d take %v", sizes[0], first, sizes[len(sizes)-1], last)
	}
}
