package cli

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
)

type listOptions struct {
	*factory
	kinds []string // --kind
}

func newCmdList(f *factory, runF func(context.Context, *listOptions) error) *cobra.Command {
	opts := &listOptions{factory: f}
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "Show what is wired in the app, and where",
		Long: `Show every piece of wiring that hangs in the apps and backends of the monorepo: routes,
sidebar items, entity tabs and cards, features. Each has the npm export that it is made of,
and its place in the source. batten runs the app's own code to see it.`,
		Example: `  batten list
  batten list --kind route,sidebar-item
  batten list --json | jq '.facts[].name'`,
		Args: noArgs,
		RunE: run(func(ctx context.Context, _ []string) error { return runF(ctx, opts) }),
	}
	cmd.Flags().StringSliceVar(&opts.kinds, "kind", nil, "only these kinds of wiring, with commas between them")
	return cmd
}

// listJSON is what `list --json` prints.
type listJSON struct {
	Schema   int           `json:"schema"`            // 1
	Release  string        `json:"release,omitempty"` // of Backstage
	Packages []packageJSON `json:"packages"`
	Facts    []wiring.Fact `json:"facts"`
	Warnings diag.List     `json:"warnings"`
}

// packageJSON is one app or backend.
type packageJSON struct {
	Dir    string `json:"dir"` // slash path from the monorepo's root
	Name   string `json:"name"`
	Kind   string `json:"kind"`   // "app" or "backend"
	System string `json:"system"` // "legacy", "new", "hybrid"
}

func runList(ctx context.Context, opts *listOptions) error {
	ws, seen, err := opts.observe(ctx)
	if err != nil {
		return err
	}
	warnings := append(slices.Clone(ws.Problems), seen.Degraded...)
	facts, err := opts.choose(seen.Facts)
	if err != nil {
		return err
	}
	if opts.json {
		return opts.outJSON(listJSON{Schema: 1, Release: ws.Release.Version, Packages: packagesOf(ws), Facts: array(facts), Warnings: array(warnings)})
	}
	opts.warn(warnings)
	return opts.out(listText(opts.io.OutStyle(), ws, facts))
}

// choose leaves the facts of the kinds asked for.
func (o *listOptions) choose(facts []wiring.Fact) ([]wiring.Fact, error) {
	if len(o.kinds) == 0 {
		return facts, nil
	}
	known := map[string]bool{}
	for _, k := range listedKinds {
		known[string(k)] = true
	}
	for _, k := range o.kinds {
		if !known[k] {
			return nil, &usageError{"batten list", fmt.Errorf("there is no kind %q of wiring; there are %s", k, kindNames())}
		}
	}
	return slices.DeleteFunc(slices.Clone(facts), func(f wiring.Fact) bool { return !slices.Contains(o.kinds, string(f.Kind)) }), nil
}

// listedKinds are the kinds of facts in the order in which a person looks for them.
var listedKinds = []wiring.Kind{
	wiring.Feature, wiring.DiscoveredPlugin, wiring.Extension, wiring.Route, wiring.SidebarItem,
	wiring.EntityTab, wiring.EntityCase, wiring.EntityCard, wiring.SearchItem, wiring.TechDocsAddon,
	wiring.FieldExtension, wiring.AppRootElement, wiring.SignInProvider, wiring.Plugin, wiring.API,
	wiring.RouteBinding, wiring.BackendFeature, wiring.LegacyRouter,
}

func kindNames() string {
	names := make([]string, len(listedKinds))
	for i, k := range listedKinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

func packagesOf(ws *workspace.Workspace) []packageJSON {
	out := []packageJSON{}
	for _, a := range ws.Apps {
		out = append(out, packageJSON{a.Dir, a.Name, "app", a.System.String()})
	}
	for _, b := range ws.Backends {
		out = append(out, packageJSON{b.Dir, b.Name, "backend", b.System.String()})
	}
	return out
}

// listText has a part per app and backend, and in it a table per kind of wiring.
func listText(style iostreams.Style, ws *workspace.Workspace, facts []wiring.Fact) string {
	var b strings.Builder
	if v := ws.Release.Version; v != "" {
		fmt.Fprintf(&b, "Backstage %s %s\n", style.Bold(v), style.Dim("("+string(ws.Release.Source)+")"))
	}
	for _, p := range packagesOf(ws) {
		system := p.System + " backend system"
		if p.Kind == "app" {
			system = p.System + " frontend system"
		}
		fmt.Fprintf(&b, "\n%s  %s\n", style.Bold(p.Dir), style.Dim(system))
		before := b.Len()
		for _, kind := range listedKinds {
			var rows [][]string
			for _, f := range facts {
				if f.Package == p.Dir && f.Kind == kind {
					rows = append(rows, []string{f.Name, about(f), origin(f), place(f, p.Dir)})
				}
			}
			if len(rows) > 0 {
				fmt.Fprintf(&b, "  %s\n", style.Cyan(string(kind)))
			}
			for _, line := range columns(rows) {
				b.WriteString("    " + line + "\n")
			}
		}
		if b.Len() == before {
			b.WriteString("  nothing is wired\n")
		}
	}
	return b.String()
}

// about is what there is to say of a fact besides its name: its title, what holds it, the
// entity pages that show it, and whether it is certain.
func about(f wiring.Fact) string {
	var parts []string
	if f.Title != "" && f.Title != f.Name {
		parts = append(parts, f.Title)
	}
	if f.In != "" && f.In != "/" {
		parts = append(parts, "in "+f.In)
	}
	if len(f.Pages) > 4 {
		parts = append(parts, fmt.Sprintf("on %d pages", len(f.Pages)))
	} else if len(f.Pages) > 0 {
		parts = append(parts, "on "+strings.ReplaceAll(strings.Join(f.Pages, ", "), "component:", ""))
	}
	if f.Conditional {
		parts = append(parts, "conditional")
	}
	if f.Degraded {
		parts = append(parts, "read, not run")
	}
	return strings.Join(parts, " · ")
}

// origin is the first npm module that the fact is made of and that is no part of every app.
func origin(f wiring.Fact) string {
	for _, r := range f.Refs {
		common := slices.ContainsFunc([]string{"@backstage/core-", "@backstage/plugin-permission-react", "@material-ui/", "react"},
			func(prefix string) bool { return strings.HasPrefix(r.Module, prefix) })
		if !common && r.Module != f.Name {
			return r.Module
		}
	}
	return ""
}

// place is file:line, from the package's own folder.
func place(f wiring.Fact, dir string) string {
	name := f.File
	if rest, ok := strings.CutPrefix(name, dir+"/"); ok && dir != "." {
		name = rest
	}
	if f.Pos.Line == 0 {
		return path.Clean(name)
	}
	return fmt.Sprintf("%s:%d", name, f.Pos.Line)
}
