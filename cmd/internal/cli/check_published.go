package cli

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/registry/npm"
)

// asking is what npm says of the packages of a repository: each is asked for once.
type asking struct {
	*factory
	root string

	mu       sync.Mutex
	versions *versions
	known    map[string]func() (*npm.Packument, error)
}

func (p *asking) registry(ctx context.Context) check.Registry {
	return check.Registry{
		Ask: func(ws *workspace.Workspace, list []check.Version) map[check.Version]check.Published {
			return p.ask(ctx, ws, list)
		},
		Gate: gateOf,
		Now:  time.Now(),
	}
}

func (p *asking) ask(ctx context.Context, ws *workspace.Workspace, list []check.Version) map[check.Version]check.Published {
	said := map[check.Version]check.Published{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	for _, v := range list {
		wait.Go(func() {
			doc, err := p.packument(ctx, ws, v.Name)
			if err != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			var x check.Published
			if version, ok := doc.Versions[v.Version]; ok {
				x.Deprecated = version.Deprecated
			}
			if _, moved := lockstep.KnownMove(v.Name); moved {
				x.Deprecated = "" // another rule says so, and where to
			}
			x.At = doc.Time[v.Version]
			said[v] = x
		})
	}
	wait.Wait()
	return said
}

func (p *asking) packument(ctx context.Context, ws *workspace.Workspace, name string) (*npm.Packument, error) {
	p.mu.Lock()
	if p.versions == nil {
		p.versions, p.known = p.newVersions(p.root, ws), map[string]func() (*npm.Packument, error){}
	}
	get, ok := p.known[name]
	if !ok {
		get = sync.OnceValues(func() (*npm.Packument, error) { return p.versions.packument(ctx, name) })
		p.known[name] = get
	}
	p.mu.Unlock()
	return get()
}

// failed tells of packages that npm did not answer for. If that is so of all, it is an error.
func (p *asking) failed() error {
	var names []string
	for name, get := range p.known {
		if _, err := get(); err != nil {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	_, err := p.known[names[0]]()
	if len(names) == len(p.known) {
		return err
	}
	p.errln(fmt.Sprintf("Nothing is known of %s of %d, so that nothing is said of them. The first: %v", count(len(names), "package"), len(p.known), err))
	return nil
}
