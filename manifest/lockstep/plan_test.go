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

func TestARowThatAPersonChangedSaysWhatItIs(t *testing.T) {
	for _, test := range []struct{ row, want Row }{
		{Row{From: "^1.0.0", To: "^2.3.0", FromVersion: "1.0.0", ToVersion: "1.4.0", Change: Minor}, Row{ToVersion: "2.3.0", Change: Breaking}},
		{Row{From: "^1.4.0", To: "~1.3.1", FromVersion: "1.4.0", ToVersion: "1.5.0", Change: Minor}, Row{ToVersion: "1.3.1", Change: Downgrade}},
		{Row{From: "^0.2.0", To: "npm:other@^0.2.1", FromVersion: "0.2.0", ToVersion: "0.3.0", Change: Breaking}, Row{ToVersion: "0.2.1", Change: Patch}},
		{Row{From: ">=1", To: "^1.2.0", FromVersion: "1.0.0", ToVersion: "2.0.0", Change: Held, Why: "As it was."}, Row{ToVersion: "1.2.0", Change: Minor}},
		{Row{From: "^1.0.0", To: "backstage:^", FromVersion: "1.0.0", ToVersion: "1.4.0", Change: Minor}, Row{ToVersion: "1.4.0", Change: Minor}},
		{Row{From: "^1.0.0", To: "*", FromVersion: "1.0.0", ToVersion: "1.4.0", Change: Minor}, Row{ToVersion: "1.4.0", Change: Minor}},
		{Row{From: "^1.0.0", To: "^1.4.0", FromVersion: "1.0.0", ToVersion: "1.4.0", Change: Minor, Why: "It says."}, Row{ToVersion: "1.4.0", Change: Minor, Why: "It says."}},
		{Row{From: "^1.0.0", To: "^9.0.0", Name: "b", FromVersion: "1.0.0", ToVersion: "2.0.0", Change: Moved}, Row{ToVersion: "2.0.0", Change: Moved}},
	} {
		p := Plan{Rows: []Row{test.row}}
		p.Refresh()
		if got := p.Rows[0]; got.ToVersion != test.want.ToVersion || got.Change != test.want.Change || got.Why != test.want.Why || got.To != test.row.To {
			t.Errorf("%+v became %+v", test.row, got)
		}
	}
}
