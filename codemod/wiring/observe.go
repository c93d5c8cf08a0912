package wiring

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/internal/jsrun"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/workspace"
)

// Observe looks at every app and backend of a workspace. They are observed side by side, each
// within the default limits of package jsrun.
//
// The error is the context's alone: whatever else goes wrong is in Observation.Degraded.
func Observe(ctx context.Context, ws *workspace.Workspace) (*Observation, error) {
	var work []func(*observer)
	var dirs []string
	for _, a := range ws.Apps {
		work = append(work, func(o *observer) { o.observeApp(a) })
		dirs = append(dirs, a.Dir)
	}
	for _, b := range ws.Backends {
		work = append(work, func(o *observer) { o.observeBackend(b) })
		dirs = append(dirs, b.Dir)
	}
	parts := make([]*observer, len(work))
	var wg sync.WaitGroup
	for i := range work {
		parts[i] = &observer{ctx: ctx, ws: ws, pkg: dirs[i], parts: appParts(ws)}
		wg.Go(func() { work[i](parts[i]) })
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := &Observation{}
	for _, p := range parts {
		facts, mounts := p.finish()
		out.Facts = append(out.Facts, facts...)
		out.Mounts = append(out.Mounts, mounts...)
		out.Degraded = append(out.Degraded, p.degraded...)
	}
	set, unread := settings(ws)
	out.Facts = append(out.Facts, set...)
	out.Degraded = append(out.Degraded, unread...)
	out.sort()
	return out, nil
}

// appParts are the packages of a monorepo that make an app or backend on behalf of the app's own
// package: no plugins, but dependent on the packages that apps and backends are made with.
func appParts(ws *workspace.Workspace) map[string]string {
	parts := map[string]string{}
	for _, p := range ws.Packages {
		if p.Role == workspace.RoleFrontend || p.Role == workspace.RoleBackend || strings.Contains(p.Role, "plugin") {
			continue
		}
		for _, d := range p.Deps {
			switch d.Name {
			case "@backstage/app-defaults", "@backstage/frontend-defaults", "@backstage/core-app-api", "@backstage/frontend-app-api", "@backstage/backend-defaults":
				if d.Field == "dependencies" {
					parts[p.Name] = p.Dir
				}
			}
		}
	}
	return parts
}

// observer observes one app or backend.
type observer struct {
	ctx   context.Context
	ws    *workspace.Workspace
	pkg   string            // folder of the app or backend
	parts map[string]string // packages of the monorepo that hold a part of apps: name -> folder

	sequence bool // it is a backend
	s        *jsrun.Session

	facts    []*Fact
	byKey    map[factKey]*Fact
	mounts   []*Mount
	byMount  map[mountKey]*Mount
	lists    map[place]bool // containers that stay, however little is in them
	degraded []*diag.Diagnostic
	trees    map[string]*tsx.Tree // by file; nil for one that was refused, and reported
	indexes  map[string]*text.Index
	steps    int            // nodes walked
	roots    map[any]bool   // what was walked as the root of an app
	touched  map[*Fact]bool // facts seen on the present way through a component
}

func (o *observer) source(entry string) jsrun.Source {
	return jsrun.Source{FS: o.ws.FS, Entry: entry, Resolve: o.alias}
}

// run bundles and runs a file, calls use on the session, and reads what could not be run from
// the syntax trees.
func (o *observer) run(entry string, use func(*observer)) {
	if !o.evaluate(entry, use) {
		o.plain(entry)
		return
	}
	// Only what is rendered by the files that failed is missing, if the rest ran to its end. A
	// backend is one sequence of calls: what comes after a failure is missing too.
	var files []string
	failed := false
	for _, p := range o.s.Problems {
		if p.Missing {
			continue
		}
		failed = true
		if p.File == "" || o.sequence {
			files = nil
			break
		}
		files = append(files, p.File)
	}
	if failed {
		o.plain(entry, sortedSet(files)...)
	}
}

// evaluate reports whether the app's code ran to its end and use was called.
func (o *observer) evaluate(entry string, use func(*observer)) bool {
	bundle, err := jsrun.Build(o.ctx, o.source(entry))
	if err != nil {
		o.failed(entry, err)
		return false
	}
	// A run that has to be abandoned may still be using its observer, so it has one of its own.
	running := &observer{ctx: o.ctx, ws: o.ws, pkg: o.pkg, parts: o.parts, sequence: o.sequence}
	err = bundle.Run(o.ctx, jsrun.Limits{}, func(s *jsrun.Session) {
		running.s = s
		use(running)
	})
	if err != nil {
		o.failed(entry, err)
		return false
	}
	*o = *running
	for _, p := range o.s.Problems {
		o.problem(p)
	}
	return o.s.Complete
}

// alias resolves the imports of path aliases that apps use ("src/...", relative to the package,
// and names of folders directly below src), and of packages of the monorepo that hold a part of
// the app itself.
func (o *observer) alias(specifier, _ string) string {
	if dir := o.parts[specifier]; dir != "" {
		return path.Join(dir, "src")
	}
	if strings.HasPrefix(specifier, "@") && !strings.HasPrefix(specifier, "@/") || specifier == "" {
		return ""
	}
	rest := specifier
	for _, prefix := range []string{"@/", "~/", "src/"} {
		rest = strings.TrimPrefix(rest, prefix)
	}
	if rest == specifier {
		first, _, more := strings.Cut(specifier, "/")
		if !more {
			return ""
		}
		if info, err := fs.Stat(o.ws.FS, path.Join(o.pkg, "src", first)); err != nil || !info.IsDir() {
			return ""
		}
	}
	return path.Join(o.pkg, "src", rest)
}

// failed reports that nothing could be run.
func (o *observer) failed(entry string, err error) {
	if o.ctx.Err() != nil {
		return
	}
	var build *jsrun.BuildError
	if errors.As(err, &build) {
		o.problem(build.Problem)
		return
	}
	o.problem(jsrun.Problem{File: entry, Offset: -1, Message: err.Error()})
}

// problem reports one thing that could not be run.
func (o *observer) problem(p jsrun.Problem) {
	d := &diag.Diagnostic{Severity: diag.Warning, Code: "degraded", File: p.File}
	d.Summary = fmt.Sprintf("%s could not be run in full, so that its wiring is read from the source text as far as that is plain", o.pkg)
	d.Detail = "The reason: " + strings.TrimSuffix(p.Message, ".") + "."
	if p.Missing {
		d.Summary = "a file that is imported here, and what it may wire, is not seen: " + p.Message
		d.Detail = ""
	}
	if d.File == "" {
		d.File = o.pkg
	}
	if p.Offset >= 0 {
		if src, err := fs.ReadFile(o.ws.FS, p.File); err == nil && p.Offset <= len(src) {
			d = d.At(p.File, src, text.Span{Start: p.Offset, End: p.Offset})
		}
	}
	for _, old := range o.degraded {
		if old.File == d.File && old.Summary == d.Summary && old.Detail == d.Detail {
			return
		}
	}
	o.degraded = append(o.degraded, d)
}
