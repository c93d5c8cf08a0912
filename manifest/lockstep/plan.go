package lockstep

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/registry/npmver"
)

// Schema is the version of a Plan's JSON form.
const Schema = 1

// Kind is what kind of change a row is.
type Kind string

// The kinds of rows. Held and Removed rows change nothing, unless they have a To.
const (
	Patch     Kind = "patch"
	Minor     Kind = "minor"
	Breaking  Kind = "breaking"  // another major version; below 1.0 another minor one, below 0.1 any other
	Downgrade Kind = "downgrade" // a lower version
	Same      Kind = "same"      // the same version, written otherwise
	Moved     Kind = "moved"     // the package has another name now
	Removed   Kind = "removed"   // the release has the package no more
	Held      Kind = "held"      // the release, or npm, has something newer, and it is not taken
)

// Plan is what a monorepo needs to come to a release.
type Plan struct {
	Schema int    `json:"schema"`
	From   string `json:"from,omitempty"` // the release that it is at; "" if not known
	To     string `json:"to"`             // the release to come to

	Rows   []Row       `json:"rows"`             // by file, field and package
	Hold   []string    `json:"hold"`             // packages that a person holds back: their rows are not applied
	Plugin *YarnPlugin `json:"plugin,omitempty"` // the Backstage plugin of yarn, where there is one
	Notes  []Note      `json:"notes"`            // what else is worth knowing
}

// Note is worth knowing about an upgrade, and changes nothing.
type Note struct {
	Code    string `json:"code"`           // stable, kebab-case
	File    string `json:"file,omitempty"` // slash path; "" if about no file
	Line    int    `json:"line,omitempty"` // 1-based
	Summary string `json:"summary"`        // one sentence, no full stop
	Manual  string `json:"manual,omitempty"`
}

// Row is one dependency in one file.
type Row struct {
	Workspace string `json:"workspace"` // folder of the workspace, "." for the root
	File      string `json:"file"`      // slash path from the root of the monorepo
	Line      int    `json:"line"`      // of the specifier, 1-based
	Column    int    `json:"column"`    // likewise, in UTF-16 code units

	// Field is what the dependency is in: a dependency field, "resolutions", "overrides",
	// "catalog", or "catalogs.NAME". Key is its name there, where that is not Package.
	Field   string `json:"field"`
	Key     string `json:"key,omitempty"`
	Package string `json:"package"`

	From        string `json:"from"`                  // the specifier as it is
	To          string `json:"to"`                    // as it will be; "" leaves it
	FromVersion string `json:"fromVersion,omitempty"` // the lowest version that From admits; "" if it states none
	ToVersion   string `json:"toVersion,omitempty"`   // the version to come to; of a held row, the one not taken
	Name        string `json:"name,omitempty"`        // of a moved package: its name from now on
	Merged      bool   `json:"merged,omitempty"`      // of a moved package: Name is in the field already, so that the entry goes

	Change Kind   `json:"change"`
	Why    string `json:"why,omitempty"` // one sentence
}

// YarnPlugin is the Backstage plugin of yarn, which gives "backstage:^" its meaning.
type YarnPlugin struct {
	File string `json:"file"` // of the plugin: ".yarn/plugins/@yarnpkg/plugin-backstage.cjs"
	From string `json:"from"` // address that it came from; "" if not known
	To   string `json:"to"`   // address of the one for the release
}

// key is the name of the row's entry in its field.
func (r Row) key() string { return cmp.Or(r.Key, r.Package) }

// edits says whether the row changes its file.
func (r Row) edits() bool { return r.Name != "" || r.To != "" && r.To != r.From }

func (r Row) compare(o Row) int {
	return cmp.Or(strings.Compare(r.File, o.File), fieldRank(r.Field)-fieldRank(o.Field), strings.Compare(r.Field, o.Field),
		strings.Compare(r.Package, o.Package), strings.Compare(r.Key, o.Key))
}

// Held says whether a person holds back a package; names may be patterns with "*" at their end.
func (p *Plan) held(name string) bool {
	return slices.ContainsFunc(p.Hold, func(h string) bool {
		prefix, glob := strings.CutSuffix(h, "*")
		return h == name || glob && strings.HasPrefix(name, prefix)
	})
}

// HoldBack makes the rows of the packages in Hold rows that are Held, for those who read the plan,
// and adds a note of each name in Hold that no row has.
func (p *Plan) HoldBack() {
	for i, r := range p.Rows {
		if r.edits() && p.held(r.Package) {
			r.To, r.Name, r.Merged, r.Change, r.Why = "", "", false, Held, `The plan holds it back, in "hold".`
			p.Rows[i] = r
		}
	}
	for _, h := range p.Hold {
		one := Plan{Hold: []string{h}}
		if !slices.ContainsFunc(p.Rows, func(r Row) bool { return one.held(r.Package) }) {
			p.Notes = append(p.Notes, Note{Code: "hold", Summary: fmt.Sprintf(`the plan holds back %s, in "hold", and no row is of that package`, h)})
		}
	}
}

// Active are the rows that Apply makes: those that change their file and are not held back.
func (p *Plan) Active() []Row {
	var rows []Row
	for _, r := range p.Rows {
		if r.edits() && !p.held(r.Package) {
			rows = append(rows, r)
		}
	}
	return rows
}

// Behind says whether there is anything to do to come to the release.
func (p *Plan) Behind() bool {
	return p.From != p.To || slices.ContainsFunc(p.Active(), func(r Row) bool { return r.Change != Same })
}

// Refresh makes the rows whose specifier a person changed say what they are: ToVersion becomes the
// lowest version that To admits, and Change what it is to come there. Rows that only rename, or
// whose To states no version, stay as they are.
func (p *Plan) Refresh() {
	for i, r := range p.Rows {
		if !r.edits() || r.To == "" || r.Change == Moved {
			continue
		}
		rng, ok := npmver.ParseSpecifier(r.To).Range()
		if !ok {
			continue
		}
		low, ok := rng.MinVersion()
		if !ok || rng.Any() || low.String() == r.ToVersion && r.Change != Held {
			continue
		}
		p.Rows[i].ToVersion, p.Rows[i].Change = low.String(), kindOf(r.FromVersion, low.String())
		if r.Change == Held || r.Change == Removed {
			p.Rows[i].Why = ""
		}
	}
}

// JSON is the plan's JSON form, with a newline at its end.
func (p *Plan) JSON() ([]byte, error) {
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	return append(data, '\n'), nil
}
