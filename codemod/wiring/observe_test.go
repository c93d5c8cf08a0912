package wiring

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
)

// repo is a monorepo with an app and a backend, and the given files, by slash path. Names
// without a folder are the app's App.tsx and the backend's index.ts.
func repo(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	put := func(name, content string) { m[name] = &fstest.MapFile{Data: []byte(content)} }
	put("package.json", `{"name":"root","workspaces":["packages/*"]}`)
	put("backstage.json", `{"version":"1.40.0"}`)
	put("packages/app/package.json", `{"name":"app","backstage":{"role":"frontend"},"dependencies":{"@backstage/plugin-catalog":"^1.0.0","@backstage/plugin-tech-radar":"^1.0.0","@backstage/core-plugin-api":"^1.0.0","app-backend":"1.0.0"}}`)
	put("packages/backend/package.json", `{"name":"backend","backstage":{"role":"backend"}}`)
	put("packages/app/src/index.tsx", "import ReactDOM from 'react-dom/client';\nimport App from './App';\nReactDOM.createRoot(document.getElementById('root')!).render(<App />);\n")
	put("packages/app/src/App.tsx", "export default () => null;")
	for name, content := range files {
		switch name {
		case "App.tsx":
			name = "packages/app/src/App.tsx"
		case "index.ts":
			name = "packages/backend/src/index.ts"
		}
		put(name, content)
	}
	return m
}

func observe(t testing.TB, fsys fs.FS) *Observation {
	t.Helper()
	ws, err := workspace.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	o, err := Observe(context.Background(), ws)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// short is a fact without its position, one line.
func short(f Fact) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", f.Kind, f.Name)
	if f.In != "" {
		fmt.Fprintf(&b, " in %s", f.In)
	}
	if len(f.Pages) > 0 {
		fmt.Fprintf(&b, " on %s", strings.Join(f.Pages, ","))
	}
	if f.If != "" {
		fmt.Fprintf(&b, " if %s", f.If)
	}
	for _, r := range f.Refs {
		fmt.Fprintf(&b, " %s", r)
	}
	if f.Value != "" {
		fmt.Fprintf(&b, " = %s", f.Value)
	}
	if f.Conditional {
		b.WriteString(" conditional")
	}
	if f.Degraded {
		b.WriteString(" degraded")
	}
	return b.String()
}

func lines(o *Observation) string {
	var out []string
	for _, f := range o.Facts {
		out = append(out, short(f))
	}
	return strings.Join(out, "\n")
}

// shape is one way in which apps are written, and what is to be seen of it.
type shape struct {
	name   string
	files  map[string]string
	facts  string // one per line, in order; see short
	mounts string // "kind label pages: first line of its source", one per line; not looked at if ""
	fails  string // substring of the reason for which it is degraded; "" if it is not
}

func mountLines(o *Observation, fsys fs.FS) string {
	var out []string
	for _, m := range o.Mounts {
		src, _ := fs.ReadFile(fsys, m.File)
		first, _, _ := strings.Cut(string(src[m.Span.Start:m.Span.End]), "\n")
		line := string(m.Kind)
		if m.Label != "" {
			line += " " + m.Label
		}
		if len(m.Pages) > 0 {
			line += " on " + strings.Join(m.Pages, ",")
		}
		out = append(out, line+": "+first)
	}
	return strings.Join(out, "\n")
}

func TestObserveShapes(t *testing.T) {
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			fsys := repo(s.files)
			o := observe(t, fsys)
			checkShape(t, s, o, fsys)
		})
	}
}

func checkShape(t *testing.T, s shape, o *Observation, fsys fs.FS) {
	t.Helper()
	if got, want := lines(o), unindent(s.facts); got != want {
		t.Errorf("facts:\n%s\nwant:\n%s", got, want)
	}
	if want := unindent(s.mounts); want != "" {
		if got := mountLines(o, fsys); got != want {
			t.Errorf("mounts:\n%s\nwant:\n%s", got, want)
		}
	}
	reasons := ""
	for _, d := range o.Degraded {
		reasons += d.Error() + "\n"
	}
	if s.fails == "" && reasons != "" || !strings.Contains(reasons, s.fails) {
		t.Errorf("degraded:\n%swant %q", reasons, s.fails)
	}
	checkObservation(t, o, fsys)
}

// checkObservation checks what holds for every observation: spans are inside their files and
// whole constructs, positions agree with them.
func checkObservation(t testing.TB, o *Observation, fsys fs.FS) {
	t.Helper()
	for _, f := range o.Facts {
		src, err := fs.ReadFile(fsys, f.File)
		if err != nil || f.Span.Start < 0 || f.Span.End > len(src) || f.Span.Start >= f.Span.End || !f.Wrapper.Contains(f.Span) || f.Pos.Line < 1 {
			t.Errorf("fact out of place: %+v (%v)", f, err)
		}
	}
	for _, m := range o.Mounts {
		src, err := fs.ReadFile(fsys, m.File)
		if err != nil || m.Span.Start < 0 || m.Span.End > len(src) || m.Span.Start >= m.Span.End || m.Pos.Line < 1 {
			t.Errorf("mount out of place: %+v (%v)", m, err)
		}
	}
	for _, d := range o.Degraded {
		if d.Severity != diag.Warning || d.Summary == "" {
			t.Errorf("diagnostic: %+v", d)
		}
	}
}

func unindent(s string) string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}
