package check

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
	"github.com/batten-dev/batten/registry/npmver"
)

func configRules() []Rule {
	return []Rule{
		{Code: "BC001", Name: "unknown-config-key", Family: Config, Severity: diag.Warning, Title: "A configuration key that is nearly one that exists", Doc: doc("BC001"), Check: ofSchema(schema.UnknownKey)},
		{Code: "BC002", Name: "config-type", Family: Config, Severity: diag.Error, Title: "A configuration value of the wrong type", Doc: doc("BC002"), Check: ofSchema(schema.WrongType)},
		{Code: "BC003", Name: "config-value", Family: Config, Severity: diag.Warning, Title: "A configuration value that is none of those allowed", Doc: doc("BC003"), Check: ofSchema(schema.WrongValue)},
		{Code: "BC004", Name: "missing-config", Family: Config, Severity: diag.Warning, Title: "A required configuration key that is missing", Doc: doc("BC004"), Check: ofSchema(schema.MissingKey)},
		{Code: "BC005", Name: "plain-secret", Family: Config, Severity: diag.Warning, Title: "A secret in plain text", Doc: doc("BC005"), Check: plainSecrets, Secret: true},
		{Code: "BC006", Name: "frontend-secret", Family: Config, Severity: diag.Note, Title: "A secret that is sent to browsers", Doc: doc("BC006"), Check: ofSchema(schema.FrontendSecret), Secret: true},
		{Code: "BC007", Name: "deprecated-config", Family: Config, Severity: diag.Note, Title: "A configuration key that is deprecated", Doc: doc("BC007"), Check: ofSchema(schema.DeprecatedKey)},
		{Code: "BC008", Name: "unset-variable", Family: Config, Severity: diag.Note, Title: "An environment variable that nothing mentions", Doc: doc("BC008"), Check: unsetVariables},
		{Code: "BC009", Name: "missing-include", Family: Config, Severity: diag.Warning, Title: "$file or $include of what does not exist", Doc: doc("BC009"), Check: brokenIncludes},
		{Code: "BC010", Name: "cors-origin", Family: Config, Severity: diag.Warning, Title: "CORS that does not let the app in", Doc: doc("BC010"), Check: corsOrigins},
		{Code: "BC011", Name: "listen-port", Family: Config, Severity: diag.Warning, Title: "backend.baseUrl with a port that nothing listens at", Doc: doc("BC011"), Check: listenPorts},
		{Code: "BC012", Name: "mixed-content", Family: Config, Severity: diag.Warning, Title: "An https app with an http backend", Doc: doc("BC012"), Check: mixedContent},
		{Code: "BC013", Name: "localhost-in-production", Family: Config, Severity: diag.Note, Title: "localhost as the address in production", Doc: doc("BC013"), Check: localhostInProduction},
		{Code: "BC014", Name: "old-proxy-layout", Family: Config, Severity: diag.Warning, Title: "Proxy endpoints outside proxy.endpoints", Doc: doc("BC014"), Check: oldProxies},
		{Code: "BC015", Name: "proxy-target", Family: Config, Severity: diag.Error, Title: "A proxy endpoint that the backend refuses", Doc: doc("BC015"), Check: proxyTargets},
		{Code: "BC016", Name: "dangerous-auth", Family: Config, Severity: diag.Warning, Title: "Authentication switched off in production", Doc: doc("BC016"), Check: dangerousAuth},
		{Code: "BC017", Name: "auth-environment", Family: Config, Severity: diag.Warning, Title: "An auth provider that is not configured for the environment", Doc: doc("BC017"), Check: authEnvironments},
		{Code: "BC018", Name: "example-secret", Family: Config, Severity: diag.Warning, Title: "A secret that is left as in the example", Doc: doc("BC018"), Check: exampleSecrets},
		{Code: "BC019", Name: "proxy-credentials", Family: Config, Severity: diag.Warning, Title: "A proxy endpoint that gives its credentials away, or has none", Doc: doc("BC019"), Check: proxyCredentials},
		{Code: "BC020", Name: "half-set-address", Family: Config, Severity: diag.Warning, Title: "Only one of the two addresses is set for production", Doc: doc("BC020"), Check: halfSetAddresses},
	}
}

// config is the app-config files that are looked at: not those of a user (*.local.yaml), nor
// examples and templates. With it is what else several rules of files ask for, read when it is first asked for.
type config struct {
	files       []configFile
	dockerfiles func() []dockerfile
	containers  func() []container
	values      func() []chartValues
	entities    func() []entityFile
	laid        func() []setting
	mounted     func() []string // see readMounted

	once  sync.Once
	found []schema.Problem // of the schemas
}

