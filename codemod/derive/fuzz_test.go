package derive_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/registry/recipe"
)

// Whatever a file of a package holds, derivation ends, and either gives a valid recipe or an error.
func FuzzRecipe(f *testing.F) {
	var all []*txtar.Archive
	archives(f, func(_ *testing.T, _ string, a *txtar.Archive) {
		for i, file := range a.Files {
			f.Add(uint8(len(all)), uint8(i), file.Data)
		}
		all = append(all, a)
	})
	f.Fuzz(func(t *testing.T, archive, file uint8, content []byte) {
		if len(content) > 1<<15 {
			t.Skip()
		}
		a := *all[int(archive)%len(all)]
		a.Files = slices.Clone(a.Files)
		a.Files[int(file)%len(a.Files)].Data = content
		name, _, _ := strings.Cut(a.Files[0].Name, ":")
		r := parse(a.Files)
		limit := time.AfterFunc(5*time.Second, func() { panic("derivation does not end") })
		defer limit.Stop()
		fam, err := derive.FamilyOf(context.Background(), name, r.open)
		if err != nil {
			return
		}
		d, err := derive.Recipe(fam)
		if err != nil {
			return
		}
		if problems := recipe.Validate(d.Recipe); len(problems) > 0 {
			t.Fatal(problems)
		}
	})
}

func TestAHugePackageIsReadInPart(t *testing.T) {
	files := fstest.MapFS{
		"package.json":    {Data: []byte(`{"name": "@x/plugin-huge", "version": "1.0.0", "backstage": {"role": "frontend-plugin"}, "main": "dist/index.esm.js"}`)},
		"dist/big.esm.js": {Data: make([]byte, 3<<20)},
	}
	index := []byte("import { big } from './big.esm.js';\nimport { createPlugin, createComponentExtension } from '@backstage/core-plugin-api';\nexport const p = createPlugin({ id: 'huge' });\nexport const EntityHugeCard = p.provide(createComponentExtension({ component: { sync: big } }));\n")
	index = append(index, "export const deep = "...)
	for range 100 {
		index = append(index, "[(() => "...)
	}
	index = append(index, '1')
	for range 100 {
		index = append(index, ")]"...)
	}
	files["dist/index.esm.js"] = &fstest.MapFile{Data: append(index, ";\n"...)}
	p, err := derive.NewPackage(files)
	if err != nil {
		t.Fatal(err)
	}
	d, err := derive.Recipe(&derive.Family{Named: p.Name, Members: []derive.Member{{Package: p, Role: derive.FrontendPlugin}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Recipe.Legacy) != 1 || len(d.Notes) == 0 {
		t.Errorf("got %+v, notes %q", d.Recipe.Legacy, d.Notes)
	}
}

func TestTheRootOfThePackageIsTheBoundary(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(dir+"/package/dist", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"secret.js":             "export const EntitySecretCard = 1;",
		"package/package.json":  `{"name": "@x/plugin-up", "version": "1.0.0", "backstage": {"role": "frontend-plugin"}, "main": "dist/../../secret.js", "exports": {".": "./dist/index.js", "./up": "../secret.js", "./abs": "/etc/passwd.js"}}`,
		"package/dist/index.js": "export * from '../../secret.js'; export { a } from '../../../../etc/passwd';",
	} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, err := derive.NewPackage(os.DirFS(dir + "/package"))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.JSON.Exports) != 1 {
		t.Errorf("entry points: %+v", p.JSON.Exports)
	}
	if _, err := derive.Recipe(&derive.Family{Named: p.Name, Members: []derive.Member{{Package: p, Role: derive.FrontendPlugin}}}); err == nil {
		t.Error("something was derived")
	}
}

func BenchmarkRecipe(b *testing.B) {
	a, err := txtar.ParseFile("testdata/entity.txtar")
	if err != nil {
		b.Fatal(err)
	}
	r := parse(a.Files)
	for b.Loop() {
		f, err := derive.FamilyOf(context.Background(), "@x/plugin-builds", r.open)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := derive.Recipe(f); err != nil {
			b.Fatal(err)
		}
	}
}
