package template

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// variation is a piece of wiring that the template added (was is nil), took out (now is nil) or
// changed. The facts' packages are those of the template.
type variation struct{ was, now *wiring.Fact }

func (v variation) fact() *wiring.Fact {
	if v.now != nil {
		return v.now
	}
	return v.was
}

// verb is what the template did.
func (v variation) verb() string {
	switch {
	case v.was == nil:
		return "added"
	case v.now == nil:
		return "removed"
	}
	return "changed"
}

// subject is what a piece is about: two versions of it, here or there in an app, have it in
// common. Its package is left out.
func subject(f wiring.Fact) string {
	name, in := strings.Trim(f.Name, "/"), ""
	switch f.Kind {
	case wiring.BackendFeature, wiring.Feature:
		if stem, own := strings.CutPrefix(name, f.Package+"/"); own {
			file, id, named := strings.Cut(stem, "#")
			name = "#" + id
			if !named {
				name = strings.TrimSuffix(strings.TrimSuffix(file, path.Ext(file)), "/index")
				name = "./" + path.Base(name)
			}
		} else {
			name = recipe.PackageOf(name)
		}
	case wiring.TechDocsAddon, wiring.FieldExtension, wiring.SearchItem, wiring.HomeWidget, wiring.Extension:
		in = f.In
	}
	return string(f.Kind) + " " + name + " " + in
}

// weak is a piece's subject and what it is made of, whatever modules that comes from.
func weak(f wiring.Fact) string {
	var b strings.Builder
	b.WriteString(subject(f))
	for _, r := range f.Refs {
		b.WriteString(" " + r.Export)
	}
	return b.String()
}

// form is a piece's subject and what exactly it is made of.
func form(f wiring.Fact) string {
	s := subject(f)
	if f.Kind == wiring.BackendFeature && !strings.HasPrefix(f.Name, f.Package+"/") {
		s += " " + f.Name
	}
	return fmt.Sprint(s, f.Refs, f.Conditional)
}

// source says whether a fact is one of source code: those of JSON and YAML are merged by key.
func source(f wiring.Fact) bool { return isSource(f.File) }

// facts are the pieces of a package in sources.
func (s *side) facts(folder string) []wiring.Fact {
	var out []wiring.Fact
	for _, f := range s.seen.Facts {
		if f.Package == folder && source(f) {
			out = append(out, f)
		}
	}
	return out
}

// broken is why a package could not be run in full; "" if it could.
func (s *side) broken(folder string) string {
	for _, d := range s.seen.Degraded {
		if d.Code == "degraded" && d.Detail != "" && (d.File == folder || strings.HasPrefix(d.File, folder+"/")) {
			return reasonOfDegraded(d)
		}
	}
	return ""
}

func reasonOfDegraded(d *diag.Diagnostic) string {
	at := d.File
	if d.Pos.Line > 0 {
		at = fmt.Sprintf("%s:%s", d.File, d.Pos)
	}
	why := strings.TrimSuffix(strings.TrimPrefix(d.Detail, "The reason: "), ".")
	if why == "" {
		why = d.Summary
	}
	return at + ": " + why
}

// missing are the reports of files that are imported and not there.
func (s *side) missing(folder string) map[string]*diag.Diagnostic {
	out := map[string]*diag.Diagnostic{}
	for _, d := range s.seen.Degraded {
		if d.Code == "degraded" && d.Detail == "" && strings.HasPrefix(d.File, folder+"/") {
			out[d.File+" "+d.Summary] = d
		}
	}
	return out
}

// variations are what the template changed in a package. What it removed and added under one
// subject is a change.
func variations(base, theirs []wiring.Fact) []variation {
	d := wiring.Compare(&wiring.Observation{Facts: base}, &wiring.Observation{Facts: theirs})
	removed := d.Removed
	var out []variation
	for i := range d.Added {
		now := &d.Added[i]
		at := slices.IndexFunc(removed, func(f wiring.Fact) bool { return subject(f) == subject(*now) && slices.Equal(f.Pages, now.Pages) })
		if at < 0 {
			at = slices.IndexFunc(removed, func(f wiring.Fact) bool {
				return subject(f) == subject(*now) && (len(f.Pages) == 0 || common(f.Pages, now.Pages))
			})
		}
		v := variation{now: now}
		if at >= 0 {
			was := removed[at]
			removed = slices.Delete(slices.Clone(removed), at, at+1)
			if v.was = &was; form(was) == form(*now) {
				v.was = nil // on other pages, or in another place
			}
		}
		out = append(out, v)
	}
	for i := range removed {
		out = append(out, variation{was: &removed[i]})
	}
	return out
}

func common(a, b []string) bool {
	return slices.ContainsFunc(a, func(p string) bool { return slices.Contains(b, p) })
}

// problem is what is wrong with the wiring of a merged app.
type problem struct {
	why  string
	file string // of the app, where what is wrong is or was
	line int
}

