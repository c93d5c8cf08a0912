package lockstep

import (
	_ "embed" // the documentation of the rules
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npmver"
)

//go:embed docs/BP001.md
var docBP001 string

//go:embed docs/BP003.md
var docBP003 string

// Rules are the rules of package check that need the manifest of the release that a repository
// is at. lookup gives a manifest without asking anybody; without one for the release, the rules
// find nothing.
func Rules(lookup func(release string) (*manifest.Manifest, bool)) []check.Rule {
	return []check.Rule{
		{Code: "BP001", Name: "off-lockstep", Family: check.Packages, Severity: diag.Warning, Title: "A package that is not of the repository's Backstage release", Doc: docBP001, Check: func(r *check.Repo) []check.Finding { return offLockstep(r, lookup) }},
		{Code: "BP003", Name: "moved-package", Family: check.Packages, Severity: diag.Warning, Title: "A package that has another name now", Doc: docBP003, Check: func(r *check.Repo) []check.Finding { return movedPackages(r, lookup) }},
	}
}

// dependency is one that a release may have something to say about.
type dependency struct {
	p *workspace.Package
	d workspace.Dep
}

// asked are the dependencies on packages from outside of the repository, but for peers.
func asked(ws *workspace.Workspace) []dependency {
	var out []dependency
	for _, p := range append(slices.Clip(ws.Packages), ws.Root) {
		for _, d := range p.Deps {
			if _, local := ws.Package(d.Name); !local && d.Field != "peerDependencies" {
				out = append(out, dependency{p, d})
			}
		}
	}
	return out
}

// offLockstep finds dependencies on packages of the release whose range does not admit the
// release's version. One package.json that is off as a whole is one finding.
func offLockstep(r *check.Repo, lookup func(string) (*manifest.Manifest, bool)) []check.Finding {
	ws := r.Workspace
	if ws.Release.Source != workspace.ReleaseFile {
		return nil // a release that is inferred from the versions says nothing about them
	}
	m, ok := lookup(ws.Release.Version)
	if !ok {
		return nil
	}
	type off struct {
		dependency
		version string
		ahead   bool
	}
	byFile := map[string][]off{}
	fits := map[string]int{}
	var files []string
	for _, x := range asked(ws) {
		p, known := m.Package(x.d.Name)
		if !known || p.Uncertain != "" {
			continue
		}
		spec := npmver.ParseSpecifier(x.d.Spec)
		rng, ok := spec.Range()
		want, err := npmver.ParseVersion(p.Version)
		if !ok || err != nil || spec.Kind() == npmver.Patch || spec.Kind() == npmver.Alias {
			continue
		}
		if rng.Satisfies(want) {
			fits[x.p.File]++
			continue
		}
		low, some := rng.MinVersion()
		if !some {
			continue
		}
		if len(byFile[x.p.File]) == 0 {
			files = append(files, x.p.File)
		}
		byFile[x.p.File] = append(byFile[x.p.File], off{x, p.Version, low.Compare(want) > 0})
	}
	var out []check.Finding
	release := ws.Release.Version
	for _, file := range files {
		list := byFile[file]
		const few = 4
		if len(list) > few {
			behind := 0
			for _, o := range list {
				if !o.ahead {
					behind++
				}
			}
			var how []string
			if behind > 0 {
				how = append(how, fmt.Sprintf("%d are behind", behind))
			}
			if n := len(list) - behind; n > 0 {
				how = append(how, fmt.Sprintf("%d are ahead", n))
			}
			f := r.At(file, list[0].d.Span, "many", fmt.Sprintf("%d of %d packages of Backstage are not those of release %s: %s", len(list), len(list)+fits[file], release, strings.Join(how, ", ")))
			f.Detail = "Packages of one release are made and tested together."
			f.Manual = fmt.Sprintf("Run `batten upgrade --to %s`, or a newer release; or correct backstage.json, if it does not say where the repository is.", release)
			for _, o := range list[1:few] {
				f.Related = append(f.Related, check.Place{File: file, Span: o.d.Span, Pos: o.p.Doc.Pos(o.d.Span.Start), What: o.d.Name + " " + o.d.Spec + ", and not " + o.version})
			}
			out = append(out, f)
			continue
		}
		for _, o := range list {
			how := "behind"
			if o.ahead {
				how = "ahead of"
			}
			f := r.At(file, o.d.Span, o.d.Name, fmt.Sprintf("%s %s is %s Backstage %s, which has %s", o.d.Name, o.d.Spec, how, release, o.version))
			f.Manual = fmt.Sprintf("Ask for %s; `batten upgrade --to %s` does it everywhere.", o.version, release)
			if to, ok := npmver.ParseSpecifier(o.d.Spec).WithVersion(o.version); ok {
				if edits, err := o.p.Doc.ReplaceString(o.d.Span, to.String()); err == nil && len(edits) > 0 {
					// A lower version may lack what the code uses, and a breaking one what it uses so.
					safe := !o.ahead && npmver.Satisfies(o.version, "^"+lowOf(o.d.Spec))
					f.Fixes = []check.Fix{{Title: fmt.Sprintf("Ask for %s %s", o.d.Name, to), Safe: safe, Edits: map[string][]text.Edit{file: edits}}}
				}
			}
			if o.ahead && kindOf(o.version, lowOf(o.d.Spec)) == Patch {
				f = f.AsNote() // a caret would let it in
			}
			out = append(out, f)
		}
	}
	return out
}

// lowOf is the lowest version that a specifier admits.
func lowOf(spec string) string {
	rng, _ := npmver.ParseSpecifier(spec).Range()
	low, _ := rng.MinVersion()
	return low.String()
}

// movedPackages finds packages of Backstage that the release has no more because they went to
// the community's repository.
func movedPackages(r *check.Repo, lookup func(string) (*manifest.Manifest, bool)) []check.Finding {
	m, ok := lookup(r.Workspace.Release.Version)
	if !ok {
		return nil
	}
	var out []check.Finding
	for _, x := range asked(r.Workspace) {
		to, moved := KnownMove(x.d.Name)
		if _, still := m.Version(x.d.Name); !moved || still || less(m.Release, "1.27.0") {
			continue
		}
		f := r.At(x.p.File, x.d.Span, x.d.Name, fmt.Sprintf("%s is %s now, and gets no new versions", x.d.Name, to))
		f.Manual = "`batten upgrade` renames it, in the sources too; or depend on " + to + " and change the imports."
		out = append(out, f)
	}
	return out
}
