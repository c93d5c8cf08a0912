package install

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/yamledit"
	"github.com/batten-dev/batten/registry/recipe"
)

// config puts a block of configuration where the file has nothing at its path.
func (p *planner) config(c recipe.ConfigBlock) error {
	file := p.configFile()
	src, err := p.over.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && p.opts.Config != "":
		d := diag.Errorf("no-config", "there is no file %s", file)
		d.Manual = "Name an app-config file of the repository with --config."
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
	edits, err := doc.Ensure(p.ofEnvironment(c), c.Path...)
	if err != nil {
		return err
	}
	if len(edits) == 0 {
		p.plugin.Present = append(p.plugin.Present, "config "+strings.Join(c.Path, ".")+" in "+file)
		return nil
	}
	return p.edit(file, edits, c.Why)
}

// ofEnvironment is a block's text; that of an auth provider is for the environment that the app
// signs in with, as auth.environment names it.
func (p *planner) ofEnvironment(c recipe.ConfigBlock) string {
	const usual = "development:"
	if len(c.Path) != 3 || c.Path[0] != "auth" || c.Path[1] != "providers" || !strings.HasPrefix(c.YAML, usual) {
		return c.YAML
	}
	for _, v := range p.ws.ConfigLookup("auth", "environment") {
		if v.Kind() == yamledit.String && isPlainKey(v.String()) {
			return v.String() + ":" + strings.TrimPrefix(c.YAML, usual)
		}
		break
	}
	return c.YAML
}

// isPlainKey reports whether a string may stand as a key as it is; "${AUTH_ENV}" may not.
func isPlainKey(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}) < 0 && (s[0] < '0' || s[0] > '9') && s[0] != '-'
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
