package lockstep

import (
	"slices"

	"github.com/batten-dev/batten/registry/npmver"
)

// moved decides about a package that has another name now.
func (k *maker) moved(r Row, spec npmver.Specifier, o Other) Row {
	r.Change, r.Name = Moved, o.Name
	version := o.Version
	if v, ok := k.to.Version(o.Name); ok {
		version = v
	}
	if version == "" {
		why := o.Why
		if why == "" {
			why = "which version to take is not known without asking npm"
		}
		r.Name = ""
		return r.hold("it is %s now; %s", o.Name, lower(why))
	}
	r.ToVersion = version
	style := spec.Style()
	r.To = style.Range(version)
	if _, ours := k.to.Version(o.Name); ours && k.plugin && style != npmver.ExactStyle && r.Field != "peerDependencies" && isField(r.Field) {
		r.To = "backstage:^"
	}
	r.Why = sentence("it is " + o.Name + " now")
	if o.Why != "" {
		r.Why += " " + sentence(o.Why)
	}
	return r
}

// merge marks moved packages whose new name is in the same field already, or in one that counts
// before it, so that it is not there twice.
func (k *maker) merge() {
	for i, r := range k.plan.Rows {
		if r.Change != Moved || r.Name == "" || !isField(r.Field) {
			continue
		}
		p := k.ws.Root
		for _, w := range k.ws.Packages {
			if w.File == r.File {
				p = w
			}
		}
		merged := slices.ContainsFunc(k.plan.Rows[:i], func(o Row) bool {
			return o.File == r.File && o.Field == r.Field && o.Name == r.Name
		})
		for _, d := range p.Deps {
			if d.Name == r.Name && d.Field == r.Field {
				merged = true
			}
		}
		if merged {
			k.plan.Rows[i].Merged, k.plan.Rows[i].To = true, ""
			k.plan.Rows[i].Why += " It is there under that name already."
		}
	}
}
