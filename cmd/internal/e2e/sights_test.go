//go:build unix

package e2e

import (
	"slices"

	"github.com/batten-dev/batten/fixtures"
)

// exampleEntities is the template's file of catalog entities, and annotated the one that every
// app gets besides them: it carries what the plugins look for. The template's own example does
// not.
const (
	exampleEntities = "examples/entities.yaml"
	annotated       = `---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: annotated-website
  annotations:
    github.com/project-slug: example/website
    sonarqube.org/project-key: example-website
    jenkins.io/job-full-name: example/website
    backstage.io/kubernetes-id: example-website
    argocd/app-name: example-website
spec:
  type: website
  lifecycle: experimental
  owner: guests
  system: examples
`
	// batchEntity is one whose annotations are to be filled in.
	batchEntity = `---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: batch-service
  annotations: %s
spec:
  type: service
  lifecycle: experimental
  owner: guests
  system: examples
`
	ofBatch            = "/catalog/default/component/batch-service"
	withAnnotations    = "/catalog/default/component/annotated-website"
	withoutAnnotations = "/catalog/default/component/example-website"
)

// mark is something to see on a page: an element with exactly this text, spaces around it
// aside.
type mark struct{ selector, text string }

// sight is a page, and what is to be seen there.
type sight struct {
	name   string // of the screenshot
	at     string // its path
	click  string // the link that leads to it from the sight before; "" to open its address
	always []mark // that the page is drawn
	added  []mark // with the plugins alone
	gone   []mark // without the plugins alone
	never  []mark // neither
}

// tab is a tab of an entity page.
func tab(title string) mark { return mark{`[role="tab"]`, title} }

// link is a tab of an entity page in the new layout, where tabs are links.
func link(title, path string) mark {
	return mark{`a[href="` + withAnnotations + path + `"]`, title}
}

var (
	dropped    = mark{"h2", "Looks like someone dropped the mic!"}
	entityTabs = []mark{tab("GitHub Actions"), tab("Kubernetes")}
	cards      = []mark{{"*", "Code Quality"}, {"*", "Latest main,master build"}}
)

// What the plugins add to an entity page in the new layout.
var (
	newTabs  = []mark{link("Kubernetes", "/kubernetes"), link("GitHub Actions", "/github-actions"), link("Jenkins", "/jenkins"), link("SonarQube", "/sonarqube")}
	newCards = []mark{{"*", "Recent Workflow Runs"}, {"*", "Code Quality"}, {"*", "Latest master build"}}
)

// sights are the ways through the app of a layout, from the sign-in on.
var sights = map[string][]sight{
	fixtures.LayoutLegacy: {
		{
			name:   "sign-in",
			at:     "/",
			always: []mark{{"button", "Enter"}},
			added:  []mark{{"*", "Sign in using GitHub"}, {"button", "Sign In"}},
		},
		{
			name:   "home",
			at:     "/catalog",
			click:  `button`, // Enter
			always: []mark{{"h1", "My Company Catalog"}, {`nav a[href="/settings"]`, "Settings"}, {"a", "annotated-website"}},
			added:  []mark{{`nav a[href="/tech-radar"]`, "Tech Radar"}},
		},
		{
			name:  "tech-radar-by-sidebar",
			at:    "/tech-radar",
			click: `nav a[href="/tech-radar"]`,
			added: []mark{{"h1", "Tech Radar"}},
		},
		{
			name:  "tech-radar",
			at:    "/tech-radar",
			added: []mark{{"h1", "Tech Radar"}, {"*", radarEntry}},
			gone:  []mark{dropped},
		},
		{
			name:   "entity",
			at:     withAnnotations,
			always: []mark{{"h1", "annotated-website"}, tab("Overview"), tab("CI/CD"), {"*", "About"}},
			added:  slices.Concat(entityTabs, cards),
		},
		{
			name:  "entity-kubernetes",
			at:    withAnnotations + "/kubernetes",
			click: `a[role="tab"][href="` + withAnnotations + `/kubernetes"]`,
			added: []mark{{"*", "Your Clusters"}},
		},
		{
			name:   "entity-jenkins",
			at:     withAnnotations + "/ci-cd",
			click:  `a[role="tab"][href="` + withAnnotations + `/ci-cd"]`,
			always: []mark{tab("CI/CD")},
			added:  []mark{{"h2", "Projects"}},
			gone:   []mark{{"*", "No CI/CD available for this entity"}},
		},
		{
			name:  "entity-github-actions",
			at:    withAnnotations + "/github-actions",
			click: `a[role="tab"][href="` + withAnnotations + `/github-actions"]`,
			added: []mark{{"*", "example/website"}, {"h2", "Login Required"}},
		},
		{
			name:   "entity-without-annotations",
			at:     withoutAnnotations,
			always: []mark{{"h1", "example-website"}, tab("Overview"), tab("CI/CD"), {"*", "About"}},
			never:  slices.Concat(entityTabs, cards),
		},
	},
	fixtures.LayoutNew: {
		{
			name:   "sign-in",
			at:     "/",
			always: []mark{{"button", "Enter"}},
			added:  []mark{{"*", "Sign in using GitHub"}, {"button", "Sign In"}},
		},
		{
			name:   "home",
			at:     "/",
			click:  "button", // Enter
			always: []mark{{"h2", "My Company Catalog"}, {`nav a[href="/settings"]`, "Settings"}, {"a", "annotated-website"}},
			added:  []mark{{`nav a[href="/tech-radar"]`, "Tech Radar"}},
		},
		{
			name:  "tech-radar-by-sidebar",
			at:    "/tech-radar",
			click: `nav a[href="/tech-radar"]`,
			added: []mark{{"h1", "Tech Radar"}},
		},
		{
			name:  "tech-radar",
			at:    "/tech-radar",
			added: []mark{{"h1", "Tech Radar"}, {"*", radarEntry}},
			gone:  []mark{dropped},
		},
		{
			name:   "entity-techdocs",
			at:     withAnnotations + "/docs",
			always: []mark{{"h2", "annotated-website"}, link("Overview", ""), link("APIs", "/apis")},
			added:  newTabs,
		},
		{
			name:  "entity-kubernetes",
			at:    withAnnotations + "/kubernetes",
			click: link("", "/kubernetes").selector,
			added: []mark{{"*", "Your Clusters"}},
		},
		{
			name:  "entity-jenkins",
			at:    withAnnotations + "/jenkins",
			click: link("", "/jenkins").selector,
			added: []mark{{"h2", "Projects"}},
		},
		{
			name:  "entity-sonarqube",
			at:    withAnnotations + "/sonarqube",
			click: link("", "/sonarqube").selector,
			added: []mark{{"h2", "SonarQube Dashboard"}},
		},
		{
			name:  "entity-github-actions",
			at:    withAnnotations + "/github-actions",
			click: link("", "/github-actions").selector,
			added: []mark{{"*", "example/website"}, {"h2", "Login Required"}},
		},
		{
			name:   "entity",
			at:     withAnnotations,
			always: []mark{{"h2", "annotated-website"}, link("Overview", ""), link("APIs", "/apis"), {"*", "About"}},
			added:  slices.Concat(newTabs, newCards),
		},
		{
			name:   "entity-without-annotations",
			at:     withoutAnnotations,
			always: []mark{{"h2", "example-website"}, {"a", "Overview"}, {"a", "APIs"}, {"*", "About"}},
			never:  slices.Concat([]mark{{"a", "Kubernetes"}, {"a", "GitHub Actions"}, {"a", "Jenkins"}, {"a", "SonarQube"}}, newCards),
		},
	},
}
