package check

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
)

func containerRules() []Rule {
	return []Rule{
		{Code: "BK001", Name: "runs-as-root", Family: Containers, Severity: diag.Warning, Title: "An image that runs the backend as root", Doc: doc("BK001"), Check: runsAsRoot},
		{Code: "BK002", Name: "missing-copy", Family: Containers, Severity: diag.Warning, Title: "COPY of what is not there", Doc: doc("BK002"), Check: copies},
		{Code: "BK003", Name: "excluded-sources", Family: Containers, Severity: diag.Error, Title: "An image built from sources that .dockerignore leaves out", Doc: doc("BK003"), Check: excludedSources},
		{Code: "BK004", Name: "config-not-copied", Family: Containers, Severity: diag.Warning, Title: "--config of a file that the image does not have", Doc: doc("BK004"), Check: configNotCopied},
		{Code: "BK005", Name: "container-port", Family: Containers, Severity: diag.Note, Title: "A container port that the backend does not listen at", Doc: doc("BK005"), Check: containerPorts},
		{Code: "BK006", Name: "latest-image", Family: Containers, Severity: diag.Note, Title: "An image without a version", Doc: doc("BK006"), Check: latestImages},
		{Code: "BK007", Name: "inline-secret", Family: Containers, Severity: diag.Warning, Title: "A secret in an image or manifest", Doc: doc("BK007"), Check: inlineSecrets, Secret: true},
		{Code: "BK008", Name: "no-probe", Family: Containers, Severity: diag.Note, Title: "A deployment without a readiness probe", Doc: doc("BK008"), Check: withoutProbe},
		{Code: "BK009", Name: "probe-path", Family: Containers, Severity: diag.Warning, Title: "A health check at a path that the backend does not serve", Doc: doc("BK009"), Check: probePaths},
		{Code: "BK010", Name: "replica-dropped", Family: Containers, Severity: diag.Note, Title: "One replica, which an update drops", Doc: doc("BK010"), Check: droppedReplica},
		{Code: "BK011", Name: "no-resources", Family: Containers, Severity: diag.Note, Title: "A container without resources", Doc: doc("BK011"), Check: withoutResources},
		{Code: "BK013", Name: "templates", Family: Containers, Severity: diag.Note, Title: "Manifests that are templates are not looked at", Doc: doc("BK013"), Check: templatedManifests},
	}
}

var kubernetesKind = regexp.MustCompile(`(?m)^kind:\s*(Deployment|StatefulSet|Service|Secret|ConfigMap|Kustomization)\s*$`)

// unreadableContainers has a finding for each Dockerfile of the backend that is none, and for each
// manifest and compose file that speaks of it and is no YAML.
func (r *Repo) unreadableContainers() []Finding {
	var out []Finding
	backends := r.backendDirs()
	for _, name := range r.Files() {
		if isDockerfile(name) && !notOurs.MatchString(path.Dir(name)) {
			if src, err := r.ReadFile(name); err == nil && mayBuildBackend(src, backends) {
				if _, err := parseDockerfile(name, src); err != nil {
					out = append(out, r.ofError(name, err))
				}
			}
			continue
		}
		if !r.isManifest(name) {
			continue
		}
		src, _ := r.ReadFile(name)
		if !bytes.Contains(src, []byte("backstage")) || !isCompose(name) && !kubernetesKind.Match(src) {
			continue
		}
		for _, d := range r.yamlDocs(name) {
			if problem := diag.Of(d.err); len(problem) > 0 && problem[0].Code == "invalid-yaml" {
				f := r.whole(name, "%s", problem[0].Summary)
				f.Span = text.Span{Start: d.offset, End: d.offset}
				f.Pos = r.file(name).index().Pos(d.offset)
				if problem[0].Span.Start > 0 {
					f = r.inDoc(d, problem[0].Span, "%s", problem[0].Summary)
				}
				out = append(out, f)
				break
			}
		}
	}
	return out
}

// yamlDoc is one document of a YAML file.
type yamlDoc struct {
	file   string
	offset int // of the document in the file
	doc    *yamledit.Doc
	err    error
}

func (d yamlDoc) span(s text.Span) text.Span {
	return text.Span{Start: s.Start + d.offset, End: s.End + d.offset}
}

// at is a finding at a span of the document.
func (r *Repo) inDoc(d yamlDoc, s text.Span, format string, args ...any) Finding {
	return r.at(d.file, d.span(s), format, args...)
}

// yamlDocs are the documents of a file.
func (r *Repo) yamlDocs(name string) []yamlDoc {
	src, err := r.ReadFile(name)
	if err != nil {
		return nil
	}
	var out []yamlDoc
	for _, part := range splitDocuments(src) {
		d, err := yamledit.Parse(name, src[part.Start:part.End])
		out = append(out, yamlDoc{name, part.Start, d, err})
	}
	return out
}

// container is a container that Kubernetes or compose starts.
type container struct {
	doc      yamlDoc
	name     string
	spec     yamledit.Value
	workload yamledit.Value // the Deployment or StatefulSet; none for compose
	image    yamledit.Value
	own      bool // it is the app's, or its backend's
	beside   bool // it is started with one that is

	// deployed are the workload as the manifest has it or, if there are some for it, as
	// kustomizations make it; none if that is not known, or if the manifest is no whole one.
	deployed []object
}

// others are parts of the names of images that are not the app's.
var others = []string{"postgres", "redis", "valkey", "nginx", "oauth2-proxy", "busybox", "techdocs", "mysql", "elastic", "opensearch", "frontend", "mongo", "minio", "vault", "gitea", "keycloak"}

// frontendName matches names of what serves the app alone.
var frontendName = regexp.MustCompile(`(?i)(^|[-_])(ui|web|frontend)$`)

