package check

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
)

func entityRules() []Rule {
	return []Rule{
		{Code: "BE001", Name: "invalid-entity-file", Family: Entities, Severity: diag.Error, Title: "A catalog file that is no YAML", Doc: doc("BE001"), Check: invalidEntityFiles},
		{Code: "BE002", Name: "missing-entity-field", Family: Entities, Severity: diag.Error, Title: "An entity without a required field", Doc: doc("BE002"), Check: missingEntityFields},
		{Code: "BE003", Name: "invalid-entity-name", Family: Entities, Severity: diag.Error, Title: "A name, label, tag or annotation that the catalog refuses", Doc: doc("BE003"), Check: invalidEntityNames},
		{Code: "BE004", Name: "entity-reference", Family: Entities, Severity: diag.Error, Title: "A reference for which the catalog refuses an entity", Doc: doc("BE004"), Check: entityReferences},
		{Code: "BE005", Name: "missing-location", Family: Entities, Severity: diag.Warning, Title: "A catalog location that does not exist", Doc: doc("BE005"), Check: missingLocations},
		{Code: "BE007", Name: "unreadable-reference", Family: Entities, Severity: diag.Warning, Title: "A reference that no entity can be meant by", Doc: doc("BE007"), Check: unreadableReferences},
		{Code: "BE006", Name: "duplicate-entity", Family: Entities, Severity: diag.Warning, Title: "Two entities with one name", Doc: doc("BE006"), Check: duplicateEntities},
		{Code: "BE008", Name: "missing-annotation", Family: Entities, Severity: diag.Note, Title: "A plugin whose annotation no entity has", Doc: doc("BE008"), Check: missingAnnotations},
		{Code: "BE009", Name: "unread-annotation", Family: Entities, Severity: diag.Note, Title: "An annotation that no plugin reads", Doc: doc("BE009"), Check: unreadAnnotations},
		{Code: "BE010", Name: "misspelled-annotation", Family: Entities, Severity: diag.Warning, Title: "An annotation that is nearly one that exists", Doc: doc("BE010"), Check: misspelledAnnotations},
		{Code: "BE011", Name: "entity-templates", Family: Entities, Severity: diag.Note, Title: "Catalog files that are templates are not looked at", Doc: doc("BE011"), Check: templatedEntities},
	}
}

// entityFile is a file of the catalog.
type entityFile struct {
	name string
	docs []yamlDoc
	// read says that app-config.yaml makes the backend read it.
	read bool
}

// entityFiles are the files named catalog-info.yaml, outside of the scaffolder's templates, and
// those that app-config and Location entities name.
func (r *Repo) entityFiles() []entityFile { return r.config().entities() }

func (r *Repo) readEntityFiles() []entityFile {
	var out []entityFile
	at := map[string]int{}
	var add func(name string, read bool, depth int)
	add = func(name string, read bool, depth int) {
		if i, ok := at[name]; ok {
			out[i].read = out[i].read || read
			return
		}
		if depth > 5 || !r.Exists(name) {
			return
		}
		if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" {
			return
		}
		at[name] = len(out)
		f := entityFile{name: name, docs: r.yamlDocs(name), read: read}
		out = append(out, f)
		for _, d := range f.docs {
			for _, t := range locationTargets(d) {
				if v := t.String(); relativeTarget(v) {
					add(path.Join(path.Dir(name), v), read, depth+1)
				}
			}
		}
	}
	for _, l := range r.fileLocations() {
		for _, dir := range l.from {
			if name := path.Join(dir, l.target.Text); r.Exists(name) {
				add(name, l.file.kind == workspace.ConfigBase && dir != ".", 0)
				break
			}
		}
	}
	for _, name := range r.Files() {
		if base := path.Base(name); (base == "catalog-info.yaml" || base == "catalog-info.yml") && !notOurs.MatchString(path.Dir(name)) {
			add(name, false, 0)
		}
	}
	return out
}

// templated reports whether a document is made by the scaffolder or another engine: it is no
// entity yet.
func (r *Repo) templated(d yamlDoc) bool {
	src, _ := r.ReadFile(d.file)
	if d.err == nil {
		if root := d.doc.Root(); root.Kind() != yamledit.Mapping || root.Get("kind").String() == "Template" {
			return false
		}
		src = d.doc.Source()
	}
	return strings.Contains(string(src), "{{") || strings.Contains(string(src), "{%") || strings.Contains(string(src), "<%")
}

// entities are the documents of the catalog that can be read.
func (r *Repo) entities() []yamlDoc {
	var out []yamlDoc
	for _, f := range r.entityFiles() {
		for _, d := range f.docs {
			if d.err == nil && d.doc.Root().Kind() == yamledit.Mapping && !r.templated(d) {
				out = append(out, d)
			}
		}
	}
	return out
}

// fileLocation is a location of app-config of the type file.
type fileLocation struct {
	target *schema.Node
	file   configFile
	from   []string // the folders that the path may be from
}

// fileLocations are the locations of app-config that name files.
func (r *Repo) fileLocations() []fileLocation {
	var from []string
	for _, b := range r.Workspace.Backends {
		from = append(from, b.Dir)
	}
	from = append(from, ".")
	var out []fileLocation
	for _, f := range r.config().files {
		list := f.node.At("catalog", "locations")
		if list == nil {
			continue
		}
		for _, l := range list.Items {
			target := l.Get("target")
			if known(l.Get("type")) == "file" && known(target) != "" && !path.IsAbs(target.Text) && !strings.ContainsAny(target.Text, `$\:`) {
				out = append(out, fileLocation{target, f, from})
			}
		}
	}
	return out
}

