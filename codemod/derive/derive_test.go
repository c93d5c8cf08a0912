package derive_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/registry/recipe"
)

var update = flag.Bool("update", false, "write what is derived into testdata")

// registry is packages by name: files of a txtar archive whose names begin with the package's.
type registry map[string]fstest.MapFS

func parse(files []txtar.File) registry {
	r := registry{}
	for _, f := range files {
		name, file, ok := strings.Cut(f.Name, ":")
		if !ok {
			continue
		}
		if r[name] == nil {
			r[name] = fstest.MapFS{}
		}
		r[name][file] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
	}
	return r
}

func (r registry) open(_ context.Context, name string) (*derive.Package, error) {
	files, ok := r[name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return derive.NewPackage(files)
}

func derived(r registry, args []string) (string, error) {
	f, err := derive.FamilyOf(context.Background(), args[0], r.open)
	if err != nil {
		return "", err
	}
	var opts []derive.Option
	for _, a := range args[1:] {
		if name, ok := strings.CutPrefix(a, "-"); ok {
			opts = append(opts, derive.Without(name))
		} else {
			opts = append(opts, derive.With(a))
		}
	}
	d, err := derive.Recipe(f, opts...)
	if err != nil {
		return "", err
	}
	if problems := recipe.Validate(d.Recipe); len(problems) > 0 {
		return "", fmt.Errorf("the recipe is not valid: %s", strings.Join(problems, "; "))
	}
	return summary(d), nil
}

// Each archive in testdata holds the packages of a family, and what is derived from them: the
// comment at its top is "derive NAME", perhaps with extensions to hang (X) or not to (-X).
func TestFamiliesGiveTheRecipesThatACarefulReadingGives(t *testing.T) {
	archives(t, func(t *testing.T, file string, a *txtar.Archive) {
		var args []string
		for line := range strings.Lines(string(a.Comment)) {
			if rest, ok := strings.CutPrefix(line, "derive "); ok {
				args = strings.Fields(rest)
			}
		}
		got, err := derived(parse(a.Files), args)
		if err != nil {
			got = "error: " + err.Error() + "\n"
			if len(diag.Of(err)) == 0 {
				t.Errorf("%v is no diagnostic", err)
			}
		}
		again, _ := derived(parse(a.Files), args)
		if err == nil && again != got {
			t.Errorf("the second time it is\n%s", again)
		}
		i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
		if *update {
			if i < 0 {
				i = len(a.Files)
				a.Files = append(a.Files, txtar.File{Name: "want"})
			}
			a.Files[i].Data = []byte(got)
			if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		if i < 0 || string(a.Files[i].Data) != got {
			t.Errorf("derived\n%s\nwant\n%s", got, a.Files[max(i, 0)].Data)
		}
	})
}

func archives(t testing.TB, do func(t *testing.T, file string, a *txtar.Archive)) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no archives in testdata", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if t, ok := t.(*testing.T); ok {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { do(t, file, a) })
		} else {
			do(nil, file, a)
		}
	}
}

// summary is what of a derivation counts, a line each.
func summary(d *derive.Derived) string {
	var b strings.Builder
	r := d.Recipe
	fmt.Fprintf(&b, "%s %q\n", r.ID, r.Title)
	for _, p := range r.Packages {
		fmt.Fprintf(&b, "package %s %s in %s %v\n", p.Name, p.Role, p.In, p.Systems)
	}
	for _, list := range []struct {
		system recipe.System
		steps  []recipe.Step
	}{{recipe.LegacyFrontend, r.Legacy}, {recipe.NewFrontend, r.New}, {recipe.NewBackend, r.Backend}} {
		for _, s := range list.steps {
			as := ""
			if s.As != "" {
				as = " as " + s.As
			}
			fmt.Fprintf(&b, "%s%s %s: %s\n  by %s\n", list.system, as, s.Kind(), step(s), s.From)
		}
	}
	for _, u := range r.Unsupported {
		if u.System != recipe.LegacyBackend {
			fmt.Fprintf(&b, "unsupported %s: %s\n", u.System, u.Reason)
		}
	}
	for _, q := range r.Requires {
		fmt.Fprintf(&b, "requires %s\n", q.Package)
	}
	for _, c := range r.Config {
		fmt.Fprintf(&b, "config %s required=%v\n%s", strings.Join(c.Path, "."), c.Required, indented(c.YAML))
	}
	for _, e := range r.Env {
		fmt.Fprintf(&b, "env %s secret=%v\n", e.Name, e.Secret)
	}
	for _, a := range r.Annotations {
		fmt.Fprintf(&b, "annotation %s optional=%v\n", a.Name, a.Optional)
	}
	for _, n := range r.Needs {
		fmt.Fprintf(&b, "need %s %s\n", n.Kind, n.Name)
	}
	for _, s := range d.Signals {
		fmt.Fprintf(&b, "signal %s %s by %s\n", s.Kind, s.Name, s.From)
	}
	for _, x := range d.Extensions {
		if x.LeftOut != "" {
			fmt.Fprintf(&b, "left out %s %s (%s): %s\n", x.Export, x.ID, x.Kind, x.LeftOut)
		}
	}
	for _, c := range d.Choices {
		fmt.Fprintln(&b, strings.TrimSpace("choice "+c.Flag+" "+string(c.System)))
	}
	for _, n := range d.Notes {
		fmt.Fprintf(&b, "note %s\n", n)
	}
	return b.String()
}

func indented(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n  ") + "\n"
}

