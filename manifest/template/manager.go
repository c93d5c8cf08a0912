package template

import (
	"regexp"
	"strconv"

	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// manager is which package manager an app uses. The template names its yarn in three places:
// packageManager in package.json, yarnPath in .yarnrc.yml, and the program itself. Where the app
// has chosen another, none of them follows the template, as they would no longer agree.
type manager struct {
	own string // "" if the app has that of the template
}

var packageManager = regexp.MustCompile(`^(?:yarn|npm|pnpm|bun)@\d[^+]*`)

// ownManager finds out whether the app uses another package manager than its template did.
func (m *merger) ownManager() manager {
	read := func(name string) []byte {
		data, err := m.over.ReadFile(name)
		if err != nil {
			return nil // what is not there names none
		}
		return data
	}
	ours, base, theirs := namedManager(read("package.json")), namedManager(m.base["package.json"]), namedManager(m.theirs["package.json"])
	program, was := yarnPath(read(".yarnrc.yml")), yarnPath(m.base[".yarnrc.yml"])
	_, npm := m.over.Stat("package-lock.json")
	_, pnpm := m.over.Stat("pnpm-lock.yaml")
	_, yarn := m.over.Stat("yarn.lock")
	switch {
	case base == theirs && was == yarnPath(m.theirs[".yarnrc.yml"]):
	case yarn != nil && pnpm == nil:
		return manager{own: "pnpm"}
	case yarn != nil && npm == nil:
		return manager{own: "npm"}
	case m.opts.Yarn1 && base == "":
		return manager{own: "yarn 1"}
	case ours != base && ours != "" && ours != theirs:
		return manager{own: ours}
	case ours != base && base != "" && ours == "":
		return manager{own: "package.json names none"}
	case program != was && program != "":
		return manager{own: program}
	case program != was:
		return manager{own: ".yarnrc.yml names none"}
	}
	return manager{}
}

// namedManager is what a package.json has as packageManager, without a hash.
func namedManager(src []byte) string {
	doc, err := jsonedit.Parse("package.json", src)
	if err != nil {
		return ""
	}
	v, _ := doc.Lookup("packageManager")
	return packageManager.FindString(v.String())
}

func yarnPath(src []byte) string {
	doc, err := yamledit.Parse(".yarnrc.yml", src)
	if err != nil {
		return ""
	}
	v, ok := doc.Lookup("yarnPath")
	if !ok {
		return ""
	}
	var s string
	if v.Decode(&s) != nil {
		return ""
	}
	return s
}

// withOwnManager gives a file of the template, at both ends, the package manager of the app's.
func (m *merger) withOwnManager(name string, b, ours, t []byte) (base, theirs []byte) {
	if m.manager.own == "" {
		return b, t
	}
	switch name {
	case "package.json":
		doc, err := jsonedit.Parse(name, ours)
		if err != nil {
			return b, t
		}
		v, _ := doc.Lookup("packageManager")
		return setManager(b, v), setManager(t, v)
	case ".yarnrc.yml":
		return setYarnPath(b, yarnPath(ours)), setYarnPath(t, yarnPath(ours))
	}
	return b, t
}

func setManager(src []byte, own jsonedit.Value) []byte {
	doc, err := jsonedit.Parse("package.json", src)
	if err != nil {
		return src
	}
	var edits []text.Edit
	if own.Kind() == jsonedit.String {
		edits, err = doc.Set(strconv.Quote(own.String()), "packageManager")
	} else {
		edits, err = doc.Remove("packageManager")
	}
	return applied(src, edits, err)
}

func setYarnPath(src []byte, own string) []byte {
	doc, err := yamledit.Parse(".yarnrc.yml", src)
	if err != nil {
		return src
	}
	var edits []text.Edit
	if own == "" {
		edits, err = doc.Remove("yarnPath")
	} else {
		edits, err = doc.Set(own, "yarnPath")
	}
	return applied(src, edits, err)
}

// applied is a text with edits, or as it is where they failed.
func applied(src []byte, edits []text.Edit, err error) []byte {
	if err != nil {
		return src
	}
	out, err := text.Apply(src, edits)
	if err != nil {
		return src
	}
	return out
}
