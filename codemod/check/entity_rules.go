package check

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// required are the fields of spec that the kinds of Backstage's own must have.
var required = map[string][]string{
	"Component": {"type", "lifecycle", "owner"},
	"API":       {"type", "lifecycle", "owner", "definition"},
	"System":    {"owner"},
	"Domain":    {"owner"},
	"Resource":  {"type", "owner"},
	"Group":     {"type", "children"},
	"User":      {"memberOf"},
	"Template":  {"type", "steps"},
}

// builtinEntity reports whether an entity is of a kind of Backstage's own.
func builtinEntity(root yamledit.Value) bool {
	v := root.Get("apiVersion").String()
	if root.Get("kind").String() == "Template" {
		return v == "scaffolder.backstage.io/v1beta3"
	}
	return v == "backstage.io/v1alpha1" || v == "backstage.io/v1beta1"
}

func empty(v yamledit.Value) bool {
	return v.Kind() == yamledit.Missing || v.Kind() == yamledit.Null || v.Kind() == yamledit.String && v.String() == ""
}

// missingEntityFields finds fields without which the catalog refuses an entity.
func missingEntityFields(r *Repo) []Finding {
	var out []Finding
	for _, d := range r.entities() {
		root := d.doc.Root()
		var missing []string
		for _, keys := range []string{"apiVersion", "kind", "metadata", "metadata.name"} {
			v := root
			for k := range strings.SplitSeq(keys, ".") {
				v = v.Get(k)
			}
			if empty(v) && (keys != "metadata.name" || len(missing) == 0 || missing[len(missing)-1] != "metadata") {
				missing = append(missing, keys)
			}
		}
		if builtinEntity(root) {
			for _, k := range required[root.Get("kind").String()] {
				if k == "definition" && root.Get("spec").Get("type").String() == "mcp-server" {
					continue // it has remotes in its place
				}
				if empty(root.Get("spec").Get(k)) {
					missing = append(missing, "spec."+k)
				}
			}
		}
		for _, k := range missing {
			span := root.Span()
			if v := root.Get("kind"); !empty(v) {
				span = v.Span()
			} else {
				span.End = text.LineEnd(d.doc.Source(), span.Start)
				span.End = span.Start + len(strings.TrimRight(string(d.doc.Source()[span.Start:span.End]), "\r\n"))
			}
			f := r.inDoc(d, span, "%s is missing", k)
			if name := root.Get("metadata").Get("name").String(); name != "" {
				f.Summary = fmt.Sprintf("%s of %s is missing", k, name)
			}
			f.key = root.Get("metadata").Get("name").String() + " " + k
			f.Manual = "Add " + k + ": the catalog refuses the entity without it."
			out = append(out, f)
		}
	}
	return out
}

var (
	objectName = regexp.MustCompile(`^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$`)
	dnsLabel   = regexp.MustCompile(`^[a-z0-9]+(-+[a-z0-9]+)*$`)
	tagName    = regexp.MustCompile(`^[a-z0-9:+#]+(-[a-z0-9:+#]+)*$`)
	kindName   = regexp.MustCompile(`^[a-zA-Z][a-z0-9A-Z]*$`)
)

func isObjectName(s string) bool { return len(s) <= 63 && objectName.MatchString(s) }

// isKey reports whether a name may be that of an annotation or label: a name, after the name of a
// domain and a slash if it has one.
func isKey(s string) bool {
	prefix, name, ok := strings.Cut(s, "/")
	if !ok {
		return isObjectName(s)
	}
	if len(prefix) > 253 {
		return false
	}
	for part := range strings.SplitSeq(prefix, ".") {
		if len(part) > 63 || !dnsLabel.MatchString(part) {
			return false
		}
	}
	return isObjectName(name)
}

