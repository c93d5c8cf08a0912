package workspace

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/registry/npmver"
)

const (
	yarnrcFile = ".yarnrc.yml"
	pnpmFile   = "pnpm-workspace.yaml"
)

// Manager is the package manager of a monorepo.
type Manager struct {
	Name     string // "yarn", "npm", "pnpm"
	Version  string // "4.13.0"; "" if not known
	From     string // the file, or "package.json" for its packageManager; "" if nothing says, when yarn is assumed
	Berry    bool   // yarn 2 or newer
	YarnPath string // slash path of the yarn that the repository carries; "" if none
}

func (m Manager) String() string {
	if m.Version == "" {
		return m.Name
	}
	return m.Name + " " + m.Version
}

var (
	managerField = regexp.MustCompile(`^(yarn|npm|pnpm|bun)@([0-9][^+]*)`)
	yarnRelease  = regexp.MustCompile(`yarn-(?:berry-)?([0-9]+\.[0-9]+\.[0-9]+[^/]*?)\.c?js$`)
	yarnPathLine = regexp.MustCompile(`(?m)^yarn-path\s+"?([^"\r\n]+?)"?\s*$`)
)

// readManager finds the package manager and the lockfile. The repository's own yarn comes
// first, since every yarn hands over to it; then packageManager; then the lockfile.
func (w *Workspace) readManager() {
	lock := w.readLockfile()
	m := &w.Manager
	if field := managerField.FindStringSubmatch(str(w.Root.Doc.Root().Get("packageManager"))); field != nil {
		*m = Manager{Name: field[1], Version: field[2], From: "package.json"}
		m.Berry = m.Name == "yarn" && !strings.HasPrefix(m.Version, "1.") && !strings.HasPrefix(m.Version, "0.")
	}
	if m.Name == "" || m.Name == "yarn" {
		switch {
		case w.yarnrc.YarnPath != "":
			*m = Manager{Name: "yarn", Version: m.Version, From: yarnrcFile, Berry: true, YarnPath: path.Clean(w.yarnrc.YarnPath)}
			if v := yarnRelease.FindStringSubmatch(m.YarnPath); v != nil {
				m.Version = v[1]
			}
		case m.Name == "":
			if data, err := fs.ReadFile(w.FS, ".yarnrc"); err == nil {
				if line := yarnPathLine.FindSubmatch(data); line != nil {
					*m = Manager{Name: "yarn", From: ".yarnrc", YarnPath: path.Clean(string(line[1]))}
					if v := yarnRelease.FindStringSubmatch(m.YarnPath); v != nil {
						m.Version = v[1]
						m.Berry = !strings.HasPrefix(m.Version, "1.")
					}
				}
			}
		}
	}
	switch {
	case m.Name != "":
	case lock.Name != "":
		*m = lock
	case w.yarnrc.found:
		*m = Manager{Name: "yarn", From: yarnrcFile, Berry: true}
	default:
		*m = Manager{Name: "yarn"}
	}
}

// readLockfile sets Lockfile and concludes the package manager from it.
func (w *Workspace) readLockfile() Manager {
	for _, lock := range []struct{ file, manager string }{
		{"yarn.lock", "yarn"}, {"package-lock.json", "npm"}, {"pnpm-lock.yaml", "pnpm"}, {"npm-shrinkwrap.json", "npm"},
	} {
		head, err := readHead(w.FS, lock.file)
		if err != nil {
			continue
		}
		w.Lockfile = lock.file
		m := Manager{Name: lock.manager, From: lock.file}
		if m.Name == "yarn" {
			if m.Berry = bytes.Contains(head, []byte("__metadata:")); !m.Berry {
				m.Version = "1"
			}
		}
		return m
	}
	return Manager{}
}

// readHead reads the first 4 kB of a file: lockfiles are big.
func readHead(fsys fs.FS, name string) (head []byte, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	head = make([]byte, 4096)
	n := 0
	for n < len(head) {
		read, err := f.Read(head[n:])
		n += read
		if err != nil || read == 0 {
			break
		}
	}
	return head[:n], nil
}

// yarnrc is what matters of .yarnrc.yml.
type yarnrc struct {
	found    bool
	YarnPath string
}

