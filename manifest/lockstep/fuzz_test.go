package lockstep_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest/lockstep"
)

// FuzzPlan: whatever a dependency is called and however it is written, nothing panics; a plan that
// is applied changes specifiers and names of dependencies alone; applied, nothing is left to do.
func FuzzPlan(f *testing.F) {
	for _, spec := range []string{"^0.8.0", "~0.8.0", "0.8.0", "^1", ">=1 <3", "*", "", "next", "^0.8.0 || ^0.9.0", "workspace:^", "backstage:^", "catalog:", "npm:@backstage/theme@^0.8.0",
		"npm:^0.8.0", "patch:@backstage/theme@npm%3A0.8.0#./x.patch", "link:../x", "file:x", "portal:x", "github:a/b", "https://x.example/a.tgz", "^0.8", "~1.x", "v0.8.0", "=0.8.0", "^0.9.0-next.1", "\"<>&\u2028"} {
		f.Add("@backstage/theme", spec, uint8(0))
		f.Add("@backstage/backend-common", spec, uint8(2))
		f.Add("**/@backstage/theme", spec, uint8(4))
		f.Add("@backstage/theme", spec, uint8(5))
	}
	f.Add("@backstage/plugin-todo", "^0.2.0", uint8(1))
	f.Add("@backstage/theme@npm:^0.8.0", "0.8.0", uint8(4))
	f.Fuzz(func(t *testing.T, name, spec string, where uint8) {
		root := map[string]any{"name": "root", "workspaces": []string{"packages/*"}, "devDependencies": map[string]string{"@backstage/cli": "^0.36.0"}, "other": []any{1.0, "x"}}
		fields := append(workspace.DependencyFields[:], "resolutions", "overrides")
		field := fields[int(where)%len(fields)]
		entries := map[string]string{name: spec}
		if field == "devDependencies" {
			entries["@backstage/cli"] = "^0.36.0"
		}
		root[field] = entries
		before, err := json.MarshalIndent(root, "", "  ")
		if err != nil {
			t.Skip()
		}
		files := monorepo(`"@backstage/org": "^1.0.0"`, map[string]string{"package.json": string(before)})
		for _, policy := range []lockstep.Policy{
			{Other: func(name string) (lockstep.Other, bool) {
				return lockstep.Other{Name: "@acme/todo", Version: "3.0.0"}, name == "@backstage/plugin-todo"
			}},
			{AllowDowngrade: true},
			{LikeCLI: true},
		} {
			ws, err := workspace.Load(files)
			if err != nil {
				t.Skip()
			}
			plan, err := lockstep.Make(ws, target(t), policy)
			if err != nil {
				continue
			}
			over := change.NewOverlay(files)
			if err := plan.Apply(over); err != nil {
				t.Fatalf("%+v: %v", policy, err)
			}
			after, err := over.ReadFile("package.json")
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(elsewhere(t, before), elsewhere(t, after)) {
				t.Errorf("%s became\n%s", before, after)
			}
			again, err := workspace.Load(over)
			if err != nil {
				t.Fatal(err)
			}
			rest, err := lockstep.Make(again, target(t), policy)
			if err != nil {
				t.Fatal(err)
			}
			if rows := rest.Active(); len(rows) > 0 {
				t.Errorf("%+v: still %+v", policy, rows)
			}
		}
	})
}

// elsewhere is what a package.json says beside its dependencies.
func elsewhere(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for _, field := range append(workspace.DependencyFields[:], "resolutions", "overrides") {
		delete(all, field)
	}
	return all
}

// FuzzApply: a plan from anywhere can be applied, and again, or is refused.
func FuzzApply(f *testing.F) {
	f.Add([]byte(`{"schema": 1, "to": "1.60.0", "rows": [{"file": "packages/app/package.json", "field": "dependencies", "package": "@backstage/theme", "from": "^0.8.0", "to": "^0.9.0"}]}`))
	f.Add([]byte(`{"schema": 1, "to": "1.60.0", "rows": [{"file": "../x.json", "field": "pnpm.overrides", "package": "a", "key": "a>b", "from": "1", "to": "2", "name": "c", "change": "moved"}]}`))
	f.Add([]byte(`{"schema": 1, "to": "1.60.0", "rows": [{"file": ".yarnrc.yml", "field": "catalog", "package": "a", "from": "1", "to": "2"}], "plugin": {"file": "x", "from": "y", "to": "z"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		plan := new(lockstep.Plan)
		if json.Unmarshal(data, plan) != nil {
			return
		}
		plan.Refresh()
		over := change.NewOverlay(monorepo(`"@backstage/theme": "^0.8.0"`, map[string]string{".yarnrc.yml": "catalog:\n  a: 1\n"}))
		if plan.Apply(over) == nil {
			if err := plan.Apply(over); err != nil {
				t.Errorf("again: %v", err)
			}
		}
	})
}
