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

// plugins are what is added, in one command.
var plugins = []string{"tech-radar", "github-actions", "sonarqube", "jenkins", "kubernetes", "github-auth"}

func TestE2E(t *testing.T) {
	batten := os.Getenv("BATTEN_E2E")
	if batten == "" {
		t.Skip("takes many minutes; `make e2e` runs it, with the binary's name in BATTEN_E2E")
	}
	fixtures.Require(t, "git", "oracle", "network")
	ctx := untilStopped(t)
	home := home(t)

	var all steps
	var mirror mirror
	t.Cleanup(func() { t.Log("\n" + all.String() + mirror.String()) })
	env := append(toolsEnv(ctx, t, home, all.of(t, "all")), dummies()...)

	for _, layout := range []string{fixtures.LayoutLegacy, fixtures.LayoutNew} {
		t.Run(layout, func(t *testing.T) {
			a := newApp(ctx, t, home, layout)
			a.batten, a.env, a.mirror, a.step = batten, env, &mirror, all.of(t, layout)

			a.step("render", a.render)
			a.step("batten add", a.add)
			a.step("tsc", func() string { return a.judge("", "yarn", "tsc") })
			a.step("config:check", func() string { return a.judge("", "yarn", "backstage-cli", "config:check", "--lax") })
			a.step("prettier", a.prettier)
			a.step("lint", func() string {
				return a.judge("", "yarn", "backstage-cli", "repo", "lint", "--max-warnings", "0")
			})
			a.step("add again", a.addAgain)

			b := &backend{app: a}
			t.Cleanup(b.stop)
			a.step("backend ready", b.start)
			a.step("routes", b.routes)
			a.step("backend stopped", func() string { b.stop(); return "" })

			a.step("batten undo", a.undo)
			if !t.Failed() {
				a.remove()
			}
		})
	}
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

type step struct {
	layout, name string
	took         time.Duration
	note         string
}

const failed = "FAILED"

// A stepper does one step: it runs do, and records how long that took, the note that do
// returned, and whether it ended the test.
type stepper func(name string, do func() (note string))

func (all *steps) of(t *testing.T, layout string) stepper {
	return func(name string, do func() string) {
		t.Helper()
		s := step{layout: layout, name: name, note: failed}
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
	fmt.Fprintln(w, "layout\tstep\tseconds\t")
	for _, s := range *all {
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%s\n", s.layout, s.name, s.took.Seconds(), s.note)
	}
	w.Flush()
	return b.String()
}
