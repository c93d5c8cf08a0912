package check

import (
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/wiring"
)

const codeMissing = "BP014"

// missingFiles finds relative imports of files that are not there, in what is built with an app
// or a backend.
func missingFiles(r *Repo) []Finding {
	routers := map[string]bool{}
	for _, f := range r.Wiring.Kind(wiring.LegacyRouter) {
		routers[f.File] = true
	}
	var out []Finding
	for _, s := range r.Sources() {
		for _, imp := range s.Imports {
			if imp.TypeOnly || r.isThere(s.File, imp) {
				continue
			}
			f := r.at(s.File, imp.Span, "%s is imported, and there is no such file", imp.Specifier)
			f.key = imp.Specifier
			f.Detail = "What is built of this file fails."
			if routers[s.File] && strings.Contains(imp.Specifier, "plugins/") {
				f.Detail = "The router of the old backend system that it is for has no plugin: the backend does not start."
			}
			f.Manual = "Add the file, correct the path, or remove the import and what uses it."
			if like := r.otherCase(path.Join(path.Dir(s.File), imp.Specifier)); like != "" {
				f.Detail = "There is " + like + ", whose name has other capital letters: macOS and Windows do not mind, Linux does."
			}
			out = append(out, f)
		}
	}
	return out
}

// otherCase is the source file that a path without extension names but for capital letters; "" if
// there is none.
func (r *Repo) otherCase(base string) string {
	return r.index().lower[strings.ToLower(strings.TrimSuffix(base, path.Ext(base)))]
}

// isMissingAt reports whether missingFiles has a finding at a place.
func (r *Repo) isMissingAt(file string, offset int) bool {
	for _, s := range r.Sources() {
		if s.File == file {
			return slices.ContainsFunc(s.Imports, func(imp Import) bool {
				return imp.Span.Start == offset && !imp.TypeOnly && !r.isThere(file, imp)
			})
		}
	}
	return false
}

// isThere reports whether what an import names may be there, which is so of all that is not a
// plain relative path of code, and of what a build makes.
func (r *Repo) isThere(file string, imp Import) bool {
	spec := imp.Specifier
	if !strings.HasPrefix(spec, "./") && !strings.HasPrefix(spec, "../") || strings.ContainsAny(spec, "?!*$") {
		return true
	}
	base := path.Join(path.Dir(file), spec)
	if strings.HasPrefix(base, "..") || slices.ContainsFunc(strings.Split(base, "/"), generated) {
		return true
	}
	switch path.Ext(spec) {
	case "", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs":
	default:
		return true // an asset or data
	}
	if _, ok := r.Workspace.Resolve(file, spec); ok || r.Exists(base) {
		return true
	}
	if src := r.file(file); src.err == nil && imp.Dynamic && strings.Contains(string(src.data[max(0, imp.Span.Start-9):imp.Span.Start]), "require") {
		return true // often in a try
	}
	return slices.ContainsFunc([]string{".json", ".d.ts", ".cjs", ".cts", ".node", ".vue", ".mdx"}, func(ext string) bool { return r.Exists(base + ext) })
}

// generated reports whether a folder or file is of a name that says that a tool makes it.
func generated(name string) bool {
	return foreign(name) || strings.Contains(name, "generated") || name == "gen" || name == "openapi" || strings.Contains(name, ".gen")
}
