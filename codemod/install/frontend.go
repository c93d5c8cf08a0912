package install

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/recipe"
)

func (p *planner) legacyStep(s recipe.Step) error {
	switch s.Kind() {
	case recipe.KindRoute:
		return p.route(s.Why, *s.Route)
	case recipe.KindSidebarItem:
		return p.sidebarItem(s.Why, *s.SidebarItem)
	case recipe.KindEntityTab:
		return p.entityTab(s.Why, *s.EntityTab)
	case recipe.KindEntityCard:
		return p.entityCard(s.Why, *s.EntityCard)
	case recipe.KindEntityCase:
		return p.entityCase(s.Why, *s.EntityCase)
	case recipe.KindSignInProvider:
		return p.signInProvider(s.Why, *s.SignInProvider)
	}
	return p.appStep(s)
}

func ref(r recipe.Ref) rewire.Ref { return rewire.Ref{Module: r.Module, Export: r.Export, As: r.As} }

func refOf(r *recipe.Ref) *rewire.Ref {
	if r == nil {
		return nil
	}
	out := ref(*r)
	return &out
}

func refsOf(all []recipe.Ref) []rewire.Ref {
	out := make([]rewire.Ref, len(all))
	for i, r := range all {
		out[i] = ref(r)
	}
	return out
}

func attrs(props recipe.Props) []rewire.Attr {
	out := make([]rewire.Attr, len(props))
	for i, prop := range props {
		out[i] = rewire.Attr{Name: prop.Name, Value: prop.Value}
	}
	return out
}

func component(e recipe.Element) rewire.Component {
	return rewire.Component{Ref: ref(e.Ref), Attrs: attrs(e.Props)}
}

// element is a piece of JSX, for a person to paste.
func element(e recipe.Element) string { return "<" + e.Local() + e.Props.String() + " />" }

// mount is the app's mounts of a kind.
func (p *planner) mount(kind wiring.MountKind) []wiring.Mount {
	return slices.DeleteFunc(p.seen.Mount(kind), func(m wiring.Mount) bool { return m.Package != p.app.Dir })
}

// noMount refuses a step for which the app has no place, as far as batten can see.
func (p *planner) noMount(what, snippet string, refs ...recipe.Ref) error {
	return p.noPlace(what, p.app.AppFile, rewire.Manual("where the app has it", snippet, refsOf(refs)...))
}

// noPlace is noMount with the file in which a person would look first, and the whole manual step.
func (p *planner) noPlace(what, file, manual string) error {
	if err := p.unreadable(p.app.Dir); err != nil {
		return err
	}
	d := diag.Errorf("no-safe-place", "%s was not found in %s", what, p.app.Dir)
	if len(p.seen.Degraded) > 0 {
		d.Detail = p.seen.Degraded[0].Error()
	}
	d.File, d.Manual = file, manual
	return d
}

// unreadable is the error of a source file of a package that is not valid, in which what was
// not found may well be; nil if there is none.
func (p *planner) unreadable(dir string) error {
	for _, d := range p.seen.Degraded {
		if d.Code == "invalid-source" && strings.HasPrefix(d.File, dir+"/") {
			broken := *d
			broken.Severity = diag.Error
			broken.Manual = "Mend the file, and run the command again."
			return &broken
		}
	}
	return nil
}

// shown is the fact by which the app already shows a component of a plugin.
func (p *planner) shown(r recipe.Ref, kinds ...wiring.Kind) (wiring.Fact, bool) {
	return p.fact(func(f wiring.Fact) bool {
		return f.Package == p.app.Dir && slices.Contains(kinds, f.Kind) && slices.ContainsFunc(f.Refs, func(have wiring.Ref) bool {
			return recipe.PackageOf(have.Module) == recipe.PackageOf(r.Module) && have.Export == r.Export
		})
	})
}

