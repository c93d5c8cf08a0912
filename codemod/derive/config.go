package derive

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/registry/recipe"
)

// ConfigKey is a key of the app's configuration that a plugin reads.
type ConfigKey struct {
	schema.Key
	// Needed says that the plugin fails without it: by the schema, or because the code reads it
	// with a function that throws.
	Needed      bool     `json:"needed,omitempty"`
	Enum        []string `json:"enum,omitempty"`
	Description string   `json:"description,omitempty"`
	Deprecated  string   `json:"deprecated,omitempty"`
	From        string   `json:"from,omitempty"` // where it was read: package, file and construct
}

// reading is a call that reads a key of the configuration.
type reading struct {
	path  schema.Path
	throw bool // the call throws where the key is missing, and nothing above it is optional
	from  string
}

// sharedRoot reports whether a key at the root of the configuration is not one plugin's own.
func sharedRoot(key string) bool {
	return slices.Contains([]string{
		"app", "backend", "auth", "catalog", "integrations", "proxy", "techdocs", "search", "scaffolder", "permission",
		"organization", "events", "notifications", "discovery",
	}, key)
}

// config writes a block for what the plugin must be told.
func (d *deriver) config(all []*code) {
	var schemas []*schema.Schema
	for _, p := range d.fam.packs {
		s, err := schema.FromPackage(p.Files)
		if err != nil {
			d.note("%s: its configuration schema was not read: %s.", p.Name, firstLine(err.Error()))
		}
		if s != nil {
			schemas = append(schemas, s)
		}
	}
	merged, err := schema.Merge(schemas...)
	if err != nil {
		d.note("The configuration schemas of the packages contradict each other: %s.", firstLine(err.Error()))
	}
	if len(schemas) > 0 {
		d.out.Schema = merged
	}
	var readings []reading
	for _, c := range all {
		for _, s := range c.decls {
			readings = append(readings, s.readings()...)
		}
	}
	d.integrations(readings)
	d.configKeys(merged, readings)
	d.configBlocks(merged, readings)
	d.proxyBlocks()
}

// integrations enters the integrations whose configuration the code reads itself.
func (d *deriver) integrations(readings []reading) {
	r := &d.out.Recipe
	for _, x := range readings {
		if len(x.path) < 2 || x.path[0] != "integrations" {
			continue
		}
		name := x.path[1]
		if x.throw && !slices.ContainsFunc(r.Needs, func(n recipe.Need) bool { return n.Kind == recipe.NeedIntegration && n.Name == name }) {
			r.Needs = append(r.Needs, recipe.Need{Kind: recipe.NeedIntegration, Name: name, Why: "The plugin reads integrations." + name + " of the configuration."})
		}
		d.signal(NeedsIntegrations, name, "It reads the integrations of "+titled(name)+".", x.from)
	}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimSuffix(s, ".")
}

// configKeys lists the keys of the schema and of the code.
func (d *deriver) configKeys(s *schema.Schema, readings []reading) {
	seen := map[string]int{}
	for _, k := range s.Keys() {
		if len(d.out.Config) >= 500 {
			break
		}
		key := ConfigKey{Key: k, Needed: k.Always}
		if k.Schema != nil {
			key.Description, key.Deprecated = k.Schema.Description, k.Schema.Deprecated
			for _, e := range k.Schema.Enum {
				if v, ok := e.(string); ok {
					key.Enum = append(key.Enum, v)
				}
			}
			if len(k.Schema.Sources) > 0 {
				key.From = k.Schema.Sources[0].String()
			}
		}
		seen[k.Path.String()] = len(d.out.Config)
		d.out.Config = append(d.out.Config, key)
	}
	for _, r := range readings {
		if i, ok := seen[r.path.String()]; ok {
			if r.throw && !d.out.Config[i].Needed {
				d.out.Config[i].Needed = true
				d.out.Config[i].From += "; " + r.from
			}
			continue
		}
		if !d.own(s, r.path) || slices.Contains(r.path, "[]") {
			continue
		}
		seen[r.path.String()] = len(d.out.Config)
		d.out.Config = append(d.out.Config, ConfigKey{
			Key:    schema.Key{Path: r.path, Required: r.throw, Always: r.throw, Type: "anything", Visibility: schema.Backend},
			Needed: r.throw, From: r.from,
		})
	}
}

