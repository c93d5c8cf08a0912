package recipe

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"gopkg.in/yaml.v3"
)

var (
	idPattern     = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	namePattern   = regexp.MustCompile(`^(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*$`)
	identPattern  = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)
	propPattern   = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$-]*$`)
	envPattern    = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)[^}]*\}`)
	sourceImport  = regexp.MustCompile(`(?m)^(?:import|\} from)[^'\n]*'([^']+)';`)
	targetOfIdent = regexp.MustCompile(`^[a-z]+(?:-[a-z-]+)?:[a-z0-9-]+(?:/[a-z0-9-]+)?$`)
)

// always are the packages that apps and backends of every template depend on, so that a step
// may import from them without the recipe naming them.
var always = []string{
	"@backstage/core-plugin-api", "@backstage/core-components", "@backstage/plugin-catalog",
	"@backstage/frontend-plugin-api", "@backstage/plugin-app-react", "@material-ui/core",
	"@material-ui/icons", "@backstage/catalog-client", "@backstage/ui", "express", "react",
}

// Validate lists what is wrong with a recipe, each with its place in the recipe
// ("legacy[1].entity-card: ..."). It is empty for a recipe that can be used.
func Validate(r Recipe) []string {
	var out []string
	for _, f := range validate(r) {
		out = append(out, f.String())
	}
	return out
}

func validate(r Recipe) []fault {
	v := &validator{recipe: r}
	v.head()
	for _, list := range []struct {
		system System
		steps  []Step
		kinds  []Kind
	}{
		{LegacyFrontend, r.Legacy, []Kind{KindRoute, KindSidebarItem, KindEntityTab, KindEntityCard, KindEntityCase, KindSignInProvider,
			KindSidebarComponent, KindHomeWidget, KindSearchItem, KindAppRootElement, KindTechDocsAddon, KindFieldExtension, KindCSSImport, KindAPI}},
		{NewFrontend, r.New, []Kind{KindFeature, KindExtension, KindCSSImport, KindAPI, KindLegacyPlugin}},
		{NewBackend, r.Backend, []Kind{KindBackendFeature}},
		{LegacyBackend, r.LegacyBackend, []Kind{KindLegacyRouter}},
	} {
		for i, s := range list.steps {
			kind := s.Kind()
			v.at = fmt.Sprintf("%s[%d]", list.system, i)
			v.check(kind != "", "a step is exactly one kind of wiring")
			v.check(kind == "" || slices.Contains(list.kinds, kind), "a %s does not belong to this system", kind)
			v.at += "." + string(kind)
			v.step(s)
		}
	}
	v.config()
	return v.problems
}

type validator struct {
	recipe   Recipe
	at       string
	problems []fault
}

func (v *validator) check(ok bool, format string, args ...any) {
	if !ok {
		v.problems = append(v.problems, fault{v.at, fmt.Sprintf(format, args...)})
	}
}

func (v *validator) head() {
	r := v.recipe
	v.check(idPattern.MatchString(r.ID), "id %q is not kebab-case", r.ID)
	v.check(r.Derived || r.Title != "", "title is missing")
	v.check(r.Derived || r.Description != "", "description is missing")
	v.check(r.Derived && r.Docs == "" || strings.HasPrefix(r.Docs, "https://"), "docs %q is not an https address", r.Docs)
	v.check(r.Derived || len(r.Packages) > 0, "packages are missing")
	v.overlay()
	v.span(Span{Since: r.Since})
	for i, a := range r.Aliases {
		v.check(a != "" && a == strings.ToLower(a), "aliases[%d]: %q is not in lower case", i, a)
	}
	for i, p := range r.Packages {
		v.at = fmt.Sprintf("packages[%d]", i)
		v.pkg(p)
	}
	v.at = ""
	for i, x := range r.Variants {
		v.check(idPattern.MatchString(x.Name), "variants[%d]: name %q is not kebab-case", i, x.Name)
		v.check(x.Description != "", "variants[%d]: description is missing", i)
	}
	for i, u := range r.Unsupported {
		v.check(isSystem(u.System), "unsupported[%d]: unknown system %q", i, u.System)
		v.check(u.Reason != "", "unsupported[%d]: reason is missing", i)
		v.span(u.Span)
	}
}

func isSystem(s System) bool {
	return slices.Contains([]System{LegacyFrontend, NewFrontend, NewBackend, LegacyBackend}, s)
}

