package template

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/merge3"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/npm"
)

// Limit is the size in bytes above which a file is not merged.
const Limit = 2 << 20

// Status is what became of the template's changes to a file.
type Status string

// The kinds of status.
const (
	Merged   Status = "merged"   // they are in the file
	Conflict Status = "conflict" // some are not: see File.Conflicts
	Skipped  Status = "skipped"  // none is, and File.Why says why
	Added    Status = "added"    // the file is new
	Deleted  Status = "deleted"  // the file is gone
)

// Mode is what is done with conflicts.
type Mode uint8

// The modes.
const (
	// Alone leaves a file with conflicts as it is; of files merged by key, the keys.
	Alone Mode = iota
	// Markers writes conflicts into the file as git does.
	Markers
	// OursWins merges what does not conflict, and keeps the app's side of what does. A source file
	// that would use names without what binds them, or not compile, stays as it is.
	OursWins
)

// MergeOptions is how Merge merges.
type MergeOptions struct {
	Files     Globs
	Conflicts Mode
	// Choose says what is done with a file, by its path in the template, instead of Files and
	// Conflicts; nil to go by those.
	Choose func(name string) Choice
	// Held says of which packages something else decides the version; nil for none.
	Held func(name string) bool
	// Spec says how to write a dependency that the template added; nil for as it has it.
	Spec func(name, spec string) string
	// Yarn1 says that the app uses yarn 1: a template that came to a newer yarn does not bring it.
	Yarn1 bool
	// Labels are the names of the sides in markers; "" for plain ones.
	Labels merge3.Labels
	// Workspace is the app as it was read; nil to read it. What was parsed of it is used again.
	Workspace *workspace.Workspace

	// uses names a file of a package's folder that speaks of a module; "" if there is none.
	uses func(folder, module string) string
}

// File is what became of the template's changes to one file.
type File struct {
	Path      string   `json:"path"`           // in the app; slash path from the root
	From      string   `json:"from,omitempty"` // in the template, if the app moved it
	Status    Status   `json:"status"`
	How       string   `json:"how,omitempty"` // "whole" (the app had not changed it), "text", "keys", "tree"
	Why       string   `json:"why,omitempty"` // a clause
	Conflicts []Clash  `json:"conflicts,omitempty"`
	Notes     []string `json:"notes,omitempty"` // what was decided and may be wrong, clauses
	Base      []byte   `json:"-"`
	Ours      []byte   `json:"-"`
	Theirs    []byte   `json:"-"` // the three sides of a conflict

	unsound bool // the merge has no conflicts, but would break the wiring of the app
}

// Clash is one place where the app and the template changed the same thing.
type Clash struct {
	Key    string `json:"key,omitempty"` // of files merged by key: "scripts.test"
	Why    string `json:"why"`           // a clause
	Base   Lines  `json:"base"`
	Ours   Lines  `json:"ours"`
	Theirs Lines  `json:"theirs"`
}

// Lines are lines of a file, counted from 1. From is the first and To the last; To is before
// From where there are none, and the place is before From.
type Lines struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// String is the lines for people: "line 3", "lines 3 to 5", or "nothing at line 3".
func (l Lines) String() string {
	switch {
	case l.To < l.From:
		return fmt.Sprintf("nothing at line %d", l.From)
	case l.To == l.From:
		return fmt.Sprintf("line %d", l.From)
	}
	return fmt.Sprintf("lines %d to %d", l.From, l.To)
}

func linesOf(src []byte, s text.Span) Lines {
	x := text.NewIndex(src)
	l := Lines{x.Line(s.Start), x.Line(s.End)}
	if s.Len() == 0 {
		l.To = l.From - 1
	} else if src[s.End-1] == '\n' {
		l.To--
	}
	return l
}

// Result is a merge: a File for each that the template changed, by path.
type Result struct {
	Files []File `json:"files"`
	// Pieces are the pieces of wiring that the template changed and that did not come with their
	// files.
	Pieces []Piece `json:"pieces,omitempty"`
	// Notes say what of the wiring could not be compared or merged, and why: clauses.
	Notes []string `json:"notes,omitempty"`
}

// Count is how many files have a status.
func (r *Result) Count(s Status) int {
	n := 0
	for _, f := range r.Files {
		if f.Status == s {
			n++
		}
	}
	return n
}