// own reports whether a path of the code is one of the plugin's: the schema has its root, or it is
// named after the plugin.
func (d *deriver) own(s *schema.Schema, path schema.Path) bool {
	if len(path) == 0 {
		return false
	}
	root := path[0]
	if _, ok := s.At(root); ok && s != nil && len(s.Properties) > 0 {
		if _, ok := s.Property(root); ok {
			return !sharedRoot(root) || len(path) > 1
		}
	}
	if sharedRoot(root) {
		return false
	}
	flat := func(name string) string { return strings.ReplaceAll(kebab(name), "-", "") }
	for _, p := range d.fam.packs {
		if flat(root) == flat(ShortName(p.Name)) || flat(root) == flat(p.JSON.PluginID) {
			return true
		}
	}
	return false
}

// configBlocks writes the blocks of the plugin's own keys.
func (d *deriver) configBlocks(s *schema.Schema, readings []reading) {
	var roots []string
	for _, p := range s.Properties {
		roots = append(roots, p.Name)
	}
	for _, r := range readings {
		if r.throw && d.own(s, r.path) && !slices.Contains(roots, r.path[0]) {
			roots = append(roots, r.path[0])
		}
	}
	for _, root := range roots {
		path := []string{root}
		if sharedRoot(root) {
			if path = only(s, path); len(path) < 2 {
				continue
			}
		}
		var opts schema.BlockOptions
		for _, r := range readings {
			if r.throw && under(r.path, path) && d.own(s, r.path) && len(r.path) > len(path) && !slices.Contains(r.path, "[]") {
				opts.Required = append(opts.Required, r.path)
			}
		}
		b, ok := s.Block(path, opts)
		why := ""
		if !ok || !hasValue(b) {
			// Nothing is required one by one; without any of it a plugin with a secret of its own
			// has nothing to talk to.
			if opts.Required = d.connection(s, path); len(opts.Required) == 0 {
				continue
			}
			if b, ok = s.Block(path, opts); !ok {
				continue
			}
			b.Required = false
			why = "How the plugin reaches its service: none of it is required one by one, but it has a secret."
		}
		d.block(b, cmpOr(why, b.Why))
	}
}

// hasValue reports whether a block writes anything but comments and empty mappings.
func hasValue(b schema.Block) bool {
	for line := range strings.Lines(b.YAML) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && line != "{}" && line != "[]" {
			return true
		}
	}
	return false
}

// only descends from a shared key as long as the schema knows one key alone.
func only(s *schema.Schema, path []string) []string {
	for range 6 {
		at, ok := s.At(path...)
		if !ok || len(at.Properties) != 1 || len(at.Properties[0].Schema.Properties) == 0 && at.Properties[0].Schema.Rest == nil && at.Properties[0].Schema.Items == nil {
			break
		}
		path = append(slices.Clone(path), at.Properties[0].Name)
	}
	return path
}

func under(path schema.Path, base []string) bool {
	return len(path) >= len(base) && slices.Equal(path[:len(base)], base)
}

// connection are the keys directly under one of the plugin's own by which it reaches a service, if
// one of them is a secret: the secrets, and what is named as an address or a user.
func (d *deriver) connection(s *schema.Schema, path []string) []schema.Path {
	if sharedRoot(path[0]) {
		return nil
	}
	var out []schema.Path
	secret := false
	for _, k := range s.Keys(path...) {
		if len(k.Path) != len(path)+1 || k.Schema == nil || k.Schema.Deprecated != "" || k.Schema.Any() || !k.Schema.Allows(schema.String) {
			continue
		}
		name := words(k.Path[len(k.Path)-1])
		switch {
		case k.Visibility == schema.Secret:
			secret = true
		case slices.Contains([]string{"url", "host", "username", "user", "endpoint"}, name[len(name)-1]) && len(name) <= 2 && name[0] != "external":
		default:
			continue
		}
		out = append(out, k.Path)
	}
	if !secret {
		return nil
	}
	return out
}

