package text

import (
	"fmt"
	"sort"
	"unicode/utf8"
)

// Pos is a position as editors show it: Line counts from 1, Column counts UTF-16 code units
// from 1. The zero Pos means that the position is not known.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

func (p Pos) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Index converts between byte offsets, positions and UTF-16 offsets of one source. Lines end
// with LF; the CR of a CRLF is the last column of its line. A byte that is not UTF-8 counts
// as one code unit. An Index is read only and safe for concurrent use.
type Index struct {
	src   []byte
	lines []int // offset of the first byte of each line
}

// NewIndex reads src once. The index keeps src, which must not change.
func NewIndex(src []byte) *Index {
	lines := []int{0}
	for i, b := range src {
		if b == '\n' {
			lines = append(lines, i+1)
		}
	}
	return &Index{src, lines}
}

// Lines is the number of lines; a source that ends in a newline has an empty last line.
func (x *Index) Lines() int { return len(x.lines) }

// Line is the 1-based line of a byte offset, without its column.
func (x *Index) Line(offset int) int {
	return sort.SearchInts(x.lines, clamp(offset, len(x.src))+1)
}

// Pos is the position of a byte offset. Offsets outside the source are moved to its ends;
// an offset inside a character gives the character's position.
func (x *Index) Pos(offset int) Pos {
	offset = clamp(offset, len(x.src))
	line := x.Line(offset)
	return Pos{line, 1 + units(x.src, x.lines[line-1], offset)}
}

// Offset is the byte offset of a position. A column past the end of its line gives the end
// of the line (before its newline); a line outside the source gives the nearest end.
func (x *Index) Offset(p Pos) int {
	if p.Line < 1 {
		return 0
	}
	if p.Line > len(x.lines) {
		return len(x.src)
	}
	start, end := x.lines[p.Line-1], len(x.src)
	if p.Line < len(x.lines) {
		end = x.lines[p.Line] - 1
	}
	return start + bytesOf(x.src[start:end], p.Column-1)
}

// UTF16 is the number of UTF-16 code units before a byte offset: the offset as JavaScript
// sees it.
func (x *Index) UTF16(offset int) int { return units(x.src, 0, clamp(offset, len(x.src))) }

// FromUTF16 is the byte offset of the character at a UTF-16 offset.
func (x *Index) FromUTF16(n int) int { return bytesOf(x.src, n) }

func clamp(offset, size int) int { return max(0, min(offset, size)) }

// units counts the UTF-16 code units of src from byte offset start to end, where start begins
// a character. A character that end is inside of is not counted.
func units(src []byte, start, end int) int {
	n := 0
	for i := start; i < end; {
		r, size := rune(src[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(src[i:])
		}
		if i += size; i > end {
			break
		}
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// bytesOf is the number of bytes of b that n UTF-16 code units take, at most all of them.
func bytesOf(b []byte, n int) int {
	i := 0
	for i < len(b) && n > 0 {
		r, size := utf8.DecodeRune(b[i:])
		n--
		if r > 0xFFFF {
			n--
		}
		if n < 0 { // inside a surrogate pair
			break
		}
		i += size
	}
	return i
}