// Files are the contents of a rendered template by path, as Merge takes them.
func Files(tree *npm.Tree) map[string][]byte {
	m := map[string][]byte{}
	for _, name := range tree.Files() {
		if data, err := tree.ReadFile(name); err == nil {
			m[name] = data
		}
	}
	return m
}

// Merge merges what changed in the template, from base to theirs (contents by slash path), into
// the app that over shows. Edits go to over. See the package's documentation for what is merged
// how.
//
// The error is the context's, or that of reading or planning in over; of one file's bad content
// it is never.
func Merge(ctx context.Context, over *change.Overlay, base, theirs map[string][]byte, opts MergeOptions) (*Result, error) {
	m := &merger{over: over, base: base, theirs: theirs, opts: opts, folders: map[string][]fs.DirEntry{}}
	m.rebase()
	base = m.base
	wiring := m.startWires(ctx)
	defer wiring.stop()
	m.manager = m.ownManager()
	names := slices.Sorted(maps.Keys(base))
	for name := range theirs {
		if _, ok := base[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	late := func(name string) bool { return path.Base(name) == "package.json" || isConfig(name) }
	for _, name := range names {
		if late(name) {
			continue
		}
		if err := m.one(name); err != nil {
			return nil, err
		}
	}
	for again := true; again; {
		var err error
		if again, err = m.keepImported(); err != nil {
			return nil, err
		}
	}
	if err := m.checkImports(); err != nil {
		return nil, err
	}
	if err := wiring.prove(ctx); err != nil {
		return nil, err
	}
	if err := m.finish(); err != nil {
		return nil, err
	}
	// What manifests may do without, and configuration is for, depends on the sources.
	m.opts.uses = m.uses
	for _, name := range names {
		if late(name) {
			if err := m.one(name); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(m.result.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return &m.result, nil
}

// one merges what the template changed in a file, if it is asked for.
func (m *merger) one(name string) error {
	b, inBase := m.base[name]
	t, inTheirs := m.theirs[name]
	if inBase && inTheirs && bytes.Equal(b, t) || !m.opts.choice(name).Merge {
		return nil
	}
	f := File{Path: name}
	if err := m.file(&f, name, b, t, inBase, inTheirs); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if f.Status != "" {
		m.result.Files = append(m.result.Files, f)
	}
	return nil
}

type merger struct {
	over         *change.Overlay
	base, theirs map[string][]byte
	opts         MergeOptions
	folders      map[string][]fs.DirEntry
	manager      manager
	earlier      map[string]string // releases: see rebase
	used         map[string]bool   // modules: see usesAnywhere
	result       Result
}

// state is what is in the app where the template has a file.
type state uint8

const (
	absent state = iota
	regular
	odd // a folder, a link, something else
)

func (f *File) skip(why string) error {
	f.Status, f.Why = Skipped, why
	return nil
}

func (m *merger) file(f *File, name string, b, t []byte, inBase, inTheirs bool) error {
	care, why := CareOf(name)
	if care == Users {
		return f.skip(why)
	}
	if m.opts.Yarn1 && newYarn(name, b, t) {
		return f.skip("the template came to a newer yarn, and the app uses yarn 1")
	}
	if m.manager.own != "" && strings.HasPrefix(name, ".yarn/") {
		return f.skip("the template came to another yarn, and the app has its own: " + m.manager.own)
	}
	at := m.look(name)
	if at == absent && inBase && inTheirs {
		if moved := m.moved(name, b); moved != "" {
			f.Path, f.From, name, at = moved, name, moved, regular
		}
	}
	if at == odd {
		return f.skip(m.oddity(name))
	}
	var ours []byte
	if at == regular {
		info, err := m.over.Stat(name)
		if err != nil {
			return f.skip("it cannot be read: " + reading(err))
		}
		if info.Size() > Limit && care == Text {
			return f.skip("it is over 2 MB")
		}
		if ours, err = m.over.ReadFile(name); err != nil {
			return f.skip("it cannot be read: " + reading(err))
		}
	}
	if release := m.earlier[name]; release != "" {
		f.Notes = append(f.Notes, "it was as the template of "+release+" had it, and not changed since")
	}
	f.Base, f.Ours, f.Theirs = b, ours, t
	switch {
	case !inBase && at == absent:
		return m.add(f, name, t)
	case !inBase && bytes.Equal(ours, t), inTheirs && bytes.Equal(ours, t), !inTheirs && at == absent:
		return nil // done already
	case !inBase:
		return f.skip("the template has it now, and something else of that name stands there")
	case at == absent:
		return f.skip("you deleted it")
	case !inTheirs && (bytes.Equal(ours, b) || sameLines(ours, b)):
		f.Status, f.Why = Deleted, "the template no longer has it, and you had not changed it"
		return m.over.Remove(name, change.Reason{Text: "The template no longer has this file, and it was not changed."})
	case !inTheirs:
		return f.skip("the template no longer has it, but you changed it")
	}
	return m.merge(f, name, b, ours, t, care)
}

// reading is an error without the path that its message begins with.
func reading(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

func (m *merger) add(f *File, name string, t []byte) error {
	if parts := strings.Split(name, "/"); len(parts) > 2 && parts[0] == "packages" {
		folder := path.Join(parts[0], parts[1])
		if _, had := m.base[folder+"/package.json"]; had && m.look(folder+"/package.json") == absent {
			return f.skip("the app has no " + folder)
		}
	}
	f.Status = Added
	if care, _ := CareOf(name); care == Text && m.crlf() && !merge3.Binary(t) {
		t = withCRLF(t)
	}
	return m.write(f, t, "The template has this file now.")
}

// write plans a file's content; a place where it cannot be makes it skipped.
func (m *merger) write(f *File, content []byte, why string) error {
	err := m.over.Write(f.Path, content, change.Reason{Text: why})
	var at *fs.PathError
	if errors.As(err, &at) {
		return f.skip("it cannot be written: " + at.Err.Error())
	}
	return err
}

// newYarn says whether a change of the template's file is that to a newer yarn than yarn 1.
func newYarn(name string, b, t []byte) bool {
	if name == ".yarnrc.yml" || strings.HasPrefix(name, ".yarn/") {
		return true
	}
	if path.Base(name) != "Dockerfile" {
		return false
	}
	const focus = "yarn workspaces focus"
	return bytes.Contains(t, []byte(focus)) && !bytes.Contains(b, []byte(focus))
}

// sameLines says whether two texts differ only in how their lines end.
func sameLines(a, b []byte) bool {
	return bytes.Equal(bytes.ReplaceAll(a, []byte("\r\n"), []byte("\n")), bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")))
}

func (m *merger) merge(f *File, name string, b, ours, t []byte, care Care) error {
	const taken = "The template changed it, and it was as the template had it."
	if name == "package.json" || strings.HasSuffix(name, "/package.json") {
		b, t = m.versions(name, b, ours, t)
	}
	if isConfig(name) {
		var notes []string
		t, notes = m.fitting(name, b, ours, t)
		f.Notes = append(f.Notes, notes...)
	}
	b, t = m.withOwnManager(name, b, ours, t)
	if bytes.Equal(ours, t) || bytes.Equal(b, t) {
		if len(f.Notes) > 0 {
			return f.skip(strings.Join(f.Notes, "; "))
		}
		return nil
	}
	if bytes.Equal(ours, b) {
		f.Status, f.How = Merged, "whole"
		return m.write(f, t, taken)
	}
	if care == Whole {
		return f.skip("it is merged as a whole or not at all, and you changed it")
	}
	if len(b) > Limit || len(t) > Limit {
		return f.skip("it is over 2 MB")
	}
	if why := unfit(ours, b, t); why != "" {
		return f.skip(why)
	}
	var mark []byte
	if bytes.HasPrefix(ours, bom) && !bytes.HasPrefix(b, bom) {
		mark, ours = bom, ours[len(bom):]
	}
	crlf, lf := bytes.Count(ours, []byte("\r\n")), bytes.Count(ours, []byte("\n"))
	switch {
	case crlf > 0 && crlf < lf:
		return f.skip("its lines end in different ways")
	case crlf > 0:
		b, t = withCRLF(b), withCRLF(t)
	}
	if bytes.Equal(ours, b) {
		f.Status, f.How = Merged, "whole"
		return m.write(f, slices.Concat(mark, t), taken)
	}
	if mark != nil { // it is at the beginning of all three, so that it is in nobody's way
		b, ours, t = slices.Concat(mark, b), f.Ours, slices.Concat(mark, t)
	}
	f.Base, f.Theirs = b, t
	out := mergeContent(f.Path, b, ours, t, m.opts)
	f.How, f.Notes, f.Conflicts = out.how, append(f.Notes, out.notes...), out.clashes
	if len(f.Conflicts) == 0 {
		f.Status = Merged
		if bytes.Equal(out.text, ours) {
			f.Status, f.Why = Skipped, "you have it already"
			if len(f.Notes) > 0 {
				f.Why = strings.Join(f.Notes, "; ")
			}
			return nil
		}
		return m.write(f, out.text, reasonOf(out.how))
	}
	f.Status = Conflict
	if out.how == "keys" {
		return m.write(f, out.text, reasonOf(out.how))
	}
	if isSource(f.Path) {
		return nil // see finish
	}
	return m.settle(f)
}

// settle does with the conflicts of a text file what is asked for.
func (m *merger) settle(f *File) error {
	if f.unsound {
		return nil
	}
	switch m.opts.mode(f) {
	case OursWins:
		out := mergeContent(f.Path, f.Base, f.Ours, f.Theirs, m.opts)
		if problem := sound(f.Path, f.Ours, f.Theirs, out.text); problem != "" && sound(f.Path, f.Ours, f.Ours, f.Ours) == "" {
			f.Conflicts = unmerged(f.Base, f.Ours, f.Theirs, "the file stays as it is: without what conflicts, "+problem)
			return nil
		}
		return m.write(f, out.text, reasonOf(f.How))
	case Markers:
		return m.write(f, merge3.Merge(f.Base, f.Ours, f.Theirs).Marked(merge3.Diff3Style, m.opts.Labels), "The template's changes conflict: look for <<<<<<<.")
	}
	return nil
}

// finish settles the conflicts of source files, once their wiring is merged as far as it can be.
func (m *merger) finish() error {
	for i := range m.result.Files {
		if f := &m.result.Files[i]; f.Status == Conflict && isSource(f.Path) {
			if err := m.settle(f); err != nil {
				return err
			}
		}
	}
	return nil
}

func reasonOf(how string) string {
	switch how {
	case "keys":
		return "The template changed these keys."
	case "tree":
		return "The template's change, put where it belongs here."
	}
	return "The template changed these lines."
}

// crlf says whether the lines of the app's files end as on Windows: those of its package.json do.
func (m *merger) crlf() bool {
	src, err := m.over.ReadFile("package.json")
	n := bytes.Count(src, []byte("\n"))
	return err == nil && n > 0 && bytes.Count(src, []byte("\r\n")) == n
}

func withCRLF(b []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}

// outcome is a merge of one file's content. With clashes, text has our side of them.
type outcome struct {
	text    []byte
	how     string
	clashes []Clash
	notes   []string
}

// mergeContent merges three versions of a file that all differ: by lines, and where that
// conflicts or makes something that is not whole, by structure.
func mergeContent(name string, b, o, t []byte, opts MergeOptions) outcome {
	if path.Base(name) == "package.json" {
		if out, ok := mergeJSON(name, b, o, t, opts); ok {
			return out
		}
	}
	lines := merge3.Merge(b, o, t)
	byLines := outcome{text: lines.Text(), how: "text"}
	for _, h := range lines.Conflicts() {
		byLines.clashes = append(byLines.clashes, Clash{Why: "both changed these lines", Base: linesOf(b, h.Base), Ours: linesOf(o, h.Ours), Theirs: linesOf(t, h.Theirs)})
	}
	var problem string
	if lines.Clean() {
		if problem = sound(name, o, t, byLines.text); problem == "" && !repeats(name, o, t, byLines.text) {
			return byLines
		}
	}
	out, ok := mergeStyled(name, b, o, t)
	if ok {
		return out
	}
	switch path.Ext(name) {
	case ".json":
		out, ok = mergeJSON(name, b, o, t, opts)
	case ".yaml", ".yml":
		out, ok = mergeYAML(name, b, o, t)
	case ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts":
		out, ok = mergeTree(name, b, o, t)
	}
	if ok && len(out.clashes) == 0 && isSource(name) {
		ok = unbound(name, o, t, out.text) == ""
	}
	if ok && whole(name, out.text) == "" {
		if len(out.clashes) > len(byLines.clashes) && len(byLines.clashes) > 0 && out.how != "keys" {
			return byLines
		}
		return out
	}
	if len(byLines.clashes) == 0 {
		if problem == "" {
			problem = "the merge has something twice"
		}
		all := func(src []byte) Lines { return linesOf(src, text.Span{Start: 0, End: len(src)}) }
		byLines.text = o
		byLines.clashes = []Clash{{Why: problem, Base: all(b), Ours: all(o), Theirs: all(t)}}
	}
	return byLines
}
