package install_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/udiff"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/recipe"
)

// tally counts what adding plugins to generated apps came to.
type tally struct {
	mu           sync.Mutex
	pairs, added int
	refused      map[string]int    // by summary
	example      map[string]string // of a refusal, by summary
}

// TestGeneratedApps adds a plugin to each of some apps made of the shapes of real ones. With
// BATTEN_SEEDS it adds every plugin, to that many apps, or to those of the seeds "FROM-TO".
func TestGeneratedApps(t *testing.T) {
	from, to, every := uint64(0), uint64(120), false
	if testing.Short() {
		to = 40
	}
	if s := os.Getenv("BATTEN_SEEDS"); s != "" {
		first, last, ranged := strings.Cut(s, "-")
		if !ranged {
			first, last = "0", s
		}
		var err error
		if from, err = strconv.ParseUint(first, 10, 64); err != nil {
			t.Fatal(err)
		}
		if to, err = strconv.ParseUint(last, 10, 64); err != nil {
			t.Fatal(err)
		}
		every = true
	}
	n := tally{refused: map[string]int{}, example: map[string]string{}}
	var wg sync.WaitGroup
	seeds := make(chan uint64)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := range seeds {
				generated(t, seed, every, &n)
			}
		})
	}
	for seed := from; seed < to; seed++ {
		seeds <- seed
	}
	close(seeds)
	wg.Wait()
	for _, summary := range slices.Sorted(maps.Keys(n.refused)) {
		t.Logf("refused %d times: %s\n%s", n.refused[summary], summary, n.example[summary])
	}
	t.Logf("%d of %d plugins were added without a manual step (%.1f %%)", n.added, n.pairs, 100*float64(n.added)/float64(max(n.pairs, 1)))
	if n.pairs > 50 && n.added*100 < n.pairs*90 {
		t.Errorf("only %d of %d plugins were added", n.added, n.pairs)
	}
}

func FuzzGeneratedApps(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		generated(t, seed, false, &tally{refused: map[string]int{}, example: map[string]string{}})
	})
}

// generated checks the laws of installation on one app, with every plugin or with one.
func generated(t *testing.T, seed uint64, every bool, n *tally) {
	t.Helper()
	app, shape := fixtures.Generate(seed)
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("seed %d: %s\nshape: %s", seed, fmt.Sprintf(format, args...), shape)
	}
	ws, err := workspace.Load(app)
	if err != nil {
		fail("not loaded: %v", err)
		return
	}
	seen, err := wiring.Observe(context.Background(), ws)
	if err != nil {
		fail("not observed: %v", err)
		return
	}
	for _, d := range seen.Degraded {
		if d.File != brokenConfig {
			fail("degraded: %v", d)
		}
	}
	for _, want := range promised(shape) {
		if !slices.ContainsFunc(seen.Facts, func(f wiring.Fact) bool { return strings.HasPrefix(f.String(), want) }) {
			fail("not seen: %s", want)
		}
	}
	two(app, recipe.Curated(), seed, every, shape, fail)
	turn := uint64(0)
	for _, r := range recipe.Curated() {
		for _, as := range variants(r) {
			if turn++; !every && turn%8 != seed%8 {
				continue
			}
			opts := options
			opts.As = as
			laws(app, r, opts, n, seed, shape, fail)
		}
	}
}

// promised are beginnings of facts that every app of a shape has.
func promised(shape string) []string {
	out := []string{"backend-feature @backstage/plugin-app-backend "}
	if as(shape, "backend=legacy") {
		out = []string{"legacy-backend-router /"}
	}
	if !as(shape, "frontend=new") {
		out = append(out, "route /catalog/:namespace/:kind/:name", "route /settings", "sidebar-item ", "entity-tab /", "entity-card EntityAboutCard")
		if !as(shape, "no-entity-switch") {
			out = append(out, "entity-tab / on component:service")
		}
	}
	return out
}

func variants(r recipe.Recipe) []string {
	if len(r.Variants) == 0 {
		return []string{""}
	}
	var out []string
	for _, v := range r.Variants {
		out = append(out, v.Name)
	}
	return out
}

