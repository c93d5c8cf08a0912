package check

import (
	"encoding/base64"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
)

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
		if !c.ours() || !c.kubernetes() {
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
	return out
}

// unpinned reports whether a reference to an image says no version. One that is called backstage
// was most likely built on the same machine.
func unpinned(image string) bool {
	if image == "" || image == "scratch" || strings.ContainsAny(image, "$@<") || strings.HasPrefix(image, "backstage") {
		return false
	}
	last := image[strings.LastIndexByte(image, '/')+1:]
	_, tag, ok := strings.Cut(last, ":")
	return !ok || tag == "latest"
}

// latestImages finds images that are another one from day to day.
func latestImages(r *Repo) []Finding {
	var out []Finding
	add := func(f Finding, image string) {
		f.key = image
		f.Manual = "Write a version, so that what is built or deployed again is the same."
		out = append(out, f)
	}
	for _, d := range r.dockerfiles() {
		for i, s := range d.stages {
			if d.stage(s.image, i) < 0 && unpinned(s.image) {
				add(r.at(d.name, s.from.span, "the image %s is of no version", s.image), s.image)
			}
		}
	}
	for _, c := range r.containers() {
		built := c.spec.Get("build").Kind() != yamledit.Missing
		if image := c.image.String(); !built && unpinned(image) && (c.ours() || c.kubernetes()) && !r.kustomized(image) {
			add(r.inDoc(c.doc, c.image.Span(), "the image %s is of no version", image), image)
		}
	}
	return out
}

// kustomized reports whether a kustomization may say the version of an image.
func (r *Repo) kustomized(image string) bool {
	name, _, _ := strings.Cut(image, ":")
	return slices.ContainsFunc(r.Files(), func(file string) bool {
		if base := path.Base(file); base != "kustomization.yaml" && base != "kustomization.yml" {
			return false
		}
		src, err := r.ReadFile(file)
		return err == nil && strings.Contains(string(src), "images:") && strings.Contains(string(src), name)
	})
}

var secretVariable = regexp.MustCompile(`(?i)(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASS|PRIVATE_KEY|API_?KEY|ACCESS_KEY|SECRET_KEY|CLIENT_SECRET|PAT)$`)

// literal reports whether a value is a secret as far as can be told: written out, and not one that
// stands for another.
func literal(v string) bool {
	v = strings.Trim(v, `"'`)
	return v != "" && !strings.ContainsAny(v, "$<>{}") && !isPlaceholder(v) && !commonPassword.MatchString(v) && len(v) > 3
}

// commonPassword is what databases on a developer's machine have.
var commonPassword = regexp.MustCompile(`(?i)^(postgres(ql)?|admin|root|backstage|mysql|minio(admin)?|guest|user|true|false|\d{1,4}|hunter2|qwerty|welcome|p@ssw[o0]rd!?|passw[o0]rd\d*|secretpassword|mysecretpassword|backstage[-_]?\w*)$`)

