package install

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
	"github.com/batten-dev/batten/registry/recipe"
)

// config takes the plugin's configuration out of the app-config files: the blocks that are its
// own, those that it shares and nobody needs any more, and its extensions.
func (r *remover) config() error {
	named := map[string]bool{} // environment variables, before
	for _, e := range r.recipe.Env {
		named[e.Name] = r.namesVar(e.Name)
	}
	if err := r.lists(); err != nil {
		return err
	}
	blocks := slices.Clone(r.recipe.Config)
	slices.Reverse(blocks)                                            // what was added last goes first
	slices.SortStableFunc(blocks, func(a, b recipe.ConfigBlock) int { // what is shared goes last
		switch {
		case a.Required == b.Required:
			return 0
		case a.Required:
			return -1
		}
		return 1
	})
	for i, b := range blocks {
		if slices.ContainsFunc(blocks[:i], func(o recipe.ConfigBlock) bool { return slices.Equal(o.Path, b.Path) }) {
			continue // of another release
		}
		for _, c := range r.ws.Config {
			if err := r.block(c, b); err != nil {
				return err
			}
		}
	}
	for _, e := range r.recipe.Env {
		if named[e.Name] && !r.namesVar(e.Name) {
			r.out.Env = append(r.out.Env, e)
		}
	}
	return nil
}

// block takes one block out of one file.
func (r *remover) block(c workspace.ConfigFile, b recipe.ConfigBlock) error {
	doc, err := r.yaml(c.Name)
	if err != nil {
		return err
	}
	v, ok := doc.Lookup(b.Path...)
	if !ok || v.Kind() == yamledit.Null { // a key with comments only counts as missing for Add too
		return nil
	}
	for _, other := range r.recipe.Config { // as it was for some release
		if slices.Equal(other.Path, b.Path) && same(v, other.YAML) {
			b.YAML = other.YAML
		}
	}
	what, at := "the configuration "+strings.Join(b.Path, "."), doc.Pos(v.Span().Start)
	switch {
	case !b.Required && (!same(v, b.YAML) || r.shares(b.Path)):
		return nil
	case c.Kind == workspace.ConfigLocal:
		r.leave(what, "The file is not under version control.", c.Name, at)
		return nil
	}
	if u, used := r.usedByBackend(); used {
		r.leave(what, "The backend's own code uses the plugin ("+u.file+":"+u.pos.String()+").", c.Name, at)
		return nil
	}
	edits, err := withoutBlock(doc, b)
	if err != nil {
		return err
	}
	if err := r.edit(c.Name, edits, "Takes out the configuration "+strings.Join(b.Path, ".")+"."); err != nil {
		return err
	}
	if src, err := r.over.ReadFile(c.Name); err == nil && len(bytes.TrimSpace(src)) == 0 {
		return r.over.Remove(c.Name, change.Reason{Text: "Nothing is left in it."})
	}
	return nil
}

// withoutBlock takes a block out of a file. Of the ways to do that, which differ in what is left
// of the mappings around it and of the comments beside it, it is the first that adding the
// block undoes. One that was changed since it was added goes whole, with mappings that hold
// nothing else.
func withoutBlock(doc *yamledit.Doc, b recipe.ConfigBlock) ([]text.Edit, error) {
	whole, err := doc.Prune(0, b.Path...)
	if err != nil {
		return nil, err
	}
	if undone(doc, b, whole) && !hollow(doc, b.Path, whole) {
		return whole, nil
	}
	if edits := chain(doc, b.Path); edits != nil && undone(doc, b, edits) {
		return edits, nil
	}
	bare, err := doc.Remove(b.Path...)
	if err != nil {
		return nil, err
	}
	if undone(doc, b, bare) {
		return bare, nil
	}
	for _, edits := range underComments(doc, b.Path) {
		if undone(doc, b, edits) {
			return edits, nil
		}
	}
	after, err := text.Apply(doc.Source(), whole)
	if err != nil {
		return nil, err
	}
	left, err := yamledit.Parse(doc.File(), after)
	if err != nil {
		return nil, err
	}
	if _, ok := left.Lookup(b.Path[0]); !ok {
		return whole, nil
	}
	return bare, nil
}

// chain takes a block out with the mappings around it that hold nothing else, up to one that had
// nothing but the same key commented out, as the templates' proxy has its endpoints: that stays.
// It is nil where there is none such.
func chain(doc *yamledit.Doc, path []string) []text.Edit {
	block, ok := doc.Lookup(path...)
	if !ok {
		return nil
	}
	src := doc.Source()
	end := text.LineEnd(src, block.Span().End)
	for i := len(path) - 1; i > 0; i-- {
		around, _ := doc.Lookup(path[:i]...)
		members := slices.Collect(around.Members())
		if len(members) != 1 {
			return nil
		}
		start := text.LineStart(src, members[0].NameSpan.Start)
		if start == 0 {
			return nil
		}
		if column := members[0].NameSpan.Start - start; i == len(path)-1 {
			for end < len(src) { // the block's own comments, below its last value
				line := src[end:text.LineEnd(src, end)]
				words := bytes.TrimLeft(line, " ")
				if len(line)-len(words) <= column || !bytes.HasPrefix(words, []byte("#")) {
					break
				}
				end += len(line)
			}
		}
		if commentedOut(src[:start], members[0].Name) {
			return []text.Edit{text.Delete(text.Span{Start: start, End: end})}
		}
	}
	return nil
}

