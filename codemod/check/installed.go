package check

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// installedJSON is what rules read of the package.json of an installed package.
type installedJSON struct {
	Types     string                         `json:"types"`
	Exports   map[string]json.RawMessage     `json:"exports"`
	Versions  map[string]map[string][]string `json:"typesVersions"`
	Backstage struct {
		Role    string   `json:"role"`
		Plugins []string `json:"pluginPackages"`
	} `json:"backstage"`
}

// tabsWithoutPredicate finds entity tabs of plugins of which batten knows that they export the
// condition for the tab, without a condition.
func tabsWithoutPredicate(r *Repo) []Finding {
	var out []Finding
	told := map[text.Span]bool{}
	for _, f := range r.Wiring.Kind(wiring.EntityTab) {
		if f.If != "" || len(f.Refs) == 0 || !certain(f) || told[f.Span] {
			continue
		}
		pred, ok := predicateOf(f.Refs[0])
		if !ok {
			continue
		}
		tree, err := r.Tree(f.File)
		if err != nil {
			continue
		}
		el := elementAt(tree, f.Span)
		if !el.Ok() || tsx.JSXAttribute(el, "if").Ok() || tsx.JSXName(el) != "EntityLayout.Route" {
			continue
		}
		told[f.Span] = true
		n := r.at(f.File, tsx.JSXOpening(el).Span(), "the tab %q is shown for every entity, though %s exports %s", f.Name, pred.Module, pred.Export)
		n.key = f.Name
		n.Manual = fmt.Sprintf("Add if={%s}: entities without the plugin's annotation then have no such tab.", pred.Export)
		edits, locals := tsx.AddImport(tree, tsx.Import{Module: pred.Module, Name: pred.Export})
		if len(locals) == 1 {
			edits = append(edits, tsx.AddAttribute(el, "if={"+locals[0]+"}")...)
			n.Fixes = []Fix{{Title: "Show the tab where " + pred.Export, Edits: editsOf(f.File, edits)}}
		}
		out = append(out, n)
	}
	return out
}

// predicateOf is the condition that a curated recipe has for a tab with a content. It reads that
// recipe alone.
func predicateOf(content wiring.Ref) (recipe.Ref, bool) {
	_, id, _ := strings.Cut(PackageName(content.Module), "plugin-")
	if id == "" || !slices.Contains(recipe.IDs(), id) {
		return recipe.Ref{}, false
	}
	data, err := recipe.Text(id)
	if err != nil {
		return recipe.Ref{}, false
	}
	rec, err := recipe.Load(id, data)
	if err != nil {
		return recipe.Ref{}, false
	}
	for _, s := range rec.Legacy {
		if t := s.EntityTab; t != nil && t.If != nil && t.Element.Module == content.Module && t.Element.Export == content.Export {
			return *t.If, true
		}
	}
	return recipe.Ref{}, false
}

// unknownExports finds names that a file imports from an installed package whose types do not
// export them.
func unknownExports(r *Repo) []Finding {
	var out []Finding
	for _, s := range r.Sources() {
		if s.Err != nil || !slices.ContainsFunc(s.Imports, func(i Import) bool { return !i.Dynamic && ofBackstage(i.Specifier) }) {
			continue
		}
		tree, err := r.Tree(s.File)
		if err != nil {
			continue
		}
		for _, d := range tsx.Imports(tree) {
			name := PackageName(d.Module)
			if !ofBackstage(d.Module) || len(d.Bindings) == 0 {
				continue
			}
			if _, local := r.Workspace.Package(name); local {
				continue
			}
			in, ok := r.Installed(s.Package.Dir, name)
			if !ok {
				continue
			}
			exports := r.exportsOf(in, strings.TrimPrefix(d.Module, name))
			if exports == nil {
				continue
			}
			for _, b := range d.Bindings {
				if b.Namespace || exports[b.Name] {
					continue
				}
				f := r.at(s.File, b.Node.Span(), "%s does not export %s", d.Module, b.Name)
				f.key = d.Module + " " + b.Name
				f.Detail = "It is what " + in.Dir + " says in its types."
				var names []string
				for e := range exports {
					names = append(names, e)
				}
				slices.Sort(names)
				if near := nearest(b.Name, names); near != "" {
					f.Manual = "Did you mean " + near + "?"
				} else {
					f.Manual = "Look for its successor in the change log of " + name + "."
				}
				out = append(out, f)
			}
		}
	}
	return out
}

// ofBackstage reports whether a module is of a package whose types are built as Backstage builds
// them: rolled up into one file.
func ofBackstage(module string) bool {
	return strings.HasPrefix(module, "@backstage/") || strings.HasPrefix(module, "@backstage-community/")
}

var (
	exportList    = regexp.MustCompile(`(?m)^export\s+(?:type\s+)?\{([^}]*)\}`)
	exportNamed   = regexp.MustCompile(`(?m)^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|var|function\*?|class|enum|type|interface|namespace|const enum)\s+([\w$]+)`)
	exportAll     = regexp.MustCompile(`(?m)^export\s+\*|^\s*export\s*=|^declare module`)
	exportDefault = regexp.MustCompile(`(?m)^export\s+default\b`)
)

// exportsOf are the names that the types of an installed package export at a subpath ("/alpha"),
// nil if that cannot be said.
func (r *Repo) exportsOf(in *Installed, sub string) map[string]bool {
	var p installedJSON
	if json.Unmarshal(in.JSON, &p) != nil {
		return nil
	}
	var files []string
	var entry struct{ Types string }
	if raw := p.Exports["."+sub]; raw != nil && json.Unmarshal(raw, &entry) == nil && entry.Types != "" {
		files = append(files, entry.Types)
	}
	if sub == "" {
		files = append(files, p.Types, "dist/index.d.ts")
	} else {
		files = append(files, p.Versions["*"][strings.TrimPrefix(sub, "/")]...)
	}
	for _, name := range files {
		if !strings.HasSuffix(name, ".d.ts") {
			continue
		}
		src, err := r.ReadFile(path.Join(in.Dir, name))
		if err != nil {
			continue
		}
		return namesExported(string(src))
	}
	return nil
}

// namesExported reads what a rolled-up d.ts exports; nil if it passes on what others export.
func namesExported(src string) map[string]bool {
	if exportAll.MatchString(src) {
		return nil
	}
	names := map[string]bool{}
	for _, m := range exportList.FindAllStringSubmatch(src, -1) {
		for item := range strings.SplitSeq(m[1], ",") {
			fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(item), "type "))
			if len(fields) > 0 {
				names[fields[len(fields)-1]] = true
			}
		}
	}
	for _, m := range exportNamed.FindAllStringSubmatch(src, -1) {
		names[m[1]] = true
	}
	if exportDefault.MatchString(src) {
		names["default"] = true
	}
	if len(names) == 0 {
		return nil
	}
	return names
}
