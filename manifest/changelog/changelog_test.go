package changelog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npm/npmtest"
)

const sample = "# @acme/thing\n" + `
Not of any version.

- nor this

## 1.0.0

### Major Changes

- a1b2c3d: The first real one. It has been a while, and there is more to say about it.

### Patch Changes

- Updated dependencies [0123456]
- Updated dependencies
  - @acme/other@2.0.0

## 0.3.0

### Minor Changes

- 1234567: **BREAKING**: The option ` + "`old`" + ` is gone, see [the guide](https://docs.acme.example/guide).

  Use the new one:

  ` + "```diff" + `
  - old: true
  + new: true

  ## 9.9.9
  ` + "```" + `

  And https://docs.acme.example/guide again.

- [#12](https://git.acme.example/12) [` + "`89abcdef01`" + `](https://git.acme.example/c/89abcdef01) Thanks [@someone](https://git.acme.example/someone)! - A new thing, which breaks nothing.

### Patch Changes

- fedcba9: BREAKING, although it is a patch.
- A line without a commit.

## 0.3.0-next.1

### Minor Changes

- 1234567: **BREAKING**: The option is gone.

## 0.2.1

### Patch Changes

- 7654321: Something small.
`

func said(list []Entry) string {
	var b strings.Builder
	for _, e := range list {
		mark := ""
		if e.Breaking {
			mark = " breaking"
		}
		if e.Said {
			mark += " said"
		}
		fmt.Fprintf(&b, "%d: %s %s%s [%s] %s\n", e.Line, e.Version, e.Kind, mark, e.Commit, e.Title())
	}
	return b.String()
}

func TestBetween(t *testing.T) {
	sections := Parse([]byte(sample))
	all := `11: 1.0.0 major breaking [a1b2c3d] The first real one. It has been a while, and there is more to say about it.
23: 0.3.0 minor breaking said [1234567] BREAKING: The option ` + "`old`" + ` is gone, see [the guide](https://docs.acme.example/guide).
36: 0.3.0 minor breaking [89abcde] A new thing, which breaks nothing.
40: 0.3.0 patch breaking said [fedcba9] BREAKING, although it is a patch.
41: 0.3.0 patch [] A line without a commit.
53: 0.2.1 patch [7654321] Something small.
`
	lines := strings.SplitAfter(all, "\n")
	for _, c := range []struct{ from, to, want string }{
		{"0.2.0", "1.0.0", all},
		{"0.2.1", "1.0.0", strings.Join(lines[:5], "")},
		{"0.2.1", "0.3.0", strings.Join(lines[1:5], "")},
		{"0.2.1", "0.3.0-next.2", "47: 0.3.0-next.1 minor breaking said [1234567] BREAKING: The option is gone.\n"},
		{"0.3.0-next.1", "0.3.0", strings.Join(lines[1:5], "")},
		{"0.3.0-next.0", "0.3.0-next.1", "47: 0.3.0-next.1 minor breaking said [1234567] BREAKING: The option is gone.\n"},
		{"1.0.0", "1.0.0", ""},
		{"1.0.0", "0.2.0", ""},
		{"", "1.0.0", ""},
		{"0.2.0", "workspace:^", ""},
	} {
		if got := said(Between(sections, c.from, c.to)); got != c.want {
			t.Errorf("from %s to %s:\n%swant\n%s", c.from, c.to, got, c.want)
		}
	}
	e := Between(sections, "0.2.1", "0.3.0")[0]
	if len(e.Links) != 1 || e.Links[0] != "https://docs.acme.example/guide" || !strings.Contains(e.Text, "\n```diff\n- old: true\n") || !strings.HasSuffix(e.Text, "again.") {
		t.Errorf("%+v", e)
	}
	first := said(Breaking(Between(sections, "0.2.0", "1.0.0")))
	if want := lines[1] + lines[3] + lines[0] + lines[2]; first != want {
		t.Errorf("breaking:\n%s\nwant\n%s", first, want)
	}
}

// A change log that has lost what a release took over from its pre-releases.
func TestBetweenFindsWhatOnlyAPreReleaseLists(t *testing.T) {
	sections := Parse([]byte("## 4.0.0\n### Minor Changes\n- aaaaaaa: One\n## 4.0.0-next.2\n### Major Changes\n- bbbbbbb: Two\n## 4.0.0-next.1\n### Major Changes\n- bbbbbbb: Two\n- aaaaaaa: One, worded otherwise\n"))
	want := "3: 4.0.0 minor [aaaaaaa] One\n6: 4.0.0-next.2 major breaking [bbbbbbb] Two\n"
	if got := said(Between(sections, "3.0.0", "4.0.0")); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestParseOddFiles(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"", ""},
		{"# x\n\nNothing yet.\n", ""},
		{"## 1.0.0\r\n\r\n### Minor Changes\r\n\r\n- abcdef0: One\r\n  line\r\n", "5: 1.0.0 minor [abcdef0] One line\n"},
		{"## [2.0.0] - 2024-01-01\n\n### Added\n\n* A thing\n", "5: 2.0.0 other [] A thing\n"},
		{"## 1.1.0\n\n- before any kind\n", "3: 1.1.0 other [] before any kind\n"},
		{"## 1.1.0\n\n### Patch Changes\n\n- a\n\n```\n- not an item\n### nor a heading\n```\n- b\n", "5: 1.1.0 patch [] a\n11: 1.1.0 patch [] b\n"},
		{"## 1.1.0\n\n### Patch Changes\n\n- ```\n## 1.0.1\n- never closed\n", "5: 1.1.0 patch [] ```\n7: 1.0.1 other [] never closed\n"},
		{"## 1.1.0\n- \n- x\n", "3: 1.1.0 other [] x\n"},
	} {
		var all []Entry
		for _, s := range Parse([]byte(c.src)) {
			all = append(all, s.Entries...)
		}
		if got := said(all); got != c.want {
			t.Errorf("%q:\n%swant\n%s", c.src, got, c.want)
		}
	}
}

