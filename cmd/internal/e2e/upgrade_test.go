//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/batten-dev/batten/fixtures"
)

// releasesBack is how old the app is that is upgraded.
const releasesBack = 2

// upgrade brings an app of an older release, installed, to the newest one, and has the result
// judged and its backend started.
func upgrade(a *app) {
	pins := slices.DeleteFunc(fixtures.Pins(), func(p fixtures.Pin) bool { return !slices.Contains(p.Layouts, a.layout) })
	if len(pins) <= releasesBack {
		a.t.Fatalf("%d templates of the layout %s are not enough", len(pins), a.layout)
	}
	from, to := pins[len(pins)-1-releasesBack].Release, pins[len(pins)-1].Release
	a.step("render", func() string { return a.render(from) })
	a.step("yarn install", func() string { a.check(a.try("yarn", "install")); a.commit(); return "" })
	a.step("batten upgrade", func() string { return a.upgrade(to) })
	a.step("tsc", func() string { return a.judge("", "yarn", "tsc") })
	a.step("config:check", func() string { return a.judge("", "yarn", "backstage-cli", "config:check", "--lax") })
	a.step("upgrade again", func() string {
		a.must(a.batten, "upgrade", "--to", to, "--check")
		return "nothing to change"
	})
	b := &backend{app: a}
	a.t.Cleanup(b.stop)
	a.step("backend ready", b.start)
	a.step("backend stopped", func() string { b.stop(); return "" })
	a.step("batten undo", func() string { a.undo(); return a.asBefore("undo") })
	a.finish()
}

// upgrade lets batten bring the app to a release and run yarn.
func (a *app) upgrade(to string) string {
	a.t.Helper()
	a.check(a.try(a.batten, "upgrade", "--to", to, "--yes"))
	a.save()
	data, err := os.ReadFile(filepath.Join(a.dir, "backstage.json"))
	a.check(err)
	var is struct{ Version string }
	a.check(json.Unmarshal(data, &is))
	if is.Version != to {
		a.t.Fatalf("backstage.json names %s, not %s", is.Version, to)
	}
	return fmt.Sprintf("to %s, %d files changed", to, len(a.changed()))
}
