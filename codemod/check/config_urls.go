package check

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/text"
)

// address is the parsed URL of a value that is written in a file; nil if it is none.
func address(n *schema.Node) *url.URL {
	u, err := url.Parse(strings.TrimSpace(known(n)))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil
	}
	return u
}

// origin is what a browser says as the origin of a page at a URL.
func origin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if u.Scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	} else {
		host = strings.TrimSuffix(host, ":443")
	}
	return u.Scheme + "://" + host
}

func local(u *url.URL) bool {
	switch u.Hostname() {
	case "localhost", "127.0.0.1", "0.0.0.0", "::1":
		return true
	}
	return false
}

// corsOrigins finds apps that are served from another place than the backend, by which CORS does
// not let them in.
func corsOrigins(r *Repo) []Finding {
	var out []Finding
	seen := map[string]bool{}
	for _, s := range r.config().settings() {
		app, be := address(s.node.At("app", "baseUrl")), address(s.node.At("backend", "baseUrl"))
		cors := s.node.At("backend", "cors")
		if app == nil || be == nil || origin(app) == origin(be) || cors == nil || cors.Type != schema.Object || local(app) != local(be) {
			continue // where one is of a developer's machine alone, BC020 says so
		}
		at := cors.Get("origin")
		if at == nil || at.From != "" {
			continue
		}
		list := []*schema.Node{at}
		if at.Type == schema.Array {
			list = at.Items
		}
		if slices.ContainsFunc(list, func(n *schema.Node) bool {
			v := known(n)
			return v == "" || strings.ContainsAny(v, "*?[{(!+@") || strings.EqualFold(v, origin(app)) || n.Type != schema.String
		}) || len(list) == 0 || seen[fmt.Sprint(at.File, at.Span)] || s.production && (r.overridden("backend", "cors", "origin") || r.overridden("app", "baseUrl")) {
			continue
		}
		seen[fmt.Sprint(at.File, at.Span)] = true
		f := r.inNode(at, "backend.cors.origin", "backend.cors.origin does not let the app in: its origin is %s", origin(app))
		appURL := s.node.At("app", "baseUrl")
		f.Related = []Place{r.place(appURL.File, appURL.Span, "app.baseUrl")}
		f.Detail = fmt.Sprintf("The app at %s calls the backend at %s, which is another origin; the browser refuses the answers.", app, be)
		if s.production && at.File != s.file {
			f.Manual = fmt.Sprintf("Set backend.cors.origin to %s in %s.", origin(app), s.file)
			f.Summary += " in production"
		} else {
			f.Manual = fmt.Sprintf("Write %s.", origin(app))
			if at.Type == schema.String && appURL.File == at.File {
				f.Fixes = []Fix{{Title: "Write the origin of app.baseUrl", Safe: true, Edits: map[string][]text.Edit{at.File: {text.Replace(at.Span, origin(app))}}}}
			}
		}
		out = append(out, f)
	}
	return out
}

// listenPort is the port that a configuration says the backend listens at; "" if it is not known.
func listenPort(s *schema.Node) (string, *schema.Node) {
	n := s.At("backend", "listen")
	if n == nil || n.Type == schema.Null && n.From == "" {
		return "7007", nil
	}
	if n.Type == schema.Object {
		p := n.Get("port")
		if p == nil {
			return "7007", n
		}
		n = p
	}
	v := known(n)
	if i := strings.LastIndexByte(v, ':'); i >= 0 {
		v = v[i+1:]
	}
	if v == "" || strings.Trim(v, "0123456789") != "" {
		return "", n
	}
	return v, n
}

// listenPorts finds backends of a developer's machine that are looked for at another port than
// that at which they listen.
func listenPorts(r *Repo) []Finding {
	var out []Finding
	for _, s := range r.config().settings() {
		at := s.node.At("backend", "baseUrl")
		be, app := address(at), address(s.node.At("app", "baseUrl"))
		if s.production || be == nil || app == nil || !local(be) || be.Scheme != "http" || origin(app) == origin(be) {
			continue
		}
		port, where := listenPort(s.node)
		want := be.Port()
		if want == "" {
			want = "80"
		}
		if port == "" || where == nil || port == want || port == "0" {
			continue
		}
		f := r.inNode(at, "backend.baseUrl", "backend.baseUrl is at port %s, and the backend listens at %s", want, port)
		f.Related = []Place{r.place(where.File, where.Span, "backend.listen")}
		f.Manual = "Write the same port in both."
		out = append(out, f)
	}
	return out
}

