package jsrun

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
)

// Source says what to bundle.
type Source struct {
	FS    fs.FS  // rooted anywhere; files are named by slash paths in it
	Entry string // slash path of the first file

	// Resolve, if not nil, gives the slash path (with or without extension) of the app's own
	// file that a bare import stands for, as a path alias does; "" makes the import a stub.
	Resolve func(specifier, importer string) string

	// Shallow makes a stub of every file but the entry. Its module name is "./" and the file's
	// slash path in FS.
	Shallow bool
}

// Limits on what one build reads.
const (
	maxFileBytes   = 4 << 20
	maxBundleBytes = 32 << 20
)

// namespace of the app's own files inside esbuild.
const namespace = "app"

// Bundle is an app's own code as one script.
type Bundle struct {
	code     string
	mapJSON  []byte
	files    map[string]*sourceFile // by slash path, every file in the bundle
	resolved map[[2]string]string   // importer, specifier -> slash path
	problems []Problem
}

// sourceFile is one source that went into a bundle.
type sourceFile struct {
	src    []byte
	bom    int   // bytes of the byte order mark
	starts []int // offset after the byte order mark of each line, as JavaScript counts lines; made when first needed
}

// Problem is something that went wrong without ending the run.
type Problem struct {
	File    string // slash path, "" if not known
	Offset  int    // byte offset in File, -1 if not known
	Message string
	Missing bool // an import of a file that is not there, which is a stub: all else ran
}

func (p Problem) String() string {
	if p.File == "" {
		return p.Message
	}
	return p.File + ": " + p.Message
}

// BuildError is the error of Build when the entry itself cannot be bundled.
type BuildError struct{ Problem }

func (e *BuildError) Error() string { return e.Problem.String() }

// Build bundles a source. Files that do not parse become stubs and are listed among the
// problems of the sessions that run the bundle; the error is a *BuildError if the entry does
// not parse, or the context's.
func Build(ctx context.Context, src Source) (*Bundle, error) {
	b := &builder{Source: src, stubs: map[string]bool{}, blank: map[string][]int{}}
	for range 8 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b.files, b.resolved, b.missing, b.bytes = map[string]*sourceFile{}, map[[2]string]string{}, map[[2]string]bool{}, 0
		res := api.Build(b.options())
		if len(res.Errors) == 0 {
			return b.bundle(res)
		}
		if err := b.cure(res.Errors); err != nil {
			return nil, err
		}
	}
	return nil, &BuildError{Problem{File: b.Entry, Offset: -1, Message: "cannot be bundled"}}
}

type builder struct {
	Source
	stubs    map[string]bool  // files to leave out
	blank    map[string][]int // offsets of top-level awaits to leave out, by file
	problems []Problem

	mu       sync.Mutex // esbuild calls the plugin from several goroutines
	files    map[string]*sourceFile
	resolved map[[2]string]string
	missing  map[[2]string]bool // importer, specifier
	bytes    int
}

func (b *builder) options() api.BuildOptions {
	return api.BuildOptions{
		EntryPoints:     []string{"batten-entry"},
		Outfile:         "bundle.js",
		Bundle:          true,
		Write:           false,
		LogLevel:        api.LogLevelSilent,
		LogLimit:        -1,
		Format:          api.FormatCommonJS,
		Platform:        api.PlatformNeutral,
		Target:          api.ES2020,
		Charset:         api.CharsetASCII,
		Sourcemap:       api.SourceMapExternal,
		SourcesContent:  api.SourcesContentExclude,
		LegalComments:   api.LegalCommentsNone,
		JSX:             api.JSXAutomatic,
		JSXDev:          true,
		JSXImportSource: "react",
		TsconfigRaw:     `{"compilerOptions":{"experimentalDecorators":true,"useDefineForClassFields":true}}`,
		Supported:       map[string]bool{"async-generator": false, "for-await": false, "dynamic-import": false},
		Plugins:         []api.Plugin{{Name: "batten", Setup: b.setup}},
	}
}

