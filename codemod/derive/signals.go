package derive

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/registry/recipe"
)

// code is the declarations of a package that its exports are made of, and what they use.
type code struct {
	pack  *pack
	decls []symbol
	uses  []used

	proxyPath string // see proxyDefault
	searched  bool
}

// code collects what the exports of a package's entry points are made of. Declarations of other
// packages of the family are in it as far as they are used.
func (p *pack) code() *code {
	c := &code{pack: p}
	var from []symbol
	for _, e := range p.JSON.Exports {
		m := p.load(e.JS)
		for _, name := range m.names() {
			from = append(from, m.export(name))
		}
	}
	walk(func(s symbol) { c.decls = append(c.decls, s) }, func(u used) { c.uses = append(c.uses, u) }, from...)
	return c
}

// signals reads off the code what the plugin needs of the app.
func (d *deriver) signals() {
	var all []*code
	for _, p := range d.fam.of(FrontendPlugin, FrontendModule, BackendPlugin, BackendModule) {
		c := p.code()
		all = append(all, c)
		for _, s := range c.decls {
			d.callSignals(c, s)
		}
		for _, u := range c.uses {
			switch {
			case u.name == "scmIntegrationsApiRef" || u.name == "ScmIntegrations":
				d.signal(NeedsIntegrations, "", "It reads the integrations of the app's configuration.", u.from())
			case strings.HasPrefix(u.spec, "@backstage/plugin-kubernetes") && strings.HasSuffix(u.name, "ApiRef") && !d.fam.has("@backstage/plugin-kubernetes"):
				d.require("@backstage/plugin-kubernetes-backend", "@backstage/plugin-kubernetes", "It asks the backend of Kubernetes ("+u.from()+").")
			case u.spec == "@backstage/plugin-permission-react":
				d.signal(NeedsPermission, "", "It asks for permissions.", u.from())
			}
		}
		d.styles(c)
	}
	d.annotations(all)
	for _, c := range all {
		d.authSignals(c)
	}
	d.config(all)
}

// require enters another plugin that must be there.
func (d *deriver) require(pkg, plugin, why string) {
	r := &d.out.Recipe
	if !slices.ContainsFunc(r.Requires, func(o recipe.Requirement) bool { return o.Package == pkg }) {
		r.Requires = append(r.Requires, recipe.Requirement{Package: pkg, Plugin: plugin, Why: why})
	}
}

func (d *deriver) signal(kind SignalKind, name, why, from string) {
	for _, s := range d.out.Signals {
		if s.Kind == kind && s.Name == name {
			return
		}
	}
	d.out.Signals = append(d.out.Signals, Signal{kind, name, why, from})
}

// callSignals reads the services and calls of a declaration.
func (d *deriver) callSignals(c *code, s symbol) {
	from := func(what string) string { return s.from() + ": " + what }
	for n := range s.node.Descendants() {
		switch n.Kind() {
		case tsx.KindMemberExpression:
			object := n.Field(tsx.FieldObject)
			if service := n.Field(tsx.FieldProperty).Text(); object.Text() == "coreServices" || object.Field(tsx.FieldProperty).Text() == "coreServices" {
				switch service {
				case "database":
					d.signal(NeedsDatabase, "", "It has tables of its own in the backend's database.", from("coreServices.database"))
				case "scheduler":
					d.signal(NeedsSchedule, "", "It runs tasks on a schedule.", from("coreServices.scheduler"))
				case "urlReader":
					d.signal(NeedsIntegrations, "", "It reads files by their addresses, as the integrations of the configuration allow.", from("coreServices.urlReader"))
				case "permissions", "permissionsRegistry":
					d.signal(NeedsPermission, "", "It has permissions of its own, or asks for those of others.", from("coreServices."+service))
				}
			}
		case tsx.KindCallExpression:
			if tsx.Callee(n).Field(tsx.FieldProperty).Text() == "getBaseUrl" {
				if id, ok := s.mod.constant(firstArgument(n), 0); ok && id == "proxy" {
					d.proxy(c, s, n)
				}
			}
		case tsx.KindIdentifier:
			switch n.Text() {
			case "eventsServiceRef":
				d.signal(NeedsEvents, "", "It takes part in events.", from("eventsServiceRef"))
			case "searchIndexRegistryExtensionPoint":
				d.signal(NeedsSearch, "", "It adds to the search index.", from("searchIndexRegistryExtensionPoint"))
			}
		}
	}
}

