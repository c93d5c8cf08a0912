package recipe_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/recipe"
)

// published reads packages from npm, each version once.
type published struct {
	client *npm.Client
	trees  sync.Map // "name@version" to func() (*npm.Tree, error)
}

func (p *published) tree(ctx context.Context, name, version string) (*npm.Tree, error) {
	load, _ := p.trees.LoadOrStore(name+"@"+version, sync.OnceValues(func() (*npm.Tree, error) {
		v, err := p.client.Version(ctx, name, version)
		if err != nil {
			return nil, err
		}
		return p.client.Tarball(ctx, v)
	}))
	return load.(func() (*npm.Tree, error))()
}

// The newest known version of each package exists on npm, and exports what the recipe's steps
// for it import.
func TestCuratedRecipesNameWhatThePackagesExport(t *testing.T) {
	fixtures.Require(t, "network")
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	config, _ := npm.ConfigFrom(npm.UserPlaces(""))
	p := &published{client: npm.New(config)}
	for _, r := range recipe.Curated() {
		for _, variant := range append([]recipe.Variant{{}}, r.Variants...) {
			for _, systems := range [][]recipe.System{{recipe.LegacyFrontend, recipe.NewBackend}, {recipe.NewFrontend, recipe.NewBackend}} {
				newest, err := r.Resolve(recipe.Target{Systems: systems, As: variant.Name})
				if err != nil {
					t.Fatal(err)
				}
				for _, ref := range imports(newest) {
					p.check(ctx, t, newest, ref)
				}
			}
		}
	}
}

func imports(r recipe.Recipe) []recipe.Ref {
	var refs []recipe.Ref
	add := func(ref *recipe.Ref) {
		if ref != nil && ref.Module != "" {
			refs = append(refs, *ref)
		}
	}
	for _, s := range slices.Concat(r.Legacy, r.New, r.Backend) {
		switch {
		case s.Route != nil:
			add(&s.Route.Element.Ref)
		case s.EntityTab != nil:
			add(&s.EntityTab.Element.Ref)
			add(s.EntityTab.If)
		case s.EntityCard != nil:
			add(&s.EntityCard.Element.Ref)
			add(s.EntityCard.If)
		case s.EntityCase != nil:
			add(&s.EntityCase.Element.Ref)
			add(&s.EntityCase.If)
		case s.Feature != nil:
			add(&s.Feature.Ref)
		case s.BackendFeature != nil:
			add(&recipe.Ref{Module: s.BackendFeature.Module, Export: "default"})
		}
	}
	return refs
}

func (p *published) check(ctx context.Context, t *testing.T, r recipe.Recipe, ref recipe.Ref) {
	t.Helper()
	i := slices.IndexFunc(r.Packages, func(pkg recipe.Package) bool {
		return ref.Module == pkg.Name || strings.HasPrefix(ref.Module, pkg.Name+"/")
	})
	if i < 0 {
		t.Errorf("%s imports %s and does not depend on it", r.ID, ref.Module)
		return
	}
	pkg := r.Packages[i]
	version, ok := pkg.Known("")
	if !ok {
		packument, err := p.client.Packument(ctx, pkg.Name)
		if err != nil {
			t.Fatal(err)
		}
		version = packument.DistTags["latest"]
	}
	tree, err := p.tree(ctx, pkg.Name, version)
	if err != nil {
		t.Fatal(err)
	}
	types, err := typesOf(tree, "."+strings.TrimPrefix(ref.Module, pkg.Name))
	if err != nil {
		t.Errorf("%s: %s@%s: %v", r.ID, ref.Module, version, err)
		return
	}
	if !slices.Contains(exported(types), ref.Export) {
		t.Errorf("%s: %s@%s exports %q, not %s", r.ID, ref.Module, version, exported(types), ref.Export)
	}
}

// typesOf reads the type declarations of an entry point: "." or "./alpha".
func typesOf(tree fs.FS, entry string) (string, error) {
	data, err := fs.ReadFile(tree, "package.json")
	if err != nil {
		return "", err
	}
	var manifest struct {
		Types   string
		Exports map[string]json.RawMessage
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		return "", err
	}
	file := manifest.Types
	if raw, ok := manifest.Exports[entry]; ok {
		var conditions struct{ Types string }
		if err := json.Unmarshal(raw, &conditions); err != nil {
			return "", err
		}
		file = conditions.Types
	} else if entry != "." {
		file = ""
	}
	types, err := fs.ReadFile(tree, path.Clean(file))
	return string(types), err
}

var exportList = regexp.MustCompile(`(?m)^export \{([^}]*)\};?$`)

// exported are the names in the export lists that end a rolled-up declaration file.
func exported(types string) []string {
	var names []string
	for _, list := range exportList.FindAllStringSubmatch(types, -1) {
		for item := range strings.SplitSeq(list[1], ",") {
			words := strings.Fields(item)
			if len(words) > 0 {
				names = append(names, words[len(words)-1])
			}
		}
	}
	return names
}
