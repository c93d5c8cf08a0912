package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/registry/recipe"
)

func TestEntityFaults(t *testing.T) {
	const file = "catalog-info.yaml"
	testFileFaults(t, []fileFault{
		{name: "no YAML", file: file, old: "spec:\n", new: "spec: [\n",
			code: "BE001", severity: diag.Error, line: "github.com/project-slug: org/portal", summary: "YAML"},
		{name: "a template of YAML", file: file, old: "name: portal\n", new: "name: ${{ values.name }}\n",
			code: "BE011", severity: diag.Note, summary: "catalog-info.yaml"},
		{name: "no owner", file: file, old: "  owner: group:default/team\n", new: "",
			code: "BE002", severity: diag.Error, line: "kind: Component", summary: "spec.owner of portal is missing"},
		{name: "no name", file: file, old: "  name: portal\n", new: "",
			code: "BE002", severity: diag.Error, line: "kind: Component", summary: "metadata.name is missing"},
		{name: "an API without a definition", file: file, old: "kind: Component", new: "kind: API",
			code: "BE002", severity: diag.Error, line: "kind: API", summary: "spec.definition of portal"},
		{name: "a user without groups", file: file, old: "apiVersion: backstage.io/v1alpha1\nkind: Component", new: "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata:\n  name: ann\nspec: {}\n---\napiVersion: backstage.io/v1alpha1\nkind: Component",
			code: "BE002", severity: diag.Error, line: "kind: User", summary: "spec.memberOf of ann"},
		{name: "a user in no group", file: file, old: "apiVersion: backstage.io/v1alpha1\nkind: Component", new: "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata:\n  name: ann\nspec:\n  memberOf: []\n---\napiVersion: backstage.io/v1alpha1\nkind: Component"},
		{name: "an MCP server has no definition", file: file, old: "apiVersion: backstage.io/v1alpha1\nkind: Component", new: "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: tools\nspec:\n  type: mcp-server\n  lifecycle: production\n  owner: team\n  remotes: []\n---\napiVersion: backstage.io/v1alpha1\nkind: Component"},
		{name: "a kind of their own needs no fields", file: file, old: "apiVersion: backstage.io/v1alpha1\nkind: Component", new: "apiVersion: example.com/v1\nkind: Thing"},
		{name: "a name with a space", file: file, old: "name: portal", new: "name: the portal",
			code: "BE003", severity: diag.Error, line: "name: the portal", summary: "the portal"},
		{name: "a tag in capitals", file: file, old: "[java, c++]", new: "[Java, c++]",
			code: "BE003", severity: diag.Error, line: "tags: [Java, c++]", summary: "Java"},
		{name: "a number as an annotation", file: file, old: "  annotations:\n", new: "  annotations:\n    example.com/id: 0012\n",
			code: "BE003", severity: diag.Error, line: "example.com/id: 0012", summary: "text", fixed: "  annotations:\n    example.com/id: \"0012\"\n"},
		{name: "a label with a space", file: file, old: "tier: one", new: "tier: number one",
			code: "BE003", severity: diag.Error, line: "tier: number one", summary: "number one"},
		{name: "an annotation with two slashes", file: file, old: "github.com/project-slug:", new: "github.com/project/slug:",
			code: "BE003", severity: diag.Error, line: "github.com/project/slug: org/portal", summary: "annotation"},
		{name: "a reference that cannot be read", file: file, old: "group:default/team", new: "group:default:team",
			code: "BE007", severity: diag.Warning, line: "owner: group:default:team", summary: "group:default:team"},
		{name: "a reference without a kind", file: file, old: "resource:db", new: "db",
			code: "BE004", severity: diag.Error, line: "- db", summary: "of which kind"},
		{name: "one reference where a list has to be", file: file, old: "  dependsOn:\n    - resource:db\n", new: "  providesApis: portal\n",
			code: "BE004", severity: diag.Error, line: "providesApis: portal", summary: "list"},
		{name: "a location that does not exist", file: "app-config.yaml", old: "../../examples/entities.yaml", new: "../examples/entities.yaml",
			code: "BE005", severity: diag.Warning, line: "target: ../examples/entities.yaml", summary: "../examples/entities.yaml"},
		{name: "a location that the image has", file: "app-config.yaml", old: "../../examples/entities.yaml", new: "./people/org.yaml",
			also: map[string]string{"packages/backend/Dockerfile": "FROM node:22\nUSER node\nWORKDIR /app\nCOPY packages/backend/dist/bundle.tar.gz ./\nCOPY examples ./people\nCMD [\"node\", \"packages/backend\"]\n"}},
		{name: "a target that does not exist", file: "examples/entities.yaml", old: "spec:\n  owner: guests\n", new: "spec:\n  owner: guests\n---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: x\nspec:\n  targets:\n    - ./x.yaml\n",
			code: "BE005", severity: diag.Warning, line: "- ./x.yaml", summary: "./x.yaml"},
		{name: "an entity in a target is read", file: "examples/entities.yaml", old: "spec:\n  owner: guests\n", new: "spec:\n  owner: guests\n---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: x\nspec:\n  target: ./x.yaml\n",
			also: map[string]string{"examples/x.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata:\n  name: x\nspec: {}\n"},
			code: "BE002", severity: diag.Error, line: "kind: Domain", summary: "spec.owner of x"},
		{name: "two of a name", file: "examples/entities.yaml", old: "spec:\n  owner: guests\n", new: "spec:\n  owner: guests\n---\napiVersion: backstage.io/v1alpha1\nkind: system\nmetadata:\n  name: Examples\nspec:\n  owner: guests\n",
			code: "BE006", severity: diag.Warning, line: "name: Examples", summary: "system:default/examples"},
		{name: "an annotation of a plugin that is not there", file: file, old: "  annotations:\n", new: "  annotations:\n    jenkins.io/job-full-name: folder/job\n",
			code: "BE009", severity: diag.Note, line: "jenkins.io/job-full-name: folder/job", summary: "jenkins.io/job-full-name"},
		{name: "an annotation of a plugin that is there", file: file, old: "  annotations:\n", new: "  annotations:\n    jenkins.io/job-full-name: folder/job\n",
			also: map[string]string{"packages/jenkins-own/package.json": `{"name": "@internal/plugin-jenkins-own"}`}},
		{name: "an annotation that the app's code reads", file: file, old: "  annotations:\n", new: "  annotations:\n    jenkins.io/job-full-name: folder/job\n",
			also: map[string]string{"packages/app/src/own.ts": "export const ANNOTATION = 'jenkins.io/job-full-name';\n"}},
		{name: "an annotation with a letter too many", file: file, old: "  annotations:\n", new: "  annotations:\n    backstage.io/kubernetess-id: portal\n",
			code: "BE010", severity: diag.Warning, line: "backstage.io/kubernetess-id: portal", summary: "nearly backstage.io/kubernetes-id", fixed: "  annotations:\n    backstage.io/kubernetes-id: portal\n"},
		{name: "an annotation with two letters wrong", file: file, old: "  annotations:\n", new: "  annotations:\n    backstage.io/kubernetis-ids: portal\n",
			code: "BE010", severity: diag.Warning, line: "backstage.io/kubernetis-ids: portal", summary: "nearly backstage.io/kubernetes-id"},
		{name: "an annotation that is like none", file: file, old: "  annotations:\n", new: "  annotations:\n    backstage.io/database: portal\n"},
		{name: "a template beside an entity does not hide it", file: file, old: "apiVersion: backstage.io/v1alpha1\nkind: Component", new: "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: t\nspec:\n  type: x\n  steps:\n    - id: ${{ parameters.x }}\n---\napiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata:\n  name: d\nspec: {}\n---\napiVersion: backstage.io/v1alpha1\nkind: Component",
			code: "BE002", severity: diag.Error, line: "kind: Domain", summary: "spec.owner of d"},
		{name: "entities one after another in a file are all read", file: file, old: "apiVersion: backstage.io/v1alpha1\nkind: Component", new: "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata:\n  name: d\nspec: {}\n---\napiVersion: backstage.io/v1alpha1\nkind: Component",
			code: "BE002", severity: diag.Error, line: "kind: Domain", summary: "spec.owner of d"},
	})
}

