package derive

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/registry/recipe"
)

// candidate is an extension of the old system on its way to a step.
type candidate struct {
	*extension
	blueprint *blueprint
	like      *blueprint // the blueprint whose component is this one or another
	mount     mount
	title     string
	path      string
	predicate *predicate
	condition string // where the predicate was read
	props     recipe.Props
	// needsProps says that there are required ones among props.
	needsProps bool
	pages      []string // of which kinds of entities; nil for those of services and websites
	leftOut    string
	// optionally says that leftOut is a choice.
	optionally bool
}

// frontend adds the steps of both frontend systems.
func (d *deriver) frontend() {
	for _, p := range d.fam.of(FrontendPlugin, FrontendModule) {
		plugins, extensions := p.legacy()
		features := p.newFeatures()
		all := d.candidates(p, plugins, extensions, features)
		d.legacySteps(p, all, features)
		d.newSteps(p, plugins, all, features)
		legacy := Support{System: recipe.LegacyFrontend, Yes: len(plugins)+len(extensions) > 0}
		if len(extensions) > 0 {
			legacy.By, legacy.From = extensions[0].module, extensions[0].from()
		} else if len(plugins) > 0 {
			legacy.By, legacy.From = plugins[0].module, plugins[0].sym.from()+": createPlugin "+plugins[0].export
		} else {
			d.out.Recipe.Unsupported = append(d.out.Recipe.Unsupported, recipe.Unsupported{
				System: recipe.LegacyFrontend, Reason: p.Name + " exports nothing for frontends of the old system.",
			})
		}
		d.out.Support = append(d.out.Support, legacy)
	}
}

// candidates are a package's extensions with everything that their steps need.
func (d *deriver) candidates(p *pack, plugins []*legacyPlugin, extensions []*extension, features []*newPlugin) []*candidate {
	predicates := d.predicates(p)
	var all []*candidate
	for _, x := range extensions {
		all = append(all, &candidate{extension: x})
	}
	places := map[*candidate]mount{}
	for _, c := range all {
		places[c] = c.place(nil, plugins)
	}
	equals(all, features, func(c *candidate) recipe.Kind { return places[c].kind })
	for _, c := range all {
		x := c.extension
		c.mount = x.place(c.blueprint, plugins)
		if b := c.like; b != nil {
			c.mount = mount{b.mountKind(), b.maker + " has a component that chooses it", b.from()}
		}
		if c.mount.kind == recipe.KindEntityTab && c.blueprint == nil && sharesRoute(c, all) {
			name := words(x.export)
			if page, ok := x.reaches(drawsPage); ok && !slices.Contains(name, "entity") {
				c.mount = mount{recipe.KindRoute, "it draws a " + page.name, page.from()}
			} else if last := name[len(name)-1]; last == "summary" || last == "card" {
				c.mount = mount{recipe.KindEntityCard, "its name says that it is a " + last + ", and another extension has its route", ""}
			}
		}
		d.describe(c, plugins)
		if c.mount.kind == recipe.KindEntityTab || c.mount.kind == recipe.KindEntityCard {
			c.predicate, c.condition = choosePredicate(predicates, c.blueprint, x.export+" "+x.name)
		}
		if b := c.blueprint; b != nil && (c.mount.kind == recipe.KindEntityTab || c.mount.kind == recipe.KindEntityCard) {
			c.pages = b.mod.pages(b.filter)
		}
		c.complete()
	}
	return all
}

