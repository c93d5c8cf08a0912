package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/batten-dev/batten/cmd/internal/planfile"
	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/manifest/template"
)

// savePlan writes a plan as JSON.
func (opts *upgradeOptions) savePlan(u *upgrade, result upgradeJSON, end func(error) error) error {
	file := &planfile.File{Plan: u.plan, Template: plannedTemplate(u)}
	data, err := file.JSON()
	if err == nil {
		err = os.WriteFile(opts.plan, data, 0o644)
	}
	if err == nil {
		name := filepath.ToSlash(opts.plan)
		opts.errln(fmt.Sprintf("\nThe plan is in %s, and nothing else is changed. Edit it as you like: `batten apply %s` makes it.", name, name))
	}
	if err := end(err); err != nil || !opts.json {
		return err
	}
	return opts.outJSON(result)
}

// plannedTemplate is what of the template comes along with an upgrade, to be saved; nil if nothing
// is merged.
func plannedTemplate(u *upgrade) *planfile.Template {
	s := u.scaffolding
	if s == nil || s.opened[0] == nil || s.diff != "" {
		return nil
	}
	return &planfile.Template{
		CreateApp: planfile.CreateApp{From: versionIn(s.opened[0]), To: versionIn(s.opened[1])},
		Layout:    s.origin.Layout.String(), Name: s.origin.Name, Branch: s.origin.DefaultBranch, Yarn1: s.origin.Yarn1,
		Conflicts: planfile.Policy(s.Policy), Files: planfile.Entries(u.ws.FS, s.Files, planfile.Policy(s.Policy)),
	}
}

// versionIn is the version in the package.json of an npm package; "" if it says none.
func versionIn(files fs.FS) string {
	var manifest struct{ Version string }
	if data, err := fs.ReadFile(files, "package.json"); err != nil || json.Unmarshal(data, &manifest) != nil {
		return ""
	}
	return manifest.Version
}

// mergePlanned merges what a saved plan says of the template: the templates are rendered and merged
// anew, the plan has the choices. Files that changed meanwhile are refused, unless the merge leaves
// them as they are.
func (opts *upgradeOptions) mergePlanned(ctx context.Context, v *versions, u *upgrade, plan *planfile.Template) error {
	if len(plan.Files) == 0 {
		return nil
	}
	opened, err := opts.openTemplates(ctx, func(ctx context.Context, i int) (fs.FS, error) {
		return template.OpenVersion(ctx, v.client, [...]string{u.plan.From, u.plan.To}[i], [...]string{plan.CreateApp.From, plan.CreateApp.To}[i])
	})
	if err != nil {
		return err
	}
	origin := template.Origin{Options: template.Options{Name: plan.Name, DefaultBranch: plan.Branch}, Yarn1: plan.Yarn1, Why: "the plan says so"}
	for _, l := range []template.Layout{template.Default, template.Legacy, template.New} {
		if l.String() == plan.Layout {
			origin.Layout = l
		}
	}
	before, after, err := template.RenderBoth(opened[0], opened[1], origin.Options)
	if err != nil {
		return err
	}
	s := &scaffolding{From: u.plan.From, To: u.plan.To, Layout: plan.Layout, Why: origin.Why, Policy: string(plan.Conflicts), Files: []template.File{}, Pieces: []template.Piece{}, policies: map[string]string{}}
	entries, sources := map[string]planfile.Entry{}, map[string]bool{}
	for _, e := range plan.Files {
		entries[e.Path], sources[e.InTemplate()] = e, true
		if e.Conflicts != "" {
			s.policies[e.InTemplate()] = string(e.Conflicts)
		}
		if bytes.Equal(contentOf(before, e.InTemplate()), contentOf(after, e.InTemplate())) {
			u.plan.Notes = append(u.plan.Notes, lockstep.Note{Code: "hold", Summary: fmt.Sprintf(`the plan has %s, in "template", and the template did not change it`, e.InTemplate())})
		}
	}
	merging := opts.mergeOptions(u, origin)
	merging.Choose = func(name string) template.Choice {
		return template.Choice{Merge: sources[name], Conflicts: modeOf(s.policyOf(template.File{Path: name}))}
	}
	u.scaffolding = s
	was := u.over.Clone()
	if err := s.merge(ctx, u, before, after, merging); err != nil {
		return err
	}
	var refused diag.List
	for i := range s.Files {
		f := &s.Files[i]
		old, now := contentOf(was, f.Path), contentOf(u.over, f.Path)
		e, planned := entries[f.Path]
		switch {
		case bytes.Equal(old, now) && (old == nil) == (now == nil):
		case !planned:
			if err := leave(u.over, f.Path, old); err != nil {
				return err
			}
			f.Status, f.Why, f.Conflicts = template.Skipped, "the plan leaves it", nil
		case planfile.Hash(u.ws.FS, f.Path) != e.Hash:
			d := diag.Errorf("plan-outdated", "%s is no longer what the plan was made for", f.Path)
			d.File = f.Path
			refused = append(refused, d)
		}
	}
	if len(refused) > 0 {
		refused[len(refused)-1].Manual = "Make the plan anew with `batten upgrade --plan FILE`, or take these files out of \"files\" in its \"template\"."
	}
	return refused.Err()
}

// leave plans that a file is as it was; nil for not there.
func leave(over *change.Overlay, name string, content []byte) error {
	if content == nil {
		return over.Remove(name)
	}
	return over.Write(name, content)
}

// contentOf is the content of a file of a tree; nil if it has none of that name.
func contentOf(tree fs.FS, name string) []byte {
	data, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil
	}
	if data == nil {
		data = []byte{}
	}
	return data
}

// checkPlanned refuses to commit what a plan would leave with conflict markers.
func (opts *upgradeOptions) checkPlanned(plan *planfile.Template) error {
	if plan == nil || !opts.commit {
		return nil
	}
	for _, e := range plan.Files {
		if e.Do == planfile.Conflict && (e.Conflicts == planfile.Markers || e.Conflicts == planfile.Index) {
			return &usageError{"batten apply", errors.New("the plan leaves conflict markers in " + e.Path + ", which are not to be committed; leave out --commit")}
		}
	}
	return nil
}
