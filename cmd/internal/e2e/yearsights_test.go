//go:build unix

package e2e

import "github.com/batten-dev/batten/fixtures"

// yearSights are the ways through the app that was upgraded over a year: its plugins, and what
// it has of its own.
var yearSights = map[string][]sight{
	fixtures.LayoutLegacy: {
		{
			name:   "sign-in",
			at:     "/",
			always: []mark{{"button", "Enter"}},
		},
		{
			name:   "catalog",
			at:     "/catalog",
			click:  "button", // Enter
			always: []mark{{"h1", "Harbour Works Catalog"}, {"a", "annotated-website"}, {`nav a[href="/crew"]`, "Crew"}, {`nav a[href="/home"]`, "Home page"}},
		},
		{
			name:   "own-page",
			at:     "/crew",
			click:  `nav a[href="/crew"]`,
			always: []mark{{"h1", "Our crew"}, {"*", "The night watch"}},
		},
		{
			name:   "home",
			at:     "/home",
			click:  `nav a[href="/home"]`,
			always: []mark{{"h1", "The harbour"}, {"*", "Tools of the harbour"}, {"*", "Crew list"}},
		},
		{
			name: "entity",
			at:   withAnnotations,
			always: []mark{{"h1", "annotated-website"}, {"*", "About"}, tab("Overview"), tab("CI/CD"), tab("Dependencies"), tab("GitHub Actions"), tab("ArgoCD"), tab("Berth"),
				{"*", "ArgoCD overview"}},
		},
		{
			name:   "entity-github-actions",
			at:     withAnnotations + "/github-actions",
			click:  `a[role="tab"][href="` + withAnnotations + `/github-actions"]`,
			always: []mark{{"*", "example/website"}, {"h2", "Login Required"}},
		},
		{
			name:   "entity-own-tab",
			at:     withAnnotations + "/berth",
			click:  `a[role="tab"][href="` + withAnnotations + `/berth"]`,
			always: []mark{{"*", "About"}},
		},
		{
			name:   "entity-without-annotations",
			at:     withoutAnnotations,
			always: []mark{{"h1", "example-website"}, {"*", "About"}, tab("Overview")},
			never:  []mark{tab("GitHub Actions"), tab("ArgoCD")},
		},
	},
	fixtures.LayoutNew: {
		{
			name:   "sign-in",
			at:     "/",
			always: []mark{{"button", "Enter"}},
		},
		{
			name:   "catalog",
			at:     "/",
			click:  "button", // Enter
			always: []mark{{"h2", "Harbour Works Catalog"}, {"a", "annotated-website"}, {`nav a[href="/crew"]`, "Crew"}, {`nav a[href="/home"]`, "Home"}, {"nav a", "Handbook"}},
		},
		{
			name:   "own-page",
			at:     "/crew",
			click:  `nav a[href="/crew"]`,
			always: []mark{{"*", "Our crew"}, {"*", "The night watch"}},
		},
		{
			name:   "entity",
			at:     withAnnotations,
			always: []mark{{"h2", "annotated-website"}, link("Overview", ""), link("GitHub Actions", "/github-actions"), {"*", "About"}, {"*", "ArgoCD overview"}},
		},
		{
			name:   "entity-github-actions",
			at:     withAnnotations + "/github-actions",
			click:  link("", "/github-actions").selector,
			always: []mark{{"*", "example/website"}, {"h2", "Login Required"}},
		},
		{
			name:   "entity-without-annotations",
			at:     withoutAnnotations,
			always: []mark{{"h2", "example-website"}, {"a", "Overview"}, {"*", "About"}},
			never:  []mark{{"a", "GitHub Actions"}, {"*", "ArgoCD overview"}},
		},
	},
}
