package check

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
)

func databaseRules() []Rule {
	return []Rule{
		{Code: "BD001", Name: "sqlite-in-production", Family: Database, Severity: diag.Warning, Title: "SQLite in production", Doc: doc("BD001"), Check: sqliteInProduction},
		{Code: "BD002", Name: "missing-driver", Family: Database, Severity: diag.Error, Title: "A database client whose driver is not installed", Doc: doc("BD002"), Check: missingDriver},
		{Code: "BD003", Name: "unknown-client", Family: Database, Severity: diag.Error, Title: "A database client that does not exist", Doc: doc("BD003"), Check: unknownClient},
		{Code: "BD004", Name: "plain-password", Family: Database, Severity: diag.Warning, Title: "The password of the database in plain text", Doc: doc("BD004"), Check: plainPassword, Secret: true},
		{Code: "BD005", Name: "no-tls", Family: Database, Severity: diag.Note, Title: "PostgreSQL without TLS in production", Doc: doc("BD005"), Check: withoutTLS},
		{Code: "BD006", Name: "mysql-migrations", Family: Database, Severity: diag.Warning, Title: "MySQL, and a plugin whose migrations cannot run on it", Doc: doc("BD006"), Check: mysqlMigrations},
	}
}

// drivers are the npm packages of database clients.
var drivers = map[string]string{"pg": "pg", "better-sqlite3": "better-sqlite3", "sqlite3": "sqlite3", "mysql2": "mysql2", "mysql": "mysql"}

// driverSpecs are the versions of drivers that @backstage/backend-defaults asks for since it has
// the database, for those that do not depend on the version of Node.
var driverSpecs = map[string]string{"pg": "^8.11.3", "mysql2": "^3.0.0"}

// sqliteInProduction finds configurations for production whose database is SQLite.
func sqliteInProduction(r *Repo) []Finding {
	var out []Finding
	for _, s := range r.config().production() {
		n := s.node.At("backend", "database", "client")
		if v := known(n); v != "better-sqlite3" && v != "sqlite3" {
			continue
		}
		f := r.inNode(n, "client", "the database is SQLite in production")
		f.Detail = "It is for one process and one disk: with ':memory:' everything is lost when the backend starts anew, and two replicas see different data."
		f.Manual = "Set backend.database in " + s.file + " to a PostgreSQL database."
		if n.File != s.file {
			f.Detail = s.file + " does not set another. " + f.Detail
			f.note = true // the environment may
		}
		out = append(out, f)
		break
	}
	return out
}

// clients are the values of backend.database.client, and of plugins that have their own.
func (c *config) clients() []*schema.Node {
	var out []*schema.Node
	for _, f := range c.files {
		db := f.node.At("backend", "database")
		if db == nil {
			continue
		}
		list := []*schema.Node{db.Get("client")}
		if plugins := db.Get("plugin"); plugins != nil {
			for _, m := range plugins.Members {
				list = append(list, m.Value.Get("client"))
			}
		}
		for _, n := range list {
			if known(n) != "" {
				out = append(out, n)
			}
		}
	}
	return out
}

// missingDriver finds database clients whose driver neither a package.json asks for nor the
// lockfile has.
func missingDriver(r *Repo) []Finding {
	if len(r.Workspace.Backends) == 0 {
		return nil
	}
	var out []Finding
	told := map[string]bool{}
	for _, n := range r.config().clients() {
		driver, ok := drivers[n.Text]
		if !ok || told[driver] || r.mayBeLocked(driver) || driver == "sqlite3" && r.mayBeLocked("@vscode/sqlite3") ||
			slices.ContainsFunc(r.AllPackages(), func(p *workspace.Package) bool { _, ok := p.Dep(driver); return ok }) {
			continue
		}
		told[driver] = true
		b := r.Workspace.Backends[0]
		f := r.inNode(n, driver, "the database client is %s, and its driver is not installed", n.Text)
		f.Manual = "Run `yarn workspace " + b.Name + " add " + driver + "`."
		if spec, ok := driverSpecs[driver]; ok && len(r.Workspace.Backends) == 1 {
			edits, err := b.Doc.SetDependency("dependencies", driver, spec)
			if err == nil && len(edits) > 0 {
				f.Fixes = []Fix{{Title: fmt.Sprintf("Declare %s %s in %s", driver, spec, b.Package.File), Safe: true, Edits: editsOf(b.Package.File, edits)}}
			}
		}
		out = append(out, f)
	}
	return out
}

// mayBeLocked reports whether the lockfile has a package, or cannot be asked.
func (r *Repo) mayBeLocked(name string) bool {
	if lock := r.Lockfile(); lock != nil {
		return len(lock.Of(name)) > 0
	}
	src, err := r.ReadFile(r.Workspace.Lockfile)
	if err != nil {
		return true
	}
	switch path.Base(r.Workspace.Lockfile) {
	case "package-lock.json":
		return strings.Contains(string(src), "node_modules/"+name+"\"")
	case "pnpm-lock.yaml":
		return slices.ContainsFunc([]string{"\n  " + name + "@", "\n  '" + name + "@", "\n  /" + name + "@", "\n  /" + name + "/"}, func(s string) bool { return strings.Contains(string(src), s) })
	}
	return true
}

