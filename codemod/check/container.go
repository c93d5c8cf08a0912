package check

import (
	"path"
	"strings"

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
	}
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
	add := func(start, end int) {
		if strings.TrimSpace(string(src[start:end])) == "" {
			return
		}
		d, err := yamledit.Parse(name, src[start:end])
		out = append(out, yamlDoc{name, start, d, err})
	}
	start := 0
	for at := 0; at < len(src); {
		end := text.LineEnd(src, at)
		if line := strings.TrimRight(string(src[at:end]), " \t\r\n"); line == "---" || strings.HasPrefix(line, "--- ") {
			add(start, at)
			start = end
			if strings.HasPrefix(line, "--- ") && !strings.HasPrefix(strings.TrimSpace(line[4:]), "#") {
				start = at
			}
		}
		at = end
	}
	add(start, len(src))
	return out
}

// container is a container that Kubernetes or compose starts.
type container struct {
	doc      yamlDoc
	name     string
	spec     yamledit.Value
	workload yamledit.Value // the Deployment or StatefulSet; none for compose
	image    yamledit.Value
}

// ours reports whether a container is the app's or its backend's.
func (c container) ours() bool {
	image := c.image.String()
	if i := strings.LastIndexByte(image, '/'); i >= 0 {
		image = image[i+1:]
	}
	for _, other := range []string{"postgres", "redis", "valkey", "nginx", "oauth2-proxy", "busybox", "techdocs", "mysql", "elastic", "opensearch"} {
		if strings.Contains(image, other) {
			return false
		}
	}
	return strings.Contains(strings.ToLower(c.image.String()), "backstage") || strings.Contains(strings.ToLower(c.name), "backstage")
}

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
					out = append(out, container{doc: d, name: m.Name, spec: m.Value, image: m.Value.Get("image")})
				}
				continue
			}
			switch root.Get("kind").String() {
			case "Deployment", "StatefulSet":
				for c := range root.Get("spec").Get("template").Get("spec").Get("containers").Elements() {
					out = append(out, container{doc: d, name: c.Get("name").String(), spec: c, workload: root, image: c.Get("image")})
				}
			}
		}
	}
	return out
}

func isCompose(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "docker-compose") || strings.HasPrefix(base, "compose.") || strings.HasPrefix(base, "compose-")
}

func (c container) kubernetes() bool { return c.workload.Kind() == yamledit.Mapping }
