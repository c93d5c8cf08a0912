package lockstep

import (
	"cmp"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npmver"
)

// Policy is how a plan is made.
//
// The zero Policy keeps what people wrote on purpose: exact versions and "~" stay so, ranges
// wider than a caret, patches and what points into the monorepo stay as they are, no version
// goes down, and the resolutions of the root move along.
type Policy struct {
	// LikeCLI does what the official `backstage-cli versions:bump` does: every entry of the four
	// dependency fields whose name begins with "@backstage/", whatever its specifier says and in
	// either direction, becomes "^VERSION", or "backstage:^" where the plugin of yarn is
	// installed and the field is not peerDependencies. Packages that the release does not have,
	// resolutions and catalogs stay as they are. The other options have no effect then.
	LikeCLI bool

	AllowDowngrade bool // to a lower version, where the release has one

	// Other says what is known of a package that the release does not have; false if nothing.
	// It is asked once for each name. nil knows nothing.
	Other func(name string) (Other, bool)

	// Patched says why a patch in the workspace of that folder does not apply to another version of
	// its package; nil if it does. A nil Patched knows of none that does: patched packages stay.
	Patched func(workspace string, patch PatchSpec, version string) error
}

// Other is what is known of a package that the target release does not have.
type Other struct {
	Version string // to come to; "" if none is known
	Why     string // this version, or why none
	Name    string // the package's name from now on, if it moved

	// NotTaken is a newer version than Version, if there is one, and Why says why it is not taken.
	NotTaken string
}

// Outside are the names that Make asks policy.Other about: the dependencies on packages that the
// release does not have, or that have another name now. Sorted.
func Outside(ws *workspace.Workspace, m *manifest.Manifest) []string {
	var names []string
	_, _ = Make(ws, m, Policy{Other: func(name string) (Other, bool) {
		names = append(names, name)
		return Other{}, false
	}})
	slices.Sort(names)
	return names
}

// Make plans how ws comes to the release that m is.
//
// The error is a *diag.Diagnostic: nothing of the monorepo depends on a Backstage package, or a
// package.json cannot be read.
func Make(ws *workspace.Workspace, m *manifest.Manifest, policy Policy) (*Plan, error) {
	for _, d := range ws.Problems {
		if d.Severity == diag.Error && strings.HasSuffix(d.File, ".json") {
			return nil, d
		}
	}
	k := &maker{
		ws: ws, to: m, policy: policy, others: map[string]other{}, answers: map[question]answer{},
		plan: &Plan{Schema: Schema, From: ws.Release.Version, To: m.Release, Rows: []Row{}, Hold: []string{}, Notes: []Note{}},
	}
	if known, ok := manifest.Lookup(k.plan.From); ok {
		k.from = known
	}
	k.yarnPlugin()
	for _, p := range append(slices.Clip(ws.Packages), ws.Root) {
		k.dependencies(p)
	}
	if !k.any {
		d := diag.Errorf("no-backstage-dependency", "no package.json of this monorepo depends on an @backstage package")
		d.Detail = "Looked at the dependency fields of the root and of every workspace."
		d.Manual = "Run the command in the monorepo of a Backstage app, or name it with --repo DIR."
		return nil, d
	}
	if !policy.LikeCLI {
		k.resolutions()
		if err := k.catalogs(); err != nil {
			return nil, err
		}
		k.merge()
	}
	slices.SortStableFunc(k.plan.Rows, Row.compare)
	return k.plan, nil
}

// Ours says whether a package is one that releases have, by its name.
func Ours(name string) bool { return strings.HasPrefix(name, "@backstage/") || name == "@techdocs/cli" }

type maker struct {
	ws     *workspace.Workspace
	from   *manifest.Manifest // of the app's release; nil if not known
	to     *manifest.Manifest
	policy Policy
	plan   *Plan
	plugin bool // "backstage:^" may be written
	any    bool // there is a dependency on a Backstage package
	others map[string]other

	answers map[question]answer
}

type other struct {
	Other
	ok bool
}

func (k *maker) other(name string) (Other, bool) {
	if k.policy.Other == nil {
		return Other{}, false
	}
	o, asked := k.others[name]
	if !asked {
		o.Other, o.ok = k.policy.Other(name)
		k.others[name] = o
	}
	return o.Other, o.ok
}

// dependencies plans the dependency fields of one package.json.
func (k *maker) dependencies(p *workspace.Package) {
	var index *text.Index
	for _, d := range p.Deps {
		row, ok := k.decided(p, d)
		if !ok {
			continue
		}
		row.Workspace, row.File, row.Field = p.Dir, p.File, d.Field
		if index == nil {
			index = text.NewIndex(p.Source)
		}
		pos := index.Pos(d.Span.Start)
		row.Line, row.Column = pos.Line, pos.Column
		k.plan.Rows = append(k.plan.Rows, row)
	}
}

