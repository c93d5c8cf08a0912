//go:build unix

package wiremap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/fixtures/browser"
)

// open opens the page of a map in a browser.
func open(t *testing.T, b *browser.Browser, m *Map) *browser.Page {
	t.Helper()
	file := filepath.Join(t.TempDir(), "wiring.html")
	if err := os.WriteFile(file, []byte(pageOf(t, m)), 0o644); err != nil {
		t.Fatal(err)
	}
	return b.Open("file://" + file)
}

func TestBrowserRunsNothingOfTheRepository(t *testing.T) {
	b := browser.Start(t)
	ws, seen := hostileApp(t)
	m := New(ws, seen)
	page := open(t, b, m)
	var got struct {
		Pieces, Scripts, Images int
		Name                    string
		Options                 []string
	}
	page.Eval(`({
		pieces: new Set([...document.querySelectorAll("tr[data-f]")].map(r => r.dataset.f)).size,
		scripts: document.scripts.length, images: document.images.length,
		name: document.querySelector('tr[data-k="route"] th').textContent,
		options: [...document.querySelectorAll("#kind option")].map(o => o.value),
	})`, &got)
	want := 0
	for _, n := range shown(m) {
		want += n
	}
	if got.Pieces != want || got.Scripts != 2 || got.Images != 0 {
		t.Errorf("%d pieces, want %d; %d scripts, %d images", got.Pieces, want, got.Scripts, got.Images)
	}
	if got.Name != clean(hostile) {
		t.Errorf("the name is %q, want %q", got.Name, clean(hostile))
	}
	// A package with a hostile name can be chosen.
	var left int
	page.Eval(`(() => { const s = document.getElementById("pkg");
		s.value = [...s.options].find(o => o.value.startsWith("p:") && o.value.includes("<")).value;
		s.dispatchEvent(new Event("change"));
		return document.querySelectorAll("tr[data-f]:not([hidden])").length })()`, &left)
	if left == 0 {
		t.Error("nothing is left of the hostile package")
	}
	if errs := page.Errors(); len(errs) > 0 {
		t.Errorf("the console has %q", errs)
	}
	for _, r := range page.Requests() {
		if !strings.HasPrefix(r, "file://") && !strings.HasPrefix(r, "data:") {
			t.Errorf("the page asked for %s", r)
		}
	}
}

func TestBrowserSearchesThousands(t *testing.T) {
	b := browser.Start(t)
	page := open(t, b, New(load(t, fixtures.App("legacy")), manyFacts(2000)))
	var got struct {
		Search, Clear float64 // milliseconds
		Shown         string
	}
	page.Eval(`(() => {
		const q = document.getElementById("q");
		const time = text => { const from = performance.now(); q.value = text; q.form.requestSubmit(); document.body.offsetHeight; return performance.now() - from };
		const search = time("thing-77"), shown = document.getElementById("shown").textContent;
		return {search, shown, clear: time("")};
	})()`, &got)
	t.Logf("search %.0f ms, clear %.0f ms, shows %s", got.Search, got.Clear, got.Shown)
	if !strings.HasSuffix(got.Shown, " of 2000") || strings.HasPrefix(got.Shown, "2000 ") {
		t.Errorf("the search shows %s", got.Shown)
	}
	if got.Search > 3000 || got.Clear > 3000 { // far from what it takes, for slow machines
		t.Errorf("a search takes %.0f ms, clearing it %.0f ms", got.Search, got.Clear)
	}
	if errs := page.Errors(); len(errs) > 0 {
		t.Errorf("the console has %q", errs)
	}
}
