package install

import (
	"fmt"
	"slices"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// prove observes the workspace without the plugin: what is gone must be what was to go, nothing
// may be new, every changed file must parse, and no file may refer to a name that it has lost.
// The observation is where the next plugin begins.
func (r *remover) prove() error {
	for _, c := range r.over.Changes() {
		if c.After == nil {
			continue
		}
		if err := parses(c); err != nil {
			return unprovedRemoval(err.Error())
		}
	}
	for name, old := range r.trees {
		if f, err := r.file(name); err == nil {
			if lost := dangling(old, f.Tree); lost != "" {
				return unprovedRemoval(fmt.Sprintf("%s would refer to %s, which it has no more", name, lost))
			}
		}
	}
	after, err := r.observed()
	if err != nil {
		return unprovedRemoval(err.Error())
	}
	if problem := r.wrong(wiring.Compare(r.seen, after.seen)); problem != "" {
		return unprovedRemoval(problem)
	}
	if more := len(after.seen.Degraded) - len(r.seen.Degraded); more > 0 {
		return unprovedRemoval("the changed app can no longer be run: " + after.seen.Degraded[len(after.seen.Degraded)-1].Error())
	}
	r.state = after
	return nil
}

// dangling is a name that a file declared before, refers to still, and declares no more.
func dangling(before, after *tsx.Tree) string {
	have := map[string]bool{}
	for _, name := range names(after) {
		have[name] = true
	}
	for _, name := range names(before) {
		if !have[name] && len(tsx.References(after, name)) > 0 {
			return name
		}
	}
	return ""
}

// names are those that a file imports, or declares at its top.
func names(t *tsx.Tree) []string {
	var out []string
	for _, d := range tsx.Imports(t) {
		for _, b := range d.Bindings {
			out = append(out, b.Local)
		}
	}
	for n := range t.Root().Descendants() {
		if n.Is(tsx.KindVariableDeclarator, tsx.KindFunctionDeclaration) && n.Field(tsx.FieldName).Is(tsx.KindIdentifier) {
			out = append(out, n.Field(tsx.FieldName).Text())
		}
	}
	return out
}

// wrong says how a difference is not what was to go; "" if it is. A piece that held something
// of the plugin beside other things is there before with it and after without.
func (r *remover) wrong(diff wiring.Difference) string {
	removed := slices.Clone(diff.Removed)
	for _, f := range diff.Added {
		i := slices.IndexFunc(removed, func(old wiring.Fact) bool { return r.less(old, f) })
		if i < 0 {
			return "the app would get " + f.String()
		}
		removed = slices.Delete(removed, i, i+1)
	}
	missing := slices.Clone(r.taken)
	for _, f := range removed {
		i := slices.IndexFunc(missing, func(w wiring.Fact) bool { return w.Key() == f.Key() })
		if i < 0 {
			return "the app would also lose " + f.String()
		}
		missing = slices.Delete(missing, i, i+1)
	}
	if len(missing) > 0 {
		return "the app would still have " + missing[0].String()
	}
	return ""
}

// less reports whether a piece is another one without what was the plugin's.
func (r *remover) less(old, now wiring.Fact) bool {
	if old.Kind != now.Kind || old.Package != now.Package || old.In != now.In || !slices.Equal(old.Pages, now.Pages) || !r.refersToOwn(old.Refs) || r.refersToOwn(now.Refs) {
		return false
	}
	if old.Name != now.Name && old.Kind != wiring.EntityCase {
		return false
	}
	i := 0
	for _, ref := range old.Refs {
		switch {
		case i < len(now.Refs) && now.Refs[i] == ref:
			i++
		case !r.own(ref.Module) && !common(ref):
			return false
		}
	}
	return i == len(now.Refs)
}

// proveAgain takes the plugins out a second time, which must change nothing.
func (r *remover) proveAgain(recipes []recipe.Recipe) error {
	second := &remover{ctx: r.ctx, opts: r.opts, over: change.NewOverlay(r.over), state: r.state}
	if err := second.all(recipes); err != nil {
		return unprovedRemoval("taking the plugin out a second time fails: " + err.Error())
	}
	for _, c := range second.over.Changes() {
		return unprovedRemoval("taking the plugin out a second time would change " + c.Path + " again")
	}
	return nil
}

// unprovedRemoval is the refusal of a plan that does not do what was asked for.
func unprovedRemoval(problem string) error {
	d := unproved(problem)
	d.Manual = "Please report this, with the files named above. Until then, take the plugin out by hand."
	return d
}
