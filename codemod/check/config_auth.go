package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// oldEndpoints are the keys of a file's proxy that are endpoints of the old layout.
func oldEndpoints(f configFile) []yamledit.Member {
	var out []yamledit.Member
	for m := range f.doc.Root().Get("proxy").Members() {
		if strings.HasPrefix(m.Name, "/") {
			out = append(out, m)
		}
	}
	return out
}

// oldProxies finds proxy endpoints directly under proxy: one finding for all files.
func oldProxies(r *Repo) []Finding {
	is, sure := r.since("1.18.0")
	if sure && !is {
		return nil
	}
	var old, now []configFile
	for _, f := range r.config().files {
		if len(oldEndpoints(f)) > 0 {
			old = append(old, f)
		}
		if e := f.node.At("proxy", "endpoints"); e != nil && len(e.Members) > 0 {
			now = append(now, f)
		}
	}
	if len(old) == 0 {
		return nil
	}
	first := oldEndpoints(old[0])[0]
	f := r.at(old[0].name, first.NameSpan, "proxy endpoints belong under proxy.endpoints, not directly under proxy")
	f.key = "proxy"
	f.note = !sure
	for i, file := range old {
		for j, m := range oldEndpoints(file) {
			if i+j > 0 {
				f.Related = append(f.Related, r.place(file.name, m.NameSpan, m.Name))
			}
		}
	}
	f.Manual = "Write `endpoints:` under `proxy:`, and indent the endpoints below it, in all files at once: where a file has `endpoints`, the others are left out."
	if len(now) > 0 {
		v, _ := now[0].keySpan("proxy", "endpoints")
		f.Summary = fmt.Sprintf("the proxy endpoint %s is not there: proxy.endpoints is set, and those directly under proxy are then left out", first.Name)
		f.Related = append([]Place{r.place(now[0].name, v, "proxy.endpoints")}, f.Related...)
		f.Manual = "Move the endpoints below proxy.endpoints."
		return []Finding{f}
	}
	edits := map[string][]text.Edit{}
	for _, file := range old {
		if edits[file.name] = indentProxy(file); edits[file.name] == nil {
			return []Finding{f}
		}
	}
	f.Fixes = []Fix{{Title: "Move the endpoints below proxy.endpoints", Safe: true, Edits: edits}}
	return []Finding{f}
}

// indentProxy moves all that is under proxy below a new key, endpoints; nil if it has other keys,
// or is not written on lines of its own.
func indentProxy(f configFile) []text.Edit {
	proxy := f.doc.Root().Get("proxy")
	if len(oldEndpoints(f)) != proxy.Len() {
		return nil
	}
	key, _ := f.keySpan("proxy")
	src := f.doc.Source()
	span := proxy.Span()
	start, end := text.LineEnd(src, key.End), text.LineEnd(src, max(span.End-1, span.Start))
	first := oldEndpoints(f)[0].NameSpan.Start
	indent := string(src[text.LineStart(src, first):first])
	if first < start || strings.Trim(indent, " ") != "" || indent == "" || strings.TrimSpace(string(src[key.End:start])) != ":" {
		return nil
	}
	edits := []text.Edit{text.Insert(start, indent+"endpoints:"+text.EOL(src))}
	for at := start; at < end; at = text.LineEnd(src, at) {
		line := string(src[at:text.LineEnd(src, at)])
		if strings.TrimSpace(line) == "" {
			continue
		}
		if at == start {
			edits[0].New += indent
			continue
		}
		edits = append(edits, text.Insert(at, indent))
	}
	return edits
}

// hasScheme matches what may be a URL: "localhost:80" is one, with the scheme localhost.
var hasScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

// proxyTargets finds endpoints without a target in all files together.
func proxyTargets(r *Repo) []Finding {
	if r.config().skipsInvalid() {
		return nil
	}
	var nodes []*schema.Node
	for _, f := range r.config().files {
		nodes = append(nodes, f.node)
	}
	proxy := schema.Overlay(nodes...).At("proxy")
	if proxy == nil {
		return nil
	}
	list := proxy
	if e := proxy.Get("endpoints"); e != nil {
		list = e
	}
	if list.Type != schema.Object {
		return nil
	}
	var out []Finding
	for _, m := range list.Members {
		if list == proxy && !strings.HasPrefix(m.Name, "/") || m.Value.Type != schema.Object || m.Value.From != "" {
			continue
		}
		target := m.Value.Get("target")
		if target == nil || target.Type == schema.Null && target.From == "" {
			// The member's place is in the file that is laid over the others last.
			f := r.at(m.Value.File, m.Span, "the proxy endpoint %s has no target", m.Name)
			f.key = m.Name
			f.Manual = "Write `target: https://...` below it. Without one the proxy does not start, and with it the backend."
			out = append(out, f)
			continue
		}
		if v := known(target); v != "" && !hasScheme.MatchString(v) {
			f := r.inNode(target, m.Name+" target", "the target of the proxy endpoint %s is no URL: %s", m.Name, v)
			f.Manual = "Write it with the scheme: https://" + strings.TrimPrefix(v, "//") + "."
			out = append(out, f)
		}
	}
	return out
}

