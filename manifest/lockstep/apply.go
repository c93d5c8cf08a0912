package lockstep

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
)

const backstageJSON = "backstage.json"

// Apply makes the plan's active rows on the overlay, and writes the release into backstage.json.
//
// The error is a *diag.Diagnostic: plan-outdated if a specifier is no longer what the plan says,
// or that of an editor. The overlay may hold some of the changes then.
func (p *Plan) Apply(over *change.Overlay) error {
	rows := p.Active()
	slices.SortStableFunc(rows, Row.compare)
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].File == rows[0].File {
			n++
		}
		var err error
		if strings.HasSuffix(rows[0].File, ".json") {
			err = applyJSON(over, rows[0].File, rows[:n])
		} else {
			err = applyYAML(over, rows[0].File, rows[:n])
		}
		if err != nil {
			return err
		}
		rows = rows[n:]
	}
	if err := p.imports(over); err != nil {
		return err
	}
	return p.release(over)
}

// release writes the release into backstage.json.
func (p *Plan) release(over *change.Overlay) error {
	quoted, err := json.Marshal(p.To)
	if err != nil {
		return err
	}
	src, err := over.ReadFile(backstageJSON)
	if errors.Is(err, fs.ErrNotExist) {
		return over.Write(backstageJSON, []byte("{\n  \"version\": "+string(quoted)+"\n}\n"), change.Reason{Text: "The app is at Backstage " + p.To + "."})
	}
	if err != nil {
		return err
	}
	doc, err := jsonedit.Parse(backstageJSON, src)
	if err != nil {
		return err
	}
	edits, err := doc.Set(string(quoted), "version")
	if err != nil || len(edits) == 0 {
		return err
	}
	return over.Edit(backstageJSON, edits, change.Reason{Offset: edits[0].Start, Text: "The app is at Backstage " + p.To + "."})
}

// reason is why a row's edit is made.
func (r Row) reason() string {
	switch {
	case r.Merged:
		return fmt.Sprintf("%s is %s now, which is there already.", r.Package, r.Name)
	case r.Change == Moved:
		return fmt.Sprintf("%s is %s now.", r.Package, r.Name)
	case r.ToVersion == "" || r.FromVersion == "":
		return fmt.Sprintf("%s: %s.", r.Package, r.Change)
	case r.Change == Same:
		return fmt.Sprintf("%s: written as %s.", r.Package, r.To)
	default:
		return fmt.Sprintf("%s %s to %s: %s.", r.Package, r.FromVersion, r.ToVersion, r.Change)
	}
}

// applyJSON makes the rows of one package.json: specifiers are replaced where they are, all at
// once; then packages that moved get their names.
func applyJSON(over *change.Overlay, file string, rows []Row) error {
	src, err := over.ReadFile(file)
	if err != nil {
		return outdated(rows[0], "the file cannot be read")
	}
	doc, err := jsonedit.Parse(file, src)
	if err != nil {
		return err
	}
	var edits []text.Edit
	var reasons []change.Reason
	var renamed []Row
	for _, r := range rows {
		v, ok := doc.Lookup(r.path()...)
		switch {
		case r.done(doc, v):
			continue
		case !ok:
			return outdated(r, "it is not there")
		case v.Kind() != jsonedit.String || v.String() != r.From:
			return outdated(r, "it is "+v.String())
		case r.Name != "":
			renamed = append(renamed, r)
			continue
		}
		edits = append(edits, text.Replace(v.Span(), quote(r.To)))
		reasons = append(reasons, change.Reason{Offset: v.Span().Start, Text: r.reason()})
	}
	if len(edits) > 0 {
		if err := proved(file, src, edits, rows); err != nil {
			return err
		}
		if err := over.Edit(file, edits, reasons...); err != nil {
			return err
		}
	}
	for _, r := range renamed {
		if err := rename(over, r); err != nil {
			return err
		}
	}
	return nil
}

// path is where the row's specifier is in its file.
func (r Row) path() []string {
	at := []string{r.Field}
	if !isField(r.Field) {
		at = strings.SplitN(r.Field, ".", 2)
	}
	return append(at, r.key())
}

// done says whether a file is already as the row wants it.
func (r Row) done(doc *jsonedit.Doc, v jsonedit.Value) bool {
	if r.Name == "" {
		return v.Kind() == jsonedit.String && v.String() == r.To
	}
	if v.Kind() != jsonedit.Missing {
		return false
	}
	_, there := doc.Lookup(r.Field, r.Name)
	return there
}