func (b *builder) setup(build api.PluginBuild) {
	build.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		if args.Kind == api.ResolveEntryPoint {
			return api.OnResolveResult{Path: b.Entry, Namespace: namespace}, nil
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		name, ok := b.Find(args.Path, args.Importer)
		if ok {
			b.resolved[[2]string{args.Importer, args.Path}] = name
			if b.Shallow || b.stubs[name] {
				return api.OnResolveResult{Path: "./" + name, External: true}, nil
			}
			return api.OnResolveResult{Path: name, Namespace: namespace}, nil
		}
		if args.Importer != "" && b.lacks(args.Path, args.Importer) {
			b.missing[[2]string{args.Importer, args.Path}] = true
		}
		return api.OnResolveResult{Path: args.Path, External: true}, nil
	})
	build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: namespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.load(args.Path)
	})
}

func (b *builder) load(name string) (api.OnLoadResult, error) {
	src, err := fs.ReadFile(b.FS, name)
	if err != nil {
		return api.OnLoadResult{}, err
	}
	if b.bytes += len(src); len(src) > maxFileBytes || b.bytes > maxBundleBytes {
		return api.OnLoadResult{}, fmt.Errorf("%s is too large: %d bytes", name, len(src))
	}
	f := newFile(src)
	b.files[name] = f
	body := src[f.bom:]
	if at := b.blank[name]; len(at) > 0 {
		body = slices.Clone(body)
		for _, o := range at {
			if o >= f.bom && strings.HasPrefix(string(body[o-f.bom:]), "await") {
				copy(body[o-f.bom:], "     ")
			}
		}
	}
	contents := string(body)
	return api.OnLoadResult{Contents: &contents, Loader: loaders[path.Ext(name)]}, nil
}

// loaders are the kinds of files that can be run or read as data.
var loaders = map[string]api.Loader{
	".tsx": api.LoaderTSX, ".ts": api.LoaderTS, ".mts": api.LoaderTS, ".cts": api.LoaderTS,
	".jsx": api.LoaderJSX, ".js": api.LoaderJSX, ".mjs": api.LoaderJSX, ".cjs": api.LoaderJSX,
	".json": api.LoaderJSON,
}

// extensions in the order in which an import without one is tried.
var extensions = []string{".tsx", ".ts", ".jsx", ".js", ".mts", ".mjs", ".cts", ".cjs", ".json"}

// Find is the slash path of the file that an import in importer names, if it is one of the
// app's own that can be run.
func (s Source) Find(specifier, importer string) (string, bool) {
	base := ""
	switch {
	case specifier == "." || specifier == ".." || strings.HasPrefix(specifier, "./") || strings.HasPrefix(specifier, "../"):
		base = path.Join(path.Dir(importer), specifier)
	case s.Resolve != nil:
		base = s.Resolve(specifier, importer)
	}
	if base == "" || !fs.ValidPath(base) {
		return "", false
	}
	return findFile(s.FS, base)
}

// findFile completes a path as an import does: the file itself, with an extension, the
// TypeScript file behind a ".js", or the folder's index.
func findFile(fsys fs.FS, base string) (string, bool) {
	isFile := func(name string) bool {
		info, err := fs.Stat(fsys, name)
		return err == nil && info.Mode().IsRegular()
	}
	ext := path.Ext(base)
	if _, runs := loaders[ext]; runs && isFile(base) {
		return base, true
	}
	bases := []string{base}
	if strings.HasSuffix(ext, "js") || strings.HasSuffix(ext, "jsx") {
		bases = append(bases, strings.TrimSuffix(base, ext))
	}
	for _, stem := range append(bases, path.Join(base, "index")) {
		for _, e := range extensions {
			if name := stem + e; isFile(name) {
				return name, true
			}
		}
	}
	return "", false
}

var noMatchingExport = regexp.MustCompile(`^No matching export in "` + namespace + `:(.*)" for import`)