func laws(app fstest.MapFS, r recipe.Recipe, opts install.Options, n *tally, seed uint64, shape string, fail func(string, ...any)) {
	name := strings.TrimSpace(r.ID + " " + opts.As)
	recipes := []recipe.Recipe{r}
	plan, err := install.Add(context.Background(), app, recipes, opts)
	if err != nil {
		found := diag.Of(err)
		if len(found) == 0 {
			fail("%s: %v", name, err)
			return
		}
		if found[0].Code == "unsupported" || as(shape, "cicd=none", "cicd=element") && strings.Contains(found[0].Summary, "CI/CD") {
			return
		}
		n.mu.Lock()
		n.pairs++
		n.refused[found[0].Summary]++
		n.example[found[0].Summary] = fmt.Sprintf("%s, seed %d: %v", name, seed, err)
		n.mu.Unlock()
		for _, d := range found {
			if d.Manual == "" || d.File == "" {
				fail("%s is refused without a place or a manual step: %+v", name, d)
			}
			if d.Code == "not-proved" || d.Code == "mount-not-found" {
				fail("%s: %v", name, d)
			}
		}
		return
	}
	n.mu.Lock()
	n.pairs++
	n.added++
	n.mu.Unlock()
	for _, c := range plan.Changes {
		if lines := fixtures.NeedlessLines(c.Before, c.After); len(lines) > 0 {
			fail("%s changes %s needlessly: %q\n%s", name, c.Path, lines, change.Diff([]change.Change{c}))
		}
	}
	done := applied(app, plan.Changes)
	again, err := install.Add(context.Background(), done, recipes, opts)
	if err != nil || len(again.Changes) > 0 {
		fail("%s a second time: %v", name, err)
	}
	if len(plan.Plugins[0].Present) > 0 || declares(app, r) || configures(app, r) {
		return // not all of it is this plan's
	}
	back, err := install.Remove(context.Background(), done, recipes, opts)
	if refusesBroken(shape, err) {
		return
	}
	if err != nil {
		fail("%s is not removed: %v\nadded:\n%s", name, err, change.Diff(plan.Changes))
		return
	}
	undone := applied(done, back.Changes)
	for _, file := range slices.Sorted(maps.Keys(undone)) {
		if app[file] == nil {
			fail("%s leaves %s when removed", name, file)
		} else if r.ID == "github-auth" && undecidable(shape, file, app[file].Data) {
			continue
		} else if !bytes.Equal(undone[file].Data, app[file].Data) && !emptied(file, app[file].Data, undone[file].Data) && !usual(file, app[file].Data, undone[file].Data) {
			fail("%s removed again leaves in %s:\n%s\nadded:\n%s", name, file,
				change.Diff([]change.Change{{Path: file, Before: app[file].Data, After: undone[file].Data}}), change.Diff(plan.Changes))
		}
	}
	for file := range app {
		if undone[file] == nil {
			fail("%s removed again has deleted %s", name, file)
		}
	}
}

// two checks that what another plugin does is no matter: of two that are added one after the
// other, each can be taken out, and then what is left is what the other alone comes to.
func two(app fstest.MapFS, all []recipe.Recipe, seed uint64, every bool, shape string, fail func(string, ...any)) {
	i := int(seed % uint64(len(all)))
	j := (i + 1 + int(seed/7%uint64(len(all)-1))) % len(all)
	if !every && seed%4 > 0 {
		return
	}
	pair := []recipe.Recipe{all[i], all[j]}
	alone := make([]fstest.MapFS, 2)
	for k, r := range pair {
		plan, err := install.Add(context.Background(), app, []recipe.Recipe{r}, options)
		if err != nil || declares(app, r) || configures(app, r) {
			return
		}
		alone[k] = applied(app, plan.Changes)
	}
	plan, err := install.Add(context.Background(), alone[0], pair[1:], options)
	if err != nil {
		fail("%s is not added after %s: %v", pair[1].ID, pair[0].ID, err)
		return
	}
	both := applied(alone[0], plan.Changes)
	for k, r := range pair {
		back, err := install.Remove(context.Background(), both, []recipe.Recipe{r}, options)
		if refusesBroken(shape, err) {
			continue
		}
		if err != nil {
			fail("%s is not removed beside %s: %v", r.ID, pair[1-k].ID, err)
			continue
		}
		left, want := applied(both, back.Changes), alone[1-k]
		for _, file := range slices.Sorted(maps.Keys(want)) {
			if left[file] == nil {
				fail("%s takes %s of %s away", r.ID, file, pair[1-k].ID)
			} else if !bytes.Equal(left[file].Data, want[file].Data) && !emptied(file, want[file].Data, left[file].Data) && !usual(file, want[file].Data, left[file].Data) && !(app[file] != nil && undecidable(shape, file, app[file].Data)) {
				fail("%s (%d of two) removed beside %s leaves in %s:\n%s", r.ID, k+1, pair[1-k].ID, file,
					change.Diff([]change.Change{{Path: file, Before: want[file].Data, After: left[file].Data}}))
			}
		}
	}
}

