package check

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/workspace"
)

// mysqlMigrations finds plugins that are given a MySQL database and make there what MySQL does
// not have. The evidence is in the migrations of the package, installed or in the repository.
func mysqlMigrations(r *Repo) []Finding {
	var out []Finding
	told := map[string]bool{}
	for _, s := range r.config().settings() {
		db := s.node.At("backend", "database")
		if db == nil {
			continue
		}
		for _, b := range r.Workspace.Backends {
			for _, m := range r.migrations(b) {
				at := clientFor(db, m.plugin)
				if at == nil || told[m.name] {
					continue
				}
				told[m.name] = true
				f := r.inNode(at, m.name, "the database of %s is MySQL, on which its migrations cannot run: %s", m.name, m.why)
				f.Detail = "The backend does not start: the migrations run when the plugin does."
				f.Manual = "Use PostgreSQL, for all plugins or by backend.database.plugin." + m.plugin + " for this one."
				f.Related = []Place{{File: m.file, Span: m.span, Pos: m.pos, What: m.why}}
				out = append(out, f)
			}
		}
	}
	return out
}

// clientFor is the value that gives a plugin a MySQL database; nil if none does.
func clientFor(db *schema.Node, plugin string) *schema.Node {
	if plugins := db.Get("plugin"); plugins != nil && plugin != "" {
		if own := plugins.Get(plugin); own != nil && own.Get("client") != nil {
			return ifMySQL(own.Get("client"))
		}
	}
	return ifMySQL(db.Get("client"))
}

func ifMySQL(n *schema.Node) *schema.Node {
	if v := known(n); v == "mysql2" || v == "mysql" {
		return n
	}
	return nil
}

// migration is one that cannot run on MySQL.
type migration struct {
	name, plugin string // the package, and the ID of its plugin
	file         string // slash path from the root of the repository
	span         text.Span
	pos          text.Pos
	why          string
}

// migrations are those of a backend's plugins that cannot run on MySQL, one of each package.
func (r *Repo) migrations(b *workspace.Backend) []migration {
	var out []migration
	for _, d := range b.Deps {
		if d.Field != "dependencies" || d.Name == searchPG { // BB007 has that one
			continue
		}
		m := migration{name: d.Name}
		if p, ok := r.Workspace.Package(d.Name); ok {
			m.plugin = pluginID(p.Source)
			if r.firstFailing(p.Dir, &m) {
				out = append(out, m)
			}
		} else if p, ok := r.Installed(b.Dir, d.Name); ok {
			m.plugin = pluginID(p.JSON)
			if r.firstFailing(p.Dir, &m) {
				out = append(out, m)
			}
		}
	}
	return out
}

// pluginID is the ID of a package's plugin, as its package.json says; "" if it does not.
func pluginID(packageJSON []byte) string {
	var p struct {
		Backstage struct {
			ID string `json:"pluginId"`
		} `json:"backstage"`
	}
	if json.Unmarshal(packageJSON, &p) != nil {
		return ""
	}
	return p.Backstage.ID
}

const searchPG = "@backstage/plugin-search-backend-module-pg"

// maxMigrations bounds how many migrations of a package are read.
const maxMigrations = 200

// firstFailing finds the first migration of the package in a folder that cannot run on MySQL.
func (r *Repo) firstFailing(dir string, m *migration) bool {
	for _, in := range []string{"migrations", "db/migrations"} {
		entries, err := fs.ReadDir(r.fsys, path.Join(dir, in))
		if err != nil || len(entries) > maxMigrations {
			continue
		}
		for _, e := range entries {
			name := path.Join(dir, in, e.Name())
			if ext := path.Ext(name); e.IsDir() || ext != ".js" && ext != ".cjs" && ext != ".ts" {
				continue
			}
			src, err := r.ReadFile(name)
			if err != nil || len(src) > maxMentions || choosesClient(string(src)) {
				continue
			}
			tree, err := tsx.Parse(src, tsx.DialectOf(name))
			if err != nil {
				continue
			}
			if n, why := failsOnMySQL(tree); n.Ok() {
				m.file, m.span, m.why = name, n.Span(), fmt.Sprintf("%s in %s", why, path.Base(name))
				m.pos = text.NewIndex(src).Pos(m.span.Start)
				return true
			}
		}
	}
	return false
}

