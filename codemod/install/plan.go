package install

import (
	"context"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/recipe"
)

// Options say how to install.
type Options struct {
	// App and Backend are the folders of the packages to install in ("packages/app"); "" for
	// the workspace's first.
	App, Backend string
	// As is the variant of the recipes that have variants; "" for the first of each one's for
	// which the app has the places.
	As string
	// Pages are the entity pages that get tabs and cards, as wiring.Fact has them
	// ("component:service"); nil for those that the recipe or the policy says.
	Pages []string
	// Config is the file for configuration; "" for app-config.yaml.
	Config string
	// Version chooses the version of a package to depend on.
	Version func(context.Context, Dependency) (Choice, error)
	// Load reads a workspace as the caller reads it; nil for workspace.Load.
	Load func(prev *workspace.Workspace, over *change.Overlay) (*workspace.Workspace, error)
}

// Dependency asks for a version.
type Dependency struct {
	Package recipe.Package
	In      *workspace.Package // whose dependencies it joins
}

// Choice is the answer.
type Choice struct {
	Spec    string // what to write: "^1.2.3", "backstage:^"
	Why     string // one sentence on why this version, for the edit's reason
	Warning string // what is uncertain about it; "" if nothing is
}

// Plan is what an Add comes to.
type Plan struct {
	Plugins []Plugin `json:"plugins"`
	// Changes are the changes of all files, by path; empty if everything is there already.
	Changes []change.Change `json:"-"`
	// Difference is what the changes do to the wiring, as observed.
	Difference wiring.Difference `json:"difference"`
	// Warnings are worth reading before the plan is applied.
	Warnings diag.List `json:"warnings,omitempty"`
}

// Plugin is the part of a plan that is about one recipe.
type Plugin struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Source string `json:"source"` // where the recipe comes from
	State  State  `json:"state"`
	// Present are the pieces that were there before, each with its place.
	Present []string `json:"present,omitempty"`
	// Replaced are the pieces that are taken out because the plugin does their work, each with
	// its place before.
	Replaced []string `json:"replaced,omitempty"`
	// Env, Annotations, Needs and Notes are the recipe's, as far as they concern this app.
	Env         []recipe.EnvVar     `json:"env,omitempty"`
	Annotations []recipe.Annotation `json:"annotations,omitempty"`
	Needs       []recipe.Need       `json:"needs,omitempty"`
	Notes       []string            `json:"notes,omitempty"`
}

// State is what a plan does about a plugin.
type State string

// The states of a plugin: nothing of it was there, some of it was, all of it was.
const (
	Added    State = "added"
	Finished State = "finished"
	Present  State = "present"
)

// Expected is a fact that a step promises.
type Expected struct {
	Kind    wiring.Kind
	Package string   // folder of the app or backend
	Name    string   // as in wiring.Fact; links and paths are compared without outer slashes
	Module  string   // npm specifier that must be among the fact's Refs; "" for none
	Export  string   // its export; "" for any
	Pages   []string // nil for any
	Value   string   // of a setting; "" for any
	// Optional says that the fact may be missing.
	Optional bool
	// Mended says that the fact was there before, though a file that it is made of was not.
	Mended bool
}

// matches reports whether a fact is the promised one.
func (e Expected) matches(f wiring.Fact) bool {
	name := f.Name
	if f.Kind == wiring.Feature {
		name = featureFile(name)
	}
	if f.Kind != e.Kind || f.Package != e.Package || strings.Trim(name, "/") != strings.Trim(e.Name, "/") {
		return false
	}
	if e.Pages != nil && !equalSets(e.Pages, f.Pages) || e.Value != "" && e.Value != f.Value {
		return false
	}
	return e.Module == "" || refersTo(f, e.Module, e.Export)
}

// featureFile is the name of a feature without the plugin id that follows a file of the app's.
func featureFile(name string) string {
	file, _, _ := strings.Cut(name, "#")
	return file
}

// refersTo reports whether a fact is made of an export of a module.
func refersTo(f wiring.Fact, module, export string) bool {
	for _, r := range f.Refs {
		if r.Module == module && (export == "" || r.Export == export) {
			return true
		}
	}
	return false
}

func equalSets(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	in := map[string]bool{}
	for _, s := range a {
		in[s] = true
	}
	for _, s := range b {
		if !in[s] {
			return false
		}
	}
	return true
}
