//go:build unix

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/batten-dev/batten/fixtures"
)

// app is one rendered app, in a git repository of its own.
type app struct {
	*stage
	t       *testing.T
	name    string // of the subtest, and of the folder of screenshots
	layout  string
	dir     string
	plugins []string          // what add adds and remove removes
	skips   []string          // what is not added, and why
	oldYarn bool              // its yarn refuses the settings of mirror
	before  map[string]string // files that were changed by hand, as they were
	log     *os.File          // all output
	step    stepper
}

func (s *stage) app(t *testing.T, name, layout string, plugins []string) *app {
	dir := filepath.Join(s.apps, "app-"+name)
	log, err := os.Create(dir + ".log")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("all output is in %s, the app in %s", log.Name(), dir)
		}
		log.Close()
	})
	return &app{stage: s, t: t, name: name, layout: layout, dir: dir, plugins: plugins, log: log, step: s.steps.of(t, name)}
}

func (a *app) check(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

// render writes the app that a release's template makes.
func (a *app) render(release string) string {
	a.t.Helper()
	template := fixtures.With(fixtures.Template(a.t, release, a.layout), nil)
	if examples, ok := template[exampleEntities]; ok {
		examples.Data = append(examples.Data, annotated...)
	}
	a.clear()
	a.check(os.CopyFS(a.dir, template))
	a.restore()
	a.check(a.mirror.prepare(a.dir))
	a.commit()
	return "Backstage " + release
}

// commit makes git see no changes.
func (a *app) commit() {
	a.t.Helper()
	if _, err := os.Stat(filepath.Join(a.dir, ".git")); err == nil && len(a.changed()) == 0 {
		return
	}
	fixtures.Git(a.t, a.dir)
}

// strip lets batten take out those of the plugins that the template itself has.
func (a *app) strip() string {
	a.t.Helper()
	a.must(a.batten, append(append([]string{"remove"}, a.plugins...), "--yes", "--no-install")...)
	changed := a.changed()
	a.commit()
	return fmt.Sprintf("%d files changed", len(changed))
}

// finish takes an app that all was right with off the disk, unless it is to be kept.
func (a *app) finish() {
	a.t.Helper()
	if a.t.Failed() || a.keep {
		return
	}
	a.check(os.RemoveAll(a.dir))
}

// add lets batten add all plugins and run yarn.
func (a *app) add() string {
	a.t.Helper()
	a.check(a.tryAdd(a.plugins...))
	changed := a.changed()
	if !slices.Contains(changed, "yarn.lock") && !a.keep {
		a.t.Fatalf("yarn did not run: yarn.lock is not among the changed files, %s", strings.Join(changed, ", "))
	}
	a.save()
	return fmt.Sprintf("%d files changed", len(changed))
}

// tryAdd lets batten add plugins and run yarn.
func (a *app) tryAdd(plugins ...string) error {
	a.t.Helper()
	return a.try(append(append([]string{a.batten, "add"}, plugins...), "--yes")...)
}

// try runs batten, or yarn in an app without changes, as often as it takes to make do with
// what the registry lacks.
func (a *app) try(command ...string) error {
	a.t.Helper()
	for {
		out, err := a.run(command[0], command[1:]...)
		if err == nil {
			return nil
		}
		if unhelped := a.makeDo(out, func() {
			if command[0] == a.batten {
				a.must(a.batten, "undo", "--yes")
			}
		}); unhelped != nil {
			return fmt.Errorf("%s\n%w", failure(command, out, err), unhelped)
		}
	}
}

// makeDo prepares another try after yarn failed with this output, if that may help; undo takes
// back what was changed.
func (a *app) makeDo(out string, undo func()) error {
	a.t.Helper()
	made, err := a.mirror.makeDo(a.ctx, out)
	if err != nil {
		return err
	}
	a.t.Log(made)
	undo()
	if left := slices.DeleteFunc(a.changed(), func(name string) bool { return name == "yarn.lock" }); len(left) > 0 {
		a.t.Fatalf("after the change was taken back, git still sees changes of %s", strings.Join(left, ", "))
	}
	a.check(a.mirror.prepare(a.dir))
	a.commit()
	return nil
}

// addAgain adds the same plugins a second time.
func (a *app) addAgain() string {
	a.t.Helper()
	before := a.tree()
	out := a.must(a.batten, append(append([]string{"add"}, a.plugins...), "--yes")...)
	if after := a.tree(); after != before {
		a.t.Fatalf("adding a second time changed files:\n%s", a.must("git", "diff", before, after))
	}
	if !strings.Contains(out, "nothing to change") {
		a.t.Fatalf("adding a second time did not say that there is nothing to change, but:\n%s", out)
	}
	return "nothing to change"
}

// prettier checks the changed files, as the app's own configuration wants them.
func (a *app) prettier() string {
	a.t.Helper()
	files := slices.DeleteFunc(a.changed(), func(name string) bool { return name == "yarn.lock" })
	return a.judge(fmt.Sprintf("%d files", len(files)), "yarn", append([]string{"prettier", "--check"}, files...)...)
}

// remove lets batten take all plugins out and run yarn.
func (a *app) remove() string {
	a.t.Helper()
	a.must(a.batten, append(append([]string{"remove"}, a.plugins...), "--yes")...)
	return a.asBefore("remove")
}

// undo takes the last change back; what yarn did to its own file stays.
func (a *app) undo() { a.t.Helper(); a.must(a.batten, "undo", "--yes") }

// asBefore sees that the files are what they were before batten changed them. What yarn writes
// itself is left aside: yarn.lock, and the order of dependencies, which yarn sorts.
func (a *app) asBefore(verb string) string {
	a.t.Helper()
	aside := "yarn.lock aside"
	left := slices.DeleteFunc(a.changed(), func(name string) bool {
		switch {
		case name == "yarn.lock":
			return true
		case path.Base(name) != "package.json" || !a.sameJSON(name):
			return false
		}
		aside = "yarn.lock and the order in package.json aside"
		return true
	})
	if len(left) > 0 {
		a.t.Fatalf("after `batten %s`, git still sees changes:\n%s", verb, a.must("git", append([]string{"diff", "--"}, left...)...))
	}
	return "as before, " + aside
}

// sameJSON tells whether a file says the same as the commit's.
func (a *app) sameJSON(name string) bool {
	a.t.Helper()
	src, err := os.ReadFile(filepath.Join(a.dir, filepath.FromSlash(name)))
	a.check(err)
	var is, was any
	a.check(json.Unmarshal(src, &is))
	a.check(json.Unmarshal([]byte(a.must("git", "show", "HEAD:"+name)), &was))
	return reflect.DeepEqual(is, was)
}

// changed are the files that git sees as changed or new, as slash paths.
func (a *app) changed() []string {
	a.t.Helper()
	var names []string
	for entry := range strings.SplitSeq(a.must("git", "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"), "\x00") {
		if len(entry) > 3 {
			names = append(names, entry[3:])
		}
	}
	return names
}

// tree is git's name for the state of the working tree, new files included.
func (a *app) tree() string {
	a.t.Helper()
	b, s := *a, *a.stage
	b.stage = &s
	s.env = append(slices.Clip(a.env), "GIT_INDEX_FILE="+filepath.Join(a.t.TempDir(), "index"))
	b.must("git", "add", "-A")
	return strings.TrimSpace(b.must("git", "write-tree"))
}

// judge runs a command that says whether the app is right. If it fails so does the test, but
// goes on, for the next judge may have more to say. It returns the note, or that it failed.
func (a *app) judge(note, name string, args ...string) string {
	a.t.Helper()
	out, err := a.run(name, args...)
	if err != nil {
		a.t.Error(failure(append([]string{name}, args...), out, err))
		return failed
	}
	return note
}

// must runs a command in the app's root; if it fails, so does the test.
func (a *app) must(name string, args ...string) string {
	a.t.Helper()
	out, err := a.run(name, args...)
	if err != nil {
		a.t.Fatal(failure(append([]string{name}, args...), out, err))
	}
	return out
}

// failure says what failed and the end of what it printed.
func failure(command []string, out string, err error) string {
	const shown = 60
	lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
	if len(lines) > shown {
		lines = append([]string{"..."}, lines[len(lines)-shown:]...)
	}
	return fmt.Sprintf("%s: %v\n%s", strings.Join(command, " "), err, strings.Join(lines, "\n"))
}

// run runs a command in the app's root and returns what it printed.
func (a *app) run(name string, args ...string) (string, error) { return a.runWith(nil, name, args...) }

// runWith is run with more in the environment.
func (a *app) runWith(env []string, name string, args ...string) (string, error) {
	var out bytes.Buffer
	cmd := a.command(&out, name, args...)
	cmd.Env = append(cmd.Env, env...)
	if err := cmd.Start(); err != nil {
		return "", err
	}
	return wait(cmd, &out)
}

func wait(cmd *exec.Cmd, out *bytes.Buffer) (string, error) {
	err := cmd.Wait()
	if kill := stopGroup(cmd, syscall.SIGKILL); kill != nil && err == nil {
		err = kill
	}
	return out.String(), err
}

// command prepares a process group that ends with the test's context, and whose output goes to
// the log and to out.
func (a *app) command(out io.Writer, name string, args ...string) *exec.Cmd {
	fmt.Fprintf(a.log, "\n$ %s %s\n", name, strings.Join(args, " "))
	if !strings.Contains(name, "/") {
		name = a.lookPath(name)
	}
	cmd := exec.CommandContext(a.ctx, name, args...)
	cmd.Dir = a.dir
	cmd.Env = slices.Clone(a.env)
	if !a.oldYarn {
		cmd.Env = append(cmd.Env, a.mirror.env()...)
	}
	cmd.Stdout = io.MultiWriter(a.log, out)
	cmd.Stderr = cmd.Stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return stopGroup(cmd, syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	return cmd
}

// lookPath finds a command on the PATH of the app's environment.
func (a *app) lookPath(name string) string {
	for _, entry := range slices.Backward(a.env) {
		path, ok := strings.CutPrefix(entry, "PATH=")
		if !ok {
			continue
		}
		for _, dir := range filepath.SplitList(path) {
			file := filepath.Join(dir, name)
			if info, err := os.Stat(file); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
				return file
			}
		}
		break
	}
	return name
}

// stopGroup signals whatever is left of a process group that command made.
func stopGroup(cmd *exec.Cmd, signal syscall.Signal) error {
	err := syscall.Kill(-cmd.Process.Pid, signal)
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}