// block enters a block with its environment variables.
func (d *deriver) block(b schema.Block, why string) {
	r := &d.out.Recipe
	r.Config = append(r.Config, recipe.ConfigBlock{Path: b.Path, YAML: b.YAML, Required: b.Required, Why: why})
	for _, e := range b.Env {
		if slices.ContainsFunc(r.Env, func(o recipe.EnvVar) bool { return o.Name == e.Name }) {
			continue
		}
		r.Env = append(r.Env, recipe.EnvVar{
			Name: e.Name, Description: sentence(e.Description, "The value of "+strings.Join(b.Path, ".")+"."), Secret: e.Secret, Optional: e.Optional,
		})
	}
}

// proxyBlocks writes an endpoint of the proxy for each path that the code calls.
func (d *deriver) proxyBlocks() {
	for _, s := range d.out.Signals {
		if s.Kind != NeedsProxy {
			continue
		}
		if s.Name == "" {
			d.out.Recipe.Notes = append(d.out.Recipe.Notes, "The plugin calls its service through the backend's proxy: add the endpoint that its documentation names under proxy.endpoints.")
			continue
		}
		name := envName(d.out.Recipe.ID)
		d.block(schema.Block{
			Path:     []string{"proxy", "endpoints", s.Name},
			YAML:     "target: ${" + name + "_URL}\n# changeOrigin: true\n# headers:\n#   Authorization: Bearer ${" + name + "_TOKEN}\n",
			Required: true,
			Env: []schema.EnvVar{
				{Name: name + "_URL", Description: "The address of the service that the plugin shows."},
				{Name: name + "_TOKEN", Description: "A token of that service.", Secret: true, Optional: true},
			},
		}, s.Why)
	}
}

// envName is the beginning of the names of environment variables for a recipe.
func envName(id string) string {
	name := strings.ToUpper(strings.ReplaceAll(id, "-", "_"))
	if name[0] >= '0' && name[0] <= '9' {
		return "PLUGIN_" + name
	}
	return name
}

// getters are the methods of configuration that read a value: whether they throw without one.
var getters = map[string]bool{
	"getString": true, "getNumber": true, "getBoolean": true, "getConfig": true, "getConfigArray": true, "getStringArray": true, "get": true,
	"getOptionalString": false, "getOptionalNumber": false, "getOptionalBoolean": false, "getOptionalConfig": false,
	"getOptionalConfigArray": false, "getOptionalStringArray": false, "getOptional": false,
}

// readings are the keys of the configuration that a declaration reads.
func (s symbol) readings() []reading {
	var out []reading
	for n := range s.node.Descendants() {
		if !n.Is(tsx.KindCallExpression) || len(out) >= 500 {
			continue
		}
		method := tsx.Callee(n).Field(tsx.FieldProperty).Text()
		throws, ok := getters[method]
		if !ok {
			continue
		}
		key, ok := s.mod.constant(firstArgument(n), 0)
		if !ok || !configKey(key) {
			continue
		}
		base, sure, ok := s.mod.configBase(tsx.Callee(n).Field(tsx.FieldObject), 0)
		if !ok || method == "get" && len(base) == 0 && !strings.Contains(key, ".") {
			continue
		}
		path := append(slices.Clone(base), strings.Split(key, ".")...)
		out = append(out, reading{path, throws && sure && !onlyIf(n), s.from() + ": " + method + "('" + key + "')"})
	}
	return out
}

func configKey(key string) bool {
	for part := range strings.SplitSeq(key, ".") {
		if part == "" || !identifier(strings.ReplaceAll(part, "-", "_")) {
			return false
		}
	}
	return len(key) < 200
}

