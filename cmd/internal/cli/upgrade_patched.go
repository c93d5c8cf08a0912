package cli

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest/lockstep"
)

// patched is lockstep.Policy.Patched: it tries a patch of the repository on the package as npm has
// it. Offline none is tried.
func (opts *upgradeOptions) patched(ctx context.Context, v *versions, ws *workspace.Workspace) func(string, lockstep.PatchSpec, string) error {
	if opts.offline {
		return nil
	}
	return func(dir string, p lockstep.PatchSpec, version string) error {
		name, atRoot := strings.CutPrefix(p.File, "~/")
		if !atRoot {
			name = path.Join(dir, p.File)
		}
		patch, err := fs.ReadFile(ws.FS, name)
		if err != nil {
			return errors.New(name + " cannot be read")
		}
		opts.io.Progress("trying " + name + " on " + p.Name + " " + version)
		defer opts.io.Progress("")
		found, err := v.client.Version(ctx, p.Name, version)
		if err != nil {
			return errors.New(whyNot(err))
		}
		files, err := v.client.Tarball(ctx, found)
		if err != nil {
			return errors.New(whyNot(err))
		}
		return lockstep.PatchApplies(patch, files)
	}
}
