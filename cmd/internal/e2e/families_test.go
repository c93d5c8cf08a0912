//go:build unix

package e2e

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures/families"
)

// batchSize is how many families one command adds.
const batchSize = 16

// enough is how many families an app must get, all batches together.
const enough = 25

// faulty are families that cannot run as they were published, whoever installs them, and why.
var faulty = map[string]string{
	"@backstage-community/plugin-rbac":         "its typeorm-adapter 1.10 imports mongodb without depending on it",
	"@immobiliarelabs/backstage-plugin-gitlab": "7.0 imports @gitbeaker/rest, which is among its devDependencies",
}

// allFamilies adds the families of the table that new apps do not have, in batches, each to the
// app as it was, and has each result judged and its backend started.
func allFamilies(a *app) {
	a.step("render", func() string { return a.render(families.Release) })
	var todo []family
	a.step("batten add --dry-run", func() string { todo = a.possible(); return fmt.Sprintf("%d families can be added", len(todo)) })
	added, n, ran := 0, 0, 0
	for batch := range slices.Chunk(todo, batchSize) {
		n++
		size := 0
		if a.t.Run(fmt.Sprint(n), func(t *testing.T) {
			ran++
			b := *a
			b.t, b.name = t, fmt.Sprintf("%s/%d", a.name, n)
			b.step = a.steps.of(t, b.name)
			defer func() { a.skips = b.skips }()
			size = b.addBatch(batch)
		}) {
			added += size
		}
		a.reset()
	}
	a.step("families", func() string {
		for _, skipped := range a.skips {
			a.t.Logf("skipped %s", skipped)
		}
		if ran == n && added < enough { // unless -run names single batches
			a.t.Errorf("%d families were added; %d should be", added, enough)
		}
		return fmt.Sprintf("%d added", added)
	})
	a.finish()
}

// addBatch adds a batch to the app, has the result judged, and starts the backend. It returns
// how many families the batch had in the end.
func (a *app) addBatch(batch []family) int {
	a.t.Helper()
	b := &backend{app: a}
	a.t.Cleanup(b.stop)
	a.step("batten add", func() string { batch = a.addFamilies(batch); return names(batch) })
	for _, f := range batch {
		b.settings = append(b.settings, f.env...)
	}
	a.step("tsc", func() string { return a.judge("", "yarn", "tsc") })
	a.step("config:check", func() string { return a.judge("", "yarn", "backstage-cli", "config:check", "--lax") })
	a.step("app build", a.build)
	a.annotate(batch)
	a.step("backend ready", b.start)
	a.step("glance", b.glance)
	a.step("backend stopped", func() string { b.stop(); return "" })
	return len(batch)
}

// family is what `batten add` is given, the environment that its configuration needs, and the
// annotations of entities that it is about.
type family struct {
	add         string
	env         []string
	annotations map[string]string
}

// annotate adds an entity to the examples that all families of a batch are about.
func (a *app) annotate(batch []family) {
	a.t.Helper()
	annotations := map[string]string{}
	for _, f := range batch {
		maps.Copy(annotations, f.annotations)
	}
	data, err := json.Marshal(annotations) // which is YAML
	a.check(err)
	file, err := os.OpenFile(filepath.Join(a.dir, filepath.FromSlash(exampleEntities)), os.O_APPEND|os.O_WRONLY, 0)
	a.check(err)
	_, err = fmt.Fprintf(file, batchEntity, data)
	a.check(errors.Join(err, file.Close()))
}

func names(batch []family) string {
	var all []string
	for _, f := range batch {
		name := f.add
		for _, prefix := range []string{"@backstage/plugin-", "@backstage-community/plugin-", "backstage-plugin-"} {
			if _, after, ok := strings.Cut(name, prefix); ok {
				name = after
			}
		}
		all = append(all, name)
	}
	return fmt.Sprintf("%d families: %s", len(batch), strings.Join(all, " "))
}