// inlineSecrets finds secrets that are written in Dockerfiles and manifests.
func inlineSecrets(r *Repo) []Finding {
	var out []Finding
	add := func(f Finding, name, manual string) {
		f.key = name
		f.Detail = "Who can read the repository can read it, and it stays in the history."
		f.Manual = manual
		out = append(out, f)
	}
	for _, d := range r.dockerfiles() {
		for _, s := range d.stages {
			for _, ins := range s.list {
				if ins.name != "ENV" && ins.name != "ARG" {
					continue
				}
				words := ins.words
				if ins.name == "ENV" && len(words) >= 2 && !strings.Contains(words[0].text, "=") {
					words = []instructionWord{{words[0].text + "=" + words[1].text, ins.span}}
				}
				for _, w := range words {
					name, value, _ := strings.Cut(w.text, "=")
					if secretVariable.MatchString(name) && literal(value) {
						add(r.at(d.name, ins.span, "%s is written in the Dockerfile, and is in the image", name), name, "Give it to the container when it starts; for what the build needs use `RUN --mount=type=secret`.")
					}
				}
			}
		}
	}
	for _, c := range r.containers() {
		for name, v := range c.variables() {
			if secretVariable.MatchString(name) && literal(v.String()) {
				f := r.inDoc(c.doc, v.Span(), "%s is written in the manifest", name)
				f.note = !c.kubernetes()
				manual := "Take it from a Secret: `valueFrom: {secretKeyRef: {name: ..., key: ...}}`, and replace the secret: it is no longer one."
				if f.note {
					manual = "Write ${" + name + "}, and set it in a .env file that is not under version control."
				}
				add(f, c.name+" "+name, manual)
			}
		}
	}
	for _, name := range r.Files() {
		if !r.isManifest(name) {
			continue
		}
		src, _ := r.ReadFile(name)
		if !strings.Contains(string(src), "kind: Secret") {
			continue
		}
		for _, d := range r.yamlDocs(name) {
			if d.err != nil || d.doc.Root().Get("kind").String() != "Secret" || d.doc.Root().Get("sops").Kind() != yamledit.Missing {
				continue
			}
			for _, field := range []string{"data", "stringData"} {
				for m := range d.doc.Root().Get(field).Members() {
					value := m.Value.String()
					if field == "data" {
						plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
						if err != nil {
							continue
						}
						value = strings.TrimSpace(string(plain))
					}
					if secretVariable.MatchString(m.Name) && literal(value) {
						f := r.inDoc(d, m.Value.Span(), "%s is written in the manifest of a Secret", m.Name)
						add(f, m.Name, "Make the Secret outside of the repository, or encrypt it (sealed secrets, SOPS, external secrets), and replace the secret: it is no longer one.")
					}
				}
			}
		}
	}
	return out
}

// variables are the variables that a container's manifest writes out.
func (c container) variables() map[string]yamledit.Value {
	out := map[string]yamledit.Value{}
	if c.kubernetes() {
		for e := range c.spec.Get("env").Elements() {
			if v := e.Get("value"); v.Kind() != yamledit.Missing {
				out[e.Get("name").String()] = v
			}
		}
		return out
	}
	env := c.spec.Get("environment")
	for m := range env.Members() {
		out[m.Name] = m.Value
	}
	return out
}

// deployed are the containers of the app in whole deployments, of which no kustomization makes
// other ones.
func (r *Repo) deployed() []container {
	patched := slices.ContainsFunc(r.Files(), func(file string) bool {
		base := path.Base(file)
		return base == "kustomization.yaml" || base == "kustomization.yml"
	})
	return slices.DeleteFunc(slices.Clone(r.containers()), func(c container) bool {
		return !c.ours() || !c.kubernetes() || patched || c.image.String() == "" || c.workload.Get("spec").Get("selector").Kind() == yamledit.Missing
	})
}

