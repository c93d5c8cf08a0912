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

const (
	oldHealth = "/healthcheck"
	newHealth = "/.backstage/health/v1/"
)

// otherHealth are paths that other programs answer at when they are asked for their health.
var otherHealth = []string{"/health", "/healthz", "/livez", "/readyz", "/ready", "/live", "/liveness", "/readiness", "/api/health", "/api/healthcheck", "/health/live", "/health/ready"}

// healthCheck is a place that asks the backend for its health.
type healthCheck struct {
	file     string
	what     string    // "readinessProbe", "HEALTHCHECK"
	path     string    // "" if none is said
	pathSpan text.Span // bytes of file
	port     string    // in digits; "" if none is said
	portSpan text.Span
}

// healthURL matches the address of a health check that a command asks at.
var healthURL = regexp.MustCompile(`https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d+))?(/[^\s"'|;)\\<>]*)?`)

const maxHealthURLs = 4 // of one command

// healthURLs are the health checks of a command in a part of a file.
func healthURLs(file, what string, src []byte, in text.Span) []healthCheck {
	var out []healthCheck
	for _, m := range healthURL.FindAllSubmatchIndex(src[in.Start:in.End], maxHealthURLs) {
		h := healthCheck{file: file, what: what}
		if m[2] >= 0 {
			h.portSpan = text.Span{Start: in.Start + m[2], End: in.Start + m[3]}
			h.port = string(src[h.portSpan.Start:h.portSpan.End])
		}
		if m[4] >= 0 {
			h.pathSpan = text.Span{Start: in.Start + m[4], End: in.Start + m[5]}
			h.path = string(src[h.pathSpan.Start:h.pathSpan.End])
		}
		out = append(out, h)
	}
	return out
}

// probesOf are the probes of a container, or of the values of a chart.
func probesOf(d yamlDoc, spec yamledit.Value) []healthCheck {
	var out []healthCheck
	for _, probe := range probes {
		get := spec.Get(probe).Get("httpGet")
		h := healthCheck{file: d.file, what: probe}
		if v := get.Get("path"); v.Kind() == yamledit.String {
			h.path, h.pathSpan = v.String(), d.span(v.Span())
		}
		if v := get.Get("port"); v.Kind() == yamledit.Number {
			h.port, h.portSpan = v.String(), d.span(v.Span())
		}
		if h.path != "" || h.port != "" {
			out = append(out, h)
		}
	}
	return out
}

// healthChecks are those of Dockerfiles, manifests, compose files and values.
func (r *Repo) healthChecks() []healthCheck {
	var out []healthCheck
	for _, d := range r.dockerfiles() {
		if ins, ok := d.final().last("HEALTHCHECK"); ok && d.runsBackend() {
			out = append(out, healthURLs(d.name, "HEALTHCHECK", r.file(d.name).data, ins.span)...)
		}
	}
	for _, c := range r.containers() {
		switch {
		case !c.own:
		case c.kubernetes():
			out = append(out, probesOf(c.doc, c.spec)...)
		default:
			if test := c.spec.Get("healthcheck").Get("test"); test.Kind() != yamledit.Missing {
				out = append(out, healthURLs(c.doc.file, "healthcheck", r.file(c.doc.file).data, c.doc.span(test.Span()))...)
			}
		}
	}
	for _, v := range r.helmValues() {
		out = append(out, probesOf(v.doc, v.section)...)
	}
	return out
}

// productionPort is the port of all configurations for production; "" if that is not known.
func (r *Repo) productionPort() (string, *schema.Node) {
	port, at := "", (*schema.Node)(nil)
	for i, s := range r.config().production() {
		p, n := listenPort(s.node)
		if i > 0 && p != port {
			return "", nil
		}
		port, at = p, n
	}
	if at == nil || r.mentionsText("APP_CONFIG_backend_listen") || r.mentionsText("listen:") {
		return "", nil
	}
	return port, at
}

