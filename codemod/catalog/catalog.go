package catalog

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// Entity is an entity of the catalog as a file describes it.
type Entity struct {
	Kind      string
	Namespace string // "default" if the file says none
	Name      string
	File      string    // slash path
	Span      text.Span // of the document in the file
	Pos       text.Pos  // of the document's first key

	annotations map[string]yamledit.Value
	doc         *yamledit.Doc
}

// Ref is "component:default/name".
func (e Entity) Ref() string {
	return strings.ToLower(e.Kind) + ":" + e.Namespace + "/" + e.Name
}

// Annotation is the value of an annotation, false if the entity has none of that name.
func (e Entity) Annotation(name string) (string, bool) {
	v, ok := e.annotations[name]
	return v.String(), ok
}

// AnnotationNames are the names of the entity's annotations, sorted.
func (e Entity) AnnotationNames() []string {
	names := make([]string, 0, len(e.annotations))
	for name := range e.annotations {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// AnnotationPos is the place of an annotation's value; zero if the entity has none of that name.
func (e Entity) AnnotationPos(name string) text.Pos {
	v, ok := e.annotations[name]
	if !ok {
		return text.Pos{}
	}
	pos := e.doc.Pos(v.Span().Start)
	pos.Line += e.Pos.Line - e.first().Line
	return pos
}

func (e Entity) first() text.Pos {
	return e.doc.Pos(e.doc.Root().Span().Start)
}

// Entities reads a catalog file: the documents with a kind and a name. file is its slash path.
// What cannot be read is in the list, with its place: the entities of other documents are there
// all the same.
func Entities(file string, src []byte) ([]Entity, diag.List) {
	var out []Entity
	var problems diag.List
	index := text.NewIndex(src)
	for _, span := range documents(src) {
		doc, err := yamledit.Parse(file, src[span.Start:span.End])
		if err != nil {
			for _, d := range diag.Of(err) {
				moved := *d
				problems = append(problems, moved.At(file, src, text.Span{
					Start: min(span.Start+d.Span.Start, len(src)), End: min(span.Start+d.Span.End, len(src)),
				}))
			}
			continue
		}
		root := doc.Root()
		e := Entity{
			Kind: scalar(root.Get("kind")), Namespace: scalar(root.Get("metadata").Get("namespace")), Name: scalar(root.Get("metadata").Get("name")),
			File: file, Span: span, Pos: index.Pos(span.Start + root.Span().Start), doc: doc, annotations: map[string]yamledit.Value{},
		}
		if e.Kind == "" || e.Name == "" {
			continue
		}
		if e.Namespace == "" {
			e.Namespace = "default"
		}
		for m := range root.Get("metadata").Get("annotations").Members() {
			e.annotations[m.Name] = m.Value
		}
		out = append(out, e)
	}
	return out, problems
}

func scalar(v yamledit.Value) string {
	switch v.Kind() {
	case yamledit.String, yamledit.Number, yamledit.Bool:
		return v.String()
	}
	return ""
}

// documents are the documents of a YAML stream that hold more than comments.
func documents(src []byte) []text.Span {
	var out []text.Span
	start, filled := 0, false
	end := func(at int) {
		if filled {
			out = append(out, text.Span{Start: start, End: at})
		}
		start, filled = at, false
	}
	for at := 0; at < len(src); {
		next := len(src)
		if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		line := string(bytes.TrimRight(bytes.TrimPrefix(src[at:next], []byte("\ufeff")), " \t\r\n"))
		switch {
		case line == "---" || strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "---\t"):
			end(at)
			body := strings.TrimSpace(strings.TrimPrefix(line, "---"))
			filled = body != "" && body[0] != '#'
		case line == "..." || strings.HasPrefix(line, "... "):
			end(at)
			start = next
		case strings.HasPrefix(line, "%") && !filled:
			start = next
		default:
			body := strings.TrimSpace(line)
			filled = filled || body != "" && body[0] != '#'
		}
		at = next
	}
	end(len(src))
	return out
}

// validName is what the catalog takes for the name of an annotation.
var validName = regexp.MustCompile(`^([a-zA-Z0-9.-]+/)?[a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?$`)

// Result is what Annotate comes to.
type Result struct {
	Entity Entity
	Edits  []text.Edit
	Added  []string // names of annotations, sorted
	Kept   []string // those that the entity has already, whatever their value
}

// Annotate plans that an entity of a file has annotations, by name. ref names the entity: its
// name, "kind:name", "namespace/name" or "kind:namespace/name", whatever the case; "" is the only
// component in the file, or the only entity.
//
// The error is a *diag.Diagnostic whose manual step says what to paste: no-entity, several-entities,
// or one of yamledit's; or that a name is none that the catalog takes (invalid-annotation).
func Annotate(file string, src []byte, ref string, annotations map[string]string) (Result, error) {
	for _, name := range sorted(annotations) {
		if !validName.MatchString(name) || !utf8.ValidString(annotations[name]) {
			d := diag.Errorf("invalid-annotation", "%q: %q is no annotation", name, annotations[name])
			d.File = file
			d.Manual = "Write NAME=VALUE with a name such as example.com/project, of letters, digits, dots, dashes and underscores."
			return Result{}, d
		}
	}
	entities, problems := Entities(file, src)
	e, err := choose(entities, problems, file, ref, annotations)
	if err != nil {
		return Result{}, err
	}
	result := Result{Entity: e}
	for _, name := range sorted(annotations) {
		if v, ok := e.annotations[name]; ok && v.Kind() != yamledit.Null {
			result.Kept = append(result.Kept, name)
		} else {
			result.Added = append(result.Added, name)
		}
	}
	if len(result.Added) == 0 {
		return result, nil
	}
	edits, err := e.doc.Ensure(block(annotations, result.Added), "metadata", "annotations")
	if err != nil {
		return Result{}, err
	}
	for _, edit := range edits {
		edit.Start += e.Span.Start
		edit.End += e.Span.Start
		result.Edits = append(result.Edits, edit)
	}
	return result, nil
}

func choose(entities []Entity, problems diag.List, file, ref string, annotations map[string]string) (Entity, error) {
	manual := fmt.Sprintf("In %s, add to the entity that is meant:\n\n%s", file,
		yamledit.Snippet(block(annotations, sorted(annotations)), "metadata", "annotations"))
	refuse := func(code, format string, args ...any) error {
		d := diag.Errorf(code, format, args...)
		d.File, d.Manual = file, manual
		if len(entities) > 0 {
			refs := make([]string, len(entities))
			for i, e := range entities {
				refs[i] = e.Ref()
			}
			d.Detail = "The file has " + strings.Join(refs, ", ") + "."
		} else if len(problems) > 0 {
			d.Detail = problems[0].Summary
			d.Pos, d.Span = problems[0].Pos, problems[0].Span
		}
		return d
	}
	var fits []Entity
	for _, e := range entities {
		if ref == "" && strings.EqualFold(e.Kind, "Component") || ref != "" && e.is(ref) {
			fits = append(fits, e)
		}
	}
	if ref == "" && len(fits) == 0 {
		fits = entities
	}
	switch {
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1 && ref == "":
		manual = "Name it with --entity KIND:NAME; or by hand:\n" + manual
		return Entity{}, refuse("several-entities", "the file describes several entities, and it is not said which one is meant")
	case len(fits) > 1:
		return Entity{}, refuse("several-entities", "%s is the name of several entities in the file", ref)
	case ref != "":
		return Entity{}, refuse("no-entity", "there is no entity %s in the file", ref)
	}
	return Entity{}, refuse("no-entity", "the file describes no entity")
}

func (e Entity) is(ref string) bool {
	kind, rest, ok := strings.Cut(ref, ":")
	if !ok {
		kind, rest = "", ref
	}
	namespace, name, ok := strings.Cut(rest, "/")
	if !ok {
		namespace, name = "", rest
	}
	return strings.EqualFold(name, e.Name) && (kind == "" || strings.EqualFold(kind, e.Kind)) &&
		(namespace == "" || strings.EqualFold(namespace, e.Namespace))
}

func sorted(annotations map[string]string) []string {
	names := make([]string, 0, len(annotations))
	for name := range annotations {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// block is annotations as YAML. Values are strings, also those that look like something else.
func block(annotations map[string]string, names []string) string {
	var b strings.Builder
	for _, name := range names {
		value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: annotations[name]}
		if strings.ContainsAny(value.Value, "\r\n") {
			value.Style = yaml.DoubleQuotedStyle
		}
		line, err := yaml.Marshal(map[string]*yaml.Node{name: value})
		if err != nil {
			continue
		}
		b.Write(line)
	}
	return b.String()
}
