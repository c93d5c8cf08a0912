package rewire

import (
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// AddFeature adds an imported feature to a new frontend: as the last entry of the array at a
// wiring.FeaturesMount, where order can matter.
func AddFeature(f File, m wiring.Mount, feature Ref) ([]text.Edit, error) {
	array := f.at(m.Span, tsx.KindArray)
	if !array.Ok() {
		return nil, f.stale(m)
	}
	edits, locals := f.addImports(feature)
	return append(edits, insertItem(array, locals[0])...), nil
}

// AddFeatures gives a createApp that has none its features: at the options object of a
// wiring.CreateAppMount, or at a call without arguments.
func AddFeatures(f File, m wiring.Mount, feature Ref) ([]text.Edit, error) {
	edits, locals := f.addImports(feature)
	if options := f.at(m.Span, tsx.KindObject); options.Ok() {
		if has := tsx.Property(options, "features"); has.Ok() {
			return nil, f.refuse(has.Span(), "the app's features are not an array that batten can extend", "add this to the features",
				feature.local(), feature)
		}
		return append(edits, tsx.InsertProperty(options, -1, "features: ["+locals[0]+"]")...), nil
	}
	call := f.at(m.Span, tsx.KindCallExpression)
	args := call.Field(tsx.FieldArguments)
	if !args.Ok() || len(tsx.Arguments(call)) > 0 {
		return nil, f.refuse(m.Span, "createApp has no options that batten can extend", "add this to the features", feature.local(), feature)
	}
	style := tsx.StyleOf(f.Tree)
	comma := ""
	if style.TrailingComma {
		comma = ","
	}
	return append(edits, tsx.ReplaceNode(args, "({\n  features: ["+locals[0]+"]"+comma+"\n})")...), nil
}

// insertItem appends an item to an array. One line that would get too long is broken, one item
// a line.
func insertItem(array tsx.Node, item string) []text.Edit {
	src := array.Tree().Source()
	line := src[text.LineStart(src, array.Start()):text.LineEnd(src, array.Start())]
	items := tsx.Elements(array)
	oneLine := len(items) > 0 && text.LineStart(src, array.Start()) == text.LineStart(src, array.End())
	if !oneLine || len([]rune(string(line)))-1+len(item)+2 <= Width {
		return tsx.InsertArrayElement(array, -1, item)
	}
	all := make([]string, 0, len(items)+1)
	for _, i := range items {
		all = append(all, i.Text())
	}
	return tsx.ReplaceNode(array, list(append(all, item)))
}
