//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/fixtures"
)

// aYear is how many releases older the app is that is upgraded over a year: there is one every
// month, and the last month's is not that old yet.
const aYear = 11

// yearPlugins are those that such an app has. Of each there are versions for both releases.
var yearPlugins = []string{"github-actions", "@backstage/plugin-home", "@roadiehq/backstage-plugin-argo-cd"}

// upgradeYear brings an app of a year ago, with plugins and with what people do to their apps,
// to the newest release in one command, and has the result judged, started and looked at.
func upgradeYear(a *app) {
	pins := slices.DeleteFunc(fixtures.Pins(), func(p fixtures.Pin) bool { return !slices.Contains(p.Layouts, a.layout) })
	from, to := pins[len(pins)-1-aYear].Release, pins[len(pins)-1].Release
	b := &backend{app: a, sights: yearSights[a.layout], settings: []string{
		"ARGOCD_URL=http://127.0.0.1:9", "ARGOCD_USERNAME=dummy", "ARGOCD_PASSWORD=dummy",
	}}
	a.t.Cleanup(b.stop)
	a.oldYarn = true
	var lint, known string
	a.step("render", func() string { return a.render(from) })
	a.step("batten add", func() string {
		a.must(a.batten, append(append([]string{"add"}, yearPlugins...), "--yes", "--no-install")...)
		return strings.Join(yearPlugins, " ")
	})
	a.step("yarn install", func() string { return a.installAsOf(from) })
	a.step("edits", func() string {
		note := a.typicalEdits(from)
		a.must("yarn", "install")
		return note
	})
	a.step("tsc, before", func() string { return a.judge("", "yarn", "tsc") })
	a.step("lint, before", func() string { lint = a.lint(); return lint })
	a.step("config:check, before", func() string { return a.judge("", "yarn", "backstage-cli", "config:check", "--lax") })
	a.step("backend ready, before", b.start)
	a.step("own routes, before", b.own)
	a.step("backend stopped", func() string { b.stop(); return "" })
	a.commit()
	a.step("batten check, before", func() string { known = a.baseline(); return "" })

	a.oldYarn = false
	a.step("batten upgrade", func() string { return a.upgradeAll(to) })
	a.step("by hand", func() string { return a.settle(to) })
	a.step("tsc", func() string { return a.judge("", "yarn", "tsc") })
	a.step("lint", func() string {
		if now := a.lint(); now != lint {
			a.t.Errorf("ESLint finds other problems than before: %s, not %s", now, lint)
		}
		return lint
	})
	a.step("config:check", func() string { return a.judge("", "yarn", "backstage-cli", "config:check", "--lax") })
	a.step("batten check", func() string { return a.judge("nothing new", a.batten, "check", "--baseline", known) })
	a.step("upgrade again", func() string {
		a.must(a.batten, "upgrade", "--to", to, "--check")
		return "nothing to change"
	})
	a.step("app build", a.build)
	a.step("backend ready", b.start)
	a.step("own routes", b.own)
	a.step("walk", b.walk)
	a.step("backend stopped", func() string { b.stop(); return "" })
	a.step("batten undo", func() string {
		a.unsettle()
		a.undo()
		return a.asBefore("undo")
	})
	a.finish()
}

// lintTotal is what ESLint says at the end.
var lintTotal = regexp.MustCompile(`✖ (\d+ problems? \(.*\))`)

// lint is what ESLint finds, in numbers.
func (a *app) lint() string {
	a.t.Helper()
	out, _ := a.run("yarn", "backstage-cli", "repo", "lint")
	var found []string
	for _, m := range lintTotal.FindAllStringSubmatch(out, -1) {
		found = append(found, m[1])
	}
	if len(found) == 0 {
		return "no problems"
	}
	return strings.Join(found, "; ")
}

// baseline lets batten write down all it finds now.
func (a *app) baseline() string {
	a.t.Helper()
	file := a.dir + "-known.json"
	a.check(os.RemoveAll(file))
	a.must(a.batten, "check", "--baseline", file, "--write-baseline", "--exit-zero")
	return file
}

