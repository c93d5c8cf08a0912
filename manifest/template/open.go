package template

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npm"
)

// Open returns the files of the create-app package of a release, from the client's cache or
// its registry.
//
// The error is a *diag.Diagnostic: unknown-release, template-missing (the registry does not
// have this version, or cannot be asked), template-invalid (the package holds no template).
func Open(ctx context.Context, client *npm.Client, release string) (fs.FS, error) {
	version, err := manifest.CreateAppOf(ctx, client, release)
	var unknown *manifest.UnknownRelease
	switch {
	case errors.As(err, &unknown):
		d := diag.Errorf("unknown-release", "%s", unknown)
		d.Manual = "`batten releases --all` lists the releases."
		return nil, d
	case err != nil:
		return nil, missing(release, manifest.CreateApp, err)
	}
	return OpenVersion(ctx, client, release, version)
}

// OpenVersion is Open for a release whose version of create-app is known, from its manifest.
func OpenVersion(ctx context.Context, client *npm.Client, release, version string) (fs.FS, error) {
	files, err := Fetch(ctx, client, version)
	if err != nil {
		return nil, missing(release, manifest.CreateApp+" "+version, err)
	}
	if len(Layouts(files)) == 0 {
		d := diag.Errorf("template-invalid", "%s %s, of Backstage %s, holds no template", manifest.CreateApp, version, release)
		d.Manual = "Look at what the registry serves under this name; the template of another release may do."
		return nil, d
	}
	return files, nil
}

func missing(release, what string, err error) *diag.Diagnostic {
	d := diag.Errorf("template-missing", "the template of Backstage %s cannot be had: %s", release, err)
	d.Detail = fmt.Sprintf("It is in the npm package %s.", what)
	switch {
	case npm.Is(err, npm.Offline):
		d.Manual = "Run it once without --offline; from then on the package is in the cache."
	case npm.Is(err, npm.NotFound):
		d.Manual = "Name a registry that has this version: npm_config_registry=URL, or a line registry=URL in .npmrc."
	}
	return d
}

// RenderBoth renders one app at two releases, from their create-app packages, in the same
// layout. A layout that one of them does not have is a *diag.Diagnostic, layout-missing.
func RenderBoth(from, to fs.FS, opts Options) (base, theirs *npm.Tree, err error) {
	if base, err = renderKnown(from, opts); err != nil {
		return nil, nil, err
	}
	theirs, err = renderKnown(to, opts)
	return base, theirs, err
}

func renderKnown(createApp fs.FS, opts Options) (*npm.Tree, error) {
	release, _ := Release(createApp) // a package that says none fails below
	if _, err := folder(createApp, opts.Layout); err != nil {
		d := diag.Errorf("layout-missing", "Backstage %s has no template of the %s layout", release, opts.Layout)
		d.Detail = err.Error()
		d.Manual = "There is one from Backstage 1.42 on; --layout legacy is in all."
		return nil, d
	}
	tree, err := Render(createApp, opts)
	if err != nil {
		d := diag.Errorf("template-invalid", "the template of Backstage %s cannot be rendered: %s", release, err)
		d.Manual = "This is a template that this batten does not know; a newer one may."
		return nil, d
	}
	return tree, nil
}