// equals finds for each extension the blueprint that shows the same: that renders the same
// component, or is at the same route; of those left on both sides, the only ones of their kind, or
// those that share a name.
func equals(all []*candidate, features []*newPlugin, kindOf func(*candidate) recipe.Kind) {
	taken := map[*blueprint]bool{}
	take := func(match func(c *candidate, b *blueprint) bool) {
		for _, c := range all {
			if c.blueprint != nil {
				continue
			}
			for _, f := range features {
				for _, b := range f.blueprints {
					if c.blueprint == nil && !taken[b] && b.mountKind() != "" && match(c, b) {
						c.blueprint = b
						taken[b] = true
					}
				}
			}
		}
	}
	routed := func(b *blueprint) bool { return b.kind == "page" || b.kind == "entity-content" }
	take(func(c *candidate, b *blueprint) bool { return b.legacy.ok() && b.legacy == c.sym })
	take(func(c *candidate, b *blueprint) bool {
		return b.matches(c.extension) && routed(b) == (c.creator == "createRoutableExtension")
	})
	take(func(c *candidate, b *blueprint) bool { return b.matches(c.extension) })
	take(func(c *candidate, b *blueprint) bool {
		return c.route.ok() && b.route == c.route && routed(b)
	})
	defer func() {
		for _, c := range all { // components of which a blueprint's own is one or the other
			for _, f := range features {
				for _, b := range f.blueprints {
					if c.blueprint == nil && c.like == nil && b.mountKind() != "" && b.chooses(c.extension) {
						c.like = b
					}
				}
			}
		}
	}()
	take(func(c *candidate, b *blueprint) bool {
		kind := kindOf(c)
		unplaced := kind == "" && b.kind == "home-page-widget" && (strings.HasSuffix(c.export, "Card") || strings.HasSuffix(c.export, "Widget"))
		return (kind == b.mountKind() || unplaced) && b.name != "" && kebab(b.name) != "" && overlap(c.export, b.name) == len(words(b.name))
	})
	for _, kind := range []recipe.Kind{recipe.KindRoute, recipe.KindEntityTab, recipe.KindEntityCard} {
		var cs []*candidate
		for _, c := range all {
			if c.blueprint == nil && kindOf(c) == kind {
				cs = append(cs, c)
			}
		}
		var bs []*blueprint
		for _, f := range features {
			for _, b := range f.blueprints {
				if !taken[b] && b.mountKind() == kind {
					bs = append(bs, b)
				}
			}
		}
		if len(cs) == 1 && len(bs) == 1 {
			cs[0].blueprint = bs[0]
			taken[bs[0]] = true
		}
	}
}

// describe gives a page or tab its path and title.
func (d *deriver) describe(c *candidate, plugins []*legacyPlugin) {
	if c.mount.kind != recipe.KindRoute && c.mount.kind != recipe.KindEntityTab {
		return
	}
	id := pluginID(c.pack, plugins, c.plugin)
	c.path, c.title = "/"+id, titled(id)
	if b := c.blueprint; b != nil {
		if p := cleanPath(b.path); p != "" && p != "/" {
			c.path = p
		}
		c.title = cmpOr(b.title, c.title)
	}
}

// pluginID is the id of the plugin that an extension is of, in kebab-case: as the code has it,
// unless that does not show where words end.
func pluginID(p *pack, plugins []*legacyPlugin, of symbol) string {
	id := ""
	for _, o := range plugins {
		if id == "" || o.sym == of {
			id = o.id
		}
	}
	if id == "" || id != kebab(id) {
		id = cmpOr(p.JSON.PluginID, id)
	}
	id = kebab(id)
	for _, prefix := range []string{"backstage-plugin-", "backstage-community-", "plugin-"} {
		if rest, ok := strings.CutPrefix(id, prefix); ok && rest != "" {
			id = rest
		}
	}
	short := ShortName(p.Name)
	if id == "" || strings.ReplaceAll(short, "-", "") == strings.ReplaceAll(id, "-", "") {
		return short
	}
	return id
}

// ownName is what the name of an extension says besides what kind of thing it is.
func (c *candidate) ownName() string {
	var own []string
	for _, w := range words(c.export) {
		if !slices.Contains([]string{"entity", "content", "page", "tab", "card"}, w) {
			own = append(own, w)
		}
	}
	return strings.Join(own, "-")
}

// sharesRoute reports whether another extension is mounted at the same route.
func sharesRoute(c *candidate, all []*candidate) bool {
	return slices.ContainsFunc(all, func(o *candidate) bool {
		return o != c && c.route.ok() && o.route == c.route
	})
}

// cleanPath is a path with a leading slash, without what matches the rest; "" if it is none.
func cleanPath(p string) string {
	p = strings.TrimSuffix(strings.TrimSuffix(p, "*"), "/")
	if p == "" || strings.ContainsAny(p, " \t\r\n\"'{}<>\\") {
		return ""
	}
	return "/" + strings.TrimPrefix(p, "/")
}

