package engines

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/text"
)

var expression = regexp.MustCompile(`^\$\{\{\s*(matrix|env|inputs)\.([\w-]+)\s*\}\}$`)

// workflow reads one YAML file of a CI system.
type workflow struct {
	src   []byte
	index *text.Index
	found []Place
	seen  map[int]bool
	names map[[2]string]bool // matrix, env and inputs that a version is taken from
}

func readWorkflow(src []byte) []Place {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		return nil
	}
	w := &workflow{src: src, index: text.NewIndex(src), seen: map[int]bool{}, names: map[[2]string]bool{}}
	w.walk(&doc, "", w.stated)
	for range len(w.names) + 1 { // a matrix may take its values from env
		before := len(w.names)
		w.walk(&doc, "", w.named)
		if len(w.names) == before {
			break
		}
	}
	return w.found
}

// walk visits every key with its value; under is the key that the mapping is the value of, or one
// above it.
func (w *workflow) walk(n *yaml.Node, under string, visit func(under, key string, value *yaml.Node)) {
	switch n.Kind {
	case yaml.DocumentNode, yaml.SequenceNode:
		for _, c := range n.Content {
			w.walk(c, under, visit)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i].Value, n.Content[i+1]
			visit(under, key, value)
			next := key
			if under == "matrix" || under == "env" || under == "inputs" {
				next = under // what is deeper still belongs to it: matrix.include, the options of an input
			}
			w.walk(value, next, visit)
		}
	}
}

// stated takes what is said at the place itself.
func (w *workflow) stated(under, key string, value *yaml.Node) {
	switch {
	case key == "node-version" || key == "node_version" || key == "versionSpec":
		w.version(value)
	case key == "image" || key == "container" || key == "name" && (under == "image" || under == "container"):
		if value.Kind != yaml.ScalarNode {
			return
		}
		if start, ok := w.offset(value); ok {
			var image traced
			image.add(value.Value, start)
			if p, ok := imagePlace(image); ok {
				w.add(p.Span, "", p.fixed)
			}
		}
	}
}

// named takes what is said elsewhere, and used where a version is wanted.
func (w *workflow) named(under, key string, value *yaml.Node) {
	if w.names[[2]string{under, key}] {
		w.version(value)
		if under == "inputs" && value.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(value.Content); i += 2 {
				if value.Content[i].Value == "default" {
					w.version(value.Content[i+1])
				}
			}
		}
	}
}

func (w *workflow) version(value *yaml.Node) {
	switch value.Kind {
	case yaml.SequenceNode:
		for _, item := range value.Content {
			if item.Kind == yaml.ScalarNode {
				w.scalar(item, fmt.Sprintf("list at line %d, column %d", value.Line, value.Column))
			}
		}
	case yaml.ScalarNode:
		w.scalar(value, "")
	}
}

func (w *workflow) scalar(n *yaml.Node, list string) {
	if m := expression.FindStringSubmatch(n.Value); m != nil {
		w.names[[2]string{m[1], m[2]}] = true
		return
	}
	if n.Value == "" || strings.Contains(n.Value, "$") {
		return
	}
	if start, ok := w.offset(n); ok {
		w.add(text.Span{Start: start, End: start + len(n.Value)}, list, "")
	}
}

func (w *workflow) add(span text.Span, list, fixed string) {
	if w.seen[span.Start] {
		return
	}
	w.seen[span.Start] = true
	w.found = append(w.found, Place{Kind: Workflow, Span: span, list: list, fixed: fixed})
}

// offset is where the text of a scalar begins in the source, inside of its quotes; false if it is
// not there as it is.
func (w *workflow) offset(n *yaml.Node) (int, bool) {
	if n.Line < 1 || n.Line > w.index.Lines() || n.Value == "" || n.Anchor != "" {
		return 0, false
	}
	start := w.index.Offset(text.Pos{Line: n.Line, Column: 1})
	line := string(w.src[start:text.LineEnd(w.src, start)])
	at := 0
	for range n.Column - 1 { // which counts characters
		if at >= len(line) {
			return 0, false
		}
		_, size := utf8.DecodeRuneInString(line[at:])
		at += size
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		at++
	}
	if at > len(line) || !strings.HasPrefix(line[at:], n.Value) {
		return 0, false
	}
	return start + at, true
}
