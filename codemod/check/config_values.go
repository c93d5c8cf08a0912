package check

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/workspace"
)

// secretKeys are the keys that hold a secret in every release, with "*" for any key.
var secretKeys = []string{
	"integrations * [] token", "integrations * [] appPassword", "integrations * [] password", "integrations * [] secretAccessKey",
	"integrations * [] credentials [] clientSecret", "integrations * [] credentials [] personalAccessToken",
	"integrations * [] apps [] clientSecret", "integrations * [] apps [] privateKey", "integrations * [] apps [] webhookSecret",
	"auth providers * * clientSecret", "auth session secret",
	"backend auth keys [] secret", "backend auth externalAccess [] options token", "backend auth externalAccess [] options secret",
	"proxy endpoints * headers Authorization", "proxy * headers Authorization",
	"proxy endpoints * headers PRIVATE-TOKEN", "proxy * headers PRIVATE-TOKEN",
}

// placeholder is what people write where a secret has to go: it gives nothing away.
var placeholder = regexp.MustCompile(`(?i)^((token|bearer|basic|apikey)\s+)?['"]?([x*.\-_ 0]*|<.*>|\[.*\]|\{.*\}|.*\b(your|my|enter|insert|add|put|replace|change|dummy|fake|example|sample|placeholder|todo|fixme|here|redacted|not[-_ ]?used|unused|temp|test|local|dev)\b.*|your.*|my[-_].*|change.?me.*|replace.*|dummy.*|fake.*|test.*|todo.*|some[-_].*|.*xxx.*|.*\*\*\*.*|s3cr3t|abc(123|d.*)?|12345.*|secret|token|password|pass|value|none|null|undefined|n/?a|foo|bar|foobar|(super|very)?[-_]?secret([-_]?(key|token|value))?|(bearer|basic|token))['"]?$`)

// variableName is a name without the ${} around it.
var variableName = regexp.MustCompile(`^\$?[A-Z]+(_[A-Z]+)+$`)

// isPlaceholder reports whether a value is no secret, but stands for one.
func isPlaceholder(value string) bool {
	return variableName.MatchString(value) || placeholder.MatchString(strings.NewReplacer("_", " ", "-", " ").Replace(value)) || placeholder.MatchString(value)
}

// secrets are the values of secret keys that are written in the files.
func (c *config) secrets() []secretValue {
	var out []secretValue
	for _, f := range c.files {
		values(f.node, nil, func(at schema.Path, n *schema.Node) {
			if known(n) != "" && slices.ContainsFunc(secretKeys, func(k string) bool { return matchesKeys(at, k) }) {
				out = append(out, secretValue{f, at, n})
			}
		})
	}
	return out
}

type secretValue struct {
	file configFile
	path schema.Path
	node *schema.Node
}

var forDevelopment = regexp.MustCompile(`(?i)(^|[._-])(dev|development|local|test|e2e|ci|docker|demo)([._-]|$)`)

// plainSecrets finds secrets that are written in the files: at keys that hold one in every
// release, and those of the schemas of installed packages.
func plainSecrets(r *Repo) []Finding {
	var out []Finding
	seen := map[string]bool{}
	add := func(f Finding, at schema.Path, note bool) {
		id := fmt.Sprint(f.File, f.Span)
		if seen[id] {
			return
		}
		seen[id] = true
		f.key = at.String()
		f.note = note || forDevelopment.MatchString(path.Base(f.File))
		f.Detail = "Who can read the repository can read it, and it stays in the history."
		f.Manual = fmt.Sprintf("Write ${%s}, set the variable where the backend runs, and replace the secret: it is no longer one.", schema.EnvName(at))
		out = append(out, f)
	}
	for _, s := range r.config().secrets() {
		if isPlaceholder(s.node.Text) {
			continue
		}
		add(r.at(s.node.File, s.node.Span, "%s is a secret, and is written in plain text", s.path), s.path, false)
	}
	for _, p := range r.config().problems(r) {
		if p.Code != schema.PlainSecret || len(p.Path) > 1 && p.Path[0] == "backend" && p.Path[1] == "database" {
			continue // BD004 has those
		}
		if n := r.config().valueAt(p); n != nil && known(n) != "" && !isPlaceholder(n.Text) {
			add(r.at(p.File, p.Span, "%s is a secret, and is written in plain text", p.Path), p.Path, p.Severity == diag.Note)
		}
	}
	return out
}

// valueAt is the value that a problem is about.
func (c *config) valueAt(p schema.Problem) *schema.Node {
	if f, ok := c.fileOf(p.File); ok {
		return f.node.At(p.Path...)
	}
	return nil
}

// exampleSecrets finds placeholders where the backend takes them for secrets: its keys in any
// file, and every secret in a file for production.
func exampleSecrets(r *Repo) []Finding {
	var out []Finding
	for _, s := range r.config().secrets() {
		keys := len(s.path) > 1 && s.path[0] == "backend" && s.path[1] == "auth"
		if !isPlaceholder(s.node.Text) || !keys && s.file.kind != workspace.ConfigProduction {
			continue
		}
		f := r.inNode(s.node, s.path.String(), "%s is left as in the example: %q", s.path, s.node.Text)
		f.note = s.file.kind != workspace.ConfigProduction
		if keys {
			f.Detail = "Whoever knows this value can sign tokens that the backend trusts."
		}
		f.Manual = fmt.Sprintf("Write ${%s}, and set the variable where the backend runs.", schema.EnvName(s.path))
		out = append(out, f)
	}
	return out
}

