package workspace

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/yamledit"
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
	doc, err := yamlReader(w.FS, yarnrcFile)()
	switch {
	case err == nil:
		root := doc.Root()
		w.yarnrc = yarnrc{found: true, YarnPath: root.Get("yarnPath").String()}
		w.YarnPlugin = hasBackstagePlugin(root.Get("plugins"))
		w.readAgeGate(doc, root.Get("npmMinimalAgeGate"), root.Get("npmPreapprovedPackages"))
		return
	case !errors.Is(err, fs.ErrNotExist):
		w.yarnrc.found = true
		w.problem(err)
		return
	}
	if doc, err := yamlReader(w.FS, pnpmFile)(); err == nil { // a problem is noted where the patterns are read
		w.readAgeGate(doc, doc.Root().Get("minimumReleaseAge"), doc.Root().Get("minimumReleaseAgeExclude"))
	}
}

// hasBackstagePlugin looks for the plugin as `yarn plugin import` notes it: an entry with
// path and spec, or the path alone.
func hasBackstagePlugin(plugins yamledit.Value) bool {
	for p := range plugins.Elements() {
		for _, v := range []yamledit.Value{p, p.Get("path"), p.Get("spec")} {
			if s := v.String(); v.Kind() == yamledit.String &&
				(strings.Contains(s, "@yarnpkg/plugin-backstage") || strings.HasSuffix(s, "/yarn-plugin")) {
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
	File   string   // where Min is configured
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

func (w *Workspace) readAgeGate(doc *yamledit.Doc, age, exempt yamledit.Value) {
	w.AgeGate.Exempt = stringsOf(exempt)
	if age.Kind() == yamledit.Missing {
		return
	}
	d, ok := ParseAge(age.String())
	if !ok {
		p := diag.Errorf("age-gate", "the minimal age %q is of a form that is not known, and not heeded", age.String())
		p.Severity = diag.Warning
		w.problem(p.At(doc.File(), doc.Source(), age.Span()))
		return
	}
	w.AgeGate.Min, w.AgeGate.File = d, doc.File()
}

// stringsOf are the strings of a sequence; nil for every other value.
func stringsOf(v yamledit.Value) []string {
	var all []string
	for e := range v.Elements() {
		if e.Kind() == yamledit.String {
			all = append(all, e.String())
		}
	}
	return all
}

var durationForm = regexp.MustCompile(`^(\d*\.?\d+)(ms|s|m|h|d|w)?$`)

// ParseAge reads an age in yarn's form: a number with one of the units ms, s, m, h, d, w; minutes
// without one. Yarn reads it from npmMinimalAgeGate, and before that from the environment's
// YARN_NPM_MINIMAL_AGE_GATE, which a Workspace does not see.
func ParseAge(s string) (time.Duration, bool) {
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
