package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
)

// ofSchema is the check for one code of the problems that the schemas of the installed packages
// give. Without node_modules there are none.
func ofSchema(code string) func(*Repo) []Finding {
	return func(r *Repo) []Finding {
		var out []Finding
		for _, p := range r.config().problems(r) {
			if p.Code == code && p.File != "" {
				out = append(out, r.ofProblem(p))
			}
		}
		return out
	}
}

func (r *Repo) ofProblem(p schema.Problem) Finding {
	f := r.ofDiag(p.Diagnostic())
	f.key = p.Path.String()
	if p.Severity == diag.Note {
		f.note = true
	}
	if p.Code == schema.WrongValue && r.knownResolver(p) {
		f.note = true
		f.Detail = "The backend knows this resolver, which works with every provider; the schema of the provider does not, and backstage-cli config:check fails."
	}
	if p.Near != "" && (p.Code == schema.UnknownKey || p.Code == schema.WrongValue) {
		f.Fixes = r.writeNear(p)
	}
	switch {
	case p.Code == schema.UnknownKey && p.Near != "":
		f.Manual = fmt.Sprintf("Write %s, or remove the key: nothing reads it.", p.Near)
	case p.Code == schema.MissingKey:
		f.Manual = fmt.Sprintf("Set %s in app-config.yaml, or suppress this if the environment sets it.", p.Path)
	case p.Code == schema.FrontendSecret:
		f.Manual = "Take a value that everybody may know, or do not set the key."
	case p.Code == schema.DeprecatedKey:
		f.Manual = "Write what is named in its place; a later release no longer reads this."
	case p.Expected != "":
		f.Manual = fmt.Sprintf("Write a value that fits: %s.", p.Expected)
	}
	return f
}

// knownResolver reports whether a value is the name of a sign-in resolver that all providers have,
// although the schemas of some do not say so.
func (r *Repo) knownResolver(p schema.Problem) bool {
	if len(p.Path) == 0 || p.Path[len(p.Path)-1] != "resolver" || !slices.Contains(p.Path, "signIn") {
		return false
	}
	n := r.config().valueAt(p)
	return n != nil && (n.Text == "emailLocalPartMatchingUserEntityName" || n.Text == "emailMatchingUserEntityProfileEmail")
}

// writeNear writes the name that a key or value is nearly. It is safe where they differ in case,
// hyphens and underscores alone: nothing else can be meant.
func (r *Repo) writeNear(p schema.Problem) []Fix {
	src, err := r.ReadFile(p.File)
	if err != nil {
		return nil
	}
	old := string(src[p.Span.Start:p.Span.End])
	quote := ""
	if len(old) > 1 && (old[0] == '"' || old[0] == '\'') {
		quote = old[:1]
		old = strings.Trim(old, quote)
	}
	plain := strings.NewReplacer("-", "", "_", "")
	safe := strings.EqualFold(plain.Replace(old), plain.Replace(p.Near))
	return []Fix{{Title: "Write " + p.Near, Safe: safe, Edits: editsOf(p.File, []text.Edit{text.Replace(p.Span, quote+p.Near+quote)})}}
}

// problems are what the schemas find fault with in all files together.
func (c *config) problems(r *Repo) []schema.Problem {
	c.once.Do(func() {
		s := r.schema()
		if s == nil {
			return
		}
		var nodes []*schema.Node
		for _, f := range c.files {
			nodes = append(nodes, f.node)
		}
		c.found = s.CheckFiles(nodes, schema.CheckOptions{})
	})
	return c.found
}

// schema is what the packages of the repository and those that are installed for it say of the
// configuration, as the official tools collect it: from a package on to its dependencies as
// long as they have a schema, or depend on Backstage. It is nil if too little is installed.
func (r *Repo) schema() *schema.Schema {
	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		seen   = map[string]bool{}
		found  = map[string]*schema.Schema{}
		absent bool
	)
	var visit func(dir string, files fs.FS, packageJSON []byte)
	follow := func(dir string, names []string, must bool) {
		for _, name := range names {
			if _, own := r.Workspace.Package(name); own {
				continue // visited by itself
			}
			in, ok := r.Installed(dir, name)
			if !ok {
				if must && strings.HasPrefix(name, "@backstage/") {
					mu.Lock()
					absent = true
					mu.Unlock()
				}
				continue
			}
			mu.Lock()
			again := seen[in.Dir]
			seen[in.Dir] = true
			mu.Unlock()
			if !again {
				wg.Go(func() { visit(in.Dir, in.Files, in.JSON) })
			}
		}
	}
	visit = func(dir string, files fs.FS, packageJSON []byte) {
		if !bytes.Contains(packageJSON, []byte(`"configSchema"`)) && !bytes.Contains(packageJSON, []byte(`"@backstage/`)) {
			return // nearly all of them, which need not be decoded
		}
		var pkg struct {
			ConfigSchema                                                          json.RawMessage
			Dependencies, DevDependencies, OptionalDependencies, PeerDependencies map[string]any
		}
		if json.Unmarshal(packageJSON, &pkg) != nil {
			return
		}
		var names []string
		for _, deps := range []map[string]any{pkg.Dependencies, pkg.OptionalDependencies, pkg.PeerDependencies} {
			for name := range deps {
				names = append(names, name)
			}
		}
		if pkg.ConfigSchema == nil && !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "@backstage/") }) {
			return
		}
		if pkg.ConfigSchema != nil {
			if s, err := schema.FromPackage(files); err == nil && s != nil {
				mu.Lock()
				found[dir] = s
				mu.Unlock()
			}
		}
		slices.Sort(names)
		follow(dir, names, false)
	}
	for _, p := range r.AllPackages() {
		sub, err := fs.Sub(r.fsys, p.Dir)
		if err != nil {
			continue
		}
		wg.Go(func() {
			if s, err := schema.FromPackage(sub); err == nil && s != nil {
				mu.Lock()
				found[p.Dir] = s
				mu.Unlock()
			}
			var names []string
			for _, d := range p.Deps {
				names = append(names, d.Name)
			}
			follow(p.Dir, names, p.Role == workspace.RoleFrontend || p.Role == workspace.RoleBackend)
		})
	}
	wg.Wait()
	if absent || !r.anyInstalled(found) {
		return nil
	}
	// What backend-common said, backend-defaults says.
	for dir := range found {
		if strings.HasSuffix(dir, "node_modules/@backstage/backend-common") && slices.ContainsFunc(slices.Collect(maps.Keys(found)), func(d string) bool { return strings.HasSuffix(d, "node_modules/@backstage/backend-defaults") }) {
			delete(found, dir)
		}
	}
	dirs := make([]string, 0, len(found))
	for dir := range found {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	all := make([]*schema.Schema, 0, len(dirs))
	for _, dir := range dirs {
		all = append(all, found[dir])
	}
	s, _ := schema.Merge(all...) // contradictions between packages are not this repository's fault
	return s
}

// anyInstalled reports whether a schema was found in node_modules.
func (r *Repo) anyInstalled(found map[string]*schema.Schema) bool {
	for dir := range found {
		if strings.Contains(dir, "node_modules/") {
			return true
		}
	}
	return false
}

// fileOf is the file of that name.
func (c *config) fileOf(name string) (configFile, bool) {
	i := slices.IndexFunc(c.files, func(f configFile) bool { return f.name == path.Clean(name) })
	if i < 0 {
		return configFile{}, false
	}
	return c.files[i], true
}