// containerPorts finds ports of containers at which the backend does not listen.
func containerPorts(r *Repo) []Finding {
	port, at := r.productionPort()
	if port == "" {
		return nil
	}
	var out []Finding
	add := func(f Finding, key string) {
		f.key = key
		f.Related = []Place{r.place(at.File, at.Span, "backend.listen")}
		f.Manual = fmt.Sprintf("Write %s, or let backend.listen say another port.", port)
		out = append(out, f)
	}
	for _, d := range r.dockerfiles() {
		if ins, ok := d.final().last("EXPOSE"); ok && d.runsBackend() && len(ins.words) == 1 {
			if v, _, _ := strings.Cut(ins.words[0].text, "/"); v != port && strings.Trim(v, "0123456789") == "" {
				add(r.at(d.name, ins.span, "the image exposes port %s, and the backend listens at %s", v, port), "EXPOSE")
			}
		}
	}
	for _, c := range r.containers() {
		if !c.own {
			continue
		}
		if !c.kubernetes() {
			if at, v, ok := r.composePort(c, port); ok {
				add(r.inDoc(c.doc, at, "port %s of the container is published, and the backend listens at %s", v, port), c.name+" ports")
			}
			continue
		}
		var ports []yamledit.Value
		has := false
		for p := range c.spec.Get("ports").Elements() {
			v := p.Get("containerPort")
			has = has || v.String() == port
			ports = append(ports, v)
		}
		if !has && len(ports) == 1 && ports[0].Kind() == yamledit.Number {
			add(r.inDoc(c.doc, ports[0].Span(), "the container's port is %s, and the backend listens at %s", ports[0], port), c.name+" ports")
		}
	}
	for _, v := range r.helmValues() {
		if p := v.section.Get("containerPorts").Get("backend"); p.Kind() == yamledit.Number && p.String() != port {
			add(r.inDoc(v.doc, p.Span(), "the container's port is %s, and the backend listens at %s", p, port), "containerPorts")
		}
	}
	for _, h := range r.healthChecks() {
		if h.port != "" && h.port != port {
			add(r.at(h.file, h.portSpan, "the %s asks at port %s, and the backend listens at %s", h.what, h.port, port), h.what)
		}
	}
	return out
}

// publishedPort matches a port that compose publishes: its part in the container.
var publishedPort = regexp.MustCompile(`^(?:[^$]*:)?(\d+)(?:/tcp)?$`)

// composePort is the port that a service publishes, if it is the only one, and another than that
// of the backend. One that is built from sources, or is told what to run, may be for development.
func (r *Repo) composePort(c container, port string) (at text.Span, published string, ok bool) {
	if c.spec.Get("command").Kind() != yamledit.Missing || c.spec.Get("ports").Len() != 1 {
		return at, "", false
	}
	for p := range c.spec.Get("ports").Elements() {
		v := p
		if p.Kind() == yamledit.Mapping {
			v = p.Get("target")
		}
		if m := publishedPort.FindStringSubmatch(v.String()); m != nil && m[1] != port {
			return v.Span(), m[1], true
		}
	}
	return at, "", false
}

func (r *Repo) healthPaths() string {
	if r.servesHealth() {
		return "the backend answers at /.backstage/health/v1/readiness and /.backstage/health/v1/liveness."
	}
	return "a backend of this release needs a path of its own for it, or a tcpSocket."
}

// servesHealth reports whether the backend has the health service: those of the new system do
// since 1.29.
func (r *Repo) servesHealth() bool {
	is, sure := r.since("1.29.0")
	return is && sure && slices.ContainsFunc(r.Workspace.Backends, func(b *workspace.Backend) bool { return b.System == workspace.New })
}

// probePaths finds health checks at paths that the backend does not have.
func probePaths(r *Repo) []Finding {
	if len(r.Workspace.Backends) == 0 || r.sourcesMention("healthcheck") {
		return nil
	}
	allNew := !slices.ContainsFunc(r.Workspace.Backends, func(b *workspace.Backend) bool { return b.System != workspace.New })
	allOld := !slices.ContainsFunc(r.Workspace.Backends, func(b *workspace.Backend) bool { return b.System != workspace.Legacy })
	has, sure := r.since("1.29.0")
	var out []Finding
	for _, h := range r.healthChecks() {
		at := strings.TrimSuffix(h.path, "/")
		other := slices.Contains(otherHealth, at)
		switch {
		case allNew && (at == oldHealth || other && !r.sourcesMention(at)):
			f := r.at(h.file, h.pathSpan, "a backend of the new system does not serve %s", at)
			f.key, f.note = h.what, other // a module may
			f.Detail = "Where it serves the app too, the path gives the app's page: the check is then always passed."
			f.Manual = "Check " + newHealth + "readiness."
			if sure && has {
				path := newHealth + "readiness"
				if h.what == "livenessProbe" {
					path = newHealth + "liveness"
				}
				f.Manual = "Check " + path + "."
				if src, err := r.ReadFile(h.file); err == nil && string(src[h.pathSpan.Start:h.pathSpan.End]) == h.path && !other {
					f.Fixes = []Fix{{Title: "Check " + path, Safe: true, Edits: map[string][]text.Edit{h.file: {text.Replace(h.pathSpan, path)}}}}
				}
			}
			out = append(out, f)
		case strings.HasPrefix(at, "/.backstage/health") && (sure && !has || allOld):
			f := r.at(h.file, h.pathSpan, "the backend does not serve %s", at)
			f.key = h.what
			f.Detail = "Backends of the new system serve it from release 1.29 on."
			f.Manual = "Check another path, or a tcpSocket, until the backend is there."
			out = append(out, f)
		}
	}
	return out
}

// sourcesMention reports whether a source of a backend, or of a plugin, speaks of something.
func (r *Repo) sourcesMention(what string) bool {
	return slices.ContainsFunc(r.Sources(), func(s *Source) bool {
		src, err := r.ReadFile(s.File)
		return err == nil && s.Package.Role != workspace.RoleFrontend && strings.Contains(strings.ToLower(string(src)), what)
	})
}