// The annotations of recipes are known, so that they are not taken for misspelled ones.
func TestAnnotationsOfRecipesAreKnown(t *testing.T) {
	known := knownAnnotations()
	for _, id := range recipe.IDs() {
		data, err := recipe.Text(id)
		if err != nil {
			t.Fatal(err)
		}
		r, err := recipe.Load(id, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range r.Annotations {
			if _, ok := readerOf(a.Name); !ok && !slices.Contains(known, a.Name) && !strings.HasPrefix(a.Name, "slack.com/") {
				t.Errorf("%s of %s is not known", a.Name, id)
			}
		}
	}
}

// Annotations that no entity has are told of only where the entities are.
func TestMissingAnnotationsAreToldOfWhereTheComponentsAre(t *testing.T) {
	const component = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: NAME\n  annotations:\n    EXTRA: x\nspec:\n  type: service\n  lifecycle: production\n  owner: team\n"
	const page = "import { EntityJenkinsContent, isJenkinsAvailable } from '@backstage-community/plugin-jenkins';\n"
	for _, x := range []struct {
		name, extra string
		components  int // beside that of the app itself
		found       bool
	}{
		{"enough without it", "example.com/x", 2, true},
		{"enough with it", "jenkins.io/job-full-name", 2, false},
		{"too few", "example.com/x", 0, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			app := fixtures.App("legacy")
			src := string(app["packages/app/src/components/catalog/EntityPage.tsx"].Data)
			src = page + strings.Replace(src, "    <EntityLayout.Route path=\"/api\" title=\"API\">\n", "    <EntityLayout.Route if={isJenkinsAvailable} path=\"/jenkins\" title=\"Jenkins\">\n      <EntityJenkinsContent />\n    </EntityLayout.Route>\n\n    <EntityLayout.Route path=\"/api\" title=\"API\">\n", 1)
			files := map[string]string{"packages/app/src/components/catalog/EntityPage.tsx": src}
			for i := range x.components {
				name := string(rune('a' + i))
				files["services/"+name+"/catalog-info.yaml"] = strings.NewReplacer("NAME", name, "EXTRA", x.extra).Replace(component)
			}
			found := false
			for _, f := range runFileRules(t, fixtures.With(app, files), rulesOfFamilies(Entities)).Findings {
				found = found || f.Code == "BE008" && f.Severity == diag.Note && strings.Contains(f.Summary, "jenkins.io/job-full-name")
			}
			if found != x.found {
				t.Errorf("found: %v", found)
			}
		})
	}
}