// complete fills the required properties of an element.
func (c *candidate) complete() {
	if c.mount.kind == "" {
		c.leftOut = "It is " + c.mount.why + "; no place for it is known."
		if !strings.HasPrefix(c.mount.why, "a ") {
			c.leftOut = "No place for it is known."
		}
		return
	}
	props, missing := c.pack.requiredProps(c.module, c.export, c)
	c.props = props
	if len(missing) > 0 {
		c.leftOut = "It needs the properties " + strings.Join(missing, ", ") + ", for which there is no obvious value."
		if len(missing) == 1 {
			c.leftOut = "It needs the property " + missing[0] + ", for which there is no obvious value."
		}
	}
}

// legacySteps adds the steps of frontends of the old system.
func (d *deriver) legacySteps(p *pack, all []*candidate, features []*newPlugin) {
	d.decide(all)
	usedPaths := map[string]bool{}
	for _, c := range all {
		x := Extension{
			Module: c.module, Export: c.export, Creator: c.creator, Kind: c.mount.kind, From: c.from(), Why: c.mount.why,
			LeftOut: c.leftOut, Wired: c.leftOut == "",
		}
		if c.mount.from != "" {
			x.Why += " (" + c.mount.from + ")"
		}
		if c.blueprint != nil {
			x.ID, x.Disabled = c.blueprint.id, c.blueprint.disabled
		}
		d.out.Extensions = append(d.out.Extensions, x)
		if c.leftOut != "" {
			continue
		}
		if c.path != "" {
			if own := kebab(c.ownName()); usedPaths[string(c.mount.kind)+c.path] && own != "" {
				c.path, c.title = "/"+own, titled(own)
			}
			for usedPaths[string(c.mount.kind)+c.path] {
				c.path += "-" + kebab(c.export)
			}
			usedPaths[string(c.mount.kind)+c.path] = true
		}
		d.step(c)
	}
	d.sidebar(p, all, features)
}

// step adds the step of an extension.
func (d *deriver) step(c *candidate) {
	s := recipe.Step{From: c.from()}
	element := recipe.Element{Ref: recipe.Ref{Module: c.module, Export: c.export}, Props: c.props}
	var condition *recipe.Ref
	truthy := false
	if c.predicate != nil {
		condition, truthy = c.predicate.ref(), c.predicate.truthy
		d.conditions = append(d.conditions, c.predicate)
	}
	for _, more := range []string{c.mount.from, c.condition} {
		if more != "" && !strings.Contains(s.From, more) {
			s.From += "; " + more
		}
	}
	r := &d.out.Recipe
	switch c.mount.kind {
	case recipe.KindRoute:
		s.Why = "The plugin's page: " + c.mount.why + "."
		s.Route = &recipe.Route{Path: c.path, Element: element}
	case recipe.KindEntityTab:
		s.Why = "A tab of entity pages: " + c.mount.why + "."
		s.EntityTab = &recipe.EntityTab{Path: c.path, Title: c.title, Element: element, If: condition, Truthy: truthy, Pages: c.pages}
	case recipe.KindEntityCard:
		s.Why = "A card on the overview of entities: " + c.mount.why + "."
		s.EntityCard = &recipe.EntityCard{Element: element, If: condition, Truthy: truthy, Pages: c.pages, Grid: recipe.Props{{Name: "md", Value: "{6}"}}}
	case recipe.KindHomeWidget:
		s.Why = "A card of the home page: " + c.mount.why + "."
		s.HomeWidget = &element
	case recipe.KindTechDocsAddon:
		s.Why = "An addon of TechDocs: " + c.mount.why + "."
		s.TechDocsAddon = &element
	case recipe.KindFieldExtension:
		s.Why = "A field of templates: " + c.mount.why + "."
		s.FieldExtension = &element
	case recipe.KindSearchItem:
		s.Why = "How search results of the plugin look: " + c.mount.why + "."
		s.SearchItem = &recipe.SearchItem{Element: element}
	case recipe.KindSidebarComponent:
		s.Why = "The plugin's item of the sidebar: " + c.mount.why + "."
		s.SidebarComponent = &element
	case recipe.KindAppRootElement:
		s.Why = "An element that is always there: " + c.mount.why + "."
		s.AppRootElement = &recipe.AppRootElement{Element: element, Router: true}
	default:
		return
	}
	d.imports(&element.Ref, condition)
	if s.EntityTab != nil && c.predicate != nil && !truthy && len(c.pages) == 0 && c.continuous() {
		d.variants(s, c)
		return
	}
	r.Legacy = append(r.Legacy, s)
}

