package check

import (
	"context"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

// lockedApp is an app whose lockfile names packages that have schemas, and that has broken its
// configuration in three ways.
func lockedApp() fstest.MapFS {
	files := maps.Clone(wholeApp)
	files["yarn.lock"] += "\n\"@backstage/backend-defaults@^0.12.0\":\n  version \"0.12.0\"\n  dependencies:\n    \"@backstage/plugin-x\" \"1\"\n\n\"@backstage/plugin-x@1\":\n  version \"1.0.0\"\n  dependencies:\n    \"@backstage/config\" \"1\"\n"
	files["app-config.yaml"] = strings.Replace(files["app-config.yaml"], "catalog:\n", "x:\n  url: [a]\n  apikey: ${GITHUB_TOKEN}\nbackend2: {}\ncatalog:\n", 1)
	return fixtures.With(fstest.MapFS{}, files)
}

// publishedFiles are installedFiles as packages of their own.
func publishedFiles(without string) PackageFiles {
	return func(name, _ string) fs.FS {
		out := fstest.MapFS{}
		for file, text := range installedFiles {
			if rest, ok := strings.CutPrefix(file, "node_modules/"+name+"/"); ok && name != without {
				out[rest] = &fstest.MapFile{Data: []byte(text)}
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
}

func TestSchemasOfPackagesThatAreNotInstalledArePublishedOnes(t *testing.T) {
	for _, tt := range []struct {
		name string
		from PackageFiles
		want string
	}{
		{"nothing is at hand", nil, ""},
		{"all are", publishedFiles(""), "BC002 x.url BC001 x.apikey"},
		{"one that another depends on is not", publishedFiles("@backstage/plugin-x"), ""},
		{"none is", func(string, string) fs.FS { return nil }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ws, err := workspace.Load(lockedApp())
			if err != nil {
				t.Fatal(err)
			}
			repo, err := Open(context.Background(), ws)
			if err != nil {
				t.Fatal(err)
			}
			repo.TakePublished(tt.from)
			rules := rulesOfFamilies(Config)
			res, err := Run(context.Background(), repo, rules, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range res.Findings {
				got = append(got, f.Code+" "+f.key)
			}
			if strings.Join(got, " ") != tt.want {
				t.Fatalf("%v, want %s", got, tt.want)
			}
			over := change.NewOverlay(ws.FS)
			mended, err := Mend(context.Background(), over, res, Options{Rules: rules, Published: tt.from, Load: func(o *change.Overlay) (*workspace.Workspace, error) { return workspace.Load(o) }})
			if err != nil || tt.want != "" && (len(mended.Fixed) != 1 || len(mended.Left.Findings) != 1) {
				t.Errorf("%v: %v", err, mended)
			}
		})
	}
}

// What is missing may know a key that is not known; of a value that does not fit, nothing can be
// said that would make it fit.
func TestUnknownKeysAreNoneWhereAPackageIsMissing(t *testing.T) {
	files := maps.Clone(wholeApp)
	maps.Copy(files, installedFiles)
	files["packages/backend/package.json"] = strings.Replace(files["packages/backend/package.json"], `"pg":`, `"@backstage/plugin-missing": "^1.0.0", "pg":`, 1)
	files["app-config.yaml"] = strings.Replace(files["app-config.yaml"], "catalog:\n", "x:\n  url: [a]\n  apikey: ${GITHUB_TOKEN}\ncatalog:\n", 1)
	res := runFileRules(t, fixtures.With(fstest.MapFS{}, files), rulesOfFamilies(Config))
	if len(res.Findings) != 1 || res.Findings[0].Code != "BC002" {
		t.Errorf("%v", res.Findings)
	}
}
