package engines

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/registry/npmver"
)

// Check finds the places where a repository states a Node version, sorted by file and position,
// and says how each fits. fsys is the root of the monorepo. Files that are not what their name
// says are left out; the error is of a need without a range, or of fsys.
func Check(fsys fs.FS, need Need) ([]Place, error) {
	files, err := candidates(fsys)
	if err != nil {
		return nil, err
	}
	return places(files, func(name string) ([]byte, error) { return fs.ReadFile(fsys, name) }, need)
}

// CheckFiles is Check for files whose names are known: slash paths from the root of the
// monorepo, sorted.
func CheckFiles(names []string, read func(name string) ([]byte, error), need Need) ([]Place, error) {
	var files []string
	for _, name := range names {
		if reader(name) != nil && near(path.Dir(name)) && !strings.Contains("/"+name, "/src/") {
			files = append(files, name)
		}
	}
	return places(files, read, need)
}

func places(files []string, read func(string) ([]byte, error), need Need) ([]Place, error) {
	wanted, err := npmver.ParseRange(need.Node)
	if err != nil || need.Node == "" {
		return nil, diag.Errorf("unknown-engines", "it is not known which Node Backstage %s supports", need.Release)
	}
	var all []Place
	for _, name := range files {
		src, err := read(name)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) { // a link to nothing
				continue
			}
			return nil, err
		}
		if len(src) > maxFile || elsewhere(name, src) {
			continue
		}
		found := reader(name)(src)
		slices.SortFunc(found, func(a, b Place) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
		index := text.NewIndex(src)
		for _, p := range found {
			p.File, p.Pos = name, index.Pos(p.Span.Start)
			if p.list != "" {
				p.list = name + ": " + p.list
			}
			p.Text = string(src[p.Span.Start:p.Span.End])
			all = append(all, p.judge(need, wanted))
		}
	}
	spread(all, wanted)
	return all, nil
}

// elsewhere reports whether a file is about something else than the app: a Dockerfile, in a folder
// that is not one of its packages, which speaks neither of them nor of Backstage.
func elsewhere(name string, src []byte) bool {
	dir := path.Dir(name)
	return isDockerfile(name) && dir != "." && path.Dir(dir) != "packages" && !check.DockerfileOfApp(name, src)
}

// spread gives the misfits of one list, as in a matrix, different supported versions.
func spread(places []Place, wanted npmver.Range) {
	used := map[string][]string{} // by list
	for _, p := range places {
		if p.list != "" && p.Verdict == Fits {
			used[p.list] = append(used[p.list], strings.TrimSuffix(strings.TrimPrefix(p.Text, "v"), ".x"))
		}
	}
	for i := len(places) - 1; i >= 0; i-- { // the newest version goes last, as people write it
		p := &places[i]
		if p.list == "" || p.New == "" {
			continue
		}
		p.New = ""
		for _, m := range majors(wanted) {
			if !slices.Contains(used[p.list], m) {
				used[p.list] = append(used[p.list], m)
				p.New = likewise(p.Text, m)
				break
			}
		}
		if p.New == "" {
			p.Why += " The others of the list cover what is supported: take it out."
		}
	}
}

// maxFile is the size up to which a file is read.
const maxFile = 2 << 20

// deep is how many folders below the root files are looked for.
const deep = 2

// candidates are the files that may state a version, sorted.
func candidates(fsys fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			if name == "." {
				return err
			}
			return fs.SkipDir // a folder that may not be read
		}
		if !d.IsDir() {
			if reader(name) != nil {
				files = append(files, name)
			}
			return nil
		}
		switch d.Name() {
		case "node_modules", ".git", ".yarn", ".batten", "dist", "dist-types", "src", "coverage":
			return fs.SkipDir
		}
		if !near(name) {
			return fs.SkipDir
		}
		return nil
	})
	slices.Sort(files)
	return files, err
}

// near reports whether a folder is at most deep below the root, or one of a GitHub action.
func near(dir string) bool {
	return dir == "." || strings.Count(dir, "/") < deep || path.Dir(dir) == ".github/actions"
}

// reader is what reads a file of this name; nil for files that state no version.
func reader(name string) func(src []byte) []Place {
	base := path.Base(name)
	lower := strings.ToLower(base)
	switch {
	case base == "package.json":
		return readPackage
	case base == ".nvmrc" || base == ".node-version":
		return readVersionFile
	case base == ".tool-versions":
		return readToolFile
	case isDockerfile(name):
		return readDockerfile
	}
	if ext := path.Ext(lower); ext != ".yml" && ext != ".yaml" {
		return nil
	}
	switch dir := path.Dir(name); {
	case dir == ".github/workflows", strings.HasPrefix(dir, ".github/actions"), dir == ".circleci",
		strings.HasPrefix(lower, ".gitlab-ci"), strings.HasPrefix(lower, "azure-pipelines"), strings.Contains(dir, ".azure"):
		return readWorkflow
	}
	return nil
}

