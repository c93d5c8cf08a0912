package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/recipe"
)

type addOptions struct {
	*factory
	writing
	plugins []string
	app     string
	backend string
	as      string
	pages   []string
	with    []string
	without []string
	set     []string
	config  string

	annotate string
	entity   string
	values   []string // of annotations

	ways map[string]string // chosen on a terminal: how plugins are to hang, by the recipe's id
}

func newCmdAdd(f *factory, runF func(context.Context, *addOptions) error) *cobra.Command {
	opts := &addOptions{factory: f, ways: map[string]string{}}
	cmd := &cobra.Command{
		Use:                   "add PLUGIN...",
		DisableFlagsInUseLine: true,
		Short:                 "Wire plugins in everywhere they belong",
		Long: `Wire plugins in everywhere they belong: dependencies in the right workspaces at versions that
fit the app's release, the backend feature, the route, sidebar item, entity tab or card (or
the feature of a new frontend), and the configuration.

What is there already stays as it is, so a half-installed plugin is finished, and adding twice
changes nothing. Before anything is written, batten runs the changed app's own code and sees
that the new pieces hang, and that nothing else changed.

A plugin is a short name or an npm package, with a version, range or tag if you like. What it
needs is taken from the first of these that there is: a recipe in .batten/recipes of the
repository, a recipe of batten's own, the plugin's published packages, which batten reads and
never runs. ` + "`batten search WORD`" + ` finds plugins; ` + "`batten info PLUGIN`" + ` shows what one would wire, and why.`,
		Example: `  batten add tech-radar                        wire a plugin in
  batten add @acme/backstage-plugin-x          one that batten has no recipe for
  batten add argo-cd@2.12.0                    a version of your choice
  batten add sonarqube jenkins --dry-run       print the diff, write nothing
  batten add jenkins --entity-page service     only on the page of services
  batten add github-auth --no-install          do not run yarn afterwards`,
		Args: plugins,
		RunE: run(func(ctx context.Context, args []string) error {
			opts.plugins = args
			return runF(ctx, opts)
		}),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return recipe.IDs(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&opts.as, "as", "", "hang a plugin that can hang in several ways as its recipe's `WAY`: jenkins has cicd and tab")
	flags.StringSliceVar(&opts.pages, "entity-page", nil, "the entity `PAGES` that get tabs and cards: a component's type, a kind, default (service,website)")
	flags.StringSliceVar(&opts.with, "with", nil, "hang these too: `NAMES` of exports, or ids of extensions, that would be left out")
	flags.StringSliceVar(&opts.without, "without", nil, "leave these out: `NAMES` of exports, or ids of extensions")
	flags.StringVar(&opts.app, "app", "", "the frontend is in `DIR`, if there are several")
	flags.StringVar(&opts.backend, "backend", "", "the backend is in `DIR`, if there are several")
	flags.StringVar(&opts.config, "config", "", "put configuration into `FILE` (app-config.yaml)")
	flags.Lookup("config").DefValue = ""
	flags.StringArrayVar(&opts.set, "set", nil, "set a value of the configuration: `KEY=VALUE`, such as sonarqube.baseUrl=https://s.example")
	flags.StringVar(&opts.annotate, "annotate", "", "add the annotations that the plugins need to an entity of `FILE`")
	flags.StringVar(&opts.entity, "entity", "", "the entity of that file, as `KIND:NAME`, if there are several")
	flags.StringArrayVar(&opts.values, "annotation", nil, "the value of an annotation, `NAME=VALUE`, instead of an example")
	opts.writing.flags(cmd)
	return cmd
}

// plugins are the arguments of a verb that takes at least one plugin.
func plugins(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return &usageError{cmd.CommandPath(), errors.New("no plugin is named; `batten search WORD` finds them")}
	}
	return nil
}

// addJSON is what `add --json` prints.
type addJSON struct {
	Schema int `json:"schema"` // 1
	*install.Plan
	Difference wiring.Difference `json:"difference"`
	Changes    []changeJSON      `json:"changes"`
	Warnings   diag.List         `json:"warnings"`
	DryRun     bool              `json:"dryRun"`
	Recipes    []recipeJSON      `json:"recipes"` // those of Plugins, in the same order
}

