package jsrun

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/batten-dev/batten/codemod/text"
)

func newFile(src []byte) *sourceFile {
	f := &sourceFile{src: src}
	if text.HasBOM(src) {
		f.bom = len(text.BOM)
	}
	return f
}

// offset is the byte offset of a position as esbuild counts it: lines from 0, ended by LF,
// CR, CRLF, U+2028 or U+2029; columns in UTF-16 code units from 0. A negative column gives
// the start of the line.
func (f *sourceFile) offset(line, column int) int {
	if f.starts == nil {
		f.starts = lineStarts(f.src[f.bom:])
	}
	if line < 0 || line >= len(f.starts) {
		return -1
	}
	at := f.bom + f.starts[line]
	for column > 0 && at < len(f.src) {
		r, size := utf8.DecodeRune(f.src[at:])
		if column--; r > 0xFFFF {
			column--
		}
		at += size
	}
	return at
}

func lineStarts(src []byte) []int {
	starts := []int{0}
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\n':
			starts = append(starts, i+1)
		case c == '\r':
			if i+1 == len(src) || src[i+1] != '\n' {
				starts = append(starts, i+1)
			}
		case c == 0xE2 && i+2 < len(src) && src[i+1] == 0x80 && (src[i+2] == 0xA8 || src[i+2] == 0xA9):
			starts = append(starts, i+3)
		}
	}
	return starts
}

// segment maps one column of a line of the bundle to a place in a source.
type segment struct{ column, source, line, srcColumn int }

// sourceMap is a decoded source map, version 3.
type sourceMap struct {
	sources []string
	lines   [][]segment // by line of the bundle, from 0
}

// parseSourceMap reads the map that esbuild made.
func parseSourceMap(data []byte) (*sourceMap, error) {
	var raw struct {
		Sources  []string `json:"sources"`
		Mappings string   `json:"mappings"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("source map: %w", err)
	}
	m := &sourceMap{sources: raw.Sources}
	for i, s := range m.sources {
		m.sources[i] = strings.TrimPrefix(s, namespace+":")
	}
	var source, line, srcColumn int
	for _, group := range strings.Split(raw.Mappings, ";") {
		var segs []segment
		column := 0
		for len(group) > 0 {
			var fields [5]int
			n := 0
			for len(group) > 0 && group[0] != ',' && n < len(fields) {
				v, rest, ok := vlq(group)
				if !ok {
					return nil, fmt.Errorf("source map: bad number in %.20q", group)
				}
				fields[n], group = v, rest
				n++
			}
			group = strings.TrimPrefix(group, ",")
			column += fields[0]
			if n >= 4 {
				source, line, srcColumn = source+fields[1], line+fields[2], srcColumn+fields[3]
				segs = append(segs, segment{column, source, line, srcColumn})
			}
		}
		m.lines = append(m.lines, segs)
	}
	return m, nil
}

// find is the source place of a place in the bundle (both from 0): that of the nearest
// segment at or before it on its line.
func (m *sourceMap) find(line, column int) (name string, srcLine, srcColumn int, ok bool) {
	if line < 0 || line >= len(m.lines) {
		return "", 0, 0, false
	}
	segs := m.lines[line]
	i := sort.Search(len(segs), func(i int) bool { return segs[i].column > column }) - 1
	if i < 0 || segs[i].source < 0 || segs[i].source >= len(m.sources) {
		return "", 0, 0, false
	}
	return m.sources[segs[i].source], segs[i].line, segs[i].srcColumn, true
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// vlq reads one base64 variable-length number.
func vlq(s string) (value int, rest string, ok bool) {
	shift := 0
	for i := 0; i < len(s) && shift < 32; i++ {
		d := strings.IndexByte(base64Digits, s[i])
		if d < 0 {
			return 0, s, false
		}
		value |= (d & 31) << shift
		if d&32 == 0 {
			if value&1 != 0 {
				return -(value >> 1), s[i+1:], true
			}
			return value >> 1, s[i+1:], true
		}
		shift += 5
	}
	return 0, s, false
}
