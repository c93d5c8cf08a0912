package lockstep

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest"
)

func checked(t *testing.T, fsys fstest.MapFS) (*check.Result, []check.Rule) {
	t.Helper()
	ws, err := workspace.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := check.Open(context.Background(), ws)
	if err != nil {
		t.Fatal(err)
	}
	rules := Rules(manifest.Lookup)
	res, err := check.Run(context.Background(), repo, rules, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res, rules
}

func TestDriftRulesFindTheirFault(t *testing.T) {
	const file = "packages/app/package.json"
	for _, x := range []struct{ name, old, new, want, mended string }{
		{"behind", `"@backstage/plugin-org": "^0.7.3"`, `"@backstage/plugin-org": "0.7.1"`, "warning BP001: @backstage/plugin-org 0.7.1 is behind Backstage 1.50.4, which has 0.7.", `"@backstage/plugin-org": "0.7.`},
		{"behind by a step that may break code", `"@backstage/plugin-org": "^0.7.3"`, `"@backstage/plugin-org": "^0.6.0"`, "warning BP001: @backstage/plugin-org ^0.6.0 is behind Backstage 1.50.4, which has 0.7.", ""},
		{"ahead", `"@backstage/plugin-org": "^0.7.3"`, `"@backstage/plugin-org": "^0.9.0"`, "warning BP001: @backstage/plugin-org ^0.9.0 is ahead of Backstage 1.50.4, which has 0.7.", ""},
		{"ahead by a patch", `"@backstage/plugin-org": "^0.7.3"`, `"@backstage/plugin-org": "^0.7.99"`, "note BP001: @backstage/plugin-org ^0.7.99 is ahead of Backstage 1.50.4, which has 0.7.", ""},
		{"moved", `"@backstage/plugin-org"`, "\"@backstage/plugin-tech-radar\": \"^0.7.4\",\n    \"@backstage/plugin-org\"", "warning BP003: @backstage/plugin-tech-radar is @backstage-community/plugin-tech-radar now", ""},
		{"as a whole", `"@backstage/core-`, `"@backstage/core-`, "", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			good := fixtures.App("legacy")
			if before, _ := checked(t, good); len(before.Findings) > 0 {
				t.Fatalf("the good app has findings: %+v", before.Findings)
			}
			src := string(good[file].Data)
			if !strings.Contains(src, x.old) {
				t.Fatalf("%s lacks %s", file, x.old)
			}
			changed := strings.Replace(src, x.old, x.new, 1)
			if x.name == "as a whole" {
				changed = strings.NewReplacer(`"^0.1`, `"^0.0.1`, `"^1.`, `"^0.`).Replace(src)
				x.want = "warning BP001: "
			}
			bad := fixtures.With(good, map[string]string{file: changed})
			res, rules := checked(t, bad)
			if len(res.Findings) != 1 {
				t.Fatalf("%d findings: %+v", len(res.Findings), res.Findings)
			}
			f := res.Findings[0]
			if got := fmt.Sprintf("%s %s: %s", f.Severity, f.Code, f.Summary); !strings.HasPrefix(got, x.want) {
				t.Errorf("got %s", got)
			}
			over := change.NewOverlay(bad)
			m, err := check.Mend(context.Background(), over, res, check.Options{Rules: rules, Load: func(o *change.Overlay) (*workspace.Workspace, error) { return workspace.Load(o) }})
			if err != nil {
				t.Fatal(err)
			}
			got, err := over.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if (x.mended != "") != (len(m.Fixed) > 0) || !strings.Contains(string(got), x.mended) {
				t.Errorf("mended %d, refused %v:\n%s", len(m.Fixed), m.Refused, change.Diff(over.Changes()))
			}
		})
	}
}

func TestTemplatesAreInLockstep(t *testing.T) {
	for _, pin := range fixtures.AllPins() {
		for _, layout := range pin.Layouts {
			t.Run(pin.Release+" "+layout, func(t *testing.T) {
				res, _ := checked(t, fixtures.Template(t, pin.Release, layout))
				for _, f := range res.Findings {
					if f.Severity > diag.Note {
						t.Errorf("%s: %s", f.Location(), f.Summary)
					}
				}
			})
		}
	}
}