// proxy enters a proxy endpoint, with its path if the code has a constant for it.
func (d *deriver) proxy(c *code, s symbol, call tsx.Node) {
	path := cmpOr(s.mod.proxyPath(call), s.proxyMember())
	if path == "" {
		path = c.proxyDefault()
	}
	for _, old := range d.out.Signals {
		if old.Kind == NeedsProxy && (path == "" || old.Name == path) {
			return
		}
	}
	why := "It calls its service through the backend's proxy."
	if path != "" {
		why = "It calls its service through the backend's proxy, at " + path + "."
	}
	d.out.Signals = append(d.out.Signals, Signal{NeedsProxy, path, why, s.from() + `: getBaseUrl('proxy')`})
}

// proxyDefault is the first constant path for the proxy that the code has.
func (c *code) proxyDefault() string {
	if !c.searched {
		c.searched = true
		for _, s := range c.decls {
			if c.proxyPath = s.proxyDefault(); c.proxyPath != "" {
				break
			}
		}
	}
	return c.proxyPath
}

// proxyPath is the constant that follows the proxy's address in the template that a call is in.
func (m *module) proxyPath(call tsx.Node) string {
	for n := call; n.Ok() && !n.Is(tsx.KindStatementBlock); n = n.Parent() {
		sub := n
		if !sub.Is(tsx.KindTemplateSubstitution) {
			continue
		}
		t := sub.Parent()
		rest := t.Text()[sub.End()-t.Start():]
		if i := strings.IndexAny(rest, "$`?"); i > 1 && strings.HasPrefix(rest, "/") {
			return strings.TrimSuffix(rest[:i], "/")
		}
		if next := sub.NextNamed(); next.Is(tsx.KindTemplateSubstitution) && next.Start() == sub.End() {
			if s, ok := m.constant(next.NamedChild(0), 0); ok && proxyLike(s) {
				return s
			}
		}
	}
	return ""
}

// proxyMember is a constant path that a class which calls the proxy gives itself:
// `this.baseUrl = "/x/api"`.
func (s symbol) proxyMember() string {
	for n := range s.node.Descendants() {
		name, value := tsx.Node{}, tsx.Node{}
		switch n.Kind() {
		case tsx.KindAssignmentExpression:
			if left := n.Field(tsx.FieldLeft); strings.HasPrefix(left.Text(), "this.") {
				name, value = left, n.Field(tsx.FieldRight)
			}
		case tsx.KindPublicFieldDefinition:
			name, value = n.Field(tsx.FieldName), n.Field(tsx.FieldValue)
		}
		lower := strings.ToLower(name.Text())
		if v, ok := s.mod.constant(value, 0); ok && proxyLike(v) && (strings.Contains(lower, "path") || strings.Contains(lower, "url")) {
			return v
		}
	}
	return ""
}

// proxyDefault is a constant path that a declaration is, or has, for the proxy: one whose name
// says so, or what takes the place of a configured one that is missing.
func (s symbol) proxyDefault() string {
	if strings.Contains(strings.ToLower(s.name), "proxy") {
		if v, ok := s.mod.constant(s.value(), 0); ok && proxyLike(v) {
			return v
		}
	}
	for n := range s.node.Descendants() {
		if !n.Is(tsx.KindBinaryExpression) || !slices.Contains([]string{"||", "??"}, n.Field(tsx.FieldOperator).Text()) {
			continue
		}
		if left := n.Field(tsx.FieldLeft).Text(); strings.Contains(left, "roxyPath") || strings.Contains(left, "proxy_path") {
			if v, ok := s.mod.constant(n.Field(tsx.FieldRight), 0); ok && proxyLike(v) {
				return v
			}
		}
	}
	return ""
}

