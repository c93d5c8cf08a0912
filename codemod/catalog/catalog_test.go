package catalog_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/catalog"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

const several = `# The service.
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
  annotations:
    # where it is built
    jenkins.io/job-full-name: folder/shop
spec:
  type: service
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: shop
  namespace: other
spec: {type: openapi}
---
# nothing here
---
kind: Component
metadata: {name: cart}
`

var cases = []struct {
	name, src, ref string
	add            string // name=value, with spaces between
	want           string // the lines added, each after the line number; "" if none
	kept           string
	err            string
}{
	{name: "beside other annotations", src: several, ref: "component:shop", add: "sonarqube.org/project-key=shop", want: "9     sonarqube.org/project-key: shop"},
	{name: "in the document of the entity", src: several, ref: "api:other/shop", add: "a.b/c=x d=1",
		want: "17   annotations:\n18     a.b/c: x\n19     d: \"1\""},
	{name: "in braces", src: several, ref: "Cart", add: "a/b=x", want: "22 metadata: {name: cart, annotations: {a/b: x}}"},
	{name: "a value that is there stays", src: several, ref: "component:default/shop", add: "jenkins.io/job-full-name=z", kept: "jenkins.io/job-full-name"},
	{name: "the only component", src: "kind: System\nmetadata: {name: s}\n---\nkind: component\nmetadata:\n  name: x\n", add: "a/b=x", want: "7   annotations:\n8     a/b: x"},
	{name: "the only entity", src: "kind: User\nmetadata:\n  name: x\n", add: "a/b=x", want: "4   annotations:\n5     a/b: x"},
	{name: "a template", src: "kind: Component\nmetadata:\n  name: ${{ values.name }}\n  annotations:\n", add: "a/b=${{ values.x }}", want: "5     a/b: ${{ values.x }}"},
	{name: "a marker with a directive and an end", src: "%YAML 1.2\n--- # x\nkind: Component\nmetadata:\n  name: x\n...\n", add: "a/b=x", want: "6   annotations:\n7     a/b: x"},
	{name: "several components", src: several, add: "a/b=x", err: "several-entities"},
	{name: "one name, two entities", src: several, ref: "shop", add: "a/b=x", err: "several-entities"},
	{name: "another name", src: several, ref: "none", add: "a/b=x", err: "no-entity"},
	{name: "no entity", src: "a: 1\n", add: "a/b=x", err: "no-entity"},
	{name: "nothing", src: "", add: "a/b=x", err: "no-entity"},
	{name: "invalid YAML", src: "kind: [\n", add: "a/b=x", err: "no-entity"},
	{name: "one invalid document", src: "a: [\n---\nkind: Component\nmetadata:\n  name: x\n", add: "a/b=x", want: "6   annotations:\n7     a/b: x"},
	{name: "no name of an annotation", src: "kind: Component\nmetadata:\n  name: x\n", add: "a:b=x", err: "invalid-annotation"},
	{name: "annotations from elsewhere", src: "kind: Component\nmetadata:\n  name: x\n  annotations: y\n", add: "a/b=x", err: "not-a-mapping"},
}

func annotations(list string) map[string]string {
	out := map[string]string{}
	for _, item := range strings.Split(list, " ") {
		if name, value, ok := strings.Cut(item, "="); ok {
			if _, rest, braces := strings.Cut(list, "=${{"); braces {
				value = "${{" + rest
			}
			out[name] = value
		}
	}
	return out
}

func TestAnnotate(t *testing.T) {
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			got, err := catalog.Annotate("catalog-info.yaml", []byte(tt.src), tt.ref, annotations(tt.add))
			if tt.err != "" {
				list := diag.Of(err)
				if len(list) != 1 || list[0].Manual == "" || list[0].File != "catalog-info.yaml" {
					t.Fatalf("error %v", err)
				}
				if list[0].Code != tt.err {
					t.Errorf("code %s, want %s", list[0].Code, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if kept := strings.Join(got.Kept, " "); kept != tt.kept {
				t.Errorf("kept %q, want %q", kept, tt.kept)
			}
			after, err := text.Apply([]byte(tt.src), got.Edits)
			if err != nil {
				t.Fatal(err)
			}
			if added := newLines(tt.src, string(after)); added != tt.want {
				t.Errorf("added\n%s\nwant\n%s\nin\n%s", added, tt.want, after)
			}
			again, err := catalog.Annotate("catalog-info.yaml", after, tt.ref, annotations(tt.add))
			if err != nil || len(again.Edits) != 0 {
				t.Errorf("a second time: %v, %v", again.Edits, err)
			}
			for name, value := range annotations(tt.add) {
				if v, ok := again.Entity.Annotation(name); !ok || v != value && tt.kept == "" {
					t.Errorf("%s is %q", name, v)
				}
			}
		})
	}
}

// newLines are the lines of after that before has not, with their numbers.
func newLines(before, after string) string {
	var out []string
	old := strings.Split(before, "\n")
	for i, line := range strings.Split(after, "\n") {
		if j := slices.Index(old, line); j >= 0 {
			old = old[j+1:]
			continue
		}
		out = append(out, strings.TrimSpace(strings.Join([]string{itoa(i + 1), line}, " ")))
	}
	return strings.Join(out, "\n")
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func TestEntities(t *testing.T) {
	list, problems := catalog.Entities("c.yaml", []byte(several+"---\nb: [\n"))
	var refs []string
	for _, e := range list {
		refs = append(refs, e.Pos.String()+" "+e.Ref())
	}
	if got, want := strings.Join(refs, ", "), "2:1 component:default/shop, 12:1 api:other/shop, 21:1 component:default/cart"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if len(problems) != 1 || problems[0].Pos.Line < 23 {
		t.Errorf("problems %v", problems)
	}
	if pos := list[0].AnnotationPos("jenkins.io/job-full-name"); pos.String() != "8:31" {
		t.Errorf("the annotation is at %s", pos)
	}
	if names := list[0].AnnotationNames(); !slices.Equal(names, []string{"jenkins.io/job-full-name"}) {
		t.Errorf("annotations %v", names)
	}
}

func FuzzAnnotate(f *testing.F) {
	for _, tt := range cases {
		f.Add([]byte(tt.src), tt.ref, tt.add)
	}
	f.Fuzz(func(t *testing.T, src []byte, ref, add string) {
		want := annotations(add)
		got, err := catalog.Annotate("c.yaml", src, ref, want)
		if err != nil {
			if len(diag.Of(err)) == 0 {
				t.Fatalf("%v is no diagnostic", err)
			}
			return
		}
		after, err := text.Apply(src, got.Edits)
		if err != nil {
			t.Fatal(err)
		}
		again, err := catalog.Annotate("c.yaml", after, got.Entity.Ref(), want)
		if len(diag.Of(err)) > 0 && strings.Contains(err.Error(), "several") {
			return
		}
		if err != nil || len(again.Edits) > 0 {
			t.Fatalf("a second time: %v, %v, in\n%q", again.Edits, err, after)
		}
		for name := range maps.Keys(want) {
			if _, ok := again.Entity.Annotation(name); !ok {
				t.Errorf("%q is not there in\n%q", name, after)
			}
		}
	})
}