// onlyIf reports whether a call is only made under a condition within its function.
func onlyIf(n tsx.Node) bool {
	for p := n.Parent(); p.Ok() && !p.Is(tsx.KindProgram, tsx.KindFunctionDeclaration, tsx.KindMethodDefinition); n, p = p, p.Parent() {
		switch p.Kind() {
		case tsx.KindIfStatement, tsx.KindElseClause:
			if n.FieldOf() != tsx.FieldCondition {
				return true
			}
		case tsx.KindTernaryExpression:
			if n.FieldOf() != tsx.FieldCondition {
				return true
			}
		case tsx.KindBinaryExpression:
			if n.FieldOf() == tsx.FieldRight && slices.Contains([]string{"&&", "||", "??"}, p.Field(tsx.FieldOperator).Text()) {
				return true
			}
		case tsx.KindSwitchCase, tsx.KindSwitchDefault, tsx.KindTryStatement, tsx.KindCatchClause:
			return true
		}
	}
	return false
}

// configBase is the path of the configuration that an expression is: none for the root itself.
// sure says that it is there. ok is false for an expression of which that is not known.
func (m *module) configBase(n tsx.Node, depth int) (path []string, sure, ok bool) {
	n = tsx.Unwrap(n)
	if depth > 8 {
		return nil, false, false
	}
	switch n.Kind() {
	case tsx.KindCallExpression:
		method := tsx.Callee(n).Field(tsx.FieldProperty).Text()
		throws, getter := getters[method]
		key, constant := m.constant(firstArgument(n), 0)
		if !getter || !constant || !strings.HasSuffix(method, "Config") && !strings.HasSuffix(method, "ConfigArray") || !configKey(key) {
			return nil, false, false
		}
		base, sure, ok := m.configBase(tsx.Callee(n).Field(tsx.FieldObject), depth+1)
		path = append(slices.Clone(base), strings.Split(key, ".")...)
		if strings.HasSuffix(method, "Array") {
			path = append(path, "[]")
		}
		return path, sure && throws && !strings.HasSuffix(method, "Array"), ok
	case tsx.KindIdentifier:
		name := n.Text()
		if def := definition(n, name); def.Ok() {
			return m.configBase(def, depth+1)
		}
		if array := iterated(n, name); array.Ok() {
			path, _, ok := m.configBase(array, depth+1)
			return path, false, ok && len(path) > 0
		}
		lower := strings.ToLower(name)
		return nil, true, lower == "config" || lower == "rootconfig" || lower == "configapi" || lower == "configservice"
	case tsx.KindMemberExpression:
		lower := strings.ToLower(n.Field(tsx.FieldProperty).Text())
		return nil, true, lower == "config" || lower == "rootconfig" || lower == "configapi"
	}
	return nil, false, false
}

// definition is the initializer of a variable in the functions around a use of it.
func definition(use tsx.Node, name string) tsx.Node {
	for p := use.Parent(); p.Ok(); p = p.Parent() {
		if !p.Is(tsx.KindStatementBlock) {
			continue
		}
		for s := range p.NamedChildren() {
			if s.Start() > use.Start() {
				break
			}
			if !s.Is(tsx.KindLexicalDeclaration, tsx.KindVariableDeclaration) {
				continue
			}
			for v := range s.NamedChildren() {
				if v.Field(tsx.FieldName).Text() == name && v.End() <= use.Start() {
					return v.Field(tsx.FieldValue)
				}
			}
		}
	}
	return tsx.Node{}
}

// iterated is the array whose items a parameter of a callback is: `array.map(name => ...)`.
func iterated(use tsx.Node, name string) tsx.Node {
	for p := use.Parent(); p.Ok(); p = p.Parent() {
		if !p.Is(tsx.KindArrowFunction, tsx.KindFunctionExpression) {
			continue
		}
		param := p.Field(tsx.FieldParameter).Text()
		if params := tsx.Elements(p.Field(tsx.FieldParameters)); len(params) > 0 {
			param = cmpOr(params[0].Field(tsx.FieldPattern).Text(), params[0].Text())
		}
		if param != name {
			continue
		}
		call := p.Parent().Parent()
		callee := tsx.Callee(call)
		switch callee.Field(tsx.FieldProperty).Text() {
		case "map", "forEach", "flatMap", "filter", "find", "reduce":
			return callee.Field(tsx.FieldObject)
		}
		return tsx.Node{}
	}
	return tsx.Node{}
}
