package derive

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/registry/recipe"
)

// Derived is a recipe and what it was read from.
type Derived struct {
	Recipe recipe.Recipe `json:"recipe"`
	// Packages are the plugin's packages.
	Packages []PackageInfo `json:"packages"`
	// Extensions are all that the plugin has for frontends, wired or not, in the order of
	// packages and of their declarations.
	Extensions []Extension `json:"extensions"`
	// Support says for each system but the old backend whether the plugin supports it.
	Support []Support `json:"support"`
	// Choices are those that the recipe leaves, with what it takes.
	Choices []Choice `json:"choices,omitempty"`
	// Config are the keys that the plugin's packages read, by their schemas and their code.
	Config []ConfigKey `json:"config,omitempty"`
	// Schema is what the packages' schemas say together.
	Schema *schema.Schema `json:"-"`
	// Signals are what the code needs of the app, beyond the recipe's Needs.
	Signals []Signal `json:"signals,omitempty"`
	// Evidence says where things of the recipe were read that have no place for it: annotations.
	Evidence []Evidence `json:"evidence,omitempty"`
	// Notes say what could not be read or found, one sentence each.
	Notes []string `json:"notes,omitempty"`
}

// Evidence is where something was read.
type Evidence struct {
	What string `json:"what"` // "annotation jenkins.io/job-full-name"
	From string `json:"from"` // package, file and construct
}

// PackageInfo describes a package of the plugin.
type PackageInfo struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	Role       Role   `json:"role"`
	Why        string `json:"why"` // why it belongs to the plugin
	License    string `json:"license,omitempty"`
	Homepage   string `json:"homepage,omitempty"`
	Deprecated string `json:"deprecated,omitempty"` // by the registry
	Moved      string `json:"moved,omitempty"`      // backstage.moved
	PluginID   string `json:"pluginId,omitempty"`
}

// Extension is something that a plugin shows.
type Extension struct {
	Module  string `json:"module,omitempty"` // of an extension of the old system: what to import it from
	Export  string `json:"export,omitempty"` // and as what
	ID      string `json:"id,omitempty"`     // the extension of the new system that shows the same, or that has no equal: "entity-card:jenkins/latest-run"
	Creator string `json:"creator"`          // "createRoutableExtension", "PageBlueprint"
	// Kind is the kind of step that hangs it in frontends of the old system; "" if it is not
	// known.
	Kind recipe.Kind `json:"kind,omitempty"`
	// Wired says that the recipe's steps have it; LeftOut, why not: one sentence.
	Wired   bool   `json:"wired"`
	LeftOut string `json:"leftOut,omitempty"`
	// Disabled says that it is off in the new system until it is listed in app.extensions.
	Disabled bool   `json:"disabled,omitempty"`
	From     string `json:"from"`          // package, file and construct that declare it
	Why      string `json:"why,omitempty"` // what Kind was told by, one clause
}

// Support says whether a plugin supports a system.
type Support struct {
	System recipe.System `json:"system"`
	Yes    bool          `json:"yes"`
	// By is the specifier of the entry point that supports it; for a frontend of the new system
	// also that of the old plugin, if it is to be converted.
	By        string `json:"by,omitempty"`
	Converted bool   `json:"converted,omitempty"`
	From      string `json:"from,omitempty"` // file and construct that say so
}

// Choice is one that the recipe makes for the user, who may make it otherwise.
type Choice struct {
	// Flag is what changes it: "--as cicd", "--with EntityXCard".
	Flag string `json:"flag"`
	Text string `json:"text"` // one sentence: what is taken, and what the flag does instead

	// System is the frontend system that the flag changes something of; "" for either.
	System recipe.System `json:"system,omitempty"`
}

// SignalKind is a kind of thing that a plugin's code needs of the app.
type SignalKind string

