//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/batten-dev/batten/fixtures/browser"
)

// expected are the errors that the wiring is not to blame for.
var expected = []struct {
	reason string
	text   *regexp.Regexp
}{
	{"there is no SonarQube", regexp.MustCompile(`status of (4|5)\d\d .*/api/sonarqube/`)},
	{"there is no Jenkins", regexp.MustCompile(`status of (4|5)\d\d .*/api/jenkins/`)},
	{"there is no Argo CD", regexp.MustCompile(`status of (4|5)\d\d .*/api/argocd/`)},
	{"a page was left while it connected", regexp.MustCompile(`^WebSocket connection to .*/api/signals' failed: WebSocket is closed before`)},
	{"nobody can sign in to GitHub", regexp.MustCompile(`status of 40[14] .*/api/auth/github/refresh`)},
}

// walk goes through the app as a guest and sees that all that was added is there.
func (b *backend) walk() string { b.t.Helper(); return b.look(true) }

// walkGone sees that none of it is there.
func (b *backend) walkGone() string { b.t.Helper(); return b.look(false) }

// look goes through the app, in a new browser, as somebody who comes for the first time.
func (b *backend) look(added bool) string {
	b.t.Helper()
	dir := filepath.Join(b.shots, b.name, map[bool]string{true: "added", false: "removed"}[added])
	b.check(os.RemoveAll(dir))
	b.check(os.MkdirAll(dir, 0o755))
	w := &walker{backend: b, page: browser.Start(b.t).Open("about:blank")}
	w.page.Look(browser.View{Width: 1300, Height: 1500})
	seen, missed, n := 0, 0, 0
	for _, s := range b.sights {
		must, mustNot := slices.Concat(s.always, s.added), slices.Concat(s.gone, s.never)
		if !added {
			must, mustNot = slices.Concat(s.always, s.gone), slices.Concat(s.added, s.never)
		}
		if len(must) == 0 {
			continue // there is no way to it
		}
		if s.click != "" {
			w.click(s.click)
		} else {
			w.page.Go(b.base + s.at)
		}
		for _, m := range must {
			if w.comes(m) {
				seen++
				continue
			}
			missed++
			b.t.Errorf("%s: %s: no %s with the text %q on %s", s.name, w.path(), m.selector, m.text, s.at)
		}
		w.rest()
		for _, m := range mustNot {
			if w.sees(m) {
				missed++
				b.t.Errorf("%s: %s: a %s with the text %q", s.name, w.path(), m.selector, m.text)
			}
		}
		if path := w.path(); path != s.at {
			missed++
			b.t.Errorf("%s: the address is %s, not %s", s.name, path, s.at)
		}
		n++
		shot := filepath.Join(dir, fmt.Sprintf("%02d-%s.png", n, s.name))
		b.check(os.WriteFile(shot, w.page.Screenshot(), 0o644))
	}
	b.t.Logf("screenshots: %s", dir)
	tolerated, wrong := w.errors()
	for _, e := range wrong {
		b.t.Errorf("the console: %s", e)
	}
	if missed+len(wrong) > 0 {
		return failed
	}
	note := fmt.Sprintf("%d pages, %d marks; no console error", n, seen)
	if len(tolerated) > 0 {
		note += " but for: " + strings.Join(tolerated, ", ")
	}
	return note
}

// crashed is an error of an app that is put together wrongly; others come from services that
// are not there.
var crashed = regexp.MustCompile(`Missing required config|No implementation available|is not a function|is not defined|Cannot read prop`)

// glance sees that the app and an entity's page are drawn, as a guest, and that no part of
// them fell apart.
func (b *backend) glance() string {
	b.t.Helper()
	dir := folder(b.t, filepath.Join(b.shots, filepath.FromSlash(b.name)))
	w := &walker{backend: b, page: browser.Start(b.t).Open(b.base)}
	w.page.Look(browser.View{Width: 1300, Height: 3000})
	var missed []string
	see := func(name string, marks ...mark) {
		for _, m := range marks {
			if !w.comes(m) {
				missed = append(missed, fmt.Sprintf("%s: no %s with the text %q", name, m.selector, m.text))
			}
		}
		w.rest()
		b.check(os.WriteFile(filepath.Join(dir, name+".png"), w.page.Screenshot(), 0o644))
	}
	see("sign-in", mark{"button", "Enter"})
	w.click("button")
	see("home", mark{"a", "batch-service"})
	w.page.Go(b.base + ofBatch)
	see("entity", mark{"h1, h2", "batch-service"}, mark{"*", "About"})
	b.t.Logf("screenshots: %s", dir)
	for _, e := range w.page.Errors() {
		fmt.Fprintf(b.log, "\n== the console: %s\n", e)
		if crashed.MatchString(e) {
			missed = append(missed, "the console: "+e)
		}
	}
	for _, m := range missed {
		b.t.Error(m)
	}
	if len(missed) > 0 {
		return failed
	}
	return "home and entity drawn"
}

// walker goes through the app in a tab of a browser.
type walker struct {
	*backend
	page *browser.Page
}

func (m mark) expression() string {
	selector, _ := json.Marshal(m.selector)
	text, _ := json.Marshal(m.text)
	return fmt.Sprintf("[...document.querySelectorAll(%s)].some(e => e.textContent.trim() === %s)", selector, text)
}

// sees tells whether a mark is there now, comes whether it is there within a while.
func (w *walker) sees(m mark) (yes bool) { w.page.Eval(m.expression(), &yes); return yes }

func (w *walker) comes(m mark) bool {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if w.sees(m) {
			return true
		}
	}
	return false
}

// rest waits until the page asks for nothing more, for a while.
func (w *walker) rest() {
	asked := -1
	for range 10 {
		now := len(w.page.Requests())
		if now == asked {
			return
		}
		asked = now
		time.Sleep(700 * time.Millisecond)
	}
}

func (w *walker) path() (path string) { w.page.Eval("location.pathname", &path); return path }

func (w *walker) click(selector string) {
	quoted, _ := json.Marshal(selector)
	w.page.Eval(fmt.Sprintf("document.querySelector(%s)?.click()", quoted), nil)
}

// errors are the reasons of those that are expected, and the others.
func (w *walker) errors() (reasons, wrong []string) {
next:
	for _, e := range w.page.Errors() {
		for _, x := range expected {
			if x.text.MatchString(e) {
				if !slices.Contains(reasons, x.reason) {
					reasons = append(reasons, x.reason)
				}
				continue next
			}
		}
		wrong = append(wrong, e)
	}
	return reasons, wrong
}
