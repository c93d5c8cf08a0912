package cli

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/catalog"
	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/install"
)

// annotated adds to a plan that an entity has the annotations of the plugins: those that they
// need, with a value to be replaced, and those that were given, with theirs.
func (o *addOptions) annotated(fsys fs.FS, plan *install.Plan) error {
	given, err := o.annotations()
	switch {
	case err != nil:
		return err
	case o.annotate == "" && (len(given) > 0 || o.entity != ""):
		return &usageError{"batten add", fmt.Errorf("--annotation and --entity are for --annotate")}
	case o.annotate == "":
		return nil
	}
	name := inRepo(o.annotate)
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		d := diag.Errorf("no-catalog-file", "there is no file %s in the repository", name)
		d.Manual = "Name a file with entities by its path from the root: --annotate catalog-info.yaml."
		return d
	}
	values, titles := map[string]string{}, map[string]string{}
	var examples []string
	for _, p := range plan.Plugins {
		for _, a := range p.Annotations {
			value, ok := given[a.Name]
			if !ok && a.Optional {
				continue
			}
			if !ok {
				value = a.Example
				examples = append(examples, a.Name)
			}
			values[a.Name], titles[a.Name] = value, p.Title
			delete(given, a.Name)
		}
	}
	if len(given) > 0 {
		d := diag.Errorf("unknown-annotation", "no plugin reads the annotation %s", strings.Join(slices.Sorted(maps.Keys(given)), ", "))
		d.Manual = "They read " + strings.Join(slices.Sorted(maps.Keys(values)), ", ") + "."
		return d
	}
	if len(values) == 0 {
		o.warn(diag.List{{Severity: diag.Note, Code: "no-annotations", Summary: "no annotation is known that the entity would need"}})
		return nil
	}
	done, err := catalog.Annotate(name, src, o.entity, values)
	if err != nil || len(done.Edits) == 0 {
		return err
	}
	over := change.NewOverlay(fsys)
	var reasons []change.Reason
	for _, added := range done.Added {
		reasons = append(reasons, change.Reason{Offset: done.Edits[0].Start, Text: titles[added] + " shows something of entities with " + added + "."})
	}
	if err := over.Edit(name, done.Edits, reasons...); err != nil {
		return err
	}
	plan.Changes = append(plan.Changes, over.Changes()...)
	slices.SortFunc(plan.Changes, func(a, b change.Change) int { return strings.Compare(a.Path, b.Path) })
	examples = slices.DeleteFunc(examples, func(name string) bool { return !slices.Contains(done.Added, name) })
	if len(examples) > 0 {
		o.warn(diag.List{{Severity: diag.Note, Code: "placeholder", File: name,
			Summary: fmt.Sprintf("%s gets an example as the value of %s: put in what is right for it, or give it with --annotation NAME=VALUE", done.Entity.Ref(), strings.Join(examples, ", "))}})
	}
	return nil
}

// annotations are those of --annotation.
func (o *addOptions) annotations() (map[string]string, error) {
	given := map[string]string{}
	for _, text := range o.values {
		name, value, found := strings.Cut(text, "=")
		if !found || name == "" {
			return nil, &usageError{"batten add", fmt.Errorf("--annotation %s is not of the form NAME=VALUE", text)}
		}
		given[name] = value
	}
	return given, nil
}
