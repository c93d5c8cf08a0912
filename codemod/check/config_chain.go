package check

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// setting is a configuration that some environment has: files laid over each other.
type setting struct {
	node       *schema.Node
	file       string // the last of the files
	production bool
	// open says that there are further files, which are not in the repository.
	open bool
}

// chain is the files that a command names with --config, in their order.
type chain struct {
	files []string // those that are known
	open  bool     // there are others
	image bool     // a container is started with it
}

// settings are the configurations that are known to be in use: that of app-config.yaml alone, those
// that containers and scripts are started with, and, of a file for production that none of them has,
// that which it makes with app-config.yaml.
func (c *config) settings() []setting { return c.laid() }

func (c *config) overlay(files []string) *schema.Node {
	var nodes []*schema.Node
	for _, name := range files {
		if f, ok := c.fileOf(name); ok {
			nodes = append(nodes, f.node)
		}
	}
	return schema.Overlay(nodes...)
}

// mounted matches configuration in a manifest or in the values of a chart, which is laid over that of
// the image.
var mounted = regexp.MustCompile(`(?m)^[ \t]*(appConfig|["']?[\w.-]*app-config[\w.-]*\.ya?ml["']?):`)

// readMounted are the texts of the files that have such configuration.
func (r *Repo) readMounted() []string {
	var out []string
	for _, name := range r.Files() {
		if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" && ext != ".tpl" || strings.HasPrefix(path.Base(name), "app-config") {
			continue
		}
		src, err := r.ReadFile(name)
		if text := string(src); err == nil && len(src) <= maxMentions && (strings.Contains(text, "appConfig:") || strings.Contains(text, "app-config")) && mounted.MatchString(text) {
			out = append(out, text)
		}
	}
	return out
}

func (c *config) readSettings(chains []chain) []setting {
	var out []setting
	seen := map[string]bool{}
	add := func(files []string, production, open bool) {
		if id := strings.Join(files, "\x00"); !seen[id] {
			seen[id] = true
			out = append(out, setting{c.overlay(files), files[len(files)-1], production, open || production && len(c.mounted()) > 0})
		}
	}
	var base []string
	for _, f := range c.files {
		if f.kind == workspace.ConfigBase {
			base = []string{f.name}
			add(base, false, false)
		}
	}
	started := map[string]bool{}
	for _, ch := range chains {
		if len(ch.files) == 0 {
			continue
		}
		last := ch.files[len(ch.files)-1]
		production := slices.ContainsFunc(ch.files, func(name string) bool {
			f, _ := c.fileOf(name)
			return f.kind == workspace.ConfigProduction
		})
		if production && !ch.image {
			continue // a build, or a trial on somebody's machine
		}
		for _, name := range ch.files {
			started[name] = true
		}
		if production || ch.image && !slices.Equal(ch.files, base) && !forDevelopment.MatchString(path.Base(last)) {
			add(ch.files, true, ch.open)
		} else if !ch.open {
			add(ch.files, false, false)
		}
	}
	for _, f := range c.files {
		if f.kind == workspace.ConfigProduction && path.Dir(f.name) == "." && !started[f.name] {
			add(append(slices.Clip(base), f.name), true, false)
		}
	}
	return out
}

// production are the settings of production.
func (c *config) production() []setting {
	return slices.DeleteFunc(slices.Clone(c.settings()), func(s setting) bool { return !s.production })
}

// readChains are the chains of Dockerfiles, of containers, and of the scripts that start the
// backend.
func (r *Repo) readChains(c *config) []chain {
	var out []chain
	add := func(words []string, image bool) {
		args := configsOf(words)
		if len(args) == 0 {
			return
		}
		ch := chain{image: image}
		for _, arg := range args {
			if f, ok := c.argument(arg); !ok {
				ch.open = true
			} else if !slices.Contains(ch.files, f.name) {
				ch.files = append(ch.files, f.name)
			}
		}
		out = append(out, ch)
	}
	for _, d := range c.dockerfiles() {
		if d.runsBackend() {
			words, _ := d.command()
			add(words, true)
		}
	}
	for _, ct := range c.containers() {
		var words []string
		for _, key := range [...]string{"entrypoint", "command", "args"} {
			v := ct.spec.Get(key)
			if v.Kind() == yamledit.String {
				words = append(words, strings.Fields(v.String())...)
			}
			for item := range v.Elements() {
				words = append(words, strings.Fields(item.String())...)
			}
		}
		add(words, true)
	}
	for _, p := range r.AllPackages() {
		for _, script := range p.Scripts {
			if strings.Contains(script, "start") {
				add(strings.Fields(script), false)
			}
		}
	}
	return out
}

// argument is the file at the root that an argument of --config names, from whatever folder.
func (c *config) argument(arg string) (configFile, bool) {
	if strings.ContainsAny(arg, "$:*") {
		return configFile{}, false
	}
	arg = strings.Trim(arg, `"'[],\`)
	rest := strings.TrimLeft(path.Clean(arg), "./")
	if path.IsAbs(arg) {
		rest = path.Base(arg) // in the image
	}
	return c.fileOf(rest)
}

// overridden reports whether something in the repository sets a value through the environment, or in
// configuration that is mounted, and the value in the files is not the one that counts.
func (r *Repo) overridden(keys ...string) bool {
	for i := range keys {
		if r.mentionsText("APP_CONFIG_"+strings.Join(keys[:i+1], "_")+"=") || i == len(keys)-1 && r.mentionsText("APP_CONFIG_"+strings.Join(keys, "_")) {
			return true
		}
	}
	return slices.ContainsFunc(r.config().mounted(), func(text string) bool { return strings.Contains(text, keys[len(keys)-1]+":") })
}