func proxyLike(s string) bool {
	return strings.HasPrefix(s, "/") && len(s) > 1 && !strings.ContainsAny(s, " \t\r\n:?#'\"\\{}")
}

// authProviders are the keys under auth.providers by the API references of their tokens.
var authProviders = map[string]string{
	"githubAuthApiRef": "github", "gitlabAuthApiRef": "gitlab", "googleAuthApiRef": "google", "microsoftAuthApiRef": "microsoft",
	"oktaAuthApiRef": "okta", "oneloginAuthApiRef": "onelogin", "bitbucketAuthApiRef": "bitbucket", "bitbucketServerAuthApiRef": "bitbucketServer",
	"atlassianAuthApiRef": "atlassian", "vmwareCloudAuthApiRef": "vmwareCloudServices", "openshiftAuthApiRef": "openshift",
}

// authSignals enters the providers of the user's tokens. With one the plugin needs it; of several
// it uses those that there are.
func (d *deriver) authSignals(c *code) {
	var found []used
	for _, u := range c.uses {
		known := authProviders[u.name] != "" || u.name == "scmAuthApiRef"
		if known && !slices.ContainsFunc(found, func(o used) bool { return o.name == u.name }) {
			found = append(found, u)
		}
	}
	slices.SortFunc(found, func(a, b used) int { return strings.Compare(a.name, b.name) })
	for _, u := range found {
		name := authProviders[u.name]
		if u.name == "scmAuthApiRef" {
			name = ""
			for _, host := range []string{"github", "gitlab", "bitbucket"} {
				if slices.Contains(words(c.pack.Name), host) || d.annotatedBy(host) {
					name = host
				}
			}
			d.signal(NeedsAuth, cmpOr(name, "scm"), "It asks for the user's token of the host of the source code.", u.from())
		} else {
			d.signal(NeedsAuth, name, "It asks for the user's token of "+titled(name)+".", u.from())
		}
		if name == "" || len(found) > 1 || slices.ContainsFunc(d.out.Recipe.Needs, func(n recipe.Need) bool { return n.Name == name }) {
			continue
		}
		need := recipe.Need{Kind: recipe.NeedAuthProvider, Name: name, Why: "The browser asks for the user's token of " + titled(name) + "."}
		if slices.Contains(recipe.IDs(), name+"-auth") {
			need.Recipe = name + "-auth"
		}
		d.out.Recipe.Needs = append(d.out.Recipe.Needs, need)
	}
}

// annotatedBy reports whether the plugin's first annotation is one of a host of source code.
func (d *deriver) annotatedBy(host string) bool {
	all := d.out.Recipe.Annotations
	return len(all) > 0 && strings.HasPrefix(all[0].Name, host+".")
}

// styles adds the style sheet of @backstage/ui for a plugin that draws with it.
func (d *deriver) styles(c *code) {
	if !c.pack.JSON.depends("@backstage/ui") {
		return
	}
	i := slices.IndexFunc(c.uses, func(u used) bool { return u.spec == "@backstage/ui" })
	if i < 0 {
		return
	}
	r := &d.out.Recipe
	if slices.ContainsFunc(r.Packages, func(p recipe.Package) bool { return p.Name == "@backstage/ui" }) {
		return
	}
	r.Packages = append(r.Packages, recipe.Package{Name: "@backstage/ui", Role: recipe.Common, In: recipe.InApp})
	step := recipe.Step{
		Why: "The style sheet of the components that the plugin is drawn with.", From: c.uses[i].from(),
		CSSImport: &recipe.CSSImport{Module: "@backstage/ui/css/styles.css"},
	}
	if len(r.Legacy) > 0 {
		r.Legacy = append(r.Legacy, step)
	}
	if len(r.New) > 0 {
		r.New = append(r.New, step)
	}
}
