package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/udiff"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/recipe"
)

// addedFile says what adding each plugin to each template comes to: a line per template and
// plugin with the difference in wiring and the lines changed per file, or the refusal.
const addedFile = "testdata/added.golden"

// TestAddToTemplates adds each plugin to the apps that create-app of many releases made, with
// both kinds of newlines: the plan is proved, changes no line that need not change, is whole
// after one run, and undo gives back the same bytes.
func TestAddToTemplates(t *testing.T) {
	golden, err := os.ReadFile(addedFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(golden)) {
		key, outcome, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		want[key] = outcome
	}
	for _, pin := range fixtures.Pins() {
		for _, layout := range pin.Layouts {
			t.Run(pin.Release+" "+layout, func(t *testing.T) {
				app := fixtures.Template(t, pin.Release, layout)
				for _, r := range recipe.Curated() {
					key := pin.Release + " " + layout + " " + r.ID
					got := addOne(t, app, r.ID)
					if *update {
						want[key] = got
					} else if got != want[key] {
						t.Errorf("%s:\ngot  %s\nwant %s", key, got, want[key])
					}
				}
			})
		}
	}
	if *update {
		var lines []string
		for _, key := range slices.SortedFunc(maps.Keys(want), byTemplate) {
			lines = append(lines, key+": "+want[key]+"\n")
		}
		if err := os.WriteFile(addedFile, []byte(strings.Join(lines, "")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// byTemplate orders keys by release, as Pins does, then by name.
func byTemplate(a, b string) int {
	rank := func(key string) int {
		release, _, _ := strings.Cut(key, " ")
		return slices.IndexFunc(fixtures.Pins(), func(p fixtures.Pin) bool { return p.Release == release })
	}
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

// addOne adds a plugin to an app with LF and with CRLF and returns what that came to, which
// must be the same.
func addOne(t *testing.T, app fstest.MapFS, plugin string) string {
	t.Helper()
	outcomes := make([]string, 2)
	for i, base := range []fs.FS{app, fixtures.CRLF(app)} {
		dir := t.TempDir()
		if err := copyFS(dir, base); err != nil {
			t.Fatal(err)
		}
		before := tree(t, dir)
		status, out, errs := batten(dir, "add", plugin, "--offline", "--no-install", "--json")
		if status != 0 {
			outcomes[i] = "refused: " + strings.Join(strings.Fields(errs), " ")
			if !maps.Equal(before, tree(t, dir)) {
				t.Errorf("%s was refused and changed something", plugin)
			}
			continue
		}
		var plan struct {
			Difference struct {
				Added []struct{ Kind, Name string }
			}
			Changes []struct{ Path, Action, Diff string }
		}
		if err := json.Unmarshal([]byte(out), &plan); err != nil {
			t.Fatalf("%v in:\n%s", err, out)
		}
		after := tree(t, dir)
		outcomes[i] = summary(before, after)
		for _, f := range plan.Difference.Added {
			outcomes[i] += fmt.Sprintf(" +%s %s", f.Kind, f.Name)
		}
		needlessLines(t, before, after)

		if status, _, errs := batten(dir, "add", plugin, "--offline", "--no-install"); status != 0 || !strings.Contains(errs, "nothing to change") {
			t.Errorf("adding %s again: %d %s", plugin, status, errs)
		}
		if !maps.Equal(after, tree(t, dir)) {
			t.Errorf("adding %s again changed something", plugin)
		}
		if len(plan.Changes) == 0 {
			continue
		}
		if status, _, errs := batten(dir, "undo", "--yes"); status != 0 {
			t.Errorf("undo of %s: %s", plugin, errs)
		}
		if !maps.Equal(before, tree(t, dir)) {
			t.Errorf("undo of %s does not give back the same bytes", plugin)
		}
	}
	if outcomes[0] != outcomes[1] {
		t.Errorf("%s with LF:\n%s\nwith CRLF:\n%s", plugin, outcomes[0], outcomes[1])
	}
	return outcomes[0]
}

// batten runs a command line on a repository.
func batten(dir string, args ...string) (status int, out, errs string) {
	streams, o, e := iostreams.Test("")
	status = Main(context.Background(), append([]string{"--repo", dir}, args...), streams)
	return status, o.String(), e.String()
}

// tree is the content of all files of a repository, without batten's own.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		if d.IsDir() {
			if rel == ".batten" {
				return fs.SkipDir
			}
			return nil
		}
		data, err := os.ReadFile(name)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// summary is the changed files with the number of lines added and removed.
func summary(before, after map[string]string) string {
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] != after[name] {
			added, removed := udiff.Stat([]byte(before[name]), []byte(after[name]))
			changed = append(changed, fmt.Sprintf("%s +%d -%d", name, added, removed))
		}
	}
	if len(changed) == 0 {
		return "nothing to change"
	}
	return strings.Join(changed, ", ")
}

// needlessLines reports the lines that are gone and need not be.
func needlessLines(t *testing.T, before, after map[string]string) {
	t.Helper()
	for name, old := range before {
		if _, ok := after[name]; !ok {
			t.Errorf("%s is gone", name)
		}
		if after[name] == old {
			continue
		}
		for _, line := range fixtures.NeedlessLines([]byte(old), []byte(after[name])) {
			t.Errorf("%s: the line %q changes", name, line)
		}
	}
}
