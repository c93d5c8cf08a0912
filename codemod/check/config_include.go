package check

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
)

// madeElsewhere are the names of files that are not meant to be in a repository.
var madeElsewhere = regexp.MustCompile(`(?i)(credential|secret|token|local|private|key|\.pem$|\.crt$|\.ca$|cert)`)

// brokenIncludes finds values that are to be taken from elsewhere, and cannot be.
func brokenIncludes(r *Repo) []Finding {
	var out []Finding
	for _, f := range r.config().files {
		for _, ref := range f.written.Refs() {
			if ref.From != "$file" && ref.From != "$include" {
				continue
			}
			if g, ok := r.brokenInclude(f, ref); ok {
				g.key = ref.From + " " + ref.Name
				out = append(out, g)
			}
		}
		values(f.written, nil, func(at schema.Path, n *schema.Node) {
			if g, ok := r.besideInclude(at, n); ok {
				out = append(out, g)
			}
		})
	}
	return out
}

func (r *Repo) brokenInclude(f configFile, ref schema.Ref) (Finding, bool) {
	name, key, _ := strings.Cut(ref.Name, "#")
	if ref.From == "$file" {
		name, key = ref.Name, ""
	}
	if name == "" || path.IsAbs(name) || substituted(name) {
		return Finding{}, false
	}
	at := path.Join(path.Dir(f.name), name)
	if strings.HasPrefix(at, "../") {
		return Finding{}, false
	}
	ext := path.Ext(name)
	if ref.From == "$include" && ext != ".yaml" && ext != ".yml" && ext != ".json" {
		g := r.inNode(ref.Node, "", "$include takes %s from %s, and only .yaml, .yml and .json can be included", pathOf(ref.Path), name)
		g.Detail = "The configuration cannot be loaded."
		g.Manual = "Write `$file: " + name + "` for its text, or name a file of one of these kinds."
		return g, true
	}
	if !r.Exists(at) {
		g := r.inNode(ref.Node, "", "%s takes %s from %s, which does not exist", ref.From, pathOf(ref.Path), at)
		g.note = f.kind == workspace.ConfigProduction || madeElsewhere.MatchString(name) || r.gitIgnores(at)
		g.Detail = "The path is taken from the folder of the file that it is written in. A file that is missing ends the start of the backend."
		g.Manual = "Make the file, correct the path, or remove the key."
		if other := r.otherName(at); other != "" && !g.note {
			right := strings.TrimSuffix(name, path.Base(name)) + path.Base(other)
			g.Manual = "Write " + right + "."
			if edit, ok := r.renamed(ref.Node, name, right); ok {
				g.Fixes = []Fix{{Title: "Write " + right, Safe: true, Edits: editsOf(f.name, []text.Edit{edit})}}
			}
		}
		return g, true
	}
	if ref.From == "$file" {
		return Finding{}, false
	}
	content, err := r.included(at)
	if err != nil {
		g := r.inNode(ref.Node, "", "$include takes %s from %s, which cannot be read: %v", pathOf(ref.Path), at, err)
		g.Detail = "The configuration cannot be loaded."
		g.Manual = "Mend " + at + "."
		return g, true
	}
	if key == "" {
		return Finding{}, false
	}
	for i, part := range strings.Split(key, ".") {
		switch {
		case content == nil || content.From != "" || i > 0 && !content.Known():
			return Finding{}, false
		case content.Get(part) == nil:
			g := r.inNode(ref.Node, "", "$include takes %s from the key %s of %s, which has none", pathOf(ref.Path), key, at)
			g.Detail = "The value is then missing, or the configuration cannot be loaded."
			g.Manual = "Write a key that " + at + " has."
			return g, true
		}
		content = content.Get(part)
	}
	return Finding{}, false
}

// pathOf is a path in a sentence.
func pathOf(p schema.Path) string {
	if len(p) == 0 {
		return "the configuration"
	}
	return p.String()
}

// maxIncludes bounds the files that one file includes, and those that they include.
const maxIncludes = 100

// includer puts what is included where it is included.
type includer struct {
	repo *Repo
	left int
	used map[string]bool // the files
}

