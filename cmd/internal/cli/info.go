package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/recipe"
)

type infoOptions struct {
	*factory
	plugin string
	as     string
}

func newCmdInfo(f *factory, runF func(context.Context, *infoOptions) error) *cobra.Command {
	opts := &infoOptions{factory: f}
	cmd := &cobra.Command{
		Use:                   "info PLUGIN",
		DisableFlagsInUseLine: true,
		Short:                 "Show what a plugin is, and what adding it would wire, where and why",
		Long: `Show what a plugin is, and what adding it would wire, where and why: its packages and the
versions that fit the app's release, the systems that it supports, each piece with the file
and construct of the package that says so, the configuration that it reads, and what it
needs besides.

In a repository, that is for its release and its systems; elsewhere for the newest release
that batten knows, and all systems. Nothing is changed.`,
		Example: `  batten info argo-cd
  batten info @acme/backstage-plugin-x@1.2.0
  batten info sonarqube --json | jq '.config[] | select(.required)'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &usageError{cmd.CommandPath(), fmt.Errorf("info shows one plugin, and there are %d names", len(args))}
			}
			return plugins(cmd, args)
		},
		RunE: run(func(ctx context.Context, args []string) error {
			opts.plugin = args[0]
			return runF(ctx, opts)
		}),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return recipe.IDs(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVar(&opts.as, "as", "", "show it hung as its recipe's `WAY`")
	return cmd
}

// infoJSON is what `info --json` prints.
type infoJSON struct {
	Schema   int              `json:"schema"`  // 1
	Release  string           `json:"release"` // that versions are chosen for
	Systems  []recipe.System  `json:"systems"` // of the repository; all that batten knows outside of one
	Plugin   recipeJSON       `json:"plugin"`
	Packages []infoPackage    `json:"packages"`
	Support  []derive.Support `json:"support"`
	Config   []configKey      `json:"config"`
	Warnings diag.List        `json:"warnings"`
}

// infoPackage is a package of the plugin.
type infoPackage struct {
	Name       string           `json:"name"`
	Role       string           `json:"role,omitempty"` // backstage.role
	In         recipe.Workspace `json:"in,omitempty"`   // the workspace that depends on it: "app" or "backend"
	Version    string           `json:"version,omitempty"`
	Why        string           `json:"why,omitempty"` // why this version
	License    string           `json:"license,omitempty"`
	Published  *time.Time       `json:"published,omitempty"` // Version
	Newer      []npm.Held       `json:"newer,omitempty"`     // versions that were not taken, the newest first
	Deprecated string           `json:"deprecated,omitempty"`
	Moved      string           `json:"moved,omitempty"`     // the package that it is now
	Installed  string           `json:"installed,omitempty"` // the range that a package.json of the repository has
	Problem    string           `json:"problem,omitempty"`   // why no more is known

	files fs.FS
}

// configKey is a key of the configuration that the plugin reads.
type configKey struct {
	Path        string `json:"path"` // "a.b[].c"; "*" stands for any key
	Type        string `json:"type"`
	Required    bool   `json:"required"` // where the key around it is there
	Always      bool   `json:"always"`   // there is no doing without it
	Secret      bool   `json:"secret"`
	Visibility  string `json:"visibility"`
	Enum        []any  `json:"enum,omitempty"`
	Default     any    `json:"default,omitempty"`
	Description string `json:"description,omitempty"`
	Deprecated  string `json:"deprecated,omitempty"`
	From        string `json:"from,omitempty"` // the package and file that say it

	group bool // it has keys in it
}

func runInfo(ctx context.Context, opts *infoOptions) error {
	w, err := wantedFrom(opts.plugin)
	if err != nil {
		return &usageError{"batten info", err}
	}
	var ws *workspace.Workspace
	root, fsys, err := opts.open()
	switch {
	case err == nil:
		if ws, err = opts.load(fsys); err != nil {
			return err
		}
	case opts.repo != "":
		return err
	default:
		root, fsys = "", nil
	}
	opts.freshness = time.Hour // what a plugin is changes slowly
	r := opts.newResolver(root, fsys, ws)
	systems := []recipe.System{recipe.LegacyFrontend, recipe.NewFrontend, recipe.NewBackend, recipe.LegacyBackend}
	if ws != nil {
		if own := systemsOf(ws, "", ""); len(own) > 0 {
			systems, r.systems = own, own
		}
	}
	got, err := r.one(ctx, w)
	if err != nil {
		return err
	}
	opts.io.Progress("asking npm")
	r.versions.prefetch(ctx, []recipe.Recipe{got.recipe})
	packages := r.packages(ctx, got, systems)
	opts.io.Progress("")
	info := infoJSON{Schema: 1, Release: r.versions.target, Systems: systems, Plugin: newRecipeJSON(got), Packages: packages, Warnings: diag.List{}}
	if got.derived != nil {
		info.Support = got.derived.Support
	} else {
		info.Support = support(got.recipe, r.versions.target)
	}
	info.Config, err = configKeys(packages)
	info.Warnings = append(info.Warnings, diag.Of(err)...)
	if opts.json {
		return opts.outJSON(info)
	}
	here, err := got.recipe.Resolve(recipe.Target{Release: r.versions.target, Systems: systems, As: opts.as})
	if err != nil {
		d := diag.Errorf("unsupported", "%s", err)
		d.Manual = "By hand: see " + got.recipe.Docs + "."
		return d
	}
	opts.warn(got.says)
	opts.warn(info.Warnings)
	return opts.out(infoText(opts.io.OutStyle(), info, here, placesOf(ws)))
}

// placesOf names the packages that depend on a plugin's: the workspace's first app and backend.
func placesOf(ws *workspace.Workspace) map[recipe.Workspace]string {
	places := map[recipe.Workspace]string{recipe.InApp: "the app", recipe.InBackend: "the backend"}
	if ws == nil {
		return places
	}
	if len(ws.Apps) > 0 {
		places[recipe.InApp] = ws.Apps[0].Dir
	}
	if len(ws.Backends) > 0 {
		places[recipe.InBackend] = ws.Backends[0].Dir
	}
	return places
}

// packages are those of the plugin that the systems need, as npm has them.
func (r *resolver) packages(ctx context.Context, got resolution, systems []recipe.System) []infoPackage {
	var out []infoPackage
	roles := map[string]string{}
	if got.family != nil {
		for _, m := range got.family.Members {
			roles[m.Name] = string(m.Role)
		}
	}
	for _, p := range got.recipe.Packages {
		i := slices.IndexFunc(out, func(o infoPackage) bool { return o.Name == p.Name })
		frontend := slices.Contains(systems, recipe.LegacyFrontend) || slices.Contains(systems, recipe.NewFrontend)
		backend := slices.Contains(systems, recipe.NewBackend) || slices.Contains(systems, recipe.LegacyBackend)
		if i >= 0 || !p.Covers(r.versions.target) || p.In == recipe.InApp && !frontend || p.In == recipe.InBackend && !backend {
			continue
		}
		out = append(out, infoPackage{Name: p.Name, In: p.In, Role: roles[p.Name], Installed: r.deps[p.Name]})
	}
	var wait sync.WaitGroup
	for i := range out {
		wait.Go(func() { r.describe(ctx, &out[i]) })
	}
	wait.Wait()
	return out
}

// describe fills in what npm says of a package.
func (r *resolver) describe(ctx context.Context, p *infoPackage) {
	problem := func(err error) {
		p.Problem = err.Error()
		var e *npm.Error
		if errors.As(err, &e) {
			p.Problem = e.Detail
		}
	}
	opened, err := r.shelf.get(ctx, p.Name)
	if err != nil {
		problem(err)
		return
	}
	p.Version, p.License, p.Deprecated, p.Moved, p.files = opened.Version, opened.JSON.License, opened.Deprecated, opened.JSON.Moved, opened.Files
	if p.Role == "" {
		p.Role = opened.JSON.Role
	}
	chosen, err := r.versions.pick(ctx, p.Name)
	if err != nil {
		problem(err)
		return
	}
	p.Why, p.Newer = chosen.why, chosen.held
	if full, err := r.versions.client.FullPackument(ctx, p.Name); err == nil {
		if at, ok := full.Time[p.Version]; ok {
			p.Published = &at
		}
	}
}

// support is what a recipe that is not derived says of the systems.
func support(r recipe.Recipe, release string) []derive.Support {
	var out []derive.Support
	for system, steps := range map[recipe.System][]recipe.Step{recipe.LegacyFrontend: r.Legacy, recipe.NewFrontend: r.New, recipe.NewBackend: r.Backend, recipe.LegacyBackend: r.LegacyBackend} {
		covered := func(s recipe.Step) bool { return s.Covers(release) }
		if len(steps) == 0 && !slices.ContainsFunc(r.Unsupported, func(u recipe.Unsupported) bool { return u.System == system }) {
			continue
		}
		out = append(out, derive.Support{System: system, Yes: slices.ContainsFunc(steps, covered), From: "the recipe"})
	}
	slices.SortFunc(out, func(a, b derive.Support) int { return strings.Compare(string(a.System), string(b.System)) })
	return out
}

// configKeys are the keys that the packages' schemas describe. The error lists what could not be
// read of them.
func configKeys(packages []infoPackage) ([]configKey, error) {
	var all []*schema.Schema
	var problems diag.List
	for _, p := range packages {
		if p.files == nil {
			continue
		}
		s, err := schema.FromPackage(p.files)
		for _, d := range diag.Of(err) {
			told := *d
			told.Severity, told.Summary, told.File = diag.Warning, p.Name+" "+told.File+": "+told.Summary, ""
			problems = append(problems, &told)
		}
		if s != nil {
			all = append(all, s)
		}
	}
	merged, err := schema.Merge(all...)
	problems = append(problems, diag.Of(err)...)
	keys := []configKey{}
	found := merged.Keys()
	for i, k := range found {
		path := k.Path.String()
		key := configKey{
			Path: path, Type: k.Type, Required: k.Required, Always: k.Always, Secret: k.Visibility == schema.Secret, Visibility: string(k.Visibility),
			Enum: k.Schema.Enum, Default: k.Schema.Default, Description: k.Schema.Description, Deprecated: k.Schema.Deprecated,
		}
		if len(k.Schema.Sources) > 0 {
			key.From = k.Schema.Sources[0].String()
		}
		key.group = i+1 < len(found) && (strings.HasPrefix(found[i+1].Path.String(), path+".") || strings.HasPrefix(found[i+1].Path.String(), path+"["))
		key.Secret = key.Secret && !key.group
		keys = append(keys, key)
	}
	if len(problems) == 0 {
		return keys, nil
	}
	return keys, problems
}
