package template

import (
	"context"
	"maps"
	"slices"

	"github.com/batten-dev/batten/codemod/change"
)

// rehang takes back the merge of files that brought pieces whose neighbours the app has in other
// files, and merges those pieces there. It is false, and nothing has changed, where that leaves
// more conflicts.
func (w *wires) rehang(ctx context.Context, merged *side) (bool, error) {
	strayed := map[string]bool{}
	for _, v := range w.changes {
		f := w.entry(v.fact().File)
		if v.was != nil || f == nil || f.Status != Merged || f.How == "whole" {
			continue
		}
		t := &task{variation: v, folder: v.now.Package, mine: w.mine[v.now.Package]}
		at, _ := t.find(merged.facts(t.mine), weak, *v.now)
		if len(at) != 1 || at[0].File != f.Path {
			continue
		}
		if home, _, _, _ := w.beside(merged, t, v.now.Wrapper, at[0].Pages); home != "" && home != f.Path {
			strayed[f.Path] = true
		}
	}
	if len(strayed) == 0 {
		return false, nil
	}
	start, before := w.save(), w.conflicts()
	for i := range w.m.result.Files {
		f := &w.m.result.Files[i]
		if !strayed[f.Path] {
			continue
		}
		if err := w.m.over.Write(f.Path, f.Ours); err != nil {
			return false, err
		}
		f.Status, f.Notes, f.Why = Conflict, nil, ""
		f.Conflicts = []Clash{{Why: "what it wires belongs in other files here", Base: Lines{1, 0}, Ours: Lines{1, 0}, Theirs: Lines{1, 0}}}
	}
	apart, err := w.again(ctx)
	if err != nil {
		return false, err
	}
	if err := w.piecesAndRest(ctx, apart); err != nil {
		return false, err
	}
	if w.conflicts() > before {
		w.restore(start)
		return false, nil
	}
	return true, nil
}

// saved is what a merge of pieces changes.
type saved struct {
	over   *change.Overlay
	result Result
	extra  map[string]bool
}

func (w *wires) save() saved {
	r := w.m.result
	r.Files, r.Pieces, r.Notes = slices.Clone(r.Files), slices.Clone(r.Pieces), slices.Clone(r.Notes)
	for i := range r.Files {
		r.Files[i].Notes = slices.Clone(r.Files[i].Notes)
	}
	return saved{w.m.over.Clone(), r, maps.Clone(w.extra)}
}

func (w *wires) restore(s saved) {
	w.m.over.Restore(s.over)
	w.m.result, w.extra = s.result, s.extra
}

// conflicts is how many source files and pieces conflict.
func (w *wires) conflicts() int {
	n := 0
	for _, f := range w.m.result.Files {
		if f.Status == Conflict && wired(f.Path) && w.mine[packageOf(f.Path)] != "" {
			n++
		}
	}
	for _, p := range w.m.result.Pieces {
		if p.Status == Conflict {
			n++
		}
	}
	return n
}
