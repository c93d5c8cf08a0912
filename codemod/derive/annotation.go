package derive

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/registry/recipe"
)

// foundAnnotation is one that the code of a plugin knows, and how much speaks for it.
type foundAnnotation struct {
	name  string
	from  string
	grade int  // 3 for one that a step's condition reads, 2 for a filter or an empty state, 1 for a predicate
	read  bool // something reads it out of annotations; it is more than a constant
	old   bool // the constant that it is in says that it is an old one
	order int
}

// annotations lists the annotations that entities need: string constants that the code reads out
// of an entity's annotations, or that are exported under a name that says so.
func (d *deriver) annotations(all []*code) {
	var found []*foundAnnotation
	add := func(a foundAnnotation) {
		if !annotationName(a.name) || generalAnnotation(a.name) || !a.read && !strings.Contains(a.name[:strings.IndexByte(a.name, '/')], ".") {
			return
		}
		for _, f := range found {
			if f.name == a.name {
				f.grade = max(f.grade, a.grade)
				f.old = f.old || a.old
				return
			}
		}
		a.order = len(found)
		found = append(found, &a)
	}
	for _, p := range d.conditions {
		walk(func(s symbol) {
			for n := range s.node.Descendants() {
				s.mod.annotationAt(n, 3, s.from(), add)
			}
		}, func(used) {}, p.sym)
	}
	for _, c := range all {
		front := d.fam.role(c.pack) == FrontendPlugin || d.fam.role(c.pack) == FrontendModule
		for _, s := range c.decls {
			if strings.Contains(strings.ToLower(s.name), "annotation") && s.node.Is(tsx.KindVariableDeclarator) {
				if v, ok := s.mod.constant(s.value(), 0); ok {
					add(foundAnnotation{name: v, from: s.from() + ": " + s.name, old: oldName(s.name)})
				}
			}
			grade := 0
			if front && predicateName(s.name) {
				grade = 1
			}
			for n := range s.node.Descendants() {
				s.mod.annotationAt(n, grade, s.from(), add)
			}
		}
	}
	for _, p := range d.fam.of(FrontendPlugin, FrontendModule) {
		for _, f := range p.newFeatures() {
			for _, b := range f.blueprints {
				if !b.filter.Ok() {
					continue
				}
				for n := range b.filter.Descendants() {
					b.mod.annotationAt(n, 2, b.from(), add)
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b *foundAnnotation) int {
		if a.old != b.old {
			if a.old {
				return 1
			}
			return -1
		}
		if a.grade != b.grade {
			return b.grade - a.grade
		}
		return a.order - b.order
	})
	for i, a := range found {
		if i >= 20 {
			break
		}
		text, optional := "The plugin shows something of entities that have it.", i > 0
		switch {
		case a.old:
			text, optional = "An older name of it, by the name of the constant.", true
		case i > 0 && a.grade > 0:
			text = "Another one by which the plugin knows what to show."
		case i > 0:
			text = "The plugin's code reads it too."
		}
		d.out.Recipe.Annotations = append(d.out.Recipe.Annotations, recipe.Annotation{
			Name: a.name, Example: exampleOf(a.name), Description: text, Optional: optional,
		})
		d.out.Evidence = append(d.out.Evidence, Evidence{What: "annotation " + a.name, From: a.from})
	}
}

// annotationAt enters the annotations that a node reads: annotations[X], annotations?.["x/y"],
// `metadata.annotations.${X}` as the key of a filter, and the attribute annotation of an empty state.
func (m *module) annotationAt(n tsx.Node, grade int, from string, add func(foundAnnotation)) {
	enter := func(key tsx.Node, grade int) {
		if v, ok := m.constant(key, 0); ok {
			name := strings.TrimPrefix(v, "metadata.annotations.")
			add(foundAnnotation{name: name, from: from + ": " + key.Text(), grade: grade, read: true, old: oldName(key.Text())})
		}
	}
	switch n.Kind() {
	case tsx.KindSubscriptExpression:
		if entityAnnotations(n.Field(tsx.FieldObject)) {
			enter(n.Field(tsx.FieldIndex), grade)
		}
	case tsx.KindPair:
		switch key := n.Field(tsx.FieldKey); {
		case key.Is(tsx.KindComputedPropertyName) && strings.Contains(key.Text(), "metadata.annotations."):
			enter(key.NamedChild(0), grade)
		case key.Is(tsx.KindString) && strings.Contains(key.Text(), "metadata.annotations."):
			enter(key, grade)
		case key.Text() == "annotation":
			value := n.Field(tsx.FieldValue)
			items := []tsx.Node{value}
			if value.Is(tsx.KindArray) {
				items = tsx.Elements(value)
			}
			for _, item := range items {
				enter(item, max(grade, 2))
			}
		}
	case tsx.KindString: // a filter in words: "has:annotations", "metadata.annotations.x/y"
		if v, ok := tsx.StringValue(n); ok && strings.HasPrefix(v, "metadata.annotations.") {
			enter(n, grade)
		}
	}
}

// entityAnnotations reports whether an expression is the annotations of an entity, and not those
// of some other resource with metadata, as far as names tell.
func entityAnnotations(n tsx.Node) bool {
	object := n.Text()
	if len(object) > 300 {
		return false
	}
	for _, end := range []string{"", "?.", " || {})", " ?? {})", "!"} {
		if rest, ok := strings.CutSuffix(object, "annotations"+end); ok {
			return !strings.Contains(rest, "metadata") || strings.Contains(strings.ToLower(rest), "entity")
		}
	}
	return false
}

func oldName(name string) bool {
	for _, w := range words(name) {
		if w == "old" || w == "legacy" || w == "deprecated" {
			return true
		}
	}
	return false
}

// annotationName reports whether a string has the form of a prefixed annotation key:
// "jenkins.io/job-full-name", "argocd/app-name".
func annotationName(s string) bool {
	prefix, name, ok := strings.Cut(s, "/")
	if !ok || prefix == "" || name == "" || len(s) > 128 || strings.Contains(name, "/") {
		return false
	}
	for _, r := range s {
		if r != '.' && r != '-' && r != '_' && r != '/' && !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') {
			return false
		}
	}
	first, last := prefix[0], name[len(name)-1]
	return first != '.' && first != '-' && last != '.' && last != '-'
}

// generalAnnotation reports whether the catalog itself gives entities an annotation.
func generalAnnotation(name string) bool {
	switch name {
	case "backstage.io/source-template", "backstage.io/techdocs-entity", "backstage.io/techdocs-entity-path", "backstage.io/managed-by-location", "backstage.io/managed-by-origin-location", "backstage.io/source-location",
		"backstage.io/view-url", "backstage.io/edit-url", "backstage.io/orphan", "backstage.io/techdocs-ref":
		return true
	}
	return false
}

// exampleOf is a value that an annotation of that name could have.
func exampleOf(name string) string {
	_, key, _ := strings.Cut(name, "/")
	w := words(key)
	has := func(all ...string) bool {
		return slices.ContainsFunc(all, func(s string) bool { return slices.Contains(w, s) })
	}
	switch {
	case name == "github.com/project-slug" || has("slug", "repo"):
		return "my-org/my-service"
	case has("url"):
		return "https://example.com/my-service"
	case has("selector"):
		return "app=my-service"
	case has("enabled"):
		return "true"
	}
	return "my-service"
}
