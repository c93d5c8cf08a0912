package derive

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/registry/npm"
)

// Open gets a package in the version that fits the app. It is called from several goroutines at
// once. Where there is no such package, the error is an *npm.Error with the problem NotFound, or
// is fs.ErrNotExist.
type Open func(ctx context.Context, name string) (*Package, error)

// Family is the packages of one plugin.
type Family struct {
	// Named is the name that was asked for.
	Named string
	// Members are the packages that were found: the frontend first, then the backend, modules,
	// and libraries; by name among those.
	Members []Member
	// Missing are packages that belong to the plugin by what its metadata say, and that there
	// are not.
	Missing []Missing
}

// Member is a package of a plugin.
type Member struct {
	*Package
	Role Role
	Why  string // one clause: why it belongs to the plugin
}

// Missing is a package that could not be had.
type Missing struct {
	Name string
	Why  string // one clause: why it would belong to the plugin
	Err  error
}

// Role is backstage.role of a package.json.
type Role string

// The roles of packages that derivation knows.
const (
	FrontendPlugin Role = "frontend-plugin"
	FrontendModule Role = "frontend-plugin-module"
	BackendPlugin  Role = "backend-plugin"
	BackendModule  Role = "backend-plugin-module"
	WebLibrary     Role = "web-library"
	NodeLibrary    Role = "node-library"
	CommonLibrary  Role = "common-library"
)

// Moved is the error of Family for a package that is published under another name now. It wraps
// the *diag.Diagnostic that says so.
type Moved struct {
	From, To string
}

// Error is the diagnostic's text.
func (m *Moved) Error() string { return m.Unwrap().Error() }

// Unwrap is the *diag.Diagnostic.
func (m *Moved) Unwrap() error {
	d := diag.Errorf("moved-package", "%s is not published under this name any more: it is %s now", m.From, m.To)
	d.Manual = "batten add " + m.To
	return d
}

// maxMembers is how many packages one plugin may have.
const maxMembers = 24

// FamilyOf finds the packages of the plugin that a package belongs to: those that its package.json
// lists, else those that are named after it, and the libraries of the plugin that its frontend
// depends on. A module stands for itself; what it extends is in the recipe's Requires.
//
// The error is what open returns for the named package; a *Moved; or a *diag.Diagnostic if the
// package is nothing to add to a Backstage app ("not-a-plugin").
func FamilyOf(ctx context.Context, name string, open Open) (*Family, error) {
	named, err := called(ctx, open, name)
	if err != nil {
		return nil, err
	}
	if to := named.JSON.Moved; to != "" && to != name {
		return nil, &Moved{name, to}
	}
	role := roleOf(named)
	g := &gathering{open: open, family: &Family{Named: name}, asked: map[string]bool{name: true}}
	switch role {
	case FrontendPlugin, BackendPlugin:
		g.add(named, role, "it was asked for")
	case FrontendModule, BackendModule:
		g.add(named, role, "it was asked for")
		if role == FrontendModule {
			return g.done(g.round(ctx, g.libraries()))
		}
		return g.done(nil)
	default:
		plugin := pluginOf(named, role)
		if plugin == "" {
			return nil, notPlugin(name, role)
		}
		main, err := called(ctx, open, plugin)
		switch {
		case absent(err):
			return nil, notPlugin(name, role)
		case err != nil:
			return nil, err
		case main.JSON.Moved != "" && main.JSON.Moved != plugin:
			return nil, &Moved{plugin, main.JSON.Moved}
		}
		if r := roleOf(main); r != FrontendPlugin && r != BackendPlugin {
			return nil, notPlugin(name, role)
		}
		g.asked[plugin] = true
		library := named
		g.open = func(ctx context.Context, other string) (*Package, error) {
			if other == name {
				return library, nil
			}
			return open(ctx, other)
		}
		delete(g.asked, name)
		g.add(main, roleOf(main), name+" is a library of it")
		named = main
	}
	if err := g.round(ctx, g.relatives(named)); err != nil {
		return nil, err
	}
	return g.done(g.round(ctx, g.libraries()))
}

// called opens a package, which must have the name that it was asked for by.
func called(ctx context.Context, open Open, name string) (*Package, error) {
	p, err := open(ctx, name)
	if err == nil && p.Name != name {
		return nil, diag.Errorf("bad-package", "the package that is published as %s calls itself %q", name, p.Name)
	}
	return p, err
}

// notPlugin is the refusal of a package that there is nothing to add of.
func notPlugin(name string, role Role) *diag.Diagnostic {
	d := diag.Errorf("not-a-plugin", "%s is not a Backstage plugin", name)
	switch role {
	case "":
		d.Detail = "Its package.json has no backstage.role, and it depends on none of Backstage's plugin APIs."
	case WebLibrary, NodeLibrary, CommonLibrary:
		d.Detail = "It is a library (" + string(role) + ") that plugins import; there is nothing of it to wire in."
	default:
		d.Detail = "Its role is " + string(role) + "."
	}
	d.Manual = "batten search " + strings.Join(strings.FieldsFunc(baseName(name), func(r rune) bool { return r == '-' }), " ")
	return d
}