// upgradeAll is the one command. Before, it sees that the conflicts which batten foresees are
// those expected.
func (a *app) upgradeAll(to string) string {
	a.t.Helper()
	var plan struct {
		Template struct {
			Files []struct {
				Path, Status string
				Conflicts    []struct{ Why string }
			}
		}
	}
	out := a.must(a.batten, "upgrade", "--dry-run", "--json")
	a.check(json.NewDecoder(strings.NewReader(out[strings.Index(out, "\n{\n")+1:])).Decode(&plan))
	var found []string
	for _, f := range plan.Template.Files {
		if f.Status == "conflict" {
			found = append(found, fmt.Sprintf("%s: %d", f.Path, len(f.Conflicts)))
		}
	}
	if want := yearConflicts[a.layout]; !slices.Equal(found, want) {
		a.t.Errorf("the template conflicts with %q, not %q", found, want)
	}
	a.check(a.try(a.batten, "upgrade", "--yes", "--report", a.report("md"), "--report", a.report("html")))
	for _, form := range []string{"md", "html"} {
		report, err := os.ReadFile(a.report(form))
		a.check(err)
		if !strings.Contains(string(report), to) {
			a.t.Errorf("the report does not name %s: %s", to, a.report(form))
		}
	}
	return fmt.Sprintf("to %s, %d files changed, conflicts: %s", to, len(a.changed()), strings.Join(found, ", "))
}

// report is the file of a report.
func (a *app) report(form string) string { return a.dir + "-upgrade." + form }

// yearConflicts are the files that the app and the template changed at the same place, and at
// how many.
var yearConflicts = map[string][]string{
	// The image that the container is built on.
	fixtures.LayoutLegacy: {"packages/backend/Dockerfile: 1"},
	// Besides, the sidebar, which the template rewrote, where the app has an item of its own.
	fixtures.LayoutNew: {"packages/app/src/modules/nav/Sidebar.tsx: 1", "packages/backend/Dockerfile: 1"},
}

// byHand is a change that no merge can know, which a person makes after the upgrade.
type byHand struct {
	file  string
	named []string // what the report has that tells of it
	edit  func(a *app, src, to string) string
}

// yearEdits are those of the app that is upgraded over a year.
var yearEdits = map[string][]byHand{
	fixtures.LayoutLegacy: {
		{ // plugin-catalog 2.0.0
			file:  "packages/app/src/components/catalog/Berth.tsx",
			named: []string{"prop from EntityAboutCard"},
			edit:  func(_ *app, src, _ string) string { return strings.Replace(src, ` variant="gridItem"`, "", 1) },
		},
	},
	fixtures.LayoutNew: {
		{ // the conflict: the template's new sidebar, with the app's own item
			file:  newSidebar,
			named: []string{"Settle the conflict in"},
			edit: func(a *app, _, to string) string {
				src := string(fixtures.Template(a.t, to, a.layout)[newSidebar].Data)
				src = strings.Replace(src, "            {nav.take('page:scaffolder')}\n", "            {nav.take('page:scaffolder')}\n"+handbook, 1)
				return docsIcon + src
			},
		},
		{ // frontend-plugin-api 0.17.0
			file:  "packages/app/src/modules/crew/index.tsx",
			named: []string{"Removed the deprecated", "NavItemBlueprint"},
			edit: func(_ *app, src, _ string) string {
				src = strings.Replace(src, "  NavItemBlueprint,\n", "", 1)
				src = strings.Replace(src, crewItem, "", 1)
				return strings.Replace(src, "path: '/crew',\n", "path: '/crew',\n        title: 'Crew',\n        icon: <GroupIcon />,\n        noHeader: true,\n", 1)
			},
		},
	},
}

const newSidebar = "packages/app/src/modules/nav/Sidebar.tsx"

// settle does by hand what is left to a person. It sees that the report tells of it.
func (a *app) settle(to string) string {
	a.t.Helper()
	report, err := os.ReadFile(a.report("md"))
	a.check(err)
	a.before = map[string]string{}
	for _, e := range yearEdits[a.layout] {
		for _, text := range append(e.named, e.file) {
			if !strings.Contains(string(report), text) {
				a.t.Errorf("the report does not tell of %q, for %s", text, e.file)
			}
		}
		a.before[e.file] = a.read(e.file)
		after := e.edit(a, a.before[e.file], to)
		if after == a.before[e.file] {
			a.t.Errorf("there is nothing to do by hand in %s", e.file)
		}
		a.write(e.file, after)
	}
	return fmt.Sprintf("%d files changed by hand", len(a.before))
}

// unsettle takes back what settle did.
func (a *app) unsettle() {
	a.t.Helper()
	for name, src := range a.before {
		a.write(name, src)
	}
}

// own asks what the app has of its own.
func (b *backend) own() string {
	b.t.Helper()
	status, body, err := b.ask(http.MethodGet, "/api/crew/watch", "")
	b.check(err)
	if status != http.StatusOK || !strings.Contains(string(body), "night") {
		b.t.Errorf("the app's own plugin answers with %d %s", status, body)
	}
	resp, err := b.client.Get(b.base + "/.backstage/health/v1/readiness")
	b.check(err)
	b.check(resp.Body.Close())
	if resp.Header.Get("X-Harbour") != "open" {
		b.t.Error("the app's own middleware is not in use")
	}
	return "own plugin and middleware answer"
}
