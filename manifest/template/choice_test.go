package template_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest/template"
)

// tree is files by path; it is what a template or an app has.
type tree map[string]string

func (f tree) bytes() map[string][]byte {
	out := map[string][]byte{}
	for name, s := range f {
		out[name] = []byte(s)
	}
	return out
}

func (f tree) app() fstest.MapFS {
	out := fstest.MapFS{}
	for name, s := range f {
		out[name] = &fstest.MapFile{Data: []byte(s), Mode: 0o644}
	}
	return out
}

const (
	oldYarn = `{"name": "root", "packageManager": "yarn@4.4.1"}`
	newYarn = `{"name": "root", "packageManager": "yarn@4.13.0"}`
	config  = "app:\n  title: A\ncatalog:\n  locations: []\n"
	guests  = "app:\n  title: A\nauth:\n  providers:\n    guest: {}\ncatalog:\n  locations:\n    # shown\n    - type: file\n      target: ./examples/entities.yaml\n"
)

// What a person has chosen for the app stays chosen: a deletion, a package manager, what is configured.
func TestMergeKeepsChoices(t *testing.T) {
	for _, test := range []struct {
		name               string
		base, ours, theirs tree
		want               tree     // "" for a file that is not to be there
		notes              []string // parts of Why, notes and conflicts, of all files
	}{
		{
			name:   "the yarn of the template, where the app has that",
			base:   tree{"package.json": oldYarn, ".yarnrc.yml": "yarnPath: a/yarn-4.4.1.cjs\n", ".yarn/releases/yarn-4.4.1.cjs": "old"},
			ours:   tree{"package.json": oldYarn, ".yarnrc.yml": "yarnPath: a/yarn-4.4.1.cjs\n", ".yarn/releases/yarn-4.4.1.cjs": "old", "yarn.lock": ""},
			theirs: tree{"package.json": newYarn, ".yarnrc.yml": "yarnPath: a/yarn-4.13.0.cjs\n", ".yarn/releases/yarn-4.13.0.cjs": "new"},
			want:   tree{"package.json": newYarn, ".yarnrc.yml": "yarnPath: a/yarn-4.13.0.cjs\n", ".yarn/releases/yarn-4.13.0.cjs": "new", ".yarn/releases/yarn-4.4.1.cjs": ""},
		},
		{
			name:   "the app's own yarn, in all three places",
			base:   tree{"package.json": oldYarn, ".yarnrc.yml": "yarnPath: a/yarn-4.4.1.cjs\n", ".yarn/releases/yarn-4.4.1.cjs": "old"},
			ours:   tree{"package.json": strings.Replace(oldYarn, "4.4.1", "4.9.0", 1), ".yarnrc.yml": "yarnPath: a/yarn-4.9.0.cjs\n", "yarn.lock": ""},
			theirs: tree{"package.json": newYarn, ".yarnrc.yml": "yarnPath: a/yarn-4.13.0.cjs\n", ".yarn/releases/yarn-4.13.0.cjs": "new"},
			want:   tree{"package.json": strings.Replace(oldYarn, "4.4.1", "4.9.0", 1), ".yarnrc.yml": "yarnPath: a/yarn-4.9.0.cjs\n", ".yarn/releases/yarn-4.13.0.cjs": ""},
			notes:  []string{"the app has its own: yarn@4.9.0"},
		},
		{
			name:   "an app of pnpm",
			base:   tree{"package.json": `{"name": "root"}`},
			ours:   tree{"package.json": `{"name": "root", "private": true}`, "pnpm-lock.yaml": ""},
			theirs: tree{"package.json": newYarn, ".yarn/releases/yarn-4.13.0.cjs": "new"},
			want:   tree{"package.json": `{"name": "root", "private": true}`, ".yarn/releases/yarn-4.13.0.cjs": ""},
			notes:  []string{"the app has its own: pnpm"},
		},
		{
			name:   "keys that the app took out",
			base:   tree{"package.json": `{"scripts": {"a": "1", "dev": "d"}}`, "app-config.yaml": "a: 1\nb:\n  c: 1\n"},
			ours:   tree{"package.json": `{"scripts": {"dev": "mine"}}`, "app-config.yaml": "a: 1\nown: 1\n"},
			theirs: tree{"package.json": `{"scripts": {"a": "2"}}`, "app-config.yaml": "a: 1\nb:\n  c: 2\n"},
			want:   tree{"package.json": `{"scripts": {"dev": "mine"}}`, "app-config.yaml": "a: 1\nown: 1\n"},
			notes:  []string{"you took scripts.a out, which the template changed to 2", "no longer has scripts.dev", "you took b out"},
		},
		{
			name:   "a version that both raised, and one that the app lowered",
			base:   tree{"package.json": `{"dependencies": {"a": "^1.0.0", "b": "^9.0.0"}}`},
			ours:   tree{"package.json": `{"dependencies": {"a": "^2.0.0", "b": "^8.0.0"}}`},
			theirs: tree{"package.json": `{"dependencies": {"a": "^3.0.0", "b": "^10.0.0"}}`},
			want:   tree{"package.json": `{"dependencies": {"a": "^3.0.0", "b": "^8.0.0"}}`},
			notes:  []string{"a was at ^2.0.0 here", "both changed the version"},
		},
		{
			name:   "workspaces in another form",
			base:   tree{"package.json": `{"workspaces": {"packages": ["packages/*"]}}`},
			ours:   tree{"package.json": `{"workspaces": {"packages": ["packages/*", "own/*"]}}`},
			theirs: tree{"package.json": `{"workspaces": ["packages/*"]}`},
			want:   tree{"package.json": `{"workspaces": {"packages": ["packages/*", "own/*"]}}`},
		},
		{
			name: "configuration for plugins that the app has not", base: tree{"app-config.yaml": config}, ours: tree{"app-config.yaml": config}, theirs: tree{"app-config.yaml": guests},
			want:  tree{"app-config.yaml": config},
			notes: []string{"for @backstage/plugin-auth-backend-module-guest-provider, which the app does not use", "locations of examples"},
		},
		{
			name: "configuration for plugins that the app has", base: tree{"app-config.yaml": strings.Replace(config, "[]", "\n    - {type: file, target: ../examples/org.yaml}", 1)},
			ours: tree{
				"app-config.yaml": strings.Replace(config, "[]", "\n    - {type: file, target: ../examples/org.yaml}", 1), "examples/entities.yaml": "",
				"packages/backend/src/index.ts": "backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));\n",
			},
			theirs: tree{"app-config.yaml": guests}, want: tree{"app-config.yaml": guests},
		},
		{
			name: "locations that would hide those of development",
			base: tree{"app-config.production.yaml": "app: {}\n"}, ours: tree{"app-config.production.yaml": "app: {}\n", "app-config.yaml": "catalog:\n  locations:\n    - {type: url, target: x}\n"},
			theirs: tree{"app-config.production.yaml": "app: {}\ncatalog:\n  locations: []\n"}, want: tree{"app-config.production.yaml": "app: {}\n"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			over := change.NewOverlay(test.ours.app())
			result, err := template.Merge(t.Context(), over, test.base.bytes(), test.theirs.bytes(), template.MergeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range test.want {
				got, err := over.ReadFile(name)
				if string(got) != want || want == "" && err == nil {
					t.Errorf("%s: %q %v, want %q", name, got, err, want)
				}
			}
			said := ""
			for _, f := range result.Files {
				said += f.Why + strings.Join(f.Notes, "; ")
				for _, c := range f.Conflicts {
					said += c.Why
				}
			}
			for _, want := range test.notes {
				if !strings.Contains(said, want) {
					t.Errorf("nothing says %q: %s", want, said)
				}
			}
		})
	}
}

// Comments of YAML that the template changed come where they belong, or are named.
func TestMergeOfComments(t *testing.T) {
	for _, test := range []struct{ name, base, ours, theirs, want string }{
		{"above a key", "a: 1\nb: 2\n", "b: 3\nown: 1\na: 1\n", "a: 1\n# new\nb: 2\n", "# new\nb: 3\nown: 1\na: 1\n"},
		{"at the end of a mapping", "a:\n  b: 1\nc: 1\n", "own: 1\na:\n    b: 2\nc: 3\n", "a:\n  b: 1\n  # x: 1\n  #   y: 2\nc: 1\n", "own: 1\na:\n    b: 2\n    # x: 1\n    #   y: 2\nc: 3\n"},
		{"under a key that the app gave a value", "k:\n", "k:\n  own: 1\n", "k:\n  # see\n", "k:\n  own: 1\n  # see\n"},
		{"another text", "# old\na: 1\nb: 1\n", "own: 1\n# old\na: 2\nb: 1\n", "# new\na: 1\nb: 1\n", "own: 1\n# new\na: 2\nb: 1\n"},
		{"of a key that the app took out", "a: 1\nb: 2\n", "a: 3\n", "a: 1\n# new\nb: 2\n", "a: 3\n"},
		{"with an item", "l:\n  - a\nx: 1\n", "x: 2\nl: [own, a]\n", "l:\n  - a\n  # new\n  - b\nx: 1\n", "x: 2\nl: [own, a, b]\n"},
		{"of a key with another name", "a:\n  # why\n  old: 1\n", "own: 2\na:\n  # why\n  old: 1\n", "a:\n  # why\n  now: 1\n", "own: 2\na:\n  # why\n  now: 1\n"},
		{"CRLF", "a: 1\nb: 2\n", "b: 3\r\nown: 1\r\na: 1\r\n", "a: 1\n# new\nb: 2\n", "# new\r\nb: 3\r\nown: 1\r\na: 1\r\n"},
	} {
		over := change.NewOverlay(tree{"x.yaml": test.ours}.app())
		result, err := template.Merge(t.Context(), over, tree{"x.yaml": test.base}.bytes(), tree{"x.yaml": test.theirs}.bytes(), template.MergeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := over.ReadFile("x.yaml"); string(got) != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if f := result.Files[0]; f.Status == template.Conflict || test.ours == test.want && len(f.Notes) == 0 {
			t.Errorf("%s: %+v", test.name, f)
		}
	}
}

// Lists of patterns are merged as sets, and texts whatever their white space.
func TestMergeOfPlainText(t *testing.T) {
	for _, test := range []struct{ name, base, ours, theirs, want string }{
		{".gitignore", "a\nb\n", "b\nown", "a\nb\n\n# Cache\n.cache/\n", "b\nown\n\n# Cache\n.cache/\n"},
		{".gitignore", "a\nb\n", "a\nb\n# mine\n/.cache\n", "a\nb\n\n# Cache\n.cache/\n", "a\nb\n# mine\n/.cache\n"},
		{".gitignore", "a\nb\n", "own\r\na\r\nb\r\nmine\r\n", "b\nc\n", "own\r\nb\r\nmine\r\n\r\nc\r\n"},
		{".dockerignore", "a\n!b\n", "a\n!b\nown\n", "c\n", ""},
		{"Dockerfile", "FROM a\nENV X 1\nRUN b\nRUN c\n", "FROM a\nENV X 1\n\nRUN  b\nRUN own\nRUN c\n", "FROM a\nENV X=1\nRUN b2\nRUN c\nRUN d\n", ""},
		{"Dockerfile", "FROM a\n# why\nRUN b\n\nRUN c\n", "FROM a\n\n# why\nRUN b  \n\nRUN c\nRUN own\n", "FROM a\nRUN c\n", "FROM a\nRUN c\nRUN own\n"},
		{"index.html", "<a>\n  <b>\n</a>\n", "<a>\n<b>\n\n</a>\n<own>\n", "<a>\n  <b2>\n</a>\n", "<a>\n  <b2>\n</a>\n<own>\n"},
	} {
		over := change.NewOverlay(tree{test.name: test.ours}.app())
		result, err := template.Merge(t.Context(), over, tree{test.name: test.base}.bytes(), tree{test.name: test.theirs}.bytes(), template.MergeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		f := result.Files[0]
		if got, _ := over.ReadFile(test.name); test.want != "" && string(got) != test.want || (test.want == "") != (f.Status == template.Conflict) {
			t.Errorf("%s: %q by %s, want %q", test.name, got, f.Status, test.want)
		}
	}
}

// A file that is exactly as an earlier release had it was not changed by anybody.
func TestMergeKnowsWhatTemplatesHad(t *testing.T) {
	old := contents(t, fixtures.Template(t, "1.42.0", fixtures.LayoutNew))
	base, theirs := contents(t, fixtures.Template(t, "1.48.0", fixtures.LayoutNew)), contents(t, fixtures.Template(t, "1.55.0", fixtures.LayoutNew))
	app := fixtures.Template(t, "1.48.0", fixtures.LayoutNew)
	n := 0
	for name, content := range old {
		care, _ := template.CareOf(name)
		if f := app[name]; care == template.Text && f != nil && string(f.Data) != string(content) && string(base[name]) != string(theirs[name]) && !strings.HasSuffix(name, "package.json") {
			f.Data = content
			n++
		}
	}
	over := change.NewOverlay(app)
	result, err := template.Merge(t.Context(), over, base, theirs, template.MergeOptions{})
	if err != nil || n == 0 {
		t.Fatalf("%d files, %v", n, err)
	}
	for _, f := range result.Files {
		if f.Status == template.Conflict {
			t.Errorf("%s: %+v", f.Path, f.Conflicts)
		}
	}
	for name := range old {
		if care, _ := template.CareOf(name); care != template.Text || theirs[name] == nil || string(base[name]) == string(theirs[name]) {
			continue
		}
		if got, _ := over.ReadFile(name); string(got) != string(theirs[name]) {
			t.Errorf("%s is not the template's", name)
		}
	}
}
