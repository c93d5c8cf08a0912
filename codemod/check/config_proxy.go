package check

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/text"
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
	is, sure := r.proxySince("0.3.0", "1.17.0")
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
	f.Fixes = []Fix{{Title: "Move the endpoints below proxy.endpoints", Safe: sure, Edits: edits}}
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

// endpoints are those of the endpoints of a proxy that are written as objects.
func endpoints(proxy *schema.Node) []schema.Member {
	if proxy == nil {
		return nil
	}
	list, old := proxy, true
	if e := proxy.Get("endpoints"); e != nil {
		list, old = e, false
	}
	return slices.DeleteFunc(slices.Clone(list.Members), func(m schema.Member) bool {
		return old && !strings.HasPrefix(m.Name, "/") || m.Value.Type != schema.Object || m.Value.From != ""
	})
}

// proxyTargets finds endpoints without a target in all files together, and those whose
// credentials the proxy does not know.
func proxyTargets(r *Repo) []Finding {
	if r.config().skipsInvalid() {
		return nil
	}
	var nodes []*schema.Node
	for _, f := range r.config().files {
		nodes = append(nodes, f.node)
	}
	proxy := schema.Overlay(nodes...).At("proxy")
	checked, sure := r.proxySince(credentialsSince, "1.28.0")
	var out []Finding
	for _, m := range endpoints(proxy) {
		if checked && sure {
			if v := m.Value.Get("credentials"); v != nil && known(v) != "" && !slices.Contains(credentialsPolicies, v.Text) {
				f := r.inNode(v, m.Name+" credentials", "the proxy endpoint %s has credentials: %s, which is none of %s", m.Name, v.Text, strings.Join(credentialsPolicies, ", "))
				f.Manual = "Write `credentials: require`, or `forward` if the target takes Backstage's tokens."
				out = append(out, f)
			}
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

// Since this version the proxy asks callers for credentials of Backstage.
const credentialsSince = "0.5.0"

var credentialsPolicies = []string{"require", "forward", "dangerously-allow-unauthenticated"}

// credentialHeader matches the names of headers that credentials are sent in.
var credentialHeader = regexp.MustCompile(`(?i)auth|token|key|secret|cookie|password`)

// tokenHosts are hosts whose APIs answer nobody who shows no token.
var tokenHosts = []string{
	"api.pagerduty.com", "api.eu.pagerduty.com", "api.newrelic.com", "api.eu.newrelic.com", "api.buildkite.com", "api.opsgenie.com", "api.eu.opsgenie.com",
	"api.datadoghq.com", "api.datadoghq.eu", "api.snyk.io", "api.rollbar.com", "api.firehydrant.io", "api.victorops.com", "api.openai.com",
}

// addsCredentials reports whether the proxy adds credentials to the requests of an endpoint.
func addsCredentials(endpoint *schema.Node) bool {
	if endpoint.Get("auth") != nil {
		return true
	}
	headers := endpoint.Get("headers")
	return headers != nil && (headers.From != "" || slices.ContainsFunc(headers.Members, func(m schema.Member) bool { return credentialHeader.MatchString(m.Name) }))
}

// allowsCredentials names a header with credentials that an endpoint passes on from its callers.
func allowsCredentials(endpoint *schema.Node) (name string, at *schema.Node) {
	list := endpoint.Get("allowedHeaders")
	if list == nil {
		return "", nil
	}
	for _, h := range list.Items {
		if credentialHeader.MatchString(h.Text) {
			return h.Text, h
		}
	}
	return "", nil
}

// proxyCredentials finds endpoints that give away credentials, and those that have none where the
// target wants some.
func proxyCredentials(r *Repo) []Finding {
	var out []Finding
	seen := map[string]bool{}
	add := func(f Finding, key string) {
		if f.key = key; !seen[f.File+key] {
			seen[f.File+key] = true
			out = append(out, f)
		}
	}
	protects, sure := r.proxySince(credentialsSince, "1.28.0")
	for _, s := range r.config().settings() {
		for _, m := range endpoints(s.node.At("proxy")) {
			policy := m.Value.Get("credentials")
			switch header, at := allowsCredentials(m.Value); {
			case known(policy) == "dangerously-allow-unauthenticated" && addsCredentials(m.Value) && sure && protects:
				f := r.inNode(policy, "", "the proxy endpoint %s adds credentials to the requests of anybody", m.Name)
				f.Detail = "Whoever reaches the backend uses the target with the credentials that are written there, without signing in."
				f.Manual = "Write `credentials: require`; the frontend calls the endpoint with fetchApi, which shows who is signed in."
				f.note = !s.production
				add(f, m.Name+" "+policy.Text)
			case strings.EqualFold(header, "authorization") && sure && protects && !addsCredentials(m.Value) && cmp.Or(known(policy), "require") == "require" && (policy == nil || policy.From == ""):
				f := r.inNode(at, "", "the proxy endpoint %s passes the Backstage tokens of users on to its target", m.Name)
				f.Detail = "Callers show the proxy who they are in the header Authorization, and allowedHeaders passes it on: the target could act as the user."
				f.Manual = "Take Authorization out of allowedHeaders, or write `credentials: forward` if the target is meant to have the token."
				f.note = true
				add(f, m.Name+" "+header)
			case header == "" && !addsCredentials(m.Value) && known(policy) != "forward":
				target := m.Value.Get("target")
				u, err := url.Parse(known(target))
				if err != nil || !slices.Contains(tokenHosts, strings.ToLower(u.Hostname())) || u.RawQuery != "" || u.User != nil {
					continue
				}
				f := r.inNode(target, "", "the proxy endpoint %s sends no credentials, and %s answers nobody without", m.Name, u.Hostname())
				f.Detail = "The proxy passes on neither cookies nor Authorization of the browser unless allowedHeaders names them."
				f.Manual = "Write the header that the target asks for below `headers:`, with the token from a variable: `Authorization: ${TOKEN}`."
				f.note = true
				add(f, m.Name+" target")
			}
		}
	}
	return out
}