func TestImporters(t *testing.T) {
	fsys := fstest.MapFS{
		"packages/app/src/App.tsx":             {Data: []byte("import React from 'react';\n\nimport {\n  x,\n} from '@acme/thing/alpha';\nimport '@acme/thing';\n")},
		"packages/app/src/lazy.js":             {Data: []byte("const a = () => import(\"@acme/thing\");\njest.mock(`@acme/other`)\n")},
		"packages/app/src/it's.ts":             {Data: []byte("// it's @acme/thing\nconst s = '@acme/thing-else';\nimport y from '@acme/other';\n")},
		"packages/app/node_modules/a/index.js": {Data: []byte("require('@acme/thing')")},
		"packages/app/dist/index.js":           {Data: []byte("require('@acme/thing')")},
		"packages/app/README.md":               {Data: []byte("`@acme/thing`")},
	}
	got := fmt.Sprint(Importers(fsys, []string{"packages/app", "packages", "none"}, []string{"@acme/thing", "@acme/other", "react", "left"}))
	want := "map[@acme/other:[{packages/app/src/it's.ts 3} {packages/app/src/lazy.js 2}] @acme/thing:[{packages/app/src/App.tsx 5} {packages/app/src/lazy.js 1}] react:[{packages/app/src/App.tsx 1}]]"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestCollect(t *testing.T) {
	r := npmtest.New(t)
	r.Publish(
		npmtest.Package{Name: "@acme/thing", Version: "1.0.0", Files: map[string]string{"CHANGELOG.md": sample}},
		npmtest.Package{Name: "@acme/silent", Version: "1.0.0"},
	)
	steps := []Step{{"@acme/thing", "0.2.1", "1.0.0"}, {"@acme/silent", "0.1.0", "1.0.0"}, {"@acme/none", "1.0.0", "2.0.0"}}
	var progress []int
	logs, err := Collect(t.Context(), r.Client(t), steps, func(done, all int) { progress = append(progress, done*10+all) })
	if err != nil || len(logs) != 3 || fmt.Sprint(progress) != "[13 23 33]" {
		t.Fatalf("%v %v %v", logs, err, progress)
	}
	if logs[0].Problem != nil || len(logs[0].Entries) != 5 || logs[0].Step != steps[0] {
		t.Errorf("%+v", logs[0])
	}
	if !errors.Is(logs[1].Problem, ErrNoChangelog) || !npm.Is(logs[2].Problem, npm.NotFound) {
		t.Errorf("%v, %v", logs[1].Problem, logs[2].Problem)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Collect(ctx, r.Client(t), steps, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// The change logs of real packages are read: what a version is in the release before and after it
// is found, and most entries have a commit.
func TestRealChangeLogs(t *testing.T) {
	fixtures.Require(t, "network")
	config, _ := npm.ConfigFrom(npm.UserPlaces(""))
	before, _ := manifest.Lookup("1.45.0")
	after, _ := manifest.Lookup(manifest.Newest(true))
	var steps []Step
	for _, name := range []string{"@backstage/core-components", "@backstage/backend-defaults", "@backstage/plugin-catalog-backend", "@backstage/cli", "@backstage/plugin-scaffolder-backend"} {
		from, _ := before.Version(name)
		to, _ := after.Version(name)
		steps = append(steps, Step{name, from, to})
	}
	logs, err := Collect(t.Context(), npm.New(config), steps, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range logs {
		commits := 0
		for _, e := range l.Entries {
			if e.Commit != "" {
				commits++
			}
		}
		t.Logf("%s %s to %s: %d changes, %d breaking, %v", l.Name, l.From, l.To, len(l.Entries), len(Breaking(l.Entries)), l.Problem)
		if l.Problem == nil && (len(l.Entries) < 10 || commits < len(l.Entries)*9/10) {
			t.Errorf("%s: %d changes, %d with a commit", l.Name, len(l.Entries), commits)
		}
	}
}

// FuzzParse: no text makes Parse panic, and every entry is where it says, with text.
func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("## 1.0.0\n### Major Changes\n- a: b\n```\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		lines := strings.Split(string(src), "\n")
		last := 0
		for _, s := range Parse(src) {
			if s.Line <= last || !strings.Contains(lines[s.Line-1], s.Version) {
				t.Fatalf("section %+v after line %d", s, last)
			}
			last = s.Line
			for _, e := range s.Entries {
				if e.Line <= last || e.Text == "" || e.Title() == "" || e.Version != s.Version {
					t.Fatalf("entry %+v after line %d", e, last)
				}
				last = e.Line
			}
			Between([]Section{s}, "0.0.0", s.Version)
		}
		for _, line := range imported(src, map[string]bool{"a": true, "@a/b": true}) {
			if line < 1 || line > len(lines) {
				t.Fatalf("line %d of %d", line, len(lines))
			}
		}
	})
}

func TestTitleIsWhatIsBreaking(t *testing.T) {
	for text, want := range map[string]string{
		"A new thing.\n\n**BREAKING**: The old thing\nis gone. Use the new one instead of it, everywhere.": "BREAKING: The old thing is gone. Use the new one instead of it, everywhere.",
		"A new thing.\n\n### BREAKING CHANGES\n\n- The old one is gone.":                                   "BREAKING CHANGES: The old one is gone.",
		"**BREAKING CHANGES**:\n\n- The old one is gone.\n- And another.":                                  "BREAKING CHANGES: The old one is gone.",
		"A new thing.": "A new thing.",
	} {
		if got := (Entry{Text: text}).Title(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