// The kinds of signals.
const (
	NeedsProxy        SignalKind = "proxy"         // an endpoint under proxy.endpoints; Name is its path, if the code tells
	NeedsAuth         SignalKind = "auth-provider" // a token of the user; Name is the provider, "scm" for that of the source code's host
	NeedsIntegrations SignalKind = "integrations"  // reads URLs; Name is the integration, "" for any
	NeedsDatabase     SignalKind = "database"      // has tables of its own, which the backend makes
	NeedsSchedule     SignalKind = "schedule"      // runs tasks
	NeedsSearch       SignalKind = "search"
	NeedsEvents       SignalKind = "events"
	NeedsPermission   SignalKind = "permission" // has permissions of its own
)

// Signal is a need that the code shows.
type Signal struct {
	Kind SignalKind `json:"kind"`
	Name string     `json:"name,omitempty"`
	Why  string     `json:"why"`  // one sentence
	From string     `json:"from"` // package, file and construct
}

// Option changes what Recipe takes where there is a choice.
type Option func(*options)

type options struct {
	with, without []string
}

// With hangs extensions, by the names of their exports or their ids, that would be left out
// although it is known where they go.
func With(names ...string) Option {
	return func(o *options) { o.with = append(o.with, names...) }
}

// Without leaves extensions out.
func Without(names ...string) Option {
	return func(o *options) { o.without = append(o.without, names...) }
}

// Recipe reads the recipe of a plugin.
//
// The error is a *diag.Diagnostic: for a family without packages ("not-a-plugin"), for one of
// which nothing can be wired ("nothing-derived"), and for a name that an option gives and that no
// extension has ("unknown-extension").
func Recipe(f *Family, opts ...Option) (*Derived, error) {
	if f == nil || len(f.Members) == 0 {
		return nil, diag.Errorf("not-a-plugin", "there are no packages to derive a recipe from")
	}
	d := &deriver{fam: newFamily(f), out: &Derived{}}
	for _, o := range opts {
		o(&d.options)
	}
	d.head()
	d.frontend()
	d.backend()
	d.signals()
	d.packages()
	d.skipped()
	if err := d.unknownNames(); err != nil {
		return nil, err
	}
	r := &d.out.Recipe
	if len(r.Legacy)+len(r.New)+len(r.Backend) == 0 {
		e := diag.Errorf("nothing-derived", "the packages of %s show nothing that could be wired in", f.Named)
		e.Detail = strings.Join(d.out.Notes, "\n")
		return nil, e
	}
	d.sane()
	if problems := recipe.Validate(*r); len(problems) > 0 || len(r.Legacy)+len(r.New)+len(r.Backend) == 0 {
		e := diag.Errorf("nothing-derived", "the packages of %s show nothing that could be wired in", f.Named)
		e.Detail = strings.Join(append(d.out.Notes, problems...), "\n")
		return nil, e
	}
	return d.out, nil
}

// deriver is one derivation.
type deriver struct {
	fam        *family
	out        *Derived
	options    options
	used       map[string]bool // packages that steps import
	given      map[string]bool // names of options that were found
	conditions []*predicate    // of steps
}

func (d *deriver) note(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(d.out.Notes, s) {
		d.out.Notes = append(d.out.Notes, s)
	}
}

// head names the recipe after the plugin's foremost package.
func (d *deriver) head() {
	first := d.fam.Members[0]
	r := &d.out.Recipe
	r.ID = ShortName(first.Name)
	r.Title = titled(r.ID)
	r.Description = sentence(first.JSON.Description, "The Backstage plugin "+r.Title+".")
	r.Docs = docs(first.JSON)
	r.Source = "derived"
	for _, m := range d.fam.Members {
		d.out.Packages = append(d.out.Packages, PackageInfo{
			Name: m.Name, Version: m.Version, Role: m.Role, Why: m.Why, License: m.JSON.License,
			Homepage: m.JSON.Homepage, Deprecated: m.Deprecated, Moved: m.JSON.Moved, PluginID: m.JSON.PluginID,
		})
	}
	for _, m := range d.fam.Missing {
		d.note("There is no package %s, although %s.", m.Name, m.Why)
	}
}