func on(pages []string) string {
	if len(pages) == 0 {
		return ""
	}
	return " on " + strings.Join(pages, ", ")
}

func step(s recipe.Step) string {
	element := func(e recipe.Element) string { return "<" + e.Export + e.Props.String() + "> of " + e.Module }
	when := func(r *recipe.Ref, truthy bool) string {
		switch {
		case r == nil:
			return ""
		case truthy:
			return " if Boolean(" + r.Export + ") of " + r.Module
		}
		return " if " + r.Export + " of " + r.Module
	}
	legacy := func(all []recipe.LegacyExtension) string {
		out := ""
		for _, e := range all {
			out += fmt.Sprintf(" %s %s %q%s;", e.Export, e.Path, e.Title, when(e.If, false))
		}
		return out
	}
	switch {
	case s.Route != nil:
		return s.Route.Path + " " + element(s.Route.Element)
	case s.SidebarItem != nil:
		return fmt.Sprintf("%s %q %s of %s", s.SidebarItem.To, s.SidebarItem.Text, s.SidebarItem.Icon.Local(), s.SidebarItem.Icon.Module)
	case s.EntityTab != nil:
		return fmt.Sprintf("%s %q %s%s", s.EntityTab.Path, s.EntityTab.Title, element(s.EntityTab.Element), when(s.EntityTab.If, s.EntityTab.Truthy)) + on(s.EntityTab.Pages)
	case s.EntityCard != nil:
		return element(s.EntityCard.Element) + when(s.EntityCard.If, s.EntityCard.Truthy) + on(s.EntityCard.Pages)
	case s.EntityCase != nil:
		return element(s.EntityCase.Element) + when(&s.EntityCase.If, false)
	case s.Feature != nil:
		return fmt.Sprintf("%s of %s as %s discovered=%v", s.Feature.Export, s.Feature.Module, s.Feature.As, s.Feature.Discovered)
	case s.Extension != nil:
		return s.Extension.ID
	case s.BackendFeature != nil:
		return s.BackendFeature.Module
	case s.HomeWidget != nil:
		return element(*s.HomeWidget)
	case s.SidebarComponent != nil:
		return element(*s.SidebarComponent)
	case s.TechDocsAddon != nil:
		return element(*s.TechDocsAddon)
	case s.FieldExtension != nil:
		return element(*s.FieldExtension)
	case s.SearchItem != nil:
		return element(s.SearchItem.Element)
	case s.AppRootElement != nil:
		return element(s.AppRootElement.Element)
	case s.CSSImport != nil:
		return s.CSSImport.Module
	case s.LegacyPlugin != nil:
		p := s.LegacyPlugin
		return fmt.Sprintf("%s of %s in %s: pages%s contents%s cards%s", p.Export, p.Module, p.File, legacy(p.Pages), legacy(p.Contents), legacy(p.Cards))
	}
	return ""
}

func TestAMovedPackageNamesItsSuccessor(t *testing.T) {
	r := parse([]txtar.File{{Name: "@x/plugin-old:package.json", Data: []byte(`{"name": "@x/plugin-old", "backstage": {"role": "frontend-plugin", "moved": "@y/plugin-new"}}`)}})
	_, err := derive.FamilyOf(context.Background(), "@x/plugin-old", r.open)
	var moved *derive.Moved
	if !errors.As(err, &moved) || moved.To != "@y/plugin-new" {
		t.Fatalf("got %v", err)
	}
}

func TestAnErrorOfOpeningIsReturned(t *testing.T) {
	down := errors.New("the registry is down")
	r := registry{"@x/plugin-y": {"package.json": {Data: []byte(`{"name": "@x/plugin-y", "backstage": {"role": "frontend-plugin"}}`)}}}
	for _, name := range []string{"@x/plugin-y", "@x/plugin-y-backend"} {
		_, err := derive.FamilyOf(context.Background(), "@x/plugin-y", func(ctx context.Context, asked string) (*derive.Package, error) {
			if asked == name {
				return nil, down
			}
			return r.open(ctx, asked)
		})
		if !errors.Is(err, down) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestNamesOfPackagesGiveTheNamesThatPeopleUse(t *testing.T) {
	for name, want := range map[string]string{
		"@backstage-community/plugin-jenkins":                          "jenkins",
		"@backstage-community/plugin-jenkins-backend":                  "jenkins",
		"@roadiehq/backstage-plugin-argo-cd":                           "argo-cd",
		"@pagerduty/backstage-plugin":                                  "pagerduty",
		"@pagerduty/backstage-plugin-backend":                          "pagerduty",
		"@x/backstage-plugin-kro-frontend":                             "kro",
		"backstage-plugin-foo":                                         "foo",
		"@backstage/plugin-catalog-backend-module-github":              "catalog-backend-module-github",
		"@red-hat-developer-hub/backstage-plugin-bulk-import":          "bulk-import",
		"@backstage-community/plugin-scaffolder-backend-module-dotnet": "scaffolder-backend-module-dotnet",
		"@x/_._": "plugin",
	} {
		if got := derive.ShortName(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestWhatAnOptionNamesMustBeThere(t *testing.T) {
	a, err := txtar.ParseFile("testdata/page.txtar")
	if err != nil {
		t.Fatal(err)
	}
	_, err = derived(parse(a.Files), []string{"@x/plugin-radar", "EntityNothing"})
	if d := diag.Of(err); len(d) != 1 || d[0].Code != "unknown-extension" {
		t.Fatalf("got %v", err)
	}
}