func isDockerfile(name string) bool {
	lower := strings.ToLower(path.Base(name))
	return lower == "dockerfile" || strings.HasPrefix(lower, "dockerfile.") && !strings.HasSuffix(lower, "ignore") ||
		strings.HasSuffix(lower, ".dockerfile") || lower == "containerfile"
}

func readPackage(src []byte) []Place {
	doc, err := jsonedit.Parse("package.json", src)
	if err != nil {
		return nil
	}
	var found []Place
	add := func(kind Kind, fixed string, keys ...string) {
		if v, ok := doc.Lookup(keys...); ok && v.Kind() == jsonedit.String && v.Span().Len() > 2 {
			span := v.Span()
			found = append(found, Place{Kind: kind, Span: text.Span{Start: span.Start + 1, End: span.End - 1}, fixed: fixed})
		}
	}
	add(Engines, "", "engines", "node")
	add(Volta, "Volta wants an exact version: run `volta pin node@VERSION`.", "volta", "node")
	if name, ok := doc.Lookup("devEngines", "runtime", "name"); ok && name.String() == "node" {
		add(Engines, "", "devEngines", "runtime", "version")
	}
	return found
}

// readVersionFile reads the first line that is not empty and no comment.
func readVersionFile(src []byte) []Place {
	at := 0
	for line := range strings.SplitAfterSeq(string(src), "\n") {
		start := at
		at += len(line)
		body, _, _ := strings.Cut(line, "#")
		word := strings.TrimSpace(strings.TrimPrefix(body, "\ufeff"))
		if word == "" {
			continue
		}
		begin := start + strings.Index(line, word)
		return []Place{{Kind: VersionRC, Span: text.Span{Start: begin, End: begin + len(word)}}}
	}
	return nil
}

func readToolFile(src []byte) []Place {
	at := 0
	for line := range strings.SplitAfterSeq(string(src), "\n") {
		start := at
		at += len(line)
		words := strings.Fields(line)
		if len(words) < 2 || words[0] != "nodejs" && words[0] != "node" {
			continue
		}
		begin := start + strings.Index(line, words[0]) + len(words[0])
		begin += strings.Index(string(src[begin:at]), words[1])
		return []Place{{Kind: ToolFile, Span: text.Span{Start: begin, End: begin + len(words[1])},
			fixed: "This file wants an exact version: write one that is installed."}}
	}
	return nil
}

// Fix plans the edits of all places that have one, on the files as they are in over, and returns
// these places. After it, Check finds none of them wrong; otherwise nothing is planned and the
// error says so.
func Fix(over *change.Overlay, need Need) ([]Place, error) {
	places, err := Check(over, need)
	if err != nil {
		return nil, err
	}
	fixed := slices.DeleteFunc(places, func(p Place) bool { return p.New == "" })
	before := over.Clone()
	undo := func(err error) ([]Place, error) {
		over.Restore(before)
		return nil, err
	}
	for file, group := range byFile(fixed) {
		edits := make([]text.Edit, len(group))
		reasons := make([]change.Reason, len(group))
		shift := 0
		for i, p := range group {
			edits[i] = text.Replace(p.Span, p.New)
			reasons[i] = change.Reason{Offset: p.Span.Start + shift, Text: fmt.Sprintf("Backstage %s supports Node %s.", need.Release, need.Node)}
			shift += len(p.New) - p.Span.Len()
		}
		if err := over.Edit(file, edits, reasons...); err != nil {
			return undo(err)
		}
	}
	after, err := Check(over, need)
	if err != nil {
		return undo(err)
	}
	left := map[string]int{}
	for _, p := range after {
		if p.New != "" {
			left[p.File]++
		}
	}
	count := map[string]int{}
	for _, p := range after {
		count[p.File]++
	}
	for _, p := range fixed {
		if left[p.File] > 0 || count[p.File] == 0 {
			d := diag.Errorf("not-proved", "the Node version in %s cannot be changed for sure", p.File)
			d.File, d.Manual = p.File, fmt.Sprintf("Write %s for %s.", p.New, p.Text)
			return undo(d)
		}
	}
	return fixed, nil
}

func byFile(places []Place) map[string][]Place {
	groups := map[string][]Place{}
	for _, p := range places {
		groups[p.File] = append(groups[p.File], p)
	}
	return groups
}