// ShortName is the name by which people know the plugin of a package: "jenkins" of
// "@x/plugin-jenkins", "@x/backstage-plugin-jenkins-backend" and "backstage-plugin-jenkins".
func ShortName(name string) string {
	_, s, ok := strings.Cut(name, "/")
	if !ok {
		s = name
	}
	for _, prefix := range []string{"backstage-community-plugin-", "backstage-plugin-", "plugin-", "backstage-"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok && rest != "" {
			s = rest
			break
		}
	}
	scope, _, _ := strings.Cut(strings.TrimPrefix(name, "@"), "/")
	if s == "backstage-plugin" || s == "plugin" || s == "backstage-plugin-backend" || s == "backend" { // @pagerduty/backstage-plugin
		s = scope
	}
	if !strings.Contains(s, "-module-") {
		s = strings.TrimSuffix(strings.TrimSuffix(s, "-backend"), "-frontend")
	}
	if s = kebab(strings.ReplaceAll(s, ".", "-")); s == "" {
		return "plugin"
	}
	return s
}

// sentence is a description as one sentence on one line.
func sentence(s, otherwise string) string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return otherwise
	}
	if len(s) > 300 {
		s = s[:strings.LastIndexByte(s[:300], ' ')+1] + "..."
	}
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

// docs is an https address about the plugin: its own page, or its sources.
func docs(j PackageJSON) string {
	home := strings.TrimSuffix(j.Homepage, "/")
	if strings.HasPrefix(home, "https://") && home != "https://backstage.io" {
		return j.Homepage
	}
	return cmpOr(j.Repository, "https://backstage.io/plugins")
}

// packages lists the packages to depend on: plugins and modules, and the libraries that steps
// import.
func (d *deriver) packages() {
	further := d.out.Recipe.Packages // that styles added
	d.out.Recipe.Packages = nil
	defer func() { d.out.Recipe.Packages = append(d.out.Recipe.Packages, further...) }()
	for _, m := range d.fam.Members {
		p := recipe.Package{Name: m.Name, In: recipe.InApp}
		switch m.Role {
		case FrontendPlugin:
			p.Role = recipe.Frontend
		case FrontendModule:
			p.Role = recipe.FrontendModule
		case BackendPlugin:
			p.Role, p.In = recipe.Backend, recipe.InBackend
		case BackendModule:
			p.Role, p.In = recipe.BackendModule, recipe.InBackend
		default:
			if !d.used[m.Name] {
				continue
			}
			p.Role, p.Systems = recipe.Common, []recipe.System{recipe.LegacyFrontend}
			if usedBy(d.out.Recipe.New, m.Name) {
				p.Systems = nil
			}
		}
		d.out.Recipe.Packages = append(d.out.Recipe.Packages, p)
	}
}

// skipped notes files that could not be read.
func (d *deriver) skipped() {
	for _, p := range d.fam.packs {
		if n := len(p.skipped); n > 0 {
			more := ""
			if n > 1 {
				more = fmt.Sprintf(", and %d further files", n-1)
			}
			d.note("%s: not read: %s%s.", p.Name, p.skipped[0], more)
		}
	}
}

