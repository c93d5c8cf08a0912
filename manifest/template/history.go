package template

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the table of what templates had
	"encoding/base64"
	"encoding/json"
	"maps"
	"path"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/jsonedit"
)

// historyTable says which contents the files of the templates have had: for each path, the releases
// that brought another one, each with the layouts ("l", "n" or "ln") and a hash. Of package.json,
// which apps always change, it has single keys: package.json#scripts.dev.
//
//go:embed history.txt
var historyTable string

// version is a content that a file of the template has had.
type version struct{ release, layouts, hash string }

var history = sync.OnceValue(func() map[string][]version {
	out := map[string][]version{}
	for line := range strings.Lines(historyTable) {
		fields := strings.Fields(line)
		for _, f := range fields[1:] {
			parts := strings.Split(f, ":")
			out[fields[0]] = append(out[fields[0]], version{parts[0], parts[1], parts[2]})
		}
	}
	return out
})

// HashOf is how the table of what templates had names a content: how lines end does not matter.
func HashOf(content []byte) string {
	sum := sha256.Sum256(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")))
	return base64.RawURLEncoding.EncodeToString(sum[:8])
}

// once is the release whose template first had a file, or key, as it is here; "" if none did. An
// app that was brought to a newer release without the changes of its template has such files.
func once(file, layout string, content []byte) string {
	hash := HashOf(content)
	for _, v := range history()[file] {
		if v.hash == hash && (layout == "" || strings.Contains(v.layouts, layout)) {
			return v.release
		}
	}
	return ""
}

// layout is which layout a template has, as the table names it.
func (m *merger) layout() string {
	const app = "packages/app/src/App.tsx"
	if once(app, "n", m.base[app]) != "" {
		return "n"
	}
	return "l"
}

// rebase gives files that the app has as another release's template had them that content as the
// base: nobody changed them.
func (m *merger) rebase() {
	layout := m.layout()
	base := maps.Clone(m.base)
	m.earlier = map[string]string{}
	all := maps.Clone(m.base)
	maps.Copy(all, m.theirs)
	for name := range all {
		b, t := m.base[name], m.theirs[name]
		if care, _ := CareOf(name); care != Text || path.Base(name) == "package.json" || bytes.Equal(b, t) || m.look(name) != regular {
			continue
		}
		if info, err := m.over.Stat(name); err != nil || info.Size() > Limit {
			continue
		}
		ours, err := m.over.ReadFile(name)
		if err != nil || sameLines(ours, b) || sameLines(ours, t) {
			continue
		}
		if release := once(name, layout, ours); release != "" {
			base[name], m.earlier[name] = ours, release
		}
	}
	m.base = base
}

// onceKey is once for a value of a package.json.
func onceKey(file string, at []string, v jsonedit.Value) string {
	if v.Kind() == jsonedit.Missing {
		return ""
	}
	text, err := json.Marshal(decoded(v))
	if err != nil {
		return ""
	}
	return once(file+"#"+strings.Join(at, "."), "", text)
}