// setsVariables reports whether a file may set environment variables, or say which there are.
func setsVariables(name string) bool {
	base := path.Base(name)
	if strings.HasPrefix(base, "app-config") {
		return false
	}
	switch path.Ext(base) {
	case ".yaml", ".yml", ".tpl", ".tf", ".tfvars", ".sh", ".env", ".hcl", ".nix", ".toml", ".bicep", ".ps1", ".md", ".tmpl", ".gotmpl", ".jsonnet", ".properties":
		return true
	}
	return strings.HasPrefix(base, ".env") || strings.HasPrefix(base, "env.") || strings.Contains(base, "Dockerfile") || base == "Makefile" || base == "Taskfile" ||
		base == "Tiltfile" || base == "Jenkinsfile" || base == "package.json" || strings.HasPrefix(base, "docker-compose") || base == "justfile" || base == "Earthfile"
}

const maxMentions = 512 << 10 // bytes of a file that may mention variables

// unsetVariables finds variables that no file of the repository mentions, in a repository whose
// files mention others.
func unsetVariables(r *Repo) []Finding {
	type use struct {
		ref  schema.Ref
		file configFile
	}
	uses := map[string]use{}
	var names []string
	for _, f := range r.config().files {
		for _, ref := range f.node.Refs() {
			if ref.From != "${}" && ref.From != "$env" || ref.Fallback || !setByPeople(ref.Name) {
				continue
			}
			if _, ok := uses[ref.Name]; !ok {
				uses[ref.Name] = use{ref, f}
				names = append(names, ref.Name)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	mentioned := map[string]bool{}
	word := regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
	for _, file := range r.Files() {
		if !setsVariables(file) {
			continue
		}
		src, err := r.ReadFile(file)
		if err != nil || len(src) > maxMentions || !strings.Contains(string(src), "_") && !mentionsAny(string(src), names) {
			continue
		}
		for _, w := range word.FindAllString(string(src), -1) {
			if _, ok := uses[w]; ok {
				mentioned[w] = true
			}
		}
	}
	// Only where most are mentioned is it a sign that one is not.
	if len(mentioned)*2 < len(names) {
		return nil
	}
	var out []Finding
	for _, name := range names {
		if mentioned[name] {
			continue
		}
		u := uses[name]
		f := r.inNode(u.ref.Node, name, "nothing in the repository sets or mentions %s", name)
		f.Detail = "Where it is not set, the value of " + u.ref.Path.String() + " is missing."
		f.Manual = "Set it where the backend runs, or give it a fallback: ${" + name + ":-value}."
		out = append(out, f)
	}
	return out
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// setByPeople reports whether a name is that of a variable which Kubernetes does not set by itself.
func setByPeople(name string) bool {
	return variable.MatchString(name) && !strings.HasSuffix(name, "_SERVICE_HOST") && !strings.Contains(name, "_SERVICE_PORT")
}

func mentionsAny(src string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(src, n) })
}

// madeElsewhere are the names of files that are not meant to be in a repository.
var madeElsewhere = regexp.MustCompile(`(?i)(credential|secret|token|local|private|key|\.pem$|\.crt$|\.ca$|cert)`)

// missingIncludes finds files that the configuration takes values from, and that do not exist.
func missingIncludes(r *Repo) []Finding {
	var out []Finding
	for _, f := range r.config().files {
		for _, ref := range f.node.Refs() {
			if ref.From != "$file" && ref.From != "$include" {
				continue
			}
			name, _, _ := strings.Cut(ref.Name, "#")
			if name == "" || path.IsAbs(name) || strings.ContainsAny(name, "$<>{}\\:") {
				continue
			}
			at := path.Join(path.Dir(f.name), name)
			if strings.HasPrefix(at, "../") || r.Exists(at) {
				continue
			}
			g := r.inNode(ref.Node, ref.From+" "+name, "%s takes %s from %s, which does not exist", ref.From, ref.Path, at)
			g.note = f.kind == workspace.ConfigProduction || madeElsewhere.MatchString(name) || r.gitIgnores(at)
			g.Detail = "The path is taken from the folder of the file that it is written in. A file that is missing ends the start of the backend."
			g.Manual = "Make the file, correct the path, or remove the key."
			out = append(out, g)
		}
	}
	return out
}

// gitIgnores reports whether a line of the root's .gitignore names a file, as far as that can be
// said without git.
func (r *Repo) gitIgnores(name string) bool {
	src, err := r.ReadFile(".gitignore")
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(src)) {
		pattern := strings.Trim(strings.TrimSpace(line), "/")
		if pattern == "" || strings.HasPrefix(pattern, "#") {
			continue
		}
		if matchPath(pattern, name) || matchPath("**/"+pattern, name) {
			return true
		}
	}
	return false
}
