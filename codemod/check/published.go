package check

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/npmver"
)

// Version is a version of an npm package.
type Version struct{ Name, Version string }

// Published is what a registry says of a version.
type Published struct {
	Deprecated string    // the reason; "" if it is not deprecated
	At         time.Time // zero if it is not known
}

// Registry is what the rules about published packages need, which is not in the repository.
type Registry struct {
	// Ask says what is known of versions; what is not known is left out. It is called from
	// several goroutines.
	Ask  func(*workspace.Workspace, []Version) map[Version]Published
	Gate func(*workspace.Workspace) workspace.AgeGate // the age that versions must have
	Now  time.Time
}

// PublishedRules are the rules that need a registry.
func PublishedRules(reg Registry) []Rule {
	return []Rule{
		{Code: "BP011", Name: "deprecated-package", Family: Packages, Severity: diag.Warning, Title: "A package that its authors have deprecated", Doc: doc("BP011"), Check: func(r *Repo) []Finding { return deprecated(r, reg) }},
		{Code: "BP012", Name: "too-young", Family: Packages, Severity: diag.Warning, Title: "A version that is younger than the repository allows", Doc: doc("BP012"), Check: func(r *Repo) []Finding { return tooYoung(r, reg) }},
	}
}

// choice is a dependency, and the version of it that is installed.
type choice struct {
	p *workspace.Package
	d workspace.Dep
	v Version
}

// chosen are the dependencies on packages from outside of the repository whose version is known,
// by package.json and place, each version once.
func (r *Repo) chosen() []choice {
	lock := r.Lockfile()
	seen := map[Version]bool{}
	var out []choice
	for _, p := range r.AllPackages() {
		for _, d := range p.Deps {
			if _, local := r.Workspace.Package(d.Name); local || d.Field == "peerDependencies" {
				continue
			}
			v := Version{Name: d.Name}
			switch spec := npmver.ParseSpecifier(d.Spec); spec.Kind() {
			case npmver.Exact, npmver.Ranged, npmver.Backstage:
				if lock != nil {
					if e := lock.Resolve(d.Name, d.Spec); e != nil {
						v.Version = e.Version
					}
				} else if in, ok := r.Installed(p.Dir, d.Name); ok {
					var meta struct{ Version string }
					if json.Unmarshal(in.JSON, &meta) == nil {
						v.Version = meta.Version
					}
				} else if spec.Kind() == npmver.Exact {
					v.Version = d.Spec
				}
			}
			if v.Version != "" && !seen[v] {
				seen[v] = true
				out = append(out, choice{p, d, v})
			}
		}
	}
	return out
}

func versionsOf(list []choice) []Version {
	var out []Version
	for _, c := range list {
		out = append(out, c.v)
	}
	return out
}

// deprecated finds dependencies whose version the registry calls deprecated.
func deprecated(r *Repo, reg Registry) []Finding {
	list := r.chosen()
	said := reg.Ask(r.Workspace, versionsOf(list))
	var out []Finding
	for _, c := range list {
		why := strings.Join(strings.Fields(said[c.v].Deprecated), " ")
		if why == "" {
			continue
		}
		const most = 200
		if runes := []rune(why); len(runes) > most {
			why = string(runes[:most]) + "..."
		}
		f := r.at(c.p.File, c.d.Span, "%s %s is deprecated", c.v.Name, c.v.Version)
		f.key = c.v.Name
		f.Detail = "Its authors say: " + why
		f.Manual = "Depend on what they name instead, or on a version that is not deprecated."
		out = append(out, f)
	}
	return out
}

// tooYoung finds versions in use that are younger than the repository's package manager lets in.
func tooYoung(r *Repo, reg Registry) []Finding {
	gate := reg.Gate(r.Workspace)
	if gate.Min <= 0 {
		return nil
	}
	var list []choice
	for _, c := range r.chosen() {
		if !gate.Exempts(c.v.Name, c.v.Version) {
			list = append(list, c)
		}
	}
	said := reg.Ask(r.Workspace, versionsOf(list))
	var out []Finding
	for _, c := range list {
		at := said[c.v].At
		age := reg.Now.Sub(at)
		if at.IsZero() || age >= gate.Min {
			continue
		}
		f := r.at(c.p.File, c.d.Span, "%s %s was published %s ago, and %s asks for %s", c.v.Name, c.v.Version, duration(max(age, 0)), gate.File, duration(gate.Min))
		f.key = c.v.Name + " " + c.v.Version
		f.Detail = "What is malicious is mostly found out and taken back within days."
		f.Manual = "Take an older version for now, or name the package among those that are exempt, if it is trusted."
		out = append(out, f)
	}
	return out
}

// duration is a time in days, or in hours if it is short.
func duration(d time.Duration) string {
	n, unit := int(d.Hours()/24), "day"
	if d < 48*time.Hour {
		n, unit = int(d.Hours()), "hour"
	}
	if d < 2*time.Hour {
		n, unit = int(d.Minutes()), "minute"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}
