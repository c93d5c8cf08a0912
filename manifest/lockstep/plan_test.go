package lockstep

import (
	"strings"
	"testing"
)

func TestWhatIsHeldBackIsShownSo(t *testing.T) {
	p := Plan{Schema: Schema, To: "1.53.0", Hold: []string{"@backstage/plugin-*", "@backstage/clii"}, Rows: []Row{
		{Package: "@backstage/cli", From: "^1.0.0", To: "^1.1.0", Change: Minor},
		{Package: "@backstage/plugin-a", From: "^1.0.0", To: "^1.1.0", ToVersion: "1.1.0", Change: Minor},
		{Package: "@backstage/plugin-b", From: ">=1", Change: Held, Why: "As it was."},
	}}
	p.HoldBack()
	if r := p.Rows[0]; r.Change != Minor || r.To != "^1.1.0" {
		t.Errorf("not held: %+v", r)
	}
	if r := p.Rows[1]; r.Change != Held || r.To != "" || r.ToVersion != "1.1.0" || !strings.Contains(r.Why, "hold") {
		t.Errorf("held: %+v", r)
	}
	if r := p.Rows[2]; r.Why != "As it was." {
		t.Errorf("held before: %+v", r)
	}
	if len(p.Active()) != 1 || len(p.Notes) != 1 || !strings.Contains(p.Notes[0].Summary, "@backstage/clii,") {
		t.Errorf("%v %v", p.Active(), p.Notes)
	}
}

func TestAFieldOfAPlanThatIsNotKnownIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"schema": 1, "to": "1.53.0", "holds": ["@backstage/cli"]}`:                                                               `unknown field "holds"`,
		`{"schema": 1, "to": "1.53.0", "rows": [{"file": "package.json", "field": "dependencies", "package": "a", "held": true}]}`: `unknown field "held"`,
		`{"schema": 2, "to": "1.53.0", "holds": []}`:                                                                               "its schema is 2",
		`{"name": "root"}`: "its schema is 0",
	} {
		if _, err := Read("plan.json", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if _, err := Read("plan.json", []byte(`{"schema": 1, "to": "1.53.0", "hold": ["@backstage/cli"]}`)); err != nil {
		t.Error(err)
	}
}