// ours reports whether a container is the app's or its backend's: by its name, or what it is
// told.
func (r *Repo) ours(c container) bool {
	image := c.image.String()
	base, _ := splitImage(image[strings.LastIndexByte(image, '/')+1:])
	for _, other := range others {
		if strings.Contains(base, other) {
			return false
		}
	}
	if base == "app" || frontendName.MatchString(base) || frontendName.MatchString(c.name) {
		return false
	}
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), "backstage") }
	if has(image) || has(c.name) {
		return true
	}
	if name := r.Workspace.Root.Name; len(name) > 5 && name != "backend" && (base == path.Base(name) || c.name == path.Base(name)) {
		return true
	}
	for _, field := range []string{"command", "args"} {
		for w := range c.spec.Get(field).Elements() {
			if slices.Contains(r.backendDirs(), w.String()) {
				return true
			}
		}
	}
	for name := range c.variables() {
		if strings.HasPrefix(name, "APP_CONFIG_") {
			return true
		}
	}
	for _, probe := range probes {
		if strings.HasPrefix(c.spec.Get(probe).Get("httpGet").Get("path").String(), newHealth) {
			return true
		}
	}
	build := c.spec.Get("build")
	file := path.Join(build.Get("context").String(), build.Get("dockerfile").String())
	return build.Get("dockerfile").Kind() == yamledit.String &&
		slices.ContainsFunc(r.dockerfiles(), func(d dockerfile) bool { return d.name == path.Join(path.Dir(c.doc.file), file) && d.runsBackend() })
}

var probes = []string{"readinessProbe", "livenessProbe", "startupProbe"}

// isManifest reports whether a file may be a plain manifest: a YAML file that is no template.
func (r *Repo) isManifest(name string) bool {
	if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" || strings.HasPrefix(path.Base(name), "app-config") || notOurs.MatchString(path.Dir(name)) || strings.Contains(name, ".github/") {
		return false
	}
	src, err := r.ReadFile(name)
	return err == nil && len(src) <= maxMentions && !strings.Contains(string(src), "{{") && !strings.Contains(string(src), "<%")
}

// containers are those of plain manifests and of compose files.
func (r *Repo) containers() []container { return r.config().containers() }

func (r *Repo) readContainers() []container {
	var out []container
	kustomized := sync.OnceValues(r.kustomized)
	workloads := map[string][]object{}
	add := func(c container) {
		if c.own = r.ours(c); c.own && c.kubernetes() && c.image.String() != "" {
			id := documentID(c.doc.file, c.doc.offset)
			list, known := workloads[id]
			if !known {
				list = deployedAs(c, kustomized)
				workloads[id] = list
			}
			c.deployed = list
		}
		out = append(out, c)
	}
	for _, name := range r.Files() {
		if !r.isManifest(name) {
			continue
		}
		src, _ := r.ReadFile(name)
		compose := isCompose(name)
		if !compose && !strings.Contains(string(src), "containers:") || compose && !strings.Contains(string(src), "services:") {
			continue
		}
		for _, d := range r.yamlDocs(name) {
			if d.err != nil {
				continue
			}
			root := d.doc.Root()
			if compose {
				for m := range root.Get("services").Members() {
					add(container{doc: d, name: m.Name, spec: m.Value, image: scalar(m.Value.Get("image"))})
				}
				continue
			}
			switch root.Get("kind").String() {
			case "Deployment", "StatefulSet":
				for c := range root.Get("spec").Get("template").Get("spec").Get("containers").Elements() {
					add(container{doc: d, name: c.Get("name").String(), spec: c, workload: root, image: scalar(c.Get("image"))})
				}
			}
		}
	}
	mine := map[string]bool{}
	for _, c := range out {
		mine[documentID(c.doc.file, c.doc.offset)] = mine[documentID(c.doc.file, c.doc.offset)] || c.own && c.kubernetes()
	}
	for i, c := range out {
		out[i].beside = mine[documentID(c.doc.file, c.doc.offset)]
	}
	return out
}

// scalar is a value if it is a scalar, and none if it is anything else.
func scalar(v yamledit.Value) yamledit.Value {
	if v.Kind() == yamledit.Mapping || v.Kind() == yamledit.Sequence {
		return yamledit.Value{}
	}
	return v
}

// deployedAs is a container's workload as it is deployed.
func deployedAs(c container, kustomized func() (map[string][]object, map[string]bool)) []object {
	if c.workload.Get("spec").Get("selector").Kind() == yamledit.Missing {
		return nil // a patch
	}
	made, named := kustomized()
	list := made[documentID(c.doc.file, c.doc.offset)]
	switch {
	case slices.ContainsFunc(list, func(o object) bool { return o.unknown }), len(list) == 0 && named[c.doc.file]:
		return nil
	case len(list) == 0:
		list = []object{{file: c.doc.file, offset: c.doc.offset, tree: decodeTree(c.doc.doc.Source())}}
	}
	for i := range list {
		list[i].containers = map[string]tree{}
		for _, item := range list[i].tree.get("spec", "template", "spec", "containers").items() {
			list[i].containers[tree{item}.get("name").text()] = tree{item}
		}
	}
	return list
}

// everywhere reports whether it is known how the container is deployed, and something is so in
// each case.
func (c container) everywhere(so func(workload, spec tree) bool) bool {
	return len(c.deployed) > 0 && !slices.ContainsFunc(c.deployed, func(o object) bool {
		spec := o.containers[c.name]
		return spec.v == nil || !so(o.tree, spec)
	})
}

func isCompose(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "docker-compose") || strings.HasPrefix(base, "compose.") || strings.HasPrefix(base, "compose-")
}

func (c container) kubernetes() bool { return c.workload.Kind() == yamledit.Mapping }
