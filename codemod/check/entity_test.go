package check

import (
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
)

func TestEntityFaults(t *testing.T) {
	const file = "catalog-info.yaml"
	testFileFaults(t, []fileFault{
		{name: "no YAML", file: file, old: "spec:\n", new: "spec: [\n",
			code: "BE001", severity: diag.Error, line: "github.com/project-slug: org/portal", summary: "YAML"},
		{name: "a template of YAML", file: file, old: "name: portal\n", new: "name: ${{ values.name }}\n"},
		{name: "no owner", file: file, old: "  owner: group:default/team\n", new: "",
			code: "BE002", severity: diag.Error, line: "kind: Component", summary: "spec.owner of portal is missing"},
		{name: "no name", file: file, old: "  name: portal\n", new: "",
			code: "BE002", severity: diag.Error, line: "kind: Component", summary: "metadata.name is missing"},
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
		{name: "a target that does not exist", file: "examples/entities.yaml", old: "spec:\n  owner: guests\n", new: "spec:\n  owner: guests\n---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: x\nspec:\n  targets:\n    - ./x.yaml\n",
			code: "BE005", severity: diag.Warning, line: "- ./x.yaml", summary: "./x.yaml"},
		{name: "an entity in a target is read", file: "examples/entities.yaml", old: "spec:\n  owner: guests\n", new: "spec:\n  owner: guests\n---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: x\nspec:\n  target: ./x.yaml\n",
			also: map[string]string{"examples/x.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata:\n  name: x\nspec: {}\n"},
			code: "BE002", severity: diag.Error, line: "kind: Domain", summary: "spec.owner of x"},
		{name: "two of a name", file: "examples/entities.yaml", old: "spec:\n  owner: guests\n", new: "spec:\n  owner: guests\n---\napiVersion: backstage.io/v1alpha1\nkind: system\nmetadata:\n  name: Examples\nspec:\n  owner: guests\n",
			code: "BE006", severity: diag.Warning, line: "name: Examples", summary: "system:default/examples"},
	})
}
