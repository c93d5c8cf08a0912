package install

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
	"github.com/batten-dev/batten/registry/recipe"
)

// config puts a block of configuration where the app has nothing at its path. What is there
// already is left alone, even if keys of the block are missing: a plugin can be configured in
// several ways, which contradict each other (jenkins.baseUrl and jenkins.instances), and a key
// more can change who may sign in.
func (p *planner) config(c recipe.ConfigBlock) error {
	file := p.configFile()
	src, err := p.over.ReadFile(file)
	switch {
	case err != nil && p.opts.Config != "":
		d := diag.Errorf("no-config", "there is no file %s in the repository", file)
		d.Manual = "Name an app-config file with --config, by its path from the root."
		return d
	case errors.Is(err, fs.ErrNotExist):
		src = nil
		if err := p.over.Write(file, nil, change.Reason{Text: c.Why}); err != nil {
			return err
		}
	case err != nil:
		return err
	}
	doc, err := yamledit.Parse(file, src)
	if err != nil {
		for _, d := range diag.Of(err) {
			d.Manual = "Mend the file and run the command again, or add this by hand:\n    " + indent(yamledit.Snippet(c.YAML, c.Path...))
		}
		return err
	}
	block, at := ofEnvironment(doc, c)
	if v, ok := doc.Lookup(at...); ok && !blank(v) {
		p.plugin.Present = append(p.plugin.Present, fmt.Sprintf("config %s at %s:%s", strings.Join(at, "."), file, doc.Pos(v.Span().Start)))
		return nil
	}
	if v, ok := p.configuredElsewhere(file, at); ok {
		p.plugin.Present = append(p.plugin.Present, fmt.Sprintf("config %s at %s:%s", strings.Join(at, "."), v.File, v.Pos))
		d := &diag.Diagnostic{Severity: diag.Warning, Code: "config-elsewhere", File: v.File, Span: v.Span(), Pos: v.Pos}
		d.Summary = fmt.Sprintf("%s is configured here, so %s gets no such block, which could contradict it", strings.Join(at, "."), file)
		d.Manual = "If the other environments have to have it too, add this to " + file + " by hand:\n    " + indent(yamledit.Snippet(block, c.Path...))
		p.warnings = append(p.warnings, d)
		return nil
	}
	edits, err := doc.Ensure(block, c.Path...)
	if err != nil {
		return err
	}
	return p.edit(file, edits, c.Why)
}

// blank reports whether a value says nothing: null, {} or [].
func blank(v yamledit.Value) bool {
	return v.Kind() == yamledit.Null || (v.Kind() == yamledit.Mapping || v.Kind() == yamledit.Sequence) && v.Len() == 0
}

// configuredElsewhere is the mapping at a path of another app-config file that the repository
// shares, into which Backstage would merge that of file. If the user named file, others do not
// matter; neither do people's own files, nor scalars, of which the last one counts.
func (p *planner) configuredElsewhere(file string, at []string) (workspace.ConfigValue, bool) {
	if p.opts.Config != "" {
		return workspace.ConfigValue{}, false
	}
	for _, c := range p.ws.Config {
		if c.Kind == workspace.ConfigLocal || c.Name == file {
			continue
		}
		if v, ok := c.Lookup(at...); ok && v.Kind() == yamledit.Mapping && v.Len() > 0 {
			return v, true
		}
	}
	return workspace.ConfigValue{}, false
}

// ofEnvironment is a block's text and the path at which it is one's own; that of an auth
// provider is for the environment that the file's other providers are all for, else the one that
// its auth.environment names.
func ofEnvironment(doc *yamledit.Doc, c recipe.ConfigBlock) (block string, at []string) {
	const usual = "development"
	if len(c.Path) != 3 || c.Path[0] != "auth" || c.Path[1] != "providers" || !strings.HasPrefix(c.YAML, usual+":") {
		return c.YAML, c.Path
	}
	env := environment(doc)
	if !isPlainKey(env) {
		env = usual
	}
	return env + strings.TrimPrefix(c.YAML, usual), append(slices.Clone(c.Path), env)
}

// environment is the one that all OAuth providers of an app-config file are for, else what its
// auth.environment says; "" if they are for several, or nothing says.
func environment(doc *yamledit.Doc) string {
	env := ""
	providers, _ := doc.Lookup("auth", "providers")
	for provider := range providers.Members() {
		for e := range provider.Value.Members() {
			switch {
			case e.Value.Kind() != yamledit.Mapping || e.Value.Get("clientId").Kind() == yamledit.Missing:
			case env != "" && env != e.Name:
				return ""
			default:
				env = e.Name
			}
		}
	}
	if v, ok := doc.Lookup("auth", "environment"); env == "" && ok && v.Kind() == yamledit.String {
		env = v.String()
	}
	return env
}

// isPlainKey reports whether a string may stand as a key as it is; "${AUTH_ENV}" may not.
func isPlainKey(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}) < 0 && (s[0] < '0' || s[0] > '9') && s[0] != '-'
}

// unreadConfig warns of app-config files that cannot be read, and that the plan is not about: what
// they say of a plugin is not known.
func (p *planner) unreadConfig() diag.List {
	var out diag.List
	for _, d := range p.ws.ConfigProblems() {
		if d.File == p.configFile() {
			continue // refused, if it is to be edited
		}
		warning := *d
		warning.Severity = diag.Warning
		warning.Manual = "Mend it: Backstage cannot read it either."
		out = append(out, &warning)
	}
	return out
}

// yaml is an app-config file as planned so far.
func (p *planner) yaml(file string) (*yamledit.Doc, error) {
	src, err := p.over.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return yamledit.Parse(file, src)
}

func indent(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n    ") }
