package check

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/text"
)

// ofSchema is the check for one code of the problems that the schemas of packages give. Where
// none is at hand there are none.
func ofSchema(code string) func(*Repo) []Finding {
	return func(r *Repo) []Finding {
		var out []Finding
		for _, p := range r.config().problems(r) {
			if p.Code == code && p.File != "" {
				out = append(out, r.ofProblem(p))
			}
		}
		return out
	}
}

func (r *Repo) ofProblem(p schema.Problem) Finding {
	f := r.ofDiag(p.Diagnostic())
	f.key = p.Path.String()
	if p.Severity == diag.Note {
		f.note = true
	}
	if p.Code == schema.WrongValue && isResolver(p.Path) {
		switch n := r.config().valueAt(p); {
		case n != nil && (n.Text == "emailLocalPartMatchingUserEntityName" || n.Text == "emailMatchingUserEntityProfileEmail"):
			f.note = true
			f.Detail = "The backend knows this resolver, which works with every provider; the schema of the provider does not, and `backstage-cli config:check --strict` fails."
		case p.Near == "":
			f.note = true
			f.Detail = "A module of the repository's own may have this resolver; the schema of the provider does not, and `backstage-cli config:check --strict` fails."
		}
	}
	if p.Near != "" && (p.Code == schema.UnknownKey || p.Code == schema.WrongValue) {
		f.Fixes = r.writeNear(p)
	}
	switch {
	case p.Code == schema.UnknownKey && p.Near != "":
		f.Manual = fmt.Sprintf("Write %s, or remove the key: nothing reads it.", p.Near)
	case p.Code == schema.MissingKey:
		f.Manual = fmt.Sprintf("Set %s in app-config.yaml, or suppress this if the environment sets it.", p.Path)
	case p.Code == schema.FrontendSecret:
		f.Manual = "Take a value that everybody may know, or do not set the key."
	case p.Code == schema.DeprecatedKey:
		f.Manual = "Write what is named in its place; a later release no longer reads this."
	case p.Expected != "":
		f.Manual = fmt.Sprintf("Write a value that fits: %s.", p.Expected)
	}
	return f
}

// isResolver reports whether a path is to the name of a sign-in resolver.
func isResolver(at schema.Path) bool {
	return len(at) > 0 && at[len(at)-1] == "resolver" && slices.Contains(at, "signIn")
}

// writeNear writes the name that a key or value is nearly. It is safe where they differ in case,
// hyphens and underscores alone: nothing else can be meant.
func (r *Repo) writeNear(p schema.Problem) []Fix {
	src, err := r.ReadFile(p.File)
	if err != nil {
		return nil
	}
	old := string(src[p.Span.Start:p.Span.End])
	quote := ""
	if len(old) > 1 && (old[0] == '"' || old[0] == '\'') {
		quote = old[:1]
		old = strings.Trim(old, quote)
	}
	plain := strings.NewReplacer("-", "", "_", "")
	safe := strings.EqualFold(plain.Replace(old), plain.Replace(p.Near))
	return []Fix{{Title: "Write " + p.Near, Safe: safe, Edits: editsOf(p.File, []text.Edit{text.Replace(p.Span, quote+p.Near+quote)})}}
}

// problems are what the schemas find fault with in all files together.
func (c *config) problems(r *Repo) []schema.Problem {
	c.once.Do(func() {
		s, whole := r.schema()
		if s == nil {
			return
		}
		var nodes []*schema.Node
		for _, f := range c.files {
			nodes = append(nodes, f.node)
		}
		c.found = s.CheckFiles(nodes, schema.CheckOptions{})
		if !whole { // what is missing may know it
			c.found = slices.DeleteFunc(c.found, func(p schema.Problem) bool { return p.Code == schema.UnknownKey })
		}
	})
	return c.found
}

// fileOf is the file of that name.
func (c *config) fileOf(name string) (configFile, bool) {
	i := slices.IndexFunc(c.files, func(f configFile) bool { return f.name == path.Clean(name) })
	if i < 0 {
		return configFile{}, false
	}
	return c.files[i], true
}
