package check

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
)

// featureJSON is what rules read of the package.json of an installed package of the new frontend
// system.
type featureJSON struct {
	Exports   map[string]json.RawMessage `json:"exports"`
	Backstage struct {
		Role     string            `json:"role"`
		ID       string            `json:"pluginId"`
		Features map[string]string `json:"features"`
	} `json:"backstage"`
}

// disabledExtensions finds extensions that are off, and that app.extensions does not switch on: the
// app's own, and plugins that show nothing as long as it does not.
func disabledExtensions(r *Repo) []Finding {
	var out []Finding
	for _, a := range r.Workspace.Apps {
		if a.System == workspace.Legacy || r.degraded(a.Dir) {
			continue
		}
		set := map[string]bool{}
		for _, f := range r.Wiring.Kind(wiring.ExtensionSetting) {
			if f.Package == a.Dir {
				set[f.Name] = true
			}
		}
		for _, f := range r.Wiring.Kind(wiring.Extension) {
			if f.Package != a.Dir || !certain(f) || set[f.Name] {
				continue
			}
			if file, off := r.disabledIn(f); off.Ok() {
				n := r.at(file, off.Span(), "the extension %s is disabled, and nothing switches it on", f.Name)
				n.key = f.Name
				n.Manual = "Add `- " + f.Name + "` to app.extensions in app-config.yaml, or take this out."
				out = append(out, n)
			}
		}
		for _, d := range a.Deps {
			if d.Field != "dependencies" || !a.Discovery.Finds(d.Name) && !r.mentioned(a.Package, d.Name) {
				continue
			}
			in, ok := r.Installed(a.Dir, d.Name)
			if !ok {
				continue
			}
			shown, off := r.shownBy(in)
			if len(off) == 0 || len(off) < len(shown) || slices.ContainsFunc(shown, func(id string) bool { return set[id] || r.ownExtension(a.Dir, id) }) {
				continue
			}
			f := r.at(a.Package.File, d.Span, "%s of %s is off until app.extensions has it", enumerate(off), d.Name)
			if len(off) > 1 {
				f.Summary = fmt.Sprintf("%s of %s are off until app.extensions has them", enumerate(off), d.Name)
			}
			f.key = d.Name
			f.Manual = "Add `- " + off[0] + "` to app.extensions in app-config.yaml."
			out = append(out, f)
		}
	}
	return out
}

// disabledIn is the property `disabled: true` of the call that makes an extension, and the file that
// it is in.
func (r *Repo) disabledIn(f wiring.Fact) (file string, property tsx.Node) {
	tree, err := r.Tree(f.File)
	if err != nil {
		return "", tsx.Node{}
	}
	n := tree.At(f.Span.Start)
	for n.Ok() && n.Span() != f.Span {
		n = n.Parent()
	}
	n = tsx.Unwrap(n)
	file = f.File
	if n.Is(tsx.KindIdentifier) {
		name := n.Text()
		if d, spec, ok := tsx.LookupImport(tree, name); ok {
			if file = r.relative(f.File, d.Module); file == "" {
				return "", tsx.Node{}
			}
			if tree, err = r.Tree(file); err != nil {
				return "", tsx.Node{}
			}
			name = spec.Name
		}
		n = constant(tree, name)
	}
	return file, disabledCall(n)
}

// constant is the value of the only variable of a name in a file; no node if there is none.
func constant(tree *tsx.Tree, name string) tsx.Node {
	var value tsx.Node
	for _, ref := range tsx.References(tree, name) {
		if p := ref.Parent(); p.Is(tsx.KindVariableDeclarator) && ref.FieldOf() == tsx.FieldName {
			if value.Ok() {
				return tsx.Node{}
			}
			value = tsx.Unwrap(p.Field(tsx.FieldValue))
		}
	}
	return value
}

// relative is the source file that a relative module means for a file; "" if there is none.
func (r *Repo) relative(from, module string) string {
	if !strings.HasPrefix(module, ".") {
		return ""
	}
	base := path.Join(path.Dir(from), module)
	for _, end := range []string{"", ".ts", ".tsx", ".js", ".jsx", "/index.ts", "/index.tsx", "/index.js"} {
		if name := base + end; isSource(name) && r.Exists(name) {
			return name
		}
	}
	return ""
}

