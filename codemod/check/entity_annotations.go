package check

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// annotationReader is what is known of annotations that plugins read: those of one plugin each,
// whichever package it is in.
type annotationReader struct {
	prefix string // of the annotations: a domain with a slash, or a whole name
	names  []string
	words  []string // one is in the name of each package that reads them
	needed bool     // the plugin's tab shows nothing for an entity without one of them
}

// annotationReaders are annotations that only the packages of one plugin read. Those that several
// plugins share, such as github.com/project-slug, are not among them.
var annotationReaders = []annotationReader{
	{"jenkins.io/", []string{"job-full-name", "github-folder"}, []string{"jenkins"}, true},
	{"sonarqube.org/", []string{"project-key"}, []string{"sonar"}, true},
	{"pagerduty.com/", []string{"integration-key", "service-id", "account"}, []string{"pagerduty", "pager-duty"}, true},
	{"argocd/", []string{"app-name", "app-selector", "app-namespace", "instance-name", "project-name"}, []string{"argo"}, true},
	{"grafana/", []string{"dashboard-selector", "alert-label-selector", "overview-dashboard", "tag-selector"}, []string{"grafana"}, true},
	{"kafka.apache.org/", []string{"consumer-groups"}, []string{"kafka"}, true},
	{"vault.io/", []string{"secrets-path", "secrets-engine"}, []string{"vault"}, true},
	{"qameta.io/", []string{"allure-project"}, []string{"allure"}, true},
	{"nexus-repository-manager/", []string{"docker.image-name", "repository"}, []string{"nexus"}, true},
	{"quay.io/", []string{"repository-slug"}, []string{"quay"}, true},
	{"sentry.io/", []string{"project-slug"}, []string{"sentry"}, true},
	{"circleci.com/", []string{"project-slug"}, []string{"circleci", "circle-ci"}, true},
	{"rollbar.com/", []string{"project-slug"}, []string{"rollbar"}, true},
	{"lighthouse.com/", []string{"website-url"}, []string{"lighthouse"}, true},
	{"dev.azure.com/", []string{"project-repo", "project", "build-definition", "host-org"}, []string{"azure"}, true},
	{"backstage.io/techdocs-ref", nil, []string{"techdocs"}, true},
	{"backstage.io/adr-location", nil, []string{"adr"}, true},
}

// otherAnnotations are further names that are known: of the catalog itself, and of several plugins.
var otherAnnotations = []string{
	"backstage.io/managed-by-location", "backstage.io/managed-by-origin-location", "backstage.io/source-location", "backstage.io/view-url", "backstage.io/edit-url",
	"backstage.io/orphan", "backstage.io/source-template", "backstage.io/techdocs-entity", "backstage.io/techdocs-entity-path", "backstage.io/ldap-dn", "backstage.io/ldap-rdn", "backstage.io/ldap-uuid",
	"backstage.io/kubernetes-id", "backstage.io/kubernetes-namespace", "backstage.io/kubernetes-label-selector", "backstage.io/kubernetes-cluster", "backstage.io/kubernetes-context",
	"github.com/project-slug", "github.com/team-slug", "github.com/user-login", "github.com/user-id", "gitlab.com/project-slug", "gitlab.com/project-id", "gitlab.com/instance", "gitlab.com/user-login", "gitlab.com/user-id",
	"janus-idp.io/tekton", "aws.com/lambda-function-name", "aws.com/lambda-region", "graph.microsoft.com/user-id", "graph.microsoft.com/tenant-id", "graph.microsoft.com/group-id",
}

// readerOf is the reader of an annotation.
func readerOf(name string) (annotationReader, bool) {
	for _, a := range annotationReaders {
		if a.prefix == name || strings.HasSuffix(a.prefix, "/") && strings.HasPrefix(name, a.prefix) {
			return a, true
		}
	}
	return annotationReader{}, false
}

// knownAnnotations are the names of all annotations that are known.
func knownAnnotations() []string {
	out := slices.Clone(otherAnnotations)
	for _, a := range annotationReaders {
		if len(a.names) == 0 {
			out = append(out, a.prefix)
		}
		for _, n := range a.names {
			out = append(out, a.prefix+n)
		}
	}
	return out
}

// entityAnnotation is an annotation of an entity in a file.
type entityAnnotation struct {
	doc    yamlDoc
	member yamledit.Member
}

// annotations are those of the entities of the catalog.
func (r *Repo) annotations() []entityAnnotation {
	var out []entityAnnotation
	for _, d := range r.entities() {
		for m := range d.doc.Root().Get("metadata").Get("annotations").Members() {
			out = append(out, entityAnnotation{d, m})
		}
	}
	return out
}

// reads reports whether something in the repository may read what a plugin's annotations say: a
// package with one of the words in its name, or code that has the text.
func (r *Repo) reads(words []string, texts ...string) bool {
	for _, p := range r.AllPackages() {
		if hasWord(p.Name, words) || slices.ContainsFunc(p.Deps, func(d workspace.Dep) bool { return hasWord(d.Name, words) }) {
			return true
		}
	}
	return slices.ContainsFunc(texts, r.codeMentions)
}

func hasWord(name string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
}

// dynamicPlugins reports whether plugins are installed that no package.json names.
func (r *Repo) dynamicPlugins() bool {
	return r.reads([]string{"dynamic-feature-service", "scalprum", "dynamic-plugin", "module-federation"})
}

