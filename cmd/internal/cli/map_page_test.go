//go:build unix

package cli

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/fixtures/browser"
)

var shots = flag.String("shots", "", "write pictures of the map's page into this `folder`, to be looked at")

// TestMapPage opens the page of the newest apps in a browser and uses it as a person does.
func TestMapPage(t *testing.T) {
	for _, layout := range []string{fixtures.LayoutLegacy, fixtures.LayoutNew} {
		t.Run(layout, func(t *testing.T) {
			fixtures.Require(t, "browser")
			dir, file := t.TempDir(), filepath.Join(t.TempDir(), "wiring.html")
			if err := copyFS(dir, fixtures.Template(t, fixtures.Newest(layout), layout)); err != nil {
				t.Fatal(err)
			}
			if status, _, errs := batten(dir, "map", "--html", file); status != 0 {
				t.Fatal(errs)
			}
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if info.Size() >= 300_000 {
				t.Errorf("the page has %d bytes", info.Size())
			}
			t.Logf("%d bytes", info.Size())
			page := browser.Start(t).Open("file://" + file)
			page.Eval(pageFunctions, nil)
			countsAsListed(t, page, dir)
			search(t, page)
			filters(t, page)
			accessible(t, page)
			themes(t, page)
			look(t, page, layout)
			if errs := page.Errors(); len(errs) > 0 {
				t.Errorf("the console has %q", errs)
			}
			for _, r := range page.Requests() {
				if r != "file://"+file && !strings.HasPrefix(r, "data:") {
					t.Errorf("the page asked for %s", r)
				}
			}
		})
	}
}

// pageFunctions are what the tests ask a page with.
const pageFunctions = `
window.rowsOf = within => [...within.querySelectorAll("tr[data-f]")].filter(r => !r.hidden && r.checkVisibility() && !r.classList.contains("ctx"));
window.pieces = rows => new Set(rows.map(r => r.dataset.f)).size;
undefined`

