//go:build unix

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/batten-dev/batten/fixtures"
)

// plugins are the curated ones, which are added in one command.
var plugins = []string{"tech-radar", "github-actions", "sonarqube", "jenkins", "kubernetes", "github-auth"}

// stage is what all apps of a run have in common.
type stage struct {
	ctx    context.Context
	batten string   // the binary
	env    []string // of all that is run
	apps   string   // the folder of the apps and logs
	shots  string   // the folder of the screenshots
	keep   bool     // apps stay, and the next run takes over what yarn made
	mirror *mirror
	steps  *steps
}

func TestE2E(t *testing.T) {
	batten := os.Getenv("BATTEN_E2E")
	if batten == "" {
		t.Skip("takes many minutes; `make e2e` runs it, with the binary's name in BATTEN_E2E")
	}
	fixtures.Require(t, "git", "oracle", "network", "browser")
	ctx := untilStopped(t)
	home := home(t)

	s := &stage{ctx: ctx, batten: batten, apps: home, mirror: &mirror{}, steps: &steps{}}
	if dir := os.Getenv("BATTEN_E2E_KEEP"); dir != "" {
		s.apps, s.keep = folder(t, dir), true
		s.mirror.load(t, filepath.Join(s.apps, "mirror.json"))
	}
	s.shots = folder(t, filepath.Join(s.apps, "screenshots"))
	t.Cleanup(func() { t.Log("\n" + s.steps.String() + s.mirror.String()) })
	s.env = append(toolsEnv(ctx, t, home, s.steps.of(t, "all")), dummies()...)

	t.Run("legacy", func(t *testing.T) { curated(s.app(t, "legacy", fixtures.LayoutLegacy, plugins)) })
	t.Run("new", func(t *testing.T) { curated(s.app(t, "new", fixtures.LayoutNew, plugins)) })
	t.Run("upgrade-legacy", func(t *testing.T) { upgrade(s.app(t, "upgrade-legacy", fixtures.LayoutLegacy, nil)) })
	t.Run("upgrade-new", func(t *testing.T) { upgrade(s.app(t, "upgrade-new", fixtures.LayoutNew, nil)) })
	t.Run("upgrade-year-legacy", func(t *testing.T) { upgradeYear(s.app(t, "upgrade-year-legacy", fixtures.LayoutLegacy, nil)) })
	t.Run("upgrade-year-new", func(t *testing.T) { upgradeYear(s.app(t, "upgrade-year-new", fixtures.LayoutNew, nil)) })
	t.Run("families-legacy", func(t *testing.T) { allFamilies(s.app(t, "families-legacy", fixtures.LayoutLegacy, nil)) })
	t.Run("families-new", func(t *testing.T) { allFamilies(s.app(t, "families-new", fixtures.LayoutNew, nil)) })
}

// curated adds the curated plugins to an app, has the result judged, looks at it in a browser,
// and takes the plugins out again.
func curated(a *app) {
	a.step("render", func() string { return a.render(fixtures.Newest(a.layout)) })
	a.step("batten remove", a.strip)
	a.step("batten add", a.add)
	a.step("tsc", func() string { return a.judge("", "yarn", "tsc") })
	a.step("config:check", func() string { return a.judge("", "yarn", "backstage-cli", "config:check", "--lax") })
	a.step("prettier", a.prettier)
	a.step("lint", func() string {
		return a.judge("", "yarn", "backstage-cli", "repo", "lint", "--max-warnings", "0")
	})
	a.step("add again", a.addAgain)

	b := &backend{app: a, settings: outside(a.t), sights: sights[a.layout]}
	a.t.Cleanup(b.stop)
	a.step("app build", a.build)
	a.step("backend ready", b.start)
	a.step("routes", b.routes)
	a.step("walk", b.walk)
	a.step("backend stopped", func() string { b.stop(); return "" })
	added := a.tree()

	a.step("batten remove", a.remove)
	a.step("app build", a.build)
	a.step("backend ready", b.start)
	a.step("walk, all gone", b.walkGone)
	a.step("backend stopped", func() string { b.stop(); return "" })

	a.step("batten undo", func() string {
		a.undo()
		if after := a.must("git", "diff", "--stat", added, a.tree(), "--", ":!yarn.lock"); after != "" {
			a.t.Fatalf("taking the removal back left differences to what was there before it:\n%s", after)
		}
		return "as after add, yarn.lock aside"
	})
	a.step("batten undo", func() string { a.undo(); return a.asBefore("undo") })
	a.finish()
}

// build builds the frontend, for the backend to serve.
func (a *app) build() string {
	a.t.Helper()
	a.check(os.RemoveAll(filepath.Join(a.dir, "packages", "app", "dist")))
	a.must("yarn", "workspace", "app", "build")
	return ""
}

// untilStopped is a context that ends before the test binary's own time limit does, or when
// somebody interrupts, so that no process stays behind.
func untilStopped(t *testing.T) context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	t.Cleanup(stop)
	if limit, ok := t.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, limit.Add(-time.Minute))
		t.Cleanup(cancel)
	}
	return ctx
}

// home is the folder for everything that the test makes.
func home(t *testing.T) string {
	dir := os.Getenv("BATTEN_E2E_DIR")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(cache, "batten", "e2e")
	}
	return folder(t, dir)
}

// folder makes a folder and returns its absolute path.
func folder(t *testing.T, dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// steps are what was done, in order.
type steps []step

// step is one thing that was done, to one app or for all of them.
type step struct {
	app, name string
	took      time.Duration
	note      string
}

const failed = "FAILED"

// A stepper does one step: it runs do, and records how long that took, the note that do
// returned, and whether it ended the test.
type stepper func(name string, do func() (note string))

func (all *steps) of(t *testing.T, app string) stepper {
	return func(name string, do func() string) {
		t.Helper()
		s := step{app: app, name: name, note: failed}
		begin := time.Now()
		defer func() {
			s.took = time.Since(begin)
			*all = append(*all, s)
		}()
		t.Logf("%s ...", name)
		s.note = do()
	}
}

func (all *steps) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "app\tstep\tseconds\t")
	for _, s := range *all {
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%s\n", s.app, s.name, s.took.Seconds(), s.note)
	}
	w.Flush()
	return b.String()
}
