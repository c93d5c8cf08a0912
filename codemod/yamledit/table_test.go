package yamledit

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
)

// appConfig is a configuration of the kind that create-app makes.
const appConfig = `app:
  title: Demo
  baseUrl: http://localhost:3000

  packages: all
  extensions:
    # The front page
    - page:catalog:
        config:
          path: /
    # - page:home:
    #     config:
    #       path: /

    - nav-item:search: false

backend:
  # auth:
  #   keys:
  #     - secret: ${BACKEND_SECRET}
  baseUrl: http://localhost:7007
  listen:
    port: 7007
    # host: 127.0.0.1
  csp:
    connect-src: ["'self'", 'http:', 'https:']
    # See https://helmetjs.github.io/#reference
  database:
    client: better-sqlite3
    connection: ':memory:'
  # workingDirectory: /tmp

integrations:
  github:
    - host: github.com
      # A token
      token: ${GITHUB_TOKEN}
    ### For an enterprise server:
    # - host: ghe.example.net
    #   token: ${GHE_TOKEN}

proxy:
  ### Example for a proxy endpoint.
  # endpoints:
  #   '/test':
  #     target: 'https://example.com'

# About the docs
# in two lines
techdocs:
  builder: 'local' # or 'external'
  publisher:
    type: 'local'

auth:
  # see the documentation
  providers:
    # See https://backstage.io/docs/auth/guest/provider
    guest: {}

scaffolder:
  # see the documentation for options

catalog:
  locations:
    # Local example data
    - type: file
      target: ../../examples/entities.yaml

    - type: file
      target: ../../examples/org.yaml
      rules:
        - allow: [User, Group]

    ## Uncomment for more
    # - type: url

kubernetes:
  # see the documentation

# see the documentation
permission:
  enabled: true
`

type operation func(d *Doc) ([]text.Edit, error)

func ensure(block string, path ...string) operation {
	return func(d *Doc) ([]text.Edit, error) { return d.Ensure(block, path...) }
}

func set(value string, path ...string) operation {
	return func(d *Doc) ([]text.Edit, error) { return d.Set(value, path...) }
}

func appendItem(item string, path ...string) operation {
	return func(d *Doc) ([]text.Edit, error) { return d.Append(item, path...) }
}

func remove(path ...string) operation {
	return func(d *Doc) ([]text.Edit, error) { return d.Remove(path...) }
}

func prune(keep int, path ...string) operation {
	return func(d *Doc) ([]text.Edit, error) { return d.Prune(keep, path...) }
}

