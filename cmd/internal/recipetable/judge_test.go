package recipetable

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/fixtures/families"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/recipe"
)

// shelf opens the newest versions of packages, each once.
type shelf struct {
	client *npm.Client
	all    sync.Map // name to func() (*derive.Package, error)
}

func (s *shelf) open(ctx context.Context, name string) (*derive.Package, error) {
	get, _ := s.all.LoadOrStore(name, sync.OnceValues(func() (*derive.Package, error) {
		p, err := s.client.Packument(ctx, name)
		if err != nil {
			return nil, err
		}
		version := npm.Choose(p, npm.Needs{Release: func(string) (string, bool) { return "", false }}).Version
		if version == nil {
			return nil, fmt.Errorf("%s: no version: %w", name, fs.ErrNotExist)
		}
		tree, err := s.client.Tarball(ctx, version)
		if err != nil {
			return nil, err
		}
		return derive.NewPackage(tree)
	}))
	return get.(func() (*derive.Package, error))()
}

// verdict is what is found of one family.
type verdict struct {
	family families.Family
	// Of the extensions of the table, how many derivation knows how to hang, and what it says
	// of the others.
	right, extensions int
	wrong             []string
	unlisted          []string // extensions that the table does not have
	source            string   // of the recipe
	missing           []string // why the installation is not complete
	alone             bool     // derivation alone would do
	recipe            recipe.Recipe
}

func (s *shelf) judge(ctx context.Context, f families.Family) verdict {
	v := verdict{family: f, extensions: len(f.Extensions)}
	over, curated := recipe.Lookup(f.Add)
	var derived *derive.Derived
	fam, err := derive.FamilyOf(ctx, f.Add, s.open)
	if err == nil {
		derived, err = derive.Recipe(fam)
	}
	if err != nil {
		v.wrong = append(v.wrong, "nothing derived: "+text(err))
		if !curated || over.Derived {
			v.missing = append(v.missing, "nothing derived")
			return v
		}
	}
	if derived != nil {
		v.derivation(f, derived)
		v.recipe, v.source = derived.Recipe, "derived"
		v.alone = len(s.incomplete(ctx, f, derived.Recipe)) == 0
	}
	switch {
	case curated && over.Derived:
		v.source = "overlay"
		if v.recipe, err = recipe.Merge(derived.Recipe, over, families.Release); err != nil {
			v.missing = append(v.missing, err.Error())
			return v
		}
	case curated:
		v.recipe, v.source = over, "whole"
	}
	v.missing = s.incomplete(ctx, f, v.recipe)
	return v
}

func text(err error) string {
	var moved *derive.Moved
	if errors.As(err, &moved) {
		return "moved to " + moved.To
	}
	return err.Error()
}

// derivation compares the kinds of extensions.
func (v *verdict) derivation(f families.Family, d *derive.Derived) {
	for _, name := range sorted(f.Extensions) {
		want := families.Any(f.Extensions[name])
		kind := recipe.Kind("part")
		for _, e := range d.Extensions {
			if e.Export == name && e.Kind != "" {
				kind = e.Kind
			}
		}
		if slices.Contains(want, string(kind)) {
			v.right++
			continue
		}
		v.wrong = append(v.wrong, fmt.Sprintf("%s: %s, not %s", name, kind, f.Extensions[name]))
	}
	for _, e := range d.Extensions {
		if e.Export != "" && e.Kind != "" && f.Extensions[e.Export] == "" {
			v.unlisted = append(v.unlisted, fmt.Sprintf("%s as %s", e.Export, e.Kind))
		}
	}
}

// incomplete is what the recipe lacks of a complete installation in a new app of either
// frontend system, and what it has wrong.
func (s *shelf) incomplete(ctx context.Context, f families.Family, whole recipe.Recipe) []string {
	c := &check{f: f, shelf: s, ctx: ctx}
	for _, system := range []recipe.System{recipe.LegacyFrontend, recipe.NewFrontend} {
		r, err := whole.Resolve(recipe.Target{Release: families.Release, Systems: []recipe.System{system, recipe.NewBackend}})
		if err != nil {
			return []string{err.Error()}
		}
		if found := recipe.Validate(whole); len(found) > 0 {
			return found
		}
		c.r = r
		c.packages()
		c.refs()
		c.backend()
		c.config()
		c.others()
		if system == recipe.LegacyFrontend {
			c.legacy()
		} else {
			c.new()
		}
	}
	for _, problem := range s.misconfigured(ctx, whole) {
		c.say("%s", problem)
	}
	return c.found
}

// check compares a resolved recipe with a family.
type check struct {
	f     families.Family
	r     recipe.Recipe
	shelf *shelf
	ctx   context.Context
	found []string
}

func (c *check) say(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(c.found, s) {
		c.found = append(c.found, s)
	}
}