// mixedContent finds apps that are served over https and call a backend over http.
func mixedContent(r *Repo) []Finding {
	var out []Finding
	seen := map[string]bool{}
	for _, s := range r.config().settings() {
		at := s.node.At("backend", "baseUrl")
		be, app := address(at), address(s.node.At("app", "baseUrl"))
		if be == nil || app == nil || app.Scheme != "https" || be.Scheme != "http" || local(be) || seen[fmt.Sprint(at.File, at.Span)] {
			continue
		}
		seen[fmt.Sprint(at.File, at.Span)] = true
		f := r.inNode(at, "backend.baseUrl", "the app is at %s and its backend at %s: browsers refuse to call http from https", app, be)
		appURL := s.node.At("app", "baseUrl")
		f.Related = []Place{r.place(appURL.File, appURL.Span, "app.baseUrl")}
		f.Manual = "Write https in backend.baseUrl: it is the address that browsers use, not the one at which the backend listens."
		out = append(out, f)
	}
	return out
}

// localhostInProduction finds addresses that only the machine itself can reach.
func localhostInProduction(r *Repo) []Finding {
	var out []Finding
	for _, s := range r.config().production() {
		var at []*schema.Node
		for _, key := range []string{"app", "backend"} {
			n := s.node.At(key, "baseUrl")
			if u := address(n); u != nil && local(u) && n.File == s.file {
				at = append(at, n)
			}
		}
		if len(at) == 0 || r.overridden("app", "baseUrl") || r.overridden("backend", "baseUrl") {
			continue
		}
		f := r.inNode(at[0], "baseUrl", "the address is %s in production: only browsers on the same machine reach it", known(at[0]))
		f.Manual = "Write the address that users have in app.baseUrl and backend.baseUrl, or suppress this if the environment sets them (APP_CONFIG_app_baseUrl, APP_CONFIG_backend_baseUrl)."
		for _, n := range at[1:] {
			f.Related = append(f.Related, r.place(n.File, n.Span, "backend.baseUrl"))
		}
		out = append(out, f)
	}
	return out
}

// halfSetAddresses finds settings of production in which one of app.baseUrl and backend.baseUrl is
// set, and the other is that of a developer's machine.
func halfSetAddresses(r *Repo) []Finding {
	var out []Finding
	seen := map[string]bool{}
	for _, s := range r.config().production() {
		for _, key := range [][2]string{{"app", "backend"}, {"backend", "app"}} {
			set, left := s.node.At(key[0], "baseUrl"), s.node.At(key[1], "baseUrl")
			u, v := address(left), address(set)
			if set == nil || u == nil || !local(u) || left.File == s.file || set.File == left.File || seen[left.File+key[1]] || v != nil && local(v) || r.overridden(key[1], "baseUrl") {
				continue
			}
			if v == nil && set.From == "" && (set.Type != schema.String || set.Known()) {
				continue // no address
			}
			seen[left.File+key[1]] = true
			f := r.inNode(set, key[0]+".baseUrl alone", "%s sets %s.baseUrl, and %s.baseUrl stays %s", set.File, key[0], key[1], u)
			f.Related = []Place{r.place(left.File, left.Span, key[1]+".baseUrl")}
			f.Detail = "The app in the browser of a user would call a backend on the user's own machine."
			if key[1] == "app" {
				f.Detail = "The backend takes the app to be on the user's own machine: sign-in, links and CORS lead there."
			}
			f.Manual = fmt.Sprintf("Set %s.baseUrl in %s, too.", key[1], s.file)
			f.note = s.open
			out = append(out, f)
		}
	}
	return out
}
