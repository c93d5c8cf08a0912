package recipe

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// derivedX is what might be derived of a plugin.
const derivedX = `id: plugin-x
title: plugin x
description: Derived.
docs: https://example.com/derived
packages:
  - {name: "@x/plugin-x", role: frontend, in: app}
  - {name: "@x/plugin-x-backend", role: backend, in: backend}
  - {name: "@x/plugin-x-backend-module-y", role: backend-module, in: backend}
legacy:
  - {why: page, route: {path: /x, element: {module: "@x/plugin-x", export: XPage}}}
  - {why: tab, entity-tab: {path: /x, title: X, element: {module: "@x/plugin-x", export: EntityXContent}, if: {module: "@x/plugin-x", export: isXAvailable}, truthy: true}}
  - {why: link, sidebar-item: {to: x, text: X, icon: {module: "@material-ui/icons/Map", export: default, as: MapIcon}}}
new:
  - {why: plugin, feature: {module: "@x/plugin-x/alpha", export: default, as: xPlugin, discovered: true}}
backend:
  - {why: backend, backend-feature: {module: "@x/plugin-x-backend"}}
  - {why: module, backend-feature: {module: "@x/plugin-x-backend-module-y"}}
unsupported:
  - {system: legacyBackend, reason: None.}
config:
  - {path: [x, server], why: where, yaml: "url: ${X_URL}\n"}
  - {path: [x, login], why: who, yaml: "token: ${X_TOKEN}\n"}
  - {path: [y], why: y, yaml: "z: ${Y_Z}\n"}
env:
  - {name: X_URL, description: the address}
  - {name: X_TOKEN, description: the token}
  - {name: Y_Z, description: z}
annotations:
  - {name: x.io/key, example: k, description: d}
needs:
  - {kind: integration, name: github, why: w}
notes: [one]
`

const overlayHead = "id: x\nderived: true\nplugin: \"@x/plugin-x\"\n"

// outline is a recipe in one line for each of its parts that has something.
func outline(r Recipe) string {
	var b strings.Builder
	part := func(name string, items []string) {
		if len(items) > 0 {
			fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(items, ", "))
		}
	}
	each := func(n int, at func(int) string) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = at(i)
		}
		return out
	}
	steps := func(list []Step) []string {
		return each(len(list), func(i int) string {
			s := strings.TrimSpace(string(list[i].Kind()) + " " + list[i].subject().Export)
			if list[i].As != "" {
				s += " as " + list[i].As
			}
			return s
		})
	}
	part("packages", each(len(r.Packages), func(i int) string { return r.Packages[i].Name }))
	part("legacy", steps(r.Legacy))
	part("new", steps(r.New))
	part("backend", each(len(r.Backend), func(i int) string { return r.Backend[i].BackendFeature.Module }))
	part("config", each(len(r.Config), func(i int) string { return strings.Join(r.Config[i].Path, ".") }))
	part("env", each(len(r.Env), func(i int) string { return r.Env[i].Name + " " + r.Env[i].Description }))
	part("annotations", each(len(r.Annotations), func(i int) string { return r.Annotations[i].Name + " " + r.Annotations[i].Description }))
	part("needs", each(len(r.Needs), func(i int) string { return r.Needs[i].Name }))
	part("unsupported", each(len(r.Unsupported), func(i int) string { return string(r.Unsupported[i].System) + " " + r.Unsupported[i].Reason }))
	part("notes", r.Notes)
	return b.String()
}

const wholeOutline = `packages: @x/plugin-x, @x/plugin-x-backend, @x/plugin-x-backend-module-y
legacy: route XPage, entity-tab EntityXContent, sidebar-item default
new: feature default
backend: @x/plugin-x-backend, @x/plugin-x-backend-module-y
config: x.server, x.login, y
env: X_URL the address, X_TOKEN the token, Y_Z z
annotations: x.io/key d
needs: github
unsupported: legacyBackend None.
notes: one
`