type configFile struct {
	name string
	kind workspace.ConfigKind
	doc  *yamledit.Doc
	node *schema.Node
	// written is what is written in the file; node has what it includes, too.
	written *schema.Node
}

var exampleName = regexp.MustCompile(`(?i)(^|[._-])(example|sample|template|tmpl|dist|tpl)([._-]|$)`)

// templated matches YAML that is made of a template: a value, or a line, that is in braces.
var templated = regexp.MustCompile(`(?m)^[^#'"\n]*[:-][ \t]+\{\{|^[ \t]*\{\{`)

func (r *Repo) readConfig() *config {
	c := &config{
		dockerfiles: sync.OnceValue(r.readDockerfiles),
		containers:  sync.OnceValue(r.readContainers),
		values:      sync.OnceValue(r.readValues),
		entities:    sync.OnceValue(r.readEntityFiles),
	}
	c.mounted = sync.OnceValue(r.readMounted)
	c.laid = sync.OnceValue(func() []setting { return c.readSettings(r.readChains(c)) })
	included := map[string]bool{}
	for _, f := range r.Workspace.Config {
		if f.Kind == workspace.ConfigLocal || exampleName.MatchString(path.Base(f.Name)) {
			continue
		}
		if d, err := f.Doc(); err == nil && !templated.Match(d.Source()) {
			written := schema.FromDoc(d)
			node := (&includer{repo: r, left: maxIncludes, used: included}).resolve(written, path.Dir(f.Name))
			c.files = append(c.files, configFile{f.Name, f.Kind, d, node, written})
		}
	}
	// What is included is a part of another file, although its name may be that of a file by itself.
	c.files = slices.DeleteFunc(c.files, func(f configFile) bool { return included[f.name] })
	return c
}

// known is the text of a scalar that is written in the file, "" for anything else.
func known(n *schema.Node) string {
	if n == nil || !n.Known() || n.Type == schema.Object || n.Type == schema.Array || n.Type == schema.Null {
		return ""
	}
	return n.Text
}

// inNode is a finding at a value of the configuration.
func (r *Repo) inNode(n *schema.Node, key, format string, args ...any) Finding {
	f := r.at(n.File, n.Span, format, args...)
	f.key = key
	return f
}

// values walks through the values of a configuration, parents first.
func values(n *schema.Node, at schema.Path, visit func(schema.Path, *schema.Node)) {
	if n == nil || len(at) > 64 {
		return
	}
	visit(at, n)
	for _, m := range n.Members {
		values(m.Value, append(slices.Clip(at), m.Name), visit)
	}
	for _, item := range n.Items {
		values(item, append(slices.Clip(at), "[]"), visit)
	}
}

// matchesKeys reports whether a path is of a pattern of keys, in which "*" is any key.
func matchesKeys(at schema.Path, pattern string) bool {
	keys := strings.Fields(pattern)
	if len(keys) != len(at) {
		return false
	}
	for i, k := range keys {
		if k != "*" && k != at[i] {
			return false
		}
	}
	return true
}

// since reports whether the repository's release is a release or a later one; sure is false if
// the release is not known.
func (r *Repo) since(release string) (is, sure bool) {
	v, err := npmver.ParseVersion(r.Workspace.Release.Version)
	if err != nil {
		return false, false
	}
	from, err := npmver.ParseVersion(release)
	return err == nil && v.Compare(from) >= 0, err == nil
}

// proxySince is since for a version of the proxy's package, which the release has: the package may
// be older than the release, or newer.
func (r *Repo) proxySince(version, release string) (is, sure bool) {
	const name = "@backstage/plugin-proxy-backend"
	from, err := npmver.ParseVersion(version)
	if err != nil {
		return false, false
	}
	if lock := r.Lockfile(); lock != nil {
		for _, has := range lock.Versions(name) {
			if v, err := npmver.ParseVersion(has); err == nil {
				return v.Compare(from) >= 0, true
			}
		}
	}
	for _, b := range r.Workspace.Backends {
		if d, ok := b.Dep(name); ok {
			if rng, err := npmver.ParseRange(d.Spec); err == nil {
				if v, ok := rng.MinVersion(); ok {
					return v.Compare(from) >= 0, true
				}
			}
		}
	}
	return r.since(release)
}

// keySpan is the span of the last key of a path in a file.
func (f configFile) keySpan(keys ...string) (text.Span, bool) {
	v := f.doc.Root()
	for i, k := range keys {
		for m := range v.Members() {
			if m.Name == k && i == len(keys)-1 {
				return m.NameSpan, true
			}
		}
		v = v.Get(k)
	}
	return text.Span{}, false
}