func newAddJSON(plan *install.Plan, found []resolution, dry bool) addJSON {
	recipes := []recipeJSON{}
	for _, f := range found {
		recipes = append(recipes, newRecipeJSON(f))
	}
	return addJSON{
		Schema: 1, Plan: plan, DryRun: dry, Recipes: recipes, Changes: changesJSON(plan.Changes), Warnings: array(plan.Warnings),
		Difference: wiring.Difference{Added: array(plan.Difference.Added), Removed: array(plan.Difference.Removed)},
	}
}

func runAdd(ctx context.Context, opts *addOptions) error {
	root, fsys, err := opts.open()
	if err != nil {
		return err
	}
	ws, err := opts.load(fsys)
	if err != nil {
		return err
	}
	r := opts.newResolver(root, fsys, ws)
	r.systems = systemsOf(ws, inRepo(opts.app), inRepo(opts.backend))
	for {
		found, err := opts.plan(ctx, r, root, fsys, ws)
		if !errors.Is(err, errChoose) {
			return err
		}
		if err := opts.choose(ctx, found); err != nil {
			return err
		}
	}
}

// plan makes a plan and presents it. The error is errChoose if another one is wanted.
func (o *addOptions) plan(ctx context.Context, r *resolver, root string, fsys fs.FS, ws *workspace.Workspace) ([]resolution, error) {
	r.with, r.without, r.ways = o.with, o.without, o.ways
	found, err := r.all(ctx, o.plugins)
	if err != nil {
		return nil, err
	}
	if err := o.setValues(ctx, r, ws, found); err != nil {
		return nil, err
	}
	recipes := make([]recipe.Recipe, len(found))
	for i, f := range found {
		recipes[i] = f.recipe
	}
	o.io.Progress("choosing versions")
	r.versions.prefetch(ctx, recipes)
	options := install.Options{
		App: inRepo(o.app), Backend: inRepo(o.backend), As: o.as, Pages: entityPages(o.pages), Config: inRepo(o.config),
		Version: r.versions.choose,
		Load:    reloading(ws),
	}
	plan, err := install.Add(ctx, fsys, recipes, options)
	if fewer, some := withoutExtras(found, err); some {
		if less, lessErr := install.Add(ctx, fsys, fewer, options); lessErr == nil {
			plan, err = less, nil
		}
	}
	o.io.Progress("")
	if err != nil {
		return nil, err
	}
	if err := o.annotated(fsys, plan); err != nil {
		return nil, err
	}
	for _, f := range found {
		there := slices.ContainsFunc(plan.Plugins, func(p install.Plugin) bool { return p.ID == f.recipe.ID && p.State == install.Present })
		o.introduce(f, there)
	}
	o.warn(plan.Warnings)
	o.detail("%s", plan.Difference)
	for _, p := range plan.Plugins {
		for _, present := range p.Present {
			o.detail("%s: there already: %s", p.ID, present)
		}
	}
	if len(plan.Changes) == 0 {
		o.errln(nothingToDo(plan.Plugins))
	}
	if o.writing.dryRun && len(plan.Changes) > 0 {
		o.errln(whatIsLeft(o.io.ErrStyle(), plan.Plugins, true))
	}
	return found, o.present(ctx, proposal{
		root: root, verb: "add " + strings.Join(o.plugins, " "), changes: plan.Changes, manager: ws.Manager,
		notes:   whatIsLeft(o.io.ErrStyle(), plan.Plugins, false),
		choices: o.canChoose(found),
		result:  newAddJSON(plan, found, o.writing.dryRun),
	}, o.writing)
}

// withoutExtras are the recipes without the pieces that were derived and that not every app has a
// place for, with a note on each. It is false if there are none, or if that is not what went
// wrong.
func withoutExtras(found []resolution, err error) ([]recipe.Recipe, bool) {
	if !slices.ContainsFunc(diag.Of(err), func(d *diag.Diagnostic) bool { return d.Code == "no-safe-place" }) {
		return nil, false
	}
	extras := []recipe.Kind{recipe.KindHomeWidget, recipe.KindSearchItem, recipe.KindTechDocsAddon, recipe.KindFieldExtension}
	some := false
	fewer := make([]recipe.Recipe, len(found))
	for i, f := range found {
		r := f.recipe
		if f.derived != nil {
			r.Legacy, r.Notes = nil, slices.Clone(r.Notes)
			for _, s := range f.recipe.Legacy {
				if !slices.Contains(extras, s.Kind()) {
					r.Legacy = append(r.Legacy, s)
					continue
				}
				some = true
				r.Notes = append(r.Notes, fmt.Sprintf("%s is left out, as the app has no place for a %s: hang it by hand once there is one.", stepText(s), s.Kind()))
			}
		}
		fewer[i] = r
	}
	return fewer, some
}