// roleOf is a package's role, for packages from before there were roles by what they depend on.
func roleOf(p *Package) Role {
	if p.JSON.Role != "" {
		return Role(p.JSON.Role)
	}
	switch {
	case p.JSON.depends("@backstage/core-plugin-api") || p.JSON.depends("@backstage/frontend-plugin-api"):
		if strings.HasSuffix(p.Name, "-react") {
			return WebLibrary
		}
		return FrontendPlugin
	case p.JSON.depends("@backstage/backend-plugin-api") || p.JSON.depends("@backstage/backend-common"):
		switch {
		case strings.HasSuffix(p.Name, "-node"):
			return NodeLibrary
		case strings.Contains(p.Name, "-module-"):
			return BackendModule
		}
		return BackendPlugin
	}
	return ""
}

// pluginOf is the plugin that a library is part of; "" if that is not known.
func pluginOf(p *Package, role Role) string {
	if role != WebLibrary && role != NodeLibrary && role != CommonLibrary {
		return ""
	}
	for _, name := range p.JSON.PluginPackages {
		if name == baseName(p.Name) {
			return name
		}
	}
	for _, name := range p.JSON.PluginPackages {
		if name == baseName(p.Name)+"-backend" {
			return name
		}
	}
	if len(p.JSON.PluginPackages) == 0 && baseName(p.Name) != p.Name {
		return baseName(p.Name)
	}
	return ""
}

// baseName is the name that the packages of a plugin have in common by the usual naming:
// "@x/plugin-y-backend" and "@x/plugin-y-react" are of "@x/plugin-y".
func baseName(name string) string {
	if before, _, ok := strings.Cut(name, "-module-"); ok {
		name = before
	}
	for _, suffix := range []string{"-backend", "-common", "-react", "-node", "-frontend"} {
		if s, ok := strings.CutSuffix(name, suffix); ok && !strings.HasSuffix(s, "/plugin") && s != "" {
			return s
		}
	}
	return name
}

// absent reports whether an error means that there is no such package.
func absent(err error) bool {
	return err != nil && (npm.Is(err, npm.NotFound) || npm.Is(err, npm.BadName) || errors.Is(err, fs.ErrNotExist))
}

// gathering collects a family.
type gathering struct {
	open   Open
	family *Family
	asked  map[string]bool
}

// wanted is a package to look for.
type wanted struct {
	name, why string
	guess     bool // only its name speaks for it
}

func (g *gathering) add(p *Package, role Role, why string) {
	g.family.Members = append(g.family.Members, Member{p, role, why})
}

// relatives are the other packages of a plugin, by the package.json of one of them.
func (g *gathering) relatives(p *Package) []wanted {
	var out []wanted
	base := baseName(p.Name)
	for _, name := range p.JSON.PluginPackages {
		if (strings.HasSuffix(name, "-backend") || name == base) && name != p.Name {
			out = append(out, wanted{name, p.Name + " lists it in backstage.pluginPackages", false})
		}
	}
	if len(p.JSON.PluginPackages) > 1 {
		return out
	}
	if base == p.Name || base+"-frontend" == p.Name {
		return []wanted{{base + "-backend", "it is named after " + p.Name, true}}
	}
	return []wanted{{base, p.Name + " is named after it", true}}
}

// libraries are the libraries of the plugin that its frontend depends on.
func (g *gathering) libraries() []wanted {
	var out []wanted
	for _, m := range g.family.Members {
		if m.Role != FrontendPlugin && m.Role != FrontendModule {
			continue
		}
		for _, name := range sortedKeys(m.JSON.Dependencies) {
			rest, ok := strings.CutPrefix(name, baseName(m.Name)+"-")
			listed := slices.Contains(m.JSON.PluginPackages, name) && !strings.HasSuffix(name, "-backend") && !strings.HasSuffix(name, "-node")
			if name != m.Name && (listed || ok && (rest == "react" || rest == "common")) {
				out = append(out, wanted{name, m.Name + " imports it", false})
			}
		}
	}
	return out
}

// round opens packages at once and adds those that there are.
func (g *gathering) round(ctx context.Context, all []wanted) error {
	all = slices.DeleteFunc(all, func(w wanted) bool {
		known := g.asked[w.name]
		g.asked[w.name] = true
		return known || !npm.ValidName(w.name)
	})
	all = all[:min(len(all), maxMembers)]
	type opened struct {
		p   *Package
		err error
	}
	results := make([]opened, len(all))
	var wait sync.WaitGroup
	for i, w := range all {
		wait.Go(func() {
			p, err := called(ctx, g.open, w.name)
			results[i] = opened{p, err}
		})
	}
	wait.Wait()
	for i, w := range all {
		p, err := results[i].p, results[i].err
		switch {
		case err == nil && w.guess && (p.JSON.Moved != "" || roleOf(p) == ""):
		case err == nil:
			g.add(p, roleOf(p), w.why)
		case w.guess && (absent(err) || npm.Is(err, npm.Unauthorized)):
		case absent(err):
			g.family.Missing = append(g.family.Missing, Missing{w.name, w.why, err})
		default:
			return err
		}
	}
	return nil
}

func (g *gathering) done(err error) (*Family, error) {
	if err != nil {
		return nil, err
	}
	rank := func(r Role) int {
		i := slices.Index([]Role{FrontendPlugin, BackendPlugin, FrontendModule, BackendModule, WebLibrary, CommonLibrary, NodeLibrary}, r)
		if i < 0 {
			return 99
		}
		return i
	}
	slices.SortStableFunc(g.family.Members, func(a, b Member) int {
		if d := rank(a.Role) - rank(b.Role); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
	return g.family, nil
}