// resolve is a value of a file in a folder, with what it includes.
func (c *includer) resolve(n *schema.Node, dir string) *schema.Node {
	switch {
	case n.From == "$include":
		name, key, _ := strings.Cut(n.Text, "#")
		at := path.Join(dir, name)
		if c.left--; c.left < 0 || name == "" || path.IsAbs(name) || substituted(name) || !fs.ValidPath(at) {
			return n
		}
		content, err := c.repo.included(at)
		if err != nil {
			return n
		}
		c.used[at] = true
		for _, part := range strings.FieldsFunc(key, func(r rune) bool { return r == '.' }) {
			if content = content.Get(part); content == nil {
				return n
			}
		}
		return c.resolve(content, path.Dir(at))
	case n.Type == schema.Object:
		out := *n
		out.Members = slices.Clone(n.Members)
		for i, m := range out.Members {
			out.Members[i].Value = c.resolve(m.Value, dir)
		}
		return &out
	case n.Type == schema.Array:
		out := *n
		out.Items = slices.Clone(n.Items)
		for i, item := range out.Items {
			out.Items[i] = c.resolve(item, dir)
		}
		return &out
	}
	return n
}

func substituted(name string) bool { return strings.ContainsAny(name, "$<>{}\\:") }

// included is the content of a file that is included.
func (r *Repo) included(name string) (*schema.Node, error) {
	src, err := r.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if path.Ext(name) == ".json" && !json.Valid(src) {
		return nil, fmt.Errorf("it is not valid JSON")
	}
	return schema.ReadYAML(name, src)
}

// otherName is the only file in the folder of one that does not exist whose name differs in case
// or in .yaml and .yml alone; "" if there is none.
func (r *Repo) otherName(name string) string {
	plain := func(s string) string {
		s = strings.ToLower(s)
		if rest, ok := strings.CutSuffix(s, ".yml"); ok {
			s = rest + ".yaml"
		}
		return s
	}
	entries, err := fs.ReadDir(r.fsys, path.Dir(name))
	if err != nil {
		return ""
	}
	var found []string
	for _, e := range entries {
		if !e.IsDir() && plain(e.Name()) == plain(path.Base(name)) {
			found = append(found, path.Join(path.Dir(name), e.Name()))
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// renamed writes another name in the place of one that is in a value once.
func (r *Repo) renamed(n *schema.Node, old, now string) (text.Edit, bool) {
	src, err := r.ReadFile(n.File)
	if err != nil {
		return text.Edit{}, false
	}
	value := string(src[n.Span.Start:n.Span.End])
	i := strings.LastIndex(value, old)
	if i < 0 || strings.Index(value, old) != i {
		return text.Edit{}, false
	}
	return text.Replace(text.Span{Start: n.Span.Start + i, End: n.Span.Start + i + len(old)}, now), true
}

var includeKeys = []string{"$file", "$env", "$include"}

// besideInclude finds a value that comes from elsewhere and has keys of its own, too.
func (r *Repo) besideInclude(at schema.Path, n *schema.Node) (Finding, bool) {
	if n.Type != schema.Object || len(n.Members) < 2 {
		return Finding{}, false
	}
	i := slices.IndexFunc(n.Members, func(m schema.Member) bool { return slices.Contains(includeKeys, m.Name) })
	if i < 0 {
		return Finding{}, false
	}
	m := n.Members[i]
	g := r.at(n.File, m.Span, "%s stands beside other keys of %s", m.Name, pathOf(at))
	g.key = m.Name + " beside " + at.String()
	g.Detail = "The configuration cannot be loaded: a value comes from elsewhere, or is written here."
	g.Manual = "Move the other keys to where the value comes from, or to another app-config file."
	return g, true
}

// gitIgnores reports whether a line of the root's .gitignore names a file, as far as that can be
// said without git.
func (r *Repo) gitIgnores(name string) bool {
	src, err := r.ReadFile(".gitignore")
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(src)) {
		pattern := strings.Trim(strings.TrimSpace(line), "/")
		if pattern == "" || strings.HasPrefix(pattern, "#") {
			continue
		}
		if matchPath(pattern, name) || matchPath("**/"+pattern, name) {
			return true
		}
	}
	return false
}