// readYarnrc reads .yarnrc.yml, and of pnpm-workspace.yaml what means the same.
func (w *Workspace) readYarnrc() {
	if data, err := fs.ReadFile(w.FS, yarnrcFile); err == nil {
		w.yarnrc.found = true
		node, err := parseYAML(yarnrcFile, data)
		w.problem(err)
		w.yarnrc.YarnPath = scalar(child(node, "yarnPath"))
		w.YarnPlugin = hasBackstagePlugin(child(node, "plugins"))
		w.readAgeGate(yarnrcFile, data, child(node, "npmMinimalAgeGate"), child(node, "npmPreapprovedPackages"))
	}
	if data, err := fs.ReadFile(w.FS, pnpmFile); err == nil && !w.yarnrc.found {
		node, _ := parseYAML(pnpmFile, data) // a problem is noted where the patterns are read
		w.readAgeGate(pnpmFile, data, child(node, "minimumReleaseAge"), child(node, "minimumReleaseAgeExclude"))
	}
}

// hasBackstagePlugin looks for the plugin as `yarn plugin import` notes it: an entry with
// path and spec, or the path alone.
func hasBackstagePlugin(plugins *yaml.Node) bool {
	if plugins == nil {
		return false
	}
	for _, p := range plugins.Content {
		for _, s := range []string{scalar(p), scalar(child(p, "path")), scalar(child(p, "spec"))} {
			if strings.Contains(s, "@yarnpkg/plugin-backstage") || strings.HasSuffix(s, "/yarn-plugin") {
				return true
			}
		}
	}
	return false
}

// AgeGate is the rule that a version must have been public for some time before it may be
// installed. The zero AgeGate has no rule.
type AgeGate struct {
	Min    time.Duration
	Exempt []string // package names, globs of names ("@backstage/*"), or "name@range"
	File   string   // where it is configured
}

// Exempts reports whether a version of a package may be installed however young it is.
func (g AgeGate) Exempts(name, version string) bool {
	if g.Min == 0 {
		return true
	}
	for _, pattern := range g.Exempt {
		if at := strings.LastIndexByte(pattern, '@'); at > 0 {
			if pattern[:at] == name && npmver.Satisfies(version, strings.TrimPrefix(pattern[at+1:], "npm:")) {
				return true
			}
			continue
		}
		alternatives, ok := braces(pattern)
		if !ok {
			alternatives = []string{pattern}
		}
		for _, glob := range alternatives {
			if glob == "*" || glob == "**" || matches(strings.Split(glob, "/"), strings.Split(name, "/")) {
				return true
			}
		}
	}
	return false
}

func (w *Workspace) readAgeGate(file string, src []byte, min, exempt *yaml.Node) {
	if min == nil {
		return
	}
	d, ok := duration(min.Value)
	if !ok {
		p := diag.Errorf("age-gate", "the minimal age %q is of a form that is not known, and not heeded", min.Value)
		p.Severity = diag.Warning
		at := text.NewIndex(src).Offset(text.Pos{Line: min.Line, Column: min.Column})
		w.problem(p.At(file, src, text.Span{Start: at, End: at}))
		return
	}
	w.AgeGate = AgeGate{Min: d, File: file}
	if exempt != nil {
		for _, e := range exempt.Content {
			w.AgeGate.Exempt = append(w.AgeGate.Exempt, e.Value)
		}
	}
}

var durationForm = regexp.MustCompile(`^(\d*\.?\d+)(ms|s|m|h|d|w)?$`)

// duration reads yarn's form: a number with one of the units ms, s, m, h, d, w; minutes
// without one.
func duration(s string) (time.Duration, bool) {
	m := durationForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, false
	}
	unit := map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "": time.Minute, "m": time.Minute,
		"h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}[m[2]]
	const century = 100 * 365 * 24 * time.Hour
	if n*float64(unit) > float64(century) {
		return century, true
	}
	return time.Duration(n * float64(unit)), true
}

// child is the value of a mapping's key; nil if there is none. Of equal keys the first counts.
func child(node *yaml.Node, key string) *yaml.Node {
	node = resolved(node)
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key && node.Content[i].Kind == yaml.ScalarNode {
			return resolved(node.Content[i+1])
		}
	}
	return nil
}

func resolved(node *yaml.Node) *yaml.Node {
	for range 10 {
		if node == nil || node.Kind != yaml.AliasNode {
			return node
		}
		node = node.Alias
	}
	return nil
}

// scalar is the text of a scalar; "" for null and everything else.
func scalar(node *yaml.Node) string {
	if node = resolved(node); node == nil || node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		return ""
	}
	return node.Value
}