// possible are the families that batten can add to the app.
func (a *app) possible() []family {
	a.t.Helper()
	var all []family
	for _, f := range families.All(a.t) {
		if slices.Contains(f.Preinstalled, a.layout) {
			continue
		}
		if why := cmp.Or(faulty[f.Add], a.mirror.Skipped[f.Add]); why != "" {
			a.skip(f.Add, why)
			continue
		}
		out, err := a.run(a.batten, "add", f.Add, "--yes", "--dry-run", "--json")
		if err != nil {
			a.skip(f.Add, firstError(out))
			continue
		}
		var plan struct {
			Plugins []struct {
				Env         []struct{ Name string }
				Annotations []struct {
					Name, Example string
					Optional      bool
				}
			}
		}
		a.check(json.NewDecoder(strings.NewReader(out[strings.Index(out, "{"):])).Decode(&plan))
		it := family{add: f.Add, annotations: map[string]string{}}
		for _, p := range plan.Plugins {
			for _, e := range p.Env {
				it.env = append(it.env, e.Name+"="+dummy(e.Name))
			}
			for _, n := range p.Annotations {
				if !n.Optional {
					it.annotations[n.Name] = n.Example
				}
			}
		}
		all = append(all, it)
	}
	return all
}

// dummy is a value for a variable of the environment, by its name.
func dummy(name string) string {
	switch {
	case strings.HasSuffix(name, "URL") || strings.HasSuffix(name, "ENDPOINT"):
		return "http://127.0.0.1:9"
	case strings.HasSuffix(name, "HOST") || strings.HasSuffix(name, "HOSTNAME"):
		return "127.0.0.1"
	}
	return "dummy"
}

// firstError is the first error among what batten printed.
func firstError(out string) string {
	for line := range strings.Lines(out) {
		if _, problem, ok := strings.Cut(line, "error: "); ok {
			return strings.TrimSpace(problem)
		}
	}
	return strings.TrimSpace(out)
}

// skip records why a family is not added.
func (a *app) skip(name, why string) { a.skips = append(a.skips, name+": "+why) }

// addFamilies lets batten add a batch and run yarn. It finds out what cannot be added beside
// the others, or needs what the registry lacks, and goes on without it.
func (a *app) addFamilies(batch []family) []family {
	a.t.Helper()
	defer a.saveMirror()
	together := func(batch []family) error {
		out, err := a.run(a.batten, append(append([]string{"add"}, addArgs(batch)...), "--yes", "--dry-run")...)
		if err != nil {
			return errors.New(firstError(out))
		}
		return nil
	}
	if err := together(batch); err != nil {
		a.t.Logf("not all together: %v", err)
		var some []family
		for _, f := range batch {
			if err := together(append(slices.Clip(some), f)); err != nil {
				a.skip(f.add, fmt.Sprintf("beside %s: %v", names(some), err))
				continue
			}
			some = append(some, f)
		}
		batch = some
	}
	err := a.tryAdd(addArgs(batch)...)
	if err == nil {
		return batch
	}
	a.t.Logf("one by one, for: %v", err)
	a.reset()
	batch = slices.DeleteFunc(batch, func(f family) bool {
		why := a.lacks(f)
		if why != "" {
			a.mirror.skip(f.add, why)
			a.skip(f.add, why)
		}
		return why != ""
	})
	a.check(a.tryAdd(addArgs(batch)...))
	return batch
}

// lacks says why the dependencies of one family cannot be had, or "".
func (a *app) lacks(f family) string {
	a.t.Helper()
	defer a.reset()
	for {
		a.must(a.batten, "add", f.add, "--yes", "--no-install")
		out, err := a.run("yarn", "install", "--mode=update-lockfile")
		if err == nil {
			return ""
		}
		if a.makeDo(out, a.reset) != nil {
			return firstOf(out)
		}
	}
}

func addArgs(batch []family) []string {
	var args []string
	for _, f := range batch {
		args = append(args, f.add)
	}
	return args
}

// yarnError is a line of yarn's that says what failed: an exception, a version held back, a
// server's answer, no version.
var yarnError = regexp.MustCompile(`YN00(?:01|16|35|82): │ (.*)`)

// firstOf is the first line of yarn's output that says that something failed.
func firstOf(out string) string {
	if m := yarnError.FindStringSubmatch(out); m != nil {
		return strings.TrimSpace(m[1])
	}
	return "yarn install failed"
}

// reset gives the app back the files that it was rendered with.
func (a *app) reset() {
	a.t.Helper()
	a.must("git", "checkout", "-q", ".")
	a.must("git", "clean", "-fdq")
}

func (m *mirror) skip(name, why string) {
	if m.Skipped == nil {
		m.Skipped = map[string]string{}
	}
	m.Skipped[name] = why
}

func TestFirstError(t *testing.T) {
	if got := firstError("reading\nerror: no version fits\n  next: wait\n"); got != "no version fits" {
		t.Errorf("got %q", got)
	}
}