// commentedOut reports whether a text ends in comment lines of which one shows a key.
func commentedOut(src []byte, key string) bool {
	for len(src) > 0 {
		line := src[text.LineStart(src, len(src)-1):]
		words := bytes.TrimLeft(bytes.TrimSpace(line), "# ")
		switch {
		case line[0] != ' ' || !bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")):
			return false
		case bytes.HasPrefix(words, []byte(key+":")):
			return true
		}
		src = src[:len(src)-len(line)]
	}
	return false
}

// underComments are the ways to take out what adding wrote under a key that had comments only:
// those that leave at least one of the comment lines above or below it.
func underComments(doc *yamledit.Doc, path []string) [][]text.Edit {
	var out [][]text.Edit
	v, _ := doc.Lookup(path...)
	src := doc.Source()
	comment := func(start int) bool {
		line := src[start:text.LineEnd(src, start)]
		return len(line) > 0 && line[0] == ' ' && bytes.HasPrefix(bytes.TrimSpace(line), []byte("#"))
	}
	for m := range v.Members() {
		first := text.LineStart(src, m.NameSpan.Start)
		top := first
		for top > 0 && comment(text.LineStart(src, top-1)) {
			top = text.LineStart(src, top-1)
		}
		ends := []int{text.LineEnd(src, v.Span().End)}
		for end := ends[0]; end < min(len(src), v.Span().End+maxComments) && comment(end); {
			end = text.LineEnd(src, end)
			ends = append(ends, end)
		}
		for from := top; ; from = text.LineEnd(src, from) {
			for _, end := range ends {
				if from == top && !(end < len(src) && comment(end)) {
					continue
				}
				start := from
				if end == len(src) && src[end-1] != '\n' { // the line before is the last one then
					start = len(bytes.TrimRight(src[:from], "\r\n"))
				}
				out = append(out, []text.Edit{text.Delete(text.Span{Start: start, End: end})})
			}
			if from >= first {
				return out
			}
		}
	}
	return out
}

// hollow reports whether edits leave a key on a path without a value.
func hollow(doc *yamledit.Doc, path []string, edits []text.Edit) bool {
	after, err := text.Apply(doc.Source(), edits)
	if err != nil {
		return false
	}
	left, err := yamledit.Parse(doc.File(), after)
	if err != nil {
		return false
	}
	for i := range path {
		if v, ok := left.Lookup(path[:i]...); ok && v.Kind() == yamledit.Null {
			return true
		}
	}
	return false
}

// maxComments bounds the bytes of comments below a block that are looked through.
const maxComments = 4096

// undone reports whether adding a block gives back a file that edits took it out of.
func undone(doc *yamledit.Doc, b recipe.ConfigBlock, edits []text.Edit) bool {
	without, err := text.Apply(doc.Source(), edits)
	if err != nil {
		return false
	}
	left, err := yamledit.Parse(doc.File(), without)
	if err != nil {
		return false
	}
	again, err := left.Ensure(b.YAML, b.Path...)
	if err != nil {
		return false
	}
	back, err := text.Apply(without, again)
	return err == nil && bytes.Equal(back, doc.Source())
}

// same reports whether a value is what a block of YAML says.
func same(v yamledit.Value, block string) bool {
	var have, want any
	return v.Decode(&have) == nil && yaml.Unmarshal([]byte(block), &want) == nil && reflect.DeepEqual(have, want)
}

// shares reports whether somebody else needs the configuration at a path: another plugin that
// is there, or, of what all sign-in providers share, another provider than the guest.
func (r *remover) shares(path []string) bool {
	if slices.Equal(path, []string{"auth", "environment"}) {
		for _, c := range r.ws.Config {
			doc, err := r.yaml(c.Name)
			if err != nil {
				continue
			}
			providers, _ := doc.Lookup("auth", "providers")
			for m := range providers.Members() {
				if m.Name != "guest" {
					return true
				}
			}
		}
	}
	for _, other := range recipe.Curated() {
		if other.ID == r.recipe.ID || !slices.ContainsFunc(other.Config, func(b recipe.ConfigBlock) bool { return slices.Equal(b.Path, path) }) {
			continue
		}
		for _, p := range r.pieces {
			if !p.gone && slices.ContainsFunc(p.Refs, func(ref wiring.Ref) bool {
				return slices.ContainsFunc(other.Packages, func(pkg recipe.Package) bool { return pkg.Name == recipe.PackageOf(ref.Module) })
			}) {
				return true
			}
		}
	}
	return false
}