// disabledCall is the property `disabled: true` of the first argument of a call; no node if there
// is none.
func disabledCall(call tsx.Node) tsx.Node {
	if !call.Is(tsx.KindCallExpression) {
		return tsx.Node{}
	}
	args := tsx.Arguments(call)
	if len(args) == 0 || !args[0].Is(tsx.KindObject) {
		return tsx.Node{}
	}
	if p := tsx.Property(args[0], "disabled"); p.Ok() && tsx.PropertyValue(p).Is(tsx.KindTrue) {
		return p
	}
	return tsx.Node{}
}

// shownKinds are the kinds of extensions that people see, by the blueprint that makes them.
var shownKinds = map[string]string{"PageBlueprint": "page", "EntityCardBlueprint": "entity-card", "EntityContentBlueprint": "entity-content"}

var (
	relativeImport = regexp.MustCompile(`(?:from|import)\s*['"](\.[^'"]+)['"]`)
	disabledText   = regexp.MustCompile(`\bdisabled:\s*true\b`)
)

// maxFeatureFiles bounds the files of a plugin that are looked into for its extensions.
const maxFeatureFiles = 40

// shownBy are the ids of the pages, entity cards and entity contents of an installed plugin of the
// new system, as its types name them, and those of them that its code makes with `disabled: true`.
func (r *Repo) shownBy(in *Installed) (shown, off []string) {
	var p featureJSON
	if json.Unmarshal(in.JSON, &p) != nil || p.Backstage.Role != "frontend-plugin" || p.Backstage.ID == "" {
		return nil, nil
	}
	var queue []string
	for entry, kind := range p.Backstage.Features {
		if kind == "@backstage/FrontendPlugin" {
			queue = append(queue, scriptOf(p.Exports[entry]))
		}
	}
	if len(queue) == 0 {
		return nil, nil
	}
	off = r.disabledExtensions(in, p.Backstage.ID, queue)
	if len(off) == 0 {
		return nil, nil
	}
	for _, id := range r.extensionsOf(in) {
		kind, rest, _ := strings.Cut(id, ":")
		of, _, _ := strings.Cut(rest, "/")
		if of != p.Backstage.ID {
			continue
		}
		for _, k := range shownKinds {
			if k == kind {
				shown = append(shown, id)
			}
		}
	}
	off = slices.DeleteFunc(off, func(id string) bool { return !slices.Contains(shown, id) })
	return shown, off
}

// scriptOf is the JavaScript of an entry of exports.
func scriptOf(raw json.RawMessage) string {
	var entry struct{ Import, Default string }
	if json.Unmarshal(raw, &entry) != nil {
		return ""
	}
	if entry.Import != "" {
		return entry.Import
	}
	return entry.Default
}

// disabledExtensions are the ids of extensions that the JavaScript of a plugin makes with
// `disabled: true`, found in files and what they import of the same package.
func (r *Repo) disabledExtensions(in *Installed, plugin string, files []string) []string {
	var out []string
	seen := map[string]bool{}
	for len(files) > 0 && len(seen) < maxFeatureFiles {
		name := path.Clean(files[0])
		files = files[1:]
		if name == "." || seen[name] || path.Ext(name) != ".js" {
			continue
		}
		seen[name] = true
		src, err := r.ReadFile(path.Join(in.Dir, name))
		if err != nil {
			continue
		}
		for _, m := range relativeImport.FindAllSubmatch(src, -1) {
			files = append(files, path.Join(path.Dir(name), string(m[1])))
		}
		if !disabledText.Match(src) {
			continue
		}
		tree, err := tsx.Parse(src, tsx.DialectOf(name))
		if err != nil {
			continue
		}
		for n := range tree.Root().Descendants() {
			if !disabledCall(n).Ok() {
				continue
			}
			callee := tsx.Callee(n)
			kind := shownKinds[callee.Field(tsx.FieldObject).Text()]
			if kind == "" || !strings.HasPrefix(callee.Field(tsx.FieldProperty).Text(), "make") {
				continue
			}
			id := kind + ":" + plugin
			if own := tsx.Property(tsx.Arguments(n)[0], "name"); own.Ok() {
				value, ok := tsx.StringValue(tsx.PropertyValue(own))
				if !ok {
					continue
				}
				id += "/" + value
			}
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
