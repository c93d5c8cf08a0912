package template_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/manifest/template"
)

const backend = `import { createBackend } from '@backstage/backend-defaults';

const backend = createBackend();

backend.add(import('@backstage/plugin-app-backend'));
backend.add(import('@backstage/plugin-proxy-backend'));

// catalog plugin
backend.add(import('@backstage/plugin-catalog-backend'));

backend.start();
`

// merges are single files: what a merge comes to, and what it must hold and must not.
var merges = []struct {
	name, file         string
	base, ours, theirs string
	status             template.Status
	how                string
	has, hasNot        []string
	why                string // in the conflicts or Why
}{
	{
		name: "a feature that both added at different places is there once", file: "packages/backend/src/index.ts",
		base: backend, ours: strings.Replace(backend, "backend.start", "backend.add(import('@backstage/plugin-signals-backend'));\nbackend.start", 1),
		theirs: strings.Replace(backend, "// catalog plugin", "// signals\nbackend.add(import('@backstage/plugin-signals-backend'));\n\n// catalog plugin", 1),
		status: template.Merged, has: []string{"// signals"}, hasNot: []string{"signals-backend'));\n\n// catalog plugin"},
	},
	{
		name: "a feature comes into a reformatted backend", file: "packages/backend/src/index.ts",
		base: backend, ours: strings.NewReplacer("backend.add(import(", "backend.add(\n    import(", "'));", "')\n)", ";", "").Replace(backend),
		theirs: strings.Replace(backend, "\nbackend.start", "// signals\nbackend.add(import('@backstage/plugin-signals-backend'));\n\nbackend.start", 1),
		status: template.Merged, how: "tree", has: []string{"// signals", "import('@backstage/plugin-signals-backend')"},
	},
	{
		name: "a key of package.json that both changed", file: "package.json",
		base:   `{"scripts": {"start": "a", "test": "t"}}`,
		ours:   `{"scripts": {"start": "mine", "test": "t"}}`,
		theirs: `{"scripts": {"start": "theirs", "test": "t2", "new": "n"}}`,
		status: template.Conflict, how: "keys", has: []string{`"start": "mine"`, `"test": "t2"`, `"new": "n"`}, why: "both changed this",
	},
	{
		name: "a dependency that the app has newer", file: "package.json",
		base: `{"dependencies": {"react": "^17.0.0", "left": "1.0.0"}}`, ours: `{"dependencies": {"react": "^18.3.0", "left": "1.0.0"}}`, theirs: `{"dependencies": {"react": "^18.0.2"}}`,
		status: template.Merged, how: "keys", has: []string{"^18.3.0"}, hasNot: []string{"left"},
	},
	{
		name: "a key of YAML beside the app's own, with its comment", file: "app-config.yaml",
		base: "app:\n  title: A\n", ours: "app:\n  title: Mine # ours\nown: 1\n", theirs: "app:\n  title: A\n  # where support is\n  support: x\n",
		status: template.Merged, has: []string{"# ours", "own: 1", "# where support is\n  support: x"},
	},
	{
		name: "a value of YAML that both changed", file: "app-config.yaml",
		base: "a: 1\nb: 2\n", ours: "a: 3\nb: 2\n", theirs: "a: 4\nb: 5\n",
		status: template.Conflict, how: "keys", has: []string{"a: 3", "b: 5"}, why: "both changed this",
	},
	{
		name: "a key of YAML that both added is not there twice", file: "app-config.yaml",
		base: "a: 1\nm: 1\nz: 2\n", ours: "new: 1\na: 1\nm: 1\nz: 2\n", theirs: "a: 1\nm: 1\nz: 2\nnew: 1\n",
		status: template.Skipped, has: []string{"new: 1\na: 1"},
	},
	{
		name: "lines that both changed", file: "Dockerfile", base: "FROM a\nRUN b\n", ours: "FROM c\nRUN b\n", theirs: "FROM d\nRUN b\n",
		status: template.Conflict, how: "text", has: []string{"FROM c"}, why: "both changed these lines",
	},
	{
		name: "an import and what uses it", file: "packages/app/src/App.tsx",
		base:   "import { A } from 'a';\n\nexport const app = <A />;\n",
		ours:   "import {\n  A,\n} from \"a\";\n\nexport const app = (\n  <A\n  />\n);\n",
		theirs: "import { A } from 'a';\nimport { B } from 'b';\n\nexport const app = <A />;\n\nexport const b = <B />;\n",
		status: template.Merged, how: "tree", has: []string{`import { B } from "b"`, "export const b = <B />", "import {\n  A,\n} from \"a\""},
	},
	{
		name: "an element that one took out and the other changed", file: "packages/app/src/App.tsx",
		base: "export const x = (\n  <R>\n    <I to=\"a\" />\n    <I to=\"b\" />\n  </R>\n);\n", ours: "export const x = (\n  <R>\n    <I to=\"b\" />\n  </R>\n);\n", theirs: "export const x = (\n  <R>\n    <I to=\"a\" new />\n    <I to=\"b\" />\n  </R>\n);\n",
		status: template.Skipped, why: "you took it out",
	},
	{
		name: "attributes, beside the app's own", file: "packages/app/src/x.tsx",
		base:   "export const x = (\n  <G>\n    <A variant=\"g\" />\n    <B v=\"1\" />\n  </G>\n);\n",
		ours:   "export const x = (\n  <G spacing={3}>\n    <B v=\"1\" />\n    <A variant=\"g\" own={1} />\n  </G>\n);\n",
		theirs: "export const x = (\n  <G>\n    <A h={4} />\n    <B v=\"1\" />\n  </G>\n);\n",
		status: template.Merged, how: "tree", has: []string{"<A own={1} h={4} />", "<G spacing={3}>"},
	},
	{
		name: "elements that only lay out are known by what they hold", file: "packages/app/src/x.tsx",
		base:   "export const x = (\n  <G>\n    <G item md={6}>\n      <A v=\"1\" />\n    </G>\n    <G item md={6}>\n      <B v=\"1\" />\n    </G>\n  </G>\n);\n",
		ours:   "export const x = (\n  <G>\n    <G item md={4}>\n      <B v=\"1\" />\n    </G>\n    <G item md={8}>\n      <Own />\n    </G>\n    <G item md={12}>\n      <A v=\"1\" />\n    </G>\n  </G>\n);\n",
		theirs: "export const x = (\n  <G>\n    <G item md={6}>\n      <A />\n    </G>\n    <G item md={6}>\n      <B />\n    </G>\n  </G>\n);\n",
		status: template.Merged, how: "tree", has: []string{"md={12}>\n      <A />", "md={4}>\n      <B />", "<Own />"},
	},
	{
		name: "what both added stays the app's", file: "packages/app/src/App.tsx",
		base:   "const app = createApp({\n  apis,\n});\n",
		ours:   "const app = createApp({\n  apis,\n  components: { SignInPage: Mine },\n});\n",
		theirs: "import { SignInPage } from 'c';\n\nconst app = createApp({\n  apis,\n  components: {\n    SignInPage,\n  },\n});\n\nexport default app;\n",
		status: template.Merged, how: "tree", has: []string{"SignInPage: Mine", "export default app;"}, hasNot: []string{"    SignInPage,"},
	},
	{
		name: "a name that comes from elsewhere now", file: "packages/app/src/App.tsx",
		base:   "import { Route } from 'react-router';\n\nexport const r = <Route path=\"/a\" />;\n",
		ours:   "import { Route } from 'react-router';\nimport { Own } from './own';\n\nexport const r = <Route path=\"/a\" />;\nexport const o = <Own />;\n",
		theirs: "import { Route } from 'react-router-dom';\n\nexport const r = <Route path=\"/a\" />;\n",
		status: template.Merged, how: "tree", has: []string{"import { Route } from 'react-router-dom'", "./own"}, hasNot: []string{"'react-router';"},
	},
	{
		name: "a name that is something else in the app", file: "packages/app/src/App.tsx",
		base:   "export const r = [<A path=\"/a\" />];\n",
		ours:   "import { Page } from './own';\n\nexport const r = [<A path=\"/a\" />, <Page />];\n",
		theirs: "import { Page } from 'theirs';\n\nexport const r = [<A path=\"/a\" />, <B path=\"/b\" element={<Page />} />];\n",
		status: template.Conflict, why: "Page is something else here",
	},
	{
		name: "a declaration that the app exports", file: "packages/app/src/App.tsx",
		base:   "const r = (\n  <F>\n    <R path=\"/a\" />\n  </F>\n);\n",
		ours:   "export const r = (\n  <F>\n    <R path=\"/a\" />\n    <R path=\"/own\" />\n  </F>\n);\n",
		theirs: "const r = (\n  <F>\n    <R path=\"/a\" />\n    <R path=\"/b\" />\n  </F>\n);\n",
		status: template.Merged, how: "tree", has: []string{"export const r", "path=\"/b\"", "path=\"/own\""},
	},
	{
		name: "a component that got a body", file: "packages/app/src/Root.tsx",
		base:   "export const Root = ({ children }: P) => (\n  <S>\n    <I to=\"a\" />\n    {children}\n  </S>\n);\n",
		ours:   "export const Root = ({ children }: P) => {\n  const own = useOwn();\n  return (\n    <S>\n      <I to=\"a\" />\n      <I to={own} />\n      {children}\n    </S>\n  );\n};\n",
		theirs: "export const Root = ({ children }: P) => (\n  <S>\n    <I to=\"b\" />\n    <I to=\"a\" />\n    {children}\n  </S>\n);\n",
		status: template.Merged, has: []string{"      <I to=\"b\" />\n      <I to=\"a\" />", "useOwn()"},
	},
	{
		name: "a feature that left /alpha, and was taken out", file: "packages/backend/src/index.ts",
		base:   "b.add(import('a/alpha'));\nb.add(import('c/alpha'));\nb.start();\n",
		ours:   "b.add(import('own'));\nb.add(import('c/alpha'));\nb.start();\n",
		theirs: "b.add(import('a'));\nb.add(import('c'));\nb.start();\n",
		status: template.Merged, has: []string{"import('c')", "import('own')"}, hasNot: []string{"import('a')"},
	},
	{name: "lines with different ends", file: "x.js", base: "a;\nb;\n", ours: "a;\r\nown;\nb;\n", theirs: "a;\nb;\nc;\n", status: template.Skipped, why: "end in different ways"},
	{name: "CRLF", file: "x.js", base: "a;\nb;\nz;\n", ours: "own;\r\na;\r\nb;\r\nz;\r\n", theirs: "a;\nb;\nz;\nc;\n", status: template.Merged, has: []string{"own;\r\na;\r\nb;\r\nz;\r\nc;\r\n"}},
	{name: "no text", file: "x.js", base: "a;\n", ours: "a;\x00\n", theirs: "b;\n", status: template.Skipped, why: "no text"},
	{name: "too large", file: "x.js", base: "a;\n", ours: strings.Repeat("a;\n", 1<<20), theirs: "b;\n", status: template.Skipped, why: "over 2 MB"},
	{name: "the user's", file: "catalog-info.yaml", base: "a: 1\n", ours: "a: 1\n", theirs: "a: 2\n", status: template.Skipped, why: "it describes the app"},
	{name: "what does not parse", file: "app-config.yaml", base: "a: 1\n", ours: "a: [\n", theirs: "a: 2\n", status: template.Conflict, has: []string{"a: [\n"}},
}

