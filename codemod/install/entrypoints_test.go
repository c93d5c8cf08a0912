package install_test

import (
	"context"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/install"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/recipe"
)

// Two entry points of one package are two features of a backend; the package itself and its
// ./alpha are one, wherever it is.
func TestFeaturesOfOnePackage(t *testing.T) {
	const pkg = "packages: [{name: '@x/plugin-x', role: backend-module, in: backend}]\n"
	head := "id: x\ntitle: X\ndescription: Does x.\ndocs: https://example.com/x\n" + pkg
	for _, c := range []struct {
		name, steps string
		want        []string
	}{
		{"two entry points", "backend: [{why: a, backend-feature: {module: '@x/plugin-x/one'}}, {why: b, backend-feature: {module: '@x/plugin-x/two'}}]",
			[]string{"import('@x/plugin-x/one')", "import('@x/plugin-x/two')"}},
		{"alpha", "backend: [{why: a, backend-feature: {module: '@x/plugin-x'}}, {why: b, backend-feature: {module: '@x/plugin-x/alpha'}}]",
			[]string{"import('@x/plugin-x')"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := recipe.Load("test", []byte(head+c.steps))
			if err != nil {
				t.Fatal(err)
			}
			plan, err := install.Add(context.Background(), fixtures.App("new"), []recipe.Recipe{r}, options)
			if err != nil {
				t.Fatal(err)
			}
			diff := change.Diff(plan.Changes)
			for _, w := range c.want {
				if !strings.Contains(diff, w) {
					t.Errorf("no %s in\n%s", w, diff)
				}
			}
			if n := strings.Count(diff, "import('@x/plugin-x"); n != len(c.want) {
				t.Errorf("%d features, want %d\n%s", n, len(c.want), diff)
			}
		})
	}
}
