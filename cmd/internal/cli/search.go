package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/recipe"
)

type searchOptions struct {
	*factory
	words []string
	limit int
}

func newCmdSearch(f *factory, runF func(context.Context, *searchOptions) error) *cobra.Command {
	opts := &searchOptions{factory: f}
	cmd := &cobra.Command{
		Use:                   "search WORD...",
		DisableFlagsInUseLine: true,
		Short:                 "Find plugins by words",
		Long: `Find plugins by words: among those that batten has a recipe for, and on npm. Those that the
repository has installed are marked; outside a repository there are none.

The registry that npm and yarn are set up for is asked. Many mirrors have no search; then
batten says so, and tries the names that plugins usually have.`,
		Example: `  batten search argo cd
  batten search cost --json | jq -r '.results[].name'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(strings.Join(args, "")) == "" {
				return &usageError{cmd.CommandPath(), errors.New("no word is given to search for")}
			}
			return nil
		},
		RunE: run(func(ctx context.Context, args []string) error {
			opts.words = strings.Fields(strings.ToLower(strings.Join(args, " ")))
			return runF(ctx, opts)
		}),
	}
	cmd.Flags().IntVar(&opts.limit, "limit", 20, "print at most `N` plugins")
	return cmd
}

// searchJSON is what `search --json` prints.
type searchJSON struct {
	Schema  int         `json:"schema"` // 1
	Words   []string    `json:"words"`
	Asked   searchAsked `json:"asked"`
	Results []foundJSON `json:"results"` // the best first
}

// searchAsked is who answered a search besides the curated recipes.
type searchAsked struct {
	Search bool     `json:"search"`          // the registry was searched
	Tried  []string `json:"tried,omitempty"` // names that were tried, as it has no search
	Reason string   `json:"reason,omitempty"`
}

// foundJSON is a plugin that was found.
type foundJSON struct {
	Name        string     `json:"name"`   // what `add` takes
	Source      string     `json:"source"` // "repository", "curated", "npm"
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Version     string     `json:"version,omitempty"`   // the newest on npm
	Published   *time.Time `json:"published,omitempty"` // of Version
	Installed   string     `json:"installed,omitempty"` // the range that a package.json has
	Packages    []string   `json:"packages,omitempty"`

	rank   int
	former []string // packages of other releases
}

func runSearch(ctx context.Context, opts *searchOptions) error {
	var ws *workspace.Workspace
	root, fsys, err := opts.open()
	switch {
	case err == nil:
		if ws, err = opts.load(fsys); err != nil {
			return err
		}
	case opts.repo != "":
		return err
	}
	installed := map[string]string{}
	if ws != nil {
		installed = dependencies(ws)
	}
	results := opts.recipes(opts.localRecipes(fsys), installed)
	opts.io.Progress("asking npm")
	found, asked, err := opts.npm(ctx, opts.newVersions(root, ws).client)
	opts.io.Progress("")
	if err != nil {
		return err
	}
	results = append(results, opts.plugins(found, results, installed)...)
	slices.SortStableFunc(results, func(a, b foundJSON) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.Name, b.Name))
	})
	more := len(results) - opts.limit
	results = results[:min(len(results), max(opts.limit, 0))]
	if opts.json {
		return opts.outJSON(searchJSON{Schema: 1, Words: opts.words, Asked: asked, Results: array(results)})
	}
	opts.errSearch(asked)
	if len(results) == 0 {
		opts.errln(fmt.Sprintf("Nothing was found for %q.", strings.Join(opts.words, " ")))
		return nil
	}
	if err := opts.out(searchText(opts.io.OutStyle(), results)); err != nil {
		return err
	}
	if more > 0 {
		opts.errln(fmt.Sprintf("%s more: see --limit.", count(more, "plugin")))
	}
	return nil
}

// errSearch says what was not searched.
func (f *factory) errSearch(asked searchAsked) {
	style := f.io.ErrStyle()
	switch {
	case len(asked.Tried) > 0:
		f.errln(style.Yellow("note:") + " " + asked.Reason + ": what there is a recipe for was searched, and the usual names tried")
	case !asked.Search:
		f.errln(style.Yellow("note:") + " " + asked.Reason + ": only what there is a recipe for was searched")
	}
}

// recipes are the recipes that have every word in them.
func (o *searchOptions) recipes(local []recipe.Recipe, installed map[string]string) []foundJSON {
	var out []foundJSON
	for i, r := range slices.Concat(local, recipe.Curated(), recipe.Overlays()) {
		if slices.ContainsFunc(out, func(f foundJSON) bool { return f.Name == r.ID }) {
			continue
		}
		f := foundJSON{Name: r.ID, Source: "repository", Title: r.Title, Description: r.Description}
		if i >= len(local) {
			f.Source = "curated"
		}
		texts := []string{strings.Join(r.Aliases, " "), r.Title, r.Description, r.Plugin}
		for _, p := range r.Packages {
			texts = append(texts, p.Name)
			if p.Role != recipe.Common && p.Covers("") {
				f.Packages = append(f.Packages, p.Name)
			} else {
				f.former = append(f.former, p.Name)
			}
			if r.Plugin == "" && f.Installed == "" && p.Role != recipe.Common {
				f.Installed = installed[p.Name]
			}
		}
		if r.Plugin != "" {
			f.Packages, f.Installed = append(f.Packages, r.Plugin), installed[r.Plugin]
		}
		if f.rank = rank(o.words, r.ID, texts...); f.rank > 0 {
			f.rank += 5
			out = append(out, f)
		}
	}
	return out
}

// rank is how well a plugin fits words: 0 if one of them is nowhere in it.
func rank(words []string, name string, texts ...string) int {
	short, base := shortName(name), baseName(name)
	plain := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "") }
	joined := strings.Join(words, "")
	score := 10
	switch {
	case plain(short) == plain(joined):
		score = 100
	case plain(base) == plain(joined):
		score = 80
	case strings.HasPrefix(plain(short), plain(joined)):
		score = 60
	}
	all := plain(name + " " + strings.Join(texts, " "))
	for _, w := range words {
		switch {
		case slices.Contains(strings.Split(short, "-"), w):
			score += 10
		case strings.Contains(plain(short), plain(w)):
			score += 5
		case !strings.Contains(all, plain(w)):
			return 0
		}
	}
	return score
}

// npm asks the registry.
func (o *searchOptions) npm(ctx context.Context, client *npm.Client) ([]npm.Found, searchAsked, error) {
	found, err := client.Search(ctx, "backstage "+strings.Join(o.words, " "), max(50, o.limit))
	switch {
	case err == nil:
		return found, searchAsked{Search: true}, nil
	case npm.Is(err, npm.Offline):
		return nil, searchAsked{Reason: "npm is not asked (--offline)"}, nil
	case !npm.Is(err, npm.NoSearch):
		return nil, searchAsked{}, unreachable(err)
	}
	asked := searchAsked{Reason: err.Error()}
	for _, short := range slices.Compact([]string{strings.Join(o.words, "-"), strings.Join(o.words, "")}) {
		asked.Tried = append(asked.Tried, usualNames(short)...)
	}
	asked.Tried = slices.DeleteFunc(asked.Tried, func(name string) bool { return !npm.ValidName(name) })
	found, err = lookUpNames(ctx, client, asked.Tried)
	return found, asked, err
}

// lookUpNames asks for packages by their names, all at once; those that there are not, or that
// are deprecated, are left out. The error is that of a registry that answers none.
func lookUpNames(ctx context.Context, client *npm.Client, names []string) ([]npm.Found, error) {
	found := make([]*npm.Found, len(names))
	errs := make([]error, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() {
			p, err := client.FullPackument(ctx, name)
			if err != nil {
				errs[i] = err
				return
			}
			if v := p.Versions[p.DistTags["latest"]]; v != nil && v.Deprecated == "" && v.Backstage.Moved == "" {
				found[i] = &npm.Found{Name: name, Version: v.Version, Description: v.Description, Keywords: v.Keywords, Homepage: v.Homepage, Published: p.Time[v.Version]}
			}
		})
	}
	wait.Wait()
	var out []npm.Found
	for _, f := range found {
		if f != nil {
			out = append(out, *f)
		}
	}
	for _, err := range errs {
		if len(out) == 0 && err != nil && !npm.Is(err, npm.NotFound) && !npm.Is(err, npm.Unauthorized) {
			return nil, unreachable(err)
		}
	}
	return out, nil
}

// plugins are the packages found that are plugins, one for each plugin, and none that a recipe
// stands for.
func (o *searchOptions) plugins(found []npm.Found, recipes []foundJSON, installed map[string]string) []foundJSON {
	covered := map[string]bool{}
	for _, r := range recipes {
		for _, name := range slices.Concat(r.Packages, r.former) {
			covered[name] = true
		}
	}
	names := map[string]bool{}
	for _, f := range found {
		names[f.Name] = true
	}
	var out []foundJSON
	for _, f := range found {
		base := f.Name
		for _, part := range []string{"-backend", "-common", "-react", "-node"} {
			base = strings.TrimSuffix(base, part)
		}
		library := base != f.Name && !strings.HasSuffix(f.Name, "-backend")
		if !looksLikePlugin(f.Name, f.Keywords) || covered[f.Name] || covered[base] || library || base != f.Name && names[base] {
			continue
		}
		j := foundJSON{Name: f.Name, Source: "npm", Version: f.Version, Description: f.Description, Installed: installed[f.Name]}
		if !f.Published.IsZero() {
			j.Published = &f.Published
		}
		// The registry found it by something that is not in its answer, such as the readme.
		j.rank = max(rank(o.words, f.Name, append(f.Keywords, f.Description)...), 1)
		out = append(out, j)
		covered[f.Name] = true
	}
	return out
}

func searchText(style iostreams.Style, results []foundJSON) string {
	const longest = 90
	var rows [][]string
	for _, f := range results {
		mark := " "
		if f.Installed != "" {
			mark = "*"
		}
		about := f.Description
		if f.Title != "" && !strings.Contains(strings.ToLower(about), strings.ToLower(f.Title)) {
			about = f.Title + ": " + about
		}
		if runes := []rune(about); len(runes) > longest {
			about = strings.TrimRight(string(runes[:longest]), " ,.") + " …"
		}
		where := f.Source
		if f.Version != "" {
			where += " " + f.Version
		}
		rows = append(rows, []string{mark + " " + f.Name, where, about})
	}
	text := strings.Join(columns(rows), "\n") + "\n"
	if slices.ContainsFunc(results, func(f foundJSON) bool { return f.Installed != "" }) {
		text += style.Dim("* among the dependencies of the repository") + "\n"
	}
	return text
}
