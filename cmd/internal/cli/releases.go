package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/registry/npm"
)

type releasesOptions struct {
	*factory
	all  bool // --all
	next bool // --next
}

func newCmdReleases(f *factory, runF func(context.Context, *releasesOptions) error) *cobra.Command {
	opts := &releasesOptions{factory: f}
	cmd := &cobra.Command{
		Use:   "releases",
		Short: "Show the Backstage releases, and how far the app is from each",
		Long: `Show the Backstage releases: from that of the app on, or the newest ones where there is no app.
Of each newer one it says how many of the app's packages would change, and how. Releases that
came out after this batten are looked up.`,
		Example: `  batten releases
  batten releases --all --offline
  batten releases --json | jq '.releases[-1]'`,
		Args: noArgs,
		RunE: run(func(ctx context.Context, _ []string) error { return runF(ctx, opts) }),
	}
	flags := cmd.Flags()
	flags.BoolVar(&opts.all, "all", false, "show all releases since 1.0.0")
	flags.BoolVar(&opts.next, "next", false, "show pre-releases too")
	return cmd
}

// releasesJSON is what `releases --json` prints.
type releasesJSON struct {
	Schema   int           `json:"schema"`         // 1
	App      string        `json:"app,omitempty"`  // release of the app
	Newest   string        `json:"newest"`         // main release
	Releases []releaseJSON `json:"releases"`       // in semver order
	Note     string        `json:"note,omitempty"` // what could not be looked up
}

// releaseJSON is one release.
type releaseJSON struct {
	Release   string         `json:"release"`
	Date      string         `json:"date,omitempty"`      // 2026-03-17; if npm says it
	Packages  int            `json:"packages,omitempty"`  // of the release; none if only those of the app were derived from npm
	Uncertain int            `json:"uncertain,omitempty"` // packages whose version is derived from npm without certainty
	Changes   *manifest.Size `json:"changes,omitempty"`   // of the app's packages, from its release to this one
}

// shown is how many releases are shown where there is no app to begin with.
const shown = 12

func runReleases(ctx context.Context, opts *releasesOptions) error {
	root, ws, err := opts.maybeApp()
	if err != nil {
		return err
	}
	config, problems := npm.ConfigFrom(npm.UserPlaces(root))
	for _, err := range problems {
		opts.detail("%v", err)
	}
	config.Offline = opts.offline
	resolver := manifest.NewResolver(manifest.ConfigFrom(os.Getenv, config, npm.New(config)))
	if _, err := resolver.File(); err != nil {
		return err
	}
	newer, note := resolver.Newer(ctx, opts.next)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	result := releasesJSON{Schema: 1, Note: note}
	var names []string
	var from *manifest.Manifest
	if ws != nil {
		result.App = ws.Release.Version
		names = backstageNames(ws)
		if result.App != "" {
			from, _ = resolver.Release(ctx, result.App, names...) // without it, no sizes
		}
	}
	all := append(manifest.Releases(), newer...)
	all = slices.DeleteFunc(all, func(r string) bool { return manifest.IsNext(r) && !opts.next && r != result.App })
	for _, r := range all {
		if !manifest.IsNext(r) {
			result.Newest = r
		}
	}
	dates := resolver.Dates(ctx)
	for _, release := range opts.chosen(all, result.App) {
		r := releaseJSON{Release: release}
		if at := dates[release]; !at.IsZero() {
			r.Date = at.UTC().Format(time.DateOnly)
		}
		asked := names
		if asked == nil {
			asked = manifest.LikelyNames(release)
		}
		if m, err := resolver.Release(ctx, release, asked...); err == nil {
			if m.Source != manifest.Derived { // which has those asked for
				r.Packages = len(m.Packages())
			}
			r.Uncertain = len(m.Uncertain())
			if from != nil && slices.Index(all, release) > slices.Index(all, result.App) {
				size := manifest.SizeOf(from, m, names)
				r.Changes = &size
			}
		} else {
			opts.detail("%v", err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		result.Releases = append(result.Releases, r)
	}
	if opts.json {
		result.Releases = array(result.Releases)
		return opts.outJSON(result)
	}
	if note != "" {
		opts.errln(opts.io.ErrStyle().Yellow("warning:") + " there may be newer releases: " + note)
	}
	return opts.out(releasesText(opts.io.OutStyle(), result))
}

// maybeApp is the app that the command stands in, or is pointed at; none if it stands in none, as
// releases can be listed anywhere.
func (f *factory) maybeApp() (root string, ws *workspace.Workspace, err error) {
	if _, err := f.root(); err != nil && f.repo == "" {
		return "", nil, nil
	}
	root, fsys, err := f.open()
	if err != nil {
		return "", nil, err
	}
	ws, err = f.load(fsys)
	return root, ws, err
}

// backstageNames are the packages that releases give versions to, and the workspace depends on.
func backstageNames(ws *workspace.Workspace) []string {
	var names []string
	for _, p := range append([]*workspace.Package{ws.Root}, ws.Packages...) {
		for _, d := range p.Deps {
			if lockstep.Ours(d.Name) {
				names = append(names, d.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// chosen are the releases to show.
func (o *releasesOptions) chosen(all []string, app string) []string {
	at := slices.Index(all, app)
	switch {
	case o.all:
		return all
	case at >= 0:
		return all[at:]
	}
	return all[max(0, len(all)-shown):]
}

func releasesText(style iostreams.Style, r releasesJSON) string {
	var rows [][]string
	for _, release := range r.Releases {
		packages := ""
		if release.Packages > 0 {
			packages = count(release.Packages, "package")
		}
		rows = append(rows, []string{release.Release, release.Date, packages, r.about(release)})
	}
	var b strings.Builder
	for i, line := range columns(rows) {
		if name := r.Releases[i].Release; name == r.App || name == r.Newest {
			line = style.Bold(line)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// about is what there is to say of a release.
func (r releasesJSON) about(release releaseJSON) string {
	var parts []string
	if release.Release == r.App {
		parts = append(parts, "the app's")
	}
	if release.Release == r.Newest {
		parts = append(parts, "the newest")
	}
	if c := release.Changes; c != nil {
		parts = append(parts, sizeText(*c))
	}
	return strings.Join(parts, " · ")
}

// sizeText is the size of a change: "41 patch, 12 minor, 3 breaking".
func sizeText(s manifest.Size) string {
	var parts []string
	for _, p := range []struct {
		n    int
		noun string
	}{{s.Patch, "patch"}, {s.Minor, "minor"}, {s.Breaking, "breaking"}, {s.Removed, "removed"}, {s.Lower, "lower"}, {s.Added, "added"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.noun))
		}
	}
	if len(parts) == 0 {
		return "nothing changes"
	}
	return strings.Join(parts, ", ")
}