func (c *check) packages() {
	has := func(name string, in recipe.Workspace) bool {
		return slices.ContainsFunc(c.r.Packages, func(p recipe.Package) bool { return p.Name == name && p.In == in })
	}
	for _, name := range c.f.App {
		legacy := len(c.r.Legacy) > 0 || name == c.f.Add // what only legacy steps import is not needed elsewhere
		if legacy && !has(name, recipe.InApp) {
			c.say("the app lacks %s", name)
		}
	}
	for _, module := range c.f.Backend {
		if name := packageOf(module); !has(name, recipe.InBackend) {
			c.say("the backend lacks %s", name)
		}
	}
}

func (c *check) backend() {
	var modules []string
	for _, s := range c.r.Backend {
		if s.BackendFeature != nil {
			modules = append(modules, s.BackendFeature.Module)
		}
	}
	for _, m := range c.f.Backend {
		if !slices.Contains(modules, m) {
			c.say("no backend feature %s", m)
		}
	}
	for _, m := range modules {
		if !slices.Contains(c.f.Backend, m) {
			c.say("an unwanted backend feature %s", m)
		}
	}
}

func (c *check) legacy() {
	hung := map[string]recipe.Step{}
	for _, s := range c.r.Legacy {
		if refs := s.Refs(); len(refs) > 0 && s.SidebarItem == nil && s.SignInProvider == nil && s.API == nil && s.CSSImport == nil {
			hung[refs[0].Export] = s
		}
	}
	for name, s := range hung {
		if want := families.Any(c.f.Extensions[name]); !slices.Contains(want, string(s.Kind())) {
			c.say("%s hung as %s, not %s", name, s.Kind(), strings.Join(want, " or "))
		}
		if slices.Contains(c.f.Never, name) {
			c.say("%s hung", name)
		}
	}
	for _, h := range c.f.Hangs {
		if !slices.ContainsFunc(families.Any(h), func(name string) bool { return hung[name].Kind() != "" }) {
			c.say("%s not hung", h)
		}
	}
	for name, want := range c.f.If {
		s, ok := hung[name]
		cond, truthy := condition(s)
		switch {
		case !ok:
		case cond == nil:
			c.say("%s without a condition", name)
		case !slices.Contains(families.Any(want), cond.Export):
			c.say("%s if %s, not %s", name, cond.Export, want)
		case slices.Contains(c.f.Truthy, name) && !truthy:
			c.say("%s if %s, which is no boolean", name, cond.Export)
		}
	}
	for name, want := range c.f.Props {
		s, ok := hung[name]
		if !ok {
			continue
		}
		for _, p := range strings.Fields(want) {
			if !slices.ContainsFunc(propsOf(s), func(x recipe.Prop) bool { return x.Name == p }) {
				c.say("%s without its property %s", name, p)
			}
		}
	}
	for name, page := range c.f.Pages {
		if s := hung[name]; s.EntityCard == nil || !slices.Contains(s.EntityCard.Pages, page) {
			c.say("%s not on the page of a %s", name, page)
		}
	}
	for _, to := range c.f.Sidebar {
		if !slices.ContainsFunc(c.r.Legacy, func(s recipe.Step) bool { return s.SidebarItem != nil && s.SidebarItem.To == to }) {
			c.say("no link to %s", to)
		}
	}
	if id := c.f.SignIn; id != "" && !slices.ContainsFunc(c.r.Legacy, func(s recipe.Step) bool { return s.SignInProvider != nil && s.SignInProvider.ID == id }) {
		c.say("no sign-in provider %s", id)
	}
}

func condition(s recipe.Step) (*recipe.Ref, bool) {
	switch {
	case s.EntityTab != nil:
		return s.EntityTab.If, s.EntityTab.Truthy
	case s.EntityCard != nil:
		return s.EntityCard.If, s.EntityCard.Truthy
	case s.EntityCase != nil:
		return &s.EntityCase.If, s.EntityCase.Truthy
	}
	return nil, false
}

func propsOf(s recipe.Step) recipe.Props {
	switch {
	case s.EntityTab != nil:
		return s.EntityTab.Element.Props
	case s.EntityCard != nil:
		return s.EntityCard.Element.Props
	case s.EntityCase != nil:
		return s.EntityCase.Element.Props
	case s.HomeWidget != nil:
		return s.HomeWidget.Props
	}
	return nil
}

func (c *check) new() {
	var how []string
	for _, s := range c.r.New {
		switch {
		case s.LegacyPlugin != nil:
			how = append(how, "converted")
		case s.Feature != nil && s.Feature.File != "":
			how = append(how, "file")
		case s.Feature != nil:
			how = append(how, "."+strings.TrimPrefix(s.Feature.Module, c.f.Add))
		}
	}
	switch want := c.f.New; {
	case c.f.SignIn != "":
		if !slices.Contains(how, "file") {
			c.say("new system: no module for the sign-in page")
		}
	case want == "none" || want == "":
		if slices.Contains(how, "./alpha") || slices.Contains(how, ".") {
			c.say("new system: %s", strings.Join(how, " and "))
		}
	case !slices.Contains(how, want):
		c.say("new system: %s, not %s", strings.Join(append(how, ""), " "), want)
	}
}

func (c *check) config() {
	for _, at := range c.f.Config {
		if !slices.ContainsFunc(c.r.Config, func(b recipe.ConfigBlock) bool { return hasPath(b, at) }) {
			c.say("no config %s", strings.Join(at, "."))
		}
	}
}