// decided is row for a dependency. Most workspaces depend on the same packages in the same way, so
// it is asked once for each.
func (k *maker) decided(p *workspace.Package, d workspace.Dep) (Row, bool) {
	key := question{d.Name, d.Spec, d.Field == "peerDependencies", ""}
	if strings.HasPrefix(d.Spec, "patch:") {
		key.dir = p.Dir
	}
	a, asked := k.answers[key]
	if !asked {
		a.Row, a.ok = k.row(Row{Workspace: p.Dir, Field: d.Field, Package: d.Name, From: d.Spec})
		k.answers[key] = a
		k.any = k.any || Ours(d.Name) || Ours(npmver.ParseSpecifier(d.Spec).Name())
	}
	return a.Row, a.ok
}

// question is what a row depends on, beside its place.
type question struct {
	name, spec string
	peer       bool
	dir        string // only if it counts: of a patch
}

type answer struct {
	Row
	ok bool
}

// row decides about one specifier; false if there is nothing to say.
func (k *maker) row(r Row) (Row, bool) {
	if k.policy.LikeCLI {
		return k.likeCLI(r)
	}
	spec := npmver.ParseSpecifier(r.From)
	if _, local := k.ws.Package(r.Package); local && spec.Kind() != npmver.Alias {
		return r, false
	}
	switch spec.Kind() {
	case npmver.Workspace, npmver.Local, npmver.Link, npmver.Portal, npmver.Catalog:
		return r, false
	}
	name := r.Package
	if spec.Name() != "" {
		name = spec.Name()
	}
	target, ok := k.to.Version(name)
	if !ok {
		return k.outside(r, name, spec)
	}
	if renamed(name) != "" {
		if moved, ok := k.outside(r, name, spec); ok && moved.Name != "" {
			return moved, true
		}
	}
	return k.within(r, name, spec, target)
}

// within decides about a package of the release.
func (k *maker) within(r Row, name string, spec npmver.Specifier, target string) (Row, bool) {
	r.ToVersion = target
	switch spec.Kind() {
	case npmver.Backstage:
		if k.from != nil {
			r.FromVersion, _ = k.from.Version(name)
		}
		r.Change, r.To = kindOf(r.FromVersion, target), r.From
		return r, r.Change != Same
	case npmver.Exact, npmver.Ranged, npmver.Alias:
		return k.ranged(r, name, spec, target)
	case npmver.Patch:
		return k.patched(r, name, spec, target)
	}
	return r.hold("%q is no range of versions; the release has %s", r.From, target), true
}

func (k *maker) ranged(r Row, name string, spec npmver.Specifier, target string) (Row, bool) {
	rng, ok := spec.Range()
	low, some := rng.MinVersion()
	if !ok || !some {
		return r.hold("%q is a range that cannot be read; the release has %s", r.From, target), true
	}
	want, err := npmver.ParseVersion(target)
	if err != nil {
		return r, false
	}
	short := shortRange.MatchString(r.From)
	if spec.Style() == npmver.OtherStyle && !short {
		admits := "admits"
		if !rng.Satisfies(want) {
			admits = "does not admit"
		}
		if rng.Any() {
			return r.hold("%q admits every version, so also %s of the release", r.From, target), true
		}
		r.FromVersion = low.String()
		return r.hold("a range of this form stays as it is; it %s %s of the release", admits, target), true
	}
	r.FromVersion = low.String()
	if low.Compare(want) > 0 && !k.policy.AllowDowngrade {
		return r.hold("newer than %s of the release", target), true
	}
	if to, ok := spec.WithVersion(target); ok {
		r.To = to.String()
	} else if r.To = r.From[:1] + target; !short {
		return r.hold("a specifier of this form stays as it is; the release has %s", target), true
	}
	if k.plugin && spec.Kind() == npmver.Ranged && r.To[0] == '^' && r.Field != "peerDependencies" && isField(r.Field) && Ours(name) {
		r.To = "backstage:^"
	}
	if r.To == r.From {
		return r, false
	}
	r.Change = kindOf(r.FromVersion, target)
	if p, _ := k.to.Package(name); p.Uncertain != "" {
		r.Why = "The version may be another one: " + p.Uncertain + "."
	}
	return r, true
}

// shortRange is a caret or tilde range of a version that is not written out.
var shortRange = regexp.MustCompile(`^[~^]\d+(\.\d+)?$`)

// outside decides about a package that the release does not have.
func (k *maker) outside(r Row, name string, spec npmver.Specifier) (Row, bool) {
	if rng, ok := spec.Range(); ok {
		if low, ok := rng.MinVersion(); ok && !rng.Any() {
			r.FromVersion = low.String()
		}
	} else if spec.Kind() == npmver.Backstage && k.from != nil {
		r.FromVersion, _ = k.from.Version(name)
	}
	o, known := k.other(name)
	if o.Name == "" && Ours(name) {
		o.Name, _ = KnownMove(name)
	}
	if o.Name != "" && o.Name != name {
		return k.moved(r, spec, o), true
	}
	if Ours(name) {
		return k.gone(r, name, spec, o)
	}
	if !known {
		return r, false
	}
	return k.third(r, spec, o)
}