func TestMerge(t *testing.T) {
	for _, test := range merges {
		t.Run(test.name, func(t *testing.T) {
			over := change.NewOverlay(fstest.MapFS{test.file: {Data: []byte(test.ours), Mode: 0o644}})
			result, err := template.Merge(t.Context(), over, map[string][]byte{test.file: []byte(test.base)}, map[string][]byte{test.file: []byte(test.theirs)}, template.MergeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if len(result.Files) != 1 {
				t.Fatalf("%+v", result)
			}
			f := result.Files[0]
			got, _ := over.ReadFile(test.file)
			if f.Status != test.status || test.how != "" && f.How != test.how {
				t.Errorf("%s by %s (%s %+v), want %s by %s:\n%s", f.Status, f.How, f.Why, f.Conflicts, test.status, test.how, got)
			}
			for _, s := range test.has {
				if !strings.Contains(string(got), s) {
					t.Errorf("there is no %q in:\n%s", s, got)
				}
			}
			for _, s := range test.hasNot {
				if strings.Contains(string(got), s) {
					t.Errorf("there is %q in:\n%s", s, got)
				}
			}
			why := f.Why
			for _, c := range f.Conflicts {
				why += c.Why
			}
			if !strings.Contains(why, test.why) {
				t.Errorf("%q does not say %q", why, test.why)
			}
		})
	}
}

// What is done with files as a whole.
func TestMergeOfWholeFiles(t *testing.T) {
	app := fstest.MapFS{
		"gone-changed.txt":         {Data: []byte("mine\n")},
		"gone.txt":                 {Data: []byte("x\n")},
		"new-taken.txt":            {Data: []byte("mine\n")},
		"packages/app/src/used.ts": {Data: []byte("export const a = 1;\n")},
		"packages/app/src/mine.ts": {Data: []byte("import { a } from './used';\n")},
		"folder/x":                 {Data: []byte("x\n")},
		".yarnrc.yml":              {Data: []byte("mine: 1\n")},
	}
	text := func(s string) []byte { return []byte(s) }
	base := map[string][]byte{
		"gone-changed.txt": text("x\n"), "gone.txt": text("x\n"), "deleted.txt": text("x\n"), "packages/app/src/used.ts": text("export const a = 1;\n"),
		"folder": text("x\n"), "packages/other/package.json": text("{}"),
	}
	theirs := map[string][]byte{
		"new.txt": text("n\n"), "new-taken.txt": text("n\n"), "deleted.txt": text("y\n"), "folder": text("y\n"),
		"packages/other/package.json": text("{}"), "packages/other/src/a.ts": text("a\n"), ".yarn/releases/yarn.cjs": text("y"),
	}
	over := change.NewOverlay(app)
	result, err := template.Merge(t.Context(), over, base, theirs, template.MergeOptions{Yarn1: true})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		".yarn/releases/yarn.cjs":  "skipped the template came to a newer yarn, and the app uses yarn 1",
		"deleted.txt":              "skipped you deleted it",
		"folder":                   "skipped it is a folder in the app",
		"gone-changed.txt":         "skipped the template no longer has it, but you changed it",
		"gone.txt":                 "deleted the template no longer has it, and you had not changed it",
		"new-taken.txt":            "skipped the template has it now, and something else of that name stands there",
		"new.txt":                  "added ",
		"packages/app/src/used.ts": "skipped the template no longer has it, but packages/app/src/mine.ts imports it",
		"packages/other/src/a.ts":  "skipped the app has no packages/other",
	}
	for _, f := range result.Files {
		if got := string(f.Status) + " " + f.Why; got != want[f.Path] {
			t.Errorf("%s: %s, want %s", f.Path, got, want[f.Path])
		}
		delete(want, f.Path)
	}
	for name := range want {
		t.Errorf("%s: nothing is said", name)
	}
	if changes := over.Changes(); len(changes) != 2 {
		t.Errorf("%v", changes)
	}
}

