//go:build unix

package e2e

// exampleEntities is the template's file of catalog entities.
const exampleEntities = "examples/entities.yaml"

func annotated(plugins []string) string {
	return `---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: annotated-website
  annotations:
    github.com/project-slug: example/website
    sonarqube.org/project-key: example-website
    jenkins.io/job-full-name: example/website
    backstage.io/kubernetes-id: example-website
spec:
  type: website
  lifecycle: experimental
  owner: guests
  system: examples
`
}

func (b *backend) walk() string     { return "" }
func (b *backend) walkGone() string { return "" }