// sane drops what the recipe's own rules forbid, with a note: the last defence against packages
// with names, paths and titles that no step can have.
func (d *deriver) sane() {
	r := &d.out.Recipe
	drop := func(list *[]recipe.Step, system recipe.System) {
		*list = slices.DeleteFunc(*list, func(s recipe.Step) bool {
			one := recipe.Recipe{ID: "x", Title: "x", Description: "x", Docs: "https://x", Packages: r.Packages, Variants: r.Variants}
			switch system {
			case recipe.LegacyFrontend:
				one.Legacy = []recipe.Step{s}
			case recipe.NewFrontend:
				one.New = []recipe.Step{s}
			default:
				one.Backend = []recipe.Step{s}
			}
			problems := recipe.Validate(one)
			if len(problems) > 0 {
				d.note("A step is left out: %s.", problems[0])
			}
			return len(problems) > 0
		})
	}
	drop(&r.Legacy, recipe.LegacyFrontend)
	drop(&r.New, recipe.NewFrontend)
	drop(&r.Backend, recipe.NewBackend)
	for range 1000 {
		problems := recipe.Validate(*r)
		if len(problems) == 0 {
			return
		}
		d.note("Left out: %s.", problems[0])
		list, rest, _ := strings.Cut(problems[0], "[")
		index, _, _ := strings.Cut(rest, "]")
		i, err := strconv.Atoi(index)
		if err != nil || !without(r, list, i) {
			return
		}
	}
}

// without takes an item out of one of a recipe's lists; it is false if there is none.
func without(r *recipe.Recipe, list string, i int) bool {
	switch {
	case list == "packages" && i < len(r.Packages):
		r.Packages = slices.Delete(r.Packages, i, i+1)
	case list == "unsupported" && i < len(r.Unsupported):
		r.Unsupported = slices.Delete(r.Unsupported, i, i+1)
	case list == "requires" && i < len(r.Requires):
		r.Requires = slices.Delete(r.Requires, i, i+1)
	case list == "config" && i < len(r.Config):
		r.Config = slices.Delete(r.Config, i, i+1)
	case list == "env" && i < len(r.Env):
		r.Env = slices.Delete(r.Env, i, i+1)
	case list == "annotations" && i < len(r.Annotations):
		r.Annotations = slices.Delete(r.Annotations, i, i+1)
	case list == "needs" && i < len(r.Needs):
		r.Needs = slices.Delete(r.Needs, i, i+1)
	default:
		return false
	}
	return true
}

// imports marks the packages that a step imports as needed.
func (d *deriver) imports(refs ...*recipe.Ref) {
	for _, r := range refs {
		if r == nil {
			continue
		}
		if d.used == nil {
			d.used = map[string]bool{}
		}
		d.used[recipe.PackageOf(r.Module)] = true
	}
}

// usedBy reports whether a step of the new system imports from a package.
func usedBy(steps []recipe.Step, name string) bool {
	for _, s := range steps {
		if s.Feature != nil && recipe.PackageOf(s.Feature.Module) == name {
			return true
		}
		if p := s.LegacyPlugin; p != nil {
			for _, e := range slices.Concat(p.Pages, p.Contents, p.Cards) {
				if e.If != nil && recipe.PackageOf(e.If.Module) == name {
					return true
				}
			}
		}
	}
	return false
}

// wants and refuses say what the options say of an extension.
func (d *deriver) wants(names ...string) bool   { return d.chosen(d.options.with, names) }
func (d *deriver) refuses(names ...string) bool { return d.chosen(d.options.without, names) }

func (d *deriver) chosen(list, names []string) bool {
	found := false
	for _, n := range names {
		if n != "" && slices.Contains(list, n) {
			if d.given == nil {
				d.given = map[string]bool{}
			}
			d.given[n] = true
			found = true
		}
	}
	return found
}

func (d *deriver) unknownNames() error {
	for _, n := range slices.Concat(d.options.with, d.options.without) {
		known := d.given[n] || slices.ContainsFunc(d.out.Extensions, func(x Extension) bool { return x.Export == n || x.ID == n })
		if !known {
			e := diag.Errorf("unknown-extension", "%s has no extension %s", d.fam.Named, n)
			var names []string
			for _, x := range d.out.Extensions {
				names = append(names, cmpOr(x.Export, x.ID))
			}
			e.Detail = "It has " + strings.Join(names, ", ") + "."
			return e
		}
	}
	return nil
}