func TestMergeTakesNoLink(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "real.txt"), []byte("x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link.txt", "folder"} {
		to := map[string]string{"link.txt": "real.txt", "folder": "."}[name]
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	over := change.NewOverlay(os.DirFS(dir))
	old, now := map[string][]byte{}, map[string][]byte{}
	for _, name := range []string{"link.txt", "folder/real.txt"} {
		old[name], now[name] = []byte("x\n"), []byte("y\n")
	}
	result, err := template.Merge(t.Context(), over, old, now, template.MergeOptions{})
	if err != nil || result.Count(template.Skipped) != 2 || len(over.Changes()) != 0 {
		t.Errorf("%+v %v", result, err)
	}
}

func TestConflictsAreMarkedOrOurs(t *testing.T) {
	base, ours, theirs := "a\nb\nc\nd\ne\nf\n", "a\nmine\nc\nd\ne\nf\n", "a\nnew\nc\nd\ne\ng\n"
	for mode, want := range map[template.Mode]string{
		template.Alone:    ours,
		template.OursWins: "a\nmine\nc\nd\ne\ng\n",
		template.Markers:  "a\n<<<<<<<\nmine\n|||||||\nb\n=======\nnew\n>>>>>>>\nc\nd\ne\ng\n",
	} {
		over := change.NewOverlay(fstest.MapFS{"x": {Data: []byte(ours)}})
		result, err := template.Merge(t.Context(), over, map[string][]byte{"x": []byte(base)}, map[string][]byte{"x": []byte(theirs)}, template.MergeOptions{Conflicts: mode})
		if err != nil || result.Count(template.Conflict) != 1 {
			t.Fatal(result, err)
		}
		if got, _ := fs.ReadFile(over, "x"); string(got) != want {
			t.Errorf("mode %d: %q, want %q", mode, got, want)
		}
		c := result.Files[0].Conflicts[0]
		if (c.Ours != template.Lines{From: 2, To: 2}) || (c.Theirs != template.Lines{From: 2, To: 2}) {
			t.Errorf("%+v", c)
		}
	}
}