// introduce says where the recipe of a plugin comes from, what was left open, and what is taken.
// Of a plugin that is there already only what is worth knowing still.
func (o *addOptions) introduce(f resolution, there bool) {
	if there {
		o.warn(f.says)
		return
	}
	style := o.io.ErrStyle()
	o.errln(style.Bold(f.recipe.Title) + style.Dim(": "+f.source()))
	if f.forced != "" {
		o.errln("  " + f.forced)
	}
	o.warn(f.says)
	if len(f.others) > 0 {
		o.errln("  Other packages have the name too: " + strings.Join(f.others, ", ") + ".")
	}
	choices := slices.DeleteFunc(f.choices(), func(c derive.Choice) bool { return o.as != "" && strings.HasPrefix(c.Flag, "--as") })
	for _, line := range choiceLines(style, choices) {
		o.errln("  " + line)
	}
}

// entityPages are the pages named on the command line as facts name them: a kind, "default",
// or the type of a component.
func entityPages(names []string) []string {
	kinds := []string{"component", "api", "user", "group", "system", "domain", "resource", "template", "location", "default"}
	var pages []string
	for _, name := range names {
		if !slices.Contains(kinds, name) && !strings.Contains(name, ":") {
			name = "component:" + name
		}
		pages = append(pages, name)
	}
	return pages
}

func nothingToDo(plugins []install.Plugin) string {
	titles := make([]string, len(plugins))
	for i, p := range plugins {
		titles[i] = p.Title
	}
	if len(titles) == 1 {
		return titles[0] + " is installed already; nothing to change."
	}
	return strings.Join(titles, ", ") + " are installed already; nothing to change."
}

// whatIsLeft is what a person has to do once plugins are added: variables to set, annotations
// to put on entities, steps outside the repository. Under --dry-run, nothing is added yet.
func whatIsLeft(style iostreams.Style, plugins []install.Plugin, dry bool) string {
	is, what := "is", "What is left to do:"
	if dry {
		is, what = "would be", "What would be left to do:"
	}
	var b strings.Builder
	for _, p := range plugins {
		var lines []string
		add := func(head string, rows [][]string) {
			if len(rows) == 0 {
				return
			}
			lines = append(lines, "  "+head)
			for _, line := range columns(rows) {
				lines = append(lines, "    "+line)
			}
		}
		var rows, optional [][]string
		for _, e := range p.Env {
			row := []string{e.Name, e.Description}
			if e.Optional {
				optional = append(optional, row)
			} else {
				rows = append(rows, row)
			}
		}
		add("Set in the environment:", rows)
		add("Set too, for what is commented out in the configuration:", optional)
		rows, optional = nil, nil
		for _, a := range p.Annotations {
			row := []string{a.Name + ": " + a.Example, a.Description}
			if a.Optional {
				optional = append(optional, row)
			} else {
				rows = append(rows, row)
			}
		}
		add("Annotate entities:", rows)
		add("Annotations that they may have besides:", optional)
		rows = nil
		for _, n := range p.Needs {
			text := n.Why
			if n.Recipe != "" {
				text += " Add it with `batten add " + n.Recipe + "`."
			}
			rows = append(rows, []string{text})
		}
		for _, n := range p.Notes {
			rows = append(rows, []string{n})
		}
		add("Also:", rows)
		switch p.State {
		case install.Present:
			fmt.Fprintf(&b, "%s was installed already.\n", style.Bold(p.Title))
			continue
		case install.Finished:
			fmt.Fprintf(&b, "%s was installed in part; the rest %s added.", style.Bold(p.Title), is)
		default:
			fmt.Fprintf(&b, "%s %s added.", style.Bold(p.Title), is)
		}
		if len(lines) > 0 {
			b.WriteString(" " + what + "\n" + strings.Join(lines, "\n"))
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