// in replaces a part of appConfig that occurs once.
func in(old, s string) string {
	if strings.Count(appConfig, old) != 1 {
		panic("not once: " + old)
	}
	return strings.Replace(appConfig, old, s, 1)
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// table is what the operations do, byte for byte. Its sources seed the fuzz targets. undo,
// if given, gives back src.
var table = []struct {
	name string
	src  string
	op   operation
	want string
	undo operation
}{
	{
		"a new block goes to the end, set off like the others", appConfig,
		ensure("# the radar\ntechRadar:\n  url: https://example.com/radar.json # a sample\n"),
		appConfig + "\n# the radar\ntechRadar:\n  url: https://example.com/radar.json # a sample\n",
		remove("techRadar"),
	},
	{
		"a key with only comments under it gets its first child under them", appConfig,
		ensure("target: https://sonar.example.com\nchangeOrigin: true\n", "proxy", "endpoints", "/sonarqube"),
		in("  #     target: 'https://example.com'\n", "  #     target: 'https://example.com'\n  endpoints:\n    '/sonarqube':\n      target: https://sonar.example.com\n      changeOrigin: true\n"),
		prune(1, "proxy", "endpoints", "/sonarqube"),
	},
	{
		"the old form of proxy endpoints", appConfig,
		ensure("'/jenkins/api':\n  target: http://localhost:8080\n", "proxy"),
		in("  #     target: 'https://example.com'\n", "  #     target: 'https://example.com'\n  '/jenkins/api':\n    target: http://localhost:8080\n"),
		remove("proxy", "/jenkins/api"),
	},
	{
		"only the missing keys, at every level", appConfig,
		ensure("environment: development\nproviders:\n  guest:\n    dangerously: true\n  # users\n  github:\n    development:\n      clientId: ${ID}\n      # enterprise: ${URL}\n      clientSecret: ${SECRET:-none}\n", "auth"),
		in("    guest: {}\n", "    guest:\n      dangerously: true\n    # users\n    github:\n      development:\n        clientId: ${ID}\n        # enterprise: ${URL}\n        clientSecret: ${SECRET:-none}\n  environment: development\n"),
		nil,
	},
	{
		"after the siblings, before the comments that follow them", appConfig,
		ensure("actions:\n  pluginSources: [catalog]", "backend"),
		in("    connection: ':memory:'\n", "    connection: ':memory:'\n  actions:\n    pluginSources: [catalog]\n"),
		remove("backend", "actions"),
	},
	{
		"after the deeper comments of the last sibling", appConfig,
		ensure("- host: gitlab.com\n  token: ${GITLAB_TOKEN}", "integrations", "gitlab"),
		in("    #   token: ${GHE_TOKEN}\n", "    #   token: ${GHE_TOKEN}\n  gitlab:\n    - host: gitlab.com\n      token: ${GITLAB_TOKEN}\n"),
		remove("integrations", "gitlab"),
	},
	{
		"in an item of a sequence", appConfig,
		ensure("apiBaseUrl: x", "integrations", "github", "0"),
		in("token: ${GITHUB_TOKEN}\n", "token: ${GITHUB_TOKEN}\n      apiBaseUrl: x\n"),
		remove("integrations", "github", "0", "apiBaseUrl"),
	},
	{"values that are there stay", appConfig, ensure("title: Other\nbaseUrl:\npackages:\n  - x\n", "app"), appConfig, nil},
	{"a sequence that is there stays", appConfig, ensure("- host: other", "integrations", "github"), appConfig, nil},
	{
		"an item after the last, before the comments that follow", appConfig,
		appendItem("# more\ntype: url\ntarget: https://example.com", "catalog", "locations"),
		in("        - allow: [User, Group]\n", "        - allow: [User, Group]\n\n    # more\n    - type: url\n      target: https://example.com\n"),
		remove("catalog", "locations", "2"),
	},
	{
		"an item of a flow sequence", appConfig, appendItem("'data:'", "backend", "csp", "connect-src"),
		in("'https:']", "'https:', 'data:']"), remove("backend", "csp", "connect-src", "3"),
	},
	{
		"an item that is there", appConfig, appendItem("nav-item:search: false", "app", "extensions"), appConfig, nil,
	},
	{
		"an item of a sequence that is not there", appConfig, appendItem("type: x\n# c\ny: z", "search", "list"),
		appConfig + "\nsearch:\n  list:\n    - type: x\n      # c\n      y: z\n", prune(0, "search", "list", "0"),
	},
	{"set keeps the comment", appConfig, set("'external'", "techdocs", "builder"), in("'local' #", "'external' #"), set("'local'", "techdocs", "builder")},
	{"set of an equal value", appConfig, set(`"local"`, "techdocs", "builder"), appConfig, nil},
	{"set of a missing key", appConfig, set("true", "techdocs", "cache"), in("    type: 'local'\n", "    type: 'local'\n  cache: true\n"), remove("techdocs", "cache")},
	{"remove takes the comments directly above and the blank line", appConfig, remove("techdocs"), in("# About the docs\n# in two lines\ntechdocs:\n  builder: 'local' # or 'external'\n  publisher:\n    type: 'local'\n\n", ""), nil},
	{"remove takes the deeper comments below", appConfig, remove("integrations", "github"), in("integrations:\n  github:\n    - host: github.com\n      # A token\n      token: ${GITHUB_TOKEN}\n    ### For an enterprise server:\n    # - host: ghe.example.net\n    #   token: ${GHE_TOKEN}\n", "integrations: {}\n"), nil},
	{"remove leaves the comments of others", appConfig, remove("backend", "database"), in("  database:\n    client: better-sqlite3\n    connection: ':memory:'\n", ""), nil},
	{"remove the first item with its comment", appConfig, remove("catalog", "locations", "0"), in("    # Local example data\n    - type: file\n      target: ../../examples/entities.yaml\n\n", ""), nil},
	{"remove what is not there", appConfig, remove("app", "title", "x"), appConfig, nil},
	{
		"an emptied mapping with comments is a key without a value", "a:\n  # c\n\n  b: 1\nc: 2\n", remove("a", "b"), "a:\n  # c\n\nc: 2\n", nil,
	},
	{"no final newline", "a: 1\nb: 2", ensure("c:\n  d: 3\n"), "a: 1\nb: 2\nc:\n  d: 3", remove("c")},
	{"no final newline, with blank lines", "a: 1\n\nb: 2", ensure("c: 3"), "a: 1\n\nb: 2\n\nc: 3", remove("c")},
	{"no final newline under a key", "a: 1\nb:", ensure("c: 3", "b"), "a: 1\nb:\n  c: 3", nil},
	{"CRLF", crlf("a:\n  b: 1\n\nc:\n  d: 2\n"), ensure("x: |\n  one\n  two\ny: 1\n", "e"), crlf("a:\n  b: 1\n\nc:\n  d: 2\n\ne:\n  x: |\n    one\n    two\n  y: 1\n"), remove("e")},
	{"CRLF without a final newline", crlf("a:\n  b: 1"), ensure("c: 1", "a"), crlf("a:\n  b: 1\n  c: 1"), remove("a", "c")},
	{"a block with CRLF into LF", "a: 1\n", ensure("b:\r\n  c: 1\r\n"), "a: 1\n\nb:\n  c: 1\n", remove("b")},
	{"byte order mark", text.BOM + "a:\n  b: é # ü\n", ensure("c: 1", "a"), text.BOM + "a:\n  b: é # ü\n  c: 1\n", remove("a", "c")},
	{"byte order mark alone", text.BOM, ensure("c: 1"), text.BOM + "c: 1\n", remove("c")},
	{"an empty file", "", ensure("# c\na: 1 # d\n"), "# c\na: 1 # d\n", nil},
	{"an empty file, without comments", "", ensure("a: 1\n"), "a: 1\n", remove("a")},
	{"a file of comments", "# Local settings\n", ensure("a: 1", "b"), "# Local settings\nb:\n  a: 1\n", prune(0, "b", "a")},
	{"a document start", "---\n# c\na:\n  b: 1\n", ensure("c: 2", "a"), "---\n# c\na:\n  b: 1\n  c: 2\n", remove("a", "c")},
	{"a document start alone", "---\n", ensure("c: 2", "a"), "---\na:\n  c: 2\n", remove("a")},
	{"a document start with a comment", "--- # c\na: 1\n", ensure("b: 2"), "--- # c\na: 1\n\nb: 2\n", remove("b")},
	{"a document end", "a:\n  b: 1\n...\n", ensure("c: 2", "a"), "a:\n  b: 1\n  c: 2\n...\n", remove("a", "c")},
	{"four columns", "a:\n    b:\n        c: 1\n", ensure("e:\n  # x\n  f: 1\n  # y\n  g:\n    - h: 1\n      i: 2\n", "a", "d"), "a:\n    b:\n        c: 1\n    d:\n        e:\n            # x\n            f: 1\n            # y\n            g:\n                - h: 1\n                  i: 2\n", remove("a", "d")},
	{"dashes under their key", "a:\n- b: 1\n- c\nd:\n- e\n", appendItem("f: 1\ng: [1]", "a"), "a:\n- b: 1\n- c\n- f: 1\n  g: [1]\nd:\n- e\n", remove("a", "2")},
	{"a new sequence has its dashes where the file has them", "a:\n- b: 1\n", ensure("- e\n-\n  f: 1\n  # c\n- - g\n  - h\n", "d", "x"), "a:\n- b: 1\n\nd:\n  x:\n  - e\n  -\n    f: 1\n    # c\n  - - g\n    - h\n", remove("d")},
	{"after dashes under their key", "a:\n- b: 1\n# c\n", ensure("d: 1"), "a:\n- b: 1\nd: 1\n# c\n", remove("d")},
	{"a flow mapping on one line", "a: { b: 1, c: [x, y] } # z\n", ensure("d: ${X}\ne:\n  f: 'g' # h\n  i:\n    - 1\n    - k\n", "a"), "a: { b: 1, c: [x, y], d: '${X}', e: { f: 'g', i: [1, k] } } # z\n", nil},
	{"one key of a flow mapping", "a: {b: 1}\n", ensure("d: 1", "a"), "a: {b: 1, d: 1}\n", remove("a", "d")},
	{"a flow mapping over lines", "a: {\n  b: 1,\n  c: 2,\n}\n", ensure("d: 1", "a"), "a: {\n  b: 1,\n  c: 2,\n  d: 1,\n}\n", remove("a", "d")},
	{"inside of an empty flow mapping inside of another", "a: {b: {}}\n", ensure("d: 1", "a", "b"), "a: {b: { d: 1 }}\n", remove("a", "b", "d")},
	{"a flow value in a block", "a: 1\n", ensure("{x: 1, y: [2]}", "b"), "a: 1\n\nb: {x: 1, y: [2]}\n", remove("b")},
	{"keys of a flow mapping into a block mapping", "b:\n  c: 1\n", ensure("{x: 1, y: [2]}", "b"), "b:\n  c: 1\n  x: 1\n  y: [2]\n", nil},
	{"{} is opened", "a: {} # c\nb: 1\n", ensure("x: 1", "a"), "a: # c\n  x: 1\nb: 1\n", remove("a", "x")},
	{"[] is opened", "a:\n  b: []\n", appendItem("x: 1\ny: 2", "a", "b"), "a:\n  b:\n    - x: 1\n      y: 2\n", remove("a", "b", "0")},
	{"the first item goes above comments under its key", "a:\n  # c\nb: 1\n", ensure("- x\n", "a"), "a:\n  - x\n  # c\nb: 1\n", remove("a", "0")},
	{"the indent of the comments under a key", "a:\n    # c\n    # d\nb:\n  c: 1\n", ensure("x: 1", "a"), "a:\n    # c\n    # d\n    x: 1\nb:\n  c: 1\n", remove("a", "x")},
	{"a key without a value at the end", "a: 1\nb:\n", ensure("x:\n  y: 1", "b"), "a: 1\nb:\n  x:\n    y: 1\n", nil},
	{"a scalar for a key without a value", "a:\n  b: # c\n  d: 1\n", ensure("x", "a", "b"), "a:\n  b: x # c\n  d: 1\n", nil},
	{"a block scalar for a key without a value", "a:\n    b:\n    d: 1\n", ensure("|\n  x\n   y", "a", "b"), "a:\n    b: |\n      x\n       y\n    d: 1\n", nil},
	{"anchors elsewhere", "x: &x\n  y: 1\nz: *x\na:\n  b: &b 1\n  c: *b\n", ensure("d: 1", "a"), "x: &x\n  y: 1\nz: *x\na:\n  b: &b 1\n  c: *b\n  d: 1\n", remove("a", "d")},
	{"block scalars", "a:\n  b: |\n    # no comment\n    text\n\n  c: >-\n    x\n\n    y\n  # c\nd: 1\n", ensure("e: 1", "a"), "a:\n  b: |\n    # no comment\n    text\n\n  c: >-\n    x\n\n    y\n  e: 1\n  # c\nd: 1\n", remove("a", "e")},
	{"a block scalar that keeps its newlines", "a: 1\n\nb: |+\n  x\n\n\n", ensure("c: 1"), "a: 1\n\nb: |+\n  x\n\n\nc: 1\n", remove("c")},
	{"an indented block scalar", "a:\n  b: |2\n      x\n    # no comment\n  # c\n", ensure("c: 1", "a"), "a:\n  b: |2\n      x\n    # no comment\n  c: 1\n  # c\n", remove("a", "c")},
	{"a plain scalar over lines, then a comment", "a:\n  b: one\n    two\n\n    three # c\n    # d\n  # e\n", ensure("c: 1", "a"), "a:\n  b: one\n    two\n\n    three # c\n    # d\n  c: 1\n  # e\n", remove("a", "c")},
	{"a plain scalar on the next line, then a comment", "a:\n  b:\n    # c\n    one\n    two\n  # d\n", set("x", "a", "b"), "a:\n  b:\n    # c\n    x\n  # d\n", nil},
	{"quoted scalars over lines", "a:\n  b: \"one\n\n  # two \\\" \"\n  c: 'it''s # no\n    comment'\n", ensure("d: 1", "a"), "a:\n  b: \"one\n\n  # two \\\" \"\n  c: 'it''s # no\n    comment'\n  d: 1\n", remove("a", "d")},
	{"$env, $file and $include elsewhere", "a:\n  b:\n    $env: X\n  c: { $file: y }\n", ensure("b: 1\nc: 2\nd: ${X:-{}}", "a"), "a:\n  b:\n    $env: X\n  c: { $file: y }\n  d: ${X:-{}}\n", remove("a", "d")},
	{"a block with $env", "a: 1\n", ensure("b:\n  $env: X\n"), "a: 1\n\nb:\n  $env: X\n", remove("b")},
	{"tabs as space", "a:\t1\t# x\nb:\t# c\n", ensure("c: 1", "b"), "a:\t1\t# x\nb:\t# c\n  c: 1\n", nil},
	{"deeper comments after a blank line", "a:\n  b: 1\n\n    # c\n\n  # d\ne: 1\n", ensure("f: 1", "a"), "a:\n  b: 1\n\n    # c\n  f: 1\n\n  # d\ne: 1\n", remove("a", "f")},
	{"a sequence of sequences", "a:\n  - - b\n    - c\n", appendItem("d", "a", "0"), "a:\n  - - b\n    - c\n    - d\n", remove("a", "0", "2")},
	{"the first key of an item", "a:\n  - b: 1\n    c: 2\n", remove("a", "0", "b"), "a:\n  - c: 2\n", nil},
	{"the only key of an item", "a:\n  - b: 1\n", remove("a", "0", "b"), "a:\n  - {}\n", nil},
	{"the comments at the top belong to the file", "# Licence\n\n# About a\na: 1\nb: 2\n", remove("a"), "# Licence\n\nb: 2\n", nil},
	{"a heading stays", "# Heading\na: 1\nb: 2\n", remove("a"), "# Heading\nb: 2\n", nil},
	{"prune keeps a parent that has comments", "a:\n  # c\n  b: 1\n\n  # d\ne: 1\n", prune(0, "a", "b"), "a:\n  # c\n\n  # d\ne: 1\n", nil},
	{"prune through a sequence", "a:\n  b:\n    - c: 1\nd: 1\n", prune(1, "a", "b", "0", "c"), "a: {}\nd: 1\n", nil},
	{"remove from flow", "a: [x, y, z]\nb: {c: 1, d: 2}\n", remove("a", "0"), "a: [y, z]\nb: {c: 1, d: 2}\n", nil},
	{"remove the last of a flow mapping", "b: {c: 1}\n", remove("b", "c"), "b: {}\n", nil},
	{"keys that need quotes", "a: 1\n", ensure("x", "on", "1", "@b/c", "it's", "\n"), "a: 1\n\n'on':\n  '1':\n    '@b/c':\n      'it''s':\n        \"\\n\": x\n", prune(0, "on", "1", "@b/c", "it's", "\n")},
	{"a key that is quoted in the file", "'a': {'b': 1}\n", ensure("b: 2\nc: 3", "a"), "'a': {'b': 1, c: 3}\n", remove("a", "c")},
	{"comments without indentation", "a:\n  b:\n    c: 1\n#    d: 2\n    e: 1\n", ensure("f: 1", "a", "b"), "a:\n  b:\n    c: 1\n#    d: 2\n    e: 1\n    f: 1\n", remove("a", "b", "f")},
	{"a mapping without braces elsewhere", "a: [b: 1]\n", ensure("c: 1"), "a: [b: 1]\n\nc: 1\n", remove("c")},
	{"an explicit key elsewhere", "x:\n  ? y\n  : z\na: 1\n", ensure("c: 1\n", "b"), "x:\n  ? y\n  : z\na: 1\nb:\n  c: 1\n", remove("b")},
}

// refusals are sources or operations that get a diagnostic instead of edits.
var refusals = []struct {
	name string
	src  string
	op   operation
	code string
	want string // in the message
}{
	{"invalid", "a: 1\n b: 2\n", ensure("x: 1"), "invalid-yaml", "app-config.yaml:2:2: invalid YAML: mapping values are not allowed"},
	{"invalid after the first value", "a\n: b\n", ensure("x: 1"), "invalid-yaml", "app-config.yaml"},
	{"tabs as indentation", "a:\n\tb: 1\n", ensure("x: 1"), "invalid-yaml", "app-config.yaml:2:2: invalid YAML: found character that cannot start any token"},
	{"not UTF-8", "a: \xff\n", ensure("x: 1"), "invalid-yaml", "app-config.yaml:1:4: invalid YAML: not UTF-8"},
	{"an alias in itself", "a: &a\n  b: *a\n", ensure("x: 1"), "invalid-yaml", "app-config.yaml: invalid YAML: aliases contain themselves"},
	{"aliases of aliases of aliases", "a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]\ng: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f]\n", ensure("x: 1"), "invalid-yaml", "or stand for too much"},
	{"several documents", "a: 1\n---\nb: 1\n", ensure("x: 1"), "several-documents", "app-config.yaml:2:1: the file holds more than one YAML document"},
	{"a key twice", "a:\n  b: 1\n  c: 2\n  b: 3\n", ensure("x: 1"), "duplicate-key", "app-config.yaml:4:3: the key b is there twice"},
	{"a key twice in braces", "a: {'/b': 1, \"/b\": 1}\n", ensure("x: 1"), "duplicate-key", "app-config.yaml:1:14: the key '/b' is there twice"},
	{"an alias", "x: &x\n  y: 1\na: *x\n", ensure("z: 1", "a"), "alias-on-path", "app-config.yaml:3:4: a is an alias"},
	{"an anchor that is used", "x: &x\n  y: 1\na: *x\n", ensure("z: 1", "x"), "alias-on-path", "app-config.yaml:1:4: x has an anchor that is used elsewhere"},
	{"a merge key", "x: &x\n  y: 1\na:\n  <<: *x\n", ensure("z: 1", "a"), "alias-on-path", "app-config.yaml:4:3: a takes keys from elsewhere (<<)"},
	{"an explicit key", "a:\n  ? b\n  : c\n", ensure("z: 1", "a"), "no-safe-place", "app-config.yaml:2:3: a is written in a way"},
	{"a tagged mapping", "a: !!map\n  b: c\n", ensure("z: 1", "a"), "no-safe-place", "app-config.yaml:1:4: a has a tag"},
	{"a scalar where a mapping is needed", "a: off\n", ensure("z: 1", "a"), "not-a-mapping", "app-config.yaml:1:4: a is a string, not a mapping"},
	{"an explicit null where a mapping is needed", "a: ~\n", ensure("z: 1", "a"), "not-a-mapping", "app-config.yaml:1:4: a is null, not a mapping"},
	{"a sequence where a mapping is needed", "a: [1]\n", ensure("z: 1", "a"), "not-a-mapping", "a is a sequence, not a mapping"},
	{"an include", "a:\n  $include: a.yaml\n", ensure("z: 1", "a"), "included-value", "app-config.yaml:2:3: the value of a comes from elsewhere ($include)"},
	{"an include on one line", "a: { $include: a.yaml }\n", ensure("z: 1", "a"), "included-value", "the value of a comes from elsewhere ($include)"},
	{"a file that is a sequence", "- a\n", ensure("z: 1", "a"), "not-a-mapping", "app-config.yaml:1:1: the file is a sequence"},
	{"comments in braces", "a: {\n  b: 1 # c\n}\n", ensure("z: 1", "a"), "no-safe-place", "there are comments between the parts of a"},
	{"a mapping without braces in a flow sequence", "a: [b: 1]\n", ensure("z: 1", "a", "0"), "no-safe-place", "a.0 is written in a way"},
	{"removal from a mapping without braces", "a: [b: 1]\n", remove("a", "0", "b"), "no-safe-place", "a.0 is written in a way"},
	{"CR alone", "a: 1\rb: 2\n", ensure("z: 1"), "odd-line-break", "app-config.yaml:1:5: the file has a line break"},
	{"a block that is not YAML", "a: 1\n", ensure("z: [", "a"), "invalid-block", "the block to add"},
	{"a block with an alias", "a: 1\n", ensure("z: &a 1\nx: *a\n"), "invalid-block", "the block to add"},
	{"a block that is a scalar", "a: 1\n", ensure("z"), "invalid-block", "the block to add"},
	{"an item that is not YAML", "a: 1\n", appendItem("[", "b"), "invalid-block", "the item to add"},
	{"an item of a mapping", "a: {b: 1}\n", appendItem("x", "a"), "not-a-sequence", "app-config.yaml:1:4: a is a mapping, not a sequence"},
	{"set of a mapping with content", "a:\n  b: 1\n", set("x", "a"), "not-a-scalar", "app-config.yaml:2:3: a is a mapping with content"},
	{"set to several lines", "a: 1\n", set("|\n  x", "a"), "invalid-value", "is not a YAML value on one line"},
	{"set of an alias", "b: &b 1\na: *b\n", set("x", "a"), "alias-on-path", "a is an alias"},
	{"remove the file", "a: 1\n", remove(), "no-safe-place", "cannot be removed"},
	{"remove an anchor that is used", "a: &a 1\nb: *a\n", remove("a"), "unproved-edit", "unknown anchor"},
	{"remove the first key of an item with comments between", "a:\n  - b: 1\n    # c\n    c: 2\n", remove("a", "0", "b"), "no-safe-place", "there are comments"},
}
