package engines

import (
	_ "embed" // the documentation of the rule
	"fmt"
	"path"
	"strings"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/npmver"
)

//go:embed docs/BK012.md
var docBK012 string

// Rules are the rules of package check that need to know which Node a release supports.
func Rules() []check.Rule {
	return []check.Rule{{
		Code: "BK012", Name: "node-version", Family: check.Containers, Severity: diag.Warning,
		Title: "A Node version that the Backstage release does not support", Doc: docBK012, Check: nodeVersions,
	}}
}

// nodeVersions finds places that ask for a version of Node that the release does not support.
func nodeVersions(r *check.Repo) []check.Finding {
	need, ok := Of(r.Workspace.Release.Version)
	if !ok {
		return nil
	}
	places, err := CheckFiles(r.Files(), r.ReadFile, need)
	if err != nil {
		return nil
	}
	wanted, _ := npmver.ParseRange(need.Node)
	own := map[string]bool{r.Workspace.Root.File: true}
	for _, a := range r.Workspace.Apps {
		own[a.Package.File] = true
	}
	for _, b := range r.Workspace.Backends {
		own[b.Package.File] = true
	}
	var stated Place // the engines of the root
	for _, p := range places {
		if p.Kind == Engines && p.File == r.Workspace.Root.File && stated.File == "" {
			stated = p
		}
	}
	var out []check.Finding
	for _, p := range places {
		note := need.Assumed || r.Workspace.Release.Source != workspace.ReleaseFile
		switch {
		case (p.Kind == Engines || p.Kind == Volta) && !own[p.File], p.Kind == Workflow && !ofApp(r, p.File):
			continue
		case p.Verdict == Misfit:
			note = note || newer(p.Text, wanted)
		case p.Verdict == Wide && p.New != "":
			note = true
		case p.Kind != Engines && against(p, stated):
			f := r.At(p.File, p.Span, string(p.Kind)+" engines", fmt.Sprintf("Node %s is not what engines in %s admits: %s", p.Text, stated.File, stated.Text))
			f.Manual = "Write one that both admit: the release supports " + need.Node + "."
			f.Related = []check.Place{{File: stated.File, Span: stated.Span, Pos: stated.Pos, What: "engines"}}
			if note {
				f = f.AsNote()
			}
			out = append(out, f)
			continue
		case p.Verdict == Open && p.Kind == Dockerfile && p.Text != "latest": // BK006 has that
			note = true
		default:
			continue
		}
		summary := fmt.Sprintf("Node %s is not what Backstage %s supports: %s", p.Text, need.Release, need.Node)
		if p.Verdict == Open {
			summary = fmt.Sprintf("the tag %q is another Node from time to time; Backstage %s supports %s", p.Text, need.Release, need.Node)
		}
		f := r.At(p.File, p.Span, string(p.Kind)+" "+p.Text, summary)
		f.Manual = fmt.Sprintf("Use Node %s.", need.Node)
		switch {
		case p.New != "":
			f.Manual = fmt.Sprintf("Write %s.", p.New)
			f.Fixes = []check.Fix{{Title: "Write " + p.New, Safe: true, Edits: map[string][]text.Edit{p.File: {text.Replace(p.Span, p.New)}}}}
		case p.fixed != "":
			f.Manual = p.fixed + " " + f.Manual
		}
		if note {
			f = f.AsNote()
		}
		out = append(out, f)
	}
	return out
}

// against reports whether a version fits the release, and contradicts engines that fit it too.
func against(p, stated Place) bool {
	if p.Verdict != Fits || stated.Verdict != Fits {
		return false
	}
	a, okA := rangeOf(p.Text)
	b, okB := rangeOf(stated.Text)
	return okA && okB && !a.Intersects(b)
}

// newer reports whether a version is above all, or between those, that are supported: it is not
// supported, but may work.
func newer(written string, wanted npmver.Range) bool {
	low, some := wanted.MinVersion()
	r, ok := rangeOf(written)
	if !some || !ok {
		return false
	}
	least, ok := r.MinVersion()
	return ok && least.Compare(low) > 0
}

// ofApp reports whether a workflow works with the app: it runs yarn or the CLI of Backstage, and
// is not the release of something else.
func ofApp(r *check.Repo, name string) bool {
	src, err := r.ReadFile(name)
	if err != nil {
		return false
	}
	if path.Base(name) == "action.yml" || path.Base(name) == "action.yaml" {
		return true
	}
	return strings.Contains(string(src), "yarn ") || strings.Contains(string(src), "backstage-cli")
}
