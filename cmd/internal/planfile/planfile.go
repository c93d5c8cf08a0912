package planfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/manifest/lockstep"
	"github.com/batten-dev/batten/manifest/template"
	"github.com/batten-dev/batten/registry/npmver"
)

// File is a saved plan.
type File struct {
	*lockstep.Plan
	Template *Template `json:"template,omitempty"` // nil: what changed in the template is left alone
}

// Template is which changes of the template are merged, between two versions of create-app for one
// app.
type Template struct {
	CreateApp CreateApp `json:"createApp"`
	Layout    string    `json:"layout"`          // of the app: legacy, new or default
	Name      string    `json:"name"`            // of the app, as create-app was told; "" if it is not known
	Branch    string    `json:"branch"`          // of the repository, likewise; "" if it did not say
	Yarn1     bool      `json:"yarn1,omitempty"` // the app is installed by yarn 1
	Conflicts Policy    `json:"conflicts"`       // what is done with conflicts, where a file does not say
	Files     []Entry   `json:"files"`           // what is merged; others are not
}

// CreateApp are the versions of @backstage/create-app that have the templates.
type CreateApp struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Entry is one file that the template changed.
type Entry struct {
	Path      string   `json:"path"`                // in the app; slash path from the root
	From      string   `json:"from,omitempty"`      // the template's file whose changes come to it, where that is another
	Do        Action   `json:"do"`                  // what comes of it; for those who read
	Conflicts Policy   `json:"conflicts,omitempty"` // what is done with its conflicts; "" for Template.Conflicts
	Places    []string `json:"places,omitempty"`    // of the conflicts; for those who read
	Hash      string   `json:"hash,omitempty"`      // SHA-256 of the app's file; "" if there is none
}

// InTemplate is the path of the template's file whose changes come to this one. Several may have the
// same.
func (e Entry) InTemplate() string {
	if e.From != "" {
		return e.From
	}
	return e.Path
}

// Action is what comes of a file.
type Action string

// The actions.
const (
	Merge    Action = "merge"
	Add      Action = "add"
	Delete   Action = "delete"
	Conflict Action = "conflict" // what does not conflict is merged as the policy says
)

// Policy is what is done with conflicts.
type Policy string

// The policies, as --conflicts has them.
const (
	Leave   Policy = "leave"
	Ours    Policy = "ours"
	Markers Policy = "markers"
	Index   Policy = "index"
)

// Policies are all of them.
func Policies() []string {
	return []string{string(Leave), string(Ours), string(Markers), string(Index)}
}

// Hash is that of a file, for an Entry; "" if there is none.
func Hash(fsys fs.FS, name string) string {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Entries are the files of a merge that changes something, or would, with their hashes as they are
// in the app. Those with conflicts have the policy for them.
func Entries(app fs.FS, files []template.File, conflicts Policy) []Entry {
	list := []Entry{}
	for _, f := range files {
		e := Entry{Path: f.Path, From: f.From, Hash: Hash(app, f.Path)}
		switch f.Status {
		case template.Merged:
			e.Do = Merge
		case template.Added:
			e.Do = Add
		case template.Deleted:
			e.Do = Delete
		case template.Conflict:
			e.Do, e.Conflicts = Conflict, conflicts
			for _, c := range f.Conflicts {
				place := fmt.Sprintf("%s:%d", f.Path, c.Ours.From)
				if c.Key != "" {
					place += " " + c.Key
				}
				e.Places = append(e.Places, place+": "+c.Why)
			}
		default:
			continue
		}
		list = append(list, e)
	}
	return list
}

// JSON is the form in which a plan is saved, with a newline at its end.
func (f *File) JSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(f); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	return b.Bytes(), nil
}