// cure leaves out what esbuild cannot bundle. The error says that the entry is such a thing.
func (b *builder) cure(errs []api.Message) error {
	progress := false
	for _, e := range errs {
		p := Problem{Offset: -1, Message: e.Text}
		if e.Location != nil {
			p.File = strings.TrimPrefix(e.Location.File, namespace+":")
			if f := b.files[p.File]; f != nil {
				p.Offset = f.offset(e.Location.Line-1, -1) + e.Location.Column
			}
		}
		if strings.Contains(e.Text, "op-level await") && p.Offset >= 0 && !slices.Contains(b.blank[p.File], p.Offset) {
			b.blank[p.File] = append(b.blank[p.File], p.Offset)
			progress = true
			continue
		}
		culprit := p.File
		if m := noMatchingExport.FindStringSubmatch(e.Text); m != nil {
			culprit = m[1]
		}
		if culprit == b.Entry || culprit == "" {
			return &BuildError{p}
		}
		if !b.stubs[culprit] {
			b.stubs[culprit] = true
			b.problems = append(b.problems, p)
			progress = true
		}
	}
	if !progress {
		return &BuildError{Problem{File: b.Entry, Offset: -1, Message: errs[0].Text}}
	}
	return nil
}

// lacks reports whether a relative import is of code or data that is not there. Assets are stubs
// whether they are there or not.
func (b *builder) lacks(specifier, importer string) bool {
	if !strings.HasPrefix(specifier, "./") && !strings.HasPrefix(specifier, "../") {
		return false
	}
	name := path.Join(path.Dir(importer), specifier)
	if !fs.ValidPath(name) || asset.MatchString(name) {
		return false
	}
	for _, file := range []string{name, name + ".d.ts"} { // of some other kind; with types alone
		if info, err := fs.Stat(b.FS, file); err == nil && !info.IsDir() {
			return false
		}
	}
	return true
}

// asset matches the names of files that are not code: what app bundlers make a URL or a text of.
var asset = regexp.MustCompile(`(?i)\.(css|scss|sass|less|styl|svg|png|jpe?g|gif|webp|avif|ico|bmp|woff2?|ttf|eot|otf|mdx?|txt|html?|` +
	`ya?ml|gql|graphql|mp3|mp4|webm|ogg|wav|pdf|zip|csv|xml|wasm|node|hbs|ejs|raw)$`)

// absent are the problems of imports of files that are not there, in order.
func (b *builder) absent() []Problem {
	var out []Problem
	for key := range b.missing {
		p := Problem{File: key[0], Offset: -1, Message: key[1] + " is not there", Missing: true}
		if f := b.files[key[0]]; f != nil {
			for _, quote := range []string{"'", `"`, "`"} {
				if at := strings.Index(string(f.src), quote+key[1]+quote); at >= 0 {
					p.Offset = at
					break
				}
			}
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(p, q Problem) int {
		return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Offset, q.Offset), cmp.Compare(p.Message, q.Message))
	})
	return out
}

func (b *builder) bundle(res api.BuildResult) (*Bundle, error) {
	out := &Bundle{files: b.files, resolved: b.resolved, problems: append(b.problems, b.absent()...)}
	for _, f := range res.OutputFiles {
		if strings.HasSuffix(f.Path, ".map") {
			out.mapJSON = f.Contents
		} else {
			out.code = string(f.Contents)
		}
	}
	if out.code == "" && out.mapJSON == nil {
		return nil, errors.New("esbuild gave no output")
	}
	return out, nil
}

// Resolved is the slash path of the file that an import in importer names, "" if it is a stub.
func (b *Bundle) Resolved(importer, specifier string) string {
	return b.resolved[[2]string{importer, specifier}]
}

// Files are the slash paths of the files in the bundle, sorted.
func (b *Bundle) Files() []string {
	names := make([]string, 0, len(b.files))
	for name := range b.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
