package template

import (
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// whole proves that a merged file is one: it parses, and declares nothing twice. It is "", or
// what is wrong.
func whole(name string, src []byte) string {
	switch path.Ext(name) {
	case ".json":
		if _, err := jsonedit.Parse(name, src); err != nil && !strings.Contains(path.Base(name), "tsconfig") {
			return "the merge would not be JSON: " + err.Error()
		}
		return ""
	case ".yaml", ".yml":
		if _, err := yamledit.Parse(name, src); err != nil {
			return "the merge would not be YAML: " + err.Error()
		}
		return ""
	}
	loader, ok := loaderOf(name)
	if !ok {
		return ""
	}
	if _, err := tsx.Parse(src, tsx.DialectOf(name)); err != nil {
		return "the merge would not parse: " + err.Error()
	}
	done := api.Transform(string(src), api.TransformOptions{Loader: loader, JSX: api.JSXPreserve, LogLevel: api.LogLevelSilent, TsconfigRaw: "{}"})
	if len(done.Errors) > 0 {
		return "the merge would not compile: " + done.Errors[0].Text
	}
	return ""
}

// loaderOf is how a source file is compiled; false if it is none.
func loaderOf(name string) (api.Loader, bool) {
	switch path.Ext(name) {
	case ".tsx":
		return api.LoaderTSX, true
	case ".ts", ".mts", ".cts":
		return api.LoaderTS, true
	case ".js", ".jsx", ".mjs", ".cjs":
		return api.LoaderJSX, true
	}
	return api.LoaderNone, false
}

// repeats says whether a merge of a source file has an imported name, a statement or an element
// more often than either side, as when both added the same one at different places.
func repeats(name string, ours, theirs, merged []byte) bool {
	switch path.Ext(name) {
	case ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts":
	default:
		return false
	}
	var counts [3]map[string]int
	for i, src := range [...][]byte{ours, theirs, merged} {
		tree, err := tsx.Parse(src, tsx.DialectOf(name))
		if err != nil {
			return false
		}
		counts[i] = map[string]int{}
		for _, d := range tsx.Imports(tree) {
			for _, b := range d.Bindings {
				counts[i]["import "+b.Local]++
			}
		}
		for n := range tree.Root().Descendants() {
			if n.Is(tsx.KindExpressionStatement) || tsx.IsJSXElement(n) {
				counts[i][normal(n)]++
			}
		}
	}
	for text, n := range counts[2] {
		if n > max(counts[0][text], counts[1][text]) && n > 1 {
			return true
		}
	}
	return false
}
