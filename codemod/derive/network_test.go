package derive_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/recipe"
)

// pinned are published packages, by what they must be.
var pinned = map[string]struct{ version, integrity string }{
	"@backstage-community/plugin-jenkins":            {"0.34.0", "sha512-zkSfm1QWj9HdFbwkNh3gDtjO8w2EAyaybN3L6/AjadlMo59j4/4TlGlO0Wbq4UFFwNl7iB2/SIIf+AI/4uxJ/g=="},
	"@backstage-community/plugin-jenkins-backend":    {"0.31.0", "sha512-B0R6CiNDFSVClWwktHYy6oH5PKHYEVSJua2l7JmsTcTTckmAi+ohO445Pyb5WshzYK/QoZVDL/bNpgOdrulQYA=="},
	"@backstage-community/plugin-sonarqube":          {"1.2.0", "sha512-dxsrksFR6GVJV81Yt9dSh70PVfCMXnczupsXtfvndr1dIt6ngT86OwBv8O2zLNfKWH6TW/9uHH9vRA68KMfolA=="},
	"@backstage-community/plugin-sonarqube-react":    {"1.2.0", "sha512-h6PvWVAJIF2myAGJGN4hsgAE8ISCKHp2dUQLvqTrmLS9YWZcFlH7hzV7Vf604tY2kbVTK6CxDRdttSJ8yuWxxg=="},
	"@backstage-community/plugin-sonarqube-backend":  {"1.2.0", "sha512-Sm9Xb1foIOhds2+/ew9LXuyIZOsmEv0Zyn/DvUUJvwkxVb0TDkYSdp3MIJBZCUn1sF28+8lJ4RAVUYJEn7MnSQ=="},
	"@backstage-community/plugin-tech-radar":         {"1.14.0", "sha512-8k/+u2TKv8hFFuYilEmHK+IkbS8R/Fk0g9DVP9rxEdVG7+sfzsYLgOxZBVXS75kawrzAL42u3hH4IUslUTjYfQ=="},
	"@backstage-community/plugin-tech-radar-backend": {"1.21.0", "sha512-V6ZHybbXZHFCjxmefXntFZ9Ryfw6oTJO0GSOu60saSodbf/bbQsM9y0FQMFxNx7nAoDTsBVcr5acg4lEdwdXIg=="},
	"@backstage-community/plugin-github-actions":     {"1.3.0", "sha512-C1dvUnwWdpxExTSlmUuwTdXnE9RxqPhoWaPuzIpc6CBAR5xrk06LKNIpZX28vkRbdp9hdvMg8EeZfWkikI9LYw=="},
	"@backstage/plugin-kubernetes":                   {"0.12.23", "sha512-gHDOS0upUeegWSggAuQCoyn3swSD805pY/K9oU/3yr5J/24cdQYjh8SAYnNmv4k0scZltMHw7CTdpUljvANdMg=="},
	"@backstage/plugin-kubernetes-backend":           {"0.21.11", "sha512-Rn+g+wgljN8EQ3oNPnboZbZOyL6yHbIzJFtonSk2x4iv7ungxmJ3rEMqLpSo1upAiyhG7QD6wyN98DGMOLrt4w=="},
	"@roadiehq/backstage-plugin-travis-ci":           {"2.0.1", "sha512-Qay8Ad+heMEyW5QPi2I4C7ky3NUYhgE7FF+pV77ES21zyytCcTHQIkYHJd0FrR6WpedtNSegfcRj61VSZfbRKA=="},
}

func openPinned(client *npm.Client) derive.Open {
	return func(ctx context.Context, name string) (*derive.Package, error) {
		pin, ok := pinned[name]
		if !ok {
			return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
		}
		v, err := client.Version(ctx, name, pin.version)
		if err != nil {
			return nil, err
		}
		if v.Dist.Integrity != pin.integrity {
			return nil, fmt.Errorf("%s %s has integrity %s", name, pin.version, v.Dist.Integrity)
		}
		tree, err := client.Tarball(ctx, v)
		if err != nil {
			return nil, err
		}
		return derive.NewPackage(tree)
	}
}