// hasPath reports whether a block has a path, counting what its comments would set.
func hasPath(b recipe.ConfigBlock, at []string) bool {
	n := min(len(b.Path), len(at))
	if !slices.Equal(b.Path[:n], at[:n]) {
		return false
	}
	rest := at[n:]
	var node yaml.Node
	if len(rest) == 0 {
		return true
	}
	if yaml.Unmarshal([]byte(b.YAML), &node) != nil || len(node.Content) == 0 {
		return false
	}
	return lookup(node.Content[0], rest)
}

func lookup(n *yaml.Node, at []string) bool {
	if len(at) == 0 {
		return true
	}
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		// The ids of instances and environments are anything.
		if n.Content[i].Value == at[0] {
			return lookup(n.Content[i+1], at[1:])
		}
	}
	return false
}

func (c *check) others() {
	for _, a := range c.f.Annotations {
		if !slices.ContainsFunc(families.Any(a), func(name string) bool {
			return slices.ContainsFunc(c.r.Annotations, func(x recipe.Annotation) bool { return x.Name == name })
		}) {
			c.say("no annotation %s", a)
		}
	}
	for _, name := range c.f.Requires {
		if !slices.ContainsFunc(c.r.Requires, func(q recipe.Requirement) bool { return q.Package == name }) &&
			!slices.ContainsFunc(c.r.Packages, func(p recipe.Package) bool { return p.Name == name }) {
			c.say("%s is not required", name)
		}
	}
	for _, module := range c.f.Replaces {
		if !slices.ContainsFunc(c.r.Replaces, func(x recipe.Replaced) bool { return x.Module == module }) {
			c.say("%s is not replaced", module)
		}
	}
	for _, name := range c.f.Needs {
		if !slices.ContainsFunc(c.r.Needs, func(n recipe.Need) bool { return n.Name == name || n.Name == "scm" }) {
			c.say("no need of %s", name)
		}
	}
}

// refs checks that what the steps import is exported by packages that the recipe depends on.
func (c *check) refs() {
	for _, s := range slices.Concat(c.r.Legacy, c.r.New, c.r.Backend) {
		for _, ref := range s.Refs() {
			name := packageOf(ref.Module)
			if ref.Export == "" {
				continue // a style sheet
			}
			if !slices.ContainsFunc(c.r.Packages, func(p recipe.Package) bool { return p.Name == name }) {
				continue // of those that every app has, or Validate says so
			}
			pkg, err := c.shelf.open(c.ctx, name)
			if err != nil {
				c.say("%s cannot be read: %v", name, err)
				continue
			}
			i := slices.IndexFunc(pkg.JSON.Exports, func(e derive.Export) bool { return e.Path == "."+strings.TrimPrefix(ref.Module, name) })
			if i < 0 {
				c.say("%s is no entry point", ref.Module)
				continue
			}
			types := pkg.JSON.Exports[i].Types
			src, err := fs.ReadFile(pkg.Files, path.Clean(types))
			if err != nil {
				c.say("%s has no types: %v", ref.Module, err)
				continue
			}
			if !exports(string(src), ref.Export) {
				c.say("%s does not export %s", ref.Module, ref.Export)
			}
			if cond, truthy := condition(s); cond != nil && *cond == ref && !truthy {
				if why := noPredicate(string(src), ref.Export, s.EntityTab == nil); why != "" {
					c.say("if={%s} does not compile: %s", ref.Export, why)
				}
			}
		}
	}
}

// noPredicate says why a function does not do as a condition as it is; "" if it does, or if its
// declaration does not tell. Conditions of cases get a context besides the entity.
func noPredicate(types, name string, inCase bool) string {
	m := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `(?:\$\d+)?(?:: )?\(([^(){}]*)\)(?:: | => )([^;{]+);`).FindStringSubmatch(types)
	switch {
	case m == nil:
	case strings.TrimSpace(m[2]) != "boolean":
		return "it gives " + m[2]
	case inCase && strings.Contains(m[1], ","):
		return "its parameters are " + m[1]
	}
	return ""
}

var (
	exportList = regexp.MustCompile(`export (?:type )?\{([^}]*)\}`)
	exportDecl = regexp.MustCompile(`export (?:declare )?(?:const|function|class|let|var) ([A-Za-z0-9_$]+)`)
)

// exports reports whether declarations export a name.
func exports(types, name string) bool {
	for _, list := range exportList.FindAllStringSubmatch(types, -1) {
		for item := range strings.SplitSeq(list[1], ",") {
			if words := strings.Fields(item); len(words) > 0 && words[len(words)-1] == name {
				return true
			}
		}
	}
	for _, m := range exportDecl.FindAllStringSubmatch(types, -1) {
		if m[1] == name {
			return true
		}
	}
	return name == "default" && strings.Contains(types, "export default ") || strings.Contains(types, "export * from")
}

func packageOf(module string) string {
	parts := strings.SplitN(module, "/", 3)
	if strings.HasPrefix(module, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

func sorted(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