func (c *config) skipsInvalid() bool {
	return slices.ContainsFunc(c.files, func(f configFile) bool {
		return known(f.node.At("proxy", "skipInvalidProxies")) == "true"
	})
}

// dangerousAuth finds switches that let anybody in, where they count in production.
func dangerousAuth(r *Repo) []Finding {
	var out []Finding
	seen := map[string]bool{}
	for _, s := range r.config().production() {
		for _, key := range [][]string{
			{"auth", "providers", "guest", "dangerouslyAllowOutsideDevelopment"},
			{"backend", "auth", "dangerouslyDisableDefaultAuthPolicy"},
		} {
			n := s.node.At(key...)
			if known(n) != "true" || seen[fmt.Sprint(n.File, n.Span)] {
				continue
			}
			seen[fmt.Sprint(n.File, n.Span)] = true
			path := strings.Join(key, ".")
			f := r.inNode(n, path, "%s is set in production", path)
			if n.File != s.file {
				f.Summary = fmt.Sprintf("%s is set, and %s does not reset it", path, s.file)
			}
			f.Detail = "Whoever reaches the app is signed in as a guest, with what the guest may do."
			if key[0] == "backend" {
				f.Detail = "The backend answers requests without credentials: whoever reaches it can read and write everything."
			}
			f.Manual = fmt.Sprintf("Remove it, or move it to a file for development. Until then set it to false in %s.", s.file)
			out = append(out, f)
		}
	}
	return out
}

// oauthProviders are the providers whose configuration has a level for the environment.
var oauthProviders = []string{
	"atlassian", "auth0", "bitbucket", "bitbucketServer", "github", "gitlab", "google", "microsoft", "oauth2", "oidc", "okta", "onelogin",
}

// authEnvironments finds providers that have no configuration for the environment that
// auth.environment names.
func authEnvironments(r *Repo) []Finding {
	var out []Finding
	seen := map[string]bool{}
	for _, s := range r.config().settings() {
		env := "development"
		at := s.node.At("auth", "environment")
		if at != nil && at.Type != schema.Null || at != nil && at.From != "" {
			if env = known(at); env == "" {
				continue
			}
		}
		providers := s.node.At("auth", "providers")
		if providers == nil || providers.From != "" {
			continue
		}
		for _, m := range providers.Members {
			if !slices.Contains(oauthProviders, m.Name) || m.Value.Type != schema.Object || m.Value.From != "" || len(m.Value.Members) == 0 || m.Value.Get(env) != nil {
				continue
			}
			if slices.ContainsFunc(m.Value.Members, func(e schema.Member) bool { return e.Value.Type != schema.Object || e.Value.From != "" }) {
				continue
			}
			id := fmt.Sprint(m.Value.File, m.Span)
			// Without app-config for production the base file is for all environments.
			if seen[id] || !s.production && r.config().setsEnvironment(s) {
				continue
			}
			seen[id] = true
			var has []string
			for _, e := range m.Value.Members {
				has = append(has, e.Name)
			}
			f := r.at(m.Value.File, m.Span, "auth.providers.%s has nothing for the environment %s, only for %s", m.Name, env, strings.Join(has, ", "))
			f.key = m.Name + " " + env
			if at != nil {
				f.Related = []Place{r.place(at.File, at.Span, "auth.environment")}
			} else {
				f.Detail = "auth.environment is not set, which means development."
			}
			f.Manual = fmt.Sprintf("Add the key %s to it, or set auth.environment in %s.", env, s.file)
			out = append(out, f)
		}
	}
	return out
}

// setsEnvironment reports whether a file other than a setting's own names an environment: the
// setting is then not used as it is.
func (c *config) setsEnvironment(s setting) bool {
	return slices.ContainsFunc(c.files, func(f configFile) bool {
		return f.name != s.file && f.node.At("auth", "environment") != nil && f.kind != workspace.ConfigBase
	})
}