// locationTargets are the targets of a Location entity.
func locationTargets(d yamlDoc) []yamledit.Value {
	if d.err != nil || d.doc.Root().Get("kind").String() != "Location" {
		return nil
	}
	spec := d.doc.Root().Get("spec")
	if t := spec.Get("type"); t.Kind() != yamledit.Missing && t.String() != "file" {
		return nil
	}
	var out []yamledit.Value
	if t := spec.Get("target"); t.Kind() == yamledit.String {
		out = append(out, t)
	}
	for t := range spec.Get("targets").Elements() {
		out = append(out, t)
	}
	return out
}

// relativeTarget reports whether a target is the path of one file.
func relativeTarget(v string) bool {
	return v != "" && !strings.Contains(v, ":") && !path.IsAbs(v) && !strings.ContainsAny(v, `*?[{$\#`)
}

// templatedEntities says once which catalog files are templates, and so not looked at.
func templatedEntities(r *Repo) []Finding {
	var names []string
	for _, f := range r.entityFiles() {
		if slices.ContainsFunc(f.docs, func(d yamlDoc) bool { return r.templated(d) }) {
			names = append(names, f.name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	f := r.whole(names[0], "catalog files that are templates are not looked at: %s", enumerate(names[:min(len(names), 5)]))
	if n := len(names) - 5; n > 0 {
		f.Summary += fmt.Sprintf(", and %d more", n)
	}
	f.key = "templates"
	f.Manual = "Nothing has to be done; what comes of them can be checked where it goes."
	return []Finding{f}
}

// invalidEntityFiles finds catalog files that are no YAML.
func invalidEntityFiles(r *Repo) []Finding {
	var out []Finding
	for _, f := range r.entityFiles() {
		for _, d := range f.docs {
			if d.err == nil || r.templated(d) {
				continue
			}
			list := diag.Of(d.err)
			if len(list) == 0 {
				continue
			}
			g := r.inDoc(d, list[0].Span, "the catalog cannot read this: %s", list[0].Summary)
			g.Detail = list[0].Detail
			g.Manual = "Mend the YAML; until then the catalog keeps what it read last, or has nothing of this file."
			out = append(out, g)
		}
	}
	return out
}

// missingLocations finds locations of app-config, and targets of Location entities, that are not
// there.
func missingLocations(r *Repo) []Finding {
	var out []Finding
	for _, l := range r.fileLocations() {
		target := path.Clean(l.target.Text)
		wild := strings.ContainsAny(target, "*?[{")
		if wild || slices.ContainsFunc(l.from, func(dir string) bool {
			name := path.Join(dir, target)
			return strings.HasPrefix(name, "../") && dir != "." || r.Exists(name) || r.gitIgnores(name)
		}) || r.copiedTo(target) {
			continue
		}
		f := r.inNode(l.target, l.target.Text, "the catalog location %s does not exist", l.target.Text)
		f.note = l.file.kind != workspace.ConfigBase
		f.Detail = "The path is taken from the folder in which the backend is started: packages/backend in development."
		if f.note {
			f.Detail = "The path is taken from the working directory of the backend; there is no such file in the root of the repository or below the backend."
		}
		f.Manual = "Correct the path, or remove the location."
		out = append(out, f)
	}
	for _, f := range r.entityFiles() {
		for _, d := range f.docs {
			if r.templated(d) {
				continue
			}
			for _, t := range locationTargets(d) {
				if v := t.String(); relativeTarget(v) {
					name := path.Join(path.Dir(f.name), v)
					if strings.HasPrefix(name, "../") || r.Exists(name) || r.gitIgnores(name) {
						continue
					}
					g := r.inDoc(d, t.Span(), "the target %s of this Location does not exist", v)
					g.key = v
					g.Detail = "It is taken from the folder of this file."
					g.Manual = "Correct the path, or remove the target."
					out = append(out, g)
				}
			}
		}
	}
	return out
}

// copiedTo reports whether an image gets a file or a folder at a relative path, or above it.
func (r *Repo) copiedTo(target string) bool {
	for _, d := range r.dockerfiles() {
		for _, s := range d.stages {
			for _, ins := range s.list {
				if ins.name != "COPY" && ins.name != "ADD" || len(ins.words) < 2 {
					continue
				}
				to := path.Clean(ins.words[len(ins.words)-1].text)
				if to = strings.TrimPrefix(to, "/app/"); to != "." && !path.IsAbs(to) && (to == target || strings.HasPrefix(target, to+"/")) {
					return true
				}
			}
		}
	}
	return false
}

// duplicateEntities finds entities that two files of the backend's locations describe: the catalog
// keeps one, and reports a conflict for the other.
func duplicateEntities(r *Repo) []Finding {
	type place struct {
		d    yamlDoc
		span text.Span
	}
	first := map[string]place{}
	var out []Finding
	for _, f := range r.entityFiles() {
		if !f.read {
			continue
		}
		for _, d := range f.docs {
			if d.err != nil || r.templated(d) {
				continue
			}
			root := d.doc.Root()
			name := root.Get("metadata").Get("name")
			if name.String() == "" || root.Get("kind").String() == "" {
				continue
			}
			namespace := root.Get("metadata").Get("namespace").String()
			if namespace == "" {
				namespace = "default"
			}
			ref := strings.ToLower(root.Get("kind").String() + ":" + namespace + "/" + name.String())
			one, again := first[ref]
			if !again {
				first[ref] = place{d, name.Span()}
				continue
			}
			g := r.inDoc(d, name.Span(), "there are two entities %s", ref)
			g.key = ref
			g.Related = []Place{r.place(one.d.file, one.d.span(one.span), "the first one")}
			g.Manual = "Give one of them another name, or remove it: the catalog takes the one that it reads first."
			out = append(out, g)
		}
	}
	return out
}
