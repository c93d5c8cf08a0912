package recipe

// Recipe says what one plugin needs. The YAML keys are the names in the tags.
type Recipe struct {
	// ID is the short name that people type, in kebab-case. The file is named after it.
	ID string `yaml:"id" json:"id"`
	// Title is the plugin's name as people write it.
	Title string `yaml:"title" json:"title"`
	// Description is one sentence: what a user of the app gets.
	Description string `yaml:"description" json:"description"`
	// Docs is the address of the plugin's own documentation.
	Docs string `yaml:"docs" json:"docs"`
	// Aliases are further names that Lookup accepts, besides the names of the packages.
	Aliases []string `yaml:"aliases,omitempty" json:"aliases,omitempty"`
	// Since is the oldest release that the recipe is for; "" for no limit.
	Since string `yaml:"since,omitempty" json:"since,omitempty"`

	// Derived makes the recipe an overlay: what it does not state is derived from the published
	// packages. Merge says how the two become one. An overlay need not state more than its ID
	// and Plugin, and is no use alone: Resolve refuses it.
	Derived bool `yaml:"derived,omitempty" json:"derived,omitempty"`
	// Plugin is, in an overlay, the npm package that derivation starts from: the plugin's
	// frontend, or its backend if it has no frontend, or the module.
	Plugin string `yaml:"plugin,omitempty" json:"plugin,omitempty"`
	// Without is, in an overlay, what derivation finds and should not.
	Without []Without `yaml:"without,omitempty" json:"without,omitempty"`

	// Packages are the npm packages to depend on.
	Packages []Package `yaml:"packages" json:"packages"`
	// Replaces are the features that go, because the plugin does their work in their place.
	Replaces []Replaced `yaml:"replaces,omitempty" json:"replaces,omitempty"`
	// Requires are the plugins that are added too, before this one, where they are missing.
	Requires []Requirement `yaml:"requires,omitempty" json:"requires,omitempty"`
	// Extras are modules and plugins that many want with this one, and that are not added
	// unless they are asked for.
	Extras []Extra `yaml:"extras,omitempty" json:"extras,omitempty"`
	// Variants are the ways in which the plugin may be hung, the default first; none if there
	// is just one. The user chooses with `--as NAME`, and a step whose As is another name is
	// left out.
	Variants []Variant `yaml:"variants,omitempty" json:"variants,omitempty"`

	// Legacy, New, Backend and LegacyBackend are the steps for each system: frontends made
	// with createApp of @backstage/app-defaults, frontends made with createApp of
	// @backstage/frontend-defaults, backends made with createBackend, and backends made of
	// plugin files and routers.
	Legacy        []Step `yaml:"legacy,omitempty" json:"legacy,omitempty"`
	New           []Step `yaml:"new,omitempty" json:"new,omitempty"`
	Backend       []Step `yaml:"backend,omitempty" json:"backend,omitempty"`
	LegacyBackend []Step `yaml:"legacyBackend,omitempty" json:"legacyBackend,omitempty"`
	// Unsupported says for which systems the plugin has no support, and why. A system for
	// which there are no steps needs none, unless it is listed here.
	Unsupported []Unsupported `yaml:"unsupported,omitempty" json:"unsupported,omitempty"`

	// Config are the blocks to put in app-config.yaml where it has nothing at their paths.
	Config []ConfigBlock `yaml:"config,omitempty" json:"config,omitempty"`
	// Env are the environment variables that Config names.
	Env []EnvVar `yaml:"env,omitempty" json:"env,omitempty"`
	// Annotations are those by which an entity says that the plugin is about it.
	Annotations []Annotation `yaml:"annotations,omitempty" json:"annotations,omitempty"`
	// Needs are things that must be in the app for the plugin to work, and that the recipe
	// does not put there.
	Needs []Need `yaml:"needs,omitempty" json:"needs,omitempty"`
	// Notes are steps outside the repository, each one or two sentences.
	Notes []string `yaml:"notes,omitempty" json:"notes,omitempty"`
	// NotesFor are notes for some apps only; Resolve puts those that concern the app among
	// Notes.
	NotesFor []Note `yaml:"notesFor,omitempty" json:"notesFor,omitempty"`

	// Source says where the recipe comes from: "curated", or the name given to Load. Merge puts
	// those of both parts together.
	Source string `yaml:"-" json:"source"`
}

// Span limits a package or a step to the releases from Since (included) to Before (excluded),
// as in "1.27.0". An empty limit is none. Prereleases count as the release that they lead to.
type Span struct {
	Since  string `yaml:"since,omitempty" json:"since,omitempty"`
	Before string `yaml:"before,omitempty" json:"before,omitempty"`
}

// Role is what a package is, in the words of its own package.json, less "-plugin".
type Role string

// The roles of packages.
const (
	Frontend       Role = "frontend"
	FrontendModule Role = "frontend-module"
	Backend        Role = "backend"
	BackendModule  Role = "backend-module"
	Common         Role = "common" // a library: react, node or common
)

// Workspace is where in the monorepo a dependency belongs.
type Workspace string

// The workspaces that recipes depend in: the app's package and the backend's.
const (
	InApp     Workspace = "app"
	InBackend Workspace = "backend"
)