// brokenConfig is a file of the shape broken-named that is no valid YAML.
const brokenConfig = "app-config.staging.yaml"

// refusesBroken reports whether an error names the file that cannot be read, as it may have
// configuration of the plugin to remove.
func refusesBroken(shape string, err error) bool {
	found := diag.Of(err)
	return as(shape, "broken-named") && len(found) > 0 && found[0].File == brokenConfig && found[0].Manual != ""
}

// as reports whether one of the choices is in a shape.
func as(shape string, choices ...string) bool {
	return slices.ContainsFunc(choices, func(c string) bool { return strings.Contains(" "+shape+" ", " "+c+" ") })
}

// declares reports whether an app depends on a plugin already.
func declares(app fstest.MapFS, r recipe.Recipe) bool {
	for _, p := range r.Packages {
		for file, f := range app {
			if strings.HasSuffix(file, "package.json") && bytes.Contains(f.Data, []byte(`"`+p.Name+`"`)) {
				return true
			}
		}
	}
	return false
}

// configures reports whether an app has a part of a plugin's configuration already.
func configures(app fstest.MapFS, r recipe.Recipe) bool {
	ws, err := workspace.Load(app)
	if err != nil {
		return false
	}
	for _, c := range r.Config {
		if _, ok := ws.ConfigHas(c.Path...); ok {
			return true
		}
	}
	return false
}

// undecidable reports whether a file with one way to sign in more is the same as another would be:
// a page for a single provider becomes one for a list, as others are from the first, and one on
// a line that is too long becomes one over several.
func undecidable(shape, file string, before []byte) bool {
	if as(shape, "sign-in=single") && strings.HasPrefix(file, "packages/app/src/App") {
		return true
	}
	for line := range strings.Lines(string(before)) {
		line = strings.TrimRight(line, "\r\n")
		if strings.Contains(line, "SignInPage {...props} providers") && len(line)+strings.Count(line, "\t") > rewire.Width {
			return true
		}
	}
	return false
}

// usual reports whether all that is left in a package.json is dependencies on packages that a file
// of the plugin's needed, and that most apps have declared whether they use them or not.
func usual(file string, before, after []byte) bool {
	if !strings.HasSuffix(file, "package.json") {
		return false
	}
	known := []string{"@backstage/core-components", "@backstage/core-plugin-api", "@backstage/frontend-plugin-api", "@backstage/plugin-app-react", "@backstage/catalog-client", "express"}
	for _, h := range udiff.Hunks(before, after) {
		for _, l := range h.Lines {
			entry := strings.TrimRight(l.Text, "\r\n,") // which gets a comma when another follows
			name := strings.Split(entry+`""`, `"`)[1]
			if l.Kind == udiff.Removed && !bytes.Contains(after, []byte(entry)) ||
				l.Kind == udiff.Added && !bytes.Contains(before, []byte(entry)) && !slices.Contains(known, name) {
				return false
			}
		}
	}
	return true
}

// emptied reports whether all that a configuration has lost is a key without a value, which is
// the same as none, or as an empty value: once something was put there and taken out, nobody
// can tell.
func emptied(file string, before, after []byte) bool {
	if !strings.HasSuffix(file, ".yaml") {
		return false
	}
	end := func(src []byte) []byte {
		return slices.Concat(bytes.TrimRight(bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")), "\n"), []byte("\n"))
	}
	for _, h := range udiff.Hunks(end(before), end(after)) {
		for _, l := range h.Lines {
			key, value, _ := strings.Cut(strings.TrimSpace(l.Text), ":")
			if l.Kind != udiff.Equal && key != "" && (key[0] == '#' || strings.Trim(value, " {}\r\n") != "") {
				return false
			}
		}
	}
	return true
}