func (v *validator) pkg(p Package) {
	v.check(namePattern.MatchString(p.Name), "name %q is no npm package name", p.Name)
	v.check(p.In == InApp || p.In == InBackend, "in %q is neither app nor backend", p.In)
	switch p.Role {
	case Frontend, FrontendModule:
		v.check(p.In == InApp, "a %s package belongs in the app", p.Role)
	case Backend, BackendModule:
		v.check(p.In == InBackend, "a %s package belongs in the backend", p.Role)
	case Common:
	default:
		v.check(false, "unknown role %q", p.Role)
	}
	for i, x := range p.Versions {
		version, err := semver.StrictNewVersion(x.Version)
		v.check(err == nil, "versions[%d]: %q is no version", i, x.Version)
		release, rerr := semver.StrictNewVersion(x.Release)
		v.check(rerr == nil, "versions[%d]: %q is no release", i, x.Release)
		if i == 0 || err != nil || rerr != nil {
			continue
		}
		last, err := semver.StrictNewVersion(p.Versions[i-1].Version)
		lastRelease, rerr := semver.StrictNewVersion(p.Versions[i-1].Release)
		v.check(err != nil || version.LessThan(last), "versions[%d]: the newest comes first", i)
		v.check(rerr != nil || !lastRelease.LessThan(release), "versions[%d]: an older version for a newer release", i)
	}
	for _, s := range p.Systems {
		v.check(isSystem(s), "unknown system %q", s)
	}
	v.span(p.Span)
}

func (v *validator) span(s Span) {
	for _, limit := range []string{s.Since, s.Before} {
		if limit != "" {
			_, err := semver.StrictNewVersion(limit)
			v.check(err == nil, "%q is no release", limit)
		}
	}
}

func (v *validator) step(s Step) {
	v.check(s.Why != "", "why is missing")
	v.span(s.Span)
	v.check(s.As == "" || v.recipe.Derived && len(v.recipe.Variants) == 0 || slices.ContainsFunc(v.recipe.Variants, func(x Variant) bool { return x.Name == s.As }),
		"there is no variant %q", s.As)
	switch {
	case s.Route != nil:
		v.path(s.Route.Path)
		v.element(s.Route.Element)
	case s.SidebarItem != nil:
		v.check(s.SidebarItem.To != "" && !strings.HasPrefix(s.SidebarItem.To, "/"), "to %q is empty or begins with a slash", s.SidebarItem.To)
		v.check(s.SidebarItem.Text != "", "text is missing")
		v.ref(s.SidebarItem.Icon)
	case s.EntityTab != nil:
		v.path(s.EntityTab.Path)
		v.check(s.EntityTab.Title != "", "title is missing")
		v.element(s.EntityTab.Element)
		v.predicate(s.EntityTab.If)
		v.check(s.EntityTab.If != nil || !s.EntityTab.Truthy, "truthy without a condition")
		v.pages(s.EntityTab.Pages)
	case s.EntityCard != nil:
		v.element(s.EntityCard.Element)
		v.predicate(s.EntityCard.If)
		v.check(s.EntityCard.If != nil || !s.EntityCard.Truthy, "truthy without a condition")
		v.check(len(s.EntityCard.Grid) > 0, "grid is missing")
		v.props(s.EntityCard.Grid)
		v.pages(s.EntityCard.Pages)
	case s.EntityCase != nil:
		v.element(s.EntityCase.Element)
		v.ref(s.EntityCase.If)
	case s.SignInProvider != nil:
		p := s.SignInProvider
		v.check(p.ID != "" && p.Title != "" && p.Message != "", "id, title and message are needed")
		v.ref(p.APIRef)
	case s.Feature != nil:
		v.feature(*s.Feature)
	case s.Extension != nil:
		v.check(targetOfIdent.MatchString(s.Extension.ID), "id %q is no extension id", s.Extension.ID)
		v.yaml(s.Extension.Config)
		v.check(!s.Extension.Disabled || s.Extension.Config == "", "an extension that is turned off needs no config")
	case s.BackendFeature != nil:
		v.module(s.BackendFeature.Module)
	case s.LegacyRouter != nil:
		v.check(idPattern.MatchString(s.LegacyRouter.ID), "id %q is not kebab-case", s.LegacyRouter.ID)
		v.path(s.LegacyRouter.Path)
		v.source(s.LegacyRouter.Source)
	default:
		v.appStep(s)
	}
}

func (v *validator) path(p string) {
	v.check(strings.HasPrefix(p, "/") && len(p) > 1, "path %q does not begin with a slash", p)
}

func (v *validator) element(e Element) {
	v.ref(e.Ref)
	v.props(e.Props)
}

func (v *validator) props(props Props) {
	for _, p := range props {
		v.check(propPattern.MatchString(p.Name), "%q is no JSX attribute name", p.Name)
	}
}

func (v *validator) predicate(r *Ref) {
	if r != nil {
		v.ref(*r)
	}
}

func (v *validator) ref(r Ref) {
	v.module(r.Module)
	v.export(r)
}

func (v *validator) export(r Ref) {
	v.check(identPattern.MatchString(r.Export), "export %q is no identifier", r.Export)
	v.check(r.Export != "default" || r.As != "", "a default export needs a local name (as)")
	v.check(r.As == "" || identPattern.MatchString(r.As), "as %q is no identifier", r.As)
}

// module checks that a specifier is of a package that the app will have.
func (v *validator) module(m string) {
	name := PackageOf(m)
	known := v.recipe.Derived || slices.Contains(always, name) || slices.ContainsFunc(v.recipe.Packages, func(p Package) bool { return p.Name == name })
	v.check(known, "module %q is of none of the recipe's packages", m)
}