// What people wrote into the curated recipes is what is read out of the packages, for their newest
// versions; the exceptions are of taste.
func TestDerivedRecipesAgreeWithTheCurated(t *testing.T) {
	fixtures.Require(t, "network")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	config, _ := npm.ConfigFrom(npm.UserPlaces(""))
	open := openPinned(npm.New(config))
	taste := map[string]string{ // what the curated recipe says: what is derived
		`branch="main,master"`: `branch="main"`,
	}
	for id, name := range map[string]string{
		"jenkins": "@backstage-community/plugin-jenkins", "sonarqube": "@backstage-community/plugin-sonarqube",
		"tech-radar": "@backstage-community/plugin-tech-radar", "github-actions": "@backstage-community/plugin-github-actions",
		"kubernetes": "@backstage/plugin-kubernetes",
	} {
		t.Run(id, func(t *testing.T) {
			f, err := derive.FamilyOf(ctx, name, open)
			if err != nil {
				t.Fatal(err)
			}
			d, err := derive.Recipe(f)
			if err != nil {
				t.Fatal(err)
			}
			var have []string
			for _, s := range slices.Concat(d.Recipe.Legacy, d.Recipe.New, d.Recipe.Backend) {
				have = append(have, string(s.Kind())+" "+step(s))
			}
			curated, ok := recipe.Lookup(id)
			if !ok {
				t.Fatal("there is no such recipe")
			}
			variants := curated.Variants
			if len(variants) == 0 {
				variants = []recipe.Variant{{}}
			}
			for _, v := range variants {
				for _, frontend := range []recipe.System{recipe.LegacyFrontend, recipe.NewFrontend} {
					r, err := curated.Resolve(recipe.Target{Systems: []recipe.System{frontend, recipe.NewBackend}, As: v.Name})
					if err != nil {
						t.Fatal(err)
					}
					for _, s := range slices.Concat(r.Legacy, r.New, r.Backend) {
						want := string(s.Kind()) + " " + step(s)
						for curated, derived := range taste {
							want = strings.ReplaceAll(want, curated, derived)
						}
						if !slices.Contains(have, want) {
							t.Errorf("not derived: %s\nbut\n  %s", want, strings.Join(have, "\n  "))
						}
					}
					for _, a := range r.Annotations[:min(1, len(r.Annotations))] {
						if !slices.ContainsFunc(d.Recipe.Annotations, func(o recipe.Annotation) bool { return o.Name == a.Name }) && !a.Optional {
							t.Errorf("annotation %s is not derived", a.Name)
						}
					}
					for _, c := range r.Config {
						if c.Required && !slices.ContainsFunc(d.Recipe.Config, func(o recipe.ConfigBlock) bool { return slices.Equal(o.Path, c.Path) }) {
							t.Errorf("configuration %v is not derived", c.Path)
						}
					}
				}
			}
		})
	}
}

// A whole family is read within a small part of what a command may take.
func BenchmarkPublished(b *testing.B) {
	fixtures.Require(b, "network")
	config, _ := npm.ConfigFrom(npm.UserPlaces(""))
	client := npm.New(config)
	for _, name := range []string{"@backstage-community/plugin-jenkins", "@backstage/plugin-kubernetes"} {
		b.Run(name, func(b *testing.B) {
			f, err := derive.FamilyOf(b.Context(), name, openPinned(client))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := derive.Recipe(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// An old bundle: one file, with what was imported dynamically as objects in it.
func TestAnOldBundleIsRead(t *testing.T) {
	fixtures.Require(t, "network")
	config, _ := npm.ConfigFrom(npm.UserPlaces(""))
	f, err := derive.FamilyOf(t.Context(), "@roadiehq/backstage-plugin-travis-ci", openPinned(npm.New(config)))
	if err != nil {
		t.Fatal(err)
	}
	d, err := derive.Recipe(f)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]recipe.Kind{}
	for _, x := range d.Extensions {
		kinds[x.Export] = x.Kind
	}
	if kinds["EntityTravisCIContent"] != recipe.KindEntityTab || kinds["EntityTravisCIOverviewCard"] != recipe.KindEntityCard {
		t.Errorf("got %v", kinds)
	}
	if !slices.ContainsFunc(d.Signals, func(s derive.Signal) bool { return s.Kind == derive.NeedsProxy && s.Name == "/travisci/api" }) {
		t.Errorf("got %v", d.Signals)
	}
}