func (p *planner) route(why string, r recipe.Route) error {
	if f, ok := p.shown(r.Element.Ref, wiring.Route); ok {
		p.paths = append(p.paths, [2]string{strings.Trim(r.Path, "/"), strings.Trim(f.Name, "/*")})
		p.present("route "+f.Name, f)
		return nil
	}
	route := rewire.Route{Path: r.Path, Page: component(r.Element)}
	if f, ok := p.fact(func(f wiring.Fact) bool {
		return f.Kind == wiring.Route && f.Package == p.app.Dir && strings.Trim(f.Name, "/*") == strings.Trim(r.Path, "/")
	}); ok {
		if ofPackage(f, r.Element.Module) {
			p.present("route "+f.Name, f) // another page of the same plugin
			return nil
		}
		d := diag.Errorf("route-taken", "the path %s shows something else already", r.Path)
		d.File, d.Span, d.Pos = f.File, f.Span, f.Pos
		d.Detail = "It is " + f.String() + "."
		d.Manual = route.Manual("take that route out or put this one at another path, and run the command again")
		return d
	}
	mounts := p.mount(wiring.RoutesMount)
	if len(mounts) == 0 {
		return p.noPlace("the table of routes", p.app.AppFile, route.Manual("where the app has it"))
	}
	m := mounts[0]
	f, err := p.file(m.File)
	if err != nil {
		return err
	}
	edits, err := rewire.AddRoute(f, m, route)
	if err != nil {
		return err
	}
	p.expect(Expected{Kind: wiring.Route, Package: p.app.Dir, Name: r.Path, Module: r.Element.Module, Export: r.Element.Export})
	return p.edit(m.File, edits, why)
}

func (p *planner) sidebarItem(why string, s recipe.SidebarItem) error {
	for _, moved := range p.paths {
		if moved[0] == strings.Trim(s.To, "/") && !strings.Contains(moved[1], ":") {
			s.To = moved[1]
		}
	}
	if f, ok := p.fact(func(f wiring.Fact) bool {
		return f.Kind == wiring.SidebarItem && f.Package == p.app.Dir && strings.Trim(f.Name, "/") == strings.Trim(s.To, "/")
	}); ok {
		p.present("sidebar item "+f.Name, f)
		return nil
	}
	s.Icon = p.icon(s.Icon)
	m, ok := p.sidebarMount()
	if !ok {
		return p.noMount("the sidebar", fmt.Sprintf("<SidebarItem icon={%s} to=%q text=%q />", s.Icon.Local(), s.To, s.Text), s.Icon)
	}
	f, err := p.file(m.File)
	if err != nil {
		return err
	}
	edits, err := rewire.AddSidebarItem(f, m, rewire.SidebarItem{To: s.To, Text: s.Text, Icon: ref(s.Icon)})
	if err != nil {
		return err
	}
	p.expect(Expected{Kind: wiring.SidebarItem, Package: p.app.Dir, Name: s.To})
	return p.edit(m.File, edits, why)
}

// entityContent are the kinds of facts by which an entity page shows a component.
var entityContent = []wiring.Kind{wiring.EntityTab, wiring.EntityCard, wiring.EntityCase}

// wanted are the mounts for a piece of the entity pages that lack a component: those for the
// wanted pages, without the ones all of whose wanted pages show it.
func (p *planner) wanted(kind wiring.MountKind, pages []string, r recipe.Ref) (mounts []wiring.Mount, found bool) {
	for _, m := range p.mountsFor(kind, pages) {
		found = true
		var missing []string
		for _, page := range m.Pages {
			f, ok := p.fact(func(f wiring.Fact) bool {
				return f.Package == p.app.Dir && slices.Contains(entityContent, f.Kind) && slices.Contains(f.Pages, page) &&
					slices.ContainsFunc(f.Refs, func(have wiring.Ref) bool {
						return recipe.PackageOf(have.Module) == recipe.PackageOf(r.Module) && have.Export == r.Export
					})
			})
			switch {
			case !ok:
				missing = append(missing, page)
			case f.File != "":
				p.present(string(f.Kind)+" "+f.Name+" on "+page, f)
			}
		}
		if len(missing) > 0 {
			mounts = append(mounts, m)
		}
	}
	return mounts, found
}

// atMounts makes one edit per mount, each on the file as the one before left it.
func (p *planner) atMounts(mounts []wiring.Mount, why string, expected Expected, op func(rewire.File, wiring.Mount) ([]text.Edit, error)) error {
	index := make([]int, len(mounts)) // mounts move with the edits, and stay where they are in the list
	for i, m := range mounts {
		index[i] = slices.IndexFunc(p.seen.Mounts, func(o wiring.Mount) bool { return o.Kind == m.Kind && o.File == m.File && o.Span == m.Span })
	}
	for _, i := range index {
		m := p.seen.Mounts[i]
		f, err := p.file(m.File)
		if err != nil {
			return err
		}
		edits, err := op(f, m)
		if err != nil {
			return err
		}
		if err := p.edit(m.File, edits, why); err != nil {
			return err
		}
		expected.Pages = m.Pages
		p.expect(expected)
	}
	return nil
}