// withoutProbe finds deployments that get requests before they can answer.
func withoutProbe(r *Repo) []Finding {
	var out []Finding
	for _, c := range r.deployed() {
		if c.spec.Get("readinessProbe").Kind() != yamledit.Missing {
			continue
		}
		f := r.inDoc(c.doc, c.image.Span(), "the container %s has no readiness probe", c.name)
		f.key = c.name
		f.Detail = "Requests go to it before it can answer them, and an update to one that does not start replaces one that works."
		f.Manual = "Add a readinessProbe; " + r.healthPaths()
		out = append(out, f)
	}
	return out
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

// withoutResources finds containers that may take all of a node's memory.
func withoutResources(r *Repo) []Finding {
	var out []Finding
	for _, c := range r.deployed() {
		if c.spec.Get("resources").Len() > 0 {
			continue
		}
		f := r.inDoc(c.doc, c.image.Span(), "the container %s says nothing of its resources", c.name)
		f.key = c.name
		f.Manual = "Add `resources` with requests and a limit of memory: a backend needs about 512 MiB to start."
		out = append(out, f)
	}
	return out
}

// droppedReplica finds deployments of one replica that is ended before the next one starts.
func droppedReplica(r *Repo) []Finding {
	var out []Finding
	seen := map[string]bool{}
	for _, c := range r.deployed() {
		spec := c.workload.Get("spec")
		if n := spec.Get("replicas"); n.Kind() != yamledit.Missing && n.String() != "1" || c.workload.Get("kind").String() != "Deployment" || seen[fmt.Sprint(c.doc.file, c.doc.offset)] {
			continue
		}
		seen[fmt.Sprint(c.doc.file, c.doc.offset)] = true
		strategy := spec.Get("strategy")
		at, why := strategy.Get("type"), "Recreate ends the one replica before the next one starts"
		if at.String() != "Recreate" {
			most := strategy.Get("rollingUpdate").Get("maxUnavailable")
			if v := strings.Trim(most.String(), "%"); v != "1" && v != "100" {
				continue
			}
			at, why = most, "with maxUnavailable "+most.String()+" the one replica may be ended before the next one is ready"
		}
		f := r.inDoc(c.doc, at.Span(), "%s: every update is an outage", why)
		f.key = c.name
		f.Manual = "Use a rolling update with maxUnavailable: 0, or two replicas."
		out = append(out, f)
	}
	return out
}

const (
	oldHealth = "/healthcheck"
	newHealth = "/.backstage/health/v1/"
)

// probePaths finds health checks at paths that the backend does not have.
func probePaths(r *Repo) []Finding {
	if len(r.Workspace.Backends) == 0 || r.sourcesMention("healthcheck") {
		return nil
	}
	allNew := !slices.ContainsFunc(r.Workspace.Backends, func(b *workspace.Backend) bool { return b.System != workspace.New })
	allOld := !slices.ContainsFunc(r.Workspace.Backends, func(b *workspace.Backend) bool { return b.System != workspace.Legacy })
	has, sure := r.since("1.29.0")
	var out []Finding
	look := func(name string, span text.Span, at, what string) {
		switch {
		case at == oldHealth && allNew:
			f := r.at(name, span, "a backend of the new system does not serve %s", oldHealth)
			f.key = what
			f.Detail = "Where it serves the app too, the path gives the app's page: the check is then always passed."
			f.Manual = "Check " + newHealth + "readiness."
			if sure && has {
				path := newHealth + "readiness"
				if what == "livenessProbe" {
					path = newHealth + "liveness"
				}
				f.Manual = "Check " + path + "."
				if src, err := r.ReadFile(name); err == nil && string(src[span.Start:span.End]) == oldHealth {
					f.Fixes = []Fix{{Title: "Check " + path, Safe: true, Edits: map[string][]text.Edit{name: {text.Replace(span, path)}}}}
				}
			}
			out = append(out, f)
		case strings.HasPrefix(at, "/.backstage/health") && (sure && !has || allOld):
			f := r.at(name, span, "the backend does not serve %s", at)
			f.key = what
			f.Detail = "Backends of the new system serve it from release 1.29 on."
			f.Manual = "Check another path, or a tcpSocket, until the backend is there."
			out = append(out, f)
		}
	}
	for _, c := range r.containers() {
		if !c.ours() || !c.kubernetes() {
			continue
		}
		for _, probe := range []string{"readinessProbe", "livenessProbe", "startupProbe"} {
			if v := c.spec.Get(probe).Get("httpGet").Get("path"); v.Kind() == yamledit.String {
				look(c.doc.file, c.doc.span(v.Span()), v.String(), probe)
			}
		}
	}
	for _, d := range r.dockerfiles() {
		ins, ok := d.final().last("HEALTHCHECK")
		if !ok || !d.runsBackend() {
			continue
		}
		if i := strings.Index(string(r.file(d.name).data[ins.span.Start:ins.span.End]), oldHealth); i >= 0 {
			start := ins.span.Start + i
			look(d.name, text.Span{Start: start, End: start + len(oldHealth)}, oldHealth, "HEALTHCHECK")
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
