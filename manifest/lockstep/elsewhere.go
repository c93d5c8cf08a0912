package lockstep

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
	"github.com/batten-dev/batten/registry/npmver"
)

// overridePaths are where the root's package.json says which version a package has for all that
// ask for it: yarn's, npm's and pnpm's way.
var overridePaths = [...][]string{{"resolutions"}, {"overrides"}, {"pnpm", "overrides"}}

// resolutions plans what the root's package.json overrides.
func (k *maker) resolutions() {
	root := k.ws.Root
	index := text.NewIndex(root.Source)
	for _, at := range overridePaths {
		for _, m := range jsonField(root.Doc, at...) {
			name, rng := overridden(m.Name)
			r := Row{Workspace: root.Dir, File: root.File, Field: strings.Join(at, "."), Package: name, From: m.Value.String()}
			if name != m.Name {
				r.Key = m.Name
			}
			r, ok := k.override(r, rng)
			if !ok {
				continue
			}
			pos := index.Pos(m.Value.Span().Start)
			r.Line, r.Column = pos.Line, pos.Column
			k.plan.Rows = append(k.plan.Rows, r)
		}
	}
}

// overridden is the package that a key of resolutions is about, and the range of it, if it is
// about one alone: "a/**/b", "b@npm:^1.0.0", "a@1/b".
func overridden(key string) (name, rng string) {
	if m := pnpmParent.FindStringIndex(key); m != nil {
		key = key[m[1]-1:]
	}
	m := overrideKey.FindStringSubmatch(key)
	if m == nil {
		return key, ""
	}
	return m[1], strings.TrimPrefix(m[2], "npm:")
}

var (
	pnpmParent  = regexp.MustCompile(`^.*>[@a-z]`)                                                            // "parent>name"
	overrideKey = regexp.MustCompile(`^(?:(?:@[^/]+/)?[^/]+/)*?((?:@[^/@]+/)?[^/@]+)(?:@([^/]*|patch:.*))?$`) // "parent/**/name@range"
)

// override decides about one entry. An entry for a single range is of no more use once nothing
// asks for the range.
func (k *maker) override(r Row, rng string) (Row, bool) {
	spec := npmver.ParseSpecifier(r.From)
	if rng != "" {
		if _, ours := k.to.Version(r.Package); !ours || !k.changes(r.Package, rng) {
			return r, false
		}
		return r.hold("nothing asks for %s %s after the upgrade, so this has no more effect", r.Package, rng), true
	}
	if target, ok := k.to.Version(r.Package); ok && spec.Kind() == npmver.Patch {
		return k.patched(r, r.Package, spec, target)
	}
	if _, ours := k.to.Version(r.Package); !ours && !Ours(r.Package) {
		return r, false
	}
	return k.row(r)
}

// changes says whether the plan so far changes a package's dependency from this range.
func (k *maker) changes(name, rng string) bool {
	for _, r := range k.plan.Rows {
		if r.Package == name && r.From == rng && r.edits() {
			return true
		}
	}
	return false
}

// patched decides about a package that the monorepo patches. A patch is made for one version.
func (k *maker) patched(r Row, name string, spec npmver.Specifier, target string) (Row, bool) {
	r.ToVersion = target
	if rng, ok := spec.Range(); ok {
		if low, ok := rng.MinVersion(); ok {
			r.FromVersion = low.String()
		}
	}
	if r.FromVersion == target {
		return r, false
	}
	anew := fmt.Sprintf("make the patch anew for %s with `yarn patch %s@npm:%s`", target, name, target)
	p, ok := ParsePatch(r.From)
	if !ok || k.policy.Patched == nil || less(target, r.FromVersion) && !k.policy.AllowDowngrade {
		return r.hold("patched at %s; %s", r.FromVersion, anew), true
	}
	if err := k.policy.Patched(r.Workspace, p, target); err != nil {
		return r.hold("the patch is for %s, and does not apply to %s: %v; %s", r.FromVersion, target, err, anew), true
	}
	r.To, r.Change, r.Why = p.withVersion(r.From, target), kindOf(r.FromVersion, target), "The patch applies to it."
	return r, true
}

// catalogs plans the catalogs of yarn and pnpm.
func (k *maker) catalogs() error {
	for _, file := range [...]string{".yarnrc.yml", "pnpm-workspace.yaml"} {
		src, err := fs.ReadFile(k.ws.FS, file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		doc, err := yamledit.Parse(file, src)
		if err != nil {
			if strings.Contains(string(src), "catalog") {
				return err
			}
			continue
		}
		index := text.NewIndex(src)
		k.catalog(doc, index, "catalog")
		for m := range doc.Root().Get("catalogs").Members() {
			k.catalog(doc, index, "catalogs", m.Name)
		}
	}
	return nil
}

func (k *maker) catalog(doc *yamledit.Doc, index *text.Index, at ...string) {
	v, _ := doc.Lookup(at...)
	for m := range v.Members() {
		if m.Value.Kind() != yamledit.String {
			continue
		}
		r, ok := k.row(Row{Workspace: ".", File: doc.File(), Field: strings.Join(at, "."), Package: m.Name, From: m.Value.String()})
		if !ok {
			continue
		}
		pos := index.Pos(m.Value.Span().Start)
		r.Line, r.Column = pos.Line, pos.Column
		k.plan.Rows = append(k.plan.Rows, r)
	}
}

// outdated refuses to apply a row to a file that is no longer what the plan was made for.
func outdated(r Row, now string) *diag.Diagnostic {
	d := diag.Errorf("plan-outdated", "%s in %s is no longer %q, as it was when the plan was made", r.key(), r.Field, r.From)
	if now != "" {
		d.Summary += ", but " + now
	}
	d.File = r.File
	d.Manual = "Make the plan again."
	return d
}