// continuous reports whether a tab shows builds or deployments, so that some hang it in the
// CI/CD tab.
func (c *candidate) continuous() bool {
	for _, name := range []string{c.export, c.name, ShortName(c.pack.Name), c.pack.JSON.Description} {
		for _, w := range words(name) {
			if slices.Contains([]string{"ci", "cd", "cicd", "pipeline", "pipelines", "build", "builds", "workflow", "workflows", "actions", "jenkins", "deployments"}, w) {
				return true
			}
		}
	}
	return false
}

// variants adds a tab as a tab, or as a case of the CI/CD tab.
func (d *deriver) variants(s recipe.Step, c *candidate) {
	r := &d.out.Recipe
	if len(r.Variants) == 0 {
		r.Variants = []recipe.Variant{
			{Name: "tab", Description: "a tab of its own on service and website pages"},
			{Name: "cicd", Description: "a case of the CI/CD tab"},
		}
		d.out.Choices = append(d.out.Choices, Choice{Flag: "--as cicd", Text: c.export + " becomes a tab of its own; the flag makes it a case of the CI/CD tab.", System: recipe.LegacyFrontend})
	}
	tab := s
	tab.As = "tab"
	s.As = "cicd"
	s.EntityCase = &recipe.EntityCase{Element: s.EntityTab.Element, If: *s.EntityTab.If}
	s.EntityTab = nil
	s.Why = "A case of the CI/CD tab: " + c.mount.why + "."
	r.Legacy = append(r.Legacy, tab, s)
}

// decide leaves extensions out of which there are several, or that nobody hangs by default.
func (d *deriver) decide(all []*candidate) {
	for _, c := range all {
		if c.leftOut != "" {
			continue
		}
		id := ""
		if c.blueprint != nil {
			id = c.blueprint.id
		}
		switch {
		case d.refuses(c.export, id):
			c.leftOut = "It was not asked for."
		case d.wants(c.export, id):
		case c.like != nil:
			c.leftOut = "The component of " + c.like.id + " shows it where it fits."
		case c.deprecated():
			c.leftOut = "Its declaration says that it is deprecated."
		case c.mount.kind == recipe.KindEntityCard || c.mount.kind == recipe.KindHomeWidget:
			if why := c.optional(all); why != "" {
				c.leftOut, c.optionally = why, true
				choice := Choice{Flag: "--with " + c.export, Text: c.export + " is left out; the flag hangs it."}
				if c.blueprint == nil || !c.blueprint.disabled {
					choice.System = recipe.LegacyFrontend // a new frontend has it on, or not at all
				}
				d.out.Choices = append(d.out.Choices, choice)
			}
		case c.blueprint != nil && c.blueprint.disabled && !c.blueprint.old && c.mount.kind != recipe.KindRoute:
			c.leftOut = "The plugin itself has it off by default."
			d.out.Choices = append(d.out.Choices, Choice{Flag: "--with " + c.export, Text: c.export + " is left out; the flag hangs it."})
		}
	}
}

// maxCards is how many cards of one plugin are hung by default.
const maxCards = 3

// optional says why a card is not hung unless it is asked for; "" if it is.
func (c *candidate) optional(all []*candidate) string {
	if c.blueprint != nil && c.blueprint.disabled && !c.blueprint.old {
		return "The plugin itself has it off by default."
	}
	enabled, tab := 0, ""
	var first *candidate
	for _, o := range all {
		if o.leftOut != "" && o != c && !o.optionally {
			continue
		}
		if o.mount.kind == recipe.KindEntityTab {
			tab = o.export
		}
		if o.mount.kind == c.mount.kind && slices.Equal(o.pages, c.pages) {
			if first == nil {
				first = o
			}
			if o.blueprint != nil && !o.blueprint.disabled {
				enabled++
			}
		}
	}
	switch {
	case enabled > maxCards && tab != "":
		return "It is one of many cards, and " + tab + " shows what they show."
	case enabled > 0 && enabled <= maxCards && c.blueprint == nil:
		return "The plugin has no equal of it in the new frontend system, other than of its other cards."
	case (enabled == 0 || enabled > maxCards) && first != c:
		return "It is one of several cards, of which " + first.export + " is the first."
	}
	return ""
}