// Read reads a saved plan. The error is a *diag.Diagnostic, or several, about the file of that name.
func Read(name string, data []byte) (*File, error) {
	doc, err := jsonedit.Parse(name, data)
	if err != nil {
		return nil, err
	}
	r := &reader{name: name, doc: doc, data: data}
	root := doc.Root()
	if root.Kind() != jsonedit.Object {
		return nil, r.bad(root, "this is no plan of batten")
	}
	if schema := root.Get("schema"); schema.Kind() == jsonedit.Missing {
		return nil, r.bad(root, "this is no plan of batten: it has no \"schema\"")
	} else if schema.String() != fmt.Sprint(lockstep.Schema) {
		return nil, r.bad(schema, "the plan's schema is %s, and this batten knows %d", schema, lockstep.Schema)
	}
	f := &File{Plan: &lockstep.Plan{}}
	r.check(root, shapeOf(f), "")
	if err := r.wrong.Err(); err != nil {
		return nil, err
	}
	if err := root.Decode(f); err != nil {
		return nil, r.bad(root, "this is no plan of batten: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	r.values(f)
	if err := r.wrong.Err(); err != nil {
		return nil, err
	}
	f.Refresh()
	return f, nil
}

// values looks for what has the right type and is wrong nevertheless.
func (r *reader) values(f *File) {
	at := func(path ...string) jsonedit.Value {
		v, ok := r.doc.Lookup(path...)
		if !ok {
			v, _ = r.doc.Lookup(path[:len(path)-1]...)
		}
		return v
	}
	if _, err := npmver.ParseVersion(f.To); err != nil {
		r.say(at("to"), "%q is no release", f.To)
	}
	for i, row := range f.Rows {
		n := fmt.Sprint(i)
		for field, value := range map[string]string{"file": row.File, "field": row.Field, "package": row.Package} {
			if value == "" {
				r.say(at("rows", n, field), "the row has no %s", field)
			}
		}
		if row.File != "" && !fs.ValidPath(row.File) {
			r.say(at("rows", n, "file"), "%q is no path from the root of the repository", row.File)
		}
	}
	t := f.Template
	if t == nil {
		return
	}
	if !slices.Contains([]string{template.Default.String(), template.Legacy.String(), template.New.String()}, t.Layout) {
		r.say(at("template", "layout"), "%q is no layout: there are default, legacy and new", t.Layout)
	}
	for field, value := range map[string]string{"from": t.CreateApp.From, "to": t.CreateApp.To} {
		if _, err := npmver.ParseVersion(value); err != nil {
			r.say(at("template", "createApp", field), "%q is no version of create-app", value)
		}
	}
	r.policy(at("template", "conflicts"), t.Conflicts)
	seen := map[string]bool{}
	for i, e := range t.Files {
		n := fmt.Sprint(i)
		path := at("template", "files", n, "path")
		switch {
		case !fs.ValidPath(e.Path) || e.Path == ".":
			r.say(path, "%q is no path from the root of the repository", e.Path)
		case seen[e.Path]:
			r.say(path, "%s is in the plan twice", e.Path)
		}
		seen[e.Path] = true
		if !slices.Contains([]Action{Merge, Add, Delete, Conflict}, e.Do) {
			r.sayNext(at("template", "files", n, "do"), `To leave the file as it is, take it out of "files".`, "%q is nothing that can be done with a file: it says what comes of it, merge, add, delete or conflict", e.Do)
		}
		if e.Conflicts != "" {
			r.policy(at("template", "files", n, "conflicts"), e.Conflicts)
		}
	}
}

func (r *reader) policy(at jsonedit.Value, p Policy) {
	if !slices.Contains(Policies(), string(p)) {
		r.say(at, "%q is nothing that can be done with conflicts: there are %s", p, strings.Join(Policies(), ", "))
	}
}

type reader struct {
	name  string
	doc   *jsonedit.Doc
	data  []byte
	wrong diag.List
}

func (r *reader) bad(at jsonedit.Value, format string, args ...any) error {
	r.sayNext(at, "Make one with `batten upgrade --plan FILE`.", format, args...)
	return r.wrong.Err()
}

func (r *reader) say(at jsonedit.Value, format string, args ...any) {
	r.sayNext(at, "", format, args...)
}

func (r *reader) sayNext(at jsonedit.Value, next, format string, args ...any) {
	d := diag.Errorf("invalid-plan", format, args...)
	d.Manual = next
	r.wrong = append(r.wrong, d.At(r.name, r.data, at.Span()))
}