// PackageOf is the npm package of a module specifier: "@x/plugin-y" for "@x/plugin-y/alpha".
func PackageOf(module string) string {
	parts := strings.SplitN(module, "/", 3)
	if strings.HasPrefix(module, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

func (v *validator) feature(f Feature) {
	if f.File == "" {
		v.ref(f.Ref)
		v.check(f.Source == "", "source without a file")
		return
	}
	v.export(f.Ref)
	v.check(f.Module == "", "a file's export has no module")
	v.check(strings.HasPrefix(f.File, "src/") && !strings.Contains(f.File, ".."), "file %q is not under src", f.File)
	v.check(strings.Contains(f.Source, "export const "+f.Export+" ") || strings.Contains(f.Source, "export default "), "source does not export %s", f.Export)
	v.source(f.Source)
}

func (v *validator) source(src string) {
	v.check(strings.HasSuffix(src, "\n"), "source does not end in a newline")
	v.check(!strings.ContainsAny(src, "\t\r"), "source has tabs or carriage returns")
	for _, m := range sourceImport.FindAllStringSubmatch(src, -1) {
		if !strings.HasPrefix(m[1], ".") {
			v.module(m[1])
		}
	}
}

func (v *validator) yaml(src string) {
	var n yaml.Node
	err := yaml.Unmarshal([]byte(src), &n)
	v.check(err == nil, "not YAML: %v", err)
}

func (v *validator) config() {
	r := v.recipe
	used := map[string]bool{}
	for i, c := range r.Config {
		v.at = fmt.Sprintf("config[%d]", i)
		v.check(len(c.Path) > 0 && !slices.Contains(c.Path, ""), "path is missing")
		v.check(c.Why != "", "why is missing")
		v.check(strings.HasSuffix(c.YAML, "\n"), "yaml does not end in a newline")
		v.yaml(c.YAML)
		v.span(c.Span)
		for _, m := range envPattern.FindAllStringSubmatch(c.YAML, -1) {
			used[m[1]] = true
			v.check(r.Derived || slices.ContainsFunc(r.Env, func(e EnvVar) bool { return e.Name == m[1] }), "${%s} is not in env", m[1])
		}
	}
	v.at = ""
	for i, e := range r.Env {
		v.check(r.Derived || used[e.Name], "env[%d]: no config block names ${%s}", i, e.Name)
		v.check(e.Description != "", "env[%d]: description is missing", i)
	}
	for i, a := range r.Annotations {
		v.check(a.Name != "" && a.Example != "" && a.Description != "", "annotations[%d]: name, example and description are needed", i)
	}
	for i, n := range r.NotesFor {
		v.check(n.Text != "", "notesFor[%d]: text is missing", i)
		v.check(!slices.ContainsFunc(n.Systems, func(s System) bool { return !isSystem(s) }), "notesFor[%d]: unknown system", i)
		v.span(n.Span)
	}
	for i, n := range r.Needs {
		v.check(slices.Contains([]NeedKind{NeedAuthProvider, NeedIntegration, NeedPlugin}, n.Kind), "needs[%d]: unknown kind %q", i, n.Kind)
		v.check(n.Name != "" && n.Why != "", "needs[%d]: name and why are needed", i)
	}
}

// overlay checks what overlays alone have, and what plugins have to do with each other.
func (v *validator) overlay() {
	r := v.recipe
	v.check(r.Derived || r.Plugin == "", "plugin is for overlays: derived: true")
	v.check(r.Derived || len(r.Without) == 0, "without is for overlays: derived: true")
	v.check(!r.Derived || namePattern.MatchString(r.Plugin), "plugin %q is no npm package name", r.Plugin)
	for i, w := range r.Without {
		v.at = fmt.Sprintf("without[%d]", i)
		v.check(w.kinds() == 1, "name exactly one of module, package, sidebar, extension, config, annotation, env, need, note")
		v.check(w.Export == "" || w.Module != "", "an export needs its module")
		v.about(w.Why, w.Systems, w.Span)
	}
	for i, x := range r.Replaces {
		v.at = fmt.Sprintf("replaces[%d]", i)
		v.check(namePattern.MatchString(PackageOf(x.Module)), "module %q is of no npm package", x.Module)
		v.about(x.Why, x.Systems, x.Span)
	}
	for i, x := range r.Requires {
		v.at = fmt.Sprintf("requires[%d]", i)
		v.check(namePattern.MatchString(x.Package), "package %q is no npm package name", x.Package)
		v.about(x.Why, x.Systems, x.Span)
	}
	for i, x := range r.Extras {
		v.at = fmt.Sprintf("extras[%d]", i)
		v.check(namePattern.MatchString(x.Plugin), "plugin %q is no name of a plugin", x.Plugin)
		v.check(x.Why != "", "why is missing")
	}
	v.at = ""
}

func (v *validator) about(why string, systems []System, span Span) {
	v.check(why != "", "why is missing")
	for _, s := range systems {
		v.check(isSystem(s), "unknown system %q", s)
	}
	v.span(span)
}