func TestGlobs(t *testing.T) {
	for pattern, names := range map[string][2][]string{
		"*.ts":                      {{"a.ts", "packages/app/src/a.ts"}, {"a.tsx"}},
		"packages/app":              {{"packages/app/package.json", "packages/app/src/x.ts"}, {"packages/backend/x", "packages/apps/x"}},
		"packages/**/package.json":  {{"packages/app/package.json", "packages/package.json"}, {"package.json"}},
		"packages/*/src/index.ts":   {{"packages/backend/src/index.ts"}, {"packages/a/b/src/index.ts"}},
		"./app-config.yaml":         {{"app-config.yaml"}, {"app-config.production.yaml"}},
		"app-config*.yaml":          {{"app-config.production.yaml"}, {"x.yaml"}},
		"packages/app/src/App.tsx/": {{"packages/app/src/App.tsx"}, {"packages/app/src/App.test.tsx"}},
	} {
		for i, list := range names {
			for _, name := range list {
				if got := (template.Globs{pattern}).Match(name); got != (i == 0) {
					t.Errorf("%s, %s: %v", pattern, name, got)
				}
			}
		}
	}
	for _, bad := range []string{"", "[", "/etc", "../x", "a/[/b"} {
		if (template.Globs{bad}).Check() == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// Any bytes give a result, and what merges clean is whole.
func FuzzMerge(f *testing.F) {
	for _, m := range merges {
		if len(m.ours) < 10000 {
			f.Add(m.file, []byte(m.base), []byte(m.ours), []byte(m.theirs))
		}
	}
	f.Fuzz(func(t *testing.T, name string, base, ours, theirs []byte) {
		if !fs.ValidPath(name) || name == "." {
			return
		}
		over := change.NewOverlay(fstest.MapFS{name: {Data: ours, Mode: 0o644}})
		result, err := template.Merge(t.Context(), over, map[string][]byte{name: base}, map[string][]byte{name: theirs}, template.MergeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range result.Files {
			after, err := fs.ReadFile(over, r.Path)
			if err != nil {
				t.Fatal(err)
			}
			if (r.Status == template.Skipped || r.Status == template.Conflict && r.How != "keys") && !bytes.Equal(after, ours) {
				t.Errorf("%s changed", r.Status)
			}
		}
	})
}
