package check

import (
	"context"
	"maps"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

// FuzzFileRules holds that no content of the files makes a rule of files fail, and that spans are
// within their files.
func FuzzFileRules(f *testing.F) {
	f.Add(wholeApp["app-config.yaml"], wholeApp["packages/backend/Dockerfile"], wholeApp["k8s/backstage.yaml"], wholeApp["catalog-info.yaml"])
	f.Add("proxy:\r\n  /x: {}\r\nauth: [", "FROM a\nCOPY [\"a\"]\nCMD", "kind: Deployment\nspec: {template: {spec: {containers: [x, {}]}}}", "- a\n---\nspec: 1\n--- b")
	f.Add("backend: {database: x, listen: [1], cors: {origin: []}}\nauth: {providers: x}\ncatalog: {locations: {a: 1}}", "FROM", "services: [a]", "kind: Location\nspec: {targets: [{}, 1, .]}")
	f.Fuzz(func(t *testing.T, config, dockerfile, manifest, entity string) {
		files := maps.Clone(wholeApp)
		maps.Copy(files, installedFiles)
		files["app-config.yaml"], files["packages/backend/Dockerfile"], files["k8s/backstage.yaml"], files["catalog-info.yaml"] = config, dockerfile, manifest, entity
		ws, err := workspace.Load(fixtures.With(fstest.MapFS{}, files))
		if err != nil {
			return
		}
		repo, err := Open(context.Background(), ws)
		if err != nil {
			t.Fatal(err)
		}
		res, err := Run(context.Background(), repo, fileRules, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range res.Findings {
			if g.Code == codeInternal {
				t.Fatal(g.Summary)
			}
			if g.Span.Start < 0 || g.Span.Start > g.Span.End || g.Span.End > len(files[g.File]) {
				t.Fatalf("%s: the span of %s is %v", g.Code, g.File, g.Span)
			}
		}
	})
}
