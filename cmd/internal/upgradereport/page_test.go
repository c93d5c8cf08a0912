//go:build unix

package upgradereport

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/fixtures/browser"
	"github.com/batten-dev/batten/manifest/template"
)

var shots = flag.String("shots", "", "write pictures of the pages into this `folder`, to be looked at")

// TestPageInABrowser opens the pages of all reports as a person does.
func TestPageInABrowser(t *testing.T) {
	fixtures.Require(t, "browser")
	b := browser.Start(t)
	for name, r := range reports() {
		t.Run(name, func(t *testing.T) {
			data, err := HTML(r)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "report.html")
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
			page := b.Open("file://" + file)
			page.Eval(pageFunctions, nil)
			shows(t, page, cleaned(r))
			accessible(t, page)
			looks(t, page, name)
			if errs := page.Errors(); len(errs) > 0 {
				t.Errorf("the console has %q", errs)
			}
			for _, req := range page.Requests() {
				if req != "file://"+file && req != "data:," {
					t.Errorf("the page asked for %s", req)
				}
			}
		})
	}
}

// pageFunctions are what the tests ask a page with.
const pageFunctions = `
window.openAll = yes => { for (const d of document.querySelectorAll("details")) d.open = yes };
undefined`

// shows compares what is seen with the model.
func shows(t *testing.T, page *browser.Page, r Report) {
	t.Helper()
	count := func(selector string) (n int) {
		page.Eval(fmt.Sprintf("document.querySelectorAll(%q).length", selector), &n)
		return n
	}
	var title string
	if page.Eval("document.querySelector('h1').textContent", &title); title != r.Title() {
		t.Errorf("the title is %q", title)
	}
	conflicts, files, pieces := 0, 0, 0
	if r.Template != nil {
		files, pieces = len(r.Template.Files), len(r.Template.Pieces)
		for _, f := range r.Template.of(template.Conflict) {
			conflicts += len(f.Conflicts)
		}
	}
	changes := 0
	for _, b := range r.Breaking {
		changes += len(b.Changes)
	}
	for selector, want := range map[string]int{
		".tasks>li": len(r.Tasks()), ".commands>li": len(r.Commands), ".changes>li": changes, ".package": len(r.Breaking),
		".clashes:not(.pieces)>li": conflicts, ".pieces>li": pieces, ".files tbody tr": files, ".versions tbody tr": len(r.Packages), "script": 0, "iframe": 0, "img": 0,
	} {
		if got := count(selector); got != want {
			t.Errorf("there are %d of %s, and should be %d", got, selector, want)
		}
	}
	var sums []string
	page.Eval(`(() => { const wrong = [];
		for (const a of document.querySelectorAll("nav a")) {
			const to = document.querySelector(a.getAttribute("href")), n = to?.querySelector(".n");
			if (!to) wrong.push("nothing at " + a.href);
			else if (n && n.textContent && n.textContent !== a.querySelector("b").textContent) wrong.push(a.textContent + " and " + to.textContent);
		}
		for (const a of document.querySelectorAll('main a[href^="#"]')) if (!document.querySelector(a.getAttribute("href"))) wrong.push("nothing at " + a.getAttribute("href"));
		return wrong })()`, &sums)
	if len(sums) > 0 {
		t.Errorf("wrong: %q", sums)
	}
	// What is closed opens, and then everything can be seen.
	var closed []string
	page.Eval(`(() => { const still = [];
		for (const d of document.querySelectorAll("details")) {
			const inside = d.querySelector(":scope > :not(summary)");
			d.open = false;
			if (inside.checkVisibility({contentVisibilityAuto: true})) still.push("seen though closed: " + d.textContent.slice(0, 40));
			d.querySelector("summary").click();
			if (!d.open || !inside.checkVisibility()) still.push("does not open: " + d.textContent.slice(0, 40));
		}
		return still })()`, &closed)
	if len(closed) > 0 {
		t.Errorf("%q", closed)
	}
}

// accessible looks for landmarks, labels, table headings and the order of headings.
func accessible(t *testing.T, page *browser.Page) {
	t.Helper()
	var wrong []string
	page.Eval(`(() => { const wrong = [];
		for (const s of ["html[lang]", "header h1", "nav[aria-label]", "main#report", "footer", "a.skip[href='#report']", "title"])
			if (document.querySelectorAll(s).length !== 1) wrong.push(s);
		for (const el of document.querySelectorAll("input")) if (!el.labels.length || !el.labels[0].textContent.trim()) wrong.push("no label");
		for (const el of document.querySelectorAll("table")) if (!el.caption?.textContent.trim() || !el.querySelector("thead th[scope=col]") || el.querySelector("tbody tr:not(:has(th[scope=row]))")) wrong.push("no table headings: " + el.className);
		for (const el of document.querySelectorAll("section")) if (!document.getElementById(el.getAttribute("aria-labelledby"))) wrong.push("a section without a name");
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

// looks looks at colours and widths, and writes pictures for people.
func looks(t *testing.T, page *browser.Page, name string) {
	t.Helper()
	page.Eval("openAll(true)", nil)
	for _, dark := range []bool{true, false} {
		page.Look(browser.View{Width: 1200, Height: 900, Dark: dark})
		if page.Dark() != dark {
			t.Errorf("the system is dark: %v, and the page is not so", dark)
		}
		if faint := page.Faint(""); len(faint) > 0 {
			t.Errorf("dark: %v; hard to read: %q", dark, faint)
		}
	}
	for _, width := range []int{360, 800} {
		page.Look(browser.View{Width: width, Height: 800})
		var wide int
		if page.Eval("document.documentElement.scrollWidth", &wide); wide > width {
			var widest []string
			page.Eval(fmt.Sprintf("[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > %d && !e.closest('pre,.scroll,.skip,.vh')).map(e => e.outerHTML.slice(0, 120)).slice(0, 5)", width), &widest)
			t.Errorf("in a window of %d, the page is %d wide: %q", width, wide, widest)
		}
	}
	// On paper, what is closed is to be read too.
	page.Eval("openAll(false)", nil)
	page.Look(browser.View{Width: 800, Height: 1100, Dark: true, Print: true})
	var hidden bool
	page.Eval("[...document.querySelectorAll('details > :not(summary)')].some(e => e.getBoundingClientRect().height === 0)", &hidden)
	if dark := page.Dark(); dark || hidden {
		t.Errorf("printed dark: %v, with hidden parts: %v", dark, hidden)
	}
	if *shots == "" || !slices.Contains([]string{"made", "failed", "hostile"}, name) {
		return
	}
	write := func(file string, data []byte) {
		if err := os.WriteFile(filepath.Join(*shots, file), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(name+".pdf", page.PDF())
	page.Eval("openAll(true)", nil)
	for as, view := range map[string]browser.View{"light": {Width: 1200, Height: 3600}, "dark": {Width: 1200, Height: 3600, Dark: true}, "narrow": {Width: 360, Height: 4000}} {
		page.Look(view)
		write(name+"-"+as+".png", page.Screenshot())
	}
}