// tally counts pieces by what key says of them, on each page.
func tally(facts []wiring.Fact, key func(wiring.Fact) string) map[string]int {
	out := map[string]int{}
	for _, f := range facts {
		for _, p := range pagesOf(f) {
			out[key(f)+"\x00"+p]++
		}
	}
	return out
}

func pagesOf(f wiring.Fact) []string {
	if len(f.Pages) == 0 {
		return []string{""}
	}
	return f.Pages
}

// bounds are how often a piece may be in the merged app that the template has base times before
// and theirs times now, and the app had ours times: what the template added is added, unless
// the app has it of its own; what it took out is taken out or left.
func bounds(base, ours, theirs int) (low, high int) {
	low, high = ours, ours
	switch {
	case theirs < base:
		low = max(0, ours-(base-theirs))
	case theirs > base && ours <= base:
		high = ours + theirs - base
	case theirs > base:
		high = max(ours, theirs)
	}
	return low, high
}

// compare finds what is wrong with the wiring of a merged package: a piece that the app had and
// the template did not take out is gone, or one is there that neither has, or more often.
func compare(base, ours, theirs, merged []wiring.Fact) *problem {
	levels := [...]func(wiring.Fact) string{form, weak, subject}
	var counts [3][4]map[string]int
	for i, key := range levels {
		for j, facts := range [...][]wiring.Fact{base, ours, theirs, merged} {
			counts[i][j] = tally(facts, key)
		}
	}
	// off is how far a piece's count is from what it may be, at a level.
	off := func(level int, f wiring.Fact, page string) int {
		key := levels[level](f) + "\x00" + page
		c := counts[level]
		low, high := bounds(c[0][key], c[1][key], c[2][key])
		switch n := c[3][key]; {
		case n < low:
			return n - low
		case n > high:
			return n - high
		}
		return 0
	}
	for _, f := range ours {
		for _, p := range pagesOf(f) {
			if off(0, f, p) < 0 && off(1, f, p) < 0 {
				return &problem{"the merge would lose " + f.String(), f.File, f.Pos.Line}
			}
		}
	}
	for _, f := range slices.Backward(merged) {
		for _, p := range pagesOf(f) {
			switch {
			case off(0, f, p) > 0 && off(1, f, p) > 0:
				return &problem{"the merge would have too much of " + f.String(), f.File, f.Pos.Line}
			case off(2, f, p) > 0:
				return &problem{"the merge would have twice " + f.String(), f.File, f.Pos.Line}
			}
		}
	}
	return nil
}

// check finds what is wrong with the wiring of the merged app.
func (w *wires) check(merged *side) *problem {
	for _, folder := range w.folders {
		mine := w.mine[folder]
		if why := merged.broken(mine); why != "" {
			file, _, _ := strings.Cut(why, ":")
			return &problem{"the merged app could not be run any more: " + why, file, 0}
		}
		had := w.ours.missing(mine)
		for key, d := range merged.missing(mine) {
			if had[key] == nil {
				return &problem{d.Summary, d.File, d.Pos.Line}
			}
		}
		if p := compare(w.base.facts(folder), w.ours.facts(mine), w.theirs.facts(folder), merged.facts(mine)); p != nil {
			return p
		}
	}
	return nil
}

// revert takes back the merge of the file that a problem is in, or of the files of its package
// that were not the template's as they stood, or of all. It reports whether there was one.
func (w *wires) revert(p *problem) (bool, error) {
	in := func(f *File) bool {
		return isSource(f.Path) && !w.reverted[f.Path] && (f.Status == Merged || f.Status == Deleted)
	}
	folder := packageOf(p.file)
	for _, pick := range [...]func(*File) bool{
		func(f *File) bool { return f.Path == p.file },
		func(f *File) bool { return packageOf(f.Path) == folder && f.Status == Merged && f.How != "whole" },
		func(f *File) bool { return packageOf(f.Path) == folder },
		func(f *File) bool { return strings.HasPrefix(f.Path, "packages/") },
	} {
		found := false
		for i := range w.m.result.Files {
			f := &w.m.result.Files[i]
			if !in(f) || !pick(f) {
				continue
			}
			found = true
			w.reverted[f.Path] = true
			if err := w.m.over.Write(f.Path, f.Ours); err != nil {
				return false, err
			}
			ours := Lines{1, len(strings.SplitAfter(string(f.Ours), "\n"))}
			if f.Path == p.file && p.line > 0 {
				ours = Lines{p.line, p.line}
			}
			whole := func(src []byte) Lines { return Lines{1, len(strings.SplitAfter(string(src), "\n"))} }
			f.Status, f.Why, f.unsound = Conflict, "", true
			f.Conflicts = []Clash{{Why: p.why, Base: whole(f.Base), Ours: ours, Theirs: whole(f.Theirs)}}
		}
		if found {
			return true, nil
		}
	}
	return false, nil
}