// misnamed are names that people write for clients, and the clients that they mean.
var misnamed = map[string]string{
	"postgres": "pg", "postgresql": "pg", "postgressql": "pg", "psql": "pg", "pgsql": "pg",
	"mariadb": "mysql2",
	"sqlite":  "better-sqlite3", "better-sqlite": "better-sqlite3", "bettersqlite3": "better-sqlite3", "better-sqlite-3": "better-sqlite3",
}

// unknownClient finds clients that Backstage does not have.
func unknownClient(r *Repo) []Finding {
	var out []Finding
	for _, n := range r.config().clients() {
		want, ok := misnamed[strings.ToLower(n.Text)]
		if !ok {
			continue
		}
		f := r.inNode(n, n.Text, "there is no database client %s", n.Text)
		f.Detail = "The backend does not start with it. Its clients are named after the packages of their drivers: pg, better-sqlite3, mysql2."
		f.Manual = "Write " + want + "."
		f.Fixes = []Fix{{Title: "Write " + want, Safe: true, Edits: map[string][]text.Edit{n.File: {text.Replace(n.Span, want)}}}}
		out = append(out, f)
	}
	return out
}

// connections are the connections that a file has: the backend's, and those of plugins.
func (f configFile) connections() []*schema.Node {
	db := f.node.At("backend", "database")
	if db == nil {
		return nil
	}
	out := []*schema.Node{db.Get("connection")}
	if plugins := db.Get("plugin"); plugins != nil {
		for _, m := range plugins.Members {
			out = append(out, m.Value.Get("connection"))
		}
	}
	return slices.DeleteFunc(out, func(n *schema.Node) bool { return n == nil })
}

// plainPassword finds passwords that are written in the files. Those for a database on the
// developer's machine are notes.
func plainPassword(r *Repo) []Finding {
	var out []Finding
	for _, file := range r.config().files {
		for _, c := range file.connections() {
			at, host, password := c, "", ""
			switch {
			case c.Type == schema.Object:
				at = c.Get("password")
				password, host = known(at), known(c.Get("host"))
				if h := c.Get("host"); h != nil && !h.Known() {
					host = "?"
				}
				if s := c.Get("connectionString"); password == "" && known(s) != "" {
					at, password, host = s, "", ""
					if u, err := url.Parse(s.Text); err == nil && u.User != nil {
						password, _ = u.User.Password()
						host = u.Hostname()
					}
				}
			case c.Known():
				if u, err := url.Parse(c.Text); err == nil && u.User != nil {
					password, _ = u.User.Password()
					host = u.Hostname()
				}
			}
			if key := c.Get("ssl").Get("key"); strings.Contains(known(key), "PRIVATE KEY") {
				f := r.inNode(key, "key", "the private key for the database is written in plain text")
				f.Detail = "Who can read the repository can read it, and it stays in the history."
				f.Manual = "Take it from a file that is not under version control (`$file: ./client.key`), and replace the key."
				out = append(out, f)
			}
			if password == "" || strings.ContainsAny(password, "$<{") {
				continue
			}
			f := r.inNode(at, "password", "the password of the database is written in plain text")
			f.note = isPlaceholder(password) || forDevelopment.MatchString(path.Base(file.name)) ||
				file.kind != workspace.ConfigProduction && (commonPassword.MatchString(password) || host == "" || host == "localhost" || host == "127.0.0.1" || !strings.ContainsAny(host, ".?"))
			f.Detail = "Who can read the repository can read it, and it stays in the history."
			f.Manual = "Write ${POSTGRES_PASSWORD}, set the variable where the backend runs, and change the password."
			if v := known(at); f.note && v == password {
				f.Manual = fmt.Sprintf("Write ${POSTGRES_PASSWORD:-%s}, so that another can be set where it is needed.", v)
			}
			out = append(out, f)
		}
	}
	return out
}

// withoutTLS finds PostgreSQL databases elsewhere to which the connection is not said to be
// encrypted.
func withoutTLS(r *Repo) []Finding {
	var out []Finding
	for _, s := range r.config().production() {
		db := s.node.At("backend", "database")
		if db == nil || known(db.Get("client")) != "pg" {
			continue
		}
		c := db.Get("connection")
		if c == nil || c.Type != schema.Object || c.From != "" || c.Get("ssl") != nil || c.Get("connectionString") != nil || c.Get("type") != nil || c.File != s.file {
			continue
		}
		host := c.Get("host")
		if host == nil || strings.HasPrefix(host.Text, "/") || host.Text == "localhost" || host.Text == "127.0.0.1" || r.mentionsText("PGSSLMODE") {
			continue
		}
		f := r.inNode(host, "ssl", "the connection to PostgreSQL in production does not say that it is encrypted")
		f.Manual = "Set backend.database.connection.ssl (with the ca of the server), or PGSSLMODE in the environment. Suppress this if the connection stays within a trusted network."
		out = append(out, f)
	}
	return out
}

// mentionsText reports whether a file that may set environment variables has a text.
func (r *Repo) mentionsText(what string) bool {
	return slices.ContainsFunc(r.Files(), func(name string) bool {
		if !setsVariables(name) || path.Ext(name) == ".md" {
			return false
		}
		src, err := r.ReadFile(name)
		return err == nil && len(src) <= maxMentions && strings.Contains(string(src), what)
	})
}