func countsAsListed(t *testing.T, page *browser.Page, dir string) {
	t.Helper()
	status, out, errs := batten(dir, "list", "--json")
	if status != 0 {
		t.Fatal(errs)
	}
	var list struct {
		Facts []struct{ Kind, Package string }
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	for _, f := range list.Facts {
		want[f.Package+" "+f.Kind]++
	}
	// The rows that are there, and the numbers that are shown.
	var rows, numbers map[string]int
	page.Eval(`(() => { const n = {};
		for (const p of document.querySelectorAll(".package")) for (const k of new Set(rowsOf(p).map(r => r.dataset.k)))
			n[p.dataset.w + " " + k] = pieces(rowsOf(p).filter(r => r.dataset.k === k));
		return n })()`, &rows)
	page.Eval(`(() => { const n = {};
		for (const k of document.querySelectorAll(".part .kind")) {
			const part = k.closest(".part"), only = part.querySelectorAll(".kind").length === 1;
			n[k.closest(".package").dataset.w + " " + k.dataset.kind] = Number(only ? part.querySelector(".n").textContent : k.textContent.split(" ").at(-1));
		}
		return n })()`, &numbers)
	for _, got := range []map[string]int{rows, numbers} {
		if !maps.Equal(got, want) {
			t.Errorf("the page shows %v, and the list has %v", got, want)
		}
	}
	if len(list.Facts) < 20 {
		t.Errorf("there are only %d facts", len(list.Facts))
	}
	var sums string
	page.Eval(`(() => { const wrong = [], n = el => Number(el.textContent);
		for (const p of document.querySelectorAll(".package")) {
			const parts = [...p.querySelectorAll("h3 .n")];
			if (n(p.querySelector("h2 .n")) !== parts.reduce((sum, el) => sum + n(el), 0)) wrong.push(p.dataset.w);
			for (const el of parts) {
				if (n(el) !== pieces(rowsOf(el.closest(".part")))) wrong.push(el.closest("h3").textContent);
				if (n(document.querySelector('nav a[href="#' + el.closest("h3").id + '"] b')) !== n(el)) wrong.push("nav " + el.closest("h3").id);
			}
		}
		if (n(document.getElementById("all")) !== pieces(rowsOf(document))) wrong.push("all");
		return wrong.join(", ") })()`, &sums)
	if sums != "" {
		t.Errorf("wrong sums at %s", sums)
	}
}

// search presses /, types, and looks at what is left.
func search(t *testing.T, page *browser.Page) {
	t.Helper()
	var all, left int
	page.Eval("pieces(rowsOf(document))", &all)
	page.Press("/")
	page.Wait(`document.activeElement.id === "q"`)
	page.Type("kuber")
	page.Wait(`document.getElementById("shown").textContent.includes(" of ")`)
	var without []string
	page.Eval("pieces(rowsOf(document))", &left)
	page.Eval(`rowsOf(document).filter(r => !(r.outerHTML).toLowerCase().includes("kuber")).map(r => r.textContent)`, &without)
	if left == 0 || left >= all || len(without) > 0 {
		t.Errorf("of %d pieces, a search left %d, and among them %q", all, left, without)
	}
	var shown, value string
	if page.Eval(`document.getElementById("shown").textContent`, &shown); shown != fmt.Sprintf("%d of %d", left, all) {
		t.Errorf("the page says that it shows %q, and it shows %d of %d", shown, left, all)
	}
	// The picture shows the same, and what holds a match stays.
	var lit, context bool
	page.Eval(`pieces([...document.querySelectorAll(".wm [data-f]:not(.off)")]) === pieces(rowsOf(document))`, &lit)
	page.Eval(`[...document.querySelectorAll("tbody tr[data-d='1']")].filter(r => r.checkVisibility()).every(r => {
		let over = r.previousElementSibling;
		while (over && over.dataset.d !== "0") over = over.previousElementSibling;
		return over && over.checkVisibility() })`, &context)
	if !lit || !context {
		t.Errorf("the picture shows the same: %v; what holds a match stays: %v", lit, context)
	}
	page.Type(" zzz")
	page.Wait(`!document.getElementById("nothing").hidden`)
	page.Press("Escape")
	page.Wait(fmt.Sprintf("pieces(rowsOf(document)) === %d", all))
	if page.Eval(`document.getElementById("q").value`, &value); value != "" {
		t.Errorf("Escape leaves %q", value)
	}
}

// filters chooses each kind, and each package.
func filters(t *testing.T, page *browser.Page) {
	t.Helper()
	var wrong []string
	page.Eval(`(() => { const wrong = [];
		for (const [id, key] of [["kind", () => "k"], ["pkg", v => v[0]]]) {
			const select = document.getElementById(id);
			for (const o of select.options) {
				if (!o.value) continue;
				select.value = o.value;
				select.dispatchEvent(new Event("change"));
				const value = id === "kind" ? o.value : o.value.slice(2), by = key(o.value), rows = rowsOf(document);
				const got = r => by === "w" ? r.closest(".package").dataset.w : r.dataset[by];
				if (!rows.length || rows.some(r => got(r) !== value) || !o.textContent.endsWith("(" + pieces(rows) + ")")) wrong.push(o.value);
			}
			document.getElementById("reset").click();
		}
		const button = document.querySelector(".uses button");
		button.click();
		if (rowsOf(document).some(r => r.dataset.g !== button.textContent)) wrong.push("the plugin's button");
		document.getElementById("reset").click();
		return wrong })()`, &wrong)
	if len(wrong) > 0 {
		t.Errorf("wrong under %q", wrong)
	}
}

// accessible looks for landmarks, labels and the order of headings.
func accessible(t *testing.T, page *browser.Page) {
	t.Helper()
	var wrong []string
	page.Eval(`(() => { const wrong = [];
		for (const s of ["html[lang]", "header h1", "nav[aria-label]", "[role=search][aria-label]", "main#wiring", "footer", "a.skip[href='#wiring']", "[aria-live]"])
			if (document.querySelectorAll(s).length !== 1) wrong.push(s);
		for (const el of document.querySelectorAll("input,select")) if (!el.labels.length || !el.labels[0].textContent.trim()) wrong.push("no label: " + el.id);
		for (const el of document.querySelectorAll("button")) if (!el.textContent.trim() && !el.hidden) wrong.push("no name: " + el.outerHTML);
		for (const el of document.querySelectorAll("table")) if (!el.querySelector("thead th[scope=col]") || el.querySelector("tbody tr:not(:has(th[scope]))")) wrong.push("no table headings: " + el.className);
		let last = 0;
		for (const h of document.querySelectorAll("h1,h2,h3,h4,h5,h6")) {
			const level = Number(h.tagName[1]);
			if (level > last + 1) wrong.push("after h" + last + ": " + h.outerHTML);
			last = level;
		}
		const ids = [...document.querySelectorAll("[id]")].map(el => el.id);
		if (new Set(ids).size !== ids.length) wrong.push("an id twice");
		return wrong })()`, &wrong)
	if len(wrong) > 0 {
		t.Errorf("not accessible: %q", wrong)
	}
}

// themes looks at the colours, which follow the system's, unless the button says otherwise.
func themes(t *testing.T, page *browser.Page) {
	t.Helper()
	for _, dark := range []bool{true, false} {
		page.Look(browser.View{Width: 1366, Height: 900, Dark: dark})
		if page.Dark() != dark {
			t.Errorf("the system is dark: %v, and the page is not so", dark)
		}
		if faint := page.Faint(".none"); len(faint) > 0 {
			t.Errorf("dark: %v; hard to read: %q", dark, faint)
		}
	}
	for _, want := range []bool{true, false, false} { // dark, light, as the system, which is light
		page.Eval(`document.getElementById("theme").click()`, nil)
		if page.Dark() != want {
			t.Errorf("the button makes it dark: %v, want %v", !want, want)
		}
	}
	page.Look(browser.View{Width: 1000, Height: 900, Dark: true, Print: true})
	var tools bool
	if page.Eval(`document.querySelector(".tools").checkVisibility()`, &tools); page.Dark() || tools {
		t.Errorf("printed dark: %v, with the tools: %v", page.Dark(), tools)
	}
	for _, width := range []int{360, 800} {
		page.Look(browser.View{Width: width, Height: 800})
		var wide int
		if page.Eval("document.documentElement.scrollWidth", &wide); wide > width {
			t.Errorf("in a window of %d, the page is %d wide", width, wide)
		}
	}
}

// look writes pictures for people.
func look(t *testing.T, page *browser.Page, name string) {
	t.Helper()
	if *shots == "" {
		return
	}
	views := map[string]browser.View{
		"light": {Width: 1366, Height: 2400}, "dark": {Width: 1366, Height: 2400, Dark: true}, "narrow": {Width: 390, Height: 2400},
	}
	write := func(file string, data []byte) {
		if err := os.WriteFile(filepath.Join(*shots, file), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, view := range slices.Sorted(maps.Keys(views)) {
		page.Look(views[view])
		write(name+"-"+view+".png", page.Screenshot())
	}
	page.Look(browser.View{Width: 1000, Height: 1400, Print: true})
	write(name+".pdf", page.PDF())
}