func TestMergePutsAnOverlayOverWhatIsDerived(t *testing.T) {
	for _, c := range []struct {
		name, overlay string
		change        [][2]string // lines of wholeOutline, and what they become; "" for gone
	}{
		{"nothing", "", nil},
		{"another kind for the same export", `legacy:
  - {why: w, entity-case: {element: {module: "@x/plugin-x", export: EntityXContent}, if: {module: "@x/plugin-x", export: isXAvailable}}}
`, [][2]string{{"legacy: route XPage, entity-tab EntityXContent, sidebar-item default", "legacy: route XPage, entity-case EntityXContent, sidebar-item default"}}},
		{"two ways to hang one export", `variants: [{name: tab, description: d}, {name: cicd, description: d}]
legacy:
  - {why: w, as: tab, entity-tab: {path: /x, title: X, element: {module: "@x/plugin-x", export: EntityXContent}}}
  - {why: w, as: cicd, entity-case: {element: {module: "@x/plugin-x", export: EntityXContent}, if: {module: "@x/plugin-x", export: isXAvailable}}}
`, [][2]string{{"legacy: route XPage, entity-tab EntityXContent, sidebar-item default", "legacy: route XPage, entity-tab EntityXContent as tab, entity-case EntityXContent as cicd, sidebar-item default"}}},
		{"more steps", `legacy:
  - {why: w, home-widget: {module: "@x/plugin-x", export: XWidget}}
  - {why: w, sidebar-item: {to: x, text: Other, icon: {module: "@material-ui/icons/Star", export: default, as: StarIcon}}}
`, [][2]string{{"legacy: route XPage, entity-tab EntityXContent, sidebar-item default", "legacy: route XPage, entity-tab EntityXContent, sidebar-item default, home-widget XWidget"}}},
		{"without an export", `without: [{module: "@x/plugin-x", export: XPage, why: w}]
`, [][2]string{{"legacy: route XPage, entity-tab EntityXContent, sidebar-item default", "legacy: entity-tab EntityXContent, sidebar-item default"}}},
		{"without a package", `without: [{package: "@x/plugin-x-backend-module-y", why: w}]
`, [][2]string{{"packages: @x/plugin-x, @x/plugin-x-backend, @x/plugin-x-backend-module-y", "packages: @x/plugin-x, @x/plugin-x-backend"},
			{"backend: @x/plugin-x-backend, @x/plugin-x-backend-module-y", "backend: @x/plugin-x-backend"}}},
		{"without an export of one system", `without: [{module: "@x/plugin-x", systems: [new], why: w}, {sidebar: x, why: w}, {annotation: x.io/key, why: w}, {need: github, why: w}]
`, [][2]string{{"legacy: route XPage, entity-tab EntityXContent, sidebar-item default", "legacy: route XPage, entity-tab EntityXContent"},
			{"annotations: x.io/key d", ""}, {"needs: github", ""}}},
		{"without annotations that begin alike, and a note", `without: [{annotation: "x.io/*", why: w}, {note: on, why: w}]
`, [][2]string{{"annotations: x.io/key d", ""}, {"notes: one", ""}}},
		{"without config, and the variables of it", `without: [{config: [x], why: w}]
`, [][2]string{{"config: x.server, x.login, y", "config: y"}, {"env: X_URL the address, X_TOKEN the token, Y_Z z", "env: Y_Z z"}}},
		{"config in the place of what is below", `config: [{path: [x], why: w, yaml: "server: {url: \"${X_URL}\"}\n"}]
env: [{name: X_URL, description: better}]
`, [][2]string{{"config: x.server, x.login, y", "config: x, y"}, {"env: X_URL the address, X_TOKEN the token, Y_Z z", "env: X_URL better, Y_Z z"}}},
		{"packages, annotations and notes", `packages: [{name: "@x/plugin-z", role: common, in: app}]
annotations: [{name: x.io/key, example: e, description: better}, {name: x.io/other, example: e, description: o}]
notes: [one, two]
unsupported: [{system: legacyBackend, reason: Never.}]
`, [][2]string{{"packages: @x/plugin-x, @x/plugin-x-backend, @x/plugin-x-backend-module-y", "packages: @x/plugin-x, @x/plugin-x-backend, @x/plugin-x-backend-module-y, @x/plugin-z"},
			{"annotations: x.io/key d", "annotations: x.io/key better, x.io/other o"}, {"notes: one", "notes: one, two"}, {"unsupported: legacyBackend None.", "unsupported: legacyBackend Never."}}},
		{"what is of other releases", `without: [{config: [x], before: 1.20.0, why: w}]
backend: [{why: w, since: 1.60.0, backend-feature: {module: "@x/plugin-x-backend/alpha"}}]
`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			derived, err := Load("derived", []byte(derivedX))
			if err != nil {
				t.Fatal(err)
			}
			overlay, err := Load("curated", []byte(overlayHead+c.overlay))
			if err != nil {
				t.Fatal(err)
			}
			got, err := Merge(derived, overlay, "1.50.0")
			if err != nil {
				t.Fatal(err)
			}
			want := wholeOutline
			for _, r := range c.change {
				if !strings.Contains(want, r[0]+"\n") {
					t.Fatalf("no line %q", r[0])
				}
				to := r[1]
				if to != "" {
					to += "\n"
				}
				want = strings.Replace(want, r[0]+"\n", to, 1)
			}
			if o := outline(got); o != want {
				t.Errorf("got\n%s\nwant\n%s", o, want)
			}
			if got.ID != "x" || got.Title != "plugin x" || got.Derived || got.Source != "curated + derived" {
				t.Errorf("the head is %q %q %v %q", got.ID, got.Title, got.Derived, got.Source)
			}
			again, _ := Load("derived", []byte(derivedX))
			if !reflect.DeepEqual(derived, again) {
				t.Error("the derived recipe was changed")
			}
			if _, err := got.Resolve(Target{Release: "1.50.0"}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMergeRefusesWhatIsNotToBeUsed(t *testing.T) {
	derived, _ := Load("derived", []byte(derivedX))
	for overlay, want := range map[string]string{
		overlayHead + "without: [{package: \"@x/plugin-x\", why: w}]\nlegacy: [{why: w, home-widget: {module: \"@x/plugin-x\", export: XWidget}}]\n": `legacy[1].home-widget: module "@x/plugin-x" is of none`,
		overlayHead + "config: [{path: [x], why: w, yaml: \"a: ${NEW}\\n\"}]\n":                                                                      "${NEW} is not in env",
		small: "the recipe x is no overlay",
	} {
		over, err := Load("curated", []byte(overlay))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Merge(derived, over, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	over, _ := Load("curated", []byte(overlayHead))
	if _, err := over.Resolve(Target{}); err == nil || !strings.Contains(err.Error(), "only completes") {
		t.Errorf("an overlay alone: %v", err)
	}
}

func TestOverlaysAreChecked(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"id: x\nderived: true\n", `plugin "" is no npm package name`},
		{small + "plugin: \"@x/plugin-x\"\n", "plugin is for overlays"},
		{small + "without: [{package: \"@x/plugin-x\", why: w}]\n", "without is for overlays"},
		{overlayHead + "without: [{package: \"@x/plugin-x\", env: X, why: w}]\n", "without[0]: name exactly one of"},
		{overlayHead + "without: [{export: X, package: a, why: w}]\n", "an export needs its module"},
		{overlayHead + "without: [{package: a}]\n", "without[0]: why is missing"},
		{overlayHead + "requires: [{package: A, why: w}]\n", `requires[0]: package "A" is no npm package name`},
		{overlayHead + "replaces: [{module: \"@x/y/alpha\", why: w, systems: [old]}]\n", `replaces[0]: unknown system "old"`},
		{overlayHead + "extras: [{plugin: y}]\n", "extras[0]: why is missing"},
		{small + "legacy: [{why: w, entity-tab: {path: /x, title: X, element: {module: \"@x/plugin-x\", export: X}, truthy: true}}]\n", "truthy without a condition"},
	} {
		if _, err := Load("x", []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestResolveTakesTheRequirementsOfTheApp(t *testing.T) {
	r, err := Load("x", []byte(small+`requires:
  - {package: "@x/plugin-a", why: w}
  - {package: "@x/plugin-b-backend", plugin: b, systems: [backend], why: w}
  - {package: "@x/plugin-c", before: 1.40.0, why: w}
replaces: [{module: "@x/plugin-d", systems: [backend], why: w}, {module: "@x/plugin-e", since: 1.60.0, why: w}]
`))
	if err != nil {
		t.Fatal(err)
	}
	for system, want := range map[System]string{NewBackend: "@x/plugin-a b @x/plugin-d", LegacyFrontend: "@x/plugin-a"} {
		got, err := r.Resolve(Target{"1.50.0", []System{system}, ""})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, q := range got.Requires {
			names = append(names, q.Name())
		}
		for _, p := range got.Replaces {
			names = append(names, p.Module)
		}
		if !slices.Equal(names, strings.Fields(want)) {
			t.Errorf("%s: %q, want %s", system, names, want)
		}
	}
}

// unordered is an outline with the items of each line sorted.
func unordered(outline string) string {
	var b strings.Builder
	for line := range strings.Lines(outline) {
		name, items, _ := strings.Cut(strings.TrimSpace(line), ": ")
		fmt.Fprintln(&b, name, slices.Sorted(slices.Values(strings.Split(items, ", "))))
	}
	return b.String()
}

// Whatever an overlay says, merging it never panics, changes neither recipe, gives a recipe that
// can be used or an error, and gives the same again, but for the order, if done twice.
func FuzzMerge(f *testing.F) {
	f.Add(overlayHead)
	f.Add(overlayHead + "without: [{annotation: \"x.io/*\", why: w}, {config: [x], why: w}]\n")
	f.Add(overlayHead + "legacy: [{why: w, home-widget: {module: \"@x/plugin-x\", export: XPage}}]\n")
	for _, id := range IDs() {
		if text, err := Text(id); err == nil && strings.Contains(string(text), "derived: true") {
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		over, err := Load("over", []byte(text))
		if err != nil || !over.Derived {
			return
		}
		derived, err := Load("derived", []byte(derivedX))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Merge(derived, over, "1.50.0")
		if again, _ := Load("derived", []byte(derivedX)); !reflect.DeepEqual(derived, again) {
			t.Error("the derived recipe was changed")
		}
		if again, _ := Load("over", []byte(text)); !reflect.DeepEqual(over, again) {
			t.Error("the overlay was changed")
		}
		if err != nil {
			return
		}
		if problems := Validate(got); len(problems) > 0 {
			t.Errorf("the result cannot be used: %q", problems)
		}
		twice, err := Merge(got, over, "1.50.0")
		if err != nil {
			t.Fatalf("merging again: %v", err)
		}
		if unordered(outline(twice)) != unordered(outline(got)) {
			t.Errorf("merging again gives\n%s\nnot\n%s", outline(twice), outline(got))
		}
	})
}