func (p *planner) entityTab(why string, t recipe.EntityTab) error {
	tab := rewire.EntityTab{Path: t.Path, Title: t.Title, Content: component(t.Element), If: refOf(t.If), Truthy: t.Truthy}
	mounts, found := p.wanted(wiring.EntityLayoutMount, t.Pages, t.Element.Ref)
	if !found {
		return p.noEntityPlace("an entity page for the tab", tab.Manual)
	}
	mounts = slices.DeleteFunc(mounts, func(m wiring.Mount) bool { // another tab of the same plugin
		f, ok := p.tabAt(t.Path, m)
		if ok = ok && ofPackage(f, t.Element.Module); ok {
			p.present("tab "+f.Name, f)
		}
		return ok
	})
	for _, m := range mounts {
		f, ok := p.tabAt(t.Path, m)
		if !ok {
			continue
		}
		d := diag.Errorf("tab-taken", "the path %s shows another tab already", t.Path)
		d.File, d.Span, d.Pos = f.File, f.Span, f.Pos
		d.Detail = "It is " + f.String() + "."
		d.Manual = tab.Manual("take that tab out or put this one at another path, and run the command again")
		return d
	}
	expected := Expected{Kind: wiring.EntityTab, Package: p.app.Dir, Name: t.Path, Module: t.Element.Module, Export: t.Element.Export}
	return p.atMounts(mounts, why, expected, func(f rewire.File, m wiring.Mount) ([]text.Edit, error) {
		return rewire.AddEntityTab(f, m, tab)
	})
}

// tabAt is the tab at a path of the pages of a layout.
func (p *planner) tabAt(path string, layout wiring.Mount) (wiring.Fact, bool) {
	return p.fact(func(f wiring.Fact) bool {
		return f.Kind == wiring.EntityTab && f.Package == p.app.Dir && strings.Trim(f.Name, "/*") == strings.Trim(path, "/") && overlap(layout.Pages, f.Pages)
	})
}

