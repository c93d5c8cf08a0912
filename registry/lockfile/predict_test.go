package lockfile

import (
	"fmt"
	"strings"
	"testing"
)

// prediction is a small app: its workspaces ask for Backstage 1.9.0 packages, a plugin of somebody
// else for a range that admits newer ones, and another for one that does not.
const prediction = classicHead + `"@backstage/core-plugin-api@^1.9.0":
  version "1.9.0"
  dependencies:
    "@backstage/version-bridge" "^1.0.0"

"@backstage/version-bridge@^1.0.0":
  version "1.0.8"

"@backstage/theme@^0.5.0":
  version "0.5.1"

"@acme/tolerant@^2.0.0":
  version "2.3.0"
  dependencies:
    "@backstage/core-plugin-api" "^1.9.0"

"@acme/strict@^1.0.0":
  version "1.0.0"
  dependencies:
    "@backstage/theme" "^0.5.0"

left@^1.0.0:
  version "1.3.0"
`

func wants(list ...string) []Descriptor {
	var ds []Descriptor
	for _, s := range list {
		name, ran, _ := cutDescriptor(s)
		ds = append(ds, Descriptor{name, ran})
	}
	return ds
}

func duplicates(t *Tree, format Format) string {
	var b strings.Builder
	for _, d := range t.Duplicates(func(name string) bool { _, ok := Once(name); return ok }) {
		b.WriteString(d.Name + ":")
		for _, c := range d.Copies {
			fmt.Fprintf(&b, " %s", c.Version)
			if c.Locked {
				b.WriteString(" locked")
			}
			for _, r := range c.Requests {
				fmt.Fprintf(&b, " <%s %s>", r.By, r.Range)
			}
		}
		fmt.Fprintf(&b, "\n  %s\n", d.Hint(format))
	}
	for _, r := range t.Unknown {
		fmt.Fprintf(&b, "unknown: %s wants %s %s\n", r.By, r.Name, r.Range)
	}
	return b.String()
}

func TestPredictSaysWhatRemainsAndWhy(t *testing.T) {
	l, err := Parse([]byte(prediction))
	if err != nil {
		t.Fatal(err)
	}
	now := Change{Wants: map[string][]Descriptor{
		".":            wants("left@^1.0.0"),
		"packages/app": wants("@backstage/core-plugin-api@^1.9.0", "@backstage/theme@^0.5.0", "@acme/tolerant@^2.0.0", "@acme/strict@^1.0.0", "backend@link:../backend"),
	}}
	if got := duplicates(l.Predict(now), Classic); got != "" {
		t.Errorf("before the change:\n%s", got)
	}

	after := Change{
		Wants: map[string][]Descriptor{
			"packages/app": wants("@backstage/core-plugin-api@^1.10.0", "@backstage/theme@^0.6.0", "@acme/tolerant@^2.0.0", "@acme/strict@^1.0.0", "@acme/new@^1.0.0"),
		},
		Version: func(d Descriptor) string {
			return map[string]string{"@backstage/core-plugin-api@^1.10.0": "1.10.2", "@backstage/theme@^0.6.0": "0.6.0", "@backstage/version-bridge@^1.0.10": "1.0.10"}[d.String()]
		},
		Dependencies: func(name, version string) []Descriptor {
			if name == "@backstage/core-plugin-api" && version == "1.10.2" {
				return wants("@backstage/version-bridge@^1.0.10")
			}
			return nil
		},
	}
	tree := l.Predict(after)
	want := `@backstage/core-plugin-api: 1.9.0 locked <@acme/tolerant@2.3.0 ^1.9.0> 1.10.2 <packages/app ^1.10.0>
  run ` + "`npx yarn-deduplicate --packages @backstage/core-plugin-api`, then `yarn install`" + `: all who ask for it admit 1.10.2
@backstage/theme: 0.5.1 locked <@acme/strict@1.0.0 ^0.5.0> 0.6.0 <packages/app ^0.6.0>
  move @acme/strict@1.0.0 (^0.5.0) to versions that admit 0.6.0, or, if they work with it, set "resolutions": {"@backstage/theme": "^0.6.0"} in the root package.json
@backstage/version-bridge: 1.0.8 locked <@backstage/core-plugin-api@1.9.0 ^1.0.0> 1.0.10 <@backstage/core-plugin-api@1.10.2 ^1.0.10>
  run ` + "`npx yarn-deduplicate --packages @backstage/version-bridge`, then `yarn install`" + `: all who ask for it admit 1.0.10
unknown: packages/app wants @acme/new ^1.0.0
`
	if got := duplicates(tree, Classic); got != want {
		t.Errorf("after the change:\n%s\nwant\n%s", got, want)
	}
	if tree.Copies("left") != nil {
		t.Error("what nobody asks for any more is still there")
	}

	after.Resolutions = map[string]string{"@backstage/theme": "^0.6.0", "@backstage/core-plugin-api": "^1.10.0"}
	after.Wants["packages/app"] = after.Wants["packages/app"][:4]
	if got := duplicates(l.Predict(after), Classic); got != "" {
		t.Errorf("with resolutions:\n%s", got)
	}
}