// misspelledAnnotations finds annotations with nearly the name of one that is known.
func misspelledAnnotations(r *Repo) []Finding {
	known := knownAnnotations()
	var out []Finding
	for _, a := range r.annotations() {
		name := a.member.Name
		if slices.Contains(known, name) || len(name) < 12 || templatedText(name) || !isKey(name) {
			continue
		}
		domain, _, _ := strings.Cut(name, "/")
		near, least := "", 3
		for _, k := range known {
			of, _, _ := strings.Cut(k, "/")
			if d := distance(name, k); d < least && (of == domain || distance(of, domain) <= 1) {
				near, least = k, d
			}
		}
		if near == "" || r.codeMentions(name) {
			continue
		}
		f := r.inDoc(a.doc, a.member.NameSpan, "the annotation %s is nearly %s, and nothing in the repository reads it", name, near)
		f.key = entityKey(a.doc) + " " + name
		f.Manual = "Did you mean " + near + "?"
		if !hasAnnotation(a.doc, near) {
			f.Fixes = []Fix{{Title: "Rename it to " + near, Safe: least == 1, Edits: map[string][]text.Edit{a.doc.file: {text.Replace(a.doc.span(a.member.NameSpan), near)}}}}
		}
		out = append(out, f)
	}
	return out
}

func hasAnnotation(d yamlDoc, annotation string) bool {
	return !empty(d.doc.Root().Get("metadata").Get("annotations").Get(annotation))
}

// entityKey is the kind and the name of an entity.
func entityKey(d yamlDoc) string {
	return d.doc.Root().Get("kind").String() + ":" + d.doc.Root().Get("metadata").Get("name").String()
}

// codeMentions reports whether a source file or an app-config file has a text.
func (r *Repo) codeMentions(what string) bool {
	return slices.ContainsFunc(r.Files(), func(file string) bool {
		if !isSource(file) && !strings.HasPrefix(path.Base(file), "app-config") {
			return false
		}
		src, err := r.ReadFile(file)
		return err == nil && strings.Contains(string(src), what)
	})
}

// unreadAnnotations finds annotations of plugins that the repository does not have.
func unreadAnnotations(r *Repo) []Finding {
	type group struct {
		reader annotationReader
		list   []entityAnnotation
	}
	var groups []*group
	for _, a := range r.annotations() {
		reader, ok := readerOf(a.member.Name)
		if !ok {
			continue
		}
		i := slices.IndexFunc(groups, func(g *group) bool { return g.reader.prefix == reader.prefix })
		if i < 0 {
			groups, i = append(groups, &group{reader: reader}), len(groups)
		}
		groups[i].list = append(groups[i].list, a)
	}
	if len(groups) == 0 || r.dynamicPlugins() {
		return nil
	}
	var out []Finding
	for _, g := range groups {
		if r.reads(g.reader.words, strings.TrimSuffix(g.reader.prefix, "/")) {
			continue
		}
		a := g.list[0]
		f := r.inDoc(a.doc, a.member.NameSpan, "no plugin of this repository reads the annotation %s", a.member.Name)
		if n := len(g.list); n > 1 {
			f.Detail = fmt.Sprintf("There are %d annotations of its kind in the catalog files.", n)
		}
		f.key = g.reader.prefix
		f.Manual = fmt.Sprintf("It is for a plugin with %q in its name: install that, or remove the annotation.", g.reader.words[0])
		out = append(out, f)
	}
	return out
}

// enoughComponents is from how many components on the catalog files of a repository are taken to be
// those that its plugins are for.
const enoughComponents = 3

// missingAnnotations finds tabs and cards of plugins that need an annotation which no entity of the
// repository has.
func missingAnnotations(r *Repo) []Finding {
	components := 0
	for _, d := range r.entities() {
		if d.doc.Root().Get("kind").String() == "Component" && !strings.HasPrefix(d.file, "examples/") {
			components++
		}
	}
	if components < enoughComponents {
		return nil
	}
	all := r.annotations()
	told := map[string]bool{}
	var out []Finding
	for _, f := range r.Wiring.Facts {
		if f.Kind != wiring.EntityTab && f.Kind != wiring.EntityCard && f.Kind != wiring.EntityCase || len(f.Refs) == 0 || !certain(f) {
			continue
		}
		name := PackageName(f.Refs[0].Module)
		i := slices.IndexFunc(annotationReaders, func(a annotationReader) bool {
			return a.needed && strings.Contains(name, "plugin-") && slices.ContainsFunc(a.words, func(w string) bool {
				return strings.HasSuffix(name, "plugin-"+w) || strings.HasSuffix(name, "plugin-"+w+"qube")
			})
		})
		if i < 0 || told[annotationReaders[i].prefix] {
			continue
		}
		reader := annotationReaders[i]
		told[reader.prefix] = true
		if slices.ContainsFunc(all, func(a entityAnnotation) bool { return strings.HasPrefix(a.member.Name, reader.prefix) }) {
			continue
		}
		want := reader.prefix
		if len(reader.names) > 0 {
			want += reader.names[0]
		}
		n := r.at(f.File, f.Span, "%s is for entities with the annotation %s, and none in the catalog files of this repository has it", name, want)
		n.key = name
		n.Detail = fmt.Sprintf("They describe %d components.", components)
		n.Manual = "Add the annotation to the entities that the plugin is for; `batten add " + cmp.Or(strings.TrimPrefix(name, "@backstage/plugin-"), name) + " --annotate FILE` does."
		out = append(out, n)
	}
	return out
}
