package check

import (
	"maps"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
)

func TestDatabaseFaults(t *testing.T) {
	testFileFaults(t, []fileFault{
		{name: "SQLite in production", file: "app-config.production.yaml", old: "    client: pg\n    connection:\n      host: ${POSTGRES_HOST}\n      user: ${POSTGRES_USER}\n      password: ${POSTGRES_PASSWORD}\n      ssl:\n        rejectUnauthorized: true\n",
			new:  "    client: better-sqlite3\n    connection: ':memory:'\n",
			code: "BD001", severity: diag.Warning, line: "client: better-sqlite3", summary: "SQLite"},
		{name: "a driver that is not installed", file: "app-config.production.yaml", old: "client: pg", new: "client: mysql2",
			code: "BD002", severity: diag.Error, line: "client: mysql2", summary: "mysql2",
			mends: "packages/backend/package.json#\"mysql2\": \"^3.0.0\""},
		{name: "an old driver that is not installed", file: "app-config.production.yaml", old: "client: pg", new: "client: mysql",
			code: "BD002", severity: diag.Error, line: "client: mysql", summary: "mysql"},
		{name: "a driver that the lockfile of npm has", file: "app-config.production.yaml", old: "client: pg", new: "client: mysql2",
			also: map[string]string{"yarn.lock": "", "package-lock.json": "{\"packages\": {\"node_modules/mysql2\": {}}}"}},
		{name: "a client that does not exist", file: "app-config.production.yaml", old: "client: pg", new: "client: postgresql # ours",
			code: "BD003", severity: diag.Error, line: "client: postgresql # ours", summary: "postgresql", fixed: "client: pg # ours"},
		{name: "a password in plain text", file: "app-config.production.yaml", old: "password: ${POSTGRES_PASSWORD}", new: "password: gh7fj39fkf93kf",
			code: "BD004", severity: diag.Warning, line: "password: gh7fj39fkf93kf", summary: "password"},
		{name: "a password in a URL", file: "app-config.production.yaml", old: "    connection:\n      host: ${POSTGRES_HOST}\n      user: ${POSTGRES_USER}\n      password: ${POSTGRES_PASSWORD}\n      ssl:\n        rejectUnauthorized: true\n",
			new:  "    connection: postgres://me:gh7fj39fkf93kf@db.example.com/x\n",
			code: "BD004", severity: diag.Warning, line: "connection: postgres://me:gh7fj39fkf93kf@db.example.com/x", summary: "password"},
		{name: "a password in a URL, beside other settings", file: "app-config.production.yaml", old: "      host: ${POSTGRES_HOST}\n      user: ${POSTGRES_USER}\n      password: ${POSTGRES_PASSWORD}\n",
			new:  "      connectionString: postgres://me:gh7fj39fkf93kf@db.example.com/x\n",
			code: "BD004", severity: diag.Warning, line: "connectionString: postgres://me:gh7fj39fkf93kf@db.example.com/x", summary: "password"},
		{name: "a private key", file: "app-config.production.yaml", old: "        rejectUnauthorized: true\n", new: "        key: |\n          -----BEGIN PRIVATE KEY-----\n          MIIx\n",
			code: "BD004", severity: diag.Warning, line: "key: |", summary: "private key"},
		{name: "no TLS", file: "app-config.production.yaml", old: "      ssl:\n        rejectUnauthorized: true\n", new: "",
			code: "BD005", severity: diag.Note, line: "host: ${POSTGRES_HOST}", summary: "encrypted"},
	})
}

// withMigration is a plugin in node_modules, and the backend that depends on it, with a MySQL
// database.
func withMigration(up string) map[string]string {
	return map[string]string{
		"packages/backend/package.json":                                `{"name": "backend", "version": "0.0.0", "backstage": {"role": "backend"}, "dependencies": {"@backstage/backend-defaults": "^0.12.0", "@acme/plugin-facts-backend": "^1.0.0", "mysql2": "^3.0.0"}}`,
		"node_modules/@acme/plugin-facts-backend/package.json":         `{"name": "@acme/plugin-facts-backend", "version": "1.0.0", "backstage": {"role": "backend-plugin", "pluginId": "facts"}}`,
		"node_modules/@acme/plugin-facts-backend/migrations/1_init.js": "exports.up = async function up(knex) {\n" + up + "\n};\nexports.down = async function down(knex) {\n  await knex.schema.alterTable('x', t => { t.text('x').primary(); });\n};\n",
	}
}

func TestMigrationsThatMySQLRefuses(t *testing.T) {
	const file, at = "app-config.production.yaml", "@acme/plugin-facts-backend is MySQL"
	fault := func(name, up, why string) fileFault {
		f := fileFault{name: name, file: file, old: "client: pg", new: "client: mysql2", also: withMigration(up)}
		if why != "" {
			f.code, f.severity, f.line, f.summary = "BD006", diag.Warning, "client: mysql2", at+", on which its migrations cannot run: "+why+" in 1_init.js"
		}
		return f
	}
	table := func(columns string) string {
		return "  await knex.schema.createTable('t', table => {\n" + columns + "\n  });"
	}
	other := fault("a client of its own", table("table.text('id').primary();"), "")
	other.new = "client: mysql2\n    plugin:\n      facts:\n        client: pg"
	its := fault("its own client", table("table.text('id').primary();"), "the column id is a text of no length and has a key (primary)")
	its.old, its.new, its.line = "client: pg", "client: pg\n    plugin:\n      facts:\n        client: mysql2", "client: mysql2"
	local := fault("a plugin of the repository", "", "")
	local.also = maps.Clone(local.also)
	local.also["packages/backend/package.json"] = strings.Replace(local.also["packages/backend/package.json"], "@acme/plugin-facts-backend", "@internal/facts-backend", 1)
	local.also["packages/facts/package.json"] = `{"name": "@internal/facts-backend", "version": "1.0.0", "backstage": {"role": "backend-plugin"}}`
	local.also["packages/facts/migrations/a.ts"] = "export async function up(knex: Knex): Promise<void> {\n  await knex.schema.createTable('t', (table: Knex.TableBuilder) => { table.specificType('v', 'tsvector'); });\n}\n"
	local.code, local.severity, local.line, local.summary = "BD006", diag.Warning, "client: mysql2", "there is no type tsvector in a.ts"
	testFileFaults(t, []fileFault{
		fault("a text as primary key", table("table.text('id').notNullable().primary().comment('x');"), "the column id is a text of no length and has a key (primary)"),
		fault("an index on a text", table("table.text('a', 'longtext');\ntable.string('b');\ntable.index(['b', 'a'], 'x');"), "the column a is a text of no length and has a key (index)"),
		fault("a type of PostgreSQL", table("table.specificType('hash', 'bytea').notNullable();"), "there is no type bytea"),
		fault("strings", table("table.string('id').primary();\ntable.text('v');\ntable.unique(['id']);"), ""),
		fault("the same name in another table", table("table.text('id');")+table("table.string('id').index();\ntable.index('id');"), ""),
		fault("a choice", "if (knex.client.config.client.includes('mysql')) { return; }\n"+table("table.text('id').primary();"), ""),
		fault("what cannot be read", "(((", ""),
		other, its, local,
	})
}
