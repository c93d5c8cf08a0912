package change

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// job is what a child process is to do; see TestMain.
type job struct {
	Root    string
	Undo    bool
	Changes []Change
	Kill    int // the operation in which the process kills itself
	Count   int // if not 0: add one to the files a and b, that many times
}

const jobVariable = "BATTEN_CHANGE_TEST_JOB"

// TestMain runs a job if it is given one: the tests start this program again to kill it.
func TestMain(m *testing.M) {
	if text := os.Getenv(jobVariable); text != "" {
		var j job
		err := json.Unmarshal([]byte(text), &j)
		if err == nil {
			err = j.run()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func (j job) run() error {
	if j.Count > 0 {
		return j.count()
	}
	broken := hooked(func(n int, _, _ string) error {
		if n == j.Kill {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			if err != nil {
				panic(err)
			}
			select {} // until the signal comes
		}
		return nil
	})
	return j.do(Options{Verb: "killed", ops: broken})
}

func (j job) do(opts Options) error {
	if !j.Undo {
		return Commit(context.Background(), j.Root, j.Changes, opts)
	}
	plan, err := PlanUndo(j.Root)
	if err != nil {
		return err
	}
	return Undo(context.Background(), plan, opts)
}

func (j job) start(t *testing.T) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	text, err := json.Marshal(j)
	must(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), jobVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	return cmd
}

// killed reports whether the job ended by its own kill; false if it came to its end.
func (j job) killed(t *testing.T) bool {
	t.Helper()
	err := j.start(t).Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() != 3 && exit.ExitCode() != 2 {
		return true
	}
	must(t, err)
	return false
}

var places = map[string]bool{"in git": true, "outside git": false}

func TestKilledCommitIsRecoverable(t *testing.T) {
	for name, git := range places {
		t.Run(name, func(t *testing.T) {
			fresh := newSample(t, git)
			if !git {
				must(t, os.RemoveAll(filepath.Join(fresh.root, ".batten")))
			}
			n := 1
			for ; ; n++ {
				s := fresh.copyOf(t)
				if !(job{Root: s.root, Changes: s.changes, Kill: n}).killed(t) {
					s.wantTree(t, s.after)
					break
				}
				s.wantRecoverable(t)
				if t.Failed() {
					t.Fatalf("killed in operation %d", n)
				}
			}
			t.Logf("killed in each of %d operations", n-1)
			if n < 40 {
				t.Errorf("only %d operations", n-1)
			}
		})
	}
}

func TestKilledUndoIsRecoverable(t *testing.T) {
	for name, git := range places {
		t.Run(name, func(t *testing.T) {
			made := newSample(t, git)
			must(t, Commit(context.Background(), made.root, made.changes, quick()))
			n := 1
			for ; ; n++ {
				s := made.copyOf(t)
				if !(job{Root: s.root, Undo: true, Kill: n}).killed(t) {
					s.wantTree(t, s.before)
					break
				}
				s.wantRecoverable(t)
				if t.Failed() {
					t.Fatalf("killed in operation %d", n)
				}
			}
			t.Logf("killed in each of %d operations", n-1)
		})
	}
}

// count adds one to the numbers in the files a and b, in one change, until it has done so
// Count times; other processes do the same.
func (j job) count() error {
	for done := 0; done < j.Count; {
		o := NewOverlay(os.DirFS(j.Root))
		var number int
		content, err := o.ReadFile("a")
		if err != nil {
			return err
		}
		if _, err := fmt.Sscan(string(content), &number); err != nil {
			return err
		}
		for _, name := range []string{"a", "b"} {
			if err := o.Write(name, fmt.Append(nil, number+1)); err != nil {
				return err
			}
		}
		err = Commit(context.Background(), j.Root, o.Changes(), Options{Verb: "count"})
		switch {
		case err == nil:
			done++
		case hasCode(err, "busy"), hasCode(err, "file-changed"):
			time.Sleep(time.Millisecond)
		default:
			return err
		}
	}
	return nil
}

func TestProcessesAtOnceDoNotMix(t *testing.T) {
	for name, git := range places {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			if git {
				must(t, os.Mkdir(filepath.Join(root, ".git"), 0o755))
				must(t, os.WriteFile(filepath.Join(root, ".git/HEAD"), nil, 0o644))
			}
			for _, f := range []string{"a", "b"} {
				must(t, os.WriteFile(filepath.Join(root, f), []byte("0"), 0o644))
			}
			const processes, each = 3, 10
			var running []*exec.Cmd
			for range processes {
				cmd := job{Root: root, Count: each}.start(t)
				must(t, cmd.Start())
				running = append(running, cmd)
			}
			for _, cmd := range running {
				must(t, cmd.Wait())
			}
			for _, f := range []string{"a", "b"} {
				got, err := os.ReadFile(filepath.Join(root, f))
				must(t, err)
				if string(got) != fmt.Sprint(processes*each) {
					t.Errorf("%s counted to %s, want %d", f, got, processes*each)
				}
			}
			if list, err := History(root); err != nil || len(list) != keep {
				t.Errorf("%d entries in the journal, %v; want %d", len(list), err, keep)
			}
		})
	}
}