// invalidEntityNames finds what the catalog's rules for names refuse.
func invalidEntityNames(r *Repo) []Finding {
	var out []Finding
	for _, d := range r.entities() {
		root := d.doc.Root()
		if empty(root.Get("apiVersion")) || empty(root.Get("kind")) {
			continue
		}
		add := func(span text.Span, what, value, manual string) *Finding {
			f := r.inDoc(d, span, "%q is no %s", value, what)
			f.key = what + " " + value
			f.Manual = manual
			out = append(out, f)
			return &out[len(out)-1]
		}
		meta := root.Get("metadata")
		if v := root.Get("kind"); len(v.String()) > 63 || !kindName.MatchString(v.String()) {
			add(v.Span(), "kind of entities", v.String(), "A kind is letters and digits, and begins with a letter.")
		}
		if v := meta.Get("name"); !empty(v) && !templatedText(v.String()) && !isObjectName(v.String()) {
			add(v.Span(), "name of an entity", v.String(), "A name is at most 63 letters and digits, with -, _ and . between them. What people read goes into metadata.title.")
		}
		if v := meta.Get("namespace"); !empty(v) && (len(v.String()) > 63 || !dnsLabel.MatchString(v.String())) {
			add(v.Span(), "namespace", v.String(), "A namespace is at most 63 small letters and digits, with - between them.")
		}
		for t := range meta.Get("tags").Elements() {
			if v := t.String(); t.Kind() == yamledit.String && !templatedText(v) && (len(v) > 63 || !tagName.MatchString(v)) {
				add(t.Span(), "tag", v, "A tag is at most 63 small letters, digits, :, + and #, with - between them.")
			}
		}
		for _, field := range []string{"annotations", "labels"} {
			what := strings.TrimSuffix(field, "s")
			for m := range meta.Get(field).Members() {
				if !templatedText(m.Name) && !isKey(m.Name) {
					add(m.NameSpan, strings.Replace("name of a "+what, "a a", "an a", 1), m.Name, "It is a name, after a domain and a slash if it has one: example.com/name.")
				}
				switch m.Value.Kind() {
				case yamledit.Bool, yamledit.Number:
					f := add(m.Value.Span(), "text, which the value of "+m.Name+" must be", m.Value.String(), "Put it in quotes.")
					raw := string(d.doc.Source()[m.Value.Span().Start:m.Value.Span().End])
					if !strings.ContainsAny(raw, "&!*'\"\n") {
						f.Fixes = []Fix{{Title: "Put it in quotes", Safe: true, Edits: map[string][]text.Edit{d.file: {text.Replace(d.span(m.Value.Span()), strconv.Quote(raw))}}}}
					}
				case yamledit.String:
					if v := m.Value.String(); field == "labels" && v != "" && !templatedText(v) && !isObjectName(v) {
						add(m.Value.Span(), "value of a label", v, "A label's value is at most 63 letters and digits, with -, _ and . between them. Anything else goes into an annotation.")
					}
				}
			}
		}
	}
	return out
}

func templatedText(s string) bool { return strings.Contains(s, "{{") || strings.Contains(s, "${") }

// referenceFields are the fields of spec that refer to entities.
var referenceFields = []struct {
	name string
	list bool // it holds several
	kind bool // the kind must be said
}{
	{"owner", false, false}, {"system", false, false}, {"domain", false, false}, {"subcomponentOf", false, false}, {"subdomainOf", false, false}, {"parent", false, false},
	{"providesApis", true, false}, {"consumesApis", true, false}, {"children", true, false}, {"members", true, false}, {"memberOf", true, false},
	{"dependsOn", true, true}, {"dependencyOf", true, true},
}

var entityRef = regexp.MustCompile(`^([^:/\s]+:)?([^:/\s]+/)?[^:/\s]+$`)

// reference is a value of a field that refers to entities, and what is wrong with it.
type reference struct {
	doc   yamlDoc
	value yamledit.Value
	field string
	wrong string // "form", "kind" or "list"; "" if nothing is
}

// references are the references of the entities of Backstage's own kinds.
func (r *Repo) references() []reference {
	var out []reference
	for _, d := range r.entities() {
		root := d.doc.Root()
		kind := root.Get("kind").String()
		if !builtinEntity(root) || kind == "Template" {
			continue
		}
		for _, f := range referenceFields {
			v := root.Get("spec").Get(f.name)
			if empty(v) || v.Kind() == yamledit.Mapping || f.kind && kind != "Component" && kind != "Resource" {
				continue
			}
			if f.list && v.Kind() != yamledit.Sequence {
				out = append(out, reference{d, v, f.name, "list"})
				continue
			}
			values := []yamledit.Value{v}
			if f.list {
				values = slices.Collect(v.Elements())
			}
			for _, e := range values {
				ref := reference{doc: d, value: e, field: f.name}
				switch s := e.String(); {
				case e.Kind() != yamledit.String || templatedText(s):
				case !entityRef.MatchString(s):
					ref.wrong = "form"
				case f.kind && !strings.Contains(s, ":"):
					ref.wrong = "kind"
				}
				out = append(out, ref)
			}
		}
	}
	return out
}

// entityReferences finds references for which the catalog refuses an entity.
func entityReferences(r *Repo) []Finding {
	var out []Finding
	for _, ref := range r.references() {
		s := ref.value.String()
		var f Finding
		switch ref.wrong {
		case "list":
			f = r.inDoc(ref.doc, ref.value.Span(), "spec.%s must be a list", ref.field)
			f.Manual = "Write it as an item: `- " + s + "`."
		case "kind":
			f = r.inDoc(ref.doc, ref.value.Span(), "%q in spec.%s does not say of which kind it is", s, ref.field)
			f.Detail = "This field has no kind of its own, so that the catalog cannot tell what is meant, and refuses the entity."
			f.Manual = "Write component:" + s + " or resource:" + s + "."
		default:
			continue
		}
		f.key = ref.field + " " + s
		out = append(out, f)
	}
	return out
}

// unreadableReferences finds references that no entity can be meant by.
func unreadableReferences(r *Repo) []Finding {
	var out []Finding
	for _, ref := range r.references() {
		if ref.wrong != "form" {
			continue
		}
		f := r.inDoc(ref.doc, ref.value.Span(), "%q in spec.%s is no reference to an entity", ref.value.String(), ref.field)
		f.key = ref.field + " " + ref.value.String()
		f.Manual = "A reference is kind:namespace/name; the namespace may be left out, and the kind where the field has one of its own."
		out = append(out, f)
	}
	return out
}
