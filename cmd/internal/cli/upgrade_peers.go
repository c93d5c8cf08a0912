package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest/changelog"
	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/registry/npm"
)

// readPeers finds the packages that new versions ask for as peers and older ones did not, and that
// the workspace, as it will be, does not declare: nobody installs those.
func (opts *upgradeOptions) readPeers(ctx context.Context, v *versions, u *upgrade, after *workspace.Workspace) error {
	if opts.offline || opts.noChangelogs {
		return nil
	}
	steps := stepsOf(u.plan)
	peers := make([]map[string]string, len(steps))
	var wait sync.WaitGroup
	free := make(chan struct{}, 8)
	opts.io.Progress("asking npm what the new versions want")
	for i, s := range steps {
		free <- struct{}{}
		wait.Go(func() {
			defer func() { <-free }()
			peers[i] = newPeers(ctx, v.client, s)
		})
	}
	wait.Wait()
	opts.io.Progress("")
	wanted := map[string]map[string]string{}
	for i, s := range steps {
		wanted[s.Name] = peers[i]
	}
	said := map[string][]string{} // askers, by what is asked for
	for _, r := range u.plan.Active() {
		p := packageAt(after, r.File)
		if p == nil {
			continue
		}
		for peer, rng := range wanted[r.Package] {
			_, here := p.Dep(peer)
			_, atRoot := after.Root.Dep(peer)
			if here || atRoot {
				continue
			}
			key := peer + " " + rng
			asker := r.Package + " " + r.ToVersion
			if !slices.Contains(said[key], asker) {
				said[key] = append(said[key], asker)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(said)) {
		name, _, _ := strings.Cut(key, " ")
		u.plan.Notes = append(u.plan.Notes, lockstep.Note{Code: "new-peer",
			Summary: fmt.Sprintf("%s is asked for as a peer now, and nothing declares it: by %s", key, some(said[key])),
			Manual:  fmt.Sprintf("Add %s to the dependencies of the root, or of the workspaces that depend on what asks for it.", name)})
	}
	return ctx.Err()
}

// newPeers are the peers, not optional ones, that a version asks for and the one before did not;
// nil if npm does not say.
func newPeers(ctx context.Context, client *npm.Client, s changelog.Step) map[string]string {
	was, err := client.Version(ctx, s.Name, s.From)
	if err != nil {
		return nil
	}
	is, err := client.Version(ctx, s.Name, s.To)
	if err != nil {
		return nil
	}
	added := map[string]string{}
	for name, rng := range is.PeerDependencies {
		if _, before := was.PeerDependencies[name]; !before && !is.PeerDependenciesMeta[name].Optional {
			added[name] = rng
		}
	}
	return added
}

// packageAt is the package whose package.json a file is; nil if it is another file.
func packageAt(ws *workspace.Workspace, file string) *workspace.Package {
	if ws.Root.File == file {
		return ws.Root
	}
	if i := slices.IndexFunc(ws.Packages, func(p *workspace.Package) bool { return p.File == file }); i >= 0 {
		return ws.Packages[i]
	}
	return nil
}
