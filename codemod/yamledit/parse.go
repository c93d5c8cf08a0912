package yamledit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// Doc is a parsed YAML file. It is read only and safe for concurrent use.
type Doc struct {
	file string
	src  []byte
	base int // offset of the YAML text: 3 after a byte order mark
	layout
	odd  int // offset of a line break that is not LF or CRLF, or -1
	step int // columns of one level of indentation
	dash int // columns from a key to the dashes of its sequence
}

// Parse reads src, one YAML document in UTF-8, with or without a byte order mark; a file
// with comments alone is fine. file is the slash path from the root of the repository, for
// diagnostics. src must not change afterwards.
//
// The error is a *diag.Diagnostic with the code invalid-yaml, several-documents or
// duplicate-key.
func Parse(file string, src []byte) (*Doc, error) {
	d := &Doc{file: file, src: src, odd: -1}
	if text.HasBOM(src) {
		d.base = len(text.BOM)
	}
	if len(src) > maxSize {
		return nil, d.invalid(fmt.Errorf("yaml: it is larger than %d MB", maxSize>>20))
	}
	root, err := decode(src[d.base:])
	if err != nil {
		return nil, d.invalid(err)
	}
	d.layout = newLayout(src, d.base)
	if root != nil {
		if expanded(root, map[*yaml.Node]int{}) > maxExpanded {
			return nil, d.invalid(errors.New("yaml: aliases contain themselves, or stand for too much"))
		}
		d.root = d.layout.node(root, -1, false)
		if dup := duplicate(root); dup != nil {
			e := diag.Errorf("duplicate-key", "the key %s is there twice in one mapping", plainOrQuoted(dup.Value))
			e.Manual = "Remove one of the two, then run the command again."
			at := d.offset(dup)
			return nil, e.At(file, src, text.Span{Start: at, End: at})
		}
	}
	d.odd = oddBreak(src)
	d.step, d.dash = d.style()
	return d, nil
}

// severalDocuments is the error of decode for a stream of more than one document.
type severalDocuments struct{ line int }

func (e severalDocuments) Error() string {
	return fmt.Sprintf("yaml: line %d: a second document", e.line)
}

// decode reads one document with yaml.v3. The node is the value, or nil if there is none.
func decode(src []byte) (root *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			root, err = nil, fmt.Errorf("yaml: %v", p)
		}
	}()
	if !utf8.Valid(src) {
		return nil, errors.New("yaml: not UTF-8")
	}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc, next yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, err
	}
	switch err := dec.Decode(&next); {
	case err == nil:
		return nil, severalDocuments{next.Line}
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	if len(doc.Content) != 1 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// invalid is the diagnostic for an error of decode. yaml.v3 says the line, and that not
// always.
func (d *Doc) invalid(err error) error {
	e := diag.Errorf("invalid-yaml", "invalid YAML: %s", err)
	e.Manual = "Correct the file, then run the command again."
	line, msg := 0, ""
	if _, scanErr := fmt.Sscanf(err.Error(), "yaml: line %d:", &line); scanErr == nil {
		msg = err.Error()[len(fmt.Sprintf("yaml: line %d: ", line)):]
	} else {
		msg = string(bytes.TrimPrefix([]byte(err.Error()), []byte("yaml: ")))
	}
	e.Summary = "invalid YAML: " + msg
	if several := (severalDocuments{}); errors.As(err, &several) {
		e.Code, e.Summary = "several-documents", "the file holds more than one YAML document"
	}
	if line == 0 {
		e.File = d.file
		if at := invalidUTF8(d.src); at >= 0 {
			return e.At(d.file, d.src, text.Span{Start: at, End: at})
		}
		return e
	}
	at := d.base
	for range line - 1 {
		at = text.LineEnd(d.src, at)
	}
	end := at + len(bytes.TrimRight(d.src[at:text.LineEnd(d.src, at)], "\r\n"))
	at += len(d.src[at:end]) - len(bytes.TrimLeft(d.src[at:end], " \t"))
	return e.At(d.file, d.src, text.Span{Start: at, End: end})
}

func invalidUTF8(b []byte) int {
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return -1
}

// duplicate is a key that its mapping has had before, or nil.
func duplicate(y *yaml.Node) *yaml.Node {
	if y.Kind == yaml.MappingNode {
		type name struct{ tag, value string }
		seen := make(map[name]bool, len(y.Content)/2)
		for i := 0; i+1 < len(y.Content); i += 2 {
			k := y.Content[i]
			if k.Kind != yaml.ScalarNode {
				continue
			}
			n := name{k.ShortTag(), k.Value}
			if seen[n] {
				return k
			}
			seen[n] = true
		}
	}
	for _, c := range y.Content {
		if k := duplicate(c); k != nil {
			return k
		}
	}
	return nil
}

// maxSize is how many bytes a document may have: yaml.v3 takes seconds for each megabyte of small
// values.
const maxSize = 4 << 20

// maxExpanded is how many nodes a document may have with its aliases written out.
const maxExpanded = 1_000_000

// expanded counts the nodes of y with its aliases written out, up to somewhat more than
// maxExpanded; an alias that contains itself counts as more.
func expanded(y *yaml.Node, known map[*yaml.Node]int) int {
	if y.Kind == yaml.AliasNode {
		return expanded(y.Alias, known)
	}
	if n, ok := known[y]; ok {
		return n
	}
	known[y] = maxExpanded + 1 // while it is being counted
	n := 1
	for _, c := range y.Content {
		n = min(n+expanded(c, known), maxExpanded+1)
	}
	known[y] = n
	return n
}

// oddBreak finds a character that YAML takes for a line break and editors may not: CR alone,
// NEL, LS, PS.
func oddBreak(src []byte) int {
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c < utf8.RuneSelf && c != '\r':
		case c == '\r' && i+1 < len(src) && src[i+1] == '\n':
		case c == '\r', lineBreak(src, i) > 0:
			return i
		}
	}
	return -1
}

// style measures how the file indents: the columns of a level, and those from a key to the
// dashes under it. The most frequent counts; 2 and 2 without evidence.
func (d *Doc) style() (step, dash int) {
	steps, dashes := map[int]int{}, map[int]int{}
	var walk func(n *node)
	walk = func(n *node) {
		for _, p := range n.pairs {
			if n.block() && p.val.block() && !n.bad && !p.val.bad {
				switch p.val.y.Kind {
				case yaml.MappingNode:
					steps[p.val.col-n.col]++
				case yaml.SequenceNode:
					dashes[p.val.col-n.col]++
				}
			}
			walk(p.val)
		}
		for _, it := range n.items {
			walk(it.val)
		}
	}
	if d.root != nil {
		walk(d.root)
	}
	step = most(steps, 2)
	return step, most(dashes, step)
}

// most is the key with the highest count, the smallest of equals.
func most(counts map[int]int, otherwise int) int {
	keys := make([]int, 0, len(counts))
	for k := range counts {
		if k >= 0 {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	best := otherwise
	n := 0
	for _, k := range keys {
		if counts[k] > n {
			best, n = k, counts[k]
		}
	}
	return best
}

// File is the name given to Parse.
func (d *Doc) File() string { return d.file }

// Source is the text given to Parse.
func (d *Doc) Source() []byte { return d.src }

// Pos is the position of an offset of the source. It reads the source up to there: for many
// positions make one text.NewIndex.
func (d *Doc) Pos(offset int) text.Pos { return text.NewIndex(d.src).Pos(offset) }