// Package is an npm package to depend on.
type Package struct {
	Name string    `yaml:"name" json:"name"`
	Role Role      `yaml:"role" json:"role"`
	In   Workspace `yaml:"in" json:"in"`
	// Versions are known versions, the newest first. It is empty for a package that the
	// release itself gives a version.
	Versions []Version `yaml:"versions,omitempty" json:"versions,omitempty"`
	// Systems are the systems whose steps need the package; empty for all.
	Systems []System `yaml:"systems,omitempty" json:"systems,omitempty"`
	Span    `yaml:",inline"`
}

// Version is a published version of a package that is known to exist.
type Version struct {
	Version string `yaml:"version" json:"version"`
	// Release is the oldest release whose packages have at least the versions that this
	// version of the package asks for.
	Release string `yaml:"release" json:"release"`
}

// System is one of the four systems that an app may be made with.
type System string

// The systems, named as the lists of steps in a recipe.
const (
	LegacyFrontend System = "legacy"
	NewFrontend    System = "new"
	NewBackend     System = "backend"
	LegacyBackend  System = "legacyBackend"
)

// Unsupported says that a plugin does not work with a system.
type Unsupported struct {
	System System `yaml:"system" json:"system"`
	Reason string `yaml:"reason" json:"reason"` // one sentence
	Span   `yaml:",inline"`
}

// Variant is one way to hang a plugin.
type Variant struct {
	Name        string `yaml:"name" json:"name"`
	Description string `yaml:"description" json:"description"` // completes "hang it as ..."
}

// Note is a note for apps of some releases, or made with some system.
type Note struct {
	Text    string   `yaml:"text" json:"text"`
	Systems []System `yaml:"systems,omitempty" json:"systems,omitempty"` // any of them; empty for all
	Span    `yaml:",inline"`
}

// ConfigBlock is a piece of app configuration.
type ConfigBlock struct {
	// Path are the keys down to the block, from the root of the file.
	Path []string `yaml:"path" json:"path"`
	// YAML is the block's value: a mapping, a sequence or a scalar, with comments, indented
	// by two spaces, ending in a newline.
	YAML string `yaml:"yaml" json:"yaml"`
	// Required says that the plugin does not start, or shows nothing, without the block.
	Required bool `yaml:"required,omitempty" json:"required,omitempty"`
	// Why is one sentence: what the block is for.
	Why string `yaml:"why" json:"why"`
	// Systems are the systems that read the block; empty for all.
	Systems []System `yaml:"systems,omitempty" json:"systems,omitempty"`
	Span    `yaml:",inline"`
}

// EnvVar is an environment variable that a config block names as ${NAME}.
type EnvVar struct {
	Name        string `yaml:"name" json:"name"`
	Description string `yaml:"description" json:"description"`
	Secret      bool   `yaml:"secret,omitempty" json:"secret,omitempty"`
	// Optional is for variables that only a commented-out part of a config block names.
	Optional bool `yaml:"optional,omitempty" json:"optional,omitempty"`
}

// Annotation is an annotation of catalog entities.
type Annotation struct {
	Name        string `yaml:"name" json:"name"`
	Example     string `yaml:"example" json:"example"`
	Description string `yaml:"description" json:"description"`
	// Optional is for annotations that only refine another one.
	Optional bool `yaml:"optional,omitempty" json:"optional,omitempty"`
}

// NeedKind is a kind of thing that a plugin needs.
type NeedKind string

// The kinds of needs: a sign-in provider with whose token the browser reads (Name is the key
// under auth.providers), a source code integration (Name is the key under integrations), and
// another plugin (Name is the id of its recipe).
const (
	NeedAuthProvider NeedKind = "auth-provider"
	NeedIntegration  NeedKind = "integration"
	NeedPlugin       NeedKind = "plugin"
)

// Need is something that must be in the app besides the plugin.
type Need struct {
	Kind NeedKind `yaml:"kind" json:"kind"`
	Name string   `yaml:"name" json:"name"`
	Why  string   `yaml:"why" json:"why"` // one sentence
	// Recipe is the id of the recipe that provides it, if there is one.
	Recipe string `yaml:"recipe,omitempty" json:"recipe,omitempty"`
}

// Replaced is a feature of the app or the backend that a plugin replaces.
type Replaced struct {
	// Module is the specifier that the feature is imported by:
	// `backend.add(import('MODULE'))`. Its package is no dependency any more, unless something
	// else imports it.
	Module  string   `yaml:"module" json:"module"`
	Why     string   `yaml:"why" json:"why"` // one sentence, the reason of the removal
	Systems []System `yaml:"systems,omitempty" json:"systems,omitempty"`
	Span    `yaml:",inline"`
}

// Requirement is a plugin that must be there for this one to work.
type Requirement struct {
	// Package is the npm package by which the plugin is known to be there: a dependency of the
	// app or of the backend.
	Package string `yaml:"package" json:"package"`
	// Plugin is what to add where it is missing, as `batten add` takes it; "" for Package.
	Plugin  string   `yaml:"plugin,omitempty" json:"plugin,omitempty"`
	Why     string   `yaml:"why" json:"why"` // one sentence
	Systems []System `yaml:"systems,omitempty" json:"systems,omitempty"`
	Span    `yaml:",inline"`
}

// Name is what to add, as `batten add` takes it.
func (r Requirement) Name() string {
	if r.Plugin != "" {
		return r.Plugin
	}
	return r.Package
}

// Extra is a module or plugin that goes well with another.
type Extra struct {
	Plugin string `yaml:"plugin" json:"plugin"` // as `batten add` takes it
	Why    string `yaml:"why" json:"why"`       // completes "adds ..."
}
