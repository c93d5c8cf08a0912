package check

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/batten-dev/batten/codemod/yamledit"
)

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
		image := c.image.String()
		if built || !unpinned(image) || !c.own && !c.beside {
			continue
		}
		if c.kubernetes() && !r.staysUnpinned(c) {
			continue
		}
		add(r.inDoc(c.doc, c.image.Span(), "the image %s is of no version", image), image)
	}
	for _, f := range r.newTags() {
		add(f, f.key)
	}
	for _, v := range r.helmValues() {
		if tag := v.section.Get("image").Get("tag"); tag.String() == "latest" {
			image := v.section.Get("image").Get("repository").String() + ":latest"
			add(r.inDoc(v.doc, tag.Span(), "the image %s is of no version", image), image)
		}
	}
	return out
}

// staysUnpinned reports whether no kustomization says the version of a container's image, or one
// of several does not.
func (r *Repo) staysUnpinned(c container) bool {
	name, _ := splitImage(c.image.String())
	if c.own && c.doc.doc != nil && len(c.deployed) > 0 {
		return slices.ContainsFunc(c.deployed, func(o object) bool {
			image := o.containers[c.name].get("image").text()
			return o.by == "" || unpinned(image) && image == c.image.String()
		})
	}
	return !slices.ContainsFunc(r.Files(), func(file string) bool {
		if !isKustomization(file) {
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
var commonPassword = regexp.MustCompile(`(?i)^((postgres(ql)?|admin|root|backstage|mysql|minio(admin)?|guest|user|change-?me)[\d!@#$_.-]*|true|false|\d{1,4}|hunter\d*|qwerty|welcome|p@ssw[o0]rd!?|passw[o0]rd\d*|secretpassword|mysecretpassword|backstage[-_]?\w*|.*(token|secret|passw).*(token|secret|passw).*)$`)

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
	for _, v := range r.helmValues() {
		for _, secret := range v.secrets() {
			f := r.inDoc(v.doc, secret.Value.Span(), "%s is written in the values of a chart", secret.Name)
			add(f, secret.Name, "Take it from a Secret that is made outside of the repository, and replace the secret: it is no longer one.")
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
						if err != nil || !utf8.Valid(plain) || bytes.ContainsFunc(plain, func(c rune) bool { return c < ' ' && !unicode.IsSpace(c) }) {
							continue // it is not encoded, or a file
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

// withoutProbe finds deployments that get requests before they can answer.
func withoutProbe(r *Repo) []Finding {
	var out []Finding
	for _, c := range r.containers() {
		if !c.everywhere(func(_, spec tree) bool { return spec.get("readinessProbe").empty() }) {
			continue
		}
		what := "no readiness probe"
		if c.everywhere(func(_, spec tree) bool { return spec.get("livenessProbe").empty() }) {
			what = "neither a readiness probe nor a liveness probe"
		}
		f := r.inDoc(c.doc, c.image.Span(), "the container %s has %s", c.name, what)
		f.key = c.name
		f.Detail = "Requests go to it before it can answer them, and an update to one that does not start replaces one that works."
		f.Manual = "Add a readinessProbe; " + r.healthPaths()
		out = append(out, f)
	}
	return out
}

// withoutResources finds containers that may take all of a node's memory.
func withoutResources(r *Repo) []Finding {
	var out []Finding
	for _, c := range r.containers() {
		if !c.everywhere(func(_, spec tree) bool {
			return spec.get("resources", "requests").empty() && spec.get("resources", "limits").empty()
		}) {
			continue
		}
		f := r.inDoc(c.doc, c.image.Span(), "the container %s says nothing of its resources", c.name)
		f.key = c.name
		f.Manual = "Add `resources` with requests and a limit of memory: a backend needs about 512 MiB to start."
		out = append(out, f)
	}
	return out
}

// droppedReplica finds deployments of one replica that is ended before the next one starts. One
// that keeps its data on a disk has to be.
func droppedReplica(r *Repo) []Finding {
	var out []Finding
	seen := map[string]bool{}
	for _, c := range r.containers() {
		id := documentID(c.doc.file, c.doc.offset)
		if seen[id] || c.workload.Get("kind").String() != "Deployment" {
			continue
		}
		if !c.everywhere(func(workload, _ tree) bool { return one(workload) && dropped(workload) != "" && !keepsData(workload) }) || r.scaled(c) {
			continue
		}
		seen[id] = true
		at := c.workload.Get("spec").Get("strategy").Get("type")
		if most := c.workload.Get("spec").Get("strategy").Get("rollingUpdate").Get("maxUnavailable"); at.String() != "Recreate" && most.Kind() != yamledit.Missing {
			at = most
		}
		if at.Kind() == yamledit.Missing { // a kustomization says it
			at = c.workload.Get("kind")
		}
		f := r.inDoc(c.doc, at.Span(), "%s: every update is an outage", dropped(c.deployed[0].tree))
		f.key = c.name
		f.Manual = "Use a rolling update with maxUnavailable: 0, or two replicas."
		out = append(out, f)
	}
	return out
}

// one reports whether a workload has one replica, as it has if it says nothing.
func one(workload tree) bool {
	n := workload.get("spec", "replicas")
	return n.v == nil || n.text() == "1"
}

// dropped says how an update ends the one replica of a workload before the next is ready; "" if
// it does not.
func dropped(workload tree) string {
	strategy := workload.get("spec", "strategy")
	if strategy.get("type").text() == "Recreate" {
		return "Recreate ends the one replica before the next one starts"
	}
	// Of percentages the part below one is left out, and the 25 % that are usual are none of one.
	most := strategy.get("rollingUpdate", "maxUnavailable").text()
	if most == "100%" || !strings.HasSuffix(most, "%") && most != "" && most != "0" {
		return "with maxUnavailable " + most + " the one replica may be ended before the next one is ready"
	}
	return ""
}

// keepsData reports whether the pods of a workload have a disk that only one of them can have.
func keepsData(workload tree) bool {
	return slices.ContainsFunc(workload.get("spec", "template", "spec", "volumes").items(), func(v any) bool {
		return !tree{v}.get("persistentVolumeClaim").empty()
	})
}

// scaled reports whether a HorizontalPodAutoscaler, or something like it, says how many replicas
// there are.
func (r *Repo) scaled(c container) bool {
	name := c.workload.Get("metadata").Get("name").String()
	return slices.ContainsFunc(r.Files(), func(file string) bool {
		if !r.isManifest(file) {
			return false
		}
		src, _ := r.ReadFile(file)
		return strings.Contains(string(src), "scaleTargetRef") && strings.Contains(string(src), "name: "+name)
	})
}