// choosesClient reports whether a migration may do another thing for another database.
func choosesClient(src string) bool {
	return slices.ContainsFunc([]string{"mysql", "MySQL", "config.client", ".dialect", "client.", "isPg", "isPostgres"}, func(s string) bool { return strings.Contains(src, s) })
}

// keys are the methods of knex that make a key of a column.
var keys = []string{"primary", "unique", "index"}

// failsOnMySQL finds a column of a migration's up that MySQL refuses: a text without a length in a
// key (error 1170), or of a type that PostgreSQL alone has.
func failsOnMySQL(tree *tsx.Tree) (at tsx.Node, why string) {
	texts := map[string]bool{} // "table column" for columns of the type text
	for n := range tree.Root().Descendants() {
		if !n.Is(tsx.KindCallExpression) || inDown(n) {
			continue
		}
		method, object := methodOf(n)
		args := tsx.Arguments(n)
		switch {
		case method == "specificType" && len(args) == 2:
			if kind, ok := tsx.StringValue(args[1]); ok && slices.Contains([]string{"bytea", "tsvector", "jsonb", "text[]", "uuid[]", "citext", "hstore"}, strings.ToLower(kind)) {
				return n, "there is no type " + kind
			}
		case method == "text" && len(args) > 0 && object.Is(tsx.KindIdentifier):
			column, ok := tsx.StringValue(args[0])
			if !ok {
				continue
			}
			if key := chainedKey(n); key != "" {
				return n, fmt.Sprintf("the column %s is a text of no length and has a key (%s)", column, key)
			}
			texts[scopeOf(n)+" "+column] = true
		case slices.Contains(keys, method) && len(args) > 0 && object.Is(tsx.KindIdentifier):
			for _, column := range stringsIn(args[0]) {
				if texts[scopeOf(n)+" "+column] {
					return n, fmt.Sprintf("the column %s is a text of no length and has a key (%s)", column, method)
				}
			}
		}
	}
	return tsx.Node{}, ""
}

// methodOf is the method that a call is of, and what it is called on.
func methodOf(call tsx.Node) (name string, object tsx.Node) {
	callee := tsx.Callee(call)
	if !callee.Is(tsx.KindMemberExpression) {
		return "", tsx.Node{}
	}
	return callee.Field(tsx.FieldProperty).Text(), callee.Field(tsx.FieldObject)
}

// chainedKey is the method that makes a key in the chain of calls that a call begins.
func chainedKey(n tsx.Node) string {
	for {
		member := n.Parent()
		if !member.Is(tsx.KindMemberExpression) || !member.Parent().Is(tsx.KindCallExpression) {
			return ""
		}
		if name := member.Field(tsx.FieldProperty).Text(); slices.Contains(keys, name) {
			return name
		}
		n = member.Parent()
	}
}

// scopeOf is the callback that a statement on a table is in.
func scopeOf(n tsx.Node) string {
	for ; n.Ok(); n = n.Parent() {
		if n.Is(tsx.KindArrowFunction, tsx.KindFunctionExpression) {
			return fmt.Sprint(n.Start())
		}
	}
	return ""
}

// inDown reports whether a node is in what takes a migration back.
func inDown(n tsx.Node) bool {
	for ; n.Ok(); n = n.Parent() {
		switch {
		case n.Is(tsx.KindAssignmentExpression):
			if strings.HasSuffix(n.Field(tsx.FieldLeft).Text(), "down") {
				return true
			}
		case n.Is(tsx.KindFunctionDeclaration, tsx.KindVariableDeclarator):
			if n.Field(tsx.FieldName).Text() == "down" {
				return true
			}
		}
	}
	return false
}

// stringsIn are the strings that a node is, or that an array has.
func stringsIn(n tsx.Node) []string {
	var out []string
	if s, ok := tsx.StringValue(n); ok {
		return []string{s}
	}
	for item := range n.NamedChildren() {
		if s, ok := tsx.StringValue(item); ok {
			out = append(out, s)
		}
	}
	return out
}