// sidebar adds the items of the sidebar: those that the new frontend system has, and one for a
// page that has none.
func (d *deriver) sidebar(p *pack, all []*candidate, features []*newPlugin) {
	var pages []*candidate
	for _, c := range all {
		if c.mount.kind == recipe.KindSidebarComponent && c.leftOut == "" {
			return
		}
		if c.mount.kind == recipe.KindRoute && c.leftOut == "" && !strings.Contains(c.path, ":") {
			pages = append(pages, c)
		}
	}
	for i, c := range pages {
		b := navItem(c, features)
		if b == nil && i > 0 {
			continue
		}
		item := recipe.SidebarItem{To: strings.TrimPrefix(c.path, "/"), Text: c.title}
		s := recipe.Step{Why: "The way to the plugin's page.", From: c.from()}
		if b != nil {
			s.From = b.from()
			item.Text = cmpOr(b.title, item.Text)
			if icon := d.icon(p, b); icon != nil {
				item.Icon = *icon
				s.Why = "The way to the plugin's page, with the plugin's own icon and title."
			}
		}
		if item.Icon.Module == "" {
			item.Icon = recipe.Ref{Module: "@material-ui/icons/Extension", Export: "default", As: "ExtensionIcon"}
		}
		d.imports(&item.Icon)
		s.SidebarItem = &item
		d.out.Recipe.Legacy = append(d.out.Recipe.Legacy, s)
	}
}

// navItem is the blueprint that says how the sidebar shows a page; nil if there is none.
func navItem(c *candidate, features []*newPlugin) *blueprint {
	var only *blueprint
	items := 0
	for _, f := range features {
		for _, b := range f.blueprints {
			if b.kind != "nav-item" {
				continue
			}
			if b.route.ok() && (b.route == c.route || c.blueprint != nil && b.route == c.blueprint.route) {
				return b
			}
			only, items = b, items+1
		}
	}
	if items == 1 && !only.route.ok() {
		return only
	}
	if c.blueprint != nil && c.blueprint.kind == "page" && c.blueprint.icon.Ok() {
		return c.blueprint
	}
	return nil
}

// icon is what to import for a blueprint's icon; nil if the app cannot import it.
func (d *deriver) icon(p *pack, b *blueprint) *recipe.Ref {
	n := b.icon
	if n.Is(tsx.KindArrowFunction, tsx.KindFunctionExpression) {
		n = returned(n)
	}
	if n.Is(tsx.KindCallExpression) && slices.Contains([]string{"jsx", "jsxs", "createElement"}, b.mod.called(n)) { // <Icon />, compiled
		if args := tsx.Arguments(n); len(args) > 1 && slices.ContainsFunc(tsx.Elements(args[1]), needed) {
			return nil
		}
		n = firstArgument(n)
	}
	s := b.mod.symbolOf(n, 0)
	if s.mod == nil {
		if strings.HasPrefix(s.ext.spec, "@material-ui/icons") || s.ext.spec == "@backstage/core-components" {
			ref := &recipe.Ref{Module: s.ext.spec, Export: s.ext.name}
			if ref.Export == "default" {
				ref.As = iconName(n.Text(), s.ext.spec)
			}
			return ref
		}
		return nil
	}
	for _, e := range p.JSON.Exports {
		if strings.HasPrefix(e.Feature, "@backstage/") {
			continue
		}
		m := p.load(e.JS)
		for _, name := range m.names() {
			if name != "default" && identifier(name) && m.export(name) == s {
				return &recipe.Ref{Module: p.specifier(e.Path), Export: name}
			}
		}
	}
	return nil
}

// needed reports whether an icon would not do without a property that it is given.
func needed(prop tsx.Node) bool {
	key, ok := tsx.PropertyKey(prop)
	return !ok || key != "fontSize" && key != "size"
}

func (m *module) names() []string {
	if m == nil {
		return nil
	}
	return m.exportNames()
}

// iconName is a local name for the default export of a module of icons.
func iconName(local, spec string) string {
	if identifier(local) && local != "default" && strings.Contains(local, "Icon") && !strings.ContainsAny(local, "$") {
		return local
	}
	return strings.TrimSuffix(spec[strings.LastIndexByte(spec, '/')+1:], "Icon") + "Icon"
}
