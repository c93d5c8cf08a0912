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
	"proxy endpoints * headers PRIVATE-TOKEN", "proxy * headers PRIVATE-TOKEN", "proxy endpoints * headers X-Api-Key", "proxy * headers X-Api-Key",
	"kubernetes clusterLocatorMethods [] clusters [] serviceAccountToken",
	"techdocs publisher awsS3 credentials secretAccessKey", "techdocs publisher azureBlobStorage credentials accountKey",
	"techdocs publisher openStackSwift credentials secret",
	"catalog providers microsoftGraphOrg * clientSecret", "catalog providers microsoftGraphOrg clientSecret", "catalog providers ldapOrg * bind secret",
	"aws accounts [] secretAccessKey", "aws mainAccount secretAccessKey", "aws accountDefaults secretAccessKey",
}

// secretForm matches what is a credential wherever it stands: the tokens of services that mark
// theirs, and private keys.
var secretForm = regexp.MustCompile(`\b(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{50,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[0-9]+-[A-Za-z0-9-]{20,}|sk-(proj-|ant-)?[A-Za-z0-9_-]{32,}|ATATT3x[A-Za-z0-9_=-]{50,}|npm_[A-Za-z0-9]{36}|NRAK-[A-Z0-9]{27}|AIza[A-Za-z0-9_-]{35}|hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20,})|-----BEGIN [A-Z ]*PRIVATE KEY-----`)

// secretName matches the names of keys that hold nothing but a secret.
var secretName = regexp.MustCompile(`(?i)^(client_?secret|secret_?access_?key|api_?token|api_?key|access_?token|auth_?token|password|passwd|webhook_?secret|private_?key|app_?password|service_?account_?token|personal_?access_?token)$`)

// placeholder is what people write where a secret has to go: it gives nothing away.
var placeholder = regexp.MustCompile(`(?i)^((token|bearer|basic|apikey)\s+)?['"]?([x*.\-_ 0]*|<.*>|\[.*\]|\{.*\}|.*\b(your|my|enter|insert|add|put|replace|change|dummy|fake|example|sample|placeholder|todo|fixme|here|redacted|not[-_ ]?used|unused|temp|test|local|dev)\b.*|your.*|my[-_].*|change.?me.*|replace.*|dummy.*|fake.*|test.*|todo.*|some[-_].*|.*xxx.*|.*\.\.\..*|.*\*\*\*.*|s3cr3t|abc(123|d.*)?|12345.*|secret|token|password|pass|value|none|null|undefined|n/?a|foo|bar|foobar|(super|very)?[-_]?secret([-_]?(key|token|value))?|(bearer|basic|token))['"]?$`)

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
	for _, f := range r.config().files {
		values(f.node, nil, func(at schema.Path, n *schema.Node) {
			if n.Type != schema.String || !n.Known() || len(at) == 0 || len(at) > 1 && at[0] == "backend" && at[1] == "database" {
				return
			}
			switch {
			case secretForm.MatchString(n.Text):
				add(r.at(n.File, n.Span, "%s has a secret, which is written in plain text", at), at, false)
			case secretName.MatchString(at[len(at)-1]) && len(n.Text) > 5 && !isPlaceholder(n.Text) && !strings.ContainsAny(n.Text, " \n"):
				add(r.at(n.File, n.Span, "%s seems to be a secret, and is written in plain text", at), at, true)
			}
		})
	}
	return out
}

// valueAt is the value that a problem is about.
func (c *config) valueAt(p schema.Problem) *schema.Node {
	for _, f := range c.files {
		if n := f.node.At(p.Path...); n != nil && n.File == p.File {
			return n
		}
	}
	return nil
}

// exampleSecrets finds placeholders where the backend takes them for secrets: its keys in any
// file, and every secret in a file for production.
func exampleSecrets(r *Repo) []Finding {
	var out []Finding
	// Those of backend.auth that count in production, wherever they are written.
	inProduction := map[*schema.Node]bool{}
	for _, s := range r.config().production() {
		values(s.node.At("backend", "auth"), schema.Path{"backend", "auth"}, func(_ schema.Path, n *schema.Node) { inProduction[n] = !s.open })
	}
	for _, s := range r.config().secrets() {
		keys := len(s.path) > 1 && s.path[0] == "backend" && s.path[1] == "auth"
		if !isPlaceholder(s.node.Text) || !keys && s.file.kind != workspace.ConfigProduction {
			continue
		}
		f := r.inNode(s.node, s.path.String(), "%s is left as in the example: %q", s.path, s.node.Text)
		f.note = s.file.kind != workspace.ConfigProduction && !inProduction[s.node]
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

// mayDeploy reports whether a file may be code or data that deploys the app.
func mayDeploy(name string) bool {
	switch path.Ext(name) {
	case ".json":
		return path.Base(name) != "package-lock.json"
	case ".ts", ".js", ".mjs", ".cjs", ".py", ".go", ".cs", ".groovy":
		return !ofApp.MatchString(name)
	}
	return false
}

// ofApp matches the code of the app, as against that which deploys it.
var ofApp = regexp.MustCompile(`(^|/)(src|__tests__|e2e-tests)/|\.test\.`)

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
	// Where the repository begins above the monorepo, what is above it is not seen.
	if len(names) == 0 || !r.Exists(".git") {
		return nil
	}
	left := slices.Clone(names)
	for _, may := range []func(string) bool{setsVariables, mayDeploy} {
		for _, file := range r.Files() {
			if len(left) == 0 || !may(file) {
				continue
			}
			if src, err := r.ReadFile(file); err == nil && len(src) <= maxMentions {
				left = slices.DeleteFunc(left, func(name string) bool { return mentions(string(src), name) })
			}
		}
	}
	// Only where most are mentioned is it a sign that one is not.
	if len(left)*2 > len(names) {
		return nil
	}
	var out []Finding
	for _, name := range left {
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

// mentions reports whether a text has a name that is not a part of a longer one.
func mentions(text, name string) bool {
	part := func(c byte) bool {
		return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(name)
		if (start == 0 || !part(text[start-1])) && (end == len(text) || !part(text[end])) {
			return true
		}
		from = end
	}
}
