package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/cmd/internal/wiremap"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
)

type listOptions struct {
	*factory
	plugins []string
	kinds   []string // --kind
	by      string   // --by
}

func newCmdList(f *factory, runF func(context.Context, *listOptions) error) *cobra.Command {
	opts := &listOptions{factory: f}
	cmd := &cobra.Command{
		Use:                   "list [PLUGIN...]",
		DisableFlagsInUseLine: true,
		Aliases:               []string{"ls"},
		Short:                 "Show what is installed, wired and configured, and where",
		Long: `Show every plugin of the monorepo: the packages that are installed, every piece of wiring that
hangs in the apps and backends (routes, sidebar items, entity tabs and cards, features), and
the keys of app-config files that are named after it. Each has its place in the source.
batten runs the app's own code to see it.`,
		Example: `  batten list                              by plugin
  batten list jenkins kubernetes           these plugins alone
  batten list --by package                 by app and backend, and by kind
  batten list --kind route,sidebar-item    these kinds of wiring alone
  batten list --json | jq '.facts[].name'`,
		RunE: run(func(ctx context.Context, args []string) error {
			opts.plugins = args
			return runF(ctx, opts)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.by, "by", "plugin", "arrange the wiring by `plugin` or by package")
	flags.Lookup("by").DefValue = ""
	flags.StringSliceVar(&opts.kinds, "kind", nil, "only these `KINDS` of wiring, with commas between them")
	return cmd
}

// listJSON is what `list --json` prints.
type listJSON struct {
	Schema   int             `json:"schema"`            // 1
	Release  string          `json:"release,omitempty"` // of Backstage
	Packages []packageJSON   `json:"packages"`
	Plugins  []wiremap.Entry `json:"plugins"`
	Facts    []wiring.Fact   `json:"facts"`
	Warnings diag.List       `json:"warnings"`
}

// packageJSON is one app or backend.
type packageJSON struct {
	Dir    string `json:"dir"` // slash path from the monorepo's root
	Name   string `json:"name"`
	Kind   string `json:"kind"`   // "app" or "backend"
	System string `json:"system"` // "legacy", "new", "hybrid"
}

func runList(ctx context.Context, opts *listOptions) error {
	if err := opts.checkUsage(); err != nil {
		return err
	}
	ws, seen, err := opts.observe(ctx)
	if err != nil {
		return err
	}
	warnings := append(slices.Clone(ws.Problems), seen.Degraded...)
	facts, items := seen.Facts, wiremap.Items(ws, seen)
	if len(opts.kinds) > 0 {
		facts = slices.DeleteFunc(slices.Clone(facts), func(f wiring.Fact) bool { return !opts.listed(f.Kind) })
		items = slices.DeleteFunc(items, func(it wiremap.Item) bool { return !opts.listed(it.Kind) })
	}
	entries, err := opts.chosen(wiremap.Inventory(ws, items))
	if err != nil {
		return err
	}
	if opts.json {
		return opts.outJSON(listJSON{Schema: 1, Release: ws.Release.Version, Packages: packagesOf(ws), Plugins: entries, Facts: array(facts), Warnings: array(warnings)})
	}
	opts.warn(warnings)
	style := opts.io.OutStyle()
	text := ""
	if v := ws.Release.Version; v != "" {
		text = fmt.Sprintf("Backstage %s %s\n", style.Bold(v), style.Dim("("+string(ws.Release.Source)+")"))
	}
	if opts.by == "package" {
		return opts.out(text + listByPackage(style, ws, items))
	}
	return opts.out(text + listByPlugin(style, ws, entries))
}

func (o *listOptions) checkUsage() error {
	if o.by != "plugin" && o.by != "package" {
		return &usageError{"batten list", fmt.Errorf("--by is plugin or package, not %q", o.by)}
	}
	for _, k := range o.kinds {
		if !slices.Contains(listedKinds, wiring.Kind(k)) {
			return &usageError{"batten list", fmt.Errorf("there is no kind %q of wiring; there are %s", k, kindNames())}
		}
	}
	return nil
}

func (o *listOptions) listed(kind wiring.Kind) bool { return slices.Contains(o.kinds, string(kind)) }

// chosen leaves the entries of the plugins named, by id or by a package, and what is of the
// kinds asked for.
func (o *listOptions) chosen(entries []wiremap.Entry) ([]wiremap.Entry, error) {
	var out []wiremap.Entry
	for _, name := range o.plugins {
		i := slices.IndexFunc(entries, func(e wiremap.Entry) bool {
			return e.ID != "" && e.ID == name || slices.ContainsFunc(e.Packages, func(p wiremap.Declared) bool { return p.Name == name })
		})
		if i < 0 {
			d := diag.Errorf("not-there", "the monorepo has nothing of a plugin %q", name)
			d.Manual = "`batten list` shows all plugins."
			return nil, d
		}
		out = append(out, entries[i])
	}
	if len(o.plugins) == 0 {
		out = entries
	}
	if len(o.kinds) == 0 {
		return out, nil
	}
	for i := range out {
		out[i].Packages, out[i].Config = []wiremap.Declared{}, []wiremap.Setting{}
	}
	return slices.DeleteFunc(out, func(e wiremap.Entry) bool { return len(e.Wiring) == 0 }), nil
}

// listedKinds are the kinds of facts in the order in which a person looks for them.
var listedKinds = []wiring.Kind{
	wiring.Feature, wiring.DiscoveredPlugin, wiring.Extension, wiring.Route, wiring.SidebarItem,
	wiring.EntityTab, wiring.EntityCase, wiring.EntityCard, wiring.SearchItem, wiring.TechDocsAddon,
	wiring.FieldExtension, wiring.HomeWidget, wiring.AppRootElement, wiring.SignInProvider, wiring.Plugin, wiring.API,
	wiring.RouteBinding, wiring.CSSImport, wiring.ExtensionSetting, wiring.RouteBindingSetting, wiring.BackendFeature, wiring.LegacyRouter,
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

func systemOf(p packageJSON) string {
	if p.Kind == "app" {
		return p.System + " frontend system"
	}
	return p.System + " backend system"
}

// listByPlugin has a part per plugin: its packages, its wiring by kind, its configuration.
// Above them all stand the apps and backends. Pieces that differ in nothing but their place
// share a line.
func listByPlugin(style iostreams.Style, ws *workspace.Workspace, entries []wiremap.Entry) string {
	var b strings.Builder
	var packages, rows [][]string
	for _, p := range packagesOf(ws) {
		packages = append(packages, []string{p.Dir, systemOf(p)})
	}
	for _, line := range columns(packages) {
		b.WriteString(line + "\n")
	}
	heads := map[int]string{} // by the row that each stands above
	for _, e := range entries {
		id := e.ID
		if id == "" {
			id = "of no plugin"
		}
		heads[len(rows)] = id
		for _, p := range e.Packages {
			what := p.Name + " " + p.Spec
			if !p.Wired && !p.Library {
				what += " · nothing of it is wired"
			}
			rows = append(rows, []string{"package", what, fmt.Sprintf("%s:%d", p.File, p.Line)})
		}
		rows = append(rows, wiringRows(e.Wiring)...)
		for _, c := range e.Config {
			rows = append(rows, []string{"config", c.Key, fmt.Sprintf("%s:%d", c.File, c.Line)})
		}
	}
	for i, line := range columns(rows) {
		if head, ok := heads[i]; ok {
			fmt.Fprintf(&b, "\n%s\n", style.Bold(head))
		}
		b.WriteString("  " + line + "\n")
	}
	if len(rows) == 0 {
		b.WriteString("\nnothing is wired\n")
	}
	return b.String()
}

// wiringRows has a row per piece of wiring, by kind: kind, name, place.
func wiringRows(items []wiremap.Item) [][]string {
	var rows [][]string
	at := map[string]int{} // row by what it says
	last := ""             // file of the last place in a row
	for _, kind := range listedKinds {
		for i := range items {
			it := &items[i]
			if it.Kind != kind {
				continue
			}
			row := []string{string(kind), it.Name, it.Place()}
			if about := it.About(); about != "" {
				row[1] += " · " + about
			}
			if r, ok := at[row[0]+row[1]]; ok {
				if it.File == last {
					rows[r][2] += fmt.Sprintf(", %d", it.Line)
				} else {
					rows[r][2] += ", " + it.Place()
				}
			} else {
				at[row[0]+row[1]] = len(rows)
				rows = append(rows, row)
			}
			last = it.File
		}
	}
	return rows
}

// listByPackage has a part per app and backend, and in it a table per kind of wiring.
func listByPackage(style iostreams.Style, ws *workspace.Workspace, items []wiremap.Item) string {
	var b strings.Builder
	for _, p := range packagesOf(ws) {
		fmt.Fprintf(&b, "\n%s  %s\n", style.Bold(p.Dir), style.Dim(systemOf(p)))
		before := b.Len()
		for _, kind := range listedKinds {
			var rows [][]string
			for i := range items {
				it := &items[i]
				if it.Dir == p.Dir && it.Kind == kind {
					rows = append(rows, []string{it.Name, it.About(), it.Plugin, strings.TrimPrefix(it.Place(), p.Dir+"/")})
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