func TestPredictWithTheBackstagePluginOfYarn(t *testing.T) {
	l, err := Parse([]byte(berryHead + `"@backstage/core-app-api@backstage:^::backstage=1.53.0&npm=1.20.3, @backstage/core-app-api@npm:^1.20.3":
  version: 1.20.3
  resolution: "@backstage/core-app-api@npm:1.20.3"

"app@workspace:packages/app":
  version: 0.0.0-use.local
  resolution: "app@workspace:packages/app"
  dependencies:
    "@backstage/core-app-api": "backstage:^"
`))
	if err != nil {
		t.Fatal(err)
	}
	c := Change{Wants: map[string][]Descriptor{
		"packages/app": wants("@backstage/core-app-api@backstage:^"),
		"packages/e2e": wants("@backstage/core-app-api@^1.20.3", "app@workspace:packages/app"),
	}}
	if got := duplicates(l.Predict(c), Berry); got != "" {
		t.Errorf("before: %s", got)
	}
	c.Version = func(d Descriptor) string {
		if d.Range == "backstage:^" {
			return "2.0.0"
		}
		return ""
	}
	want := `@backstage/core-app-api: 1.20.3 locked <packages/e2e ^1.20.3> 2.0.0 <packages/app backstage:^>
  ask for 2.0.0 in packages/e2e/package.json (^1.20.3)
`
	if got := duplicates(l.Predict(c), Berry); got != want {
		t.Errorf("after:\n%s\nwant\n%s", got, want)
	}
	if hint := (Duplicate{Name: "a", Copies: []Copy{{Version: "1.0.0"}, {Version: "1.1.0"}}}).Hint(Berry); hint != "run `yarn dedupe a`: all who ask for it admit 1.1.0" {
		t.Error(hint)
	}
}

func TestOnce(t *testing.T) {
	for name, want := range map[string]string{
		"react": "must", "react-router-dom": "must", "@backstage/core-plugin-api": "must", "@backstage/plugin-catalog": "must",
		"@backstage/plugin-catalog-backend": "must", "@backstage/plugin-catalog-react": "should", "@backstage/plugin-catalog-node": "should",
		"@backstage/config": "should", "@material-ui/core": "should", "lodash": "", "@acme/plugin-x": "",
	} {
		rule, ok := Once(name)
		got := ""
		switch {
		case ok && rule.Must:
			got = "must"
		case ok:
			got = "should"
		}
		if got != want || ok != (rule.Why != "") {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// FuzzPredict: following what the lockfile itself asks for ends, and finds only versions that it has.
func FuzzPredict(f *testing.F) {
	f.Add([]byte(prediction), "@acme/tolerant@^2.0.0")
	for _, c := range readable {
		f.Add([]byte(c.src), "@acme/a@^1.0.0")
	}
	f.Fuzz(func(t *testing.T, src []byte, want string) {
		l, err := Parse(src)
		if err != nil {
			return
		}
		name, ran, _ := cutDescriptor(want)
		tree := l.Predict(Change{Wants: map[string][]Descriptor{"packages/app": {{name, ran}}}})
		for name, copies := range tree.copies {
			for _, c := range copies {
				if !c.Locked || len(c.Requests) == 0 || len(l.Of(name)) == 0 {
					t.Fatalf("%s: %+v", name, c)
				}
			}
		}
		for _, d := range tree.Duplicates(nil) {
			if d.Hint(l.Format) == "" {
				t.Fatalf("no hint for %s", d.Name)
			}
		}
	})
}