// proved sees that a file with its specifiers replaced says what the rows say. Every edit is a
// string in the place of a string, so that all else is as it was.
func proved(file string, src []byte, edits []text.Edit, rows []Row) error {
	after, err := text.Apply(src, edits)
	if err != nil {
		return err
	}
	doc, err := jsonedit.Parse(file, after)
	if err != nil {
		return err
	}
	for _, r := range rows {
		want := cmp.Or(r.To, r.From)
		if r.Name != "" {
			want = r.From
		}
		if v, _ := doc.Lookup(r.path()...); r.Name == "" && v.String() != want {
			return diag.Errorf("unproved", "%s: %s would be %s, not %s", file, r.key(), v, want)
		}
	}
	return nil
}

// rename gives a dependency its new name, or takes it out where that is there already.
func rename(over *change.Overlay, r Row) error {
	steps := []func(*jsonedit.Doc) ([]text.Edit, error){
		func(doc *jsonedit.Doc) ([]text.Edit, error) { return doc.Remove(r.path()...) },
	}
	if !r.Merged {
		steps = append(steps, func(doc *jsonedit.Doc) ([]text.Edit, error) {
			if isField(r.Field) {
				return doc.SetDependency(r.Field, r.Name, r.To)
			}
			return doc.Set(quote(r.To), append(r.path()[:len(r.path())-1], strings.Replace(r.key(), r.Package, r.Name, 1))...)
		})
	}
	for i, step := range steps {
		src, err := over.ReadFile(r.File)
		if err != nil {
			return err
		}
		doc, err := jsonedit.Parse(r.File, src)
		if err != nil {
			return err
		}
		edits, err := step(doc)
		if err != nil {
			return err
		}
		if len(edits) == 0 {
			continue
		}
		var reasons []change.Reason
		if i == len(steps)-1 {
			reasons = append(reasons, change.Reason{Offset: edits[0].Start, Text: r.reason()})
		}
		if err := over.Edit(r.File, edits, reasons...); err != nil {
			return err
		}
	}
	return nil
}

// applyYAML makes the rows of one file of catalogs.
func applyYAML(over *change.Overlay, file string, rows []Row) error {
	for _, r := range rows {
		src, err := over.ReadFile(file)
		if err != nil {
			return outdated(r, "the file cannot be read")
		}
		doc, err := yamledit.Parse(file, src)
		if err != nil {
			return err
		}
		v, ok := doc.Lookup(r.path()...)
		if !ok || v.Kind() != yamledit.String {
			return outdated(r, "it is not there")
		}
		if v.String() == r.To && r.Name == "" {
			continue
		}
		if v.String() != r.From {
			return outdated(r, "it is "+v.String())
		}
		edits, err := doc.Set(yamlQuote(string(src[v.Span().Start:v.Span().End]), r.To), r.path()...)
		if err != nil {
			return err
		}
		if len(edits) == 0 {
			continue
		}
		if err := over.Edit(file, edits, change.Reason{Offset: edits[0].Start, Text: r.reason()}); err != nil {
			return err
		}
	}
	return nil
}

// quote is a string as JSON has it, with no more escapes than needed.
func quote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return `""` // a string always has a JSON form
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// yamlQuote writes a specifier as the one was written that it replaces. A plain specifier may
// only begin with what YAML reads as itself.
func yamlQuote(old, s string) string {
	switch {
	case strings.HasPrefix(old, `'`):
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	case strings.HasPrefix(old, `"`), s == "" || !strings.ContainsAny(s[:1], "^~0123456789abcdefghijklmnopqrstuvwxyz"), strings.Contains(s, ": "), strings.Contains(s, " #"):
		return quote(s)
	}
	return s
}

// ApplyPlugin notes in .yarnrc.yml that the Backstage plugin of yarn is the one for the release,
// whose file has this SHA-512 hash, in hexadecimal.
func (p *Plan) ApplyPlugin(over *change.Overlay, hash string) error {
	if p.Plugin == nil {
		return nil
	}
	const file = ".yarnrc.yml"
	for _, set := range [...][2]string{{"spec", p.Plugin.To}, {"checksum", hash}} {
		key, value := set[0], set[1]
		src, err := over.ReadFile(file)
		if err != nil {
			return err
		}
		doc, err := yamledit.Parse(file, src)
		if err != nil {
			return err
		}
		for i := range doc.Root().Get("plugins").Len() {
			at := []string{"plugins", strconv.Itoa(i)}
			entry, _ := doc.Lookup(at...)
			old := entry.Get(key)
			if entry.Get("path").String() != p.Plugin.File || old.Kind() == yamledit.Missing {
				continue
			}
			edits, err := doc.Set(yamlQuote(string(src[old.Span().Start:old.Span().End]), value), append(at, key)...)
			if err != nil {
				return err
			}
			if len(edits) > 0 {
				if err := over.Edit(file, edits, change.Reason{Offset: edits[0].Start, Text: "The Backstage plugin of yarn as published with " + p.To + "."}); err != nil {
					return err
				}
			}
			break
		}
	}
	return nil
}