// third decides about a package of somebody else.
func (k *maker) third(r Row, spec npmver.Specifier, o Other) (Row, bool) {
	if o.Version == "" {
		r.ToVersion = o.NotTaken
		return r.hold("%s", o.Why), o.Why != ""
	}
	if k := spec.Kind(); k != npmver.Exact && k != npmver.Ranged && k != npmver.Alias || spec.Style() == npmver.OtherStyle {
		r.ToVersion = o.Version
		return r.hold("a specifier of this form stays as it is; %s fits the release", o.Version), true
	}
	r.ToVersion = o.Version
	if less(o.Version, r.FromVersion) {
		if !k.policy.AllowDowngrade {
			return r.hold("newer than what fits the release: %s", lower(o.Why)), true
		}
	}
	to, ok := spec.WithVersion(o.Version)
	if !ok || to.String() == r.From {
		if o.NotTaken != "" && o.Why != "" && less(r.FromVersion, o.NotTaken) {
			r.ToVersion = o.NotTaken
			return r.hold("%s", o.Why), true
		}
		return r, false
	}
	r.To, r.Why = to.String(), o.Why
	r.Change = kindOf(r.FromVersion, o.Version)
	return r, true
}

// gone decides about a package of Backstage that the release does not have.
func (k *maker) gone(r Row, name string, spec npmver.Specifier, o Other) (Row, bool) {
	release, version, ever := lastWith(name, k.to.Release, k.from)
	if !ever {
		if o.Version != "" {
			return k.third(r, spec, o)
		}
		return r.hold("no Backstage release known here has this package"), true
	}
	r.Change, r.ToVersion = Removed, ""
	r.Why = "Backstage " + k.to.Release + " does not have it; the last release with it is " + release + ", at " + version + "."
	if why := cmp.Or(replaced(name), o.Why); why != "" {
		r.Why += " " + sentence(why)
	}
	if spec.Kind() == npmver.Backstage {
		r.To, r.ToVersion = "^"+version, version
		r.Why += " \"backstage:^\" would find no version of it."
	}
	return r, true
}

// likeCLI decides as the official CLI does.
func (k *maker) likeCLI(r Row) (Row, bool) {
	if !strings.HasPrefix(r.Package, "@backstage/") {
		return r, false
	}
	target, ok := k.to.Version(r.Package)
	if !ok {
		return r, false
	}
	r.ToVersion, r.To = target, "^"+target
	if k.plugin && r.Field != "peerDependencies" {
		r.To = "backstage:^"
	}
	spec := npmver.ParseSpecifier(r.From)
	if rng, ok := spec.Range(); ok {
		if low, ok := rng.MinVersion(); ok {
			r.FromVersion = low.String()
		}
	} else if spec.Kind() == npmver.Backstage && k.from != nil {
		r.FromVersion, _ = k.from.Version(r.Package)
	}
	if r.Change = kindOf(r.FromVersion, target); r.To == r.From && r.Change == Same {
		return r, false
	}
	return r, true
}

// isField says whether a field is one of package.json's dependency fields.
func isField(name string) bool { return slices.Contains(workspace.DependencyFields[:], name) }

func fieldRank(field string) int {
	if i := slices.Index(workspace.DependencyFields[:], field); i >= 0 {
		return i
	}
	return len(workspace.DependencyFields)
}

// yarnPlugin finds the Backstage plugin of yarn, and says whether "backstage:^" may be written.
func (k *maker) yarnPlugin() {
	const yarnrc = ".yarnrc.yml"
	k.plugin = k.ws.YarnPlugin
	src, err := fs.ReadFile(k.ws.FS, yarnrc)
	if err != nil {
		k.plugin = k.plugin && !k.policy.LikeCLI
		return
	}
	doc, err := yamledit.Parse(yarnrc, src)
	if err != nil {
		k.plugin = k.plugin && !k.policy.LikeCLI
		return
	}
	found := false
	for e := range doc.Root().Get("plugins").Elements() {
		file := e.Get("path").String()
		if path.Base(file) != "plugin-backstage.cjs" {
			continue
		}
		found = found || file == ".yarn/plugins/@yarnpkg/plugin-backstage.cjs"
		from := ""
		if spec := e.Get("spec"); spec.Kind() == yamledit.String {
			from = spec.String()
		}
		if to := addressFor(from, k.to.Release); to != from {
			k.plan.Plugin = &YarnPlugin{File: path.Clean(file), From: from, To: to}
		}
	}
	if k.policy.LikeCLI {
		k.plugin = found
	}
}

// addressFor is where the plugin for a release is, given where another release's was: the
// official address, or the same place of a mirror. "" if the address does not name a release.
func addressFor(from, release string) string {
	const mark = "/v1/releases/"
	base, rest, ok := strings.Cut(from, mark)
	if ok && strings.HasSuffix(rest, "/yarn-plugin") {
		return base + mark + release + "/yarn-plugin"
	}
	return from
}

// jsonField are the string members of an object in package.json.
func jsonField(doc *jsonedit.Doc, path ...string) []jsonedit.Member {
	v, _ := doc.Lookup(path...)
	var all []jsonedit.Member
	for m := range v.Members() {
		if m.Value.Kind() == jsonedit.String {
			all = append(all, m)
		}
	}
	return all
}