// ofPackage reports whether a fact is made of an export of the package that a module is in.
func ofPackage(f wiring.Fact, module string) bool {
	return slices.ContainsFunc(f.Refs, func(r wiring.Ref) bool { return recipe.PackageOf(r.Module) == recipe.PackageOf(module) })
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

func (p *planner) entityCard(why string, c recipe.EntityCard) error {
	card := rewire.EntityCard{Card: component(c.Element), If: refOf(c.If), Truthy: c.Truthy, Grid: attrs(c.Grid)}
	mounts, found := p.wanted(wiring.EntityOverviewMount, c.Pages, c.Element.Ref)
	if !found {
		return p.noEntityPlace("the overview of an entity page", card.Manual)
	}
	expected := Expected{Kind: wiring.EntityCard, Package: p.app.Dir, Name: c.Element.Export, Module: c.Element.Module, Export: c.Element.Export}
	return p.atMounts(mounts, why, expected, func(f rewire.File, m wiring.Mount) ([]text.Edit, error) {
		return rewire.AddEntityCard(f, m, card)
	})
}

func (p *planner) entityCase(why string, c recipe.EntityCase) error {
	entityCase := rewire.EntityCase{Content: component(c.Element), If: ref(c.If), Truthy: c.Truthy}
	mounts, found := p.wanted(wiring.EntityCICDMount, nil, c.Element.Ref)
	if !found {
		return p.noEntityPlace("the CI/CD tab of an entity page", entityCase.Manual)
	}
	expected := Expected{Kind: wiring.EntityCase, Package: p.app.Dir, Name: c.Element.Export, Module: c.Element.Module, Export: c.Element.Export}
	return p.atMounts(mounts, why, expected, func(f rewire.File, m wiring.Mount) ([]text.Edit, error) {
		return rewire.AddEntityCase(f, m, entityCase)
	})
}

// noEntityPlace refuses a piece for which the entity pages, or those that the user named, have no
// place.
func (p *planner) noEntityPlace(what string, manual func(where string) string) error {
	file := p.app.AppFile
	var pages []string
	for _, m := range p.mount(wiring.EntityLayoutMount) {
		if len(pages) == 0 {
			file = m.File
		}
		pages = append(pages, m.Pages...)
	}
	if p.opts.Pages != nil && !overlap(p.opts.Pages, pages) && len(pages) > 0 {
		d := diag.Errorf("no-such-page", "no entity page is that of %s", strings.Join(p.opts.Pages, " or "))
		slices.Sort(pages)
		d.File = file
		d.Manual = "Name some of the app's pages with --entity-page: " + strings.Join(slices.Compact(pages), ", ") + "."
		return d
	}
	return p.noPlace(what, file, manual("where the app has it"))
}

func (p *planner) newStep(s recipe.Step) error {
	switch s.Kind() {
	case recipe.KindFeature:
		if done, err := p.besideOwnSignIn(s); done || err != nil {
			return err
		}
		return p.feature(s.Why, *s.Feature)
	case recipe.KindExtension:
		return p.extension(s.Why, *s.Extension)
	}
	return p.newAppStep(s)
}

// feature makes a plugin or module one of the app's features, if the app does not find it by
// itself among its dependencies.
func (p *planner) feature(why string, ft recipe.Feature) error {
	module := ft.Module
	if ft.File != "" {
		file := p.ws.PackageOf(p.app.AppFile).Path(ft.File)
		module = relativeImport(p.app.AppFile, file)
		f, ok := p.fact(func(f wiring.Fact) bool {
			return f.Kind == wiring.Feature && f.Package == p.app.Dir && featureFile(f.Name) == file
		})
		if ok {
			p.present("feature "+f.Name, f)
			return nil
		}
		listed := p.lacks(p.app.AppFile, module)
		if err := p.newFile(file, ft.Source, why); err != nil {
			return err
		}
		p.expect(Expected{Kind: wiring.Feature, Package: p.app.Dir, Name: file})
		if listed { // among the features, by a name that is that of no file
			p.expect(Expected{Kind: wiring.Feature, Package: p.app.Dir, Name: module, Optional: true, Mended: true})
			return nil
		}
	} else {
		if f, ok := p.fact(func(f wiring.Fact) bool {
			return f.Kind == wiring.Feature && f.Package == p.app.Dir && ofPackage(f, ft.Module)
		}); ok {
			p.present("feature "+f.Name, f)
			return nil
		}
		if err := p.pluginTaken(ft); err != nil {
			return err
		}
		if ft.Discovered {
			done, err := p.discovered(recipe.PackageOf(ft.Module), why)
			if done || err != nil {
				return err
			}
		}
		p.expect(Expected{Kind: wiring.Feature, Package: p.app.Dir, Name: ft.Module})
	}
	imported := ft.Ref
	imported.Module = module
	err := p.addFeature(why, imported)
	if ft.File != "" {
		return withFile(err, p.ws.PackageOf(p.app.AppFile).Path(ft.File), ft.Source)
	}
	return err
}

// addFeature names an export among the app's features.
func (p *planner) addFeature(why string, imported recipe.Ref) error {
	op, mounts := rewire.AddFeature, p.mount(wiring.FeaturesMount)
	if len(mounts) == 0 {
		op, mounts = rewire.AddFeatures, p.mount(wiring.CreateAppMount)
	}
	if len(mounts) == 0 {
		return p.noMount("the list of features", "features: ["+imported.Local()+"],", imported)
	}
	return p.at(mounts[0], why, func(f rewire.File, m wiring.Mount) ([]text.Edit, error) { return op(f, m, ref(imported)) })
}

// discovered reports whether the app makes a dependency a feature by itself, after adding it to
// the packages that it includes, if it names them.
func (p *planner) discovered(pkg, why string) (bool, error) {
	if f, ok := p.fact(func(f wiring.Fact) bool {
		return f.Kind == wiring.DiscoveredPlugin && f.Package == p.app.Dir && f.Name == pkg
	}); ok {
		p.present("discovered "+pkg, f)
		return true, nil
	}
	d := p.app.Discovery
	switch {
	case d.Finds(pkg):
		if slices.Contains(d.Include, pkg) {
			p.plugin.Present = append(p.plugin.Present, pkg+" among "+d.Key+".include of "+d.File)
		}
		p.expect(Expected{Kind: wiring.DiscoveredPlugin, Package: p.app.Dir, Name: pkg})
		return true, nil
	case !d.On || d.Include == nil || slices.Contains(d.Exclude, pkg):
		return false, nil
	}
	p.expect(Expected{Kind: wiring.DiscoveredPlugin, Package: p.app.Dir, Name: pkg})
	return true, p.appendConfig(d.File, "'"+pkg+"'", why, append(strings.Split(d.Key, "."), "include")...)
}

// appendConfig appends an item to a sequence of an app-config file.
func (p *planner) appendConfig(file, item, why string, path ...string) error {
	doc, err := p.yaml(file)
	if err != nil {
		return err
	}
	edits, err := doc.Append(item, path...)
	if err != nil {
		return err
	}
	return p.edit(file, edits, why)
}

// newFile plans a file of the recipe's, in the newline style of the app's own. One that is there
// with the same text is taken as it is.
func (p *planner) newFile(name, source, why string) error {
	if have, err := p.over.ReadFile(name); err == nil {
		if strings.ReplaceAll(string(have), "\r\n", "\n") == source {
			p.plugin.Present = append(p.plugin.Present, "file "+name)
			return nil
		}
		d := diag.Errorf("file-exists", "a file of this name is there already, and is not part of the app's wiring").At(name, have, text.Span{})
		d.Manual = "By hand: use what is in it, or put this text into another file:\n    " + strings.ReplaceAll(strings.TrimSpace(source), "\n", "\n    ")
		return d
	}
	if err := p.shadowed(name, source); err != nil {
		return err
	}
	if like, err := p.over.ReadFile(p.likeFile()); err == nil {
		source = strings.ReplaceAll(source, "\n", text.EOL(like))
	}
	p.plugin.State = Added
	return p.over.Write(name, []byte(source), change.Reason{Text: why})
}

// withFile puts the writing of a file before the rest of what a refusal asks a person to do.
func withFile(err error, name, source string) error {
	for _, d := range diag.Of(err) {
		d.Manual = "By hand, put this into " + name + ":\n    " + indent(source) + "\n" + d.Manual
	}
	return err
}

// likeFile is the file whose style new ones take.
func (p *planner) likeFile() string {
	if p.app != nil {
		return p.app.AppFile
	}
	return p.backend.Entry
}

// relativeImport is the specifier by which one file imports another.
func relativeImport(from, to string) string {
	to = strings.TrimSuffix(to, path.Ext(to))
	to = strings.TrimSuffix(to, "/index")
	rel := strings.TrimPrefix(to, path.Dir(from)+"/")
	if rel == to {
		up := strings.Split(path.Dir(from), "/")
		down := strings.Split(to, "/")
		n := 0
		for n < len(up) && n < len(down) && up[n] == down[n] {
			n++
		}
		return strings.Repeat("../", len(up)-n) + strings.Join(down[n:], "/")
	}
	return "./" + rel
}

// extension lists an extension in app.extensions, to turn it on, set it up or turn it off, unless
// one of the app-config files that the repository shares names it already, be it to turn it off.
func (p *planner) extension(why string, e recipe.Extension) error {
	const off = "off"
	if f, ok := p.fact(func(f wiring.Fact) bool {
		return f.Kind == wiring.ExtensionSetting && f.Package == p.app.Dir && f.Name == e.ID
	}); ok {
		p.present("extension "+e.ID, f)
		if isOff := f.Value == off; isOff != e.Disabled {
			p.warnings = append(p.warnings, &diag.Diagnostic{Severity: diag.Warning, Code: "extension-set", File: f.File, Span: f.Span, Pos: f.Pos,
				Summary: fmt.Sprintf("app.extensions turns %s %s, which stays; the plugin's recipe has it %s", e.ID, onOff(isOff), onOff(e.Disabled))})
		}
		return nil
	}
	item, value := e.ID, ""
	switch {
	case e.Config != "":
		item = e.ID + ":\n  config:\n    " + strings.ReplaceAll(strings.TrimSpace(e.Config), "\n", "\n    ")
	case e.Disabled:
		item, value = e.ID+": false", off
	default:
		value = "on"
	}
	file := p.configFile()
	counts := slices.ContainsFunc(p.ws.Config, func(c workspace.ConfigFile) bool { return c.Name == file && c.Kind != workspace.ConfigLocal })
	for _, a := range p.ws.Apps { // which share the file
		if counts && a.System != workspace.Legacy {
			p.expect(Expected{Kind: wiring.ExtensionSetting, Package: a.Dir, Name: e.ID, Value: value})
		}
	}
	return p.appendConfig(file, item, why, "app", "extensions")
}

func onOff(off bool) string {
	if off {
		return "off"
	}
	return "on"
}

// configFile is the file for configuration: the one asked for, else the first that every
// environment or one of them shares, else app-config.yaml.
func (p *planner) configFile() string {
	if p.opts.Config != "" {
		return p.opts.Config
	}
	for _, c := range p.ws.Config {
		if c.Kind != workspace.ConfigLocal {
			return c.Name
		}
	}
	return "app-config.yaml"
}
