package template

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npm"
)

// Layout is which of create-app's templates is meant.
type Layout uint8

// The layouts.
const (
	Default Layout = iota // what create-app writes when not asked for another
	Legacy                // the app with the legacy frontend system
	New                   // the app with the new frontend system
)

func (l Layout) String() string { return [...]string{"default", "legacy", "new"}[l] }

// Options is what create-app asks its user.
type Options struct {
	Name          string // of the app: lower-case letters, digits and single hyphens; "" for "backstage"
	Layout        Layout
	DefaultBranch string // of the repository; "" for "master"

	// Version gives the version of a package that the create-app package itself does not know;
	// nil for none.
	Version func(name string) (string, bool)
}

var nameForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Fetch returns the files of a version of the package @backstage/create-app.
func Fetch(ctx context.Context, client *npm.Client, version string) (fs.FS, error) {
	v, err := client.Version(ctx, manifest.CreateApp, version)
	if err != nil {
		return nil, err
	}
	return client.Tarball(ctx, v)
}

// Layouts returns which layouts a create-app package has, besides Default.
func Layouts(createApp fs.FS) []Layout {
	var ls []Layout
	for _, l := range []Layout{Legacy, New} {
		if _, err := folder(createApp, l); err == nil {
			ls = append(ls, l)
		}
	}
	return ls
}

// Release returns the Backstage release that a create-app package belongs to.
func Release(createApp fs.FS) (string, error) {
	versions, err := manifest.TemplateVersions(createApp)
	return versions[manifest.RootVersion], err
}

// Render returns the app that create-app writes, from the files of its package. Files that
// create-app renders have mode 0644, those that it copies keep theirs.
func Render(createApp fs.FS, opts Options) (*npm.Tree, error) {
	if opts.Name == "" {
		opts.Name = "backstage"
	}
	if opts.DefaultBranch == "" {
		opts.DefaultBranch = "master"
	}
	if !nameForm.MatchString(opts.Name) {
		return nil, fmt.Errorf("app name %q: only lower-case letters, digits, and hyphens between them", opts.Name)
	}
	root, err := folder(createApp, opts.Layout)
	if err != nil {
		return nil, err
	}
	versions, err := manifest.TemplateVersions(createApp)
	if err != nil {
		return nil, err
	}
	s := scope{
		values: map[string]string{"name": opts.Name, "defaultBranch": opts.DefaultBranch},
		version: func(name string) (string, error) {
			if v := versions[name]; v != "" {
				return v, nil
			}
			if opts.Version != nil {
				if v, ok := opts.Version(name); ok {
					return v, nil
				}
			}
			return "", fmt.Errorf("no version of package %s is known", name)
		},
	}
	files := map[string]npm.File{}
	err = fs.WalkDir(createApp, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		content, err := fs.ReadFile(createApp, name)
		if err != nil {
			return err
		}
		target := strings.TrimPrefix(name, root+"/")
		mode := info.Mode().Perm()
		if stem, ok := strings.CutSuffix(target, ".hbs"); ok {
			text, err := expand(string(content), s)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			target, content, mode = stem, []byte(text), 0o644
		}
		files[target] = npm.File{Content: content, Mode: mode}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return npm.NewTree(files)
}

// folder is where the template of a layout is.
//
// Up to 0.7.1 there is only templates/default-app, of the legacy system. Up to 0.8.1 next-app is
// beside it, the default from 0.8.0 on, where the option is --legacy and no longer --next. From
// 0.8.2 on default-app is the new system, and legacy-app the other.
func folder(createApp fs.FS, layout Layout) (string, error) {
	has := func(name string) bool {
		for _, file := range []string{"package.json.hbs", "package.json"} {
			if _, err := fs.Stat(createApp, path.Join("templates", name, file)); err == nil {
				return true
			}
		}
		return false
	}
	if !has("default-app") {
		return "", errors.New("no templates/default-app in it; this is not the package " + manifest.CreateApp)
	}
	legacy, modern, standard := "default-app", "", "default-app"
	switch {
	case has("legacy-app"):
		legacy, modern = "legacy-app", "default-app"
	case has("next-app"):
		modern = "next-app"
		if offersLegacy(createApp) {
			standard = "next-app"
		}
	}
	name := [...]string{Default: standard, Legacy: legacy, New: modern}[layout]
	if name == "" {
		return "", fmt.Errorf("this version of %s has no template with the new frontend system", manifest.CreateApp)
	}
	return path.Join("templates", name), nil
}

// offersLegacy says whether create-app has the option --legacy.
func offersLegacy(createApp fs.FS) bool {
	for _, file := range []string{"dist/createApp.cjs.js", "dist/index.cjs.js"} {
		if data, err := fs.ReadFile(createApp, file); err == nil && strings.Contains(string(data), "opts.legacy") {
			return true
		}
	}
	return false
}
