package check_test

import (
	"fmt"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/fixtures"
)

// large is the legacy app with more plugins, each of which has a mistake.
func large(plugins int) fstest.MapFS {
	files := map[string]string{}
	for i := range plugins {
		dir := fmt.Sprintf("plugins/p%d", i)
		files[dir+"/package.json"] = fmt.Sprintf("{\n  \"name\": \"@internal/plugin-p%d\",\n  \"version\": \"0.0.0\",\n  \"backstage\": { \"role\": \"frontend-plugin\" },\n  \"dependencies\": { \"@backstage/core-plugin-api\": \"^1.12.5\" }\n}\n", i)
		files[dir+"/src/index.ts"] = "import { createPlugin } from '@backstage/core-plugin-api';\nimport { parseEntityRef } from '@backstage/catalog-model';\n\nexport const x = createPlugin({ id: parseEntityRef('a') });\n"
	}
	return fixtures.With(fixtures.App("legacy"), files)
}

func TestTimeIsLinearInTheSizeOfTheRepository(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const small, factor = 200, 8
	measure := func(n int) time.Duration {
		fsys := os.DirFS(fixtures.Copy(t, large(n))) // fstest.MapFS takes quadratic time itself
		best := time.Hour
		for range 2 {
			start := time.Now()
			if got := len(run(t, fsys, check.Rules()).Findings); got < n {
				t.Fatalf("%d findings in %d packages", got, n)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	one, many := measure(small), measure(small*factor)
	t.Logf("%d packages: %v, %d packages: %v", small, one, small*factor, many)
	if many > one*factor*3+time.Second {
		t.Errorf("%d packages take %v, and %d take %v", small, one, small*factor, many)
	}
}
