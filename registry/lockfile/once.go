package lockfile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/registry/npmver"
)

// Rule is why an app should have a package once.
type Rule struct {
	Must bool   // the app may break with two versions; else they are a waste, and a risk
	Why  string // as in "hooks of one copy fail in components of the other"
}

var (
	pluginForm  = regexp.MustCompile(`^@backstage/plugin-`)
	libraryForm = regexp.MustCompile(`^@backstage/plugin-.*-(react|node|common)$`)
)

// Once is the rule about a package; false if several versions of it do no harm.
//
// Of the packages of Backstage it follows the official CLI: the app's core and plugins must be
// there once, libraries of plugins should be. Of others, those are named that keep a React context
// or a style sheet per copy.
func Once(name string) (Rule, bool) {
	switch name {
	case "react", "react-dom":
		return Rule{true, "hooks of one copy fail in components of the other"}, true
	case "react-router", "react-router-dom":
		return Rule{true, "routes and links of one copy do not see the router of the other"}, true
	case "@backstage/core-app-api", "@backstage/core-plugin-api", "@backstage/frontend-app-api", "@backstage/frontend-plugin-api":
		return Rule{true, "plugins of one copy do not see the app of the other: its APIs, routes and extensions"}, true
	case "@material-ui/core", "@material-ui/styles", "@mui/material", "@mui/styles":
		return Rule{false, "the theme of one copy does not reach the components of the other, and their class names clash"}, true
	}
	switch {
	case pluginForm.MatchString(name) && !libraryForm.MatchString(name):
		return Rule{true, "a plugin that is there twice is two plugins, with APIs and routes of their own"}, true
	case strings.HasPrefix(name, "@backstage/"):
		return Rule{false, "packages of one release belong together"}, true
	}
	return Rule{}, false
}

// Duplicate is a package that there are several versions of.
type Duplicate struct {
	Name   string `json:"name"`
	Copies []Copy `json:"copies"` // at least two, in semver order

	// Held are the requests that do not admit the newest of the copies. If there are none, yarn
	// makes all of them one when asked to.
	Held []Request `json:"held,omitempty"`
}

// Duplicates are the packages that the tree has more than one version of, sorted by name, of
// those that want accepts; of all if want is nil.
func (t *Tree) Duplicates(want func(name string) bool) []Duplicate {
	var list []Duplicate
	for name, copies := range t.copies {
		if len(copies) < 2 || want != nil && !want(name) {
			continue
		}
		d := Duplicate{Name: name, Copies: copies}
		newest := copies[len(copies)-1].Version
		for _, c := range copies[:len(copies)-1] {
			for _, r := range c.Requests {
				if !admits(r.Range, newest) {
					d.Held = append(d.Held, r)
				}
			}
		}
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b Duplicate) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func admits(spec, version string) bool {
	r, ok := npmver.ParseSpecifier(spec).Range()
	v, err := npmver.ParseVersion(version)
	return ok && err == nil && r.Satisfies(v)
}

// Hint is what makes the copies one, in a sentence for people. The format is that of the lockfile.
func (d Duplicate) Hint(format Format) string {
	newest := d.Copies[len(d.Copies)-1].Version
	if len(d.Held) == 0 {
		if format == Classic {
			return fmt.Sprintf("run `npx yarn-deduplicate --packages %s`, then `yarn install`: all who ask for it admit %s", d.Name, newest)
		}
		return fmt.Sprintf("run `yarn dedupe %s`: all who ask for it admit %s", d.Name, newest)
	}
	var files, packages []string
	for _, r := range d.Held {
		if r.Workspace {
			files = append(files, fmt.Sprintf("%s/package.json (%s)", r.By, r.Range))
		} else {
			packages = append(packages, fmt.Sprintf("%s (%s)", r.By, r.Range))
		}
	}
	var steps []string
	if len(files) > 0 {
		steps = append(steps, fmt.Sprintf("ask for %s in %s", newest, some(files)))
	}
	if len(packages) > 0 {
		steps = append(steps, fmt.Sprintf("move %s to versions that admit %s, or, if they work with it, set \"resolutions\": {%q: %q} in the root package.json",
			some(packages), newest, d.Name, "^"+newest))
	}
	return strings.Join(steps, "; ")
}

// some is a list for people, the first three of it.
func some(list []string) string {
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) > 3 {
		return strings.Join(list[:3], ", ") + fmt.Sprintf(" and %d more", len(list)-3)
	}
	return strings.Join(list, ", ")
}