// usedByBackend is a place where the own code of a backend still uses the plugin.
func (r *remover) usedByBackend() (use, bool) {
	for _, b := range r.ws.Backends {
		for name := range r.packages {
			for _, u := range r.uses(b.Dir, name) {
				if !strings.Contains(u.file, ".test.") && !strings.Contains(u.file, "__tests__") {
					return u, true
				}
			}
		}
	}
	return use{}, false
}

// namesVar reports whether an app-config file names an environment variable.
func (r *remover) namesVar(variable string) bool {
	return slices.ContainsFunc(r.ws.Config, func(c workspace.ConfigFile) bool {
		src, err := r.over.ReadFile(c.Name)
		return err == nil && bytes.Contains(src, []byte(variable))
	})
}

// lists takes the plugin out of app.packages, app.extensions and app.routes.bindings.
func (r *remover) lists() error {
	ids, include := r.ids(), func(v yamledit.Value) bool { return r.own(v.String()) }
	for _, c := range r.ws.Config {
		for _, l := range []struct {
			path []string
			mine func(yamledit.Value) bool
		}{
			{[]string{"app", "packages", "include"}, include},
			{[]string{"app", "experimental", "packages", "include"}, include},
			{[]string{"app", "extensions"}, func(v yamledit.Value) bool { return ids[pluginOf(extensionID(v))] }},
		} {
			if err := r.list(c, l.path, l.mine); err != nil {
				return err
			}
		}
		if err := r.bindings(c); err != nil {
			return err
		}
	}
	return nil
}

// bindings takes the bindings of the plugin's routes out of an app-config file.
func (r *remover) bindings(c workspace.ConfigFile) error {
	path := []string{"app", "routes", "bindings"}
	for {
		doc, err := r.yaml(c.Name)
		if err != nil {
			return err
		}
		all, _ := doc.Lookup(path...)
		var mine *yamledit.Member
		for m := range all.Members() {
			if mine == nil && r.binds(m.Name, m.Value.String()) {
				mine = &m
			}
		}
		switch {
		case mine == nil:
			return nil
		case c.Kind == workspace.ConfigLocal:
			r.leave("the route binding "+mine.Name, "The file is not under version control.", c.Name, doc.Pos(mine.NameSpan.Start))
			return nil
		}
		edits, err := doc.Prune(1, append(slices.Clone(path), mine.Name)...)
		if err != nil {
			return err
		}
		r.takeSettings(c.Name, mine.NameSpan)
		if err := r.edit(c.Name, edits, "Takes "+mine.Name+" out of "+strings.Join(path, ".")+"."); err != nil {
			return err
		}
	}
}

// takeSettings notes that the settings that begin in a span of an app-config file go.
func (r *remover) takeSettings(file string, span text.Span) {
	for _, p := range r.pieces {
		if isSetting(p.Kind) && p.File == file && span.Start <= p.Span.Start && p.Span.Start < max(span.End, span.Start+1) {
			r.takes(p)
		}
	}
}

// list takes items out of a sequence of an app-config file.
func (r *remover) list(c workspace.ConfigFile, path []string, mine func(yamledit.Value) bool) error {
	for {
		doc, err := r.yaml(c.Name)
		if err != nil {
			return err
		}
		at := -1
		var item yamledit.Value
		list, _ := doc.Lookup(path...)
		i := 0
		for v := range list.Elements() {
			if mine(v) {
				at, item = i, v
				break
			}
			i++
		}
		if at < 0 {
			return nil
		}
		what := strings.Join(path, ".")
		if c.Kind == workspace.ConfigLocal {
			r.leave("an item of "+what, "The file is not under version control.", c.Name, doc.Pos(item.Span().Start))
			return nil
		}
		keep := len(path)
		if path[len(path)-1] == "extensions" {
			keep--
		}
		edits, err := doc.Prune(keep, append(slices.Clone(path), strconv.Itoa(at))...)
		if err != nil {
			return err
		}
		for _, p := range r.pieces {
			if p.Kind == wiring.DiscoveredPlugin && p.Name == item.String() && path[len(path)-1] == "include" {
				r.takes(p)
			}
		}
		r.takeSettings(c.Name, item.Span())
		if err := r.edit(c.Name, edits, "Takes "+itemName(item)+" out of "+what+"."); err != nil {
			return err
		}
	}
}

func itemName(v yamledit.Value) string {
	if id := extensionID(v); id != "" {
		return id
	}
	return v.String()
}

// extensionID is the id of an extension in app.extensions: the item, or its one key.
func extensionID(v yamledit.Value) string {
	for m := range v.Members() {
		return m.Name
	}
	return v.String()
}

// pluginOf is the plugin of an extension: tech-radar of page:tech-radar and of
// entity-card:tech-radar/latest.
func pluginOf(extension string) string {
	_, id, ok := strings.Cut(extension, ":")
	if !ok {
		return ""
	}
	plugin, _, _ := strings.Cut(id, "/")
	return plugin
}

// yaml is an app-config file as planned so far.
func (r *remover) yaml(file string) (*yamledit.Doc, error) {
	return (&planner{over: r.over}).yaml(file)
}
