package check

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// chartValues are the values of a Helm chart for the backend: a file that is no template.
type chartValues struct {
	doc     yamlDoc
	section yamledit.Value // what is about the backend's container
}

var valuesName = regexp.MustCompile(`(?i)(^|[._-])values([._-]|$)`)

// helmValues are the values of charts for the backend: those of Backstage's own chart, under
// "backstage", and those of a chart of one's own whose image is called after it.
func (r *Repo) helmValues() []chartValues { return r.config().values() }

func (r *Repo) readValues() []chartValues {
	var out []chartValues
	for _, name := range r.Files() {
		if !valuesName.MatchString(path.Base(name)) || strings.Contains(path.Base(name), "schema") || !r.isManifest(name) {
			continue
		}
		for _, d := range r.yamlDocs(name) {
			if d.err != nil {
				continue
			}
			if section, ok := r.backendSection(d.doc.Root()); ok {
				out = append(out, chartValues{d, section})
			}
		}
	}
	return out
}

// backendSection finds what of a chart's values is about the backend.
func (r *Repo) backendSection(root yamledit.Value) (yamledit.Value, bool) {
	for _, v := range []yamledit.Value{root.Get("backstage"), root.Get("backstage").Get("backstage"), root.Get("upstream").Get("backstage")} {
		if slices.ContainsFunc([]string{"image", "appConfig", "extraAppConfig", "extraEnvVars", "containerPorts", "readinessProbe"}, func(key string) bool {
			return v.Get(key).Kind() != yamledit.Missing
		}) {
			return v, true
		}
	}
	image := path.Base(root.Get("image").Get("repository").String())
	own := strings.Contains(image, "backstage") && !strings.Contains(image, "frontend") || len(image) > 5 && image == path.Base(r.Workspace.Root.Name)
	return root, own
}

// secrets are the secrets that are written in the values: of variables, of the configuration, and
// of the database that comes with the chart.
func (v chartValues) secrets() []yamledit.Member {
	var out []yamledit.Member
	add := func(name string, value yamledit.Value) {
		if value.Kind() == yamledit.String && literal(value.String()) {
			out = append(out, yamledit.Member{Name: name, Value: value})
		}
	}
	for _, field := range []string{"extraEnvVars", "env", "envs", "environment"} {
		list := v.section.Get(field)
		for e := range list.Elements() {
			if name := e.Get("name").String(); secretVariable.MatchString(name) {
				add(name, e.Get("value"))
			}
		}
		for m := range list.Members() {
			if secretVariable.MatchString(m.Name) {
				add(m.Name, m.Value)
			}
		}
	}
	for _, key := range []string{"password", "postgresPassword"} {
		add("postgresql.auth."+key, v.doc.doc.Root().Get("postgresql").Get("auth").Get(key))
	}
	configValues(v.section.Get("appConfig"), nil, func(at schema.Path, value yamledit.Value) {
		if slices.ContainsFunc(secretKeys, func(k string) bool { return matchesKeys(at, k) }) {
			add(at.String(), value)
		}
	})
	return out
}

// configValues walks through a configuration.
func configValues(v yamledit.Value, at schema.Path, visit func(schema.Path, yamledit.Value)) {
	if len(at) > 12 { // no secret is deeper
		return
	}
	visit(at, v)
	for m := range v.Members() {
		configValues(m.Value, append(slices.Clip(at), m.Name), visit)
	}
	for item := range v.Elements() {
		configValues(item, append(slices.Clip(at), "[]"), visit)
	}
}

// templatedManifests says once which manifests of the backend are templates, and so not looked
// at.
func templatedManifests(r *Repo) []Finding {
	var names []string
	for _, name := range r.Files() {
		if !r.isChartTemplate(name) {
			continue
		}
		src, err := r.ReadFile(name)
		if err == nil && len(src) <= maxMentions && strings.Contains(string(src), "{{") && workloadKind.Match(src) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	what := names[0]
	if n := len(names) - 1; n > 0 {
		what = fmt.Sprintf("%s and %d more", what, n)
	}
	f := r.whole(names[0], "templates are not looked at: %s", what)
	f.key = "templates"
	f.Detail = "What a template makes depends on values that are not known here."
	f.Manual = "To have the rules for manifests look at them, write what `helm template` makes to a file, and check that."
	return []Finding{f}
}

var workloadKind = regexp.MustCompile(`(?m)^kind:\s*(Deployment|StatefulSet)\s*$`)

// isChartTemplate reports whether a file is a template of a Helm chart that is no example, and
// whose name, or that of its folder, is that of the app.
func (r *Repo) isChartTemplate(name string) bool {
	chart, _, ok := strings.Cut(name, "/templates/")
	if ext := path.Ext(name); !ok || ext != ".yaml" && ext != ".yml" || notOurs.MatchString(chart) {
		return false
	}
	src, err := r.ReadFile(path.Join(chart, "Chart.yaml"))
	root := path.Base(r.Workspace.Root.Name)
	return err == nil && (strings.Contains(strings.ToLower(chart+string(src)), "backstage") || len(root) > 5 && strings.Contains(chart, root))
}
